# SPDX-License-Identifier: Apache-2.0
"""page.py FOLDER CLI DATA: the page in a real Chromium, served from FOLDER by a server that writes down
what is asked of it, and opened as a file. It shows the title, sentences and tags that tinylm-cli shows,
asks for nothing but its own files, for none at all when it is opened again without the server, and
cannot connect anywhere. A page that is older than its sources is not tested: that fails. Reports in TAP."""
import functools
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

from chromium import Chromium

folder, cli, data = [pathlib.Path(a).resolve() for a in sys.argv[1:4]]
READY = "!document.getElementById('summarise').disabled"
FETCH = "fetch(%s).then(() => 'open', e => e.name)"
SHOWN = """[document.getElementById('summary-title').textContent,
  ...['#keys button', '#tags li'].map(s => [...document.querySelectorAll(s)].map(e => e.textContent))]"""
NOTES = sorted([*(data / "samples").glob("*.md"), *(data / "models").glob("*.md")])


class Server:
    """Serves a copy of the page, which may be damaged, on a port of its own; .asked holds the paths."""

    def __init__(self):
        asked = self.asked = []
        self.copy = tempfile.TemporaryDirectory(prefix="tinylm-page-")
        self.folder = pathlib.Path(shutil.copytree(folder, self.copy.name, dirs_exist_ok=True))

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                asked.append(self.path)

            def end_headers(self):
                self.send_header("Cache-Control", "no-store")  # what is kept is kept by the page
                super().end_headers()

        handler = functools.partial(Handler, directory=self.folder)
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}/"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()


def from_cli(note):
    """[title, key sentences, tags]"""
    done = subprocess.run([cli, "summarize", "--json", note], capture_output=True, text=True, check=True,
                          env=os.environ | {"TINYLM_DATA_DIR": str(data)})
    found = json.loads(done.stdout)
    keys, tags = [[" ".join(span["text"].split()) for span in found[name]] for name in ("keypoints", "tags")]
    return [" ".join(found["title"]["text"].split()) if found["title"] else "Summary", keys, tags]


def from_page(browser, note):
    browser.run("document.getElementById('summary').hidden = true;"
                f"document.getElementById('note').value = {json.dumps(note.read_text())};"
                "document.getElementById('summarise').click()")
    browser.wait("!document.getElementById('summary').hidden && " + READY)
    return browser.run(SHOWN)


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
        yield f"{note.name}: what tinylm-cli shows", ours == expected and all(ours[:2])
    browser.run("document.querySelector('#keys button').click()")
    yield "a key sentence is shown in its place", browser.run(
        "document.querySelector('mark.now').textContent.replace(/\\s+/g, ' ') ==="
        "document.querySelector('#keys button').textContent")


BODY = """The committee met in the old library on Monday. We agreed to repair the roof before winter.
Anna asks two firms for a price by Friday. It rained all day and the tea was cold.
"""
SUMMARY = "<!-- TinyLM summary -->\n# Roof\n\n- We sell the library.\n<!-- /TinyLM summary -->\n\n"
KINDS = {
    "code": "```python\nprint(1)\n```\n\n" + BODY,
    "a check box": "- [ ] Buy milk\n- [x] Call Anna\n\n" + BODY,
    "a number": "1. First thing\n2. Second thing\n\n" + BODY,
    "a table": "| a | b |\n|---|---|\n| 1 | 2 |\n\n" + BODY,
    "many words": BODY,
    "front matter": "---\ntitle: \"The roof\"\ntags: [Roof, winter, roof]\n---\n\n" + BODY,
    "a list of tags": "---\ndate: 2026-05-01\ntags:\n  - roof\n  - 'old library'\nauthor: Anna\n...\n" + BODY,
    "TOML": "+++\ntitle = 'The roof'\nkeywords = [\"roof\"]\n+++\n" + BODY,
    "org": "#+TITLE: The roof\n#+FILETAGS: :roof:library:\n\n" + BODY,
    "an empty block": "---\n---\n" + BODY,
    "a block that is not closed": "---\ntitle: The roof\n\n" + BODY,
    "a text between rules": "---\nMinutes of the roof\n\nAnna takes them: we meet again.\n\n---\n\n" + BODY,
    "a comment above YAML": "---\n# the wiki's\ntitle: The roof\n---\n\n" + BODY,
    "a key of two words": "---\ndate created: today\ntags:\n- roof\ntitle: The roof\n---\n\n" + BODY,
    "a blank before the colon": "---\ntitle : The roof\n\n---\n\n" + BODY,
    "a heading between rules": "---\n# Minutes\n\nPresent: Ann\n---\n\n" + BODY,
    "an item between rules": "---\n- : roof\n---\n\n" + BODY,
    "a comment above TOML": "+++\n# Hugo\n\ntitle = 'The roof'\n+++\n" + BODY,
    "a table of TOML first": "+++\n[params]\ntitle = 'The roof'\n+++\n" + BODY,
    "a title in brackets": "---\ntitle: [roof] Minutes, #3 [final]\n---\n" + BODY,
    "a title with a quote": "---\ntitle: '\"The roof\" of the library'\n---\n" + BODY,
    "a title of two lines": "---\ntitle: >-\n  The roof:\n\n  [old]\ntags: roof\n---\n" + BODY,
    "an indented title": "---\ntitle: >2-\n  The roof:\n  [old]\n---\n" + BODY,
    "a title of no block": "---\ntitle: >22\n---\n" + BODY,
    "a title of no lines": "---\ntitle: |\n# the wiki's\n  The roof\n---\n" + BODY,
    "an inserted summary": SUMMARY + BODY,
    "one below front matter": "---\ntitle: The roof\n---\n\n" + SUMMARY + BODY,
    "one that is not closed": SUMMARY.split("<!-- /")[0] + BODY,
    "a byte order mark": "\ufeff---\ntags: roof, library\n---\n# The roof\n\n" + BODY,
}


