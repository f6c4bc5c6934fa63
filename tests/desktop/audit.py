# SPDX-License-Identifier: Apache-2.0
"""audit.py PROGRAM CLI TOP: every page and dialog of the real window as a screen reader and a keyboard
meet it, in a language made for the test. On each of them every control has a role, a name of its own and is
reached by the keyboard, and every word that is shown was given to gettext or is the person's own. Speaks
TAP: three tests a place. A failure names the control by the path to it."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(1, os.path.join(os.path.dirname(__file__), ".."))

import drive
import pseudo
from desktop import Atspi, Program, bare, children, click, is_seen, type_into, wait_for
from sight import COMMA, DOWN, ESCAPE, F10, RETURN, UP, Keyboard, extents, parts

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


class Place:
    """What is in sight of a window."""

    def __init__(self, name, window):
        self.name, self.window = name, window
        self.parts = list(parts(window, window))

    def controls(self):
        return [p for p in self.parts if p.role in CONTROLS and not is_of_the_toolkit(p)]


def is_of_the_toolkit(part):
    """The buttons of a window, and what stands inside another control."""
    return part.name in ("Minimize", "Maximize", "Restore", "Close") or any(
        p.role in CONTROLS for p in part.above)


def name_is_good(name):
    words = bare(name)
    return bool(words) and not TYPE_NAME.match(words) and not FILE_NAME.match(words)


def is_inside(part, node, role):
    return part.role == role and any(above.node == node for above in part.above)


def is_named_by_its_rows(part, place):
    """A list, and the row that libadwaita puts a list into to unfold it, go by the rows in it."""
    rows = [p for p in place.parts if is_inside(p, part.node, Role.LIST_ITEM)]
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
        if p.role in NO_ROLE and p.has(State.FOCUSABLE) and not is_of_the_toolkit(p):
            yield f"can have the keyboard and has no role: {p}"


def alike(place):
    """Two of one name are told apart by a description or by what they stand in."""
    seen = {}
    for p in place.controls():
        inside = tuple((a.name, a.description) for a in p.above if a.role in (Role.LIST_ITEM, Role.PANEL))
        key = p.role, p.name, p.description, inside
        if key in seen:
            yield f"told apart by nothing: {p} and {seen[key]}"
        seen[key] = p


def faults_of_names(place):
    return [*nameless(place), *without_a_role(place), *alike(place)]


# Words

LETTERS = re.compile(r"[^\W\d_]{2,}")
# Of the toolkit, which has its own catalogues; names that stay as they are in every language.
NOT_OURS = {"Minimize", "Maximize", "Restore", "Close"}
SAME_EVERYWHERE = re.compile(r"TinyLM|tinylm-reader|eeny|meeny|llama|TQ2_0|Q8_0|GGUF|LoRA"
                             r"|[\d.,]+\s[kMG]?B\b|((Ctrl|Shift|Alt)\+)+\S+|[0-9a-f]{12,}|(/[\w.-]+)+|^(sudo|grep) .*")


def words_of(part):
    """(what it is, the words): an editor's text is the person's."""
    yield "name", part.name
    yield "description", part.description
    yield "placeholder", part.node.get_attributes().get("placeholder-text", "")
    if part.role not in WRITTEN:
        yield "text", part.text


def is_own(words, own):
    """Of what the person wrote; or nothing but names and numbers."""
    words = " ".join(SAME_EVERYWHERE.sub(" ", words).split())
    return words in own or not [w for w in LETTERS.findall(words) if w not in own]


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
            if rest not in told and LETTERS.search(rest) and not is_own(rest, own):
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
        if not can_be_reached(p) or p.node in reached or is_silent(p):
            continue
        neighbour = list_above(p) in lists and list_above(p) and (p.role, p.name) in names
        if not neighbour and not (p.role == Role.PAGE_TAB and p.above[-1].node in tabs):
            yield f"not reached by the keyboard: {p}"
    for p in place.parts:
        if p.role == Role.LIST_ITEM and p.has(State.FOCUSABLE) and name_is_good(p.name) \
                and list_above(p) not in lists:
            yield f"its list is not reached by the keyboard: {p}"


# The places

class Audit:
    """The program, in the language of brackets, and what was found wrong with it."""

    def __init__(self, program, cli, own):
        self.tinylm, self.cli = Program(program), cli
        self.keyboard = Keyboard()
        self.own, self.n, self.failed = own, 0, 0

    def report(self, name, faults):
        self.n += 1
        self.failed += bool(faults)
        for fault in faults:
            print(f"# {fault}", flush=True)
        print(f"{'not ok' if faults else 'ok'} {self.n} - {name}", flush=True)

    def look(self, name, window=None):
        """Three tests of what is in sight now."""
        window = window or self.tinylm.frame
        self.keyboard.settle()
        place = Place(name, window)
        self.report(f"{name}: every control has a name of its own", faults_of_names(place))
        self.report(f"{name}: every word was given to gettext", [*faults_of_words(place, self.own)])
        self.report(f"{name}: the keyboard reaches every control",
                    [*faults_of_keys(place, self.keyboard)])

    def part(self, name, roles=(Role.PUSH_BUTTON,)):
        """In sight, by its words without the brackets; those of the toolkit's mnemonics come twice."""
        return wait_for(f"“{name}”", lambda: next(
            (p for p in parts(self.tinylm.frame, self.tinylm.frame)
             if p.role in roles and bare(p.name).endswith(name) and p.has(State.SENSITIVE)), None))

    def act(self, action):
        """An action of whatever has it."""
        drive.press(wait_for(action, lambda: next(
            (p.node for p in parts(self.tinylm.frame, self.tinylm.frame)
             if action in drive.actions_of(p.node)), None)), action)

    def mouse(self, part):
        """Without a window manager the window lies in the screen's corner."""
        place = extents(part.node)
        Atspi.generate_mouse_event(place.x + place.width // 2, place.y + place.height // 2, "b1c")
        self.keyboard.settle()

    def popover(self, name, opener):
        """Looked at, and closed by Escape, which gives the keyboard back to something in sight."""
        opener()
        self.keyboard.settle()
        place = Place(name, self.tinylm.frame)
        self.report(f"{name}: every control has a name of its own", faults_of_names(place))
        self.report(f"{name}: every word was given to gettext", [*faults_of_words(place, self.own)])
        self.keyboard.press(DOWN)
        inside = self.keyboard.focus
        self.keyboard.press(ESCAPE)
        back = self.keyboard.focus
        lost = back is None or back == inside or not is_in_the_window(back, self.tinylm.frame)
        self.report(f"{name}: Escape gives the keyboard back", ["it is lost"] if lost else [])

    def last_menu_item(self):
        """Of the main menu, by the keyboard, which goes round."""
        for key in (F10, UP, RETURN):
            self.keyboard.press(key)

    def page(self, action, words):
        self.tinylm.action(action)
        self.tinylm.wait_words(words)
        self.look(words)
        self.tinylm.action("win.escape")

    def dialog(self, name, opener):
        """Another window, which Escape closes."""
        self.opens_and_closes(name, opener, lambda window: self.look(name, window))

    def opens_and_closes(self, name, opener, look=lambda window: None):
        opener()
        window = self.tinylm.other_window()
        look(window)
        self.keyboard.press(ESCAPE)
        closed = not any(n == window and is_seen(n) for n in children(self.tinylm.app))
        self.report(f"{name}: Escape closes it", [] if closed else [f"{name} is still there"])
        self.tinylm.close_others()


def first_run(audit):
    audit.tinylm.wait_words("Welcome to TinyLM")
    audit.look("first run")
    audit.popover("main menu", lambda: audit.keyboard.press(F10))


def notes(audit):
    audit.tinylm.action("win.new-sample")
    audit.tinylm.wait_words("Chosen by eeny")
    audit.look("a note with its summary")
    audit.act("note.find")
    audit.look("find in a note")
    audit.act("find.close")
    audit.act("note.replace")
    audit.look("replace in a note")
    audit.act("find.close")
    type_into(audit.part("Ask this note", (Role.TEXT,)).node, "When is the grant form due?")
    drive.press(audit.part("Ask this note", (Role.TEXT,)).node, "activate-secondary-icon")
    audit.look("an answer of a note")


def teaching(audit):
    audit.dialog("teach from a title", lambda: click(audit.part("Teach from This Title…").node))


def menus(audit):
    for name in ("Note Menu", "Summary Menu"):
        audit.popover(name, lambda name=name: audit.mouse(audit.part(name)))


def chats(audit):
    audit.tinylm.action("win.new-chat")
    audit.tinylm.wait_words("Ask About a Text")
    audit.look("an empty chat")
    drive.answers_in_a_chat(audit.tinylm)
    audit.look("a chat")
    audit.popover("why this tool", lambda: audit.mouse(audit.part("Why This Tool, and Others")))
    audit.act("message.edit")
    audit.look("a message being edited")
    audit.act("message.cancel-edit")
    audit.dialog("take it elsewhere", lambda: (audit.mouse(audit.part("Why This Tool, and Others")),
                                               audit.act("route.hand-over")))
    audit.dialog("chat settings", lambda: audit.act("chat.settings"))


def specialists(audit):
    audit.tinylm.action("win.show-specialists")
    audit.mouse(audit.part("Route My Mail", (Role.LIST_ITEM,)))
    audit.tinylm.wait_words("Route My Mail")
    audit.look("a set of examples")


def others(audit):
    audit.tinylm.action("win.trash")
    for action, words in (("win.show-todo", "To Do"), ("win.show-models", "Models"),
                          ("win.show-licenses", "Licenses"), ("win.show-privacy", "Privacy"),
                          ("win.show-help", "Help"), ("win.show-bin", "Bin"),
                          ("win.show-specialists", "Specialists")):
        audit.page(action, words)


def dialogs(audit):
    audit.dialog("preferences", lambda: audit.keyboard.press(COMMA, control=True))
    # These two are the toolkit's own pages.
    audit.opens_and_closes("about", audit.last_menu_item)
    audit.opens_and_closes("keyboard shortcuts", lambda: audit.tinylm.action("win.show-help-overlay"))


def search(audit):
    audit.tinylm.action("win.search")
    type_into(audit.part("Search notes and chats", (Role.ENTRY, Role.TEXT)).node, "grant")
    audit.tinylm.wait(Role.LIST, "Search results")
    audit.look("what a search finds")
    audit.tinylm.action("win.escape")


# The command line

def cli_faults(cli):
    """Of the help of every command, and of what it complains of."""
    def says(*args):
        run = subprocess.run([cli, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        return run.stdout + run.stderr

    commands = re.findall(r"^  (\w+)  ", says("help"), re.MULTILINE)
    assert len(commands) > 15, commands
    tries = [("help",), ("nonsense",), *((name, "--help") for name in commands),
             *((name, "--nonsense") for name in commands), ("summarize", "/nowhere.md"), ("info", "/nowhere.gguf"),
             ("generate", "-m", "/nowhere.gguf", "-p", "Once"), ("models", "nonsense"), ("chats", "nonsense")]
    for args in tries:
        for line in pseudo.unbracketed(says(*args)).splitlines():
            if is_prose(line, commands):
                yield f"tinylm-cli {' '.join(args)}: not translated: “{line.strip()}”"


# What GLib and the C library say, in their own catalogues.
THEIRS = (r"Usage:|Help Options:|Application Options:|Show help options|Unknown option"
          r"|Error when getting information for file|No such file or directory")


def is_prose(line, commands):
    """Options, names of files and what a command is called with stay; two other words are a sentence."""
    if " | " in line:
        return False
    rest = re.sub(r"tinylm-cli:?|-{1,2}[\w-]+|=\S+|[“/]\S+|" + THEIRS, " ", line)
    words = [w for w in re.findall(r"[a-z]{2,}", rest) if w not in commands]
    return len(words) > 1


def command_line(audit):
    audit.report("tinylm-cli: every word was given to gettext", [*cli_faults(audit.cli)])


ACTS = [command_line, first_run, notes, teaching, menus, search, chats, specialists, others, dialogs]


QUESTION = "Who are you?"


def documents(top):
    """The sample note, and the help, which is translated as pages."""
    for path in [top / "data/samples/meeting.md", *(top / "data/help/C").iterdir()]:
        yield re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))


def main():
    program, cli, top = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    own = " ".join(" ".join([QUESTION, *documents(top)]).split())
    with tempfile.TemporaryDirectory(prefix="tinylm-audit-") as folder:
        pseudo.make(top, folder)
        os.environ.update(pseudo.environment(folder))
        audit = Audit(program, cli, own)
        for act in ACTS:
            try:
                act(audit)
            except Exception:
                traceback.print_exc()
                audit.report(act.__name__, ["it ended early"])
        audit.tinylm.process.terminate()
        audit.tinylm.process.wait()
    print(f"1..{audit.n}")
    return 1 if audit.failed else 0


if __name__ == "__main__":
    sys.exit(main())
