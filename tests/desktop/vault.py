# SPDX-License-Identifier: Apache-2.0
"""What a person does on the Privacy page with what is kept: encrypt it, lock, unlock, export, erase.
Files go where the file chooser was told, which is looked at on the disk."""

import os
import zipfile

from desktop import Atspi, bare, click, extents, label_of, mouse, type_into, wait_for, walk

PASSPHRASE = "correct horse battery"
MARGIN = 20  # pixels inside what is clicked
HEADER, TOAST = 60, 90  # what may lie over the page


def button(top, name):
    """A button that can be pressed; GTK 4.8 names one that has a mnemonic twice."""
    return wait_for(f"button {name}", lambda: next(
        (n for n in walk(top) if n.get_role() == Atspi.Role.PUSH_BUTTON
         and bare(n.get_name()).endswith(name) and n.get_state_set().contains(Atspi.StateType.SENSITIVE)), None))


def fill(top, name, text):
    type_into(wait_for(f"field {name}", lambda: next(
        (n for n in walk(top) if n.get_editable_text_iface() is not None and bare(n.get_name()) == name), None)), text)


def unfold(tinylm, title):
    """By mouse: GTK 4.8 offers no action on such a row."""
    row = tinylm.wait_words(title)
    window = extents(tinylm.frame)

    seen = None

    def is_in_sight():
        """And scrolls no more."""
        nonlocal seen
        place, before = extents(row), seen
        seen = place.y
        if HEADER < place.y < window.height - TOAST - place.height:
            return place if place.y == before else None
        mouse(place.x, window.height // 2, "b4c" if place.y <= HEADER else "b5c", tinylm.frame)  # the wheel
        return None

    place = wait_for(f"{title} in sight", is_in_sight)
    mouse(place.x + MARGIN, place.y + place.height // 2, "b1c", tinylm.frame)


def says(tinylm, words):
    """Whatever the role: an alert is no label."""
    wait_for(f"“{words}”", lambda: any(words in label_of(n) for n in walk(tinylm.frame)))


def saves_as(tinylm, path):
    dialog = tinylm.other_window()
    fill(dialog, "Name:", path)
    click(button(dialog, "Save"))
    wait_for(path, lambda: os.path.exists(path) and os.path.getsize(path))


def encrypts(tinylm):
    unfold(tinylm, "Encrypt With a Passphrase")
    fill(tinylm.frame, "Passphrase (8+ Characters)", PASSPHRASE)
    fill(tinylm.frame, "Repeat the Passphrase", PASSPHRASE)
    click(button(tinylm.frame, "Encrypt"))
    says(tinylm, "Everything is encrypted from now on")


def has_kept_the_code(tinylm):
    """Without which the window stays, and is not locked."""
    click(button(tinylm.frame, "I Have Kept the Code"))
    wait_for("the code put away", lambda: not any(
        "Everything is encrypted from now on" in label_of(n) for n in walk(tinylm.frame)))


def saves_the_recovery_sheet(tinylm, path):
    """Gives the code that stands in it."""
    click(button(tinylm.frame, "Save the Recovery Sheet"))
    saves_as(tinylm, path)
    says(tinylm, "The recovery sheet is saved")
    assert os.stat(path).st_mode & 0o077 == 0, "others may read the recovery sheet"
    with open(path, encoding="utf-8") as sheet:
        return next(line.strip() for line in sheet if line.startswith("    "))


def exports(tinylm, path, title):
    """What is exported holds the note of that title."""
    click(button(tinylm.frame, "Export…"))
    saves_as(tinylm, path)
    wait_for("a whole archive", lambda: zipfile.is_zipfile(path))
    with zipfile.ZipFile(path) as file:
        assert any(title in file.read(name).decode() for name in file.namelist()), file.namelist()


def locks_and_unlocks(tinylm, secret, title):
    click(button(tinylm.frame, "Lock Now"))
    tinylm.change_window("TinyLM Is Locked")
    assert not any(title in label_of(n) for n in walk(tinylm.frame)), "a locked window shows a title"
    fill(tinylm.frame, "Passphrase or Recovery Code", secret)
    click(button(tinylm.frame, "Unlock"))
    tinylm.change_window("Search notes and chats")
    tinylm.list_notes()
    tinylm.wait_words(title)


def erases(tinylm):
    unfold(tinylm, "Erase Everything")
    fill(tinylm.frame, "To Confirm, Type: erase", "erase")
    click(button(tinylm.frame, "Erase Everything"))
    tinylm.change_window("Welcome to TinyLM")
