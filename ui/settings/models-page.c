/* SPDX-License-Identifier: Apache-2.0 */
/* One thing is done at a time: meanwhile its progress stands below the list, in sight wherever that is
 * scrolled to, and then what came of it. The list is made anew after each; rows that were unfolded stay so. */
#include "models-page.h"

#include "common/focus.h"
#include "compat/compat.h"
#include "core/errors.h"
#include "model-row.h"
#include "core/settings.h"

#include <glib/gi18n.h>

struct _TlmModelsPage
{
  AdwBin               parent_instance;
  AdwActionRow        *add_row, *progress_row, *result_row;
  GtkImage            *result_icon;
  GtkWidget           *news; /* what holds these rows */
  GtkProgressBar      *progress_bar;
  GtkSwitch           *copy_switch, *compact_switch;
  GtkAdjustment       *context_adjustment;
  AdwPreferencesGroup *models_group;
  GPtrArray           *rows;        /* of TlmModelRow, which the group owns */
  GQueue               waiting;     /* GFile, to be added */
  GCancellable        *cancellable; /* of what is done now; NULL: nothing is */
  char                *focus_path;  /* of the model in whose row the keyboard stood; NULL: in none */
  TlmModels           *models;
  TlmLicenses         *licenses;
  GSettings           *settings;
};

G_DEFINE_FINAL_TYPE (TlmModelsPage, tlm_models_page, ADW_TYPE_BIN)

static void add_next (TlmModelsPage *self);

/* ---- the keyboard, which falls out of what is greyed out or made anew ---- */

static void
keep_focus (TlmModelsPage *self)
{
  GtkWidget *focus = tlm_keep_focus (GTK_WIDGET (self));
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, TLM_TYPE_MODEL_ROW) : NULL;

  if (focus == NULL)
    return;
  g_free (self->focus_path);
  self->focus_path = row != NULL ? g_strdup (tlm_model_row_get_path (TLM_MODEL_ROW (row))) : NULL;
}

/* To the same widget, or to the row of the same model, or to where models are added. */
static void
give_focus_back (TlmModelsPage *self)
{
  GtkWidget *to = GTK_WIDGET (self->add_row);

  if (self->cancellable != NULL)
    return;
  for (guint i = 0; self->focus_path != NULL && i < self->rows->len; i++)
    if (g_str_equal (tlm_model_row_get_path (self->rows->pdata[i]), self->focus_path))
      to = self->rows->pdata[i];
  tlm_return_focus (GTK_WIDGET (self), to);
  g_clear_pointer (&self->focus_path, g_free);
}

/* ---- what is done, and what came of it ---- */

static void
show_result (TlmModelsPage *self, const char *sentence, gboolean good)
{
  gtk_image_set_from_icon_name (self->result_icon,
                                good ? "object-select-symbolic" : "dialog-error-symbolic");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->result_row), sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->result_row), TRUE);
  gtk_widget_set_visible (self->news, TRUE);
  tlm_announce (GTK_WIDGET (self), sentence);
}

static void
set_busy (TlmModelsPage *self, const char *title)
{
  GtkWidget *greyed[] = { GTK_WIDGET (self->models_group), GTK_WIDGET (self->add_row) };

  if (title != NULL)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->progress_row), title);
  gtk_progress_bar_set_fraction (self->progress_bar, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->progress_row), title != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->result_row), FALSE);
  gtk_widget_set_visible (self->news, title != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (greyed); i++)
    if (title != NULL)
      tlm_grey_out (greyed[i]);
    else
      gtk_widget_set_sensitive (greyed[i], TRUE);
}

static void
progress_cb (double progress, gpointer user_data)
{
  gtk_progress_bar_set_fraction (TLM_MODELS_PAGE (user_data)->progress_bar, progress);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmModelsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = tlm_models_finish (TLM_MODELS (source), result, &error);

  if (self->models == NULL) /* the page has gone */
    return;
  g_clear_object (&self->cancellable);
  set_busy (self, NULL);
  give_focus_back (self); /* before something is said: GTK 4.8 says it where the keyboard is */
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_result (self, sentence != NULL ? sentence : error->message, sentence != NULL);
  add_next (self);
}

/* For a call to one of the functions that done_cb() ends. */
static GCancellable *
begin (TlmModelsPage *self, const char *title)
{
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  keep_focus (self);
  set_busy (self, title);
  return self->cancellable;
}

static void
stop_cb (TlmModelsPage *self)
{
  g_cancellable_cancel (self->cancellable);
}

