"""The main job over JSON: read, suggest, review, merge, release, download."""
import hashlib, subprocess, time, zipfile

from harness import Site, expect

TW02 = "tw-02-physicians-under-their-own-name"


def word(old, new):
    def change(text):
        assert old in text, text
        return text.replace(old, new, 1)
    return change


def test_whole_job():
    s = Site("journey")
    mo = s.person("mo", "moderator", "Mo Derator")
    guides = expect(s.get("/api/v1/guides"), 200).json["guides"]
    assert sorted(g["slug"] for g in guides) == ["blogs", "facebook", "twitter", "wikipedia", "youtube"]
    before = expect(s.get("/api/v1/guides/twitter"), 200).json
    assert len(before["recommendations"]) >= 15 and before["version"] is None

    # a stranger sends one word; only moderators and the stranger see it
    sent = expect(s.suggest("twitter", TW02, word("should show their name", "should always show their name"),
                            reason="Readers look for it.", name="Dr. Ilona Farkas", email="ilona@example.org"), 201).json
    n, follow = sent["id"], sent["follow"]
    expect(s.get(f"/api/v1/proposals/{n}"), 404)
    assert s.get("/api/v1/proposals").json["proposals"] == []
    mine = expect(s.get(follow), 200).json
    assert mine["author"] == "Dr. Ilona Farkas" and mine["state"] == "open" and mine["mergeable"]
    assert all(c["passed"] for c in mine["checks"]) and {c["name"] for c in mine["checks"]} >= {"merges", "references", "section", "about"}
    assert len(mine["changes"]) == 1 and mine["changes"][0]["block"] == "TW-02"
    assert "always" not in s.get("/api/v1/guides/twitter").json["html"]
    assert s.git("diff", "--numstat", f"{mine['base']}..refs/heads/proposals/{n}").split()[:2] == ["1", "1"]

    # the page shows the change rendered, word by word, never Markdown
    page = expect(s.curl(f"/review/{n}", token=mo, accept="text/html"), 200).text
    assert any("always" in part.split("</ins>")[0] for part in page.split('class="paper"')[1].split("<ins>")[1:])
    assert "[!IMPORTANT]" not in page

    # decisions carry the head they were shown
    stale = {"shown": "0" * 40}
    expect(s.post(f"/api/v1/proposals/{n}/merge", stale, token=mo), 409)
    expect(s.post(f"/api/v1/proposals/{n}/reviews", {"verdict": "ask", "shown": mine["head"]}, token=mo), 422)
    expect(s.post(f"/api/v1/proposals/{n}/reviews", {"verdict": "ask", "shown": mine["head"], "reason": "Always?"}, token=mo), 201)
    assert s.get(follow).json["state"] == "asked"
    key = follow.split("key=")[1]
    expect(s.post(f"/api/v1/proposals/{n}/comments", {"text": "Yes, <b>always</b>.", "key": key}), 201)
    assert s.get(follow).json["state"] == "open"
    merged = expect(s.merge(n, mo), 200).json
    assert merged["state"] == "merged"

    # the guide shows it at once, and git says how it came
    assert "always" in s.get("/api/v1/guides/twitter").json["html"]
    draft = expect(s.get("/guides/twitter/draft.md"), 200)
    assert draft.headers["etag"] == f'"{merged["commit"]}"'
    assert draft.body == s.git("show", "main:guides/twitter/en.md").encode()
    assert len(s.git("show", "-s", "--format=%P", "main").split()) == 2
    body = s.git("show", "-s", "--format=%B", "main")
    for line in (f"Proposal: {n}", "Guide: twitter", f"Approved-Head: {mine['head']}", "Reviewed-by: u1", "Merged-by: u1", "Interests: none"):
        assert line in body, body
    everything = s.git("log", "--all", "--format=%an %ae %cn %ce %B")
    assert "Ilona" not in everything and "example.org" not in everything and "Mo Derator" not in everything
    assert s.git("for-each-ref", "refs/heads/proposals") == "" and f"refs/archive/proposals/{n}" in s.git("for-each-ref")

    # release, download, check
    plan = expect(s.get("/api/v1/releases/new?guide=twitter", token=mo), 200).json
    assert plan["version"] == "1.0.0" and "Readers look for it." in plan["notes"]
    expect(s.post("/api/v1/releases", {"guide": "twitter"}), 401)
    out = expect(s.post("/api/v1/releases", {"guide": "twitter"}, token=mo), 201).json
    assert out == {"guide": "twitter", "version": "1.0.0", "tag": "twitter/v1.0.0"}
    assert s.git("cat-file", "-t", "twitter/v1.0.0").strip() == "tag"
    release = expect(s.get("/api/v1/guides/twitter/v/1.0.0"), 200).json
    folder = s.data.parent / "unpacked"
    for f in release["files"]:
        answer = expect(s.get(f["url"]), 200)
        assert len(answer.body) == f["bytes"] and hashlib.sha256(answer.body).hexdigest() == f["sha256"], f["name"]
        if f["name"].endswith(".zip"):
            (s.data.parent / "r.zip").write_bytes(answer.body)
    zipfile.ZipFile(s.data.parent / "r.zip").extractall(folder)
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder / "twitter-1.0.0", check=True)
    front = (folder / "twitter-1.0.0/twitter-1.0.0.md").read_text().split("---")[1]
    assert "version: 1.0.0" in front and merged["commit"] in front

    # the files can be made again from the tag, byte for byte
    subprocess.run(["rm", "-r", s.data / "releases"], check=True)
    for f in release["files"]:
        assert hashlib.sha256(s.get(f["url"]).body).hexdigest() == f["sha256"]
    expect(s.post("/api/v1/releases", {"guide": "twitter", "version": "1.0.1"}, token=mo), 409)
    expect(s.post("/api/v1/releases", {"guide": "twitter", "version": "0.9.0"}, token=mo), 422)

    # readers of the guide get the release; a later change waits in the working text
    expect(s.merge(expect(s.suggest("twitter", TW02, word("always show", "clearly show"), token=mo), 201).json["id"], mo), 403)
    re = s.person("re", "reviewer")
    m = s.get("/api/v1/proposals").json["proposals"][0]
    expect(s.post(f"/api/v1/proposals/{m['id']}/reviews", {"verdict": "approve", "shown": m["head"]}, token=mo), 403)
    expect(s.post(f"/api/v1/proposals/{m['id']}/reviews", {"verdict": "approve", "shown": m["head"]}, token=re), 201)
    expect(s.merge(m["id"], mo), 200)
    assert "clearly show" not in s.get("/api/v1/guides/twitter").json["html"]
    assert "clearly show" in s.get("/api/v1/guides/twitter/draft").json["html"]
    out = expect(s.post("/api/v1/releases", {"guide": "twitter"}, token=mo), 201).json
    assert out["version"] == "1.0.1", out  # wording only
    old = expect(s.curl("/guides/twitter/v/1.0.0", accept="text/html"), 200).text
    assert "You are reading version 1.0.0" in old and "/guides/twitter/v/1.0.1" in old
    history = s.get("/api/v1/guides/twitter/history").json["changes"]
    assert [c["version"] for c in history if c["kind"] == "release"] == ["1.0.1", "1.0.0"]
    s.command("check")
    s.command("release", "verify", "twitter", "1.0.0")
    s.close()


