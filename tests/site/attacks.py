"""What a browser can be made to do: headers, forms from elsewhere, cookies, sessions, framing.

The numbers are the rows of the threat model's table of attacks."""
import re, statistics, time

from authorization import routes
from harness import Site, expect

B = "tw-02-physicians-under-their-own-name"
CSP = ("default-src 'none'; script-src 'self'; style-src 'self'{}; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
       "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
EVERYWHERE = {
    "x-content-type-options": "nosniff", "referrer-policy": "same-origin", "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin", "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=(), payment=()",
}
HSTS = "max-age=63072000; includeSubDomains"
SITE = None


def site():
    global SITE
    if not SITE:
        SITE = Site("attacks")
        SITE.ad, SITE.mo = SITE.person("ad", "admin"), SITE.person("mo", "moderator")
        SITE.person("co", "contributor")
        SITE.post("/api/v1/releases", {"guide": "twitter"}, token=SITE.mo)
        SITE.n = SITE.suggest("twitter", B, lambda t: t.replace("should show", "should always show")).json["id"]
    return SITE


def real(pattern):
    for name, value in (("/me/tokens/:id", "/me/tokens/999"), (":slug", "twitter"), (":version", "1.0.0"), (":handle", "co"), (":comment", "1"), (":id", str(site().n))):
        pattern = pattern.replace(name, value)
    return pattern


def sign_in(s, handle, jar):
    jar = str(s.data.parent / jar)
    expect(s.form("/sign-in", [("handle", handle), ("password", f"password of {handle}")], "-c", jar), 303)
    return jar


def cookie_of(jar):
    return [line.split("\t")[-1].strip() for line in open(jar) if "session" in line][0]


def state(s):
    import sqlite3
    db = sqlite3.connect(f"file:{s.data}/guidehall.db?mode=ro", uri=True)
    return s.git("for-each-ref"), list(db.iterdump())


# ---- headers of every reply (7) ----

def wrong_headers(answer, hsts=None):
    h = answer.headers
    policy = h.get("content-security-policy", "")
    style = re.search(r" 'sha256-[\w+/=]+'", policy)
    wrong = [f"{name}: {h.get(name)}" for name, value in EVERYWHERE.items() if h.get(name) != value]
    if policy != CSP.format(style[0] if style else ""):
        wrong.append(f"policy {policy!r}")
    if h.get("strict-transport-security") != hsts:
        wrong.append(f"strict-transport-security: {h.get('strict-transport-security')}")
    if answer.body and "content-type" not in h:
        wrong.append("no content type")
    if "set-cookie" in h and "public" in h.get("cache-control", ""):
        wrong.append("a cookie in a reply others may keep")
    return wrong


def every_reply(s):
    """One of each route, method and status there is."""
    assets = "/assets/" + s.curl("/", accept="text/html").text.split("/assets/")[1].split('"')[0]
    for method, pattern in routes():
        path = real(pattern)
        for who in (None, s.ad):
            for accept in ("text/html", "application/json"):
                yield f"{method} {path} {accept}", (s.get(path, token=who, accept=accept) if method == "GET" else
                                                   s.curl(path, "-H", "Content-Type: application/json", "--data", '{"no-such":"x"}', token=who, accept=accept))
        if method == "GET":
            yield f"HEAD {path}", s.curl(path, "-I", accept="text/html")
            for _ in range(2):  # from a worker, from the kept pages
                yield f"304 {path}", s.curl(path, "-H", "If-None-Match: *", accept="text/html")
    (s.data.parent / "big").write_bytes(b"x" * 600000)
    big = ("--data-binary", f"@{s.data.parent}/big", "-H", "Content-Type: application/json")
    refs = "/guides.git/info/refs?service=git-upload-pack"
    many = [x for i in range(70) for x in ("-H", f"X-{i}: 1")]
    for status, path, *options in (
            (200, assets), (200, assets, "-I"), (200, assets, "-H", "Accept-Encoding: br"), (200, "/guides/twitter", "-H", "Accept-Encoding: gzip"), (200, refs),
            (200, refs, "-H", "Git-Protocol: version=2"), (400, "/guides/%00"), (400, "/guides/%2e%2e/x"), (404, "/nowhere"), (404, "/assets/x/none.css"),
            (405, "/guides/twitter", "-X", "PUT"), (405, "/healthz", "--data", "x"), (405, "/", "-X", "TRACE"), (413, "/sign-in", *big), (413, "/sign-in", *big, "-H", "Transfer-Encoding: chunked"),
            (414, "/" + "x" * 5000), (415, "/sign-in", "--data", "x", "-H", "Content-Type: text/plain"), (431, "/", *many), (200, "/guides/twitter/v/1.0.0.html"),
            (200, "/guides/twitter/v/1.0.0.zip"), (200, "/guides/twitter/v/1.0.0.md"), (501, "/sign-in", "--data", "x", "-H", "Transfer-Encoding: gzip")):
        yield f"{status} {path[:40]}", expect(s.curl(path, *options), status)


def test_07_headers_of_every_reply():
    s, wrong, seen = site(), [], set()
    for what, answer in every_reply(s):
        seen.add(answer.status)
        wrong += [f"{what} ({answer.status}): {w}" for w in wrong_headers(answer)]
    assert seen >= {200, 303, 304, 400, 401, 403, 404, 405, 413, 414, 415, 422, 431, 501}, seen
    assert not wrong, f"{len(wrong)}: " + "; ".join(wrong[:6])


def test_07_headers_when_busy_and_behind_tls():
    from concurrent.futures import ThreadPoolExecutor
    s = Site("attacks-tls", limits=True)
    s.stop()
    s.env |= {"GUIDEHALL_PUBLIC_URL": "https://guides.example.org", "GUIDEHALL_QUEUE_MAX": "1", "GUIDEHALL_WORKER_THREADS": "1"}
    s.start()
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda i: s.get(f"/api/v1/search?q=side{i}"), range(160)))
    answers += [s.curl("/sign-in", "--data", "handle=x&password=x") for _ in range(12)]
    seen = {a.status for a in answers}
    assert {200, 503, 429} <= seen, seen
    wrong = [w for a in [*answers, s.get("/"), s.get("/guides/%00"), s.get("/assets/x/base.css")] for w in wrong_headers(a, HSTS)]
    s.close()
    assert not wrong, wrong[:4]


