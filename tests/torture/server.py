"""server.py: the real server, each call of each operation failing in turn.

After each fault: a definite answer, or the program is gone in a way it chose;
then what was answered is so, what was refused is not so (now, and after kill -9
and a start), check and fsck find nothing, no lock and no descriptor is left.
Where no file is other than before, check, fsck and the start are left out: they
would see what they saw before."""
import contextlib, os, pathlib, re, signal, sqlite3, subprocess, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from fault import named
from operations import B, Copy, sound, whole
import verdict

# after these a start follows: what was refused must not come back with it, and
# what could not be cleaned away is
LASTING = ("write", "sync", "truncate", "rename", "link", "mkdir", "open", "unlink")


def footprint(data):
    """Every file of a data folder and when it was written last; what maps SQLite's log is made again from the log."""
    found = {}
    for folder, folders, files in os.walk(data):
        for name in (*files, *folders):
            at = os.lstat(os.path.join(folder, name))
            if not name.endswith("-shm") and (at.st_size or not name.endswith("-wal")):
                found[folder, name] = name in folders or (at.st_ino, at.st_size, at.st_mtime_ns)
    return found


class Faulty(Copy):
    """A server that does as the plan says; what is asked while the plan rests is answered."""

    def __init__(self, name, origin, fault, **env):
        self.fault = fault
        super().__init__(name, origin, **fault.env(), **env)

    def number(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.data}/guidehall.db?mode=ro", uri=True)) as tables:
            return tables.execute(query).fetchone()[0]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def ended(self, seconds):
        """Its exit code, when it ends within so many seconds; else None."""
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None

    def again(self):
        """kill -9 unless it is gone, and a start."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.start()

    def drop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


# ---- reading ----

def pages(k):
    """A page of each kind, as a moderator sees it; its own body is the witness."""
    number = k["open"]["id"]
    paths = {"home": "/", "guides": "/guides", "guide": "/guides/twitter/draft", "markdown": "/guides/twitter/draft.md",
             "edit": f"/guides/twitter/edit?section={B}", "proposals": "/proposals", "proposal": f"/proposals/{number}",
             "review": f"/review/{number}", "queue": "/review", "history": "/guides/twitter/history", "releases": "/releases",
             "feed": "/guides/twitter/feed.atom", "search": "/search?q=physicians", "me": "/me", "refs": "/guides.git/info/refs?service=git-upload-pack"}

    def get(path):
        return lambda s: s.get(path, token=None if ".git" in path else k["mo"], accept="text/html")
    return {name: get(path) for name, path in paths.items()}


def more_operations(k):
    """What points.py leaves out, because nothing of it is in git."""
    number, own = k["open"]["id"], k["own"]["id"]
    return {
        "comment": (lambda s: s.post(f"/api/v1/proposals/{number}/comments", {"text": "Said once."}, token=k["mo"]),
                    lambda s: "Said once." in s.get(f"/proposals/{number}", token=k["mo"], accept="text/html").text),
        # what a guest sent is not shown to reviewers yet
        "approve": (lambda s: s.post(f"/api/v1/proposals/{own}/reviews", {"verdict": "approve", "shown": k["own"]["head"]}, token=k["re"]),
                    lambda s: s.number(f"SELECT count(*) FROM review WHERE proposal = {own}") == 1),
        "publish": (lambda s: s.post(f"/api/v1/proposals/{number}/publish", {}, token=k["mo"]),
                    lambda s: s.get(f"/api/v1/proposals/{number}").status == 200),
    }


# ---- one fault ----

def attempt(s, act):
    """The answer, or None when the connection was cut."""
    try:
        return act(s)
    except AssertionError as e:  # curl's own words
        assert "timed out" not in str(e) and "Operation too slow" not in str(e), f"it hangs: {e}"
        return None


def definite(answer):
    """An error of ours says so: nobody else is blamed."""
    assert answer.status >= 500, f"a fault of ours was answered with {answer.status}: {answer.body[:300]!r}"
    assert len(answer.body) > 20, f"{answer.status} without words"


def strike(s, act, case):
    """What came of it: the answer, or None; and whether a call failed."""
    s.fault.arm(*case)
    try:
        answer = attempt(s, act)
    finally:
        struck = s.fault.disarm()
    code = s.ended(0.5 if answer is None else 0)
    if answer is None and code is None and not attempt(s, lambda s: s.get("/healthz")):
        code = s.ended(10)  # it neither answers nor is gone
        assert code is not None, "a connection was cut, and now it answers nobody"
    log = s.log.read_text(errors="replace")
    if code is not None:
        how = verdict.end_is_clean(code, log)
        assert how != "ended", f"the server ended with {code}: {log[-800:]}"
        if how == verdict.ABORTED:
            s.fault.ended(case)
    else:
        report = verdict.sanitizer_says(log)
        assert not report, report
        how = "connection cut" if answer is None else "went well" if answer.status < 300 else f"answered {answer.status}"
    if answer:
        assert "content-security-policy" in answer.headers, "an answer without its policy"
        if answer.status >= 300:
            definite(answer)
    return answer, how, struck > 0


def judge_change(s, name, answer, happened, lasting, before):
    """Wholly or not at all, wholly if answered so, not if refused; also after a start."""
    gone = s.process.poll() is not None
    untouched = footprint(s.data) == before
    if gone:
        s.again()
    done = whole(happened(s), name)
    assert done or not (answer and answer.status < 300), "it was answered and did not happen"
    # what is done and cannot be shown is said to be so
    told = bool(answer) and b"was carried out, but" in answer.body
    assert done or not told, "it was said to be carried out and did not happen"
    assert not done or not answer or answer.status < 300 or told, f"it was refused with {answer.status} and happened"
    if untouched:
        assert not done, "it happened, and no file was written"
        return False
    if lasting and not gone:
        s.again()
        assert whole(happened(s), name) == done, f"{'done' if done else 'refused'} before the start, and not after it"
    sound(s)
    return done


def lasting(answer):
    """A page without what differs each time: form tokens, the port, and how long ago something was."""
    return re.sub(rb'name="_token" value="[^"]*"|just now|\d+ (minute|hour)s? ago|127\.0\.0\.1:\d+', b"", answer.body)


def judge_page(s, answer, witness):
    if s.process.poll() is not None:
        s.again()
    if answer and answer.status == 200:
        body = lasting(answer)
        at = len(os.path.commonprefix([body, witness]))
        assert body == witness, f"a page that is not whole: {body[max(0, at - 60):at + 60]!r} instead of {witness[at:at + 60]!r}"


def count(s, act):
    """What the operation calls, when nothing fails."""
    s.fault.arm()
    answer = act(s)
    s.fault.disarm()
    assert answer.status in (200, 201), f"without a fault: {answer.status} {answer.body[:300]!r}"
    return answer


WENT_WRONG = (AssertionError, RuntimeError, OSError, ValueError, KeyError, sqlite3.Error, subprocess.TimeoutExpired)


def torture_change(name, origin, fault, act, happened, few, deadline):
    s = Faulty("torture", origin, fault)
    count(s, act)
    used = True
    for case in fault.cases(few):
        if deadline():
            break
        try:
            struck = fresh = False
            # a server that has refused before has at hand what a new one fetches: what is not reached is tried on a new one
            while not struck and not fresh:
                if used:
                    s.drop()
                    s, fresh = Faulty("torture", origin, fault), True
                before = footprint(s.data)
                answer, how, struck = strike(s, act, case)
                used = judge_change(s, name, answer, happened, case[0] in LASTING, before) or not struck
            verdict.counts[how if struck else verdict.missed(case)] += 1
        except WENT_WRONG as e:
            verdict.counts["WRONG"] += 1
            verdict.blame(f"{name}: {named(case)}", e, s.log.read_text(errors="replace"))
            used = True
    s.drop()
    verdict.progress(name, complete=not deadline())


def torture_page(name, s, act, few, deadline):
    witness = lasting(count(s, act))
    before = s.descriptors()
    for case in s.fault.cases(few):
        if deadline():
            verdict.progress(name, complete=False)
            return
        try:
            answer, how, struck = strike(s, act, case)
            died = s.process.poll() is not None
            judge_page(s, answer, witness)
            if not struck:  # it was at hand
                s.again()
                answer, how, struck = strike(s, act, case)
                died = True
                judge_page(s, answer, witness)
            verdict.counts[how if struck else verdict.missed(case)] += 1
        except WENT_WRONG as e:
            verdict.counts["WRONG"] += 1
            verdict.blame(f"{name}: {named(case)}", e, s.log.read_text(errors="replace"))
            s.again()
            died = True
        if died:
            act(s)
            before = s.descriptors()
    verdict.progress(name)
    act(s)
    # a kept connection or a pack more or less
    if s.descriptors() > before + 8:
        verdict.blame(name, f"{s.descriptors()} descriptors, {before} before")
