#!/usr/bin/env python3
"""Programs that speak to an agent with a secret of their own.

usage: agent_clients_test.py BIN_DIR CASE
Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import json, os, socket, subprocess, sys, threading, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually
from people_test import meet, people, Person


def client(person, name, *rights, options=()):
    """The file of a new client's secret."""
    file = os.path.join(person.nodes.base, name)
    words = [word for right in rights for word in ("--right", right)]
    person.run("agent", "clients", "add", name, *words, "--out", file, *(options or ["--yes"]))
    return file


def by(person, file, *words, want=0):
    """What the tool says as that client."""
    done = subprocess.run([
        os.path.join(person.nodes.bin, "geonet"), "--data", person.data, *words],
        capture_output=True, text=True, timeout=120, env={**os.environ, "GEONET_CLIENT": file},
        stdin=subprocess.DEVNULL)
    said = done.stdout + done.stderr
    check(done.returncode == want, f"{file}: {words}: {done.returncode}: {said}")
    return said


def case_rights(nodes, seed):
    """Each call asks for a right; what is refused names it (AG-91)."""
    ann, ben, cay = people(nodes, "ann", "ben", "cay")
    meet(ann, ben)
    ann.run("contacts", "add", cay.pid, "Cay")
    reader = client(ann, "reader", "chat")
    writer = client(ann, "writer", f"send/{ben.pid}")
    keeper = client(ann, "keeper", "contacts")
    check("hello there" in by(ann, reader, "msg", "history", "Ben"), "it reads")
    said = by(ann, reader, "msg", "send", "Ben", "no", want=1)
    check("needs the right send/PID of 'Ben'" in said and "'reader'" in said, said)
    by(ann, reader, "presence", "show", "Ben")
    said = by(ann, reader, "presence", "set", "online", want=1)
    check("the right send/*" in said, said)
    check("the right chat" in by(ann, keeper, "presence", "show", want=1), "nor who is there")
    said = by(ann, reader, "contacts", "block", "Ben", want=1)
    check("the right contacts" in said, said)
    said = by(ann, reader, "agent", "clients", "list", want=1)
    check("the right agent" in said, said)
    by(ann, writer, "msg", "send", "Ben", "as a program")
    eventually("it arrives", 120, lambda: "as a program" in ben.texts(ann.pid))
    said = by(ann, writer, "msg", "send", "Cay", "no", want=1)
    check("needs the right send/PID of 'Cay'" in said, said)
    # nobody of that name sounds the same: who is a contact is not told
    check(by(ann, writer, "msg", "send", "Zoe", "no", want=1) == said.replace("Cay", "Zoe"), said)
    check("the right chat" in by(ann, writer, "msg", "history", "Ben", want=1), "it does not read")
    by(ann, keeper, "contacts", "name", "Cay", "Caroline")
    check("the right chat" in by(ann, keeper, "msg", "chats", want=1), "it sees no chat")
    for file in (reader, writer, keeper):
        by(ann, file, "agent", "status")
        check("the right agent" in by(ann, file, "agent", "down", want=1), "nobody stops it")
        said = by(ann, file, "agent", "backup", os.path.join(nodes.base, "b"), want=1)
        check("the right agent" in said, said)
    # of messages a client hears that may read them
    for file, hears in ((reader, True), (writer, False)):
        follow = subprocess.Popen([
            os.path.join(nodes.bin, "geonet"), "--data", ann.data, "msg", "follow", "--count", "1"
        ], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                  env={**os.environ, "GEONET_CLIENT": file})
        try:
            follow.wait(2)
            check(not hears, "it ended")
        except subprocess.TimeoutExpired:
            pass
        ben.run("msg", "send", "Ann", f"to {os.path.basename(file)}")
        text = f"to {os.path.basename(file)}"
        eventually("it is there", 120, lambda t=text: t in ann.texts("Ben"))
        try:
            out, _ = follow.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            follow.kill()
            out, _ = follow.communicate()
        check(("to reader" in out) == hears and "to writer" not in out, f"{file}: {out}")
    # listed without secrets; removed at once; another secret, another id
    listed = ann.run("agent", "clients", "list")
    with open(reader, encoding="ascii") as f:
        number, secret = f.read().strip().split(":")
    check(number in listed and secret not in listed, listed)
    check(os.stat(reader).st_mode & 0o777 == 0o600, "the file's mode")
    forged = os.path.join(nodes.base, "forged")
    for text in (f"{number}:{secret[::-1]}", f"{number[::-1]}:{secret}"):
        with open(forged, "w", encoding="ascii") as f:
            f.write(text + "\n")
        said = by(ann, forged, "agent", "status", want=1)
        check("does not take this client" in said, said)
    follow = subprocess.Popen(
        [os.path.join(nodes.bin, "geonet"), "--data", ann.data, "msg", "follow", "--count", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "GEONET_CLIENT": reader})
    time.sleep(2)  # it listens before that is said
    ben.run("msg", "send", "Ann", "before it was removed")
    check("before it was removed" in follow.stdout.readline(), "it listens")
    ann.run("agent", "clients", "remove", number)
    ben.run("msg", "send", "Ann", "after it was removed")
    out, err = follow.communicate(timeout=120)
    check(follow.returncode != 0 and "after it" not in out, f"a removed client: {out}{err}")
    by(ann, reader, "agent", "status", want=1)
    ann.run("agent", "clients", "remove", number, want=4)
    # the store is sealed: no secret lies in the files
    with open(writer, encoding="ascii") as f:
        raw = bytes.fromhex(f.read().strip().split(":")[1])
    for root, _, files in os.walk(ann.data):
        for name in files:
            if not name.endswith(".sock"):
                with open(os.path.join(root, name), "rb") as f:
                    check(raw not in f.read(), f"a secret in {name}")
    # after kill -9 it is still one
    ann.down(9)
    ann.up(nodes.all[1])
    check("the right chat" in by(ann, writer, "msg", "chats", want=1), "it is known")


