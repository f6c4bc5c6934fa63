/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one window again and again, each time without one kind of feature of one unit. The words come
 * last. */
#include "reader/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reader/features.h"
#include "reader/reader-file.h"
#include "reader/trunk.h"

/* The first unit that does not end before @place; n for none. */
static size_t
find_unit (const tl_unit *units, size_t n, size_t place)
{
  size_t i = 0;

  while (i < n && units[i].end <= place)
    i++;
  return i;
}

static float
sigmoid (const float ab[2], float z)
{
  return 1.0f / (1.0f + expf (-(ab[0] * z + ab[1])));
}

/* The key and the action logit of unit @u. */
static void
read_unit (const tl_reader *r, tl_trunk *trunk, const tl_note *note, size_t u, float z[2])
{
  tl_trunk_forward (trunk, r->params, &note, 1, NULL);
  memcpy (z, tl_trunk_get_logits (trunk) + 2 * u, 2 * sizeof *z);
}

/* Leaves unit @u none of its items, which are @size bytes each. */
static void
drop_items (void *items, size_t size, uint32_t *first, size_t n_units, size_t u)
{
  uint32_t n = first[u + 1] - first[u];

  memmove ((char *) items + first[u] * size, (char *) items + first[u + 1] * size,
           (first[n_units] - first[u + 1]) * size);
  for (size_t i = u + 1; i <= n_units; i++)
    first[i] -= n;
}

/* The tokens and hashed words, all that the trunk sees of the words. The note is not whole again. */
static void
drop_words (tl_note *note, size_t u)
{
  drop_items (note->tokens, sizeof *note->tokens, note->unit_tokens, note->n_units, u);
  drop_items (note->buckets, sizeof *note->buckets, note->unit_buckets, note->n_units, u);
}

static void
weigh_reasons (const tl_reader *r, tl_trunk *trunk, tl_note *note, size_t u, tl_explanation *out)
{
  float *row = note->features + u * TL_READER_N_FEATURES, kept[TL_READER_N_FEATURES];
  float whole[2], without[2];

  memcpy (kept, row, sizeof kept);
  read_unit (r, trunk, note, u, whole);
  out->p_key = sigmoid (r->calibration.key, whole[0]);
  out->p_action = sigmoid (r->calibration.action, whole[1]);
  for (int k = 0; k < TL_N_REASONS; k++)
    {
      tl_features_clear (row, (tl_reason) k);
      if (k == TL_REASON_WORDS)
        drop_words (note, u);
      if (k == TL_REASON_WORDS || memcmp (row, kept, sizeof kept) != 0)
        {
          read_unit (r, trunk, note, u, without);
          out->key[k] = r->calibration.key[0] * (whole[0] - without[0]);
          out->action[k] = r->calibration.action[0] * (whole[1] - without[1]);
        }
      memcpy (row, kept, sizeof kept);
    }
}

static bool
explain_unit (const tl_reader *r, const char *text, size_t len, const tl_unit *units, size_t n,
              size_t u, tl_explanation *out, tl_error *err)
{
  size_t begin = 0, end;
  tl_note *note;
  tl_trunk *trunk;
  bool ok;

  while ((end = tl_reader_window_end (units, n, begin)) <= u)
    begin = end;
  note = tl_reader_window_new (r, text, len, units, begin, end, err);
  trunk = note != NULL ? tl_trunk_new (&r->layout, end - begin, 0.0f, NULL, err) : NULL;
  ok = trunk != NULL;
  if (ok)
    weigh_reasons (r, trunk, note, u - begin, out);
  tl_trunk_free (trunk);
  tl_note_free (note);
  return ok;
}

bool
tl_reader_explain (const tl_reader *r, const char *text, size_t len, size_t place,
                   tl_explanation *out, tl_error *err)
{
  tl_unit *units;
  char *covered;
  size_t n = 0, u = 0;
  bool ok = tl_reader_split (text, len, &covered, &units, &n, err);

  *out = (tl_explanation) { 0 };
  if (ok && (u = find_unit (units, n, place)) == n)
    ok = tl_error_set (err, TL_ERROR_ARGUMENT, "No sentence stands at byte %zu", place);
  if (ok)
    {
      out->unit = units[u];
      ok = !tl_unit_is_content (&units[u])
           || explain_unit (r, covered, len, units, n, u, out, err);
    }
  free (units);
  free (covered);
  return ok;
}
