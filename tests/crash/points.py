#!/usr/bin/env python3
"""kill -9 at every single write of an operation, one after the other.

cycles.py kills at random moments and seldom meets the few that matter: between
the move of a reference and the commit of the tables. Here strace stands beside
the server and kills it at the n-th write, sync, link or rename of the one
worker that runs the operation, for every n until it comes through. After each
the server is started again, and

  1. the operation happened wholly or not at all, and wholly if it was answered;
  2. `guidehall check` and `git fsck --full --strict` find nothing, no lock is left;
  3. what did not happen can be done again, and works.

usage: points.py [--all] [OPERATION...]    else a few points of each call"""
import collections, os, pathlib, re, signal, subprocess, sys, time

from operations import Copy, operations, prepare, sound, whole

CALLS = "write,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,ftruncate"
os.environ["ASAN_OPTIONS"] = "detect_leaks=0"  # the leak checker cannot run beside strace
if os.geteuid():  # nobody but root traces a process that locked itself in
    os.environ["GUIDEHALL_SANDBOX"] = "0"
os.environ["GUIDEHALL_WORKER_THREADS"] = os.environ["GUIDEHALL_SLOW_THREADS"] = "1"


class Traced(Copy):
    """strace stands beside it."""

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


def count(origin, act):
    """How often the worker of this operation makes each call."""
    s = Traced("points-count", origin)
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
    s = Traced("points-run", origin)
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
    origin, kept = prepare("points-origin")
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
