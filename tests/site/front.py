"""The nginx of src/deploy in front of the real binary: malformed requests, the short job, addresses, cookies."""
import atexit, os, re, socket, ssl, subprocess, time
from concurrent.futures import ThreadPoolExecutor

import malformed, probes
from harness import Site, TOP, expect

FRONT = None


def free_ports(count):
    open_ = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in open_]
    for s in open_:
        s.close()
    return ports


class Front(Site):
    """A Site that is reached through nginx."""

    def __init__(self, name):
        self.http, self.https = free_ports(2)
        super().__init__(name, behind_proxy=1, public_url=f"https://localhost:{self.https}")
        self.folder = self.data.parent / "nginx"
        self.folder.mkdir()
        self.certificate = self.folder / "fullchain.pem"
        self.make_certificate()
        self.write_settings()
        self.nginx = subprocess.Popen(["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"])
        atexit.register(self.end_nginx)
        self.base, self.direct = f"https://localhost:{self.https}", self.base
        for _ in range(100):
            if (self.folder / "pid").exists():
                return
            assert self.nginx.poll() is None, (self.folder / "error.log").read_text()
            time.sleep(0.1)
        raise RuntimeError("nginx does not start")

    def make_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", self.folder / "privkey.pem", "-out", self.certificate],
                       check=True, capture_output=True)

    def write_settings(self):
        """The file as it is shipped, but for names, ports and paths; around it what Debian's nginx.conf has."""
        shipped = (TOP / "src/deploy/nginx.conf").read_text()
        for was, here in ((r"listen \[::\]:.*", ""), (r"listen 80;", f"listen 127.0.0.1:{self.http};"), (r"listen 443 ", f"listen 127.0.0.1:{self.https} "),
                          (r"server 127\.0\.0\.1:8080;", f"server 127.0.0.1:{self.port};"), (r"/etc/letsencrypt/live/guides\.example\.org", str(self.folder)),
                          (r"/var/log/nginx/guidehall\.log", f"{self.folder}/access.log"), (r"/var/www/html", str(self.folder)),
                          (r"server_name guides\.example\.org;", "server_name localhost;")):
            shipped, found = re.subn(was, here, shipped)
            assert found, was
        (self.folder / "site.conf").write_text(shipped)
        temporary = "\n".join(f"{x}_temp_path {self.folder}/{x};" for x in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.getuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user} daemon off; worker_processes 2; pid {self.folder}/pid;\nevents {{ worker_connections 768; }}\nhttp {{\n{temporary}\ngzip on;\ninclude site.conf;\n}}\n")

    def end_nginx(self):
        if self.nginx.poll() is None:
            self.nginx.terminate()
            self.nginx.wait(timeout=30)

    def curl(self, path, *options, **more):
        return super().curl(path, "--cacert", self.certificate, *options, **more)

    def passed_on(self):
        """Requests nginx says it gave to the program."""
        return sum(not line.endswith(" -") for line in (self.folder / "access.log").read_text().splitlines())

    def arrived(self):
        """Requests the program says it got, this one not counted."""
        text = expect(super().curl(self.direct + "/metrics", token=self.ad), 200).text
        names = r"requests_total\{[^}]*\}|kept_pages_total|assets_total|refused_total|busy_total"
        return sum(int(n) for n in re.findall(rf"^guidehall_(?:{names}) (\d+)$", text, re.M))


def front():
    global FRONT
    if not FRONT:
        FRONT = Front("front")
        FRONT.ad = FRONT.person("ad", "admin")
    return FRONT


def tls(s):
    context = ssl.create_default_context(cafile=front().certificate)
    return context.wrap_socket(s, server_hostname="localhost")


def ask(data, number=1, wait=1.5):
    """From an address of its own, since addresses are limited."""
    return probes.exchange(front().https, data, wait=wait, wrap=tls, source=f"127.1.{number // 250}.{number % 250 + 1}")


def named(data):
    return data.replace(b"Host: x\r\n", b"Host: localhost\r\n")


AFTER = named(probes.head(b"GET /api/v1/search?q=after HTTP/1.1", b"Connection: close"))


def counted(run):
    """What `run` returns; program and proxy must have counted the same."""
    s = front()
    before = s.passed_on(), s.arrived()
    result = run()
    time.sleep(0.5)  # the last lines of the log
    passed = s.passed_on() - before[0]
    arrived = s.arrived() - before[1] - 1  # the question before
    assert passed == arrived, f"nginx passed on {passed} requests, the program got {arrived}"
    return result, passed


def bare_refusal(answer):
    """nginx speaks HTTP/0.9 to a request line without a version: a page without a head."""
    return not answer[0] and answer[1].startswith(b"<html>\r\n<head><title>400 Bad Request</title>")


def test_malformed_requests_through_the_proxy():
    """One reply, or two when the proxy put the request right; what is hidden in a body is never answered."""
    names = list(probes.MALFORMED)
    front()
    with ThreadPoolExecutor(8) as pool:
        got, passed = counted(lambda: list(pool.map(lambda i: ask(named(probes.MALFORMED[names[i]]) + AFTER, i), range(len(names)))))
    wrong, refused = {}, 0
    for name, bytes_ in zip(names, got):
        answers = probes.replies(bytes_)
        refused += not answers or answers[0][0] in probes.REFUSALS | {421}
        if len(answers) > 2 or any((not status and not bare_refusal((status, head, body))) or status in (500, 502, 504) or b'"hidden"' in body for status, head, body in answers):
            wrong[name] = answers
        elif len(answers) == 2 and b'"after"' not in answers[1][2]:
            wrong[name] = answers
    # its own reading of a chunk's end, the same for both: the program gets a body of a known length
    for name in sorted(wrong.keys() & {"bare LF after a chunk size", "bare LF after a chunk"}):
        print(f"nginx takes a bare LF for the end of a line: {name}: {[a[0] for a in wrong.pop(name)]}", flush=True)
    assert not wrong, {n: [(a[0], a[2][:50]) for a in w] for n, w in wrong.items()}
    assert refused > len(names) * 0.7 and passed > 10, (refused, passed)


