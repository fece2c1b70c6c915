#!/usr/bin/env python3
"""The wallet of an agent that is killed, and whose hub goes away, lies, or is asked by programs:
agent_wallet_kill_test.py BIN_DIR CASE (hub_rig.py)."""
import base64, json, os, signal, subprocess, sys, threading, time, uuid

sys.dont_write_bytecode = True
from agent_wallet_rig import Agent, stop_all
from agent_wallet_test import world
from hub_client import Hub, check
from hub_rig import FREE, main, with_unit
from wallet_rig import Proxy, answer, error


def through(bin_dir, base, *names):
    """As world, with somebody between the first agent and the hub."""
    hub = Hub(bin_dir, os.path.join(base, "hub"), *FREE)
    with_unit(hub)
    middle = Proxy(hub)
    agents = [Agent(bin_dir, base, name) for name in names]
    for n, agent in enumerate(agents):
        agent.join(middle if n == 0 else hub)
    return [hub, middle, *agents]


def payments(middle):
    return [
        path for method, path, _ in middle.seen if (method, path) == ("POST", "/api/v1/payments")
    ]


def case_killed(bin_dir, base, rng):
    """AG-143: killed between each pair of steps: one payment, and it is known in the end."""
    hub, middle, ann, ben = through(bin_dir, base, "ann", "ben")
    ben.trust(ann, "100")
    owed = 0

    def pay(when, seconds=60):
        """Kills ann's agent when `when(method, path)` says so, before or after the hub did it."""
        nonlocal owed
        quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="1")
        asked = ann.call("wallet", "pay", {"act": uuid.uuid4().hex, "quote": quote["id"]})
        ann.call("agent", "approval_give", {"id": asked["id"], "yes": True})
        act, body = uuid.uuid4().hex, {"quote": quote["id"], "approval": asked["id"]}
        killed = threading.Event()

        def fault(method, path, status, data):
            if not killed.is_set() and when(method, path):
                killed.set()
                ann.process.kill()
                return "reset"
            return None

        middle.fault = fault
        try:
            ann.raw("wallet", "pay", body | {"act": act}, seconds)
        except (OSError, Exception):
            pass
        check(killed.wait(30), "it was not killed")
        ann.process.wait(30)
        middle.fault = lambda *a: None
        middle.before = False
        ann.up()
        ann.settle(lambda: ann.act(act)["state"] != "under-way", "the outcome")
        check(ann.act(act)["state"] == "done", f"{ann.act(act)}")
        owed += 1
        check(ann.sum()["owing"] == f"{owed}.00", f"paid once: {ann.sum()}, {owed}")

    post = lambda method, path: (method, path) == ("POST", "/api/v1/payments")
    middle.before = True
    pay(lambda method, path: path.startswith("/api/v1/hub?"))  # stored, nothing left yet
    middle.before = True
    pay(post)  # it left, the hub does not have it
    pay(post)  # the hub did it, the answer did not come
    # killed at random moments after it was said
    for _ in range(4):
        quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="1")
        asked = ann.call("wallet", "pay", {"act": uuid.uuid4().hex, "quote": quote["id"]})
        ann.call("agent", "approval_give", {"id": asked["id"], "yes": True})
        act = uuid.uuid4().hex
        thread = threading.Thread(target=lambda: swallow(ann, act, quote, asked), daemon=True)
        thread.start()
        time.sleep(rng.random() * 0.1)
        ann.down(signal.SIGKILL)
        thread.join(30)
        ann.up()
        status, said = ann.raw("wallet", "pay", {"act": act})
        if status != 200:  # it was not signed: the quote went with the kill
            check(said["error"]["kind"] == "quote", f"{said}")
        else:
            ann.settle(lambda: ann.act(act)["state"] == "done", "the outcome")
            owed += 1
        check(ann.sum()["owing"] == f"{owed}.00", f"paid once: {ann.sum()}, {owed}")
    hub.stop()


