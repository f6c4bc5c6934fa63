#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts requests together from a grammar: `grow.py grammar.txt > train.jsonl`.

Each pattern is taken as often as its choices allow, up to a limit, so that no phrase drowns the
others; one request in eight is typed carelessly. The same seed gives the same file.
"""
import json
import pathlib
import random
import re
import sys

PER_PATTERN = 12  # of 6, 12 and 30 in each pattern, the fewest that lose nothing
CHOICE = re.compile(r"\(([^()]*)\)|<([^<>]*)>")


def read(path):
    lists, patterns = {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, equals, items = line.partition(" = ")
        if equals and " " not in name:
            lists[name] = [item.strip() for item in items.split("|")]
        else:
            label, attach, risk, pattern = line.split(" ", 3)
            patterns.append((label, attach.split(","), risk, pattern))
    return lists, patterns


def expand(pattern, lists, rng):
    """Innermost choices first, one at a time, until none is left."""
    while match := CHOICE.search(pattern):
        items = match[1].split("|") if match[1] is not None else lists.get(match[2], [match[0][1:-1]])
        pattern = pattern[:match.start()] + rng.choice(items) + pattern[match.end():]
    return re.sub(r"\s+([?!.,;:])", r"\1", " ".join(pattern.split()))


def mistype(text, rng):
    kind, at = rng.random(), rng.randrange(len(text))
    if kind < 0.5 or not text[at].isalpha():
        return text.lower().rstrip("?.")
    if kind < 0.75:
        return text[:at] + text[at + 1:]
    return text[:at] + text[at:at + 2][::-1] + text[at + 2:]


def main():
    lists, patterns = read(pathlib.Path(sys.argv[1]))
    rng, seen = random.Random(1), set()
    for label, attach, risk, pattern in patterns:
        taken = 0
        for _ in range(3 * PER_PATTERN):
            text = expand(pattern, lists, rng)
            if rng.random() < 0.125:
                text = mistype(text, rng)
            if taken == PER_PATTERN or not text or text.lower() in seen:
                continue
            seen.add(text.lower())
            taken += 1
            print(json.dumps({"text": text} | ({} if label == "-" else {"label": label})
                             | {"attach": rng.choice(attach), "risk": risk}, ensure_ascii=False))


main()
