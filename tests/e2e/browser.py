"""Chromium without a window, spoken to over a pipe by the Chrome DevTools Protocol."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

import third_party

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def is_browser(name):
    """Ubuntu's chromium-browser is a script that asks for a snap."""
    return shutil.which(name) and "Chrom" in subprocess.run([name, "--version"], capture_output=True, text=True).stdout


class Browser:
    """One page in one Chromium. `events` has whatever the browser told since the last `open`."""

    def __init__(self):
        program = os.environ.get("ASSAY_CHROMIUM") or next(filter(is_browser, NAMES), None)
        if program is None:
            third_party.skip("no Chromium is on this machine (apt-get install chromium, or name one by ASSAY_CHROMIUM)")
        self.profile = tempfile.mkdtemp(prefix="assay-chromium-")
        self.events = []
        self.number = 0
        self.unread = b""
        self.start(program)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def start(self, program):
        # Chromium reads commands from descriptor 3 and writes answers to 4.
        theirs_in, self.to = os.pipe()
        self.answers, theirs_out = os.pipe()
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs_in, theirs_out)]
        os.close(theirs_in)
        os.close(theirs_out)

        def as_three_and_four():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        # Its own sandbox needs what a container often forbids; it sees pages of this test only.
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
             f"--user-data-dir={self.profile}", "--remote-debugging-pipe", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(3, 4), preexec_fn=as_three_and_four)
        for end in high:
            os.close(end)

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
            self.process.wait(20)
        except (subprocess.TimeoutExpired, OSError, EOFError):
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.answers)
        shutil.rmtree(self.profile, ignore_errors=True)

    def receive(self, seconds):
        """The next message; TimeoutError if the browser says nothing for so long."""
        while b"\0" not in self.unread:
            if not select.select([self.answers], [], [], seconds)[0]:
                raise TimeoutError("Chromium does not answer")
            got = os.read(self.answers, 1 << 20)
            if not got:
                raise EOFError("Chromium has ended")
            self.unread += got
        message, self.unread = self.unread.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to, data):]
        while True:
            answer = self.receive(60)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.note(answer)

    def note(self, event):
        self.events.append(event)
        if event.get("method") == "Page.javascriptDialogOpening":  # an alert would hold everything up
            self.call("Page.handleJavaScriptDialog", accept=True)

    def open(self, url):
        """Loads a page to its end."""
        self.events = []
        said = self.call("Page.navigate", url=url)
        if "errorText" in said:
            raise RuntimeError(f"{url}: {said['errorText']}")
        until = time.monotonic() + 60
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            self.note(self.receive(max(0.1, until - time.monotonic())))

    def evaluate(self, expression):
        """A JavaScript expression's value, or that of its promise."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"])[:1000])
        return result["result"].get("value")

    def width(self, pixels):
        self.call("Emulation.setDeviceMetricsOverride", width=pixels, height=844, deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        """"light" or "dark"."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def screenshot(self):
        import base64

        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=False)["data"])

    def told(self, *methods):
        return [e for e in self.events if e.get("method") in methods]
