/* SPDX-License-Identifier: Apache-2.0 */
/* The four heads over one note: what each reads beside its candidates, and the candidates scored.
 * Also where the heads' tensors lie. */
#include "reader/spans-internal.h"

#include <stdio.h>
#include <stdlib.h>

#define D TL_READER_N_EMBD
#define H TL_SPAN_N_HIDDEN

static const char *const kind_names[TL_SPAN_N_KINDS] = { "title", "tag", "owner", "due" };

size_t
tl_spans_n_params (void)
{
  return TL_SPAN_N_KINDS * tl_span_head_n_params ();
}

size_t
tl_spans_n_tensors (void)
{
  return TL_SPAN_N_KINDS * tl_span_head_n_tensors ();
}

tl_reader_tensor
tl_spans_tensor (size_t i)
{
  size_t kind = i / tl_span_head_n_tensors ();
  tl_reader_tensor t = tl_span_head_tensor (i % tl_span_head_n_tensors ());
  char name[sizeof t.name];

  snprintf (name, sizeof name, "span.%s.%.24s", kind_names[kind], t.name);
  snprintf (t.name, sizeof t.name, "%s", name);
  t.offset += kind * tl_span_head_n_params ();
  return t;
}

static void
fill_word_rows (tl_span_scorer *s, const float *embed)
{
  const tl_span_view *v = &s->view;

  for (size_t w = 0; w < v->n_words; w++)
    {
      float *row = s->word_rows + w * D;
      size_t n = v->token_of[w + 1] - v->token_of[w];

      for (size_t t = v->token_of[w]; t < v->token_of[w + 1]; t++)
        for (size_t i = 0; i < D; i++)
          row[i] += embed[(size_t) v->note->tokens[t] * D + i] / (float) n;
    }
}

/* Sums over the words before each, so that a span's mean costs one difference. */
static void
accumulate (float *rows, size_t n)
{
  float sum[H] = { 0 };

  for (size_t w = 0; w <= n; w++)
    for (size_t i = 0; i < H; i++)
      {
        float value = w < n ? rows[w * H + i] : 0.0f;

        rows[w * H + i] = sum[i];
        sum[i] += value;
      }
}

static bool
fill_inputs (tl_span_scorer *s)
{
  size_t n = s->view.n_words;

  for (size_t kind = 0; kind < TL_SPAN_N_KINDS; kind++)
    {
      s->words[kind] = malloc ((n + 1) * H * sizeof *s->words[kind]);
      if (s->words[kind] == NULL)
        return false;
      tl_span_head_project (s->params + kind * tl_span_head_n_params (), s->word_rows, n,
                            s->words[kind]);
      accumulate (s->words[kind], n);
    }
  return true;
}

bool
tl_span_scorer_init (tl_span_scorer *s, const tl_reader_layout *l, const float *params,
                     const tl_note *note, const float *logits)
{
  *s = (tl_span_scorer){ .params = params + l->spans };
  if (!tl_span_view_init (&s->view, note, logits))
    return false;
  s->word_rows = calloc (s->view.n_words + 1, D * sizeof *s->word_rows);
  if (s->word_rows == NULL)
    {
      tl_span_scorer_clear (s);
      return false;
    }
  fill_word_rows (s, params + l->embed);
  if (!fill_inputs (s))
    {
      tl_span_scorer_clear (s);
      return false;
    }
  return true;
}

void
tl_span_scorer_clear (tl_span_scorer *s)
{
  for (int kind = 0; kind < TL_SPAN_N_KINDS; kind++)
    free (s->words[kind]);
  free (s->word_rows);
  tl_span_view_clear (&s->view);
  *s = (tl_span_scorer){ 0 };
}

bool
tl_span_scorer_propose (const tl_span_scorer *s, tl_span_kind kind, size_t unit,
                        tl_span_scored *out)
{
  tl_candidates *c = &out->candidates;

  *out = (tl_span_scored){ 0 };
  switch (kind)
    {
    case TL_SPAN_TITLE:
      tl_span_titles (&s->view, c);
      break;
    case TL_SPAN_TAG:
      tl_span_tags (&s->view, c);
      break;
    case TL_SPAN_OWNER:
      tl_span_owners (&s->view, unit, c);
      break;
    case TL_SPAN_DUE:
      tl_span_dues (&s->view, unit, c);
      break;
    case TL_SPAN_N_KINDS:
      break;
    }
  out->hidden = malloc ((c->n + 1) * H * sizeof *out->hidden);
  out->scores = calloc (c->n + 1, sizeof *out->scores);
  out->rewards = calloc (2 * (c->n + 1), sizeof *out->rewards);
  if (!c->failed && out->hidden != NULL && out->scores != NULL && out->rewards != NULL)
    return true;
  tl_span_scored_clear (out);
  return false;
}

void
tl_span_scorer_score (const tl_span_scorer *s, tl_span_kind kind, tl_span_scored *out)
{
  tl_span_head_forward (s->params + (size_t) kind * tl_span_head_n_params (), out->candidates.items,
                        out->candidates.n, s->words[kind], out->hidden, out->scores);
}

void
tl_span_scored_clear (tl_span_scored *s)
{
  tl_candidates_clear (&s->candidates);
  free (s->hidden);
  free (s->scores);
  free (s->rewards);
  *s = (tl_span_scored){ 0 };
}
