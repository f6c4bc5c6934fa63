/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on a session's timeline: appending to it, cutting it, and taking up again what was
 * computed before. The position moves here; the arithmetic is in forward.c and decode.c. */
#include "model/session-private.h"

#include <math.h>
#include <string.h>

#include "base/maths.h"

/* What a token more costs in a batch of a few, as a part of what a decode step costs: 0.5 was
 * measured of meeny, 0.15 (and its row of logits) of 135 M parameters in Q8_0, with one thread of a
 * Sapphire Rapids. */
#define AHEAD_COST 0.4f

/* A sequence is kept when as many tokens of it as a tile of keys would be lost. */
#define MIN_KEPT 16u

uint32_t
tl_session_get_position (const tl_session *s)
{
  return s->pos;
}

float *
tl_session_get_logits (tl_session *s)
{
  return s->has_logits ? s->logits + (size_t) s->row * s->model->info.n_vocab : NULL;
}

const tl_session_work *
tl_session_get_work (const tl_session *s)
{
  return &s->work;
}

void
tl_session_set_lookup (tl_session *s, bool on)
{
  s->guesses = on;
  tl_lookup_reset (&s->lookup);
}

void
tl_session_set_kept_bytes (tl_session *s, size_t max_bytes)
{
  tl_prefix_cache_limit (&s->prefixes, max_bytes);
}

void
tl_session_truncate (tl_session *s, uint32_t n_keep)
{
  if (n_keep >= s->pos)
    return;
  s->pos = n_keep;
  s->has_logits = false;
  s->n_ahead = 0;
  if (s->n_batched > n_keep)
    s->n_batched = n_keep;
  tl_lookup_cut (&s->lookup, n_keep);
}

/* How much of a sequence of @length tokens, the first @n_batched of which came in batches, can
 * stand for the beginning of @ids. Weights that are not packed give other last bits in batches than
 * alone; so the batches must be those that a new session would make. */
static uint32_t
count_shared (const tl_session *s, const int32_t *sequence, uint32_t length, uint32_t n_batched,
              const int32_t *ids, size_t n)
{
  uint32_t shared = 0, max = s->is_packed || n_batched > length ? length : n_batched;

  if (n == 0)
    return 0;
  if (max > n - 1)
    max = (uint32_t) n - 1;
  while (shared < max && sequence[shared] == ids[shared])
    shared++;
  return s->is_packed ? shared : shared / s->max_chunk * s->max_chunk;
}

uint32_t
tl_session_reuse (tl_session *s, const int32_t *ids, size_t n)
{
  uint32_t live = count_shared (s, s->ids, s->pos, s->n_batched, ids, n), best = 0;
  tl_prefix *found = NULL;

  for (tl_prefix *p = s->prefixes.first; p != NULL; p = p->next)
    {
      uint32_t shared = count_shared (s, p->ids, p->n, p->n_batched, ids, n);

      if (shared > best)
        {
          best = shared;
          found = p;
        }
    }
  if (found != NULL)
    tl_prefix_cache_touch (&s->prefixes, found);
  if (s->pos - live >= MIN_KEPT)
    tl_prefix_cache_keep (&s->prefixes, s, found);
  if (best > live)
    {
      tl_prefix_restore (found, s);
      live = best;
    }
  tl_session_truncate (s, live);
  return s->pos;
}

static bool
check_ids (const tl_session *s, const int32_t *ids, size_t n, tl_error *err)
{
  if (n > s->n_ctx - s->pos)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "%zu tokens after %u do not fit in a context of %u", n, s->pos, s->n_ctx);
  for (size_t i = 0; i < n; i++)
    if (ids[i] < 0 || (uint32_t) ids[i] >= s->model->info.n_vocab)
      return tl_error_set (err, TL_ERROR_ARGUMENT,
                           "token %d at place %zu is outside the vocabulary of %u", ids[i], i,
                           s->model->info.n_vocab);
  return true;
}

/* Notes that @n tokens from the position on are about to be computed in one batch. So few that
 * tl_sgemm() takes dot products are computed as they are alone, by it or without it. */
static void
begin_batch (tl_session *s, const int32_t *ids, uint32_t n)
{
  memmove (s->ids + s->pos, ids, n * sizeof *ids);
  if (n > TL_SGEMM_THIN && s->n_batched == s->pos)
    s->n_batched += n;
  s->has_logits = false;
  s->n_ahead = 0;
  s->row = 0;
}

/* The @n tokens at the position, at most TL_SESSION_LOGIT_ROWS, and the logits of each. */
static void
step (tl_session *s, uint32_t n)
{
  if (s->is_packed && s->loras == NULL) /* the fused step knows no adapters */
    tl_decode (s, n);
  else
    {
      tl_forward (s, s->ids + s->pos, n);
      tl_forward_logits (s, 0, n);
    }
  s->has_logits = true;
}

/* What was computed of a file that was cut is forgotten. */
static bool
check_whole (tl_session *s, tl_error *err)
{
  if (tl_gguf_check_whole (s->model->gguf, err))
    return true;
  tl_session_truncate (s, 0);
  return false;
}

