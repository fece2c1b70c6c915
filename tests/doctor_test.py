#!/usr/bin/env python3
"""geonet doctor: each finding, with what it tells of made true. usage: doctor_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped (the reason is printed), 1 failed with a sentence."""
import json, os, shutil, signal, socket, subprocess, sys

sys.dont_write_bytecode = True
import clock_test, node_rig, process_test
from node_rig import POW, SKIPPED, Failure, Nodes, Skip, check, eventually, network
from node_http_rig import resolver


class Doctor:
    def __init__(self, nodes):
        self.nodes, self.geonet = nodes, os.path.join(nodes.bin, "geonet")
        self.env = {k: v for k, v in os.environ.items() if k != "GEONET_HUB"}

    def run(self, data, *words, before=(), popen={}, **env):
        """{about: [(sentence, next)]}, after the promises that hold in any case."""
        done = subprocess.run([*before, self.geonet, "doctor", "--json", "--data", data, *words],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.env | env,
                              timeout=300, **popen)
        said = json.loads(done.stdout)
        findings = said["findings"]
        check(said["well"] == (not findings) and done.returncode == (1 if findings else 0),
              f"exit {done.returncode}: {said} {done.stderr}")
        out = {}
        for f in findings:
            check(set(f) == {"about", "sentence", "next"} and all(f.values()), f"a finding: {f}")
            out.setdefault(f["about"], []).append((f["sentence"], f["next"]))
        return out

    def only(self, about, part, step, data, *words, **more):
        """There is this finding and no other."""
        said = self.run(data, *words, **more)
        check(
            list(said) == [about] and len(said[about]) == 1 and part in said[about][0][0]
            and step in said[about][0][1], f"not '{part}', then '{step}': {said}")

    def has(self, about, part, step, said):
        check(
            any(part in sentence and step in following
                for sentence, following in said.get(about, [])),
            f"'{part}', then '{step}' is not in: {said}")


def tree(path):
    return sorted((os.path.join(base, f), os.stat(os.path.join(base, f)).st_mtime_ns)
                  for base, dirs, files in os.walk(path)
                  for f in [*dirs, *files, "."])


def case_stopped(nodes, doctor):
    data = os.path.join(nodes.base, "data")
    os.makedirs(data, 0o700)
    udp, http = network.udp_port(), network.udp_port()

    def settings(text):
        with open(os.path.join(data, "geonet.conf"), "w") as f:
            f.write(text)

    settings(f"port = {udp}\nhttp = {http} # ours\n")
    before = tree(data)
    doctor.only("node", "no node is running", "geonet up", data)
    check(tree(data) == before, "it writes nothing")
    # of the standard ports it may say that somebody has them: a node of this machine
    doctor.has("node", "no node is running", "geonet up",
               doctor.run(os.path.join(nodes.base, "is", "not", "there")))
    with open(os.path.join(data, "geonetd.log"), "w") as f:
        f.write("2026-11-28T10:00:00Z error node     failed: the disk is on fire\n")
    doctor.only("node", "the disk is on fire", "geonet up", data)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as a, socket.socket() as b:
        a.bind(("127.0.0.1", udp))
        b.bind(("127.0.0.1", http))
        b.listen()
        said = doctor.run(data)
        doctor.has("ports", f"UDP port {udp}", f"geonet up --data {data} --port N", said)
        doctor.has("ports", f"TCP port {http}", "--http N", said)
        settings("port = 0\nhttp = off\n")
        check("ports" not in doctor.run(data), "ports that it would not take")
    settings("port 7777\n")
    doctor.has("node", "geonet.conf: line 1", "mend", doctor.run(data))
    text = subprocess.run([doctor.geonet, "doctor", "--data", data], stdout=subprocess.PIPE,
                          env=doctor.env).stdout.decode()
    check(
        text.startswith("node        no node is running")
        and f"\n            -> start it: geonet up --data {data}\n" in text, f"in words: {text}")


