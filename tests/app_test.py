#!/usr/bin/env python3
"""app/1 with real nodes: usage: app_test.py BIN_DIR CASE

A node's socket is spoken to by tests/app_call, and its twin in JSON by HTTP: both must give the
same answers (docs/spec/app.md). Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import hashlib, http.client, json, os, socket, stat, struct, subprocess, sys, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually, token_of


def call_program(nodes):
    return os.path.join(os.path.dirname(nodes.bin), "tests", "app_call")


def run(nodes, node, words, options=(), sock=None, seconds=90):
    """(exit status, lines) of app_call."""
    done = subprocess.run(
        [call_program(nodes), *options, sock or os.path.join(node.data, "app.sock"), *words],
        capture_output=True, text=True, timeout=seconds)
    check(done.returncode in (0, 1, 3, 4), f"app_call {words}: {done.returncode} {done.stderr}")
    return done.returncode, [
        json.loads(line) if line[:1] in "{[0123456789" else line
        for line in done.stdout.splitlines()]


def app(nodes, node, *words, **kw):
    """(exit status, the last answer) over app/1."""
    code, lines = run(nodes, node, words, **kw)
    return code, lines[-1] if lines else None


def began(nodes, node, words, options=(), sock=None):
    """app_call that goes on."""
    return subprocess.Popen(
        [call_program(nodes), *options, sock or os.path.join(node.data, "app.sock"), *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def counter(node, group, name):
    h = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=30)
    h.request("GET", "/api/v1/counters")
    answer = json.loads(h.getresponse().read())
    h.close()
    return answer[group][name]


def twin(node, area, call, body=None):
    """(status, answer) of POST /api/v1/area/call."""
    h = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=90)
    h.request("POST", f"/api/v1/{area}/{call}", json.dumps(body or {}),
              {"Authorization": "Bearer " + token_of(node)})
    answer = h.getresponse()
    text = answer.read()
    h.close()
    return answer.status, json.loads(text)


def case_twins(nodes, seed):
    """Records, names and status: the same answers over app/1 and in JSON."""
    nodes.start(3)
    node, other = nodes.all[0], nodes.all[1]
    code, status = app(nodes, node, "node", "status")
    check(code == 0 and status["version"] and len(status["key"]) == 64, f"status: {status}")
    check(twin(node, "node", "status")[1]["key"] == status["key"], "the twin is another node")
    key = node_rig.put(node, b"hello over app/1", "app")
    words = json.dumps({"key": key, "type": 16, "quorum": 1})
    eventually("the record is there, too", 60,
               lambda: app(nodes, other, "record", "get", words)[0] == 0)
    code, got = app(nodes, other, "record", "get", words)
    check(code == 0 and len(got["values"]) == 1, f"get: {got}")
    record = got["values"][0]["record"]
    http, again = twin(other, "record", "get", json.loads(words))
    check(http == 200 and again["values"][0]["record"] == record, f"the twin's get: {again}")
    code, put = app(nodes, other, "record", "put", json.dumps({"record": record, "w": 1}))
    check(code == 0 and put["key"] == key and len(put["receipts"]) >= 1, f"put: {put}")
    check(len(put["receipts"][0]["sig"]) == 128, "a receipt has its signature")
    code, none = app(nodes, node, "record", "name-resolve", '{"name": "nobody-has-this"}')
    check(code == 1 and none["error"]["code"] == "not-found", f"resolve: {none}")
    http, none = twin(node, "record", "name-resolve", {"name": "nobody-has-this"})
    check(http == 404 and none["error"]["code"] == "not-found", f"the twin's resolve: {none}")


    code, found = app(nodes, node, "record", "find", json.dumps({"key": key, "count": 2}))
    check(code == 0 and len(found["nodes"]) == 2, f"{found}")
    check(len(found["nodes"][0]["key"]) == 64, f"{found}")
    code, said = app(nodes, node, "record", "find", json.dumps({"key": key, "count": 25}))
    check(code == 1 and said["error"]["code"] == "range", f"{said}")
    code, said = app(nodes, node, "record", "name-put", json.dumps({"first": "AA==", "second": ""}))
    check(code == 1 and "error" in said, f"no records of a name: {said}")


def case_disk(nodes, seed):
    """What a picture of the disk needs: places, hops, who named whom, holders of a followed box."""
    nodes.start(4)
    node = nodes.all[0]
    eventually("all four answer for keys", 60,
               lambda: app(nodes, node, "node", "disk")[1]["known"] >= 3)
    code, disk = app(nodes, node, "node", "disk")
    code, peers = app(nodes, node, "node", "peers")
    angles = {int(a) for a in disk["angles"]}
    ids = {int(p["id"][:16], 16) for p in peers["peers"]}
    check(angles and angles <= ids and len(angles) == disk["known"], f"places: {disk}")
    check(len(disk["ticks"]) == 360 and sum(disk["ticks"]) == disk["known"], f"density: {disk}")
    check(all(disk["ticks"][a * 360 >> 64] for a in angles), "a node is not where the density is")
    before = sum(map(int, disk["hops"]))
    key = hashlib.sha256(b"somewhere").hexdigest()
    node_rig.put(node, b"to be found", "disk")
    app(nodes, node, "record", "find", json.dumps({"key": key}))
    code, after = app(nodes, node, "node", "disk")
    check(sum(map(int, after["hops"])) >= before + 2, f"operations are counted: {disk}, {after}")
    check(not after["hops"] or int(after["hops"][-1]) > 0, "no zeros at the end")
    code, said = app(nodes, node, "node", "lookups")
    found = next(l for l in said["lookups"] if l["key"] == key)
    near = sorted(int(i[:16], 16) for i in found["holders"])
    check(1 <= len(near) <= 8 and len(found["holders"][0]) == 64, f"who holds it: {found}")
    check(all(len(s.get("named_by", "0" * 64)) == 64 for s in found["steps"]), f"steps: {found}")
    check(twin(node, "node", "disk")[1]["known"] == after["known"], "the twin knows others")
    check(app(nodes, node, "node", "boxes")[1] == {"boxes": []}, "a box that nobody follows")


def case_faults(nodes, seed):
    """What is wrong is said, and where; the node goes on."""
    nodes.start(1)
    node = nodes.all[0]
    http, said = twin(node, "record", "get", {"key": "00"})
    check(http == 400 and "key: 64 hex digits" in said["error"]["message"], f"{said}")
    http, said = twin(node, "record", "get", {})
    check(http == 400 and "key is missing" in said["error"]["message"], f"{said}")
    http, said = twin(node, "record", "gett", {})
    check(http == 404 and "no call 'gett' of 'record'" in said["error"]["message"], f"{said}")
    check(twin(node, "node", "status-is", {})[0] == 404, "an answer was taken for a call")
    code, said = app(nodes, node, "record", "put", json.dumps({"record": "AAAA"}))
    check(code == 1 and said["error"]["code"] == "usage", f"{said}")
    code, said = app(nodes, node, "record", "values", "{}")
    check(code == 1 and said["error"]["code"] == "unsupported", f"{said}")
    check(app(nodes, node, "-", "garbage")[1] == "bye malformed", "garbage was taken")
    check(app(nodes, node, "-", "hello-late")[1] == "bye protocol", "a call before AppHello")
    check(app(nodes, node, "node", "status")[0] == 0, "the node is there")


def case_crowd(nodes, seed):
    """Connections that say nothing, or half a frame, or end in the middle of a call."""
    nodes.start(1)
    node = nodes.all[0]
    path, held = os.path.join(node.data, "app.sock"), []
    for i in range(100):
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        s.sendall([b"\0", b"\0\0\1\0half", struct.pack(">I", 1 << 20) + b"x" * 5000,
                   struct.pack(">I", (1 << 20) + 1)][i % 4])
        held.append(s)
    check(app(nodes, node, "node", "status")[0] == 0, "who speaks is served beside them")
    for s in held[::2]:
        s.close()
    check(app(nodes, node, "node", "status")[0] == 0, "and when half of them are gone")
    for s in held[3::4]:  # a frame that is too long is answered, then the end
        s.settimeout(30)
        while s.recv(4096):
            pass
    for s in held[1::2]:
        s.close()
    check(app(nodes, node, "node", "status")[0] == 0, "and without them")
    nodes.all.remove(node)  # it may end now
    check(app(nodes, node, "node", "shutdown")[0] == 0, "shutdown")
    eventually("the node ends", 60, lambda: node.process.poll() is not None)
    check(node.process.returncode == 0, f"it ended with {node.process.returncode}")


def case_sockets(nodes, seed):
    """app.sock and the name of before are the owner's; one more is everybody's, as the setting
    says; all of them go with the node."""
    opened = os.path.join(nodes.base, "open.sock")
    opened += "k" * (99 - len(opened))  # GN_NODE_SOCKET
    refused = subprocess.run([os.path.join(nodes.bin, "geonetd"), "--data", nodes.base,
                              "--app-socket", opened + "k"], capture_output=True, text=True)
    check(refused.returncode and "app-socket" in refused.stderr, f"{refused}")
    nodes.start(1, "--app-socket", opened)
    node = nodes.all[0]
    paths = [os.path.join(node.data, name) for name in ("app.sock", "api.sock")] + [opened]
    for path, mode in zip(paths, (0o600, 0o600, 0o666)):
        check(stat.S_IMODE(os.stat(path).st_mode) == mode, f"{path}: {oct(os.stat(path).st_mode)}")
        check(app(nodes, node, "node", "status", sock=path)[0] == 0, f"{path} answers")
    nodes.all.remove(node)
    check(app(nodes, node, "node", "shutdown")[0] == 0, "shutdown")
    eventually("the node ends", 60, lambda: node.process.poll() is not None)
    check(not any(os.path.exists(path) for path in paths), "a socket was left")


def case_users(nodes, seed):
    """Another user of this machine (AP-14): a part of the calls, a quarter of the places, no
    token."""
    if os.getuid() != 0:
        raise node_rig.Skip("another user's process needs root")
    opened = os.path.join(nodes.base, "open.sock")
    os.chmod(nodes.base, 0o755)
    nodes.start(1, "--app-socket", opened)
    node = nodes.all[0]
    tool = os.path.join(nodes.base, "app_call")
    subprocess.run(["install", "-m", "755", call_program(nodes), tool], check=True)

    def other(*words, options=(), uid=65534):
        done = subprocess.run([tool, "--uid", str(uid), *options, opened, *words],
                              capture_output=True, text=True, timeout=90)
        text = done.stdout.splitlines()[-1] if done.stdout else ""
        return done.returncode, json.loads(text) if text.startswith("{") else text

    def page(path, uid, token=None):
        """(status, body) of HTTP on the open socket as that user."""
        script = ("import os, socket, sys\n"
                  f"os.setuid({uid})\ns = socket.socket(socket.AF_UNIX)\ns.connect({opened!r})\n"
                  f"s.sendall(b'GET {path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n')\n"
                  "d = b''\nwhile True:\n  x = s.recv(65536)\n  if not x: break\n  d += x\n"
                  "sys.stdout.buffer.write(d)")
        return subprocess.run([sys.executable, "-c", script], capture_output=True).stdout

    code, mine = other("node", "status")
    check(code == 0 and mine["key"], f"status: {mine}")
    check(not mine["data"] and not mine["pid"], f"it learns of the owner's: {mine}")
    check(app(nodes, node, "node", "status")[1]["data"] == node.data, "the owner learns it")
    for area, call in (("node", "shutdown"), ("node", "peers"), ("node", "lookups"),
                       ("node", "disk"), ("node", "boxes"),
                       ("file", "add"), ("file", "blocks-spread")):
        code, said = other(area, call)
        check(code == 1 and said["error"]["code"] == "denied", f"{call}: {said}")
    words = json.dumps({"owner": mine["key"], "manifest": True})
    code, said = other("file", "site-get", words)
    check(code == 1 and said["error"]["code"] == "denied", f"a manifest: {said}")
    check(app(nodes, node, "node", "peers", sock=opened)[0] == 0, "root may, on that socket too")
    check(b" 403 " in page("/api/v1/peers", 65534).splitlines()[0], "HTTP asks it for the token")
    check(b" 200 " in page("/api/v1/peers", 0).splitlines()[0], "and root not")
    secret = token_of(node).encode()
    for path in ("/", "/api/v1/status", "/api/v1/counters", "/metrics", "/token"):
        check(secret not in page(path, 65534), f"{path} told the token")
    check(secret.decode() not in json.dumps(mine), "status told the token")
    key = hashlib.sha256(b"x").hexdigest()
    code, said = other("record", "get", json.dumps({"key": key, "type": 16}))
    check(code == 1 and said["error"]["code"] == "not-found", f"records are asked: {said}")
    code, said = run_json(tool, opened, 65534, ["-", "listen", "14", "0", "0", "1"])
    check(code == 1 and said["error"]["code"] == "denied", f"events of others: {said}")
    # a quarter of the places, and others keep theirs
    most = counter(node, "http", "raw-open")
    check(most <= 1, f"{most} connections are left")
    crowd = subprocess.Popen([tool, "--uid", "65534", opened, "-", "hold", "100"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    seen = json.loads(crowd.stdout.readline())
    check(0 < seen["greeted"] < 100 and seen["greeted"] + seen["away"] == 100, f"{seen}")
    code, said = other("node", "status")
    check((code, said) == (4, "bye quota"), f"one more of that user: {code} {said}")
    check(other("node", "status", uid=65533)[0] == 0, "another user has its own quarter")
    check(app(nodes, node, "node", "status")[0] == 0, "and the owner")
    check(json.loads(page_tcp(node, "/api/v1/status"))["version"], "and HTTP")
    crowd.communicate("\n", timeout=60)
    readers_of(nodes, node, tool, opened)
    eventually("its places are free", 30, lambda: other("node", "status")[0] == 0)


def readers_of(nodes, node, tool, opened):
    """Another user reads an eighth of what the node reads at once."""
    big = os.path.join(nodes.base, "big")
    open(big, "wb").write(os.urandom(2 << 20))
    code, added = app(nodes, node, "file", "add", options=["--in", big])
    words = json.dumps({"root": added["root"], "size": added["size"], "blocks": added["blocks"]})
    eventually("its places are free", 30, lambda: counter(node, "http", "raw-open") < 4)
    stalled = [None] * 12

    def refused():  # one that stalls is cut after a while
        for i, p in enumerate(stalled):
            if not p or p.poll() is not None:
                stalled[i] = subprocess.Popen(
                    [tool, "--uid", "65534", "--stall", opened, "file", "get", words],
                    stdout=subprocess.DEVNULL)
        code = run_json(tool, opened, 65534, ["file", "get", words])[1].get("error", {}).get("code")
        return code == "quota"

    eventually("it reads as much as it may", 90, refused)
    check(app(nodes, node, "file", "get", words)[0] == 0, "the owner reads beside it")
    for p in stalled:
        p.kill()
        p.wait()


def run_json(tool, sock, uid, words):
    done = subprocess.run([tool, "--uid", str(uid), sock, *words], capture_output=True, text=True,
                          timeout=60)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def page_tcp(node, path):
    h = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=30)
    h.request("GET", path)
    text = h.getresponse().read()
    h.close()
    return text


def case_places(nodes, seed):
    """Connections that greet and wait use up none of HTTP's places, and give way to newcomers."""
    nodes.start(1)
    node = nodes.all[0]
    crowd = began(nodes, node, ["-", "hold", "400"])
    seen = json.loads(crowd.stdout.readline())
    check(seen["greeted"] == 400, f"the owner's newest is served, the idlest goes: {seen}")
    check(counter(node, "http", "raw-open") <= 272, "more than there are places")
    for i in range(20):
        check(json.loads(page_tcp(node, "/api/v1/status"))["version"], "HTTP has its own places")
    check(app(nodes, node, "node", "status")[0] == 0, "and who comes is served")
    crowd.communicate("\n", timeout=60)
    eventually("all are gone", 30, lambda: counter(node, "http", "raw-open") == 0)


