"""Real nodes for a test, and what is done with them: started, asked, attacked
(geonet_attack), stopped.

A case is case_NAME(nodes, seed); main(globals()) runs the one that is named on the command line, of
whose nodes the logs are shown when it fails. Exit 0 passed, 77 skipped with a reason, 1 failed with
a sentence or when a node did not end cleanly.
"""
import importlib.machinery, importlib.util, json, os, random, shutil, signal, socket, subprocess
import sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
loader = importlib.machinery.SourceFileLoader("network", os.path.join(ROOT, "tools", "network"))
network = importlib.util.module_from_spec(importlib.util.spec_from_loader("network", loader))
sys.dont_write_bytecode = True
loader.exec_module(network)
Failure = network.Failure
POW = "10"  # bits: a network of its own, in which identities cost milliseconds
SKIPPED = 77


class Skip(Exception):
    pass


def check(condition, sentence):
    if not condition:
        raise Failure(sentence)


def eventually(what, seconds, condition):
    """Waits for a state, not for a time: the bound only ends a hopeless wait."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < deadline, f"in {seconds} s it did not come true that {what}")
        time.sleep(0.2)


class Nodes:
    """Real nodes: started, stopped by pid, their directories removed."""

    def __init__(self, bin_dir):
        self.bin, self.base, self.all, self.attackers = bin_dir, tempfile.mkdtemp(
            prefix="geonet-attack-"), [], []

    def start(self, count=1, *options, bootstrap=None):
        """count more nodes in one network; returns them once they have joined."""
        first = len(self.all)
        for i in range(count):
            # no node without a block store
            number = first + i + 1 if first + i + 1 < network.GATEWAY else first + i + 2
            port = bootstrap or (self.all[0].udp_port if self.all else None)
            self.all.append(
                network.Node(number, os.path.join(self.base, f"node{number}"), self.bin,
                             network.udp_port(), 0, port, ["--pow-bits", POW, *options]))
        deadline = time.monotonic() + 60
        for node in self.all[first:]:
            node.wait_ready(deadline)
        for node in self.all[first:]:
            eventually(
                f"node {node.number} has joined", 60, lambda n=node: n.status()["joined"] and n.
                status()["server"] and n.status()["links"] >= len(self.all) - 1)
        return self.all[first:]

    def again(self, node):
        """Stops the node and starts it anew with its data and its port; returns it once it has
        joined."""
        at, others = self.all.index(node), [n for n in self.all if n is not node]
        if node.process.poll() is None:
            node.stop()
            node.reap()
        check(node.process.returncode == 0,
              f"node {node.number} ended with {node.process.returncode}: {node.last_words()}")
        new = self.all[at] = network.Node(node.number, node.data, self.bin, node.udp_port, 0,
                                          others[0].udp_port if others else None, node.options)
        new.wait_ready(time.monotonic() + 60)
        eventually(f"node {new.number} has joined", 60,
                   lambda: new.status()["server"] and new.status()["links"] >= len(others))
        return new

    def attack(self, name, node, **options):
        """Starts geonet_attack NAME on the node; .result() waits for its line of JSON."""
        words = [
            os.path.join(self.bin, "geonet_attack"), name, "--node", f"127.0.0.1:{node.udp_port}",
            "--pow-bits", POW
        ]
        for key, value in options.items():
            words += ["--" + key.replace("_", "-")] + ([] if value is True else [str(value)])
        attacker = Attacker(name, words)
        self.attackers.append(attacker)
        return attacker

    def close(self):
        codes = []
        for attacker in self.attackers:
            attacker.stop()
        for node in self.all:
            node.stop()
        for node in self.all:
            node.reap()
            codes.append(node.process.returncode)
        return codes


class Attacker:
    def __init__(self, name, words):
        self.name = name
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def result(self):
        """What it got. It may still hold on to it (hold=True) until stop()."""
        line = self.process.stdout.readline()
        if not line:
            raise Failure(
                f"the attacker '{self.name}' ended without a result: "
                f"{self.process.stderr.read().strip()}"
            )
        print(f"attacker {self.name}: {line.strip()}", flush=True)
        return json.loads(line)

    def stop(self):
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Honest(threading.Thread):
    """Asks again and again beside an attack: `ask` returns True when it was served; else it is
    asked once more, as people do: a machine that is busy with something else is late at times.
    share() = served / asked."""

    def __init__(self, ask, pause=0.05):
        super().__init__(daemon=True)
        self.ask, self.pause, self.asked, self.served = ask, pause, 0, 0
        self.waits, self.trouble, self.over = [], "", threading.Event()
        self.start()

    def once(self):
        try:
            return bool(self.ask())
        except (Failure, OSError, ValueError, subprocess.TimeoutExpired) as error:
            self.trouble = str(error)
            return False

    def run(self):
        while not self.over.is_set():
            began = time.monotonic()
            good = self.once() or self.once()
            self.asked += 1
            self.served += good
            self.waits.append(time.monotonic() - began)
            self.over.wait(self.pause)

    def share(self):
        self.over.set()
        self.join()
        check(self.asked, "no honest request was made")
        return self.served / self.asked


def put(node, text, label, w=1):
    """A record of the node's owner; its key."""
    if not os.path.exists(os.path.join(node.data, "identity.key")):
        node.cli("id", "new", "--no-passphrase")
    return node.cli("put", "--w", str(w), "--label", label, "-", stdin=text)["key"]


