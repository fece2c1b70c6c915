#!/usr/bin/env python3
"""Queues and jobs over real nodes and agents: usage: jobs_test.py BIN_DIR CASE

Each person has an agent of their own over a node, programs of theirs do the work. Exit 0 passed, 77
skipped, 1 failed with a sentence.
"""
import json, os, random, signal, subprocess, sys, time

sys.dont_write_bytecode = True
import node_rig
from node_rig import check, eventually
from people_test import Person


def people(nodes, *names):
    """Three nodes, and people over them."""
    nodes.start(3)
    return [Person(nodes, name, nodes.all[i % 3]) for i, name in enumerate(names)]


def job(person, job_id, *options):
    """The job as its queue has it, once it is seen there."""
    def look():
        jobs = person.json("job", "list", *options)["jobs"]
        return next((j for j in jobs if j["id"] == job_id), None)
    return eventually(f"job {job_id[:12]} is in the queue", 90, look)


def in_state(person, job_id, state, *options, seconds=120):
    eventually(f"job {job_id[:12]} is {state}", seconds,
               lambda: job(person, job_id, *options)["state"] == state)
    return job(person, job_id, *options)


def submit(person, queue, text, *options):
    return person.json("job", "submit", queue, "--input", text, *options)["job"]["id"]


def granted(owner, key, *rights):
    """A file with what the owner gives to a key."""
    path = os.path.join(owner.data, f"granted-{key[:8]}-{'-'.join(rights)}")
    link = owner.json("box", "grant", key, *("--" + r for r in rights))["link"]
    with open(path, "w", encoding="ascii") as f:
        f.write(link + "\n")
    return path


