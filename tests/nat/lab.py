"""A laboratory of networks: hosts behind home routers of each kind, servers, and an Internet
between them, for plain sockets and for real nodes (docs/spec/reach.md RE-71).

    host - router - [carrier's router] - ether - server

Hosts, routers and servers are network namespaces without names, held by file descriptors of the
process that made the lab: they end with it, however it ends. Routers translate by nft and the
kernel's conntrack. The ether is a process (ether.py) between TUN devices: it knows whose each
prefix is, and keeps each packet for the delay of both its lines (the kernel's netem is not
everywhere). It sees when the lab's process ends; then it kills what was started in the lab, known
by GEONET_LAB in its environment, and removes the directory. Should the ether be killed, too, the
next lab does that. Nothing outside of the namespaces is touched but that directory.

A kind may also be a Box: a router of the simulators' model (nat_box), for UDP over IPv4 alone, of
which nothing is in the kernel; for what nft has no words for.

    with lab.Lab(["port", "sym"]) as net:
        a, b = net.sides
        node = net.start(a.host, ["build/dev/cmd/geonetd", ...], "a")
        net.cut(a); net.restore(a)

Kinds of sides: KINDS. A lab needs root, /dev/net/tun, `ip` and `nft`; why_not() says what is not
there.
"""
import contextlib, ctypes, fcntl, glob, json, os, select, shutil, socket, stat, struct, subprocess
import sys, tempfile, time

import ether

HAS_IPV6 = os.path.isdir("/proc/sys/net/ipv6")
KINDS = ("open", "full", "addr", "port", "cg", "sym", "small", "blocked", "443")
CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000
LINE_DELAY = 10  # ms, one way, of each line to the ether
PATIENCE = 20  # seconds that any one tool may take
libc = ctypes.CDLL(None, use_errno=True)


class Trouble(Exception):
    pass


def syscall(name, *words):
    if getattr(libc, name)(*words):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


# ---- namespaces ----


class Space:
    """A network namespace, held by a descriptor. Entering it moves this thread only."""

    def __init__(self, name):
        self.name = name
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            syscall("unshare", CLONE_NEWNET)
            self.fd = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        finally:
            syscall("setns", home, CLONE_NEWNET)
            os.close(home)
        self.path = f"/proc/{os.getpid()}/fd/{self.fd}"

    @contextlib.contextmanager
    def inside(self):
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            syscall("setns", self.fd, CLONE_NEWNET)
            yield
        finally:
            syscall("setns", home, CLONE_NEWNET)
            os.close(home)

    def command(self, *words):
        return ["nsenter", f"--net={self.path}", "--", *words]

    def run(self, *words, text=None):
        """What a command prints that is run inside."""
        done = subprocess.run(self.command(*words), input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, check=False)
        if done.returncode:
            raise Trouble(f"{self.name}: {' '.join(words)}: {done.stdout.strip()}\n{text or ''}")
        return done.stdout

    def ip(self, lines):
        self.run("ip", "-batch", "-", text="\n".join(lines) + "\n")

    def nft(self, text):
        self.run("nft", "-f", "-", text=text)

    def sysctl(self, path, value):
        with self.inside(), open(f"/proc/sys/net/{path}", "w", encoding="ascii") as f:
            f.write(f"{value}\n")

    def socket(self, address, port=0, kind=socket.SOCK_DGRAM):
        """A bound socket that does not wait."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with self.inside():
            s = socket.socket(family, kind)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((address, port))
        s.setblocking(False)
        return s

    def conntrack(self, what, flags):
        """One request to it, as ctnetlink has them; its answers are left unread."""
        with self.inside():
            s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)  # NETLINK_NETFILTER
        with s:
            s.settimeout(PATIENCE)
            s.send(struct.pack("=IHHIIBBH", 20, 1 << 8 | what, flags, 1, 0, 0, 0, 0))
            kind = error = 0
            while kind not in (2, 3):  # NLMSG_ERROR, which is the answer, too; NLMSG_DONE
                kind, error = struct.unpack_from("=4xH10xi", s.recv(1 << 16))
        if kind == 2 and error:
            raise OSError(-error, f"{self.name}: conntrack: {os.strerror(-error)}")

    def forget_flows(self):
        """The table is emptied: IPCTNL_MSG_CT_DELETE without a filter."""
        self.conntrack(2, 1 | 4)

    def collect_flows(self):
        """Those that have ended leave the table, in which the kernel may have them for a minute
        still: who shows it (IPCTNL_MSG_CT_GET, NLM_F_DUMP) removes them."""
        self.conntrack(1, 1 | 0x300)

    def close(self):
        os.close(self.fd)


def open_tun(directory):
    """/dev/net/tun, or one like it where /dev has none."""
    try:
        return os.open("/dev/net/tun", os.O_RDWR)
    except FileNotFoundError:
        path = os.path.join(directory, "tun")
        if not os.path.exists(path):
            os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(10, 200))
        return os.open(path, os.O_RDWR)


# ---- what a router of each kind does ----


def rules(side, wan_drop):
    """nft's text for the router of a side."""
    kind, host, outer = side.kind, side.inner, side.outer
    post, pre, forward, enter, sets = [], [], [], [], ""
    if kind in ("full", "addr"):
        post = [f'oifname "wan" ip saddr {host} meta l4proto udp snat to {outer}']
        pre = [f'iifname "wan" ip daddr {outer} meta l4proto udp dnat to {host}']
    if kind == "addr":
        sets = "set seen {\n type ipv4_addr\n flags dynamic, timeout\n timeout 120s\n }\n"
        forward = ['oifname "wan" meta l4proto udp update @seen { ip daddr }',
                   'iifname "wan" meta l4proto udp ip saddr != @seen drop']
    if kind == "sym":
        post = ['oifname "wan" masquerade fully-random']
    if kind == "small":
        post = ['oifname "wan" meta l4proto udp masquerade to :20000-20999 fully-random']
    if kind == "blocked":
        forward = ["meta l4proto udp drop"]
    if kind == "443":
        forward = ['iifname "lan" tcp dport 443 accept', "ct state established accept", "drop"]
    if kind != "open":
        post.append('oifname "wan" masquerade')
    if wan_drop:
        enter = ['iifname "wan" drop']
    return table("ip", sets, post=post, pre=pre, forward=forward, enter=enter) + rules6(side)


