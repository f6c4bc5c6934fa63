/* SPDX-License-Identifier: Apache-2.0 */
/* The bin: what is in it, its days, the way back from it and its end. */
#include "bin.h"

#include "chats-support.h"
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

static void
trash (Fixture *f,
       TlmChat *chat)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_trash_async (f->chats, chat, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_trash_finish (f->chats, result, NULL));
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

  trash (f, chat);
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

  trash (f, first);
  trash (f, second);
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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/bin/gives-back-what-it-lists", gives_back_what_it_lists);
  ADD ("/app/bin/deletes-only-what-is-in-it", deletes_only_what_is_in_it);
  return g_test_run ();
}
