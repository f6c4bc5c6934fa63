# SPDX-License-Identifier: Apache-2.0
"""specialist.py PROGRAM CLI MAKE-MODEL: a specialist's life in the window. A model is imported and learns, the
program is killed meanwhile and goes on with it, the verdict is read, the specialist is asked in a chat and again for
what is like it; and so is one of the built-in model that the command line trained. Speaks TAP."""

import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path[1:1] = [os.path.join(os.path.dirname(__file__), *folder) for folder in (("..",), ("..", "docs"))]

import audit
import cli
import drive
from desktop import Atspi, Program, bare, click, is_seen, label_of, text_of, wait_for, walk
from sight import DOWN, RETURN, TAB, parts

ORDERS = (("please buy the lamp", "sales"), ("I return the broken chair", "refund"), ("where is my parcel", "post"))
LESSONS = [(f"{words} {i % 7} of {i} and tell me when the harbour office opens again in the morning", label)
           for i in range(60) for words, label in ORDERS]
ROLES = Atspi.Role
MOST_TABS = 12


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Life(audit.Audit):
    """The program, and a person's hands on it."""

    def label(self, begins):
        """In sight; (nullable)"""
        return next((n for n in walk(self.tinylm.frame) if n.get_role() in (ROLES.LABEL, ROLES.STATUS_BAR)
                     and label_of(n).startswith(begins) and is_seen(n)), None)

    def learns(self):
        self.tinylm.action("win.show-specialists")
        self.mouse(self.part("Lessons", (ROLES.LIST_ITEM,)))
        self.mouse(self.part("Train…"))
        self.tinylm.wait_words("going by a step tried just now")
        self.mouse(next(part for part in parts(self.tinylm.frame, self.tinylm.frame)
                        if bare(part.name).startswith("Model That Learns")))
        for key in (DOWN, RETURN):
            self.keyboard.press(key)
        wait_for("another model", lambda: self.label("Little") and not self.label("meeny\n"))
        self.tinylm.wait_words("going by a step tried just now")
        click(self.part("Start Training").node)
        wait_for("a step", lambda: self.label("Step "))

    def goes_on_when_killed(self):
        self.tinylm.process.kill()
        self.tinylm.process.wait()
        self.tinylm = Program(self.program)
        self.tinylm.action("win.show-specialists")
        wait_for("the training", lambda: self.label("Interrupted"))
        self.mouse(next(part for part in parts(self.tinylm.frame, self.tinylm.frame)
                        if part.role == ROLES.LIST_ITEM and bare(part.name).startswith("Lessons")))
        click(self.part("Resume").node)
        wait_for("a step", lambda: self.label("Step ") or self.label("Learned."))
        audit.hurry(self.tinylm)
        self.tinylm.wait_words("With the Specialist")
        listed = [json.loads(line) for line in output(self.cli, "specialists", "list", "--json").splitlines()]
        little = next(entry for entry in listed if entry["name"] == "Lessons")
        assert "Little" in little["base"], little
        if self.label("It did not win"):
            click(self.part("Use Anyway").node)
            self.tinylm.wait_words("You use it although it did not win")

    def is_asked(self, name, base):
        """By the keyboard; what it said it says again for a message like that one."""
        text = f"{ORDERS[0][0]} 3 for {name}"
        drive.says(self.tinylm, text, drive.new_chat(self.tinylm))
        self.tinylm.wait_words("Answered by")
        self.mouse(self.part("Why This Tool, and Others"))
        for _ in range(MOST_TABS):
            if bare(self.keyboard.press(TAB).get_name()) == f"Ask “{name}”":
                break
        assert bare(self.keyboard.focus.get_name()) == f"Ask “{name}”", "no key leads to the specialist"
        self.keyboard.press(RETURN)
        line = self.tinylm.wait_words("You chose it.")
        assert f"Answered by {base} with {name}" in label_of(line), label_of(line)
        self.tinylm.wait_words("sales")
        self.mouse(self.part("Why This Tool, and Others"))
        self.act("route.teach")
        window = self.tinylm.other_window()
        wait_for("the label alone, to be corrected", lambda: any(
            text_of(n) == "sales" and n.get_role() == ROLES.TEXT for n in walk(window)))
        self.tinylm.close_others()
        drive.says(self.tinylm, f"{text} again")
        line = self.tinylm.wait_words(f"You chose it for “{text}”")
        assert f"Answered by {base} with {name}" in label_of(line), label_of(line)


def add_models(command, make_model, folder):
    """Little, of random weights, as someone imports one; and Mine, a specialist of meeny, which is on."""
    little, data, mine = (pathlib.Path(folder, name) for name in ("Little.gguf", "mine.jsonl", "Mine.gguf"))
    output(make_model, "tiny", "Q8_0", little)
    output(command, "models", "import", little)
    data.write_text("\n".join(json.dumps({"input": words, "output": label}) for words, label in LESSONS[:60]))
    output(command, "train", "--data", data, "--base", "meeny", "--out", mine, "--epochs", "6")
    output(command, "specialists", "import", mine)
    output(command, "specialists", "on", "Mine")


def main():
    program, command, make_model = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        add_models(command, make_model, folder)
        audit.LESSONS = LESSONS
        audit.add_lessons(command)
        life = Life(program, command, "")
        status = cli.run([
            ("an imported model learns", life.learns),
            ("what was begun goes on when the program was killed", life.goes_on_when_killed),
            ("a specialist of an imported model answers", functools.partial(life.is_asked, "Lessons", "Little")),
            ("a specialist of the built-in model answers", functools.partial(life.is_asked, "Mine", "meeny")),
        ])
        life.tinylm.process.terminate()
        life.tinylm.process.wait()
    return status


if __name__ == "__main__":
    sys.exit(main())
