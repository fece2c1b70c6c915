#!/usr/bin/env python3
"""A node's HTTP through a stranger's eyes: usage: node_http_test.py BIN_DIR CASE

Each case starts one real node on free ports in a temporary directory and speaks to it by hand: who
may ask, what is told without the token, methods, paths, ranges, strange heads, slow clients. Exit 0
passed, 77 skipped, 1 failed with a sentence.
"""
import hashlib, http.client, json, os, random, re, select, shutil, signal, socket, subprocess, sys
import threading, time, urllib.parse

sys.dont_write_bytecode = True
import hub_client, node_rig
from node_rig import check, eventually, token_of

OPEN = ["/", "/page/disk.js", "/page/style.css", "/metrics", "/api/v1/status", "/api/v1/counters"]
OWNERS = [
    "/api/v1/peers", "/api/v1/lookups", "/api/v1/held", "/api/v1/sites", "/api/v1/events",
    "/api/v1/guard", "/api/v1/guard/why?who=127.0.0.1", "/api/v1/find/" + "0" * 64,
    "/api/v1/records/" + "0" * 64, "/api/v1/names/nobody", f"/api/v1/sites/{'0' * 64}/-/file?path=x"
]
WRITES = [
    "/api/v1/records", "/api/v1/names", "/api/v1/files", "/api/v1/spread",
    "/api/v1/guard/allow?who=127.0.0.1", "/api/v1/guard/forgive?who=127.0.0.1", "/api/v1/shutdown"
]


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if len(lines[0].split()) > 1 else 0
        self.fields = [(n.lower(), v.strip())
                       for n, _, v in (line.partition(":") for line in lines[1:])]

    def field(self, name):
        return next((v for n, v in self.fields if n == name), None)


def connect(node, unix=False):
    if unix:
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(60)
        s.connect(os.path.join(node.data, "api.sock"))
        return s
    return socket.create_connection(("127.0.0.1", node.http_port), timeout=60)


def speak(node, text, unix=False, enough=None):
    """What comes back until the end, or until `enough` bytes are in (an answer that never ends)."""
    with connect(node, unix) as s:
        s.sendall(text if isinstance(text, bytes) else text.encode("latin-1"))
        raw = b""
        while enough is None or len(raw) < enough:
            part = s.recv(65536)
            if not part:
                break
            raw += part
    return Answer(raw)


def ask(node, path, *fields, method="GET", host=None, body="", unix=False, token=None):
    lines = [f"{method} {path} HTTP/1.1"]
    if host is not False:
        lines.append(f"Host: {host or 'localhost:' + str(node.http_port)}")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    lines += [*fields, "Connection: close"]
    if body or method in ("POST", "PUT"):
        lines.append(f"Content-Length: {len(body)}")
    endless = path == "/api/v1/events"
    return speak(node, "\r\n".join(lines) + "\r\n\r\n" + body, unix, 1 if endless else None)


def site_node(nodes, files, *words):
    """One node that publishes files as thesite.geo, and the gateway's host of it."""
    (node,) = nodes.start(1)
    publish(node, nodes, "thesite", files, *words)
    host = f"thesite.geo.localhost:{node.http_port}"
    eventually("the site is served", 60, lambda: ask(node, "/", host=host).status in (200, 404))
    return node, host


def publish(node, nodes, site, files, *words):
    folder = os.path.join(nodes.base, site)
    for name, body in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(body)
    node.cli("id", "new", "--no-passphrase")
    subprocess.run([
        os.path.join(node.bin, "geonet"), "--data", node.data, "site", "publish", folder, "--name",
        site, "--w", "1", "--copies", "1", *words
    ], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, check=False)


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
    for path in OPEN:
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
    check(b"script" in page.body and token.encode() not in page.body,
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
                 "/page/", "/page/nothing", "/Api/v1/status"):
        check(ask(node, path, token=token).status == 404, f"{path} is no path")
    head = ask(node, "/api/v1/status", method="HEAD")
    check(head.status == 200 and head.body == b"" and int(head.field("content-length")) > 100,
          "HEAD has the length and no body")


