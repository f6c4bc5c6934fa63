/* SPDX-License-Identifier: Apache-2.0 */
/* The row of a model. Memory is reckoned for the context that chats are given, and held against what is
 * free at that moment. */
#include "model-row.h"

#include "models/models.h"

#include <glib/gi18n.h>

struct _TlmModelRow
{
  AdwExpanderRow parent_instance;
  GtkWidget     *use_row, *memory_icon, *measure_button, *verify_button, *smaller_row, *remove_row,
                *remove_button, *name_row;
  GtkSwitch     *use_switch;
  AdwActionRow  *problem_row, *about_row, *details_row, *memory_row, *speed_row, *license_row,
                *file_row;
  GtkDropDown   *type_choice;
  TlmModel      *model;
};

G_DEFINE_FINAL_TYPE (TlmModelRow, tlm_model_row, ADW_TYPE_EXPANDER_ROW)

static const TlmModelState *
get_state (TlmModelRow *self)
{
  return tlm_model_get_state (self->model);
}

/**
 * tlm_model_row_get_path:
 *
 * Returns: (transfer none): the model's file
 */
const char *
tlm_model_row_get_path (TlmModelRow *self)
{
  return get_state (self)->path;
}

static gboolean
use_cb (TlmModelRow *self, gboolean on)
{
  const char *path = tlm_model_row_get_path (self);

  gtk_widget_activate_action (GTK_WIDGET (self), "models.use", "^ay", on ? path : "");
  return FALSE;
}

static void
rename_cb (TlmModelRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "models.rename", "(^ays)",
                              tlm_model_row_get_path (self),
                              gtk_editable_get_text (GTK_EDITABLE (self->name_row)));
}

static void
shrink_cb (TlmModelRow *self)
{
  GtkStringObject *type = gtk_drop_down_get_selected_item (self->type_choice);

  gtk_widget_activate_action (GTK_WIDGET (self), "models.shrink", "(^ays)",
                              tlm_model_row_get_path (self), gtk_string_object_get_string (type));
}

static void
show_text (AdwActionRow *row, const char *text)
{
  adw_action_row_set_subtitle (row, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL);
}

/* "1.2B parameters", as models are named, is what people compare. (transfer full) */
static char *
dup_parameters (guint64 n)
{
  if (n >= 1000000000)
    /* Translators: B is for 1,000,000,000, as in the names of models. */
    return g_strdup_printf (_("%.1fB parameters"), (double) n / 1e9);
  /* Translators: M is for 1,000,000, as in the names of models. */
  return g_strdup_printf (_("%.1fM parameters"), (double) n / 1e6);
}

static void
show_kind (TlmModelRow *self, const TlmModelFacts *facts)
{
  g_autofree char *parameters = dup_parameters (facts->n_params), *kind = NULL;

  if (facts->n_ctx > 0)
    /* Translators: "1.2B parameters, family llama, weights Q4_K, context of 4096 tokens" */
    kind = g_strdup_printf (ngettext ("%s, family %s, weights %s, context of %u token",
                                      "%s, family %s, weights %s, context of %u tokens",
                                      facts->n_ctx), parameters,
                            facts->family, facts->quantisation, facts->n_ctx);
  else
    /* Translators: "1.0M parameters, family tinylm-reader, weights Q8_0; it reads notes". */
    kind = g_strdup_printf (_("%s, family %s, weights %s; it reads notes"), parameters,
                            facts->family, facts->quantisation);
  show_text (self->details_row, kind);
}

static void
show_speed (TlmModelRow *self)
{
  const TlmModelState *state = get_state (self);
  g_autofree char *speed = NULL;

  if (state->decode > 0)
    /* Translators: of a model: two speeds. */
    speed = g_strdup_printf (ngettext ("Reads %.0f and writes %.0f token a second",
                                       "Reads %.0f and writes %.0f tokens a second",
                                       (gulong) (state->decode + 0.5)),
                             state->prefill, state->decode);
  show_text (self->speed_row, speed != NULL ? speed : _("Not measured yet"));
}

/* Folded, a row still tells which model answers. */
static void
show_title (TlmModelRow *self, gboolean chosen)
{
  const TlmModelState *state = get_state (self);
  g_autofree char *size = NULL, *subtitle = NULL;

  if (state->facts != NULL)
    {
      size = g_format_size (state->facts->size);
      subtitle = g_strjoin (" · ", state->facts->family, state->facts->quantisation, size,
                            chosen ? _("answers in chats") : NULL, NULL);
    }
  g_object_set (self, "title", state->name, "subtitle",
                subtitle != NULL ? subtitle : _("Cannot be used"), NULL);
}

static void
show_file (TlmModelRow *self)
{
  const TlmModelState *state = get_state (self);
  g_autofree char *path = g_filename_display_name (state->path), *text = NULL;

  if (state->sha256 != NULL)
    text = g_strdup_printf ("%s\nSHA-256 %s", path, state->sha256);
  show_text (self->file_row, text != NULL ? text : path);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->remove_row),
                               state->kind == TLM_MODEL_COPY
                                 ? _("The copy goes to the bin")
                                 : _("It leaves this list; its file stays where it is"));
}

