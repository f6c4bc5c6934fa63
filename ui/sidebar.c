/* SPDX-License-Identifier: Apache-2.0 */
/* The sidebar. With words in the search entry the hits take the place of the lists; what a person
 * picks goes to the window as an action, so that nothing here knows about pages. */
#include "sidebar.h"

#include "compat/compat.h"
#include "notes/hit-list.h"
#include "notes/hit-row.h"
#include "common/item-list.h"
#include "common/zoom.h"

#include <glib/gi18n.h>

struct _TlmSidebar
{
  AdwBin        parent_instance;
  AdwHeaderBar *header;
  GtkWidget    *new_button;
  GtkWidget    *menu_button;
  GtkWidget    *search_entry;
  GtkWidget    *switcher;
  GtkWidget    *stack;
  AdwViewStack *sections;
  GtkWidget    *notes_stack, *chats_stack;
  TlmItemList  *notes_list, *chats_list;
  GtkWidget    *archive_button;
  GtkFilter    *chats_filter; /* the list, or the archive */
  GtkWidget    *hits_stack, *hits_list;
  GtkWidget    *import_box, *import_bar;
  TlmServices  *services;
  GCancellable *searching;
  char         *searched;    /* (nullable): the words whose hits are shown or awaited */
  gboolean      opens_first; /* of those awaited: Enter was pressed */
  gboolean      is_new;      /* those awaited are of words that were typed */
};

G_DEFINE_FINAL_TYPE (TlmSidebar, tlm_sidebar, ADW_TYPE_BIN)

static void
open_item (TlmSidebar *self, const char *action, gpointer item)
{
  gint64 id;

  g_object_get (item, "id", &id, NULL);
  gtk_widget_activate_action (GTK_WIDGET (self), action, "x", id);
}

static void
note_activated_cb (TlmSidebar *self, GObject *note)
{
  open_item (self, "win.open-note", note);
}

static void
chat_activated_cb (TlmSidebar *self, GObject *chat)
{
  open_item (self, "win.open-chat", chat);
}

static void
hit_activated_cb (TlmSidebar *self, GtkListBoxRow *row)
{
  TlmSearchHit *hit = tlm_hit_row_get_hit (TLM_HIT_ROW (row));

  if (tlm_search_hit_get_kind (hit) == TLM_HIT_CHAT)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "(xx)",
                                tlm_search_hit_get_id (hit), tlm_search_hit_get_message_id (hit));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-note", "x",
                                tlm_search_hit_get_id (hit));
}

static void
open_first_hit (TlmSidebar *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->hits_list), 0);

  self->opens_first = FALSE;
  if (row != NULL && gtk_widget_get_mapped (self->hits_list))
    hit_activated_cb (self, row);
}

static void
show_hits (TlmSidebar *self, GListModel *hits)
{
  gboolean found = g_list_model_get_n_items (hits) > 0;

  gtk_stack_set_visible_child_name (GTK_STACK (self->hits_stack), found ? "list" : "empty");
  if (!tlm_hit_list_show (GTK_LIST_BOX (self->hits_list), hits))
    tlm_sidebar_focus_list (self);
  if (!found && self->is_new)
    tlm_announce (self->hits_stack, _("Nothing was found. Fewer or shorter words find more."));
  self->is_new = FALSE;
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmSidebar) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) hits = tlm_store_search_finish (TLM_STORE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->searching);
  if (hits == NULL)
    {
      g_clear_pointer (&self->searched, g_free); /* Enter tries again */
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
      return;
    }
  show_hits (self, hits);
  if (self->opens_first)
    open_first_hit (self);
}

static void
search (TlmSidebar *self)
{
  const char *query = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  gboolean searching = *query != '\0';

  g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  g_free (self->searched);
  self->searched = g_strdup (query);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), searching ? "hits" : "sections");
  gtk_widget_set_visible (self->switcher, !searching);
  if (!searching || self->services == NULL)
    return;
  self->searching = g_cancellable_new ();
  tlm_store_search_async (tlm_services_get_store (self->services), query, TLM_SEARCH_ALL,
                          TLM_SEARCH_MAX_HITS, self->searching, searched_cb, g_object_ref (self));
}

/* Of words that are searched for already there is nothing to tell. */
static void
search_changed_cb (TlmSidebar *self)
{
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)), self->searched) == 0)
    return;
  self->opens_first = FALSE;
  self->is_new = TRUE;
  search (self);
}

/* Enter in the search entry opens the first hit. It may come before the entry has told of the last
 * words, and before their hits. */
static void
search_activate_cb (TlmSidebar *self)
{
  search_changed_cb (self);
  if (self->searching != NULL)
    self->opens_first = TRUE;
  else
    open_first_hit (self);
}