def checks_of_kinds(browser):
    with tempfile.TemporaryDirectory(prefix="tinylm-page-") as notes:
        for name, text in KINDS.items():
            note = pathlib.Path(notes, "note.md")
            note.write_text(text)
            expected, ours = from_cli(note), from_page(browser, note)
            if ours != expected:
                print(f"# {ours} instead of {expected}")
            yield f"what tinylm-cli shows, of a note with {name}", ours == expected and all(ours[:2])


def checks_of_long_notes(browser):
    """The worker counts what it decodes: about the note, not the note once for each of its sentences."""
    text = "Die Gäste kommen über Köln – zu früh. 😀 Wir öffnen am Montag.\n\n" * 400
    browser.run("self.n = 0; const d = TextDecoder.prototype.decode; TextDecoder.prototype.decode ="
                " function (bytes) { self.n += bytes.length; return d.call(this, bytes); }", browser.workers[0])
    with tempfile.TemporaryDirectory(prefix="tinylm-page-") as notes:
        note = pathlib.Path(notes, "long.md")
        note.write_text(text)
        yield "a long note: what tinylm-cli shows", from_page(browser, note) == from_cli(note)
    yield "and decoded about once", browser.run("self.n", browser.workers[0]) < 2 * len(text.encode())


def checks_of_writing(browser):
    browser.run("document.getElementById('note').value = 'The letter'; document.getElementById('continue').click()")
    yield "writing can be stopped", browser.wait("document.getElementById('speed').textContent") and (
        browser.run("document.getElementById('stop').click()") is None) and browser.wait(READY)
    yield "the text goes on from the note", browser.run(
        "document.getElementById('story').textContent.length") > len("The letter")
    browser.run("document.getElementById('note').value = '我们今天在图书馆开会。'.repeat(1000);"
                "document.getElementById('speed').textContent = ''; document.getElementById('continue').click()")
    yield "a long text of many bytes too", browser.wait(
        f"document.getElementById('speed').textContent && {READY}") and browser.run("document.getElementById('error').hidden")


DROP = """(() => {
  const data = new DataTransfer(), field = document.getElementById('note');
  data.items.add(new File(%s, %s));
  field.dispatchEvent(new DragEvent('dragover', { dataTransfer: data, cancelable: true }));
  field.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
})()"""


def checks_of_dropped_files(browser):
    browser.run("document.getElementById('note').value = 'Mine.'; document.getElementById('summary').hidden = true")
    for name, parts in (("photo.jpg", "[new Uint8Array([255, 216, 255, 224])]"),
                        ("long.txt", "['x'.repeat((1 << 20) + 1)]")):
        browser.run(DROP % (parts, json.dumps(name)))
        yield f"{name} is refused by name", browser.wait(
            f"document.getElementById('error').textContent.includes({json.dumps(name)})")
        yield "and what was typed stays", browser.run("document.getElementById('note').value") == "Mine."
    browser.run(DROP % (f"[{json.dumps(NOTES[0].read_text())}]", json.dumps(NOTES[0].name)))
    yield "a dropped note is summarised", browser.wait(
        f"!document.getElementById('summary').hidden && {READY}") and browser.run(SHOWN) == from_cli(NOTES[0])
    yield "and the refusal is gone", browser.run("document.getElementById('error').hidden")


