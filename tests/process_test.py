#!/usr/bin/env python3
"""Node and hub as processes of a machine: signals, logs, terminals, core dumps, and ./run's network
when it is ended. usage: process_test.py BIN_DIR CASE

Exit 0 passed, 77 skipped (the reason is printed), 1 failed with a sentence."""
import glob, json, os, pty, resource, shlex, shutil, signal, socket, stat, subprocess, sys, tempfile
import time, urllib.request

sys.dont_write_bytecode = True
from node_rig import Failure, ROOT, check

WAIT_MAX = 120  # seconds, for what takes far less
started = []


class Skipped(Exception):
    pass


def until(what, condition):
    end = time.monotonic() + WAIT_MAX
    while not (found := condition()):
        check(time.monotonic() < end, f"{what}: not within {WAIT_MAX} s")
        time.sleep(0.02)
    return found


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()
    except FileNotFoundError:
        return ""


def ends(process):
    """Its status; a test waits for each process it started."""
    until("the process ends", lambda: process.poll() is not None)
    return process.returncode


class Program:
    """A node or a hub with a directory of its own; stderr goes to DATA-err."""

    def __init__(self, kind, bin_dir, data, *options, wait=True, **popen):
        self.kind, self.data, self.err = kind, data, data + "-err"
        r, w = os.pipe()
        words = {
            "node": [
                "geonetd", "--data", data, "--port", "0", "--pow-bits", "8", "--probation", "0"
            ], "hub": ["geonet", "hub", "run", "--data", data]
        }[kind]
        with open(self.err, "ab") as err:
            self.process = subprocess.Popen([
                os.path.join(bin_dir, words[0]), *words[1:], "--http", "0", "--ready-fd",
                str(w), *options
            ], pass_fds=[w], stdin=subprocess.DEVNULL, **({"stdout": err, "stderr": err} | popen))
        started.append(self.process)
        os.close(w)
        with os.fdopen(r) as f:
            self.ready = f.readline().split() if wait else []
        if wait:
            check(self.ready[:1] == ["ready"], f"the {kind} did not start: {read(self.err)}")
            self.http = int(self.ready[-1])

    def kill(self, number):
        self.process.send_signal(number)

    def answers(self):
        path = "/api/v1/status" if self.kind == "node" else "/health"
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=60) as answer:
            return answer.status == 200

    def lines(self, path, word):
        return [line for line in read(path).splitlines() if f" {word}: " in line]


def both(bin_dir, base, *options):
    os.makedirs(base, exist_ok=True)
    for kind in ("node", "hub"):
        yield Program(kind, bin_dir, os.path.join(base, kind),
                      *(o.replace("KIND", kind) for o in options))


# ---- signals and logs ----

def case_signals(bin_dir, base):
    """SIGUSR1 and SIGUSR2 tell how it is, SIGHUP goes on, SIGTERM and SIGINT end it well; none
    kills."""
    for end in (signal.SIGTERM, signal.SIGINT):
        for p in both(bin_dir, os.path.join(base, end.name)):
            for number in (signal.SIGPIPE, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2,
                           signal.SIGHUP):
                p.kill(number)
                until(f"{p.kind} after {number.name}", p.answers)
            # a signal that waits is delivered once
            until(f"the {p.kind} says how it is", lambda: p.lines(p.err, "status"))
            until(f"the {p.kind} says that it has no log file",
                  lambda: "--log-file" in "".join(p.lines(p.err, "hangup")))
            p.kill(end)
            check(
                ends(p.process) == 0,
                f"the {p.kind} ended with {p.process.returncode}: {read(p.err)}")
            check(p.lines(p.err, "stopping"),
                  f"the {p.kind} ended without its last words: {read(p.err)}")


def case_early(bin_dir, base):
    """Before the loop runs (a key is searched, for ever here) they do not kill either."""
    p = Program("node", bin_dir, os.path.join(base, "node"), "--pow-bits", "40", wait=False)
    ignored = lambda: int(
        read(f"/proc/{p.process.pid}/status").partition("SigIgn:")[2].split()[0] or "0", 16)
    until("it is set up", lambda: p.process.poll() is None and ignored() >>
          (signal.SIGUSR2 - 1) & 1)
    for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE):
        p.kill(number)
    time.sleep(0.2)
    check(p.process.poll() is None, f"a signal killed it: {p.process.returncode}")
    p.kill(signal.SIGTERM)
    check(ends(p.process) == -signal.SIGTERM, f"SIGTERM ends the search: {p.process.returncode}")


