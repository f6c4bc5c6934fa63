/* SPDX-License-Identifier: Apache-2.0 */
/* What came back of a damaged database is made whole: what its rows speak of is there, or they speak
 * of it no more. */
#include "salvage-private.h"

#include <glib/gi18n-lib.h>

/* A message, or an example, is worth more than the chat or the set that is lost: it gets a new
 * one. */
static gboolean
add_parents (TlmDb   *db,
             GError **error)
{
  return tlm_db_run (db, error,
                     "INSERT INTO chats (id, title, created, updated)"
                     " SELECT chat_id, ?, min (created), max (created) FROM messages"
                     " WHERE chat_id NOT IN (SELECT id FROM chats) GROUP BY chat_id", "t",
                     _("Recovered chat"))
         && tlm_db_run (db, error,
                        "INSERT INTO example_sets (id, name, kind, created)"
                        " SELECT set_id, ?, '', min (created) FROM examples"
                        " WHERE set_id NOT IN (SELECT id FROM example_sets) GROUP BY set_id", "t",
                        _("Recovered examples"));
}

/* Branches of chats lead to messages that are there, and upwards. */
static gboolean
mend_branches (TlmDb   *db,
               GError **error)
{
  return tlm_db_exec (db,
    "UPDATE messages SET parent = (SELECT max (id) FROM messages AS earlier"
    "    WHERE earlier.chat_id = messages.chat_id AND earlier.id < messages.id)"
    "  WHERE parent IS NOT NULL AND NOT EXISTS (SELECT 1 FROM messages AS other"
    "    WHERE other.id = messages.parent AND other.chat_id = messages.chat_id"
    "    AND other.id < messages.id);"
    "UPDATE chats SET leaf = (SELECT max (id) FROM messages WHERE chat_id = chats.id)"
    "  WHERE leaf IS NULL OR NOT EXISTS (SELECT 1 FROM messages"
    "    WHERE messages.id = chats.leaf AND messages.chat_id = chats.id);", error);
}

/* What else speaks of a row that is not there forgets it, or goes, as its table says. */
static gboolean
drop_orphans (TlmDb   *db,
              GError **error)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  sqlite3_stmt       *row = tlm_db_query (db, error,
    "SELECT CASE keys.on_delete WHEN 'SET NULL'"
    "  THEN format ('UPDATE \"%w\" SET \"%w\" = NULL WHERE rowid = %d;', orphans.\"table\","
    "               keys.\"from\", orphans.rowid)"
    "  ELSE format ('DELETE FROM \"%w\" WHERE rowid = %d;', orphans.\"table\", orphans.rowid) END"
    " FROM pragma_foreign_key_check AS orphans"
    " JOIN pragma_foreign_key_list (orphans.\"table\") AS keys ON keys.id = orphans.fkid", "");
  int                 more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    g_string_append (changes, tlm_db_column_text (row, 0));
  return more == 0 && tlm_db_exec (db, changes->str, error);
}

gboolean
tlm_salvage_mend (TlmDb   *db,
                  GError **error)
{
  if (!tlm_db_begin (db, error))
    return FALSE;
  if (add_parents (db, error) && mend_branches (db, error) && drop_orphans (db, error))
    return tlm_db_commit (db, error);
  tlm_db_rollback (db);
  return FALSE;
}
