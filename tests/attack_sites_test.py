#!/usr/bin/env python3
"""Attacks on blocks and on sites: their places and their room, downloads, rules and manifests that
take long. usage: attack_sites_test.py BIN_DIR CASE

As attack_links_test.py does it: nodes of its own, geonet_attack loose on one, honest requests
beside it.
"""
import http.client, json, os, subprocess, sys, threading, time

sys.dont_write_bytecode = True
from node_rig import Honest, check, counters, eventually, main, rss, stalled_download, token_of
from node_rig import whole_records


def upload(node, size):
    """A file of random bytes in the node's block store; hashes of its blocks."""
    connection = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=300)
    connection.request("POST", "/api/v1/files", os.urandom(size),
                       {"Host": "localhost", "Authorization": f"Bearer {token_of(node)}"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer["blocks"]


def case_queues(nodes, seed):
    """Keys that ask for 14 MiB each and read nothing: what waits for them is bounded, and honest
    peers are served."""
    giver, _ = nodes.start(2)
    ask = whole_records(nodes.all, giver)
    blocks = upload(giver, 14 << 20)
    before = rss(giver)
    attacker = nodes.attack("queues", giver, seed=seed, count=50, seconds=10, arg=",".join(blocks),
                            hold=True)
    honest = Honest(ask)
    got = attacker.result()
    grown = rss(giver) - before
    eventually("honest records were put beside it", 120, lambda: honest.asked >= 10)
    share = honest.share()
    print(
        f"{got['asked']} chunks asked for with {got['bytes']} bytes: the node grew by "
        f"{grown / 1e6:.1f} MB; {share:.2f} of {honest.asked} honest records"
    )
    check(got["sessions"] > 0 and got["asked"] >= 224, f"the attack did not begin: {got}")
    waiting = counters(giver, "peers").get("queue-bytes", grown)
    check(waiting <= 8 << 20, f"{waiting} bytes wait for peers that read nothing")
    check(share >= 0.95, f"only {share:.2f} of the honest records were taken: {honest.trouble}")


def case_downloads(nodes, seed):
    """64 downloads that are not read: everybody else is served by the gateway, one file after the
    other."""
    (node,) = nodes.start(1)
    node.cli("id", "new", "--no-passphrase")
    site = os.path.join(nodes.base, "site")
    os.makedirs(site)
    body = os.urandom(24 << 20)
    with open(os.path.join(site, "big.bin"), "wb") as f:
        f.write(body)
    with open(os.path.join(site, "index.html"), "wb") as f:
        f.write(b"<h1>small</h1>")
    subprocess.run([
        os.path.join(node.bin, "geonet"), "--data", node.data, "site", "publish", site, "--name",
        "manyfiles", "--w", "1", "--copies", "1"
    ], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, check=False)
    host = "manyfiles.geo.localhost"
    eventually("the site is served", 60, lambda: node.get("/", host=host)[0] == 200)
    stalled = [stalled_download(node.http_port, host, "/big.bin") for _ in range(64)]
    for s in stalled:
        s.recv(1)
    answers = []

    def visit(i):
        status, got = node.get("/big.bin" if i % 48 == 0 else "/index.html", host=host)
        answers.append(status == 200 and got == (body if i % 48 == 0 else b"<h1>small</h1>"))

    visitors = [threading.Thread(target=visit, args=(i,), daemon=True) for i in range(180)]
    for t in visitors:
        t.start()
    for t in visitors:
        t.join(120)
    print(f"beside 64 stalled downloads {sum(answers)} of {len(visitors)} visitors were served")
    check(
        len(answers) == len(visitors) and all(answers),
        f"{len(visitors) - sum(answers)} of {len(visitors)} visitors were not served")
    for s in stalled:
        s.close()


def kept_blocks(giver):
    """Each ask spreads a new block with two copies: the giver's own, and that of the attacked node,
    the only other one."""
    def ask():
        return spread(giver, {"blocks": upload(giver, 50_000), "copies": 2}) == "ok"
    return ask


def spread(node, body):
    """POST /spread; the word it ends with."""
    connection = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=300)
    connection.request(
        "POST", "/api/v1/spread", json.dumps(body), {
            "Host": "localhost", "Authorization": f"Bearer {token_of(node)}",
            "Content-Type": "application/json"
        })
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    last = json.loads(lines[-1]) if lines else {}
    return last.get("err") or str(last.get("error"))


def case_places(nodes, seed):
    """Eight keys ask for every place that blocks can take and bring nothing: honest blocks are
    taken all the while."""
    taker, giver = nodes.start(2)
    ask = kept_blocks(giver)
    check(ask(), "no block is kept even in peace")
    attacker = nodes.attack("blocks", taker, seed=seed, count=8, seconds=30, arg="places")
    time.sleep(3)  # until it has them all
    honest = Honest(ask, 0.5)
    got = attacker.result()
    share = honest.share()
    print(
        f"{share:.2f} of {honest.asked} honest blocks kept, the slowest in "
        f"{max(honest.waits):.1f} s"
    )
    check(got["granted"] >= 100, f"the attack did not get far enough to show anything: {got}")
    check(share >= 0.95 and honest.asked >= 10,
          f"{share:.2f} of only {honest.asked} honest blocks were kept beside {got}")


def case_squat(nodes, seed):
    """A key that knows a file's blocks asks for their places again and again and brings nothing:
    their publisher does."""
    taker, giver = nodes.start(2)
    blocks = upload(giver, 3 << 20)
    nodes.attack("squat", taker, seed=seed, seconds=90, arg=",".join(
        f"{b}:{1 << 20}" for b in blocks))
    eventually("the places are taken", 60,
               lambda: counters(taker, "bundles")["keep_asked"] >= 3 * len(blocks))
    began = time.monotonic()
    said = spread(giver, {"blocks": blocks, "copies": 2})
    print(f"{len(blocks)} blocks with two copies: {said} after {time.monotonic() - began:.1f} s")
    check(said == "ok",
          f"the publisher got its blocks kept nowhere beside one key that asks for them: {said}")


def case_askers(nodes, seed):
    """600 keys of one network ask for a chunk and take nothing: the node's visitors, its own and
    others', are served."""
    giver, other = nodes.start(2, "--guard-local", "count")
    (block,) = upload(giver, 1 << 20)
    pages = [(giver, publish_pages(nodes, other)), (other, publish_pages(nodes, giver))]
    attacker = nodes.attack("askers", giver, seed=seed, count=600, prefixes=1, seconds=600,
                            arg=block)
    got = attacker.result()
    check(got["sessions"] >= 540, f"the attack did not begin: {got}")

    def noticed():
        peers = counters(giver, "bundles")
        return sum(
            peers.get(name, 0)
            for name in ("peers_full", "peers_gave_way", "serve_busy", "serve_stalled"))

    eventually("the node is at its bounds", 60, lambda: noticed() > 100)
    for visitor, host in pages:
        began, work = time.monotonic(), cpu(giver)
        answers = [visitor.get(f"/{i}", host=host)[0] for i in range(12)]
        work = cpu(giver) - work
        print(
            f"node {visitor.number}: {answers.count(200)} of 12 files in "
            f"{time.monotonic() - began:.1f} s, "
            f"{work:.1f} s of CPU of the attacked", flush=True)
        check(
            answers.count(200) == 12,
            f"a visitor of node {visitor.number} got {answers} beside {got}")
        check(work < 1.5,
              f"12 files cost the attacked node {work:.1f} s of CPU: it looks at all who wait")


def case_store(nodes, seed):
    """Five keys send blocks until they are refused: half of the room is left, and honest blocks are
    kept."""
    taker, giver = nodes.start(2, "--store-limit", "64M")
    ask = kept_blocks(giver)
    check(ask(), "no block is kept even in peace")
    got = nodes.attack("blocks", taker, seed=seed, count=5, seconds=60, arg="store").result()
    served = sum(ask() for _ in range(10))
    print(f"{got['bytes'] >> 20} of 64 MiB are the attacker's; {served} of 10 honest blocks kept")
    check(got["stored"] >= 100, f"the attack did not get far enough to show anything: {got}")
    check(got["bytes"] <= 40 << 20, f"five keys got {got['bytes']} bytes of 64 MiB")
    check(served == 10, f"only {served} of 10 honest blocks were kept after {got}")
    for _ in range(2):  # the second time it lists what it read from there
        taker.stop()
        taker.reap()
        with open(os.path.join(taker.data, "brought"), "rb") as f:
            head = f.read(16)
        check(len(head) == 16, "the list of who brought what is no list")
        keys, blocks = int.from_bytes(head[8:12], "big"), int.from_bytes(head[12:], "big")
        check(head[:8] == b"GNBRT\0\0\1" and keys > got["keepers"] and blocks >= got["stored"],
              f"the node forgot who brought what: {keys} keys, {blocks} blocks, after {got}")
        taker = nodes.again(taker)
        os.remove(os.path.join(taker.data, "brought"))


def request(node, method, path, body=b"", host="localhost"):
    """Status and body of a request with the node's token."""
    connection = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=300)
    try:
        connection.request(
            method, path, body, {
                "Host": f"{host}:{node.http_port}", "Authorization": f"Bearer {token_of(node)}",
                "Content-Type": "application/octet-stream"
            })
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def publish_evil(nodes, giver, kind, seed):
    """The site of the attack, its blocks at the giver, its head out; the owner's key."""
    base = os.path.join(nodes.base, kind)
    got = nodes.attack("site", giver, seed=seed, arg=f"{kind} {base}").result()
    with open(base + ".manifest", "rb") as f:
        status, body = request(giver, "POST", "/api/v1/files", f.read())
    check(status == 200, f"the manifest was not taken: {body}")
    check(
        spread(giver, {"blocks": json.loads(body)["blocks"], "copies": 1}) == "ok",
        "the manifest was not spread")
    with open(base + ".head", "rb") as f:
        status, body = request(giver, "POST", "/api/v1/records?w=1", f.read())
    check(status == 200, f"the head was not taken: {body}")
    return got


