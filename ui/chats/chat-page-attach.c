/* SPDX-License-Identifier: Apache-2.0 */
/* Attaching notes and files, chosen or dropped. They are read on other threads; where the page has turned
 * to another chat meanwhile, what was read goes into the draft of the chat that it was meant for. */
#include "chat-page-private.h"

#include "chats/attachments.h"
#include "compat/compat.h"
#include "common/documents.h"
#include "core/text-input.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  TlmChatPage *page;
  TlmChat *chat;
  TlmNote *note; /* NULL for a file */
} Attaching;

static Attaching *
attaching_new (TlmChatPage *self, TlmNote *note)
{
  Attaching *attaching = g_new0 (Attaching, 1);

  attaching->page = g_object_ref (self);
  attaching->chat = g_object_ref (self->chat);
  attaching->note = note != NULL ? g_object_ref (note) : NULL;
  return attaching;
}

static void
attaching_free (Attaching *attaching)
{
  g_object_unref (attaching->page);
  g_object_unref (attaching->chat);
  g_clear_object (&attaching->note);
  g_free (attaching);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attaching, attaching_free)

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmChatPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_chats_save_draft_finish (TLM_CHATS (source), result, &error))
    tlm_chat_page_toast (self, error);
}

static void
keep_in_draft (Attaching *attaching, const char *block)
{
  g_autofree char *draft = g_strconcat (tlm_chat_get_draft (attaching->chat), TLM_DRAFT_SEPARATOR, block,
                                        NULL);

  tlm_chats_save_draft_async (tlm_services_get_chats (attaching->page->services), attaching->chat, draft,
                              NULL, kept_cb, g_object_ref (attaching->page));
}

static void
attach (Attaching *attaching, const char *block)
{
  TlmChatPage *page = attaching->page;

  if (page->services == NULL) /* the window has gone */
    return;
  if (page->chat == attaching->chat)
    tlm_composer_attach (page->composer, block);
  else
    keep_in_draft (attaching, block);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attaching) attaching = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *block = tlm_attachment_load_finish (G_FILE (source), result, &error);

  if (block != NULL)
    attach (attaching, block);
  else
    tlm_chat_page_toast (attaching->page, error);
}

/**
 * tlm_chat_page_attach_file:
 * @file: goes to the message that is being written, once it has been read
 */
void
tlm_chat_page_attach_file (TlmChatPage *self, GFile *file)
{
  if (self->chat != NULL)
    tlm_attachment_load_async (file, NULL, loaded_cb, attaching_new (self, NULL));
}

static void
got_note_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attaching) attaching = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = tlm_notes_get_text_finish (TLM_NOTES (source), result, &error);
  g_autofree char *block = NULL;

  if (text == NULL || !tlm_text_check_content (text, strlen (text), &error))
    {
      tlm_chat_page_toast (attaching->page, error);
      return;
    }
  block = tlm_attachment_dup_block (TRUE, tlm_note_get_title (attaching->note), text);
  attach (attaching, block);
}

static void
attach_note (TlmChatPage *self, TlmNote *note)
{
  if (self->chat != NULL && note != NULL)
    tlm_notes_get_text_async (tlm_services_get_notes (self->services), note, NULL, got_note_cb,
                              attaching_new (self, note));
}

static void
chosen_cb (GFile *file, gpointer user_data)
{
  tlm_chat_page_attach_file (TLM_CHAT_PAGE (user_data), file);
}

static void
attach_file_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GtkFileFilter) filter = tlm_documents_filter_new ();

  tlm_present_open_files (widget, _("Attach Files"), filter, chosen_cb, widget);
}

/* The id of a note. */
static void
attach_note_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmChatPage *self = TLM_CHAT_PAGE (widget);

  attach_note (self, tlm_notes_find (tlm_services_get_notes (self->services),
                                     g_variant_get_int64 (parameter)));
}

/* A note of the sidebar, or a text, which is put in; the window takes files. */
static gboolean
drop_cb (TlmChatPage *self, const GValue *value)
{
  if (self->chat == NULL)
    return FALSE;
  if (G_VALUE_HOLDS (value, TLM_TYPE_NOTE))
    {
      tlm_composer_focus (self->composer); /* the press that began the drag left the keyboard in the sidebar */
      attach_note (self, g_value_get_object (value));
    }
  else
    tlm_composer_insert (self->composer, g_value_get_string (value));
  return TRUE;
}

/**
 * tlm_chat_page_take_drops:
 *
 * From now on.
 */
void
tlm_chat_page_take_drops (TlmChatPage *self)
{
  GType types[] = { TLM_TYPE_NOTE, G_TYPE_STRING };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * tlm_chat_page_install_attach:
 * @widget_class: of TlmChatPage
 */
void
tlm_chat_page_install_attach (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "chat.attach-file", NULL, attach_file_cb);
  gtk_widget_class_install_action (widget_class, "chat.attach-note", "x", attach_note_cb);
}
