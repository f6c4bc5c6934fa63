/* SPDX-License-Identifier: Apache-2.0 */
/* Choices of adapters: from words to a session that uses them. */
#include "adapters.h"

#include "core/errors.h"
#include "model-hash.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

static void
choice_free (gpointer data)
{
  TlmAdapterChoice *choice = data;

  g_free (choice->path);
  g_free (choice->sha256);
  g_free (choice);
}

GPtrArray *
tlm_adapters_new (void)
{
  return g_ptr_array_new_with_free_func (choice_free);
}

void
tlm_adapters_add (GPtrArray  *self,
                  const char *path,
                  float       scale,
                  const char *sha256)
{
  TlmAdapterChoice *choice = g_new (TlmAdapterChoice, 1);

  *choice = (TlmAdapterChoice) { g_canonicalize_filename (path, NULL), g_strdup (sha256), scale };
  g_ptr_array_add (self, choice);
}

/* A file of that very name is meant, should there be one with a colon in its name. */
gboolean
tlm_adapters_parse (GPtrArray *self,
                    char     **texts,
                    GError   **error)
{
  for (; texts != NULL && *texts != NULL; texts++)
    {
      const char      *colon = strrchr (*texts, ':');
      g_autofree char *path = g_strdup (*texts);
      double           scale = 1;
      char            *end;

      if (colon != NULL && !g_file_test (*texts, G_FILE_TEST_EXISTS))
        {
          path[colon - *texts] = '\0';
          scale = g_ascii_strtod (colon + 1, &end);
          if (colon[1] == '\0' || *end != '\0' || !(fabs (scale) <= 1000))
            {
              g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                           _("“%s” is no scale of an adapter; it is a number, 1 for as it was "
                             "trained."), colon + 1);
              return FALSE;
            }
        }
      tlm_adapters_add (self, path, (float) scale, NULL);
    }
  return TRUE;
}

char *
tlm_adapters_dup_text (GPtrArray *self)
{
  GString *text = g_string_new (NULL);
  char     scale[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < self->len; i++)
    {
      const TlmAdapterChoice *choice = self->pdata[i];

      g_ascii_formatd (scale, sizeof scale, "%.3f", choice->scale);
      g_string_append_printf (text, "%s %s %s\n", scale, choice->sha256, choice->path);
    }
  return g_string_free (text, FALSE);
}

GPtrArray *
tlm_adapters_read (const char *text)
{
  GPtrArray     *self = tlm_adapters_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], " ", 3);

      if (g_strv_length (parts) == 3)
        tlm_adapters_add (self, parts[2], (float) g_ascii_strtod (parts[0], NULL), parts[1]);
    }
  return self;
}

gboolean
tlm_adapters_hash (GPtrArray     *self,
                   tl_cancel_func cancel,
                   gpointer       cancel_data,
                   GError       **error)
{
  for (guint i = 0; i < self->len; i++)
    {
      TlmAdapterChoice *choice = self->pdata[i];
      g_autofree char  *sha256 = tlm_model_hash_until (choice->path, cancel, cancel_data, error);

      if (sha256 == NULL)
        return FALSE;
      if (choice->sha256 == NULL)
        choice->sha256 = g_steal_pointer (&sha256);
      else if (!g_str_equal (choice->sha256, sha256))
        {
          g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
                       /* Translators: the name of a file, and the beginnings of two hashes. */
                       _("“%s” is another adapter (SHA-256 %.12s…) than it was (%.12s…)."),
                       choice->path, sha256, choice->sha256);
          return FALSE;
        }
    }
  return TRUE;
}

tl_adapter *
tlm_adapter_choice_open (const TlmAdapterChoice *self,
                         const tl_model         *model,
                         GError                **error)
{
  g_autofree char *name = g_filename_display_basename (self->path);
  tl_error         err = { 0 };
  tl_adapter      *adapter = tl_adapter_open (self->path, model, &err);

  if (adapter == NULL && err.code != TL_ERROR_FORMAT)
    tlm_error_from_model (error, self->path, &err);
  else if (adapter == NULL)
    {
      tlm_error_from_engine (error, &err);
      /* Translators: what follows is the reason in English, as "blk.0.attn_q.weight: missing". */
      g_prefix_error (error, _("The adapter “%s” does not fit this model: use it with the one that it "
                               "was made for. "), name);
    }
  return adapter;
}

gboolean
tlm_adapters_use (GPtrArray      *self,
                  const tl_model *model,
                  tl_session     *session,
                  GError        **error)
{
  g_autofree tl_adapter_use *uses = g_new0 (tl_adapter_use, MAX (self->len, 1));
  tl_error                   err = { 0 };
  guint                      n = 0;
  gboolean                   good = TRUE;

  for (; good && n < self->len; n += good)
    {
      const TlmAdapterChoice *choice = self->pdata[n];

      uses[n] = (tl_adapter_use) { tlm_adapter_choice_open (choice, model, error), choice->scale };
      good = uses[n].adapter != NULL;
    }
  if (good && !tl_session_set_adapters (session, uses, n, &err))
    good = tlm_error_from_engine (error, &err);
  for (guint i = 0; i < n; i++)
    tl_adapter_close ((tl_adapter *) (gsize) uses[i].adapter);
  return good;
}

TlmForm *
tlm_adapters_read_form (GPtrArray     *self,
                        const tl_gguf *base)
{
  TlmForm *form = NULL;
  tl_gguf *gguf = NULL;

  if (self->len == 0)
    return tlm_form_read (base);
  if (self->len == 1)
    gguf = tl_gguf_open (((TlmAdapterChoice *) self->pdata[0])->path, NULL);
  if (gguf != NULL)
    form = tlm_form_read (gguf);
  tl_gguf_close (gguf);
  return form;
}
