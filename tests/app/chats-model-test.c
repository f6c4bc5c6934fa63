/* SPDX-License-Identifier: Apache-2.0 */
/* A model that is removed, whose file goes away, is cut or is replaced while it is loaded, and one that
 * has no room in memory: what was written stays, it is said what happened, and the chat goes on. */
#include "chats-support.h"
#include "models/model-hash.h"
#include "random-model.h"
#include "support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static TlmMessage *
get_last (TlmChat *chat)
{
  return get_message (chat, g_list_model_get_n_items (G_LIST_MODEL (chat)) - 1);
}

/* In its place: what has mapped the file sees it. */
static void
cut (const char *path)
{
  g_assert_cmpint (truncate (path, 4096), ==, 0);
}

static void
assert_answered (TlmChat *chat)
{
  g_assert_cmpint (tlm_message_get_state (get_last (chat)), ==, TLM_MESSAGE_DONE);
  g_assert_cmpstr (tlm_message_get_text (get_last (chat)), !=, "");
}

/* And the message that it was to answer is there, also after a restart. */
static void
assert_failed (TlmChat    *chat,
               const char *question,
               const char *words)
{
  TlmMessage *answer = get_last (chat);

  g_assert_cmpint (tlm_message_get_state (answer), ==, TLM_MESSAGE_FAILED);
  if (strstr (tlm_message_get_error (answer), words) == NULL)
    g_error ("“%s” is not in “%s”", words, tlm_message_get_error (answer));
  g_assert_cmpstr (tlm_chat_get_question (chat, answer), ==, question);
}

/* Short answers of a model that would write on and on. */
static TlmChat *
create_short (Fixture *f)
{
  const TlmChatSettings settings = { (char *) "", 0.8, 0.95, 7, 20, FALSE };
  TlmChat              *chat = create (f);

  save_settings (f, chat, &settings);
  return chat;
}

static void
survives_a_file_that_is_cut_between_answers (Fixture      *f,
                                             gconstpointer data)
{
  g_autofree char *model = make_model (f);
  TlmChat         *chat = create_short (f);

  tlm_chats_set_model (f->chats, model, NULL);
  g_assert_true (send_message (f, chat, "One", NULL));
  assert_answered (chat);
  cut (model);
  g_assert_true (send_message (f, chat, "Two", NULL));
  assert_failed (chat, "Two", "random.gguf");
  tlm_chats_set_model (f->chats, NULL, NULL);
  g_assert_true (send_message (f, chat, "What is 2 + 3?", NULL));
  assert_answered (chat);
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 2)), ==, "Two");
  g_assert_cmpint (tlm_message_get_state (get_message (chat, 3)), ==, TLM_MESSAGE_FAILED);
  g_object_unref (chat);
}

static void
cut_once (TlmMessage *answer,
          GParamSpec *pspec,
          char       *path)
{
  g_signal_handlers_disconnect_by_func (answer, cut_once, path);
  cut (path);
}

/* The next token reads weights that are not there any more. */
static void
survives_a_file_that_is_cut_under_an_answer (Fixture      *f,
                                             gconstpointer data)
{
  g_autofree char         *model = make_model (f);
  g_autoptr (TlmChat)      chat = create (f);
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_set_model (f->chats, model, NULL);
  tlm_chats_send_async (f->chats, chat, "One", NULL, tlm_test_keep, &result);
  g_signal_connect (get_last (chat), "notify::text", G_CALLBACK (cut_once), model);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_send_finish (f->chats, result, NULL));
  assert_failed (chat, "One", "was cut short");
  g_assert_cmpstr (tlm_message_get_text (get_last (chat)), !=, "");
  tlm_test_make_model (model, NULL);
  g_assert_true (regenerate (f, chat, get_last (chat)));
  assert_answered (chat);
}

static void
answers_on_when_the_file_is_gone (Fixture      *f,
                                  gconstpointer data)
{
  g_autofree char *model = make_model (f);
  TlmChat         *chat = create_short (f);

  tlm_chats_set_model (f->chats, model, NULL);
  g_assert_true (send_message (f, chat, "One", NULL));
  g_assert_cmpint (g_unlink (model), ==, 0);
  g_assert_true (send_message (f, chat, "Two", NULL));
  assert_answered (chat);
  g_object_unref (chat);
  stop (f);
  start (f);
  chat = load_first (f);
  tlm_chats_set_model (f->chats, model, NULL);
  g_assert_true (send_message (f, chat, "Three", NULL));
  assert_failed (chat, "Three", "random.gguf");
  g_object_unref (chat);
}

