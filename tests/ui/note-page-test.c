/* SPDX-License-Identifier: Apache-2.0 */
/* What a person does on a note's page, in the whole window with the real reader. */
#include "support.h"

#include "notes/ask-bar.h"
#include "notes/find-bar.h"
#include "notes/note-page.h"
#include "core/paths.h"
#include "common/print.h"
#include "skills/front-matter.h"
#include "notes/summary-pane.h"
#include "notes/summary-text.h"
#include "notes/why-popover.h"

#include <glib/gstdio.h>

#define NOTE                                                                                       \
  "---\ndate: 2026-05-04\n---\n"                                                                   \
  "# Bakery\n\nWe talked about the weather for a while.\n"                                         \
  "We decided to close the bakery on Mondays because the oven must be repaired by 3 June.\n\n"     \
  "- [x] Order flour\n- [ ] Ann calls the fitter by Friday\n"

static void
keep_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GtkWidget *
get_page (Fixture *f)
{
  return find_widget (f->window, TLM_TYPE_NOTE_PAGE, NULL);
}

static TlmSummary *
get_summary (Fixture *f)
{
  return tlm_summary_pane_get_summary (
    TLM_SUMMARY_PANE (find_widget (f->window, TLM_TYPE_SUMMARY_PANE, NULL)));
}

static GtkTextBuffer *
get_buffer (Fixture *f)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (find_widget (f->window, GTK_SOURCE_TYPE_VIEW,
                                                               NULL)));
}

static char *
dup_text (Fixture *f)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (get_buffer (f), &start, &end);
  return gtk_text_buffer_get_text (get_buffer (f), &start, &end, TRUE);
}

static void
assert_text (Fixture *f, const char *wanted)
{
  g_autofree char *text = dup_text (f);

  g_assert_cmpstr (text, ==, wanted);
}

static char *
dup_selection (Fixture *f)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_selection_bounds (get_buffer (f), &start, &end);
  return gtk_text_buffer_get_text (get_buffer (f), &start, &end, TRUE);
}

static void
open_note (Fixture *f, const char *text)
{
  TlmNotes *notes = tlm_services_get_notes (f->services);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmNote) note = NULL;

  tlm_notes_create_async (notes, text, NULL, keep_cb, &result);
  wait_until (result != NULL);
  note = tlm_notes_create_finish (notes, result, NULL);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-note", "x", tlm_note_get_id (note));
  wait_until (get_page (f) != NULL
              && gtk_text_buffer_get_char_count (get_buffer (f)) == g_utf8_strlen (text, -1));
}

static gboolean
has_reader (void)
{
  g_autofree char *path = tlm_paths_dup_data ("models/eeny.gguf");

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_test_skip ("models/eeny.gguf is not there");
  return FALSE;
}

static void
act (Fixture *f, const char *action)
{
  g_assert_true (gtk_widget_activate_action (get_page (f), action, NULL));
}

static void
select_words (Fixture *f, const char *words)
{
  GtkTextIter start, end, first, last;

  gtk_text_buffer_get_bounds (get_buffer (f), &start, &end);
  g_assert_true (gtk_text_iter_forward_search (&start, words, 0, &first, &last, NULL));
  gtk_text_buffer_select_range (get_buffer (f), &first, &last);
}

static void
test_finds_and_replaces (Fixture *f, gconstpointer data)
{
  GtkWidget *bar, *entry, *with;

  open_note (f, "One cat, two cats.\nNo dog.\n");
  act (f, "note.replace");
  bar = find_widget (f->window, TLM_TYPE_FIND_BAR, NULL);
  entry = find_widget (bar, GTK_TYPE_SEARCH_ENTRY, NULL);
  with = find_widget (bar, GTK_TYPE_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "bird");
  wait_until (find_widget (bar, GTK_TYPE_LABEL, "No matches") != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "CAT");
  wait_until (find_widget (bar, GTK_TYPE_LABEL, "1 of 2") != NULL);
  gtk_widget_activate_action (bar, "find.next", NULL);
  wait_until (find_widget (bar, GTK_TYPE_LABEL, "2 of 2") != NULL);
  gtk_editable_set_text (GTK_EDITABLE (with), "cow");
  gtk_widget_activate_action (bar, "find.replace-all", NULL);
  assert_text (f, "One cow, two cows.\nNo dog.\n");
  gtk_text_buffer_undo (get_buffer (f));
  assert_text (f, "One cat, two cats.\nNo dog.\n");
  gtk_widget_activate_action (bar, "find.close", NULL);
  g_assert_null (find_widget (bar, GTK_TYPE_SEARCH_ENTRY, NULL));
  g_assert_true (gtk_widget_has_focus (find_widget (f->window, GTK_SOURCE_TYPE_VIEW, NULL)));
}

