/* SPDX-License-Identifier: Apache-2.0 */
/* What is attached to a message: dropped or chosen, it stands as a chip until it is taken away or sent, and
 * then under the message, where a press shows its text. */
#include "support.h"

#include "chats/attachments.h"
#include "chats/chat-page.h"
#include "chats/composer.h"
#include "chats/message-row.h"
#include "common/item-row.h"
#include "notes/note-chooser.h"

#include <gtksourceview/gtksource.h>
#include <string.h>

#define OFFER "The roof of the barn leaks. Anna Weber pays for the new roof. The work begins in May."

static TlmComposer *
open_chat (Fixture *fixture)
{
  GtkWidget *composer = NULL;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-chat", NULL);
  wait_until ((composer = find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  return TLM_COMPOSER (composer);
}

static void
drop_text (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  drop_file (fixture, path);
}

static gboolean
is_empty (TlmComposer *composer)
{
  g_autofree char *text = tlm_composer_dup_text (composer);

  return *text == '\0';
}

static GtkWidget *
get_page (TlmComposer *composer)
{
  return gtk_widget_get_ancestor (GTK_WIDGET (composer), TLM_TYPE_CHAT_PAGE);
}

static void
press_send (TlmComposer *composer)
{
  GtkWidget *written = find_widget (composer, GTK_TYPE_OVERLAY, NULL);
  GtkWidget *stop = gtk_widget_get_last_child (gtk_widget_get_parent (written));
  GtkWidget *send = gtk_widget_get_prev_sibling (stop);

  g_assert_true (gtk_widget_is_sensitive (send));
  g_signal_emit_by_name (send, "clicked");
}

static GtkWidget *
find_chip (gpointer top, const char *name)
{
  GtkWidget *label = find_widget (top, GTK_TYPE_LABEL, name);

  return label != NULL ? gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON) : NULL;
}

static void
test_file_is_dropped_and_removed (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);
  GtkWidget *chip = NULL, *remove;

  drop_text (fixture, "offer.txt", OFFER);
  wait_until ((chip = find_chip (composer, "offer.txt")) != NULL);
  remove = gtk_widget_get_next_sibling (chip);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (remove), ==, "Remove “offer.txt”");
  g_signal_emit_by_name (remove, "clicked");
  g_assert_null (find_chip (composer, "offer.txt"));
  g_assert_true (is_empty (composer));
}

static GtkWindow *
find_dialog (Fixture *fixture)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (find_widget (window, GTK_TYPE_TEXT_VIEW, "Anna Weber pays") != NULL
          || find_widget (window, GTK_TYPE_LABEL, "This is the text that was read") != NULL)
        return window;
    }
  return NULL;
}

static void
test_sent_message_shows_it (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);
  GtkWidget *chip = NULL, *row = NULL;
  TlmChat *chat;

  drop_text (fixture, "offer.txt", OFFER);
  wait_until (find_chip (composer, "offer.txt") != NULL);
  tlm_composer_insert (composer, "Who pays for the roof?");
  press_send (composer);
  wait_until ((row = find_widget (fixture->window, TLM_TYPE_MESSAGE_ROW, NULL)) != NULL);
  wait_until ((chip = find_chip (row, "offer.txt")) != NULL);
  g_assert_true (is_empty (composer));
  chat = tlm_chat_page_get_chat (TLM_CHAT_PAGE (get_page (composer)));
  wait_until (!tlm_chat_get_busy (chat));
  g_signal_emit_by_name (chip, "clicked");
  wait_until (find_dialog (fixture) != NULL);
}

static void
test_is_kept_with_the_draft (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);
  g_autoptr (TlmChat) chat = NULL;

  drop_text (fixture, "offer.txt", OFFER);
  wait_until (find_chip (composer, "offer.txt") != NULL);
  fixture_restart (fixture);
  chat = g_list_model_get_item (G_LIST_MODEL (tlm_services_get_chats (fixture->services)), 0);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-chat", "x",
                              tlm_chat_get_id (chat));
  wait_until ((composer = (TlmComposer *) find_widget (fixture->window, TLM_TYPE_COMPOSER, NULL)) != NULL);
  wait_until (find_chip (composer, "offer.txt") != NULL);
}

static void
test_what_is_no_text_is_said (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);

  tlm_composer_insert (composer, "Words stay");
  drop_text (fixture, "photo.jpg", "\xff\xd8\xff\xe0JFIF");
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "“photo.jpg” was not attached.") != NULL);
  g_assert_false (is_empty (composer));
}

static void
test_too_many_are_said (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);
  g_autofree char *block = tlm_attachment_dup_block (FALSE, "offer.txt", OFFER), *full = NULL, *same = NULL;

  for (int i = 0; i < TLM_ATTACHMENTS_MAX; i++)
    tlm_composer_attach (composer, block);
  full = tlm_composer_dup_text (composer);
  g_assert_null (find_widget (fixture->window, GTK_TYPE_LABEL, "A message takes up to"));
  tlm_composer_attach (composer, block);
  wait_until (find_widget (fixture->window, GTK_TYPE_LABEL, "A message takes up to 20 attachments.") != NULL);
  same = tlm_composer_dup_text (composer);
  g_assert_cmpstr (same, ==, full);
}

static void
note_created_cb (GObject *source, GAsyncResult *result, gpointer note)
{
  *(TlmNote **) note = tlm_notes_create_finish (TLM_NOTES (source), result, NULL);
}

static TlmNote *
create_note (Fixture *fixture, const char *text)
{
  TlmNote *note = NULL;

  tlm_notes_create_async (tlm_services_get_notes (fixture->services), text, NULL, note_created_cb, &note);
  wait_until (note != NULL);
  return note;
}

