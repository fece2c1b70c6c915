#!/usr/bin/env python3
"""What a node's gateway makes of a site: paths, ranges, headers, types of files, names, versions.
usage: node_http_sites_test.py BIN_DIR CASE

Each case starts one real node and publishes on it. Exit 0 passed, 77 skipped, 1 failed with a
sentence.
"""
import json, os, random, shutil, sys, urllib.parse

sys.dont_write_bytecode = True
from node_http_rig import ask, publish_again, site_node
from node_rig import check, eventually, main, token_of


def case_paths(nodes, seed):
    """No path leads out of a site or of the page."""
    node, host = site_node(
        nodes,
        {"index.html": b"<h1>here</h1>", "docs/a b.txt": b"spaced", "docs/index.html": b"docs"})
    secret = token_of(node).encode()
    for path in ("/../token", "/../../etc/passwd", "/%2e%2e/token", "/docs/../../token",
                 "/docs/%2e%2e/%2e%2e/token", "/..%2ftoken", "/docs/..%5c..%5ctoken", "/docs/%00",
                 "/%", "/%zz", "/docs/%c0%ae%c0%ae/token", "//token", "/.//token", "/token",
                 "/docs//index.html", "/" + "a/" * 600, "/;/token"):
        got = ask(node, path, host=host)
        check(400 <= got.status < 500 and secret not in got.body and b"root:" not in got.body,
              f"{path} was answered {got.status}")
    for path in ("/a/..%2fnode.html", "/a/%2e%2e%2ftoken", "/a/../token", "/a/%2fetc%2fpasswd"):
        got = ask(node, path)
        check(400 <= got.status < 500 and secret not in got.body,
              f"{path} was answered {got.status}")
    check(ask(node, "/docs/a%20b.txt", host=host).body == b"spaced", "an escaped name is found")
    got = ask(node, "/docs", host=host)
    check(got.status == 308 and got.field("location") == "/docs/",
          f"a folder without its slash: {got.status}")
    got = ask(node, "/docs?a=%2Fb&c=d?e", host=host)
    check(got.status == 308 and got.field("location") == "/docs/?a=%2Fb&c=d?e",
          f"the query goes with it: {got.field('location')}")
    query = "q" * (4096 - len("/docs?"))
    got = ask(node, f"/docs?{query}", host=host)
    check(got.status == 308 and got.field("location") == f"/docs/?{query}",
          f"the longest query: {got.status}")
    check(ask(node, f"/docs?{query}q", host=host).status == 414, "one more is too long")
    for bad in ("..geo.localhost", "a..geo.localhost", "%2e.geo.localhost",
                "x" * 300 + ".geo.localhost"):
        check(
            ask(node, "/", host=bad).status in (400, 403, 404, 431),
            f"the host {bad[:40]} is no name")
    check(
        ask(node, "/api/v1/status", host=host).status == 404, "a site is an origin without the API")


