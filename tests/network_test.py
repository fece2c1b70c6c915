#!/usr/bin/env python3
"""The promises of a small network, kept by real processes: usage: network_test.py BIN_DIR CASE

Each case starts its own five nodes in a temporary directory on free ports, breaks something, and
looks from outside. Exit 0 passed, 77 skipped (the reason is printed), 1 failed with a sentence.
"""
import base64, json, os, random, shutil, signal, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
from node_rig import Failure, ROOT, SKIPPED, Skip, check, eventually, network

SITE = os.path.join(ROOT, "examples", "welcome")


def kill(node):
    node.process.kill()
    node.process.wait()


def restart(net, node):
    """The same data directory and ports, as a supervisor would."""
    again = network.Node(node.number, node.data, node.bin, node.udp_port,
                         network.free_or_zero(node.http_port, f"node {node.number}"),
                         net.nodes[0].udp_port if node.number > 1 else net.nodes[1].udp_port,
                         node.options)
    net.nodes[node.number - 1] = again
    again.wait_ready(time.monotonic() + network.START_MAX)
    return again


def put(node, text, label):
    return node.cli("put", "--w", "5", "--label", label, "-", stdin=text)["key"]


def same(node, key, text):
    network.get_record(node, key, text)


def counters(node):
    return json.loads(node.get("/api/v1/counters")[1])


def readable(nodes, records):
    for node in nodes:
        network.fetch_any(node, SITE)
        for key, text in records:
            same(node, key, text)


def case_kill_two(net, seed):
    """SIGKILL any two of the five: the site and every acknowledged record stay readable through
    each of the other three; a restarted node rejoins and has its replicas back without help."""
    rng = random.Random(seed)
    network.publish(net.nodes[0], SITE)
    records = [(put(net.nodes[i % 5], f"record {i}".encode(), f"r{i}")
                if os.path.exists(os.path.join(net.nodes[i % 5].data, "identity.key")) else put(
                    net.nodes[0], f"record {i}".encode(), f"r{i}"), f"record {i}".encode())
               for i in range(6)]
    pairs = [(a, b) for a in range(5) for b in range(a + 1, 5)]
    for a, b in rng.sample(pairs, 3):
        for i in (a, b):
            kill(net.nodes[i])
        readable([n for i, n in enumerate(net.nodes) if i not in (a, b)], records)
        for i in (a, b):
            restart(net, net.nodes[i])
        for i in (a, b):
            eventually(f"node {i + 1} is linked to the four others again", 120,
                       lambda: net.nodes[i].status()["links"] >= 4)
    # One node loses its disk but for its key: what it must hold comes back from the others.
    lost = net.nodes[4]
    kill(lost)
    held = lost.data + "/records"
    shutil.rmtree(held)
    lost = restart(net, lost)
    keys = {key for key, _ in records}
    eventually(
        "the node that lost its records holds them again", 180,
        lambda: keys <= {r["key"]
                         for r in json.loads(lost.get("/api/v1/held")[1])["records"]})


def flip(path, rng, low=0):
    with open(path, "r+b") as f:
        size = f.seek(0, os.SEEK_END)
        at = rng.randrange(low, size)
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ 1 << rng.randrange(8)]))
    return at


def files_below(folder):
    return [os.path.join(base, name) for base, _, names in os.walk(folder) for name in names]


