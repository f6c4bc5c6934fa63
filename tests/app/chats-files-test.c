/* SPDX-License-Identifier: Apache-2.0 */
/* Chats out of files and into them: our own export gives the same chats, each program's own form is
 * understood, nothing comes twice, and of a broken file nothing comes at all. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "chats-support.h"
#include "core/errors.h"
#include "export/export.h"
#include "support.h"
#include "chats/tool-choices.h"

static gboolean
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

static TlmChatsImported
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

static TlmChatsImported
import_text (Fixture    *f,
             const char *name,
             const char *text,
             GError    **error)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);
  TlmChatsImported imported = { 0 };

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  import_file (f, path, &imported, error);
  return imported;
}

static char *
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
static TlmChat *
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

static void
reads_alpaca (Fixture      *f,
              gconstpointer data)
{
  TlmChatsImported imported = import_data (f, "alpaca.json");
  TlmChat         *chat;

  g_assert_cmpuint (imported.n_imported, ==, 1);
  g_assert_cmpuint (imported.n_left_out, ==, 1); /* the picture */
  chat = assert_chat (f, "What lies in the harbour?",
                      "What lies in the harbour?|Three **boats**.");
  g_assert_cmpstr (tlm_chat_get_settings (chat)->instructions, ==, "Be brief.");
  g_assert_cmpstr (tlm_message_get_route (get_message (chat, 1)), ==, "llama3.2:1b");
  g_assert_cmpint (tlm_chat_get_updated (chat), ==, 1740910841); /* date -u -d "…" +%s */
}

static void
reads_lines_of_alpaca (Fixture      *f,
                       gconstpointer data)
{
  import_data (f, "alpaca.jsonl");
  assert_chat (f, "Name a tide", "Name a tide.|Spring tide.");
}

static void
reads_old_alpaca (Fixture      *f,
                  gconstpointer data)
{
  import_data (f, "alpaca-old.json");
  assert_chat (f, "Harbour talk", "Who keeps the light?|Ruth does.");
}

static void
reads_a_folder_of_jan (Fixture      *f,
                       gconstpointer data)
{
  TlmChat *chat;

  g_assert_cmpuint (import_data (f, "jan").n_imported, ==, 1);
  chat = assert_chat (f, "Ferry times", "When does the ferry leave?|At noon.");
  g_assert_cmpint (tlm_chat_get_updated (chat), ==, 1741000060);
}

static void
add_member (struct archive *zip,
            const char     *name)
{
  g_autofree char      *path = g_build_filename (g_getenv ("TINYLM_TEST_CHATS"), name, NULL);
  struct archive_entry *entry = archive_entry_new ();
  g_autofree char      *text = NULL;
  gsize                 len;

  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  archive_entry_set_size (entry, (la_int64_t) len);
  g_assert_cmpint (archive_write_header (zip, entry), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_data (zip, text, len), ==, (la_ssize_t) len);
  archive_entry_free (entry);
}

static void
reads_a_zip (Fixture      *f,
             gconstpointer data)
{
  g_autofree char   *path = g_build_filename (f->folder, "chats.zip", NULL);
  struct archive    *zip = archive_write_new ();
  g_autoptr (GError) error = NULL;
  TlmChatsImported   imported = { 0 };

  archive_write_set_format_zip (zip);
  g_assert_cmpint (archive_write_open_filename (zip, path), ==, ARCHIVE_OK);
  add_member (zip, "jan/threads/one/messages.jsonl");
  add_member (zip, "jan/threads/one/thread.json");
  add_member (zip, "lm-studio.conversation.json");
  add_member (zip, "make-gpt4all.py");
  archive_write_close (zip);
  archive_write_free (zip);
  import_file (f, path, &imported, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (imported.n_imported, ==, 2);
}

static void
reads_versions_of_lm_studio (Fixture      *f,
                             gconstpointer data)
{
  TlmChatsImported imported = import_data (f, "lm-studio.conversation.json");
  TlmChat         *chat;

  g_assert_cmpuint (imported.n_left_out, ==, 2); /* a thought and a note of its makers */
  chat = assert_chat (f, "Knots", "Which knot holds a boat?|A cleat hitch.|And on a post?");
  g_assert_cmpint (tlm_chat_get_place (chat), ==, TLM_CHAT_PINNED);
  g_assert_cmpstr (tlm_chat_get_settings (chat)->instructions, ==, "You know ropes.");
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 1)), ==, 2);
  turn (f, chat, get_message (chat, 1), -1);
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 1)), ==, "A bowline.");
}

