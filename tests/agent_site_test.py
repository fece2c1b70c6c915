#!/usr/bin/env python3
"""Sites published through the agent by a program that drops a folder (AG-130..AG-137).

usage: agent_site_test.py BIN_DIR CASE
Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import http.client, os, re, signal, sys, threading, time

sys.dont_write_bytecode = True
import app_frame
import node_rig
from node_rig import check, eventually
from people_test import Person

PIECE, WINDOW = 65536, 262144
templates = {}


def data_frame(call, data):
    """A frame of StreamData, by one that flatc made for as many bytes: that takes no 50 ms each."""
    mark, pattern = 0x1122334455667788, bytes((i * 7 + i // 251) % 256 for i in range(len(data)))
    if len(data) < 64:  # which stand in a frame somewhere else, too
        return app_frame.encode({"body_type": "AppStream", "body": {
            "body_type": "StreamData", "body": {"stream": call, "bytes": list(data)}}})
    if len(data) not in templates:
        made = app_frame.encode({"body_type": "AppStream", "body": {
            "body_type": "StreamData", "body": {"stream": mark, "bytes": list(pattern)}}})
        templates[len(data)] = (made, made.index(mark.to_bytes(8, "little")), made.index(pattern))
    made, at_call, at = templates[len(data)]
    out = bytearray(made)
    out[at_call:at_call + 8] = call.to_bytes(8, "little")
    out[at:at + len(data)] = data
    return bytes(out)


class App:
    """A program that was paired, as the app in a browser is."""
    def __init__(self, person):
        url = person.run("app", "--print").strip().splitlines()[-1]
        self.port = int(url.split(":")[2].split("/")[0])
        link = app_frame.Link(self.port, *app_frame.code_of(url))
        _, made = link.ask("Agent", "ClientClaim", {"name": "A"})
        link.end()
        self.own = bytes(made["id"]["b"]) + bytes(16)
        self.secret = bytes(made["secret"]["b"])
        self.steps = []
        self.connect()

    def connect(self):
        self.link = app_frame.Link(self.port, self.own, self.secret)

    def begin_call(self, name, table):
        self.link.call += 1
        self.link.put("AppSite", {"body_type": name, "body": table}, self.link.call)
        return self.link.call

    def answer(self, call):
        """The last answer; those before it are steps."""
        while True:
            frame = self.link.take()
            if frame.get("call", 0) != call or frame["body_type"] == "AppStream":
                continue
            body = frame["body"]
            if "body_type" in body:
                said = body["body_type"], body.get("body", {})
            else:
                said = frame["body_type"], body
            if not frame.get("more"):
                return said
            self.steps.append(said[1])

    def ask(self, name, table=None):
        return self.answer(self.begin_call(name, table or {}))

    def must(self, name, table=None, want=None):
        said = self.ask(name, table)
        check(said[0] == (want or name + "Is"), f"{name}: {said}")
        return said[1]

    def refused(self, name, table, words):
        said = self.ask(name, table)
        check(said[0] == "AppError" and words in said[1].get("detail", ""), f"{name}: {said}")

    def send(self, draft, index, data, end=True):
        """A file's bytes within what is granted; its answer."""
        call = self.begin_call("OwnSiteFile", {"draft": draft, "index": index})
        room, at = WINDOW, 0
        while at < len(data):
            while room < min(PIECE, len(data) - at):
                frame = self.link.take()
                body = frame["body"]
                if frame["body_type"] != "AppStream":
                    if frame.get("call", 0) == call:
                        return body.get("body_type", frame["body_type"]), body.get("body", body)
                elif body["body_type"] == "StreamGrant" and body["body"].get("stream") == call:
                    room += body["body"]["bytes"]
            piece = data[at:at + PIECE]
            self.link.ws.send(data_frame(call, piece))
            room -= len(piece)
            at += len(piece)
        if not end:
            return None
        self.link.put("AppStream", {"body_type": "StreamEnd", "body": {"stream": call}})
        return self.answer(call)

    def draft(self, label, files):
        said = self.must("OwnSiteBegin", {"label": label, "files": [
            {"path": path, "size": len(data)} for path, data in files.items()]}, "OwnSiteDraft")
        check(said["files"] == len(files), f"{said}")
        return said["draft"]

    def fill(self, label, files):
        draft = self.draft(label, files)
        for i, data in enumerate(files.values()):
            said = self.send(draft, i, data)
            check(said[0] == "OwnSiteFileIs", f"{list(files)[i]}: {said}")
        return draft

    def publish(self, label, files, **more):
        return self.must("OwnSiteCommit", {"draft": self.fill(label, files), **more}, "OwnSite")


