# SPDX-License-Identifier: Apache-2.0
"""suspend.py TINYLM TINYLM-CLI MAKE-MODEL SLEEP: the machine sleeps for hours while the window writes an answer, trains,
or waits. Both come to what they would have come to, the lists say what day it is, and what is encrypted has been locked
meanwhile. A clock that is set back puts nothing out of order. SLEEP is the library of sleep.c. Speaks TAP."""

import contextlib
import datetime
import functools
import mmap
import os
import pathlib
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

sys.path[1:1] = [os.path.join(os.path.dirname(__file__), *folder) for folder in (("..",), ("..", "docs"))]

from gi.repository import Gio

import audit
import cli
import vault
from desktop import Atspi, bare, click, is_item, label_of, name_of_item, text_of, type_into, wait_for, walk
from drive import new_chat, press, says
from specialist import LESSONS

AWAY_S = 3.0  # stopped: longer than anything in the program waits for a thread
# All begins at that hour, so that a night is over one midnight, and the day and night behind it end before another.
MORNING, HOUR_S, NIGHT_HOURS, DAY_HOURS = 10, 3600, 30, 24
LOCK_MINUTES = 120
# The training's own estimate for these lessons is some minutes on a busy machine; a night is 1800.
MINUTES_MAX = 120
QUESTION = "Write a long story about a harbour"
WEEKDAYS = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
Role = Atspi.Role


def until_morning_s():
    """Seconds to the next one."""
    now = datetime.datetime.now()
    morning = now.replace(hour=MORNING, minute=0, second=0)
    return int((morning - now).total_seconds()) % (24 * HOUR_S)


class Machine(audit.Audit):
    """The window, and clocks that go on while it is stopped."""

    def __init__(self, program, command, library, folder):
        path = pathlib.Path(folder, "ahead")
        path.write_bytes(struct.pack("q", until_morning_s()))
        with open(path, "r+b") as file:
            self.ahead = mmap.mmap(file.fileno(), 0)
        os.environ.update(TINYLM_TEST_SLEEP=str(path), LD_PRELOAD=library)
        super().__init__(program, command, frozenset())
        del os.environ["LD_PRELOAD"]
        self.store = os.path.join(os.environ["XDG_DATA_HOME"], "tinylm", "tinylm.db")

    def sleep(self, hours=NIGHT_HOURS):
        """Negative: the clock is set back."""
        self.tinylm.process.send_signal(signal.SIGSTOP)
        time.sleep(AWAY_S)
        self.ahead[:] = struct.pack("q", struct.unpack("q", self.ahead[:])[0] + hours * HOUR_S)
        self.tinylm.process.send_signal(signal.SIGCONT)

    def ask_store(self, sql, *args):
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as db:
            return db.execute(sql, args).fetchall()

    def rows(self, kind):
        """Of the list, from the top: each name, and what else is said of it."""
        items = wait_for(f"list of {kind}", lambda: next(
            (n for n in walk(self.tinylm.frame) if n.get_role() == Role.LIST and bare(n.get_name()) == kind), None))
        return [(name_of_item(n), {bare(text_of(part)) for part in walk(n)}) for n in walk(items) if is_item(n)]

    def headings(self, kind):
        return [word for _, words in self.rows(kind) for word in words
                if word in {"Today", "Yesterday"} | WEEKDAYS]

    def label(self, begins):
        return next((label_of(n) for n in walk(self.tinylm.frame) if label_of(n).startswith(begins)), None)


def set_value(window, name, value):
    """Of a field for a number."""
    box = wait_for(f"field {name}", lambda: next(
        (n for n in walk(window) if n.get_role() == Role.SPIN_BUTTON and bare(n.get_name()) == name), None))
    assert Atspi.Value.set_current_value(box.get_value_iface(), value)


def answer(machine, meanwhile=lambda: None):
    """Of the model in a new chat, from the same seed each time: what it wrote in the end."""
    done = "SELECT text FROM messages WHERE role = 1 AND state = 0"
    n = len(machine.ask_store(done))
    page = new_chat(machine.tinylm)
    press(page, "chat.settings")
    window = machine.tinylm.other_window()
    set_value(window, "Seed", 7)
    set_value(window, "Longest Answer", 400)
    machine.tinylm.close_others()
    says(machine.tinylm, QUESTION, page)
    machine.tinylm.wait(Role.PUSH_BUTTON, "Stop")
    meanwhile()
    return wait_for("the whole answer", lambda: machine.ask_store(f"{done} LIMIT 1 OFFSET ?", n))[0][0]


