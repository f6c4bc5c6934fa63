# SPDX-License-Identifier: Apache-2.0
"""doxygen-filter.py TINYLM_H: the header with its comments said in Doxygen's words, on standard output. What
stands before a declaration or behind a field explains it; a header of ours is a group."""
import pathlib
import re
import sys

MARKS = {"out": "[out]", "inout": "[in,out]"}


def parameter(line):
    """@name: (out) (nullable): words  ->  @param[out] name words (nullable)"""
    name, marks, words = line.groups()
    marks = re.findall(r"\(([^()]*)\)", marks or "")
    way = next((MARKS[mark] for mark in marks if mark in MARKS), "")
    rest = ", ".join(mark for mark in marks if mark not in MARKS)
    return f" * @param{way} {name} " + (f"({rest}) " if rest else "") + words


def explain(comment):
    text = re.sub(r"\A/\*\*\n \* tl_\w+:\n", "/**\n", comment.group())
    text = re.sub(r"^ \* @(\w+):((?: \([^()]*\))*)(?::)? ?(.*)$", parameter, text, flags=re.MULTILINE)
    text = re.sub(r"(\bReturns: )", r"\n * @return ", text)
    text = re.sub(r"(?<![\w*])(\*?)@(?!param|return)(\w+)", r"\1\\p \2", text)
    # What stands in angle brackets is a token of a model.
    text = re.sub(r"<(?=[|/\w])([^<>\n]*)>", r"&lt;\1&gt;", text)
    return text if text.startswith("/**") else "/**" + text[2:]


def spread(text):
    head, code = text.split("#pragma once\n", 1)
    head = re.sub(r"\A/\* SPDX.*\n/\*", "/** @mainpage libtinylm\n *", head)
    head = head.rstrip().removesuffix("*/") + "\n *\n * @include example.c\n */\n"
    # Behind a field or a value: the comment begins on the line of the code.
    code = re.sub(r"(?<=[;,])( +)/\*(?!\*)", r"\1/**<", code)
    parts = re.split(r"^/\* --- (.*) --- \*/\n", code, flags=re.MULTILINE)
    out = [head, parts[0]]
    for name, part in zip(parts[1::2], parts[2::2], strict=True):
        about, rest = part.split("*/", 1)
        group = re.sub(r"\W", "_", name)
        about = explain(re.match(r".*", about, re.DOTALL)).replace("/**", f"/** @defgroup {group} {name}\n *", 1)
        out += [about, "\n * @{ */", re.sub(r"/\*.*?\*/", explain, rest, flags=re.DOTALL), "/** @} */\n"]
    return "".join(out)


print(spread(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")))
