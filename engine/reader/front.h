/* SPDX-License-Identifier: Apache-2.0 */
/* Front matter or a text between two rules: the lines between the fences tell. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/**
 * tl_front_is_keyed:
 * @body: [len] the lines between two fences, each with its break
 * @separator: ':' of YAML, '=' of TOML
 *
 * Is the first line that says something a key of one word ("title: The gate"), or in TOML "[table]",
 * where comments may stand above? In YAML a key of several words and one below a comment, which may
 * as well be a sentence and a heading, count where no line is empty and each is a key, an item of a
 * list ("- roof"), a comment or indented. Thread-safe.
 * Returns: also true where no line says anything
 */
bool tl_front_is_keyed (const char *body, size_t len, char separator);
