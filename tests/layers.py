# SPDX-License-Identifier: Apache-2.0
"""Fails on an include that points up: the engine knows only C, pthreads and itself; app knows GLib and
the engine; ui knows GTK and app's headers, no SQL and no engine. And on what a layer leaves to others: the
engine prints nothing and ends no program, ui opens no file where it would wait for it."""
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
    "engine": r"\b(v?[fd]?printf|f?puts|f?putc|putchar|fputwc|perror|psignal|_?exit|_Exit|quick_exit|abort|raise) \("
              r"|\b(stdout|stderr)\b",
    "ui": r"\btl_\w+ \(|\bsqlite3_|\b(open|creat|f[d]?open|freopen|opendir|g_(f?open|creat|dir_open)) \("
          r"|\bg_file_(get_contents|set_contents\w*|load_\w*contents|load_bytes|read|create|replace|append_to|open_readwrite"
          r"|copy|move|enumerate_children|replace_contents) \(",
}
# A program beside the library.
FREE = {"engine/example.c"}


def offences(layer, path, text):
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*[<"]([^>"]+)', line)
        if include and re.search(FORBIDDEN[layer], include.group(1)):
            yield f"{path}:{number}: {layer}/ must not include {include.group(1)}"
        if layer in WORDS and str(path) not in FREE and (word := re.search(WORDS[layer], line)) and not line.lstrip().startswith(("*", "/*")):
            yield f"{path}:{number}: {layer}/ must not say {word.group(0)}"


def check(top):
    found = []
    for layer in FORBIDDEN:
        for path in sorted((top / layer).rglob("*.[ch]")):
            found += offences(layer, path.relative_to(top), path.read_text())
    return found


def check_the_check():
    for layer, line in (("engine", "#include <glib.h>"), ("app", '#include "gtk/gtk.h"'), ("ui", '#include "tinylm.h"'),
                        ("engine", '  fprintf (file, "x");'), ("engine", '  perror ("x");'), ("engine", "  _exit (1);"),
                        ("engine", '  fputs ("x", stderr);'), ("ui", "  tl_model_close (model);"),
                        ("ui", "  g_file_get_contents (path, &text, NULL, NULL);"), ("ui", '  fopen (path, "r");'),
                        ("ui", "  g_file_load_contents (file, NULL, &text, NULL, NULL, NULL);")):
        assert list(offences(layer, "x", line)), (layer, line)
    for layer, line in (("app", '#include "tinylm.h"'), ("engine", "  snprintf (text, n, format);"),
                        ("ui", "  g_file_read_async (file, 0, NULL, read_cb, self);")):
        assert not list(offences(layer, "x", line)), (layer, line)


check_the_check()
problems = check(pathlib.Path(sys.argv[1]))
print("\n".join(problems) or "no include points up")
sys.exit(1 if problems else 0)
