/* SPDX-License-Identifier: Apache-2.0 */
/* Merging, at once and beside the window. */
#include "specialist-merge.h"

#include "models/adapters.h"
#include "core/errors.h"
#include "store/erase.h"
#include "train/merge.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

enum { MODEL, ADAPTER, OUT, N_PATHS };

/* With how the only one of them is asked, so that the model is asked so too. */
static gboolean
write_merged (const tl_model       *model,
              GPtrArray            *adapters,
              const tl_adapter_use *uses,
              tl_type               type,
              const char           *out,
              GError              **error)
{
  g_autoptr (TlmForm) form = tlm_adapters_read_form (adapters, tl_model_get_gguf (model));
  tl_gguf_writer     *w = tl_gguf_writer_new ();
  tl_error            err = { 0 };
  gboolean            good;

  if (form != NULL && w != NULL)
    tlm_form_write (form, w);
  good = w != NULL ? tl_merge_adapters (model, uses, adapters->len, type, w, out, &err)
                   : tl_error_set (&err, TL_ERROR_MEMORY, "no memory to merge");
  tl_gguf_writer_free (w);
  return good || tlm_error_from_engine (error, &err);
}

/* Of a model that was cut short nothing was written, whatever was seen of it first. */
static void
name_cut (const tl_model *model,
          const char     *model_path,
          GError        **error)
{
  g_autofree char *name = g_filename_display_basename (model_path);

  if (tl_gguf_check_whole (tl_model_get_gguf (model), NULL))
    return;
  g_clear_error (error);
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               _("The file “%s” was cut short while it was read, so nothing was merged. Get the file "
                 "again."), name);
}

/* Written when all of them opened. */
static gboolean
merge (const tl_model *model,
       GPtrArray      *adapters,
       tl_type         type,
       const char     *out,
       GError        **error)
{
  g_autofree tl_adapter_use *uses = g_new0 (tl_adapter_use, adapters->len);
  guint                      n = 0;
  gboolean                   good = TRUE;

  for (; good && n < adapters->len; n += good)
    {
      const TlmAdapterChoice *choice = adapters->pdata[n];

      uses[n] = (tl_adapter_use) { tlm_adapter_choice_open (choice, model, error), choice->scale };
      good = uses[n].adapter != NULL;
    }
  good = good && write_merged (model, adapters, uses, type, out, error);
  for (guint i = 0; i < n; i++)
    tl_adapter_close ((tl_adapter *) (gsize) uses[i].adapter);
  return good;
}

gboolean
tlm_specialist_merge (const char *model_path,
                      GPtrArray  *adapters,
                      tl_type     type,
                      const char *out_path,
                      GError    **error)
{
  tl_error  err = { 0 };
  tl_model *model = tl_model_open (model_path, &err);
  gboolean  good;

  if (model == NULL)
    return tlm_error_from_model (error, model_path, &err);
  good = merge (model, adapters, type, out_path, error);
  if (!good)
    name_cut (model, model_path, error);
  tl_model_close (model);
  return good;
}

/* ---- beside the window ---- */

static void
merge_thread (GTask        *task,
              gpointer      source,
              gpointer      paths,
              GCancellable *cancellable)
{
  g_autoptr (GPtrArray) adapters = tlm_adapters_new ();
  char                **p = paths;
  GError               *error = NULL;

  tlm_adapters_add (adapters, p[ADAPTER], 1, NULL);
  if (tlm_specialist_merge (p[MODEL], adapters, TL_TYPE_Q8_0, p[OUT], &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* What a kill left learned from a person's examples. A merge that goes on is younger. */
static void
erase_old (const char *cache)
{
  g_autoptr (GDir) dir = g_dir_open (cache, 0, NULL);
  gint64           yesterday = g_get_real_time () / G_USEC_PER_SEC - 24 * 60 * 60;
  const char      *name;
  GStatBuf         info;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (cache, name, NULL);

      if (g_str_has_prefix (name, "merge-") && g_lstat (path, &info) == 0 && S_ISDIR (info.st_mode)
          && info.st_mtime < yesterday)
        tlm_erase_later (path);
    }
}

char *
tlm_specialist_merge_make_folder (void)
{
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "tinylm", NULL);
  char            *folder = g_build_filename (cache, "merge-XXXXXX", NULL);

  erase_old (cache);
  g_mkdir_with_parents (cache, 0700);
  g_mkdtemp (folder);
  return folder;
}

void
tlm_specialist_merge_async (const char         *model_path,
                            const char         *adapter_path,
                            const char         *out_path,
                            GAsyncReadyCallback cb,
                            gpointer            data)
{
  GTask *task = g_task_new (NULL, NULL, cb, data);
  char **paths = g_new0 (char *, N_PATHS + 1);

  paths[MODEL] = g_strdup (model_path);
  paths[ADAPTER] = g_strdup (adapter_path);
  paths[OUT] = g_strdup (out_path);
  g_task_set_task_data (task, paths, (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, merge_thread);
  g_object_unref (task);
}

gboolean
tlm_specialist_merge_finish (GAsyncResult *r,
                             GError      **error)
{
  return g_task_propagate_boolean (G_TASK (r), error);
}
