/* SPDX-License-Identifier: Apache-2.0 */
/* A row of the summary pane. The owner is the note's own words, the due date a day where the note's
 * words name one. */
#include "span-row.h"

#include "common/dates.h"
#include "common/level.h"
#include "compat/compat.h"

#include <glib/gi18n.h>

struct _TlmSpanRow
{
  GtkListBoxRow parent_instance;
  GtkWidget    *text;
  GtkWidget    *caption;
  GtkWidget    *level_icon;
  GtkWidget    *level_label;
  GtkWidget    *owner_icon;
  GtkWidget    *owner_label;
  GtkWidget    *due_icon;
  GtkWidget    *due_label;
  GtkWidget    *rewording_box, *rewording_by, *rewording;
  TlmSpan       span;
};

G_DEFINE_FINAL_TYPE (TlmSpanRow, tlm_span_row, GTK_TYPE_LIST_BOX_ROW)

/* A row keeps its sentence for its life: only its place and what is said about it change. */
static void
set_words (TlmSpanRow *self, TlmSummary *summary, const TlmSpan *span, const char *description)
{
  g_autofree char *line = tlm_summary_dup_shown (summary, span);

  self->span = *span;
  gtk_label_set_text (GTK_LABEL (self->text), line);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, line, -1);
  tlm_describe (GTK_WIDGET (self), description);
}

/**
 * tlm_span_row_show_keypoint:
 * @span: a key sentence of @summary
 */
void
tlm_span_row_show_keypoint (TlmSpanRow *self, TlmSummary *summary, const TlmSpan *span)
{
  gboolean leveled = !tlm_summary_get_is_fallback (summary);
  const char *word = leveled ? tlm_level_word (span->confidence) : "";

  set_words (self, summary, span, word);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->level_icon),
                                tlm_level_icon_name (span->confidence));
  gtk_label_set_text (GTK_LABEL (self->level_label), word);
  gtk_widget_set_visible (self->level_icon, leveled);
  gtk_widget_set_visible (self->level_label, leveled);
  gtk_widget_set_visible (self->caption, leveled);
}

/* @words: (nullable): "" or NULL for none */
static void
show_words (GtkWidget *icon, GtkWidget *label, const char *words)
{
  gboolean there = words != NULL && *words != '\0';

  gtk_label_set_text (GTK_LABEL (label), there ? words : "");
  gtk_widget_set_visible (icon, there);
  gtk_widget_set_visible (label, there);
}

/**
 * tlm_span_row_show_action:
 * @action: an action item of @summary
 */
void
tlm_span_row_show_action (TlmSpanRow *self, TlmSummary *summary, const TlmAction *action)
{
  g_autofree char *owner = tlm_summary_dup_shown (summary, &action->owner);
  g_autofree char *due = tlm_summary_dup_shown (summary, &action->due);
  g_autofree char *date = tlm_dates_dup_days (&action->due_days);
  const char *when = date != NULL ? date : due;
  /* Translators: an action item's owner and due date, for a screen reader. */
  g_autofree char *description = g_strdup_printf (_("Owner: %s. Due: %s."),
                                                  *owner != '\0' ? owner : _("not named"),
                                                  *when != '\0' ? when : _("not named"));

  set_words (self, summary, &action->sentence, description);
  show_words (self->owner_icon, self->owner_label, owner);
  show_words (self->due_icon, self->due_label, when);
  gtk_widget_set_tooltip_text (self->due_label, date != NULL ? due : NULL);
  gtk_widget_set_visible (self->caption, *owner != '\0' || *due != '\0');
}

/* NULL when no rewording was asked for. */
static char *
dup_rewording_line (const char *text, const char *model)
{
  if (model == NULL)
    return NULL;
  /* Translators: above a sentence in fewer words: the name of the model that wrote it. */
  return text != NULL ? g_strdup_printf (_("In fewer words, by %s"), model)
                      /* Translators: the name of a model, whose words said something else. */
                      : g_strdup_printf (_("%s found no shorter words that keep to this sentence"),
                                         model);
}

/**
 * tlm_span_row_set_rewording:
 * @text: (nullable): the sentence in fewer words, shown below it; NULL when there is none that is safe
 * @model: (nullable): that was asked; NULL when none was
 */
void
tlm_span_row_set_rewording (TlmSpanRow *self, const char *text, const char *model)
{
  g_autofree char *line = dup_rewording_line (text, model);

  gtk_label_set_text (GTK_LABEL (self->rewording), text != NULL ? text : "");
  gtk_label_set_text (GTK_LABEL (self->rewording_by), line != NULL ? line : "");
  gtk_widget_set_visible (self->rewording, text != NULL);
  gtk_widget_set_visible (self->rewording_box, line != NULL);
}

/**
 * tlm_span_row_get_text:
 *
 * Returns: (transfer none): the sentence as it is shown
 */
const char *
tlm_span_row_get_text (TlmSpanRow *self)
{
  return gtk_label_get_text (GTK_LABEL (self->text));
}

/**
 * tlm_span_row_get_span:
 *
 * Returns: (transfer none): the sentence's place in the note as it was read
 */
const TlmSpan *
tlm_span_row_get_span (TlmSpanRow *self)
{
  return &self->span;
}

/* What Enter does, as an action that assistive tools can see. */
static void
activate_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkWidget *list = gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX);

  if (list != NULL)
    g_signal_emit_by_name (list, "row-activated", widget);
}

static void
tlm_span_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_SPAN_ROW);
  G_OBJECT_CLASS (tlm_span_row_parent_class)->dispose (object);
}

static void
tlm_span_row_class_init (TlmSpanRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_span_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/span-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, text);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, caption);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, level_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, level_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, owner_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, owner_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, due_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, due_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, rewording_box);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, rewording_by);
  gtk_widget_class_bind_template_child (widget_class, TlmSpanRow, rewording);
  gtk_widget_class_install_action (widget_class, "row.activate", NULL, activate_cb);
}

static void
tlm_span_row_init (TlmSpanRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