def case_paths(nodes, seed):
    """No path leads out of a site or of the page."""
    node, host = site_node(
        nodes,
        {"index.html": b"<h1>here</h1>", "docs/a b.txt": b"spaced", "docs/index.html": b"docs"})
    secret = token_of(node).encode()
    for path in ("/../token", "/../../etc/passwd", "/%2e%2e/token", "/docs/../../token",
                 "/docs/%2e%2e/%2e%2e/token", "/..%2ftoken", "/docs/..%5c..%5ctoken", "/docs/%00",
                 "/%", "/%zz", "/docs/%c0%ae%c0%ae/token", "//token", "/.//token", "/token",
                 "/docs//index.html", "/" + "a/" * 600, "/;/token"):
        got = ask(node, path, host=host)
        check(400 <= got.status < 500 and secret not in got.body and b"root:" not in got.body,
              f"{path} was answered {got.status}")
    for path in ("/page/..%2fdisk.js", "/page/%2e%2e%2ftoken", "/page/../token",
                 "/page/%2fetc%2fpasswd"):
        got = ask(node, path)
        check(400 <= got.status < 500 and secret not in got.body,
              f"{path} was answered {got.status}")
    check(ask(node, "/docs/a%20b.txt", host=host).body == b"spaced", "an escaped name is found")
    got = ask(node, "/docs", host=host)
    check(got.status == 308 and got.field("location") == "/docs/",
          f"a folder without its slash: {got.status}")
    got = ask(node, "/docs?a=%2Fb&c=d?e", host=host)
    check(got.status == 308 and got.field("location") == "/docs/?a=%2Fb&c=d?e",
          f"the query goes with it: {got.field('location')}")
    query = "q" * (4096 - len("/docs?"))
    got = ask(node, f"/docs?{query}", host=host)
    check(got.status == 308 and got.field("location") == f"/docs/?{query}",
          f"the longest query: {got.status}")
    check(ask(node, f"/docs?{query}q", host=host).status == 414, "one more is too long")
    for bad in ("..geo.localhost", "a..geo.localhost", "%2e.geo.localhost",
                "x" * 300 + ".geo.localhost"):
        check(
            ask(node, "/", host=bad).status in (400, 403, 404, 431),
            f"the host {bad[:40]} is no name")
    check(
        ask(node, "/api/v1/status", host=host).status == 404, "a site is an origin without the API")


def case_ranges(nodes, seed):
    """Range, If-Range, ETag, If-None-Match and HEAD, byte for byte."""
    rng = random.Random(seed)
    body = rng.randbytes(300_000)
    node, host = site_node(nodes, {"index.html": b"<h1>here</h1>", "data.bin": body, "empty": b""})
    whole = ask(node, "/data.bin", host=host)
    etag, n = whole.field("etag"), len(body)
    check(whole.status == 200 and whole.body == body and whole.field("accept-ranges") == "bytes",
          "the whole file")
    head = ask(node, "/data.bin", method="HEAD", host=host)
    check(
        head.status == 200 and not head.body and head.field("content-length") == str(n)
        and head.field("etag") == etag, f"HEAD: {head.fields}")
    head = ask(node, "/data.bin", "Range: bytes=1-2", method="HEAD", host=host)
    check(
        head.status == 200 and head.field("content-length") == str(n)
        and not head.field("content-range"), f"a HEAD has no ranges: {head.status} {head.fields}")
    ranges = [(0, 0), (0, n - 1), (n - 1, n - 1), (65535, 65536), (5, n + 1000)
              ] + [tuple(sorted((rng.randrange(n), rng.randrange(n)))) for _ in range(12)]
    for a, b in ranges:
        got, last = ask(node, "/data.bin", f"Range: bytes={a}-{b}", host=host), min(b, n - 1)
        check(
            got.status == 206 and got.body == body[a:last + 1]
            and got.field("content-range") == f"bytes {a}-{last}/{n}",
            f"range {a}-{b}: {got.status} {got.field('content-range')}")
    for text, part in (("bytes=-7", body[-7:]), (f"bytes={n - 3}-", body[-3:]), (f"bytes=-{n + 5}",
                                                                                 body)):
        got = ask(node, "/data.bin", f"Range: {text}", host=host)
        check(got.status == 206 and got.body == part,
              f"{text}: {got.status}, {len(got.body)} bytes")
    for text in (f"bytes={n}-", f"bytes={n + 5}-{n + 9}", "bytes=-0"):
        got = ask(node, "/data.bin", f"Range: {text}", host=host)
        check(got.status == 416 and got.field("content-range") == f"bytes */{n}" and not got.body,
              f"{text}: {got.status}")
    for text in ("bytes=1-2,5-6", "lines=1-2", "bytes=x", "bytes=5-2"):
        got = ask(node, "/data.bin", f"Range: {text}", host=host)
        check(got.status == 200 and got.body == body, f"{text} is answered whole, not {got.status}")
    check(
        ask(node, "/data.bin", "Range: bytes=1-2", f"If-Range: {etag}",
            host=host).body == body[1:3], "If-Range of this version")
    check(
        ask(node, "/data.bin", "Range: bytes=1-2", 'If-Range: "other"', host=host).body == body,
        "If-Range of another version")
    for text in (etag, f'"x", {etag}', "*", f"W/{etag}"):
        got = ask(node, "/data.bin", f"If-None-Match: {text}", host=host)
        check(got.status == 304 and not got.body and got.field("etag") == etag,
              f"If-None-Match {text}: {got.status}")
    check(
        ask(node, "/data.bin", 'If-None-Match: "x"', host=host).status == 200,
        "another tag does not match")
    got = ask(node, "/empty", host=host)
    check(got.status == 200 and got.body == b"" and got.field("content-length") == "0",
          f"an empty file: {got.status}")


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


