/* SPDX-License-Identifier: Apache-2.0 */
/* What is chosen here is shown as numbers that can be changed; those that were not touched stay the
 * program's choice. Each change makes the plan anew, on a thread of its own. */
#include "specialist-setup.h"

#include "specialist-plan-words.h"

#include <glib/gi18n.h>
#include <math.h>

/* Of what the rank's addition takes, left out at random; what `tinylm-cli train` does too. */
#define DROPOUT 0.1

/* A held-down button of a number makes one plan, not many. */
#define PLAN_DELAY_MS 150

struct _TlmSpecialistSetup
{
  AdwBin           parent_instance;
  AdwComboRow     *base_row, *extent_row, *targets_row;
  AdwActionRow    *parts_row, *answers_row, *memory_row, *time_row, *problem_row;
  AdwExpanderRow  *recipe_row;
  GtkWidget       *memory_icon, *start_button, *recipe_group, *rank_row, *alpha_row, *dropout_row;
  GtkAdjustment   *rank, *alpha, *rate, *dropout, *epochs, *minutes;
  TlmModels       *models;
  GPtrArray       *paths;       /* of the models in the row */
  TlmExamples     *examples;
  TlmSpecialistPlan *chosen;    /* (nullable): with nothing touched */
  GCancellable    *cancellable; /* of the plan that is made, or the step that is tried */
  guint            timeout;
};

G_DEFINE_FINAL_TYPE (TlmSpecialistSetup, tlm_specialist_setup, ADW_TYPE_BIN)

/* Of extent_row. */
enum { ADDITION, WHOLE_MODEL };

static guint start_signal;

/* ---- the options ---- */

/* A bit for each matrix in the order of `tinylm-cli train --targets`: q, k, v, out, gate, up, down.
 */
static unsigned
get_targets (TlmSpecialistSetup *self)
{
  static const unsigned targets[] = { 0, 0x0f, 0x70 };

  return targets[adw_combo_row_get_selected (self->targets_row)];
}

static gboolean
is_full (TlmSpecialistSetup *self)
{
  return adw_combo_row_get_selected (self->extent_row) == WHOLE_MODEL;
}

/* 0, the program's choice, for what stands as it chose. */
static double
get_changed (GtkAdjustment *adjustment, double chosen)
{
  double value = gtk_adjustment_get_value (adjustment);

  return fabs (value - chosen) < 1e-6 ? 0 : value;
}

static TlmSpecialistOptions
get_options (TlmSpecialistSetup *self)
{
  guint base = adw_combo_row_get_selected (self->base_row);
  const TlmSpecialistPlan *chosen = self->chosen;

  return (TlmSpecialistOptions){
    .model_path = self->paths->pdata[base],
    .examples = self->examples,
    .rank = chosen != NULL ? (guint) get_changed (self->rank, chosen->rank) : 0,
    .alpha = chosen != NULL ? get_changed (self->alpha, chosen->alpha) : 0,
    .lr = chosen != NULL ? get_changed (self->rate, chosen->lr) : 0,
    .dropout = is_full (self) ? 0 : gtk_adjustment_get_value (self->dropout),
    .targets = get_targets (self),
    .epochs = (guint) gtk_adjustment_get_value (self->epochs),
    .minutes = gtk_adjustment_get_value (self->minutes),
    .full = is_full (self),
    .type = TL_TYPE_Q8_0,
    .seed = 1,
  };
}

/* ---- the plan ---- */

/* The row takes @text. */
static void
take_subtitle (AdwActionRow *row, char *text)
{
  adw_action_row_set_subtitle (row, text);
  g_free (text);
}

static void
show_plan (TlmSpecialistSetup *self, const TlmSpecialistPlan *plan)
{
  g_autofree char *recipe = tlm_plan_dup_recipe (plan, self->chosen, is_full (self));

  take_subtitle (self->parts_row, tlm_plan_dup_parts (plan));
  take_subtitle (self->answers_row, tlm_plan_dup_answers (plan));
  take_subtitle (self->memory_row, tlm_plan_dup_memory (plan));
  gtk_widget_set_visible (self->memory_icon, plan->refusal != NULL);
  adw_expander_row_set_subtitle (self->recipe_row, recipe);
}