def case_network(nodes, doctor):
    founder = network.Node(1, os.path.join(nodes.base, "founder"), nodes.bin, network.udp_port(), 0,
                           None, ["--pow-bits", POW, "--w", "2", "--probation", "600"])
    nodes.all.append(founder)
    founder.wait_ready(network.time.monotonic() + 60)
    said = eventually(
        "it takes itself for the first", 60, lambda:
        (s := doctor.run(founder.data)) and len(s.get("network", [])) == 2 and s)
    doctor.has("network", "no other node is here", "--bootstrap", said)
    doctor.has("network", "when 2 nodes have signed, and about 1 is here", "w = 1", said)
    founder.stop()
    founder.reap()
    nodes.all.clear()
    first, second = nodes.start(2, "--w", "2")
    for node in (first, second):
        eventually("all is well", 60, lambda n=node: not doctor.run(n.data))
    stranger = network.Node(3, os.path.join(nodes.base, "stranger"), nodes.bin, network.udp_port(),
                            0, first.udp_port, ["--pow-bits", "1", "--w", "1"])
    nodes.all.append(stranger)
    stranger.wait_ready(network.time.monotonic() + 60)
    # names and addresses that it was given to begin with, of a node that has joined and of one that
    # has not
    folder, dead = resolver(nodes), network.udp_port()
    for name, live in (("joined", [f"127.0.0.1:{first.udp_port}"]), ("alone", [])):
        words = [
            word for host in [*live, f"127.0.0.1:{dead}", f"nowhere.test:{dead}"]
            for word in ("--bootstrap", host)
        ]
        node = network.Node(5, os.path.join(nodes.base, name), folder, network.udp_port(), 0, None,
                            ["--pow-bits", POW, "--w", "1", *words])
        nodes.all.append(node)
        node.wait_ready(network.time.monotonic() + 60)
        said = eventually(
            "the dead address is told of", 120, lambda:
            (s := doctor.run(node.data)) and len(s.get("bootstrap", [])) == 2 and s)
        doctor.has("bootstrap", f"nothing answers at 127.0.0.1:{dead}", "its owner", said)
        doctor.has("bootstrap", f"nowhere.test:{dead} has no address", "DNS", said)
        check(("network" in said) == (name == "alone"), f"{name}: {said}")
        if name == "alone":
            doctor.has("network", "this node is alone", "--bootstrap", said)
    eventually("it has greeted long enough", 60,
               lambda: stranger.status()["uptime_s"] > 20 and stranger.status()["other_work"])
    doctor.only("network", "other proofs of work", "--pow-bits N", stranger.data)
    first.process.send_signal(signal.SIGSTOP)
    try:
        doctor.only("node", "does not answer", "kill geonetd", first.data)
    finally:
        first.process.send_signal(signal.SIGCONT)


def case_clock(nodes, doctor):
    node = nodes.start(1, "--w", "1")[0]
    check("clock" not in doctor.run(node.data), "a clock that is right")
    nodes.set(node, 3 * 86400)
    said = eventually("the clock was set", 60, lambda:
                      (s := doctor.run(node.data)) and "clock" in s and s)
    doctor.has("clock", "3 days ahead", "timedatectl", said)


def case_disk(nodes, doctor):
    disk = os.path.join(nodes.base, "disk")
    os.makedirs(disk)
    inside = ["unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c"]
    mount = f"mount -t tmpfs -o mode=700,%s none '{disk}' && "
    if subprocess.run([*inside, mount % "size=8m" + "true"], stderr=subprocess.DEVNULL).returncode:
        raise Skip("no file system can be mounted here")
    look = lambda options: doctor.run(disk, before=[*inside, mount % options + 'exec "$@"', "sh"])
    said = look("size=8m")
    doctor.has("disk", "nearly full: 8.0 MiB left", "make room", said)
    doctor.has("disk", "room for 99 more files", "small ones", look("size=2g,nr_inodes=100"))
    check("disk" not in look("size=2g"), "a disk with room")
    doctor.has("disk", "cannot be written by you: Read-only file system", "another place",
               look("size=2g,ro"))
    with open(os.path.join(nodes.base, "file"), "w"):
        doctor.only("disk", "cannot be written by you: Not a directory", "another place",
                    os.path.join(nodes.base, "file"))
    # another's folder, which root sees only as somebody else
    if os.geteuid() == 0:
        os.chmod(nodes.base, 0o711)
        doctor.geonet = shutil.copy(doctor.geonet, nodes.base)
    who = {"user": 65534, "group": 65534, "extra_groups": [], "cwd": "/"
           } if os.geteuid() == 0 else {}
    for mode, other in ((0o700 if who else 0, []), (0o555, [
            "node"
    ])):  # what cannot be entered is not looked into
        os.chmod(disk, mode)
        said = doctor.run(disk, popen=who)
        check(list(said) == ["disk", *other], f"mode {mode:o}: {said}")
        doctor.has("disk", "cannot be written by you: Permission denied", "make it yours", said)


