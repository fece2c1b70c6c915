"""The Internet of a lab (lab.py): a process that moves packets between the lines of its sides and
servers, and clears up when the lab's process has ended, however it did.
"""
import contextlib, heapq, itertools, json, os, select, shutil, signal, sys, time


class Ether:
    """Moves IP packets between lines, which are TUN devices or sockets; of a line: its descriptor,
    its prefixes, its delay in seconds, whether it is cut, the longest packet that passes. Ends with
    its orders."""

    def __init__(self, lines, orders):
        self.lines, self.orders = lines, orders
        self.waiting, self.order = [], itertools.count()
        self.routes = {}
        for line in lines:
            os.set_blocking(line["fd"], False)
            for prefix in line["prefixes"]:
                self.routes[bytes.fromhex(prefix)] = line

    def line_to(self, packet):
        """By /24 of IPv4 and /48 of IPv6."""
        if packet[0] >> 4 == 4:
            return self.routes.get(packet[16:19])
        return self.routes.get(packet[24:30])

    def take(self, line):
        """False: its other end is gone."""
        for _ in range(64):
            try:
                packet = os.read(line["fd"], 65536)
            except BlockingIOError:
                break
            if not packet:
                return False
            to = self.line_to(packet) if len(packet) >= 20 else None
            if to is None or line["cut"] or to["cut"]:
                continue
            if len(packet) > min(line["most"], to["most"]):
                continue
            at = time.monotonic() + line["delay"] + to["delay"]
            heapq.heappush(self.waiting, (at, next(self.order), to, packet))
        return True

    def give(self):
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            _, _, to, packet = heapq.heappop(self.waiting)
            if not to["cut"]:
                with contextlib.suppress(OSError):  # its device may be down
                    os.write(to["fd"], packet)

    def obey(self):
        """False: there will be no orders any more."""
        text = os.read(self.orders, 65536)
        for order in text.decode().splitlines():  # short lines in a pipe come whole
            words = json.loads(order)
            self.lines[words["line"]].update(words)
        return bool(text)

    def run(self):
        poll = select.epoll()
        by_fd = {line["fd"]: line for line in self.lines}
        for fd in [*by_fd, self.orders]:
            poll.register(fd, select.EPOLLIN)
        while True:
            wait = self.waiting[0][0] - time.monotonic() if self.waiting else -1
            for fd, _ in poll.poll(max(wait, 0) if self.waiting else -1):
                if fd == self.orders:
                    if not self.obey():
                        return
                elif not self.take(by_fd[fd]):
                    poll.unregister(fd)
            self.give()


def processes_of(directory):
    """Those that were started in the lab of that directory."""
    mark = f"GEONET_LAB={directory}".encode()
    for pid in os.listdir("/proc"):
        if not pid.isdigit() or int(pid) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/environ", "rb") as f:
                if mark in f.read().split(b"\0"):
                    yield int(pid)


def clear(directory):
    """Kills what was started there and removes the directory; twice, for who was just being
    started."""
    for _ in range(2):
        for pid in list(processes_of(directory)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    shutil.rmtree(directory, ignore_errors=True)


def main():
    """Told on the command line, obeys on stdin, says "ready", and ends its stdout when all is gone.
    In a session of its own, with nobody as its parent: who kills a test's processes does not find
    it."""
    setup = json.loads(sys.argv[1])
    if os.fork():
        os._exit(0)
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    try:
        os.write(1, b"ready\n")
        Ether(setup["lines"], 0).run()
    finally:
        clear(setup["directory"])


if __name__ == "__main__":
    main()
