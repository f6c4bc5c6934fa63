/* SPDX-License-Identifier: Apache-2.0 */
/* What is attached to a message: every text comes back byte for byte, nothing that a person writes is taken
 * for an attachment by mistake, the tools read it, and it is kept, exported and imported with the message. */
#include <string.h>

#include "chats/attachments.h"
#include "chats-support.h"
#include "core/errors.h"
#include "export/export.h"
#include "support.h"

#define OFFER "The roof of the barn leaks in two places. Anna Weber pays for the new roof of the barn. " \
              "Please send the signed offer by Friday. The work begins in May and takes two weeks."

/* (transfer full) */
static char *
attach (const char *body,
        gboolean    note,
        const char *name,
        const char *text)
{
  g_autofree char *block = tlm_attachment_dup_block (note, name, text);

  return g_strconcat (body, *body != '\0' ? "\n\n" : "", block, NULL);
}

static void
assert_attached (const char *message,
                 const char *body,
                 const char *name,
                 const char *text)
{
  gsize              len;
  g_autoptr (GArray) found = tlm_attachments_read (message, &len);
  TlmAttachment     *last;
  g_autofree char   *before = g_strndup (message, len), *inner = NULL;

  g_assert_cmpuint (found->len, >, 0);
  last = &g_array_index (found, TlmAttachment, found->len - 1);
  inner = g_strndup (message + last->start, last->end - last->start);
  g_assert_cmpstr (before, ==, body);
  g_assert_cmpstr (last->name, ==, name);
  g_assert_cmpstr (inner, ==, text);
}

static void
gives_every_text_back (void)
{
  static const char *const texts[] = {
    "a", "", "\n", "two\nlines\n", "~~~\n~~~", "~~~ attached file: b\nx\n~~~", "~~~~~~~~~~", "\n~~~",
    "```c\nint i;\n```\n", "## You\n\nWörter 漢字 ~ tilde ~~ two",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *one = attach ("See this", FALSE, "a b.txt", texts[i]);
      g_autofree char *two = attach (one, TRUE, "Note: roof", texts[i]);
      g_autofree char *bare = attach ("", TRUE, "n", texts[i]);

      assert_attached (one, "See this", "a b.txt", texts[i]);
      assert_attached (two, "See this", "Note: roof", texts[i]);
      assert_attached (bare, "", "n", texts[i]);
    }
}

static void
names_stand_on_one_line (void)
{
  g_autofree char *message = attach ("", FALSE, "a\nb\xff.txt", "x");

  assert_attached (message, "", "a b\xef\xbf\xbd.txt", "x");
}

static void
takes_nothing_else_for_one (void)
{
  static const char *const messages[] = {
    "", "~~~", "~~~ attached file: x", "~~~ attached file: x\ntext", "~~~ attached file: x\ny\n~~~\nmore",
    "in a line ~~~ attached file: x\ny\n~~~", "~~ attached file: x\ny\n~~", "~~~ file: x\ny\n~~~",
    "~~~ attached file: x\ny\n~~~~",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      gsize              body;
      g_autoptr (GArray) found = tlm_attachments_read (messages[i], &body);

      g_assert_cmpuint (found->len, ==, 0);
      g_assert_cmpuint (body, ==, strlen (messages[i]));
    }
}

/* The work does not grow with the square of a text that is made to look like attachments. */
static void
reads_hostile_text_in_no_time (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint64              begin = g_get_monotonic_time ();

  while (text->len < 8 << 20)
    g_string_append (text, "~~~ attached file: x\n");
  g_array_unref (tlm_attachments_read (text->str, NULL));
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 10 * G_USEC_PER_SEC);
}

static void
moves_them_to_an_edited_text (void)
{
  g_autofree char *message = attach ("Old words", FALSE, "a.txt", "x");
  g_autofree char *moved = tlm_attachments_move (message, "New words");
  g_autofree char *bare = tlm_attachments_move (message, "");
  g_autofree char *none = tlm_attachments_move ("Old words", "New words");

  assert_attached (moved, "New words", "a.txt", "x");
  assert_attached (bare, "", "a.txt", "x");
  g_assert_cmpstr (none, ==, "New words");
}