def setup(nodes, count=3):
    why = app_frame.here()
    if why:
        raise node_rig.Skip(why)
    nodes.start(count)
    ann = Person(nodes, "ann", nodes.all[0])
    eventually("the agent knows its node", 60,
               lambda: ann.json("agent", "status").get("online"))
    return ann


def get(node, url, path="/", want=200):
    """From a gateway, as a browser asks."""
    host = re.match(r"http://([^/:]+)", url).group(1)
    c = http.client.HTTPConnection("127.0.0.1", node.status()["http"], timeout=60)
    c.putrequest("GET", path, skip_host=True)
    c.putheader("Host", f"{host}:{node.status()['http']}")
    c.endheaders()
    r = c.getresponse()
    body = r.read()
    c.close()
    check(r.status == want, f"GET {url} {path}: {r.status} {body[:200]}")
    return {k.lower(): v for k, v in r.getheaders()}, body


FIRST = {"index.html": b"<html>one</html>", "big/data.bin": bytes(range(256)) * 12000,
         "README": b"plain text"}
SECOND = {"index.html": b"<html>two</html>", "new.css": b"a {}", "empty.txt": b""}


def case_whole(nodes, seed):
    """Published, read elsewhere byte for byte, published again, rolled back, removed."""
    ann = setup(nodes)
    app = App(ann)
    check(not app.must("OwnSitesList", want="OwnSitesIs").get("sites"), "none is there")
    said = app.publish("", FIRST)
    check(said["version"] == 1 and said["files"] == 3 and not said.get("code") and
          said["copies"] == 2 and said["wanted"] == 3 and said["few"] and
          said["receipts"] == 3 and
          said["bytes"] == sum(map(len, FIRST.values())), f"{said}")
    stages = [s.get("stage", "Reading") for s in app.steps]
    check([s for i, s in enumerate(stages) if s not in stages[:i]] ==
          ["Reading", "Signing", "Sending", "Spreading", "Putting"], f"{stages}")
    url, other = said["url"], nodes.all[2]
    for path, data in FIRST.items():
        head, body = get(other, url, "/" + path)
        check(body == data, f"{path}: {len(body)} bytes, {body[:40]}")
    check(head["content-type"] == "text/plain; charset=utf-8", f"{head}")
    listed = app.must("OwnSitesList", want="OwnSitesIs")["sites"]
    check([(s.get("label", ""), s["version"], s["files"], s["url"]) for s in listed] ==
          [("", 1, 3, url)], f"{listed}")
    # a second version, whose files that are gone are said so
    said = app.publish("", SECOND)
    check(said["version"] == 2 and said["files"] == 3, f"{said}")
    eventually("the second version is read", 60,
               lambda: get(other, url)[1] == SECOND["index.html"])
    check(get(other, url, "/empty.txt")[1] == b"", "an empty file")
    get(other, url, "/README", want=404)
    versions = app.must("OwnSiteVersions", {"label": ""})["versions"]
    check([(v["version"], v.get("now", False), v["files"]) for v in versions] ==
          [(2, True, 3), (1, False, 3)] and
          abs(versions[1]["created"] - time.time()) < 600, f"{versions}")
    # back, the same once more, what is not there
    said = app.must("OwnSiteRollBack", {"label": "", "version": 1}, "OwnSite")
    check(said["version"] == 3 and said["files"] == 3, f"{said}")
    eventually("the first version is read again", 60,
               lambda: get(other, url)[1] == FIRST["index.html"])
    app.refused("OwnSiteRollBack", {"label": "", "version": 3}, "is out")
    app.refused("OwnSiteRollBack", {"label": "", "version": 9}, "no version 9")
    app.refused("OwnSiteRollBack", {"label": "none"}, "no site with this label")
    # the tool sees the same
    shown = nodes.all[1].cli("site", "show", ann.pid)
    check(shown["version"] == 3 and [f["path"] for f in shown["files"]] == sorted(FIRST),
          f"{shown}")
    # and publishes the next version, after which the program's follows
    os.symlink(os.path.join(nodes.all[0].data, "app.sock"), os.path.join(ann.data, "app.sock"))
    folder = os.path.join(nodes.base, "folder")
    os.mkdir(folder)
    with open(os.path.join(folder, "tool.html"), "w", encoding="utf-8") as f:
        f.write("by the tool")
    said = ann.json("site", "publish", folder, "--copies", "2", "--w", "3")
    check(said["version"] == 4, "the tool goes on")
    check(app.publish("", SECOND)["version"] == 5, "the program goes on after it")
    shown = nodes.all[1].cli("site", "show", ann.pid)
    check([f["path"] for f in shown["files"]] == sorted(SECOND), f"{shown}")
    # a label has an address of its own
    said = app.publish("blog", {"index.html": b"<p>blog"})
    check(said.get("name") == f"blog.{ann.pid}" and not said.get("code"), f"{said}")
    check(get(other, said["url"])[1] == b"<p>blog", "by its own address")
    listed = app.must("OwnSitesList", want="OwnSitesIs")["sites"]
    check(sorted((s.get("label", ""), bool(s.get("url"))) for s in listed) ==
          [("", True), ("blog", True)], f"{listed}")
    # after a restart of its node it is still kept, so the node was told whose blocks they are
    nodes.all[0] = nodes.again(nodes.all[0])
    eventually("the node is back", 60, lambda: app.ask("OwnSitesList")[0] == "OwnSitesIs")
    listed = app.must("OwnSitesList", want="OwnSitesIs")["sites"]
    check(len(listed) == 2 and all(not s.get("code") for s in listed), f"{listed}")
    app.must("OwnSiteRemove", {"label": "blog"}, "AppOk")
    listed = app.must("OwnSitesList", want="OwnSitesIs")["sites"]
    check([s.get("label", "") for s in listed] == [""], f"{listed}")
    app.refused("OwnSiteRemove", {"label": "nothing"}, "no site with this label")