def test_mutated_requests_through_the_proxy():
    front()
    with ThreadPoolExecutor(8) as pool:
        got, passed = counted(lambda: list(pool.map(lambda n: ask(named(malformed.make(n)), n), range(400))))
    bad = [(n, a) for n, bytes_ in enumerate(got) for a in probes.replies(bytes_) if a[0] in (0, 500, 502, 504) and not bare_refusal(a)]
    assert not bad, bad[:5]
    assert passed > 100, passed


def test_the_short_job():
    """A stranger suggests, a moderator signs in and merges, a reader and git see it."""
    s = front()
    section = expect(s.get("/api/v1/guides/blogs"), 200).json["sections"][2]["id"]
    n = expect(s.suggest("blogs", section, lambda t: t + "\n\nThrough the proxy."), 201).json["id"]
    jar = str(s.data.parent / "jar")
    signed = expect(s.form("/sign-in", [("handle", "ad"), ("password", "password of ad")], "-c", jar), 303)
    cookie = signed.headers["set-cookie"]
    assert cookie.startswith("__Host-session=") and {"Secure", "HttpOnly", "Path=/"} <= {c.strip() for c in cookie.split(";")}, cookie
    page = expect(s.curl(f"/review/{n}", "-b", jar, accept="text/html"), 200).text
    head = s.get(f"/api/v1/proposals/{n}", token=s.ad).json["head"]
    expect(s.form(f"/proposals/{n}/merge", [("shown", head)], "-b", jar, "-H", f"Origin: {s.base}", page=page), 303)
    assert b"Through the proxy." in s.get("/guides/blogs").body
    clone = s.data.parent / "clone"
    subprocess.run(["git", "clone", "-q", s.base + "/guides.git", clone], check=True, env={**os.environ, "GIT_SSL_CAINFO": str(s.certificate)})
    assert "Through the proxy." in (clone / "guides/blogs/en.md").read_text()


def test_addresses_arrive():
    s = front()
    expect(s.curl("/api/v1/search?q=from-elsewhere", "--interface", "127.0.0.77", "-H", "X-Forwarded-For: 203.0.113.9", "-H", "Forwarded: for=203.0.113.9"), 200)
    line = next(line for line in s.log.read_text().splitlines()[::-1] if 'path="/search"' in line)
    assert 'address="127.0.0.77"' in line, line


def test_headers_of_every_reply():
    """Of the program and of nginx itself, each once."""
    front()
    replies = {path: probes.replies(ask(named(probes.head(b"GET %s HTTP/1.1" % path.encode(), b"Connection: close")), 700))[0]
               for path in ("/", "/guides/twitter", "/assets/x/base.css", "/nowhere", "/healthz%00", "/guides/../healthz")}
    replies["two lengths"] = probes.replies(ask(named(probes.MALFORMED["two lengths"]), 700))[0]
    replies["another name"] = probes.replies(ask(probes.head(host=b"Host: example.com"), 700))[0]
    replies["too big"] = probes.replies(ask(named(probes.post(b"Content-Length: 9000000")), 700))[0]
    assert replies["another name"][0] == 421 and replies["too big"][0] == 413 and replies["two lengths"][0] == 400
    for name, (status, head, _) in replies.items():
        fields = [line.split(b":")[0].lower().decode() for line in head.split(b"\r\n")[1:]]
        for field in ("strict-transport-security", "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"):
            assert fields.count(field) == 1, (name, status, field, head)
        assert b"nginx/" not in head, name


def test_plain_http_leads_to_tls():
    s = front()
    got = probes.replies(probes.exchange(s.http, b"GET /guides/twitter?a=b HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
    assert got[0][0] == 301 and b"Location: https://localhost/guides/twitter?a=b\r" in got[0][1] + b"\r", got
    # nothing of a private link is in the log
    ask(named(probes.head(b"GET /proposals/1?key=verysecret HTTP/1.1", b"Connection: close")), 701)
    assert "verysecret" not in (s.folder / "access.log").read_text()


def test_too_often():
    front()
    one = named(probes.head(b"GET /guides/twitter HTTP/1.1")) * 100
    with ThreadPoolExecutor(4) as pool:
        got = [a[0] for bytes_ in pool.map(lambda _: ask(one, 702), range(5)) for a in probes.replies(bytes_)]
    assert got.count(200) >= 200 and 429 in got, (got.count(200), got.count(429))
    assert probes.replies(ask(AFTER, 703))[0][0] == 200  # somebody else


def test_slow_heads_end_at_the_proxy():
    """After ten seconds, and the program hears nothing of it."""
    s = front()

    def slow(n):
        begin = time.monotonic()
        with tls(socket.create_connection(("127.0.0.1", s.https), timeout=1, source_address=(f"127.1.3.{n + 1}", 0))) as c:
            c.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: ")
            while time.monotonic() - begin < 60:
                try:
                    c.sendall(b"a")
                    c.recv(1)
                    return time.monotonic() - begin
                except TimeoutError:
                    continue
                except OSError:
                    return time.monotonic() - begin
    with ThreadPoolExecutor(8) as pool:
        lasted, passed = counted(lambda: list(pool.map(slow, range(8))))
    assert all(t and 5 < t < 50 for t in lasted) and not passed, (lasted, passed)


def test_zz_close():
    front().end_nginx()
    front().close()
