/* SPDX-License-Identifier: Apache-2.0 */
/* The summary pane. It shows one of: what a summary is (the note is empty), a sentence (it failed),
 * or the summary. While a new one is made the old one stays; and while the pointer or the keyboard is
 * inside, a new one with other words waits behind a button, so that nothing moves under the reader. */
#include "summary-pane-private.h"

#include "notes/summary-json.h"
#include "span-row.h"
#include "summary-text.h"

#include <glib/gi18n.h>

#define LONG_WORK_US (400 * 1000) /* a wait from which on a person wants to know how far it is */

enum
{
  SPAN_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

enum
{
  PROP_0,
  PROP_REWORDING, /* whether rewordings are wanted; also notified when there are other key points */
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmSummaryPane, tlm_summary_pane, ADW_TYPE_BIN)

/**
 * tlm_summary_pane_emit_span:
 * @span: which the person wants to see in the note
 */
void
tlm_summary_pane_emit_span (TlmSummaryPane *self, const TlmSpan *span)
{
  g_signal_emit (self, signals[SPAN_ACTIVATED], 0, (guint64) span->start, (guint64) span->end);
}

static void
row_activated_cb (TlmSummaryPane *self, GtkListBoxRow *row, GtkListBox *list)
{
  tlm_summary_pane_emit_span (self, tlm_span_row_get_span (TLM_SPAN_ROW (row)));
}

static void
title_clicked_cb (TlmSummaryPane *self)
{
  if (self->summary != NULL && tlm_summary_get_title (self->summary) != NULL)
    tlm_summary_pane_emit_span (self, tlm_summary_get_title (self->summary));
}

static void
gist_clicked_cb (TlmSummaryPane *self)
{
  if (self->summary != NULL && tlm_summary_get_gist (self->summary) != NULL)
    tlm_summary_pane_emit_span (self, tlm_summary_get_gist (self->summary));
}

static void
apply (TlmSummaryPane *self, TlmSummary *summary)
{
  gboolean same = self->summary != NULL && tlm_summary_text_same (self->summary, summary);
  g_autoptr (TlmSummary) kept = g_object_ref (summary);

  g_clear_object (&self->pending);
  gtk_widget_set_visible (self->update_button, FALSE);
  g_set_object (&self->summary, kept);
  tlm_summary_pane_show_rows (self);
  if (same)
    return;
  tlm_summary_pane_show_words (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REWORDING]);
}

static gboolean
reader_is_here (TlmSummaryPane *self)
{
  return gtk_event_controller_motion_contains_pointer (GTK_EVENT_CONTROLLER_MOTION (self->motion))
         || gtk_event_controller_focus_contains_focus (GTK_EVENT_CONTROLLER_FOCUS (self->focus));
}

/* The button that was pressed goes; the keyboard goes on at what is new. */
static void
apply_pending (TlmSummaryPane *self)
{
  gboolean pressed = gtk_widget_has_focus (self->update_button);

  if (self->pending != NULL)
    apply (self, self->pending);
  if (pressed)
    gtk_widget_child_focus (self->key_list, GTK_DIR_TAB_FORWARD);
}

static void
reader_left_cb (TlmSummaryPane *self)
{
  if (!reader_is_here (self))
    apply_pending (self);
}

static void
forget (TlmSummaryPane *self)
{
  g_clear_object (&self->summary);
  g_clear_object (&self->pending);
  self->n_actions_shown = 0;
  gtk_widget_set_visible (self->update_button, FALSE);
  tlm_summary_pane_set_working (self, FALSE);
}

/**
 * tlm_summary_pane_set_empty:
 *
 * Shows what a summary is, for a note without text.
 */
void
tlm_summary_pane_set_empty (TlmSummaryPane *self)
{
  forget (self);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "empty");
}

/**
 * tlm_summary_pane_set_working:
 * @working: whether a summary is being made
 */
void
tlm_summary_pane_set_working (TlmSummaryPane *self, gboolean working)
{
  self->working_since = working ? g_get_monotonic_time () : 0;
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), working);
  gtk_widget_set_visible (self->spinner, working);
  gtk_widget_set_visible (self->stop_button, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), FALSE);
  if (working && self->summary == NULL)
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "working");
}

/**
 * tlm_summary_pane_set_progress:
 * @fraction: of the note that was read
 *
 * Shows it, over what is there, once the reading takes long.
 */
void
tlm_summary_pane_set_progress (TlmSummaryPane *self, double fraction)
{
  if (self->working_since == 0 || fraction >= 1
      || g_get_monotonic_time () - self->working_since < LONG_WORK_US)
    return;
  gtk_progress_bar_set_fraction (self->progress, fraction);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), TRUE);
  gtk_widget_set_visible (self->stop_button, TRUE);
}

/**
 * tlm_summary_pane_set_is_part:
 * @is_part: whether what is summarised is a selection
 */
void
tlm_summary_pane_set_is_part (TlmSummaryPane *self, gboolean is_part)
{
  gtk_label_set_text (self->head_label, is_part ? _("Summary of the Selection") : _("Summary"));
  gtk_widget_set_visible (self->whole_button, is_part);
}

/**
 * tlm_summary_pane_set_reword_model:
 * @name: (nullable): of the model that can write a sentence in fewer words; NULL when there is none
 */
void
tlm_summary_pane_set_reword_model (TlmSummaryPane *self, const char *name)
{
  gtk_widget_set_visible (GTK_WIDGET (self->reword_button), name != NULL);
  if (name == NULL)
    gtk_toggle_button_set_active (self->reword_button, FALSE);
  g_free (self->reword_model);
  self->reword_model = g_strdup (name);
}

