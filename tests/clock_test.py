#!/usr/bin/env python3
"""Real nodes on machines with wrong clocks: usage: clock_test.py BIN_DIR CASE

The wall clock of each node is shifted by tests/hub_shim.c, which is compiled here; nobody else's
time is touched. It gives each an address of 127.0.0.0/24 too, since an address has one voice. Exit
0 passed, 77 skipped with a reason, 1 failed with a sentence.
"""
import json, os, shutil, subprocess, sys, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import POW, ROOT, SKIPPED, Nodes, check, eventually, network, put

STEP = 40 * 86400  # seconds: every record is long expired by then
WAIT = 300  # seconds at most for a state that hangs on a peer's next ping


class Machines(Nodes):
    """Nodes whose wall clocks the test sets: set(node, seconds ahead)."""

    def __init__(self, bin_dir):
        super().__init__(bin_dir)
        self.real = os.path.abspath(bin_dir)
        cc = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if not cc:
            print("skipped: there is no C compiler")
            sys.exit(SKIPPED)
        self.library = os.path.join(self.base, "shim.so")
        subprocess.run([
            cc, "-shared", "-fPIC", "-O1", "-o", self.library,
            os.path.join(ROOT, "tests", "hub_shim.c"), "-ldl"
        ], check=True)

    def machine(self, number):
        """A folder of programs that run under clock number `number`."""
        folder = os.path.join(self.base, f"machine{number}")
        if not os.path.isdir(folder):
            os.makedirs(folder)
            with open(os.path.join(folder, "address"), "w", encoding="ascii") as f:
                f.write(f"127.0.0.{number + 1}\n")
            shim = (f"#!/bin/sh\nexport SHIM='{folder}' LD_PRELOAD='{self.library}' "
                    "ASAN_OPTIONS=verify_asan_link_order=0\n")
            for name, text in (
                ("geonet", f"exec '{os.path.join(self.real, 'geonet')}' \"$@\"\n"),
                ("geonetd",
                 'for word in "$@"; do [ "$before" = --port ] && port=$word; before=$word; done\n'
                 f"exec '{os.path.join(self.real, 'geonetd')}' \"$@\" --advertise "
                 f"127.0.0.{number + 1}:$port\n"
                 )):
                with open(os.path.join(folder, name), "w", encoding="ascii") as f:
                    f.write(shim + text)
                os.chmod(os.path.join(folder, name), 0o755)
        return folder

    def start(self, count=1, *options, bootstrap=None, ahead=0):
        for _ in range(count):
            self.bin = self.machine(len(self.all))
            self.shift(len(self.all), ahead)
            super().start(1, *options, bootstrap=bootstrap)
        self.bin = self.real
        for node in self.all:
            eventually("everybody is linked", 60,
                       lambda n=node: n.status()["links"] >= len(self.all) - 1)
        return self.all

    def set(self, node, ahead):
        self.shift(self.all.index(node), ahead)

    def shift(self, number, ahead):
        path = os.path.join(self.machine(number), "clock")
        with open(path + ".new", "w", encoding="ascii") as f:
            f.write(f"{ahead}\n")
        os.rename(path + ".new", path)

    def restart(self, node):
        at = self.all.index(node)
        node.stop()
        node.reap()
        again = network.Node(node.number, node.data, self.machine(at), node.udp_port,
                             network.free_or_zero(node.http_port, f"node {node.number}"),
                             self.all[0].udp_port, node.options)
        self.all[at] = again
        again.wait_ready(time.monotonic() + network.START_MAX)
        return again


def clock(node):
    return node.status().get("clock")


def log_of(node):
    with open(node.log_path, encoding="utf-8", errors="replace") as f:
        return f.read()


def records(node):
    return node.status()["records"]


def files(node):
    """Bytes of the record store on disk."""
    folder = os.path.join(node.data, "records")
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))


def prepared(machines):
    """Five nodes, a record and a name that all hold."""
    nodes = machines.start(5)
    key = put(nodes[0], b"before the clock went wrong", "kept", 5)
    nodes[0].cli("name", "claim", "longstanding", "TXT=here")
    for node in nodes:
        eventually("all five hold the record and both places of the name", 60,
                   lambda n=node: records(n)["count"] >= 3)
    return nodes, key


