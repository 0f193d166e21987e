#!/usr/bin/env python3
"""run.py [SCRIPT...]: git's own HTTP tests, against our server in Apache's place.

The scripts come from the source package of the git that is installed (./dev
puts it into build-deps/git); serve_folder stands in for Apache. What does not
apply is named in exclusions.tsv with its reason: a case that fails and is not
named there is a failure, and so is one that is named there and passes, unless
the reason says why ("passes, but ...")."""
import os, pathlib, re, shutil, signal, socket, subprocess, sys, tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCE = TOP / "build-deps/git"
PROGRAM = pathlib.Path(os.environ.get("GUIDEHALL", TOP / "build-test/src/guidehall")).parent.parent / "tests/git_suite/serve_folder"
# each with the versions of the protocol it is run with
SCRIPTS = {"t5551-http-fetch-smart": (2, 0), "t5539-fetch-http-shallow": (2, 0), "t5561-http-backend": (2,), "t5702-protocol-v2": (2,)}
# what comes before does without a server
BEGIN = {"t5702-protocol-v2": "create repo to be served by http:// transport"}
NOBODY, TIMEOUT = 65534, 600
required = os.environ.get("GUIDEHALL_GITSUITE") == "required"


def read_exclusions():
    rows = [line.split("\t") for line in (TOP / "tests/git_suite/exclusions.tsv").read_text().splitlines()[1:]]
    return {(script, case): reason for script, case, reason in rows}


def why_not():
    """Why the suite cannot run here; None when it can."""
    if not (SOURCE / "t/helper/test-tool").exists() or not (SOURCE / "templates/blt").exists():
        return "git's source could not be had or built; see build-deps/git.log"
    ours = subprocess.run(["git", "--version"], capture_output=True, text=True).stdout.split()[2]
    theirs = (SOURCE / "GIT-VERSION-FILE").read_text().split()[2]
    return None if ours == theirs else f"the source is of git {theirs}, installed is {ours}"


