#!/usr/bin/env python3
"""Two implementations of docs/spec/e2ee.md say the same: the model beside this file, which was
written from the text alone, and the C engine behind the same JSON lines.

usage: e2ee_vectors_test.py [--long] [--seed N] [--log FILE] [--only equal|crossed]
                            [--driver COMMAND]... [SCRIPT...]

Every script runs with equal commands to both drivers, whose answers must agree byte for byte, and
most run with one side's devices in each driver, both ways round. The default: the model against
build/dev/tests/e2ee_driver where it exists, else against itself. When they differ it prints the
seed, and the first line that differs with its command."""
import argparse, importlib.util, json, os, shlex, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

if not importlib.util.find_spec("cryptography"):
    print("python3-cryptography is not installed; tools/setup dev brings it")
    sys.exit(77)
from e2ee_model import chunk, liars, mldsa, mlkem, play  # noqa: E402 (found by sys.path)
from e2ee_model import groups, scripts, scripts_more, vectors  # noqa: E402



def primitives(world, long):
    """The model's mathematics against the library's, where it has the newer half of it; and any
    four chunks of the 255."""
    for _ in range(40 if long else 10):
        data, picked = world.random.randbytes(1184), world.random.sample(range(255), 4)
        if chunk.rebuild({i: chunk.make(data, i) for i in picked}) != data:
            raise play.Difference(f"chunks {picked} rebuild another object")
    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa as dsa, mlkem as kem
    except ImportError:
        return  # vectors.json has digests that were compared with it
    for _ in range(40 if long else 10):
        seed, m = world.random.randbytes(64), world.random.randbytes(32)
        private = kem.MLKEM768PrivateKey.from_seed_bytes(seed)
        ek = private.public_key().public_bytes_raw()
        ct, secret = mlkem.encapsulate(ek, m)
        theirs, other = private.public_key().encapsulate()
        wrong = world.random.randbytes(1088)
        if (mlkem.keygen(seed)[0] != ek or private.decapsulate(ct) != secret
                or mlkem.decapsulate(seed, other) != theirs
                or mlkem.decapsulate(seed, wrong) != private.decapsulate(wrong)):
            raise play.Difference(f"ML-KEM of seed {seed.hex()}, m {m.hex()}")
        key = dsa.MLDSA65PrivateKey.from_seed_bytes(seed[:32]).public_key().public_bytes_raw()
        if mldsa.public_key(seed[:32]) != key:
            raise play.Difference(f"ML-DSA of seed {seed[:32].hex()}")


def vectors_file(world, long):
    """vectors.json is what the model makes, and both drivers answer its conversation."""
    with open(vectors.FILE, encoding="ascii") as f:
        have = json.load(f)
    if have != vectors.everything():
        raise play.Difference(f"{vectors.FILE} is not what the model makes")
    world.all("init")
    different = vectors.check_conversation(
        have["conversation"], lambda ask: world.all(**ask))
    if different:
        raise play.Difference("line {} of the conversation in vectors.json: {} and not {}".format(
            different[0], *map(play.short, different[1:])))


BOTH = [scripts.setups, scripts.strangers, scripts.crossing, scripts.unread_setups,
        scripts.meetings, scripts.talk, scripts.many, scripts.sizes, scripts.chunks_forced,
        scripts.index_wraps, scripts.rooms,
        scripts_more.old_prekeys, scripts_more.restored, scripts_more.rotation,
        scripts_more.jumps, scripts_more.evictions, scripts_more.longest_without,
        scripts_more.walk, groups.group_talk, groups.group_seals]
EQUAL = [primitives, vectors_file, groups.group_forgeries, scripts_more.forgeries,
         scripts_more.randomness, scripts_more.safety,
         liars.chunk_fields, liars.objects, liars.numbers, liars.low_order,
         liars.outsides, liars.strengths]


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
