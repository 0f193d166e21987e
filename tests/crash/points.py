#!/usr/bin/env python3
"""kill -9 at every single write of an operation, one after the other.

merges.py kills at random moments and seldom meets the few that matter: between
the move of a reference and the commit of the tables. Here strace stands beside
the server and kills it at the n-th write, sync, link or rename of the one
worker that runs the operation, for every n until it comes through. After each
the server is started again, and

  1. the operation happened wholly or not at all, and wholly if it was answered;
  2. `guidehall check` and `git fsck --full --strict` find nothing, no lock is left;
  3. what did not happen can be done again, and works.

usage: points.py [--all] [OPERATION...]    else a few points of each call"""
import collections, json, os, pathlib, re, shutil, signal, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "site"))
from harness import SCRATCH, Site, expect

CALLS = "write,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,ftruncate"
B = "tw-02-physicians-under-their-own-name"
os.environ["ASAN_OPTIONS"] = "detect_leaks=0"  # the leak checker cannot run beside strace
if os.geteuid():  # nobody but root traces a process that locked itself in
    os.environ["GUIDEHALL_SANDBOX"] = "0"
os.environ["GUIDEHALL_WORKER_THREADS"] = os.environ["GUIDEHALL_SLOW_THREADS"] = "1"


class Copy(Site):
    """A server on a copy of prepared data."""

    def __init__(self, name, origin):
        self.data = SCRATCH / name / "data"
        shutil.rmtree(self.data.parent, ignore_errors=True)
        self.data.parent.mkdir(parents=True)
        shutil.copytree(origin, self.data)
        self.env = {**os.environ, "GUIDEHALL_RATE_LIMITS": "0"}
        self.options, self.process, self.log = (), None, self.data.parent / "log"
        self.start()

    def attach(self, *options):
        self.trace = self.data.parent / "trace"
        self.trace.unlink(missing_ok=True)
        self.strace = subprocess.Popen(["strace", "-f", "-qq", "-o", self.trace, "-e", f"trace={CALLS}", *options, "-p", str(self.process.pid)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # attached once every thread says so
        while any("TracerPid:\t0\n" in t.read_text() for t in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/status")):
            if self.strace.poll() is not None:
                raise PermissionError("strace may not attach to a process here")
            time.sleep(0.01)

    def detach(self):
        if self.strace.poll() is None:
            self.strace.send_signal(signal.SIGTERM)
        self.strace.wait()


# ---- operations: what stands before, the request, and whether it happened ----

def prepare():
    """One data folder in which every operation can be the next."""
    s = Site("points-origin")
    kept = {t: s.person(t, r) for t, r in (("mo", "moderator"), ("co", "contributor"), ("re", "reviewer"))}
    def propose(word, token=None):
        return s.suggest("twitter", B, lambda t: t.replace("should show", f"should {word} show"), token=token, reason=word).json
    kept["open"] = propose("openly")
    kept["own"] = propose("plainly", kept["co"])
    kept["declined"] = propose("rarely")
    kept["merged"] = s.suggest("blogs", s.get("/api/v1/guides/blogs").json["sections"][2]["id"], lambda t: t + "\n\nMore.", reason="more").json
    head = s.get(f"/api/v1/proposals/{kept['declined']['id']}", token=kept["mo"]).json["head"]
    expect(s.post(f"/api/v1/proposals/{kept['declined']['id']}/decline", {"shown": head, "reason": "no"}, token=kept["mo"]), 200)
    expect(s.merge(kept["merged"]["id"], kept["mo"]), 200)
    kept["new"] = expect(s.post("/api/v1/guides", {"slug": "mastodon", "title": "M", "text": "# M\n\n## A\n\nText.\n", "reason": "r", "interests": "none"}), 201).json
    e = s.section("twitter", B)
    kept["suggestion"] = {"base": e["base"], "section": B, "text": e["text"].replace("should show", "should newly show"), "interests": "none", "reason": "newly"}
    f = s.get(f"/api/v1/proposals/{kept['own']['id']}/edit", token=kept["co"]).json
    kept["rewrite"] = {"base": f["base"], "section": B, "text": f["text"].replace("plainly", "simply")}
    for name in ("open", "own", "new"):
        kept[name]["head"] = s.get(f"/api/v1/proposals/{kept[name]['id']}", token=kept["mo"]).json["head"]
    s.close()
    return s.data, kept


def operations(k):
    mo, co = k["mo"], k["co"]
    def state(name, s):
        return s.get(f"/api/v1/proposals/{k[name]['id']}", token=mo).json["state"]
    def on(name, verb, body, token, after):
        return (lambda s: s.post(f"/api/v1/proposals/{k[name]['id']}/{verb}", body, token=token), lambda s: state(name, s) == after)
    def draft(guide, words):
        return lambda s: words in s.get(f"/guides/{guide}/draft.md").text
    merge, merged = on("open", "merge", {"shown": k["open"]["head"]}, mo, "merged")
    undo, undone = on("merged", "undo", {}, mo, "open")
    return {
        "suggest": (lambda s: s.post("/api/v1/guides/twitter/proposals", k["suggestion"], token=co),
                    lambda s: "newly" in [p["reason"] for p in s.get("/api/v1/proposals", token=mo).json["proposals"]]),
        "merge": (merge, lambda s: (merged(s), draft("twitter", "should openly show")(s), bool(s.git("log", "main", "--grep", f"^Proposal: {k['open']['id']}$")))),
        "merge-new-guide": on("new", "merge", {"shown": k["new"]["head"]}, mo, "merged"),
        "undo": (undo, lambda s: (undone(s), not draft("blogs", "\n\nMore.")(s))),
        "rewrite": (lambda s: s.post(f"/api/v1/proposals/{k['own']['id']}/text", k["rewrite"], token=co),
                    lambda s: "should simply show" in s.git("show", s.get(f"/api/v1/proposals/{k['own']['id']}").json["head"] + ":guides/twitter/en.md")),
        "decline": on("open", "decline", {"shown": k["open"]["head"], "reason": "no"}, mo, "declined"),
        "withdraw": on("own", "withdraw", {}, co, "withdrawn"),
        "reopen": on("declined", "reopen", {}, mo, "open"),
        "release": (lambda s: s.post("/api/v1/releases", {"guide": "twitter"}, token=mo),
                    lambda s: (s.get("/api/v1/guides/twitter/v/1.0.0").status == 200, s.git("tag").strip() == "twitter/v1.0.0",
                               s.get("/api/v1/guides/twitter").json["version"] == "1.0.0", len(s.get("/api/v1/releases").json["releases"]) == 1)),
    }


def whole(value, what):
    """One truth, however many witnesses."""
    seen = set(value) if isinstance(value, tuple) else {value}
    assert len(seen) == 1, f"{what}: half done: {value}"
    return seen.pop()


def sound(s):
    check = s.command("check", check=False)
    assert check.returncode == 0, f"check: {check.stdout}{check.stderr}"
    fsck = s.git("fsck", "--full", "--strict", "--no-dangling", "--no-progress")
    assert not fsck.strip(), fsck
    locks = [str(p) for p in (s.data / "guides.git").rglob("*.lock")]
    assert not locks, locks


def count(origin, act):
    """How often the worker of this operation makes each call."""
    s = Copy("points-count", origin)
    s.attach()
    answer = act(s)
    assert answer.status in (200, 201), answer.body[:400]
    s.detach()
    lines = [l.split(None, 1) for l in s.trace.read_text().splitlines()]
    s.stop()
    busiest = collections.Counter(t for t, l in lines).most_common(1)[0][0]
    return collections.Counter(re.match(r"(\w+)\(", l)[1] for t, l in lines if t == busiest and re.match(r"\w+\(", l))


def chosen(calls, everything):
    """Long runs of one call are pages of one file: first, middle and last stand for them."""
    for call, most in sorted(calls.items()):
        yield from ((call, n) for n in (range(1, most + 1) if everything or most <= 3 else (1, (most + 1) // 2, most)))


def kill_at(origin, act, call, n):
    s = Copy("points-run", origin)
    s.attach("-e", f"inject={call}:signal=SIGKILL:when={n}")
    try:
        answered = act(s).status in (200, 201)
    except AssertionError:
        answered = False
    died = answered is False
    if answered:  # it came through, or died after answering
        time.sleep(0.05)
        s.process.send_signal(signal.SIGKILL)
    s.process.wait()
    s.process.stdout.close()
    s.detach()
    s.start()
    return s, answered, died


def one(origin, name, act, happened, call, n):
    s, answered, died = kill_at(origin, act, call, n)
    try:
        sound(s)
        done = whole(happened(s), name)
        assert done or not answered, "it was answered and did not happen"
        if not done:
            again = act(s)
            assert again.status in (200, 201), f"cannot be done again: {again.status} {again.body[:300]!r}"
            assert whole(happened(s), name), "done again, and it did not happen"
            sound(s)
        assert s.stop() == 0
        log = s.log.read_text()
        assert "Sanitizer" not in log and "runtime error" not in log, log[-2000:]
        return died, done, re.findall(r'recovered what="([^"]+)"', log)
    finally:
        if s.process.poll() is None:
            s.process.kill()
            s.process.wait()


def main():
    words = [w for w in sys.argv[1:] if w != "--all"]
    origin, kept = prepare()
    for name, (act, happened) in operations(kept).items():
        if words and name not in words:
            continue
        wrong, repairs, after = [], collections.Counter(), 0
        points = list(chosen(count(origin, act), "--all" in sys.argv))
        for call, n in points:
            try:
                died, done, repaired = one(origin, name, act, happened, call, n)
                after += died and done
                repairs.update(repaired)
            except AssertionError as e:
                wrong.append(f"{call} {n}: {e}")
        print(f"# {name}: {len(points)} points, {after} unanswered but done, recovery: {dict(repairs) or 'nothing to do'}")
        print(f"FAIL crash/points/{name}: {len(wrong)}: " + " | ".join(w[:300] for w in wrong[:8]) if wrong else f"ok crash/points/{name}", flush=True)


try:
    main()
except PermissionError as e:  # a kernel that lets only root do so (kernel.yama.ptrace_scope)
    print(f"# points: {e}: left out")
