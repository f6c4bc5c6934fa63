# SPDX-License-Identifier: Apache-2.0
"""languages.py LANGUAGE: writes the notes of languages.txt in that language as labelled notes, for
`tinylm-cli eval --notes`. Six notes of this project's own, the same in each language, eight sentences
each; an asterisk marks the three that matter."""
import json
import pathlib
import sys

language = sys.argv[1]
text = pathlib.Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
for block in text.split("== ")[1:]:
    (head, *lines) = block.strip().split("\n")
    code, name = head.split()
    if code == language:
        units = [line.removeprefix("*") for line in lines]
        json.dump({
            "id": f"{code}-{name}", "genre": name, "lang": code, "text": " ".join(units) + "\n", "units": units,
            "title": "", "keypoints": [i for i, line in enumerate(lines) if line.startswith("*")], "nice": [],
            "actions": [], "tags": [], "questions": [],
        }, sys.stdout, ensure_ascii=False)
        print()
