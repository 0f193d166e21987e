"""fault.py: what fault.c is told, and what it counted."""
import ctypes, errno, mmap, os, pathlib, struct

LIBRARY = os.environ.get("GUIDEHALL_FAULTS") or str(pathlib.Path(os.environ["GUIDEHALL"]).parents[1] / "tests/torture/libfault.so")
# in the order of fault.c, and how each fails: SHORT does half of it
SHORT = 1000
KINDS = {"alloc": [errno.ENOMEM], "open": [errno.EMFILE, errno.ENOSPC], "read": [errno.EIO, errno.EINTR, SHORT],
         "write": [errno.ENOSPC, errno.EIO, errno.EINTR, SHORT], "sync": [errno.EIO, errno.ENOSPC], "rename": [errno.ENOSPC, errno.EIO],
         "link": [errno.EIO], "unlink": [errno.EIO], "mkdir": [errno.ENOSPC], "mmap": [errno.ENOMEM], "truncate": [errno.ENOSPC],
         "fork": [errno.EAGAIN], "pipe": [errno.EMFILE], "accept": [errno.EMFILE], "lock": [errno.EIO], "stat": [errno.EIO],
         "thread": [errno.EAGAIN]}
NUMBER = {name: i for i, name in enumerate(KINDS)}
PLACES, COUNTERS = 8192, 32
HEAD = struct.Struct(f"=IIiIQQ{COUNTERS}QQ")
PLACES_ONLY = 300  # more allocations than this: the first from each chain of callers


class Fault:
    """One plan, in a file that programs started with env() map."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.path.write_bytes(bytes(HEAD.size + PLACES * 12))
        with open(self.path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)
        self.switch = ctypes.c_uint32.from_buffer(self.map)

    def env(self):
        return {"LD_PRELOAD": LIBRARY, "GUIDEHALL_FAULT": str(self.path)}

    def arm(self, kind="alloc", at=0, error=errno.EIO, forever=False):
        """From now on the at-th call of this kind fails; at 0: count all kinds."""
        self.switch.value = 0
        if not at:
            self.map[HEAD.size:] = bytes(PLACES * 12)
        HEAD.pack_into(self.map, 0, 0, forever, error, NUMBER[kind], at, 0, *[0] * COUNTERS, 0)
        self.switch.value = 1

    def disarm(self):
        """How many calls failed."""
        self.switch.value = 0
        return HEAD.unpack_from(self.map)[5]

    def numbers(self, few):
        """After counting: which calls of each kind are worth failing, at most `few` (0: all)."""
        _, _, _, _, _, _, *seen, places = HEAD.unpack_from(self.map)
        firsts = sorted(struct.unpack_from(f"={min(places, PLACES)}I", self.map, HEAD.size + PLACES * 8))
        found = {kind: range(1, seen[NUMBER[kind]] + 1) for kind in KINDS}
        if seen[NUMBER["alloc"]] > PLACES_ONLY:
            found["alloc"] = firsts
        return {kind: [all_of_them[i] for i in spread(len(all_of_them), few)] for kind, all_of_them in found.items()}

    def cases(self, few):
        """(kind, number, error, forever) for each fault, after counting; a few: one way a kind."""
        for kind, numbers in self.numbers(few).items():
            for error in KINDS[kind] if not few else KINDS[kind][:1]:
                # accept for ever: nobody is let in, whatever is asked
                for forever in (False, True) if kind != "accept" else (False,):
                    yield from ((kind, number, error, forever) for number in numbers)


def spread(count, few):
    """`few` indexes below `count`, first and last among them, the middle for one; all when few is 0."""
    if not few or count <= few:
        return list(range(count))
    return [count // 2] if few == 1 else sorted({i * (count - 1) // (few - 1) for i in range(few)})


def named(case):
    kind, number, error, forever = case
    return f"{kind} {number}{' and after' if forever else ''}, error {error}"
