#!/usr/bin/env python3
"""STUN and TURN against coturn, which nobody here wrote: its clients at our server, our client at
its server, over UDP and TCP of loopback. Rules RE-47, RE-50, RE-51.

usage: turn_test.py DRIVER CASE      DRIVER: the program turn_driver of this build

Exit status 77: coturn is not installed (tools/setup dev).
"""
import contextlib, os, socket, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
from coturn import ECHO, TIMEOUT, echo, fail, free_port, run, running, sent_and_back, tool

DRIVER, CASE = sys.argv[1], sys.argv[2]


# ---- our server ----

@contextlib.contextmanager
def our_server(ports="one"):
    """Its ports (the second is 0 where it has one), and a dictionary of what it counted, filled
    afterwards."""
    counters = {}
    pipe = subprocess.PIPE
    with running([DRIVER, "serve", ports], stdin=pipe, stdout=pipe, text=True) as p:
        first, second = p.stdout.readline().split()[1:]
        yield int(first), int(second), counters
        p.stdin.close()
        for line in p.stdout:
            name, value = line.split()
            counters[name] = int(value)
        if p.wait(TIMEOUT):
            fail(f"our server ended with {p.returncode}")
    print(counters)


def stun():
    """coturn asks its address, and what its NAT does where we have a second port. (Its stunclient
    waits for ever where there is one: for an answer at a port of its choice, RESPONSE-PORT.)"""
    client = tool("turnutils_stunclient")
    discovery = tool("turnutils_natdiscovery")
    with our_server() as (port, _, counters):
        said = run([client, "-p", port, "127.0.0.1"])
        if "UDP reflexive addr: 127.0.0.1:" not in said:
            fail("no address was told")
    if counters["bindings"] != 1:
        fail("it was not we who told it")
    with our_server("two") as (port, second, counters):
        said = run([discovery, "-m", "-p", port, "127.0.0.1"])
        if f"Other addr: : 127.0.0.1:{second}" not in said:
            fail("no other address was told")
        if "NAT with Endpoint Independent Mapping" not in said:
            fail("the mapping was not found")


def clients(tcp):
    uclient = tool("turnutils_uclient")
    base = [uclient, "-c", "-u", "ann", "-w", "secret"] + (["-t"] if tcp else [])
    with our_server() as (port, _, counters), echo() as peer:
        to_peer = ["-e", ECHO, "-r", peer]
        # by channels to a peer, by indications, and from one allocation to another
        for how in to_peer, to_peer + ["-s"], ["-y"]:
            said = run(base + how + ["-z", 5, "-m", 2, "-n", 50, "-l", 401,
                                     "-p", port, "127.0.0.1"])
            sent_and_back(said.replace(",", " "), 100)
    if counters["allocated"] < 6 or counters["sent"] < 300 or counters["got"] < 300:
        fail("it did not go through our server")


def clients_refused():
    """Who is not let in, and peers who are not."""
    uclient = tool("turnutils_uclient")
    with our_server() as (port, _, counters):
        for name, password in ("ann", "wrong"), ("bob", "secret"):
            said = run([uclient, "-c", "-y", "-n", 1, "-m", 1, "-u", name, "-w", password,
                        "-p", port, "127.0.0.1"])
            if "tot_send_msgs" in said:
                fail(f"{name} with {password} was let in")
        said = run([uclient, "-c", "-e", "127.0.0.1", "-r", port + 1, "-n", 3, "-m", 1, "-u", "ann",
                    "-w", "secret", "-p", port, "127.0.0.1"])
    if counters["wrong"] < 2:
        fail("nobody was refused")
    if counters["sent"] or not counters["no_permission"]:
        fail("data went to our own address")


# ---- its server ----

def relay(transport, port, password="secret", seconds=0, status=0):
    said = run([DRIVER, "relay", transport, f"127.0.0.1:{port}", "ann", password, 40, seconds],
               status)
    if status == 0 and f"BACK {80 if seconds else 40} OTHER 1" not in said:
        fail("not everything came back")
    return said


def listens(p, port):
    """False: it has ended, as when another was given its port first."""
    for _ in range(TIMEOUT * 10):
        if p.poll() is not None:
            return False
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.1)
    fail("turnserver does not listen")


@contextlib.contextmanager
def coturn():
    server = tool("turnserver")
    with tempfile.TemporaryDirectory(prefix="turn-test-") as place, \
            open(os.path.join(place, "out"), "w+") as out:
        for _ in range(5):
            port = free_port("127.0.0.1", socket.SOCK_STREAM)
            with running([server, "-n", "-L", "127.0.0.1", "-E", "127.0.0.1", "-p", str(port),
                          "--allow-loopback-peers", "--lt-cred-mech", "-u", "ann:secret",
                          "-r", "test", "--stale-nonce=2", "--no-cli", "--no-tls", "--no-dtls",
                          "--simple-log", "-v", "--log-file", os.path.join(place, "log"),
                          "--pidfile", os.path.join(place, "pid"),
                          "--userdb", os.path.join(place, "db")],
                         stdout=out, stderr=out, cwd=place) as p:
                if listens(p, port):
                    yield port, os.path.join(place, "log")
                    return
        out.seek(0)
        fail(f"turnserver did not start:\n{out.read()}")


def server(transport):
    """Ours at coturn: data; then so much time passes that its nonce is over, permission and channel
    are bound anew, and the allocation is refreshed; data again."""
    with coturn() as (port, log):
        relay(transport, port)
        relay(transport, port, seconds=1000)
        with open(log, encoding="utf-8", errors="replace") as f:
            said = f.read()
    for what, least in ("CHANNEL_BIND processed, success", 1 + 5), (": refreshed,", 30), (
            "error 438", 1):
        if said.count(what) < least:
            fail(f"coturn said '{what}' {said.count(what)} times, not {least}")


def server_refused():
    with coturn() as (port, _):
        said = relay("udp", port, password="wrong", status=3)
        if "ENDED denied" not in said:
            fail("it did not say that we are not let in")
    said = relay("udp", port, status=3)  # it is gone
    if "ENDED timeout" not in said:
        fail("silence was not noticed")


def own():
    """Ours at ours, without coturn."""
    with our_server() as (port, _, counters):
        for transport in "udp", "tcp":
            for seconds in 0, 1000:
                said = relay(transport, port, seconds=seconds)
                if "sha256" not in said:
                    fail("the weaker algorithm was taken")
        relay("udp", port, password="wrong", status=3)
    if counters["allocated"] != 4 or counters["wrong"] != 1 or counters["expired"]:
        fail("counters")


CASES = {
    "stun": stun,
    "clients_udp": lambda: clients(False),
    "clients_tcp": lambda: clients(True),
    "clients_refused": clients_refused,
    "server_udp": lambda: server("udp"),
    "server_tcp": lambda: server("tcp"),
    "server_refused": server_refused,
    "own": own,
}
CASES[CASE]()
print("ok")
