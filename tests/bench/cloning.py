"""cloning.py: a full clone over HTTP against git's own on the same machine, of the same repository."""
import os, subprocess, time
from measure import Measures, Row

ENV = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}


class Cloning:
    rows = [Row("full clone over HTTP / git clone --no-local", lambda m: m.http, lambda m: m.local, at_most=1.15, unit="s")]
    EACH = 3  # of a round, in turn

    def __init__(self, bench):
        self.bench, self.site = bench, bench.site("big")
        self.clone(self.site.base + "/guides.git")  # what is published is derived when the first one asks

    def clone(self, source):
        begin = time.monotonic()
        subprocess.run(["git", "clone", "--bare", "--quiet", "--no-local", source, self.bench.folder("clone") / "guides.git"], check=True, env=ENV)
        return time.monotonic() - begin

    def round(self):
        m = Measures(http=0, local=0)
        for _ in range(self.EACH):
            m["http"] += self.clone(self.site.base + "/guides.git") / self.EACH
            m["local"] += self.clone(self.site.data / "public.git") / self.EACH
        return m

    def close(self):
        self.site.close()


groups = {"clone": Cloning}
