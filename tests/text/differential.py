#!/usr/bin/env python3
"""Our HTML against that of cmark-gfm, which reads the same dialect.

    differential.py PRINT_HTML [FILE.md ...]

Both are reduced to a list of tags and texts. What we do differently on
purpose is undone first:

    raw HTML is dropped           cmark-gfm leaves a comment
    images are links              named by their alt text
    odd addresses are no links    cmark-gfm empties javascript: only
    boxes are spans               cmark-gfm has <input>
    alignment is a class          cmark-gfm has align=""
    one-paragraph footnotes       have no <p>
    bare titles are <h2>          as the page has its own
    struck text is <s>            as <del> is for comparisons

Then the inputs that are known to make Markdown parsers slow: each must be
refused, or be HTML within two seconds.
"""
import functools
import itertools
import random
import re
import resource
import subprocess
import sys
from html.parser import HTMLParser

SECONDS = 2  # of processor time: how busy the machine is does not matter
SLOWER = 4  # under the sanitizers
ORACLE = ["cmark-gfm", "-e", "table", "-e", "strikethrough", "-e", "tasklist", "-e", "footnotes"]
BLOCKS = set("p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre hr table thead tbody tr th td".split())
EMPTY = {"hr", "br"}
ALLOWED = re.compile(r"(https?://[^/?#]|mailto:.)|(?!//)[^\\:]*($|[/?#])", re.I)


def allowed(href):
    # links into the text are words where the text has no ids, as in a comparison
    return bool(href) and href[0] != "#" and bool(ALLOWED.match(href)) and "\\" not in href and "%5C" not in href


class Tokens(HTMLParser):
    """The list of tags and texts, without what may differ."""

    def __init__(self, html):
        super().__init__()
        self.out, self.open, self.notes, self.links = [], [], 0, 0
        html = re.sub(r"(</?)h1\b", r"\1h2", html)
        self.feed(re.sub(r"(</?)del>", r"\1s>", html))
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        kind = attrs.get("class") or ""
        keep = self.token(tag, attrs, kind)
        if tag == "img":
            self.image(attrs)
        elif tag == "input":
            self.out.append("[x]" if "checked" in attrs else "[ ]")
        elif tag not in EMPTY:
            self.open.append((tag, keep))
            self.notes += "footnotes" in kind
            self.links += tag == "a" and keep is not None
        if tag in EMPTY or (keep and tag not in ("img", "input")):
            self.out.append(keep or "<%s>" % tag)

    def image(self, attrs):
        link = allowed(attrs.get("src")) and not self.links
        if link:
            self.out.append(self.link(attrs["src"], attrs.get("title")))
        self.text(attrs.get("alt") or ("image" if link else ""))
        if link:
            self.out.append("</a>")

    @staticmethod
    def link(href, title):
        return "<a %s %s>" % (href, title or "")

    def token(self, tag, attrs, kind):
        """How the tag is written, None when it does not count."""
        if tag in ("div", "section", "img", "input") or (tag == "p" and self.notes):
            return None
        if tag == "span":
            if "box" in kind:
                self.out.append("[x]" if "on" in kind.split() else "[ ]")
            return None
        if tag == "a":
            if "footnote-backref" in kind or self.inside("sup") or not allowed(attrs.get("href")):
                return None
            return self.link(attrs["href"], attrs.get("title"))
        if tag in ("th", "td"):
            side = attrs.get("align") or {"n": "right", "c": "center"}.get(kind, "")
            return "<%s %s>" % (tag, side.replace("left", ""))
        if tag == "ol" and attrs.get("start"):
            return "<ol %s>" % attrs["start"]
        if tag == "code" and kind:
            return "<code %s>" % kind
        return "<%s>" % tag

    def inside(self, tag):
        return any(t == tag for t, _ in self.open)

    def handle_endtag(self, tag):
        if tag in EMPTY or tag in ("img", "input"):
            return
        opened, keep = self.open.pop()
        assert opened == tag, "<%s> closed by </%s>" % (opened, tag)
        if tag == "section":
            self.notes -= 1
        self.links -= tag == "a" and keep is not None
        if keep:
            self.out.append("</%s>" % tag)

    def handle_data(self, data):
        self.text(data)

    def text(self, data):
        if self.out and not self.out[-1].startswith("<"):
            data = self.out.pop() + data
        if data:
            self.out.append(data)


def is_block(token):
    return bool(re.match(r"</?(%s)\b" % "|".join(BLOCKS), token))


