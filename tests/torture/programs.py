"""programs.py: the small test programs of each room, each allocation and call failing in turn.

A program whose call fails may say so and end, or not notice. What it checks
then is wrong, of course, and a test that goes on after a failed check may
stumble in its own code; the rooms' code may not."""
import json, os, re, subprocess, time

from fault import Fault, named
import verdict

# other programs stand in for the room, or the same code runs for very long
NOT_OURS = ("differential", "valid", "diff_random", "diff_worst")


def listed(build):
    for test in json.loads((build / "meson-info/intro-tests.json").read_text()):
        if test["cmd"][0].startswith(str(build)) and not any(n in test["name"] for n in NOT_OURS):
            yield test["name"], test["cmd"], test["env"]


def run(command, settings, fault, seconds):
    env = {**os.environ, **settings, **fault.env()}
    try:
        out = subprocess.run(command, env=env, capture_output=True, text=True, errors="replace", timeout=seconds)
        return out.returncode, out.stdout + out.stderr
    except subprocess.TimeoutExpired as e:
        return None, (e.stderr or b"").decode(errors="replace")


def crashed_at(program, log):
    """Sources on the way to a crash, the innermost first: a sanitizer's words, or what fault.c saw of the program."""
    report = verdict.sanitizer_says(log)
    if report or verdict.CRASH not in log:
        return report
    places = re.findall(re.escape(program) + r"\([^)]*\+(0x[0-9a-f]+)\)", log.rsplit(verdict.CRASH, 1)[1])
    return subprocess.run(["addr2line", "-i", "-e", program, *places], capture_output=True, text=True).stdout if places else ""


def stumbled(program, log):
    """The crash is in the test's own code: the innermost frame with a source of ours."""
    ours = re.search(r"/(src|tests)/\S+:\d+", crashed_at(program, log))
    return bool(ours) and ours[1] == "tests"


def strike(name, command, settings, fault, case, seconds):
    fault.arm(*case)
    code, log = run(command, settings, fault, seconds)
    if not fault.disarm():
        verdict.counts[verdict.missed(case)] += 1
        return
    try:
        assert code is not None, f"it hangs (more than {seconds:.0f} s)"
        if code and stumbled(command[0], log):
            verdict.counts["the test stumbled"] += 1
            return
        how = verdict.end_is_clean(code, log)
        if how == verdict.ABORTED:
            fault.ended(case)
        verdict.counts["went well" if not code else "said so" if how == "ended" else how] += 1
    except AssertionError as e:
        verdict.counts["WRONG"] += 1
        verdict.blame(f"{name}: {named(case)}", e, log)


def torture(build, scratch, few, rooms, deadline):
    fault = Fault(scratch / "programs.plan")
    for name, command, settings in listed(build):
        if rooms and name.split("/")[0] not in rooms and name not in rooms:
            continue
        fault.arm()
        begin = time.time()
        code, log = run(command, settings, fault, 300)
        patience = max(60, 10 * (time.time() - begin))
        fault.disarm()
        assert code == 0, f"{name} fails without a fault: {log[-1000:]}"
        for case in fault.cases(few):
            if deadline():
                verdict.progress(name, complete=False)
                return
            strike(name, command, settings, fault, case, patience)
        verdict.progress(name)
