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


if __name__ == "__main__":
    sys.exit(hub_test.main(globals()))