def rules6(side):
    """IPv6 is not translated; what nobody inside asked for stays outside (RFC 6092), and what is
    blocked is blocked."""
    block = {"blocked": ["meta l4proto udp drop"],
             "443": ['iifname "lan" tcp dport 443 accept', "ct state established accept",
                     "meta l4proto != ipv6-icmp drop"]}.get(side.kind, [])
    shut = ["ct state established,related accept", 'iifname "wan" drop']
    return table("ip6", forward=block + (shut if side.kind != "open" else []))


HOOKS = {"post": "nat hook postrouting priority 100", "pre": "nat hook prerouting priority -100",
         "forward": "filter hook forward priority 0", "enter": "filter hook input priority 0"}


def table(family, sets="", **chains):
    text = f"add table {family} lab\ndelete table {family} lab\ntable {family} lab {{\n{sets}"
    for name, lines in chains.items():
        if lines:
            body = "".join(f" {line}\n" for line in lines)
            text += f"chain {name} {{\n type {HOOKS[name]};\n{body}}}\n"
    return text + "}\n"


BLOCK = "".join(
    f"table {family} block {{\n chain forward {{\n type filter hook forward priority -10;\n"
    " meta l4proto udp drop\n }\n}\n" for family in ("ip", "ip6"))
UNBLOCK = "".join(f"add table {f} block\ndelete table {f} block\n" for f in ("ip", "ip6"))


class Box:
    """A kind of side: nat_box, and the words it is told ("m=1", "f=3", "delta=2", ...)."""

    def __init__(self, program, *words):
        self.program, self.words = program, words

    def __str__(self):
        return f"box {' '.join(self.words)}"


class Host:
    """A host with its namespace and its addresses."""

    def __init__(self, space, address, address6):
        self.space, self.address, self.address6 = space, address, address6


class Side:
    """A host behind a router of a kind. inner: the host's address; outer: what the Internet sees
    (the host's own where nothing is translated); inner6: the host's of IPv6, or None."""

    def __init__(self, number, kind):
        self.number, self.kind, self.carrier = number, kind, None
        self.net, self.net6 = f"198.18.{number + 1}", f"2001:db8:{number + 1:x}"
        self.open = kind == "open"
        self.lan = self.net if self.open else "192.168.1"
        self.inner, self.gate = f"{self.lan}.2", f"{self.lan}.1"
        self.public = f"{self.net}.254" if self.open else f"{self.net}.1"
        self.outer = self.inner if self.open else self.public
        self.home_outer = "100.64.0.2" if kind == "cg" else self.public
        self.via = f"via {self.gate}"
        self.inner6 = self.host = self.router = self.line = self.box = None