def swallow(agent, act, quote, asked):
    try:
        agent.raw("wallet", "pay", {"act": act, "quote": quote["id"], "approval": asked["id"]})
    except Exception:
        pass


def case_away(bin_dir, base, rng):
    """A hub that is gone and comes back; one whose answer is lost: never "nothing was paid"."""
    hub, middle, ann, ben = through(bin_dir, base, "ann", "ben")
    ben.trust(ann, "100")
    for what in (error(503, "E010", "trouble"), answer(200, "{}"), answer(200, "<html>"),
                 answer(302, "{}"), error(400, "E010", "x"), "reset"):
        quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="1")
        before = ann.sum()["owing"]
        middle.fault = lambda method, path, status, body: what if (
            method, path) == ("POST", "/api/v1/payments") else None
        done = ann.sign(quote)
        check(done["state"] == "under-way" and done["kind"], f"{what}: {done}")
        check(ann.wallet("history")["open"][0]["act"] == done["act"], "it is shown")
        middle.fault = lambda *a: None
        ann.settle(lambda: ann.act(done["act"])["state"] == "done", "known")
        check(float(ann.sum()["owing"]) == float(before) + 1, f"{what}: once")
    # a refusal of the first try is certain, one of a repeat is not
    quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="1")
    middle.before = True
    middle.fault = lambda method, path, status, body: error(400, "E002", "no") if (
        method, path) == ("POST", "/api/v1/payments") else None
    check(ann.sign(quote)["state"] == "nothing", "a definite refusal")
    middle.before = False
    quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="1")
    tries = []

    def fault(method, path, status, body):
        if (method, path) != ("POST", "/api/v1/payments"):
            return None
        tries.append(path)
        return "reset" if len(tries) == 1 else error(429, "E009", "too many")
    middle.fault = fault
    done = ann.sign(quote)
    ann.settle(lambda: len(tries) > 1, "a repeat")
    ann.settle(lambda: ann.act(done["act"])["state"] == "done", "what the hub keeps decides")
    # the hub itself goes
    middle.fault = lambda *a: None
    quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="1")
    owing = float(ann.sum()["owing"])
    port = hub.port
    hub.stop()
    done = ann.sign(quote)
    check(done["state"] == "under-way", f"{done}")
    ann.down(signal.SIGKILL)
    ann.up()
    hub = Hub(bin_dir, os.path.join(base, "hub"), *FREE, http_port=port)
    ann.settle(lambda: ann.act(done["act"])["state"] == "done", "after it came back", 90)
    check(float(ann.sum()["owing"]) == owing + 1, "once")
    hub.stop()


