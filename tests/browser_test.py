#!/usr/bin/env python3
"""Sites and the node's page in a real browser: usage: browser_test.py BIN_DIR CASE

Each case starts real nodes and one Chromium (tests/browser.py) on free ports. Exit 0 passed, 77
skipped with a reason (no browser), 1 failed with a sentence.
"""
import hashlib, http.client, http.server, json, os, socket, sys, threading, time, urllib.request

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually, network, token_of
from browser import Browser, program
from people_test import Person

NAMES = ("firstsite", "secondsite", "thirdsite")
WORKER = b"""
addEventListener("install", (e) => e.waitUntil(skipWaiting()));
addEventListener("activate", (e) => e.waitUntil(clients.claim()));
addEventListener("fetch", (e) => {
  const headers = { "content-type": "text/html" };
  const page = new Response("<title>kept by a worker</title>", { headers });
  if (e.request.mode === "navigate") e.respondWith(page);
});
"""

# What a page can leave in a browser, and what it finds there.
LEAVE = """(async (who) => {
  const above = location.hostname.split(".").slice(1).join(".");
  for (const domain of ["", location.hostname, "geo.localhost", "localhost", "." + above])
    document.cookie = `${who}=${who}; path=/` + (domain ? "; domain=" + domain : "");
  localStorage.setItem("who", who);
  sessionStorage.setItem("who", who);
  await (await caches.open(who)).put("/kept", new Response(who));
  await new Promise((done, fail) => {
    const r = indexedDB.open(who);
    r.onsuccess = () => { r.result.close(); done(); };
    r.onerror = fail;
  });
  window.channel = new BroadcastChannel("all");
  window.heard = [];
  channel.onmessage = (e) => heard.push(e.data);
  const root = await navigator.storage.getDirectory();
  await root.getFileHandle(who, { create: true });
})"""
FIND = """(async () => {
  const files = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
  return { cookie: document.cookie, local: Object.values(localStorage),
           session: Object.values(sessionStorage), caches: await caches.keys(),
           databases: (await indexedDB.databases()).map((d) => d.name), files,
           workers: (await navigator.serviceWorker.getRegistrations()).length,
           controlled: !!navigator.serviceWorker.controller };
})()"""
NOTHING = {
    "cookie": "", "local": [], "session": [], "caches": [], "databases": [], "files": [],
    "workers": 0, "controlled": False
}
WORK = """(async () => {
  await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise((r) => setTimeout(r, 20));
  return true;
})()"""
# What a page of another origin learns of an address: the same as of a port where nobody listens.
PROBE = """(async (url) => {
  const tag = (name, set) => new Promise((done) => {
    const e = document.createElement(name);
    e.onload = () => done("loaded");
    e.onerror = () => done("failed");
    set(e);
    document.body.append(e);
  });
  const said = [];
  for (const options of [{}, { mode: "no-cors" }, { mode: "no-cors", method: "POST", body: "x" },
                         { mode: "no-cors", credentials: "include" }])
    said.push(await fetch(url, options).then((r) => "answered " + r.type, () => "failed"));
  said.push(await tag("img", (e) => e.src = url), await tag("script", (e) => e.src = url),
            await tag("link", (e) => { e.rel = "stylesheet"; e.href = url; }));
  said.push(await new Promise((done) => {
    const v = document.createElement("video");
    v.onerror = () => done("failed");
    v.onloadedmetadata = () => done("loaded");
    v.src = url;
  }));
  said.push(await new Promise((done) => {
    const w = new WebSocket(url.replace("http:", "ws:"));
    w.onopen = () => done("opened");
    w.onerror = () => done("failed");
  }));
  return said;
})"""


def site(nodes, node, name, files, *words):
    folder = os.path.join(nodes.base, f"{name}{len(os.listdir(nodes.base))}")
    for path, body in files.items():
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "wb") as f:
            f.write(body)
    return node.cli("site", "publish", folder, "--name", name, "--w", "1", "--copies", "1", *words)


def files_of(title):
    return {
        "index.html": f"<!doctype html><title>{title}</title><body>".encode(), "sw.js": WORKER,
        "pixel.gif": b"GIF89a\1\0\1\0\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\1D\0;",
        "worker.js": b"onconnect = (e) => e.ports[0].postMessage('here');",
        "folder/index.html": b"<title>folder</title>"
    }


class Elsewhere:
    """A page of another program on this machine."""

    def __init__(self):
        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


