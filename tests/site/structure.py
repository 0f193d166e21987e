"""A section's text may not reach out of the section without anybody being told."""
import re

from harness import Site, expect

B = "tw-02-physicians-under-their-own-name"
PLAIN = "# Plain\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n\n## Three\n\nThird.\n"


def test_a_block_that_swallows_what_follows_is_noticed():
    s = Site("structure")
    mo, co = s.person("mo", "moderator"), s.person("co", "contributor")
    n = expect(s.post("/api/v1/guides", {"slug": "plain", "title": "Plain", "text": PLAIN, "reason": "r", "interests": "none"}), 201).json["id"]
    expect(s.merge(n, mo), 200)
    silent = []
    for name, tail in (("a fence", "\n\n```"), ("a tilde fence", "\n\n~~~~\nx"), ("a comment", "\n\n<!-- x"), ("a raw block", "\n\n<pre>\nx")):
        answer = s.suggest("plain", "one", lambda t: t + tail, token=co)
        if answer.status == 422:
            continue  # refused in words: as good
        p = s.get(f"/api/v1/proposals/{expect(answer, 201).json['id']}").json
        if {c["name"]: c["passed"] for c in p["checks"]}["section"]:
            silent.append(f"{name}: {len(p['changes'])} changes, and “{[c['words'] for c in p['checks'] if c['name'] == 'section'][0]}”")
    # an ordinary change is still just that
    p = s.get(f"/api/v1/proposals/{expect(s.suggest('plain', 'one', lambda t: t + ' More.', token=co), 201).json['id']}").json
    assert p["mergeable"] and all(c["passed"] for c in p["checks"]), p["checks"]
    s.close()
    assert not silent, "; ".join(silent)


def test_an_author_can_change_a_proposal_whose_section_was_renamed():
    s = Site("structure-renamed")
    mo, co = s.person("mo", "moderator"), s.person("co", "contributor")
    late = s.section("twitter", B)
    first = expect(s.suggest("twitter", B, lambda t: t.replace("### TW-02 ", "### TW-02 Renamed ", 1)), 201).json["id"]
    expect(s.merge(first, mo), 200)
    n = expect(s.post("/api/v1/guides/twitter/proposals", {"base": late["base"], "section": B, "interests": "none",
                      "text": late["text"].replace("should show", "should still show")}, token=co), 201).json["id"]
    form = expect(s.get(f"/api/v1/proposals/{n}/edit", token=co), 200).json
    text = form["text"].replace("should still show", "should ever show")
    assert text != form["text"]
    answer = s.post(f"/api/v1/proposals/{n}/text", {"base": form["base"], "section": form["section"], "text": text}, token=co)
    expect(answer, 200)
    expect(s.merge(n, mo), 200)
    draft = s.get("/guides/twitter/draft.md").text
    assert "should ever show" in draft and "TW-02 Renamed" in draft
    s.close()


def test_nothing_is_hidden_from_review():
    """Every byte a suggestion changes is told in the review: as a change, or in words."""
    s = Site("structure-review")
    mo, co = s.person("mo", "moderator"), s.person("co", "contributor")
    seed = ("\n\nSeed [link](https://good.example/a) with <!-- a note --> and **bold** words  \nand a break.[^sd]\n\n[ref]: https://good.example/r \"T\"\n\n"
            "[^sd]: A source, 2024.\n\n<!-- block note -->\n\n| a | b |\n|---|:--|\n| 1 | 2 |\n\n- [ ] task\n\nSee [this][ref].")
    expect(s.merge(expect(s.suggest("twitter", B, lambda t: t + seed), 201).json["id"], mo), 200)
    whole = s.get("/api/v1/guides/twitter/edit?whole=1").json
    silent = []
    for name, old, new, words in (
            ("link", "good.example/a", "evil.example/a", "evil.example/a"), ("reference", "good.example/r", "evil.example/r", "evil.example/r"),
            ("inline comment", "<!-- a note -->", "<!-- buried words -->", "buried"), ("block comment", "block note", "buried words", "buried"),
            ("link title", "good.example/a)", "good.example/a \"buried words\")", "buried"), ("emphasis", "**bold**", "*bold*", ": formatting"),
            ("alignment", ":--|", "--:|", ": formatting"), ("task", "- [ ] task", "- [x] task", "now ticked"), ("footnote", "A source, 2024", "A source, 2023", "2023"),
            ("front matter", "title:", "owners: [buried]\ntitle:", "buried"), ("zero width", "bold", "bo\u200dld", "U+200D"), ("bidi", "bold", "bo\u202eld", "U+202E"),
            ("line break in the source", "and **bold**", "and\n**bold**", "how it is written")):
        assert old in whole["text"], name
        answer = s.post("/api/v1/guides/twitter/proposals", {"base": whole["base"], "text": whole["text"].replace(old, new, 1), "interests": "none"}, token=co)
        n = expect(answer, 201).json["id"]
        page = s.curl(f"/review/{n}", token=mo, accept="text/html").text.split('class="paper"')[1].split("</article>")[0]
        if words not in " ".join(re.sub(r"<[^>]*>", " ", page).split()):
            silent.append(name)
    s.close()
    assert not silent, f"not told in the review: {silent}"