/* Who went on elsewhere is not called back. */
static void
search_left_cb (TlmSidebar *self)
{
  self->opens_first = FALSE;
}

static void
stop_search (TlmSidebar *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
}

/* Escape in the entry: first the words go, and then the keyboard. */
static void
stop_search_cb (TlmSidebar *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.escape", NULL);
}

static gboolean
search_key_cb (TlmSidebar *self, guint keyval, guint keycode, GdkModifierType state)
{
  if (keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down)
    return GDK_EVENT_PROPAGATE;
  tlm_sidebar_focus_list (self);
  return GDK_EVENT_STOP;
}

/* The button goes with what was not found; the keyboard stays. */
static void
clear_search_cb (TlmSidebar *self)
{
  stop_search (self);
  gtk_widget_grab_focus (self->search_entry);
}

/* The button makes what the section shows. */
static void
section_changed_cb (TlmSidebar *self)
{
  gboolean chats = g_strcmp0 (adw_view_stack_get_visible_child_name (self->sections), "chats") == 0;
  const char *name = chats ? _("New Chat") : _("New Note");

  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->new_button),
                                  chats ? "win.new-chat" : "win.new-note");
  gtk_widget_set_tooltip_text (self->new_button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->new_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
}

static gboolean
is_listed (gpointer chat, gpointer user_data)
{
  TlmSidebar *self = user_data;
  gboolean archived = tlm_chat_get_place (chat) == TLM_CHAT_ARCHIVED;

  return archived == gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->archive_button));
}

static void
archive_toggled_cb (TlmSidebar *self)
{
  if (self->chats_filter != NULL)
    gtk_filter_changed (self->chats_filter, GTK_FILTER_CHANGE_DIFFERENT);
}

/* The way into the archive is there while something is in it; from an empty one it leads out. */
static void
update_archive (TlmSidebar *self, GListModel *chats)
{
  guint n_archived = 0;

  for (guint i = 0; i < g_list_model_get_n_items (chats); i++)
    {
      g_autoptr (TlmChat) chat = g_list_model_get_item (chats, i);

      n_archived += tlm_chat_get_place (chat) == TLM_CHAT_ARCHIVED;
    }
  gtk_widget_set_visible (self->archive_button, n_archived > 0);
  if (n_archived == 0)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->archive_button), FALSE);
}

static void
update_empty (TlmSidebar *self)
{
  GListModel *notes = G_LIST_MODEL (tlm_services_get_notes (self->services));
  GListModel *chats = G_LIST_MODEL (tlm_services_get_chats (self->services));

  gtk_stack_set_visible_child_name (GTK_STACK (self->notes_stack),
                                    g_list_model_get_n_items (notes) > 0 ? "list" : "empty");
  gtk_stack_set_visible_child_name (GTK_STACK (self->chats_stack),
                                    g_list_model_get_n_items (chats) > 0 ? "list" : "empty");
  update_archive (self, chats);
}

/* What was found may have gone into the bin, or come out of it. */
static void
items_changed_cb (GListModel *items, guint position, guint n_removed, guint n_added,
                  TlmSidebar *self)
{
  update_empty (self);
  if (n_removed != n_added && self->searched != NULL && *self->searched != '\0')
    search (self);
}

static void
show_lists (TlmSidebar *self)
{
  TlmNotes *notes = tlm_services_get_notes (self->services);
  TlmChats *chats = tlm_services_get_chats (self->services);
  g_autoptr (GtkFilterListModel) listed = NULL;

  if (!tlm_services_get_ready (self->services))
    return;
  listed = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (chats)),
                                      g_object_ref (self->chats_filter));
  tlm_item_list_set_model (self->notes_list, G_LIST_MODEL (notes));
  tlm_item_list_set_model (self->chats_list, G_LIST_MODEL (listed));
  g_signal_connect_object (notes, "items-changed", G_CALLBACK (items_changed_cb), self, 0);
  g_signal_connect_object (chats, "items-changed", G_CALLBACK (items_changed_cb), self, 0);
  update_empty (self);
}

/**
 * tlm_sidebar_set_services:
 * @services: whose notes and chats are listed as soon as they are loaded
 */
void
tlm_sidebar_set_services (TlmSidebar *self, TlmServices *services)
{
  g_set_object (&self->services, services);
  g_signal_connect_object (services, "notify::ready", G_CALLBACK (show_lists), self,
                           G_CONNECT_SWAPPED);
  show_lists (self);
}

/**
 * tlm_sidebar_show_section:
 * @section: to be brought to the front
 */
void
tlm_sidebar_show_section (TlmSidebar *self, TlmSection section)
{
  adw_view_stack_set_visible_child_name (self->sections,
                                         section == TLM_SECTION_CHATS ? "chats" : "notes");
}

