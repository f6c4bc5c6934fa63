/* SPDX-License-Identifier: Apache-2.0 */
/* The adapters' trainer: what it can train, its memory, one optimiser step and its checkpoints. The
 * forward and backward passes are in lora-layer.c, what is written in the end in lora-export.c. */
#include "train/lora-train-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Logits at once, in floats: 16 MiB; but never fewer rows than these, as a large vocabulary's
 * weights are widened again for each lot of rows. */
#define LOGITS_FLOATS ((size_t) 1 << 22)
#define MIN_HEAD_ROWS 64

static size_t
min_size (size_t a, size_t b)
{
  return a < b ? a : b;
}

static size_t
max_size (size_t a, size_t b)
{
  return a > b ? a : b;
}

/* Memory: one block, cut with a NULL base first to measure. */

static float *
carve (float *base, size_t *used, size_t n)
{
  float *piece = base != NULL ? base + *used : NULL;

  *used += (n + 15) / 16 * 16;
  return piece;
}

static void
carve_layer (const tl_lora_trainer *t, tl_lora_layer *l, const tl_layer *w, float *base,
             size_t *used)
{
  const tl_model_info *i = &t->model->info;
  size_t rows = t->room;

  l->qkv = carve (base, used, rows * t->attention.qkv_dim);
  l->raw = w->q_norm != NULL ? carve (base, used, rows * (t->attention.q_dim + t->kv_dim)) : NULL;
  l->att = carve (base, used, rows * t->attention.q_dim);
  l->lse = carve (base, used, rows * i->n_heads);
  l->attn_out = w->attn_post_norm != NULL ? carve (base, used, rows * i->n_embd) : NULL;
  l->h = carve (base, used, rows * i->n_embd);
  l->gate_up = carve (base, used, rows * 2 * i->n_ff);
  l->down = w->ffn_post_norm != NULL ? carve (base, used, rows * i->n_embd) : NULL;
}

static void
carve_layers (tl_lora_trainer *t, float *base, size_t *used)
{
  const tl_model *m = t->model;

  for (uint32_t i = 0; i < m->info.n_layers; i++)
    if (i > 0 && t->config.recompute)
      t->layers[i] = t->layers[0];
    else
      carve_layer (t, &t->layers[i], &m->layers[i], base, used);
}

static bool
has_sub_norms (const tl_model *m)
{
  bool has = false;

  for (uint32_t i = 0; i < m->info.n_layers; i++)
    has = has || m->layers[i].attn_sub_norm != NULL || m->layers[i].ffn_sub_norm != NULL;
  return has;
}

static void
carve_scratch (tl_lora_trainer *t, float *base, size_t *used)
{
  const tl_model *m = t->model;
  const tl_model_info *i = &m->info;
  size_t rows = t->room, d = rows * i->n_embd, ff = rows * i->n_ff;
  size_t angles = t->config.max_seq_len * (m->n_rot / 2);
  float **of_d[] = { &t->norm, &t->branch, &t->dnorm, &t->dx };

  t->x = carve (base, used, (i->n_layers + 1) * d);
  for (size_t j = 0; j < sizeof of_d / sizeof *of_d; j++)
    *of_d[j] = carve (base, used, d);
  t->act = carve (base, used, ff);
  t->act_normed = carve (base, used, has_sub_norms (m) ? ff : 0);
  t->dact = carve (base, used, ff);
  t->att_normed = carve (base, used, has_sub_norms (m) ? rows * t->attention.q_dim : 0);
  t->datt = carve (base, used, rows * t->attention.q_dim);
  t->dqkv = carve (base, used, rows * t->attention.qkv_dim);
  t->low = carve (base, used, rows * t->config.rank);
  t->dlow = carve (base, used, rows * t->config.rank);
  t->dropped = carve (base, used, t->config.dropout > 0.0f ? rows * t->widest : 0);
  t->tile = carve (base, used, t->tile_floats);
  for (uint32_t j = 0; j < 2 * m->n_rotations; j++)
    t->angles[j / 2][j % 2] = carve (base, used, angles);
  t->y = carve (base, used, t->head_rows * i->n_embd);
  t->logits = carve (base, used, t->head_rows * i->n_vocab);
  t->scores = carve (base, used, tl_attention_thread_floats (t->config.max_seq_len)
                                     * tl_pool_get_n_threads (t->ops.pool));
}

