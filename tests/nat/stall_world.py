"""What stall_test.py is made of: a pipe of numbered records between two real nodes in a lab, and
what is measured when the network under them moves.
"""
import hashlib, json, os, shutil, signal, struct, subprocess, sys, threading, time

import lab
from lab_test import Failure, PORT, check, wait_until

EVERY = 0.02  # s between two records
HOPELESS = 150  # s without a byte after a move
QUIET = 3  # s that must go well before a move counts as over


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

    def move(self, case, wanted, action, settle=2):
        """Does it; the stall counts from when it is done, or from what it says: before that nothing
        could pass."""
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
