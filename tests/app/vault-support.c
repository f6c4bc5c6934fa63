/* SPDX-License-Identifier: Apache-2.0 */
#include "vault-support.h"

#include <string.h>

#include "support.h"

const TlmVaultCost cheap = { 1, 8192 };

void
open_db (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  tlm_db_open (f->db, f->path, &error);
  g_assert_no_error (error);
}

void
run (Fixture    *f,
     const char *sql)
{
  g_autoptr (GError) error = NULL;

  tlm_db_exec (f->db, sql, &error);
  g_assert_no_error (error);
}

gint64
count (Fixture    *f,
       const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64        n;

  g_assert_cmpint (sqlite3_prepare_v2 (tlm_db_get_handle (f->db), sql, -1, &statement, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  n = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return n;
}

void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "tinylm.db", NULL);
  f->db = tlm_db_new ();
  open_db (f);
  run (f, "INSERT INTO notes (title, text, created, updated)"
          "  VALUES ('one', 'the " SECRET " sleeps', 1, 1);"
          "INSERT INTO chats (title, created, updated, draft) VALUES ('c', 1, 1, 'a " SECRET "');");
}

void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_db_free (f->db);
  g_free (f->path);
  g_free (f->code);
  tlm_test_remove_folder (f->folder);
}

void
seal (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  TlmVault          *vault;

  g_clear_pointer (&f->code, g_free);
  vault = tlm_vault_new (PASSPHRASE, &cheap, &f->code, &error);
  g_assert_no_error (error);
  tlm_db_convert (f->db, vault, &error);
  g_assert_no_error (error);
}

void
unlock (Fixture    *f,
        const char *secret)
{
  g_autoptr (GError) error = NULL;
  TlmVault          *vault;

  tlm_db_close (f->db);
  vault = tlm_vault_open (f->path, secret, &error);
  g_assert_no_error (error);
  tlm_db_set_vault (f->db, vault);
  open_db (f);
}

/* Two little-endian numbers behind 16 bytes of magic and a sequence number. */
void
assert_cost (Fixture *f,
             guint64  passes,
             guint64  memory_bytes)
{
  g_autofree char *bytes = NULL;
  guint64          cost[2];
  gsize            n;

  g_assert_true (g_file_get_contents (f->path, &bytes, &n, NULL));
  g_assert_cmpuint (n, >=, 24 + sizeof cost);
  memcpy (cost, bytes + 24, sizeof cost);
  g_assert_cmpuint (GUINT64_FROM_LE (cost[0]), ==, passes);
  g_assert_cmpuint (GUINT64_FROM_LE (cost[1]), ==, memory_bytes);
}

/* Returns: how many files of the folder hold @text */
static guint
grep_folder (const char *folder,
             const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;
  guint            n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize            size;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        n += grep_folder (path, text);
      else
        {
          g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
          n += memmem (bytes, size, text, strlen (text)) != NULL;
        }
    }
  return n;
}

guint
grep (Fixture    *f,
      const char *text)
{
  return grep_folder (f->folder, text);
}
