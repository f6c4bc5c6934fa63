/* SPDX-License-Identifier: Apache-2.0 */
/* One message of a chat. Its text grows while a reply streams; most of the rest is known at its end.
 * Messages are a tree: what follows the same message are versions of each other, of which
 * the chat shows one. */
#include "chats-digest.h"

#include <stdlib.h>

struct _TlmMessage
{
  GObject         parent_instance;
  gint64          id, created; /* 0 until it is in the store */
  TlmRole         role;
  TlmMessageState state;
  GString        *text;
  char           *error;
  char           *route, *tool, *why;
  double          elapsed_ms;
  guint           context_used, context_held;
  guint           n_ahead;
  TlmDigest      *digest;
  TlmMessage     *parent;   /* (transfer none): the chat keeps all of its messages */
  GPtrArray      *children; /* (transfer none): oldest first */
  TlmMessage     *shown;    /* (transfer none): the child that was shown last */
};

enum
{
  PROP_0,
  PROP_ID,
  PROP_ROLE,
  PROP_TEXT,
  PROP_STATE,
  PROP_ERROR,
  PROP_ROUTE,
  PROP_ELAPSED_MS,
  PROP_CONTEXT_USED,
  PROP_N_VERSIONS,
  PROP_N_AHEAD,
  PROP_DIGEST,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmMessage, tlm_message, G_TYPE_OBJECT)

static void
tlm_message_get_property (GObject    *object,
                          guint       id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  TlmMessage *self = TLM_MESSAGE (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_ROLE:
      g_value_set_int (value, (int) self->role);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text->str);
      break;
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_ROUTE:
      g_value_set_string (value, self->route);
      break;
    case PROP_ELAPSED_MS:
      g_value_set_double (value, self->elapsed_ms);
      break;
    case PROP_CONTEXT_USED:
      g_value_set_uint (value, self->context_used);
      break;
    case PROP_N_AHEAD:
      g_value_set_uint (value, self->n_ahead);
      break;
    case PROP_DIGEST:
      g_value_set_pointer (value, self->digest);
      break;
    case PROP_N_VERSIONS:
      g_value_set_uint (value, tlm_message_get_n_versions (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_message_finalize (GObject *object)
{
  TlmMessage *self = TLM_MESSAGE (object);

  g_ptr_array_unref (self->children);
  g_string_free (self->text, TRUE);
  g_free (self->error);
  g_free (self->route);
  g_free (self->tool);
  g_free (self->why);
  tlm_digest_free (self->digest);
  G_OBJECT_CLASS (tlm_message_parent_class)->finalize (object);
}

static void
tlm_message_class_init (TlmMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = tlm_message_get_property;
  object_class->finalize = tlm_message_finalize;
  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_ROLE] = g_param_spec_int ("role", NULL, NULL, 0, TLM_ROLE_ASSISTANT, 0, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", flags);
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, TLM_MESSAGE_FAILED, 0, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_ROUTE] = g_param_spec_string ("route", NULL, NULL, "", flags);
  properties[PROP_ELAPSED_MS] = g_param_spec_double ("elapsed-ms", NULL, NULL, 0, G_MAXDOUBLE, 0,
                                                     flags);
  properties[PROP_CONTEXT_USED] = g_param_spec_uint ("context-used", NULL, NULL, 0, G_MAXUINT, 0,
                                                     flags);
  properties[PROP_N_VERSIONS] = g_param_spec_uint ("n-versions", NULL, NULL, 1, G_MAXUINT, 1, flags);
  properties[PROP_N_AHEAD] = g_param_spec_uint ("n-ahead", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_DIGEST] = g_param_spec_pointer ("digest", NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_message_init (TlmMessage *self)
{
  self->children = g_ptr_array_new ();
}

TlmMessage *
tlm_message_new (gint64          id,
                 TlmRole         role,
                 TlmMessageState state,
                 const char     *text,
                 const char     *error,
                 const char     *route,
                 double          elapsed_ms)
{
  TlmMessage *self = g_object_new (TLM_TYPE_MESSAGE, NULL);

  self->id = id;
  self->role = role;
  self->state = state;
  self->text = g_string_new (text);
  self->error = g_strdup (error);
  self->route = g_strdup (route);
  self->tool = g_strdup ("");
  self->why = g_strdup ("");
  self->elapsed_ms = elapsed_ms;
  return self;
}

gint64
tlm_message_get_id (TlmMessage *self)
{
  return self->id;
}

static int
compare_id (gconstpointer id,
            gconstpointer message)
{
  gint64 a = *(const gint64 *) id, b = (*(TlmMessage *const *) message)->id;

  return a < b ? -1 : a > b;
}

TlmMessage *
tlm_messages_find (GPtrArray *messages,
                   gint64     id)
{
  TlmMessage **found = messages->len == 0 ? NULL
                                          : bsearch (&id, messages->pdata, messages->len,
                                                     sizeof (gpointer), compare_id);

  return found != NULL ? *found : NULL;
}

TlmRole
tlm_message_get_role (TlmMessage *self)
{
  return self->role;
}

const char *
tlm_message_get_text (TlmMessage *self)
{
  return self->text->str;
}

TlmMessageState
tlm_message_get_state (TlmMessage *self)
{
  return self->state;
}

/**
 * tlm_message_get_error:
 *
 * Returns: (nullable): the sentence of a message that failed
 */
const char *
tlm_message_get_error (TlmMessage *self)
{
  return self->error;
}

/**
 * tlm_message_get_route:
 *
 * Returns: which tool answered: "code", "eeny" or what its model was called then; below it, on
 * lines of their own, what that did not see of the chat; "" for the person's messages
 */
const char *
tlm_message_get_route (TlmMessage *self)
{
  return self->route;
}

/**
 * tlm_message_get_tool:
 *
 * Returns: the kind of tool that answered, a name of tlm_tool_names; "" where none is known
 */
const char *
tlm_message_get_tool (TlmMessage *self)
{
  return self->tool;
}

/**
 * tlm_message_get_why:
 *
 * Returns: the sentence on why that tool answered, or ""
 */
const char *
tlm_message_get_why (TlmMessage *self)
{
  return self->why;
}

double
tlm_message_get_elapsed_ms (TlmMessage *self)
{
  return self->elapsed_ms;
}

void
tlm_message_set_id (TlmMessage *self,
                    gint64      id)
{
  self->id = id;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

gint64
tlm_message_get_created (TlmMessage *self)
{
  return self->created;
}

void
tlm_message_set_created (TlmMessage *self,
                         gint64      created_us)
{
  self->created = created_us;
}

void
tlm_message_append (TlmMessage *self,
                    const char *text)
{
  g_string_append (self->text, text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

void
tlm_message_set_route (TlmMessage *self,
                       const char *route)
{
  g_free (self->route);
  self->route = g_strdup (route);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROUTE]);
}

void
tlm_message_set_tool (TlmMessage *self,
                      const char *tool,
                      const char *why)
{
  g_free (self->tool);
  g_free (self->why);
  self->tool = g_strdup (tool);
  self->why = g_strdup (why);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROUTE]);
}

void
tlm_message_finish (TlmMessage     *self,
                    TlmMessageState state,
                    const char     *error,
                    double          elapsed_ms)
{
  g_object_freeze_notify (G_OBJECT (self));
  self->state = state;
  g_free (self->error);
  self->error = g_strdup (error);
  self->elapsed_ms = elapsed_ms;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ELAPSED_MS]);
  g_object_thaw_notify (G_OBJECT (self));
}

guint
tlm_message_get_context_used (TlmMessage *self)
{
  return self->context_used;
}

guint
tlm_message_get_context_held (TlmMessage *self)
{
  return self->context_held;
}

void
tlm_message_set_context (TlmMessage *self,
                         guint       used,
                         guint       held)
{
  self->context_used = used;
  self->context_held = held;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTEXT_USED]);
}

