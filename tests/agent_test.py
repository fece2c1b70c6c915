#!/usr/bin/env python3
"""Agents and users of one machine: usage: agent_test.py BIN_DIR CASE

Where an agent's socket is, who may speak to it, and what two users of one machine see of each
other. Exit 0 passed, 77 skipped with a reason, 1 failed with a sentence.
"""
import base64, hashlib, json, os, shutil, signal, socket, stat, struct, subprocess, sys, threading

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually, Skip


class User:
    """A user of the machine: a home, a runtime directory, an agent that is told of neither."""

    def __init__(self, nodes, name, uid=None, bin_dir=None):
        self.nodes, self.name, self.uid, self.process = nodes, name, uid, None
        self.bin = bin_dir or nodes.bin
        self.home = os.path.join(nodes.base, name)
        self.runtime = os.path.join(self.home, "run")
        self.data = os.path.join(self.home, ".local", "share", "geonet")
        self.log = os.path.join(self.home, "log")
        for folder in (self.home, self.runtime):
            os.mkdir(folder, 0o700)
            if uid:
                os.chown(folder, uid, uid)
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("GEONET", "XDG")) or k == "GEONET_SETTINGS"}
        self.env.update(HOME=self.home, XDG_RUNTIME_DIR=self.runtime)
        nodes.attackers.append(self)  # stopped with them

    def start(self, words, **more):
        if self.uid:
            more.update(user=self.uid, group=self.uid, extra_groups=[])
        return subprocess.Popen(words, env=self.env, cwd="/", **more)

    def up(self, node_socket, *options):
        ready, tells = os.pipe()
        with open(self.log, "ab") as log:
            self.process = self.start([
                os.path.join(self.bin, "geonet-agent"), "--node", node_socket, "--name", self.name,
                "--ready-fd", str(tells), *options
            ], stdout=log, stderr=log, pass_fds=[tells])
        os.close(tells)
        with os.fdopen(ready, "rb") as f:
            said = f.readline().decode()
        check(said.startswith("ready "), f"{self.name}'s agent did not start: {self.last()}")
        return said.split()[1]

    def run(self, *words, want=0, env=None):
        before, self.env = self.env, {**self.env, **(env or {})}
        done = self.start([os.path.join(self.bin, "geonet"), *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.env = before
        out, err = done.communicate(timeout=120)
        check(done.returncode == want,
              f"{self.name}: geonet {' '.join(words)}: {done.returncode}, not {want}: {out}{err}")
        return out + err

    def json(self, *words, want=0):
        return json.loads(self.run("--json", *words, want=want))

    def python(self, script):
        """What a script prints that runs as this user."""
        become = ("import os, socket\nos.setgroups([]); "
                  f"os.setgid({self.uid}); os.setuid({self.uid})\n")
        return subprocess.run([sys.executable, "-c", become + script], capture_output=True,
                              text=True, timeout=60).stdout

    def last(self):
        with open(self.log, errors="replace") as f:
            return f.read()[-800:]

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)


def case_place(nodes, seed):
    """The socket is in the runtime directory, or in DATA; the tool finds it (AG-61)."""
    nodes.start(1)
    node = os.path.join(nodes.all[0].data, "app.sock")
    ann = User(nodes, "ann")
    at = ann.up(node)
    check(at == os.path.join(ann.runtime, "geonet", "agent.sock"), f"it is at {at}")
    check(stat.S_IMODE(os.stat(at).st_mode) == 0o600, "its mode")
    check(stat.S_IMODE(os.stat(os.path.dirname(at)).st_mode) == 0o700, "its folder's mode")
    check(ann.json("agent", "status")["state"] == "open", "the tool finds it")
    ann.run("agent", "status", want=3, env={"XDG_RUNTIME_DIR": ""})
    # started by the tool, which names DATA: the same place
    ann.run("agent", "down")
    ann.process.wait(60)
    ann.run("agent", "up", "--node", node)
    check(os.path.exists(at), "the tool's agent is there too")
    ann.run("agent", "down")
    # another DATA is another agent
    ann.run("--data", os.path.join(ann.home, "other"), "agent", "up", "--node", node)
    check(not os.path.exists(at), "it took the place of the user's own")
    ann.run("agent", "status", want=3)
    ann.run("--data", os.path.join(ann.home, "other"), "agent", "status")
    ann.run("--data", os.path.join(ann.home, "other"), "agent", "down")
    # a runtime directory that others may look into: DATA, and the log says so
    os.chmod(ann.runtime, 0o755)
    at = ann.up(node)
    check(at == os.path.join(ann.data, "agent", "agent.sock"), f"it is at {at}")
    check("is not this user's alone" in ann.last(), ann.last())
    check(ann.json("agent", "status")["state"] == "open", "the tool finds that")
    eventually("it is killed", 10, lambda: ann.stop(signal.SIGKILL) is None)
    # what a killed one left is no agent, and in nobody's way
    ann.run("agent", "status", want=3)
    os.chmod(ann.runtime, 0o700)
    at = ann.up(node)
    check(at.startswith(ann.runtime), "it is back")
    # one that ends under a call: a sentence and an exit status, not a signal's death
    os.rename(at, at + ".real")
    ends = threading.Thread(target=end_under_call, args=(at, at + ".real"))
    ends.start()
    said = ann.run("contacts", "invite", want=1)
    ends.join(60)
    check("broke off" in said, said)


def end_under_call(at, real):
    """Says an agent's greeting, and reads no more: what is asked then cannot be written."""
    with socket.socket(socket.AF_UNIX) as s, socket.socket(socket.AF_UNIX) as agent:
        s.bind(at)
        s.listen(1)
        agent.connect(real)
        c, _ = s.accept()
        with c:
            agent.sendall(c.recv(65536))
            c.shutdown(socket.SHUT_RD)
            c.sendall(agent.recv(65536))


# Listens as another user, and says what it was sent.
LISTENER = """
import os, socket, sys
os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); os.chmod(sys.argv[1], int(sys.argv[3], 8))
s.listen(8); print("listening", flush=True)
while True:
    c, _ = s.accept(); c.settimeout(3)
    try: print("got", c.recv(65536).hex(), flush=True)
    except OSError: print("got nothing", flush=True)
"""


def case_squatted(nodes, seed):
    """A socket that another user holds: the tool says whose it is, and tells it nothing, least of
    all a passphrase (AG-61)."""
    if os.getuid() != 0:
        raise Skip("another user's process needs root")
    os.chmod(nodes.base, 0o711)
    ann = User(nodes, "ann")
    place = os.path.join(nodes.base, "open")
    os.mkdir(place, 0o777)
    os.chmod(place, 0o777)
    # a node in a folder that one may not look into
    closed = os.path.join(nodes.base, "closed")
    os.mkdir(closed, 0o700)
    programs = os.path.join(nodes.base, "programs")  # where the sources are, they may not look
    os.mkdir(programs, 0o755)
    shutil.copy(os.path.join(nodes.bin, "geonet"), programs)
    said = User(nodes, "eve", 61002, programs).run("--data", closed, "status", want=3)
    check("is closed to you" in said and "geonet up" not in said, said)
    secret = os.path.join(ann.home, "secret")
    with open(secret, "w", encoding="ascii") as f:
        f.write("correct horse\n")
    os.chmod(secret, 0o600)
    for mode, says in (("666", "is user 61001, not you"), ("600", "")):
        at = os.path.join(place, "sock" + mode)
        stranger = subprocess.Popen([sys.executable, "-c", LISTENER, at, "61001", mode],
                                    stdout=subprocess.PIPE, text=True)
        try:
            check(stranger.stdout.readline() == "listening\n", "the stranger listens")
            for words in (["agent", "unlock", "--passphrase-file", secret], ["msg", "chats"]):
                said = ann.run(*words, want=1, env={"GEONET_AGENT": at})
                check("is user 61001, not you" in said and "nothing was said" in said, said)
        finally:
            stranger.terminate()
            told = stranger.stdout.read()
            stranger.wait()
        check(all(line in ("got ", "got nothing") for line in told.splitlines()),
              f"it was told {told!r}")


def field(buf, table, number):
    """Where what field `number` of a FlatBuffers table leads to lies."""
    vtable = table - struct.unpack_from("<i", buf, table)[0]
    at = table + struct.unpack_from("<H", buf, vtable + 4 + 2 * number)[0]
    return at + struct.unpack_from("<I", buf, at)[0]


def vector(buf, at):
    return buf[at + 4:at + 4 + struct.unpack_from("<I", buf, at)[0]]


def front_box(user, call):
    """A front box as anybody sees it: its key, and those by which its owner reads and takes."""
    with open(os.path.join(user.data, "agent", "boxes"), "rb") as f:
        box = f.read()[8:40]
    place = hashlib.sha256(b"geonet/key/1" + bytes([0, 5]) + box + bytes([0])).hexdigest()
    words = json.dumps({"key": place, "type": 5})
    record = eventually("the box is found", 90,
                        lambda: call("record", "get", words).get("values"))[0]
    record = base64.b64decode(record["record"])
    signed = vector(record, field(record, struct.unpack_from("<I", record)[0], 0))
    body = vector(signed, field(signed, struct.unpack_from("<I", signed)[0], 8))
    readers = field(body, struct.unpack_from("<I", body)[0], 1)
    return box, body[readers + 4:readers + 36], body[readers + 36:readers + 68]


def thief(user, tool, opened, call):
    """Another user who names a front box's keys, which are public, to the node of both (AP-16)."""
    keys = front_box(user, call)
    words = json.dumps(dict(zip(("box", "read", "ack"), (k.hex() for k in keys)), front=True))
    return subprocess.Popen([tool, "--uid", "61003", opened, "box", "follow", words],
                            stdout=subprocess.PIPE, text=True)


def crowd(tool, opened):
    """One user has a quarter of the 64 boxes that a node follows, and others find room (AP-14)."""
    words = json.dumps({"box": "01" * 32, "read": "02" * 32})

    def follow(uid):
        return subprocess.Popen([tool, "--uid", str(uid), opened, "box", "follow", words],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    many = [follow(61003) for _ in range(16)]
    for one in many:
        check("exporter" in one.stdout.readline(), "sixteen boxes are followed")
    told = follow(61003).communicate(timeout=60)[0]
    check("as many as one user may" in told, f"one user follows seventeen: {told[:300]}")
    other = follow(61004)
    check("exporter" in other.stdout.readline(), "another user is kept out")
    for one in [*many, other]:
        one.terminate()
        one.communicate(timeout=60)


def case_users(nodes, seed):
    """Two users over one node that serves the machine see nothing of each other's (AP-14, AG-2,
    AG-61)."""
    if os.getuid() != 0:
        raise Skip("processes of two users need root")
    os.chmod(nodes.base, 0o711)
    programs = os.path.join(nodes.base, "bin")
    os.mkdir(programs, 0o755)
    for name in ("geonet", "geonet-agent"):
        shutil.copy(os.path.join(nodes.bin, name), programs)
    tool = shutil.copy(os.path.join(os.path.dirname(nodes.bin), "tests", "app_call"), programs)
    opened = os.path.join(nodes.base, "open.sock")
    nodes.start(1, "--app-socket", opened)
    nodes.start(4)
    ann = User(nodes, "ann", 61001, programs)
    ben = User(nodes, "ben", 61002, programs)
    places = {who: who.up(opened) for who in (ann, ben)}
    for who in (ann, ben):
        eventually(f"{who.name} is found", 120,
                   lambda w=who: w.json("agent", "status").get("published"))
    ann.run("contacts", "add", ben.json("agent", "status")["pid"], "Ben")
    eve = thief(ben, tool, opened, lambda *words: json.loads(subprocess.run(
        [tool, opened, *words], capture_output=True, text=True, check=False).stdout))
    check("exporter" in eve.stdout.readline(), "whoever names keys is asked to sign with them")
    ann.run("msg", "send", "Ben", "between two users")
    eventually("a request arrives", 120, lambda: ben.json("contacts", "list")["contacts"])
    eve.terminate()
    told = eve.communicate(timeout=60)[0]
    check(told == "", f"somebody without the keys of a box was told: {told[:300]}")
    crowd(tool, opened)
    for who, other in ((ann, ben), (ben, ann)):
        for env in ({"GEONET_AGENT": places[other]}, {"XDG_RUNTIME_DIR": other.runtime,
                                                      "HOME": other.home}):
            said = who.run("agent", "status", want=1, env=env)
            check(other.json("agent", "status")["pid"] not in said, said)
        # bytes straight to the socket, and the files
        for path in (places[other], other.data, os.path.join(other.data, "agent", "store.db")):
            said = who.python(f"p = {path!r}\n"
                              "try: open(p, 'rb'); print('opened')\n"
                              "except OSError as e: print(e.errno)\n"
                              "try: socket.socket(socket.AF_UNIX).connect(p); print('connected')\n"
                              "except OSError as e: print(e.errno)\n")
            check(said.split() == ["13", "13"], f"{who.name} at {path}: {said}")
        # what the node says to a user has nothing of the other's
        pid = other.json("agent", "status")["pid"]
        for words in (["status"], ["peers"], ["sites"]):
            env = {"GEONET_SOCKET": opened}
            done = who.start([os.path.join(programs, "geonet"), "--json", *words],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            out, err = done.communicate(timeout=60)
            check(pid not in out + err, f"the node told {words}: {out}{err}")
    # one that goes on as the other's user is refused by the program, whatever the mode says
    os.chmod(os.path.dirname(places[ann]), 0o755)
    os.chmod(ann.runtime, 0o755)
    os.chmod(ann.home, 0o755)
    os.chmod(places[ann], 0o666)
    said = ben.run("agent", "status", want=1, env={"GEONET_AGENT": places[ann]})
    check("is user 61001, not you (61002)" in said, said)
    hello = ben.python("s = socket.socket(socket.AF_UNIX)\n"
                       f"s.connect({places[ann]!r})\n"
                       "s.sendall(b'POST /api/v1/agent/status HTTP/1.0\\r\\n"
                       "Host: localhost\\r\\nContent-Length: 2\\r\\n\\r\\n{}')\n"
                       "d = b''\n"
                       "while True:\n"
                       "  x = s.recv(65536)\n"
                       "  if not x: break\n"
                       "  d += x\n"
                       "print(d.decode())")
    check(" 403 " in hello.splitlines()[0], hello)
    check(ann.json("agent", "status")["pid"] not in hello, "it told the PID")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
