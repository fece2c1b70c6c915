#!/usr/bin/env python3
"""What a hub refuses: wrong requests, those over a rate, and names of hosts. usage:
hub_refusals_test.py BIN_DIR CASE

Helpers, exit codes and SEED are those of hub_rig.py."""
import base64, json, os, sys, time, uuid

sys.dont_write_bytecode = True
from hub_client import Hub, Key, User, canonical, check
from hub_rig import FREE, code_of, main, mark, people, with_unit


def case_errors(bin_dir, base, rng):
    """The right code, and no row changed."""
    hub = Hub(bin_dir, base, *FREE, "--access-seconds", "3")
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    b.trust(a, "200.00")
    paid = a.pay(b, "10.00")
    now = [mark(hub, a)]

    def refused(what, answer, status, code):
        got, body = answer
        check(
            got in (status if isinstance(status, tuple) else (status, )) and code_of(body) == code,
            f"{what}: {got} {body}, wanted {status} {code}")
        a.login()
        after = mark(hub, a)
        check(after == now[0], f"{what}: the state changed")

    for amount in ("-1.00", "0", "1000000000000000000000", "1.001", "1e2", "+1", " 1", "1.", ".5",
                   "01", "1,00", "١", "NaN", "", "1.00 "):
        refused(f"amount {amount!r}", a.pay_raw(b, amount), 400, "E009")
        a.login()
    for amount in (1, 1.5, None, True, ["1.00"]):
        refused(f"amount {amount!r}", a.pay_raw(b, amount), 400, "E009")
    for limit in ("-1.00", "1.001", "1e9", "99999999999999999999"):
        a.login()
        refused(
            f"limit {limit!r}",
            a.send("POST", "/trustlines", "line.create",
                   {"to": c.pid, "equivalent": "UAH", "limit": limit}), 422, "E009")
    a.login()
    refused("an unknown field in the signed body", a.pay_raw(b, "1.00", bonus="1"), 400, "E009")
    tx = str(uuid.uuid4())
    body = {"tx_id": tx, "to": b.pid, "equivalent": "UAH", "amount": "1.00"}
    refused("an unknown field in the envelope",
            a.call("POST", "/payments", a.signed("payment", body, tx, extra=1)), 400, "E009")
    refused("another domain",
            a.call("POST", "/payments", a.signed("payment", body, tx, domain="geo/v2")), 400,
            "E009")
    status, answer = a.call("POST", "/payments", a.signed("payment", body, tx, hub=c.pid))
    check(status in (400, 403), f"another hub: {status} {answer}")
    text = canonical(a.envelope("payment", body, tx))
    spaced = json.dumps(json.loads(text), sort_keys=True)
    refused("not canonical",
            a.call("POST", "/payments", {"signed": spaced, "signature": a.key.sign(spaced)}), 400,
            "E009")
    unsorted = text.replace('{"body"', '{"zz":1,"body"')
    refused("not sorted",
            a.call("POST", "/payments", {"signed": unsorted, "signature": a.key.sign(unsorted)}),
            400, "E009")
    twice = text.replace('"amount":"1.00"', '"amount":"1.00","amount":"1.00"')
    for where, again in (("amount", twice), ("ts", text.replace('"ts":', '"ts":1,"ts":'))):
        answer = a.call("POST", "/payments", {"signed": again, "signature": a.key.sign(again)})
        refused("a key twice", answer, 400, "E009")
        check(f"{where} stands there twice" in json.dumps(answer[1]), f"which key: {answer}")
    exponent = text.replace('"amount":"1.00"', '"amount":1e2')
    refused("an exponent",
            a.call("POST", "/payments", {"signed": exponent, "signature": a.key.sign(exponent)}),
            400, "E009")
    refused("a field beside the signed text",
            a.call("POST", "/payments",
                   a.signed("payment", body, tx) | {"amount": "5.00"}), 400, "E009")
    refused("a wrong signer", a.call("POST", "/payments", a.signed("payment", body, tx, key=c.key)),
            400, "E005")
    refused(
        "a damaged signature",
        a.call("POST", "/payments",
               {"signed": text, "signature": base64.b64encode(bytes(64)).decode()}), 400, "E005")
    refused("no signature", a.call("POST", "/payments", {"signed": text}), 400, "E005")
    changed = text.replace('"1.00"', '"9.00"')
    refused("a changed text",
            a.call("POST", "/payments", {"signed": changed, "signature": a.key.sign(text)}), 400,
            "E005")
    refused("signed by another than the token",
            a.call("POST", "/payments", c.signed("payment", body, tx)), 403, "E006")
    refused("the old profile is off",
            a.call("POST", "/payments", body | {"signature": a.key.sign(canonical(body))}), 400,
            "E009")
    for ts in (int(time.time()) - 25 * 3600, int(time.time()) + 3600):
        got, answer = a.call("POST", "/payments", a.signed("payment", body, tx, ts=ts))
        check(got in (400, 401, 403, 409, 410, 504) and code_of(answer),
              f"a text of another time: {got} {answer}")
        check(mark(hub, a) == now[0], "a text of another time changed the state")
    # replays
    old = a.signed("payment",
                   {"tx_id": paid["tx_id"], "to": b.pid, "equivalent": "UAH", "amount": "11.00"},
                   paid["tx_id"])
    refused("a tx_id with another body", a.call("POST", "/payments", old), 409, "E008")
    request = a.signed("line.create", {"to": c.pid, "equivalent": "UAH", "limit": "1.00"})
    status, answer = a.call("POST", "/trustlines", request)
    check(status == 201, f"line: {status} {answer}")
    a.seq += 1
    now[0] = mark(hub, a)
    refused("a line's request again", a.call("POST", "/trustlines", request), 409, "E008")
    refused(
        "a sequence that goes back",
        a.call("PATCH", "/participants/me",
               a.signed("participant.profile", {"display_name": "X"}, seq=1)), 409, "E008")
    line = a.get("/trustlines?direction=outgoing")["items"][0]
    refused(
        "a version that was",
        a.send("PATCH", f"/trustlines/{line['id']}", "line.update",
               {"id": line["id"], "limit": "2.00", "version": 7}), 409, "E008")
    b.login() # tokens are good for 3 s here
    other = b.get("/trustlines?direction=outgoing")["items"][0]
    status, answer = a.send("PATCH", f"/trustlines/{other['id']}", "line.update",
                            {"id": other["id"], "limit": "2.00", "version": other["version"]})
    check(status in (400, 403, 404) and mark(hub, a) == now[0],
          f"another's line: {status} {answer}")
    # who, where, how much
    refused("nobody by this PID", a.pay_raw(Key().pid, "1.00"), 404, "E001")
    status, answer = a.pay_raw(b, "1.00", "XXX")
    check(status == 404 and code_of(answer) == "E001", f"no equivalent: {status} {answer}")
    check(mark(hub, a) == now[0], "no equivalent: the state changed")
    # tokens
    b.login()
    time.sleep(3.2)
    status, answer = b.call("GET", "/balance")
    check(status == 401 and code_of(answer) == "E006" and "expired" in answer["error"]["message"],
          f"an expired token: {status} {answer}")
    for token in ("x", a.token[:-2] + "AA", b.refresh, "eyJhbGciOiJub25lIn0.e30."):
        status, answer = hub.call("GET", "/balance", token=token)
        check(status == 401 and code_of(answer) == "E006", f"token {token[:20]}: {status} {answer}")
    status, answer = hub.call("POST", "/auth/login",
                              {"pid": a.pid, "challenge": "A" * 43, "signature": a.key.sign("A")})
    check(status == 401 and code_of(answer) == "E006",
          f"a challenge that is not open: {status} {answer}")
    status, answer = hub.call("POST", "/auth/challenge", {"pid": Key().pid})
    check(status == 404 and code_of(answer) == "E001", f"a stranger's challenge: {status} {answer}")
    # shapes
    a.login()
    refused("an oversized body",
            a.call("POST", "/payments", {"signed": "x" * 70000, "signature": ""}), 413, "E009")
    chunks = hub.raw("POST", "/api/v1/payments", iter([b"x" * 40000] * 3),
                     {"Authorization": "Bearer " + a.token, "Transfer-Encoding": "chunked"})
    check(chunks[0] == 413 and json.loads(chunks[2])["error"]["code"] == "E009",
          f"an oversized chunked body: {chunks}")
    for body in (b"{", b"[]", b"\xff", b'{"signed":1,"signature":"x"}', b'{"a":1,"a":2}', b""):
        got, _, data = hub.raw("POST", "/api/v1/payments", body,
                               {"Authorization": "Bearer " + a.token})
        check(400 <= got < 500 and code_of(json.loads(data)) in ("E009", "E005"),
              f"body {body!r}: {got} {data}")
    # what is cut for a message is cut between characters, and a path that is no text leads nowhere
    for i in range(50, 62):
        got, answer = a.call("POST", "/auth/challenge", {"pid": "x" * i + "💣é💣"})
        check(got == 404 and "participant x" in answer["error"]["message"],
              f"a PID of {i} letters and more: {got} {answer}")
    for path in ("/participants/%ff", "/payments/%ed%a0%80", "/trustlines/%c3",
                 "/integrity/checksum/%f0%9f%92", "/payments/%ff/why"):
        check(a.call("GET", path)[0] == 404, f"{path} is nothing")
    check(
        a.call("GET", "/nothing")[0] == 404 and a.call("DELETE", "/balance")[0] == 405,
        "unknown paths and methods")
    got, head, data = hub.raw("GET", "/api/v1/balance", None,
                              {"X-Request-ID": "abc-1", "Authorization": "Bearer x"})
    check(head["X-Request-ID"] == "abc-1" and got == 401, "the request's id is echoed")
    check(
        hub.raw("GET", "/api/v1/balance", None, {"X-Request-ID": "bad id"})[1]["X-Request-ID"]
        != "bad id", "a bad id is not")
    hub.stop()


