/* SPDX-License-Identifier: Apache-2.0 */
/* What the window does with chats as a whole: their names and places, and their way out of files and
 * into them. */
#include "window-private.h"

#include "core/words.h"

#include <glib/gi18n.h>

/* (transfer full) (nullable) */
static TlmChat *
find_chat (TlmWindow *self, gint64 id)
{
  return tlm_window_find (G_LIST_MODEL (tlm_services_get_chats (self->services)), id);
}

static void
organised_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_organise_finish (TLM_CHATS (source), result, &error))
    tlm_window_toast (self, error->message);
}

/* A chat's id and its new name. */
static void
rename_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  g_autoptr (TlmChat) chat = NULL;
  const char *title;
  gint64 id;

  g_variant_get (parameter, "(x&s)", &id, &title);
  chat = find_chat (self, id);
  if (chat != NULL)
    tlm_chats_rename_async (tlm_services_get_chats (self->services), chat, title, NULL,
                            organised_cb, g_object_ref (self));
}

/* A chat's id and its new TlmChatPlace. */
static void
place_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  g_autoptr (TlmChat) chat = NULL;
  gint64 id;
  int place;

  g_variant_get (parameter, "(xi)", &id, &place);
  chat = find_chat (self, id);
  if (chat != NULL)
    tlm_chats_place_async (tlm_services_get_chats (self->services), chat, (TlmChatPlace) place,
                           NULL, organised_cb, g_object_ref (self));
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = tlm_chats_export_finish (TLM_CHATS (source), result, &error);

  tlm_window_toast (self, good ? _("Exported. Anyone who has the file can read it.")
                               : error->message);
}

/* The chat that is exported, or NULL for all, waits at the window for the name of the file. */
static void
export_to_cb (GFile *file, gpointer user_data)
{
  TlmWindow *self = TLM_WINDOW (user_data);

  tlm_chats_export_async (tlm_services_get_chats (self->services),
                          g_object_get_data (G_OBJECT (self), "tlm-export"), file, NULL,
                          exported_cb, g_object_ref (self));
}

static void
export_chat_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChat *chat = find_chat (TLM_WINDOW (widget), g_variant_get_int64 (parameter));
  g_autofree char *name = NULL;

  if (chat == NULL)
    return;
  name = g_strdup_printf ("%s.md", *tlm_chat_get_title (chat) != '\0' ? tlm_chat_get_title (chat)
                                                                       : _("Chat"));
  g_strdelimit (name, "/\\:*?\"<>|", '-');
  g_object_set_data_full (G_OBJECT (widget), "tlm-export", chat, g_object_unref);
  tlm_present_save_file (widget, _("Export to Markdown, or in Full to JSONL"), name, export_to_cb,
                         widget);
}

static void
export_chats_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_object_set_data (G_OBJECT (widget), "tlm-export", NULL);
  tlm_present_save_file (widget, _("Export All Chats"), "chats.jsonl", export_to_cb, widget);
}

static char *
dup_result (const TlmChatsImported *imported)
{
  g_autofree char *came = g_strdup_printf (ngettext ("%u chat was imported.",
                                                     "%u chats were imported.",
                                                     imported->n_imported), imported->n_imported);
  g_autofree char *known = g_strdup_printf (ngettext ("%u was there already.",
                                                      "%u were there already.",
                                                      imported->n_known), imported->n_known);
  g_autofree char *left = g_strdup_printf (ngettext ("%u part that is no text was left out.",
                                                     "%u parts that are no text were left out.",
                                                     imported->n_left_out), imported->n_left_out);
  g_autofree char *both = tlm_words_follow (came, imported->n_known > 0 ? known : NULL);

  return tlm_words_follow (both, imported->n_left_out > 0 ? left : NULL);
}

/* A file that is read at once passes without it. */
#define SHOW_IMPORT_MS 400

static gboolean
show_import_cb (gpointer user_data)
{
  TlmWindow *self = user_data;

  self->show_import = 0;
  tlm_sidebar_show_import (self->sidebar, self->import_fraction);
  return G_SOURCE_REMOVE;
}

