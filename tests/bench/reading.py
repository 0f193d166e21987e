"""reading.py: what readers wait for: pages from the cache, for people signed in, after a merge; search; release files.

Nothing is compressed, neither here nor by nginx, so that both send the same bytes (our
headers are longer: the policy for scripts and the like)."""
import http.client, statistics, subprocess
from measure import Connection, Measures, Row, cpu_of, wrk
from harness import expect  # measure.py knows where that is
import corpus, peers, texts

PAGE = "/guides/guide-003"  # has no release: readers see the working text
PATH = "guides/guide-003/en.md"
# one word, then two, through all words of the corpus, common and rare; no search is asked twice, so none is kept
SEARCH_LUA = """local words = {{ {words} }}
local n = {start}
request = function()
	n = n + 1
	local a, b = words[n * 7 % #words + 1], words[math.floor(n / #words) * 11 % #words + 1]
	return wrk.format("GET", "/search?q=" .. a .. (n % 2 == 0 and "+" .. b or "") .. "&n=" .. n)
end
"""


def second_request_reuses(port):
    """Two requests: 1 when the server kept the connection."""
    c = http.client.HTTPConnection("127.0.0.1", port)
    socket = None
    for _ in range(2):
        c.request("GET", PAGE)
        c.getresponse().read()
        if socket and c.sock is not socket:
            return 0
        socket = c.sock
    return 1 if socket else 0


class Pages:
    """A guide's page from the cache, against everybody."""
    rows = [
        Row("guide page from cache / nginx, a static file", lambda m: m.page.rate, lambda m: m.nginx.rate, at_least=0.9, unit="/s"),
        Row("  its p99 / nginx's", lambda m: m.page.p99, lambda m: m.nginx.p99, at_most=2, unit="ms"),
        Row("  processor time of the server a request", lambda m: m.page.cpu_us, at_most=12, unit="us"),
        Row("  the second request reuses the connection", lambda m: m.reuse, at_least=1),
        Row("guide page from cache / dokuwiki", lambda m: m.page.rate, lambda m: m.dokuwiki.rate, at_least=25, unit="/s"),
        Row("guide page from cache / cgit, its cache on", lambda m: m.page.rate, lambda m: m.cgit.rate, at_least=25, unit="/s"),
        Row("guide page from cache / fossil", lambda m: m.page.rate, lambda m: m.fossil.rate, at_least=25, unit="/s"),
        Row("guide page signed in / anonymous", lambda m: m.signed.rate, lambda m: m.page.rate, at_least=0.5, unit="/s"),
        Row("guide page from cache: small corpus / big", lambda m: m.small.rate, lambda m: m.page.rate, at_most=1.2, unit="/s"),
        Row("search p99 / page p99, one reader", lambda m: m.search1.p99, lambda m: m.page1.p99, at_most=10, unit="ms"),
        Row("search p99 / page p99, 32 readers", lambda m: m.search32.p99, lambda m: m.page.p99, at_most=10, unit="ms"),
    ]

    def __init__(self, bench):
        # many short turns rather than few long ones: what else the machine does then hits all alike
        self.bench, self.seconds, self.rounds = bench, 1, 3 if bench.quick else 15
        self.peers = peers.Peers(bench.folder("reading"))
        self.big, self.small = bench.site("big"), bench.site("small")
        self.text = expect(self.big.get(PAGE + "/draft.md", accept="text/plain"), 200).text
        self.cookie = self.big.cookie("co")
        self.searches = 0
        self.repository = bench.corpora.folder("big") / "guides.git"

    def search(self, connections):
        self.searches += 1
        script = self.bench.scratch / f"search-{self.searches}.lua"
        script.write_text(SEARCH_LUA.format(words=", ".join(f'"{w}"' for w in texts.VOCABULARY), start=self.searches * 1000000))
        return wrk(self.big.base, self.seconds, connections=connections, script=script)

    def round(self):
        m, seconds, url = Measures(), self.seconds, self.big.base + PAGE
        body = expect(self.big.get(PAGE, accept="text/html"), 200).body
        m.attempt("nginx", lambda: wrk(self.peers.file("page.html", body), seconds))
        m.attempt("page", lambda: wrk(url, seconds, self.big.pid))
        m.attempt("signed", lambda: wrk(url, seconds, headers=["Cookie: " + self.cookie]))
        m.attempt("dokuwiki", lambda: wrk(self.peers.dokuwiki("guide", self.text), seconds))
        m.attempt("cgit", lambda: wrk(self.peers.cgit(self.repository, PATH), seconds))
        m.attempt("fossil", lambda: wrk(self.peers.fossil(self.text), seconds))
        m.attempt("small", lambda: wrk(self.small.base + PAGE, seconds))
        m.attempt("page1", lambda: wrk(url, seconds, connections=1))
        m.attempt("search1", self.search, 1)
        m.attempt("search32", self.search, 32)
        m["reuse"] = second_request_reuses(self.big.port)
        return m

    def close(self):
        self.peers.close()
        self.big.close()
        self.small.close()


