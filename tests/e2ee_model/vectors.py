#!/usr/bin/env python3
"""vectors.json beside this file: what a foreign implementation can check without us, each with its
inputs and what comes of them. All randomness is SHAKE-256 of a name, so that the file can be made
again and must come out the same.

usage: vectors.py            makes the file again and says whether it is the same
       vectors.py --write    writes it"""
import hashlib, json, os, sys

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    __package__ = "e2ee_model"
from . import chunk as chunks, device, envelope as env, group as groups  # noqa: E402
from . import mldsa, mlkem, session  # noqa: E402
from .driver import Driver, outward
from .primitives import (ZERO_NONCE, be, dh, ed25519_public, seal, sha256, x25519_public)

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors.json")
NOW = 1_800_000_000


def some(name, n=32):
    return hashlib.shake_256(b"geonet/e2ee/vectors/1 " + name.encode()).digest(n)


def digests():
    """ML-KEM-768 and ML-DSA-65 of many seeds, hashed together: pinned against two libraries."""
    kem, dsa = hashlib.sha256(), hashlib.sha256()
    for i in range(16):
        seed, m = some(f"kem {i}", 64), some(f"m {i}")
        ek = mlkem.keygen(seed)[0]
        ct, secret = mlkem.encapsulate(ek, m)
        kem.update(ek + ct + secret + mlkem.decapsulate(seed, ct)
                   + mlkem.decapsulate(seed, some(f"no ct {i}", 1088)))
    for i in range(4):
        dsa.update(mldsa.public_key(some(f"dsa {i}")))
    return {"what": "SHA-256 over ek, ct, ss, ss decapsulated, and the ss of a ciphertext that is "
            "none, of 16 seeds; over 4 ML-DSA-65 public keys",
            "ml_kem_768": kem.digest(), "ml_dsa_65": dsa.digest()}


def set_up(name, few):
    a, b = [{"owner": some(f"{name} {who} owner"), "dev": ed25519_public(some(f"{name} {who} dev")),
             "dh_private": some(f"{name} {who} dh")} for who in "ab"]
    for one in (a, b):
        one["dh"] = x25519_public(one["dh_private"])
    last = {"id": 7, "x25519_private": some(name + " s_b"), "ml_kem_seed": some(name + " kem", 64)}
    chosen = {"id": 9, "x25519_private": some(name + " x_b"),
              "ml_kem_seed": some(name + " kem few", 64)} if few else last
    private, m = some(name + " ek"), some(name + " m")
    s_b, x_b = x25519_public(last["x25519_private"]), x25519_public(chosen["x25519_private"])
    kem_b, ek = mlkem.keygen(chosen["ml_kem_seed"])[0], x25519_public(private)
    ct, secret = mlkem.encapsulate(kem_b, m)
    ids = be(last["id"], 4) + be(chosen["id"], 4)
    t = device.setup_hash(a["owner"], b["owner"], a["dev"], b["dev"], a["dh"], b["dh"], ids, s_b,
                          x_b, kem_b, ek, ct)
    ek_s, ek_x = dh(private, s_b), dh(private, x_b)
    k0 = device.block_key(ek_s, ek_x, secret, ek, ct)
    seq, number, hint = 5, some(name + " hash"), some(name + " hint")
    sk = device.session_keys(dh(a["dh_private"], s_b), dh(private, b["dh"]), ek_s, ek_x, secret, t)
    first = some(name + " first ratchet key")
    root, ck, nhk = session.root_step(sk[:32], dh(first, s_b))
    return {
        "a": {**a, "identity_seq": seq, "identity_hash": number}, "b": b, "last": last,
        "few": chosen if few else None, "ek_private": private, "m": m, "hint_secret": hint,
        "a_first_ratchet_private": first,
        "out": {"ids": ids, "ids_on_the_wire": env.masked(hint, ek, ids), "s_b": s_b, "x_b": x_b,
                "sha256_kem_b": sha256(kem_b), "ek": ek, "ct": ct, "ss": secret, "t": t, "k0": k0,
                "block": seal(k0, ZERO_NONCE, a["owner"] + a["dev"] + a["dh"] + be(seq, 8)
                              + number),
                "sk": {name: sk[32 * i:32 * (i + 1)] for i, name in enumerate((
                    "root", "header_key_a", "next_header_key_b", "p_0", "chain_0_a_to_b",
                    "chain_0_b_to_a"))},
                "root": root, "chain_key": ck, "next_header_key_a": nhk}}


