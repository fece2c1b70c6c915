#!/usr/bin/env python3
"""Events of real agents: usage: people_events_test.py BIN_DIR CASE

What somebody who listens is told after their connection, or the agent, was gone (AG-90). Exit 0
passed, 77 skipped, 1 failed with a sentence.
"""
import json, os, random, signal, subprocess, sys, threading, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually
from people_test import meet, people, Person

STATE, MESSAGE, CONTACT = 1, 2, 4  # bits of kinds


class Ear:
    """Somebody who listens: the epoch and cursor of READY, then what they are told."""

    def __init__(self, person, kinds=MESSAGE | CONTACT, cursor=0, epoch=0):
        program = os.path.join(os.path.dirname(person.nodes.bin), "tests", "app_call")
        self.process = subprocess.Popen([
            program, os.path.join(person.data, "agent", "agent.sock"), "-", "listen", str(kinds),
            str(cursor), str(epoch), "100000"
        ], stdout=subprocess.PIPE, text=True)
        self.cursor = json.loads(self.process.stdout.readline())["cursor"]
        self.epoch = int(self.process.stdout.readline())
        self.told, self.heard_at = [], time.monotonic()
        threading.Thread(target=self.hear, daemon=True).start()

    def hear(self):
        for line in self.process.stdout:
            self.told.append(json.loads(line))
            self.heard_at = time.monotonic()

    def quiet(self, seconds=2):
        """What was told, once nothing came for so long."""
        self.heard_at = time.monotonic()
        eventually("nothing is told", 120, lambda: time.monotonic() - self.heard_at > seconds)
        return list(self.told)

    def close(self):
        self.process.kill()
        self.process.wait()


def texts(told):
    return [e["message"].get("text", "") for e in told if "message" in e]


def ordered(told):
    cursors = [e["cursor"] for e in told]
    check(cursors == sorted(set(cursors)), f"cursors: {cursors}")
    return cursors


def case_killed(nodes, seed):
    """EventsOn after kill -9: nothing is missed, nothing told twice, no cursor given twice."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    ear = Ear(ann, 0)
    begin, epoch = ear.cursor, ear.epoch
    ben.run("msg", "send", "Ann", "one")
    eventually("it is told", 120, lambda: "one" in texts(ear.told))
    heard = ordered(ear.quiet())
    ear.close()
    # nobody listens; the agent is killed between, and while it works
    for i in range(4):
        ben.run("msg", "send", "Ann", f"unheard {i}")
    eventually("they are there", 120, lambda: "unheard 3" in ann.texts("Ben"))
    ann.down(signal.SIGKILL)
    ann.up(nodes.all[1])
    chance = random.Random(seed)
    for i in range(8):
        ben.run("msg", "send", "Ann", f"killed {i}")
        if i % 2:
            time.sleep(chance.random())
            ann.down(signal.SIGKILL)
            ann.up(nodes.all[1])
    eventually("all are there", 240, lambda: f"killed 7" in ann.texts("Ben"))
    there = ann.texts("Ben")
    ear = Ear(ann, MESSAGE | CONTACT, heard[-1], epoch)
    check(ear.epoch == epoch, "the epoch is the store's")
    told = ear.quiet()
    ear.close()
    check("gap" not in told[0], f"a gap: {told[0]}")
    check(min(ordered(told)) > heard[-1], "a cursor came twice")
    said = texts(told)
    wanted = [t for t in there if t.startswith(("unheard", "killed"))]
    check(sorted(t for t in said if t in wanted) == sorted(wanted), f"told {said}, there {there}")
    # from the beginning: each once, in its newest state; from the end: nothing
    ear = Ear(ann, MESSAGE, begin, epoch)
    all_of_it = texts(ear.quiet())
    check(len(all_of_it) == len(set(all_of_it)) and set(wanted + ["one"]) <= set(all_of_it),
          f"{all_of_it}")
    ear.close()
    ear = Ear(ann, MESSAGE, ordered(told)[-1], epoch)
    check(not ear.quiet(), f"{ear.told}")
    # another epoch is a gap; so is what somebody else's store told
    ear.close()
    ear = Ear(ann, MESSAGE, begin, epoch + 1)
    eventually("a gap", 60, lambda: ear.told and "gap" in ear.told[0])
    ear.close()
    # a message that changed, and a contact that goes, while nobody listens
    ear = Ear(ann, MESSAGE | CONTACT)
    cursor = ear.quiet() and ear.told[-1]["cursor"] or ear.cursor
    ear.close()
    ann.run("msg", "send", "Ben", "from me")
    eventually("it is delivered", 120, lambda: ann.state("Ben", "from me") >= 2)
    ann.down(signal.SIGKILL)
    ann.up(nodes.all[1])
    ear = Ear(ann, MESSAGE, cursor, epoch)
    told = [e["message"] for e in ear.quiet() if e["message"].get("text") == "from me"]
    check(len(told) == 1 and told[0]["state"] in ("delivered", "read"),
          f"its newest state alone: {told}")
    ear.close()
    ann.run("contacts", "remove", "Ben")
    ann.down(signal.SIGKILL)
    ann.up(nodes.all[1])
    ear = Ear(ann, MESSAGE | CONTACT, cursor, epoch)
    told = ear.quiet()
    check([e["gone"] for e in told if "gone" in e] == [True] and not texts(told), f"{told}")
    check(told[-1]["contact"]["pid"] == ben.pid, f"{told}")
    ear.close()


def case_locks(nodes, seed):
    """Locked and unlocked: another epoch each time, so who listens is told to read anew; what the
    store told stays the store's (AG-90)."""
    nodes.start(1)
    secret = os.path.join(nodes.base, "secret")
    with open(secret, "w", encoding="ascii") as f:
        f.write("correct horse\n")
    data = os.path.join(nodes.base, "dee")
    os.mkdir(data, 0o700)
    subprocess.run([
        os.path.join(nodes.bin, "geonet"), "--data", data, "id", "new", "--no-publish",
        "--passphrase-file", secret
    ], check=True, capture_output=True, timeout=60)
    dee = Person(nodes, "dee", nodes.all[0], made=True)
    ear = Ear(dee, STATE)
    new = ear.epoch
    dee.run("agent", "start", "--passphrase-file", secret)
    eventually("a gap", 60, lambda: any("gap" in e for e in ear.told))
    store = Ear(dee, STATE)
    check(store.epoch != new, "the store has an epoch of its own")
    dee.run("agent", "lock")
    eventually("who listens is told to read anew", 60, lambda: store.told and "gap" in store.told[
        -1] and sum("gap" in e for e in ear.told) == 2)
    check(dee.json("agent", "status")["state"] == "locked", "it is locked")
    dee.run("agent", "unlock", "--passphrase-file", secret)
    again = Ear(dee, STATE, store.cursor, store.epoch)
    check(again.epoch == store.epoch, "the store's epoch outlives a lock")
    check(not any("gap" in e for e in again.quiet()), f"{again.told}")
    for e in (ear, store, again):
        e.close()


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
