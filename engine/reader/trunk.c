/* SPDX-License-Identifier: Apache-2.0 */
/* The reader's trunk: pooling of token vectors, the features' linear layer, the blocks over a
 * note's sentences, and the two heads that judge each sentence. Forward beside backward. The wide
 * weights act on the logits directly: they remember single words and pairs that the narrow trunk
 * cannot. */
#include "reader/trunk.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define D TL_READER_N_EMBD
#define F TL_READER_N_FEATURES

#define MAX_NOTES 256
#define TOKEN_DROPOUT 0.3f   /* whole tokens, while training */
#define EMBED_DROPOUT 0.5f   /* of the pooled vector */
#define FEATURE_DROPOUT 0.3f
#define WIDE_DROPOUT 0.5f    /* of whole buckets: keeps single words from deciding alone */

struct tl_trunk
{
  const tl_reader_layout *l;
  tl_ops                  ops;
  tl_blocks              *blocks;
  float                   dropout;
  size_t                  max_rows, n_rows, n_notes;
  bool                    training;
  uint64_t                keys[4]; /* name the dropout masks of the last forward */
  uint32_t                lens[MAX_NOTES];
  size_t                  begins[MAX_NOTES + 1];
  float                  *features; /* [rows, F], after dropout */
  float                  *pooled;   /* [rows, D], after dropout */
  float                  *weights;  /* [rows] sum of gates + 1/2 */
  float                  *x, *h, *logits;
  float                  *dx, *dh, *dlogits, *dpooled;
  float                  *memory;
};

