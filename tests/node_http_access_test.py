#!/usr/bin/env python3
"""A node's HTTP through a stranger's eyes: who may ask, what is told without the token, methods,
strange heads, events, and what a node without others says. usage: node_http_access_test.py BIN_DIR
CASE

Each case starts one real node on free ports in a temporary directory and speaks to it by hand. Exit
0 passed, 77 skipped, 1 failed with a sentence.
"""
import json, os, re, subprocess, sys, time

sys.dont_write_bytecode = True
from hub_client import WebSocket
from node_http_rig import ask, connect, page_parts, resolver, site_node, speak
from node_rig import POW, check, eventually, main, network, token_of

OPEN = ["/", "/metrics", "/api/v1/status", "/api/v1/counters"]
OWNERS = [
    "/api/v1/peers", "/api/v1/lookups", "/api/v1/held", "/api/v1/sites", "/api/v1/events",
    "/api/v1/guard", "/api/v1/guard/why?who=127.0.0.1", "/api/v1/find/" + "0" * 64,
    "/api/v1/records/" + "0" * 64, "/api/v1/names/nobody", f"/api/v1/sites/{'0' * 64}/-/file?path=x"
]
WRITES = [
    "/api/v1/records", "/api/v1/names", "/api/v1/files", "/api/v1/spread",
    "/api/v1/guard/allow?who=127.0.0.1", "/api/v1/guard/forgive?who=127.0.0.1", "/api/v1/shutdown"
]


def case_hosts(nodes, seed):
    """NO-5: only names of this machine, no page of another origin; open reads and the owner's token
    make no difference."""
    (node,) = nodes.start(1)
    port, token = node.http_port, token_of(node)
    for good in ("localhost", f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}",
                 "LOCALHOST"):
        check(ask(node, "/api/v1/status", host=good).status == 200, f"{good} is this machine")
    for bad in ("evil.example", f"evil.example:{port}", "localhost.evil.example",
                "127.0.0.1.nip.io", "127.0.0.2", "0.0.0.0", "[::]", "geo.localhost",
                "localhost@evil.example", "1"):
        for path in OPEN + OWNERS:
            got = ask(node, path, host=bad, token=token)
            check(got.status in (400, 403) and b"pid" not in got.body,
                  f"Host {bad} was answered {got.status} for {path}")
    check(
        ask(node, "/api/v1/status", host=False).status == 400, "a request without Host is refused")
    check(ask(node, "/api/v1/status", "Host: evil.example").status == 400, "two hosts are refused")
    for origin in (f"http://localhost:{port}",):
        check(
            ask(node, "/api/v1/status", f"Origin: {origin}").status == 200, "the page itself asks")
    for origin in ("http://evil.example", "null", f"https://localhost:{port}",
                   f"http://localhost:{port + 1}", f"http://thesite.geo.localhost:{port}",
                   "http://localhost"):
        for path in OPEN + OWNERS:
            check(
                ask(node, path, f"Origin: {origin}", token=token).status == 403,
                f"Origin {origin} was let in to {path}")
        for path in WRITES:
            check(
                ask(node, path, f"Origin: {origin}", method="POST", body="{}",
                    token=token).status == 403, f"Origin {origin} may write to {path}")
    for site in ("cross-site", "same-site"):
        check(
            ask(node, "/api/v1/status", f"Sec-Fetch-Site: {site}").status == 403,
            f"a {site} request was let in")
    for site in ("same-origin", "none"):
        check(
            ask(node, "/api/v1/status", f"Sec-Fetch-Site: {site}").status == 200,
            f"a {site} request was refused")
    check(node.process.poll() is None, "nobody shut it down")


