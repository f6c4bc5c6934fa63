/* SPDX-License-Identifier: Apache-2.0 */
/* The view of a training. It holds nothing of its own: each signal of it draws all anew. */
#include "specialist-run-view.h"

#include "loss-curve.h"

#include <glib/gi18n.h>
#include <math.h>

struct _TlmSpecialistRunView
{
  AdwBin               parent_instance;
  AdwPreferencesGroup *group;
  GtkWidget           *numbers_group;
  GtkLabel            *status_label;
  GtkProgressBar      *progress_bar;
  TlmLossCurve        *curve;
  GtkButton           *pause_button;
  AdwActionRow        *loss_row, *recipe_row, *memory_row;
  TlmTraining         *training;
};

G_DEFINE_FINAL_TYPE (TlmSpecialistRunView, tlm_specialist_run_view, ADW_TYPE_BIN)

/* ---- words ---- */

/* "about 3 min left" */
static char *
dup_time_left (double seconds)
{
  guint minutes = (guint) ceil (seconds / 60);

  if (seconds < 60)
    return g_strdup (_("less than a minute left"));
  /* Translators: of a training. */
  return g_strdup_printf (ngettext ("about %u minute left", "about %u minutes left", minutes),
                          minutes);
}

static char *
dup_running (const TlmSpecialistProgress *progress)
{
  g_autofree char *left = NULL;

  switch (progress->stage)
    {
    case TLM_SPECIALIST_SEARCH:
      if (progress->rank == 0)
        return g_strdup_printf (_("Looking for the best recipe: rate %g"), progress->lr);
      return g_strdup_printf (_("Looking for the best recipe: rank %u, rate %g"), progress->rank,
                              progress->lr);
    case TLM_SPECIALIST_TRAIN:
      if (isnan (progress->seconds_left))
        /* Translators: of a training. */
        return g_strdup_printf (_("Step %u of at most %u"), progress->step, progress->n_steps);
      left = dup_time_left (progress->seconds_left);
      /* Translators: of a training; then “about 3 minutes left”. */
      return g_strdup_printf (_("Step %u of at most %u, %s"), progress->step, progress->n_steps,
                              left);
    case TLM_SPECIALIST_JUDGE:
      return g_strdup (_("Learned. Now it is judged on the examples that it has never seen…"));
    }
  g_assert_not_reached ();
}

char *
tlm_specialist_run_dup_status (TlmTraining *training)
{
  const TlmSpecialistProgress *progress = tlm_training_get_progress (training);

  if (tlm_training_get_state (training) == TLM_TRAINING_WAITING)
    return g_strdup (_("Interrupted; it can go on where it was"));
  if (progress == NULL)
    /* Translators: a training that was paused. */
    return g_strdup (tlm_training_get_paused (training) ? _("Paused") : _("Getting ready…"));
  if (tlm_training_get_paused (training))
    return g_strdup_printf (_("Paused at step %u of at most %u"), progress->step,
                            progress->n_steps);
  return dup_running (progress);
}

/* ---- drawing ---- */

/* The lowest loss on the examples kept back; NAN before the first */
static double
find_lowest (GArray *points)
{
  double lowest = NAN;

  for (guint i = 0; i < points->len; i++)
    lowest = fmin (lowest, g_array_index (points, TlmLossPoint, i).valid_loss);
  return lowest;
}

static void
show_numbers (TlmSpecialistRunView *self, const TlmSpecialistProgress *progress)
{
  double lowest = find_lowest (tlm_training_get_points (self->training));
  g_autofree char *memory = g_format_size (progress->memory);
  g_autofree char *recipe
    = progress->rank > 0
        ? g_strdup_printf (_("Rank %u, learning rate %g"), progress->rank, progress->lr)
        : g_strdup_printf (_("The whole model, learning rate %g"), progress->lr);
  g_autofree char *loss = NULL;

  if (isfinite (lowest))
    /* Translators: the loss: how wrong it is, the less the better. */
    loss = g_strdup_printf (_("%.2f now; on examples kept back %.2f at best"), progress->loss,
                            lowest);
  else if (isfinite (progress->loss))
    loss = g_strdup_printf ("%.2f", progress->loss);
  adw_action_row_set_subtitle (self->loss_row, loss != NULL ? loss : "");
  adw_action_row_set_subtitle (self->recipe_row, recipe);
  adw_action_row_set_subtitle (self->memory_row, memory);
}

