"""Two real nodes between which `geonet pipe` carries bytes both ways, while what is under them
moves: nothing may be lost, and how long does nothing come (docs/spec/reach.md RE-6, RE-10)?

usage: stall_test.py BIN_DIR GROUP|SCENE[,SCENE...]  each case once, scenes beside each other, as
                                               ctest runs them; exit 77: not here, and why
       stall_test.py BIN_DIR --table [--runs N] [--only SCENE,...] [--json] [--sleep S]
                     [--at-once N]             the table of all, N runs each (20)

Each end writes a numbered record each 20 ms. The stall of a move is the longest time in which
nothing came at one of the two ends, counted from when the network could carry again. Reported:
bytes that came, bytes that did not, stalls, and what carried after each move.

A scene makes the networks of a few cases, and goes to and fro between them in one pipe.
"""
import argparse, concurrent.futures, contextlib, hashlib, json, os, shutil, signal, struct
import subprocess, sys, threading, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab_test import Failure, PORT, check, wait_until
from moving_test import log_has

EVERY = 0.02  # s between two records
HOPELESS = 150  # s without a byte after a move
QUIET = 3  # s that must go well before a move counts as over
GOAL = (1.0, 3.0)  # s: half of the stalls, 95 of 100
# What must carry after each move, and what moves.
CASES = {
    "v4-v6": ("udp", "its IPv4 goes, its IPv6 stays"),
    "v6-v4": ("udp", "its IPv6 goes, its IPv4 is there again"),
    "nat-port": ("udp", "its router forgets all flows and gives another port"),
    "nat-address": ("udp", "its router gets another public address and forgets all flows"),
    "down-up": ("udp", "its interface is down for 2 s"),
    "wifi-mobile": ("udp", "its interface goes, another one in another network comes at once"),
    "route": ("udp", "the default route leads out by another interface; both stay up"),
    "address": ("udp", "its interface has another address"),
    "mtu": ("udp", "no packet of more than 1,300 bytes passes any more, and nobody says so"),
    "outage": ("udp", "nothing passes for 20 s, and nobody says so"),
    "udp-wss": ("wss", "no UDP passes its router any more"),
    "wss-udp": ("udp", "UDP passes again"),
    "direct-relay": ("relay", "nothing passes between the two any more, but to relays"),
    "relay-direct": ("udp", "they can reach each other again"),
    "both": ("any", "both ends have another public address, at the same time"),
    "relay-dies": ("relay", "the relay that they are on is killed"),
    "quic-udp": ("udp", "on QUIC at port 443 alone; then all UDP passes"),
    "sleep": ("udp", "one of them sleeps"),
}


# ---- what is carried ----


