#!/usr/bin/env python3
"""Why a payment does not go, as a hub's answers say it, and what they keep to themselves. usage:
hub_causes_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import json, os, re, sys, threading, time

sys.dont_write_bytecode = True
from hub_client import Hub, ROOT, check
from hub_rig import FREE, change, code_of, line_of, main, matches, people, with_unit


def case_causes(bin_dir, base, rng):
    """Each cause in the cut: in the failed payment's details, in /payments/capacity and in
    /payments/max-flow, with who is behind it."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "100.00")
    c.trust(b, "100.00")
    spec = json.load(open(os.path.join(ROOT, "docs", "openapi-hub.json")))

    def cut(cause, owner, debtor, by, words, amount="50.00", available="0.00", raises=0):
        status, answer = a.pay_raw(c, amount)
        details, message = answer["error"]["details"], answer["error"]["message"]
        check(status == 400 and code_of(answer) == "E002" and details["available"] == available,
              f"{cause}: {status} {answer}")
        wrong = matches({"$ref": "#/components/schemas/Shortfall"}, details, spec, "details")
        check(not wrong, f"{cause}: {wrong[:5]}")
        capacity, flow = a.get("/payments/"
                               + details["explained_by"].split("/payments/")[1]), a.get(
                                   f"/payments/max-flow?to={c.pid}&equivalent=UAH")
        for where, items in (("the failure", details["cut"]), ("capacity", capacity["cut"]),
                             ("max-flow", flow["bottlenecks"])):
            got = [(x["cause"], x["owner"], x["debtor"], x["by"], x["by_name"]) for x in items]
            check(got == [(cause, owner.pid, debtor.pid, by.pid, by.name)],
                  f"{cause} in {where}: {got}")
        check(
            details["explanation"] == capacity["explanation"] and len(details["raises"]) == raises,
            f"{cause}: {details}")
        check(words in message and ("raises" in message) == (raises > 0),
              f"{cause} in words: {message}")
        repeated = a.get("/payments?direction=sent")["items"][0]["tx_id"]
        status, again = a.pay_raw(c, amount, tx_id=repeated)
        check(
            status == 400 and again["error"]["details"]["available"] == available
            and again["error"]["details"]["explained_by"] == details["explained_by"],
            f"repeated: {again}")

    change(b, a, status="frozen")
    cut("frozen", b, a, b, "frozen by its owner")
    change(b, a, status="active")
    hub.admin("POST", f"/admin/trustlines/{line_of(b, a)['id']}/freeze", {"reason": "dispute"})
    cut("dispute", b, a, b, "in dispute")
    hub.admin("POST", f"/admin/trustlines/{line_of(b, a)['id']}/unfreeze", {"reason": "settled"})
    hub.admin("POST", f"/admin/participants/{b.pid}/freeze", {"reason": "test"})
    cut("suspended", b, a, b, "is suspended")
    hub.admin("POST", f"/admin/participants/{b.pid}/unfreeze", {"reason": "test"})
    hub.admin("PATCH", "/admin/equivalents/UAH", {"is_active": False, "reason": "test"})
    cut("inactive", b, a, b, "takes no new debt")
    hub.admin("PATCH", "/admin/equivalents/UAH", {"is_active": True, "reason": "test"})
    change(b, a, policy={"can_be_intermediate": False})
    cut("no_middle", b, a, b, "does not pass on")
    change(b, a, policy={"daily_limit": "20.00"})
    cut("daily", b, a, b, "limit of the day", available="20.00")
    change(b, a, policy={"max_hop_usage": "5.00"})
    cut("hop", b, a, b, "what one payment may move", available="5.00")
    change(b, a, policy={})
    cut("full", b, a, b, "too little left", amount="150.00", available="100.00", raises=1)
    # seven hops, where six are the bound: not "no chain" either
    row = people(hub, *[f"row{i}" for i in range(9)])
    for i in range(8):
        row[i + 1].trust(row[i], "10.00")
    status, answer = row[0].pay_raw(row[7], "1.00")
    check(
        code_of(answer) == "E002" and answer["error"]["details"]["connected"]
        and answer["error"]["details"]["max_amount"] == "10.00", f"seven hops: {answer}")
    # the source's own example as people draw it: the lines run the other way (decision 131)
    status, answer = row[6].pay_raw(row[0], "1.00")
    details = answer["error"]["details"]
    check(
        code_of(answer) == "E001" and details["reversed"]
        and "run the other way" in answer["error"]["message"], f"reversed: {answer}")
    check(
        "row0 must let row6 owe" in details["explanation"] and "row3" not in details["explanation"],
        f"in words: {details}")
    # nobody's line leads there: E001, with its sentence too
    (d,) = people(hub, "Dora")
    status, answer = a.pay_raw(d, "1.00")
    check(
        code_of(answer) == "E001"
        and "no chain of trust lines" in answer["error"]["details"]["explanation"]
        and not answer["error"]["details"]["reversed"], f"E001: {status} {answer}")
    # a policy that is in no cut
    change(c, b, policy={"blocked_participants": [b.pid]})
    status, answer = a.pay_raw(c, "1.00")
    check(
        code_of(answer) == "E002" and "policies" in answer["error"]["message"]
        and "raises" not in answer["error"]["message"], f"blocked: {answer}")
    change(c, b, policy={})
    # a line that closes takes no new debt, but there is a chain
    a.pay(b, "3.00")
    line = line_of(b, a)
    check(
        b.send("DELETE", f"/trustlines/{line['id']}", "line.close",
               {"id": line["id"], "version": line["version"], "when_repaid": True})[0] == 200,
        "closing")
    cut("closing", b, a, b, "is closing", amount="1.00")
    hub.stop()