/* ---- Files ---- */

static char *
load (Fixture    *f,
      const char *name,
      const char *bytes,
      gssize      len,
      GError    **error)
{
  g_autofree char         *path = g_build_filename (f->folder, name, NULL);
  g_autoptr (GFile)        file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  if (bytes != NULL)
    g_assert_true (g_file_set_contents (path, bytes, len, NULL));
  tlm_attachment_load_async (file, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_attachment_load_finish (file, result, error);
}

static void
loads_what_can_be_a_note (Fixture      *f,
                          gconstpointer data)
{
  g_autofree char *plain = load (f, "offer.txt", "\xef\xbb\xbf" OFFER, -1, NULL);
  g_autofree char *page = load (f, "page.html", "<html><body><h1>Roof</h1><p>It leaks.</p></body></html>",
                                -1, NULL);

  assert_attached (plain, "", "offer.txt", OFFER);
  g_assert_nonnull (strstr (page, "# Roof"));
  g_assert_nonnull (strstr (page, "It leaks."));
}

static void
assert_refused (Fixture    *f,
                const char *name,
                const char *bytes,
                gssize      len,
                GQuark      domain,
                int         code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (load (f, name, bytes, len, &error));
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, name));
}

static void
refuses_what_is_no_text (Fixture      *f,
                         gconstpointer data)
{
  assert_refused (f, "photo.jpg", "\xff\xd8\xff\xe0\0\x10JFIF\0\1", 12, TLM_ERROR, TLM_ERROR_BINARY);
  assert_refused (f, "empty.txt", "", 0, TLM_ERROR, TLM_ERROR_EMPTY);
  assert_refused (f, "absent.txt", NULL, 0, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* ---- The tools ---- */

/* What is said to @body with the offer attached. (transfer none) */
static const char *
ask (Fixture    *f,
     TlmChat    *chat,
     const char *body)
{
  g_autofree char   *message = attach (body, FALSE, "offer.txt", OFFER);
  g_autoptr (GError) error = NULL;

  g_assert_true (send_message (f, chat, message, &error));
  g_assert_no_error (error);
  return tlm_message_get_text (get_message (chat, 1));
}

#define ASSERT_SAYS(text, words) g_assert_nonnull (strstr (text, words))

static void
skills_read_it (Fixture      *f,
                gconstpointer data)
{
  static const struct { const char *wish, *says; } cases[] = {
    { "Summarize this:", "signed offer" },      { "", "signed offer" },
    { "Find the action items", "signed offer" }, { "Count the words in this", "35 words" },
    { "Who pays for the roof?", "Anna Weber pays" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TlmChat) chat = create (f);
      const char         *answer = ask (f, chat, cases[i].wish);

      ASSERT_SAYS (answer, cases[i].says);
      g_assert_cmpstr (tlm_chat_get_title (chat), ==, "offer.txt");
    }
}

static void
a_later_wish_means_it_too (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  ask (f, chat, "Summarize this");
  g_assert_true (send_message (f, chat, "And now the action items", NULL));
  ASSERT_SAYS (tlm_message_get_text (get_message (chat, 3)), "signed offer");
}

/* What it does not say is asked of the notes. */
static void
a_later_question_is_asked_of_it (Fixture      *f,
                                 gconstpointer data)
{
  g_autoptr (TlmChat) chat = create (f);

  ask (f, chat, "Summarize this");
  g_assert_true (send_message (f, chat, "Who pays for the roof?", NULL));
  ASSERT_SAYS (tlm_message_get_text (get_message (chat, 3)), "Anna Weber pays");
  g_assert_null (strstr (tlm_message_get_text (get_message (chat, 3)), "notes"));
  g_assert_true (send_message (f, chat, "What did we decide about the kitchen stove?", NULL));
  ASSERT_SAYS (tlm_message_get_text (get_message (chat, 5)), "Not in your notes");
  g_assert_null (strstr (tlm_message_get_text (get_message (chat, 5)), "~~~"));
}

static void
an_edited_message_keeps_it (Fixture      *f,
                            gconstpointer data)
{
  g_autoptr (TlmChat)      chat = create (f);
  g_autoptr (GAsyncResult) result = NULL;

  ask (f, chat, "Summarize this");
  tlm_chats_edit_async (f->chats, chat, get_message (chat, 0), "Who pays for the roof?", NULL,
                        tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_send_finish (f->chats, result, NULL));
  g_assert_cmpuint (tlm_message_get_n_versions (get_message (chat, 0)), ==, 2);
  assert_attached (tlm_message_get_text (get_message (chat, 0)), "Who pays for the roof?", "offer.txt",
                   OFFER);
  ASSERT_SAYS (tlm_message_get_text (get_message (chat, 1)), "Anna Weber");
}

/* ---- The store, and files of chats ---- */

static void
export_file (Fixture *f,
             TlmChat *chat,
             GFile   *file)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_export_async (f->chats, chat, file, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_export_finish (f->chats, result, NULL));
}

static void
import_file (Fixture *f,
             GFile   *file)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;
  TlmChatsImported         imported;

  tlm_chats_import_async (f->chats, file, NULL, NULL, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_chats_import_finish (f->chats, result, &imported, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (imported.n_imported, ==, 1);
}

static void
is_kept_and_goes_with_its_chat (Fixture      *f,
                                gconstpointer data)
{
  g_autofree char  *path = g_build_filename (f->folder, "chats.jsonl", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  TlmChat          *chat = create (f);

  ask (f, chat, "Summarize this");
  export_file (f, chat, file);
  tlm_test_exec (f->store, "DELETE FROM chats");
  g_object_unref (chat);
  stop (f);
  start (f);
  import_file (f, file);
  stop (f);
  start (f);
  chat = load_first (f);
  assert_attached (tlm_message_get_text (get_message (chat, 0)), "Summarize this", "offer.txt", OFFER);
  g_object_unref (chat);
}

static void
stands_as_a_block_in_markdown (Fixture      *f,
                               gconstpointer data)
{
  g_autofree char    *path = g_build_filename (f->folder, "chat.md", NULL), *text = NULL;
  g_autoptr (GFile)   file = g_file_new_for_path (path);
  g_autoptr (TlmChat) chat = create (f);

  ask (f, chat, "Summarize this");
  export_file (f, chat, file);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  ASSERT_SAYS (text, "## You\n\nSummarize this\n\n~~~ attached file: offer.txt\n" OFFER "\n~~~\n");
}

static void
is_found_by_search (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr (TlmChat)      chat = create (f);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GListModel)   hits = NULL;

  ask (f, chat, "Summarize this");
  tlm_store_search_async (f->store, "barn leaks", TLM_SEARCH_ALL, 9, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  hits = tlm_store_search_finish (f->store, result, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (hits), >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/attachments/gives-every-text-back", gives_every_text_back);
  g_test_add_func ("/app/attachments/names-stand-on-one-line", names_stand_on_one_line);
  g_test_add_func ("/app/attachments/takes-nothing-else-for-one", takes_nothing_else_for_one);
  g_test_add_func ("/app/attachments/reads-hostile-text-in-no-time", reads_hostile_text_in_no_time);
  g_test_add_func ("/app/attachments/moves-them-to-an-edited-text", moves_them_to_an_edited_text);
  ADD ("/app/attachments/loads-what-can-be-a-note", loads_what_can_be_a_note);
  ADD ("/app/attachments/refuses-what-is-no-text", refuses_what_is_no_text);
  ADD ("/app/attachments/skills-read-it", skills_read_it);
  ADD ("/app/attachments/a-later-wish-means-it-too", a_later_wish_means_it_too);
  ADD ("/app/attachments/a-later-question-is-asked-of-it", a_later_question_is_asked_of_it);
  ADD ("/app/attachments/an-edited-message-keeps-it", an_edited_message_keeps_it);
  ADD ("/app/attachments/is-kept-and-goes-with-its-chat", is_kept_and_goes_with_its_chat);
  ADD ("/app/attachments/stands-as-a-block-in-markdown", stands_as_a_block_in_markdown);
  ADD ("/app/attachments/is-found-by-search", is_found_by_search);
  return g_test_run ();
}
