"""Clients that are slow, go away, or talk to the clone address themselves: none is in the way of another, nothing stays behind."""
import gzip, os, pathlib, socket, subprocess, time
from clone import big_site, git, gits, slow_reader, until
from harness import SCRATCH, Site, expect

KIND = "Content-Type: application/x-git-upload-pack-request"
state = {}


def site():
    if "site" not in state:
        state["site"] = Site("clients")
        git("clone", "--quiet", "--bare", state["site"].base + "/guides.git", SCRATCH / "clients/first")
    return state["site"]


def processes(s):
    """The server, and those that start git: pid and number of open files."""
    found, more = [], [s.process.pid]
    while more:
        pid = more.pop()
        found.append(pid)
        more += [int(p) for t in pathlib.Path(f"/proc/{pid}/task").iterdir() for p in (t / "children").read_text().split()]
    return {pid: len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir())) for pid in found}


def packet(text):
    return f"{len(text) + 4:04x}{text}".encode()


def want(s, count=1):
    line = packet(f"want {s.git('rev-parse', 'main').strip()}\n")
    return line * count + b"0000" + packet("done\n")


def send(s, *pieces, pause=0.0):
    c = socket.create_connection(("127.0.0.1", s.port))
    c.settimeout(30)
    for piece in pieces:
        c.sendall(piece)
        time.sleep(pause)
    return c


def head(method, path, *fields, version="1.1"):
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: x", *fields, "", ""]).encode()


def read_to_end(c):
    parts = []
    while part := c.recv(65536):
        parts.append(part)
    c.close()
    return b"".join(parts)


def unchunk(body):
    """The first chunked body, and what comes after it."""
    out = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        n = int(size, 16)
        out, body = out + body[:n], body[n + 2:]
        if not n:
            return out, body


REFS = "/guides.git/info/refs?service=git-upload-pack"
PACK = "/guides.git/git-upload-pack"


def test_a_slow_reader_takes_no_place():
    os.environ["GUIDEHALL_CLONE_PROCESSES"] = "1"
    try:
        s, commit = big_site("clients-slow")
    finally:
        del os.environ["GUIDEHALL_CLONE_PROCESSES"]
    slow = [slow_reader(s, commit) for _ in range(3)]
    assert until(lambda: gits(s)), "git runs"
    out = subprocess.run(["timeout", "20", "git", "ls-remote", s.base + "/guides.git"], capture_output=True, text=True)
    assert out.returncode == 0 and commit in out.stdout, f"it waits behind readers that do not read: {out}"
    for c in slow:
        c.close()
    assert until(lambda: not gits(s))
    state["big"], state["commit"] = s, commit


def test_a_fetch_that_was_cut_off_goes_through_the_next_time():
    s, commit = state["big"], state["commit"]
    folder = SCRATCH / "clients-slow/cut"
    git("init", "--quiet", "--bare", folder)
    for seconds in (0.2, 0.5):
        subprocess.run(["timeout", "--signal=KILL", str(seconds), "git", "-C", folder, "fetch", "--quiet", s.base + "/guides.git", "main:main"], capture_output=True)
    assert until(lambda: not gits(s)), "nothing runs on"
    git("-C", folder, "fetch", "--quiet", s.base + "/guides.git", "main:main")
    assert git("-C", folder, "rev-parse", "main").stdout.strip() == commit
    git("-C", folder, "fsck", "--strict", "--connectivity-only")
    s.close()


def test_bodies_in_every_way_http_knows():
    s = site()
    body = want(s)
    plain = s.curl(PACK, "-H", KIND, "--data-binary", f"@{write(body)}").body
    assert plain.startswith(b"0008NAK\n") and b"PACK" in plain
    chunks = [f"{len(c):x}\r\n".encode() + c + b"\r\n" for c in (body[:1], body[1:30], body[30:])]
    close = "Connection: close"
    chunked = send(s, head("POST", PACK, KIND, "Transfer-Encoding: chunked", close), *chunks, b"0\r\n\r\n", pause=0.1)
    packed = gzip.compress(body)
    both = send(s, head("POST", PACK, KIND, "Content-Encoding: gzip", "Transfer-Encoding: chunked", close), f"{len(packed):x}\r\n".encode() + packed + b"\r\n0\r\n\r\n")
    for c in (chunked, both):
        answer = read_to_end(c)
        assert answer.startswith(b"HTTP/1.1 200") and unchunk(answer.partition(b"\r\n\r\n")[2])[0] == plain, answer[:300]
    old = read_to_end(send(s, head("POST", PACK, KIND, f"Content-Length: {len(body)}", version="1.0"), body))
    assert old.partition(b"\r\n\r\n")[2] == plain, old[:300]
    expect(s.curl(PACK, "-H", KIND, "-H", "Content-Encoding: br", "--data-binary", f"@{write(body)}"), 415)
    assert b"\r\n\r\n" in read_to_end(send(s, head("HEAD", REFS, close)))


