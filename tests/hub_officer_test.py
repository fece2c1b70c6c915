#!/usr/bin/env python3
"""The officers' command line against a hub that has officers. usage: hub_officer_test.py BIN_DIR
CASE

Helpers, exit codes and SEED are those of hub_rig.py.
"""
import base64, hashlib, json, os, re, subprocess, sys, uuid

sys.dont_write_bytecode = True
import hub_rig
from hub_client import Hub, User, check
from hub_rig import FREE, people, with_unit


class Tool:
    """geonet with an identity of its own."""

    def __init__(self, bin_dir, base, hub, name):
        self.bin, self.data = os.path.join(bin_dir, "geonet"), os.path.join(base, name)
        self.env = {k: v
                    for k, v in os.environ.items()
                    if not k.startswith("GEONET_")} | {"GEONET_HUB": hub.url}
        check(self.run("id", "new", "--no-passphrase").returncode == 0, "an identity")
        shown = json.loads(self.run("id", "show", "--json").stdout)
        self.pid, self.key = shown["pid"], bytes.fromhex(shown["key"] if "key" in
                                                         shown else shown["public_key"])

    def run(self, *words):
        return subprocess.run([self.bin, *words, "--data", self.data], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.env, timeout=300)

    def json(self, *words):
        done = self.run(*words, "--json")
        check(done.returncode == 0, f"{words}: {done.stdout.decode()} {done.stderr.decode()}")
        return json.loads(done.stdout)

    def grant(self, hub, role):
        hub.admin(
            "POST", "/admin/roles", {
                "public_key": base64.b64encode(self.key).decode(), "role": role, "name": role,
                "reason": "the beginning"
            })


