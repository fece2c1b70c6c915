#!/usr/bin/env python3
"""What the tool and the node keep in one DATA, and where the tool's answers go: usage:
cli_state_test.py BIN_DIR CASE

Real programs, one node of its own where a case needs one. Exit 0 passed, 77 skipped (the reason is
printed), 1 failed with a sentence.
"""
import http.client, json, os, pty, shutil, signal, socket, stat, subprocess, sys, tempfile
import threading, time

FOUNDER = ("--port", "0", "--http", "0", "--probation", "0", "--pow-bits", "8")
PATIENCE = 300  # seconds: only ends a hopeless wait


class Failure(Exception):
    pass


class Skip(Exception):
    pass


def check(condition, sentence):
    if not condition:
        raise Failure(sentence)


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
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("GEONET_")}
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
    except FileNotFoundError:
        return False


# ---- one owner for each file ----


def case_owners(p):
    """claim, down, up, list; claim, kill -9: neither program loses what it keeps because of the
    other."""
    p.start()
    p.run("id", "new", "--no-passphrase", "--no-publish")
    p.run("name", "claim", "firstname", "TXT=1", "--w", "1")
    p.stop()
    check(p.names() == ["firstname"], f"after down the tool knows {p.names()}")
    check(p.pins() == ["firstname"], f"after down the node has pinned {p.pins()}")
    pid = p.start()
    check(p.names() == ["firstname"], f"after up the tool knows {p.names()}")
    p.run("name", "claim", "secondname", "--w", "1")
    eventually("the second name is pinned on disk", lambda: p.pins() == ["firstname", "secondname"])
    p.kill(pid)
    check(p.names() == ["firstname", "secondname"], f"after kill -9 the tool knows {p.names()}")
    p.start()
    check(p.pins() == ["firstname", "secondname"], f"after kill -9 the node has pinned {p.pins()}")
    check("damaged" not in p.file("geonetd.log"), "the node found a file damaged")
    p.stop()
    check(p.names() == ["firstname", "secondname"] and p.pins() == ["firstname", "secondname"],
          "something was lost at the end")
    check(not [n for n in os.listdir(p.data()) if "damaged" in n],
          f"set aside: {os.listdir(p.data())}")


OLD_PINS = json.dumps([{"name": "pinned", "owner": "11" * 32}])
OLD_NAMES = json.dumps({
    "mine": {"owner": "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd", "seq": 5, "expires": 99},
    "both": {"owner": "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd", "seq": 7, "expires": 99}
})


