/* SPDX-License-Identifier: Apache-2.0 */
/* Two programs at work on one store, as two windows are where no D-Bus makes them one: here two stores
 * over the same file. Nothing that one of them saved is lost, and what one wrote comes to the other. */
#include <string.h>

#include "chats-support.h"
#include "core/errors.h"
#include "notes/notes.h"
#include "store/watch.h"
#include "support.h"

/* The second program; the first is the fixture's own. */
typedef struct
{
  Fixture   f;
  Fixture   other;
  TlmNotes *notes, *other_notes;
  guint     n_gone, n_parted;
} Both;

static void
count (guint *n)
{
  (*n)++;
}

static void
load_notes (TlmNotes *notes)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_load_async (notes, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_notes_load_finish (notes, result, NULL));
}

static void
set_up_both (Both         *b,
             gconstpointer data)
{
  set_up (&b->f, data);
  b->other.folder = b->f.folder;
  b->other.path = b->f.path;
  start (&b->other);
  b->notes = tlm_notes_new (b->f.store);
  b->other_notes = tlm_notes_new (b->other.store);
  g_signal_connect_swapped (b->other_notes, "gone", G_CALLBACK (count), &b->n_gone);
  g_signal_connect_swapped (b->other_notes, "parted", G_CALLBACK (count), &b->n_parted);
  g_signal_connect_swapped (b->other.chats, "gone", G_CALLBACK (count), &b->n_gone);
  g_signal_connect_swapped (b->other.chats, "parted", G_CALLBACK (count), &b->n_parted);
}

static void
tear_down_both (Both         *b,
                gconstpointer data)
{
  tlm_test_finalize (b->other_notes);
  tlm_test_finalize (b->notes);
  stop (&b->other);
  tear_down (&b->f, data);
}

/* ---- notes ---- */

static TlmNote *
create_note (TlmNotes   *notes,
             const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;
  TlmNote                 *note;

  tlm_notes_create_async (notes, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  note = tlm_notes_create_finish (notes, result, NULL);
  g_assert_nonnull (note);
  return note;
}

static char *
read_note (TlmNotes *notes,
           TlmNote  *note)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_get_text_async (notes, note, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_notes_get_text_finish (notes, result, NULL);
}

static void
save_note (TlmNotes   *notes,
           TlmNote    *note,
           const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_save_async (notes, note, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_notes_save_finish (notes, result, NULL));
}

static void
trash_note (TlmNotes *notes,
            TlmNote  *note)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_notes_trash_async (notes, note, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_notes_trash_finish (notes, result, NULL));
}

/* The note as the other program has it, read there. (transfer full) */
static TlmNote *
read_there (Both    *b,
            TlmNote *note)
{
  g_autofree char *text = NULL;
  TlmNote         *there;

  load_notes (b->other_notes);
  there = tlm_notes_find (b->other_notes, tlm_note_get_id (note));
  g_assert_nonnull (there);
  text = read_note (b->other_notes, there);
  g_assert_nonnull (text);
  return g_object_ref (there);
}

static void
assert_notes (Both       *b,
              const char *texts)
{
  g_autofree char *all = tlm_test_query (b->f.path, "SELECT group_concat (text, '|') FROM (SELECT text "
                                                    "FROM notes WHERE trashed IS NULL ORDER BY text)");

  g_assert_cmpstr (all, ==, texts);
}

static void
both_texts_of_a_note_are_kept (Both         *b,
                               gconstpointer data)
{
  g_autoptr (TlmNote) here = create_note (b->notes, "first");
  g_autoptr (TlmNote) there = read_there (b, here);
  g_autofree char    *text = NULL;

  save_note (b->notes, here, "first, and more here");
  save_note (b->other_notes, there, "first, and more there");
  assert_notes (b, "first, and more here|first, and more there");
  g_assert_cmpuint (b->n_parted, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (b->other_notes)), ==, 2);
  text = read_note (b->other_notes, there);
  g_assert_cmpstr (text, ==, "first, and more there");
  /* It is a note of its own from now on, however much is written. */
  save_note (b->other_notes, there, "first, and still more there");
  save_note (b->other_notes, there, "first, and all there");
  assert_notes (b, "first, and all there|first, and more here");
}

