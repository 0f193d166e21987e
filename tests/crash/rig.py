"""rig.py: a server that may die at any moment, and what must be true of its data after that."""
import atexit, collections, os, pathlib, re, shutil, signal, sqlite3, subprocess, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "site"))
from harness import PROGRAM, SCRATCH, TOP, Site

GUIDES = ["blogs", "facebook", "twitter", "wikipedia", "youtube"]


def crash_points():
    """Every crash point in the sources: name -> how often it stands there."""
    found = collections.Counter()
    for path in pathlib.Path(TOP, "src").rglob("*.c"):
        found.update(re.findall(r'\bcrash_point\("([^"]+)"\)', path.read_text()))
    return found


def demand_points():
    """A test of places to die at needs a program that has them."""
    if b"GUIDEHALL_CRASH_AT" not in pathlib.Path(PROGRAM).read_bytes():
        sys.exit("FAIL crash: this program was built without crash points (meson -Dcrash_points=true)")


class Broken(Exception):
    """An invariant does not hold; its name is the first word."""


def in_memory(name):
    """A folder for data of processes that die: that needs no disk. (Power cuts do.)"""
    memory = pathlib.Path("/dev/shm")
    folder = (memory if memory.is_dir() and os.access(memory, os.W_OK) else SCRATCH) / f"guidehall-{name}-{os.getpid()}"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def demand(truth, invariant, why):
    if not truth:
        raise Broken(f"{invariant}: {why}")


class Mortal(Site):
    """A server on a copy of prepared data (or on nothing), that is killed and started with the same command."""

    def __init__(self, name, origin=None, folder=None, wrap=(), **env):
        self.data = (folder or SCRATCH) / name / "data"
        self.env = {**os.environ, "GUIDEHALL_RATE_LIMITS": "0", "GUIDEHALL_LOG_REQUESTS": "0", **env}
        self.options, self.process, self.setup, self.wrap = (), None, None, wrap
        self.log = SCRATCH / name / "log"
        for place in {self.data.parent, self.log.parent}:
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
        if origin:
            shutil.copytree(origin, self.data)

    def begin(self, crash_at=None):
        """Start, and do not wait until it answers."""
        env = {**self.env, "GUIDEHALL_CRASH_AT": crash_at} if crash_at else self.env
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*self.wrap, PROGRAM, "serve", "--data", self.data, "--listen", "127.0.0.1:0"],
                                            stdout=subprocess.PIPE, stderr=log, text=True, env=env, start_new_session=True)

    def await_ready(self):
        """Whether it got as far as listening; else it has ended."""
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.base = line.split()[-1]
                self.port = int(self.base.rsplit(":", 1)[1])
                return True
        self.process.wait()
        self.process.stdout.close()
        return False

    def start(self, crash_at=None):
        self.begin(crash_at)
        if not self.await_ready():
            raise Broken("I0 it starts again: " + self.log.read_text(errors="replace")[-1500:])

    def kill(self, group=False):
        """The process alone, or with everything it started."""
        try:
            (os.killpg if group else os.kill)(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdout.close()

    def end(self):
        if self.process and self.process.poll() is None:
            self.kill(group=True)

    def rows(self, sql):
        db = sqlite3.connect(f"file:{self.data}/guidehall.db?mode=ro", uri=True, timeout=30)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def recoveries(self):
        return re.findall(r'recovered what="([^"]+)"', self.log.read_text(errors="replace"))

    def crashed(self):
        return re.findall(r'crashed at="([^"]+)"', self.log.read_text(errors="replace"))


def locks(s):
    return [str(p) for p in (s.data / "guides.git").rglob("*.lock")]


def sound(s):
    """What must be true of any data folder with a server on it, whatever happened before."""
    check = s.command("check", check=False)
    demand(check.returncode == 0, "I6 tables, git and releases agree (guidehall check)", check.stdout + check.stderr)
    out = subprocess.run(["git", "-C", s.data / "guides.git", "fsck", "--full", "--strict", "--no-dangling", "--no-progress"],
                         capture_output=True, text=True)
    demand(not out.returncode and not (out.stdout + out.stderr).strip(), "I7 git fsck is silent", out.stdout + out.stderr)
    demand(not locks(s), "I7 no lock is left", locks(s))
    for pragma in ("integrity_check", "foreign_key_check"):
        found = s.rows(f"PRAGMA {pragma}")
        demand(found in ([("ok",)], []), f"I8 SQLite {pragma}", found)
    log = s.log.read_text(errors="replace")
    demand("Sanitizer" not in log and "runtime error" not in log, "I0 no sanitizer speaks", log[-3000:])


def published(s):
    """What clones see: main and the tags, as they are; nothing else."""
    words = ["git", "ls-remote", f"{s.base}/guides.git"]
    out = subprocess.run(words, capture_output=True, text=True)
    demand(out.returncode == 0, "I9 public.git derives from guides.git", out.stderr)
    seen = {ref: oid for oid, ref in (l.split("\t") for l in out.stdout.splitlines()) if ref != "HEAD" and not ref.endswith("^{}")}
    ours = dict(l.split()[::-1] for l in s.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/main", "refs/tags").splitlines())
    demand(seen == ours, "I9 public.git derives from guides.git", f"{set(seen.items()) ^ set(ours.items())}")