def checks_of_one_at_a_time(browser):
    """A file that is dropped while the model writes is taken into the field, and nothing else changes."""
    text = NOTES[0].read_text()
    browser.run("document.getElementById('summary').hidden = true;"
                "document.getElementById('note').value = 'The letter'; document.getElementById('continue').click();" +
                DROP % (f"[{json.dumps(text)}]", "'note.md'"))
    yield "a file comes while the model writes", browser.wait(
        f"document.getElementById('note').value.length === {len(text)}")
    yield "which goes on", browser.wait(READY) and browser.run(
        "document.getElementById('story').textContent.length") > len("The letter")
    yield "and the file is not summarised meanwhile", browser.run("document.getElementById('summary').hidden")
    yield "but then", from_page(browser, NOTES[0]) == from_cli(NOTES[0])


# The worker compiles the engine once the page says so, as on a slow machine.
HELD = """const B = Blob; globalThis.Blob = function (parts, ...rest) {
  globalThis.compiling = true;
  return new B(["const i = WebAssembly.instantiate; WebAssembly.instantiate = async (...a) => {" +
    " await new Promise(r => { new BroadcastChannel('compile').onmessage = r; }); return i(...a); };", ...parts],
    ...rest);
};"""


def checks_of_early_input(browser, server):
    script = browser.on_page("Page.addScriptToEvaluateOnNewDocument", source=HELD)["identifier"]
    browser.open(server.address)
    yield "the engine is being compiled", browser.wait("globalThis.compiling")
    browser.run("const f = document.getElementById('note'); f.focus()")
    browser.on_page("Input.insertText", text="The library is closed. We went to the libr")
    browser.run("new Promise(r => setTimeout(r, 2 * PAUSE_MS))")
    browser.run(DROP % (f"[{json.dumps(NOTES[0].read_text())}]", "'note.md'"))
    yield "what comes meanwhile waits", browser.wait("f.value.length > 100") and not browser.run(READY)
    browser.run("new BroadcastChannel('compile').postMessage(0)")
    yield "and nothing failed", browser.wait(READY) and browser.run("document.getElementById('error').hidden")
    yield "the note is there to be summarised", from_page(browser, NOTES[0]) == from_cli(NOTES[0])
    browser.on_page("Page.removeScriptToEvaluateOnNewDocument", identifier=script)