def test_rewrite_drops_approvals():
    s = Site("rewrite")
    mo, re, co = s.person("mo", "moderator"), s.person("re", "reviewer"), s.person("co", "contributor")
    n = expect(s.suggest("twitter", TW02, word("should show", "should plainly show"), token=co), 201).json["id"]
    p = s.get(f"/api/v1/proposals/{n}").json
    expect(s.post(f"/api/v1/proposals/{n}/reviews", {"verdict": "approve", "shown": p["head"]}, token=re), 201)
    expect(s.merge(n, re), 403)
    edit = expect(s.get(f"/api/v1/proposals/{n}/edit", token=co), 200).json
    text = edit["text"].replace("plainly", "openly")
    expect(s.post(f"/api/v1/proposals/{n}/text", {"base": edit["base"], "section": TW02, "text": text}, token=re), 403)
    expect(s.post(f"/api/v1/proposals/{n}/text", {"base": edit["base"], "section": TW02, "text": text}, token=co), 200)
    q = s.get(f"/api/v1/proposals/{n}").json
    assert q["head"] != p["head"] and [r["current"] for r in q["reviews"]] == [False]
    expect(s.post(f"/api/v1/proposals/{n}/merge", {"shown": p["head"]}, token=mo), 409)
    expect(s.merge(n, mo), 200)
    draft = s.get("/guides/twitter/draft.md").text
    assert "openly show" in draft and "plainly" not in draft
    s.close()


