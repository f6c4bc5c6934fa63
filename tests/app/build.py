# SPDX-License-Identifier: Apache-2.0
"""build.py SOURCES FOLDER: two calls of app/build, or one beside another program that installs packages, do not
disturb each other. The tools that it calls are small scripts here. FOLDER is tests/docs, whose harness prints TAP."""

import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCES = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, sys.argv[2])
import cli  # noqa: E402

ALONE = """mkdir "$0.busy" || { echo "$0 is at work here already"; exit 1; }
/bin/sleep 0.5; rmdir "$0.busy"
"""
# Of "setup OPTION OPTION FOLDER SOURCES".
MESON = ALONE + 'mkdir -p "$4"; echo >"$4/build.ninja"'
# Fails as often as there are lines in "$0.fails", with one of them.
APT = """echo "$*" >>"$0.calls"
line=$(head -n 1 "$0.fails"); sed -i 1d "$0.fails"
[ -z "$line" ] || { echo "E: $line"; exit 100; }
[ "$2" = update ] || echo installed >"$0.done"
"""


class Tree:
    def __init__(self, top):
        self.top = top
        (top / "app").mkdir()
        (top / "bin").mkdir()
        shutil.copy(SOURCES / "app/build", top / "app")
        self.tool("dpkg-query", "echo installed")
        self.tool("meson", MESON)
        self.tool("ninja", ALONE)
        self.tool("sleep", ":")
        self.tool("sudo", 'exec "$@"')

    def tool(self, name, text):
        file = self.top / "bin" / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)

    def start(self):
        env = os.environ | {"PATH": f"{self.top}/bin:{os.environ['PATH']}"}
        return subprocess.Popen([self.top / "app/build", "cli"], env=env, stderr=subprocess.PIPE, text=True)

    def build(self):
        """Returns: the status, and what was said"""
        process = self.start()
        said = process.communicate(timeout=20)[1]
        return process.returncode, said

    def missing(self, *fails):
        """Packages are missing, and apt-get fails so."""
        apt = self.top / "bin/apt-get"
        self.tool("apt-get", APT)
        self.tool("dpkg-query", f"cat {apt}.done")
        pathlib.Path(f"{apt}.fails").write_text("".join(line + "\n" for line in fails))
        return pathlib.Path(f"{apt}.calls")


def in_tree(function):
    @functools.wraps(function)
    def with_tree():
        with tempfile.TemporaryDirectory(prefix="tinylm-build-") as folder:
            return function(Tree(pathlib.Path(folder)))
    return with_tree


@in_tree
def two_at_once_take_turns(tree):
    both = [tree.start(), tree.start()]
    said = [process.communicate(timeout=20)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("waiting for another build in build/cli" in text for text in said) == 1, said


@in_tree
def waits_for_nothing_that_stays(tree):
    tree.tool("ninja", f"/bin/sleep 60 >/dev/null 2>&1 & echo $! >>{tree.top}/stays")
    try:
        assert [tree.build()[0] for _ in range(2)] == [0, 0]
    finally:
        for process in (tree.top / "stays").read_text().split():
            os.kill(int(process), 15)


@in_tree
def waits_until_packages_can_be_installed(tree):
    lock = "Could not get lock /var/lib/%s. It is held by process 9"
    calls = tree.missing(*[lock % "dpkg/lock-frontend"] * 3, "Unable to locate package meson", lock % "apt/lists/lock")
    status, said = tree.build()
    assert status == 0 and said.count("waiting for another program") == 2, said
    assert [call.split()[1] for call in calls.read_text().splitlines()] == ["install"] * 4 + ["update"] * 2 + ["install"]


@in_tree
def says_at_once_what_else_is_wrong(tree):
    calls = tree.missing(*["Unable to locate package meson"] * 3)
    status, said = tree.build()
    assert status == 1 and "E: Unable to locate" in said and "could not install: gcc meson" in said, said
    assert len(calls.read_text().splitlines()) == 2


def main():
    cases = [two_at_once_take_turns, waits_for_nothing_that_stays, waits_until_packages_can_be_installed,
             says_at_once_what_else_is_wrong]
    return cli.run([(case.__name__.replace("_", " "), case) for case in cases])


if __name__ == "__main__":
    sys.exit(main())