# ---- the lab ----


class Lab:
    """sides and servers; see the module. delay: of each line, ms, one way. wan_drop: routers drop
    what is for themselves, and keep no flow of it (RE-21). Times of conntrack: seconds, or the
    kernel's (30, 120). ipv6: needs HAS_IPV6."""

    def __init__(self, kinds, servers=3, ipv6=False, wan_drop=True, delay=LINE_DELAY,
                 timeouts=None):
        self.ipv6, self.wan_drop, self.delay, self.timeouts = ipv6, wan_drop, delay, timeouts
        self.spaces, self.lines, self.started, self.orders = [], [], [], None
        sweep()
        self.directory = tempfile.mkdtemp(prefix=f"geonet-lab-{os.getpid()}-")
        new, lock = (os.path.join(self.directory, name) for name in ("new", "lock"))
        self.lock = open(new, "w", encoding="ascii")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        os.rename(new, lock)  # whoever sees it finds it locked
        try:
            self.sides = [self.make_side(i, kind) for i, kind in enumerate(kinds)]
            self.servers = [self.make_server(i) for i in range(servers)]
            self.start_ether()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # building

    def space(self, name, forwards=False):
        s = Space(name)
        self.spaces.append(s)
        for where in ("all", "default"):
            s.sysctl(f"ipv4/conf/{where}/rp_filter", 0)
            s.sysctl(f"ipv4/conf/{where}/send_redirects", 0)
            s.sysctl(f"ipv4/conf/{where}/accept_redirects", 0)
            if HAS_IPV6:
                s.sysctl(f"ipv6/conf/{where}/disable_ipv6", 0 if self.ipv6 else 1)
                s.sysctl(f"ipv6/conf/{where}/accept_dad", 0)
                s.sysctl(f"ipv6/conf/{where}/accept_ra", 0)
        if forwards:
            s.sysctl("ipv4/ip_forward", 1)
            if self.ipv6:
                s.sysctl("ipv6/conf/all/forwarding", 1)
        return s

    def line(self, space, prefixes):
        """A TUN device "wan" of the namespace; its number in the ether."""
        with space.inside():
            fd = open_tun(self.directory)
            fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"wan", IFF_TUN | IFF_NO_PI))
        return self.add_line(fd, prefixes)

    def add_line(self, fd, prefixes):
        self.lines.append({"fd": fd, "prefixes": prefixes, "delay": self.delay / 1000,
                           "cut": False, "most": 65536})
        return len(self.lines) - 1

    @staticmethod
    def prefixes(net, net6):
        v4 = socket.inet_aton(net + ".0")[:3]
        return [v4.hex(), socket.inet_pton(socket.AF_INET6, net6 + "::")[:6].hex()]

    def v6(self, *lines):
        return list(lines) if self.ipv6 else []

    def make_box(self, side):
        """The host's interface is a TUN device whose other end nat_box has."""
        host = self.space(f"side {side.number} ({side.kind}) host")
        side.host, side.via = Host(host, side.inner, None), "dev eth0"
        with host.inside():
            inside = open_tun(self.directory)
            fcntl.ioctl(inside, TUNSETIFF, struct.pack("16sH22x", b"eth0", IFF_TUN | IFF_NO_PI))
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        side.line = self.add_line(mine.detach(), self.prefixes(side.net, side.net6))
        host.ip(["link set lo up"])
        self.plug(side)
        side.box = subprocess.Popen(
            [side.kind.program, str(inside), str(its.fileno()), f"{side.outer}:1",
             *side.kind.words], pass_fds=[inside, its.fileno()], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=dict(os.environ, GEONET_LAB=self.directory),
            start_new_session=True)
        self.started.append(side.box)
        os.close(inside)
        its.close()

    def make_side(self, number, kind):
        if isinstance(kind, Box):
            side = Side(number, kind)
            self.make_box(side)
            return side
        if kind not in KINDS:
            raise ValueError(f"there is no kind {kind} of side: {', '.join(KINDS)}")
        side = Side(number, kind)
        side.inner6 = f"{side.net6}:1::2" if self.ipv6 else None
        name = f"side {number} ({kind})"
        host, side.router = self.space(f"{name} host"), self.space(f"{name} router", True)
        side.host = Host(host, side.inner, side.inner6)
        outmost = side.router
        if kind == "cg":
            outmost = side.carrier = self.space(f"{name} carrier", True)
        side.line = self.line(outmost, self.prefixes(side.net, side.net6))
        side.router.ip([
            "link set lo up", f"link add lan type veth peer name eth0 netns {host.path}",
            f"address add {side.gate}/24 dev lan", "link set lan up",
            *self.v6(f"address add {side.net6}:1::1/64 dev lan")])
        outmost.ip(["link set lo up", f"address add {side.public}/32 dev wan", "link set wan up",
                    "route add default dev wan", *self.v6("route add ::/0 dev wan")])
        if side.carrier:
            self.join_carrier(side)
        host.ip(["link set lo up"])
        self.plug(side)
        self.set_rules(side)
        for router in (side.router, side.carrier):
            for path, seconds in zip(("", "_stream"), self.timeouts or ()):
                if router:
                    router.sysctl(f"netfilter/nf_conntrack_udp_timeout{path}", seconds)
        return side

    def join_carrier(self, side):
        side.carrier.ip([
            f"link add lan type veth peer name wan netns {side.router.path}",
            "address add 100.64.0.1/10 dev lan", "link set lan up",
            *self.v6(f"address add {side.net6}:2::1/64 dev lan",
                     f"route add {side.net6}:1::/64 via {side.net6}:2::2 dev lan")])
        side.router.ip([
            f"address add {side.home_outer}/10 dev wan", "link set wan up",
            "route add default via 100.64.0.1",
            *self.v6(f"address add {side.net6}:2::2/64 dev wan",
                     f"route add ::/0 via {side.net6}:2::1 dev wan")])

    def make_server(self, number):
        net, net6 = f"198.19.{number + 1}", f"2001:db8:ff{number + 1:02x}"
        space = self.space(f"server {number}")
        self.line(space, self.prefixes(net, net6))
        space.ip(["link set lo up", f"address add {net}.1/32 dev wan", "link set wan up",
                  "route add default dev wan",
                  *self.v6(f"address add {net6}::1/128 dev wan", "route add ::/0 dev wan")])
        return Host(space, f"{net}.1", f"{net6}::1" if self.ipv6 else None)

    def set_rules(self, side):
        side.router.nft(rules(side, self.wan_drop))
        if side.carrier:
            side.carrier.nft(rules(side, self.wan_drop))

    def start_ether(self):
        fds = [line["fd"] for line in self.lines]
        setup = json.dumps({"lines": self.lines, "directory": self.directory})
        self.ether = subprocess.Popen(
            [sys.executable, "-B", ether.__file__, setup], pass_fds=fds,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.orders = self.ether.stdin
        self.ether.wait(PATIENCE)  # it goes on without us
        if not self.await_ether():
            raise Trouble("the ether did not begin")

    def await_ether(self):
        """What it says: b"" when it has ended; None: nothing in PATIENCE."""
        if select.select([self.ether.stdout], [], [], PATIENCE)[0]:
            return os.read(self.ether.stdout.fileno(), 100)
        return None

    def order(self, line, **words):
        self.orders.write(json.dumps({"line": line} | words).encode() + b"\n")
        self.orders.flush()

    # what is done with it

    def start(self, host, words, name, **options):
        """A command on a host; its data directory NAME in the lab's is made, its output goes to
        NAME/log. A Popen, with .data and .log; what still runs at the end is ended."""
        data = self.data(name)
        log = os.path.join(data, "log")
        with open(log, "ab") as out:
            process = subprocess.Popen(
                host.space.command(*words), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env=dict(os.environ, GEONET_LAB=self.directory), start_new_session=True, **options)
        process.data, process.log = data, log
        self.started.append(process)
        return process

    def data(self, name):
        """Where `start` would put it: for what must lie there before."""
        data = os.path.join(self.directory, name)
        os.makedirs(data, mode=0o700, exist_ok=True)  # or a node does not want it
        return data

    def cut(self, side):
        """The line is dead and nobody is told: neither host nor router sees a link go."""
        self.order(side.line, cut=True)

    def restore(self, side):
        self.order(side.line, cut=False)

    def set_delay(self, side, delay):
        self.order(side.line, delay=delay / 1000)

    def narrow(self, side, most):
        """No longer packet passes, and nobody is told. (To nft a train of them is one packet.)"""
        self.order(side.line, most=most)

    def unplug(self, side):
        """The host's interface goes down."""
        side.host.space.ip(["link set eth0 down"])

    def plug(self, side):
        """Up, with address and routes, as after unplug, drop_route or with a new address."""
        lines = [f"address replace {side.inner}/24 dev eth0", "link set eth0 up",
                 f"route replace default {side.via}"]
        if side.inner6:
            lines += [f"address replace {side.inner6}/64 dev eth0",
                      f"route replace ::/0 via {side.net6}:1::1"]
        side.host.space.ip(lines)

    def drop_route(self, side):
        """The host knows no way out; its address stays."""
        side.host.space.ip(["route del default"] + (["route del ::/0"] if side.inner6 else []))

    def change_inner(self, side):
        """The host gets another address of its network; its old one is gone."""
        old, last = side.inner, int(side.inner.rsplit(".", 1)[1])
        side.inner = side.host.address = f"{side.lan}.{last + 1}"
        side.outer = side.inner if side.open else side.outer
        side.host.space.ip([f"address del {old}/24 dev eth0"])
        self.plug(side)
        if not side.box:
            self.set_rules(side)

    def change_outer(self, side):
        """The router, or the carrier's, gets another public address; flows are forgotten."""
        if side.open or side.box:
            raise ValueError("of a side that is open, or of a box, there is no such address")
        router = side.carrier or side.router
        router.ip([f"address del {side.public}/32 dev wan"])
        last = int(side.public.rsplit(".", 1)[1])
        side.public = side.outer = f"{side.net}.{last + 1}"
        if not side.carrier:
            side.home_outer = side.public
        router.ip([f"address add {side.public}/32 dev wan", "route replace default dev wan",
                   *self.v6("route replace ::/0 dev wan")])
        self.rebind(side)

    def rebind(self, side):
        """The router forgets all flows, as after a reboot, and the carrier's too."""
        if side.box:
            self.tell_box(side, b"f")
            return
        self.set_rules(side)
        for router in (side.router, side.carrier):
            if router:
                router.forget_flows()

    def block_udp(self, side, on=True):
        """From now on no UDP passes, of neither version, also of flows that there are."""
        if side.box:
            self.tell_box(side, b"b" if on else b"u")
            return
        side.router.nft(UNBLOCK + (BLOCK if on else ""))

    @staticmethod
    def tell_box(side, order):
        side.box.stdin.write(order)
        side.box.stdin.flush()
        done = select.select([side.box.stdout], [], [], PATIENCE)[0]
        if not done or os.read(side.box.stdout.fileno(), 1) != order:
            raise Trouble(f"{side.kind} does not obey")

    def close(self):
        """Ends what was started, then all else. May be called twice."""
        for process in self.started:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in self.started:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.started = []
        for space in self.spaces:
            space.close()
        self.spaces = []
        for line in self.lines:
            os.close(line["fd"])
        self.lines = []
        if self.orders and not self.orders.closed:
            self.orders.close()
            if self.await_ether() is None:
                raise Trouble("the ether did not end")
            self.ether.stdout.close()
        ether.clear(self.directory)
        self.lock.close()


def sweep():
    """Removes labs whose process and whose ether were killed: nobody locks them, and the process of
    their name is no more."""
    for directory in glob.glob(os.path.join(tempfile.gettempdir(), "geonet-lab-*-*")):
        with contextlib.suppress(OSError):
            with open(os.path.join(directory, "lock"), "r+", encoding="ascii") as f:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                ether.clear(directory)
            continue
        owner = f"/proc/{os.path.basename(directory).split('-')[2]}"
        if not os.path.exists(os.path.join(directory, "lock")) and not os.path.exists(owner):
            shutil.rmtree(directory, ignore_errors=True)


def why_not():
    """Why there can be no lab here; None: there can."""
    if os.geteuid() != 0:
        return "network namespaces with NAT need root"
    for tool in ("ip", "nft", "nsenter"):
        if not shutil.which(tool):
            return f"there is no {tool} (tools/setup dev installs it)"
    try:
        with Lab(["addr", "sym"], servers=0) as lab:
            for side in lab.sides:
                lab.rebind(side)
    except (OSError, Trouble) as error:
        return f"this kernel or machine makes no such networks: {error}".splitlines()[0]
    return None