def case_apart(nodes, seed):
    """Three sites of different owners in one browser, then a name that changes hands: nothing
    passes from one to another."""
    program()
    owners = nodes.start(3)
    keys = {}
    for owner, name in zip(owners, NAMES):
        owner.cli("id", "new", "--no-passphrase")
        keys[name] = site(nodes, owner, name, files_of(name))["owner_key"]
    node = owners[1]  # whose gateway the browser uses
    port = node.http_port
    address = {name: f"http://{name}.geo.localhost:{port}/" for name in NAMES}
    with Browser() as browser:
        tabs, origin = {}, {}
        for name in NAMES:
            tabs[name] = browser.tab()
            eventually(f"{name} is shown", 60,
                       lambda n=name: tabs[n].go(address[n]) and tabs[n].run("document.title") == n)
            origin[name] = tabs[name].run("location.origin")
        check(
            len(set(origin.values())) == 3
            and all(o.startswith(f"http://geo-{n}-") for n, o in origin.items()),
            f"the origins are {origin}")
        check(
            tabs[NAMES[0]].go(address[NAMES[0]] + "folder?a=b") == origin[NAMES[0]]
            + "/folder/?a=b", "an address leads to the page that it names")
        tabs[NAMES[0]].go(address[NAMES[0]])

        # All are open at once; the first leaves what it can, the others look.
        for name in NAMES:
            check(tabs[name].run(FIND) == NOTHING, f"{name} begins with {tabs[name].run(FIND)}")
        twin = browser.tab()
        twin.go(address[NAMES[0]])
        for tab in (twin, tabs[NAMES[1]]):
            tab.run(
                "window.heard = []; window.channel = new BroadcastChannel('all'); "
                "channel.onmessage = (e) => heard.push(e.data); 0"
            )
        tabs[NAMES[0]].run(LEAVE + f"('{NAMES[0]}')")
        tabs[NAMES[0]].run(WORK)
        own = tabs[NAMES[0]].run(FIND)
        check(
            set(own["cookie"].split("; ")) == {f"{NAMES[0]}={NAMES[0]}"} and own["workers"] == 1
            and own["local"] == own["session"] == own["caches"] == [NAMES[0]],
            f"a site has its own: {own}")
        tabs[NAMES[0]].run("channel.postMessage('from the first'); 0")
        eventually("its own other page hears it", 60,
                   lambda: twin.run("heard") == ["from the first"])
        check(tabs[NAMES[1]].run("heard") == [], "a message passes")
        twin.close()
        for name in NAMES[1:]:
            check(tabs[name].run(FIND) == NOTHING, f"{name} finds {tabs[name].run(FIND)}")
            tabs[name].go(address[name])
            check(tabs[name].run("document.title") == name and tabs[name].run(FIND) == NOTHING,
                  f"{name} loaded again finds {tabs[name].run(FIND)}")
            fresh = browser.tab()
            fresh.go(address[name])
            check(fresh.run(FIND) == NOTHING, f"{name} in a new tab finds {fresh.run(FIND)}")
            fresh.close()
        check(tabs[NAMES[2]].run("caches.match('/kept').then((r) => r ? r.text() : null)") is None,
              "a cache passes")

        # What pages of others learn: nothing that a port without a program would not say.
        elsewhere = Elsewhere()
        stranger = browser.tab()
        closed = socket.socket()
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://localhost:{closed.getsockname()[1]}/"
        for page, shown in ((tabs[NAMES[2]], address[NAMES[2]]), (stranger, elsewhere.url)):
            page.go(shown)
            silence = page.run(PROBE + f"('{nowhere}')")
            for url in (address[NAMES[0]], address[NAMES[0]] + "pixel.gif", origin[NAMES[0]]
                        + "/pixel.gif", origin[NAMES[0]] + "/sw.js", address["firstsite"].replace(
                            "firstsite", "nosuchsite"), f"http://localhost:{port}/",
                        f"http://localhost:{port}/api/v1/status",
                        f"http://localhost:{port}/api/v1/events",
                        f"http://localhost:{port}/{'x' * 5000}"):
                got = page.run(PROBE + f"('{url}')")
                check(got == silence, f"{shown} learns of {url}: {got}, not {silence}")
            check(
                page.run(
                    f"(async () => {{ const f = document.createElement('iframe'); f.src = "
                    f"'{address[NAMES[0]]}'; document.body.append(f); await new Promise((r) => "
                    f"f.onload = r); return f.contentWindow.length; }})()"
                ) == 0, "a site is framed by another")
        tabs[NAMES[1]].go(address[NAMES[1]])
        for kind in (
                f"new SharedWorker('{origin[NAMES[0]]}/worker.js') && 'made'",
                f"navigator.serviceWorker.register('{origin[NAMES[0]]}/sw.js').then(() => 'made')"):
            check(
                tabs[NAMES[1]].run(f"(async () => {kind})().catch((e) => e.name)") ==
                "SecurityError", f"a worker of another site: {kind}")
        check(
            tabs[NAMES[1]].run(
                "new Promise((d) => { const i = new Image(); i.onload = () => d('loaded'); "
                "i.onerror = () => d('failed'); i.src = '/pixel.gif'; })"
            ) == "loaded", "its own picture is shown")

        # The first name changes hands.
        handed = os.path.join(nodes.base, "handed.json")
        with open(handed, "w", encoding="utf-8") as f:
            json.dump(owners[0].cli("name", "transfer", NAMES[0], keys[NAMES[1]]), f)
        node.cli("name", "accept", handed, "--w", "1")
        site(nodes, node, NAMES[0], files_of("the next owner"), "--label", "bought")
        late = browser.tab()
        eventually(
            "the next owner's site is shown", 60,
            lambda: late.go(address[NAMES[0]]) and late.run("document.title") == "the next owner")
        check(
            late.run("location.origin") not in origin.values(),
            "the next owner's site lives where the former one's did")
        check(late.run(FIND) == NOTHING, f"the next owner finds {late.run(FIND)}")
        # What the former owner left goes, also for those who kept the address of the origin: its
        # worker answers them until it is looked for.
        old = browser.tab()
        tabs[NAMES[0]].close()

        old.go(origin[NAMES[0]] + "/")
        check(
            old.run("document.title") == "kept by a worker",
            "the former owner's worker answers for its origin")
        eventually(
            "it is looked for, and gone", 120, lambda: old.run(
                "navigator.serviceWorker.getRegistrations().then((list) => list.length === 0)"))
        old.go(origin[NAMES[0]] + "/")
        check(
            old.run("document.title") == "the next owner",
            f"the former owner's address leads to {old.run('document.title')}")
        check(
            old.run("location.origin") == late.run("location.origin") and old.run(FIND) == NOTHING,
            f"the former owner's address leads to {old.run('location.href')}")