def case_liars(bin_dir, base, rng):
    """AG-140, AG-141, AG-146 (AGENT_WALLET_ANSWERS, AGENT_WALLET_PAGES, AGENT_WALLET_WAITING):
    a hub
    that has another key, sends too much, is slow, sends others' keys or numbers."""
    hub, middle, ann, ben = through(bin_dir, base, "ann", "ben")
    ben.trust(ann, "100")
    second = Hub(bin_dir, os.path.join(base, "second"), *FREE)
    with_unit(second)
    quote = dict(whom=ben.pid, equivalent="UAH", amount="1")
    sent = lambda: [m for m, path, _ in middle.seen if m != "GET" and "/auth/" not in path]
    # another key at the same address: nothing else is sent there
    real, middle.hub = middle.hub, second
    middle.seen.clear()
    said = ann.refused("quote", "key", **quote)
    check(second.pid in said and hub.pid in said, said)
    check(all(path.startswith("/api/v1/hub?") and "authorization" not in fields
              for _, path, fields in middle.seen), f"it was sent {middle.seen}")
    ann.refused("join", "key", url=middle.url, name="Ann")
    middle.hub = real
    # no proof, an old one
    about = json.dumps(hub.get("/hub?nonce=" + "0" * 64))
    middle.fault = lambda method, path, status, body: answer(
        200, about) if "/hub?" in path else None
    ann.refused("quote", "proof", **quote)
    # too much; a redirect; no JSON; 200 pages
    middle.fault = lambda method, path, status, body: answer(
        200, '{"items": "' + "x" * (5 << 20) + '"}') if "/equivalents" in path else None
    ann.refused("quote", "protocol", **quote)
    elsewhere = Proxy(second)
    redirect = (f"HTTP/1.1 302 X\r\nLocation: {elsewhere.url}/api/v1/hub\r\nContent-Length: 0\r\n"
                "Connection: close\r\n\r\n").encode()
    middle.fault = lambda method, path, status, body: redirect
    ann.refused("quote", "protocol", **quote)
    check(not elsewhere.seen, f"it followed: {elsewhere.seen}")
    for junk in ("[]", "<html>", '{"items": 7}', "nul", '{"items": [{"code": 7}]}'):
        middle.fault = lambda method, path, status, body: answer(
            200, junk) if "/equivalents" in path else None
        status, told = ann.raw("wallet", "quote", quote)
        check(status >= 400 and told["error"]["kind"] in ("protocol", "equivalent"), f"{told}")
    line = json.dumps({"items": [{"id": "x", "pad": "p" * 3000}] * 200, "total": 10**12})
    middle.fault = lambda method, path, status, body: answer(
        200, line) if "/trustlines?" in path else None
    middle.seen.clear()
    ann.wallet("balance", fresh=True)
    pages = [path for _, path, _ in middle.seen if "/trustlines?" in path]
    check(len(pages) <= 10, f"{len(pages)} pages")
    # another's key for whom one pays; a number far above
    middle.fault = lambda method, path, status, body: answer(
        status, json.dumps(json.loads(body) | {"public_key": hub.public64})) if (
            path == "/api/v1/participants/" + ben.pid) else None
    ann.refused("quote", "key", **quote)
    middle.fault = lambda method, path, status, body: answer(
        status, json.dumps(json.loads(body) | {"seq": 2**62 - 5})) if (
            path == "/api/v1/participants/me") else None
    ann.refused("line_set", "seq", peer=ben.pid, equivalent="UAH", limit="5")
    check(not sent(), f"nothing was signed: {sent()}")
    # slow: others are served meanwhile, and what waits is bounded
    gate = threading.Event()

    def slow(method, path, status, body):
        gate.wait(20)
    middle.fault = slow
    middle.before = True
    threads = [threading.Thread(target=lambda: safe(ann, quote), daemon=True) for _ in range(20)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    begun = time.monotonic()
    ann.wallet("hubs")
    ann.call("agent", "status")
    check(time.monotonic() - begun < 5, "it stood still")
    ann.refused("quote", "busy", **quote)
    gate.set()
    middle.fault, middle.before = lambda *a: None, False
    for thread in threads:
        thread.join(60)
    check(ann.wallet("quote", **quote)["can"], "it goes on")
    # it ends at once, whatever is under way
    gate.clear()
    middle.fault, middle.before = slow, True
    threading.Thread(target=lambda: safe(ann, quote), daemon=True).start()
    time.sleep(0.5)
    begun = time.monotonic()
    ann.down()
    check(time.monotonic() - begun < 10, "it waited for the hub")
    gate.set()
    hub.stop()
    second.stop()


def safe(agent, quote):
    try:
        agent.raw("wallet", "quote", quote)
    except Exception:
        pass


def client(agent, name, *rights):
    file = os.path.join(agent.data, name)
    words = [word for right in rights for word in ("--right", right)]
    done = subprocess.run([
        os.path.join(agent.bin, "geonet"), "--data", agent.data, "agent", "clients", "add", name,
        *words, "--out", file, "--yes"
    ], capture_output=True, text=True, env={**os.environ, "GEONET_AGENT": agent.socket()})
    check(done.returncode == 0, f"{done.stdout}{done.stderr}")
    return file


def by(agent, file, call, body):
    """A call as that client: the answer, or the error."""
    tool = os.path.join(os.path.dirname(agent.bin), "tests", "app_call")
    done = subprocess.run([tool, agent.socket(), "wallet", call.replace("_", "-"),
                           json.dumps(body)], capture_output=True, text=True,
                          env={**os.environ, "GEONET_CLIENT": file}, timeout=60)
    check(done.returncode in (0, 1, 4), f"{done.returncode} {done.stdout}{done.stderr}")
    if done.returncode == 4:  # it is not even greeted
        return {"error": {"code": done.stdout.split()[1]}}
    return json.loads(done.stdout.splitlines()[-1])


def case_limits(bin_dir, base, rng):
    """AG-142, AG-145 (AGENT_WALLET_QUOTES): a program pays up to its limit a day unasked, and
    not one more; others are asked."""
    hub, ann, ben = world(bin_dir, base, "ann", "ben")
    ben.trust(ann, "1000")
    shop = client(ann, "shop", f"pay/{hub.pid}/UAH/10")
    plain = client(ann, "plain", f"pay/{hub.pid}")
    other = client(ann, "other", f"pay/{ben.pid}/UAH/10", "chat")

    def quote(file, amount):
        return by(ann, file, "quote", {"whom": ben.pid, "equivalent": "UAH", "amount": amount})

    def pay(file, q, **more):
        return by(ann, file, "pay", {"act": uuid.uuid4().hex, "quote": q["id"]} | more)

    for file in (shop, plain):
        check(by(ann, file, "hubs", {})["hubs"][0]["hub"] == hub.pid, "it sees the hub")
    check(by(ann, other, "hubs", {})["hubs"] == [], "of another hub")
    check(quote(other, "1")["error"]["code"] == "denied", "nor may it ask")
    check(by(ann, shop, "join", {"url": hub.url})["error"]["code"] == "denied", "nor join")
    q = quote(shop, "6")
    check(q["free"] and pay(shop, q)["done"]["state"] == "done", f"within: {q}")
    # another's quote is nobody's
    q = quote(shop, "1")
    check(pay(plain, q)["error"]["code"] == "expired", "the quote of another program")
    # at the limit, and one past it, over a kill
    check(not quote(shop, "4.01")["free"], "one past it")
    ann.down(signal.SIGKILL)
    ann.up()
    q = quote(shop, "4.01")
    said = pay(shop, q)
    check("done" not in said and said["text"] == q["says"] and not said["here"], f"asked: {said}")
    q = quote(shop, "4")
    check(q["free"] and pay(shop, q)["done"]["state"] == "done", f"at the limit: {q}")
    check(not quote(shop, "0.01")["free"], "it is used up")
    # who asked cannot allow it; the person does, once, what was asked
    q = quote(shop, "3")
    said = pay(shop, q)
    done = by(ann, shop, "pay", {"act": uuid.uuid4().hex, "quote": q["id"],
                                 "approval": said["id"]})
    check(done["error"]["code"] == "pending", f"{done}")
    ann.call("agent", "approval_give", {"id": said["id"], "yes": True})
    two = quote(shop, "5")
    check(pay(shop, two, approval=said["id"])["error"]["code"] == "denied", "for something else")
    done = pay(shop, q, approval=said["id"])
    check(done["done"]["state"] == "done", f"{done}")
    check(pay(shop, two, approval=said["id"])["error"]["code"] == "denied", "once")
    # what came to nothing does not count
    rich = client(ann, "rich", f"pay/{hub.pid}/UAH/5000")
    q = quote(rich, "4000")
    check(q["free"] and not q["can"] and pay(rich, q)["done"]["state"] == "nothing", f"{q}")
    check(quote(rich, "5000")["free"], "it is given back")
    # without a limit it is asked; a star is no limit
    star = client(ann, "star", "*")
    for file in (plain, star):
        q = quote(file, "0.01")
        check(not q["free"] and "text" in pay(file, q), f"{file}: {q}")
    # a flood of quotes pushes out one's own
    mine = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="1")
    first = quote(plain, "1")
    for _ in range(9):
        quote(plain, "1")
    check(pay(plain, first)["error"]["code"] == "expired", "its own oldest went")
    check(ann.sign(mine)["state"] == "done", "the person's stayed")
    check(ann.sum()["owing"] == "14.00", f"{ann.sum()}")
    for wrong in (f"pay/{hub.pid}/UAH", f"pay/{hub.pid}/UAH/-1", f"pay/x/UAH/1",
                  f"pay/{hub.pid}/UAH/1/2", f"pay/{hub.pid}//1"):
        done = subprocess.run([
            os.path.join(bin_dir, "geonet"), "--data", ann.data, "agent", "clients", "add", "w",
            "--right", wrong, "--yes"
        ], capture_output=True, text=True, env={**os.environ, "GEONET_AGENT": ann.socket()})
        check(done.returncode == 2, f"{wrong}: {done.stdout}{done.stderr}")
    hub.stop()


