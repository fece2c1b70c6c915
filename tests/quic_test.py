#!/usr/bin/env python3
"""Real nodes of which one knows of the other nothing but where it takes connections by QUIC: they
meet by that. Rule RE-46. usage: quic_test.py BIN_DIR CASE"""
import os, sys, time

sys.dont_write_bytecode = True
from coturn import free_port
from node_rig import check, counters, eventually, main, network


def case_meet(nodes, _):
    port = free_port("127.0.0.1")
    first = nodes.start(1, "--quic", str(port))[0]
    number = first.number + 1
    second = network.Node(number, os.path.join(nodes.base, f"node{number}"), nodes.bin,
                          network.udp_port(), 0, None,
                          ["--pow-bits", "10", "--bootstrap", f"quic://127.0.0.1:{port}"])
    nodes.all.append(second)
    second.wait_ready(time.monotonic() + 60)
    eventually("it has joined", 60, lambda: second.status()["links"] == 1)
    for node, name in ((first, "quic-retried"), (first, "quic-opened"), (second, "quic-dialled"),
                       (second, "quic-opened")):
        check(counters(node, "quic")[name] >= 1, f"{name} of node {node.number}")
    check(counters(first, "quic")["quic-broken"] == 0, "a connection broke")


if __name__ == "__main__":
    sys.exit(main(globals()))
