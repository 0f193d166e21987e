"""corpus.py: what is measured on, the same every time: fixed seeds, fixed dates, one bulk import.

small   5 guides of 25 KB, 50 commits, 20 proposals
wide    200 guides of 25 KB, 50 commits, 200 proposals: big without its history, each list as full
big     200 guides of 25 KB, 5,000 commits, 2,000 proposals
few     5 short guides, 100 proposals
many    the same, 20,000 proposals
file    one guide whose release file is about 1 MB

The program makes its folder, accounts and releases itself; history comes by
`git fast-import` and rows of proposals by SQL, because the front door would
take an hour. `guidehall check` must find nothing wrong with the result."""
import hashlib, pathlib, shutil, sqlite3, subprocess
import texts

BEGIN = 1700000000  # of history
KB = 1024
SIZES = {  # guides, bytes of each, commits on main, proposals, are some merged?
    "small": (5, 25 * KB, 50, 20, True),
    "wide": (200, 25 * KB, 50, 200, True),
    "big": (200, 25 * KB, 5000, 2000, True),
    "few": (5, 3 * KB, 50, 100, False),
    "many": (5, 3 * KB, 50, 20000, False),
    "file": (1, 4 * KB, 1, 0, False),
}
PASSWORD = "correct horse battery"
MODERATOR, CONTRIBUTOR = 1, 2  # their accounts


def state_of(number, merges):
    """What became of proposal `number`."""
    return "merged" if merges and number % 4 == 0 else "declined" if number % 20 == 1 else "open"


class Row:
    """A proposal as the tables know it."""

    def __init__(self, number, state, guide, place, base, at):
        self.number, self.state, self.guide, self.base, self.at = number, state, guide, base, at
        self.place = guide.names[place]
        self.section = texts.slug(self.place)
        self.merged = None  # mark of the commit, as base and head are


class Stream:
    """Commits in the format of git fast-import."""

    def __init__(self, out):
        self.out, self.mark, self.now = out, 0, BEGIN

    def data(self, text):
        raw = text.encode()
        self.out.write(b"data %d\n%s\n" % (len(raw), raw))

    def commit(self, ref, who, message, files, parent=None, merge=None):
        self.mark += 1
        self.now += 60
        person = f"{who} <{who}@users.invalid> {self.now} +0000"
        self.out.write(f"commit {ref}\nmark :{self.mark}\nauthor {person}\ncommitter {person}\n".encode())
        self.data(message)
        for word, commit in (("from", parent), ("merge", merge)):
            if commit:
                self.out.write(f"{word} :{commit}\n".encode())
        for guide, text in files:
            self.out.write(f"M 100644 inline guides/{guide.slug}/en.md\n".encode())
            self.data(text)
        return self.mark