def case_ranges(nodes, seed):
    """Range, If-Range, ETag, If-None-Match and HEAD, byte for byte."""
    rng = random.Random(seed)
    body = rng.randbytes(300_000)
    node, host = site_node(nodes, {"index.html": b"<h1>here</h1>", "data.bin": body, "empty": b""})
    whole = ask(node, "/data.bin", host=host)
    etag, n = whole.field("etag"), len(body)
    check(whole.status == 200 and whole.body == body and whole.field("accept-ranges") == "bytes",
          "the whole file")
    head = ask(node, "/data.bin", method="HEAD", host=host)
    check(
        head.status == 200 and not head.body and head.field("content-length") == str(n)
        and head.field("etag") == etag, f"HEAD: {head.fields}")
    head = ask(node, "/data.bin", "Range: bytes=1-2", method="HEAD", host=host)
    check(
        head.status == 200 and head.field("content-length") == str(n)
        and not head.field("content-range"), f"a HEAD has no ranges: {head.status} {head.fields}")
    ranges = [(0, 0), (0, n - 1), (n - 1, n - 1), (65535, 65536), (5, n + 1000)
              ] + [tuple(sorted((rng.randrange(n), rng.randrange(n)))) for _ in range(12)]
    for a, b in ranges:
        got, last = ask(node, "/data.bin", f"Range: bytes={a}-{b}", host=host), min(b, n - 1)
        check(
            got.status == 206 and got.body == body[a:last + 1]
            and got.field("content-range") == f"bytes {a}-{last}/{n}",
            f"range {a}-{b}: {got.status} {got.field('content-range')}")
    for text, part in (("bytes=-7", body[-7:]), (f"bytes={n - 3}-", body[-3:]), (f"bytes=-{n + 5}",
                                                                                 body)):
        got = ask(node, "/data.bin", f"Range: {text}", host=host)
        check(got.status == 206 and got.body == part,
              f"{text}: {got.status}, {len(got.body)} bytes")
    for text in (f"bytes={n}-", f"bytes={n + 5}-{n + 9}", "bytes=-0"):
        got = ask(node, "/data.bin", f"Range: {text}", host=host)
        check(got.status == 416 and got.field("content-range") == f"bytes */{n}" and not got.body,
              f"{text}: {got.status}")
    for text in ("bytes=1-2,5-6", "lines=1-2", "bytes=x", "bytes=5-2"):
        got = ask(node, "/data.bin", f"Range: {text}", host=host)
        check(got.status == 200 and got.body == body, f"{text} is answered whole, not {got.status}")
    check(
        ask(node, "/data.bin", "Range: bytes=1-2", f"If-Range: {etag}",
            host=host).body == body[1:3], "If-Range of this version")
    check(
        ask(node, "/data.bin", "Range: bytes=1-2", 'If-Range: "other"', host=host).body == body,
        "If-Range of another version")
    for text in (etag, f'"x", {etag}', "*", f"W/{etag}"):
        got = ask(node, "/data.bin", f"If-None-Match: {text}", host=host)
        check(got.status == 304 and not got.body and got.field("etag") == etag,
              f"If-None-Match {text}: {got.status}")
    check(
        ask(node, "/data.bin", 'If-None-Match: "x"', host=host).status == 200,
        "another tag does not match")
    got = ask(node, "/empty", host=host)
    check(got.status == 200 and got.body == b"" and got.field("content-length") == "0",
          f"an empty file: {got.status}")


