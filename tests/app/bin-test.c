/* SPDX-License-Identifier: Apache-2.0 */
/* The bin: what is in it, its days, the way back from it and its end. */
#include "store/bin.h"

#include <string.h>

#include "chats-support.h"
#include "core/errors.h"
#include "support.h"

static GListModel *
load_bin (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  GListModel              *list;

  tlm_bin_load_async (f->store, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  list = tlm_bin_load_finish (f->store, result, NULL);
  g_assert_nonnull (list);
  return list;
}

/* @item: (nullable) */
static void
delete_for_good (Fixture    *f,
                 TlmBinItem *item)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_bin_delete_async (f->store, item, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_bin_delete_finish (f->store, result, NULL));
}

static void
gives_back_what_it_lists (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr (TlmChat)      chat = create (f);
  g_autoptr (GListModel)   list = NULL, after = NULL;
  g_autoptr (TlmBinItem)   item = NULL;
  g_autoptr (GAsyncResult) restored = NULL;
  gint64                   now = g_get_real_time () / G_USEC_PER_SEC;

  trash_chat (f, chat);
  list = load_bin (f);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
  item = g_list_model_get_item (list, 0);
  g_assert_cmpuint (tlm_bin_item_get_days_left (item, now), ==, TLM_BIN_DAYS);
  g_assert_cmpuint (tlm_bin_item_get_days_left (item, now + 29 * 86400 + 60), ==, 1);
  g_assert_cmpuint (tlm_bin_item_get_days_left (item, now + 40 * 86400), ==, 0);
  tlm_chats_restore_async (f->chats, TLM_CHAT (tlm_bin_item_get_item (item)), NULL, tlm_test_keep,
                           &restored);
  tlm_test_await (&restored);
  g_assert_true (tlm_chats_restore_finish (f->chats, restored, NULL));
  g_assert_nonnull (tlm_chats_find (f->chats, tlm_chat_get_id (chat)));
  after = load_bin (f);
  g_assert_cmpuint (g_list_model_get_n_items (after), ==, 0);
}

static void
deletes_only_what_is_in_it (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (TlmChat)    kept = create (f), first = create (f), second = create (f);
  g_autoptr (GListModel) list = NULL, less = NULL, none = NULL;
  g_autoptr (TlmBinItem) item = NULL;

  trash_chat (f, first);
  trash_chat (f, second);
  list = load_bin (f);
  item = g_list_model_get_item (list, 0);
  delete_for_good (f, item);
  less = load_bin (f);
  g_assert_cmpuint (g_list_model_get_n_items (less), ==, 1);
  delete_for_good (f, NULL);
  none = load_bin (f);
  g_assert_cmpuint (g_list_model_get_n_items (none), ==, 0);
  g_assert_true (tlm_chats_find (f->chats, tlm_chat_get_id (kept)) == kept);
}

static TlmBinItem *
find_kind (GListModel *list,
           TlmBinKind  kind)
{
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TlmBinItem) item = g_list_model_get_item (list, i);

      if (tlm_bin_item_get_kind (item) == kind)
        return g_steal_pointer (&item);
    }
  return NULL;
}

/* Examples, a specialist and a model with their files, and a license key, as they lie in the bin since today. */
static char *
trash_other_kinds (Fixture *f)
{
  char            *path = g_build_filename (f->folder, "mail.gguf", NULL);
  gint64           now = g_get_real_time ();
  g_autofree char *sets = g_strdup_printf (
    "INSERT INTO example_sets (id, name, kind, created, trashed) "
    "VALUES (1, 'Mail', 'mail', 1, %" G_GINT64_FORMAT ")", now);
  g_autofree char *trainings = g_strdup_printf (
    "INSERT INTO trainings (id, set_id, name, base, out, rank, alpha, dropout, rate, targets, epochs, "
    "minutes, seed, finished, trashed) "
    "VALUES (1, 1, 'Mailer', '', '%s', 4, 8, 0, 0, 0, 1, 0, 1, 1, %" G_GINT64_FORMAT ")",
    path, now / G_USEC_PER_SEC);
  g_autofree char *licenses = g_strdup_printf (
    "INSERT INTO licenses (number, text, added, trashed) VALUES ('T-1', '', 1, %" G_GINT64_FORMAT ")",
    now);
  g_autofree char *models = g_strdup_printf (
    "INSERT INTO models (uri, name, owned, sha256, size, added, trashed) "
    "VALUES ('file://%s.copy', 'letters', 1, '', 7, 1, %" G_GINT64_FORMAT ")", path, now);
  g_autofree char *copy = g_strconcat (path, ".copy", NULL);

  g_assert_true (g_file_set_contents (copy, "a model", -1, NULL));
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  tlm_test_exec (f->store, sets);
  tlm_test_exec (f->store, trainings);
  tlm_test_exec (f->store, licenses);
  tlm_test_exec (f->store, models);
  return path;
}

