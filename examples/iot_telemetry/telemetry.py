#!/usr/bin/env python3
"""A house of sensors on the bus: each reading is kept for who comes, and when the device is gone
everybody who follows is told so.

usage: telemetry.py device [TOPIC] [--lease SECONDS] [--every SECONDS] [--count N]
       telemetry.py watch  TOPIC [--count N]

`device` makes the topic (default: house) if it is yours, says room.NAME.heat and
room.NAME.humidity once a second, and leaves the will `state offline`. `watch` shows the newest of
each as it comes, those from before it began too. Both need a node of yours: `geonet up`. $GEONET
names the tool when it is not in PATH. Follow from anywhere with `geonet bus sub WHO/house`.
"""
import argparse, json, math, os, shlex, subprocess, sys, time

GEONET = shlex.split(os.environ.get("GEONET", "geonet"))
ROOMS = ("kitchen", "cellar")


def readings(second):
    """What real sensors would be asked for."""
    for n, room in enumerate(ROOMS):
        yield f"room.{room}.heat", f"{21 - 6 * n + math.sin(second / 30 + n):.2f}"
        yield f"room.{room}.humidity", f"{45 + 20 * n + 3 * math.cos(second / 60):.1f}"


def device(topic, lease, every, count):
    if "/" not in topic:
        subprocess.run([*GEONET, "bus", "topic", topic], check=True, stdout=subprocess.DEVNULL)
    words = ["--will", "offline", "--subject", "state", "--lease", str(lease)]
    feed = subprocess.Popen([*GEONET, "bus", "feed", topic, *words], stdin=subprocess.PIPE,
                            text=True)
    second = 0
    try:
        print("state online", file=feed.stdin, flush=True)
        while count is None or second < count:
            for subject, value in readings(second):
                print(subject, value, file=feed.stdin, flush=True)
            second += 1
            time.sleep(every)
        print("state resting", file=feed.stdin, flush=True)
    except (KeyboardInterrupt, BrokenPipeError):
        pass  # the will says the rest
    feed.stdin.close()  # its end takes the will back
    return feed.wait()


def watch(topic, count):
    sub = subprocess.Popen([*GEONET, "--json", "bus", "sub", topic], stdout=subprocess.PIPE,
                           text=True)
    newest = {}
    try:
        for line in sub.stdout:
            said = json.loads(line)
            newest[said["subject"]] = said["text"]
            note = " (it is gone)" if said["will"] else ""
            print(f"{said['subject']:24} {said['text']}{note}", flush=True)
            count = None if count is None else count - 1
            if count == 0:
                break
    except KeyboardInterrupt:
        pass
    sub.terminate()
    return 0


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("what", choices=("device", "watch"))
    p.add_argument("topic", nargs="?", default="house")
    p.add_argument("--lease", type=int, default=30)
    p.add_argument("--every", type=float, default=1)
    p.add_argument("--count", type=int)
    a = p.parse_args()
    if a.what == "device":
        return device(a.topic, a.lease, a.every, a.count)
    return watch(a.topic, a.count)


if __name__ == "__main__":
    sys.exit(main())