class Direction:
    """From one tool's stdin to the other's stdout: numbered records, and when they came."""

    def __init__(self, source, sink, size):
        self.source, self.sink, self.size = source, sink, size
        self.sent, self.came = hashlib.sha256(), hashlib.sha256()
        self.count_sent = self.count_came = 0
        self.last, self.gaps, self.broken = time.monotonic(), [], None
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=run, daemon=True)
                        for run in (self.write, self.read)]
        for thread in self.threads:
            thread.start()

    def write(self):
        number, at = 0, time.monotonic()
        try:
            while not self.ending.is_set():
                record = struct.pack(">Q", number) + b"." * (self.size - 8)
                self.source.stdin.write(record)
                self.source.stdin.flush()
                self.sent.update(record)
                self.count_sent += len(record)
                number += 1
                at = max(at + EVERY, time.monotonic() - 1)
                time.sleep(max(at - time.monotonic(), 0))
            self.source.stdin.close()
        except (OSError, ValueError) as error:
            self.broken = str(error)

    def read(self):
        while piece := os.read(self.sink.stdout.fileno(), 1 << 20):
            now = time.monotonic()
            if now - self.last > 2 * EVERY:
                self.gaps.append((self.last, now))
            self.last = now
            self.came.update(piece)
            self.count_came += len(piece)

    def stall(self, since):
        """The longest silence after that time; what is silent still counts, too."""
        gaps = self.gaps + [(self.last, time.monotonic())]
        return max((end - max(begin, since) for begin, end in gaps if end > since), default=0)

    def end(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(HOPELESS)
        if self.sent.digest() == self.came.digest():
            return self.count_came, 0
        return self.count_came, max(self.count_sent - self.count_came, 1)


# ---- nodes and their networks ----


class Node:
    def __init__(self, world, host, name, *options, env=None):
        self.world, self.host, self.name = world, host, name
        self.options, self.env, self.data = options, env or {}, world.net.data(name)
        self.start()

    def start(self):
        words = [os.path.join(self.world.bin, "geonetd"), "--data", self.data, "--port", str(PORT),
                 "--http", "0", "--pow-bits", "10", *self.options]
        self.process = self.world.net.start(
            self.host, ["env", *[f"{k}={v}" for k, v in self.env.items()], *words], self.name)

    def words(self, *words):
        return self.host.space.command(os.path.join(self.world.bin, "geonet"), "--data", self.data,
                                       *words)

    def ask(self, *words):
        done = subprocess.run(self.words("--json", *words), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=90, check=False)
        return json.loads(done.stdout or b"{}") if done.returncode == 0 else {}

    def key(self):
        wait_until(f"{self.name} answers", lambda: self.ask("status").get("node"))
        return self.ask("status")["node"]["key"]

    def peers(self):
        return [p for p in self.ask("peers").get("peers", []) if p["up"]]

    def counter(self, module, name):
        got = subprocess.run(self.host.space.command(
            "curl", "-sf", "--unix-socket", os.path.join(self.data, "app.sock"),
            "http://localhost/api/v1/counters"), stdout=subprocess.PIPE, timeout=20,
            check=False).stdout
        return json.loads(got or b"{}").get(module, {}).get(name, 0)


class World:
    """A lab, nodes, a pipe between two of them, and what was measured."""

    def __init__(self, bin_dir, words, kinds, servers=1, **options):
        self.bin, self.count, self.words = bin_dir, words.runs, words
        self.net = lab.Lab(kinds, servers=servers, **options)
        self.flows, self.tools, self.nodes, self.rows = [], [], [], {}
        self.sums, self.broken = [0, 0], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for tool in self.tools:
            tool.kill()
            tool.wait()
        self.net.close()

    def node(self, host, name, *options, **more):
        self.nodes.append(Node(self, host, name, *options, **more))
        return self.nodes[-1]

    def server(self, number=0, *options):
        servers = self.net.servers
        begin = [w for s in servers[:number] for w in ("--bootstrap", f"{s.address}:{PORT}")]
        node = self.node(servers[number], f"server-{number}", "--probation", "0", "--w", "1",
                         *begin, *options)
        wait_until("a server answers for keys", lambda: node.ask("status").get("server"))
        return node

    def moved(self, side, *options, **more):
        """The node that moves; it knows all servers."""
        begin = [w for s in self.net.servers for w in ("--bootstrap", f"{s.address}:{PORT}")]
        return self.node(side.host, f"side-{side.number}", "--w", "1", *begin, *options, **more)

    def pipe(self, a, b, size=64):
        self.ends, self.keys = (a, b), (a.key(), b.key())
        wait_until("it has joined", a.peers)
        if any(s.kind != "open" for s in self.net.sides) and len(self.net.servers) > 1:
            time.sleep(3)
        ends = []
        for one, other in ((a, 1), (b, 0)):
            errors = open(os.path.join(one.data, "pipe.err"), "wb")
            ends.append(subprocess.Popen(
                one.words("pipe", self.keys[other]), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors, env=dict(os.environ, GEONET_LAB=self.net.directory)))
            errors.close()
        self.tools = ends
        self.flows = [Direction(ends[0], ends[1], size), Direction(ends[1], ends[0], size)]
        self.await_flow(time.monotonic(), "the pipe stands")

    def await_flow(self, since, what):
        """Until both directions have gone on well for a while."""
        end = since + HOPELESS
        while time.monotonic() < end:
            now = time.monotonic()
            if all(f.last > since and now - f.last < 1 and not any(
                    g[1] > now - QUIET and g[1] - g[0] > 1 for g in f.gaps) for f in self.flows):
                if now - since >= QUIET:
                    return
            for tool in self.tools:
                check(tool.poll() is None, f"{what}: the pipe has ended: {self.said()}")
            time.sleep(0.1)
        raise Failure(f"{what}: nothing came for {HOPELESS} s; {self.kind()}")

    def said(self):
        out = []
        for node in self.ends:
            with open(os.path.join(node.data, "pipe.err"), encoding="utf-8") as f:
                out.append(f.read().strip())
        return out

    def kind(self):
        """What carries, as the first end sees it."""
        for p in self.ends[0].peers():
            if p["key"] == self.keys[1]:
                return p["carrier"]
        told = self.ends[0].ask("ping", "--count", "1", "--patience", "3", self.keys[1])
        return told["replies"][0]["carrier"] if told.get("replies") else "none"

    def await_kind(self, *kinds, seconds=HOPELESS):
        """What carries at last."""
        end = time.monotonic() + seconds
        while (now := self.kind()) not in kinds and time.monotonic() < end:
            time.sleep(0.5)
        return now

    def move(self, case, action, settle=2):
        """Does it; the stall counts from when it is done, or from what it says: before that nothing
        could pass."""
        wanted = CASES[case][0]
        since = action() or time.monotonic()
        self.await_flow(since, case)
        kind = self.await_kind(wanted, seconds=100 if wanted != "any" else 0)
        stall = max(f.stall(since) for f in self.flows)
        row = self.rows.setdefault(case, {"stalls": [], "kinds": []})
        row["stalls"].append(round(stall, 3))
        row["kinds"].append(kind)
        if self.words.verbose:
            each = " ".join(f"{f.stall(since):.2f}" for f in self.flows)
            print(f"  {case}: {each} s, {kind}", file=sys.stderr, flush=True)
        time.sleep(settle)

    def runs(self):
        return range(self.count)

    def end_pipe(self):
        """What came and what was lost is added up, of both directions."""
        for flow in self.flows:
            flow.ending.set()
        found = [flow.end() for flow in self.flows]
        self.sums = [sum(column) for column in zip(self.sums, *found)]
        if any(lost for _, lost in found):
            self.broken += self.said()
        for tool in self.tools:
            tool.wait(HOPELESS)

    def end(self):
        self.end_pipe()
        for row in self.rows.values():
            row["bytes"], row["lost"], row["said"] = *self.sums, self.broken
        return self.rows


def ip(host, *lines):
    host.space.ip(lines)


# ---- scenes ----


def scene_families(bin_dir, words):
    """v4-v6, v6-v4"""
    with World(bin_dir, words, ["port"], ipv6=True) as w:
        side, server = w.net.sides[0], w.net.servers[0]
        b = w.server(0)
        a = w.node(side.host, "side-0", "--w", "1", "--bootstrap", f"{server.address}:{PORT}",
                   "--bootstrap", f"[{server.address6}]:{PORT}")
        w.pipe(a, b)

        def only(v6):
            if v6:
                ip(side.host, f"address del {side.inner}/24 dev eth0")
            else:
                ip(side.host, f"address add {side.inner}/24 dev eth0",
                   f"route replace default {side.via}", f"address del {side.inner6}/64 dev eth0")

        def both():
            w.net.plug(side)
            time.sleep(4)

        for _ in w.runs():
            w.move("v4-v6", lambda: only(True))
            w.move("v6-v4", lambda: only(False))
            both()
        return w.end()


def scene_rebind(bin_dir, words):
    """nat-port, nat-address"""
    with World(bin_dir, words, ["sym"]) as w:
        side = w.net.sides[0]
        b = w.server(0)
        w.pipe(w.moved(side), b)
        for _ in w.runs():
            w.move("nat-port", lambda: w.net.rebind(side))
            w.move("nat-address", lambda: w.net.change_outer(side))
        return w.end()


def two_interfaces(w):
    """The second side's interface is the first host's, too: eth1, in another network."""
    one, two = w.net.sides
    two.router.ip(["address del 192.168.1.1/24 dev lan", "address add 192.168.2.1/24 dev lan"])
    ip(two.host, "address flush dev eth0", "link set eth0 down",
       f"link set eth0 netns {one.host.space.path} name eth1")
    return one.host


def take_interface(host, number, other_down=True):
    """Out by eth0 or eth1 from now on."""
    mine, other = f"eth{number}", f"eth{1 - number}"
    net = f"192.168.{number + 1}"
    ip(host, *([f"link set {other} down"] if other_down else []),
       f"address replace {net}.2/24 dev {mine}", f"link set {mine} up",
       f"route replace default via {net}.1 dev {mine}")


def scene_interfaces(bin_dir, words):
    """down-up, wifi-mobile, route"""
    with World(bin_dir, words, ["port", "port"]) as w:
        side = w.net.sides[0]
        host = two_interfaces(w)
        b = w.server(0)
        w.pipe(w.moved(side), b)

        def down_up():
            w.net.unplug(side)
            time.sleep(2)
            w.net.plug(side)
            return time.monotonic()

        for _ in w.runs():
            w.move("down-up", down_up)
            w.move("wifi-mobile", lambda: take_interface(host, 1))
            take_interface(host, 0)
            time.sleep(5)
            ip(host, "link set eth1 up", "address replace 192.168.2.2/24 dev eth1")
            time.sleep(2)
            w.move("route", lambda: take_interface(host, 1, False))
            take_interface(host, 0)
            time.sleep(5)
        return w.end()


def scene_address(bin_dir, words):
    """address, outage"""
    with World(bin_dir, words, ["port"]) as w:
        side = w.net.sides[0]
        b = w.server(0)
        w.pipe(w.moved(side), b)

        def outage():
            w.net.cut(side)
            time.sleep(20)
            w.net.restore(side)
            return time.monotonic()

        for _ in w.runs():
            w.move("address", lambda: w.net.change_inner(side))
            w.move("outage", outage)
        return w.end()


def scene_mtu(bin_dir, words):
    """mtu"""
    with World(bin_dir, words, ["port"]) as w:
        side = w.net.sides[0]
        b = w.server(0)
        a = w.moved(side)
        w.pipe(a, b, size=8192)

        for _ in w.runs():
            w.move("mtu", lambda: w.net.narrow(side, 1300))
            w.end_pipe()  # a session looks for the larger size again after 10 minutes only
            w.net.narrow(side, 65536)
            a.process.terminate()
            a.process.wait(60)
            a.start()
            w.pipe(a, b, size=8192)
        return w.end()


def wss_server(w, number, *options):
    server = w.net.servers[number]
    return w.server(number, "--wss", "443", "--wss-url", f"wss://{server.address}", "--advertise",
                    f"{server.address}:{PORT}", *options)


def scene_blocked(bin_dir, words):
    """udp-wss, wss-udp"""
    with World(bin_dir, words, ["port"], servers=3) as w:
        side = w.net.sides[0]
        servers = [wss_server(w, i) for i in range(3)]
        a = w.node(side.host, "side-0", "--bootstrap", f"{servers[0].host.address}:{PORT}")
        for _ in range(3):
            with contextlib.suppress(Failure):
                wait_until("it knows urls", lambda: log_has(a.process, "url.known"))
        w.pipe(a, servers[0])
        for _ in w.runs():
            w.move("udp-wss", lambda: w.net.block_udp(side))
            w.move("wss-udp", lambda: w.net.block_udp(side, False), settle=5)
        return w.end()


APART = """table ip apart {{
 chain forward {{
  type filter hook forward priority -10
  ip daddr {0}.0/24 drop
  ip saddr {0}.0/24 drop
 }}
}}
"""
TOGETHER = "add table ip apart\ndelete table ip apart\n"


def homes(w):
    """Two nodes behind routers, three relays: they meet by their keys."""
    servers = [w.server(i, "--relay", "commons") for i in range(3)]
    ends = [w.moved(side, "--probation", "600") for side in w.net.sides]
    for end in ends:
        wait_until("a node at home has joined", lambda e=end: len(e.peers()) >= 2)
    for _ in range(2):
        with contextlib.suppress(Failure):
            wait_until("homes are found", lambda: sum(
                s.counter("relay", "reserved") for s in servers) >= 4)
    time.sleep(2)
    return servers, ends


def scene_relays(bin_dir, words):
    """direct-relay, relay-direct"""
    with World(bin_dir, words, ["port", "port"], servers=3) as w:
        one, two = w.net.sides
        _, ends = homes(w)
        w.pipe(*ends)
        check(w.await_kind("udp", seconds=30) == "udp", "they do not meet directly")
        for _ in w.runs():
            w.move("direct-relay", lambda: one.router.nft(APART.format(two.net)))
            w.move("relay-direct", lambda: one.router.nft(TOGETHER), settle=5)
        return w.end()


def scene_both(bin_dir, words):
    """both"""
    with World(bin_dir, words, ["port", "port"], servers=3) as w:
        _, ends = homes(w)
        w.pipe(*ends)
        w.await_kind("udp", seconds=30)

        def both():
            for side in w.net.sides:
                w.net.change_outer(side)

        for _ in w.runs():
            w.move("both", both)
            w.await_kind("udp", seconds=45)
            time.sleep(2)
        return w.end()


def scene_dies(bin_dir, words):
    """relay-dies"""
    with World(bin_dir, words, ["port", "port"], servers=4) as w:
        one, two = w.net.sides
        servers = [w.server(i, "--relay", "commons") for i in range(1)]
        servers += [w.server(i, "--relay", "commons") for i in range(1, 4)]
        ends = [w.moved(side, "--probation", "600") for side in w.net.sides]
        one.router.nft(APART.format(two.net))
        for end in ends:
            wait_until("a node at home has joined", lambda e=end: len(e.peers()) >= 2)
        time.sleep(6)
        w.pipe(*ends)

        keys = [s.key() for s in servers]

        def used():
            """The relay that they are on now."""
            told = ends[0].ask("ping", "--count", "1", "--patience", "5", w.keys[1])
            said = told["replies"][0].get("relay", "") if told.get("replies") else ""
            check(said in keys, f"they are on no relay: {told}")
            return servers[keys.index(said)]

        for _ in w.runs():
            time.sleep(12)  # a spare circuit is due after 10 s
            relay = used()

            def die(relay=relay):
                relay.process.kill()
                relay.process.wait()

            w.move("relay-dies", die)
            relay.start()
            wait_until("it is back", lambda r=relay: r.ask("status").get("server"))
            time.sleep(15)
        return w.end()


ONLY_443 = """table ip only {
 chain forward {
  type filter hook forward priority -10
  udp dport 443 accept
  udp sport 443 accept
  meta l4proto udp drop
 }
}
"""
ALL = "add table ip only\ndelete table ip only\n"


def scene_quic(bin_dir, words):
    """quic-udp"""
    with World(bin_dir, words, ["port"]) as w:
        side, server = w.net.sides[0], w.net.servers[0]
        b = w.server(0, "--quic", "443")
        side.router.nft(ONLY_443)
        a = w.node(side.host, "side-0", "--w", "1", "--bootstrap", f"quic://{server.address}:443",
                   "--bootstrap", f"{server.address}:{PORT}")
        w.pipe(a, b)
        for _ in w.runs():
            check(w.await_kind("quic", seconds=60) == "quic", "it is not on QUIC")
            time.sleep(2)
            w.move("quic-udp", lambda: side.router.nft(ALL))
            side.router.nft(ONLY_443)
        return w.end()


class Sleeper:
    """A machine that sleeps: processes stand still, its monotonic clock, too (moving_clock.c)."""

    def __init__(self, w):
        self.path, self.library = (os.path.join(w.net.directory, n) for n in ("slept", "clock.so"))
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        check(compiler, "there is no C compiler")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.library, os.path.join(
            os.path.dirname(os.path.abspath(__file__)), "moving_clock.c"), "-ldl"], check=True)
        self.total = 0
        self.write()
        self.env = {"MOVING_SLEPT": self.path, "LD_PRELOAD": self.library,
                    "ASAN_OPTIONS": "verify_asan_link_order=0"}

    def write(self):
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as f:
            f.write(struct.pack("=q", int(self.total * 1e9)))

    def sleep(self, processes, seconds):
        began = time.monotonic()
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.total += time.monotonic() - began
        self.write()
        woken = time.monotonic()
        for process in processes:
            process.send_signal(signal.SIGCONT)
        return woken


