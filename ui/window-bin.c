/* SPDX-License-Identifier: Apache-2.0 */
/* Moving to the bin, which asks nothing, and the toast that takes it back. */
#include "window-private.h"

#include "common/toasts.h"

#include <glib/gi18n.h>

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = TLM_IS_CHATS (source)
                  ? tlm_chats_restore_finish (TLM_CHATS (source), result, &error)
                  : tlm_notes_restore_finish (TLM_NOTES (source), result, &error);

  if (!ok)
    tlm_window_toast (self, error->message);
}

static void
undo_cb (AdwToast *toast, TlmWindow *self)
{
  GObject *item = g_object_get_data (G_OBJECT (toast), "tlm-item");

  if (TLM_IS_CHAT (item))
    tlm_chats_restore_async (tlm_services_get_chats (self->services), TLM_CHAT (item), NULL,
                             restored_cb, g_object_ref (self));
  else
    tlm_notes_restore_async (tlm_services_get_notes (self->services), TLM_NOTE (item), NULL,
                             restored_cb, g_object_ref (self));
}

static void
offer_undo (TlmWindow *self, GObject *item, const char *sentence)
{
  AdwToast *toast = tlm_undo_toast_new (sentence);

  g_object_set_data_full (G_OBJECT (toast), "tlm-item", g_object_ref (item), g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (undo_cb), self, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

typedef struct
{
  TlmWindow *window;
  GObject   *item;
} Trash;

static void
trashed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Trash *trash = user_data;
  g_autoptr (TlmWindow) self = trash->window;
  g_autoptr (GObject) item = trash->item;
  g_autoptr (GError) error = NULL;
  gboolean ok = TLM_IS_CHATS (source)
                  ? tlm_chats_trash_finish (TLM_CHATS (source), result, &error)
                  : tlm_notes_trash_finish (TLM_NOTES (source), result, &error);

  if (ok)
    offer_undo (self, item, TLM_IS_CHAT (item) ? _("The chat is in the bin for 30 days.")
                                               : _("The note is in the bin for 30 days."));
  else
    tlm_window_toast (self, error->message);
}

static Trash *
new_trash (TlmWindow *self, gpointer item)
{
  Trash *trash = g_new (Trash, 1);

  *trash = (Trash){ g_object_ref (self), g_object_ref (item) };
  return trash;
}

/* Another page may be in sight. */
static void
leave (TlmWindow *self, gpointer page)
{
  if (gtk_stack_get_visible_child (self->pages) == GTK_WIDGET (page))
    tlm_window_show_start (self);
}

static void
trash_note (TlmWindow *self, TlmNote *note)
{
  if (note == tlm_note_page_get_note (self->note_page))
    {
      tlm_note_page_discard (self->note_page);
      leave (self, self->note_page);
    }
  tlm_notes_trash_async (tlm_services_get_notes (self->services), note, NULL, trashed_cb,
                         new_trash (self, note));
}

static void
trash_chat (TlmWindow *self, TlmChat *chat)
{
  if (chat == tlm_chat_page_get_chat (self->chat_page))
    {
      tlm_chat_page_stop (self->chat_page);
      tlm_chat_page_discard (self->chat_page);
      leave (self, self->chat_page);
    }
  tlm_chats_trash_async (tlm_services_get_chats (self->services), chat, NULL, trashed_cb,
                         new_trash (self, chat));
}

static void
trash_note_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  g_autoptr (TlmNote) note = tlm_window_find (
    G_LIST_MODEL (tlm_services_get_notes (self->services)), g_variant_get_int64 (parameter));

  if (note != NULL)
    trash_note (self, note);
}

static void
trash_chat_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  g_autoptr (TlmChat) chat = tlm_window_find (
    G_LIST_MODEL (tlm_services_get_chats (self->services)), g_variant_get_int64 (parameter));

  if (chat != NULL)
    trash_chat (self, chat);
}

static void
leave_note (TlmWindow *self, TlmNote *note, const char *sentence)
{
  if (note != tlm_note_page_get_note (self->note_page))
    return;
  tlm_note_page_discard (self->note_page);
  leave (self, self->note_page);
  offer_undo (self, G_OBJECT (note), sentence);
}

/* Another window moved it to the bin. */
static void
note_gone_cb (TlmWindow *self, TlmNote *note)
{
  leave_note (self, note, _("The note was moved to the bin in another window."));
}

/* As it, with its file. */
static void
file_gone_cb (TlmWindow *self, TlmNote *note)
{
  leave_note (self, note, _("This note’s file is gone from its folder, so the note was moved to the bin."));
}

static void
chat_gone_cb (TlmWindow *self, TlmChat *chat)
{
  if (chat != tlm_chat_page_get_chat (self->chat_page))
    return;
  tlm_chat_page_stop (self->chat_page);
  tlm_chat_page_discard (self->chat_page);
  leave (self, self->chat_page);
  offer_undo (self, G_OBJECT (chat), _("The chat was moved to the bin in another window."));
}

static void
note_parted_cb (TlmWindow *self)
{
  tlm_window_toast (self, _("This note was changed elsewhere too. What was written there is a note of its "
                            "own now."));
}

static void
chat_parted_cb (TlmWindow *self)
{
  tlm_window_toast (self, _("A message was begun in another window too. Its text was put before yours."));
}

/**
 * tlm_window_watch_others:
 *
 * Begins to follow what another window, or a watched folder, does with what is open here.
 */
void
tlm_window_watch_others (TlmWindow *self)
{
  TlmNotes *notes = tlm_services_get_notes (self->services);
  TlmChats *chats = tlm_services_get_chats (self->services);

  g_signal_connect_object (notes, "gone", G_CALLBACK (note_gone_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tlm_services_get_folders (self->services), "gone",
                           G_CALLBACK (file_gone_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (chats, "gone", G_CALLBACK (chat_gone_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (notes, "parted", G_CALLBACK (note_parted_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (chats, "parted", G_CALLBACK (chat_parted_cb), self, G_CONNECT_SWAPPED);
}

/* What is open goes. */
static void
trash_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmWindow *self = TLM_WINDOW (widget);
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);
  g_autoptr (GObject) item = NULL;

  if (page == GTK_WIDGET (self->note_page))
    g_set_object (&item, (GObject *) tlm_note_page_get_note (self->note_page));
  else if (page == GTK_WIDGET (self->chat_page))
    g_set_object (&item, (GObject *) tlm_chat_page_get_chat (self->chat_page));
  if (item == NULL)
    return;
  if (TLM_IS_CHAT (item))
    trash_chat (self, TLM_CHAT (item));
  else
    trash_note (self, TLM_NOTE (item));
}

/**
 * tlm_window_install_bin:
 * @widget_class: of TlmWindow
 */
void
tlm_window_install_bin (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.trash", NULL, trash_cb);
  gtk_widget_class_install_action (widget_class, "win.trash-note", "x", trash_note_cb);
  gtk_widget_class_install_action (widget_class, "win.trash-chat", "x", trash_chat_cb);
}
