#!/usr/bin/env python3
"""reading.py PROGRAM [--seconds N]: do readers wait while others merge?

Readers ask for a guide over keep-alive connections, first alone, then while 50
proposals are sent and merged one after the other (every merge makes all kept
pages old). Printed: rates and waiting times of both, and their ratio. Nothing
is asserted: a machine that is busy says nothing about the program."""
import json, os, pathlib, re, statistics, subprocess, sys, tempfile, threading, time

os.environ["GUIDEHALL"] = str(pathlib.Path(sys.argv[1]).resolve())
os.environ.setdefault("GUIDEHALL_TOP", str(pathlib.Path(__file__).resolve().parent.parent.parent))
os.environ.setdefault("GUIDEHALL_SCRATCH", tempfile.mkdtemp(prefix="guidehall-bench-"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "site"))
from harness import Site, expect

seconds = int(sys.argv[sys.argv.index("--seconds") + 1]) if "--seconds" in sys.argv else 5
MERGES, ROUNDS = 50, 3


def wrk(url, duration):
    """Requests a second, and p50, p99, worst in milliseconds, at 32 connections."""
    out = subprocess.run(["wrk", "-t1", "-c32", f"-d{duration}s", "--latency", url], capture_output=True, text=True, check=True).stdout
    scale = {"us": 0.001, "ms": 1, "s": 1000}

    def ms(pattern):
        value, unit = re.search(pattern, out).groups()
        return float(value) * scale[unit]
    worst = re.search(r"Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s)", out)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), ms(r"50%\s+([\d.]+)(us|ms|s)"), ms(r"99%\s+([\d.]+)(us|ms|s)"),
            float(worst[1]) * scale[worst[2]], "Socket errors" in out or "Non-2xx" in out)


def merge_some(s, token, count, times):
    import http.client
    c = http.client.HTTPConnection("127.0.0.1", s.port)

    def ask(method, path, body=None):
        c.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None,
                  {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"})
        return json.loads(c.getresponse().read())
    section = ask("GET", "/guides/blogs/draft")["sections"][2]["id"]
    for i in range(count):
        e = ask("GET", f"/guides/blogs/edit?section={section}")
        begin = time.perf_counter()
        # a guest's: a moderator may not merge their own
        answer = s.post("/api/v1/guides/blogs/proposals", {"base": e["base"], "section": section, "text": e["text"] + f"\n\nLine {time.time_ns()}.", "interests": "none"})
        number = expect(answer, 201).json["id"]
        head = ask("GET", f"/proposals/{number}")["head"]
        middle = time.perf_counter()
        done = ask("POST", f"/proposals/{number}/merge", {"shown": head})
        assert done.get("state") == "merged", done
        times.append((middle - begin, time.perf_counter() - middle))


s = Site("reading")
token = s.person("mo", "moderator")
url = s.base + "/guides/twitter"
print(f"readers: 32 connections, GET /guides/twitter ({len(s.get('/guides/twitter').body)} bytes), {seconds} s; {MERGES} merges meanwhile; {ROUNDS} rounds")
print(f"{'':28}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'worst ms':>10}")
rows = {"alone": [], "while others merge": []}
for round in range(ROUNDS):
    for name in rows:
        times, writer = [], None
        if name != "alone":
            writer = threading.Thread(target=merge_some, args=(s, token, MERGES, times))
            writer.start()
        rows[name].append(wrk(url, seconds))
        if writer:
            writer.join()
            merges = times
for name, found in rows.items():
    rate, p50, p99, worst, bad = (statistics.median(x[i] for x in found) for i in range(5))
    print(f"{name:28}{rate:12.0f}{p50:10.2f}{p99:10.2f}{worst:10.2f}{'  ERRORS' if bad else ''}")
ratio = statistics.median(b[0] / a[0] for a, b in zip(*rows.values()))
print(f"rate while others merge / alone: {ratio:.2f}; a merge took {1000 * statistics.median(m for _, m in merges):.1f} ms (median of {MERGES})")
s.close()