TlmMessage *
tlm_message_get_parent (TlmMessage *self)
{
  return self->parent;
}

static void
notify_children (TlmMessage *self)
{
  for (guint i = 0; i < self->children->len; i++)
    g_object_notify_by_pspec (self->children->pdata[i], properties[PROP_N_VERSIONS]);
}

void
tlm_message_set_parent (TlmMessage *self,
                        TlmMessage *parent)
{
  if (self->parent != NULL)
    {
      GPtrArray *siblings = self->parent->children;

      /* The last goes first where a whole chat goes: looking for it from the front would take long. */
      if (siblings->pdata[siblings->len - 1] == self)
        g_ptr_array_remove_index (siblings, siblings->len - 1);
      else
        g_ptr_array_remove (siblings, self);
      if (self->parent->shown == self)
        self->parent->shown = NULL;
    }
  self->parent = parent;
  if (parent == NULL)
    return;
  g_ptr_array_add (parent->children, self);
  notify_children (parent);
}

void
tlm_message_leave (TlmMessage *self)
{
  TlmMessage *parent = self->parent;

  tlm_message_set_parent (self, NULL);
  notify_children (parent);
}

/**
 * tlm_message_get_n_versions:
 *
 * Returns: how many messages there are in this place of the chat, with this one
 */
guint
tlm_message_get_n_versions (TlmMessage *self)
{
  return self->parent != NULL ? self->parent->children->len : 1;
}

/**
 * tlm_message_get_version:
 *
 * Returns: which of them this is, oldest first, from 0
 */
guint
tlm_message_get_version (TlmMessage *self)
{
  guint place = 0;

  if (self->parent != NULL)
    g_ptr_array_find (self->parent->children, self, &place);
  return place;
}

TlmMessage *
tlm_message_get_sibling (TlmMessage *self,
                         int         step)
{
  gint64 place = (gint64) tlm_message_get_version (self) + step;

  if (self->parent == NULL || place < 0 || place >= self->parent->children->len)
    return NULL;
  return self->parent->children->pdata[place];
}

void
tlm_message_set_shown (TlmMessage *self)
{
  if (self->parent != NULL)
    self->parent->shown = self;
}

TlmMessage *
tlm_message_find_leaf (TlmMessage *self)
{
  while (self->children->len > 0)
    self = self->shown != NULL ? self->shown : self->children->pdata[self->children->len - 1];
  return self;
}

guint
tlm_message_get_n_ahead (TlmMessage *self)
{
  return self->n_ahead;
}

void
tlm_message_set_n_ahead (TlmMessage *self,
                         guint       n_ahead)
{
  if (self->n_ahead == n_ahead)
    return;
  self->n_ahead = n_ahead;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_AHEAD]);
}

/**
 * tlm_message_get_digest:
 *
 * Returns: (transfer none) (nullable): what stands for this message and those before it in a model's
 * context
 */
const TlmDigest *
tlm_message_get_digest (TlmMessage *self)
{
  return self->digest;
}

void
tlm_message_set_digest (TlmMessage *self,
                        TlmDigest  *digest)
{
  tlm_digest_free (self->digest);
  self->digest = digest;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DIGEST]);
}