static void
show_choices (TlmModelRow *self)
{
  const TlmModelState *state = get_state (self);
  gboolean mine = state->kind != TLM_MODEL_BUILT_IN;
  g_auto (GStrv) types = tlm_models_list_types (self->model);
  g_autoptr (GtkStringList) list = gtk_string_list_new ((const char *const *) types);
  GtkWidget *buttons[] = { self->measure_button, self->verify_button, self->remove_button };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (buttons[i]), "^ay", state->path);
  gtk_drop_down_set_model (self->type_choice, G_LIST_MODEL (list));
  gtk_widget_set_visible (self->smaller_row, types[0] != NULL);
  gtk_widget_set_visible (self->use_row, mine && state->facts != NULL);
  gtk_widget_set_visible (self->name_row, mine);
  gtk_widget_set_visible (self->remove_row, mine);
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), state->name);
}

/**
 * tlm_model_row_new:
 *
 * Returns: (transfer floating)
 */
GtkWidget *
tlm_model_row_new (TlmModel *model)
{
  TlmModelRow *self = g_object_new (TLM_TYPE_MODEL_ROW, NULL);
  const TlmModelFacts *facts = tlm_model_get_state (model)->facts;

  self->model = g_object_ref (model);
  show_title (self, FALSE);
  show_text (self->problem_row, NULL);
  if (facts == NULL)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->problem_row),
                                   get_state (self)->problem);
  gtk_widget_set_visible (GTK_WIDGET (self->problem_row), facts == NULL);
  show_text (self->about_row, facts != NULL ? facts->about : NULL);
  show_text (self->details_row, NULL);
  if (facts != NULL)
    show_kind (self, facts);
  show_speed (self);
  gtk_widget_set_visible (GTK_WIDGET (self->speed_row), facts != NULL && facts->n_ctx > 0);
  show_file (self);
  show_choices (self);
  return GTK_WIDGET (self);
}

/**
 * tlm_model_row_set_chosen:
 * @chosen: whether it answers in chats
 */
void
tlm_model_row_set_chosen (TlmModelRow *self, gboolean chosen)
{
  show_title (self, chosen);
  g_signal_handlers_block_by_func (self->use_switch, use_cb, self);
  gtk_switch_set_active (self->use_switch, chosen);
  g_signal_handlers_unblock_by_func (self->use_switch, use_cb, self);
}

/**
 * tlm_model_row_set_context:
 * @n_ctx: tokens that a chat is given at most
 * @compact: in half the memory
 */
void
tlm_model_row_set_context (TlmModelRow *self, guint n_ctx, gboolean compact)
{
  const TlmModelFacts *facts = get_state (self)->facts;
  guint64 needed, available = tlm_memory_get_available ();
  g_autofree char *needs = NULL, *there = NULL, *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->memory_row), facts != NULL);
  if (facts == NULL)
    return;
  needed = tlm_model_facts_get_memory (facts, n_ctx, compact);
  needs = g_format_size (needed);
  there = g_format_size (available);
  text = g_strdup_printf (needed <= available || available == 0
                            /* Translators: two amounts of memory, such as “1.2 GB”. */
                            ? _("Needs %s; %s are free")
                            : _("Needs %s, and only %s are free: close other programs, choose a "
                                "shorter context, or make a smaller model"), needs, there);
  show_text (self->memory_row, text);
  gtk_widget_set_visible (self->memory_icon, needed > available && available > 0);
}

/**
 * tlm_model_row_set_license:
 * @licenses: the list of a TlmLicenses
 */
void
tlm_model_row_set_license (TlmModelRow *self, GListModel *licenses)
{
  const TlmModelState *state = get_state (self);
  TlmLicenseVerdict verdict;
  g_autofree char *text = NULL;

  if (state->kind == TLM_MODEL_BUILT_IN)
    {
      verdict = tlm_licenses_judge_list (licenses, NULL, state->name);
      text = tlm_license_verdict_dup_state (&verdict);
    }
  else if (state->facts != NULL)
    text = g_strdup (state->facts->license != NULL
                       ? state->facts->license
                       : _("The file does not say; ask where you got it"));
  show_text (self->license_row, text);
}

static void
tlm_model_row_dispose (GObject *object)
{
  TlmModelRow *self = TLM_MODEL_ROW (object);

  g_clear_object (&self->model);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_MODEL_ROW);
  G_OBJECT_CLASS (tlm_model_row_parent_class)->dispose (object);
}

static void
tlm_model_row_class_init (TlmModelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_model_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/model-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, use_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, use_switch);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, problem_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, about_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, details_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, memory_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, memory_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, speed_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, measure_button);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, license_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, file_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, verify_button);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, name_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, smaller_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, type_choice);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, remove_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, use_cb);
  gtk_widget_class_bind_template_callback (widget_class, rename_cb);
  gtk_widget_class_bind_template_callback (widget_class, shrink_cb);
}

static void
tlm_model_row_init (TlmModelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
