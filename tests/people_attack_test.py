#!/usr/bin/env python3
"""What others do to a person, over real nodes and agents: usage: people_attack_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import os, subprocess, sys, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually
from people_files_test import app_call, arrived, digest, friends, random_file
from people_test import Person


class Named(Person):
    """Somebody who calls themselves as they like."""

    def __init__(self, nodes, folder, node, name):
        self.says = name
        super().__init__(nodes, folder, node)

    def up(self, node, *options):
        super().up(node, "--name", self.says, *options)


def case_names(nodes, seed):
    """Nobody is written to by another's PID, nor by the name that the person gave to somebody else
    (AG-61)."""
    nodes.start(5)
    ann, ben, cay = (Person(nodes, name, nodes.all[i]) for i, name in enumerate(("ann", "ben",
                                                                                  "cay")))
    thief = Named(nodes, "thief", nodes.all[3], "Ben")
    worse = Named(nodes, "worse", nodes.all[4], cay.pid)
    for p in (ann, ben, thief, worse):
        p.published()
    ann.run("contacts", "add", thief.pid)
    ann.run("contacts", "add", worse.pid)
    ann.run("contacts", "add", ben.pid, "Ben")
    ann.run("msg", "send", thief.pid, "hi")
    ann.run("msg", "send", worse.pid, "hi")
    eventually("their names are known", 120, lambda: {c.get("name") for c in ann.json(
        "contacts", "list")["contacts"]} >= {"Ben", cay.pid})
    # Cay is no contact: nothing is said to anybody
    ann.run("msg", "send", cay.pid, "for Cay alone", want=4)
    check(ann.texts(worse.pid) == ["hi"], f"{ann.texts(worse.pid)}")
    # two are called Ben, one of them by Ann
    ann.run("msg", "send", "Ben", "for Ben alone")
    check(ann.texts(ben.pid) == ["for Ben alone"], f"{ann.texts(ben.pid)}")
    check(ann.texts(thief.pid) == ["hi"], f"{ann.texts(thief.pid)}")


def case_places(nodes, seed):
    """What stands where a file is to be saved is left as it is: links, pipes, what others left; and
    a disk that is full (AG-83, PE-74). A flood of messages hides none of them."""
    ann, ben = friends(nodes)
    path = random_file(nodes, "-rf", 3 << 20)
    ann.run("file", "send", "Ben", path)
    id = arrived(ben, "_rf")
    victim, inbox = os.path.join(nodes.base, "victim"), os.path.join(nodes.base, "inbox")
    os.mkdir(inbox)
    with open(victim, "w") as f:
        f.write("mine")
    part = os.path.join(inbox, f".geonet-{id[:16]}-0.part")

    def get(want, folder=inbox):
        return ben.run("file", "get", id, "--out", folder + "/", want=want)

    for make in (os.link, os.symlink, lambda _, at: os.mkfifo(at)):
        make(victim, part)
        get(1)
        with open(victim) as f:
            check(f.read() == "mine", f"{make}: what it leads to was written")
        check(os.path.lexists(part), "what is not its own is not removed")
        os.unlink(part)
    os.symlink(victim, os.path.join(inbox, "_rf"))
    check("already" in get(1) or os.path.islink(os.path.join(inbox, "_rf")), "a link in its place")
    with open(victim) as f:
        check(f.read() == "mine", "the link was followed")
    os.unlink(os.path.join(inbox, "_rf"))
    get(0)
    check(digest(os.path.join(inbox, "_rf")) == digest(path), "the bytes")
    # a disk that is full: a sentence, nothing that looks whole, and it goes on elsewhere
    small = os.path.join(nodes.base, "small")
    os.mkdir(small)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small],
                      capture_output=True).returncode == 0:
        try:
            said = get(1, small)
            check("No space" in said, said)
            check(not os.path.exists(os.path.join(small, "_rf")), "half a file has its name")
            check(os.listdir(small) == [], "what came still fills it")
        finally:
            subprocess.run(["umount", small], check=True)
    # more that is new than one look at the chat shows: all of it is printed, and nothing else is
    # marked as read
    ben.run("msg", "read", "Ann")
    subprocess.run([app_call(nodes), "--times", "30", ann.socket(), "chat", "message-send",
                    '{"who":"Ben","text":"one of many"}'], check=True, stdout=subprocess.DEVNULL)
    eventually("they are there", 120, lambda: ben.texts("Ann").count("one of many") == 30)
    check(ben.run("msg", "read", "Ann").count("one of many") == 30, "some were not shown")
    check("Nothing new" in ben.run("msg", "read", "Ann"), "they are new twice")


def case_clients(nodes, seed):
    """Programs on the agent's socket that keep no rule, by the hundred, and another user: the
    person is answered meanwhile and afterwards (AG-61)."""
    nodes.start(1)
    ann = Person(nodes, "ann", nodes.all[0])

    def call(*words, options=()):
        return subprocess.run([app_call(nodes), *options, ann.socket(), *words],
                              capture_output=True, text=True, timeout=100)

    for how in ("garbage", "hello-late"):
        done = call("-", how)
        check("bye" in done.stdout, f"{how}: {done.returncode} {done.stdout}{done.stderr}")
    noise = [
        subprocess.Popen([app_call(nodes), ann.socket(), "-", *words], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, text=True)
        for words in (("flood", "4"), ("flood", "4"), ("hold", "200"), ("hold", "200"))
    ]
    worst = 0
    until = time.monotonic() + 4
    while time.monotonic() < until:
        began = time.monotonic()
        done = subprocess.run(
            [os.path.join(nodes.bin, "geonet"), "--data", ann.data, "--json", "agent", "status"],
            capture_output=True, text=True, timeout=60)
        worst = max(worst, time.monotonic() - began)
        # places are bounded: who comes late may be sent away, with a sentence
        check(done.returncode == 0 or done.stderr.strip(), f"{done.returncode}, and no word")
    for n in noise:
        n.communicate("\n", timeout=60)
    check(ann.process.poll() is None, f"it ended: {ann.last()}")
    check(ann.json("agent", "status")["pid"] == ann.pid, "it answers")
    print(f"an answer took {worst:.1f} s at most")
    if os.getuid() == 0:
        os.chmod(nodes.base, 0o755)
        done = call("contact", "contacts-list", "{}", options=("--uid", "65534"))
        check(done.returncode != 0 and "contacts" not in done.stdout,
              f"another user is answered: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
