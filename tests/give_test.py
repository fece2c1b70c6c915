#!/usr/bin/env python3
"""geonet give with real nodes: usage: give_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped, 1 failed with a sentence. Rule RE-64.
"""
import json, os, subprocess, sys

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, counters, eventually

SHOWN = 64  # GIVING_SHOWN
BY = 1024  # GIVING_BY


def tool(node, *words):
    """(exit status, stdout, stderr) of the tool."""
    done = subprocess.run([os.path.join(node.bin, "geonet"), "--data", node.data, *words],
                          capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def kept(node, name):
    with open(os.path.join(node.data, name), encoding="utf-8") as f:
        return f.read()


def write(node, name, text):
    path = os.path.join(node.data, name)
    with open(path, "a", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o600)


def metrics(node):
    text = node.get("/metrics")[1].decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if " " in line)


def case_said(nodes, seed):
    """What is said holds at once, and after a restart, before the settings."""
    node = nodes.start(1, "--relay", "small", "--relay-month", "10G")[0]
    given = node.cli("give")
    check(given["relay"] == "small" and not given["said"], f"{given}")
    check(given["month"] == 10 << 30, f"{given}")
    check(given["rate"] == 1 << 20 and given["hold"] == 10 << 30, f"{given}")
    for words in (("relay", "commons"), ("rate", "2M"), ("month", "100G"), ("hold", "nothing")):
        given = node.cli("give", *words)
    check(given["relay"] == "commons" and given["hold_nothing"], f"{given}")
    eventually("it is a client", 10, lambda: not node.status()["server"])
    check(node.cli("give", "hold", "5G")["hold"] == 5 << 30, "hold")
    eventually("it is a server", 10, lambda: node.status()["server"])
    code, _, err = tool(node, "give", "rate", "1")
    check(code == 2 and "rate: '1' is not" in err, f"{code} {err}")
    code, _, err = tool(node, "give", "turn", "on")
    check(code == 2 and "turn = on" in err, f"{code} {err}")
    check(tool(node, "give", "relay")[0] == 2, "a name without a value")
    for words, why in ((("refuse", "add", "12"), "'12' is no hash"),
                       (("month",), "month takes one value"),
                       (("relay", "small", "off"), "relay takes one value")):
        code, _, err = tool(node, "give", *words)
        check(code == 2 and why in err, f"{words}: {code} {err}")
    check("(by geonet give)" in tool(node, "give")[1], "who said it is not shown")
    month = metrics(node)["geonet_give_month_bytes_max"]
    check(month == str(100 << 30), f"the relay was told {month}")
    node = nodes.again(node)
    given = node.cli("give")
    check(given["relay"] == "commons" and given["month"] == 100 << 30, f"{given}")
    check(given["said"] == ["relay", "rate", "month", "hold"], f"{given}")
    code, out, _ = tool(node, "give")
    for words in ("much for everybody", "2.0 MiB a second", "100 GiB", "0 hashes", "metered"):
        check(words in out, f"'{words}' is not in {out}")
    # whoever says it at the start hears that it does not count
    node.stop()
    node.reap()
    up = ("up", "--port", "0", "--http", "0", "--pow-bits", node_rig.POW)
    code, _, err = tool(node, *up, "--relay", "small", "--metered", "no")
    check(code == 0 and "--relay does not count: what geonet give relay said" in err and
          "--metered" not in err, f"{code} {err}")
    check(node.cli("give")["relay"] == "commons", "the command line counted")
    check(tool(node, "down")[0] == 0, "it does not end")
    nodes.again(node)


def case_refused(nodes, seed):
    """What is refused goes, is not taken again, and stands in a file that people may write."""
    a, b = nodes.start(2)
    key = node_rig.put(a, b"hello", "x", w=2)
    held = lambda n: [r["key"] for r in json.loads(n.get("/api/v1/held")[1])["records"]]
    eventually("both hold it", 60, lambda: key in held(a) and key in held(b))
    b.cli("give", "refuse", "add", key)
    check(key not in held(b) and key in held(a), "it is refused by one")
    check(b.cli("give", "refuse", "list")["hashes"] == [key], "it is listed")
    again = a.cli("put", "--w", "1", "--label", "x", "-", stdin=b"anew")["key"]
    check(again == key, "it is another key")
    check(counters(b, "overlay")["record_denied"] > 0, "it was not denied")
    check(key not in held(b), "it was taken again")
    other = "ab" * 32
    write(b, "refused", f"# by hand\n{other}\n")
    b = nodes.again(b)
    check(sorted(b.cli("give", "refuse", "list")["hashes"]) == sorted([key, other]), "both stand")
    check(key not in held(b), "it came back")
    b.cli("give", "refuse", "remove", other)
    check(other not in kept(b, "refused"), "it is still in the file")
    code, _, err = tool(b, "give", "refuse", "remove", other)
    check(code == 4 and "it is not refused" in err, f"{code} {err}")


def case_files(nodes, seed):
    """Counts are read as they stand, the largest are shown; what is damaged is set aside."""
    node = nodes.start(1)[0]
    month = node.cli("give")["months"][0]["month"]
    node.stop()
    node.reap()
    lines = [f"{month} all 1000 2000 3000", "2001-01 all 1 2 3"]
    lines += [f"{month} key {i:064x} {i} {i}" for i in range(BY)]
    write(node, "given", "\n".join(lines) + "\n")
    write(node, "give", "relay = everything\n")
    node = nodes.again(node)
    given = node.cli("give")
    check(given["months"][0] == {"month": month, "small": 1000, "bulk": 2000, "turn": 3000},
          f"{given['months']}")
    check(len(given["by"]) == SHOWN, f"{len(given['by'])} are shown")
    largest = list(range(BY - 1, BY - 1 - SHOWN, -1))
    check([b["small"] for b in given["by"]] == largest, "they are not the largest")
    check(given["relay"] == "small" and not given["said"], f"{given['said']}")
    check(kept(node, "give.damaged") == "relay = everything\n", "it was not set aside")
    check(metrics(node)["geonet_give_month_bytes"] == "6000", "the relay goes on in the month")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
