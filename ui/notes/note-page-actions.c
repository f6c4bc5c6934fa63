/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done on a note's page. Each thing is an action "note.NAME", with a key in
 * note-page.ui. */
#include "note-page-private.h"

#include "common/print.h"
#include "skills/front-matter.h"
#include "summary-text.h"

#include <glib/gi18n.h>
#include <string.h>

static void
find_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);

  if (self->note != NULL)
    tlm_find_bar_open (self->find_bar, g_str_equal (action, "note.replace"));
}

/**
 * tlm_note_page_show_summary:
 *
 * On a narrow window it lies over the editor or is away.
 */
void
tlm_note_page_show_summary (TlmNotePage *self)
{
  tlm_side_pane_open (self->side_pane);
}

static void
ask_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);

  tlm_note_page_show_summary (self);
  tlm_ask_bar_focus (self->ask_bar);
}

static void
why_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);
  GtkTextIter start;

  gtk_text_buffer_get_selection_bounds (self->buffer, &start, NULL);
  tlm_note_page_explain (self, &start);
}

static void
summarize_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_note_page_show_summary (TLM_NOTE_PAGE (widget));
  tlm_note_page_summarize_now (TLM_NOTE_PAGE (widget), g_str_equal (action, "note.summarize"));
}

static void
stop_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);

  if (self->summarizing == NULL)
    return;
  tlm_note_page_summary_stop (self);
  tlm_summary_pane_set_working (self->pane, FALSE);
  if (tlm_summary_pane_get_summary (self->pane) == NULL)
    tlm_summary_pane_set_error (self->pane, _("You stopped the reading. Choose “Summarize Now” in the "
                                              "note’s menu to read the note."));
}

static void
toast (TlmNotePage *self, const char *sentence)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

/* "[ ]" becomes "[x]" and back on the cursor's line: the one way in which a tick gets into a note. */
static void
toggle_box_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);
  GtkTextIter start, end, line_end;
  g_autofree char *line = NULL;
  const char *box;

  gtk_text_buffer_get_selection_bounds (self->buffer, &start, NULL);
  gtk_text_iter_set_line_offset (&start, 0);
  line_end = start;
  if (!gtk_text_iter_ends_line (&line_end))
    gtk_text_iter_forward_to_line_end (&line_end);
  line = gtk_text_buffer_get_text (self->buffer, &start, &line_end, TRUE);
  box = line + strspn (line, " \t>-*+0123456789.)");
  if (!gtk_text_view_get_editable (GTK_TEXT_VIEW (self->editor)) || box[0] != '[' || box[1] == '\0'
      || strchr (" xX", box[1]) == NULL || box[2] != ']')
    {
      toast (self, _("There is no check box on this line."));
      return;
    }
  gtk_text_iter_set_line_index (&start, (int) (box + 1 - line));
  end = start;
  gtk_text_iter_forward_char (&end);
  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_text_buffer_insert (self->buffer, &start, box[1] == ' ' ? "x" : " ", 1);
  gtk_text_buffer_end_user_action (self->buffer);
}

/* The one that is shown, perhaps of a selection or of the note as it was; says so when there is
 * none. */
static TlmSummary *
get_summary (TlmNotePage *self)
{
  TlmSummary *summary = tlm_summary_pane_get_summary (self->pane);

  if (summary == NULL)
    toast (self, _("There is no summary yet."));
  return summary;
}

/* In one step to undo, in place of the one that was inserted before. */
static void
insert_summary_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);
  g_autofree char *text = tlm_note_page_dup_text (self), *block = NULL;
  TlmSummary *summary = get_summary (self);
  TlmFrontMatter front;
  GtkTextIter start, end;

  if (summary == NULL || !gtk_text_view_get_editable (GTK_TEXT_VIEW (self->editor)))
    return;
  block = tlm_summary_text_dup_block (summary);
  tlm_front_matter_read (text, strlen (text), &front);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &start,
                                      (int) g_utf8_pointer_to_offset (text, text + front.block));
  gtk_text_buffer_get_iter_at_offset (self->buffer, &end,
                                      (int) g_utf8_pointer_to_offset (text, text + front.end));
  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_text_buffer_insert (self->buffer, &start, block, -1);
  gtk_text_buffer_end_user_action (self->buffer);
  toast (self, _("The summary stands at the top of the note. Undo takes it away."));
}

