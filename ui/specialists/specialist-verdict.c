/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict. Of free text the score is how far the words agree with those wanted (ROUGE-L); so it
 * is called agreement there, and how many are right to the letter is said beside it. */
#include "specialist-verdict.h"

#include "core/words.h"

#include <glib/gi18n.h>
#include <math.h>

/* Examples of which two tenths are enough to judge by; as in examples-words.c. */
#define JUDGED 40

struct _TlmSpecialistVerdict
{
  AdwBin        parent_instance;
  AdwActionRow *verdict_row, *specialist_row, *base_row, *commonest_row, *sure_row, *rest_row;
  GtkProgressBar *specialist_bar, *base_bar, *commonest_bar;
  GtkImage     *icon;
};

G_DEFINE_FINAL_TYPE (TlmSpecialistVerdict, tlm_specialist_verdict, ADW_TYPE_BIN)

static int
percent (double part)
{
  return (int) lround (100 * part);
}

const char *
tlm_verdict_get_title (const TlmVerdict *verdict)
{
  switch (verdict->kind)
    {
    case TLM_VERDICT_WINS:
      return _("It is better than the model alone");
    case TLM_VERDICT_DOES_NOT_WIN:
      return _("It is not clearly better than the model alone");
    case TLM_VERDICT_TOO_FEW:
      return _("There are too few examples to tell");
    }
  g_assert_not_reached ();
}

char *
tlm_verdict_dup_scores (const TlmVerdict *verdict, guint n_labels)
{
  if (verdict->n == 0)
    return g_strdup (_("No example was held out to judge it by."));
  if (n_labels > 0)
    return g_strdup_printf (
        ngettext ("On %u example that it had never seen it was right in %d %%, the model "
                  "alone in %d %%.",
                  "On %u examples that it had never seen it was right in %d %%, the "
                  "model alone in %d %%.",
                  verdict->n),
        verdict->n, percent (verdict->specialist), percent (verdict->base));
  return g_strdup_printf (
      ngettext ("On %u example that it had never seen its words agreed with those wanted "
                "to %d %%, those of the model alone to %d %%. %d %% were right to the "
                "letter.",
                "On %u examples that it had never seen its words agreed with those "
                "wanted to %d %%, those of the model alone to %d %%. %d %% were right to "
                "the letter.",
                verdict->n),
      verdict->n, percent (verdict->specialist), percent (verdict->base), percent (verdict->exact));
}

char *
tlm_verdict_dup_difference (const TlmVerdict *verdict)
{
  if (verdict->kind == TLM_VERDICT_TOO_FEW)
    return g_strdup_printf (
        ngettext ("With %u example or more it can be told whether that is more than chance.",
                  "With %u examples or more it can be told whether that is more than chance.",
                  JUDGED),
        JUDGED);
  if (verdict->low > 0)
    return g_strdup_printf (
        ngettext ("With so many examples the true gain is very likely between %d and %d point.",
                  "With so many examples the true gain is very likely between %d and %d points.",
                  (gulong) percent (verdict->high)),
        percent (verdict->low), percent (verdict->high));
  return g_strdup_printf (
      ngettext ("With so many examples the true difference may be anything from %d to %d point, "
                "so this can be chance. More examples tell more.",
                "With so many examples the true difference may be anything from %d to %d points, "
                "so this can be chance. More examples tell more.",
                (gulong) ABS (percent (verdict->high))),
      percent (verdict->low), percent (verdict->high));
}

static void
show_score (AdwActionRow *row, GtkProgressBar *bar, double score, gboolean judged)
{
  /* Translators: per cent, with the space that the language puts before the sign. */
  g_autofree char *text = g_strdup_printf (_("%d %%"), percent (score));

  adw_action_row_set_subtitle (row, text);
  gtk_progress_bar_set_fraction (bar, CLAMP (score, 0, 1));
  gtk_widget_set_visible (GTK_WIDGET (row), judged);
}

static void
show_sure (TlmSpecialistVerdict *self, const TlmVerdict *verdict, guint n_labels)
{
  g_autofree char *text
      = verdict->asked < 1 ? g_strdup_printf (
            _("It is right in %d %%. In %d %% of cases it is not sure and says that a person is "
               "to be asked."),
            percent (verdict->right_when_sure), percent (verdict->asked))
                           : g_strdup (
                               _("It is never sure enough; a person is to be asked each time."));

  adw_action_row_set_subtitle (self->sure_row, text);
  gtk_widget_set_visible (GTK_WIDGET (self->sure_row),
                          n_labels > 0 && verdict->right_when_sure > 0);
}

/* What it does to the rest of what the model can. */
static void
show_forgetting (TlmSpecialistVerdict *self, const TlmVerdict *verdict)
{
  gboolean measured = verdict->base_bits > 0;
  g_autofree char *text = measured ? tlm_verdict_dup_forgetting (verdict) : NULL;

  adw_action_row_set_subtitle (self->rest_row, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->rest_row), measured);
}

/**
 * tlm_specialist_verdict_set:
 * @verdict: to be shown
 * @n_labels: that its answers are among; 0 for free text
 */
void
tlm_specialist_verdict_set (TlmSpecialistVerdict *self, const TlmVerdict *verdict, guint n_labels)
{
  gboolean judged = verdict->n > 0;
  g_autofree char *scores = tlm_verdict_dup_scores (verdict, n_labels);
  g_autofree char *difference = tlm_verdict_dup_difference (verdict);
  g_autofree char *text = tlm_words_follow (scores, difference);

  gtk_image_set_from_icon_name (self->icon, verdict->kind == TLM_VERDICT_WINS
                                              ? "object-select-symbolic" : "dialog-warning-symbolic");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->verdict_row),
                                 tlm_verdict_get_title (verdict));
  adw_action_row_set_subtitle (self->verdict_row, text);
  show_score (self->specialist_row, self->specialist_bar, verdict->specialist, judged);
  show_score (self->base_row, self->base_bar, verdict->base, judged);
  show_score (self->commonest_row, self->commonest_bar, verdict->commonest, judged);
  show_sure (self, verdict, n_labels);
  show_forgetting (self, verdict);
}

static void
tlm_specialist_verdict_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_SPECIALIST_VERDICT);
  G_OBJECT_CLASS (tlm_specialist_verdict_parent_class)->dispose (object);
}

static void
tlm_specialist_verdict_class_init (TlmSpecialistVerdictClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_specialist_verdict_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/specialist-verdict.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, icon);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, verdict_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, specialist_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, base_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, commonest_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, sure_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, rest_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, specialist_bar);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, base_bar);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistVerdict, commonest_bar);
}

static void
tlm_specialist_verdict_init (TlmSpecialistVerdict *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
