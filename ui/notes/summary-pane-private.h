/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the summary pane share: summary-pane.c (which summary is shown, and when) and
 * summary-pane-parts.c (its parts). */
#pragma once

#include "summary-pane.h"
#include "summary-receipt.h"

G_BEGIN_DECLS

struct _TlmSummaryPane
{
  AdwBin          parent_instance;
  GtkWidget      *stack;
  AdwStatusPage  *error_page;
  GtkLabel       *head_label;
  GtkWidget      *spinner, *stop_button;
  GtkProgressBar *progress;
  GtkWidget      *update_button, *whole_button;
  GtkWidget      *gist_section, *gist_label;
  GtkToggleButton *reword_button;
  GtkWidget      *title_section, *title_label;
  GtkWidget      *key_heading, *key_hint, *key_list;
  GtkWidget      *action_section, *action_list, *more_button;
  GtkWidget      *tag_section, *tag_box;
  GtkWidget      *coverage_label;
  TlmSummaryReceipt *receipt;
  GtkEventController *motion;
  GtkEventController *focus;
  gsize           n_actions_shown;
  gint64          working_since; /* 0 while nothing is being made */
  char           *reword_model;
  TlmSummary     *summary; /* as shown */
  TlmSummary     *pending; /* newer, waits for the reader */
};

void tlm_summary_pane_emit_span         (TlmSummaryPane *self, const TlmSpan *span);
void tlm_summary_pane_show_rows         (TlmSummaryPane *self);
void tlm_summary_pane_show_words        (TlmSummaryPane *self);
void tlm_summary_pane_show_more_actions (TlmSummaryPane *self);

G_END_DECLS