def case_wrong(nodes, seed):
    """What is refused, where, and that nothing changes by it (AG-130, AG-131)."""
    ann = setup(nodes, 2)
    app = App(ann)
    one = lambda path, size=1: {"label": "x", "files": [{"path": path, "size": size}]}
    for path, words in (("../up", '".."'), ("/abs", ""), ("a//b", ""), ("a\\b", ""), ("", "")):
        said = app.ask("OwnSiteBegin", one(path))
        check(said[0] == "AppError" and path in said[1]["detail"] and words in said[1]["detail"],
              f"{path}: {said}")
    two = lambda a, b: {"files": [{"path": a, "size": 1}, {"path": b, "size": 1}]}
    app.refused("OwnSiteBegin", two("a", "a"), "a: is there twice")
    app.refused("OwnSiteBegin", two("a/b", "A/c"), "case")
    app.refused("OwnSiteBegin", two("a", "a/b"), "a file and a folder")
    app.refused("OwnSiteBegin", {"label": "x"}, "no file")
    app.refused("OwnSiteBegin", {**one("a"), "label": "-"}, "label")
    app.refused("OwnSiteBegin", {**one("a"), "label": "x" * 256}, "label")
    app.refused("OwnSiteBegin", one("a", (4 << 30) + 1), "4 GiB")
    app.must("OwnSiteDrop", {"draft": app.must("OwnSiteBegin", one("a", 4 << 30),
                                               "OwnSiteDraft")["draft"]}, "AppOk")
    # AGENT_SITE_BYTES above, AGENT_SITE_FILES here
    many = {"files": [{"path": f"f/{i}", "size": 1} for i in range(4097)]}
    app.refused("OwnSiteBegin", many, "4097 files")
    many["files"].pop()
    app.must("OwnSiteDrop", {"draft": app.must("OwnSiteBegin", many, "OwnSiteDraft")["draft"]},
             "AppOk")
    # a program's share of drafts (AG-114); another program has its own, and not this one's
    files = {"index.html": b"hello", "b": b"x" * 100000}
    draft = app.draft("x", files)
    app.refused("OwnSiteBegin", one("a"), "as many as one may")
    other = App(ann)
    other.refused("OwnSiteDrop", {"draft": draft}, "no such draft")
    other.refused("OwnSiteCommit", {"draft": draft}, "no such draft")
    # more and fewer bytes than was said, a file that is none; then it is sent rightly
    for index, data in ((0, b"hello!"), (1, b"x" * 100001), (0, b"hell"), (1, b"x" * 99999)):
        said = app.send(draft, index, data)
        check(said[0] == "AppError" and "than was said" in said[1]["detail"], f"{index}: {said}")
    said = app.send(draft, 2, b"")
    check(said[0] == "AppError" and "2 files" in said[1]["detail"], f"{said}")
    check(app.send(draft, 0, files["index.html"])[0] == "OwnSiteFileIs", "it is sent rightly")
    app.refused("OwnSiteCommit", {"draft": draft}, "b has not come yet")
    check(app.send(draft, 1, files["b"])[0] == "OwnSiteFileIs", "so is the other")
    for words, more in (("nothing.html", {"entry": "nothing.html"}), ("404", {"not_found": "404"}),
                        ("is not a name", {"name": "a b"}),
                        ("claim it first", {"name": "annabel"})):
        app.refused("OwnSiteCommit", {"draft": draft, **more}, words)
    said = app.must("OwnSiteCommit", {"draft": draft, "entry": "b"}, "OwnSite")
    check(said["version"] == 1 and said["copies"] == 1, f"{said}")
    app.refused("OwnSiteCommit", {"draft": draft}, "no such draft")
    check(get(nodes.all[1], said["url"])[1] == files["b"], "its entry")
    # rights: sites are records of type 4 (AG-91)
    for right, want in (("chat", "AppError"), ("sign/3", "AppError"), ("sign/4", "OwnSitesIs")):
        file = os.path.join(nodes.base, right.replace("/", "_"))
        ann.run("agent", "clients", "add", "r", "--right", right, "--out", file, "--yes")
        with open(file, encoding="ascii") as f:
            number, secret = f.read().strip().split(":")
        app.own, app.secret = bytes.fromhex(number) + bytes(16), bytes.fromhex(secret)
        app.connect()
        said = app.ask("OwnSitesList")
        check(said[0] == want, f"{right}: {said}")
    draft = app.fill("y", {"a": b"1"})
    app.refused("OwnSiteCommit", {"draft": draft, "name": "annabel"}, "sign/3")


