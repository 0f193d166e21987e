"""On the wire: connections, caching, headers, what is refused."""
import http.client, time

import probes
from harness import Site, expect

SITE = None


def site():
    global SITE
    if not SITE:
        SITE = Site("wire")
        SITE.ad = SITE.person("ad", "admin")
    return SITE


def test_second_request_reuses_the_connection():
    c = http.client.HTTPConnection("127.0.0.1", site().port)
    for path in ("/guides/twitter", "/guides/twitter", "/assets/x/base.css", "/nowhere", "/healthz"):
        c.request("GET", path)
        sock = c.sock
        answer = c.getresponse()
        answer.read()
        assert not answer.will_close, path
        assert c.sock is sock is not None, path
    c.request("POST", "/api/v1/guides/twitter/proposals", b"{}", {"Content-Type": "application/json"})
    answer = c.getresponse()
    answer.read()
    assert answer.status == 422 and not answer.will_close
    c.close()


def test_head_and_not_modified():
    s = site()
    whole = s.get("/guides/twitter")
    head = s.curl("/guides/twitter", "-I")
    assert head.status == 200 and head.body == b"" and head.headers["content-length"] == whole.headers["content-length"]
    for _ in range(2):  # from the worker, then from the cache
        again = s.curl("/guides/twitter", "-H", f"If-None-Match: {whole.headers['etag']}")
        assert again.status == 304 and again.body == b"" and again.headers["etag"] == whole.headers["etag"]
    assert s.curl("/guides/twitter", "-H", 'If-None-Match: "other"').status == 200


def test_smaller_bytes_for_those_who_can_read_them():
    import gzip
    s = site()
    plain = s.get("/guides/facebook")
    assert "content-encoding" not in plain.headers
    for encoding in ("gzip", "br"):
        for _ in range(2):  # from the worker, then from the cache
            small = s.curl("/guides/facebook", "-H", f"Accept-Encoding: {encoding}")
            assert small.headers["content-encoding"] == encoding and len(small.body) < len(plain.body) / 3
            assert "Accept-Encoding" in small.headers["vary"] and small.headers["etag"] != plain.headers["etag"]
        whole = s.curl("/guides/facebook", "--compressed", "-H", f"Accept-Encoding: {encoding}")
        assert whole.body == plain.body, encoding
        assert s.curl("/guides/facebook", "-H", f"Accept-Encoding: {encoding}", "-H", f"If-None-Match: {small.headers['etag']}").status == 304
    assert gzip.decompress(s.curl("/guides/facebook", "-H", "Accept-Encoding: gzip").body) == plain.body
    assert s.curl("/guides/facebook", "-H", "Accept-Encoding: br, gzip").headers["content-encoding"] == "br"
    for refused in ("identity", "gzip;q=0, br;q=0", "xgzip", "deflate"):
        assert "content-encoding" not in s.curl("/guides/facebook", "-H", f"Accept-Encoding: {refused}").headers, refused
    assert s.get("/guides/facebook").body == plain.body
    asset = "/assets/x/base.css"
    assert gzip.decompress(s.curl(asset, "-H", "Accept-Encoding: gzip").body) == s.get(asset).body


def test_cached_pages_follow_a_change():
    s = site()
    expect(s.get("/guides/blogs"), 200)
    one = s.get("/guides/blogs").headers["etag"]
    section = s.get("/api/v1/guides/blogs").json["sections"][2]["id"]
    n = s.suggest("blogs", section, lambda t: t + "\n\nSomething new.").json["id"]
    expect(s.merge(n, s.ad), 200)
    two = s.get("/guides/blogs")
    assert two.headers["etag"] != one and b"Something new." in two.body
    # what is for one person is not for the next
    jar = str(s.data.parent / "jar")
    expect(s.form("/sign-in", [("handle", "ad"), ("password", "password of ad")], "-c", jar), 303)
    mine = s.curl("/guides/blogs", "-b", jar, accept="text/html")
    assert "no-store" in mine.headers["cache-control"] and 'href="/me"' in mine.text
    theirs = s.curl("/guides/blogs", accept="text/html")
    assert 'href="/me"' not in theirs.text and "set-cookie" not in theirs.headers


def test_commands_beside_the_server():
    """What a command changes, readers see at once; both may write at the same time."""
    from concurrent.futures import ThreadPoolExecutor
    s = site()
    assert s.get("/guides/youtube").json["version"] is None
    s.command("release", "make", "youtube")
    assert s.get("/guides/youtube").json["version"] == "1.0.0"
    section = s.get("/api/v1/guides/wikipedia").json["sections"][2]["id"]
    with ThreadPoolExecutor(8) as pool:
        people = [pool.submit(s.command, "user", "add", f"beside-{i}", "--password-stdin", stdin="a long password\n") for i in range(6)]
        sent = [pool.submit(s.suggest, "wikipedia", section, lambda t, i=i: t + f"\n\nBeside {i}.") for i in range(12)]
        assert all(f.result().status == 201 for f in sent) and all(f.result().returncode == 0 for f in people)
    assert s.command("user", "list").stdout.count("beside-") == 6
    s.command("check")


