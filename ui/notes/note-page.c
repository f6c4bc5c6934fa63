/* SPDX-License-Identifier: Apache-2.0 */
/* The note page. The editor's text is saved a moment after typing stops, and at once when the page
 * turns to another note or the window closes; what is not saved yet is said in the title. */
#include "note-page-private.h"

#include "common/style.h"

#include <glib/gi18n.h>

#define SAVE_DELAY_MS 500    /* from the first letter that is not saved: what a crash costs */
#define SUMMARY_DELAY_MS 600 /* a pause in typing; a summary itself takes far less */

G_DEFINE_FINAL_TYPE (TlmNotePage, tlm_note_page, ADW_TYPE_BIN)

/**
 * tlm_note_page_dup_text:
 *
 * Returns: (transfer full): what the editor holds
 */
char *
tlm_note_page_dup_text (TlmNotePage *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, TRUE);
}

/* Runs of letters and digits; a wide letter (Chinese, Japanese, Korean) counts by itself, as word
 * counts in those languages do. One pass over the text: cheap enough for a book. */
static guint
count_words (const char *text)
{
  guint n = 0;
  gboolean inside = FALSE;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);
      gboolean letter = g_unichar_isalnum (c) || (inside && (c == '\'' || c == 0x2019));

      if (letter && (!inside || g_unichar_iswide (c)))
        n++;
      inside = letter;
    }
  return n;
}

/* The number of words and what would be lost now. */
static char *
dup_state_line (TlmNotePage *self)
{
  guint n = self->n_words;
  g_autofree char *words = g_strdup_printf (ngettext ("%u word", "%u words", n), n);

  if (self->note == NULL || self->dirty || !tlm_note_get_saved (self->note))
    /* Translators: the number of words of a note and whether it is saved. */
    return g_strdup_printf (_("%s · Not saved yet"), words);
  if (tlm_store_get_is_volatile (tlm_services_get_store (self->services)))
    /* Translators: the number of words of a note, which is not on the disk. */
    return g_strdup_printf (_("%s · In memory only"), words);
  /* Translators: the number of words of a note and whether it is saved. */
  return g_strdup_printf (_("%s · Saved"), words);
}

