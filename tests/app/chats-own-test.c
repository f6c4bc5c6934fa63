/* SPDX-License-Identifier: Apache-2.0 */
/* Chats in our own forms: what is written, and that the same chats come of it. */
#include <string.h>

#include "chats-files-support.h"
#include "chats/tool-choices.h"
#include "core/errors.h"
#include "export/export.h"
#include "support.h"

static char *
read_file (const char *path)
{
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* What @path holds, without what another database numbers in its own way. */
static char *
read_without_ids (const char *path)
{
  g_autofree char   *text = read_file (path);
  g_autoptr (GRegex) ids = g_regex_new ("\"(id|parent|leaf|after)\":\\d+|"
                                        "\"source\":(null|\"\\w+\"|\\d+)",
                                        0, 0, NULL);

  return g_regex_replace_literal (ids, text, -1, 0, "", 0, NULL);
}

static void
empty_store (Fixture *f)
{
  tlm_test_exec (f->store, "DELETE FROM chats");
  stop (f);
  start (f);
}

/* What stands for the first message and its answer. */
static void
assert_summary (TlmChat    *chat,
                const char *sentence)
{
  const TlmDigest *digest = tlm_message_get_digest (get_message (chat, 1));

  g_assert_nonnull (digest);
  g_assert_cmpuint (digest->points->len, ==, 1);
  g_assert_cmpstr (((const TlmDigestPoint *) digest->points->pdata[0])->text, ==, sentence);
}

static void
keeps_everything_of_our_own (Fixture      *f,
                             gconstpointer data)
{
  TlmChat          *chat = create (f);
  g_autofree char  *path = NULL, *again = NULL, *before = NULL, *after = NULL;
  g_autoptr (GAsyncResult) asked = NULL;
  TlmChatSettings   settings = { (char *) "Be brief.", 0.25, 0.5, 7, 40, TRUE };
  TlmChatsImported  imported = { 0 };

  g_assert_true (send_message (f, chat, "Hello there!", NULL));
  g_assert_true (regenerate (f, chat, get_message (chat, 1)));
  g_assert_true (send_message (f, chat, "What is 17 * 23?", NULL));
  tlm_chats_ask_skill_async (f->chats, chat, TLM_INTENT_TITLE, "Ein Titel: Der Hafen wird im Mai neu gebaut.", NULL,
                             tlm_test_keep, &asked);
  tlm_test_await (&asked);
  g_assert_true (tlm_chats_send_finish (f->chats, asked, NULL));
  g_clear_object (&asked);
  tlm_test_exec (f->store, "INSERT INTO tool_choices (text, tool, chosen) VALUES ('Where are the keys?', "
                           "'retrieval', 5)");
  turn (f, chat, get_message (chat, 1), -1);
  save_settings (f, chat, &settings);
  tlm_test_exec (f->store, "INSERT INTO chat_digests SELECT chat_id, id, parent, 0, 5 FROM messages "
                           "WHERE id = 2");
  g_clear_object (&chat);
  path = export_file (f, NULL, "chats.jsonl");
  g_assert_true (import_file (f, path, &imported, NULL));
  g_assert_cmpuint (imported.n_known, ==, 1);
  tlm_test_exec (f->store, "DELETE FROM tool_choices");
  empty_store (f);
  g_assert_true (import_file (f, path, &imported, NULL));
  g_assert_cmpuint (imported.n_imported, ==, 1);
  again = export_file (f, NULL, "again.jsonl");
  before = read_without_ids (path);
  after = read_without_ids (again);
  g_assert_cmpstr (after, ==, before);
  chat = g_list_model_get_item (G_LIST_MODEL (f->chats), 0);
  open_chat (f, chat);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 2);
  assert_summary (chat, "Hello");
  turn (f, chat, get_message (chat, 1), 1);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 3)), ==, "**391**");
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 4)), ==, "title");
  g_assert_cmpstr (tlm_message_get_tool (get_message (chat, 5)), ==, "reader");
  g_assert_cmpstr (tlm_message_get_why (get_message (chat, 5)), !=, "");
  g_object_unref (chat);
}

