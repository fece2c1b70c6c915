"""Agents with wallets for tests/agent_wallet*_test.py: no node is needed, calls are the twins."""
import http.client, json, os, signal, socket, subprocess, time, uuid

from hub_client import Failure, check


class Unix(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Agent:
    started = []

    def __init__(self, bin_dir, base, name):
        self.bin, self.name = bin_dir, name
        self.data = os.path.join(base, name)
        self.log = self.data + ".log"
        os.makedirs(self.data, 0o700, exist_ok=True)
        self.process = None
        self.up()
        self.pid = self.call("agent", "status")["pid"]

    def up(self):
        ready, tells = os.pipe()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([
                os.path.join(self.bin, "geonet-agent"), "--data", self.data, "--node",
                os.path.join(self.data, "none.sock"), "--app", "off", "--name", self.name,
                "--log", "debug", "--ready-fd", str(tells)
            ], stdout=log, stderr=log, pass_fds=[tells])
        Agent.started.append(self.process)
        os.close(tells)
        with os.fdopen(ready, "rb") as f:
            said = f.readline()
        check(said.startswith(b"ready "), f"{self.name}'s agent did not start: {self.last()}")

    def down(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(60)
        check(how == signal.SIGKILL or code == 0, f"{self.name} ended with {code}: {self.last()}")

    def last(self):
        with open(self.log, errors="replace") as f:
            return f.read()[-3000:]

    def socket(self):
        return os.path.join(self.data, "agent", "agent.sock")

    def raw(self, area, call, body=None, timeout=60):
        c = Unix(self.socket(), timeout)
        c.request("POST", f"/api/v1/{area}/{call.replace('_', '-')}", json.dumps(body or {}),
                  {"Content-Type": "application/json"})
        answer = c.getresponse()
        data = answer.read()
        c.close()
        return answer.status, json.loads(data) if data else {}

    def call(self, area, call, body=None, timeout=60):
        status, said = self.raw(area, call, body, timeout)
        if status != 200:
            raise Failure(f"{self.name} {area} {call} {body}: {status} {said}\n{self.last()}")
        return said

    def wallet(self, call, **body):
        return self.call("wallet", call, body)

    def refused(self, call, kind, **body):
        """A refusal of that kind; its sentence."""
        status, said = self.raw("wallet", call, body)
        check(status >= 400 and said.get("error", {}).get("kind") == kind,
              f"{self.name} {call} {body}: wanted {kind}: {status} {said}\n{self.last()}")
        return said["error"]["message"]

    def sign(self, quote, act=None, timeout=60, **more):
        """WalletPay, after saying yes as the person's tool does: without a passphrase."""
        body = {"act": act or uuid.uuid4().hex, "quote": quote["id"]} | more
        said = self.call("wallet", "pay", body, timeout)
        if "done" not in said:
            check(said["here"] and said["text"] == quote["says"], f"what is asked: {said}")
            self.call("agent", "approval_give", {"id": said["id"], "yes": True})
            said = self.call("wallet", "pay", body | {"approval": said["id"]}, timeout)
        return said["done"] | {"act": body["act"]}

    def join(self, hub, name=None):
        quote = self.wallet("join", url=hub.url, name=name or self.name.capitalize())
        done = self.sign(quote)
        check(done["state"] == "done", f"joining: {done}")
        self.settle(lambda: not self.wallet("hubs")["hubs"][0]["old"], "the hub is read")

    def trust(self, peer, limit, equivalent="UAH"):
        quote = self.wallet("line_set", peer=peer.pid, equivalent=equivalent, limit=limit)
        done = self.sign(quote)
        check(done["state"] == "done", f"a line: {done}")

    def sum(self, equivalent="UAH"):
        said = self.wallet("balance", fresh=True)
        return next((s for s in said["sums"] if s["equivalent"] == equivalent), None)

    def act(self, act):
        """How something that was signed stands."""
        return self.wallet("pay", act=act)["done"]

    def settle(self, ready, what, seconds=60):
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise Failure(f"{self.name}: {what} does not come\n{self.last()}")
            time.sleep(0.1)


def stop_all():
    for process in Agent.started:
        if process.poll() is None:
            process.kill()
            process.wait()