/* ---- adding ---- */

static void
add_next (TlmModelsPage *self)
{
  g_autoptr (GFile) file = self->cancellable == NULL ? g_queue_pop_head (&self->waiting) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    tlm_models_import_async (self->models, path, gtk_switch_get_active (self->copy_switch),
                             begin (self, _("Adding…")), done_cb, g_object_ref (self));
  else if (file != NULL)
    show_result (self, _("This file is not on this computer. Copy it here first."), FALSE);
}

/**
 * tlm_models_page_add_file:
 * @file: of a model; the page then says what came of it
 */
void
tlm_models_page_add_file (TlmModelsPage *self, GFile *file)
{
  g_queue_push_tail (&self->waiting, g_object_ref (file));
  add_next (self);
}

static void
chosen_cb (GFile *file, gpointer user_data)
{
  tlm_models_page_add_file (user_data, file);
}

static void
choose_cb (TlmModelsPage *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("GGUF Models"));
  gtk_file_filter_add_suffix (filter, "gguf");
  tlm_present_open_file (GTK_WIDGET (self), _("Add a Model"), filter, chosen_cb, self);
}

/* ---- actions of the rows; the parameter begins with the model's path ---- */

static TlmModel *
find (TlmModelsPage *self, GVariant *path)
{
  return tlm_models_find_path (self->models, g_variant_get_bytestring (path));
}

static void
use_cb (GtkWidget *widget, const char *action, GVariant *path)
{
  g_settings_set_string (TLM_MODELS_PAGE (widget)->settings, "chat-model-path",
                         g_variant_get_bytestring (path));
}

static void
verify_cb (GtkWidget *widget, const char *action, GVariant *path)
{
  TlmModelsPage *self = TLM_MODELS_PAGE (widget);
  TlmModel *model = find (self, path);

  if (model != NULL)
    tlm_models_verify_async (self->models, model, begin (self, _("Verifying…")), done_cb,
                             g_object_ref (self));
}

static void
measure_cb (GtkWidget *widget, const char *action, GVariant *path)
{
  TlmModelsPage *self = TLM_MODELS_PAGE (widget);
  TlmModel *model = find (self, path);

  if (model != NULL)
    tlm_models_measure_async (self->models, model, begin (self, _("Measuring…")), done_cb,
                              g_object_ref (self));
}

static void
rename_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmModelsPage *self = TLM_MODELS_PAGE (widget);
  g_autoptr (GVariant) path = g_variant_get_child_value (parameter, 0);
  TlmModel *model = find (self, path);
  const char *name;

  g_variant_get_child (parameter, 1, "&s", &name);
  if (model != NULL)
    tlm_models_rename_async (self->models, model, name, begin (self, _("Renaming…")), done_cb,
                             g_object_ref (self));
}

static void
shrink_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmModelsPage *self = TLM_MODELS_PAGE (widget);
  g_autoptr (GVariant) path = g_variant_get_child_value (parameter, 0);
  TlmModel *model = find (self, path);
  const char *type;

  g_variant_get_child (parameter, 1, "&s", &type);
  if (model != NULL)
    tlm_models_shrink_async (self->models, model, type, begin (self, _("Making a smaller one…")),
                             done_cb, g_object_ref (self));
}

/* A model that answers in chats does so no more. */
static void
remove_cb (GtkWidget *widget, const char *action, GVariant *path)
{
  TlmModelsPage *self = TLM_MODELS_PAGE (widget);
  TlmModel *model = find (self, path);

  if (model == NULL)
    return;
  tlm_settings_forget_model (self->settings, tlm_model_get_state (model)->path);
  tlm_models_remove_async (self->models, model, FALSE, begin (self, _("Removing…")), done_cb,
                           g_object_ref (self));
}

/* ---- the list ---- */

static void
update_rows (TlmModelsPage *self)
{
  g_autofree char *chosen = g_settings_get_string (self->settings, "chat-model-path");
  guint n_ctx = (guint) gtk_adjustment_get_value (self->context_adjustment);

  for (guint i = 0; i < self->rows->len; i++)
    {
      TlmModelRow *row = self->rows->pdata[i];

      tlm_model_row_set_chosen (row, g_str_equal (chosen, tlm_model_row_get_path (row)));
      tlm_model_row_set_context (row, n_ctx, gtk_switch_get_active (self->compact_switch));
      tlm_model_row_set_license (row, tlm_licenses_get_list (self->licenses));
    }
}

