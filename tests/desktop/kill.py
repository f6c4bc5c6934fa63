# SPDX-License-Identifier: Apache-2.0
"""kill.py TINYLM: the window is killed while a person types, KILLS times, at moments that are the
same in each run with the same SEED. A draft and a note lack no more than what was typed in the
last KEPT_S seconds, whether or not the person ever paused; the database is whole and nothing is
left beside it."""

import contextlib
import os
import random
import sqlite3
import sys
import time

from desktop import Atspi, Program

KILLS = int(os.environ.get("KILLS", "3"))
KEPT_S = 1.0   # half a second until it is saved, and the saving
SLACK_S = 3.0  # other programs on the same processors
MOMENTS_S = (6.0, 10.0)  # later than what may be lost
KEY_S = 0.04   # a fast typist: never half a second without a letter


class Typist:
    """Types versions of a text, each one letter longer, and remembers when."""

    def __init__(self, editor, number):
        """The text begins with the number, so that no other text is taken for it."""
        self.editor, self.text, self.times = editor.get_editable_text_iface(), "", [(0, "")]
        self.begin = f"{number}: "

    def type(self):
        at = len(self.text)
        letter = self.begin[at] if at < len(self.begin) else "abcdefghij "[at % 11]
        assert self.editor.insert_text(len(self.text), letter, 1)
        self.text += letter
        self.times.append((time.monotonic(), self.text))

    def lost_s(self, there, killed):
        """How long ago the first letter was typed that is not there."""
        assert self.text.startswith(there), f"“{there[:40]}” was never typed"
        for when, text in self.times:
            if len(text) > len(there):
                return killed - when
        return 0.0


def editor(tinylm, kind):
    if kind == "note":
        tinylm.action("win.new-note")
        return tinylm.wait(Atspi.Role.TEXT, "Note text")
    tinylm.action("win.new-chat")
    return tinylm.wait(Atspi.Role.TEXT, "Message")


def read(database, kind):
    """As the next start reads it: with what is in the log."""
    with contextlib.closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        row = db.execute("SELECT draft FROM chats ORDER BY id DESC" if kind == "chat"
                         else "SELECT text FROM notes ORDER BY id DESC").fetchone()
    return row[0] if row else ""


def kill_once(program, database, rng, number):
    kind = ("note", "chat")[number % 2]
    tinylm = Program(program)
    typist = Typist(editor(tinylm, kind), number)
    end = time.monotonic() + rng.uniform(*MOMENTS_S)
    while time.monotonic() < end:
        typist.type()
        time.sleep(KEY_S)
    tinylm.process.kill()
    killed = time.monotonic()
    tinylm.process.wait()
    lost = typist.lost_s(read(database, kind), killed)
    assert lost < KEPT_S + SLACK_S, f"{lost:.2f} s of a {kind} are lost"
    known = {"tinylm.db", "tinylm.db-wal", "tinylm.db-shm", "tinylm.db.lock", "models", "backups"}
    assert set(os.listdir(os.path.dirname(database))) <= known
    return lost


def main(program):
    database = os.path.join(os.environ["XDG_DATA_HOME"], "tinylm", "tinylm.db")
    rng = random.Random(int(os.environ.get("SEED", "8")))
    print("1..1", flush=True)
    losses = [kill_once(program, database, rng, i) for i in range(KILLS)]
    print(f"# {KILLS} kills cost at most {max(losses):.2f} s of typing")
    print("ok 1 - keeps what is typed when killed")


if __name__ == "__main__":
    main(sys.argv[1])