def case_passphrase(bin_dir, base, rng):
    """With a passphrase it is asked each time, and a limit keeps the key until it is locked."""
    hub, ann, ben = world(bin_dir, base, "ann", "ben")
    ben.trust(ann, "100")
    shop = client(ann, "shop", f"pay/{hub.pid}/UAH/10")
    word = base64.b64encode(b"correct horse").decode()
    ann.call("agent", "agent_passphrase", {"after": word})
    ann.call("agent", "unlock", {"passphrase": word})
    quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="1")
    act = uuid.uuid4().hex
    ann.refused("pay", "passphrase", act=act, quote=quote["id"])
    ann.refused("pay", "passphrase", act=act, quote=quote["id"],
                passphrase=base64.b64encode(b"wrong").decode())
    done = ann.wallet("pay", act=act, quote=quote["id"], passphrase=word)["done"]
    check(done["state"] == "done", f"{done}")
    ann.down(signal.SIGKILL)
    ann.up()
    status, said = ann.raw("wallet", "hubs")
    check(status >= 400, "it is locked")
    ann.call("agent", "unlock", {"passphrase": word})
    q = by(ann, shop, "quote", {"whom": ben.pid, "equivalent": "UAH", "amount": "2"})
    done = by(ann, shop, "pay", {"act": uuid.uuid4().hex, "quote": q["id"]})
    check(done["done"]["state"] == "done", f"within the limit: {done}")
    ann.call("agent", "lock")
    check(by(ann, shop, "hubs", {})["error"]["code"] == "denied", "locked: it knows no program")
    hub.stop()