/* Widened weights, for as long as there is room; matrices that are F32 need none. */
static void
carve_wide (tl_lora_trainer *t, float *base, size_t *used)
{
  size_t left = t->config.wide_bytes / sizeof (float);

  t->tile_floats = 0;
  for (size_t i = 0; i < t->model->info.n_layers * (size_t) TL_TARGETS + 1; i++)
    {
      tl_lora_site *s = &t->sites[i];
      size_t n = s->w->rows * s->w->cols;

      if (s->full || s->w->type == TL_TYPE_F32)
        continue;
      if (n <= left)
        {
          s->wide = carve (base, used, n);
          left -= n;
        }
      else
        t->tile_floats = max_size (t->tile_floats, min_size (n, TL_LORA_TILE));
    }
}

static size_t
carve_all (tl_lora_trainer *t, float *base)
{
  size_t used = 0;

  carve_wide (t, base, &used);
  carve_layers (t, base, &used);
  carve_scratch (t, base, &used);
  return used;
}

/* What is trained */

static const tl_matrix *
matrix_of (const tl_model *m, size_t site)
{
  return site == m->info.n_layers * (size_t) TL_TARGETS
             ? &m->output
             : tl_model_get_target (m, (uint32_t) (site / TL_TARGETS),
                                    (tl_target) (site % TL_TARGETS));
}

static void
plan_sites (tl_lora_trainer *t)
{
  size_t n = t->model->info.n_layers * (size_t) TL_TARGETS + 1;

  for (size_t i = 0; i < n; i++)
    {
      tl_lora_site *s = &t->sites[i];
      bool trains = i + 1 < n && (t->config.targets & (1u << (i % TL_TARGETS)));

      s->w = matrix_of (t->model, i);
      s->full = trains && t->config.full;
      s->rank = trains && !t->config.full ? t->config.rank : 0;
      s->wide = s->w->type == TL_TYPE_F32 && !s->full ? s->w->data : NULL;
      s->a = t->n_params;
      s->b = s->a + s->rank * s->w->cols;
      t->n_params = s->full ? s->a + s->w->rows * s->w->cols : s->b + s->w->rows * s->rank;
      t->widest = s->w->cols > t->widest ? s->w->cols : t->widest;
    }
}

static void
plan_sizes (tl_lora_trainer *t)
{
  const tl_model_info *i = &t->model->info;
  size_t q_dim = (size_t) i->n_heads * i->head_dim;
  const tl_lora_config *c = &t->config;

  t->kv_dim = (size_t) i->n_kv_heads * i->head_dim;
  t->room = c->room > 0 ? min_size (c->room, c->max_rows) : c->max_rows;
  t->head_rows = LOGITS_FLOATS / i->n_vocab;
  t->head_rows = t->head_rows < MIN_HEAD_ROWS ? MIN_HEAD_ROWS : t->head_rows;
  t->head_rows = min_size (t->head_rows, c->learn_room > 0 ? c->learn_room : c->max_rows);
  t->head_rows = min_size (t->head_rows, t->room);
  t->attention = (tl_row_attention) {
    .ops = &t->ops, .n_heads = i->n_heads, .n_kv_heads = i->n_kv_heads, .head_dim = i->head_dim,
    .causal = true, .q_dim = q_dim, .qkv_dim = q_dim + 2 * t->kv_dim,
    .max_seq_len = t->config.max_seq_len,
  };
}

static bool
check_model (const tl_lora_config *c, const tl_model *m, tl_error *err)
{
  if (m->family->parts & TL_PART_FUSED)
    return tl_error_set (err, TL_ERROR_UNSUPPORTED,
                         "models of the family \"%s\" cannot be trained: queries, keys and values "
                         "are one matrix there", m->info.arch);
  if (m->window > 0 && c->max_seq_len > m->window)
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "an example of %u tokens; some layers of this model see only %u",
                         c->max_seq_len, m->window);
  return true;
}

