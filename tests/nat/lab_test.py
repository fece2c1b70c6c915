"""The lab of networks proves by measurement that its kinds are what they are called
(docs/spec/reach.md RE-71): what RFC 5780 would find of each, what a stranger's packet leaves behind
(RE-21), which pairs a plain puncher brings together with the times of RE-20; and that it cleans up
after itself.

usage: lab_test.py BIN_DIR CASE    one case, as ctest runs them; exit 77: not here, and why
       lab_test.py --table         all pairs, routers dropping strangers' packets and keeping them,
                                   expected and observed
       lab_test.py --table --ipv6  the same with IPv6
"""
import contextlib, json, os, random, signal, socket, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ether  # noqa: E402
import lab
from lab import Lab, KINDS
from punch import CONE, EASY, HARD, expected, got, is_wrong, ports_from, punch, whole_table

PORT = 7780


class Failure(Exception):
    pass


class Skip(Exception):
    pass


def check(condition, sentence):
    if not condition:
        raise Failure(sentence)


# ---- what RFC 5780 would find ----


def outer_of(s, server, tries=3):
    """What a server's socket sees of us; None: it sees nothing."""
    word = os.urandom(8)  # what was asked before may come late
    for _ in range(tries):
        s.sendto(word, server.getsockname()[:2])
        while (seen := got(server, 0.5)):
            if seen[0] == word:
                return seen[1]
    return None


def measure(net, side):
    """(mapping, filtering, port) as RE-4 numbers them, and the outer port; (0, 0, 0): no UDP."""
    one, two = net.servers[:2]
    asked = [h.space.socket(h.address) for h in (one, one, two)]
    host = side.host.space.socket(side.inner, PORT)
    try:
        first = outer_of(host, asked[0])
        if not first:
            return 0, 0, 0
        check(first[0] == side.outer, f"{side.kind}: seen from {first[0]}, not {side.outer}")
        seen = [outer_of(host, s) for s in asked[1:]]
        mapping = 1 if seen[1] == first else 2 if seen[0] == first else 3
        return mapping, filtering(net, side, host), first[1]
    finally:
        for s in [*asked, host]:
            s.close()


def filtering(net, side, host):
    """Of sockets that were never sent to: another address, another port."""
    one, other = net.servers[0], net.servers[2]
    asked, port, address = (h.space.socket(h.address) for h in (one, one, other))
    with asked, port, address:
        outer = outer_of(host, asked)
        asked.sendto(b"asked", outer)
        answer = got(host)
        check(answer and answer[0] == b"asked", f"{side.kind}: an answer did not come in")
        for s, found in ((address, 1), (port, 2)):
            s.sendto(b"not asked", outer)
            if got(host, 0.3):
                return found
    return 3


def hairpin(side):
    host = side.host.space.socket(side.inner, PORT)
    other = side.host.space.socket(side.inner)
    with host, other:
        other.sendto(b"to myself", (side.outer, PORT))
        return got(host, 0.3) is not None


def tcp(net, side, port):
    server, host = net.servers[0], side.host.space.socket(side.inner, kind=socket.SOCK_STREAM)
    listener = server.space.socket(server.address, port, socket.SOCK_STREAM)
    with host, listener:
        listener.listen()
        host.settimeout(0.5)
        try:
            host.connect((server.address, port))
        except OSError:
            return False
        return True


def check_kind(net, side):
    mapping, filters, port = measure(net, side)
    found = f"{side.kind}: mapping {mapping}, filtering {filters}, port {port}"
    print(found, flush=True)
    expected = {"open": (1, 1), "full": (1, 1), "addr": (1, 2), "port": (1, 3), "cg": (1, 3),
                "sym": (3, 3), "small": (3, 3), "blocked": (0, 0), "443": (0, 0)}[side.kind]
    check((mapping, filters) == expected, f"{found}; expected {expected}")
    if side.kind in EASY + CONE:
        check(port == PORT, f"{found}: the port was not kept")
    if side.kind == "small":
        check(20000 <= port <= 20999, f"{found}: not of its range")
    check(hairpin(side) == (side.kind == "open"), f"{side.kind}: hairpin")
    check(tcp(net, side, 443), f"{side.kind}: no TCP to 443")
    check(tcp(net, side, 8443) == (side.kind != "443"), f"{side.kind}: TCP to 8443")