def test_too_often():
    """Guesses, sendings and searches have a measure; reading kept pages has none."""
    s = Site("too-often", limits=True)
    mo = s.person("mo", "moderator")
    page = s.curl("/sign-in", accept="text/html").text
    got = [s.form("/sign-in", [("handle", "mo"), ("password", f"a wrong guess {i}")], page=page) for i in range(12)]
    assert [a.status for a in got] == [422] * 10 + [429] * 2, [a.status for a in got]
    assert 1 <= int(got[-1].headers["retry-after"]) <= 90 and "wait" in got[-1].text
    right = s.form("/sign-in", [("handle", "mo"), ("password", "password of mo")], page=page)
    assert right.status == 429  # not even the right one: else the limit tells which it is
    section = s.get("/api/v1/guides/blogs").json["sections"][2]["id"]
    sent = [s.suggest("blogs", section, lambda t, i=i: t + f"\n\nOnce more {i}.").status for i in range(32)]
    assert sent == [201] * 30 + [429] * 2, sent
    assert s.suggest("blogs", section, lambda t: t + "\n\nBy an account.", token=mo).status == 201
    hits = [s.get("/api/v1/search?q=side").status for _ in range(70)]  # kept: not counted
    assert set(hits) == {200}
    # a made-up header does not make another person
    began, answered = time.monotonic(), 0
    while answered < 600:
        hit = s.curl(f"/api/v1/search?q=side{answered}", "-H", f"X-Forwarded-For: 203.0.113.{answered % 250}")
        if hit.status == 429:
            break
        assert hit.status == 200, hit.status
        answered += 1
    assert 55 <= answered <= 62 + 2 * (time.monotonic() - began), answered  # 60, and two more each second
    assert s.get("/guides/twitter").status == 200
    s.close()


def test_behind_a_proxy_addresses_are_told_apart():
    s = Site("proxied", limits=True)
    s.stop()
    s.env["GUIDEHALL_BEHIND_PROXY"] = "1"
    s.start()
    page = s.curl("/sign-in", accept="text/html").text

    def guess(i, address):
        return s.form("/sign-in", [("handle", "x"), ("password", f"a wrong guess {i}")], "-H", f"X-Forwarded-For: {address}", page=page).status
    assert [guess(i, "203.0.113.7") for i in range(11)][-1] == 429
    assert guess(0, "203.0.113.8") == 422
    assert guess(0, "10.1.2.3, 203.0.113.7") == 429  # what stands before may be made up
    assert [guess(i, f"2001:db8:1:2::{i}") for i in range(11)][-1] == 429  # one network
    assert guess(0, "2001:db8:1:3::1") == 422
    s.close()


def test_robots_with_many_addresses():
    """Comparing and searching have a measure for all strangers together; who signs in is not among them."""
    s = Site("crowd", limits=True)
    mo = s.person("mo", "moderator")
    s.stop()
    s.env["GUIDEHALL_BEHIND_PROXY"] = "1"
    s.start()
    c = http.client.HTTPConnection("127.0.0.1", s.port)

    def hit(i):
        c.request("GET", f"/api/v1/search?q=side{i}", headers={"X-Forwarded-For": f"203.0.{i // 50}.{i % 50}"})
        return [(r := c.getresponse()).status, r.read()][0]
    hits = 0
    while hits < 5000 and hit(hits) == 200:
        hits += 1
    for i in range(50):  # on a slow machine one more fits in meanwhile
        refused = s.curl(f"/search?q=more{i}", "-H", "X-Forwarded-For: 198.51.100.1", accept="text/html")
        if refused.status == 429:
            break
        hit(hits + i)
    assert 400 <= hits < 5000, hits
    assert refused.status == 429 and int(refused.headers["retry-after"]) >= 1 and "too often" in refused.text, refused.status
    assert s.get("/api/v1/search?q=mine", token=mo).status == 200
    assert s.get("/guides/twitter").status == 200
    s.close()