static void
restore (Fixture    *f,
         TlmBinItem *item)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_bin_restore_async (f->store, item, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_bin_restore_finish (f->store, result, NULL));
}

static void
has_all_that_goes_to_it (Fixture      *f,
                         gconstpointer data)
{
  static const struct { TlmBinKind kind; const char *title; } there[] = {
    { TLM_BIN_EXAMPLES, "Mail" }, { TLM_BIN_SPECIALIST, "Mailer" }, { TLM_BIN_LICENSE, "T-1" },
    { TLM_BIN_MODEL, "letters" },
  };
  g_autofree char       *path = trash_other_kinds (f);
  g_autoptr (GListModel) list = load_bin (f), restored = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (list), ==, G_N_ELEMENTS (there));
  for (gsize i = 0; i < G_N_ELEMENTS (there); i++)
    {
      g_autoptr (TlmBinItem) item = find_kind (list, there[i].kind);

      g_assert_cmpstr (tlm_bin_item_get_title (item), ==, there[i].title);
      g_assert_cmpuint (tlm_bin_item_get_days_left (item, g_get_real_time () / G_USEC_PER_SEC), ==,
                        TLM_BIN_DAYS);
      restore (f, item);
    }
  restored = load_bin (f);
  g_assert_cmpuint (g_list_model_get_n_items (restored), ==, 0);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Another window was quicker. */
static void
says_what_is_gone (Fixture      *f,
                   gconstpointer data)
{
  g_autofree char          *path = trash_other_kinds (f);
  g_autoptr (GListModel)    list = load_bin (f);
  g_autoptr (TlmBinItem)    license = find_kind (list, TLM_BIN_LICENSE);
  g_autoptr (GAsyncResult)  result = NULL;
  g_autoptr (GError)        error = NULL;

  delete_for_good (f, license);
  tlm_bin_restore_async (f->store, license, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_false (tlm_bin_restore_finish (f->store, result, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_NOT_FOUND);
}

/* Specialists and models take their files along; what was restored stays. */
static void
ends_all_that_is_in_it (Fixture      *f,
                        gconstpointer data)
{
  g_autofree char       *path = trash_other_kinds (f), *copy = g_strconcat (path, ".copy", NULL);
  g_autoptr (GListModel) list = load_bin (f), rest = NULL, none = NULL;
  g_autoptr (TlmBinItem) specialist = find_kind (list, TLM_BIN_SPECIALIST);

  delete_for_good (f, specialist);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  rest = load_bin (f);
  g_assert_cmpuint (g_list_model_get_n_items (rest), ==, 3);
  g_assert_true (g_file_test (copy, G_FILE_TEST_EXISTS));
  delete_for_good (f, NULL);
  none = load_bin (f);
  g_assert_cmpuint (g_list_model_get_n_items (none), ==, 0);
  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
}

/* ---- a chat that is being answered ---- */

/* A long answer by the model, of which the store has its beginning. (transfer none) */
static TlmMessage *
begin_answer (Fixture       *f,
              TlmChat       *chat,
              GCancellable  *cancellable,
              GAsyncResult **result)
{
  g_autofree char *model = make_model (f);
  TlmMessage      *answer;

  tlm_chats_set_model (f->chats, model, NULL);
  tlm_chats_send_async (f->chats, chat, "Tell me of the sea", cancellable, tlm_test_keep, result);
  answer = get_message (chat, 1);
  while (*tlm_message_get_text (answer) == '\0')
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_STREAMING);
  return answer;
}

static void
end_answer (Fixture       *f,
            GAsyncResult **result)
{
  tlm_test_await (result);
  g_assert_true (tlm_chats_send_finish (f->chats, *result, NULL));
  g_clear_object (result);
}

static void
restore_chat (Fixture *f)
{
  g_autoptr (GListModel)   list = load_bin (f);
  g_autoptr (TlmBinItem)   item = g_list_model_get_item (list, 0);
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_restore_async (f->chats, TLM_CHAT (tlm_bin_item_get_item (item)), NULL, tlm_test_keep,
                           &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_restore_finish (f->chats, result, NULL));
}

/* Wherever it is thrown away; what it had so far comes back with the chat, also after a restart. */
static void
stops_the_answer_of_a_chat (Fixture      *f,
                            gconstpointer data)
{
  TlmChat                 *chat = create (f);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult            *result = NULL;
  g_autofree char         *text = NULL;
  TlmMessage              *answer = begin_answer (f, chat, cancellable, &result);

  trash_chat (f, chat);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  end_answer (f, &result);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_STOPPED);
  text = g_strdup (tlm_message_get_text (answer));
  restore_chat (f);
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpint (tlm_message_get_state (get_message (chat, 1)), ==, TLM_MESSAGE_STOPPED);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, text);
  g_object_unref (chat);
}