def tokens(html):
    html = re.sub(r"<!--.*?-->", "", html, flags=re.S)
    html = re.sub(r'(<a [^>]*footnote-backref[^>]*>)↩(<sup[^>]*>\d+</sup>)?', r"\1", html)
    html = html.replace("<h2>Sources</h2>", "")
    out, pre = [], 0
    raw = Tokens(html).out
    for i, token in enumerate(raw):
        pre += (token == "<pre>") - (token == "</pre>")
        if not pre and not re.match(r"<[/a-z]", token):
            token = re.sub(r"[ \n]*\n[ \n]*", "\n", token)
            if i == 0 or is_block(raw[i - 1]) or raw[i - 1] == "<br>":
                token = token.lstrip("\n ")
            if i + 1 == len(raw) or is_block(raw[i + 1]):
                token = token.rstrip("\n ")
        if token:
            out.append(token)
    text = "\0".join(out)
    text = text.replace("<tbody>\0</tbody>\0", "").replace("<p>\0</p>\0", "")
    return re.sub(r" *\n *", "\n", text).split("\0")


def run(command, text):
    return subprocess.run(command, input=text.encode(), capture_output=True, timeout=60)


def fail(what, text, *details):
    print("%s\n--- text\n%s" % (what, text[:2000]))
    for detail in details:
        print("---", detail)
    return 1


def well_formed(html):
    """Every tag is closed, every id is there once, no style, no script."""
    Tokens(html)
    ids = re.findall(r' id="([^"]*)"', html)
    twice = {i for i in ids if ids.count(i) > 1} if len(ids) < 3000 else set()
    assert not twice, "ids given twice: %s" % twice
    assert not re.search(r"<(script|style|img|iframe|object)\b|<[^>]* (style|on\w+)=", html), "unsafe tag"
    for href in re.findall(r'<a href="([^"]*)"', html):
        assert allowed(href.replace("&amp;", "&")) or href.startswith("#"), "address " + href


def compare(program, text):
    ours, theirs = run([program, "bare"], text), run(ORACLE, text)
    if ours.returncode:
        return fail("refused or crashed", text, ours.stderr.decode())
    full = run([program], text)
    try:
        well_formed(full.stdout.decode())
        a, b = tokens(ours.stdout.decode()), tokens(theirs.stdout.decode())
    except AssertionError as error:
        return fail("not well-formed: %s" % error, text, full.stdout.decode())
    if a == b:
        return 0
    at = next((i for i, (x, y) in enumerate(itertools.zip_longest(a, b)) if x != y), 0)
    return fail("differs", text, "ours   %r" % a[max(0, at - 3):at + 5], "theirs %r" % b[max(0, at - 3):at + 5])


