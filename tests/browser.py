"""A real Chromium for tests, headless, spoken to over a pipe (its DevTools protocol; no package
besides the browser).

    with Browser() as browser:
        tab = browser.tab()
        tab.go("http://welcome.geo.localhost:7780/")
        tab.run("document.title")          # a promise is waited for; what is thrown is a Failure
"""
import fcntl, json, os, select, shutil, signal, subprocess, tempfile, time

import node_rig
from node_rig import Failure, check

NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome",
         "google-chrome-stable")
SLOW = 120  # seconds for one answer of the browser; a bound for hopeless waits only


def program():
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if not found:
        raise node_rig.Skip(
            "there is no Chromium here (Debian's package chromium-headless-shell)")
    return found


class Browser:
    """inside: what makes a command one that runs in another network namespace; beside: an address
    there that it may connect to."""

    def __init__(self, inside=lambda *words: list(words), beside="localhost"):
        path = program()
        self.profile = tempfile.mkdtemp(prefix="geonet-browser-")
        theirs_in, self.to = os.pipe()
        self.back, theirs_out = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in (theirs_in, theirs_out)]

        def child():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        words = [
            path, "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={self.profile}",
            "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, "
            f"EXCLUDE {beside}"
        ]
        if os.getuid() == 0:
            words.append("--no-sandbox")
        self.process = subprocess.Popen(inside(*words, "about:blank"), preexec_fn=child,
                                        pass_fds=(3, 4), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True)
        for fd in (theirs_in, theirs_out, *high):
            os.close(fd)
        self.number, self.buffer, self.answers = 0, b"", {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid,
                      signal.SIGTERM)  # its own session: this browser and its children
            self.process.wait(20)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.back)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, session=None, **params):
        self.number += 1
        number, message = self.number, {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + SLOW
        while number not in self.answers:
            check(
                select.select([self.back], [], [], max(0, deadline - time.monotonic()))[0],
                f"the browser did not answer {method} in {SLOW} s: {str(params)[:300]}")
            part = os.read(self.back, 1 << 20)
            check(part, "the browser ended")
            *whole, self.buffer = (self.buffer + part).split(b"\0")
            for text in whole:
                got = json.loads(text)
                if "id" in got:
                    self.answers[got["id"]] = got
        got = self.answers.pop(number)
        if "error" in got:
            raise Failure(f"the browser refused {method}: {got['error']['message']}")
        return got["result"]

    def tab(self):
        return Tab(self)


class Tab:
    def __init__(self, browser):
        self.browser = browser
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target,
                                    flatten=True)["sessionId"]

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def go(self, url):
        """Shows the page; its document's address once it is loaded (or why not)."""
        self.call("Page.bringToFront")  # what is hidden loads lazily
        self.run("window.before = true", quiet=True)
        got = self.call("Page.navigate", url=url)
        if got.get("errorText"):
            return got["errorText"]
        deadline = time.monotonic() + SLOW
        while not self.run("document.readyState === 'complete' && !window.before", quiet=True):
            check(time.monotonic() < deadline, f"{url} did not load in {SLOW} s")
            time.sleep(0.05)
        return self.run("location.href")

    def run(self, script, quiet=False):
        try:
            got = self.call("Runtime.evaluate", expression=script, awaitPromise=True,
                            returnByValue=True, userGesture=True)
        except Failure:
            if quiet:  # the page is being replaced
                return None
            raise
        if "exceptionDetails" in got:
            if quiet:
                return None
            thrown = got["exceptionDetails"]
            what = thrown.get("exception", {}).get("description") or thrown["text"]
            raise Failure(f"the page threw {what} in: {script[:200]}")
        return got["result"].get("value")

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)
