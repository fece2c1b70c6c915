"""The programs that tools/network starts on this machine: nodes, a hub, two agents; each ends with
whoever started it.
"""
import ctypes, functools, http.client, json, os, random, signal, socket, subprocess, sys, threading
import time

NODES = 5
# the node whose page is printed; it keeps no block, so what it shows comes from the others
GATEWAY = 4
PEOPLE = ["Ann", "Ben", "Cay"]  # who owns nodes 1, 2 and 3 and has a wallet there
AGENTS = 2  # Ann and Ben also have an agent
START_MAX = 60  # seconds: a node's first start searches its proof of work
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """A sentence for the person who ran the command."""


given = set()  # nodes bind their ports later than they are chosen


def udp_port(wanted=0):
    """The wanted port if nobody has it, else a free one: not of those that systems give to whoever
    asks for any, as another program may get it before our node binds it, and none twice."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            try:
                s.bind(("127.0.0.1", wanted
                        or random.choice([p for p in range(10000, 32000) if p not in given])))
                given.add(s.getsockname()[1])
                return s.getsockname()[1]
            except OSError:
                wanted = 0


def udp_ports(base):
    """One for each node, the same as last time on these directories: where the nodes remember each
    other."""
    path, last = os.path.join(base, "ports"), []
    try:
        with open(path, encoding="utf-8") as f:
            last = [int(word) for word in f.read().split()]
    except (OSError, ValueError):
        pass
    ports = [udp_port(port) for port in (last + [0] * NODES)[:NODES]]
    os.makedirs(base, mode=0o700, exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(" ".join(map(str, ports)))
    return ports


def end_with_parent(parent):
    """In the child, before exec: SIGTERM when the thread that started it is gone, however that
    ended."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # gone already
        os._exit(1)