def test_07_what_is_kept_by_whom():
    s = site()
    jar = sign_in(s, "ad", "jar-kept")
    for path in ("/", "/guides/twitter", "/me", "/review", "/people", "/nowhere", "/api/v1/me"):
        assert s.curl(path, "-b", jar, accept="text/html").headers["cache-control"] == "private, no-store", path
    for path in ("/", "/guides/twitter", "/search?q=side"):
        h = s.curl(path, accept="text/html").headers
        assert h["cache-control"] == "public, max-age=0, must-revalidate" and re.fullmatch(r'"[0-9a-f]{32}"', h["etag"]), path
        assert h["vary"] == "Accept, Accept-Encoding, Cookie, Authorization" and "set-cookie" not in h, path
    out = s.form("/sign-out", [], "-b", jar, page=s.curl("/me", "-b", jar, accept="text/html").text)
    assert out.headers["clear-site-data"] == '"cache", "storage"' and "Max-Age=0" in out.headers["set-cookie"]


def test_07_a_key_writes_no_header():
    jar = sign_in(site(), "mo", "mo-key")
    answer = expect(site().form(f"/proposals/{site().n}/comments", [("text", "Hm."), ("key", "a b&c#d\nSet-Cookie: x=1")], "-b", jar), 303)
    assert re.fullmatch(rf"/proposals/{site().n}\?key=a%20b%26c%23d%0ASet-Cookie%3A%20x%3D1#comment-\d+", answer.headers["location"]), answer.headers
    assert "x=1" not in answer.headers.get("set-cookie", "")


# ---- forms from elsewhere (5) ----

