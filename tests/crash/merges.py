#!/usr/bin/env python3
"""kill -9 in the middle of merges: what was acknowledged is there, exactly once.

Several people propose and merge as fast as they can; the server is killed at a
random moment and started again. A ledger holds every answer that arrived.
Afterwards git, the tables and the ledger must tell the same story:

  1. every acknowledged proposal is there, with the words that were sent;
  2. every acknowledged merge is on main, once, and its words are in the guide;
  3. nothing is merged twice; no row says merged without git, or the other way;
  4. `guidehall check` and `git fsck --full --strict` find nothing;
  5. requests without an answer happened or did not: both are fine.

usage: merges.py [--cycles N] [--seed N]"""
import http.client, json, pathlib, random, re, signal, sys, threading, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "site"))
from harness import Site

cycles = int(sys.argv[sys.argv.index("--cycles") + 1]) if "--cycles" in sys.argv else 10
seed = int(sys.argv[sys.argv.index("--seed") + 1]) if "--seed" in sys.argv else int(time.time())
chance = random.Random(seed)
GUIDES = ["blogs", "facebook", "twitter", "wikipedia", "youtube"]
repairs = {}


class Ledger:
    """What the server said, and nothing else."""

    def __init__(self):
        self.lock = threading.Lock()
        self.proposed, self.merged, self.asked = {}, {}, set()


def work(s, contributor, moderator, ledger, name, stop):
    """A contributor proposes a line of their own, a moderator merges it, until the server is gone."""
    rng, n = random.Random(f"{seed}-{name}"), 0
    connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=30)

    def ask(token, method, path, body=None):
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    try:
        while not stop.is_set():
            n += 1
            guide, mark = rng.choice(GUIDES), f"mark-{name}-{n}"
            _, listed = ask(contributor, "GET", f"/guides/{guide}/draft")
            section = rng.choice([x for x in listed["sections"] if x["level"] == 3])["id"]
            _, e = ask(contributor, "GET", f"/guides/{guide}/edit?section={section}")
            with ledger.lock:
                ledger.asked.add(mark)
            status, sent = ask(contributor, "POST", f"/guides/{guide}/proposals",
                               {"base": e["base"], "section": section, "text": e["text"] + f"\n\nA line of {mark}.", "interests": "none", "reason": mark})
            if status != 201:
                continue
            with ledger.lock:
                ledger.proposed[sent["id"]] = (guide, mark)
            _, p = ask(moderator, "GET", f"/proposals/{sent['id']}")
            status, done = ask(moderator, "POST", f"/proposals/{sent['id']}/merge", {"shown": p["head"]})
            if status == 200:
                with ledger.lock:
                    ledger.merged[sent["id"]] = (guide, mark, done["commit"])
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        pass  # killed in the middle: exactly what this is about


def audit(s, token, ledger):
    """The invariants of the list above."""
    log = s.git("log", "--format=%H %P%n%B", "main")
    texts = {g: s.git("show", f"main:guides/{g}/en.md") for g in GUIDES}
    merged_in_git = re.findall(r"^Proposal: (\d+)$", log, re.M)
    assert len(merged_in_git) == len(set(merged_in_git)), "a proposal was merged twice"
    for number, (guide, mark) in ledger.proposed.items():
        p = s.get(f"/api/v1/proposals/{number}", token=token)
        assert p.status == 200, f"proposal {number} was acknowledged and is gone"
        assert p.json["reason"] == mark, f"proposal {number} holds another's words"
        assert f"A line of {mark}." in s.git("show", f"{p.json['head']}:guides/{guide}/en.md"), f"proposal {number} lost its text"
        assert (p.json["state"] == "merged") == (str(number) in merged_in_git), f"proposal {number}: table {p.json['state']}, git another"
    for number, (guide, mark, commit) in ledger.merged.items():
        assert str(number) in merged_in_git, f"the merge of {number} was acknowledged and is not on main"
        assert commit in log, f"the merge commit of {number} is another"
        assert texts[guide].count(f"A line of {mark}.") == 1, f"{mark} stands {texts[guide].count(mark)} times in {guide}"
    for guide, text in texts.items():
        for mark in re.findall(r"A line of (mark-[\w-]+)\.", text):
            assert mark in ledger.asked and text.count(f"A line of {mark}.") == 1, f"{mark} came from nowhere, or twice"


def main():
    s = Site("crash")
    co = s.person("co", "contributor")
    mo = s.person("mo", "moderator")
    ledger = Ledger()
    for cycle in range(cycles):
        stop, begin = threading.Event(), len(ledger.merged)
        people = [threading.Thread(target=work, args=(s, co, mo, ledger, f"{cycle}-{i}", stop)) for i in range(3)]
        for t in people:
            t.start()
        want = 100 // cycles + chance.randrange(6)
        deadline = time.time() + 60
        while len(ledger.merged) - begin < want and time.time() < deadline:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.05)
        s.process.send_signal(signal.SIGKILL)
        s.process.wait()
        s.process.stdout.close()
        stop.set()
        for t in people:
            t.join()
        s.start()
        audit(s, mo, ledger)
    for what in re.findall(r'recovered what="([^"]+)"', s.log.read_text()):
        repairs[what] = repairs.get(what, 0) + 1
    s.command("check")
    fsck = s.git("fsck", "--full", "--strict", "--no-dangling", "--no-progress")
    assert not fsck.strip(), fsck
    s.close()
    print(f"# {cycles} cycles, seed {seed}: {len(ledger.proposed)} proposals and {len(ledger.merged)} merges acknowledged, 0 lost;"
          f" recovery: {repairs or 'nothing to do'}")
    assert len(ledger.merged) >= 90, f"only {len(ledger.merged)} merges: this proves little"


try:
    main()
    print("ok crash/merges")
except AssertionError as e:
    print(f"FAIL crash/merges: seed {seed}: {e}")
