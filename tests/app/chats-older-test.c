/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation that its model holds no more: the older part is summarised in the model's context, and
 * the chat keeps every message. The model of these tests holds 1,024 letters. */
#include <string.h>

#include "chats-support.h"
#include "chats/attachments.h"
#include "core/errors.h"
#include "random-model.h"
#include "support.h"

#define HELD 1024

static const char *const said[] = {
  "The board decided on Monday that the office in Lisbon closes in June. Lunch was good.",
  "Anna will write to the landlord about the deposit before the end of May. It rained.",
  "The budget for the move is 40,000 euros, and Peter must approve each invoice.",
  "We agreed to sell the old desks to the school next door. The coffee machine stays.",
  "The new lease in Porto begins on 1 July and runs for five years.",
  "Maria asked for a room without windows for the archive. Nobody objected to that.",
  "The movers come on 20 June at eight, so all boxes must be packed on the 19th.",
  "Internet in Porto is ordered and will be there one week before we move in.",
  "The keys are handed over on the last day of June by Anna and the landlord.",
  "Everybody gets a new badge; the old ones are destroyed by the security company.",
  "The party for the neighbours is on 12 June in the court if the weather allows it.",
  "Peter reports on the costs in the meeting of September.",
};

static gboolean
summarize (Fixture    *f,
           TlmChat    *chat,
           TlmMessage *answer,
           GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_summarize_older_async (f->chats, chat, answer, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_chats_send_finish (f->chats, result, error);
}

static void
drop_summary (Fixture    *f,
              TlmChat    *chat,
              TlmMessage *message)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_drop_summary_async (f->chats, chat, message, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_send_finish (f->chats, result, NULL));
}

static TlmMessage *
get_last (TlmChat *chat)
{
  return get_message (chat, g_list_model_get_n_items (G_LIST_MODEL (chat)) - 1);
}

static gboolean
is_full (TlmMessage *answer)
{
  return tlm_message_get_context_used (answer) > tlm_message_get_context_held (answer);
}

/* (transfer full): a chat, the last answer of which had no room */
static TlmChat *
make_full_chat (Fixture *f)
{
  g_autofree char      *model = g_build_filename (f->folder, "chat.gguf", NULL);
  const TlmChatSettings settings = { (char *) "", 0.8, 0.95, 7, 20, FALSE };
  TlmChat              *chat = create (f);
  guint                 n = 0;

  tlm_test_make_model (model, "{{ '<|user|>' + message['content'] + eos_token + '<|assistant|>' }}");
  tlm_chats_set_model (f->chats, model, NULL);
  save_settings (f, chat, &settings);
  do
    {
      g_assert_cmpuint (n, <, G_N_ELEMENTS (said));
      g_assert_true (send_message (f, chat, said[n++], NULL));
    }
  while (!is_full (get_last (chat)));
  g_assert_cmpuint (n, >, 5);
  return chat;
}

/* (transfer none): the message behind which there is a summary, and which is the only one */
static TlmMessage *
find_summarized (TlmChat *chat)
{
  TlmMessage *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (chat)); i++)
    if (tlm_message_get_digest (get_message (chat, i)) != NULL)
      {
        g_assert_null (found);
        found = get_message (chat, i);
      }
  g_assert_nonnull (found);
  return found;
}

/* Each sentence stands in a message of the chat, at or before the one behind which the summary stands. */
static void
assert_sources (TlmChat    *chat,
                TlmMessage *after)
{
  const TlmDigest *digest = tlm_message_get_digest (after);
  gsize            n_bytes = 0;

  g_assert_cmpuint (digest->points->len, >, 0);
  for (guint i = 0; i < digest->points->len; i++)
    {
      const TlmDigestPoint *point = digest->points->pdata[i];
      TlmMessage           *source = tlm_chat_find_message (chat, point->message);
      g_autofree char      *span = NULL;

      g_assert_nonnull (source);
      g_assert_cmpuint (tlm_chat_find_position (chat, source), <=, tlm_chat_find_position (chat, after));
      g_assert_cmpint (point->role, ==, (int) tlm_message_get_role (source));
      g_assert_cmpuint (point->start + point->length, <=, strlen (tlm_message_get_text (source)));
      span = g_strndup (tlm_message_get_text (source) + point->start, point->length);
      if (point->role == TLM_ROLE_USER) /* what the model writes at random is shown cleaned */
        g_assert_cmpstr (span, ==, point->text);
      n_bytes += point->length;
    }
  g_assert_cmpuint (n_bytes, <=, HELD / 8);
}

