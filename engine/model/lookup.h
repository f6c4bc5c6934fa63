/* SPDX-License-Identifier: Apache-2.0 */
/* Which tokens come next, if the text goes on as it did before? Prompt lookup (Saxena 2023,
 * https://github.com/apoorvumang/prompt-lookup-decoding): what followed the latest earlier place of
 * the last three tokens. A guess costs nothing until it is used, so each is compared with what did
 * come, and a draft is only as long as the guesses of late were good. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct
{
  uint32_t *places;   /* [n_places] by three tokens: where the token behind them stands; 0: none */
  uint32_t  n_places; /* a power of two */
  uint32_t  n_known;  /* tokens of the timeline that are entered */
  uint32_t  source;   /* the place of the token that is guessed to come next; 0: none */
  float     hit_rate; /* of late: a guess is right with this probability */
} tl_lookup;

/* Places for a timeline of @n_ctx tokens. */
uint32_t tl_lookup_places (uint32_t n_ctx);

/* Of a text that begins anew; @l's table is kept, as each place is compared before it is used. */
void tl_lookup_reset (tl_lookup *l);

/**
 * tl_lookup_follow:
 * @ids: [n] the timeline, of which the last token is new
 *
 * Enters what is not entered yet, judges the guess and makes the next one. Tokens before the
 * last may have changed since the last call if tl_lookup_cut() told so.
 */
void tl_lookup_follow (tl_lookup *l, const int32_t *ids, uint32_t n);

/* The timeline is @n tokens long now. */
void tl_lookup_cut (tl_lookup *l, uint32_t n);

/**
 * tl_lookup_draft:
 * @ids: [n + max] the timeline, and behind it (out) the draft
 * @cost: what a token more costs in a batch, as a part of what a batch of one costs
 *
 * Returns: how many tokens to compute ahead, so that the expected number of tokens for the time is
 * the highest; 0 when guessing does not pay
 */
uint32_t tl_lookup_draft (const tl_lookup *l, int32_t *ids, uint32_t n, uint32_t max, float cost);
