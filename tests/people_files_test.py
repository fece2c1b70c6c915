#!/usr/bin/env python3
"""Files between people over real nodes and agents: usage: people_files_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped, 1 failed with a sentence. GN_FILE_MIB: size of the large one (default 24;
200 as it was measured).
"""
import hashlib, json, os, signal, subprocess, sys, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually
from people_test import meet, people


def random_file(nodes, name, size):
    path = os.path.join(nodes.base, name)
    with open(path, "wb") as f:
        f.write(os.urandom(size))
    return path


def digest(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def files_of(person, *who):
    return person.json("file", "list", *who).get("files", [])


def arrived(person, name):
    """The id of a file that somebody sent, once its message is there."""
    def look():
        for f in files_of(person):
            if f["name"] == name and not f.get("mine"):
                return f["id"]
        return None
    return eventually(f"{name} is listed", 120, look)


def friends(nodes, *options):
    ann, ben = people(nodes, "ann", "ben", options=options)
    meet(ann, ben)
    return ann, ben


def tool(person, *words, **more):
    return subprocess.Popen(
        [os.path.join(person.nodes.bin, "geonet"), "--data", person.data, *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)


def canary(nodes, needles):
    """None of these bytes lies in what nodes and agents keep or log."""
    for root, folders, names in os.walk(nodes.base):
        if root == nodes.base:
            names = [name for name in names if name.endswith(".log")]
            folders.remove("inbox")
        for name in names:
            path = os.path.join(root, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as f:
                data = f.read()
            for needle in needles:
                check(needle not in data, f"plain bytes of a file in {path}")


def case_sizes(nodes, seed):
    """Every size there and back; nothing is overwritten; names that lead elsewhere do not; the same
    again is sent once; ranges; no plain bytes in any folder (AG-80, AG-83, AG-85, PE-70, PE-74)."""
    ann, ben = friends(nodes)
    inbox = os.path.join(nodes.base, "inbox")
    os.mkdir(inbox)
    needles = []
    for size in (0, 1, 65519, 65520, 65521, 65536, 1048320, 1048321, 3000000):
        path = random_file(nodes, f"f{size}.bin", size)
        said = ann.run("file", "send", "Ben", path, "--message", f"here are {size}")
        check("copies made" in said, said)
        id = arrived(ben, f"f{size}.bin")
        ben.run("file", "get", id, "--out", inbox)
        check(digest(os.path.join(inbox, f"f{size}.bin")) == digest(path), f"{size} bytes differ")
        if size > 1000:
            with open(path, "rb") as f:
                needles += [f.read(64)]
    check(f"here are {3000000}" in ben.texts("Ann"), "the text that came with it")
    check("nothing is overwritten" in ben.run("file", "get", id, "--out", inbox, want=1), "twice")
    check(sorted(os.listdir(inbox))[0][0] != ".", f"parts are left: {os.listdir(inbox)}")
    # the sender may read it too; stdout
    piped = subprocess.run(
        [os.path.join(nodes.bin, "geonet"), "--data", ann.data, "file", "get", id, "--out", "-"],
        capture_output=True, timeout=120)
    check(hashlib.sha256(piped.stdout).hexdigest() == digest(path), "what went to stdout")
    # sent before: told, and not sent twice
    check("sent to them before" in ann.run("file", "send", "Ben", path, "--message",
                                           "here are 3000000"), "the same again")
    check(len([f for f in files_of(ann, "Ben") if f["name"] == "f3000000.bin"]) == 1, "one file")
    # names of strangers
    odd = random_file(nodes, "a\u202egpj.exe\x07", 10)
    ann.run("file", "send", "Ben", odd)
    check("you  (a file)  [" in ann.run("msg", "history", "Ben", "--limit", "1"), "no words")
    id = arrived(ben, "agpj.exe")
    saved = ben.json("file", "get", id, "--out", inbox + "/")
    check(saved["path"].endswith("/agpj.exe"), f"{saved}")
    check("folder" in ann.run("file", "send", "Ben", nodes.base, want=1), "a directory")
    check("no contact" in ann.run("file", "send", "Nobody", odd, want=4), "nobody")
    check("32 digits" in ben.run("file", "get", "xyz", want=2), "no id")
    check("no message" in ben.run("file", "get", "0" * 32, want=4), "another id")
    canary(nodes, needles)


def case_away(nodes, seed):
    """The sender's agent and node go away once the copies are made (AG-82)."""
    ann, ben = friends(nodes)
    path = random_file(nodes, "later.bin", 2500000)
    ben.down()
    said = ann.json("file", "send", "Ben", path)
    check(said["copies"] == said["wanted"] == 9, f"3 blocks, 3 copies each: {said}")
    eventually("the message is stored", 120, lambda: any(
        m["kind"] == "file" and m["state"] == "stored"
        for m in ann.json("msg", "history", "Ben")["messages"]))
    ann.down()
    gone = nodes.all[1]
    gone.stop()
    gone.reap()
    nodes.all.remove(gone)
    ben.up(nodes.all[-1])
    id = arrived(ben, "later.bin")
    out = os.path.join(nodes.base, "got.bin")
    ben.run("file", "get", id, "--out", out)
    check(digest(out) == digest(path), "the bytes")


def slow_send(person, who, path):
    """A send that is on its way: the tool, once the agent has some of the file."""
    sends = tool(person, "file", "send", who, path)
    name = os.path.basename(path)
    eventually("it is on its way", 60, lambda: sends.poll() is not None or any(
        f["name"] == name and f.get("mine") for f in files_of(person)))
    return sends


def case_killed(nodes, seed):
    """The tool, the agent, the node are killed in the middle; the same command goes on, and the
    file is what it was (AG-81, AG-82, PE-73)."""
    ann, ben = friends(nodes)
    mib = int(os.environ.get("GN_FILE_MIB", "24"))
    path = random_file(nodes, "large.bin", mib << 20)
    # the tool
    sends = slow_send(ann, "Ben", path)
    sends.kill()
    sends.wait()
    # the agent: the tool waits for it, and goes on by itself
    sends = slow_send(ann, "Ben", path)
    time.sleep(0.3)
    ann.down(signal.SIGKILL)
    time.sleep(0.5)
    ann.up(nodes.all[1])
    # the node
    time.sleep(0.5)
    node = nodes.all[1]
    node.process.kill()
    node.process.wait()
    nodes.all[1] = node_rig.network.Node(node.number, node.data, nodes.bin, node.udp_port, 0,
                                            nodes.all[0].udp_port, node.options)
    nodes.all[1].wait_ready(time.monotonic() + 60)
    said, _ = sends.communicate(timeout=300)
    if sends.returncode != 0:  # whatever it ended by, the same again goes on
        print(f"the first one: {said}")
        eventually("it is sent", 200,
                   lambda: tool(ann, "file", "send", "Ben", path).wait(200) == 0)
    check(len([f for f in files_of(ann, "Ben") if f["name"] == "large.bin"]) == 1, "once")
    id = arrived(ben, "large.bin")
    # the receiver: its tool, its agent, its node
    out = os.path.join(nodes.base, "got.bin")
    gets = tool(ben, "file", "get", id, "--out", out)
    time.sleep(0.5)
    gets.kill()
    gets.wait()
    gets = tool(ben, "file", "get", id, "--out", out)
    time.sleep(0.5)
    ben.down(signal.SIGKILL)
    ben.up(nodes.all[2])
    said, _ = gets.communicate(timeout=300)
    if not os.path.exists(out):
        ben.run("file", "get", id, "--out", out)
    check(digest(out) == digest(path), "the bytes")
    check(not [n for n in os.listdir(nodes.base) if n.endswith(".part")], "no part is left")


def case_changed(nodes, seed):
    """A file that is another one when it goes on is not mixed with what it was: it begins anew
    (AG-81, PE-73)."""
    ann, ben = friends(nodes)
    path = random_file(nodes, "notes.bin", 30 << 20)
    sends = slow_send(ann, "Ben", path)
    sends.kill()
    sends.wait()
    with open(path, "r+b") as f:
        f.write(os.urandom(1 << 20))
    eventually("it is sent", 120, lambda: tool(ann, "file", "send", "Ben", path).wait(120) == 0)
    id = arrived(ben, "notes.bin")
    out = os.path.join(nodes.base, "got.bin")
    ben.run("file", "get", id, "--out", out)
    check(digest(out) == digest(path), "the bytes of the newer one")


def app_call(nodes):
    return os.path.join(os.path.dirname(nodes.bin), "tests", "app_call")


def call(person, *words, options=()):
    """One call of app/1 on the agent's socket: (exit status, lines of JSON)."""
    done = subprocess.run(
        [app_call(person.nodes), *options, person.socket(), *words],
        capture_output=True, text=True, timeout=200)
    check(done.returncode < 2, f"app_call {words}: {done.returncode} {done.stdout}{done.stderr}")
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def code_of(answer):
    return answer[1][-1].get("error", {}).get("code")


def case_bounds(nodes, seed):
    """What one client may have, and how large all is (AG-84, AG-86; AGENT_FILES_CLIENT,
    AGENT_FILE_PREVIEW, AGENT_PREVIEW, AGENT_FILES_LISTED, AGENT_FILE_TELL, AGENT_FILE_WINDOW)."""
    ann, ben = friends(nodes)
    path = random_file(nodes, "part.bin", 3000000)
    out = os.path.join(nodes.base, "out")

    def send(**more):
        words = {"who": "Ben", "name": "x", "size": 3000000, **more}
        return call(ann, "chat", "file-send", json.dumps(words), options=["--in", path])

    code, lines = call(ann, "chat", "file-send", json.dumps(
        {"who": "Ben", "name": "x", "size": 3000000}), options=["--times", "6"])
    print(lines, flush=True)
    check(lines[0].get("limit") == 2, f"four at once: {lines}")
    check(code_of(send(size=2999999)) == "range", "more than it said")
    check(code_of(send(size=3000001)) == "range", "less than it said")
    check(code_of(send(size=512 * 16 * 65520 + 1)) == "too-large", "above 512 MiB")
    check(code_of(send(name="n" * 256)) == "too-large", "a name of 256")
    check(code_of(send(preview="AAAA" * 1366)) == "too-large", "a preview of 4,098")
    check(code_of(send(text="t" * 16385)) == "too-large", "a text of 16,385")
    code, lines = send(name="n" * 255, preview="AAAA" * 1365, text="t" * 16384)
    check(code == 0 and lines[-1]["state"] == "sent", f"all at its limit: {lines[-1]}")
    id = lines[-1]["id"]
    eventually("it arrives", 120, lambda: any(f["id"] == id for f in files_of(ben)))
    listed = [f for f in files_of(ben) if f["id"] == id][0]
    check(not listed["preview"] and len(listed["name"]) == 255, f"{listed}")
    with open(path, "rb") as f:
        bytes_ = f.read()

    def get(**more):
        done = call(ben, "chat", "file-get", json.dumps({"id": id, **more}),
                    options=["--out", out])
        with open(out, "rb") as f:
            return done, f.read()

    for offset, count in ((0, 0), (65519, 2), (65520, 65520), (2999999, 1), (3000000, 0)):
        done, got = get(offset=offset, count=count)
        check(done[0] == 0 and got == bytes_[offset:][:count or None], f"{offset}, {count}: {done}")
    check(len(done[1][0]["preview"]) == 4 * 1365, "the whole preview")
    check(code_of(get(offset=3000001)[0]) == "range", "past its end")
    check(code_of(get(index=1)[0]) == "not-found", "the second of one")
    stalled = call(ben, "chat", "file-get", json.dumps({"id": id}),
                   options=["--times", "6", "--stall"])
    print(stalled[1], flush=True)
    check(stalled[1][0].get("limit") == 2, f"four at once: {stalled}")
    check(len(ann.json("file", "list", "--limit", "100")["files"]) <= 100, "a list")
    # who listens hears how far it is: its newest state, not each step
    tells = subprocess.Popen(
        [app_call(nodes), ann.socket(), "-", "listen", str(1 << 5), "0", "0",
         "1000"], stdout=subprocess.PIPE, text=True)
    time.sleep(0.5)
    began = time.monotonic()
    large = random_file(nodes, "told.bin", 12 << 20)
    ann.run("file", "send", "Ben", large)
    took = time.monotonic() - began
    time.sleep(1)
    tells.kill()
    told = [json.loads(line) for line in tells.communicate()[0].splitlines()]
    told = [e["file"] for e in told if isinstance(e, dict) and "file" in e]
    told = [f for f in told if f.get("name") == "told.bin"]
    check(told and told[-1]["state"] == "sent", f"the end is told: {told[-1:]}")
    check(len(told) <= 4 * took + 4, f"{len(told)} in {took:.1f} s")


def case_large(nodes, seed):
    """Above 100 MiB the receiver is asked (AG-83, AGENT_FILE_LARGE)."""
    ann, ben = friends(nodes)
    path = os.path.join(nodes.base, "large.bin")
    with open(path, "wb") as f:
        f.truncate((100 << 20) + 1)
    ann.run("file", "send", "Ben", path)
    id = arrived(ben, "large.bin")
    out = os.path.join(nodes.base, "got.bin")
    check("--large" in ben.run("file", "get", id, "--out", out, want=1), "it asks")
    check(not os.path.exists(out) and not [n for n in os.listdir(nodes.base) if ".part" in n],
          "nothing is left")
    ben.run("file", "get", id, "--out", out, "--large")
    check(digest(out) == digest(path), "the bytes")


def damage(node):
    """Flips a bit in each chunk of each block that the node has; how many blocks."""
    count = 0
    for root, _, names in os.walk(os.path.join(node.data, "blocks")):
        for name in names:
            with open(os.path.join(root, name), "r+b") as f:
                for at in range(0, os.path.getsize(f.name), 65536):
                    f.seek(at)
                    byte = f.read(1)
                    f.seek(at)
                    f.write(bytes([byte[0] ^ 1]))
                    count += at == 0
    return count


def case_wrong(nodes, seed):
    """Two nodes have wrong bytes of what they keep: whoever has right ones is asked instead (AG-83,
    PE-72)."""
    ann, ben = friends(nodes)
    path = random_file(nodes, "six.bin", 6 << 20)
    ann.run("file", "send", "Ben", path)
    id = arrived(ben, "six.bin")
    damaged = damage(nodes.all[0]) + damage(nodes.all[3])
    check(damaged >= 2, f"{damaged} blocks were damaged")
    out = os.path.join(nodes.base, "got.bin")
    ben.run("file", "get", id, "--out", out)
    check(digest(out) == digest(path), "the bytes")
    print(f"{damaged} of 21 copies were wrong")


def case_quota(nodes, seed):
    """Nodes that keep nothing for others: a sentence, and it goes on by itself once they do
    (AG-82)."""
    ann, ben = friends(nodes, "--store-limit", "0")
    path = random_file(nodes, "full.bin", 100000)
    said = ann.run("file", "send", "Ben", path, want=5)
    check("too few nodes would keep it" in said and "tried again" in said, said)
    listed = files_of(ann, "Ben")[0]
    check(listed["state"] == "spreading" and "too few nodes" in listed["reason"], f"{listed}")
    check(listed["contact"] == "Ben" and listed["pid"] == ben.pid, "to whom it is on its way")
    check(not files_of(ben), "nothing is said before anybody has it")
    check("given up" in ann.run("file", "drop", listed["id"]), "drop")
    check("on its way" in ann.run("file", "drop", listed["id"], want=4), "twice")
    ann.run("file", "send", "Ben", path, want=5)
    for node in nodes.all[2:]:
        node.options = [o for o in node.options if o not in ("--store-limit", "0")]
        nodes.again(node)
    id = arrived(ben, "full.bin")
    out = os.path.join(nodes.base, "got.bin")
    ben.run("file", "get", id, "--out", out)
    check(digest(out) == digest(path), "the bytes")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