/**
 * tlm_sidebar_select:
 * @item: (nullable): the note or chat that is open now
 */
void
tlm_sidebar_select (TlmSidebar *self, TlmSection section, gpointer item)
{
  gboolean chats = section == TLM_SECTION_CHATS;

  tlm_item_list_select (self->notes_list, chats ? NULL : item);
  tlm_item_list_select (self->chats_list, chats ? item : NULL);
  tlm_sidebar_show_section (self, section);
}

/**
 * tlm_sidebar_focus_search:
 *
 * Puts the cursor into the search entry.
 */
void
tlm_sidebar_focus_search (TlmSidebar *self)
{
  gtk_widget_grab_focus (self->search_entry);
}

/**
 * tlm_sidebar_focus_list:
 *
 * The keyboard goes to what is found or listed; where that is nothing, to the search.
 */
void
tlm_sidebar_focus_list (TlmSidebar *self)
{
  GtkListBoxRow *hit = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->hits_list), 0);
  gboolean searching = *gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0';
  gboolean chats = g_strcmp0 (adw_view_stack_get_visible_child_name (self->sections), "chats") == 0;
  gboolean done;

  if (searching)
    done = hit != NULL && gtk_widget_get_mapped (self->hits_list)
           && gtk_widget_grab_focus (GTK_WIDGET (hit));
  else
    done = tlm_item_list_focus (chats ? self->chats_list : self->notes_list);
  if (!done)
    tlm_sidebar_focus_search (self);
}

/**
 * tlm_sidebar_search:
 * @words: to be looked for
 */
void
tlm_sidebar_search (TlmSidebar *self, const char *words)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), words);
}

/**
 * tlm_sidebar_leave_search:
 *
 * Returns: whether there was a search to leave
 */
gboolean
tlm_sidebar_leave_search (TlmSidebar *self)
{
  gboolean searching = *gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0';

  stop_search (self);
  return searching;
}

/**
 * tlm_sidebar_show_import:
 * @fraction: of a file of chats that is in the store, 0 to 1
 */
void
tlm_sidebar_show_import (TlmSidebar *self, double fraction)
{
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->import_bar), fraction);
  gtk_widget_set_visible (self->import_box, TRUE);
}

/**
 * tlm_sidebar_end_import:
 *
 * The file is imported, or not.
 */
void
tlm_sidebar_end_import (TlmSidebar *self)
{
  gtk_widget_set_visible (self->import_box, FALSE);
}

static void
tlm_sidebar_root (GtkWidget *widget)
{
  TlmSidebar *self = TLM_SIDEBAR (widget);
  GtkWidget *split = gtk_widget_get_ancestor (widget, TLM_TYPE_SPLIT_VIEW);

  GTK_WIDGET_CLASS (tlm_sidebar_parent_class)->root (widget);
  if (split != NULL)
    g_object_bind_property (split, "alone", self->header, "show-end-title-buttons",
                            G_BINDING_SYNC_CREATE);
}

static void
tlm_sidebar_dispose (GObject *object)
{
  TlmSidebar *self = TLM_SIDEBAR (object);

  g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  g_clear_pointer (&self->searched, g_free);
  g_clear_object (&self->services);
  g_clear_object (&self->chats_filter);
  gtk_widget_dispose_template (GTK_WIDGET (self), TLM_TYPE_SIDEBAR);
  G_OBJECT_CLASS (tlm_sidebar_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, header);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, new_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, menu_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, search_entry);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, switcher);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, sections);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, notes_stack);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, chats_stack);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, notes_list);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, chats_list);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, archive_button);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, hits_stack);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, hits_list);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, import_box);
  gtk_widget_class_bind_template_child (widget_class, TlmSidebar, import_bar);
  gtk_widget_class_bind_template_callback (widget_class, archive_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, note_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, chat_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, hit_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_left_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, section_changed_cb);
}

static void
tlm_sidebar_class_init (TlmSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_sidebar_dispose;
  widget_class->root = tlm_sidebar_root;
  g_type_ensure (TLM_TYPE_ITEM_LIST);
  g_type_ensure (TLM_TYPE_TOOLBAR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/sidebar.ui");
  bind_template (widget_class);
}

static void
tlm_sidebar_init (TlmSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->chats_filter = GTK_FILTER (gtk_custom_filter_new (is_listed, self, NULL));
  gtk_popover_menu_add_child (GTK_POPOVER_MENU (gtk_menu_button_get_popover (
                                GTK_MENU_BUTTON (self->menu_button))),
                              tlm_zoom_row_new (), "zoom");
  section_changed_cb (self);
}
