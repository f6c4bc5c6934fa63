# SPDX-License-Identifier: Apache-2.0
"""commands.py CLI FOLDER: what every command promises, whichever it is: what is printed is UTF-8 in any locale, a
full disk is a failure, hostile JSON is refused. FOLDER is tests/docs, whose harness prints TAP."""

import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

CLI = os.path.abspath(sys.argv[1])
sys.path.insert(0, sys.argv[2])
import cli  # noqa: E402

DEEP = "[" * 100000  # a parser that calls itself for each needs more stack than there is


def at_home(folder):
    """The environment of a person who keeps all there."""
    kinds = ("CACHE", "CONFIG", "DATA", "STATE")
    return os.environ | {f"XDG_{kind}_HOME": str(folder) for kind in kinds}


def run(*args, data=b"", expect=0, cwd=None, **more):
    done = subprocess.run([CLI, *args], input=data, capture_output=True, env={**os.environ, **more}, check=False,
                          cwd=cwd, timeout=300)
    assert done.returncode == expect, f"{args}: {done.returncode}, {done.stderr.decode()}"
    return done.stdout, done.stderr.decode()


def in_folder(function):
    @functools.wraps(function)
    def with_folder():
        with tempfile.TemporaryDirectory(prefix="tinylm-commands-") as folder:
            function(pathlib.Path(folder))
    return with_folder


def prints_utf8_in_any_locale():
    said = "Grüße aus Köln, 12 €"
    for locale in ["C", "POSIX", "de_DE.UTF-8"]:
        assert run("handoff", said, LC_ALL=locale)[0].decode() == said + "\n"
        assert json.loads(run("handoff", "--json", said, LC_ALL=locale)[0])["text"] == said
    assert "→" in run("route", said, LC_ALL="C")[0].decode()


@in_folder
def a_full_disk_is_a_failure(folder):
    note = folder / "note.md"
    note.write_text("Anna will call the bank by Friday. The fair opens at nine in the old hall.")
    for args in [["ask", "Who calls?", note], ["handoff", "x"], ["handoff", "--json", "x"], ["route", "x"],
                 ["info", "eeny"], ["help"], ["--version"], ["summarize", note], ["summarize", "--json", note],
                 ["summarize", "--markdown", note], ["summarize", "--skills"], ["generate", "-m", "meeny", "-n", "4", "-p", "Once"],
                 ["models", "list"], ["privacy"]]:
        with open("/dev/full", "wb") as full:
            done = subprocess.run([CLI, *args], stdout=full, stderr=subprocess.PIPE, check=False, timeout=300,
                                  env=at_home(folder))
        assert done.returncode == 1 and b"could not be written" in done.stderr, (args, done)
    assert (folder / "tinylm/tinylm.db").exists()  # the one that was opened


@in_folder
def refuses_brackets_without_end(folder):
    file = folder / "deep.jsonl"
    file.write_text(f'{{"text": "a", "input": "a", "output": "b", "x": {DEEP}\n')
    out = str(folder / "out.gguf")
    for args in [["train", "--data", file, "--out", out], ["replay", file], ["eval", "--notes", file],
                 ["eval", "private", file], ["chats", "import", file]]:
        _, said = run(*args, expect=1, XDG_DATA_HOME=str(folder))
        assert said.startswith("tinylm-cli: ") and len(said) < 500, said
    file.write_text(DEEP)
    run("train", "--data", file, "--out", out, expect=1)


def routes_what_it_can():
    lines = ['{"text": "b", "attach": 3}', '{"text": "a"}', '{"text": "a", "attach": null}', '{"text": "a", "attach": [1]}',
             f'{{"text": "a", "x": {DEEP}', '{"text": "a", "attach": "note"}']
    out, _ = run("route", "--attach", "note", data="\n".join(lines).encode(), expect=1)
    answers = [json.loads(line) for line in out.decode().splitlines()]
    assert ["error" in answer for answer in answers] == [True, False, True, True, True, False], answers
    assert answers[1] == answers[5]
    assert answers[1] != json.loads(run("route", data=b'{"text": "a"}')[0])


@in_folder
def takes_names_as_they_are(folder):
    run("chats", "export", "export-10:30.jsonl", cwd=folder, XDG_DATA_HOME=str(folder))
    assert (folder / "export-10:30.jsonl").exists()
    data = folder / "a:b.jsonl"
    data.write_text("none")
    _, said = run("train", "--data", str(data), "--out", str(folder / "x.gguf"), expect=1)
    assert "Line 1" in said, said


@in_folder
def shrinks_by_name(folder):
    run("quantize", "meeny", folder / "small.gguf", "Q8_0")
    assert (folder / "small.gguf").stat().st_size > 1000000
    _, said = run("quantize", "nobody", folder / "other.gguf", "Q8_0", expect=1)
    assert "no model of that name" in said, said


@in_folder
def asks_what_can_be_read(folder):
    (folder / "good.md").write_text("Anna will call the bank by Friday.")
    (folder / "bad.md").write_bytes(bytes(range(256)))
    out, said = run("ask", "Who will call the bank?", str(folder), expect=1)
    assert "Anna" in out.decode() and "bad.md" in said, (out, said)


@in_folder
def verifies_the_key_that_is_named(folder):
    asked = ["license", "verify", "--product", "Müller Notes", "--model", "eeny"]
    for locale in ["C", "C.UTF-8"]:
        run(*asked, expect=1, LC_ALL=locale, XDG_DATA_HOME=str(folder))
    run(*asked, str(folder / "one.txt"), str(folder / "two.txt"), expect=2)


def refuses_what_makes_no_sense():
    run("batch", "generate", "-n", "-7", data=b'{"text": "Once"}', expect=2)
    for seed in ['"7"', "[1]", "{}", "null", "-1", "1.5"]:
        out, _ = run("batch", "generate", "-n", "2", data=f'{{"text": "Once", "seed": {seed}}}'.encode(), expect=1)
        assert json.loads(out)["error"]["code"] == "record", out
    _, said = run("eval", "--notes", "x", "nonsense", expect=2)
    assert "“eval nonsense”" in said, said


@in_folder
def trains_in_any_locale(folder):
    text = folder / "text.txt"
    text.write_text("Anna will call the bank by Friday. The fair opens at nine in the old hall. <|endoftext|>" * 200)
    model = pathlib.Path(sys.argv[2]).parents[1] / "data/models/meeny.gguf"
    small = ["--embd=32", "--layers=1", "--heads=1", "--kv-heads=1", "--head-dim=32", "--ff=32", "--seq=32", "--batch=64",
             "--steps=2", "--valid=2", "--every=2"]
    args = ["train", "lm", "--text", text, "--vocab", model, "--checkpoint", folder / "checkpoint", *small]
    _, said = run(*args, "--type", "Q5_X", expect=2)
    assert "Q5_X" in said and not (folder / "checkpoint").exists(), said
    for line in run(*args, LC_ALL="de_DE.UTF-8")[0].decode().splitlines():
        json.loads(line)


def main():
    cases = [prints_utf8_in_any_locale, a_full_disk_is_a_failure, refuses_brackets_without_end, routes_what_it_can,
             takes_names_as_they_are, shrinks_by_name, asks_what_can_be_read, verifies_the_key_that_is_named,
             refuses_what_makes_no_sense, trains_in_any_locale]
    return cli.run([(case.__name__.replace("_", " "), case) for case in cases])


if __name__ == "__main__":
    sys.exit(main())
