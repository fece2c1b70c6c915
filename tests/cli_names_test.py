#!/usr/bin/env python3
"""Names and records from the command line: what ends and its renewal, what a node remembers, names
that look alike, a node that is alone, a network of few. usage: cli_names_test.py BIN_DIR CASE

Exit codes are those of cli_rig.py.
"""
import http.client, json, os, shutil, socket, sys, time

sys.dont_write_bytecode = True
from cli_rig import FOUNDER, PATIENCE, check, eventually, main


def case_renew(p):
    """What is past half of its term is renewed with all that it said, also when nobody shows it any
    more."""
    p.run("renew", "--all", want=3)
    p.start()
    p.run("renew", "--all", want=1)
    pid = p.json("id", "new", "--no-passphrase", "--no-publish")["pid"]
    for words in ([], ["--all", "alicesname"]):
        p.run("renew", *words, want=2)
    check(
        p.json("renew", "--all") == {"items": [], "renewed": 0, "failed": 0},
        "with nothing of one's own")
    site = p.data("folder")
    os.makedirs(site)
    with open(os.path.join(site, "index.html"), "wb") as f:
        f.write(b"<p>" * 10)
    publish = ["site", "publish", site, "--copies", "1", "--w", "1"]
    p.run("id", "publish", "--name", "Zoe", "--vouch-node", "--w", "1")
    p.run("name", "claim", "longlived", "TXT=kept", "--w", "1")
    p.run(*publish, "--name", "longlived")
    what = [("identity", pid), ("name", "longlived"), ("site", "@")]
    kept = p.json("renew", "--all")
    check([(i["kind"], i["name"]) for i in kept["items"]] == what
          and {i["state"]
               for i in kept["items"]} == {"kept"}, f"young: {kept}")
    check(p.says("renew", "--all", "--quiet") == "", "quiet when nothing is due")
    check("kept" in p.says("renew", "--all"), "not quiet: what is kept is told")
    before = [
        p.json("id", "show", pid)["seq"],
        p.json("name", "resolve", "--fresh", "longlived")["seq"],
        p.json("site", "show", "@")
    ]
    forced = p.json("renew", "--all", "--force", "--w", "1")
    check([(i["kind"], i["name"]) for i in forced["items"]] == what and forced["renewed"] == 3
          and forced["failed"] == 0, f"forced: {forced}")
    after = [
        p.json("id", "show", pid),
        p.json("name", "resolve", "--fresh", "longlived"),
        p.json("site", "show", "@")
    ]
    check(after[0]["seq"] > before[0] and after[0]["name"] == "Zoe" and len(after[0]["keys"]) == 1,
          f"the identity record: {after[0]}")
    check(
        after[1]["seq"] > before[1]
        and sorted(e["type"] for e in after[1]["entries"]) == ["SITE", "TXT"],
        f"the name: {after[1]}")
    check(
        after[2]["seq"] > before[2]["seq"] and after[2]["version"] == before[2]["version"]
        and after[2]["files"] == before[2]["files"], "the site's head")

    # Half of the term over, then all of it.
    short = ["--ttl", "60", "--w", "1"]
    p.run("name", "claim", "briefname", "TXT=brief", *short)
    p.run("name", "claim", "vanished", "TXT=back", *short)
    p.run(*publish[:-2], "--label", "fair", *short)
    p.run("id", "publish", *short)
    for command in (["name", "list"], ["site", "list"], ["status"]):
        told = p.says(*command)
        check("ends in" in told and "geonet renew --all" in told, f"{command}: {told}")
    mine = {(i["kind"], i["name"]) for i in p.json("status")["yours"]}
    check(mine == {*what, ("name", "briefname"), ("name", "vanished"), ("site", "@fair")},
          f"status --json: {mine}")
    renewed = eventually(
        "a name past half of its term is renewed", lambda:
        [i for i in p.json("renew", "briefname", "--w", "1")["items"] if i["state"] == "renewed"])
    check(renewed[0]["name"] == "briefname" and renewed[0]["expires"] > time.time() + 86400,
          f"renewed: {renewed}")
    said = eventually(
        "the other name expires", lambda: (lambda d: d.returncode == 4 and d.stderr.decode())
        (p.raw("name", "resolve", "--fresh", "vanished")))
    check("vanished.geo expired on 20" in said and "geonet renew vanished" in said,
          f"an expired name: {said}")
    # A head that ends between two questions is missed as if nobody had it; asked again it is told
    # what became of it.
    said = eventually(
        "the site expires", lambda:
        (lambda d: d.returncode == 4 and b"expired" in d.stderr and d.stderr.decode())
        (p.raw("site", "show", "@fair")))
    check("expired on 20" in said and "publish it again" in said, f"an expired site: {said}")
    eventually("the identity record expires", lambda: p.raw("id", "show", pid).returncode == 4)
    for command in (["name", "list"], ["site", "list"], ["status"]):
        check("expired" in p.says(*command), f"{command}: {p.says(*command)}")
    done = p.raw("--json", "renew", "--all", "--w", "1")
    states = {i["name"]: i["state"] for i in json.loads(done.stdout)["items"]}
    check(
        done.returncode == 1 and b"expired on" in done.stderr
        and b"geonet site remove fair" in done.stderr,
        f"a site that ended: exit {done.returncode}: {done.stderr}")
    check(
        states == {
            pid: "renewed", "longlived": "kept", "briefname": "kept", "vanished": "renewed",
            "@": "kept", "@fair": "failed"
        }, f"states: {states}")
    back = p.json("name", "resolve", "--fresh", "vanished")
    check(back["entries"][0]["value"] == "back", f"the name that came back: {back}")
    check(p.json("id", "show", pid)["name"] == "Zoe", "the identity record that came back")
    p.run("site", "remove", "fair")
    check(p.json("renew", "--all")["failed"] == 0, "a site that ended and was removed fails still")
    p.run("name", "renew", "longlived", "--w", "1")


