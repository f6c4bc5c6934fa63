/* SPDX-License-Identifier: Apache-2.0 */
/* A row of the sidebar's lists: the day it begins, its title, when it was changed. Notes and chats
 * both have a title and a time; what else a chat has (an answer on its way) shows as a spinner. */
#include "item-row.h"

#include "chats/chat-menu.h"
#include "compat/compat.h"
#include "dates.h"
#include "notes/note.h"

#include <glib/gi18n.h>

struct _TlmItemRow
{
  AdwBin     parent_instance;
  GtkWidget *heading;
  GtkWidget *title;
  GtkWidget *time;
  GtkWidget *spinner;
  GObject   *item;
};

G_DEFINE_FINAL_TYPE (TlmItemRow, tlm_item_row, ADW_TYPE_BIN)

/* What waits in line says so where else the time stands; what is being made turns. */
static void
update_progress (TlmItemRow *self, TlmChat *chat)
{
  guint n_ahead = tlm_chat_get_n_ahead (chat);
  g_autofree char *line = NULL;

  gtk_widget_set_visible (self->spinner, tlm_chat_get_busy (chat) && n_ahead == 0);
  if (n_ahead == 0)
    return;
  /* Translators: an answer in this chat waits; its place in the line, where 1 is being made. */
  line = g_strdup_printf (_("waiting (%u)"), n_ahead + 1);
  gtk_label_set_text (GTK_LABEL (self->time), line);
}

static void
update (TlmItemRow *self)
{
  g_autofree char *title = NULL;
  g_autofree char *time = NULL;
  const char *shown;
  gint64 updated;

  g_object_get (self->item, "title", &title, "updated", &updated, NULL);
  time = tlm_dates_dup_time (updated, g_get_real_time () / G_USEC_PER_SEC);
  shown = TLM_IS_CHAT (self->item) ? _("New Chat") : _("New Note");
  if (title != NULL && *title != '\0')
    shown = title;
  gtk_label_set_text (GTK_LABEL (self->title), shown);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, shown, -1);
  tlm_name_list_row (GTK_WIDGET (self), shown);
  gtk_label_set_text (GTK_LABEL (self->time), time);
  if (TLM_IS_CHAT (self->item))
    update_progress (self, TLM_CHAT (self->item));
}

/**
 * tlm_item_row_new:
 *
 * Returns: (transfer floating): a row that shows nothing yet
 */
GtkWidget *
tlm_item_row_new (void)
{
  return g_object_new (TLM_TYPE_ITEM_ROW, NULL);
}

/**
 * tlm_item_row_set_item:
 * @item: (nullable): a TlmNote or TlmChat
 */
void
tlm_item_row_set_item (TlmItemRow *self, GObject *item)
{
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  g_signal_connect_swapped (item, "notify", G_CALLBACK (update), self);
  update (self);
}

/**
 * tlm_item_row_get_item:
 *
 * Returns: (transfer none) (nullable): what it shows
 */
GObject *
tlm_item_row_get_item (TlmItemRow *self)
{
  return self->item;
}

/**
 * tlm_item_row_set_heading:
 * @heading: (nullable): the day, over the first row of that day
 */
void
tlm_item_row_set_heading (TlmItemRow *self, const char *heading)
{
  gtk_widget_set_visible (self->heading, heading != NULL);
  gtk_label_set_text (GTK_LABEL (self->heading), heading != NULL ? heading : "");
}

/* What a click does, as an action that assistive tools can see. */
static void
open_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TlmItemRow *self = TLM_ITEM_ROW (widget);
  gint64 id;

  if (self->item == NULL)
    return;
  g_object_get (self->item, "id", &id, NULL);
  gtk_widget_activate_action (widget, TLM_IS_CHAT (self->item) ? "win.open-chat" : "win.open-note",
                              "x", id);
}