def test_05_every_change_is_asked_where_it_comes_from():
    s = site()
    jar = sign_in(s, "ad", "jar-csrf")
    me = s.curl("/me", "-b", jar, accept="text/html").text
    token = re.search(r'name="_token" value="([^"]+)"', me)[1]
    before, wrong = state(s), []
    bad = [("-H", f"Sec-Fetch-Site: {site_}") for site_ in ("cross-site", "same-site", "none", "SAME-ORIGIN", "x")] + [("-H", "Sec-Fetch-Site;")]
    bad += [("-H", f"Origin: {origin}") for origin in ("null", "https://evil.example", s.base + ".evil.example", "https://good.evil", "http://127.0.0.1", s.base + "/")]
    bad += [(), ("-H", "Sec-Fetch-Site: cross-site", "-H", f"Origin: {s.base}"), ("-H", f"Referer: {s.base}/")]
    for method, pattern in routes():
        if method != "POST" or "guides.git" in pattern:
            continue
        for options in bad:
            got = s.curl(real(pattern), "-b", jar, "--data-urlencode", f"_token={token}", *options, accept="text/html").status
            if got != 403:
                wrong.append(f"{pattern} {options}: {got}")
    assert not wrong, f"{len(wrong)}: {wrong[:5]}"
    # signing in and out as well, without a session: nobody is signed in as somebody else
    guest = s.curl("/sign-in", accept="text/html").text
    guest = re.search(r'name="_token" value="([^"]+)"', guest)[1]
    for options in bad[:12]:
        got = s.curl("/sign-in", "--data-urlencode", f"_token={guest}", "--data", "handle=ad&password=password+of+ad", *options, accept="text/html")
        assert got.status == 403 and "set-cookie" not in got.headers, options
    # a cookie of any kind, and nothing that says where from
    assert s.curl("/sign-in", "-H", "Cookie: theme=dark", "--data-urlencode", f"_token={guest}", "--data", "handle=ad&password=password+of+ad", accept="text/html").status == 403
    after = state(s)
    assert after == before


def test_05_a_session_needs_the_token_of_its_form():
    """Right place, right cookie, no token: JSON, no body, and bodies we do not read."""
    s = site()
    jar = sign_in(s, "ad", "jar-token")
    here = ("-b", jar, "-H", "Sec-Fetch-Site: same-origin")
    before, wrong = state(s), []
    bodies = {"json": ("--data", '{"name":"Eve"}', "-H", "Content-Type: application/json"), "none": ("-X", "POST"), "empty form": ("--data", ""),
              "form without token": ("--data", "name=Eve"), "text": ("--data", '{"name":"Eve"}', "-H", "Content-Type: text/plain"),
              "multipart": ("-F", "name=Eve"), "json with charset": ("--data", '{"name":"Eve"}', "-H", "Content-Type: application/json; charset=utf-16")}
    for pattern in ("/me/profile", "/me/sign-out-everywhere", "/sign-out", "/me/tokens", f"/proposals/{s.n}/publish", f"/proposals/{s.n}/undo"):
        for name, body in bodies.items():
            got = s.curl(pattern, *here, *body, accept="text/html")
            if got.status in (201, 303) or (got.status == 200 and "send it once more" not in got.text):
                wrong.append(f"{pattern} {name}: {got.status}")
    assert not wrong, wrong
    assert state(s) == before
    # the token of another session, of nobody, of another time
    other = s.curl("/sign-in", accept="text/html").text
    mine = s.curl("/me", "-b", jar, accept="text/html").text
    mine = re.search(r'name="_token" value="([^"]+)"', mine)[1]
    stamp, mac = mine.split(".")
    for token in (re.search(r'name="_token" value="([^"]+)"', other)[1], "", ".", "x", f"{int(stamp) + 1}.{mac}", f"{int(stamp) - 1}.{mac}", f"{stamp}.{mac[:-1]}", f"{stamp}.{mac.upper()}",
                  f"{stamp}.{'0' * 64}", f" {mine}x", f"-{mine}", mine + "\0"[:0] + "0"):
        assert s.curl("/me/profile", *here, "--data-urlencode", f"_token={token}", "--data", "name=Eve", accept="text/html").status != 303, token
    assert state(s) == before


def test_05_a_method_cannot_be_renamed():
    s = site()
    before = state(s)
    for path in (f"/proposals/{s.n}/publish", "/me/sign-out-everywhere", "/me/profile"):
        for options in (("-H", "X-HTTP-Method-Override: POST"), ("-H", "X-Method-Override: POST"), ("-H", "X-HTTP-Method: POST")):
            assert s.curl(path, *options, token=s.ad).status == 405, path
        assert s.get(path + "?_method=POST", token=s.ad).status == 405
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "post", "POSTX", "QUERY"):
            assert s.curl(path, "-X", method, token=s.ad).status in (400, 405), method
    assert state(s) == before