def write_history(stream, guides, commits, proposals, merges):
    """Main goes on in the first half of each guide, proposals change the second; yields the rows."""
    stream.out.write(b"reset refs/heads/main\n")
    main = stream.commit("refs/heads/main", "guest", "Import guides", [(g, g.text()) for g in guides])
    made = sent = 0
    while made < commits or sent < proposals:
        if sent * commits <= made * proposals and sent < proposals:
            sent += 1
            row, main = propose(stream, guides, sent, state_of(sent, merges), main)
            made += row.merged is not None
            yield row
        else:
            made += 1
            guide = guides[made % len(guides)]
            half = len(guide.sections) // 2
            guide.sections = guide.changed(made // len(guides) % half, f"Revision {made}.")
            main = stream.commit("refs/heads/main", "u1", f"Revise {guide.slug}\n", [(guide, guide.text())], main)


def propose(stream, guides, number, state, main):
    guide = guides[number % len(guides)]
    half = len(guide.sections) // 2
    place = half + number // len(guides) % (len(guide.sections) - half)
    row = Row(number, state, guide, place, main, stream.now)
    sections = guide.changed(place, f"Suggestion {number}.")
    folder = "heads" if row.state == "open" else "archive"
    row.head = stream.commit(f"refs/{folder}/proposals/{number}", "guest", f"Suggestion {number}\n\nGuide: {guide.slug}\nSection: {row.section}\n",
                             [(guide, guide.text(sections))], main)
    if row.state == "merged":
        guide.sections = sections
        main = row.merged = stream.commit(
            "refs/heads/main", "u1", f"Suggestion {number}\n\nReviewed-by: u1\nProposal: {number}\nGuide: {guide.slug}\nKind: content\n"
            f"Approved-Head: {'0' * 40}\nInterests: none\nMerged-by: u1\n", [(guide, guide.text())], main, row.head)
    return row, main


def write_git(folder, guides, *shape):
    """Returns the rows, their commits in place of marks."""
    git = ["git", "-C", folder / "guides.git"]
    marks = folder / "marks"
    with subprocess.Popen([*git, "fast-import", "--quiet", "--force", f"--export-marks={marks}"], stdin=subprocess.PIPE) as process:
        rows = list(write_history(Stream(process.stdin), guides, *shape))
        process.stdin.close()
    assert process.returncode == 0, "git fast-import failed"
    commit = dict(line[1:].split() for line in marks.read_text().splitlines())
    for row in rows:
        row.base, row.head, row.merged = (commit.get(str(mark)) for mark in (row.base, row.head, row.merged))
    marks.unlink()
    for words in (["pack-refs", "--all"], ["repack", "-adfq"], ["prune", "--expire=now"]):
        subprocess.run([*git, *words], check=True)
    return rows


def write_tables(folder, rows):
    db = sqlite3.connect(folder / "guidehall.db")
    tip = subprocess.run(["git", "-C", folder / "guides.git", "rev-parse", "main"], capture_output=True, text=True, check=True).stdout.strip()
    db.execute("UPDATE main_seen SET commit_id = ?", [tip])
    for r in rows:
        closed = (MODERATOR, r.at + 3600) if r.state != "open" else (None, 0)
        db.execute("INSERT INTO proposal (id, guide, language, section, place, title, reason, kind, state, public, base, head, author,"
                   " author_name, email, interests, key_hash, opened_at, changed_at, decided_by, decided_at, decision, merged, words_added)"
                   " VALUES (?, ?, 'en', ?, ?, ?, 'To measure.', 'content', ?, 1, ?, ?, ?, NULL, NULL, 'none', ?, ?, ?, ?, ?, ?, ?, 2)",
                   [r.number, r.guide.slug, r.section, r.place, f"Suggestion {r.number}", r.state, r.base, r.head,
                    CONTRIBUTOR if r.number % 2 else None, f"key {r.number}", r.at, r.at, *closed,
                    "Thank you." if r.state != "open" else None, r.merged])
    db.commit()
    db.close()


def count_open(folder):
    """Guides know how many proposals wait; the program counts when one comes or goes."""
    db = sqlite3.connect(folder / "guidehall.db")
    db.execute("UPDATE guide SET open_proposals = (SELECT count(*) FROM proposal WHERE guide = slug AND state = 'open'),"
               " accepted = (SELECT count(*) FROM proposal WHERE guide = slug AND state = 'merged')")
    db.commit()
    db.close()


def build(program, folder, name):
    count, size, *shape = SIZES[name]
    guides = [texts.Guide(i + 1, size) for i in range(count)]
    if name == "file":
        guides[0].text = lambda sections=None: texts.wide_text(1, 250 * KB)
    seed = folder / "seed" / guides[0].slug
    seed.mkdir(parents=True)
    (seed / "en.md").write_text(guides[0].text())

    def run(*words, stdin=""):
        out = subprocess.run([program, *words, "--data", folder], input=stdin, capture_output=True, text=True)
        assert out.returncode == 0, f"guidehall {words}: {out.stdout}{out.stderr}"
    run("init", "--guides", str(folder / "seed"))
    run("user", "add", "mo", "--role", "moderator", "--password-stdin", stdin=PASSWORD + "\n")
    run("user", "add", "co", "--role", "contributor", "--password-stdin", stdin=PASSWORD + "\n")
    write_tables(folder, write_git(folder, guides, *shape))
    run("check")
    count_open(folder)
    for guide in guides[-2:]:
        run("release", "make", guide.slug, "--version", "1.0.0", "--notes", "The first.")
    run("check")
    shutil.rmtree(folder / "seed")


class Corpora:
    """Built once for these files and the tables of today, kept beside the program, copied for each use."""

    def __init__(self, program, scratch):
        self.program, self.scratch, self.copies = program, scratch, 0
        here = pathlib.Path(__file__).resolve().parent
        made_by = (here / "corpus.py", here / "texts.py", here.parent.parent / "src/db/schema.c")
        key = hashlib.sha256(b"".join(path.read_bytes() for path in made_by)).hexdigest()[:12]
        self.home = program.parent.parent / "bench"
        self.kept = self.home / key

    def folder(self, name):
        """Where it is kept: to look at, not to write to."""
        folder = self.kept / name
        if not (folder / "whole").exists():
            for old in self.home.glob("*"):
                if old != self.kept:
                    shutil.rmtree(old)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            build(self.program, folder, name)
            (folder / "whole").touch()
        return folder

    def copy(self, name):
        """A fresh one. Nothing is deleted while the bench runs: ext4 is slow at making files where many were removed."""
        self.copies += 1
        folder = self.scratch / f"{name}-{self.copies}"
        shutil.copytree(self.folder(name), folder)
        return folder
