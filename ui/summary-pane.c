/* SPDX-License-Identifier: Apache-2.0 */
/* The summary pane. It shows one of: what a summary is (the note is empty), a sentence (it failed),
 * or the summary. While a new one is made the old one stays; and while the pointer or the keyboard is
 * inside, a new one with other words waits behind a button, so that nothing moves under the reader. */
#include "summary-pane.h"

#include "span-row.h"
#include "summary-text.h"

#include <glib/gi18n.h>

/* Rows made at a time: a row takes about a millisecond, and a book holds thousands of items. */
#define ACTIONS_AT_ONCE 50

struct _TlmSummaryPane
{
  AdwBin          parent_instance;
  GtkWidget      *stack;
  AdwStatusPage  *error_page;
  GtkWidget      *spinner;
  GtkWidget      *update_button;
  GtkWidget      *title_section, *title_button, *title_label;
  GtkWidget      *key_heading, *key_hint, *key_list;
  GtkWidget      *action_section, *action_list, *more_button;
  GtkWidget      *tag_section, *tag_box;
  GtkWidget      *coverage_label;
  GtkWidget      *receipt_label;
  GtkEventController *motion;
  GtkEventController *focus;
  gsize           n_actions_shown;
  TlmSummary     *summary; /* as shown */
  TlmSummary     *pending; /* newer, waits for the reader */
};

enum
{
  SPAN_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmSummaryPane, tlm_summary_pane, ADW_TYPE_BIN)

static void
emit_span (TlmSummaryPane *self, const TlmSpan *span)
{
  g_signal_emit (self, signals[SPAN_ACTIVATED], 0, (guint64) span->start, (guint64) span->end);
}

static void
row_activated_cb (TlmSummaryPane *self, GtkListBoxRow *row, GtkListBox *list)
{
  emit_span (self, tlm_span_row_get_span (TLM_SPAN_ROW (row)));
}

static void
title_clicked_cb (TlmSummaryPane *self)
{
  if (self->summary != NULL && tlm_summary_get_title (self->summary) != NULL)
    emit_span (self, tlm_summary_get_title (self->summary));
}

static void
tag_clicked_cb (TlmSummaryPane *self, GtkButton *button)
{
  gsize n, i = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (button), "tlm-tag"));
  const TlmSpan *tags = tlm_summary_get_tags (self->summary, &n);

  if (i < n)
    emit_span (self, &tags[i]);
}

static void
clear_list (GtkWidget *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (list), row);
}

static void
show_title (TlmSummaryPane *self)
{
  const TlmSpan *title = tlm_summary_get_title (self->summary);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->title_section, title != NULL);
  if (title == NULL)
    return;
  text = g_strstrip (tlm_summary_dup_slice (self->summary, title));
  gtk_label_set_text (GTK_LABEL (self->title_label), text);
}

/* What a reader must know about the key points below, "" for nothing. */
static const char *
key_hint (TlmSummaryPane *self, gsize n_keypoints)
{
  if (n_keypoints == 0)
    return _("Nothing stands out in this note.");
  if (tlm_summary_get_is_fallback (self->summary))
    return _("Nothing stands out in this note. These are its longest sentences.");
  if (!tlm_summary_get_is_english (self->summary))
    return _("The model learned mostly from English notes; in this language it chooses less well.");
  return "";
}

static void
show_keypoints (TlmSummaryPane *self)
{
  gboolean fallback = tlm_summary_get_is_fallback (self->summary);
  gsize n;
  const TlmSpan *keys = tlm_summary_get_keypoints (self->summary, &n);

  clear_list (self->key_list);
  for (gsize i = 0; i < n; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->key_list),
                         tlm_span_row_new_keypoint (self->summary, &keys[i]));
  gtk_label_set_text (GTK_LABEL (self->key_heading),
                      fallback && n > 0 ? _("Longest Sentences") : _("Key Points"));
  gtk_label_set_text (GTK_LABEL (self->key_hint), key_hint (self, n));
  gtk_widget_set_visible (self->key_hint, *key_hint (self, n) != '\0');
  gtk_widget_set_visible (self->key_list, n > 0);
}

static void
show_more_actions (TlmSummaryPane *self)
{
  gsize n, left;
  const TlmAction *actions = tlm_summary_get_actions (self->summary, &n);
  gsize end = MIN (n, self->n_actions_shown + ACTIONS_AT_ONCE);
  g_autofree char *label = NULL;

  for (gsize i = self->n_actions_shown; i < end; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->action_list),
                         tlm_span_row_new_action (self->summary, &actions[i]));
  self->n_actions_shown = end;
  left = n - end;
  /* Translators: a button below the first action items of a long note. */
  label = g_strdup_printf (ngettext ("Show More (%zu Left)", "Show More (%zu Left)", (gulong) left),
                           left);
  gtk_button_set_label (GTK_BUTTON (self->more_button), label);
  gtk_widget_set_visible (self->more_button, left > 0);
}

static void
show_actions (TlmSummaryPane *self)
{
  gsize n;

  tlm_summary_get_actions (self->summary, &n);
  clear_list (self->action_list);
  self->n_actions_shown = 0;
  show_more_actions (self);
  gtk_widget_set_visible (self->action_section, n > 0);
}

static GtkWidget *
new_tag (TlmSummaryPane *self, const TlmSpan *span, gsize i)
{
  g_autofree char *text = tlm_summary_dup_slice (self->summary, span);
  GtkWidget *button = gtk_button_new_with_label (text);
  GtkWidget *label = gtk_button_get_child (GTK_BUTTON (button));

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 12);
  gtk_widget_set_tooltip_text (button, text);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "tag");
  g_object_set_data (G_OBJECT (button), "tlm-tag", GSIZE_TO_POINTER (i));
  g_signal_connect_object (button, "clicked", G_CALLBACK (tag_clicked_cb), self, G_CONNECT_SWAPPED);
  return button;
}

