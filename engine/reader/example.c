/* SPDX-License-Identifier: Apache-2.0 */
/* Labels for our own units. People and splitters do not always cut at the same place; a unit learns
 * from the gold unit that it mostly is. */
#include "reader/example.h"

#include <stdlib.h>
#include <string.h>

static size_t
overlap (size_t a, size_t b, size_t c, size_t d)
{
  size_t begin = a > c ? a : c, end = b < d ? b : d;

  return end > begin ? end - begin : 0;
}

ptrdiff_t
tl_example_find_gold (const tl_reader_example *e, size_t start, size_t end)
{
  size_t best = 0, most = 0;

  for (size_t i = 0; i < e->n_units; i++)
    {
      size_t shared = overlap (start, end, e->units[i].start, e->units[i].end);

      if (shared > most)
        {
          most = shared;
          best = i;
        }
    }
  if (most == 0)
    return -1;
  if (2 * most < end - start && 2 * most < e->units[best].end - e->units[best].start)
    return -1;
  return (ptrdiff_t) best;
}

static void
label_unit (const tl_reader_example *e, const tl_unit *unit, tl_unit_label *label)
{
  ptrdiff_t gold = tl_example_find_gold (e, unit->start, unit->end);
  const tl_gold_unit *g = gold >= 0 ? &e->units[gold] : NULL;

  if (g == NULL)
    return;
  *label = (tl_unit_label) {
    .counted = true, .key = g->key, .rank = g->rank, .action = g->action,
  };
  if (g->owner.start >= unit->start && g->owner.end <= unit->end)
    label->owner = g->owner;
  if (g->due.start >= unit->start && g->due.end <= unit->end)
    label->due = g->due;
}

bool
tl_example_prepare (const tl_tokenizer *tokenizer, const tl_reader_example *e, tl_note **note,
                    tl_note_labels *labels, tl_error *err)
{
  tl_unit_label *unit_labels;
  tl_unit *units;
  size_t n;

  if (!tl_units_split (e->text, e->len, &units, &n, err))
    return false;
  if (n > TL_READER_MAX_UNITS)
    n = TL_READER_MAX_UNITS;
  *note = tl_note_new (tokenizer, e->text, e->len, units, n, true, err);
  free (units);
  if (*note == NULL)
    return false;
  unit_labels = calloc (n + 1, sizeof *unit_labels);
  if (unit_labels == NULL)
    {
      tl_note_free (*note);
      return tl_error_set (err, TL_ERROR_MEMORY, "Not enough memory for the labels of a note");
    }
  for (size_t i = 0; i < n; i++)
    label_unit (e, &(*note)->units[i], &unit_labels[i]);
  *labels = (tl_note_labels) {
    .units = unit_labels,
    .titles = e->titles, .n_titles = e->n_titles,
    .tags = e->tags, .n_tags = e->n_tags,
    .weight = e->weight,
    .has_actions = e->has_actions, .has_titles = e->has_titles, .has_tags = e->has_tags,
  };
  return true;
}

void
tl_example_free_labels (tl_note_labels *labels)
{
  free (labels->units);
  labels->units = NULL;
}
