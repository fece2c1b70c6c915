#!/usr/bin/env python3
"""A node's HTTP under clients that are slow, idle or too many: everybody else is served. usage:
node_http_load_test.py BIN_DIR CASE

Each case starts one real node on free ports, some a few. Exit 0 passed, 77 skipped, 1 failed with a
sentence.
"""
import hashlib, http.client, json, os, random, select, signal, socket, sys, threading, time

sys.dont_write_bytecode = True
from node_http_rig import Answer, ask, connect, page_parts, publish, site_node
from node_rig import Skip, check, eventually, main, stalled_download, token_of


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
    part = page_parts(node)[-1]
    page = f"GET {part} HTTP/1.1\r\nHost: localhost:{node.http_port}\r\n\r\n".encode() * 500
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
        stalled_download(node.http_port, "thesite.geo.localhost", "/big.bin")
        for _ in range(252)
    ]

    def said():
        return json.loads(ask(node, "/api/v1/counters").body)["gateway"]

    got = eventually(
        "the last ones are refused", 60, lambda:
        (lambda g: g if g["reads-refused"] + g["reads-cut"] + 248 >= 252 else None)(said()))
    if not got["reads-refused"]:
        raise Skip(
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
    sys.exit(main(globals()))
