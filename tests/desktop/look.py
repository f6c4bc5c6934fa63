# SPDX-License-Identifier: Apache-2.0
"""look.py PROGRAM [--keep]: the pages that show neither time nor figures look as they are known to, in
three forms. Of each a picture of 64 by 48 shades of grey is kept, in looks.txt, a line each; a page whose
picture differs is left in the current folder beside what was expected, both as pictures. Speaks TAP.

--keep: what there is now becomes what is expected. Only for libadwaita 1.2 with the fonts of app/build:
another version draws otherwise."""

import base64
import os
import pathlib
import sys
import zlib

from desktop import Atspi, Program
from screen import Screen, is_under_a_display, prepare, run_in_form
from gi.repository import GdkPixbuf, GLib

WIDTH, HEIGHT = 64, 48
# Of 255 shades. Measured on Debian 12: the same build again 0; a button that is gone or 40 pixels of margin
# too many, on each of these pages and in each form: 66 to 213.
TOLERANCE = 24
FORMS = ["light", "mirrored", "narrow-dark"]
PLACES = [("win.show-todo", "Nothing to Do"), ("win.show-bin", "The Bin Is Empty"),
          ("win.show-licenses", "Add a Key")]
KEPT = pathlib.Path(__file__).resolve().parent / "looks.txt"


def read_kept():
    if not KEPT.exists():
        return {}
    return {name: zlib.decompress(base64.b85decode(data))
            for name, data in (line.split() for line in KEPT.read_text().splitlines())}


def keep(name, grey):
    """In its place among the others."""
    kept = {**read_kept(), name: grey}
    KEPT.write_text("".join(f"{n} {base64.b85encode(zlib.compress(kept[n], 9)).decode()}\n"
                            for n in sorted(kept)))


def reduced(picture):
    small = picture.scale_simple(WIDTH, HEIGHT, GdkPixbuf.InterpType.BILINEAR)
    rows, stride = small.get_pixels(), small.get_rowstride()
    cells = (rows[y * stride + 3 * x:][:3] for y in range(HEIGHT) for x in range(WIDTH))
    return bytes(sum(cell) // 3 for cell in cells)


def save(grey, path):
    rgb = GLib.Bytes.new(bytes(value for value in grey for _ in range(3)))
    GdkPixbuf.Pixbuf.new_from_bytes(rgb, GdkPixbuf.Colorspace.RGB, False, 8, WIDTH, HEIGHT, 3 * WIDTH) \
        .scale_simple(8 * WIDTH, 8 * HEIGHT, GdkPixbuf.InterpType.NEAREST).savev(path, "png", [], [])


def differences(name, picture, kept):
    """What to say of a page, if anything."""
    now = reduced(picture)
    if name not in kept:
        return f"{name} was never kept: look.py --keep"
    worst = max(range(len(now)), key=lambda i: abs(now[i] - kept[name][i]))
    amount = abs(now[worst] - kept[name][worst])
    if amount <= TOLERANCE:
        return None
    picture.savev(f"{name}-is.png", "png", [], [])
    save(now, f"{name}-is-small.png")
    save(kept[name], f"{name}-was-small.png")
    return (f"{name} differs by {amount} shades at {100 * (worst % WIDTH) // WIDTH} % of its width and "
            f"{100 * (worst // WIDTH) // HEIGHT} % of its height: see {name}-*.png in {os.getcwd()}")


def pages(program):
    """(name, picture) of each."""
    tinylm, screen = Program(program), Screen()
    Atspi.generate_mouse_event(0, 0, "abs")  # where it points at nothing
    tinylm.wait_words("Welcome to TinyLM")
    yield "first-run", screen.still()
    for action, words in PLACES:
        tinylm.action(action)
        tinylm.wait_words(words)
        yield action.removeprefix("win.show-"), screen.still()
    tinylm.process.terminate()
    tinylm.process.wait()


def look(program, form, keeping):
    prepare()
    kept, failed = read_kept(), 0
    for i, (page, picture) in enumerate(pages(program)):
        name = f"{form}-{page}"
        if keeping:
            keep(name, reduced(picture))
            continue
        fault = differences(name, picture, kept)
        failed += fault is not None
        print(f"{'not ok' if fault else 'ok'} {FORMS.index(form) * (1 + len(PLACES)) + i + 1} - "
              f"{page} looks as it did, in the form {form}", flush=True)
        if fault:
            print(f"# {fault}", flush=True)
    return 1 if failed else 0


def main():
    program, keeping = sys.argv[1], "--keep" in sys.argv
    if is_under_a_display():
        return look(program, os.environ["FORM"], keeping)
    print(f"1..{len(FORMS) * (1 + len(PLACES))}", flush=True)
    results = []
    for form in FORMS:
        os.environ["FORM"] = form
        results.append(run_in_form(form, __file__, *sys.argv[1:]))
    return 77 if 77 in results else max(results)


if __name__ == "__main__":
    sys.exit(main())
