"""Who is too slow is cut off, and nobody else notices: heads, bodies, readers."""
import re, socket, threading, time
from http.client import HTTPConnection

import probes
from harness import Site, expect

SITE = None
HEAD, BODY, STALL = 2, 8, 3  # seconds, as set below
GENEROUS = 30  # a machine may be busy: who is cut after this was not forgotten


def site():
    global SITE
    if not SITE:
        SITE = Site("slow", head_seconds=HEAD, body_seconds=BODY, stall_seconds=STALL, rate_least_bytes=1024)
        SITE.ad = SITE.person("ad", "admin")
    return SITE


class Slow(threading.Thread):
    """Sends `begin`, then every `pause` seconds the next of `bytes_`, reads as `read` says; `lasted`: seconds until it was
    cut, None: it was not."""

    def __init__(self, begin, drip=b"", pause=0.3, read=0):
        super().__init__()
        self.begin, self.drip, self.pause, self.read = begin, drip, pause, read
        self.lasted, self.taken = None, b""
        self.start()

    def connect(self):
        s = socket.socket()
        if self.begin.startswith(b"GET /guides"):
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", site().port))
        return s

    def run(self):
        with self.connect() as s:
            began = time.monotonic()
            try:
                s.sendall(self.begin)
                while time.monotonic() - began < GENEROUS:
                    time.sleep(self.pause)
                    if self.drip:
                        s.sendall(self.drip)
                    if self.is_cut(s):
                        self.lasted = time.monotonic() - began
                        return
            except (ConnectionError, TimeoutError):
                self.lasted = time.monotonic() - began

    def is_cut(self, s):
        """Asked of TCP, not of recv, which gives what came before first. The first byte of TCP_INFO is the state."""
        if self.read:
            try:
                self.taken += s.recv(self.read, socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass
        return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) != b"\1"  # established


class Reader(threading.Thread):
    """Somebody else, who wants nothing but pages."""

    def __init__(self, number, until):
        super().__init__()
        self.number, self.until, self.seen, self.wrong = number, until, 0, None
        self.start()

    def run(self):
        c = HTTPConnection("127.0.0.1", site().port, timeout=GENEROUS)
        try:
            while not self.until.is_set():
                word = f"reader{self.number}x{self.seen}"
                for path, part in (("/guides/twitter", b"Twitter"), (f"/api/v1/search?q={word}", word.encode())):
                    c.request("GET", path)
                    answer = c.getresponse()
                    if answer.status != 200 or part not in answer.read():
                        self.wrong = (path, answer.status)
                        return
                self.seen += 1
                time.sleep(0.2)
        except OSError as e:
            self.wrong = repr(e)


def cut_off(make, least=0.0):
    """Every one of these is cut, not before `least` seconds, while thirty others read."""
    done = threading.Event()
    readers = [Reader(i, done) for i in range(30)]
    slow = make()
    for one in slow:
        one.join()
    done.set()
    for reader in readers:
        reader.join()
    assert not (forgotten := [one.begin[:60] for one in slow if one.lasted is None]), forgotten
    assert min(one.lasted for one in slow) >= least, [one.lasted for one in slow]
    assert not (wrong := [r.wrong for r in readers if r.wrong]), wrong
    assert min(r.seen for r in readers) >= 3, [r.seen for r in readers]
    return slow


def late():
    return int(re.search(r"^guidehall_late_total (\d+)$", expect(site().get("/metrics", token=site().ad), 200).text, re.M)[1])


def test_slow_heads():
    before = late()
    slow = cut_off(lambda: [
        *[Slow(b"GET /healthz HTTP/1.1\r\nX-A: ", b"a") for _ in range(15)],  # a field without end
        *[Slow(b"G", b"E") for _ in range(5)],  # not even a line
        *[Slow(b"") for _ in range(5)],  # nothing at all
        *[Slow(b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n", 0.5) for _ in range(5)],
    ], least=HEAD - 0.5)
    assert late() - before >= len(slow)


def test_slow_second_heads():
    """A connection that was good once gets no more time."""
    slow = cut_off(lambda: [Slow(probes.head() + b"GET /healthz HTTP/1.1\r\nX-A: ", b"a", read=4096) for _ in range(10)], least=HEAD - 0.5)
    assert all(one.taken.count(b"HTTP/1.1 200") == 1 for one in slow), [one.taken for one in slow]


def test_slow_bodies():
    before = late()
    form = (b"POST /sign-in HTTP/1.1", b"Content-Type: application/x-www-form-urlencoded")
    length, chunks = probes.head(*form, b"Content-Length: 100000"), probes.head(*form, b"Transfer-Encoding: chunked")
    slow = cut_off(lambda: [
        *[Slow(length, b"a") for _ in range(8)],
        *[Slow(length + b"a" * 3000) for _ in range(8)],  # a good beginning, then nothing
        *[Slow(chunks, b"1\r\na\r\n") for _ in range(8)],
        *[Slow(chunks + b"5;x=", b"y") for _ in range(4)],  # a chunk extension without end
        *[Slow(chunks + b"0\r\n", b"X-A: b\r\n", 0.5) for _ in range(2)],  # a trailer without end
    ], least=STALL - 0.5)
    assert late() - before >= len(slow) - 6


def test_bodies_without_end():
    """Fast enough, for ever."""
    form = probes.head(b"POST /sign-in HTTP/1.1", b"Content-Type: text/plain", b"Content-Length: 400000")
    cut_off(lambda: [Slow(form, b"a" * 1024, 0.25) for _ in range(5)], least=BODY - 0.5)


def test_slow_readers():
    before = late()
    many = probes.head(b"GET /guides/twitter HTTP/1.1") * 200
    slow = cut_off(lambda: [
        *[Slow(many) for _ in range(10)],  # takes nothing
        *[Slow(many, read=50) for _ in range(10)],  # takes a little now and then
    ], least=STALL - 0.5)
    assert late() - before >= len(slow)


def test_patient_clients_are_left_alone():
    """Slow, but above the rate; and silent between two requests."""
    text = b"x" * 12000
    form = probes.head(b"POST /sign-in HTTP/1.1", b"Content-Type: text/plain", b"Content-Length: %d" % len(text), b"Connection: close")
    with socket.create_connection(("127.0.0.1", site().port), timeout=GENEROUS) as s:
        s.sendall(form)
        for at in range(0, len(text), 1500):
            time.sleep(0.5)
            s.sendall(text[at:at + 1500])
        assert s.recv(4096).startswith(b"HTTP/1.1 415 ")
    c = HTTPConnection("127.0.0.1", site().port, timeout=GENEROUS)
    for _ in range(2):
        c.request("GET", "/healthz")
        assert c.getresponse().read() == b"ok\n"
        sock = c.sock
        time.sleep(HEAD + STALL)
    assert c.sock is sock
    c.close()


def test_zz_close():
    site().close()