static char *
export_everything (Fixture    *f,
                   const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  char                    *path = g_build_filename (f->folder, name, NULL);

  tlm_export_async (f->store, path, NULL, NULL, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_export_finish (f->store, result, &error);
  g_assert_no_error (error);
  return path;
}

static void
assert_tool_choices (Fixture    *f,
                     const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray)    choices = NULL;

  tlm_tool_choices_list_async (f->store, tlm_test_keep, &result);
  tlm_test_await (&result);
  choices = tlm_tool_choices_list_finish (f->store, result, NULL);
  g_assert_cmpuint (choices->len, ==, text != NULL);
  if (text != NULL)
    {
      g_assert_cmpstr (((TlmToolChoice *) choices->pdata[0])->text, ==, text);
      g_assert_cmpint ((int) ((TlmToolChoice *) choices->pdata[0])->tool, ==, TLM_TOOL_RETRIEVAL);
      g_assert_true (((TlmToolChoice *) choices->pdata[0])->special);
    }
}

/* @name: of the folder or the archive, which has a name in it that the C locale cannot write. */
static void
takes_back_an_export_of_everything (Fixture      *f,
                                    gconstpointer name)
{
  g_autoptr (TlmChat)      chat = create (f);
  g_autoptr (GAsyncResult) chosen = NULL;
  g_autofree char         *path = NULL, *before = NULL, *after = NULL, *one = NULL, *again = NULL;
  TlmChatsImported         imported = { 0 };

  g_assert_true (send_message (f, chat, "Where are the keys?", NULL));
  tlm_chats_choose_tool_async (f->chats, chat, get_message (chat, 1), TLM_TOOL_RETRIEVAL, NULL,
                               tlm_test_keep, &chosen);
  tlm_test_await (&chosen);
  g_assert_true (tlm_chats_send_finish (f->chats, chosen, NULL));
  g_clear_object (&chosen);
  g_clear_object (&chat);
  chat = create (f);
  g_assert_true (send_message (f, chat, "What is 17 * 23?", NULL));
  g_clear_object (&chat);
  tlm_test_exec (f->store, "UPDATE tool_choices SET specialist = '/of/another/machine.gguf'");
  tlm_test_exec (f->store, "INSERT INTO notes (title, text, created, updated) VALUES ('Möhren', '', 1, 1)");
  path = export_everything (f, name);
  one = export_file (f, NULL, "one.jsonl");
  tlm_test_exec (f->store, "DELETE FROM tool_choices");
  empty_store (f);
  assert_tool_choices (f, NULL);
  g_assert_true (import_file (f, path, &imported, NULL));
  g_assert_cmpuint (imported.n_imported, ==, 2);
  assert_tool_choices (f, "Where are the keys?");
  again = export_file (f, NULL, "again.jsonl");
  before = read_without_ids (one);
  after = read_without_ids (again);
  g_assert_cmpstr (after, ==, before);
  g_assert_true (import_file (f, path, &imported, NULL));
  g_assert_cmpuint (imported.n_known, ==, 2);
}

static void
assert_stored (Fixture    *f,
               const char *sql,
               const char *expected)
{
  g_autofree char *found = tlm_test_query (f->path, sql);

  g_assert_cmpstr (found, ==, expected);
}

/* One in the bin and two in the list, one of them renamed, say the same: all come back to where they were,
 * and not a second time; but into the list what is only in the bin by now. */
static void
takes_back_chats_that_say_the_same (Fixture      *f,
                                    gconstpointer data)
{
  TlmChatsImported imported = { 0 };
  g_autofree char *path = NULL;

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (TlmChat) chat = create (f);

      g_assert_true (send_message (f, chat, "What is 17 * 23?", NULL));
    }
  tlm_test_exec (f->store, "UPDATE chats SET trashed = 5 WHERE id = 1");
  tlm_test_exec (f->store, "UPDATE chats SET title = 'Sums', instructions = 'Be brief.' WHERE id = 3");
  path = export_file (f, NULL, "chats.jsonl");
  empty_store (f);
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (import_file (f, path, &imported, NULL));
      g_assert_cmpuint (imported.n_imported, ==, i == 0 ? 3 : 0);
      g_assert_cmpuint (imported.n_known, ==, i == 0 ? 0 : 3);
      assert_stored (f, "SELECT count (*) FROM chats WHERE trashed = 5", "1");
      assert_stored (f, "SELECT max (instructions) || count (*) FROM chats WHERE trashed IS NULL",
                     "Be brief.2");
    }
  tlm_test_exec (f->store, "UPDATE chats SET trashed = 6");
  g_assert_true (import_file (f, path, &imported, NULL));
  g_assert_cmpuint (imported.n_imported, ==, 2);
  assert_stored (f, "SELECT count (*) FROM chats WHERE trashed IS NULL", "2");
}