def case_rates(bin_dir, base, rng):
    hub = Hub(bin_dir, base, "--rate-key", "30", "--rate-address", "40")
    with_unit(hub)
    a = User(hub, "Alice")
    a.join()
    codes = [a.call("GET", "/balance")[0] for _ in range(40)]
    check(codes.count(429) >= 5 and codes[0] == 200, f"the key's rate: {codes}")
    codes = [hub.call("GET", "/hub")[0] for _ in range(50)]
    check(429 in codes, f"the address's rate: {codes}")
    got, head, data = hub.raw("GET", "/api/v1/hub")
    check(got == 429 and int(head["Retry-After"]) >= 1 and code_of(json.loads(data)) == "E009",
          f"429: {got} {data}")
    hub.stop()
    # records for ever: a verification leaves one
    hub = Hub(bin_dir, base, *FREE, "--rate-failed", "3")
    a.hub = hub
    codes = [a.call("POST", "/integrity/verify", {})[0] for _ in range(6)]
    check(codes[0] == 200 and codes[-1] == 429, f"verifications: {codes}")
    hub.stop()
    hub = Hub(bin_dir, os.path.join(base, "page"), "--rate-address", "40")
    a = User(hub, "Alice")
    a.join()
    challenge = ("POST", "/api/v1/auth/challenge", json.dumps({"pid": a.pid}))
    # the address that a proxy names, however it writes it
    behind = Hub(bin_dir, os.path.join(base, "behind"), "--rate-address", "3", "--trust-proxy",
                 "yes")
    for forms in (("203.0.113.9", "198.51.100.1,\t203.0.113.9", "203.0.113.9:4711 "),
                  ("2001:db8::1", "203.0.113.9 , [2001:db8::1]", "[2001:db8::2]:65535"),
                  ("2001:DB8:0:1::7", " 2001:db8:0:1::8", "x,2001:db8:0:1::9\t")):
        codes = [
            behind.raw(*challenge, {"X-Forwarded-For": form})[0] for form in (*forms, forms[0])
        ]
        check(codes == [404] * 3 + [429], f"one address, written {forms}: {codes}")
    codes = [
        behind.raw(*challenge, {"X-Forwarded-For": f"203.0.113.{10 + i % 2}:{4000 + i}"})[0]
        for i in range(6)
    ]
    check(codes == [404] * 6, f"two more, each with its rate: {codes}")
    behind.stop()
    # a page of another site takes nothing from anybody
    for site in ["cross-site"] * 50 + ["same-site"]:
        check(
            hub.raw(*challenge, {"Content-Type": "text/plain", "Sec-Fetch-Site": site})[0] == 403,
            f"a {site} page")
    check([hub.raw(*challenge, {"Sec-Fetch-Site": site})[0]
           for site in ("same-origin", "none")] == [200, 200],
          "the hub's own pages, and what is typed")
    # looking has a bucket, and what is not looking another; the log says what a proxy makes of that
    codes = [hub.raw("GET", path)[0] for path in ("/health", "/metrics", "/api/v1/hub") * 20]
    check(codes[0] == 200 and codes[-1] == 429, f"looking: {codes}")
    check(
        hub.raw(*challenge)[0] == 200 and "rate.proxy" not in hub.last_words(),
        "who looks keeps nobody from logging in")
    codes = [hub.raw(*challenge, {"X-Forwarded-For": "203.0.113.9"})[0] for _ in range(60)]
    check(codes[-1] == 429 and hub.last_words().count("rate.proxy") == 1,
          f"behind a proxy: {codes} {hub.last_words()}")
    hub.stop()


