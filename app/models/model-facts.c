/* SPDX-License-Identifier: Apache-2.0 */
/* The keys are those of https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. */
#include "model-facts.h"

#include "core/errors.h"
#include "model/session.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define READER_FAMILY "tinylm-reader"

static void
facts_clear (gpointer data)
{
  TlmModelFacts *facts = data;

  g_free (facts->family);
  g_free (facts->quantisation);
  g_free (facts->license);
  g_free (facts->about);
}

TlmModelFacts *
tlm_model_facts_ref (TlmModelFacts *facts)
{
  return g_atomic_rc_box_acquire (facts);
}

void
tlm_model_facts_unref (TlmModelFacts *facts)
{
  g_atomic_rc_box_release_full (facts, facts_clear);
}

char *
tlm_model_dup_shown (const char *text,
                     gsize       len)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) len);
  GString         *shown = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (shown, g_unichar_iscntrl (c) || g_unichar_isspace (c) ? ' ' : c);
    }
  return g_strstrip (g_string_free (shown, FALSE));
}

/* (transfer full) (nullable) */
static char *
dup_string (const tl_gguf *gguf,
            const char    *key)
{
  tl_str s;

  if (!tl_gguf_get_string (gguf, key, &s) || s.len == 0)
    return NULL;
  return tlm_model_dup_shown (s.data, MIN (s.len, 400));
}

static guint32
read_n_files (const tl_gguf *gguf)
{
  guint64 n = 1;

  tl_gguf_get_u64 (gguf, "split.count", &n);
  return (guint32) MAX (n, 1);
}

static guint64
count_weights (const tl_tensor_info *t)
{
  guint64 n = 1;

  for (uint32_t i = 0; i < t->n_dims; i++)
    n *= t->dims[i];
  return n;
}

static void
read_tensors (TlmModelFacts *facts,
              const tl_gguf *gguf)
{
  g_autoptr (GHashTable) by_type = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  guint64                most = 0;

  for (gsize i = 0; i < tl_gguf_get_n_tensors (gguf); i++)
    {
      const tl_tensor_info *t = tl_gguf_get_tensor (gguf, i);
      guint64              *n = g_hash_table_lookup (by_type, GUINT_TO_POINTER (t->type));

      if (n == NULL)
        g_hash_table_insert (by_type, GUINT_TO_POINTER (t->type), n = g_new0 (guint64, 1));
      *n += count_weights (t);
      facts->n_params += count_weights (t);
      facts->weight_memory += t->size;
      if (*n > most)
        {
          most = *n;
          g_free (facts->quantisation);
          facts->quantisation = g_strdup (tl_type_get_info (t->type)->name);
        }
    }
}

/* Takes @gguf. */
static gboolean
read_language_model (TlmModelFacts *facts,
                     tl_gguf       *gguf,
                     tl_error      *err)
{
  tl_model_info info;

  if (!tl_model_examine (gguf, &info, err))
    return FALSE;
  facts->n_params = info.n_params;
  facts->n_ctx = info.n_ctx_train;
  facts->weight_memory = info.resident_bytes;
  facts->token_memory = tl_session_cache_bytes (&info, TL_TYPE_F16);
  facts->compact_token_memory = tl_session_cache_bytes (&info, TL_TYPE_Q8_0);
  if (facts->compact_token_memory == 0)
    facts->compact_token_memory = facts->token_memory;
  return TRUE;
}

/* The first paragraph under the title of the card beside a built-in model. (transfer full) (nullable) */
static char *
read_card (const char *path)
{
  g_autofree char *card = g_strdup (path), *text = NULL;
  char            *start, *end;

  if (!g_str_has_suffix (card, ".gguf"))
    return NULL;
  strcpy (card + strlen (card) - strlen (".gguf"), ".md");
  if (!g_file_get_contents (card, &text, NULL, NULL) || !g_utf8_validate (text, -1, NULL))
    return NULL;
  start = strstr (text, "\n\n");
  if (*text != '#' || start == NULL)
    return NULL;
  start += 2;
  end = strstr (start, "\n\n");
  if (end != NULL)
    *end = '\0';
  return g_strdelimit (g_strdup (start), "\n", ' ');
}

static gboolean
fail (GError        **error,
      const char     *path,
      const tl_error *err)
{
  g_autofree char *name = g_filename_display_basename (path);

  if (err->code == TL_ERROR_IO || err->code == TL_ERROR_MEMORY)
    return tlm_error_from_model (error, path, err);
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               err->code == TL_ERROR_UNSUPPORTED
                 /* Translators: the first %s is a file name, the second the reason, in English */
                 ? _("“%s” is a model of a kind that TinyLM cannot run (%s). GGUF files of "
                     "Llama (SmolLM2, Mistral), Qwen, Gemma 3, Phi-3, Granite and BitNet work.")
                 /* Translators: the name of a file, and what is wrong with it. */
                 : _("“%s” is not a whole GGUF model (%s). Get the file again; one that was broken "
                     "off while it was copied is shorter than its source."),
               name, err->message);
  return FALSE;
}

TlmModelFacts *
tlm_model_facts_read (const char *path,
                      GError    **error)
{
  g_autoptr (TlmModelFacts) facts = g_atomic_rc_box_new0 (TlmModelFacts);
  tl_error                  err = { 0 };
  tl_gguf                  *gguf = tl_gguf_open (path, &err);
  g_autoptr (GFile)         file = g_file_new_for_path (path);
  g_autoptr (GFileInfo)     info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, 0, NULL,
                                                      NULL);

  if (gguf == NULL)
    {
      fail (error, path, &err);
      return NULL;
    }
  facts->size = info != NULL ? (guint64) g_file_info_get_size (info) : 0;
  facts->n_files = read_n_files (gguf);
  facts->family = dup_string (gguf, "general.architecture");
  facts->license = dup_string (gguf, "general.license");
  facts->about = read_card (path);
  if (facts->about == NULL)
    facts->about = dup_string (gguf, "general.description");
  read_tensors (facts, gguf);
  if (g_strcmp0 (facts->family, READER_FAMILY) == 0)
    tl_gguf_close (gguf);
  else if (!read_language_model (facts, gguf, &err))
    {
      fail (error, path, &err);
      return NULL;
    }
  return g_steal_pointer (&facts);
}

guint64
tlm_model_facts_get_memory (const TlmModelFacts *facts,
                            guint32              n_ctx,
                            gboolean             compact)
{
  guint64 token_memory = compact ? facts->compact_token_memory : facts->token_memory;

  return facts->weight_memory + token_memory * MIN (n_ctx, facts->n_ctx);
}

/* What a limit of this process (ulimit -v) leaves; G_MAXUINT64 without one. */
static guint64
get_left_of_limit (void)
{
  g_autofree char *text = NULL;
  struct rlimit    limit;
  guint64          used;

  if (getrlimit (RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY
      || !g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return G_MAXUINT64;
  used = g_ascii_strtoull (text, NULL, 10) * (guint64) sysconf (_SC_PAGESIZE);
  return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

guint64
tlm_memory_get_available (void)
{
  g_autofree char *text = NULL;
  const char      *line;
  guint64          free_bytes;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL)
      || (line = strstr (text, "MemAvailable:")) == NULL)
    return 0;
  free_bytes = g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10) * 1024;
  return MIN (free_bytes, get_left_of_limit ());
}
