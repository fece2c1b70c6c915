#!/usr/bin/env python3
"""The wallet of an agent over a real hub: agent_wallet_test.py BIN_DIR CASE (hub_rig.py)."""
import os, signal, sys, uuid

sys.dont_write_bytecode = True
from agent_wallet_rig import Agent, stop_all
from hub_client import Hub, check
from hub_rig import FREE, main, with_unit


def world(bin_dir, base, *names):
    hub = Hub(bin_dir, os.path.join(base, "hub"), *FREE)
    with_unit(hub)
    agents = [Agent(bin_dir, base, name) for name in names]
    for agent in agents:
        agent.join(hub)
    return [hub, *agents]


def case_pay(bin_dir, base, rng):
    """Join, line, pay, request, pay by link, history: each signed once."""
    hub, ann, ben = world(bin_dir, base, "ann", "ben")
    hubs = ann.wallet("hubs")["hubs"]
    check(len(hubs) == 1 and hubs[0]["hub"] == hub.pid and hubs[0]["name"] == "Ann", f"{hubs}")
    again = ann.wallet("join", url=hub.url + "/", name="Other")
    check(again["hubs"][0]["hub"] == hub.pid, f"joined already: {again}")
    quote = ben.wallet("line_set", peer=ann.pid, equivalent="UAH", limit="50")
    check(ann.pid in quote["says"] and "50.00" in quote["says"] and quote["what"] == "line",
          f"what is signed: {quote}")
    check(ben.sign(quote)["state"] == "done", "a line")
    check(ann.sum()["can_pay"] == "50.00", f"{ann.sum()}")
    quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="5.5", note="bread")
    check(quote["can"] and quote["amount"] == "5.50" and quote["most"] == "50.00"
          and quote["name"] == "Ben" and not quote["free"], f"a quote: {quote}")
    for word in ("5.50 UAH", ben.pid, "bread"):
        check(word in quote["says"] and word.split()[0] in quote["signs"], f"{word}: {quote}")
    done = ann.sign(quote)
    check(done["state"] == "done" and done["amount"] == "5.50", f"{done}")
    check(ann.act(done["act"])["state"] == "done", "a repeat tells the same")
    ann.refused("pay", "quote", act=uuid.uuid4().hex, quote=quote["id"])
    ann.refused("pay", "taken", act=done["act"], quote="00" * 31 + "01")
    check(ann.sum()["owing"] == "5.50", f"once: {ann.sum()}")
    # a request, paid once by its link
    link = ben.wallet("request", equivalent="UAH", amount="7", note="tea & cake")["link"]
    check(link.startswith("geonet:pay?to=" + ben.pid) and "amount=7.00" in link, link)
    old = link.replace("geonet:pay?to=" + ben.pid + "&", "geo://pay/" + ben.pid + "?")
    quote = ann.wallet("quote", link=old)
    check(quote["note"] == "tea & cake" and quote["amount"] == "7.00", f"{quote}")
    check(ann.sign(quote)["state"] == "done", "paid")
    ann.refused("quote", "paid", link=link)
    check(ann.wallet("quote", link=link, again=True)["can"], "again, when they say so")
    ann.refused("quote", "link", link=link, amount="8")
    ann.refused("quote", "link", link="geonet:pay?to=x")
    ann.refused("quote", "link", link="geonet:hi/" + ben.pid)
    ann.refused("quote", "hub", link=link.replace("hub=" + hub.pid, "hub=" + ben.pid))
    ann.refused("quote", "amount", whom=ben.pid, equivalent="UAH", amount="1.234")
    ann.refused("quote", "amount", whom=ben.pid, equivalent="UAH", amount="0")
    ann.refused("quote", "equivalent", whom=ben.pid, equivalent="EUR", amount="1")
    ann.refused("quote", "person", whom=hub.pid, equivalent="UAH", amount="1")
    ann.refused("quote", "person", whom="Zoe", equivalent="UAH", amount="1")
    ann.refused("quote", "self", whom=ann.pid, equivalent="UAH", amount="1")
    ben.refused("request", "equivalent", equivalent="EUR", amount="1")
    ben.refused("request", "amount", equivalent="UAH", amount="1.234")
    # what is kept for reading, of the one who was paid too
    ben.settle(lambda: len(ben.wallet("history")["payments"]) == 2, "the other hears", 90)
    paid = ben.wallet("history")["payments"]
    check({p["amount"] for p in paid} == {"5.50", "7.00"} and not paid[0]["out"]
          and paid[0]["peer"] == ann.pid, f"{paid}")
    lines = ben.wallet("lines")["lines"]
    check(len(lines) == 1 and lines[0]["given"] and lines[0]["used"] == "12.50", f"{lines}")
    hub.stop()
    check(ann.wallet("balance")["sums"][0]["owing"] == "12.50", "read without the hub")
    said = ann.wallet("balance", fresh=True)
    check(said["hubs"][0]["old"] and said["hubs"][0]["kind"] == "unreachable"
          and said["sums"][0]["owing"] == "12.50", f"{said}")
    ann.refused("quote", "unreachable", whom=ben.pid, equivalent="UAH", amount="1")
    ann.down()
    ann.up()
    check(ann.wallet("balance")["sums"][0]["owing"] == "12.50", "and after a start")