def case_commands(bin_dir, base, rng):
    """HB-36: every act of an officer is a command, signed by him, and stands in the audit log with
    his reason."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c, d = people(hub, "Alice", "Bob", "Cleo", "Dora")
    boss = Tool(bin_dir, base, hub, "boss")
    boss.grant(hub, "admin")
    for who, to in ((b, a), (c, b), (a, c)):
        who.trust(to, "100.00")
    d.trust(a, "100.00", policy={"ask": True})
    line = next(l for l in b.get("/trustlines?direction=outgoing")["items"] if l["to"] == a.pid)

    def act(*words):
        before = boss.json("hub", "log")["items"]
        answer = boss.json(*words, "--reason", "because")
        log = boss.json("hub", "log")["items"]
        fresh = [e for e in log if e["seq"] > before[0]["seq"] and e["actor"] == boss.pid]
        check(
            len(fresh) == 1 and fresh[0]["reason"] == "because" and fresh[0]["role"] == "admin",
            f"{words}: one line of the audit log: {fresh}")
        return answer, fresh[0]

    answer, entry = act("hub", "suspend", a.pid)
    check(answer["status"] == "suspended" and entry["target"] == a.pid,
          f"suspended: {answer} {entry}")
    check(a.pay_raw(b, "1.00")[0] >= 400, "who is suspended pays nothing")
    answer = act("hub", "suspend", a.pid, "--end")[0]
    check(answer["status"] == "active", f"and again active: {answer}")
    act("hub", "equivalent", "add", "HOUR", "--precision", "1", "--description", "an hour")
    act("hub", "equivalent", "set", "HOUR", "--metadata", '{"type":"time"}', "--symbol", "h")
    hour = next(e for e in a.get("/equivalents")["items"] if e["code"] == "HOUR")
    check((hour["precision"], hour["description"], hour["symbol"], hour["metadata"],
           hour["is_active"]) == (1, "an hour", "h", {"type": "time"}, True),
          f"what is not named stays: {hour}")
    check(
        boss.run("hub", "equivalent", "set", "HOUR", "--metadata", "[1]").returncode == 2,
        "metadata is an object")
    act("hub", "equivalent", "end", "HOUR")
    check(
        next(e for e in a.get("/equivalents")["items"]
             if e["code"] == "HOUR")["metadata"] == {"type": "time"}, "also when it ends")
    gap = boss.json("hub", "gap", "UAH")
    check(
        gap == a.get("/clearing/gap?equivalent=UAH") | {"computed_at": gap["computed_at"]}
        and boss.run("hub", "gap", "NONE").returncode != 0, f"the gap: {gap}")
    done = boss.run("hub", "delete", b.pid)
    check(
        done.returncode == 1 and b"while they owe or are owed" in done.stderr
        and b.get("/participants/me")["status"] == "active",
        f"one with open lines stays: {done.stderr}")
    gone = people(hub, "Gina")[0]
    check(
        act("hub", "delete", gone.pid)[0] == {"pid": gone.pid, "status": "deleted"},
        "one without goes")
    check(boss.run("hub", "suspend", gone.pid, "--end").returncode == 1, "for good")
    check(
        act("hub", "level", b.pid, "7")[0]["verification_level"] == 7
        and b.get("/participants/me")["verification_level"] == 7, "a level")
    check(
        boss.run("hub", "level", b.pid, "256").returncode == 2
        and boss.run("hub", "level", b.pid, "x").returncode == 2, "one past it")
    check(act("hub", "dispute", line["id"])[0]["frozen"] is True, "a dispute")
    check(a.pay_raw(b, "1.00")[0] == 400, "nothing passes over a line in dispute")
    check(
        act("hub", "dispute", line["id"], "--end")[0]["frozen"] is False
        and a.pay(b, "1.00")["status"] == "COMMITTED", "and over again")
    # an open payment, named by its tx_id and by its key
    for named in (False, True):
        tx = str(uuid.uuid4())
        status, answer = a.pay_raw(d, "1.00", tx_id=tx)
        check(status == 200 and answer["status"] == "PREPARE_IN_PROGRESS",
              f"it waits for an answer: {status} {answer}")
        key = hashlib.sha256(b"geonet/ledger/tx" + a.key.public + tx.encode()).hexdigest()[:32]
        act("hub", "abort", *((tx, "--initiator", a.pid) if named else (key,)))
        check(a.get(f"/payments/{tx}")["status"] == "ABORTED", "ended")
    done = boss.run("hub", "abort", "no-key")
    check(done.returncode == 2 and b"--initiator" in done.stderr,
          f"a tx_id alone names nothing: {done.stderr}")
    done = boss.run("hub", "abort", "0" * 32)
    check(done.returncode == 4 and b"no such transaction" in done.stderr, f"no such: {done}")
    act("hub", "clear", "UAH")
    act("hub", "clear", "UAH", "--cycles")
    act("hub", "clear", "UAH", "--budget-ms", "50")
    act("hub", "offer", "UAH")
    check(
        boss.run("hub", "clear", "UAH", "--budget-ms", "600001").returncode == 2,
        "longer than an officer may ask for")
    answer, entry = act("hub", "settings", "routing.max_hops=5", "clearing.inline=no")
    check(
        sorted(answer["updated"]) == ["clearing.inline", "routing.max_hops"], f"settings: {answer}")
    shown = {i["key"]: i["value"] for i in boss.json("hub", "settings")["items"]}
    check(shown["routing.max_hops"] == 5 and shown["clearing.inline"] is False,
          f"as they are now: {shown}")
    words = boss.run("hub", "settings").stdout.decode()
    check(
        "routing.max_hops" in words and "5" in words
        and len({l.rindex("  ")
                 for l in words.splitlines()}) == 1, f"in words, aligned: {words}")
    check(
        "clearing.inline" in words and "false" not in words
        and re.search(r"level +7\n",
                      boss.run("hub", "level", b.pid, "7").stdout.decode()),
        "and as they are given")
    check(line["id"] in boss.run("hub", "tx").stdout.decode(), "a line's id, to dispute it by")
    check(
        boss.run("hub", "settings", "routing.max_hops").returncode == 2
        and boss.run("hub", "settings", "x=maybe").returncode == 2, "what is no setting")
    for words, said in ((("settings", "routing.max_hops=11"),
                         "routing.max_hops: must be a number from 1 to 10"),
                        (("settings", "foo=1"),
                         "foo: nobody knows this word"), (("settings", "clearing.inline=5"),
                                                          "clearing.inline: must be true or false"),
                        (("role", "grant", a.pid, "king"),
                         "'king' is no role: admin, operator or auditor"),
                        (("tx", "--state", "gone"), "state: must be one of NEW, ROUTED"),
                        (("tx", "--type", "money"), "type: must be one of PAYMENT"),
                        (("equivalent", "add", "a b"), "code: must be")):
        done = boss.run("hub", *words)
        check(done.returncode == 2 and said in done.stderr.decode(),
              f"{words}: the word that is wrong, exit 2: {done}")
    check(
        len(boss.json("hub", "tx", "--state", "committed", "--type", "payment")["items"]) == len(
            boss.json("hub", "tx", "--state", "COMMITTED", "--type", "PAYMENT")["items"]) > 0,
        "in any case")
    # from the first admin on the bootstrap token counts no more: who governs is told, not that an
    # identity should be made
    done = subprocess.run(
        [boss.bin, "hub", "equivalent", "add", "ZZ", "--data", base, "--hub", hub.url],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    check(
        done.returncode == 1 and b"an officer governs it with their own identity" in done.stderr
        and b"id new" not in done.stderr, f"on the hub's own machine: {done}")
    act("hub", "snapshot")
    words = boss.run("hub", "log", "--count", "1").stdout.decode()
    check(
        "snapshot" in words and boss.pid in words and "because" in words and words.count("\n") == 1,
        f"the log in words: {words}")
    # an auditor reads, and changes nothing
    auditor = Tool(bin_dir, base, hub, "auditor")
    done = boss.json("hub", "role", "grant", auditor.key.hex(), "auditor")
    check(auditor.run("hub", "log").returncode == 0, "an auditor reads")
    for words in (("suspend", a.pid), ("snapshot", ), ("clear", "UAH"), ("settings",
                                                                         "routing.max_hops=6")):
        done = auditor.run("hub", *words)
        check(done.returncode == 1 and b"E006" in done.stderr,
              f"an auditor's {words}: {done.stderr}")
    hub.stop()


def case_sequence(bin_dir, base, rng):
    """LG-67: a sequence number that no record could hold is refused, from anybody and from
    officers, and the hub goes on."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    hub.admin("POST", "/admin/roles",
              {"public_key": b.key.public64, "role": "admin", "reason": "the beginning"})
    b.login()
    new = User(hub, "New")
    for seq in (2**62, 2**63 - 1, 2**63, 2**64, 0, -1):
        asked = {
            "register": lambda: hub.call(
                "POST", "/participants",
                new.signed("participant.register", {
                    "public_key": new.key.public64, "display_name": "New", "type": "person"
                }, seq=seq)),
            "profile": lambda: a.call(
                "PATCH", "/participants/me",
                a.signed("participant.profile", {"display_name": "A"}, seq=seq)),
            "line": lambda: a.call(
                "POST", "/trustlines",
                a.signed("line.create", {"to": b.pid, "equivalent": "UAH", "limit": "1.00"}, seq=seq
                         )),
            "command": lambda: b.call(
                "POST", f"/admin/participants/{a.pid}/ban",
                b.signed("admin", {"command": "participant", "pid": a.pid, "status": "suspended"},
                         seq=seq)),
        }
        for name, ask in asked.items():
            status, answer = ask()
            check(status == 422 and answer["error"]["code"] == "E009",
                  f"{name} {seq}: {status} {answer}")
            if seq == 2**62:
                check("seq" in answer["error"]["message"], f"{name} {seq}: {answer}")
    for seq in (2**62 - 1, a.seq + 2**32 + 1):
        status, answer = a.call("PATCH", "/participants/me",
                                a.signed("participant.profile", {"display_name": "A"}, seq=seq))
        check(status == 422 and "2^32" in answer["error"]["message"],
              f"a leap of {seq}: {status} {answer}")
        status, answer = b.call(
            "POST", f"/admin/participants/{a.pid}/ban",
            b.signed("admin", {"command": "participant", "pid": a.pid, "status": "suspended"},
                     seq=seq))
        check(status == 400 and "2^32" in answer["error"]["message"],
              f"an officer's leap of {seq}: {status} {answer}")
    check(hub.process.poll() is None and a.get("/participants/me")["seq"] == 1, "the hub goes on")
    hub.stop()


