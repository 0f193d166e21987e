"""Locked in: what must not work in our processes does not, what must does; and the systemd unit says it again."""
import collections, os, re, subprocess

from harness import PROGRAM, SCRATCH, TOP, Site, expect

UNIT = TOP / "src/deploy/guidehall.service"


def acts(**settings):
    out = subprocess.run([PROGRAM, "doctor", "--sandbox"], capture_output=True, text=True, timeout=300, env={**os.environ, **settings})
    found = re.findall(r"^(ok|FAIL) +(server|starter|git) +(refused|CAME THROUGH|works|DOES NOT WORK|NOT LOCKED) +(.+)$", out.stdout, re.M)
    assert len(found) == len(out.stdout.splitlines()), out.stdout + out.stderr
    return out, found


def test_forbidden_acts():
    out, found = acts()
    wrong = [f"{who}: {act} {is_}" for verdict, who, is_, act in found if verdict == "FAIL"]
    assert not wrong and out.returncode == 0, (wrong, out.stderr[-2000:])
    refused = collections.Counter(who for _, who, is_, _ in found if is_ == "refused")
    works = collections.Counter(who for _, who, is_, _ in found if is_ == "works")
    assert min(refused[w] for w in ("server", "starter", "git")) >= 20, refused
    assert min(works[w] for w in ("server", "starter", "git")) >= 3, works  # it is no wall without a door


def test_the_acts_would_come_through_without_it():
    out, found = acts(GUIDEHALL_SANDBOX="0")
    through = {act for _, who, is_, act in found if is_ == "CAME THROUGH"}
    assert out.returncode == 1
    for act in ("start a shell", "make a file in memory", "open a TCP socket", "connect to another machine", "move a file out of the data folder",
                "read a file outside of the data folder", "change personality", "read what is not published"):
        assert act in through, (act, through)


def status(pid):
    return dict(line.split(":\t", 1) for line in open(f"/proc/{pid}/status").read().splitlines() if ":\t" in line)


def test_both_processes_are_locked_in():
    s = Site("sandbox")
    child = subprocess.run(["pgrep", "-P", str(s.process.pid)], capture_output=True, text=True).stdout.split()
    assert len(child) == 1
    for pid in (s.process.pid, int(child[0])):
        for thread in os.listdir(f"/proc/{pid}/task"):
            at = status(f"{pid}/task/{thread}")
            assert at["Seccomp"] == "2" and at["NoNewPrivs"] == "1", (pid, thread, at)
    log = s.log.read_text()
    assert log.index(" sandbox landlock=") < log.index(" start libmicrohttpd="), log
    text = expect(s.get("/metrics", token=s.person("ad", "admin")), 200).text
    assert "guidehall_seccomp 1\n" in text and int(re.search(r"^guidehall_landlock_abi (\d+)$", text, re.M)[1]) >= 2
    s.close()


def test_it_can_be_switched_off():
    os.environ["GUIDEHALL_SANDBOX"] = "0"
    try:
        s = Site("sandbox-off")
    finally:
        del os.environ["GUIDEHALL_SANDBOX"]
    assert status(s.process.pid)["Seccomp"] == "0"
    assert ' sandbox off="' in s.log.read_text()
    s.close()


def analyze(*words):
    out = subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True, env={**os.environ, "SYSTEMD_COLORS": "0"})
    return out.returncode, out.stdout + out.stderr


def test_exposure_of_the_unit():
    _, text = analyze("security", "--offline=true", "--no-pager", UNIT)
    exposure = float(re.search(r"Overall exposure level for guidehall.service: ([\d.]+)", text)[1])
    assert exposure <= 1.5, text


def test_the_unit_is_understood():
    # the program is not installed here: the built one stands for it
    unit = SCRATCH / "unit/guidehall.service"
    unit.parent.mkdir(exist_ok=True)
    unit.write_text(UNIT.read_text().replace("ExecStart=/usr/bin/guidehall", f"ExecStart={os.path.abspath(PROGRAM)}"))
    code, text = analyze("verify", unit)
    assert code == 0 and not [l for l in text.splitlines() if "guidehall" in l], text


def calls_of(group):
    _, text = analyze("syscall-filter", group)
    for word in re.findall(r"^    (@?[\w-]+)$", text, re.M):
        yield from calls_of(word) if word.startswith("@") else [word]


def test_the_unit_lets_through_what_the_program_lets_through():
    rows = re.findall(r'^\t\{ "([a-z0-9_ ]+)",\s+([A-Z |]+),', (TOP / "src/sandbox_rules.c").read_text().split("sandbox_calls[] = {")[1]
                      .split("#ifdef __SANITIZE_ADDRESS__")[0], re.M)
    ours = {name for names, _ in rows for name in names.split()}
    assert len(ours) > 80
    allowed = set()
    for line in re.findall(r"^SystemCallFilter=(.+)$", UNIT.read_text(), re.M):
        named = {c for g in line.lstrip("~").split() for c in (calls_of(g) if g.startswith("@") else [g])}
        allowed = allowed - named if line.startswith("~") else allowed | named
    assert not ours - allowed, f"the unit would refuse {sorted(ours - allowed)}"