def case_flip(net, seed):
    """A flipped bit in a file on disk is refused with a named error, counted, and nothing is served
    from it."""
    rng = random.Random(seed)
    network.publish(net.nodes[0], SITE)
    key = put(net.nodes[0], b"the record", "r")
    holder = next(
        n for n in net.nodes[1:] if n.status()["blocks"]["count"] and n.number != network.GATEWAY)
    holder.stop()
    holder.reap()
    for path in files_below(holder.data + "/blocks"):
        if os.path.getsize(path) > 4096 or "index" not in path:
            flip(path, rng, 0)
    for path in files_below(holder.data + "/records"):
        flip(path, rng, os.path.getsize(path) // 2)
    again = restart(net, holder)
    eventually("the node with the damaged disk is linked again", 120,
               lambda: again.status()["links"] >= 4)
    for node in net.nodes:
        network.fetch_any(node, SITE)
        same(node, key, b"the record")
    store = counters(again)["store"]
    check(store["log-corrupt"] + store["log-torn"] + store["blocks-corrupt"] > 0,
          f"the flipped bits were not counted: {store}")


def case_truncate(net, seed):
    """A record log cut anywhere recovers to the last whole write, and the node serves what is
    left."""
    rng = random.Random(seed)
    network.publish(net.nodes[0], SITE)
    keys = [(put(net.nodes[0], f"text {i}".encode(), f"t{i}"), f"text {i}".encode())
            for i in range(4)]
    node = net.nodes[2]
    kill(node)
    for path in files_below(node.data + "/records"):
        size = os.path.getsize(path)
        os.truncate(path, rng.randrange(size // 2, size))
    again = restart(net, node)
    eventually("the node with the cut log is linked again", 120,
               lambda: again.status()["links"] >= 4)
    for key, text in keys:
        same(again, key, text)


def case_capture(net, seed):
    """A capture of all traffic between the nodes while a known text is published has the text, its
    name and its file names nowhere."""
    if os.geteuid() != 0 or not shutil.which("tcpdump"):
        raise Skip("capturing packets needs root and tcpdump")
    site = tempfile.mkdtemp(prefix="geonet-site-")
    pcap = site + ".pcap"
    secret = b"The quick brown capture of %d must not find this sentence." % seed
    try:
        with open(os.path.join(site, "index.html"), "wb") as f:
            f.write(b"<h1>" + secret * 40 + b"</h1>")
        with open(os.path.join(site, "telltale-file-name.txt"), "wb") as f:
            f.write(secret)
        ports = " or ".join(f"udp port {n.udp_port}" for n in net.nodes)
        dump = subprocess.Popen(
            ["tcpdump", "-i", "lo", "-U", "-s", "0", "-Z", "root", "-w", pcap, ports],
            stderr=subprocess.PIPE)
        check(any(b"listening" in line for line in iter(dump.stderr.readline, b"")),
              "tcpdump did not start")
        net.nodes[0].cli("id", "new", "--no-passphrase")
        net.nodes[0].cli("site", "publish", site, "--name", "telltalename", "--label",
                         "telltalelabel")
        status, body = net.nodes[network.GATEWAY - 1].get("/", host="telltalename.geo.localhost")
        check(status == 200 and secret in body, f"the site was not served: {status}")
        time.sleep(0.5)
        dump.send_signal(signal.SIGINT)
        dump.wait(10)
        with open(pcap, "rb") as f:
            captured = f.read()
        check(len(captured) > 20000, f"the capture has only {len(captured)} bytes")
        for needle in (secret, secret[:16], b"telltale-file-name", b"telltalename",
                       b"telltalelabel", b"index.html", base64.b64encode(secret)[:20]):
            check(needle not in captured, f"the capture contains {needle!r}")
    finally:
        shutil.rmtree(site, ignore_errors=True)
        if os.path.exists(pcap):
            os.remove(pcap)


def case_stream(net, seed):
    """A large file streams through the gateway of a node that has none of it: ranges exact, first
    byte before the file is there."""
    size = 48 << 20
    site = tempfile.mkdtemp(prefix="geonet-site-")
    try:
        data = random.Random(seed).randbytes(size)
        with open(os.path.join(site, "big.bin"), "wb") as f:
            f.write(data)
        net.nodes[0].cli("id", "new", "--no-passphrase")
        net.nodes[0].cli("site", "publish", site, "--name", "bigfile")
        gateway = net.nodes[network.GATEWAY - 1]
        rng = random.Random(seed + 1)
        url = f"http://127.0.0.1:{gateway.http_port}/big.bin"
        for _ in range(6):
            first = rng.randrange(size)
            last = min(size - 1, first + rng.randrange(1, 3 << 20))
            part = subprocess.run([
                "curl", "-sf", "-H", f"Host: bigfile.geo.localhost:{gateway.http_port}", "-r",
                f"{first}-{last}", url
            ], stdout=subprocess.PIPE, check=False, timeout=300)
            check(
                part.returncode == 0 and part.stdout == data[first:last + 1],
                f"range {first}-{last} came back wrong (curl {part.returncode}, {len(part.stdout)} "
                "bytes)"
            )
        status, body = gateway.get("/big.bin", host="bigfile.geo.localhost")
        check(status == 200 and body == data,
              f"the whole file came back wrong ({status}, {len(body)} bytes)")
        check(gateway.status()["blocks"]["count"] == 0,
              "the gateway's node keeps blocks though its limit is 0")
    finally:
        shutil.rmtree(site, ignore_errors=True)


def move(net, first):
    """All nodes from `first` on are killed young and start again at once, each on another port; all
    know where node 1 is now."""
    network.publish(net.nodes[0], SITE)
    moving = net.nodes[first:]
    for node in moving:
        eventually(f"node {node.number} has its contacts on the disk", 90,
                   lambda n=node: os.path.exists(n.data + "/contacts.json"))
        kill(node)
    ports = [node.udp_port for node in net.nodes[:first]] + [network.udp_port() for _ in moving]
    for i, node in enumerate(moving, first):
        net.nodes[i] = network.Node(node.number, node.data, node.bin, ports[i],
                                    network.free_or_zero(node.http_port, f"node {node.number}"),
                                    ports[0] if i else None, node.options)
    for node in net.nodes[first:]:
        node.wait_ready(time.monotonic() + network.START_MAX)
    for node in net.nodes:
        eventually(f"node {node.number} is linked to the four others again", 120,
                   lambda n=node: n.status()["links"] >= 4)
    readable(net.nodes, [])


def case_restart_moved(net, seed):
    """All five move, as after a power cut: they find each other again."""
    move(net, 0)


def case_restart_moved_around(net, seed):
    """Four move around one that stayed and that remembers where they were: they find each other
    too."""
    move(net, 1)


def main():
    bin_dir, case = sys.argv[1], sys.argv[2]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the nodes are stopped on the way out
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"case {case}, seed {seed} (repeat with SEED={seed})", flush=True)
    base = tempfile.mkdtemp(prefix="geonet-test-")
    net, failed = None, True
    try:
        net = network.Network(base, bin_dir, 0,
                              ["--pow-bits", "12"])  # the real 22 takes a sanitized build long
        net.wait_joined()
        globals()["case_" + case](net, seed)
        for node in net.nodes:
            check(node.process.poll() is None,
                  f"node {node.number} ended by itself: {node.last_words()}")
        failed = False
    except Skip as reason:
        print(f"skipped: {reason}")
        failed = False
        return SKIPPED
    except Failure as error:
        print(f"failed: {error}")
        return 1
    finally:
        codes = []
        if net:
            net.stop()
            for node in net.nodes:
                node.reap()
                codes.append(node.process.returncode)
        if failed or any(codes):
            for number in range(1, network.NODES + 1):
                path = os.path.join(base, f"node{number}", "log")
                if os.path.exists(path):
                    print(f"---- log of node {number}")
                    sys.stdout.write("".join(
                        open(path, encoding="utf-8", errors="replace").readlines()[-60:]))
        shutil.rmtree(base, ignore_errors=True)
    if any(codes):
        print(f"failed: a node did not end cleanly: {codes}")
        return 1
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
