"""coturn's programs for tests of ours. They are Debian's (tools/setup dev); where one is not
installed the test ends with 77."""
import contextlib, shutil, socket, subprocess, sys

ECHO = "127.0.0.3"  # not our server's own address: to that nothing is relayed
TIMEOUT = 60  # seconds that a program may take: far more than it does


def fail(text):
    print(f"FAILED: {text}")
    sys.exit(1)


def tool(name):
    path = shutil.which(name)
    if not path:
        print(f"skipped: {name} of coturn is not installed (tools/setup dev)")
        sys.exit(77)
    return path


@contextlib.contextmanager
def running(command, **options):
    p = subprocess.Popen(command, **options)
    try:
        yield p
    finally:
        if p.poll() is None:
            p.terminate()
        try:
            p.wait(10)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()


def run(command, status=None):
    """What it said, with both outputs."""
    words = [str(word) for word in command]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=TIMEOUT)
    print(f"$ {' '.join(words)}\n{done.stdout}")
    if status is not None and done.returncode != status:
        fail(f"exit status {done.returncode}, not {status}")
    return done.stdout


def free_port(ip, kind=socket.SOCK_DGRAM, family=socket.AF_INET):
    with socket.socket(family, kind) as s:
        s.bind((ip, 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def echo():
    """coturn's own peer."""
    port = free_port(ECHO)
    with running([tool("turnutils_peer"), "-L", ECHO, "-p", str(port)],
                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        yield port


def sent_and_back(said, least):
    """Of uclient's last lines: everything came back."""
    totals = [line for line in said.split("\n") if "start_mclient: tot_send_msgs=" in line]
    if not totals:
        fail("uclient did not come to its end")
    sent, back = (int(part.split("=")[1]) for part in totals[-1].split()[-2:])
    if sent < least or back < 0.9 * sent:  # UDP, on a machine that may be busy
        fail(f"{back} of {sent} came back")
