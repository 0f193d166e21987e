"""clients.py: people who write as fast as they can, and remember what they were told.

Each client owns the proposals, tokens and accounts it works on, so what they
should be follows from the answers alone; what all share is main, the queue of
writers and the disk. A deed whose answer was lost is pending: it happened
wholly or not at all. It is sent again with the same Idempotency-Key, and then
known."""
import http.client, json, random, threading, time

from rig import GUIDES

LOST = ("carried out before, but its answer was lost", "was carried out, but the page")


class Ledger:
    """What was sent and what was answered, on a file system that does not crash."""

    def __init__(self, path):
        self.file = open(path, "a", buffering=1)
        self.lock = threading.Lock()
        self.counts = {"BEGIN": 0, "OK": 0, "FAIL": 0, "UNKNOWN": 0}
        self.kinds = {}

    def write(self, word, deed, status=""):
        with self.lock:
            self.counts[word] += 1
            if word == "OK":
                self.kinds[deed.kind] = self.kinds.get(deed.kind, 0) + 1
            self.file.write(f"{word} {deed.kind} {deed.key} {deed.mark} {status} {time.time():.6f}\n")


class Proposal:
    def __init__(self, guide, mark, token):
        self.guide, self.reason, self.token = guide, mark, token
        self.id = self.head = self.commit = None
        self.state = "open"
        self.marks = [mark]  # lines it must hold
        self.unsure = False
        self.merges = []  # commits it was merged with and that were acknowledged


class Deed:
    """One request that changes something: what is sent, and what is true if it happened."""

    def __init__(self, kind, token, path, body, mark="", proposal=None, after=None):
        self.kind, self.token, self.path, self.body, self.mark = kind, token, path, body, mark
        self.proposal, self.after, self.shown = proposal, after, body.get("shown")
        self.key = f"{kind}-{random.getrandbits(64):x}"