def publish_pages(nodes, node):
    """A site of 12 files that only this node keeps; its host at a gateway."""
    name = f"pages{node.number}"
    base = os.path.join(nodes.base, name)
    os.makedirs(base)
    for i in range(12):
        with open(os.path.join(base, str(i)), "wb") as f:
            f.write(os.urandom(300_000))
    node.cli("id", "new", "--no-passphrase")
    node.cli("site", "publish", base, "--name", name, "--w", "2", "--copies", "1")
    return name + ".geo.localhost"


def cpu(node):
    """Seconds of CPU that the node used."""
    with open(f"/proc/{node.process.pid}/stat", encoding="ascii") as f:
        words = f.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def case_rules(nodes, seed):
    """A page whose site has 64 rules that match after much trying: a request costs its visitor's
    node next to nothing."""
    giver, visitor = nodes.start(2)
    owner = publish_evil(nodes, giver, "rules", seed)["owner"]
    put_name(giver, "site-with-rules", owner)
    path = "/" + "a" * 1000
    status, body = request(visitor, "GET", path, host="site-with-rules.geo.localhost")
    check(status == 200, f"the page is not served: {status} {body}")
    before = cpu(visitor)
    for _ in range(20):
        check(
            request(visitor, "GET", path, host="site-with-rules.geo.localhost")[0] == 200,
            "the page is not served any more")
    each = (cpu(visitor) - before) / 20
    ignored = counters(visitor, "bundles").get("rules_ignored", 0)
    print(
        f"{each * 1000:.0f} ms of CPU for each request of the page; {ignored} rules have no effect")
    check(each < 0.15, f"each request of the page took {each:.2f} s of the node's CPU")