def write(body):
    path = SCRATCH / "clients/body"
    path.write_bytes(body)
    return path


def test_one_connection_many_answers():
    """One after the other, and sent without waiting."""
    s = site()
    body = want(s)
    get = head("GET", REFS)
    post = head("POST", PACK, KIND, f"Content-Length: {len(body)}") + body
    last = head("GET", REFS, "Connection: close")
    rest = read_to_end(send(s, get + post + get + post + last))
    found = []
    while rest:
        top, _, rest = rest.partition(b"\r\n\r\n")
        assert top.startswith(b"HTTP/1.1 200"), top
        answer, rest = unchunk(rest)
        found.append(answer)
    assert len(found) == 5 and found[0] == found[2] == found[4] and found[1] == found[3] and b"PACK" in found[1], [f[:40] for f in found]


def test_a_long_list_of_wants():
    s = site()
    once = s.curl(PACK, "-H", KIND, "--data-binary", f"@{write(want(s))}").body
    most = (4 << 20) // len(packet("want " + "0" * 40 + "\n"))
    many = gzip.compress(want(s, most - 1))
    begin = time.time()
    answer = s.curl(PACK, "-H", KIND, "-H", "Content-Encoding: gzip", "--data-binary", f"@{write(many)}")
    assert answer.status == 200 and answer.body == once, (answer.status, answer.body[:200])
    assert time.time() - begin < 20
    expect(s.curl(PACK, "-H", KIND, "-H", "Content-Encoding: gzip", "--data-binary", f"@{write(gzip.compress(want(s, most + 1)))}"), 413)


def test_a_repeated_fetch_is_no_repeated_change():
    """An Idempotency-Key is for what changes something: a fetch is answered each time."""
    s = site()
    path = write(want(s))
    first, second = (s.curl(PACK, "-H", KIND, "-H", "Idempotency-Key: k1", "--data-binary", f"@{path}") for _ in range(2))
    assert first.status == second.status == 200 and b"PACK" in first.body and first.body == second.body, (first, second)


def test_a_stranger_writes_nothing_into_the_log():
    s = site()
    for text in ("want \n\x1b[31mevent=\"forged\" line\n", "forged\nforged\n", "want forged\n"):
        for fields in ((), ("Git-Protocol: version=2",)):
            body = packet(text) + b"0000"
            read_to_end(send(s, head("POST", PACK, KIND, f"Content-Length: {len(body)}", "Connection: close", *fields), body))
    assert "forged" not in s.log.read_text(errors="replace")


def test_nothing_stays_behind():
    s = site()
    s.get("/guides")
    assert until(lambda: not gits(s))
    before = processes(s)
    body = want(s)
    threads = []
    for i in range(40):
        c = send(s, head("POST", PACK, KIND, f"Content-Length: {len(body)}") + body[:len(body) - i % 2 * 5])
        if i % 4 == 3:
            read_a_little(c)
        threads.append(c)
        if i % 3:
            c.close()
    for c in threads:
        c.close()
    for path in (REFS, "/guides.git/info/refs", REFS + "x"):
        s.get(path)
        s.curl(path, "-I")
    for junk in (b"zzzz", b"0000", b"0032want " + b"0" * 40 + b"\n0000"):
        s.curl(PACK, "-H", KIND, "--data-binary", f"@{write(junk)}")
    same = lambda: processes(s) == before
    assert until(same, 40), f"before {before}, after {processes(s)}"
    states = [pathlib.Path(f"/proc/{p}/stat").read_text().split()[2] for p in processes(s)]
    assert "Z" not in states, states


def read_a_little(c):
    c.settimeout(5)
    try:
        c.recv(100)
    except TimeoutError:
        pass


def test_the_process_that_starts_git_comes_back():
    s = site()
    below = [p for p in processes(s) if p != s.process.pid]
    for pid in below[-1:]:
        os.kill(pid, 9)
    def works():
        return subprocess.run(["timeout", "10", "git", "ls-remote", s.base + "/guides.git"], capture_output=True).returncode == 0
    assert until(works, 20), "clones are over until the server is started again"


def test_zz_close():
    site().close()
