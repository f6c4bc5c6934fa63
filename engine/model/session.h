/* SPDX-License-Identifier: Apache-2.0 */
/* One mutable timeline over a model: the KV cache, the position and the scratch memory. One
 * owner thread at a time. All memory is taken when it is made: decoding never allocates. */
#pragma once

#include "kernels/pool.h"
#include "model/model.h"

#pragma GCC visibility push(default)

typedef struct tl_session tl_session;

/**
 * tl_session_new:
 * @m: must outlive the session
 * @n_ctx: positions; 0 for the model's own, at most that
 * @pool: (nullable) (transfer none): must outlive the session; NULL: the caller's thread alone
 *
 * The kernels for this processor are chosen here.
 * Returns: (transfer full) (nullable)
 */
tl_session *tl_session_new (const tl_model *m, uint32_t n_ctx, tl_pool *pool, tl_error *err);

/**
 * tl_session_new_with_cache:
 * @m: as in tl_session_new(), and so are @n_ctx and @pool
 * @cache_type: TL_TYPE_F16, as tl_session_new() has it; TL_TYPE_F32: twice the memory, and no
 * rounding of keys and values (half precision moves logits by about a thousandth of their range); or
 * TL_TYPE_Q8_0: half the memory, in blocks of 32 bytes, which heads must be whole numbers of
 *
 * Returns: (transfer full) (nullable)
 */
tl_session *tl_session_new_with_cache (const tl_model *m, uint32_t n_ctx, tl_type cache_type,
                                       tl_pool *pool, tl_error *err);

/**
 * tl_session_free:
 * @s: (nullable)
 */
void tl_session_free (tl_session *s);

/**
 * tl_session_get_n_ctx:
 * Returns: how many positions the timeline has room for
 */
uint32_t tl_session_get_n_ctx (const tl_session *s);

/**
 * tl_session_get_position:
 * Returns: how many tokens stand on the timeline
 */
uint32_t tl_session_get_position (const tl_session *s);

/**
 * tl_session_get_memory:
 * Returns: the bytes that it has taken, kept sequences too
 */
size_t tl_session_get_memory (const tl_session *s);

/**
 * tl_session_estimate:
 * @m: a model
 * @n_ctx: of tl_session_new()
 * @n_threads: of its pool
 *
 * Returns: the bytes that such a session would take, without taking them
 */
size_t tl_session_estimate (const tl_model *m, uint32_t n_ctx, unsigned n_threads);

/**
 * tl_session_cache_bytes:
 * @info: of a model
 * @cache_type: of tl_session_new_with_cache()
 *
 * Returns: the bytes that a position takes of such a cache; 0 when the model cannot have one
 */
uint64_t tl_session_cache_bytes (const tl_model_info *info, tl_type cache_type);

/**
 * tl_session_truncate:
 * @n_keep: positions; all from there on are forgotten, and the logits with the last one
 */
void tl_session_truncate (tl_session *s, uint32_t n_keep);

/**
 * tl_session_reuse:
 * @ids: [n] the text that is to be on the timeline next
 * @n: how many
 *
 * Leaves on the timeline as much of the beginning of @ids as this session has computed before, now
 * or in a sequence that it keeps, and at most n - 1 tokens, so that the prefill of the others
 * leaves logits: the same, to the bit, as those of a new session. (So of a model with weights that are not
 * packed, only whole chunks of 64 are taken again.)
 * Returns: the position, from which on @ids are to be prefilled
 */
uint32_t tl_session_reuse (tl_session *s, const int32_t *ids, size_t n);

/**
 * tl_session_set_kept_bytes:
 * @max_bytes: of earlier sequences that tl_session_reuse() may keep beside the timeline; 0, with which a
 * session begins, for none
 *
 * The one that was not used for the longest time goes first.
 */
void tl_session_set_kept_bytes (tl_session *s, size_t max_bytes);

/**
 * tl_session_set_lookup:
 * @on: false in a new session
 *
 * With it, a decode step may compute with its token a few more, guessed from what followed the same
 * three tokens earlier on the timeline; they are free if they are decoded next. This changes no bit
 * of the logits, and no position. It pays where a text copies from itself or from its prompt, and
 * turns itself down where it does not.
 */
void tl_session_set_lookup (tl_session *s, bool on);

/* What was done since the session was made. */
typedef struct
{
  uint64_t n_prefilled; /* tokens computed by prefill and score */
  uint64_t n_steps;     /* decode steps that computed something */
  uint64_t n_guessed;   /* tokens that these computed ahead */
  uint64_t n_hits;      /* of which so many were decoded then */
} tl_session_work;

/**
 * tl_session_get_work:
 * Returns: (transfer none): kept up to date
 */
const tl_session_work *tl_session_get_work (const tl_session *s);

/**
 * tl_session_prefill:
 * @ids: [n] appended to the timeline; an id out of range, or no room for all, is TL_ERROR_ARGUMENT
 * and nothing is appended
 * @n: how many
 * @cancel: (nullable): polled each chunk; what was appended before stays
 * @cancel_data: handed to @cancel
 *
 * Afterwards the logits of the last token are there.
 */
bool tl_session_prefill (tl_session *s, const int32_t *ids, size_t n, tl_cancel_func cancel,
                         void *cancel_data, tl_error *err);

/**
 * tl_session_decode:
 * @id: appended to the timeline
 *
 * As tl_session_prefill() of one token: the decode step. Allocates nothing.
 */
bool tl_session_decode (tl_session *s, int32_t id, tl_error *err);

/**
 * tl_session_get_logits:
 * Returns: (nullable): [n_vocab] of the last position, until the next prefill or decode; the caller may
 * change them. NULL when there are none: in a new session, after truncation or a cancelled prefill
 */
float *tl_session_get_logits (tl_session *s);

/**
 * tl_session_score:
 * @ids: [n] appended to the timeline
 * @n: how many
 * @logprobs: (out): [n] natural log p(ids[i] | all before); the first is given the current logits,
 * NAN when there are none
 *
 * As prefill, and the likelihood of each token besides.
 */
bool tl_session_score (tl_session *s, const int32_t *ids, size_t n, float *logprobs, tl_error *err);

#pragma GCC visibility pop
