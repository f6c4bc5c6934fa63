/* SPDX-License-Identifier: Apache-2.0 */
/* The menu of a chat's row, and the popover in which a chat is renamed. Both only name actions of the
 * window. */
#include "chat-menu.h"

#include <glib/gi18n.h>

static void
append (GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

static void
append_place (GMenu *menu, TlmChat *chat, const char *label, TlmChatPlace place)
{
  append (menu, label, "win.place-chat",
          g_variant_new ("(xi)", tlm_chat_get_id (chat), (int) place));
}

static void
append_places (GMenu *menu, TlmChat *chat)
{
  TlmChatPlace place = tlm_chat_get_place (chat);

  if (place == TLM_CHAT_PINNED)
    /* Translators: no longer keep the chat at the top of the list. */
    append_place (menu, chat, _("_Unpin"), TLM_CHAT_LISTED);
  else
    /* Translators: keep the chat at the top of the list. */
    append_place (menu, chat, _("_Pin"), TLM_CHAT_PINNED);
  if (place == TLM_CHAT_ARCHIVED)
    append_place (menu, chat, _("_Take out of the Archive"), TLM_CHAT_LISTED);
  else
    /* Translators: a verb: put the chat away among those that are archived. */
    append_place (menu, chat, _("_Archive"), TLM_CHAT_ARCHIVED);
}

GMenuModel *
tlm_chat_menu_new (TlmChat *chat)
{
  GMenu *menu = g_menu_new ();
  gint64 id = tlm_chat_get_id (chat);

  append (menu, _("_Rename…"), "item.rename", NULL);
  append_places (menu, chat);
  append (menu, _("_Export…"), "win.export-chat", g_variant_new_int64 (id));
  append (menu, _("_Move to Bin"), "win.trash-chat", g_variant_new_int64 (id));
  return G_MENU_MODEL (menu);
}

static void
rename_cb (GtkEntry *entry, TlmChat *chat)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (entry), GTK_TYPE_POPOVER);

  gtk_widget_activate_action (GTK_WIDGET (entry), "win.rename-chat", "(xs)",
                              tlm_chat_get_id (chat), gtk_editable_get_text (GTK_EDITABLE (entry)));
  gtk_popover_popdown (GTK_POPOVER (popover));
}

GtkWidget *
tlm_chat_rename_popover_new (TlmChat *chat)
{
  GtkWidget *popover = gtk_popover_new (), *entry = gtk_entry_new ();
  const char *name = _("Name of the chat");

  gtk_editable_set_text (GTK_EDITABLE (entry), tlm_chat_get_title (chat));
  gtk_editable_set_max_width_chars (GTK_EDITABLE (entry), 40);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 24);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (entry, "activate", G_CALLBACK (rename_cb), chat, 0);
  gtk_popover_set_child (GTK_POPOVER (popover), entry);
  return popover;
}