static void
show_fraction (TlmSpecialistRunView *self, const TlmSpecialistProgress *progress)
{
  double fraction = progress == NULL ? 0
                    : progress->stage == TLM_SPECIALIST_JUDGE
                      ? 1 : (double) progress->step / MAX (progress->n_steps, 1);

  gtk_progress_bar_set_fraction (self->progress_bar, fraction);
}

static guint
get_n_steps (TlmSpecialistRunView *self)
{
  const TlmSpecialistProgress *progress = tlm_training_get_progress (self->training);
  GArray *points = tlm_training_get_points (self->training);

  if (progress != NULL && progress->stage == TLM_SPECIALIST_TRAIN)
    return progress->n_steps;
  return points->len > 0 ? g_array_index (points, TlmLossPoint, points->len - 1).step : 1;
}

static void
update (TlmSpecialistRunView *self)
{
  TlmTrainingState state = tlm_training_get_state (self->training);
  const TlmSpecialistProgress *progress = tlm_training_get_progress (self->training);
  g_autofree char *status = NULL;

  if (state != TLM_TRAINING_RUNNING && state != TLM_TRAINING_WAITING)
    return;
  status = tlm_specialist_run_dup_status (self->training);
  gtk_label_set_text (self->status_label, status);
  show_fraction (self, progress);
  tlm_loss_curve_set_points (self->curve, tlm_training_get_points (self->training),
                             get_n_steps (self));
  gtk_widget_set_visible (self->numbers_group, progress != NULL);
  if (progress != NULL)
    show_numbers (self, progress);
}

static void
changed_cb (TlmSpecialistRunView *self)
{
  gboolean waits = tlm_training_get_state (self->training) == TLM_TRAINING_WAITING;
  g_autofree char *name = g_markup_escape_text (tlm_training_get_name (self->training), -1);
  gboolean goes_on = waits || tlm_training_get_paused (self->training);

  adw_preferences_group_set_title (self->group, name);
  adw_preferences_group_set_description (
      self->group,
      waits ? _("This training was begun and not ended. What it had learned is kept.")
            : _("It runs in the background: chats and notes go on meanwhile. You may leave "
                 "this page, or close the program; it goes on when you come back."));
  gtk_button_set_label (self->pause_button, goes_on ? _("_Resume") : _("_Pause"));
  if (goes_on)
    gtk_widget_add_css_class (GTK_WIDGET (self->pause_button), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->pause_button), "suggested-action");
  update (self);
}

static void
pause_cb (TlmSpecialistRunView *self)
{
  if (tlm_training_get_state (self->training) == TLM_TRAINING_WAITING)
    tlm_training_go_on (self->training);
  else
    tlm_training_set_paused (self->training, !tlm_training_get_paused (self->training));
}

static void
cancel_cb (TlmSpecialistRunView *self)
{
  tlm_training_discard (self->training);
}

/**
 * tlm_specialist_run_view_set_training:
 * @training: whose progress is shown
 */
void
tlm_specialist_run_view_set_training (TlmSpecialistRunView *self, TlmTraining *training)
{
  self->training = g_object_ref (training);
  g_signal_connect_object (training, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (training, "notify::paused", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (training, "progress", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  changed_cb (self);
}

static void
tlm_specialist_run_view_dispose (GObject *object)
{
  TlmSpecialistRunView *self = TLM_SPECIALIST_RUN_VIEW (object);

  g_clear_object (&self->training);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_SPECIALIST_RUN_VIEW);
  G_OBJECT_CLASS (tlm_specialist_run_view_parent_class)->dispose (object);
}

static void
tlm_specialist_run_view_class_init (TlmSpecialistRunViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_specialist_run_view_dispose;
  g_type_ensure (TLM_TYPE_LOSS_CURVE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/specialist-run-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistRunView, group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistRunView, status_label);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistRunView, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistRunView, curve);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistRunView, pause_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistRunView, numbers_group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistRunView, loss_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistRunView, recipe_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistRunView, memory_row);
  gtk_widget_class_bind_template_callback (widget_class, pause_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
}

static void
tlm_specialist_run_view_init (TlmSpecialistRunView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