static void
makes_room_by_a_summary_with_sources (Fixture      *f,
                                      gconstpointer data)
{
  TlmChat    *chat = make_full_chat (f);
  guint       n = g_list_model_get_n_items (G_LIST_MODEL (chat)), full, n_messages;
  TlmMessage *answer = get_last (chat);

  full = tlm_message_get_context_used (answer);
  g_assert_true (summarize (f, chat, answer, NULL));
  answer = get_last (chat);
  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_DONE);
  g_assert_nonnull (strstr (tlm_message_get_route (answer), "with a summary"));
  g_assert_cmpuint (tlm_message_get_context_used (answer), <, full * 3 / 4);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, n);
  assert_sources (chat, find_summarized (chat));
  n_messages = tlm_message_get_digest (find_summarized (chat))->n_messages;
  g_assert_cmpuint (n_messages, >, 1);
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  assert_sources (chat, find_summarized (chat));
  g_assert_cmpuint (tlm_message_get_digest (find_summarized (chat))->n_messages, ==, n_messages);
  g_object_unref (chat);
}

static void
takes_a_summary_back (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr (TlmChat) chat = make_full_chat (f);
  guint               full = tlm_message_get_context_used (get_last (chat));

  g_assert_true (summarize (f, chat, get_last (chat), NULL));
  g_assert_false (is_full (get_last (chat)));
  drop_summary (f, chat, find_summarized (chat));
  g_assert_true (regenerate (f, chat, get_last (chat)));
  g_assert_cmpuint (tlm_message_get_context_used (get_last (chat)), ==, full);
  g_assert_true (summarize (f, chat, get_last (chat), NULL));
  g_assert_false (is_full (get_last (chat)));
}

/* An answer that is made again has it too; a branch that leaves the chat before it has not. */
static void
holds_for_the_branches_behind_it (Fixture      *f,
                                  gconstpointer data)
{
  g_autoptr (TlmChat)      chat = make_full_chat (f);
  g_autoptr (GAsyncResult) edited = NULL;
  guint                    used;

  g_assert_true (summarize (f, chat, get_last (chat), NULL));
  used = tlm_message_get_context_used (get_last (chat));
  g_assert_true (regenerate (f, chat, get_last (chat)));
  g_assert_cmpuint (tlm_message_get_context_used (get_last (chat)), ==, used);
  tlm_chats_edit_async (f->chats, chat, get_message (chat, 2), "One", NULL, tlm_test_keep, &edited);
  tlm_test_await (&edited);
  g_assert_true (tlm_chats_send_finish (f->chats, edited, NULL));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (chat)); i++)
    g_assert_null (tlm_message_get_digest (get_message (chat, i)));
  g_assert_cmpuint (tlm_message_get_context_used (get_last (chat)), <, HELD / 2);
}

/* When the chat is full once more, a second summary stands for all before it. */
static void
summarizes_again_when_it_is_full_again (Fixture      *f,
                                        gconstpointer data)
{
  g_autoptr (TlmChat) chat = make_full_chat (f);
  TlmMessage         *first;
  guint               n_first;

  g_assert_true (summarize (f, chat, get_last (chat), NULL));
  first = find_summarized (chat);
  n_first = tlm_message_get_digest (first)->n_messages;
  for (guint i = 0; !is_full (get_last (chat)); i++)
    g_assert_true (send_message (f, chat, said[i], NULL));
  g_assert_true (summarize (f, chat, get_last (chat), NULL));
  g_assert_false (is_full (get_last (chat)));
  for (guint i = tlm_chat_find_position (chat, first) + 1;
       i < g_list_model_get_n_items (G_LIST_MODEL (chat)); i++)
    if (tlm_message_get_digest (get_message (chat, i)) != NULL)
      {
        g_assert_cmpuint (tlm_message_get_digest (get_message (chat, i))->n_messages, >, n_first);
        assert_sources (chat, get_message (chat, i));
        return;
      }
  g_assert_not_reached ();
}

