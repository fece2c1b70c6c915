#!/usr/bin/env python3
"""What an agent keeps, as a file: usage: agent_backup_test.py BIN_DIR CASE

A backup made and put back, with the passphrase and with the 24 words; what goes wrong with files.
Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import json, os, subprocess, sys

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually
from people_test import meet, people, Person


def at_rest(nodes, name):
    """A person's tool on a folder where no agent runs."""
    someone = Person.__new__(Person)
    someone.nodes, someone.name = nodes, name
    someone.data = os.path.join(nodes.base, name)
    someone.log = os.path.join(nodes.base, name + ".log")
    someone.process = None
    open(someone.log, "ab").close()
    return someone


def rise(person, node):
    """Its agent is started."""
    person.nodes.attackers.append(person)
    person.up(node)
    person.pid = person.json("agent", "status").get("pid")


def inside(data):
    """The files of an agent, but for sockets and locks."""
    names = os.listdir(os.path.join(data, "agent"))
    return sorted(f for f in names if not f.endswith(".sock") and f != "lock")


def case_back(nodes, seed):
    """A lost device comes back as a new one: history is there, both ways work, and the one of
    before, which still runs, sends nothing more and says why (AG-92..AG-95)."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    ann.run("contacts", "verify", "Ben")
    file = os.path.join(nodes.base, "ann.backup")
    said = ann.run("agent", "backup", file, want=1)
    check("write all that you keep here, sealed, into a file" in said, said)
    check(not os.path.exists(file), "refused, and written")
    made = ann.json("agent", "backup", file, "--yes")
    check(made["size"] == os.path.getsize(file) and not made["passphrase"], made)
    check(os.stat(file).st_mode & 0o777 == 0o600, "the file's mode")
    check("backup.db" not in " ".join(inside(ann.data)), inside(ann.data))
    with open(file, "rb") as f:
        raw = f.read()
    check(b"hello there" not in raw and b"SQLite" not in raw, "plain text in the backup")
    said = ann.run("agent", "backup", file, "--yes", want=1)
    check("is there already" in said, said)
    with open(file, "rb") as f:
        check(f.read() == raw, "the file in the way was changed")
    ben.run("msg", "send", "Ann", "after the backup")
    eventually("it arrives", 120, lambda: "after the backup" in ann.texts("Ben"))
    words = ann.run("id", "export")

    new = at_rest(nodes, "ann2")
    said = new.run("agent", "restore", file, want=1)
    check("24 words" in said, said)
    check(not os.path.exists(os.path.join(new.data, "identity.key")), "something was written")
    new.run("id", "import", "--no-passphrase", "-", stdin=words)
    said = new.run("agent", "restore", file)
    check(ann.pid in said and "new device" in said, said)
    check(inside(new.data) == ["device.key", "reader.key", "store.db"], inside(new.data))
    with open(os.path.join(ann.data, "agent", "device.key"), "rb") as f, open(
            os.path.join(new.data, "agent", "device.key"), "rb") as g:
        check(f.read() != g.read(), "the same device's keys")
    said = new.run("agent", "restore", file, want=1)
    check("nothing of it is overwritten" in said, said)
    rise(new, nodes.all[3])
    check(new.pid == ann.pid, "somebody else")
    check(new.texts("Ben") == ["hello there"], new.texts("Ben"))
    check("there" in new.run("msg", "search", "hello"), "it is not found")
    new.published()
    new.run("msg", "send", "Ben", "from the new one")
    eventually("it arrives", 120, lambda: "from the new one" in ben.texts("Ann"))
    ben.run("msg", "send", "Ann", "to the new one")
    eventually("it comes", 120, lambda: "to the new one" in new.texts("Ben"))
    eventually("its receipt", 120, lambda: ben.state("Ann", "to the new one") >= 2)
    check(ben.texts("Ann").count("hello there") == 1, ben.texts("Ann"))
    check("they have a new device" in ben.run("msg", "history", "Ann"), "nobody tells Ben")
    # the one of before looks at its record when it starts, and every hour
    ann.run("msg", "send", "Ben", "nobody takes it")
    ann.down()
    ann.up(nodes.all[1])
    eventually("it knows", 120, lambda: ann.json("agent", "status").get("revoked"))
    said = ann.run("msg", "send", "Ben", "twice", want=1)
    check("another device of yours took this one out" in said, said)
    eventually("it says so", 30, lambda: ann.state("Ben", "nobody takes it") == 4)
    check("took its place" in ann.run("msg", "history", "Ben"), "not where to say it")
    check("taken out of your identity" in ann.run("agent", "status"), "status does not say it")
    new.down()
    new.up(nodes.all[3])
    new.published()
    check(not new.json("agent", "status").get("revoked"), "they throw each other out")


def case_export(nodes, seed):
    """Contacts, chats and files for other programs, and people from a file (AG-96)."""
    ann, ben = people(nodes, "ann", "ben")
    meet(ann, ben)
    odd = "Zoë, \\ the; \u0411\u043e\u0440\u0438\u0441 " + "x" * 60
    ann.run("contacts", "name", "Ben", odd)
    picture = os.path.join(nodes.base, "a picture.png")
    with open(picture, "wb") as f:
        f.write(b"\x89PNG" + bytes(70000))
    ann.run("file", "send", ben.pid, picture)
    long = os.path.join(nodes.base, "n" + "\u00e9" * 127)  # as long as a name may be
    with open(long, "wb") as f:
        f.write(b"long")
    ann.run("file", "send", ben.pid, long)
    for i in range(3):
        ben.run("msg", "send", "Ann", f"number {i}\n\"quoted\"")
    eventually("all are there", 120, lambda: sum("number" in t for t in ann.texts(ben.pid)) == 3)
    folder = os.path.join(nodes.base, "out")
    # on a full disk nothing of it is left, so that the same is done again when there is room
    small = os.path.join(nodes.base, "small")
    os.mkdir(small)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=700,size=64k", "tmpfs", small],
                      capture_output=True).returncode == 0:
        try:
            said = ann.run("agent", "export", os.path.join(small, "out"), want=1)
            check("No space" in said and os.listdir(small) == [], f"{said} {os.listdir(small)}")
        finally:
            unmount(small)
    made = ann.json("agent", "export", folder)
    check(made["contacts"] == 1 and made["files"] == 2 and made["messages"] >= 6, made)
    with open(os.path.join(folder, "export.json"), encoding="utf-8") as f:
        all_of_it = json.load(f)
    check(all_of_it["pid"] == ann.pid and all_of_it["contacts"][0]["petname"] == odd, all_of_it)
    said = [m.get("text") for m in all_of_it["chats"][0]["messages"]]
    check("hello there" in said and sum("quoted" in (t or "") for t in said) == 3, said)
    files = os.listdir(os.path.join(folder, "files"))
    short = [name for name in files if name.endswith("-0-a picture.png")]
    check(len(files) == 2 and len(short) == 1, files)
    with open(os.path.join(folder, "files", short[0]), "rb") as f, open(picture, "rb") as g:
        check(f.read() == g.read(), "another picture")
    said = ann.run("agent", "export", folder, want=1)
    check("nothing is overwritten" in said, said)
    cards = os.path.join(nodes.base, "friends.vcf")
    ann.run("agent", "export", cards)
    said = ann.run("agent", "export", cards, want=1)
    check("is there already" in said, said)
    with open(cards, "rb") as f:
        text = f.read()
    check(all(len(line) <= 75 for line in text.split(b"\r\n")), text)
    # read by somebody else: from vCards, then from JSON, where all are known
    cay = Person(nodes, "cay", nodes.all[3])
    done = cay.json("agent", "import", cards)
    check(done == {"added": [ben.pid], "known": 0, "passed_over": 0}, done)
    listed = cay.json("contacts", "list")["contacts"]
    check(listed[0]["petname"] == odd, listed)
    done = cay.json("agent", "import", os.path.join(folder, "export.json"))
    check(done == {"added": [], "known": 1, "passed_over": 0}, done)
    foreign = ("BEGIN:VCARD\nVERSION:3.0\nFN:No Key\nTEL:+49\nEND:VCARD\n"
               "begin:vcard\nitem1.FN;X=1:An\n n\n"
               f"item1.IMPP;TYPE=x:geonet:{ann.pid}\nend:vcard\n"
               "BEGIN:VCARD\nFN:Bad\nIMPP:geonet:nobody\nEND:VCARD\nBEGIN:VCARD\nFN:Half\n")
    with open(cards, "w", encoding="utf-8") as f:
        f.write(foreign)
    done = cay.json("agent", "import", cards)
    check(done == {"added": [ann.pid], "known": 0, "passed_over": 2}, done)
    check("Ann" in cay.run("contacts", "list"), "the folded name")
    for text in ("", "hello\n", "{", '{"format":"other"}'):
        with open(cards, "w", encoding="utf-8") as f:
            f.write(text)
        check("neither vCards" in cay.run("agent", "import", cards, want=1), text)


def case_phrase(nodes, seed):
    """With a passphrase: asked each time, and it opens the backup without the words."""
    nodes.start(1)
    os.mkdir(os.path.join(nodes.base, "dee"), 0o700)
    secret = os.path.join(nodes.base, "secret")
    with open(secret, "w", encoding="utf-8") as f:
        f.write("größer als\n")
    dee = at_rest(nodes, "dee")
    dee.run("id", "new", "--passphrase-file", secret)
    nodes.attackers.append(dee)
    dee.up(nodes.all[0])
    dee.run("agent", "start", "--passphrase-file", secret)
    dee.run("contacts", "invite")
    file = os.path.join(nodes.base, "dee.backup")
    wrong = os.path.join(nodes.base, "wrong")
    with open(wrong, "w", encoding="utf-8") as f:
        f.write("another\n")
    said = dee.run("agent", "backup", file, "--passphrase-file", wrong, want=1)
    check("passphrase" in said and not os.path.exists(file), said)
    dee.run("agent", "backup", file, "--passphrase-file", secret)
    new = at_rest(nodes, "dee2")
    said = new.run("agent", "restore", file, "--passphrase-file", wrong, want=1)
    check("passphrase does not open it" in said, said)
    check(os.listdir(new.data) in ([], ["agent.lock"]), os.listdir(new.data))
    new.run("agent", "restore", file, "--passphrase-file", secret)
    rise(new, nodes.all[0])
    check(new.json("agent", "status")["state"] == "locked", "it is locked")
    new.run("agent", "unlock", "--passphrase-file", secret)
    check(new.pid == dee.json("agent", "status")["pid"], "somebody else")


def unmount(place):
    """Once the last program that used it has ended."""
    eventually(f"{place} is not in use", 60, lambda: subprocess.run(
        ["umount", place], capture_output=True).returncode == 0)


def case_wrong(nodes, seed):
    """Files that are none, damaged ones, cut ones, another person's: a sentence, and nothing is
    left; and a putting back that was killed."""
    nodes.start(1)
    os.mkdir(os.path.join(nodes.base, "fay"), 0o700)
    fay = Person(nodes, "fay", nodes.all[0], made=True)
    file = os.path.join(nodes.base, "fay.backup")
    fay.run("agent", "backup", file, "--yes")
    words = fay.run("id", "export")
    with open(file, "rb") as f:
        raw = f.read()
    pages = len(raw) // 4096
    check(pages > 8 and len(raw) % 4096 == 0, f"{len(raw)} bytes")
    bad = os.path.join(nodes.base, "bad")
    new = at_rest(nodes, "fay2")
    new.run("id", "import", "--no-passphrase", "-", stdin=words)
    before = sorted(os.listdir(new.data))

    def refused(data, sentence):
        with open(bad, "wb") as f:
            f.write(data)
        said = new.run("agent", "restore", bad, want=1)
        check(sentence in said, f"{sentence}: {said}")
        left = inside(new.data) if os.path.isdir(os.path.join(new.data, "agent")) else []
        check(left == [], f"{sentence}: {left} is left")
        kept = sorted(f for f in os.listdir(new.data) if f not in ("agent", "agent.lock"))
        check(kept == [f for f in before if f not in ("agent", "agent.lock")], kept)

    def flipped(at):
        return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1:]

    refused(b"", "no backup")
    refused(b"hello" * 2000, "no backup")
    refused(b"hello", "no backup")
    refused(raw[:100], "cut off")
    refused(raw[:7] + b"\x02" + raw[8:], "a newer GeoNet made it")
    for at in (8, 45, 60, 83, 87, 3000, 4070):
        refused(flipped(at), "identity here is another" if at == 8 else "damaged")
    for page in (1, pages // 2, pages - 1):
        refused(flipped(4096 * page + 77), "bytes of it were changed")
    moved = bytearray(raw)
    moved[4096 * 2:4096 * 4] = raw[4096 * 3:4096 * 4] + raw[4096 * 2:4096 * 3]
    refused(bytes(moved), "bytes of it were changed")
    refused(raw[:-1], "cut off")
    refused(raw[:-4096], "cut off")
    refused(raw + raw[-4096:], "something follows")
    # a disk that gets full under an agent: the call in which it did is told so, and nothing else;
    # the agent ends, and begins again when there is room (AG-60)
    small = os.path.join(nodes.base, "small")
    os.mkdir(small)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=700,size=2m", "tmpfs", small],
                      capture_output=True).returncode == 0:
        try:
            lou = at_rest(nodes, "small/lou")
            lou.run("agent", "up")
            fill = os.path.join(small, "fill")
            tool = [os.path.join(nodes.bin, "geonet"), "--data", lou.data]

            def invite_refused():
                """False: the agent had ended before, by a write of its own."""
                with open(fill, "wb", buffering=0) as f:
                    try:
                        while f.write(bytes(4096)):
                            pass
                    except OSError:
                        pass
                done = subprocess.run(tool + ["contacts", "invite"], capture_output=True, text=True)
                eventually("the agent has ended", 60, lambda: subprocess.run(
                    tool + ["agent", "status"], capture_output=True).returncode == 3)
                os.unlink(fill)
                said = done.stdout + done.stderr
                check(done.returncode in (1, 3), f"{done.returncode}: {said}")
                ended = done.returncode == 3 or "broke off" in said
                check(ended or "the disk is full" in said and "agent up" in said, said)
                return not ended or lou.run("agent", "up") and False

            eventually("a call meets the full disk", 90, invite_refused)
            lou.run("agent", "up")
            lou.run("contacts", "invite")
            lou.run("agent", "down")
        finally:
            unmount(small)
    # a disk that is full says nothing of the backup
    for kib in (100, 240, 400):
        tmpfs = ["mount", "-t", "tmpfs", "-o", f"mode=700,size={kib}k", "tmpfs", small]
        if subprocess.run(tmpfs, capture_output=True).returncode != 0:
            break
        try:
            full = at_rest(nodes, "small")
            full.run("id", "import", "--no-passphrase", "-", stdin=words)
            said = full.run("agent", "restore", file, want=1)
            check("changed" not in said and "not an error" not in said, f"{kib} KiB: {said}")
            check(inside(full.data) == [], f"{kib} KiB: {inside(full.data)} is left")
        finally:
            unmount(small)
    other = at_rest(nodes, "gus")
    other.run("id", "new", "--no-passphrase")
    said = other.run("agent", "restore", file, want=1)
    check("identity here is another" in said and fay.pid in said, said)
    # killed in the middle: no agent starts on it, and the same again goes through
    os.makedirs(os.path.join(new.data, "agent"), 0o700, exist_ok=True)
    for name in ("restoring", "store.db", "device.key", "reader.key"):
        with open(os.path.join(new.data, "agent", name), "wb") as f:
            f.write(b"half")
        os.chmod(os.path.join(new.data, "agent", name), 0o600)
    done = subprocess.run([os.path.join(nodes.bin, "geonet-agent"), "--data", new.data],
                          capture_output=True, text=True, timeout=60)
    check(done.returncode == 1 and "geonet agent restore again" in done.stderr, done.stderr)
    new.run("agent", "restore", file)
    check(inside(new.data) == ["device.key", "reader.key", "store.db"], inside(new.data))
    rise(new, nodes.all[0])
    # while an agent runs there is nothing to put back
    said = new.run("agent", "restore", file, want=1)
    check("an agent runs on" in said, said)


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