def publish_again(node, nodes, rules, *words):
    """A new version of the site of site_node; returns the tool's exit and what it said."""
    done = subprocess.run([
        os.path.join(node.bin, "geonet"), "--data", node.data, "site", "publish",
        os.path.join(nodes.base, "thesite"), "--name", "thesite", "--w", "1", "--copies", "1",
        *[word for rule in rules for word in ("--header", f"* {rule}")], *words
    ], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300, check=False)
    return done.returncode, done.stderr


def case_headers(nodes, seed):
    """A site's own headers: what may be set is, on every answer; what would break other sites or
    the transfer is refused."""
    node, host = site_node(nodes, {"index.html": b"<h1>here</h1>"}, "--header",
                           "*.html X-Test: yes", "--header", "*.html Cache-Control: max-age=5")
    got = ask(node, "/", host=host)
    check(
        got.field("x-test") == "yes" and got.field("cache-control") == "max-age=5",
        f"the site's headers: {got.fields}")
    check(got.field("x-content-type-options") == "nosniff", "types are not guessed")
    again = ask(node, "/", f"If-None-Match: {got.field('etag')}", host=host)
    check(
        again.status == 304 and again.field("cache-control") == "max-age=5"
        and again.field("x-test") == "yes", f"what is kept keeps its headers: {again.fields}")
    with open(os.path.join(node.data, "identity.pub"), encoding="ascii") as key:
        path = f"/api/v1/sites/{key.read().strip()}/-/file?path="
    token, whole = token_of(node), ask(node, "/", host=host).body
    raw = ask(node, path + "index%2Ehtml&version=1", token=token)
    check(raw.status == 200 and raw.body == whole and raw.field("etag") == got.field("etag"),
          f"a file over the API: {raw.status} {raw.body}")
    check(
        raw.field("content-type") == "application/octet-stream"
        and raw.field("x-content-type-options") == "nosniff" and not raw.field("x-test")
        and not raw.field("cache-control"),
        f"what the site says of itself is not for the API's origin: {raw.fields}")
    part = ask(node, path + "index.html", "Range: bytes=1-2", "Cookie: a=b", token=token)
    check(not part.field("clear-site-data"), "other programs of this machine keep their cookies")
    check(part.status == 206 and part.body == whole[1:3],
          f"a range over the API: {part.status} {part.body}")
    head = ask(node, path + "index.html", method="HEAD", token=token)
    check(
        head.status == 200 and head.body == b"" and head.field("content-length") == str(len(whole)),
        f"HEAD over the API: {head.status} {head.fields}")
    for wrong, status in (("", 404), ("index", 404), ("index.html&version=2", 404),
                          ("index.html&version=x", 400), ("%00", 400), ("x" * 1024,
                                                                        404), ("x" * 1025, 404)):
        bad = ask(node, path + wrong, token=token)
        check(bad.status == status and json.loads(bad.body)["error"]["code"],
              f"{wrong[:30]} over the API: {bad.status} {bad.body}")
    check(
        ask(node,
            path.split("?")[0], token=token).status == 404
        and ask(node,
                path.replace("/-/", "/none/") + "x", token=token).status == 404,
        "no path, no such site")
    for rule in ("Set-Cookie: a=b", "set-cookie: a=b", "Content-Length: 3",
                 "Transfer-Encoding: chunked", "Connection: close",
                 "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true",
                 "Content-Encoding: gzip", "Clear-Site-Data: *", "Service-Worker-Allowed: /",
                 "Origin-Agent-Cluster: ?0", "Cross-Origin-Opener-Policy: unsafe-none",
                 "Cross-Origin-Resource-Policy: cross-origin", "X-Content-Type-Options: x"):
        code, said = publish_again(node, nodes, [rule])
        check(code == 1 and rule.split(":")[0] in said, f"the tool published {rule}: {code} {said}")
    rules = [f"X-H{i:02}: {i}"
             for i in range(29)] + ["X-Long: " + "v" * 4000, "X-Longer: " + "v" * 3000]
    rules.append("X-Last: " + "v" * (8192 - len("X-Last") - sum(len(r) - 2 for r in rules)))
    code, said = publish_again(node, nodes, [*rules[:-1], rules[-1] + "v"])
    check(code == 1 and "8,192" in said, f"the headers are too long: {code} {said}")
    code, said = publish_again(node, nodes, rules)
    check(code == 0, f"32 headers: {said}")
    got = eventually("the new version is served", 90, lambda:
                     (lambda a: a if a.field("x-h00") else None)(ask(node, "/", host=host)))
    check(all(got.field(rule.split(":")[0].lower()) == rule.split(": ")[1] for rule in rules),
          f"one of 32 headers is missing: {got.fields}")
    check(got.field("cache-control") == "no-cache", "without a word of the site browsers ask again")


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
    crowd = [hub_client.WebSocket(Port(node.http_port), token, "/api/v1/events") for _ in range(20)]
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


