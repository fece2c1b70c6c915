"""A file goes from one home to another through relays, by tokens of their owner's; the relay that
carries it stops answering on the way, or no UDP passes any more: it comes whole, and no process
grows with it. Rules RE-8, RE-33, RE-35, RE-37, RE-62.

usage: carried_test.py BIN_DIR CASE    exit 77: not here, and why

GN_SEND_MIB: size of the file (default 24); GN_SEND_HOLES=1: it has holes; GN_SEND_RATE: bytes a
second that each relay gives (default 1M: the stages come one after the other). 10 GB:
    GN_SEND_MIB=10240 GN_SEND_HOLES=1 GN_SEND_RATE=1G \\
        tests/nat/carried_test.py build/release/cmd relays
"""
import contextlib, hashlib, json, os, signal, subprocess, sys, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab_test import Failure, PORT, check, wait_until
from reach_test import counter, geonet, name_of, start_node

MIB = 1 << 20
STALLED = 180  # s in which nothing comes: then it does not go on
FLAT = 16 * MIB  # what a process may have more at the end than after a third


class Wired(lab.Lab):
    """The Internet is a router of the kernel's, without delay: as fast as the machine."""

    def __init__(self, kinds, servers):
        self.hub = None
        super().__init__(kinds, servers=servers)

    def line(self, space, prefixes):
        if not self.hub:
            self.hub = self.space("internet", True)
            self.hub.ip(["link set lo up", "address add 198.51.100.1/32 dev lo"])
        name, net = f"w{len(self.spaces)}", ".".join(str(b) for b in bytes.fromhex(prefixes[0]))
        self.hub.ip([f"link add {name} type veth peer name wan netns {space.path}",
                     f"link set {name} up", f"route add {net}.0/24 dev {name}"])
        self.hub.sysctl(f"ipv4/conf/{name}/proxy_arp", 1)
        return None

    def start_ether(self):
        """There is none."""


def size_of(path):
    with contextlib.suppress(OSError):
        return os.stat(path).st_blocks * 512
    return 0


