"""git clone: what is published, in every way git asks for it, and nothing else."""
import concurrent.futures, gzip, os, pathlib, re, shutil, signal, socket, subprocess, time
from harness import SCRATCH, Site, expect

B = "tw-02-physicians-under-their-own-name"
ENV = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
state = {}


def site():
    if not state:
        s = Site("clone")
        state.update(site=s, mo=s.person("mo", "moderator"), work=SCRATCH / "clone/work")
        state["work"].mkdir()
    return state["site"]


def git(*words, check=True, **more):
    out = subprocess.run(["git", *map(str, words)], capture_output=True, text=True, env={**ENV, **more.pop("env", {})}, **more)
    assert not check or out.returncode == 0, f"git {words}: {out.returncode} {out.stdout} {out.stderr}"
    return out


def clone(name, *options, check=True, **more):
    folder = state["work"] / name
    shutil.rmtree(folder, ignore_errors=True)
    out = git(*options, site().base + "/guides.git", folder, check=check, **more)
    return folder, out


def suggest(word, merge=False):
    p = expect(site().suggest("twitter", B, lambda t: t.replace("should", f"should {word}", 1), reason=word), 201).json
    if merge:
        expect(site().merge(p["id"], state["mo"]), 200)
    return site().get(f"/api/v1/proposals/{p['id']}", token=state["mo"]).json


def refs(folder):
    return git("-C", folder, "for-each-ref", "--format=%(refname)").stdout.split()


def gits(s=None):
    """Processes of git below the server."""
    out = subprocess.run(["ps", "-e", "-o", "pid=,ppid=,comm="], capture_output=True, text=True).stdout
    rows = [line.split(None, 2) for line in out.splitlines()]
    below, found = {str((s or site()).process.pid)}, []
    for _ in range(4):
        for pid, parent, name in rows:
            if parent in below and pid not in below:
                below.add(pid)
                found.append(name)
    return [n for n in found if n.startswith("git")]


