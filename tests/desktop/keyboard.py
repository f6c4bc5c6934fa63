# SPDX-License-Identifier: Apache-2.0
"""keyboard.py TINYLM: once round the window by keyboard alone: its panes, its lists and what is deleted from them,
a search, every page. What has the keyboard is always known, and in sight. Speaks TAP."""

import sys
import traceback

from desktop import Atspi, Program, bare, extents, is_seen, items, text_of, type_into, wait_for, walk
from drive import parents
from sight import DELETE, DOWN, ESCAPE, F6, F10, LETTER_Z, RETURN, UP, Keyboard

Role, State = Atspi.Role, Atspi.StateType
PAGES = "Bin", "Privacy", "Licenses", "Specialists", "Models", "To Do", "Help"
NOTES = "First", "Second", "Third"


def plays(node, role):
    """A button that opens a menu is a toggle button to newer GTK."""
    return node.get_role() in ((role, Role.TOGGLE_BUTTON) if role == Role.PUSH_BUTTON else (role,))


class Walk:
    """The program, and the keyboard in it."""

    def __init__(self, path):
        self.tinylm, self.keyboard = Program(path), Keyboard()

    def focus(self, window=None):
        """Of the window, by its states: an event may be of what has gone since."""
        return next((n for n in walk(window or self.tinylm.frame)
                     if n.get_state_set().contains(State.FOCUSED) and is_seen(n)), None)

    def at(self, role, name=None, window=None):
        """Waits until such a node has the keyboard. Returns it."""
        def found():
            node = self.focus(window)
            good = node is not None and plays(node, role) and (name is None or name in bare(node.get_name()))
            return node if good else None

        try:
            return wait_for(f"keyboard at {role.value_nick} {name or ''}", found)
        except AssertionError as error:
            node = self.focus(window)
            raise AssertionError(f"{error}: it is at {node and (node.get_role_name(), node.get_name())}") from error

    def notes(self):
        return set(items(self.tinylm))

    def choose(self, item):
        """Of the main menu."""
        self.keyboard.press(F10)
        self.at(Role.MENU_ITEM)
        for _ in range(30):
            if item in bare(self.focus().get_name()):
                break
            self.keyboard.press(DOWN)
        self.keyboard.press(RETURN)

    def is_beside(self, node):
        """Whether there is one, in the page and not in the sidebar."""
        return node is not None and extents(node).x > extents(self.tinylm.frame).width // 5


def writes(w):
    for name in NOTES:
        w.tinylm.action("win.new-note")
        editor = w.at(Role.TEXT, "Note text")
        # The one of the note before may still be there.
        wait_for("an empty editor", lambda: editor.get_state_set().contains(State.EDITABLE) and not text_of(editor))
        type_into(editor, f"{name} note")
        wait_for("the note in the list", lambda n=name: f"{n} note" in w.notes())


def goes_from_pane_to_pane(w):
    for shift, names in ((False, ("Summary Menu", "Third note", "Note text")),
                         (True, ("Third note", "Summary Menu", "Note text"))):
        for name in names:
            w.keyboard.press(F6, shift=shift)
            wait_for(name, lambda n=name: n in bare(w.focus().get_name()))


def finds_and_opens(w):
    w.tinylm.action("win.search")
    type_into(w.at(Role.ENTRY), "note")
    w.tinylm.wait(Role.LIST, "Search results")
    wait_for("three hits", lambda: len([n for n in walk(w.tinylm.find(Role.LIST, "Search results"))
                                        if n.get_role() == Role.LIST_ITEM]) >= len(NOTES))
    w.keyboard.press(DOWN)
    w.at(Role.LIST_ITEM)
    w.tinylm.action("win.search")
    w.at(Role.ENTRY)
    w.keyboard.press(ESCAPE)
    w.at(Role.ENTRY)  # the words have gone
    w.keyboard.press(ESCAPE)
    w.at(Role.TEXT, "Note text")


def deletes_and_takes_back(w):
    w.keyboard.press(F6, shift=True)
    w.at(Role.LIST_ITEM, "Third note")
    w.keyboard.press(DELETE)
    wait_for("two notes", lambda: w.notes() == {"First note", "Second note"})
    w.at(Role.LIST_ITEM)
    w.keyboard.press(LETTER_Z, control=True)
    wait_for("three notes", lambda: len(w.notes()) == len(NOTES))
    w.at(Role.LIST_ITEM)
    w.keyboard.press(UP)
    editor = w.tinylm.wait(Role.TEXT, "Note text")
    # Newer GTK opens the row that has the keyboard before it goes on, if none is open.
    if wait_for("an open note", lambda: text_of(editor)) == "Second note":
        w.keyboard.press(UP)
    w.at(Role.LIST_ITEM, "Third note")
    w.keyboard.press(RETURN)
    w.at(Role.TEXT, "Note text")


def goes_through_every_page(w):
    for page in PAGES:
        w.choose(page)
        wait_for(f"the keyboard in {page}", lambda: w.is_beside(w.focus()))
        w.keyboard.press(ESCAPE)
        w.at(Role.TEXT, "Note text")


def goes_through_the_chats(w):
    for words in "2 + 2", "3 + 3":
        w.tinylm.action("win.new-chat")
        wait_for("an empty chat", lambda: "New Chat" in w.notes())
        composer = w.at(Role.TEXT, "Message")
        type_into(composer, words)
        w.keyboard.press(RETURN)
        wait_for("the chat in the list", lambda n=words: n in w.notes())
    w.keyboard.press(F6, shift=True)
    w.at(Role.LIST_ITEM, "3 + 3")
    w.keyboard.press(DOWN)
    row = w.at(Role.LIST_ITEM, "2 + 2")  # opens the chat, and goes on from there
    assert "Chats" in [bare(p.get_name()) for p in parents(row)]
    w.keyboard.press(RETURN)
    w.at(Role.TEXT, "Message")


ACTS = [writes, goes_from_pane_to_pane, finds_and_opens, deletes_and_takes_back, goes_through_every_page,
        goes_through_the_chats]


def run(w, acts):
    """Returns: the exit status"""
    w.tinylm.wait_words("Welcome to TinyLM")
    print(f"1..{len(acts)}", flush=True)
    failed = 0
    for i, act in enumerate(acts, 1):
        try:
            act(w)
            good = True
        except Exception:  # the next act may say more
            traceback.print_exc()
            good = False
        failed += not good
        print(f"{'ok' if good else 'not ok'} {i} - {act.__name__.replace('_', ' ')}", flush=True)
    w.tinylm.quit()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run(Walk(sys.argv[1]), ACTS))
