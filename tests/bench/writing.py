"""writing.py: sending and accepting, until it is on disk.

The yardstick of sending is one file of 25 KB written, synced, renamed, its folder synced.
git's own plumbing syncs what it can be told to sync (core.fsync=all; mktree never does).
Every round works on a fresh copy."""
import subprocess, time
from measure import Absent, Connection, Measures, Row
import peers

SECTION = 3  # of a guide's list: the one that is changed
PROPOSE = """
others=$(git ls-tree main:guides | grep -v "	{guide}$")
text=$(cat {text})
i=0
while [ $i -lt {count} ]; do
	i=$((i + 1))
	blob=$(printf '%s\\nLine %s.\\n' "$text" $i | git hash-object -w --stdin)
	inner=$(printf '100644 blob %s\\ten.md\\n' $blob | git mktree)
	folder=$(printf '%s\\n040000 tree %s\\t{guide}\\n' "$others" $inner | git mktree)
	tree=$(printf '040000 tree %s\\tguides\\n' $folder | git mktree)
	commit=$(git commit-tree $tree -p main -m "Suggestion $i")
	git update-ref refs/heads/proposals/new-$i $commit ""
done
"""
MERGE = """
main=$(git rev-parse main)
for number in {numbers}; do
	tree=$(git merge-tree --write-tree $main refs/heads/proposals/$number) || exit 1
	commit=$(git commit-tree $tree -p $main -p refs/heads/proposals/$number -m "Merge $number")
	git update-ref refs/heads/main $commit $main
	main=$commit
done
"""


def shell(repository, script):
    """Seconds a script of git commands takes."""
    begin = time.monotonic()
    out = subprocess.run(["sh", "-euc", script], cwd=repository, capture_output=True, text=True, env={
        "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_DIR": str(repository), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsync",
        "GIT_CONFIG_VALUE_0": "all", "GIT_AUTHOR_NAME": "u1", "GIT_AUTHOR_EMAIL": "u1@users.invalid", "GIT_COMMITTER_NAME": "u1", "GIT_COMMITTER_EMAIL": "u1@users.invalid"})
    assert out.returncode == 0, f"git: {out.stderr}"
    return time.monotonic() - begin


def suggestions(site, count, word):
    """Requests, each a line more in a section of a guide; a form is loaded once for each guide."""
    reader, forms = Connection(site.port, Accept="application/json"), []
    for guide in [g["slug"] for g in reader.json("GET", "/api/v1/guides")["guides"]][:count]:
        section = reader.json("GET", f"/api/v1/guides/{guide}/draft")["sections"][SECTION]["id"]
        forms.append((guide, section, reader.json("GET", f"/api/v1/guides/{guide}/edit?section={section}")))
    for i in range(count):
        guide, section, form = forms[i % len(forms)]
        yield f"/api/v1/guides/{guide}/proposals", {"base": form["base"], "section": section, "text": f"{form['text'].rstrip()} {word} {i}.\n", "interests": "none"}


def all_of(answers, status):
    for got, _, body in answers:
        assert got == status, f"{got} {body[:300]}"