def test_what_is_counted():
    import re
    s = Site("metrics")
    ad = s.person("ad", "admin")
    for _ in range(5):
        s.get("/guides/twitter")
    s.get("/nowhere")
    raw_log = s.log.read_text()
    text = expect(s.get("/metrics", token=ad), 200).text
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) (guidehall|process)_\w+ .+|(guidehall|process)_\w+(\{(\w+="[^"]*",?)*\})? [\d.]+', line), line

    def value(name):
        return float(re.search("^" + re.escape(name) + r" (\S+)$", text, re.M)[1])
    assert value("guidehall_kept_pages_total") == 4
    assert value('guidehall_requests_total{method="GET",route="/guides/:slug",status="200"}') == 1
    assert value('guidehall_requests_total{method="",route="",status="404"}') == 1
    assert value('guidehall_request_seconds_bucket{method="GET",route="/guides/:slug",le="+Inf"}') == 1
    assert value('guidehall_request_seconds_count{method="GET",route="/guides/:slug"}') == 1
    assert re.search(r' request method="GET" path="/guides/twitter" status="200" ms="[\d.]+" address="127.0.0.1"', raw_log)
    assert raw_log.count('path="/guides/twitter"') == 1  # the others were kept
    s.close()


def test_headers_of_every_reply():
    s = site()
    assets = "/assets/" + s.curl("/", accept="text/html").text.split("/assets/")[1].split('"')[0]
    for path in ("/", "/guides/twitter", "/api/v1/guides", "/nowhere", "/review", assets, "/feed.atom", "/guides/%00", "/guides/twitter/draft.md", "/robots.txt"):
        h = s.curl(path, accept="*/*").headers
        policy = h["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy, path
        assert h["x-content-type-options"] == "nosniff" and h["x-frame-options"] == "DENY", path
        assert h["referrer-policy"] == "same-origin" and "content-type" in h, path
    assert "immutable" in s.get(assets).headers["cache-control"]


def test_forms_from_elsewhere():
    s = site()
    jar = str(s.data.parent / "jar2")
    expect(s.form("/sign-in", [("handle", "ad"), ("password", "password of ad")], "-c", jar), 303)
    me = s.curl("/me", "-b", jar, accept="text/html").text
    token = me.split('name="_token" value="')[1].split('"')[0]
    form = ("--data-urlencode", f"_token={token}", "--data-urlencode", "name=Ad", "-b", jar)

    def post(*more):
        return s.curl("/me/profile", *form, *more, accept="text/html").status
    assert post("-H", "Sec-Fetch-Site: same-origin") == 303
    assert post("-H", f"Origin: {s.base}") == 303
    for bad in ("cross-site", "same-site", "none"):
        assert post("-H", f"Sec-Fetch-Site: {bad}") == 403, bad
    for bad in ("null", "https://evil.example", s.base + ".evil.example", "http://127.0.0.1"):
        assert post("-H", f"Origin: {bad}") == 403, bad
    assert post() == 403  # a cookie, and nothing that says where from
    # another session's token is not good here
    other = s.curl("/sign-in", accept="text/html").text.split('name="_token" value="')[1].split('"')[0]
    answer = s.curl("/me/profile", "--data-urlencode", f"_token={other}", "--data-urlencode", "name=Eve", "-b", jar,
                    "-H", "Sec-Fetch-Site: same-origin", accept="text/html")
    assert answer.status == 200 and "send it once more" in answer.text
    assert "Eve" not in s.get("/api/v1/me", token=s.ad).text


def test_pipelined_requests_are_answered_in_order():
    got = probes.exchange(site().port, probes.head() + probes.head(b"GET /nowhere HTTP/1.1") + probes.head())
    assert [status for status, _, _ in probes.replies(got)] == [200, 404, 200], got[:300]


def test_slow_work_does_not_stop_readers():
    """While passwords are hashed, pages are served at once."""
    from concurrent.futures import ThreadPoolExecutor
    s = site()
    page = s.curl("/sign-in", accept="text/html").text
    with ThreadPoolExecutor(12) as pool:
        slow = [pool.submit(s.form, "/sign-in", [("handle", "ad"), ("password", f"wrong guess {i}")], page=page) for i in range(8)]
        time.sleep(0.1)
        answered = 0
        while not all(f.done() for f in slow):
            expect(s.get("/api/v1/search?q=side"), 200)
            answered += 1
        assert answered > 3, answered
        assert all(f.result().status == 422 for f in slow)


def test_feeds_and_sitemap():
    import subprocess, xml.etree.ElementTree as tree
    s = site()
    s.post("/api/v1/releases", {"guide": "facebook", "notes": "First & <b>best</b>"}, token=s.ad)
    for path in ("/feed.atom", "/guides/facebook/feed.atom", "/proposals/feed.atom", "/sitemap.xml"):
        answer = expect(s.get(path), 200)
        subprocess.run(["xmllint", "--noout", "-"], input=answer.body, check=True)
        root = tree.fromstring(answer.body)
        if "atom" in path:
            a = "{http://www.w3.org/2005/Atom}"
            assert answer.headers["content-type"].startswith("application/atom+xml")
            for part in [root, *root.findall(a + "entry")]:
                assert all(part.find(a + x) is not None for x in ("id", "title", "updated")), path
    assert b"First &amp; &lt;b&gt;best&lt;/b&gt;" in s.get("/feed.atom").body
    assert "Disallow: /review" in s.get("/robots.txt").text


def test_zz_close():
    site().close()