def case_cut(nodes, seed):
    """Connections that are killed, a node that goes away and comes back: the old version stays, and
    what was begun can be ended (AG-131, AG-133)."""
    ann = setup(nodes)
    app = App(ann)
    said = app.publish("", FIRST)
    url, other = said["url"], nodes.all[2]
    check(get(other, url)[1] == FIRST["index.html"], "it is there")
    # the connection dies within a file, and at once after the commit was said
    draft = app.draft("", SECOND)
    app.send(draft, 0, SECOND["index.html"], end=False)
    app.link.end()
    app.connect()
    eventually("the draft is gone", 30, lambda: app.ask("OwnSiteDrop", {"draft": draft})[1][
        "detail"].startswith("there is no such draft"))
    big = {**SECOND, "big.bin": os.urandom(2000000)}
    draft = app.fill("", big)
    app.begin_call("OwnSiteCommit", {"draft": draft})
    app.link.end()
    app.connect()
    time.sleep(1)
    versions = app.must("OwnSiteVersions", {"label": ""})["versions"]
    check(get(other, url)[1] in (FIRST["index.html"], SECOND["index.html"]), "one or the other")
    last = versions[0]["version"]
    # the node goes away between two files, and within one; it comes back
    draft = app.draft("", big)
    check(app.send(draft, 0, big["index.html"])[0] == "OwnSiteFileIs", "one file")
    nodes.all[0].stop()
    nodes.all[0].reap()
    said = app.send(draft, 3, big["big.bin"])
    check(said[0] == "AppError" and "node is gone" in said[1]["detail"], f"{said}")
    nodes.all[0] = nodes.again(nodes.all[0])
    eventually("the node is back", 60,
               lambda: app.send(draft, 3, big["big.bin"])[0] == "OwnSiteFileIs")
    for i, path in enumerate(big):
        check(app.send(draft, i, big[path])[0] == "OwnSiteFileIs", path)
    # it goes away while the commit runs: the draft stays, and is published then
    stop = threading.Timer(0.05, lambda: (nodes.all[0].stop(), nodes.all[0].reap()))
    stop.start()
    said = app.ask("OwnSiteCommit", {"draft": draft})
    stop.join()
    nodes.all[0] = nodes.again(nodes.all[0])

    def again():
        nonlocal said
        if said[0] == "OwnSite":
            return True
        check(said[0] == "AppError", f"{said}")
        if "send the files again" in said[1]["detail"]:
            for i, path in enumerate(big):
                check(app.send(draft, i, big[path])[0] == "OwnSiteFileIs", path)
        said = app.ask("OwnSiteCommit", {"draft": draft})
        return said[0] == "OwnSite"

    eventually("it is published after all", 90, again)
    check(said[1]["version"] > last, f"{said}")
    eventually("all of it is read", 60, lambda: get(other, url, "/big.bin")[1] == big["big.bin"])


