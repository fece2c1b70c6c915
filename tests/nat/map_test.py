"""A real node behind a home's router that gives it a port (docs/spec/reach.md RE-16): miniupnpd by
PCP and by UPnP, and routers that this test plays, which refuse, say nothing, know NAT-PMP alone, or
forget.

usage: map_test.py BIN_DIR CASE    exit 77: not here, and why
"""
import os, select, shutil, signal, socket, struct, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import Space, Trouble  # noqa: E402

PATIENCE = 60  # seconds: the bound of a hopeless wait
SKIPPED = 77
PORT, OUTER = 7777, "5.6.7.8"  # an address that no router takes for a private one
PCP_PORT = 5351


class Failure(Exception):
    pass


class Skip(Exception):
    pass


def check(condition, sentence):
    if not condition:
        raise Failure(sentence)


def eventually(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        check(time.monotonic() < deadline, f"it did not come true that {what}")
        time.sleep(0.1)
    return value


class Home:
    """host 192.168.7.2 - router 192.168.7.1, 5.6.7.8 - stranger 5.6.9.9."""

    def __init__(self, bin_dir):
        self.bin, self.base, self.started = bin_dir, tempfile.mkdtemp(prefix="geonet-map-"), []
        self.host, self.router, self.stranger = (Space(n) for n in ("host", "router", "stranger"))
        self.spaces = (self.host, self.router, self.stranger)
        self.router.ip([
            "link set lo up", f"link add lan type veth peer name eth0 netns {self.host.path}",
            f"link add wan type veth peer name eth0 netns {self.stranger.path}",
            "address add 192.168.7.1/24 dev lan", "link set lan up",
            f"address add {OUTER}/16 dev wan", "link set wan up"])
        self.host.ip(["link set lo up", "address add 192.168.7.2/24 dev eth0",
                      "link set eth0 up", "route add default via 192.168.7.1"])
        self.stranger.ip(["link set lo up", "address add 5.6.9.9/16 dev eth0",
                          "link set eth0 up"])
        self.router.sysctl("net/ipv4/ip_forward".removeprefix("net/"), 1)

    def start(self, space, words, name):
        data = os.path.join(self.base, name)
        os.makedirs(data, 0o700, exist_ok=True)
        with open(os.path.join(data, "log"), "ab") as log:
            process = subprocess.Popen(space.command(*words), stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log)
        process.log = os.path.join(data, "log")
        self.started.append(process)
        return process

    def node(self, space, name, *options):
        data = os.path.join(self.base, name)
        node = self.start(space, [
            os.path.join(self.bin, "geonetd"), "--data", data, "--port", str(PORT), "--http",
            "off", "--probation", "0", "--pow-bits", "10", "--lan", "no", "--nat-map", "yes",
            *options], name)
        eventually(f"the node {name} is ready", lambda: self.said(node, "ready: "))
        return node

    def miniupnpd(self, upnp):
        program = shutil.which("miniupnpd") or "/usr/sbin/miniupnpd"
        if not os.path.exists(program):
            raise Skip("there is no miniupnpd (Debian's miniupnpd-nftables)")
        self.router.nft("""
            table inet filter {
                chain miniupnpd { }
                chain forward { type filter hook forward priority 0; policy drop;
                    ct state established,related accept; iifname "lan" accept; jump miniupnpd; }
            }
            table inet nat {
                chain prerouting_miniupnpd { }
                chain postrouting_miniupnpd { }
                chain prerouting { type nat hook prerouting priority -100;
                    jump prerouting_miniupnpd; }
                chain postrouting { type nat hook postrouting priority 100;
                    jump postrouting_miniupnpd; oifname "wan" masquerade; }
            }
        """.replace("{ }", "{\n}"))
        path = os.path.join(self.base, "miniupnpd.conf")
        with open(path, "w", encoding="ascii") as f:
            f.write(f"""ext_ifname=wan
listening_ip=lan
enable_natpmp={"no" if upnp else "yes"}
enable_upnp={"yes" if upnp else "no"}
secure_mode=yes
min_lifetime=120
max_lifetime=86400
uuid=00000000-0000-0000-0000-000000000000
upnp_table_name=filter
upnp_nat_table_name=nat
upnp_forward_chain=miniupnpd
upnp_nat_chain=prerouting_miniupnpd
upnp_nat_postrouting_chain=postrouting_miniupnpd
allow 1024-65535 0.0.0.0/0 1024-65535
""")
        pid = os.path.join(self.base, "miniupnpd.pid")
        return self.start(self.router, [program, "-d", "-f", path, "-P", pid], "miniupnpd")

    def mapped(self):
        """Whether the router passes something on to the host."""
        return "192.168.7.2" in self.router.run("nft", "list", "ruleset")

    @staticmethod
    def said(process, word):
        with open(process.log, encoding="utf-8", errors="replace") as f:
            return next((line for line in f if word in line), "")

    def end(self, process):
        process.terminate()
        check(process.wait(60) == 0, f"it ended with {process.returncode}")
        self.started.remove(process)

    def close(self, failed):
        for process in self.started:
            process.terminate()
        for process in self.started:
            process.wait(60)
        if failed:
            for name in sorted(os.listdir(self.base)):
                log = os.path.join(self.base, name, "log")
                if os.path.exists(log):
                    with open(log, encoding="utf-8", errors="replace") as f:
                        print(f"---- {name}\n{f.read()[-4000:]}")
        for space in self.spaces:
            space.close()
        shutil.rmtree(self.base)


def held(home, node, by):
    line = eventually(f"a port is mapped by {by}", lambda: home.said(node, "map.held"))
    check(line.rstrip().endswith(f"{OUTER}:{PORT}, by {by}"), f"it says: {line}")


def through(home, by, upnp):
    """A mapping, by which a stranger's node joins the one at home, and its end."""
    home.miniupnpd(upnp)
    node = home.node(home.host, "home", "--advertise", f"{OUTER}:{PORT}")
    held(home, node, by)
    check(home.mapped(), "the router has no rule")
    far = home.node(home.stranger, "far", "--bootstrap", f"{OUTER}:{PORT}", "--nat-map", "no")
    eventually("the stranger's node has joined", lambda: home.said(far, "joined"))
    check(not home.said(far, "alone"), "nobody answered the stranger's node")
    home.end(far)
    home.end(node)
    eventually("the mapping is given back", lambda: not home.mapped())


def case_pcp(home):
    through(home, "PCP", upnp=False)


def case_upnp(home):
    through(home, "UPnP", upnp=True)


class Router:
    """PCP and NAT-PMP, as this test plays them: what was asked, as (protocol, seconds)."""

    def __init__(self, home):
        self.socket = home.router.socket("192.168.7.1", PCP_PORT)
        self.began = time.monotonic() - 1000
        self.asked, self.host = [], None

    def epoch(self):
        return int(time.monotonic() - self.began)

    def hear(self, seconds=PATIENCE):
        """The next request; b"": none in that time."""
        if not select.select([self.socket], [], [], seconds)[0]:
            return b""
        request, self.host = self.socket.recvfrom(1100)
        if request[0] == 2:
            self.asked.append(("PCP", struct.unpack_from(">I", request, 4)[0]))
        elif request[1]:
            self.asked.append(("NAT-PMP", struct.unpack_from(">I", request, 8)[0]))
        return request

    def say(self, answer):
        self.socket.sendto(answer, self.host)

    def pcp(self, request, result=0, seconds=7200):
        """The answer to a PCP request: its outer port is 4444."""
        return (request[:1] + bytes([request[1] | 0x80, 0, result])
                + struct.pack(">II12x", seconds, self.epoch()) + request[24:42]
                + struct.pack(">H", 4444) + bytes(10) + b"\xff\xff" + socket.inet_aton(OUTER))

    def nat_pmp(self, request, seconds=7200):
        head = struct.pack(">BBHI", 0, request[1] | 0x80, 0, self.epoch())
        if request[1] == 0:
            return head + socket.inet_aton(OUTER)
        return head + request[4:6] + struct.pack(">HI", 5555, seconds)


def case_refusal(home):
    """It is asked by PCP alone, and not again at once; UPnP, tried then, finds nothing, and the
    node works as before."""
    router, node = Router(home), home.node(home.host, "home")
    router.say(router.pcp(router.hear(), result=2, seconds=3600))  # not authorized
    check(not router.hear(3), f"it was asked again: {router.asked}")
    check(router.asked == [("PCP", 7200)], f"it was asked {router.asked}")
    check(not home.said(node, "map."), "a refusal was taken for a mapping")
    home.end(node)
    check(not router.hear(1), "what was not had was given back")


def case_silence(home):
    """Five times by each protocol; the node works on."""
    router, node = Router(home), home.node(home.host, "home")
    while router.hear(20) and len(router.asked) < 5:
        pass
    check([p for p, _ in router.asked] == 5 * ["PCP"], f"it was asked {router.asked}")
    tries = 0
    while tries < 5 and (request := router.hear(20)):
        check(request == b"\0\0", "NAT-PMP began with something else than the outer address")
        tries += 1
    check(tries == 5 and not router.hear(10), f"NAT-PMP was tried {tries} times, and on")
    check(not home.said(node, "map."), "silence was taken for a mapping")
    home.end(node)


def case_old(home):
    """A router that knows NAT-PMP alone says so."""
    router, node = Router(home), home.node(home.host, "home")
    router.hear()
    router.say(struct.pack(">BBHI", 0, 0x80, 1, router.epoch()))  # version 0 is what I know
    for _ in range(2):
        router.say(router.nat_pmp(router.hear()))
    line = eventually("a port is mapped", lambda: home.said(node, "map.held"))
    check(line.rstrip().endswith(f"{OUTER}:5555, by NAT-PMP"), f"it says: {line}")
    home.end(node)
    router.hear()
    check(router.asked[-1] == ("NAT-PMP", 0), f"{router.asked[-1]} gives nothing back")


def case_forgot(home):
    """The router began anew: it is asked at once. At the end the mapping is given back."""
    router, node = Router(home), home.node(home.host, "home")
    router.say(router.pcp(router.hear()))
    eventually("a port is mapped", lambda: home.said(node, f"{OUTER}:4444, by PCP"))
    check(not router.hear(1), "it asks again what it has")
    router.began = time.monotonic() - 1  # its clock is new
    router.say(struct.pack(">BBBBII12x", 2, 0x80, 0, 0, 0, router.epoch()))  # ANNOUNCE
    router.say(router.pcp(router.hear()))
    check(router.asked == 2 * [("PCP", 7200)], f"it was asked {router.asked}")
    home.end(node)
    router.hear()
    check(router.asked[-1] == ("PCP", 0), f"{router.asked[-1]} gives nothing back")


def children(process):
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as f:
        return f.read().split()


def case_stall(home):
    """Devices that speak UPnP: one that is not the router is not asked; the router's never answers,
    and who asks it is ended after MAP_CHILD_TIME, while the node works."""
    home.router.ip(["address add 192.168.7.50/24 dev lan"])
    listeners = [home.router.socket(a, 8080, socket.SOCK_STREAM)
                 for a in ("192.168.7.50", "192.168.7.1")]
    for s in listeners:
        s.listen()
    ssdp = home.router.socket("239.255.255.250", 1900)
    ssdp.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                    socket.inet_aton("239.255.255.250") + socket.inet_aton("192.168.7.1"))
    router, node = Router(home), home.node(home.host, "home")
    router.say(router.pcp(router.hear(), result=2, seconds=3600))
    check(select.select([ssdp], [], [], PATIENCE)[0], "no device was looked for")
    asks = ssdp.recvfrom(2000)
    answer = home.router.socket("192.168.7.1")
    for s in reversed(listeners):  # the last is read first
        answer.sendto(("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\n"
                       "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                       "USN: uuid:1::urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
                       f"LOCATION: http://{s.getsockname()[0]}:8080/d.xml\r\n\r\n").encode(),
                      asks[1])
    check(select.select(listeners, [], [], PATIENCE)[0] == listeners[1:], "it asked who is not it")
    began, asker = time.monotonic(), children(node)
    check(len(asker) == 1, f"it has the processes {asker}")
    eventually("the process was ended", lambda: not children(node))
    check(time.monotonic() - began < 30, "it was not ended, but gave up")
    check(not select.select(listeners[:1], [], [], 0)[0], "it asked who is not the router")
    check(not home.said(node, "map."), "something was taken for a mapping")
    home.end(node)


