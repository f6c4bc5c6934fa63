/* SPDX-License-Identifier: Apache-2.0 */
/* What a person asks of the note beside its summary: a question, and why a sentence was chosen or
 * not. Answers are places in the text as it was when the question was asked. */
#include "note-page-private.h"

#include "models/engine-service.h"
#include "notes/shown.h"
#include "skills/skill.h"

#include <glib/gi18n.h>
#include <string.h>

/* One question on its way. */
typedef struct
{
  TlmNotePage  *page;
  TlmNoteSpans *spans; /* of the text that was asked */
  char         *text;
} Question;

static Question *
question_new (TlmNotePage *self)
{
  Question *question = g_new0 (Question, 1);

  question->page = g_object_ref (self);
  question->text = tlm_note_page_dup_text (self);
  question->spans = tlm_note_spans_new (self->buffer, question->text, 0);
  return question;
}

static void
question_free (Question *question)
{
  tlm_note_spans_free (question->spans);
  g_object_unref (question->page);
  g_free (question->text);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  TlmNotePage *self = question->page;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  TlmSpan answer = { 0 };
  gboolean good = tlm_engine_service_ask_finish (TLM_ENGINE_SERVICE (source), result, &answer,
                                                 &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->asking);
  if (!tlm_ask_bar_still_asks (self->ask_bar))
    return;
  if (!good)
    {
      tlm_ask_bar_set_error (self->ask_bar, error->message);
      return;
    }
  sentence = tlm_shown_dup (question->text, -1, answer.start, answer.end);
  tlm_ask_bar_set_answer (self->ask_bar, sentence, &answer);
  g_clear_pointer (&self->answer_spans, tlm_note_spans_free);
  self->answer_spans = g_steal_pointer (&question->spans);
  self->answer = answer;
  if (answer.start < answer.end && !tlm_side_pane_get_collapsed (self->side_pane))
    tlm_note_page_show_place (self, self->answer_spans, answer.start, answer.end);
}

static void
stop_asking (TlmNotePage *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
}

/**
 * tlm_note_page_ask:
 * @question: to the note as it stands in the editor
 */
void
tlm_note_page_ask (TlmNotePage *self, const char *question)
{
  Question *asked;

  if (self->note == NULL)
    return;
  stop_asking (self);
  self->asking = g_cancellable_new ();
  asked = question_new (self);
  tlm_engine_service_ask_async (tlm_services_get_engine (self->services), asked->text, question,
                                self->asking, answered_cb, asked);
}

/**
 * tlm_note_page_show_answer:
 *
 * Marks the answer's sentence in the note.
 */
void
tlm_note_page_show_answer (TlmNotePage *self)
{
  if (self->answer_spans != NULL && self->answer.start < self->answer.end)
    tlm_note_page_show_place (self, self->answer_spans, self->answer.start, self->answer.end);
}

/**
 * tlm_note_page_leave_questions:
 *
 * Another note: nothing that was asked belongs to it.
 */
void
tlm_note_page_leave_questions (TlmNotePage *self)
{
  stop_asking (self);
  g_cancellable_cancel (self->explaining);
  g_clear_object (&self->explaining);
  g_clear_pointer (&self->answer_spans, tlm_note_spans_free);
  tlm_ask_bar_clear (self->ask_bar);
  gtk_popover_popdown (GTK_POPOVER (self->why));
}

/* ---- why ---- */

static gboolean
holds (const TlmSpan *span, gsize place)
{
  return span->start <= place && place < span->end;
}

static gboolean
same_words (TlmSummary *summary, const TlmSpan *span, const char *words, gsize len)
{
  return span->end - span->start == len
         && memcmp (tlm_summary_get_text (summary) + span->start, words, len) == 0;
}

static void
find_rank (TlmSummary *summary, gsize unit, TlmWhyPlace *place)
{
  gsize n;
  const TlmSpan *units = tlm_summary_get_units (summary, &n);

  place->rank = 1;
  for (gsize i = 0; i < n; i++)
    if (tlm_summary_get_unit_use (summary, i) != TLM_UNIT_SKIPPED)
      {
        place->n_sentences++;
        place->rank += units[i].p > units[unit].p;
      }
}

/* The sentence in the summary that is shown, which may be of the text a moment ago. */
static void
find_in_summary (TlmSummary *summary, const char *words, gsize len, TlmWhyPlace *place)
{
  gsize n, n_keys, n_actions, u = 0;
  const TlmSpan *units = tlm_summary_get_units (summary, &n);
  const TlmSpan *keys = tlm_summary_get_keypoints (summary, &n_keys);
  const TlmAction *actions = tlm_summary_get_actions (summary, &n_actions);

  while (u < n && !same_words (summary, &units[u], words, len))
    u++;
  if (u == n || tlm_summary_get_unit_use (summary, u) == TLM_UNIT_SKIPPED)
    return;
  find_rank (summary, u, place);
  for (gsize i = 0; i < n_keys; i++)
    if (holds (&keys[i], units[u].start))
      place->keypoint = i + 1;
  for (gsize i = 0; i < n_actions; i++)
    place->is_action |= holds (&actions[i].sentence, units[u].start);
}

/* Below the sentence's first line, where it does not cover it. */
static void
point_at (TlmNotePage *self, const GtkTextIter *iter)
{
  GtkTextView *view = GTK_TEXT_VIEW (self->editor);
  GdkRectangle place;

  gtk_text_view_get_iter_location (view, iter, &place);
  gtk_text_view_buffer_to_window_coords (view, GTK_TEXT_WINDOW_WIDGET, place.x, place.y, &place.x,
                                         &place.y);
  place.width = MAX (place.width, 1);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->why), &place);
}

static void
explained_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Question) question = user_data;
  TlmNotePage *self = question->page;
  g_autoptr (GError) error = NULL;
  g_autofree TlmWhy *why = tlm_engine_service_explain_finish (TLM_ENGINE_SERVICE (source), result,
                                                              &error);
  TlmSummary *summary = tlm_summary_pane_get_summary (self->pane);
  TlmWhyPlace place = { 0 };
  GtkTextIter first, last;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->explaining);
  if (why == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                  _("No sentence stands here. Put the cursor into one."));
      return;
    }
  if (!tlm_note_spans_lookup (question->spans, why->unit.start, why->unit.end, &first, &last))
    return;
  if (summary != NULL)
    find_in_summary (summary, question->text + why->unit.start, why->unit.end - why->unit.start,
                     &place);
  tlm_note_page_show_place (self, question->spans, why->unit.start, why->unit.end);
  point_at (self, &first);
  tlm_why_popover_show (self->why, why, &place);
}

/**
 * tlm_note_page_explain:
 * @iter: in the sentence
 *
 * Says beside it why it was chosen or not.
 */
void
tlm_note_page_explain (TlmNotePage *self, const GtkTextIter *iter)
{
  Question *question;
  gsize place;

  if (self->note == NULL || self->loading != NULL)
    return;
  g_cancellable_cancel (self->explaining);
  g_clear_object (&self->explaining);
  self->explaining = g_cancellable_new ();
  question = question_new (self);
  place = (gsize) (g_utf8_offset_to_pointer (question->text, gtk_text_iter_get_offset (iter))
                   - question->text);
  tlm_engine_service_explain_async (tlm_services_get_engine (self->services), question->text, place,
                                    self->explaining, explained_cb, question);
}
