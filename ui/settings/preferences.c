/* SPDX-License-Identifier: Apache-2.0 */
/* The preferences: rows bound to settings. What a setting does is done by those who read it. */
#include "preferences.h"

#include "compat/compat.h"
#include "chats/conversation.h"
#include "licenses/licenses.h"

#include <glib/gi18n.h>

struct _TlmPreferences
{
  AdwPreferencesPage   parent_instance;
  AdwActionRow        *model_row;
  AdwComboRow         *format_row;
  GtkAdjustment       *size_adjustment;
  GtkSwitch           *system_size_switch;
  GtkWidget           *size_row;
  GtkSwitch           *summary_switch, *words_switch;
  GtkSwitch           *chats_switch, *notifications_switch;
  AdwPreferencesGroup *models_group;
  GSettings           *settings;
  TlmModels           *models;
};

G_DEFINE_FINAL_TYPE (TlmPreferences, tlm_preferences, ADW_TYPE_PREFERENCES_PAGE)

static void
model_changed_cb (TlmPreferences *self)
{
  g_autofree char *path = g_settings_get_string (self->settings, "chat-model-path");
  g_autofree char *name = *path != '\0' ? tlm_models_dup_name (self->models, path) : NULL;

  adw_action_row_set_subtitle (self->model_row,
                               name != NULL ? name : _("None: only the built-in tools answer"));
  gtk_widget_set_visible (GTK_WIDGET (self->format_row), name != NULL);
}

/* The first row stands for what the model's file says. */
static gboolean
get_format (GValue *value, GVariant *variant, gpointer names)
{
  const char *name = g_variant_get_string (variant, NULL);
  guint i = g_list_model_get_n_items (names);

  while (--i > 0)
    if (g_str_equal (gtk_string_list_get_string (names, i), name))
      break;
  g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
set_format (const GValue *value, const GVariantType *type, gpointer names)
{
  guint i = g_value_get_uint (value);

  return g_variant_new_string (i == 0 || i == GTK_INVALID_LIST_POSITION
                               ? "" : gtk_string_list_get_string (names, i));
}

static void
bind_format (TlmPreferences *self)
{
  GtkStringList *names = gtk_string_list_new (NULL);
  g_auto (GStrv) formats = tlm_conversation_list_formats ();

  gtk_string_list_append (names, _("As the Model Says"));
  gtk_string_list_splice (names, 1, 0, (const char *const *) formats);
  adw_combo_row_set_model (self->format_row, G_LIST_MODEL (names));
  g_settings_bind_with_mapping (self->settings, "chat-format", self->format_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, get_format, set_format, names,
                                g_object_unref);
}

/* Models are chosen on their page, which the preferences would cover. */
static void
show_models_cb (TlmPreferences *self)
{
  tlm_leave_preferences (GTK_WIDGET (self), "win.show-models");
}

static void
show_license_state (GListModel *licenses, guint at, guint removed, guint added, AdwActionRow *row)
{
  const char *model = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
  TlmLicenseVerdict verdict = tlm_licenses_judge_list (licenses, NULL, model);
  g_autofree char *state = tlm_license_verdict_dup_state (&verdict);

  adw_action_row_set_subtitle (row, state);
}

static void
add_models (TlmPreferences *self, GListModel *licenses)
{
  gsize n;
  const TlmLicensedModel *models = tlm_licensed_models_get (&n);

  for (gsize i = 0; i < n; i++)
    {
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), models[i].name);
      adw_preferences_group_add (self->models_group, row);
      g_signal_connect_object (licenses, "items-changed", G_CALLBACK (show_license_state), row, 0);
      show_license_state (licenses, 0, 0, 0, ADW_ACTION_ROW (row));
    }
}

/**
 * tlm_preferences_new:
 * @licenses: the list of a TlmLicenses
 * @models: which know what the chosen one is called
 *
 * Returns: (transfer floating): the page, for tlm_present_preferences()
 */
GtkWidget *
tlm_preferences_new (GListModel *licenses, TlmModels *models)
{
  TlmPreferences *self = g_object_new (TLM_TYPE_PREFERENCES, NULL);

  add_models (self, licenses);
  self->models = g_object_ref (models);
  g_signal_connect_object (tlm_models_get_list (models), "items-changed",
                           G_CALLBACK (model_changed_cb), self, G_CONNECT_SWAPPED);
  model_changed_cb (self);
  return GTK_WIDGET (self);
}

static void
tlm_preferences_dispose (GObject *object)
{
  TlmPreferences *self = TLM_PREFERENCES (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->models);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_PREFERENCES);
  G_OBJECT_CLASS (tlm_preferences_parent_class)->dispose (object);
}

static void
tlm_preferences_class_init (TlmPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, model_row);
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, format_row);
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, size_adjustment);
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, system_size_switch);
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, size_row);
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, models_group);
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, summary_switch);
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, words_switch);
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, chats_switch);
  gtk_widget_class_bind_template_child (widget_class, TlmPreferences, notifications_switch);
  gtk_widget_class_bind_template_callback (widget_class, show_models_cb);
}

static void
tlm_preferences_init (TlmPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new ("com.sprapp.TinyLM");
  bind_format (self);
  g_settings_bind (self->settings, "editor-system-size", self->system_size_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "editor-system-size", self->size_row, "sensitive",
                   G_SETTINGS_BIND_GET | G_SETTINGS_BIND_INVERT_BOOLEAN);
  g_settings_bind (self->settings, "editor-size", self->size_adjustment, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "summarize-while-typing", self->summary_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "suggest-words", self->words_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "search-chats", self->chats_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "notifications", self->notifications_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->settings, "changed::chat-model-path",
                           G_CALLBACK (model_changed_cb), self, G_CONNECT_SWAPPED);
}
