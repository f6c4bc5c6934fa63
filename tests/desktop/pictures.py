# SPDX-License-Identifier: Apache-2.0
"""pictures.py PROGRAM CLI FOLDER [FORM...]: a picture of every place that the audit knows, in every form
of screen.py, to be looked at. What is longer than the window is scrolled through.
FOLDER/FORM/NN-place-SCREEN.png; some minutes a form."""

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import traceback

sys.path.insert(1, os.path.join(os.path.dirname(__file__), ".."))

import audit
from desktop import Atspi, Program, bare, click, extents, is_seen, type_into, wait_for, walk
from screen import FORMS, Screen, is_under_a_display, prepare, run_in_form
from sight import DOWN, ESCAPE, Part

Role, State = Atspi.Role, Atspi.StateType
MOST_SCREENS, MOST_TURNS = 3, 40
HEADER = 60  # px of the window's top


class Pictures(audit.Audit):
    """Goes where the audit goes, and takes pictures there."""

    def __init__(self, program, cli, folder):
        super().__init__(program, cli, "")
        self.program = program
        self.screen, self.folder = Screen(), folder

    def report(self, name, faults):
        pass

    def part(self, name, roles=(Role.PUSH_BUTTON,)):
        """What the audit finds, without asking what lies behind what, which is most of its time. The mouse
        reaches only what is not scrolled away, under the header bar too; with large text that is less."""
        turns = iter(range(MOST_TURNS))

        def find():
            frame = extents(self.tinylm.frame)
            bottom = frame.height
            found = [n for n in walk(self.tinylm.frame)
                     if bare(n.get_name()).endswith(name) and n.get_role() in roles and is_seen(n)
                     and n.get_state_set().contains(State.SENSITIVE)]
            found.sort(key=lambda n: not HEADER < extents(n).y < bottom - extents(n).height)
            below = found and extents(found[0]).y >= bottom - extents(found[0]).height
            if below and next(turns, None) is not None:
                self.turn_the_wheel(frame, 1)
                return None
            return found and Part(found[0], [], found[0].get_role(), found[0].get_name(), "", "", None)
        return wait_for(f"“{name}”", find)

    def take(self, name, screen=1):
        picture = self.screen.still()
        self.n += screen == 1
        name = f"{self.n:02}-" + re.sub(r"\W+", "-", name.lower()) + f"-{screen}.png"
        picture.savev(os.path.join(self.folder, name), "png", [], [])
        return picture.get_pixels()

    def look(self, name, window=None, shown=frozenset()):
        """And what can be scrolled to; a note's text is the person's."""
        seen = [self.take(name)]
        while " note" not in name and len(seen) < MOST_SCREENS:
            place = extents(window or self.tinylm.frame)
            self.turn_the_wheel(place, place.height // 90)
            if self.screen.still().get_pixels() == seen[-1]:
                break
            seen.append(self.take(name, len(seen) + 1))

    def turn_the_wheel(self, place, notches):
        """At the window's edge, where no row takes it for itself; a notch is some 90 pixels."""
        for _ in range(notches):
            Atspi.generate_mouse_event(place.width - 9, place.height // 2, "b5c")
        Atspi.generate_mouse_event(place.width + 5, place.height + 5, "abs")

    def popover(self, name, opener):
        opener()
        self.keyboard.settle()
        self.take(name)
        self.keyboard.press(DOWN)
        self.keyboard.press(ESCAPE)

    def opens_and_closes(self, name, opener, look=None):
        """The toolkit's own dialogs too."""
        opener()
        (look or (lambda window: self.take(name)))(self.tinylm.other_window())
        self.tinylm.close_others()

    def restart(self, words):
        """Over what now lies in the store, until a window has these words."""
        self.end()
        self.tinylm = Program(self.program)
        self.tinylm.frame = None
        self.tinylm.change_window(words)

    def end(self):
        self.tinylm.process.terminate()
        self.tinylm.process.wait()


def empty_pages(pictures):
    """What they say before there is anything."""
    for action, words in (("win.show-todo", "To Do"), ("win.show-bin", "Bin")):
        pictures.tinylm.action(action)
        pictures.tinylm.wait_words(words)
        pictures.take(f"empty: {words}")
    pictures.tinylm.action("win.new-chat")
    pictures.tinylm.action("win.trash")
    pictures.tinylm.action("win.search")
    pictures.take("empty: notes and chats")
    entry = pictures.part("Search notes and chats", (Role.ENTRY, Role.TEXT)).node
    type_into(entry, "zebra")
    pictures.tinylm.wait_words("Nothing was found.")
    pictures.take("empty: search")
    pictures.tinylm.action("win.escape")


def summary(pictures):
    """Where the window is narrow it lies over the note."""
    if extents(pictures.tinylm.frame).width < 400:
        pictures.mouse(pictures.part("Summary", (Role.TOGGLE_BUTTON, Role.PUSH_BUTTON)))
        pictures.look("a summary")


def a_deleted_model(pictures):
    """In the bin, and the one that was kept."""
    def models(*args):
        return subprocess.run([pictures.cli, "models", *args], check=True, capture_output=True, text=True).stdout

    built_in = next(m["path"] for m in map(json.loads, models("list", "--json").splitlines())
                    if m["name"] == "meeny")
    for name, weights in (("Harbour Assistant With a Long Name", "Q8_0"), ("Kept", "Q4_0")):
        path = os.path.join(os.environ["XDG_RUNTIME_DIR"], f"{name}.gguf")
        subprocess.run([pictures.cli, "quantize", built_in, path, weights], check=True)
        models("import", path)
    models("remove", "Harbour Assistant With a Long Name")
    pictures.page("win.show-bin", "Bin")
    pictures.tinylm.action("win.show-models")
    pictures.mouse(pictures.part("Kept", (Role.LIST_ITEM,)))
    pictures.look("an imported model")
    pictures.tinylm.action("win.escape")


def a_specialist_in_a_chat(pictures):
    """The one that was trained just before; what was chosen, and what is taught from its answer."""
    pictures.tinylm.action("win.new-chat")
    audit.drive.says(pictures.tinylm, "please buy the lamp 9")
    pictures.tinylm.wait_words("Answered by")
    pictures.popover("the tools with a specialist",
                     lambda: pictures.mouse(pictures.part("Why This Tool, and Others")))
    pictures.mouse(pictures.part("Why This Tool, and Others"))
    click(pictures.part("Ask “Lessons”").node)
    pictures.tinylm.wait_words("You chose it.")
    pictures.look("an answer of a specialist")
    pictures.dialog("teach from an answer", lambda: (pictures.mouse(pictures.part("Why This Tool, and Others")),
                                                     pictures.act("route.teach")))


def backups(pictures):
    subprocess.run([pictures.cli, "backup", "now"], check=True, stdout=subprocess.DEVNULL)
    pictures.tinylm.action("win.show-help")
    pictures.page("win.show-privacy", "Privacy")


def trouble(pictures):
    path = os.path.join(os.environ["XDG_DATA_HOME"], "tinylm", "tinylm.db")
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute(f"PRAGMA user_version = {version + 1000}")
    pictures.restart("Your Data Is Newer")
    pictures.look("newer data")
    pictures.end()
    with contextlib.suppress(FileNotFoundError):
        os.remove(path + "-wal")  # which may have the pages that are damaged now
    with open(path, "r+b") as file:
        file.write(b"not a database any more")
    pictures.restart("Your Data Is Damaged")
    pictures.look("damaged data")


ACTS = [audit.first_run, empty_pages, audit.notes, summary, audit.teaching, audit.menus, audit.search,
        audit.chats, audit.specialists, audit.training, a_specialist_in_a_chat, audit.others, audit.dialogs,
        a_deleted_model, backups, trouble]


def take_all(program, cli, folder):
    """In the form that the display has."""
    prepare()
    audit.add_lessons(cli)
    pictures = Pictures(program, cli, folder)
    for act in ACTS:
        try:
            act(pictures)
        except Exception:
            traceback.print_exc()
            print(f"{os.path.basename(folder)}: {act.__name__} ended early", flush=True)
            pictures.take(f"{act.__name__}-ended-early")
            pictures.tinylm.close_others()
    pictures.end()


def main():
    program, cli, folder, *forms = sys.argv[1:]
    if is_under_a_display():
        take_all(program, cli, folder)
        return
    for form in forms or FORMS:
        target = os.path.join(folder, form)
        os.makedirs(target, exist_ok=True)
        run_in_form(form, __file__, program, cli, target)


if __name__ == "__main__":
    main()