bool
tl_session_prefill (tl_session *s, const int32_t *ids, size_t n, tl_cancel_func cancel,
                    void *cancel_data, tl_error *err)
{
  uint32_t chunk = 0;

  if (!check_ids (s, ids, n, err))
    return false;
  tl_lookup_cut (&s->lookup, s->pos);
  for (size_t done = 0; done < n; done += chunk)
    {
      if (cancel != NULL && cancel (cancel_data))
        return tl_error_set (err, TL_ERROR_CANCELLED, "cancelled");
      chunk = n - done < s->max_chunk ? (uint32_t) (n - done) : s->max_chunk;
      begin_batch (s, ids + done, chunk);
      s->work.n_prefilled += chunk;
      if (chunk == 1)
        step (s, 1);
      else
        tl_forward (s, s->ids + s->pos, chunk);
    }
  if (n > 0 && !s->has_logits)
    {
      tl_forward_logits (s, chunk - 1, 1);
      s->has_logits = true;
    }
  return check_whole (s, err);
}

static uint32_t
min_u32 (uint32_t a, uint32_t b)
{
  return a < b ? a : b;
}

/* As many as one batch may have beside the token that is sure: of logits, of room, and of the same
 * results as alone. */
static uint32_t
max_ahead (const tl_session *s)
{
  uint32_t n = s->is_packed ? TL_SESSION_LOGIT_ROWS : TL_LINEAR_FEW_TOKENS;

  return min_u32 (min_u32 (n, s->max_chunk), s->n_ctx - s->pos) - 1;
}

static void
take_ahead (tl_session *s)
{
  s->pos++;
  s->row++;
  s->n_ahead--;
  s->work.n_hits++;
  tl_lookup_follow (&s->lookup, s->ids, s->pos);
}

bool
tl_session_decode (tl_session *s, int32_t id, tl_error *err)
{
  uint32_t n_ahead = 0;

  if (!check_ids (s, &id, 1, err))
    return false;
  if (s->n_ahead > 0 && s->ids[s->pos] == id)
    {
      take_ahead (s);
      return true;
    }
  begin_batch (s, &id, 1);
  if (s->guesses)
    {
      tl_lookup_follow (&s->lookup, s->ids, s->pos + 1);
      n_ahead = tl_lookup_draft (&s->lookup, s->ids, s->pos + 1, max_ahead (s), AHEAD_COST);
    }
  step (s, 1 + n_ahead);
  s->pos -= n_ahead;
  s->n_ahead = n_ahead;
  s->work.n_steps++;
  s->work.n_guessed += n_ahead;
  return check_whole (s, err);
}

/* log softmax (logits)[id], shifted by the maximum so that exp cannot overflow. */
static float
log_probability (const float *logits, uint32_t n, int32_t id)
{
  float max = logits[0];
  double sum = 0.0;

  for (uint32_t i = 1; i < n; i++)
    if (logits[i] > max)
      max = logits[i];
  for (uint32_t i = 0; i < n; i++)
    sum += (double) tl_exp (logits[i] - max);
  return (float) ((double) (logits[id] - max) - log (sum));
}

/* The likelihood of ids[i + 1] is read from the logits after ids[i], a few rows at a time; the last
 * row of the chunk is done when the next chunk, or nothing, follows. */
static void
score_chunk (tl_session *s, const int32_t *ids, uint32_t n, float *logprobs)
{
  uint32_t n_vocab = s->model->info.n_vocab;

  logprobs[0] = s->has_logits ? log_probability (tl_session_get_logits (s), n_vocab, ids[0]) : NAN;
  begin_batch (s, ids, n);
  s->work.n_prefilled += n;
  tl_forward (s, s->ids + s->pos, n);
  for (uint32_t row = 0; row + 1 < n; row += TL_SESSION_LOGIT_ROWS)
    {
      uint32_t left = n - 1 - row;
      uint32_t rows = left < TL_SESSION_LOGIT_ROWS ? left : TL_SESSION_LOGIT_ROWS;

      tl_forward_logits (s, row, rows);
      for (uint32_t i = 0; i < rows; i++)
        logprobs[row + i + 1] = log_probability (s->logits + (size_t) i * n_vocab, n_vocab,
                                                 ids[row + i + 1]);
    }
  tl_forward_logits (s, n - 1, 1);
  s->has_logits = true;
}

bool
tl_session_score (tl_session *s, const int32_t *ids, size_t n, float *logprobs, tl_error *err)
{
  uint32_t chunk;

  if (!check_ids (s, ids, n, err))
    return false;
  tl_lookup_cut (&s->lookup, s->pos);
  for (size_t done = 0; done < n; done += chunk)
    {
      chunk = n - done < s->max_chunk ? (uint32_t) (n - done) : s->max_chunk;
      score_chunk (s, ids + done, chunk, logprobs + done);
    }
  return check_whole (s, err);
}
