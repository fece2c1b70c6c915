"""Programs that nobody here wrote meet by STUN and TURN of a real node alone: their routers let
nothing pass but what goes to, and comes from, its one UDP port, or TCP's 443. Two agents of
libnice, two Chromiums; a capture at the node shows what whoever relays sees. Rules RE-50, RE-51.

usage: relayed_test.py BIN_DIR CASE    exit 77: not here, and why
"""
import contextlib, http.client, json, os, signal, socket, subprocess, sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import lab
import node_rig
from browser import Browser, program
from lab import Lab
from lab_test import Failure, PORT, Skip, check, start_node, wait_until

USER, PASSWORD = "ann", "secret"
CANARY = "a canary that sings"
# Nothing passes the router but the node's port; the lab's own rules translate.
ONLY = """table ip only {{
 chain forward {{
  type filter hook forward priority -10
  ip daddr {0} {1} dport {2} accept
  ip saddr {0} {1} sport {2} accept
  drop
 }}
}}
"""


class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(60)
        self.sock.connect(self.host)


class World:
    """Two sides that reach one node and nothing else, and what passes it."""

    def __init__(self, bin_dir, net, kind):
        self.kind, self.port = kind, PORT if kind == "udp" else 443
        self.net, self.server = net, net.servers[0]
        self.data = net.data(self.server.address)
        users = os.path.join(self.data, "turn-users")
        with open(os.open(users, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as f:
            f.write(f"{USER}:{PASSWORD}\n")
        # private: the lab's Internet is what RFC 2544 has for tests
        start_node(net, self.server, bin_dir, self.server.address, "--turn", "on",
                   "--turn-private", "on", "--turn-tcp", "443")
        wait_until("the node serves", self.counters)
        for side in net.sides:
            side.router.nft(ONLY.format(self.server.address, kind, self.port))

    def counters(self):
        try:
            connection = Unix(os.path.join(self.data, "app.sock"))
            connection.request("GET", "/api/v1/counters", headers={"Host": "localhost"})
            return json.loads(connection.getresponse().read())["turn"]
        except OSError:
            return None

    @contextlib.contextmanager
    def captured(self):
        """A function that tells the bytes of the packets at the node, once all was said."""
        path = os.path.join(self.net.directory, "packets")
        tcpdump = self.net.start(self.server, ["tcpdump", "-i", "wan", "-U", "-s", "0", "-w", path],
                                 "tcpdump")
        wait_until("tcpdump listens", lambda: os.path.exists(path) and os.path.getsize(path) >= 24)

        def stop():
            tcpdump.send_signal(signal.SIGINT)
            tcpdump.wait(20)
            with open(path, "rb") as f:
                return f.read()
        yield stop


@contextlib.contextmanager
def world(bin_dir, kind="udp"):
    with Lab(["sym" if kind == "udp" else "443"] * 2, servers=1) as net:
        yield World(bin_dir, net, kind)


# ---- libnice ----


class Agent:
    def __init__(self, here, side, which, password=PASSWORD):
        words = ["/usr/bin/python3", "-B", os.path.join(HERE, "nice_agent.py"), which, here.kind,
                 here.server.address, str(here.port), USER, password, CANARY]
        self.process = subprocess.Popen(
            side.host.space.command(*words), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=dict(os.environ, GEONET_LAB=here.net.directory))

    def hear(self, what):
        line = self.process.stdout.readline()
        if not line and self.process.wait(20) == 77:
            raise Skip("libnice is not installed (tools/setup dev)")
        check(line, "an agent ended")
        return json.loads(line)[what]

    def tell(self, sdp):
        self.process.stdin.write(json.dumps({"sdp": sdp}) + "\n")
        self.process.stdin.flush()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@contextlib.contextmanager
def agents(here, password=PASSWORD):
    both = []
    try:
        for side, which in zip(here.net.sides, ("first", "second")):
            both.append(Agent(here, side, which, password))
        yield both
    finally:
        for agent in both:
            agent.close()


def agents_meet(here):
    with agents(here) as (one, two):
        told = [agent.hear("sdp") for agent in (one, two)]
        for sdp, side in zip(told, here.net.sides):
            check(here.kind == "tcp" or f"{side.outer} " in sdp, f"no address by our STUN: {sdp}")
            check("typ relay" in sdp, f"no address by our TURN: {sdp}")
        one.tell(told[1])
        two.tell(told[0])
        pairs = [agent.hear("pair") for agent in (one, two)]
        print(f"pairs {pairs}", flush=True)
        check(pairs == [["relayed", "relayed"]] * 2, f"they met otherwise: {pairs}")
        back = one.hear("back")
        check(back == 100, f"{back} of 100 came back")
    got = here.counters()
    print(got, flush=True)
    check(got["allocated"] >= 2 and got["got"] >= 200, f"it went elsewhere: {got}")
    check((got["connected"] >= 2) == (here.kind == "tcp"), f"it went otherwise: {got}")


def case_nice(bin_dir):
    """Theirs is not sealed: the capture, which is to show that another's is, shows what they
    say."""
    with world(bin_dir) as here, here.captured() as packets:
        agents_meet(here)
        check(CANARY.encode() in packets(), "the capture does not show what is said in the open")


def case_nice_tcp(bin_dir):
    with world(bin_dir, "tcp") as here:
        agents_meet(here)


def case_nice_refused(bin_dir):
    """With another password they do not meet: there is no other path."""
    with world(bin_dir) as here, agents(here, "wrong") as (one, two):
        told = [agent.hear("sdp") for agent in (one, two)]
        check(not any("typ relay" in sdp for sdp in told), "who is not let in has a relay")
        one.tell(told[1])
        two.tell(told[0])
        check(not one.process.stdout.readline(), "they met by another path")
        check(here.counters()["wrong"] >= 2, "nobody was refused")


# ---- browsers ----

PEER = """(async (server, user, password) => {
  window.pc = new RTCPeerConnection({ iceServers: [
    { urls: server, username: user, credential: password }] });
  window.gathered = () => new Promise((done) => {
    const look = () => pc.iceGatheringState === "complete" && done(pc.localDescription.sdp);
    pc.addEventListener("icegatheringstatechange", look);
    look();
  });
  window.came = [];
  window.opened = new Promise((done) => {
    window.use = (channel) => {
      window.channel = channel;
      channel.onmessage = (e) => came.push(e.data);
      channel.onopen = done;
      if (channel.readyState === "open") done();
    };
  });
  pc.ondatachannel = (e) => use(e.channel);
  return true;
})"""
OFFER = """(async () => {
  use(pc.createDataChannel("words"));
  await pc.setLocalDescription(await pc.createOffer());
  return gathered();
})()"""
ANSWER = """(async (sdp) => {
  await pc.setRemoteDescription({ type: "offer", sdp });
  await pc.setLocalDescription(await pc.createAnswer());
  return gathered();
})"""
ACCEPT = """(async (sdp) => {
  await pc.setRemoteDescription({ type: "answer", sdp });
  await Promise.race([opened, new Promise((_, fail) => setTimeout(fail, 60000, Error("late")))]);
  return true;
})"""
# 100 texts, and 512 KiB in pieces that fill packets; the other sends each back.
SEND = """(async (canary) => {
  for (let i = 0; i < 100; i++) channel.send(`${canary} ${i}`);
  for (let i = 0; i < 32; i++) channel.send(canary.repeat(16384 / canary.length));
  const late = Date.now() + 60000;
  while (came.length < 132 && Date.now() < late) await new Promise((r) => setTimeout(r, 20));
  return came.filter((text) => text.startsWith(canary)).length;
})"""
PAIR = """(async () => {
  const all = new Map([...(await pc.getStats()).values()].map((s) => [s.id, s]));
  const transport = [...all.values()].find((s) => s.type === "transport");
  const pair = all.get(transport.selectedCandidatePairId);
  return [all.get(pair.localCandidateId).candidateType,
          all.get(pair.remoteCandidateId).candidateType, pair.bytesSent, pair.bytesReceived];
})()"""


def call(tab, script, *words):
    return tab.run(f"{script}({', '.join(map(json.dumps, words))})")


def browsers_meet(here):
    url = f"turn:{here.server.address}:{here.port}?transport={here.kind}"
    with contextlib.ExitStack() as open_ones:
        one, two = [open_ones.enter_context(Browser(side.host.space.command, here.server.address))
                    .tab() for side in here.net.sides]
        for tab in (one, two):
            call(tab, PEER, url, USER, PASSWORD)
        answer = call(two, ANSWER, one.run(OFFER))
        two.run("opened.then(() => channel.onmessage = (e) => channel.send(e.data)), true")
        call(one, ACCEPT, answer)
        back = call(one, SEND, CANARY)
        check(back == 132, f"{back} of 132 came back")
        pairs = [tab.run(PAIR) for tab in (one, two)]
        print(f"pairs {pairs}", flush=True)
        for local, remote, sent, received in pairs:
            check((local, remote) == ("relay", "relay"), f"they met otherwise: {pairs}")
            check(sent > 1 << 19 and received > 1 << 19, f"where did it go? {pairs}")


    got = here.counters()
    print(got, flush=True)
    check(got["allocated"] >= 2 and got["sent_bytes"] > 1 << 20, f"it went elsewhere: {got}")
    check((got["connected"] >= 2) == (here.kind == "tcp"), f"it went otherwise: {got}")


def browsers_unread(bin_dir, kind):
    program()
    with world(bin_dir, kind) as here, here.captured() as packets:
        browsers_meet(here)
        seen = packets()
        check(len(seen) > 1 << 21, f"the capture has {len(seen)} bytes only")
        check(CANARY.encode() not in seen, "whoever relays reads what is said")


def case_browsers(bin_dir):
    browsers_unread(bin_dir, "udp")


def case_browsers_tcp(bin_dir):
    browsers_unread(bin_dir, "tcp")


def main():
    if len(sys.argv) != 3 or "case_" + sys.argv[2] not in globals():
        print(__doc__, "cases:", *[n[5:] for n in globals() if n.startswith("case_")])
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # labs are closed on the way out
    reason = lab.why_not()
    if reason:
        print(f"skipped: {reason}")
        return 77
    try:
        globals()["case_" + sys.argv[2]](sys.argv[1])
    except (Failure, node_rig.Failure) as error:
        print(f"failed: {error}")
        return 1
    except (Skip, node_rig.Skip) as reason:
        print(f"skipped: {reason}")
        return 77
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
