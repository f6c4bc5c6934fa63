/* SPDX-License-Identifier: Apache-2.0 */
/* The head that scores the candidates of one kind: a linear part over dense features, a wide part
 * over hashed words, and one small hidden layer over the features and the span's token vectors:
 *   score = a . x + sum_h T[h] + w2 . silu (W1 x + b1 + mean over the span of e[word])
 * The trunk speaks through the features that hold its key and action probabilities; its rows are
 * left out, because on the notes it was trained on they say more than on others (tags lost .02 of
 * F1).
 * The wide and deep parts side by side follow Cheng et al. 2016, arXiv:1606.07792. */
#include "reader/spans-internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"

#define F TL_SPAN_N_FEATURES
#define H TL_SPAN_N_HIDDEN
#define D TL_READER_N_EMBD

/* Offsets in the parameters of one kind. */
enum
{
  AT_LINEAR = 0,
  AT_W1 = AT_LINEAR + F,
  AT_B1 = AT_W1 + H * F,
  AT_W2 = AT_B1 + H,
  AT_TOKENS = AT_W2 + H,
  AT_BUCKETS = AT_TOKENS + H * D,
  N_PARAMS = AT_BUCKETS + TL_SPAN_N_BUCKETS
};

static const tl_reader_tensor head_tensors[] = {
  { "linear.weight", AT_LINEAR, 1, F, 0.0f, true, false },
  { "hidden.weight", AT_W1, H, F, 0.1f, true, true },
  { "hidden.bias", AT_B1, 1, H, 0.0f, false, false },
  { "out.weight", AT_W2, 1, H, 0.1f, true, false },
  { "tokens.weight", AT_TOKENS, H, D, 0.05f, true, true },
  { "buckets.weight", AT_BUCKETS, TL_SPAN_N_BUCKETS / 32, 32, 0.0f, true, true },
};

size_t
tl_span_head_n_params (void)
{
  return N_PARAMS;
}

size_t
tl_span_head_n_tensors (void)
{
  return sizeof head_tensors / sizeof *head_tensors;
}

tl_reader_tensor
tl_span_head_tensor (size_t i)
{
  return head_tensors[i];
}

void
tl_span_head_project (const float *params, const float *rows, size_t n, float *out)
{
  const tl_kernels *k = tl_kernels_get ();

  for (size_t i = 0; i < n; i++)
    for (size_t r = 0; r < H; r++)
      out[i * H + r] = k->dot_f32 (params + AT_TOKENS + r * D, rows + i * D, D);
}

void
tl_span_head_project_backward (float *grads, const float *rows, size_t n, const float *d_out)
{
  const tl_kernels *k = tl_kernels_get ();

  for (size_t i = 0; i < n; i++)
    for (size_t r = 0; r < H; r++)
      if (d_out[i * H + r] != 0.0f)
        k->axpy_f32 (grads + AT_TOKENS + r * D, d_out[i * H + r], rows + i * D, D);
}

/* The hidden layer before its activation. @words holds sums over the words before, so that a span's
 * mean is one difference. */
static void
fill_hidden (const float *params, const tl_kernels *k, const tl_candidate *c,
             const float *words, float *hidden)
{
  float n = (float) (c->last - c->first);

  for (size_t r = 0; r < H; r++)
    hidden[r] = params[AT_B1 + r] + k->dot_f32 (params + AT_W1 + r * F, c->x, F);
  if (n > 0.0f)
    {
      k->axpy_f32 (hidden, 1.0f / n, words + c->last * H, H);
      k->axpy_f32 (hidden, -1.0f / n, words + c->first * H, H);
    }
}

static float
sigmoid (float z)
{
  return 1.0f / (1.0f + expf (-z));
}

void
tl_span_head_forward (const float *params, const tl_candidate *items, size_t n,
                      const float *words, float *hidden, float *scores)
{
  const tl_kernels *k = tl_kernels_get ();

  for (size_t i = 0; i < n; i++)
    {
      float *z = hidden + i * H;
      float score = k->dot_f32 (params + AT_LINEAR, items[i].x, F);

      fill_hidden (params, k, &items[i], words, z);
      for (size_t r = 0; r < H; r++)
        score += params[AT_W2 + r] * z[r] * sigmoid (z[r]);
      for (size_t h = 0; h < items[i].n_hashes; h++)
        score += params[AT_BUCKETS + items[i].hashes[h]];
      scores[i] = score;
    }
}

/* d silu (z) / dz = s (1 + z (1 - s)), s = sigmoid (z) */
static void
backward_hidden (const float *params, float *grads, const float *z, float d_score, float *dz)
{
  for (size_t r = 0; r < H; r++)
    {
      float s = sigmoid (z[r]);

      grads[AT_W2 + r] += d_score * z[r] * s;
      dz[r] = d_score * params[AT_W2 + r] * s * (1.0f + z[r] * (1.0f - s));
      grads[AT_B1 + r] += dz[r];
    }
}

void
tl_span_head_backward (const float *params, float *grads, const tl_candidate *items, size_t n,
                       const float *hidden, const float *d_scores, float *d_words)
{
  const tl_kernels *k = tl_kernels_get ();
  float dz[H];

  for (size_t i = 0; i < n; i++)
    {
      const tl_candidate *c = &items[i];
      float n_words = (float) (c->last - c->first);

      k->axpy_f32 (grads + AT_LINEAR, d_scores[i], c->x, F);
      for (size_t h = 0; h < c->n_hashes; h++)
        grads[AT_BUCKETS + c->hashes[h]] += d_scores[i];
      backward_hidden (params, grads, hidden + i * H, d_scores[i], dz);
      for (size_t r = 0; r < H; r++)
        k->axpy_f32 (grads + AT_W1 + r * F, dz[r], c->x, F);
      for (size_t w = c->first; w < c->last && d_words != NULL; w++)
        k->axpy_f32 (d_words + w * H, 1.0f / n_words, dz, H);
    }
}
