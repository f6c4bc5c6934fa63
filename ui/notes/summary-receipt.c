/* SPDX-License-Identifier: Apache-2.0 */
/* A line that unfolds. The button asks for "note.replay"; who does it gives the verdict back. */
#include "summary-receipt.h"

#include "summary-text.h"

#include <glib/gi18n.h>

struct _TlmSummaryReceipt
{
  AdwBin     parent_instance;
  GtkLabel  *line_label, *details_label, *license_label, *verdict_label;
  GtkImage  *verdict_icon;
  GtkWidget *verdict;

  GListModel             *licenses;
  const TlmLicensedModel *model; /* NULL: one of other makers, with terms of its own */
};

G_DEFINE_FINAL_TYPE (TlmSummaryReceipt, tlm_summary_receipt, ADW_TYPE_BIN)

static void
show_license (TlmSummaryReceipt *self)
{
  gboolean known = self->model != NULL && self->licenses != NULL;

  if (known)
    {
      TlmLicenseVerdict verdict = tlm_licenses_judge_list (self->licenses, NULL, self->model->name);
      g_autofree char *state = tlm_license_verdict_dup_state (&verdict);
      /* Translators: in a receipt; %s is such as “Free for personal use and evaluation” */
      g_autofree char *line = g_strdup_printf (_("License: %s"), state);

      gtk_label_set_text (self->license_label, line);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->license_label), known);
}

/**
 * tlm_summary_receipt_set_licenses:
 * @licenses: under which the model is used; followed
 */
void
tlm_summary_receipt_set_licenses (TlmSummaryReceipt *self, TlmLicenses *licenses)
{
  g_return_if_fail (self->licenses == NULL);
  self->licenses = g_object_ref (tlm_licenses_get_list (licenses));
  g_signal_connect_object (self->licenses, "items-changed", G_CALLBACK (show_license), self,
                           G_CONNECT_SWAPPED);
}

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
  self->model = tlm_licensed_models_find (tlm_summary_get_model_name (summary));
  show_license (self);
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
                                good ? "object-select-symbolic" : "dialog-warning-symbolic");
  gtk_label_set_text (self->verdict_label, sentence);
  gtk_widget_set_visible (self->verdict, TRUE);
}

static void
tlm_summary_receipt_dispose (GObject *object)
{
  g_clear_object (&TLM_SUMMARY_RECEIPT (object)->licenses);
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
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryReceipt, license_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryReceipt, verdict);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryReceipt, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmSummaryReceipt, verdict_label);
}

static void
tlm_summary_receipt_init (TlmSummaryReceipt *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
