#!/usr/bin/env python3
"""Attacks on real nodes, and what they must not get: usage: attack_test.py BIN_DIR CASE

Each case starts its own nodes in a temporary directory on free ports, lets geonet_attack
(tests/attack) loose on one of them, makes honest requests beside it, and says what the attacker
got. Exit 0 passed, 77 skipped with a reason, 1 failed with a sentence. The attacker's figures are
printed; docs/security.md has them.
"""
import http.client, importlib.machinery, importlib.util, json, os, random, shutil, signal, socket
import subprocess, sys, tempfile, threading, time

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


def case_greet(nodes, seed):
    """The harness speaks the protocol: a session, a HELLO, an answer."""
    (node,) = nodes.start(1)
    got = nodes.attack("greet", node, seed=seed).result()
    check(got["connected"] == 1 and got["answered"], f"the node did not answer the harness: {got}")


def counters(node, module):
    return json.loads(node.get("/api/v1/counters")[1])[module]


def let_in(nodes, node, seed):
    """Does the node answer a stranger, who dials twice, as people and programs do?"""
    return any(
        nodes.attack("greet", node, seed=seed + again).result()["answered"] for again in (0, 1000))


def case_sessions(nodes, seed):
    """One key that opens hundreds of sessions and holds them has a handful, then none; strangers
    are let in beside it."""
    (node,) = nodes.start(1)
    attacker = nodes.attack("sessions", node, seed=seed, count=400, seconds=30, hold=True)
    served = 0
    for i in range(10):
        served += let_in(nodes, node, seed + 1 + i)
    got = attacker.result()
    check(served == 10, f"only {served} of 10 strangers were let in beside {got}")
    check(got["connected"] > 8, f"the attack did not get far enough to show anything: {got}")
    eventually("one key holds a handful of the node's sessions, and strangers' are gone", 90,
               lambda: node.status()["sessions"] <= 8)
    check(
        counters(node, "jet")["session-key-limit"] > 0,
        "no session was counted as one too many of its key")