/**
 * tlm_summary_pane_set_rewording:
 * @i: the key point's number
 * @text: (nullable): what is shown below the sentence; NULL when the model had nothing that is safe
 */
void
tlm_summary_pane_set_rewording (TlmSummaryPane *self, guint i, const char *text)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->key_list), (int) i);

  if (row != NULL)
    tlm_span_row_set_rewording (TLM_SPAN_ROW (row), text, self->reword_model);
}

/**
 * tlm_summary_pane_clear_rewordings:
 *
 * Shows the sentences alone.
 */
void
tlm_summary_pane_clear_rewordings (TlmSummaryPane *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->key_list), i)) != NULL;
       i++)
    tlm_span_row_set_rewording (TLM_SPAN_ROW (row), NULL, NULL);
}

/**
 * tlm_summary_pane_get_summary:
 *
 * Returns: (transfer none) (nullable): the one that is shown
 */
TlmSummary *
tlm_summary_pane_get_summary (TlmSummaryPane *self)
{
  return self->summary;
}

/**
 * tlm_summary_pane_set_licenses:
 * @licenses: for the receipt
 */
void
tlm_summary_pane_set_licenses (TlmSummaryPane *self, TlmLicenses *licenses)
{
  tlm_summary_receipt_set_licenses (self->receipt, licenses);
}

/**
 * tlm_summary_pane_set_verdict:
 * @sentence: what came of making the summary again
 * @good: whether it is the same
 */
void
tlm_summary_pane_set_verdict (TlmSummaryPane *self, const char *sentence, gboolean good)
{
  tlm_summary_receipt_set_verdict (self->receipt, sentence, good);
}

/**
 * tlm_summary_pane_set_error:
 * @sentence: why there is no summary
 */
void
tlm_summary_pane_set_error (TlmSummaryPane *self, const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  forget (self);
  adw_status_page_set_description (self->error_page, escaped);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "error");
}

/**
 * tlm_summary_pane_set_summary:
 * @summary: of the note as it stands now
 */
void
tlm_summary_pane_set_summary (TlmSummaryPane *self, TlmSummary *summary)
{
  gboolean first = self->summary == NULL;

  tlm_summary_pane_set_working (self, FALSE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "summary");
  if (first || tlm_summary_text_same (self->summary, summary) || !reader_is_here (self))
    {
      apply (self, summary);
      return;
    }
  g_set_object (&self->pending, summary);
  gtk_widget_set_visible (self->update_button, TRUE);
}

/* "summary.copy", "summary.copy-markdown", "summary.copy-json" */
static void
copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmSummaryPane *self = TLM_SUMMARY_PANE (widget);
  g_autofree char *text = NULL;

  if (self->summary == NULL)
    return;
  text = g_str_has_suffix (action, "json") ? tlm_summary_dup_result (self->summary)
         : g_str_has_suffix (action, "markdown") ? tlm_summary_text_dup_markdown (self->summary)
                                                 : tlm_summary_text_dup_plain (self->summary);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  gtk_widget_activate_action (widget, "win.toast", "s", _("The summary was copied."));
}

static void
reword_toggled_cb (TlmSummaryPane *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REWORDING]);
}

static void
tlm_summary_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_REWORDING:
      g_value_set_boolean (value, gtk_toggle_button_get_active (
                                    TLM_SUMMARY_PANE (object)->reword_button));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_summary_pane_dispose (GObject *object)
{
  TlmSummaryPane *self = TLM_SUMMARY_PANE (object);

  g_clear_object (&self->summary);
  g_clear_object (&self->pending);
  g_clear_pointer (&self->reword_model, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_SUMMARY_PANE);
  G_OBJECT_CLASS (tlm_summary_pane_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, error_page);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, head_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, spinner);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, stop_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, progress);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, whole_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, gist_section);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, gist_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, reword_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, update_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, title_section);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, title_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, key_heading);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, key_hint);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, key_list);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, action_section);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, action_list);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, more_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, tag_section);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, tag_box);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, coverage_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, receipt);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, tlm_summary_pane_show_more_actions);
  gtk_widget_class_bind_template_callback (widget_class, title_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, gist_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, reword_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, apply_pending);
}

static void
tlm_summary_pane_class_init (TlmSummaryPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_summary_pane_dispose;
  G_OBJECT_CLASS (klass)->get_property = tlm_summary_pane_get_property;
  properties[PROP_REWORDING] = g_param_spec_boolean ("rewording", NULL, NULL, FALSE,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  g_type_ensure (TLM_TYPE_SUMMARY_RECEIPT);
  signals[SPAN_ACTIVATED] = g_signal_new ("span-activated", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                          G_TYPE_UINT64, G_TYPE_UINT64);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/summary-pane.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "summary.copy", NULL, copy_cb);
  gtk_widget_class_install_action (widget_class, "summary.copy-markdown", NULL, copy_cb);
  gtk_widget_class_install_action (widget_class, "summary.copy-json", NULL, copy_cb);
}

static void
tlm_summary_pane_init (TlmSummaryPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->motion = gtk_event_controller_motion_new ();
  self->focus = gtk_event_controller_focus_new ();
  gtk_widget_add_controller (GTK_WIDGET (self), self->motion);
  gtk_widget_add_controller (GTK_WIDGET (self), self->focus);
  g_signal_connect_swapped (self->motion, "notify::contains-pointer",
                            G_CALLBACK (reader_left_cb), self);
  g_signal_connect_swapped (self->focus, "notify::contains-focus", G_CALLBACK (reader_left_cb),
                            self);
}
