#!/usr/bin/env python3
"""Die at every crash point the sources name: the first time it is met and the seventh, and again while recovering.

A script of work meets all of them: a first start, suggestions, merges, a
release, clones, a backup and its return. The names are read from the sources,
so a point the script does not meet is a failure, as is a name that stands
twice. After each death the data must be sound, what was answered must be
there, and the rest of the script must go through.

usage: named.py [--quick] [POINT...]     --quick: the first time only"""
import collections, concurrent.futures, itertools, os, shutil, subprocess, sys

from audit import Main, leftovers
from rig import PROGRAM, Broken, Mortal, crash_points, demand, demand_points, in_memory, published, sound

SECTION = "tw-02-physicians-under-their-own-name"
# how often a point can be met in one life; the others seven times and more
MOST = {"migration.before": 2, "migration.after": 2, "import.written": 1, "import.pointed": 1, "import.synced": 1, "recovery.before": 1,
        "recovery.all-put": 1, "recovery.after": 1, "recovery.move": 3, "recovery.moved": 3, "public.empty": 1, "public.filled": 1,
        "public.away": 1, "public.in-place": 1, "backup.tables": 1, "backup.written": 1, "backup.placed": 1, "repair": 1}
AGAIN = ["recovery.before", "recovery.put", "recovery.written", "recovery.all-put", "recovery.move", "recovery.moved", "commit.before",
         "commit.after", "recovery.after"]


class Died(Exception):
    pass


class Work:
    """What a site does in its life, step by step; remembers what was answered."""

    def __init__(self, s, token):
        self.s, self.token, self.n = s, token, 0
        self.proposed, self.merged, self.released = {}, {}, []

    def ask(self, path, data=None, guest=False):
        token = None if guest else self.token  # nobody merges what is their own
        try:
            answer = self.s.post(path, data, token=token) if data is not None else self.s.get(path, token=token)
        except AssertionError:
            raise Died from None
        demand(data is not None or answer.status == 200, "I10 what can be done is done", f"{path}: {answer.status}")
        return answer

    def suggest(self):
        self.n += 1
        mark = f"line {self.n}"
        e = self.ask(f"/api/v1/guides/twitter/edit?section={SECTION}").json
        answer = self.ask("/api/v1/guides/twitter/proposals", {"base": e["base"], "section": SECTION, "text": e["text"] + f"\n\nA {mark}.", "interests": "none", "reason": mark}, guest=True)
        demand(answer.status == 201, "I10 what can be done is done", answer.body)
        self.proposed[answer.json["id"]] = mark
        return answer.json["id"]

    def merge(self, number):
        head = self.ask(f"/api/v1/proposals/{number}").json["head"]
        answer = self.ask(f"/api/v1/proposals/{number}/merge", {"shown": head})
        demand(answer.status == 200, "I10 what can be done is done", answer.body)
        self.merged[number] = answer.json["commit"]

    def release(self):
        answer = self.ask("/api/v1/releases", {"guide": "twitter"})
        demand(answer.status == 201, "I10 what can be done is done", answer.body)
        self.released.append(answer.json["version"])

    def clone(self):
        # a publisher that dies is not the server's death: it is asked again
        subprocess.run(["git", "ls-remote", f"{self.s.base}/guides.git"], capture_output=True)
        if self.s.process.poll() is not None:
            raise Died

    def command(self, *words):
        out = subprocess.run([PROGRAM, *words], capture_output=True, text=True, env=self.s.env)
        with open(self.s.log, "a") as log:
            log.write(out.stderr)
        if out.returncode < 0:
            raise Died
        demand(out.returncode == 0, "I10 what can be done is done", f"{words}: {out.stderr}")

    def backup(self):
        """Take one and bring it back elsewhere."""
        file, folder = self.s.data.parent / "backup.tar.gz", self.s.data.parent / "restored"
        shutil.rmtree(folder, ignore_errors=True)
        file.unlink(missing_ok=True)
        self.command("backup", file, "--data", self.s.data)
        self.command("restore", file, "--data", folder)
        self.command("check", "--data", folder)

    def live(self, point):
        """As much of a life as this point needs."""
        room, _, _ = point.partition(".")
        pairs = {"sync": 120, "trim": 120, "public": 8}.get(room, 4)
        for _ in range(pairs):
            self.merge(self.suggest())
            if room == "public":
                self.clone()
        for _ in range(2 if room == "shelf" else 1):
            self.release()
            self.merge(self.suggest())
        if room in ("backup", "restore"):
            self.backup()

    def kept(self):
        """What was answered is there."""
        rows = dict(self.s.rows("SELECT id, reason FROM proposal"))
        main = Main(self.s)
        for number, mark in self.proposed.items():
            demand(rows.get(number) == mark, "I1 an acknowledged proposal is there", f"{number}: {mark}")
        for number, commit in self.merged.items():
            demand(main.merges.get(number) == [commit], "I2 an acknowledged merge is on main once", f"{number}: {commit}")
        for number, commits in main.merges.items():
            demand(len(commits) == 1, "I3 merged rows and merges in git are the same set", f"number {number} was given to two: {commits}")
        for version in self.released:
            demand(("twitter", version) in self.s.rows("SELECT guide, version FROM release"), "I1 an acknowledged release is there", version)
            self.ask(f"/guides/twitter/v/{version}/SHA256SUMS")