static void
ask (Fixture *f, const char *question)
{
  GtkWidget *bar = find_widget (f->window, TLM_TYPE_ASK_BAR, NULL);
  GtkWidget *entry = find_widget (bar, GTK_TYPE_ENTRY, NULL);

  gtk_editable_set_text (GTK_EDITABLE (entry), question);
  g_signal_emit_by_name (entry, "activate");
}

static void
test_answers_with_a_place (Fixture *f, gconstpointer data)
{
  GtkWidget *bar;
  g_autofree char *selected = NULL;

  if (!has_reader ())
    return;
  open_note (f, NOTE);
  bar = find_widget (f->window, TLM_TYPE_ASK_BAR, NULL);
  ask (f, "When is the bakery closed?");
  wait_until (find_widget (bar, GTK_TYPE_LABEL, "We decided to close the bakery on Mondays") != NULL);
  selected = dup_selection (f);
  g_assert_true (g_str_has_prefix (selected, "We decided to close"));
  ask (f, "Who plays the violin in Vienna?");
  wait_until (find_widget (bar, GTK_TYPE_LABEL, "Not in your note") != NULL);
  g_assert_null (find_widget (bar, GTK_TYPE_LABEL, "We decided"));
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer done)
{
  *(gboolean *) done = TRUE;
}

/* A question that is begun while another is on its way has no answer yet. */
static void
test_answers_what_stands_there (Fixture *f, gconstpointer data)
{
  g_autofree char *selected = NULL;
  gboolean done = FALSE;
  GtkWidget *bar;

  if (!has_reader ())
    return;
  open_note (f, NOTE);
  bar = find_widget (f->window, TLM_TYPE_ASK_BAR, NULL);
  ask (f, "When is the bakery closed?");
  gtk_editable_set_text (GTK_EDITABLE (find_widget (bar, GTK_TYPE_ENTRY, NULL)), "Who plays");
  /* One comes after the other. */
  tlm_engine_service_ask_async (tlm_services_get_engine (f->services), NOTE, "Who?", NULL, asked_cb,
                                &done);
  wait_until (done);
  g_assert_null (find_widget (bar, GTK_TYPE_LABEL, "We decided"));
  selected = dup_selection (f);
  g_assert_cmpstr (selected, ==, "");
  ask (f, "When is the bakery closed?");
  wait_until (find_widget (bar, GTK_TYPE_LABEL, "We decided to close the bakery on Mondays") != NULL);
}

static void
assert_why (Fixture *f, const char *words, const char *sentence)
{
  GtkWidget *editor = find_widget (f->window, GTK_SOURCE_TYPE_VIEW, NULL);

  select_words (f, words);
  act (f, "note.why");
  wait_until (find_widget (editor, TLM_TYPE_WHY_POPOVER, NULL) != NULL
              && find_widget (find_widget (editor, TLM_TYPE_WHY_POPOVER, NULL), GTK_TYPE_LABEL,
                              sentence) != NULL);
  gtk_popover_popdown (GTK_POPOVER (find_widget (editor, TLM_TYPE_WHY_POPOVER, NULL)));
}

static void
test_says_why (Fixture *f, gconstpointer data)
{
  if (!has_reader ())
    return;
  open_note (f, NOTE);
  wait_until (get_summary (f) != NULL);
  assert_why (f, "on Mondays", "Its rank among the sentences: 1 of 4.");
  assert_why (f, "on Mondays", "For it: ");
  assert_why (f, "Order flour", "Its box is ticked");
  assert_why (f, "fitter", "An open check box makes it an action item.");
  assert_why (f, "Bakery", "This is a heading.");
  assert_why (f, "date:", "This stands above the note");
}

/* It takes the place of its earlier self, is not read, and goes with one undo. */
static void
test_inserts_the_summary (Fixture *f, gconstpointer data)
{
  g_autofree char *once = NULL, *twice = NULL;
  const char *block;

  if (!has_reader ())
    return;
  open_note (f, NOTE);
  wait_until (get_summary (f) != NULL);
  act (f, "note.insert-summary");
  once = dup_text (f);
  block = strstr (once, TLM_SUMMARY_BLOCK_BEGIN);
  g_assert_true (g_str_has_prefix (once, "---\ndate: 2026-05-04\n---\n" TLM_SUMMARY_BLOCK_BEGIN));
  g_assert_nonnull (strstr (block, "- We decided to close the bakery"));
  g_assert_true (g_str_has_suffix (once, strstr (NOTE, "# Bakery")));
  wait_until (g_str_equal (tlm_summary_get_text (get_summary (f)), once));
  act (f, "note.insert-summary");
  twice = dup_text (f);
  g_assert_cmpstr (twice, ==, once);
  gtk_text_buffer_undo (get_buffer (f));
  assert_text (f, once);
  gtk_text_buffer_undo (get_buffer (f));
  assert_text (f, NOTE);
}

