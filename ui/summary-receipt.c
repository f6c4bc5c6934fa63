/* SPDX-License-Identifier: Apache-2.0 */
/* A line that unfolds. The button asks for "note.replay"; who does it gives the verdict back. */
#include "summary-receipt.h"

#include "summary-text.h"

struct _TlmSummaryReceipt
{
  AdwBin     parent_instance;
  GtkLabel  *line_label, *details_label, *verdict_label;
  GtkImage  *verdict_icon;
  GtkWidget *verdict;
};

G_DEFINE_FINAL_TYPE (TlmSummaryReceipt, tlm_summary_receipt, ADW_TYPE_BIN)

/**
 * tlm_summary_receipt_set_summary:
 * @summary: that is shown above; a verdict on the one before goes
 */
void
tlm_summary_receipt_set_summary (TlmSummaryReceipt *self, TlmSummary *summary)
{
  g_autofree char *line = tlm_summary_text_dup_receipt (summary);
  g_autofree char *details = tlm_summary_text_dup_receipt_details (summary);

  gtk_label_set_text (self->line_label, line);
  gtk_label_set_text (self->details_label, details);
  gtk_widget_set_visible (self->verdict, FALSE);
}

/**
 * tlm_summary_receipt_set_verdict:
 * @sentence: what came of the replay
 * @good: whether the bytes are the same
 */
void
tlm_summary_receipt_set_verdict (TlmSummaryReceipt *self, const char *sentence, gboolean good)
{
  gtk_image_set_from_icon_name (self->verdict_icon,
                                good ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
  gtk_label_set_text (self->verdict_label, sentence);
  gtk_widget_set_visible (self->verdict, TRUE);
}

static void
tlm_summary_receipt_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_SUMMARY_RECEIPT);
  G_OBJECT_CLASS (tlm_summary_receipt_parent_class)->dispose (object);
}

static void
tlm_summary_receipt_class_init (TlmSummaryReceiptClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_summary_receipt_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/summary-receipt.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryReceipt, line_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryReceipt, details_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryReceipt, verdict);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryReceipt, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryReceipt, verdict_label);
}

static void
tlm_summary_receipt_init (TlmSummaryReceipt *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
