/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of one chat. Each change counts at once, for the next answer; a preset is a copy of
 * them under a name, and using it copies it back. */
#include "chat-settings-page.h"

#include "common/toasts.h"
#include "compat/compat.h"
#include "models/adapters.h"
#include "specialists/trained.h"

#include <glib/gi18n.h>

struct _TlmChatSettingsPage
{
  AdwPreferencesPage   parent_instance;
  GtkTextView         *instructions;
  GtkSpinButton       *temperature;
  GtkSpinButton       *top_p;
  GtkSpinButton       *max_tokens;
  GtkSpinButton       *seed;
  GtkSwitch           *drop_oldest;
  AdwPreferencesGroup *specialists, *presets;
  GtkEditable         *name_row;

  TlmChats            *chats;
  TlmChat             *chat;
  GPtrArray           *rows;    /* (transfer none): of the presets */
  GPtrArray           *scales;  /* of GtkSpinButton, each with its TlmTrained as "tlm-trained" */
  gboolean             showing; /* the changes are not the person's */
};

G_DEFINE_FINAL_TYPE (TlmChatSettingsPage, tlm_chat_settings_page, ADW_TYPE_PREFERENCES_PAGE)

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatSettingsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_save_settings_finish (TLM_CHATS (source), result, &error))
    tlm_toast_in_preferences (GTK_WIDGET (self), error->message);
}

/* (transfer full): of tlm_adapters_dup_text(); a scale of 0 is without it */
static char *
dup_specialists (TlmChatSettingsPage *self)
{
  g_autoptr (GPtrArray) chosen = tlm_adapters_new ();

  for (guint i = 0; i < self->scales->len; i++)
    {
      double scale = gtk_spin_button_get_value (self->scales->pdata[i]);
      const TlmTrainedState *state = tlm_trained_get_state (
        g_object_get_data (self->scales->pdata[i], "tlm-trained"));

      if (scale > 0)
        tlm_adapters_add (chosen, state->path, (float) scale, state->card->sha256);
    }
  return tlm_adapters_dup_text (chosen);
}

static void
read_settings (TlmChatSettingsPage *self, TlmChatSettings *settings)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->instructions);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  settings->instructions = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  settings->temperature = gtk_spin_button_get_value (self->temperature);
  settings->top_p = gtk_spin_button_get_value (self->top_p);
  settings->max_tokens = gtk_spin_button_get_value_as_int (self->max_tokens);
  settings->seed = gtk_spin_button_get_value_as_int (self->seed);
  settings->drop_oldest = gtk_switch_get_active (self->drop_oldest);
  settings->specialists = dup_specialists (self);
}

static void
changed_cb (TlmChatSettingsPage *self)
{
  TlmChatSettings settings;

  if (self->showing)
    return;
  read_settings (self, &settings);
  tlm_chats_save_settings_async (self->chats, self->chat, &settings, NULL, saved_cb,
                                 g_object_ref (self));
  tlm_chat_settings_clear (&settings);
}

static void
show_scales (TlmChatSettingsPage *self, const char *specialists)
{
  g_autoptr (GPtrArray) chosen = tlm_adapters_read (specialists);

  for (guint i = 0; i < self->scales->len; i++)
    {
      const TlmTrainedState *state = tlm_trained_get_state (
        g_object_get_data (self->scales->pdata[i], "tlm-trained"));
      double scale = 0;

      for (guint k = 0; k < chosen->len; k++)
        if (g_str_equal (((TlmAdapterChoice *) chosen->pdata[k])->path, state->path))
          scale = (double) ((TlmAdapterChoice *) chosen->pdata[k])->scale;
      gtk_spin_button_set_value (self->scales->pdata[i], scale);
    }
}

static void
show_settings (TlmChatSettingsPage *self, const TlmChatSettings *settings)
{
  self->showing = TRUE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->instructions), settings->instructions,
                            -1);
  gtk_spin_button_set_value (self->temperature, settings->temperature);
  gtk_spin_button_set_value (self->top_p, settings->top_p);
  gtk_spin_button_set_value (self->max_tokens, (double) settings->max_tokens);
  gtk_spin_button_set_value (self->seed, (double) settings->seed);
  gtk_switch_set_active (self->drop_oldest, settings->drop_oldest);
  show_scales (self, settings->specialists);
  self->showing = FALSE;
}

static const char *
get_name (GtkWidget *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);

  return adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row));
}

static void
use_preset_cb (TlmChatSettingsPage *self, GtkWidget *row)
{
  const TlmChatSettings *settings = tlm_chats_find_preset (self->chats, get_name (row));

  if (settings == NULL)
    return;
  show_settings (self, settings);
  changed_cb (self);
}

static void update_presets (TlmChatSettingsPage *self);

/* A preset that was removed, to bring it back. */
typedef struct
{
  TlmChatSettingsPage *page;
  char                *name;
  TlmChatSettings      settings;
} Removed;

static void
removed_free (gpointer data, GClosure *closure)
{
  Removed *removed = data;

  g_object_unref (removed->page);
  g_free (removed->name);
  tlm_chat_settings_clear (&removed->settings);
  g_free (removed);
}

static void
undo_cb (AdwToast *toast, Removed *removed)
{
  TlmChatSettingsPage *self = removed->page;

  if (self->chats == NULL)
    return; /* it is closed: the toast's overlay goes after it */
  tlm_chats_save_preset_async (self->chats, removed->name, &removed->settings, NULL, saved_cb,
                               g_object_ref (self));
  update_presets (self);
}

