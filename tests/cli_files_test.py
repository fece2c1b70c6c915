#!/usr/bin/env python3
"""What the tool and the node keep in one DATA: whose it is, lists of earlier programs, what cannot
be read, clocks, tools that run at once. usage: cli_files_test.py BIN_DIR CASE

Real programs, one node of its own where a case needs one. Exit codes are those of cli_rig.py.
"""
import json, os, shutil, subprocess, sys, time

sys.dont_write_bytecode = True
from cli_rig import FOUNDER, PATIENCE, Skip, check, eventually, main


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


if __name__ == "__main__":
    sys.exit(main(globals()))
