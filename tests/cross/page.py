# SPDX-License-Identifier: Apache-2.0
"""page.py FOLDER CLI DATA: the page in a real Chromium, served from FOLDER by a server that writes down
what is asked of it, and opened as a file. It picks the sentences that tinylm-cli picks, asks for nothing
but its own files, for none at all when it is opened again without the server, and cannot connect
anywhere. Reports in TAP."""
import functools
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading

from chromium import Chromium

folder, cli, data = [pathlib.Path(a).resolve() for a in sys.argv[1:4]]
READY = "!document.getElementById('summarise').disabled"
FETCH = "fetch(%s).then(() => 'open', e => e.name)"
KEYS = "[...document.querySelectorAll('#keys button')].map(b => b.textContent)"
NOTES = sorted([*(data / "samples").glob("*.md"), *(data / "models").glob("*.md")])


class Server:
    """On a port of its own; .asked holds the paths."""

    def __init__(self):
        asked = self.asked = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                asked.append(self.path)

        handler = functools.partial(Handler, directory=folder)
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}/"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()


def from_cli(note):
    done = subprocess.run([cli, "summarize", "--json", note], capture_output=True, text=True, check=True,
                          env=os.environ | {"TINYLM_DATA_DIR": str(data)})
    return [" ".join(k["text"].split()) for k in json.loads(done.stdout)["keypoints"]]


def from_page(browser, note):
    browser.run("document.getElementById('summary').hidden = true;"
                f"document.getElementById('note').value = {json.dumps(note.read_text())};"
                "document.getElementById('summarise').click()")
    browser.wait("!document.getElementById('summary').hidden && " + READY)
    return browser.run(KEYS)


def own_paths():
    return {"/", *(f"/{p.relative_to(folder)}" for p in folder.rglob("*") if p.is_file())}


def checks_of_first_load(browser, server):
    browser.open(server.address)
    yield "opens, and the models are ready", browser.wait(READY)
    yield "the service worker keeps the page", browser.wait(
        "navigator.serviceWorker.ready.then(() => true)")
    yield "the models are kept", browser.wait("document.getElementById('kept').textContent.length > 40")
    yield "the server was asked for the page's own files alone", set(server.asked) <= own_paths()
    yield "so says the browser", bool(browser.requests) and all(
        r.startswith((server.address, f"blob:{server.address}")) for r in browser.requests)
    yield "all but the engine for other processors was got", not any("scalar" in a for a in server.asked)


def checks_of_notes(browser):
    for note in NOTES:
        expected, ours = from_cli(note), from_page(browser, note)
        if ours != expected:
            print(f"# {note.name}: {ours} instead of {expected}")
        yield f"{note.name}: the sentences that tinylm-cli picks", ours == expected and bool(ours)
    browser.run("document.querySelector('#keys button').click()")
    yield "a key sentence is shown in its place", browser.run(
        "document.querySelector('mark.now').textContent.replace(/\\s+/g, ' ') ==="
        "document.querySelector('#keys button').textContent")


def checks_of_writing(browser):
    browser.run("document.getElementById('note').value = 'The letter'; document.getElementById('continue').click()")
    yield "writing can be stopped", browser.wait("document.getElementById('speed').textContent") and (
        browser.run("document.getElementById('stop').click()") is None) and browser.wait(READY)
    yield "the text goes on from the note", browser.run(
        "document.getElementById('story').textContent.length") > len("The letter")


def checks_of_policy(browser, server):
    asked = len(server.asked)
    own_address, other = json.dumps(server.address + "index.html"), json.dumps("https://example.com/")
    broken = "new Promise(r => addEventListener('securitypolicyviolation', e => r(e.effectiveDirective)))"
    yield "a connection breaks the policy", browser.run(
        f"(() => {{ const p = {broken}; fetch({other}).catch(() => 0); return p; }})()") == "connect-src"
    for where, session in (("page", None), ("worker", browser.workers[0])):
        for name, address in (("its own server", own_address), ("another", other)):
            yield f"the {where} cannot connect to {name}", browser.run(FETCH % address, session) == "TypeError"
    yield "nor by a WebSocket", browser.run(
        "new Promise(r => { try { const s = new WebSocket('ws://127.0.0.1:9/'); s.onopen = () => r('open');"
        " s.onerror = () => r('refused'); } catch (e) { r(e.name); } })") in ("refused", "SecurityError")
    browser.run("document.getElementById('try').click()")
    yield "and the page says so", browser.wait(
        "document.getElementById('tried').textContent.includes(\"connect-src 'none'\")")
    yield "nothing of it reached the server", len(server.asked) == asked


def checks_without_server(browser, server):
    server.stop()
    server.asked.clear()
    browser.open(server.address)
    yield "opens again without the server", browser.wait(READY)
    yield "asks for no model then", not any("/data/" in r for r in browser.requests)
    yield "and summarises", from_page(browser, NOTES[0]) == from_cli(NOTES[0])
    yield "the server was asked for nothing", not server.asked


def checks_as_file(browser):
    browser.open((folder / "index.html").as_uri())
    yield "opens as a file", browser.wait(READY)
    yield "summarises as a file", from_page(browser, NOTES[0]) == from_cli(NOTES[0])
    yield "cannot connect as a file", browser.run(FETCH % "'https://example.com/'") == "TypeError"


def checks(browser):
    server = Server()
    yield from checks_of_first_load(browser, server)
    yield from checks_of_notes(browser)
    yield from checks_of_writing(browser)
    yield from checks_of_policy(browser, server)
    yield from checks_without_server(browser, server)
    yield from checks_as_file(browser)


program = shutil.which("chromium")
if program is None or not (folder / "index.html").exists():
    print("1..0 # SKIP no chromium, or no build/web: apt-get install chromium; app/build web")
    sys.exit(0)
browser, n = Chromium(program), 0
try:
    for name, passed in checks(browser):
        n += 1
        print(f"{'ok' if passed else 'not ok'} {n} - {name}", flush=True)
finally:
    browser.close()
print(f"1..{n}")
