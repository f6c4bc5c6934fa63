/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, one character at a time, over bytes that may be anything. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define TL_UTF8_REPLACEMENT 0xfffdu

/**
 * tl_utf8_next:
 * @s: [len] bytes, not NUL-terminated; len > 0
 * @cp: (out): the code point; U+FFFD for a byte that begins no valid character here
 *
 * Overlong forms, surrogates and values beyond U+10FFFF are invalid (RFC 3629). An invalid byte is
 * consumed alone, so a damaged text loses no valid character that follows.
 * Returns: bytes consumed, 1 to 4. U+FFFD with 3 bytes is the real character.
 */
size_t tl_utf8_next (const char *s, size_t len, uint32_t *cp);

/**
 * tl_utf8_put:
 * @out: room for 4 bytes
 * @cp: a code point; a surrogate or one beyond U+10FFFF is written as U+FFFD
 * Returns: bytes written, 1 to 4; no NUL.
 */
size_t tl_utf8_put (char *out, uint32_t cp);
