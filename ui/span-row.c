/* SPDX-License-Identifier: Apache-2.0 */
/* A row of the summary pane. Confidence is an icon of one to three dots and a word, never a bare
 * percentage; the owner is the
 * note's own words, the due date a day where the note's words name one. */
#include "span-row.h"

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
  TlmSpan       span;
};

G_DEFINE_FINAL_TYPE (TlmSpanRow, tlm_span_row, GTK_TYPE_LIST_BOX_ROW)

static const char *
level_word (TlmConfidence level)
{
  switch (level)
    {
    case TLM_CONFIDENCE_HIGH:
      /* Translators: how sure the reader is that a sentence is a key sentence: the first of three. */
      return _("Strong");
    case TLM_CONFIDENCE_MEDIUM:
      /* Translators: how sure the reader is that a sentence is a key sentence: the second of three. */
      return _("Possible");
    case TLM_CONFIDENCE_LOW:
      /* Translators: how sure the reader is that a sentence is a key sentence: the third of three. */
      return _("Weak");
    }
  g_assert_not_reached ();
}

static const char *
level_icon_name (TlmConfidence level)
{
  switch (level)
    {
    case TLM_CONFIDENCE_HIGH:
      return "tlm-confidence-high-symbolic";
    case TLM_CONFIDENCE_MEDIUM:
      return "tlm-confidence-medium-symbolic";
    case TLM_CONFIDENCE_LOW:
      return "tlm-confidence-low-symbolic";
    }
  g_assert_not_reached ();
}

/* The slice without its line breaks, which belong to the note's layout. */
static char *
dup_line (TlmSummary *summary, const TlmSpan *span)
{
  return tlm_summary_dup_shown (summary, span);
}

static TlmSpanRow *
new_row (TlmSummary *summary, const TlmSpan *span, const char *description)
{
  TlmSpanRow *self = g_object_new (TLM_TYPE_SPAN_ROW, NULL);
  g_autofree char *line = dup_line (summary, span);

  self->span = *span;
  gtk_label_set_text (GTK_LABEL (self->text), line);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, line,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  return self;
}

/**
 * tlm_span_row_new_keypoint:
 * @span: a key sentence of @summary
 */
GtkWidget *
tlm_span_row_new_keypoint (TlmSummary *summary, const TlmSpan *span)
{
  const char *word = tlm_summary_get_is_fallback (summary) ? "" : level_word (span->confidence);
  TlmSpanRow *self = new_row (summary, span, word);

  if (*word == '\0')
    return GTK_WIDGET (self);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->level_icon), level_icon_name (span->confidence));
  gtk_label_set_text (GTK_LABEL (self->level_label), word);
  gtk_widget_set_visible (self->level_icon, TRUE);
  gtk_widget_set_visible (self->level_label, TRUE);
  gtk_widget_set_visible (self->caption, TRUE);
  return GTK_WIDGET (self);
}

static void
show_words (TlmSummary *summary, const TlmSpan *span, GtkWidget *icon, GtkWidget *label)
{
  g_autofree char *line = NULL;

  if (span->start == span->end)
    return;
  line = dup_line (summary, span);
  gtk_label_set_text (GTK_LABEL (label), line);
  gtk_widget_set_visible (icon, TRUE);
  gtk_widget_set_visible (label, TRUE);
}

static char *
dup_day (TlmDay day)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (day.year, day.month, day.day, 12, 0, 0);

  /* Translators: a due date: weekday, day, month and year; see strftime(3). */
  return g_date_time_format (time, _("%a, %-d %b %Y"));
}

/* NULL for none. */
static char *
dup_days (const TlmDays *days)
{
  g_autofree char *first = NULL, *last = NULL;

  if (!tlm_day_is_set (days->first))
    return NULL;
  first = dup_day (days->first);
  last = dup_day (days->last);
  return g_str_equal (first, last) ? g_steal_pointer (&first)
                                   : g_strdup_printf ("%s – %s", first, last);
}

/**
 * tlm_span_row_new_action:
 * @action: an action item of @summary
 */
GtkWidget *
tlm_span_row_new_action (TlmSummary *summary, const TlmAction *action)
{
  g_autofree char *owner = tlm_summary_dup_slice (summary, &action->owner);
  g_autofree char *due = tlm_summary_dup_slice (summary, &action->due);
  g_autofree char *date = dup_days (&action->due_days);
  /* Translators: an action item's owner and due date, for a screen reader. */
  g_autofree char *description = g_strdup_printf (_("Owner: %s. Due: %s."),
                                                  *owner != '\0' ? owner : _("not named"),
                                                  date != NULL ? date : *due != '\0' ? due
                                                                              : _("not named"));
  TlmSpanRow *self = new_row (summary, &action->sentence, description);

  show_words (summary, &action->owner, self->owner_icon, self->owner_label);
  show_words (summary, &action->due, self->due_icon, self->due_label);
  if (date != NULL)
    {
      gtk_widget_set_tooltip_text (self->due_label, gtk_label_get_text (GTK_LABEL (self->due_label)));
      gtk_label_set_text (GTK_LABEL (self->due_label), date);
    }
  gtk_widget_set_visible (self->caption, *owner != '\0' || *due != '\0');
  return GTK_WIDGET (self);
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

/**
 * tlm_span_row_set_span:
 * @span: where the same sentence stands after an edit elsewhere in the note
 */
void
tlm_span_row_set_span (TlmSpanRow *self, const TlmSpan *span)
{
  self->span = *span;
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
  gtk_widget_class_install_action (widget_class, "row.activate", NULL, activate_cb);
}

static void
tlm_span_row_init (TlmSpanRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