def case_kinds(_):
    with Lab(KINDS) as net:
        for side in net.sides:
            check_kind(net, side)


def stray_changes_port(net, wait):
    """A stranger's packet comes to the port first; then, later, the host sends there: from another
    port?"""
    side, server, stranger = net.sides[0], net.servers[0], net.servers[1]
    net.rebind(side)
    ask, strange = server.space.socket(server.address), stranger.space.socket(stranger.address)
    with side.host.space.socket(side.inner, PORT) as host, ask, strange:
        outer = outer_of(host, ask)
        strange.sendto(b"here I am", outer)
        check(not got(host, 0.3), "a stranger got in")
        time.sleep(wait)
        answer = outer_of(host, strange)
        check(answer and outer_of(host, ask) == outer, "the host is not heard any more")
        return answer != outer


def case_strays(_):
    """RE-21, with a kernel that forgets what has no answer after 4 s."""
    for kind in CONE:
        for keep in (True, False):
            with Lab([kind], servers=2, wan_drop=not keep, timeouts=(4, 120)) as net:
                check(stray_changes_port(net, 0) == keep, f"{kind}: a stray was kept: {not keep}")
                check(not stray_changes_port(net, 5), f"{kind}: a stray is kept for ever")


def case_times(_):
    """The ends of flows that RE-70 and RE-71 count with are this kernel's."""
    with Lab(["port"], servers=1) as net, net.sides[0].router.inside():
        found = []
        for name in ("nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream"):
            with open(f"/proc/sys/net/netfilter/{name}", encoding="ascii") as f:
                found.append(int(f.read()))
    check(found == [30, 120], f"conntrack forgets UDP after {found} s")


# ---- the simulators' boxes ----

# In each step packets are sent at once; flows end, and begin to last, at other times of a step
# (SPANS, 2 s); what has ended is collected at another still. All in seconds.
STEP, SPANS, AT_MOST, COLLECT = 1.2, (4, 9), 0.3, 0.9


