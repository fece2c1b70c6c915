"""What a machine does to a hub, for tests: limits (ulimit), and tests/hub_shim.c before its system
calls, which is compiled here; starts that must fail, and calls that take long."""
import os, shutil, subprocess, sys, threading, time

from hub_client import ROOT, check


def limited(bin_dir, base, words):
    """A folder whose geonet is the real one under a limit of the shell."""
    folder = f"{base}-limited"
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "geonet")
    with open(path, "w") as f:
        f.write(f"#!/bin/sh\n{words}\nexec '{os.path.join(bin_dir, 'geonet')}' \"$@\"\n")
    os.chmod(path, 0o755)
    return folder


class Shim:
    """geonet with tests/hub_shim.c before its system calls, and the files that say what happens."""

    def __init__(self, bin_dir, base, workers=4):
        self.folder = f"{base}-shim"
        os.makedirs(self.folder)
        library = os.path.join(self.folder, "shim.so")
        cc = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if not cc:
            print("skipped: there is no C compiler")
            sys.exit(77)
        subprocess.run([
            cc, "-shared", "-fPIC", "-O1", "-o", library,
            os.path.join(ROOT, "tests", "hub_shim.c"), "-ldl"
        ], check=True)
        self.bin = limited(
            bin_dir, base + "-shim",
            f"export SHIM='{self.folder}' LD_PRELOAD='{library}' "
            f"ASAN_OPTIONS=verify_asan_link_order=0 UV_THREADPOOL_SIZE={workers}"
        )

    def put(self, name, text=""):
        with open(os.path.join(self.folder, name), "w") as f:
            f.write(text)

    def drop(self, name):
        os.remove(os.path.join(self.folder, name))


def geonet(bin_dir, *words):
    return subprocess.run([os.path.join(bin_dir, "geonet"), *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300)


def refused(bin_dir, base, *args):
    """The last words of a hub that does not start."""
    done = geonet(bin_dir, "hub", "run", "--data", base, "--http", "0", *args)
    check(done.returncode == 1, f"the hub must not start, and say so with 1: {done}")
    return done.stderr.decode(errors="replace")


def until(what, sentence):
    deadline = time.monotonic() + 60
    while not what():
        check(time.monotonic() < deadline, sentence)
        time.sleep(0.01)


def in_thread(what):
    """A call that may take long: wait() gives its result."""
    out = []
    t = threading.Thread(target=lambda: out.append(what()), daemon=True)
    t.start()

    def wait():
        t.join(60)
        check(out, "there was no answer")
        return out[0]

    wait.done = lambda: bool(out)
    return wait
