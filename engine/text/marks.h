/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens by which conversations are written. A file may call them ordinary words; then a message
 * could spell them, or the format could not, so they are told by what they spell. */
#pragma once

#include "gguf/gguf.h"

/* Whether @piece ends an answer in one of the common formats, whatever eos_token_id says. */
bool tl_mark_is_end (tl_str piece);

/* Whether @piece ends an answer, or is a mark "<…>" or "[…]" that one of the formats writes. */
bool tl_mark_is_known (tl_str piece);

/* Whether @piece looks like one: "<…>" or "[…]". */
bool tl_mark_is_shaped (tl_str piece);
