/* SPDX-License-Identifier: Apache-2.0 */
/* How alike two phrases are, word by word. */
#include "cli/eval-phrase.h"

#include <string.h>

#include "reader/lexicon.h"
#include "reader/reader-internal.h"
#include "reader/words.h"

TlmPhrase
tlm_phrase_of (const char *s, gsize len)
{
  TlmPhrase p = { .n = 0 };
  size_t pos = 0, start;

  while (p.n < TLM_PHRASE_MAX_WORDS && tl_word_next (s, len, &pos, &start))
    p.hashes[p.n++] = tl_word_hash (s + start, pos - start);
  return p;
}

TlmPhrase
tlm_phrase_first (const char *s, gsize len, gsize max)
{
  TlmPhrase p = tlm_phrase_of (s, len);

  p.n = MIN (p.n, max);
  return p;
}

double
tlm_phrase_rouge_l (const TlmPhrase *a, const TlmPhrase *b)
{
  guint lcs[TLM_PHRASE_MAX_WORDS + 1][TLM_PHRASE_MAX_WORDS + 1] = { { 0 } };

  for (gsize i = 0; i < a->n; i++)
    for (gsize j = 0; j < b->n; j++)
      lcs[i + 1][j + 1] = a->hashes[i] == b->hashes[j] ? lcs[i][j] + 1
                                                       : MAX (lcs[i][j + 1], lcs[i + 1][j]);
  return a->n + b->n > 0 ? 2.0 * lcs[a->n][b->n] / (double) (a->n + b->n) : 0.0;
}

TlmPhrase
tlm_phrase_without_stop_words (const TlmPhrase *p)
{
  TlmPhrase out = { .n = 0 };

  for (gsize i = 0; i < p->n; i++)
    if (!(tl_lexicon_get_classes (p->hashes[i]) & TL_WORD_STOP))
      out.hashes[out.n++] = p->hashes[i];
  return out;
}

double
tlm_phrase_f1 (const TlmPhrase *a, const TlmPhrase *b)
{
  TlmPhrase rest = *b;
  gsize common = 0;

  for (gsize i = 0; i < a->n; i++)
    for (gsize j = 0; j < rest.n; j++)
      if (rest.hashes[j] == a->hashes[i])
        {
          common++;
          rest.hashes[j] = rest.hashes[--rest.n];
          break;
        }
  return a->n + b->n > 0 ? 2.0 * (double) common / (double) (a->n + b->n) : 1.0;
}

gboolean
tlm_phrase_holds (const TlmPhrase *a, const TlmPhrase *b)
{
  for (gsize i = 0; b->n > 0 && i + b->n <= a->n; i++)
    if (memcmp (a->hashes + i, b->hashes, b->n * sizeof *b->hashes) == 0)
      return TRUE;
  return FALSE;
}

gboolean
tlm_phrase_equal (const TlmPhrase *a, const TlmPhrase *b)
{
  return a->n == b->n && memcmp (a->hashes, b->hashes, a->n * sizeof *a->hashes) == 0;
}
