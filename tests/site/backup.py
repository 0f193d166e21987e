"""A backup taken while people write holds every answer older than its start."""
import gzip, io, os, random, subprocess, tarfile, threading

from harness import PROGRAM, Site, expect


class Restored(Site):
    """A server on what a backup brought back."""

    def __init__(self, data):
        self.data, self.env, self.options = data, {**os.environ, "GUIDEHALL_RATE_LIMITS": "0"}, ()
        self.log = data.parent / (data.name + ".log")
        self.start()


def restore(file, folder):
    return subprocess.run([PROGRAM, "restore", file, "--data", folder], capture_output=True, text=True)


def test_backup_while_writing():
    s = Site("backup")
    mo = s.person("mo", "moderator")
    s.post("/api/v1/releases", {"guide": "blogs"}, token=mo)
    section = s.get("/api/v1/guides/twitter").json["sections"][2]["id"]
    acknowledged, talked, opened, stop = [], [], [], threading.Event()

    def write():
        while not stop.is_set():
            n = expect(s.suggest("twitter", section, lambda t: t + f"\n\nLine {len(acknowledged)}."), 201).json["id"]
            expect(s.merge(n, mo), 200)
            acknowledged.append(n)
            n = expect(s.suggest("blogs", s.get("/api/v1/guides/blogs").json["sections"][1]["id"], lambda t: t + f"\n\nOpen {n}.", token=mo), 201).json["id"]
            opened.append(n)
            expect(s.post(f"/api/v1/proposals/{n}/comments", {"text": f"About number {n}."}, token=mo), 201)
            talked.append(n)
    writer = threading.Thread(target=write)
    writer.start()
    taken = []
    for i in range(3):
        while len(acknowledged) < 4 * (i + 1):
            pass
        before = list(acknowledged), list(opened), list(talked)
        file = s.data.parent / f"b{i}.tar.gz"
        s.command("backup", str(file))
        assert file.stat().st_mode & 0o777 == 0o600
        taken.append((file, before))
    stop.set()
    writer.join()
    for file, before in taken:
        folder = s.data.parent / ("restored-" + file.stem)
        out = restore(file, folder)
        assert out.returncode == 0, out.stderr
        merged, opened, talked = before
        checked = subprocess.run([PROGRAM, "check", "--data", folder], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        log = subprocess.run(["git", "-C", folder / "guides.git", "log", "--format=%B", "main"], capture_output=True, text=True).stdout
        for n in merged:
            assert f"Proposal: {n}\n" in log, f"{n} was acknowledged before {file.name} and is not in it"
        fsck = subprocess.run(["git", "-C", folder / "guides.git", "fsck", "--full", "--strict", "--no-dangling", "--no-progress"],
                              capture_output=True, text=True)
        assert fsck.returncode == 0 and not (fsck.stdout + fsck.stderr).strip(), fsck.stdout + fsck.stderr
        verified = subprocess.run([PROGRAM, "release", "verify", "blogs", "1.0.0", "--data", folder], capture_output=True, text=True)
        assert verified.returncode == 0, verified.stderr
        again = restore(file, folder)
        assert again.returncode == 1 and "not empty" in again.stderr
        r = Restored(folder)
        for n in merged:
            assert r.get(f"/api/v1/proposals/{n}", token=mo).json["state"] == "merged"
        for n in opened:
            p = expect(r.get(f"/api/v1/proposals/{n}", token=mo), 200).json
            assert p["state"] == "open" and "Open" in r.git("show", f"{p['head']}:guides/blogs/en.md")
        for n in talked:
            assert f"About number {n}." in r.get(f"/api/v1/proposals/{n}", token=mo).text
        # and life goes on
        expect(r.merge(expect(r.suggest("twitter", section, lambda t: t + "\n\nAfterwards."), 201).json["id"], mo), 200)
        r.close()
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


def test_what_cannot_be_read_is_not_left_out():
    s = Site("unreadable")
    file = s.data.parent / "b.tar.gz"
    loop = s.data / "guides.git/objects/ab"
    loop.symlink_to("ab")  # looking at it fails, whoever asks
    out = s.command("backup", str(file), check=False)
    assert out.returncode == 1 and "objects/ab: " in out.stderr, (out.returncode, out.stderr)
    assert left(s.data.parent) == ["data", "log"] and not list(s.data.glob("backup-*"))
    loop.unlink()
    s.command("backup", str(file))
    s.close()


def content(folder):
    """All that matters of restored data, and whether it is whole."""
    git = subprocess.run(["git", "-C", folder / "guides.git", "for-each-ref"], capture_output=True, text=True).stdout
    checked = subprocess.run([PROGRAM, "check", "--data", folder], capture_output=True, text=True)
    return git, checked.returncode, checked.stdout


def left(folder):
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


def test_a_damaged_backup_is_refused_whole():
    s = Site("damaged")
    mo = s.person("mo", "moderator")
    section = s.get("/api/v1/guides/twitter").json["sections"][2]["id"]
    expect(s.merge(s.suggest("twitter", section, lambda t: t + "\n\nMore.").json["id"], mo), 200)
    file = s.data.parent / "good.tar.gz"
    s.command("backup", str(file))
    s.close()
    good, folder = file.read_bytes(), s.data.parent / "into"
    chance, refused, harmless = random.Random(1), 0, 0
    whole = s.data.parent / "whole"
    assert restore(file, whole).returncode == 0
    damaged = [("cut", good[:n]) for n in [0, 1, 10, 511, len(good) // 2, len(good) - 1] + [chance.randrange(len(good)) for _ in range(10)]]
    for _ in range(40):
        at = chance.randrange(len(good))
        damaged.append((f"bit of byte {at}", good[:at] + bytes([good[at] ^ 1 << chance.randrange(8)]) + good[at + 1:]))
    # inside of gzip as well, where its checksum would not have noticed a program's mistake
    plain = gzip.decompress(good)
    for _ in range(25):
        at = chance.randrange(len(plain))
        damaged.append((f"plain bit of byte {at}", gzip.compress(plain[:at] + bytes([plain[at] ^ 1 << chance.randrange(8)]) + plain[at + 1:], 1)))
    for what, data in damaged:
        (s.data.parent / "bad.tar.gz").write_bytes(data)
        out = restore(s.data.parent / "bad.tar.gz", folder)
        assert out.returncode in (0, 1) and "Sanitizer" not in out.stderr, (what, out.stderr)
        if out.returncode == 0:  # a bit nobody reads: a date, the padding
            assert content(folder) == content(whole), f"{what}: taken for good, and it is another"
            subprocess.run(["rm", "-rf", folder], check=True)
            harmless += 1
        else:
            refused += 1
            assert out.stderr.startswith("guidehall: ") and left(folder) == [], (what, out.stderr, left(folder))
    assert refused > 60 and harmless < 15, (refused, harmless)


def test_an_archive_of_somebody_else():
    s = Site("forged")
    file = s.data.parent / "good.tar.gz"
    s.command("backup", str(file))
    s.close()
    folder = s.data.parent / "into"
    with tarfile.open(file) as tar:
        entries = [(m, tar.extractfile(m).read()) for m in tar.getmembers()]

    def made_of(chosen):
        with tarfile.open(s.data.parent / "bad.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as tar:
            for member, data in chosen:
                info = tarfile.TarInfo(member if isinstance(member, str) else member.name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return restore(s.data.parent / "bad.tar.gz", folder)
    for what, chosen in (("no list", entries[:-1]), ("a file less", entries[1:]), ("a file more", [*entries[:-1], ("guides.git/more", b"x"), entries[-1]]),
                         ("a file behind the list", [*entries, ("guides.git/more", b"x")]), ("another order", [entries[1], entries[0], *entries[2:]]),
                         ("other words", [(entries[0][0], entries[0][1][:-1] + b"x"), *entries[1:]]), ("only a list", entries[-1:])):
        out = made_of(chosen)
        assert out.returncode == 1 and left(folder) == [], (what, out.stderr, left(folder))
    assert made_of(entries).returncode == 0 and "guidehall.db" in left(folder)


def test_where_to():
    s = Site("where-to")
    s.git("pack-refs", "--all")
    s.git("repack", "-adq")
    file = s.data.parent / "good.tar.gz"
    s.command("backup", str(file))
    s.close()
    full = s.data.parent / "full"
    full.mkdir()
    (full / "a file of mine").write_text("kept")
    out = restore(file, full)
    assert out.returncode == 1 and "not empty" in out.stderr and left(full) == ["a file of mine"]
    # empty folders are taken as they are, and keep being one when the archive is bad
    empty = s.data.parent / "empty"
    empty.mkdir()
    (s.data.parent / "bad").write_bytes(file.read_bytes()[:2000])
    assert restore(s.data.parent / "bad", empty).returncode == 1 and empty.exists() and left(empty) == []
    # what a killed restore left is not in the way
    (empty / "restoring/guides.git").mkdir(parents=True)
    (empty / "restoring/guidehall.db").write_text("half")
    out = restore(file, empty)
    assert out.returncode == 0, out.stderr
    assert "restoring" not in left(empty) and content(empty)[1] == 0
    r = Restored(empty)  # although every reference was packed
    assert expect(r.get("/guides/twitter/draft.md"), 200).body
    r.close()
