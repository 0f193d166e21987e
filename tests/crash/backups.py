#!/usr/bin/env python3
"""A backup taken while everybody writes, restored elsewhere: every answer older than its start is there.

Three backups under load of all kinds of writes, one of them killed in the
middle, one after the server was killed and started again. Each is restored
into a new folder, checked by `guidehall check` and git, and served; what was
acknowledged before its start must be in it, in the state it had or a later
one, and numbers given since are not given again."""
import shutil, signal, subprocess, sys, threading, time

from audit import Main
from clients import Client, Ledger
from cycles import CLIENTS, prepare
from rig import PROGRAM, SCRATCH, Broken, Mortal, demand, demand_points, in_memory, published, sound


def acknowledged(clients):
    """What is known at this moment: marks, merges, talk, tokens and releases."""
    return {
        "marks": {p.reason: list(p.marks) for c in clients for p in list(c.proposals.values())},
        "commits": {commit for c in clients for p in list(c.proposals.values()) for commit in list(p.merges) if commit},
        "comments": {mark for c in clients for _, mark in list(c.comments)},
        "reviews": {mark for c in clients for _, mark in list(c.reviews)},
        "tokens": {label: token[2] for c in clients for label, token in list(c.tokens.items())},
        "releases": {x for c in clients for x in list(c.published)},
    }


def holds(s, told):
    """The restored data against what was acknowledged before the backup began."""
    rows = {reason: (number, head, guide) for number, reason, head, guide in s.rows("SELECT id, reason, head, guide FROM proposal")}
    for reason, marks in told["marks"].items():
        demand(reason in rows, "every answer older than the backup is in it", f"proposal {reason}")
        _, head, guide = rows[reason]
        text = s.git("show", f"{head}:guides/{guide}/en.md")
        demand(all(f"A line of {m}." in text for m in marks), "every answer older than the backup is in it", f"words of {reason}: {marks}")
    main = Main(s)
    for commit in told["commits"]:
        demand(commit in main.parents, "every answer older than the backup is in it", f"merge {commit}")
    for what, sql in (("comments", "SELECT text FROM comment"), ("reviews", "SELECT reason FROM review")):
        demand(told[what] <= {r[0] for r in s.rows(sql)}, "every answer older than the backup is in it", what)
    there = dict(s.rows("SELECT label, revoked_at FROM token"))
    for label, state in told["tokens"].items():
        demand(label in there and (state == "valid" or there[label]), "nothing revoked is valid again", label)
    demand(told["releases"] <= set(s.rows("SELECT guide, version FROM release")), "every answer older than the backup is in it", "releases")


def new_number(s, people):
    """A proposal sent to the restored site gets a number git has not seen."""
    used = {int(ref.rsplit("/", 1)[1]) for ref in s.git("for-each-ref", "--format=%(refname)", "refs/heads/proposals", "refs/archive/proposals").split()}
    section = people["sections"]["blogs"][0]
    number = s.suggest("blogs", section, lambda t: t + "\n\nAfter the return.").json["id"]
    demand(number > max(used, default=0), "numbers are given once", f"{number}, git has {max(used)}")


def restore(file, told, people):
    data = SCRATCH / ("returned-" + file.stem) / "data"
    shutil.rmtree(data, ignore_errors=True)
    out = subprocess.run([PROGRAM, "restore", file, "--data", data], capture_output=True, text=True)
    demand(out.returncode == 0, "a backup can be restored", out.stderr)
    s = Mortal("returned")
    s.data = data
    s.start()
    try:
        sound(s)
        published(s)
        holds(s, told)
        new_number(s, people)
        sound(s)
        return sum(len(x) for x in told.values())
    finally:
        s.end()


def main():
    demand_points()
    origin, people = prepare(in_memory("backups"))
    s = Mortal("written", origin, in_memory("backups"))
    s.start()
    ledger, releases = Ledger(SCRATCH / "ledger-backups"), {"lock": threading.Lock()}
    clients = [Client(i, people, ledger, "backups", releases) for i in range(CLIENTS)]
    stop, files = threading.Event(), []

    def go(client):
        while not stop.is_set():
            client.run(s.port, stop)
            time.sleep(0.01)
    threads = [threading.Thread(target=go, args=(c,)) for c in clients]
    for t in threads:
        t.start()
    try:
        for i in range(3):
            time.sleep(1.5)
            if i == 1:  # one that dies leaves nothing that stands in the way
                dying = subprocess.Popen([PROGRAM, "backup", SCRATCH / "dying.tar.gz", "--data", s.data], stderr=subprocess.DEVNULL)
                time.sleep(0.1)
                dying.send_signal(signal.SIGKILL)
                dying.wait()
                s.kill()
                s.start()
            told, file = acknowledged(clients), SCRATCH / f"backup-{i}.tar.gz"
            file.unlink(missing_ok=True)
            s.command("backup", file)
            files.append((file, told))
    finally:
        stop.set()
        for t in threads:
            t.join()
        s.end()
    for c in clients:
        demand(not c.wrong, "the load goes on during a backup", c.wrong)
    kept = [restore(file, told, people) for file, told in files]
    demand(min(kept) > 10, "the load was a load", kept)
    print(f"# {len(kept)} backups under load, restored elsewhere: {kept} acknowledged things older than their start, all there")
    print("ok crash/backups")
    return 0


try:
    sys.exit(main())
except (Broken, AssertionError) as e:
    print(f"FAIL crash/backups: {str(e)[:1500]}")
    sys.exit(1)
