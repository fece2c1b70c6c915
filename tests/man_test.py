#!/usr/bin/env python3
"""The manual of geonetd has every option of its help, with its default, and geonet up has the same
defaults: the help is the table of settings.

usage: man_test.py BIN_DIR
"""
import os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def options_of(*words):
    """(name, default or None) of each option "  --name VALUE  sentence (default X)" of the help,
    whose sentence may go on in lines that begin with blanks."""
    text = subprocess.run([*words, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    for line in re.sub(r"\n {8,}", " ", text).splitlines():
        name = re.match(r"  --([a-z-]+)", line)
        if name:
            default = re.search(r"\(default ([^ )]+)\)$", line)
            yield name.group(1), default and default.group(1)


def main():
    failed = 0
    page = open(os.path.join(ROOT, "docs", "man", "geonetd.1"), encoding="utf-8").read()
    page = page.replace("\\-", "-")
    entries = dict(re.findall(r"\.TP\n\.B[IR]* --([a-z-]+)[^\n]*\n(.*?)(?=\.TP|\.SH)", page, re.S))
    found = list(options_of(os.path.join(sys.argv[1], "geonetd")))
    for name, default in found:
        if name not in entries:
            print(f"FAILED: docs/man/geonetd.1 says nothing of --{name}")
            failed += 1
        elif default and not re.search(rf"(?i)default\s+{re.escape(default)}\b", entries[name]):
            print(f"FAILED: docs/man/geonetd.1: the default of --{name} is {default}")
            failed += 1
    for name in entries.keys() - {name for name, _ in found}:
        print(f"FAILED: docs/man/geonetd.1: there is no --{name}")
        failed += 1
    defaults = dict(found)
    for name, default in options_of(os.path.join(sys.argv[1], "geonet"), "up"):
        if default and name in defaults and default != defaults[name]:
            print(f"FAILED: geonet up --help: the default of --{name} is {defaults[name]}")
            failed += 1
    up = dict(options_of(os.path.join(sys.argv[1], "geonet"), "up"))
    if up.get("port") != "7777" or up.get("w") != "5":
        print(f"FAILED: the defaults of geonet up --help are not read: {up}")
        failed += 1
    if len(found) < 10:
        sys.exit(f"FAILED: only {len(found)} options in the help")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