static void
show_problem (TlmSpecialistSetup *self, const char *sentence)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->problem_row),
                                 sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_row), sentence != NULL);
  gtk_widget_set_sensitive (self->start_button, sentence == NULL);
}

static void
timed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmSpecialistSetup) self = user_data;
  g_autoptr (GError) error = NULL;
  double seconds = tlm_specialist_time_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  take_subtitle (self->time_row, error != NULL ? g_strdup (error->message)
                                               : tlm_plan_dup_time (seconds));
}

/* The plan is there to be read and begun with meanwhile. */
static void
begin_timing (TlmSpecialistSetup *self)
{
  TlmSpecialistOptions options = get_options (self);

  adw_action_row_set_subtitle (self->time_row, _("A step is being tried…"));
  self->cancellable = g_cancellable_new ();
  tlm_specialist_time_async (&options, self->cancellable, timed_cb, g_object_ref (self));
}

static void recipe_changed_cb (TlmSpecialistSetup *self);

static void
set_value (TlmSpecialistSetup *self, GtkAdjustment *adjustment, double value)
{
  g_signal_handlers_block_by_func (adjustment, recipe_changed_cb, self);
  gtk_adjustment_set_value (adjustment, value);
  g_signal_handlers_unblock_by_func (adjustment, recipe_changed_cb, self);
}

/* The first plan of a base is what the program chooses. */
static void
take_as_chosen (TlmSpecialistSetup *self, TlmSpecialistPlan *plan)
{
  self->chosen = plan;
  set_value (self, self->rank, plan->rank);
  set_value (self, self->alpha, plan->alpha);
  set_value (self, self->rate, plan->lr);
}

/* @plan: (nullable) */
static void
show_rows (TlmSpecialistSetup *self, const TlmSpecialistPlan *plan)
{
  gtk_widget_set_visible (GTK_WIDGET (self->extent_row), plan != NULL && plan->can_be_full);
  gtk_widget_set_visible (GTK_WIDGET (self->parts_row), plan != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->answers_row), plan != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->memory_row), plan != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->time_row), plan != NULL && plan->refusal == NULL);
  gtk_widget_set_visible (self->recipe_group, plan != NULL);
  gtk_widget_set_visible (self->rank_row, !is_full (self));
  gtk_widget_set_visible (self->alpha_row, !is_full (self));
  gtk_widget_set_visible (self->dropout_row, !is_full (self));
}

static void
planned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmSpecialistSetup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmSpecialistPlan) plan = tlm_specialist_plan_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  show_rows (self, plan);
  show_problem (self, plan != NULL ? plan->refusal : error->message);
  if (plan == NULL)
    return;
  if (is_full (self) && !plan->can_be_full)
    {
      adw_combo_row_set_selected (self->extent_row, ADDITION); /* which makes another plan */
      return;
    }
  show_plan (self, plan);
  if (plan->refusal == NULL)
    begin_timing (self);
  if (self->chosen == NULL)
    take_as_chosen (self, g_steal_pointer (&plan));
  else if (get_changed (self->alpha, self->chosen->alpha) == 0)
    {
      self->chosen->alpha = plan->alpha; /* it follows the rank */
      set_value (self, self->alpha, plan->alpha);
    }
}

static gboolean
plan_timeout_cb (gpointer user_data)
{
  TlmSpecialistSetup *self = user_data;
  TlmSpecialistOptions options;

  self->timeout = 0;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->examples == NULL || self->paths->len == 0)
    return G_SOURCE_REMOVE;
  self->cancellable = g_cancellable_new ();
  options = get_options (self);
  tlm_specialist_plan_async (&options, self->cancellable, planned_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
recipe_changed_cb (TlmSpecialistSetup *self)
{
  gtk_widget_set_sensitive (self->start_button, FALSE);
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add (PLAN_DELAY_MS, plan_timeout_cb, self);
}

static void
base_changed_cb (TlmSpecialistSetup *self)
{
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (self->extent_row),
      is_full (self) ? _("A model of its own comes out, to be chosen under Models")
                     : _("Small and quick, and switched on and off at will"));
  g_clear_pointer (&self->chosen, tlm_specialist_plan_free);
  recipe_changed_cb (self);
}

