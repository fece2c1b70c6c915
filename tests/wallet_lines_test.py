#!/usr/bin/env python3
"""The wallet and who one is at a hub: admitted, joined, known, left; lines; the words of strangers.
usage: wallet_lines_test.py BIN_DIR CASE

Exit codes and SEED are those of hub_rig.py.
"""
import json, os, re, subprocess, sys, time

sys.dont_write_bytecode = True
from hub_client import Hub, ROOT, User, check
from hub_rig import FREE, main, with_unit
from wallet_rig import Proxy, UNKNOWN, Wallets, answer, start


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


if __name__ == "__main__":
    sys.exit(main(globals()))
