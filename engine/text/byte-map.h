/* SPDX-License-Identifier: Apache-2.0 */
/* The bijection of GPT-2 (Radford et al. 2019) between bytes and printable characters, in which
 * byte-level vocabularies are written: "Ġ" (U+0120) is a space. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Bytes that print in Latin-1 stand for themselves, the other 68 for U+0100 to U+0143 in order. */
uint32_t tl_byte_to_char (uint8_t byte);
int      tl_char_to_byte (uint32_t cp); /* -1 when @cp stands for no byte */

/**
 * tl_byte_map_encode:
 * @out: room for 2 * @len bytes
 * Returns: bytes of UTF-8 written.
 */
size_t tl_byte_map_encode (const char *bytes, size_t len, char *out);

/**
 * tl_byte_map_decode:
 * @out: room for @len bytes; may not overlap @s
 *
 * A character that stands for no byte (an added token that was written plainly) is copied.
 * Returns: bytes written.
 */
size_t tl_byte_map_decode (const char *s, size_t len, char *out);
