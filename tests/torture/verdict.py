"""verdict.py: what may be left of a program after a fault, and the count of it."""
import collections, re, signal, time

STOPPED = 70  # EX_SOFTWARE: the program ends itself because only a start can repair
ABORTED = "aborted for want of memory"
CRASH = "fault.c: it crashes in\n"  # and where, when no sanitizer says it
NO_MEMORY = "guidehall: out of memory"
ABORTS = (NO_MEMORY, "guidehall: libgit2 cannot start", "[cmark] ", "Fatal error in GNU libmicrohttpd")
TESTS_OWN = re.compile(r"#\d+ 0x\w+ in (\w+) .*?/tests/")

counts = collections.Counter()
told = collections.Counter()  # of the counts
wrong = []
begin = [time.time()]  # of what is counted


def sanitizer_says(log):
    """The report of a sanitizer in a log, if there is one."""
    at = min((i for i in (log.find("==ERROR: "), log.find("runtime error:")) if i >= 0), default=-1)
    return log[at:at + 2500] if at >= 0 else ""


def end_is_clean(code, log):
    """A program may say no, stop, or abort for want of memory; nothing else."""
    report = sanitizer_says(log)
    assert not report, report
    if code == -signal.SIGABRT:
        last = "\n".join(log.splitlines()[-40:])
        assert any(words in last for words in ABORTS), f"it aborted without a word: {last[-1500:]}"
        return ABORTED
    assert code >= 0, f"it was killed by {signal.Signals(-code).name}: {log[-1500:]}"
    return "stopped itself" if code == STOPPED else "ended"


def missed(case):
    """What is counted when the call was not made this time: threads and what is at hand differ from run to run."""
    return f"{case[0]} not reached"


def place(log):
    """Where the last fault struck, in short, for a person who repairs it."""
    last = log.rsplit("fault: ", 1)[-1]
    names = re.findall(r"\((\w+)\+0x", last)
    return " < ".join([n for n in names if n not in ("malloc", "calloc", "realloc")][:6])


def blame(name, why, log=""):
    wrong.append(f"{name}: {' '.join(str(why).split())[:1200]} [{place(log)}]")
    print(f"# wrong: {wrong[-1]}", flush=True)


def progress(name, complete=True):
    """How far a part is, after one of its members, and what this one added."""
    added = counts - told
    what = ", ".join(f"{n} {k}" for k, n in sorted(added.items()))
    print(f"# {name}: {sum(added.values())} faults in {time.time() - begin[0]:.0f} s: {what}{'' if complete else '; out of time, not complete'}", flush=True)
    told.update(added)
    begin[0] = time.time()


def report(name):
    """One line for a part, and forget it."""
    faults = sum(counts.values())
    what = ", ".join(f"{n} {k}" for k, n in sorted(counts.items()))
    print(f"# {name}: {faults} faults: {what}")
    print(f"FAIL torture/{name}: {len(wrong)}: " + " | ".join(w[:400] for w in wrong[:6]) if wrong else f"ok torture/{name}", flush=True)
    total = dict(counts)
    counts.clear()
    told.clear()
    wrong.clear()
    return total