static void
stops_the_answer_of_a_chat_that_another_window_trashed (Fixture      *f,
                                                        gconstpointer data)
{
  g_autoptr (TlmChat)      chat = create (f);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult            *result = NULL;
  TlmMessage              *answer = begin_answer (f, chat, cancellable, &result);

  tlm_test_exec (f->store, "UPDATE chats SET trashed = 1");
  tlm_chats_reload (f->chats);
  end_answer (f, &result);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_STOPPED);
}

/* Here nothing stops it. */
static void
gives_back_a_chat_that_is_answered (Fixture      *f,
                                    gconstpointer data)
{
  g_autoptr (TlmChat)      chat = create (f);
  GAsyncResult            *result = NULL;
  TlmMessage              *answer = begin_answer (f, chat, NULL, &result);

  trash_chat (f, chat);
  restore_chat (f);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_STREAMING);
  g_assert_true (tlm_chats_find (f->chats, tlm_chat_get_id (chat)) == chat);
  end_answer (f, &result);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_DONE);
}

static void
wait_until_gone (Fixture *f)
{
  for (;;)
    {
      g_autofree char *left = tlm_test_query (f->path, "SELECT count (*) FROM chats");

      if (g_str_equal (left, "0"))
        return;
      g_usleep (1000);
    }
}

/* Its id is free for another message, which stays as it is. */
static void
writes_no_deleted_answer_over_another (Fixture      *f,
                                       gconstpointer data)
{
  TlmChat                 *chat = create (f), *next;
  GAsyncResult            *result = NULL;
  TlmMessage              *answer = begin_answer (f, chat, NULL, &result);
  gint64                   id = tlm_message_get_id (answer);

  trash_chat (f, chat);
  delete_for_good (f, NULL);
  wait_until_gone (f);
  next = create (f);
  g_assert_true (send_message (f, next, "What is 12 * 7?", NULL));
  g_assert_cmpint (tlm_message_get_id (get_message (next, 1)), ==, id);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_STREAMING);
  end_answer (f, &result);
  g_object_unref (chat);
  g_object_unref (next);
  stop (f);
  start (f);
  next = load_first (f);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (next)), ==, 2);
  g_assert_nonnull (strstr (tlm_message_get_text (get_message (next, 1)), "84"));
  g_object_unref (next);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/bin/gives-back-what-it-lists", gives_back_what_it_lists);
  ADD ("/app/bin/deletes-only-what-is-in-it", deletes_only_what_is_in_it);
  ADD ("/app/bin/has-all-that-goes-to-it", has_all_that_goes_to_it);
  ADD ("/app/bin/says-what-is-gone", says_what_is_gone);
  ADD ("/app/bin/ends-all-that-is-in-it", ends_all_that_is_in_it);
  ADD ("/app/bin/stops-the-answer-of-a-chat", stops_the_answer_of_a_chat);
  ADD ("/app/bin/stops-the-answer-of-a-chat-that-another-window-trashed",
       stops_the_answer_of_a_chat_that_another_window_trashed);
  ADD ("/app/bin/gives-back-a-chat-that-is-answered", gives_back_a_chat_that_is_answered);
  ADD ("/app/bin/writes-no-deleted-answer-over-another", writes_no_deleted_answer_over_another);
  return g_test_run ();
}
