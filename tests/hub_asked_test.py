#!/usr/bin/env python3
"""People whom a hub asks before something goes over their lines. usage: hub_asked_test.py BIN_DIR
CASE

Helpers, exit codes and SEED are those of hub_rig.py."""
import calendar, json, os, subprocess, sys, time, uuid

sys.dont_write_bytecode = True
from hub_client import Hub, WebSocket, check
from hub_rig import FREE, code_of, main, people, with_unit


def case_asked(bin_dir, base, rng):
    """Two-phase payments over HTTP: yes, no, silence, an operator's abort; clearing that asks."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "100.00")
    c.trust(b, "100.00", policy={"ask": True})
    ws = WebSocket(hub, c.token)
    ws.expect()
    ws.send({"type": "subscribe", "events": ["payment.received"]})
    ws.expect()

    def vote(tx, answer):
        return c.send("POST", "/payments/vote", "payment.vote",
                      {"tx_id": tx, "initiator": a.pid, "answer": answer}, tx)

    def prepared(amount, **more):
        status, answer = a.pay_raw(c, amount, **more)
        check(
            status == 200 and answer["status"] == "PREPARE_IN_PROGRESS"
            and answer["committed_at"] is None, f"prepared: {status} {answer}")
        row = a.get(f"/payments/{answer['tx_id']}")
        check(row["status"] == "PREPARE_IN_PROGRESS" and row["expires_at"] == answer["expires_at"],
              f"the state while people are asked, and until when: {row} {answer}")
        given = calendar.timegm(time.strptime(
            answer["expires_at"], "%Y-%m-%dT%H:%M:%SZ")) - calendar.timegm(
                time.strptime(answer["created_at"], "%Y-%m-%dT%H:%M:%SZ"))
        wanted = min(more.get("constraints", {}).get("timeout_ms", 60000) // 1000, 3600)
        check(abs(given - wanted) <= 1, f"{given} s to answer, wanted {wanted}")
        asked = c.get("/payments/asked")["items"]
        check(
            len(asked) == 1 and asked[0]["answered"] is False
            and a.get("/payments/asked")["items"] == [], f"asked: {asked}")
        return answer["tx_id"]

    tx = prepared("10.00")
    line = next(l for l in b.get("/trustlines?direction=incoming")["items"] if l["from"] == c.pid)
    check(line["reserved"] == "10.00" and line["used"] == "0.00", f"reserved: {line}")
    status, answer = a.send("POST", "/payments/vote", "payment.vote",
                            {"tx_id": tx, "initiator": a.pid, "answer": "yes"}, tx)
    check(status >= 400, f"only who is asked may answer: {status} {answer}")
    status, answer = vote(tx, "yes")
    check(status == 200 and answer["status"] == "COMMITTED", f"yes: {status} {answer}")
    row = a.get(f"/payments/{tx}")
    check(row["status"] == "COMMITTED" and row["expires_at"] is None and a.debt_to(b) == "10.00",
          f"committed by the last yes: {row}")
    event = ws.expect()
    check(
        event["event"] == "payment.received" and event["payload"]["tx_id"] == tx
        and event["payload"]["status"] == "COMMITTED", f"{event}")
    tx = prepared("20.00")
    status, answer = vote(tx, "no")
    check(status == 200 and answer["status"] == "ABORTED", f"no: {status} {answer}")
    check(
        a.get(f"/payments/{tx}")["status"] == "ABORTED" and a.debt_to(b) == "10.00",
        "aborted by a no")
    tx = prepared("5.00", constraints={"timeout_ms": 1000})
    deadline = time.monotonic() + 20
    while a.get(f"/payments/{tx}")["status"] != "ABORTED":
        check(time.monotonic() < deadline, "a reservation must end by its expiry")
        time.sleep(0.2)
    check(a.get(f"/payments/{tx}")["error"]["code"] == "E007", "expired")
    status, answer = vote(tx, "yes")
    check(answer.get("status") == "ABORTED" or status >= 400, f"too late: {status} {answer}")
    for asked_for in (86400000, 600000):
        tx = prepared("7.00", constraints={"timeout_ms": asked_for})
        check(vote(tx, "no")[0] == 200, "no")
    check(a.pay_raw(c, "1.00", constraints={"timeout_ms": 86400001})[0] == 400, "more than a day")
    tx = prepared("7.00")
    hub.admin("POST", f"/admin/transactions/{tx}/abort",
              {"initiator": a.pid, "reason": "asked by phone"})
    check(
        a.get(f"/payments/{tx}")["status"] == "ABORTED" and c.get("/payments/asked")["items"] == [],
        "aborted by an operator")
    check(
        any(e["action"] == "payment.abort" and e["reason"] == "asked by phone"
            for e in hub.admin("GET", "/admin/audit-log")["items"]), "and written down")
    tx = prepared("8.00")
    hub.kill()
    hub = Hub(bin_dir, base, *FREE)
    for u in (a, b, c):
        u.hub = hub
    check(
        a.get(f"/payments/{tx}")["status"] == "PREPARE_IN_PROGRESS",
        "a reservation outlives a crash")
    status, answer = vote(tx, "yes")
    check(status == 200 and answer["status"] == "COMMITTED" and a.debt_to(b) == "18.00",
          f"answered after the crash: {status} {answer}")
    # a cycle through a line that does not clear by itself: an offer, and the consent of its owner
    d, e, f = people(hub, "Dora", "Emil", "Fay")
    e.trust(d, "100.00", policy={"auto_clearing": False})
    f.trust(e, "100.00")
    d.trust(f, "100.00")
    d.pay(e, "10.00")
    e.pay(f, "10.00")
    f.pay(d, "10.00")
    check(d.debt_to(e) == "10.00", "a line with auto_clearing=false is left alone")
    offer = hub.admin("POST", "/admin/clearing/exact",
                      {"equivalent": "UAH", "offer": True, "reason": "monthly"}).get("offer")
    check(offer and d.get("/clearing/offers")["items"][0]["offer"] == offer, f"offer: {offer}")
    asked = e.get("/payments/asked")["items"]
    check(
        len(asked) == 1 and asked[0]["key"] == offer and asked[0]["payment"] is None,
        f"asked: {asked}")
    check(
        e.get("/clearing")["items"][0]["status"] == "WAITING_CONFIRMATIONS",
        "the offer in the history")
    status, answer = e.send("POST", "/clearing/consent", "clearing.consent",
                            {"tx_id": offer, "answer": "yes"}, offer)
    check(status == 200 and answer["status"] == "COMMITTED", f"consent: {status} {answer}")
    check(d.debt_to(e) == "0" and e.debt_to(f) == "0" and f.debt_to(d) == "0", "cleared by consent")
    check({x["mode"]
           for x in e.get("/clearing")["items"]} == {"consent"}, "the clearing in the history")
    hub.stop()


def case_waits(bin_dir, base, rng):
    """LG-66: one payer does not hold all that waits for answers, and the list of what waits is
    one's own, in pages."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c, d = people(hub, "Ann", "Ben", "Cay", "Dan")
    for payer in (a, c):
        b.trust(payer, "100.00", policy={"ask": True})
    for user in (a, b, c):
        user.keep_connection()
    keep = [str(uuid.uuid4()) for _ in range(257)]
    for i, tx in enumerate(keep[:256]):
        check(a.pay_raw(b, "0.01", tx_id=tx)[1]["status"] == "PREPARE_IN_PROGRESS", f"payment {i}")
    status, answer = a.pay_raw(b, "0.01", tx_id=keep[256])
    check(
        status == 429 and answer["error"]["code"] == "E009"
        and "256 of your payments wait" in answer["error"]["message"], f"{status} {answer}")
    check(a.call("GET", f"/payments/{keep[256]}")[0] == 404, "what was refused is not recorded")
    check(c.pay_raw(b, "0.02")[1]["status"] == "PREPARE_IN_PROGRESS", "another payer")
    first, second = b.get("/payments/asked"), b.get("/payments/asked?page=2")
    check((len(first["items"]), len(second["items"]), first["total"], first["per_page"],
           second["page"]) == (200, 57, 257, 200, 2), f"pages: {first['total']} {second}")
    check([i["payment"]["tx_id"] for i in first["items"] + second["items"][:56]] == keep[:256]
          and second["items"][56]["payment"]["from_name"] == "Cay", "the oldest first")
    check([i["payment"]["tx_id"]
           for i in b.get("/payments/asked?per_page=3&page=3")["items"]] == keep[6:9],
          "pages of three")
    check(
        b.call("GET", "/payments/asked?per_page=201")[0] == 422
        and d.get("/payments/asked") == {"items": [], "page": 1, "per_page": 200, "total": 0},
        "bounds, and who is asked nothing")
    check(
        b.send("POST", "/payments/vote", "payment.vote",
               {"tx_id": keep[0], "initiator": a.pid, "answer": "yes"},
               keep[0])[1]["status"] == "COMMITTED", "yes")
    check(
        a.pay_raw(b, "0.01", tx_id=keep[256])[1]["status"] == "PREPARE_IN_PROGRESS",
        "the very same request, once there is room")
    def tool(*words):
        out = subprocess.run([
            os.path.join(bin_dir, "geonet"), *words, "--json", "--data",
            os.path.join(base, "eve")
        ], stdout=subprocess.PIPE, env=dict(os.environ, GEONET_HUB=hub.url), timeout=120)
        check(out.returncode == 0, f"geonet {' '.join(words)}: {out.returncode} {out.stdout}")
        return json.loads(out.stdout)

    # the wallet shows all of them, and finds the last one
    tool("id", "new", "--no-passphrase", "--no-publish")
    eve = tool("wallet", "join", "--name", "Eve")["pid"]
    d.keep_connection()
    tool("wallet", "trust", d.pid, "100", "UAH", "--ask")
    keep = [str(uuid.uuid4()) for _ in range(202)]
    for tx in keep:
        check(d.pay_raw(eve, "0.01", tx_id=tx)[0] == 200, "a payment to the wallet")
    shown = tool("wallet", "asked")["items"]
    check([i["payment"]["tx_id"] for i in shown] == keep, f"the wallet shows {len(shown)}")
    check(tool("wallet", "answer", shown[-1]["key"], "yes")["status"] == "COMMITTED", "answered")
    print("257 wait for one participant, 256 of one payer; 202 for a wallet")
    hub.stop()


