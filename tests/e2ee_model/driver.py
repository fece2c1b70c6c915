#!/usr/bin/env python3
"""The model behind JSON lines: one object a line in, one answer a line out; the operations are in
docs/spec/e2ee.md. An operation that fails leaves devices and randomness as they were.

usage: driver.py < commands > answers"""
import json, os, pickle, sys

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    __package__ = "e2ee_model"
from . import envelope, group, mldsa, mlkem  # noqa: E402 (found by the line before)
from .device import Device, FEW_MAX, Failed
from .primitives import Refused, x25519_public


def outward(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {key: outward(v) for key, v in value.items()}
    return [outward(v) for v in value] if isinstance(value, list) else value


def inward(text, length=None):
    try:
        data = bytes.fromhex(text)
    except (TypeError, ValueError):
        raise Failed("bad") from None
    if length is not None and len(data) != length:
        raise Failed("bad")
    return data


def inward_prekey(value):
    out = {"id": value["id"], "x25519": inward(value["x25519"], 32),
           "kem": inward(value["kem"], mlkem.EK_LEN)}
    if not mlkem.valid(out["kem"]):
        raise Failed("refused")
    return out


class Driver:
    def __init__(self):
        self.op_init({})

    def draw(self, n):
        if len(self.pool) - self.at < n:
            raise Failed("randomness")
        self.at += n
        return bytes(self.pool[self.at - n:self.at])

    def device(self, ask):
        if ask["dev"] not in self.devices:
            raise Failed("not-found")
        return self.devices[ask["dev"]]

    def answer(self, ask):
        operation = getattr(self, "op_" + str(ask.get("op")).replace("-", "_"), None)
        if operation is None:
            return {"ok": False, "error": "bad"}
        at = self.at  # devices draw and verify before they change anything
        try:
            out = operation(ask) or {}
        except (Failed, Refused) as e:
            self.at = at
            return {"ok": False, "error": str(e) if isinstance(e, Failed) else "refused"}
        except (KeyError, TypeError, ValueError, OverflowError):
            self.at = at
            return {"ok": False, "error": "bad"}
        if self.at > 1 << 20:
            del self.pool[:self.at]
            self.at = 0
        return {"ok": True, **outward(out)}

    def op_init(self, _):
        self.devices, self.pool, self.at = {}, bytearray(), 0
        self.epochs = {}
        return {"version": 1}

    def op_feed(self, ask):
        self.pool += inward(ask["bytes"])

    def op_identity(self, ask):
        new = Device(inward(ask["owner"], 32), inward(ask["device_seed"], 32),
                     inward(ask["dh"], 32), ask["seq"], inward(ask["hash"], 32))
        seed = inward(ask["mldsa_seed"], 32)
        old = self.devices.get(ask["dev"])
        if old and (old.key, old.private) == (new.key, new.private):
            old.owner, old.seq, old.hash = new.owner, new.seq, new.hash
        else:
            self.devices[ask["dev"]] = new
        return {"device": new.key, "dh": new.dh, "mldsa": mldsa.public_key(seed)}

    def op_prekeys(self, ask):
        if not 0 <= ask["few"] <= FEW_MAX:
            raise Failed("bad")
        made = [{"id": half.number, "x25519": half.public, "kem": half.ek}
                for half in self.device(ask).prekeys(ask["id"], ask["few"], self.draw)]
        return {"last": made[0], "few": made[1:]}

    def op_erase(self, ask):
        self.device(ask).erase(ask["ids"])

    def op_peer(self, ask):
        few = [inward_prekey(value) for value in ask["few"]]
        if len(few) > FEW_MAX:
            raise Failed("bad")
        self.device(ask).peers[inward(ask["device"], 32)] = {
            "owner": inward(ask["owner"], 32), "dh": inward(ask["dh"], 32), "seq": ask["seq"],
            "hash": inward(ask["hash"], 32), "last": inward_prekey(ask["last"]), "few": few,
            "history": [(seq, inward(h, 32)) for seq, h in ask.get("history", [])]}

    def op_write(self, ask):
        return {"envelope": self.device(ask).write(
            ask["now"], inward(ask["box"], 32), inward(ask["hint"], 32),
            [inward(key, 32) for key in ask["to"]], inward(ask["content"]), self.draw)}

    def op_read(self, ask):
        return self.device(ask).read(ask["now"], inward(ask["hint"], 32),
                                     inward(ask["envelope"]), self.draw)

    def op_save(self, ask):
        return {"state": pickle.dumps(self.device(ask))}

    def op_load(self, ask):
        try:
            self.devices[ask["dev"]] = pickle.loads(inward(ask["state"]))
        except (pickle.UnpicklingError, EOFError):
            raise Failed("bad") from None

    def op_safety(self, ask):
        number, qr = envelope.safety(*((inward(ask[who]["ed25519"], 32),
                                        inward(ask[who]["mldsa"], 1952)) for who in "ab"))
        return {"number": number, "qr": qr}

    def op_info(self, ask):
        return self.device(ask).info(inward(ask["device"], 32))


    # ---- groups

    def op_epoch(self, ask):
        secret = inward(ask["secret"], 32)
        self.epochs[ask["ep"]] = group.Epoch(inward(ask["group"], 32), ask["epoch"], secret,
                                             ask["leaves"], ask["own"])
        return {"commitment": group.commitment(secret)}

    def epoch(self, ask):
        if ask["ep"] not in self.epochs:
            raise Failed("not-found")
        return self.epochs[ask["ep"]]

    def op_epoch_write(self, ask):
        content = inward(ask["content"])
        if len(content) > 61_310:
            raise Failed("too-large")
        message, n = self.epoch(ask).write(inward(ask["device_seed"], 32), content, self.draw)
        return {"message": message, "n": n}

    def op_epoch_read(self, ask):
        devices = {leaf: inward(key, 32) for leaf, key in ask["devices"].items()}
        return self.epoch(ask).read(inward(ask["message"]), devices, ask["now"])

    def op_leaf(self, ask):
        inward(ask["device"], 32)
        both = self.draw(96)
        return {"private": both[:32], "seed": both[32:], "x25519": x25519_public(both[:32]),
                "kem": mlkem.keygen(both[32:])[0]}

    @staticmethod
    def leaf(ask):
        return {"device": inward(ask["device"], 32), "x25519": inward(ask["x25519"], 32),
                "kem": inward(ask["kem"], mlkem.EK_LEN)}

    def op_seal_leaf(self, ask):
        return {"seal": group.seal_leaf(inward(ask["group"], 32), ask["epoch"], self.leaf(ask),
                                        inward(ask["secret"], 32), self.draw)}

    def op_unseal_leaf(self, ask):
        return {"secret": group.unseal_leaf(
            inward(ask["group"], 32), ask["epoch"], self.leaf(ask), inward(ask["private"], 32),
            inward(ask["seed"], 64), inward(ask["commitment"], 16), inward(ask["seal"]))}

    def op_seal_session(self, ask):
        made = group.seal_session(self.device(ask), inward(ask["device"], 32),
                                  inward(ask["group"], 32), ask["epoch"],
                                  inward(ask["secret"], 32), self.draw)
        if made is None:
            raise Failed("not-found")
        return {"seal": made}

    def op_unseal_session(self, ask):
        return {"secret": group.unseal_session(
            self.device(ask), inward(ask["group"], 32), ask["epoch"],
            inward(ask["commitment"], 16), inward(ask["seal"]), ask["now"], self.draw)}


def main():
    driver = Driver()
    for line in sys.stdin:
        try:
            answer = driver.answer(json.loads(line))
        except (ValueError, AttributeError):
            answer = {"ok": False, "error": "bad"}
        print(json.dumps(answer, separators=(",", ":")), flush=True)


if __name__ == "__main__":
    main()
