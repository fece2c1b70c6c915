#!/usr/bin/env python3
"""geonet send and receive over real nodes: usage: send_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped, 1 failed with a sentence. GN_SEND_MIB: size of the large one (default
300, 24 where the programs have sanitizers); GN_SEND_HOLES=1: it has holes (10 GB on a small disk).
"""
import hashlib, json, os, random, signal, subprocess, sys, threading, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check
from people_test import meet, people

MIB = 1 << 20
PATIENCE = 100  # seconds: only ends a hopeless wait


def sanitized(nodes):
    with open(os.path.join(nodes.bin, "geonet"), "rb") as f:
        return b"__asan_init" in f.read()


class Run:
    """The tool as a process; what it says with --json, line by line."""
    def __init__(self, node, *words, cwd=None, stdin=subprocess.DEVNULL):
        self.lines, self.words, self.heard = [], words, threading.Condition()
        self.process = subprocess.Popen(
            [os.path.join(node.bin, "geonet"), "--data", node.data, "--json", *words], cwd=cwd,
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.err = []
        for work in self.read, self.read_err:
            threading.Thread(target=work, daemon=True).start()

    def read(self):
        rest = ""
        for line in self.process.stdout:
            rest += line
            try:
                said = json.loads(rest)
            except ValueError:
                continue
            rest = ""
            with self.heard:
                self.lines.append(said)
                self.heard.notify_all()
        with self.heard:
            self.lines.append(None)
            self.heard.notify_all()

    def read_err(self):
        self.err += self.process.stderr.readlines()

    def wait_for(self, *events, after=0):
        """The first line of the last of these events, which come one after another from line
        `after` on."""
        def find():
            at = after - 1
            for event in events:
                at = next((i for i in range(at + 1, len(self.lines)) if self.lines[i] is None or
                           self.lines[i].get("event") == event), None)
                if at is None or self.lines[at] is None:
                    return at
            return at
        with self.heard:
            check(self.heard.wait_for(lambda: find() is not None, PATIENCE),
                  f"{self.words}: no {events} came: {self.lines} {self.err}")
            said = self.lines[find()]
        check(said is not None, f"{self.words} ended before {events}: {self.lines} {self.err}")
        return said

    def end(self, want=0):
        """Its exit status; the last line it said."""
        code = self.process.wait(PATIENCE)
        with self.heard:
            self.heard.wait_for(lambda: self.lines and self.lines[-1] is None, PATIENCE)
        check(code == want, f"{self.words}: exit {code}, wanted {want}: {self.lines} {self.err}")
        return self.lines[-2] if len(self.lines) > 1 else {}

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def code(self):
        return self.wait_for("code")["code"]


def make(path, size, seed=0):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    source = random.Random(f"{seed}/{size}/{os.path.basename(path)}")
    with open(path, "wb") as f:
        while size:
            n = min(size, MIB)
            f.write(source.randbytes(n))
            size -= n


def digest(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def equal(there, here):
    """Every file of one folder in the other, with the same bytes; nothing else."""
    def files(top):
        return {os.path.relpath(os.path.join(root, name), top): os.path.join(root, name)
                for root, _, names in os.walk(top) for name in names}
    a, b = files(there), files(here)
    check(sorted(a) == sorted(b), f"{sorted(a)} was sent, and here are {sorted(b)}")
    for name in a:
        check(digest(a[name]) == digest(b[name]), f"{name} differs")


def folders(nodes):
    sent, inbox = os.path.join(nodes.base, "sent"), os.path.join(nodes.base, "inbox")
    os.mkdir(sent)
    os.mkdir(inbox)
    return sent, inbox


def two(nodes):
    ann, ben = nodes.start(2, "--w", "1")
    return ann, ben


def no_leftovers(inbox, nodes):
    names = os.listdir(inbox)
    check(not [n for n in names if n.endswith(".part") or n.endswith(".receiving")],
          f"left behind: {names}")
    for node in nodes.all:
        left = os.path.join(node.data, "transfers")
        left = os.listdir(left) if os.path.isdir(left) else []
        check(not left, f"a state of node {node.number} is left: {left}")


def case_small(nodes, seed):
    """Files, a folder, an empty one, odd names; nothing is overwritten; links stay (RE-60..62)."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    make(f"{sent}/notes.txt", 70000)
    make(f"{sent}/empty", 0)
    make(f"{sent}/photos/\u00e4pfel/1.jpg", 3 * MIB + 17)
    make(f"{sent}/photos/2.jpg", 65536)
    os.symlink("/etc/passwd", f"{sent}/photos/link")
    words = [f"{sent}/notes.txt", f"{sent}/empty", f"{sent}/photos/"]
    send = Run(ann, "send", *words)
    code = send.wait_for("code")
    check(code["files"] == 4 and code["bytes"] == 70000 + 3 * MIB + 17 + 65536, f"{code}")
    # somebody who cannot be asked must say so before the code is spent
    check("--yes" in Run(ben, "receive", code["code"]).end(2)["error"]["message"], "no --yes")
    receive = Run(ben, "receive", *code["code"].upper().split("-"), "--yes", cwd=inbox)
    check(receive.wait_for("offer")["names"] == ["empty", "notes.txt", "photos"], "the offer")
    check(receive.end()["event"] == "done" and send.end()["event"] == "done", "both are done")
    os.remove(f"{sent}/photos/link")
    equal(sent, inbox)
    no_leftovers(inbox, nodes)
    # the same again: what is there keeps its name
    send = Run(ann, "send", *words)
    done = Run(ben, "receive", send.code(), "--yes", "--into", inbox)
    check(done.wait_for("done")["names"] == ["empty (1)", "notes (1).txt", "photos (1)"], "names")
    done.end()
    send.end()
    for name in ("notes.txt", "notes (1).txt"):
        check(digest(f"{inbox}/{name}") == digest(f"{sent}/notes.txt"), name)
    equal(f"{sent}/photos", f"{inbox}/photos (1)")
    check(oct(os.stat(f"{ann.data}/transfers").st_mode & 0o777) == "0o700", "states are private")


def on_terminal(node, answer, *words, cwd, code=None, look=None):
    """What the tool says to a person who answers its questions; its exit status. look: with its
    process, when it has asked whether to take it."""
    pid, terminal = os.forkpty()
    if pid == 0:
        os.chdir(cwd)
        tool = os.path.join(node.bin, "geonet")
        os.execv(tool, [tool, "--data", node.data, *words])
    said = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        said += piece
        if b"read to you" in said and code:
            os.write(terminal, code.encode() + b"\n")
            code = None
        if b"[y/N]" in said and answer:
            if look:
                look(pid)
            os.write(terminal, answer)
            answer = b""
        if not piece:
            break
    os.close(terminal)
    return said.decode(errors="replace"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def case_asked(nodes, seed):
    """A person is asked, and no is no; names cannot write on the terminal."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    make(f"{sent}/a\u202eb.txt", 5000)
    send = Run(ann, "send", f"{sent}/a\u202eb.txt")
    said, code = on_terminal(ben, b"\n", "receive", send.code(), cwd=inbox)
    check(code == 1 and "1 file, 4.9 KiB" in said and "a?b.txt" in said and
          "nothing was taken" in said, f"{code}: {said}")
    check("ask for a new one" in said, said)
    refused = send.end(1)["error"]["message"]
    check("does not want it" in refused and f"by a new code: geonet --data {ann.data} --json send"
          in refused, refused)
    check(os.listdir(inbox) == [], f"{os.listdir(inbox)}")
    # Ctrl-C at the question is no, and does not tell to go on with a code that is used up
    send = Run(ann, "send", f"{sent}/a\u202eb.txt")
    said, code = on_terminal(ben, b"\x03", "receive", send.code(), cwd=inbox)
    check(code == 1 and "ask for a new one" in said and "To go on" not in said, f"{code}: {said}")
    check("does not want it" in send.end(1)["error"]["message"], f"{send.lines}")
    check(os.listdir(inbox) == [], f"{os.listdir(inbox)}")
    send = Run(ann, "send", f"{sent}/a\u202eb.txt")
    said, code = on_terminal(ben, b"y\n", "receive", send.code(), cwd=inbox)
    check(code == 0 and "All of it is here: 1 file" in said, f"{code}: {said}")
    send.end()
    equal(sent, inbox)
    no_leftovers(inbox, nodes)


def case_given(nodes, seed):
    """The code is asked for, or comes in a line or a variable; no list of processes keeps it; a
    state of somebody else is not believed (RE-62)."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    make(f"{sent}/a", 5000)
    words = ["--into", inbox, "--yes"]
    for how in "terminal", "words", "line", "variable":
        send = Run(ann, "send", f"{sent}/a")
        code = send.code()

        def look(pid):
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                line = f.read()
            check(b"receive" in line and not any(w.encode() in line for w in code.split("-")[1:]),
                  f"the code stands in the list of processes: {line}")
        if how == "terminal":
            said, exit = on_terminal(ben, b"y\n", "receive", cwd=inbox, code=code, look=look)
            check(exit == 0, f"{exit}: {said}")
        elif how == "words":
            said, exit = on_terminal(ben, b"y\n", "receive", *code.split("-"), cwd=inbox, look=look)
            check(exit == 0, f"{exit}: {said}")
        else:
            tool = [os.path.join(ben.bin, "geonet"), "--data", ben.data, "receive"]
            env = {**os.environ, "GEONET_CODE": code} if how == "variable" else None
            run = subprocess.run(tool + (["-"] if how == "line" else []) + words, env=env,
                                 input=code + "\n" if how == "line" else "", text=True,
                                 capture_output=True, timeout=PATIENCE)
            check(run.returncode == 0, f"{how}: {run.stderr}")
        send.end()
    check(len(os.listdir(inbox)) == 4, f"{os.listdir(inbox)}")
    # what another left in the folder is neither gone on with nor written to
    send = Run(ann, "send", f"{sent}/a")
    code = send.code()
    state = f"{inbox}/.geonet-{code}.receiving"
    make(state, 300)
    os.chmod(state, 0o666)
    said = Run(ben, "receive", "--yes", cwd=inbox).end(2)["error"]["message"]
    check("nothing was begun" in said, said)
    said = Run(ben, "receive", code, "--yes", cwd=inbox).end(1)["error"]["message"]
    check("not believed" in said, said)
    check(os.path.getsize(state) == 300, "it was written to")
    send.process.kill()


def case_words(nodes, seed):
    """What is wrong is said: no such code, words of none, nothing to send, the code dies."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    make(f"{sent}/a", 1000)
    os.mkdir(f"{sent}/nothing")
    os.mkfifo(f"{sent}/pipe")

    def says(node, part, want, *words):
        said = Run(node, *words, cwd=inbox).end(want)["error"]["message"]
        check(part in said, f"{words}: '{part}' is not in: {said}")

    says(ann, "no file in it", 1, "send", f"{sent}/nothing")
    says(ann, "neither a file", 1, "send", f"{sent}/pipe")
    says(ann, "No such file", 1, "send", f"{sent}/b")
    says(ann, "the same name", 1, "send", f"{sent}/a", f"{sent}/nothing/../a")
    says(ben, "orbit", 2, "receive", "4821-orbti-lemon", "--yes")
    says(ben, "a number and two words", 2, "receive", "4821-orbit", "--yes")
    says(ben, "a number up to 9999", 2, "receive", "x-orbit-lemon", "--yes")
    says(ben, "nothing was begun", 2, "receive")
    says(ben, "too old, or another number", 4, "receive", "4821-orbit-lemon", "--yes")
    # three wrong ones, and the right one counts no more
    send = Run(ann, "send", f"{sent}/a")
    code = send.code()
    place = code.split("-")[0]
    wrong = place + ("-zoo-zebra" if "zoo" not in code else "-able-about")
    for n in (1, 2, 3):
        says(ben, "not the right code", 1, "receive", wrong, "--yes")
        check(send.wait_for(*["guess"] * n)["wrong"] == n, "each is told")
    check("three wrong codes" in send.end(1)["error"]["message"], "the code is dead")
    check(os.listdir(inbox) == [], f"{os.listdir(inbox)}")
    # the same files again: another code, and it is the one
    send = Run(ann, "send", f"{sent}/a")
    check(send.code() != code, "another code")
    Run(ben, "receive", send.code(), "--yes", cwd=inbox).end()
    send.end()
    check(digest(f"{inbox}/a") == digest(f"{sent}/a"), "it arrived")


def case_nobody(nodes, seed):
    """No node here keeps records: what is wrong is said, by send, status and doctor."""
    ann, ben = two(nodes)
    sent, _ = folders(nodes)
    make(f"{sent}/a", 1000)
    for node in (ann, ben):
        node.cli("give", "hold", "nothing")
    said = Run(ann, "send", f"{sent}/a").end(1)["error"]["message"]
    check("no node here keeps records for others" in said and "geonet give hold" in said, said)
    for words, what in (("status",), "holds nothing for others"), (("doctor",), "keeps records"):
        done = subprocess.run([os.path.join(ann.bin, "geonet"), "--data", ann.data, *words],
                              capture_output=True, text=True, check=False)
        check(what in done.stdout, f"{words}: {done}")
    ann.cli("give", "hold", "1G")
    send = Run(ann, "send", f"{sent}/a")
    Run(ben, "receive", send.code(), "--yes", "--into", sent).end()
    send.end()


def case_two(nodes, seed):
    """Two receivers at once: one gets all, the other is told that the code is used."""
    ann, ben, cid = nodes.start(3, "--w", "1")
    sent, inbox = folders(nodes)
    make(f"{sent}/d/a", 24 * MIB)
    send = Run(ann, "send", f"{sent}/d")
    code = send.code()
    runs = []
    for node in ben, cid:
        os.mkdir(f"{inbox}/{node.number}")
        runs.append(Run(node, "receive", code, "--yes", cwd=f"{inbox}/{node.number}"))
    ends = [run.process.wait(PATIENCE) for run in runs]
    check(sorted(ends) == [0, 1], f"one of them: {[(r.lines, r.err) for r in runs]}")
    lost = runs[ends.index(1)].end(1)["error"]["message"]
    check("used up" in lost, lost)
    send.end()
    equal(sent, f"{inbox}/{(ben, cid)[ends.index(0)].number}")
    check(os.listdir(f"{inbox}/{(ben, cid)[ends.index(1)].number}") == [], "nothing of the other")


def case_changed(nodes, seed):
    """A file that changes after it was offered ends it, and both are told which."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    make(f"{sent}/a", 2 * MIB)
    make(f"{sent}/z", 2 * MIB)
    send = Run(ann, "send", f"{sent}/a", f"{sent}/z")
    code = send.code()
    make(f"{sent}/z", 2 * MIB, seed=1)
    for run in (Run(ben, "receive", code, "--yes", cwd=inbox), send):
        said = run.end(1)["error"]["message"]
        check("z: has changed" in said, said)
    # the same command offers what is there now
    send = Run(ann, "send", f"{sent}/a", f"{sent}/z")
    os.mkdir(f"{inbox}/again")
    Run(ben, "receive", send.code(), "--yes", cwd=f"{inbox}/again").end()
    send.end()
    equal(sent, f"{inbox}/again")


def blocks_there(sent, inbox):
    """Bytes of whole blocks that are at the receiver, in files as they come."""
    there = 0
    for root, _, names in os.walk(sent):
        for name in names:
            path = os.path.join(root, name)
            first, *rest = os.path.relpath(path, sent).split("/")
            part = os.path.join(inbox, first + ".part", *rest)
            if not os.path.exists(part):
                continue
            with open(path, "rb") as a, open(part, "rb") as b:
                while block := a.read(MIB):
                    there += len(block) * (b.read(MIB) == block)
    return there


def bytes_in(folder):
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_blocks * 512
            except FileNotFoundError:
                pass  # it was renamed
    return total


def case_killed(nodes, seed):
    """Killed (-9) five times at either side, each time in the middle: the same commands go on, what
    is there is not sent again, and all is equal at last (RE-62)."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    dice, last = random.Random(seed), 0
    for name, size in ("d/a", 40), ("d/b/c", 17), ("e", 23):
        make(f"{sent}/{name}", size * MIB + 4321)
    words = ["send", f"{sent}/d", f"{sent}/e"]
    send = Run(ann, *words)
    code = send.code()
    receive = Run(ben, "receive", code, "--yes", cwd=inbox)
    receive.wait_for("offer")
    for n in range(10):
        goal, until = last + MIB * dice.randrange(1, 4), time.monotonic() + PATIENCE
        while bytes_in(inbox) < goal and time.monotonic() < until and send.process.poll() is None:
            time.sleep(0.005)
        check(send.process.poll() is None and bytes_in(inbox) >= goal,
              f"kill {n + 1} does not come in the middle: {send.lines} {receive.lines}")
        killed, other = (send, receive) if n % 2 else (receive, send)
        mark = len(other.lines)
        killed.kill()
        other.wait_for("away", after=mark)
        there = blocks_there(sent, inbox)
        if n % 2:
            send = Run(ann, *words)
            known = send.wait_for("paired", "sending")["done"]
        else:
            receive = Run(ben, "receive", *([code] if n % 4 else []), "--yes", cwd=inbox)
            known = send.wait_for("away", "paired", "sending", after=mark)["done"]
        check(known == there, f"kill {n + 1}: {there} bytes were here, and {known} are known")
        last = known
    check(send.end()["event"] == "done" and receive.end()["event"] == "done", "all came")
    equal(sent, inbox)
    no_leftovers(inbox, nodes)


def case_interrupted(nodes, seed):
    """Ctrl-C at either side says what goes on, and that does; the file of the state is private."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    make(f"{sent}/it is big", 24 * MIB)
    send = Run(ann, "send", f"{sent}/it is big")
    code = send.code()
    receive = Run(ben, "receive", code, "--yes", cwd=inbox)
    receive.wait_for("receiving")
    receive.process.send_signal(signal.SIGINT)
    said = receive.end(1)["error"]["message"]
    check(f"geonet --data {ben.data} --json receive {code} --yes" in said, said)
    states = [n for n in os.listdir(inbox) if n.endswith(".receiving")]
    check(len(states) == 1 and os.stat(f"{inbox}/{states[0]}").st_mode & 0o777 == 0o600,
          f"{states}")
    send.wait_for("away")
    send.process.send_signal(signal.SIGTERM)
    said = send.end(1)["error"]["message"]
    check(f"send '{sent}/it is big'" in said, said)
    busy = Run(ann, "send", f"{sent}/it is big")
    receive = Run(ben, "receive", cwd=inbox)
    busy.wait_for("paired")
    twice = Run(ann, "send", f"{sent}/it is big").end(1)["error"]["message"]
    check("being sent already" in twice, twice)
    receive.end()
    busy.end()
    equal(sent, inbox)
    no_leftovers(inbox, nodes)


def case_full(nodes, seed):
    """What does not fit is refused before the question; the other end hears why (root)."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", inbox],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise node_rig.Skip(f"no small disk can be made: {done.stderr.strip()}")
    try:
        make(f"{sent}/a", 2 * MIB)
        send = Run(ann, "send", f"{sent}/a")
        receive = Run(ben, "receive", send.code(), "--yes", cwd=inbox)
        said = receive.end(1)["error"]["message"]
        check("2.0 MiB are offered" in said and "has room for" in said, said)
        check("the other end stopped it" in send.end(1)["error"]["message"], f"{send.lines}")
        check(os.listdir(inbox) == [], f"{os.listdir(inbox)}")
    finally:
        subprocess.run(["umount", inbox], check=False)


def case_told(nodes, seed):
    """A contact is told the code by a message."""
    ann, ben = people(nodes, "ann", "ben", options=())
    meet(ann, ben)
    sent, inbox = folders(nodes)
    make(f"{sent}/a", 1000)
    for person, node in (ann, nodes.all[1]), (ben, nodes.all[2]):
        os.symlink(f"{node.data}/app.sock", f"{person.data}/app.sock")
        person.bin = nodes.bin
    check(Run(ann, "send", f"{sent}/a", "--to", "Nobody").end(4)["error"], "nobody of that name")
    send = Run(ann, "send", f"{sent}/a", "--to", "Ben")
    code = send.code()
    node_rig.eventually("Ben is told", PATIENCE, lambda: any(
        text.endswith(f"geonet receive {code}") and "1 file, 1000 B" in text
        for text in ben.texts("Ann")))
    Run(ben, "receive", code, "--yes", cwd=inbox).end()
    send.end()
    equal(sent, inbox)


def case_path(nodes, seed):
    """A transfer keeps to a rule about paths, at either end; an error names the rule (RE-11)."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    make(f"{sent}/a", 100000)
    said = Run(ann, "send", f"{sent}/a", "--path", "relays").end(2)["error"]["message"]
    check("lan" in said, f"what a rule is: {said}")
    # two nodes, and nobody relays: by their addresses or not at all
    send = Run(ann, "send", f"{sent}/a", "--path", "direct")
    said = Run(ben, "receive", send.code(), "--yes", "--path", "tls", cwd=inbox).end(1)["error"]
    check(said["code"] == "policy" and "tls" in said["message"], f"whose rule: {said}")
    Run(ben, "receive", send.code(), "--yes", "--path", "lan,direct", cwd=inbox).end()
    send.end()
    equal(sent, inbox)
    send = Run(ann, "send", f"{sent}/a", "--path", "tls")
    Run(ben, "receive", send.code(), "--yes", cwd=inbox).end(5)
    check(os.listdir(inbox) == ["a"], "nothing more came")
    send.process.send_signal(signal.SIGINT)
    send.process.wait(PATIENCE)
    count = node_rig.counters(ann, "tunnels")["tunnel-refused-rule"]
    check(count > 0, "it was the rule")


def stopped(nodes, patient, still):
    """Who does nothing in their turn holds nobody for ever, though their node is there."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    make(f"{sent}/a", 192 * MIB)
    words = ("send", f"{sent}/a"), ("receive", "--yes")
    runs = [Run(ann, *words[0], *patient[0])]
    runs.append(Run(ben, *words[1], runs[0].code(), *patient[1], cwd=inbox))
    node_rig.eventually("some of it is there", PATIENCE, lambda: bytes_in(inbox) > MIB)
    runs[still].process.send_signal(signal.SIGSTOP)
    said = runs[1 - still].end(5)["error"]
    check("away" in said["message"], f"who is to blame: {said}")
    runs[still].kill()  # its node has ended its connection by now, or not yet
    for run in [Run(node, *said, cwd=inbox) for node, said in zip((ann, ben), words)]:
        run.end()
    equal(sent, inbox)
    no_leftovers(inbox, nodes)


def case_silent(nodes, seed):
    stopped(nodes, ((), ("--patience", "1")), 0)


def case_deaf(nodes, seed):
    stopped(nodes, (("--patience", "1"), ()), 1)


def peak(run):
    with open(f"/proc/{run.process.pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM")) * 1024