static void
update_title (TlmNotePage *self)
{
  const char *name = self->note != NULL ? tlm_note_get_title (self->note) : "";
  const char *title = *name != '\0' ? name : _("New Note");
  g_autofree char *state = dup_state_line (self);
  g_autofree char *both = g_strdup_printf ("%s\n%s", title, state); /* where they are cut short */

  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, state);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), both);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmNotePage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_notes_save_finish (TLM_NOTES (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
  if (self->buffer != NULL)
    update_title (self);
}

/**
 * tlm_note_page_save:
 *
 * Hands what is not saved yet to the store.
 */
void
tlm_note_page_save (TlmNotePage *self)
{
  g_autofree char *text = NULL;

  g_clear_handle_id (&self->save_timeout, g_source_remove);
  if (self->note == NULL || self->loading != NULL
      || (!self->dirty && tlm_note_get_saved (self->note)))
    return;
  text = tlm_note_page_dup_text (self);
  self->dirty = FALSE;
  self->n_words = count_words (text);
  tlm_notes_save_async (tlm_services_get_notes (self->services), self->note, text, NULL, saved_cb,
                        g_object_ref (self));
}

static gboolean
save_timeout_cb (gpointer user_data)
{
  TlmNotePage *self = user_data;

  self->save_timeout = 0;
  tlm_note_page_save (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (TlmNotePage *self)
{
  gtk_widget_set_visible (self->placeholder, gtk_text_buffer_get_char_count (self->buffer) == 0);
  if (self->note == NULL || self->loading != NULL)
    return;
  tlm_note_page_hide_source (self);
  self->dirty = TRUE;
  if (self->save_timeout == 0)
    self->save_timeout = g_timeout_add (SAVE_DELAY_MS, save_timeout_cb, self);
  if (g_settings_get_boolean (self->settings, "summarize-while-typing"))
    tlm_note_page_summary_later (self, SUMMARY_DELAY_MS);
  if (g_settings_get_boolean (self->settings, "suggest-words"))
    tlm_ghost_word_update (self->ghost);
  update_title (self);
}

/* Loading is not something to undo. */
static void
set_text (TlmNotePage *self, const char *text)
{
  GtkTextIter start;

  gtk_text_buffer_begin_irreversible_action (self->buffer);
  gtk_text_buffer_set_text (self->buffer, text, -1);
  gtk_text_buffer_end_irreversible_action (self->buffer);
  gtk_text_buffer_get_start_iter (self->buffer, &start);
  gtk_text_buffer_place_cursor (self->buffer, &start);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmNotePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = tlm_notes_get_text_finish (TLM_NOTES (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (text == NULL)
    {
      /* The editor stays closed: an empty text must not be saved over the one that is there. */
      tlm_summary_pane_set_error (self->pane, error->message);
      return;
    }
  set_text (self, text);
  self->n_words = count_words (text);
  g_clear_object (&self->loading);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->editor), TRUE);
  tlm_note_page_summary_later (self, 0);
  tlm_note_page_show_wanted_place (self);
  update_title (self);
}

static void
leave_note (TlmNotePage *self)
{
  tlm_note_page_save (self);
  tlm_note_page_summary_stop (self);
  tlm_note_page_stop_reword (self);
  tlm_note_page_leave_questions (self);
  tlm_find_bar_close (self->find_bar);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_pointer (&self->spans, tlm_note_spans_free);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_pointer (&self->place_words, g_free);
  self->wanted_top = 0;
  self->wanted_cursor = 0;
  tlm_coverage_strip_set_summary (self->strip, NULL);
  if (self->note != NULL)
    g_signal_handlers_disconnect_by_data (self->note, self);
  g_clear_object (&self->note);
  self->dirty = FALSE;
  self->n_words = 0;
}

static void
load (TlmNotePage *self)
{
  self->loading = g_cancellable_new ();
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->editor), FALSE);
  tlm_notes_get_text_async (tlm_services_get_notes (self->services), self->note, self->loading,
                            loaded_cb, g_object_ref (self));
}

/* Another window wrote it, or its file did. What was typed here meanwhile stays: its save leaves the other
 * text alone. */
static void
replaced_cb (TlmNotePage *self)
{
  if (self->dirty || !tlm_note_get_saved (self->note))
    return;
  if (self->loading == NULL)
    tlm_note_page_keep_place (self);
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  load (self);
}

/* Reading GtkSourceView's languages and schemes takes longer than all else before the first frame
 * (85 of 430 ms of CPU), so it waits for the first note. */
static void
ensure_highlighting (TlmNotePage *self)
{
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (self->buffer);
  GtkSourceLanguageManager *manager;

  if (gtk_source_buffer_get_language (buffer) != NULL)
    return;
  manager = gtk_source_language_manager_get_default ();
  gtk_source_buffer_set_language (buffer,
                                  gtk_source_language_manager_get_language (manager, "markdown"));
  tlm_style_follow_scheme (buffer);
}

/**
 * tlm_note_page_open:
 * @note: to be shown; the one before it is saved
 * @is_new: whether it was just made, so that typing goes into it
 */
void
tlm_note_page_open (TlmNotePage *self, TlmNote *note, gboolean is_new)
{
  if (self->note == note)
    return;
  leave_note (self);
  ensure_highlighting (self);
  self->note = g_object_ref (note);
  g_signal_connect_swapped (note, "notify::title", G_CALLBACK (update_title), self);
  g_signal_connect_swapped (note, "notify::saved", G_CALLBACK (update_title), self);
  g_signal_connect_swapped (note, "replaced", G_CALLBACK (replaced_cb), self);
  g_signal_connect_swapped (note, "flush", G_CALLBACK (tlm_note_page_save), self);
  load (self);
  set_text (self, "");
  tlm_summary_pane_set_empty (self->pane);
  tlm_summary_pane_set_working (self->pane, TRUE);
  update_title (self);
  if (is_new)
    gtk_widget_grab_focus (self->editor);
}

/**
 * tlm_note_page_discard:
 *
 * Leaves the note, after saving it: it went to the bin, and may come back.
 */
void
tlm_note_page_discard (TlmNotePage *self)
{
  leave_note (self);
}

/**
 * tlm_note_page_focus:
 *
 * Puts the cursor into the text.
 */
void
tlm_note_page_focus (TlmNotePage *self)
{
  gtk_widget_grab_focus (self->editor);
}

/**
 * tlm_note_page_get_pane:
 *
 * Returns: (transfer none) (nullable): the summary, when it is in sight
 */
GtkWidget *
tlm_note_page_get_pane (TlmNotePage *self)
{
  return tlm_side_pane_get_show_pane (self->side_pane) ? GTK_WIDGET (self->pane) : NULL;
}

/**
 * tlm_note_page_get_note:
 *
 * Returns: (transfer none) (nullable): the note that is shown
 */
TlmNote *
tlm_note_page_get_note (TlmNotePage *self)
{
  return self->note;
}

/**
 * tlm_note_page_set_services:
 * @services: where notes and summaries come from
 */
void
tlm_note_page_set_services (TlmNotePage *self, TlmServices *services)
{
  g_set_object (&self->services, services);
  tlm_summary_pane_set_licenses (self->pane, tlm_services_get_licenses (services));
  g_clear_pointer (&self->ghost, tlm_ghost_word_free);
  self->ghost = tlm_ghost_word_new (GTK_TEXT_VIEW (self->editor),
                                    tlm_services_get_engine (services));
  tlm_note_page_setup_reword (self);
}

/* The tag's colour must be readable under dark text and under light text. */
static void
update_tag (TlmNotePage *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  g_object_set (self->source_tag, "background", dark ? "#1a4a80" : "#cfe4ff", NULL);
}

static void
setup_editor (TlmNotePage *self)
{
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->editor));
  gtk_source_buffer_set_highlight_matching_brackets (GTK_SOURCE_BUFFER (self->buffer), FALSE);
  self->source_tag = gtk_text_buffer_create_tag (self->buffer, "source", NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_tag), self, G_CONNECT_SWAPPED);
  update_tag (self);
  tlm_find_bar_set_view (self->find_bar, GTK_SOURCE_VIEW (self->editor));
  self->why = g_object_new (TLM_TYPE_WHY_POPOVER, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->why), self->editor);
  g_signal_connect_object (self->buffer, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/* Control and a click ask why; a plain click writes. */
static void
pressed_cb (TlmNotePage *self, int n_press, double x, double y, GtkGestureClick *click)
{
  GtkTextView *view = GTK_TEXT_VIEW (self->editor);
  GdkModifierType state = gtk_event_controller_get_current_event_state (
    GTK_EVENT_CONTROLLER (click));
  GtkTextIter iter;
  int buffer_x, buffer_y;

  if ((state & GDK_CONTROL_MASK) == 0 || n_press != 1)
    return;
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_text_view_window_to_buffer_coords (view, GTK_TEXT_WINDOW_WIDGET, (int) x, (int) y, &buffer_x,
                                         &buffer_y);
  gtk_text_view_get_iter_at_location (view, &iter, buffer_x, buffer_y);
  tlm_note_page_explain (self, &iter);
}

/* The keys of the page work wherever the focus is, but not from behind another page. */
static void
tlm_note_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tlm_note_page_parent_class)->map (widget);
  gtk_shortcut_controller_set_scope (TLM_NOTE_PAGE (widget)->keys, GTK_SHORTCUT_SCOPE_GLOBAL);
}

