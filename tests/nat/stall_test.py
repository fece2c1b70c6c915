"""Two real nodes between which `geonet pipe` carries bytes both ways, while what is under them
moves: nothing may be lost, and how long does nothing come (docs/spec/reach.md RE-6, RE-10)?

usage: stall_test.py BIN_DIR GROUP|SCENE[,SCENE...]  each case once, scenes beside each other, as
                                               ctest runs them; exit 77: not here, and why
       stall_test.py BIN_DIR --table [--runs N] [--only SCENE,...] [--json] [--sleep S]
                     [--at-once N]             the table of all, N runs each (20)

Each end writes a numbered record each 20 ms. The stall of a move is the longest time in which
nothing came at one of the two ends, counted from when the network could carry again. Reported:
bytes that came, bytes that did not, stalls, and what carried after each move.

A scene makes the networks of a few cases, and goes to and fro between them in one pipe.
"""
import argparse, concurrent.futures, contextlib, json, os, signal, subprocess, sys, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab  # noqa: E402
from lab_test import Failure, PORT, check, wait_until
from moving_test import log_has
from stall_world import Sleeper, World, ip

GOAL = (1.0, 3.0)  # s: half of the stalls, 95 of 100
# What must carry after each move, and what moves.
CASES = {
    "v4-v6": ("udp", "its IPv4 goes, its IPv6 stays"),
    "v6-v4": ("udp", "its IPv6 goes, its IPv4 is there again"),
    "nat-port": ("udp", "its router forgets all flows and gives another port"),
    "nat-address": ("udp", "its router gets another public address and forgets all flows"),
    "down-up": ("udp", "its interface is down for 2 s"),
    "wifi-mobile": ("udp", "its interface goes, another one in another network comes at once"),
    "route": ("udp", "the default route leads out by another interface; both stay up"),
    "address": ("udp", "its interface has another address"),
    "mtu": ("udp", "no packet of more than 1,300 bytes passes any more, and nobody says so"),
    "outage": ("udp", "nothing passes for 20 s, and nobody says so"),
    "udp-wss": ("wss", "no UDP passes its router any more"),
    "wss-udp": ("udp", "UDP passes again"),
    "direct-relay": ("relay", "nothing passes between the two any more, but to relays"),
    "relay-direct": ("udp", "they can reach each other again"),
    "both": ("any", "both ends have another public address, at the same time"),
    "relay-dies": ("relay", "the relay that they are on is killed"),
    "quic-udp": ("udp", "on QUIC at port 443 alone; then all UDP passes"),
    "sleep": ("udp", "one of them sleeps"),
}


# ---- scenes ----


def move(w, case, action, settle=2):
    w.move(case, CASES[case][0], action, settle)


def scene_families(bin_dir, words):
    """v4-v6, v6-v4"""
    with World(bin_dir, words, ["port"], ipv6=True) as w:
        side, server = w.net.sides[0], w.net.servers[0]
        b = w.server(0)
        a = w.node(side.host, "side-0", "--w", "1", "--bootstrap", f"{server.address}:{PORT}",
                   "--bootstrap", f"[{server.address6}]:{PORT}")
        w.pipe(a, b)

        def only(v6):
            if v6:
                ip(side.host, f"address del {side.inner}/24 dev eth0")
            else:
                ip(side.host, f"address add {side.inner}/24 dev eth0",
                   f"route replace default {side.via}", f"address del {side.inner6}/64 dev eth0")

        def both():
            w.net.plug(side)
            time.sleep(4)

        for _ in w.runs():
            move(w, "v4-v6", lambda: only(True))
            move(w, "v6-v4", lambda: only(False))
            both()
        return w.end()


def scene_rebind(bin_dir, words):
    """nat-port, nat-address"""
    with World(bin_dir, words, ["sym"]) as w:
        side = w.net.sides[0]
        b = w.server(0)
        w.pipe(w.moved(side), b)
        for _ in w.runs():
            move(w, "nat-port", lambda: w.net.rebind(side))
            move(w, "nat-address", lambda: w.net.change_outer(side))
        return w.end()


def two_interfaces(w):
    """The second side's interface is the first host's, too: eth1, in another network."""
    one, two = w.net.sides
    two.router.ip(["address del 192.168.1.1/24 dev lan", "address add 192.168.2.1/24 dev lan"])
    ip(two.host, "address flush dev eth0", "link set eth0 down",
       f"link set eth0 netns {one.host.space.path} name eth1")
    return one.host