def case_race(nodes, seed):
    """Two drafts of one label: one after the other, and the last one stays (AG-135)."""
    ann = setup(nodes)
    apps = [App(ann), App(ann)]
    drafts = [a.fill("", {"index.html": b"from %d" % i, "pad": os.urandom(3000000)})
              for i, a in enumerate(apps)]
    calls = [a.begin_call("OwnSiteCommit", {"draft": d}) for a, d in zip(apps, drafts)]
    said = [a.answer(c) for a, c in zip(apps, calls)]
    check(said[0][0] == "OwnSite" and said[0][1]["version"] == 1, f"{said}")
    check(said[1][0] == "AppError" and "at this moment" in said[1][1]["detail"], f"{said}")
    last = apps[1].must("OwnSiteCommit", {"draft": drafts[1]}, "OwnSite")
    check(last["version"] == 2, f"{last}")
    eventually("the last one is read", 60,
               lambda: get(nodes.all[2], last["url"])[1] == b"from 1")
    versions = apps[0].must("OwnSiteVersions", {})["versions"]
    check([v["version"] for v in versions] == [2, 1], f"{versions}")


def case_locked(nodes, seed):
    """With a passphrase each change asks for it; locking ends what is begun (AG-132)."""
    ann = setup(nodes, 2)
    app = App(ann)
    word = list(b"correct horse")
    said = app.link.ask("Agent", "AgentPassphrase", {"after": word})
    check(said[0] == "AgentStatusIs", f"{said}")
    draft = app.fill("", {"index.html": b"sealed"})
    app.refused("OwnSiteCommit", {"draft": draft}, "passphrase")
    said = app.ask("OwnSiteCommit", {"draft": draft, "passphrase": list(b"wrong")})
    check(said[0] == "AppError", f"{said}")
    app.must("OwnSiteCommit", {"draft": draft, "passphrase": word}, "OwnSite")
    draft = app.fill("", {"index.html": b"sealed again"})
    # one act is allowed, not a minute of acts
    app.refused("OwnSiteCommit", {"draft": draft}, "passphrase")
    said = app.must("OwnSiteCommit", {"draft": draft, "passphrase": word}, "OwnSite")
    check(said["version"] == 2, f"{said}")
    app.refused("OwnSiteRollBack", {}, "passphrase")
    check(app.must("OwnSiteRollBack", {"passphrase": word}, "OwnSite")["version"] == 3, "back")
    app.refused("OwnSiteRemove", {}, "passphrase")
    draft = app.draft("", {"index.html": b"never"})
    ann.run("agent", "lock")
    app.refused("OwnSitesList", {}, "locked")
    check(app.link.ask("Agent", "Unlock", {"passphrase": word})[0] == "AgentStatusIs", "open")
    app.refused("OwnSiteCommit", {"draft": draft, "passphrase": word}, "no such draft")
    app.must("OwnSiteRemove", {"passphrase": word}, "AppOk")


