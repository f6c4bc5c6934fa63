/* SPDX-License-Identifier: Apache-2.0 */
/* One chat: what the list shows of it, and, as a list, the messages that are shown (chat-tree.c). */
#include "chat-tree-private.h"

enum
{
  PROP_0,
  PROP_ID,
  PROP_TITLE,
  PROP_UPDATED,
  PROP_BUSY,
  PROP_DRAFT,
  PROP_PLACE,
  PROP_N_AHEAD,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

static GType
get_item_type (GListModel *model)
{
  return TLM_TYPE_MESSAGE;
}

static guint
get_n_items (GListModel *model)
{
  return TLM_CHAT (model)->messages->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  GPtrArray *messages = TLM_CHAT (model)->messages;

  return position < messages->len ? g_object_ref (messages->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TlmChat, tlm_chat, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
tlm_chat_get_property (GObject    *object,
                       guint       id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  TlmChat *self = TLM_CHAT (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_UPDATED:
      g_value_set_int64 (value, tlm_chat_get_updated (self));
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, tlm_chat_get_busy (self));
      break;
    case PROP_DRAFT:
      g_value_set_string (value, self->draft);
      break;
    case PROP_PLACE:
      g_value_set_int (value, (int) self->place);
      break;
    case PROP_N_AHEAD:
      g_value_set_uint (value, self->n_ahead);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_chat_finalize (GObject *object)
{
  TlmChat *self = TLM_CHAT (object);

  g_free (self->title);
  g_ref_string_release (self->draft);
  tlm_draft_box_unref (self->draft_box);
  tlm_chat_settings_clear (&self->settings);
  g_ptr_array_unref (self->messages);
  tlm_chat_drop_all (self);
  g_ptr_array_unref (self->all);
  g_object_unref (self->root);
  G_OBJECT_CLASS (tlm_chat_parent_class)->finalize (object);
}

static void
tlm_chat_class_init (TlmChatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = tlm_chat_get_property;
  object_class->finalize = tlm_chat_finalize;
  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_UPDATED] = g_param_spec_int64 ("updated", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  properties[PROP_DRAFT] = g_param_spec_string ("draft", NULL, NULL, "", flags);
  properties[PROP_PLACE] = g_param_spec_int ("place", NULL, NULL, 0, TLM_CHAT_ARCHIVED, 0, flags);
  properties[PROP_N_AHEAD] = g_param_spec_uint ("n-ahead", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_chat_init (TlmChat *self)
{
  tlm_chat_settings_init (&self->settings);
  self->all = g_ptr_array_new_with_free_func (g_object_unref);
  self->root = tlm_message_new (0, TLM_ROLE_ASSISTANT, TLM_MESSAGE_DONE, "", NULL, "", 0);
  self->messages = g_ptr_array_new_with_free_func (g_object_unref);
}

TlmChat *
tlm_chat_new (gint64      id,
              const char *title,
              gint64      updated_us,
              const char *draft)
{
  TlmChat *self = g_object_new (TLM_TYPE_CHAT, NULL);

  self->id = id;
  self->title = g_strdup (title);
  self->updated_us = updated_us;
  self->draft = g_ref_string_new (draft);
  self->draft_box = tlm_draft_box_new (self->draft);
  self->draft_saved = TRUE;
  return self;
}

gint64
tlm_chat_get_id (TlmChat *self)
{
  return self->id;
}

/**
 * tlm_chat_get_title:
 *
 * Returns: the name that the person gave, or what the first message begins with; "" for neither
 */
const char *
tlm_chat_get_title (TlmChat *self)
{
  return self->title;
}

gint64
tlm_chat_get_updated (TlmChat *self)
{
  return self->updated_us / G_USEC_PER_SEC;
}

gboolean
tlm_chat_get_busy (TlmChat *self)
{
  return self->n_busy > 0;
}

/**
 * tlm_chat_get_settings:
 *
 * Returns: (transfer none): valid until they change
 */
const TlmChatSettings *
tlm_chat_get_settings (TlmChat *self)
{
  return &self->settings;
}

void
tlm_chat_set_settings (TlmChat               *self,
                       const TlmChatSettings *settings)
{
  TlmChatSettings old = self->settings;

  tlm_chat_settings_copy (&self->settings, settings);
  tlm_chat_settings_clear (&old);
}

gint64
tlm_chat_get_updated_us (TlmChat *self)
{
  return self->updated_us;
}

void
tlm_chat_set_updated_us (TlmChat *self,
                         gint64   updated_us)
{
  if (self->updated_us == updated_us)
    return;
  self->updated_us = updated_us;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UPDATED]);
}

void
tlm_chat_set_title (TlmChat    *self,
                    const char *title)
{
  if (g_str_equal (self->title, title))
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

/* Counted, because a second message may be sent while the first reply still runs. */
void
tlm_chat_set_busy (TlmChat *self,
                   gboolean busy)
{
  gboolean was_busy = self->n_busy > 0;

  g_return_if_fail (busy || was_busy);
  self->n_busy = busy ? self->n_busy + 1 : self->n_busy - 1;
  if (was_busy != (self->n_busy > 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

/**
 * tlm_chat_get_draft:
 *
 * Returns: what is written and not sent yet; "" for nothing
 */
const char *
tlm_chat_get_draft (TlmChat *self)
{
  return self->draft;
}

GRefString *
tlm_chat_ref_draft (TlmChat *self)
{
  return g_ref_string_acquire (self->draft);
}

void
tlm_chat_set_draft (TlmChat    *self,
                    const char *draft)
{
  if (g_str_equal (self->draft, draft))
    return;
  g_ref_string_release (self->draft);
  self->draft = g_ref_string_new (draft);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAFT]);
}

TlmDraftBox *
tlm_chat_get_draft_box (TlmChat *self)
{
  return self->draft_box;
}

void
tlm_chat_take_draft (TlmChat *self,
                     TlmChat *fresh)
{
  tlm_draft_box_unref (self->draft_box);
  self->draft_box = g_atomic_rc_box_acquire (fresh->draft_box);
  tlm_chat_set_draft (self, fresh->draft);
}

TlmChatPlace
tlm_chat_get_place (TlmChat *self)
{
  return self->place;
}

void
tlm_chat_set_place (TlmChat     *self,
                    TlmChatPlace place)
{
  if (self->place == place)
    return;
  self->place = place;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACE]);
}

guint
tlm_chat_get_n_ahead (TlmChat *self)
{
  return self->n_ahead;
}

void
tlm_chat_set_n_ahead (TlmChat *self,
                      guint    n_ahead)
{
  if (self->n_ahead == n_ahead)
    return;
  self->n_ahead = n_ahead;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_AHEAD]);
}

gboolean
tlm_chat_get_draft_saved (TlmChat *self)
{
  return self->draft_saved;
}

void
tlm_chat_set_draft_saved (TlmChat *self,
                          gboolean saved)
{
  self->draft_saved = saved;
}

guint
tlm_chat_add_jobs (TlmChat *self,
                   int      n)
{
  self->n_jobs = (guint) ((int) self->n_jobs + n);
  return self->n_jobs;
}
