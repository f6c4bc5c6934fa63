/* SPDX-License-Identifier: Apache-2.0 */
/* The list: the bin, names, and what is pinned or archived. */
#include "chats-support.h"
#include "support.h"

static void
goes_to_the_bin_and_comes_back (Fixture      *f,
                                gconstpointer data)
{
  g_autoptr (TlmChat)      chat = create (f);
  g_autoptr (GAsyncResult) restored = NULL;

  trash_chat (f, chat);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, 0);
  tlm_chats_restore_async (f->chats, chat, NULL, tlm_test_keep, &restored);
  tlm_test_await (&restored);
  g_assert_true (tlm_chats_restore_finish (f->chats, restored, NULL));
  g_assert_true (tlm_chats_find (f->chats, tlm_chat_get_id (chat)) == chat);
}

static void
rename_chat (Fixture    *f,
             TlmChat    *chat,
             const char *title)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_rename_async (f->chats, chat, title, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_organise_finish (f->chats, result, NULL));
}

static void
place (Fixture     *f,
       TlmChat     *chat,
       TlmChatPlace where)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_place_async (f->chats, chat, where, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_organise_finish (f->chats, result, NULL));
}

static void
keeps_the_name_that_was_given (Fixture      *f,
                               gconstpointer data)
{
  TlmChat *chat = create (f);

  rename_chat (f, chat, "  The pier\nand the fair ");
  g_assert_cmpstr (tlm_chat_get_title (chat), ==, "The pier and the fair");
  g_assert_true (send_message (f, chat, "Hello there!", NULL));
  g_assert_cmpstr (tlm_chat_get_title (chat), ==, "The pier and the fair");
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_chat_get_title (chat), ==, "The pier and the fair");
  rename_chat (f, chat, " ");
  g_assert_true (send_message (f, chat, "Where is the *red* boat? I cannot see it.", NULL));
  g_assert_cmpstr (tlm_chat_get_title (chat), ==, "Where is the red boat?");
  g_object_unref (chat);
}

static void
is_named_after_a_sentence_cut_at_a_word (Fixture      *f,
                                         gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  g_assert_true (send_message (f, chat, "Please tell me which of the many boats in the old harbour belongs "
                                "to Ruth and which to Ben", NULL));
  g_assert_cmpstr (tlm_chat_get_title (chat), ==,
                   "Please tell me which of the many boats in the old harbour…");
}

static TlmChat *
get_chat (Fixture *f,
          guint    i)
{
  g_autoptr (TlmChat) chat = g_list_model_get_item (G_LIST_MODEL (f->chats), i);

  g_assert_nonnull (chat);
  return chat;
}

static void
stands_where_it_was_put (Fixture      *f,
                         gconstpointer data)
{
  TlmChat *first = create (f), *second = create (f), *third = create (f);
  gint64   id = tlm_chat_get_id (first);

  place (f, first, TLM_CHAT_PINNED);
  place (f, second, TLM_CHAT_ARCHIVED);
  g_assert_true (get_chat (f, 0) == first);
  g_assert_true (send_message (f, third, "hello", NULL));
  g_assert_true (get_chat (f, 0) == first);
  g_object_unref (first);
  g_object_unref (second);
  g_object_unref (third);
  stop (f);
  start (f);
  first = load_first (f);
  g_assert_cmpint (tlm_chat_get_id (first), ==, id);
  g_assert_cmpint (tlm_chat_get_place (first), ==, TLM_CHAT_PINNED);
  g_assert_cmpint (tlm_chat_get_place (get_chat (f, 2)), ==, TLM_CHAT_ARCHIVED);
  place (f, first, TLM_CHAT_LISTED);
  g_assert_true (get_chat (f, 2) == first);
  g_object_unref (first);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/goes-to-the-bin-and-comes-back", goes_to_the_bin_and_comes_back);
  ADD ("/app/chats/keeps-the-name-that-was-given", keeps_the_name_that_was_given);
  ADD ("/app/chats/is-named-after-a-sentence-cut-at-a-word",
       is_named_after_a_sentence_cut_at_a_word);
  ADD ("/app/chats/stands-where-it-was-put", stands_where_it_was_put);
  return g_test_run ();
}