class Played:
    """Random packets through a side, and what became of each, as nat_replay reads it."""

    def __init__(self, net, keep, dice):
        self.net, self.side, self.keep, self.dice = net, net.sides[0], keep, dice
        self.lines, self.outer = [], []
        second = f"{self.side.lan}.3"  # another host, for the router
        self.side.host.space.ip([f"address add {second}/24 dev eth0"])
        self.hosts = [self.side.host.space.socket(a, p) for a in (self.side.inner, second)
                      for p in (PORT, PORT + 1)]
        self.fars = [h.space.socket(h.address, 1000 + i) for h in net.servers for i in range(2)]
        self.sockets, self.flows = self.hosts + self.fars, []
        # words of the lines; how many of these are true; how many there were at the turn's begin
        self.words, self.true, self.kept, self.outs = [], sys.maxsize, 0, 0

    def send(self, began):
        """One packet; take() says what became of it."""
        far, self.word = self.dice.randrange(len(self.fars)), os.urandom(8)
        self.words.append(self.word)
        at = round((time.monotonic() - began) * 1000)
        told = self.told()
        if not told or self.dice.randrange(2):
            inner = self.dice.randrange(len(self.hosts))
            self.sent = f"{at} out {inner} {far}"
            self.flows.append((inner, far))
            self.hosts[inner].sendto(self.word, self.fars[far].getsockname())
        else:
            which = self.dice.choice(told)
            self.sent = f"{at} in {far} {which}"
            self.fars[far].sendto(self.word, self.outer[which])

    def told(self):
        """Which of the last came out in time, from a port that is drawn for one flow alone: the
        box, which draws others, has no such coincidence."""
        last = range(max(0, len(self.flows) - 12), len(self.flows))
        return [i for i in last if self.outer[i][1] and (
            self.side.kind in CONE
            or len({f for f, o in zip(self.flows, self.outer) if o == self.outer[i]}) == 1)]

    def collect(self):
        for router in filter(None, (self.side.router, self.side.carrier)):
            router.collect_flows()

    def take(self):
        result = 0
        for s in self.sockets:
            while (came := got(s, 0)):
                if came[0] != self.word:  # late: what was written of it is not true
                    lines = [i for i, word in enumerate(self.words) if word == came[0]]
                    self.true = min([self.true, *lines])
                else:
                    result = came[1][1] if s in self.fars else self.hosts.index(s) + 1
        if " out " in self.sent:
            self.outer.append((self.side.outer, result))
        self.lines.append(f"{self.sent} {result}\n")

    def keep_turn(self, keep, began):
        """Unless it was late, when the end of a flow may have come before a packet: then all is
        forgotten, here and there."""
        if not keep:
            del self.lines[self.kept:], self.words[self.kept:]
            del self.outer[self.outs:], self.flows[self.outs:]
            self.net.rebind(self.side)
            self.lines.append(f"{round((time.monotonic() - began) * 1000)} flush\n")
            self.words.append(None)
        self.kept, self.outs = len(self.lines), len(self.outer)

    def differs(self, program):
        for seed in "123":  # the box may draw the same port twice
            done = subprocess.run(
                [program, self.side.kind, str(int(self.keep)), *map(str, SPANS), seed],
                input="".join(self.lines[:self.true]), stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
            print(f"{self.side.kind}, kept {self.keep}: {done.stdout.strip()}", flush=True)
            if done.returncode == 0:
                return False
        return True


def case_model(bin_dir):
    """RE-70: what this kernel does with random packets is what the simulators' box does."""
    program = os.path.join(bin_dir, "..", "tests", "nat_replay")
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    with contextlib.ExitStack() as nets:
        played = [Played(nets.enter_context(Lab([kind], servers=2, wan_drop=not keep, delay=0,
                                                timeouts=SPANS)), keep, random.Random(seed))
                  for kind in (*CONE, "sym") for keep in (True, False)]
        began, turns = time.monotonic(), 0
        for turn in range(int(os.environ.get("TURNS", 20))):
            time.sleep(max(0, began + turn * STEP - time.monotonic()))
            for _ in range(6):
                for p in played:
                    p.send(began)
                time.sleep(0.02)
                for p in played:
                    p.take()
            late = time.monotonic() > began + turn * STEP + AT_MOST
            for p in played:
                p.keep_turn(not late, began)
            turns += not late
            time.sleep(max(0, began + turn * STEP + COLLECT - time.monotonic()))
            for p in played:
                p.collect()
        if turns < 4:
            raise Skip("this machine is too busy to be in time")
        check(not any([p.differs(program) for p in played]), "this kernel does otherwise")


def case_boxes(bin_dir):
    """The simulators' boxes before real hosts: the kinds of the kernel, and what it has none of."""
    program = os.path.join(bin_dir, "..", "tests", "nat_box")
    known = {("m=1", "f=1"): (1, 1), ("m=1", "f=2"): (1, 2), ("m=1", "f=3"): (1, 3),
             ("m=2", "f=3", "delta=2"): (2, 3), ("m=3", "f=3", "delta=1"): (3, 3),
             ("m=3", "f=3", "keep"): (1, 3), ("m=1", "f=1", "hairpin"): (1, 1),
             ("m=3", "f=3", "range=20000-20999"): (3, 3)}
    with Lab([lab.Box(program, *words) for words in known]) as net:
        for side, wanted in zip(net.sides, known.values()):
            mapping, filters, port = measure(net, side)
            print(f"{side.kind}: mapping {mapping}, filtering {filters}, port {port}", flush=True)
            check((mapping, filters) == wanted, f"{side.kind}: expected {wanted}")
            check(hairpin(side) == ("hairpin" in side.kind.words), f"{side.kind}: hairpin")
            net.block_udp(side)
            check(silent(net, side), f"{side.kind}: UDP passes")
            net.block_udp(side, False)
            net.rebind(side)
            check(heard(net, side), f"{side.kind}: not heard after all")
    ports = ports_from(10000)
    with Lab([lab.Box(program, "m=1", "f=3"), "port", "sym"], servers=1) as net:
        box, port, sym = net.sides
        check(punch(net, [(box, port)], ports)[0], "a box and a router do not come together")
        check(not punch(net, [(box, sym)], ports)[0], "a box and a hard router come together")


# ---- punching ----


def check_pairs(net, pairs, v6=False):
    """Sides by their kinds, one after the other; again where chance brought two together: a router
    of a small range takes the same port twice once in a thousand."""
    ports = ports_from(10000)
    for a, b in pairs:
        sides = [next(s for s in net.sides if s.kind == a),
                 next(s for s in reversed(net.sides) if s.kind == b)]
        want = expected(a, b, v6)
        for _ in range(3):
            for side in net.sides:
                net.rebind(side)
            seconds = punch(net, [sides], ports, v6)[0]
            if not is_wrong((want, seconds)):
                break
        print(f"{a}, {b}: {want}, {seconds and f'{seconds * 1000:.0f} ms'}", flush=True)
        check(not is_wrong((want, seconds)), f"{a} and {b}: expected {want}, got {seconds}")


def case_pairs(_):
    kinds = ["port", "port", "cg", "addr", "sym", "small", "full", "blocked"]
    pairs = [("port", "port"), ("cg", "port"), ("addr", "sym"), ("port", "small"),
             ("full", "blocked")]
    for wan_drop in (True, False):
        print(f"routers {'drop' if wan_drop else 'keep'} strangers' packets")
        with Lab(kinds, servers=1, wan_drop=wan_drop) as net:
            check_pairs(net, pairs)


def case_late(_):
    """RE-21: where strangers' packets are kept, both must begin within the way between them (twice
    20 ms here); where they are dropped, not."""
    for wan_drop in (True, False):
        with Lab(["port", "cg"], servers=1, wan_drop=wan_drop) as net:
            through = punch(net, [net.sides], ports_from(10000), late=0.15)[0]
            check((through is not None) == wan_drop, f"late, and dropped {wan_drop}: {through}")


def case_v6(_):
    if not lab.HAS_IPV6:
        raise Skip("this kernel has no IPv6")
    with Lab(["port", "sym", "small", "443"], servers=1, ipv6=True) as net:
        check_pairs(net, [("port", "sym"), ("sym", "small"), ("sym", "443")], v6=True)
        check_pairs(net, [("port", "sym")])


# ---- what is done with a lab ----


def heard(net, side, v6=False, tries=10):
    """The outer address and port under which a server hears the host, or None; answers too. A link
    that has just come up loses packets for up to a second."""
    server = net.servers[0]
    inner = side.inner6 if v6 else side.inner
    with side.host.space.socket(inner, PORT) as host, server.space.socket(
            server.address6 if v6 else server.address) as ask:
        try:
            seen = outer_of(host, ask, tries)
        except OSError:  # no route
            return None
        if seen:
            ask.sendto(b"answer", seen)
            check(got(host), "heard, but not answered")
        return seen


def silent(net, side):
    """By either version."""
    try:
        return not (heard(net, side, tries=1) or net.ipv6 and heard(net, side, True, tries=1))
    except OSError:  # its address went with its link
        return True


def check_faults(net, side):
    """Each shows, and its end, too."""
    for name, undo in (("cut", "restore"), ("unplug", "plug"), ("drop_route", "plug")):
        getattr(net, name)(side)
        check(silent(net, side), f"{side.kind}: heard after {name}")
        getattr(net, undo)(side)
        check(heard(net, side), f"{side.kind}: not heard after {undo}")
        check(not net.ipv6 or heard(net, side, True), f"{side.kind}: no IPv6 after {undo}")
    net.block_udp(side)
    check(silent(net, side), f"{side.kind}: UDP passes")
    check(tcp(net, side, 443), f"{side.kind}: TCP is blocked with UDP")
    net.block_udp(side, False)
    check(heard(net, side), f"{side.kind}: UDP is blocked for ever")


def case_rig(_):
    for kind in ("open", "addr", "sym", "cg"):
        with Lab([kind], servers=1, ipv6=lab.HAS_IPV6) as net:
            side = net.sides[0]
            check(heard(net, side), f"{kind}: not heard")
            check_faults(net, side)
            net.change_inner(side)
            check(heard(net, side), f"{kind}: not heard from {side.inner}")
            if kind != "open":
                net.change_outer(side)
                check(heard(net, side)[0] == side.outer, f"{kind}: not heard from {side.outer}")
            net.set_delay(side, 200)
            began = time.monotonic()
            check(heard(net, side) and time.monotonic() - began > 0.2, f"{kind}: no delay")


def case_rebind(_):
    """A flow that was there gets another port, where ports are drawn."""
    with Lab(["sym"], servers=1) as net:
        side, server = net.sides[0], net.servers[0]
        ask = server.space.socket(server.address)
        with ask, side.host.space.socket(side.inner, PORT) as host:
            before = outer_of(host, ask)
            check(outer_of(host, ask) == before, "a flow changed by itself")
            net.rebind(side)
            ask.sendto(b"late", before)
            check(not got(host, 0.3), "a flow outlived its router")
            check(outer_of(host, ask) != before, "the same port was drawn again")  # once in 64,512


def case_command(_):
    """Commands run inside, with a directory, and end with the lab."""
    with Lab(["port"], servers=1) as net:
        side = net.sides[0]
        shown = net.start(side.host, ["ip", "-4", "address", "show", "dev", "eth0"], "shown")
        check(shown.wait(10) == 0, "the command failed")
        with open(shown.log, encoding="ascii") as f:
            check(side.inner in f.read(), "it ran elsewhere")
        deaf = net.start(side.host, ["sh", "-c", "trap '' TERM; sleep 1000 & echo $!; sleep 1000"],
                         "deaf")
        directory = net.directory
        while not os.path.getsize(deaf.log):
            time.sleep(0.01)
        lab.PATIENCE = 1
    check(deaf.returncode == -signal.SIGKILL, f"it ended with {deaf.returncode}")
    check(not list(ether.processes_of(directory)), "a child of it lives on")
    check(not os.path.exists(directory), "its directory is still there")


def geonet(net, host, bin_dir, *words):
    """What the tool says of the node of that host, as JSON."""
    command = [os.path.join(bin_dir, "geonet"), "--data", net.data(host.address), "--json", *words]
    done = subprocess.run(host.space.command(*command), stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=60, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {}


def start_node(net, host, bin_dir, outer, *options):
    return net.start(host, [
        os.path.join(bin_dir, "geonetd"), "--data", net.data(host.address), "--port", str(PORT),
        "--http", "0", "--probation", "0", "--pow-bits", "10", "--advertise", f"{outer}:{PORT}",
        *options], host.address)


def case_node(bin_dir):
    """Real nodes: one in the Internet, one at home; the second joins, and puts a record at both,
    also when its router has forgotten all."""
    with Lab(["port"], servers=1) as net:
        side, server = net.sides[0], net.servers[0]
        start_node(net, server, bin_dir, server.address)
        wait_until("the first node answers", lambda: geonet(net, server, bin_dir, "status"))
        start_node(net, side.host, bin_dir, side.outer, "--bootstrap", f"{server.address}:{PORT}")
        wait_until("the node at home has joined",
                   lambda: geonet(net, side.host, bin_dir, "status").get("links"))
        geonet(net, side.host, bin_dir, "id", "new", "--no-passphrase")
        for label in ("before", "after"):
            put = geonet(net, side.host, bin_dir, "put", "--w", "2", "--label", label, __file__)
            check(put.get("key"), f"no record was put {label}")
            net.rebind(side)


# ---- ends ----


def wait_until(what, condition):
    deadline = time.monotonic() + 60
    while not condition():
        check(time.monotonic() < deadline, f"it did not come true that {what}")
        time.sleep(0.05)


def child(what):
    """A process with a lab of its own that does `what`, and the lab's directory."""
    code = (f"import sys, time; sys.path.insert(0, {os.path.dirname(lab.__file__)!r}); import lab\n"
            "net = lab.Lab(['port', 'cg'], servers=1)\n"
            "net.start(net.sides[0].host, ['sh', '-c', 'sleep 1000 & sleep 1000'], 'x')\n"
            "print(net.directory, flush=True)\n"
            f"{what}\n")
    process = subprocess.Popen([sys.executable, "-B", "-c", code], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    return process, process.stdout.readline().strip()


def pids_with(word):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if word.encode() in f.read():
                    yield int(pid)
        except OSError:
            pass


def is_gone(directory):
    """Namespaces live in descriptors and processes alone: without these they are no more."""
    return not (os.path.exists(directory) or list(ether.processes_of(directory))
                or list(pids_with(directory)))


def case_killed(_):
    """Whatever ends it, nothing is left; and what both killed left, the next lab removes. In a
    directory of its own, or another test's lab does that first."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["TMPDIR"] = tempfile.tempdir = place
        try:
            kill_labs()
        finally:
            tempfile.tempdir = None


def kill_labs():
    for end in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, None):
        process, directory = child("time.sleep(1000)" if end else "1 / 0")
        if end:
            check(os.path.exists(directory) and list(pids_with(directory)), "there is no lab")
            process.send_signal(end)
        process.wait(20)
        wait_until(f"all of it is gone after {end}", lambda d=directory: is_gone(d))
    for _ in range(5):  # on a busy machine the ether may get round to its own end
        process, directory = child("time.sleep(1000)")
        os.kill(next(pids_with(directory)), signal.SIGKILL)  # the ether, told of it in its words
        process.kill()
        process.wait(20)
        if os.path.exists(directory) and list(ether.processes_of(directory)):
            break
    else:
        check(False, "it was not killed")
    with Lab(["open"], servers=0):
        check(is_gone(directory), "the next lab left what the killed one had left")


def case_together(_):
    """Two labs at once, with the same addresses, are two worlds; sweeping spares who lives."""
    script = [sys.executable, os.path.abspath(__file__), "-", "kinds"]
    both = [subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for _ in range(2)]
    with Lab(["port"], servers=1) as net:
        for process in both:
            out = process.communicate(timeout=200)[0]
            check(process.returncode == 0, out)
            check(heard(net, net.sides[0]), "another lab's end ended this one")
    check(not list(pids_with(net.directory)), "an ether is left")


def case_outside(_):
    """Nothing is touched outside: links, addresses, rules, forwarding."""
    def outside():
        words = [["ip", "link"], ["ip", "address"], ["ip", "route"], ["nft", "list", "ruleset"],
                 ["cat", "/proc/sys/net/ipv4/ip_forward"], ["ip", "netns"]]
        return [subprocess.run(w, stdout=subprocess.PIPE, text=True, check=False).stdout
                for w in words]
    before = [line for text in outside() for line in text.splitlines() if "valid_lft" not in line]
    with Lab(KINDS, servers=1, ipv6=lab.HAS_IPV6) as net:
        net.rebind(net.sides[3])
    after = [line for text in outside() for line in text.splitlines() if "valid_lft" not in line]
    check(before == after, f"changed: {set(before) ^ set(after)}")


def main():
    words = [w for w in sys.argv[1:] if not w.startswith("--")]
    if "--table" not in sys.argv and (len(words) != 2 or "case_" + words[1] not in globals()):
        print(__doc__, "cases:", *[n[5:] for n in globals() if n.startswith("case_")])
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # labs are closed on the way out
    reason = lab.why_not()
    if reason:
        print(f"skipped: {reason}")
        return 77
    if "--table" in sys.argv:
        return whole_table("--ipv6" in sys.argv)
    try:
        globals()["case_" + words[1]](words[0])
    except Failure as error:
        print(f"failed: {error}")
        return 1
    except Skip as reason:
        print(f"skipped: {reason}")
        return 77
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
