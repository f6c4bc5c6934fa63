/* SPDX-License-Identifier: Apache-2.0 */
/* SentencePiece-style BPE. The vocabulary holds pieces with plain spaces, so the text needs none of
 * the "▁" of the original. A symbol that is no token is the caller's to spell in bytes. */
#include "text/spm.h"

#include <string.h>

#include "base/utf8.h"

size_t
tl_spm_normalize (const char *text, size_t len, bool prefix, char *out)
{
  size_t n = 0;

  if (prefix)
    out[n++] = ' ';
  for (size_t i = 0; i < len;)
    if (len - i >= 3 && memcmp (text + i, "\xE2\x96\x81", 3) == 0)
      {
        out[n++] = ' ';
        i += 3;
      }
    else
      out[n++] = text[i++];
  return n;
}

size_t
tl_spm_word_length (const char *text, size_t len)
{
  size_t i = 0;

  while (i < len && text[i] == ' ')
    i++;
  while (i < len && text[i] != ' ')
    i++;
  return i;
}

bool
tl_spm_words_are_separate (const tl_vocab *v)
{
  for (size_t i = 0; i < v->n_tokens; i++)
    {
      tl_str s = tl_vocab_get_piece (v, (int32_t) i);
      bool mergeable = v->types[i] != TL_TOKEN_CONTROL && v->types[i] != TL_TOKEN_UNKNOWN
                       && v->types[i] != TL_TOKEN_BYTE;

      if (mergeable && tl_spm_word_length (s.data, s.len) < s.len)
        return false;
    }
  return true;
}

typedef struct
{
  const tl_vocab *vocab;
  const char     *text;
} context;

static bool
find_merge (const void *user_data, const tl_symbol *left, const tl_symbol *right, double *priority,
            int32_t *id)
{
  const context *c = user_data;

  *id = tl_vocab_find (c->vocab, c->text + left->start, left->len + right->len);
  if (*id < 0)
    return false;
  *priority = c->vocab->scores[*id];
  return true;
}

bool
tl_spm_merge_text (const tl_vocab *v, const char *text, size_t len, tl_merger *merger)
{
  context c = { v, text };

  tl_merger_reset (merger);
  for (size_t i = 0, n; i < len; i += n)
    {
      uint32_t cp;

      n = tl_utf8_next (text + i, len - i, &cp);
      if (!tl_merger_add (merger, (uint32_t) n, tl_vocab_find (v, text + i, n)))
        return false;
    }
  return tl_merger_run (merger, find_merge, &c);
}