def case_yours(nodes, doctor):
    node = nodes.start(1, "--w", "1")[0]
    node.cli("id", "new", "--no-passphrase")
    site = os.path.join(nodes.base, "site")
    os.makedirs(site)
    with open(os.path.join(site, "index.html"), "w") as f:
        f.write("hello")
    node.cli("name", "claim", "short", "TXT=x", "--ttl", str(2 * 86400 + 60))
    node.cli("site", "publish", site, "--label", "blog", "--copies", "1", "--ttl", "7200")
    node.cli("site", "publish", site, "--copies", "1")
    said = doctor.run(node.data)["yours"]
    check(
        len(said) == 2 and all("geonet renew --all" in step for _, step in said),
        f"what ends soon and nothing else: {said}")
    check(
        said[0][0].startswith("the name short.geo ends in 2 ")
        and said[1][0].startswith("the site @blog ends in "), f"what ends soon: {said}")
    for name in ("own-names.json", "own-id.json", "hubs.json"):
        path = os.path.join(node.data, name)
        kept = open(path).read() if os.path.exists(path) else None
        with open(path, "w") as f:
            f.write("[]")
        doctor.has("yours", f"{name} is damaged", "mend it", doctor.run(node.data))
        if os.geteuid():
            os.chmod(path, 0)
            doctor.has("yours", f"{name} cannot be read: Permission denied", "chown",
                       doctor.run(node.data))
        os.remove(path)
        if kept:
            with open(path, "w") as f:
                f.write(kept)


def case_hub(nodes, doctor):
    node = nodes.start(1, "--w", "1")[0]
    hub = process_test.Program("hub", nodes.bin, os.path.join(nodes.base, "hub"))
    url = f"http://127.0.0.1:{hub.http}"
    node.cli("id", "new", "--no-passphrase")
    node.cli("wallet", "join", "--name", "Ann", "--hub", url)
    check(not [s for s in doctor.run(node.data).get("hub", []) if "the disk is" not in s[0]],
          "a hub that answers")
    hub.process.terminate()
    hub.process.wait()
    step = "geonet hub run"
    doctor.has("hub", f"no hub answers at {url}", step, doctor.run(node.data))
    other = process_test.Program("hub", nodes.bin, os.path.join(nodes.base, "other"), "--http",
                                 str(hub.http))
    doctor.has("hub", f"the hub at {url} has another key", "hubs.json", doctor.run(node.data))
    doctor.has("hub", "another key", "hubs.json", doctor.run(node.data, GEONET_HUB=url + "/"))
    check(
        not [
            s for s in doctor.run(nodes.base, "--hub", url).get("hub", [])
            if "the disk is" not in s[0]
        ], "a hub that was never met, and that is named")
    dead = f"http://127.0.0.1:{network.udp_port()}"
    said = doctor.run(node.data, GEONET_HUB=dead)
    check(len(said["hub"]) == 1, f"the one that is named, and no other: {said}")
    doctor.has("hub", f"no hub answers at {dead}", step, said)
    with open(os.path.join(node.data, "hubs.json")) as f:
        check(list(json.load(f)) == [url], "it writes nothing")
    other.process.terminate()
    other.process.wait()


def main():
    bin_dir, name = os.path.abspath(sys.argv[1]), sys.argv[2]
    nodes = clock_test.Machines(bin_dir) if name == "clock" else Nodes(bin_dir)
    try:
        globals()["case_" + name](nodes, Doctor(nodes))
    except (node_rig.Skip, process_test.Skipped) as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    except Failure as error:
        print(f"failed: {error}")
        return 1
    finally:
        nodes.close()
        for process in process_test.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(nodes.base, ignore_errors=True)
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
