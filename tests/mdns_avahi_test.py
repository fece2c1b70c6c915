#!/usr/bin/env python3
"""Discovery beside Avahi (RE-44): usage: mdns_avahi_test.py MDNS_SPEAK

Two machines (network namespaces) on one link. One runs Avahi's daemon, on a bus of its own, and our
discovery on the same port; the other ours alone. avahi-browse finds and resolves both, ours find
each other, and goodbyes are heard. Nothing of this machine is touched: network, /run and the bus
are the test's own. Exit 0 passed, 77 skipped with a reason, 1 failed with a sentence.
"""
import os, pwd, shutil, subprocess, sys, tempfile, time

SKIPPED = 77
PATIENCE = 30  # seconds: only a broken test waits as long
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/><allow user="*"/></policy>
</busconfig>
"""
AVAHI = """[server]
use-ipv4=yes
use-ipv6=no
allow-interfaces=gnb
enable-dbus=yes
"""


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def check(good, sentence):
    if not good:
        print(f"FAILED: {sentence}")
        sys.exit(1)


def eventually(what, sentence):
    end = time.monotonic() + PATIENCE
    while not what():
        check(time.monotonic() < end, sentence)
        time.sleep(0.2)


def where_it_can_run():
    """Goes on in a network and mount namespace of its own."""
    for tool in ("ip", "unshare", "nsenter", "avahi-daemon", "avahi-browse", "dbus-daemon"):
        if not shutil.which(tool):
            skip(f"there is no {tool} (packages iproute2, util-linux, avahi-utils, avahi-daemon)")
    try:
        pwd.getpwnam("avahi")
    except KeyError:
        skip("there is no user avahi, whom avahi-daemon wants")
    if os.geteuid() != 0:
        skip("a network namespace needs root")
    if len(sys.argv) == 2:
        os.execvp("unshare", ["unshare", "-n", "-m", sys.executable, __file__, sys.argv[1], "in"])


class Test:
    def __init__(self, speak):
        self.speak, self.started = speak, []
        self.dir = tempfile.mkdtemp(prefix="gn_avahi.")

    def start(self, *command, **more):
        more.setdefault("stdout", subprocess.DEVNULL)
        p = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, **more)
        self.started.append(p)
        return p

    def sh(self, command, inside=None):
        into = ["nsenter", "-n", "-t", str(inside.pid)] if inside else []
        subprocess.run([*into, "sh", "-ec", command], check=True)

    def stop(self):
        for p in reversed(self.started):
            p.stdin.close()
            if p.args[0] != self.speak:
                p.terminate()
            try:
                p.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                p.kill()
        shutil.rmtree(self.dir)

    def heard(self, name):
        with open(os.path.join(self.dir, name), encoding="ascii") as f:
            return f.read().split()

    def ours(self, name, *args):
        out = open(os.path.join(self.dir, name), "w", encoding="ascii")
        return self.start(self.speak, *args, stdout=out)

    def browse(self):
        r = subprocess.run(["avahi-browse", "-rpt", "_geonet._udp"], capture_output=True,
                           text=True, timeout=PATIENCE, check=False)
        return [line.split(";") for line in r.stdout.splitlines() if line.startswith("=")]

    def daemon(self):
        """Avahi's, with its bus, here."""
        bus = os.path.join(self.dir, "bus")
        for name, text in (("bus.conf", BUS % bus), ("avahi.conf", AVAHI)):
            with open(os.path.join(self.dir, name), "w", encoding="ascii") as f:
                f.write(text)
        self.sh("mount -t tmpfs none /run && mkdir -p /run/avahi-daemon")
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={bus}"
        self.start("dbus-daemon", f"--config-file={self.dir}/bus.conf", "--nofork", "--nopidfile",
                   stderr=subprocess.DEVNULL)
        eventually(lambda: os.path.exists(bus), "the bus does not come up")
        self.start("avahi-daemon", "-f", f"{self.dir}/avahi.conf", "--no-drop-root", "--no-chroot",
                   "--no-rlimits", stderr=subprocess.DEVNULL)
        eventually(lambda: os.path.exists("/run/avahi-daemon/pid"), "avahi-daemon does not start")

    def run(self):
        far = self.start("unshare", "-n", "sleep", "600")
        time.sleep(0.2)
        eventually(lambda: os.readlink(f"/proc/{far.pid}/ns/net") != os.readlink(
            "/proc/self/ns/net"), "no second namespace")
        self.sh("ip link set lo up; ip link add gnb type veth peer name gna; "
                f"ip link set gna netns {far.pid}; ip addr add 10.55.0.2/24 dev gnb; "
                "ip link set gnb up")
        self.sh("ip link set lo up; ip addr add 10.55.0.1/24 dev gna; ip link set gna up", far)
        self.daemon()
        out = open(os.path.join(self.dir, "far"), "w", encoding="ascii")
        there = self.start("nsenter", "-n", "-t", str(far.pid), self.speak, "gna", "10.55.0.1:1",
                           "7001", stdout=out)
        self.ours("near", "gnb", "10.55.0.2:1", "7002")
        eventually(lambda: "10.55.0.2:7002" in self.heard("far"), "the far one finds nobody")
        eventually(lambda: "10.55.0.1:7001" in self.heard("near"), "the near one finds nobody")
        eventually(lambda: {(s[7], s[8]) for s in self.browse()} ==
                   {("10.55.0.1", "7001"), ("10.55.0.2", "7002")},
                   "avahi-browse does not find both")
        for s in self.browse():
            check('"v=1"' in s[9] and '"n=deadbeef"' in s[9], f"the text is {s[9]}")
        there.stdin.close()
        there.wait(PATIENCE)
        self.started.remove(there)
        eventually(lambda: [s[8] for s in self.browse()] == ["7002"],
                   "Avahi does not hear the goodbye")


def main():
    where_it_can_run()
    test = Test(sys.argv[1])
    try:
        test.run()
    finally:
        test.stop()
    print("ok")


main()
