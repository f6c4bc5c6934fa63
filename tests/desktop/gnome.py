# SPDX-License-Identifier: Apache-2.0
"""gnome.py PROGRAM TREE: what the desktop does with the program over the session bus. Its search finds
notes, and chats once that is switched on, without a window and fast; a result opens the note at the hit;
files and actions go to the one instance; a locked store gives nothing away. Speaks TAP."""

import configparser
import contextlib
import os
import sqlite3
import subprocess
import sys
import time
import traceback

from desktop import Atspi, Program, children, text_of, wait_for, walk
from drive import selection_in
from gi.repository import Gio, GLib
from vault import encrypts, has_kept_the_code

NAME = "com.sprapp.TinyLM"
SEARCH = "org.gnome.Shell.SearchProvider2"
N_NOTES = 1000
NOTE = """# Harbour fair

The weather was nice.
Ruth will call the harbour master by Friday and ask for a second mooring.
"""


class Desktop:
    """The shell's side of the bus."""

    def __init__(self, program, tree):
        self.program = program
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        provider = configparser.ConfigParser()
        provider.read(os.path.join(tree, "data", NAME + ".search-provider.ini"))
        self.provider = provider["Shell Search Provider"]
        self.settings = Gio.Settings.new(NAME)
        self.install_service(tree)

    def install_service(self, tree):
        """As "meson install" would, for the program that is tested."""
        folder = os.path.join(os.environ["XDG_DATA_HOME"], "dbus-1", "services")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(tree, "data", NAME + ".service.in")) as template:
            service = template.read().replace("@bindir@/tinylm", self.program)
        with open(os.path.join(folder, NAME + ".service"), "w") as file:
            file.write(service)
        self.ask_bus("ReloadConfig")

    def call(self, name, path, interface, method, signature, *args):
        answer = self.bus.call_sync(name, path, interface, method,
                                    GLib.Variant(signature, args), None, Gio.DBusCallFlags.NONE, -1)
        return answer.unpack()

    def ask_bus(self, method, signature="()", *args):
        return self.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", method, signature, *args)

    def is_running(self):
        return self.ask_bus("NameHasOwner", "(s)", NAME)[0]

    def pid(self):
        return self.ask_bus("GetConnectionUnixProcessID", "(s)", NAME)[0]

    def provide(self, method, signature, *args):
        return self.call(self.provider["BusName"], self.provider["ObjectPath"], SEARCH, method,
                         signature, *args)

    def search(self, *terms):
        return self.provide("GetInitialResultSet", "(as)", terms)[0]

    def act(self, name):
        self.call(NAME, "/" + NAME.replace(".", "/"), "org.freedesktop.Application", "ActivateAction",
                  "(sava{sv})", name, [], {})

    def wait_for_end(self):
        wait_for("the end of the program", lambda: not self.is_running())


