#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tokenizer-pretokenize-cases.h: texts, and the words that the pre-tokenizers' own regular expressions cut
them into, by the independent matcher of python3-regex.
    python3 tests/engine/make-tokenizer-pretokenize-cases.py > tests/engine/tokenizer-pretokenize-cases.h
With --stream N it prints N random cases, a line each, for a wider comparison.
"""

import random
import sys

import regex

CONTRACTION = r"'s|'t|'re|'ve|'m|'ll|'d"
GPT2 = CONTRACTION + r"| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
GPT4 = (r"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,%d}|"
        r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SMALL_WORD = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
BIG_WORD = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
ENDING = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?"
REST = r"|\p{N}{1,%d}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"

EXPRESSIONS = {
    "default": [r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", r"[0-9][0-9][0-9]"],
    "falcon": [r"[\p{P}\$\+<=>\^~\|`]+", GPT2, r"[0-9][0-9][0-9]"],
    "gpt-2": [GPT2],
    "gpt-4o": [SMALL_WORD + ENDING + "|" + BIG_WORD + ENDING + REST % 3],
    "llama-bpe": [GPT4 % 3],
    "qwen2": [GPT4 % 1],
    "smollm": [r"\p{N}", GPT2],
    "tekken": [SMALL_WORD + "|" + BIG_WORD + REST % 1],
}

# Characters of every class that an expression names, those that bind more often.
ALPHABET = (list("aabBzZ'''sStTrReEvVmMlLdD  \t\r\n\n019$+<=>^~|`.,-_/(#") +
            ["\u00e9", "\u00c9", "\u01c5", "\u4e2d", "\u02b0", "\u0301", "\u093f", "\u0663", "\u00bd",
             "\u2167", "\u00a0", "\u3000", "\u2028", "\u0085", "\u200d", "\u2014", "\u3002", "\u20ac",
             "\U0001f601", "\U00010400", "\U00010428", "\U0001d7ce", "\x00", "\x1c", "\ue000"])

# Whole words and runs make the longer matches likely.
CHUNKS = ALPHABET + ["don't", "WE'VE", "He'll", "  ", "\n\n", " \n ", "123", "1234567", "2024", "...", "==", "abc",
                     " Hello", "XMLHttp", "\u4e2dA\u6587", "http://x/", "\r\n"]


def words_of(expressions, text):
    segments = [text]
    for expression in expressions:
        cut = []
        for segment in segments:
            done = 0
            for match in regex.finditer(expression, segment):
                cut += [segment[done:match.start()], match.group()]
                done = match.end()
            cut.append(segment[done:])
        segments = [segment for segment in cut if segment]
    return segments


def random_text(rng):
    return "".join(rng.choice(CHUNKS) for _ in range(rng.randint(1, 14)))


def literal(text):
    """One short literal a byte that does not print, lest an escape take in what follows."""
    out = ""
    for byte in text.encode():
        plain = 32 <= byte < 127 and chr(byte) not in '"\\?'
        out += chr(byte) if plain else f"\\{byte:03o}"
    return f'"{out}"'


def lengths(name, text):
    return [len(word.encode()) for word in words_of(EXPRESSIONS[name], text)]


def stream(n):
    rng = random.Random(2)
    for _ in range(n):
        name, text = rng.choice(sorted(EXPRESSIONS)), random_text(rng)
        print(name, text.encode().hex(), *lengths(name, text))


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--stream":
        stream(int(sys.argv[2]))
        return
    rng = random.Random(1)
    print("// SPDX-License-Identifier: Apache-2.0")
    print("// Words by python3-regex. Written by make-tokenizer-pretokenize-cases.py: do not edit.")
    print("#pragma once\n\n#include <string>\n#include <vector>\n")
    print("struct PretokenizeCase\n{\n  const char *pre;\n  std::string text;")
    print("  std::vector<size_t> lengths; // of the words, in bytes\n};\n")
    print("static const PretokenizeCase pretokenize_cases[] = {")
    for name in sorted(EXPRESSIONS):
        for _ in range(32):
            text = random_text(rng)
            numbers = ", ".join(map(str, lengths(name, text)))
            print(f'  {{ "{name}", std::string ({literal(text)}, {len(text.encode())}),')
            print(f"    {{ {numbers} }} }},")
    print("};")


if __name__ == "__main__":
    main()