def case_given(p):
    """RN-4: what can never be renewed from here does not make renew --all fail, and is
    forgotten."""
    p.start()
    p.run("id", "new", "--no-passphrase", "--no-publish")
    p.start("b", options=("--bootstrap", f"127.0.0.1:{p.json('status')['node']['port']}"))
    other = p.json("id", "new", "--no-passphrase", "--no-publish", data="b")
    eventually("the first node has linked the second",
               lambda: p.json("status")["reach"] == "joined")
    for name in ("wasgiven", "waslost"):
        p.run("name", "claim", name, "TXT=kept", "--w", "1")
        said = p.says("name", "transfer", name, other["key"], "-o", p.data(file="paper"))
        check("What it points to goes with it as it is" in said, said)
        said = p.says("name", "accept", p.data(file="paper"), "--w", "1", data="b")
        check(
            "still has what the owner before gave it: TXT kept" in said
            and f"geonet name set {name}" in said, said)
    # Who did not give the name away himself has lost it. Here: the list of the one who gave it, the
    # key of another.
    third = p.json("id", "new", "--no-passphrase", "--no-publish", data="c")["pid"]
    mine = json.loads(p.file("own-names.json"))
    for name in ("identity.key", "identity.pub"):
        os.rename(p.data("d", name), p.data("d", name + ".mine"))
        shutil.copy(p.data("c", name), p.data("d", name))
    p.write("own-names.json", json.dumps({"waslost": mine["waslost"] | {"owner": third}}))
    done = p.raw("--json", "renew", "--all")
    check(done.returncode == 1 and json.loads(done.stdout)["items"][0]["state"] == "failed",
          f"lost: {done}")
    said = done.stderr.decode()
    check("waslost.geo belongs to " + other["pid"] in said and "no longer among" not in said,
          f"shown by another: {said}")
    p.write(
        "own-names.json",
        json.dumps(
            {"waslost": mine["waslost"] | {"owner": third, "expires": int(time.time()) - 1}}))
    done = p.raw("--json", "renew", "--all")
    check(done.returncode == 1 and "no longer among" in done.stderr.decode(),
          f"lost for good: {done}")
    check(
        p.json("renew", "--all") == {"items": [], "renewed": 0, "failed": 0} and p.names() == [],
        "what is lost is not tried again")
    for name in ("identity.key", "identity.pub"):
        os.replace(p.data("d", name + ".mine"), p.data("d", name))
    p.write("own-names.json", json.dumps(mine))
    said = p.run("renew", "wasgiven", want=1).stderr.decode()
    check("handed over to " + other["pid"] in said, f"by name: {said}")
    p.write("own-names.json", json.dumps(mine))
    done = p.raw("--json", "renew", "--all")
    answer, said = json.loads(done.stdout), done.stderr.decode()
    check(
        done.returncode == 0 and answer["failed"] == 0
        and [i["state"] for i in answer["items"]] == ["given"] * 2, f"given: {answer}")
    check(
        said.count("handed over to " + other["pid"]) == 2 and said.count("no longer among") == 2,
        f"given: {said}")
    check(p.names() == [], f"still listed: {p.names()}")

    # forget: of a name that is still one's own, of one that is not listed, of what is no name.
    p.run("name", "claim", "stillmine", "--w", "1")
    said = p.says("name", "forget", "Stillmine.geo")
    check("renewed from here no more" in said and p.names() == [], said)
    check(
        p.json("name", "resolve", "stillmine")["owner"] == p.json("id", "show")["pid"],
        "the name itself is as it was")
    check(
        p.json("name", "forget", "stillmine", want=4)["error"]["code"] == "not-found",
        "what is not listed")
    p.run("name", "forget", "-no-", want=2)

    # A site whose head never came: told, skipped, removed; by itself after a day.
    p.spread("first", "ab" * 32)
    shown = p.json("site", "list")["sites"]
    check([(s["label"], s["published"], s["pending"]) for s in shown] == [("first", False, True)],
          f"listed: {shown}")
    check("never came out" in p.says("site", "list") and p.json("status")["yours"] == [],
          p.says("site", "list"))
    answer = p.json("renew", "--all")
    check([(i["name"], i["state"]) for i in answer["items"]] == [("@first", "unfinished")]
          and not answer["failed"], f"unfinished: {answer}")
    check("geonet site remove first" in p.says("renew", "@first", want=1), "a site by its label")
    p.run("site", "remove", "first")
    check(
        p.json("site", "list")["sites"] == [] and p.json("renew", "--all")["items"] == [],
        "a removed site is still there")
    p.spread("first", "ab" * 32)
    p.stop()
    table = json.loads(p.file("sites.json"))
    table[0]["pending"]["spread"] -= 86401  # a day, and the second it began in
    p.write("sites.json", json.dumps(table))
    p.start()
    check(
        p.json("site", "list")["sites"] == [] and json.loads(p.file("sites.json")) == [],
        "a day later it is still there")


