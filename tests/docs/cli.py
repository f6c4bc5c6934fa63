# SPDX-License-Identifier: Apache-2.0
"""What tinylm-cli says of itself, for the tests that compare its documents with it; and TAP."""

import os
import re
import subprocess
import traceback

# What a command trains or measures is its first argument, and has options of its own.
SUBCOMMANDS = {"eval": ["lm", "notes", "private", "route"], "train": ["lm", "reader", "router", "vectors"]}


def output(*command, **more):
    # Its own name for each option, whatever the language.
    env = {**os.environ, "LC_ALL": "C.UTF-8", **more}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout


def commands(cli):
    """The names of the commands, without "help" and "--version"."""
    return [name for name in re.findall(r"^  (\S+)  ", output(cli, "help"), re.MULTILINE)
            if name not in ("help", "--version")]


def calls(cli):
    """Every command, and after it its subcommands, as ("train", "lm")."""
    for command in commands(cli):
        yield (command,)
        yield from ((command, what) for what in SUBCOMMANDS.get(command, []))


def options(cli, call):
    """Each option of a call as "-m" and "--model". --help itself goes without saying."""
    lines = re.findall(r"^  (?:(-\w), )?(--[\w-]+)", output(cli, *call, "--help"), re.MULTILINE)
    return {name for pair in lines for name in pair if name} - {"-h", "--help"}


def run(cases):
    """cases: (name, function without arguments). Returns: the exit status"""
    failed = 0
    print(f"1..{len(cases)}")
    for n, (name, check) in enumerate(cases, 1):
        try:
            reason = check()
            print(f"ok {n} - {name}" + (f" # SKIP {reason}" if reason else ""), flush=True)
        except Exception:
            failed += 1
            traceback.print_exc()
            print(f"not ok {n} - {name}", flush=True)
    return 1 if failed else 0
