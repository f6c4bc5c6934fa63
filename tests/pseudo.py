# SPDX-License-Identifier: Apache-2.0
"""A language made at test time, in which each message stands in ⟦brackets⟧: what is shown without them
was never given to gettext."""

import os
import re
import subprocess

import catalogue

OPEN, CLOSE = "⟦", "⟧"
LANGUAGE = "qps"
QUOTED = re.compile(r'^(?:msgstr(?:\[\d\])? )?"(.*)"$')


def unbracketed(words):
    """What stands in no brackets; they may be nested."""
    out, depth = [], 0
    for char in words:
        depth += char == OPEN
        if depth == 0:
            out.append(char)
        depth = max(0, depth - (char == CLOSE))
    return "".join(out)


def with_brackets(quoted):
    """The lines of one msgstr; a newline at the end stays the last."""
    first = next(i for i, line in enumerate(quoted) if QUOTED.match(line)[1] or i + 1 == len(quoted))
    quoted[first] = re.sub('"', '"' + OPEN, quoted[first], count=1)
    quoted[-1] = re.sub(r'((?:\\n)?")$', lambda end: CLOSE + end[1], quoted[-1])
    return quoted


def translate(lines):
    """A catalogue whose translations are the words themselves, with brackets; not its header."""
    out, block, entries = [], [], 0
    for line in [*lines, ""]:
        if block and not line.startswith('"'):
            out += with_brackets(block) if entries > 1 else block
            block = []
        entries += line.startswith("msgid ")
        if line.startswith("msgstr") or (block and line.startswith('"')):
            block.append(line)
        else:
            out.append(line)
    return out


def make(top, folder):
    """Writes the catalogue under a folder, for TINYLM_LOCALE_DIR."""
    template = catalogue.make_template(top, folder)
    english = subprocess.run(["msgen", template], check=True, capture_output=True, text=True).stdout
    target = os.path.join(folder, LANGUAGE, "LC_MESSAGES")
    os.makedirs(target)
    subprocess.run(["msgfmt", "-o", os.path.join(target, "tinylm.mo"), "-"], check=True, text=True,
                   input="\n".join(translate(english.split("\n"))) + "\n")


def environment(folder):
    # Newer glibc translates nothing in C.UTF-8.
    return {**os.environ, "TINYLM_LOCALE_DIR": folder, "LANGUAGE": LANGUAGE, "LC_ALL": "en_US.UTF-8"}