/* Nothing is loaded but what was checked when it was added. */
static void
refuses_a_file_that_was_replaced (Fixture      *f,
                                  gconstpointer data)
{
  g_autofree char    *model = make_model (f), *digest = tlm_model_hash (model, NULL);
  g_autofree char    *other = g_build_filename (f->folder, "other.gguf", NULL);
  g_autoptr (TlmChat) chat = create_short (f);

  tlm_model_hash_expect (model, digest);
  tlm_chats_set_model (f->chats, model, NULL);
  g_assert_true (send_message (f, chat, "One", NULL));
  assert_answered (chat);
  tlm_test_make_model (other, "{{ '<|user|>' + message['content'] + eos_token + '<|assistant|>' }}");
  g_assert_cmpint (g_rename (other, model), ==, 0);
  g_assert_true (send_message (f, chat, "Two", NULL));
  assert_failed (chat, "Two", "has changed since it was added");
  tlm_model_hash_expect (model, NULL);
  g_assert_true (regenerate (f, chat, get_last (chat)));
  assert_answered (chat);
}

/* It was asked of the model that was chosen by then. */
static void
answers_what_waits_when_the_model_is_removed (Fixture      *f,
                                              gconstpointer data)
{
  g_autofree char         *model = make_model (f);
  g_autoptr (TlmChat)      first = create_short (f), second = create_short (f);
  g_autoptr (GAsyncResult) one = NULL, two = NULL;

  tlm_chats_set_model (f->chats, model, NULL);
  tlm_chats_send_async (f->chats, first, "One", NULL, tlm_test_keep, &one);
  tlm_chats_send_async (f->chats, second, "Two", NULL, tlm_test_keep, &two);
  while (tlm_chat_get_n_ahead (second) == 0)
    g_main_context_iteration (NULL, TRUE);
  tlm_chats_set_model (f->chats, "", NULL);
  tlm_test_await (&one);
  tlm_test_await (&two);
  g_assert_true (tlm_chats_send_finish (f->chats, two, NULL));
  assert_answered (second);
  g_assert_true (g_str_has_prefix (tlm_message_get_route (get_last (second)), "random.gguf"));
}

static gsize
get_address_space (void)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  return (gsize) g_ascii_strtoull (text, NULL, 10) * (gsize) sysconf (_SC_PAGESIZE);
}

/* The model takes 54 MB. */
static void
says_what_memory_is_missing (Fixture      *f,
                             gconstpointer data)
{
  g_autofree char    *model = make_model (f);
  g_autoptr (TlmChat) chat = create_short (f);
  struct rlimit       limit;

  tlm_chats_set_model (f->chats, NULL, NULL);
  g_assert_true (send_message (f, chat, "Summarize: Anna brings the cake on Friday.", NULL));
  assert_answered (chat); /* the threads are there */
  tlm_chats_set_model (f->chats, model, NULL);
  getrlimit (RLIMIT_AS, &limit);
  limit.rlim_cur = get_address_space () + (24u << 20);
  g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
  g_assert_true (send_message (f, chat, "One", NULL));
  assert_failed (chat, "One", "needs 5");
  g_assert_nonnull (strstr (tlm_message_get_error (get_last (chat)), "MB are free"));
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
  g_assert_true (regenerate (f, chat, get_last (chat)));
  assert_answered (chat);
}

/* In a process of its own: the limit is the process's. */
static void
says_what_memory_is_missing_in_a_child (void)
{
  g_test_trap_subprocess ("/app/chats/subprocess/says-what-memory-is-missing", 0,
                          G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/survives-a-file-that-is-cut-between-answers",
       survives_a_file_that_is_cut_between_answers);
  ADD ("/app/chats/survives-a-file-that-is-cut-under-an-answer",
       survives_a_file_that_is_cut_under_an_answer);
  ADD ("/app/chats/answers-on-when-the-file-is-gone", answers_on_when_the_file_is_gone);
  ADD ("/app/chats/refuses-a-file-that-was-replaced", refuses_a_file_that_was_replaced);
  ADD ("/app/chats/answers-what-waits-when-the-model-is-removed",
       answers_what_waits_when_the_model_is_removed);
  ADD ("/app/chats/subprocess/says-what-memory-is-missing", says_what_memory_is_missing);
  g_test_add_func ("/app/chats/says-what-memory-is-missing", says_what_memory_is_missing_in_a_child);
  return g_test_run ();
}