# The node's page as its owner sees it: rows of lookups, and whether it is gone.
ROWS = "Array.from(document.querySelectorAll('.net-row b'), (b) => b.textContent)"
OWNERS = "!!document.querySelector('.net-lookups')"


def built(node):
    """Skips where the programs were built without the app."""
    with urllib.request.urlopen(f"http://127.0.0.1:{node.http_port}/") as page:
        if b"/a/" not in page.read():
            raise node_rig.Skip("this build has no app (tools/setup app)")


def case_page(nodes, seed):
    """The node's page in eight tabs at once: each shows the node and goes on living."""
    program()
    (node,) = nodes.start(1)
    built(node)
    link = node.cli("open")["url"]
    with Browser() as browser:
        tabs = [browser.tab() for _ in range(8)]
        for i, tab in enumerate(tabs):
            tab.go(link)
            eventually(f"tab {i + 1} shows the node", 60,
                       lambda t=tab: t.run(f"{OWNERS} && !!document.querySelector('.net-this')"))
        for round_, digit in enumerate("123"):
            node.get(f"/api/v1/records/{digit * 64}")
            for i, tab in enumerate(tabs):
                tab.call("Page.bringToFront")  # what is hidden rests
                eventually(f"tab {i + 1} shows lookup {round_ + 1}", 60,
                           lambda t=tab: f"{digit * 4}\u00b7{digit * 4}" in t.run(ROWS))
        check(
            all(tab.run(f"{ROWS}.length") >= 3 for tab in tabs[-1:]), "the lookups are in the page")
        # A program beside them still gets its answer.
        check(node.status()["reach"] == "founder", "the node answers")


