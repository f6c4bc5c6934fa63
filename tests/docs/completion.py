# SPDX-License-Identifier: Apache-2.0
"""completion.py CLI DATA: what bash and, where it is installed, fish complete: the commands and options that
the program has, its verbs, files by their kind, and the names of installed models. Speaks TAP."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile

import cli

# Sets what stands on the command line, as bash does, and prints what it would offer.
BASH = """source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tinylm_cli
printf '%s\\n' "${COMPREPLY[@]}" """
FISH = "source $argv[1]; complete -C $argv[2]"
FILES = ["a.gguf", "b c.gguf", "notes.md", "receipt.json"]


class Shells:
    """Both shells in a folder with a few files and a home of its own."""

    def __init__(self, program, data, folder):
        self.program, self.completions = program, os.path.join(data, "completions")
        self.there = os.path.join(folder, "there")
        self.env = {**os.environ, "HOME": folder, "XDG_DATA_HOME": folder, "TINYLM_DATA_DIR": data,
                    "PATH": os.path.dirname(program) + os.pathsep + os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        os.makedirs(os.path.join(self.there, "folder"))
        for name in FILES:
            with open(os.path.join(self.there, name), "w", encoding="utf-8"):
                pass

    def _run(self, *command):
        run = subprocess.run(command, check=True, capture_output=True, text=True, env=self.env, cwd=self.there)
        assert not run.stderr, run.stderr
        return {line.split("\t")[0].rstrip("/") for line in run.stdout.splitlines()} - {""}

    def cli(self, *args):
        return self._run(self.program, *args)

    def bash(self, *words):
        return self._run("bash", "-c", BASH, "bash", os.path.join(self.completions, "tinylm-cli"), "tinylm-cli",
                         *words)

    def fish(self, line):
        return self._run("fish", "--no-config", "-c", FISH, os.path.join(self.completions, "tinylm-cli.fish"),
                         "tinylm-cli " + line)


def knows_commands_and_options(shells):
    assert shells.bash("") == set(cli.commands(shells.program))
    calls = list(cli.calls(shells.program))
    assert len(calls) > 20
    for call in calls:
        there = {name for name in cli.options(shells.program, call) if name.startswith("--")}
        assert shells.bash(*call, "--") == there, call
    assert shells.bash("generate", "--top") == {"--top-k", "--top-p"}


def knows_verbs(shells):
    assert shells.bash("models", "") == {"list", "import", "verify", "measure", "rename", "remove"}
    assert shells.bash("backup", "") == {"list", "now", "restore", "salvage"}
    assert shells.bash("license", "--json", "") == {"add", "list", "remove", "verify"}
    assert shells.bash("train", "") == set(cli.SUBCOMMANDS["train"])
    assert shells.bash("erase", "") == set()


def knows_kinds_of_files(shells):
    models = {"a.gguf", "b c.gguf", "folder"}
    assert shells.bash("models", "import", "") == models
    assert shells.bash("merge", "--adapter", "") == models
    assert shells.bash("merge", "--adapter", "=", "a") == {"a.gguf"}
    assert shells.bash("generate", "-m", "") == models | {"meeny"}
    assert shells.bash("summarize", "-m", "") == shells.bash("ask", "-m", "") == models | {"eeny"}
    assert shells.bash("route", "-m", "") == models | {"router"}
    assert shells.bash("replay", "") == {"receipt.json", "folder"}
    assert shells.bash("summarize", "--folder", "") == {"folder"}
    assert shells.bash("summarize", "--json", "n") == {"notes.md"}
    assert shells.bash("ask", "") == set() and shells.bash("ask", "When?", "") == {*FILES, "folder"}


def knows_installed_models(shells):
    assert shells.bash("models", "verify", "") == set(), "nothing is kept, and nothing was made"
    assert not os.path.exists(os.path.join(shells.env["XDG_DATA_HOME"], "tinylm"))
    shells.cli("models", "import", os.path.join(shells.env["TINYLM_DATA_DIR"], "models", "meeny.gguf"))
    assert shells.bash("models", "verify", "") == {"eeny", "meeny", r"meeny\ 2"}
    assert shells.bash("models", "rename", "e") == {"eeny"}
    for command, option in (("generate", "-m"), ("bench", "-m"), ("batch", "-m"), ("classify", "-m"),
                            ("replay", "-m"), ("train", "--base"), ("merge", "--base")):
        assert shells.bash(command, option, "mee") == {"meeny", r"meeny\ 2"}, command


def fish_knows_the_same(shells):
    if shutil.which("fish") is None:
        return "fish is not installed"
    assert shells.fish("") == set(cli.commands(shells.program))
    assert shells.fish("generate --top") == {"--top-k", "--top-p"}
    assert shells.fish("models import ") == {"a.gguf", "b c.gguf", "folder"}
    assert shells.fish("merge --adapter=a") == {"--adapter=a.gguf"}
    assert shells.fish("summarize --folder ") == {"folder"}
    return None


def zsh_can_read_it(shells):
    if shutil.which("zsh") is None:
        return "zsh is not installed"
    subprocess.run(["zsh", "-n", os.path.join(shells.completions, "_tinylm-cli")], check=True)
    return None


def main():
    program, data = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="tinylm-completion-") as folder:
        shells = Shells(program, data, folder)
        return cli.run([(check.__name__.replace("_", " "), functools.partial(check, shells)) for check in (
            knows_commands_and_options, knows_verbs, knows_kinds_of_files, knows_installed_models,
            fish_knows_the_same, zsh_can_read_it)])


if __name__ == "__main__":
    sys.exit(main())
