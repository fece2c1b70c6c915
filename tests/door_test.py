#!/usr/bin/env python3
"""The agent's door: the app's files on loopback, pairing, app/1 on a WebSocket.

usage: door_test.py BIN_DIR CASE
Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import http.client, os, re, socket, subprocess, sys, threading, time

sys.dont_write_bytecode = True
import app_frame
import node_rig
from node_rig import check, eventually
from people_test import Person


def frames():
    """The module that needs flatc, or a skip."""
    why = app_frame.here()
    if why:
        raise node_rig.Skip(why)
    return app_frame


def one(nodes, name="ann"):
    nodes.start(1)
    return Person(nodes, name, nodes.all[0])


def url_of(person):
    return person.run("app", "--print").strip().splitlines()[-1]


def port_of(person):
    return int(re.match(r"http://localhost:(\d+)/#pair=[\w-]{43}$", url_of(person)).group(1))


def get(port, path, method="GET", **headers):
    """Status, headers in lower case, body."""
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    c.putrequest(method, path, skip_host=True)
    headers.setdefault("Host", f"localhost:{port}")
    for name, value in headers.items():
        c.putheader(name.replace("_", "-"), value)
    c.endheaders()
    r = c.getresponse()
    body = r.read()
    c.close()
    return r.status, {k.lower(): v for k, v in r.getheaders()}, body


def case_files(nodes, seed):
    """What the port serves, and to whom (AG-120)."""
    ann = one(nodes)
    port = port_of(ann)
    status, head, body = get(port, "/")
    check(status == 200 and b"<html" in body, f"{status} {body[:80]}")
    csp = head["content-security-policy"]
    for word in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'",
                 f"connect-src 'self' ws://localhost:{port};",
                 "require-trusted-types-for 'script'"):
        check(word in csp, f"{word}: {csp}")
    check("unsafe" not in csp and "*" not in csp and "http:" not in csp, csp)
    for field in ("x-content-type-options", "referrer-policy", "cross-origin-opener-policy"):
        check(field in head, f"{field}: {head}")
    for path in re.findall(rb'(?:src|href)="(/a/[^"]+)"', body):
        status, head, _ = get(port, path.decode())
        check(status == 200 and "immutable" in head["cache-control"], f"{path}: {status} {head}")
    for path in ("/nothing", "/a/nothing.js", "/a/../index.html", "/%2e%2e/agent_pages.c"):
        check(get(port, path)[0] in (400, 404), path)
    # other hosts, pages of other origins, other ports
    for host in ("evil.example", f"evil.example:{port}", "localhost:1", f"a.localhost:{port}"):
        check(get(port, "/", Host=host)[0] == 403, host)
    check(get(port, "/", Origin="http://evil.example")[0] == 403, "a foreign page reads it")
    check(get(port, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors",
              Sec_Fetch_Dest="script")[0] == 403, "a foreign page loads it")
    check(get(port, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate",
              Sec_Fetch_Dest="iframe")[0] == 403, "a foreign page frames it")
    check(get(port, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate",
              Sec_Fetch_Dest="document")[0] == 200, "a person goes there")
    status, head, _ = get(port, "/", Host=f"127.0.0.1:{port}")
    check(status == 307 and head["location"] == f"http://localhost:{port}/", f"{status} {head}")
    # calls are the socket's: not by HTTP here, whoever asks
    for path in ("/api/v1/agent/agent-status", "/api/v1/agent/client-pair"):
        check(get(port, path, "POST", Content_Length="0")[0] == 404, path)
    check(get(port, "/api/v1/app")[0] in (400, 403), "it is a WebSocket's")
    ann.down()
    ann.up(nodes.all[0], "--app", "off")
    check("serves no app" in ann.run("app", "--print", want=1), "there is none")


def case_pair(nodes, seed):
    """A code becomes a client, once; what it may do before and after (AG-121)."""
    app = frames()
    ann = one(nodes)
    url = url_of(ann)
    port = int(url.split(":")[2].split("/")[0])
    client, code = app.code_of(url)
    link = app.Link(port, client, code, origin=f"http://localhost:{port}")
    check(link.ask("Agent", "AgentStatus")[0] == "AgentStatusIs", "it may look")
    for area, name, table in (("Contact", "ContactsList", {}), ("Agent", "ClientPair", {}),
                              ("Agent", "AgentStop", {}), ("Agent", "ClientsList", {})):
        said = link.ask(area, name, table)
        check(said[0] == "AppError" and "becoming a client" in said[1]["detail"], f"{name}: {said}")
    kind, made = link.ask("Agent", "ClientClaim", {"name": "Firefox"})
    check(kind == "ClientMade", f"{kind} {made}")
    own = bytes(made["id"]["b"]) + bytes(16)
    secret = bytes(made["secret"]["b"])
    # who comes second is told, and gets nothing
    try:
        late = app.Link(port, client, code).ask("Agent", "ClientClaim", {"name": "thief"})
        check(late[0] == "AppError", f"twice: {late}")
    except app.Refused:
        pass
    check("thief" not in ann.run("agent", "clients"), "twice")
    # its own secret: all that the person may but one thing
    link = app.Link(port, own, secret, origin=f"http://localhost:{port}")
    check(link.ready["rights"] == ["*"], f"{link.ready}")
    check(link.ask("Contact", "ContactsList")[0] == "ContactsIs", "it may read")
    said = link.ask("Agent", "ClientPair")
    check(said[0] == "AppError" and "person's alone" in said[1]["detail"], f"{said}")
    said = link.ask("Agent", "ClientClaim", {"name": "again"})
    check(said[0] == "AppError" and "code" in said[1]["detail"], f"{said}")
    # events come, frames above a window's worth too
    link.call += 1
    link.put("AppEvent", {"body_type": "EventsOn", "body": {}}, link.call)
    check(link.take()["body_type"] == "AppOk", "it listens")
    ann.run("contacts", "invite")
    # another secret, another id, another origin
    for wrong in ((own, bytes(32)), (bytes(32), secret), (own[:8] + bytes(24), secret)):
        try:
            app.Link(port, *wrong, check=False)
            check(False, "let in")
        except app.Refused:
            pass
    number = re.search(r"\b([0-9a-f]{32})\b", ann.run("agent", "clients")).group(1)
    ann.run("agent", "clients", "remove", number)
    try:
        said = link.ask("Contact", "ContactsList")
        check(said[0] == "AppError" and "removed" in said[1]["detail"], f"{said}")
    except app.Refused as error:  # it listened
        check("hear nothing any more" in str(error), f"{error}")
    try:
        app.Link(port, own, secret)
        check(False, "a removed client is let in")
    except app.Refused:
        pass
    # a code of five minutes ago, or none
    try:
        app.Link(port, b"\1" * 32, bytes(32))
        check(False, "no code")
    except app.Refused:
        pass


def case_crowd(nodes, seed):
    """One connection more than GN_HOST_WEB_LINKS: the one heard of longest ago goes (AP-19)."""
    app = frames()
    ann = one(nodes)
    url = url_of(ann)
    port = int(url.split(":")[2].split("/")[0])
    _, made = app.Link(port, *app.code_of(url)).ask("Agent", "ClientClaim", {"name": "A"})
    own, secret = bytes(made["id"]["b"]) + bytes(16), bytes(made["secret"]["b"])
    links = [app.Link(port, own, secret) for _ in range(32)]
    for link in links[:1] + links[2:]:
        check(link.ask("Agent", "AgentStatus")[0] == "AgentStatusIs", "all live")
    links.append(app.Link(port, own, secret))
    try:
        links[1].ask("Agent", "AgentStatus")
        check(False, "the oldest still lives")
    except app.Refused as error:
        check("place" in str(error), f"{error}")
    for link in links[:1] + links[2:]:
        check(link.ask("Agent", "AgentStatus")[0] == "AgentStatusIs", "the others live")


def case_locked(nodes, seed):
    """An app that was paired unlocks; one that is being paired needs the passphrase (AG-122)."""
    app = frames()
    ann = one(nodes)
    secret_file = os.path.join(nodes.base, "secret")
    with open(secret_file, "w", encoding="utf-8") as f:
        f.write("correct horse\n")
    url = url_of(ann)
    port = int(url.split(":")[2].split("/")[0])
    link = app.Link(port, *app.code_of(url))
    _, made = link.ask("Agent", "ClientClaim", {"name": "A"})
    own, secret = bytes(made["id"]["b"]) + bytes(16), bytes(made["secret"]["b"])
    link = app.Link(port, own, secret)
    word = {"after": list(b"correct horse")}
    check(link.ask("Agent", "AgentPassphrase", word)[0] == "AgentStatusIs", "it sets one at first")
    said = link.ask("Agent", "AgentPassphrase", {"before": list(b"x"), "after": []})
    check(said[0] == "AppError", f"{said}")
    ann.run("agent", "lock")
    check(link.ask("Agent", "AgentStatus")[1]["state"] == "Locked", "it is locked")
    said = link.ask("Contact", "ContactsList")
    check(said[0] == "AppError" and "locked" in said[1]["detail"], f"{said}")
    link.end()
    # locked: it connects and opens; an ordinary client of the tool does not
    link = app.Link(port, own, secret)
    said = link.ask("Agent", "Unlock", {"passphrase": list(b"wrong")})
    check(said[0] == "AppError", f"{said}")
    check(link.ask("Agent", "Unlock", {"passphrase": list(b"correct horse")})[0] ==
          "AgentStatusIs", "it opens")
    check(link.ask("Contact", "ContactsList")[0] == "ContactsIs", "it reads")
    # a second browser, while it is sealed
    other = app.Link(port, *app.code_of(url_of(ann)))
    said = other.ask("Agent", "ClientClaim", {"name": "B"})
    check(said[0] == "AppError" and "passphrase" in said[1]["detail"], f"{said}")
    said = other.ask("Agent", "ClientClaim", {"name": "B", "passphrase": list(b"wrong")})
    check(said[0] == "AppError", f"{said}")
    said = other.ask("Agent", "ClientClaim", {"name": "B", "passphrase": list(b"correct horse")})
    check(said[0] == "ClientMade", f"{said}")


def case_network(nodes, seed):
    """Calls about the node go on to it, for who may (AG-124); a program has a quarter of
    AGENT_PASSES."""
    app = frames()
    nodes.start(2)
    ann = Person(nodes, "ann", nodes.all[0])
    url = url_of(ann)
    port = int(url.split(":")[2].split("/")[0])
    _, made = app.Link(port, *app.code_of(url)).ask("Agent", "ClientClaim", {"name": "A"})
    own, secret = bytes(made["id"]["b"]) + bytes(16), bytes(made["secret"]["b"])
    link = app.Link(port, own, secret)
    kind, said = link.ask("Node", "NodeStatus")
    check(kind == "NodeStatusIs" and said["version"], f"{kind} {said}")
    for name in ("NodePeers", "NodeLookups", "NodeCounters", "NodeGive"):
        check(link.ask("Node", name)[0] == name + "Is", name)
    said = link.ask("Node", "NodeGive", {"name": "relay", "value": "off"})
    check(said[0] == "NodeGiveIs" and said[1].get("relay") == "off", f"{said}")
    said = link.ask("Node", "NodeShutdown")
    check(said[0] == "AppError" and nodes.all[0].process.poll() is None, f"{said}")
    # others' rights
    file = os.path.join(nodes.base, "reader")
    for rights, want in ((["chat"], False), (["network"], True)):
        words = [w for right in rights for w in ("--right", right)]
        if os.path.exists(file):
            os.remove(file)
        ann.run("agent", "clients", "add", "r", *words, "--out", file, "--yes")
        with open(file, encoding="ascii") as f:
            number, other = f.read().strip().split(":")
        link = app.Link(port, bytes.fromhex(number) + bytes(16), bytes.fromhex(other))
        kind, said = link.ask("Node", "NodeStatus")
        check((kind == "NodeStatusIs") == want, f"{rights}: {kind} {said}")
        said = link.ask("Node", "NodeGive", {"name": "relay", "value": "small"})
        check(said[0] == "AppError", f"{rights}: {said}")
    # one more than its share; and where the shares of four are all, nobody else has a place
    links = []
    for i in range(5):
        url = url_of(ann)
        _, made = app.Link(port, *app.code_of(url)).ask("Agent", "ClientClaim", {"name": "A"})
        links.append(app.Link(port, bytes(made["id"]["b"]) + bytes(16),
                              bytes(made["secret"]["b"])))
    for i, link in enumerate(links):
        for call in range(1, 2 if i == 4 else 6):
            link.put("AppNode", {"body_type": "NodePing", "body": {
                "key": app.raw(bytes([88]) * 32), "patience_ms": 50000}}, call, 120000)
        frame = link.take()
        check(frame["body_type"] == "AppError", f"{i}: {frame}")
        want = "as many as one may" if i < 4 else "as much as it may be at once"
        check(frame["call"] == (5 if i < 4 else 1) and want in frame["body"]["detail"],
              f"{i}: {frame}")
    gone = nodes.all.pop(0)
    gone.stop()
    check(gone.process.wait(60) == 0, "it ended")
    link = app.Link(port, own, secret)
    said = link.ask("Node", "NodeStatus")
    check(said[0] == "AppError" and "node" in said[1]["detail"], f"{said}")


def case_start(nodes, seed):
    """From nothing: geonet app starts an agent that waits, and the app makes its keys (AG-121)."""
    app = frames()
    nodes.start(1)
    data = os.path.join(nodes.base, "new")
    os.mkdir(data, 0o700)
    run = lambda *words: subprocess.run([os.path.join(nodes.bin, "geonet"), "--data", data, *words],
                                        capture_output=True, text=True, timeout=120, check=False)
    done = run("app", "--print")
    try:
        check(done.returncode == 0, done.stderr)
        check(not os.path.exists(os.path.join(data, "identity.key")), "keys were made unasked")
        url = done.stdout.strip()
        port = int(url.split(":")[2].split("/")[0])
        link = app.Link(port, *app.code_of(url))
        check("state" not in link.ask("Agent", "AgentStatus")[1], "it is new")
        said = link.ask("Agent", "ClientClaim", {"name": "A"})
        check(said[0] == "AppError", f"claimed before there are keys: {said}")
        said = link.ask("Agent", "AgentStart", {"name": "Ann", "passphrase": list(b"horse")})
        check(said[0] == "AgentStatusIs" and said[1]["state"] == "Open", f"{said}")
        said = link.ask("Agent", "ClientClaim", {"name": "A", "passphrase": list(b"horse")})
        check(said[0] == "ClientMade", f"{said}")
        own = bytes(said[1]["id"]["b"]) + bytes(16)
        link = app.Link(port, own, bytes(said[1]["secret"]["b"]))
        check(link.ask("Contact", "InviteNew", {"uses": 1})[0] == "Invite", "it works")
        said = link.ask("Agent", "AgentStart", {"name": "Eve", "passphrase": []})
        check(said[0] == "AppError", f"twice: {said}")
    finally:
        run("agent", "down")


def relay(port, to):
    """A port that passes bytes on to another one."""
    server = socket.create_server(("127.0.0.1", port))

    def pump(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
        except OSError:
            pass
        b.close()

    def serve():
        while True:
            try:
                a, _ = server.accept()
            except OSError:
                return
            b = socket.create_connection(("127.0.0.1", to))
            threading.Thread(target=pump, args=(a, b), daemon=True).start()
            threading.Thread(target=pump, args=(b, a), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return server


def case_squatted(nodes, seed):
    """A port that is another program's: the next is taken (AGENT_DOOR_TRIES); who passes on from it
    proves nothing (AG-123, AP-12)."""
    app = frames()
    held = socket.create_server(("127.0.0.1", 0))
    port = held.getsockname()[1]
    nodes.start(1)
    ann = Person(nodes, "ann", nodes.all[0])
    ann.down()
    ann.up(nodes.all[0], "--app", str(port))
    check(f"port {port} is another program's" in ann.last(), ann.last())
    now = port_of(ann)
    check(now != port, "the squatter's port")
    client, code = app.code_of(url_of(ann))
    held.close()
    server = relay(port, now)
    # the page's origin is the squatter's port, and so is the Host
    try:
        app.Link(now, client, code, dial=port, origin=f"http://localhost:{port}")
        check(False, "the squatter passes for the agent")
    except Exception as error:  # by AppBye, by 403, by a proof that does not hold
        check(not isinstance(error, AssertionError), f"{error}")
    # the squatter's page dials the agent itself
    try:
        app.Link(now, client, code, origin=f"http://localhost:{port}")
        check(False, "a page of another port is let in")
    except Exception as error:
        check("403" in str(error), f"{error}")
    server.close()
    app.Link(now, client, code, origin=f"http://localhost:{now}").end()


def case_others(nodes, seed):
    """Another user of this machine is not let in, whatever they know."""
    app = frames()
    if os.geteuid() != 0:
        raise node_rig.Skip("only root can be another user")
    ann = one(nodes)
    # the agent must not be root's: root may everything
    raise_it = subprocess.run(["setpriv", "--reuid=65534", "true"], check=False)
    if raise_it.returncode:
        raise node_rig.Skip("no setpriv here")
    port = port_of(ann)
    client, code = app.code_of(url_of(ann))
    script = ("import sys; sys.path.insert(0, sys.argv[1]); import app_frame; "
              "app_frame.Link(int(sys.argv[2]), bytes.fromhex(sys.argv[3]), "
              "bytes.fromhex(sys.argv[4]))")
    done = subprocess.run([
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-B", "-c",
        script, os.path.dirname(os.path.abspath(__file__)), str(port), client.hex(), code.hex()
    ], capture_output=True, text=True, timeout=60, check=False)
    check(done.returncode != 0 and "403" in done.stderr, f"{done.returncode}: {done.stderr[-300:]}")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
