#!/usr/bin/env python3
"""The manuals of geonetd and geonet-agent have every option of their help, with its default, and
geonet up has the same defaults: the help is the table of settings. That of geonet has every command
of what is between people, and every variable of the environment.

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


def page_of(bin_dir, program):
    """The options of its help, and how many of them its page gets wrong."""
    failed = 0
    name_of_page = f"docs/man/{program}.1"
    page = open(os.path.join(ROOT, name_of_page), encoding="utf-8").read()
    page = page.replace("\\-", "-")
    entries = dict(re.findall(r"\.TP\n\.B[IR]* --([a-z-]+)[^\n]*\n(.*?)(?=\.TP|\.SH)", page, re.S))
    found = list(options_of(os.path.join(bin_dir, program)))
    for name, default in found:
        if name not in entries:
            print(f"FAILED: {name_of_page} says nothing of --{name}")
            failed += 1
        elif default and not re.search(rf"(?i)default\s+{re.escape(default)}\b", entries[name]):
            print(f"FAILED: {name_of_page}: the default of --{name} is {default}")
            failed += 1
    for name in entries.keys() - {name for name, _ in found}:
        print(f"FAILED: {name_of_page}: there is no --{name}")
        failed += 1
    return found, failed


# groups of commands, and how many there are at least
GROUPS = {"agent": 12, "contacts": 10, "presence": 3, "msg": 9, "file": 4, "bus": 4, "job": 8,
          "box": 3}


def help_of(bin_dir, *words):
    return subprocess.run([os.path.join(bin_dir, "geonet"), *words, "--help"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout


def not_named(bin_dir):
    """How many commands of these groups, and variables, the manual of geonet does not name; a group
    whose help has fewer commands than it had is one too."""
    page = open(os.path.join(ROOT, "docs", "man", "geonet.1"), encoding="utf-8").read()
    missing = 0
    for group, least in GROUPS.items():
        names = re.findall(rf"(?m)^  {group} ([a-z-]+)", help_of(bin_dir, group))
        if len(names) < least:
            print(f"FAILED: geonet {group} --help has {len(names)} commands")
            missing += 1
        for name in names:
            if f'"{group} {name}"' not in page.replace("\\-", "-"):
                print(f"FAILED: docs/man/geonet.1 says nothing of geonet {group} {name}")
                missing += 1
    variables = re.findall(r"GEONET_[A-Z_]+", help_of(bin_dir).partition("Environment:")[2])
    for name in variables:
        if not re.search(rf"(?m)^\.BR? .*\b{name}\b", page.partition(".SH ENVIRONMENT")[2]):
            print(f"FAILED: docs/man/geonet.1 says nothing of ${name}")
            missing += 1
    return missing + (len(variables) < 5)


def main():
    found, failed = page_of(sys.argv[1], "geonetd")
    agent, wrong = page_of(sys.argv[1], "geonet-agent")
    failed += wrong + (len(agent) < 8) + not_named(sys.argv[1])
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