def test_05_reading_changes_nothing():
    s = site()
    jar = sign_in(s, "ad", "jar-read")
    before = state(s)
    for method, pattern in routes():
        path = real(pattern)
        for options in ((), ("-b", jar), ("-I",), ("-H", "Idempotency-Key: x")):
            s.curl(path, *options, accept="text/html")
            s.curl(path + "?_token=1&name=Eve&state=merged&role=admin", *options, token=None if options else s.ad, accept="text/html")
    assert state(s) == before


# ---- sessions (6) ----

def test_06_cookies_to_the_letter():
    for url, name, secure in (("", "session", ""), ("https://guides.example.org", "__Host-session", "; Secure")):
        s = Site("attacks-cookie")
        s.person("ad", "admin")
        s.stop()
        s.env["GUIDEHALL_PUBLIC_URL"] = url
        s.start()
        page = s.curl("/sign-in", accept="text/html").text
        cookie = expect(s.form("/sign-in", [("handle", "ad"), ("password", "password of ad")], page=page), 303).headers["set-cookie"]
        s.close()
        assert re.fullmatch(rf"{name}=[\w-]{{43}}; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600{secure}", cookie), cookie


def test_06_a_session_is_new_at_each_sign_in_and_dies_with_it():
    s = site()
    fixed = "A" * 43
    answer = s.form("/sign-in", [("handle", "co"), ("password", "password of co")], "-H", f"Cookie: session={fixed}",
                    page=s.curl("/sign-in", "-H", f"Cookie: session={fixed}", accept="text/html").text)
    expect(answer, 303)
    first = answer.headers["set-cookie"].split("=", 1)[1].split(";")[0]
    assert first != fixed and s.curl("/me", "-H", f"Cookie: session={fixed}", accept="text/html").status == 401
    second = cookie_of(sign_in(s, "co", "jar-second"))
    assert first != second

    def me(value, *more):
        return s.curl("/me", "-H", f"Cookie: session={value}", *more, accept="text/html")
    assert me(first).status == me(second).status == 200
    # signing out ends this one at the server, not the other
    expect(s.form("/sign-out", [], "-H", f"Cookie: session={first}", page=me(first).text), 303)
    assert me(first).status == 401 and me(second).status == 200
    # another password, another role: all end
    s.command("user", "password", "co", "--password-stdin", stdin="another password of co\n")
    assert me(second).status == 401
    s.command("user", "password", "co", "--password-stdin", stdin="password of co\n")
    third = cookie_of(sign_in(s, "co", "jar-third"))
    s.command("user", "role", "co", "reviewer")
    assert me(third).status == 401
    s.command("user", "role", "co", "contributor")
    # an id is believed in the cookie only, and only once
    fourth = cookie_of(sign_in(s, "co", "jar-fourth"))
    assert s.get(f"/me?session={fourth}").status == 401
    assert s.curl("/me", "-H", f"Authorization: Bearer {fourth}").status == 401
    assert s.curl("/me", "-H", f"X-Session: {fourth}").status == 401
    for value in ("", "x", "A" * 43, "A" * 5000, fourth[:-1], fourth + "x", fourth.swapcase(), "' OR 1=1 --"):
        assert me(value).status in (401, 431), value
    tables = b"".join(p.read_bytes() for p in s.data.glob("guidehall.db*"))
    assert fourth.encode() not in tables


# ---- who is there (17, 26) ----

def test_17_an_account_cannot_be_guessed():
    s = Site("attacks-guess")
    s.person("somebody", "admin")
    page = s.curl("/sign-in", accept="text/html").text
    bodies, times = {}, {"somebody": [], "no-such-one": []}
    for _ in range(24):
        for handle in times:
            begin = time.perf_counter()
            answer = s.form("/sign-in", [("handle", handle), ("password", "a wrong password")], page=page)
            times[handle].append(time.perf_counter() - begin)
            body = re.sub(r'name="_token" value="[^"]*"', "", answer.text).replace(handle, "HANDLE")
            bodies[handle] = (answer.status, body, sorted(set(answer.headers) - {"date"}))
    s.close()
    assert bodies["somebody"] == bodies["no-such-one"]
    known, unknown = (statistics.median(t) for t in times.values())
    # hashing takes about 70 ms; without it the difference would be most of that
    assert abs(known - unknown) < 0.3 * max(known, unknown), f"{known * 1000:.1f} ms and {unknown * 1000:.1f} ms"