def scene_sleep(bin_dir, words):
    """sleep"""
    with World(bin_dir, words, ["port"]) as w:
        side = w.net.sides[0]
        b = w.server(0)
        sleeper = Sleeper(w)
        a = w.moved(side, env=sleeper.env)
        w.pipe(a, b)
        for _ in w.runs():
            w.move("sleep", lambda: sleeper.sleep([a.process, w.tools[0]], words.sleep))
        return w.end()


# As ctest runs them: what waits most beside each other.
GROUPS = {"addresses": ["families", "rebind", "quic"], "circuits": ["relays", "dies"],
          "machine": ["interfaces", "address", "sleep"], "paths": ["mtu", "blocked", "both"]}
SCENES = {name[6:]: scene for name, scene in globals().items() if name.startswith("scene_")}


def cases_of(scene):
    return SCENES[scene].__doc__.split(", ")


# ---- the table ----


def part(stalls, share):
    """The smallest of them that so many are not above."""
    return sorted(stalls)[min(int(share * len(stalls)), len(stalls) - 1)] if stalls else None


def run_scene(words, scene):
    """Its rows, and why it did not go on, if it did not."""
    try:
        return SCENES[scene](words.bin_dir, words), None
    except (Failure, lab.Trouble, OSError, subprocess.SubprocessError) as error:
        return {}, f"{scene}: {error}"


