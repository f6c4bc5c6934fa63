# SPDX-License-Identifier: Apache-2.0
"""run.py SOURCES BUILD FOLDER: app/run gives both programs their translations and settings, and tinylm-cli keeps
to the settings of the window. It runs in a tree where app/build finds all built. FOLDER is tests/docs, whose harness
prints TAP."""

import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCES, BUILD = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
sys.path.insert(0, sys.argv[3])
import cli  # noqa: E402

ERASE = ["erase", "--yes-erase-everything"]


class Tree:
    """A checkout that is built, and the home of a person without a session bus."""
    def __init__(self, top):
        self.top, self.home = top, top / "home"
        (top / "app").mkdir()
        shutil.copy(SOURCES / "app/run", top / "app")
        self.script("app/build", "exit 0")
        (top / "data").symlink_to(SOURCES / "data")
        (top / "run").mkdir(mode=0o700)
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("GSETTINGS", "TINYLM", "DBUS", "G_DEBUG")) and name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        self.env = kept | {f"XDG_{kind}_HOME": str(self.home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        self.env |= {"XDG_RUNTIME_DIR": str(top / "run"), "XDG_DATA_DIRS": str(top), "LC_ALL": "C.UTF-8"}

    def script(self, path, text):
        file = self.top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)

    def built(self, kind):
        (self.top / "build").mkdir(exist_ok=True)
        (self.top / "build" / kind).symlink_to(BUILD)

    def run(self, *args, **more):
        done = subprocess.run([self.top / "app/run", *args], env=self.env | more, capture_output=True, text=True,
                              check=False, timeout=300)
        return done.returncode, done.stdout, done.stderr

    def choose_model(self, path):
        """As the window does where there is no bus."""
        self.settings = self.home / "config/glib-2.0/settings/keyfile"
        self.settings.parent.mkdir(parents=True)
        self.settings.write_text(f"[com/sprapp/TinyLM]\nchat-model-path='{path}'\n\n[org/other]\nkept=true\n")


def in_tree(function):
    @functools.wraps(function)
    def with_tree():
        with tempfile.TemporaryDirectory(prefix="tinylm-run-") as folder:
            return function(Tree(pathlib.Path(folder)))
    return with_tree


@in_tree
def erases_the_settings(tree):
    tree.built("cli")
    tree.choose_model("/nowhere/mine.gguf")
    status, said, _ = tree.run(*ERASE)
    assert status == 0 and said.startswith("Everything is erased"), said
    assert "mine.gguf" not in tree.settings.read_text() and "kept=true" in tree.settings.read_text()


@in_tree
def exports_the_chosen_model(tree):
    tree.built("cli")
    tree.choose_model("/nowhere/mine.gguf")
    tree.run("chats", "list")  # makes a database
    status, _, said = tree.run("export", str(tree.top / "out"))
    assert status == 0, said
    models = [json.loads(line) for line in (tree.top / "out/models.jsonl").read_text().splitlines()]
    assert {"name": "mine.gguf", "path": "/nowhere/mine.gguf", "built_in": False} in models, models


@in_tree
def speaks_the_language_of_the_person(tree):
    tree.built("cli")
    english, german = (tree.run("erase", LC_ALL=locale)[2] for locale in ("C.UTF-8", "de_DE.UTF-8"))
    assert "Nothing was erased" in english and "Nichts wurde gelöscht" in german, german


@in_tree
def gives_the_window_all_of_it(tree):
    tree.script("build/desktop/ui/tinylm", 'echo "$GSETTINGS_SCHEMA_DIR $TINYLM_LOCALE_DIR $TINYLM_DATA_DIR"')
    folder = tree.top.resolve()
    assert tree.run(DISPLAY=":7")[1].split() == [str(folder / name) for name in
                                                 ("build/desktop/data", "build/desktop/po", "data")]


@in_tree
def says_that_the_settings_stay(tree):
    """Where nothing describes them."""
    data = tree.home / "data/tinylm/note"
    data.parent.mkdir(parents=True)
    data.write_text("a note")
    done = subprocess.run([BUILD / "app/tinylm-cli", *ERASE], env=tree.env, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and not done.stdout, done
    assert "The settings could not be erased" in done.stderr, done
    assert not data.exists()


class Desktop:
    """What the desktop keeps of a person's settings, read and written on a bus of its own."""
    KEY = ["com.sprapp.TinyLM", "chat-model-path"]

    def __init__(self, tree):
        tree.env |= {"GSETTINGS_SCHEMA_DIR": str(BUILD / "data"), "XDG_DATA_DIRS": "/usr/share"}
        self.env = tree.env

    def missing(self):
        """What is not installed, having chosen a model in what is."""
        if not shutil.which("dbus-run-session") or not shutil.which("gsettings"):
            return "dbus-run-session or gsettings is not installed"
        self.call("gsettings", "set", *self.KEY, "mine.gguf")
        return None if self.has_chosen() else "the desktop's store of settings is not installed"

    def call(self, *call):
        return subprocess.run(["dbus-run-session", "--", *call], env=self.env, capture_output=True, text=True,
                              check=False).stdout

    def has_chosen(self):
        return "mine.gguf" in self.call("gsettings", "get", *self.KEY)


def on_desktop(function):
    """In a tree with the command, where the session has what keeps settings."""
    @functools.wraps(function)
    def with_desktop(tree):
        tree.built("cli")
        desktop = Desktop(tree)
        return desktop.missing() or function(tree, desktop)
    return in_tree(with_desktop)


@on_desktop
def says_what_the_desktop_did_not_take(tree, desktop):
    """On the session's bus they are kept; behind a bus that is gone, or without one, they stay."""
    for bus in {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tree.top}/none"}, {}:
        status, said, failed = tree.run(*ERASE, **bus)
        assert status == 1 and not said and "The settings could not be erased" in failed, (bus, said, failed)
    assert desktop.has_chosen()
    assert desktop.call(tree.top / "app/run", *ERASE).startswith("Everything is erased")
    assert not desktop.has_chosen()
    return None


@on_desktop
def says_that_the_chosen_model_stays_chosen(tree, desktop):
    """Without the bus of the session it can be removed, but not taken from chats."""
    assert tree.run("models", "import", str(SOURCES / "data/models/meeny.gguf"))[0] == 0
    models = [json.loads(line) for line in tree.run("models", "list", "--json")[1].splitlines()]
    chosen = next(model for model in models if model["kind"] == "copy")
    desktop.call("gsettings", "set", *desktop.KEY, chosen["path"])
    status, said, failed = tree.run("models", "remove", chosen["name"])
    assert status == 1 and "in the bin" in said and "still the model that is chosen" in failed, (status, said, failed)
    assert chosen["path"] in desktop.call("gsettings", "get", *desktop.KEY)
    return None


@on_desktop
def erases_both_stores(tree, desktop):
    """The window ran on the desktop and, another time, without a bus."""
    tree.choose_model("/nowhere/other.gguf")
    status, said, _ = tree.run(*ERASE)
    assert status == 1 and not said and "other.gguf" not in tree.settings.read_text(), said
    tree.settings.write_text("[com/sprapp/TinyLM]\nchat-model-path='/nowhere/other.gguf'\n")
    assert desktop.call(tree.top / "app/run", *ERASE).startswith("Everything is erased")
    assert not desktop.has_chosen() and "other.gguf" not in tree.settings.read_text()
    return None


@on_desktop
def exports_what_the_desktop_keeps(tree, desktop):
    """Without its bus."""
    tree.run("chats", "list")
    status, _, said = tree.run("export", str(tree.top / "out"))
    assert status == 0 and "mine.gguf" in (tree.top / "out/models.jsonl").read_text(), said
    return None


def main():
    cases = [erases_the_settings, exports_the_chosen_model, speaks_the_language_of_the_person, gives_the_window_all_of_it,
             says_that_the_settings_stay, says_what_the_desktop_did_not_take,
             says_that_the_chosen_model_stays_chosen, erases_both_stores, exports_what_the_desktop_keeps]
    return cli.run([(case.__name__.replace("_", " "), case) for case in cases])


if __name__ == "__main__":
    sys.exit(main())