static void
reads_gpt4all (Fixture      *f,
               gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("gpt4all-%d.chat", GPOINTER_TO_INT (data));
  TlmChat         *chat;

  g_assert_cmpuint (import_data (f, name).n_imported, ==, 1);
  chat = assert_chat (f, "Lighthouse", "How tall is it? 👋|Forty metres.");
  g_assert_cmpint (tlm_chat_get_updated (chat), ==, 1741200000);
}

/* Wherever a file is cut off or changed there is a sentence and no chat, or a whole chat. */
static void
survives_broken_gpt4all (Fixture      *f,
                         gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("TINYLM_TEST_CHATS"), "gpt4all-12.chat", NULL);
  g_autofree char *broken = g_build_filename (f->folder, "broken.chat", NULL);
  g_autofree char *bytes = NULL;
  gsize            len;

  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  for (gsize n = 4; n < len; n += 7)
    {
      g_autoptr (GError) error = NULL;
      TlmChatsImported   imported = { 0 };

      g_assert_true (g_file_set_contents (broken, bytes, (gssize) n, NULL));
      g_assert_false (import_file (f, broken, &imported, &error));
      g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, 0);
  for (gsize n = 4; n < len; n++)
    {
      TlmChatsImported imported = { 0 };

      bytes[n] ^= (char) 0xff;
      g_assert_true (g_file_set_contents (broken, bytes, (gssize) len, NULL));
      import_file (f, broken, &imported, NULL);
      bytes[n] ^= (char) 0xff;
    }
}

static void
refuses_what_is_broken (Fixture      *f,
                        gconstpointer data)
{
  static const char *const texts[] = {
    "", "{", "[]", "{}", "null", "5", "[[[[[[", "{\"messages\": 5}", "{\"messages\": []}",
    "[{\"role\": 5}]", "{\"title\": 5, \"leaf\": [], \"messages\": [5]}",
    "{\"leaf\": 1, \"messages\": [{\"id\": 1, \"parent\": 2, \"role\": \"user\", \"content\": \"x\"}]}",
    "{\"leaf\": 1, \"messages\": [{\"id\": 1, \"role\": \"user\", \"content\": \"x\"},"
    " {\"id\": 1, \"role\": \"user\", \"content\": \"x\"}]}",
    "{\"leaf\": 1, \"messages\": [{\"id\": 1, \"role\": \"root\", \"content\": \"x\"}]}",
    "{\"role\": \"user\", \"content\": \"one\"}\n{\"role\": \"user\", \"cont",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      import_text (f, "broken.json", texts[i], &error);
      g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, 0);
}

/* Brackets without end would take the parser's stack. */
static void
refuses_a_tower_of_brackets (Fixture      *f,
                             gconstpointer data)
{
  g_autofree char   *tower = g_strnfill (1 << 20, '[');
  g_autoptr (GError) error = NULL;

  import_text (f, "tower.json", tower, &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
}

/* A hole in the file costs no disk. */
static void
refuses_what_is_too_large (Fixture      *f,
                           gconstpointer data)
{
  g_autofree char   *path = g_build_filename (f->folder, "large.json", NULL);
  g_autoptr (GFile)  file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  TlmChatsImported   imported = { 0 };
  GFileIOStream     *stream = g_file_create_readwrite (file, 0, NULL, NULL);

  g_assert_true (g_seekable_truncate (G_SEEKABLE (stream), 100 << 20, NULL, NULL));
  g_object_unref (stream);
  g_assert_false (import_file (f, path, &imported, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE);
}

/* One chat of two is broken: the other does not come either. */
static void
imports_all_or_nothing (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  import_text (f, "half.jsonl",
               "{\"leaf\": 1, \"messages\": [{\"id\": 1, \"role\": \"user\", \"content\": \"x\"}]}\n"
               "{\"leaf\": 1, \"messages\": [{\"id\": 0, \"role\": \"user\", \"content\": \"y\"}]}\n",
               &error);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->chats)), ==, 0);
  stop (f);
  start (f);
  g_clear_error (&error);
  g_assert_cmpuint (import_text (f, "good.json", "[{\"role\": \"user\", \"content\": \"x\"}]",
                                 &error).n_imported, ==, 1);
}

static void
brings_nothing_twice (Fixture      *f,
                      gconstpointer data)
{
  TlmChatsImported imported;
  TlmChat         *chat;

  import_data (f, "lm-studio.conversation.json");
  imported = import_data (f, "lm-studio.conversation.json");
  g_assert_cmpuint (imported.n_imported, ==, 0);
  g_assert_cmpuint (imported.n_known, ==, 1);
  chat = assert_chat (f, "Knots", "Which knot holds a boat?|A cleat hitch.|And on a post?");
  g_assert_true (send_message (f, chat, "Hello there!", NULL)); /* and when it has grown */
  g_assert_cmpuint (import_data (f, "lm-studio.conversation.json").n_known, ==, 1);
}

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
  g_assert_true (tlm_export_finish (f->store, result, &error));
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