def whole(nodes, key):
    """Everything that was put is served, by each node's own word and through each."""
    for node in nodes:
        network.get_record(node, key, b"before the clock went wrong")
        got = node.cli("name", "resolve", "longstanding", "--fresh")
        check("here" in str(got), f"node {node.number} resolves the name: {got}")


def case_one(machines):
    """One machine's clock goes 40 days ahead, and is set right again."""
    nodes, key = prepared(machines)
    wrong = nodes[2]
    held = records(wrong)["count"]
    machines.set(wrong, STEP)
    said = eventually("the status says that the clock is wrong", 60, lambda: clock(wrong))
    eventually("the peers are named", WAIT,
               lambda: "40 days ahead of 4 peers" in clock(wrong)["text"])
    check(abs(said["ahead_s"] - STEP) < 60 and not said["used"], f"what the status says: {said}")
    eventually("the log says it", 60,
               lambda: "clock.wrong" in log_of(wrong) and "40 days ahead" in log_of(wrong))
    status, page = wrong.get("/", host="nobodyhasthis.geo.localhost")
    check(status == 404 and b"40 days ahead of 4 peers" in page,
          f"the page says it: {status} {page[-400:]}")
    for node in nodes:
        check(node is wrong or not clock(node), f"node {node.number} is right: {clock(node)}")
    check(
        records(wrong)["count"] == held and not records(wrong)["expired"],
        f"nothing is hidden: {records(wrong)}")
    whole(nodes, key)
    machines.set(wrong, 0)
    eventually("the status has no more to say", 60, lambda: not clock(wrong))
    eventually("the log says that it is right again", 60, lambda: "clock.right" in log_of(wrong))
    put(wrong, b"after", "later", 5)  # taken by all: it is not of another time
    whole(nodes, key)


def case_all(machines):
    """All five go ahead for long enough to believe each other, then back: hidden, shown again,
    nothing lost."""
    nodes, key = prepared(machines)
    held = [records(node)["count"] for node in nodes]
    for node in nodes:
        machines.set(node, STEP)
    for node in nodes:
        eventually("the records are taken for expired", WAIT,
                   lambda n=node: records(n)["count"] == 0)
        check(records(node)["expired"] >= 3, f"they are kept: {records(node)}")
    for node in nodes:
        machines.set(node, 0)
    for node, count in zip(nodes, held):
        eventually("they are shown again", WAIT, lambda n=node, c=count: records(n)["count"] >= c)
        eventually("the clock is right again", WAIT, lambda n=node: not clock(n))
    whole(nodes, key)
    for node in nodes:
        counters = node.get("/api/v1/counters")[1]
        check(
            b'"records_forgotten":0' in counters.replace(b" ", b"")
            or b'"records-forgotten":0' in counters.replace(b" ", b""),
            f"nothing was dropped: {counters[:200]}")


def signed(node, *words, stdin=b""):
    """Runs the tool, which signs something; whether it went well, and what it said."""
    done = subprocess.run([os.path.join(node.bin, "geonet"), "--data", node.data, *words],
                          input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=300, check=False)
    return done.returncode == 0, done.stdout.decode(errors="replace")


def warned(said, words):
    check(words in said and "what is signed now bears this machine's time" in said,
          f"the tool warns of it: {said}")


def case_start(machines):
    """A machine starts with a wrong clock: what is on its disk stays. Nobody can tell who is right:
    what is signed there bears its time, which the tool says, and its peers refuse it."""
    nodes, key = prepared(machines)
    wrong = nodes[2]
    held = records(wrong)["count"]
    machines.set(wrong, STEP)
    wrong = machines.restart(wrong)
    now = records(wrong)
    check(now["count"] + now["expired"] >= held, f"nothing on disk is gone: {now}, before {held}")
    eventually("its peers tell it the time", WAIT, lambda: "40 days ahead of 4 peers" in
               (clock(wrong) or {}).get("text", ""))
    eventually("it shows all that it has", WAIT, lambda: records(wrong)["count"] >= held)
    check(clock(wrong)["used"], f"status: {clock(wrong)}")
    whole(machines.all, key)
    check("40 days ahead" in wrong.cli("status")["clock"]["text"], "the tool says it")
    wrong.cli("id", "new", "--no-passphrase", "--no-publish")
    well, said = signed(wrong, "put", "--w", "5", "--label", "soon", "-", stdin=b"of another time")
    check(not well, f"its peers take nothing of the future: {said}")
    warned(said, "40 days ahead of 4 peers")
    machines.set(wrong, 0)
    eventually("the clock is right again", WAIT, lambda: not clock(wrong))
    well, said = signed(wrong, "put", "--w", "5", "--label", "soon", "-", stdin=b"in time")
    check(well and "clock" not in said,
          f"what was signed in another time does not stand in its way: {said}")