def case_headers(nodes, seed):
    """A site's own headers: what may be set is, on every answer; what would break other sites or
    the transfer is refused."""
    node, host = site_node(nodes, {"index.html": b"<h1>here</h1>"}, "--header",
                           "*.html X-Test: yes", "--header", "*.html Cache-Control: max-age=5")
    got = ask(node, "/", host=host)
    check(
        got.field("x-test") == "yes" and got.field("cache-control") == "max-age=5",
        f"the site's headers: {got.fields}")
    check(got.field("x-content-type-options") == "nosniff", "types are not guessed")
    again = ask(node, "/", f"If-None-Match: {got.field('etag')}", host=host)
    check(
        again.status == 304 and again.field("cache-control") == "max-age=5"
        and again.field("x-test") == "yes", f"what is kept keeps its headers: {again.fields}")
    with open(os.path.join(node.data, "identity.pub"), encoding="ascii") as key:
        path = f"/api/v1/sites/{key.read().strip()}/-/file?path="
    token, whole = token_of(node), ask(node, "/", host=host).body
    raw = ask(node, path + "index%2Ehtml&version=1", token=token)
    check(raw.status == 200 and raw.body == whole and raw.field("etag") == got.field("etag"),
          f"a file over the API: {raw.status} {raw.body}")
    check(
        raw.field("content-type") == "application/octet-stream"
        and raw.field("x-content-type-options") == "nosniff" and not raw.field("x-test")
        and not raw.field("cache-control"),
        f"what the site says of itself is not for the API's origin: {raw.fields}")
    part = ask(node, path + "index.html", "Range: bytes=1-2", "Cookie: a=b", token=token)
    check(not part.field("clear-site-data"), "other programs of this machine keep their cookies")
    check(part.status == 206 and part.body == whole[1:3],
          f"a range over the API: {part.status} {part.body}")
    head = ask(node, path + "index.html", method="HEAD", token=token)
    check(
        head.status == 200 and head.body == b"" and head.field("content-length") == str(len(whole)),
        f"HEAD over the API: {head.status} {head.fields}")
    for wrong, status in (("", 404), ("index", 404), ("index.html&version=2", 404),
                          ("index.html&version=x", 400), ("%00", 400), ("x" * 1024,
                                                                        404), ("x" * 1025, 404)):
        bad = ask(node, path + wrong, token=token)
        check(bad.status == status and json.loads(bad.body)["error"]["code"],
              f"{wrong[:30]} over the API: {bad.status} {bad.body}")
    check(
        ask(node,
            path.split("?")[0], token=token).status == 404
        and ask(node,
                path.replace("/-/", "/none/") + "x", token=token).status == 404,
        "no path, no such site")
    for rule in ("Set-Cookie: a=b", "set-cookie: a=b", "Content-Length: 3",
                 "Transfer-Encoding: chunked", "Connection: close",
                 "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true",
                 "Content-Encoding: gzip", "Clear-Site-Data: *", "Service-Worker-Allowed: /",
                 "Origin-Agent-Cluster: ?0", "Cross-Origin-Opener-Policy: unsafe-none",
                 "Cross-Origin-Resource-Policy: cross-origin", "X-Content-Type-Options: x"):
        code, said = publish_again(node, nodes, [rule])
        check(code == 1 and rule.split(":")[0] in said, f"the tool published {rule}: {code} {said}")
    rules = [f"X-H{i:02}: {i}"
             for i in range(29)] + ["X-Long: " + "v" * 4000, "X-Longer: " + "v" * 3000]
    rules.append("X-Last: " + "v" * (8192 - len("X-Last") - sum(len(r) - 2 for r in rules)))
    code, said = publish_again(node, nodes, [*rules[:-1], rules[-1] + "v"])
    check(code == 1 and "8,192" in said, f"the headers are too long: {code} {said}")
    code, said = publish_again(node, nodes, rules)
    check(code == 0, f"32 headers: {said}")
    got = eventually("the new version is served", 90, lambda:
                     (lambda a: a if a.field("x-h00") else None)(ask(node, "/", host=host)))
    check(all(got.field(rule.split(":")[0].lower()) == rule.split(": ")[1] for rule in rules),
          f"one of 32 headers is missing: {got.fields}")
    check(got.field("cache-control") == "no-cache", "without a word of the site browsers ask again")


def case_entry(nodes, seed):
    """A folder without index.html has no page at its address: whoever publishes it is told, and the
    gateway says 404."""
    node, host = site_node(nodes, {"about.html": b"<h1>about</h1>"})
    check(
        ask(node, "/", host=host).status == 404
        and ask(node, "/about.html", host=host).status == 200,
        "the address has no page, the file has one")
    code, said = publish_again(node, nodes, [])
    check(code == 0 and "There is no index.html" in said and "--entry" in said,
          f"nobody is told: {code} {said}")
    check("docs" not in said, f"there are no folders: {said}")
    for name in ("docs/a.html", "docs/deep/index.html", "docs/b.html", "pictures/a.png"):
        os.makedirs(os.path.dirname(os.path.join(nodes.base, "thesite", name)), exist_ok=True)
        open(os.path.join(nodes.base, "thesite", name), "wb").close()
    code, said = publish_again(node, nodes, [])
    check(
        code == 0 and "There is no docs/index.html:" in said and "deep" not in said
        and "pictures" not in said, f"the folder's page is missing: {code} {said}")
    shutil.rmtree(os.path.join(nodes.base, "thesite", "docs"))
    code, said = publish_again(node, nodes, [], "--entry", "about.html")
    check(code == 0 and "index.html" not in said,
          f"with --entry there is nothing to say: {code} {said}")
    eventually("the entry is shown", 90,
               lambda: ask(node, "/", host=host).body == b"<h1>about</h1>")


