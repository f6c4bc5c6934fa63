# SPDX-License-Identifier: Apache-2.0
"""screenshots.py PROGRAM FOLDER: takes the pictures of the listing, of the real window with the sample
note in it. Debian's Python runs it; TINYLM_DATA_DIR and GSETTINGS_SCHEMA_DIR say where a program that is
not installed finds what belongs to it."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/desktop"))
import drive  # noqa: E402
from desktop import Atspi, Program  # noqa: E402
from screen import Screen, is_under_a_display, prepare, run_in_form  # noqa: E402

SIZES = {"light": "1000x700x24", "dark": "1000x700x24", "narrow": "360x700x24"}  # as the metainfo says
SETTLED_S = 1.5  # the bar of a scroller goes


def shows_a_note(tinylm):
    tinylm.action("win.new-sample")
    tinylm.wait_words("Chosen by eeny")


def shows_the_proof(tinylm):
    tinylm.action("win.show-privacy")
    tinylm.wait_words("The kernel refuses them all")


ACTS = {"light": [("note", shows_a_note), ("chat", drive.answers_in_a_chat), ("privacy", shows_the_proof)],
        "dark": [("dark", shows_a_note)],
        "narrow": [("narrow", shows_a_note)]}


def main():
    program, folder, form = sys.argv[1:4] if is_under_a_display() else [*sys.argv[1:3], None]
    if form is None:
        return max(run_in_form(name, __file__, program, folder, name, size=size)
                   for name, size in SIZES.items())
    prepare()
    tinylm, screen = Program(program), Screen(SETTLED_S)
    Atspi.generate_mouse_event(0, 0, "abs")
    for name, act in ACTS[form]:
        act(tinylm)
        screen.still().savev(os.path.join(folder, name + ".png"), "png", [], [])
    tinylm.process.terminate()
    tinylm.process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