class Activated(Program):
    """The program that the bus started, with its window."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.app = wait_for("program", lambda: next(self.find_apps(), None))
        self.frame = wait_for("window", lambda: next(children(self.app), None))

    def find_apps(self):
        pid = self.desktop.pid()
        return (app for app in children(Atspi.get_desktop(0)) if app.get_process_id() == pid)

    def quit(self):
        try:
            self.action("window.close")
        except AttributeError:  # the window went away before it could answer
            pass
        self.desktop.wait_for_end()


def open_store():
    return sqlite3.connect(os.path.join(os.environ["XDG_DATA_HOME"], "tinylm", "tinylm.db"))


def fill_the_store(desktop, path):
    """A first run makes the store and the note; the many others come behind its back."""
    with open(path, "w") as file:
        file.write(NOTE)
    tinylm = Program(desktop.program, path)
    tinylm.wait_words("Harbour fair")
    tinylm.wait_words("· Saved")
    tinylm.quit()
    with contextlib.closing(open_store()) as db, db:
        db.executemany("INSERT INTO notes (title, text, created, updated) VALUES (?, ?, 1, 1)",
                       ((f"Day {i}", f"# Day {i}\n\n" + f"boats and nets of the day {i}, " * 40)
                        for i in range(N_NOTES)))
        db.execute("INSERT INTO chats (id, title, created, updated) VALUES (7, 'A letter', 1, 1)")
        db.execute("INSERT INTO messages (chat_id, role, state, text, route, elapsed_ms, created)"
                   " VALUES (7, 0, 0, 'Write to the mooring office', '', 0.0, 1)")


def finds_notes_without_a_window(desktop):
    results = desktop.search("moor")
    assert [r.split("/")[0] for r in results] == ["note"], results
    meta, = desktop.provide("GetResultMetas", "(as)", results)[0]
    assert (meta["id"], meta["name"]) == (results[0], "Harbour fair"), meta
    assert "second mooring" in meta["description"], meta
    apps = [app for app in children(Atspi.get_desktop(0)) if app.get_process_id() == desktop.pid()]
    assert not any(True for app in apps for _ in children(app)), "a window opened"
    narrower = desktop.provide("GetSubsearchResultSet", "(asas)", results, ["moor", "giraffe"])[0]
    assert narrower == [], narrower


def finds_chats_only_when_allowed(desktop):
    desktop.settings.set_boolean("search-chats", True)
    Gio.Settings.sync()
    wait_for("the chat", lambda: any(r.startswith("chat/7/") for r in desktop.search("moor")))
    desktop.settings.set_boolean("search-chats", False)
    Gio.Settings.sync()
    wait_for("no chat", lambda: len(desktop.search("moor")) == 1)


def answers_of_many_notes(desktop):
    """And says how long that takes."""
    for words, some in (["b"], False), (["boats", "nets"], True), (["day", "1"], True), (["moor"], True), (["giraffe"], False):
        begin = time.monotonic()
        found = desktop.search(*words)
        told = desktop.provide("GetResultMetas", "(as)", found[:5])[0]
        print(f"# {' '.join(words)} in {N_NOTES} notes: {1000 * (time.monotonic() - begin):.1f} ms")
        assert bool(found) == some and len(told) == len(found[:5]), (words, found, told)


def ends_by_itself(desktop):
    assert desktop.is_running()
    desktop.wait_for_end()


def opens_a_result_at_the_hit(desktop):
    result, = desktop.search("moor")
    desktop.wait_for_end()  # the result outlives the process that gave it
    desktop.provide("ActivateResult", "(sasu)", result, ["moor"], 0)
    tinylm = Activated(desktop)
    editor = tinylm.wait(Atspi.Role.TEXT, "Note text")
    wait_for("the note", lambda: text_of(editor) == NOTE)
    wait_for("the hit selected", lambda: "mooring".startswith(selection_in(editor) or "nothing"))
    return tinylm


def takes_files_and_actions(desktop, tinylm, path):
    pid = desktop.pid()
    with open(path, "w") as file:
        file.write("# Another day\n\nNothing happened.\n")
    subprocess.run([desktop.program, path], check=True)
    tinylm.wait_words("Another day")
    desktop.act("new-note")
    tinylm.wait_words("New Note")
    subprocess.run([desktop.program, "--new-chat"], check=True)
    tinylm.wait(Atspi.Role.TEXT, "Message")
    desktop.provide("LaunchSearch", "(asu)", ["mooring"], 0)
    wait_for("the words in the search entry", lambda: any(
        text_of(n) == "mooring" for n in walk(tinylm.frame)))
    assert desktop.pid() == pid, "a second instance"
    assert len([n for n in children(tinylm.app) if n.get_role() == Atspi.Role.FRAME]) == 1


def gives_nothing_away_when_locked(desktop, tinylm):
    tinylm.action("win.show-privacy")
    encrypts(tinylm)
    has_kept_the_code(tinylm)
    tinylm.quit()
    assert desktop.search("moor") == []
    assert desktop.search("harbour") == []


def main():
    program, tree = sys.argv[1:3]
    n = n_failed = 0
    path = os.path.join(os.environ["HOME"], "note.md")
    desktop = Desktop(program, tree)
    tinylm = None

    def check(func, *args):
        nonlocal n, n_failed
        n += 1
        name = func.__name__.replace("_", " ")
        try:
            result = func(desktop, *args)
            print(f"ok {n} - {name}", flush=True)
            return result
        except Exception:
            traceback.print_exc()
            print(f"not ok {n} - {name}", flush=True)
            n_failed += 1
            return None

    print("1..8")
    check(fill_the_store, path)
    check(finds_notes_without_a_window)
    check(finds_chats_only_when_allowed)
    check(answers_of_many_notes)
    check(ends_by_itself)
    tinylm = check(opens_a_result_at_the_hit)
    check(takes_files_and_actions, tinylm, path)
    check(gives_nothing_away_when_locked, tinylm)
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
