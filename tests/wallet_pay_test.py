#!/usr/bin/env python3
"""Payments of the wallet as a person and a script use it: once through, repeats, lost answers,
requests, why one does not go. usage: wallet_pay_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import calendar, json, os, re, shlex, subprocess, sys, time

sys.dont_write_bytecode = True
from hub_client import Hub, check
from hub_rig import FREE, main, verify
from wallet_rig import Proxy, UNKNOWN, answer, error, owes, start


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


# ---- ids and repeats ----

def case_repeat(bin_dir, base, rng):
    hub, w = start(bin_dir, base, "ann", "ben", "cay")
    for who in ("ben", "cay"):
        w.run(who, "wallet", "trust", w.pid["ann"], "500", "UAH")
    pay = ("wallet", "pay", w.pid["ben"], "10", "UAH", "--tx-id")
    # two ids that begin alike for 40 characters are two payments
    first, second = "invoice-" + "7" * 40 + "-a", "invoice-" + "7" * 40 + "-b"
    check(
        w.run("ann", *pay, first)["tx_id"] == first
        and w.run("ann", *pay, second)["tx_id"] == second, "the tx_id as it was given")
    check(owes(w, "ann") == "20.00", f"two ids, two payments: {owes(w, 'ann')}")
    longest = "x" * 64
    check(w.run("ann", *pay, longest)["repeated"] is False, "64 characters, the first time")
    for bad in ("x" * 65, "", "a b", "а", "a/b", "a\n"):
        out = w.run("ann", *pay, bad, want=2)["error"]
        check(out["code"] == "E009" and "Nothing was signed" in out["message"],
              f"tx_id {bad!r}: {out}")
    for nothing in ("0", "0.00"):
        out = w.run("ann", "wallet", "pay", w.pid["ben"], nothing, "UAH", want=2)["error"]
        check(out["code"] == "E009" and "Nothing was signed" in out["message"], f"0: {out}")
    check(owes(w, "ann") == "30.00", "refused ids pay nothing")
    # a repeat is called one, and pays nothing
    again = w.run("ann", *pay, longest)
    check(again["repeated"] is True and again["status"] == "COMMITTED", f"a repeat: {again}")
    text = w.text("ann", *pay, longest)
    check("was made before" in text and "\npaid" not in text, f"a repeat in words: {text}")
    check("was made before" not in w.text("ann", *pay, "fresh"), "a first payment is no repeat")
    # so is one in other words: the amount written differently, another time to answer
    for words in (("10.00",), ("10.0", "--wait", "7")):
        out = w.run("ann", "wallet", "pay", w.pid["ben"], words[0], "UAH", "--tx-id", longest,
                    *words[1:])
        check(out["repeated"] is True and out["status"] == "COMMITTED" and out["amount"] == "10.00",
              f"a repeat as {words}: {out}")
    check(owes(w, "ann") == "40.00", "repeats in other words pay nothing")
    # the same id for something else is neither a success nor "nothing was paid"
    for other in ((w.pid["ben"], "11", "UAH"), (w.pid["cay"], "10", "UAH"), (w.pid["ben"], "10",
                                                                             "UAH", "--note", "x")):
        out = w.run("ann", "wallet", "pay", *other, "--tx-id", longest, want=1)["error"]
        check(
            out["code"] == "E008" and "belongs to another payment" in out["message"]
            and "10.00 UAH" in out["message"] and "which was made" in out["message"],
            f"another payment's tx_id: {out}")
    # a long note in a sentence is cut between characters
    w.run("ann", "wallet", "pay", w.pid["ben"], "1", "UAH", "--tx-id", "long", "--note",
          "x" + "ж" * 500)
    out = w.run("ann", "wallet", "pay", w.pid["ben"], "2", "UAH", "--tx-id", "long",
                want=1)["error"]
    check("жж" in out["message"] and "?" not in out["message"], f"a long note: {out}")
    check(
        "your own" in w.run("ann", "wallet", "pay", w.pid["ann"], "1", "UAH",
                            want=2)["error"]["message"], "paying oneself")
    check(owes(w, "ann") == "41.00", f"after all repeats: {owes(w, 'ann')}")
    out = w.text("ben", "wallet", "history")
    check(
        "received" in out and "+10.00" in out
        and re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", out, re.M),
        f"the payee's history: {out}")
    check(
        w.run("ben", "wallet", "lines")["given"][0]["id"] in w.text("ben", "wallet", "lines"),
        "a line's id, which a dispute is about")
    # a payment that failed is told as such at its repeat too
    check(
        w.run("ann", "wallet", "pay", w.pid["ben"], "9000", "UAH", "--tx-id", "big",
              want=1)["error"]["details"]["raises"], "what would have to be raised, in JSON")
    out = w.text("ann", "wallet", "pay", w.pid["ben"], "9000", "UAH", "--tx-id", "big", want=1)
    check("made before and failed; nothing was paid" in out,
          f"the repeat of a failed payment: {out}")
    check("nothing was paid" in w.text("ann", "wallet", "pay", w.pid["ben"], "9000", "UAH", want=1),
          "a plain refusal")
    out = w.text("ann", "wallet", "history")
    check("failed E002" in out and " 9000.00" in out and "-9000" not in out and "-10.00" in out,
          f"what failed moved nothing: {out}")
    hub.stop()


def case_lost(bin_dir, base, rng):
    """Whatever becomes of an answer: never "nothing was paid" when it may have been, and the
    printed command repeats it safely."""
    hub, w = start(bin_dir, base, "ann", "ben")
    w.run("ben", "wallet", "trust", w.pid["ann"], "5000", "UAH")
    proxy = Proxy(hub)
    w.env["GEONET_HUB"] = proxy.url
    note = "it's \"bread\" & $HOME\\ хліб"
    due = 0

    def only_payments(what):
        return lambda method, path, status, body: (
            what if method == "POST" and path == "/api/v1/payments" else None)

    faults = {
        "a reset": "reset", "the hub's disk": error(
            503, "E010",
            "the outcome is unknown: repeat the same tx_id"), "an internal error": error(
                500, "E010", "no memory"),
        "a proxy's page": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\nConnection: close\r\n"
                          b"\r\n<h1>",
        "a proxy's timeout": b"HTTP/1.1 504 X\r\nContent-Length: 0\r\n\r\n",
        "a proxy's 408": b"HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n",
        "a torn answer": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"tx_id\":",
        "no JSON": answer(200, "<html>ok"), "an empty 200": answer(
            200, ""), "another's outcome": answer(
                200, json.dumps({"tx_id": "another",
                                 "status": "COMMITTED"})), "a 4xx without a code": answer(
                                     409, "{}")
    }
    for reached in (False, True):
        proxy.before = not reached
        for name, fault in faults.items():
            where = f"{name}, {'after' if reached else 'before'} the hub had it"
            proxy.fault = only_payments(fault)
            out = w.run("ann", "wallet", "pay", w.pid["ben"], "10", "UAH", "--note", note,
                        want=UNKNOWN)["error"]
            check(
                out["code"] == "unknown" and "not known" in out["message"]
                and "nothing" not in out["message"], f"{where}: {out}")
            tx_id, command = out["details"]["tx_id"], shlex.split(out["details"]["repeat"])
            check(
                command[:3] == ["geonet", "wallet", "pay"]
                and command[command.index("--tx-id") + 1] == tx_id
                and command[command.index("--note") + 1] == note, f"{where}: {command}")
            # a repeat that the hub refuses does not say that nothing was paid either
            proxy.before, proxy.fault = True, lambda method, path, status, body: error(
                429, "E009", "too much at once") if "/payments" in path else None
            text = w.raw("ann", *command[1:-2]).stderr.decode()
            check("not known" in text and "nothing" not in text,
                  f"{where}: a repeat that is refused: {text}")
            proxy.fault, proxy.before = only_payments(None), not reached
            shell = subprocess.run([
                "bash", "-c",
                out["details"]["repeat"].replace("geonet", shlex.quote(w.geonet), 1) + " --json"
            ], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=w.env, timeout=60)
            done = json.loads(shell.stdout)
            check(
                shell.returncode == 0 and done["status"] == "COMMITTED"
                and done["description"] == note and done["repeated"] is reached,
                f"{where}: the printed command: {done}")
            due += 10
    check(owes(w, "ann") == f"{due}.00", f"each payment once: {owes(w, 'ann')}, not {due}")
    proxy.before, proxy.fault = False, only_payments("reset")
    odd = "\x1b[31m\u202e'"
    text = w.text("ann", "wallet", "pay", w.pid["ben"], "10", "UAH", "--note", odd, want=UNKNOWN)
    check(
        "\x1b" not in text and "\u202e" not in text and "tx_id:" in text
        and "geonet wallet pay" in text and "nothing was paid" not in text, f"in words: {text!r}")
    # the stored outcome is told although the repeat was refused
    tx_id = re.search(r"^  tx_id: +(\S+)", text, re.M).group(1)
    proxy.before, proxy.fault = True, only_payments(error(429, "E009", "too much at once"))
    again = ("wallet", "pay", w.pid["ben"], "10.00", "UAH", "--tx-id")
    check(
        w.run("ann", *again, tx_id, "--note", odd)["repeated"] is True,
        "a refused repeat is looked up")
    check("not known" in w.text("ann", *again, "unheard-of", want=UNKNOWN),
          "a rate says nothing about an earlier payment, even when the history knows none")
    proxy.fault = only_payments(error(400, "E004", "it is suspended, frozen or closed"))
    check("neither before nor now" in w.text("ann", *again, "unheard-of", want=1),
          "a repeat that the ledger refuses and the hub knows nothing of")
    proxy.fault = only_payments(error(409, "E008", "not possible in this state"))
    check(
        w.run("ann", *again, tx_id, "--note", odd)["repeated"] is True,
        "the hub calls another text a conflict: it is the same payment")
    check("By this command nothing was paid" in w.text("ann", *again, tx_id, want=1),
          "a conflict names the payment that was made")
    check("not known" in w.text("ann", *again, "unheard-of", want=UNKNOWN),
          "a conflict that cannot be explained")
    # a first payment that was definitely refused
    proxy.fault = only_payments(error(429, "E009", "too much at once"))
    check("nothing was paid" in w.text("ann", "wallet", "pay", w.pid["ben"], "10", "UAH", want=1),
          "a 4xx with a code")
    hub.stop()


# ---- notes, requests ----

def case_request(bin_dir, base, rng):
    hub, w = start(bin_dir, base, "ann", "ben")
    w.run("ben", "wallet", "trust", w.pid["ann"], "500", "UAH")
    pay = ("wallet", "pay", w.pid["ben"], "1", "UAH", "--note")
    for note in ("ж" * 300, "a" * 1024, "ж" * 512, "\"" * 512):
        check(
            w.run("ann", *pay, note)["description"] == note,
            f"a note of {len(note.encode())} bytes is signed whole")
    for note in ("a" * 1025, "ж" * 513, "\"" * 513, "a" * 100000):
        for words in (pay, ("wallet", "request", "1", "UAH", "--note")):
            out = w.run("ann", *words, note, want=2)["error"]
            check("1024" in out["message"] and "Nothing was signed" in out["message"],
                  f"a note of {len(note.encode())} bytes: {out}")
    check(owes(w, "ann") == "4.00", "a refused note pays nothing")
    request = w.run("ben", "wallet", "request", "1", "UAH", "--note", "ж" * 500)
    check(
        w.run("ann", "wallet", "pay", request["uri"])["description"] == "ж" * 500,
        "a long note in a request")
    # a request is paid once by everybody, however it is signed, and once more only when that is
    # said
    again = w.run("ann", "wallet", "pay", request["uri"], "--wait", "9")
    check(again["repeated"] is True and again["tx_id"] == request["id"],
          f"a request that was paid: {again}")
    text = w.text("ann", "wallet", "pay", request["uri"])
    check("request was paid before" in text and "--again" in text and "\npaid" not in text,
          f"a request that was paid, in words: {text}")
    check(owes(w, "ann") == "5.00", f"a request paid three times: {owes(w, 'ann')}")
    more = w.run("ann", "wallet", "pay", request["uri"], "--again")
    check(more["repeated"] is False and more["tx_id"] != request["id"] and owes(w, "ann") == "6.00",
          f"once more: {more}")
    w.run("ann", "wallet", "pay", w.pid["ben"], "1", "UAH", "--again", want=2)
    # an attempt that failed does not use the request up
    large = w.run("ben", "wallet", "request", "600", "UAH")
    for again in range(2):
        check("nothing was paid" in w.text("ann", "wallet", "pay", large["uri"], want=1),
              "more than the line carries")
    w.run("ben", "wallet", "trust", w.pid["ann"], "700", "UAH")
    check(w.run("ann", "wallet", "pay", large["uri"])["repeated"] is False, "paid at last")
    check(
        w.run("ann", "wallet", "pay", large["uri"])["repeated"] is True
        and owes(w, "ann") == "606.00", f"and once: {owes(w, 'ann')}")
    # an amount stands in one place
    out = w.run("ann", "wallet", "pay", request["uri"], "500", want=2)["error"]
    check("already" in out["message"], f"two amounts: {out}")
    w.run("ann", "wallet", "pay", request["uri"], "500", "UAH", want=2)
    w.run("ann", "wallet", "pay", request["uri"], "--note", "other", want=2)
    open_one = w.run("ben", "wallet", "request", "UAH", "--note", "gift")
    check(
        "amount=" not in open_one["uri"] and "id=" not in open_one["uri"]
        and open_one["amount"] is None, f"a request without an amount: {open_one}")
    check(
        "leaves the amount to you" in w.run("ann", "wallet", "pay", open_one["uri"],
                                            want=2)["error"]["message"], "no amount at all")
    paid = w.run("ann", "wallet", "pay", open_one["uri"], "2.50")
    check(paid["amount"] == "2.50" and paid["description"] == "gift",
          f"an amount for an open request: {paid}")
    w.run("ben", "wallet", "request", "0", "UAH", want=2)
    for bad in (request["uri"] + "&amount=2", request["uri"] + "&equivalent=USD",
                request["uri"] + "&id=7", re.sub("id=[^&]+", "id=a%20b", request["uri"]),
                re.sub("id=[^&]+", "id=" + "x" * 63, request["uri"]), request["uri"].replace(
                    "equivalent",
                    "unit"), re.sub("hub=[^&]+", "hub=",
                                    request["uri"]), "geo://pay/x", "geo://pay/" + "x" * 500,
                "geo:pay", request["uri"] + "%20%zz", open_one["uri"].replace(
                    "gift", "a" * 1025), open_one["uri"].replace("gift", "%00")):
        check(
            "Nothing was signed" in w.run("ann", "wallet", "pay", bad, "3" if "amount" not in bad
                                          else "", want=2)["error"]["message"]
            if "amount" not in bad else w.run("ann", "wallet", "pay", bad, want=2), f"{bad}")
    check(owes(w, "ann") == "608.50", f"what was paid: {owes(w, 'ann')}")
    # the quiet zone is 4 modules: two rows of text at top and bottom, four blocks at each side
    plain = w.text("ben", "wallet", "request", "UAH")
    colored = w.terminal("ben", "wallet", "request", "UAH")
    check("\x1b" not in plain, "plain blocks when stdout is no terminal")
    rows = plain.splitlines()[:-1]
    width = len(rows[0])
    check(
        set(rows[0] + rows[1] + rows[-1]) == {"█"}
        and all(len(r) == width and r.startswith("████") and r.endswith("████") for r in rows),
        "the quiet zone")
    check(
        set(rows[2]) != {"█"} and rows[2][4] in " ▀▄" and (width - 8 - 17) % 4 == 0
        and len(rows) == (width + 1) // 2, f"a code of {width - 8} modules")
    drawn = [l for l in colored.replace("\r", "").split("\n") if "█" in l]
    check([re.sub(r"\x1b\[[0-9;]*m", "", l) for l in drawn] == rows and all(
        l.startswith("\x1b[97;40m\x1b[38;5;231;48;5;16m") and l.endswith("\x1b[0m") for l in drawn),
          "both colours are set on a terminal")
    hub.stop()


# ---- why, offers ----

def case_why(bin_dir, base, rng):
    hub, w = start(bin_dir, base, "ann", "ben")
    w.run("ben", "wallet", "trust", w.pid["ann"], "20", "UAH")
    why = ("wallet", "why", w.pid["ben"])
    check(w.run("ann", *why, "20", "UAH")["can_pay"] is True, "it could")
    check(
        w.run("ann", *why, "21", "UAH", want=1)["can_pay"] is False,
        "it could not: exit 1 with --json too")
    check("20.00" in w.text("ann", *why, "21", "UAH", want=1), "in words")
    # a limit of the day before anything was moved, and after
    day = ("wallet", "trust", w.pid["ann"], "UAH", "--daily-limit")
    w.run("ben", *day, "2")
    out = w.text("ann", "wallet", "pay", w.pid["ben"], "3", "UAH", want=1)
    check("2.00 is left today" in out and "has reached" not in out and "limit of the day" in out,
          f"nothing was moved today: {out}")
    w.run("ann", "wallet", "pay", w.pid["ben"], "2", "UAH")
    check(
        w.run("ann", *why, "1", "UAH", want=1)["cut"][0]["left_today"] == "0.00",
        "nothing is left of the day")
    w.run("ben", *day, "none")
    # a line that carries some of it is not used up
    out = w.text("ann", "wallet", "pay", w.pid["ben"], "19", "UAH", want=1)
    check("has 18.00 left" in out and "used up" not in out, f"more than is left: {out}")
    # what a limit may not be, and why
    trust = lambda limit, want: w.run("ben", "wallet", "trust", w.pid["ann"], limit, "UAH", want=
                                      want)["error"]["message"]
    check("less than the 2.00 UAH that are used" in trust("1", 1), "a limit below what is used")
    for large in ("9" * 20, "10000000000000000.01"):
        check("too large: the most is 10000000000000000.00 UAH" in trust(large, 2),
              f"{large} is too much")
    check(
        "not an amount" in trust("01", 2) and "not an amount" in trust("1.", 2)
        and "decimals" in trust("0.001", 2), "no amounts")
    w.run("ben", "wallet", "trust", w.pid["ann"], "10000000000000000", "UAH")
    w.run("ben", "wallet", "trust", w.pid["ann"], "20", "UAH")
    proxy = Proxy(hub)
    w.env["GEONET_HUB"] = proxy.url
    ends = {
        "owner": w.pid["ben"], "debtor": w.pid["ann"], "owner_name": "Ben",
        "debtor_name": "An\u202en\x1b[2J"
    }
    ends |= {"by": w.pid["ben"], "by_name": "Ben"}
    for cause, words in (("full", "too little left"), ("frozen", "froze"), ("dispute", "dispute"),
                         ("suspended", "is suspended"), ("no_middle", "passes on no payments"),
                         ("daily", "today"), ("hop", "one payment"), ("made_up", "made_up")):
        found = {
            "can_pay": False, "max_amount": "0.00", "routes_count": 0, "estimated_hops": 0,
            "connected": True, "cut": [ends | {"cause": cause}], "raises": []
        }
        proxy.fault = lambda method, path, status, body: answer(200, json.dumps(found)
                                                                ) if "capacity" in path else None
        out = w.text("ann", *why, "21", "UAH", want=1)
        check(words in out and "Ben (" in out and "\x1b" not in out and "\u202e" not in out,
              f"{cause}: {out!r}")
        proxy.fault = lambda method, path, status, body: error(400, "E002", "no capacity", {
            "status": "ABORTED", "lines": found["cut"]
        }) if method == "POST" and path.endswith("/payments") else None
        check(words in w.text("ann", "wallet", "pay", w.pid["ben"], "21", "UAH", want=1),
              f"{cause}, when paying")
    found = {
        "can_pay": False, "max_amount": "0.00", "connected": True, "cut": [{"cause": "inactive"}],
        "explanation": "As the hub says."
    }
    proxy.fault = lambda method, path, status, body: answer(200, json.dumps(found)
                                                            ) if "capacity" in path else None
    out = w.text("ann", *why, "21", "UAH", want=1)
    check("equivalent was ended" in out and "As the hub says." in out,
          f"a cause without ends: {out}")
    # an offer, with and without what a hub may tell of it
    for more, words in (({
            "amount": "12.00", "gain": "3.00", "asked_count": 4, "equivalent": "UAH"
    }, ("12.00 UAH", "3.00 more", "4 people", "2026-12-01")), ({}, ("a clearing offer",
                                                                    "2026-12-01"))):
        item = {
            "key": "ab" * 16, "status": "WAITING_CONFIRMATIONS", "answered": False,
            "expires_at": "2026-12-01T00:00:00Z", "payment": None
        } | more
        proxy.fault = lambda method, path, status, body: answer(200, json.dumps({"items": [item]})
                                                                ) if "asked" in path else None
        out = w.text("ann", "wallet", "asked")
        check(all(word in out for word in words), f"an offer: {out}")
    # who is asked first: the payer is told until when, and may give more time
    w.env["GEONET_HUB"] = hub.url
    w.run("ben", "wallet", "trust", w.pid["ann"], "UAH", "--ask")
    out = w.text("ann", "wallet", "pay", w.pid["ben"], "1", "UAH", "--wait", "600")
    until = re.search(r"may answer until (\S+);", out)
    check("waiting for those who are asked" in out and until, f"until when: {out}")
    left = calendar.timegm(time.strptime(until[1], "%Y-%m-%dT%H:%M:%SZ")) - time.time()
    check(480 < left < 602, f"{left} s are left of 600")
    check(
        "--wait" in w.text("ann", "wallet", "pay", w.pid["ben"], "1", "UAH", "--wait", "86401",
                           want=2), "more than a day")
    w.env["GEONET_HUB"] = hub.url
    w.run("ben", "wallet", "trust", w.pid["ann"], "UAH", "--close")
    check("closes once it is repaid" in trust("30", 1), "a line that closes is not changed")
    hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
