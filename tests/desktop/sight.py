# SPDX-License-Identifier: Apache-2.0
"""What of a window is in sight, with what a screen reader is told of it, and where the keyboard is.

GTK 4.8 reports no "showing" state and keeps the extents of stack pages that are turned away, so which page
of a stack is in front is found by asking what lies at a point of it."""

import dataclasses
import time

from desktop import DEADLINE_S, Atspi, GLib, children, extents, is_seen, text_of, walk

TAB, RETURN, ESCAPE, UP, DOWN, F10, COMMA = 0xff09, 0xff0d, 0xff1b, 0xff52, 0xff54, 0xffc7, 0x2c
F6, DELETE, LETTER_Z = 0xffc3, 0xffff, 0x7a
CONTROL_KEYCODE, SHIFT_KEYCODE = 37, 50  # of evdev, which Xvfb has
SETTLE_S = 0.4        # a key that moves no focus is waited for this long


@dataclasses.dataclass
class Part:
    """A node of the tree; above: its parents in sight, nearest last."""
    node: Atspi.Accessible
    above: list
    role: Atspi.Role
    name: str
    description: str
    text: str
    states: Atspi.StateSet

    def __str__(self):
        words = [f"{part.role.value_nick} “{part.name}”" for part in self.above
                 if part.name and not part.name.startswith(("Gtk", "Adw", "Tlm"))]
        return " / ".join([*words, f"{self.role.value_nick} “{self.name}”"])

    def has(self, state):
        return self.states.contains(state)


def page_at(inside, window):
    """The page of a stack that has what lies where the stack is. Some points have nothing that can be asked
    about."""
    place = extents(inside[0][1])
    top, bottom = max(place.y, 0), min(place.y + place.height, extents(window).height)
    for y in ((top + bottom) // 2, top + 24, top + 60, bottom - 24):
        for part in (2, 3, 5, 20):
            node = window.get_component_iface().get_accessible_at_point(
                place.x + place.width // part, y, Atspi.CoordType.WINDOW)
            while node is not None:
                for page, child in inside:
                    if node in (page, child):
                        return page
                node = node.get_parent()
    return None


def place_of(node):
    place = extents(node)
    return place.x, place.y, place.width, place.height


def stacked(role, inside):
    """(page, what is in it) of a stack: GTK's pages are no components, libadwaita's lie in one place."""
    pages = [(page, child) for page in inside if page.get_component_iface() is None
             for child in children(page) if is_seen(child)]
    if pages or role != Atspi.Role.PANEL:
        return pages
    seen = [node for node in inside if is_seen(node)]
    return [(node, node) for node in seen] if len({place_of(node) for node in seen}) == 1 else []


def front_pages(pages, window):
    """The one in front; all that may be, where that cannot be told."""
    if len(pages) < 2:
        return [page for page, _ in pages]
    front = page_at(pages, window)
    if front is None:  # nothing can be asked about what was never listed
        for page, _ in pages:
            list(walk(page))
        front = page_at(pages, window)
    return [front] if front is not None else [page for page, _ in pages]


def parts(node, window, above=()):
    """The node and what is in it, as far as it is in sight or can be scrolled there."""
    try:
        if node.get_component_iface() is not None and not is_seen(node):
            return
        part = Part(node, list(above), node.get_role(), node.get_name().strip(),
                    node.get_description().strip(), text_of(node), node.get_state_set())
        inside = list(children(node))
        if pages := stacked(part.role, inside):
            inside = front_pages(pages, window)
    except GLib.Error:  # it went away meanwhile
        return
    yield part
    for child in inside:
        yield from parts(child, window, [*above, part])


class Announcements:
    """What a screen reader is told to say: GTK before 4.14 tells it as a description that changes, and Orca
    says it of what has the keyboard."""

    def __init__(self):
        self.said = []
        self.listener = Atspi.EventListener.new(self._said_cb)
        for kind in ("object:property-change:accessible-description", "object:announcement"):
            self.listener.register(kind)

    def _said_cb(self, event):
        if "announcement" in event.type or event.source.get_state_set().contains(Atspi.StateType.FOCUSED):
            self.said.append(str(event.any_data))

    def has(self, words):
        context = GLib.MainContext.default()
        while context.pending():
            context.iteration(False)
        return any(words in said for said in self.said)


class Keyboard:
    """Presses keys and follows the focus."""

    def __init__(self):
        self.focus = None
        self.listener = Atspi.EventListener.new(self._focus_cb)
        self.listener.register("object:state-changed:focused")

    def _focus_cb(self, event):
        if event.detail1:
            self.focus = event.source

    def settle(self, seconds=SETTLE_S):
        context, before, end = GLib.MainContext.default(), self.focus, time.monotonic() + seconds
        while time.monotonic() < end and (before is None or self.focus == before):
            while context.pending():
                context.iteration(False)
            time.sleep(0.01)

    def press(self, key, control=False, shift=False):
        """Returns what has the focus then."""
        held = [code for code, down in ((CONTROL_KEYCODE, control), (SHIFT_KEYCODE, shift)) if down]
        for code in held:
            Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.PRESS)
        Atspi.generate_keyboard_event(key, None, Atspi.KeySynthType.SYM)
        for code in held:
            Atspi.generate_keyboard_event(code, None, Atspi.KeySynthType.RELEASE)
        self.settle()
        return self.focus

    def tour(self, look, most=150):
        """What the Tab key comes past until it is where it was; look(node) at each. In an editor Tab writes,
        Control with it leaves. A node that stays is a trap."""
        seen, end = [], time.monotonic() + 2 * DEADLINE_S
        while len(seen) < most and time.monotonic() < end:
            before = self.focus
            node = before
            for control in (False, False, False, True):  # rows for one line of text tell nothing
                if node == before:
                    node = self.press(TAB, control=control)
            if node is None or node in seen or node == before:
                break
            seen.append(node)
            look(node)
        return seen
