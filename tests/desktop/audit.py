# SPDX-License-Identifier: Apache-2.0
"""audit.py PROGRAM CLI TOP: every page and dialog of the real window as a screen reader and a keyboard
meet it, in a language made for the test. On each of them every control has a role, a name of its own and is
reached by the keyboard, and every word that is shown was given to gettext or is the person's own. Speaks
TAP: three tests a place. A failure names the control by the path to it."""

import contextlib
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(1, os.path.join(os.path.dirname(__file__), ".."))

import drive
import pseudo
import vault
from desktop import Atspi, Program, actions_of, bare, click, extents, mouse, type_into, wait_for
from faults import Place, faults_of_keys, faults_of_names, faults_of_words, is_in_the_window, words_in
from sight import COMMA, DOWN, ESCAPE, F10, RETURN, UP, Announcements, Keyboard, parts

Role, State = Atspi.Role, Atspi.StateType


# The places

class Audit:
    """The program, in the language of brackets, and what was found wrong with it. own: the person's words."""

    def __init__(self, program, cli, own):
        self.program, self.cli = program, cli
        self.tinylm = Program(program)
        self.keyboard = Keyboard()
        self.own, self.n, self.failed = own, 0, 0

    def report(self, name, faults):
        self.n += 1
        self.failed += bool(faults)
        for fault in faults:
            print(f"# {fault}", flush=True)
        print(f"{'not ok' if faults else 'ok'} {self.n} - {name}", flush=True)

    def look(self, name, window=None, shown=frozenset()):
        """Three tests of what is in sight now. shown: words of a text that is translated as a whole."""
        window = window or self.tinylm.frame
        self.keyboard.settle()
        place = Place(name, window)
        self.report(f"{name}: every control has a name of its own", faults_of_names(place))
        self.report(f"{name}: every word was given to gettext", [*faults_of_words(place, self.own | shown)])
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
             if action in actions_of(p.node)), None)), action)

    def mouse(self, part):
        place = extents(part.node)
        mouse(place.x + place.width // 2, place.y + place.height // 2, "b1c", self.tinylm.frame)
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

    def page(self, action, words, shown=frozenset()):
        self.tinylm.action(action)
        self.tinylm.wait_words(words)
        self.look(words, shown=shown)
        self.tinylm.action("win.escape")

    def dialog(self, name, opener):
        """Another window, which Escape closes."""
        self.opens_and_closes(name, opener, lambda window: self.look(name, window))

    def opens_and_closes(self, name, opener, look=lambda window: None):
        opener()
        window = self.tinylm.other_window()
        look(window)
        self.keyboard.press(ESCAPE)
        closed = window not in self.tinylm.others()
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
    announcements = Announcements()
    drive.answers_in_a_chat(audit.tinylm)
    wait_for("an answer that is read out", lambda: announcements.has("small assistant"))
    audit.report("a chat: the answer is read out as it comes", [])
    audit.look("a chat")
    audit.popover("why this tool", lambda: audit.mouse(audit.part("Why This Tool, and Others")))
    audit.act("message.edit")
    audit.look("a message being edited")
    audit.act("message.cancel-edit")
    drive.says(audit.tinylm, SEARCH)
    audit.tinylm.wait_words("Read for this")
    audit.look("what was found in the notes")
    drive.chooses_a_note(audit.tinylm)
    audit.look("a chat with a note attached")
    audit.dialog("take it elsewhere", lambda: (audit.mouse(audit.part("Why This Tool, and Others")),
                                               audit.act("route.hand-over")))
    audit.dialog("chat settings", lambda: audit.act("chat.settings"))


def specialists(audit):
    audit.tinylm.action("win.show-specialists")
    audit.mouse(audit.part("Classify Into Labels", (Role.LIST_ITEM,)))
    audit.tinylm.wait_words("Classify Into Labels")
    audit.look("a set of examples")
    audit.act("specialists.up")  # where the window is narrow, another Back leads to the notes


LESSONS = [(f"{words} {i}", label) for i in range(6) for words, label in (
    ("please buy the lamp", "sales"), ("I return the broken chair", "refund"), ("where is my parcel", "post"))]


def add_lessons(cli):
    """A set of examples, in the store that the command line makes."""
    subprocess.run([cli, "specialists", "list"], check=True, stdout=subprocess.DEVNULL)
    path = os.path.join(os.environ["XDG_DATA_HOME"], "tinylm", "tinylm.db")
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO example_sets (id, name, kind, created) VALUES (1, 'Lessons', '', 1)")
        db.executemany("INSERT INTO examples (set_id, input, output, created) VALUES (1, ?, ?, 1)", LESSONS)


def hurry(program):
    """A training runs behind everything else; here all waits for it. Where that is not allowed it takes longer."""
    for thread in os.listdir(f"/proc/{program.process.pid}/task"):
        try:
            os.setpriority(os.PRIO_PROCESS, int(thread), 0)
        except (PermissionError, ProcessLookupError):
            pass


def training(audit):
    audit.tinylm.action("win.show-specialists")
    audit.mouse(audit.part("Lessons", (Role.LIST_ITEM,)))
    audit.mouse(audit.part("Train…"))
    audit.tinylm.wait_words("going by a step tried just now")
    audit.mouse(audit.part("Recipe", (Role.LIST_ITEM,)))
    audit.part("Passes at Most", (Role.SPIN_BUTTON,))
    audit.look("before a training")
    click(audit.part("Start Training").node)
    click(audit.part("Pause").node)
    audit.look("a training")
    hurry(audit.tinylm)
    click(audit.part("Resume").node)
    audit.tinylm.wait_words("With the Specialist")
    audit.look("a specialist with its verdict")
    click(audit.part("Use Anyway").node)  # so few examples prove nothing
    audit.tinylm.wait_words("You use it although it did not win")
    click(audit.part("Judge by Eye").node)
    audit.part("A Is Better")
    audit.look("a blind vote")
    for _ in range(3):
        audit.tinylm.action("win.escape")


def specialist_answers(audit):
    """Chosen once, it is remembered for the same words."""
    drive.says(audit.tinylm, FOR_LESSONS, drive.new_chat(audit.tinylm))
    audit.tinylm.wait_words("Answered by built-in rules")
    audit.popover("why this tool, with a specialist",
                  lambda: audit.mouse(audit.part("Why This Tool, and Others")))
    audit.mouse(audit.part("Why This Tool, and Others"))
    click(audit.part("Ask “Lessons”", (Role.PUSH_BUTTON,)).node)
    audit.tinylm.wait_words("You chose it")
    audit.look("an answer by a specialist")
    drive.says(audit.tinylm, FOR_LESSONS, drive.new_chat(audit.tinylm))
    audit.tinylm.wait_words("with Lessons")
    audit.look("an answer by a specialist that was chosen before")


def others(audit):
    audit.tinylm.action("win.trash")
    for action, words in (("win.show-todo", "To Do"), ("win.show-models", "Models"),
                          ("win.show-licenses", "Licenses"), ("win.show-privacy", "Privacy"),
                          ("win.show-bin", "Bin"), ("win.show-specialists", "Specialists")):
        audit.page(action, words)
    audit.page("win.show-help", "Help", words_of_help(TOP))


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


def locked(audit):
    """The page that encrypts, and the window that asks for the passphrase."""
    audit.tinylm.action("win.show-privacy")
    vault.encrypts(audit.tinylm)
    audit.look("what was encrypted just now")
    vault.has_kept_the_code(audit.tinylm)
    click(vault.button(audit.tinylm.frame, "Lock Now"))
    audit.tinylm.change_window("TinyLM Is Locked")
    audit.look("a locked window")


def damaged(audit):
    """A window over a file that is no database."""
    audit.tinylm.quit()
    path = pathlib.Path(os.environ["XDG_DATA_HOME"], "tinylm", "tinylm.db")
    path.write_bytes(b"no database" * 1000)
    audit.tinylm = Program(audit.program)
    audit.tinylm.wait_words("Your Data Is Damaged")
    audit.look("a damaged database")


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


ACTS = [command_line, first_run, notes, teaching, menus, search, chats, specialists, training,
        specialist_answers, others, dialogs,
        locked, damaged]


QUESTION = "Who are you?"
SEARCH = "Find my notes about the grant form"
FOR_LESSONS = "please buy the lamp 9"


TOP = pathlib.Path(__file__).parents[2]


def words_of_help(top):
    """Which is translated as pages."""
    pages = [path.read_text(encoding="utf-8") for path in (top / "data/help/C").glob("*.page")]
    return words_in(re.sub(r"<[^>]+>", " ", " ".join(pages)))


def own_words(top):
    """Of the sample note, and of what is typed here."""
    lessons = [word for lesson in LESSONS for word in lesson]
    sample = (top / "data/samples/meeting.md").read_text(encoding="utf-8")
    return words_in(" ".join([QUESTION, SEARCH, FOR_LESSONS, "Lessons", *lessons, sample]))


def main():
    program, cli, top = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    own = own_words(top)
    with tempfile.TemporaryDirectory(prefix="tinylm-audit-") as folder:
        pseudo.make(top, folder)
        os.environ.update(pseudo.environment(folder))
        add_lessons(cli)
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