def case_named(nodes, seed):
    """A name of the person leads to the site from then on; what else it says stays (AG-134). An
    address of a label is not taken by another one that is written alike."""
    ann = setup(nodes)
    app = App(ann)
    os.symlink(os.path.join(nodes.all[0].data, "app.sock"), os.path.join(ann.data, "app.sock"))
    ann.run("name", "claim", "annabel", "TXT=kept", "--w", "3")
    files = {"index.html": b"named"}
    said = app.publish("n", files, name="annabel.geo")
    check(said["name"] == "annabel" and not said.get("code"), f"{said}")
    check(get(nodes.all[2], said["url"])[1] == b"named", f"{said}")
    check("kept" in ann.run("name", "resolve", "annabel"), "its other entries stay")
    nodes.all[1].cli("id", "new", "--no-passphrase")
    nodes.all[1].cli("name", "claim", "someone", "TXT=x", "--w", "3")
    draft = app.fill("n", files)
    app.refused("OwnSiteCommit", {"draft": draft, "name": "someone"}, "belongs to")
    app.must("OwnSiteDrop", {"draft": draft}, "AppOk")
    lower = app.publish("blog", {"index.html": b"lower"})
    upper = app.publish("Blog", {"index.html": b"upper"})
    check(lower["url"] and not upper.get("url") and upper["version"] == 1, f"{lower} {upper}")
    check(get(nodes.all[2], lower["url"])[1] == b"lower", "it is not taken")


def case_packed(nodes, seed):
    """Many small files are few blocks (services.md BU-18), and all of them are read."""
    ann = setup(nodes, 2)
    app = App(ann)
    files = {f"d{i % 7}/{i}.txt": b"%d " % i * (i * 37 % 5000 + 1) for i in range(90)}
    files["again.txt"] = files["d1/1.txt"]
    files["large.bin"] = os.urandom(150000)
    said = app.publish("p", files)
    check(said["files"] == len(files) and not said.get("code"), f"{said}")
    for path in list(files)[::9] + ["again.txt", "large.bin"]:
        check(get(nodes.all[1], said["url"], "/" + path)[1] == files[path], path)
    blocks = nodes.all[0].cli("site", "list")["sites"][0]["blocks"]
    check(blocks < 20, f"{blocks} blocks")
    said = app.must("OwnSiteCommit", {"draft": app.fill("p", {"a": b"1"})}, "OwnSite")
    said = app.must("OwnSiteRollBack", {"label": "p"}, "OwnSite")
    check(said["version"] == 3 and said["files"] == len(files), f"{said}")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
