/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the summary that is shown: title, gist, key points, action items, tags and the foot. */
#include "summary-pane-private.h"

#include "summary-rows.h"
#include "summary-text.h"

#include <glib/gi18n.h>

/* Rows made at a time: a row takes about a millisecond, and a book holds thousands of items. */
#define ACTIONS_AT_ONCE 50

static void
tag_clicked_cb (TlmSummaryPane *self, GtkButton *button)
{
  gsize n, i = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (button), "tlm-tag"));
  const TlmSpan *tags = tlm_summary_get_tags (self->summary, &n);

  if (i < n)
    tlm_summary_pane_emit_span (self, &tags[i]);
}

/* @span: (nullable): none hides the section */
static void
show_line (TlmSummaryPane *self, const TlmSpan *span, GtkWidget *section, GtkWidget *label)
{
  g_autofree char *text = span != NULL ? tlm_summary_dup_shown (self->summary, span) : NULL;

  gtk_label_set_text (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (section, text != NULL);
}

/* What a reader must know about the key points below, "" for nothing. */
static const char *
key_hint (TlmSummaryPane *self, gsize n_keypoints)
{
  if (tlm_summary_get_is_of_unknown_script (self->summary))
    return _("The model never learned to read this script. Do not rely on what it points at here.");
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

  tlm_summary_get_keypoints (self->summary, &n);
  tlm_summary_rows_show_keypoints (GTK_LIST_BOX (self->key_list), self->summary);
  gtk_label_set_text (GTK_LABEL (self->key_heading),
                      fallback && n > 0 ? _("Longest Sentences") : _("Key Points"));
  gtk_label_set_text (GTK_LABEL (self->key_hint), key_hint (self, n));
  gtk_widget_set_visible (self->key_hint, *key_hint (self, n) != '\0');
  gtk_widget_set_visible (self->key_list, n > 0);
}

static void
show_actions (TlmSummaryPane *self)
{
  gsize n, left;
  g_autofree char *label = NULL;

  tlm_summary_get_actions (self->summary, &n);
  left = n - MIN (n, self->n_actions_shown);
  tlm_summary_rows_show_actions (GTK_LIST_BOX (self->action_list), self->summary,
                                 self->n_actions_shown);
  /* Translators: a button below the first action items of a long note. */
  label = g_strdup_printf (ngettext ("Show More (%zu Left)", "Show More (%zu Left)", (gulong) left),
                           left);
  gtk_button_set_label (GTK_BUTTON (self->more_button), label);
  gtk_widget_set_visible (self->more_button, left > 0);
  gtk_widget_set_visible (self->action_section, n > 0);
}

/**
 * tlm_summary_pane_show_more_actions:
 *
 * Of the button below them.
 */
void
tlm_summary_pane_show_more_actions (TlmSummaryPane *self)
{
  self->n_actions_shown += ACTIONS_AT_ONCE;
  show_actions (self);
}

static GtkWidget *
new_tag (TlmSummaryPane *self, const TlmSpan *span, gsize i)
{
  g_autofree char *text = tlm_summary_dup_shown (self->summary, span);
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

  gtk_label_set_text (GTK_LABEL (self->coverage_label), coverage);
  tlm_summary_receipt_set_summary (self->receipt, self->summary);
}

/**
 * tlm_summary_pane_show_rows:
 *
 * What may differ between two summaries with the same words: the places of key points and action
 * items, and the foot.
 */
void
tlm_summary_pane_show_rows (TlmSummaryPane *self)
{
  self->n_actions_shown = MAX (self->n_actions_shown, ACTIONS_AT_ONCE);
  show_foot (self);
  show_keypoints (self);
  show_actions (self);
}

/**
 * tlm_summary_pane_show_words:
 *
 * Title, gist and tags.
 */
void
tlm_summary_pane_show_words (TlmSummaryPane *self)
{
  show_line (self, tlm_summary_get_title (self->summary), self->title_section, self->title_label);
  show_line (self, tlm_summary_get_gist (self->summary), self->gist_section, self->gist_label);
  show_tags (self);
}
