# SPDX-License-Identifier: Apache-2.0
"""keys.py TINYLM TINYLM-CLI MAKE-MODEL: by keyboard alone what is done on pages and in dialogs: an answer is taught and
taken elsewhere, a note printed, a model added, measured, renamed and removed, an example changed, a training begun and
ended. After each the keyboard is where it was, or where one goes on. Speaks TAP."""

import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(1, os.path.join(os.path.dirname(__file__), ".."))

import audit
import drive
from desktop import Atspi, GLib, bare, children, is_seen, text_of, type_into, wait_for, walk
from gi.repository import Gio
from gnome import NAME
from keyboard import Walk, plays, run
from sight import ESCAPE, F6, RETURN, TAB
from specialist import LESSONS

Role, State = Atspi.Role, Atspi.StateType
LETTER_P = 0x70  # /usr/include/X11/keysymdef.h
MOST_TABS = 60
KEY_S = 0.03


class Hands(Walk):
    """On the keys."""

    def __init__(self, path):
        super().__init__(path)
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)

    def focus(self, window=None):
        """Of several that say so the one that was told last."""
        found = [n for n in walk(window or self.tinylm.frame)
                 if n.get_state_set().contains(State.FOCUSED) and is_seen(n)]
        return self.keyboard.focus if self.keyboard.focus in found else next(iter(found), None)

    def goes_to(self, role, name, shift=False):
        """From one to the next."""
        for _ in range(MOST_TABS):
            node = self.keyboard.press(TAB, shift=shift)
            try:
                if plays(node, role) and name in bare(node.get_name()):
                    return node
            except GLib.Error:  # it went away
                pass
        raise AssertionError(f"no key leads to {role.value_nick} {name}")

    def types(self, text):
        for letter in text:
            Atspi.generate_keyboard_event(ord(letter), None, Atspi.KeySynthType.SYM)
            time.sleep(KEY_S)

    def has_no_dialog(self):
        """The window has the keys again, as a window manager gives them."""
        wait_for("the window alone", lambda: not self.tinylm.others())
        self.bus.call_sync(NAME, "/" + NAME.replace(".", "/"), "org.freedesktop.Application", "Activate",
                           GLib.Variant("(a{sv})", ({},)), None, Gio.DBusCallFlags.NONE, -1)
        wait_for("its keys", lambda: self.tinylm.frame.get_state_set().contains(State.ACTIVE))


def teaches_an_answer(w):
    w.tinylm.action("win.new-sample")
    w.tinylm.wait_words("Chosen by eeny")
    w.at(Role.TEXT, "Note text")
    w.keyboard.press(F6)
    w.at(Role.PUSH_BUTTON, "Summary Menu")
    w.goes_to(Role.PUSH_BUTTON, "Teach from This Title…")
    w.keyboard.press(RETURN)
    window = w.tinylm.other_window()
    w.goes_to(Role.TEXT, "The Right Answer")
    w.types("Autumn")
    wait_for("the right answer", lambda: any("Autumn" in text_of(n) for n in walk(window)))
    w.goes_to(Role.PUSH_BUTTON, "Keep as an Example")
    w.keyboard.press(RETURN)
    w.tinylm.wait(Role.PUSH_BUTTON, None, window, "Kept")
    w.at(Role.TEXT, "The Right Answer", window)
    w.keyboard.press(ESCAPE)
    w.has_no_dialog()
    w.at(Role.PUSH_BUTTON, "Teach from This Title…")


def prints(w):
    w.keyboard.press(LETTER_P, control=True)
    wait_for("the print dialog", lambda: any(n.get_name() == "Print" for n in children(w.tinylm.app)))
    w.keyboard.press(ESCAPE)
    w.has_no_dialog()
    w.at(Role.PUSH_BUTTON, "Teach from This Title…")


def takes_an_answer_elsewhere(w):
    w.tinylm.action("win.new-chat")
    w.at(Role.TEXT, "Message")
    drive.says(w.tinylm, drive.BROAD)
    w.tinylm.wait(Role.PUSH_BUTTON, "Take It Elsewhere…")
    w.goes_to(Role.PUSH_BUTTON, "Take It Elsewhere…", shift=True)
    w.keyboard.press(RETURN)
    window = w.tinylm.other_window()
    w.at(Role.PUSH_BUTTON, "Copy", window)
    w.keyboard.press(RETURN)
    w.tinylm.wait(Role.PUSH_BUTTON, None, window, "Copied")
    w.keyboard.press(ESCAPE)
    w.has_no_dialog()
    w.at(Role.PUSH_BUTTON, "Take It Elsewhere…")


def adds_a_model(w, model):
    w.choose("Models")
    w.at(Role.LIST_ITEM, "Add a Model")
    w.goes_to(Role.PUSH_BUTTON, "Choose…")
    w.keyboard.press(RETURN)
    dialog = w.tinylm.other_window()
    wait_for("a list of files", lambda: w.focus(dialog))
    w.types("/")
    # Newer GTK completes a name behind the next key that comes as fast as these.
    type_into(w.at(Role.TEXT, None, dialog), model)
    w.keyboard.press(RETURN)
    w.has_no_dialog()
    w.tinylm.wait_words("is added")
    w.at(Role.PUSH_BUTTON, "Choose…")


