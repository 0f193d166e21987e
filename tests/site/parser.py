"""What libmicrohttpd 0.9.75 takes for a request, though it is none."""
import socket

from harness import Site


def raw(port, request, wait=1.0):
    s = socket.create_connection(("127.0.0.1", port), timeout=wait)
    s.sendall(request)
    got = b""
    try:
        while chunk := s.recv(65536):
            got += chunk
    except (TimeoutError, ConnectionResetError):
        pass
    s.close()
    return got


HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
REFUSED = {
    "NUL in a name": HEAD + b"X\0A: b\r\n\r\n",
    "CR in a value": HEAD + b"X-A: a\rb\r\n\r\n",
    "a header before the first": b"GET /healthz HTTP/1.1\r\n X: y\r\nHost: x\r\n\r\n",
    "a folded Host": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\ty\r\n\r\n",
    "a header without a colon": HEAD + b"foo\r\n\r\n",
    "no version": b"GET /healthz\r\nHost: x\r\n\r\n",
    "two spaces": b"GET  /healthz  HTTP/1.1\r\nHost: x\r\n\r\n",
    "small letters": b"get /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "CONNECT": b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "chunked twice": b"POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a list of encodings": b"POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no size": b"POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "a chunk too large": b"POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n0\r\n\r\n",
    "an address of 8 KB": b"GET /" + b"a" * 8192 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header of 64 KB": HEAD + b"A: " + b"a" * 65536 + b"\r\n\r\n",
    "dot segment": b"GET /guides/./twitter HTTP/1.1\r\nHost: x\r\n\r\n",
    "dot segments at the end": b"GET /guides/.. HTTP/1.1\r\nHost: x\r\n\r\n",
    "an encoded slash": b"GET /guides%2ftwitter HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/2": b"GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n",
}
# the library hides these from the program; a proxy in front refuses them. One
# answer to one request is what can be held here.
HIDDEN = {
    # the library cuts these at the NUL before the program can see it: one answer, to what stands before
    "NUL in a value": HEAD + b"X-A: a\0b\r\n\r\n",
    "NUL in Host": b"GET /healthz HTTP/1.1\r\nHost: x\0evil\r\n\r\n",
    "NUL in the address": b"GET /healthz\0/x HTTP/1.1\r\nHost: x\r\n\r\n",
    "a folded header": HEAD + b"X-A: a\r\n b\r\n\r\n",
    "bare line feeds": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "one bare line feed": b"GET /healthz HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n",
    "a body nobody asked for": HEAD + b"Content-Length: 33\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
    "a trailer": b"POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nHost: evil\r\n\r\n",
}


def test_refused_or_closed():
    s = Site("parser")
    wrong = []
    for name, request in REFUSED.items():
        got = raw(s.port, request)
        status = got.split(b" ", 2)[1] if got.startswith(b"HTTP/1.1 ") else b"closed"
        if got.count(b"HTTP/1.1 ") > 1 or status not in (b"400", b"405", b"413", b"414", b"431", b"501", b"505", b"closed"):
            wrong.append(f"{name}: {got.count(b'HTTP/1.1 ')} answers, {status.decode()}")
    for name, request in HIDDEN.items():
        got = raw(s.port, request)
        if got.count(b"HTTP/1.1 ") != 1:
            wrong.append(f"{name}: {got.count(b'HTTP/1.1 ')} answers")
    for noise in (bytes(range(256)), b"\x16\x03\x01\x02\x00" + b"\0" * 60, b"\r\n" * 100):
        raw(s.port, noise)
    if not raw(s.port, HEAD + b"\r\n").startswith(b"HTTP/1.1 200"):
        wrong.append("nobody is served after noise")
    s.close()
    assert not wrong, "; ".join(wrong)
