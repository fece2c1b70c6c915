"""A node's HTTP by hand, for tests/node_http_*_test.py: requests that are written and answers that
are read byte by byte, and a node with a site."""
import os, re, shutil, socket, subprocess

from node_rig import ROOT, Skip, eventually


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


def page_parts(node):
    """What the node's page loads; the page itself where it was built without the app."""
    text = ask(node, "/").body.decode()
    return re.findall(r'(?:src|href)="(/a/[^"]+)"', text) or ["/"]


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


def publish_again(node, nodes, rules, *words):
    """A new version of the site of site_node; returns the tool's exit and what it said."""
    done = subprocess.run([
        os.path.join(node.bin, "geonet"), "--data", node.data, "site", "publish",
        os.path.join(nodes.base, "thesite"), "--name", "thesite", "--w", "1", "--copies", "1",
        *[word for rule in rules for word in ("--header", f"* {rule}")], *words
    ], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300, check=False)
    return done.returncode, done.stderr


def resolver(nodes):
    """A folder of programs whose getaddrinfo takes the names of its file `hosts` ("name address"
    lines) before the system's."""
    cc = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if not cc:
        raise Skip("there is no C compiler")
    folder = os.path.join(nodes.base, "resolver")
    os.makedirs(folder)
    library = os.path.join(folder, "resolver.so")
    subprocess.run([
        cc, "-shared", "-fPIC", "-O1", "-o", library,
        os.path.join(ROOT, "tests", "resolver_shim.c"), "-ldl"
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
