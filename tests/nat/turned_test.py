"""A real node whose router lets nothing pass but what goes to a TURN server, coturn's, which nobody
here wrote: by an address there it is in the network, over UDP, TCP and TLS; a capture at the server
shows which. Rule RE-47.

usage: turned_test.py BIN_DIR CASE    exit 77: not here, and why
"""
import contextlib, os, signal, socket, subprocess, sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import lab
import node_rig
from lab import Lab
from lab_test import Failure, PORT, Skip, check, geonet, start_node, wait_until
from coturn import tool
from relayed_test import ONLY, World

USER, PASSWORD = "ann-of-the-lab", "a secret of hers"


class Here:
    """A TURN server, a node, and one behind a router who reaches the first alone."""

    def __init__(self, bin_dir, net, port):
        self.bin, self.net, self.port = bin_dir, net, port
        self.turn, self.other = net.servers
        self.side = net.sides[0]
        self.coturn()
        start_node(net, self.other, bin_dir, self.other.address)

    def coturn(self):
        place, at = self.net.data("coturn"), self.turn.address
        pem = [os.path.join(place, name) for name in ("cert", "key")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=turn.lab", "-out", pem[0], "-keyout", pem[1]],
                       check=True, capture_output=True, timeout=60)
        self.net.start(self.turn, [
            tool("turnserver"), "-n", "-L", at, "-E", at, "-p", "3478", "--tls-listening-port",
            "443", "--cert", pem[0], "--pkey", pem[1], "--lt-cred-mech", "-u",
            f"{USER}:{PASSWORD}", "-r", "lab", "--no-cli", "--simple-log", "--log-file",
            os.path.join(place, "log"), "--pidfile", os.path.join(place, "pid"), "--userdb",
            os.path.join(place, "db")], "turnserver")

        def listens():
            with contextlib.suppress(OSError), self.turn.space.inside(), \
                    socket.create_connection((at, 443), 1):
                return True
        wait_until("turnserver listens", listens)

    def start(self, server, password=PASSWORD):
        data = self.net.data(self.side.host.address)
        login = os.path.join(data, "turn-login")
        with open(os.open(login, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
                  encoding="ascii") as f:
            f.write(f"{USER}:{password}\n")
        return self.net.start(self.side.host, [
            os.path.join(self.bin, "geonetd"), "--data", data, "--http", "0", "--pow-bits", "10",
            "--bootstrap", f"{self.other.address}:{PORT}", "--turn-server", server], "turned")

    def peer(self, host):
        peers = geonet(self.net, host, self.bin, "peers").get("peers", [])
        return next((p for p in peers if p["up"]), {})


def log_of(process):
    with open(process.log, encoding="utf-8") as f:
        return f.read()


def through(bin_dir, kind, server, seen):
    """The node has an address and is by it in the network; seen(packets): what a capture says."""
    with Lab([kind], servers=2) as net:
        here = Here(bin_dir, net, 443)
        if kind == "port":
            here.side.router.nft(ONLY.format(here.turn.address, "udp", 3478))
        with World.captured(_Captured(net, here.turn)) as packets:
            node = here.start(server.format(here.turn.address))
            wait_until("it is connected by TURN",
                       lambda: here.peer(here.side.host).get("carrier") == "turn")
            at = here.peer(here.other).get("addr", "")
            check(at.startswith(f"{here.turn.address}:"), f"the other sees it at {at}")
            key = geonet(net, here.other, bin_dir, "status")["node"]["key"]
            pong = geonet(net, here.side.host, bin_dir, "ping", key)
            ways = {reply["carrier"] for reply in pong.get("replies", [])}
            check(ways == {"turn"}, f"a ping went otherwise: {pong}")
            seen(packets())
        said = log_of(node)
        check("turn.live" in said, "the log does not say that it has an address")
        check(PASSWORD not in said and USER not in said, "the log has what nobody is to know")
        status = geonet(net, here.side.host, bin_dir, "status")
        turn = status.get("turn", {})
        check(turn.get("state") == "live" and turn.get("address") == at, f"the status has {turn}")
        print(f"the other sees it at {at}")
        check(PASSWORD not in str(status), "the status has the password")


class _Captured:
    """What World.captured wants."""

    def __init__(self, net, server):
        self.net, self.server = net, server


def in_the_open(packets):
    check(USER.encode() in packets, "the name is not in the capture: it went otherwise")


def sealed(packets):
    check(USER.encode() not in packets,
          "what is said to the server is read on the way")
    check(b"\x16\x03" in packets and b"\x17\x03\x03" in packets, "there are no records of TLS")


def case_udp(bin_dir):
    through(bin_dir, "port", "turn:{}", in_the_open)


def case_tcp(bin_dir):
    through(bin_dir, "blocked", "turn:{}?transport=tcp", in_the_open)


def case_tls(bin_dir):
    through(bin_dir, "443", "turns:{}:443", sealed)


def case_refused(bin_dir):
    """With another password it has no address, and goes on trying without a word of it."""
    with Lab(["blocked"], servers=2) as net:
        here = Here(bin_dir, net, 3478)
        node = here.start(f"turn:{here.turn.address}?transport=tcp", "another secret")
        wait_until("it says that it is refused", lambda: "turn.lost" in log_of(node))
        check(not here.peer(here.side.host), "it is connected")
        check("another secret" not in log_of(node), "the log has the password")


def main():
    if len(sys.argv) != 3 or "case_" + sys.argv[2] not in globals():
        print(__doc__, "cases:", *[n[5:] for n in globals() if n.startswith("case_")])
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # labs are closed on the way out
    reason = lab.why_not()
    if reason:
        print(f"skipped: {reason}")
        return 77
    try:
        globals()["case_" + sys.argv[2]](sys.argv[1])
    except (Failure, node_rig.Failure) as error:
        print(f"failed: {error}")
        return 1
    except (Skip, node_rig.Skip) as error:
        print(f"skipped: {error}")
        return 77
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
