# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium and the DevTools protocol to it through a pipe, with Python's own library alone."""
import fcntl
import json
import os
import select
import subprocess
import tempfile
import time

OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe"]


class Chromium:
    """One browser with one page. Every request of the page and its workers is in .requests."""

    def __init__(self, program, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="tinylm-page-", ignore_cleanup_errors=True)
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def give_pipes():
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self.process = subprocess.Popen(
            [program, *OPTIONS, f"--user-data-dir={self.folder.name}", *options, "about:blank"],
            preexec_fn=give_pipes, pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.next_id, self.buffer = 0, b""
        self.requests, self.events, self.workers = [], [], []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.page = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for method in ("Page", "Runtime", "Network", "Log"):
            self.on_page(f"{method}.enable")
        self.on_page("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=True)

    def _message(self, deadline):
        while b"\0" not in self.buffer:
            if not select.select([self.read_end], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise TimeoutError("Chromium does not answer")
            data = os.read(self.read_end, 1 << 20)
            if not data:
                raise RuntimeError("Chromium ended")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def _note(self, message):
        method, params = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Target.attachedToTarget":
            if params["targetInfo"]["type"] == "worker":
                self.workers.append(params["sessionId"])
            self._send("Network.enable", {}, params["sessionId"])
        elif method:
            self.events.append(message)

    def _send(self, method, params, session):
        self.next_id += 1
        message = {"id": self.next_id, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        return self.next_id

    def call(self, method, session=None, timeout=60, **params):
        wanted, deadline = self._send(method, params, session), time.monotonic() + timeout
        while True:
            message = self._message(deadline)
            if message.get("id") == wanted:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def on_page(self, method, **params):
        return self.call(method, self.page, **params)

    def run(self, expression, session=None):
        """The value of @expression in the page, or in a worker; a promise is waited for."""
        result = self.call("Runtime.evaluate", session or self.page, expression=expression,
                           awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def wait(self, expression, timeout=60):
        """Until @expression is true in the page. The page is asked again: it may be a new one by then."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                if self.run(expression):
                    return True
            except RuntimeError as e:
                if "ended" in str(e):
                    raise
            time.sleep(0.05)
        return False

    def open(self, address):
        self.requests.clear()
        self.workers.clear()
        self.on_page("Page.navigate", url=address)

    def close(self):
        try:
            self.call("Browser.close", timeout=10)
            self.process.wait(10)
        except (RuntimeError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.write_end)
        os.close(self.read_end)
        self.folder.cleanup()