/* With what was pasted, also where nothing was sent yet. */
static void
takes_back_drafts (Fixture      *f,
                   gconstpointer data)
{
  static const char *const drafts[] = { "Dear" TLM_DRAFT_SEPARATOR "one" TLM_DRAFT_SEPARATOR "two", "Dear",
                                        TLM_DRAFT_SEPARATOR "one", "" };
  TlmChatsImported imported = { 0 };
  g_autofree char *path = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (drafts); i++)
    {
      g_autoptr (TlmChat)      chat = create (f);
      g_autoptr (GAsyncResult) saved = NULL;

      if (i == 0)
        g_assert_true (send_message (f, chat, "What is 17 * 23?", NULL));
      tlm_chats_save_draft_async (f->chats, chat, drafts[i], NULL, tlm_test_keep, &saved);
      tlm_test_await (&saved);
      g_assert_true (tlm_chats_save_draft_finish (f->chats, saved, NULL));
    }
  path = export_file (f, NULL, "chats.jsonl");
  empty_store (f);
  g_assert_true (import_file (f, path, &imported, NULL));
  g_assert_cmpuint (imported.n_imported, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *sql = g_strdup_printf (
        "SELECT (leaf IS NULL) || draft || coalesce ((SELECT '" TLM_DRAFT_SEPARATOR "' || texts FROM "
        "draft_texts WHERE chat_id = chats.id), '') FROM chats ORDER BY id LIMIT 1 OFFSET %u", i);
      g_autofree char *expected = g_strdup_printf ("%d%s", i > 0, drafts[i]);

      assert_stored (f, sql, expected);
    }
  g_assert_true (import_file (f, path, &imported, NULL));
  g_assert_cmpuint (imported.n_imported, ==, 0);
  g_assert_cmpuint (imported.n_known, ==, 3);
}

/* What was cut off in the middle brings nothing, not even the chats before that place. */
static void
brings_nothing_of_an_export_that_was_cut (Fixture      *f,
                                          gconstpointer data)
{
  g_autoptr (TlmChat) first = create (f), second = create (f);
  g_autoptr (GError)  error = NULL;
  g_autofree char    *path = NULL, *text = NULL;
  TlmChatsImported    imported = { 0 };

  g_assert_true (send_message (f, first, "One", NULL));
  g_assert_true (send_message (f, second, "Two", NULL));
  path = export_file (f, NULL, "chats.jsonl");
  text = read_file (path);
  g_assert_true (g_file_set_contents (path, text, (gssize) strlen (text) - 20, NULL));
  empty_store (f);
  g_assert_false (import_file (f, path, &imported, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
  g_assert_nonnull (strstr (error->message, "Line 2"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, 0);
}

static void
writes_the_branch_that_is_shown_first (Fixture      *f,
                                       gconstpointer data)
{
  g_autofree char *path = NULL, *text = NULL;
  TlmChat         *chat;

  import_data (f, "lm-studio.conversation.json");
  chat = assert_chat (f, "Knots", "Which knot holds a boat?|A cleat hitch.|And on a post?");
  path = export_file (f, chat, "knots.md");
  text = read_file (path);
  g_assert_cmpstr (text, ==, "# Knots\n\n## You\n\nWhich knot holds a boat?\n\n## TinyLM\n\n"
                             "A cleat hitch.\n\n## You\n\nAnd on a post?\n\n---\n\n"
                             "*Another branch, after “Which knot holds a boat?”:*\n\n## TinyLM\n\n"
                             "A bowline.\n");
}

/* All branches, what is attached with a heading in it, one in a list, and a fence that nothing closes but
 * what comes after its message. */
static void
reads_its_own_markdown (Fixture      *f,
                        gconstpointer data)
{
  static const char attached[] = "Mine\n\n~~~ attached file: talk.md\n# T\n\n## You\n\nA\n~~~";
  static const char listed[] = "1. So:\n   ```c\n## You\n   ```\n``` is ``` no fence";
  g_autofree char  *path = NULL, *again = NULL, *text = NULL, *second = NULL;
  g_autoptr (TlmChat) chat = NULL;
  TlmChatsImported  imported;
  TlmMessage       *message;

  import_data (f, "lm-studio.conversation.json");
  chat = g_object_ref (assert_chat (f, "Knots", "Which knot holds a boat?|A cleat hitch.|And on a post?"));
  g_assert_true (send_message (f, chat, attached, NULL));
  g_assert_true (send_message (f, chat, "```\nopen", NULL));
  g_assert_true (send_message (f, chat, listed, NULL));
  path = export_file (f, NULL, "all.md");
  text = read_file (path);
  g_clear_object (&chat);
  empty_store (f);
  g_assert_true (import_file (f, path, &imported, NULL));
  chat = load_first (f);
  g_assert_cmpstr (tlm_chat_get_title (chat), ==, "Knots");
  message = get_message (chat, 1);
  g_assert_cmpstr (tlm_message_get_text (message), ==, "A cleat hitch.");
  g_assert_cmpuint (tlm_message_get_n_versions (message), ==, 2);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 3)), ==, attached);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 5)), ==, "```\nopen\n```");
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 7)), ==, listed);
  again = export_file (f, NULL, "again.md");
  second = read_file (again);
  g_assert_cmpstr (second, ==, text);
}