/* @name: of the folder or the archive. */
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

/* All branches, what is attached with a heading in it, and a fence that nothing closes. */
static void
reads_its_own_markdown (Fixture      *f,
                        gconstpointer data)
{
  static const char attached[] = "Mine\n\n~~~ attached file: talk.md\n# T\n\n## You\n\nA\n~~~";
  g_autofree char  *path = NULL, *again = NULL, *text = NULL, *second = NULL;
  g_autoptr (TlmChat) chat = NULL;
  TlmChatsImported  imported;
  TlmMessage       *message;

  import_data (f, "lm-studio.conversation.json");
  chat = g_object_ref (assert_chat (f, "Knots", "Which knot holds a boat?|A cleat hitch.|And on a post?"));
  g_assert_true (send_message (f, chat, attached, NULL));
  g_assert_true (send_message (f, chat, "```\nopen", NULL));
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
  g_assert_cmpstr (tlm_message_get_text (get_message (chat, 5)), ==, "```\nopen");
  again = export_file (f, NULL, "again.md");
  second = read_file (again);
  g_assert_cmpstr (second, ==, text);
}

static void
no_markdown_takes_long (Fixture      *f,
                        gconstpointer data)
{
  g_autofree char    *path = g_build_filename (f->folder, "hostile.md", NULL);
  g_autoptr (GString) text = g_string_new ("# T\n\n## You\n\n");
  TlmChatsImported    imported;
  gint64              start = g_get_monotonic_time ();

  for (int i = 0; i < 60000; i++)
    g_string_append_printf (text, "~~~ %d\n---\n\n*Another branch, after “%d”:*\n\n## TinyLM\n\n", i, i);
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  g_assert_true (import_file (f, path, &imported, NULL));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
}

#define ADD_DATA(path, number, func)                                                               \
  g_test_add (path, Fixture, GINT_TO_POINTER (number), set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/app/chats/files/reads-alpaca", reads_alpaca);
  ADD ("/app/chats/files/reads-lines-of-alpaca", reads_lines_of_alpaca);
  ADD ("/app/chats/files/reads-old-alpaca", reads_old_alpaca);
  ADD ("/app/chats/files/reads-a-folder-of-jan", reads_a_folder_of_jan);
  ADD ("/app/chats/files/reads-a-zip", reads_a_zip);
  ADD ("/app/chats/files/reads-versions-of-lm-studio", reads_versions_of_lm_studio);
  ADD_DATA ("/app/chats/files/reads-gpt4all-10", 10, reads_gpt4all);
  ADD_DATA ("/app/chats/files/reads-gpt4all-11", 11, reads_gpt4all);
  ADD_DATA ("/app/chats/files/reads-gpt4all-12", 12, reads_gpt4all);
  ADD ("/app/chats/files/reads-its-own-markdown", reads_its_own_markdown);
  ADD ("/app/chats/files/no-markdown-takes-long", no_markdown_takes_long);
  ADD ("/app/chats/files/survives-broken-gpt4all", survives_broken_gpt4all);
  ADD ("/app/chats/files/refuses-what-is-broken", refuses_what_is_broken);
  ADD ("/app/chats/files/refuses-a-tower-of-brackets", refuses_a_tower_of_brackets);
  ADD ("/app/chats/files/refuses-what-is-too-large", refuses_what_is_too_large);
  ADD ("/app/chats/files/imports-all-or-nothing", imports_all_or_nothing);
  ADD ("/app/chats/files/brings-nothing-twice", brings_nothing_twice);
  ADD ("/app/chats/files/keeps-everything-of-our-own", keeps_everything_of_our_own);
  g_test_add ("/app/chats/files/takes-back-a-folder", Fixture, "all", set_up,
              takes_back_an_export_of_everything, tear_down);
  g_test_add ("/app/chats/files/takes-back-a-zip", Fixture, "all.zip", set_up,
              takes_back_an_export_of_everything, tear_down);
  g_test_add ("/app/chats/files/takes-back-a-tar", Fixture, "all.tar.gz", set_up,
              takes_back_an_export_of_everything, tear_down);
  ADD ("/app/chats/files/brings-nothing-of-an-export-that-was-cut",
       brings_nothing_of_an_export_that_was_cut);
  ADD ("/app/chats/files/writes-the-branch-that-is-shown-first",
       writes_the_branch_that_is_shown_first);
  return g_test_run ();
}
