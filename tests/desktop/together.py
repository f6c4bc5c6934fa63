# SPDX-License-Identifier: Apache-2.0
"""together.py TINYLM TINYLM-CLI CHATS: two windows on one store, as they are where no D-Bus, or one each, keeps them
from being one. What one of them writes, or tinylm-cli, comes to the other by itself, and what both wrote is
kept. Speaks TAP."""

import os
import subprocess
import sys
import traceback

from gi.repository import Gio

from desktop import Atspi, Program, is_item, items, name_of_item, text_of, type_into, wait_for, walk
from drive import press


def start_apart(program):
    """A window that shares the accessibility bus with the first, and no session bus. Returns: it, and its bus"""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    os.environ["AT_SPI_BUS_ADDRESS"] = bus.call_sync(
        "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
        Gio.DBusCallFlags.NONE, -1).unpack()[0]
    own = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"],
                           stdout=subprocess.PIPE, text=True)
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = own.stdout.readline().strip()
    return Program(program), own


def open_row(window, name):
    press(wait_for(f"row “{name}”", lambda: items(window).get(name)), "item.open")


def has_text(window, name, text):
    view = window.wait(Atspi.Role.TEXT, name)
    wait_for(f"“{text}”", lambda: text_of(view) == text)
    return view


def notes_come_to_the_other(first, second):
    first.action("win.new-note")
    editor = has_text(first, "Note text", "")
    type_into(editor, "# Fair\n\nBegun.")
    open_row(second, "Fair")
    has_text(second, "Note text", "# Fair\n\nBegun.")
    type_into(editor, "# Fair\n\nBegun, and more.")
    has_text(second, "Note text", "# Fair\n\nBegun, and more.")


def both_texts_of_a_note_are_kept(first, second):
    """Both type before either has seen what the other wrote."""
    type_into(first.wait(Atspi.Role.TEXT, "Note text"), "# From here")
    type_into(second.wait(Atspi.Role.TEXT, "Note text"), "# From there")
    for window in first, second:
        wait_for("both notes", lambda w=window: {"From here", "From there"} <= set(items(w)))


def a_note_in_the_bin_can_be_taken_back(first, second):
    open_row(first, "From here")
    open_row(second, "From here")
    has_text(second, "Note text", "# From here")
    first.action("win.trash")
    second.wait_words("moved to the bin in another window")
    wait_for("a list without it", lambda: "From here" not in items(second))
    press(second.wait(Atspi.Role.PUSH_BUTTON, holds="Undo"), "click")
    for window in first, second:
        wait_for("the note again", lambda w=window: "From here" in items(w))


def closed_chat(window):
    """(nullable): of two new ones, of which the other is open."""
    rows = [n for n in walk(window.frame) if is_item(n) and name_of_item(n) == "New Chat"]
    closed = [n for n in rows if not n.get_parent().get_state_set().contains(Atspi.StateType.SELECTED)]
    return closed[0] if (len(rows), len(closed)) == (2, 1) else None


def a_chat_is_one_in_both(first, second):
    first.action("win.new-chat")
    composer = first.wait(Atspi.Role.TEXT, "Message")
    type_into(composer, "Is this a draft?")
    second.action("win.new-chat")  # which shows the list of chats
    has_text(second, "Message", "")
    press(wait_for("the chat of the first", lambda: closed_chat(second)), "item.open")
    has_text(second, "Message", "Is this a draft?")
    type_into(composer, "2 + 2")
    has_text(second, "Message", "2 + 2")
    press(first.wait(Atspi.Role.PUSH_BUTTON, "Send"), "click")
    has_text(second, "Message", "")
    second.wait_words("2 + 2")
    second.wait_words("Answered by")


def what_the_command_line_brings_is_listed(first, second, cli, chats):
    before = len(items(second))
    subprocess.run([cli, "chats", "import", chats], check=True, stdout=subprocess.DEVNULL)
    wait_for("the imported chats", lambda: len(items(second)) > before)


def settings_are_kept_without_a_bus(program):
    for name in "DBUS_SESSION_BUS_ADDRESS", "GSETTINGS_BACKEND":
        os.environ.pop(name, None)
    config = os.path.join(os.environ["XDG_CONFIG_HOME"], "alone")
    os.environ["XDG_CONFIG_HOME"] = config
    window = Program(program)
    window.action("win.show-privacy")
    window.wait_words("Privacy")
    window.quit()
    with open(os.path.join(config, "glib-2.0", "settings", "keyfile"), encoding="utf-8") as file:
        assert "privacy" in file.read()


def main():
    program, cli, chats = sys.argv[1:4]
    first = Program(program)
    second, bus = start_apart(program)
    acts = [(notes_come_to_the_other, ()), (both_texts_of_a_note_are_kept, ()),
            (a_note_in_the_bin_can_be_taken_back, ()), (a_chat_is_one_in_both, ()),
            (what_the_command_line_brings_is_listed, (cli, chats))]
    print(f"1..{len(acts) + 1}", flush=True)
    failed = 0
    for i, (act, args) in enumerate(acts, 1):
        try:
            act(first, second, *args)
            good = True
        except Exception:  # the next act may say more
            traceback.print_exc()
            good = False
        failed += not good
        print(f"{'ok' if good else 'not ok'} {i} - {act.__name__.replace('_', ' ')}", flush=True)
    first.quit()
    second.quit()
    settings_are_kept_without_a_bus(program)
    bus.kill()
    bus.wait()
    print(f"ok {len(acts) + 1} - both end well, and one without a bus", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
