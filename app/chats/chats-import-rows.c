/* SPDX-License-Identifier: Apache-2.0 */
/* Chats, messages, the summaries of older parts, which refer to messages, and what was pasted into drafts. */
#include "chats-import-rows.h"

#include "chat-file-private.h"
#include "chat-private.h"

gboolean
tlm_import_rows_init (TlmImportRows *self,
                      TlmDb         *db,
                      GError       **error)
{
  *self = (TlmImportRows) { .db = db };
  self->ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return tlm_import_table_init (&self->chats, db, "chats", error)
         && tlm_import_table_init (&self->messages, db, "messages", error);
}

void
tlm_import_rows_clear (TlmImportRows *self)
{
  tlm_import_table_clear (&self->chats);
  tlm_import_table_clear (&self->messages);
  g_hash_table_unref (self->ids);
}

gint64
tlm_import_get_number (JsonObject *object,
                       const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : 0;
}

/* One that was streaming when it was exported has what there was, and is stopped. */
static TlmMessageState
get_state (JsonObject *message)
{
  const char *state = tlm_chat_file_get_string (message, "state");

  if (g_str_equal (state, "stopped") || g_str_equal (state, "streaming"))
    return TLM_MESSAGE_STOPPED;
  return g_str_equal (state, "failed") ? TLM_MESSAGE_FAILED : TLM_MESSAGE_DONE;
}

static gboolean
insert_message (TlmImportRows *self,
                gint64         chat,
                JsonObject    *message,
                GError       **error)
{
  gboolean user = g_str_equal (tlm_chat_file_get_string (message, "role"), "user");
  gint64   id = tlm_import_get_number (message, "id"), new_id = 0;
  gint64   parent = tlm_import_get_number (message, "parent");
  g_autofree char *text = g_utf8_make_valid (tlm_chat_file_get_string (message, "content"), -1);
  gint64  *after = g_hash_table_lookup (self->ids, &parent);

  if (after == NULL)
    json_object_remove_member (message, "parent");
  tlm_import_table_set_object (&self->messages, message);
  tlm_import_table_set_number (&self->messages, "chat_id", chat);
  tlm_import_table_set_number (&self->messages, "role", user ? TLM_ROLE_USER : TLM_ROLE_ASSISTANT);
  tlm_import_table_set_number (&self->messages, "state", (gint64) get_state (message));
  if (after != NULL)
    tlm_import_table_set_number (&self->messages, "parent", *after);
  tlm_import_table_set_text (&self->messages, "text", text);
  if (!tlm_import_table_insert (&self->messages, self->db, &new_id, error))
    return FALSE;
  g_hash_table_insert (self->ids, g_memdup2 (&id, sizeof id), g_memdup2 (&new_id, sizeof new_id));
  return TRUE;
}

/* A sentence of an older part's summary; one of messages that are not there is passed over. Where it stands
 * in its message is checked when the chat is read. */
static gboolean
insert_sentence (TlmImportRows *self,
                 gint64         chat,
                 JsonObject    *sentence,
                 GError       **error)
{
  gint64  after = tlm_import_get_number (sentence, "after");
  gint64  source = tlm_import_get_number (sentence, "source");
  gint64 *new_after = g_hash_table_lookup (self->ids, &after);
  gint64 *new_source = g_hash_table_lookup (self->ids, &source);

  return new_after == NULL || new_source == NULL
         || tlm_db_run (self->db, error, "INSERT INTO chat_digests VALUES (?, ?, ?, ?, ?)", "iiiii",
                        chat, *new_after, *new_source, tlm_import_get_number (sentence, "start"),
                        tlm_import_get_number (sentence, "length"));
}

