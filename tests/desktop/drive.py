# SPDX-License-Identifier: Apache-2.0
"""drive.py PROGRAM DATA: a person's first day. A note is pasted and summarised, a key point leads to
its sentence, a question is answered, what is to be done is ticked off, a chat answers, what is too much
for it is taken elsewhere; after a kill and a restart notes and chats are found again, and what was
written and not sent. Speaks TAP."""

import contextlib
import os
import sqlite3
import sys
import traceback

from desktop import Atspi, Program, actions_of, bare, click, items, text_of, type_into, wait_for, walk

NOTE = """# Harbour fair

The weather was nice and we talked about boats for a while.

We decided to move the fair from 3 June to 10 June because the pier is not repaired yet.
Ruth will call the harbour master by Friday and ask for a second mooring.

Oluf brought cake.
"""
RETURN = 0xff0d  # /usr/include/X11/keysymdef.h
DRAFT = "Half a thought, not sent yet."
PRIVATE, BROAD = "I am Tobias Gruenwald.", "Should I stop taking my warfarin?"


def selection_in(node):
    text = node.get_text_iface()
    if Atspi.Text.get_n_selections(text) == 0:
        return ""
    chosen = Atspi.Text.get_selection(text, 0)
    return text_of(node, chosen.start_offset, chosen.end_offset)


def parents(node):
    while (node := node.get_parent()) is not None:
        yield node


def press(node, name):
    assert node.get_action_iface().do_action(actions_of(node).index(name)), name


def writes_a_note(tinylm):
    tinylm.action("win.new-note")
    editor = tinylm.wait(Atspi.Role.TEXT, "Note text")
    wait_for("an editor that takes text",
             lambda: editor.get_state_set().contains(Atspi.StateType.EDITABLE))
    type_into(editor, NOTE)
    tinylm.wait_words("· Saved")
    tinylm.wait_words("Harbour fair")


def tells_how_its_text_looks(tinylm):
    """As a screen reader asks when it reads a line."""
    text = tinylm.find(Atspi.Role.TEXT, "Note text").get_text_iface()
    wait_for("a heading", lambda: Atspi.Text.get_attribute_run(text, 0, False)[0])
    for i in range(Atspi.Text.get_character_count(text)):
        looks, start, end = Atspi.Text.get_attribute_run(text, i, False)
        assert start <= i < end or not looks, (i, start, end, looks)
    assert tinylm.process.poll() is None, "the program has ended"


def shows_where_a_key_point_stands(tinylm):
    keys = tinylm.wait(Atspi.Role.LIST, "Key points")
    row = wait_for("a key point", lambda: next(
        (n for n in walk(keys) if n.get_role() == Atspi.Role.LIST_ITEM), None))
    sentence = row.get_name()
    assert " ".join(sentence.split()) in " ".join(NOTE.split()), sentence
    click(row)
    editor = tinylm.find(Atspi.Role.TEXT, "Note text")
    wait_for("its sentence selected",
             lambda: " ".join(selection_in(editor).split()) == " ".join(sentence.split()))
    tinylm.wait_words("Chosen by eeny")


def asks_the_note(tinylm):
    entry = tinylm.wait(Atspi.Role.TEXT, "Ask this note")
    type_into(entry, "Why is the fair moved?")
    press(entry, "activate-secondary-icon")
    answer = "We decided to move the fair from 3 June to 10 June because the pier is not repaired yet."
    button = tinylm.wait(Atspi.Role.PUSH_BUTTON, answer)
    editor = tinylm.find(Atspi.Role.TEXT, "Note text")
    wait_for("the answer selected", lambda: selection_in(editor) == answer)
    click(button)
    type_into(entry, "Who won the cup in Vienna?")
    press(entry, "activate-secondary-icon")
    tinylm.wait(Atspi.Role.STATUS_BAR, holds="Not in your note")


def ticks_off_what_is_to_be_done(tinylm):
    tinylm.action("win.show-todo")
    box = tinylm.wait(Atspi.Role.CHECK_BOX, "Ruth will call the harbour master by Friday and ask for a "
                      "second mooring.")
    press(next(node for node in parents(box) if "todo.tick" in actions_of(node)), "todo.tick")
    wait_for("a ticked box", lambda: box.get_state_set().contains(Atspi.StateType.CHECKED))
    tinylm.action("win.escape")


def new_chat(tinylm):
    """Returns its page: that of the chat before may be in sight still."""
    tinylm.action("win.new-chat")
    page = tinylm.wait_words("Ask About a Text")
    while "chat.settings" not in actions_of(page):
        page = page.get_parent()
    return page


def says(tinylm, words, page=None):
    composer = tinylm.wait(Atspi.Role.TEXT, "Message", page)
    type_into(composer, words)
    click(wait_for("a send button that can be pressed", lambda: next(
        (n for n in walk(page or tinylm.frame) if bare(n.get_name()) == "Send"
         and n.get_state_set().contains(Atspi.StateType.SENSITIVE)), None)))
    return composer