static void
what_was_read_again_is_written_over (Both         *b,
                                     gconstpointer data)
{
  g_autoptr (TlmNote) here = create_note (b->notes, "first");
  g_autoptr (TlmNote) there = read_there (b, here);
  g_autoptr (TlmNote) again = NULL;
  guint               n_replaced = 0;

  g_signal_connect_swapped (there, "replaced", G_CALLBACK (count), &n_replaced);
  save_note (b->notes, here, "second");
  again = read_there (b, here);
  g_assert_true (again == there);
  g_assert_cmpuint (n_replaced, ==, 1);
  g_assert_cmpstr (tlm_note_get_title (there), ==, "second");
  save_note (b->other_notes, there, "third");
  assert_notes (b, "third");
  g_assert_cmpuint (n_replaced, ==, 1); /* what is saved here is nothing new here */
}

static void
the_same_text_is_one_note (Both         *b,
                           gconstpointer data)
{
  g_autoptr (TlmNote) here = create_note (b->notes, "first");
  g_autoptr (TlmNote) there = read_there (b, here);

  save_note (b->notes, here, "second");
  save_note (b->other_notes, there, "second");
  assert_notes (b, "second");
  g_assert_cmpuint (b->n_parted, ==, 0);
}

static void
a_note_in_the_bin_is_gone (Both         *b,
                           gconstpointer data)
{
  g_autoptr (TlmNote) here = create_note (b->notes, "first");
  g_autoptr (TlmNote) there = read_there (b, here);
  g_autofree char    *kept = NULL;

  trash_note (b->notes, here);
  load_notes (b->other_notes);
  g_assert_cmpuint (b->n_gone, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (b->other_notes)), ==, 0);
  save_note (b->other_notes, there, "typed there to the end");
  kept = tlm_test_query (b->f.path, "SELECT text FROM notes WHERE trashed > 0");
  g_assert_cmpstr (kept, ==, "typed there to the end");
}

static void
a_note_deleted_for_good_comes_back (Both         *b,
                                    gconstpointer data)
{
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (TlmNote) here = create_note (b->notes, "first");
      g_autoptr (TlmNote) there = read_there (b, here);

      tlm_test_exec (b->f.store, i == 0 ? "DELETE FROM notes" : "UPDATE notes SET trashed = 0");
      load_notes (b->other_notes);
      save_note (b->other_notes, there, "typed there to the end");
      assert_notes (b, "typed there to the end");
      g_assert_true (tlm_notes_find (b->other_notes, tlm_note_get_id (there)) == there);
      tlm_test_exec (b->f.store, "DELETE FROM notes");
    }
}

/* ---- chats ---- */

/* The first chat of the other program, opened there. */
static TlmChat *
open_there (Both *b)
{
  return load_first (&b->other);
}

/* Until what was asked for has come. */
static void
reload_there (Both *b)
{
  tlm_chats_reload (b->other.chats);
  for (guint i = 0; i < 2; i++) /* the list, and then the messages */
    {
      tlm_test_exec (b->other.store, "SELECT 1");
      tlm_test_settle ();
    }
}

static char *
dup_texts (TlmChat *chat)
{
  GString *texts = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (chat)); i += 2)
    g_string_append_printf (texts, "%s|", tlm_message_get_text (get_message (chat, i)));
  return g_string_free (texts, FALSE);
}

static void
both_messages_of_a_chat_are_kept (Both         *b,
                                  gconstpointer data)
{
  g_autoptr (TlmChat) here = create (&b->f), there = open_there (b), again = NULL;
  g_autofree char    *texts = NULL, *stored = NULL;

  g_assert_true (send_message (&b->f, here, "2 + 2", NULL));
  g_assert_true (send_message (&b->other, there, "3 + 3", NULL));
  reload_there (b);
  texts = dup_texts (there);
  g_assert_cmpstr (texts, ==, "2 + 2|3 + 3|");
  g_assert_cmpstr (tlm_chat_get_title (there), ==, "2 + 2");
  again = load_first (&b->f);
  stored = dup_texts (again);
  g_assert_cmpstr (stored, ==, "2 + 2|3 + 3|");
}