class FirstView:
    """The page of a guide right after a merge into it, which nobody has made yet."""
    MERGES = 10
    rows = [
        Row("first view after a merge / cmark of that text", lambda m: m.big, lambda m: m.cmark, at_most=2.5, unit="us"),
        Row("  the same: big corpus / small", lambda m: m.big, lambda m: m.small, at_most=1.2, unit="us"),
    ]

    def __init__(self, bench):
        self.bench, self.turn = bench, 0
        self.sites = {name: bench.site(name) for name in ("big", "small")}
        self.tokens = {name: site.token("mo") for name, site in self.sites.items()}

    def merge(self, name, guide):
        """A line more in one of the guide's sections."""
        site = self.sites[name]
        self.turn += 1
        section = site.get(f"/api/v1/guides/{guide}/draft").json["sections"][1]["id"]
        sent = expect(site.suggest(guide, section, lambda t: t.rstrip() + f" View {self.turn}.\n"), 201).json
        expect(site.merge(sent["id"], self.tokens[name]), 200)

    def first_view(self, name, guide):
        site = self.sites[name]
        reader = Connection(site.port)
        self.merge(name, guide)
        reader.http.connect()
        return cpu_of(site.pid, lambda: reader.get(f"/guides/{guide}"))

    def round(self):
        took = {name: [] for name in self.sites}
        for i in range(self.MERGES):
            for name in self.sites:
                took[name].append(self.first_view(name, f"guide-00{i % 3 + 1}"))
        return Measures({name: statistics.median(times) for name, times in took.items()}, cmark=self.cmark())

    def cmark(self):
        text = self.sites["big"].get("/guides/guide-001/draft.md", accept="text/plain").text
        return float(subprocess.run([self.bench.yardstick("render", "-lcmark"), "500"], input=text, capture_output=True, text=True, check=True).stdout)

    def close(self):
        for site in self.sites.values():
            site.close()


class History:
    """Every page anybody may read, made anew, costs the same with a hundred times the history over the same guides."""
    PAGES = [
        ("home", "/"), ("guides", "/guides"), ("guide", PAGE), ("released guide", "/guides/guide-{last}"), ("draft", PAGE + "/draft"),
        ("draft as Markdown", PAGE + "/draft.md"), ("history", PAGE + "/history"), ("release", "/guides/guide-{last}/v/1.0.0"),
        ("releases", "/releases"), ("proposals", "/proposals"), ("proposal", "/proposals/2"), ("edit form", PAGE + "/edit?section={section}"),
        ("feed", "/feed.atom"), ("guide feed", PAGE + "/feed.atom"), ("proposal feed", "/proposals/feed.atom"), ("sitemap", "/sitemap.xml"),
        ("search", "/search?q=patient"),
    ]
    rows = [Row(f"{name}, made anew: 5,000 commits / 50", lambda m, name=name: m["big", name], lambda m, name=name: m["wide", name],
                at_most=1.2, unit="us") for name, _ in PAGES]
    VIEWS = 20

    def __init__(self, bench):
        self.sites = {name: bench.site(name) for name in ("wide", "big")}
        self.n = 0
        self.names = {"last": f"{corpus.SIZES['big'][0]:03}", "section": texts.slug(texts.Guide(3, corpus.SIZES["big"][1]).names[0])}

    def view(self, site, path):
        """Made anew: a name more in the address makes it another page to the cache."""
        reader = Connection(site.port)

        def views():
            for _ in range(self.VIEWS):
                self.n += 1
                reader.get(path + ("&" if "?" in path else "?") + f"n={self.n}")
        reader.get(path)
        return cpu_of(site.pid, views) / self.VIEWS

    def round(self):
        m = Measures()
        for name, path in self.PAGES:
            for corpus_name, site in self.sites.items():
                m[corpus_name, name] = self.view(site, path.format(**self.names))
        return m

    def close(self):
        for site in self.sites.values():
            site.close()


class Proposals:
    """The list of proposals, made anew."""
    rows = [Row("list of proposals: 20,000 / 100", lambda m: m.many, lambda m: m.few, at_most=1.5, unit="us")]
    view = History.view
    VIEWS = History.VIEWS

    def __init__(self, bench):
        self.sites, self.n = {name: bench.site(name) for name in ("few", "many")}, 0

    def round(self):
        return Measures({name: self.view(site, "/proposals") for name, site in self.sites.items()})

    close = History.close


class ReleaseFile:
    """A release's file of 1 MB."""
    rows = [Row("release file of 1 MB / nginx sendfile", lambda m: m.ours.bytes_rate / 1e6, lambda m: m.nginx.bytes_rate / 1e6, at_least=0.8, unit="MB/s")]

    def __init__(self, bench):
        self.seconds, self.rounds = 1, 3 if bench.quick else 15
        self.peers, self.site = peers.Peers(bench.folder("release")), bench.site("file")
        self.path = "/guides/guide-001/v/1.0.0.html"
        self.body = expect(self.site.get(self.path), 200).body
        assert 0.9e6 < len(self.body) < 1.2e6, f"the release file has {len(self.body)} bytes"

    def round(self):
        m, seconds = Measures(), self.seconds
        m.attempt("nginx", lambda: wrk(self.peers.file("release.html", self.body), seconds))
        m.attempt("ours", lambda: wrk(self.site.base + self.path, seconds))
        return m

    def close(self):
        self.peers.close()
        self.site.close()


groups = {"page": Pages, "first-view": FirstView, "history": History, "proposals": Proposals, "release": ReleaseFile}