def case_rotate(bin_dir, base):
    """--log-file: 0600, appended to, opened anew at SIGHUP; what cannot be opened is said, and the
    old file is written on."""
    log = os.path.join(base, "KIND.log")
    for p in both(bin_dir, base, "--log-file", log):
        now, old = log.replace("KIND", p.kind), log.replace("KIND", p.kind) + ".1"
        status = lambda path, more: until(f"the {p.kind} writes to {path}", lambda: len(
            p.lines(path, "status")) > more)
        check(
            stat.S_IMODE(os.stat(now).st_mode) == 0o600,
            f"the log's mode: {os.stat(now).st_mode:o}")
        check(
            p.lines(now, "ready") and not p.lines(p.err, "ready"),
            f"lines go to the file: {read(p.err)}")
        os.rename(now, old)
        p.kill(signal.SIGUSR1)
        status(old, 0)
        p.kill(signal.SIGHUP)
        until("a new file", lambda: p.lines(now, "reopened"))
        check(stat.S_IMODE(os.stat(now).st_mode) == 0o600, "the new log's mode")
        size = os.path.getsize(old)
        p.kill(signal.SIGUSR1)
        status(now, 0)
        check(os.path.getsize(old) == size, "the rotated file was written to")
        # the path is a folder now: the file that is open is written on
        os.rename(now, now + ".2")
        os.mkdir(now)
        p.kill(signal.SIGHUP)
        until("the failure is said", lambda: p.lines(now + ".2", "reopen.failed"))
        os.rmdir(now)
        p.kill(signal.SIGHUP)
        until("and the next time it works", lambda: p.lines(now, "reopened"))
        p.kill(signal.SIGTERM)
        check(
            ends(p.process) == 0 and p.lines(now, "stopping"),
            f"the {p.kind} ended with {p.process.returncode}")
        again = Program(p.kind, bin_dir, p.data, "--log-file", now)
        check(len(p.lines(now, "ready")) == 1 and p.lines(now, "stopping"), "a restart appends")
        again.kill(signal.SIGTERM)
        check(ends(again.process) == 0, "and it ends")
        # no such folder: said where it was started, with 1
        nowhere = Program(p.kind, bin_dir, p.data, "--log-file", os.path.join(base, "none", "log"),
                          wait=False)
        check(
            ends(nowhere.process) == 1
            and "none/log: there is no such file or folder" in read(p.err),
            f"a log in no folder: {read(p.err)}")
    # who starts it and who reads the log later both learn why it did not start
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        for kind in ("node", "hub"):
            p = Program(kind, bin_dir, os.path.join(base, kind), "--log-file", log, "--http",
                        str(s.getsockname()[1]), wait=False)
            check(
                ends(p.process) == 1 and "geonet" in read(p.err) and "is taken" in read(p.err)
                and "is taken" in read(log).splitlines()[-1], f"{kind}: {read(p.err)} {read(log)}")


def case_terminal(bin_dir, base):
    """A terminal that closes: SIGHUP, and a stderr that cannot be written any more. The program
    goes on."""
    for kind in ("node", "hub"):
        main, side = pty.openpty()
        path = os.ttyname(side)

        def take():  # its own session, with this terminal
            os.setsid()
            os.close(os.open(path, os.O_RDWR))

        p = Program(kind, bin_dir, os.path.join(base, kind), preexec_fn=take, stdout=side,
                    stderr=side)
        os.close(side)
        os.close(main)
        p.kill(signal.SIGUSR1)  # a line that nobody can read
        until(f"the {kind} goes on", p.answers)
        p.kill(signal.SIGTERM)
        check(ends(p.process) == 0, f"the {kind} ended with {p.process.returncode}")
    # started without stdin, stdout and stderr: no file of its own becomes one of them
    p = Program("hub", bin_dir, os.path.join(base, "none"),
                preexec_fn=lambda: [os.close(fd) for fd in range(3)])
    p.kill(signal.SIGUSR1)
    until("the hub goes on", p.answers)
    p.kill(signal.SIGTERM)
    check(ends(p.process) == 0, f"the hub without descriptors ended with {p.process.returncode}")
    for path in glob.glob(os.path.join(base, "none", "**"), recursive=True):
        check(not os.path.isfile(path) or b"stopping" not in open(path, "rb").read(),
              f"log lines are in {path}")