static void
test_note_is_dropped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TlmNote) note = create_note (fixture, "# Roof\n\n" OFFER);
  TlmComposer *composer = open_chat (fixture);
  g_auto (GValue) value = G_VALUE_INIT;
  GtkWidget *row;

  g_value_init (&value, TLM_TYPE_NOTE);
  g_value_set_object (&value, note);
  row = find_widget (fixture->window, TLM_TYPE_ITEM_ROW, NULL);
  g_assert_true (gtk_widget_grab_focus (gtk_widget_get_parent (row))); /* as the press does */
  drop (get_page (composer), &value);
  wait_until (find_chip (composer, "Roof") != NULL);
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (fixture->window)),
                                         GTK_WIDGET (composer)));
}

static void
test_text_is_dropped (Fixture *fixture, gconstpointer data)
{
  TlmComposer *composer = open_chat (fixture);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *text = NULL;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_static_string (&value, "dropped words");
  drop (get_page (composer), &value);
  text = tlm_composer_dup_text (composer);
  g_assert_cmpstr (text, ==, "dropped words");
}

static void
test_note_is_chosen (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TlmNote) roof = create_note (fixture, "# Roof\n\n" OFFER);
  g_autoptr (TlmNote) garden = create_note (fixture, "# Garden\n\nBeans.");
  TlmComposer *composer = open_chat (fixture);
  GtkWidget *button = find_widget (composer, GTK_TYPE_MENU_BUTTON, NULL), *chooser = NULL, *entry, *chips;

  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  wait_until ((chooser = find_widget (button, TLM_TYPE_NOTE_CHOOSER, NULL)) != NULL);
  wait_until (find_widget (chooser, GTK_TYPE_LABEL, "Garden") != NULL);
  entry = find_widget (chooser, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "roo");
  g_signal_emit_by_name (entry, "activate");
  wait_until ((chips = find_widget (composer, GTK_TYPE_FLOW_BOX, NULL)) != NULL);
  wait_until (find_chip (chips, "Roof") != NULL);
}

/* What was read while the person went on writing elsewhere. */
static void
test_leaves_the_keyboard_where_it_is (Fixture *fixture, gconstpointer data)
{
  g_autofree char *block = tlm_attachment_dup_block (FALSE, "offer.txt", OFFER);
  TlmComposer *composer = open_chat (fixture);
  GtkWidget *editor = NULL;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-note", NULL);
  wait_until ((editor = find_widget (fixture->window, GTK_SOURCE_TYPE_VIEW, NULL)) != NULL
              && gtk_root_get_focus (GTK_ROOT (fixture->window)) == editor);
  tlm_composer_attach (composer, block);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == editor);
}

/* And while the message is in sight beside that. */
static void
test_leaves_the_keyboard_in_the_search (Fixture *fixture, gconstpointer data)
{
  g_autofree char *block = tlm_attachment_dup_block (FALSE, "offer.txt", OFFER);
  TlmComposer *composer = open_chat (fixture);
  GtkWidget *search, *focus;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.search", NULL);
  search = find_widget (fixture->window, GTK_TYPE_SEARCH_ENTRY, NULL);
  focus = gtk_root_get_focus (GTK_ROOT (fixture->window));
  g_assert_true (gtk_widget_is_ancestor (focus, search));
  tlm_composer_attach (composer, block);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == focus);
  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  tlm_composer_attach (composer, block);
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (fixture->window)),
                                         GTK_WIDGET (composer)));
}

/* The buttons that begin a message, over a text that was pasted and a file. */
static void
test_is_kept_by_what_begins_it (Fixture *fixture, gconstpointer data)
{
  g_autofree char *block = tlm_attachment_dup_block (FALSE, "offer.txt", OFFER);
  TlmComposer *composer = open_chat (fixture);
  g_autofree char *first = NULL, *other = NULL, *again = NULL;

  tlm_composer_insert (composer, "The minutes of May.");
  tlm_composer_attach (composer, block);
  click (get_page (composer), "Find Action Items");
  first = tlm_composer_dup_text (composer);
  g_assert_true (g_str_has_prefix (first, "Find the action items in this:\n\nThe minutes of May."));
  g_assert_nonnull (find_chip (composer, "offer.txt"));
  click (get_page (composer), "Suggest a Title");
  other = tlm_composer_dup_text (composer);
  g_assert_true (g_str_has_prefix (other, "Suggest a title for this:\n\nThe minutes of May."));
  click (get_page (composer), "Suggest a Title");
  again = tlm_composer_dup_text (composer);
  g_assert_cmpstr (again, ==, other);
}

static void
add (const char *path, void (*func) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  add ("/ui/attachments/file-is-dropped-and-removed", test_file_is_dropped_and_removed);
  add ("/ui/attachments/sent-message-shows-it", test_sent_message_shows_it);
  add ("/ui/attachments/is-kept-with-the-draft", test_is_kept_with_the_draft);
  add ("/ui/attachments/what-is-no-text-is-said", test_what_is_no_text_is_said);
  add ("/ui/attachments/too-many-are-said", test_too_many_are_said);
  add ("/ui/attachments/note-is-dropped", test_note_is_dropped);
  add ("/ui/attachments/text-is-dropped", test_text_is_dropped);
  add ("/ui/attachments/leaves-the-keyboard-where-it-is", test_leaves_the_keyboard_where_it_is);
  add ("/ui/attachments/leaves-the-keyboard-in-the-search", test_leaves_the_keyboard_in_the_search);
  add ("/ui/attachments/is-kept-by-what-begins-it", test_is_kept_by_what_begins_it);
  add ("/ui/attachments/note-is-chosen", test_note_is_chosen);
  return g_test_run ();
}