def case_private(bin_dir, base, rng):
    """What is in the way between others is told by its class and number alone (HB-37): no amount,
    name or PID of theirs is in any answer, neither to who pays nor to who would be paid; the
    officers are told."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c, d, e, f = people(hub, "Alice", "Bob", "Clara", "Dora", "Egon", "Frida")
    b.trust(a, "990.00")
    c.trust(b, "71.13")   # what Bob may owe Clara, and does in part
    b.pay(c, "29.58")     # 41.55 are left between them
    c.trust(a, "880.00")
    d.trust(c, "870.00", policy={"daily_limit": "63.37"})
    d.trust(b, "2000.00")
    change(d, b, limit="53.97")
    e.trust(d, "9000.00")
    f.trust(b, "10.19")
    e.trust(f, "3.07")    # a second way over Bob
    own = {"990.00", "880.00"}
    secrets = {
        "71.13", "29.58", "41.55", "63.37", "870.00", "53.97", "2000.00", "9000.00", "10.19", "3.07"
    }
    total = "120.41"      # 53.97 + 3.07 over Bob, and what the day allows over Clara

    def clean(what, answer, *strangers):
        text = json.dumps(answer)
        told = {s for s in secrets if s in text}
        check(not told, f"{what}: tells what others owe or allow: {told} in {text}")
        for u in strangers:
            check(u.pid not in text and u.name not in text, f"{what}: names {u.name}: {text}")

    status, answer = a.pay_raw(e, "1000.00", tx_id="t1")
    details = answer["error"]["details"]
    check(
        status == 400 and details["max_amount"] == total and details["raises_elsewhere"] >= 1
        and details["cut"] == [] and not details["raises_suffice"],
        f"the failure: {status} {answer}")
    check({x["cause"]: x["lines"]
           for x in details["elsewhere"]} == {"full": 2, "daily": 1} and details["cut_total"] == 3,
          f"classes: {details}")
    check(
        "Between others: a trust line has too little left, a trust line moves no more than its "
        "limit of the day"
        in details["explanation"], f"in words: {details}")
    clean("the failure", answer, b, c, d, f)
    clean("capacity", a.get(f"/payments/capacity?to={e.pid}&equivalent=UAH&amount=1000.00"), b, c,
          d, f)
    flow = a.get(f"/payments/max-flow?to={e.pid}&equivalent=UAH")
    check(flow["max_amount"] == total and flow["bottlenecks"] == [] and len(flow["elsewhere"]) == 2,
          f"max-flow: {flow}")
    # what goes over one neighbour is one amount: each way alone would tell what lies behind him
    check(
        sorted((p["path"], p["capacity"]) for p in flow["paths"]) == sorted(
            ([a.pid, n.pid, "", e.pid], x) for n, x in ((b, "57.04"), (c, "63.37"))),
        f"paths: {flow}")
    check(d.pid not in json.dumps(flow) and f.pid not in json.dumps(flow),
          f"who stands between: {flow}")
    flow = a.get(f"/payments/max-flow?to={c.pid}&equivalent=UAH")
    check([a.pid, c.pid] in [p["path"] for p in flow["paths"]], f"straight to the payee: {flow}")
    # what is one's own is told
    status, answer = a.pay_raw(e, "1000.00", tx_id="t1")
    clean("the repeated failure", answer, b, c, d, f)
    for what, user in (("the payer", a), ("the payee", e)):
        for path in ("/payments", "/payments/t1"):
            answer = user.get(path)
            row = answer["items"][0] if "items" in answer else answer
            check(row["tx_id"] == "t1" and "raises_elsewhere" in row["error"]["details"],
                  f"{what}, {path}: {row}")
            clean(f"{what}, {path}", answer, b, c, *([d, f] if user is a else []))
    everything = hub.admin("GET", "/admin/payments")["items"][0]["error"]["details"]
    check(
        len(everything["raises"]) == details["raises_elsewhere"]
        and "raises_elsewhere" not in everything, f"officers: {everything}")
    full = a.get(f"/payments/capacity?to={b.pid}&equivalent=UAH&amount=9999.00")
    check([(x["owner"], x["debtor"], x["limit"]) for x in full["cut"] if x["owner"] == b.pid] == [
        (b.pid, a.pid, "990.00")
    ] and full["raises"][0]["limit"] in own, f"one's own line: {full}")
    hub.stop()


def case_flow(bin_dir, base, rng):
    """Max-flow mode: what paths do not carry is looked for on the copy (HB-38), and is paid; of
    many who want the same at once, as many as it carries."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    hub.admin("PATCH", "/admin/config", {"updates": {"routing.maxflow": True}, "reason": "test"})
    a, b, *middle = people(hub, "Alice", "Bob", *[f"m{i}" for i in range(5)])

    def flows():
        text = hub.raw("GET", "/metrics")[2].decode()
        return int(re.search(r"^\w*flows_total (\d+)$", text, re.M).group(1))

    for m in middle:
        m.trust(a, "20.00")
        b.trust(m, "20.00")
    paid = a.pay(b, "60.00")
    check(paid["status"] == "COMMITTED" and flows() == 0 and paid["search"] == "paths",
          f"three paths carry it: {paid}")
    b.trust(a, "0.01")
    b.pay(a, "60.00")
    paid = a.pay(b, "100.01")
    check(
        paid["status"] == "COMMITTED" and len(paid["routes"]) == 6 and flows() >= 1
        and paid["search"] == "maxflow", f"six paths: {paid} {flows()}")
    before = flows()
    status, answer = a.pay_raw(b, "0.02")
    check(status == 400 and code_of(answer) == "E002" and flows() == before + 1,
          f"more than there is: {status} {answer}")
    check(
        a.get("/payments?status=ABORTED")["items"][0]["error"]["code"] == "E002", "it has its row")
    b.pay(a, "100.01")
    # 12 at once for 85.00, 100.01 are there: one goes, whoever looked at the same time is told what
    # is left
    answers = []

    def pay_once(tx_id):
        answer = a.pay_raw(b, "85.00", tx_id=tx_id)
        while answer[
                # more than one participant may look for at once (HB-46); nothing was recorded
                0] == 429:
            time.sleep(0.05)
            answer = a.pay_raw(b, "85.00", tx_id=tx_id)
        answers.append(answer)

    workers = [threading.Thread(target=pay_once, args=(f"at-once-{i}",)) for i in range(12)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    done = [x for s, x in answers if s == 200]
    check(
        len(done) == 1 and all(s == 200 or (s, code_of(x)) == (400, "E002") for s, x in answers),
        f"at once: {answers}")
    check(a.get("/balance")["equivalents"][0]["net_balance"] == "-85.00", "it was paid once")
    # a second search, before the flow: what it found is named at once, in the history and before
    # paying
    b.pay(a, "85.00")
    hub.admin("PATCH", "/admin/config",
              {"updates": {"routing.second_search": True}, "reason": "test"})
    check(
        a.get(f"/payments/capacity?to={b.pid}&equivalent=UAH&amount=90.00")["search"] ==
        "second_search", "before paying")
    before, paid = flows(), a.pay(b, "90.00")
    check(paid["search"] == "second_search" and len(paid["routes"]) == 5 and flows() == before,
          f"five paths: {paid}")
    rows = {p["amount"]: p["search"] for p in a.get("/payments?direction=sent")["items"]}
    check((rows["90.00"], rows["100.01"], rows["60.00"],
           rows["0.02"]) == ("second_search", "maxflow", "paths", None), f"in the history: {rows}")
    items = {i["key"]: i for i in hub.admin("GET", "/admin/config")["items"]}
    check(
        items["routing.second_search"]["value"] is True and items["routing.max_hops"]["value"] == 6,
        f"settings: {items}")
    hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
