# SPDX-License-Identifier: Apache-2.0
"""The window in every form (light, dark, in high contrast, 360 pixels wide, with text of twice the size,
from right to left), each under a display of its own, and what that display shows. The pixels come from
Xvfb's own frame buffer, so nothing but GTK's libraries is needed."""

import ctypes
import os
import pathlib
import struct
import subprocess
import tempfile
import time

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent

WIDE, NARROW = "1012x712x24", "372x732x24"  # a window with its border: 6 pixels around
DARK = {"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}
CONTRAST = {"ADW_DEBUG_HIGH_CONTRAST": "1"}
MIRRORED = {"GTK_DEBUG": "invert-text-dir"}
LARGE = {"DPI": "192"}  # as the desktop's scale of text sets it: what is given in points grows too
FORMS = {
    "light": (WIDE, {}),
    "dark": (WIDE, DARK),
    "contrast": (WIDE, CONTRAST),
    "contrast-dark": (WIDE, DARK | CONTRAST),
    "mirrored": (WIDE, MIRRORED),
    "large": (WIDE, LARGE),
    "narrow": (NARROW, {}),
    "narrow-dark": (NARROW, DARK),
    "narrow-mirrored": (NARROW, MIRRORED),
    "narrow-large": (NARROW, LARGE),
}

STILL_S, PATIENCE_S = 0.2, 5  # a picture is taken once nothing has moved for so long, or after so long


class Screen:
    """The frame buffer, a file that Xvfb keeps in the form of xwd."""

    def __init__(self, still_s=STILL_S):
        self.still_s = still_s
        self.path = os.path.join(os.environ["FRAMES"], "Xvfb_screen0")

    def pixels(self):
        """(width, height, the pixels as red, green and blue)"""
        with open(self.path, "rb") as file:
            data = file.read()
        head = struct.unpack(">25I", data[:100])
        width, height, stride, colours = head[4], head[5], head[12], head[19]
        assert head[11] == 32 and stride == 4 * width, head
        start = head[0] + 12 * colours
        end = start + stride * height
        rgb = bytearray(3 * width * height)
        rgb[0::3], rgb[1::3], rgb[2::3] = data[start + 2:end:4], data[start + 1:end:4], data[start:end:4]
        return width, height, bytes(rgb)

    def still(self):
        """Once nothing moves."""
        before, since, end = None, 0, time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            now = self.pixels()
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > self.still_s:
                break
            time.sleep(0.05)
        width, height, rgb = before
        return GdkPixbuf.Pixbuf.new_from_bytes(GLib.Bytes.new(rgb), GdkPixbuf.Colorspace.RGB, False, 8,
                                               width, height, 3 * width)


def set_resolution(dpi):
    """As a resource of the display: without a settings daemon GTK takes it from there alone."""
    x11 = ctypes.CDLL("libX11.so.6")
    for function in (x11.XOpenDisplay, x11.XDefaultRootWindow):
        function.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
    resources, text = ctypes.c_ulong(23), ctypes.c_ulong(31)  # XA_RESOURCE_MANAGER, XA_STRING
    words = f"Xft.dpi:\t{dpi}\n".encode()
    x11.XChangeProperty(display, root, resources, text, 8, 0, words, len(words))
    x11.XCloseDisplay(display)


def is_under_a_display():
    """Of run_in_form()."""
    return "FRAMES" in os.environ


def prepare():
    """What the form wants of this display; the cursor stands still."""
    with open(os.path.join(os.environ["XDG_CONFIG_HOME"], "gtk-4.0", "settings.ini"), "a") as file:
        file.write("gtk-cursor-blink=0\n")
    if "DPI" in os.environ:
        set_resolution(os.environ["DPI"])


def run_in_form(form, *command, size=None):
    """Its exit status. size: of the display, instead of the form's."""
    usual, more = FORMS[form]
    with tempfile.TemporaryDirectory(prefix="tinylm-frames-") as frames:
        environment = os.environ | more | {"SCREEN": size or usual, "FRAMES": frames}
        return subprocess.run([HERE.parent / "run-headless", "/usr/bin/python3", *command], env=environment,
                              check=False).returncode
