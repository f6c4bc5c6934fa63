/* SPDX-License-Identifier: Apache-2.0 */
/* The list is read anew whenever the page comes into sight, after each thing that is done, and as notes and
 * chats go into the bin and come out of it. */
#include "bin-page.h"

#include "bin-row.h"
#include "compat/compat.h"

#include <glib/gi18n.h>

struct _TlmBinPage
{
  AdwBin          parent_instance;
  GtkStack       *stack;
  GtkMenuButton  *empty_button;
  GtkNoSelection *selection;
  GListStore     *list;
  TlmServices    *services;
};

G_DEFINE_FINAL_TYPE (TlmBinPage, tlm_bin_page, ADW_TYPE_BIN)

static void
toast (TlmBinPage *self, const char *sentence)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

static gboolean
same_at (GListModel *a, guint i, GListModel *b, guint j)
{
  g_autoptr (TlmBinItem) one = g_list_model_get_item (a, i), other = g_list_model_get_item (b, j);

  return one != NULL && other != NULL && tlm_bin_item_same (one, other);
}

/* Only what lies between the first and the last change is exchanged, so that rows stay with their items. */
static void
show_items (TlmBinPage *self, GListModel *items)
{
  GListModel *shown = G_LIST_MODEL (self->list);
  guint n_shown = g_list_model_get_n_items (shown), n = g_list_model_get_n_items (items);
  guint head = 0, tail = 0;
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  while (same_at (shown, head, items, head))
    head++;
  while (tail < MIN (n, n_shown) - head && same_at (shown, n_shown - 1 - tail, items, n - 1 - tail))
    tail++;
  for (guint i = head; i < n - tail; i++)
    g_ptr_array_add (added, g_list_model_get_item (items, i));
  if (n_shown - head - tail + added->len > 0)
    g_list_store_splice (self->list, head, n_shown - head - tail, added->pdata, added->len);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmBinPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) items = tlm_bin_load_finish (TLM_STORE (source), result, &error);

  if (items == NULL)
    {
      toast (self, error->message);
      return;
    }
  /* First, so that the keyboard goes with it, and not where the last row leaves it. */
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (items) > 0 ? "list" : "empty");
  show_items (self, items);
}

static void
load (TlmBinPage *self)
{
  if (self->services != NULL)
    tlm_bin_load_async (tlm_services_get_store (self->services), NULL, loaded_cb,
                        g_object_ref (self));
}

static void
end_restore (TlmBinPage *self, gboolean good, const GError *error)
{
  toast (self, good ? _("It is back where it was.") : error->message);
  load (self);
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmBinPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = TLM_IS_CHATS (source)
                    ? tlm_chats_restore_finish (TLM_CHATS (source), result, &error)
                    : tlm_notes_restore_finish (TLM_NOTES (source), result, &error);

  end_restore (self, good, error);
}

/* Those that the store has taken back come into their lists. */
static void
restored_in_store_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmBinPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean good = tlm_bin_restore_finish (TLM_STORE (source), result, &error);

  tlm_example_sets_load_async (tlm_services_get_example_sets (self->services), NULL, NULL, NULL);
  tlm_trained_list_load (tlm_services_get_trained (self->services));
  tlm_licenses_load_async (tlm_services_get_licenses (self->services), NULL, NULL, NULL);
  tlm_models_load_async (tlm_services_get_models (self->services), NULL, NULL, NULL);
  end_restore (self, good, error);
}

static void
restore_cb (TlmBinPage *self, TlmBinItem *item)
{
  switch (tlm_bin_item_get_kind (item))
    {
    case TLM_BIN_NOTE:
      tlm_notes_restore_async (tlm_services_get_notes (self->services),
                               TLM_NOTE (tlm_bin_item_get_item (item)), NULL, restored_cb,
                               g_object_ref (self));
      break;
    case TLM_BIN_CHAT:
      tlm_chats_restore_async (tlm_services_get_chats (self->services),
                               TLM_CHAT (tlm_bin_item_get_item (item)), NULL, restored_cb,
                               g_object_ref (self));
      break;
    case TLM_BIN_EXAMPLES:
    case TLM_BIN_SPECIALIST:
    case TLM_BIN_LICENSE:
    case TLM_BIN_MODEL:
      tlm_bin_restore_async (tlm_services_get_store (self->services), item, NULL,
                             restored_in_store_cb, g_object_ref (self));
      break;
    }
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TlmBinPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tlm_bin_delete_finish (TLM_STORE (source), result, &error))
    toast (self, error->message);
  load (self);
}

/* @item: (nullable): NULL for all */
static void
delete_cb (TlmBinPage *self, TlmBinItem *item)
{
  tlm_bin_delete_async (tlm_services_get_store (self->services), item, NULL, deleted_cb,
                        g_object_ref (self));
}

static void
empty_cb (TlmBinPage *self)
{
  gtk_menu_button_popdown (self->empty_button);
  delete_cb (self, NULL);
}

static void
setup_cb (TlmBinPage *self, GtkListItem *item)
{
  GtkWidget *row = g_object_new (TLM_TYPE_BIN_ROW, NULL);

  g_signal_connect_object (row, "restore", G_CALLBACK (restore_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "delete", G_CALLBACK (delete_cb), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

/* The row keeps its item until another comes: GTK binds it anew wherever it moves in the list, and what it
 * asks stays open then. */
static void
bind_cb (TlmBinPage *self, GtkListItem *item)
{
  tlm_bin_row_set_item (TLM_BIN_ROW (gtk_list_item_get_child (item)),
                        gtk_list_item_get_item (item));
}

static void
items_changed_cb (GListModel *items, guint position, guint n_removed, guint n_added, TlmBinPage *self)
{
  if (n_removed != n_added && gtk_widget_get_mapped (GTK_WIDGET (self)))
    load (self);
}

/**
 * tlm_bin_page_set_services:
 * @services: whose bin is shown
 */
void
tlm_bin_page_set_services (TlmBinPage *self, TlmServices *services)
{
  g_set_object (&self->services, services);
  g_signal_connect_object (tlm_services_get_notes (services), "items-changed",
                           G_CALLBACK (items_changed_cb), self, 0);
  g_signal_connect_object (tlm_services_get_chats (services), "items-changed",
                           G_CALLBACK (items_changed_cb), self, 0);
}

static void
tlm_bin_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tlm_bin_page_parent_class)->map (widget);
  load (TLM_BIN_PAGE (widget));
}

static void
tlm_bin_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), TLM_TYPE_BIN_PAGE);
  g_clear_object (&TLM_BIN_PAGE (object)->services);
  g_clear_object (&TLM_BIN_PAGE (object)->list);
  G_OBJECT_CLASS (tlm_bin_page_parent_class)->dispose (object);
}

static void
tlm_bin_page_class_init (TlmBinPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tlm_bin_page_dispose;
  widget_class->map = tlm_bin_page_map;
  g_type_ensure (TLM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/com/sprapp/TinyLM/bin-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TlmBinPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TlmBinPage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, TlmBinPage, selection);
  gtk_widget_class_bind_template_callback (widget_class, empty_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
}

static void
tlm_bin_page_init (TlmBinPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->list = g_list_store_new (TLM_TYPE_BIN_ITEM);
  gtk_no_selection_set_model (self->selection, G_LIST_MODEL (self->list));
}
