#!/usr/bin/env python3
"""app/1 with real nodes: usage: app_test.py BIN_DIR CASE

A node's socket is spoken to by tests/app_call, and its twin in JSON by HTTP: both must give the
same answers (docs/spec/app.md). Exit 0 passed, 77 skipped, 1 failed with a sentence.
"""
import http.client, json, os, socket, struct, subprocess, sys

sys.dont_write_bytecode = True
import attack_test
from attack_test import check, eventually, token_of


def call_program(nodes):
    return os.path.join(os.path.dirname(nodes.bin), "tests", "app_call")


def app(nodes, node, *words):
    """(exit status, answer) over app/1."""
    done = subprocess.run(
        [call_program(nodes), os.path.join(node.data, "api.sock"), *words],
        capture_output=True, text=True, timeout=90)
    check(done.returncode in (0, 1), f"app_call {words}: {done.returncode} {done.stderr}")
    text = done.stdout.strip()
    return done.returncode, json.loads(text) if text.startswith("{") else text


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
    key = attack_test.put(node, b"hello over app/1", "app")
    words = json.dumps({"key": key, "type": 16, "quorum": 1})
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
    path, held = os.path.join(node.data, "api.sock"), []
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


if __name__ == "__main__":
    sys.exit(attack_test.main(globals()))