static GMenuModel *
new_note_menu (GObject *note)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenuItem) trash = g_menu_item_new (_("_Move to Bin"), NULL);
  gint64 id;

  g_object_get (note, "id", &id, NULL);
  g_menu_item_set_action_and_target (trash, "win.trash-note", "x", id);
  g_menu_append_item (menu, trash);
  return G_MENU_MODEL (menu);
}

/* One at a time, in the place of the one before. @popover: (transfer floating) */
static void
pop_up (TlmItemRow *self, GtkWidget *popover)
{
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  g_object_set_data_full (G_OBJECT (self), "tlm-menu", popover,
                          (GDestroyNotify) gtk_widget_unparent);
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* The pointer's second button, and what a long press on a touch screen is. */
static void
menu_cb (TlmItemRow *self, double x, double y)
{
  g_autoptr (GMenuModel) menu = TLM_IS_CHAT (self->item)
                                  ? tlm_chat_menu_new (TLM_CHAT (self->item))
                                  : new_note_menu (self->item);
  GtkWidget *popover = gtk_popover_menu_new_from_model (menu);

  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  pop_up (self, popover);
}

/* When the menu that asked for it has closed. */
static gboolean
rename_idle (gpointer user_data)
{
  TlmItemRow *self = user_data;

  if (TLM_IS_CHAT (self->item) && gtk_widget_get_mapped (GTK_WIDGET (self)))
    pop_up (self, tlm_chat_rename_popover_new (TLM_CHAT (self->item)));
  return G_SOURCE_REMOVE;
}

static void
rename_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, rename_idle, g_object_ref (widget), g_object_unref);
}

/**
 * tlm_item_row_show_menu:
 *
 * What the pointer's second button does, for the keyboard.
 */
void
tlm_item_row_show_menu (TlmItemRow *self)
{
  menu_cb (self, 0, gtk_widget_get_height (GTK_WIDGET (self)));
}

/**
 * tlm_item_row_trash:
 *
 * Asks the window to move the row's item to the bin.
 */
void
tlm_item_row_trash (TlmItemRow *self)
{
  gboolean chat = TLM_IS_CHAT (self->item);
  gint64 id;

  g_object_get (self->item, "id", &id, NULL);
  gtk_widget_activate_action (GTK_WIDGET (self), chat ? "win.trash-chat" : "win.trash-note", "x",
                              id);
}

static void
pressed_cb (TlmItemRow *self, int n_press, double x, double y, GtkGesture *gesture)
{
  menu_cb (self, x, y);
}

/* A note can be dropped on a chat. A finger that moves scrolls. */
static GdkContentProvider *
drag_cb (TlmItemRow *self, double x, double y, GtkDragSource *source)
{
  GdkDevice *device = gtk_event_controller_get_current_event_device (GTK_EVENT_CONTROLLER (source));
  gboolean touch = device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN;

  return TLM_IS_NOTE (self->item) && !touch
           ? gdk_content_provider_new_typed (TLM_TYPE_NOTE, self->item) : NULL;
}

static void
tlm_item_row_dispose (GObject *object)
{
  TlmItemRow *self = TLM_ITEM_ROW (object);

  g_object_set_data (object, "tlm-menu", NULL);
  tlm_item_row_set_item (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_ITEM_ROW);
  G_OBJECT_CLASS (tlm_item_row_parent_class)->dispose (object);
}

static void
tlm_item_row_class_init (TlmItemRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_item_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/item-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmItemRow, heading);
  gtk_widget_class_bind_template_child (widget_class, TlmItemRow, title);
  gtk_widget_class_bind_template_child (widget_class, TlmItemRow, time);
  gtk_widget_class_bind_template_child (widget_class, TlmItemRow, spinner);
  gtk_widget_class_bind_template_callback (widget_class, menu_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, drag_cb);
  gtk_widget_class_install_action (widget_class, "item.open", NULL, open_cb);
  gtk_widget_class_install_action (widget_class, "item.rename", NULL, rename_cb);
}

static void
tlm_item_row_init (TlmItemRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
