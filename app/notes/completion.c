/* SPDX-License-Identifier: Apache-2.0 */
/* Counting the words of a note and mixing them with what the language model expects. */
#include "completion.h"

#include <string.h>

#include "core/errors.h"

#define MAX_CONTEXT 1500 /* bytes before the word that the model is given */

static tl_completion *
find (TlmCompletions *self, const char *word, gsize len)
{
  for (gsize i = 0; i < self->n; i++)
    if (strlen (self->items[i].text) == len && memcmp (self->items[i].text, word, len) == 0)
      return &self->items[i];
  return NULL;
}

/* One more @word of the note; when there is no room, in the place of what is least expected. */
static void
count_word (TlmCompletions *self, const char *word, gsize len)
{
  tl_completion *item = find (self, word, len);

  if (item == NULL)
    {
      item = &self->items[0];
      if (self->n < G_N_ELEMENTS (self->items))
        item = &self->items[self->n++];
      else
        for (gsize i = 1; i < self->n; i++)
          if (self->items[i].p < item->p)
            item = &self->items[i];
      memcpy (item->text, word, len);
      item->text[len] = '\0';
      item->p = 0;
    }
  item->p += 1;
}

void
tlm_completions_add_note (TlmCompletions *self, const char *text, gsize len, const char *typed)
{
  gsize n_typed = strlen (typed);
  const char *end = text + len;
  float n = 0;

  for (gsize i = 0; i < self->n; i++)
    self->items[i].p *= TLM_COMPLETION_PRIOR;
  for (const char *p = text; p < end;)
    {
      const char *word = p;

      while (p < end && g_unichar_isalpha (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      if ((gsize) (p - word) > n_typed && p - word <= TL_COMPLETE_MAX_WORD
          && memcmp (word, typed, n_typed) == 0)
        {
          count_word (self, word, (gsize) (p - word));
          n += 1;
        }
      if (p == word)
        p = g_utf8_next_char (p);
    }
  for (gsize i = 0; i < self->n; i++)
    self->items[i].p /= n + TLM_COMPLETION_PRIOR;
}

const tl_completion *
tlm_completions_get_best (const TlmCompletions *self)
{
  const tl_completion *best = NULL;

  for (gsize i = 0; i < self->n; i++)
    if (best == NULL || self->items[i].p > best->p)
      best = &self->items[i];
  return best;
}

gboolean
tlm_completions_suggest (TlmCompletions *self, tl_session *session, const tl_tokenizer *tokenizer,
                         const char *text, gsize len, const char *typed, GError **error)
{
  gsize from = len > MAX_CONTEXT ? len - MAX_CONTEXT : 0;
  tl_error err = { 0 };

  while (from < len && (text[from] & 0xc0) == 0x80)
    from++;
  if (!tl_complete_word (session, tokenizer, text + from, len - from, typed, strlen (typed),
                         self->items, TLM_COMPLETION_MAX, &self->n, &err))
    return tlm_error_from_engine (error, &err);
  tlm_completions_add_note (self, text, len, typed);
  return TRUE;
}
