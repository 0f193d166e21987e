"""A section is put into its file; every other byte stays as it was."""
import re

from harness import Site, expect


def change_a_word(text):
    """One word of a paragraph: not of a heading, a list of facts or a table."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        words = re.findall(r"[a-z]{4,}", line)
        if words and not re.match(r"[#>|\s\-\[]|\d+\.", line):
            lines[i] = line.replace(words[-1], "Xenon", 1)
            return "\n".join(lines)
    return None


def test_every_section_of_every_guide():
    s = Site("splice")
    co = s.person("co", "contributor")
    unchanged = changed = 0
    for guide in [g["slug"] for g in s.get("/api/v1/guides").json["guides"]]:
        for section in [x["id"] for x in s.get(f"/api/v1/guides/{guide}").json["sections"]]:
            e = expect(s.get(f"/api/v1/guides/{guide}/edit?section={section}"), 200).json
            body = {"base": e["base"], "section": section, "text": e["text"], "interests": "none"}
            same = s.post(f"/api/v1/guides/{guide}/proposals", body, token=co)
            assert same.status == 422 and "Nothing was changed" in same.text, f"{guide} {section}: {same.text[:200]}"
            unchanged += 1
            # browsers send CRLF
            crlf = s.post(f"/api/v1/guides/{guide}/proposals", {**body, "text": e["text"].replace("\n", "\r\n")}, token=co)
            assert crlf.status == 422 and "Nothing was changed" in crlf.text, f"{guide} {section} CRLF: {crlf.text[:200]}"
            other = change_a_word(e["text"])
            if not other:
                continue
            n = expect(s.post(f"/api/v1/guides/{guide}/proposals", {**body, "text": other}, token=co), 201).json["id"]
            stat = s.git("diff", "--numstat", f"{e['base']}..refs/heads/proposals/{n}").split()
            assert stat == ["1", "1", f"guides/{guide}/en.md"], f"{guide} {section}: {stat}"
            changed += 1
    assert unchanged > 120 and changed > 60, (unchanged, changed)
    s.close()


def test_newlines_of_the_file():
    """A file with CRLF keeps it; one without a newline at its end stays so."""
    for name, ending in (("crlf", "\r\n"), ("lf", "\n")):
        folder = Site.__init__.__globals__["SCRATCH"] / f"guides-{name}" / "twitter"
        folder.mkdir(parents=True, exist_ok=True)
        text = (Site.__init__.__globals__["TOP"] / "guides/twitter/en.md").read_text().rstrip("\n").replace("\n", ending)
        (folder / "en.md").write_bytes(text.encode())
        s = Site(f"newlines-{name}", "--guides", folder.parent)
        co = s.person("co", "contributor")
        assert s.get("/guides/twitter/draft.md").body == text.encode()
        section = "tw-02-physicians-under-their-own-name"
        n = expect(s.suggest("twitter", section, lambda t: t.replace("should show", "should openly show"), token=co), 201).json["id"]
        after = s.git("show", f"refs/heads/proposals/{n}:guides/twitter/en.md")
        raw = __import__("subprocess").run(["git", "-C", s.data / "guides.git", "show", f"refs/heads/proposals/{n}:guides/twitter/en.md"],
                                           capture_output=True).stdout
        assert raw == text.replace("should show", "should openly show", 1).encode(), name
        assert after
        s.close()
