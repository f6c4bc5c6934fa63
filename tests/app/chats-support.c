/* SPDX-License-Identifier: Apache-2.0 */
/* The calls that tests of chats make again and again. */
#include "chats-support.h"

#include "core/paths.h"
#include "random-model.h"
#include "support.h"

void
start (Fixture *f)
{
  g_autofree char *reader = tlm_paths_dup_data ("models/eeny.gguf");

  f->store = tlm_test_open_store (f->path);
  f->engine = tlm_engine_service_new (reader);
  f->chats = tlm_chats_new (f->store, f->engine);
}

/* As the program ends: the engine first, so that what it had so far is saved by the store's
 * close. */
void
stop (Fixture *f)
{
  tlm_engine_service_shutdown (f->engine);
  tlm_store_close (f->store);
  tlm_test_finalize (f->chats);
  tlm_test_finalize (f->engine);
  tlm_test_finalize (f->store);
}

void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "tinylm.db", NULL);
  start (f);
}

void
tear_down (Fixture      *f,
           gconstpointer data)
{
  stop (f);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

TlmChat *
create (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmChat                 *chat;

  tlm_chats_create_async (f->chats, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  chat = tlm_chats_create_finish (f->chats, result, &error);
  g_assert_no_error (error);
  return chat;
}

gboolean
send_message (Fixture    *f,
              TlmChat    *chat,
              const char *text,
              GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_send_async (f->chats, chat, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_send_finish (f->chats, result, error);
}

/* The chats of a program that has just started, and the messages of the first. */
void
open_chat (Fixture *f,
           TlmChat *chat)
{
  g_autoptr (GAsyncResult) opened = NULL;

  tlm_chats_open_async (f->chats, chat, NULL, tlm_test_keep, &opened);
  tlm_test_await (&opened);
  g_assert_true (tlm_chats_open_finish (f->chats, opened, NULL));
}

TlmChat *
load_first (Fixture *f)
{
  g_autoptr (GAsyncResult) loaded = NULL;
  TlmChat                 *chat;

  tlm_chats_load_async (f->chats, NULL, tlm_test_keep, &loaded);
  tlm_test_await (&loaded);
  g_assert_true (tlm_chats_load_finish (f->chats, loaded, NULL));
  chat = g_list_model_get_item (G_LIST_MODEL (f->chats), 0);
  g_assert_nonnull (chat);
  open_chat (f, chat);
  return chat;
}

TlmMessage *
get_message (TlmChat *chat,
             guint    i)
{
  g_autoptr (TlmMessage) message = g_list_model_get_item (G_LIST_MODEL (chat), i);

  g_assert_nonnull (message);
  return message;
}

char *
make_model (Fixture *f)
{
  char *path = g_build_filename (f->folder, "random.gguf", NULL);

  tlm_test_make_model (path, NULL);
  return path;
}

gboolean
regenerate (Fixture    *f,
            TlmChat    *chat,
            TlmMessage *answer)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_regenerate_async (f->chats, chat, answer, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_send_finish (f->chats, result, NULL);
}

void
turn (Fixture    *f,
      TlmChat    *chat,
      TlmMessage *message,
      int         step)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_turn_async (f->chats, chat, message, step, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_turn_finish (f->chats, result, NULL));
}

void
trash_chat (Fixture *f,
            TlmChat *chat)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_trash_async (f->chats, chat, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_trash_finish (f->chats, result, NULL));
}

void
save_settings (Fixture               *f,
               TlmChat               *chat,
               const TlmChatSettings *settings)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_save_settings_async (f->chats, chat, settings, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_save_settings_finish (f->chats, result, NULL));
}
