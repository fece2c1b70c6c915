#!/usr/bin/env python3
"""What the hub's answers hold, beside that they come: explanations, offers, lists, refusals. usage: hub_shapes_test.py BIN_DIR CASE

Helpers, exit codes and SEED are those of hub_test.py.
"""
import json, sys, urllib.parse

sys.dont_write_bytecode = True
import hub_test
from hub_client import Hub, Key, User, canonical, check
from hub_test import FREE, code_of, people, with_unit


def line_of(owner, debtor, equivalent="UAH"):
    return next(l for l in owner.get(f"/trustlines?direction=outgoing&equivalent={equivalent}")["items"] if l["to"] == debtor.pid)


def change(owner, debtor, **what):
    line = line_of(owner, debtor)
    status, answer = owner.send("PATCH", f"/trustlines/{line['id']}", "line.update", {"id": line["id"], "version": line["version"]} | what)
    check(status == 200, f"change of a line: {status} {answer}")
    return answer


# ---- codes of equivalents ----

def case_codes(bin_dir, base, rng):
    """docs/decisions/101: kWh is a code, and KWH beside it is none."""
    hub = Hub(bin_dir, base, *FREE)
    for code in ("kWh", "a", "Z_9", "x" * 16):
        check(with_unit(hub, code)["code"] == code, f"the code {code}")
    for code, status in (("KWH", 409), ("kwh", 409), ("kWh", 409), ("", 422), ("A B", 422), ("x" * 17, 422), ("Ц", 422), ("a-b", 422), ("@", 422), ("`", 422), ("[", 422), ("{", 422)):
        got, answer = hub.call("POST", "/admin/equivalents", {"code": code, "precision": 2, "reason": "test"}, admin=hub.admin_token)
        check(got == status and code_of(answer) == ("E008" if status == 409 else "E009"), f"the code {code!r}: {got} {answer}")
    a, b = people(hub, "Alice", "Bob")
    b.trust(a, "10.00", "kWh")
    check(a.pay(b, "1.50", "kWh")["equivalent"] == "kWh" and a.pay_raw(b, "1.00", "KWH")[0] == 404, "a code is named as it was created")
    hub.stop()


# ---- why a payment does not go ----

def case_causes(bin_dir, base, rng):
    """Each cause in the cut: in the failed payment's details, in /payments/capacity and in /payments/max-flow, with who is behind it."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "100.00")
    c.trust(b, "100.00")
    spec = json.load(open(hub_test.os.path.join(hub_test.ROOT, "docs", "openapi-hub.json")))

    def cut(cause, owner, debtor, by, words, amount="50.00", available="0.00", raises=0):
        status, answer = a.pay_raw(c, amount)
        details, message = answer["error"]["details"], answer["error"]["message"]
        check(status == 400 and code_of(answer) == "E002" and details["available"] == available, f"{cause}: {status} {answer}")
        wrong = hub_test.matches({"$ref": "#/components/schemas/Shortfall"}, details, spec, "details")
        check(not wrong, f"{cause}: {wrong[:5]}")
        capacity, flow = a.get("/payments/" + details["explained_by"].split("/payments/")[1]), a.get(f"/payments/max-flow?to={c.pid}&equivalent=UAH")
        for where, items in (("the failure", details["cut"]), ("capacity", capacity["cut"]), ("max-flow", flow["bottlenecks"])):
            got = [(x["cause"], x["owner"], x["debtor"], x["by"], x["by_name"]) for x in items]
            check(got == [(cause, owner.pid, debtor.pid, by.pid, by.name)], f"{cause} in {where}: {got}")
        check(details["explanation"] == capacity["explanation"] and len(details["raises"]) == raises, f"{cause}: {details}")
        check(words in message and ("raises" in message) == (raises > 0), f"{cause} in words: {message}")
        repeated = a.get("/payments?direction=sent")["items"][0]["tx_id"]
        status, again = a.pay_raw(c, amount, tx_id=repeated)
        check(status == 400 and again["error"]["details"]["available"] == available and again["error"]["details"]["explained_by"] == details["explained_by"], f"repeated: {again}")

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
    cut("full", b, a, b, "used up", amount="150.00", available="100.00", raises=2)
    # nobody's line leads there: E001, with its sentence too
    (d,) = people(hub, "Dora")
    status, answer = a.pay_raw(d, "1.00")
    check(code_of(answer) == "E001" and "no chain of trust lines" in answer["error"]["details"]["explanation"], f"E001: {status} {answer}")
    # a policy that is in no cut
    change(c, b, policy={"blocked_participants": [b.pid]})
    status, answer = a.pay_raw(c, "1.00")
    check(code_of(answer) == "E002" and "policies" in answer["error"]["message"] and "raises" not in answer["error"]["message"], f"blocked: {answer}")
    hub.stop()


if __name__ == "__main__":
    sys.exit(hub_test.main(globals()))