static void
says_when_nothing_is_left_to_summarize (Fixture      *f,
                                        gconstpointer data)
{
  g_autofree char      *model = g_build_filename (f->folder, "chat.gguf", NULL);
  g_autofree char      *words = g_strnfill (900, 'x');
  const TlmChatSettings settings = { words, 0.8, 0.95, 7, 20, FALSE };
  g_autoptr (TlmChat)   chat = create (f);
  g_autoptr (GError)    error = NULL;

  tlm_test_make_model (model, "{{ '<|user|>' + message['content'] + eos_token + '<|assistant|>' }}");
  tlm_chats_set_model (f->chats, model, NULL);
  save_settings (f, chat, &settings);
  g_assert_true (send_message (f, chat, said[0], NULL));
  g_assert_true (send_message (f, chat, said[1], NULL));
  g_assert_true (is_full (get_last (chat)));
  for (guint i = 0; i < 3 && summarize (f, chat, get_last (chat), &error); i++)
    ;
  g_assert_error (error, TLM_ERROR, TLM_ERROR_EMPTY);
  g_assert_false (tlm_chat_get_busy (chat));
}

/* What another window wrote meanwhile is read then, too. */
static void
takes_the_settings_of_another_window_when_it_fails (Fixture      *f,
                                                    gconstpointer data)
{
  g_autoptr (TlmChat)      chat = make_full_chat (f);
  g_autoptr (GAsyncResult) result = NULL;

  tlm_test_exec (f->store, "CREATE TRIGGER full BEFORE INSERT ON chat_digests "
                           "BEGIN SELECT raise (ABORT, 'full'); END");
  tlm_test_exec (f->store, "UPDATE chats SET instructions = 'Theirs.'");
  tlm_chats_summarize_older_async (f->chats, chat, get_last (chat), NULL, tlm_test_keep, &result);
  tlm_chats_reload (f->chats);
  tlm_test_await (&result);
  g_assert_false (tlm_chats_send_finish (f->chats, result, NULL));
  for (int i = 0; i < 2; i++)
    tlm_test_exec (f->store, "SELECT 1");
  g_assert_cmpstr (tlm_chat_get_settings (chat)->instructions, ==, "Theirs.");
}

/* A letter is a token of this model. */
static void
counts_what_is_attached (Fixture      *f,
                         gconstpointer data)
{
  g_autofree char      *model = g_build_filename (f->folder, "chat.gguf", NULL);
  g_autofree char      *words = g_strnfill (300, 'x');
  g_autofree char      *block = tlm_attachment_dup_block (FALSE, "x.txt", words);
  g_autofree char      *text = g_strconcat (said[0], block, NULL);
  const TlmChatSettings settings = { (char *) "", 0.8, 0.95, 7, 20, FALSE };
  g_autoptr (TlmChat)   plain = create (f), with = create (f);
  TlmMessage           *answer;

  tlm_test_make_model (model, "{{ '<|user|>' + message['content'] + eos_token + '<|assistant|>' }}");
  tlm_chats_set_model (f->chats, model, NULL);
  save_settings (f, plain, &settings);
  save_settings (f, with, &settings);
  g_assert_true (send_message (f, plain, said[0], NULL));
  g_assert_true (send_message (f, with, text, NULL));
  answer = get_last (with);
  g_assert_cmpuint (tlm_message_get_context_used (answer), <, tlm_message_get_context_held (answer));
  g_assert_cmpuint (tlm_message_get_context_used (answer), >=,
                    tlm_message_get_context_used (get_last (plain)) + 300 - 20);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/makes-room-by-a-summary-with-sources", makes_room_by_a_summary_with_sources);
  ADD ("/app/chats/takes-a-summary-back", takes_a_summary_back);
  ADD ("/app/chats/holds-for-the-branches-behind-it", holds_for_the_branches_behind_it);
  ADD ("/app/chats/summarizes-again-when-it-is-full-again", summarizes_again_when_it_is_full_again);
  ADD ("/app/chats/says-when-nothing-is-left-to-summarize", says_when_nothing_is_left_to_summarize);
  ADD ("/app/chats/takes-the-settings-of-another-window-when-it-fails",
       takes_the_settings_of_another_window_when_it_fails);
  ADD ("/app/chats/counts-what-is-attached", counts_what_is_attached);
  return g_test_run ();
}