static void
a_chat_is_shown_as_it_is_elsewhere (Both         *b,
                                    gconstpointer data)
{
  g_autoptr (TlmChat) here = create (&b->f), there = open_there (b), more = NULL;
  TlmChatSettings     settings;

  g_assert_true (send_message (&b->f, here, "2 + 2", NULL));
  tlm_chat_settings_copy (&settings, tlm_chat_get_settings (here));
  settings.temperature = 0.25;
  save_settings (&b->f, here, &settings);
  tlm_chats_save_preset_async (b->f.chats, "cold", &settings, NULL, NULL, NULL);
  tlm_chat_settings_clear (&settings);
  more = create (&b->f);
  reload_there (b);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (there)), ==, 2);
  g_assert_cmpfloat (tlm_chat_get_settings (there)->temperature, ==, 0.25);
  g_assert_nonnull (tlm_chats_find_preset (b->other.chats, "cold"));
  g_assert_nonnull (tlm_chats_find (b->other.chats, tlm_chat_get_id (more)));
  g_assert_true (tlm_chats_find (b->other.chats, tlm_chat_get_id (here)) == there);
}

static void
a_chat_in_the_bin_is_gone (Both         *b,
                           gconstpointer data)
{
  g_autoptr (TlmChat) here = create (&b->f), there = open_there (b);

  trash_chat (&b->f, here);
  reload_there (b);
  g_assert_cmpuint (b->n_gone, ==, 1);
  g_assert_null (tlm_chats_find (b->other.chats, tlm_chat_get_id (there)));
}

/* No other message is taken for the one that could not be written. */
static void
no_message_goes_into_a_deleted_chat (Both         *b,
                                     gconstpointer data)
{
  g_autoptr (TlmChat) other_chat = create (&b->f), here = create (&b->f), there = open_there (b);
  g_autoptr (GError)  error = NULL;
  g_autofree char    *stored = NULL;
  TlmChat            *kept = tlm_chats_find (b->other.chats, tlm_chat_get_id (other_chat));

  open_chat (&b->other, kept);
  g_assert_true (send_message (&b->other, kept, "2 + 2", NULL));
  tlm_test_exec (b->f.store, "DELETE FROM chats WHERE id = (SELECT max (id) FROM chats)");
  g_assert_false (send_message (&b->other, there, "what is written here", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_NOT_FOUND);
  g_assert_cmpstr (tlm_chat_get_draft (there), ==, "what is written here");
  stored = tlm_test_query (b->f.path, "SELECT group_concat (text, '|') FROM messages WHERE role = 0");
  g_assert_cmpstr (stored, ==, "2 + 2");
}

static void
save_draft (Fixture    *f,
            TlmChat    *chat,
            const char *text)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_chats_save_draft_async (f->chats, chat, text, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_chats_save_draft_finish (f->chats, result, NULL));
}

static void
assert_draft (Both       *b,
              const char *draft)
{
  g_autofree char *stored = tlm_test_query (b->f.path, "SELECT draft || coalesce ((SELECT '+' || texts "
                                                       "FROM draft_texts), '') FROM chats");

  g_assert_cmpstr (stored, ==, draft);
}

static void
both_drafts_are_kept (Both         *b,
                      gconstpointer data)
{
  g_autoptr (TlmChat) here = create (&b->f), there = open_there (b);

  save_draft (&b->f, here, "begun here" TLM_DRAFT_SEPARATOR "pasted here");
  save_draft (&b->other, there, "begun there");
  assert_draft (b, "begun here\n\nbegun there+pasted here");
  g_assert_cmpuint (b->n_parted, ==, 1);
  g_assert_cmpstr (tlm_chat_get_draft (there), ==, "begun here\n\nbegun there");
  reload_there (b);
  g_assert_cmpstr (tlm_chat_get_draft (there), ==,
                   "begun here\n\nbegun there" TLM_DRAFT_SEPARATOR "pasted here");
  save_draft (&b->other, there, "now all is known");
  assert_draft (b, "now all is known");
}

static void
pasted_texts_are_kept (Both         *b,
                       gconstpointer data)
{
  g_autoptr (TlmChat) here = create (&b->f), there = open_there (b);

  save_draft (&b->f, here, TLM_DRAFT_SEPARATOR "here");
  save_draft (&b->other, there, TLM_DRAFT_SEPARATOR "there");
  assert_draft (b, "+there" TLM_DRAFT_SEPARATOR "here");
}

static void
a_draft_that_was_sent_is_no_draft (Both         *b,
                                   gconstpointer data)
{
  g_autoptr (TlmChat) here = create (&b->f), there = NULL;

  save_draft (&b->f, here, "2 + 2");
  there = open_there (b);
  g_assert_cmpstr (tlm_chat_get_draft (there), ==, "2 + 2");
  g_assert_true (send_message (&b->f, here, "2 + 2", NULL));
  reload_there (b);
  g_assert_cmpstr (tlm_chat_get_draft (there), ==, "");
  save_draft (&b->other, there, "next");
  assert_draft (b, "next");
}