def stage(folder):
    """Copies that a user without any rights can read: git refuses to run these tests as root."""
    for what in ("t", "templates/blt"):
        shutil.copytree(SOURCE / what, folder / "git" / what, symlinks=True, ignore=shutil.ignore_patterns(
            "*.o", "perf", "interop", "t[0-46-9]*", "t50*", "t5[1-468-9]*", "unit-tests", "chainlint"))
    shutil.copy(SOURCE / "GIT-BUILD-OPTIONS", folder / "git")
    shutil.copytree(TOP / "web", folder / "web", ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(PROGRAM, folder / "httpd")
    for name in ("home", "output", "modules"):
        (folder / name).mkdir()
    folder.chmod(0o755)
    if not os.getuid():
        for path in (folder, folder / "home", folder / "output"):
            os.chown(path, NOBODY, NOBODY)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def run(script, version, folder):
    """The script's report in TAP, and what it says of failures; all it started has ended."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home"), "LANG": "C.UTF-8", "GIT_TEST_INSTALLED": "/usr/bin", "GIT_TEST_HTTPD": "true",
           "LIB_HTTPD_PATH": str(folder / "httpd"), "LIB_HTTPD_MODULE_PATH": str(folder / "modules"), "LIB_HTTPD_PORT": str(free_port()),
           "TEST_OUTPUT_DIRECTORY": str(folder / "output"), "GUIDEHALL_WEB": str(folder / "web"), "TEST_NO_MALLOC_CHECK": "1", "GIT_TEST_PROTOCOL_VERSION": str(version),
           **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}}
    who = {} if os.getuid() else {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    words = ["bash", f"{script}.sh", f"--root={folder / 'trash'}", "--verbose-log", "--debug"]
    with subprocess.Popen(words, cwd=folder / "git/t", env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", start_new_session=True, **who) as process:
        try:
            return process.communicate(timeout=TIMEOUT)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            for left in folder.rglob("httpd.pid"):
                subprocess.run([folder / "httpd", "-d", left.parent, "-k", "stop"])
            return process.communicate()[0] + f"\nstopped after {TIMEOUT} seconds"


def cases(report):
    """Number, title, and "pass", "fail" or why git itself left it out."""
    for line in report.splitlines():
        found = re.match(r"(not )?ok (\d+) (?:- )?(.*)", line)
        if not found:
            continue
        bad, number, title = found.groups()
        title, _, mark = title.partition(" # ")
        if title.startswith("# skip "):
            skipped = re.match(r"# skip (.*) \((missing .*)\)", title)
            yield int(number), skipped[1], skipped[2]
        else:
            yield int(number), title, "fail" if bad else "pass"


def judge(script, version, folder, exclusions):
    name = f"gitsuite/{script.partition('-')[0]}-v{version}"
    out = run(script, version, folder)
    seen, number = set(), 0
    for number, title, result in cases(out):
        reason, where = exclusions.get((script, title)), f"{name}/{number:02} {title}"
        seen.add(title)
        if BEGIN.get(script, title) not in seen:
            continue
        if result == "pass" and not (reason or "").startswith("passes, but "):
            yield f"FAIL {where}: it passes, so exclusions.tsv is wrong" if reason else f"ok {where}"
        elif reason:
            yield f"excluded {where}: {reason}"
        else:
            yield f"FAIL {where}: {result}"
    plan = re.search(r"^1\.\.(\d+)", out, re.M)
    if not plan or int(plan[1]) != number or not number:
        yield f"FAIL {name}: it did not come to its end: {out[-2000:]}"
    for script_, case in exclusions:
        if script_ == script and case not in seen:
            yield f"FAIL {name}: exclusions.tsv names a case that is not there: {case}"
    yield from look_around(name, folder)


def look_around(name, folder):
    """What a script leaves behind: the server's last words, and traces."""
    for log in (folder / "trash").rglob("error.log"):
        text = log.read_text(errors="replace")
        if "Sanitizer" in text or "runtime error" in text:
            yield f"FAIL {name}: {text[:4000]}"
    if "t5551" in name:
        wrong = headers(folder)
        yield f"FAIL {name}/headers: {wrong}" if wrong else f"ok {name}/headers"
    shutil.rmtree(folder / "trash")


def messages(lines):
    """Requests and answers of a trace, each as its lines in order of the alphabet."""
    out = []
    for line in lines:
        if re.match("> (GET|POST) |< HTTP/", line) or not out:
            out.append([])
        out[-1].append(line)
    return [sorted(m) for m in out]


def headers(folder):
    """"clone http repository" compares every header with Apache's, order and all. Ours sends more (the
    site's security headers), so: each line git expects is there, and what is there besides is a header of an answer."""
    there = next((folder / "trash").rglob("actual.smudged"), None)
    if not there:
        return "git left no trace"
    expected, actual = (messages(p.read_text().splitlines()) for p in (there.with_name("exp"), there))
    if len(expected) != len(actual):
        return f"{len(actual)} messages, not {len(expected)}"
    for wanted, have in zip(expected, actual):
        missing = set(wanted) - set(have)
        more = [line for line in set(have) - set(wanted) if not re.match("< [a-z-]+: ", line)]
        if missing or more or len(have) - len(set(have)) != len(wanted) - len(set(wanted)):
            return f"missing {missing}, too much {more}"
    return None


def main():
    missing = why_not()
    if missing:
        print(f"FAIL gitsuite: {missing}" if required else f"note: git's own tests were not run: {missing}")
        return
    exclusions = read_exclusions()
    for (script, case), reason in exclusions.items():
        if case == "*":
            print(f"excluded gitsuite/{script}: {reason}")
    with tempfile.TemporaryDirectory(prefix="guidehall-gitsuite-") as folder:
        stage(pathlib.Path(folder))
        for script in sys.argv[1:] or SCRIPTS:
            for version in SCRIPTS[script]:
                for line in judge(script, version, pathlib.Path(folder), exclusions):
                    print(line, flush=True)


main()
