#!/usr/bin/env python3
"""Nodes of an earlier release and of this one in one network: usage: upgrade_test.py BIN_DIR CASE

Two nodes of the release before and five of this one, in either order of upgrade: they join, keep
records and sites for each other; people over either write to each other and see that it arrived;
they pay each other through a hub of either. Data directories of nodes, agents and hubs of the old
release are taken over by the new one. The old programs are built once from their commit, into the
cache that set-up uses. Exit 0 passed, 77 skipped with a reason, 1 failed with a sentence.
"""
import fcntl, os, shutil, signal, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
from node_rig import Failure, POW, ROOT, SKIPPED, Skip, check, network
from programs import Agent, Hub

# The release before: 0.1 with agents, messages and hubs, and without paths, relays and other
# carriers.
OLD = "e4ef5de8"
SITE = os.path.join(ROOT, "examples", "welcome")


def run(words, log, cwd=None):
    done = subprocess.run(words, cwd=cwd, stdout=log, stderr=subprocess.STDOUT, check=False)
    check(done.returncode == 0, f"'{' '.join(words)}' ended with {done.returncode}: see {log.name}")


def old_programs():
    """The folder with the programs of OLD, built once: git archive, cmake without tests, no target
    besides."""
    cache = os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "geonet")
    home = os.path.join(cache, f"release-{OLD}")
    os.makedirs(home, exist_ok=True)
    bin_dir = os.path.join(home, "build", "cmd")
    with open(os.path.join(home, "lock"), "w", encoding="ascii") as lock, \
         open(os.path.join(home, "log"), "a", encoding="ascii") as log:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(os.path.join(home, "done")):
            return bin_dir
        if subprocess.run(["git", "-C", ROOT, "cat-file", "-e", OLD + "^{commit}"],
                          stderr=subprocess.DEVNULL, check=False).returncode:
            raise Skip(
                f"this checkout has no commit {OLD} (a shallow clone, or no git); fetch the whole "
                "history to run this test"
            )
        for name in ("source", "build"):
            shutil.rmtree(os.path.join(home, name), ignore_errors=True)
        source = os.path.join(home, "source")
        os.makedirs(source)
        tar = subprocess.Popen(["git", "-C", ROOT, "archive", OLD], stdout=subprocess.PIPE)
        unpack = subprocess.run(["tar", "-x", "-C", source], stdin=tar.stdout, check=False)
        check(unpack.returncode == 0 and tar.wait() == 0,
              f"the sources of {OLD} could not be unpacked")
        run([
            "cmake", "-S", source, "-B",
            os.path.join(home, "build"), "-G", "Ninja", "-DGEONET_TESTS=OFF", "-DCMAKE_BUILD_TYPE=",
            "-DCMAKE_C_FLAGS=-O1"
        ], log)
        run([
            "cmake", "--build",
            os.path.join(home, "build"), "--target", "geonet", "geonetd", "geonet-agent",
            "geonet-hub"
        ], log)
        shutil.rmtree(source)
        with open(os.path.join(home, "done"), "w", encoding="ascii"):
            pass
        return bin_dir