def case_ranks(bin_dir, base, rng):
    """LG-68, HB-5: an operator does not reach above himself, the last admin is not deleted, and a
    role logs in whatever its participant is."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    boss, clerk, other = people(hub, "Boss", "Clerk", "Other")
    for user, role in ((clerk, "operator"), (boss, "admin")):
        hub.admin("POST", "/admin/roles",
                  {"public_key": user.key.public64, "role": role, "reason": "the beginning"})
        user.login()

    def act(by, method, path, of, **words):
        return by.command(method, f"/admin/participants/{of.pid}{path}",
                          {"command": "participant", "pid": of.pid} | words)

    for method, path, words in (("POST", "/ban", {"status": "suspended"}), ("POST", "/unban", {
            "status": "active"
    }), ("DELETE", "", {"status": "deleted"})):
        status, answer = act(clerk, method, path, boss, **words)
        check(status == 403 and "above yours" in answer["error"]["message"],
              f"an operator's {words}: {status} {answer}")
    status, answer = act(boss, "DELETE", "", boss, status="deleted")
    check(status == 409 and "last admin" in answer["error"]["message"],
          f"the last admin: {status} {answer}")
    check(
        boss.get("/participants/me")["status"] == "active"
        and act(boss, "POST", "/ban", clerk, status="suspended")[0] == 200, "one below")
    clerk.login()
    check(
        act(clerk, "POST", "/ban", other, status="suspended")[0] == 200,
        "he is an operator all the same")
    status, answer = boss.command(
        "POST", "/admin/roles",
        {"command": "role", "public_key": other.key.public64, "role": "admin"})
    check(status == 200, f"a second admin: {status} {answer}")
    status, answer = act(boss, "DELETE", "", boss, status="deleted")
    check(status == 200, f"now he may: {status} {answer}")
    for again in range(2):
        check(boss.login()["participant"]["role"] == "admin",
              "a role logs in whatever its participant is")
        status, answer = hub.call("POST", "/auth/refresh", {"refresh_token": boss.refresh})
        check(status == 200, f"and stays: {status} {answer}")
        status, answer = boss.command(
            "POST", "/admin/roles",
            {"command": "role", "public_key": clerk.key.public64, "role": "auditor"})
        check(status == 200, f"and acts: {status} {answer}")
        if not again:
            hub.stop()
            hub = boss.hub = Hub(bin_dir, base, *FREE)
    hub.stop()


def case_verify(bin_dir, base, rng):
    """HB-21: a hub with an admin is compared with; what was compared with nothing, and a journal
    cut between two batches, is not proved."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b = people(hub, "Alice", "Bob")
    boss = Tool(bin_dir, base, hub, "boss")
    boss.grant(hub, "auditor")
    hub.admin(
        "POST", "/admin/roles",
        {"public_key": b.key.public64, "role": "admin", "name": "admin", "reason": "the beginning"})
    b.trust(a, "100.00")
    for _ in range(3):
        a.pay(b, "1.00")
    stranger = Tool(bin_dir, base, hub, "stranger")
    env = {k: v for k, v in os.environ.items() if not k.startswith("GEONET_")}

    def verify(*words):
        done = subprocess.run(
            [os.path.join(bin_dir, "geonet"), "hub", "verify", "--data", base, *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, timeout=300)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    code, out, err = verify("--hub", hub.url, "--as", boss.data, "--json")
    check(code == 0 and json.loads(out)["compared_with"] == "hub",
          f"an auditor's key: {code} {out} {err}")
    for words in (("--hub", hub.url), ("--hub", hub.url, "--as", stranger.data),
                  ("--hub", "http://127.0.0.1:1", "--as", boss.data)):
        code, out, err = verify(*words)
        check(
            code == 1 and "nothing was compared with the hub" in err
            and "The journal holds" not in out, f"{words}: {code} {out} {err}")
        code, out, err = verify(*words, "--json")
        check(code == 1 and json.loads(out)["compared_with"] != "hub",
              f"{words} as JSON: {code} {out} {err}")
    hub.stop()
    code, out, err = verify()
    check(code == 0 and "The journal holds" in out and "with the history" in out,
          f"with the history: {code} {out} {err}")
    # the last batch is gone: the history sees it; without it nobody can
    journal = os.path.join(base, "hub", "journal", "00000001.log")
    with open(journal, "r+b") as f:
        f.truncate(os.path.getsize(journal) - 4096)
    code, out, err = verify()
    check(code == 1 and "durable records are gone" in err,
          f"cut, beside its history: {code} {out} {err}")
    for name in os.listdir(os.path.join(base, "hub")):
        if name.startswith("history.db"):
            os.remove(os.path.join(base, "hub", name))
    code, out, err = verify()
    check(
        code == 1 and "with nothing" in out and "may be gone" in err
        and "The journal holds" not in out, f"cut, and nothing to compare with: {code} {out} {err}")
    code, out, err = verify("--json")
    check(
        code == 1 and json.loads(out)["end_known"] is False
        and json.loads(out)["compared_with"] == "nothing", f"as JSON: {code} {out} {err}")


def case_token(bin_dir, base, rng):
    """HB-1: an admin-token of another length is refused and left as it is; an editor's line end is
    none of it."""
    hub = Hub(bin_dir, base, *FREE)
    hub.stop()
    path = os.path.join(base, "hub", "admin-token")
    token = open(path).read()
    for wrong in ("", "short", token[:63], token + "x", token + "xy", token * 3):
        with open(path, "w") as f:
            f.write(wrong)
        done = subprocess.run(
            [os.path.join(bin_dir, "geonet"), "hub", "run", "--data", base, "--http", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        check(done.returncode == 1 and b"admin-token" in done.stderr and b"64 bytes" in done.stderr,
              f"{len(wrong)} bytes: {done}")
        check(open(path).read() == wrong, f"{len(wrong)} bytes were written over")
    with open(path, "w") as f:
        f.write(token + "\n")
    hub = Hub(bin_dir, base, *FREE)
    hub.admin_token = token
    check(hub.admin("GET", "/admin/whoami")["bootstrap"] is True, "with a line end")
    hub.stop()
    os.remove(path)
    hub = Hub(bin_dir, base, *FREE)
    check(len(hub.admin_token) == 64 and hub.admin_token != token, "removed: a new one")
    hub.stop()


def case_sentences(bin_dir, base, rng):
    """What is refused says what stands in the way; everybody may list the equivalents."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, = people(hub, "Alice")
    boss, ben = Tool(bin_dir, base, hub, "boss"), Tool(bin_dir, base, hub, "ben")
    boss.grant(hub, "admin")
    for words in (("revoke", boss.pid), ("grant", boss.key.hex(), "operator")):
        done = boss.run("hub", "role", *words)
        check(done.returncode == 1 and b"the hub's last admin" in done.stderr, f"{words}: {done}")
    check(
        boss.run("hub", "role", "grant", ben.key.hex(), "admin").returncode == 0
        and boss.run("hub", "role", "revoke", boss.pid).returncode == 0, "one of two goes")
    status, answer = a.pay_raw(ben.pid, "1.00")
    check(
        answer["error"]["code"] == "E001" and
        answer["error"]["message"].startswith("to must be the PID of a participant, and nobody"),
        f"to nobody: {answer}")
    cleo = Tool(bin_dir, base, hub, "cleo")
    check(cleo.run("hub", "equivalent", "list").returncode == 4, "a stranger is not known")
    check(cleo.run("wallet", "join", "--name", "Cleo").returncode == 0, "join")
    check([i["code"] for i in cleo.json("hub", "equivalent", "list")["items"]] == ["UAH"],
          "a participant lists the equivalents")
    check([i["pid"] for i in cleo.json("hub", "people", "alic")["items"]] == [a.pid],
          "people are found by name")
    done = cleo.run("wallet", "pay", a.pid, "1.00", "UAH")
    check(done.returncode != 0, "no line")
    words = cleo.run("wallet", "history").stdout.decode()
    check(
        "failed E001" in words and f"to {a.pid}" in words
        and "no chain of trust lines leads to the payee" in words, f"a failed row: {words}")
    words = cleo.run("hub", "people").stdout.decode()
    check(f"{a.pid}  Alice\n" in words and f"{cleo.pid}  Cleo\n" in words, f"all of them: {words}")
    words = cleo.run("hub", "equivalent", "list").stdout.decode()
    check("UAH" in words and "2 decimals" in words and "inactive" not in words,
          f"in words: {words}")
    hub.stop()


def case_type(bin_dir, base, rng):
    """The first answer of a payment has the type that the later ones have."""
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Cleo")
    b.trust(a, "10.00")
    c.trust(a, "10.00", policy={"ask": True})
    for to, amount, state in ((b, "1.00", "COMMITTED"), (c, "1.00", "PREPARE_IN_PROGRESS")):
        first = a.pay(to, amount)
        check(
            first["status"] == state
            and first.get("type") == "PAYMENT" == a.get(f"/payments/{first['tx_id']}")["type"],
            f"{state}: {first}")
    hub.stop()


if __name__ == "__main__":
    sys.exit(hub_rig.main(globals()))