static void
show_tags (TlmSummaryPane *self)
{
  gsize n;
  const TlmSpan *tags = tlm_summary_get_tags (self->summary, &n);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->tag_box)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->tag_box), child);
  for (gsize i = 0; i < n; i++)
    {
      gtk_flow_box_append (GTK_FLOW_BOX (self->tag_box), new_tag (self, &tags[i], i));
      /* The button takes the focus, not the box's child around it. */
      gtk_widget_set_focusable (gtk_widget_get_last_child (self->tag_box), FALSE);
    }
  gtk_widget_set_visible (self->tag_section, n > 0);
}

static void
show_foot (TlmSummaryPane *self)
{
  g_autofree char *coverage = tlm_summary_text_dup_coverage (self->summary);
  g_autofree char *receipt = tlm_summary_text_dup_receipt (self->summary);

  gtk_label_set_text (GTK_LABEL (self->coverage_label), coverage);
  gtk_label_set_text (GTK_LABEL (self->receipt_label), receipt);
  gtk_widget_set_tooltip_text (self->receipt_label, tlm_summary_get_model_sha256 (self->summary));
}

/* The same words may stand at other places now. */
static void
move_rows (TlmSummaryPane *self)
{
  gsize n_keys, n_actions;
  const TlmSpan *keys = tlm_summary_get_keypoints (self->summary, &n_keys);
  const TlmAction *actions = tlm_summary_get_actions (self->summary, &n_actions);
  GtkListBoxRow *row;

  for (gsize i = 0; i < n_keys; i++)
    if ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->key_list), (int) i)) != NULL)
      tlm_span_row_set_span (TLM_SPAN_ROW (row), &keys[i]);
  for (gsize i = 0; i < MIN (n_actions, self->n_actions_shown); i++)
    if ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->action_list), (int) i)) != NULL)
      tlm_span_row_set_span (TLM_SPAN_ROW (row), &actions[i].sentence);
}

/* Rows are made again only when a reader would see other words. */
static void
apply (TlmSummaryPane *self, TlmSummary *summary)
{
  gboolean same = self->summary != NULL && tlm_summary_text_same (self->summary, summary);
  g_autoptr (TlmSummary) kept = g_object_ref (summary);

  g_clear_object (&self->pending);
  gtk_widget_set_visible (self->update_button, FALSE);
  g_set_object (&self->summary, kept);
  show_foot (self);
  if (same)
    {
      move_rows (self);
      return;
    }
  show_title (self);
  show_keypoints (self);
  show_actions (self);
  show_tags (self);
}

static gboolean
reader_is_here (TlmSummaryPane *self)
{
  return gtk_event_controller_motion_contains_pointer (GTK_EVENT_CONTROLLER_MOTION (self->motion))
         || gtk_event_controller_focus_contains_focus (GTK_EVENT_CONTROLLER_FOCUS (self->focus));
}

static void
apply_pending (TlmSummaryPane *self)
{
  if (self->pending != NULL)
    apply (self, self->pending);
}

static void
reader_left_cb (TlmSummaryPane *self)
{
  if (!reader_is_here (self))
    apply_pending (self);
}

/**
 * tlm_summary_pane_set_empty:
 *
 * Shows what a summary is, for a note without text.
 */
void
tlm_summary_pane_set_empty (TlmSummaryPane *self)
{
  g_clear_object (&self->summary);
  g_clear_object (&self->pending);
  gtk_widget_set_visible (self->update_button, FALSE);
  tlm_summary_pane_set_working (self, FALSE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "empty");
}

/**
 * tlm_summary_pane_set_working:
 * @working: whether a summary is being made
 */
void
tlm_summary_pane_set_working (TlmSummaryPane *self, gboolean working)
{
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), working);
  gtk_widget_set_visible (self->spinner, working);
  if (working && self->summary == NULL)
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "working");
}

/**
 * tlm_summary_pane_set_error:
 * @sentence: why there is no summary
 */
void
tlm_summary_pane_set_error (TlmSummaryPane *self, const char *sentence)
{
  g_clear_object (&self->summary);
  g_clear_object (&self->pending);
  tlm_summary_pane_set_working (self, FALSE);
  adw_status_page_set_description (self->error_page, sentence);
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

static void
copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmSummaryPane *self = TLM_SUMMARY_PANE (widget);
  g_autofree char *text = NULL;

  if (self->summary == NULL)
    return;
  text = tlm_summary_text_dup_markdown (self->summary);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  gtk_widget_activate_action (widget, "win.toast", "s", _("The summary was copied."));
}

static void
tlm_summary_pane_dispose (GObject *object)
{
  TlmSummaryPane *self = TLM_SUMMARY_PANE (object);

  g_clear_object (&self->summary);
  g_clear_object (&self->pending);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_SUMMARY_PANE);
  G_OBJECT_CLASS (tlm_summary_pane_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, error_page);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, spinner);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, update_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, title_section);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, title_button);
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
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryPane, receipt_label);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_more_actions);
  gtk_widget_class_bind_template_callback (widget_class, title_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, apply_pending);
}

static void
tlm_summary_pane_class_init (TlmSummaryPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_summary_pane_dispose;
  signals[SPAN_ACTIVATED] = g_signal_new ("span-activated", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                          G_TYPE_UINT64, G_TYPE_UINT64);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/summary-pane.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "summary.copy", NULL, copy_cb);
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
