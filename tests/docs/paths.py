# SPDX-License-Identifier: Apache-2.0
"""paths.py CLI SOURCE: what README, HACKING and the cards name is there: files of the tree, tests, and models of
the size that their cards give. Speaks TAP."""

import functools
import glob
import json
import os
import re
import sys
import tempfile

import cli

TOPS = "app|engine|ui|tests|data|po|flatpak"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def names_files_that_are_there(source):
    texts = [os.path.join(source, name) for name in ("README.md", "HACKING.md", "data/privacy.md")]
    texts += glob.glob(os.path.join(source, "data/models/*.md"))
    count = 0
    for path in texts:
        named = re.findall(rf"[`(]((?:{TOPS})/[\w./*-]+)", read(path))
        for name in (name for name in named if not re.search("NAME|NNNN|LANG", name)):
            count += 1
            assert glob.glob(os.path.join(source, name.rstrip("."))), f"{path}: there is no {name}"
    assert count > 60, count


def names_tests_that_are_there(source):
    builds = "".join(map(read, glob.glob(os.path.join(source, "tests/*/meson.build"))))
    builds += read(os.path.join(source, "tests/meson.build"))
    named = re.findall(r"meson test -C BUILD\s+([^`-][^`]*)`", read(os.path.join(source, "HACKING.md")))
    tests = {test for words in named for test in words.split()} - {"fuzz-NAME"}
    assert len(tests) > 10, tests
    for test in tests:
        assert re.search(rf"'{re.sub('^(ui|fuzz)-', '', test)}'", builds), f"there is no test {test}"


def has_cards_of_the_models(program, source):
    with tempfile.TemporaryDirectory() as home:
        models = map(json.loads, cli.output(program, "models", "list", "--json", XDG_DATA_HOME=home,
                                            TINYLM_DATA_DIR=os.path.join(source, "data")).splitlines())
        built_in = [model for model in models if model["kind"] == "built-in"]
    assert len(built_in) == 2
    for model in built_in:
        card = read(os.path.join(source, "data/models", model["name"] + ".md"))
        assert f"{model['parameters']:,}" in card, f"{model['name']}: {model['parameters']:,} parameters"
        assert f"{model['bytes'] / 1e6:.2f} MB" in card, f"{model['name']}: {model['bytes'] / 1e6:.2f} MB"
        assert model["quantization"] in card, f"{model['name']}: {model['quantization']}"


def main():
    program, source = sys.argv[1:3]
    return cli.run([
        ("names files that are there", functools.partial(names_files_that_are_there, source)),
        ("names tests that are there", functools.partial(names_tests_that_are_there, source)),
        ("has cards of the models", functools.partial(has_cards_of_the_models, program, source)),
    ])


if __name__ == "__main__":
    sys.exit(main())
