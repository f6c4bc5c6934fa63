/* SPDX-License-Identifier: Apache-2.0 */
/* The table of families, and the gate functions that they differ by. A new family is a line here,
 * if what it does is done by one that is here already. */
#include "model/family.h"

#include <stdio.h>
#include <string.h>

/* llama: Touvron et al. 2023, arXiv:2302.13971 (also Mistral, TinyLlama, SmolLM2 and Llama 3, whose
 * stretched frequencies are a tensor). qwen2: arXiv:2407.10671. qwen3: arXiv:2505.09388. gemma3:
 * arXiv:2503.19786, five layers with a window to one without; its files hold norms with 1 added.
 * phi3: arXiv:2404.14219; the window of its first models is left out, as elsewhere, since files do
 * not say it reliably. granite: arXiv:2408.13359. bitnet: arXiv:2402.17764. */
static const tl_family families[] = {
  { .name = "llama", .parts = TL_PART_SPLIT | TL_PART_ROPE_FREQS },
  { .name = "qwen2", .parts = TL_PART_SPLIT | TL_PART_QKV_BIAS, .rotates_halves = true },
  { .name = "qwen3", .parts = TL_PART_SPLIT | TL_PART_HEAD_NORMS, .rotates_halves = true },
  { .name = "gemma3", .parts = TL_PART_SPLIT | TL_PART_HEAD_NORMS | TL_PART_POST_NORMS,
    .rotates_halves = true, .gate = TL_GATE_GELU, .scales_embedding = true, .window_period = 6 },
  { .name = "phi3", .parts = TL_PART_FUSED | TL_PART_LONG_ROPE, .rotates_halves = true },
  { .name = "granite", .parts = TL_PART_SPLIT | TL_PART_ROPE_FREQS, .has_multipliers = true },
  { .name = "bitnet", .parts = TL_PART_SPLIT | TL_PART_SUB_NORMS | TL_PART_SCALES,
    .rotates_halves = true },
};

#define N_FAMILIES (sizeof families / sizeof families[0])

const tl_family *
tl_family_find (const char *name, tl_error *err)
{
  char list[128] = "";
  size_t at = 0;

  for (size_t i = 0; i < N_FAMILIES; i++)
    {
      const char *between = i == 0 ? "" : i + 1 < N_FAMILIES ? ", " : " and ";

      if (strcmp (families[i].name, name) == 0)
        return &families[i];
      at += (size_t) snprintf (list + at, sizeof list - at, "%s%s", between, families[i].name);
    }
  tl_error_set (err, TL_ERROR_UNSUPPORTED,
                "models of the family \"%s\" cannot be computed; those of %s can", name, list);
  return NULL;
}

/* x / 2 (1 + tanh z) is x / (1 + exp (-2 z)), z = sqrt (2 / pi) (x + 0.044715 x^3). */
static void
gelu_mul (const tl_kernels *k, float *y, const float *up, size_t n)
{
  float e[64];

  for (size_t at = 0; at < n; at += 64)
    {
      size_t m = n - at < 64 ? n - at : 64;

      for (size_t i = 0; i < m; i++)
        {
          float x = y[at + i];

          e[i] = -1.5957691f * x * (1.0f + 0.044715f * x * x);
        }
      k->exp_f32 (e, e, m);
      for (size_t i = 0; i < m; i++)
        y[at + i] = y[at + i] / (1.0f + e[i]) * up[at + i];
    }
}

void
tl_gate_mul (const tl_kernels *k, tl_gate gate, float *y, const float *up, size_t n)
{
  switch (gate)
    {
    case TL_GATE_SILU:
      k->silu_mul (y, y, up, n);
      break;
    case TL_GATE_GELU:
      gelu_mul (k, y, up, n);
      break;
    case TL_GATE_RELU2:
      for (size_t i = 0; i < n; i++)
        y[i] = y[i] > 0.0f ? y[i] * y[i] * up[i] : 0.0f;
      break;
    }
}
