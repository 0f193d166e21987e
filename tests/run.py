#!/usr/bin/env python3
"""run.py BUILD [SUITE...]: every test, each suite with its own runner, one count at the end.

A suite is a command that prints lines "ok NAME" and "FAIL NAME: why"; meson's
own report is read from its log."""
import itertools, json, os, pathlib, shutil, subprocess, sys, tempfile, time

TOP = pathlib.Path(__file__).resolve().parent.parent
os.chdir(TOP)
build = pathlib.Path(sys.argv[1]).resolve()
wanted = sys.argv[2:]
program = build / "src/guidehall"
scratch = pathlib.Path(tempfile.mkdtemp(prefix="guidehall-test-"))
env = dict(os.environ, GUIDEHALL=str(program), GUIDEHALL_SCRATCH=str(scratch), GUIDEHALL_TOP=str(TOP),
           ASAN_OPTIONS="detect_leaks=1:abort_on_error=0", UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1", LC_ALL="C.UTF-8")
passed, failed = 0, []


def unit():
    """One small C program per source file, by meson."""
    log = build / "meson-logs/testlog.json"
    subprocess.run(["meson", "test", "-C", build, "--no-rebuild", "-q", "--print-errorlogs"], env=env)
    for line in log.read_text().splitlines():
        one = json.loads(line)
        good = one["result"] in ("OK", "EXPECTEDFAIL")
        yield ("ok " if good else "FAIL ") + "unit/" + one["name"].split(" / ")[-1]


def command(*words, timeout=1200):
    with subprocess.Popen([str(w) for w in words], env=env, stdout=subprocess.PIPE, text=True) as process:
        deadline = time.time() + timeout
        for line in process.stdout:
            yield line.rstrip()
            if time.time() > deadline:
                process.kill()
                yield f"FAIL {words[1]}: it takes too long"
        if process.wait():
            yield f"FAIL {words[-1]}: it ended with {process.returncode}"


def browser(*only, timeout=1200):
    """Chromium, driven by playwright-core; npm serves tests only."""
    if not (TOP / "tests/node_modules/playwright-core").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                       cwd=TOP / "tests", check=True, stdout=subprocess.DEVNULL)
    yield from command("node", "tests/browser/run.mjs", *only, timeout=timeout)


def repositories():
    """git's own opinion of every repository the tests made."""
    for repo in sorted([*scratch.rglob("guides.git"), *scratch.rglob("public.git")]):
        name = "fsck/" + str(repo.relative_to(scratch))
        out = subprocess.run(["git", "-C", repo, "fsck", "--full", "--strict", "--no-dangling", "--no-progress"],
                             capture_output=True, text=True)
        yield f"ok {name}" if not out.returncode and not (out.stdout + out.stderr).strip() \
            else f"FAIL {name}: {out.stdout} {out.stderr}"


suites = {
    "house": lambda: command("python3", "tests/house/run.py"),
    "unit": unit,
    "site": lambda: command("python3", "tests/site/run.py"),
    "crash": lambda: itertools.chain(
        command("python3", "tests/crash/cycles.py", "--cycles", "50"),
        command("python3", "tests/crash/cycles.py", "--cycles", "5", "--power"),
        command("python3", "tests/crash/named.py", "--quick"),
        command("python3", "tests/crash/faults.py", "--quick"),
        command("python3", "tests/crash/backups.py")),
    "points": lambda: command("python3", "tests/crash/points.py"),
    # what lasts; ./dev torture has all of it
    "torture": lambda: command("python3", "tests/torture/run.py", "merge", "release", "review", "start-after-a-crash", "backup"),
    "gitsuite": lambda: command("python3", "tests/git_suite/run.py"),
    "browser": browser,
    "fsck": repositories,
}
# these take long, and run only when they are named
if wanted:
    suites |= {"oracle": lambda: browser("xss", timeout=6 * 3600), "probe": lambda: command("python3", "tests/probe/probe.py", timeout=6 * 3600)}

for name, suite in suites.items():
    if wanted and name not in wanted:
        continue
    print(f"-- {name}", flush=True)
    begin = time.time()
    try:
        for line in suite():
            if line.startswith("ok "):
                passed += 1
            elif line.startswith("FAIL "):
                failed.append(line)
            print(line, flush=True)
    except Exception as e:  # a suite that cannot start is a failure, not a gap
        failed.append(f"FAIL {name}: {e}")
        print(failed[-1], flush=True)
    print(f"-- {name} took {time.time() - begin:.0f} s", flush=True)

if not failed:
    shutil.rmtree(scratch, ignore_errors=True)
for line in failed:
    print(line)
print(f"{passed} passed, {len(failed)} failed")
sys.exit(bool(failed))
