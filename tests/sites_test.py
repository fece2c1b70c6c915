#!/usr/bin/env python3
"""What a node keeps of the sites published through it, on a real node: usage: sites_test.py BIN_DIR

Twenty versions of a site; the node is killed and started in between. It keeps the blocks of the
version that is out and of the sixteen before it, each of which can be put on top again; the others
are off the disk. A version whose head was never put stays beside them, the next publication takes
its place. Removed, the site leaves nothing, and a minute later its page says that it has expired.
2,000 small files are a handful of blocks. Exit 0 or 1 with a sentence.
"""
import http.client, json, os, random, shutil, signal, socket, sys, tempfile, time

sys.dont_write_bytecode = True
from node_rig import Failure, check, network

SIZE = 200_000  # bytes of a version's file: a block of its own


class Site:
    def __init__(self, bin_dir, base):
        self.bin, self.base, self.node = bin_dir, base, None
        self.folder = os.path.join(base, "site")
        os.mkdir(self.folder)

    def start(self):
        self.node = network.Node(1, os.path.join(self.base, "node"), self.bin, network.udp_port(),
                                 0, None, ["--pow-bits", "10"])
        deadline = time.monotonic() + 60
        self.node.wait_ready(deadline)
        while not (self.node.status()["joined"] and self.node.status()["server"]):
            check(time.monotonic() < deadline, "the node does not answer for keys after a minute")
            time.sleep(0.05)

    def kill(self):
        self.node.process.kill()
        self.node.process.wait()

    def publish(self, text):
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))
        for name, content in text.items():
            with open(os.path.join(self.folder, name), "wb") as f:
                f.write(content)
        return self.node.cli("site", "publish", self.folder, "--copies", "1", "--w", "1")

    def blocks(self):
        """Complete blocks on the disk: their roots and bytes."""
        found = {}
        top = os.path.join(self.node.data, "blocks")
        for folder, _, names in os.walk(top):
            for name in names:
                found[name.split(".")[0]] = os.path.getsize(os.path.join(folder, name))
        return found

    def settled(self, what, count):
        """Blocks go by themselves, one request to the disk after the other."""
        deadline = time.monotonic() + 60
        while len(self.blocks()) != count:
            check(time.monotonic() < deadline,
                  f"{what}: {len(self.blocks())} blocks on the disk, not {count}")
            time.sleep(0.1)

    def lists(self):
        return sorted(os.listdir(os.path.join(self.node.data, "sites")))

    def api(self, path):
        return json.loads(self.node.get(path)[1])

    def spread(self, body):
        """POST /spread as the tool does, over the Unix socket of the node."""
        connection = http.client.HTTPConnection("localhost", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(os.path.join(self.node.data, "api.sock"))
        connection.request("POST", "/api/v1/spread", body=body,
                           headers={"Content-Type": "application/json"})
        text = connection.getresponse().read().decode()
        connection.close()
        check('"err": "ok"' in text.splitlines()[-1] or '"err":"ok"' in text.splitlines()[-1],
              f"the spread ended with {text}")


def content(version):
    return random.Random(version).randbytes(SIZE)


def expired(site, pid):
    """The gateway says that a site has ended, and when, not that its name is wrong."""
    deadline = time.monotonic() + 180
    while True:
        status, body = site.node.get("/", host=f"{pid}.geo.localhost")
        if status == 404 and b"expired on 20" in body and b"spelling" not in body:
            return
        check(time.monotonic() < deadline, f"the page of a site that ended: {status} {body[-300:]}")
        time.sleep(1)


def run(site):
    site.start()
    site.node.cli("id", "new", "--no-passphrase")
    for version in range(1, 21):
        if version % 5 == 0:
            site.kill()
            site.start()
        got = site.publish({"a.bin": content(version), "same.txt": b"in every version"})
        check(got["version"] == version, f"version {got['version']} instead of {version}")
    site.settled("after 20 versions", 17 * 2 + 1)  # a file and a manifest each, and the file of all
    check(len(site.lists()) == 17, f"{len(site.lists())} lists of blocks, not 17")
    kept = set(site.blocks())

    site.kill()
    with open(os.path.join(site.node.data, "sites", "0" * 64),
              "wb") as stray:  # written before a table that never was
        stray.write(bytes(32))
    site.start()
    site.settled("after kill -9", 17 * 2 + 1)
    check(set(site.blocks()) == kept, "other blocks than before the restart")
    check("0" * 64 not in site.lists(), "a list that no site names is still there")

    for version in range(
            4, 20):  # each that is listed; history moves by one each time, so the oldest goes first
        got = site.node.cli("site", "rollback", "-", str(version), "--copies", "1", "--w", "1")
        check(got["same_as"] == version, f"rolled back to {got}")
    shown = site.api("/api/v1/sites")["sites"][0]
    check(shown["expires"] > time.time() and not shown["pending"],
          f"the list of sites says {shown}")

    # As a program of before wrote it: one list, in the table. Nothing goes that an unknown version
    # may need.
    had, path = set(site.blocks()), os.path.join(site.node.data, "sites.json")
    site.kill()
    with open(path, encoding="utf-8") as f:
        (entry,) = json.load(f)
    with open(os.path.join(site.node.data, "sites", entry["root"]), "rb") as f:
        hashes = f.read()
    shutil.rmtree(os.path.join(site.node.data, "sites"))
    old = {
        key: entry[key]
        for key in ("owner", "label", "root", "copies", "keep_until", "spread", "op")
    }
    old["hashes"] = [hashes[i:i + 32].hex() for i in range(0, len(hashes), 32)]
    with open(path, "w", encoding="utf-8") as f:
        json.dump([old], f)
    site.start()
    check(
        site.api("/api/v1/sites")["sites"][0]["partial"] and site.lists() == [entry["root"]],
        "an older table is not read")
    site.node.cli("site", "rollback", "-", "--copies", "1", "--w", "1")
    check(
        set(site.blocks()) == had, "blocks of versions that an older table does not name are gone")

    # A head that is never put: the site is spread, then the tool is gone.
    before = site.blocks()
    blocks = [root for root in before][:1]
    body = json.dumps({
        "blocks": blocks, "copies": 1,
        "site": {"owner": shown["owner"], "label": "", "root": "ab" * 32}
    })
    site.spread(body)
    check("ab" * 32 in site.lists() and site.api("/api/v1/sites")["sites"][0]["pending"],
          "a spread is not kept until its head comes")
    site.kill()
    site.start()
    check("ab" * 32 in site.lists(), "a restart lost what waits for its head")
    site.publish({"a.bin": content(99), "same.txt": b"in every version"})
    check("ab" * 32 not in site.lists(), "a version without a head outlived the next publication")

    small = {f"f{i:05}.txt": b"%08d" % i for i in range(2000)}
    had = len(site.blocks())
    site.publish(small)
    check(
        len(site.blocks()) <= had + 3,
        f"2,000 files of 8 bytes made {len(site.blocks()) - had} blocks")

    url = site.publish(small | {"index.html": b"here"})["url"]
    site.node.cli("site", "remove", "-", "--w", "1")
    deadline = time.monotonic() + 60
    while len(site.blocks()) >= len(before):
        check(time.monotonic() < deadline, "a removed site leaves its blocks")
        time.sleep(0.05)
    check(site.lists() == [] and site.api("/api/v1/sites")["sites"] == [],
          "something of the site is left")
    expired(site, url.split("//")[1].split(".")[0])


def main():
    base = tempfile.mkdtemp(prefix="geonet-sites-")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    site = Site(sys.argv[1], base)
    try:
        run(site)
    except Failure as error:
        print(f"failed: {error}")
        with open(site.node.log_path, encoding="utf-8", errors="replace") as f:
            sys.stdout.write("".join(f.readlines()[-30:]))
        return 1
    finally:
        if site.node:
            site.node.stop()
            site.node.reap()
        shutil.rmtree(base, ignore_errors=True)
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