DOCUMENTS = [
    "plain *em* **strong** ***both*** `code` ~~gone~~\nsoft\\\nhard  \nhard too\n",
    "# one\n\nTwo\n===\n\nThree\n---\n\n###### six ######\n\n#\n",
    "> quote\nlazy\n> > deeper\n\n> other\n",
    "- a\n- b\n\n  loose\n- c\n  1. x\n  2. y\n     ```sh\n     code\n     ```\n",
    "3. three\n4. four\n\n* * *\n\n+ plus\n- minus\n",
    "- [ ] open\n- [x] done\n- [X] done\n- [y] none\n- [ ]none\n\n1. [ ] one\n\n   more\n",
    "    indented\n\n        more\n\n```\nfenced & <b>\n",
    "~~~ c linenos\nint x;\n~~~\n",
    "[a](b) [a](<b c> \"title\") [a][ref] [ref] [ref][] [none] ![alt](pic.png) ![alt][ref]\n\n[ref]: /there 'T'\n",
    "<https://a.example/?x=1&y=2> <me@a.example> &amp; &copy; &#35; \\* \\[x\\]\n",
    "<b>raw</b> html\n\n<div>\nblock\n</div>\n\n<!-- comment -->\n\nend\n",
    "[x](javascript:alert(1)) [x](JAVASCRIPT:x) [x](data:text/html,x) [x](//evil.example) [x](vbscript:x)\n",
    "| a | b |\n|---|:-:|\n| 1 | 2 |\n| only |\n| 1 | 2 | 3 |\n",
    "a | b\n-:|:-\n`x \\| y` | \\| *e*\n\nafter\n",
    "| a |\n|---|\n| **b** [l](u) <i>x</i> |\n> quote\n",
    "above\nstill above\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "> | a | b |\n> |---|---|\n> | 1 | - x |\n> | # h | 1. y |\n",
    "- item\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n- next\n",
    "| a | b |\n|---|\n| no | table |\n",
    "| [ref] | `|` |\n|---|---|---|\n| [t][ref] | x | y |\n\n[ref]: /u\n",
    "| a | b |\n|---|---|\n\nempty body\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n---\nrule\n\na | b\n-|-\n===\n",
    "one[^a] two[^b] one[^a]\n\n[^a]: First.\n[^b]: Second\n    goes on.\n\n    New paragraph.\n\nno more\n",
    "mark[^word] in *em[^long-key-1]*\n\n[^word]: http\n[^long-key-1]: - list\n    - in note\n",
    "`[^a]` \\[^a] [^none] x[^a]\n\n[^a]: Text with `code` and [^b].\n\n[^b]: Other.\n",
    "```\n[^a]: not a note\n```\n\nx[^a]\n\n    [^a]: code\n\n[^a]: note\n",
    "| a[^t] |\n|---|\n| b[^t] |\n\n[^t]: In a table.\n",
    "> quoted[^q]\n\n- item[^q]\n[^q]: right below the list\n",
    "~~a~~ ~~ b ~~ a~~b~~c ~~~no~~~ \\~~no~~ ~~*x*~~ ~~a\nb~~\n",
    "*a ~~b~~ c* **~~d~~** [~~e~~](f)\n",
    "Tabs\there\n\n-\ttab item\n\n\tcode\n",
    "\ufeffBOM\n",
    "line\r\nnext\r\n\r\n| a | b |\r\n|---|---|\r\n| 1 | 2 |\r\n",
    "Ünïcödé *ß* — „quotes“ 漢字 **強調** 🙂\n",
    "a\\\n\nb  \n\n- c\\\n",
    "1) a\n2) b\n\n1. c\n10. d\n",
    "-\n  a\n-\n\n  b\n",
    "- a\n\n\n  b\n\n\n\n      code\n- > q\n  > r\n",
    "***\n---\n___\n- - -\n",
    "[link *em* `code`](http://x.example/ü?a=b#c 'ti\"tle')\n",
    "![a *b* c](/x) [![alt](p)](q) ![](only.png)\n",
]
PIECES = ["a", "word ", "*", "**", "_", "`", "``", "~~", "[", "]", "(", ")", "](u)", "[^n]", "\\", "!", "<", ">",
          "<b>", "&amp;", "\n", "\n", "\n\n", "\n- ", "\n1. ", "\n> ", "\n    ", "\n  ", "| ", "|---|---|", "\n| a | b |\n",
          "# ", "\n```\n", "- [ ] x ", ":", "é", "\"", " ", "  \n", "\n---\n", "x[^n]"]


def random_texts(count):
    pick = random.Random(1)
    for _ in range(count):
        yield "".join(pick.choice(PIECES) for _ in range(pick.randint(3, 25))) + "\n\n[^n]: Note.\n"