class Mixed:
    """Nodes of either release, each by number; the first is everybody's bootstrap."""

    def __init__(self, base):
        self.base, self.nodes, self.options = base, [], ["--pow-bits", POW]
        self.agents, self.hub = [], None

    def start(self, bin_dir, count):
        for _ in range(count):
            number = len(self.nodes) + 1
            number += number >= network.GATEWAY  # none of them goes without a block store
            self.nodes.append(
                network.Node(number, os.path.join(self.base, f"node{number}"), bin_dir,
                             network.udp_port(), 0, self.nodes[0].udp_port if self.nodes else None,
                             self.options))
        deadline = time.monotonic() + network.START_MAX
        for node in self.nodes[-count:]:
            node.wait_ready(deadline)

    @staticmethod
    def end(program):
        program.stop()
        program.reap()
        check(program.process.returncode == 0,
              f"{program.name} ended with {program.process.returncode}: {program.last_words()}")

    def again(self, index, bin_dir):
        """The same node with other programs: data directory and port stay."""
        node = self.nodes[index]
        self.end(node)
        other = next(n for n in self.nodes if n is not node)
        self.nodes[index] = network.Node(
            node.number, node.data, bin_dir, node.udp_port,
            network.free_or_zero(node.http_port, f"node {node.number}"), other.udp_port,
            self.options)
        self.nodes[index].wait_ready(time.monotonic() + network.START_MAX)

    def wait_joined(self):
        deadline = time.monotonic() + 2 * network.START_MAX
        for node in self.nodes:
            while True:
                status = node.status()
                if status["joined"] and status["server"] and status["links"] >= len(self.nodes) - 1:
                    break
                check(
                    time.monotonic() < deadline,
                    f"node {node.number} found {status['links']} of {len(self.nodes) - 1} others; "
                    f"its last words: {node.last_words()}")
                time.sleep(0.1)

    def exchange(self, old, new):
        """Records and sites written on either side are read on the other, with five receipts
        each."""
        for writer, name in ((old, "fromold"), (new, "fromnew")):
            if not os.path.exists(os.path.join(writer.data, "identity.key")):
                writer.cli("id", "new", "--no-passphrase")
            key = writer.cli("put", "--w", "5", "--label", name, "-", stdin=name.encode())["key"]
            writer.cli("site", "publish", SITE, "--name", name, "--label", name)
            for reader in (old, new):
                network.get_record(reader, key, name.encode())
                for file, path in network.site_files(SITE):
                    status, body = reader.get("/" + file.replace(os.sep, "/"),
                                              host=f"{name}.geo.localhost")
                    with open(path, "rb") as f:
                        check(
                            status == 200 and body == f.read(),
                            f"/{file} of {name}.geo came as {status} through node {reader.number}")

    def people(self, *owners):
        """Agents of these nodes' owners, of the same release each."""
        self.agents = [Agent(node, name) for node, name in zip(owners, network.PEOPLE)]
        deadline = time.monotonic() + 2 * network.START_MAX
        for agent in self.agents:
            agent.wait_published(deadline)

    def agent_again(self, which, index):
        """The same agent by the programs of its node, which are others than they were."""
        self.agents[which] = Agent(self.nodes[index], self.agents[which].person)
        self.agents[which].wait_published(time.monotonic() + 2 * network.START_MAX)

    def open_hub(self, bin_dir, *owners):
        """A hub at which three nodes' owners have wallets; the first pays the second, who pays the
        third."""
        self.hub = Hub(os.path.join(self.base, "hub"), bin_dir, 0, list(owners))
        self.hub.open()
        network.owe(self.hub)

    def close_ring(self, bin_dir, *owners):
        """The hub by other programs has the same members, lines and debts, and the last payment
        clears them."""
        port = int(self.hub.url.rpartition(":")[2])
        self.end(self.hub)
        self.hub = Hub(self.hub.data, bin_dir, port, list(owners))
        check(self.hub.owed() == ["10.00", "10.00"],
              f"what is owed is {self.hub.owed()} after the upgrade")
        network.clear(self.hub)
        network.prove(self.hub)

    def programs(self):
        """Agents say goodbye over their nodes."""
        return self.agents + self.nodes + ([self.hub] if self.hub else [])

    def close(self):
        for program in self.programs():
            program.stop()
        for program in self.programs():
            program.reap()


def chat(agent, other):
    """What both remember, and how far it went."""
    return [(m["text"], m["mine"], m["state"]) for m in agent.said(other)]


