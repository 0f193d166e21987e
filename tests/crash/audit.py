"""audit.py: what must be true after every restart, invariant by invariant.

I1  every acknowledged proposal is there, with the words that were sent
I2  every acknowledged merge is on main's first-parent chain, once, and its words are in the guide
I3  merged rows and merges in git are the same set
I4  a merge holds what was approved
I5  acknowledged comments, reviews, tokens and roles are there; nothing revoked is valid again
I6  nothing is half done: journal empty after start, `guidehall check` agrees
I7  git fsck is silent, no lock and no unfinished file is left
I8  SQLite's integrity_check and foreign_key_check
I9  public.git derives from guides.git
I10 what was definitely refused has no effect, what is unknown has all or none
I11 a repeated request happens once and is answered as before

There is no chained record of actions and nothing is delivered elsewhere here,
so the I9 and I11 of the plan's list have no object; their numbers stand for
two promises this program makes instead."""
import re, subprocess

from rig import GUIDES, demand, locks, published, sound


class Main:
    """Main as git tells it: merges and their undoing, oldest first."""

    def __init__(self, s):
        self.order, self.parents, self.merges, self.undone = [], {}, {}, {}
        for entry in s.git("log", "--first-parent", "--reverse", "--format=%H%x01%P%x01%B%x02", "main").split("\x02")[:-1]:
            commit, parents, message = entry.strip("\n").split("\x01")
            self.parents[commit] = parents.split()
            for which, key in ((self.merges, "Proposal"), (self.undone, "Reopens")):
                if number := re.search(rf"^{key}: (\d+)$", message, re.M):
                    which.setdefault(int(number[1]), []).append(commit)

    def holds(self, number):
        return len(self.merges.get(number, [])) - len(self.undone.get(number, []))


def texts_at(s, names):
    """Many files out of git with one process: name -> text."""
    names = list(names)
    out = subprocess.run(["git", "-C", s.data / "guides.git", "cat-file", "--batch"], input="\n".join(names).encode() + b"\n", capture_output=True).stdout
    found, at = {}, 0
    for name in names:
        end = out.index(b"\n", at)
        head = out[at:end].split()
        if head[-1] == b"missing":
            found[name], at = None, end + 1
            continue
        size = int(head[2])
        found[name], at = out[end + 1:end + 1 + size].decode(), end + 2 + size
    return found


def learn(clients, rows):
    """Whatever was acknowledged without words (its answer was lost) is found by its mark."""
    by_reason = {r[1]: r for r in rows}
    for c in clients:
        for p in c.proposals.values():
            row = by_reason.get(p.reason)
            demand(row, "I1 an acknowledged proposal is there", f"{p.reason} (number {p.id})")
            demand(p.id in (None, row[0]), "I1 an acknowledged proposal is there", f"{p.reason} was number {p.id} and is {row[0]}")
            p.id, p.head = row[0], row[3]
            if p.unsure and row[2] == "clash":
                p.state = "clash"
            p.unsure = False
    return by_reason


def proposals(s, clients, main):
    rows = s.rows("SELECT id, reason, state, head, merged, guide FROM proposal")
    learn(clients, rows)
    known = {p.reason: (c, p) for c in clients for p in c.proposals.values()}
    pending = {d.mark for c in clients for d in c.pending if d.kind == "propose"}
    names = [f"{head}:guides/{guide}/en.md" for _, _, _, head, _, guide in rows]
    texts = texts_at(s, dict.fromkeys([*names, *(f"main:guides/{g}/en.md" for g in GUIDES)]))
    for (number, reason, state, head, merged, guide), name in zip(rows, names):
        demand((state == "merged") == (main.holds(number) == 1) and main.holds(number) in (0, 1),
               "I3 merged rows and merges in git are the same set", f"proposal {number} is {state}, main holds it {main.holds(number)} times")
        if state == "merged":
            demand(merged == main.merges[number][-1], "I3 merged rows and merges in git are the same set", f"{number}: {merged} is not its last merge")
            demand(main.parents[merged][1] == head, "I4 a merge holds what was approved", f"{number}: {merged} is not of {head}")
        demand(reason in known or reason in pending or not reason.startswith("m-"), "I10 what was refused has no effect", f"{reason} is there ({state})")
        if reason not in known:
            continue
        c, p = known[reason]
        demand(state in c.may_be(p), "I1 an acknowledged proposal is as it was left", f"{number} is {state}, may be {c.may_be(p)}")
        demand(texts[name] is not None, "I1 an acknowledged proposal is there, with its words", f"{number}: {name} is gone")
        for mark in p.marks:
            demand(texts[name].count(f"A line of {mark}.") == 1, "I1 an acknowledged proposal is there, with its words", f"{number}: {mark} in {name}")
        for commit in p.merges:
            demand(commit is None or main.merges[number].count(commit) == 1, "I2 an acknowledged merge is on main once", f"{number}: {commit}")
        on_main = texts[f"main:guides/{guide}/en.md"]
        for mark in p.marks:
            demand(on_main.count(f"A line of {mark}.") == (state == "merged"), "I2 an acknowledged merge is on main once",
                   f"{mark} of {number} ({state}) stands {on_main.count(f'A line of {mark}.')} times in {guide}")
    edits = {d.mark for c in clients for d in c.pending if d.kind == "edit"}
    allowed = {m for _, p in known.values() for m in p.marks} | edits | pending
    for guide in GUIDES:
        for mark in re.findall(r"A line of (m-[\w-]+)\.", texts[f"main:guides/{guide}/en.md"]):
            demand(mark in allowed, "I10 what was refused has no effect", f"{mark} is in {guide}")


