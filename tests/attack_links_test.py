#!/usr/bin/env python3
"""Attacks on a node's links and on what it believes of others: sessions, handshakes, messages that
never end, Sybils, third parties. usage: attack_links_test.py BIN_DIR CASE

Each case starts its own nodes in a temporary directory on free ports, lets geonet_attack
(tests/attack) loose on one of them, makes honest requests beside it, and says what the attacker
got. The attacker's figures are printed; docs/security.md has them. Exit codes and SEED are those of
node_rig.py.
"""
import json, os, sys, time

sys.dont_write_bytecode = True
from node_rig import Honest, POW, check, counters, eventually, holds_all_it_may, main, network, put
from node_rig import rss, whole_records, why


def case_greet(nodes, seed):
    """The harness speaks the protocol: a session, a HELLO, an answer."""
    (node,) = nodes.start(1)
    got = nodes.attack("greet", node, seed=seed).result()
    check(got["connected"] == 1 and got["answered"], f"the node did not answer the harness: {got}")


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


def case_circuits(nodes, seed):
    """One network that opens as many small circuits at a relay as it gets, and sends in all of
    them: a pair of other networks has what a small circuit lets through, beside them (RE-34)."""
    (node,) = nodes.start(1, "--guard-local", "count")
    got = nodes.attack("circuits", node, seed=seed, count=12, prefixes=1, arg=2048,
                       seconds=90).result()
    check(got["up"] and got["honest_open"], f"the attack did not get far enough: {got}")
    check(got["circuits"] == 512 and got["refused"] == 256, f"one network's circuits: {got}")
    check(got["honest"] > 1500, f"the pair had less than its part: {got}")


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


if __name__ == "__main__":
    sys.exit(main(globals()))
