#!/usr/bin/env python3
"""A page of docs/guide, run as it stands: each command must end and answer as the page says. usage:
guide_test.py BIN_DIR PAGE

Pages that begin where another ends (THEN) are run after it, in the same network.

A block ```console has lines "MACHINE$ COMMAND", each followed by its answer as a terminal shows it.
A machine is a home directory with a node and a hub at ports of its own. The answer is what the page
says, but for what cannot be the same twice:

* "…" stands for anything within a line, and a line "…" for any lines; one blank is as good as ten;
* a date or time stands for any other; * a key, a PID, an id, a code stands for the one that came,
here and in all that follows, commands too; * where the page says 7777, 7780, 7790, 8000, 8080,
/home/ANN, ann.example.net and https://hub.example.net, that machine's port, home or address (8000
and 8080 are the same on all).

Passphrases are typed where they are asked for, and y where the page has it. A command that ends
with "# exit status N" ends with that, others with 0. Exit 0 passed, 77 skipped (the reason is
printed), 1 failed with a sentence."""
import os, pty, re, select, shutil, signal, socket, sys, tempfile, termios, time

sys.dont_write_bytecode = True
from process_test import Failure, ROOT, WAIT_MAX, check, nodes_of, read, until
from node_rig import network

STEP = re.compile(r"^(\w*)\$ (.*)$", re.M)
PLACE = (r"https://\w+\.example\.net|\w+\.example\.net(?::7777)?|/home/\w+|"
         r"\b(?:77(?:77|80|90)|80[08]0)\b")
TIME = r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?Z?)?"
SAME = [
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", r"\b[0-9a-f]{16,64}\b",
    r"\b[1-9A-HJ-NP-Za-km-z]{43,44}\b", r"\b\d{1,4}-[a-z]+-[a-z]+\b"
]  # UUID, key or id, PID, code
WORD = re.compile("|".join(f"({kind})" for kind in ["…", " +", TIME, PLACE, *SAME]))
# keeps its terminal
STAYS = re.compile(r"geonet (hub run|bus sub (?!.*--count)|forward|send|pipe .*>)|python3")
THEN = {"friends": ("reach", "send", "ports", "give"),
        "people": ("files", "topics", "jobs", "programs")}
# what a node learns from others may come a moment later
LATER = re.compile(r"geonet (status|peers|doctor|get|site get|name resolve|agent status|"
                   r"contacts list|msg (read|history)|box show|job (list|dead|show)|"
                   r"presence show|file list|bus pub|ping|netcheck)|curl|tar t|cmp")
SECRET = b"correct horse battery staple\n"


def free_port():
    """For UDP and TCP."""
    while True:
        port = network.udp_port()
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return str(port)
            except OSError:
                pass


def shown(raw):
    """What is left on a terminal: lines that tell how far it is are gone."""
    return re.sub(r"(?:\r\x1b\[K[^\r\n]*)*\r\x1b\[K", "", raw.replace("\r\n", "\n"))


class Machine:
    def __init__(self, base, name, bin_dir, shared):
        self.home = os.path.join(base, name)
        self.ports = {number: free_port() for number in ("7777", "7780", "7790")} | shared
        data = os.path.join(self.home, ".local", "share", "geonet")
        os.makedirs(os.path.join(data, "hub"), 0o700)
        for path, settings in ((
                "geonet.conf",
                f"port = {self.ports['7777']}\nhttp = {self.ports['7780']}\npow-bits = 8\n"),
                               ("hub/hub.conf", f"http = {self.ports['7790']}\n")):
            with open(os.path.join(data, path), "w") as f:
                f.write(settings)
        os.chmod(data, 0o700)
        self.env = {
            "PATH": os.path.abspath(bin_dir) + ":" + os.environ["PATH"], "HOME": self.home,
            "LANG": "C.UTF-8", "NO_COLOR": "1", "TERM": "xterm"
        } | {k: v
             for k, v in os.environ.items()
             if k.endswith("SAN_OPTIONS") or k == "GEONET_SETTINGS"}

    def start(self, command):
        """In a terminal of its own; what was exported before is still there. Its process and the
        terminal."""
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(self.home)
            os.execvpe("bash", [
                "bash", "-c",
                f"[ -e .exports ] && . ./.exports\n{command}\nstatus=$?; export -p > .exports; "
                "exit $status"
            ], self.env)
        return pid, fd


