#!/usr/bin/env python3
"""Torture: the n-th allocation or system call fails, for n = 1, 2, 3 ... until a clean pass.

  programs   the small test programs of each room
  changes    everything that changes something, on the real server
  pages      a page of each kind
  commands   start-up, recovery (compound: a fault while repairing), backup, restore, check

Once and from then on; each error that fits the call; calls first, memory last.
A call is known by its chain of callers and its turn among the calls of that
chain, so it is the same call in a server that has answered before. Left out:
  of more than 300 allocations, all but the first from each chain (24 deep; a
  function that calls itself counts once), and of more than 100 calls of one
  kind, all but the first and the last from each chain;
  "and all from then on", where want of memory ended the program at the first;
  signals (EINTR) without end, and that a lock cannot be given back;
  check, fsck and the next start, where no file was written.
What libc or a library calls within itself (its own read of a stream, access(),
the kernel's part of SQLite's mapped memory) is not seen.

usage: run.py [--all] [--minutes N] [--calls | --memory] [PART or NAME...]    else a few of each, in minutes"""
import os, pathlib, shutil, sys, time

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))
sys.path.insert(0, str(here.parent / "crash"))
# the library stands before the sanitizer; leaks are counted where a run is clean
os.environ["ASAN_OPTIONS"] = "verify_asan_link_order=0:detect_leaks=0:handle_abort=0"
os.environ["GUIDEHALL_WORKER_THREADS"] = os.environ["GUIDEHALL_SLOW_THREADS"] = "1"
os.environ["GUIDEHALL_CLONE_PROCESSES"] = "2"
os.environ["GUIDEHALL_UNDO_MINUTES"] = "1440"  # a merge is taken back over and over for longer than ten
from fault import Fault
from operations import SCRATCH, operations, prepare
import commands, programs, server, verdict

SCRATCH.mkdir(parents=True, exist_ok=True)
BUILD = pathlib.Path(os.environ["GUIDEHALL"]).resolve().parents[1]
PARTS = ("programs", "changes", "pages", "commands")
ROOMS = ("base", "db", "git", "text", "press", "view", "http", "app")
arguments = sys.argv[1:]
few = 0 if "--all" in arguments else 1
minutes = float(arguments[arguments.index("--minutes") + 1]) if "--minutes" in arguments else None
words = [w for i, w in enumerate(arguments) if not w.startswith("--") and arguments[i - 1] != "--minutes"]
total = {}
if "--calls" in arguments or "--memory" in arguments:
    Fault.memory = ("--memory" in arguments,)


class Clock:
    """Time for one part; what did not fit is said, not hidden."""

    def __init__(self, seconds):
        self.end = time.time() + seconds if seconds else None
        self.cut = False

    def __call__(self):
        self.cut = self.cut or bool(self.end and time.time() > self.end)
        return self.cut


def wanted(part, name):
    """No word: everything. A part's name: all of it. Else only what is named."""
    return not words or part in words or name in words


def finish(part, clock):
    if clock.cut:
        print(f"# {part}: out of time; the rest is not done")
    for key, n in verdict.report(part).items():
        total[key] = total.get(key, 0) + n


def torture_changes(origin, kept, fault, clock):
    for name, (act, happened) in {**operations(kept), **server.more_operations(kept)}.items():
        if wanted("changes", name):
            server.torture_change(name, origin, fault, act, happened, few, clock)


def torture_pages(origin, kept, fault, clock):
    if words and not any(wanted("pages", name) for name in server.pages(kept)):
        return
    # one server for all of them, so what each fault leaks would add up
    s = server.Faulty("torture-pages", origin, fault, ASAN_OPTIONS=os.environ["ASAN_OPTIONS"].replace("detect_leaks=0", "detect_leaks=1"))
    for name, act in server.pages(kept).items():
        if wanted("pages", name):
            server.torture_page(name, s, act, few, clock)
    code = s.stop()
    if code or verdict.sanitizer_says(s.log.read_text(errors="replace")):
        verdict.blame("pages", f"the server ended with {code}", s.log.read_text(errors="replace"))


def torture_commands(origin, kept, fault, clock):
    if words and not any(wanted("commands", name) for name in commands.table(None, None, None, None)):
        return
    half = commands.interrupted(origin, kept, fault)
    backup = SCRATCH / "torture-backup.tar.gz"
    code, _, why = commands.Folder("torture-commands", origin, fault).run("backup", backup, "--data", origin, faults=False)
    assert code == 0, why
    for name, (data, act, judge) in commands.table(origin, half, kept, backup).items():
        if wanted("commands", name):
            commands.torture(name, commands.Folder("torture-commands", data, fault), act, judge, few, clock)


def main():
    rooms = [w for w in words if w in ROOMS or "/" in w]
    if not words or "programs" in words or rooms:
        clock = Clock(minutes and minutes * 60 / len(PARTS))
        programs.torture(BUILD, SCRATCH, few, rooms, clock)
        finish("programs", clock)
    if words and not [w for w in words if w not in rooms and w != "programs"]:
        return
    fault = Fault(SCRATCH / "torture.plan")
    origin, kept = prepare("torture-origin")
    for part, run in (("changes", torture_changes), ("pages", torture_pages), ("commands", torture_commands)):
        clock = Clock(minutes and minutes * 60 / len(PARTS))
        run(origin, kept, fault, clock)
        if verdict.counts:
            finish(part, clock)


main()
shutil.rmtree(SCRATCH / "torture-commands", ignore_errors=True)  # half of something may be in it
print(f"# all: {sum(total.values())} faults: " + ", ".join(f"{n} {k}" for k, n in sorted(total.items())))
