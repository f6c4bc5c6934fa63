/* SPDX-License-Identifier: Apache-2.0 */
/* A session's memory, from its making to its end. What stands on the timeline is the subject of
 * timeline.c, the arithmetic that of forward.c. */
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
carve (carver *c, uint64_t n, uint64_t size)
{
  uint64_t bytes, total;
  void *piece = c->base != NULL ? c->base + c->total : NULL;

  if (__builtin_mul_overflow (n, size, &bytes)
      || __builtin_add_overflow (bytes, (uint64_t) c->total + CARVE_ALIGN - 1, &total)
      || total > PTRDIFF_MAX)
    {
      c->total = SIZE_MAX - CARVE_ALIGN;
      return NULL;
    }
  c->total = (size_t) total / CARVE_ALIGN * CARVE_ALIGN;
  return piece;
}

/* Threads beyond these have fewer tokens each: a chunk takes no more memory. */
#define MAX_CHUNKS 8u

static uint64_t
max_u64 (uint64_t a, uint64_t b)
{
  return a > b ? a : b;
}

/* The shape of each layer's cache; without memory. */
static tl_kv_layer
kv_shape (const tl_session *s)
{
  const tl_model_info *i = &s->model->info;

  return (tl_kv_layer) { NULL, NULL, NULL, s->cache_type, (size_t) tl_kv_slots (s->n_ctx),
                         i->n_kv_heads, i->head_dim };
}

static void
carve_cache (tl_session *s, carver *c)
{
  tl_kv_layer layer = kv_shape (s), *kv = carve (c, s->model->info.n_layers, sizeof *kv);
  tl_kv_strips parts[TL_KV_PARTS];

  tl_kv_describe (&layer, layer.n_slots, parts);
  for (uint32_t l = 0; l < s->model->info.n_layers; l++)
    {
      layer.k = carve (c, parts[0].n, parts[0].stride);
      layer.v = carve (c, parts[1].n, parts[1].stride);
      layer.v_scale = carve (c, parts[2].n, parts[2].stride);
      if (kv != NULL)
        kv[l] = layer;
    }
  s->kv = kv;
}

static void
carve_all (tl_session *s, unsigned n_threads, carver *c)
{
  const tl_model_info *i = &s->model->info;
  uint64_t rows = s->max_chunk;
  uint64_t q_dim = (uint64_t) i->n_heads * i->head_dim;
  uint64_t kv_dim = (uint64_t) i->n_kv_heads * i->head_dim;
  uint64_t widest = max_u64 (max_u64 (i->n_embd, q_dim), i->n_ff), own;
  const tl_kv_layer shape = kv_shape (s);

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
  s->cs = carve (c, s->model->n_rotations * rows * s->model->n_rot, sizeof (float));
  s->inv_freq = carve (c, s->model->n_rotations * (s->model->n_rot / 2), sizeof (float));
  s->scratch = carve (c, (uint64_t) n_threads * tl_attention_scratch (&shape), sizeof (float));
  s->logits = carve (c, (uint64_t) TL_SESSION_LOGIT_ROWS * i->n_vocab, sizeof (float));
  s->linear.acts.q = carve (c, rows * s->widest, 1);
  s->linear.acts.scale = carve (c, rows * s->widest / 16, sizeof (float));
  s->linear.acts.sum = carve (c, rows * s->widest / 16, sizeof (int32_t));
  s->linear.tile = carve (c, TL_LINEAR_TILE_FLOATS, sizeof (float));
  s->linear.scratch = carve (c, tl_sgemm_scratch_floats (s->linear.k, n_threads), sizeof (float));
  own = (uint64_t) n_threads * TL_SESSION_LOGIT_ROWS * s->widest;
  s->own_xn = carve (c, own, sizeof (float));
  s->own_acts.q = carve (c, own, 1);
  s->own_acts.scale = carve (c, own / 16, sizeof (float));
  s->own_acts.sum = carve (c, own / 16, sizeof (int32_t));
  s->ids = carve (c, s->n_ctx, sizeof (int32_t));
  s->lookup.n_places = tl_lookup_places (s->n_ctx);
  s->lookup.places = carve (c, s->lookup.n_places, sizeof (uint32_t));
  carve_cache (s, c);
}

static bool
allocate (tl_session *s, tl_error *err)
{
  unsigned n_threads = tl_pool_get_n_threads (s->linear.pool);
  carver measure = { NULL, 0 }, cut = { NULL, 0 };

  carve_all (s, n_threads, &measure);
  if (posix_memalign (&s->memory, CARVE_ALIGN, measure.total) != 0)
    {
      s->memory = NULL;
      return tl_error_set (err, TL_ERROR_MEMORY, "a context of %u tokens needs %.0f MiB of memory",
                           s->n_ctx, (double) measure.total / 1048576.0);
    }
  s->memory_size = measure.total;
  cut.base = s->memory;
  carve_all (s, n_threads, &cut);
  return true;
}

