/* SPDX-License-Identifier: Apache-2.0 */
/* Links that lead to places in the program: tinylm:note/ID/LENGTH/WORDS, tinylm:chat/ID/MESSAGE,
 * tinylm:specialists, tinylm:help/ID and tinylm:hand-over/MESSAGE of the chat that is shown. Any text may hold
 * such a link, so nothing but showing is done by one. */
#include "window-private.h"

#include "settings/help-page.h"

#include <glib/gi18n.h>

static gboolean
show_note_place (TlmWindow *self, gint64 id, const char *length, const char *escaped)
{
  g_autoptr (TlmNote) note = tlm_window_find (
    G_LIST_MODEL (tlm_services_get_notes (self->services)), id);
  g_autofree char *words = g_uri_unescape_string (escaped, NULL);

  if (note == NULL || words == NULL)
    return FALSE;
  tlm_window_show_note (self, note, FALSE);
  tlm_note_page_show_words (self->note_page, words, g_ascii_strtoull (length, NULL, 10));
  return TRUE;
}

/**
 * tlm_window_show_message:
 * @chat_id: of a chat that is not in the bin
 * @message_id: of its message to show; 0 for none
 *
 * Returns: whether the chat is there
 */
gboolean
tlm_window_show_message (TlmWindow *self, gint64 chat_id, gint64 message_id)
{
  g_autoptr (TlmChat) chat = tlm_window_find (
    G_LIST_MODEL (tlm_services_get_chats (self->services)), chat_id);

  if (chat == NULL)
    return FALSE;
  tlm_window_show_chat (self, chat);
  if (message_id != 0)
    tlm_chat_page_show_message (self->chat_page, message_id);
  return TRUE;
}

static gboolean
show_help (TlmWindow *self, const char *id)
{
  if (!tlm_help_page_has (id))
    return FALSE;
  tlm_window_show_page (self, "help");
  return gtk_widget_activate_action (tlm_window_get_page (self, "help"), "help.show", "s", id);
}

/**
 * tlm_window_show_place:
 * @uri: of the scheme "tinylm:"
 *
 * Shows the place, or says that it is gone.
 */
void
tlm_window_show_place (GtkWidget *widget, const char *action, GVariant *uri)
{
  TlmWindow *self = TLM_WINDOW (widget);
  const char *place = g_variant_get_string (uri, NULL);
  gboolean ours = g_str_has_prefix (place, "tinylm:"); /* any program may ask for another */
  g_auto (GStrv) parts = g_strsplit (ours ? place + strlen ("tinylm:") : "", "/", 4);
  guint n = g_strv_length (parts);
  gint64 id = n > 1 ? g_ascii_strtoll (parts[1], NULL, 10) : 0;
  gboolean found = FALSE;

  if (n == 4 && g_str_equal (parts[0], "note"))
    found = show_note_place (self, id, parts[2], parts[3]);
  else if (n > 1 && g_str_equal (parts[0], "chat"))
    found = tlm_window_show_message (self, id, n > 2 ? g_ascii_strtoll (parts[2], NULL, 10) : 0);
  else if (n == 2 && g_str_equal (parts[0], "hand-over"))
    found = gtk_widget_activate_action (GTK_WIDGET (self->chat_page), "chat.hand-over", "x", id);
  else if (n == 1 && g_str_equal (parts[0], "specialists"))
    found = gtk_widget_activate_action (GTK_WIDGET (self), "win.show-specialists", NULL);
  else if (n == 2 && g_str_equal (parts[0], "help"))
    found = show_help (self, parts[1]);
  if (!found)
    tlm_window_toast (self, _("The place that this link leads to is not there any more."));
}
