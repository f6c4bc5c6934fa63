/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts a training text into documents and tokenises them. */
#include "cli/corpus.h"

#include "specialists/datasets.h"

#include <gio/gio.h>
#include <string.h>

typedef struct
{
  GArray *ids; /* int32_t */
  gsize   bytes;
} Part;

static gboolean
add_document (Part *part, const tl_tokenizer *tokenizer, const char *text, gsize len, GError **error)
{
  g_autofree int32_t *ids = NULL;
  int32_t bos = tl_tokenizer_get_bos (tokenizer);
  tl_error err = { 0 };
  size_t n = 0;

  if (!tl_tokenizer_encode (tokenizer, text, len, TL_TOKENIZE_NONE, &ids, &n, &err))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, err.message);
      return FALSE;
    }
  if (bos >= 0)
    g_array_append_val (part->ids, bos);
  g_array_append_vals (part->ids, ids, (guint) n);
  part->bytes += len;
  return TRUE;
}

/* Knuth's multiplicative hash, so that neighbouring documents, which are alike, fall apart. */
static gboolean
is_held_out (guint index, guint every)
{
  return every > 0 && (index * 2654435761u >> 16) % every == 0;
}

gboolean
tlm_corpus_load (TlmCorpus *corpus, const char *path, const tl_tokenizer *tokenizer, guint every,
                 GError **error)
{
  g_autoptr (GString) text = tlm_dataset_read_text (path, error);
  Part train = { g_array_new (FALSE, FALSE, sizeof (int32_t)), 0 };
  Part valid = { g_array_new (FALSE, FALSE, sizeof (int32_t)), 0 };
  gboolean ok = text != NULL;
  gsize at = 0;

  for (guint index = 0; ok && at < text->len; index++)
    {
      const char *begin = text->str + at;
      const char *end = strstr (begin, TLM_CORPUS_DOCUMENT_END);
      gsize len = end != NULL ? (gsize) (end - begin) : text->len - at;

      at += len + (end != NULL ? strlen (TLM_CORPUS_DOCUMENT_END) : 0);
      while (at < text->len && text->str[at] == '\n')
        at++;
      if (len > 0)
        ok = add_document (is_held_out (index, every) ? &valid : &train, tokenizer, begin, len, error);
    }
  memset (corpus, 0, sizeof *corpus);
  corpus->n_train = train.ids->len;
  corpus->n_valid = valid.ids->len;
  corpus->train_bytes = train.bytes;
  corpus->valid_bytes = valid.bytes;
  corpus->train = (int32_t *) (gpointer) g_array_free (train.ids, FALSE);
  corpus->valid = (int32_t *) (gpointer) g_array_free (valid.ids, FALSE);
  if (!ok)
    tlm_corpus_clear (corpus);
  return ok;
}

void
tlm_corpus_clear (TlmCorpus *corpus)
{
  g_clear_pointer (&corpus->train, g_free);
  g_clear_pointer (&corpus->valid, g_free);
}
