/* SPDX-License-Identifier: Apache-2.0 */
/* Words that say what a sentence is for, in seven languages. */
#pragma once

#include <stdint.h>

/* TL_WORD_* of the word whose tl_word_hash() this is; 0 for words that are not
 * listed. Thread-safe. */
uint16_t tl_lexicon_get_classes (uint32_t hash);
