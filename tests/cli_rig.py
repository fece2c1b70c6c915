"""The tool and its DATA directories for a test, for tests/cli_*_test.py.

A case is case_NAME(place); main(globals()) runs the one that is named on the command line. Exit 0
passed, 77 skipped (the reason is printed), 1 failed with a sentence.
"""
import http.client, json, os, shutil, signal, socket, subprocess, sys, tempfile, time

from node_rig import Failure, Skip, check

FOUNDER = ("--port", "0", "--http", "0", "--probation", "0", "--pow-bits", "8")
PATIENCE = 300  # seconds: only ends a hopeless wait


def eventually(what, condition):
    deadline = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < deadline, f"it did not come true that {what}")
        time.sleep(0.1)


class Place:
    """A directory with the tool, and DATA directories in it, each with at most one node."""

    def __init__(self, bin_dir, base):
        self.geonet, self.base = os.path.join(bin_dir, "geonet"), base
        # the settings that keep nodes of different tests apart stay
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith("GEONET_") or k == "GEONET_SETTINGS"}
        self.env["HOME"] = base
        self.up = set()

    def data(self, name="d", file=None):
        return os.path.join(self.base, name, file) if file else os.path.join(self.base, name)

    def raw(self, *words, data="d", stdin=b"", stdout=subprocess.PIPE, env=None, pass_fds=()):
        return subprocess.run(
            [self.geonet, "--data", self.data(data), *words], input=stdin, stdout=stdout,
            stderr=subprocess.PIPE, env=env or self.env, timeout=PATIENCE, pass_fds=pass_fds,
            check=False)

    def run(self, *words, want=0, **how):
        done = self.raw(*words, **how)
        check(
            done.returncode == want,
            f"geonet {' '.join(words)}: exit {done.returncode}, wanted {want}: "
            f"{(done.stderr or b'').decode(errors='replace')}"
        )
        return done

    def json(self, *words, want=0, **how):
        return json.loads(self.run("--json", *words, want=want, **how).stdout)

    def says(self, *words, want=0, **how):
        done = self.run(*words, want=want, **how)
        return ((done.stdout or b"") + done.stderr).decode(errors="replace")

    def start(self, data="d", options=()):
        """A founder of its own network; one holder signs for what is put."""
        os.makedirs(self.data(data), mode=0o700, exist_ok=True)
        self.up.add(data)
        pid = self.json("up", *FOUNDER, *options, data=data)["pid"]
        if "--bootstrap" not in options:
            eventually("a founder answers for keys",
                       lambda: self.json("status", data=data)["server"])
        return pid

    def stop(self, data="d"):
        self.run("down", data=data)
        self.up.discard(data)

    def kill(self, pid, data="d"):
        os.kill(pid, signal.SIGKILL)
        eventually("the killed node is gone", lambda: not alive(pid))
        self.up.discard(data)

    def end(self):
        for data in list(self.up):
            self.raw("down", data=data)

    def post(self, path, body, data="d"):
        """POST as the tool does, over the node's Unix socket."""
        connection = http.client.HTTPConnection("localhost", timeout=PATIENCE)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.data(data, "api.sock"))
        connection.request("POST", path, body=body)
        text = connection.getresponse().read().decode()
        connection.close()
        return json.loads(text.splitlines()[-1])

    def spread(self, label, root):
        """The first half of a publication: blocks, and no head."""
        blocks = self.post("/api/v1/files", b"half")["blocks"]
        site = {"owner": self.file("identity.pub").strip(), "label": label, "root": root}
        ended = self.post("/api/v1/spread", json.dumps(
            {"blocks": blocks, "copies": 1, "site": site}))
        check(ended["err"] == "ok", f"the spread: {ended}")

    def file(self, name, data="d"):
        with open(self.data(data, name), encoding="utf-8") as f:
            return f.read()

    def write(self, name, text, data="d"):
        path = self.data(data, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
                  encoding="utf-8") as f:
            f.write(text)

    def names(self, data="d"):
        return sorted(n["name"] for n in self.json("name", "list", data=data)["names"])

    def pins(self, data="d"):
        try:
            return sorted(p["name"] for p in json.loads(self.file("pins.json", data)))
        except FileNotFoundError:
            return []


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def main(cases):
    bin_dir, case = sys.argv[1:3]
    base = tempfile.mkdtemp(prefix="geonet-state-")
    place = Place(os.path.abspath(bin_dir), base)
    try:
        cases["case_" + case](place)
    except Skip as reason:
        print(f"skipped: {reason}")
        return 77
    except Failure as sentence:
        print(f"FAILED: {case}: {sentence}")
        return 1
    finally:
        place.end()
        shutil.rmtree(base, ignore_errors=True)
    print("all as it should be")
    return 0
