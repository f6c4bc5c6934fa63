/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the note page share: note-page.c (the widget, saving) and note-page-summary.c
 * (the summary of what the editor holds). */
#pragma once

#include "compat.h"
#include "coverage-strip.h"
#include "ghost-word.h"
#include "note-page.h"
#include "note-spans.h"
#include "summary-pane.h"

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

  TlmServices      *services;
  GSettings        *settings;
  TlmNote          *note;
  GtkTextBuffer    *buffer;
  TlmGhostWord     *ghost;
  GtkTextTag       *source_tag;
  gboolean          source_shown; /* the tag is somewhere in the text */
  GCancellable     *loading;     /* NULL when the text is there */
  gboolean          dirty;       /* changed since the last save was asked for */
  guint             n_words;     /* at the last save */
  guint             save_timeout;

  guint             summary_timeout;
  GCancellable     *summarizing; /* NULL when no summary is being made */
  TlmNoteSpans     *spans;
};

char *tlm_note_page_dup_text          (TlmNotePage *self);
void  tlm_note_page_summary_later     (TlmNotePage *self, guint delay_ms);
void  tlm_note_page_summary_stop      (TlmNotePage *self);
void  tlm_note_page_show_span         (TlmNotePage *self, guint64 start, guint64 end);
void  tlm_note_page_hide_source       (TlmNotePage *self);

G_END_DECLS
