/* SPDX-License-Identifier: Apache-2.0 */
/* Notes with their paragraphs in another order: what is left of a score then does not come from
 * position. */
#include <string.h>

#include "base/rng.h"
#include "cli/eval-report.h"

typedef struct
{
  gsize start, end; /* of the old text */
  gsize moved_to;
} Paragraph;

/* Parted by blank lines; a paragraph keeps its last line break. */
static GArray *
find_paragraphs (const char *text, gsize len)
{
  GArray *paragraphs = g_array_new (FALSE, FALSE, sizeof (Paragraph));
  gsize start = 0;

  while (start < len)
    {
      const char *gap = strstr (text + start, "\n\n");
      gsize end = gap != NULL ? (gsize) (gap - text) : len;
      Paragraph p = { start, end, 0 };

      if (end > start)
        g_array_append_val (paragraphs, p);
      start = end;
      while (start < len && text[start] == '\n')
        start++;
    }
  return paragraphs;
}

static char *
join_shuffled (const char *text, GArray *paragraphs, tl_rng *rng)
{
  GString *out = g_string_new (NULL);
  g_autofree guint *order = g_new (guint, paragraphs->len + 1);

  for (guint i = 0; i < paragraphs->len; i++)
    order[i] = i;
  for (guint i = paragraphs->len; i > 1; i--)
    {
      guint k = tl_rng_below (rng, i), v = order[i - 1];

      order[i - 1] = order[k];
      order[k] = v;
    }
  for (guint i = 0; i < paragraphs->len; i++)
    {
      Paragraph *p = &g_array_index (paragraphs, Paragraph, order[i]);

      p->moved_to = out->len;
      g_string_append_len (out, text + p->start, (gssize) (p->end - p->start));
      g_string_append (out, "\n\n");
    }
  return g_string_free (out, FALSE);
}

static int
by_start (const void *a, const void *b)
{
  const tl_gold_unit *x = a, *y = b;

  return x->start < y->start ? -1 : x->start > y->start;
}

/* A unit lies in one paragraph; the few that do not are left behind. */
static tl_gold_unit *
move_units (const tl_reader_example *e, const GArray *paragraphs, size_t *n)
{
  tl_gold_unit *units = g_new0 (tl_gold_unit, e->n_units + 1);

  *n = 0;
  for (gsize i = 0; i < e->n_units; i++)
    for (guint k = 0; k < paragraphs->len; k++)
      {
        const Paragraph *p = &g_array_index (paragraphs, Paragraph, k);

        if (e->units[i].start < p->start || e->units[i].end > p->end)
          continue;
        units[*n] = e->units[i];
        units[*n].start = e->units[i].start - p->start + p->moved_to;
        units[*n].end = e->units[i].end - p->start + p->moved_to;
        units[*n].owner = units[*n].due = (tl_span) { 0 };
        (*n)++;
        break;
      }
  qsort (units, *n, sizeof *units, by_start);
  return units;
}

TlmDataset *
tlm_shuffle_paragraphs (const TlmDataset *notes, guint64 seed)
{
  TlmDataset *shuffled = tlm_dataset_new ();
  tl_rng rng;

  tl_rng_init (&rng, seed);
  for (gsize i = 0; i < notes->n; i++)
    {
      tl_reader_example e = notes->examples[i];
      g_autoptr (GArray) paragraphs = find_paragraphs (e.text, e.len);
      char *text = join_shuffled (e.text, paragraphs, &rng);
      tl_gold_unit *units = move_units (&notes->examples[i], paragraphs, &e.n_units);

      e.text = text;
      e.len = strlen (text);
      e.units = units;
      tlm_dataset_add (shuffled, &e, &notes->infos[i], text, units);
    }
  return shuffled;
}
