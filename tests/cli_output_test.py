#!/usr/bin/env python3
"""Where the tool's answers go: files, links, FIFOs, devices, full disks, folders of others. usage:
cli_output_test.py BIN_DIR CASE

Exit codes are those of cli_rig.py.
"""
import json, os, stat, subprocess, sys, threading

sys.dont_write_bytecode = True
from cli_rig import PATIENCE, Skip, check, main


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


if __name__ == "__main__":
    sys.exit(main(globals()))
