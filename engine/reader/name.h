/* SPDX-License-Identifier: Apache-2.0 */
/* What a note is called where nobody has named it. */
#pragma once

#include "reader/reader.h"

/**
 * tl_reading_find_name:
 * @text: that was read
 * @name: (out): of p 0; start == end: none
 *
 * The first words of the note's first line that is neither a table nor code, without marks and check
 * boxes. Thread-safe. Returns: false, and no name, when no line can give one
 */
bool tl_reading_find_name (const tl_reading *reading, const char *text, tl_span *name);
