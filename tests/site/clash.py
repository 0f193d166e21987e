"""The world moves on while somebody writes."""
from harness import Site, expect

A, B = "tw-01-who-speaks-for-whom-and-when", "tw-02-physicians-under-their-own-name"


def suggestion(s, section, old, new):
    e = s.section("twitter", section)
    assert old in e["text"]
    return {"base": e["base"], "section": section, "text": e["text"].replace(old, new, 1), "interests": "none"}


def test_another_paragraph_merges_by_itself():
    s = Site("clash-other")
    mo = s.person("mo", "moderator")
    late = suggestion(s, A, "Stated hours protect both sides", "Published hours protect both sides")
    expect(s.merge(s.suggest("twitter", B, lambda t: t.replace("should show", "should always show")).json["id"], mo), 200)
    n = expect(s.post("/api/v1/guides/twitter/proposals", late), 201).json["id"]
    assert len(s.get(f"/api/v1/proposals/{n}", token=mo).json["changes"]) == 1
    expect(s.merge(n, mo), 200)
    draft = s.get("/guides/twitter/draft.md").text
    assert "Published hours" in draft and "should always show" in draft
    s.close()


def test_same_line_is_a_clash_with_both_texts():
    s = Site("clash-same")
    mo = s.person("mo", "moderator")
    late = suggestion(s, B, "should show", "should rarely show")
    expect(s.merge(s.suggest("twitter", B, lambda t: t.replace("should show", "should always show")).json["id"], mo), 200)
    before = s.git("for-each-ref")
    answer = expect(s.post("/api/v1/guides/twitter/proposals", late), 409).json
    assert answer["error"]["code"] == "conflict"
    assert "rarely" in answer["yours"] and "always" in answer["theirs"]
    assert "rarely" in answer["merged"] and "always" in answer["merged"]
    assert s.git("for-each-ref") == before  # nothing was kept
    # what was prepared, put in order by a person, goes through
    again = {**late, "base": answer["base"], "text": answer["theirs"].replace("always", "nearly always")}
    expect(s.post("/api/v1/guides/twitter/proposals", again), 201)
    # the same as a page, with every word
    pairs = [(k, v) for k, v in {**late, "reason": "My reason stays", "name": "Ilona"}.items()]
    page = s.form("/guides/twitter/proposals", pairs)
    expect(page, 409)
    for words in ("rarely show", "always show", "My reason stays", 'value="Ilona"', "In the guide now"):
        assert words in page.text, words
    s.close()


def test_clash_at_merging_goes_back_to_its_author():
    s = Site("clash-merge")
    mo, co = s.person("mo", "moderator"), s.person("co", "contributor")
    first = s.suggest("twitter", B, lambda t: t.replace("should show", "should always show")).json["id"]
    second = s.suggest("twitter", B, lambda t: t.replace("should show", "should rarely show"), token=co).json["id"]
    expect(s.merge(first, mo), 200)
    main = s.git("rev-parse", "main")
    checks = {c["name"]: c["passed"] for c in s.get(f"/api/v1/proposals/{second}").json["checks"]}
    assert checks["merges"] is False
    for _ in range(2):  # asked again by the same key, it says the same
        told = expect(s.curl(f"/api/v1/proposals/{second}/merge", "-H", "Idempotency-Key: m2", data={"shown": s.get(f"/api/v1/proposals/{second}").json["head"]}, token=mo), 409)
        assert "changed in the same lines" in told.text, told.text
    assert s.git("rev-parse", "main") == main
    assert s.get(f"/api/v1/proposals/{second}").json["state"] == "clash"
    # its author is shown both, and sends a combination
    edit = expect(s.curl(f"/proposals/{second}/edit", token=co, accept="text/html"), 200).text
    assert "rarely show" in edit and "always show" in edit and "In the guide now" in edit
    e = s.get(f"/api/v1/proposals/{second}/edit", token=co).json
    text = s.section("twitter", B)["text"].replace("always show", "nearly always show")
    expect(s.post(f"/api/v1/proposals/{second}/text", {"base": e["base"], "section": B, "text": text}, token=co), 200)
    assert s.get(f"/api/v1/proposals/{second}").json["state"] == "open"
    expect(s.merge(second, mo), 200)
    assert "nearly always show" in s.get("/guides/twitter/draft.md").text
    s.command("check")
    s.close()


def test_two_moderators_one_winner():
    """Many merges of the same proposal at once: exactly one happens."""
    from concurrent.futures import ThreadPoolExecutor
    s = Site("clash-race")
    mo = s.person("mo", "moderator")
    for round in range(5):
        n = s.suggest("twitter", B, lambda t: t.replace("TW-02.** ", f"TW-02.** Round {round}: ")).json["id"]
        head = s.get(f"/api/v1/proposals/{n}", token=mo).json["head"]
        with ThreadPoolExecutor(8) as pool:
            got = sorted(a.status for a in pool.map(lambda _: s.post(f"/api/v1/proposals/{n}/merge", {"shown": head}, token=mo), range(8)))
        assert got == [200] + [409] * 7, got
        assert s.git("log", "--format=%B", "main").count(f"Proposal: {n}\n") == 1
    s.close()


def test_hidden_texts_cannot_be_a_base():
    """A stranger's commit id gives nobody its text."""
    s = Site("clash-hidden")
    mo = s.person("mo", "moderator")
    sent = s.suggest("twitter", B, lambda t: t.replace("should show", "SECRET show")).json
    head = s.get(sent["follow"]).json["head"]
    body = {**suggestion(s, B, "should show", "could show"), "base": head}
    answer = expect(s.post("/api/v1/guides/twitter/proposals", body), 409)
    assert "SECRET" not in answer.text
    expect(s.get(f"/api/v1/proposals/{sent['id']}"), 404)
    assert "SECRET" not in s.get("/proposals/feed.atom").text + s.get("/api/v1/proposals").text + s.get("/feed.atom").text
    assert mo
    s.close()