def test_undo_and_decline():
    s = Site("undo")
    mo = s.person("mo", "moderator")
    start = s.get("/guides/twitter/draft.md").body
    sent = s.suggest("twitter", TW02, word("should show", "must show")).json
    n = sent["id"]
    expect(s.merge(n, mo), 200)
    assert s.get("/guides/twitter/draft.md").body != start
    expect(s.post(f"/api/v1/proposals/{n}/undo", {}, token=mo), 200)
    assert s.get("/guides/twitter/draft.md").body == start
    assert s.get(f"/api/v1/proposals/{n}", token=mo).json["state"] == "open"
    expect(s.merge(n, mo), 200)  # the same words, a second time
    assert b"must show" in s.get("/guides/twitter/draft.md").body
    expect(s.post(f"/api/v1/proposals/{n}/undo", {}, token=mo), 200)
    head = s.get(f"/api/v1/proposals/{n}", token=mo).json["head"]
    expect(s.post(f"/api/v1/proposals/{n}/decline", {"shown": head}, token=mo), 422)
    expect(s.post(f"/api/v1/proposals/{n}/decline", {"shown": head, "reason": "  "}, token=mo), 422)
    expect(s.post(f"/api/v1/proposals/{n}/decline", {"shown": head, "reason": "The law says otherwise."}, token=mo), 200)
    assert s.get(sent["follow"]).json["decision"] == "The law says otherwise."
    expect(s.post(f"/api/v1/proposals/{n}/reopen", {}, token=mo), 200)
    key = sent["follow"].split("key=")[1]
    expect(s.post(f"/api/v1/proposals/{n}/withdraw", {"key": "x" * 43}), 401)
    expect(s.post(f"/api/v1/proposals/{n}/withdraw", {"key": key}), 200)
    assert s.get(sent["follow"]).json["state"] == "withdrawn"
    s.command("check")
    s.close()


def test_undo_ends():
    s = Site("undo-ends", "--conf", "/dev/null")
    s.stop()
    (s.data.parent / "conf").write_text("undo_minutes = 0\n")
    s.options = ("--conf", s.data.parent / "conf")
    s.start()
    mo = s.person("mo", "moderator")
    n = s.suggest("twitter", TW02, word("should show", "must show")).json["id"]
    expect(s.merge(n, mo), 200)
    time.sleep(1.1)
    expect(s.post(f"/api/v1/proposals/{n}/undo", {}, token=mo), 409)
    s.close()


def test_new_guide():
    s = Site("new-guide")
    mo = s.person("mo", "moderator")
    data = {"slug": "mastodon", "title": "Mastodon in medicine", "text": "# Mastodon in medicine\n\n## Choosing a server\n\nAsk who runs it.\n",
            "reason": "People move there.", "interests": "none"}
    n = expect(s.post("/api/v1/guides", data), 201).json["id"]
    expect(s.get("/api/v1/guides/mastodon"), 404)
    expect(s.post("/api/v1/guides", {**data, "slug": "twitter"}), 422)
    expect(s.post("/api/v1/guides", {**data, "slug": "../x"}), 422)
    expect(s.merge(n, mo), 200)
    g = expect(s.get("/api/v1/guides/mastodon"), 200).json
    assert g["title"] == "Mastodon in medicine" and [x["id"] for x in g["sections"]][-1] == "choosing-a-server"
    assert "mastodon" in [x["slug"] for x in s.get("/api/v1/guides").json["guides"]]
    expect(s.post(f"/api/v1/proposals/{n}/undo", {}, token=mo), 200)
    expect(s.get("/api/v1/guides/mastodon"), 404)
    s.close()


def test_people_sign_in_and_out():
    s = Site("people")
    setup = s.setup
    page = expect(s.curl(setup, accept="text/html"), 200).text
    jar = str(s.data.parent / "jar")
    token = setup.split("token=")[1]
    short = s.form("/setup", [("token", token), ("handle", "judit"), ("password", "short")], page=page)
    expect(short, 422)
    assert "too short" in short.text and 'value="judit"' in short.text
    done = s.form("/setup", [("token", token), ("handle", "judit"), ("password", "correct horse battery")], "-c", jar, page=page)
    expect(done, 303)
    assert "HttpOnly" in done.headers["set-cookie"] and "SameSite=Lax" in done.headers["set-cookie"]
    expect(s.curl("/review", "-b", jar, accept="text/html"), 200)
    expect(s.curl(setup, accept="text/html"), 403)  # once
    again = s.form("/setup", [("token", token), ("handle", "eve"), ("password", "correct horse battery")], page=page)
    expect(again, 403)
    # wrong password and unknown handle get the same words
    a = s.form("/sign-in", [("handle", "judit"), ("password", "wrong horse battery")])
    b = s.form("/sign-in", [("handle", "nobody"), ("password", "wrong horse battery")])
    assert a.status == b.status == 422 and "do not belong together" in a.text and "do not belong together" in b.text
    jar2 = str(s.data.parent / "jar2")
    expect(s.form("/sign-in", [("handle", "judit"), ("password", "correct horse battery"), ("next", "//evil.example")], "-c", jar2), 303)
    me = s.curl("/me", "-b", jar2, accept="text/html").text
    out = s.form("/me/sign-out-everywhere", [], "-b", jar2, page=me)
    expect(out, 303)
    expect(s.curl("/me", "-b", jar, accept="text/html"), 401)
    expect(s.curl("/me", "-b", jar2, accept="text/html"), 401)
    # nothing of value stands in the tables as it is
    dump = "".join(p.read_bytes().decode("latin-1") for p in s.data.glob("guidehall.db*"))
    cookie = [l.split("\t")[-1].strip() for l in open(jar) if "session" in l][0]
    assert cookie not in dump and "correct horse" not in dump
    s.close()