static void
start_cb (TlmSpecialistSetup *self)
{
  TlmSpecialistOptions options = get_options (self);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_set_sensitive (self->start_button, FALSE);
  g_signal_emit (self, start_signal, 0, &options);
}

/* ---- what it is about ---- */

static void
models_changed_cb (TlmSpecialistSetup *self)
{
  GListModel *models = tlm_models_get_list (self->models);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_ptr_array_set_size (self->paths, 0);
  for (guint i = 0; i < g_list_model_get_n_items (models); i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (models, i);
      const TlmModelState *state = tlm_model_get_state (model);

      if (state->facts == NULL || state->facts->n_ctx == 0)
        continue;
      gtk_string_list_append (names, state->name);
      g_ptr_array_add (self->paths, g_strdup (state->path));
    }
  adw_combo_row_set_model (self->base_row, G_LIST_MODEL (names));
  base_changed_cb (self);
}

/**
 * tlm_specialist_setup_set_services:
 * @services: whose models can learn
 */
void
tlm_specialist_setup_set_services (TlmSpecialistSetup *self, TlmServices *services)
{
  self->models = g_object_ref (tlm_services_get_models (services));
  g_signal_connect_object (tlm_models_get_list (self->models), "items-changed",
                           G_CALLBACK (models_changed_cb), self, G_CONNECT_SWAPPED);
  models_changed_cb (self);
}

/**
 * tlm_specialist_setup_set_examples:
 * @examples: (transfer full): to be learned from
 */
void
tlm_specialist_setup_set_examples (TlmSpecialistSetup *self, TlmExamples *examples)
{
  tlm_examples_free (self->examples);
  self->examples = examples;
  base_changed_cb (self);
}

static void
tlm_specialist_setup_dispose (GObject *object)
{
  TlmSpecialistSetup *self = TLM_SPECIALIST_SETUP (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->chosen, tlm_specialist_plan_free);
  g_clear_pointer (&self->examples, tlm_examples_free);
  g_clear_object (&self->models);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_SPECIALIST_SETUP);
  G_OBJECT_CLASS (tlm_specialist_setup_parent_class)->dispose (object);
}

static void
tlm_specialist_setup_finalize (GObject *object)
{
  g_ptr_array_unref (TLM_SPECIALIST_SETUP (object)->paths);
  G_OBJECT_CLASS (tlm_specialist_setup_parent_class)->finalize (object);
}

static void
tlm_specialist_setup_class_init (TlmSpecialistSetupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_specialist_setup_dispose;
  G_OBJECT_CLASS (klass)->finalize = tlm_specialist_setup_finalize;
  start_signal = g_signal_new ("start", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/specialist-setup.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, base_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, targets_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, parts_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, dropout_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, alpha_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, rank_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, time_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, extent_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, answers_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, memory_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, memory_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, problem_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, recipe_row);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, recipe_group);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, start_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, rank);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, alpha);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, rate);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, dropout);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, epochs);
  gtk_widget_class_bind_template_child (widget_class, TlmSpecialistSetup, minutes);
  gtk_widget_class_bind_template_callback (widget_class, base_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, recipe_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
}

static void
tlm_specialist_setup_init (TlmSpecialistSetup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->paths = g_ptr_array_new_with_free_func (g_free);
  gtk_adjustment_set_value (self->dropout, DROPOUT);
  for (guint i = 0; i < 6; i++)
    {
      GtkAdjustment *all[] = { self->rank, self->alpha, self->rate, self->dropout, self->epochs,
                               self->minutes };

      g_signal_connect_object (all[i], "value-changed", G_CALLBACK (recipe_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
}
