#!/usr/bin/env python3
"""A worker over app/1: takes jobs out of a queue and does those of the kinds that it knows.

usage: worker.py DATA [NODE [QUEUE]]    DATA: its directory, where its agent is started if none
       runs; NODE: the node's socket (default: that of your own node); QUEUE: what its owner's
       `geonet box grant` printed, for the key that this prints (default: its own queue)

The agent signs what it gives, and keeps the job for it as long as it says that it lives. A job
whose worker dies is lent to another one: what is done twice must be as good as once.
"""
import base64, os, sys, threading, time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "chat_bot"))
from app1 import connect, JOB, Refused, run

KEYS, TAKE, KEEP, END = 8, 12, 13, 14  # of AppJobBody
AGAIN, BUSY, TIMEOUT, CLOSED, STALE = 1, 3, 26, 27, 29  # of src/base/err.def
BAD_INPUT, FAILED = 1, 4  # JobFault: nobody shall try again; another worker shall


def count(data):
    return f"{len(data.decode().split())}\n".encode()


def upper(data):
    return data.decode().upper().encode()


KINDS = {"text.count/1": count, "text.upper/1": upper}


def work(job):
    """What is told of a job: fields of JobEnd."""
    kind, began = job.get(2, "text"), time.monotonic()
    try:
        if kind not in KINDS:
            known = ", ".join(KINDS)
            return {1: ("B", BAD_INPUT), 2: ("text", f"this worker knows only {known}")}
        end = {3: ("bytes", KINDS[kind](job.get(3, "bytes") or b""))}
    except ValueError as error:  # it is not even text
        end = {1: ("B", BAD_INPUT), 2: ("text", str(error))}
    except Exception as error:  # pylint: disable=broad-except
        end = {1: ("B", FAILED), 2: ("text", repr(error))}
    return end | {4: ("I", int((time.monotonic() - began) * 1000)), 5: ("text", "job_agent")}


def one(app, queue, token):
    """Takes one job and does it; its agent hears every two seconds that it is alive."""
    asked = {0: ("struct", queue), 2: ("I", 20000), 3: ("I", 10)}
    job = app.ask(JOB, TAKE, asked | ({1: ("bytes", token)} if token else {})).get(0, "table")
    item, end = job.get(1, "bytes"), []
    thread = threading.Thread(target=lambda: end.append(work(job)), daemon=True)
    thread.start()
    while thread.join(2) or thread.is_alive():
        app.ask(JOB, KEEP, {0: ("bytes", item)})
    app.ask(JOB, END, {0: ("bytes", item)} | end[0])
    print(job.get(0, "struct", 32).hex()[:12], "failed" if 1 in end[0] else "done", flush=True)


def main(data, node=None, queue=None):
    app = connect(data, "Worker", node)
    keys = app.ask(JOB, KEYS, {})
    box, token = keys.get(0, "struct", 32), None
    if queue:
        words = queue.strip().split("/")
        try:
            box, token = bytes.fromhex(words[-3]), base64.urlsafe_b64decode(words[-1] + "===")
        except (IndexError, ValueError):
            sys.exit("worker.py: QUEUE is the line that geonet box grant printed")
    print(f"the worker waits, its key is {keys.get(1, 'struct', 32).hex()}", flush=True)
    while True:
        try:
            one(app, box, token)
        except Refused as error:
            if error.code not in (AGAIN, BUSY, TIMEOUT, CLOSED, STALE):
                raise  # it is not let in
            time.sleep(0 if error.code == AGAIN else 1)


if __name__ == "__main__":
    sys.exit(run(main, *sys.argv[1:4]) if len(sys.argv) > 1 else __doc__)
