"""guidehall doctor: a line for each thing, and what mends it."""
import fcntl, os, re, resource, shutil, subprocess, time

from harness import PROGRAM, SCRATCH, TOP, Site


def doctor(*words, settings=None, before=None):
    env = {**os.environ, **{"GUIDEHALL_" + k.upper(): str(v) for k, v in (settings or {}).items()}}
    out = subprocess.run([PROGRAM, "doctor", *map(str, words)], capture_output=True, text=True, env=env, preexec_fn=before)
    lines = []
    for line in out.stdout.splitlines():
        found = re.fullmatch(r"(ok|warn|fail) {2,4}(\S.*?) {2,}(\S.*)", line)
        assert found, f"not a line of the doctor's: {line!r}"
        lines.append(found.groups())
    assert "Sanitizer" not in out.stderr and "runtime error" not in out.stderr, out.stderr
    assert out.returncode == any(v == "fail" for v, _, _ in lines), (out.returncode, out.stdout)
    # what is not well says how to mend it
    assert all("; mend: " in text for v, _, text in lines if v != "ok"), out.stdout
    return lines


def about(lines, topic):
    return [(v, text) for v, t, text in lines if t == topic]


def verdicts(lines, topic):
    return [v for v, _ in about(lines, topic)]


def web(built):
    """A web folder with or without what npm builds."""
    folder = SCRATCH / f"web-{built}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(TOP / "web", folder, ignore=shutil.ignore_patterns("node_modules", "built"))
    if built:
        (folder / "built").mkdir()
        (folder / "built/fonts.css").touch()
    return folder


def test_a_healthy_site():
    s = Site("doctor")
    lines = doctor("--data", s.data, "--web", web(True))
    assert not [l for l in lines if l[0] == "fail"], lines
    topics = {t for _, t, _ in lines}
    for topic in ("git", "libmicrohttpd", "libraries", "pages", "fonts", "public_url", "open files", "rate limits", "clock", "sandbox", "data", "disk",
                  "file system", "sync", "server", "tables", "repository", "git's locks", "backup"):
        assert topic in topics, (topic, topics)
    assert about(lines, "server") == [("ok", "the data are in use")] and verdicts(lines, "fonts") == ["ok"]
    assert "git version" in about(lines, "git")[0][1] and verdicts(lines, "backup") == ["warn"]
    s.command("backup", str(s.data.parent / "b.tar.gz"))
    assert about(doctor("--data", s.data), "backup") == [("ok", "0 days old")]
    os.utime(s.data / "last-backup", (time.time() - 9 * 86400,) * 2)
    assert verdicts(doctor("--data", s.data), "backup") == ["warn"]
    before = sorted((p, p.stat().st_mtime_ns) for p in s.data.rglob("*") if "guides.git" in str(p))
    doctor("--data", s.data)
    assert before == sorted((p, p.stat().st_mtime_ns) for p in s.data.rglob("*") if "guides.git" in str(p)), "the doctor changed something"
    s.close()


def test_settings():
    there = ("--data", SCRATCH / "not-there")
    assert verdicts(doctor(*there, settings={"behind_proxy": 1}), "public_url") == ["fail"]
    assert verdicts(doctor(*there, settings={"behind_proxy": 1, "public_url": "https://x.example"}), "public_url") == ["ok"]
    assert verdicts(doctor(*there, settings={"behind_proxy": 1, "public_url": "https://x.example"}), "libmicrohttpd") == ["ok"]
    assert verdicts(doctor(*there, settings={"public_url": "https://x.example"}), "behind_proxy") == ["warn"]
    assert verdicts(doctor(*there, settings={"public_url": "http://x.example"}), "public_url") == ["warn"]
    assert verdicts(doctor(*there, settings={"rate_limits": 0}), "rate limits") == ["warn"]
    assert verdicts(doctor(*there, settings={"sandbox": 0}), "sandbox") == ["warn"]
    old = re.match(r"0\.", about(doctor(*there), "libmicrohttpd")[0][1])
    assert verdicts(doctor(*there, settings={"listen": "0.0.0.0:80"}), "libmicrohttpd") == (["fail"] if old else ["ok"])
    assert verdicts(doctor(*there), "data") == ["warn"]
    assert verdicts(doctor(*there, "--web", web(False)), "fonts") == ["warn"]
    assert verdicts(doctor(*there, "--web", SCRATCH), "pages") == ["fail"]
    few = doctor(*there, before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512)))
    assert verdicts(few, "open files") == ["fail"] and "LimitNOFILE=" in about(few, "open files")[0][1]
    assert not (SCRATCH / "not-there").exists()


def test_data_that_are_not_well():
    s = Site("doctor-ill")
    s.stop()
    assert about(doctor("--data", s.data), "server") == [("ok", "nobody has the data open")]
    s.data.chmod(0o755)
    assert verdicts(doctor("--data", s.data), "data") == ["warn"]
    s.data.chmod(0o700)
    lock = s.data / "guides.git/refs/heads/main.lock"
    lock.touch()
    assert verdicts(doctor("--data", s.data), "git's locks") == ["warn"]
    # the same beside a server: after a minute nobody is writing any more
    with open(s.data / "lock") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        assert verdicts(doctor("--data", s.data), "git's locks") == ["ok"]
        os.utime(lock, (time.time() - 300,) * 2)
        assert verdicts(doctor("--data", s.data), "git's locks") == ["fail"]
    lock.unlink()
    if os.geteuid() == 0:
        os.chown(s.data / "guidehall.db", 12345, 12345)
        assert "fail" in verdicts(doctor("--data", s.data), "data")
        os.chown(s.data / "guidehall.db", 0, 0)
    tables = (s.data / "guidehall.db").read_bytes()
    spoilt = bytearray(tables)
    for at in range(4096 * 3, len(spoilt) - 4096, 4096):
        spoilt[at:at + 64] = b"\xff" * 64
    (s.data / "guidehall.db").write_bytes(spoilt)
    assert verdicts(doctor("--data", s.data), "tables") == ["fail"]
    (s.data / "guidehall.db").write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    assert verdicts(doctor("--data", s.data), "tables") == ["fail"]
    (s.data / "guidehall.db").write_bytes(tables)
    assert verdicts(doctor("--data", s.data), "tables") == ["ok"]
    os.utime(s.data / "guidehall.db", (time.time() + 7200,) * 2)
    assert "warn" in verdicts(doctor("--data", s.data), "clock")
    objects = s.data / "guides.git/objects"
    objects.rename(s.data / "guides.git/elsewhere")
    objects.mkdir()
    assert verdicts(doctor("--data", s.data), "repository") == ["fail"]
    shutil.rmtree(s.data / "guides.git")
    assert verdicts(doctor("--data", s.data), "repository") == ["fail"]


def test_a_server_allows_itself_what_it_needs():
    mine = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, mine[1]))
    try:
        s = Site("few")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, mine)
    allowed = resource.prlimit(s.process.pid, resource.RLIMIT_NOFILE)[0]
    s.close()
    assert allowed > 1000 or allowed == mine[1], allowed  # a thousand connections, and files besides


def test_a_file_system_that_forgets():
    folder = "/dev/shm/guidehall-doctor"
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder, 0o700)
    try:
        assert verdicts(doctor("--data", folder), "file system") == ["warn"]
    finally:
        shutil.rmtree(folder)