def take_interface(host, number, other_down=True):
    """Out by eth0 or eth1 from now on."""
    mine, other = f"eth{number}", f"eth{1 - number}"
    net = f"192.168.{number + 1}"
    ip(host, *([f"link set {other} down"] if other_down else []),
       f"address replace {net}.2/24 dev {mine}", f"link set {mine} up",
       f"route replace default via {net}.1 dev {mine}")


def scene_interfaces(bin_dir, words):
    """down-up, wifi-mobile, route"""
    with World(bin_dir, words, ["port", "port"]) as w:
        side = w.net.sides[0]
        host = two_interfaces(w)
        b = w.server(0)
        w.pipe(w.moved(side), b)

        def down_up():
            w.net.unplug(side)
            time.sleep(2)
            w.net.plug(side)
            return time.monotonic()

        for _ in w.runs():
            move(w, "down-up", down_up)
            move(w, "wifi-mobile", lambda: take_interface(host, 1))
            take_interface(host, 0)
            time.sleep(5)
            ip(host, "link set eth1 up", "address replace 192.168.2.2/24 dev eth1")
            time.sleep(2)
            move(w, "route", lambda: take_interface(host, 1, False))
            take_interface(host, 0)
            time.sleep(5)
        return w.end()


def scene_address(bin_dir, words):
    """address, outage"""
    with World(bin_dir, words, ["port"]) as w:
        side = w.net.sides[0]
        b = w.server(0)
        w.pipe(w.moved(side), b)

        def outage():
            w.net.cut(side)
            time.sleep(20)
            w.net.restore(side)
            return time.monotonic()

        for _ in w.runs():
            move(w, "address", lambda: w.net.change_inner(side))
            move(w, "outage", outage)
        return w.end()


def scene_mtu(bin_dir, words):
    """mtu"""
    with World(bin_dir, words, ["port"]) as w:
        side = w.net.sides[0]
        b = w.server(0)
        a = w.moved(side)
        w.pipe(a, b, size=8192)

        for _ in w.runs():
            move(w, "mtu", lambda: w.net.narrow(side, 1300))
            w.end_pipe()  # a session looks for the larger size again after 10 minutes only
            w.net.narrow(side, 65536)
            a.process.terminate()
            a.process.wait(60)
            a.start()
            w.pipe(a, b, size=8192)
        return w.end()


def wss_server(w, number, *options):
    server = w.net.servers[number]
    return w.server(number, "--wss", "443", "--wss-url", f"wss://{server.address}", "--advertise",
                    f"{server.address}:{PORT}", *options)


def scene_blocked(bin_dir, words):
    """udp-wss, wss-udp"""
    with World(bin_dir, words, ["port"], servers=3) as w:
        side = w.net.sides[0]
        servers = [wss_server(w, i) for i in range(3)]
        a = w.node(side.host, "side-0", "--bootstrap", f"{servers[0].host.address}:{PORT}")
        for _ in range(3):
            with contextlib.suppress(Failure):
                wait_until("it knows urls", lambda: log_has(a.process, "url.known"))
        w.pipe(a, servers[0])
        for _ in w.runs():
            move(w, "udp-wss", lambda: w.net.block_udp(side))
            move(w, "wss-udp", lambda: w.net.block_udp(side, False), settle=5)
        return w.end()


APART = """table ip apart {{
 chain forward {{
  type filter hook forward priority -10
  ip daddr {0}.0/24 drop
  ip saddr {0}.0/24 drop
 }}
}}
"""
TOGETHER = "add table ip apart\ndelete table ip apart\n"


def homes(w):
    """Two nodes behind routers, three relays: they meet by their keys."""
    servers = [w.server(i, "--relay", "commons") for i in range(3)]
    ends = [w.moved(side, "--probation", "600") for side in w.net.sides]
    for end in ends:
        wait_until("a node at home has joined", lambda e=end: len(e.peers()) >= 2)
    for _ in range(2):
        with contextlib.suppress(Failure):
            wait_until("homes are found", lambda: sum(
                s.counter("relay", "reserved") for s in servers) >= 4)
    time.sleep(2)
    return servers, ends


