/* SPDX-License-Identifier: Apache-2.0 */
/* Losses of the unit heads, and Platt's calibration. */
#include "reader/loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static float
sigmoid (float z)
{
  return 1.0f / (1.0f + expf (-z));
}

/* max (z, 0) - z t + log (1 + exp (-|z|)) */
static float
cross_entropy (float z, float target)
{
  return fmaxf (z, 0.0f) - z * target + log1pf (expf (-fabsf (z)));
}

static bool
is_counted (const tl_note *note, const tl_note_labels *labels, size_t u)
{
  return labels->units[u].counted && tl_unit_is_content (&note->units[u]);
}

static float
count_weights (const tl_note *const *notes, const tl_note_labels *const *labels, size_t n_notes,
               bool actions)
{
  float sum = 1e-6f;

  for (size_t k = 0; k < n_notes; k++)
    if (!actions || labels[k]->has_actions)
      for (size_t u = 0; u < notes[k]->n_units; u++)
        sum += labels[k]->weight * is_counted (notes[k], labels[k], u);
  return sum;
}

/* -sum_u q_u log softmax (z)_u with q the normalised 1 / rank; gradient softmax - q. */
static float
listwise_loss (const tl_note *note, const tl_note_labels *labels, const float *logits,
               float *dlogits, float scale)
{
  float max = -INFINITY, sum = 0.0f, total = 0.0f, loss = 0.0f;

  for (size_t u = 0; u < note->n_units; u++)
    if (is_counted (note, labels, u))
      {
        max = fmaxf (max, logits[2 * u]);
        total += labels->units[u].rank > 0 ? 1.0f / (float) labels->units[u].rank : 0.0f;
      }
  if (total == 0.0f)
    return 0.0f;
  for (size_t u = 0; u < note->n_units; u++)
    if (is_counted (note, labels, u))
      sum += expf (logits[2 * u] - max);
  for (size_t u = 0; u < note->n_units; u++)
    if (is_counted (note, labels, u))
      {
        float q = labels->units[u].rank > 0 ? 1.0f / (float) labels->units[u].rank / total : 0.0f;
        float p = expf (logits[2 * u] - max) / sum;

        loss -= q * (logits[2 * u] - max - logf (sum));
        dlogits[2 * u] += scale * (p - q);
      }
  return scale * loss;
}

float
tl_unit_losses_add (tl_unit_losses *l, const tl_note *const *notes,
                    const tl_note_labels *const *labels, size_t n_notes, const float *logits,
                    float *dlogits)
{
  float key_scale = 1.0f / count_weights (notes, labels, n_notes, false);
  float action_scale = l->action / count_weights (notes, labels, n_notes, true);
  float action_loss = 0.0f, list_loss = 0.0f;

  l->key_loss = 0.0f;
  for (size_t k = 0; k < n_notes; k++)
    {
      float weight = labels[k]->weight;

      for (size_t u = 0; u < notes[k]->n_units; u++)
        {
          const tl_unit_label *label = &labels[k]->units[u];

          if (!is_counted (notes[k], labels[k], u))
            continue;
          l->key_loss += weight * key_scale * cross_entropy (logits[2 * u], label->key);
          dlogits[2 * u] += weight * key_scale * (sigmoid (logits[2 * u]) - label->key);
          if (!labels[k]->has_actions)
            continue;
          action_loss += weight * action_scale * cross_entropy (logits[2 * u + 1], label->action);
          dlogits[2 * u + 1]
            += weight * action_scale * (sigmoid (logits[2 * u + 1]) - (float) label->action);
        }
      list_loss += listwise_loss (notes[k], labels[k], logits, dlogits,
                                  weight * l->listwise / (float) n_notes);
      logits += 2 * notes[k]->n_units;
      dlogits += 2 * notes[k]->n_units;
    }
  return l->key_loss + action_loss + list_loss;
}

bool
tl_platt_add (tl_platt *p, float z, bool hit, tl_error *err)
{
  if (p->n == p->capacity)
    {
      size_t capacity = p->capacity == 0 ? 1024 : 2 * p->capacity;
      float *zs = realloc (p->z, capacity * sizeof *zs);
      bool *hits;

      if (zs != NULL)
        p->z = zs;
      hits = zs != NULL ? realloc (p->hit, capacity * sizeof *hits) : NULL;
      if (hits == NULL)
        return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory to calibrate");
      p->hit = hits;
      p->capacity = capacity;
    }
  p->z[p->n] = z;
  p->hit[p->n++] = hit;
  return true;
}

/* Newton's method on the log likelihood, with a slight pull of a towards 1 so that few
 * points fit. */
void
tl_platt_fit (const tl_platt *p, float ab[2])
{
  double a = 1.0, b = 0.0;

  for (int step = 0; step < 50 && p->n > 0; step++)
    {
      double ga = 1e-3 * (a - 1.0), gb = 0.0, haa = 1e-3, hab = 0.0, hbb = 1e-9, det, da, db;

      for (size_t i = 0; i < p->n; i++)
        {
          double q = 1.0 / (1.0 + exp (-(a * p->z[i] + b))), w = q * (1.0 - q), d = q - p->hit[i];

          ga += d * p->z[i];
          gb += d;
          haa += w * p->z[i] * p->z[i];
          hab += w * p->z[i];
          hbb += w;
        }
      det = haa * hbb - hab * hab;
      if (!(fabs (det) > 1e-12))
        break;
      da = (hbb * ga - hab * gb) / det;
      db = (haa * gb - hab * ga) / det;
      a -= fmax (fmin (da, 1.0), -1.0);
      b -= fmax (fmin (db, 2.0), -2.0);
      if (fabs (da) + fabs (db) < 1e-7)
        break;
    }
  ab[0] = (float) a;
  ab[1] = (float) b;
}

void
tl_platt_clear (tl_platt *p)
{
  free (p->z);
  free (p->hit);
  memset (p, 0, sizeof *p);
}