def case_events(nodes, seed):
    """Links and lookups are told as they happen; what is kept is told again; another life of the
    node is said to be one."""
    nodes.start(2)
    node = nodes.all[0]
    code, lines = run(nodes, node, ["-", "listen", "0", "0", "0", "0"])
    check(code == 0, f"listen: {lines}")
    epoch = lines[1]
    check(epoch != 0, "an epoch")
    ears = began(nodes, node, ["-", "listen", "8", "0", "same", "1"])
    first = json.loads(ears.stdout.readline())
    ears.stdout.readline()
    time.sleep(0.5)
    key = hashlib.sha256(b"nothing").hexdigest()
    app(nodes, node, "record", "get", json.dumps({"key": key, "type": 16}))
    told = json.loads(ears.stdout.readline())
    check(ears.wait(30) == 0, "it heard one")
    check(told.get("kind") == "looked" and told["lookup"]["key"] == key and told["cursor"],
          f"{told}")
    code, lines = run(nodes, node, ["-", "listen", "8", "0", "same", "1"])
    check(lines[0]["cursor"] >= told["cursor"], f"READY has the cursor: {lines}")
    check(lines[2]["cursor"] == told["cursor"], f"what is kept is told again: {lines}")
    code, lines = run(nodes, node, ["-", "listen", "8", "0", "12345", "1"])
    check(lines[2].get("gap"), f"another epoch is a gap: {lines}")
    check(first["cursor"] < told["cursor"], "cursors go up")
    most = 1024  # GN_NODE_TOLD
    app(nodes, node, "record", "get", json.dumps({"key": key, "type": 16}),
        options=["--times", str(most + 20)])
    code, lines = run(nodes, node, ["-", "listen", "8", "1", "same", str(most // 2)])
    check(lines[2].get("gap", 0) >= 20, f"the oldest are gone: {lines[2]}")
    code, page = app(nodes, node, "node", "lookups")
    check(len(page["lookups"]) == 32, "as many lookups as are shown, within GN_NODE_PAGE")
    code, page = app(nodes, node, "node", "peers", json.dumps({"limit": 1}))
    check(code == 0 and len(page["peers"]) == 1 and not page["more"], f"{page}")
    code, page = app(nodes, node, "node", "peers", json.dumps({"after": page["peers"][0]["id"]}))
    check(code == 0 and not page.get("peers"), f"nobody after the last: {page}")
    code, all_ = app(nodes, node, "node", "counters")
    check(len(all_["counters"]) < 1024, "GN_NODE_COUNTERS is enough")
    ears = began(nodes, node, ["-", "listen", "5", "0", "same", "2"])
    ears.stdout.readline()
    ears.stdout.readline()
    nodes.all[1].process.kill()  # its link goes, the node's status moves
    told = json.loads(ears.stdout.readline())
    check(told.get("kind", "status") in ("status", "unlinked"), f"{told}")
    ears.kill()
    ears.wait()
    nodes.all.remove(nodes.all[1])


def case_files(nodes, seed):
    """A file goes in and comes out over app/1, as over HTTP, whole and in part."""
    nodes.start(3)
    node, other = nodes.all[0], nodes.all[1]
    path, back = os.path.join(nodes.base, "in"), os.path.join(nodes.base, "out")
    bytes_ = os.urandom(3 << 20) + b"the end"
    open(path, "wb").write(bytes_)
    code, added = app(nodes, node, "file", "add", options=["--in", path])
    check(code == 0 and added["size"] == len(bytes_) and len(added["blocks"]) == 4, f"{added}")
    h = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=60)
    h.request("POST", "/api/v1/files", bytes_, {"Authorization": "Bearer " + token_of(node)})
    again = json.loads(h.getresponse().read())
    check(again["root"] == added["root"], "HTTP says another root")

    def get(which, **more):
        words = json.dumps({"root": added["root"], "size": added["size"],
                            "blocks": added["blocks"], **more})
        code, lines = run(nodes, which, ["file", "get", words], ["--out", back])
        return code, lines, open(back, "rb").read()

    code, lines, got = get(node)
    check(code == 0 and got == bytes_ and lines[0]["size"] == len(bytes_), f"{lines}")
    check(lines[-1] == {}, f"the last answer is AppOk: {lines}")
    code, lines, got = get(node, offset=len(bytes_) - 7)
    check(got == b"the end" and lines[0]["count"] == 7, f"{lines}")
    check(get(node, offset=len(bytes_), count=5)[2] == b"", "nothing at its end")
    check(get(node, offset=len(bytes_) + 1)[1][-1]["error"]["code"] == "range", "past its end")
    code, spread = app(nodes, node, "file", "blocks-spread",
                       json.dumps({"blocks": added["blocks"], "copies": 2}))
    check(code == 0 and spread["code"] == 0, f"{spread}")
    check(spread["done"] == spread["total"] == 8, f"{spread}")
    code, lines, got = get(other)
    check(got == bytes_, f"another node reads it: {len(got)} {lines}")
    code, none = app(nodes, node, "file", "blocks-spread", "{}")
    check(code == 1 and none["error"]["code"] == "usage", f"{none}")
    wrong = dict(added, root=hashlib.sha256(b"other").hexdigest())
    code, said = app(nodes, node, "file", "get", json.dumps(
        {"root": wrong["root"], "size": wrong["size"], "blocks": wrong["blocks"]}))
    check(code == 1 and said["error"]["code"] == "usage", f"another root: {said}")
    for odd in ({"size": 1 << 62}, {"blocks": []}, {"blocks": added["blocks"][:2]}, {"size": 0}):
        words = json.dumps({"root": added["root"], "size": added["size"],
                            "blocks": added["blocks"], **odd})
        check(app(nodes, node, "file", "get", words)[1]["error"]["code"] == "usage", f"{odd}")
    http_, said = twin(node, "file", "get", {"root": added["root"]})
    check("go over app/1" in said["error"]["message"], f"{said}")
    sites(nodes, node, other)


def sites(nodes, node, other):
    """A published site's head, manifest and files."""
    folder, back = os.path.join(nodes.base, "site"), os.path.join(nodes.base, "back")
    os.makedirs(folder, exist_ok=True)
    open(os.path.join(folder, "index.html"), "w").write("<h1>hello</h1>\n" * 9000)
    if not os.path.exists(os.path.join(node.data, "identity.key")):
        node.cli("id", "new", "--no-passphrase")
    node.cli("site", "publish", folder, "--copies", "1", "--w", "1")
    code, said = app(nodes, node, "file", "site-get", json.dumps({"owner": site_owner(node)}))
    check(code == 0 and said["files"] == 1 and said["version"] == 1, f"{said}")
    words = json.dumps({"owner": site_owner(node), "path": "index.html"})
    code, lines = run(nodes, other, ["file", "site-get", words], ["--out", back])
    check(code == 0 and open(back).read() == "<h1>hello</h1>\n" * 9000, f"{lines}")
    check(lines[1]["mime"].startswith("text/html"), f"{lines}")
    code, kept = app(nodes, node, "file", "sites-list")
    check(code == 0 and kept["sites"][0]["owner"] == site_owner(node) and not kept["more"] and
          kept["sites"][0]["published"] and kept["sites"][0]["versions"] == 1, f"{kept}")
    check(not app(nodes, node, "file", "sites-list", '{"from": 1}')[1].get("sites"), "no second")
    words = json.dumps({"owner": site_owner(node), "manifest": True})
    code, lines = run(nodes, other, ["file", "site-get", words], ["--out", back])
    check(code == 0 and len(open(back, "rb").read()) == lines[1]["size"], f"{lines}")
    words = json.dumps({"owner": site_owner(node), "path": "nothing.html"})
    code, said = app(nodes, node, "file", "site-get", words)
    check(code == 1 and said["error"]["code"] == "not-found", f"{said}")


    words = json.dumps({"owner": site_owner(node)})
    check(app(nodes, node, "file", "site-unpublish", words)[0] == 0, "it goes")
    check(app(nodes, node, "file", "site-unpublish", words)[1]["error"]["code"] == "not-found",
          "once")
    check(not app(nodes, node, "file", "sites-list")[1].get("sites"), "none is left")


def site_owner(node):
    h = http.client.HTTPConnection("127.0.0.1", node.http_port, timeout=60)
    h.request("GET", "/api/v1/sites", headers={"Authorization": "Bearer " + token_of(node)})
    return json.loads(h.getresponse().read())["sites"][0]["owner"]


def case_abuse(nodes, seed):
    """Ends that never read, call ten thousand times, cancel what they call, or send slowly."""
    nodes.start(1)
    node = nodes.all[0]
    path, big = os.path.join(node.data, "app.sock"), os.path.join(nodes.base, "big")
    open(big, "wb").write(os.urandom(8 << 20))
    code, added = app(nodes, node, "file", "add", options=["--in", big])
    words = json.dumps({"root": added["root"], "size": added["size"], "blocks": added["blocks"]})
    idle = [began(nodes, node, ["file", "get", words], ["--stall"]) for _ in range(40)]
    time.sleep(2)
    check(app(nodes, node, "node", "status")[0] == 0, "served beside those that do not read")
    code, said = app(nodes, node, "file", "get", words)
    check(code == 1 and said["error"]["code"] == "busy", f"downloads have an end: {said}")
    rss = app(nodes, node, "node", "status")[1]["rss"]
    check(rss < 600 << 20, f"it holds {rss >> 20} MiB for them")
    for p in idle:
        p.kill()
        p.wait()
    eventually("their slots are free", 30, lambda: app(nodes, node, "file", "get", words)[0] == 0)
    code, said = app(nodes, node, "node", "status", options=["--times", "10000"])
    check(said == {"answers": 10000}, f"{said}")
    key = json.dumps({"key": hashlib.sha256(b"no").hexdigest(), "type": 16})
    code, said = app(nodes, node, "record", "get", key, options=["--times", "3000", "--cancel"])
    check(sum(said.values()) == 3000, f"each call ended once: {said}")
    floods = [began(nodes, node, ["-", "flood", "36"]) for _ in range(4)]
    time.sleep(5)
    check(app(nodes, node, "node", "status")[0] == 0, "the node is there")
    check(app(nodes, node, "node", "status")[1]["rss"] < 600 << 20, "and not large")
    slow = began(nodes, node, ["file", "add"], ["--stall", "--in", big])
    begin = time.monotonic()
    code = slow.wait(60)
    check(code == 1 and 20 < time.monotonic() - begin < 50, f"a stream that stands still: {code}")
    check(json.loads(slow.stdout.read().splitlines()[-1])["error"]["code"] == "timeout", "timeout")
    for p in floods:
        taken = int(p.stdout.readline())
        check(taken < 16 << 20, f"{taken} bytes were taken from who reads nothing")
        check(p.wait(30) == 0, "it ended")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
