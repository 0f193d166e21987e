"""probes.py: malformed requests, what a strict reader makes of bytes, and a client that counts replies."""
import re, socket

# as in RFC 9110 and 9112
TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") ([\x21-\x7e]+) HTTP/1\.([0-9])")
FIELD = re.compile(rb"(" + TOKEN + rb"):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
# nobody reads extensions and trailers: control characters in them move no boundary
CHUNK = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(;[^\r\n]*)?")
TRAILER = re.compile(TOKEN + rb":[^\r\n]*")


def head(line=b"GET /healthz HTTP/1.1", *fields, host=b"Host: x"):
    return b"\r\n".join([line, *([host] if host else []), *fields]) + b"\r\n\r\n"


def post(*fields, body=b"", **more):
    return head(b"POST /sign-in HTTP/1.1", *fields, **more) + body


def chunked(body, *fields):
    return post(b"Transfer-Encoding: chunked", *fields, body=body)


HIDDEN = head(b"GET /api/v1/search?q=hidden HTTP/1.1")
N = b"Content-Length: %d" % len(HIDDEN)

# Whoever reads one of these in another way than the proxy in front has one request more or less than it. Each is
# refused or the connection closed; what follows is never read as a request.
MALFORMED = {
    # where the body ends
    "two lengths": post(b"Content-Length: 0", N, body=HIDDEN),
    "two lengths, the other way round": post(N, b"Content-Length: 0", body=HIDDEN),
    "the same length twice": post(N, N, body=HIDDEN),
    "a list of lengths": post(N + b", %d" % len(HIDDEN), body=HIDDEN),
    "length and chunked": post(N, b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN),
    "chunked and length": post(b"Transfer-Encoding: chunked", N, body=b"0\r\n\r\n" + HIDDEN),
    "space before the colon": post(b"Content-Length : %d" % len(HIDDEN), body=HIDDEN),
    "space before the colon of an encoding": post(b"Transfer-Encoding : chunked", body=b"0\r\n\r\n" + HIDDEN),
    "length with a sign": post(b"Content-Length: +5", body=b"hello"),
    "negative length": post(b"Content-Length: -5", body=b"hello"),
    "length in hexadecimal": post(b"Content-Length: 0x5", body=b"hello"),
    "length beyond 64 bits": post(b"Content-Length: 18446744073709551621", body=b"hello"),
    "length that is no number": post(b"Content-Length: five", body=b"hello"),
    "empty length": post(b"Content-Length: ", body=b"hello"),
    "chunked twice": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n" + HIDDEN),
    "chunked, chunked": post(b"Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n" + HIDDEN),
    "gzip, chunked": post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n" + HIDDEN),
    "chunked, identity": post(b"Transfer-Encoding: chunked, identity", body=b"0\r\n\r\n" + HIDDEN),
    "unknown encoding": post(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + HIDDEN),
    "encoding after a control character": post(b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n" + HIDDEN),
    "chunked in HTTP/1.0": head(b"POST /sign-in HTTP/1.0", b"Transfer-Encoding: chunked") + b"0\r\n\r\n" + HIDDEN,
    "chunk size that is no number": chunked(b"zz\r\nhello\r\n0\r\n\r\n" + HIDDEN),
    "chunk size with a sign": chunked(b"+5\r\nhello\r\n0\r\n\r\n" + HIDDEN),
    "chunk size with 0x": chunked(b"0x5\r\nhello\r\n0\r\n\r\n" + HIDDEN),
    "chunk size beyond 64 bits": chunked(b"10000000000000005\r\nhello\r\n0\r\n\r\n" + HIDDEN),
    "empty chunk size": chunked(b"\r\nhello\r\n0\r\n\r\n" + HIDDEN),
    "chunk longer than its size": chunked(b"5\r\nhello!\r\n0\r\n\r\n" + HIDDEN),
    "bare LF after a chunk size": chunked(b"5\nhello\r\n0\r\n\r\n" + HIDDEN),
    "bare LF after a chunk": chunked(b"5\r\nhello\n0\r\n\r\n" + HIDDEN),
    # fields
    "folded field": head(b"GET /healthz HTTP/1.1", b"X-A: 1", b" 2"),
    "folded host": head(host=b"Host: x\r\n\ty"),
    "folded length": post(b"Content-Length: 5", b" 0", body=b"hello"),
    "folded with a tab": head(b"GET /healthz HTTP/1.1", b"X-A: 1", b"\t2"),
    "space before the first field": head(b"GET /healthz HTTP/1.1", host=b" Host: x"),
    "two hosts": head(b"GET /healthz HTTP/1.1", b"Host: y"),
    "no host": head(b"GET /healthz HTTP/1.1", host=None),
    "empty host": head(host=b"Host:"),
    "NUL in the host": head(host=b"Host: x\0evil"),
    "host with a path": head(host=b"Host: x/y"),
    "host with a quote": head(host=b'Host: x"onload="y'),
    "host with a user": head(host=b"Host: me@x"),
    "host with a space": head(host=b"Host: x y"),
    "control in a value": head(b"GET /healthz HTTP/1.1", b"X-A: a\x01b"),
    "NUL in a value": head(b"GET /healthz HTTP/1.1", b"X-A: a\0b"),
    "NUL in a name": head(b"GET /healthz HTTP/1.1", b"X\0A: b"),
    "CR in a value": head(b"GET /healthz HTTP/1.1", b"X-A: a\rb"),
    "CR and a field in a value": head(b"GET /healthz HTTP/1.1", b"X-A: a\rContent-Length: 5"),
    "no colon": head(b"GET /healthz HTTP/1.1", b"X-A"),
    "no name": head(b"GET /healthz HTTP/1.1", b": a"),
    "space in a name": head(b"GET /healthz HTTP/1.1", b"X A: b"),
    "quote in a name": head(b"GET /healthz HTTP/1.1", b'X"A: b'),
    "high byte in a name": head(b"GET /healthz HTTP/1.1", b"X\xffA: b"),
    "65 fields": head(b"GET /healthz HTTP/1.1", *[b"X-%d: a" % i for i in range(64)]),
    "a field of 64 KiB": head(b"GET /healthz HTTP/1.1", b"X-A: " + b"a" * 65536),
    # lines
    "bare LF everywhere": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "bare LF after a field": b"GET /healthz HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n",
    "bare LF at the end": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\n",
    "bare CR for a line": b"GET /healthz HTTP/1.1\rHost: x\r\r",
    "tab for a space": b"GET\t/healthz\tHTTP/1.1\r\nHost: x\r\n\r\n",
    "two spaces": head(b"GET  /healthz HTTP/1.1"),
    "space at the end of the line": head(b"GET /healthz HTTP/1.1 "),
    "no version": b"GET /healthz\r\n\r\n",
    "version 2.0": head(b"GET /healthz HTTP/2.0"),
    "version 1.1.1": head(b"GET /healthz HTTP/1.1.1"),
    "lower case version": head(b"GET /healthz http/1.1"),
    "another protocol": head(b"GET /healthz FTP/1.1"),
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100a5010000a1030304") + bytes(150) + b"\r\n\r\n",
    # methods
    "TRACE": head(b"TRACE /healthz HTTP/1.1"),
    "CONNECT": head(b"CONNECT x:443 HTTP/1.1"),
    "OPTIONS *": head(b"OPTIONS * HTTP/1.1"),
    "PUT": head(b"PUT /healthz HTTP/1.1", b"Content-Length: 0"),
    "lower case method": head(b"get /healthz HTTP/1.1"),
    "tab in a method": head(b"GE\tT /healthz HTTP/1.1"),
    "NUL in a method": head(b"GE\0T /healthz HTTP/1.1"),
    # addresses
    "absolute address": head(b"GET http://evil/healthz HTTP/1.1"),
    "absolute address of the host": head(b"GET http://x/healthz HTTP/1.1"),
    "address without a slash": head(b"GET healthz HTTP/1.1"),
    "dot segment": head(b"GET /guides/../healthz HTTP/1.1"),
    "one dot": head(b"GET /./healthz HTTP/1.1"),
    "dots at the end": head(b"GET /guides/.. HTTP/1.1"),
    "encoded dot segment": head(b"GET /guides/%2e%2e/healthz HTTP/1.1"),
    "half encoded dot segment": head(b"GET /guides/.%2E/healthz HTTP/1.1"),
    "two slashes": head(b"GET //healthz HTTP/1.1"),
    "encoded slash": head(b"GET /guides%2ftwitter HTTP/1.1"),
    "backslash": head(b"GET /guides\\twitter HTTP/1.1"),
    "encoded backslash": head(b"GET /guides%5ctwitter HTTP/1.1"),
    "%00": head(b"GET /healthz%00 HTTP/1.1"),
    "%00 in the middle": head(b"GET /healthz%00.html HTTP/1.1"),
    "NUL in the address": head(b"GET /healthz\0.html HTTP/1.1"),
    "%0d%0a": head(b"GET /healthz%0d%0aX-A:b HTTP/1.1"),
    "overlong dot": head(b"GET /guides/%c0%ae%c0%ae/healthz HTTP/1.1"),
    "overlong slash": head(b"GET /guides%c0%afhealthz HTTP/1.1"),
    "overlong of three bytes": head(b"GET /guides%e0%80%afhealthz HTTP/1.1"),
    "half a surrogate": head(b"GET /guides/%ed%a0%80 HTTP/1.1"),
    "cut UTF-8": head(b"GET /guides/%e2%82 HTTP/1.1"),
    "half an escape": head(b"GET /guides/%2 HTTP/1.1"),
    "escape that is none": head(b"GET /guides/%zz HTTP/1.1"),
    "raw high bytes": head(b"GET /\xc3\xa9 HTTP/1.1"),
    "space in the address": head(b"GET /a b HTTP/1.1"),
    "path of 8 KB": head(b"GET /" + b"a" * 8192 + b" HTTP/1.1"),
    "path of 64 KB": head(b"GET /" + b"a" * 65536 + b" HTTP/1.1"),
}
REFUSALS = {400, 404, 405, 408, 411, 413, 414, 431, 501, 505}


def requests(data):
    """The addresses a strict reader finds in these bytes, up to the first thing that is malformed or not whole."""
    found = []
    while data:
        data = data.removeprefix(b"\r\n")
        top, whole, data = data.partition(b"\r\n\r\n")
        line, *fields = top.split(b"\r\n")
        line, fields = REQUEST_LINE.fullmatch(line), [FIELD.fullmatch(f) for f in fields]
        if not whole or not line or not all(fields):
            break
        named = [(f[1].lower(), f[2].strip()) for f in fields]
        lengths = [v for k, v in named if k == b"content-length"]
        encodings = [v.lower() for k, v in named if k == b"transfer-encoding"]
        if len(lengths) + len(encodings) > 1 or [k for k, v in named].count(b"host") > 1 or encodings not in ([], [b"chunked"]):
            break
        if encodings:
            data = after_chunks(data) if line[3] != b"0" else None
        elif lengths:
            n = int(lengths[0]) if lengths[0].isdigit() else len(data) + 1
            data = data[n:] if n <= len(data) else None
        if data is None:
            break
        found.append(line[2])
    return found


def after_chunks(data):
    """What follows a chunked body; None: it is malformed or not whole."""
    while True:
        line, whole, data = data.partition(b"\r\n")
        size = CHUNK.fullmatch(line)
        if not whole or not size:
            return None
        n = int(size[1], 16)
        if not n:
            break
        if data[n:n + 2] != b"\r\n":
            return None
        data = data[n + 2:]
    while True:  # trailer
        line, whole, data = data.partition(b"\r\n")
        if not whole or (line and not TRAILER.fullmatch(line)):
            return None
        if not line:
            return data


def exchange(port, data, wait=2.0, wrap=None, source=None):
    """Bytes out, all bytes in until the server closes or is silent."""
    s = socket.create_connection(("127.0.0.1", port), timeout=wait, source_address=(source, 0) if source else None)
    got = b""
    try:
        s = wrap(s) if wrap else s
        s.sendall(data)
        while chunk := s.recv(65536):
            got += chunk
    except OSError:  # a reset is an end too
        pass
    s.close()
    return got


def replies(got, methods=()):
    """[(status, head, body)]; bytes that are no reply make a status of 0."""
    out = []
    while got:
        top, whole, rest = got.partition(b"\r\n\r\n")
        m = re.match(rb"HTTP/1\.[01] (\d\d\d) ", top)
        if not whole or not m:
            out.append((0, got, b""))
            break
        if m[1] == b"100":
            got = rest
            continue
        length = re.search(rb"(?mi)^content-length: (\d+)\r?$", top)
        n = int(length[1]) if length else len(rest)
        out.append((int(m[1]), top, rest[:n]))
        got = rest[n:]
    return out
