#!/usr/bin/env python3
"""What the machine may do to a program that is healthy: no room, no inodes, a disk that fails, no descriptors, another clock.

In each: reads go on where they can; a write is done or refused in words; what
was answered stays; when the fault is over it works again, without a new start
unless the disk failed to write. Then audit.py, as after a death.

usage: faults.py [--quick] [FAULT...]     --quick: fewer calls that fail"""
import collections, itertools, os, pathlib, resource, shutil, subprocess, sys, threading, time

from audit import audit
from clients import Client, Ledger
from cycles import prepare
from named import Died, Work
from rig import SCRATCH, Broken, Mortal, demand, demand_points, in_memory, sound

# a call fails once with this, the n-th time it is made
FAILING = [("fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("syncfs", "EIO"), ("openat", "EIO"), ("openat", "ENOSPC"),
           ("rename", "EIO"), ("rename", "ENOSPC"), ("write", "ENOSPC")]


class Crowd:
    """Four clients on one server, until told to stop."""

    def __init__(self, s, people, name):
        self.s = s
        self.ledger = Ledger(SCRATCH / f"ledger-{name}")
        releases = {"lock": threading.Lock()}
        self.clients = [Client(i, people, self.ledger, name, releases) for i in range(4)]
        self.threads, self.stop = [], None

    def keep_writing(self):
        """Over and over, whatever the answer: a client that met an error begins again."""
        def go(client):
            while not self.stop.is_set():
                client.run(self.s.port, self.stop)
                time.sleep(0.01)
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=go, args=(c,)) for c in self.clients]
        for t in self.threads:
            t.start()

    def wait_for(self, word, more, seconds=20):
        want, deadline = self.ledger.counts[word] + more, time.time() + seconds
        while self.ledger.counts[word] < want and time.time() < deadline:
            time.sleep(0.01)
        return self.ledger.counts[word] >= want

    def end(self):
        if self.stop:
            self.stop.set()
        for t in self.threads:
            t.join()


def reads_go_on(s, what, also=None):
    for path in ("/", "/guides/twitter", "/guides/blogs/draft", "/proposals", "/search?q=pharma"):
        answer = s.get(path, accept="text/html")
        demand(answer.status in (200, also), f"reads go on while {what}", f"{path}: {answer.status}")


def under(s, people, name, begin, end, writes_stop=True):
    """A crowd writes; the fault begins, lasts and ends; the same server goes on."""
    crowd = Crowd(s, people, name)
    crowd.keep_writing()
    try:
        demand(crowd.wait_for("OK", 10), "before the fault it works", crowd.ledger.counts)
        begin()
        if writes_stop:
            demand(crowd.wait_for("FAIL", 8), f"writes are refused while {name}", crowd.ledger.counts)
        reads_go_on(s, name, also=503 if "descriptors" in name else None)  # a file that is not in memory needs one
        time.sleep(0.5)
        end()
        demand(crowd.wait_for("OK", 10), f"it works again after {name}", crowd.ledger.counts)
        demand(s.process.poll() is None, f"no new start is needed after {name}", s.log.read_text(errors="replace")[-800:])
    finally:
        crowd.end()
    s.kill()
    s.start()
    audit(s, crowd.clients, deep=True)
    return f"{crowd.ledger.counts['OK']} acknowledged, {crowd.ledger.counts['FAIL']} refused"


# ---- room, inodes ----

class Small:
    """A file system with little room."""

    def __init__(self, options):
        self.folder = SCRATCH / "small"
        self.folder.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.folder], check=True)

    def close(self):
        subprocess.run(["umount", "-l", self.folder], check=True)


def full(origin, people, options, name, fill, empty):
    small = Small(options)
    s = Mortal("store", origin, small.folder)
    try:
        s.start()
        return under(s, people, name, lambda: fill(small.folder / "filling"), lambda: empty(small.folder / "filling"))
    finally:
        s.end()
        small.close()


def fill_room(place):
    with open(place, "wb", buffering=0) as f:
        try:
            while True:
                f.write(bytes(1 << 16))
        except OSError:
            pass


def fill_inodes(place):
    place.mkdir()
    try:
        for i in itertools.count():
            (place / str(i)).touch()
    except OSError:
        pass


def no_room(origin, people):
    return full(origin, people, "size=48m", "there is no room", fill_room, pathlib.Path.unlink)


def no_inodes(origin, people):
    return full(origin, people, "size=200m,nr_inodes=4000", "there are no inodes", fill_inodes, shutil.rmtree)


# ---- descriptors ----

def no_descriptors(origin, people):
    s = Mortal("store", origin, in_memory("faults"))
    try:
        s.start()
        pid = s.process.pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        used = len(os.listdir(f"/proc/{pid}/fd"))
        return under(s, people, "there are no descriptors", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 6, before[1])),
                     lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, before), writes_stop=False)
    finally:
        s.end()