def case_entry(nodes, seed):
    """A folder without index.html has no page at its address: whoever publishes it is told, and the
    gateway says 404."""
    node, host = site_node(nodes, {"about.html": b"<h1>about</h1>"})
    check(
        ask(node, "/", host=host).status == 404
        and ask(node, "/about.html", host=host).status == 200,
        "the address has no page, the file has one")
    code, said = publish_again(node, nodes, [])
    check(code == 0 and "There is no index.html" in said and "--entry" in said,
          f"nobody is told: {code} {said}")
    check("docs" not in said, f"there are no folders: {said}")
    for name in ("docs/a.html", "docs/deep/index.html", "docs/b.html", "pictures/a.png"):
        os.makedirs(os.path.dirname(os.path.join(nodes.base, "thesite", name)), exist_ok=True)
        open(os.path.join(nodes.base, "thesite", name), "wb").close()
    code, said = publish_again(node, nodes, [])
    check(
        code == 0 and "There is no docs/index.html:" in said and "deep" not in said
        and "pictures" not in said, f"the folder's page is missing: {code} {said}")
    shutil.rmtree(os.path.join(nodes.base, "thesite", "docs"))
    code, said = publish_again(node, nodes, [], "--entry", "about.html")
    check(code == 0 and "index.html" not in said,
          f"with --entry there is nothing to say: {code} {said}")
    eventually("the entry is shown", 90,
               lambda: ask(node, "/", host=host).body == b"<h1>about</h1>")


