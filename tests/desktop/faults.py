# SPDX-License-Identifier: Apache-2.0
"""What is wrong with what is in sight of a window: with its names, with its words, and with the way of the
keyboard through it. A fault names the control by the path to it."""

import re
import time

import pseudo
from desktop import GLib, bare, extents, is_seen
from sight import Atspi, parts

Role, State = Atspi.Role, Atspi.StateType

PRESSED = {Role.PUSH_BUTTON, Role.TOGGLE_BUTTON, Role.CHECK_BOX, Role.RADIO_BUTTON, Role.LINK, Role.PAGE_TAB}
WRITTEN = {Role.TEXT, Role.ENTRY, Role.PASSWORD_TEXT, Role.SPIN_BUTTON}
CONTROLS = PRESSED | WRITTEN | {Role.COMBO_BOX, Role.SLIDER}
CONTAINERS = {Role.LIST, Role.PAGE_TAB_LIST, Role.TABLE, Role.TREE, Role.LEVEL_BAR, Role.PROGRESS_BAR,
              Role.IMAGE}
# The toolkit names a nameless widget after its type.
TYPE_NAME = re.compile(r"(Gtk|Adw|Tlm)[A-Z]\w+$")
FILE_NAME = re.compile(r"\S+(-symbolic|\.(svg|png|ui))$")
# What a bare role is told of that can have the keyboard: a scroller and what the toolkit builds.
NO_ROLE = {Role.FILLER, Role.PANEL, Role.UNKNOWN, Role.INVALID}
# Of the toolkit, which has its own catalogues.
NOT_OURS = {"Minimize", "Maximize", "Restore", "Close"}
TOOLKITS_WORDS = {"Close the window", "Dismiss", "Show Password"}


class Place:
    """What is in sight of a window."""

    def __init__(self, name, window):
        self.name, self.window = name, window
        self.parts = list(parts(window, window))

    def controls(self):
        return [p for p in self.parts if p.role in CONTROLS and not is_of_the_toolkit(p)]


def is_of_the_toolkit(part):
    """The buttons of a window, and what stands inside another control."""
    return closes_a_dialog(part) or part.name in NOT_OURS or any(p.role in CONTROLS for p in part.above)


def closes_a_dialog(part):
    """libadwaita 1.7 asks the program's own catalogue for the name of this button."""
    return part.description == "Close the window"


def is_sheet(part, place):
    """The one that libadwaita from 1.5 on lays a dialog on: it has the keyboard where nothing in it can."""
    return bool(place.controls()) and all(any(above.node == part.node for above in p.above) for p in place.controls())


def unfolds_rows(part, place):
    """A row that unfolds, whose rows have the keyboard, not itself: of no role in newer libadwaita."""
    return list_above(part) is not None and any(is_inside(p, part.node, Role.LIST_ITEM) for p in place.parts)


def name_is_good(name):
    words = bare(name)
    return bool(words) and not TYPE_NAME.match(words) and not FILE_NAME.match(words)


def is_inside(part, node, role):
    return part.role == role and any(above.node == node for above in part.above)


def is_named_by_its_rows(part, place):
    """A list, and the row that libadwaita puts a list into to unfold it, go by the rows in it."""
    rows = [p for p in place.parts if is_inside(p, part.node, Role.LIST_ITEM) and not is_of_the_toolkit(p)]
    return (part.role == Role.LIST or (part.role == Role.LIST_ITEM and bool(rows))) and all(
        name_is_good(p.name) or is_named_by_its_rows(p, place) for p in rows)


def decorates_a_row(part):
    """The arrow of a row that unfolds is the toolkit's and no picture."""
    lists = [a for a in part.above if a.role == Role.LIST]
    return part.role == Role.IMAGE and len(lists) > 1


def nameless(place):
    for p in place.parts:
        named = p.role in CONTROLS | CONTAINERS or (p.role == Role.LIST_ITEM and p.has(State.FOCUSABLE))
        if named and not is_of_the_toolkit(p) and not name_is_good(p.name) \
                and not is_named_by_its_rows(p, place) and not decorates_a_row(p):
            yield f"without a name: {p}"


def without_a_role(place):
    for p in place.parts:
        if p.role in NO_ROLE and p.has(State.FOCUSABLE) and not is_of_the_toolkit(p) \
                and not is_sheet(p, place) and not unfolds_rows(p, place):
            yield f"can have the keyboard and has no role: {p}"


def alike(place):
    """Two of one name are told apart by a description or by what they stand in; a message is told by its text."""
    seen = {}
    for p in place.controls():
        inside = tuple((a.name, a.description) for a in p.above if a.role in (Role.LIST_ITEM, Role.PANEL))
        if (row := message_above(p)) is not None:
            inside = row.node
        key = p.role, p.name, p.description, inside
        if key in seen:
            yield f"told apart by nothing: {p} and {seen[key]}"
        seen[key] = p


