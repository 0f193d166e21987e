#!/usr/bin/env python3
"""What four analyzers, a shell checker and a Python checker say of the sources: nothing.

A place that is right all the same is excused where it stands, with the reason:
NOLINT for clang-tidy, cppcheck-suppress, a pragma for gcc. What is excused
everywhere stands in .clang-tidy and below.

usage: run.py BUILD [TOOL...]    BUILD is configured; nothing is built in it"""
import concurrent.futures, json, os, pathlib, shlex, subprocess, sys, time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
os.chdir(TOP)
build = pathlib.Path(sys.argv[1]).resolve()
# cppcheck takes C's NULL for an int (varFuncNullUB) and reads one unit at a
# time, so it cannot know who calls what; it does not know _Generic, hence ARG
CPPCHECK = ["cppcheck", "--quiet", "--inline-suppr", "--enable=warning,performance,portability", "--std=c11", "--error-exitcode=1",
            "--suppress=varFuncNullUB", "--max-configs=1", "-Iinclude", "-D_GNU_SOURCE", "-DARG(x)=arg_text((const char *)(uintptr_t)(x))", "-DPRId64=\"ld\"", "-j2"]


def units():
    """Each source of the program with the command that compiles it."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = (pathlib.Path(entry["directory"]) / entry["file"]).resolve().relative_to(TOP)
        if path.parts[0] == "src":
            yield path, entry


def run(words, folder=TOP):
    out = subprocess.run([str(w) for w in words], cwd=folder, capture_output=True, text=True)
    said = (out.stdout + out.stderr).strip()
    return said if out.returncode else ""


def each(check):
    """Two at a time."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return [said for said in pool.map(lambda unit: check(*unit), sorted(units(), key=lambda u: u[0])) if said]


def clang_tidy():
    # gcc's warning options are unknown to clang
    return each(lambda path, entry: run(["clang-tidy-14", "--quiet", "-p", build, "--extra-arg=-Wno-unknown-warning-option", path]))


def analyzer(path, entry):
    words = shlex.split(entry["command"])
    at = words.index("-o")
    return run([*words[:at], *words[at + 2:], "-fanalyzer", "-o", "/dev/null"], entry["directory"])


def tracked(*patterns):
    return subprocess.run(["git", "ls-files", *patterns], capture_output=True, text=True, check=True).stdout.split()


TOOLS = {
    "clang-tidy": clang_tidy,
    "gcc-analyzer": lambda: each(analyzer),
    "cppcheck": lambda: [run([*CPPCHECK, "src"])],
    "shellcheck": lambda: [run(["shellcheck", "dev", *tracked(".ci/*")])],
    "pyflakes": lambda: [run(["pyflakes3", *tracked("*.py")])],
}

failed = False
for name, tool in TOOLS.items():
    if sys.argv[2:] and name not in sys.argv[2:]:
        continue
    begin = time.time()
    found = "\n".join(said for said in tool() if said)
    failed = failed or bool(found)
    print(f"# {name}: {time.time() - begin:.0f} s")
    print(f"FAIL lint/{name}:\n{found}" if found else f"ok lint/{name}", flush=True)
sys.exit(failed)
