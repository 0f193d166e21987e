"""texts.py: guides made of nothing but a number: the same on every machine, for ever."""
import itertools, random, re

WORDS = """account advice answer archive audience author benefit blog care channel claim colleague comment company consent
correction country data date detail disclosure doctor draft duty editor evidence example fact field follower group guidance
harm hour interest journal label law link list material medicine member message month name note notice number office page
patient payment person photo physician plan platform policy post practice privacy product profile public purpose question
reader reason record register regulator reply report reporter review risk rule search section service share sign site source
sponsor staff statement student study summary team term text thread time tool trial trust update use user value video view
voice watch week word work writer year""".split()
VERBS = "asks answers becomes covers depends follows gives holds keeps leaves makes means names needs reads says shows takes tells wants".split()
SMALL = "a and as at before behind by for from if in of on or so than that the to under with without".split()


def invented(count):
    """Words nobody knows, so that texts have rare words as languages do."""
    rng = random.Random("words")
    return ["".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(2, 4))) + rng.choice("lmnrst") for _ in range(count)]


# the n-th most frequent word is used n times less than the first, roughly
VOCABULARY = [*WORDS, *invented(3000)]
USE = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(VOCABULARY))))
CHAPTERS = ["Before the first post", "What a post may say", "Other people's words", "When something goes wrong", "Looking after it"]
SECTIONS_OF_A_CHAPTER = 4


def slug(heading):
    """The name a heading has in links."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def word(rng):
    return rng.choices(VOCABULARY, cum_weights=USE)[0]


def sentence(rng):
    words = [word(rng)]
    for i in range(rng.randint(7, 18)):
        words.append(rng.choice(SMALL) if i % 3 == 1 else rng.choice(VERBS) if i % 5 == 3 else word(rng))
    return " ".join(words).capitalize() + "."


def paragraph(rng, sentences):
    return " ".join(sentence(rng) for _ in range(sentences))


class Guide:
    """A guide's text in pieces, so that one section can change."""

    def __init__(self, number, size):
        rng = random.Random(f"guide {number}")
        self.slug = f"guide-{number:03}"
        self.title = f"Writing about {rng.choice(WORDS)} and {rng.choice(WORDS)}, part {number}"
        prefix = f"G{number}"
        count = max(2, min(SECTIONS_OF_A_CHAPTER * len(CHAPTERS), size // 1100))
        notes = [f"[^{slug(prefix)}-{i}]: {sentence(rng)[:-1]}. *{sentence(rng)}* <https://example.org/{number}/{i}>." for i in range(count)]
        self.head = "\n".join([
            "---", f"id: {self.slug}", f"title: {self.title}", f"description: {sentence(rng)}", "platform: general",
            "audience: [pharma, physician]", "language: en", "jurisdiction: [US, EU, INT]", "licence: CC-BY-4.0",
            "owner: editors@example.org", "review-by: 2031-11-30", "funding: none", "---", "", f"# {self.title}", "",
            paragraph(rng, 3), "", "> [!NOTE]", "> This guide was made by a program, to measure.", "", ""])
        self.tail = "\n".join(["## Sources", "", *notes, ""])
        room = (size - len(self.head) - len(self.tail)) // count
        self.names, self.sections = [], []
        for i in range(count):
            name = f"{prefix}-{i + 1:02} {rng.choice(VERBS).capitalize()} the {rng.choice(WORDS)} of the {rng.choice(WORDS)}"
            self.names.append(name)
            self.sections.append(self.section(rng, f"{prefix}-{i + 1:02}", name, i, f"[^{slug(prefix)}-{i}]", room))

    def section(self, rng, code, name, place, note, room):
        chapter = f"## {CHAPTERS[place // SECTIONS_OF_A_CHAPTER]}\n\n" if place % SECTIONS_OF_A_CHAPTER == 0 else ""
        text = "\n".join([
            f"{chapter}### {name}", "", "> [!IMPORTANT]", f"> **{code}.** {sentence(rng)}{note}", ">", "> - Strength: strong",
            "> - Direction: for", "> - Certainty: low", "> - Basis: professional guidance", "> - Audience: pharma", "> - Jurisdiction: INT",
            "", f"**Why.** {sentence(rng)}"])
        while len(text) < room - 150:
            text += " " + sentence(rng) if rng.random() < 0.8 else "\n\n" + sentence(rng)
        return text[:-1] + (", and so on" * 20)[:max(0, room - len(text) - 2)] + ".\n\n"

    def changed(self, place, words):
        """The sections with words added at the end of one."""
        changed = list(self.sections)
        changed[place] = changed[place].rstrip("\n") + " " + words + "\n\n"
        return changed

    def text(self, sections=None):
        return self.head + "".join(sections or self.sections) + self.tail


def wide_text(number, size):
    """A guide whose page is four times as long as its text: every quotation mark is six bytes of HTML."""
    rng = random.Random(f"wide {number}")
    guide = Guide(number, 4000)
    lines = []
    while sum(map(len, lines)) < size - 5000:
        lines.append(" ".join('"' * 5 + one + '"' * 5 for one in sentence(rng)[:-1].split()) + ".\n\n")
    return guide.text([guide.sections[0], *lines, *guide.sections[1:]])
