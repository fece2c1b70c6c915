#!/usr/bin/env python3
"""Who holds a box, a topic or a person's records, and logs all it can, does not see whose node
asks: usage: people_fresh_test.py BIN_DIR CASE

Nine nodes that log who asks and from where, two of them with an agent each. Exit 0 passed, 77
skipped, 1 failed with a sentence.
"""
import os, re, sys

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually
from people_test import Person, meet

KINDS = ("box.asked", "topic.asked", "record.put")
ASKED = re.compile(r"(box\.asked|topic\.asked|record\.put)\s*:?\s*by ([0-9a-f]{64}) at (\S+)")


def asked(node, *kinds):
    """{(key, address)} of all who asked that node so."""
    with open(node.log_path, encoding="utf-8", errors="replace") as f:
        return {(key, addr) for kind, key, addr in ASKED.findall(f.read()) if kind in kinds}


def key_of(node):
    return node.status()["node"]["key"]


def talk(nodes, *options):
    """Two people on the nodes 8 and 9 meet and write; those two nodes."""
    nodes.start(7, "--log", "debug")
    two = nodes.start(2, "--log", "debug", "--relay", "off")  # their addresses are theirs alone
    ann, ben = (Person(nodes, name, node) for name, node in zip(("ann", "ben"), two))
    if options:
        for person, node in zip((ann, ben), two):
            person.down()
            person.up(node, *options)
    ann.published()
    ben.published()
    for person in (ann, ben):
        person.run("presence", "set", "online")
    meet(ann, ben)
    ben.run("msg", "send", "Ann", "and back")
    eventually("it is read", 120, lambda: "and back" in ann.texts("Ben"))
    eventually("they see each other", 120, lambda: all(
        p.json("presence", "show", who)["people"][0]["state"] == "online"
        for p, who in ((ann, "Ben"), (ben, "Ann"))))
    return two


def case_unseen(nodes, seed):
    """By default those who hold boxes, topics and records see throwaway keys at relays' addresses,
    never the node that asks nor its address, and status says so (RE-55, AG-115)."""
    two = talk(nodes)
    for kind in KINDS:
        check(any(asked(node, kind) for node in nodes.all[:7]), f"nobody logged {kind}")
    for node in nodes.all[:7]:
        seen = asked(node, *KINDS)
        check(seen, f"node {node.number} was not asked")
        for client in two:
            own, port = key_of(client), f":{client.udp_port}"
            check(all(key != own for key, _ in seen),
                  f"node {node.number} saw the key of node {client.number}")
            check(all(not addr.endswith(port) for _, addr in seen),
                  f"node {node.number} saw the address of node {client.number}")
    for client in two:
        fresh = client.status()["fresh"]
        check(fresh["contexts"] > 0 and fresh["sessions"] > 0, f"no throwaway key: {fresh}")
        check(fresh["direct"] == 0, f"some go without a relay: {fresh}")
        apart = node_rig.counters(client, "apart")
        check(apart["puts"] > 0 and apart["gets"] > 0, f"no record was asked for apart: {apart}")


def case_seen(nodes, seed):
    """Who switches it off is seen: the log above would have told (AP-18)."""
    two = talk(nodes, "--fresh", "no")
    for client in two:
        own = key_of(client)
        for kind in KINDS:
            check(any(own in {key for key, _ in asked(n, kind)} for n in nodes.all[:7]),
                  f"{kind}: nobody saw node {client.number}")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