def scene_relays(bin_dir, words):
    """direct-relay, relay-direct"""
    with World(bin_dir, words, ["port", "port"], servers=3) as w:
        one, two = w.net.sides
        _, ends = homes(w)
        w.pipe(*ends)
        check(w.await_kind("udp", seconds=30) == "udp", "they do not meet directly")
        for _ in w.runs():
            move(w, "direct-relay", lambda: one.router.nft(APART.format(two.net)))
            move(w, "relay-direct", lambda: one.router.nft(TOGETHER), settle=5)
        return w.end()


def scene_both(bin_dir, words):
    """both"""
    with World(bin_dir, words, ["port", "port"], servers=3) as w:
        _, ends = homes(w)
        w.pipe(*ends)
        w.await_kind("udp", seconds=30)

        def both():
            for side in w.net.sides:
                w.net.change_outer(side)

        for _ in w.runs():
            move(w, "both", both)
            w.await_kind("udp", seconds=45)
            time.sleep(2)
        return w.end()


def scene_dies(bin_dir, words):
    """relay-dies"""
    with World(bin_dir, words, ["port", "port"], servers=4) as w:
        one, two = w.net.sides
        servers = [w.server(i, "--relay", "commons") for i in range(1)]
        servers += [w.server(i, "--relay", "commons") for i in range(1, 4)]
        ends = [w.moved(side, "--probation", "600") for side in w.net.sides]
        one.router.nft(APART.format(two.net))
        for end in ends:
            wait_until("a node at home has joined", lambda e=end: len(e.peers()) >= 2)
        time.sleep(6)
        w.pipe(*ends)

        keys = [s.key() for s in servers]

        def used():
            """The relay that they are on now."""
            told = ends[0].ask("ping", "--count", "1", "--patience", "5", w.keys[1])
            said = told["replies"][0].get("relay", "") if told.get("replies") else ""
            check(said in keys, f"they are on no relay: {told}")
            return servers[keys.index(said)]

        for _ in w.runs():
            time.sleep(12)  # a spare circuit is due after 10 s
            relay = used()

            def die(relay=relay):
                relay.process.kill()
                relay.process.wait()

            move(w, "relay-dies", die)
            relay.start()
            wait_until("it is back", lambda r=relay: r.ask("status").get("server"))
            time.sleep(15)
        return w.end()


ONLY_443 = """table ip only {
 chain forward {
  type filter hook forward priority -10
  udp dport 443 accept
  udp sport 443 accept
  meta l4proto udp drop
 }
}
"""
ALL = "add table ip only\ndelete table ip only\n"


def scene_quic(bin_dir, words):
    """quic-udp"""
    with World(bin_dir, words, ["port"]) as w:
        side, server = w.net.sides[0], w.net.servers[0]
        b = w.server(0, "--quic", "443")
        side.router.nft(ONLY_443)
        a = w.node(side.host, "side-0", "--w", "1", "--bootstrap", f"quic://{server.address}:443",
                   "--bootstrap", f"{server.address}:{PORT}")
        w.pipe(a, b)
        for _ in w.runs():
            check(w.await_kind("quic", seconds=60) == "quic", "it is not on QUIC")
            time.sleep(2)
            move(w, "quic-udp", lambda: side.router.nft(ALL))
            side.router.nft(ONLY_443)
        return w.end()


def scene_sleep(bin_dir, words):
    """sleep"""
    with World(bin_dir, words, ["port"]) as w:
        side = w.net.sides[0]
        b = w.server(0)
        sleeper = Sleeper(w)
        a = w.moved(side, env=sleeper.env)
        w.pipe(a, b)
        for _ in w.runs():
            move(w, "sleep", lambda: sleeper.sleep([a.process, w.tools[0]], words.sleep))
        return w.end()


# As ctest runs them: what waits most beside each other.
GROUPS = {"addresses": ["families", "rebind", "quic"], "circuits": ["relays", "dies"],
          "machine": ["interfaces", "address", "sleep"], "paths": ["mtu", "blocked", "both"]}
SCENES = {name[6:]: scene for name, scene in globals().items() if name.startswith("scene_")}


def cases_of(scene):
    return SCENES[scene].__doc__.split(", ")


# ---- the table ----


def part(stalls, share):
    """The smallest of them that so many are not above."""
    return sorted(stalls)[min(int(share * len(stalls)), len(stalls) - 1)] if stalls else None


