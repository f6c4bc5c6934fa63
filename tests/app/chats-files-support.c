/* SPDX-License-Identifier: Apache-2.0 */
#include "chats-files-support.h"

#include "support.h"

gboolean
import_file (Fixture          *f,
             const char       *path,
             TlmChatsImported *imported,
             GError          **error)
{
  g_autoptr (GFile)        file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_import_async (f->chats, file, NULL, NULL, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_import_finish (f->chats, result, imported, error);
}

TlmChatsImported
import_data (Fixture    *f,
             const char *name)
{
  g_autofree char   *path = g_build_filename (g_getenv ("TINYLM_TEST_CHATS"), name, NULL);
  g_autoptr (GError) error = NULL;
  TlmChatsImported   imported = { 0 };

  import_file (f, path, &imported, &error);
  g_assert_no_error (error);
  return imported;
}

char *
export_file (Fixture    *f,
             TlmChat    *chat,
             const char *name)
{
  char                    *path = g_build_filename (f->folder, name, NULL);
  g_autoptr (GFile)        file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;

  tlm_chats_export_async (f->chats, chat, file, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_chats_export_finish (f->chats, result, &error);
  g_assert_no_error (error);
  return path;
}

/* The only chat there is has @title, and its messages are @texts, joined by "|". */
TlmChat *
assert_chat (Fixture    *f,
             const char *title,
             const char *texts)
{
  g_autoptr (TlmChat) chat = g_list_model_get_item (G_LIST_MODEL (f->chats), 0);
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, 1);
  open_chat (f, chat);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (chat)); i++)
    g_string_append_printf (found, "%s%s", i > 0 ? "|" : "",
                            tlm_message_get_text (get_message (chat, i)));
  g_assert_cmpstr (tlm_chat_get_title (chat), ==, title);
  g_assert_cmpstr (found->str, ==, texts);
  return chat;
}
