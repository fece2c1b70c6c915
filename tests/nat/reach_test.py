"""Two real nodes, each at home behind a router of a kind, and three in the Internet: who has the
other's key alone gets through to it, by which way, and how soon (docs/spec/reach.md RE-13, RE-17,
RE-20, RE-30, RE-42; the table of RE-71).

usage: reach_test.py BIN_DIR A-B          one pair of kinds, as ctest runs them; exit 77: not here
       reach_test.py BIN_DIR --table      all pairs, expected and observed
       reach_test.py BIN_DIR --table --keep    the same where routers keep strangers' packets:
                                         then no port is guessed
       reach_test.py BIN_DIR A-B --runs N      how often that pair gets there, of N
"""
import json, os, subprocess, sys, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import Lab, KINDS
from lab_test import Failure, PORT, check, wait_until
from punch import SHUT, expected


def name_of(host):
    return host.space.name.replace(" ", "-")  # inner addresses are alike


FIRST_BYTE = 1.0  # s, and a round trip: what the first answer may take by a relay
UPGRADE = 3.0  # s: what a direct path may take, where there is one,
GUESS = 8.0  # and where ports are guessed: after a volley of 2.6 s, up to 4.6 s


def start_node(net, host, bin_dir, begin, *options):
    words = [w for address in begin
             for w in ("--bootstrap", address if "/" in address else f"{address}:{PORT}")]
    return net.start(host, [
        os.path.join(bin_dir, "geonetd"), "--data", net.data(name_of(host)), "--port", str(PORT),
        "--http", "0", "--pow-bits", "10", *words, *options], name_of(host))


def geonet(net, host, bin_dir, *words):
    """What the tool says of the node of that host, as JSON."""
    done = subprocess.run(
        host.space.command(os.path.join(bin_dir, "geonet"), "--data", net.data(name_of(host)),
                           "--json", *words),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=90, check=False)
    return json.loads(done.stdout or b"{}") if done.returncode == 0 else {}


def counter(net, host, bin_dir, module, name):
    url = "http://localhost/api/v1/counters"
    got = subprocess.run(
        host.space.command("curl", "-sf", "--unix-socket",
                           os.path.join(net.data(name_of(host)), "app.sock"), url),
        stdout=subprocess.PIPE, timeout=20, check=False).stdout
    return json.loads(got or b"{}").get(module, {}).get(name, 0)


class Ends:
    """The nodes at home know that they are not reached, and have said where they are met."""

    def __init__(self, net, bin_dir):
        self.net, self.bin = net, bin_dir
        servers = [s.address for s in net.servers]
        for i, server in enumerate(net.servers):
            start_node(net, server, bin_dir, servers[:i], "--probation", "0", "--w", "1",
                       "--wss", "443")
            wait_until("a server answers for keys",
                       lambda s=server: geonet(net, s, bin_dir, "status").get("server"))
        for side in net.sides:
            begin = [f"wss://{servers[0]}"] if side.kind in SHUT else servers
            start_node(net, side.host, bin_dir, begin, "--probation", "600", "--w", "1")
        self.keys = [self.key_of(side) for side in net.sides]

    def key_of(self, side):
        links = 1 if side.kind in SHUT else 2
        wait_until("a node at home has joined", lambda: len(self.peers(side.host)) >= links)
        return geonet(self.net, side.host, self.bin, "status")["node"]["key"]

    def peers(self, host):
        found = geonet(self.net, host, self.bin, "peers").get("peers", [])
        return [p for p in found if p["up"] and p["linked"]]

    def settle(self, want):
        """Until both nodes have said where they are met: at homes, if they are behind a router."""
        def all_told():
            return sum(counter(self.net, s, self.bin, "relay", "reserved")
                       for s in self.net.servers) >= want
        wait_until("homes are found", all_told)
        time.sleep(2)  # the record is put a second later

    def ping(self, a, b, *words):
        """What the first tool says of the other's node; {}: no answer."""
        answer = geonet(self.net, self.net.sides[a].host, self.bin, "ping", *words, self.keys[b])
        return answer.get("replies", [])


def measure(net, bin_dir, homes, patience):
    """(way at last, s to the first answer, its way, s to the direct one or None)"""
    ends = Ends(net, bin_dir)
    ends.settle(homes)
    began = time.monotonic()
    first = ends.ping(0, 1, "--count", "1", "--patience", "10")
    took = time.monotonic() - began
    if not first:
        return "none", None, None, None
    way = first[0]["carrier"]
    upgraded = took if way == "udp" else None
    while way != "udp" and time.monotonic() - began < patience + 4:
        time.sleep(0.1)
        again = ends.ping(0, 1, "--count", "1", "--patience", "5")
        if again and again[0]["carrier"] == "udp":
            way, upgraded = "udp", time.monotonic() - began
    return way, took, first[0]["carrier"], upgraded


HOMES = {k: 1 if k in SHUT else 2 for k in KINDS}  # at least


def want_of(a, b, keep=False):
    if keep and expected(a, b, False) == "G":
        return "relay"
    return {"D": "udp", "R": "relay", "G": "udp", "W": "relay"}[expected(a, b, False)]


def patience_of(a, b):
    return GUESS if expected(a, b, False) == "G" else UPGRADE


def run_pair(bin_dir, a, b, keep=False):
    with Lab([a, b], servers=3, wan_drop=not keep) as net:
        found = measure(net, bin_dir, sum(HOMES.get(k, 0) for k in (a, b)), patience_of(a, b))
    way, took, first, upgraded = found
    shown = f"{a}-{b}: {way}"
    if took is not None:
        shown += f", first answer after {took:.2f} s by {first}"
    if upgraded is not None:
        shown += f", direct after {upgraded:.2f} s"
    print(shown, flush=True)
    return found


def case(bin_dir, a, b):
    way, took, _, upgraded = run_pair(bin_dir, a, b)
    check(way == want_of(a, b), f"{a}-{b}: {way}, and {want_of(a, b)} was expected")
    # the tool's own start, and a busy machine, are in it
    check(took < FIRST_BYTE + 4, f"the first answer took {took:.1f} s")
    check(way == "relay" or upgraded < patience_of(a, b) + 4, f"a direct path took {upgraded} s")


def table(bin_dir, keep):
    wrong = []
    for a in KINDS:
        for b in KINDS:
            found = run_pair(bin_dir, a, b, keep)
            if found[0] != want_of(a, b, keep):
                wrong.append((a, b))
    print("as expected" if not wrong else f"not as expected: {wrong}")
    return 1 if wrong else 0


def runs(bin_dir, a, b, count):
    """A guess misses now and then: 95 of 100 get there, as RE-23 has it."""
    got = [run_pair(bin_dir, a, b)[0] for _ in range(count)]
    right = sum(way == want_of(a, b) for way in got)
    print(f"{a}-{b}: {right} of {count}")
    return 0 if right >= 0.95 * count else 1


def main():
    if len(sys.argv) < 3:
        print(__doc__)
        return 2
    why = lab.why_not()
    if why:
        print(f"skipped: {why}")
        return 77
    bin_dir = os.path.abspath(sys.argv[1])
    if "--table" in sys.argv:
        return table(bin_dir, "--keep" in sys.argv)
    try:
        if "--runs" in sys.argv:
            return runs(bin_dir, *sys.argv[2].split("-"), int(sys.argv[-1]))
        case(bin_dir, *sys.argv[2].split("-"))
    except Failure as failure:
        print(f"FAILED: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
