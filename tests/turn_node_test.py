#!/usr/bin/env python3
"""A real node serves STUN and TURN on its UDP socket to coturn's clients, which nobody here wrote,
while it is a node. Rules RE-50, RE-51, RE-52. usage: turn_node_test.py BIN_DIR CASE

Exit status 77: coturn is not installed (tools/setup dev).
"""
import os, socket, struct, sys

sys.dont_write_bytecode = True
from coturn import ECHO, echo, free_port, run, sent_and_back, tool
from node_rig import Skip, check, counters, eventually, main


def start(nodes, *options, users="ann:secret\n"):
    data = os.path.join(nodes.base, f"node{len(nodes.all) + 1}")
    os.makedirs(data, 0o700)
    write(os.path.join(data, "turn-users"), users)
    return nodes.start(1, *options)[0]


def write(path, text, mode=0o600):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path, mode)


def client(node, *words, user="ann", password="secret"):
    return run([tool("turnutils_uclient"), "-c", "-u", user, "-w", password, "-p", node.udp_port,
                *words, "127.0.0.1"]).replace(",", " ")


def message(method):
    """A request of STUN without attributes: 1 Binding, 3 Allocate."""
    return struct.pack(">HHI12s", method, 0, 0x2112a442, b"who am I....")


def case_stun(nodes, _):
    """Whoever asks is told, by default; a node of the same network hears nothing of it."""
    node = start(nodes)
    said = run([tool("turnutils_stunclient"), "-p", node.udp_port, "127.0.0.1"])
    check("UDP reflexive addr: 127.0.0.1:" in said, "no address was told")
    check(counters(node, "turn")["bindings"] == 1, "it was not we who told it")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        s.sendto(message(3), ("127.0.0.1", node.udp_port))
        try:
            check(not s.recv(2000), "a node that was not told to relay answers who wants it")
        except TimeoutError:
            pass
    check(counters(node, "turn")["switched-off"] == 1, "it was not counted")
    start(nodes)  # and both are one network


def case_clients(nodes, _):
    """By channels to a peer, by indications, and from one allocation to another; beside it the node
    takes another one in."""
    node = start(nodes, "--turn", "on", "--turn-private", "on", "--turn-ports", "50000-50999")
    with echo() as peer:
        to_peer = ["-e", ECHO, "-r", peer]
        for how in to_peer, to_peer + ["-s"], ["-y"]:
            said = client(node, *how, "-z", 5, "-m", 2, "-n", 50, "-l", 401)
            sent_and_back(said, 100)
    start(nodes)
    got = counters(node, "turn")
    check(got["allocated"] >= 6 and got["sent"] >= 300 and got["got"] >= 300,
          f"it did not go through the node: {got}")
    check(not got["over-rate"] and not got["unsent"], f"something was lost: {got}")


def free_tcp():
    return free_port("127.0.0.1", socket.SOCK_STREAM)


def over_tcp(nodes, port, node, *words):
    with echo() as peer:
        for how in ["-e", ECHO, "-r", peer], ["-y"]:
            said = run([tool("turnutils_uclient"), "-c", "-t", *words, "-u", "ann", "-w", "secret",
                        *how, "-z", 5, "-m", 2, "-n", 50, "-l", 401, "-p", port, "127.0.0.1"])
            sent_and_back(said.replace(",", " "), 100)
    got = counters(node, "turn")
    check(got["connected"] >= 4 and got["allocated"] >= 4 and got["got"] >= 200,
          f"it did not go over the node's port: {got}")


def case_tcp(nodes, _):
    port = free_tcp()
    node = start(nodes, "--turn", "on", "--turn-private", "on", "--turn-tcp", str(port))
    over_tcp(nodes, port, node)


def case_tls(nodes, _):
    """On the same port as without TLS, which is not in the way."""
    port, where = free_tcp(), os.path.join(nodes.base, "cert")
    os.makedirs(where, 0o700)
    cert, key = (os.path.join(where, name) for name in ("cert.pem", "key.pem"))
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-subj", "/CN=turn.example", "-keyout", key, "-out", cert], 0)
    node = start(nodes, "--turn", "on", "--turn-private", "on", "--turn-tcp", str(port),
                 "--turn-cert", cert, "--turn-key", key)
    over_tcp(nodes, port, node, "-S")
    over_tcp(nodes, port, node)