def in_processes(words, scenes):
    """Each scene in a process of its own: entering a namespace moves a thread."""
    def one(scene):
        command = [sys.executable, "-B", os.path.abspath(__file__), words.bin_dir, "--scene", scene,
                   "--runs", str(words.runs), "--sleep", str(words.sleep),
                   *(["--verbose"] if words.verbose else [])]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        lines = done.stdout.splitlines()
        return json.loads(lines[-1]) if lines and lines[-1][:1] == "{" else {
            "rows": {}, "error": f"{scene}: it ended with {done.returncode}: {done.stdout}"}
    with concurrent.futures.ThreadPoolExecutor(words.at_once) as pool:
        found = list(pool.map(one, scenes))
    rows = {case: row for f in found for case, row in f["rows"].items()}
    return {c: rows[c] for c in CASES if c in rows}, [f["error"] for f in found if f["error"]]


def show(rows, errors):
    print(f"{'case':<14}{'runs':>5}{'bytes':>12}{'lost':>6}{'p50':>8}{'p95':>8}{'most':>8}"
          "  carried by")
    for case, row in rows.items():
        s = row["stalls"]
        kinds = " ".join(f"{k} {row['kinds'].count(k)}" for k in sorted(set(row["kinds"])))
        over = "" if part(s, 0.5) <= GOAL[0] and part(s, 0.95) <= GOAL[1] else "  *"
        print(f"{case:<14}{len(s):>5}{row['bytes']:>12,}{row['lost']:>6}{part(s, .5):>8.2f}"
              f"{part(s, .95):>8.2f}{max(s):>8.2f}  {kinds}{over}")
    for error in errors:
        print(f"failed: {error}")


