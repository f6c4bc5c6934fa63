# SPDX-License-Identifier: Apache-2.0
"""Fails on an include that points up: the engine knows only C, pthreads and itself; app knows GLib
and the engine through its umbrella header; ui knows GTK and app's headers, no SQL and no engine."""
import pathlib
import re
import sys

FORBIDDEN = {
    "engine": r"^(glib|gio|gobject|gmodule|gtk|adwaita|sqlite3|json-glib|archive|cmark|sodium|app/|ui/)",
    "app": r"^(gtk|adwaita|gdk|gsk|ui/)",
    "ui": r"^(sqlite3|tinylm\.h|archive|sodium|(base|gguf|kernels|model|reader|text|train)/)",
}
# Words that a layer never says, whatever it includes.
WORDS = {
    "engine": r"\b(printf|puts|exit|abort) \(",
    "ui": r"\btl_\w+ \(|\bsqlite3_",
}


def offences(layer, path, text):
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*[<"]([^>"]+)', line)
        if include and re.search(FORBIDDEN[layer], include.group(1)):
            yield f"{path}:{number}: {layer}/ must not include {include.group(1)}"
        if layer in WORDS and (word := re.search(WORDS[layer], line)) and not line.lstrip().startswith(("*", "/*")):
            yield f"{path}:{number}: {layer}/ must not say {word.group(0)}"


def check(top):
    found = []
    for layer in FORBIDDEN:
        for path in sorted((top / layer).rglob("*.[ch]")):
            found += offences(layer, path.relative_to(top), path.read_text())
    return found


def check_the_check():
    for layer, line in (("engine", "#include <glib.h>"), ("app", '#include "gtk/gtk.h"'), ("ui", '#include "tinylm.h"')):
        assert list(offences(layer, "x", line)), (layer, line)
    assert not list(offences("app", "x", '#include "tinylm.h"'))


check_the_check()
problems = check(pathlib.Path(sys.argv[1]))
print("\n".join(problems) or "no include points up")
sys.exit(1 if problems else 0)
