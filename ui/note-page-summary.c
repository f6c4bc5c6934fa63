/* SPDX-License-Identifier: Apache-2.0 */
/* The summary of what the editor holds: asked for a moment after typing stops, dropped when the text
 * has moved on, its spans shown in the editor. */
#include "note-page-private.h"

#include <glib/gi18n.h>

static gboolean
is_blank (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    if (!g_unichar_isspace (g_utf8_get_char (text)))
      return FALSE;
  return TRUE;
}

static void
summarized_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmNotePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmSummary) summary = tlm_engine_service_summarize_finish (
    TLM_ENGINE_SERVICE (source), result, &error);

  /* Cancelled: the text or the note has changed, and the one who cancelled asks again. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->summarizing);
  g_clear_pointer (&self->spans, tlm_note_spans_free);
  tlm_coverage_strip_set_summary (self->strip, summary);
  if (error != NULL)
    {
      tlm_summary_pane_set_error (self->pane, error->message);
      return;
    }
  self->spans = tlm_note_spans_new (self->buffer, summary);
  tlm_summary_pane_set_summary (self->pane, summary);
}

static void
summarize (TlmNotePage *self)
{
  g_autofree char *text = tlm_note_page_dup_text (self);

  if (is_blank (text))
    {
      g_clear_pointer (&self->spans, tlm_note_spans_free);
      tlm_coverage_strip_set_summary (self->strip, NULL);
      tlm_summary_pane_set_empty (self->pane);
      return;
    }
  self->summarizing = g_cancellable_new ();
  tlm_summary_pane_set_working (self->pane, TRUE);
  tlm_engine_service_summarize_async (tlm_services_get_engine (self->services), text, -1,
                                      self->summarizing, summarized_cb, g_object_ref (self));
}

static gboolean
timeout_cb (gpointer user_data)
{
  TlmNotePage *self = user_data;

  self->summary_timeout = 0;
  summarize (self);
  return G_SOURCE_REMOVE;
}

/**
 * tlm_note_page_summary_later:
 * @delay_ms: to wait; a further call in that time starts the wait anew
 */
void
tlm_note_page_summary_later (TlmNotePage *self, guint delay_ms)
{
  tlm_note_page_summary_stop (self);
  self->summary_timeout = g_timeout_add (delay_ms, timeout_cb, self);
}

/**
 * tlm_note_page_summary_stop:
 *
 * Drops the summary that is being made or waited for.
 */
void
tlm_note_page_summary_stop (TlmNotePage *self)
{
  g_clear_handle_id (&self->summary_timeout, g_source_remove);
  g_cancellable_cancel (self->summarizing);
  g_clear_object (&self->summarizing);
}

/**
 * tlm_note_page_hide_source:
 *
 * Unmarks the sentence that was shown last; cheap when there is none, as this is called at each key.
 */
void
tlm_note_page_hide_source (TlmNotePage *self)
{
  GtkTextIter start, end;

  if (!self->source_shown)
    return;
  self->source_shown = FALSE;
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_remove_tag (self->buffer, self->source_tag, &start, &end);
}

/**
 * tlm_note_page_show_span:
 * @start, @end: UTF-8 bytes of the note as the shown summary read it
 *
 * Selects, marks and scrolls to it in the editor. The focus stays where it is, so that the arrow keys
 * walk from one key point to the next.
 */
void
tlm_note_page_show_span (TlmNotePage *self, guint64 start, guint64 end)
{
  GtkTextIter first, last;

  if (self->spans == NULL || !tlm_note_spans_lookup (self->spans, start, end, &first, &last))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                  _("This sentence is no longer in the note."));
      return;
    }
  tlm_note_page_hide_source (self);
  self->source_shown = TRUE;
  gtk_text_buffer_apply_tag (self->buffer, self->source_tag, &first, &last);
  gtk_text_buffer_select_range (self->buffer, &first, &last);
  gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (self->editor), &first, 0.1, TRUE, 0, 0.3);
  if (tlm_side_pane_get_collapsed (self->side_pane))
    tlm_side_pane_set_show_pane (self->side_pane, FALSE);
}
