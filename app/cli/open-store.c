/* SPDX-License-Identifier: Apache-2.0 */
/* The store's functions answer on the main context, which is run here until they have. So is a model
 * found by its name, as the models page and `tinylm-cli models` show it. */
#include "cli/open-store.h"

#include "cli/passphrase.h"
#include "core/errors.h"
#include "core/paths.h"
#include "models/model-hash.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
tlm_cli_keep (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

void
tlm_cli_await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
unlock (TlmStore *store,
        int       fd,
        GError  **error)
{
  char                    *secret = tlm_cli_read_secret (fd, error);
  g_autoptr (GAsyncResult) opened = NULL;

  if (secret == NULL)
    return FALSE;
  tlm_store_unlock_async (store, secret, NULL, tlm_cli_keep, &opened);
  tlm_secret_free (secret);
  tlm_cli_await (&opened);
  return tlm_store_open_finish (store, opened, error);
}

static gboolean
open_or_unlock (TlmStore *store,
                int       passphrase_fd,
                GError  **error)
{
  g_autofree char         *path = tlm_paths_dup_database ();
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GError)       failure = NULL;

  tlm_store_open_async (store, path, NULL, tlm_cli_keep, &opened);
  tlm_cli_await (&opened);
  if (tlm_store_open_finish (store, opened, &failure))
    return TRUE;
  if (g_error_matches (failure, TLM_ERROR, TLM_ERROR_STORE_LOCKED))
    return unlock (store, passphrase_fd, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
tlm_cli_open_store (TlmStore *store,
                    int       passphrase_fd,
                    GError  **error)
{
  if (!open_or_unlock (store, passphrase_fd, error))
    return FALSE;
  if (!tlm_store_get_is_unread (store))
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_READ_ONLY,
                       tlm_store_get_volatile_reason (store));
  return FALSE;
}

TlmStore *
tlm_cli_open_memory (GError **error)
{
  g_autoptr (TlmStore)     store = tlm_store_new ();
  g_autoptr (GAsyncResult) opened = NULL;

  tlm_store_open_async (store, NULL, NULL, tlm_cli_keep, &opened);
  tlm_cli_await (&opened);
  return tlm_store_open_finish (store, opened, error) ? g_steal_pointer (&store) : NULL;
}

/* ---- models by name ---- */

TlmModels *
tlm_cli_load_models (TlmStore *store,
                     GError  **error)
{
  TlmModels               *models = tlm_models_new (store);
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autofree char         *sentence = NULL;

  tlm_models_load_async (models, NULL, tlm_cli_keep, &loaded);
  tlm_cli_await (&loaded);
  sentence = tlm_models_finish (models, loaded, error);
  if (sentence != NULL)
    return models;
  tlm_models_shutdown (models);
  g_object_unref (models);
  return NULL;
}

/* Those whose names begin so, each between quotation marks. @found: the last of them */
static char *
list_names (TlmModels  *models,
            const char *begin,
            TlmModel  **found,
            guint      *n)
{
  g_autofree char *wanted = g_utf8_casefold (begin, -1);
  GListModel      *list = tlm_models_get_list (models);
  GString         *names = g_string_new (NULL);

  *n = 0;
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (list, i); /* the list keeps it */
      const char          *name = tlm_model_get_state (model)->name;
      g_autofree char     *folded = g_utf8_casefold (name, -1);

      if (!g_str_has_prefix (folded, wanted))
        continue;
      *found = model;
      g_string_append_printf (names, (*n)++ > 0 ? ", “%s”" : "“%s”", name);
    }
  return g_string_free (names, FALSE);
}

/* (transfer none) (nullable) */
static TlmModel *
find_named (TlmModels  *models,
            const char *name,
            GError    **error)
{
  TlmModel        *found = tlm_models_find_name (models, name), *other;
  g_autofree char *fitting = NULL, *all = NULL;
  guint            n, n_all;

  if (found != NULL)
    return found;
  fitting = list_names (models, name, &found, &n);
  if (n == 1)
    return found;
  all = list_names (models, "", &other, &n_all);
  if (n > 1)
    g_set_error (error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                 _("More than one model is called something like “%s”: %s. Give the whole name."),
                 name, fitting);
  else
    g_set_error (error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
                 _("There is no file “%s”, and no model of that name. The models: %s."), name, all);
  return NULL;
}

static gboolean
open_where_kept (TlmStore   *store,
                 const char *name,
                 GError    **error)
{
  GError *failure = NULL;

  if (tlm_cli_open_store (store, -1, &failure))
    return TRUE;
  if (g_error_matches (failure, TLM_ERROR, TLM_ERROR_STORE_LOCKED))
    {
      g_clear_error (&failure);
      g_set_error (&failure, TLM_ERROR, TLM_ERROR_STORE_LOCKED,
                   _("There is no file “%s”, and the names of models are locked. Give the "
                     "model’s file."), name);
    }
  g_propagate_error (error, failure);
  return FALSE;
}

static char *
find_kept (TlmStore   *store,
           const char *name,
           GError    **error)
{
  TlmModels *models = tlm_cli_load_models (store, error);
  TlmModel  *model = models != NULL ? find_named (models, name, error) : NULL;
  char      *path = NULL;

  if (model != NULL
      && tlm_model_hash_check (tlm_model_get_state (model)->path, NULL, NULL, error))
    path = g_strdup (tlm_model_get_state (model)->path);
  if (models != NULL)
    tlm_models_shutdown (models);
  g_clear_object (&models);
  return path;
}

/* @name: in UTF-8 */
static char *
find_in_store (const char *name,
               GError    **error)
{
  g_autofree char     *database = tlm_paths_dup_database (), *path = NULL;
  g_autoptr (TlmStore) store = NULL;

  if (!g_file_test (database, G_FILE_TEST_EXISTS)) /* looking for a name makes none */
    {
      store = tlm_cli_open_memory (error);
      path = store != NULL ? find_kept (store, name, error) : NULL;
    }
  else
    {
      store = tlm_store_new ();
      path = open_where_kept (store, name, error) ? find_kept (store, name, error) : NULL;
    }
  if (store != NULL)
    tlm_store_close (store);
  return g_steal_pointer (&path);
}

char *
tlm_cli_find_model (const char *name,
                    GError    **error)
{
  g_autofree char *built_in = g_strdup_printf ("models/%s.gguf", name);
  g_autofree char *path = strpbrk (name, "./") == NULL ? tlm_paths_dup_data (built_in) : NULL;
  g_autofree char *shown = g_filename_display_name (name);

  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  if (strchr (name, '/') != NULL || g_file_test (name, G_FILE_TEST_EXISTS))
    return g_strdup (name);
  return find_in_store (shown, error);
}

gboolean
tlm_cli_add_note (TlmNotes   *notes,
                  const char *text,
                  GError    **error)
{
  g_autoptr (GAsyncResult) created = NULL;
  g_autoptr (TlmNote)      note = NULL;

  tlm_notes_create_async (notes, text, NULL, tlm_cli_keep, &created);
  tlm_cli_await (&created);
  note = tlm_notes_create_finish (notes, created, error);
  return note != NULL;
}
