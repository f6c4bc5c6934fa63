/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypting the store while it is open: jobs on its thread that take the passphrase with them. */
#include "store-private.h"

#include <glib/gi18n-lib.h>

#include "core/words.h"

typedef struct
{
  char    *secret;     /* NULL where none is asked for */
  char    *passphrase; /* NULL where none is set */
  gboolean ran;        /* the job did */
  gboolean sealed;     /* what the store is afterwards */
  char    *left;       /* a sentence on what is amiss though all is done; NULL: nothing */
} Secrets;

static void
secrets_free (gpointer data)
{
  Secrets *secrets = data;

  tlm_secret_free (secrets->secret);
  tlm_secret_free (secrets->passphrase);
  g_free (secrets->left);
  g_free (secrets);
}

static void
post (TlmStore     *self,
      GTask        *task,
      const char   *secret,
      const char   *passphrase,
      TlmWorkerFunc job)
{
  Secrets *secrets = g_new0 (Secrets, 1);

  secrets->secret = g_strdup (secret);
  secrets->passphrase = g_strdup (passphrase);
  g_task_set_task_data (task, secrets, secrets_free);
  tlm_store_post (self, task, job);
}

/* What was done is done, also where the database could not be opened again. */
static void
say_if_closed (Secrets *secrets,
               TlmDb   *db)
{
  const char *sentence = _("This is done, but your data could not be opened again. Close TinyLM and "
                           "open it again.");
  char       *before = secrets->left;

  if (tlm_db_get_handle (db) != NULL)
    return;
  secrets->left = tlm_words_follow (before, sentence);
  g_free (before);
}

static gboolean
is_sealed (TlmDb *db)
{
  return tlm_db_get_vfs (db) != NULL;
}

static void
seal_job (gpointer owner,
          GTask   *task)
{
  TlmDb    *db = owner;
  Secrets  *secrets = g_task_get_task_data (task);
  GError   *error = NULL;
  char     *code = NULL;
  TlmVault *vault = tlm_vault_new (secrets->passphrase, &tlm_vault_cost_moderate, &code, &error);
  gboolean  before = is_sealed (db), done = vault != NULL && tlm_db_convert (db, vault, &error);

  secrets->ran = TRUE;
  secrets->sealed = before || done;
  if (done)
    {
      say_if_closed (secrets, db);
      g_task_return_pointer (task, code, (GDestroyNotify) tlm_secret_free);
      return;
    }
  tlm_secret_free (code);
  g_task_return_error (task, error);
}

void
tlm_store_seal_async (TlmStore           *self,
                      const char         *passphrase,
                      GCancellable       *c,
                      GAsyncReadyCallback cb,
                      gpointer            data)
{
  post (self, g_task_new (self, c, cb, data), NULL, passphrase, seal_job);
}

/* What became of the store is known to the job, whether it failed or not. @left: (out) (transfer full) */
static void
take_over_state (TlmStore     *self,
                 GAsyncResult *r,
                 char        **left)
{
  Secrets *secrets = g_task_get_task_data (G_TASK (r));

  if (secrets->ran)
    tlm_store_set_sealed (self, secrets->sealed);
  *left = g_steal_pointer (&secrets->left);
}

char *
tlm_store_seal_finish (TlmStore     *self,
                       GAsyncResult *r,
                       char        **left,
                       GError      **error)
{
  take_over_state (self, r, left);
  return g_task_propagate_pointer (G_TASK (r), error);
}

static void
unseal_job (gpointer owner,
            GTask   *task)
{
  TlmDb   *db = owner;
  Secrets *secrets = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean before = is_sealed (db);
  gboolean done = tlm_db_check_secret (db, secrets->secret, &error)
                  && tlm_db_convert (db, NULL, &error);

  secrets->ran = TRUE;
  secrets->sealed = before && !done;
  if (done)
    say_if_closed (secrets, db);
  tlm_task_return_success (task, done, error);
}

void
tlm_store_unseal_async (TlmStore           *self,
                        const char         *secret,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  post (self, g_task_new (self, c, cb, data), secret, NULL, unseal_job);
}

static void
change_job (gpointer owner,
            GTask   *task)
{
  Secrets *secrets = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean done = tlm_db_set_passphrase (owner, secrets->secret, secrets->passphrase,
                                          &secrets->left, &error);

  secrets->ran = secrets->sealed = TRUE;
  if (done)
    say_if_closed (secrets, owner);
  tlm_task_return_success (task, done, error);
}

void
tlm_store_change_passphrase_async (TlmStore           *self,
                                   const char         *secret,
                                   const char         *passphrase,
                                   GCancellable       *c,
                                   GAsyncReadyCallback cb,
                                   gpointer            data)
{
  post (self, g_task_new (self, c, cb, data), secret, passphrase, change_job);
}

gboolean
tlm_store_vault_finish (TlmStore     *self,
                        GAsyncResult *r,
                        char        **left,
                        GError      **error)
{
  take_over_state (self, r, left);
  return g_task_propagate_boolean (G_TASK (r), error);
}

static gboolean
find_work (TlmDb    *db,
           gpointer  data,
           GError  **error)
{
  return tlm_db_holds_work (db);
}

gboolean
tlm_store_would_lose (TlmStore *self)
{
  return tlm_store_get_is_volatile (self) && tlm_store_call (self, find_work, NULL, NULL);
}