def message(name, with_chunk):
    t, bh, nonce = some(name + " t"), some(name + " bh"), some(name + " nonce", 12)
    one = session.Session(True, t, some(name + " sk", 192), b"", b"")
    one.begin_a(some(name + " private"), x25519_public(some(name + " s_b")))
    one.pn, one.ns, one.epoch, one.en, one.count, one.e = 3, 260, 2, 65_537, 65_535, 3
    inputs = {"header_key": one.hks, "chain_key": one.cks, "epoch_chain_key": one.tx, "t": t,
              "bh": bh, "nonce": nonce, "content_key": some(name + " content key"),
              "ratchet_public": one.public(), "pn": one.pn, "n": one.ns, "epoch": one.epoch,
              "en": one.en, "count": one.count}
    if with_chunk:
        one.state, one.object, one.index = "SEND_EK", some(name + " object", 1184), 254
        inputs |= {"chunk_kind": 1, "chunk_index": 254, "object": one.object}
    mk_dh, mk_pq = session.chain_step(one.cks)[0], session.chain_step(one.tx)[0]
    wrap = one.write(nonce, inputs["content_key"], with_chunk, bh)
    return {**inputs, "out": {
        "mk_dh": mk_dh, "mk_pq": mk_pq, "mk": one.message_key(mk_dh, mk_pq), "header": wrap[:78],
        "sealed": wrap[78:], "next_chain_key": one.cks, "next_epoch_chain_key": one.tx}}


def chunk():
    data = some("chunk object", 1184)
    return {"object": data, "out": {str(i): chunks.make(data, i)
                                    for i in (0, 3, 4, 5, 17, 128, 253, 254)}}


def epochs():
    p, out = some("p_0"), []
    for e in (1, 2, 256):
        secret = some(f"ss {e}")
        new, a, b = session.epoch_step(p, secret, e)
        out.append({"e": e, "p_before": p, "ss": secret,
                    "out": {"p": new, "chain_a_to_b": a, "chain_b_to_a": b}})
        p = new
    ek = mlkem.keygen(some("epoch kem", 64))[0]
    ct, _ = mlkem.encapsulate(ek, some("epoch m"))
    return {"steps": out, "ct_object": {"ml_kem_seed": some("epoch kem", 64), "m": some("epoch m"),
                                        "out": ct + sha256(ek) + bytes(64)}}


def outside():
    key, nonce, secret = some("content key"), some("envelope nonce", 16), some("hint secret")
    devices = [ed25519_public(some(f"device {i}")) for i in range(3)]
    content, wraps_len = b"Are you there?", 133 + 429
    head = env.head(2, nonce, wraps_len, key)
    body = env.seal_body(key, content, 896 - 40 - wraps_len)
    return {"content_key": key, "nonce": nonce, "hint_secret": secret, "content": content,
            "wraps": 2, "wraps_len": wraps_len, "size": 896, "devices": devices,
            "out": {"head": head, "body": body, "bh": sha256(head + body),
                    "hints": [env.hint(secret, d, nonce) for d in devices]}}


def safety():
    out = []
    for n in range(2):
        a, b = [(ed25519_public(some(f"safety {n}{who}")), mldsa.public_key(some(f"pq {n}{who}")))
                for who in "ab"]
        number, code = env.safety(a, b)
        out.append({"a": {"ed25519": a[0], "mldsa": a[1]}, "b": {"ed25519": b[0], "mldsa": b[1]},
                    "out": {"h_a": env.safety_hash(*a), "h_b": env.safety_hash(*b),
                            "number": number, "qr": code}})
    return out


def conversation():
    """Commands to a driver and its answers; a command's {"of": n, "is": field} stands for that
    field of the answer n."""
    driver, lines = Driver(), []

    def do(op, **fields):
        ask = {"op": op, **outward(fields)}
        lines.append({"ask": ask, "answer": driver.answer(resolved(ask, lines))})
        return len(lines) - 1

    def of(n, field):
        return {"of": n, "is": field}

    do("feed", bytes=some("pool", 6000))
    who, made, keys = {}, {}, {}
    for name in ("a1", "b1"):
        who[name] = {"owner": some(name + " owner"), "seq": 3, "hash": some(name + " hash")}
        made[name] = do("identity", dev=name, device_seed=some(name + " dev"),
                        mldsa_seed=some(name + " pq"), dh=some(name + " dh"), **who[name])
        keys[name] = do("prekeys", dev=name, now=NOW, id=1, few=1 if name == "b1" else 0)
    for name, other in (("a1", "b1"), ("b1", "a1")):
        do("peer", dev=name, **who[other], device=of(made[other], "device"),
           dh=of(made[other], "dh"), last=of(keys[other], "last"), few=of(keys[other], "few"))
    held = []
    for i in range(42):
        name, other = ("a1", "b1") if i % 2 == 0 else ("b1", "a1")
        content = b"" if i == 0 else some(f"content {i}", 7 * i)
        sent = do("write", dev=name, now=NOW + i, box=some(other + " box"),
                  hint=some(other + " hint"), to=[of(made[other], "device")], content=content)
        read = {"dev": other, "hint": some(other + " hint"), "envelope": of(sent, "envelope")}
        if i in (6, 7, 12, 13):  # late ones
            held.append(read)
        else:
            do("read", now=NOW + i, **read)
        if i == 20:
            for late in reversed(held):
                do("read", now=NOW + i, **late)
            do("read", now=NOW + i, **read)
    do("info", dev="a1", device=of(made["b1"], "device"))
    for line in lines:
        if "padded" in line["answer"]:  # the content and its zeros: their hash will do
            line["answer"]["padded_sha256"] = sha256(
                bytes.fromhex(line["answer"].pop("padded"))).hex()
        line["answer"].pop("state_bytes", None)
    return lines


