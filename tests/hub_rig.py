"""A hub for a test, and what is asked of it again and again.

A case is case_NAME(bin_dir, base, rng); main(globals()) runs the one that is named on the command
line and shows the hub's log when it fails. Exit 0 passed, 77 skipped (the reason is printed), 1
failed with a sentence. SEED=N repeats a run.
"""
import json, os, random, re, shutil, subprocess, sys, tempfile, threading, time

from hub_client import Failure, Hub, User, check

FREE = ("--rate-key", "0", "--rate-address", "0")


def with_unit(hub, code="UAH", precision=2):
    return hub.admin(
        "POST", "/admin/equivalents",
        {"code": code, "precision": precision, "description": "for tests", "reason": "test"})


def people(hub, *names):
    out = [User(hub, name) for name in names]
    for user in out:
        user.join()
    return out


def mark(hub, user):
    """What must not change when a request is refused."""
    c = user.get("/integrity/checksum/UAH")
    return c["checksum"], c["state_hash"]


def code_of(answer):
    return answer.get("error", {}).get("code")


def star(hub, count, limit="100000.00"):
    """A hub-shaped graph: all pay over the lines of three in the middle."""
    with_unit(hub)
    middle = people(hub, "M0", "M1", "M2")
    users = people(hub, *[f"u{i}" for i in range(count)])
    for i, u in enumerate(users):
        for m in middle[:2]:
            m.trust(u, limit)
            u.trust(m, limit)
    return middle, users


def line_of(owner, debtor, equivalent="UAH"):
    return next(
        l for l in owner.get(f"/trustlines?direction=outgoing&equivalent={equivalent}")["items"]
        if l["to"] == debtor.pid)


def change(owner, debtor, equivalent="UAH", want=200, **what):
    line = line_of(owner, debtor, equivalent)
    status, answer = owner.send("PATCH", f"/trustlines/{line['id']}", "line.update",
                                {"id": line["id"], "version": line["version"]} | what)
    check(status == want, f"change of a line: {status} {answer}")
    return answer


def together(count, what):
    """what(i) on count threads that begin at once; the results, in order."""
    gate, out = threading.Barrier(count), [None] * count

    def one(i):
        gate.wait()
        out[i] = what(i)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(None not in out, f"{out.count(None)} of {count} clients got no answer")
    return out


def same_person(user):
    """The same key and token on a connection of its own."""
    twin = User(user.hub, user.name, user.key)
    twin.token, twin.seq = user.token, user.seq
    return twin


def metric(hub, name):
    return int(
        re.search(rf"^geonet_hub_{name} (\d+)$",
                  hub.raw("GET", "/metrics")[2].decode(), re.M).group(1))


def eventually(what, condition, seconds=60):
    end = time.time() + seconds
    while not condition():
        check(time.time() < end, f"{what}: not within {seconds} s")
        time.sleep(0.1)


def verify(bin_dir, base):
    out = subprocess.run(
        [os.path.join(bin_dir, "geonet"), "hub", "verify", "--json", "--data", base],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    check(out.returncode == 0, f"verify: {out.stdout.decode()} {out.stderr.decode()}")
    return json.loads(out.stdout)


def matches(schema, value, spec, where):
    """The few words of JSON Schema that docs/openapi-hub.json uses; returns what is wrong."""
    if "$ref" in schema:
        return matches(spec["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], value, spec,
                       where)
    kinds = {
        "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
        "boolean": bool, "null": type(None)
    }
    kind = schema.get("type")
    allowed = kind if isinstance(kind, list) else [kind] if kind else []
    if allowed and not any(
            isinstance(value, kinds[k]) and not (k in
                                                 ("integer", "number") and isinstance(value, bool))
            for k in allowed):
        return [f"{where} is not {kind}: {value!r}"]
    wrong = []
    if isinstance(value, dict):
        wrong += [
            f"{where} lacks {name}" for name in schema.get("required", []) if name not in value
        ]
        if schema.get("additionalProperties") is False:
            wrong += [
                f"{where} has {name}, which nobody described" for name in value
                if name not in schema.get("properties", {})
            ]
        for name, sub in schema.get("properties", {}).items():
            if name in value:
                wrong += matches(sub, value[name], spec, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            wrong += matches(schema["items"], item, spec, f"{where}[{i}]")
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{where}: {value!r} is none of {schema['enum']}")
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        wrong.append(f"{where}: {value!r} does not match {schema['pattern']}")
    return wrong


def main(cases):
    bin_dir, case = sys.argv[1], sys.argv[2]
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"case {case}, seed {seed} (repeat with SEED={seed})", flush=True)
    base = tempfile.mkdtemp(prefix="geonet-hub-")
    failed = True
    try:
        code = cases["case_" + case](bin_dir,
                                     os.path.join(base, "d") if case != "postgresql" else base,
                                     random.Random(seed))
        failed = False
        if code:
            return code
    except Failure as error:
        print(f"failed: {error}")
        return 1
    finally:
        if failed:
            for path in (os.path.join(base, "d", "log"), os.path.join(base, "d", "d", "log")):
                if os.path.exists(path):
                    sys.stdout.write(
                        "---- log of the hub\n"
                        + "".join(open(path, encoding="utf-8", errors="replace").readlines()[-40:]))
        for process in Hub.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(base, ignore_errors=True)
    print("passed")
    return 0