/* ---- the watch ---- */

static void
keep_changed (guint *slot,
              guint  changed)
{
  *slot |= changed;
}

/* What the watch finds now. */
static guint
look (Both     *b,
      TlmWatch *watch)
{
  guint  found = 0;
  gulong id = g_signal_connect_swapped (watch, "changed", G_CALLBACK (keep_changed), &found);

  tlm_watch_look (watch);
  tlm_test_exec (b->other.store, "SELECT 1");
  tlm_test_settle ();
  g_signal_handler_disconnect (watch, id);
  return found;
}

static void
sees_what_others_write (Both         *b,
                        gconstpointer data)
{
  g_autoptr (TlmWatch) watch = tlm_watch_new (b->other.store);
  g_autoptr (TlmNote)  here = NULL, there = NULL;

  tlm_watch_begin (watch);
  g_assert_cmpuint (look (b, watch), ==, 0);
  there = create_note (b->other_notes, "its own");
  g_assert_cmpuint (look (b, watch), ==, 0);
  here = create_note (b->notes, "of another");
  g_assert_true (look (b, watch) & TLM_WATCHED_NOTES);
  g_assert_cmpuint (look (b, watch), ==, 0);
  trash_note (b->notes, here);
  g_assert_true (look (b, watch) & TLM_WATCHED_NOTES);
  trash_note (b->other_notes, there);
  tlm_test_exec (b->f.store, "UPDATE notes SET trashed = NULL"); /* and all is as it was */
  g_assert_true (look (b, watch) & TLM_WATCHED_NOTES);
  tlm_test_exec (b->f.store, "INSERT INTO example_sets (name, kind, created) VALUES ('a', '', 1)");
  g_assert_true (look (b, watch) & TLM_WATCHED_EXAMPLES);
}

static gboolean
give_up (gpointer late)
{
  *(gboolean *) late = TRUE;
  return G_SOURCE_REMOVE;
}

/* The system says that the file has changed; nobody asks. */
static void
is_told_by_the_system (Both         *b,
                       gconstpointer data)
{
  g_autoptr (TlmWatch) watch = tlm_watch_new (b->other.store);
  g_autoptr (TlmNote)  here = NULL;
  guint                found = 0;
  gboolean             late = FALSE;
  guint                timeout = g_timeout_add_seconds (20, give_up, &late);

  g_signal_connect_swapped (watch, "changed", G_CALLBACK (keep_changed), &found);
  tlm_watch_begin (watch);
  tlm_test_exec (b->other.store, "SELECT 1");
  tlm_test_settle ();
  here = create_note (b->notes, "of another");
  while (found == 0 && !late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
  g_source_remove (timeout);
  g_assert_cmpuint (found & TLM_WATCHED_NOTES, ==, TLM_WATCHED_NOTES);
}

#undef ADD
#define ADD(path, func) \
  g_test_add ("/app/together/" path, Both, NULL, set_up_both, func, tear_down_both)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("both-texts-of-a-note-are-kept", both_texts_of_a_note_are_kept);
  ADD ("what-was-read-again-is-written-over", what_was_read_again_is_written_over);
  ADD ("the-same-text-is-one-note", the_same_text_is_one_note);
  ADD ("a-note-in-the-bin-is-gone", a_note_in_the_bin_is_gone);
  ADD ("a-note-deleted-for-good-comes-back", a_note_deleted_for_good_comes_back);
  ADD ("both-messages-of-a-chat-are-kept", both_messages_of_a_chat_are_kept);
  ADD ("a-chat-is-shown-as-it-is-elsewhere", a_chat_is_shown_as_it_is_elsewhere);
  ADD ("a-chat-in-the-bin-is-gone", a_chat_in_the_bin_is_gone);
  ADD ("no-message-goes-into-a-deleted-chat", no_message_goes_into_a_deleted_chat);
  ADD ("both-drafts-are-kept", both_drafts_are_kept);
  ADD ("pasted-texts-are-kept", pasted_texts_are_kept);
  ADD ("a-draft-that-was-sent-is-no-draft", a_draft_that_was_sent_is_no_draft);
  ADD ("sees-what-others-write", sees_what_others_write);
  ADD ("is-told-by-the-system", is_told_by_the_system);
  return g_test_run ();
}
