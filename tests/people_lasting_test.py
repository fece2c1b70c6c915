#!/usr/bin/env python3
"""What makes a message last until it is read: usage: people_lasting_test.py BIN_DIR CASE

As people_test.py: real nodes, an agent each, spoken to by the tool. Exit 0 passed, 77 skipped, 1
failed with a sentence.
"""
import json, os, random, shutil, subprocess, sys

sys.dont_write_bytecode = True
import people_test
from people_test import check, eventually, meet, people

rig = getattr(people_test, "node_rig", None) or people_test.attack_test


def offline(ann, ben, text):
    """Ann writes while Ben is away; the id of what she wrote, once it is stored."""
    ben.down()
    said = ann.json("msg", "send", "Ben", text)
    eventually("it is stored", 120, lambda: ann.state("Ben", text) == 1)
    return said["id"]


def wipe(nodes):
    """All nodes lose everything that they held, and are there again under new keys."""
    old, nodes.all = nodes.all, []
    for node in old:
        node.stop()
    for node in old:
        node.reap()
        shutil.rmtree(node.data)
    nodes.start(len(old))


def case_custody(nodes, seed):
    """Who promised to keep a message is shown, and proven to anybody without a network; a changed
    byte is found (AG-63)."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    ident = offline(ann, ben, "keep this")
    shown = ann.json("msg", "show", ident)
    promises = [c for item in shown["items"] for c in item["custodies"]]
    check(shown["message"]["text"] == "keep this" and len(promises) >= 3, f"{shown}")
    check("promised" in ann.run("msg", "show", ident), "people see them")
    proof = os.path.join(nodes.base, "kept.json")
    ann.run("msg", "show", ident, "--proof", proof)
    alone = {"PATH": os.environ["PATH"], "HOME": nodes.base}
    tool = [os.path.join(nodes.bin, "geonet"), "--data", os.path.join(nodes.base, "nobody")]

    def verify(path, *words):
        return subprocess.run([*tool, *words, "msg", "verify", path], env=alone,
                              capture_output=True, text=True, timeout=60)

    good = verify(proof, "--json")
    told = json.loads(good.stdout)["promises"]
    check(good.returncode == 0 and len(told) == len(promises) and not any(p["over"] for p in told),
          good.stdout + good.stderr)
    check({p["node"] for p in told} == {c["holder"] for c in promises}, "who")
    with open(proof, "rb") as f:
        whole = f.read()
    rng, bad = random.Random(seed), os.path.join(nodes.base, "bad.json")
    bits = [(at, 1 << rng.randrange(8)) for at in rng.sample(range(len(whole)), 150)]
    for at, bit in bits + [(len(whole) - 1, 1), (0, 1)]:
        with open(bad, "wb") as f:
            f.write(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1:])
        done = verify(bad)
        check(done.returncode == 1 and ("changed" in done.stderr or "no proof" in done.stderr),
              f"byte {at}, bit {bit}: {done.returncode} {done.stdout}{done.stderr}")
    # what another says of another message is no part of it
    check("no message" in ann.run("msg", "show", "00" * 16, want=1), "no such message")
    ben.up(nodes.all[2])
    eventually("it is read", 120, lambda: "keep this" in ben.texts("Ann"))
    eventually("Ann sees it", 120, lambda: ann.state("Ben", "keep this") >= 2)
    check("delivered" in ann.run("msg", "show", ident), "and when")
    check(not ann.json("msg", "show", ident)["message"].get("missing"), "")


def case_holders(nodes, seed):
    """Every holder forgets everything: the sender asks, and deposits again (AG-64)."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    ident = offline(ann, ben, "do not lose this")
    first = {c["holder"] for i in ann.json("msg", "show", ident)["items"] for c in i["custodies"]}
    ann.down()
    wipe(nodes)
    ann.up(nodes.all[1])
    ben.up(nodes.all[2])
    ben.published()
    ann.published()
    check("do not lose this" not in ben.texts("Ann"), "it was lost with its holders")
    ann.run("msg", "retry", ident)  # else within the hour
    eventually("it is there", 180, lambda: "do not lose this" in ben.texts("Ann"))
    again = {c["holder"] for i in ann.json("msg", "show", ident)["items"] for c in i["custodies"]}
    check(again > first, f"the new holders have promised, too: {first} {again}")
    eventually("Ann sees it", 120, lambda: ann.state("Ben", "do not lose this") >= 2)
    check("not delivered" in ann.run("msg", "retry", ident, want=1), "there is nothing left to do")


if __name__ == "__main__":
    sys.exit(rig.main(globals()))
