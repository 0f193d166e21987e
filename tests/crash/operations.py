"""operations.py: everything that changes something, each as a request and a way
to see whether it happened; for the tests that interrupt it."""
import os, pathlib, shutil, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "site"))
from harness import SCRATCH, Site, expect

B = "tw-02-physicians-under-their-own-name"


class Copy(Site):
    """A server on a copy of prepared data."""

    def __init__(self, name, origin, **env):
        self.data = SCRATCH / name / "data"
        shutil.rmtree(self.data.parent, ignore_errors=True)
        self.data.parent.mkdir(parents=True)
        shutil.copytree(origin, self.data)
        self.env = {**os.environ, "GUIDEHALL_RATE_LIMITS": "0", **env}
        self.options, self.process, self.log = (), None, self.data.parent / "log"
        self.start()


# ---- operations: what stands before, the request, and whether it happened ----

def prepare(name):
    """One data folder in which every operation can be the next."""
    s = Site(name)
    kept = {t: s.person(t, r) for t, r in (("mo", "moderator"), ("co", "contributor"), ("re", "reviewer"))}
    def propose(word, token=None):
        return s.suggest("twitter", B, lambda t: t.replace("should show", f"should {word} show"), token=token, reason=word).json
    kept["open"] = propose("openly")
    kept["own"] = propose("plainly", kept["co"])
    kept["declined"] = propose("rarely")
    kept["merged"] = s.suggest("blogs", s.get("/api/v1/guides/blogs").json["sections"][2]["id"], lambda t: t + "\n\nMore.", reason="more").json
    head = s.get(f"/api/v1/proposals/{kept['declined']['id']}", token=kept["mo"]).json["head"]
    expect(s.post(f"/api/v1/proposals/{kept['declined']['id']}/decline", {"shown": head, "reason": "no"}, token=kept["mo"]), 200)
    expect(s.merge(kept["merged"]["id"], kept["mo"]), 200)
    kept["new"] = expect(s.post("/api/v1/guides", {"slug": "mastodon", "title": "M", "text": "# M\n\n## A\n\nText.\n", "reason": "r", "interests": "none"}), 201).json
    e = s.section("twitter", B)
    kept["suggestion"] = {"base": e["base"], "section": B, "text": e["text"].replace("should show", "should newly show"), "interests": "none", "reason": "newly"}
    f = s.get(f"/api/v1/proposals/{kept['own']['id']}/edit", token=kept["co"]).json
    kept["rewrite"] = {"base": f["base"], "section": B, "text": f["text"].replace("plainly", "simply")}
    for name in ("open", "own", "new"):
        kept[name]["head"] = s.get(f"/api/v1/proposals/{kept[name]['id']}", token=kept["mo"]).json["head"]
    s.close()
    return s.data, kept


def operations(k):
    mo, co = k["mo"], k["co"]
    def state(name, s):
        return s.get(f"/api/v1/proposals/{k[name]['id']}", token=mo).json["state"]
    def on(name, verb, body, token, after):
        return (lambda s: s.post(f"/api/v1/proposals/{k[name]['id']}/{verb}", body, token=token), lambda s: state(name, s) == after)
    def draft(guide, words):
        return lambda s: words in s.get(f"/guides/{guide}/draft.md").text
    merge, merged = on("open", "merge", {"shown": k["open"]["head"]}, mo, "merged")
    undo, undone = on("merged", "undo", {}, mo, "open")
    return {
        "suggest": (lambda s: s.post("/api/v1/guides/twitter/proposals", k["suggestion"], token=co),
                    lambda s: "newly" in [p["reason"] for p in s.get("/api/v1/proposals", token=mo).json["proposals"]]),
        "merge": (merge, lambda s: (merged(s), draft("twitter", "should openly show")(s), bool(s.git("log", "main", "--grep", f"^Proposal: {k['open']['id']}$")))),
        "merge-new-guide": on("new", "merge", {"shown": k["new"]["head"]}, mo, "merged"),
        "undo": (undo, lambda s: (undone(s), not draft("blogs", "\n\nMore.")(s))),
        "rewrite": (lambda s: s.post(f"/api/v1/proposals/{k['own']['id']}/text", k["rewrite"], token=co),
                    lambda s: "should simply show" in s.git("show", s.get(f"/api/v1/proposals/{k['own']['id']}").json["head"] + ":guides/twitter/en.md")),
        "decline": on("open", "decline", {"shown": k["open"]["head"], "reason": "no"}, mo, "declined"),
        "withdraw": on("own", "withdraw", {}, co, "withdrawn"),
        "reopen": on("declined", "reopen", {}, mo, "open"),
        "release": (lambda s: s.post("/api/v1/releases", {"guide": "twitter"}, token=mo),
                    lambda s: (s.get("/api/v1/guides/twitter/v/1.0.0").status == 200, s.git("tag").strip() == "twitter/v1.0.0",
                               s.get("/api/v1/guides/twitter").json["version"] == "1.0.0", len(s.get("/api/v1/releases").json["releases"]) == 1)),
    }


def whole(value, what):
    """One truth, however many witnesses."""
    seen = set(value) if isinstance(value, tuple) else {value}
    assert len(seen) == 1, f"{what}: half done: {value}"
    return seen.pop()


def sound(s):
    check = s.command("check", check=False)
    assert check.returncode == 0, f"check: {check.stdout}{check.stderr}"
    fsck = s.git("fsck", "--full", "--strict", "--no-dangling", "--no-progress")
    assert not fsck.strip(), fsck
    locks = [str(p) for p in (s.data / "guides.git").rglob("*.lock")]
    assert not locks, locks
