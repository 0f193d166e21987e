#!/usr/bin/env python3
"""Two scanners others wrote, against a running server: sqlmap on every parameter, wapiti on every page.

wapiti's modules that ask its makers' hosts (ssrf, xxe, wapp) stay away.
Each scanner first looks at a small server that is broken on purpose: one that
finds nothing there would prove nothing here.

usage: probe.py [sqlmap] [wapiti]"""
import http.server, json, pathlib, re, shutil, sqlite3, subprocess, sys, threading, time, urllib.parse
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "site"))
from harness import SCRATCH, Site, expect

B = "tw-02-physicians-under-their-own-name"
FOLDER = SCRATCH / "probe"
MODULES = "backup,blindsql,brute_login_form,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,xss"
# not asked: buster and nikto, 30,000 addresses of other programs, each a 404 here
# wapiti misses a header that only browsers of the past read, and one that may be sent with TLS only
EXPECTED = ("X-XSS-Protection is not set", "Strict-Transport-Security is not set")


class Broken(http.server.BaseHTTPRequestHandler):
    """A page that does everything wrong."""

    def do_GET(self):
        q = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("q", ["1"])[0]
        db = sqlite3.connect(":memory:")
        db.execute("CREATE TABLE t (id INTEGER, name TEXT)")
        db.executemany("INSERT INTO t VALUES (?, ?)", [(1, "one"), (2, "two")])
        try:
            rows = str(db.execute(f"SELECT name FROM t WHERE id = {q}").fetchall())
        except sqlite3.Error as e:
            rows = f"sqlite3.OperationalError: {e}"
        page = f'<html><head><title>x</title></head><body><a href="/?q=1">x</a>{rows}<p>{q}</p></body></html>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *words):
        pass


def broken():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


# ---- sqlmap ----

def sqlmap(name, *words, level=3):
    """(injection points told, requests sent) of one request; every parameter is tried."""
    folder = FOLDER / "sqlmap" / re.sub(r"\W+", "-", name)
    # what waits (techniques T and S) is told from a busy machine by luck only
    out = subprocess.run(["sqlmap", "--batch", f"--level={level}", "--risk=1", "--technique=BEU", "--dbms=sqlite", "--flush-session", "--disable-coloring", "--skip-waf", "--threads=4",
                          "--timeout=30", "--skip=User-Agent,Referer,Host", "--ignore-code=401,403,404,409,413,422,500", "-v", "1", f"--output-dir={folder}", *words], capture_output=True, text=True)
    found = re.findall(r"Parameter: (.+)\n\s+Type: (.+)", out.stdout)
    tested = len(set(re.findall(r"testing for SQL injection on (.+)", out.stdout)))
    if not found and "all tested parameters do not appear to be injectable" not in out.stdout:
        found = [("sqlmap ended otherwise", " ".join(out.stdout.split())[-400:])]
    return found, tested


