# SPDX-License-Identifier: Apache-2.0
"""man.py CLI FOLDER: the pages of data/man name the commands and options that the program has, no more and
no less, and mandoc finds nothing wrong with them. Speaks TAP."""

import functools
import os
import re
import shutil
import subprocess
import sys

import cli


def sections(page):
    """The commands of a page and the options that each names at the head of a list's item."""
    with open(page, encoding="ascii") as file:  # other letters are escapes in roff
        text = file.read()
    found = {}
    for section in re.split(r"^\.Ss ", text, flags=re.MULTILINE)[1:]:
        name, body = section.split("\n", 1)
        items = re.findall(r"^\.It (.*)$", body.split("\n.Sh ")[0], re.MULTILINE)
        found[tuple(name.split())] = {"-" + flag for item in items for flag in re.findall(r"Fl (\S+)", item)}
    return found


def has_all_options(program, folder):
    page = sections(os.path.join(folder, "tinylm-cli.1"))
    there = {call: cli.options(program, call) for call in cli.calls(program)}
    assert len(there) > 20, there
    assert set(page) == set(there), f"commands: {set(page) ^ set(there)}"
    for call, names in there.items():
        assert page[call] == names, f"{' '.join(call)}: {page[call] ^ names}"


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
        *((f"{page} is well-formed", functools.partial(is_well_formed, folder, page))
          for page in pages if page.endswith(".1")),
    ])


if __name__ == "__main__":
    sys.exit(main())
