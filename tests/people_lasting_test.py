#!/usr/bin/env python3
"""What makes a message last until it is read: usage: people_lasting_test.py BIN_DIR CASE

As people_test.py: real nodes, an agent each, spoken to by the tool. Exit 0 passed, 77 skipped, 1
failed with a sentence.
"""
import base64, json, os, random, shutil, subprocess, sys

sys.dont_write_bytecode = True
import people_test
from people_test import Person, check, eventually, meet, people

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


def fill_boxes(nodes, person):
    """One person fills what the nodes have for boxes, more than once, with a box of their own."""
    tool = os.path.join(os.path.dirname(nodes.bin), "tests", "app_call")
    recipe = base64.b64encode(bytes(32000)).decode()
    words = [tool, "--times", "24", person.socket(), "job", "submit",
             json.dumps({"kind": "fill/1", "recipe": recipe})]

    def gave_way():
        subprocess.run(words, capture_output=True, timeout=120, check=False)
        return all(rig.counters(n, "box").get("room_gave_way", 0) > 0 for n in nodes.all)

    eventually("all nodes had to make room", 180, gave_way)


def case_custody(nodes, seed):
    """Who promised to keep a message is shown, and proven to anybody without a network; a changed
    byte is found (AG-63). Whoever fills the stores of all holders takes nothing of it (BX-15)."""
    ann, ben = people(nodes, "ann", "ben", options=("--box-limit", "2M"))
    meet(ann, ben)
    ident = offline(ann, ben, "keep this")
    fill_boxes(nodes, ann)
    ann.run("msg", "send", "Ben", "and this")
    eventually("there is room for it", 120, lambda: ann.state("Ben", "and this") == 1)
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
    check("no message" in ann.run("msg", "show", "00" * 16, want=4), "no such message")
    ben.up(nodes.all[2])
    eventually("both are read", 120, lambda: ben.texts("Ann")[-2:] == ["keep this", "and this"])
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

    def again():
        return {c["holder"] for i in ann.json("msg", "show", ident)["items"]
                for c in i["custodies"]}

    eventually("the new holders have promised, too", 120, lambda: again() > first)
    eventually("Ann sees it", 120, lambda: ann.state("Ben", "do not lose this") >= 2)
    check("not delivered" in ann.run("msg", "retry", ident, want=1), "there is nothing left to do")


def boxes(person, ident):
    """The boxes that a message went to: private ones, front ones."""
    items = person.json("msg", "show", ident)["items"]
    return ({i["box"] for i in items if not i.get("front")},
            {i["box"] for i in items if i.get("front")})


def case_replaced(nodes, seed):
    """The private box is replaced: what lies in the old one is read, what is written then goes to
    the new one (AG-67)."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    first = offline(ann, ben, "into the old box")
    ben.up(nodes.all[2])
    ben.run("agent", "renew")
    with open(ben.log) as log:
        eventually("a new box", 120, lambda: "a new private box is in use" in log.read())
    eventually("what lay in the old one is read", 120,
               lambda: "into the old box" in ben.texts("Ann"))

    def told():
        said = ann.json("msg", "send", "Ben", "where to?")
        eventually("it is stored", 60, lambda: ann.json("msg", "show", said["id"]).get("items"))
        return boxes(ann, said["id"])[0] != boxes(ann, first)[0]

    eventually("Ann is told the new one", 120, told)
    eventually("it is read there", 120, lambda: "where to?" in ben.texts("Ann"))
    # and after both were stopped
    ann.down()
    ben.down()
    ann.up(nodes.all[1])
    ben.up(nodes.all[2])
    ann.run("msg", "send", "Ben", "still there")
    eventually("it is read", 120, lambda: "still there" in ben.texts("Ann"))


def case_refused(nodes, seed):
    """Who is blocked: the holders refuse their key, what comes through the front box is not shown;
    when they are not blocked any more, all is as before (AG-56, AG-68)."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    ben.run("contacts", "block", "Ann")
    eventually("the holders know", 120, lambda: ben.json("agent", "status").get("published"))

    def refused():
        said = ann.json("msg", "send", "Ben", "let me in")
        eventually("it is held somewhere", 120,
                   lambda: ann.json("msg", "show", said["id"])["message"]["state"] != "waiting")
        return not boxes(ann, said["id"])[0]

    eventually("it goes through the front box", 120, refused)
    check(ben.texts("Ann") == ["hello there"], f"{ben.texts('Ann')}")
    check("blocked" in ben.run("contacts", "list"), "Ben sees that he blocked her")
    ben.run("contacts", "unblock", "Ann")
    eventually("the holders know", 120, lambda: ben.json("agent", "status").get("published"))

    def let_in():
        said = ann.json("msg", "send", "Ben", "and now?")
        eventually("it is held", 120,
                   lambda: ann.json("msg", "show", said["id"])["message"]["state"] != "waiting")
        return boxes(ann, said["id"])[0]

    eventually("her key is taken again", 120, let_in)
    eventually("it is read", 120, lambda: "and now?" in ben.texts("Ann"))


