/* SPDX-License-Identifier: Apache-2.0 */
/* A row an example: the message, the tool, and a button that forgets it; one button forgets all. The list
 * is as it was when the preferences were opened, less what is forgotten here. */
#include "tool-choices-group.h"

#include <glib/gi18n.h>

#include "chats/tool-choices.h"
#include "common/toasts.h"

/* As the buttons of route-popover.ui have it. */
static const char *
get_tool_name (TlmTool tool)
{
  switch (tool)
    {
    case TLM_TOOL_READER:
      return _("Point at What Matters");
    case TLM_TOOL_RETRIEVAL:
      return _("Ask My Notes and Chats");
    case TLM_TOOL_SMALL:
    case TLM_TOOL_LARGE:
      return _("Ask the Language Model");
    case TLM_TOOL_CODE:
      return _("Dates, Counts and Arithmetic");
    case TLM_TOOL_HAND_OVER:
      return _("Take It Elsewhere");
    case TLM_N_TOOLS:
      break;
    }
  g_assert_not_reached ();
}

static char *
dup_choice_name (const TlmToolChoice *choice)
{
  if (!choice->special)
    return g_strdup (get_tool_name (choice->tool));
  if (choice->name == NULL)
    return g_strdup (_("A specialist that is switched off or removed"));
  /* Translators: a button; %s is the name of a specialist, which is to answer. */
  return g_strdup_printf (_("Ask “%s”"), choice->name);
}

static void fill (GtkWidget *list);

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) list = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_tool_choices_forget_finish (TLM_STORE (source), result, &error))
    tlm_toast_in_preferences (list, error->message);
  fill (list);
}

static void
forget_cb (GtkWidget *button, GtkWidget *list)
{
  gint64 *id = g_object_get_data (G_OBJECT (button), "id"); /* NULL: all of them */

  tlm_tool_choices_forget_async (g_object_get_data (G_OBJECT (list), "store"), id != NULL ? *id : 0,
                                 forgotten_cb, g_object_ref (list));
}

static GtkWidget *
make_row (GtkWidget *list, const TlmToolChoice *choice)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *line = g_strdelimit (g_strdup (choice->text), "\r\n", ' ');
  g_autofree char *name = g_strdup_printf (_("Forget “%s”"), line), *tool = dup_choice_name (choice);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), line);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), tool);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Forget"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "id", g_memdup2 (&choice->id, sizeof choice->id), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (forget_cb), list, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) list = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) choices = tlm_tool_choices_list_finish (TLM_STORE (source), result, &error);
  GtkListBoxRow *row;

  if (gtk_widget_get_root (list) == NULL) /* the preferences were closed meanwhile */
    return;
  while ((row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (list), GTK_WIDGET (row));
  for (guint i = 0; choices != NULL && i < choices->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (list), make_row (list, choices->pdata[i]));
  gtk_widget_set_sensitive (g_object_get_data (G_OBJECT (list), "all"),
                            choices != NULL && choices->len > 0);
}

static void
fill (GtkWidget *list)
{
  tlm_tool_choices_list_async (g_object_get_data (G_OBJECT (list), "store"), listed_cb,
                               g_object_ref (list));
}

/**
 * tlm_tool_choices_group_new:
 *
 * Returns: (transfer floating): the group, for a page of preferences
 */
GtkWidget *
tlm_tool_choices_group_new (TlmStore *store)
{
  GtkWidget *group = adw_preferences_group_new (), *list = gtk_list_box_new ();
  GtkWidget *all = gtk_button_new_with_mnemonic (_("Forget _All"));
  GtkWidget *empty = gtk_label_new (_("No tool was chosen yet"));

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _("Chosen Tools"));
  adw_preferences_group_set_description (
    ADW_PREFERENCES_GROUP (group),
    _("Messages very like these go to the tool that you chose: six tenths of their words are the same."));
  gtk_widget_set_valign (all, GTK_ALIGN_CENTER);
  g_signal_connect_object (all, "clicked", G_CALLBACK (forget_cb), list, 0);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (group), all);
  gtk_widget_add_css_class (empty, "dim-label");
  gtk_widget_set_margin_top (empty, 12);
  gtk_widget_set_margin_bottom (empty, 12);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (list), empty);
  g_object_set_data_full (G_OBJECT (list), "store", g_object_ref (store), g_object_unref);
  g_object_set_data (G_OBJECT (list), "all", all);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), list);
  fill (list);
  return group;
}
