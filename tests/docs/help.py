# SPDX-License-Identifier: Apache-2.0
"""help.py SOURCE BUILD: the help pages are Mallard, each is reached from the first, and what they call by a name
of the window is called so there: each <gui> is a message of the catalogue. Their translations are whole, have the
markup of the English pages, and call by its name in that language's catalogue what those call by its. Speaks TAP."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

from collections import Counter

import cli

SCHEMA = "/usr/share/xml/mallard/1.0/mallard-1.0.rng"
NS = "{http://projectmallard.org/1.0/}"
SOURCE, BUILD = sys.argv[1:3]
HELP = os.path.join(SOURCE, "data", "help")
FOLDER = os.path.join(HELP, "C")
PAGES = {name[:-5]: ET.parse(os.path.join(FOLDER, name)).getroot() for name in sorted(os.listdir(FOLDER))
         if name.endswith(".page")}
FILES = [os.path.join(FOLDER, page + ".page") for page in PAGES]
with open(os.path.join(HELP, "LINGUAS"), encoding="utf-8") as linguas:
    LANGUAGES = [line.strip() for line in linguas if not line.startswith("#")]
TAG = re.compile(r"<[^>]+>")
GUI = re.compile(r"<gui>(.*?)</gui>")


def translated(language):
    return [os.path.join(BUILD, "data", "help", language, page + ".page") for page in PAGES]


def is_mallard():
    if shutil.which("xmllint") is None or not os.path.exists(SCHEMA):
        return "xmllint or the schema of Mallard is not installed"
    files = FILES + [path for language in LANGUAGES for path in translated(language)]
    lint = subprocess.run(["xmllint", "--noout", "--relaxng", SCHEMA, *files], capture_output=True, text=True,
                          check=False)
    assert lint.returncode == 0, lint.stderr
    return None


def satisfies_yelp():
    if shutil.which("yelp-check") is None:
        return "yelp-check, of yelp-tools, is not installed"
    for files in [FILES, *map(translated, LANGUAGES)]:
        for what in ("links", "orphans"):
            check = subprocess.run(["yelp-check", what, *files], capture_output=True, text=True, check=False)
            assert check.returncode == 0 and not check.stdout, check.stdout + check.stderr
    return None


def leads_to_each_page():
    assert len(PAGES) >= 15
    topics = [link.get("xref") for link in PAGES["index"].iter(NS + "link")]
    assert sorted([*topics, "index"]) == sorted(PAGES), set(topics) ^ set(PAGES)
    for name, page in PAGES.items():
        assert page.get("id") == name, name
        assert page.find(f"{NS}info/{NS}desc") is not None, name
        for link in page.iter(NS + "link"):
            assert link.get("type") or link.text, f"{name}: a link without words to {link.get('xref')}"
            assert link.get("xref").split("#")[0] in PAGES, f"{name}: {link.get('xref')}"


def is_built_in():
    with open(os.path.join(SOURCE, "ui", "ui.gresource.xml"), encoding="utf-8") as file:
        named = set(re.findall(r"<file>help/C/([\w-]+)\.page</file>", file.read()))
    assert named == set(PAGES), named ^ set(PAGES)


def entries(catalogue):
    """Pairs of a message and its translation, or the forms of it."""
    with open(catalogue, encoding="utf-8") as file:
        blocks = file.read().split("\n\n")[1:]
    for block in blocks:
        strings = [(key, "".join(re.findall(r'"(.*)"', lines)).replace('\\"', '"').replace("\\n", "\n"))
                   for key, lines in re.findall(r'^(msgid|msgstr(?:\[\d\])?) ((?:".*"\n?)+)', block, re.MULTILINE)]
        if strings:
            yield strings[0][1], [words for key, words in strings if key != "msgid"]


def shown(words):
    """As the window shows it: without the underlines of keys, as in "_Save" and "保存(_S)"."""
    return re.sub(r"\(_.\)|_", "", words)


def names(language):
    """What the program says, and what it calls that in a language."""
    known = {}
    for message, translations in entries(os.path.join(SOURCE, "po", language + ".po")):
        known.setdefault(shown(message), set()).update(map(shown, translations))
    return known


def names_what_the_window_names():
    known = names("de")
    assert len(known) > 500
    for name, page in PAGES.items():
        for gui in page.iter(NS + "gui"):
            title = " ".join(gui.text.split())
            assert title in known, f"{name}: nothing in the window is called “{title}”"


def catalogue_of(language):
    return os.path.join(HELP, language, language + ".po")


def is_translated():
    with open(os.path.join(SOURCE, "po", "LINGUAS"), encoding="utf-8") as file:
        assert LANGUAGES and set(LANGUAGES) <= set(file.read().split())
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, "help.pot")
        subprocess.run(["itstool", "-o", template, *FILES], check=True)
        for language in LANGUAGES:
            compare = subprocess.run(["msgcmp", catalogue_of(language), template], capture_output=True, text=True,
                                     check=False)
            assert compare.returncode == 0, compare.stderr


def keeps_the_markup():
    """All but the keys, which are named otherwise elsewhere."""
    for language in LANGUAGES:
        for message, (translation,) in entries(catalogue_of(language)):
            ET.fromstring(f"<p>{translation}</p>")
            assert Counter(TAG.findall(message)) == Counter(TAG.findall(translation)), f"{language}: {translation}"


def names_in_each_language_what_the_window_names():
    for language in LANGUAGES:
        known, checked = names(language), 0
        for message, (translation,) in entries(catalogue_of(language)):
            there = GUI.findall(translation)
            for gui in GUI.findall(message):
                name = next((title for title in there if title in known[gui]), None)
                assert name, f"{language}: “{gui}” is called {known[gui]}, not as in: {translation}"
                there.remove(name)
                checked += 1
        assert checked > 60, f"{language}: only {checked} names"


def says_what_is_defended_by_the_names_of_the_window():
    for language in LANGUAGES:
        known = names(language)
        with open(os.path.join(SOURCE, "data", f"privacy.{language}.md"), encoding="utf-8") as file:
            text = file.read()
        for name in ("Lock This Assistant", "Privacy"):
            assert any(title in text for title in known[name]), f"privacy.{language}.md lacks {known[name]}"


sys.exit(cli.run([("the pages are Mallard", is_mallard),
                  ("the first page leads to each", leads_to_each_page),
                  ("each page is built in", is_built_in),
                  ("names are those of the window", names_what_the_window_names),
                  ("Yelp finds nothing wrong", satisfies_yelp),
                  ("each translation is whole", is_translated),
                  ("translations have the markup of the pages", keeps_the_markup),
                  ("names in translations are those of the window", names_in_each_language_what_the_window_names),
                  ("what is defended is told by the names of the window",
                   says_what_is_defended_by_the_names_of_the_window)]))