def case_why(bin_dir, base, rng):
    """What cannot arrive is explained: the cut in names, what is missing, three ways out."""
    hub, ann, ben, cay = world(bin_dir, base, "ann", "ben", "cay")
    quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="3")
    check(not quote["can"] and quote["most"] == "0.00" and quote["missing"] == "3.00", f"{quote}")
    check(len(quote["ways"]) >= 1, f"a way: {quote}")
    ben.trust(ann, "2")
    quote = ann.wallet("quote", whom=ben.pid, equivalent="UAH", amount="3")
    check(quote["missing"] == "1.00" and quote["most"] == "2.00", f"{quote}")
    cut = quote["cut"]
    check(cut and cut[0]["owner"] == ben.pid and cut[0]["debtor"] == ann.pid
          and cut[0]["owner_name"] == "Ben" and cut[0]["cause"] == "full", f"{cut}")
    ways = {w["kind"]: w for w in quote["ways"]}
    check(1 < len(quote["ways"]) <= 3 and ways["less"]["amount"] == "2.00"
          and ways["ask-raise"]["who"] == ben.pid and ways["ask-raise"]["amount"] == "1.00",
          f"{ways}")
    done = ann.sign(quote)
    check(done["state"] == "nothing" and done["kind"] == "way" and done["code"] == "E002"
          and done["reason"] and done["cut"][0]["owner"] == ben.pid and done["ways"], f"{done}")
    check(ann.sum()["owing"] == "0.00", "nothing was taken")
    # an offer is answered: a payment over a line that asks
    line = ben.wallet("lines", fresh=True)["lines"][0]
    check(line["limit"] == "2.00", f"{line}")
    hub.stop()


def case_offers(bin_dir, base, rng):
    """A payment over one's line that asks is answered; the answer is what was said."""
    hub, ann, ben, cay = world(bin_dir, base, "ann", "ben", "cay")
    ben.trust(ann, "20")
    cay.trust(ben, "20")
    geonet = os.path.join(bin_dir, "geonet")
    import subprocess
    ben.down()
    subprocess.run([geonet, "--data", ben.data, "wallet", "trust", ann.pid, "20", "UAH", "--ask"],
                   env=dict(os.environ, GEONET_HUB=hub.url), check=True, capture_output=True)
    ben.up()
    done = ann.sign(ann.wallet("quote", whom=cay.pid, equivalent="UAH", amount="4"))
    check(done["state"] == "waiting", f"{done}")
    offers = ben.wallet("offers", fresh=True)["offers"]
    check(len(offers) == 1 and offers[0]["from"] == ann.pid and offers[0]["amount"] == "4.00"
          and not offers[0]["clearing"], f"{offers}")
    ben.refused("offers", "offer", key="00" * 16, accept=True)
    quote = ben.wallet("offers", key=offers[0]["key"], accept=True)
    check("yes" in quote["says"] and ann.pid in quote["says"], f"{quote}")
    check(ben.sign(quote)["state"] == "done", "answered")
    ann.settle(lambda: ann.act(done["act"])["state"] == "done", "it is paid", 30)
    done = ann.sign(ann.wallet("quote", whom=cay.pid, equivalent="UAH", amount="5"))
    key = ben.wallet("offers", fresh=True)["offers"][0]["key"]
    check(ben.sign(ben.wallet("offers", key=key, accept=False))["state"] == "done", "refused")
    ann.settle(lambda: ann.act(done["act"])["state"] == "nothing", "nothing comes of it", 30)
    check(ann.sum()["owing"] == "4.00", f"{ann.sum()}")
    hub.stop()


def case_leave(bin_dir, base, rng):
    """Lines are closed, the hub is left or forgotten."""
    hub, ann, ben = world(bin_dir, base, "ann", "ben")
    ben.trust(ann, "20")
    ben.refused("line_set", "line", peer=ann.pid, equivalent="UAH")
    ben.refused("line_set", "line", peer=ann.pid, equivalent="UAH", close=True, limit="3")
    ann.refused("line_set", "line", peer=ben.pid, equivalent="UAH", close=True)
    quote = ben.wallet("line_set", peer=ann.pid, equivalent="UAH", freeze=True)
    check("freeze" in quote["says"] and ben.sign(quote)["state"] == "done", f"{quote}")
    quote = ben.wallet("line_set", peer=ann.pid, equivalent="UAH", close=True)
    check("close" in quote["says"] and ben.sign(quote)["state"] == "done", f"{quote}")
    quote = ben.wallet("join", leave=True)
    check("leave hub" in quote["says"] and ben.sign(quote)["state"] == "done", f"{quote}")
    check(ben.wallet("hubs")["hubs"] == [], "it is gone")
    ann.wallet("join", forget=True)
    check(ann.wallet("hubs")["hubs"] == [], "forgotten")
    check(ann.wallet("join", url=hub.url)["hubs"][0]["name"] == "Ann", "and known there")
    ann.refused("join", "url", url="ftp://x")
    hub.stop()


if __name__ == "__main__":
    try:
        code = main(globals())
    finally:
        stop_all()
    sys.exit(code)
