"""measure.py: rows of the table, and the few ways to measure that they share."""
import collections, http.client, json, os, pathlib, re, statistics, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "site"))
from harness import Site
import corpus


class Absent(Exception):
    """Something a row needs is not here; the row says why and does not pass."""


class Row:
    """One line of the table: `ours` against `theirs`, taken from what a round measured.

    Both are functions of the round's measures; without `theirs` the figure itself is
    held against the target, which is a lower or an upper bound."""

    def __init__(self, name, ours, theirs=None, at_least=None, at_most=None, unit=""):
        self.name, self.ours, self.theirs, self.unit = name, ours, theirs, unit
        self.least = at_least is not None
        self.target = at_least if self.least else at_most
        self.rounds, self.missing = [], None

    def take(self, measures):
        try:
            ours = self.ours(measures)
            theirs = self.theirs(measures) if self.theirs else 1
            self.rounds.append((ours, theirs, ours / theirs))
        except Absent as why:
            self.missing = f"absent: {why}"

    @property
    def ratio(self):
        return None if self.missing or not self.rounds else statistics.median(r for _, _, r in self.rounds)

    @property
    def passed(self):
        return self.ratio is not None and (self.ratio >= self.target if self.least else self.ratio <= self.target)


class Measures(dict):
    """What a round measured, by name. An Absent in the place of a figure is raised when a row asks for it."""

    def __getattr__(self, name):
        if isinstance(self[name], Absent):
            raise self[name]
        return self[name]

    def attempt(self, name, measure, *words, **more):
        try:
            self[name] = measure(*words, **more)
        except Absent as why:
            self[name] = why


class Bench:
    """What every group of rows works with."""

    def __init__(self, program, scratch, quick):
        self.program, self.scratch, self.quick = program, scratch, quick
        self.rounds = 2 if quick else 5  # of a group that does not say how many it needs
        self.corpora = corpus.Corpora(program, scratch)
        self.here = pathlib.Path(__file__).resolve().parent
        self.made = 0

    def site(self, name, *options):
        """A server on a fresh copy of a corpus."""
        return CorpusSite(self.corpora.copy(name), *options)

    def folder(self, name):
        self.made += 1
        folder = self.scratch / f"{name}-{self.made}"
        folder.mkdir()
        return folder

    def yardstick(self, name, *libraries):
        """One of the small C programs beside this file, compiled."""
        out = self.scratch / name
        if not out.exists():
            subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-o", out, self.here / f"{name}.c", "-pthread", *libraries], check=True)
        return out

    def client(self, port, requests, connections=1, token="-"):
        """Post (path, data) pairs from a program in C, dicts as JSON, text as it is;
        the seconds it took, and (status, microseconds, answer) of each."""
        lines = "".join(f"{path}\t{data if isinstance(data, str) else json.dumps(data)}\n" for path, data in requests)
        out = subprocess.run([self.yardstick("client"), str(port), str(connections), token], input=lines, stdout=subprocess.PIPE, text=True, check=True).stdout
        seconds, *answers = out.rstrip("\n").split("\n")
        return float(seconds), [(int(status), float(us), body) for status, us, body in (a.split(" ", 2) for a in answers)]


class CorpusSite(Site):
    """A server on a data folder that is there already."""

    def __init__(self, data, *options):
        self.env = {**os.environ, "GUIDEHALL_RATE_LIMITS": "0", "GUIDEHALL_LOG_REQUESTS": "0"}
        self.data, self.log = data, data.parent / f"{data.name}.log"
        self.options, self.process, self.setup = options, None, None
        os.sync()  # what was copied is not written out while we measure
        self.start()

    @property
    def pid(self):
        return self.process.pid

    def cookie(self, handle):
        """The session of somebody who signed in by the form."""
        jar = self.data.parent / f"{self.data.name}.{handle}.jar"
        self.form("/sign-in", [("handle", handle), ("password", corpus.PASSWORD)], "-b", str(jar), "-c", str(jar),
                  page=self.curl("/sign-in", "-c", str(jar), accept="text/html").text)
        found = re.search(r"\tsession\t(\S+)", jar.read_text())
        assert found, f"{handle} could not sign in"
        return f"session={found[1]}"


class Connection:
    """A keep-alive connection of a reader."""

    def __init__(self, port, **headers):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Accept": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}}

    def ask(self, method, path, data=None):
        headers = self.headers if data is None else {**self.headers, "Content-Type": "application/json"}
        body = None if data is None else json.dumps(data)
        try:
            self.http.request(method, path, body, headers)
            answer = self.http.getresponse()
        except http.client.RemoteDisconnected:  # it was idle for too long
            self.http.request(method, path, body, headers)
            answer = self.http.getresponse()
        body = answer.read()
        assert answer.status < 400, f"{method} {path}: {answer.status} {body[:500]!r}"
        return body

    def get(self, path):
        return self.ask("GET", path)

    def json(self, method, path, data=None):
        return json.loads(self.ask(method, path, data))


# ---- processor time ----

def tree(pid):
    """A process and those below it."""
    children = collections.defaultdict(list)
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # gone meanwhile
        children[int(fields[1])].append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children[one]
    return found


def cpu_us(pids):
    """Processor time of processes so far: /proc/PID/stat, which counts in hundredths of a second."""
    ticks = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1e6 / os.sysconf("SC_CLK_TCK")


def cpu_exact_us(pid):
    """The same clock of one process to the nanosecond, for what is over too soon for /proc/PID/stat."""
    total = 0
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
        total += int(path.read_text().split()[0])
    return total / 1000


def rest(pid):
    """Wait until a process has nothing to do."""
    before, now = -1, cpu_exact_us(pid)
    while now - before > 5:
        time.sleep(0.01)
        before, now = now, cpu_exact_us(pid)
    return now


def cpu_of(pid, act):
    """Processor time of a server for one act of ours."""
    before = rest(pid)
    act()
    return rest(pid) - before


# ---- load ----

Load = collections.namedtuple("Load", "rate p50 p99 cpu_us bytes_rate")
SCALE = {"us": 0.001, "ms": 1, "s": 1000, "B": 1, "KB": 1024, "MB": 1024 ** 2, "GB": 1024 ** 3}


def wrk(url, seconds, pid=None, connections=32, headers=(), script=None):
    """Requests a second, waiting times in ms, and processor time of a request in the server and the processes below it."""
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for header in headers:
        words += ["-H", header]
    if script:
        words += ["-s", str(script)]
    pids = tree(pid) if pid else []
    before = cpu_us(pids)
    try:
        out = subprocess.run([*words, url], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise Absent("wrk is not installed")
    used = cpu_us(pids) - before
    assert "Non-2xx" not in out and "Socket errors" not in out, f"{url}: {out}"

    def figure(pattern):
        value, unit = re.search(pattern, out).groups()
        return float(value) * SCALE[unit]
    count = int(re.search(r"(\d+) requests in", out)[1])
    return Load(float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), figure(r"50%\s+([\d.]+)(us|ms|s)"), figure(r"99%\s+([\d.]+)(us|ms|s)"),
                used / count, figure(r"Transfer/sec:\s+([\d.]+)(B|KB|MB|GB)"))