def case_older(p):
    """Lists of earlier programs are found whichever of them wrote names.json last."""
    for name, text in (("pins", OLD_PINS), ("tool", OLD_NAMES)):
        os.makedirs(p.data(name), mode=0o700)
        p.write("names.json", text, name)
        p.start(name)
        check(p.file("names.json", name) == text, f"names.json with the {name} was written to")
        check(
            p.pins(name) == (["pinned"] if name == "pins" else []),
            f"{name}: pinned {p.pins(name)}")
        check(
            p.names(name) == (["both", "mine"] if name == "tool" else []),
            f"{name}: own {p.names(name)}")
        p.run("id", "new", "--no-passphrase", "--no-publish", data=name)
        p.run("name", "claim", "thirdname", "--w", "1", data=name)
        p.stop(name)
        check(
            p.pins(name) == sorted(["thirdname"] + (["pinned"] if name == "pins" else [])),
            f"{name}: at last pinned {p.pins(name)}")
        check(
            p.names(name) == sorted(["thirdname"] + (["both", "mine"] if name == "tool" else [])),
            f"{name}: at last own {p.names(name)}")
    # An earlier node set the tool's list aside and put its pins in that place; the tool had begun a
    # new list elsewhere.
    os.makedirs(p.data("aside"), mode=0o700)
    p.write("names.json.damaged", OLD_NAMES, "aside")
    p.write("names.json", OLD_PINS, "aside")
    check(p.names("aside") == ["both", "mine"], f"set aside: own {p.names('aside')}")
    p.write(
        "names.json",
        json.dumps({
            "both": {"owner": "x", "seq": 9, "expires": 11},
            "later": {"owner": "x", "seq": 1, "expires": 5}
        }), "aside")
    os.unlink(p.data("aside", "own-names.json"))
    both = [n for n in p.json("name", "list", data="aside")["names"] if n["name"] == "both"]
    check(
        p.names("aside") == ["both", "later", "mine"] and both[0]["seq"] == 9,
        f"merged: {both}, {p.names('aside')}")
    # Any command takes the list over, before an earlier node that still runs writes its pins there.
    os.makedirs(p.data("soon"), mode=0o700)
    p.write("names.json", OLD_NAMES, "soon")
    p.run("down", want=3, data="soon")
    p.write("names.json", OLD_PINS, "soon")
    check(p.names("soon") == ["both", "mine"], f"taken over: {p.names('soon')}")
    os.makedirs(p.data("conf"), mode=0o700)
    os.symlink("geonet.conf", p.data("conf", "geonet.conf"))
    done = subprocess.run(
        [os.path.join(os.path.dirname(p.geonet), "geonetd"), "--data",
         p.data("conf")], stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
    check(done.returncode == 2 and b"geonet.conf cannot be read: Too many" in done.stderr,
          f"a configuration that cannot be read: {done}")
    p.write("pins.json", '{"a": 1}', "pins")
    p.start("pins")
    p.stop("pins")
    check(
        json.loads(p.file("pins.json.damaged", "pins")) == {"a": 1},
        "the damaged pins were not kept")
    check("pins.json cannot be used" in p.file("geonetd.log", "pins"),
          "the damaged pins were not told of")


def never_starts(p, data, *sentences):
    """geonetd on DATA ends with 1, says why, and leaves every file as it was."""
    before = {name: os.lstat(p.data(data, name)).st_mode for name in os.listdir(p.data(data))}
    done = subprocess.run(
        [p.geonet + "d", "--data", p.data(data), *FOUNDER], env=p.env, stdin=subprocess.DEVNULL,
        capture_output=True, timeout=PATIENCE, check=False)
    said = done.stderr.decode()
    check(done.returncode == 1 and all(s in said for s in sentences),
          f"{data}: exit {done.returncode}: {said}")
    after = {name: os.lstat(p.data(data, name)).st_mode for name in os.listdir(p.data(data))}
    check(all(after.get(name) == mode for name, mode in before.items()),
          f"{data}: {before} became {after}")
    return after


def case_unread(p):
    """What cannot be read is neither absent nor damaged: the node does not start, and nothing is
    written over."""
    for name in ("contacts.json", "pins.json", "sites.json", "guard.json", "names.json", "token"):
        os.makedirs(p.data(name, name), mode=0o700)
        os.chmod(p.data(name), 0o700)
        never_starts(p, name, f"{p.data(name)}/{name}: a folder is where a file should be",
                     "left as it is" if name == "token" else "Nothing was changed")
    os.makedirs(p.data("open"), mode=0o700)
    for name, mode in (("pins.json", 0o644),
                       ("token", 0o644)) + ((("sites.json", 0o000), ) if os.geteuid() else ()):
        p.write(name, "[]", "open")
        os.chmod(p.data("open", name), mode)
        never_starts(p, "open", name, "chmod 600" if mode else "permission denied")
        check(open(p.data("open", name)).read() == "[]" if mode else True, f"{name} was written to")
        os.unlink(p.data("open", name))
    for name in ("records", "blocks"):
        os.makedirs(p.data(name), mode=0o700)
        p.write(name, "no folder", name)
        never_starts(p, name, f"cannot read what is in {p.data(name)}/{name}")
        check(p.file(name, name) == "no folder", f"{name} was written over")
    # What was read and is no list is kept, each time under a name of its own.
    os.makedirs(p.data("damaged"), mode=0o700)
    odd = [
        '["x"]', '[{"versions": [1]}]', '[{"versions": ["../../records"]}]', '[{"versions": {}}]',
        '[{"owner": 7}]', '[{"pending": "x"}]'
    ]
    for text in ("{", "[1", '"x"', *odd):
        p.write("sites.json", text, "damaged")
        p.start("damaged")
        p.stop("damaged")
    kept = [p.file(f"sites.json.damaged{n}", "damaged") for n in ("", *range(2, 4 + len(odd)))]
    check(kept == ["{", "[1", '"x"', *odd], f"the damaged ones: {kept}")


def case_moved(p):
    """A list of sites that is moved away is no first start: the blocks that it named stay, also at
    the start after that."""
    p.start()
    check(json.loads(p.file("sites.json")) == [], "a first start leaves a list")
    p.run("id", "new", "--no-passphrase", "--no-publish")
    os.makedirs(p.data("folder"))
    with open(p.data("folder", "index.html"), "wb") as f:
        f.write(b"<p>" * 10)
    p.run("site", "publish", p.data("folder"), "--copies", "1", "--w", "1")
    own = p.json("status")["blocks"]["own"]
    check(own > 0, "a published site has blocks")
    p.stop()
    for folder, _, files in os.walk(p.data("d", "blocks")): # as if published long ago
        for name in files:
            os.rename(os.path.join(folder, name), os.path.join(folder, name[:-16] + "%016x" % 1))
    lists = os.listdir(p.data("d", "sites"))
    os.rename(p.data("d", "sites.json"), p.data("aside.json"))
    for start in range(2):
        p.start()
        for _ in range(10): # it looks at its blocks when it has begun
            check(
                p.json("status")["blocks"]["own"] == own,
                f"start {start}: blocks of a site were let go")
        check(
            os.listdir(p.data("d", "sites")) == lists,
            f"start {start}: the lists of its versions were removed")
        p.stop()
    check(
        "put sites.json back" in p.file("sites.json.damaged")
        and "sites.missing" in p.file("geonetd.log"), "it does not say what to do")
    os.rename(p.data("aside.json"), p.data("d", "sites.json"))
    os.unlink(p.data("d", "sites.json.damaged"))
    p.start()
    check(p.json("site", "list")["sites"], "the site is not there again")
    check(p.json("status")["blocks"]["own"] == own, "blocks of a site were let go at last")
    p.stop()


def tool_refuses(p, data, name, *words, text=None, sentence="cannot be read: Is a directory",
                 want=1):
    """The tool says what is wrong with DATA/NAME, which is left as it is."""
    os.makedirs(p.data(data), mode=0o700, exist_ok=True)
    if text is None:
        os.makedirs(p.data(data, name))
    else:
        p.write(name, text, data)
    said = p.run(*words, want=want, data=data).stderr.decode()
    check(p.data(data, name) in said and sentence in said, f"{name}: {said}")
    check(
        os.path.isdir(p.data(data, name)) if text is None else p.file(name, data) == text,
        f"{name} was changed: {said}")
    check(not [n for n in os.listdir(p.data(data)) if "damaged" in n and n != name],
          f"set aside: {os.listdir(p.data(data))}")


def case_trust(p):
    """The tool's lists: only one that is not there is empty, and a hub's key is trusted for the
    first time only then."""
    for i, (text, sentence) in enumerate(
        ((None, "cannot be read: Is a directory"), ("{", "is damaged"), ("[]", "it is no list"),
         ("", "is damaged"))):
        tool_refuses(p, f"names{i}", "own-names.json", "name", "list", text=text, sentence=sentence)
    for name in ("names.json", "names.json.damaged"):
        tool_refuses(p, "before-" + name, name, "name", "list")
    tool_refuses(p, "conf-hub", "hub/hub.conf", "hub", "run", "--http", "0",
                 sentence="Is a directory", want=2)
    hub = subprocess.Popen(
        [p.geonet, "--data",
         p.data("h"), "hub", "run", "--http", "0", "--ready-fd", "1"], stdout=subprocess.PIPE,
        env=p.env)
    try:
        url = f"http://127.0.0.1:{hub.stdout.readline().split()[1].decode()}"
        status = ("hub", "status", "--hub", url)
        p.run(*status, data="h")
        pins = json.loads(p.file("hubs.json", "h"))
        for i, (text, sentence) in enumerate(
            ((None, "cannot be read: Is a directory"), ("{", "is damaged"), ("", "is damaged"),
             (json.dumps(pins)[:-9], "is damaged"), (json.dumps(
                 {url: 5}), "another key"), (json.dumps({url: "22" * 16}), "another key"))):
            tool_refuses(p, f"pins{i}", "hubs.json", *status, text=text, sentence=sentence)
        # Without the lock nothing is written; a hub that is known needs none.
        tool_refuses(p, "lock", "tool.lock", *status, sentence="cannot be locked: Is a directory")
        check(not os.path.exists(p.data("lock", "hubs.json")),
              "a list was written without the lock")
        p.write("hubs.json", json.dumps(pins), "lock")
        p.run(*status, data="lock")
    finally:
        hub.terminate()
        hub.wait(PATIENCE)


def case_clock(p):
    """What the tool signs on a machine whose clock is wrong bears the node's time, and the tool
    says so."""
    cc = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not cc:
        raise Skip("there is no C compiler")
    library = os.path.join(p.base, "shim.so")
    subprocess.run([
        cc, "-shared", "-fPIC", "-O1", "-o", library,
        os.path.join(os.path.dirname(os.path.abspath(__file__)), "hub_shim.c"), "-ldl"
    ], check=True)
    wrong = p.env | {
        "SHIM": p.base, "LD_PRELOAD": library, "ASAN_OPTIONS": "verify_asan_link_order=0"
    }
    p.run("id", "new", "--no-passphrase", "--no-publish")
    p.start()
    for i, ahead in enumerate((40 * 86400, -40 * 86400, 0)):
        with open(os.path.join(p.base, "clock"), "w", encoding="ascii") as f:
            f.write(f"{ahead}\n")
        said = p.run("put", "--label", f"r{i}", "--w", "1", "-", stdin=b"x",
                     env=wrong).stderr.decode()
        check(("clock is 40 days " +
               ("ahead of" if ahead > 0 else "behind") in said) if ahead else "clock" not in said,
              f"{ahead}: {said}")
        answer = p.json("get", f"@r{i}", "-o", os.path.join(p.base, "got"))
        check(abs(answer["created"] - time.time()) < 600, f"{ahead}: {answer}")
    p.stop()


def case_together(p):
    """Tools that run at once lose nothing of each other's."""
    p.start()
    p.run("id", "new", "--no-passphrase", "--no-publish")
    names = [f"togethername{i}" for i in range(5)]
    runs = [
        subprocess.Popen(
            [p.geonet, "--data", p.data(), "name", "claim", name, "--w", "1"], env=p.env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for name in names
    ]
    for name, run in zip(names, runs):
        said = run.communicate(timeout=PATIENCE)[0].decode()
        check(run.returncode == 0, f"{name}: {said}")
    check(p.names() == names, f"of {len(names)} names {p.names()} are left")
    p.stop()
    check(p.pins() == names, f"pinned {p.pins()}")


# ---- where answers go ----


def into_fifo(p, path, *words):
    os.mkfifo(path)
    got = []
    reader = threading.Thread(target=lambda: got.append(open(path, "rb").read()), daemon=True)
    reader.start()
    p.run(*words)
    reader.join(PATIENCE)
    check(stat.S_ISFIFO(os.lstat(path).st_mode), f"{path} is no FIFO any more")
    check(got, f"nobody wrote to {path}")
    return got[0]


def places(p, what, expected, words):
    """All kinds of places for `words + [PATH]`, whose content is `expected`(bytes) -> bool."""
    here = os.path.join(p.base, what)
    os.mkdir(here)
    at = lambda name: os.path.join(here, name)
    read = lambda name: open(at(name), "rb").read()
    p.run(*words, at("new"))
    check(expected(read("new")), f"{what}: a new file")
    mask = os.umask(0)
    os.umask(mask)
    check(
        os.stat(at("new")).st_mode & 0o777 == 0o666 & ~mask,
        f"{what}: a new file's mode is {os.stat(at('new')).st_mode:o}")
    with open(at("old"), "w", encoding="ascii") as f:
        f.write("old")
    os.chmod(at("old"), 0o640)
    os.symlink("old", at("link"))
    os.symlink("link", at("link2"))
    p.run(*words, at("link2"))
    check(
        os.path.islink(at("link2")) and os.path.islink(at("link")) and expected(read("old")),
        f"{what}: a symlink to a file")
    check(os.stat(at("old")).st_mode & 0o777 == 0o640, f"{what}: the mode of the file replaced")
    os.symlink("there/not-yet", at("dangling"))
    p.run(*words, at("dangling"), want=1)
    os.mkdir(at("there"))
    p.run(*words, at("dangling"))
    check(
        os.path.islink(at("dangling")) and expected(read("there/not-yet")),
        f"{what}: a dangling symlink")
    os.symlink("loop", at("loop"))
    p.run(*words, at("loop"), want=1)
    check(os.path.islink(at("loop")), f"{what}: a loop of links")
    check(expected(into_fifo(p, at("fifo"), *words, at("fifo"))), f"{what}: a FIFO")
    for path in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "-"):
        check(expected(p.run(*words, path).stdout), f"{what}: {path}")
    with open(at("before"), "wb") as f:
        f.write(b"before\n")
        f.flush()
        p.run(*words, "/dev/stdout", stdout=f)
    check(
        read("before").startswith(b"before\n") and expected(read("before")[7:]),
        f"{what}: /dev/stdout behind what is in a file")
    with open(at("three"), "wb") as f:
        f.write(b"before\n")
        f.flush()
        p.run(*words, f"/dev/fd/{f.fileno()}", pass_fds=(f.fileno(),))
    check(
        read("three").startswith(b"before\n") and expected(read("three")[7:]), f"{what}: /dev/fd/N")
    p.run(*words, "/dev/null")
    check(stat.S_ISCHR(os.stat("/dev/null").st_mode), f"{what}: /dev/null is no device any more")
    full(p, what, words, "/dev/full")
    os.symlink("/dev/full", at("full"))
    full(p, what, words, at("full"))
    check(os.path.islink(at("full")), f"{what}: a symlink to a device")
    p.run(*words, here, want=1)
    p.run(*words, at("no/such/folder/file"), want=0 if what == "site" else 1)
    if os.geteuid() == 0:
        sticky(p, what, expected, words)
    left = [n for n in os.listdir(here) if "." in n]
    check(not left, f"{what}: temporary files are left: {left}")


def sticky(p, what, expected, words):
    """What another user put into a folder like /tmp is neither followed nor written to; what we or
    its owner put there is."""
    here, target = os.path.join(p.base, what + "-sticky"), os.path.join(p.base, what + "-target")
    os.makedirs(here + "/own")
    os.mkdir(target)
    os.chmod(here, 0o1777)
    at = lambda name: os.path.join(here, name)
    for name, to in (("file", target + "/file"), ("none", target + "/none"), ("folder", target)):
        os.symlink(to, at(name))
    os.symlink("../file", at("own/link"))
    os.mkfifo(at("fifo"))
    for name in (target + "/file", at("regular")):
        with open(name, "w", encoding="ascii") as f:
            f.write("kept")
    for name in ("file", "none", "folder", "fifo", "regular"):
        os.lchown(at(name), 65534, 65534)
    for name in ("file", "none", "folder/file", "folder/sub/file", "own/link", "fifo", "regular"):
        said = p.run(*words, at(name), want=1).stderr.decode()
        check("put by another user" in said, f"{what}: {name}: {said}")
    kept = [open(name, encoding="ascii").read() for name in (target + "/file", at("regular"))]
    check(kept == ["kept", "kept"] and os.listdir(target) == ["file"],
          f"{what}: written to: {kept}, {os.listdir(target)}")
    for owner, mode in ((65534, 0o1777), (0, 0o777), (0, 0o1755)):
        os.chown(here, owner, owner)
        os.chmod(here, mode)
        p.run(*words, at("file"))
        check(
            os.path.islink(at("file")) and expected(open(target + "/file", "rb").read()),
            f"{what}: {owner} {mode:o}")
        os.unlink(target + "/file")
    os.chmod(here, 0o1777)
    os.lchown(at("file"), 0, 0)
    p.run(*words, at("file"))
    check(expected(open(target + "/file", "rb").read()), f"{what}: a link of our own")


def full(p, what, words, path):
    before = os.stat("/dev/full")
    said = p.run(*words, path, want=1).stderr.decode()
    check("No space left on device" in said and path in said, f"{what}: {path}: {said}")
    after = os.stat("/dev/full")
    check(
        stat.S_ISCHR(after.st_mode)
        and (after.st_ino, after.st_rdev) == (before.st_ino, before.st_rdev),
        f"{what}: /dev/full is another thing now")


def case_output(p):
    """get, name transfer, site get, hub export: into whatever the path means, never in its
    stead."""
    if not os.path.exists("/dev/full"):
        raise Skip("there is no /dev/full here")
    p.start()
    p.run("id", "new", "--no-passphrase", "--no-publish")
    body = b"one\0two\n" * 3000
    p.run("put", "--label", "x", "--w", "1", "-", stdin=body)
    places(p, "get", lambda b: b == body, ["get", "@x", "-o"])
    p.run("name", "claim", "wasgiven", "--w", "1")
    places(p, "transfer", lambda b: json.loads(b)["name"] == "wasgiven",
           ["name", "transfer", "wasgiven", "22" * 32, "-o"])
    site = p.data("folder")
    os.makedirs(site + "/deep")
    big = os.urandom(300000)
    for name, content in (("index.html", b"<p>"), ("deep/big", big)):
        with open(os.path.join(site, name), "wb") as f:
            f.write(content)
    p.run("site", "publish", site, "--name", "wasgiven", "--copies", "1", "--w", "1")
    places(p, "site", lambda b: b == big, ["site", "get", "wasgiven/deep/big", "-o"])
    # A folder: links and devices in the place of its files are kept too.
    copy = p.data("copy")
    os.makedirs(copy + "/deep")
    os.symlink("../elsewhere", copy + "/index.html")
    p.run("site", "get", "wasgiven", "-o", copy)
    check(
        os.path.islink(copy + "/index.html") and open(p.data("elsewhere"), "rb").read() == b"<p>",
        "a link in the folder")
    for path in ("-", "/dev/stdout"):
        check(b"is a folder" in p.run("site", "get", "wasgiven", "-o", path, want=2).stderr,
              f"a folder to {path}")
    p.run("site", "get", "wasgiven", "-o", "/dev/null", want=1)
    check(stat.S_ISCHR(os.stat("/dev/null").st_mode), "/dev/null is no device any more")
    answer = p.json("get", "@x", "-o", "/dev/stdout")
    check(answer["label"] == "x", "--json with -o /dev/stdout is one document")
    p.stop()
    # A hub's journal: a file that is there is refused, the rest is as above.
    hub = subprocess.Popen(
        [p.geonet, "--data",
         p.data(), "hub", "run", "--http", "0", "--ready-fd", "1"], stdout=subprocess.PIPE,
        env=p.env)
    check(hub.stdout.readline().startswith(b"ready"), "the hub did not start")
    hub.terminate()
    hub.wait(PATIENCE)
    export = ["hub", "export"]
    whole = p.run(*export, "-").stdout
    check(
        whole.startswith(b"GNEXPORT1\n") and p.run(*export, "/dev/stdout").stdout == whole,
        "hub export to stdout")
    check(into_fifo(p, p.data("fifo"), *export, p.data("fifo")) == whole, "hub export into a FIFO")
    p.run(*export, p.data("journal"))
    check(open(p.data("journal"), "rb").read() == whole, "hub export to a file")
    check(b"exists" in p.run(*export, p.data("journal"), want=1).stderr, "hub export over a file")
    full(p, "hub export", export, "/dev/full")


# ---- words and passphrases ----


def case_words(p):
    """id import takes the phrase as id new prints it, and as people copy it."""
    shown = p.run("id", "new", "--no-passphrase", "--show-phrase").stdout.decode()
    pid = shown.split()[-1]
    words = p.run("id", "export").stdout.decode().split()
    numbered = [f"{i + 1:2}. {w:10}" for i, w in enumerate(words)]
    check(all(n.strip() in shown for n in numbered), f"id new printed: {shown}")
    lines = lambda per: "\n".join("".join(numbered[i:i + per]) for i in range(0, 24, per)) + "\n"
    forms = {
        "all that id new prints": shown,
        "numbered lines": lines(6),
        "one a line, numbered": lines(1),
        "by columns": "\n".join("  ".join(numbered[r + 6 * c] for c in range(4)) for r in range(6)),
        "numbers with brackets": " ".join(f"{i + 1}) {w}" for i, w in enumerate(words)),
        "no blank behind the number": " ".join(f"{i + 1}.{w}" for i, w in enumerate(words)),
        "numbers alone": " ".join(f"{i + 1} {w}" for i, w in enumerate(words)),
        "upper case, Windows lines": "\ufeff" + lines(4).upper().replace("\n", "\r\n"),
        "commas": ", ".join(w.capitalize() for w in words) + ".",
        "many blanks": ("\n" * 100).join(words),
    }
    for what, text in forms.items():
        shutil.rmtree(p.data("again"), ignore_errors=True)
        got = p.run("id", "import", "--no-passphrase", "-", stdin=text.encode(),
                    data="again").stdout.decode().strip()
        check(got == pid, f"{what}: another identity, {got}")
    shutil.rmtree(p.data("again"))
    wrong = next(w for w in words
                 if words.count(w) == 1 and not any(w in other for other in words if other != w))
    for what, text, sentence in (("a word missing", lines(6).replace(
            numbered[6], ""), "has 24 words, this has 23"), ("a wrong word", lines(6).replace(
                wrong, "xyzzy"), f"word {words.index(wrong) + 1}, 'xyzzy', is not in the list")):
        said = p.run("id", "import", "--no-passphrase", "-", stdin=text.encode(), data="again",
                     want=1).stderr.decode()
        check(sentence in said, f"{what}: {said}")
        check(not os.path.exists(p.data("again", "identity.key")), f"{what} made a key")
    # Pasted into a terminal: all lines are read, none is left for the shell.
    child, fd = pty.fork()
    if child == 0:
        os.execve(p.geonet, [
            p.geonet, "--data",
            p.data("again"), "id", "import", "--no-passphrase", "--no-publish"
        ], p.env)
    os.write(fd, lines(6).encode())
    said = b""
    try:
        while True:
            more = os.read(fd, 4096)
            if not more:
                break
            said += more
    except OSError:
        pass
    check(
        os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 and pid.encode() in said,
        f"on a terminal: {said.decode(errors='replace')}")


def case_passphrase(p):
    """The same letters open the key, whatever bytes a machine makes of them."""
    def file(text):
        with open(p.data("pass"), "wb") as f:
            f.write(text + b"\n")
        return ("--passphrase-file", p.data("pass"))

    nfc, nfd = "Schl\u00fcssel caf\u00e9 \u0439".encode(
    ), "Schlu\u0308ssel cafe\u0301 \u0438\u0306".encode()
    raw = b"caf\xe9"
    os.makedirs(p.data())
    for i, (sealed, opens) in enumerate(
        ((nfc, (nfc, nfd)), (nfd, (nfc, nfd)), (raw, (raw, )), (b" edge", (b" edge", )))):
        data = f"k{i}"
        done = p.run("id", "new", "--show-phrase", *file(sealed), data=data)
        for text in opens:
            p.run("id", "export", *file(text), data=data)
        said = p.run("id", "export", *file(opens[-1] + b"x"), data=data, want=1).stderr.decode()
        check("does not open" in said, f"a wrong passphrase: {said}")
        warned = done.stderr.decode()
        check(("no UTF-8" in warned) == (sealed == raw), f"{sealed!r}: {warned}")
        check(("blank" in warned) == (sealed == b" edge"), f"{sealed!r}: {warned}")
    for blank in (b"edge ", b"edge\t", "edge\u3000".encode(), "\u00a0edge".encode()):
        shutil.rmtree(p.data("blank"), ignore_errors=True)
        done = p.raw("--json", "id", "new", *file(blank), data="blank")
        check(
            done.returncode == 0 and b"warning" in done.stderr and b"blank" in done.stderr
            and json.loads(done.stdout), f"{blank!r}: {done.stderr}")
    said = p.run("id", "export", *file(b"edge "), data="k3", want=1).stderr.decode()
    check("blank" in said, f"a blank at the wrong end: {said}")
    # Sealed by an earlier program in NFD, as it was typed then.
    os.makedirs(p.data("old"), mode=0o700)
    with open(os.open(p.data("old", "identity.key"), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
        f.write(bytes.fromhex(SEALED_NFD))
    for text in (nfc, nfd):
        p.run("id", "export", *file(text), data="old")


SEALED_NFD = "47454f4e45544b0101086964656e746974790000000300010000d66d11f5f3fd12aa480e31d32417b2350030d09ba15224a1b291ccc3b84c90205e338728a51135136aa2ae61c17c5174e7ad22890f15f736986e3b20493645540242563e8668636ffcd2"

# ---- what ends, and renewing it ----


def case_renew(p):
    """What is past half of its term is renewed with all that it said, also when nobody shows it any
    more."""
    p.run("renew", "--all", want=3)
    p.start()
    p.run("renew", "--all", want=1)
    pid = p.json("id", "new", "--no-passphrase", "--no-publish")["pid"]
    for words in ([], ["--all", "alicesname"]):
        p.run("renew", *words, want=2)
    check(
        p.json("renew", "--all") == {"items": [], "renewed": 0, "failed": 0},
        "with nothing of one's own")
    site = p.data("folder")
    os.makedirs(site)
    with open(os.path.join(site, "index.html"), "wb") as f:
        f.write(b"<p>" * 10)
    publish = ["site", "publish", site, "--copies", "1", "--w", "1"]
    p.run("id", "publish", "--name", "Zoe", "--vouch-node", "--w", "1")
    p.run("name", "claim", "longlived", "TXT=kept", "--w", "1")
    p.run(*publish, "--name", "longlived")
    what = [("identity", pid), ("name", "longlived"), ("site", "@")]
    kept = p.json("renew", "--all")
    check([(i["kind"], i["name"]) for i in kept["items"]] == what
          and {i["state"]
               for i in kept["items"]} == {"kept"}, f"young: {kept}")
    check(p.says("renew", "--all", "--quiet") == "", "quiet when nothing is due")
    check("kept" in p.says("renew", "--all"), "not quiet: what is kept is told")
    before = [
        p.json("id", "show", pid)["seq"],
        p.json("name", "resolve", "--fresh", "longlived")["seq"],
        p.json("site", "show", "@")
    ]
    forced = p.json("renew", "--all", "--force", "--w", "1")
    check([(i["kind"], i["name"]) for i in forced["items"]] == what and forced["renewed"] == 3
          and forced["failed"] == 0, f"forced: {forced}")
    after = [
        p.json("id", "show", pid),
        p.json("name", "resolve", "--fresh", "longlived"),
        p.json("site", "show", "@")
    ]
    check(after[0]["seq"] > before[0] and after[0]["name"] == "Zoe" and len(after[0]["keys"]) == 1,
          f"the identity record: {after[0]}")
    check(
        after[1]["seq"] > before[1]
        and sorted(e["type"] for e in after[1]["entries"]) == ["SITE", "TXT"],
        f"the name: {after[1]}")
    check(
        after[2]["seq"] > before[2]["seq"] and after[2]["version"] == before[2]["version"]
        and after[2]["files"] == before[2]["files"], "the site's head")

    # Half of the term over, then all of it.
    short = ["--ttl", "60", "--w", "1"]
    p.run("name", "claim", "briefname", "TXT=brief", *short)
    p.run("name", "claim", "vanished", "TXT=back", *short)
    p.run(*publish[:-2], "--label", "fair", *short)
    p.run("id", "publish", *short)
    for command in (["name", "list"], ["site", "list"], ["status"]):
        told = p.says(*command)
        check("ends in" in told and "geonet renew --all" in told, f"{command}: {told}")
    mine = {(i["kind"], i["name"]) for i in p.json("status")["yours"]}
    check(mine == {*what, ("name", "briefname"), ("name", "vanished"), ("site", "@fair")},
          f"status --json: {mine}")
    renewed = eventually(
        "a name past half of its term is renewed", lambda:
        [i for i in p.json("renew", "briefname", "--w", "1")["items"] if i["state"] == "renewed"])
    check(renewed[0]["name"] == "briefname" and renewed[0]["expires"] > time.time() + 86400,
          f"renewed: {renewed}")
    said = eventually(
        "the other name expires", lambda: (lambda d: d.returncode == 4 and d.stderr.decode())
        (p.raw("name", "resolve", "--fresh", "vanished")))
    check("vanished.geo expired on 20" in said and "geonet renew vanished" in said,
          f"an expired name: {said}")
    # A head that ends between two questions is missed as if nobody had it; asked again it is told
    # what became of it.
    said = eventually(
        "the site expires", lambda:
        (lambda d: d.returncode == 4 and b"expired" in d.stderr and d.stderr.decode())
        (p.raw("site", "show", "@fair")))
    check("expired on 20" in said and "publish it again" in said, f"an expired site: {said}")
    eventually("the identity record expires", lambda: p.raw("id", "show", pid).returncode == 4)
    for command in (["name", "list"], ["site", "list"], ["status"]):
        check("expired" in p.says(*command), f"{command}: {p.says(*command)}")
    done = p.raw("--json", "renew", "--all", "--w", "1")
    states = {i["name"]: i["state"] for i in json.loads(done.stdout)["items"]}
    check(
        done.returncode == 1 and b"expired on" in done.stderr
        and b"geonet site remove fair" in done.stderr,
        f"a site that ended: exit {done.returncode}: {done.stderr}")
    check(
        states == {
            pid: "renewed", "longlived": "kept", "briefname": "kept", "vanished": "renewed",
            "@": "kept", "@fair": "failed"
        }, f"states: {states}")
    back = p.json("name", "resolve", "--fresh", "vanished")
    check(back["entries"][0]["value"] == "back", f"the name that came back: {back}")
    check(p.json("id", "show", pid)["name"] == "Zoe", "the identity record that came back")
    p.run("site", "remove", "fair")
    check(p.json("renew", "--all")["failed"] == 0, "a site that ended and was removed fails still")
    p.run("name", "renew", "longlived", "--w", "1")


def case_given(p):
    """RN-4: what can never be renewed from here does not make renew --all fail, and is
    forgotten."""
    p.start()
    p.run("id", "new", "--no-passphrase", "--no-publish")
    p.start("b", options=("--bootstrap", f"127.0.0.1:{p.json('status')['node']['port']}"))
    other = p.json("id", "new", "--no-passphrase", "--no-publish", data="b")
    eventually("the first node has linked the second",
               lambda: p.json("status")["reach"] == "joined")
    for name in ("wasgiven", "waslost"):
        p.run("name", "claim", name, "TXT=kept", "--w", "1")
        said = p.says("name", "transfer", name, other["key"], "-o", p.data(file="paper"))
        check("What it points to goes with it as it is" in said, said)
        said = p.says("name", "accept", p.data(file="paper"), "--w", "1", data="b")
        check(
            "still has what the owner before gave it: TXT kept" in said
            and f"geonet name set {name}" in said, said)
    # Who did not give the name away himself has lost it. Here: the list of the one who gave it, the
    # key of another.
    third = p.json("id", "new", "--no-passphrase", "--no-publish", data="c")["pid"]
    mine = json.loads(p.file("own-names.json"))
    for name in ("identity.key", "identity.pub"):
        os.rename(p.data("d", name), p.data("d", name + ".mine"))
        shutil.copy(p.data("c", name), p.data("d", name))
    p.write("own-names.json", json.dumps({"waslost": mine["waslost"] | {"owner": third}}))
    done = p.raw("--json", "renew", "--all")
    check(done.returncode == 1 and json.loads(done.stdout)["items"][0]["state"] == "failed",
          f"lost: {done}")
    said = done.stderr.decode()
    check("waslost.geo belongs to " + other["pid"] in said and "no longer among" not in said,
          f"shown by another: {said}")
    p.write(
        "own-names.json",
        json.dumps(
            {"waslost": mine["waslost"] | {"owner": third, "expires": int(time.time()) - 1}}))
    done = p.raw("--json", "renew", "--all")
    check(done.returncode == 1 and "no longer among" in done.stderr.decode(),
          f"lost for good: {done}")
    check(
        p.json("renew", "--all") == {"items": [], "renewed": 0, "failed": 0} and p.names() == [],
        "what is lost is not tried again")
    for name in ("identity.key", "identity.pub"):
        os.replace(p.data("d", name + ".mine"), p.data("d", name))
    p.write("own-names.json", json.dumps(mine))
    said = p.run("renew", "wasgiven", want=1).stderr.decode()
    check("handed over to " + other["pid"] in said, f"by name: {said}")
    p.write("own-names.json", json.dumps(mine))
    done = p.raw("--json", "renew", "--all")
    answer, said = json.loads(done.stdout), done.stderr.decode()
    check(
        done.returncode == 0 and answer["failed"] == 0
        and [i["state"] for i in answer["items"]] == ["given"] * 2, f"given: {answer}")
    check(
        said.count("handed over to " + other["pid"]) == 2 and said.count("no longer among") == 2,
        f"given: {said}")
    check(p.names() == [], f"still listed: {p.names()}")

    # forget: of a name that is still one's own, of one that is not listed, of what is no name.
    p.run("name", "claim", "stillmine", "--w", "1")
    said = p.says("name", "forget", "Stillmine.geo")
    check("renewed from here no more" in said and p.names() == [], said)
    check(
        p.json("name", "resolve", "stillmine")["owner"] == p.json("id", "show")["pid"],
        "the name itself is as it was")
    check(
        p.json("name", "forget", "stillmine", want=4)["error"]["code"] == "not-found",
        "what is not listed")
    p.run("name", "forget", "-no-", want=2)

    # A site whose head never came: told, skipped, removed; by itself after a day.
    p.spread("first", "ab" * 32)
    shown = p.json("site", "list")["sites"]
    check([(s["label"], s["published"], s["pending"]) for s in shown] == [("first", False, True)],
          f"listed: {shown}")
    check("never came out" in p.says("site", "list") and p.json("status")["yours"] == [],
          p.says("site", "list"))
    answer = p.json("renew", "--all")
    check([(i["name"], i["state"]) for i in answer["items"]] == [("@first", "unfinished")]
          and not answer["failed"], f"unfinished: {answer}")
    check("geonet site remove first" in p.says("renew", "@first", want=1), "a site by its label")
    p.run("site", "remove", "first")
    check(
        p.json("site", "list")["sites"] == [] and p.json("renew", "--all")["items"] == [],
        "a removed site is still there")
    p.spread("first", "ab" * 32)
    p.stop()
    table = json.loads(p.file("sites.json"))
    table[0]["pending"]["spread"] -= 86401  # a day, and the second it began in
    p.write("sites.json", json.dumps(table))
    p.start()
    check(
        p.json("site", "list")["sites"] == [] and json.loads(p.file("sites.json")) == [],
        "a day later it is still there")


def case_age(p):
    """NA-12, NO-29: what a node remembers is told with its age, and turns nobody away."""
    p.start()
    key = p.json("id", "new", "--no-passphrase", "--no-publish")
    p.start("b", options=("--bootstrap", f"127.0.0.1:{p.json('status')['node']['port']}"))
    other = p.json("id", "new", "--no-passphrase", data="b")
    port = p.json("status", data="b")["http"]

    def get(path, host="soonasite.geo.localhost", **fields):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request(
            "GET", path,
            headers={"Host": host} | {n.replace("_", "-"): v
                                      for n, v in fields.items()})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def remembered(name):
        return eventually(
            f"{name} is a second old", lambda: (lambda j: j if j["age_s"] else None)
            (p.json("name", "resolve", name, data="b")))

    p.run("name", "claim", "soonasite", "TXT=one", "--w", "1")
    check(
        p.json("name", "resolve", "--fresh", "soonasite", data="b")["age_s"] == 0,
        "what was just asked has no age")
    said = get("/")
    check(said.status == 404 and "does not point to a site" in said.text,
          f"a name without a site: {said.status}")
    remembered("soonasite")
    p.run("name", "set", "soonasite", "TXT=two", "--w", "1")
    check(remembered("soonasite")["entries"][0]["value"] == "one", "the cache has what was so")
    said = p.says("name", "resolve", "soonasite", data="b")
    check("as of" in said and "--fresh asks the network" in said, said)
    check(
        "--fresh asks the network" in p.run("name", "resolve", "soonasite", "TXT",
                                            data="b").stderr.decode(), "values tell it too")
    check(
        "--fresh" in p.run("name", "resolve", "soonasite", "MX", want=4, data="b").stderr.decode(),
        "and so does what is not there")
    fresh = p.says("name", "resolve", "--fresh", "soonasite", data="b")
    check("two" in fresh and "as of" not in fresh, fresh)

    # The gateway: a site, then a page, that came after it last asked.
    site = p.data(file="folder")
    os.makedirs(site)

    def publish(page, *words):
        with open(os.path.join(site, page), "w", encoding="ascii") as f:
            f.write(page)
        p.run("site", "publish", site, "--copies", "1", "--w", "1", *words)

    remembered("soonasite")
    publish("index.html", "--name", "soonasite")
    said = get("/")
    check(said.status == 200 and said.text == "index.html" and not said.headers["age"],
          f"a site that came: {said.status} {said.text}")
    eventually("it tells its age", lambda: get("/").headers["age"])
    said = get("/", Cache_Control="no-cache")
    check(said.status == 200 and not said.headers["age"],
          f"who wants no cache gets none: {said.status} {said.headers}")
    eventually("it tells its age again", lambda: get("/").headers["age"])
    publish("later.html")
    said = get("/later.html")
    check(said.status == 200 and said.text == "later.html", f"a page that came: {said.status}")
    check(get("/never.html").status == 404, "a page that never came")
    publish("404.html")
    eventually("it tells its age once more", lambda: get("/").headers["age"])
    check(get("/never.html").text == "404.html", "the page for what is missing, which came")
    publish("last.html")
    eventually("it tells its age at last", lambda: get("/").headers["age"])
    check(
        get("/last.html").status == 200, "a page that came, where there is one for what is missing")

    # A site of another owner's, and back: who is where the site lives again is not sent away.
    visit = {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    home = get("/", **visit).headers["location"].split("/")[2].split(":")[0]
    p.run("name", "set", "soonasite", "--site", f"{other['key']}/none", "--w", "1")
    p.run("name", "resolve", "--fresh", "soonasite", data="b")
    remembered("soonasite")
    p.run("name", "set", "soonasite", "--site", "", "--w", "1")
    said = get("/", home, **visit)
    check(said.status == 200 and not said.headers["clear-site-data"],
          f"where the site lives again: {said.status} {said.headers}")

    # A name with another owner: what is handed over goes to whom it belongs now.
    remembered("soonasite")
    p.run("name", "transfer", "soonasite",
          p.json("id", "new", "--no-passphrase", "--no-publish", data="c")["key"], "-o",
          p.data(file="paper"))
    for name in ("identity.key", "identity.pub"):
        os.replace(p.data("c", name), p.data("d", name))
    p.run("name", "accept", p.data(file="paper"), "--w", "1")
    check(remembered("soonasite")["owner"] == key["pid"], "the cache has the owner before")
    p.run("name", "claim", "togiveaway", "--w", "1", data="b")
    said = p.run("name", "transfer", "togiveaway", "soonasite", "-o", p.data(file="gift"),
                 data="b").stderr.decode()
    check(
        json.loads(p.file("gift"))["to"] == p.json("id", "show")["key"],
        "a name was handed to whom another belonged before")
    check("the owner of soonasite.geo changed" in said and key["pid"] in said, said)


def case_alike(p):
    """NA-16: a name that looks like one seen before is told, and claimed all the same."""
    p.start()
    p.run("id", "new", "--no-passphrase", "--no-publish")
    said = p.says("name", "claim", "cornwallis", "TXT=x", "--w", "1")
    check("looks like" not in said, said)
    told = "comwa11is.geo looks like cornwallis.geo, which this node saw first"
    check(told in p.says("name", "claim", "comwa11is", "TXT=x", "--w", "1"), "a claim")
    check("looks like" not in p.says("name", "set", "comwa11is", "TXT=y", "--w", "1"),
          "what is one's own already")
    check("it looks like cornwallis.geo" in p.says("name", "resolve", "comwa11is"), "a resolution")
    done = p.run("name", "resolve", "comwa11is", "TXT")
    check(done.stdout == b"y\n" and told in done.stderr.decode(), f"values: {done}")
    check(p.json("name", "resolve", "comwa11is")["looks_like"] == "cornwallis", "JSON")
    check(told in p.run("get", "comwa11is/nothing", want=4).stderr.decode(),
          "a record of its owner")
    p.run("name", "set", "blog.comwa11is", "TXT=x", "--w", "1")
    check(
        p.json("name", "resolve", "blog.comwa11is")["looks_like"] == "cornwallis",
        "a name below it")
    check("looks_like" not in p.json("name", "resolve", "cornwallis"), "the first is as it was")
    p.stop()
    p.start()
    check(
        p.json("name", "resolve", "comwa11is")["looks_like"] == "cornwallis"
        and "looks_like" not in p.json("name", "resolve", "cornwallis"), "after a restart")


def case_alone(p):
    """A node that reaches none of the addresses it was given does not say that nobody holds a
    name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))  # takes the port, and never answers
        there = f"127.0.0.1:{silent.getsockname()[1]}"
        p.start(options=("--bootstrap", there))
        p.run("id", "new", "--no-passphrase", "--no-publish")
        told = f"alone: none of these answers: {there}"
        check(
            p.json("status")["reach"] == "alone" and told in p.says("status"),
            f"status: {p.says('status')}")
        pid = p.json("id", "show")["pid"]
        for command in (["name", "resolve", "alicesname"], ["get", "ab" * 32], ["get", "@x"], [
                "site", "get", "alicesname"
        ], ["site", "show", pid], ["id", "show", pid], ["name", "claim", "alicesname", "--w",
                                                        "1"], ["site", "rollback", "-"]):
            said = p.says(*command, want=5)
            check(told in said, f"{command}: {said}")
            check(p.json(*command, want=5)["error"]["code"] == "unreachable", f"{command} --json")
    p.start("founder")
    p.run("name", "resolve", "alicesname", want=4, data="founder")
    check("alone" not in p.says("status", data="founder"), "a founder is not alone")
    # Other proofs of work than the network's, fewer bits and more: each is told why.
    p.start("founder14", options=("--pow-bits", "14"))
    for founder, bits in (("founder", "20"), ("founder14", "1")):
        port = p.json("status", data=founder)["node"]["port"]
        p.start(f"bits{bits}", options=("--bootstrap", f"127.0.0.1:{port}", "--pow-bits", bits))
        told = f"other proofs of work than this node's, whose --pow-bits is {bits}"
        eventually(f"a node with {bits} bits says why it is alone",
                   lambda: p.json("status", data=f"bits{bits}")["other_work"])
        check(told in p.says("name", "resolve", "alicesname", want=5, data=f"bits{bits}"),
              f"{bits} bits: a name")
        check(told in p.says("status", data=f"bits{bits}"),
              f"{bits} bits: {p.says('status', data=f'bits{bits}')}")
        eventually("the log says so",
                   lambda: f"--pow-bits {bits}" in p.file("geonetd.log", f"bits{bits}"))


def case_guard(p):
    """Nodes are called as in the list of peers, networks with their length; what is neither is a
    wrong command line."""
    p.start()
    own = p.json("status")["node"]["id"]
    why = p.json("guard", "why", own[:16])
    check(why["kind"] == "key" and why["id"] == own, f"the node's own id: {why}")
    check(own in p.says("guard", "why", own[:16]), "the node's own id is not shown")
    for asked, told in (("11.1.2.3", "11.1.2.0/24"), ("11.1.2.3/24", "11.1.2.0/24"),
                        ("2001:db8:1:2::5/48", "2001:db8:1::/48")):
        why = p.json("guard", "why", asked)
        check(why["kind"] == "prefix" and why["who"] == told, f"{asked}: {why}")
    p.run("guard", "allow", "11.1.2.0/24")
    p.run("guard", "allow", own)
    check({a["who"]
           for a in p.json("guard", "list")["allowed"]} >= {"11.1.2.0/24"},
          "a network that is allowed")
    told = p.says("guard", "list")
    check(": 11.1.2.0/24" in told and f": {own[:16]}\n" in told, f"who is allowed: {told}")
    for wrong in ("11.1.0.0/16", "2001:db8::/32", "11.1.2.3/x", "nobody!", "12"):
        said = p.says("guard", "why", wrong, want=2)
        check("/24" in said if "/" in wrong else "who:" in said, f"{wrong}: {said}")
    p.run("guard", "why", "0123456789abcdef", want=4)
    for listed, prefix in (("203.0.113.7:7777", "203.0.113.0/24"),
                           ("[2001:db8::1]:80", "2001:db8::/48")):  # as peers shows an address
        check(
            p.json("guard", "why", listed)["who"] == p.json("guard", "why", prefix)["who"],
            f"guard why {listed}")
    said = subprocess.run([p.geonet + "d", "--porrt", "1"], stderr=subprocess.PIPE,
                          timeout=60).stderr.decode()
    check(said.startswith("geonetd: there is no setting 'porrt';"),
          f"an unknown option of geonetd: {said}")
    p.stop()
    p.start()
    check({a["who"]
           for a in p.json("guard", "list")["allowed"]} >= {"11.1.2.0/24"},
          "a network that was allowed before the start")


def case_few(p):
    """A network of fewer nodes than must sign: what is stored all the same is called so and
    remembered, and w in geonet.conf is the network's."""
    p.start()
    said = p.says("id", "new", "--no-passphrase")
    pid = p.json("id", "show")["pid"]
    check("kept by 1 node" in said and "it is published" in said and "not published" not in said,
          f"published by few, said once and so: {said}")
    p.run("id", "show", pid), p.run("name", "resolve", pid)
    check(
        "founder: no other node is here" in p.says("status")
        and "5 nodes have signed, more than are here" in p.says("status"), p.says("status"))
    few, small = "fewer than was asked", os.path.join(p.base, "small")
    with open(small, "w", encoding="utf-8") as f:
        f.write("kept by few")
    for command, where in ((["put", "--label", "x", small], "the record is kept by 1 node,"), ([
            "id", "publish"
    ], "the identity record is kept by 1 node,"), ([
            "name", "claim", "alicesname"
    ], "alicesname.geo is kept by 1 node at each of its two places,")):
        said = p.says(*command, want=5)
        check(where in said and few in said and "w = 1" in said and said.count(few) == 1,
              f"{command}: {said}")
    check(b"kept by few" in p.run("get", "@x").stdout, "what has too few receipts is not found")
    with open(os.path.join(p.base, "large"), "wb") as f:
        f.write(bytes(65025))
    check("65024" in p.says("put", os.path.join(p.base, "large"), want=1),
          "one byte more than fits")
    os.truncate(os.path.join(p.base, "large"), 65024)
    for i in range(17):  # 16 of them are 1 MiB less what their heads take
        out = p.raw("put", "--label", f"large{i}", os.path.join(p.base, "large"))
        check(out.returncode in (1, 5), f"a large record: {out}")
        if out.returncode == 1:
            break
    check(b"256 records and 1 MiB of one owner" in out.stderr,
          f"the owner's share, by its figures: {out}")
    check(p.names() == ["alicesname"], f"the name is not remembered: {p.names()}")
    p.env["TZ"] = "EST5"  # times are told in UTC
    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(min(v["expires"] for v in p.json("status")["yours"])))
    check(ends in p.says("status"), f"{ends}: {p.says('status')}")
    check(os.path.exists(p.data(file="own-id.json")),
          f"the identity is not remembered: {os.listdir(p.data())}")
    os.mkdir(os.path.join(p.base, "site"))
    with open(os.path.join(p.base, "site", "index.html"), "w", encoding="utf-8") as f:
        f.write("one")
    said = p.says("site", "publish", os.path.join(p.base, "site"), "--copies", "1", want=5)
    check("the site's new version is kept by 1 node," in said and few in said, said)
    check(len(p.json("site", "list")["sites"]) == 1, "the site is not remembered")
    p.stop()
    p.write("geonet.conf", "w = 1\n")
    p.start()
    for command in (["put", "--label", "x",
                     small], ["id", "publish"], ["name", "set", "alicesname", "TXT=1"]):
        p.run(*command)
    check("kept by 1 node at each of its two places" in p.says("name", "resolve", "alicesname"),
          "who keeps a name")
    check("0 ring neighbours on each side" in p.says("status"), p.says("status"))
    check("1 node has signed" in p.says("status") and "more than" not in p.says("status"),
          p.says("status"))
    check(p.run("get", "@x").returncode == 0, "the record is there")
    p.stop()
    for bad in ("0", "9", "x"):
        check("a number of nodes from 1 to 8" in p.says("up", *FOUNDER, "--w", bad, want=2),
              f"--w {bad}")
    os.mkdir(p.data("open"), 0o755)  # as a person makes it
    p.start("open")
    check(os.stat(p.data("open")).st_mode & 0o777 == 0o700, "an empty folder is closed to others")


def case_owner(p):
    """up asks whose the directory is before it changes or writes anything there, and its log is no
    link."""
    victim = os.path.join(p.base, "victim")
    with open(victim, "w", encoding="ascii") as f:
        f.write("kept")

    def refused(what, data, sentence):
        before = (os.stat(p.data(data)).st_mode, os.listdir(p.data(data)))
        said = p.run("up", *FOUNDER, data=data, want=1).stderr.decode()
        check(sentence in said, f"{what}: {said}")
        after = (os.stat(p.data(data)).st_mode, os.listdir(p.data(data)))
        check(after == before, f"{what}: {before} became {after}")
        check(open(victim, encoding="ascii").read() == "kept", f"{what}: written to")

    os.mkdir(p.data("link"), 0o700)
    os.symlink(victim, p.data("link", "geonetd.log"))
    refused("a link of our own", "link", "geonetd.log: Too many levels of symbolic links")
    os.mkdir(p.data("home"), 0o755)
    os.chmod(p.data("home"), 0o755)
    p.write("letter", "x", "home")
    refused("an open folder with files", "home", "chmod 700")
    if os.geteuid():
        raise Skip("only root can make a folder of another user's")
    os.mkdir(p.data("theirs"), 0o755)
    os.chown(p.data("theirs"), 65534, 65534)
    refused("another user's empty folder", "theirs", "belongs to another user")
    os.symlink(victim, p.data("theirs", "geonetd.log"))
    refused("another user's link", "theirs", "belongs to another user")


CASES = {name[5:]: run for name, run in list(globals().items()) if name.startswith("case_")}


def main():
    bin_dir, case = sys.argv[1:3]
    base = tempfile.mkdtemp(prefix="geonet-state-")
    place = Place(os.path.abspath(bin_dir), base)
    try:
        CASES[case](place)
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


if __name__ == "__main__":
    sys.exit(main())