static void
import_progress_cb (double fraction, gpointer user_data)
{
  TlmWindow *self = user_data;

  self->import_fraction = fraction;
  if (self->show_import == 0 && self->services != NULL)
    tlm_sidebar_show_import (self->sidebar, fraction);
}

static void
end_import (TlmWindow *self)
{
  g_clear_handle_id (&self->show_import, g_source_remove);
  g_clear_object (&self->importing);
  if (self->services != NULL)
    tlm_sidebar_end_import (self->sidebar);
}

/* @only: the id of the one chat that came; 0 for none or several, of which one is to be chosen */
static void
show_imported (TlmWindow *self, gint64 only)
{
  if (only != 0 && tlm_window_show_message (self, only, 0))
    return;
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "start") == 0)
    tlm_window_show_start (self); /* there is something to choose now, also where the window is narrow */
  tlm_sidebar_show_section (self->sidebar, TLM_SECTION_CHATS);
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  TlmChatsImported imported = { 0 };
  gboolean good = tlm_chats_import_finish (TLM_CHATS (source), result, &imported, &error);

  end_import (self);
  if (self->services == NULL) /* the window has gone */
    return;
  if (good)
    {
      sentence = dup_result (&imported);
      show_imported (self, imported.only);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sentence = g_strdup (_("The import was stopped, and no chat of it was kept."));
  tlm_window_toast (self, sentence != NULL ? sentence : error->message);
}

static void
stop_import_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_cancellable_cancel (TLM_WINDOW (widget)->importing);
}

/**
 * tlm_window_import_chats:
 * @file: a file, a folder or a zip with chats
 */
void
tlm_window_import_chats (TlmWindow *self, GFile *file)
{
  if (self->importing != NULL)
    {
      tlm_window_toast (self, _("Other chats are still being imported. Wait until that is done, or stop "
                                "it."));
      return;
    }
  self->importing = g_cancellable_new ();
  self->import_fraction = 0;
  self->show_import = g_timeout_add (SHOW_IMPORT_MS, show_import_cb, self);
  tlm_chats_import_async (tlm_services_get_chats (self->services), file, import_progress_cb, self,
                          self->importing, imported_cb, g_object_ref (self));
}

/**
 * tlm_window_holds_chats:
 *
 * Returns: whether @file, by its name or as a folder, is for tlm_window_import_chats()
 */
gboolean
tlm_window_holds_chats (GFile *file)
{
  static const char *const ends[] = { ".json", ".jsonl", ".chat", ".zip", ".tar", ".tar.gz" };
  g_autofree char *name = g_file_get_basename (file);

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (name, ends[i]))
      return TRUE;
  return g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY;
}

static void
import_file_cb (GFile *file, gpointer user_data)
{
  tlm_window_import_chats (TLM_WINDOW (user_data), file);
}

static void
import_chats_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("Chats of TinyLM, Alpaca, Jan, LM Studio and GPT4All"));
  gtk_file_filter_add_suffix (filter, "json");
  gtk_file_filter_add_suffix (filter, "jsonl");
  gtk_file_filter_add_suffix (filter, "md");
  gtk_file_filter_add_suffix (filter, "chat");
  gtk_file_filter_add_suffix (filter, "zip");
  gtk_file_filter_add_suffix (filter, "tar");
  gtk_file_filter_add_suffix (filter, "gz");
  tlm_present_open_file (widget, _("Import Chats"), filter, import_file_cb, widget);
}

/**
 * tlm_window_install_chats:
 * @widget_class: of TlmWindow
 */
void
tlm_window_install_chats (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.export-chat", "x", export_chat_cb);
  gtk_widget_class_install_action (widget_class, "win.export-chats", NULL, export_chats_cb);
  gtk_widget_class_install_action (widget_class, "win.import-chats", NULL, import_chats_cb);
  gtk_widget_class_install_action (widget_class, "win.stop-import", NULL, stop_import_cb);
  gtk_widget_class_install_action (widget_class, "win.place-chat", "(xi)", place_cb);
  gtk_widget_class_install_action (widget_class, "win.rename-chat", "(xs)", rename_cb);
}
