#!/usr/bin/env python3
"""What people type: words of a phrase, passphrases in any form of Unicode, nodes and networks.
usage: cli_typed_test.py BIN_DIR CASE

Exit codes are those of cli_rig.py.
"""
import json, os, pty, shutil, subprocess, sys

sys.dont_write_bytecode = True
from cli_rig import check, main


def case_words(p):
    """id import takes the phrase as id new prints it, and as people copy it."""
    shown = p.run("id", "new", "--no-passphrase", "--show-phrase").stdout.decode()
    pid = shown.split()[-1]
    words = p.run("id", "export").stdout.decode().split()
    numbered = [f"{i + 1:2}. {w:10}" for i, w in enumerate(words)]
    check(all(n.strip() in shown for n in numbered), f"id new printed: {shown}")
    lines = lambda per: "\n".join("".join(numbered[i:i + per]) for i in range(0, 24, per)) + "\n"
    forms = {
        "all that id new prints": shown,
        "numbered lines": lines(6),
        "one a line, numbered": lines(1),
        "by columns": "\n".join("  ".join(numbered[r + 6 * c] for c in range(4)) for r in range(6)),
        "numbers with brackets": " ".join(f"{i + 1}) {w}" for i, w in enumerate(words)),
        "no blank behind the number": " ".join(f"{i + 1}.{w}" for i, w in enumerate(words)),
        "numbers alone": " ".join(f"{i + 1} {w}" for i, w in enumerate(words)),
        "upper case, Windows lines": "\ufeff" + lines(4).upper().replace("\n", "\r\n"),
        "commas": ", ".join(w.capitalize() for w in words) + ".",
        "many blanks": ("\n" * 100).join(words),
    }
    for what, text in forms.items():
        shutil.rmtree(p.data("again"), ignore_errors=True)
        got = p.run("id", "import", "--no-passphrase", "-", stdin=text.encode(),
                    data="again").stdout.decode().strip()
        check(got == pid, f"{what}: another identity, {got}")
    shutil.rmtree(p.data("again"))
    wrong = next(w for w in words
                 if words.count(w) == 1 and not any(w in other for other in words if other != w))
    for what, text, sentence in (("a word missing", lines(6).replace(
            numbered[6], ""), "has 24 words, this has 23"), ("a wrong word", lines(6).replace(
                wrong, "xyzzy"), f"word {words.index(wrong) + 1}, 'xyzzy', is not in the list")):
        said = p.run("id", "import", "--no-passphrase", "-", stdin=text.encode(), data="again",
                     want=2).stderr.decode()
        check(sentence in said, f"{what}: {said}")
        check(not os.path.exists(p.data("again", "identity.key")), f"{what} made a key")
    # Pasted into a terminal: all lines are read, none is left for the shell.
    child, fd = pty.fork()
    if child == 0:
        os.execve(p.geonet, [
            p.geonet, "--data",
            p.data("again"), "id", "import", "--no-passphrase", "--no-publish"
        ], p.env)
    os.write(fd, lines(6).encode())
    said = b""
    try:
        while True:
            more = os.read(fd, 4096)
            if not more:
                break
            said += more
    except OSError:
        pass
    check(
        os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 and pid.encode() in said,
        f"on a terminal: {said.decode(errors='replace')}")