static bool
check_config (const tl_lora_config *c, const tl_model *m, tl_error *err)
{
  unsigned all = (1u << TL_TARGETS) - 1;

  if ((c->targets & all) == 0 || (c->targets & ~all) != 0)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "no matrix was chosen to be trained");
  if (!c->full && (c->rank == 0 || c->rank > 1024 || c->rank > m->info.n_embd))
    return tl_error_set (err, TL_ERROR_ARGUMENT, "a rank of %u; it can be 1 to %u", c->rank,
                         m->info.n_embd < 1024 ? m->info.n_embd : 1024);
  if ((!c->full && !(c->alpha > 0.0f && c->alpha <= 1e4f)) || !(c->dropout >= 0.0f && c->dropout < 1.0f))
    return tl_error_set (err, TL_ERROR_ARGUMENT, "an alpha of %g with dropout of %g",
                         (double) c->alpha, (double) c->dropout);
  if (c->max_seq_len < 2 || c->max_rows < c->max_seq_len || c->max_rows > 1u << 16
      || c->max_seq_len > m->info.n_ctx_train || (c->room > 0 && c->room < c->max_seq_len))
    return tl_error_set (err, TL_ERROR_ARGUMENT,
                         "examples of %u tokens in batches of %u, of a model that was made for %u",
                         c->max_seq_len, c->max_rows, m->info.n_ctx_train);
  return check_model (c, m, err);
}

/* The plan of a trainer without its memory, for which @n_threads stand in for a pool's. */
static tl_lora_trainer *
plan (const tl_lora_config *c, const tl_model *m)
{
  size_t n_layers = m->info.n_layers;
  tl_lora_trainer *t = calloc (1, sizeof *t);

  if (t == NULL)
    return NULL;
  t->config = *c;
  t->model = m;
  t->sites = calloc (n_layers * TL_TARGETS + 1, sizeof *t->sites);
  t->layers = calloc (n_layers, sizeof *t->layers);
  if (t->sites == NULL || t->layers == NULL)
    {
      tl_lora_trainer_free (t);
      return NULL;
    }
  plan_sites (t);
  plan_sizes (t);
  return t;
}

size_t
tl_lora_count_params (const tl_lora_config *c, const tl_model *m)
{
  tl_lora_trainer *t = plan (c, m);
  size_t n = t != NULL ? t->n_params : 0;

  tl_lora_trainer_free (t);
  return n;
}

size_t
tl_lora_estimate (const tl_lora_config *c, const tl_model *m, unsigned n_threads)
{
  tl_lora_trainer *t = plan (c, m);
  size_t bytes;

  if (t == NULL)
    return SIZE_MAX;
  /* Parameters, gradients, two moments and what is kept; the products' own scratch. */
  bytes = (carve_all (t, NULL) + 5 * t->n_params) * sizeof (float);
  bytes += tl_sgemm_scratch_floats (tl_kernels_get (), n_threads) * sizeof (float);
  bytes += (n_threads - 1) * tl_attention_thread_floats (c->max_seq_len) * sizeof (float);
  tl_lora_trainer_free (t);
  return bytes;
}

/* Making */

/* As model/session.c fills them. */
static void
fill_angles (tl_lora_trainer *t)
{
  const tl_model *m = t->model;
  size_t half = m->n_rot / 2;

  for (uint32_t r = 0; r < m->n_rotations; r++)
    for (size_t i = 0; i < t->config.max_seq_len * half; i++)
      {
        const tl_rotation *rotation = &m->rotations[r];
        size_t j = i % half;
        double freq = pow ((double) rotation->base, -2.0 * (double) j / m->n_rot);
        double angle = (double) (i / half) * rotation->scale * freq;

        if (rotation->factors != NULL)
          angle /= (double) rotation->factors[j];
        t->angles[r][0][i] = m->rope_gain * (float) cos (angle);
        t->angles[r][1][i] = m->rope_gain * (float) sin (angle);
      }
}

static void
widen (const tl_matrix *w, float *dst)
{
  const tl_type_info *type = tl_type_get_info ((uint32_t) w->type);

  for (size_t r = 0; r < w->rows; r++)
    type->dequantize (dst + r * w->cols, (const char *) w->data + r * w->row_bytes, w->cols);
}

