/* SPDX-License-Identifier: Apache-2.0 */
/* With a vault that costs as little as libsodium allows. */
#include "busy-store.h"

#include <unistd.h>

#include "store/backups.h"
#include "core/errors.h"
#include "old-store.h"
#include "support.h"

TlmStore *
tlm_busy_store_open (const char *path)
{
  TlmStore                *store = tlm_store_new ();
  g_autoptr (GAsyncResult) opened = NULL, unlocked = NULL;
  g_autoptr (GError)       error = NULL;

  tlm_store_open_async (store, path, NULL, tlm_test_keep, &opened);
  tlm_test_await (&opened);
  tlm_store_open_finish (store, opened, &error);
  if (g_error_matches (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED))
    {
      g_clear_error (&error);
      tlm_store_unlock_async (store, TLM_BUSY_PASSPHRASE, NULL, tlm_test_keep, &unlocked);
      tlm_test_await (&unlocked);
      tlm_store_open_finish (store, unlocked, &error);
    }
  g_assert_no_error (error);
  g_assert_false (tlm_store_get_is_volatile (store));
  return store;
}

TlmDb *
tlm_busy_store_open_db (const char *path)
{
  TlmDb             *db = tlm_db_new ();
  g_autoptr (GError) error = NULL;

  tlm_backups_put_in_place (path, &error);
  g_assert_no_error (error);
  if (tlm_vault_is_sealed (path))
    tlm_db_set_vault (db, tlm_vault_open (path, TLM_BUSY_PASSPHRASE, &error));
  g_assert_no_error (error);
  tlm_db_open (db, path, &error);
  g_assert_no_error (error);
  return db;
}

void
tlm_busy_store_convert (TlmDb   *db,
                        gboolean seal)
{
  static const TlmVaultCost cheap = { 1, 8192 };
  char                     *code = NULL;
  g_autoptr (GError)        error = NULL;
  TlmVault                 *vault = NULL;

  if (seal)
    vault = tlm_vault_new (TLM_BUSY_PASSPHRASE, &cheap, &code, &error);
  tlm_secret_free (code);
  g_assert_no_error (error);
  tlm_db_convert (db, vault, &error);
  g_assert_no_error (error);
}

static void
restore (const char *path)
{
  g_autofree char   *backup = tlm_test_find_backup (path);
  g_autoptr (GError) error = NULL;
  TlmDb             *db = tlm_busy_store_open_db (path);

  tlm_backups_restore (path, backup, NULL, NULL, FALSE, &error);
  g_assert_no_error (error);
  tlm_db_free (db);
  tlm_busy_store_open_db (path);
}

static void
convert_for_ever (const char *path)
{
  TlmDb *db = tlm_busy_store_open_db (path);

  for (;;)
    tlm_busy_store_convert (db, tlm_db_get_vfs (db) == NULL);
}

gboolean
tlm_busy_store_run (const char *kind,
                    const char *path)
{
  if (g_str_equal (kind, "--migrate"))
    tlm_busy_store_open_db (path);
  else if (g_str_equal (kind, "--restore"))
    restore (path);
  else if (g_str_equal (kind, "--seal"))
    convert_for_ever (path);
  else
    return FALSE;
  for (;;)
    pause ();
}