def case_asked(nodes, seed):
    """What is asked each time: by whom yes may be said (AG-92)."""
    nodes.start(1)
    os.mkdir(os.path.join(nodes.base, "eve"), 0o700)
    eve = Person(nodes, "eve", nodes.all[0], made=True)
    said = eve.run("agent", "clients", "add", "bot", "--right", "chat", want=1)
    check("let the program 'bot' do this as you: chat" in said and "--yes" in said, said)
    check("no program" in eve.run("agent", "clients").lower(), "it was added")
    said = eve.run("agent", "clients", "add", "bot", "--right", "chats", "--yes", want=2)
    check("'chats' is no right" in said, said)
    there = os.path.join(nodes.base, "there")
    open(there, "w").close()
    said = eve.run("agent", "clients", "add", "bot", "--right", "chat", "--yes", "--out", there,
                   want=1)
    check("never overwritten" in said, said)
    check("no program" in eve.run("agent", "clients").lower(), "its secret would be lost")
    client(eve, "bot", "chat")
    check("the tool that asked" in eve.last(), "the log says who allowed it")
    # a client with the right agent: the tool is asked, never the client itself
    admin = client(eve, "admin", "agent")
    asked = subprocess.Popen([
        os.path.join(nodes.bin, "geonet"), "--data", eve.data, "agent", "clients", "add", "third",
        "--right", "*", "--yes", "--out", os.path.join(nodes.base, "third")
    ], stderr=subprocess.PIPE, text=True, env={**os.environ, "GEONET_CLIENT": admin})
    line = asked.stderr.readline()
    check("Another client must allow it: geonet agent approve " in line, line)
    number = line.split()[-1]
    check("who asked cannot allow it" in by(eve, admin, "agent", "approve", number, want=1),
          "it allowed itself")
    eve.run("agent", "approve", number)
    check(asked.wait(60) == 0, asked.stderr.read())
    check("third" in eve.run("agent", "clients"), "it is there")
    eve.run("agent", "approve", number, want=4)  # once
    # who gives up waiting leaves nothing where the backup was to be
    folder = os.path.join(nodes.base, "backups")
    os.mkdir(folder)
    asked = subprocess.Popen([
        os.path.join(nodes.bin, "geonet"), "--data", eve.data, "agent", "backup",
        os.path.join(folder, "b")
    ], stderr=subprocess.PIPE, text=True, env={**os.environ, "GEONET_CLIENT": admin})
    check("Another client must allow it" in asked.stderr.readline(), "it waits")
    asked.terminate()
    asked.wait(30)
    check(os.listdir(folder) == [], f"left: {os.listdir(folder)}")
    # refused by the person; who is asked is not the person's own tool, whatever clients there are
    asked = subprocess.Popen([
        os.path.join(nodes.bin, "geonet"), "--data", eve.data, "agent", "clients", "add", "fourth",
        "--right", "chat"
    ], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                             env={**os.environ, "GEONET_CLIENT": admin})
    number = asked.stderr.readline().split()[-1]
    eve.run("agent", "approve", number, "--refuse")
    check(asked.wait(60) == 1 and "it was refused" in asked.stderr.read(), "refused")
    check("fourth" not in eve.run("agent", "clients"), "it was added")
    client(eve, "fifth", "chat")
    check("the tool that asked" in eve.last(), "the log says who allowed it")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
