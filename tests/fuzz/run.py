#!/usr/bin/env python3
"""run.py BUILD [TARGET...]: run fuzz targets, each for a while, and tell what came of it.

What a target finds worth keeping stays in BUILD/corpus, so that the next run goes on from there; --merge brings the
smallest part of it that reaches as much into tests/fuzz/corpus. Inputs that break a target are left in
tests/fuzz/found. Totals over all runs are in BUILD/totals.json."""
import argparse, concurrent.futures, json, os, pathlib, re, shutil, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
DICTIONARIES = {"markdown": "markdown", "guideline": "markdown", "section": "markdown", "diff": "markdown",
                "merge": "markdown", "frontmatter": "markdown", "server": "markdown", "press": "markdown"}
# a site is not understood from short inputs
FLAGS = {"server": ["-len_control=0", "-max_len=400"]}
ENV = dict(os.environ, UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1", LC_ALL="C.UTF-8")

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("targets", nargs="*")
parser.add_argument("--seconds", type=int, default=60, help="for each target")
parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="targets at the same time")
parser.add_argument("--merge", action="store_true", help="keep what was found in tests/fuzz/corpus")
options = parser.parse_args()
build = options.build.resolve()
programs = {p.name[len("fuzz_"):]: p for p in sorted((build / "tests/fuzz").glob("fuzz_*")) if p.is_file()}
if unknown := [t for t in options.targets if t not in programs]:
    sys.exit(f"no such target: {', '.join(unknown)}. There are: {', '.join(programs)}")
found = HERE / "found"
found.mkdir(exist_ok=True)


def number(pattern, text):
    every = re.findall(pattern, text)
    return int(every[-1]) if every else 0


def seeds(name):
    return [d for d in (HERE / "corpus" / name, HERE / "fixed" / name) if d.exists()]


def fuzz(name):
    kept, log = build / "corpus" / name, build / f"fuzz-{name}.log"
    kept.mkdir(parents=True, exist_ok=True)
    dictionary = HERE / "dict" / f"{DICTIONARIES.get(name, name)}.dict"
    words = [programs[name], f"-max_total_time={options.seconds}", "-print_final_stats=1", "-timeout=25", "-rss_limit_mb=4096", *FLAGS.get(name, []),
             f"-artifact_prefix={found}/{name}-", kept, *seeds(name)]
    if dictionary.exists():
        words.insert(1, f"-dict={dictionary}")
    begin = time.monotonic()
    with log.open("w") as out:
        rc = subprocess.run([str(w) for w in words], env=ENV, stdout=subprocess.DEVNULL, stderr=out).returncode
    text = log.read_text(errors="replace")
    why = re.search(r".*must hold.*", text) or re.search(r".*(?:ERROR|SUMMARY): .*", text)
    return {"target": name, "seconds": round(time.monotonic() - begin), "executions": number(r"stat::number_of_executed_units: (\d+)", text) or number(r"(?m)^#(\d+)", text),
            "coverage": number(r"cov: (\d+)", text), "new": number(r"stat::new_units_added: +(\d+)", text),
            "broken": why[0].strip() if rc and why else f"it ended with {rc}" if rc else ""}


def merge(name):
    """The smallest corpus that reaches every edge the two reach together."""
    corpus = HERE / "corpus" / name
    with tempfile.TemporaryDirectory() as smallest:
        subprocess.run([str(w) for w in (programs[name], "-merge=1", "-use_counters=0", "-max_len=4096", "-timeout=25", smallest, corpus, build / "corpus" / name)],
                       env=ENV, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(corpus, ignore_errors=True)
        shutil.copytree(smallest, corpus)
    units = list(corpus.iterdir())
    print(f"corpus of {name}: {len(units)} inputs, {sum(u.stat().st_size for u in units)} bytes", flush=True)


def add_totals(results):
    file = build / "totals.json"
    totals = json.loads(file.read_text()) if file.exists() else {}
    for r in results:
        t = totals.setdefault(r["target"], {"executions": 0, "seconds": 0, "broken": 0})
        t["executions"] += r["executions"]
        t["seconds"] += r["seconds"]
        t["broken"] += bool(r["broken"])
    file.write_text(json.dumps(totals, indent=1))
    return totals


def table(rows, columns):
    for row in [dict(zip(columns, columns)), *rows]:
        print("".join(f"{row[c]:>14}" if i else f"{row[c]:<14}" for i, c in enumerate(columns)))


with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
    results = list(pool.map(fuzz, options.targets or programs))
totals = add_totals(results)
for r in results:
    r["findings"] = 1 if r["broken"] else 0
    r["in all"] = totals[r["target"]]["executions"]
table(results, ["target", "executions", "in all", "coverage", "new", "findings"])
for r in results:
    if r["broken"]:
        print(f"FAIL {r['target']}: {r['broken']} (see {build}/fuzz-{r['target']}.log, tests/fuzz/found)")
if options.merge:
    for r in results:
        merge(r["target"])
sys.exit(any(r["broken"] for r in results))
