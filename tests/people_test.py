#!/usr/bin/env python3
"""People over real nodes and agents: usage: people_test.py BIN_DIR CASE

Each person has an agent of their own over a node, and is spoken to by the tool. Exit 0 passed, 77
skipped, 1 failed with a sentence.
"""
import base64, contextlib, json, os, signal, socket, subprocess, sys, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually


STATES = ("waiting", "stored", "delivered", "read", "failed")  # SendState


class Person:
    """An agent in a folder of its own, over one of the nodes."""
    def __init__(self, nodes, name, node, made=False):
        self.nodes, self.name = nodes, name
        self.data = os.path.join(nodes.base, name)
        self.log = os.path.join(nodes.base, name + ".log")
        self.process = None
        if not made:
            os.mkdir(self.data, 0o700)
        nodes.attackers.append(self)  # stopped with them
        self.up(node)
        self.pid = self.json("agent", "status").get("pid")

    def up(self, node, *options):
        ready, tells = os.pipe()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([
                os.path.join(self.nodes.bin, "geonet-agent"), "--data", self.data, "--node",
                os.path.join(node.data, "app.sock"), "--name", self.name, "--log", "debug",
                "--ready-fd", str(tells), *options
            ], stdout=log, stderr=log, pass_fds=[tells])
        os.close(tells)
        with os.fdopen(ready, "rb") as f:
            said = f.readline()
        check(said.startswith(b"ready "), f"{self.name}'s agent did not start: {self.last()}")

    def down(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            code = self.process.wait(60)
            check(how == signal.SIGKILL or code == 0,
                  f"{self.name} ended with {code}: {self.last()}")
        self.process = None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def socket(self):
        return os.path.join(self.data, "agent", "agent.sock")

    def last(self):
        with open(self.log, errors="replace") as f:
            return f.read()[-800:]

    def run(self, *words, want=0, stdin=None):
        done = subprocess.run(
            [os.path.join(self.nodes.bin, "geonet"), "--data", self.data, *words], input=stdin,
            capture_output=True, text=True, timeout=120)
        check(done.returncode == want,
              f"{self.name}: geonet {' '.join(words)}: {done.returncode}, wanted {want}: "
              f"{done.stdout}{done.stderr}\n{self.last()}")
        return done.stdout + done.stderr

    def json(self, *words, want=0):
        done = subprocess.run(
            [os.path.join(self.nodes.bin, "geonet"), "--data", self.data, "--json", *words],
            capture_output=True, text=True, timeout=120)
        check(done.returncode == want,
              f"{self.name}: geonet {' '.join(words)}: {done.returncode}, wanted {want}: "
              f"{done.stdout}{done.stderr}\n{self.last()}")
        return json.loads(done.stdout)

    def published(self):
        eventually(f"{self.name} is found", 120,
                   lambda: self.json("agent", "status").get("published"))

    def texts(self, who):
        return [m.get("text", "") for m in self.json("msg", "history", who)["messages"]]

    def state(self, who, text):
        for m in self.json("msg", "history", who)["messages"]:
            if m.get("text") == text and m.get("mine"):
                return STATES.index(m["state"])
        return None


def people(nodes, *names, options=()):
    """Five nodes, and people over the second and those that follow."""
    nodes.start(5, *options)
    made = [Person(nodes, name, nodes.all[1 + i]) for i, name in enumerate(names)]
    for p in made:
        p.published()
    return made


def meet(ann, ben):
    """They are contacts of each other, by a message that is answered."""
    ann.run("contacts", "add", ben.pid, "Ben")
    ann.run("msg", "send", "Ben", "hello", "there")
    eventually("a request arrives", 120,
               lambda: any(c["pid"] == ann.pid for c in ben.json("contacts", "list")["contacts"]))
    ben.run("contacts", "accept", ann.pid)
    eventually("they are contacts", 120, lambda: any(
        c["pid"] == ann.pid and c["state"] == "accepted"
        for c in ben.json("contacts", "list")["contacts"]))
    check("accepted" not in ben.run("contacts", "list"), "STATE is empty for contacts")
    eventually("it is read", 120, lambda: ben.texts(ann.pid) == ["hello there"])
    ben.run("contacts", "name", ann.pid, "Ann")
    eventually("the receipt arrives", 120, lambda: ann.state("Ben", "hello there") >= 2)


READ = "yes, I read you\nand more"


def case_first(nodes, seed):
    """From nothing to a conversation that is read, followed, searched, and outlives both agents
    (AG-53, AG-54, AG-55, AG-56, AG-57, AG-59)."""
    ann, ben = people(nodes, "ann", "ben")
    check(ben.run("contacts", "list") and ann.run("msg", "send", "nobody", "x", want=4), "")
    meet(ann, ben)
    # what she is called here is no name of the network; who takes it for one is told her PID
    os.symlink(os.path.join(nodes.all[0].data, "app.sock"), os.path.join(ben.data, "app.sock"))
    check(f"say their PID, {ann.pid}" in ben.run("bus", "sub", "Ann/news", want=4), "her PID")
    # nor is anything given to whoever took that name
    thief = nodes.all[3]
    thief.cli("id", "new", "--no-passphrase")
    thief.cli("name", "claim", "annabel", "TXT=x")
    ben.run("contacts", "name", ann.pid, "annabel")
    said = ben.run("bus", "sub", "annabel/news", want=2)
    check(f"contact, PID {ann.pid}, and annabel.geo is" in said, said)
    ben.run("contacts", "name", ann.pid, "Ann")
    os.unlink(os.path.join(ben.data, "app.sock"))
    follow = subprocess.Popen([
        os.path.join(nodes.bin, "geonet"), "--data", ann.data, "msg", "follow", "Ben", "--count",
        "1"
    ], stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    lines = subprocess.Popen([
        os.path.join(nodes.bin, "geonet"), "--data", ann.data, "--json", "msg", "follow", "--count",
        "1"
    ], stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    ben.run("msg", "send", "Ann", "-", stdin="yes, I read you\nand more\n")
    said, _ = follow.communicate(timeout=120)
    check("  Ben  yes, I read you\n    and more\n" in said, f"what was followed: {said!r}")
    said = [json.loads(line) for line in lines.communicate(timeout=120)[0].splitlines()][-1]
    check(said["contact"]["petname"] == "Ben" and said["kind"] == "text" and said["read"] is False,
          f"what was followed: {said}")
    check("yes, I read you" in ann.run("msg", "read", "Ben"), "it is new")
    check("Nothing new" in ann.run("msg", "read", "Ben"), "it is not new twice")
    eventually("Ben sees that it was read", 120, lambda: ben.state("Ann", READ) == 3)
    check("yes, I read" in ann.run("msg", "search", "read you"), "it is found")
    said = ann.run("msg", "chats")  # where what a message goes on with looks like none of ours
    check(said.startswith("Ben") and "yes, I read you\n        and more" in said, said)
    # the same after both were stopped, one of them hard
    ann.down()
    ben.down(signal.SIGKILL)
    ann.up(nodes.all[1])
    ben.up(nodes.all[2])
    check(ann.texts("Ben") == ["hello there", READ], f"{ann.texts('Ben')}")
    check(ben.texts("Ann") == ["hello there", READ], f"{ben.texts('Ann')}")
    ann.run("msg", "send", "Ben", "and now?")
    eventually("sessions go on", 120, lambda: "and now?" in ben.texts("Ann"))
    # nothing readable lies in the files of the nodes, of the agents, or in their logs
    for root, _, files in os.walk(nodes.base):
        for name in files:
            if not os.path.isfile(os.path.join(root, name)):
                continue  # a socket
            with open(os.path.join(root, name), "rb") as f:
                check(b"yes, I read you" not in f.read(), f"plain text in {root}/{name}")


def case_offline(nodes, seed):
    """The sender's agent and node are gone when the receiver comes up, at another node."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    ben.down()
    ann.run("msg", "send", "Ben", "while you were away")
    eventually("it is stored", 120, lambda: ann.state("Ben", "while you were away") == 1)
    ann.down()
    gone = nodes.all[1]
    gone.stop()
    gone.reap()
    nodes.all.remove(gone)
    ben.up(nodes.all[-1])
    eventually("it is there", 120, lambda: "while you were away" in ben.texts("Ann"))


def case_blocked(nodes, seed):
    """Who is blocked is not heard; a stranger who is refused stays one (AG-58)."""
    ann, ben, cay = people(nodes, "ann", "ben", "cay")
    meet(ann, ben)
    ben.run("contacts", "block", "Ann")
    ann.run("msg", "send", "Ben", "can you hear me")
    cay.run("contacts", "add", ben.pid, "Ben")
    cay.run("msg", "send", "Ben", "I am Cay")
    eventually("Cay asks", 120, lambda: any(
        c["pid"] == cay.pid for c in ben.json("contacts", "list")["contacts"]))
    ben.run("contacts", "refuse", cay.pid)
    check(not any(c["pid"] == cay.pid for c in ben.json("contacts", "list")["contacts"]), "refused")
    check(ben.texts("Ann") == ["hello there"], f"{ben.texts('Ann')}")


def case_path(nodes, seed):
    """A contact's rule about paths is for the nodes that they say are theirs (RE-11)."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    theirs = nodes.all[2]
    for who, node in ((ann, nodes.all[1]), (ben, theirs)):
        os.symlink(os.path.join(node.data, "app.sock"), os.path.join(who.data, "app.sock"))
    said = ann.run("contacts", "path", "Ben", "relays", want=2)
    check("relay" in said and "lan" in said, f"what a rule is: {said}")
    said = ann.run("contacts", "path", "Ben", "relay")
    check("No node is known" in said, f"none is theirs yet: {said}")
    key = theirs.cli("status")["node"]["key"]
    ben.run("id", "publish", "--vouch-node", "--force")
    ben.run("id", "show")
    def known():
        ann.run("contacts", "path", "Ben", "relay")
        rules = ann.json("contacts", "path", "Ben")["rules"]
        return [(r["key"], r["rule"]) for r in rules] == [(key, "relay")]
    eventually("the node is known to be Ben's", 120, known)
    check(ann.json("contacts", "list")["contacts"][0]["path"] == "relay", "it is shown")
    said = ann.run("ping", key, "--path", "direct", want=1)
    check("no way" in said, f"no way is left: {said}")
    said = ann.run("path")
    check(key[:16] in said and ben.pid in said, f"geonet path shows whose: {said}")
    ann.run("contacts", "path", "Ben", "any")
    check(not ann.json("contacts", "path", "Ben")["rules"], "it has ended")
    ann.run("ping", key, "--path", "direct")
    ann.run("contacts", "path", "Ben", "relay")
    eventually("it holds again", 120, known)
    ann.run("contacts", "remove", "Ben")
    eventually("it ends with the contact", 30,
               lambda: not ann.json("path")["rules"])


def case_invited(nodes, seed):
    """An invite link: no work, and the name that it shows."""
    ann, ben = people(nodes, "ann", "ben")
    link = ben.json("contacts", "invite", "--name", "Ben from the link")["link"]
    check(link.startswith("geonet:hi/"), link)
    eventually("the invite is at the holders", 120,
               lambda: ben.json("agent", "status").get("published"))
    ann.run("contacts", "add", link)
    ann.run("msg", "send", ben.pid, "by your link")
    eventually("it arrives", 120, lambda: any(
        c["pid"] == ann.pid and not c.get("unseen") and c["trust"] == "linked"
        for c in ben.json("contacts", "list")["contacts"]))
    check(ben.texts(ann.pid) == ["by your link"], "who has a link is read before it is accepted")
    ben.run("contacts", "accept", ann.pid)


def words(who):
    """What is typed wrongly: what was wrong with it, what to do, and the exit status that says
    whose fault it was (geonet(1), EXIT STATUS)."""
    nobody = "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd"
    for want, sentence, *typed in (
        (2, "no text to send", "msg", "send", "Ben", ""),
        (2, "no text to send", "msg", "send", "Ben", "   "),
        (2, "16,384 bytes at most", "msg", "send", "Ben", "a" * 16385),
        (2, "not valid UTF-8 at its byte 2", "msg", "send", "Ben", "a\udcffb"),
        (4, "no contact is called", "msg", "send", "Ben", "a" * 16384),
        (4, "geonet: it was not sent: no contact", "msg", "send", "Ben", "--", "--json"),
        (2, "is no PID, though", "contacts", "add", nobody[:-1] + "0"),
        (2, "nor a whole invite link", "contacts", "add", f"geonet:hi/{nobody}?c=hrXDfOla2Eb"),
        (2, "nor a whole invite link", "contacts", "add", ""),
        (1, "128 bytes at most", "contacts", "add", nobody, "n" * 129),
        (4, "waits for an answer", "contacts", "accept", nobody),
        (2, "is no id of a message", "msg", "show", "zz"),
        (4, "no message", "msg", "show", "0" * 32),
        (2, "is no file's id", "file", "get", "zz"),
        (4, "", "file", "get", "0" * 32),
        (2, "is no right", "agent", "clients", "add", "bot", "--right", "flying", "--yes"),
        (0, "No chats yet", "msg", "chats"),
        (0, "open already", "agent", "unlock"),
        (0, "open already", "agent", "start"),
    ):
        said = who.run(*typed, want=want)
        check(sentence in said, f"{typed[:3]}: {said}")


def kept(process, word):
    """How often a word is in a program's memory; None: we may not look."""
    count = 0
    try:
        with open(f"/proc/{process.pid}/maps") as maps, \
                open(f"/proc/{process.pid}/mem", "rb", 0) as memory:
            for line in maps:
                place, mode = line.split()[:2]
                begin, end = (int(x, 16) for x in place.split("-"))
                if "w" not in mode or end - begin > 1 << 28:  # ASan's shadow has no bytes of it
                    continue
                memory.seek(begin)
                with contextlib.suppress(OSError):
                    count += memory.read(end - begin).count(word)
    except PermissionError:
        return None
    return count


def unlock_over_http(person, word):
    """The same call by its twin in JSON."""
    words = base64.b64encode(word)
    body = b'{"passphrase":"%s"}' % words
    places = [os.path.join(person.data, "agent", "agent.sock")]
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(60)
        s.connect(places[0])
        s.sendall(b"POST /api/v1/agent/unlock HTTP/1.1\r\nHost: localhost\r\n"
                  b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" %
                  (len(body), body))
        check(b"200 OK" in s.recv(4096), "the twin unlocks")
    return words


def nothing_kept(person, *secrets):
    """None of these is in the memory of their agent, soon after its answer."""
    for word in secrets:
        eventually(f"{word} is out of their agent's memory", 20,
                   lambda word=word: not kept(person.process, word))


def case_locked(nodes, seed):
    """With a passphrase: locked it serves nothing, a wrong one opens nothing (AG-61); one agent is
    enough; no passphrase stays in its memory (AG-7)."""
    nodes.start(1)
    data = os.path.join(nodes.base, "dee")
    os.mkdir(data, 0o700)
    secret = os.path.join(nodes.base, "secret")
    with open(secret, "w") as f:
        f.write("correct horse\n")
    subprocess.run([
        os.path.join(nodes.bin, "geonet"), "--data", data, "id", "new", "--no-publish",
        "--passphrase-file", secret
    ], check=True, capture_output=True, timeout=60)
    dee = Person.__new__(Person)
    dee.nodes, dee.name, dee.data, dee.process = nodes, "dee", data, None
    dee.log = os.path.join(nodes.base, "dee.log")
    nodes.attackers.append(dee)
    dee.up(nodes.all[0])
    check(dee.json("agent", "status")["state"] == "new", "new until its passphrase is given")
    dee.run("contacts", "list", want=1)
    check("geonet agent start" in dee.run("agent", "status"), "what to do")
    check("geonet agent start" in dee.run("agent", "unlock", "--passphrase-file", secret, want=1),
          "what to do")
    dee.run("agent", "start", "--passphrase-file", secret)
    check(dee.json("agent", "status")["state"] == "open", "open")
    second = subprocess.run([os.path.join(nodes.bin, "geonet-agent"), "--data", data],
                            capture_output=True, text=True, timeout=60)
    check(second.returncode == 1 and "one is enough" in second.stderr, second.stderr)
    dee.run("agent", "lock")
    check("locked" in dee.run("msg", "chats", want=1), "a locked agent")
    with open(secret, "w") as f:
        f.write("wrong horse\n")
    dee.run("agent", "unlock", "--passphrase-file", secret, want=1)
    with open(secret, "w") as f:
        f.write("correct horse\n")
    dee.run("agent", "unlock", "--passphrase-file", secret)
    dee.run("msg", "chats")
    dee.run("agent", "backup", os.path.join(nodes.base, "b"), "--passphrase-file", secret)
    encoded = unlock_over_http(dee, b"correct horse")
    nothing_kept(dee, encoded)  # at once: what is read next would write over it
    dee.run("agent", "lock")
    nothing_kept(dee, b"correct horse", b"wrong horse", encoded)
    dee.run("agent", "unlock", "--passphrase-file", secret)
    words(dee)
    # another passphrase, by who knows the one of before
    other = os.path.join(nodes.base, "other")
    with open(other, "w") as f:
        f.write("staple battery\n")
    change = ("agent", "passphrase", "--new-passphrase-file", other, "--passphrase-file")
    dee.run(*change, other, want=1)
    dee.run(*change, secret)
    dee.run("agent", "lock")
    dee.run("agent", "unlock", "--passphrase-file", secret, want=1)
    dee.run("agent", "unlock", "--passphrase-file", other)
    check("open" in dee.run("agent", "status"), "it opens with the new one")
    # no node: that is what is said
    gone = nodes.all.pop()
    gone.stop()
    gone.reap()
    eventually("it is seen", 60, lambda: not dee.json("agent", "status")["online"])
    dee.run("contacts", "add", "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd", want=3)
    dee.run("job", "list", want=3)
    dee.run("agent", "down")
    eventually("it is down", 30, lambda: dee.process.poll() is not None)
    dee.run("agent", "status", want=3)


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
