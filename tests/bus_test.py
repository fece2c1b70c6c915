#!/usr/bin/env python3
"""Topics over real nodes: usage: bus_test.py BIN_DIR CASE

Five nodes; people speak with the tool, each over a node of their own. Exit 0 passed, 77 skipped, 1
failed with a sentence.
"""
import json, os, signal, subprocess, sys, threading, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually


class Speaker:
    """An identity in a folder of its own, over one of the nodes."""

    def __init__(self, nodes, name, node):
        self.nodes, self.name, self.node = nodes, name, node
        self.data = os.path.join(nodes.base, name)
        os.mkdir(self.data, 0o700)
        self.run("id", "new", "--no-passphrase")
        self.run("id", "publish")
        self.pid = self.json("id", "show")["pid"]

    def words(self, *words):
        return [os.path.join(self.nodes.bin, "geonet"), "--data", self.data, *words]

    def env(self):
        return dict(os.environ, GEONET_SOCKET=os.path.join(self.node.data, "app.sock"))

    def run(self, *words, want=0, stdin=None):
        done = subprocess.run(self.words(*words), input=stdin, capture_output=True, text=True,
                              timeout=120, env=self.env())
        check(done.returncode == want,
              f"{self.name}: geonet {' '.join(words)}: {done.returncode}, wanted {want}: "
              f"{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def json(self, *words):
        done = subprocess.run(self.words("--json", *words), capture_output=True, text=True,
                              timeout=120, env=self.env())
        check(done.returncode == 0,
              f"{self.name}: geonet {' '.join(words)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)


class Follower:
    """A `geonet bus sub` that runs; stopped with the nodes."""

    def __init__(self, speaker, topic, *options):
        self.lines = []
        self.process = subprocess.Popen(speaker.words("--json", "bus", "sub", topic, *options),
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=speaker.env())
        speaker.nodes.attackers.append(self)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            if line == "{\n":  # why it ends, in many lines
                print(f"bus sub: {line}{self.process.stdout.read()}", flush=True)
                return
            self.lines.append(json.loads(line))

    def texts(self):
        return [m.get("text") for m in self.lines]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(60)


class Stopped:
    """A process that the nodes' end stops, with its children."""

    def __init__(self, process):
        self.process = process

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(60)


def try_sub(speaker, topic):
    done = subprocess.run(speaker.words("--json", "bus", "sub", topic, "--count", "1"),
                          capture_output=True, text=True, timeout=120, env=speaker.env())
    return done.returncode == 0


def subscribers(nodes):
    return sum(n.status()["bus"]["subscribers"] for n in nodes.all)


def start(nodes, *names):
    nodes.start(5)
    return [Speaker(nodes, name, nodes.all[i % 5]) for i, name in enumerate(names)]


def case_first(nodes, seed):
    """Everybody who follows hears it once, by filter; what is retained is given to who comes, and
    who may not publish is told so (BS-5, BS-6, BS-8, BS-9)."""
    ann, ben, cay = start(nodes, "ann", "ben", "cay")
    said = ben.run("bus", "sub", f"{ann.pid}/news", want=4)
    check("no record of such a topic" in said, said)
    said = ann.run("bus", "pub", "nosuch", "x", want=4)
    check("make it: geonet bus topic nosuch" in said, said)
    ann.run("bus", "topic", "", want=2)
    check("made no topic" in ann.run("bus", "topics"), "she has none")
    said = ann.run("bus", "topic", "news", "--w", "6", want=5)  # of five nodes
    check("say --w 5" in said and f"{ann.pid}/news" in ann.run("bus", "topics"), said)
    ann.run("bus", "topic", "news", "--w", "5")
    ann.run("bus", "pub", "news", "", want=2)
    check("'>.a' is no filter" in ann.run("bus", "sub", "news", "--filter", ">.a", want=2), "none")
    ann.run("bus", "sub", "news", *["--filter", "a"] * 65, want=2)
    followers = [Follower(who, f"{ann.pid}/news") for who in (ben, cay, ann)]
    rooms = Follower(cay, f"{ann.pid}/news", "--filter", "room.*.heat")
    eventually("all have leases at two roots", 90, lambda: subscribers(nodes) == 6)
    done = ann.json("bus", "pub", "news", "the ferry", "is late", "--roots", "5")
    check(done.get("subscribers", 0) > 0 and done["roots"] == 5, f"{done}")
    ann.run("bus", "pub", "news", "-", "--subject", "room.1.heat", "--retain", "600", stdin="21")
    ann.run("bus", "pub", "news", "dark", "--subject", "room.1.light", "--roots", "5")
    for f in followers:
        eventually("everybody hears all", 90, lambda f=f: len(f.texts()) >= 3)
        check(f.texts() == ["the ferry is late", "21", "dark"], f"{f.texts()}")
        check(f.lines[0]["publisher"] == ann.pid, f"{f.lines[0]}")
    eventually("the filter lets one through", 90, lambda: rooms.texts() == ["21"])
    late = Follower(ben, f"{ann.pid}/news", "--filter", "room.>")
    said = ben.run("bus", "pub", f"{ann.pid}/news", "me too", want=1)
    check("not allowed" in said and "--with" in said, said)
    said = ben.run("bus", "pub", ann.pid, "me too", want=2)
    check("is a person" in said, said)
    followers[0].stop()
    again = Follower(ben, f"{ann.pid}/news")
    ann.run("bus", "pub", "news", "warmer", "--subject", "room.1.heat", "--retain", "600")
    eventually("who comes later hears it too", 90,
               lambda: "warmer" in again.texts() and "warmer" in late.texts())
    ann.run("bus", "feed", "news", stdin="room.1.heat 30\nroom.1.light out")  # no last newline
    eventually("a line that ends with the input is said", 90, lambda: "out" in again.texts())


def case_retained(nodes, seed):
    """What is retained outlives its publisher's command, and the nodes that held it."""
    ann, ben = start(nodes, "ann", "ben")
    ann.run("bus", "topic", "house")
    ann.run("bus", "pub", "house", "on", "--subject", "lamp", "--retain", "3600", "--roots", "5")
    one = Follower(ben, f"{ann.pid}/house", "--count", "1")
    eventually("it is given", 90, lambda: one.texts() == ["on"])
    eventually("and the command ends", 90, lambda: one.process.poll() == 0)
    other = [n for n in nodes.all if n not in (ann.node, ben.node)][0]
    nodes.again(other)
    two = Follower(ben, f"{ann.pid}/house")
    eventually("it is still given", 90, lambda: two.texts() == ["on"])


def case_rights(nodes, seed):
    """A topic that asks a token of publishers and followers: with one they may, without, or with
    one that was taken back, not (BS-5, BS-14, BS-19)."""
    ann, ben, cay = start(nodes, "ann", "ben", "cay")
    ann.run("bus", "topic", "club", "--publish", "token", "--subscribe", "token")
    token = ann.run("token", "grant", ben.pid, "topic/club", "publish,subscribe").strip()
    cays = [ann.run("token", "grant", cay.pid, "topic/club", "publish").strip() for _ in range(2)]
    ann.run("token", "revoke", cays[0])
    sealed = Follower(cay, f"{ann.pid}/club", "--show")
    told = Follower(ben, f"{ann.pid}/club", "--token", token)
    eventually("a follower with a token has a lease", 90, lambda: subscribers(nodes) >= 2)
    eventually("one without is told", 90, lambda: sealed.process.poll() not in (None, 0))
    cay.run("bus", "pub", f"{ann.pid}/club", "x", want=1)
    said = cay.run("bus", "pub", f"{ann.pid}/club", "x", "--token", cays[0], want=1)
    check("not allowed, also by this token" in said, said)
    cay.run("bus", "pub", f"{ann.pid}/club", "hi", "--token", cays[1])
    ben.run("bus", "pub", f"{ann.pid}/club", "hello", "--token", token)
    ann.run("bus", "pub", "club", "welcome")
    eventually("all are heard", 90, lambda: sorted(told.texts()) == ["hello", "hi", "welcome"])
    check(sealed.texts() == [], f"{sealed.texts()}")
    # another of ben's machine, with a right and limits of their own (BS-20, BS-21)
    dan = Speaker(nodes, "dan", ben.node)
    his = ann.run("token", "grant", dan.pid, "topic/club", "publish,subscribe", "--limit",
                  "messages=2/600").strip()
    both = Follower(dan, f"{ann.pid}/club", "--token", his)
    eventually("two of one machine hear", 90,
               lambda: (ann.run("bus", "pub", "club", "more"), both.texts(), time.sleep(1))[1])
    check("more" in told.texts(), "who came first still hears")
    for text in ("one", "two"):
        dan.run("bus", "pub", f"{ann.pid}/club", text, "--token", his)
    said = dan.run("bus", "pub", f"{ann.pid}/club", "three", "--token", his, want=1)
    check("the token's limit of messages is used up; there is room for one more in" in said, said)
    # its box (BX-46): who may publish leaves something, who may follow reads it
    told.stop()
    refused = cay.run("bus", "pub", f"{ann.pid}/club", "x", "--quorum", "--token", cays[1], want=1)
    check("has no box" in refused and "geonet bus topic club --box" in refused, refused)
    ann.run("bus", "topic", "club", "--publish", "token", "--subscribe", "token", "--box")
    cay.run("bus", "pub", f"{ann.pid}/club", "kept", "--quorum", "--token", cays[1])
    ann.run("bus", "pub", "club", "too", "--quorum")
    back = Follower(ben, f"{ann.pid}/club", "--token", token)
    eventually("who was away hears both", 90, lambda: sorted(back.texts()) == ["kept", "too"])
    hers = Follower(ann, "club", "--show")
    eventually("its owner needs no token", 90, lambda: sorted(hers.texts()) == ["kept", "too"])


def kill(nodes, node):
    node.process.kill()
    node.process.wait()
    nodes.all.remove(node)


def case_root(nodes, seed):
    """A node that is killed takes nothing with it: others serve its followers, and what was said
    for those who are away lies in the topic's box, and is told once (BS-8, BS-18)."""
    ann, ben = start(nodes, "ann", "ben")
    ann.run("bus", "topic", "news", "--box")
    os.symlink(os.path.join(ann.node.data, "app.sock"), os.path.join(ann.data, "app.sock"))
    renewed = ann.json("renew", "--all", "--force")["items"]
    os.unlink(os.path.join(ann.data, "app.sock"))
    check({"topic": "renewed"}.items() <= {i["kind"]: i["state"] for i in renewed}.items(),
          f"{renewed}")
    told = Follower(ben, f"{ann.pid}/news")
    eventually("a lease at two roots", 90, lambda: subscribers(nodes) == 2)
    done = ann.json("bus", "pub", "news", "1", "--quorum")
    check(done["held"] >= 3, f"{done}")
    eventually("the first is heard", 90, lambda: told.texts() == ["1"])
    root = next(n for n in nodes.all if n.status()["bus"]["subscribers"] and n is not ben.node)
    if root is ann.node:
        ann.node = next(n for n in nodes.all if n not in (root, ben.node))
    kill(nodes, root)
    for i in range(2, 6):
        ann.run("bus", "pub", "news", str(i))
    eventually("all are heard, each once", 90, lambda: told.texts() == ["1", "2", "3", "4", "5"])
    eventually("another root serves", 90, lambda: any(
        n.status()["bus"]["subscribers"] for n in nodes.all if n is not ben.node))
    root = next(n for n in nodes.all if n.status()["bus"]["subscribers"] and n is not ben.node)
    told.stop()
    done = ann.json("bus", "pub", "news", "away", "--quorum")
    check(done["held"] >= 3, f"{done}")
    ann.run("bus", "pub", "news", "lost")
    for node in {root, ann.node} - {ben.node}:
        kill(nodes, node)
    back = Follower(ben, f"{ann.pid}/news")
    eventually("who comes back hears what was kept", 90, lambda: back.texts() == ["away"])
    check(back.lines[0]["kept"] and back.lines[0]["publisher"] == ann.pid, f"{back.lines}")
    back.stop()
    again = Follower(ben, f"{ann.pid}/news")
    ann.node = nodes.all[-1]
    said = ann.run("bus", "pub", "news", "last", "--quorum",
                   want=0 if len(nodes.all) > 2 else 5)
    check(" nodes keep it" in said if len(nodes.all) > 2 else "nodes promised" in said, said)
    eventually("what was told is not told again", 90, lambda: again.texts()[-1:] == ["last"])
    time.sleep(2)
    check(again.texts() == ["last"], f"{again.texts()}")


def case_telemetry(nodes, seed):
    """examples/iot_telemetry: readings are kept for who comes, the end of the device is told, and
    one that ends in order leaves no will (BS-9, BS-11)."""
    ann, ben = start(nodes, "ann", "ben")
    script = os.path.join(node_rig.ROOT, "examples", "iot_telemetry", "telemetry.py")

    def example(who, *words):
        env = dict(who.env(), GEONET=" ".join(who.words()))
        process = subprocess.Popen([sys.executable, script, *words], env=env, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   start_new_session=True)
        nodes.attackers.append(Stopped(process))
        return process

    for words in (("watch", f"{ann.pid}/nosuch"), ("device", f"{ann.pid}/nosuch")):
        refused = example(ben, *words)
        _, said = refused.communicate(timeout=90)
        check(refused.returncode > 0 and said.count("\n") == 1,
              f"{words}: {refused.returncode}: {said}")
    device = example(ann, "device", "house", "--lease", "10", "--every", "0.3")
    topic = f"{ann.pid}/house"
    eventually("the topic is there", 90, lambda: try_sub(ben, topic))
    late = Follower(ben, topic)
    eventually("who comes is given each subject", 90,
               lambda: {m["subject"] for m in late.lines} == {
                   "state", "room.kitchen.heat", "room.kitchen.humidity", "room.cellar.heat",
                   "room.cellar.humidity"})
    watched = example(ben, "watch", topic, "--count", "5")
    out, _ = watched.communicate(timeout=90)
    check(out.count("room.") >= 4, out)
    watched = example(ben, "watch", topic)
    watched.stdout.readline()
    watched.terminate()
    _, said = watched.communicate(timeout=90)
    check(watched.returncode == 143 and "Traceback" not in said, f"{watched.returncode}: {said}")
    check(not any(m["will"] for m in late.lines), "no will while it lives")
    os.killpg(device.pid, signal.SIGKILL)
    eventually("its will is told", 120,
               lambda: [m["text"] for m in late.lines if m["will"]] == ["offline"])
    check(late.lines[-1]["seq"] == str(2**64 - 1), "a number above 2^53 is a string")
    short = example(ann, "device", "house", "--lease", "10", "--every", "0.3", "--count", "3")
    check(short.wait(90) == 0, "it ends in order")
    eventually("it rests", 90, lambda: late.texts()[-1] == "resting")
    time.sleep(11)  # longer than its lease
    check(late.texts()[-1] == "resting", f"{late.texts()[-3:]}")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
