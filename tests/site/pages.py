"""Every page a person can reach by links is well-formed: tags, ids, labels, anchors, links."""
import html, re, subprocess, urllib.parse
from html.parser import HTMLParser

from harness import Site, expect

B = "tw-02-physicians-under-their-own-name"
VOID = set("area base br col embed hr img input link meta source track wbr".split())
# what may not stand in a paragraph: the parser would close it and shift all that follows
BLOCKS = set("address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul".split())
# xmllint knows HTML 4; these came later
LATER = r"Tag (article|aside|bdi|details|figcaption|figure|footer|header|main|mark|markdown-toolbar|md-[\w-]+|nav|output|path|search|section|summary|svg|time|use) invalid"


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.wrong, self.links, self.points = [], [], [], [], []
        self.feed(text)
        self.close()
        if self.open:
            self.wrong.append(f"left open: {self.open}")
        self.wrong += [f"id {i} stands twice" for i in {i for i in self.ids if self.ids.count(i) > 1}]
        self.wrong += [f"{what} points to #{i}, which is not there" for what, i in self.points if i not in self.ids]

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if len(attributes) != len(pairs):
            self.wrong.append(f"<{tag}> has an attribute twice: {pairs}")
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            self.points += [(name, i) for i in (attributes.get(name) or "").split()]
        link = attributes.get("href") if tag == "a" else None
        if link is not None:
            self.links.append(link)
            if len(link) > 1 and link.startswith("#"):
                self.points.append(("link", urllib.parse.unquote(link[1:])))
        if tag in ("a", "button") and {"a", "button"} & set(self.open) or tag == "form" and "form" in self.open:
            self.wrong.append(f"<{tag}> inside {self.open}")
        if tag in BLOCKS and "p" in self.open:
            self.wrong.append(f"<{tag}> in a paragraph, line {self.getpos()[0]}")
        if "style" in attributes:
            self.wrong.append(f"<{tag}> has a style of its own")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, pairs):
        self.handle_starttag(tag, pairs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> where {self.open[-2:]} are open, line {self.getpos()[0]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def xmllint(body):
    out = subprocess.run(["xmllint", "--html", "--noout", "-"], input=body, capture_output=True).stderr.decode(errors="replace")
    return [l for l in out.splitlines() if "error :" in l and not re.search(LATER, l)]


def kind(path):
    """Addresses that differ in a name only, so that each kind is looked at a few times."""
    return re.sub(r"\d+|(?<=section=)[^&]+|(?<=key=)[\w-]+|(?<=/guides/)[\w-]+", "*", path)


def test_every_page_by_its_links():
    s = Site("pages")
    mo, ad = s.person("mo", "moderator"), s.person("ad", "admin")
    odd = "\"<&'> show"  # words that would break out of an attribute, or out of a tag
    first = expect(s.suggest("twitter", B, lambda t: t.replace("should show", f"should {odd}"), reason=odd, name=odd), 201).json
    expect(s.merge(first["id"], mo), 200)
    expect(s.post("/api/v1/releases", {"guide": "twitter", "notes": odd}, token=mo), 201)
    second = expect(s.suggest("twitter", B, lambda t: t.replace("show", "display", 1)), 201).json
    own = [second["follow"], second["follow"].replace("?", "/sent?"), second["follow"].replace("?", "/edit?")]
    left = ["/", "/nowhere", "/sign-in", "/suggest-guide", "/me", "/people", "/review", "/releases/new?guide=twitter", "/search?q=side",
            "/search?q=%22%3C%27", "/guides/twitter/v/1.0.0.html", *own]
    seen, kinds, wrong = set(), {}, []
    while left:
        path = left.pop(0)
        kinds[kind(path)] = kinds.get(kind(path), 0) + 1
        if path in seen or kinds[kind(path)] > 3:
            continue
        seen.add(path)
        answer = s.curl(path, token=None if "key=" in path else ad, accept="text/html")
        if answer.status != (404 if path == "/nowhere" else 200):
            wrong.append(f"{path}: a link leads to {answer.status}")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        page = Page(answer.text)
        found = page.wrong + xmllint(answer.body)
        if found:
            wrong.append(f"{path}: {len(found)}: {found[:3]}")
        for link in page.links:
            link = html.unescape(link).split("#")[0]
            if link.startswith("/") and not link.startswith("//"):
                left.append(link)
            elif link and not link.startswith(("http://", "https://", "mailto:", s.base)):
                wrong.append(f"{path}: links to {link!r}")
    assert len(seen) > 40, f"only {len(seen)} pages were found"
    s.close()
    assert not wrong, " | ".join(wrong)
