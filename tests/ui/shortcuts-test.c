/* SPDX-License-Identifier: Apache-2.0 */
/* The list of shortcuts that a person can open: it names the keys there are, and no others. */
#include "application-private.h"

#include "notes/note-page.h"
#include "support.h"

/* Keys that are no shortcuts of the note page, and where they are. */
static const char *const elsewhere[] = {
  "<Control>g",        /* notes/find-bar.c */
  "<Control>z",        /* window-focus.c */
  "<Shift><Control>g", /* notes/find-bar.c */
  "<Shift>F10",        /* common/item-list.c */
  "<Shift>F6",         /* window-focus.c */
  "<Shift>Return",     /* chats/composer.c leaves it to GTK's text view */
  "Delete",            /* common/item-list.c */
  "Escape",            /* window-actions.c, and in what can be left */
  "F10",               /* GTK's window: its menu */
  "F6",                /* window-focus.c */
  "Return",            /* chats/composer.c */
  "Tab",               /* notes/ghost-word.c */
  NULL
};

/* (transfer full): a key as the desktop writes it, whatever way it was written */
static char *
dup_key (const char *accelerator)
{
  GdkModifierType modifiers;
  guint key;

  g_assert_true (gtk_accelerator_parse (accelerator, &key, &modifiers));
  return gtk_accelerator_name (key, modifiers);
}

/* (transfer full): what the shortcuts list, whichever toolkit shows them: actions, and keys by themselves */
static GHashTable *
list_shortcuts (void)
{
  GHashTable *listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data ("/com/sprapp/TinyLM/shortcuts.ui",
                                                      G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GString) ui = g_string_new_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (GRegex) regex = g_regex_new (
    "name=\"(action-name|accelerator)\">(.*?)</property>", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  g_string_replace (ui, "&lt;", "<", 0);
  g_string_replace (ui, "&gt;", ">", 0);
  for (g_regex_match (regex, ui->str, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    {
      g_autofree char *kind = g_match_info_fetch (match, 1), *value = g_match_info_fetch (match, 2);

      g_hash_table_add (listed, g_str_equal (kind, "accelerator") ? dup_key (value)
                                                                  : g_steal_pointer (&value));
    }
  return listed;
}

/* The page's own keys are listed, and each is taken from @listed. Returns: how many there are */
static guint
take_keys_of (GtkWidget *page, GHashTable *listed)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (page);
  guint n_keys = 0;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      GListModel *keys = GTK_IS_SHORTCUT_CONTROLLER (controller) ? G_LIST_MODEL (controller) : NULL;

      for (guint k = 0; keys != NULL && k < g_list_model_get_n_items (keys); k++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (keys, k);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);
          g_autofree char *written = gtk_shortcut_trigger_to_string (trigger);
          g_autofree char *name = NULL;

          if (!GTK_IS_KEYVAL_TRIGGER (trigger))
            continue;
          name = dup_key (written);
          g_test_message ("%s", name);
          if (!g_hash_table_remove (listed, name))
            g_assert_true (g_strv_contains (elsewhere, name));
          n_keys++;
        }
    }
  return n_keys;
}

/* What does something is listed, and what is listed does something. */
static gboolean
compare_cb (gpointer user_data)
{
  GtkApplication *app = user_data;
  GtkWidget *window = GTK_WIDGET (gtk_application_get_active_window (app)), *page;
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (app);
  g_autoptr (GHashTable) listed = list_shortcuts ();
  GHashTableIter left;
  gpointer key;

  for (guint i = 0; elsewhere[i] != NULL; i++)
    if (!g_hash_table_contains (listed, elsewhere[i]))
      g_error ("“%s” does something, and is not listed", elsewhere[i]);
  for (guint i = 0; actions[i] != NULL; i++)
    g_assert_true (g_hash_table_remove (listed, actions[i]));
  wait_until (find_widget (window, GTK_TYPE_BUTTON, "a Sample Note") != NULL);
  gtk_widget_activate_action (window, "win.new-sample", NULL);
  wait_until ((page = find_widget (window, TLM_TYPE_NOTE_PAGE, NULL)) != NULL);
  g_assert_cmpuint (take_keys_of (page, listed), >, 5);
  g_hash_table_iter_init (&left, listed);
  while (g_hash_table_iter_next (&left, &key, NULL))
    if (!g_strv_contains (elsewhere, key))
      g_error ("“%s” is listed, and nothing has it", (char *) key);
  gtk_window_destroy (GTK_WINDOW (window));
  return G_SOURCE_REMOVE;
}

static void
test_lists_them (void)
{
  g_autoptr (TlmApplication) application = tlm_application_new ();

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_idle_add (compare_cb, application);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/shortcuts/lists-them", test_lists_them);
  return g_test_run ();
}