def requests(s, token):
    """(name, words for sqlmap) of every operation that reads something, from the description."""
    e, head = s.section("twitter", B), s.get(f"/api/v1/proposals/{s.n}", token=token).json["head"]
    usual = {"base": e["base"], "section": B, "text": e["text"] + "\n\nMore.", "shown": head, "verdict": "ask", "scope": "read", "role": "contributor", "handle": "co", "guide": "twitter",
             "password": "not a password", "slug": "probe", "version": "", "kind": "wording", "interests": "none", "email": "a@b.invalid", "website": "", "state": "open", "page": "1", "next": "/"}
    paths = {"slug": "twitter", "id": str(s.n), "version": "1.0.0", "handle": "co", "comment": "1"}
    doc = s.get("/api/v1/openapi.json").json
    for path, item in doc["paths"].items():
        for method, operation in item.items():
            query = [p["name"] for p in operation["parameters"] if p["in"] == "query"]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            fields = doc["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]["properties"] if body else {}
            if not query and not fields and "{" not in path:
                continue
            # "*" marks a place in the address to try
            url = s.base + "/api/v1" + re.sub(r"\{(\w+)\}", lambda m: paths[m[1]] + "*", path)
            url += "?" + urllib.parse.urlencode({name: usual.get(name, "side") for name in query}) if query else ""
            if query and "{" in path:
                url = url.replace("*", "")
            if method == "post":
                data = {name: usual.get(name, "some words") for name in fields}
                if "{" in path and fields:
                    url = url.replace("*", "")
                yield f"{method} {path}", [f"--url={url}", "--method=POST", f"--data={json.dumps(data)}", f"--headers=Authorization: Bearer {token}\nContent-Type: application/json"]
            else:
                yield f"{method} {path}", [f"--url={url}", f"--headers=Authorization: Bearer {token}"]


def test_sqlmap(s, token):
    found, _ = sqlmap("broken", f"--url={broken()}/?q=1", level=1)
    if not any("GET" in what for what, _ in found):
        yield f"FAIL probe/sqlmap: it finds nothing in a server that is broken: {found}"
        return
    total, wrong, begin, all_of_them = 0, [], time.time(), list(requests(s, token))
    with ThreadPoolExecutor(2) as pool:
        for (name, _), (found, tested) in zip(all_of_them, pool.map(lambda r: sqlmap(r[0], *r[1]), all_of_them)):
            total += tested
            wrong += [f"{name}: {what}: {kind}" for what, kind in found]
            print(f"sqlmap {name}: {tested} parameters, {len(found)} found, {time.time() - begin:.0f} s", flush=True)
    print(f"sqlmap: {len(all_of_them)} operations, {total} parameters, {len(wrong)} injection points")
    yield f"FAIL probe/sqlmap: {'; '.join(wrong)}" if wrong else "ok probe/sqlmap"


# ---- wapiti ----

def wapiti(name, url, *words, modules=MODULES, seconds=240):
    report = FOLDER / f"wapiti-{name}.json"
    out = subprocess.run(["wapiti", "-u", url, "--scope", "folder", "-m", modules, "-f", "json", "-o", report, "--flush-session", "--store-session", FOLDER / f"session-{name}",
                          "--no-bugreport", "-v", "0", "--max-scan-time", str(seconds), "--max-attack-time", str(seconds), "--max-links-per-page", "60", "--max-files-per-dir", "60", "-t", "30",
                          "-H", "Accept-Encoding: gzip", *words],  # it asks for brotli and cannot read it
                         capture_output=True, text=True)
    if not report.exists():
        return [f"no report: {out.stdout[-400:]} {out.stderr[-400:]}"], 0
    told = json.loads(report.read_text())
    found = [f"{kind}: {one.get('method')} {one.get('path')} {one.get('parameter')}: {one.get('info')}" for part in ("vulnerabilities", "anomalies")
             for kind, items in told[part].items() for one in items]
    session = next((FOLDER / f"session-{name}").glob("*.db"))
    return found, sqlite3.connect(session).execute("SELECT count(*) FROM paths WHERE evil = 0").fetchone()[0]


def is_expected(finding):
    return any(words in finding for words in EXPECTED)


def test_wapiti(s, token):
    found, _ = wapiti("broken", broken(), modules="xss,sql,http_headers", seconds=60)
    if not any("SQL" in f for f in found) or not any("Cross Site" in f for f in found):
        yield f"FAIL probe/wapiti: it finds nothing in a server that is broken: {found}"
        return
    wrong = []
    # no browser sends a token by itself, so what a token may do without a form's own token is no forgery
    for who, modules, words in (("guest", MODULES, []), ("admin", MODULES.replace(",csrf", ""), ["-H", f"Authorization: Bearer {token}"])):
        begin = time.time()
        found, pages = wapiti(who, s.base, *words, modules=modules)
        expected = [f for f in found if is_expected(f)]
        if pages < 20:
            wrong.append(f"{who}: it found {pages} pages only")
        wrong += [f"{who}: {f}" for f in found if not is_expected(f)]
        print(f"wapiti as {who}: {pages} pages and forms, {len(found)} findings, {len(expected)} of them expected without TLS, {time.time() - begin:.0f} s", flush=True)
    for line in wrong:
        print("  " + line)
    yield f"FAIL probe/wapiti: {len(wrong)} findings, first {wrong[0][:300]}" if wrong else "ok probe/wapiti"


def main(only):
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    s = Site("probe-site")
    ad = s.person("ad", "admin")
    s.person("co", "contributor")
    s.post("/api/v1/releases", {"guide": "twitter"}, token=ad)
    s.n = expect(s.suggest("twitter", B, lambda t: t.replace("should show", "should always show")), 201).json["id"]
    expect(s.post(f"/api/v1/proposals/{s.n}/comments", {"text": "Hello"}, token=ad), 201)
    for test in (test_sqlmap, test_wapiti):
        if not only or test.__name__[5:] in only:
            for line in test(s, ad):
                print(line, flush=True)
    s.close()  # and the log holds no error of the database


main(sys.argv[1:])
