"""A plain puncher in the lab: which pairs of home routers it brings together (docs/spec/reach.md
RE-71) with the times of RE-20, and the whole table of them."""
import selectors, time

from lab import KINDS, Lab

SENDS = (0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # RE-20
EASY, CONE = ("open", "full", "addr"), ("port", "cg")
HARD, SHUT = ("sym", "small"), ("blocked", "443")


def got(s, seconds=1.0):
    """(bytes, from) or None."""
    selector = selectors.DefaultSelector()
    with selector:
        selector.register(s, selectors.EVENT_READ)
        if not selector.select(seconds):
            return None
    data, address = s.recvfrom(2000)
    return data, address[:2]


class Puncher:
    """One end: challenges the other's candidates at SENDS, answers what comes where it came from,
    and challenges that, too."""

    def __init__(self, side, v6, port):
        self.side, self.v6 = side, v6
        self.socket = side.host.space.socket(side.inner6 if v6 else side.inner, port)
        self.told, self.heard, self.through, self.sent = None, None, None, 0

    def send(self, what, to):
        try:
            self.socket.sendto(what, to)
        except OSError:  # nothing there: an answer of the network
            pass

    def take(self, began):
        try:
            data, address = self.socket.recvfrom(100)
        except OSError:
            return
        address = address[:2]
        if data == b"answer":
            self.through = self.through or time.monotonic() - began
        elif data == b"challenge":
            self.send(b"answer", address)
            if self.heard != address:
                self.heard = address
                self.send(b"challenge", address)


def learn(net, ends):
    """What a server sees of each is what the others are told."""
    for v6 in (False, True):
        mine = [e for e in ends if e.v6 == v6]
        if not mine:
            continue
        server = net.servers[0]
        with server.space.socket(server.address6 if v6 else server.address) as ask:
            by_word = {str(i).encode(): e for i, e in enumerate(mine)}
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline and not all(e.told for e in mine):
                for word, end in by_word.items():
                    if not end.told:
                        end.send(word, ask.getsockname()[:2])
                while (seen := got(ask, 0.15)):
                    by_word[seen[0]].told = seen[1]


def punch(net, pairs, ports, v6=False, late=0):
    """pairs of sides, all at once; for each the seconds until both had an answer, or None. Both
    ends of a pair begin at the same time, or the second some seconds late."""
    ends = [[Puncher(side, v6, next(ports)) for side in pair] for pair in pairs]
    every = [e for pair in ends for e in pair]
    learn(net, every)
    peer = {id(e): o for a, b in ends for e, o in ((a, b), (b, a))}
    delay = {id(e): d for a, b in ends for e, d in ((a, 0), (b, late))}
    began = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for end in every:
            selector.register(end.socket, selectors.EVENT_READ, end)
        while (now := time.monotonic() - began) < SENDS[-1] + late + 0.3:
            for end in every:
                while end.sent < len(SENDS) and SENDS[end.sent] + delay[id(end)] <= now:
                    end.sent += 1
                    if peer[id(end)].told and not end.through:
                        end.send(b"challenge", peer[id(end)].told)
            for key, _ in selector.select(0.005):
                key.data.take(began)
            if all(e.through for e in every):
                break
    for end in every:
        end.socket.close()
    return [max(a.through, b.through) if a.through and b.through else None for a, b in ends]


def expected(a, b, v6=False):
    """A cell of RE-71; a plain puncher gets through in D."""
    if a in SHUT or b in SHUT:
        return "W"
    if v6 or a in EASY or b in EASY:
        return "D"
    if a in HARD and b in HARD:
        return "R"
    return "G" if a in HARD or b in HARD else "D"


def ports_from(first):
    return iter(range(first, 60000))


def show_table(rows):
    print("expected/observed: + ms of a plain puncher, . none")
    print("          " + "".join(f"{k:>10}" for k in KINDS))
    for a in KINDS:
        cells = []
        for b in KINDS:
            want, seconds = rows[a, b]
            cells.append(f"{want}/" + ("." if seconds is None else f"+{seconds * 1000:.0f}"))
        print(f"{a:>10}" + "".join(f"{c:>10}" for c in cells), flush=True)


def is_wrong(row):
    want, seconds = row
    return (seconds is not None) != (want == "D")


def one_round(net, turn, ports, v6):
    """Nine pairs at once, each kind on either side; again those that are not as expected."""
    count, rows = len(KINDS), {}
    todo = [(i, (i + turn) % count) for i in range(count)]
    for _ in range(3):
        for side in net.sides:
            net.rebind(side)
        times = punch(net, [(net.sides[i], net.sides[count + k]) for i, k in todo], ports, v6)
        for (i, k), seconds in zip(todo, times):
            rows[KINDS[i], KINDS[k]] = expected(KINDS[i], KINDS[k], v6), seconds
        todo = [(i, k) for i, k in todo if is_wrong(rows[KINDS[i], KINDS[k]])]
        if not todo:
            break
        print("again:", *[f"{KINDS[i]}, {KINDS[k]};" for i, k in todo])
    return rows


def whole_table(v6):
    wrong = []
    for wan_drop in (True, False):
        print(f"\nrouters {'drop' if wan_drop else 'keep'} strangers' packets", flush=True)
        with Lab(KINDS * 2, servers=1, ipv6=v6, wan_drop=wan_drop) as net:
            ports, rows = ports_from(10000), {}
            for turn in range(len(KINDS)):
                rows |= one_round(net, turn, ports, v6)
        show_table(rows)
        wrong += [pair for pair, row in rows.items() if is_wrong(row)]
    print("as expected" if not wrong else f"not as expected: {wrong}")
    return 1 if wrong else 0