def case_passphrase(p):
    """The same letters open the key, whatever bytes a machine makes of them."""
    def file(text):
        with open(p.data("pass"), "wb") as f:
            f.write(text + b"\n")
        return ("--passphrase-file", p.data("pass"))

    nfc, nfd = "Schl\u00fcssel caf\u00e9 \u0439".encode(
    ), "Schlu\u0308ssel cafe\u0301 \u0438\u0306".encode()
    raw = b"caf\xe9"
    os.makedirs(p.data())
    for i, (sealed, opens) in enumerate(
        ((nfc, (nfc, nfd)), (nfd, (nfc, nfd)), (raw, (raw, )), (b" edge", (b" edge", )))):
        data = f"k{i}"
        done = p.run("id", "new", "--show-phrase", *file(sealed), data=data)
        for text in opens:
            p.run("id", "export", *file(text), data=data)
        said = p.run("id", "export", *file(opens[-1] + b"x"), data=data, want=1).stderr.decode()
        check("does not open" in said, f"a wrong passphrase: {said}")
        warned = done.stderr.decode()
        check(("no UTF-8" in warned) == (sealed == raw), f"{sealed!r}: {warned}")
        check(("blank" in warned) == (sealed == b" edge"), f"{sealed!r}: {warned}")
    for blank in (b"edge ", b"edge\t", "edge\u3000".encode(), "\u00a0edge".encode()):
        shutil.rmtree(p.data("blank"), ignore_errors=True)
        done = p.raw("--json", "id", "new", *file(blank), data="blank")
        check(
            done.returncode == 0 and b"warning" in done.stderr and b"blank" in done.stderr
            and json.loads(done.stdout), f"{blank!r}: {done.stderr}")
    said = p.run("id", "export", *file(b"edge "), data="k3", want=1).stderr.decode()
    check("blank" in said, f"a blank at the wrong end: {said}")
    # Sealed by an earlier program in NFD, as it was typed then.
    os.makedirs(p.data("old"), mode=0o700)
    with open(os.open(p.data("old", "identity.key"), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as f:
        f.write(bytes.fromhex(SEALED_NFD))
    for text in (nfc, nfd):
        p.run("id", "export", *file(text), data="old")


SEALED_NFD = "47454f4e45544b0101086964656e746974790000000300010000d66d11f5f3fd12aa480e31d32417b2350030d09ba15224a1b291ccc3b84c90205e338728a51135136aa2ae61c17c5174e7ad22890f15f736986e3b20493645540242563e8668636ffcd2"


def case_guard(p):
    """Nodes are called as in the list of peers, networks with their length; what is neither is a
    wrong command line."""
    p.start()
    own = p.json("status")["node"]["id"]
    why = p.json("guard", "why", own[:16])
    check(why["kind"] == "key" and why["id"] == own, f"the node's own id: {why}")
    check(own in p.says("guard", "why", own[:16]), "the node's own id is not shown")
    for asked, told in (("11.1.2.3", "11.1.2.0/24"), ("11.1.2.3/24", "11.1.2.0/24"),
                        ("2001:db8:1:2::5/48", "2001:db8:1::/48")):
        why = p.json("guard", "why", asked)
        check(why["kind"] == "prefix" and why["who"] == told, f"{asked}: {why}")
    p.run("guard", "allow", "11.1.2.0/24")
    p.run("guard", "allow", own)
    check({a["who"]
           for a in p.json("guard", "list")["allowed"]} >= {"11.1.2.0/24"},
          "a network that is allowed")
    told = p.says("guard", "list")
    check(": 11.1.2.0/24" in told and f": {own[:16]}\n" in told, f"who is allowed: {told}")
    for wrong in ("11.1.0.0/16", "2001:db8::/32", "11.1.2.3/x", "nobody!", "12"):
        said = p.says("guard", "why", wrong, want=2)
        check("/24" in said if "/" in wrong else "who:" in said, f"{wrong}: {said}")
    p.run("guard", "why", "0123456789abcdef", want=4)
    for listed, prefix in (("203.0.113.7:7777", "203.0.113.0/24"),
                           ("[2001:db8::1]:80", "2001:db8::/48")):  # as peers shows an address
        check(
            p.json("guard", "why", listed)["who"] == p.json("guard", "why", prefix)["who"],
            f"guard why {listed}")
    said = subprocess.run([p.geonet + "d", "--porrt", "1"], stderr=subprocess.PIPE,
                          timeout=60).stderr.decode()
    check(said.startswith("geonetd: there is no setting 'porrt';"),
          f"an unknown option of geonetd: {said}")
    p.stop()
    p.start()
    check({a["who"]
           for a in p.json("guard", "list")["allowed"]} >= {"11.1.2.0/24"},
          "a network that was allowed before the start")


if __name__ == "__main__":
    sys.exit(main(globals()))