def until(what, seconds=5):
    end = time.time() + seconds
    while time.time() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def test_every_protocol_gives_the_same_history():
    s = site()
    suggest("always", merge=True)
    main = s.git("rev-parse", "main").strip()
    for version in (0, 1, 2):
        folder, _ = clone(f"v{version}", "-c", f"protocol.version={version}", "clone", "--quiet")
        assert git("-C", folder, "rev-parse", "HEAD").stdout.strip() == main
        assert not git("-C", folder, "fsck", "--strict", "--no-dangling", "--no-progress").stderr.strip()
        assert "should always" in (folder / "guides/twitter/en.md").read_text()
        assert refs(folder) == ["refs/heads/main", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"], refs(folder)
    packet = git("-c", "protocol.version=2", "ls-remote", s.base + "/guides.git", env={"GIT_TRACE_PACKET": "1"}).stderr
    assert "version 2" in packet, packet


def test_shallow_single_branch_mirror_and_partial():
    s = site()
    folder, _ = clone("shallow", "clone", "--quiet", "--depth", "1")
    assert git("-C", folder, "rev-list", "--count", "HEAD").stdout.strip() == "1"
    git("-C", folder, "fetch", "--quiet", "--unshallow")
    assert git("-C", folder, "rev-list", "--count", "HEAD").stdout == s.git("rev-list", "--count", "main")
    folder, _ = clone("mirror", "clone", "--quiet", "--mirror")
    assert refs(folder) == ["refs/heads/main"], refs(folder)
    folder, _ = clone("partial", "clone", "--quiet", "--filter=blob:none")
    assert (folder / "guides/blogs/en.md").exists()


def test_merges_and_releases_arrive_with_the_next_fetch():
    s = site()
    folder, _ = clone("follow", "clone", "--quiet")
    suggest("often", merge=True)
    expect(s.post("/api/v1/releases", {"guide": "twitter"}, token=state["mo"]), 201)
    git("-C", folder, "pull", "--quiet", "--ff-only")
    assert git("-C", folder, "rev-parse", "HEAD").stdout == s.git("rev-parse", "main")
    assert git("-C", folder, "tag").stdout.split() == ["twitter/v1.0.0"]


def asked_by_id(oid, version):
    """Every way a client can name an object it was not told of."""
    folder = state["work"] / "asker"
    shutil.rmtree(folder, ignore_errors=True)
    git("init", "--quiet", "--bare", folder)
    out = git("-C", folder, "-c", f"protocol.version={version}", "fetch", "--quiet", site().base + "/guides.git", oid, check=False)
    return out.returncode == 0


def key_of(sent):
    return sent["follow"].split("key=")[1]


def every_fate():
    """A proposal of each kind whose text was never published; what each is called, and commits."""
    s, mo = site(), state["mo"]
    show = lambda p: s.get(f"/api/v1/proposals/{p['id']}", token=mo).json
    kinds = {"unseen": suggest("secretly")}
    kinds["declined"] = suggest("briefly")
    expect(s.post(f"/api/v1/proposals/{kinds['declined']['id']}/decline", {"shown": kinds["declined"]["head"], "reason": "no"}, token=mo), 200)
    sent = expect(s.suggest("twitter", B, lambda t: t.replace("should", "should regrettably", 1)), 201).json
    kinds["withdrawn"] = show(sent)
    expect(s.post(f"/api/v1/proposals/{sent['id']}/withdraw", {"key": key_of(sent)}), 200)
    kinds["seen by all, not merged"] = suggest("openly")
    expect(s.post(f"/api/v1/proposals/{kinds['seen by all, not merged']['id']}/publish", {}, token=mo), 200)
    sent = expect(s.suggest("twitter", B, lambda t: t.replace("should", "should privately", 1)), 201).json
    kinds["removed by its author before the merge"] = show(sent)
    edit = s.section("twitter", B)
    rewritten = {"base": edit["base"], "section": B, "text": edit["text"].replace("should", "should finally", 1), "key": key_of(sent)}
    expect(s.post(f"/api/v1/proposals/{sent['id']}/text", rewritten), 200)
    expect(s.merge(sent["id"], mo), 200)
    archived = s.git("for-each-ref", "--format=%(objectname)", "refs/archive").split()
    assert archived, "closed proposals are kept aside"
    return {k: p["head"] for k, p in kinds.items()} | {f"archived {i}": oid for i, oid in enumerate(archived)}


def test_what_is_not_published_is_not_given_out_by_id():
    s = site()
    fates = every_fate()
    clone("warm", "clone", "--quiet")
    public = set(s.git("rev-list", "--objects", "--no-object-names", "main", "--tags").split())
    for fate, commit in fates.items():
        if fate.startswith("archived") and commit in public:
            continue  # merged
        blob = s.git("rev-parse", f"{commit}:guides/twitter/en.md").strip()
        tree = s.git("rev-parse", f"{commit}^{{tree}}").strip()
        assert not public & {commit, tree, blob}, f"{fate}: in the published history"
        for oid in (commit, tree, blob):
            for version in (0, 1, 2):
                assert not asked_by_id(oid, version), f"{fate}: protocol {version} gave out {oid}"
    main = s.git("rev-parse", "main~1").strip()
    assert asked_by_id(main, 2), "the test can tell"
    kept = s.data / "public.git"
    everything = git("-C", kept, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)").stdout.split()
    reachable = git("-C", kept, "rev-list", "--objects", "--all", "--no-object-names").stdout.split()
    assert set(everything) == set(reachable), "public.git holds what nothing leads to"


def test_libgit2_clones():
    s = site()
    program = pathlib.Path(os.environ["GUIDEHALL"]).parent.parent / "tests/git_suite/clone_libgit2"
    folder = state["work"] / "libgit2"
    # the leaks of Debian's libgit2 are not ours
    out = subprocess.run([program, s.base + "/guides.git", folder], capture_output=True, text=True, env={**ENV, "ASAN_OPTIONS": "detect_leaks=0"})
    assert out.returncode == 0, out.stderr
    assert git("-C", folder, "rev-parse", "HEAD").stdout == s.git("rev-parse", "main")
    assert not git("-C", folder, "fsck", "--strict", "--no-dangling", "--no-progress").stderr.strip()


def test_what_is_withdrawn_from_history_leaves_the_public_repository():
    s = site()
    before = s.git("rev-parse", "main").strip()
    suggest("wrongly", merge=True)
    gone = s.git("rev-parse", "main").strip()
    s.git("tag", "-a", "-m", "x", "spare", before)
    clone("before", "clone", "--quiet")
    assert asked_by_id(gone, 2)
    s.stop()
    s.git("update-ref", "refs/heads/main", before)
    s.git("tag", "-d", "spare")
    s.start()
    folder, _ = clone("after", "clone", "--quiet", "--mirror")
    assert git("-C", folder, "rev-parse", "main").stdout.strip() == before
    assert "refs/tags/spare" not in refs(folder)
    assert not asked_by_id(gone, 2) and not asked_by_id(gone, 0)


def test_a_lost_or_spoilt_public_repository_is_made_again():
    s = site()
    kept = s.data / "public.git"
    for spoil in (lambda: shutil.rmtree(kept), lambda: [p.write_bytes(b"") for p in kept.rglob("*.pack") if not p.chmod(0o600)]):
        spoil()
        suggest("again", merge=True)
        clone("healed", "clone", "--quiet", check=False)  # may meet the damage
        folder, _ = clone("healed", "clone", "--quiet")
        assert git("-C", folder, "rev-parse", "HEAD").stdout == s.git("rev-parse", "main")


def test_32_at_once_get_the_same():
    s = site()
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        folders = list(pool.map(lambda i: clone(f"crowd{i}", "clone", "--quiet", "--bare")[0], range(32)))
    main = s.git("rev-parse", "main")
    assert {git("-C", f, "rev-parse", "main").stdout for f in folders} == {main}
    for f in folders:
        shutil.rmtree(f)


def test_merging_goes_on_while_others_clone():
    s = site()
    words = [f"x{i}" for i in range(8)]
    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        def work(i):
            if i == 0:
                return [suggest(w, merge=True) for w in words]
            return [clone(f"busy{i}", "clone", "--quiet", "--bare") for _ in range(4)]
        list(pool.map(work, range(9)))
    folder, _ = clone("quiet", "clone", "--quiet")
    assert git("-C", folder, "rev-parse", "HEAD").stdout == s.git("rev-parse", "main")


def test_making_it_anew_disturbs_nobody():
    """A tag that moves cannot be fetched over, so the public repository is replaced, again and again."""
    s = site()
    def work(i):
        if i:
            return [clone(f"anew{i}", "clone", "--quiet", "--bare") for _ in range(6)]
        for n in range(4):
            s.git("tag", "--force", "moves", f"main~{n}")
            suggest(f"anew{n}", merge=True)
            git("ls-remote", s.base + "/guides.git")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    folder, _ = clone("calm", "clone", "--quiet", "--mirror")
    assert git("-C", folder, "rev-parse", "moves").stdout == s.git("rev-parse", "moves")
    s.git("tag", "-d", "moves")
    assert sorted(p.name for p in s.data.glob("public.git*")) == ["public.git"], "nothing is left lying about"


def big_site(name):
    """A history too large for pipes and sockets to hold: git waits for its reader."""
    s = Site(name)
    s.stop()
    (s.data.parent / "noise").write_bytes(os.urandom(24 << 20))
    blob = s.git("hash-object", "-w", s.data.parent / "noise").strip()
    tree = s.git("ls-tree", "main") + f"100644 blob {blob}\tnoise\n"
    tree = git("-C", s.data / "guides.git", "mktree", input=tree).stdout.strip()
    commit = git("-C", s.data / "guides.git", "-c", "user.name=x", "-c", "user.email=x@x", "commit-tree", "-p", "main", "-m", "noise", tree).stdout.strip()
    s.git("update-ref", "refs/heads/main", commit)
    s.start()
    git("ls-remote", s.base + "/guides.git")  # derived before anybody counts processes
    return s, commit


def slow_reader(s, commit):
    """A fetch whose client reads the first bytes and no more."""
    line = f"want {commit} side-band-64k\n"
    body = f"{len(line) + 4:04x}{line}00000009done\n"
    c = socket.create_connection(("127.0.0.1", s.port))
    c.sendall(f"POST /guides.git/git-upload-pack HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-git-upload-pack-request\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    assert c.recv(12) == b"HTTP/1.1 200"
    return c


def test_git_is_killed_when_its_client_goes():
    site()
    state["big"], state["commit"] = s, commit = big_site("clone-big")
    c = slow_reader(s, commit)
    assert until(lambda: gits(s)), "git runs"
    time.sleep(0.3)
    assert gits(s), "git waits for its reader"
    c.close()
    assert until(lambda: not gits(s)), f"still there: {gits(s)}"


def test_the_server_ends_while_somebody_clones():
    s = state["big"]
    for how, code in ((signal.SIGTERM, 0), (signal.SIGKILL, -9)):
        c = slow_reader(s, state["commit"])
        running = lambda: subprocess.run(["pgrep", "-f", f"upload-pack.*--stateless-rpc.*{s.data}/public.git"], capture_output=True, text=True).stdout.split()
        assert until(running, 30), "git runs"
        pids = running()
        assert s.stop(how) == code
        assert until(lambda: not any(pathlib.Path(f"/proc/{p}").exists() for p in pids)), "git outlived the server"
        c.close()
        s.start()
    folder = state["work"] / "whole"
    git("clone", "--quiet", "--bare", s.base + "/guides.git", folder)
    assert git("-C", folder, "rev-parse", "main").stdout.strip() == state["commit"]
    s.close()


def test_pushing_is_refused_in_words():
    s = site()
    folder, _ = clone("pusher", "clone", "--quiet")
    out = git("-C", folder, "-c", "user.name=x", "-c", "user.email=x@x", "push", "origin", "main:other", check=False)
    assert out.returncode and "403" in out.stderr, out.stderr
    answer = s.get("/guides.git/info/refs?service=git-receive-pack")
    assert expect(answer, 403).json["error"]["message"].startswith("Nobody pushes here")
    expect(s.post("/guides.git/git-receive-pack?service=git-upload-pack"), 403)
    assert "refs/heads/other" not in s.git("for-each-ref")


def test_odd_requests():
    s = site()
    expect(s.get("/guides.git/info/refs"), 400)
    expect(s.get("/guides.git/info/refs?service=git-upload-archive"), 400)
    for path in ("HEAD", "objects/info/packs", "../guides.git/HEAD", "config", "info/refs/", "objects/00/" + "0" * 38):
        assert s.get("/guides.git/" + path).status in (400, 404), path
    kind = "Content-Type: application/x-git-upload-pack-request"
    expect(s.curl("/guides.git/git-upload-pack", "-H", "Content-Type: text/plain", "--data-binary", "x"), 415)
    # an odd protocol is no protocol: nothing of it reaches git
    plain = s.get("/guides.git/info/refs?service=git-upload-pack").body
    assert s.curl("/guides.git/info/refs?service=git-upload-pack", "-H", "Git-Protocol: version=2; rm -rf /").body == plain
    assert plain.startswith(b"001e# service=git-upload-pack\n0000")
    answer = s.curl("/guides.git/info/refs?service=git-upload-pack")
    assert answer.headers["cache-control"] == "no-cache, max-age=0, must-revalidate" and answer.headers["content-type"] == "application/x-git-upload-pack-advertisement"
    assert "content-security-policy" in answer.headers and "etag" not in answer.headers
    for body, status in ((b"zzzz", 200), (b"", 200), (b"0032want " + b"0" * 40 + b"\n0000", 200)):
        path = SCRATCH / "clone/body"
        path.write_bytes(body)
        answer = s.curl("/guides.git/git-upload-pack", "-H", kind, "--data-binary", f"@{path}")
        assert answer.status == status and b"PACK" not in answer.body, (body, answer.status, answer.body)
    assert until(lambda: not gits())


def test_a_bomb_does_not_go_off():
    s = site()
    kind = ("-H", "Content-Type: application/x-git-upload-pack-request", "-H", "Content-Encoding: gzip")
    path = SCRATCH / "clone/bomb"
    path.write_bytes(gzip.compress(b"\0" * (64 << 20)))
    expect(s.curl("/guides.git/git-upload-pack", *kind, "--data-binary", f"@{path}"), 413)
    path.write_bytes(b"not gzip")
    expect(s.curl("/guides.git/git-upload-pack", *kind, "--data-binary", f"@{path}"), 400)
    path.write_bytes(gzip.compress(b"0000")[:-5])
    expect(s.curl("/guides.git/git-upload-pack", *kind, "--data-binary", f"@{path}"), 400)
    path.write_bytes(b"x" * ((1 << 20) + 1))
    expect(s.curl("/guides.git/git-upload-pack", "-H", "Content-Type: application/x-git-upload-pack-request", "--data-binary", f"@{path}"), 413)


def test_what_git_is_started_with():
    """Fixed words, a clean environment, limits."""
    s = site()
    trace = SCRATCH / "clone/execs"
    helper = [str(s.process.pid)]
    for _ in range(2):  # one that starts another should it be killed, and that one
        helper = subprocess.run(["pgrep", "-P", helper[0]], capture_output=True, text=True).stdout.split()
        assert len(helper) == 1, helper
    strace = subprocess.Popen(["strace", "-f", "-qq", "-v", "-s", "400", "-e", "trace=execve,prlimit64", "-o", trace, "-p", helper[0]], stderr=subprocess.DEVNULL)
    if not until(lambda: "TracerPid:\t0" not in pathlib.Path(f"/proc/{helper[0]}/status").read_text()):
        return  # a kernel that lets nobody look
    clone("watched", "clone", "--quiet", env={"GIT_DIR_EVIL": "1"})
    strace.terminate()
    strace.wait()
    execs = [l for l in trace.read_text().splitlines() if 'execve("/usr/bin/git"' in l]
    packs = [l for l in execs if '"upload-pack", "--strict"' in l]
    assert packs, execs
    for line in packs:
        words, env = re.search(r"\[(.*?)\], \[(.*?)\]", line).groups()
        assert words.startswith('"git", "-c", "core.hooksPath=/dev/null"') and f'"--", "{s.data}/public.git"' in words, line
        names = {e.split("=")[0].strip(' "') for e in env.split('", "')}
        assert names <= {"PATH", "HOME", "LANG", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL", "GIT_TERMINAL_PROMPT", "GIT_PROTOCOL"}, names
    assert "RLIMIT_CORE, {rlim_cur=0, rlim_max=0}" in trace.read_text()


def test_clones_can_be_switched_off():
    os.environ["GUIDEHALL_CLONE_PROCESSES"] = "0"
    try:
        s = Site("clone-off")
    finally:
        del os.environ["GUIDEHALL_CLONE_PROCESSES"]
    expect(s.get("/guides.git/info/refs?service=git-upload-pack"), 404)
    assert not (s.data / "public.git").exists()
    s.close()


def test_zz_close():
    site().close()
