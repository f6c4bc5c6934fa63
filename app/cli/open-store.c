/* SPDX-License-Identifier: Apache-2.0 */
/* The store's functions answer on the main context, which is run here until they have. */
#include "cli/open-store.h"

#include "cli/passphrase.h"
#include "core/errors.h"
#include "core/paths.h"

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

gboolean
tlm_cli_open_store (TlmStore *store,
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

TlmStore *
tlm_cli_open_memory (GError **error)
{
  g_autoptr (TlmStore)     store = tlm_store_new ();
  g_autoptr (GAsyncResult) opened = NULL;

  tlm_store_open_async (store, NULL, NULL, tlm_cli_keep, &opened);
  tlm_cli_await (&opened);
  return tlm_store_open_finish (store, opened, error) ? g_steal_pointer (&store) : NULL;
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
