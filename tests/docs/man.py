# SPDX-License-Identifier: Apache-2.0
"""man.py CLI FOLDER: the pages of data/man name the commands and options that the program has, no more and
no less, and say of each option what the program says; and mandoc finds nothing wrong with them. Speaks TAP."""

import functools
import os
import re
import shutil
import subprocess
import sys

import cli


def sections(page):
    """The commands of a page, and what it says of each."""
    with open(page, encoding="ascii") as file:  # other letters are escapes in roff
        text = file.read()
    for section in re.split(r"^\.Ss ", text, flags=re.MULTILINE)[1:]:
        name, body = section.split("\n", 1)
        yield tuple(name.split()), body.split("\n.Sh ")[0]


def options(body):
    """Those at the heads of a list's items."""
    items = re.findall(r"^\.It (.*)$", body, re.MULTILINE)
    return {"-" + flag for item in items for flag in re.findall(r"Fl (\S+)", item)}


def letters(words):
    return re.sub(r"[^a-z0-9]", "", words.lower())


def letters_of(body):
    """Without roff's own: macros of two letters and escapes."""
    body = re.sub(r"\\(\(..|\[.*?\]|.)", "", body)
    lines = (" ".join(word for word in line[1:].split() if not re.fullmatch(r"[A-Z][a-z]", word))
             if line.startswith(".") else line for line in body.split("\n"))
    return letters(" ".join(lines))


def has_all_options(program, folder):
    page = {call: options(body) for call, body in sections(os.path.join(folder, "tinylm-cli.1"))}
    there = {call: cli.options(program, call) for call in cli.calls(program)}
    assert len(there) > 20, there
    assert set(page) == set(there), f"commands: {set(page) ^ set(there)}"
    for call, names in there.items():
        assert page[call] == names, f"{' '.join(call)}: {page[call] ^ names}"


def says_what_the_program_says(program, folder):
    compared = 0
    for call, body in sections(os.path.join(folder, "tinylm-cli.1")):
        said = letters_of(body)
        for option, about in re.findall(r"^  (?:-\w, )?(--[\w-]+)\S* +(.*)$", cli.output(program, *call, "--help"),
                                        re.MULTILINE):
            if option != "--help":
                assert letters(about) in said, f"{' '.join(call)} {option}: {about}"
                compared += 1
    assert compared > 100, compared


def is_well_formed(folder, name):
    if shutil.which("mandoc") is None:
        return "mandoc is not installed"
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(folder, name)],
                          capture_output=True, text=True, check=False)
    assert lint.returncode == 0, lint.stdout
    return None


def main():
    program, folder = sys.argv[1:3]
    pages = sorted(os.listdir(folder))
    return cli.run([
        ("tinylm-cli.1 has all commands and options", functools.partial(has_all_options, program, folder)),
        ("tinylm-cli.1 says of each option what --help says",
         functools.partial(says_what_the_program_says, program, folder)),
        *((f"{page} is well-formed", functools.partial(is_well_formed, folder, page))
          for page in pages if page.endswith(".1")),
    ])


if __name__ == "__main__":
    sys.exit(main())