def faults_of_names(place):
    return [*nameless(place), *without_a_role(place), *alike(place)]


# Words

LETTERS = re.compile(r"[^\W\d_]{2,}")
# Names that stay as they are in every language, and sizes, whose words are in GLib's own catalogue.
SAME_EVERYWHERE = re.compile(r"TinyLM|tinylm-reader|SHA-256|eeny|meeny|llama|TQ2_0|Q8_0|GGUF|LoRA"
                             r"|[\d.,]+\s([kMG]?B|bytes)\b|((Ctrl|Shift|Alt)\+)+\S+|([0-9A-Z]{4}-\u200b?){3,}[0-9A-Z]+"
                             r"|[0-9a-f]{12,}|(/[\w.-]+)+|^(sudo|grep) .*")


def words_of(part):
    """(what it is, the words): an editor's text is the person's."""
    yield "name", part.name
    yield "description", part.description
    # A toast may have gone meanwhile, which has none.
    yield "placeholder", (part.node.get_attributes() or {}).get("placeholder-text", "")
    if part.role not in WRITTEN:
        yield "text", part.text


def words_in(text):
    return frozenset(LETTERS.findall(text))


def is_own(words, own):
    """Each word one of those that the person wrote; or nothing but names and numbers."""
    return words_in(SAME_EVERYWHERE.sub(" ", words)) <= own


def message_above(part):
    """The row of a message, whose paragraphs are pieces of one text."""
    rows = [a for a in part.above if a.role == Role.LIST_ITEM and bare(a.name) in ("Answer", "Your message")]
    return rows[0] if rows else None


def faults_of_words(place, own):
    told, messages = set(), {}
    for p in place.parts:
        row = message_above(p) if p.role == Role.LABEL else None
        if row is not None:
            messages.setdefault(row.node, []).append(p.text)
    for words in messages.values():
        rest = pseudo.unbracketed("\n".join(words))
        if LETTERS.search(rest) and not is_own(rest, own):
            yield f"not translated, in a message: “{rest}”"
    for p in place.parts:
        if p.name in NOT_OURS or TYPE_NAME.match(p.name) or (p.role == Role.LABEL and message_above(p)):
            continue
        for what, words in words_of(p):
            rest = pseudo.unbracketed(words)
            if rest not in told | TOOLKITS_WORDS and LETTERS.search(rest) and not is_own(rest, own):
                told.add(rest)
                yield f"not translated, the {what} “{rest}”: {p}"


# The keyboard

def is_in_the_window(node, window):
    place, whole = extents(node), extents(window)
    return place.width > 0 and place.height > 0 and place.x < whole.width and place.y < whole.height \
        and place.x + place.width > 0 and place.y + place.height > 0


def comes_into_the_window(node, window):
    """A page scrolls to what has the keyboard, a frame later."""
    return any(is_in_the_window(node, window) or time.sleep(0.1) for _ in range(10))


def list_above(part):
    return next((p.node for p in reversed(part.above) if p.role == Role.LIST), None)


def can_be_reached(part):
    """What stands in a row that is switched off is off."""
    return part.has(State.FOCUSABLE) and all(p.has(State.SENSITIVE) for p in [*part.above, part])


def is_silent(part):
    """libadwaita 1.2 does not tell when the field of a row for one line of text has the keyboard."""
    return part.role == Role.TEXT and bool(part.above) and part.above[-1].role == Role.LIST


def has_gone(part):
    """As what is offered for some seconds."""
    try:
        return not is_seen(part.node)
    except GLib.Error:
        return True


def faults_of_keys(place, keyboard):
    """The tabulator key reaches every control; of a list one row, whose neighbours the arrow keys reach."""
    hidden = []
    reached = keyboard.tour(lambda node: comes_into_the_window(node, place.window) or hidden.append(node))
    for node in hidden:
        yield f"has the keyboard out of sight: {node.get_role().value_nick} “{node.get_name()}”"
    parts_reached = [p for p in place.parts if p.node in reached]
    lists = {list_above(p) for p in parts_reached}
    names = {(p.role, p.name) for p in parts_reached}
    tabs = {p.above[-1].node for p in parts_reached if p.role == Role.PAGE_TAB}
    for p in place.controls():
        if not can_be_reached(p) or p.node in reached or is_silent(p) or has_gone(p):
            continue
        neighbour = list_above(p) in lists and list_above(p) and (p.role, p.name) in names
        if not neighbour and not (p.role == Role.PAGE_TAB and p.above[-1].node in tabs):
            yield f"not reached by the keyboard: {p}"
    for p in place.parts:
        if p.role == Role.LIST_ITEM and p.has(State.FOCUSABLE) and name_is_good(p.name) \
                and list_above(p) not in lists:
            yield f"its list is not reached by the keyboard: {p}"