def case_large(nodes, seed):
    """A large file: neither side takes more than 64 MiB of memory."""
    ann, ben = two(nodes)
    sent, inbox = folders(nodes)
    mib = int(os.environ.get("GN_SEND_MIB", 24 if sanitized(nodes) else 300))
    if os.environ.get("GN_SEND_HOLES"):
        with open(f"{sent}/big", "wb") as f:
            for i in range(0, mib, 16):
                f.seek(i * MIB)
                f.write(os.urandom(4096))
            f.truncate(mib * MIB)
    else:
        make(f"{sent}/big", mib * MIB)
    send = Run(ann, "send", f"{sent}/big")
    began = time.monotonic()
    receive = Run(ben, "receive", send.code(), "--yes", cwd=inbox)
    most = {}
    while receive.process.poll() is None and send.process.poll() is None:
        for name, run in ("send", send), ("receive", receive):
            try:
                most[name] = peak(run)
            except (OSError, StopIteration):
                pass
        time.sleep(0.05)
    receive.end()
    send.end()
    took = time.monotonic() - began
    print(f"{mib} MiB in {took:.1f} s, {mib / took:.1f} MiB/s; peak of memory: " +
          ", ".join(f"{name} {value / MIB:.1f} MiB" for name, value in most.items()))
    check(digest(f"{inbox}/big") == digest(f"{sent}/big"), "it differs")
    if not sanitized(nodes):
        check(all(value < 64 * MIB for value in most.values()), f"{most}")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