def case_moved(home):
    """Another address: what was mapped is no more, and the router is asked for that one."""
    router, node = Router(home), home.node(home.host, "home")
    router.say(router.pcp(router.hear()))
    eventually("a port is mapped", lambda: home.said(node, "map.held"))
    home.host.ip(["address del 192.168.7.2/24 dev eth0", "address add 192.168.7.9/24 dev eth0",
                  "route replace default via 192.168.7.1"])
    request = router.hear()
    while request[20:24] != socket.inet_aton("192.168.7.9"):
        request = router.hear()
        check(request, "it is not asked for the new address")
    check(home.said(node, "map.gone"), "the old mapping is still offered")


def main():
    bin_dir, case = sys.argv[1], sys.argv[2]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if os.geteuid() != 0:
        print("skipped: a network namespace needs root")
        return SKIPPED
    try:
        home = Home(bin_dir)
    except (OSError, Trouble, FileNotFoundError) as error:
        print(f"skipped: no networks here: {error}")
        return SKIPPED
    failed = True
    try:
        globals()["case_" + case](home)
        failed = False
    except Skip as reason:
        print(f"skipped: {reason}")
        failed = False
        return SKIPPED
    except (Failure, Trouble) as error:
        print(f"failed: {error}")
    finally:
        home.close(failed)
    print("failed" if failed else "passed")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
