/* SPDX-License-Identifier: Apache-2.0 */
/* Messages are counted from 1 in their chat, and each goes into the hash as where it hangs, whose it is and
 * what it says. */
#include "chat-hash.h"

#include "chat-private.h"

#include <string.h>

#define SLICE_US (30 * 1000) /* what others of the store may have to wait */

struct _TlmChatHash
{
  GChecksum  *sum;
  GHashTable *places; /* id -> its count */
};

TlmChatHash *
tlm_chat_hash_new (void)
{
  TlmChatHash *self = g_new0 (TlmChatHash, 1);

  self->sum = g_checksum_new (G_CHECKSUM_SHA256);
  self->places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return self;
}

void
tlm_chat_hash_free (TlmChatHash *self)
{
  g_checksum_free (self->sum);
  g_hash_table_unref (self->places);
  g_free (self);
}

void
tlm_chat_hash_add (TlmChatHash *self,
                   gint64       id,
                   gint64       parent,
                   gboolean     user,
                   const char  *text)
{
  gint64          *after = g_hash_table_lookup (self->places, &parent);
  gint64           place = (gint64) g_hash_table_size (self->places) + 1;
  g_autofree char *head = g_strdup_printf ("%" G_GINT64_FORMAT " %d %zu ",
                                           after != NULL ? *after : 0, user, strlen (text));

  g_hash_table_insert (self->places, g_memdup2 (&id, sizeof id), g_memdup2 (&place, sizeof place));
  g_checksum_update (self->sum, (const guchar *) head, -1);
  g_checksum_update (self->sum, (const guchar *) text, -1);
}

gboolean
tlm_chat_hash_has (TlmChatHash *self,
                   gint64       id)
{
  return g_hash_table_contains (self->places, &id);
}

gsize
tlm_chat_hash_add_draft (TlmChatHash *self,
                         const char  *typed,
                         const char  *pasted)
{
  g_autofree char *draft = g_strconcat (typed, TLM_DRAFT_SEPARATOR, pasted, NULL);
  g_autofree char *valid = g_utf8_make_valid (draft, -1);

  tlm_chat_hash_add (self, 0, 0, TRUE, valid);
  return strlen (valid);
}

char *
tlm_chat_hash_end (TlmChatHash *self)
{
  char *hash = g_strdup (g_checksum_get_string (self->sum));

  g_checksum_reset (self->sum);
  g_hash_table_remove_all (self->places);
  return hash;
}

static void
add_row (TlmChatHash  *self,
         sqlite3_stmt *row)
{
  tlm_chat_hash_add (self, sqlite3_column_int64 (row, 2), sqlite3_column_int64 (row, 3),
                     sqlite3_column_int (row, 4) == TLM_ROLE_USER, tlm_db_column_text (row, 5));
}

/* A chat without messages is what its draft says. The hash that an imported one came with stays known when
 * it has grown since. */
int
tlm_chat_hash_read_known (TlmDb      *db,
                          gint64     *last,
                          GHashTable *listed,
                          GHashTable *binned,
                          GError    **error)
{
  g_autoptr (TlmChatHash) hash = tlm_chat_hash_new ();
  gint64        end = g_get_monotonic_time () + SLICE_US, chat = 0;
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT chats.id, source, m.id, parent, role, coalesce (text, draft || "
                                    "'" TLM_DRAFT_SEPARATOR "' || coalesce ((SELECT texts FROM draft_texts "
                                    "WHERE chat_id = chats.id), '')), trashed FROM chats "
                                    "LEFT JOIN messages AS m ON m.chat_id = chats.id "
                                    "WHERE chats.id > ? AND trashed IS NOT 0 "
                                    "AND coalesce (trashed, 0) < " TLM_CHAT_COMING " "
                                    "ORDER BY chats.id, m.id", "i", *last);
  GHashTable   *known = listed;
  int           more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      gint64 id = sqlite3_column_int64 (row, 0);

      if (chat != 0 && chat != id)
        {
          g_hash_table_add (known, tlm_chat_hash_end (hash));
          *last = chat;
          if (g_get_monotonic_time () > end)
            {
              sqlite3_reset (row);
              return 1;
            }
        }
      if (chat != id)
        known = sqlite3_column_type (row, 6) == SQLITE_NULL ? listed : binned;
      if (chat != id && sqlite3_column_type (row, 1) != SQLITE_NULL)
        g_hash_table_add (known, g_strdup (tlm_db_column_text (row, 1)));
      chat = id;
      add_row (hash, row);
    }
  if (chat != 0 && more == 0)
    g_hash_table_add (known, tlm_chat_hash_end (hash));
  return more;
}
