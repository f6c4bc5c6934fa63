/* SPDX-License-Identifier: Apache-2.0 */
/* The window's actions, each a few lines over the pages and services. */
#include "window-private.h"

#include "common/documents.h"
#include "core/paths.h"

#include <glib/gi18n.h>

static void
note_created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmNote) note = tlm_notes_create_finish (TLM_NOTES (source), result, &error);

  if (note != NULL)
    tlm_window_show_note (self, note, TRUE);
  else
    tlm_window_toast (self, error->message);
}

static void
create_note (TlmWindow *self, const char *text)
{
  tlm_notes_create_async (tlm_services_get_notes (self->services), text, NULL, note_created_cb,
                          g_object_ref (self));
}

static void
new_note_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  create_note (TLM_WINDOW (widget), "");
}

static void
new_sample_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autofree char *path = tlm_paths_dup_data ("samples/meeting.md");
  g_autoptr (GFile) file = g_file_new_for_path (path);

  tlm_window_open_file (TLM_WINDOW (widget), file);
}

static void
chat_created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmChat) chat = tlm_chats_create_finish (TLM_CHATS (source), result, &error);

  if (chat != NULL)
    tlm_window_show_chat (self, chat);
  else
    tlm_window_toast (self, error->message);
}

static void
new_chat_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);

  tlm_chats_create_async (tlm_services_get_chats (self->services), NULL, chat_created_cb,
                          g_object_ref (self));
}

static void
open_note_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  g_autoptr (TlmNote) note = tlm_window_find (
    G_LIST_MODEL (tlm_services_get_notes (self->services)), g_variant_get_int64 (parameter));

  if (note != NULL)
    tlm_window_show_note (self, note, FALSE);
}

/* A note's id and an action item of it. */
static void
show_item_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  g_autoptr (TlmNote) note = NULL;
  const char *sentence;
  gint64 id;

  g_variant_get (parameter, "(x&s)", &id, &sentence);
  note = tlm_window_find (G_LIST_MODEL (tlm_services_get_notes (self->services)), id);
  if (note == NULL)
    return;
  tlm_window_show_note (self, note, FALSE);
  tlm_note_page_show_item (self->note_page, sentence);
}

static void
open_chat_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  g_autoptr (TlmChat) chat = tlm_window_find (
    G_LIST_MODEL (tlm_services_get_chats (self->services)), g_variant_get_int64 (parameter));

  if (chat != NULL)
    tlm_window_show_chat (self, chat);
}

/* The ids of a chat and of a message in it. */
static void
show_message_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gint64 chat, message;

  g_variant_get (parameter, "(xx)", &chat, &message);
  tlm_window_show_message (TLM_WINDOW (widget), chat, message);
}

static void
import_file_cb (GFile *file, gpointer user_data)
{
  tlm_window_open_file (TLM_WINDOW (user_data), file);
}

static void
import_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GtkFileFilter) filter = tlm_documents_filter_new ();

  tlm_present_open_file (widget, _("Open a File as a Note"), filter, import_file_cb, widget);
}

static void
save_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_note_page_save (TLM_WINDOW (widget)->note_page);
  tlm_chat_page_save (TLM_WINDOW (widget)->chat_page);
}

/* @parameter: (nullable): words to search for; those that are there stay without */
static void
search_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);

  if (parameter != NULL)
    tlm_sidebar_search (self->sidebar, g_variant_get_string (parameter, NULL));
  if (!gtk_widget_get_mapped (GTK_WIDGET (self->sidebar)))
    {
      if (tlm_split_view_get_collapsed (self->split))
        tlm_split_view_set_show_content (self->split, FALSE);
      else
        tlm_split_view_toggle_sidebar (self->split);
    }
  tlm_sidebar_focus_search (self->sidebar);
}

static void
toggle_sidebar_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_split_view_toggle_sidebar (TLM_WINDOW (widget)->split);
}

static void
back_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_split_view_set_show_content (TLM_WINDOW (widget)->split, FALSE);
}

/* "win.show-NAME" opens the page NAME. */
static void
show_page_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_window_show_page (TLM_WINDOW (widget), action + strlen ("win.show-"));
}

static void
show_specialists_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_specialists_page_show_list (tlm_window_get_page (TLM_WINDOW (widget), "specialists"));
  tlm_window_show_page (TLM_WINDOW (widget), "specialists");
}

static void
show_shortcuts_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_present_shortcuts (widget);
}

/* Escape: the nearest thing that can be left. */
static void
escape_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  gboolean chat = gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (self->chat_page);

  if (chat && tlm_chat_page_stop (self->chat_page))
    return;
  if (tlm_sidebar_leave_search (self->sidebar) || tlm_window_leave_page (self))
    return;
  if (tlm_split_view_get_collapsed (self->split))
    tlm_split_view_set_show_content (self->split, FALSE);
  else
    tlm_window_focus_content (self);
}

static void
toast_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tlm_window_toast (TLM_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

/**
 * tlm_window_install_actions:
 * @widget_class: of TlmWindow
 */
void
tlm_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.new-note", NULL, new_note_cb);
  gtk_widget_class_install_action (widget_class, "win.new-sample", NULL, new_sample_cb);
  gtk_widget_class_install_action (widget_class, "win.new-chat", NULL, new_chat_cb);
  gtk_widget_class_install_action (widget_class, "win.open-note", "x", open_note_cb);
  gtk_widget_class_install_action (widget_class, "win.open-chat", "x", open_chat_cb);
  gtk_widget_class_install_action (widget_class, "win.show-item", "(xs)", show_item_cb);
  gtk_widget_class_install_action (widget_class, "win.show-message", "(xx)", show_message_cb);
  gtk_widget_class_install_action (widget_class, "win.show-place", "s", tlm_window_show_place);
  gtk_widget_class_install_action (widget_class, "win.import", NULL, import_cb);
  gtk_widget_class_install_action (widget_class, "win.save", NULL, save_cb);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_cb);
  gtk_widget_class_install_action (widget_class, "win.search-for", "s", search_cb);
  gtk_widget_class_install_action (widget_class, "win.show-bin", NULL, show_page_cb);
  gtk_widget_class_install_action (widget_class, "win.show-help", NULL, show_page_cb);
  gtk_widget_class_install_action (widget_class, "win.show-help-overlay", NULL, show_shortcuts_cb);
  gtk_widget_class_install_action (widget_class, "win.show-licenses", NULL, show_page_cb);
  gtk_widget_class_install_action (widget_class, "win.show-models", NULL, show_page_cb);
  gtk_widget_class_install_action (widget_class, "win.show-privacy", NULL, show_page_cb);
  gtk_widget_class_install_action (widget_class, "win.show-specialists", NULL, show_specialists_cb);
  gtk_widget_class_install_action (widget_class, "win.show-todo", NULL, show_page_cb);
  gtk_widget_class_install_action (widget_class, "win.toggle-sidebar", NULL, toggle_sidebar_cb);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_cb);
  gtk_widget_class_install_action (widget_class, "win.escape", NULL, escape_cb);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.escape", NULL);
  /* In a note this key finds in the note. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "win.search", NULL);
}