def pathological(size):
    n = size
    return {
        "images": "![[]()" * (n // 6),
        "brackets": "[" * n,
        "brackets by line": "[a\n" * (n // 3),
        "brackets by word": "x [" * (n // 3),
        "closed brackets": "[" * (n // 2) + "a" + "]" * (n // 2),
        "brackets after empty items": "[[[[[[[[\n*\n" * (n // 11),
        "brackets behind deep quotes": "[[[[\n     > - [[[[\n" * (n // 18),
        "brackets behind false notes": "[[[[\n[^ [[[[\n" * (n // 12),
        "brackets behind false headings": "[[[[\n#[[[[\n" * (n // 11),
        "links": "[a](b" * (n // 5),
        "pointed links": "[a](<b" * (n // 6),
        "quotes": ">" * n,
        "quotes and emphasis": ">" * (n // 3) + "a*" * (n // 3),
        "lists": "- " * (n // 3) + "x" + "\n" * (n // 3),
        "lists in notes": "[^a]: " + "- " * (n // 3) + "x" + "\n" * (n // 3),
        "stairs": "".join("  " * i + "- a\n" for i in range(int(n ** 0.5))),
        "deep, then blank": "> " * 31 + "- x" + "\n" * (n - 70),
        "deep, then lazy": "> " * 32 + "x\n" + "b\n" * (n // 2 - 40),
        "31 quotes a line": ("> " * 31 + "a*b*\n") * (n // 68),
        "emphasis openers": "*a **a " * (n // 7),
        "emphasis closers": "a* a** " * (n // 7),
        "underscores": "_" * n + "a",
        "stars around": "*" * (n // 2) + "a" + "*" * (n // 2),
        "mixed stars": "*_" * (n // 2),
        "tildes": "~~a " * (n // 4),
        "tilde pairs": "~~a~~" * (n // 5),
        "tildes and stars": "~~*a " * (n // 5),
        "backticks": "".join("e" + "`" * i for i in range(1, 700)),
        "comments": "<!-- " * (n // 5),
        "unclosed comments": "</" + "<!--" * (n // 4),
        "instructions": "<?" * (n // 2),
        "declarations": "<!A " * (n // 4),
        "cdata": "<![CDATA[" * (n // 9),
        "tags": "<a" * (n // 2),
        "open tags": "<a b=\"" * (n // 6),
        "entities": "&a" * (n // 2),
        "tabs": "\t" * n,
        "backslashes": "\\" * n,
        "newlines": "\n" * n,
        "carriage returns": "\r" * n,
        "rules": "- - - -\n" * (n // 8),
        "long rule": "- " * (n // 2),
        "reference used often": "[a]: " + "u" * (n // 2) + "\n\n" + "[a]\n\n" * (n // 12),
        "many references": "".join("[a%d]: u\n" % i for i in range(n // 12)) + "[a1]\n\n" * 100,
        "reference, many titles": "[a]: u 'x\n" * (n // 10),
        "wide table, short rows": "|" + "a|" * 2000 + "\n|" + "-|" * 2000 + "\n" + "x\n" * (n // 3),
        "64 columns": "|" + "a|" * 64 + "\n|" + "-|" * 64 + "\n" + "x\n" * (n // 3),
        "64 columns, false headings": "|" + "a|" * 64 + "\n|" + "-|" * 64 + "\n" + "#x\n" * (n // 4),
        "64 columns, few rows": "|" + "a|" * 64 + "\n|" + "-|" * 64 + "\n" + "x\n" * 300,
        "many small tables": "a|b\n-|-\n\n" * (n // 9),
        "tables after references": "[a]: b\n\n" * (n // 16) + "a|b\n-|-\n\n" * (n // 18),
        "no table": "a|b\n" * (n // 8) + "-|-|-\n" * (n // 12),
        "footnotes": "".join("[^%d]: x\n" % i for i in range(n // 20)) + "".join("[^%d]\n\n" % i for i in range(n // 20)),
        "one footnote": "[^a]: x\n\n" + "x[^a]\n\n" * (n // 8),
        "nested footnotes": "".join("[^%d]: x[^%d]\n" % (i, i + 1) for i in range(n // 20)) + "\nx[^0]\n",
        "same headings": "# a\n" * (n // 4),
        "numbered headings": "".join("# a-%d\n" % i for i in range(n // 20)) + "# a\n" * (n // 20),
        "bare addresses": "http://" * (n // 7),
        "bare address, tail": "http://a" + ")" * (n - 8),
        "h": "h" * n,
        "http": "http" * (n // 4),
        "marks without end": "[^" * (n // 2),
        "alerts": "> [!NOTE]\n> x\n\n" * (n // 15),
        "recommendations": "> [!NOTE]\n> **A-1.** x\n>\n> - Strength: strong\n\n" * (n // 46),
        "front matter": "---\n" + "[" * n,
        "front matter closed": "---\na: " + "[" * 15000 + "\n---\n",
        "front matter maps": "---\n" + "a:\n" + "".join(" " * i + "- a:\n" for i in range(150)) + "---\n",
    }


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@functools.lru_cache
def is_sanitized(program):
    return b"__asan_init" in open(program, "rb").read()


def slow(program, name, text):
    start = spent()
    try:
        done = subprocess.run([program], input=text.encode(), capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:
        return fail("%s: no answer" % name, text[:60])
    took = spent() - start
    if done.returncode not in (0, 2):
        return fail("%s: status %d" % (name, done.returncode), text[:60], done.stderr.decode()[:3000])
    if took > SECONDS * (SLOWER if is_sanitized(program) else 1):
        return fail("%s: %.1f s" % (name, took), text[:60])
    if len(done.stdout) > 60 * len(text) + 1000000:
        return fail("%s: %d bytes became %d" % (name, len(text), len(done.stdout)), text[:60])
    return 0


def without_front(text):
    """cmark-gfm does not know front matter; alerts are ours alone."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    return re.sub(r"^> \[!\w+\]\n", "", text, flags=re.M)


def main():
    program, files = sys.argv[1], sys.argv[2:]
    texts = DOCUMENTS + list(random_texts(300))
    texts += [without_front(open(name).read()) for name in files]
    bad = sum(compare(program, text) for text in texts)
    bad += sum(slow(program, name, text) for name, text in pathological(256 * 1024 - 100).items())
    print("%d texts, %d pathological, %d bad" % (len(texts), len(pathological(10000)), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