/* The answer to the first of two messages that say the same, though the second came later. */
static void
reads_whom_a_branch_follows (Fixture      *f,
                             gconstpointer data)
{
  static const char *const texts[] = { "```\nyes", "Good.", "```\nyes" };
  g_autofree char *path = NULL, *text = NULL;
  g_autoptr (TlmChat) chat = create (f);
  TlmChatsImported imported;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (send_message (f, chat, texts[i], NULL));
  g_assert_true (regenerate (f, chat, get_message (chat, 1)));
  turn (f, chat, get_message (chat, 1), -1);
  g_clear_object (&chat);
  path = export_file (f, NULL, "all.md");
  text = read_file (path);
  g_assert_nonnull (strstr (text, "*Another branch, after “``` yes ```” (1):*"));
  empty_store (f);
  g_assert_true (import_file (f, path, &imported, NULL));
  chat = load_first (f);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (chat)), ==, 6);
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 1)), ==, 2);
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 5)), ==, 1);
}

/* Of a chat in the bin it could not say so. A title is one line, whatever the store has. */
static void
writes_no_chat_of_the_bin_as_markdown (Fixture      *f,
                                       gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f), gone = create (f);
  g_autofree char    *path = NULL, *text = NULL;

  g_assert_true (send_message (f, chat, "One", NULL));
  g_assert_true (send_message (f, gone, "Two", NULL));
  tlm_test_exec (f->store, "UPDATE chats SET title = 'A' || char (10) || 'B' WHERE id = 1");
  tlm_test_exec (f->store, "UPDATE chats SET trashed = 5 WHERE id = 2");
  path = export_file (f, NULL, "all.md");
  text = read_file (path);
  g_assert_true (g_str_has_prefix (text, "# A B\n\n## You\n\nOne\n"));
  g_assert_null (strstr (text, "Two"));
}

/* What looks twice for each of many fences and branches is not done before the test is given up. */
static void
no_markdown_takes_long (Fixture      *f,
                        gconstpointer data)
{
  g_autofree char    *path = g_build_filename (f->folder, "hostile.md", NULL);
  g_autoptr (GString) text = g_string_new ("# T\n\n## You\n\n");
  TlmChatsImported    imported = { 0 };

  for (int i = 0; i < 60000; i++)
    g_string_append_printf (text, "~~~ %d\n---\n\n*Another branch, after “%d”:*\n\n## TinyLM\n\n", i, i);
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  g_assert_true (import_file (f, path, &imported, NULL));
  g_assert_cmpuint (imported.n_imported, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/own/reads-its-own-markdown", reads_its_own_markdown);
  ADD ("/app/chats/own/reads-whom-a-branch-follows", reads_whom_a_branch_follows);
  ADD ("/app/chats/own/writes-no-chat-of-the-bin-as-markdown", writes_no_chat_of_the_bin_as_markdown);
  ADD ("/app/chats/own/no-markdown-takes-long", no_markdown_takes_long);
  ADD ("/app/chats/own/takes-back-chats-that-say-the-same", takes_back_chats_that_say_the_same);
  ADD ("/app/chats/own/takes-back-drafts", takes_back_drafts);
  ADD ("/app/chats/own/keeps-everything-of-our-own", keeps_everything_of_our_own);
  g_test_add ("/app/chats/own/takes-back-a-folder", Fixture, "all", set_up,
              takes_back_an_export_of_everything, tear_down);
  g_test_add ("/app/chats/own/takes-back-a-zip", Fixture, "all.zip", set_up,
              takes_back_an_export_of_everything, tear_down);
  g_test_add ("/app/chats/own/takes-back-a-tar", Fixture, "all.tar.gz", set_up,
              takes_back_an_export_of_everything, tear_down);
  ADD ("/app/chats/own/brings-nothing-of-an-export-that-was-cut",
       brings_nothing_of_an_export_that_was_cut);
  ADD ("/app/chats/own/writes-the-branch-that-is-shown-first",
       writes_the_branch_that_is_shown_first);
  return g_test_run ();
}
