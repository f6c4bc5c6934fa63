# SPDX-License-Identifier: Apache-2.0
"""Fails when a file with words for people is not in po/POTFILES.in, when a catalogue lacks one of them or keeps one
that is not said any more, when a translation is empty, still English, lost its mnemonic or takes other values than
what it translates, or when a number stands before a noun that has no plural forms."""
import gettext
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

IN_C = re.compile(r"""(?<![\w.])(?:N?C?_|ngettext)(?: \(|\(")""")
IN_UI = 'translatable="yes"'
KEYWORDS = ["_", "N_", "C_:1c,2", "NC_:1c,2", "ngettext:1,2"]


MESSAGE = re.compile(r'^(msgid|msgid_plural) ((?:"(?:[^"\\]|\\.)*"\n?)+)', re.MULTILINE)
# "%u pages", "%'u new tokens", "%.0f tokens a second"
COUNTED = re.compile(r"%(?:\d+\$)?'?(?:[uid]|zu|lu|ld|\.0f) (?:[a-z]+ )?([a-z]{2,}s)\b")
NO_NOUNS = {"holds"}
TRANSLATED = re.compile(r'^(msgid|msgstr(?:\[\d\])?) ((?:"(?:[^"\\]|\\.)*"\n?)+)', re.MULTILINE)
MNEMONIC = re.compile(r"_(?!UNIX)\w")
SENTENCE = re.compile(r"(?<![%\w])[A-Za-z][a-z]+ [A-Za-z][a-z]+")  # two words that are no placeholders
# Which form counts of these take: https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
COUNTS = (0, 1, 2, 3, 11, 100)
FORMS = {"ar": (0, 1, 2, 3, 4, 5), "de": (1, 0, 1, 1, 1, 1), "es": (1, 0, 1, 1, 1, 1), "fr": (0, 0, 1, 1, 1, 1),
         "it": (1, 0, 1, 1, 1, 1), "ja": (0,) * 6, "pt_BR": (0, 0, 1, 1, 1, 1), "zh_CN": (0,) * 6}


def has_words(path):
    text = path.read_text(encoding="utf-8")
    return IN_UI in text if path.suffix == ".ui" else bool(IN_C.search(text))


def missing_files(top):
    listed = set((top / "po/POTFILES.in").read_text(encoding="utf-8").split("\n"))
    sources = [path for layer in ("app", "ui") for kind in ("*.c", "*.ui") for path in (top / layer).rglob(kind)]
    return sorted(name for path in sources
                  if (name := str(path.relative_to(top))) not in listed and has_words(path))


def missing_words(top, language, template):
    run = subprocess.run(["msgcmp", top / f"po/{language}.po", template], capture_output=True, text=True, check=False)
    return [line for line in run.stderr.splitlines() if "warning" not in line] if run.returncode else []


def other_values(top, language, template):
    """What msgfmt says of them, which knows from the template what takes values."""
    merged = subprocess.run(["msgmerge", "--quiet", "--no-fuzzy-matching", top / f"po/{language}.po", template],
                            capture_output=True, text=True, check=True).stdout
    merged = merged.replace("#, fuzzy", "#")  # msgmerge says no more of it, and msgfmt leaves such out
    run = subprocess.run(["msgfmt", "--check", "-o", "/dev/null", "-"], input=merged, capture_output=True, text=True,
                         check=False)
    return [f"po/{language}.po, merged: {line}" for line in run.stderr.splitlines()] if run.returncode else []


def bad_plural_forms(language, text):
    formula = re.search(r"plural=(.*?);", text)[1]
    if tuple(map(gettext.c2py(formula), COUNTS)) != FORMS.get(language):
        yield f"po/{language}.po: Plural-Forms are not as FORMS has them"


def bad_translations(language, text):
    for block in text.split("\n\n")[1:]:
        found = {key: words_in(quoted) for key, quoted in TRANSLATED.findall(block)}
        words = found.pop("msgid", "")
        for translation in found.values():
            if not translation:
                yield f"po/{language}.po: “{words}” is not translated"
            elif bool(MNEMONIC.search(words)) != bool(MNEMONIC.search(translation)):
                yield f"po/{language}.po: a mnemonic in one alone of “{words}” and “{translation}”"
            elif translation == words and SENTENCE.search(words.replace("_", "")):
                yield f"po/{language}.po: “{words}” is still English"


def unused_words(top, language, template):
    said = {words_in(quoted) for _, quoted in MESSAGE.findall(template)}
    kept = (top / f"po/{language}.po").read_text(encoding="utf-8")
    return [f"po/{language}.po: nothing says “{words}”" for _, quoted in MESSAGE.findall(kept)
            if (words := words_in(quoted)) not in said]


def make_template(top, folder):
    template = pathlib.Path(folder) / "words.pot"
    subprocess.run(["xgettext", "--files-from", top / "po/POTFILES.in", "--directory", top, "--from-code=UTF-8",
                    *(f"--keyword={keyword}" for keyword in KEYWORDS), "-o", template],
                   check=True, stderr=subprocess.DEVNULL)
    return template


def words_in(quoted):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', quoted))


def counted_without_plural(template):
    """Other languages need more than one form of what is counted, and some more than two."""
    for block in template.split("\n\n"):
        found = {key: words_in(quoted) for key, quoted in MESSAGE.findall(block)}
        nouns = [] if "msgid_plural" in found else COUNTED.findall(found.get("msgid", ""))
        if any(noun not in NO_NOUNS for noun in nouns):
            yield f"counts without ngettext: “{found['msgid']}”"


def main():
    top = pathlib.Path(sys.argv[1])
    if not shutil.which("xgettext"):
        print("SKIP: gettext's tools are not installed")
        return 77
    found = [f"po/POTFILES.in: {name} is not listed" for name in missing_files(top)]
    with tempfile.TemporaryDirectory() as folder:
        template = make_template(top, folder)
        text = template.read_text(encoding="utf-8")
        assert text.count("msgid") > 500
        assert [*counted_without_plural('msgid "Split %u new pages"')], "the check knows no offence"
        found += counted_without_plural(text)
        for language in (top / "po/LINGUAS").read_text(encoding="utf-8").split():
            kept = (top / f"po/{language}.po").read_text(encoding="utf-8")
            found += missing_words(top, language, template) + unused_words(top, language, text)
            found += other_values(top, language, template)
            found += [*bad_plural_forms(language, kept), *bad_translations(language, kept)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
