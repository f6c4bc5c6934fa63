#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes unicode-data.c: the classes of characters that pre-tokenizers ask about.

The source is Python's own copy of the Unicode Character Database, so nothing is downloaded:
    python3 engine/text/make-unicode-data.py > engine/text/unicode-data.c
A run is one 32-bit word, first << 8 | class, and reaches to the next run. unicode.h names the bits.
"""

import sys
import unicodedata

UPPER, LOWER, OTHER_LETTER, MARK, NUMBER, PUNCTUATION, SYMBOL, SPACE = (1 << i for i in range(8))

CLASS_OF_CATEGORY = {"Lu": UPPER, "Lt": UPPER, "Ll": LOWER, "Lm": OTHER_LETTER, "Lo": OTHER_LETTER}
CLASS_OF_GROUP = {"M": MARK, "N": NUMBER, "P": PUNCTUATION, "S": SYMBOL}

# The property White_Space, from PropList.txt; Python has no accessor for it.
WHITE_SPACE = {*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029,
               0x202F, 0x205F, 0x3000}


def class_of(code_point):
    if code_point in WHITE_SPACE:
        return SPACE
    category = unicodedata.category(chr(code_point))
    return CLASS_OF_CATEGORY.get(category, CLASS_OF_GROUP.get(category[0], 0))


def runs():
    previous = None
    for code_point in range(sys.maxunicode + 1):
        cls = class_of(code_point)
        if cls != previous:
            yield code_point << 8 | cls
            previous = cls


def main():
    words = list(runs())
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* Character classes of Unicode " + unicodedata.unidata_version
          + " as runs. Written by make-unicode-data.py: do not edit. */")
    print('#include "text/unicode.h"\n')
    print("const uint32_t tl_unicode_runs[] = {")
    for i in range(0, len(words), 9):
        print("  " + ", ".join(f"0x{word:x}" for word in words[i:i + 9]) + ",")
    print("};\n")
    print("const size_t tl_n_unicode_runs = sizeof tl_unicode_runs / sizeof tl_unicode_runs[0];")


if __name__ == "__main__":
    main()