class Client:
    def __init__(self, name, people, ledger, seed, releases):
        self.name, self.people, self.ledger, self.releases = name, people, ledger, releases
        self.rng, self.n = random.Random(f"{seed}-{name}"), 0
        self.proposals, self.pending, self.refused = {}, [], set()
        self.comments, self.reviews, self.published = set(), set(), set()
        self.tokens, self.role = {}, "contributor"  # label -> [secret or None, id or None, state]
        self.wrong = None
        self.disk_dies = False  # then the program may be at a loss for words, as long as nothing has happened

    # ---- speaking ----

    def connect(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, token, method, path, body=None, key=None):
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        self.connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")

    def send(self, deed, again=False):
        """True: it happened; False: it did not; an exception: nobody knows."""
        if not again:
            self.ledger.write("BEGIN", deed)
            self.pending.append(deed)
        try:
            status, said = self.ask(deed.token, "POST", deed.path, deed.body, deed.key)
        except Exception:
            self.ledger.write("UNKNOWN", deed)
            raise
        if status in (502, 503, 504):
            self.ledger.write("UNKNOWN", deed, status)
            raise ConnectionError(status)
        self.pending.remove(deed)
        lost = status in (409, 500) and any(words in json.dumps(said) for words in LOST)
        if status in (200, 201, 303) or lost:
            self.ledger.write("OK", deed, status)
            self.happened(deed, None if lost else said)
            if not again and self.rng.random() < 0.03:
                self.repeat(deed, status, said)
            return True
        self.ledger.write("FAIL", deed, status)
        self.did_not(deed, status, said)
        return False

    def repeat(self, deed, status, said):
        again = self.ask(deed.token, "POST", deed.path, deed.body, deed.key)
        if again != (status, said) and not (self.disk_dies and again[0] >= 500):
            self.wrong = self.wrong or f"I11 a repeated request is answered as before: {deed.kind} {deed.mark}: {(status, said)} then {again}"

    # ---- what an answer means ----

    def happened(self, deed, said):
        p, said = deed.proposal, said or {}
        if deed.kind == "propose":
            p.id = said.get("id")
            self.proposals[deed.mark] = p
        elif deed.kind == "edit":
            p.marks.append(deed.mark)
        elif deed.kind == "merge":
            p.merges.append(said.get("commit"))
            p.unsure = not said  # it was carried out: merged, or found to clash
        elif deed.kind in ("comment", "review"):
            (self.comments if deed.kind == "comment" else self.reviews).add((p.reason, deed.mark))
        elif deed.kind == "token":
            self.tokens[deed.mark] = [said.get("secret"), next((t["id"] for t in said.get("tokens", []) if t["label"] == deed.mark), None), "valid"]
        elif deed.kind == "revoke":
            self.tokens[deed.mark][2] = "revoked"
        elif deed.kind == "role":
            self.role = deed.after
        elif deed.kind == "release":
            self.published.add((deed.body["guide"], deed.body["version"]))
        if p and deed.after:
            p.state = deed.after
        if p and deed.kind in ("edit", "propose"):
            p.head = None  # not known until read

    def did_not(self, deed, status, said):
        self.refused.add((deed.kind, deed.mark))
        if status >= 500 and status != 507 and not self.disk_dies:
            self.wrong = self.wrong or f"I10 no answer is 500: {deed.kind} {deed.mark}: {status} {said}"
        if deed.kind == "merge" and status == 409 and "goes back to its author" in json.dumps(said):
            deed.proposal.state = "clash"

    def may_be(self, p):
        """States a proposal may be in, as far as anybody was told."""
        states = {p.state}
        for deed in self.pending:
            if deed.proposal is p and deed.after:
                states.add(deed.after)
            if deed.proposal is p and deed.kind == "merge":
                states.add("clash")
        return states

    # ---- one thing after another ----

    def run(self, port, stop):
        self.connect(port)
        try:
            while self.pending and not stop.is_set():
                self.send(self.pending[0], again=True)
            while not stop.is_set() and not self.wrong:
                self.act()
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            pass  # killed in the middle, or refused what it wanted to read: exactly what this is about
        finally:
            self.connection.close()

    def act(self):
        deeds = (("propose", 34), ("edit", 13), ("review", 12), ("merge", 16), ("undo", 3), ("decline", 3), ("withdraw", 2),
                 ("reopen", 3), ("comment", 8), ("token", 3), ("revoke", 2), ("role", 2), ("release", 1))
        kind = self.rng.choices([k for k, _ in deeds], [w for _, w in deeds])[0]
        self.n += 1
        getattr(self, "do_" + kind)(f"m-{self.name}-{self.n}")

    def pick(self, *states, own=False):
        fit = [p for p in self.proposals.values() if p.state in states and p.id and (p.token or not own)]
        return self.rng.choice(fit[-12:]) if fit else None

    def moderator(self):
        return self.rng.choice(self.people["moderators"])

    def look(self, p):
        status, seen = self.ask(self.moderator(), "GET", f"/proposals/{p.id}")
        if status >= 500:
            raise ValueError  # what cannot be read just now may be there
        if status != 200:
            self.wrong = self.wrong or f"I1 an acknowledged proposal is there: {p.id}: {status}"
            raise ValueError
        p.head = seen["head"]
        return p.head

    def do_propose(self, mark):
        guide, token = self.rng.choice(GUIDES), self.rng.choice([self.people["contributors"][self.name % 4]] * 3 + [None])
        section = self.rng.choice(self.people["sections"][guide])
        _, e = self.ask(token, "GET", f"/guides/{guide}/edit?section={section}")
        self.send(Deed("propose", token, f"/guides/{guide}/proposals",
                       {"base": e["base"], "section": section, "text": e["text"] + f"\n\nA line of {mark}.", "interests": "none", "reason": mark},
                       mark, Proposal(guide, mark, token)))

    def do_edit(self, mark):
        p = self.pick("open", own=True)
        if not p:
            return
        _, e = self.ask(p.token, "GET", f"/proposals/{p.id}/edit")
        if e["base"] != (p.head or self.look(p)):
            return  # it clashes by now; both texts together would bring back what was undone
        self.send(Deed("edit", p.token, f"/proposals/{p.id}/text",
                       {"base": e["base"], "section": e["section"], "text": e["text"] + f"\n\nA line of {mark}."}, mark, p))

    def decide(self, kind, mark, states, after, own=False, **body):
        p = self.pick(*states, own=own)
        if not p:
            return
        path = {"review": "reviews", "comment": "comments"}.get(kind, kind)
        if kind in ("review", "merge", "decline"):
            body["shown"] = p.head or self.look(p)
        self.send(Deed(kind, p.token if own else self.moderator(), f"/proposals/{p.id}/{path}", body, mark, p, after))

    def do_review(self, mark):
        verdict = self.rng.choice(["approve", "approve", "ask"])
        self.decide("review", mark, ["open"], "asked" if verdict == "ask" else None, verdict=verdict, reason=mark)

    def do_merge(self, mark):
        self.decide("merge", mark, ["open", "asked"], "merged")

    def do_undo(self, mark):
        self.decide("undo", mark, ["merged"], "open")

    def do_decline(self, mark):
        self.decide("decline", mark, ["open", "asked", "clash"], "declined", reason=mark)

    def do_withdraw(self, mark):
        self.decide("withdraw", mark, ["open", "asked", "clash"], "withdrawn", own=True)

    def do_reopen(self, mark):
        self.decide("reopen", mark, ["declined", "withdrawn"], "open")

    def do_comment(self, mark):
        self.decide("comment", mark, ["open", "merged", "declined"], None, text=mark)

    def do_token(self, mark):
        self.send(Deed("token", self.people["contributors"][self.name % 4], "/me/tokens", {"label": mark, "scope": "read"}, mark))

    def do_revoke(self, mark):
        label = next((l for l, t in self.tokens.items() if t[2] == "valid" and t[1]), None)
        if label:
            self.send(Deed("revoke", self.people["contributors"][self.name % 4], f"/me/tokens/{self.tokens[label][1]}/revoke", {}, label))

    def do_role(self, mark):
        role = "reviewer" if self.role == "contributor" else "contributor"
        self.send(Deed("role", self.people["admin"], f"/people/dummy{self.name % 8}/role", {"role": role}, after=role))

    def do_release(self, mark):
        guide = self.rng.choice(GUIDES)
        with self.releases["lock"]:
            self.releases[guide] = self.releases.get(guide, 0) + 1
            self.send(Deed("release", self.moderator(), "/releases", {"guide": guide, "version": f"{self.releases[guide]}.0.0"}, mark))