def case_v6(nodes, _):
    try:
        free_port("::1", family=socket.AF_INET6)
    except OSError:
        raise Skip("this machine has no IPv6") from None
    node = start(nodes, "--turn", "on", "--turn-private", "on", "--advertise", "[::1]:1")
    said = run([tool("turnutils_uclient"), "-x", "-c", "-y", "-u", "ann", "-w", "secret", "-z", 5,
                "-m", 2, "-n", 50, "-l", 401, "-p", node.udp_port, "::1"])
    sent_and_back(said.replace(",", " "), 100)
    check(counters(node, "turn")["got"] >= 100, "it did not go through the node")


def case_refused(nodes, _):
    """Who is not let in, and peers that are nobody's to reach: this machine's own addresses, and
    private ones."""
    node = start(nodes, "--turn", "on")
    for user, password in ("ann", "wrong"), ("bob", "secret"):
        said = client(node, "-y", "-n", 1, "-m", 1, user=user, password=password)
        check("tot_send_msgs" not in said, f"{user} with {password} was let in")
    check(counters(node, "turn")["wrong"] >= 2, "nobody was refused")
    client(node, "-e", ECHO, "-r", free_port(ECHO), "-n", 3, "-m", 1)
    got = counters(node, "turn")
    check(got["allocated"] and not got["sent"] and got["refused_peer"],
          f"data went to a private address: {got}")


def case_settings(nodes, _):
    """What is wrong with the file of users is said before the node is there."""
    data = os.path.join(nodes.base, "wrong")
    os.makedirs(data, 0o700)
    path = os.path.join(data, "turn-users")
    command = [os.path.join(nodes.bin, "geonetd"), "--data", data, "--port", "0", "--http", "0",
               "--pow-bits", "8", "--turn", "on"]
    check("turn = on needs" in run(command, 1), "a missing file")
    for text, mode, why in (("ann\n", 0o600, "turn-users: line 1: it is not NAME:PASSWORD"),
                            ("ann:secret\n", 0o644, "chmod 600")):
        write(path, text, mode)
        said = run(command, 1)
        check(why in said, f"not said: {why}")
    said = run([*command, "--turn-ports", "1-2"], 2)
    check("turn-ports: '1-2' is not FIRST-LAST" in said, "ports")


def case_login(nodes, _):
    """So is what is wrong with the name and password at another's server (RE-47): what is written
    there is not shown. With both right it starts, though nobody is there."""
    data = os.path.join(nodes.base, "login")
    os.makedirs(data, 0o700)
    path = os.path.join(data, "turn-login")
    command = [os.path.join(nodes.bin, "geonetd"), "--data", data, "--port", "0", "--http", "0",
               "--pow-bits", "8", "--turn-server", "turn:127.0.0.1:9"]
    check("turn-server needs" in run(command, 1), "a missing file")
    for text, mode, why in (("hidden\n", 0o600, "NAME:PASSWORD"), (":hidden\n", 0o600, "NAME:"),
                            ("ann:hidden\nbob:hidden\n", 0o600, "in one line"),
                            ("ann:" + 129 * "x", 0o600, "NAME:PASSWORD"),
                            ("ann:hidden\n", 0o644, "chmod 600")):
        write(path, text, mode)
        said = run(command, 1)
        check(why in said, f"not said: {why}")
        check("hidden" not in said, "the password is shown")
    check("is not turn:HOST" in run([*command[:-1], "turn:ann@127.0.0.1"], 2), "a name in it")
    node = nodes.start(1)[0]
    node.stop()
    node.reap()
    write(os.path.join(node.data, "turn-login"), "ann:hidden\n")
    node.options += ["--turn-server", "turn:127.0.0.1:9"]
    node = nodes.again(node)
    got = eventually("it says that nobody is there", 60, lambda: node.status().get("turn"))
    check(got["server"] == "turn:127.0.0.1:9" and not got["address"], f"{got}")
    check("hidden" not in str(node.status()), "the password is shown")


def case_flood(nodes, _):
    """A stranger who asks without end has a share, and the node another for those who want to be
    its peers: one finds it meanwhile."""
    node = start(nodes, "--guard-local", "count")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for i in range(200000):
            s.sendto(message(1), ("127.0.0.1", node.udp_port))
            if i % 1000 == 999 and counters(node, "turn")["over-prefix"]:
                break
    got = counters(node, "turn")
    check(got["over-prefix"] and got["bindings"], f"nothing was too much: {got}")
    start(nodes)


if __name__ == "__main__":
    sys.exit(main(globals()))
