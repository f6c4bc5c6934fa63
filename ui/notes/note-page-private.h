/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the note page share: note-page.c (the widget, saving), note-page-summary.c (the
 * summary of what the editor holds), note-page-ask.c (questions to it), note-page-reword.c (key points
 * in fewer words), note-page-teach.c (answers that become examples)
 * and note-page-actions.c (what a person can do). */
#pragma once

#include "ask-bar.h"
#include "compat/compat.h"
#include "coverage-strip.h"
#include "find-bar.h"
#include "ghost-word.h"
#include "note-page.h"
#include "note-spans.h"
#include "summary-pane.h"
#include "why-popover.h"

G_BEGIN_DECLS

struct _TlmNotePage
{
  AdwBin            parent_instance;
  GtkWidget        *header;
  GtkWidget        *back_button;
  AdwWindowTitle   *title;
  GtkToggleButton  *pane_button;
  TlmSidePane      *side_pane;
  GtkWidget        *scroller;
  GtkWidget        *editor;
  GtkWidget        *placeholder;
  TlmCoverageStrip *strip;
  TlmSummaryPane   *pane;
  TlmFindBar       *find_bar;
  TlmAskBar        *ask_bar;
  GtkShortcutController *keys;
  TlmWhyPopover    *why; /* its parent is the editor */

  TlmServices      *services;
  GSettings        *settings;
  TlmNote          *note;
  GtkTextBuffer    *buffer;
  TlmGhostWord     *ghost;
  GtkTextTag       *source_tag;
  gboolean          source_shown; /* the tag is somewhere in the text */
  char             *place_words; /* (nullable): of a place to show, and its bytes */
  gsize             place_len;
  int               wanted_top;  /* of a note that is to be shown as it was left; 0: from its start */
  int               wanted_cursor; /* of one that is read again; 0: where the view begins */
  GCancellable     *loading;     /* NULL when the text is there */
  gboolean          dirty;       /* changed since the last save was asked for */
  guint             n_words;     /* at the last save */
  guint             save_timeout;

  guint             summary_timeout;
  GCancellable     *summarizing; /* NULL when no summary is being made */
  TlmNoteSpans     *spans;
  gboolean          of_part;     /* the summary is of a selection */
  char             *wanted;      /* (nullable): an action item to be shown once the note is read */

  GCancellable     *asking, *explaining, *rewording; /* NULL when nothing is */
  TlmNoteSpans     *answer_spans;
  TlmSpan           answer;
};

char *tlm_note_page_dup_text        (TlmNotePage *self);
void  tlm_note_page_summary_later   (TlmNotePage *self, guint delay_ms);
void  tlm_note_page_summary_stop    (TlmNotePage *self);
void  tlm_note_page_summarize_now   (TlmNotePage *self, gboolean selection);
void  tlm_note_page_show_span       (TlmNotePage *self, guint64 start, guint64 end);
void  tlm_note_page_show_wanted_place (TlmNotePage *self); /* in note-page-place.c */
void  tlm_note_page_keep_place      (TlmNotePage *self); /* in note-page-place.c */
void  tlm_note_page_show_place      (TlmNotePage *self, TlmNoteSpans *spans, gsize start, gsize end);
void  tlm_note_page_hide_source     (TlmNotePage *self);

void  tlm_note_page_ask             (TlmNotePage *self, const char *question);
void  tlm_note_page_show_answer     (TlmNotePage *self);
void  tlm_note_page_leave_questions (TlmNotePage *self);
void  tlm_note_page_explain         (TlmNotePage *self, const GtkTextIter *iter);

void  tlm_note_page_setup_reword    (TlmNotePage *self);
void  tlm_note_page_stop_reword     (TlmNotePage *self);

void  tlm_note_page_install_actions (GtkWidgetClass *widget_class);
void  tlm_note_page_install_teach   (GtkWidgetClass *widget_class);

G_END_DECLS
