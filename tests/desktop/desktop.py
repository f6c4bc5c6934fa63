# SPDX-License-Identifier: Apache-2.0
"""The program as a screen reader sees it: find by role and name, click, type, read, wait."""

import os
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

DEADLINE_S = float(os.environ.get("TINYLM_TEST_DEADLINE", "60"))


class NotThere(AssertionError):
    """What was waited for did not come."""


def wait_for(what, condition):
    """Polls until condition() gives something true, and returns it."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        try:
            found = condition()
        except GLib.Error:  # a widget went away while it was asked
            found = None
        if found:
            return found
        time.sleep(0.05)
    raise NotThere(f"no {what} in {DEADLINE_S} s")


def children(node):
    for i in range(node.get_child_count()):
        child = node.get_child_at_index(i)
        if child is not None:
            yield child


LARGEST = 1 << 14  # pixels: GTK 4.18 gives what was never laid out any size, often a larger one


def extents(node):
    return node.get_component_iface().get_extents(Atspi.CoordType.WINDOW)


def is_seen(node):
    """GTK 4.8 reports no "showing" state; what was never drawn has no extents, and what went away no
    place to ask for them."""
    if node.get_component_iface() is None:
        return False
    place = extents(node)
    return 0 < place.width < LARGEST and 0 < place.height < LARGEST


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


def text_of(node, start=0, end=None):
    """(Since 2.52 the name get_text() of the object itself is another's.)"""
    text = node.get_text_iface()
    if text is None:
        return ""
    return Atspi.Text.get_text(text, start, Atspi.Text.get_character_count(text) if end is None else end)


def actions_of(node):
    iface = node.get_action_iface()
    return [iface.get_action_name(i) for i in range(iface.get_n_actions())] if iface else []


def name_of_item(node):
    """GTK 4.8 has it on the item, newer GTK on the row around it."""
    return bare(node.get_name() or node.get_parent().get_name())


def items(window):
    """The notes or chats that are listed, by their names."""
    return {name_of_item(n): n for n in walk(window.frame) if is_item(n)}


def is_item(node):
    """Of the lists; some of what was shown once cannot be asked about."""
    try:
        return "item.open" in actions_of(node) and is_seen(node)
    except GLib.Error:
        return False


def bare(words):
    """Without the brackets of the test's language (tests/pseudo.py)."""
    return words.replace("⟦", "").replace("⟧", "")


def label_of(node):
    """The name, where it has one, and the text."""
    return bare(node.get_name() + "\n" + text_of(node)).lstrip("\n")


class Program:
    """One run of tinylm."""

    def __init__(self, path, *args):
        self.process = subprocess.Popen([path, *args])
        self.app = wait_for("program", self._find_app)
        self.frame = wait_for("window", lambda: next(
            (n for n in children(self.app) if n.get_role() == Atspi.Role.FRAME), None))

    def _find_app(self):
        assert self.process.poll() is None, "the program has ended"
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(i)
            if app is not None and app.get_process_id() == self.process.pid:
                return app
        return None

    def find(self, role, name=None, top=None, holds=None):
        for node in walk(top or self.frame):
            if node.get_role() == role and (name is None or bare(node.get_name()) == name) \
                    and (holds is None or holds in label_of(node)) and is_seen(node):
                return node
        return None

    def wait(self, role, name=None, top=None, holds=None):
        return wait_for(f"{role.value_nick} {name or holds or ''}",
                        lambda: self.find(role, name, top, holds))

    def wait_words(self, words):
        """A label with these words in it."""
        return wait_for(f"“{words}”", lambda: next(
            (n for n in walk(self.frame)
             if n.get_role() == Atspi.Role.LABEL and words in label_of(n) and is_seen(n)), None))

    def list_notes(self):
        """Of the two lists one is in sight, and newer GTK tells of no other."""
        click(self.wait(Atspi.Role.PAGE_TAB, "Notes"))

    def dialogs(self):
        """Over the window, the last one that was opened last: from libadwaita 1.5 in it, and windows where they
        are the toolkit's. GTK 4.8 may have gone and not yet seen ones among them."""
        inside = [n for host in children(self.frame) for n in children(host)
                  if n.get_role() in (Atspi.Role.DIALOG, Atspi.Role.ALERT) and is_seen(n)]
        return [n for n in [*inside, *children(self.app)] if n != self.frame]

    def others(self):
        """The dialogs that are in sight."""
        return [n for n in self.dialogs() if is_seen(n)]

    def other_window(self):
        """A dialog over the window; the last one that was opened."""
        return wait_for("another window", lambda: self.dialogs()[-1:])[0]

    def close_others(self):
        """The dialogs over the window, which take the mouse."""
        for window in reversed(self.others()):
            if window in children(self.app):
                self.action("window.close", window)
            else:
                self.action("sheet.close", next(n for n in walk(window) if "sheet.close" in actions_of(n)))
        wait_for("the window alone", lambda: not self.others())

    def change_window(self, words):
        """The program puts another window with these words in place of the one that there was."""
        def has_words(window):
            return any(words in label_of(n) for n in walk(window))

        self.frame = wait_for(f"window with “{words}”", lambda: next(
            (n for n in children(self.app) if n != self.frame and has_words(n)), None))

    def action(self, name, window=None):
        """An action of the window, such as "win.new-note"."""
        def run():
            iface = (window or self.frame).get_action_iface()
            for i in range(iface.get_n_actions()):
                if iface.get_action_name(i) == name:
                    return iface.do_action(i)
            return None
        wait_for(f"action {name}", run)

    def quit(self):
        """As the person closes the window."""
        try:
            self.action("window.close")
        except AttributeError:  # the window went away before it could answer
            pass
        assert self.process.wait(DEADLINE_S) == 0, "the program did not end well"


def mouse(x, y, what, window):
    """At a place of the window, which without a window manager lies in the screen's corner. GTK 4.18 counts from
    inside its border, twice."""
    border = -2 * extents(window).x
    Atspi.generate_mouse_event(x + border, y + border, what)


def click(node):
    assert node.get_action_iface().do_action(0)


def type_into(node, text):
    assert node.get_editable_text_iface().set_text_contents(text)