def converse(first, second, text):
    """A message each way between those who know each other, with receipts."""
    for writer, reader, words in ((first, second, f"{text}?"), (second, first, f"{text}!")):
        writer.cli("msg", "send", reader.pid(), words)
        reader.wait(f"'{words}'", lambda: reader.said(writer)[-1]["text"] == words)
        reader.cli("msg", "read", writer.pid())
        writer.wait(f"that '{words}' was read", lambda: writer.said(reader)[-1]["state"] == "read")


def case_old_first(net, old_bin, new_bin):
    """Two old nodes are the network; five new ones join them, one of whose owners is written to and
    paid by an old one's; then the old ones are upgraded in place, their owner's agent and the hub
    too."""
    net.start(old_bin, 2)
    net.start(new_bin, 5)
    net.wait_joined()
    net.exchange(net.nodes[1], net.nodes[4])
    kept = net.nodes[0].identity()
    net.nodes[0].cli("put", "--w", "5", "--label", "kept", "-", stdin=b"kept over the upgrade")
    net.people(net.nodes[0], net.nodes[4])
    network.write(*net.agents)
    network.answer(*net.agents)
    net.open_hub(old_bin, net.nodes[0], net.nodes[4], net.nodes[1])
    said, contact = chat(*net.agents), net.agents[0].contact(net.agents[1])
    net.end(net.agents[0])
    for index in (0, 1):
        net.again(index, new_bin)
    net.wait_joined()
    node = net.nodes[0]
    check(node.cli("id", "show")["pid"] == kept, "the identity is another after the upgrade")
    key = node.cli("put", "--w", "5", "--label", "kept", "-", stdin=b"kept after it")["key"]
    network.get_record(net.nodes[3], key, b"kept after it")
    for reader in net.nodes:
        status, _ = reader.get("/", host="fromold.geo.localhost")
        check(status == 200,
              f"fromold.geo answers {status} through node {reader.number} after the upgrade")
    net.agent_again(0, 0)
    check(chat(*net.agents) == said, f"the chat is {chat(*net.agents)}, it was {said}")
    check(net.agents[0].contact(net.agents[1])["name"] == contact["name"], "the contact is another")
    converse(*net.agents, "after the upgrade")
    net.close_ring(new_bin, net.nodes[0], net.nodes[4], net.nodes[1])


def case_new_first(net, old_bin, new_bin):
    """Five new nodes are the network; two old ones join them, one of whose owners is written to and
    paid by a new one's through a new hub; one of the new nodes goes back to the old programs."""
    net.start(new_bin, 5)
    net.start(old_bin, 2)
    net.wait_joined()
    net.exchange(net.nodes[6], net.nodes[2])
    net.people(net.nodes[2], net.nodes[6])
    network.write(*net.agents)
    network.answer(*net.agents)
    converse(*reversed(net.agents), "once more")
    net.open_hub(new_bin, net.nodes[2], net.nodes[6], net.nodes[1])
    network.clear(net.hub)
    network.prove(net.hub)
    net.again(4, old_bin)  # whoever steps back finds their data readable
    net.wait_joined()
    status, _ = net.nodes[4].get("/", host="fromnew.geo.localhost")
    check(status == 200, f"fromnew.geo answers {status} through the node that went back")


def main():
    bin_dir, case = sys.argv[1], sys.argv[2]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the nodes are stopped on the way out
    base, net, failed = tempfile.mkdtemp(prefix="geonet-upgrade-"), None, True
    try:
        old_bin = old_programs()
        net = Mixed(base)
        globals()["case_" + case](net, old_bin, bin_dir)
        failed = False
    except Skip as reason:
        print(f"skipped: {reason}")
        failed = False
        return SKIPPED
    except Failure as error:
        print(f"failed: {error}")
        return 1
    finally:
        if net:
            net.close()
            for program in net.programs() if failed else ():
                print(f"---- log of {program.name} ({program.bin})")
                with open(program.log_path, encoding="utf-8", errors="replace") as f:
                    sys.stdout.write("".join(f.readlines()[-30:]))
        shutil.rmtree(base, ignore_errors=True)
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