def changes_a_model(w):
    """Its row is made anew each time, and has the keyboard again."""
    w.goes_to(Role.LIST_ITEM, "Little")
    w.keyboard.press(RETURN)  # unfolds it
    for name, words in ("Measure", "tokens a second"), ("Verify", "every byte is as it was added"):
        w.goes_to(Role.PUSH_BUTTON, name)
        w.keyboard.press(RETURN)
        w.tinylm.wait_words(words)
        w.at(Role.LIST_ITEM, "Little")
    w.goes_to(Role.PUSH_BUTTON, "Verify")
    w.keyboard.press(TAB)  # to its name, whose field says not that it has the keyboard
    w.types("Other")
    w.keyboard.press(RETURN)
    w.tinylm.wait(Role.LIST_ITEM, "Other")
    wait_for("the keyboard in its row", lambda: w.focus() is not None and w.is_beside(w.focus()))
    w.goes_to(Role.LIST_ITEM, "Remove")
    w.goes_to(Role.PUSH_BUTTON, "Remove")
    w.keyboard.press(RETURN)
    wait_for("a list without it", lambda: w.tinylm.find(Role.LIST_ITEM, "Other") is None)
    w.at(Role.LIST_ITEM, "Add a Model")
    w.keyboard.press(ESCAPE)
    w.at(Role.TEXT, "Message")


def opens_lessons(w):
    w.choose("Specialists")
    w.at(Role.LIST_ITEM)
    w.goes_to(Role.LIST_ITEM, "Lessons")
    w.keyboard.press(RETURN)
    w.at(Role.PUSH_BUTTON, "Train…")


def changes_an_example(w):
    """One far down, so that the list has scrolled; the editor goes with the keyboard."""
    opens_lessons(w)
    for _ in range(MOST_TABS):
        w.keyboard.press(TAB)
    w.goes_to(Role.PUSH_BUTTON, "Change This Example")
    w.keyboard.press(RETURN)
    w.at(Role.TEXT, "Input")
    w.types("Mind: ")
    w.keyboard.press(TAB)
    w.at(Role.TEXT, "Output")
    w.keyboard.press(TAB)
    w.at(Role.PUSH_BUTTON, "Change This Example")
    wait_for("what was written", lambda: any(
        "Mind: " in bare(n.get_name()) for n in walk(w.tinylm.frame) if n.get_role() == Role.LIST_ITEM))
    w.goes_to(Role.PUSH_BUTTON, "Remove This Example")
    w.keyboard.press(RETURN)
    wait_for("the keyboard among the examples", lambda: w.focus() is not None and w.is_beside(w.focus()))
    for _ in range(3):  # the offer to take that back, the examples, the page
        w.keyboard.press(ESCAPE)
    w.at(Role.TEXT, "Message")


def begins_and_ends_a_training(w):
    opens_lessons(w)
    w.keyboard.press(RETURN)
    w.tinylm.wait_words("going by a step tried just now")
    w.goes_to(Role.PUSH_BUTTON, "Start Training")
    w.keyboard.press(RETURN)
    w.at(Role.PUSH_BUTTON, "Pause")
    w.keyboard.press(RETURN)
    w.at(Role.PUSH_BUTTON, "Resume")
    w.keyboard.press(RETURN)
    w.at(Role.PUSH_BUTTON, "Pause")
    w.goes_to(Role.PUSH_BUTTON, "Cancel Training")
    w.keyboard.press(RETURN)
    # As it is told: to look through the window may take the five seconds that the offer stays.
    wait_for("the list", lambda: w.keyboard.settle() or w.keyboard.focus.get_role() == Role.LIST_ITEM)
    w.keyboard.press(ord("z"), control=True)
    w.tinylm.wait_words("Interrupted; it can go on where it was")
    w.keyboard.press(ESCAPE)
    w.at(Role.TEXT, "Message")


def main():
    program, cli, make_model = sys.argv[1:4]
    with tempfile.TemporaryDirectory(prefix="tinylm-keys-") as folder:
        model = os.path.join(folder, "Little.gguf")
        subprocess.run([make_model, "tiny", "Q8_0", model], check=True, stdout=subprocess.DEVNULL)
        audit.LESSONS = LESSONS
        audit.add_lessons(cli)

        def adds_a_model_(w):
            adds_a_model(w, model)

        adds_a_model_.__name__ = adds_a_model.__name__
        return run(Hands(program), [teaches_an_answer, prints, takes_an_answer_elsewhere, adds_a_model_,
                                    changes_a_model, begins_and_ends_a_training, changes_an_example])


if __name__ == "__main__":
    sys.exit(main())