def digest(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


class Memory:
    """Resident bytes of each process, as they were."""

    def __init__(self, bin_dir):
        self.pids, self.seen = {}, {}
        with open(os.path.join(bin_dir, "geonetd"), "rb") as f:
            self.sanitized = b"__asan_init" in f.read()

    def look(self, part):
        for name, pid in self.pids.items():
            with contextlib.suppress(OSError, StopIteration, ValueError):
                with open(f"/proc/{pid}/status", encoding="ascii") as f:
                    kib = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
                self.seen.setdefault(name, []).append((part, kib * 1024))

    def is_flat(self, name):
        """Memory that is given back is kept for a while where the programs have sanitizers."""
        return self.sanitized or self.most(name, 0, 2) <= self.most(name, 0, 1 / 3) + FLAT

    def most(self, name, first, last):
        return max((rss for part, rss in self.seen.get(name, []) if first <= part <= last),
                   default=0)


class World:
    """Three relays that give much by tokens of one person, and two at home behind routers that
    hide every port."""

    def __init__(self, net, bin_dir, rate):
        self.net, self.bin, self.nodes = net, bin_dir, {}
        servers = [s.address for s in net.servers]
        give = ["--probation", "0", "--w", "1", "--relay", "tokens", "--relay-rate", rate,
                "--relay-month", "1T"]
        first = start_node(net, net.servers[0], bin_dir, [], *give)
        wait_until("a server answers for keys", lambda: self.ask(net.servers[0], "status"))
        self.ask(net.servers[0], "id", "new", "--no-passphrase")
        issuer = self.ask(net.servers[0], "id", "show")["key"]
        first.terminate()
        first.wait(30)
        for i, server in enumerate(net.servers):
            self.nodes[name_of(server)] = start_node(
                net, server, bin_dir, servers[:i] or servers[1:2], "--issuer", issuer, "--wss",
                "443", "--wss-url", f"wss://{server.address}", *give)
            wait_until("a server answers for keys",
                       lambda s=server: self.ask(s, "status").get("server"))
        self.keys = {}
        for host in [*net.servers, *(s.host for s in net.sides)]:
            if name_of(host) not in self.nodes:
                self.nodes[name_of(host)] = start_node(net, host, bin_dir, servers, "--probation",
                                                       "600", "--w", "1")
                wait_until("a node at home has joined", lambda h=host: self.links(h) >= 2)
            self.keys[name_of(host)] = self.ask(host, "status")["node"]["key"]
        self.ann, self.ben = (side.host for side in net.sides)
        self.tokens()
        wait_until("homes are found", lambda: sum(
            counter(net, s, bin_dir, "relay", "reserved") for s in net.servers) >= 4)
        time.sleep(2)  # the record is put a second later

    def ask(self, host, *words):
        return geonet(self.net, host, self.bin, *words)

    def links(self, host):
        return sum(p["up"] and p["linked"] for p in self.ask(host, "peers").get("peers", []))

    def tokens(self):
        """For who receives, who calls."""
        given = self.ask(self.net.servers[0], "token", "grant", self.keys[name_of(self.ben)],
                         "relay", "use", "--days", "1")
        path = os.path.join(self.net.data(name_of(self.ben)), "relay-tokens")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as f:
            for server in self.net.servers:
                f.write(f"{self.keys[name_of(server)]} {given['token']}\n")

    def tool(self, host, *words, cwd=None):
        return subprocess.Popen(
            host.space.command(os.path.join(self.bin, "geonet"), "--data",
                               self.net.data(name_of(host)), "--json", *words), cwd=cwd,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def bulk(self, server):
        return counter(self.net, server, self.bin, "give", "bulk-bytes")

    def ways(self):
        peers = self.ask(self.ben, "peers").get("peers", [])
        return [f"{p['addr']}:{p['carrier']}" for p in peers if p["up"]]

    def carrying(self):
        """The relay by which most went in a second."""
        before = [self.bulk(s) for s in self.net.servers]
        time.sleep(1)
        went = [self.bulk(s) - b for s, b in zip(self.net.servers, before)]
        return self.net.servers[went.index(max(went))] if max(went) > 10000 else None


class Transfer:
    def __init__(self, world, mib):
        self.world, self.mib, self.memory = world, mib, Memory(world.bin)
        self.sent, self.inbox = world.net.data("sent"), world.net.data("inbox")
        self.file = os.path.join(self.sent, "big")
        with open(self.file, "wb") as f:
            holes = os.environ.get("GN_SEND_HOLES")
            for i in range(0, mib, 16 if holes else 1):
                f.seek(i * MIB)
                f.write(os.urandom(4096 if holes else MIB))
            f.truncate(mib * MIB)
        self.send = world.tool(world.ann, "send", self.file)
        code = self.hear("code")
        self.receive = world.tool(world.ben, "receive", code, "--yes", cwd=self.inbox)
        self.memory.pids = {name: node.pid for name, node in world.nodes.items()} | {
            "send": self.send.pid, "receive": self.receive.pid}
        self.began = self.moved = time.monotonic()
        self.last = self.stall = 0

    def hear(self, event):
        text = ""
        for line in self.send.stdout:
            text += line
            with contextlib.suppress(ValueError):
                said = json.loads(text)
                if said.get("event") == event:
                    return said[event]
                text = ""
        raise Failure(f"the sender ended: {text}")

    def part(self):
        """How much of it is here, of 1; also looks at memory."""
        here = max(size_of(os.path.join(self.inbox, n)) for n in ("big", "big.part"))
        part = here / (self.mib * MIB)
        now = time.monotonic()
        if here > self.last:
            self.last, self.moved = here, now
        self.stall = max(self.stall, now - self.moved)
        self.memory.look(part)
        check(now - self.moved < STALLED, f"nothing came for {STALLED} s, at {part:.0%}")
        return part

    def until(self, what, condition):
        """Waits for it while the file comes; True: before all of it was there."""
        while self.receive.poll() is None:
            self.part()
            if condition():
                print(f"{time.monotonic() - self.began:7.1f} s, {self.part():4.0%}: {what}",
                      flush=True)
                return True
            time.sleep(0.2)
        if self.receive.returncode:
            raise Failure(f"the receiver ended: {self.receive.communicate()[0][-2000:]}")
        print(f"{time.monotonic() - self.began:7.1f} s: all of it is here", flush=True)
        return False

    def end(self):
        self.until("", lambda: False)
        for name, tool in ("receive", self.receive), ("send", self.send):
            said = tool.communicate(timeout=60)[0]
            check(tool.returncode == 0, f"{name}: exit {tool.returncode}: {said[-2000:]}")
        took = time.monotonic() - self.began
        print(f"{self.mib} MiB in {took:.1f} s, {self.mib / took:.1f} MiB/s; "
              f"nothing came for {self.stall:.1f} s at most", flush=True)
        check(digest(self.file) == digest(os.path.join(self.inbox, "big")), "it differs")
        for name in self.memory.pids:
            early, all_of_it = self.memory.most(name, 0, 1 / 3), self.memory.most(name, 0, 2)
            print(f"  {name}: {early / MIB:.1f} MiB in the first third, "
                  f"{all_of_it / MIB:.1f} MiB at most")
            check(self.memory.is_flat(name), f"{name} grows")


@contextlib.contextmanager
def begun(bin_dir):
    """A transfer that a relay carries, and another stands by."""
    mib = int(os.environ.get("GN_SEND_MIB", 24))
    with Wired(["sym", "sym"], servers=3) as net:
        world = World(net, bin_dir, os.environ.get("GN_SEND_RATE", "1M"))
        t = Transfer(world, mib)
        print("ways " + " ".join(world.ways()), flush=True)
        check(t.until("a second relay stands by", lambda: t.part() > 0.05 and counter(
            net, world.ben, bin_dir, "ways", "relay-spare") > 0), "it was there too soon")
        yield net, world, t


def case_relays(bin_dir):
    """Through one relay, which stops, then another."""
    with begun(bin_dir) as (_, world, t):
        first = None
        while not first:
            first = world.carrying()
        node = world.nodes[name_of(first)]
        print(f"carried by {first.address}, which stops", flush=True)
        os.kill(node.pid, signal.SIGSTOP)
        t.memory.pids.pop(name_of(first))
        here = t.part()
        check(t.until("it goes on by another", lambda: t.part() > here + 0.1), "it ended")
        os.kill(node.pid, signal.SIGCONT)
        t.end()


def case_tls(bin_dir):
    """Through a relay; half-way no UDP passes any more, and it goes on by TLS."""
    with begun(bin_dir) as (net, world, t):
        check(t.until("half of it is here", lambda: t.part() > 0.5), "it ended")
        net.block_udp(net.sides[1])
        here = t.part()
        check(t.until("it goes on by TLS", lambda: t.part() > here + 0.1), "it ended")
        print("ways " + " ".join(world.ways()), flush=True)
        check(any(way.endswith("wss") for way in world.ways()), "by what?")
        t.end()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # labs are closed on the way out
    reason = lab.why_not()
    if reason:
        print(f"skipped: {reason}")
        return 77
    try:
        globals()["case_" + sys.argv[2]](os.path.abspath(sys.argv[1]))
    except Failure as error:
        print(f"failed: {error}")
        return 1
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
