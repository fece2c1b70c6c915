#!/usr/bin/env python3
"""Capability tokens from the terminal: usage: token_test.py BIN_DIR CASE

offline: given, given on, shown and checked without a node. revoke: over three real nodes, what is
taken back is refused by whoever asks. hidden: in a network that does not know the list, nothing
taken back counts again. Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import json, os, shutil, subprocess, sys

sys.dont_write_bytecode = True
import node_rig
from node_rig import check


def geonet(nodes, data, *words, status=0, stdin=None):
    done = subprocess.run([os.path.join(nodes.bin, "geonet"), "--data", data, *words],
                          capture_output=True, text=True, input=stdin, timeout=120)
    check(done.returncode == status,
          f"geonet {' '.join(words)[:80]}: {done.returncode} {done.stdout}{done.stderr}")
    granted = words[:2] == ("token", "grant") and status == 0  # what is wrong with it is a warning
    return done.stdout if granted else done.stdout + done.stderr


def person(nodes, name):
    """(data directory, key) of somebody new."""
    data = os.path.join(nodes.base, name)
    geonet(nodes, data, "id", "new", "--no-passphrase", "--no-publish")
    return data, json.loads(geonet(nodes, data, "id", "show", "--json"))["key"]


def case_offline(nodes, seed):
    ann, _ = person(nodes, "ann")
    ben, ben_key = person(nodes, "ben")
    cay, cay_key = person(nodes, "cay")
    file = os.path.join(nodes.base, "t1")
    one = geonet(nodes, ann, "token", "grant", ben_key, "topic/*", "read,publish", "--depth", "1",
                 "--limit", "messages=100/3600", "--days", "7")
    open(file, "w").write(one)
    check("read,publish topic/*" in geonet(nodes, ben, "token", "show", file), "what it may")
    two = geonet(nodes, ben, "token", "grant", cay_key, "topic/news", "read", "--from", file)
    said = json.loads(geonet(nodes, cay, "token", "show", "-", "--json", stdin=two))
    check(len(said["blocks"]) == 2 and said["blocks"][1]["audience_key"] == cay_key, f"{said}")
    check(said["blocks"][0]["limits"][0] == {"of": "messages", "amount": 100, "per_s": 3600}, "")
    geonet(nodes, cay, "token", "check", two.strip(), "topic/news", "read", "--offline")
    for resource, action in (("topic/news", "publish"), ("topic/other", "read")):
        out = geonet(nodes, cay, "token", "check", two.strip(), resource, action, "--offline",
                     status=1)
        check("does not grant this" in out, out)
    out = geonet(nodes, ben, "token", "grant", cay_key, "topic/news", "write", "--from", file,
                 status=1)
    check("does not have" in out, out)
    geonet(nodes, cay, "token", "grant", ben_key, "topic/news", "read", "--from", "-", status=1,
           stdin=two)  # it may not be given on
    geonet(nodes, cay, "token", "grant", ben_key, "topic/news", "read", "--from", file, status=1)
    for words in (("a//b", "read"), ("a", "red"), ("a", "")):
        geonet(nodes, ann, "token", "grant", ben_key, *words, status=2)
    out = geonet(nodes, ann, "token", "grant", ben_key, "a", "read", "--limit", "x=1", status=2)
    check("'x' is no kind of limit" in out, out)
    for resource, why in (("topic/nosuch", "bus topic nosuch"), ("nonsense/a", "nothing asks"),
                          ("topic/*", ""), ("box/a", ""), ("*", "")):
        done = subprocess.run([
            os.path.join(nodes.bin, "geonet"), "--data", ann, "token", "grant", ben_key, resource,
            "publish"
        ], capture_output=True, text=True, timeout=60)
        check(done.returncode == 0 and why in done.stderr and bool(why) == bool(done.stderr),
              f"{resource}: {done}")
    out = geonet(nodes, ann, "token", "show", os.path.join(nodes.base, "nothing"), status=1)
    check("neither a file nor a token's text" in out, out)
    out = geonet(nodes, ann, "token", "show", "-", stdin="", status=1)
    check("this is no token" in out, out)
    for limit in ("x=1", "ops", "ops=", "ops=1/", "ops=-1"):
        geonet(nodes, ann, "token", "grant", ben_key, "a", "read", "--limit", limit, status=2)
    for limit, right, why in (("money=1/60", ("topic/a", "publish"), "nobody counts money"),
                              ("messages=1", ("topic/a", "publish"), "messages=1/86400"),
                              ("messages=1/60", ("topic/a", "read"), "of what this token allows"),
                              ("jobs=1/60", ("topic/a", "publish"), "of what this token allows"),
                              ("messages=1/60", ("box/a", "lease"), "of what this token allows"),
                              ("bytes=1/60", ("site/a", "publish"), "of what this token allows")):
        out = geonet(nodes, ann, "token", "grant", ben_key, *right, "--limit", limit, status=2)
        check(why in out, out)
    most = geonet(nodes, ann, "token", "grant", ben_key, "box/a", "deposit", "--limit",
                  f"bytes={2**64 - 1}/60", "--limit", f"ops={2**53}/60", "--limit", "jobs=0/60",
                  "--json")
    limits = json.loads(most)["blocks"][0]["limits"]
    check([limit["amount"] for limit in limits] == [str(2**64 - 1), 2**53, 0], f"{limits}")
    flipped = two[:300] + ("A" if two[300] != "A" else "B") + two[301:]
    geonet(nodes, cay, "token", "show", "-", stdin=flipped, status=1)
    geonet(nodes, cay, "token", "show", "-", stdin="not a token\n", status=1)


def case_revoke(nodes, seed):
    nodes.start(3)
    ann, _ = nodes.all[0].data, geonet(nodes, nodes.all[0].data, "id", "new", "--no-passphrase")
    ben, ben_key = person(nodes, "ben")
    tokens = [geonet(nodes, ann, "token", "grant", ben_key, f"topic/{i}", "read") for i in range(2)]
    asks = nodes.all[1].data  # another node's owner asks
    for i in range(2):
        geonet(nodes, asks, "token", "check", tokens[i].strip(), f"topic/{i}", "read")
    geonet(nodes, asks, "id", "new", "--no-passphrase")
    out = geonet(nodes, asks, "token", "revoke", tokens[0].strip(), status=1)
    check("only they can take it back" in out, out)
    geonet(nodes, ann, "token", "revoke", tokens[0].strip(), "--w", "2")
    out = geonet(nodes, asks, "token", "check", tokens[0].strip(), "topic/0", "read", status=1)
    check("it was revoked" in out, out)
    geonet(nodes, asks, "token", "check", tokens[1].strip(), "topic/1", "read")
    said = json.loads(
        geonet(nodes, ann, "token", "revoke", tokens[1].strip(), "--w", "2", "--json"))
    check(said["revoked"] == 2, f"the list lost what was on it: {said}")
    for i in range(2):
        geonet(nodes, asks, "token", "check", tokens[i].strip(), f"topic/{i}", "read", status=1)
    geonet(nodes, ben, "token", "check", tokens[1].strip(), "topic/1", "read", status=3)  # no node


def case_hidden(nodes, seed):
    """A network that does not know the list of what was taken back gets it whole with the next, or
    when it is renewed (RN-1, RN-2)."""
    nodes.start(1)
    other = node_rig.Nodes(nodes.bin)
    try:
        other.start(1)
        ann = nodes.all[0].data
        geonet(nodes, ann, "id", "new", "--no-passphrase", "--no-publish")
        ben, ben_key = person(nodes, "ben")
        tokens = [geonet(nodes, ann, "token", "grant", ben_key, f"topic/{i}", "read").strip()
                  for i in range(2)]
        geonet(nodes, ann, "token", "revoke", tokens[0], "--w", "1")
        os.environ["GEONET_SOCKET"] = os.path.join(other.all[0].data, "app.sock")
        for state in ("renewed", "kept"):  # a network that does not have it is given it whole
            done = json.loads(geonet(nodes, ann, "renew", "--all", "--w", "1", "--json"))
            lists = [i["state"] for i in done["items"] if i["kind"] == "list"]
            check(lists == [state], f"{state}: {done}")
        out = geonet(nodes, ben, "token", "check", tokens[0], "topic/0", "read", status=1)
        check("it was revoked" in out, out)
        said = json.loads(geonet(nodes, ann, "token", "revoke", tokens[1], "--w", "1", "--json"))
        check(said["revoked"] == 2, f"what was taken back before counts again: {said}")
        for i in range(2):
            out = geonet(nodes, ben, "token", "check", tokens[i], f"topic/{i}", "read", status=1)
            check("it was revoked" in out, out)
    finally:
        os.environ.pop("GEONET_SOCKET", None)
        other.close()
        shutil.rmtree(other.base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
