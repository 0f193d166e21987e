"""fault.py: what fault.c is told, and what it counted."""
import collections, ctypes, errno, mmap, os, pathlib, struct

LIBRARY = os.environ.get("GUIDEHALL_FAULTS") or str(pathlib.Path(os.environ["GUIDEHALL"]).parents[1] / "tests/torture/libfault.so")
# in the order of fault.c, and how each fails: SHORT does half of it
SHORT = 1000
KINDS = {"alloc": [errno.ENOMEM], "open": [errno.EMFILE, errno.ENOSPC], "read": [errno.EIO, errno.EINTR, SHORT],
         "write": [errno.ENOSPC, errno.EIO, errno.EINTR, SHORT], "sync": [errno.EIO, errno.ENOSPC], "rename": [errno.ENOSPC, errno.EIO],
         "link": [errno.EIO], "unlink": [errno.EIO], "mkdir": [errno.ENOSPC], "mmap": [errno.ENOMEM], "truncate": [errno.ENOSPC],
         "fork": [errno.EAGAIN], "pipe": [errno.EMFILE], "accept": [errno.EMFILE], "lock": [errno.EIO], "stat": [errno.EIO],
         "thread": [errno.EAGAIN]}
NUMBER = {name: i for i, name in enumerate(KINDS)}
PLACES, COUNTERS = 16384, 32
HEAD = struct.Struct(f"=IIiIQQQQ{COUNTERS}Q")
PLACE = struct.Struct("=QIIII")
# what makes something lasting; of these a few are more
DURABLE = ("write", "sync", "rename", "link")
DURABLE_TIMES = 4
# more calls than this: only the first from each chain of callers, and the last, when it is not memory
LONG = {"alloc": 300}
LONG_CALLS = 100
# a call: the turn-th from this chain of callers; `first` is the number of the chain's first, for people
Where = collections.namedtuple("Where", "chain turn first")
# what this process starts has its code where every other has it: chains can be compared
ADDR_NO_RANDOMIZE = 0x0040000
ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)


class Fault:
    """One plan, in a file that programs started with env() map."""

    memory = (False, True)  # calls, and allocations

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.path.write_bytes(bytes(HEAD.size + PLACES * PLACE.size))
        with open(self.path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)
        self.switch = ctypes.c_uint32.from_buffer(self.map)
        self.fatal = set()

    def env(self):
        return {"LD_PRELOAD": LIBRARY, "GUIDEHALL_FAULT": str(self.path)}

    def arm(self, kind="alloc", where=0, error=errno.EIO, forever=False):
        """From now on this call of this kind fails (a number, or a Where); 0: count all kinds."""
        self.switch.value = 0
        chain, at = (where.chain, where.turn) if isinstance(where, Where) else (0, where)
        if not at:
            self.fatal.clear()
            self.map[HEAD.size:] = bytes(PLACES * PLACE.size)
        HEAD.pack_into(self.map, 0, 0, forever, error, NUMBER[kind], chain, at, 0, 0, *[0] * COUNTERS)
        self.switch.value = 1

    def disarm(self):
        """How many calls failed."""
        self.switch.value = 0
        return HEAD.unpack_from(self.map)[7]

    def ended(self, case):
        """Want of memory ended the program at this call: if all after it failed as well, that would be the same."""
        self.fatal.add(case[:3])

    def calls(self, few):
        """After counting: which calls of each kind are worth failing, at most `few` (0: all)."""
        places = [p for p in PLACE.iter_unpack(self.map[HEAD.size:]) if p[0]]
        assert len(places) < PLACES, "more places than fault.c can keep"
        found = {kind: [] for kind in KINDS if (kind == "alloc") in self.memory}
        for kind in found:
            mine = sorted((first, chain, calls) for chain, of, first, calls, _ in places if of == NUMBER[kind])
            many = sum(calls for _, _, calls in mine) > LONG.get(kind, LONG_CALLS)
            for first, chain, calls in mine:
                turns = range(1, calls + 1) if not many else [1] if kind == "alloc" else sorted({1, calls})
                found[kind] += [Where(chain, turn, first) for turn in turns]
        return {kind: [all_of_them[i] for i in spread(len(all_of_them), few * (DURABLE_TIMES if kind in DURABLE else 1))]
                for kind, all_of_them in found.items()}

    def cases(self, few):
        """(kind, Where, error, forever) for each fault, after counting; a few: one way a kind.
        Memory last: it is most of them, and time may run out."""
        for kind, calls in sorted(self.calls(few).items(), key=lambda one: one[0] == "alloc"):
            for error in KINDS[kind] if not few else KINDS[kind][:1]:
                # accept for ever: nobody is let in, whatever is asked; and signals come, but not without end
                for forever in (False,) if kind == "accept" or error == errno.EINTR else (False, True):
                    for call in calls:
                        if not forever or (kind, call, error) not in self.fatal:
                            yield kind, call, error, forever


def spread(count, few):
    """`few` indexes below `count`, first and last among them, the middle for one; all when few is 0."""
    if not few or count <= few:
        return list(range(count))
    return [count // 2] if few == 1 else sorted({i * (count - 1) // (few - 1) for i in range(few)})


def named(case):
    kind, where, error, forever = case
    turn = f", {where.turn}. of its callers" if where.turn > 1 else ""
    return f"{kind} {where.first}{turn}{' and after' if forever else ''}, error {error}"