def case_network(nodes, seed):
    """Four nodes on the page of one: links as arcs, a lookup step by step, the same as a table, by
    keys alone, in two languages; nothing is refused by the page's policy (NO-61, UI-64, UI-65)."""
    program()
    nodes.start(4)
    node = nodes.all[0]
    built(node)
    with Browser() as browser:
        tab = browser.tab()
        tab.call("Page.enable")
        tab.call("Page.addScriptToEvaluateOnNewDocument",
                 source="window.refused = []; document.addEventListener('securitypolicyviolation', "
                 "(e) => refused.push(e.violatedDirective + ' ' + e.blockedURI));")
        tab.go(node.cli("open")["url"])
        eventually("three links are drawn", 60,
                   lambda: tab.run("document.querySelectorAll('.net-disk .net-link').length") == 3)
        check(
            tab.run("document.querySelector('.net-big').textContent") == "4",
            "four nodes are counted")
        key = hashlib.sha256(b"looked for").hexdigest()
        node.get(f"/api/v1/find/{key}")
        eventually("the lookup is listed", 60,
                   lambda: f"{key[:4]}\u00b7{key[4:8]}" in tab.run(ROWS))
        tab.run("document.querySelector('.net-row').click()")
        eventually(
            "it is drawn, numbered, with its key", 60, lambda: tab.run(
                "document.querySelectorAll('.net-lookup .net-step').length >= 1 && "
                "document.querySelectorAll('.net-number').length >= 1 && "
                "!!document.querySelector('.net-key')"))
        # by keys alone: focus, an arrow, the tip and what is said
        tab.run("document.querySelector('.net-keys').focus()")
        tab.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowRight", code="ArrowRight")
        eventually(
            "the tip stands there and is said", 60, lambda: tab.run(
                "!!document.querySelector('.net-tip') && "
                "document.querySelector('[aria-live=polite]').textContent.includes(' ms')"))
        tab.call("Input.dispatchKeyEvent", type="keyDown", key="Escape", code="Escape")
        eventually("Escape takes it away", 60,
                   lambda: not tab.run("!!document.querySelector('.net-tip')"))
        tab.run("document.querySelector('summary').click()")
        check(
            tab.run("document.querySelectorAll('.net-tables tbody tr').length") >= 4,
            "links and steps are in the tables")
        check(tab.run("refused") == [], f"the policy refused {tab.run('refused')}")
        check(
            tab.run("document.querySelectorAll('[style]').length") == 0,
            "an element has a style attribute")
        tab.call("Emulation.setLocaleOverride", locale="ru-RU")
        tab.call("Network.setUserAgentOverride", userAgent="test", acceptLanguage="ru-RU")
        tab.go(f"http://localhost:{node.http_port}/")
        eventually("it speaks Russian", 60,
                   lambda: tab.run("document.querySelector('h1')?.textContent") == "Сеть")


def case_app(nodes, seed):
    """The same view in a person's app: readings come through their agent (AG-124), with the box
    that it follows."""
    program()
    nodes.start(4)
    built(nodes.all[0])
    ann = Person(nodes, "ann", nodes.all[0])
    url = ann.run("app", "--print").strip().splitlines()[-1]
    with Browser() as browser:
        tab = browser.tab()
        tab.go(url)
        eventually(
            "the app is paired", 60, lambda: "pair" not in tab.run("location.href") and tab.run(
                "!!document.querySelector('.nav')"))
        tab.run("location.hash = '#/network'")
        eventually("three links are drawn", 60,
                   lambda: tab.run("document.querySelectorAll('.net-disk .net-link').length") == 3)
        eventually("lookups are listed", 60, lambda: tab.run(ROWS + ".length") >= 1)
        eventually("and the own box is an open diamond", 60,
                   lambda: tab.run("document.querySelectorAll('.net-disk .net-box').length") >= 1)


class Thief(http.server.BaseHTTPRequestHandler):
    heard = set()

    def do_GET(self):
        self.heard.add(self.headers.get("Authorization"))
        self.send_error(404)

    def log_message(self, *_):
        pass


def case_again(nodes, seed):
    """A page left open while another takes the node's port: what it sends him is good for nothing
    once the node is back, and the page asks to be opened again, which the same tab may do."""
    program()
    data, udp, port = os.path.join(nodes.base, "node1"), network.udp_port(), network.udp_port()

    def start():
        nodes.all = [
            network.Node(1, data, nodes.bin, udp, port, None, ["--pow-bits", node_rig.POW])
        ]
        nodes.all[0].wait_ready(time.monotonic() + 60)
        return nodes.all[0]

    node = start()
    built(node)
    with Browser() as browser:
        tab = browser.tab()
        tab.go(node.cli("open")["url"])
        seen = lambda what: tab.run(f"!!document.getElementById('{what}')")
        eventually("the owner sees all", 60, lambda: tab.run(OWNERS) and not seen("again"))
        node.stop()
        node.reap()
        server = http.server.HTTPServer(("127.0.0.1", port), Thief)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        eventually("who took the port hears the page's token", 60,
                   lambda: f"Bearer {token_of(node)}" in Thief.heard)
        server.shutdown()
        server.server_close()
        node = start()
        eventually("the page asks to be opened again", 60,
                   lambda: seen("again") and not tab.run(OWNERS))
        for heard in Thief.heard:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request(
                "GET", "/api/v1/peers",
                headers={"Host": f"localhost:{port}"} | ({"Authorization": heard} if heard else {}))
            check(connection.getresponse().status == 403, f"what he heard is refused: {heard}")
        tab.run(f"location.href = '{node.cli('open')['url']}'", quiet=True)
        eventually(
            "and is, in the same tab", 60,
            lambda: tab.run(f"{OWNERS} && !document.getElementById('again')", quiet=True))
        check("token" not in tab.run("location.href"), "the token is taken out of the address")


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
