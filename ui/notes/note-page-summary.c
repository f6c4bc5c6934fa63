/* SPDX-License-Identifier: Apache-2.0 */
/* The summary of what the editor holds, or of a selection: asked for a moment after typing stops,
 * dropped when the text has moved on, its spans shown in the editor. */
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

/* What is being read, and where it stands in the editor. */
typedef struct
{
  TlmNotePage  *page;
  TlmNoteSpans *spans;
} Reading;

static void
reading_free (Reading *reading)
{
  tlm_note_spans_free (reading->spans);
  g_object_unref (reading->page);
  g_free (reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

/* The item that the person came for, where the note still has it. */
static void
show_wanted (TlmNotePage *self, TlmSummary *summary)
{
  g_autofree char *wanted = g_steal_pointer (&self->wanted);
  gsize n;
  const TlmAction *actions = tlm_summary_get_actions (summary, &n);

  for (gsize i = 0; wanted != NULL && i < n; i++)
    {
      g_autofree char *shown = tlm_summary_dup_shown (summary, &actions[i].sentence);

      if (g_str_equal (shown, wanted))
        {
          tlm_note_page_show_span (self, actions[i].sentence.start, actions[i].sentence.end);
          return;
        }
    }
}

static void
summarized_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Reading) reading = user_data;
  TlmNotePage *self = reading->page;
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmSummary) summary = tlm_engine_service_summarize_finish (
    TLM_ENGINE_SERVICE (source), result, &error);

  /* Cancelled: the text or the note has changed, and the one who cancelled asks again. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->summarizing);
  g_clear_pointer (&self->spans, tlm_note_spans_free);
  tlm_coverage_strip_set_summary (self->strip, self->of_part ? NULL : summary);
  if (error != NULL)
    {
      tlm_summary_pane_set_error (self->pane, error->message);
      return;
    }
  self->spans = g_steal_pointer (&reading->spans);
  tlm_summary_pane_set_summary (self->pane, summary);
  show_wanted (self, summary);
}

/**
 * tlm_note_page_show_item:
 * @sentence: an action item, as tlm_summary_dup_shown() gives it
 *
 * Marks it in the note that is shown, as soon as that is read.
 */
void
tlm_note_page_show_item (TlmNotePage *self, const char *sentence)
{
  g_free (self->wanted);
  self->wanted = g_strdup (sentence);
  tlm_note_page_summary_later (self, 0);
}

static void
progress_cb (double fraction, gpointer user_data)
{
  Reading *reading = user_data;

  if (reading->page->summarizing != NULL)
    tlm_summary_pane_set_progress (reading->page->pane, fraction);
}

/* @offset: the character of the buffer at which @text begins */
static void
summarize_text (TlmNotePage *self, const char *text, int offset)
{
  Reading *reading = g_new0 (Reading, 1);
  TlmSummarizeRequest request = { .text = text, .len = -1,
                                  .written_at = tlm_note_get_updated (self->note),
                                  .progress = progress_cb, .progress_data = reading };

  reading->page = g_object_ref (self);
  reading->spans = tlm_note_spans_new (self->buffer, text, offset);
  self->summarizing = g_cancellable_new ();
  tlm_summary_pane_set_working (self->pane, TRUE);
  tlm_engine_service_summarize_full_async (tlm_services_get_engine (self->services), &request,
                                           self->summarizing, summarized_cb, reading);
}

static void
set_of_part (TlmNotePage *self, gboolean of_part)
{
  self->of_part = of_part;
  tlm_summary_pane_set_is_part (self->pane, of_part);
}

static void
summarize (TlmNotePage *self)
{
  g_autofree char *text = tlm_note_page_dup_text (self);

  set_of_part (self, FALSE);
  if (!is_blank (text))
    {
      summarize_text (self, text, 0);
      return;
    }
  g_clear_pointer (&self->spans, tlm_note_spans_free);
  tlm_coverage_strip_set_summary (self->strip, NULL);
  tlm_summary_pane_set_empty (self->pane);
}

/* What the person selected; not the sentence that a row of the summary selects to show it. */
static gboolean
get_selection (TlmNotePage *self, GtkTextIter *start, GtkTextIter *end)
{
  return gtk_text_buffer_get_selection_bounds (self->buffer, start, end)
         && !(gtk_text_iter_starts_tag (start, self->source_tag)
              && gtk_text_iter_ends_tag (end, self->source_tag));
}

/**
 * tlm_note_page_summarize_now:
 * @selection: whether of the selection when there is one; else of the whole note
 */
void
tlm_note_page_summarize_now (TlmNotePage *self, gboolean selection)
{
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  if (self->note == NULL || self->loading != NULL)
    return;
  tlm_note_page_summary_stop (self);
  if (selection && get_selection (self, &start, &end))
    text = gtk_text_buffer_get_text (self->buffer, &start, &end, TRUE);
  if (text == NULL || is_blank (text))
    {
      summarize (self);
      return;
    }
  set_of_part (self, TRUE);
  summarize_text (self, text, gtk_text_iter_get_offset (&start));
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
 * tlm_note_page_show_place:
 * @spans: through which the place is led
 * @start, @end: UTF-8 bytes of the text as it was read
 *
 * Selects, marks and scrolls to it in the editor. The focus stays where it is, so that the arrow keys
 * walk from one key point to the next.
 */
void
tlm_note_page_show_place (TlmNotePage *self, TlmNoteSpans *spans, gsize start, gsize end)
{
  GtkTextIter first, last;

  if (spans == NULL || !tlm_note_spans_lookup (spans, start, end, &first, &last))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                  _("This sentence is no longer in the note."));
      return;
    }
  tlm_note_page_hide_source (self);
  self->source_shown = TRUE;
  gtk_text_buffer_apply_tag (self->buffer, self->source_tag, &first, &last);
  gtk_text_buffer_select_range (self->buffer, &first, &last);
  self->wanted_top = 0;
  gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (self->editor), &first, 0.1, TRUE, 0, 0.3);
  if (tlm_side_pane_get_collapsed (self->side_pane))
    tlm_side_pane_set_show_pane (self->side_pane, FALSE);
}

/**
 * tlm_note_page_show_span:
 * @start, @end: UTF-8 bytes of what the shown summary is of
 */
void
tlm_note_page_show_span (TlmNotePage *self, guint64 start, guint64 end)
{
  tlm_note_page_show_place (self, self->spans, start, end);
}