def case_waits_share(bin_dir, base, rng):
    """LG-66: keys behind one neighbour do not keep a participant from being asked by others."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    asked, payee, honest, front, *behind = people(hub, "Ann", "Ben", "Cay", "Mal", "M1", "M2")
    for neighbour in (honest, front):
        asked.trust(neighbour, "100.00", policy={"ask": True})
    payee.trust(asked, "100.00")
    for key in behind:
        front.trust(key, "100.00")
    later = {"constraints": {"timeout_ms": 3600000}}
    for user in behind:
        user.keep_connection()
        for i in range(256):
            status, answer = user.pay_raw(payee, "0.01", **later)
            check(status == 200 and answer["status"] == "PREPARE_IN_PROGRESS",
                  f"{user.name}'s {i}: {status} {answer}")
    tx = str(uuid.uuid4())
    status, answer = front.pay_raw(payee, "0.01", tx_id=tx, **later)
    check(status == 200 and answer["status"] == "PREPARE_IN_PROGRESS",
          f"a third key over the same line has its place of who has most: {status} {answer}")
    gave = [(user, user.pay_raw(payee, "0.01", tx_id=tx, **later)) for user in behind]
    gave = [(user, status, answer)
            for user, (status, answer) in gave
            if "as this one does" in str(answer)]
    check(
        len(gave) == 1 and gave[0][1] == 429 and code_of(gave[0][2]) == "E009",
        f"who gave way has most, and no more over that line: {gave}")
    check(gave[0][0].call("GET", f"/payments/{tx}")[0] == 404, "what was refused is not recorded")
    for i in range(16):
        status, answer = honest.pay_raw(payee if i % 2 else asked, "0.01", **later)
        check(status == 200 and answer["status"] == "PREPARE_IN_PROGRESS",
              f"another neighbour's {i}: {status} {answer}")
    status, answer = honest.pay_raw(payee, "0.01", **later)
    check(status == 429, f"one more than his share: {status} {answer}")
    check(asked.get("/payments/asked")["total"] == 528, "all of them wait")
    hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
