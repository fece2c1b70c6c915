"""A real node at home behind a router of a kind, and three in the Internet: what netcheck says is
what the router is (docs/spec/reach.md RE-40, RE-41, RE-42).

usage: netcheck_test.py BIN_DIR KIND    open, full, port, sym or quiet; exit 77: not here
       netcheck_test.py BIN_DIR quiet UNREPLIED REPLIED    seconds that the router keeps flows
"""
import json, os, subprocess, sys, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import Lab
from lab_test import Failure, PORT, check, wait_until
from reach_test import geonet, name_of, start_node

# reached, port outside, lets in, kinds of network with direct paths
WANT = {"open": ("direct", "none", None, 7), "full": ("direct", "none", None, 7),
        "port": ("easy", "none", "port", 5), "sym": ("hard", "port", "port", 3)}


def up(net, host, bin_dir, least):
    peers = geonet(net, host, bin_dir, "peers").get("peers", [])
    return sum(p["up"] for p in peers) >= least


def case(bin_dir, kind):
    reached, mapping, filtering, kinds = WANT[kind]
    with Lab([kind], servers=3) as net:
        servers = [s.address for s in net.servers]
        for i, server in enumerate(net.servers):
            start_node(net, server, bin_dir, servers[:i], "--probation", "0", "--w", "1")
            wait_until("a server answers for keys",
                       lambda s=server: geonet(net, s, bin_dir, "status").get("server"))
        side = net.sides[0]
        # all three know it, so its owner's word is needed where it is direct
        given = ("--advertise", f"{side.outer}:{PORT}") if reached == "direct" else ()
        start_node(net, side.host, bin_dir, servers, "--probation", "600", "--w", "1", *given)
        wait_until("it knows all three", lambda: up(net, side.host, bin_dir, 3))
        began = time.monotonic()
        found = geonet(net, side.host, bin_dir, "netcheck")
        took = time.monotonic() - began
        print(f"{kind}: {found}; {took:.1f} s", flush=True)
        check(found.get("reached") == reached, f"it is {reached}")
        check(found["mapping"] == mapping, f"one port for all is {mapping}")
        check(filtering in (None, found["filtering"]), f"it lets in by {filtering}")
        check((found["kinds"], found["kinds_of"]) == (kinds, 9), f"direct to {kinds} of 9 kinds")
        check(found["udp_4"] == 3 and len(found["relays"]) == 3, "three sessions, by UDP")
        check(took < 5 + 4, f"netcheck took {took:.1f} s")  # the tool's start is in it
        status = geonet(net, side.host, bin_dir, "status")
        check(status["reached"] == reached, "the status says the same")


def quiet(bin_dir, unreplied=10, replied=14):
    """How long the router keeps a quiet flow is found, and used (RE-22)."""
    with Lab(["port"], servers=3, timeouts=(unreplied, replied)) as net:
        servers = [s.address for s in net.servers]
        for i, server in enumerate(net.servers):
            start_node(net, server, bin_dir, servers[:i], "--probation", "0", "--w", "1")
            wait_until("a server answers for keys",
                       lambda s=server: geonet(net, s, bin_dir, "status").get("server"))
        side = net.sides[0]
        start_node(net, side.host, bin_dir, servers, "--probation", "600", "--w", "1")
        wait_until("it knows all three", lambda: up(net, side.host, bin_dir, 3))
        wait_until("it is behind a router",
                   lambda: geonet(net, side.host, bin_dir, "netcheck").get("reached") == "easy")
        before = geonet(net, side.host, bin_dir, "netcheck")
        check(before["lifetime_s"] == 0 and before["keep_alive_s"] == 20, "20 s at first")
        done = subprocess.run(
            side.host.space.command(os.path.join(bin_dir, "geonet"), "--data",
                                    net.data(name_of(side.host)), "--json", "netcheck", "--long"),
            stdout=subprocess.PIPE, timeout=900, check=False)
        found = json.loads(done.stdout or b"{}")
        print(found, flush=True)
        check(replied - 10 <= found["lifetime_s"] <= replied, f"it is {replied} s")
        keep = min(max(found["lifetime_s"] * 7 // 10, 15), 120)
        check(found["keep_alive_s"] == keep, f"kept alive each {keep} s")
        check(abs(found["lifetime_at"] - time.time()) < 60, "and it says when")


def main():
    if sys.argv[2:3] == ["quiet"] and not lab.why_not():
        try:
            quiet(os.path.abspath(sys.argv[1]), *map(int, sys.argv[3:]))
        except Failure as failure:
            print(f"FAILED: {failure}")
            return 1
        return 0
    if len(sys.argv) != 3 or sys.argv[2] not in {**WANT, "quiet": None}:
        print(__doc__)
        return 2
    why = lab.why_not()
    if why:
        print(f"skipped: {why}")
        return 77
    try:
        case(os.path.abspath(sys.argv[1]), sys.argv[2])
    except Failure as failure:
        print(f"FAILED: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