def checks_of_shape(browser):
    browser.on_page("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=1, mobile=False)
    for direction in ("ltr", "rtl"):
        browser.run(f"document.documentElement.dir = '{direction}'; document.getElementById('privacy').open = true")
        yield f"fits into 360 pixels, {direction}", browser.run("document.documentElement.scrollWidth") <= 360
    browser.run("document.documentElement.dir = ''")
    browser.on_page("Emulation.clearDeviceMetricsOverride")
    yield "speaks all its languages", browser.run(
        "new Set(Object.values(WORDS).map(w => Object.keys(w).sort().join())).size") == 1
    yield "every control has a name", browser.run(
        "[...document.querySelectorAll('button, textarea')].every(e => e.textContent.trim() || e.labels[0]?.textContent)")


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


def checks_of_typing(browser):
    browser.run("const f = document.getElementById('note'); f.value = ''; f.focus()")
    browser.on_page("Input.insertText", text="The library is closed. We went to the libr")
    yield "a word is suggested", browser.wait("document.getElementById('word').textContent.startsWith('library')")
    for kind in ("keyDown", "keyUp"):
        browser.on_page("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    yield "and taken with Tab", browser.run("f.value") == "The library is closed. We went to the library"


def opened(browser, server, handicap):
    """The page in a browser that @handicap, a script, has taken something from."""
    script = browser.on_page("Page.addScriptToEvaluateOnNewDocument", source=handicap)["identifier"]
    browser.open(server.address)
    ended = browser.wait(f"!document.getElementById('error').hidden || {READY} && "
                         "document.getElementById('kept').textContent")
    browser.on_page("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
    return browser.run("document.getElementById('error').textContent") if ended else None


def checks_of_poor_browsers(browser, server):
    yield "no WebAssembly: said", "WebAssembly" in opened(browser, server, "delete globalThis.WebAssembly")
    yield "no SIMD: the other engine", opened(browser, server, "WebAssembly.validate = () => false") == "" and \
        any("scalarEngine" in r for r in browser.requests)
    yield "which picks the same sentences", from_page(browser, NOTES[0]) == from_cli(NOTES[0])
    yield "nothing may be kept: works, and says so", opened(
        browser, server, "indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }") == "" and \
        "SecurityError" in browser.run("document.getElementById('kept').textContent")


def checks_of_damage(browser, server):
    damage = """new Promise(done => { indexedDB.open('tinylm', 1).onsuccess = e => {
      const db = e.target.result, all = db.transaction('assets', 'readwrite').objectStore('assets');
      all.get('eeny').onsuccess = e => { const b = e.target.result; b[5000] ^= 1;
        all.put(b, 'eeny').onsuccess = () => { db.close(); done(); }; }; }; })"""
    opened(browser, server, "")
    browser.run(damage)
    yield "a damaged kept model is got anew", opened(browser, server, "") == "" and \
        any("eeny-0" in r for r in browser.requests) and not any("meeny-0" in r for r in browser.requests)
    browser.run(damage)
    piece = server.folder / "data/eeny-0.js"
    whole = piece.read_text()
    piece.write_text(whole[:3000] + ("A" if whole[3000] != "A" else "B") + whole[3001:])
    yield "a damaged model is refused", "eeny" in opened(browser, server, "")
    piece.unlink()
    yield "a missing part is named", "data/eeny-0.js" in opened(browser, server, "")
    piece.write_text(whole)
    yield "and all is well again", opened(browser, server, "") == ""


KEPT = """new Promise(done => { indexedDB.databases().then(all => done(all.map(d => d.name).join())); })"""


def checks_of_forgetting(browser, server):
    opened(browser, server, "")
    before = browser.run(KEPT)
    said = browser.run("document.getElementById('kept').textContent")
    browser.run("document.getElementById('forget').click()")
    yield "what is kept can be deleted, and that is said", browser.wait(
        f"document.getElementById('kept').textContent !== {json.dumps(said)}")
    yield "nothing of it is left", before == "tinylm" and browser.run(KEPT) == ""
    opened(browser, server, "")
    yield "the models are got anew then, and kept", browser.run(KEPT) == "tinylm" and all(
        any(f"/data/{name}-0.js" in r for r in browser.requests) for name in ("eeny", "meeny"))


def checks(browser):
    server = Server()
    yield from checks_of_first_load(browser, server)
    yield from checks_of_notes(browser)
    yield from checks_of_kinds(browser)
    yield from checks_of_long_notes(browser)
    yield from checks_of_writing(browser)
    yield from checks_of_typing(browser)
    yield from checks_of_dropped_files(browser)
    yield from checks_of_one_at_a_time(browser)
    yield from checks_of_shape(browser)
    yield from checks_of_policy(browser, server)
    yield from checks_of_early_input(browser, server)
    yield from checks_of_poor_browsers(browser, server)
    yield from checks_of_damage(browser, server)
    yield from checks_of_forgetting(browser, server)
    yield from checks_without_server(browser, server)
    yield from checks_as_file(browser)


def newer_sources():
    """What was changed since the page was made."""
    top, made = data.parent, (folder / "index.html").stat().st_mtime
    sources = [*(top / "app/web").iterdir(), *(top / "engine").rglob("*.[ch]"), data / "models/eeny.gguf",
               data / "models/meeny.gguf"]
    return [str(p.relative_to(top)) for p in sources if p.stat().st_mtime > made]


program = shutil.which("chromium")
if program is None or not (folder / "index.html").exists():
    print("1..0 # SKIP no chromium, or no build/web: apt-get install chromium; app/build web")
    sys.exit(0)
if newer := newer_sources():
    print("1..1\nnot ok 1 - the page is made of what is there; app/build web makes it anew\n# newer:", *newer[:5])
    sys.exit(1)
browser, n = Chromium(program), 0
try:
    for name, passed in checks(browser):
        n += 1
        print(f"{'ok' if passed else 'not ok'} {n} - {name}", flush=True)
finally:
    browser.close()
print(f"1..{n}")