def put_name(node, name, owner):
    """NAME.geo points to the default site of that key."""
    node.cli("id", "new", "--no-passphrase")
    node.cli("name", "claim", name, "--site", f"{owner}/", "--w", "1")


def case_manifest(nodes, seed):
    """A manifest of 50 MB with 90,000 long paths: while a visitor's node checks it, the node
    answers all others."""
    giver, visitor = nodes.start(2)
    got = publish_evil(nodes, giver, "paths", seed)
    honest = Honest(lambda: visitor.status()["joined"], 0.01)
    began = time.monotonic()
    status, body = request(visitor, "GET", f"/api/v1/sites/{got['owner']}/-/manifest")
    took = time.monotonic() - began
    asked, share = honest.asked, honest.share()
    print(
        f"{len(body)} bytes opened; {share:.3f} of {asked} others answered meanwhile, the slowest "
        f"in {max(honest.waits):.2f} s"
    )
    check(status == 200 and len(body) == got["bytes"],
          f"the manifest does not open: {status} {body[:200]}")
    check(share == 1, f"only {share:.3f} of others' requests were answered")
    check(
        max(honest.waits) < took / 2,
        f"one of the others waited {max(honest.waits):.1f} s of the {took:.1f} s that it took")


if __name__ == "__main__":
    sys.exit(main(globals()))
