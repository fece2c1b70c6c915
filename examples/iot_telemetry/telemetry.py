#!/usr/bin/env python3
"""A house of sensors on the bus: each reading is kept for who comes, and when the device is gone
everybody who follows is told so.

    telemetry.py device [TOPIC] [--lease SECONDS] [--every SECONDS] [--count N]
    telemetry.py watch TOPIC [--count N]

`device` makes the topic (default: house) if it is yours, says room.NAME.heat and
room.NAME.humidity once a second, and leaves the will `state offline`. `watch` shows the newest of
each as it comes, those from before it began too. Both need a node of yours: `geonet up`. $GEONET
names the tool when it is not in PATH. Follow from anywhere with `geonet bus sub PID/house`.
"""
import argparse, contextlib, itertools, json, math, os, shlex, signal, subprocess, sys, time

GEONET = shlex.split(os.environ.get("GEONET", "geonet"))
ROOMS = ("kitchen", "cellar")


def readings(second):
    """What real sensors would be asked for."""
    for n, room in enumerate(ROOMS):
        yield f"room.{room}.heat", f"{21 - 6 * n + math.sin(second / 30 + n):.2f}"
        yield f"room.{room}.humidity", f"{45 + 20 * n + 3 * math.cos(second / 60):.1f}"


def feed(process, every, count):
    """Says what the sensors say, count times."""
    print("state online", file=process.stdin, flush=True)
    for second in itertools.count() if count is None else range(count):
        for subject, value in readings(second):
            print(subject, value, file=process.stdin, flush=True)
        time.sleep(every)
    print("state resting", file=process.stdin, flush=True)


def device(topic, lease, every, count):
    if "/" not in topic:
        made = subprocess.run([*GEONET, "bus", "topic", topic], stderr=subprocess.PIPE, text=True)
        if made.returncode:
            sys.stderr.write(made.stderr)
            return made.returncode
    words = ["--will", "offline", "--subject", "state", "--lease", str(lease)]
    process = subprocess.Popen([*GEONET, "bus", "feed", topic, *words], stdin=subprocess.PIPE,
                               text=True)
    try:
        feed(process, every, count)
        process.stdin.close()  # its end takes the will back
    except BrokenPipeError:  # it ended, and said why
        with contextlib.suppress(BrokenPipeError):  # what it did not read
            process.stdin.close()
    except (KeyboardInterrupt, SystemExit):
        process.terminate()  # the will says the rest
        raise
    return process.wait()


def watch(topic, count):
    sub = subprocess.Popen([*GEONET, "--json", "bus", "sub", topic], stdout=subprocess.PIPE,
                           text=True)
    try:
        for line in sub.stdout:
            try:
                said = json.loads(line)
            except ValueError:  # an error is one document of several lines
                print("telemetry.py:", json.loads(line + sub.stdout.read())["error"]["message"],
                      file=sys.stderr)
                return sub.wait()
            note = " (it is gone)" if said["will"] else ""
            print(f"{said['subject']:24} {said['text']}{note}", flush=True)
            count = None if count is None else count - 1
            if count == 0:
                return 0
        return sub.wait()
    finally:
        sub.terminate()


def main():
    p = argparse.ArgumentParser(description=__doc__, usage="telemetry.py device|watch [TOPIC] ...",
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=("device", "watch"))
    p.add_argument("topic", nargs="?", default="house")
    p.add_argument("--lease", type=int, default=30)
    p.add_argument("--every", type=float, default=1)
    p.add_argument("--count", type=int)
    a = p.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if a.what == "device":
            return device(a.topic, a.lease, a.every, a.count)
        return watch(a.topic, a.count)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