def resolved(value, lines):
    if isinstance(value, dict):
        if set(value) == {"of", "is"}:
            return lines[value["of"]]["answer"][value["is"]]
        return {key: resolved(v, lines) for key, v in value.items()}
    return [resolved(v, lines) for v in value] if isinstance(value, list) else value


def check_conversation(lines, ask):
    """Says the commands to ask(command) -> answer; the first answer that differs, or None."""
    for n, line in enumerate(lines):
        answer = dict(ask(resolved(line["ask"], lines)))
        answer.pop("state_bytes", None)
        if "padded" in answer:
            answer["padded_sha256"] = sha256(bytes.fromhex(answer.pop("padded"))).hex()
        if answer != line["answer"]:
            return n, line["answer"], answer
    return None


def group():
    """An epoch, its first two messages by one leaf, and a seal to a leaf key."""
    group, e, secret = some("group"), 3, some("S_e")
    leaves, seed = [1, 258, 70_000], some("leaf's device")
    epoch = groups.Epoch(group, e, secret, leaves, 258)
    before = {"header_key": epoch.header,
              "chains": {str(leaf): epoch.chains[leaf][0] for leaf in leaves}}
    sent = [epoch.write(seed, text, lambda n, i=i: some(f"group nonce {i}", n))[0]
            for i, text in enumerate((b"Are you all there?", b"y" * 767))]
    private, kem_seed = some("leaf x25519"), some("leaf kem", 64)
    to = {"device": ed25519_public(seed), "x25519": x25519_public(private),
          "kem": mlkem.keygen(kem_seed)[0]}
    drawn = iter((some("seal ek"), some("seal m")))
    return {"group": group, "epoch": e, "secret": secret, "leaves": leaves, "own": 258,
            "device_seed": seed, "contents": [b"Are you all there?", b"y" * 767],
            "nonces": [some(f"group nonce {i}", 16) for i in (0, 1)],
            "leaf_private": private, "leaf_kem_seed": kem_seed, "ek_private": some("seal ek"),
            "m": some("seal m"),
            "out": {**before, "commitment": groups.commitment(secret), "messages": sent,
                    "chain_after": epoch.chains[258][0],
                    "seal_hint": groups.hint(group, e, to["device"]),
                    "leaf_seal": groups.seal_leaf(group, e, to, secret, lambda _: next(drawn))}}


def everything():
    return outward({
        "about": "GeoNet's end-to-end encryption (docs/spec/e2ee.md): inputs, and under out what "
                 "comes of them. Hexadecimal; numbers are numbers; a keyless HKDF salt is zeros. "
                 "Made by tests/e2ee_model/vectors.py.",
        "primitives": digests(),
        "set_up": [set_up("with few", True), set_up("without", False)],
        "message": [message("plain", False), message("chunk", True)],
        "chunk": chunk(), "epoch": epochs(), "envelope": outside(), "safety_number": safety(),
        "group": group(), "conversation": conversation()})


def main():
    text = json.dumps(everything(), indent=0, separators=(",", ":")) + "\n"
    if "--write" in sys.argv[1:]:
        with open(FILE, "w", encoding="ascii") as f:
            f.write(text)
        print(f"{FILE}: {len(text)} bytes")
        return 0
    with open(FILE, encoding="ascii") as f:
        same = f.read() == text
    print("the same" if same else f"FAILED: {FILE} is not what the model makes; see git diff after "
          "--write")
    return not same


if __name__ == "__main__":
    sys.exit(main())
