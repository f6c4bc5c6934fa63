/* SPDX-License-Identifier: Apache-2.0 */
/* Chats out of files of other programs: each form is understood, nothing comes twice, and of a broken file
 * nothing comes at all. */
#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>

#include "chats-files-support.h"
#include "core/errors.h"
#include "support.h"

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
  g_assert_cmpint (tlm_chat_get_updated (chat), ==, 1740903641); /* TZ=TST-2 date -d "…" +%s */
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
reads_an_only_line (Fixture      *f,
                    gconstpointer data)
{
  import_text (f, "one.jsonl", "{\"role\": \"user\", \"content\": \"Name a tide.\"}\n", NULL);
  assert_chat (f, "Name a tide", "Name a tide.");
}

static void
makes_a_title_one_line (Fixture      *f,
                        gconstpointer data)
{
  import_text (f, "titles.jsonl",
               "{\"leaf\": 1, \"title\": \" A\\n## You\\u2028B \", \"messages\": [{\"id\": 1, "
               "\"role\": \"user\", \"content\": \"x\"}]}", NULL);
  assert_chat (f, "A ## You B", "x");
}

/* A parser that ends strings with it would leave out what follows. */
static void
keeps_what_follows_a_nul (Fixture      *f,
                          gconstpointer data)
{
  import_text (f, "nul.json", "[{\"role\": \"user\", \"content\": \"a\\u0000b \\\\u0000\"}]", NULL);
  assert_chat (f, "a\357\277\275b \\u0000", "a\357\277\275b \\u0000");
}

/* What lies beside chats: messages that were deleted, and settings with comments. */
static void
passes_over_what_holds_no_chat (Fixture      *f,
                                gconstpointer data)
{
  g_autofree char   *folder = g_build_filename (f->folder, "beside", NULL);
  g_autofree char   *empty = g_build_filename (folder, "empty.jsonl", NULL);
  g_autofree char   *blank = g_build_filename (folder, "messages.jsonl", NULL);
  g_autofree char   *settings = g_build_filename (folder, "settings.json", NULL);
  g_autofree char   *chat = g_build_filename (folder, "talk.json", NULL);
  g_autoptr (GError) error = NULL;
  TlmChatsImported   imported = { 0 };

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  g_assert_true (g_file_set_contents (blank, "\n", 1, NULL));
  g_assert_true (g_file_set_contents (settings, "{ // mine\n\"dark\": true }", -1, NULL));
  g_assert_false (import_file (f, folder, &imported, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_BINARY);
  g_assert_nonnull (strstr (error->message, "no chats in"));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (chat, "[{\"role\": \"user\", \"cont", -1, NULL));
  g_assert_false (import_file (f, folder, &imported, &error)); /* a chat that was cut */
  g_assert_nonnull (strstr (error->message, "talk.json"));
  g_assert_true (g_file_set_contents (chat, "[{\"role\": \"user\", \"content\": \"x\"}]", -1, NULL));
  g_assert_true (import_file (f, folder, &imported, NULL));
  assert_chat (f, "x", "x");
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
    ("{\"leaf\": 1, \"messages\": [{\"id\": 1, \"role\": \"user\", \"content\": \"x\"},"
     " {\"id\": 1, \"role\": \"user\", \"content\": \"x\"}]}"),
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

#define ADD_DATA(path, number, func)                                                               \
  g_test_add (path, Fixture, GINT_TO_POINTER (number), set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TZ", "TST-2", TRUE); /* where noon is two hours before that of UTC */
  ADD ("/app/chats/files/reads-alpaca", reads_alpaca);
  ADD ("/app/chats/files/reads-lines-of-alpaca", reads_lines_of_alpaca);
  ADD ("/app/chats/files/reads-old-alpaca", reads_old_alpaca);
  ADD ("/app/chats/files/reads-an-only-line", reads_an_only_line);
  ADD ("/app/chats/files/makes-a-title-one-line", makes_a_title_one_line);
  ADD ("/app/chats/files/keeps-what-follows-a-nul", keeps_what_follows_a_nul);
  ADD ("/app/chats/files/passes-over-what-holds-no-chat", passes_over_what_holds_no_chat);
  ADD ("/app/chats/files/reads-a-folder-of-jan", reads_a_folder_of_jan);
  ADD ("/app/chats/files/reads-a-zip", reads_a_zip);
  ADD ("/app/chats/files/reads-versions-of-lm-studio", reads_versions_of_lm_studio);
  ADD_DATA ("/app/chats/files/reads-gpt4all-10", 10, reads_gpt4all);
  ADD_DATA ("/app/chats/files/reads-gpt4all-11", 11, reads_gpt4all);
  ADD_DATA ("/app/chats/files/reads-gpt4all-12", 12, reads_gpt4all);
  ADD ("/app/chats/files/survives-broken-gpt4all", survives_broken_gpt4all);
  ADD ("/app/chats/files/refuses-what-is-broken", refuses_what_is_broken);
  ADD ("/app/chats/files/refuses-a-tower-of-brackets", refuses_a_tower_of_brackets);
  ADD ("/app/chats/files/refuses-what-is-too-large", refuses_what_is_too_large);
  ADD ("/app/chats/files/imports-all-or-nothing", imports_all_or_nothing);
  ADD ("/app/chats/files/brings-nothing-twice", brings_nothing_twice);
  return g_test_run ();
}
