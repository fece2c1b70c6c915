"""What two nodes say to each other is in no packet on the way, whatever carries it: a canary goes
both ways by geonet pipe, over each carrier, while what comes to and leaves the far end is captured;
a probe in the open shows that the capture sees. Rules RE-1, RE-30, RE-45, RE-46, RE-47.

usage: canary_test.py BIN_DIR CASE    exit 77: not here, and why
"""
import concurrent.futures, os, signal, socket, subprocess, sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import lab
import node_rig
import reach_test
from lab import Lab
from lab_test import Failure, PORT, Skip, check, wait_until
from reach_test import geonet, name_of, start_node
from relayed_test import ONLY, World
from turned_test import Here, PASSWORD, USER

CANARY, BACK = b"a canary that sings ", b"a wren that answers "
PROBE, LAST = b"a dodo in the open", b"the last dodo"
QUIC = 444


class At:
    """What World.captured and Here.coturn want."""
    coturn = Here.coturn

    def __init__(self, net, server):
        self.net, self.server, self.turn = net, server, server


def key_of(net, host, bin_dir):
    return geonet(net, host, bin_dir, "status")["node"]["key"]


def say_aloud(net, to, words):
    """From another server, so that the capture at `to` sees it."""
    other = next(s for s in net.servers if s is not to)
    with other.space.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(words, (to.address, PORT))


def captured_by_now(net):
    with open(os.path.join(net.directory, "packets"), "rb") as f:
        return f.read()


def carriers(net, host, bin_dir, key):
    pong = geonet(net, host, bin_dir, "ping", "--count", "1", key)
    return {reply["carrier"] for reply in pong.get("replies", [])}


def talk(net, bin_dir, a, b, at, carrier, times=2000):
    """Both ends say their words to the other by that carrier; `at` is where it is captured."""
    keys = [key_of(net, host, bin_dir) for host in (a, b)]
    wait_until(f"they meet by {carrier}", lambda: carriers(net, a, bin_dir, keys[1]) == {carrier})
    with World.captured(At(net, at)) as packets:
        say_aloud(net, at, PROBE)
        tools = [subprocess.Popen(
            host.space.command(os.path.join(bin_dir, "geonet"), "--data", net.data(name_of(host)),
                               "pipe", "--wait", "60", key),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for host, key in ((a, keys[1]), (b, keys[0]))]
        said = (CANARY * times, BACK * times)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            heard = list(pool.map(lambda t, words: t.communicate(words, timeout=120), tools, said))
        check(heard[0][0] == said[1] and heard[1][0] == said[0], f"it did not come: {heard}"[:900])
        by = carriers(net, a, bin_dir, keys[1])
        say_aloud(net, at, LAST)
        wait_until("all is captured", lambda: LAST in captured_by_now(net))
        seen = packets()
    check(by == {carrier}, f"it went by {by} at last")
    check(len(seen) > len(said[0]) + len(said[1]), f"{len(seen)} bytes were captured: too few")
    check(PROBE in seen, "the capture does not see what is said in the open")
    for word in CANARY, BACK, keys[0].encode(), CANARY.hex().encode():
        check(word not in seen, f"{word} is read on the way")
    print(f"{carrier}: {len(seen)} bytes captured")


def direct(bin_dir, kind, begin, carrier, *options, only=None, **more):
    """One at home, and one in the Internet that takes whatever comes."""
    with Lab([kind], servers=2) as net:
        far, home = net.servers[1], net.sides[0].host
        start_node(net, far, bin_dir, [], "--wss", "443", "--quic", str(QUIC))
        wait_until("it is there", lambda: geonet(net, far, bin_dir, "status").get("node"))
        if only:
            net.sides[0].router.nft(ONLY.format(far.address, "udp", only))
        start_node(net, home, bin_dir, [begin.format(far.address)], *options)
        wait_until("the other is there", lambda: geonet(net, home, bin_dir, "status").get("node"))
        talk(net, bin_dir, home, far, far, carrier, **more)


def turned(bin_dir, kind, server, only=None):
    with Lab([kind], servers=2) as net:
        turn, far, home = *net.servers, net.sides[0].host
        At(net, turn).coturn()
        start_node(net, far, bin_dir, [])
        wait_until("it is there", lambda: geonet(net, far, bin_dir, "status").get("node"))
        if only:
            net.sides[0].router.nft(ONLY.format(turn.address, "udp", only))
        login = os.path.join(net.data(name_of(home)), "turn-login")
        with open(os.open(login, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as f:
            f.write(f"{USER}:{PASSWORD}\n")
        start_node(net, home, bin_dir, [far.address], "--turn-server", server.format(turn.address))
        wait_until("the other is there", lambda: geonet(net, home, bin_dir, "status").get("node"))
        talk(net, bin_dir, home, far, turn, "turn")


def case_udp(bin_dir):
    direct(bin_dir, "port", "{}", "udp")


def case_wss(bin_dir):
    """More than the connection takes at once, so that both ends wait for it (RE-8)."""
    direct(bin_dir, "443", "wss://{}", "wss", times=50000)


def case_quic(bin_dir):
    direct(bin_dir, "port", f"quic://{{}}:{QUIC}", "quic", only=QUIC)


def case_turn_udp(bin_dir):
    turned(bin_dir, "port", "turn:{}", only=3478)


def case_turn_tcp(bin_dir):
    turned(bin_dir, "blocked", "turn:{}?transport=tcp")


def case_turn_tls(bin_dir):
    turned(bin_dir, "443", "turns:{}:443")


def case_relay(bin_dir):
    """Captured at each of the relays: one of them carries it."""
    with Lab(["sym", "sym"], servers=3) as net:
        ends = reach_test.Ends(net, bin_dir)
        ends.settle()
        hosts = [side.host for side in net.sides]
        wait_until("they meet by a relay",
                   lambda: carriers(net, hosts[0], bin_dir, ends.keys[1]) == {"relay"})
        key = geonet(net, hosts[0], bin_dir, "ping", "--count", "1",
                     ends.keys[1])["replies"][0]["relay"]
        at = next(s for s in net.servers if key_of(net, s, bin_dir).startswith(key))
        talk(net, bin_dir, *hosts, at, "relay")


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
        globals()["case_" + sys.argv[2]](os.path.abspath(sys.argv[1]))
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