def case_types(nodes, seed):
    """BU-26: the type of a file is what its publisher says, else what its name says, else text when
    it is text; nothing is guessed from markup."""
    text = "Grüße\n".encode() * 1000
    files = {
        "index.html": b"<h1>here</h1>", "README": text, "LICENSE": b"<script>alert(1)</script>",
        "data/tool": b"\x7fELF\0\0", "latin": "Grüße".encode("latin-1"), "empty": b"",
        "v1.2/notes": b"text", ".well-known/assetlinks": b"text", "cut": b"x" * 4095 + "é".encode(),
        "bell": b"a\x07b", "a.unknown": text, "a.docx": b"PK", "data/a.csv": b"a,b",
        "data/b.csv": b"a,b"
    }
    node, host = site_node(nodes, files, "--type", "data/b.* application/x-mine", "--type",
                           "data/* text/x-rest")
    plain, binary = "text/plain; charset=utf-8", "application/octet-stream"
    want = {
        "README": plain, "LICENSE": plain, "latin": binary, "empty": binary, "v1.2/notes": plain,
        ".well-known/assetlinks": plain, "cut": plain, "bell": binary, "a.unknown": binary,
        "a.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "data/a.csv": "text/x-rest", "data/b.csv": "application/x-mine", "data/tool": "text/x-rest"
    }
    for path, mime in want.items():
        got = ask(node, "/" + path, host=host)
        check(
            got.status == 200 and got.body == files[path] and got.field("content-type") == mime
            and got.field("x-content-type-options") == "nosniff",
            f"{path}: {got.status} {got.fields}")
    for rule in ("text/plain", "*.x", " text/plain", "*.x plain"):
        code, said = publish_again(node, nodes, [], "--type", rule)
        check(code == 2 and "GLOB TYPE" in said, f"--type '{rule}': {code} {said}")
    code, said = publish_again(node, nodes, [], "--type", "* text/" + "x" * 255)
    check(code == 1 and "content type is too long" in said, f"a type of 260 bytes: {code} {said}")


def case_forms(nodes, seed):
    """BU-1: names written in NFD are published in NFC and found by either; two files that are one
    name then are refused."""
    composed, apart = "caf\u00e9", "cafe\u0301"
    node, host = site_node(
        nodes, {
            "index.html": b"<h1>here</h1>", f"{apart}.html": b"apart",
            f"{composed}s/x.html": b"composed", f"{apart}t/index.html": b"folder"
        })
    quote = urllib.parse.quote
    for form in (composed, apart):
        check(
            ask(node, f"/{quote(form)}.html", host=host).body == b"apart"
            and ask(node, f"/{quote(form)}s/x.html", host=host).body == b"composed",
            f"{quote(form)} is not found")
        check(
            ask(node, f"/{quote(form)}t/", host=host).body == b"folder"
            and ask(node, f"/{quote(form)}t", host=host).status == 308,
            f"the folder {quote(form)}t is not found")
    names = node.cli("site", "show", "thesite")
    check(
        composed in json.dumps(names, ensure_ascii=False)
        and apart not in json.dumps(names, ensure_ascii=False), f"the names are {names}")
    with open(os.path.join(nodes.base, "thesite", f"{composed}.html"), "wb") as f:
        f.write(b"twin")
    code, said = publish_again(node, nodes, [])
    check(code == 1 and "another file has the same name" in said,
          f"twins are published: {code} {said}")


def case_fresh(nodes, seed):
    """Who publishes or rolls back sees it through the own node's gateway at once, though the head
    before was just looked up."""
    node, host = site_node(nodes, {"index.html": b"first"})
    for turn, text in enumerate((b"second", b"third")):
        check(ask(node, "/", host=host).status == 200, "the version before is kept")
        with open(os.path.join(nodes.base, "thesite", "index.html"), "wb") as f:
            f.write(text)
        code, said = publish_again(node, nodes, [])
        check(code == 0, said)
        got = ask(node, "/", host=host).body
        check(got == text, f"after version {turn + 2} the gateway shows {got}")
    node.cli("site", "rollback", "-", "--w", "1", "--copies", "1")
    got = ask(node, "/", host=host).body
    check(got == b"second", f"after the rollback the gateway shows {got}")


if __name__ == "__main__":
    sys.exit(main(globals()))