def case_tool(bin_dir, base, rng):
    """AG-148: the tool and the agent of one identity: neither writes the other's files."""
    hub, ann, ben = world(bin_dir, base, "ann", "ben")
    env = dict(os.environ, GEONET_HUB=hub.url)

    def tool(*words):
        done = subprocess.run([os.path.join(bin_dir, "geonet"), "--data", ann.data, "wallet",
                               *words], capture_output=True, text=True, env=env, timeout=60)
        check(done.returncode == 0, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    check(not os.path.exists(os.path.join(ann.data, "hubs.json")), "the tool's lists are its own")
    for n in range(3):
        ann.trust(ben, str(10 + n))
        tool("trust", ben.pid, str(20 + n), "UAH")
    kept = os.path.join(ann.data, "hub-seqs.json")
    with open(kept, "rb") as f:
        before = f.read()
    ann.trust(ben, "40")
    with open(kept, "rb") as f:
        check(f.read() == before, "the agent wrote the tool's list")
    check("40.00" in tool("lines"), "the tool sees it")
    # the tool met another hub at an address: the agent believes it
    second = Hub(bin_dir, os.path.join(base, "second"), *FREE)
    pins = os.path.join(ann.data, "hubs.json")
    with open(pins, encoding="utf-8") as f:
        known = json.load(f)
    with open(pins, "w", encoding="utf-8") as f:
        json.dump(known | {second.url: hub.pid}, f)
    ann.refused("join", "key", url=second.url, name="Ann")
    hub.stop()
    second.stop()


if __name__ == "__main__":
    try:
        code = main(globals())
    finally:
        stop_all()
    sys.exit(code)
