#!/usr/bin/env python3
"""Attacks on what a node keeps of others' records and on the price it asks: usage:
attack_records_test.py BIN_DIR CASE

As attack_links_test.py does it: nodes of its own, geonet_attack loose on one, honest requests
beside it.
"""
import json, sys, time

sys.dont_write_bytecode = True
from node_rig import Honest, Skip, check, counters, eventually, holds_all_it_may, main, put
from node_rig import whole_records


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


if __name__ == "__main__":
    sys.exit(main(globals()))