# ---- core dumps ----

def wait_dumped(pid):
    end = time.monotonic() + WAIT_MAX
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.WCOREDUMP(status)
        check(time.monotonic() < end, "the killed program does not end")
        time.sleep(0.02)


def as_nobody(base):
    """How to start a program so that /proc tells whether it may be dumped: as somebody who is not
    root."""
    if os.geteuid() != 0:
        return {}
    os.chown(base, 65534, 65534)
    return {"user": 65534, "group": 65534, "extra_groups": []}


def case_cores(bin_dir, base):
    """No core dump holds a key: the limit is 0, and the kernel takes the process for one that may
    not be dumped or read."""
    def allow():
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    env = os.environ | {"ASAN_OPTIONS": "disable_coredump=0:" + os.environ.get("ASAN_OPTIONS", "")}
    who = as_nobody(base)
    bins = os.path.join(base, "bin")
    os.mkdir(bins)
    for name in ("geonet", "geonet-hub", "geonetd"):  # where somebody else can reach them
        shutil.copy(os.path.join(bin_dir, name), bins)
    for kind in ("node", "hub"):
        data = os.path.join(base, kind)
        os.mkdir(data)
        if who:
            os.chown(data, 65534, 65534)
        try:
            p = Program(kind, bins, data, preexec_fn=allow, env=env, cwd=base, **who)
        except (Failure, PermissionError) as error:
            raise Skipped(f"the {kind} cannot be started as somebody else here: {error}")
        pid = p.process.pid
        limits = next(line for line in read(f"/proc/{pid}/limits").splitlines()
                      if line.startswith("Max core file size"))
        check(limits.split()[4:6] == ["0", "0"], f"the {kind}'s limit: {limits}")
        check(
            os.stat(f"/proc/{pid}/environ").st_uid == 0 or os.geteuid() == 0 and not who,
            f"the {kind} may be dumped: /proc/{pid} is its user's")
        started.remove(p.process)
        p.kill(signal.SIGABRT)
        check(not wait_dumped(pid), f"the {kind} left a core dump")
        p.process.returncode = -signal.SIGABRT
    check(not glob.glob(os.path.join(base, "core*")), f"a core dump is there: {os.listdir(base)}")


# ---- ./run ----

