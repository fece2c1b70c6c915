#!/usr/bin/env python3
"""Two implementations of docs/spec/e2ee.md say the same: the model beside this file, which was
written from the text alone, and the C engine behind the same JSON lines.

usage: e2ee_vectors_test.py [--long] [--seed N] [--log FILE] [--only equal|crossed]
                            [--driver COMMAND]... [SCRIPT...]

Every script runs with equal commands to both drivers, whose answers must agree byte for byte, and
most run with one side's devices in each driver, both ways round. The default: the model against
build/dev/tests/e2ee_driver where it exists, else against itself. When they differ it prints the
seed, and the first line that differs with its command."""
import argparse, os, shlex, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

try:
    import cryptography  # noqa: F401
except ImportError:
    print("python3-cryptography is not installed; tools/setup dev brings it")
    sys.exit(77)
from e2ee_model import liars, play, scripts, scripts_more  # noqa: E402 (found by the line above)

BOTH = [scripts.setups, scripts.strangers, scripts.crossing, scripts.talk, scripts.many,
        scripts.sizes, scripts.chunks_forced, scripts_more.old_prekeys, scripts_more.restored,
        scripts_more.rotation, scripts_more.jumps, scripts_more.evictions, scripts_more.walk]
EQUAL = [scripts_more.forgeries, scripts_more.randomness, scripts_more.safety, liars.chunk_fields,
         liars.objects, liars.numbers, liars.low_order, liars.outsides]


def run(script, mode, commands, options):
    processes = [play.Process(command) for command in commands]
    log = open(options.log, "wb") if options.log else None
    began = time.monotonic()
    try:
        world = play.World(processes, mode, f"{options.seed} {script.__name__}", log)
        script(world, options.long)
        print(f"  {script.__name__}, {mode}: {world.asked} lines, {world.opened} messages opened, "
              f"{time.monotonic() - began:.1f} s", flush=True)
        return 0
    except play.Difference as e:
        print(f"FAILED: {script.__name__}, {mode}, seed {options.seed}: {e}\n"
              f"  again: {sys.argv[0]} --seed {options.seed} --only {mode.split()[0]}"
              f"{' --long' if options.long else ''} {script.__name__}", flush=True)
        return 1
    finally:
        for process in processes:
            process.stop()
        if log:
            log.close()


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1][7:])
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log")
    parser.add_argument("--only", choices=("equal", "crossed"))
    parser.add_argument("--driver", action="append", default=[])
    parser.add_argument("script", nargs="*")
    options = parser.parse_args()
    model = [sys.executable, os.path.join(HERE, "e2ee_model", "driver.py")]
    commands = [shlex.split(d) if d != "model" else model for d in options.driver]
    built = os.path.join(os.path.dirname(HERE), "build", "dev", "tests", "e2ee_driver")
    commands = [model] * (2 - len(commands)) + commands
    if not options.driver and os.path.exists(built):
        commands[1] = [built]
    print(f"seed {options.seed}: {commands[0][-1]} and {commands[1][-1]}")
    chosen = [s for s in BOTH + EQUAL if not options.script or s.__name__ in options.script]
    if not chosen:
        sys.exit(f"there is no such script; there are {[s.__name__ for s in BOTH + EQUAL]}")
    failed = 0
    for script in chosen:
        modes = ["equal"] + (["crossed", "crossed back"] if script in BOTH else [])
        for mode in modes:
            if not options.only or mode.startswith(options.only):
                failed += run(script, mode, commands, options)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