def sealed(nodes, name, node):
    """Somebody whose agent has a passphrase; and the file that has it."""
    who = Person.__new__(Person)
    who.nodes, who.name, who.process = nodes, name, None
    who.data, who.log = os.path.join(nodes.base, name), os.path.join(nodes.base, name + ".log")
    secret = os.path.join(nodes.base, name + ".secret")
    os.mkdir(who.data, 0o700)
    with open(secret, "w") as f:
        f.write("correct horse\n")
    subprocess.run([
        os.path.join(nodes.bin, "geonet"), "--data", who.data, "id", "new", "--no-publish",
        "--passphrase-file", secret
    ], check=True, capture_output=True, timeout=60)
    nodes.attackers.append(who)
    who.up(node)
    who.run("agent", "start", "--passphrase-file", secret)
    who.pid = who.json("agent", "status")["pid"]
    return who, secret


def case_while_locked(nodes, seed):
    """A locked agent says that something came, and shows it when it is unlocked (AG-69)."""
    nodes.start(5)
    ann = Person(nodes, "ann", nodes.all[1])
    ben, secret = sealed(nodes, "ben", nodes.all[2])
    ann.published()
    ben.published()
    meet(ann, ben)

    def waiting():
        return ben.json("agent", "status").get("waiting", 0)

    ben.run("agent", "lock")
    before = waiting()  # receipts are sealed as messages are
    ident = ann.json("msg", "send", "Ben", "while you were locked")["id"]
    eventually("it is counted", 120, lambda: waiting() > before)
    check("came while it is locked" in ben.run("agent", "status"), "people see it")
    check("locked" in ben.run("msg", "chats", want=1), "and nothing else")
    check(ann.state("Ben", "while you were locked") == 1, "nothing was acknowledged")
    # started anew, it is locked from the first moment
    ben.down()
    ann.run("msg", "send", "Ben", "and another")
    ben.up(nodes.all[3])
    eventually("both are counted", 120, lambda: waiting() >= 2)
    check(ann.state("Ben", "while you were locked") == 1, "nothing was acknowledged")
    ben.run("agent", "unlock", "--passphrase-file", secret)
    eventually("both are read", 120, lambda: ben.texts("Ann")[-2:] ==
               ["while you were locked", "and another"])
    eventually("Ann sees it", 120, lambda: ann.state("Ben", "and another") >= 2)
    check(waiting() == 0 and ann.json("msg", "show", ident)["message"]["state"] in (
        "delivered", "read"), "over")


def case_safety(nodes, seed):
    """The safety number: equal on both sides, refused when it is another, remembered (AG-71)."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    mine = ann.json("contacts", "verify", "Ben")["number"]
    check(len(mine) == 60 and mine == ben.json("contacts", "verify", "Ann")["number"], mine)
    shown = ann.run("contacts", "verify", "Ben")
    check(mine in "".join(shown.split())[:70], shown)
    other = mine[:59] + str((int(mine[59]) + 1) % 10)
    check("NOT" in ann.run("contacts", "verify", "Ben", other, want=1), "another number")
    check("verified" not in ann.run("contacts", "list"), "not yet")
    check("60 digits" in ann.run("contacts", "verify", "Ben", "12345", want=2), "half of it")
    groups = [mine[i:i + 5] for i in range(0, 60, 5)]
    check("Equal" in ann.run("contacts", "verify", "Ben", *groups), "the same number")
    check("verified" in ann.run("contacts", "list"), "it is remembered")
    check("verified" not in ben.run("contacts", "list"), "by who compared it")
    ann.down()
    ann.up(nodes.all[1])
    check("verified" in ann.run("contacts", "list") and
          "another one" not in ann.run("msg", "history", "Ben"), "after a restart")


if __name__ == "__main__":
    sys.exit(rig.main(globals()))
