# SPDX-License-Identifier: Apache-2.0
"""one-header.py TINYLM_H OUT DEPFILE: the umbrella header with all that it includes, each once and in the
order in which they need each other. One file, so that no header of an embedding program that is called
"model/model.h" can take the place of ours."""
import pathlib
import re
import sys

umbrella, out, depfile = map(pathlib.Path, sys.argv[1:4])
seen, system = set(), set()


def spread(path):
    """The text of a header less its includes, behind those of ours that it includes."""
    if path in seen:
        return ""
    seen.add(path)
    text = path.read_text(encoding="utf-8")
    system.update(re.findall(r"^#include (<.*>)$", text, re.MULTILINE))
    before = "".join(spread(umbrella.parent / name) for name in re.findall(r'^#include "(.*)"$', text, re.MULTILINE))
    if path == umbrella:
        return before
    body = re.sub(r"^(/\* SPDX.*|#pragma once|#include .*)\n", "", text, flags=re.MULTILINE).strip()
    return f"{before}\n/* --- {path.relative_to(umbrella.parent)} --- */\n{body}\n"


body = spread(umbrella)
head, rest = umbrella.read_text(encoding="utf-8").split("#pragma once\n", 1)
includes = "".join(f"#include {name}\n" for name in sorted(system))
rest = re.sub(r'(\n#include ".*")+\n', lambda _: body, rest)
out.write_text(f"{head}#pragma once\n\n{includes}{rest}", encoding="utf-8")
depfile.write_text(f"{out}: {' '.join(map(str, sorted(seen)))}\n", encoding="utf-8")