/* A as PyTorch initialises linear layers, uniform within 1 / sqrt (cols); B stays zero. */
static void
init_params (tl_lora_trainer *t)
{
  tl_rng_init (&t->state.rng, t->config.seed);
  for (size_t i = 0; i < t->model->info.n_layers * (size_t) TL_TARGETS + 1; i++)
    {
      tl_lora_site *s = &t->sites[i];
      float bound = 1.0f / sqrtf ((float) s->w->cols);

      if (s->full)
        {
          widen (s->w, t->params + s->a);
          s->wide = t->params + s->a;
        }
      else if (s->wide != NULL && s->w->type != TL_TYPE_F32)
        widen (s->w, (float *) (uintptr_t) s->wide);
      for (size_t j = s->a; j < s->b; j++)
        t->params[j] = bound * (2.0f * tl_rng_uniform (&t->state.rng) - 1.0f);
    }
  tl_lora_trainer_keep (t);
}

static bool
take_memory (tl_lora_trainer *t, tl_error *err)
{
  size_t rows = t->room, n_floats = carve_all (t, NULL);

  t->params = calloc (t->n_params, sizeof *t->params);
  t->grads = calloc (t->n_params, sizeof *t->grads);
  t->state.kept = calloc (t->n_params, sizeof *t->state.kept);
  t->seq_begin = calloc (rows + 1, sizeof *t->seq_begin);
  t->ids = calloc (rows, sizeof *t->ids);
  t->targets = calloc (rows, sizeof *t->targets);
  t->target_rows = calloc (rows, sizeof *t->target_rows);
  t->memory = aligned_alloc (64, n_floats * sizeof *t->memory);
  if (t->params == NULL || t->grads == NULL || t->state.kept == NULL || t->seq_begin == NULL
      || t->ids == NULL || t->targets == NULL || t->target_rows == NULL || t->memory == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "training needs %.0f MiB of memory",
                         (double) n_floats * sizeof *t->memory / 1048576.0);
  carve_all (t, t->memory);
  t->attention.seq_begin = t->seq_begin;
  t->attention.scores = t->scores;
  return true;
}

static uint64_t
hash_value (uint64_t hash, uint64_t value)
{
  for (int i = 0; i < 8; i++)
    hash = (hash ^ ((value >> (8 * i)) & 0xff)) * 0x100000001b3u;
  return hash;
}

/* FNV-1a over what a resumed run must share. Full training does not look at alpha. */
static uint64_t
hash_config (const tl_lora_config *c, bool with_alpha)
{
  uint32_t alpha;
  const uint64_t values[] = { c->rank, c->targets, c->full, c->max_rows, c->seed, c->data_hash };
  uint64_t hash = 0xcbf29ce484222325u;

  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    hash = hash_value (hash, values[i]);
  memcpy (&alpha, &c->alpha, sizeof alpha);
  return with_alpha && !c->full ? hash_value (hash, alpha) : hash;
}

tl_lora_trainer *
tl_lora_trainer_new (const tl_lora_config *c, const tl_model *m, tl_pool *pool, tl_error *err)
{
  tl_lora_trainer *t;

  if (!check_config (c, m, err))
    return NULL;
  t = plan (c, m);
  if (t == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "no memory for a trainer");
      return NULL;
    }
  if (!tl_ops_init (&t->ops, 1, pool, err) || !tl_adamw_init (&t->adamw, t->n_params, err)
      || !take_memory (t, err))
    {
      tl_lora_trainer_free (t);
      return NULL;
    }
  t->state.config_hash = hash_config (c, true);
  t->older_hash = hash_config (c, false);
  t->state.best_valid = INFINITY;
  fill_angles (t);
  init_params (t);
  return t;
}

#define DROP(piece) (free (piece), (piece) = NULL)

void
tl_lora_trainer_end (tl_lora_trainer *t)
{
  tl_ops_clear (&t->ops);
  tl_adamw_clear (&t->adamw);
  DROP (t->layers);
  DROP (t->grads);
  DROP (t->state.kept);
  DROP (t->seq_begin);
  DROP (t->ids);
  DROP (t->targets);
  DROP (t->target_rows);
  DROP (t->memory);
}

void
tl_lora_trainer_free (tl_lora_trainer *t)
{
  if (t == NULL)
    return;
  tl_lora_trainer_end (t);
  free (t->sites);
  free (t->params);
  free (t);
}