static void
tlm_note_page_unmap (GtkWidget *widget)
{
  gtk_shortcut_controller_set_scope (TLM_NOTE_PAGE (widget)->keys, GTK_SHORTCUT_SCOPE_LOCAL);
  GTK_WIDGET_CLASS (tlm_note_page_parent_class)->unmap (widget);
}

static void
tlm_note_page_root (GtkWidget *widget)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);

  GTK_WIDGET_CLASS (tlm_note_page_parent_class)->root (widget);
  tlm_split_view_adopt_header (widget, ADW_HEADER_BAR (self->header), self->back_button);
}

static void
tlm_note_page_dispose (GObject *object)
{
  TlmNotePage *self = TLM_NOTE_PAGE (object);

  if (self->buffer != NULL)
    leave_note (self);
  self->buffer = NULL;
  g_clear_pointer (&self->ghost, tlm_ghost_word_free);
  if (self->why != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->why));
  self->why = NULL;
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_NOTE_PAGE);
  g_clear_object (&self->services);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (tlm_note_page_parent_class)->dispose (object);
}

static void
tlm_note_page_class_init (TlmNotePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_note_page_dispose;
  widget_class->map = tlm_note_page_map;
  widget_class->unmap = tlm_note_page_unmap;
  widget_class->root = tlm_note_page_root;
  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (TLM_TYPE_ASK_BAR);
  g_type_ensure (TLM_TYPE_COVERAGE_STRIP);
  g_type_ensure (TLM_TYPE_FIND_BAR);
  g_type_ensure (TLM_TYPE_SIDE_PANE);
  g_type_ensure (TLM_TYPE_SUMMARY_PANE);
  g_type_ensure (TLM_TYPE_TOOLBAR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/note-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, header);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, back_button);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, title);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, pane_button);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, side_pane);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, scroller);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, editor);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, placeholder);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, strip);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, pane);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, find_bar);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, ask_bar);
  gtk_widget_class_bind_template_child (widget_class, TlmNotePage, keys);
  gtk_widget_class_bind_template_callback (widget_class, tlm_note_page_ask);
  gtk_widget_class_bind_template_callback (widget_class, tlm_note_page_show_answer);
  gtk_widget_class_bind_template_callback (widget_class, tlm_note_page_show_span);
  gtk_widget_class_bind_template_callback (widget_class, tlm_note_page_show_wanted_place);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  tlm_note_page_install_actions (widget_class);
  tlm_note_page_install_teach (widget_class);
}

static void
tlm_note_page_init (TlmNotePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new ("com.sprapp.TinyLM");
  setup_editor (self);
  g_object_bind_property (self->side_pane, "show-pane", self->pane_button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}