def die_at(s, work, point, nth):
    """Whether the server, or a command beside it, met the point and died."""
    s.env["GUIDEHALL_CRASH_AT"] = f"{point}:{nth}"
    try:
        s.begin()
        if s.await_ready():
            work.live(point)
    except Died:
        pass
    del s.env["GUIDEHALL_CRASH_AT"]
    s.end()
    return f"{point}:{nth}" in s.crashed()


def leave_something(s, work):
    """Die so that the next start has something to do: three moves of a merge, not one of them made."""
    s.begin("move.before:6")
    s.await_ready()
    try:
        work.live("")
    except Died:
        pass
    s.end()


def lose_tables(s, work):
    """Git ahead of the tables, as in a backup taken while people write: what was answered since does not count."""
    s.start()
    early, _ = work.suggest(), work.suggest()
    s.close()
    before = (s.data / "guidehall.db").read_bytes()
    s.start()
    work.merge(early)
    work.merge(work.suggest())
    work.suggest()
    s.kill()
    for left in s.data.glob("guidehall.db-*"):
        left.unlink()
    (s.data / "guidehall.db").write_bytes(before)
    work.proposed, work.merged, work.released = {}, {}, []


def come_back(s, work, again):
    """Start, dying here and there on the way first; then go on with life."""
    for point in again:
        s.begin(f"{point}:1")
        s.await_ready()
        s.end()
    s.start()
    sound(s)
    published(s)
    demand(s.rows("SELECT count(*) FROM journal") == [(0,)], "I6 nothing is half done", "the journal is not empty after a start")
    leftovers(s)
    work.kept()
    work.n += 1000
    work.merge(work.suggest())
    work.kept()
    work.backup()
    sound(s)
    s.close()


def one(origin, token, point, nth, again):
    room, _, _ = point.partition(".")
    s = Mortal(f"store-{point}-{nth}", None if room in ("migration", "import") else origin, origin.parent.parent)
    work = Work(s, token)
    try:
        if room == "recovery":
            leave_something(s, work)
        if room == "repair":
            lose_tables(s, work)
        met = die_at(s, work, point, nth)
        if room in ("migration", "import"):
            s.start()
            work.token = s.person("mo", "moderator")
            s.kill()
        come_back(s, work, again)
        demand(met, "every crash point is tested", f"{point}:{nth} was not met")
        return s.recoveries()
    finally:
        s.end()


def main():
    demand_points()
    quick, wanted = "--quick" in sys.argv, [a for a in sys.argv[1:] if a[0] != "-"]
    folder, wrong, deaths, repairs = in_memory("named"), [], 0, collections.Counter()
    s = Mortal("origin", folder=folder)
    s.start()
    token = s.person("mo", "moderator")
    s.close()
    ways = itertools.cycle([[p] for p in AGAIN]) if quick else itertools.repeat(AGAIN)
    lives = []
    for point, stands in sorted(crash_points().items()):
        if wanted and point not in wanted:
            continue
        if stands > 1:
            wrong.append(f"{point} stands {stands} times in the sources")
        lives += [(point, nth, next(ways)) for nth in sorted({1, min(7, MOST.get(point, 7))} if not quick else {1})]

    def live(life):
        try:
            return life, one(s.data, token, *life), None
        except (Broken, AssertionError) as e:
            return life, [], e
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (point, nth, again), repaired, e in pool.map(live, lives):
            repairs.update(repaired)
            deaths += 0 if e else 1 + len(again)
            if e:
                wrong.append(f"{point}:{nth}, again {again}: {str(e)[:500]}")
                print(f"# {wrong[-1]}", flush=True)
    print(f"# {len(crash_points())} crash points, {deaths} deaths; recovery: {dict(repairs) or 'NOTHING TO DO: this proves nothing'}")
    print(f"FAIL crash/named: {len(wrong)}: " + " | ".join(wrong[:4]) if wrong else "ok crash/named")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
