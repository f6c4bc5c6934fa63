# SPDX-License-Identifier: Apache-2.0
"""A week's use of the real window in minutes: `../run-headless /usr/bin/python3 week.py BUILD [--rounds N]`.

A round is what a person does in some half an hour: a note is written and summarised, a question is put to
the chat and answered, a file is opened from outside, something is searched, the note goes to the bin, and
every page of the menu is seen. After each round the memory and the open handles of the process are noted;
the slope is that of a straight line through the last two thirds of the rounds. Then nobody does anything
for IDLE_S, and what the processor does meanwhile is counted. Ends with 1 when memory or handles grew by more
than MOST_MB_A_ROUND or MOST_HANDLES."""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "desktop"))
from desktop import Atspi, Program, bare, click, label_of, text_of, type_into, wait_for, walk  # noqa: E402

IDLE_S = 30
SETTLE_S = 10
MOST_MB_A_ROUND = 1.0  # README.md: .06 to .42 for the rows of what a round leaves in the lists
MOST_HANDLES = 4       # more than at the first third's end; README.md: none
PAGES = ("bin", "help", "licenses", "models", "privacy", "specialists", "todo")
NOTE = """# Meeting {n}

We talked about boats for a while, and about the weather.
It was decided in round {n} to move the fair because the pier is not repaired yet.
Ruth will call the harbour master by Friday and ask for a second mooring.
"""


def write_a_note(tinylm, n):
    tinylm.action("win.new-note")
    editor = tinylm.wait(Atspi.Role.TEXT, "Note text")
    wait_for("an editor that takes text",
             lambda: editor.get_state_set().contains(Atspi.StateType.EDITABLE))
    type_into(editor, NOTE.format(n=n))
    tinylm.wait_words("· Saved")
    tinylm.wait_words("Chosen by eeny")


def chat(tinylm, n):
    """What is typed before the new chat is shown goes into the draft of the one before, and is typed again."""
    question = f"Who are you, in round {n}?"

    def is_sent():
        composer = tinylm.wait(Atspi.Role.TEXT, "Message")
        sendable = next((node for node in walk(tinylm.frame) if bare(node.get_name()) == "Send"
                         and node.get_state_set().contains(Atspi.StateType.SENSITIVE)), None)
        if text_of(composer) != question:
            type_into(composer, question)
        elif sendable is not None:
            click(sendable)
        messages = tinylm.find(Atspi.Role.LIST, "Messages")
        return messages is not None and any(question in label_of(node) for node in walk(messages))

    tinylm.action("win.new-chat")
    wait_for("a question in a new chat", is_sent)
    tinylm.wait_words("Answered by")


def open_a_file(tinylm, n, folder, program):
    path = os.path.join(folder, f"file-{n}.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(NOTE.format(n=f"{n} from a file"))
    subprocess.run([program, path], check=True)
    tinylm.wait_words(f"Meeting {n} from a file")


def search(tinylm, n):
    tinylm.action("win.search")
    entry = next(node for node in walk(tinylm.frame) if "Search" in bare(node.get_name())
                 and node.get_editable_text_iface() is not None)
    type_into(entry, f"round {n}")
    tinylm.wait(Atspi.Role.LIST, "Search results")
    type_into(entry, "")


def see_the_pages(tinylm):
    for page in PAGES:
        tinylm.action(f"win.show-{page}")
        time.sleep(0.2)
        tinylm.action("win.back")


def live(tinylm, n, folder, program):
    write_a_note(tinylm, n)
    chat(tinylm, n)
    open_a_file(tinylm, n, folder, program)
    search(tinylm, n)
    tinylm.action("win.trash")
    see_the_pages(tinylm)


def memory_mb(pid):
    """What it wrote. Pages of libraries count as its own or not as other programs come and go."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty")) / 1024


def n_handles(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def activity(pid):
    """Of each thread: processor time in ms, and how often it woke up."""
    threads = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(FileNotFoundError):  # it has just ended
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                ms = int(file.read().split()[0]) / 1e6
            with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as lines:
                threads[thread] = ms, next(int(line.split()[1]) for line in lines
                                           if line.startswith("voluntary_ctxt_switches"))
    return threads


def print_idle(before, after):
    """A thread that ended meanwhile is left out."""
    spent = [(ms - before.get(thread, (0, 0))[0], wakes - before.get(thread, (0, 0))[1])
             for thread, (ms, wakes) in after.items()]
    print(f"idle for {IDLE_S} s: {sum(ms for ms, _ in spent):.1f} ms of processor, "
          f"{sum(wakes for _, wakes in spent)} wake-ups")


def faults(slope_mb, handles):
    """handles: at the first third's end, and at last"""
    if slope_mb > MOST_MB_A_ROUND:
        yield f"memory grew by more than {MOST_MB_A_ROUND} MB a round"
    if handles[1] - handles[0] > MOST_HANDLES:
        yield f"handles grew by more than {MOST_HANDLES}"


def main():
    options = argparse.ArgumentParser(description="A week's use of the window.")
    options.add_argument("build", help="the folder that meson built in, with tests")
    options.add_argument("--rounds", type=int, default=100)
    chosen = options.parse_args()
    os.environ["GSETTINGS_SCHEMA_DIR"] = os.path.join(chosen.build, "data")
    program = os.path.join(chosen.build, "ui", "tinylm")
    tinylm, memory, handles = Program(program), [], []
    pid, start = tinylm.process.pid, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for n in range(chosen.rounds):
            live(tinylm, n, folder, program)
            memory.append(memory_mb(pid))
            handles.append(n_handles(pid))
            print(f"round {n + 1}: {memory[-1]:.1f} MB, {handles[-1]} handles", flush=True)
    print(f"{chosen.rounds} rounds in {(time.monotonic() - start) / 60:.1f} minutes at a load of "
          f"{os.getloadavg()[0]:.1f}")
    late = range(chosen.rounds // 3, chosen.rounds)
    slopes = []
    for what, values in (("memory of its own, MB", memory), ("handles", handles)):
        slopes.append(statistics.linear_regression(late, [values[i] for i in late]).slope)
        print(f"{what}: {values[late[0]]:.1f} to {values[-1]:.1f}, {slopes[-1]:+.3f} a round")
    time.sleep(SETTLE_S)
    before = activity(pid)
    time.sleep(IDLE_S)
    print_idle(before, activity(pid))
    tinylm.quit()
    found = [*faults(slopes[0], (handles[late[0]], handles[-1]))]
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
