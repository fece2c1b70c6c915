"""People with wallets and a hub for tests/wallet_*_test.py, and who stands between them."""
import http.client, http.server, json, os, pty, select, socket, subprocess, threading

from hub_client import Hub, check
from hub_rig import FREE, with_unit

UNKNOWN = 6


class Wallets:
    """People with key files, their wallets run as programs."""

    def __init__(self, bin_dir, base, hub, *names):
        self.geonet, self.base, self.hub = os.path.join(bin_dir, "geonet"), base, hub
        self.env = dict(os.environ, GEONET_HUB=hub.url, NO_COLOR="1")
        self.pid = {}
        for name in names:
            self.run(name, "id", "new", "--no-passphrase", "--no-publish")
            self.pid[name] = self.run(name, "wallet", "join", "--name", name.capitalize())["pid"]

    def raw(self, who, *words):
        return subprocess.run([self.geonet, *words, "--data",
                               os.path.join(self.base, who)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.env, timeout=300)

    def run(self, who, *words, want=0):
        """The one JSON document on stdout."""
        out = self.raw(who, *words, "--json")
        check(
            out.returncode == want,
            f"geonet {' '.join(words)}: exit {out.returncode}, wanted {want}: "
            f"{out.stdout.decode()} {out.stderr.decode()}"
        )
        return json.loads(out.stdout)

    def text(self, who, *words, want=0):
        """What a person reads, of both streams."""
        out = self.raw(who, *words)
        text = out.stdout.decode() + out.stderr.decode()
        check(out.returncode == want,
              f"geonet {' '.join(words)}: exit {out.returncode}, wanted {want}: {text}")
        return text

    def terminal(self, who, *words):
        """stdout and stderr of a command on a terminal."""
        master, slave = pty.openpty()
        env = {k: v for k, v in self.env.items() if k != "NO_COLOR"} | {"TERM": "xterm-256color"}
        process = subprocess.Popen([self.geonet, *words, "--data",
                                    os.path.join(self.base, who)], stdin=subprocess.DEVNULL,
                                   stdout=slave, stderr=slave, env=env)
        os.close(slave)
        data = b""
        while select.select([master], [], [], 60)[0]:
            try:
                more = os.read(master, 65536)
            except OSError:
                break
            if not more:
                break
            data += more
        process.wait(60)
        os.close(master)
        return data.decode()


class Proxy(http.server.ThreadingHTTPServer):
    """Stands between wallet and hub. fault(method, path, status, body) -> None (pass on), bytes
    (sent instead, then closed) or "reset"; before=True asks it before the hub has the request."""
    daemon_threads = True

    def __init__(self, hub):
        self.hub, self.fault, self.before, self.seen = hub, lambda *a: None, False, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def one(self):
                proxy = self.server
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
                self.close_connection = True
                proxy.seen.append((self.command, self.path, {k.lower() for k in self.headers}))
                if proxy.before and self.spoil(proxy.fault(self.command, self.path, 0, b"")):
                    return
                c = http.client.HTTPConnection("127.0.0.1", proxy.hub.port, timeout=60)
                c.request(self.command, self.path, body, {
                    k: v
                    for k, v in self.headers.items()
                    if k.lower() not in ("host", "connection")
                })
                answer = c.getresponse()
                data = answer.read()
                c.close()
                if proxy.before or not self.spoil(
                        proxy.fault(self.command, self.path, answer.status, data)):
                    self.wfile.write(
                        f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\n"
                        f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n"
                        .encode() + data)

            def spoil(self, what):
                if what == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                               b"\1\0\0\0\0\0\0\0")
                    self.connection.close()
                elif what is not None:
                    self.wfile.write(what)
                return what is not None

            do_GET = do_POST = do_PATCH = do_DELETE = one

            def log_message(self, *a):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *a):
        pass


def answer(status, body):
    data = body.encode()
    head = (f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n")
    return head.encode() + data


def error(status, code, message, details=None):
    return answer(
        status, json.dumps({"error": {"code": code, "message": message, "details": details or {}}}))


def start(bin_dir, base, *names):
    hub = Hub(bin_dir, base, *FREE)
    with_unit(hub)
    return hub, Wallets(bin_dir, base, hub, *names)


def owes(w, who):
    return next((e["total_debt"]
                 for e in w.run(who, "wallet", "balance")["equivalents"]
                 if e["code"] == "UAH"), "0.00")