def talk(s, clients):
    reason = dict(s.rows("SELECT id, reason FROM proposal"))
    for table, kind, sql in (("comments", "comment", "SELECT proposal, text FROM comment"), ("reviews", "review", "SELECT proposal, reason FROM review")):
        there = [(reason[number], mark) for number, mark in s.rows(sql)]
        demand(len(there) == len(set(there)), "I11 a repeated request happens once", f"a {kind} is there twice")
        told = {x for c in clients for x in getattr(c, table)}
        asked = {(d.proposal.reason, d.mark) for c in clients for d in c.pending if d.kind == kind}
        demand(told <= set(there), f"I5 acknowledged {table} are there", told - set(there))
        demand({x for x in there if x[1].startswith("m-")} <= told | asked, "I10 what was refused has no effect", f"{table}: {set(there) - told - asked}")


def tokens_and_roles(s, clients):
    rows = s.rows("SELECT label, revoked_at FROM token WHERE label LIKE 'm-%'")
    there = dict(rows)
    demand(len(rows) == len(there), "I11 a repeated request happens once", "a token is there twice")
    roles = dict(s.rows("SELECT handle, role FROM account"))
    for c in clients:
        asked = {d.mark for d in c.pending if d.kind == "revoke"}
        for label, (secret, _, state) in c.tokens.items():
            demand(label in there, "I5 acknowledged tokens are there", label)
            revoked = there[label] != 0
            demand(revoked or state == "valid", "I5 nothing revoked is valid again", label)
            demand(not revoked or state == "revoked" or label in asked, "I10 what was refused has no effect", f"{label} is revoked")
        may = {c.role} | {d.after for d in c.pending if d.kind == "role"}
        demand({1: "contributor", 2: "reviewer"}[roles[f"dummy{c.name % 8}"]] in may, "I5 acknowledged roles are there", f"dummy{c.name % 8}: {roles} {may}")
    told = {l for c in clients for l in c.tokens} | {d.mark for c in clients for d in c.pending if d.kind == "token"}
    demand(set(there) <= told, "I10 what was refused has no effect", set(there) - told)


def ask_tokens(s, clients):
    """The newest of each client, by using them."""
    for c in clients:
        for label, (secret, _, state) in list(c.tokens.items())[-2:]:
            if secret and not any(d.mark == label for d in c.pending):
                status = s.get("/api/v1/me", token=secret).status
                demand(status == (200 if state == "valid" else 401), "I5 nothing revoked is valid again", f"{label} is {state} and answered {status}")


def releases(s, clients):
    there = set(s.rows("SELECT guide, version FROM release"))
    tags = set(s.git("tag").split())
    told = {x for c in clients for x in c.published}
    asked = {(d.body["guide"], d.body["version"]) for c in clients for d in c.pending if d.kind == "release"}
    demand(told <= there, "I1 an acknowledged release is there", told - there)
    demand(there <= told | asked, "I10 what was refused has no effect", there - told - asked)
    demand(tags == {f"{g}/v{v}" for g, v in there}, "I3 released rows and tags in git are the same set", tags ^ {f"{g}/v{v}" for g, v in there})


def leftovers(s):
    repo = s.data / "guides.git"
    left = locks(s) + [str(p) for p in (repo / "objects").rglob("*") if p.name.startswith("tmp_") or p.name.endswith(".restored")]
    demand(not left, "I7 no lock and no unfinished file is left", left)
    left = [str(p) for p in s.data.glob("backup-*")]
    demand(not left, "I7 no lock and no unfinished file is left", left)


def audit(s, clients, deep):
    """After a restart, before anybody writes. `deep`: what costs a process or reads everything."""
    for c in clients:
        demand(not c.wrong, *(c.wrong or ":").split(":", 1))
    demand(s.rows("SELECT count(*) FROM journal") == [(0,)] and s.rows("SELECT count(*) FROM journal_object") == [(0,)],
           "I6 nothing is half done", "the journal is not empty after a start")
    leftovers(s)
    proposals(s, clients, Main(s))
    talk(s, clients)
    tokens_and_roles(s, clients)
    releases(s, clients)
    if deep:
        ask_tokens(s, clients)
        sound(s)
        published(s)
