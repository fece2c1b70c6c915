"""Two real nodes at home that would find each other, and a rule that they do not (RE-11 of
docs/spec/reach.md): not one datagram of UDP leaves the first for anybody but the three relays,
counted by the kernel where it leaves; when the rule ends, they meet.

usage: policy_test.py BIN_DIR relay    as ctest runs; exit 77: not here
"""
import os, subprocess, sys, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab import Lab
from lab_test import Failure, check, wait_until
from reach_test import Ends, geonet, name_of

TALK = 40  # s: a try to go directly, and the next


def elsewhere(side, servers):
    """Counts from now on what leaves for others than the servers; returns the count."""
    allowed = [*servers, "127.0.0.1", "224.0.0.0/4", side.gate]
    side.host.space.nft(f"""
table ip seen {{
  chain out {{
    type filter hook output priority 0;
    ip daddr != {{ {', '.join(allowed)} }} udp dport != 0 counter
  }}
}}""")

    def count():
        text = side.host.space.run("nft", "list", "table", "ip", "seen")
        return int(text.split("counter packets ")[1].split()[0])
    return count


def tool(net, bin_dir, *words):
    host = net.sides[0].host
    return subprocess.run(
        host.space.command(os.path.join(bin_dir, "geonet"), "--data", net.data(name_of(host)),
                           *words),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=90, check=False)


def relay_only(bin_dir):
    with Lab(["port", "addr"], servers=3) as net:
        ends = Ends(net, bin_dir)
        other = ends.keys[1]
        check(tool(net, bin_dir, "path", other, "relay").returncode == 0, "a rule is said")
        time.sleep(2)  # a session that they had says goodbye
        count = elsewhere(net.sides[0], [s.address for s in net.servers])
        ends.settle()
        until = time.monotonic() + TALK
        while time.monotonic() < until:  # a session ends each 15 s: pings are of no use to it
            for a, b in ((0, 1), (1, 0)):
                found = ends.ping(a, b, "--count", "1")
                check(found and found[0]["carrier"] == "relay", f"by a relay: {found}")
        found = ends.ping(0, 1, "--count", "1")[0]
        check((found["indirect"], found["rule"]) == ("policy", "relay"), f"it says why: {found}")
        check(count() == 0, f"{count()} datagrams went elsewhere")
        peers = geonet(net, net.sides[0].host, bin_dir, "path")
        check([r["rule"] for r in peers["rules"]] == ["relay"], f"it stands there: {peers}")
        no = tool(net, bin_dir, "ping", "--path", "lan", other)
        check(no.returncode == 1 and "the rule of" in no.stdout, f"no way is left: {no.stdout}")
        check(tool(net, bin_dir, "path", other, "any").returncode == 0, "the rule ends")
        wait_until("they meet",
                   lambda: (ends.ping(0, 1, "--count", "1") or [{}])[0].get("carrier") == "udp")
        check(count() > 0, "what is counted is what goes to the other")


def main():
    if sys.argv[2:] != ["relay"]:
        print(__doc__)
        return 2
    why = lab.why_not()
    if why:
        print(f"skipped: {why}")
        return 77
    try:
        relay_only(os.path.abspath(sys.argv[1]))
    except Failure as failure:
        print(f"FAILED: {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
