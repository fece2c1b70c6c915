#!/usr/bin/env python3
"""What others do to a person, over real nodes and agents: usage: people_attack_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import sys

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually
from people_test import Person


class Named(Person):
    """Somebody who calls themselves as they like."""

    def __init__(self, nodes, folder, node, name):
        self.says = name
        super().__init__(nodes, folder, node)

    def up(self, node, *options):
        super().up(node, "--name", self.says, *options)


def case_names(nodes, seed):
    """Nobody is written to by another's PID, nor by the name that the person gave to somebody else
    (AG-61)."""
    nodes.start(5)
    ann, ben, cay = (Person(nodes, name, nodes.all[i]) for i, name in enumerate(("ann", "ben",
                                                                                  "cay")))
    thief = Named(nodes, "thief", nodes.all[3], "Ben")
    worse = Named(nodes, "worse", nodes.all[4], cay.pid)
    for p in (ann, ben, thief, worse):
        p.published()
    ann.run("contacts", "add", thief.pid)
    ann.run("contacts", "add", worse.pid)
    ann.run("contacts", "add", ben.pid, "Ben")
    ann.run("msg", "send", thief.pid, "hi")
    ann.run("msg", "send", worse.pid, "hi")
    eventually("their names are known", 120, lambda: {c.get("name") for c in ann.json(
        "contacts", "list")["contacts"]} >= {"Ben", cay.pid})
    # Cay is no contact: nothing is said to anybody
    ann.run("msg", "send", cay.pid, "for Cay alone", want=4)
    check(ann.texts(worse.pid) == ["hi"], f"{ann.texts(worse.pid)}")
    # two are called Ben, one of them by Ann
    ann.run("msg", "send", "Ben", "for Ben alone")
    check(ann.texts(ben.pid) == ["for Ben alone"], f"{ann.texts(ben.pid)}")
    check(ann.texts(thief.pid) == ["hi"], f"{ann.texts(thief.pid)}")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