# ---- clock ----

def clock(origin, people):
    """A day forward, two back, one forward: by libfaketime, which reads a file."""
    library = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
    demand(library, "libfaketime is installed (Debian: faketime)", "not found")
    offset = SCRATCH / "offset"
    offset.write_text("+0")
    s = Mortal("store", origin, in_memory("faults"), LD_PRELOAD=str(library), FAKETIME_TIMESTAMP_FILE=str(offset), FAKETIME_NO_CACHE="1",
               FAKETIME_DONT_FAKE_MONOTONIC="1", ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0")
    try:
        s.start()
        said = [under(s, people, f"the clock is {step}", lambda: offset.write_text(step), lambda: None, writes_stop=False) for step in ("+1d", "-1d", "+0")[:1]]
        for step in ("-1d", "+0"):
            s.end()
            shutil.rmtree(s.data)
            shutil.copytree(origin, s.data)
            s.start()
            said.append(under(s, people, f"the clock is {step}", lambda: offset.write_text(step), lambda: None, writes_stop=False))
        return "; ".join(said)
    finally:
        s.end()


# ---- a disk that fails ----

def attach(s, call, error, n):
    strace = subprocess.Popen(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={n}", "-p", str(s.process.pid)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while any("TracerPid:\t0\n" in t.read_text() for t in pathlib.Path(f"/proc/{s.process.pid}/task").glob("*/status")):
        if strace.poll() is not None:
            raise PermissionError("strace may not attach to a process here")
        time.sleep(0.01)
    return strace


def one_failure(s, work, call, error, n):
    """Life with one call that fails. What was refused must not have happened; what was answered must."""
    strace = attach(s, call, error, n)
    refused = 0
    try:
        for _ in range(22 if call == "syncfs" else 3):
            try:
                work.merge(work.suggest())
            except Broken:
                refused += 1
        work.release()
    except (Died, Broken):
        refused += 1
    time.sleep(0.05)
    ended = s.process.poll()  # before strace, which waits until it is
    strace.kill()
    strace.wait()
    demand(ended in (None, 70), "it ends only as it should", f"{call} {error} {n}: exit {ended}")
    demand(ended is None or call in ("fdatasync", "pwrite64", "syncfs", "rename", "write", "ftruncate"), "it ends only when writing failed", f"{call} {error} {n}")
    if ended is not None:
        s.process.stdout.close()
        s.start()
    work.merge(work.suggest())  # the fault is over
    sound(s)
    work.kept()
    counted = s.rows("SELECT count(*) FROM proposal WHERE state = 'merged'")[0][0]
    demand(counted <= len(work.merged) + work.lost, "I10 what was refused has no effect", f"{call} {error} {n}: {counted} merged, {len(work.merged)} answered")
    return refused, ended


class Tracked(Work):
    """Counts what nobody was told of: a request whose connection ended."""
    lost = 0

    def ask(self, path, data=None, guest=False):
        try:
            return super().ask(path, data, guest)
        except Died:
            self.lost += data is not None
            raise


def failing_disk(origin, people):
    counts, wrong, quick = collections.Counter(), [], "--quick" in sys.argv
    for call, error in FAILING[::2] if quick else FAILING:
        for n in (1,) if quick or call == "syncfs" else (1, 4):
            s = Mortal("store", origin, in_memory("faults"), ASAN_OPTIONS="detect_leaks=0")
            try:
                s.start()
                refused, ended = one_failure(s, Tracked(s, people["moderators"][0]), call, error, n)
                counts["refused"] += refused
                counts["ended itself"] += ended == 70
                counts["failures"] += 1
            except (Broken, AssertionError, Died) as e:
                wrong.append(f"{call} {error} {n}: {str(e)[:300]}")
                print("#", wrong[-1], flush=True)
            finally:
                s.end()
    demand(not wrong, "a failing disk", " | ".join(wrong[:4]))
    return str(dict(counts))


def main():
    demand_points()
    wanted, failed = [a for a in sys.argv[1:] if a != "--quick"], False
    origin, people = prepare(in_memory("faults"))
    for fault in (no_room, no_inodes, no_descriptors, clock, failing_disk):
        if wanted and fault.__name__ not in wanted:
            continue
        try:
            if fault in (no_room, no_inodes) and os.geteuid():
                print(f"# {fault.__name__}: left out: only root may mount")
                continue
            print(f"# {fault.__name__}: {fault(origin, people)}\nok crash/{fault.__name__}", flush=True)
        except (Broken, AssertionError) as e:
            failed = True
            print(f"FAIL crash/{fault.__name__}: {str(e)[:1500]}", flush=True)
        except PermissionError as e:
            print(f"# {fault.__name__}: left out: {e}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