/* inv_freq[j] = base^(-2j / n_rot), Su et al. 2021, arXiv:2104.09864, equation 15. In double, so that the
 * last bit of pow, which differs between C libraries, is gone in the rounding to float. */
static void
fill_frequencies (const tl_session *s, float *inv_freq, const tl_rotation *r)
{
  const tl_model *m = s->model;
  const float *factors = r->factors;

  if (m->long_factors != NULL && s->n_ctx > m->n_ctx_short)
    factors = m->long_factors;
  for (uint32_t j = 0; j < m->n_rot / 2; j++)
    {
      double freq = pow ((double) r->base, -2.0 * j / m->n_rot);

      if (factors != NULL)
        freq /= (double) factors[j];
      inv_freq[j] = (float) freq;
    }
}

/* Whether a token's result depends on no other token of its batch. */
static bool
are_all_packed (const tl_model *m)
{
  for (uint32_t i = 0; i < m->info.n_layers; i++)
    {
      const tl_layer *l = &m->layers[i];
      const tl_matrix *all[] = { &l->q, &l->k, &l->v, &l->o, &l->gate, &l->up, &l->down };

      for (size_t j = 0; j < sizeof all / sizeof *all; j++)
        if (all[j]->panels == NULL)
          return false;
    }
  return m->output.panels != NULL;
}

/* Threads that part a chunk by tokens have as many each as one alone. What is not packed depends on
 * its batch, which is the same for any number of threads. */
static uint32_t
chunk_of (const tl_session *s, unsigned n_pool_threads)
{
  uint32_t n_threads = s->is_packed ? n_pool_threads : 1;
  uint32_t chunk = TL_SESSION_CHUNK * (n_threads < MAX_CHUNKS ? n_threads : MAX_CHUNKS);

  return s->n_ctx < chunk ? s->n_ctx : chunk;
}

static bool
check_request (const tl_model *m, uint32_t n_ctx, tl_type cache_type, tl_error *err)
{
  if (n_ctx > m->info.n_ctx_train)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "a context of %u tokens; the model was made for %u", n_ctx,
                         m->info.n_ctx_train);
  if (cache_type != TL_TYPE_F16 && cache_type != TL_TYPE_F32 && cache_type != TL_TYPE_Q8_0)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "a cache can be of F16, F32 or Q8_0");
  if (!tl_kv_type_fits (cache_type, m->info.head_dim))
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "a cache of Q8_0 has blocks of 32, and this model's heads are %u wide: "
                         "take F16", m->info.head_dim);
  return true;
}

/* All but its memory. */
static void
plan (tl_session *s, const tl_model *m, uint32_t n_ctx, tl_type cache_type, unsigned n_threads)
{
  s->model = m;
  s->linear.k = tl_kernels_get ();
  s->cache_type = cache_type;
  s->n_ctx = n_ctx > 0 ? n_ctx : m->info.n_ctx_train;
  s->is_packed = are_all_packed (m);
  s->max_chunk = chunk_of (s, n_threads);
}

size_t
tl_session_estimate (const tl_model *m, uint32_t n_ctx, unsigned n_threads)
{
  tl_session s = { 0 };
  carver measure = { NULL, 0 };

  plan (&s, m, n_ctx, TL_TYPE_F16, n_threads);
  carve_all (&s, n_threads, &measure);
  return measure.total;
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
  plan (s, m, n_ctx, cache_type, tl_pool_get_n_threads (pool));
  s->linear.pool = pool;
  if (!allocate (s, err))
    {
      tl_session_free (s);
      return NULL;
    }
  memset (s->lookup.places, 0, s->lookup.n_places * sizeof *s->lookup.places);
  for (uint32_t i = 0; i < m->n_rotations; i++)
    fill_frequencies (s, s->inv_freq + i * (m->n_rot / 2), &m->rotations[i]);
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
  tl_prefix_cache_clear (&s->prefixes);
  free (s->loras);
  free (s->lora_memory);
  free (s->memory);
  free (s);
}

uint32_t
tl_session_get_n_ctx (const tl_session *s)
{
  return s->n_ctx;
}

size_t
tl_session_get_memory (const tl_session *s)
{
  return s->memory_size + s->prefixes.n_bytes + s->lora_bytes;
}

uint64_t
tl_session_cache_bytes (const tl_model_info *info, tl_type cache_type)
{
  const tl_kv_layer layer = { NULL, NULL, NULL, cache_type, TL_KEY_TILE, info->n_kv_heads,
                              info->head_dim };
  tl_kv_strips parts[TL_KV_PARTS];
  uint64_t bytes = 0;

  if (!tl_kv_type_fits (cache_type, info->head_dim))
    return 0;
  tl_kv_describe (&layer, TL_KEY_TILE, parts);
  for (size_t i = 0; i < TL_KV_PARTS; i++)
    bytes += parts[i].n * parts[i].stride;
  return bytes * info->n_layers / TL_KEY_TILE;
}
