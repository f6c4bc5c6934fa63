/* SPDX-License-Identifier: Apache-2.0 */
/* The keyboard shortcuts: AdwShortcutsDialog from libadwaita 1.8, and a like list of our own before, since
 * GtkShortcutsWindow needs more room than a narrow window has. They are written down once, in shortcuts.ui,
 * with the names of the former. */
#include "compat-private.h"

#include <glib/gi18n.h>

#define SHORTCUTS "/com/sprapp/TinyLM/shortcuts.ui"

#if ADW_CHECK_VERSION(1, 8, 0)

/**
 * tlm_present_shortcuts:
 * @window: a GtkApplicationWindow, whose actions and their keys are shown
 */
void
tlm_present_shortcuts (GtkWidget *window)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource (SHORTCUTS);

  tlm_present_dialog (ADW_DIALOG (gtk_builder_get_object (builder, "shortcuts")), window);
}

#else

/* GTK 4.18 deprecates what libadwaita has a successor to since 1.8 only. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/* What is done, and the keys that do it. */
#define TLM_TYPE_SHORTCUT_ROW (tlm_shortcut_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmShortcutRow, tlm_shortcut_row, TLM, SHORTCUT_ROW, AdwActionRow)

struct _TlmShortcutRow
{
  AdwActionRow parent_instance;
  GtkWidget   *keys;
};

G_DEFINE_FINAL_TYPE (TlmShortcutRow, tlm_shortcut_row, ADW_TYPE_ACTION_ROW)

enum
{
  PROP_0,
  PROP_ACCELERATOR,
  PROP_SHORTCUT_OF, /* an action of the application */
  N_PROPS
};

static void
set_accelerator (TlmShortcutRow *self, const char *accelerator)
{
  GdkModifierType modifiers;
  guint key;
  g_autofree char *words = NULL;

  if (accelerator == NULL || !gtk_accelerator_parse (accelerator, &key, &modifiers))
    return;
  words = gtk_accelerator_get_label (key, modifiers);
  gtk_shortcut_label_set_accelerator (GTK_SHORTCUT_LABEL (self->keys), accelerator);
  tlm_describe (GTK_WIDGET (self), words);
}

static void
set_shortcut_of (TlmShortcutRow *self, const char *action)
{
  GApplication *application = g_application_get_default ();
  g_auto (GStrv) keys = NULL;

  if (!GTK_IS_APPLICATION (application))
    return;
  keys = gtk_application_get_accels_for_action (GTK_APPLICATION (application), action);
  set_accelerator (self, keys[0]);
}

static void
tlm_shortcut_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ACCELERATOR)
    set_accelerator (TLM_SHORTCUT_ROW (object), g_value_get_string (value));
  else
    set_shortcut_of (TLM_SHORTCUT_ROW (object), g_value_get_string (value));
}

static void
tlm_shortcut_row_class_init (TlmShortcutRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = tlm_shortcut_row_set_property;
  g_object_class_install_property (object_class, PROP_ACCELERATOR,
                                   g_param_spec_string ("accelerator", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_SHORTCUT_OF,
                                   g_param_spec_string ("shortcut-of", NULL, NULL, NULL, flags));
}

static void
tlm_shortcut_row_init (TlmShortcutRow *self)
{
  self->keys = gtk_shortcut_label_new ("");
  gtk_widget_set_valign (self->keys, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->keys);
}

static GtkBuilder *
build (void)
{
  static const char *const names[][2] = {
    { "AdwShortcutsDialog", "AdwPreferencesPage" },
    { "AdwShortcutsSection", "AdwPreferencesGroup" },
    { "AdwShortcutsItem", "TlmShortcutRow" },
    { "\"action-name\"", "\"shortcut-of\"" },
  };
  g_autoptr (GBytes) bytes = g_resources_lookup_data (SHORTCUTS, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GString) ui = g_string_new_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  g_type_ensure (TLM_TYPE_SHORTCUT_ROW);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_string_replace (ui, names[i][0], names[i][1], 0);
  return gtk_builder_new_from_string (ui->str, ui->len);
}

void
tlm_present_shortcuts (GtkWidget *window)
{
  g_autoptr (GtkBuilder) builder = build ();
  GtkWidget *page = GTK_WIDGET (gtk_builder_get_object (builder, "shortcuts"));

  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (page), C_("shortcuts", "Keyboard shortcuts"));
  tlm_present_preferences (window, page);
}

G_GNUC_END_IGNORE_DEPRECATIONS

#endif
