/* SPDX-License-Identifier: Apache-2.0 */
/* Files of chats of five programs, also in a zip, and then each chat into tables of the store. */
#include "fuzz-app.h"

#include "chats/chat-file.h"
#include "chats/chats-import-table.h"

static void
insert (TlmDb *db, const char *name, JsonObject *object)
{
  TlmImportTable table = { NULL, NULL };
  gint64 id;

  FUZZ_CHECK (tlm_import_table_init (&table, db, name, NULL));
  tlm_import_table_set_object (&table, object);
  tlm_import_table_insert (&table, db, &id, NULL); /* it may name what there is not */
  tlm_import_table_clear (&table);
}

static void
insert_chat (TlmDb *db, JsonObject *chat)
{
  JsonNode *node = json_object_get_member (chat, "messages");
  JsonArray *messages = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                                                    : NULL;

  insert (db, "chats", chat);
  for (guint i = 0; messages != NULL && i < json_array_get_length (messages); i++)
    {
      JsonNode *message = json_array_get_element (messages, i);

      if (JSON_NODE_HOLDS_OBJECT (message))
        insert (db, "messages", json_node_get_object (message));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static TlmDb *db;
  g_autoptr (GFile) file = g_file_new_for_path (fuzz_file (data, size));
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmChatFile) chats = NULL;

  fuzz_app_init ();
  if (db == NULL)
    {
      db = tlm_db_new ();
      FUZZ_CHECK (tlm_db_open (db, NULL, NULL));
    }
  chats = tlm_chat_file_read (file, NULL, &error);
  FUZZ_CHECK ((chats != NULL) != (error != NULL));
  FUZZ_CHECK ((chats != NULL && chats->chats->len > 0) || !fuzz_is_seed);
  FUZZ_CHECK (tlm_db_begin (db, NULL));
  for (guint i = 0; chats != NULL && i < chats->chats->len; i++)
    insert_chat (db, chats->chats->pdata[i]);
  tlm_db_rollback (db);
  return 0;
}
