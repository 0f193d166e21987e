"""harness.py: the real binary on a port of its own, curl and git as its users."""
import atexit, json, os, pathlib, re, shutil, signal, subprocess, tempfile

PROGRAM = os.environ["GUIDEHALL"]
TOP = pathlib.Path(os.environ.get("GUIDEHALL_TOP", "."))
SCRATCH = pathlib.Path(os.environ.get("GUIDEHALL_SCRATCH", tempfile.gettempdir()))


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


class Site:
    """A data folder and, between start() and stop(), a server on it."""

    def __init__(self, name, *options, limits=False, **settings):
        # tests ask more often than people do
        self.env = {**os.environ, "GUIDEHALL_RATE_LIMITS": "1" if limits else "0",
                    **{f"GUIDEHALL_{key.upper()}": str(value) for key, value in settings.items()}}
        self.data = SCRATCH / name / "data"
        shutil.rmtree(self.data.parent, ignore_errors=True)
        self.data.parent.mkdir(parents=True)
        self.options, self.process, self.log = options, None, self.data.parent / "log"
        self.setup = None
        self.start()

    def start(self):
        log = open(self.log, "ab")
        self.process = subprocess.Popen([PROGRAM, "serve", "--data", self.data, "--listen", "127.0.0.1:0", *self.options],
                                        stdout=subprocess.PIPE, stderr=log, text=True, env=self.env)
        # a test that failed does not stop its server
        atexit.register(lambda p=self.process: p.poll() is None and p.kill())
        for line in self.process.stdout:
            if "setup?token=" in line:
                self.setup = line.split()[-1]
            if line.startswith("listening on "):
                self.base = line.split()[-1]
                self.port = int(self.base.rsplit(":", 1)[1])
                return
        raise RuntimeError("the server did not start: " + self.log.read_text())

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        return code

    def close(self):
        """Stop, and look into the log for what a test cannot see."""
        code = self.stop()
        log = self.log.read_text(errors="replace")
        assert code == 0, f"the server ended with {code}: {log[-2000:]}"
        assert "Sanitizer" not in log and "runtime error" not in log, log[-4000:]
        assert " broken " not in log, "broken: " + "\n".join(l for l in log.splitlines() if " broken " in l)

    def command(self, *words, stdin="", check=True):
        out = subprocess.run([PROGRAM, *words, "--data", self.data], input=stdin, capture_output=True, text=True, timeout=300)
        assert not check or out.returncode == 0, f"{words}: {out.returncode} {out.stdout} {out.stderr}"
        return out

    def person(self, handle, role, name=None):
        """An account; returns a token that may do all its role may."""
        extra = ["--name", name] if name else []
        self.command("user", "add", handle, "--role", role, "--password-stdin", *extra, stdin=f"password of {handle}\n")
        return self.token(handle)

    def token(self, handle, scope="moderate"):
        return self.command("token", "add", handle, "--scope", scope).stdout.strip()

    def git(self, *words):
        out = subprocess.run(["git", "-C", self.data / "guides.git", *words], capture_output=True, text=True)
        assert out.returncode == 0, f"git {words}: {out.stderr}"
        return out.stdout

    def curl(self, path, *options, token=None, data=None, accept="application/json"):
        url = path if path.startswith("http") else self.base + path
        words = ["curl", "-sS", "--path-as-is", "-i", "--max-time", "60", "-H", f"Accept: {accept}", *options]
        if token:
            words += ["-H", f"Authorization: Bearer {token}"]
        if data is not None:
            body = data if isinstance(data, (str, bytes)) else json.dumps(data)
            words += ["-H", "Content-Type: application/json", "--data-binary", "@-"]
        else:
            body = ""
        out = subprocess.run([*words, url], input=body if isinstance(body, bytes) else body.encode(), capture_output=True)
        assert out.returncode == 0, f"curl {path}: {out.stderr.decode()}"
        return parse(out.stdout)

    def get(self, path, **more):
        return self.curl(path, **more)

    def post(self, path, data=None, **more):
        return self.curl(path, data={} if data is None else data, **more)

    def form(self, path, pairs, *options, page=None):
        """A form as a browser sends it: the token of the page it stands on."""
        page = page or self.curl("/sign-in", *options, accept="text/html").text
        token = re.search(r'name="_token" value="([^"]+)"', page)[1]
        words = [x for k, v in [("_token", token), *pairs] for x in ("--data-urlencode", f"{k}={v}")]
        return self.curl(path, *words, "-H", "Sec-Fetch-Site: same-origin", *options, accept="text/html")

    # ---- the job, in short ----

    def section(self, guide, section):
        return self.get(f"/api/v1/guides/{guide}/edit?section={section}").json

    def suggest(self, guide, section, change, token=None, **more):
        e = self.section(guide, section)
        data = {"base": e["base"], "section": section, "text": change(e["text"]), "interests": "none", **more}
        return self.post(f"/api/v1/guides/{guide}/proposals", data, token=token)

    def merge(self, number, token):
        head = self.get(f"/api/v1/proposals/{number}", token=token).json["head"]
        return self.post(f"/api/v1/proposals/{number}/merge", {"shown": head}, token=token)


def parse(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        key, _, value = line.partition(":")
        headers[key.strip().lower()] = value.strip()
    return Answer(int(lines[0].split()[1]), headers, body)


def expect(answer, status):
    assert answer.status == status, f"expected {status}, got {answer.status}: {answer.body[:600]!r}"
    return answer