def case_types(nodes, seed):
    """BU-26: the type of a file is what its publisher says, else what its name says, else text when
    it is text; nothing is guessed from markup."""
    text = "Grüße\n".encode() * 1000
    files = {
        "index.html": b"<h1>here</h1>", "README": text, "LICENSE": b"<script>alert(1)</script>",
        "data/tool": b"\x7fELF\0\0", "latin": "Grüße".encode("latin-1"), "empty": b"",
        "v1.2/notes": b"text", ".well-known/assetlinks": b"text", "cut": b"x" * 4095 + "é".encode(),
        "bell": b"a\x07b", "a.unknown": text, "a.docx": b"PK", "data/a.csv": b"a,b",
        "data/b.csv": b"a,b"
    }
    node, host = site_node(nodes, files, "--type", "data/b.* application/x-mine", "--type",
                           "data/* text/x-rest")
    plain, binary = "text/plain; charset=utf-8", "application/octet-stream"
    want = {
        "README": plain, "LICENSE": plain, "latin": binary, "empty": binary, "v1.2/notes": plain,
        ".well-known/assetlinks": plain, "cut": plain, "bell": binary, "a.unknown": binary,
        "a.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "data/a.csv": "text/x-rest", "data/b.csv": "application/x-mine", "data/tool": "text/x-rest"
    }
    for path, mime in want.items():
        got = ask(node, "/" + path, host=host)
        check(
            got.status == 200 and got.body == files[path] and got.field("content-type") == mime
            and got.field("x-content-type-options") == "nosniff",
            f"{path}: {got.status} {got.fields}")
    for rule in ("text/plain", "*.x", " text/plain", "*.x plain"):
        code, said = publish_again(node, nodes, [], "--type", rule)
        check(code == 2 and "GLOB TYPE" in said, f"--type '{rule}': {code} {said}")
    code, said = publish_again(node, nodes, [], "--type", "* text/" + "x" * 255)
    check(code == 1 and "content type is too long" in said, f"a type of 260 bytes: {code} {said}")


def case_forms(nodes, seed):
    """BU-1: names written in NFD are published in NFC and found by either; two files that are one
    name then are refused."""
    composed, apart = "caf\u00e9", "cafe\u0301"
    node, host = site_node(
        nodes, {
            "index.html": b"<h1>here</h1>", f"{apart}.html": b"apart",
            f"{composed}s/x.html": b"composed", f"{apart}t/index.html": b"folder"
        })
    quote = urllib.parse.quote
    for form in (composed, apart):
        check(
            ask(node, f"/{quote(form)}.html", host=host).body == b"apart"
            and ask(node, f"/{quote(form)}s/x.html", host=host).body == b"composed",
            f"{quote(form)} is not found")
        check(
            ask(node, f"/{quote(form)}t/", host=host).body == b"folder"
            and ask(node, f"/{quote(form)}t", host=host).status == 308,
            f"the folder {quote(form)}t is not found")
    names = node.cli("site", "show", "thesite")
    check(
        composed in json.dumps(names, ensure_ascii=False)
        and apart not in json.dumps(names, ensure_ascii=False), f"the names are {names}")
    with open(os.path.join(nodes.base, "thesite", f"{composed}.html"), "wb") as f:
        f.write(b"twin")
    code, said = publish_again(node, nodes, [])
    check(code == 1 and "another file has the same name" in said,
          f"twins are published: {code} {said}")


def case_fresh(nodes, seed):
    """Who publishes or rolls back sees it through the own node's gateway at once, though the head
    before was just looked up."""
    node, host = site_node(nodes, {"index.html": b"first"})
    for turn, text in enumerate((b"second", b"third")):
        check(ask(node, "/", host=host).status == 200, "the version before is kept")
        with open(os.path.join(nodes.base, "thesite", "index.html"), "wb") as f:
            f.write(text)
        code, said = publish_again(node, nodes, [])
        check(code == 0, said)
        got = ask(node, "/", host=host).body
        check(got == text, f"after version {turn + 2} the gateway shows {got}")
    node.cli("site", "rollback", "-", "--w", "1", "--copies", "1")
    got = ask(node, "/", host=host).body
    check(got == b"second", f"after the rollback the gateway shows {got}")


def resolver(nodes):
    """A folder of programs whose getaddrinfo takes the names of its file `hosts` ("name address"
    lines) before the system's."""
    cc = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if not cc:
        raise node_rig.Skip("there is no C compiler")
    folder = os.path.join(nodes.base, "resolver")
    os.makedirs(folder)
    library = os.path.join(folder, "resolver.so")
    subprocess.run([
        cc, "-shared", "-fPIC", "-O1", "-o", library,
        os.path.join(node_rig.ROOT, "tests", "resolver_shim.c"), "-ldl"
    ], check=True)
    for program in ("geonetd", "geonet"):
        path = os.path.join(folder, program)
        with open(path, "w", encoding="utf-8") as f:
            f.write(
                f"#!/bin/sh\nexport SHIM_HOSTS='{folder}/hosts' LD_PRELOAD='{library}' "
                f"ASAN_OPTIONS=verify_asan_link_order=0\nexec '{os.path.join(nodes.bin, program)}' "
                "\"$@\"\n"
            )
        os.chmod(path, 0o755)
    return folder