static void
remove_preset_cb (TlmChatSettingsPage *self, GtkWidget *button)
{
  AdwToast *toast = tlm_undo_toast_new (_("The preset is removed."));
  Removed *removed = g_new (Removed, 1);

  *removed = (Removed){ .page = g_object_ref (self), .name = g_strdup (get_name (button)) };
  tlm_chat_settings_copy (&removed->settings, tlm_chats_find_preset (self->chats, removed->name));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), removed, removed_free, 0);
  tlm_chats_save_preset_async (self->chats, removed->name, NULL, NULL, saved_cb,
                               g_object_ref (self));
  update_presets (self);
  tlm_preferences_add_toast (GTK_WIDGET (self), toast);
}

static GtkWidget *
new_remove_button (TlmChatSettingsPage *self, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-delete-symbolic");
  g_autofree char *label = g_strdup_printf (_("Remove Preset “%s”"), name);

  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (remove_preset_cb), self);
  return button;
}

static void
add_preset (TlmChatSettingsPage *self, const char *name)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _("Use these settings in this chat"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_remove_button (self, name));
  g_signal_connect_swapped (row, "activated", G_CALLBACK (use_preset_cb), self);
  adw_preferences_group_add (self->presets, row);
  g_ptr_array_add (self->rows, row);
}

static void
update_presets (TlmChatSettingsPage *self)
{
  g_auto (GStrv) names = tlm_chats_list_presets (self->chats);

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->presets, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (char **name = names; *name != NULL; name++)
    add_preset (self, *name);
}

static void
save_preset_cb (TlmChatSettingsPage *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name_row)));
  TlmChatSettings settings;

  if (*name == '\0')
    return;
  read_settings (self, &settings);
  tlm_chats_save_preset_async (self->chats, name, &settings, NULL, saved_cb, g_object_ref (self));
  tlm_chat_settings_clear (&settings);
  /* There is nothing to apply in an empty entry. */
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (self->name_row), FALSE);
  gtk_editable_set_text (self->name_row, "");
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (self->name_row), TRUE);
  update_presets (self);
}

/* Those that the person lets answer, each with its scale. */
static void
add_specialist (TlmChatSettingsPage *self, TlmTrained *trained, TlmModels *models)
{
  const TlmTrainedState *state = tlm_trained_get_state (trained);
  GtkWidget *row = adw_action_row_new (), *scale = gtk_spin_button_new_with_range (0, 2, 0.1);
  /* Translators: how much a specialist, whose name follows, counts in a chat. */
  g_autofree char *label = g_strdup_printf (_("Scale of “%s”"), state->name);
  g_autofree char *base = tlm_models_dup_name (models, state->base_path);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), state->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), base);
  gtk_widget_set_valign (scale, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (scale), "tlm-trained", g_object_ref (trained), g_object_unref);
  g_signal_connect_object (scale, "value-changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), scale);
  adw_preferences_group_add (self->specialists, row);
  g_ptr_array_add (self->scales, scale);
}

static void
add_specialists (TlmChatSettingsPage *self, GListModel *specialists, TlmModels *models)
{
  for (guint i = 0; i < g_list_model_get_n_items (specialists); i++)
    {
      g_autoptr (TlmTrained) trained = g_list_model_get_item (specialists, i);
      const TlmTrainedState *state = tlm_trained_get_state (trained);

      if (state->used && state->card != NULL)
        add_specialist (self, trained, models);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->specialists), self->scales->len > 0);
}

/**
 * tlm_chat_settings_page_new:
 * @chats: which keeps them
 * @chat: whose they are
 * @specialists: of TlmTrained: those that there are
 * @models: which know what the models of these are called
 *
 * Returns: (transfer floating): the page, for tlm_present_preferences()
 */
GtkWidget *
tlm_chat_settings_page_new (TlmChats *chats, TlmChat *chat, GListModel *specialists,
                            TlmModels *models)
{
  TlmChatSettingsPage *self = g_object_new (TLM_TYPE_CHAT_SETTINGS_PAGE, NULL);

  self->chats = g_object_ref (chats);
  self->chat = g_object_ref (chat);
  add_specialists (self, specialists, models);
  show_settings (self, tlm_chat_get_settings (chat));
  update_presets (self);
  return GTK_WIDGET (self);
}

static void
tlm_chat_settings_page_dispose (GObject *object)
{
  TlmChatSettingsPage *self = TLM_CHAT_SETTINGS_PAGE (object);

  g_clear_object (&self->chats);
  g_clear_object (&self->chat);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->scales, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_CHAT_SETTINGS_PAGE);
  G_OBJECT_CLASS (tlm_chat_settings_page_parent_class)->dispose (object);
}

static void
tlm_chat_settings_page_class_init (TlmChatSettingsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_chat_settings_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/com/sprapp/TinyLM/chat-settings-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmChatSettingsPage, instructions);
  gtk_widget_class_bind_template_child (widget_class, TlmChatSettingsPage, temperature);
  gtk_widget_class_bind_template_child (widget_class, TlmChatSettingsPage, top_p);
  gtk_widget_class_bind_template_child (widget_class, TlmChatSettingsPage, max_tokens);
  gtk_widget_class_bind_template_child (widget_class, TlmChatSettingsPage, seed);
  gtk_widget_class_bind_template_child (widget_class, TlmChatSettingsPage, drop_oldest);
  gtk_widget_class_bind_template_child (widget_class, TlmChatSettingsPage, specialists);
  gtk_widget_class_bind_template_child (widget_class, TlmChatSettingsPage, presets);
  gtk_widget_class_bind_template_child (widget_class, TlmChatSettingsPage, name_row);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_preset_cb);
}

static void
tlm_chat_settings_page_init (TlmChatSettingsPage *self)
{
  self->showing = TRUE; /* the widgets' first values */
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  self->scales = g_ptr_array_new ();
  g_signal_connect_object (gtk_text_view_get_buffer (self->instructions), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}
