#!/usr/bin/env python3
"""A bot over app/1: takes every request, answers "echo: ..." to whatever it is told.

usage: bot.py DATA [NODE]       DATA: its directory, where its agent is started if none runs;
                                NODE: the node's socket (default: that of your own node)

The id of an answer follows from the id of what it answers, so a bot that is killed and started
again says nothing twice: the agent takes a message of a known id as said.
"""
import hashlib, sys

from app1 import CHAT, connect, CONTACT, EVENT, run


def turn(app):
    """Looks at everything that is new."""
    for who in app.ask(CONTACT, 2, {}).get(0, "tables"):  # ContactsList; state 2: a request
        if who.get(4, "B") == 2:
            app.ask(CONTACT, 6, {0: ("text", who.get(1, "text")), 1: ("B", 1)})  # ContactAnswer
    for chat in app.ask(CHAT, 1, {}).get(0, "tables"):  # ChatsList
        pid, unread = chat.get(1, "table").get(1, "text"), chat.get(2)
        if not unread:
            continue
        history = app.ask(CHAT, 10, {0: ("text", pid), 2: ("H", min(unread + 20, 500))})
        for m in reversed(history.get(0, "tables")):  # History: newest first
            if m.get(2, "B") or m.get(17, "B"):  # mine, or read
                continue
            if m.get(4, "text"):
                ident = m.get(0, "struct", 16)
                app.ask(CHAT, 3, {0: ("text", pid), 1: ("text", "echo: " + m.get(4, "text")),
                                  2: ("struct", hashlib.sha256(b"echo" + ident).digest()[:16]),
                                  3: ("struct", ident)})  # MessageSend, in reply to it
            app.ask(CHAT, 7, {0: ("text", pid), 1: ("Q", m.get(7, "Q"))})  # MessageRead


def main(data, node=None):
    app = connect(data, "Bot", node)
    app.ask(EVENT, 1, {})  # EventsOn: all
    print("the bot listens", flush=True)
    while True:
        turn(app)
        app.listen()
        app.told.clear()  # each event is a state: one look answers all of them


if __name__ == "__main__":
    sys.exit(run(main, *sys.argv[1:3]) if len(sys.argv) > 1 else __doc__)