def case_alone(nodes, seed):
    """A name to begin at that means nobody, then a node: what is said meanwhile, and that a changed
    answer is followed."""
    folder, udp = resolver(nodes), node_rig.network.udp_port()

    def means(text):
        with open(os.path.join(folder, "new"), "w", encoding="utf-8") as f:
            f.write(text)
        os.replace(os.path.join(folder, "new"), os.path.join(folder, "hosts"))

    means(f"seed.test 127.0.0.7\n")
    node = node_rig.network.Node(
        1, os.path.join(nodes.base, "alone"), folder, node_rig.network.udp_port(), 0, None,
        ["--pow-bits", node_rig.POW, "--bootstrap", f"seed.test:{udp}"])
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
    founder = node_rig.network.Node(2, os.path.join(nodes.base, "founder"), nodes.bin, udp, 0,
                                       None, ["--pow-bits", node_rig.POW])
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


def at_once(node, heads):
    """Sends all requests in one moment, on a connection each, and reads until each has its status:
    the answers."""
    socks = [connect(node) for _ in heads]
    for s, head in zip(socks, heads):
        s.sendall((head + "\r\nConnection: close\r\n").encode())
    for s in socks:
        s.sendall(b"\r\n")
    raw = []
    for s in socks:
        with s:
            parts = []
            while part := s.recv(65536):
                parts.append(part)
            raw.append(b"".join(parts))
    return [Answer(r) for r in raw]


def case_idle(nodes, seed):
    """A request on a connection that is kept finds the time it is, not that of when the node had
    something to do before."""
    first, *_ = nodes.start(2)
    rng = random.Random(seed)
    kept = http.client.HTTPConnection("localhost", timeout=60)
    kept.sock = connect(first, unix=True)
    for _ in range(8):
        time.sleep(rng.uniform(0.5, 4))
        before = time.monotonic()
        kept.request("GET", f"/api/v1/find/{rng.randbytes(32).hex()}")
        took = json.loads(kept.getresponse().read())["took_ms"]
        real = (time.monotonic() - before) * 1000
        check(took <= real, f"a lookup that took {real:.1f} ms is said to have taken {took:.1f} ms")


def case_busy(nodes, seed):
    """OV-72: clients that start more operations than they may have are told to come back; visitors
    of one page leave them theirs."""
    node, *others = nodes.start(3)
    token = token_of(node)
    for other in others:  # nobody answers, so that operations last
        os.kill(other.process.pid, signal.SIGSTOP)
    try:
        key = lambda i: hashlib.sha256(f"{seed} {i}".encode()).hexdigest()
        own = lambda i: (f"GET /api/v1/find/{key(i)} HTTP/1.1\r\nHost: localhost\r\n"
                         f"Authorization: Bearer {token}")
        visit = lambda i: f"GET / HTTP/1.1\r\nHost: nobody{key(i)[:12]}.geo.localhost"
        got = at_once(node, [visit(i) for i in range(200)] + [own(i) for i in range(40)])
        pages, finds = got[:200], got[200:]
        busy = [a for a in pages if a.status == 503]
        check(
            len(busy) >= 100,
            f"only {len(busy)} of 200 visitors were told that the node is busy: "
            f"{[a.status for a in pages]}"
        )
        check(len(busy) < 200, "no visitor was let in")
        check(all(a.status != 429 for a in finds),
              f"visitors left nothing to the tool: {[a.status for a in finds]}")
        eventually("the operations are over", 60,
                   lambda: ask(node, f"/api/v1/find/{key(0)}", token=token).status != 429)
        full = [a for a in at_once(node, [own(i) for i in range(240)]) if a.status == 429]
        check(
            len(full) >= 20, f"only {len(full)} of 240 requests at once found all operations taken")
        told = json.loads(full[0].body)["error"]
        check(
            told == {
                "code": "limit", "message": "as many operations run as clients may have at once"
            }, f"this is said then: {told}")
        check(full[0].field("retry-after") == "5", "it is not said when to come back")
    finally:
        for other in others:
            os.kill(other.process.pid, signal.SIGCONT)
    eventually("clients are served again", 60,
               lambda: ask(node, f"/api/v1/find/{key(0)}", token=token).status == 200)


