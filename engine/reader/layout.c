/* SPDX-License-Identifier: Apache-2.0 */
/* Where each tensor of the reader lies in the flat parameter array: embeddings and heads first,
 * then the trunk's blocks, then the span heads. The same list makes and reads the file. */
#include <stdio.h>
#include <string.h>

#include "reader/trunk.h"

#define D TL_READER_N_EMBD
#define F TL_READER_N_FEATURES

enum { N_OWN = 9 };

/* The tensors that are neither the trunk's nor the span heads', in order. */
static const struct
{
  const char *name;
  size_t      rows, cols; /* rows 0: the vocabulary; cols 0: too */
  float       init;
  bool        decay, q8;
} own[N_OWN] = {
  { "token_embd.weight", 0, D, 0.1f, false, true },
  { "token_gate.weight", 1, 0, 0.0f, false, true },
  { "pool.weight", D, D, 0.1f, true, true },
  { "feature.weight", D, F, 0.05f, true, true },
  { "feature.bias", 1, D, 0.0f, false, false },
  { "head.weight", 2, D, 0.05f, true, true },
  { "head.bias", 1, 2, 0.0f, false, false },
  { "skip.weight", 2, F, 0.0f, true, true },
  { "wide.weight", 2, TL_READER_N_HASH, 0.0f, true, true },
};

static tl_reader_tensor
own_tensor (const tl_reader_layout *l, size_t i)
{
  tl_reader_tensor t = { .init = own[i].init, .decay = own[i].decay, .q8 = own[i].q8 };

  snprintf (t.name, sizeof t.name, "%s", own[i].name);
  t.rows = own[i].rows > 0 ? own[i].rows : l->n_vocab;
  t.cols = own[i].cols > 0 ? own[i].cols : l->n_vocab;
  for (size_t k = 0; k < i; k++)
    {
      size_t rows = own[k].rows > 0 ? own[k].rows : l->n_vocab;
      size_t cols = own[k].cols > 0 ? own[k].cols : l->n_vocab;

      t.offset += rows * cols;
    }
  return t;
}

void
tl_reader_layout_init (tl_reader_layout *l, uint32_t n_vocab)
{
  memset (l, 0, sizeof *l);
  l->n_vocab = n_vocab;
  /* Two layers over sentence vectors: what was measured to be enough; a third gave nothing. */
  l->blocks = (tl_blocks_config) {
    .n_embd = D, .n_layers = 2, .n_heads = 4, .n_kv_heads = 4, .head_dim = D / 4, .n_ff = 2 * D,
    .rms_eps = 1e-5f, .rope_base = 10000.0f, .causal = false,
  };
  l->embed = own_tensor (l, 0).offset;
  l->token_gate = own_tensor (l, 1).offset;
  l->pool = own_tensor (l, 2).offset;
  l->feature = own_tensor (l, 3).offset;
  l->feature_bias = own_tensor (l, 4).offset;
  l->head = own_tensor (l, 5).offset;
  l->head_bias = own_tensor (l, 6).offset;
  l->skip = own_tensor (l, 7).offset;
  l->wide = own_tensor (l, 8).offset;
  l->trunk = l->wide + 2 * TL_READER_N_HASH;
  l->spans = l->trunk + tl_blocks_n_params (&l->blocks);
  l->n_params = l->spans + tl_spans_n_params ();
}

size_t
tl_reader_n_tensors (const tl_reader_layout *l)
{
  return N_OWN + tl_blocks_n_tensors (&l->blocks) + tl_spans_n_tensors ();
}

static tl_reader_tensor
trunk_tensor (const tl_reader_layout *l, size_t i)
{
  tl_blocks_tensor b = tl_blocks_param (&l->blocks, i);
  tl_reader_tensor t = {
    .offset = l->trunk + b.offset, .rows = b.rows, .cols = b.cols,
    .decay = b.rows > 1, .q8 = b.rows > 1 && b.cols % 32 == 0,
  };

  memcpy (t.name, b.name, sizeof t.name);
  return t;
}

tl_reader_tensor
tl_reader_get_tensor (const tl_reader_layout *l, size_t i)
{
  size_t n_trunk = tl_blocks_n_tensors (&l->blocks);
  tl_reader_tensor t;

  if (i < N_OWN)
    return own_tensor (l, i);
  if (i < N_OWN + n_trunk)
    return trunk_tensor (l, i - N_OWN);
  t = tl_spans_tensor (i - N_OWN - n_trunk);
  t.offset += l->spans;
  return t;
}

void
tl_reader_init_params (const tl_reader_layout *l, float *params, tl_rng *rng)
{
  size_t n_trunk = tl_blocks_n_tensors (&l->blocks);

  tl_blocks_init_params (&l->blocks, params + l->trunk, rng);
  for (size_t i = 0; i < tl_reader_n_tensors (l); i++)
    {
      tl_reader_tensor t = tl_reader_get_tensor (l, i);

      if (i >= N_OWN && i < N_OWN + n_trunk)
        continue;
      for (size_t k = 0; k < t.rows * t.cols; k++)
        params[t.offset + k] = t.init > 0.0f ? t.init * tl_rng_normal (rng) : 0.0f;
    }
}
