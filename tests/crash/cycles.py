#!/usr/bin/env python3
"""Start, write, die, start again, compare with the ledger: over and over.

Eight clients propose, edit, review, merge, undo, decline, comment, make and
revoke tokens and release, as fast as they can. The server dies: killed at a
random moment, alone or with its children; at a crash point; during recovery;
after standing still. It is started with the same command, nothing repaired by
hand. Then audit.py. A fresh store every hundred cycles.

usage: cycles.py [--cycles N] [--seed N] [--power] [--lies]
  --power  the disk goes instead of the process: a loop device with ext4 that is
           shut down without writing what nobody waited for (root only)
  --lies   the program does not wait for the disk, so --power must find losses"""
import collections, fcntl, os, pathlib, random, shutil, signal, struct, subprocess, sys, threading, time

from audit import audit
from clients import Client, Ledger
from rig import GUIDES, SCRATCH, Broken, Mortal, crash_points, demand_points, in_memory

CLIENTS, FRESH_AFTER, DEEP_EVERY = 8, 100, 25


def prepare(folder):
    """A data folder with people; and what the clients need to know of it."""
    s = Mortal("origin", folder=folder)
    s.start()
    people = {"contributors": [s.person(f"co{i}", "contributor") for i in range(4)],
              "moderators": [s.person(f"mo{i}", "moderator") for i in range(3)], "admin": s.person("ad", "admin")}
    for i in range(CLIENTS):
        s.command("user", "add", f"dummy{i}", "--role", "contributor", "--password-stdin", stdin="a password of no use\n")
    people["sections"] = {g: [x["id"] for x in s.get(f"/api/v1/guides/{g}/draft").json["sections"] if x["level"] == 3] for g in GUIDES}
    s.close()
    return s.data, people


class Run:
    def __init__(self, seed, power=False, lies=False):
        self.seed, self.chance, self.power = seed, random.Random(seed), power
        self.folder = in_memory("crash")  # the ledger is elsewhere
        self.env = {"GUIDEHALL_CRASH_LIES": "1"} if lies else {}
        self.origin, self.people = prepare(self.folder)
        self.ledger = Ledger(SCRATCH / f"ledger-{seed}")
        self.deaths, self.repairs = collections.Counter(), collections.Counter()
        self.stale_locks = self.unfinished = 0
        self.slowest = 0.0
        self.points = [p for p in sorted(crash_points()) if p.split(".")[0] in ("commit", "move", "sync", "trim", "shelf")]
        self.disk = Disk(SCRATCH) if power else None
        self.fresh()

    def fresh(self):
        if self.disk:
            self.disk.fresh()
        self.s = Mortal("store", self.origin, self.disk.mounted if self.disk else self.folder, **self.env)
        releases = {"lock": threading.Lock()}
        self.next = ("power" if self.power else "killed", None)
        self.clients = [Client(i, self.people, self.ledger, self.chance.random(), releases) for i in range(CLIENTS)]
        for c in self.clients:
            c.disk_dies = self.power
        if self.disk:
            os.sync()  # what was copied is not what is tested
        self.s.start()

    def load(self, seconds, crash_at):
        """Everybody writes, until the server is gone or `seconds` have passed."""
        stop = threading.Event()
        threads = [threading.Thread(target=c.run, args=(self.s.port, stop)) for c in self.clients]
        for t in threads:
            t.start()
        deadline = time.time() + (1.5 if crash_at else seconds)
        while time.time() < deadline and self.s.process.poll() is None:
            time.sleep(0.002)
        return stop, threads

    def die(self, how):
        s = self.s
        if how == "standing still":
            os.kill(s.process.pid, signal.SIGSTOP)
            time.sleep(0.2)
            os.kill(s.process.pid, signal.SIGCONT)
            time.sleep(self.chance.random() * 0.02)
        if how == "child first":
            for child in pathlib.Path(f"/proc/{s.process.pid}/task/{s.process.pid}/children").read_text().split():
                os.kill(int(child), signal.SIGKILL)
            time.sleep(self.chance.random() * 0.02)
        if how == "power":
            self.disk.cut()
        if s.process.poll() is not None:
            self.died("crash point" if self.next[1] else "by itself")
        s.kill(group=how in ("whole group", "power"))

    def restart(self, crash_at):
        """With the same command; now and then it dies while it recovers. `crash_at`: where the next death will be."""
        if self.disk:
            self.disk.again()
        self.count_leftovers()
        for _ in range(self.chance.choice([0, 0, 0, 0, 1, 2])):
            self.s.begin(self.chance.choice([None, f"{self.chance.choice(RECOVERY)}:{self.chance.choice([1, 2, 7])}"]) if not self.power else None)
            time.sleep(self.chance.random() * 0.15)
            self.deaths["during recovery"] += 1
            if self.power:
                self.disk.cut()
            self.s.kill(group=self.power)
            if self.power:
                self.disk.again()
        begin = time.time()
        self.s.begin(crash_at)
        if not self.s.await_ready():
            self.died("crash point")  # it was on the way
            begin, self.next = time.time(), ("killed", None)
            self.s.start()
        self.slowest = max(self.slowest, time.time() - begin)

    def count_leftovers(self):
        repo = self.s.data / "guides.git"
        self.stale_locks += len(list(repo.rglob("*.lock")))
        self.unfinished += len([p for p in (repo / "objects").rglob("tmp_*")])

    def cycle(self, number):
        how, crash_at = self.next
        # now and then long enough for many moves: what 64 of them bring
        stop, threads = self.load(self.chance.choice([0.05, 0.2, 0.4, 0.7, 1.0, 3.0 if self.chance.random() < 0.2 else 0.4]) * self.chance.uniform(0.5, 1.0) * (2 if self.power else 1), crash_at)
        met = self.s.process.poll() is not None
        if not met:
            self.deaths[how if how != "crash point" else "killed"] += 1
        self.die(how)
        stop.set()
        for t in threads:
            t.join()
        self.next = self.choose()
        self.restart(self.next[1])
        audit(self.s, self.clients, deep=number % DEEP_EVERY == DEEP_EVERY - 1)

    def died(self, how):
        code = self.s.process.wait()
        self.deaths[how] += 1
        if code not in (-signal.SIGKILL, 70):
            raise Broken(f"I0 it ends only as it should: exit {code}: {self.s.log.read_text(errors='replace')[-1500:]}")

    def choose(self):
        """How the next death comes."""
        if self.power:
            return "power", None
        how = self.chance.choices(["killed", "whole group", "child first", "standing still", "crash point"], [50, 12, 6, 6, 26])[0]
        return how, f"{self.chance.choice(self.points)}:{self.chance.choice([1, 2, 3, 7, 20])}" if how == "crash point" else None

    def report(self, cycles, seconds):
        c = self.ledger.counts
        print(f"# {cycles} cycles in {seconds:.0f} s, seed {self.seed}: {c['BEGIN']} writes sent, {c['OK']} acknowledged, {c['FAIL']} refused, "
              f"{c['UNKNOWN']} without an answer, 0 lost")
        print(f"# acknowledged: {dict(sorted(self.ledger.kinds.items()))}")
        print(f"# deaths: {dict(self.deaths)}; locks met {self.stale_locks}, unfinished files met {self.unfinished}; slowest start {self.slowest:.2f} s")
        print(f"# recovery: {dict(self.repairs) or 'NO RECOVERY PATH FIRED: this run proves nothing about recovery'}")

    def keep_count(self):
        self.repairs.update(self.s.recoveries())
        self.s.log.write_text("")

    def close(self):
        self.s.end()
        if self.disk:
            self.disk.close()


