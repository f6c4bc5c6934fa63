/* SPDX-License-Identifier: Apache-2.0 */
/* A session's memory, its checks and its position; the arithmetic is in forward.c. */
#include "model/session-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cuts one block into aligned pieces. With a NULL base it only measures; @total saturates, so that
 * a size beyond memory is noticed once at the end. */
typedef struct
{
  char  *base;
  size_t total;
} carver;

#define CARVE_ALIGN 64u /* a cache line and a 512-bit vector */

static void *
carve (carver *c, uint64_t n, size_t size)
{
  uint64_t bytes, total;
  void *piece = c->base != NULL ? c->base + c->total : NULL;

  if (__builtin_mul_overflow (n, (uint64_t) size, &bytes)
      || __builtin_add_overflow (bytes, (uint64_t) c->total + CARVE_ALIGN - 1, &total)
      || total > PTRDIFF_MAX)
    {
      c->total = SIZE_MAX - CARVE_ALIGN;
      return NULL;
    }
  c->total = (size_t) total / CARVE_ALIGN * CARVE_ALIGN;
  return piece;
}

static uint64_t
max_u64 (uint64_t a, uint64_t b)
{
  return a > b ? a : b;
}

static void
carve_cache (tl_session *s, carver *c)
{
  const tl_model_info *i = &s->model->info;
  uint64_t n_slots = tl_kv_slots (s->n_ctx);
  uint64_t per_layer = i->n_kv_heads * n_slots * i->head_dim;
  size_t item = s->cache_type == TL_TYPE_F16 ? sizeof (uint16_t) : sizeof (float);
  tl_kv_layer *kv = carve (c, i->n_layers, sizeof *kv);

  for (uint32_t l = 0; l < i->n_layers; l++)
    {
      void *k = carve (c, per_layer, item);
      void *v = carve (c, per_layer, item);

      if (kv != NULL)
        kv[l] = (tl_kv_layer) { k, v, s->cache_type, (size_t) n_slots, i->n_kv_heads, i->head_dim };
    }
  s->kv = kv;
}

static void
carve_all (tl_session *s, carver *c)
{
  const tl_model_info *i = &s->model->info;
  unsigned n_threads = tl_pool_get_n_threads (s->linear.pool);
  uint64_t rows = s->max_chunk;
  uint64_t q_dim = (uint64_t) i->n_heads * i->head_dim;
  uint64_t kv_dim = (uint64_t) i->n_kv_heads * i->head_dim;
  uint64_t widest = max_u64 (max_u64 (i->n_embd, q_dim), i->n_ff);

  /* A multiple of 512 keeps the scales of threads on cache lines of their own. */
  s->widest = (size_t) (widest + 511) / 512 * 512;
  s->x = carve (c, rows * i->n_embd, sizeof (float));
  s->xn = carve (c, rows * i->n_embd, sizeof (float));
  s->q = carve (c, rows * q_dim, sizeof (float));
  s->k = carve (c, rows * kv_dim, sizeof (float));
  s->v = carve (c, rows * kv_dim, sizeof (float));
  s->att = carve (c, rows * q_dim, sizeof (float));
  s->gate = carve (c, rows * i->n_ff, sizeof (float));
  s->up = carve (c, rows * i->n_ff, sizeof (float));
  s->cs = carve (c, rows * s->model->n_rot, sizeof (float));
  s->inv_freq = carve (c, s->model->n_rot / 2, sizeof (float));
  s->scores = carve (c, n_threads * TL_MAX_QUERIES * tl_kv_slots (s->n_ctx), sizeof (float));
  s->logits = carve (c, (uint64_t) TL_SESSION_LOGIT_ROWS * i->n_vocab, sizeof (float));
  s->linear.acts.q = carve (c, rows * widest, 1);
  s->linear.acts.scale = carve (c, rows * (widest / 16 + 1), sizeof (float));
  s->linear.acts.sum = carve (c, rows * (widest / 16 + 1), sizeof (int32_t));
  s->linear.tile = carve (c, max_u64 (TL_LINEAR_TILE_FLOATS, n_threads * widest), sizeof (float));
  s->linear.scratch = carve (c, tl_sgemm_scratch_floats (s->linear.k, n_threads), sizeof (float));
  s->own_xn = carve (c, n_threads * s->widest, sizeof (float));
  s->own_acts.q = carve (c, n_threads * s->widest, 1);
  s->own_acts.scale = carve (c, n_threads * s->widest / 16, sizeof (float));
  s->own_acts.sum = carve (c, n_threads * s->widest / 16, sizeof (int32_t));
  carve_cache (s, c);
}

static bool
allocate (tl_session *s, tl_error *err)
{
  carver measure = { NULL, 0 }, cut = { NULL, 0 };

  carve_all (s, &measure);
  if (posix_memalign (&s->memory, CARVE_ALIGN, measure.total) != 0)
    {
      s->memory = NULL;
      return tl_error_set (err, TL_ERROR_MEMORY, "a context of %u tokens needs %.0f MiB of memory",
                           s->n_ctx, (double) measure.total / 1048576.0);
    }
  s->memory_size = measure.total;
  cut.base = s->memory;
  carve_all (s, &cut);
  return true;
}