def case_age(p):
    """NA-12, NO-29: what a node remembers is told with its age, and turns nobody away."""
    p.start()
    key = p.json("id", "new", "--no-passphrase", "--no-publish")
    p.start("b", options=("--bootstrap", f"127.0.0.1:{p.json('status')['node']['port']}"))
    other = p.json("id", "new", "--no-passphrase", data="b")
    port = p.json("status", data="b")["http"]

    def get(path, host="soonasite.geo.localhost", **fields):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request(
            "GET", path,
            headers={"Host": host} | {n.replace("_", "-"): v
                                      for n, v in fields.items()})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def remembered(name):
        return eventually(
            f"{name} is a second old", lambda: (lambda j: j if j["age_s"] else None)
            (p.json("name", "resolve", name, data="b")))

    p.run("name", "claim", "soonasite", "TXT=one", "--w", "1")
    check(
        p.json("name", "resolve", "--fresh", "soonasite", data="b")["age_s"] == 0,
        "what was just asked has no age")
    said = get("/")
    check(said.status == 404 and "does not point to a site" in said.text,
          f"a name without a site: {said.status}")
    remembered("soonasite")
    p.run("name", "set", "soonasite", "TXT=two", "--w", "1")
    check(remembered("soonasite")["entries"][0]["value"] == "one", "the cache has what was so")
    said = p.says("name", "resolve", "soonasite", data="b")
    check("as of" in said and "--fresh asks the network" in said, said)
    check(
        "--fresh asks the network" in p.run("name", "resolve", "soonasite", "TXT",
                                            data="b").stderr.decode(), "values tell it too")
    check(
        "--fresh" in p.run("name", "resolve", "soonasite", "MX", want=4, data="b").stderr.decode(),
        "and so does what is not there")
    fresh = p.says("name", "resolve", "--fresh", "soonasite", data="b")
    check("two" in fresh and "as of" not in fresh, fresh)

    # The gateway: a site, then a page, that came after it last asked.
    site = p.data(file="folder")
    os.makedirs(site)

    def publish(page, *words):
        with open(os.path.join(site, page), "w", encoding="ascii") as f:
            f.write(page)
        p.run("site", "publish", site, "--copies", "1", "--w", "1", *words)

    remembered("soonasite")
    publish("index.html", "--name", "soonasite")
    said = get("/")
    check(said.status == 200 and said.text == "index.html" and not said.headers["age"],
          f"a site that came: {said.status} {said.text}")
    eventually("it tells its age", lambda: get("/").headers["age"])
    said = get("/", Cache_Control="no-cache")
    check(said.status == 200 and not said.headers["age"],
          f"who wants no cache gets none: {said.status} {said.headers}")
    eventually("it tells its age again", lambda: get("/").headers["age"])
    publish("later.html")
    said = get("/later.html")
    check(said.status == 200 and said.text == "later.html", f"a page that came: {said.status}")
    check(get("/never.html").status == 404, "a page that never came")
    publish("404.html")
    eventually("it tells its age once more", lambda: get("/").headers["age"])
    check(get("/never.html").text == "404.html", "the page for what is missing, which came")
    publish("last.html")
    eventually("it tells its age at last", lambda: get("/").headers["age"])
    check(
        get("/last.html").status == 200, "a page that came, where there is one for what is missing")

    # A site of another owner's, and back: who is where the site lives again is not sent away.
    visit = {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    home = get("/", **visit).headers["location"].split("/")[2].split(":")[0]
    p.run("name", "set", "soonasite", "--site", f"{other['key']}/none", "--w", "1")
    p.run("name", "resolve", "--fresh", "soonasite", data="b")
    remembered("soonasite")
    p.run("name", "set", "soonasite", "--site", "", "--w", "1")
    said = get("/", home, **visit)
    check(said.status == 200 and not said.headers["clear-site-data"],
          f"where the site lives again: {said.status} {said.headers}")

    # A name with another owner: what is handed over goes to whom it belongs now.
    remembered("soonasite")
    p.run("name", "transfer", "soonasite",
          p.json("id", "new", "--no-passphrase", "--no-publish", data="c")["key"], "-o",
          p.data(file="paper"))
    for name in ("identity.key", "identity.pub"):
        os.replace(p.data("c", name), p.data("d", name))
    p.run("name", "accept", p.data(file="paper"), "--w", "1")
    check(remembered("soonasite")["owner"] == key["pid"], "the cache has the owner before")
    p.run("name", "claim", "togiveaway", "--w", "1", data="b")
    said = p.run("name", "transfer", "togiveaway", "soonasite", "-o", p.data(file="gift"),
                 data="b").stderr.decode()
    check(
        json.loads(p.file("gift"))["to"] == p.json("id", "show")["key"],
        "a name was handed to whom another belonged before")
    check("the owner of soonasite.geo changed" in said and key["pid"] in said, said)


def case_alike(p):
    """NA-16: a name that looks like one seen before is told, and claimed all the same."""
    p.start()
    p.run("id", "new", "--no-passphrase", "--no-publish")
    said = p.says("name", "claim", "cornwallis", "TXT=x", "--w", "1")
    check("looks like" not in said, said)
    told = "comwa11is.geo looks like cornwallis.geo, which this node saw first"
    check(told in p.says("name", "claim", "comwa11is", "TXT=x", "--w", "1"), "a claim")
    check("looks like" not in p.says("name", "set", "comwa11is", "TXT=y", "--w", "1"),
          "what is one's own already")
    check("it looks like cornwallis.geo" in p.says("name", "resolve", "comwa11is"), "a resolution")
    done = p.run("name", "resolve", "comwa11is", "TXT")
    check(done.stdout == b"y\n" and told in done.stderr.decode(), f"values: {done}")
    check(p.json("name", "resolve", "comwa11is")["looks_like"] == "cornwallis", "JSON")
    check(told in p.run("get", "comwa11is/nothing", want=4).stderr.decode(),
          "a record of its owner")
    p.run("name", "set", "blog.comwa11is", "TXT=x", "--w", "1")
    check(
        p.json("name", "resolve", "blog.comwa11is")["looks_like"] == "cornwallis",
        "a name below it")
    check("looks_like" not in p.json("name", "resolve", "cornwallis"), "the first is as it was")
    p.stop()
    p.start()
    check(
        p.json("name", "resolve", "comwa11is")["looks_like"] == "cornwallis"
        and "looks_like" not in p.json("name", "resolve", "cornwallis"), "after a restart")


def case_alone(p):
    """A node that reaches none of the addresses it was given does not say that nobody holds a
    name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))  # takes the port, and never answers
        there = f"127.0.0.1:{silent.getsockname()[1]}"
        p.start(options=("--bootstrap", there))
        p.run("id", "new", "--no-passphrase", "--no-publish")
        told = f"alone: none of these answers: {there}"
        check(
            p.json("status")["reach"] == "alone" and told in p.says("status"),
            f"status: {p.says('status')}")
        pid = p.json("id", "show")["pid"]
        for command in (["name", "resolve", "alicesname"], ["get", "ab" * 32], ["get", "@x"], [
                "site", "get", "alicesname"
        ], ["site", "show", pid], ["id", "show", pid], ["name", "claim", "alicesname", "--w",
                                                        "1"], ["site", "rollback", "-"]):
            said = p.says(*command, want=5)
            check(told in said, f"{command}: {said}")
            check(p.json(*command, want=5)["error"]["code"] == "unreachable", f"{command} --json")
    p.start("founder")
    p.run("name", "resolve", "alicesname", want=4, data="founder")
    check("alone" not in p.says("status", data="founder"), "a founder is not alone")
    # Other proofs of work than the network's, fewer bits and more: each is told why.
    p.start("founder14", options=("--pow-bits", "14"))
    for founder, bits in (("founder", "20"), ("founder14", "1")):
        port = p.json("status", data=founder)["node"]["port"]
        p.start(f"bits{bits}", options=("--bootstrap", f"127.0.0.1:{port}", "--pow-bits", bits))
        told = f"other proofs of work than this node's, whose --pow-bits is {bits}"
        eventually(f"a node with {bits} bits says why it is alone",
                   lambda: p.json("status", data=f"bits{bits}")["other_work"])
        check(told in p.says("name", "resolve", "alicesname", want=5, data=f"bits{bits}"),
              f"{bits} bits: a name")
        check(told in p.says("status", data=f"bits{bits}"),
              f"{bits} bits: {p.says('status', data=f'bits{bits}')}")
        eventually("the log says so",
                   lambda: f"--pow-bits {bits}" in p.file("geonetd.log", f"bits{bits}"))


def case_few(p):
    """A network of fewer nodes than must sign: what is stored all the same is called so and
    remembered, and w in geonet.conf is the network's."""
    p.start()
    said = p.says("id", "new", "--no-passphrase")
    pid = p.json("id", "show")["pid"]
    check("kept by 1 node" in said and "it is published" in said and "not published" not in said,
          f"published by few, said once and so: {said}")
    p.run("id", "show", pid), p.run("name", "resolve", pid)
    check(
        "founder: no other node is here" in p.says("status")
        and "5 nodes have signed, more than are here" in p.says("status"), p.says("status"))
    few, small = "fewer than was asked", os.path.join(p.base, "small")
    with open(small, "w", encoding="utf-8") as f:
        f.write("kept by few")
    for command, where in ((["put", "--label", "x", small], "the record is kept by 1 node,"), ([
            "id", "publish"
    ], "the identity record is kept by 1 node,"), ([
            "name", "claim", "alicesname"
    ], "alicesname.geo is kept by 1 node at each of its two places,")):
        said = p.says(*command, want=5)
        check(where in said and few in said and "w = 1" in said and said.count(few) == 1,
              f"{command}: {said}")
    check(b"kept by few" in p.run("get", "@x").stdout, "what has too few receipts is not found")
    with open(os.path.join(p.base, "large"), "wb") as f:
        f.write(bytes(65025))
    check("65024" in p.says("put", os.path.join(p.base, "large"), want=1),
          "one byte more than fits")
    os.truncate(os.path.join(p.base, "large"), 65024)
    for i in range(17):  # 16 of them are 1 MiB less what their heads take
        out = p.raw("put", "--label", f"large{i}", os.path.join(p.base, "large"))
        check(out.returncode in (1, 5), f"a large record: {out}")
        if out.returncode == 1:
            break
    check(b"256 records and 1 MiB of one owner" in out.stderr,
          f"the owner's share, by its figures: {out}")
    check(p.names() == ["alicesname"], f"the name is not remembered: {p.names()}")
    p.env["TZ"] = "EST5"  # times are told in UTC
    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(min(v["expires"] for v in p.json("status")["yours"])))
    check(ends in p.says("status"), f"{ends}: {p.says('status')}")
    check(os.path.exists(p.data(file="own-id.json")),
          f"the identity is not remembered: {os.listdir(p.data())}")
    os.mkdir(os.path.join(p.base, "site"))
    with open(os.path.join(p.base, "site", "index.html"), "w", encoding="utf-8") as f:
        f.write("one")
    said = p.says("site", "publish", os.path.join(p.base, "site"), "--copies", "1", want=5)
    check("the site's new version is kept by 1 node," in said and few in said, said)
    check(len(p.json("site", "list")["sites"]) == 1, "the site is not remembered")
    p.stop()
    p.write("geonet.conf", "w = 1\n")
    p.start()
    for command in (["put", "--label", "x",
                     small], ["id", "publish"], ["name", "set", "alicesname", "TXT=1"]):
        p.run(*command)
    check("kept by 1 node at each of its two places" in p.says("name", "resolve", "alicesname"),
          "who keeps a name")
    check("0 ring neighbours on each side" in p.says("status"), p.says("status"))
    check("1 node has signed" in p.says("status") and "more than" not in p.says("status"),
          p.says("status"))
    check(p.run("get", "@x").returncode == 0, "the record is there")
    p.stop()
    for bad in ("0", "9", "x"):
        check("a number of nodes from 1 to 8" in p.says("up", *FOUNDER, "--w", bad, want=2),
              f"--w {bad}")
    os.mkdir(p.data("open"), 0o755)  # as a person makes it
    p.start("open")
    check(os.stat(p.data("open")).st_mode & 0o777 == 0o700, "an empty folder is closed to others")


if __name__ == "__main__":
    sys.exit(main(globals()))
