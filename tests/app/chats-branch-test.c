/* SPDX-License-Identifier: Apache-2.0 */
/* Branches: an answer that is made again and a message that is edited leave what was there. */
#include "chats-support.h"
#include "core/errors.h"
#include "support.h"

static gboolean
edit (Fixture    *f,
      TlmChat    *chat,
      TlmMessage *message,
      const char *text,
      GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_edit_async (f->chats, chat, message, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_send_finish (f->chats, result, error);
}

/* The texts of the branch that is shown, the person's only. */
static void
assert_asked (TlmChat    *chat,
              const char *expected)
{
  g_autoptr (GString) asked = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (chat)); i++)
    if (tlm_message_get_role (get_message (chat, i)) == TLM_ROLE_USER)
      g_string_append_printf (asked, "%s;", tlm_message_get_text (get_message (chat, i)));
  g_assert_cmpstr (asked->str, ==, expected);
}

static void
keeps_an_answer_that_is_made_again (Fixture      *f,
                                    gconstpointer data)
{
  TlmChat         *chat = create (f);
  g_autofree char *model = make_model (f);
  g_autofree char *first = NULL, *second = NULL;

  tlm_chats_set_model (f->chats, model, NULL);
  g_assert_true (send_message (f, chat, "Once upon a time", NULL));
  first = g_strdup (tlm_message_get_text (get_message (chat, 1)));
  g_assert_true (regenerate (f, chat, get_message (chat, 1)));
  second = g_strdup (tlm_message_get_text (get_message (chat, 1)));
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 2);
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 1)), ==, 2);
  g_assert_cmpuint (tlm_message_get_version (get_message (chat, 1)), ==, 1);
  turn (f, chat, get_message (chat, 1), -1);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, first);
  turn (f, chat, get_message (chat, 1), -1);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, first);
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, first);
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 1)), ==, 2);
  turn (f, chat, get_message (chat, 1), 1);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, second);
  g_object_unref (chat);
}

static void
keeps_what_followed_a_message_that_is_edited (Fixture      *f,
                                              gconstpointer data)
{
  TlmChat *chat = create (f);

  g_assert_true (send_message (f, chat, "one", NULL));
  g_assert_true (send_message (f, chat, "two", NULL));
  g_assert_true (send_message (f, chat, "three", NULL));
  g_assert_true (edit (f, chat, get_message (chat, 2), "zwei", NULL));
  assert_asked (chat, "one;zwei;");
  g_assert_true (send_message (f, chat, "drei", NULL));
  assert_asked (chat, "one;zwei;drei;");
  g_assert_true (edit (f, chat, get_message (chat, 0), "eins", NULL));
  assert_asked (chat, "eins;");
  turn (f, chat, get_message (chat, 0), -1);
  assert_asked (chat, "one;zwei;drei;");
  turn (f, chat, get_message (chat, 2), -1);
  assert_asked (chat, "one;two;three;");
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  assert_asked (chat, "one;two;three;");
  g_assert_true (send_message (f, chat, "four", NULL));
  assert_asked (chat, "one;two;three;four;");
  turn (f, chat, get_message (chat, 2), 1);
  assert_asked (chat, "one;zwei;drei;");
  g_object_unref (chat);
}

/* From now on, or no longer, no message comes into the store. */
static void
refuse_messages (Fixture *f,
                 gboolean refuse)
{
  tlm_test_exec (f->store, refuse ? "CREATE TRIGGER no_more BEFORE INSERT ON messages "
                                    "BEGIN SELECT raise (ABORT, 'no'); END"
                                  : "DROP TRIGGER no_more");
}

/* In the store it follows what is there. */
static void
keeps_what_stands_before_a_failure (Fixture      *f,
                                    gconstpointer data)
{
  TlmChat *chat = create (f);

  g_assert_true (send_message (f, chat, "one", NULL));
  refuse_messages (f, TRUE);
  g_assert_false (send_message (f, chat, "two", NULL));
  refuse_messages (f, FALSE);
  g_assert_true (send_message (f, chat, "three", NULL));
  assert_asked (chat, "one;two;three;");
  g_assert_true (edit (f, chat, get_message (chat, 4), "drei", NULL));
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  assert_asked (chat, "one;drei;");
  turn (f, chat, get_message (chat, 2), -1);
  assert_asked (chat, "one;three;");
  g_object_unref (chat);
}

static void
shows_again_what_a_failed_branch_hid (Fixture      *f,
                                      gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  g_assert_true (send_message (f, chat, "one", NULL));
  g_assert_true (send_message (f, chat, "two", NULL));
  refuse_messages (f, TRUE);
  g_assert_false (regenerate (f, chat, get_message (chat, 1)));
  assert_asked (chat, "one;two;");
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 1)), ==, 1);
  g_assert_false (edit (f, chat, get_message (chat, 0), "eins", NULL));
  assert_asked (chat, "one;two;");
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, "eins");
  g_assert_false (edit (f, chat, get_message (chat, 2), "zwei", NULL));
  g_assert_cmpstr (tlm_chat_get_draft (chat), ==, "eins\n\nzwei");
  refuse_messages (f, FALSE);
  g_assert_true (edit (f, chat, get_message (chat, 2), "deux", NULL));
  assert_asked (chat, "one;deux;");
  turn (f, chat, get_message (chat, 2), -1);
  assert_asked (chat, "one;two;");
}

/* Nothing is sent in place of a message by an edit that leaves it empty. */
static void
refuses_to_edit_to_nothing (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);
  g_autoptr (GError)  error = NULL;

  g_assert_true (send_message (f, chat, "one", NULL));
  g_assert_false (edit (f, chat, get_message (chat, 0), " ", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  assert_asked (chat, "one;");
}

/* What is sent before the messages of an old chat were read stands after them. */
static void
appends_to_a_chat_that_is_not_open (Fixture      *f,
                                    gconstpointer data)
{
  g_autoptr (GAsyncResult) loaded = NULL, opened = NULL;
  TlmChat                 *chat = create (f);

  g_assert_true (send_message (f, chat, "one", NULL));
  g_object_unref (chat);
  stop (f);
  start (f);
  tlm_chats_load_async (f->chats, NULL, tlm_test_keep, &loaded);
  tlm_test_await (&loaded);
  g_assert_true (tlm_chats_load_finish (f->chats, loaded, NULL));
  chat = g_list_model_get_item (G_LIST_MODEL (f->chats), 0);
  g_assert_true (send_message (f, chat, "two", NULL));
  tlm_chats_open_async (f->chats, chat, NULL, tlm_test_keep, &opened);
  tlm_test_await (&opened);
  g_assert_true (tlm_chats_open_finish (f->chats, opened, NULL));
  assert_asked (chat, "one;two;");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 4);
  g_object_unref (chat);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/keeps-an-answer-made-again", keeps_an_answer_that_is_made_again);
  ADD ("/app/chats/keeps-what-followed-an-edited-message",
       keeps_what_followed_a_message_that_is_edited);
  ADD ("/app/chats/keeps-what-stands-before-a-failure", keeps_what_stands_before_a_failure);
  ADD ("/app/chats/shows-again-what-a-failed-branch-hid", shows_again_what_a_failed_branch_hid);
  ADD ("/app/chats/refuses-to-edit-to-nothing", refuses_to_edit_to_nothing);
  ADD ("/app/chats/appends-to-a-chat-that-is-not-open", appends_to_a_chat_that_is_not_open);
  return g_test_run ();
}
