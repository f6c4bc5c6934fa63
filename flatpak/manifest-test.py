# SPDX-License-Identifier: Apache-2.0
"""manifest-test.py TREE: the Flatpak asks for four permissions and no more; each of its modules is
pinned; and what the build files depend on is in GNOME's runtime or one of the modules."""

import json
import pathlib
import re
import sys

FINISH_ARGS = ["--device=dri", "--share=ipc", "--socket=fallback-x11", "--socket=wayland"]
# In org.gnome.Platform 51: gnome-build-meta's elements/sdk-platform.bst and what that rests on.
RUNTIME = {"gio-2.0", "gio-unix-2.0", "gtk4", "gtksourceview-5", "json-glib-1.0", "libadwaita-1",
           "libarchive", "libseccomp", "libxml-2.0", "sqlite3", "threads"}
MODULES = {"gmime-3.0": "gmime", "libcmark-gfm": "cmark-gfm", "libsodium": "libsodium",
           "poppler-glib": "poppler"}


def main():
    tree = pathlib.Path(sys.argv[1])
    manifest = json.loads((tree / "flatpak/com.sprapp.TinyLM.json").read_text())
    assert sorted(manifest["finish-args"]) == FINISH_ARGS, manifest["finish-args"]

    modules = {module["name"] for module in manifest["modules"]}
    for module in manifest["modules"]:
        assert module["name"] == "tinylm" or all(
            source["type"] == "shell" or
            re.fullmatch("[0-9a-f]{64}", source.get("sha256", "")) and
            source["url"].startswith("https://") for source in module["sources"]), module["name"]

    for part in "engine", "app", "ui":
        for name in re.findall(r"\bdependency\('([^']+)'", (tree / part / "meson.build").read_text()):
            assert name in RUNTIME or MODULES.get(name) in modules, (
                f"{part}/meson.build wants {name}, which GNOME's runtime lacks: add a module to "
                "flatpak/com.sprapp.TinyLM.json and its name to flatpak/manifest-test.py")


if __name__ == "__main__":
    main()