def case_token(nodes, seed):
    """What is the owner's needs the token, or the Unix socket; without it the page shows what is
    harmless."""
    (node,) = nodes.start(1)
    token = token_of(node)
    for path in OPEN + page_parts(node):
        check(ask(node, path).status == 200, f"{path} needs no token")
    wrong = [
        None, "", "x" * 64, token[:-1], token + "0",
        token.upper() if token.upper() != token else "A" * 64
    ]
    for method in ("GET", "HEAD"):
        for path in OWNERS:
            for t in wrong:
                check(
                    ask(node, path, method=method, token=t).status == 403,
                    f"{method} {path} was answered with the token {t!r}")
    for path in WRITES:
        for t in wrong:
            check(
                ask(node, path, method="POST", body="{}", token=t).status == 403,
                f"POST {path} was taken with the token {t!r}")
    check(
        ask(node, "/api/v1/peers", f"Authorization: Basic {token}").status == 403
        and ask(node, f"/api/v1/peers?token={token}").status == 403, "the token goes in one place")
    for path in OWNERS:
        check(ask(node, path, token=token).status != 403, f"{path} refuses the owner")
        check(ask(node, path, unix=True).status != 403, f"{path} refuses the owner on the socket")
    for name in ("token", "api.sock", "node.key"):
        check(
            os.stat(os.path.join(node.data, name)).st_mode & 0o077 == 0,
            f"{name} is open to others")
    page = ask(node, "/")
    check(b"GeoNet" in page.body and token.encode() not in page.body,
          "the page knows no token by itself")
    check(
        "default-src 'none'" in page.field("content-security-policy")
        and "frame-ancestors 'none'" in page.field("content-security-policy"), "the page is fenced")
    shown = ask(node, "/api/v1/status").body
    check(token.encode() not in shown and json.loads(shown)["reach"] == "founder",
          f"the status: {shown[:300]}")
    link = node.cli("open")["url"]
    check(link == f"http://localhost:{node.http_port}/#token={token}",
          f"the owner's link is {link}")
    # A second one for the same data ends without touching it; a restart makes it good for nothing.
    second = subprocess.run(
        [os.path.join(node.bin, "geonetd"), "--data", node.data, "--port", "0", "--http", "0"],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    check(
        second.returncode != 0 and token_of(node) == token
        and ask(node, "/api/v1/peers", token=token).status == 200,
        f"a second node for the same data: {second.returncode} {second.stderr}")
    node = nodes.again(node)
    new = token_of(node)
    check(
        len(new) == 64 and new != token
        and os.stat(os.path.join(node.data, "token")).st_mode & 0o777 == 0o600,
        f"the token after a restart: {new}")
    check(
        ask(node, "/api/v1/peers", token=token).status == 403
        and ask(node, "/api/v1/peers", token=new).status == 200,
        "of a page left open the token is refused")
    for method, path in (("GET", "/api/v1/events"), ("POST", "/api/v1/shutdown")):
        check(
            ask(node, path, method=method, token=token).status == 403,
            f"{path} is answered with the token of the last run")
    check(node.cli("open")["url"].endswith(f"/#token={new}"), "the link is of this run")


def case_methods(nodes, seed):
    """Each path has its methods, the others are refused; what is no path is not found; nothing of
    it ends the node."""
    node, host = site_node(nodes, {"index.html": b"<h1>here</h1>"})
    token = token_of(node)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST", "BREW"):
        for path in ("/api/v1/status", "/api/v1/peers", "/"):
            status = ask(node, path, method=method, token=token).status
            check(400 <= status < 600 and status != 403, f"{method} {path} was answered {status}")
        got = ask(node, "/", method=method, host=host)
        check(got.status in (405, 501) and (got.status == 501 or got.field("allow") == "GET, HEAD"),
              f"{method} on a site: {got.status} {got.fields}")
    for path in ("/api/v1/", "/api/v2/status", "/api/v1/status/", "/api", "//api/v1/status",
                 "/a/", "/a/nothing", "/page/disk.js", "/Api/v1/status"):
        check(ask(node, path, token=token).status == 404, f"{path} is no path")
    head = ask(node, "/api/v1/status", method="HEAD")
    check(head.status == 200 and head.body == b"" and int(head.field("content-length")) > 100,
          "HEAD has the length and no body")


def case_heads(nodes, seed):
    """Heads past the limits and bodies that lie are refused, one past each limit; the next client
    is served."""
    (node,) = nodes.start(1)
    token = token_of(node)
    for name in ("X: ", "Cookie: "):
        line = name + "h" * (16384 - len(name))
        check(ask(node, "/api/v1/status", line).status == 200, f"16 KiB of {name} fit")
        check(
            ask(node, "/api/v1/status", line + "h").status == 431,
            f"one byte more of {name} is too long")
        check(
            ask(node, "/api/v1/status", line, line, line).status == 431,
            "48 KiB of headers are too many")
    check(ask(node, "/api/v1/status", *["A: b"] * 150).status == 431, "150 headers are too many")
    check(
        ask(node, "/api/v1/names/" + "n" * 5000, token=token).status == 414,
        "a path of 5000 bytes is too long")
    check(
        ask(node, "/api/v1/names/" + "n" * 300, token=token).status == 404,
        "an argument of 300 bytes matches nothing")
    got = ask(node, "/api/v1/names/a%ff", token=token)
    check(got.status == 400 and json.loads(got.body)["error"]["code"] == "text",
          f"a name that is no text is said to be none: {got.status} {got.body}")
    base = f"Host: localhost\r\nAuthorization: Bearer {token}\r\n"
    for text in ("Content-Length: -1", "Content-Length: 1\r\nContent-Length: 2",
                 "Content-Length: 1\r\nTransfer-Encoding: chunked",
                 "Content-Length: 99999999999999999999"):
        check(
            speak(node, f"POST /api/v1/records HTTP/1.1\r\n{base}{text}\r\n\r\nx").status == 400,
            f"{text!r} is refused")
    smuggled = speak(
        node,
        f"POST /api/v1/records HTTP/1.1\r\n{base}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET "
        "/api/v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    )
    check(smuggled.status >= 400 and b"uptime" not in smuggled.body,
          "what follows a body is a request like any other")
    junk = ask(node, "/api/v1/records", method="POST", body="x" * 200, token=token)
    check(junk.status == 400 and b"is not a record" in junk.body,
          f"what the client sends is no other node's fault: {junk.status} {junk.body}")
    check(
        ask(node, "/api/v1/records", method="POST", body="x" * 200_000, token=token).status
        in (400, 413), "a body that is no record")
    for more in (0, 1):  # GN_NODE_BODY: one byte more is not gathered
        body = "x" * ((16 << 20) + more)
        got = ask(node, "/api/v1/records", method="POST", body=body, token=token)
        refused = got.status == 413 and b"the body is larger" in got.body
        check(refused == (more == 1), f"a body of 16 MiB and {more}: {got.status} {got.body}")
    check(
        ask(node, "/api/v1/spread", method="POST", body='{"blocks":["zz"]}',
            token=token).status == 400, "hashes that are none")
    for query in ("quorum=9", "quorum=-1", "quorum=99999999999999999999", "min_seq=x",
                  "type=65536"):
        check(
            ask(node, f"/api/v1/records/{'0' * 64}?{query}", token=token).status == 400,
            f"{query} is out of range")
    check(ask(node, "/api/v1/status").status == 200, "the next client is served")


class Port:
    def __init__(self, port):
        self.port = port


def case_events(nodes, seed):
    """NO-23: what happens is told to WebSockets and to readers of server-sent events alike; who may
    listen; many at once."""
    (node,) = nodes.start(1)
    token, key = token_of(node), "c2l4dGVlbiBieXRlcyEhIQ=="
    upgrade = [
        "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13"
    ]

    def shake(*fields, path="/api/v1/events"):
        return speak(
            node, "\r\n".join(
                [f"GET {path} HTTP/1.1", f"Host: localhost:{node.http_port}", *upgrade, *fields])
            + "\r\n\r\n", enough=12).status

    good = f"Sec-WebSocket-Protocol: bearer, {token}"
    check(
        shake(good) == 101 and shake(f"Authorization: Bearer {token}") == 101, "the owner listens")
    check(
        shake(good, f"Origin: http://localhost:{node.http_port}",
              *fetched("same-origin", "websocket", "empty")) == 101, "the page listens")
    for fields in ([], ["Sec-WebSocket-Protocol: bearer"], ["Sec-WebSocket-Protocol: bearer, x"], [
            f"Sec-WebSocket-Protocol: {token}"
    ], [f"Sec-WebSocket-Protocol: bearer, {token}0"], [good, "Origin: http://evil.example"], [
            good, "Origin: null"
    ], [good, *fetched("cross-site", "websocket", "empty")]):
        check(shake(*fields) == 403, f"{fields} listens")
    check(shake(good, path="/api/v1/status") == 200, "only events are told that way")
    check(
        ask(node, "/api/v1/peers", good, token=None).status == 403,
        "the subprotocol is a token for WebSockets only")
    bad = speak(
        node,
        "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
        f"close\r\n{good}\r\n\r\n"
    )
    check(bad.status == 400, f"half a handshake: {bad.status}")
    crowd = [WebSocket(Port(node.http_port), token, "/api/v1/events") for _ in range(20)]
    stream = connect(node)
    stream.sendall(
        f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".
        encode())
    raw = b""
    while b": geonet" not in raw:
        raw += stream.recv(4096)
    ask(node, f"/api/v1/records/{'5' * 64}", token=token)
    for ws in crowd:
        kind, text = ws.receive()
        said = json.loads(text)
        check(kind == "text" and said["event"] == "lookup" and said["data"]["err"] == "not-found",
              f"it is told {kind} {text}")
    while not re.search(rb'event: lookup\s.*data: .*"err":"not-found"', raw, re.S):
        raw += stream.recv(4096)
    crowd[0].send("anything")
    crowd[0].s.sendall(b"\x89\x80\0\0\0\0")
    check(crowd[0].receive()[0] == "pong", "a listener is alive")
    crowd[0].s.sendall(b"\x88\x80\0\0\0\0")
    check(crowd[0].receive()[0] == "close" and crowd[0].receive()[0] == "end", "it says goodbye")
    for ws in crowd:
        ws.s.close()
    stream.close()
    eventually("they are forgotten", 60,
               lambda: json.loads(ask(node, "/api/v1/counters").body)["http"]["open"] <= 2)


def fetched(site, mode, dest):
    return [f"Sec-Fetch-Site: {site}", f"Sec-Fetch-Mode: {mode}", f"Sec-Fetch-Dest: {dest}"]


def case_browsers(nodes, seed):
    """NO-21, NO-22: where a browser is sent, what it is told to forget, and what pages of others
    get; programs read at the address."""
    node, host = site_node(nodes, {"index.html": b"<h1>here</h1>", "pixel.gif": b"GIF89a"})
    port = node.http_port
    visit, part, foreign = fetched("none", "navigate", "document"), fetched(
        "same-origin", "no-cors", "image"), fetched("cross-site", "no-cors", "image")
    worker = fetched("same-origin", "same-origin", "serviceworker")
    everything = '"cache", "cookies", "storage"'
    got = ask(node, "/pixel.gif?a=b", *visit, host=host)
    check(
        got.status == 307 and not got.field("clear-site-data")
        and got.field("cache-control") == "no-store",
        f"a visit to the address: {got.status} {got.fields}")
    start, end = f"http://geo-thesite-", f".localhost:{port}/pixel.gif?a=b"
    place = got.field("location")
    check(
        place.startswith(start) and place.endswith(end)
        and len(place) == len(start) + 12 + len(end), f"it leads to {place}")
    home = place.split("/")[2]
    for fields in (visit, part, worker, fetched("cross-site", "navigate", "document"), []):
        got = ask(node, "/pixel.gif", *fields, "Cookie: own=1", host=home)
        check(got.status == 200 and got.body == b"GIF89a" and not got.field("clear-site-data"),
              f"at home {fields}: {got.status} {got.fields}")
    check(ask(node, "/", *visit, host=home.upper()).status == 200, "hosts have no case")
    for fields in (visit, fetched("cross-site", "navigate", "document")):
        got = ask(node, "/", *fields, "Cookie: tossed=1", host=host)
        check(got.status == 307 and got.field("clear-site-data") == everything,
              f"a cookie at the address: {got.status} {got.fields}")
    for fields in (part, worker):
        got = ask(node, "/pixel.gif", *fields, host=host)
        check(got.status == 403 and got.field("clear-site-data") == everything,
              f"{fields} at the address: {got.status} {got.fields}")
    got = ask(node, "/pixel.gif", "Cookie: tossed=1", host=host)
    check(got.status == 200 and got.field("clear-site-data") == '"cookies"',
          f"an old browser with a cookie: {got.fields}")
    check(not ask(node, "/pixel.gif", host=host).field("clear-site-data"),
          "a program without cookies has nothing to forget")
    before = home.replace(home.split(".")[0][-12:], "a" * 12)
    for fields, status in ((visit, 307), ([], 307), (part, 403), (worker, 403)):
        got = ask(node, "/", *fields, host=before)
        check(got.status == status and got.field("clear-site-data") == everything,
              f"{fields} where the owner before lived: {got.status} {got.fields}")
        check(status != 307 or got.field("location") == f"http://{home}/",
              f"it leads to {got.field('location')}")
    for where in (host, home, before, host.replace("thesite", "nosuchsite")):
        for fields in (foreign, fetched(
                "same-site", "no-cors", "script"), fetched(
                    "cross-site", "navigate", "iframe"), fetched("cross-site", "cors", "empty"),
                       fetched("cross-site", "same-origin", "serviceworker")):
            got = ask(node, "/pixel.gif", *fields, host=where)
            check(got.status == 403 and not got.field("clear-site-data") and b"GIF" not in got.body,
                  f"{fields} at {where}: {got.status}")
        for purpose in ("Sec-Purpose: prefetch", "Sec-Purpose: prefetch;prerender",
                        "Purpose: prefetch", "X-Moz: prefetch"):
            got = ask(node, "/pixel.gif", *visit, purpose, host=where)
            check(got.status == 403 and b"GIF" not in got.body,
                  f"{purpose} at {where}: {got.status}")
    for purpose in ("Sec-Purpose: prefetch", "Purpose: prefetch"):
        got = ask(node, "/api/v1/status", *visit, purpose)
        check(got.status == 403, f"{purpose} of the status: {got.status}")
    long = "n" * 47
    check(
        ask(node, "/", *visit, host=f"geo-thesite.localhost:{port}").status == 400,
        "an origin has its owner's letters")
    # Every answer of the port keeps pages of others from telling that it is one.
    for got in (ask(node, "/", host=home), ask(
            node, "/", *foreign, host=home), ask(
                node, "/", *visit, host=host), ask(node, "/nothing", host=home), ask(
                    node, "/"), ask(node, "/api/v1/status"), ask(node, "/", *foreign),
                ask(node, "/", host="evil.example"), ask(
                    node, "/" + "x" * 5000), ask(node, "/", host=False), speak(
                        node, "x\r\n\r\n"), ask(node, "/", method="PUT", host=home),
                ask(node, "/pixel.gif", "Range: bytes=1-2",
                    host=home), ask(node, "/pixel.gif", "If-None-Match: *",
                                    host=home), ask(node, "/", host=f"{long}.geo.localhost")):
        check(
            all([v
                 for n, v in got.fields
                 if n == f"cross-origin-{what}-policy"] == ["same-origin"]
                for what in ("resource", "opener")) and got.field("origin-agent-cluster") == "?1",
            f"an answer of {got.status} shows itself: {got.fields}")


def case_alone(nodes, seed):
    """A name to begin at that means nobody, then a node: what is said meanwhile, and that a changed
    answer is followed."""
    folder, udp = resolver(nodes), network.udp_port()

    def means(text):
        with open(os.path.join(folder, "new"), "w", encoding="utf-8") as f:
            f.write(text)
        os.replace(os.path.join(folder, "new"), os.path.join(folder, "hosts"))

    means(f"seed.test 127.0.0.7\n")
    node = network.Node(
        1, os.path.join(nodes.base, "alone"), folder, network.udp_port(), 0, None,
        ["--pow-bits", POW, "--bootstrap", f"seed.test:{udp}"])
    nodes.all.append(node)
    node.wait_ready(time.monotonic() + 60)
    token = token_of(node)
    eventually("the name was asked for", 60,
               lambda: node.status()["bootstrap"][0]["addrs"] == [f"127.0.0.7:{udp}"])
    said = node.status()
    check(
        said["reach"] == "alone" and said["bootstrap"][0]["host"] == f"seed.test:{udp}"
        and said["bootstrap"][0]["answered"] is False,
        f"it says {said['reach']}, {said['bootstrap']}")
    for path in ("/api/v1/names/welcome", f"/api/v1/records/{'1' * 64}",
                 f"/api/v1/sites/{'1' * 64}/-"):
        got = ask(node, path, token=token)
        check(got.status == 504 and json.loads(got.body)["error"]["code"] == "unreachable",
              f"{path}: {got.status} {got.body[:200]}")
    got = ask(node, f"/api/v1/find/{'1' * 64}", token=token)
    check(got.status == 504 and "this node is alone" in json.loads(got.body)["error"]["message"],
          f"why nobody can be reached: {got.status} {got.body[:200]}")
    page = ask(node, "/", host=f"welcome.geo.localhost:{node.http_port}")
    check(page.status == 504 and b"alone" in page.body,
          f"the gateway says {page.status} {page.body[-300:]}")
    founder = network.Node(2, os.path.join(nodes.base, "founder"), nodes.bin, udp, 0, None,
                           ["--pow-bits", POW])
    nodes.all.append(founder)
    founder.wait_ready(time.monotonic() + 60)
    check(founder.status()["reach"] == "founder",
          f"the first node says {founder.status()['reach']}")
    means(f"seed.test 127.0.0.1\n")
    eventually("the new address was followed", 180, lambda: node.status()["reach"] == "joined")
    said = node.status()
    check(
        said["bootstrap"][0]["addrs"] == [f"127.0.0.1:{udp}"] and said["bootstrap"][0]["answered"],
        f"it says {said['bootstrap']}")
    check(founder.status()["reach"] == "joined", "both are joined")
    got = ask(node, "/api/v1/names/welcome", token=token)
    check(got.status == 404, f"now it is known that nobody holds the name: {got.status}")
    means("")
    founder.stop()
    founder.reap()
    nodes.all.remove(founder)
    eventually("it is alone again", 180, lambda: node.status()["reach"] == "alone")
    check(node.status()["bootstrap"][0]["addrs"] == [f"127.0.0.1:{udp}"],
          "a name that cannot be resolved means what it meant before")


if __name__ == "__main__":
    sys.exit(main(globals()))