static void
test_summarises_a_selection (Fixture *f, gconstpointer data)
{
  g_autofree char *selected = NULL;
  GtkWidget *label;

  if (!has_reader ())
    return;
  open_note (f, NOTE);
  wait_until (get_summary (f) != NULL);
  select_words (f, "We talked about the weather for a while.");
  act (f, "note.summarize");
  wait_until (g_str_has_prefix (tlm_summary_get_text (get_summary (f)), "We talked"));
  g_assert_nonnull (find_widget (f->window, GTK_TYPE_LABEL, "Summary of the Selection"));
  select_words (f, "Bakery");
  label = find_widget (find_widget (f->window, TLM_TYPE_SUMMARY_PANE, NULL), GTK_TYPE_LIST_BOX_ROW,
                       NULL);
  gtk_widget_activate_action (label, "row.activate", NULL);
  selected = dup_selection (f);
  g_assert_cmpstr (selected, ==, "We talked about the weather for a while.");
  act (f, "note.summarize-whole");
  wait_until (g_str_has_prefix (tlm_summary_get_text (get_summary (f)), "---"));
  g_assert_null (find_widget (f->window, GTK_TYPE_LABEL, "Summary of the Selection"));
}

static void
test_replays (Fixture *f, gconstpointer data)
{
  if (!has_reader ())
    return;
  open_note (f, NOTE);
  wait_until (get_summary (f) != NULL);
  gtk_expander_set_expanded (
    GTK_EXPANDER (find_widget (find_widget (f->window, TLM_TYPE_SUMMARY_PANE, NULL),
                               GTK_TYPE_EXPANDER, NULL)), TRUE);
  g_assert_nonnull (find_widget (f->window, GTK_TYPE_LABEL,
                                 tlm_summary_get_model_sha256 (get_summary (f))));
  act (f, "note.replay");
  wait_until (find_widget (f->window, GTK_TYPE_LABEL, "The same:") != NULL);
}

/* Another one stands there when the verdict comes. */
static void
test_replays_what_was_shown (Fixture *f, gconstpointer data)
{
  TlmEngineService *engine = tlm_services_get_engine (f->services);
  g_autoptr (TlmSummary) first = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *why = NULL;
  GtkWidget *pane;

  if (!has_reader ())
    return;
  open_note (f, NOTE);
  wait_until (get_summary (f) != NULL);
  first = g_object_ref (get_summary (f));
  pane = find_widget (f->window, TLM_TYPE_SUMMARY_PANE, NULL);
  gtk_expander_set_expanded (GTK_EXPANDER (find_widget (pane, GTK_TYPE_EXPANDER, NULL)), TRUE);
  select_words (f, "We talked about the weather for a while.");
  act (f, "note.summarize");
  wait_until (get_summary (f) != first);

  act (f, "note.replay");
  tlm_summary_pane_set_summary (TLM_SUMMARY_PANE (pane), first);
  g_assert_true (get_summary (f) == first);
  tlm_engine_service_replay_async (engine, first, NULL, keep_cb, &result); /* after the other */
  wait_until (result != NULL);
  g_assert_true (tlm_engine_service_replay_finish (engine, result, &why, NULL));
  g_assert_null (find_widget (f->window, GTK_TYPE_LABEL, "The same:"));
}

static void
done_cb (GtkPrintOperation *operation, GtkPrintOperationResult result, gboolean *done)
{
  g_assert_cmpint (result, ==, GTK_PRINT_OPERATION_RESULT_APPLY);
  *done = TRUE;
}

static void
test_prints (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "summary.pdf", NULL), *bytes = NULL, *text = NULL;
  g_autoptr (GtkPrintOperation) operation = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;
  gsize len;

  if (!has_reader ())
    return;
  open_note (f, NOTE);
  wait_until (get_summary (f) != NULL);
  text = tlm_summary_text_dup_plain (get_summary (f));
  operation = tlm_print_new ("Summary", text);
  gtk_print_operation_set_export_filename (operation, path);
  g_signal_connect (operation, "done", G_CALLBACK (done_cb), &done);
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT, GTK_WINDOW (f->window),
                           &error);
  g_assert_no_error (error);
  wait_until (done);
  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  g_assert_true (g_str_has_prefix (bytes, "%PDF"));
  g_assert_cmpint (gtk_print_operation_get_n_pages_to_print (operation), ==, 1);
}

