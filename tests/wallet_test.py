#!/usr/bin/env python3
"""The wallet as a person and a script use it: what is signed, what is said when answers are lost,
lines, requests, strangers' names. usage: wallet_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import base64, calendar, http.client, http.server, json, os, pty, re, select, shlex, socket
import subprocess, sys, threading, time

sys.dont_write_bytecode = True
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
import hub_rig
from hub_client import ROOT, Hub, Key, User, check
from hub_rig import FREE, with_unit

UNKNOWN = 6


class Wallets:
    """People with key files, their wallets run as programs."""

    def __init__(self, bin_dir, base, hub, *names):
        self.geonet, self.base, self.hub = os.path.join(bin_dir, "geonet"), base, hub
        self.env = dict(os.environ, GEONET_HUB=hub.url, NO_COLOR="1")
        self.pid = {}
        for name in names:
            self.run(name, "id", "new", "--no-passphrase", "--no-publish")
            self.pid[name] = self.run(name, "wallet", "join", "--name", name.capitalize())["pid"]

    def raw(self, who, *words):
        return subprocess.run([self.geonet, *words, "--data",
                               os.path.join(self.base, who)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.env, timeout=300)

    def run(self, who, *words, want=0):
        """The one JSON document on stdout."""
        out = self.raw(who, *words, "--json")
        check(
            out.returncode == want,
            f"geonet {' '.join(words)}: exit {out.returncode}, wanted {want}: "
            f"{out.stdout.decode()} {out.stderr.decode()}"
        )
        return json.loads(out.stdout)

    def text(self, who, *words, want=0):
        """What a person reads, of both streams."""
        out = self.raw(who, *words)
        text = out.stdout.decode() + out.stderr.decode()
        check(out.returncode == want,
              f"geonet {' '.join(words)}: exit {out.returncode}, wanted {want}: {text}")
        return text

    def terminal(self, who, *words):
        """stdout and stderr of a command on a terminal."""
        master, slave = pty.openpty()
        env = {k: v for k, v in self.env.items() if k != "NO_COLOR"} | {"TERM": "xterm-256color"}
        process = subprocess.Popen([self.geonet, *words, "--data",
                                    os.path.join(self.base, who)], stdin=subprocess.DEVNULL,
                                   stdout=slave, stderr=slave, env=env)
        os.close(slave)
        data = b""
        while select.select([master], [], [], 60)[0]:
            try:
                more = os.read(master, 65536)
            except OSError:
                break
            if not more:
                break
            data += more
        process.wait(60)
        os.close(master)
        return data.decode()


class Proxy(http.server.ThreadingHTTPServer):
    """Stands between wallet and hub. fault(method, path, status, body) -> None (pass on), bytes
    (sent instead, then closed) or "reset"; before=True asks it before the hub has the request."""
    daemon_threads = True

    def __init__(self, hub):
        self.hub, self.fault, self.before, self.seen = hub, lambda *a: None, False, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def one(self):
                proxy = self.server
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
                self.close_connection = True
                proxy.seen.append((self.command, self.path, {k.lower() for k in self.headers}))
                if proxy.before and self.spoil(proxy.fault(self.command, self.path, 0, b"")):
                    return
                c = http.client.HTTPConnection("127.0.0.1", proxy.hub.port, timeout=60)
                c.request(self.command, self.path, body, {
                    k: v
                    for k, v in self.headers.items()
                    if k.lower() not in ("host", "connection")
                })
                answer = c.getresponse()
                data = answer.read()
                c.close()
                if proxy.before or not self.spoil(
                        proxy.fault(self.command, self.path, answer.status, data)):
                    self.wfile.write(
                        f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\n"
                        f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n"
                        .encode() + data)

            def spoil(self, what):
                if what == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                               b"\1\0\0\0\0\0\0\0")
                    self.connection.close()
                elif what is not None:
                    self.wfile.write(what)
                return what is not None

            do_GET = do_POST = do_PATCH = do_DELETE = one

            def log_message(self, *a):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *a):
        pass


def answer(status, body):
    data = body.encode()
    head = (f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n")
    return head.encode() + data


def error(status, code, message, details=None):
    return answer(
        status, json.dumps({"error": {"code": code, "message": message, "details": details or {}}}))


def start(bin_dir, base, *names):
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    return hub, Wallets(bin_dir, base, hub, *names)


def owes(w, who):
    return next((e["total_debt"]
                 for e in w.run(who, "wallet", "balance")["equivalents"]
                 if e["code"] == "UAH"), "0.00")


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


# ---- a hub that is not open to all ----

def case_admit(bin_dir, base, rng):
    hub = Hub(bin_dir, base, *FREE, "--registration", "officers")
    with_unit(hub)
    w = Wallets(bin_dir, base, hub)
    letters = {}
    for name in ("ann", "ben", "cay"):
        w.run(name, "id", "new", "--no-passphrase", "--no-publish")
        check(
            "officers" in w.run(name, "wallet", "join", "--name", name, want=1)["error"]["message"],
            "nobody joins by himself")
        check(
            "wallet join --name NAME --print" in w.text(name, "wallet", "join", "--name", name,
                                                        want=1), "and is told what to do")
        for bad in (" " + name, name + " ", "", b"\xff\xfe", "a\u202eb"):
            done = w.raw(name, "wallet", "join", "--name", bad, "--print")
            check(done.returncode == 2 and b"Nothing was signed" in done.stderr,
                  f"a name as {bad!r}: {done}")
        letters[name] = os.path.join(base, name + ".json")
        with open(letters[name], "w") as f:
            f.write(w.raw(name, "wallet", "join", "--name", name, "--print").stdout.decode())
    ann = w.run("", "hub", "admit",
                letters["ann"])["pid"]  # the hub's own machine, with the bootstrap token
    w.run("", "hub", "role", "grant", ann, "admin")
    check(
        w.run("ann", "hub", "admit", letters["ben"])["display_name"] == "ben",
        "an officer lets somebody in")
    w.run("ben", "hub", "admit", letters["cay"], want=1)
    w.run("ann", "hub", "admit", letters["ben"], want=1)
    text = open(letters["cay"]).read()
    for bad in ("", "[]", "{}", text.replace("cay", "Cay", 1), text[:-3]):
        with open(letters["cay"], "w") as f:
            f.write(bad)
        check(w.raw("ann", "hub", "admit", letters["cay"]).returncode in (1, 2), f"let in: {bad!r}")
    w.run("cay", "wallet", "balance", want=4)
    w.run("ben", "wallet", "balance")
    hub.stop()


def case_join(bin_dir, base, rng):
    """Joining again says so and is no failure; nothing is signed. Who left, and another hub at the
    address, are told apart."""
    hub, w = start(bin_dir, base, "ann", "ben")
    ann, seen = w.pid["ann"], hub.admin("GET", "/integrity/checksum/UAH")["seq"]
    again = w.run("ann", "wallet", "join", "--name", "Ann")
    check(again["pid"] == ann and again["display_name"] == "Ann" and again["status"] == "active",
          f"the same document: {again}")
    out = w.text("ann", "wallet", "join", "--name", "Ann")
    check(out == f"You are Ann on this hub already: {ann}, active\n", f"the sentence: {out}")
    out = w.text("ann", "wallet", "join", "--name", "Anna")
    check(f"You are Ann on this hub already: {ann}" in out and "The name stays" in out,
          f"another name: {out}")
    check(
        w.run("ann", "wallet", "join", "--name", "Ann", "--print",
              want=1)["error"]["code"] == "E008", "nothing is to be printed")
    check(
        hub.admin("GET", "/integrity/checksum/UAH")["seq"] == seen, "joining again leaves a record")
    hub.admin("POST", f"/admin/participants/{ann}/freeze", {"reason": "a while"})
    check(
        "already" in w.text("ann", "wallet", "join", "--name", "Ann")
        and w.run("ann", "wallet", "join", "--name", "Ann")["status"] == "suspended",
        "who is suspended is a member")
    # an officer whom the hub does not know as a participant
    key = w.run("cay", "id", "new", "--no-passphrase", "--no-publish")["key"]
    w.run("", "hub", "role", "grant", key, "auditor")
    check(
        w.run("cay", "wallet", "join", "--name", "Cay")["display_name"] == "Cay",
        "an officer joins as well")
    # who left is no member
    w.run("ben", "wallet", "leave")
    check("left" in w.run("ben", "wallet", "join", "--name", "Ben", want=1)["error"]["message"],
          "who left is told so")
    # another key at this address is no hub that one is a member of
    pins = os.path.join(base, "ann", "hubs.json")
    known = json.load(open(pins))
    with open(pins, "w") as f:
        json.dump({url: w.pid["ben"] for url in known}, f)
    check(
        "has another key than before" in w.run("ann", "wallet", "join", "--name", "Ann",
                                               want=1)["error"]["message"],
        "the key is looked at first")
    hub.stop()


# ---- lines ----

def case_profile(bin_dir, base, rng):
    """Who one is to others, seen and changed line by line."""
    hub, w = start(bin_dir, base, "ann", "ben")
    ann = w.pid["ann"]
    mine = w.run("ann", "wallet", "profile", "--set", "city=Lviv", "--set", "phone=+380 5")
    check(mine["profile"] == {"city": "Lviv", "phone": "+380 5"} and mine["display_name"] == "Ann",
          f"two lines: {mine}")
    mine = w.run("ann", "wallet", "profile", "--name", "Anna B.", "--set", "phone=", "--set",
                 "motto=a=b")
    check(mine["profile"] == {"city": "Lviv", "motto": "a=b"} and mine["display_name"] == "Anna B.",
          f"what is not named stays: {mine}")
    hub.admin("POST", f"/admin/participants/{ann}/level", {"level": 3, "reason": "seen"})
    out = w.text("ben", "wallet", "profile", ann)
    for word in (ann, "Anna B.", "person", "active", "level 3", "Lviv", "a=b"):
        check(word in out, f"another sees {word}: {out}")
    check(
        w.run("ben", "wallet", "profile", ann, "--name", "X", want=2)["error"]["code"] == "usage",
        "another's is not to be changed")
    for words in (("--set", "city"), ("--set", "=x")):
        w.run("ann", "wallet", "profile", *words, want=2)
    check(
        w.run("ann", "wallet", "profile")["profile"] == mine["profile"], "and nothing was changed")
    hub.stop()


def case_leave(bin_dir, base, rng):
    """LG-64, HB-43: who owes and is owed nothing leaves; what holds him is told; he is let in again
    by an officer alone."""
    hub, w = start(bin_dir, base, "ann", "ben")
    ann, ben = w.pid["ann"], w.pid["ben"]
    cay = User(hub, "Cay")
    cay.join()

    def leave(want=200, **more):
        status, answer = cay.send("POST", "/participants/me/leave", "participant.leave", {} | more)
        check(status == want, f"leave: {status} {answer}, wanted {want}")
        return answer

    w.run("ann", "wallet", "trust", ben, "50", "UAH")
    w.run("ann", "wallet", "trust", cay.pid, "50", "UAH")
    w.run("ben", "wallet", "trust", ann, "5", "UAH")
    w.run("ben", "wallet", "pay", ann, "7", "UAH")
    for who, words in (("ann", f"you are owed by Ben ({ben}): 7.00 UAH"),
                       ("ben", f"you owe Ann ({ann}): 7.00 UAH")):
        out = w.text(who, "wallet", "leave", want=1)
        check(words in out and "1 debt is open" in out, f"{who} is held: {out}")
    check([l["status"] for l in w.run("ann", "wallet", "lines")["given"]] == ["active"] * 2,
          "and nothing was closed meanwhile")
    w.run("ann", "wallet", "pay", ben, "7", "UAH")
    out = w.text("ann", "wallet", "leave")
    check(
        f"the line to Ben ({ben}) is closed" in out
        and f"the line to Cay ({cay.pid}) is closed" in out and "You have left" in out,
        f"she leaves: {out}")
    check(
        cay.get(f"/participants/{ann}")["status"] == "left"
        and hub.admin("GET", "/admin/participants/stats")["by_status"]["left"] == 1,
        "as everybody sees")
    check("you have left this hub" in w.text("ann", "wallet", "trust", ben, "1", "UAH", want=1),
          "who left changes nothing")
    check(len(w.run("ann", "wallet", "history")["items"]) == 2, "but reads what was")
    # the API's words
    status, answer = cay.send("POST", "/trustlines", "line.create",
                              {"to": ben, "equivalent": "UAH", "limit": "3.00"})
    check(status == 201, f"a line: {status} {answer}")
    answer = leave(400)
    check(
        answer["error"]["code"] == "E009"
        and answer["error"]["details"] == {"debts": 0, "claims": 0, "trustlines": 1},
        f"held by a line: {answer}")
    line = cay.get("/trustlines?direction=outgoing")["items"][0]
    cay.send("DELETE", f"/trustlines/{line['id']}", "line.close",
             {"id": line["id"], "version": line["version"]})
    leave(422, reason="because")
    check(cay.call("POST", "/participants/me/leave", {})[0] == 422, "without a signature")
    check(leave()["status"] == "left", "Cay leaves")
    answer = leave(403)
    check(answer["error"]["code"] == "E004" and "you have left" in answer["error"]["message"],
          f"twice: {answer}")
    # after a restart, from the journal alone, and let in again
    hub.stop()
    os.remove(os.path.join(base, "hub", "history.db"))
    hub = w.hub = cay.hub = Hub(bin_dir, base, *FREE)
    w.env["GEONET_HUB"] = hub.url
    check([cay.get(f"/participants/{p}")["status"]
           for p in (cay.pid, ann, ben)] == ["left", "left", "active"], "after a restart")
    hub.admin("POST", f"/admin/participants/{cay.pid}/unfreeze", {"reason": "came back"})
    check(cay.get("/participants/me")["status"] == "active", "let in again")
    leave()
    hub.admin("DELETE", f"/admin/participants/{cay.pid}", {"reason": "gone"})
    answer = leave(403)
    check("deleted" in answer["error"]["message"], f"deleted: {answer}")
    answer = hub.admin("POST", f"/admin/participants/{cay.pid}/unfreeze", {"reason": "again"},
                       want=400)
    check("for good" in answer["error"]["message"], f"for good: {answer}")
    hub.stop()
    code = subprocess.run([os.path.join(bin_dir, "geonet"), "hub", "verify", "--data", base],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE).returncode
    check(code == 0, f"the journal proves it: {code}")


def case_lines(bin_dir, base, rng):
    hub, w = start(bin_dir, base, "ann", "ben", "cay")
    ann, ben, cay = (w.pid[n] for n in ("ann", "ben", "cay"))

    def trust(*words, want=0):
        return w.run("ann", "wallet", "trust", ben, *words, want=want)

    check("no trust lines" in w.text("ann", "wallet", "lines"), "no lines yet")
    for words in (("UAH", "--ask"), ("UAH", "--freeze"), ("UAH", "--close"), ("UAH", "--max-hop",
                                                                              "none")):
        check(trust(*words, want=4)["error"]["code"] == "E001", f"{words} without a line")
    everything = trust("200", "UAH", "--no-routing", "--no-clearing", "--ask", "--daily-limit",
                       "50", "--max-hop", "20", "--block", cay)["policy"]
    check(
        everything == {
            "can_be_intermediate": False, "auto_clearing": False, "ask": True,
            "daily_limit": "50.00", "max_hop_usage": "20.00", "blocked_participants": [cay]
        }, f"all at once: {everything}")
    # each part is taken back alone, the others keep their value
    now = dict(everything)
    for words, part, value in (("--routing", "can_be_intermediate", True),
                               ("--clearing", "auto_clearing", True), ("--no-ask", "ask", False),
                               ("--daily-limit none", "daily_limit",
                                None), ("--max-hop none", "max_hop_usage",
                                        None), (f"--unblock {cay}", "blocked_participants",
                                                []), ("--daily-limit 7", "daily_limit", "7.00"),
                               ("--max-hop 0", "max_hop_usage",
                                "0.00"), (f"--block {cay} --block {cay} --block {ben}",
                                          "blocked_participants", [
                                              cay, ben
                                          ]), ("--unblock all", "blocked_participants",
                                               []), ("--no-routing", "can_be_intermediate",
                                                     False), ("--ask", "ask", True)):
        now[part] = value
        got = trust("UAH", *words.split())
        check(got["policy"] == now and got["limit"] == "200.00",
              f"{words}: {got['policy']}, wanted {now}")
    check(
        trust("250", "UAH")["policy"] == now and trust("UAH", "--freeze")["policy"] == now,
        "limit and status leave the policy alone")
    out = w.text("ann", "wallet", "trust", ben, "200", "UAH")
    check("frozen" in out and "may owe you" not in out, f"a frozen line is told as one: {out}")
    w.run("ben", "wallet", "trust", ann, "30", "UAH")
    listed = w.run("ann", "wallet", "lines")
    check([(l["to"], l["status"]) for l in listed["given"]] == [(ben, "frozen")]
          and [(l["from"], l["limit"]) for l in listed["received"]] == [(ben, "30.00")],
          f"lines: {listed}")
    out = w.text("ann", "wallet", "lines")
    for word in ("Ben (" + ben, "200.00", "30.00", "frozen", "asks", "no routing", "7.00 a day",
                 "0.00 a payment"):
        check(word in out, f"the list lacks {word}: {out}")
    check(w.run("ann", "wallet", "lines", "--equivalent", "UAH")["given"], "of one equivalent")
    w.run("ann", "wallet", "lines", "--equivalent", "NONE", want=4)
    check("may owe you up to" in w.text("ann", "wallet", "trust", ben, "UAH", "--unfreeze"),
          "thawed")
    # contradictions and wrong words, before anything is signed
    version = w.run("ann", "wallet", "lines")["given"][0]["version"]
    for words in ("UAH --freeze --unfreeze", "UAH --ask --no-ask", "UAH --routing --no-routing",
                  "UAH --clearing --no-clearing", "UAH --close --freeze", "UAH --close --ask",
                  "100 UAH --close", f"UAH --block {cay} --unblock {cay}", "UAH --block Cay",
                  "UAH --unblock none", "UAH --daily-limit 1.001", "UAH --max-hop nothing", "UAH"):
        check(trust(*words.split(), want=2)["error"]["message"], words)
    check("not blocked" in trust("UAH", "--unblock", cay, want=1)["error"]["message"],
          "unblock of who is not blocked")
    check(
        w.run("ann", "wallet", "lines")["given"][0]["version"] == version,
        "nothing of it was signed")
    trust("UAH", "--no-ask")
    w.run("ben", "wallet", "pay", ann, "5", "UAH")
    out = w.text("ann", "wallet", "trust", ben, "UAH", "--close")
    check("repaid" in out and "may owe you" not in out, f"closing, with a debt on it: {out}")
    check("closing" in w.text("ann", "wallet", "lines"), "a line that closes")
    hub.stop()


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


# ---- what strangers choose, what is slow, what helps ----

def case_words(bin_dir, base, rng):
    hub, w = start(bin_dir, base, "ann")
    evil = User(hub, "Benevil")
    evil.join()
    names = Proxy(hub)  # this hub takes no such names (HB-19), another may
    names.fault = lambda method, path, status, body: answer(
        status,
        body.decode().replace("Benevil",
                              json.dumps("Be\u202en\x1b]0;owned\x07\u2066\u200b\x9b31m")[1:-1]))
    w.env["GEONET_HUB"] = names.url
    ann = User(hub, "ann")
    ann.pid = w.pid["ann"]
    evil.trust(ann, "50")
    w.run("ann", "wallet", "trust", evil.pid, "50", "UAH")
    w.run("ann", "wallet", "pay", evil.pid, "3", "UAH")
    for words in (("lines", ), ("debts", ), ("history", ), ("trust", evil.pid, "60", "UAH"),
                  ("why", evil.pid, "900", "UAH"), ("pay", evil.pid, "900", "UAH"), ("balance", )):
        out = w.raw("ann", "wallet", *words)
        text = out.stdout.decode() + out.stderr.decode()
        check(
            not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]",
                          text), f"{words}: {text!r}")
        check(words[0] not in ("lines", "debts") or evil.pid in text and "Be?n" in text,
              f"{words} name the PID: {text!r}")
    # nor do its codes and its state move the cursor
    odd, shown = "U\u202e\x1b[2J", Proxy(hub)
    shown.fault = lambda method, path, status, body: answer(
        200, json.dumps({"status": odd, "items": [{"code": odd, "precision": 2}]})
    ) if path.endswith(("/equivalents", "/health")) else None
    w.env["GEONET_HUB"] = shown.url
    for words in (("status", ), ("equivalent", "list")):
        text = w.raw("ann", "hub", *words).stdout.decode()
        check("U??[2J" in text and not re.search("[\x1b\u202e]", text), f"{words}: {text!r}")
    # a hub that lies about decimals does not bring the wallet down
    liar = Proxy(hub)
    liar.fault = lambda method, path, status, body: answer(
        200, json.dumps({"items": [{"code": "UAH", "precision": 99}]})) if path.endswith(
            "/equivalents") else None
    w.env["GEONET_HUB"] = liar.url
    check("decimals" in w.text("ann", "wallet", "pay", evil.pid, "1", "UAH", want=1), "99 decimals")
    # over a second there is a word on the terminal, and none before or elsewhere
    proxy = Proxy(hub)
    w.env["GEONET_HUB"] = proxy.url
    proxy.fault = lambda method, path, status, body: time.sleep(2.5) if path.endswith("/balance"
                                                                                      ) else None
    check("waiting for the hub" in w.terminal("ann", "wallet", "balance"), "progress")
    check("waiting" not in w.text("ann", "wallet", "balance"), "no progress outside a terminal")
    page = open(os.path.join(ROOT, "docs", "man", "geonet.1")).read().replace("\\-", "-")
    commands = re.findall(r"^  (wallet \w+)", w.raw("ann", "wallet", "--help").stdout.decode(),
                          re.M)
    check(len(commands) >= 12, f"commands: {commands}")
    completion = w.raw("ann", "completion", "bash").stdout.decode()
    for command in commands:
        out = w.raw("ann", *command.split(), "--help").stdout.decode()
        check("Examples:" in out and f"geonet {command}" in out and "--json" in out,
              f"help of {command}: {out}")
        check(command in page, f"the man page lacks {command}")
        check(f"'{command}')" in completion, f"completion lacks {command}")
        for option in re.findall(r"^  --([\w-]+)", out.split("Everywhere")[0], re.M):
            check(option in ("hub", "passphrase-file") or f"--{option}" in page,
                  f"the man page lacks --{option} of {command}")
    check(f"{UNKNOWN};" in page and "\n.B 6" not in page,
          "the exit status of an unknown outcome is in the man page")
    probe = ("source /dev/stdin; COMP_WORDS=(geonet --hub http://x wallet li); COMP_CWORD=4; "
             "_geonet; echo ${COMPREPLY[@]}")
    out = subprocess.run(["bash", "-c", probe], input=completion.encode(), stdout=subprocess.PIPE,
                         timeout=20).stdout.decode().split()
    check(out == ["lines"], f"completion after an option with a value: {out}")
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
    sys.exit(hub_rig.main(globals()))
