# SPDX-License-Identifier: Apache-2.0
"""sockets.py PROGRAM CLI DATA: the real program under strace asks the kernel for local sockets (AF_UNIX) only,
with each command of tinylm-cli and each verb of its usage line, and with each action of the window. The Privacy
page and `tinylm-cli privacy` try others, to show that they are refused; nothing else may so much as try. Speaks TAP.

What the program learns is added to window_acts() or cli_acts(): an action of the window, a command of
tinylm-cli and a verb of one that stand in neither make the test fail. Left out are most options of the commands,
and in the window what a page's own buttons do beyond window_acts(): nothing is trained there to its end, no
specialist imported or judged, no document of another program opened. The command line does those but the last."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(1, os.path.join(os.path.dirname(__file__), ".."))

import audit
import drive
import vault
from desktop import Atspi, GLib, Program, actions_of, children, click, extents, label_of, mouse, type_into, wait_for, walk
from sight import RETURN

SLASH = ord("/")
STRACE = ["strace", "-f", "-e", "trace=socket,socketpair,connect,bind,io_uring_setup", "-o"]
SAMPLE = "Harbour library: autumn planning"
# What the proof itself tries (app/privacy/privacy-network.c), and GLib's network monitor anywhere: all refused.
PROBED = {"AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET"}
MONITOR = {"AF_NETLINK"}

CALL = re.compile(r"(\d+) +(socket|socketpair|connect|bind|io_uring_setup)\((.*)")
RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)")


def calls(lines):
    """Each call as (name, arguments and result); one that another thread cut in two is joined."""
    open_calls = {}
    for line in lines:
        if found := CALL.match(line):
            pid, name, rest = found.groups()
            if rest.rstrip().endswith("<unfinished ...>"):
                open_calls[pid] = name, rest
            else:
                yield name, rest
        elif (found := RESUMED.match(line)) and found[1] in open_calls:
            name, rest = open_calls.pop(found[1])
            yield name, rest + found[2]
    yield from open_calls.values()


def offence(name, rest, tried):
    """What is wrong with a call, if anything. tried: the families whose refusal is as it should be."""
    if name == "io_uring_setup":
        return None if "= -1 ENOSYS" in rest else "io_uring is there"
    if name in ("connect", "bind"):
        return None if "sa_family=AF_UNIX" in rest else "an address that is not local"
    family = re.match(r"\w+", rest)[0]
    if family == "AF_UNIX":
        return None
    if "= -1 EAFNOSUPPORT" not in rest:
        return "a socket that is not local"
    return None if family in tried else "an attempt at a socket that is not local"


def offences(lines, tried):
    return [f"{wrong}: {name}({rest.strip()}"
            for name, rest in calls(lines) if (wrong := offence(name, rest, tried))]


def lines_of(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.readlines()


def assert_local(lines, tried=MONITOR):
    bad = offences(lines, tried)
    assert not bad, "\n".join(bad)


def knows_an_offence(folder):
    """The check finds what it is for, in a program that does it."""
    trace = os.path.join(folder, "guilty")
    subprocess.run([*STRACE, trace, sys.executable, "-c",
                    "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0))"], check=True)
    bad = "\n".join(offences(lines_of(trace), PROBED))
    assert "a socket that is not local" in bad and "an address that is not local" in bad, bad
    assert offences(["7 socket(AF_INET, SOCK_DGRAM <unfinished ...>", "8 bind(3, {sa_family=AF_UNIX}) = 0",
                     "7 <... socket resumed>, 0) = 4"], PROBED)
    assert not offences(["7 socket(AF_NETLINK, SOCK_RAW, 0) = -1 EAFNOSUPPORT (...)"], MONITOR)
    assert offences(["7 io_uring_setup(8, 0x7f) = 3"], PROBED)


# The command line

# These need labelled notes, a key for what is asked, or a damaged database, and end with a complaint.
COMPLAINTS = {("train", "reader"), ("eval", "--notes"), ("license", "verify")}


def newest_backup():
    """Its path, which restores it as its name does."""
    return str(max(pathlib.Path(os.environ["XDG_DATA_HOME"], "tinylm/backups").iterdir()))


def cli_acts(data, folder):
    """The arguments of every command; what is known later only is a function."""
    meeny, sample = data + "/models/meeny.gguf", data + "/samples/meeting.md"
    text, trained, receipt = (folder + name for name in ("/text.txt", "/trained.gguf", "/receipt.json"))
    with open(text, "w", encoding="utf-8") as file:
        file.writelines(f"The boat waits for mooring {i}.\n<|endoftext|>\n" for i in range(100))
    pairs, adapter = folder + "/pairs.csv", folder + "/adapter.gguf"
    with open(pairs, "w", encoding="utf-8") as file:
        file.writelines(f"{'buy' if i % 2 else 'return'} lamp {i},{'sales' if i % 2 else 'refund'}\n"
                        for i in range(60))
    with open(folder + "/chats.json", "w", encoding="utf-8") as file:
        file.write('[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]')
    shape = "--embd 64 --layers 1 --heads 1 --kv-heads 1 --head-dim 64 --ff 64 --seq 32 --batch 64"
    return {
        "summarize": [[sample], ["--json", sample], ["--receipt", receipt, sample],
                      ["--folder", os.path.dirname(sample)]],
        "ask": [["When does it open?", sample], ["When does it open?", os.path.dirname(sample)],
                ["When does it open?"]],
        "replay": [[receipt, sample]],
        "batch": [["summarize"], ["generate", "--out", folder + "/answers.jsonl"]],
        "route": [["--json", "what is 2 + 2"], []],
        "generate": [["-m", meeny, "-p", "Once", "-n", "4"],
                     ["-m", meeny, "--chat", "-p", "Hello", "-n", "4"]],
        "bench": [["-m", meeny, "-p", "4", "-n", "2", "-r", "1"]],
        "train": [["lm", "--text", text, "--vocab", meeny, "--checkpoint", folder + "/state", "--out",
                   trained, "--steps", "2", "--valid", "2", "--every", "2",
                   *shape.split()],
                  ["reader", "--data", folder, "--out", folder + "/reader.gguf"],
                  ["router", "--data", data, "--out", folder + "/router.gguf"],
                  ["--data", pairs, "--base", "meeny", "--out", adapter, "--epochs", "1"]],
        "classify": [["--adapter", adapter, "buy a lamp"]],
        "merge": [["--adapter", adapter, "--out", folder + "/merged.gguf"]],
        "info": [[adapter]],
        "quantize": [[trained, folder + "/small.gguf", "Q8_0"]],
        "eval": [["--notes", text]],
        "models": [["import", meeny], ["list"], ["verify", "meeny 2"], ["measure", "meeny"],
                   ["rename", "meeny 2", "mine"], ["remove", "--for-good", "mine"]],
        "specialists": [["import", adapter], ["list"], ["off", "1"], ["on", "1"],
                        ["export", "1", folder + "/exported.gguf"], ["remove", "1"]],
        "license": [["add", data + "/licenses/vectors/life.txt"], ["list"],
                    ["verify", "--product", "Example", "--model", "eeny"], ["remove", "00000000000000a2"]],
        "handoff": [["--json", "Call Ruth Hale on 0161 496 0000"]],
        "chats": [["list"], ["export", folder + "/chats.jsonl"], ["import", folder + "/chats.json"]],
        "backup": [["now"], ["list"], ["restore", newest_backup], ["salvage"]],
        "export": [[folder + "/everything"]],
        "erase": [["--yes-erase-everything"]],
        "privacy": [[], ["--json"]],
        "help": [[]],
        "--version": [[]],
    }


def commands_of(cli):
    listing = subprocess.run([cli, "help"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^  (\S+) ", listing, re.MULTILINE)


def verbs_of(cli, command):
    """As its usage line tells them: "list | import FILE… | export FILE"."""
    if command in ("help", "--version"):
        return set()
    said = subprocess.run([cli, command, "--help"], check=True, capture_output=True, text=True).stdout
    usage = next(line for line in said.splitlines() if line.startswith(f"  tinylm-cli {command}"))
    ways = usage.split(command, 1)[1].replace("[OPTION…]", "").split("|")
    return {found[1] for way in ways if (found := re.match(r"\s*\[?([a-z]+)\b", way))}


def cli_is_local(cli, data, folder):
    acts = cli_acts(data, folder)
    commands = commands_of(cli)
    assert not set(commands) - set(acts), f"no act for {set(commands) - set(acts)}"
    verbs = {(command, verb) for command in commands for verb in verbs_of(cli, command)}
    assert {("backup", "salvage"), ("license", "verify"), ("chats", "import")} <= verbs, verbs
    missing = verbs - {(command, *args[:1]) for command in commands for args in acts[command]}
    assert not missing, f"no act for {missing}"
    for command in (name for name in acts if name in commands):
        for i, args in enumerate(acts[command]):
            trace = os.path.join(folder, f"{command}-{i}")
            args = [arg() if callable(arg) else arg for arg in args]
            run = subprocess.run([*STRACE, trace, cli, command, *args], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
            expected = 1 if (command, *args[:1]) in COMPLAINTS else 0
            assert run.returncode == expected, f"{command} {args}: {run.stderr.decode()}"
            lines = lines_of(trace)
            assert any("+++ exited with" in line for line in lines), f"{command} was not traced to its end"
            assert_local(lines, PROBED if command == "privacy" else set())


# The window

def opens_a_sample(tinylm):
    tinylm.action("win.new-sample")
    tinylm.wait_words(SAMPLE)


def search_for(tinylm, words):
    tinylm.action("win.search")
    entry = wait_for("the search entry", lambda: next(
        (n for n in walk(tinylm.frame) if n.get_name() == "Search notes and chats"
         and n.get_editable_text_iface() is not None), None))
    type_into(entry, words)


def searches(tinylm):
    search_for(tinylm, "harbour")
    tinylm.wait_words("Harbour fair")
    tinylm.action("win.escape")


def shows_a_message(tinylm):
    """win.show-message, which takes a parameter: from what the search finds in a chat."""
    search_for(tinylm, "small assistant")
    drive.press(wait_for("the chat among the hits", lambda: next(
        (n for n in walk(tinylm.frame) if n.get_role() == Atspi.Role.LIST_ITEM
         and any("small assistant" in label_of(part) for part in walk(n))
         and "row.activate" in actions_of(n)), None)), "row.activate")
    tinylm.wait(Atspi.Role.TEXT, "Message")
    tinylm.action("win.escape")


def page_with(tinylm, action):
    return wait_for(f"a page with {action}", lambda: next(
        (n for n in walk(tinylm.frame) if action in actions_of(n)), None))


def prints(tinylm):
    page = page_with(tinylm, "note.print")
    try:
        drive.press(page, "note.print")
    except GLib.Error:  # slower than the call's patience, as printers are looked for under strace
        pass
    click(wait_for("the print dialog", lambda: next(
        (n for window in children(tinylm.app) if window.get_name() == "Print" for n in walk(window)
         if "Cancel" in n.get_name() and n.get_role() == Atspi.Role.PUSH_BUTTON), None)))


def replays(tinylm):
    """The summary, which is the same. Its receipt is unfolded first."""
    line = tinylm.wait_words("Chosen by eeny")
    drive.press(next(n for n in drive.parents(line) if "activate" in actions_of(n)), "activate")
    drive.press(page_with(tinylm, "note.replay"), "note.replay")
    wait_for("a verdict", lambda: any("byte for byte" in label_of(n) for n in walk(tinylm.frame)))


def adds_a_model(model):
    def act(tinylm):
        tinylm.action("win.show-models")
        click(vault.button(tinylm.frame, "Choose…"))
        dialog = tinylm.other_window()
        Atspi.generate_keyboard_event(SLASH, None, Atspi.KeySynthType.SYM)  # a field for the path
        type_into(wait_for("a field", lambda: next(
            (n for n in walk(dialog) if n.get_editable_text_iface() is not None), None)), model)
        Atspi.generate_keyboard_event(RETURN, None, Atspi.KeySynthType.SYM)
        tinylm.wait_words("is added")
        tinylm.action("win.escape")
    return act


def begins_a_training(tinylm):
    """And takes it back; a step of it is tried before and some are made."""
    tinylm.action("win.show-specialists")
    place = extents(tinylm.wait(Atspi.Role.LIST_ITEM, "Lessons"))
    mouse(place.x + place.width // 2, place.y + place.height // 2, "b1c", tinylm.frame)
    click(vault.button(tinylm.frame, "Train…"))
    tinylm.wait_words("going by a step tried just now")
    click(vault.button(tinylm.frame, "Start Training"))
    click(vault.button(tinylm.frame, "Cancel Training"))
    for _ in range(3):
        tinylm.action("win.escape")


def acts_once(name):
    def act(tinylm):
        tinylm.action(name)
    act.__name__ = name
    return act


def window_acts(model):
    """(action or None, what the person does), in this order; the Privacy page comes by itself after."""
    return [
        ("win.new-note", drive.writes_a_note),
        (None, drive.shows_where_a_key_point_stands),
        (None, drive.asks_the_note),
        (None, replays),
        (None, prints),
        ("win.show-todo", drive.ticks_off_what_is_to_be_done),
        ("win.new-sample", opens_a_sample),
        ("win.new-chat", drive.answers_in_a_chat),
        (None, drive.takes_a_question_elsewhere),
        (None, drive.chooses_a_note),
        ("win.search", searches),
        (None, shows_a_message),
        (None, adds_a_model(model)),
        (None, begins_a_training),
        *((name, acts_once(name)) for name in (
            "win.escape", "win.save", "win.toggle-sidebar", "win.back", "win.focus-content",
            "win.trash", "win.undo",
            "win.show-bin", "win.show-licenses", "win.show-models", "win.show-specialists",
            "win.show-help", "win.show-help-overlay", "win.import", "win.export-chats",
            "win.import-chats", "win.stop-import")),
    ]


# Of the toolkit, or done by quit().
NO_ACTS = {"window.minimize", "window.toggle-maximized", "window.close", "default.activate",
           "win.show-privacy"}


def shows_the_proof(tinylm):
    tinylm.action("win.show-privacy")
    tinylm.wait_words("The kernel refuses them all")


def keeps(tinylm, folder, trace):
    """On the Privacy page, and back on it after unlocking. Encrypting and exporting try no socket."""
    before = len(lines_of(trace))
    vault.encrypts(tinylm)
    code = vault.saves_the_recovery_sheet(tinylm, folder + "/sheet.txt")
    vault.exports(tinylm, folder + "/everything.zip", SAMPLE)
    assert_local(lines_of(trace)[before:])
    for secret in (vault.PASSPHRASE, code):
        vault.locks_and_unlocks(tinylm, secret, SAMPLE)
        shows_the_proof(tinylm)
    vault.erases(tinylm)


def window_is_local(program, cli, data, folder):
    audit.add_lessons(cli)
    acts = window_acts(data + "/models/meeny.gguf")
    trace = os.path.join(folder, "window")
    # -D: the program is our child, and strace its grandchild.
    tinylm = Program(STRACE[0], "-D", *STRACE[1:], trace, program)
    there = set(actions_of(tinylm.frame))
    unknown = there - NO_ACTS - {name for name, _ in acts}
    assert not unknown, f"no act for {unknown}"
    gone = {name for name, _ in acts if name is not None} - there
    assert not gone, f"no action for {gone}"
    for _, act in acts:
        act(tinylm)
    tinylm.close_others()
    before = len(lines_of(trace))
    shows_the_proof(tinylm)
    keeps(tinylm, folder, trace)
    tinylm.quit()
    pid = str(tinylm.process.pid)
    lines = wait_for("the end of the trace", lambda: [
        *lines_of(trace)] if any(re.match(pid + r" +\+\+\+ exited", s) for s in lines_of(trace)) else None)
    assert sum("AF_UNIX" in line for line in lines) > 2, "nothing was traced"
    assert_local(lines[:before])
    assert_local(lines[before:], PROBED)
    assert any("AF_INET," in line for line in lines[before:]), "the page tried nothing"


def main():
    program, cli, data = sys.argv[1:4]
    failed = 0
    print("1..3")
    with tempfile.TemporaryDirectory(prefix="tinylm-sockets-") as folder:
        for n, (name, check, args) in enumerate((
                ("the check knows an offence", knows_an_offence, (folder,)),
                ("tinylm-cli is local", cli_is_local, (cli, data, folder)),
                ("the window is local", window_is_local, (program, cli, data, folder))), 1):
            try:
                check(*args)
                print(f"ok {n} - {name}", flush=True)
            except Exception:
                failed += 1
                traceback.print_exc()
                print(f"not ok {n} - {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
