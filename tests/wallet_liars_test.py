#!/usr/bin/env python3
"""The wallet and whoever lies to it: hubs, who stands between, who answers instead. What is signed
for them, and what never is. usage: wallet_liars_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import base64, http.server, json, os, re, sys, threading

sys.dont_write_bytecode = True
from hub_client import Hub, Key, check
from hub_rig import FREE, main, with_unit
from wallet_rig import Proxy, answer, owes, start
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def case_middle(bin_dir, base, rng):
    """Who stands between wallet and hub, or a hub that lies, moves no signature to another line
    (HB-25)."""
    hub, w = start(bin_dir, base, "ann", "ben", "mal")
    ben, mal = w.pid["ben"], w.pid["mal"]
    w.run("ann", "wallet", "trust", ben, "20", "UAH")
    w.run("ann", "wallet", "trust", mal, "10", "UAH", "--ask")
    with_unit(hub, "HOUR")
    w.run("ann", "wallet", "trust", ben, "20", "HOUR")
    before = w.run("ann", "wallet", "lines")["given"]
    middle = Proxy(hub)

    def lists(path):
        return path.startswith("/api/v1/trustlines?")

    w.env["GEONET_HUB"] = middle.url
    for to, unit in ((mal, "UAH"), (ben, "HOUR")):
        line = next(l for l in before if (l["to"], l["equivalent"]) == (to, unit))
        shown = answer(
            200,
            json.dumps(
                {"items": [line | {"to": ben, "to_display_name": "Ben", "equivalent": "UAH"}]}))
        middle.fault = lambda method, path, status, body: shown if lists(path) else None
        for words in (("1000", "UAH"), ("UAH", "--freeze"), ("UAH", "--close"), ("UAH",
                                                                                 "--no-ask")):
            said = w.run("ann", "wallet", "trust", ben, *words, want=1)
            check(said["error"]["code"] == "E008", f"{words} for another line: {said}")
    # of a policy the hub's word is signed where no switch names it: the wallet says what, before it
    # is sent
    middle.fault = lambda method, path, status, body: answer(
        status, re.sub('"ask": ?true', '"ask":false', body.decode())) if lists(path) else None
    w.env["GEONET_HUB"] = hub.url
    check(
        w.run("ann", "wallet", "lines")["given"] == before, "a line was changed that nobody named")
    w.env["GEONET_HUB"] = middle.url
    said = w.text("ann", "wallet", "trust", mal, "UAH", "--daily-limit", "7")
    check(f"signed for the line to {mal} in UAH: 7 a day" in said, f"what was signed: {said}")
    # whatever is said of a payment once it was signed, one command signs one (HB-23)
    w.run("ben", "wallet", "trust", w.pid["ann"], "500", "UAH")
    request = w.run("ben", "wallet", "request", "10", "UAH")["uri"]
    middle.seen.clear()
    middle.fault = lambda method, path, status, body: answer(
        409,
        json.dumps({
            "error": {
                "code": "E002", "message": "too little",
                "details": {"status": "ABORTED", "tx_id": json.loads(body)["tx_id"]}
            }
        })) if (method, path) == ("POST", "/api/v1/payments") else None
    w.run("ann", "wallet", "pay", request, want=1)
    middle.fault = lambda *a: None
    paid = [
        path for method, path, _ in middle.seen if (method, path) == ("POST", "/api/v1/payments")
    ]
    check(
        len(paid) == 1 and owes(w, "ann") == "10.00",
        f"one command: {len(paid)} payments, {owes(w, 'ann')} owed")
    check(
        w.run("ann", "wallet", "pay", request)["repeated"] is True and owes(w, "ann") == "10.00",
        "and the next is told the truth")
    hub.stop()


def case_sequence(bin_dir, base, rng):
    """HB-60: the tool signs no number that lies far above those it signed."""
    hub, w = start(bin_dir, base, "ann", "ben")
    ben, liar = w.pid["ben"], Proxy(hub)
    seq = w.run("ann", "wallet", "trust", ben, "20", "UAH") and w.run("ann", "wallet",
                                                                      "profile")["seq"]
    kept = os.path.join(base, "ann", "hub-seqs.json")
    with open(kept) as f:
        check(json.load(f) == {hub.pid: {"participant": seq}}, "what was signed is kept")

    def tells(number):
        liar.fault = lambda method, path, status, body: answer(
            status, json.dumps(json.loads(body) | {"seq": number})) if path in (
                "/api/v1/participants/me", "/api/v1/admin/whoami") and method == "GET" else None

    w.env["GEONET_HUB"] = liar.url
    for number in (2**62 - 2, 2**63 - 1, seq + 2**32):
        tells(number)
        said = w.run("ann", "wallet", "trust", ben, "21", "UAH", want=1)["error"]
        check(said["code"] == "seq" and "Nothing was signed" in said["message"],
              f"{number}: {said}")
    check(
        not any(method in ("POST", "PATCH") and "/auth/" not in path
                for method, path, _ in liar.seen), f"something was sent: {liar.seen}")
    # an officer counts for himself
    w.env["GEONET_HUB"] = hub.url
    w.run(".", "hub", "role", "grant", w.pid["ann"], "admin")
    w.env["GEONET_HUB"] = liar.url
    tells(2**62 - 2)
    check(
        w.run("ann", "hub", "equivalent", "add", "HOUR", want=1)["error"]["code"] == "seq",
        "an officer's number")
    # what another program of one's own signed, a step that a hub takes, is no lie
    tells(seq + 2**31)
    w.run("ann", "wallet", "trust", ben, "22", "UAH")
    tells(seq + 2**31 + 2**32)
    w.run("ann", "wallet", "trust", ben, "23", "UAH")
    w.env["GEONET_HUB"] = hub.url
    check(w.run("ann", "wallet", "lines")["given"][0]["limit"] == "23.00", "the account goes on")
    hub.stop()


def case_another(bin_dir, base, rng):
    """HB-55: who answers instead of the hub has nothing signed for a key that nobody typed."""
    hub, w = start(bin_dir, base, "ann", "ben", "cay", "boss")
    keys = {name: w.run(name, "wallet", "profile")["public_key"] for name in w.pid}
    hub.admin(
        "POST", "/admin/roles",
        {"public_key": keys["boss"], "role": "admin", "name": "boss", "reason": "the beginning"})
    liar = Proxy(hub)

    def swaps(path, *pairs):
        """Beneath this path the answers name others."""
        def fault(method, asked, status, body):
            if status != 200 or path not in asked:
                return None
            text = json.dumps(json.loads(body))
            for old, new in pairs:
                text = text.replace(old, new)
            return answer(status, text)
        liar.fault = fault

    def officers():
        w.env["GEONET_HUB"] = hub.url
        found = {o["pid"]: o["role"] for o in w.run("boss", "hub", "role", "list")["items"]}
        w.env["GEONET_HUB"] = liar.url
        return found

    w.env["GEONET_HUB"] = liar.url
    for new in (keys["cay"], "", "AAAA", keys["ben"][:-2]):
        swaps("/participants/" + w.pid["ben"], (keys["ben"], new))
        said = w.text("boss", "hub", "role", "grant", w.pid["ben"], "admin", "--reason", "deputy",
                      want=1)
        check(
            w.pid["ben"] in said and (new != keys["cay"] or w.pid["cay"] in said)
            and "Nothing was signed" in said, f"another's key: {said}")
    check(set(officers()) == {w.pid["boss"]}, f"nobody came to it: {officers()}")
    # what is told is what was signed, not what is answered
    swaps("/admin/roles", (w.pid["ben"], w.pid["cay"]))
    said = w.text("boss", "hub", "role", "grant", w.pid["ben"], "auditor", "--reason", "he looks")
    check(w.pid["ben"] + " is auditor now" in said, f"whom: {said}")
    swaps("nothing")
    check("not unique" in w.text("boss", "hub", "role", "grant", "Ben", "auditor", want=2),
          "a name is nobody")
    w.run("boss", "hub", "role", "grant", keys["cay"], "auditor")
    check(officers() == {w.pid["boss"]: "admin", w.pid["ben"]: "auditor", w.pid["cay"]: "auditor"},
          f"typed whole: {officers()}")
    swaps("/admin/roles", (keys["ben"], keys["cay"]))
    check(
        "Nothing was signed" in w.text("boss", "hub", "role", "revoke", w.pid["ben"], want=1)
        and len(officers()) == 3, "another's role stays")
    # a transaction is that of the key that was typed
    swaps("nothing")
    for name in ("ann", "ben"):
        w.run("cay", "wallet", "trust", w.pid[name], "20", "UAH", "--ask")
        w.run(name, "wallet", "pay", w.pid["cay"], "1" if name == "ann" else "9", "UAH", "--tx-id",
              name)
    items = {i["payment"]["from"]: i for i in w.run("cay", "wallet", "asked")["items"]}
    small, large = items[w.pid["ann"]]["key"], items[w.pid["ben"]]["key"]
    for pairs in ([(small, "x"), (large, small)], [('"tx_id": "ann"', '"tx_id": "ben"')],
                  [(w.pid["ann"], w.pid["ben"])]):
        swaps("/payments/asked", *pairs)
        said = w.text("cay", "wallet", "answer", small, "yes", want=1)
        check("Nothing was signed" in said, f"another payment: {said}")
    swaps("/participants/" + w.pid["ann"], (keys["ann"], keys["ben"]))
    check("Nothing was signed" in w.text("cay", "wallet", "answer", small, "yes", want=1),
          "another's key, when one answers")
    check(
        "Nothing was signed" in w.text("boss", "hub", "abort", "ann", "--initiator", w.pid["ann"],
                                       want=1), "another's key, when one aborts")
    swaps("nothing")
    check(len(w.run("cay", "wallet", "asked")["items"]) == 2, "both still wait")
    w.run("cay", "wallet", "answer", small, "yes")
    w.run("boss", "hub", "abort", "ben", "--initiator", w.pid["ben"])
    check(owes(w, "ann") == "1.00" and owes(w, "ben") == "0.00", "and as they were meant")
    # whose line it is that an officer freezes
    line = w.run("cay", "wallet", "lines")
    said = w.text("boss", "hub", "dispute",
                  next(l["id"] for l in line["given"] if l["to"] == w.pid["ben"]))
    check(f"the line of {w.pid['cay']} to {w.pid['ben']} in UAH" in said, f"whose line: {said}")
    hub.stop()


def case_pages(bin_dir, base, rng):
    """HB-56: a list ends where its pages say, and a hub without an end is told so."""
    hub, w = start(bin_dir, base, "ann", "ben")
    liar = Proxy(hub)
    w.env["GEONET_HUB"] = liar.url
    line = {
        "id": "x", "from": w.pid["ann"], "to": "y", "equivalent": "UAH", "limit": "1.00",
        "used": "0.00", "available": "1.00", "status": "active", "version": 1
    }

    def lies(count, total, pad=0):
        liar.seen.clear()
        page = answer(200, json.dumps({"items": [line | {"pad": "p" * pad}] * count} | total))
        liar.fault = lambda method, path, status, body: (
            page if "/trustlines?" in path or "/payments/asked?" in path else None)

    def asked():
        return [
            path for method, path, _ in liar.seen if "/trustlines?" in path or "/asked?" in path
        ]

    trust = ("wallet", "trust", w.pid["ben"], "1.00", "UAH")
    lies(200, {"total": 450})
    check(
        len(w.run("ann", "wallet", "lines")["given"]) == 600 and len(asked()) == 3,
        f"three pages: {asked()}")
    check(
        re.findall(r"offset=(\d+)", "".join(asked())) == ["0", "200", "400"],
        f"where they begin: {asked()}")
    lies(199, {})
    check(
        len(w.run("ann", "wallet", "asked")["items"]) == 199 and len(asked()) == 1,
        "a page that is not full is the last one where no total is told")
    lies(0, {"total": 10**9})
    check(
        w.run("ann", "wallet", "lines")["given"] == [] and len(asked()) == 1,
        "an empty page is the end")
    for total, words in (({"total": 10**15}, trust), ({}, ("wallet", "asked"))):
        lies(200, total)
        said = w.text("ann", *words, want=1)
        check("has no end of them" in said and len(asked()) == 500,
              f"{words}: {len(asked())} pages: {said}")
    lies(2, {"total": 10**9}, 16 << 20)
    said = w.text("ann", *trust, want=3)
    check("sends more than 128 MiB" in said and len(asked()) < 6,
          f"{len(asked())} pages of 32 MiB: {said}")
    check(
        not any(method == "POST" and path.endswith("/trustlines") for method, path, _ in liar.seen),
        "nothing was signed")
    hub.stop()


def case_proof(bin_dir, base, rng):
    """HB-45: nothing is sent to what does not prove that it is the hub, and the bootstrap token to
    the hub of DATA/hub alone."""
    hub, w = start(bin_dir, base, "ann")
    for nonce in ("0" * 63, "0" * 65, "g" * 64):
        check(hub.call("GET", f"/hub?nonce={nonce}")[0] == 422, f"a nonce of {nonce}")
    about = hub.get("/hub?nonce=" + "0" * 64)
    other = Key()

    def text(nonce):
        return f"geo/v1/hub\n{hub.pid}\n{about['address']}\n{nonce}"

    Ed25519PublicKey.from_public_bytes(base64.b64decode(hub.public64)).verify(
        base64.b64decode(about["proof"]),
        text("0" * 64).encode())
    check(about["address"] == f"127.0.0.1:{hub.port}" and "proof" not in hub.get("/hub"),
          f"{about}")
    # who repeats what anybody can read: without a proof, with one of before, with one of another
    # key
    for name, proof, sentence in (("none", lambda nonce: {}, "does not prove"),
                                  ("old", lambda nonce: {"proof": about["proof"]},
                                   "has not its key"),
                                  ("other", lambda nonce: {"proof": other.sign(text(nonce))},
                                   "has not its key")):
        liar = Proxy(hub)
        liar.before = True
        plain = {k: v for k, v in about.items() if k != "proof"}
        liar.fault = lambda method, path, status, body: answer(
            200,
            json.dumps(plain | proof(path.partition("nonce=")[2])
                       if "/hub" in path else {"items": [], "role": "admin", "seq": 0}))
        w.env["GEONET_HUB"] = liar.url
        for who, words in (("ann", ("wallet", "balance")), ("ann", ("wallet", "pay", other.pid, "1",
                                                                    "UAH")),
                           (".", ("hub", "role", "list")), (".", ("hub", "verify", "--hub",
                                                                  liar.url))):
            said = w.text(who, *words, want=1)
            check(sentence in said, f"{name}: {words}: {said}")
        check(
            all(method == "GET" and path.startswith("/api/v1/hub?")
                and not {"x-admin-token", "authorization"} & fields
                for method, path, fields in liar.seen), f"{name}: it was sent {liar.seen}")
        check(len(liar.seen) == 4, f"{name}: asked {liar.seen}")
        check(
            not any(
                liar.url in open(p).read()
                for p in (os.path.join(base, "ann", "hubs.json"), os.path.join(base, "hubs.json"))
                if os.path.exists(p)), f"{name} was pinned")
        liar.shutdown()
    # who hands the proof on is no liar, but the token goes past it to the address that the hub
    # signed
    relay = Proxy(hub)
    w.env["GEONET_HUB"] = relay.url
    check(w.run(".", "hub", "role", "list") == {"items": []}, "roles")
    check([path.partition("?")[0] for _, path, _ in relay.seen] == ["/api/v1/hub"],
          f"the relay was sent {relay.seen}")
    # a directory that is another hub's, or none, keeps its token
    second = Hub(bin_dir, os.path.join(base, "second"), *FREE)
    second.stop()
    os.makedirs(os.path.join(base, "third", "hub"))
    with open(os.path.join(base, "third", "hub", "admin-token"), "w", encoding="ascii") as f:
        f.write(hub.admin_token)
    for who in ("second", "third"):
        relay.seen.clear()
        w.run(who, "id", "new", "--no-passphrase", "--no-publish")
        check("does not know you" in w.text(who, "hub", "role", "list", want=4), who)
        check(not any("x-admin-token" in fields for _, _, fields in relay.seen),
              f"{who}: it was sent {relay.seen}")
    hub.stop()


def case_squatter(bin_dir, base, rng):
    """HB-45: who holds a proof back until the hub is away, and listens at its address then, gets no
    token."""
    hub, w = start(bin_dir, base)
    relay, squatters = Proxy(hub), []

    class Squatter(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.seen.append((self.path, {k.lower() for k in self.headers}))
            body = self.server.proof if "/hub" in self.path else b'{"role": "admin", "items": []}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *a):
            pass

    def hold(method, path, status, body):
        if not squatters:
            hub.stop()
            squatters.append(http.server.ThreadingHTTPServer(("127.0.0.1", hub.port), Squatter))
            squatters[0].seen, squatters[0].proof = [], body
            threading.Thread(target=squatters[0].serve_forever, daemon=True).start()

    relay.fault = hold
    w.env["GEONET_HUB"] = relay.url
    out = w.raw(".", "hub", "role", "list")
    seen = squatters[0].seen
    check(out.returncode != 0 and b"has not its key" in out.stderr,
          f"the squatter was believed: {out}")
    check(
        seen and all(
            path.startswith("/api/v1/hub?") and "x-admin-token" not in fields
            for path, fields in seen), f"it was sent {seen}")
    squatters[0].shutdown()


if __name__ == "__main__":
    sys.exit(main(globals()))