def case_day(bin_dir, base, rng):
    """HB-50: what a key leaves for ever in a day is bounded."""
    hub = Hub(bin_dir, base, *FREE, "--rate-day", "5")
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")  # counts for their address: two of five
    asking = b.trust(a, "100.00", policy={"ask": True})
    tx_id = str(uuid.uuid4())
    check(b.pay_raw(a, "1.00")[0] == 400, "what fails leaves a record too")
    for _ in range(3):
        check(
            a.pay_raw(b, "1.00", tx_id=tx_id, constraints={"timeout_ms": 60000})[0] in (200, 202),
            "a repeat leaves nothing")
    check(
        b.send("POST", "/payments/vote", "payment.vote",
               {"tx_id": tx_id, "initiator": a.pid, "answer": "yes"}, tx_id)[0] == 200,
        "Bob says yes")
    for n in range(3):  # the payment is two of five: Bob's answer is hers
        status, answer = a.send("PATCH", "/participants/me", "participant.profile",
                                {"display_name": f"Alice {n}"})
        check(status == 200, f"operation {n + 3} of five: {status} {answer}")
    refused = [("PATCH", "/participants/me", "participant.profile", {"display_name": "Alice"}),
               ("POST", "/trustlines", "line.create", {
                   "to": b.pid, "equivalent": "UAH", "limit": "1.00"
               })]
    for method, path, op, body in refused:
        status, answer = a.send(method, path, op, body)
        check(
            status == 429 and code_of(answer) == "E009"
            and "rate.key_per_day" in answer["error"]["message"]
            and 10000 < answer["error"]["details"]["retry_after_s"] <= 17281,
            f"{op}: {status} {answer}")
    check(
        a.pay_raw(b, "1.00")[0] == 429 and a.call("POST", "/integrity/verify", {})[0] == 429,
        "payments and verifications count as well")
    check(a.get("/participants/me")["display_name"] == "Alice 2", "he reads as before")
    # others go on
    status, answer = b.send("PATCH", f"/trustlines/{asking['id']}", "line.update",
                            {"id": asking["id"], "limit": "90.00"})
    check(status == 200, f"Bob's day: {status} {answer}")
    for n in range(2):  # his answer cost him nothing
        check(
            b.send("PATCH", "/participants/me", "participant.profile",
                   {"display_name": f"Bob {n}"})[0] == 200, "Bob's fourth and fifth")
    check(
        b.send("PATCH", "/participants/me", "participant.profile",
               {"display_name": "Bob 3"})[0] == 429, "and no sixth")
    late = {"tx_id": tx_id, "initiator": a.pid, "answer": "no"}
    check(
        b.send("POST", "/payments/vote", "payment.vote", late, tx_id)[0] != 429,
        "whoever is asked may always answer")
    for name in ("Clara", "Dan", "Eve"):
        User(hub, name).join()
    stranger = Key()
    who = User(hub, "Fay", stranger)
    status, answer = who.send(
        "POST", "/participants", "participant.register",
        {"display_name": "Fay", "public_key": stranger.public64, "type": "person"})
    check(status == 429, f"newcomers of one address: {status} {answer}")
    # the hub's own word is not stopped, and opens it again; it is kept
    listed = {i["key"]: i["value"] for i in hub.admin("GET", "/admin/config")["items"]}
    check(listed["rate.key_per_day"] == 5, f"the settings: {listed}")
    for n in range(6):
        hub.admin(
            "PATCH", "/admin/config",
            {"command": "settings", "settings": {"rate.key_per_day": 1000 + n}, "reason": "a fair"})
    hub.stop()
    hub = a.hub = b.hub = Hub(bin_dir, base, *FREE, "--rate-day", "5")
    listed = {i["key"]: i["value"] for i in hub.admin("GET", "/admin/config")["items"]}
    check(listed["rate.key_per_day"] == 1005, f"after a restart: {listed}")
    for n in range(7):
        check(
            a.send("PATCH", "/participants/me", "participant.profile",
                   {"display_name": f"A {n}"})[0] == 200, "more in a day than before")
    hub.stop()
    # what a hub of before the setting wrote is read
    with open(os.path.join(base, "hub", "rates.json"), "w") as f:
        f.write('{"rate_key": 7000, "rate_address": 700}\n')
    hub = Hub(bin_dir, base)
    listed = {i["key"]: i["value"] for i in hub.admin("GET", "/admin/config")["items"]}
    check((listed["rate.key_per_minute"], listed["rate.address_per_minute"],
           listed["rate.key_per_day"]) == (7000, 700, 20000), f"an older file: {listed}")
    hub.stop()