class Sending:
    """A proposal over HTTP; 201 means it is on disk."""
    rows = [
        Row("proposal, one client / 25 KB file written and synced", lambda m: m.one, lambda m: m.disk, at_least=0.10, unit="/s"),
        Row("proposal, 8 clients / 25 KB file written and synced", lambda m: m.eight, lambda m: m.disk, at_least=0.30, unit="/s"),
        Row("proposal, one client / git's plumbing", lambda m: m.one, lambda m: m.git, at_least=4, unit="/s"),
        Row("proposal, one client / a new page in dokuwiki", lambda m: m.one, lambda m: m.dokuwiki, at_least=1.5, unit="/s"),
    ]

    def __init__(self, bench):
        self.bench, self.saves = bench, 0
        self.few = 20 if bench.quick else 50
        self.peers = peers.Peers(bench.folder("sending"))
        self.text = bench.folder("text") / "guide.md"

    def git(self):
        repository = self.bench.corpora.copy("big") / "guides.git"
        return self.few / shell(repository, PROPOSE.format(count=self.few, text=self.text, guide="guide-003"))

    def disk(self):
        out = subprocess.run([self.bench.yardstick("disk"), self.bench.folder("disk"), "300", "25600"], capture_output=True, text=True, check=True)
        return float(out.stdout)

    def dokuwiki(self):
        text = self.text.read_text()
        self.peers.dokuwiki("warm", text)
        self.saves += 1
        names = [f"page{self.saves}-{i}" for i in range(self.few)]
        seconds, _ = self.bench.client(self.peers.nginx(), [("/doku.php", self.peers.dokuwiki_form(name, text)) for name in names])
        if not all(map(self.peers.has_page, names)):
            raise Absent("dokuwiki did not save")
        return self.few / seconds

    def client_is_no_limit(self, requests, rate, connections):
        """The same requests, taken by nginx and answered at once, go several times as fast."""
        try:
            seconds, answers = self.bench.client(self.peers.nginx(), [("/sink", data) for _, data in requests], connections)
        except Absent:
            return
        all_of(answers, 201)
        assert len(requests) / seconds > 2 * rate, f"the client sends no more than {len(requests) / seconds:.0f} requests a second"

    def round(self):
        m, site = Measures(), self.bench.site("big")
        self.text.write_text(site.get("/guides/guide-003/draft.md", accept="text/plain").text)
        one, eight = list(suggestions(site, 200, "One")), list(suggestions(site, 800, "Eight"))
        m["disk"] = self.disk()
        for name, requests, connections in (("one", one, 1), ("eight", eight, 8)):
            seconds, answers = self.bench.client(site.port, requests, connections)
            all_of(answers, 201)
            m[name] = len(requests) / seconds
            self.client_is_no_limit(requests, m[name], connections)
        m["git"] = self.git()
        m.attempt("dokuwiki", self.dokuwiki)
        site.close()
        return m

    def close(self):
        self.peers.close()


class Merging:
    """Proposals of the corpus accepted one after the other, in one process."""
    COUNT, FEW = 500, 60
    rows = [
        Row("merge / git merge-tree, commit-tree, update-ref", lambda m: m.first, lambda m: m.git, at_least=5, unit="/s"),
        Row("  the last 100 of 500 / the first 100", lambda m: m.last, lambda m: m.first, at_least=0.7, unit="/s"),
    ]

    def __init__(self, bench):
        self.bench = bench

    def git(self, numbers):
        repository = self.bench.corpora.copy("big") / "guides.git"
        subprocess.run(["git", "-C", repository, "commit-graph", "write", "--reachable"], check=True, capture_output=True)
        return self.FEW / shell(repository, MERGE.format(numbers=" ".join(map(str, numbers[:self.FEW]))))

    def round(self):
        site = self.bench.site("big")
        reader = Connection(site.port, Accept="application/json", Authorization="Bearer " + site.token("mo"))
        heads, page = [], 1
        while len(heads) < self.COUNT:
            listed = reader.json("GET", f"/api/v1/proposals?state=open&page={page}")["proposals"]
            heads += [(p["id"], p["head"]) for p in listed]
            page += 1
        heads = heads[:self.COUNT]
        _, answers = self.bench.client(site.port, [(f"/api/v1/proposals/{n}/merge", {"shown": head}) for n, head in heads],
                                       token=site.token("mo"))
        all_of(answers, 200)
        times = [us for _, us, _ in answers]
        site.close()
        return Measures(first=1e8 / sum(times[:100]), last=1e8 / sum(times[-100:]), git=self.git([n for n, _ in heads]))

    def close(self):
        pass


groups = {"sending": Sending, "merging": Merging}
