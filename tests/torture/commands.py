"""commands.py: start-up, recovery and the commands, each call of each failing in turn.

A start that fails says why and changes nothing that the next one cannot put
right; compound: also when there is something to put right. A command that
fails says so and leaves nothing half made. Where one failed and no file is other
than before, nothing further is asked: the next would find what this one found."""
import contextlib, os, pathlib, shutil, signal, sqlite3, subprocess, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from fault import named
from harness import PROGRAM
from operations import SCRATCH, Copy, sound
from server import Faulty, attempt, footprint
import verdict

SECONDS = 60


def interrupted(origin, kept, fault):
    """Data of a server that stopped between the commit and the move of main: all is in the journal."""
    for n in range(1, 20):  # objects are renamed before references: each time another file of a fresh copy
        s = Faulty("interrupted", origin, fault)
        fault.arm("rename", n, forever=True)
        merged = attempt(s, lambda s: s.post(f"/api/v1/proposals/{kept['open']['id']}/merge", {"shown": kept["open"]["head"]}, token=kept["mo"]))
        fault.disarm()
        if not merged:
            break
        assert merged.status >= 500, merged.status
        s.drop()
    assert merged is None and s.process.wait(timeout=10) == verdict.STOPPED, s.log.read_text()[-2000:]
    s.process.stdout.close()
    return s.data


class Folder:
    """A data folder on which programs are run, one at a time."""

    def __init__(self, name, origin, fault):
        self.path, self.fault = SCRATCH / name, fault
        self.origin = origin
        self.data = self.path / "data"
        self.untouched = False
        self.renew()

    def files(self):
        return {where: what for where, what in footprint(self.path).items() if where[1] != "log"}

    def renew(self):
        if self.untouched:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True)
        if self.origin:
            shutil.copytree(self.origin, self.data)

    def run(self, *words, input="", faults=True):
        env = {**os.environ, "GUIDEHALL_RATE_LIMITS": "0", **(self.fault.env() if faults else {})}
        try:
            out = subprocess.run([PROGRAM, *words], env=env, capture_output=True, text=True, errors="replace", input=input, timeout=SECONDS)
        except subprocess.TimeoutExpired as e:
            raise AssertionError(f"{words[0]} hangs: {(e.stderr or b'').decode(errors='replace')[-500:]}") from None
        return out.returncode, out.stdout, out.stderr


def serve(folder):
    """Start, and stop at once: 0 when it came up and went down."""
    env = {**os.environ, "GUIDEHALL_RATE_LIMITS": "0", **folder.fault.env()}
    log = folder.path / "log"
    with open(log, "wb") as out, subprocess.Popen([PROGRAM, "serve", "--data", folder.data, "--listen", "127.0.0.1:0"],
                                                 stdout=subprocess.PIPE, stderr=out, env=env) as process:
        up = any(line.startswith(b"listening on ") for line in process.stdout)  # ends when the program does
        if up:
            process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"serve does not {'end' if up else 'come up'}: {log.read_text()[-800:]}") from None
    return code, "", log.read_text(errors="replace")


def judge_start(merged):
    def judge(folder, code, said):
        s = Copy.__new__(Copy)
        s.data, s.options, s.env, s.log, s.process = folder.data, (), {**os.environ, "GUIDEHALL_RATE_LIMITS": "0"}, folder.path / "after", None
        s.start()
        try:
            sound(s)
            guides = s.get("/api/v1/guides").json["guides"]
            assert len(guides) >= 5, f"only {len(guides)} guides"
            if merged:
                state = s.get(f"/api/v1/proposals/{merged['open']['id']}", token=merged["mo"]).json["state"]
                assert state == "merged", f"it was in the journal, and is {state}"
                assert "should openly show" in s.get("/guides/twitter/draft.md").text, "its words are not in the guide"
        finally:
            if s.process and s.process.poll() is None:
                s.stop()
    return judge


def judge_backup(folder, code, said):
    made = folder.path / "b.tar.gz"
    left = [p.name for p in [*folder.path.glob("*.new"), *folder.data.glob("backup-*")]]
    # what cannot be removed stays
    assert not left or code < 0 or "fault: unlink" in said, f"left behind: {left}"
    assert made.exists() == (code == 0) or code < 0, f"it ended with {code}, and the file is {'' if made.exists() else 'not '}there"
    if made.exists():
        code, out, why = folder.run("restore", made, "--data", folder.path / "r", faults=False)
        assert code == 0, f"it cannot be brought back: {why}"
        code, out, why = folder.run("check", "--data", folder.path / "r", faults=False)
        assert code == 0, f"what was brought back: {out}{why}"


def judge_restore(folder, code, said):
    if code == 0:
        code, out, why = folder.run("check", "--data", folder.path / "r", faults=False)
        assert code == 0, f"it said it was done: {out}{why}"


def judge_check(folder, code, said):
    code, out, why = folder.run("check", "--data", folder.data, faults=False)
    assert code == 0, f"afterwards: {out}{why}"


def judge_user(folder, code, said):
    with contextlib.closing(sqlite3.connect(f"file:{folder.data}/guidehall.db?mode=ro", uri=True)) as tables:
        there = tables.execute("SELECT count(*) FROM account WHERE handle = 'zoe'").fetchone()[0]
    assert there or code, "it said it was done"
    assert not there or code <= 0 or code == verdict.STOPPED, f"it ended with {code}, and the account is there: {said[-300:]}"
    judge_check(folder, code, said)


def table(origin, half, kept, backup):
    """What is run on which data, and how it is judged."""
    return {
        "start-empty": (None, serve, judge_start(None)),
        "start": (origin, serve, judge_start(None)),
        "start-after-a-crash": (half, serve, judge_start(kept)),
        "backup": (origin, lambda f: f.run("backup", f.path / "b.tar.gz", "--data", f.data), judge_backup),
        "restore": (origin, lambda f: f.run("restore", backup, "--data", f.path / "r"), judge_restore),
        "check": (origin, lambda f: f.run("check", "--data", f.data), judge_check),
        "user-add": (origin, lambda f: f.run("user", "add", "zoe", "--role", "reviewer", "--password-stdin", "--data", f.data, input="a password of zoe\n"), judge_user),
    }


def strike(name, folder, act, judge, case):
    folder.renew()
    before = folder.files()
    folder.untouched = False
    folder.fault.arm(*case)
    said = ""
    try:
        code, _, said = act(folder)
        struck = folder.fault.disarm()
        how = verdict.end_is_clean(code, said)
        assert code == 0 or len(said) > 10, f"it ended with {code} without a word"
        verdict.counts[verdict.missed(case) if not struck else "went well" if code == 0 else "said so" if how == "ended" else how] += 1
        if how == verdict.ABORTED:
            folder.fault.ended(case)
        folder.untouched = code != 0 and folder.files() == before
        if not folder.untouched:
            judge(folder, code, said)
    except (AssertionError, RuntimeError, OSError, ValueError, KeyError, sqlite3.Error, subprocess.TimeoutExpired) as e:
        folder.fault.disarm()
        verdict.counts["WRONG"] += 1
        verdict.blame(f"{name}: {named(case)}", e, said)


def torture(name, folder, act, judge, few, deadline):
    folder.renew()
    folder.fault.arm()
    code, out, said = act(folder)
    folder.fault.disarm()
    assert code == 0, f"{name} fails without a fault: {code} {out} {said[-1000:]}"
    judge(folder, code, said)
    for case in folder.fault.cases(few):
        if deadline():
            verdict.progress(name, complete=False)
            return
        strike(name, folder, act, judge, case)
    verdict.progress(name)