/* Behind the messages. */
static gboolean
insert_summaries (TlmImportRows *self,
                  gint64         id,
                  JsonObject    *chat,
                  GError       **error)
{
  JsonNode  *node = json_object_get_member (chat, "summaries");
  JsonArray *sentences = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                      : NULL;

  for (guint i = 0; sentences != NULL && i < json_array_get_length (sentences); i++)
    {
      JsonNode *sentence = json_array_get_element (sentences, i);

      if (JSON_NODE_HOLDS_OBJECT (sentence)
          && !insert_sentence (self, id, json_node_get_object (sentence), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_draft_texts (TlmImportRows *self,
                    gint64         id,
                    JsonObject    *chat,
                    GError       **error)
{
  g_autofree char *texts = g_utf8_make_valid (tlm_chat_file_get_string (chat, "draft_texts"), -1);

  return *texts == '\0'
         || tlm_db_run (self->db, error, "INSERT INTO draft_texts VALUES (?, ?)", "it", id, texts);
}

/* The branch that is shown ends with the leaf, or with the last message; a chat without messages has
 * none. */
static gboolean
hide_with_leaf (TlmImportRows *self,
                gint64         chat,
                gint64         leaf,
                gint64         last,
                GError       **error)
{
  gint64 *end = g_hash_table_lookup (self->ids, &leaf);

  if (end == NULL)
    end = g_hash_table_lookup (self->ids, &last);
  return tlm_db_run (self->db, error,
                     "UPDATE chats SET leaf = nullif (?, 0), trashed = " TLM_CHAT_COMING " + coalesce (trashed, 0) "
                     "WHERE id = ?", "ii", end != NULL ? *end : 0, chat);
}

static gboolean
insert_messages (TlmImportRows *self,
                 gint64         chat,
                 JsonArray     *messages,
                 GError       **error)
{
  for (guint i = 0; i < json_array_get_length (messages); i++)
    if (!insert_message (self, chat, json_array_get_object_element (messages, i), error))
      return FALSE;
  return TRUE;
}

gboolean
tlm_import_rows_insert (TlmImportRows *self,
                        JsonObject    *chat,
                        const char    *hash,
                        gint64        *id,
                        GError       **error)
{
  JsonArray *messages = json_object_get_array_member (chat, "messages");
  guint      n = json_array_get_length (messages);
  gint64     last = n == 0 ? 0 : tlm_import_get_number (json_array_get_object_element (messages, n - 1),
                                                        "id");

  g_hash_table_remove_all (self->ids);
  tlm_import_table_set_object (&self->chats, chat);
  tlm_import_table_set_text (&self->chats, "source", hash);
  if (tlm_import_get_number (chat, "updated") == 0
      && *tlm_chat_file_get_string (chat, "updated") == '\0')
    tlm_import_table_set_number (&self->chats, "updated", g_get_real_time ());
  return tlm_import_table_insert (&self->chats, self->db, id, error)
         && insert_messages (self, *id, messages, error)
         && insert_summaries (self, *id, chat, error) && insert_draft_texts (self, *id, chat, error)
         && hide_with_leaf (self, *id, tlm_import_get_number (chat, "leaf"), last, error);
}

gboolean
tlm_import_rows_show (TlmDb   *db,
                      gint64   chat,
                      GError **error)
{
  return tlm_db_run (db, error,
                     "UPDATE chats SET trashed = nullif (trashed - " TLM_CHAT_COMING ", 0) "
                     "WHERE id = ? AND trashed >= " TLM_CHAT_COMING, "i", chat);
}

GArray *
tlm_import_rows_list_hidden (TlmDb   *db,
                             GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt      *row = tlm_db_query (db, error,
                                         "SELECT id FROM chats WHERE trashed >= " TLM_CHAT_COMING, "");
  int                more = row != NULL ? 1 : -1;

  while (more > 0 && (more = tlm_db_step (db, row, error)) > 0)
    {
      gint64 id = sqlite3_column_int64 (row, 0);

      g_array_append_val (ids, id);
    }
  return more == 0 ? g_steal_pointer (&ids) : NULL;
}

gboolean
tlm_import_rows_sweep (TlmDb   *db,
                       gint64   chat,
                       GError **error)
{
  return tlm_db_run (db, error,
                     "UPDATE chats SET trashed = 0 WHERE id = ? AND trashed >= " TLM_CHAT_COMING, "i",
                     chat);
}