def words_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read().decode(errors="replace").split("\0")[:-1]
    except OSError:  # it has just ended
        return []


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            return int(f.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def look_for_leftovers(base):
    """Programs that already run on these directories: a Failure that says whose they are and how to
    end them."""
    left = []
    for pid in (int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        words = words_of(pid)
        ours = words and (os.path.basename(words[0]) in ("geonetd", "geonet-agent")
                          or words[1:3] == ["hub", "run"])
        if ours and any(a == "--data" and os.path.dirname(b) == base
                        for a, b in zip(words, words[1:])):
            left.append(pid)
    if not left:
        return
    owner = parent_of(left[0])
    pids = " ".join(str(pid) for pid in sorted(left))
    if any(os.path.basename(word) == "network" for word in words_of(owner)):
        raise Failure(
            f"another ./run (process {owner}) has this network open: go on there, or end it with "
            f"Ctrl-C there or: kill {owner}"
        )
    raise Failure(
        f"{len(left)} program{'s' if len(left) > 1 else ''} of an earlier ./run still "
        f"run{'' if len(left) > 1 else 's'} on {base}: end with: kill {pids}"
    )


def free_or_zero(port, whose):
    """The port, or 0 (a free one) with a note when something else has it."""
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the node does
        try:
            s.bind(("127.0.0.1", port))
            return port
        except OSError:
            print(f"TCP port {port} is taken by another program: {whose} gets a free one",
                  file=sys.stderr)
            return 0


class Program:
    """A node, a hub or an agent: its process, its data directory, its log there, and what the
    launcher asks of it by the tool."""

    def __init__(self, name, data, bin_dir, words, log_name="log"):
        self.name, self.data, self.bin = name, data, bin_dir
        os.makedirs(data, mode=0o700, exist_ok=True)
        read_fd, write_fd = os.pipe()
        command = [
            os.path.join(bin_dir, words[0]), *words[1:], "--data", data, "--ready-fd",
            str(write_fd)
        ]
        self.log_path = os.path.join(data, log_name)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, pass_fds=[write_fd], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=functools.partial(end_with_parent, os.getpid()))
        os.close(write_fd)
        self.ready = os.fdopen(read_fd)

    def wait_ready(self, deadline):
        """The program writes one line when its API answers, and closes the pipe when it cannot
        start. What stands in that line: ports of a node or hub, an agent's socket."""
        result = []
        reader = threading.Thread(target=lambda: result.append(self.ready.readline()), daemon=True)
        reader.start()
        reader.join(max(0.1, deadline - time.monotonic()))
        if not result or not result[0].startswith("ready "):
            raise Failure(f"{self.name} did not start: {self.last_words()}")
        return result[0].split()[1:]

    def last_words(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            lines = f.read().splitlines()
        return lines[-1] if lines else f"nothing in {self.log_path}"

    def cli(self, *words, stdin=b""):
        """Runs the geonet tool on this directory; its JSON, or a Failure with its own sentence."""
        done = subprocess.run(
            [os.path.join(self.bin, "geonet"), "--data", self.data, "--json", *words], input=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False)
        if done.returncode:
            raise Failure(f"geonet {' '.join(words)} on {self.name} ended with {done.returncode}: "
                          f"{(done.stderr or done.stdout).decode(errors='replace').strip()}")
        return json.loads(done.stdout)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()

    def reap(self):
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Node(Program):
    """One geonetd."""

    def __init__(self, number, data, bin_dir, udp_port, http_port, bootstrap, options=()):
        words = [
            "geonetd", "--port",
            str(udp_port), "--http",
            str(http_port), "--probation", "0", "--advertise", f"127.0.0.1:{udp_port}", *options
        ]
        if bootstrap:
            words += ["--bootstrap", f"127.0.0.1:{bootstrap}"]
        if number == GATEWAY:
            words += ["--store-limit", "0"]
        super().__init__(f"node {number}", data, bin_dir, words)
        self.number, self.options = number, options
        self.udp_port, self.http_port = udp_port, http_port

    def wait_ready(self, deadline):
        self.udp_port, self.http_port = (int(word) for word in super().wait_ready(deadline))

    def token(self):
        with open(os.path.join(self.data, "token"), encoding="ascii") as f:
            return f.read()

    def get(self, path, host="localhost"):
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=60)
        owner = {"Authorization": f"Bearer {self.token()}"} if host == "localhost" else {}
        try:
            connection.request("GET", path, headers={"Host": f"{host}:{self.http_port}", **owner})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def status(self):
        return json.loads(self.get("/api/v1/status")[1])

    def identity(self):
        """The PID of the node's owner, whose key is made when there is none yet."""
        if not os.path.exists(os.path.join(self.data, "identity.key")):
            self.cli("id", "new", "--no-passphrase")
        return self.cli("id", "show")["pid"]


class Hub(Program):
    """A hub where Ann, Ben and Cay have wallets. Whatever was done here before is found done:
    setting it up again changes nothing."""

    def __init__(self, data, bin_dir, port, nodes):
        super().__init__("the hub", data, bin_dir, ["geonet", "hub", "run", "--http", str(port)])
        self.wallets = nodes[:len(PEOPLE)]
        self.url = f"http://127.0.0.1:{self.wait_ready(time.monotonic() + START_MAX)[0]}"
        self.pids = [node.identity() for node in self.wallets]

    def wallet(self, i, *words):
        return self.wallets[i].cli("wallet", *words, "--hub", self.url)

    def open(self):
        """A unit, three members, and from each a line to the one before: they may pay around."""
        if not any(unit["code"] == "HOUR"
                   for unit in self.cli("hub", "equivalent", "list", "--hub", self.url)["items"]):
            self.cli("hub", "equivalent", "add", "HOUR", "--description", "an hour of work",
                     "--hub", self.url)
        known = [person["pid"] for person in self.cli("hub", "people", "--hub", self.url)["items"]]
        for i, name in enumerate(PEOPLE):
            if self.pids[i] not in known:
                self.wallet(i, "join", "--name", name)
        for i in range(len(PEOPLE)):
            if not self.wallet(i, "lines")["given"]:
                self.wallet(i, "trust", self.pids[i - 1], "50", "HOUR")

    def pay(self, i):
        """10 hours to the next in the ring, once: the same id is not paid twice."""
        return self.wallet(i, "pay", self.pids[(i + 1) % len(PEOPLE)], "10", "HOUR", "--tx-id",
                           f"run-{i}")

    def owed(self):
        return [
            debt["amount"]
            for i in range(len(PEOPLE))
            for debt in self.wallet(i, "debts")["outgoing"]
        ]


class Agent(Program):
    """The agent of a node's owner: their keys, contacts and messages, over that node."""

    def __init__(self, node, name):
        node.identity()
        super().__init__(f"{name}'s agent", node.data, node.bin, [
            "geonet-agent", "--name", name, "--node", os.path.join(node.data, "app.sock")
        ], "agent.log")
        self.person = name

    def wait_published(self, deadline):
        """Others can write to them: their keys and boxes are in the network."""
        self.wait_ready(deadline)
        while not self.cli("agent", "status").get("published"):
            if time.monotonic() > deadline:
                raise Failure(f"{self.name} is not found by others: {self.last_words()}")
            time.sleep(0.1)

    def put_down(self):
        """By its owner: geonet agent down."""
        return self.process.poll() == 0

    def pid(self):
        return self.cli("agent", "status")["pid"]

    def know(self, other):
        """A contact of theirs, added once."""
        if not any(c["pid"] == other.pid() for c in self.cli("contacts", "list")["contacts"]):
            self.cli("contacts", "add", other.pid(), other.person)

    def wait(self, what, condition, seconds=START_MAX):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise Failure(f"{self.person} waited {seconds} s: {what}; "
                              f"the agent's log: {self.log_path}")
            time.sleep(0.05)

    def contact(self, other):
        return next((c for c in self.cli("contacts", "list")["contacts"]
                     if c["pid"] == other.pid()), None)

    def said(self, other):
        """What is in the chat with them, oldest first."""
        return self.cli("msg", "history", other.pid())["messages"]


class Network:
    def __init__(self, base, bin_dir, gateway_port, options=()):
        ports = udp_ports(base)
        self.nodes, self.hub, self.agents = [], None, []
        for number in range(1, NODES + 1):
            http_port = gateway_port if number == GATEWAY else 0
            self.nodes.append(
                Node(number, os.path.join(base, f"node{number}"), bin_dir, ports[number - 1],
                     http_port, ports[0] if number > 1 else None, options))

    def wait_joined(self):
        deadline = time.monotonic() + START_MAX
        for node in self.nodes:
            node.wait_ready(deadline)
        for node in self.nodes:
            while True:
                status = node.status()
                if status["joined"] and status["server"] and status["links"] >= NODES - 1:
                    break
                if time.monotonic() > deadline:
                    raise Failure(
                        f"node {node.number} found {status['links']} of {NODES - 1} others in "
                        f"{START_MAX} s; its log: {node.log_path}"
                    )
                time.sleep(0.05)

    def open_hub(self, base, port):
        self.hub = Hub(os.path.join(base, "hub"), self.nodes[0].bin, port, self.nodes)
        self.hub.open()

    def open_agents(self):
        self.agents = [Agent(self.nodes[i], PEOPLE[i]) for i in range(AGENTS)]
        deadline = time.monotonic() + START_MAX
        for agent in self.agents:
            agent.wait_published(deadline)

    def programs(self):
        """What stops first comes first: agents say goodbye over their nodes."""
        return self.agents + self.nodes + ([self.hub] if self.hub else [])

    def stop(self):
        ours = [agent.data for agent in self.agents if agent.process.poll() is None]
        for node in self.nodes:  # an agent that a person started at it
            if node.data not in ours and os.path.exists(
                    os.path.join(node.data, "agent", "agent.sock")):
                subprocess.run([
                    os.path.join(node.bin, "geonet"), "--data", node.data, "agent", "down"
                ], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False)
        for program in self.programs():
            program.stop()
        for program in self.programs():
            program.reap()
