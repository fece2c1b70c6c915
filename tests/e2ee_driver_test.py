#!/usr/bin/env python3
"""The protocol of e2ee_driver (EE-35..37): answers, errors, what is undone.

usage: e2ee_driver_test.py PATH_OF_DRIVER
"""
import json, random, subprocess, sys

rnd = random.Random(1)
driver = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line(text):
    driver.stdin.write(text + "\n")
    driver.stdin.flush()
    return json.loads(driver.stdout.readline())


def call(op, **fields):
    return line(json.dumps({"op": op, **fields}))


def good(op, **fields):
    answer = call(op, **fields)
    assert answer["ok"] is True, (op, answer)
    return answer


def bad(word, op, **fields):
    answer = call(op, **fields)
    assert answer == {"ok": False, "error": word}, (op, answer)


def some(n):
    return rnd.randbytes(n).hex()


HINT, BOX, NOW = some(32), some(32), 1800000000
peers = {}


def device(dev, few):
    fields = {"owner": some(32), "seq": 1, "hash": some(32)}
    made = good("identity", dev=dev, device_seed=some(32), mldsa_seed=some(32), dh=some(32),
                **fields)
    keys = good("prekeys", dev=dev, now=NOW, id=1, few=few)
    assert [k["id"] for k in [keys["last"], *keys["few"]]] == list(range(1, few + 2))
    peers[dev] = {**fields, "device": made["device"], "dh": made["dh"], "last": keys["last"],
                  "few": keys["few"]}


def write(sender, receiver, text):
    return call("write", dev=sender, now=NOW, box=BOX, hint=HINT,
                to=[peers[receiver]["device"]], content=text.encode().hex())


def read(dev, envelope):
    answer = good("read", dev=dev, now=NOW, hint=HINT, envelope=envelope)
    if answer["result"] == "opened":
        answer["text"] = bytes.fromhex(answer["padded"]).rstrip(b"\0").decode()
    return answer


def main():
    assert good("init")["version"] == 1
    assert line("no json") == {"ok": False, "error": "malformed"}
    bad("usage", "nothing")
    bad("not-found", "prekeys", dev="a", now=NOW, id=1, few=0)
    fields = {"owner": some(32), "seq": 1, "hash": some(32), "device_seed": some(32),
              "mldsa_seed": some(32), "dh": some(32)}
    good("identity", dev="x", **fields)  # draws nothing
    # a draw the pool cannot serve: undone, pool and all
    good("feed", bytes=some(95))
    bad("randomness", "prekeys", dev="x", now=NOW, id=1, few=0)
    good("feed", bytes=some(1))
    good("prekeys", dev="x", now=NOW, id=1, few=0)
    bad("randomness", "prekeys", dev="x", now=NOW, id=2, few=0)
    good("feed", bytes=some(50000))
    bad("exists", "prekeys", dev="x", now=NOW, id=1, few=0)
    device("a", 0)
    device("b", 2)
    good("peer", dev="a", **peers["b"])
    bad("key", "peer", dev="a", **{**peers["b"], "last": {**peers["b"]["last"],
                                                         "kem": "ff" * 1184}})
    bad("usage", "peer", dev="a", **peers["a"])
    before = good("save", dev="a")["state"]
    first = write("a", "b", "hello")["envelope"]
    answer = read("b", first)
    assert answer["result"] == "wait" and answer["device"] == peers["a"]["device"]
    assert answer["seq"] == 1 and answer["hash"] == peers["a"]["hash"]
    good("peer", dev="b", **peers["a"])
    answer = read("b", first)
    assert answer["result"] == "opened" and answer["setup"] and answer["text"] == "hello"
    assert answer["owner"] == peers["a"]["owner"]
    assert read("b", first)["result"] == "again"
    assert read("a", first)["result"] == "none"
    assert read("a", "00")["result"] == "refused"
    reply = write("b", "a", "yes")["envelope"]
    broken = bytearray.fromhex(reply)
    broken[-1] ^= 1
    answer = read("a", broken.hex())
    assert answer["result"] == "resend" and answer["device"] == peers["b"]["device"]
    broken[60] ^= 1
    assert read("a", broken.hex())["result"] == "unknown"
    assert read("a", reply)["text"] == "yes"
    info = good("info", dev="a", device=peers["b"]["device"])
    assert (info["sessions"], info["epoch"], info["skipped"]) == (1, 0, 0)
    assert 0 < info["state_bytes"] <= 4096
    # what was opened is part of the state
    state = good("save", dev="b")["state"]
    again = write("a", "b", "more")["envelope"]
    assert read("b", again)["result"] == "opened"
    assert read("b", again)["result"] == "again"
    good("load", dev="b", state=state)
    assert read("b", again)["result"] == "opened"
    good("load", dev="c", state=state)
    assert read("c", again)["result"] == "opened"
    bad("corrupt", "load", dev="c", state=state[:-2])
    good("erase", dev="b", ids=[1, 2, 3])
    good("load", dev="a", state=before)
    assert read("b", write("a", "b", "too late")["envelope"])["result"] == "unknown"
    bad("not-found", "write", dev="a", now=NOW, box=BOX, hint=HINT, to=[some(32)], content="")
    bad("too-large", "write", dev="a", now=NOW, box=BOX, hint=HINT, to=[peers["b"]["device"]],
        content="00" * 61440)
    keys = {"ed25519": some(32), "mldsa": some(1952)}, {"ed25519": some(32), "mldsa": some(1952)}
    one, other = good("safety", a=keys[0], b=keys[1]), good("safety", a=keys[1], b=keys[0])
    assert one == other and len(one["number"]) == 60 and len(one["qr"]) == 43
    driver.stdin.close()
    assert driver.wait(10) == 0


main()