def rss(node):
    """Resident bytes of the node."""
    with open(f"/proc/{node.process.pid}/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def counters(node, module):
    return json.loads(node.get("/api/v1/counters")[1])[module]


def why(node, who):
    """What `geonet guard why` prints: {name: text}."""
    done = subprocess.run(
        [os.path.join(node.bin, "geonet"), "--data", node.data, "guard", "why", who],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
    lines = (line.strip().split(None, 1) for line in done.stdout.splitlines())
    return {words[0].rstrip(":"): words[-1].strip()
            for words in lines
            if words} | {"exit": done.returncode, "all": done.stdout}


def holds_all_it_may(node, share):
    """A key that is told of this share as one that is used up; None when there is none."""
    keys = [a["who"] for a in node.cli("guard", "list")["heaviest"] if a["kind"] == "key"]
    return next(
        (k for k in keys if why(node, k).get(share, "").endswith("as much as one key may hold")),
        None)


def whole_records(nodes, taker):
    """An honest peer of the attacked node puts records of 6 kB that the attacked node must take,
    too."""
    giver = next(n for n in nodes if n is not taker)
    put(giver, b"first", "first", w=2)
    number = iter(range(1 << 30))
    return lambda: put(giver, os.urandom(6000), f"h{next(number)}", w=2)


def token_of(node):
    with open(os.path.join(node.data, "token"), encoding="ascii") as f:
        return f.read()


def stalled_download(port, host, path):
    """Asks, reads the head, then nothing more."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.settimeout(30)
    s.connect(("127.0.0.1", port))
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    return s


def main(cases):
    bin_dir, case = sys.argv[1], sys.argv[2]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the nodes are stopped on the way out
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"case {case}, seed {seed} (repeat with SEED={seed})", flush=True)
    nodes, failed, codes = Nodes(bin_dir), True, []
    try:
        cases["case_" + case](nodes, seed)
        for node in nodes.all:
            check(node.process.poll() is None,
                  f"node {node.number} ended by itself: {node.last_words()}")
        failed = False
    except Skip as reason:
        print(f"skipped: {reason}")
        failed = False
        return SKIPPED
    except Failure as error:
        print(f"failed: {error}")
        return 1
    finally:
        codes = nodes.close()
        if failed or any(codes):
            for node in nodes.all:
                print(f"---- log of node {node.number}")
                with open(node.log_path, encoding="utf-8", errors="replace") as f:
                    sys.stdout.write("".join(f.readlines()[-40:]))
        shutil.rmtree(nodes.base, ignore_errors=True)
    if any(codes):
        print(f"failed: a node did not end cleanly: {codes}")
        return 1
    print("passed")
    return 0