def nodes_of(base):
    """{pid: words} of nodes and hubs on directories in base."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as f:
                words = f.read().decode(errors="replace").split("\0")
        except OSError:
            continue
        ours = (os.path.basename(words[0]) in ("geonetd", "geonet-agent")
                or words[1:3] == ["hub", "run"])
        if ours and any(a == "--data" and b.startswith(base + os.sep)
                        for a, b in zip(words, words[1:])):
            found[int(entry)] = words
    return found


class Run:
    """tools/network as ./run starts it, with nodes whose keys are quickly found."""

    def __init__(self, bin_dir, base, http=0, hub=0, wait=True):
        self.state, self.out = os.path.join(base, "state"), os.path.join(base, "out")
        self.base = os.path.join(self.state, "geonet", "run")
        with open(self.out, "wb") as out:
            self.process = subprocess.Popen([
                sys.executable,
                os.path.join(ROOT, "tools", "network"), "--bin", bin_dir, "--http",
                str(http), "--hub",
                str(hub), "--pow-bits", "8"
            ], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            env=os.environ | {"XDG_STATE_HOME": self.state},
                                            start_new_session=True)
        started.append(self.process)
        if wait:
            until("nodes and hub are up",
                  lambda: "Ctrl-C ends" in read(self.out) or self.process.poll() is not None)
            check(self.process.poll() is None and len(nodes_of(self.base)) == 8,
                  f"./run: {read(self.out)}")

    def next(self, word, *more):
        """Runs the line of "Try next" that has this word, as printed, and gives its answer."""
        line = next(line for line in read(self.out).splitlines() if word in line)
        done = subprocess.run(
            shlex.split(line) + list(more), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
        check(done.returncode == 0, f"{line}: {done.returncode} {done.stdout}")
        return done.stdout

    def end(self, number):
        self.process.send_signal(number)
        status = ends(self.process)
        until("the nodes end too", lambda: not nodes_of(self.base))
        for log in glob.glob(os.path.join(self.base, "*", "log")):
            check("stopping" in read(log).splitlines()[-1],
                  f"a program ended without its last words: {read(log)}")
        return status


def case_run(bin_dir, base):
    """However ./run ends, its nodes and its hub end; what is left on its directories is named, and
    a taken port is no reason to fail. What it tells to try next works as printed, and the next
    ./run goes on with what is owed then."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = Run(bin_dir, base, taken.getsockname()[1], taken.getsockname()[1])
        check(
            "the page gets a free one" in read(run.out)
            and "the hub gets a free one" in read(run.out), f"the ports: {read(run.out)}")
    check(
        "you owe 10.00 HOUR to Cay" in run.next("wallet debts")
        and "Ann" in run.next("wallet debts"), "Ben owes and is owed")
    run.next("wallet pay", "--tx-id", "mine")
    check("you owe less: 10.00" in run.next("wallet clearings"), "the ring is cleared")
    check(
        run.next("wallet debts") == "Nobody owes anybody.\n",
        f"what is owed then: {run.next('wallet debts')}")
    second = Run(bin_dir, base, wait=False)
    check(
        ends(second.process) == 1 and f"process {run.process.pid}" in read(second.out)
        and f"kill {run.process.pid}" in read(second.out), f"a second ./run: {read(second.out)}")
    check(
        run.end(signal.SIGHUP) == 128 + signal.SIGHUP,
        f"a closed terminal: {run.process.returncode}")
    again = Run(bin_dir, base)
    check(again.next("wallet debts") == "Nobody owes anybody.\n", "what was cleared stays so")
    check(again.end(signal.SIGKILL) == -signal.SIGKILL, "kill -9")
    check(Run(bin_dir, base).end(signal.SIGTERM) == 128 + signal.SIGTERM, "SIGTERM")
    left = Program("node", bin_dir, os.path.join(run.base, "node2"))
    again = Run(bin_dir, base, wait=False)
    check(
        ends(again.process) == 1 and f"end with: kill {left.process.pid}" in read(again.out),
        f"a node that was left: {read(again.out)}")
    left.kill(signal.SIGTERM)
    check(ends(left.process) == 0, "and that ends it")
    check(
        Run(bin_dir, base).end(signal.SIGINT) == 0,
        "then ./run works again, and Ctrl-C is a good end")


def case_once(bin_dir, base):
    """./run --once reads back what it did, the ledger's clearing and proof too, in its table."""
    env = os.environ | {"TMPDIR": base}
    done = subprocess.run([
        sys.executable,
        os.path.join(ROOT, "tools", "network"), "--once", "--bin", bin_dir, "--pow-bits", "8"
    ], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                          text=True, timeout=600, check=False)
    rows = [line.split("  ")[0] for line in done.stdout.splitlines()]
    check(done.returncode == 0 and "all right" in rows[-1],
          f"./run --once: {done.returncode} {done.stdout}")
    check(
        rows[-8:-1] == [
            "start a hub, three wallets join", "Ann pays Ben, Ben pays Cay", "Cay pays Ann",
            "prove the hub's journal", "two agents start", "Ann writes to Ben", "Ben answers Ann"
        ], f"its table: {done.stdout}")
    check("the ring of 3 x 10.00 HOUR is cleared, nobody owes" in done.stdout,
          f"the clearing: {done.stdout}")
    check(not os.listdir(base) and not nodes_of(base), f"it left {os.listdir(base)}")


def main():
    # a shell ignores it for what it runs in the background, and programs keep that
    signal.signal(signal.SIGINT, signal.default_int_handler)
    bin_dir, name = os.path.abspath(sys.argv[1]), sys.argv[2]
    base = tempfile.mkdtemp(prefix=f"process-{name}-")
    try:
        globals()["case_" + name](bin_dir, base)
    except Skipped as reason:
        print(f"skipped: {reason}")
        return 77
    except Failure as error:
        print(f"failed: {error}")
        return 1
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
                process.wait()
        for pid in nodes_of(base):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(base, ignore_errors=True)
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
