"""Bad input gets a clear error, and loses nothing. Each cap at the cap and one above."""
import json, re, socket, time

from harness import Site, TOP, expect

LIMIT = {}
for name, value in re.findall(r"#define LIMIT_(\w+) (.+?)(?: /\*.*)?$", (TOP / "include/base/limit.h").read_text(), re.M):
    LIMIT[name] = eval(value, {}, LIMIT)
B = "tw-02-physicians-under-their-own-name"
SITE = None


def site():
    global SITE
    if not SITE:
        SITE = Site("limits")
        SITE.mo = SITE.person("mo", "moderator")
    return SITE


def send(text, **more):
    s = site()
    e = s.section("twitter", B)
    return s.post("/api/v1/guides/twitter/proposals", {"base": e["base"], "section": B, "text": text, "interests": "none", **more}, token=s.mo)


def section_text():
    return site().section("twitter", B)["text"]


def says(answer, status, *words):
    expect(answer, status)
    message = answer.json["error"]["message"]
    assert message and all(w in message for w in words), message
    return answer


def test_page_size():
    rest = LIMIT["PAGE_BYTES"] - len(site().get("/guides/twitter/draft.md").body)
    line = "word " * 15 + "end.\n\n"
    padding = (line * (rest // len(line) + 1))[:rest - 2]
    expect(send(section_text() + "\n\n" + padding), 201)
    says(send(section_text() + "\n\n" + padding + "ab"), 422, "256 KiB")


def test_form_size():
    at = {"text": "x", "key": "", "pad": ""}
    body = json.dumps({"text": ""})
    body = body.replace('""', '"' + "x" * (LIMIT["FORM_BYTES"] - len(body)) + '"')
    assert len(body) == LIMIT["FORM_BYTES"] and at
    expect(site().post("/api/v1/guides/twitter/proposals", body), 422)  # read, and found too long
    says(site().post("/api/v1/guides/twitter/proposals", body + " "), 413, "512 KiB")
    chunked = site().curl("/api/v1/guides/twitter/proposals", "-H", "Transfer-Encoding: chunked", data=body + " ")
    says(chunked, 413, "512 KiB")


def test_who_sends_too_much_is_told():
    """Whoever reads the answer only after sending everything; whoever asks first; whoever would never end."""
    def told(length, *lines, body=b""):
        head = ["POST /sign-in HTTP/1.1", "Host: localhost", "Content-Type: application/json", f"Content-Length: {length}", *lines, "", ""]
        with socket.create_connection(("127.0.0.1", site().port), 30) as s:
            s.sendall("\r\n".join(head).encode())
            time.sleep(0.3)  # enough for an answer, and for the connection to be closed
            for at in range(0, len(body), 1 << 16):
                s.sendall(body[at:at + (1 << 16)])
            return s.makefile("rb").readline()
    most = LIMIT["FORM_BYTES"]
    for length in (most + 1, 2 * most, LIMIT["EXCESS"] * most):
        assert b" 413 " in told(length, body=b"x" * length), length
    assert b" 413 " in told(LIMIT["EXCESS"] * most + 1)
    assert b" 413 " in told(most + 1, "Expect: 100-continue")


def test_form_fields():
    ok = "&".join(f"_{i}=x" for i in range(LIMIT["FORM_FIELDS"]))
    kind = ("-H", "Content-Type: application/x-www-form-urlencoded")
    assert site().curl("/api/v1/sign-in", *kind, "--data", ok).status == 403  # read; the form's token is missing
    says(site().curl("/api/v1/sign-in", *kind, "--data", ok + "&_more=x"), 413, str(LIMIT["FORM_FIELDS"]))


def test_nesting():
    expect(send(section_text() + "\n\n" + ">" * LIMIT["NESTING"] + " deep"), 201)
    says(send(section_text() + "\n\n" + ">" * (LIMIT["NESTING"] + 1) + " deep"), 422)


def test_json_depth():
    def deep(n):
        return '{"text":' + "[" * (n - 1) + "]" * (n - 1) + "}"
    says(site().post("/api/v1/guides/twitter/proposals", deep(LIMIT["JSON_DEPTH"])), 422, "wrong type")
    says(site().post("/api/v1/guides/twitter/proposals", deep(LIMIT["JSON_DEPTH"] + 1)), 400, "nested")


def test_texts_of_fields():
    for field, most in (("title", LIMIT["TITLE_BYTES"]), ("reason", LIMIT["REASON_BYTES"]), ("name", LIMIT["NAME_BYTES"]), ("email", LIMIT["EMAIL_BYTES"])):
        expect(send(section_text() + f"\n\nAt the cap of {field}.", **{field: "x" * most}), 201)
        says(send(section_text() + f"\n\nAbove the cap of {field}.", **{field: "x" * (most + 1)}), 422, "too long")
    n = send(section_text() + "\n\nTo talk about.").json["id"]
    expect(site().post(f"/api/v1/proposals/{n}/comments", {"text": "x" * LIMIT["COMMENT_BYTES"]}, token=site().mo), 201)
    says(site().post(f"/api/v1/proposals/{n}/comments", {"text": "x" * (LIMIT["COMMENT_BYTES"] + 1)}, token=site().mo), 422, "too long")


def test_list_rows():
    s = Site("rows")
    mo, co = s.person("mo", "moderator"), s.person("co", "contributor")
    e = s.section("twitter", B)
    for i in range(LIMIT["LIST_ROWS"] + 1):
        body = {"base": e["base"], "section": B, "text": f"{e['text']}\n\nRow {i}.", "interests": "none", "title": f"Row {i}"}
        expect(s.post("/api/v1/guides/twitter/proposals", body, token=co), 201)
        if i == LIMIT["LIST_ROWS"] - 1:
            assert len(s.get("/api/v1/review", token=mo).json["proposals"]) == LIMIT["LIST_ROWS"]
    queue = s.get("/api/v1/review", token=mo).json
    assert len(queue["proposals"]) == LIMIT["LIST_ROWS"] and queue["count"] == LIMIT["LIST_ROWS"] + 1
    assert queue["proposals"][0]["title"] == "Row 0"  # oldest first
    # the public list comes in pages of 50, newest first, each row once
    seen, page = [], "/api/v1/proposals?state=open&guide=twitter"
    while page:
        answer = expect(s.get(page), 200).json
        assert len(answer["proposals"]) <= 50
        seen += [p["title"] for p in answer["proposals"]]
        page = answer["next"] and "/api/v1" + answer["next"]
    assert seen == [f"Row {i}" for i in range(LIMIT["LIST_ROWS"], -1, -1)]
    s.close()


def test_query_and_address():
    expect(site().get("/api/v1/search?q=" + "x" * LIMIT["QUERY_BYTES"]), 200)
    says(site().get("/api/v1/search?q=" + "x" * (LIMIT["QUERY_BYTES"] + 1)), 422, "too long")
    at = "/api/v1/search?q=x&pad="
    expect(site().get(at + "x" * (LIMIT["URL_BYTES"] - len(at))), 200)
    expect(site().get(at + "x" * (LIMIT["URL_BYTES"] - len(at) + 1)), 414)


def test_headers():
    many = [x for i in range(LIMIT["HEADERS"] - 3) for x in ("-H", f"X-{i}: 1")]
    expect(site().get("/healthz", ), 200)
    expect(site().curl("/healthz", *many), 200)
    expect(site().curl("/healthz", *many, "-H", "X-more: 1"), 431)


def test_handles_and_passwords():
    s = site()
    def add(handle, password):
        return s.command("user", "add", handle, "--password-stdin", stdin=password + "\n", check=False).returncode
    assert add("h" * LIMIT["HANDLE_BYTES"], "p" * LIMIT["PASSWORD_MIN_BYTES"]) == 0
    assert add("h" * (LIMIT["HANDLE_BYTES"] + 1), "p" * 20) == 1
    assert add("short", "p" * (LIMIT["PASSWORD_MIN_BYTES"] - 1)) == 1
    assert add("long", "p" * LIMIT["PASSWORD_BYTES"]) == 0
    assert add("longer", "p" * (LIMIT["PASSWORD_BYTES"] + 1)) == 1
    assert add("Not-A-Handle", "p" * 20) == 1 and add("../x", "p" * 20) == 1


def test_unknown_and_doubled_fields():
    s = site()
    says(send(section_text() + "\n\nx", state="merged"), 422, "state")
    says(s.post("/api/v1/guides/twitter/proposals", '{"text":"a","te\\u0078t":"b"}'), 400)
    says(s.post("/api/v1/guides/twitter/proposals", "[1]"), 400, "object")
    says(s.post("/api/v1/guides/twitter/proposals", '{"text":'), 400)
    kind = ("-H", "Content-Type: application/x-www-form-urlencoded")
    page = s.curl("/sign-in", accept="text/html").text
    token = re.search(r'name="_token" value="([^"]+)"', page)[1]
    says(s.curl("/api/v1/sign-in", *kind, "--data", f"_token={token}&handle=a&handle=b"), 400, "twice")
    says(s.curl("/api/v1/sign-in", *kind, "--data", f"_token={token}&handle=a&password=b&role=admin"), 422, "role")
    says(s.curl("/api/v1/guides/twitter/proposals", "-H", "Content-Type: text/plain", "--data", "{}"), 415)


def test_bytes_that_are_no_text():
    s = site()
    kind = ("-H", "Content-Type: application/x-www-form-urlencoded")
    for bad in ("%ff", "%c0%af", "%ed%a0%80", "%00", "%zz", "%4"):
        says(s.curl("/api/v1/sign-in", *kind, "--data", f"handle={bad}"), 400)
        assert s.get(f"/api/v1/search?q={bad}").status == 400, bad
    says(s.post("/api/v1/guides/twitter/proposals", b'{"text":"\xff"}'), 400)
    says(s.post("/api/v1/guides/twitter/proposals", '{"text":"\\u0000"}'), 400)
    says(s.post("/api/v1/guides/twitter/proposals", '{"text":"\\ud800"}'), 400)
    says(send(section_text() + "\n\na\u0007b"), 422, "control")


def test_hostile_paths():
    s = site()
    for path in ("/guides/../guides", "/guides/%2e%2e/x", "/guides/..%2f..%2fetc/passwd", "/guides/%00", "/guides/a%5cb", "/guides/./twitter",
                 "//guides", "/guides/%c0%ae%c0%ae", "/guides/%ff"):
        assert s.get(path).status in (400, 404), path
    for slug in ("Twitter", "-x", "--upload-pack=x", "a" * 65, "twitter%20", "$(id)", "refs", "twitter.git", "%F0%9F%98%80"):
        expect(s.get(f"/api/v1/guides/{slug}"), 404)
        assert s.get(f"/guides/{slug}/v/1.0.0.zip").status == 404
    for version in ("1", "1.0", "01.0.0", "1.0.0.0", "-1.0.0", "v1.0.0", "1.0.0%20", "9999999.0.0", ".."):
        assert s.get(f"/api/v1/guides/twitter/v/{version}").status in (400, 404), version
    for number in ("0", "-1", "x", "1x", "99999999999999999999", "1.5", "%31%20"):
        expect(s.get(f"/api/v1/proposals/{number}"), 404)
    e = s.section("twitter", B)
    for base in ("", "main", "HEAD", "x" * 40, "0" * 39, "refs/heads/main"):
        answer = s.post("/api/v1/guides/twitter/proposals", {"base": base, "section": B, "text": e["text"] + "x", "interests": "none"})
        assert answer.status == 422, (base, answer.status)
    expect(s.post("/api/v1/guides/twitter/proposals", {"base": "0" * 40, "section": B, "text": e["text"] + "x", "interests": "none"}), 409)
    says(send(e["text"], section="nowhere"), 422, "nowhere")


def test_searches_are_only_words():
    for q in ('"', "a AND", "evil:x", "NEAR(", "*", "title:^", "a\"b", "(", "-", "😀", "side NOT effect"):
        answer = site().curl("/api/v1/search", "-G", "--data-urlencode", f"q={q}")
        expect(answer, 200)


def test_a_form_that_is_too_old_keeps_every_word():
    s = site()
    e = s.section("twitter", B)
    pairs = [("base", e["base"]), ("section", B), ("text", e["text"] + "\n\nMy long work & <b>more</b>."), ("interests", "none"), ("reason", "It took an hour")]
    words = [x for k, v in pairs for x in ("--data-urlencode", f"{k}={v}")]
    before = s.get("/api/v1/proposals", token=s.mo).json["proposals"][0]["id"]
    answer = s.curl("/guides/twitter/proposals", *words, "--data-urlencode", "_token=1.0", "-H", "Sec-Fetch-Site: same-origin", accept="text/html")
    expect(answer, 200)
    assert "My long work &amp; &lt;b&gt;more&lt;/b&gt;." in answer.text and "It took an hour" in answer.text
    assert s.get("/api/v1/proposals", token=s.mo).json["proposals"][0]["id"] == before
    # and its button works
    kept = re.findall(r'<textarea class="vh" name="([^"]+)"[^>]*>\n(.*?)</textarea>', answer.text, re.S)
    sent = s.form("/guides/twitter/proposals", [(k, __import__("html").unescape(v)) for k, v in kept], page=answer.text)
    expect(sent, 303)
    n = int(re.search(r"/proposals/(\d+)/sent", sent.headers["location"])[1])
    assert "My long work & <b>more</b>." in s.git("show", f"refs/heads/proposals/{n}:guides/twitter/en.md")


def test_errors_come_back_with_the_form():
    s = site()
    e = s.section("twitter", B)
    answer = s.form("/guides/twitter/proposals", [("base", e["base"]), ("section", B), ("text", e["text"]), ("interests", "none"), ("reason", "Reason & more")])
    expect(answer, 422)
    assert "<title>Problem:" in answer.text and "Nothing was changed" in answer.text and "Reason &amp; more" in answer.text
    answer = s.form("/guides/twitter/proposals", [("base", e["base"]), ("section", B), ("text", e["text"] + "x")])
    expect(answer, 422)
    assert "interests" in answer.text and e["text"].split("\n")[0] in answer.text


def test_live_html_never_comes_out():
    s = site()
    hostile = ('\n\n<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](JaVa&#115;cript:alert(1)) '
               '[c](data:text/html;base64,PHNjcmlwdD4=) ![d](data:image/svg+xml,x) [e](//evil.example) [f](\\\\evil.example) '
               '<javascript:alert(1)> [g](vbscript:x) [h]( https://ok.example )\n\n<iframe src="javascript:alert(1)"></iframe>\n\n'
               '| <b onmouseover=x> | y |\n|---|---|\n| [z](javascript:1) | `<i>` |\n')
    n = expect(send(section_text() + hostile), 201).json["id"]
    re_ = s.person("re2", "reviewer")
    head = s.get(f"/api/v1/proposals/{n}").json["head"]
    pages = [s.curl(f"/proposals/{n}", accept="text/html").text]
    expect(s.post(f"/api/v1/proposals/{n}/reviews", {"verdict": "approve", "shown": head, "reason": "<script>x</script>"}, token=re_), 201)
    expect(s.post(f"/api/v1/proposals/{n}/comments", {"text": "<script>x</script> <img onerror=x>"}, token=s.mo), 201)
    expect(s.merge(n, s.mo), 200)
    expect(s.post("/api/v1/releases", {"guide": "twitter", "notes": "<script>notes</script> [x](javascript:1)"}, token=s.mo), 201)
    for path in (f"/proposals/{n}", f"/review/{n}", "/guides/twitter", "/guides/twitter/v/1.0.0", "/guides/twitter/v/1.0.0.html", "/search?q=script",
                 "/guides/twitter/history", "/feed.atom", f"/guides/twitter/edit?section={B}", "/search?q=%3Cscript%3E"):
        pages.append(expect(s.curl(path, token=s.mo, accept="text/html"), 200).text)
    for page in pages:
        for tag in re.findall(r"<[a-zA-Z][^>]*>", page):
            assert not re.match(r"<(iframe|img|object|embed)\b", tag), tag
            assert not re.search(r"\son\w+\s*=", tag.split('value="')[0].split('content="')[0]), tag
            assert not re.search(r'(href|src|action)="\s*(javascript|data|vbscript):', tag, re.I), tag
            assert not re.search(r'href="(//|\\\\)', tag), tag
        for script in re.findall(r"<script[^>]*>", page):
            assert 'src="/assets/' in script, script


def test_zz_close():
    site().close()
