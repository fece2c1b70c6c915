#!/usr/bin/env python3
"""The wallet of the tool and a hub, once through. usage: wallet_hub_test.py BIN_DIR CASE"""
import json, os, subprocess, sys

sys.dont_write_bytecode = True
from hub_client import Hub, check
from hub_rig import FREE, main, verify


def case_wallet(bin_dir, base, rng):
    hub = Hub(bin_dir, base, *FREE)
    geonet = os.path.join(bin_dir, "geonet")
    env = dict(os.environ, GEONET_HUB=hub.url, NO_COLOR="1")

    def run(who, *words, want=0, js=True):
        out = subprocess.run(
            [geonet, *words, "--data",
             os.path.join(base, who), *(["--json"] if js else [])], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=env, timeout=60)
        check(
            out.returncode == want,
            f"geonet {' '.join(words)}: exit {out.returncode}, wanted {want}: "
            f"{out.stdout.decode()} {out.stderr.decode()}"
        )
        return json.loads(out.stdout) if js else out.stdout.decode()

    check(
        run(".", "hub", "equivalent", "add", "UAH", "--precision", "2", "--reason",
            "test")["code"] == "UAH", "an equivalent by the command line")
    pids = {}
    for who in ("ann", "ben", "cay"):
        run(who, "id", "new", "--no-passphrase", "--no-publish")
        check(
            run(who, "wallet", "balance", want=4)["error"]["code"] == "E001",
            "a stranger is told to join")
        pids[who] = run(who, "wallet", "join", "--name", who.capitalize())["pid"]
    check(run("ben", "wallet", "trust", pids["ann"], "200", "UAH")["limit"] == "200.00", "trust")
    check(
        run("cay", "wallet", "trust", pids["ben"], "150.00", "UAH", "--daily-limit",
            "120")["policy"]["daily_limit"] == "120.00", "trust with a policy")
    for amount in ("1.001", "1e2", "1-", "0x10", "1,5"):
        out = run("ann", "wallet", "pay", pids["cay"], amount, "UAH", want=2)
        check(out["error"]["code"] == "E009" and "Nothing was signed" in out["error"]["message"],
              f"amount {amount}: {out}")
    check(
        run("ann", "wallet", "pay", "Cay", "1", "UAH", want=2)["error"]["message"].count(
            pids["cay"]) == 1, "a name is answered with its PIDs")
    check(
        run("ann", "wallet", "why", pids["cay"], "100", "UAH")["can_pay"] is True,
        "why, when it can be")
    request = run("cay", "wallet", "request", "100.00", "UAH", "--note", "хліб & сіль")
    check(
        request["uri"].startswith(
            f"geo://pay/{pids['cay']}?equivalent=UAH&amount=100.00&hub={hub.pid}&note="),
        f"request: {request}")
    text = run("cay", "wallet", "request", "100.00", "UAH", js=False)
    check("▀" in text and "geo://pay/" in text, "a QR code")
    paid = run("ann", "wallet", "pay", request["uri"])
    check(
        paid["status"] == "COMMITTED" and paid["description"] == "хліб & сіль"
        and len(paid["routes"][0]["path"]) == 3, f"paid: {paid}")
    run("ann", "wallet", "pay", request["uri"], "--tx-id", paid["tx_id"])
    check(
        run("ann", "wallet", "balance")["equivalents"][0]["total_debt"] == "100.00",
        "a repeated payment is paid once")
    check(
        run("ann", "wallet", "pay", pids["cay"], "90", "UAH", want=1)["error"]["code"] == "E002",
        "too much")
    out = run("ann", "wallet", "why", pids["cay"], "90", "UAH", js=False, want=1)
    check("50.00" in out or "20.00" in out, f"why not: {out}")
    check(run("ann", "wallet", "debts")["outgoing"][0]["amount"] == "100.00", "debts")
    check(
        [p["status"] for p in run("ann", "wallet", "history")["items"]] == ["ABORTED",
                                                                            "COMMITTED"], "history")
    run("ann", "wallet", "trust", pids["cay"], "300", "UAH")
    run("cay", "wallet", "pay", pids["ann"], "40", "UAH")
    check("you owe less" in run("ann", "wallet", "clearings", js=False), "clearings")
    for words in (("wallet", "balance"), ("wallet", "debts"), ("wallet", "history"),
                  ("hub", "status"), ("hub", "equivalent", "list")):
        check(run("." if words[0] == "hub" else "ann", *words, js=False), f"text of {words}")
    run("cay", "wallet", "trust", pids["ben"], "UAH", "--ask")
    waits = run("ann", "wallet", "pay", pids["cay"], "3", "UAH")
    check(waits["status"] == "PREPARE_IN_PROGRESS", f"a payment that asks: {waits}")
    asked = run("cay", "wallet", "asked")["items"]
    check(
        len(asked) == 1 and asked[0]["payment"]["tx_id"] == waits["tx_id"]
        and asked[0]["payment"]["amount"] == "3.00", f"asked: {asked}")
    check(asked[0]["key"] in run("cay", "wallet", "asked", js=False), "asked, in words")
    check(
        run("cay", "wallet", "answer", asked[0]["key"], "yes")["status"] == "COMMITTED",
        "the answer")
    check(
        run("cay", "wallet", "answer", asked[0]["key"], "yes", want=4)["error"]["code"] == "E001",
        "nothing is left to answer")
    admin = run("ann", "id", "show")
    check(
        run(".", "hub", "role", "grant", admin["key"], "admin", "--reason",
            "founder")["role"] == "admin", "the first admin")
    check(run("ann", "hub", "role", "list")["items"][0]["pid"] == pids["ann"], "an admin by key")
    check(run("ben", "hub", "role", "list", want=1)["error"]["code"] == "E006", "no officer")
    check(verify(bin_dir, base)["copy"], "verify beside the running hub")
    hub.stop()
    env["GEONET_HUB"] = "http://127.0.0.1:1"
    check(run("ann", "wallet", "balance", want=3)["error"]["code"] == "no-hub", "no hub")


if __name__ == "__main__":
    sys.exit(main(globals()))
