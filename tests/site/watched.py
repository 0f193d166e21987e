"""Seen from outside: /metrics, /healthz, /readyz, and the log."""
import json, os, re, signal, socket, subprocess, threading, time

from harness import Site, expect

B = "tw-02-physicians-under-their-own-name"
# Debian's package is for Debian's Python, whichever comes first on the path
OTHER_READER = """import json, sys
from prometheus_client.parser import text_string_to_metric_families as read
print(json.dumps([[s.name, s.labels, s.value] for f in read(sys.stdin.read()) for s in f.samples]))"""


def read(text):
    """Sample by name and labels; and what a strict reader has against the text."""
    wrong, helped, typed, seen, current = [], set(), {}, {}, None
    for line in text.splitlines():
        if m := re.fullmatch(r"# HELP ([a-z_]+) (\S.*\.)", line):
            wrong += [f"{m[1]}: two HELP"] * (m[1] in helped)
            helped.add(current := m[1])
        elif m := re.fullmatch(r"# TYPE ([a-z_]+) (counter|gauge|histogram)", line):
            wrong += [f"{m[1]}: TYPE without HELP before it"] * (m[1] != current)
            typed[m[1]] = m[2]
        elif m := re.fullmatch(r'([a-z_]+)((?:\{[a-z_0-9]+="[^"\\\n]*"(?:,[a-z_0-9]+="[^"\\\n]*")*\})?) (\d+(?:\.\d+)?)', line):
            base = re.sub(r"_(bucket|sum|count)$", "", m[1]) if typed.get(current) == "histogram" else m[1]
            wrong += [f"{line}: outside of its group"] * (base != current)
            wrong += [f"{line}: twice"] * (m[1] + m[2] in seen)
            seen[m[1] + m[2]] = float(m[3])
        else:
            wrong.append(f"not a line: {line!r}")
    for name, kind in typed.items():
        wrong += [f"{name}: a counter ends with _total"] * ((kind == "counter") != name.endswith("_total"))
        wrong += [f"{name}: unit"] * bool(re.search(r"_(ms|us|kb|mb|minutes|hours)(_|$)", name))
    # histograms: buckets grow, the last is all, and equals the count
    groups = {}
    for key, value in seen.items():
        if m := re.fullmatch(r'(\w+)_bucket\{(.*?),?le="([^"]+)"\}', key):
            groups.setdefault((m[1], m[2]), []).append((float(m[3].replace("+Inf", "inf")), value))
    for (name, labels), buckets in groups.items():
        counts = [v for _, v in buckets]
        good = counts == sorted(counts) and [b for b, _ in buckets] == sorted({b for b, _ in buckets}) and buckets[-1][0] == float("inf")
        if not good or seen[f"{name}_count{{{labels}}}"] != counts[-1] or f"{name}_sum{{{labels}}}" not in seen:
            wrong.append(f"{name}{{{labels}}}: its buckets do not fit")
    # and somebody else's reader
    out = subprocess.run(["/usr/bin/python3", "-c", OTHER_READER], input=text, capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    theirs = {name + ("{" + ",".join(f'{k}="{v}"' for k, v in labels.items()) + "}" if labels else ""): value for name, labels, value in json.loads(out.stdout)}
    wrong += [f"read otherwise: {k}" for k in seen if theirs.get(k) != seen[k]]
    return seen, wrong


def test_metrics():
    s = Site("watched")
    ad = s.person("ad", "admin")
    for _ in range(3):
        s.get("/guides/twitter")
    s.suggest("twitter", B, lambda t: t + " More.")
    s.get("/nowhere")
    s.get("/healthz")
    text = expect(s.get("/metrics", token=ad), 200).text
    m, wrong = read(text)
    assert not wrong, wrong[:10]
    assert m["guidehall_kept_pages_total"] == 2, m["guidehall_kept_pages_total"]
    assert m["guidehall_made_pages_total"] >= 1 and m["guidehall_kept_bytes"] > 1000
    assert m['guidehall_requests_total{method="GET",route="/guides/:slug",status="200"}'] == 1
    assert m['guidehall_requests_total{method="POST",route="/guides/:slug/proposals",status="201"}'] == 1
    assert m['guidehall_requests_total{method="",route="",status="404"}'] == 1
    assert m['guidehall_request_seconds_count{method="POST",route="/guides/:slug/proposals"}'] == 1
    assert m['guidehall_workers{lane="fast"}'] == 4 and m['guidehall_workers{lane="slow"}'] == 1
    assert m['guidehall_workers_running{lane="fast"}'] == 1  # the one that counts
    assert m['guidehall_queue_length{lane="fast"}'] == 0 and m['guidehall_queue_length{lane="slow"}'] == 0
    assert m["guidehall_connections"] >= 1
    # one proposal: what git will say is in the tables' commit
    assert m['guidehall_sync_seconds_count{call="fdatasync"}'] >= 1 and m['guidehall_sync_seconds_sum{call="fdatasync"}'] > 0
    assert m['guidehall_tables_bytes{file="tables"}'] == os.path.getsize(s.data / "guidehall.db")
    loose = len(list((s.data / "guides.git/objects").glob("??/*")))
    assert m['guidehall_repository_objects{repository="guides.git",kept="loose"}'] == loose > 10
    assert 8e6 < m["process_resident_memory_bytes"] < 8e9 and m["process_cpu_seconds_total"] > 0 and m["process_max_fds"] > 10
    assert abs(m["process_start_time_seconds"] - time.time()) < 300
    assert m["guidehall_disk_free_bytes"] > 0 and m["guidehall_last_backup_timestamp_seconds"] == 0
    assert re.search(r'^guidehall_build_info\{version="[\d.]+",libmicrohttpd="[\d.]+",libgit2="[\d.]+",sqlite="[\d.]+"\} 1$', text, re.M)
    s.command("backup", str(s.data.parent / "b.tar.gz"))
    s.git("repack", "-adq")
    m, wrong = read(expect(s.get("/metrics", token=ad), 200).text)
    assert not wrong and abs(m["guidehall_last_backup_timestamp_seconds"] - time.time()) < 300
    assert m['guidehall_repository_packs{repository="guides.git"}'] == 1
    packed = int(re.search(r"in-pack: (\d+)", s.git("count-objects", "-v"))[1])
    assert m['guidehall_repository_objects{repository="guides.git",kept="packed"}'] == packed
    s.close()


def test_work_that_waits_is_counted():
    os.environ["GUIDEHALL_CLONE_PROCESSES"] = "1"
    try:
        s = Site("watched-queue")
    finally:
        del os.environ["GUIDEHALL_CLONE_PROCESSES"]
    ad = s.person("ad", "admin")

    def sign_in():
        s.form("/sign-in", [("handle", "ad"), ("password", "a wrong guess")])
    threads = [threading.Thread(target=sign_in) for _ in range(6)]
    for t in threads:
        t.start()
    most = 0
    while any(t.is_alive() for t in threads):
        m, wrong = read(s.get("/metrics", token=ad).text)
        assert not wrong, wrong[:5]
        most = max(most, m['guidehall_queue_length{lane="slow"}'])
        assert m['guidehall_workers_running{lane="slow"}'] <= 1
    assert most >= 1
    # git clients that do not read: one runs, the others wait
    s.curl("/guides.git/info/refs?service=git-upload-pack")
    m, _ = read(s.get("/metrics", token=ad).text)
    assert m["guidehall_clones_started_total"] >= 1 and m["guidehall_published_total"] == 1 and m["guidehall_clones_refused_total"] == 0
    s.close()


def test_ready_until_it_ends():
    s = Site("draining")
    assert s.get("/healthz").status == 200 and s.get("/readyz").status == 200
    s.stop()
    os.environ["GUIDEHALL_DRAIN_SECONDS"] = "30"
    try:
        s = Site("draining")
    finally:
        del os.environ["GUIDEHALL_DRAIN_SECONDS"]
    assert s.get("/readyz").text == "ok\n"
    s.process.send_signal(signal.SIGTERM)
    deadline = time.time() + 20
    while s.get("/readyz").status == 200 and time.time() < deadline:
        time.sleep(0.05)
    answer = s.get("/readyz")
    assert answer.status == 503 and "retry-after" in answer.headers, answer.status
    # nobody who comes all the same is turned away
    assert s.get("/healthz").status == 200 and s.get("/guides/twitter").status == 200
    assert s.suggest("twitter", B, lambda t: t + " Late.").status == 201
    s.close()  # a second signal ends the wait


def test_not_ready_without_its_stores():
    s = Site("storeless")
    (s.data / "guides.git/refs/heads/main").rename(s.data / "main")
    if (s.data / "guides.git/packed-refs").exists():
        (s.data / "guides.git/packed-refs").unlink()
    assert [s.get(p).status for p in ("/healthz", "/readyz")] == [500, 500]
    (s.data / "main").rename(s.data / "guides.git/refs/heads/main")
    assert s.get("/healthz").status == 200 and s.get("/readyz").status == 200
    s.stop()


LINE = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [a-z]+( [a-z]+="(?:[^"\\\x00-\x1f\x7f-\U0010ffff]|\\["\\]|\\x[0-9a-f]{2})*")*')


def raw(s, request):
    with socket.create_connection(("127.0.0.1", s.port), timeout=10) as c:
        c.sendall(request)
        c.shutdown(socket.SHUT_WR)
        while c.recv(65536):
            pass


def test_one_line_an_event():
    os.environ.update(GUIDEHALL_LOG_REQUESTS="2", GUIDEHALL_BEHIND_PROXY="1")
    try:
        s = Site("lines")
    finally:
        del os.environ["GUIDEHALL_LOG_REQUESTS"], os.environ["GUIDEHALL_BEHIND_PROXY"]
    begin = len(s.log.read_bytes().splitlines())
    hostile = ["/%22%20status=%22200", "/a%E2%80%A8b", "/a%C2%85b", "/%E2%80%AEevil", "/" + "x" * 3000, "/%5B31m", "/guides/%F0%9F%98%80"]
    for path in hostile:
        s.curl(path, "-H", 'X-Forwarded-For: 1.2.3.4" who="u1\u2028\u0085')
    raw(s, b"GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")  # refused
    raw(s, b"PUT /a HTTP/1.1\r\nHost: x\r\n\r\n")
    for _ in range(3):
        s.get("/guides/twitter")  # one made, two kept
    s.get("/assets/" + s.curl("/", accept="text/html").text.split("/assets/")[1].split('"')[0])
    s.stop()
    text = s.log.read_bytes().decode()
    for line in text.split("\n")[:-1]:
        assert LINE.fullmatch(line), f"not one structured line: {line[:300]!r}"
    assert text.isascii() and len(text.splitlines()) == text.count("\n")
    lines = [l for l in text.split("\n")[begin:] if " request " in l]
    assert len(lines) == len(hostile) + 2 + 3 + 2, "\n".join(lines)
    assert sum('by="kept page"' in l for l in lines) == 2 and sum('by="asset"' in l for l in lines) == 1
    assert sum('by="refusal"' in l for l in lines) >= 2
    assert all(' status="' in l for l in lines if "kept page" not in l)
    assert any("xxx..." in l for l in lines)  # the long one is cut, and its status is there
    assert s.process.returncode == 0
