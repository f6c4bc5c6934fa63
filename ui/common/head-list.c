/* SPDX-License-Identifier: Apache-2.0 */
/* The first items of a list. GtkSliceListModel says of each change that all behind it is new, which
 * makes rows anew and loses the focus; this one hands changes on as they are once it shows all. */
#include "head-list.h"

struct _TlmHeadList
{
  GObject     parent_instance;
  GListModel *model;
  guint       size; /* G_MAXUINT: all */
};

static guint
get_n_items (GListModel *list)
{
  TlmHeadList *self = TLM_HEAD_LIST (list);

  return MIN (g_list_model_get_n_items (self->model), self->size);
}

static GType
get_item_type (GListModel *list)
{
  return G_TYPE_OBJECT;
}

static gpointer
get_item (GListModel *list, guint position)
{
  TlmHeadList *self = TLM_HEAD_LIST (list);

  return position < self->size ? g_list_model_get_item (self->model, position) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TlmHeadList, tlm_head_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* While only the head is shown, items move over its end. */
static void
items_changed_cb (TlmHeadList *self, guint position, guint removed, guint added)
{
  guint n = g_list_model_get_n_items (self->model);

  if (self->size < G_MAXUINT)
    {
      position = MIN (position, self->size);
      removed = MIN (n - added + removed, self->size) - position;
      added = MIN (n, self->size) - position;
    }
  if (removed > 0 || added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/**
 * tlm_head_list_new:
 * @size: how many items are shown at first
 *
 * Returns: (transfer full): a list
 */
TlmHeadList *
tlm_head_list_new (GListModel *model, guint size)
{
  TlmHeadList *self = g_object_new (TLM_TYPE_HEAD_LIST, NULL);

  self->model = g_object_ref (model);
  self->size = size;
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

guint
tlm_head_list_get_size (TlmHeadList *self)
{
  return self->size;
}

/**
 * tlm_head_list_set_size:
 * @size: at least as large as before; G_MAXUINT for all
 */
void
tlm_head_list_set_size (TlmHeadList *self, guint size)
{
  guint before = get_n_items (G_LIST_MODEL (self)), now;

  g_return_if_fail (size >= self->size);
  self->size = size;
  now = get_n_items (G_LIST_MODEL (self));
  if (now > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, now - before);
}

static void
tlm_head_list_finalize (GObject *object)
{
  g_object_unref (TLM_HEAD_LIST (object)->model);
  G_OBJECT_CLASS (tlm_head_list_parent_class)->finalize (object);
}

static void
tlm_head_list_class_init (TlmHeadListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_head_list_finalize;
}

static void
tlm_head_list_init (TlmHeadList *self)
{
}
