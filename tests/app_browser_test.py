#!/usr/bin/env python3
"""The app in real browsers, over real nodes and agents; the steps are app/e2e/CASE.mjs.

usage: app_browser_test.py BIN_DIR CASE
Exit 0 passed, 77 skipped, 1 failed with a sentence. GN_SHOTS=FOLDER: a picture of each step.
"""
import os, shutil, subprocess, sys

sys.dont_write_bytecode = True
import browser
import node_rig
from node_rig import check
from people_test import people, Person

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Newcomer(Person):
    """An agent whose keys the app makes."""
    def up(self, node, *options):
        super().up(node, "--start", "wait", *options)


def app_of(person):
    return person.run("app", "--print").strip().splitlines()[-1]


def drive(case, *urls):
    browser.program()  # or skipped
    node = shutil.which("node")
    script = os.path.join(ROOT, "app", "e2e", case + ".mjs")
    if not node or not os.path.isdir(os.path.join(ROOT, "app", "node_modules", "playwright-core")):
        raise node_rig.Skip("the app was not built here (npm)")
    shots = os.environ.get("GN_SHOTS")
    done = subprocess.run([node, script, *urls, *([shots] if shots else [])], capture_output=True,
                          text=True, timeout=600, check=False)
    print(done.stdout)
    check(done.returncode == 0, f"{case}: {done.stderr}")


def case_first(nodes, seed):
    """Nothing to the first message between two new people, then all views."""
    nodes.start(5)
    new = [Newcomer(nodes, name, nodes.all[1 + i]) for i, name in enumerate(("ann", "ben"))]
    drive("first", *[app_of(p) for p in new])


def case_two(nodes, seed):
    """Two people write, change, react, compare keys."""
    drive("two", *[app_of(p) for p in people(nodes, "ann", "ben")])


if __name__ == "__main__":
    sys.exit(node_rig.main(globals()))
