/* SPDX-License-Identifier: Apache-2.0 */
/* Every button of a template that shows an icon alone has a name for a screen reader. What comes into a
 * page later tests/desktop/audit.py looks at. */
#include "widget-types.h"

static gboolean
holds (GtkWidget *widget, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (holds (child, type))
      return TRUE;
  return FALSE;
}

/* GTK 4.8 says so of each button that is an icon, which says nothing. */
static gboolean
is_labelled_by_its_icon (GtkWidget *widget)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  g_autofree char *other = NULL;

  if (!GTK_IS_IMAGE (child))
    return FALSE;
  other = gtk_test_accessible_check_relation (GTK_ACCESSIBLE (widget),
                                              GTK_ACCESSIBLE_RELATION_LABELLED_BY, child, NULL);
  return other == NULL;
}

/* A menu button's name stands on the toggle button inside, or in newer GTK on itself. */
static gboolean
has_name (GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  if (GTK_IS_MENU_BUTTON (parent) && has_name (parent))
    return TRUE;
  return gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL)
         || (gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget),
                                               GTK_ACCESSIBLE_RELATION_LABELLED_BY)
             && !is_labelled_by_its_icon (widget));
}

/* As those that apply what was typed into a row, or show a passphrase. */
static gboolean
is_of_the_toolkit (GtkWidget *button)
{
  const char *icon = gtk_button_get_icon_name (GTK_BUTTON (button));

  return gtk_widget_get_ancestor (button, ADW_TYPE_PASSWORD_ENTRY_ROW) != NULL
         || (icon != NULL && g_str_has_prefix (icon, "adw-"));
}

static guint
check (GtkWidget *widget)
{
  guint n = 0;

  if (GTK_IS_BUTTON (widget) && holds (widget, GTK_TYPE_IMAGE) && !holds (widget, GTK_TYPE_LABEL)
      && !GTK_IS_SPIN_BUTTON (gtk_widget_get_parent (widget)) && !is_of_the_toolkit (widget))
    {
      if (!has_name (widget))
        g_error ("a %s with the icon \"%s\" in a %s has no name", G_OBJECT_TYPE_NAME (widget),
                 gtk_button_get_icon_name (GTK_BUTTON (widget)),
                 G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
      n = 1;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += check (child);
  return n;
}

static guint
check_type (GType type)
{
  GtkWidget *widget = g_object_ref_sink (g_object_new (type, NULL));
  guint n = check (widget);

  g_object_unref (widget);
  return n;
}

/* These have some. */
static void
test_names (gconstpointer data)
{
  GType (*get_type) (void) = data;

  g_assert_cmpuint (check_type (get_type ()), >, 0);
}

static void
test_all_names (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (widget_types); i++)
    g_test_message ("%s: %u", widget_types[i].name, check_type (widget_types[i].get_type ()));
}

/* A note without a title too. */
static void
test_name_of_a_note (void)
{
  GtkWidget *row = g_object_ref_sink (g_object_new (TLM_TYPE_TODO_ROW, NULL));
  g_autoptr (TlmTodo) todo = tlm_todo_new (1, 1, "", "Call Ann", "", "", &(TlmDays){ 0 }, FALSE);
  GtkAccessible *button = GTK_ACCESSIBLE (gtk_widget_get_template_child (row, TLM_TYPE_TODO_ROW,
                                                                         "note_button"));

  tlm_todo_row_set_todo (TLM_TODO_ROW (row), todo);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Open the note “Empty note”");
  g_object_unref (row);
}

/* Newer GTK would call it by its words. */
static void
test_own_name (void)
{
  GtkWidget *window = gtk_window_new (), *button = gtk_button_new_with_label ("Replace");

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  "Replace this", -1);
  gtk_window_set_child (GTK_WINDOW (window), button);
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (button),
                                                   GTK_ACCESSIBLE_PROPERTY_LABEL));
  g_assert_false (gtk_test_accessible_has_relation (GTK_ACCESSIBLE (button),
                                                    GTK_ACCESSIBLE_RELATION_LABELLED_BY));
  gtk_window_destroy (GTK_WINDOW (window));
}

static GtkWidget *
find (GtkWidget *widget, const char *type)
{
  GtkWidget *found = g_str_equal (G_OBJECT_TYPE_NAME (widget), type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

/* Newer GTK would call it by nothing. */
static void
test_menu_item (void)
{
  GtkWidget *window = gtk_window_new (), *button = gtk_menu_button_new (), *label;
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, "Bin", "win.show-bin");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_window_set_child (GTK_WINDOW (window), button);
  label = find (find (button, "GtkModelButton"), "GtkLabel");
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (label)), ==, "Bin");
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL));
  gtk_window_destroy (GTK_WINDOW (window));
}

#if !GTK_CHECK_VERSION(4, 14, 0)

/* What the keyboard stands on is described as before, once something was said there. */
static void
test_announcement (void)
{
  GtkWidget *window = gtk_window_new (), *button = gtk_button_new_with_label ("Stop");

  gtk_window_set_child (GTK_WINDOW (window), button);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (button);
  gtk_widget_set_tooltip_text (button, "The answer ends");
  tlm_announce (button, "The fair moves.");
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "The answer ends");
  tlm_describe (button, "At once");
  tlm_announce (button, "It rains.");
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "At once");
  gtk_window_destroy (GTK_WINDOW (window));
}

#endif

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  tlm_mend_for_readers ();
  g_test_add_data_func ("/ui/accessible-names/chat-page", tlm_chat_page_get_type, test_names);
  g_test_add_data_func ("/ui/accessible-names/code-block", tlm_code_block_get_type, test_names);
  g_test_add_data_func ("/ui/accessible-names/message-row", tlm_message_row_get_type, test_names);
  g_test_add_data_func ("/ui/accessible-names/note-page", tlm_note_page_get_type, test_names);
  g_test_add_data_func ("/ui/accessible-names/sidebar", tlm_sidebar_get_type, test_names);
  g_test_add_func ("/ui/accessible-names/every-template", test_all_names);
  g_test_add_func ("/ui/accessible-names/own-name", test_own_name);
  g_test_add_func ("/ui/accessible-names/menu-item", test_menu_item);
  g_test_add_func ("/ui/accessible-names/name-of-a-note", test_name_of_a_note);
#if !GTK_CHECK_VERSION(4, 14, 0)
  g_test_add_func ("/ui/accessible-names/announcement", test_announcement);
#endif
  return g_test_run ();
}