def answers_in_a_chat(tinylm):
    composer = says(tinylm, "Who are you?", new_chat(tinylm))
    tinylm.wait_words("small assistant")
    tinylm.wait_words("Answered by")
    assert text_of(composer) == "", "the composer was not cleared"


def chooses_a_note(tinylm):
    """The first one there is, by Enter; it stands as a chip until the message is sent."""
    click(wait_for("a way to attach a note", lambda: next(
        (n for n in walk(tinylm.frame) if bare(n.get_name()) == "Attach a Note" and actions_of(n)), None)))
    wait_for("the notes", lambda: next(
        (n for n in walk(tinylm.frame) if n.get_state_set().contains(Atspi.StateType.FOCUSED)
         and "Search notes" in [bare(p.get_name()) for p in (n, *parents(n))]), None))
    Atspi.generate_keyboard_event(RETURN, None, Atspi.KeySynthType.SYM)
    wait_for("its chip", lambda: next(
        (n for n in walk(tinylm.frame) if bare(n.get_name()).startswith("Attached:")), None))


def takes_a_question_elsewhere(tinylm):
    """The text that is shown and no other is copied; pasting it back tells what that was."""
    composer = says(tinylm, f"{PRIVATE} {BROAD}")
    click(tinylm.wait(Atspi.Role.PUSH_BUTTON, "Take It Elsewhere…"))
    window = tinylm.other_window()
    shown = tinylm.wait(Atspi.Role.TEXT, "The Exact Text", window)
    assert text_of(shown) == f"{PRIVATE} {BROAD}", text_of(shown)
    click(tinylm.wait(Atspi.Role.PUSH_BUTTON, "Replace “Tobias Gruenwald”", window))
    wait_for("a text without the name", lambda: text_of(shown) == f"I am [name]. {BROAD}")
    click(tinylm.wait(Atspi.Role.PUSH_BUTTON, None, window, "Copy"))
    tinylm.wait(Atspi.Role.PUSH_BUTTON, None, window, "Copied")
    tinylm.close_others()
    press(composer, "clipboard.paste")
    wait_for("what was copied", lambda: text_of(composer) == f"I am [name]. {BROAD}")
    type_into(composer, "")


def keeps_a_draft_when_killed(tinylm):
    type_into(tinylm.wait(Atspi.Role.TEXT, "Message"), DRAFT)
    path = os.path.join(os.environ["XDG_DATA_HOME"], "tinylm", "tinylm.db")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        wait_for("the draft on the disk", lambda: db.execute(
            "SELECT 1 FROM chats WHERE draft = ?", (DRAFT,)).fetchone())
    tinylm.process.kill()
    tinylm.process.wait()


def has_the_draft(tinylm):
    composer = tinylm.wait(Atspi.Role.TEXT, "Message")
    wait_for("the draft", lambda: text_of(composer) == DRAFT)


def adds_to_the_draft_and_quits(tinylm):
    has_the_draft(tinylm)
    type_into(tinylm.wait(Atspi.Role.TEXT, "Message"), DRAFT + " And there is more.")
    tinylm.quit()


def finds_both_again(tinylm):
    composer = tinylm.wait(Atspi.Role.TEXT, "Message")
    wait_for("the longer draft", lambda: text_of(composer) == DRAFT + " And there is more.")
    tinylm.wait_words("small assistant")
    tinylm.list_notes()
    press(wait_for("the note in the list", lambda: items(tinylm).get("Harbour fair")), "item.open")
    editor = tinylm.wait(Atspi.Role.TEXT, "Note text")
    wait_for("the note's text", lambda: text_of(editor) == NOTE)


def main():
    program, data = sys.argv[1:3]
    n = 0

    def check(func, *args):
        nonlocal n
        n += 1
        name = func.__name__.replace("_", " ")
        try:
            func(*args)
            print(f"ok {n} - {name}", flush=True)
            return True
        except Exception:
            traceback.print_exc()
            print(f"not ok {n} - {name}", flush=True)
            return False

    print("1..10")
    tinylm = Program(program)
    ok = check(writes_a_note, tinylm)
    ok = check(tells_how_its_text_looks, tinylm) and ok
    if os.path.exists(os.path.join(data, "models", "eeny.gguf")):
        for act in (shows_where_a_key_point_stands, asks_the_note, ticks_off_what_is_to_be_done):
            ok = check(act, tinylm) and ok
    else:
        for what in ("shows where a key point stands", "asks the note", "ticks off what is to be done"):
            n += 1
            print(f"ok {n} - {what} # SKIP there is no models/eeny.gguf")
    ok = check(answers_in_a_chat, tinylm) and ok
    ok = check(takes_a_question_elsewhere, tinylm) and ok
    ok = check(keeps_a_draft_when_killed, tinylm) and ok
    again = Program(program)
    ok = check(adds_to_the_draft_and_quits, again) and ok
    again = Program(program)
    ok = check(finds_both_again, again) and ok
    again.process.terminate()
    again.process.wait()
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
