#!/usr/bin/env python3
"""Presence over real nodes and agents: usage: presence_test.py BIN_DIR CASE

What a person sees of another who comes, goes, hides, is silent, is blocked (PE-80..PE-84;
AG-110, AG-111, AG-112, AG-113). Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import json, os, signal, subprocess, sys, threading, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually
from people_test import meet, people


def seen(person, who):
    """The state they are seen in; who is no contact: None."""
    return person.json("presence", "show", who)["people"][0]["state"]


def sees(person, who, state, seconds=90):
    begin = time.monotonic()
    eventually(f"{person.name} sees {who} {state}", seconds, lambda: seen(person, who) == state)
    return time.monotonic() - begin


class Watch:
    """geonet presence follow --json: its lines."""

    def __init__(self, person):
        self.process = subprocess.Popen([
            os.path.join(person.nodes.bin, "geonet"), "--data", person.data, "--json", "presence",
            "follow"
        ], stdout=subprocess.PIPE, text=True)
        self.lines = []
        threading.Thread(target=self.hear, daemon=True).start()

    def hear(self):
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def close(self):
        self.process.kill()
        self.process.wait()


def case_seen(nodes, seed):
    """Online, away, invisible, offline, no contact, blocked, silent."""
    ann, ben, eve = people(nodes, "ann", "ben", "eve")
    meet(ann, ben)
    check(ann.json("presence", "show")["own"] == "offline", "at first nobody is told anything")
    ann.run("presence", "set", "nowhere", want=2)
    # who asked to be a contact and was not answered is told nothing
    eve.run("contacts", "add", ann.pid, "Ann")
    eve.run("msg", "send", "Ann", "let me in")
    ben.run("presence", "set", "online")
    eve.run("presence", "set", "online")
    ann.run("presence", "set", "online")
    print("online", sees(ben, "Ann", "online"))
    sees(ann, "Ben", "online")
    watch = Watch(ben)
    eventually("how all stand", 30, lambda: watch.lines)
    ann.run("presence", "set", "away")
    print("away", sees(ben, "Ann", "away"))
    ann.run("presence", "set", "invisible")
    print("invisible", sees(ben, "Ann", "offline"))
    check(seen(ann, "Ben") == "online", "who is invisible still sees others")
    ann.run("presence", "set", "busy")
    sees(ben, "Ann", "busy")
    eventually("each change is told", 30, lambda: [l["state"] for l in watch.lines][-4:] ==
               ["online", "away", "offline", "busy"])
    watch.close()
    check(seen(eve, "Ann") == "offline", "who is no contact sees nothing")
    check(not eve.json("presence", "show", "Ann")["people"][0]["told"], "nor where it is")
    # blocked: Ann goes from Ben's sight at once, and stays away, whatever she says
    ann.run("contacts", "block", "Ben")
    print("blocked", sees(ben, "Ann", "offline", 30))
    ann.run("presence", "set", "online")
    time.sleep(2)
    check(seen(ben, "Ann") == "offline", "who is blocked sees nothing")
    ann.run("contacts", "unblock", "Ben")
    print("unblocked", sees(ben, "Ann", "online"))


def case_silent(nodes, seed):
    """Who is killed is offline at the deadline; their state is there again with them. It takes the
    deadline of 90 s, which people_presence_test has at it and one before."""
    if not os.environ.get("GN_DEEP"):
        raise node_rig.Skip("it waits 90 s: GN_DEEP=1")
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    ben.run("presence", "set", "invisible")
    ann.run("presence", "set", "online")
    sees(ben, "Ann", "online")
    ann.down(signal.SIGKILL)
    check(seen(ben, "Ann") == "online", "not before its deadline")
    took = sees(ben, "Ann", "offline", 120)
    print(f"offline {took:.0f} s after the kill")
    check(took < 100, f"it took {took} s")
    ann.up(nodes.all[1])
    sees(ben, "Ann", "online")
    sees(ann, "Ben", "offline", 1)


if __name__ == "__main__":
    node_rig.main(globals())
