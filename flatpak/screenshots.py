# SPDX-License-Identifier: Apache-2.0
"""screenshots.py PROGRAM FOLDER: takes the pictures of the listing, of the real window with the sample
note in it. Run it through tests/run-headless; it needs xdotool and ImageMagick's import."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/desktop"))
from desktop import Atspi, Program, click, type_into, wait_for, walk  # noqa: E402

SETTLED_S = "1.5"


def take(folder, name, size=(1000, 700)):
    window = subprocess.check_output(
        ["xdotool", "search", "--onlyvisible", "--class", "tinylm"], text=True).split()[-1]
    subprocess.run(["xdotool", "windowsize", window, *map(str, size)], check=True)
    subprocess.run(["sleep", SETTLED_S], check=True)
    subprocess.run(["import", "-window", window, os.path.join(folder, name + ".png")], check=True)


def shows_a_note(tinylm):
    tinylm.action("win.new-sample")
    keys = tinylm.wait(Atspi.Role.LIST, "Key points")
    wait_for("a key point", lambda: next(
        (n for n in walk(keys) if n.get_role() == Atspi.Role.LIST_ITEM), None))


def chats(tinylm):
    tinylm.action("win.new-chat")
    type_into(tinylm.wait(Atspi.Role.TEXT, "Message"), "Who are you?")
    click(wait_for("a send button that can be pressed", lambda: next(
        (n for n in walk(tinylm.frame) if n.get_name() == "Send"
         and n.get_state_set().contains(Atspi.StateType.SENSITIVE)), None)))
    tinylm.wait_words("Answered by")


def main():
    program, folder = sys.argv[1:3]
    tinylm = Program(program)
    shows_a_note(tinylm)
    take(folder, "note")
    take(folder, "narrow", (360, 700))
    chats(tinylm)
    take(folder, "chat")
    tinylm.action("win.show-privacy")
    take(folder, "privacy")
    tinylm.process.terminate()
    tinylm.process.wait()
    os.environ["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark"
    os.environ["XDG_DATA_HOME"] += "/dark"  # a second first day
    dark = Program(program)
    shows_a_note(dark)
    take(folder, "dark")
    dark.process.terminate()


if __name__ == "__main__":
    main()
