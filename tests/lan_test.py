"""Real nodes on one local network (docs/spec/reach.md RE-44): they find each other without being
told of anyone, those of another network, or whose owner does not want it, do not.

usage: lan_test.py BIN_DIR CASE    exit 77: not here, and why

Machines are network namespaces without names on one bridge; nothing of this machine is touched.
"""
import json, os, signal, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "nat"))
from lab import Space, Trouble  # noqa: E402

PATIENCE = 60  # seconds: the bound of a hopeless wait
SKIPPED = 77
LAN = ("--lan", "yes")  # flags win over the environment


class Failure(Exception):
    pass


def check(condition, sentence):
    if not condition:
        raise Failure(sentence)


def eventually(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        check(time.monotonic() < deadline, f"it did not come true that {what}")
        time.sleep(0.2)


class Net:
    """A bridge, and machines on it with addresses 10.77.0.2 and up."""

    def __init__(self, bin_dir, count):
        self.bin, self.base, self.nodes = bin_dir, tempfile.mkdtemp(prefix="geonet-lan-"), []
        self.bridge = Space("bridge")
        self.bridge.ip(["link add name hub type bridge", "link set hub up"])
        self.machines = [Space(f"machine {i}") for i in range(count)]
        for i, m in enumerate(self.machines):
            self.bridge.ip([f"link add p{i} type veth peer name lan netns {m.path}",
                            f"link set p{i} master hub", f"link set p{i} up"])
            # a network by a home's router: discovery does without it
            m.ip(["link set lo up", f"address add 10.77.0.{i + 2}/24 dev lan", "link set lan up",
                  "route add default via 10.77.0.1"])

    def start(self, machine, *options, pow_bits=10):
        """A node on that machine, which by its environment is not to speak."""
        data = os.path.join(self.base, f"node{len(self.nodes)}")
        os.mkdir(data, 0o700)
        with open(os.path.join(data, "log"), "wb") as log:
            node = subprocess.Popen(self.machines[machine].command(
                os.path.join(self.bin, "geonetd"), "--data", data, "--port", "7777", "--http",
                "off", "--probation", "0", "--pow-bits", str(pow_bits), *options),
                stdout=log, stderr=log, env=os.environ | {"GEONET_SETTINGS": "lan = no"})
        node.data, node.machine = data, machine
        self.nodes.append(node)
        eventually("a node answers", lambda: self.ask(node, "status"))
        return node

    def ask(self, node, *words):
        done = subprocess.run(self.machines[node.machine].command(
            os.path.join(self.bin, "geonet"), "--data", node.data, "--json", *words),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def links(self, node):
        return self.ask(node, "status").get("links", 0)

    def log(self, node):
        with open(os.path.join(node.data, "log"), encoding="utf-8") as f:
            return f.read()

    def close(self, failed):
        codes = []
        for node in self.nodes:
            node.terminate()
        for node in self.nodes:
            codes.append(node.wait(60))
            if failed or codes[-1]:
                print(f"---- log of {node.data}\n{self.log(node)}")
        for space in (*self.machines, self.bridge):
            space.close()
        subprocess.run(["rm", "-r", self.base], check=True)
        check(not any(codes), f"nodes did not end cleanly: {codes}")


def case_found(net):
    """Two begin alone, and find each other; a third that comes later is found at once by its word,
    and what one of them keeps is read by another."""
    a, b = net.start(0, *LAN), net.start(1, *LAN)
    eventually("both have a link", lambda: net.links(a) and net.links(b))
    check("lan.found" in net.log(a) + net.log(b), "they were linked in some other way")
    c = net.start(2, *LAN)
    eventually("all three are linked", lambda: all(net.links(n) == 2 for n in (a, b, c)))
    net.ask(a, "id", "new", "--no-passphrase")
    put = net.ask(a, "put", "--w", "3", __file__)
    check(put.get("key"), "no record was put")


def case_apart(net):
    """Of another network, or not wanted: no link, whatever is heard of it. Those that want to are
    linked beside them, so that there was time."""
    a, other, off = net.start(0, *LAN), net.start(1, *LAN, pow_bits=9), net.start(2)
    b = net.start(3, *LAN)
    eventually("those of one network have a link", lambda: net.links(a) and net.links(b))
    for node in (other, off):
        check(net.links(node) == 0, "a node was linked that is of another network, or is off")
        check("lan.found" not in net.log(node), "it found somebody")
    check(net.log(a).count("lan.found") <= 1, "more was found than is there")


def case_moved(net):
    """Another address on the way: it is found there."""
    a, b = net.start(0, *LAN), net.start(1, *LAN)
    eventually("both have a link", lambda: net.links(a) and net.links(b))
    net.machines[1].ip(["address del 10.77.0.3/24 dev lan", "address add 10.77.0.99/24 dev lan",
                        "route replace default via 10.77.0.1"])
    eventually("it is found at its new address", lambda: "10.77.0.99:7777" in net.log(a))


def main():
    bin_dir, case = sys.argv[1], sys.argv[2]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if os.geteuid() != 0:
        print("skipped: a network namespace needs root")
        return SKIPPED
    try:
        net = Net(bin_dir, 4)
    except (OSError, Trouble, FileNotFoundError) as error:
        print(f"skipped: no networks here: {error}")
        return SKIPPED
    failed = True
    try:
        globals()["case_" + case](net)
        failed = False
    except Failure as error:
        print(f"failed: {error}")
    finally:
        net.close(failed)
    print("failed" if failed else "passed")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
