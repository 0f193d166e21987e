"""memory.py: how much the server holds after everything was read, and whether it stays so; how soon it answers.

Memory is resident memory of the server and of its process for clones, together."""
import itertools, pathlib, random, re, shutil, socket, statistics, subprocess, threading, time
from measure import Connection, Measures, Row
from harness import expect  # measure.py knows where that is
import cloning

MB = 1024 * 1024


def resident(pids):
    total = 0
    for pid in pids:
        total += int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) * 1024
    return total / MB


def own(site):
    """The server and its process for clones; the git processes below that come and go."""
    children = pathlib.Path(f"/proc/{site.pid}/task/{site.pid}/children").read_text().split()
    return [site.pid, *map(int, children)]


class ReadThrough:
    """Every page of the big corpus, as page and as JSON, plain and compressed."""
    rows = [Row("resident memory after reading all of the big corpus", lambda m: m.resident, at_most=64, unit="MB")]
    rounds = 1

    def __init__(self, bench):
        self.bench, self.site = bench, bench.site("big")

    def paths(self):
        yield from ("/", "/guides", "/releases", "/feed.atom", "/proposals/feed.atom", "/sitemap.xml")
        for n in range(1, 201):
            for what in ("", "/draft", "/draft.md", "/history", "/feed.atom", "/edit"):
                yield f"/guides/guide-{n:03}{what}"
        for n in range(1, 2001):
            yield f"/proposals/{n}"
        for n in range(1, 41):
            yield f"/proposals?page={n}"

    def round(self):
        port = self.site.port
        readers = [Connection(port), Connection(port, Accept_Encoding="gzip"), Connection(port, Accept="application/json")]
        for path in self.paths():
            for reader in readers[:1] if self.bench.quick and path.startswith("/proposals/") else readers:
                reader.get(path)
        return Measures(resident=resident(own(self.site)))

    def close(self):
        self.site.close()


class Soak:
    """People read, send, merge, clone and download for ten minutes."""
    rows = [Row("resident memory over the soak: last fifth / second fifth", lambda m: m.late, lambda m: m.early, at_most=1.05, unit="MB")]
    rounds = 1

    def __init__(self, bench):
        self.bench, self.site = bench, bench.site("big")
        self.seconds = 30 if bench.quick else 600
        self.token = self.site.token("mo")

    def forever(self, act, pause):
        def loop():
            rng = random.Random(act.__name__)
            try:
                for turn in itertools.count():
                    if self.stop.wait(pause):
                        return
                    act(rng, turn)
            except Exception as why:
                self.failed.append(f"{act.__name__}: {why}")
        return threading.Thread(target=loop)

    def read(self, rng, _):
        path = rng.choice(["/guides/guide-{n:03}", "/guides/guide-{n:03}/history", "/proposals/{n}", "/proposals?page={p}", "/search?q=guide+{n}"])
        self.reader.get(path.format(n=rng.randint(1, 200), p=rng.randint(1, 40)))

    def write(self, rng, turn):
        guide = f"guide-{rng.randint(1, 198):03}"
        section = self.writer.json("GET", f"/api/v1/guides/{guide}/draft")["sections"][2]["id"]
        form = self.writer.json("GET", f"/api/v1/guides/{guide}/edit?section={section}")
        # lines come and go, so that texts do not grow
        words = re.sub(r" Soak \d+\.", "", form["text"]).rstrip() + f" Soak {turn}.\n"
        sent = self.site.post(f"/api/v1/guides/{guide}/proposals", {"base": form["base"], "section": section, "text": words, "interests": "none"})
        number = expect(sent, 201).json["id"]
        head = self.writer.json("GET", f"/api/v1/proposals/{number}")["head"]
        self.writer.json("POST", f"/api/v1/proposals/{number}/merge", {"shown": head})

    def clone(self, _, turn):
        folder = self.folder / str(turn)
        subprocess.run(["git", "clone", "--quiet", "--bare", self.site.base + "/guides.git", folder], check=True, env=cloning.ENV)
        shutil.rmtree(folder)

    def download(self, rng, _):
        self.loader.get(f"/guides/guide-200/v/1.0.0.{rng.choice(['md', 'html', 'zip'])}")

    def round(self):
        self.stop, self.failed, self.folder, samples = threading.Event(), [], self.bench.folder("soak"), []
        self.reader, self.loader = Connection(self.site.port), Connection(self.site.port)
        self.writer = Connection(self.site.port, Accept="application/json", Authorization="Bearer " + self.token)
        people = [self.forever(self.read, 0.005), self.forever(self.write, 0.05), self.forever(self.clone, 2), self.forever(self.download, 0.05)]
        for one in people:
            one.start()
        end = time.monotonic() + self.seconds
        while time.monotonic() < end and not self.failed:
            time.sleep(self.seconds / 300)
            samples.append(resident(own(self.site)))
        self.stop.set()
        for one in people:
            one.join()
        assert not self.failed, self.failed
        fifth = len(samples) // 5
        return Measures(early=statistics.median(samples[fifth:2 * fifth]), late=statistics.median(samples[-fifth:]))

    def close(self):
        self.site.close()


class Start:
    """From starting the program to the first byte of a page."""
    rows = [Row("start to first byte on the big corpus", lambda m: m.ms, at_most=100, unit="ms")]

    def __init__(self, bench):
        self.site = bench.site("big")

    def round(self):
        self.site.stop()
        begin = time.monotonic()
        self.site.start()  # returns when the program says that it listens
        with socket.create_connection(("127.0.0.1", self.site.port)) as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert s.recv(1) == b"H"
        return Measures(ms=(time.monotonic() - begin) * 1000)

    def close(self):
        self.site.close()


groups = {"start": Start, "read-through": ReadThrough, "soak": Soak}