def judge(rows, errors, scenes):
    """What every run must hold; how long a stall was is not asserted."""
    wrong = list(errors)
    for case in (c for scene in scenes for c in cases_of(scene)):
        row = rows.get(case)
        if not row:
            wrong.append(f"{case} was not run to its end")
            continue
        if row["lost"]:
            wrong.append(f"{case}: {row['lost']} bytes are lost; {row['said']}")
        if CASES[case][0] != "any" and set(row["kinds"]) != {CASES[case][0]}:
            wrong.append(f"{case}: carried by {row['kinds']}")
    return wrong


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # labs are closed on the way out
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("bin_dir", type=os.path.abspath)
    p.add_argument("scenes", nargs="?", default="")
    p.add_argument("--table", action="store_true")
    p.add_argument("--scene", help=argparse.SUPPRESS)
    p.add_argument("--runs", type=int, default=None)
    p.add_argument("--only", default="")
    p.add_argument("--json", action="store_true")
    p.add_argument("--verbose", action="store_true")
    p.add_argument("--sleep", type=float, default=None, help="seconds (600; in tests 20)")
    p.add_argument("--at-once", type=int, default=None, help="scenes (2; in tests all)")
    words = p.parse_args()
    names = [n for n in (words.scenes or words.only).split(",") if n] or list(SCENES)
    names = [scene for n in names for scene in GROUPS.get(n, [n])]
    if any(n not in SCENES for n in names):
        p.error(f"scenes are {', '.join(SCENES)}; groups {', '.join(GROUPS)}")
    words.runs = words.runs or (20 if words.table else 1)
    words.sleep = words.sleep or (600 if words.table else 20)
    words.at_once = words.at_once or (2 if words.table else len(names))
    reason = None if words.scene else lab.why_not()
    if reason:
        print(f"skipped: {reason}")
        return 77
    if words.scene:
        rows, error = run_scene(words, words.scene)
        print(json.dumps({"rows": rows, "error": error}))
        return 0
    rows, errors = in_processes(words, names)
    if words.json:
        print(json.dumps({"rows": rows, "errors": errors}))
    else:
        show(rows, errors)
    wrong = judge(rows, errors, names)
    for sentence in wrong:
        print(f"failed: {sentence}", file=sys.stderr if words.json else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