def case_names(bin_dir, base, rng):
    """HB-54: the hub answers under the names of this machine and those that it was given, and no
    page of another origin."""
    hub = Hub(bin_dir, base, "--rate-address", "40")
    port, nonce = hub.port, "/api/v1/hub?nonce=" + "ab" * 32

    def asked(host, path="/health", **more):
        return hub.raw("GET", path, None,
                       {"Host": host} | {k.replace("_", "-"): v
                                         for k, v in more.items()})[0]

    for good in ("localhost", f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}",
                 "LOCALHOST"):
        check(asked(good) == 200, f"{good} is this machine")
    # a site whose name was bound anew to 127.0.0.1 is a page of the same origin to its browser
    for bad in ("evil.example", f"evil.example:{port}", "localhost.evil.example", "127.0.0.2",
                "0.0.0.0", "[::]", "a@localhost", "hub.example.net"):
        for path in ("/health", "/metrics", nonce, "/api/v1/balance"):
            check(
                asked(bad, path, Origin="http://" + bad, Sec_Fetch_Site="same-origin") == 403,
                f"Host {bad} is answered at {path}")
    status, _, data = hub.raw("POST", "/api/v1/auth/challenge", "{}", {"Host": "hub.example.net"})
    check(status == 403 and "--host-name" in json.loads(data)["error"]["message"],
          f"which setting: {status} {data}")
    check(
        hub.last_words().count("host.name") == 1 and "--host-name evil.example" in hub.last_words(),
        f"the log says it once: {hub.last_words()}")
    for good in (f"http://localhost:{port}", f"https://localhost:{port}"):
        check(
            asked(f"localhost:{port}", Origin=good) == 200,
            f"a page of {good} at a proxy's or its own")
    for bad in ("http://evil.example", "null", f"http://localhost:{port + 1}",
                f"http://127.0.0.1:{port}", "http://localhost", "", "https://",
                f"ftp://localhost:{port}"):
        check(asked(f"localhost:{port}", Origin=bad) == 403, f"a page of {bad!r}")
    check(
        hub.raw("POST", "/api/v1/auth/challenge", json.dumps({"pid": Key().pid}))[0] == 404,
        "none of them took anything of this address' rate")
    hub.stop()
    # behind a proxy that answers for the names, as it did before there was a setting; and with the
    # setting, which is enough with and without one
    hub = Hub(bin_dir, base, "--trust-proxy", "yes")
    check(
        asked("hub.example.net") == asked("other.example.net",
                                          Origin="https://other.example.net") == 200
        and asked("hub.example.net", Origin="https://evil.example") == 403, "a proxy's names")
    hub.stop()
    for words in ([], ["--trust-proxy", "yes"]):
        hub = Hub(bin_dir, base, "--host-name", "Hub.example.net", *words, "--host-name",
                  "geo.example.org")
        check([
            asked(host) for host in ("hub.example.net", "HUB.example.net:443", "geo.example.org",
                                     "localhost", "example.net", "x.hub.example.net")
        ] == [200] * 4 + [403] * 2, f"its own names {words}")
        check(
            asked("hub.example.net", Origin="https://hub.example.net") == 200
            and asked("hub.example.net", Origin="https://geo.example.org") == 403,
            "pages that the proxy serves beside it")
        hub.stop()


if __name__ == "__main__":
    sys.exit(main(globals()))