RECOVERY = ["recovery.before", "recovery.put", "recovery.written", "recovery.all-put", "recovery.move", "recovery.moved",
            "recovery.after", "repair", "commit.before", "commit.after"]


class Disk:
    """A file with ext4 on it that can lose power (EXT4_IOC_SHUTDOWN without flushing)."""

    SHUTDOWN, NOLOGFLUSH = 0x8004587D, struct.pack("I", 2)

    def __init__(self, scratch):
        self.image, self.mounted = scratch / "power.img", scratch / "power"
        self.mounted.mkdir(exist_ok=True)
        self.is_mounted = False

    def fresh(self):
        self.close()
        self.image.unlink(missing_ok=True)
        with open(self.image, "wb") as f:
            f.truncate(512 << 20)
        subprocess.run(["mkfs.ext4", "-qF", self.image], check=True)
        self.again()

    def again(self):
        for _ in range(100 if self.is_mounted else 0):  # what the server started may take a moment to die
            if not subprocess.run(["umount", self.mounted], stderr=subprocess.DEVNULL).returncode:
                break
            time.sleep(0.1)
        subprocess.run(["mount", "-o", "loop", self.image, self.mounted], check=True)
        self.is_mounted = True

    def cut(self):
        fd = os.open(self.mounted, os.O_RDONLY)
        fcntl.ioctl(fd, self.SHUTDOWN, self.NOLOGFLUSH)
        os.close(fd)

    def close(self):
        if self.is_mounted:
            subprocess.run(["umount", "-l", self.mounted], check=True)
            self.is_mounted = False


def can_cut():
    """Why a power cut cannot be made here; None: it can."""
    if os.geteuid():
        return "only root may mount"
    if not os.path.exists("/dev/loop-control") or not shutil.which("mkfs.ext4"):
        return "there is no loop device or no mkfs.ext4"
    return None


def option(name, default):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def main():
    cycles, seed = option("--cycles", 50), option("--seed", int(time.time()))
    power, name = "--power" in sys.argv, "crash/power" if "--power" in sys.argv else "crash/cycles"
    why = can_cut() if power else None
    if why:
        print(f"# {name}: left out: {why}")
        return 0
    demand_points()
    run, begin, number = Run(seed, power, "--lies" in sys.argv), time.time(), 0
    try:
        for number in range(cycles):
            if number and number % FRESH_AFTER == 0:
                run.s.kill(group=True)
                run.fresh()
            run.cycle(number)
            run.keep_count()
            if number % 50 == 49 and cycles > 50:
                print(f"# {number + 1} cycles, {run.ledger.counts['OK']} acknowledged", flush=True)
        audit(run.s, run.clients, deep=True)
        run.report(cycles, time.time() - begin)
        print(f"ok {name}")
        return 0
    except Broken as e:
        kept = SCRATCH / f"broken-{seed}"
        shutil.copytree(run.s.data.parent, kept, dirs_exist_ok=True)
        print(f"FAIL {name}: cycle {number}, seed {seed}: {e} (data and log kept in {kept})")
        return 1
    finally:
        run.close()


if __name__ == "__main__":
    sys.exit(main())
