#!/usr/bin/env python3
"""A hub over WebSocket: what it tells, to whom, and what it costs. usage: hub_ws_test.py BIN_DIR
CASE

Helpers, exit codes and SEED are those of hub_rig.py."""
import os, subprocess, sys

sys.dont_write_bytecode = True
from hub_client import Hub, WebSocket, check
from hub_rig import FREE, main, people, with_unit


def case_ws(bin_dir, base, rng):
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    a, b, c = people(hub, "Alice", "Bob", "Clara")
    for token in (None, "nonsense", a.refresh):
        ws = WebSocket(hub, token)
        check(ws.receive() == ("close", 1008) and ws.receive()[0] == "end",
              f"without a good token: {token}")
    ws = WebSocket(hub, b.token)
    hello = ws.expect()
    check(hello["type"] == "hello" and hello["pid"] == b.pid and hello["ts"], f"hello: {hello}")
    ws.send("{")
    check(ws.expect() == {"type": "error", "error": "invalid_json"}, "invalid_json")
    ws.send({"type": "subscribe", "events": ["no.such"]})
    check(ws.expect() == {"type": "error", "error": "invalid_events"}, "invalid_events")
    ws.send({"type": "dance"})
    check(ws.expect() == {"type": "error", "error": "unknown_message"}, "unknown_message")
    names = ["payment.received", "trustline.updated", "clearing.completed"]
    ws.send({"type": "subscribe", "events": names})
    check(ws.expect() == {"type": "subscribed", "events": names}, "subscribed")
    ws.send("ping")
    check(ws.expect() == "pong", "ping as text")
    ws.frame(0x89, b"abc")
    check(ws.receive() == ("pong", b"abc"), "ping as a frame")
    ws.s.sendall(b"\x89\x80\0\0\0\0" * 50 + b"\x89\x81\0\0\0\0z")
    pongs = [ws.receive()]
    while pongs[-1] != ("pong", b"z"):
        pongs.append(ws.receive())
    check(all(p == ("pong", b"") for p in pongs[:-1]),
          f"of pings at once the last is answered: {pongs}")
    b.trust(a, "50.00")
    event = ws.expect()
    check(event["event"] == "trustline.updated" and event["payload"]["limit"] == "50.00",
          f"{event}")
    paid = a.pay(b, "7.00")
    event = ws.expect()
    check(
        event["event"] == "payment.received" and event["payload"]["tx_id"] == paid["tx_id"]
        and event["payload"]["amount"] == "7.00" and event["payload"]["from"] == a.pid, f"{event}")
    c.trust(b, "50.00")
    check(ws.expect()["event"] == "trustline.updated", "a line to Bob")
    a.trust(c, "50.00")
    b.pay(c, "5.00")
    c.pay(a, "5.00")
    events = [ws.expect(), ws.expect()]
    check(
        all(e["event"] == "clearing.completed" and e["payload"]["amount"] == "5.00"
            for e in events), f"clearing: {events}")
    ws.frame(0x88, b"\x03\xe8bye")
    check(ws.receive() == ("close", 1000) and ws.receive()[0] == "end", "a close is echoed")
    for first, data, code in ((0x81, b"\xff", 1007), (0x82, b"x", 1003), (0xC1, b"x", 1002),
                              (0x80, b"x", 1002), (0x81, b"x" * 5000, 1009)):
        ws = WebSocket(hub, b.token)
        ws.expect()
        ws.frame(first, data)
        check(ws.receive() == ("close", code), f"frame {first:x} must close with {code}")
    ws = WebSocket(hub, b.token)
    ws.expect()
    ws.s.sendall(b"\x81\x01x")
    check(ws.receive() == ("close", 1002), "an unmasked frame")
    got, _, data = hub.raw("GET", "/api/v1/ws")
    check(got == 400, f"without an upgrade: {got} {data}")
    outside(hub, b)
    hub.stop()


def case_ws_token(bin_dir, base, rng):
    """A WebSocket ends with the token that opened it."""
    hub = Hub(bin_dir, base, *FREE, "--access-seconds", "6")
    (a,) = people(hub, "Alice")
    a.login()
    ws = WebSocket(hub, a.token)
    check(ws.expect()["type"] == "hello", "open")
    check(ws.receive() == ("close", 1008), "closed when the token is over")
    check(a.call("GET", "/participants/me")[0] == 401, "it is over")
    ws.s.close()
    hub.stop()


def case_pings(bin_dir, base, rng):
    """Pings count as requests do. Whoever sends them without a bound and takes no answer costs no
    memory, and holds up nobody."""
    resident = lambda: int(open(f"/proc/{hub.process.pid}/statm").read().split()[1]) * os.sysconf(
        "SC_PAGE_SIZE")
    flood = b"\x89\x80\0\0\0\0" * 10000
    hub = Hub(bin_dir, os.path.join(base, "limited"))
    (a,) = people(hub, "Alice")
    ws = WebSocket(hub, a.token)
    ws.expect()
    ws.s.sendall(flood)
    got = ws.receive()
    while got[0] == "pong":
        got = ws.receive()
    check(got == ("close", 1008), f"10,000 pings at once: {got}")
    hub.stop()
    hub = Hub(bin_dir, os.path.join(base, "free"), *FREE)
    (a,) = people(hub, "Alice")
    ws = WebSocket(hub, a.token)
    ws.expect()
    before, sent = resident(), 0
    ws.s.settimeout(5)
    try:
        while sent < 400 * len(flood):
            sent += ws.s.send(flood)
    except TimeoutError:
        pass  # it does not listen to whoever does not take its answers
    check(hub.raw("GET", "/api/v1/health")[0] == 200, "the hub answers others")
    grown = resident() - before
    check(grown < 16 << 20, f"{sent} bytes of pings made the hub grow by {grown >> 20} MiB")
    ws.s.close()
    hub.stop()


def outside(hub, user):
    """An implementation that is not ours, where there is one."""
    program = """
import asyncio, json, sys, websockets
async def main(port, token):
    at = f"ws://127.0.0.1:{port}/api/v1/ws"
    async with websockets.connect(at, subprotocols=["bearer", token]) as ws:
        assert json.loads(await ws.recv())["type"] == "hello"
        await ws.send(json.dumps({"type": "subscribe", "events": ["payment.received"]}))
        assert json.loads(await ws.recv())["type"] == "subscribed"
        await (await ws.ping())
asyncio.run(main(sys.argv[1], sys.argv[2]))
"""
    for python in ("/usr/bin/python3", sys.executable):
        if subprocess.run([python, "-c", "import websockets"],
                          stderr=subprocess.DEVNULL).returncode == 0:
            done = subprocess.run(
                [python, "-c", program, str(hub.port), user.token], stderr=subprocess.PIPE,
                timeout=30)
            check(done.returncode == 0, f"python3-websockets: {done.stderr.decode()[-600:]}")
            return
    print("python3-websockets is not there; only the client of this test was used")


if __name__ == "__main__":
    sys.exit(main(globals()))