/* inv_freq[j] = base^(-2j / n_rot), Su et al. 2021, arXiv:2104.09864, equation 15. */
static void
fill_frequencies (tl_session *s)
{
  const tl_model *m = s->model;

  for (uint32_t j = 0; j < m->n_rot / 2; j++)
    {
      double freq = pow ((double) m->info.rope_base, -2.0 * j / m->n_rot);

      if (m->rope_factors != NULL)
        freq /= (double) m->rope_factors[j];
      s->inv_freq[j] = (float) freq;
    }
}

static bool
check_request (const tl_model *m, uint32_t n_ctx, tl_type cache_type, tl_error *err)
{
  if (n_ctx > m->info.n_ctx_train)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "a context of %u tokens; the model was made for %u", n_ctx,
                         m->info.n_ctx_train);
  if (cache_type != TL_TYPE_F16 && cache_type != TL_TYPE_F32)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "a cache can be of F16 or F32");
  return true;
}

tl_session *
tl_session_new_with_cache (const tl_model *m, uint32_t n_ctx, tl_type cache_type, tl_pool *pool,
                           tl_error *err)
{
  tl_session *s;

  if (!check_request (m, n_ctx, cache_type, err))
    return NULL;
  s = calloc (1, sizeof *s);
  if (s == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "out of memory");
      return NULL;
    }
  s->model = m;
  s->linear.k = tl_kernels_get ();
  s->linear.pool = pool;
  s->cache_type = cache_type;
  s->n_ctx = n_ctx > 0 ? n_ctx : m->info.n_ctx_train;
  s->max_chunk = s->n_ctx < TL_SESSION_CHUNK ? s->n_ctx : TL_SESSION_CHUNK;
  if (!allocate (s, err))
    {
      tl_session_free (s);
      return NULL;
    }
  s->fused = tl_decode_is_possible (m);
  fill_frequencies (s);
  return s;
}

tl_session *
tl_session_new (const tl_model *m, uint32_t n_ctx, tl_pool *pool, tl_error *err)
{
  return tl_session_new_with_cache (m, n_ctx, TL_TYPE_F16, pool, err);
}

void
tl_session_free (tl_session *s)
{
  if (s == NULL)
    return;
  free (s->memory);
  free (s);
}

uint32_t
tl_session_get_n_ctx (const tl_session *s)
{
  return s->n_ctx;
}

uint32_t
tl_session_get_position (const tl_session *s)
{
  return s->pos;
}

size_t
tl_session_get_memory (const tl_session *s)
{
  return s->memory_size;
}

float *
tl_session_get_logits (tl_session *s)
{
  return s->has_logits ? s->logits : NULL;
}

void
tl_session_truncate (tl_session *s, uint32_t n_keep)
{
  if (n_keep >= s->pos)
    return;
  s->pos = n_keep;
  s->has_logits = false;
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

bool
tl_session_prefill (tl_session *s, const int32_t *ids, size_t n, tl_cancel_func cancel,
                    void *cancel_data, tl_error *err)
{
  uint32_t chunk = 0;

  if (!check_ids (s, ids, n, err))
    return false;
  for (size_t done = 0; done < n; done += chunk)
    {
      if (cancel != NULL && cancel (cancel_data))
        return tl_error_set (err, TL_ERROR_CANCELLED, "cancelled");
      chunk = n - done < s->max_chunk ? (uint32_t) (n - done) : s->max_chunk;
      s->has_logits = false;
      if (chunk == 1 && s->fused)
        {
          tl_decode (s, ids[done]);
          s->has_logits = true;
        }
      else
        tl_forward (s, ids + done, chunk);
    }
  if (n > 0 && !s->has_logits)
    {
      tl_forward_logits (s, chunk - 1, 1);
      s->has_logits = true;
    }
  return true;
}

bool
tl_session_decode (tl_session *s, int32_t id, tl_error *err)
{
  return tl_session_prefill (s, &id, 1, NULL, NULL, err);
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
    sum += (double) expf (logits[i] - max);
  return (float) ((double) (logits[id] - max) - log (sum));
}

/* The likelihood of ids[i + 1] is read from the logits after ids[i], a few rows at a time; the last
 * row of the chunk is done when the next chunk, or nothing, follows. */
static void
score_chunk (tl_session *s, const int32_t *ids, uint32_t n, float *logprobs)
{
  uint32_t n_vocab = s->model->info.n_vocab;

  logprobs[0] = s->has_logits ? log_probability (s->logits, n_vocab, ids[0]) : NAN;
  tl_forward (s, ids, n);
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
  for (size_t done = 0; done < n; done += chunk)
    {
      chunk = n - done < s->max_chunk ? (uint32_t) (n - done) : s->max_chunk;
      score_chunk (s, ids + done, chunk, logprobs + done);
    }
  return true;
}