def case_slow(nodes, seed):
    """300 clients that never finish their requests: everybody else is served."""
    (node,) = nodes.start(1)
    crowd = []
    for i in range(300):
        s = connect(node)
        s.sendall(
            b"GET /api/v1/status HTTP/1.1\r\nX-Slow: " if i % 2 else
            "POST /api/v1/records HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            f"{token_of(node)}\r\nContent-Length: 60000\r\n\r\nx"
            .encode())
        crowd.append(s)
        if i % 50 == 49:
            check(
                ask(node, "/api/v1/status").status == 200,
                f"after {i + 1} slow clients nobody is served")
    for s in crowd:
        s.close()
    eventually("they are forgotten", 60,
               lambda: json.loads(ask(node, "/api/v1/counters").body)["http"]["open"] <= 2)


class SlowReaders(threading.Thread):
    """Clients that take what they asked for at 16 KiB/s, in small segments so that something moves
    all the time, and come again 2 s after they were cut."""

    def __init__(self, node, texts, address):
        super().__init__(daemon=True)
        self.node, self.texts, self.address, self.over = node, texts, address, threading.Event()
        self.sockets, self.took, self.rest = [None] * len(texts), [0] * len(texts), [0] * len(texts)
        self.start()

    def dial(self, i):
        s = socket.socket()
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        s.bind((self.address(i), 0))
        s.settimeout(1)
        s.connect(("127.0.0.1", self.node.http_port))
        s.sendall(self.texts[i])
        s.setblocking(False)
        return s

    def move(self, i):
        try:
            self.sockets[i] = self.sockets[i] or self.dial(i)
            got = len(self.sockets[i].recv(8192))
            self.took[i] += got
            over = got == 0
        except BlockingIOError:
            over = False
        except OSError:
            over = True
        if over:
            if self.sockets[i]:
                self.sockets[i].close()
            self.sockets[i], self.took[i], self.rest[i] = None, 0, 4

    def run(self):
        while not self.over.wait(0.5):
            for i in range(len(self.texts)):
                if self.rest[i]:
                    self.rest[i] -= 1
                else:
                    self.move(i)
        for s in self.sockets:
            if s:
                s.close()


def served(node, path, **words):
    try:
        return ask(node, path, **words).status == 200
    except OSError:  # not even refused
        return False


def read_slowly(nodes, address):
    """350 slow readers take all connections and all slots of the gateway: everybody else is served,
    again and again."""
    node, host = site_node(nodes, {"index.html": b"<h1>here</h1>", "big.bin": os.urandom(8 << 20)})
    page = f"GET /page/disk.js HTTP/1.1\r\nHost: localhost:{node.http_port}\r\n\r\n".encode() * 500
    file = f"GET /big.bin HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    crowd = SlowReaders(node, [file if i < 100 else page for i in range(350)], address)
    eventually("they have read for a while", 120, lambda: sum(n > 131072 for n in crowd.took) > 150)
    status = site = 0
    for _ in range(20):
        status += served(node, "/api/v1/status")
        site += served(node, "/", host=host)
    crowd.over.set()
    crowd.join()
    eventually(
        "they are forgotten", 60, lambda: served(node, "/api/v1/counters") and json.loads(
            ask(node, "/api/v1/counters").body)["http"]["open"] <= 2)
    said = json.loads(ask(node, "/api/v1/counters").body)
    print(
        f"beside 350 slow readers {status} of 20 status pages and {site} of 20 visits to the site "
        f"were served; {said['http']}, {said['gateway']}"
    )
    check(status >= 19 and site >= 19,
          f"{status} of 20 status pages and {site} of 20 visits were served")
    check(said["http"]["gave_way"] > 0 and said["gateway"]["reads-cut"] > 0,
          f"nobody gave way: {said['http']}, {said['gateway']}")


def case_readers_one(nodes, seed):
    """Slow readers from one address (NO-15, NO-24)."""
    read_slowly(nodes, lambda i: "127.0.0.1")


def case_readers_many(nodes, seed):
    """Slow readers from an address each (NO-15, NO-24)."""
    read_slowly(nodes, lambda i: f"127.{1 + i % 7}.{i // 7}.{1 + i % 200}")


