#!/usr/bin/env python3
"""Several devices of one person over real nodes: usage: devices_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import sys

sys.dont_write_bytecode = True
import node_rig
from agent_backup_test import at_rest, rise
from node_rig import check, eventually
from people_test import meet, people


def case_lost(nodes, seed):
    """A device that was lost is taken out: it is told, sends nothing more, and the other one goes
    on with new boxes (AG-95, AG-118, AG-119)."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    only = ann.json("agent", "devices")
    check(len(only["devices"]) == 1 and only["devices"][0]["self"] and only["full"], only)
    check("this one" in ann.run("agent", "devices"), "which one it is")
    check("at another one" in ann.run("agent", "remove-device", only["devices"][0]["key"], "--yes",
                                      want=1), "this very device is not taken out")
    check("no device is called" in ann.run("agent", "remove-device", "tablet", want=4), "nobody")
    phone = at_rest(nodes, "phone")
    phone.run("id", "import", "--no-passphrase", "-", stdin=ann.run("id", "export"))
    rise(phone, nodes.all[3])
    phone.published()
    mine = [d for d in phone.json("agent", "devices")["devices"] if d["self"]][0]
    phone.down()
    ann.down()
    ann.up(nodes.all[1])
    eventually("the phone is listed", 120,
               lambda: len(ann.json("agent", "devices")["devices"]) == 2)
    ann.published()
    said = ann.run("agent", "remove-device", mine["name"], want=2)
    check("several devices" in said, said)
    said = ann.run("agent", "remove-device", mine["key"][:8], want=1)
    check("take the device" in said, said)
    check(not any(d["revoked"] for d in ann.json("agent", "devices")["devices"]),
          "taken out without a yes")
    ann.run("agent", "remove-device", mine["key"][:8], "--yes")
    gone = [d for d in ann.json("agent", "devices")["devices"] if d["revoked"]]
    check([d["key"] for d in gone] == [mine["key"]], gone)
    check("taken out" in ann.run("agent", "devices"), "the list says so")
    ann.published()
    phone.up(nodes.all[3])
    eventually("the phone knows", 120, lambda: phone.json("agent", "status").get("revoked"))
    said = phone.run("msg", "send", ben.pid, "x", want=1)
    check("out of your identity" in said, said)
    ben.run("msg", "send", "Ann", "still you?")
    eventually("it arrives", 120, lambda: "still you?" in ann.texts("Ben"))
    ann.run("msg", "send", "Ben", "still me")
    eventually("the answer, too", 120, lambda: "still me" in ben.texts("Ann"))


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