def test_26_nobody_becomes_somebody_by_a_header():
    s = site()
    for name in ("X-Forwarded-User", "X-WEBAUTH-USER", "X-Remote-User", "Remote-User", "X-Forwarded-Email", "X-User", "X-Auth-Request-User", "X-Client-Cert", "X-Real-IP", "Forwarded"):
        for value in ("ad", "1", "admin", "for=127.0.0.1;by=ad"):
            assert s.curl("/me", "-H", f"{name}: {value}").status == 401, name
    for value in ("Basic YWQ6cGFzc3dvcmQgb2YgYWQ=", f"Basic {s.ad}", f"Token {s.ad}", "bearer", "Bearer", f"Bearer  {s.ad}", f"Bearer {s.ad} x", s.ad, "Digest username=ad"):
        assert s.curl("/me", "-H", f"Authorization: {value}").status == 401, value
    for name in ("token", "access_token", "api_key", "key"):  # never in an address
        assert s.get(f"/api/v1/me?{name}={s.ad}").status == 401


# ---- what is not theirs (20, 22, 31) ----

def test_20_nobody_says_what_only_we_decide():
    """Fields of the tables in every body, as JSON and as a form: refused, and nothing comes of it."""
    s = site()
    guest = s.curl("/sign-in", accept="text/html").text
    token = re.search(r'name="_token" value="([^"]+)"', guest)[1]
    extra = ("state", "public", "is_public", "author", "author_id", "author_account", "id", "head", "merged", "decided_by", "account", "scope_", "is_admin", "created_at", "__proto__", "constructor")
    before, wrong = state(s), []
    for method, pattern in routes():
        if method != "POST" or "guides.git" in pattern or pattern in ("/sign-out", "/me/sign-out-everywhere", "/me/tokens/:id/revoke"):
            continue  # the last three read nothing
        for name in extra:
            got = s.post(real(pattern), {name: "1"}, token=s.ad)
            if got.status not in (403, 422) or (got.status == 422 and name not in got.text):
                wrong.append(f"{pattern} {name}: {got.status}")
        got = s.curl(real(pattern), "-H", "Content-Type: application/json", "--data", '{"state":"a","st\\u0061te":"b"}', token=s.ad).status
        if got not in (400, 403):
            wrong.append(f"{pattern} twice: {got}")
        got = s.curl(real(pattern), "--data", f"_token={token}&state=merged&state=open", "-H", "Sec-Fetch-Site: same-origin", accept="text/html").status
        if got not in (400, 401, 403, 404, 422):
            wrong.append(f"{pattern} form: {got}")
    assert not wrong, wrong[:6]
    assert state(s) == before


def test_22_hidden_is_as_absent():
    s = site()
    missing = 99999
    for template in ("/proposals/{}", "/proposals/{}?key=x", "/proposals/{}/sent", "/proposals/{}/edit", "/review/{}"):
        for token in (None, s.token("co")):
            for accept in ("text/html", "application/json"):
                a, b = (s.get(template.format(n), token=token, accept=accept) for n in (s.n, missing))
                words = [re.sub(rf'name="_token" value="[^"]*"|/{n}\b', "", answer.text) for n, answer in ((s.n, a), (missing, b))]
                assert a.status == b.status == 404 and words[0] == words[1], f"{template} {accept}: {a.status} and {b.status}"


def test_31_a_field_people_do_not_see():
    s = site()
    before = state(s)
    for answer in (s.suggest("twitter", B, lambda t: t + "\n\nBuy.", website="https://spam.invalid"),
                   s.post("/api/v1/guides", {"slug": "spam", "title": "Spam", "text": "# Spam\n\n## A\n\nb\n", "interests": "none", "website": "x"})):
        expect(answer, 303)
    assert state(s) == before


def test_zz_close():
    site().close()