def case_readers_small(nodes, seed):
    """70 downloads that nobody takes have all the slots there are for such, and 140 pages nobody
    takes have none: no page waits (NO-15)."""
    node, host = site_node(
        nodes, {
            "index.html": b"<h1>here</h1>", "most.bin": os.urandom(192 << 10),
            "big.bin": os.urandom(8 << 20)
        })
    reads = lambda: json.loads(ask(node, "/api/v1/counters").body)["gateway"]
    crowd = []
    try:
        for i in range(210):
            crowd.append(socket.socket())
            crowd[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            crowd[-1].connect(("127.0.0.1", node.http_port))
            crowd[-1].sendall(
                f"GET /{'big' if i < 70 else 'most'}.bin HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            select.select([crowd[-1]], [], [],
                          60 if i < 64 or i >= 70 else 0)  # its answer has begun
        eventually("the slots are taken", 60, lambda: reads()["reads-waited"] >= 6)
        before = reads()["reads-waited"]  # a slow machine may have made some of the crowd wait
        got = [len(ask(node, path, host=host).body) for path in ("/", "/most.bin") * 10]
        check(got == [13, 192 << 10] * 10, f"pages of other lengths: {got}")
        check(reads()["reads-waited"] == before, f"a page waited: {reads()}")
    finally:
        for s in crowd:
            s.close()


def case_readers_still(nodes, seed):
    """Reads of a site whose holders stand still have all the slots for pages: pages of other sites
    get some of them (NO-15)."""
    good, node = nodes.start(2, "--store-limit", "0")
    holder, keeper = nodes.start(2)
    publish(good, nodes, "thesite",
            {"index.html": b"<h1>here</h1>", **{f"{i}.txt": b"%d" % i * 3000
                                                for i in range(8)}})
    publish(
        holder, nodes, "stillsite",
        {"index.html": b"<h1>there</h1>", **{f"{i}.bin": os.urandom(100000)
                                             for i in range(130)}})
    host = {name: f"{name}.geo.localhost:{node.http_port}" for name in ("thesite", "stillsite")}
    for name in host:
        eventually(f"{name} is served", 60,
                   lambda name=name: ask(node, "/", host=host[name]).status == 200)
    reads = lambda: json.loads(ask(node, "/api/v1/counters").body)["gateway"]
    crowd = []
    for other in (holder, keeper):
        os.kill(other.process.pid, signal.SIGSTOP)
    try:
        for i in range(130):
            crowd.append(connect(node))
            crowd[-1].sendall(
                f"GET /{i}.bin HTTP/1.1\r\nHost: {host['stillsite']}\r\n\r\n".encode())
        eventually("the slots are taken", 60, lambda: reads()["reads-waited"] >= 2)
        got = [ask(node, f"/{i}.txt", host=host["thesite"]).status for i in range(8)]
        said = reads()
        print(f"beside 130 reads that stand still: {got}, {said}")
        check(got == [200] * 8, f"pages of another site: {got}")
        check(said["reads-cut"] > 0, f"no slot was made free: {said}")
    finally:
        for other in (holder, keeper):
            os.kill(other.process.pid, signal.SIGCONT)
        for s in crowd:
            s.close()


def case_reads(nodes, seed):
    """NO-15: 64 downloads are read and 184 wait, the others are told at once; the API is there for
    its owner meanwhile."""
    node, _ = site_node(nodes, {"index.html": b"<h1>here</h1>", "big.bin": os.urandom(8 << 20)})
    crowd = [
        node_rig.stalled_download(node.http_port, "thesite.geo.localhost", "/big.bin")
        for _ in range(252)
    ]

    def said():
        return json.loads(ask(node, "/api/v1/counters").body)["gateway"]

    got = eventually(
        "the last ones are refused", 60, lambda:
        (lambda g: g if g["reads-refused"] + g["reads-cut"] + 248 >= 252 else None)(said()))
    if not got["reads-refused"]:
        raise node_rig.Skip(
            f"this machine is so slow that {got['reads-cut']} stalled ones made room before the "
            "last came"
        )

    def told():
        n = 0
        for s in crowd:
            s.setblocking(False)
            try:
                raw = s.recv(4096, socket.MSG_PEEK)
            except OSError:
                continue  # it waits, or was cut
            n += raw.startswith(b"HTTP/1.1 503") and b"Too many downloads" in raw
        return n

    refused = eventually("who is refused is told", 60, told)
    print(f"252 at once: {got}, {refused} were told")
    for s in crowd:
        s.close()


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
