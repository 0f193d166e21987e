"""Writers, readers and clones at once: every answer is a whole one, and nothing of it is lost.

Under the thread sanitizer (./dev tsan) this is what it watches, for a minute."""
import os, subprocess, threading, time

from harness import SCRATCH, Site

SECONDS = float(os.environ.get("GUIDEHALL_LOAD_SECONDS", "4"))
GUIDES = ["blogs", "facebook", "twitter", "wikipedia", "youtube"]
PAGES = ["/", "/guides", "/guides/twitter/draft", "/proposals", "/search?q=physicians", "/feed.atom", "/guides/blogs/history", "/assets/x/base.css"]


class Crowd:
    def __init__(self, s, end):
        self.s, self.end, self.lock = s, end, threading.Lock()
        self.merged, self.wrong, self.reads, self.clones = [], [], 0, 0

    def run(self, work, name):
        n = 0
        while time.time() < self.end and not self.wrong:
            try:
                work(name, n)
            except Exception as e:  # of a thread: told by the test
                with self.lock:
                    self.wrong.append(f"{name}: {e}")
            n += 1

    def write(self, name, n):
        guide, mark = GUIDES[(hash(name) + n) % len(GUIDES)], f"mark-{name}-{n}"
        sections = [x for x in self.s.get(f"/api/v1/guides/{guide}/draft").json["sections"] if x["level"] == 3]
        sent = self.s.suggest(guide, sections[n % len(sections)]["id"], lambda t: t + f"\n\nA line of {mark}.", token=self.s.co, reason=mark)
        if sent.status != 201:
            assert sent.status == 409, f"sending: {sent.status} {sent.body[:200]!r}"
            return
        self.s.post(f"/api/v1/proposals/{sent.json['id']}/comments", {"text": f"About {mark}."}, token=self.s.mo)
        done = self.s.merge(sent.json["id"], self.s.mo)
        assert done.status in (200, 409), f"merging: {done.status} {done.body[:200]!r}"
        if done.status == 200:
            with self.lock:
                self.merged.append((guide, mark))

    def read(self, name, n):
        answer = self.s.get(PAGES[n % len(PAGES)], accept="text/html", token=self.s.mo if n % 3 == 0 else None)
        assert answer.status in (200, 404), f"{PAGES[n % len(PAGES)]}: {answer.status}"
        self.reads += 1

    def clone(self, name, n):
        target = SCRATCH / f"threads-{name}-{n}"
        out = subprocess.run(["git", "clone", "-q", f"{self.s.base}/guides.git", target], capture_output=True, text=True)
        assert out.returncode == 0, f"clone: {out.stderr}"
        self.clones += 1
        subprocess.run(["rm", "-rf", target], check=True)


def test_writers_readers_and_clones():
    s = Site("threads", "--listen", "127.0.0.1:0")
    s.co, s.mo = s.person("co", "contributor"), s.person("mo", "moderator")
    crowd = Crowd(s, time.time() + SECONDS)
    work = [(crowd.write, f"w{i}") for i in range(8)] + [(crowd.read, f"r{i}") for i in range(4)] + [(crowd.clone, f"c{i}") for i in range(2)]
    threads = [threading.Thread(target=crowd.run, args=one) for one in work]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not crowd.wrong, crowd.wrong[:3]
    for guide, mark in crowd.merged:
        assert s.git("show", f"main:guides/{guide}/en.md").count(f"A line of {mark}.") == 1, f"{mark} is not in {guide} once"
    assert crowd.merged and crowd.reads and crowd.clones, f"too little: {len(crowd.merged)} merges, {crowd.reads} pages, {crowd.clones} clones"
    print(f"# threads: {len(crowd.merged)} merges, {crowd.reads} pages, {crowd.clones} clones in {SECONDS:.0f} s", flush=True)
    s.command("check")
    s.close()