def run_scene(words, scene):
    """Its rows, and why it did not go on, if it did not."""
    try:
        return SCENES[scene](words.bin_dir, words), None
    except (Failure, lab.Trouble, OSError, subprocess.SubprocessError) as error:
        return {}, f"{scene}: {error}"


def in_processes(words, scenes):
    """Each scene in a process of its own: entering a namespace moves a thread."""
    def one(scene):
        command = [sys.executable, "-B", os.path.abspath(__file__), words.bin_dir, "--scene", scene,
                   "--runs", str(words.runs), "--sleep", str(words.sleep),
                   *(["--verbose"] if words.verbose else [])]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        lines = done.stdout.splitlines()
        return json.loads(lines[-1]) if lines and lines[-1][:1] == "{" else {
            "rows": {}, "error": f"{scene}: it ended with {done.returncode}: {done.stdout}"}
    with concurrent.futures.ThreadPoolExecutor(words.at_once) as pool:
        found = list(pool.map(one, scenes))
    rows = {case: row for f in found for case, row in f["rows"].items()}
    return {c: rows[c] for c in CASES if c in rows}, [f["error"] for f in found if f["error"]]


def show(rows, errors):
    print(f"{'case':<14}{'runs':>5}{'bytes':>12}{'lost':>6}{'p50':>8}{'p95':>8}{'most':>8}"
          "  carried by")
    for case, row in rows.items():
        s = row["stalls"]
        kinds = " ".join(f"{k} {row['kinds'].count(k)}" for k in sorted(set(row["kinds"])))
        over = "" if part(s, 0.5) <= GOAL[0] and part(s, 0.95) <= GOAL[1] else "  *"
        print(f"{case:<14}{len(s):>5}{row['bytes']:>12,}{row['lost']:>6}{part(s, .5):>8.2f}"
              f"{part(s, .95):>8.2f}{max(s):>8.2f}  {kinds}{over}")
    for error in errors:
        print(f"failed: {error}")


def judge(rows, errors, scenes):
    """What every run must hold; how long a stall was is not asserted."""
    wrong = list(errors)
    for case in (c for scene in scenes for c in cases_of(scene)):
        row = rows.get(case)
        if not row:
            wrong.append(f"{case} was not run to its end")
            continue
        if row["lost"]:
            wrong.append(f"{case}: {row['lost']} bytes are lost; {row['said']}")
        if CASES[case][0] != "any" and set(row["kinds"]) != {CASES[case][0]}:
            wrong.append(f"{case}: carried by {row['kinds']}")
    return wrong


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # labs are closed on the way out
    p = argparse.ArgumentParser(description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("bin_dir", type=os.path.abspath)
    p.add_argument("scenes", nargs="?", default="")
    p.add_argument("--table", action="store_true")
    p.add_argument("--scene", help=argparse.SUPPRESS)
    p.add_argument("--runs", type=int, default=None)
    p.add_argument("--only", default="")
    p.add_argument("--json", action="store_true")
    p.add_argument("--verbose", action="store_true")
    p.add_argument("--sleep", type=float, default=None, help="seconds (600; in tests 20)")
    p.add_argument("--at-once", type=int, default=None, help="scenes (2; in tests all)")
    words = p.parse_args()
    names = [n for n in (words.scenes or words.only).split(",") if n] or list(SCENES)
    names = [scene for n in names for scene in GROUPS.get(n, [n])]
    if any(n not in SCENES for n in names):
        p.error(f"scenes are {', '.join(SCENES)}; groups {', '.join(GROUPS)}")
    words.runs = words.runs or (20 if words.table else 1)
    words.sleep = words.sleep or (600 if words.table else 20)
    words.at_once = words.at_once or (2 if words.table else len(names))
    reason = None if words.scene else lab.why_not()
    if reason:
        print(f"skipped: {reason}")
        return 77
    if words.scene:
        rows, error = run_scene(words, words.scene)
        print(json.dumps({"rows": rows, "error": error}))
        return 0
    rows, errors = in_processes(words, names)
    if words.json:
        print(json.dumps({"rows": rows, "errors": errors}))
    else:
        show(rows, errors)
    wrong = judge(rows, errors, names)
    for sentence in wrong:
        print(f"failed: {sentence}", file=sys.stderr if words.json else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
