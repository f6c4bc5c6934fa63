# SPDX-License-Identifier: Apache-2.0
"""help.py SOURCE: the help pages are Mallard, each is reached from the first, and what they call by a name of
the window is called so there: each <gui> is a message of the catalogue. Speaks TAP."""

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import cli

SCHEMA = "/usr/share/xml/mallard/1.0/mallard-1.0.rng"
NS = "{http://projectmallard.org/1.0/}"
SOURCE = sys.argv[1]
FOLDER = os.path.join(SOURCE, "data", "help", "C")
PAGES = {name[:-5]: ET.parse(os.path.join(FOLDER, name)).getroot() for name in sorted(os.listdir(FOLDER))}


def is_mallard():
    if shutil.which("xmllint") is None or not os.path.exists(SCHEMA):
        return "xmllint or the schema of Mallard is not installed"
    files = [os.path.join(FOLDER, page + ".page") for page in PAGES]
    lint = subprocess.run(["xmllint", "--noout", "--relaxng", SCHEMA, *files], capture_output=True, text=True,
                          check=False)
    assert lint.returncode == 0, lint.stderr
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


def messages():
    """What the program says, without the underlines of keys."""
    with open(os.path.join(SOURCE, "po", "de.po"), encoding="utf-8") as file:
        entries = re.findall(r'^msgid ((?:".*"\n)+)', file.read(), re.MULTILINE)
    return {"".join(re.findall(r'"(.*)"', entry)).replace("_", "") for entry in entries}


def names_what_the_window_names():
    known = messages()
    assert len(known) > 500
    for name, page in PAGES.items():
        for gui in page.iter(NS + "gui"):
            title = " ".join(gui.text.split())
            assert title in known, f"{name}: nothing in the window is called “{title}”"


sys.exit(cli.run([("the pages are Mallard", is_mallard),
                  ("the first page leads to each", leads_to_each_page),
                  ("each page is built in", is_built_in),
                  ("names are those of the window", names_what_the_window_names)]))
