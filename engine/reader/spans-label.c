/* SPDX-License-Identifier: Apache-2.0 */
/* How right a candidate is, measured as the score cards measure it, for training and
 * calibration. */
#include "reader/spans-internal.h"

#include <string.h>

#include "reader/words.h"

#define MAX_WORDS 32 /* of a given title or tag; longer ones are cut */
/* Of a tag that holds a given one, or the other way round: of 0, .5 and 1 this ranks best. */
#define CONTAINED 0.5f

typedef struct
{
  uint32_t hashes[MAX_WORDS];
  size_t   n;
} phrase;

static phrase
phrase_of (const char *s, size_t len)
{
  phrase p = { .n = 0 };
  size_t pos = 0, start;

  while (p.n < MAX_WORDS && tl_word_next (s, len, &pos, &start))
    p.hashes[p.n++] = tl_word_hash (s + start, pos - start);
  return p;
}

static phrase
phrase_of_candidate (const tl_span_view *v, const tl_candidate *c)
{
  phrase p = { .n = 0 };

  for (size_t w = c->first; w < c->last && p.n < MAX_WORDS; w++)
    p.hashes[p.n++] = v->note->words[w].hash;
  return p;
}

/* 2 LCS / (m + n), the F1 of ROUGE-L (Lin 2004, W04-1013). */
static float
rouge_l (const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
  uint8_t row[MAX_WORDS + 1] = { 0 };

  if (n_a + n_b == 0)
    return 0.0f;
  for (size_t i = 0; i < n_a; i++)
    {
      uint8_t diagonal = 0;

      for (size_t j = 0; j < n_b; j++)
        {
          uint8_t above = row[j + 1];

          if (a[i] == b[j])
            row[j + 1] = (uint8_t) (diagonal + 1);
          else if (row[j] > above)
            row[j + 1] = row[j];
          diagonal = above;
        }
    }
  return 2.0f * (float) row[n_b] / (float) (n_a + n_b);
}

float
tl_span_rouge (const tl_span_view *v, const tl_candidate *a, const tl_candidate *b)
{
  phrase pa = phrase_of_candidate (v, a), pb = phrase_of_candidate (v, b);

  return rouge_l (pa.hashes, pa.n, pb.hashes, pb.n);
}

static bool
holds (const phrase *a, const phrase *b)
{
  for (size_t i = 0; i + b->n <= a->n; i++)
    if (b->n > 0 && memcmp (a->hashes + i, b->hashes, b->n * sizeof *b->hashes) == 0)
      return true;
  return false;
}

static void
label_titles (const tl_span_view *v, const tl_candidates *c, const tl_note_labels *labels,
              float *rewards)
{
  memset (rewards, 0, c->n * sizeof *rewards);
  for (size_t t = 0; t < labels->n_titles; t++)
    {
      phrase title = phrase_of (labels->titles[t], strlen (labels->titles[t]));

      for (size_t i = 0; i < c->n; i++)
        {
          phrase p = phrase_of_candidate (v, &c->items[i]);
          float r = rouge_l (title.hashes, title.n, p.hashes, p.n);

          if (r > rewards[i])
            rewards[i] = r;
        }
    }
}

static void
label_tags (const tl_span_view *v, const tl_candidates *c, const tl_note_labels *labels,
            float *rewards)
{
  memset (rewards, 0, c->n * sizeof *rewards);
  for (size_t t = 0; t < labels->n_tags; t++)
    {
      phrase tag = phrase_of (labels->tags[t], strlen (labels->tags[t]));

      for (size_t i = 0; i < c->n; i++)
        {
          phrase p = phrase_of_candidate (v, &c->items[i]);

          if (holds (&tag, &p) || holds (&p, &tag))
            rewards[i] = tag.n == p.n ? 1.0f : CONTAINED;
        }
    }
}

static void
label_words (const tl_span_view *v, const tl_candidates *c, const tl_span *right,
             float *rewards)
{
  phrase gold = phrase_of (v->note->text + right->start, right->end - right->start);

  for (size_t i = 0; i < c->n; i++)
    {
      phrase p = phrase_of_candidate (v, &c->items[i]);

      rewards[i] = p.n == gold.n && memcmp (p.hashes, gold.hashes, p.n * sizeof *p.hashes) == 0;
    }
}

void
tl_span_label (const tl_span_view *v, tl_span_kind kind, size_t unit, const tl_note_labels *labels,
               tl_span_scored *s)
{
  const tl_candidates *c = &s->candidates;

  switch (kind)
    {
    case TL_SPAN_TITLE:
      label_titles (v, c, labels, s->rewards);
      break;
    case TL_SPAN_TAG:
      label_tags (v, c, labels, s->rewards);
      break;
    case TL_SPAN_OWNER:
      label_words (v, c, &labels->units[unit].owner, s->rewards);
      break;
    case TL_SPAN_DUE:
      label_words (v, c, &labels->units[unit].due, s->rewards);
      break;
    case TL_SPAN_N_KINDS:
      break;
    }
}
