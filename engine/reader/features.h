/* SPDX-License-Identifier: Apache-2.0 */
/* The plain features of each unit: where it stands, what it looks like, which kinds of word it
 * holds, how it relates to the rest of the note. */
#pragma once

#include "reader/explain.h"
#include "reader/rank.h"

/**
 * tl_features_fill:
 * @features: (out): [n_units, TL_READER_N_FEATURES], all between about -2 and 4
 */
void tl_features_fill (const tl_note *note, const tl_rank *rank, float *features);

/* Takes one kind from a unit's row [TL_READER_N_FEATURES]: its columns become 0, about their mean. */
void tl_features_clear (float *row, tl_reason reason);