class Page:
    def __init__(self, base, bin_dir):
        self.base, self.bin, self.machines, self.known, self.staying = base, bin_dir, {}, {}, []
        self.shared = {number: free_port() for number in ("8000", "8080")}  # of any machine

    def machine(self, name):
        if name not in self.machines:
            self.machines[name] = Machine(self.base, name, self.bin, self.shared)
        return self.machines[name]

    def place(self, machine, word):
        """What a PLACE of the page is in truth."""
        name = re.search(r"(\w+)\.example|/home/(\w+)", word)
        there = self.machine(name[1] or name[2]) if name else machine
        if word.startswith("/home"):
            return there.home
        if word.startswith("https:"):
            return f"http://127.0.0.1:{there.ports['7790']}"
        return there.ports.get(word) or ("127.0.0.1" +
                                         (":" + there.ports["7777"] if ":" in word else ""))

    def command(self, machine, text):
        return WORD.sub(lambda m: self.place(machine, m[0])
                        if m[4] else self.known.get(m[0], m[0]), text)

    def answer(self, machine, lines):
        """(pattern, words of the page that its groups stand for)"""
        new = []

        def piece(m):
            word = m[0]
            if m[1] or m[2] or m[3]:
                return (m[1] and "[^\n]*") or (m[2] and " +") or TIME
            if m[4] or word in self.known:
                return re.escape(self.place(machine, word) if m[4] else self.known[word])
            if word in new:
                return f"(?P=w{new.index(word)})"
            new.append(word)
            return f"(?P<w{len(new) - 1}>{SAME[m.lastindex - 5]})"

        def line(text):
            if text == "…":
                return r"(?:[^\n]*\n)*?"
            out, at = "", 0
            for m in WORD.finditer(text):
                out, at = out + re.escape(text[at:m.start()]) + piece(m), m.end()
            return out + re.escape(text[at:]) + " *\n"

        return "".join(line(text) for text in lines), new

    def step(self, name, text, lines):
        machine = self.machine(name or "you")
        command = self.command(machine, text)
        pattern, new = self.answer(machine, lines)
        want = re.search(r"# exit status (\d+)", text)
        want, end = int(want[1]) if want else 0, time.monotonic() + WAIT_MAX
        while True:
            pid, fd = machine.start(command)
            got, status = self.listen(machine, command, pid, fd,
                                      pattern if STAYS.match(text) else None)
            found = re.fullmatch(pattern, got)
            if found and status == want:
                break
            check(
                LATER.match(text) and time.monotonic() < end,
                f"{name}$ {text}\n--- the page says:\n" + "\n".join(lines)
                + f"\n--- it answers, with exit status {status}:\n{got}")
            time.sleep(0.2)
        self.known.update((word, found[f"w{i}"]) for i, word in enumerate(new))

    def listen(self, machine, command, pid, fd, until_pattern):
        """(what the terminal shows, exit status); until_pattern: it stays when it has said that."""
        raw, end = "", time.monotonic() + 2 * WAIT_MAX
        while time.monotonic() < end:
            if not select.select([fd], [], [], 0.05)[0]:
                if raw and not raw.endswith("\n") and not termios.tcgetattr(
                        fd)[3] & termios.ECHO:  # it asks for a passphrase, and has said so
                    os.write(fd, SECRET)
                elif raw.endswith("[y/N] "):
                    os.write(fd, b"y\n")
                continue
            try:
                more = os.read(fd, 65536)
            except OSError:
                more = b""
            if not more:
                os.close(fd)
                return shown(raw), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            raw += more.decode(errors="replace")
            if until_pattern and re.fullmatch(until_pattern, shown(raw)):
                self.staying.append((pid, fd))
                machine.env[
                    # the tool looks at 7790
                    "GEONET_HUB"] = f"http://127.0.0.1:{machine.ports['7790']}"
                return shown(raw), 0
        os.killpg(pid, signal.SIGKILL)
        raise Failure(f"'{command}' does not end, and has said: {shown(raw)}")

    def run(self, name):
        """How many commands the page of this name has."""
        steps = 0
        for block in re.findall(r"^```console\n(.*?)^```$",
                                read(os.path.join(ROOT, "docs", "guide", name + ".md")),
                                re.M | re.S):
            machine_command_answer = STEP.split(block)
            check(not machine_command_answer[0], f"a block begins with an answer: {block}")
            for machine, command, answer in zip(*(machine_command_answer[i::3] for i in (1, 2, 3))):
                self.step(machine, command,
                          answer.strip("\n").split("\n") if answer.strip("\n") else [])
                steps += 1
        check(steps, f"docs/guide/{name}.md has no commands")
        return steps

    def close(self):
        for pid, _ in self.staying:
            os.killpg(pid, signal.SIGTERM)
        for pid in nodes_of(self.base):
            os.kill(pid, signal.SIGTERM)
        for pid, fd in self.staying:
            os.waitpid(pid, 0)
            os.close(fd)
        until("the nodes end", lambda: not nodes_of(self.base))


def main():
    bin_dir, name = sys.argv[1:3]
    if not shutil.which("curl"):
        print("skipped: there is no curl")
        return 77
    base = tempfile.mkdtemp(prefix="guide-")
    page, steps = Page(base, bin_dir), 0
    try:
        for each in (name, *THEN.get(name, ())):
            steps += page.run(each)
    except Failure as error:
        print(f"failed: {error}")
        return 1
    finally:
        try:
            page.close()
        finally:
            shutil.rmtree(base, ignore_errors=True)
    print(f"passed: {steps} commands")
    return 0


if __name__ == "__main__":
    sys.exit(main())