static char *
dup_long_text (void)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < 10000; i++)
    g_string_append_printf (text, "In the year %d the guild paid %d coins for salt.\n", i, i * 7);
  return g_string_free (text, FALSE);
}

/* A note of 100,000 words: how far it is, and a way out. */
static void
test_long_reading_can_be_stopped (Fixture *f, gconstpointer data)
{
  g_autofree char *text = dup_long_text ();

  if (!has_reader ())
    return;
  open_note (f, text);
  wait_until (find_widget (f->window, GTK_TYPE_PROGRESS_BAR, NULL) != NULL);
  act (f, "note.stop");
  g_assert_null (find_widget (f->window, GTK_TYPE_PROGRESS_BAR, NULL));
  g_assert_nonnull (find_widget (f->window, GTK_TYPE_LABEL, "You stopped the reading."));
  act (f, "note.summarize");
  wait_until (get_summary (f) != NULL);
  assert_text (f, text);
}

static void
write_file (GFile *folder, const char *name, const char *text)
{
  g_autoptr (GFile) file = g_file_get_child (folder, name);

  g_assert_true (g_file_replace_contents (file, text, strlen (text), NULL, FALSE, 0, NULL, NULL, NULL));
}

static void
look_through (Fixture *f)
{
  TlmFolders *folders = tlm_services_get_folders (f->services);

  tlm_folders_start (folders);
  wait_until (tlm_folders_get_busy (folders));
  wait_until (!tlm_folders_get_busy (folders));
}

/* Of a folder that is watched, which has another file. (transfer full) */
static GFile *
open_note_of_a_file (Fixture *f)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (f->services));
  g_autofree char *path = g_build_filename (f->folder, "vault", NULL);
  g_autoptr (TlmNote) note = NULL;
  GFile *folder = g_file_new_for_path (path);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  write_file (folder, "one.md", "One.\n");
  wait_until (tlm_services_get_ready (f->services));
  tlm_folders_add (tlm_services_get_folders (f->services), folder);
  wait_until (g_list_model_get_n_items (notes) == 1);
  note = g_list_model_get_item (notes, 0);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.open-note", "x", tlm_note_get_id (note));
  wait_until (get_page (f) != NULL && gtk_text_buffer_get_char_count (get_buffer (f)) == 5);
  write_file (folder, "two.md", "Two.\n");
  look_through (f);
  return folder;
}

/* What is in sight is what is saved with the next letter. */
static void
test_follows_its_file (Fixture *f, gconstpointer data)
{
  g_autoptr (GFile) folder = open_note_of_a_file (f);
  g_autoptr (GFile) file = g_file_get_child (folder, "one.md");

  write_file (folder, "one.md", "One and a half.\n");
  look_through (f);
  wait_until (gtk_text_buffer_get_char_count (get_buffer (f)) == 16);
  g_assert_true (g_file_delete (file, NULL, NULL));
  look_through (f);
  wait_until (find_widget (f->window, GTK_TYPE_LABEL, "file is gone from its folder") != NULL);
  g_assert_null (get_page (f));
}

static void
test_keeps_what_is_typed_beside_its_file (Fixture *f, gconstpointer data)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (f->services));
  g_autoptr (GFile) folder = open_note_of_a_file (f);

  gtk_text_buffer_insert_at_cursor (get_buffer (f), "Typed. ", -1);
  write_file (folder, "one.md", "One and a half.\n");
  look_through (f);
  assert_text (f, "Typed. One.\n");
  g_assert_cmpuint (g_list_model_get_n_items (notes), ==, 3);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/ui/note-page/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("finds-and-replaces", test_finds_and_replaces);
  ADD ("answers-with-a-place", test_answers_with_a_place);
  ADD ("answers-what-stands-there", test_answers_what_stands_there);
  ADD ("says-why", test_says_why);
  ADD ("inserts-the-summary", test_inserts_the_summary);
  ADD ("summarises-a-selection", test_summarises_a_selection);
  ADD ("replays", test_replays);
  ADD ("replays-what-was-shown", test_replays_what_was_shown);
  ADD ("prints", test_prints);
  ADD ("follows-its-file", test_follows_its_file);
  ADD ("keeps-what-is-typed-beside-its-file", test_keeps_what_is_typed_beside_its_file);
  ADD ("long-reading-can-be-stopped", test_long_reading_can_be_stopped);
  return g_test_run ();
}
