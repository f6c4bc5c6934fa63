# SPDX-License-Identifier: Apache-2.0
"""Start-up beside another program: `../run-headless /usr/bin/python3 start.py BUILD [--beside COMMAND]`.

Both are started in turns on the same empty display. What is timed is seen from outside and is the same for
both: from before the process is made until pixels that are not the display's black are in the middle of a
picture taken of it, which is when the first frame has been painted. SETTLE_S later the process is asked for
the processor time it took and its memory (PSS: shared pages count in part). With --large STORE the other
program is TinyLM itself with the folder STORE/tinylm as its data, and the time until its sidebar has come to
rest is given too."""

import argparse
import contextlib
import ctypes
import os
import statistics
import subprocess
import tempfile
import time

SETTLE_S = 4
DEADLINE_S = 60
Z_PIXMAP, ALL_PLANES = 2, ctypes.c_ulong(-1).value


class Image(ctypes.Structure):
    """The head of XImage in Xlib.h."""

    _fields_ = [("width", ctypes.c_int), ("height", ctypes.c_int), ("xoffset", ctypes.c_int),
                ("format", ctypes.c_int), ("data", ctypes.c_void_p), ("orders", ctypes.c_int * 5),
                ("bytes_per_line", ctypes.c_int)]


class Display:
    """What stands on the screen."""

    def __init__(self):
        self.x = ctypes.CDLL("libX11.so.6")
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.x.XDefaultRootWindow.restype = ctypes.c_ulong
        self.x.XGetImage.restype = ctypes.POINTER(Image)
        self.x.XDestroyImage.argtypes = [ctypes.POINTER(Image)]
        self.display = ctypes.c_void_p(self.x.XOpenDisplay(None))
        self.root = ctypes.c_ulong(self.x.XDefaultRootWindow(self.display))

    def picture(self, left, top, width, height):
        image = self.x.XGetImage(self.display, self.root, left, top, width, height, ALL_PLANES,
                                 Z_PIXMAP)
        size = image.contents.bytes_per_line * image.contents.height
        data = ctypes.string_at(image.contents.data, size)
        self.x.XDestroyImage(image)
        return data

    def is_painted(self):
        """In a line across the middle of where windows are put."""
        line = self.picture(40, 300, 400, 1)
        return any(line[i:i + 3] != b"\0\0\0" for i in range(0, len(line), 4))

    def sidebar(self):
        return self.picture(0, 40, 240, 500)


def wait_until(condition, process=None):
    end = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > end or process and process.poll() is not None:
            raise SystemExit("start.py: the program has ended, or did not draw")
        time.sleep(0.001)


def memory_mb(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def processor_ms(pid):
    """Of all its threads that live."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError):  # it has just ended
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
    return total / 1e6


def rest_s(display, start):
    """When the sidebar changed last, seen for SETTLE_S."""
    changed, seen = time.monotonic(), display.sidebar()
    end = changed + SETTLE_S
    while time.monotonic() < end:
        picture = display.sidebar()
        if picture != seen:
            changed, seen = time.monotonic(), picture
        time.sleep(0.002)
    return changed - start


def measure(display, command, data):
    """One start: its figures by their names."""
    wait_until(lambda: not display.is_painted())
    with tempfile.TemporaryDirectory() as empty:
        environment = dict(os.environ, XDG_DATA_HOME=data or empty)
        start = time.monotonic()
        process = subprocess.Popen(command, env=environment)
        try:
            wait_until(display.is_painted, process)
            figures = {"first frame, ms": 1e3 * (time.monotonic() - start)}
            figures["processor until then, ms"] = processor_ms(process.pid)
            figures["sidebar at rest, ms"] = 1e3 * rest_s(display, start)
            figures["processor at rest, ms"] = processor_ms(process.pid)
            figures["memory (PSS), MB"] = memory_mb(process.pid)
        finally:
            process.kill()
            process.wait()
    return figures


def print_table(ours, others):
    print(f"{'':28}{'TinyLM':>10}{'other':>10}{'ratio':>8}{'least':>8}{'most':>8}")
    for name in ours[0]:
        ratios = [a[name] / b[name] for a, b in zip(ours, others)]
        print(f"{name:28}{statistics.median(a[name] for a in ours):10.1f}"
              f"{statistics.median(b[name] for b in others):10.1f}"
              f"{statistics.median(ratios):8.2f}{min(ratios):8.2f}{max(ratios):8.2f}")


def main():
    options = argparse.ArgumentParser(description="Start-up of TinyLM beside another program.")
    options.add_argument("build", help="the folder that meson built in, with tests")
    options.add_argument("--beside", default="gnome-text-editor", help="a command")
    options.add_argument("--large", help="a data folder: TinyLM with it, beside TinyLM without")
    options.add_argument("--pairs", type=int, default=15)
    chosen = options.parse_args()
    os.environ["GSETTINGS_SCHEMA_DIR"] = os.path.join(chosen.build, "data")
    display = Display()
    tinylm = [os.path.join(chosen.build, "ui", "tinylm")]
    other = tinylm if chosen.large else chosen.beside.split()
    ours, others = [], []
    for pair in range(chosen.pairs + 1):
        first = measure(display, tinylm, chosen.large)
        second = measure(display, other, None)
        if pair > 0:  # the first brings the files into the system's cache
            ours.append(first)
            others.append(second)
    print(f"load of the machine {os.getloadavg()[0]:.1f}; medians of {len(ours)} pairs")
    print_table(ours, others)


if __name__ == "__main__":
    main()
