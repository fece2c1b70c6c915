#!/usr/bin/env python3
"""geonet pipe and geonet forward between real nodes (RE-63, AP-18): bytes both ways,
ends that are told, connections by right and refused without, and one more than there may be.

usage: tunnel_test.py BIN_DIR CASE
"""
import concurrent.futures, hashlib, http.server, json, os, signal, socket, subprocess, sys
import tempfile, threading, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from node_rig import Failure, Skip, check, counters, eventually, main  # noqa: E402

PATIENCE = 120  # seconds: the bound of a hopeless wait
SIZE = 50 << 20
CONNECTIONS = 64
OTHER = 65534  # a user id that owns nothing here


def key(node):
    return node.cli("status")["node"]["key"]


def node_id(node):
    return node.cli("status")["node"]["id"]


class Tool:
    """A command of the tool, its stdin and stdout pipes that nobody reads unless asked. user: by
    whom, over the node's socket for all."""

    def __init__(self, node, *words, user=None):
        more, data = {}, node.data
        if user:
            data = "/nonexistent"
            more = {"user": user, "group": user, "extra_groups": [],
                    "env": {**os.environ, "GEONET_SOCKET": node.options[-1]}}
        self.process = subprocess.Popen(
            [os.path.join(node.bin, "geonet"), "--data", data, *words], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def end(self, said=None):
        """Its exit status and what it said, to the last that is said to it."""
        try:
            out, err = self.process.communicate(said, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure(f"it did not end: {self.process.communicate()[1].decode()}") from None
        return self.process.returncode, out, err.decode()


class Side(threading.Thread):
    """Feeds `size` bytes from a seed into a pipe and hashes what comes out."""

    def __init__(self, tool, seed, size):
        super().__init__(daemon=True)
        self.tool, self.size = tool, size
        self.block = hashlib.sha256(seed).digest() * 2048
        self.sent, self.came, self.count = hashlib.sha256(), hashlib.sha256(), 0
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.start()

    def run(self):
        left = self.size
        with self.tool.process.stdin as out:
            while left:
                piece = self.block[:min(left, len(self.block))]
                self.sent.update(piece)
                out.write(piece)
                left -= len(piece)
        self.tool.process.stdin = None

    def read(self):
        while piece := self.tool.process.stdout.read(65536):
            self.came.update(piece)
            self.count += len(piece)

    def done(self):
        for thread in (self, self.reader):
            thread.join(PATIENCE)
            check(not thread.is_alive(), f"a pipe stands still after {self.count} bytes")


def two(nodes, *options):
    return nodes.start(2, *options)


def pipes(a, b, *words):
    return Tool(a, "pipe", key(b), *words), Tool(b, "pipe", key(a), *words)


def case_pipe(nodes, seed):
    """Either may be first; 50 MiB both ways; a direction ends alone."""
    a, b = two(nodes)
    for first, second in ((a, b), (b, a)):
        one = Tool(first, "pipe", key(second), "--json")
        time.sleep(2)
        check(one.process.poll() is None, "who comes first does not wait")
        other = Tool(second, "pipe", key(first))
        sides = [Side(one, b"1%d" % seed, SIZE), Side(other, b"2%d" % seed, SIZE // 2)]
        for side in sides:
            side.done()
        check(sides[0].came.digest() == sides[1].sent.digest(), "what came is not what was sent")
        check(sides[1].came.digest() == sides[0].sent.digest(), "what came is not what was sent")
        for tool in (one, other):
            code, _, err = tool.end()
            check(code == 0, f"the pipe ended with {code}: {err}")
        said = json.loads(err.splitlines()[-1]) if err.startswith("{") else None
    code, _, err = Tool(a, "pipe", key(b), "--wait", "2").end()
    check(code == 5, f"nobody comes: {code} {err}")
    del said


def case_who(nodes, seed):
    """A node is named by its key, its id or the beginning of either, known here or not."""
    del seed
    a, b = two(nodes)
    for name in (key(b), node_id(b), node_id(b).upper(), key(b)[:20], node_id(b)[:4]):
        code, out, err = Tool(a, "ping", name, "--count", "1").end()
        check(code == 0 and f"  {name[:16]}  ".encode() in out and b"connected" not in out,
              f"{name}: {code} {out} {err}")
    for name, why in ((node_id(a), "this node itself"), (key(a)[:8], "this node itself"),
                      ("fffff", "peers --all"), ("abc", "too short"), ("", "too short"),
                      ("ben", "peers --all")):
        code, _, err = Tool(a, "ping", name, "--count", "1").end()
        check(code == 2 and why in err, f"{name}: {code} {err}")
    code, _, err = Tool(a, "ping", "0" * 64, "--count", "1", "--patience", "1").end()
    check(code == 5 and "nobody here knows this id or key" in err, f"{code} {err}")
    for command in ("ping", "pipe"):
        code, _, err = Tool(a, command, key(b), "--path", "relay,tsl").end()
        check(code == 2 and "--path: 'tsl' is none" in err, f"{command}: {code} {err}")
    one, other = Tool(a, "pipe", node_id(b)), Tool(b, "pipe", node_id(a))
    with concurrent.futures.ThreadPoolExecutor() as both:
        said = list(both.map(lambda end: end.end(b"hello"), (one, other)))
    check([(code, out) for code, out, _ in said] == [(0, b"hello")] * 2, f"{said}")
    code, out, _ = Tool(a, "status").end()
    check(code == 0 and key(a).encode() in out and node_id(a).encode() in out, f"{out}")


def case_ends(nodes, seed):
    """Who is killed, is told to the other; two pipes of other names do not meet."""
    del seed
    a, b = two(nodes)
    for killed in (0, 1):
        tools = pipes(a, b, "--name", "x")
        tools[0].process.stdin.write(b"hello")
        tools[0].process.stdin.flush()
        check(tools[1].process.stdout.read(5) == b"hello", "what came is not what was sent")
        tools[killed].process.kill()
        tools[killed].process.communicate()
        code, _, err = tools[1 - killed].end()
        check(code == 1 and "closed" in err, f"it was not told: {code} {err}")
    tools = Tool(a, "pipe", key(b), "--name", "x", "--wait", "3"), Tool(
        b, "pipe", key(a), "--name", "y", "--wait", "3")
    check([tool.end()[0] for tool in tools] == [5, 5], "pipes of other names meet")
    # a reader that goes away is told as well
    tools = pipes(a, b)
    tools[1].process.stdout.close()
    tools[0].process.stdin.write(b"x" * 65536)
    tools[0].process.stdin.flush()
    code, _, err = tools[0].end()
    check(code == 1, f"nobody reads: {code} {err}")
    tools[1].process.wait(PATIENCE)
    # the node itself goes
    tools = pipes(a, b)
    tools[0].process.stdin.write(b"hello")
    tools[0].process.stdin.flush()
    check(tools[1].process.stdout.read(5) == b"hello", "what came is not what was sent")
    nodes.again(b)
    code, _, err = tools[0].end()
    check(code == 1, f"it was not told: {code} {err}")
    tools[1].end()


# ---- forward ----


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"it works: " + self.path.encode()
        if self.path == "/large":  # many pieces (GN_NODE_FORWARD_PIECE)
            body = body * (1 << 17)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.request_queue_size = 128
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def forward(node, to, target, *words, user=None):
    tool = Tool(node, "forward", "0", key(to), target, "--json", *words, user=user)
    return tool, json.loads(tool.process.stdout.readline())["port"]


def get(port, path="/a"):
    """What the page says; None: the connection ends without a word."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as s:
            s.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            said = b""
            while piece := s.recv(65536):
                said += piece
    except ConnectionError:
        return None
    return said.split(b"\r\n\r\n", 1)[-1] if said else None


def stop(tool):
    """(its exit status, its stdout, what it said besides)"""
    tool.process.send_signal(signal.SIGINT)
    out, err = tool.process.communicate(timeout=PATIENCE)
    return tool.process.returncode, out, err.decode()


def case_forward(nodes, seed):
    """What the setting names is reached, by whom it names; nothing else."""
    del seed
    port, second, third = serve(), serve(), serve()
    a, = nodes.start(1)
    b, = nodes.start(1, "--forward", f"127.0.0.1:{port}", "--forward",
                     f"localhost:{second} {node_id(a)}", "--forward",
                     f"localhost:{third} {'0' * 64}")
    tool, local = forward(a, b, f"127.0.0.1:{port}")
    for i in range(3):
        check(get(local, f"/{i}") == b"it works: /%d" % i, "the page does not come")
    large = get(local, "/large")
    check(large == b"it works: /large" * (1 << 17), "a large page does not come whole")
    stop(tool)
    for target in (str(port), f"localhost:{port}", f"127.0.0.1:{second}"):  # the same machine
        tool, local = forward(a, b, target)
        check(get(local) == b"it works: /a", f"{target} is not reached")
        stop(tool)
    for target in (f"localhost:{third}", f"127.0.0.1:{b.http_port}", f"127.0.0.2:{port}"):
        tool, local = forward(a, b, target)
        check(get(local) is None, f"{target} is reached without a right")
        said = stop(tool)[2]
        check(f"geonet up --forward {target}" in said, f"no word of what would help: {said}")
    check(counters(b, "tunnels")["tunnel-refused-nobody"] >= 3, "it is not counted")
    tool, local = forward(b, a, f"127.0.0.1:{port}")
    check(get(local) is None, "a node without the setting connects for others")
    stop(tool)


def case_full(nodes, seed):
    """64 connections are held, the 65th is closed; when one has ended, another is taken."""
    del seed
    echo = socket.create_server(("127.0.0.1", 0), backlog=128)
    port, held = echo.getsockname()[1], []
    threading.Thread(target=lambda: [held.append(echo.accept()[0]) for _ in range(CONNECTIONS + 1)],
                     daemon=True).start()
    a, = nodes.start(1)
    b, = nodes.start(1, "--forward", f"127.0.0.1:{port} {key(a)}")
    tool, local = forward(a, b, f"127.0.0.1:{port}")
    ours = []
    for i in range(CONNECTIONS):
        ours.append(socket.create_connection(("127.0.0.1", local), timeout=PATIENCE))
        eventually(f"connection {i + 1} is made", PATIENCE, lambda: len(held) == i + 1)
    with socket.create_connection(("127.0.0.1", local), timeout=PATIENCE) as more:
        try:
            check(more.recv(1) == b"", "there is one more")
        except ConnectionError:
            pass
    for end in held:  # half an end each way
        end.sendall(b"hello")
        end.shutdown(socket.SHUT_WR)
    for end in ours:
        check(end.recv(100) == b"hello" and end.recv(1) == b"", "an end is not passed on")
    ours[0].sendall(b"bye")
    ours[0].close()
    check(held[0].recv(10) == b"bye" and held[0].recv(1) == b"", "an end is not passed on")

    def another():
        try:
            ours.append(socket.create_connection(("127.0.0.1", local), timeout=PATIENCE))
        except ConnectionError:
            return False
        time.sleep(0.5)
        return len(held) == CONNECTIONS + 1

    eventually("another is taken", PATIENCE, another)
    # the far node, too, has so many for one key (GN_NODE_FORWARD_CONNS)
    second, local = forward(a, b, f"127.0.0.1:{port}")
    check(get(local) is None, "the far node makes more than it may")
    stop(second)
    stop(tool)


def case_late(nodes, seed):
    """What does not answer is given up (GN_NODE_FORWARD_DIAL), what is not there at once."""
    del seed
    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = full.getsockname()[1]
    waiting = []
    for _ in range(4):  # nobody accepts: the kernel lets the next ones wait
        waiting.append(socket.socket())
        waiting[-1].setblocking(False)
        waiting[-1].connect_ex(("127.0.0.1", port))
    gone = socket.create_server(("127.0.0.1", 0))
    there = gone.getsockname()[1]
    gone.close()
    a, = nodes.start(1)
    b, = nodes.start(1, "--forward", f"127.0.0.1:{port}", "--forward", f"127.0.0.1:{there}",
                     "--forward", "no-such-host.invalid:1")
    for target, why in ((f"127.0.0.1:{port}", "did not answer"),
                        (f"127.0.0.1:{there}", "connection refused: nothing listens at"),
                        ("no-such-host.invalid:1", "does not get to")):
        tool, local = forward(a, b, target)
        check(get(local) is None, f"{target} answers")
        said = stop(tool)[2]
        check(why in said and target in said, f"'{why} {target}' is not in: {said}")
    check(b.status()["joined"], "the far node is not well")


def case_token(nodes, seed):
    """A token of the issuer's, given on to the node that asks, opens what no setting names."""
    del seed
    port = serve()
    a, = nodes.start(1)
    a.cli("id", "new", "--no-passphrase")
    issuer = a.cli("id", "show")["key"]
    b, = nodes.start(1, "--issuer", issuer)
    resource, path = f"forward/127.0.0.1/{port}", os.path.join(nodes.base, "token")
    for what, days, works in ((resource, "1", True), (resource + "0", "1", False),
                              (f"forward/localhost/{port}", "1", True)):
        given = a.cli("token", "grant", key(a), what, "use", "--days", days)
        with open(path, "w", encoding="ascii") as f:
            f.write(given["token"])
        tool, local = forward(a, b, f"127.0.0.1:{port}", "--token", path)
        check((get(local) == b"it works: /a") == works, f"{what}: {works} was expected")
        stop(tool)
    given = a.cli("token", "grant", key(b), resource, "use", "--days", "1")  # another's
    with open(path, "w", encoding="ascii") as f:
        f.write(given["token"])
    tool, local = forward(a, b, f"127.0.0.1:{port}", "--token", path)
    check(get(local) is None, "a token of another node's opens")
    stop(tool)


def get_as_other(port):
    """What another user of this machine gets there; None: nothing."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(OTHER)
            os.setuid(OTHER)
            os.write(into, get(port) or b"")
        finally:
            os._exit(0)
    os.close(into)
    with open(out, "rb") as said:
        what = said.read()
    os.waitpid(child, 0)
    return what or None


def over_unix(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(PATIENCE)
        try:
            s.connect(path)
        except OSError:
            return b""
        s.sendall(b"GET /a HTTP/1.0\r\n\r\n")
        return b"".join(iter(lambda: s.recv(4096), b""))


def case_users(nodes, seed):
    """Another user of the machine has pipes of names that begin with ~, but neither the owner's nor
    what is let to the node, nor to its owner's own forwards (AP-18, RE-63)."""
    del seed
    if os.getuid():
        raise Skip("another user is needed: run it as root")
    port = serve()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        a, = nodes.start(1, "--app-socket", os.path.join(folder, "app.sock"))
        b, = nodes.start(1, "--forward", f"127.0.0.1:{port}")
        for words in ["pipe", key(b)], ["pipe", key(b), "--name", "x~"]:
            code, out, err = Tool(a, *words, user=OTHER).end(b"hello")
            check(code == 1 and not out and "its owner's" in err, f"the owner's: {code} {err}")
        ends = (Tool(a, "pipe", key(b), "--name", "~ann", user=OTHER),
                Tool(b, "pipe", key(a), "--name", "~ann"))
        with concurrent.futures.ThreadPoolExecutor() as both:
            said = list(both.map(lambda end: end.end(b"hello"), ends))
        for code, out, err in said:
            check((code, out) == (0, b"hello"), f"another's pipe: {code} {out} {err}")
        tool, local = forward(a, b, f"127.0.0.1:{port}")
        check(get(local) == b"it works: /a", "the owner does not reach it")
        check(get_as_other(local) is None, "another user goes by the owner's forward")
        code, _, err = stop(tool)
        check("another user" in err, f"nobody is told that another tried: {err}")
        tool, local = forward(a, b, f"127.0.0.1:{port}", "--any-user")
        check(get_as_other(local) == b"it works: /a", "--any-user lets no other in")
        stop(tool)
        path = os.path.join(folder, "web.sock")
        tool = Tool(a, "forward", path, key(b), f"127.0.0.1:{port}")
        eventually("a socket is there", PATIENCE, lambda: os.path.exists(path))
        check(os.stat(path).st_mode & 0o777 == 0o600, "others may use the socket")
        check(b"it works: /a" in over_unix(path), "nothing comes by the socket")
        code, _, err = Tool(a, "forward", path, key(b), f"127.0.0.1:{port}").end()
        check(code == 1 and "is there" in err, f"a socket is taken twice: {code} {err}")
        tool.process.kill()
        tool.end()
        tool = Tool(a, "forward", path, key(b), f"127.0.0.1:{port}")  # over what was left
        eventually("it is there again", PATIENCE, lambda: b"it works: /a" in over_unix(path))
        stop(tool)
        tool, local = forward(a, b, f"127.0.0.1:{port}", user=OTHER)
        check(get(local) is None, "another user reaches what is let to the node")
        stop(tool)


if __name__ == "__main__":
    sys.exit(main(globals()))
