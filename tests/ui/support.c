/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "core/paths.h"

#include <glib/gstdio.h>
#include <gtksourceview/gtksource.h>

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
wait_a_moment (void)
{
  guint tick = g_timeout_add (20, tick_cb, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

/* A scrollbar whose list becomes longer as it is laid out, of which GTK warns for a frame on a busy machine, is no
 * fault of ours: https://gitlab.gnome.org/GNOME/gtk/-/merge_requests/5222 */
static GLogWriterOutput
log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && fields[i].length < 0
        && g_pattern_match_simple ("Trying to snapshot GtkGizmo * without a current allocation",
                                   fields[i].value))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, NULL);
}

/* One for all tests, for the window's menus only; it does not run. */
static AdwApplication *
get_application (void)
{
  static AdwApplication *application;
  g_autoptr (GSettings) settings = g_settings_new ("com.sprapp.TinyLM");

  if (application == NULL)
    {
      g_log_set_writer_func (log_cb, NULL, NULL);
      application = g_object_new (ADW_TYPE_APPLICATION, "application-id", "com.sprapp.TinyLM.Test",
                                  "flags", G_APPLICATION_NON_UNIQUE, "resource-base-path",
                                  "/com/sprapp/TinyLM", NULL);
      g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
      /* There is no desktop to take a notification, which would be warned of. */
      g_settings_set_boolean (settings, "notifications", FALSE);
    }
  return application;
}

static void
start (Fixture *fixture)
{
  g_autofree char *store_path = g_build_filename (fixture->folder, "tinylm.db", NULL);
  g_autofree char *reader_path = tlm_paths_dup_data ("models/eeny.gguf");

  fixture->services = tlm_services_new (store_path, reader_path);
  tlm_services_open_async (fixture->services, NULL, NULL, NULL);
  fixture->window = TLM_WINDOW (tlm_window_new (GTK_APPLICATION (fixture->application),
                                                fixture->services));
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_until (tlm_services_get_ready (fixture->services));
}

static void
stop (Fixture *fixture)
{
  tlm_services_close (fixture->services);
  g_object_add_weak_pointer (G_OBJECT (fixture->services), (gpointer *) &fixture->services);
  g_object_unref (fixture->services);
  wait_until (fixture->services == NULL);
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("tinylm-ui-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->application = get_application ();
  start (fixture);
}

void
fixture_restart (Fixture *fixture)
{
  gtk_window_close (GTK_WINDOW (fixture->window));
  stop (fixture);
  start (fixture);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_folder (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  stop (fixture);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static gboolean
holds (GtkWidget *widget, const char *text)
{
  if (text == NULL)
    return TRUE;
  if (GTK_IS_LABEL (widget))
    return strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
  if (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
    return strstr (gtk_button_get_label (GTK_BUTTON (widget)), text) != NULL;
  return FALSE;
}

GtkWidget *
find_widget (gpointer top, GType type, const char *text)
{
  if (!gtk_widget_get_child_visible (top) || !gtk_widget_get_visible (top))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (top), type) && holds (top, text))
    return top;
  for (GtkWidget *child = gtk_widget_get_first_child (top); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static const char *
get_words (GtkWidget *widget)
{
  if (ADW_IS_PREFERENCES_ROW (widget))
    return adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));
  return GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget)) : NULL;
}

static GtkWidget *
find_by_words (GtkWidget *top, GType type, const char *words)
{
  if (g_type_is_a (G_OBJECT_TYPE (top), type) && g_strcmp0 (get_words (top), words) == 0)
    return top;
  for (GtkWidget *child = gtk_widget_get_first_child (top); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_by_words (child, type, words);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
find_row (gpointer top, const char *title)
{
  return find_by_words (top, ADW_TYPE_PREFERENCES_ROW, title);
}

GtkWidget *
find_button (gpointer top, const char *label)
{
  return find_by_words (top, GTK_TYPE_BUTTON, label);
}

GtkWidget *
find_described (gpointer top, const char *tooltip)
{
  if (GTK_IS_BUTTON (top) && g_strcmp0 (gtk_widget_get_tooltip_text (top), tooltip) == 0)
    return top;
  for (GtkWidget *child = gtk_widget_get_first_child (top); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_described (child, tooltip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

void
type_into (gpointer top, const char *title, const char *text)
{
  GtkWidget *row = find_row (top, title);

  g_assert_nonnull (row);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
}

void
click (gpointer top, const char *label)
{
  GtkWidget *button = find_button (top, label);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

void
drop (GtkWidget *widget, const GValue *value)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean taken = FALSE;

  for (guint i = 0; !taken && i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", value, 0.0, 0.0, &taken);
    }
  g_assert_true (taken);
}

void
drop_file (Fixture *fixture, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GSList files = { file, NULL };
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &files);
  drop (GTK_WIDGET (fixture->window), &value);
}

GListModel *
notes_of (Fixture *fixture)
{
  return G_LIST_MODEL (tlm_services_get_notes (fixture->services));
}

GtkTextBuffer *
editor_of (Fixture *fixture)
{
  GtkWidget *editor = find_widget (fixture->window, GTK_SOURCE_TYPE_VIEW, NULL);

  g_assert_nonnull (editor);
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (editor));
}

gboolean
editor_is_ready (Fixture *fixture)
{
  GtkWidget *editor = find_widget (fixture->window, GTK_SOURCE_TYPE_VIEW, NULL);

  return editor != NULL && gtk_text_view_get_editable (GTK_TEXT_VIEW (editor));
}

void
new_note (Fixture *fixture, const char *text)
{
  guint n = g_list_model_get_n_items (notes_of (fixture));

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-note", NULL));
  wait_until (g_list_model_get_n_items (notes_of (fixture)) == n + 1);
  wait_until (editor_is_ready (fixture)
              && gtk_text_buffer_get_char_count (editor_of (fixture)) == 0);
  gtk_text_buffer_set_text (editor_of (fixture), text, -1);
}
