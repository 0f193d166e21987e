#!/usr/bin/env python3
"""run.py BUILD: the rooms that have threads, the site and a mixed load, watched by the thread sanitizer.

Any report is a failure; what is excused stands in suppressions, with the reason.
The tests' own verdicts count as well."""
import os, pathlib, re, subprocess, sys, tempfile, time

here = pathlib.Path(__file__).resolve().parent
TOP = here.parent.parent
build = pathlib.Path(sys.argv[1]).resolve()
scratch = pathlib.Path(tempfile.mkdtemp(prefix="guidehall-tsan-"))
env = dict(os.environ, GUIDEHALL=str(build / "src/guidehall"), GUIDEHALL_SCRATCH=str(scratch), GUIDEHALL_TOP=str(TOP), LC_ALL="C.UTF-8",
           GUIDEHALL_SANDBOX="0",  # it could not write its reports
           GUIDEHALL_LOAD_SECONDS=os.environ.get("GUIDEHALL_LOAD_SECONDS", "60"),
           TSAN_OPTIONS=f"suppressions={here / 'suppressions'}:log_path={scratch / 'report'}:exitcode=0:history_size=4")
ROOMS = ("http", "app", "db", "git", "base")
failed = 0


def reports():
    """What the sanitizer wrote since the last time, one text a report."""
    for path in sorted(scratch.glob("report.*")):
        yield from re.split(r"(?m)^(?==+\nWARNING: )", path.read_text())
        path.unlink()


def tell(name, good, why=""):
    global failed
    found = [text for text in reports() if "WARNING: ThreadSanitizer" in text]
    failed += bool(found) or not good
    if found:
        print(f"FAIL tsan/{name}: {len(found)} reports\n" + "\n".join(found[:4])[:12000], flush=True)
    else:
        print(f"ok tsan/{name}" if good else f"FAIL tsan/{name}: {why}", flush=True)


os.chdir(TOP)
wanted = sys.argv[2:]
for room in ROOMS:
    if wanted and room not in wanted:
        continue
    for test in sorted((build / "tests" / room).glob("test_*")):
        if test.is_file():
            out = subprocess.run([test, TOP / "guides" if room == "app" else TOP / "web"], env=env, capture_output=True, text=True)
            tell(f"{room}/{test.name}", out.returncode == 0, out.stderr[-600:])
suites = [w for w in wanted if w not in ROOMS] or ([] if wanted else sorted(p.stem for p in (TOP / "tests/site").glob("*.py") if p.stem not in ("run", "harness", "sandbox")))  # the sandbox is off here
for suite in suites:
    begin = time.time()
    out = subprocess.run([sys.executable, "tests/site/run.py", suite], env=env, capture_output=True, text=True)
    lines = [l for l in out.stdout.splitlines() if l.startswith(("FAIL", "# "))]
    print("\n".join(l for l in lines if l.startswith("#")), f"# {suite}: {time.time() - begin:.0f} s", flush=True)
    tell(f"site/{suite}", not any(l.startswith("FAIL") for l in lines), " | ".join(lines))
sys.exit(bool(failed))