static void
print_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);
  g_autofree char *text = tlm_note_page_dup_text (self);

  if (self->note != NULL)
    tlm_print (widget, tlm_note_get_title (self->note), text);
}

static void
print_summary_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);
  TlmSummary *summary = get_summary (self);
  g_autofree char *text = summary != NULL ? tlm_summary_text_dup_plain (summary) : NULL;

  if (text != NULL)
    tlm_print (widget, self->of_part ? _("Summary of the Selection") : _("Summary"), text);
}

typedef struct
{
  TlmNotePage *page;
  TlmSummary  *summary; /* that is made again */
} Replay;

static void
replay_free (Replay *replay)
{
  g_object_unref (replay->page);
  g_object_unref (replay->summary);
  g_free (replay);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Replay, replay_free)

static void
replayed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Replay) replay = user_data;
  TlmSummaryPane *pane = replay->page->pane;
  g_autoptr (GError) error = NULL;
  g_autofree char *why = NULL, *sentence = NULL;
  gboolean good = tlm_engine_service_replay_finish (TLM_ENGINE_SERVICE (source), result, &why,
                                                    &error);

  /* The verdict is on no other summary, and the page may have gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || pane == NULL
      || tlm_summary_pane_get_summary (pane) != replay->summary)
    return;
  if (good && why == NULL)
    sentence = g_strdup (_("The same: made again from the model’s file, byte for byte."));
  else
    /* Translators: a summary that was made again; then a sentence that says why. */
    sentence = g_strdup_printf (_("Not the same. %s"), why != NULL ? why : error->message);
  tlm_summary_pane_set_verdict (pane, sentence, good && why == NULL);
}

static void
replay_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmNotePage *self = TLM_NOTE_PAGE (widget);
  TlmSummary *summary = get_summary (self);
  Replay *replay;

  if (summary == NULL)
    return;
  replay = g_new (Replay, 1);
  *replay = (Replay){ g_object_ref (self), g_object_ref (summary) };
  tlm_engine_service_replay_async (tlm_services_get_engine (self->services), summary, NULL,
                                   replayed_cb, replay);
}

static gboolean
escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  return tlm_find_bar_close (TLM_NOTE_PAGE (widget)->find_bar);
}

/**
 * tlm_note_page_install_actions:
 * @widget_class: of TlmNotePage
 */
void
tlm_note_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "note.find", NULL, find_cb);
  gtk_widget_class_install_action (widget_class, "note.replace", NULL, find_cb);
  gtk_widget_class_install_action (widget_class, "note.ask", NULL, ask_cb);
  gtk_widget_class_install_action (widget_class, "note.why", NULL, why_cb);
  gtk_widget_class_install_action (widget_class, "note.summarize", NULL, summarize_cb);
  gtk_widget_class_install_action (widget_class, "note.summarize-whole", NULL, summarize_cb);
  gtk_widget_class_install_action (widget_class, "note.stop", NULL, stop_cb);
  gtk_widget_class_install_action (widget_class, "note.toggle-box", NULL, toggle_box_cb);
  gtk_widget_class_install_action (widget_class, "note.insert-summary", NULL, insert_summary_cb);
  gtk_widget_class_install_action (widget_class, "note.print", NULL, print_cb);
  gtk_widget_class_install_action (widget_class, "note.print-summary", NULL, print_summary_cb);
  gtk_widget_class_install_action (widget_class, "note.replay", NULL, replay_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, escape_cb, NULL);
}