def an_answer_goes_on(machine):
    whole = answer(machine)

    def sleeps():
        before = len(machine.ask_store("SELECT 1 FROM messages WHERE role = 1 AND state = 0"))
        machine.sleep()
        assert before == 1, "the answer was there already"

    slept = answer(machine, sleeps)
    same = os.path.commonprefix([whole, slept])
    assert len(whole) > 100 and slept == whole, (whole[:len(same) + 40], slept[:len(same) + 40],
                                                 machine.ask_store("SELECT id, seed, max_tokens FROM chats"))


def the_lists_say_what_day_it_is(machine):
    """Nothing else happens that would make them."""
    wait_for("yesterday's chats", lambda: machine.headings("Chats") == ["Yesterday"])
    machine.sleep(DAY_HOURS)
    wait_for("the day", lambda: len(machine.headings("Chats")) == 1 and machine.headings("Chats")[0] in WEEKDAYS)


def a_training_goes_on(machine):
    machine.tinylm.action("win.show-specialists")
    machine.mouse(machine.part("Lessons", (Role.LIST_ITEM,)))
    machine.mouse(machine.part("Train…"))
    machine.tinylm.wait_words("going by a step tried just now")
    click(machine.part("Start Training").node)
    wait_for("an estimate", lambda: " left" in (machine.label("Step ") or ""))
    machine.sleep()
    before = int(re.search(r"\d+", machine.label("Step ")).group())
    said = wait_for("a step", lambda: next(
        (line for line in [machine.label("Step ") or ""] if re.search(r"\d+", line)
         and int(re.search(r"\d+", line).group()) > before), None))
    minutes = re.search(r"about (\d+) minute", said)
    assert minutes is None or int(minutes.group(1)) < MINUTES_MAX, said
    audit.hurry(machine.tinylm)
    machine.tinylm.wait_words("With the Specialist")
    for _ in range(3):
        machine.tinylm.action("win.escape")


def write(machine, words):
    machine.tinylm.action("win.new-note")
    editor = machine.tinylm.wait(Role.TEXT, "Note text")
    wait_for("an empty editor", lambda: editor.get_state_set().contains(Atspi.StateType.EDITABLE)
             and not text_of(editor))
    type_into(editor, words)
    wait_for("the note in the list", lambda: words in [name for name, _ in machine.rows("Notes")])


def what_is_newest_stands_on_top(machine):
    """By the times that a clock told which was set back meanwhile, and by that of today."""
    for words, hours in (("First", -2 * DAY_HOURS), ("Second", 2 * DAY_HOURS), ("Third", 0)):
        write(machine, words)
        machine.sleep(hours)
    wait_for("the notes in their order",
             lambda: [name for name, _ in machine.rows("Notes")] == ["Third", "First", "Second"])
    headings = machine.headings("Notes")
    assert len(headings) == 2 and headings[0] == "Today" and headings[1] in WEEKDAYS, headings


def what_is_encrypted_is_locked(machine):
    machine.tinylm.action("win.show-privacy")
    vault.encrypts(machine.tinylm)
    vault.has_kept_the_code(machine.tinylm)
    settings = Gio.Settings.new("com.sprapp.TinyLM")
    settings.set_double("lock-idle-minutes", LOCK_MINUTES)
    Gio.Settings.sync()
    machine.tinylm.action("win.escape")
    machine.sleep(1)
    write(machine, "Still open")
    machine.sleep(LOCK_MINUTES // 60 + 1)
    machine.tinylm.change_window("TinyLM Is Locked")


ACTS = [an_answer_goes_on, the_lists_say_what_day_it_is, a_training_goes_on, what_is_newest_stands_on_top,
        what_is_encrypted_is_locked]


def main():
    program, command, make_model, library = sys.argv[1:5]
    with tempfile.TemporaryDirectory(prefix="tinylm-suspend-") as folder:
        model = os.path.join(folder, "Slow.gguf")  # so that an answer takes seconds
        subprocess.run([make_model, "smollm2-135m", "Q4_0", model], check=True, stdout=subprocess.DEVNULL)
        audit.LESSONS = LESSONS
        audit.add_lessons(command)
        settings = Gio.Settings.new("com.sprapp.TinyLM")
        settings.set_string("chat-model-path", model)
        Gio.Settings.sync()
        machine = Machine(program, command, library, folder)
        status = cli.run([(act.__name__.replace("_", " "), functools.partial(act, machine)) for act in ACTS])
        machine.tinylm.process.terminate()
        machine.tinylm.process.wait()
    return status


if __name__ == "__main__":
    sys.exit(main())
