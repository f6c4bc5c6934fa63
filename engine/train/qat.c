/* SPDX-License-Identifier: Apache-2.0 */
/* Scales and levels of quantisation-aware training, by row. The loops are in elementwise-loops.c.
 * */
#include "train/qat.h"

#include "gguf/quant.h"
#include "train/elementwise.h"

#include <string.h>

float
tl_qat_get_lambda (const tl_qat_config *q, uint64_t step)
{
  if (q->kind == TL_QAT_NONE || step < q->start_step)
    return 0.0f;
  if (step - q->start_step >= q->ramp_steps)
    return 1.0f;
  return (float) ((double) (step - q->start_step) / (double) q->ramp_steps);
}

float
tl_qat_tensor_scale (const float *w, size_t n)
{
  const tl_elementwise *e = tl_elementwise_get ();
  double sum = 0.0;

  for (size_t at = 0; at < n; at += TL_QK)
    sum += e->sum_abs (w + at, n - at < TL_QK ? n - at : TL_QK);
  return tl_f16_to_f32 (tl_f32_to_f16 ((float) (sum / (double) n)));
}

void
tl_qat_weights (tl_qat_kind kind, float lambda, float scale, float *y, const float *w, size_t n)
{
  const tl_elementwise *e = tl_elementwise_get ();

  for (size_t at = 0; at < n; at += TL_QK)
    {
      size_t len = n - at < TL_QK ? n - at : TL_QK;
      float  s = scale > 0.0f ? scale : tl_qat_tensor_scale (w + at, len);
      float  threshold = kind == TL_QAT_BINARY ? 0.0f : 0.5f * s;

      e->mix_levels (y + at, w + at, s, threshold, lambda, len);
    }
}
