"""A backup taken while people write holds every answer older than its start."""
import subprocess, tarfile, threading

from harness import PROGRAM, Site, expect


def test_backup_while_writing():
    s = Site("backup")
    mo = s.person("mo", "moderator")
    s.post("/api/v1/releases", {"guide": "blogs"}, token=mo)
    section = s.get("/api/v1/guides/twitter").json["sections"][2]["id"]
    acknowledged, stop = [], threading.Event()

    def write():
        while not stop.is_set():
            n = expect(s.suggest("twitter", section, lambda t: t + f"\n\nLine {len(acknowledged)}."), 201).json["id"]
            expect(s.merge(n, mo), 200)
            acknowledged.append(n)
    writer = threading.Thread(target=write)
    writer.start()
    taken = []
    for i in range(3):
        while len(acknowledged) < 4 * (i + 1):
            pass
        before = list(acknowledged)
        file = s.data.parent / f"b{i}.tar.gz"
        s.command("backup", str(file))
        assert file.stat().st_mode & 0o777 == 0o600
        taken.append((file, before))
    stop.set()
    writer.join()
    for file, before in taken:
        folder = s.data.parent / ("restored-" + file.stem)
        out = subprocess.run([PROGRAM, "restore", file, "--data", folder], capture_output=True, text=True)
        assert out.returncode == 0, out.stderr
        checked = subprocess.run([PROGRAM, "check", "--data", folder], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        log = subprocess.run(["git", "-C", folder / "guides.git", "log", "--format=%B", "main"], capture_output=True, text=True).stdout
        for n in before:
            assert f"Proposal: {n}\n" in log, f"{n} was acknowledged before {file.name} and is not in it"
        fsck = subprocess.run(["git", "-C", folder / "guides.git", "fsck", "--full", "--strict", "--no-dangling", "--no-progress"],
                              capture_output=True, text=True)
        assert fsck.returncode == 0 and not (fsck.stdout + fsck.stderr).strip(), fsck.stdout + fsck.stderr
        verified = subprocess.run([PROGRAM, "release", "verify", "blogs", "1.0.0", "--data", folder], capture_output=True, text=True)
        assert verified.returncode == 0, verified.stderr
        again = subprocess.run([PROGRAM, "restore", file, "--data", folder], capture_output=True, text=True)
        assert again.returncode == 1 and "not empty" in again.stderr
    assert not list(s.data.glob("backup-*"))
    s.close()


def test_what_is_no_backup():
    s = Site("no-backup")
    folder = s.data.parent
    (folder / "junk").write_bytes(b"not an archive at all")
    with tarfile.open(folder / "climbs.tar.gz", "w:gz") as tar:
        tar.add(folder / "junk", "guides.git/../../climbed")
    with tarfile.open(folder / "other.tar.gz", "w:gz") as tar:
        tar.add(folder / "junk", "etc/passwd")
    with tarfile.open(folder / "link.tar.gz", "w:gz") as tar:
        link = tarfile.TarInfo("guides.git/x")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    for name in ("junk", "climbs.tar.gz", "other.tar.gz", "link.tar.gz", "absent"):
        out = subprocess.run([PROGRAM, "restore", folder / name, "--data", folder / "into" / name], capture_output=True, text=True)
        assert out.returncode == 1 and out.stderr.startswith("guidehall: "), (name, out.returncode, out.stderr)
    assert not (folder / "climbed").exists() and not (folder / "into" / "climbed").exists()
    out = s.command("backup", "/nowhere/at/all.tar.gz", check=False)
    assert out.returncode == 1
    s.close()