/* (transfer full): the paths of the rows that are unfolded, which are taken away with all others */
static GHashTable *
clear_rows (TlmModelsPage *self)
{
  GHashTable *unfolded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      TlmModelRow *row = self->rows->pdata[i];

      if (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (row)))
        g_hash_table_add (unfolded, g_strdup (tlm_model_row_get_path (row)));
      adw_preferences_group_remove (self->models_group, GTK_WIDGET (row));
    }
  g_ptr_array_set_size (self->rows, 0);
  return unfolded;
}

static void
changed_cb (TlmModelsPage *self)
{
  GListModel *list = tlm_models_get_list (self->models);
  g_autoptr (GHashTable) unfolded = NULL;

  keep_focus (self);
  unfolded = clear_rows (self);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (list, i);
      GtkWidget *row = tlm_model_row_new (model);

      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row),
                                     g_hash_table_contains (unfolded,
                                                            tlm_model_get_state (model)->path));
      adw_preferences_group_add (self->models_group, row);
      g_ptr_array_add (self->rows, row);
    }
  update_rows (self);
  give_focus_back (self);
}

/**
 * tlm_models_page_set_services:
 * @services: whose models are shown
 */
void
tlm_models_page_set_services (TlmModelsPage *self, TlmServices *services)
{
  g_return_if_fail (self->models == NULL);
  self->models = g_object_ref (tlm_services_get_models (services));
  self->licenses = g_object_ref (tlm_services_get_licenses (services));
  tlm_models_set_progress (self->models, progress_cb, self);
  g_signal_connect_object (tlm_models_get_list (self->models), "items-changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tlm_licenses_get_list (self->licenses), "items-changed",
                           G_CALLBACK (update_rows), self, G_CONNECT_SWAPPED);
  changed_cb (self);
}

/* What is free of memory is another than when the page was seen last, what came of something then may be
 * true no longer, and the command line may have changed the list. */
static void
tlm_models_page_map (GtkWidget *widget)
{
  TlmModelsPage *self = TLM_MODELS_PAGE (widget);

  GTK_WIDGET_CLASS (tlm_models_page_parent_class)->map (widget);
  if (!gtk_widget_get_visible (GTK_WIDGET (self->progress_row)))
    gtk_widget_set_visible (self->news, FALSE);
  update_rows (self);
  if (self->models != NULL)
    tlm_models_load_async (self->models, NULL, NULL, NULL);
}

static void
tlm_models_page_dispose (GObject *object)
{
  TlmModelsPage *self = TLM_MODELS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->models != NULL)
    tlm_models_set_progress (self->models, NULL, NULL);
  g_queue_clear_full (&self->waiting, g_object_unref);
  g_clear_pointer (&self->focus_path, g_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->models);
  g_clear_object (&self->licenses);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_MODELS_PAGE);
  G_OBJECT_CLASS (tlm_models_page_parent_class)->dispose (object);
}

static void
tlm_models_page_class_init (TlmModelsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_models_page_dispose;
  widget_class->map = tlm_models_page_map;
  gtk_widget_class_install_action (widget_class, "models.use", "ay", use_cb);
  gtk_widget_class_install_action (widget_class, "models.verify", "ay", verify_cb);
  gtk_widget_class_install_action (widget_class, "models.measure", "ay", measure_cb);
  gtk_widget_class_install_action (widget_class, "models.rename", "(ays)", rename_cb);
  gtk_widget_class_install_action (widget_class, "models.shrink", "(ays)", shrink_cb);
  gtk_widget_class_install_action (widget_class, "models.remove", "ay", remove_cb);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/models-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, add_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, progress_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, result_row);
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, result_icon);
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, news);
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, copy_switch);
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, context_adjustment);
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, compact_switch);
  gtk_widget_class_bind_template_child (widget_class, TlmModelsPage, models_group);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
tlm_models_page_init (TlmModelsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_queue_init (&self->waiting);
  self->rows = g_ptr_array_new ();
  self->settings = g_settings_new ("com.sprapp.TinyLM");
  g_settings_bind (self->settings, "chat-context", self->context_adjustment, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "chat-compact-context", self->compact_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->settings, "changed::chat-model-path", G_CALLBACK (update_rows),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->context_adjustment, "value-changed", G_CALLBACK (update_rows), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->compact_switch, "notify::active", G_CALLBACK (update_rows), self,
                           G_CONNECT_SWAPPED);
}