def why(node, who):
    """What `geonet guard why` prints: {name: text}."""
    done = subprocess.run(
        [os.path.join(node.bin, "geonet"), "--data", node.data, "guard", "why", who],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
    lines = (line.strip().split(None, 1) for line in done.stdout.splitlines())
    return {words[0].rstrip(":"): words[-1].strip()
            for words in lines
            if words} | {"exit": done.returncode, "all": done.stdout}


def heaviest(node):
    """The key that asked most."""
    return next(a["who"] for a in node.cli("guard", "list")["heaviest"] if a["kind"] == "key")


def holds_all_it_may(node, share):
    """A key that is told of this share as one that is used up; None when there is none."""
    keys = [a["who"] for a in node.cli("guard", "list")["heaviest"] if a["kind"] == "key"]
    return next(
        (k for k in keys if why(node, k).get(share, "").endswith("as much as one key may hold")),
        None)


def case_why(nodes, seed):
    """The tool says why: strangers to it, a local network, a key that holds all the sessions it
    may, one that was let off, and a node whose guard is off."""
    (node,) = nodes.start(1)
    (open_,) = nodes.start(1, "--guard", "off")
    (counting,) = nodes.start(1, "--guard-local", "count")
    local, served = "a local network: it has no share", "served"
    check(why(node, "ab" * 32)["now"] == served, "a key that nobody has seen")
    check(why(node, "203.0.113.7")["now"] == served, "an address that nobody has seen")
    check(
        why(node, "127.0.0.1")["now"] == local and why(counting, "127.0.0.1")["now"] == served,
        "loopback")
    check(why(open_, "127.0.0.1")["now"] == "guard is off: nothing is limited", "off")
    check("no node that is known" in why(node, "ab" * 4)["all"] and why(node, "ab" * 4)["exit"],
          "digits that nobody has")
    check(why(node, "abc")["exit"] and why(node, "203.0.113")["exit"], "no address and no key")
    attacker = nodes.attack("sessions", node, seed=seed, count=60, seconds=8, hold=True)
    attacker.result()
    key = eventually("one key holds all the sessions it may", 60,
                     lambda: holds_all_it_may(node, "sessions"))
    said = why(node, key)
    check(said["key"] == key and said["sessions"].startswith("8 of 8 held"),
          f"its sessions: {said['all']}")
    check("units since" in said["asked"], f"what it asked for: {said['all']}")
    node.cli("guard", "allow", key)
    check(
        why(node, key)["now"] == "allowed anything by the operator",
        "a key that was allowed anything")
    node.cli("guard", "allow", key, "--hours", "0")
    check(
        why(node, key)["now"] in (served, "refused: this key has used up its share"),
        "a key that is no longer")
    node.cli("guard", "forgive", key)
    check(why(node, key)["now"] == served, "a key that was forgiven")


def sanitized(node):
    """Whether this build keeps freed memory for its sanitizer: its size says nothing then."""
    with open(f"/proc/{node.process.pid}/exe", "rb") as f:
        return b"__asan_init" in f.read()


def case_halfopen(nodes, seed):
    """Handshakes that are begun and left: 512 places, some 34 MiB, for seconds; strangers come in
    beside them all the while."""
    (node,) = nodes.start(1)
    nodes.attack("greet", node, seed=seed).result()
    before = rss(node)
    attacker = nodes.attack("halfopen", node, seed=seed, count=20, seconds=20)
    served, most = 0, 0
    for i in range(10):
        served += let_in(nodes, node, seed + 1 + i)
        time.sleep(1.5)  # ten times while the attack lasts
        most = max(most, rss(node) - before)
    got, jet = attacker.result(), counters(node, "jet")
    print(
        f"{got}: {jet['sessions-in']} handshakes begun, {most >> 20} MiB more; {served} of 10 "
        "strangers let in beside it"
    )
    check(jet["sessions-in"] > 100, f"the attack did not get far enough to show anything: {got}")
    check(served == 10, f"only {served} of 10 strangers were let in beside {got}")
    check(
        sanitized(node) or most < 64 << 20, f"{most >> 20} MiB for handshakes that nobody finished")
    eventually("they are gone", 60, lambda: node.status()["sessions"] <= 2)


def whole_records(nodes, taker):
    """An honest peer of the attacked node puts records of 6 kB that the attacked node must take,
    too."""
    giver = next(n for n in nodes if n is not taker)
    put(giver, b"first", "first", w=2)
    number = iter(range(1 << 30))
    return lambda: put(giver, os.urandom(6000), f"h{next(number)}", w=2)


def case_inbound(nodes, seed):
    """Messages that never end, from one key and from forty: honest ones are taken all the while,
    and those go."""
    taker, _ = nodes.start(2)
    ask = whole_records(nodes.all, taker)
    for options in ({"count": 24}, {"count": 40, "arg": "keys"}):
        attacker = nodes.attack("inbound", taker, seed=seed, seconds=15, hold=True, **options)
        got = attacker.result()
        honest = Honest(ask)
        eventually("honest records were put beside it", 120, lambda: honest.asked >= 10)
        held = counters(taker, "peers").get("inbound-bytes", 0)
        share = honest.share()
        print(
            f"held by unfinished messages: {held} bytes; {share:.2f} of {honest.asked} honest "
            f"records taken; memory {rss(taker) >> 20} MiB"
        )
        check(share >= 0.95,
              f"only {share:.2f} of the honest records were taken beside {got}: {honest.trouble}")
        check(held <= (4 << 20) * (12 if "arg" in options else 1),
              f"{held} bytes are held for {got}")
        eventually("what never ends is let go", 90,
                   lambda: counters(taker, "peers").get("inbound-bytes", 0) < 1 << 20)
        attacker.stop()


def case_sparse(nodes, seed):
    """Single bytes at the far end of 32 keys' windows: they get nothing of what the node has for
    all, and honest records of several packets are put beside it."""
    taker, _ = nodes.start(2)
    ask = whole_records(nodes.all, taker)
    ask()
    before, most, held = rss(taker), 0, 0
    attacker = nodes.attack("sparse", taker, seed=seed, count=32, seconds=25)
    honest = Honest(ask, 0.3)  # within what one owner may put
    eventually("many bytes are refused", 60,
               lambda: counters(taker, "jet")["stream-sparse-limit"] > 1000)
    while attacker.process.poll() is None:
        held = max(held, counters(taker, "jet")["stream-bytes-shared-in"])
        most = max(most, rss(taker) - before)
        time.sleep(0.5)
    got, share = attacker.result(), honest.share()
    print(
        f"{got}: {held >> 10} KiB shared, {most >> 20} MiB more in all; {share:.2f} of "
        f"{honest.asked} honest records taken"
    )
    check(got["connected"] >= 256, f"the attack did not get far enough to show anything: {got}")
    check(held <= 1 << 20,
          f"{held} bytes of what is for all are held")  # honest records may need some
    check(counters(taker, "jet")["out-of-memory"] == 0, "a session ended for want of memory")
    check(share >= 0.9,
          f"only {share:.2f} of the honest records were taken beside {got}: {honest.trouble}")
    eventually("what they held is given back", 90,
               lambda: counters(taker, "jet")["stream-bytes-shared-in"] == 0)


def upload(node, size):
    """A file of random bytes in the node's block store; hashes of its blocks."""
    connection = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=300)
    connection.request("POST", "/api/v1/files", os.urandom(size),
                       {"Host": "localhost", "Authorization": f"Bearer {token_of(node)}"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer["blocks"]


def token_of(node):
    with open(os.path.join(node.data, "token"), encoding="ascii") as f:
        return f.read()


def case_queues(nodes, seed):
    """Keys that ask for 14 MiB each and read nothing: what waits for them is bounded, and honest
    peers are served."""
    giver, _ = nodes.start(2)
    ask = whole_records(nodes.all, giver)
    blocks = upload(giver, 14 << 20)
    before = rss(giver)
    attacker = nodes.attack("queues", giver, seed=seed, count=50, seconds=10, arg=",".join(blocks),
                            hold=True)
    honest = Honest(ask)
    got = attacker.result()
    grown = rss(giver) - before
    eventually("honest records were put beside it", 120, lambda: honest.asked >= 10)
    share = honest.share()
    print(
        f"{got['asked']} chunks asked for with {got['bytes']} bytes: the node grew by "
        f"{grown / 1e6:.1f} MB; {share:.2f} of {honest.asked} honest records"
    )
    check(got["sessions"] > 0 and got["asked"] >= 224, f"the attack did not begin: {got}")
    waiting = counters(giver, "peers").get("queue-bytes", grown)
    check(waiting <= 8 << 20, f"{waiting} bytes wait for peers that read nothing")
    check(share >= 0.95, f"only {share:.2f} of the honest records were taken: {honest.trouble}")


def stalled_download(port, host, path):
    """Asks, reads the head, then nothing more."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.settimeout(30)
    s.connect(("127.0.0.1", port))
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    return s


def case_downloads(nodes, seed):
    """64 downloads that are not read: everybody else is served by the gateway, one file after the
    other."""
    (node,) = nodes.start(1)
    node.cli("id", "new", "--no-passphrase")
    site = os.path.join(nodes.base, "site")
    os.makedirs(site)
    body = os.urandom(24 << 20)
    with open(os.path.join(site, "big.bin"), "wb") as f:
        f.write(body)
    with open(os.path.join(site, "index.html"), "wb") as f:
        f.write(b"<h1>small</h1>")
    subprocess.run([
        os.path.join(node.bin, "geonet"), "--data", node.data, "site", "publish", site, "--name",
        "manyfiles", "--w", "1", "--copies", "1"
    ], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, check=False)
    host = "manyfiles.geo.localhost"
    eventually("the site is served", 60, lambda: node.get("/", host=host)[0] == 200)
    stalled = [stalled_download(node.http_port, host, "/big.bin") for _ in range(64)]
    for s in stalled:
        s.recv(1)
    answers = []

    def visit(i):
        status, got = node.get("/big.bin" if i % 48 == 0 else "/index.html", host=host)
        answers.append(status == 200 and got == (body if i % 48 == 0 else b"<h1>small</h1>"))

    visitors = [threading.Thread(target=visit, args=(i,), daemon=True) for i in range(180)]
    for t in visitors:
        t.start()
    for t in visitors:
        t.join(120)
    print(f"beside 64 stalled downloads {sum(answers)} of {len(visitors)} visitors were served")
    check(
        len(answers) == len(visitors) and all(answers),
        f"{len(visitors) - sum(answers)} of {len(visitors)} visitors were not served")
    for s in stalled:
        s.close()


def found(node, key):
    """The record by first answer and by quorum, and how long both took."""
    began = time.monotonic()
    for quorum in ("1", "4"):
        node.cli("get", "--quorum", quorum, key)
    return time.monotonic() - began


def case_handover(nodes, seed):
    """20 Sybils nearer to a key than anybody hide its record: every honest node still finds it, the
    old version and a new one, and no holder lets it go."""
    honest = nodes.start(12)
    key = put(honest[0], b"version 1", "victim", w=5)
    before = max(found(node, key) for node in honest)
    ports = " ".join(str(node.udp_port) for node in honest)
    attacker = nodes.attack("handover", honest[0], seed=seed, count=20, arg=f"{key} {ports}",
                            hold=True, seconds=300)
    got = attacker.result()
    check(got["links"] >= got["wanted"] // 4,
          f"the Sybils got too few links to show anything: {got}")  # not all: OV-20
    holders = lambda: sum(key in
                          {r["key"]
                           for r in json.loads(n.get("/api/v1/held")[1])["records"]}
                          for n in honest)
    worst = 0
    for round_ in range(3):
        time.sleep(8)
        worst = max([worst] + [found(node, key) for node in honest])
    kept = holders()
    check(kept >= 5, f"only {kept} honest nodes hold the record still")
    check(put(honest[0], b"version 2", "victim", w=5) == key, "another key")
    time.sleep(1)
    for node in honest:
        check(node.cli("get", "--quorum", "4", key)["seq"], "no version")
    print(
        f"reading twice: {before * 1000:.0f} ms at most before, {worst * 1000:.0f} ms beside 20 "
        f"Sybils; {kept} honest copies"
    )
    attacker.stop()
    for node in honest:
        found(node, key)


def reflect(nodes, seed, how, most, factor):
    honest = nodes.start(5)
    key = put(honest[0], b"text", "x", w=3)
    quiet = found(honest[1], key)
    attacker = nodes.attack("reflector", honest[0], seed=seed, arg=how, seconds=6)
    time.sleep(3)
    began = time.monotonic()
    put(honest[0], b"text 2", "x", w=3)
    putting, getting = time.monotonic() - began, found(honest[0], key)
    got = attacker.result()
    print(
        f"get {quiet * 1000:.0f} ms before, {getting * 1000:.0f} beside it, put "
        f"{putting * 1000:.0f} ms; factor {got['factor']}"
    )
    check(
        got["datagrams to others"] <= most and got["factor"] <= factor,
        f"a third party got {got['bytes to others']} bytes for {got['bytes sent']} of the attacker")
    count = json.loads(honest[0].get("/api/v1/counters")[1])
    print({
        k: v
        for part in count.values() if isinstance(part, dict) for k, v in part.items()
        if k.startswith("told")
    })
    with open(os.path.join(nodes.again(honest[0]).data, "contacts.json"), encoding="utf-8") as f:
        kept = json.load(f)
    check(
        len(honest) - 1 <= len(kept) <= len(honest),
        f"{len(kept)} contacts are kept over a restart, of {len(honest) - 1} nodes and an attacker")


def case_reflector_one(nodes, seed):
    """288 invented nodes at one address: it is dialled once, with one datagram."""
    reflect(nodes, seed, "one", 1, 1)


def case_reflector_many(nodes, seed):
    """Each at a port of its own: a dozen are dialled, once each, with one datagram."""
    reflect(nodes, seed, "many", 12, 1)


def case_reflector_own(nodes, seed):
    """Sixty identities say of themselves that they are at a third party's addresses too, and fall
    silent: three keys for each address and node."""
    honest = nodes.start(3)
    attacker = nodes.attack("reflector", honest[0], seed=seed, arg="own", count=60, seconds=40)
    key, asked = put(honest[1], b"text", "x", w=3), 0
    while attacker.process.poll() is None:
        honest[0].cli("get", "--quorum", "2", key)
        asked += 1
        time.sleep(0.5)
    got = attacker.result()
    print(f"{asked} reads beside it; {got}")
    check(got["datagrams to others"] <= len(honest) * 3 * 3,
          f"a third party got {got['datagrams to others']} datagrams by their own words")
    check(
        got["factor"] <= 0.2,
        f"a third party got {got['bytes to others']} bytes for {got['bytes sent']} of the attacker")


def kept_blocks(giver):
    """Each ask spreads a new block with two copies: the giver's own, and that of the attacked node,
    the only other one."""
    def ask():
        return spread(giver, {"blocks": upload(giver, 50_000), "copies": 2}) == "ok"
    return ask


def spread(node, body):
    """POST /spread; the word it ends with."""
    connection = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=300)
    connection.request(
        "POST", "/api/v1/spread", json.dumps(body), {
            "Host": "localhost", "Authorization": f"Bearer {token_of(node)}",
            "Content-Type": "application/json"
        })
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    last = json.loads(lines[-1]) if lines else {}
    return last.get("err") or str(last.get("error"))


def case_places(nodes, seed):
    """Eight keys ask for every place that blocks can take and bring nothing: honest blocks are
    taken all the while."""
    taker, giver = nodes.start(2)
    ask = kept_blocks(giver)
    check(ask(), "no block is kept even in peace")
    attacker = nodes.attack("blocks", taker, seed=seed, count=8, seconds=30, arg="places")
    time.sleep(3)  # until it has them all
    honest = Honest(ask, 0.5)
    got = attacker.result()
    share = honest.share()
    print(
        f"{share:.2f} of {honest.asked} honest blocks kept, the slowest in "
        f"{max(honest.waits):.1f} s"
    )
    check(got["granted"] >= 100, f"the attack did not get far enough to show anything: {got}")
    check(share >= 0.95 and honest.asked >= 10,
          f"{share:.2f} of only {honest.asked} honest blocks were kept beside {got}")


def case_squat(nodes, seed):
    """A key that knows a file's blocks asks for their places again and again and brings nothing:
    their publisher does."""
    taker, giver = nodes.start(2)
    blocks = upload(giver, 3 << 20)
    nodes.attack("squat", taker, seed=seed, seconds=90, arg=",".join(
        f"{b}:{1 << 20}" for b in blocks))
    eventually("the places are taken", 60,
               lambda: counters(taker, "bundles")["keep_asked"] >= 3 * len(blocks))
    began = time.monotonic()
    said = spread(giver, {"blocks": blocks, "copies": 2})
    print(f"{len(blocks)} blocks with two copies: {said} after {time.monotonic() - began:.1f} s")
    check(said == "ok",
          f"the publisher got its blocks kept nowhere beside one key that asks for them: {said}")


def case_askers(nodes, seed):
    """600 keys of one network ask for a chunk and take nothing: the node's visitors, its own and
    others', are served."""
    giver, other = nodes.start(2, "--guard-local", "count")
    (block,) = upload(giver, 1 << 20)
    pages = [(giver, publish_pages(nodes, other)), (other, publish_pages(nodes, giver))]
    attacker = nodes.attack("askers", giver, seed=seed, count=600, prefixes=1, seconds=600,
                            arg=block)
    got = attacker.result()
    check(got["sessions"] >= 540, f"the attack did not begin: {got}")
    for visitor, host in pages:
        began, work = time.monotonic(), cpu(giver)
        answers = [visitor.get(f"/{i}", host=host)[0] for i in range(12)]
        work = cpu(giver) - work
        print(
            f"node {visitor.number}: {answers.count(200)} of 12 files in "
            f"{time.monotonic() - began:.1f} s, "
            f"{work:.1f} s of CPU of the attacked", flush=True)
        check(
            answers.count(200) == 12,
            f"a visitor of node {visitor.number} got {answers} beside {got}")
        check(work < 1.5,
              f"12 files cost the attacked node {work:.1f} s of CPU: it looks at all who wait")
    peers = counters(giver, "bundles")
    shown = {
        name: peers.get(name, 0)
        for name in ("peers_full", "peers_gave_way", "serve_busy", "serve_stalled")
    }
    check(sum(shown.values()) > 100, f"the node did not notice them, so nothing was shown: {shown}")


def case_store(nodes, seed):
    """Five keys send blocks until they are refused: half of the room is left, and honest blocks are
    kept."""
    taker, giver = nodes.start(2, "--store-limit", "64M")
    ask = kept_blocks(giver)
    check(ask(), "no block is kept even in peace")
    got = nodes.attack("blocks", taker, seed=seed, count=5, seconds=60, arg="store").result()
    served = sum(ask() for _ in range(10))
    print(f"{got['bytes'] >> 20} of 64 MiB are the attacker's; {served} of 10 honest blocks kept")
    check(got["stored"] >= 100, f"the attack did not get far enough to show anything: {got}")
    check(got["bytes"] <= 40 << 20, f"five keys got {got['bytes']} bytes of 64 MiB")
    check(served == 10, f"only {served} of 10 honest blocks were kept after {got}")
    for _ in range(2):  # the second time it lists what it read from there
        taker.stop()
        taker.reap()
        with open(os.path.join(taker.data, "brought"), "rb") as f:
            head = f.read(16)
        check(len(head) == 16, "the list of who brought what is no list")
        keys, blocks = int.from_bytes(head[8:12], "big"), int.from_bytes(head[12:], "big")
        check(head[:8] == b"GNBRT\0\0\1" and keys > got["keepers"] and blocks >= got["stored"],
              f"the node forgot who brought what: {keys} keys, {blocks} blocks, after {got}")
        taker = nodes.again(taker)
        os.remove(os.path.join(taker.data, "brought"))


def request(node, method, path, body=b"", host="localhost"):
    """Status and body of a request with the node's token."""
    connection = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=300)
    try:
        connection.request(
            method, path, body, {
                "Host": f"{host}:{node.http_port}", "Authorization": f"Bearer {token_of(node)}",
                "Content-Type": "application/octet-stream"
            })
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def publish_evil(nodes, giver, kind, seed):
    """The site of the attack, its blocks at the giver, its head out; the owner's key."""
    base = os.path.join(nodes.base, kind)
    got = nodes.attack("site", giver, seed=seed, arg=f"{kind} {base}").result()
    with open(base + ".manifest", "rb") as f:
        status, body = request(giver, "POST", "/api/v1/files", f.read())
    check(status == 200, f"the manifest was not taken: {body}")
    check(
        spread(giver, {"blocks": json.loads(body)["blocks"], "copies": 1}) == "ok",
        "the manifest was not spread")
    with open(base + ".head", "rb") as f:
        status, body = request(giver, "POST", "/api/v1/records?w=1", f.read())
    check(status == 200, f"the head was not taken: {body}")
    return got


def publish_pages(nodes, node):
    """A site of 12 files that only this node keeps; its host at a gateway."""
    name = f"pages{node.number}"
    base = os.path.join(nodes.base, name)
    os.makedirs(base)
    for i in range(12):
        with open(os.path.join(base, str(i)), "wb") as f:
            f.write(os.urandom(300_000))
    node.cli("id", "new", "--no-passphrase")
    node.cli("site", "publish", base, "--name", name, "--w", "2", "--copies", "1")
    return name + ".geo.localhost"


def cpu(node):
    """Seconds of CPU that the node used."""
    with open(f"/proc/{node.process.pid}/stat", encoding="ascii") as f:
        words = f.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def case_rules(nodes, seed):
    """A page whose site has 64 rules that match after much trying: a request costs its visitor's
    node next to nothing."""
    giver, visitor = nodes.start(2)
    owner = publish_evil(nodes, giver, "rules", seed)["owner"]
    put_name(giver, "site-with-rules", owner)
    path = "/" + "a" * 1000
    status, body = request(visitor, "GET", path, host="site-with-rules.geo.localhost")
    check(status == 200, f"the page is not served: {status} {body}")
    before = cpu(visitor)
    for _ in range(20):
        check(
            request(visitor, "GET", path, host="site-with-rules.geo.localhost")[0] == 200,
            "the page is not served any more")
    each = (cpu(visitor) - before) / 20
    ignored = counters(visitor, "bundles").get("rules_ignored", 0)
    print(
        f"{each * 1000:.0f} ms of CPU for each request of the page; {ignored} rules have no effect")
    check(each < 0.15, f"each request of the page took {each:.2f} s of the node's CPU")


def put_name(node, name, owner):
    """NAME.geo points to the default site of that key."""
    node.cli("id", "new", "--no-passphrase")
    node.cli("name", "claim", name, "--site", f"{owner}/", "--w", "1")


def case_manifest(nodes, seed):
    """A manifest of 50 MB with 90,000 long paths: while a visitor's node checks it, the node
    answers all others."""
    giver, visitor = nodes.start(2)
    got = publish_evil(nodes, giver, "paths", seed)
    honest = Honest(lambda: visitor.status()["joined"], 0.01)
    began = time.monotonic()
    status, body = request(visitor, "GET", f"/api/v1/sites/{got['owner']}/-/manifest")
    took = time.monotonic() - began
    asked, share = honest.asked, honest.share()
    print(
        f"{len(body)} bytes opened; {share:.3f} of {asked} others answered meanwhile, the slowest "
        f"in {max(honest.waits):.2f} s"
    )
    check(status == 200 and len(body) == got["bytes"],
          f"the manifest does not open: {status} {body[:200]}")
    check(share == 1, f"only {share:.3f} of others' requests were answered")
    check(
        max(honest.waits) < took / 2,
        f"one of the others waited {max(honest.waits):.1f} s of the {took:.1f} s that it took")
def small_stores(nodes):
    """Two nodes with room for 390 records each, and honest requests between them that both must
    take."""
    taker, giver = nodes.start(2, "--record-limit", "4M")
    giver.cli("id", "new", "--no-passphrase")
    return taker, giver


def honest_puts(giver, round_):
    """A record, a name and the identity, at both nodes; the keys that were acknowledged."""
    key = put(giver, f"round {round_}".encode(), f"honest{round_}", w=2)
    giver.cli("name", "claim", f"honestname{round_}", "--w", "2")
    giver.cli("id", "publish", "--w", "2")
    return key


def case_records(nodes, seed):
    """Records of fresh owners from one node key, the same after a restart, then from forty: each
    key has its share, other kinds have their room, and what was acknowledged stays."""
    taker, giver = small_stores(nodes)
    room = (4 << 20) // 10737
    kept = [honest_puts(giver, 0)]
    got = nodes.attack("records", taker, seed=seed, count=1500, seconds=120).result()
    check(got["refused"], f"the attack did not get far enough: {got}")
    check(got["kept"] <= room // 16 + 1, f"one key got {got['kept']} of {room} places")
    check(holds_all_it_may(taker, "records"), "`guard why` does not tell of the key's records")
    kept.append(honest_puts(giver, 1))
    taker = nodes.again(taker)  # it still knows who brought what
    more = nodes.attack("records", taker, seed=seed, count=1500, seconds=120).result()
    check(more["refused"], f"the attack did not get far enough: {more}")
    check(more["kept"] <= room // 16 + 1,
          f"one key got {more['kept']} of {room} places once the node was started anew")
    many = nodes.attack("records", taker, seed=seed + 1, count=3000, arg=40, seconds=240).result()
    check(many["refused"], f"the attack did not get far enough: {many}")
    check(many["kept"] <= room // 2,
          f"forty keys got {many['kept']} of {room} places, of which half are for all")
    giver.cli("name", "claim", "honestname2", "--w", "2")
    giver.cli("id", "publish", "--w", "2")
    for node in nodes.all:
        for key in kept:
            node.cli("get", "--quorum", "2", key)
        for i in range(3):
            check(
                node.cli("name", "resolve", f"honestname{i}")["holders"], f"honestname{i} is gone")
    print(
        f"one key: {got['kept']} of {room} places; forty: {many['kept']} more; names and "
        "identities got in beside it"
    )


def case_graces(nodes, seed):
    """Names that nobody paid for and that end in seconds, from 17 keys, wave after wave: what is
    hidden takes no other kind's room (OV-91)."""
    taker, giver = small_stores(nodes)
    kept = honest_puts(giver, 0)
    for wave in range(2):
        got = nodes.attack("records", taker, seed=seed + wave, count=600, arg="17 ended",
                           seconds=120).result()
        check(wave or got["kept"] >= 50, f"the attack did not get far enough: {got}")
        time.sleep(6)  # they have ended
    giver.cli("name", "claim", "honestname1", "--w", "2")
    giver.cli("id", "publish", "--w", "2")
    taker.cli("get", "--quorum", "2", kept)
    print(
        f"{got['kept']} of {got['put']} taken in the last wave; a name and an identity got in "
        "after it"
    )


def case_handed(nodes, seed):
    """One linked key pushes records first and puts them after: it has receipts for no more than its
    share (OV-92)."""
    taker, giver = small_stores(nodes)
    room = (4 << 20) // 10737
    honest_puts(giver, 0)
    got = nodes.attack("handed", taker, seed=seed, count=300, seconds=60).result()
    print(f"{got['pushed']} pushes taken, {got['receipts']} receipts of {room} places")
    check(got["pushed"] >= room // 16, f"the attack did not get far enough: {got}")
    check(got["receipts"] <= room // 16 + 1,
          f"one key got receipts for {got['receipts']} of {room} places")
    honest_puts(giver, 1)


def case_names(nodes, seed):
    """One owner who claims name after name with the work of a first one is granted a few; others
    claim beside it."""
    taker, giver = small_stores(nodes)
    attacker = nodes.attack("names", taker, seed=seed, count=14, seconds=340)
    giver.cli("name", "claim", "honestname", "--w", "2")
    got = attacker.result()
    check(got["claimed"] >= 10, f"the attack was not done: {got}")
    check(got["granted"] >= 8, f"what is free was refused: {got}")
    check(got["refused"] >= 1 and got["why"] == "proof-of-work",
          f"one owner got too many names: {got}")
    giver.cli("name", "claim", "honestname2", "--w", "2")
    for node in nodes.all:
        check(node.cli("name", "resolve", "honestname")["holders"], "the honest name is gone")


def charged(node, key):
    """Units that the node has charged this key, if it is among the heaviest."""
    return sum(a["work"]
               for a in node.cli("guard", "list")["heaviest"]
               if a["kind"] == "key" and a["who"] == key)


def case_gets(nodes, seed):
    """Large records asked for by who reads nothing are not read for it, who reads them is charged
    for their length, and puts are served."""
    size, most_in_flight, store, store_kib, kib = 60000, 512 // 8, 400, 44, 12
    taker, giver = nodes.start(2)
    whole_records(nodes.all, giver)()
    attacker = nodes.attack("gets", taker, seed=seed, arg=f"mute 24 {size}", count=500, seconds=8)
    honest = Honest(whole_records(nodes.all, giver))
    mute = attacker.result()
    eventually("honest records were put beside it", 120, lambda: honest.asked >= 10)
    share = honest.share()
    overlay, peers = counters(taker, "overlay"), counters(taker, "peers")
    read = overlay["asked_get"] - overlay["reads_refused"] - overlay["jobs_full"]
    check(mute["asked"] >= 200 and overlay["asked_get"] >= 200,
          f"the attack did not get far enough: {mute}")
    check(overlay["reads_refused"] > 0, f"all was read for who reads nothing: {read} records")
    check(peers["message-dropped-queue"] <= most_in_flight,
          f"{peers['message-dropped-queue']} records were read to be thrown away")
    check(share >= 0.95, f"only {share:.2f} of the honest records were taken: {honest.trouble}")
    got = nodes.attack("gets", giver, seed=seed + 1, arg=f"read 12 {size}", count=50,
                       seconds=4).result()
    check(got["answered"] >= 20, f"the records were not given to who reads them: {got}")
    took, length = charged(giver, got["key"]), size // 1024
    check(took >= got["answered"] * length * kib,
          f"{got['answered']} records of {length} KiB cost their reader {took} units")
    work = [a["work"] for a in giver.cli("guard", "list")["heaviest"] if a["kind"] == "key"]
    check(any(w != took and w >= 12 * (store + length * store_kib) for w in work),
          f"12 puts of {length} KiB cost nobody as much: {work}")
    print(
        f"{mute['asked']} asked by who reads nothing: {read} read; {got['answered']} by who reads: "
        f"{took} units; {share:.2f} of {honest.asked} honest records"
    )


def case_olds(nodes, seed):
    """Who offers old versions is sent the newer ones, and pays for what that takes, and for
    answering that these are old."""
    taker, giver = nodes.start(2)
    whole = whole_records(nodes.all, giver)
    whole()
    attacker = nodes.attack("olds", taker, seed=seed, count=3,
                            seconds=8)  # within its share, or not all is charged
    honest = Honest(whole)
    got = attacker.result()
    eventually("honest records were put beside it", 120, lambda: honest.asked >= 10)
    share = honest.share()
    check(got["kept"] >= 100 and got["pushes"] >= 100, f"the attack did not get far enough: {got}")
    work, before = charged(taker, got["key"]), got["kept"] * 500 + got["offers"] * 50
    check(
        work >= before + got["pushes"] * 90,
        f"{got['pushes']} records pushed to it cost it {work} units, of which {before} are for "
        "what it put and said"
    )
    check(
        work >= before + got["stales"] * 500,
        f"{got['stales']} answers to them that bring a record cost it {work} units with all else")
    check(share >= 0.95, f"only {share:.2f} of the honest records were taken: {honest.trouble}")
    print(
        f"{got['offers']} offers: {got['pushes']} records pushed, {got['stales']} answered STALE, "
        f"{work} units; {share:.2f} of {honest.asked} honest records"
    )


def newcomer(nodes):
    """A node on its probation (10 minutes) that has just come; nobody waits for its links."""
    number = len(nodes.all) + 1
    node = network.Node(number, os.path.join(nodes.base, f"node{number}"), nodes.bin,
                        network.udp_port(), 0, nodes.all[0].udp_port,
                        ["--pow-bits", POW, "--guard-local", "count", "--probation", "600"])
    nodes.all.append(node)
    node.wait_ready(time.monotonic() + 60)
    return node


def ports(nodes):
    return " ".join(str(node.udp_port) for node in nodes.all)


def case_clients(nodes, seed):
    """Seventy identities of one /24 that hold links as clients have eight places of a node: who is
    new gets its links beside them."""
    old = nodes.start(3, "--guard-local", "count")
    got = nodes.attack("clients", old[0], seed=seed, count=70, prefixes=1, seconds=120,
                       arg=ports(nodes), hold=True).result()
    check(got["linked"] >= 3 * 8, f"the attack did not get far enough to show anything: {got}")
    held = [node.status()["links"] - 2 for node in old]
    print(f"links of the attacker at each node: {held}")
    new = newcomer(nodes)
    eventually("who is new has its links", 40, lambda: new.status()["links"] == 3)
    check(not new.status()["server"], "it was to be on its probation")
    check(max(held) <= 8, f"one /24 has {held} links as clients")


def case_turn(nodes, seed):
    """Clients of one /24 that become servers once they are linked: caps hold for them, and who is
    new gets its links."""
    old = nodes.start(3, "--guard-local", "count")
    attacker = nodes.attack("turn", old[0], seed=seed, count=110, prefixes=1, seconds=120,
                            arg=ports(nodes), hold=True)
    got = attacker.result()
    check(got["linked"] >= 3 * 8, f"the attack did not get far enough to show anything: {got}")
    held = [node.status()["links"] - 2 for node in old]
    print(f"links of the attacker at each node: {held}")
    new = newcomer(nodes)
    eventually("who is new has a link", 40, lambda: new.status()["links"] >= 1)
    check(max(held) <= 70, f"one /24 has {held} of 96 links")


def case_sums(nodes, seed):
    """One key that makes its link anew and asks for a sum each time has none: it is no ring
    neighbour. Honest records beside it."""
    old = nodes.start(3, "--guard-local", "count")
    attacker = nodes.attack("sums", old[0], seed=seed, count=20, prefixes=1, seconds=15)
    put(old[1], b"beside it", "sums", w=2)
    got = attacker.result()
    seen = counters(old[0], "overlay")
    walks = sum(n for name, n in seen.items()
                if name.replace("-", "_") in ("digest_wanted", "digest_equal"))
    print(f"{got}: {walks} sums")
    check(got["rounds"] >= 100, f"the attack did not get far enough to show anything: {got}")
    check(walks <= 20, f"{walks} sums over all records were made beside {got}")


def case_press(nodes, seed):
    """Many keys of one network, each within its share, do not make the price rise for who is
    elsewhere: their network pays too."""
    (node,) = nodes.start(1, "--guard-local", "count")
    attacker = nodes.attack("press", node, seed=seed, count=300, arg=40, prefixes=1, seconds=15)
    seen = []
    while attacker.process.poll() is None:
        seen.append(json.loads(node.get("/api/v1/guard")[1])["pressure"])
        time.sleep(0.2)
    got, refused = attacker.result(), json.loads(node.get("/api/v1/guard")[1])["counters"]
    print(
        f"{got}: pressure up to {max(seen)}, refused {refused['guard-host']} + "
        f"{refused['guard-net']} of {refused['guard-key']} by key"
    )
    check(max(seen) <= 16, f"the price rose {max(seen)} times")
    if refused["guard-host"] + refused["guard-net"] == 0:
        raise Skip(
            f"{got['asked_s']:.0f} questions a second are not too many for one network: the "
            "machine is too busy for more"
        )


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


if __name__ == "__main__":
    sys.exit(main(globals()))
