"""Real nodes whose network changes under them (docs/spec/reach.md RE-10, RE-15): sessions go on
from the new address, and nothing of a stream is lost.

usage: moving_test.py BIN_DIR CASE    exit 77: not here, and why
"""
import contextlib, filecmp, json, os, signal, subprocess, sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab_test import Failure, PORT, check, geonet, wait_until

SIZE = 24 << 20


def start_node(net, host, bin_dir, *options):
    name = host.space.name
    node = net.start(host, [
        os.path.join(bin_dir, "geonetd"), "--data", net.data(host.address), "--port", str(PORT),
        "--http", "0", "--probation", "0", "--pow-bits", "10", *options], host.address)
    wait_until(f"the node of {name} answers for keys",
               lambda: geonet(net, host, bin_dir, "status").get("server"))
    return node


def up(answer):
    return next((p for p in answer.get("peers", []) if p["up"]), {})


class Pair:
    """A node with a site of one large file, and one whose address changes while it reads it."""

    def __init__(self, net, bin_dir):
        self.net, self.bin = net, bin_dir
        self.side, self.server = net.sides[0], net.servers[0]
        self.data = net.data(self.side.host.address)  # it stays when the address changes
        start_node(net, self.server, bin_dir)
        self.ask(self.server, "id", "new", "--no-passphrase")
        folder = net.data("site")
        self.file = os.path.join(folder, "file")
        with open(self.file, "wb") as f:
            f.write(os.urandom(SIZE))
        self.site = self.ask(self.server, "site", "publish", folder, "--w", "1", "--copies", "1")
        check(self.site, "the site was not published")
        self.node = start_node(net, self.side.host, bin_dir, "--bootstrap",
                               f"{self.server.address}:{PORT}")
        wait_until("it has joined", lambda: self.mine().get("up"))

    def ask(self, host, *words, data=None):
        """What the tool says of the node of that host, as JSON; {}: nothing."""
        done = subprocess.run(
            host.space.command(os.path.join(self.bin, "geonet"), "--data",
                               data or self.net.data(host.address), "--json", *words),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def ask_at(self, *words):
        return self.ask(self.side.host, *words, data=self.data)

    def mine(self):
        """The only peer, as the one that moves sees it; {} while there is no session."""
        return up(self.ask_at("peers"))

    def theirs(self):
        return up(self.ask(self.server, "peers"))

    def reading(self):
        """A process that reads the file, of which a part has come."""
        before = self.mine()["received"]
        get = subprocess.Popen(
            self.side.host.space.command(
                os.path.join(self.bin, "geonet"), "--data", self.data, "site", "get",
                f"{self.site['owner']}/file", "-o", self.copy()),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        wait_until("a part of the file has come",
                   lambda: self.mine().get("received", 0) > before + SIZE // 8)
        check(get.poll() is None, "all of it came at once: nothing is shown")
        return get

    def copy(self):
        return os.path.join(self.data, "copy")

    def check_whole(self, get, before):
        said = get.communicate(timeout=300)[0]
        check(get.returncode == 0, f"the file did not come: {said}")
        check(filecmp.cmp(self.file, self.copy(), shallow=False), "it is another file")
        after = self.mine()
        check(after["received"] > before["received"], "it came by another session")
        return after


def log_has(process, word):
    with open(process.log, encoding="utf-8") as f:
        return word in f.read()


def case_address(bin_dir):
    """Its address goes while a file is on its way, and it gets another one: the peer sees that,
    the session lives on, and the file comes whole. It says itself where it is now."""
    with lab.Lab(["open"], servers=1, delay=20) as net:
        p = Pair(net, bin_dir)
        before, old, get = p.mine(), p.side.inner, p.reading()
        check(p.theirs()["addr"] == f"{old}:{PORT}", "it is seen elsewhere from the beginning")
        net.change_inner(p.side)
        after = p.check_whole(get, before)
        check(p.theirs()["addr"] == f"{p.side.inner}:{PORT}", "the peer does not see where it is")
        check(log_has(p.node, "network.changed"), "it did not see it itself")
        own = p.ask_at("status")["node"]["addrs"]
        check(own == [f"{p.side.inner}:{PORT}"], f"it says that it is at {own}")
        print(f"{old} -> {p.side.inner}: {after['why']}, {after['received']} bytes")


def case_route(bin_dir):
    """No way out for two seconds: the file comes whole by the same session."""
    with lab.Lab(["port"], servers=1, delay=20) as net:
        p = Pair(net, bin_dir)
        before, get = p.mine(), p.reading()
        net.drop_route(p.side)
        wait_until("it saw it", lambda: log_has(p.node, "network.changed"))
        net.plug(p.side)
        p.check_whole(get, before)


def case_blocked(bin_dir):
    """Its network lets no UDP pass any more: it goes on by TLS, at a place that nobody named to
    it. When UDP passes again it comes back to that."""
    with lab.Lab(["port"], servers=3) as net:
        for server in net.servers:
            begin = ["--bootstrap", f"{net.servers[0].address}:{PORT}"]
            start_node(net, server, bin_dir, "--wss", "443", "--wss-url",
                       f"wss://{server.address}", "--w", "2", "--advertise",
                       f"{server.address}:{PORT}", *(begin if server != net.servers[0] else []))
        side = net.sides[0]
        words = [os.path.join(bin_dir, "geonetd"), "--data", net.data(side.host.address), "--http",
                 "0", "--pow-bits", "10", "--bootstrap", f"{net.servers[0].address}:{PORT}"]
        node = net.start(side.host, words, "moves")

        def carriers():
            peers = geonet(net, side.host, bin_dir, "peers").get("peers", [])
            return {p["carrier"] for p in peers if p["up"]}

        def await_long(what, condition):
            for _ in range(2):  # UDP is tried each minute
                with contextlib.suppress(Failure):
                    wait_until(what, condition)
            wait_until(what, condition)

        await_long("it knows where others take connections", lambda: log_has(node, "url.known"))
        check(carriers() == {"udp"}, f"it is connected by {carriers()}")
        net.block_udp(side)
        await_long("it is connected by TLS", lambda: "wss" in carriers())
        await_long("it sees that there is no UDP",
                   lambda: geonet(net, side.host, bin_dir, "netcheck").get("reached") == "no-udp")
        node.terminate()  # what it knows it knows after a restart, too
        check(node.wait(60) == 0, "it did not end in order")
        net.start(side.host, words, "moves again")
        await_long("it is connected by TLS again", lambda: carriers() == {"wss"})
        net.block_udp(side, False)
        await_long("it is back at UDP", lambda: "udp" in carriers() and "wss" not in carriers())


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # labs are closed on the way out
    reason = lab.why_not()
    if reason:
        print(f"skipped: {reason}")
        return 77
    try:
        globals()["case_" + sys.argv[2]](sys.argv[1])
    except Failure as error:
        print(f"failed: {error}")
        return 1
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