def among_liars(machines, ahead, words):
    """Five machines whose clocks are wrong from their start on join three; they are most of the
    voices, hide nothing, and have no say in what the others sign."""
    nodes = list(machines.start(3))
    key = put(nodes[0], b"before the clock went wrong", "kept", 3)
    nodes[0].cli("name", "claim", "--w", "3", "longstanding", "TXT=here")
    for node in nodes:
        eventually("all hold the record and both places of the name", 60,
                   lambda n=node: records(n)["count"] >= 3)
    held = [records(node)["count"] for node in nodes]
    machines.start(5, ahead=ahead)
    liars = machines.all[3:]
    for node in nodes:
        eventually("the liars are most of the voices", WAIT,
                   lambda n=node: clock(n) and words in clock(n)["text"])

    def honest():
        for node, count in zip(nodes, held):
            check(
                clock(node) is None or clock(node)["used"],
                f"node {node.number} goes by its own clock: {clock(node)}")
            check(
                records(node)["count"] >= count and not records(node)["expired"],
                f"nothing is hidden: {records(node)}")
        whole(nodes, key)
        put(nodes[0], os.urandom(20), "more", 3)
        nodes[0].cli("name", "set", "--w", "3", "longstanding", f"TXT=here {time.monotonic()}")
        for name in nodes[0].cli("name", "list")["names"]:
            check(abs(name["created"] - time.time()) < 600, f"what is signed is of now: {name}")

    honest()
    for node in nodes[1:]:
        check("here " in str(node.cli("name", "resolve", "longstanding", "--fresh")),
              "all go by what was signed")
    warned(signed(nodes[0], "put", "--w", "3", "--label", "again", "-", stdin=b"again")[1], words)
    for node in liars:
        node.process.kill()
        node.process.wait()
    honest()
    for node in nodes:
        eventually("the dead have no voice", WAIT, lambda n=node: not clock(n))
    honest()
    machines.all = nodes


def case_liars(machines):
    among_liars(machines, STEP, "40 days behind 5 peers")


def case_behind(machines):
    among_liars(machines, -STEP, "40 days ahead of 5 peers")


def case_slept(machines):
    """A machine that slept for 20 s (RE-10): no path is believed in, and no session ends. Less than
    GN_NODE_SLEPT is no sleep."""
    nodes = machines.start(2)
    folder = machines.machine(1)
    peer = lambda: next(p for p in json.loads(nodes[1].get("/api/v1/peers")[1])["peers"] if p["up"])
    suspect = lambda: node_rig.counters(nodes[1], "jet")["paths-suspect"]
    for slept, wakes in ((4, 0), (24, 1)):
        before, paths = peer(), suspect()
        with open(os.path.join(folder, "slept.new"), "w", encoding="ascii") as f:
            f.write(f"{slept}\n")
        os.rename(os.path.join(folder, "slept.new"), os.path.join(folder, "slept"))
        eventually("it is heard from again", 60,
                   lambda b=before: peer()["received"] > b["received"])
        if wakes:
            eventually("it knows that it slept", 60, lambda: "has slept" in log_of(nodes[1]))
        check(log_of(nodes[1]).count("has slept") == wakes, f"after {slept} s: woke otherwise")
        check((suspect() > paths) == bool(wakes), f"after {slept} s: {suspect() - paths} paths")


def main():
    machines, failed, codes = Machines(sys.argv[1]), True, []
    try:
        globals()["case_" + sys.argv[2]](machines)
        failed = False
    except node_rig.Failure as error:
        print(f"failed: {error}")
        return 1
    finally:
        codes = machines.close()
        if failed or any(codes):
            for node in machines.all:
                print(f"---- log of node {node.number}\n"
                      + "".join(log_of(node).splitlines(True)[-30:]))
        shutil.rmtree(machines.base, ignore_errors=True)
    if any(codes):
        print(f"failed: a node did not end cleanly: {codes}")
        return 1
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
