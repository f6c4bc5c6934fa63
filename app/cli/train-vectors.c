/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli train vectors: learns token vectors from plain text, for a reader to start from. The
 * text is folded and cut into lines, as a reader's units are; a line is the widest context. */
#include "cli/train-reader.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/corpus.h"
#include "specialists/datasets.h"
#include "cli/options.h"
#include "core/errors.h"
#include "core/paths.h"
#include "core/text-input.h"
#include "reader/reader-internal.h"
#include "reader/words.h"
#include "train/skipgram.h"

#define EVERY 3 /* one document in three: 11 million tokens; with 4,096 kinds each is seen often */

typedef struct
{
  char *text, *vocab, *out;
} Options;

/* Appends the tokens of " " + the folded line, and the mark that parts it from the next. */
static gboolean
add_line (GArray *ids, const tl_tokenizer *tokenizer, const char *line, gsize len, GError **error)
{
  const gint32 end = -1;
  g_autofree char *folded = g_malloc (len + 1);
  g_autofree int32_t *line_ids = NULL;
  tl_error err = { 0 };
  size_t n;

  folded[0] = ' ';
  tl_text_fold (folded + 1, line, len);
  if (!tl_tokenizer_encode (tokenizer, folded, len + 1, TL_TOKENIZE_NONE, &line_ids, &n, &err))
    return tlm_error_from_engine (error, &err);
  g_array_append_vals (ids, line_ids, (guint) n);
  g_array_append_val (ids, end);
  return TRUE;
}

static GArray *
read_ids (const char *path, const tl_tokenizer *tokenizer, GError **error)
{
  g_autoptr (GString) text = tlm_dataset_read_text (path, error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
  guint document = 0;

  if (text == NULL)
    return NULL;
  for (gsize at = 0, len; at < text->len; at += len + 1)
    {
      const char *line = text->str + at;

      len = strcspn (line, "\n");
      if (tlm_text_begins (line, TLM_CORPUS_DOCUMENT_END))
        document++;
      else if (len > 0 && document % EVERY == 0 && !add_line (ids, tokenizer, line, len, error))
        return NULL;
    }
  return g_steal_pointer (&ids);
}

static gboolean
save (const char *path, const float *vectors, gsize n_vocab, gsize dim, GError **error)
{
  tl_gguf_writer *w = tl_gguf_writer_new ();
  uint64_t dims[2] = { dim, n_vocab };
  tl_error err = { 0 };
  bool ok = w != NULL || tl_error_set (&err, TL_ERROR_MEMORY, "Not enough memory to save");

  if (ok)
    {
      tl_gguf_writer_string (w, "general.architecture", "tinylm-vectors");
      tl_gguf_writer_tensor (w, "token_embd.weight", TL_TYPE_F32, 2, dims, vectors);
      ok = tl_gguf_writer_save (w, path, &err);
    }
  tl_gguf_writer_free (w);
  return ok || tlm_error_from_engine (error, &err);
}

static gboolean
train (const Options *o, GError **error)
{
  tl_skipgram_config config;
  tl_error err = { 0 };
  tl_gguf *vocab = tl_gguf_open (o->vocab, &err);
  tl_tokenizer *tokenizer = vocab != NULL ? tl_tokenizer_new_from_gguf (vocab, &err) : NULL;
  g_autoptr (GArray) ids = NULL;
  gboolean ok = tokenizer != NULL || tlm_error_from_engine (error, &err);

  tl_skipgram_config_init (&config);
  config.dim = TL_READER_N_EMBD;
  ok = ok && (ids = read_ids (o->text, tokenizer, error)) != NULL;
  if (ok)
    {
      gsize n_vocab = tl_tokenizer_get_n_tokens (tokenizer);
      g_autofree float *vectors = g_new (float, n_vocab * config.dim);

      g_print ("{\"tokens\": %u}\n", ids->len);
      ok = tl_skipgram_train (&config, (const int32_t *) (gpointer) ids->data, ids->len, n_vocab,
                              vectors, NULL, NULL, &err)
           || tlm_error_from_engine (error, &err);
      ok = ok && save (o->out, vectors, n_vocab, config.dim, error);
    }
  tl_tokenizer_free (tokenizer);
  tl_gguf_close (vocab);
  return ok;
}

static int
parse (Options *o, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "text", 0, 0, G_OPTION_ARG_FILENAME, &o->text,
      N_ ("Plain text, also compressed, documents ended by “<|endoftext|>”"), N_ ("FILE") },
    { "vocab", 0, 0, G_OPTION_ARG_FILENAME, &o->vocab,
      N_ ("GGUF whose tokenizer is used (eeny.gguf)"), N_ ("FILE") },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, N_ ("The vectors to write"), N_ ("FILE") },
    { NULL },
  };
  int status = tlm_cli_parse (argc, argv, entries, "", _("Learns token vectors from plain text."));

  if (status >= 0)
    return status;
  if (o->text == NULL || o->out == NULL)
    {
      tlm_cli_fail (_("“train vectors” needs --text and --out."));
      return 2;
    }
  if (o->vocab == NULL)
    o->vocab = tlm_paths_dup_data ("models/eeny.gguf");
  return -1;
}

int
tlm_cli_train_vectors (int argc, char **argv)
{
  Options o = { 0 };
  g_autoptr (GError) error = NULL;
  int status = parse (&o, &argc, &argv);

  if (status < 0)
    status = train (&o, &error) ? 0 : tlm_cli_fail ("%s", error->message);
  g_free (o.text);
  g_free (o.vocab);
  g_free (o.out);
  return status;
}
