#!/usr/bin/env python3
"""run.py PROGRAM [--quick] [--only NAME] [--json FILE] [--list]: every ratio of the bench on one screen.

What is compared runs in turn within a round (A B A B), 5 rounds or more; a row shows the medians of both
figures, the median of the rounds' ratios and their range. --only takes the name of a group, or
words of a row. --quick is for development: 2 short rounds. The table says "short" where a target
is missed and "absent" where something to compare with could not be had; neither passes."""
import argparse, atexit, json, os, pathlib, shutil, signal, statistics, sys, tempfile, time

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("program", type=pathlib.Path)
options.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
options.add_argument("--only", metavar="NAME", action="append", help="a group, or words of a row")
options.add_argument("--json", metavar="FILE", type=pathlib.Path, help="also write a list of {name, ratio, target, pass}")
options.add_argument("--list", action="store_true", help="groups and rows, without measuring")
args = options.parse_args()

HERE = pathlib.Path(__file__).resolve().parent
os.environ["GUIDEHALL"] = str(args.program.resolve())
os.environ.setdefault("GUIDEHALL_TOP", str(HERE.parent.parent))
from measure import Bench
import cloning, memory, reading, writing

GROUPS = {**reading.groups, **writing.groups, **cloning.groups, **memory.groups}


def figure(value):
    return "" if value is None else f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def chosen():
    def wanted(word, name, row):
        return word == name if word in GROUPS else word in row.name
    for name, group in GROUPS.items():
        rows = [row for row in group.rows if not args.only or any(wanted(word, name, row) for word in args.only)]
        if rows:
            yield name, group, rows


def measure(bench, name, group, rows):
    """All rounds of a group. What goes wrong is a row that did not pass, with its reason."""
    begin = time.time()
    try:
        running = group(bench)
        for _ in range(getattr(running, "rounds", bench.rounds)):
            measures = running.round()
            for row in rows:
                row.take(measures)
        running.close()
    except Exception as why:  # the others go on
        for row in rows:
            row.missing = f"absent: it went wrong: {type(why).__name__}: {str(why).strip()[:300]}"
    print(f"# {name}, {time.time() - begin:.0f} s", *map(line, rows), sep="\n", file=sys.stderr, flush=True)


def line(row):
    target = ("≥ " if row.least else "≤ ") + f"{row.target:g}"
    if row.ratio is None:
        return f"{row.name:58} {row.missing}"
    ours, theirs, ratios = zip(*row.rounds)
    result = "pass" if row.passed else "short"
    unit = "" if row.theirs else " " + row.unit
    return (f"{row.name:58}{figure(statistics.median(ours)):>8}{figure(statistics.median(theirs)) if row.theirs else '':>8} {row.unit:5}"
            f"{figure(row.ratio):>7}  {figure(min(ratios)) + '-' + figure(max(ratios)):13}{target + unit:>9}  {result}")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what we started is ended at exit
    if args.list:
        for name, _, rows in chosen():
            print(name, *(f"  {row.name.strip()}" for row in rows), sep="\n")
        return
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="guidehall-bench-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    bench = Bench(args.program.resolve(), scratch, args.quick)
    taken = list(chosen())
    for name, group, rows in taken:
        measure(bench, name, group, rows)
    rows = [row for _, _, some in taken for row in some]
    print(f"\n{'':58}{'ours':>8}{'theirs':>8} {'':5}{'ratio':>7}  {'range':13}{'target':>9}")
    for row in rows:
        print(line(row))
    good = sum(row.passed for row in rows)
    print(f"{good} of {len(rows)} reached" + (" (quick: for development only)" if args.quick else ""))
    if args.json:
        args.json.write_text(json.dumps([{"name": row.name.strip(), "ratio": row.ratio, "target": row.target, "pass": row.passed} for row in rows], indent=1) + "\n")


if not any(True for _ in chosen()):
    sys.exit(f"run.py: nothing is called {args.only}; --list shows what there is")
main()
