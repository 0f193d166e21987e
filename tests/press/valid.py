"""valid.py: is a page well nested, are its ids unique, do its own links lead somewhere?"""
import sys
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "col", "wbr"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.problems = [], set(), set(), []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.problems.append(f"{self.getpos()}: an attribute of <{tag}> twice")
        if tag == "p" and "p" in self.open:
            self.problems.append(f"{self.getpos()}: <p> in <p>")
        for name, value in attrs:
            if name == "id" and (value in self.ids or not value):
                self.problems.append(f"{self.getpos()}: id {value!r} twice or empty")
            if name == "id":
                self.ids.add(value)
            if name in ("href", "aria-labelledby"):
                self.links.add(value if name == "href" else "#" + value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"{self.getpos()}: unexpected </{tag}>")


for path in sys.argv[1:]:
    page = Page()
    page.feed(open(path, encoding="utf-8").read())
    page.close()
    problems = page.problems + [f"<{tag}> not closed" for tag in page.open]
    problems += [f"{link} leads nowhere" for link in sorted(page.links)
                 if link.startswith("#") and link[1:] not in page.ids]
    for problem in problems:
        print(f"{path}: {problem}")