static bool
take_memory (tl_trunk *t, tl_error *err)
{
  size_t rows = t->max_rows, n = rows * (2 * F + 1 + 6 * D + 4);
  float *m = calloc (n, sizeof *m);

  t->memory = m;
  if (m == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for %zu sentences", rows);
  t->features = m, m += rows * F;
  t->weights = m, m += rows;
  t->pooled = m, m += rows * D;
  t->x = m, m += rows * D;
  t->h = m, m += rows * D;
  t->dx = m, m += rows * D;
  t->dh = m, m += rows * D;
  t->dpooled = m, m += rows * D;
  t->logits = m, m += rows * 2;
  t->dlogits = m;
  return true;
}

tl_trunk *
tl_trunk_new (const tl_reader_layout *l, size_t max_rows, float dropout, tl_pool *pool,
              tl_error *err)
{
  tl_trunk *t = calloc (1, sizeof *t);
  tl_blocks_config config = l->blocks;

  if (t == NULL)
    {
      tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for the reader");
      return NULL;
    }
  config.dropout = dropout;
  t->l = l;
  t->max_rows = max_rows;
  t->dropout = dropout;
  if (!tl_ops_init (&t->ops, 2 * F, pool, err) || !take_memory (t, err)
      || (t->blocks = tl_blocks_new (&config, max_rows, TL_READER_MAX_UNITS, pool, err)) == NULL)
    {
      tl_trunk_free (t);
      return NULL;
    }
  return t;
}

void
tl_trunk_free (tl_trunk *t)
{
  if (t == NULL)
    return;
  tl_blocks_free (t->blocks);
  tl_ops_clear (&t->ops);
  free (t->memory);
  free (t);
}

const float *
tl_trunk_get_rows (const tl_trunk *t)
{
  return t->h;
}

const float *
tl_trunk_get_logits (const tl_trunk *t)
{
  return t->logits;
}

size_t
tl_trunk_get_row (const tl_trunk *t, size_t note)
{
  return t->begins[note];
}

float *
tl_trunk_get_d_rows (tl_trunk *t)
{
  return t->dh;
}

float *
tl_trunk_get_d_logits (tl_trunk *t)
{
  return t->dlogits;
}

static float
sigmoid (float z)
{
  return 1.0f / (1.0f + expf (-z));
}

/* A keyed coin for the @i-th thing of row @row: the same in forward and backward. */
static bool
is_dropped (const tl_trunk *t, uint64_t key, size_t row, size_t i, float p)
{
  uint64_t z = key + row * 0x9e3779b97f4a7c15u + i * 0xd1342543de82ef95u;

  if (!t->training)
    return false;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (float) (z >> 40) * 0x1p-24f < p;
}

/* pooled = sum_t g_t e_t / w, w = sum_t g_t + 1/2 */
static void
pool_forward (tl_trunk *t, const float *params, const tl_note *note, size_t u, size_t row)
{
  const float *embed = params + t->l->embed, *gate = params + t->l->token_gate;
  float *pooled = t->pooled + row * D, weight = 0.5f;

  memset (pooled, 0, D * sizeof *pooled);
  for (uint32_t i = note->unit_tokens[u]; i < note->unit_tokens[u + 1]; i++)
    {
      float g = sigmoid (gate[note->tokens[i]]);

      if (is_dropped (t, t->keys[0], row, i - note->unit_tokens[u], TOKEN_DROPOUT))
        continue;
      t->ops.kernels->axpy_f32 (pooled, g, embed + (size_t) note->tokens[i] * D, D);
      weight += g;
    }
  for (size_t k = 0; k < D; k++)
    pooled[k] /= weight;
  t->weights[row] = weight;
}

/* d e_t += g_t / w dp,  d gate_t += g_t (1 - g_t) / w dp . (e_t - pooled) */
static void
pool_backward (tl_trunk *t, const float *params, float *grads, const tl_note *note, size_t u,
               size_t row, const float *pooled)
{
  const float *embed = params + t->l->embed, *gate = params + t->l->token_gate;
  const float *dp = t->dpooled + row * D;
  const tl_kernels *k = t->ops.kernels;
  float weight = t->weights[row], dot = k->dot_f32 (dp, pooled, D);

  for (uint32_t i = note->unit_tokens[u]; i < note->unit_tokens[u + 1]; i++)
    {
      size_t id = (size_t) note->tokens[i];
      float g = sigmoid (gate[id]);

      if (is_dropped (t, t->keys[0], row, i - note->unit_tokens[u], TOKEN_DROPOUT))
        continue;
      k->axpy_f32 (grads + t->l->embed + id * D, g / weight, dp, D);
      grads[t->l->token_gate + id]
        += g * (1.0f - g) / weight * (k->dot_f32 (dp, embed + id * D, D) - dot);
    }
}

static void
wide_forward (tl_trunk *t, const float *params, const tl_note *note, size_t u, size_t row)
{
  const float *wide = params + t->l->wide;
  float scale = t->training ? 1.0f / (1.0f - WIDE_DROPOUT) : 1.0f;

  for (uint32_t i = note->unit_buckets[u]; i < note->unit_buckets[u + 1]; i++)
    if (!is_dropped (t, t->keys[1], row, i - note->unit_buckets[u], WIDE_DROPOUT))
      for (size_t c = 0; c < 2; c++)
        t->logits[row * 2 + c] += scale * wide[c * TL_READER_N_HASH + note->buckets[i]];
}

static void
wide_backward (tl_trunk *t, float *grads, const tl_note *note, size_t u, size_t row)
{
  float scale = t->training ? 1.0f / (1.0f - WIDE_DROPOUT) : 1.0f;

  for (uint32_t i = note->unit_buckets[u]; i < note->unit_buckets[u + 1]; i++)
    if (!is_dropped (t, t->keys[1], row, i - note->unit_buckets[u], WIDE_DROPOUT))
      for (size_t c = 0; c < 2; c++)
        grads[t->l->wide + c * TL_READER_N_HASH + note->buckets[i]]
          += scale * t->dlogits[row * 2 + c];
}

/* Rows of all notes, one after the other. */
static void
lay_out (tl_trunk *t, const tl_note *const *notes, size_t n_notes)
{
  size_t row = 0;

  assert (n_notes <= MAX_NOTES);
  for (size_t k = 0; k < n_notes; k++)
    {
      t->begins[k] = row;
      t->lens[k] = (uint32_t) notes[k]->n_units;
      row += notes[k]->n_units;
    }
  assert (row <= t->max_rows);
  t->begins[n_notes] = row;
  t->n_notes = n_notes;
  t->n_rows = row;
}

static void
drop_inputs (tl_trunk *t, float *pooled, float *features)
{
  if (!t->training)
    return;
  tl_dropout_apply (&t->ops, pooled, t->n_rows * D, EMBED_DROPOUT, t->keys[2]);
  if (features != NULL)
    tl_dropout_apply (&t->ops, features, t->n_rows * F, FEATURE_DROPOUT, t->keys[3]);
}

void
tl_trunk_forward (tl_trunk *t, const float *params, const tl_note *const *notes, size_t n_notes,
                  tl_rng *rng)
{
  const tl_reader_layout *l = t->l;

  lay_out (t, notes, n_notes);
  t->training = rng != NULL;
  for (size_t i = 0; i < 4 && t->training; i++)
    t->keys[i] = tl_rng_next (rng);
  for (size_t k = 0; k < n_notes; k++)
    {
      memcpy (t->features + t->begins[k] * F, notes[k]->features,
              notes[k]->n_units * F * sizeof *t->features);
      for (size_t u = 0; u < notes[k]->n_units; u++)
        pool_forward (t, params, notes[k], u, t->begins[k] + u);
    }
  drop_inputs (t, t->pooled, t->features);
  tl_linear_forward (&t->ops, t->n_rows, D, D, t->pooled, params + l->pool, NULL, t->x);
  tl_linear_forward (&t->ops, t->n_rows, F, D, t->features, params + l->feature,
                     params + l->feature_bias, t->h);
  t->ops.elementwise->add (t->x, t->h, t->n_rows * D);
  tl_blocks_forward (t->blocks, params + l->trunk, t->x, t->lens, n_notes, rng, t->h);

  tl_linear_forward (&t->ops, t->n_rows, F, 2, t->features, params + l->skip, NULL, t->dlogits);
  tl_linear_forward (&t->ops, t->n_rows, D, 2, t->h, params + l->head, params + l->head_bias,
                     t->logits);
  t->ops.elementwise->add (t->logits, t->dlogits, t->n_rows * 2);
  for (size_t k = 0; k < n_notes; k++)
    for (size_t u = 0; u < notes[k]->n_units; u++)
      wide_forward (t, params, notes[k], u, t->begins[k] + u);
  memset (t->dlogits, 0, t->n_rows * 2 * sizeof *t->dlogits);
  memset (t->dh, 0, t->n_rows * D * sizeof *t->dh);
}

void
tl_trunk_backward (tl_trunk *t, const float *params, float *grads, const tl_note *const *notes)
{
  const tl_reader_layout *l = t->l;
  size_t n = t->n_rows;

  for (size_t k = 0; k < t->n_notes; k++)
    for (size_t u = 0; u < notes[k]->n_units; u++)
      wide_backward (t, grads, notes[k], u, t->begins[k] + u);
  tl_linear_backward (&t->ops, n, F, 2, t->features, params + l->skip, t->dlogits, NULL, 0.0f,
                      grads + l->skip, NULL);
  tl_linear_backward (&t->ops, n, D, 2, t->h, params + l->head, t->dlogits, t->dh, 1.0f,
                      grads + l->head, grads + l->head_bias);
  tl_blocks_backward (t->blocks, params + l->trunk, grads + l->trunk, t->dh, t->dx);
  tl_linear_backward (&t->ops, n, F, D, t->features, params + l->feature, t->dx, NULL, 0.0f,
                      grads + l->feature, grads + l->feature_bias);
  tl_linear_backward (&t->ops, n, D, D, t->pooled, params + l->pool, t->dx, t->dpooled, 0.0f,
                      grads + l->pool, NULL);
  drop_inputs (t, t->dpooled, NULL);
  for (size_t k = 0; k < t->n_notes; k++)
    for (size_t u = 0; u < notes[k]->n_units; u++)
      {
        size_t row = t->begins[k] + u;

        /* the undropped mean again: its dropout is undone by pooling anew */
        pool_forward (t, params, notes[k], u, row);
        pool_backward (t, params, grads, notes[k], u, row, t->pooled + row * D);
      }
}