def worker(person, queue, command, *options):
    """geonet job work, as a process; its lines are JSON."""
    return subprocess.Popen(
        [os.path.join(person.nodes.bin, "geonet"), "--data", person.data, "--json", "job", "work",
         queue, "--exec", command, "--lease", "5", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process, seconds=120, want=0):
    out, err = process.communicate(timeout=seconds)
    check(process.returncode == want, f"the worker ended with {process.returncode}: {out}{err}")
    return [json.loads(part) for part in split(out)]


def split(text):
    """JSON documents after one another."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        _, end = decoder.raw_decode(text, at)
        yield text[at:end]
        at = end
        while at < len(text) and text[at].isspace():
            at += 1


def text_file(person, name, text):
    path = os.path.join(person.data, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


LEAVES = ('exec python3 -c "import os, time; os.setpgid(0, os.getpgid(os.getppid())); '
          'time.sleep(300)"')


def case_own(nodes, seed):
    """Submitted, done, shown; dead letters with a reason, retried and dropped (JO-5, AG-100)."""
    ann, = people(nodes, "ann")
    three = text_file(ann, "three", "one two three\n")
    first = submit(ann, "own", three, "--kind", "text.count/1")
    lines = ended(worker(ann, "own", "wc -w; echo $GEONET_JOB_KIND $GEONET_JOB_ATTEMPT",
                         "--count", "1"))
    check([(e["id"], e["state"]) for e in lines] == [(first, "done")], f"{lines}")
    in_state(ann, first, "done")
    said = ann.run("job", "show", first[:10], "--output", "-")
    check(said.split() == ["3", "text.count/1", "1"], f"what it gave: {said!r}")
    check(f"{len(said)} B: --output" in ann.run("job", "show", first), "how to see it")
    # waits for its worker, and prints what it gave and nothing else
    busy = worker(ann, "own", "tr a-z A-Z", "--count", "1")
    done = subprocess.run(
        [os.path.join(nodes.bin, "geonet"), "--data", ann.data, "job", "submit", "own", "--input",
         "-", "--wait", "--timeout", "90"],
        input="loud", capture_output=True, text=True, timeout=120, check=False)
    check(done.returncode == 0 and done.stdout == "LOUD", f"{done}")
    ended(busy)
    # bad input: dead at once, with what its program said
    bad = submit(ann, "own", three)
    check(ended(worker(ann, "own", "echo no such words >&2; exit 65", "--until-empty"), want=1)
          [0]["state"] == "failed", "it failed")
    letter = in_state(ann, bad, "dead")
    check(letter["attempts"] == 1 and "no such words" in letter["note"] and
          "input" in letter["reason"], f"{letter}")
    check(" \n" not in ann.run("job", "list"), "trailing blanks")
    check(bad[:12] in ann.run("job", "dead") and first[:12] not in ann.run("job", "dead"),
          "dead letters are listed alone")
    ann.run("job", "show", bad, "--output", "-", want=1)
    # Ctrl C: the job in hand is done, and spends no try; a second one stops it; so does SIGTERM
    begun = os.path.join(ann.data, "begun")
    for how in ((signal.SIGINT,), (signal.SIGINT, signal.SIGINT), (signal.SIGTERM,)):
        kept = submit(ann, "own", three)
        slow = worker(ann, "own", f"touch {begun}; sleep {2 if len(how) < 2 else 200}")
        eventually("it has begun", 90, lambda: os.path.exists(begun))
        for signum in how:
            slow.send_signal(signum)
            time.sleep(0.3)
        lines = ended(slow, want=128 + how[0])
        ends = "done" if how == (signal.SIGINT,) else "failed"
        check([(e["id"], e["state"]) for e in lines] == [(kept, ends)], f"{how}: {lines}")
        check(job(ann, kept)["attempts"] == 1, "another try")
        os.unlink(begun)
        ann.run("job", "drop", kept)
    idle = subprocess.Popen([os.path.join(nodes.bin, "geonet"), "--data", ann.data, "job", "work",
                             "own", "--exec", "cat"], stderr=subprocess.PIPE, text=True)
    check("Waiting" in idle.stderr.readline(), "it waits")
    for _ in range(2):
        time.sleep(1)
        idle.send_signal(signal.SIGINT)
    said = idle.communicate(timeout=10)[1]
    check(idle.returncode == -signal.SIGINT and "again" in said, f"{idle.returncode}: {said}")
    # one that goes into another process group ends in its time all the same
    stuck = submit(ann, "own", three)
    lines = ended(worker(ann, "own", LEAVES, "--count", "1", "--limit", "1"), want=1)
    check(lines[0]["state"] == "failed" and "longer" in lines[0]["reason"], f"{lines}")
    # what begins a session of its own ends with it, and nothing else does, also where the program
    # stops who keeps it
    mark = str(random.Random(seed).randrange(10**8, 10**9))
    ours = subprocess.Popen(["sleep", "1000" + mark])
    away = submit(ann, "own", three)
    lines = ended(worker(ann, "own", f"(setsid sleep {mark} &) ; setsid sleep {mark} & sleep 0.5; "
                         "kill -STOP $PPID", "--count", "1"))
    check(lines[0]["state"] == "done", f"{lines}")
    check(subprocess.run(["pgrep", "-f", f"^sleep {mark}"], check=False).returncode == 1,
          "a process of a session of its own outlives its job")
    check(ours.poll() is None, "a process that is none of the job's was ended")
    ours.terminate()
    ours.wait()
    ann.run("job", "drop", away)
    ann.run("job", "drop", stuck)
    again = ann.json("job", "retry", bad)["job"]["id"]
    check(again != bad, "another job")
    eventually("the letter is gone", 90,
               lambda: bad not in [j["id"] for j in ann.json("job", "list")["jobs"]])
    ann.run("job", "drop", again)
    eventually("it is called off", 90,
               lambda: not {again, stuck} & {j["id"] for j in ann.json("job", "list")["jobs"]})
    check(ended(worker(ann, "own", "cat", "--until-empty")) == [], "nothing is left to be done")
    check(ann.json("job", "show", "0" * 64, want=4)["error"]["code"] == "not-found", "it is none")
    ann.run("job", "work", "own", want=2)
    ann.run("job", "submit", "nonsense", want=2)


def case_worker_dies(nodes, seed):
    """A worker that is killed in mid-job: another has it after the lease, and one result counts;
    after three tries it is a dead letter (BX-36, BX-37, BX-39, AG-102, JO-7, JO-8)."""
    ann, ben = people(nodes, "ann", "ben")
    key = ben.json("job", "key")["key"]
    theirs = granted(ann, key, "work")
    mark = os.path.join(ann.data, "begun")
    first = submit(ann, "own", text_file(ann, "in", "x"))
    dying = worker(ben, theirs, f"echo $$ >{mark}; sleep 300; echo late", "--count", "1")
    eventually("it has begun", 90, lambda: os.path.exists(mark) and open(mark).read().strip())
    check(in_state(ann, first, "running")["worker"] == key, "Ben has it")
    dying.kill()
    dying.communicate(timeout=60)
    pid = int(open(mark).read())
    eventually("its program ends with it", 30, lambda: not os.path.exists(f"/proc/{pid}"))
    lines = ended(worker(ann, "own", "echo done by $GEONET_JOB_ATTEMPT", "--count", "1"))
    check(lines[0]["id"] == first and lines[0]["attempt"] == 2, f"{lines}")
    done = in_state(ann, first, "done")
    check(done["worker"] == ann.json("job", "key")["key"], f"{done}")
    check(ann.run("job", "show", first, "--output", "-") == "done by 2\n", "one result")
    # who fails three times
    bad = submit(ann, "own", text_file(ann, "in2", "y"))
    lines = ended(worker(ben, theirs, "echo attempt $GEONET_JOB_ATTEMPT >&2; exit 3",
                         "--count", "3"), want=1)
    check([e["attempt"] for e in lines] == [1, 2, 3], f"{lines}")
    letter = in_state(ann, bad, "dead")
    check(letter["attempts"] == 3 and "attempt 3" in letter["note"], f"{letter}")


def case_others(nodes, seed):
    """Who has no token is refused, who has one works and submits, and what was given is taken
    back (BX-33, AG-101, AG-103)."""
    ann, ben, eve = people(nodes, "ann", "ben", "eve")
    ben_key, eve_key = ben.json("job", "key")["key"], eve.json("job", "key")["key"]
    works, puts = granted(ann, ben_key, "work"), granted(ann, ben_key, "submit")
    ann.run("box", "grant", ben_key, want=2)
    first = submit(ann, "own", text_file(ann, "in", "for ben"))
    # a stranger with what was given to Ben
    stolen = subprocess.run(
        [os.path.join(nodes.bin, "geonet"), "--data", eve.data, "job", "work", works, "--exec",
         "cat", "--count", "1"], capture_output=True, text=True, timeout=120, check=False)
    check(stolen.returncode == 1 and "does not let" in stolen.stderr, f"{stolen}")
    done = subprocess.run(
        [os.path.join(nodes.bin, "geonet"), "--data", eve.data, "job", "submit", puts],
        capture_output=True, text=True, timeout=150, check=False)
    check(done.returncode != 0, f"{done}")
    # one right is not the other
    done = subprocess.run(
        [os.path.join(nodes.bin, "geonet"), "--data", ben.data, "job", "submit", works],
        capture_output=True, text=True, timeout=150, check=False)
    check(done.returncode != 0, f"{done}")
    check(ended(worker(ben, works, "tr a-z A-Z", "--count", "1"))[0]["id"] == first, "Ben did it")
    in_state(ann, first, "done")
    check(ann.run("job", "show", first, "--output", "-") == "FOR BEN", "by its token")
    # Ben's own job in Ann's queue: he sees his, and no other
    check("submit QUEUE" in ben.run("job", "list", puts), "how he puts one in")
    theirs = submit(ben, puts, text_file(ben, "in", "from ben"))
    check([j["id"] for j in ben.json("job", "list", puts)["jobs"]] == [theirs], "his alone")
    check(ended(worker(ann, "own", "rev", "--count", "1"))[0]["id"] == theirs, "Ann did it")
    in_state(ben, theirs, "done", puts)
    check(ben.run("job", "show", theirs, "--queue", puts, "--output", "-").strip() == "neb morf",
          "the result is there for who asked")
    # within limits, which each node that lends counts
    for limit in ("jobs=1", "messages=1/60", "jobs=x"):
        ann.run("box", "grant", ben_key, "--work", "--limit", limit, want=2)
    limited = os.path.join(ann.data, "limited")
    with open(limited, "w", encoding="ascii") as f:
        f.write(ann.run("box", "grant", ben_key, "--work", "--limit", "jobs=0/60"))
    said = ben.run("token", "show", limited)
    check("0 jobs in 60 s" in said and "lease box/" in said, said)
    none = submit(ann, "own", text_file(ann, "in3", "too much"))
    idle = worker(ben, limited, "cat", "--until-empty")
    said = "".join(idle.communicate(timeout=120))
    check(idle.returncode == 1 and "limit of what its owner" in said, f"{idle.returncode}: {said}")
    check(job(ann, none)["state"] == "waiting", "nobody had it")
    ann.run("job", "drop", none)
    # what was given is taken back
    ann.run("box", "refuse", ben_key)
    last = submit(ann, "own", text_file(ann, "in2", "not for ben"))

    def refused():
        done = subprocess.run(
            [os.path.join(nodes.bin, "geonet"), "--data", ben.data, "job", "work", works,
             "--exec", "cat", "--until-empty"],
            capture_output=True, text=True, timeout=120, check=False)
        return done.returncode == 1 and "does not let" in done.stderr
    eventually("Ben is let in no more", 90, refused)
    check(job(ann, last)["state"] in ("waiting", "done"), "it is Ann's")


def case_example(nodes, seed):
    """examples/job_agent, by its one command: does jobs, and is killed in the midst of one."""
    ann, = people(nodes, "ann")
    script = os.path.join(node_rig.ROOT, "examples", "job_agent", "worker.py")
    data = os.path.join(nodes.base, "worker")
    words = [sys.executable, "-B", script, data, os.path.join(nodes.all[1].data, "app.sock")]
    env = dict(os.environ, GEONET=os.path.join(nodes.bin, "geonet"))

    def start(*more):
        process = subprocess.Popen(words + list(more), env=env, stdout=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        while line and not line.startswith("the worker waits"):
            line = process.stdout.readline()
        check(line, "it ended")
        return process, line.split()[-1]

    process, key = start()
    try:
        process.kill()
        process.communicate()
        with open(granted(ann, key, "work"), encoding="ascii") as f:
            process, _ = start(f.read())
        three = text_file(ann, "three", "one two three\n")
        first = submit(ann, "own", three, "--kind", "text.count/1")
        in_state(ann, first, "done")
        check(ann.run("job", "show", first, "--output", "-") == "3\n", "it counts")
        bad = submit(ann, "own", three, "--kind", "text.sing/1")
        check("knows" in in_state(ann, bad, "dead")["note"], "it says what it knows")
        process.kill()
        process.communicate()
        last = submit(ann, "own", three, "--kind", "text.upper/1")
        process, _ = start(open(granted(ann, key, "work"), encoding="ascii").read())
        in_state(ann, last, "done")
        check(ann.run("job", "show", last, "--output", "-") == "ONE TWO THREE\n", "it writes")
        process.terminate()
        check(process.wait(60) == 143, "it ends as a shell expects")
    finally:
        process.kill()
        process.communicate()
        subprocess.run([env["GEONET"], "--data", data, "agent", "down"], capture_output=True,
                       timeout=60, check=False)


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
