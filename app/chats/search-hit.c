/* SPDX-License-Identifier: Apache-2.0 */
/* A note or chat that a search found, with the words around what it found. */
#include "store/store-private.h"

#include "notes/shown.h"

struct _TlmSearchHit
{
  GObject    parent_instance;
  TlmHitKind kind;
  gint64     id;
  gint64     message_id;
  char      *title;
  char      *snippet;
};

enum { PROP_0, PROP_KIND, PROP_ID, PROP_TITLE, PROP_SNIPPET, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmSearchHit, tlm_search_hit, G_TYPE_OBJECT)

static void
tlm_search_hit_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  TlmSearchHit *self = TLM_SEARCH_HIT (object);

  switch (id)
    {
    case PROP_KIND:
      g_value_set_int (value, (int) self->kind);
      break;
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SNIPPET:
      g_value_set_string (value, self->snippet);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_search_hit_finalize (GObject *object)
{
  TlmSearchHit *self = TLM_SEARCH_HIT (object);

  g_free (self->title);
  g_free (self->snippet);
  G_OBJECT_CLASS (tlm_search_hit_parent_class)->finalize (object);
}

static void
tlm_search_hit_class_init (TlmSearchHitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tlm_search_hit_get_property;
  object_class->finalize = tlm_search_hit_finalize;
  properties[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, 0, TLM_HIT_CHAT, 0, flags);
  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SNIPPET] = g_param_spec_string ("snippet", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_search_hit_init (TlmSearchHit *self)
{
}

void
tlm_search_hit_set_snippet (TlmSearchHit *self,
                            const char   *snippet)
{
  g_autofree char *valid = g_utf8_make_valid (snippet, -1);

  g_free (self->snippet);
  self->snippet = tlm_shown_dup_unlinked (valid, "\xe2\x81\xa8"); /* U+2068, before what was found */
}

TlmSearchHit *
tlm_search_hit_new (TlmHitKind  kind,
                    gint64      id,
                    gint64      message_id,
                    const char *title,
                    const char *snippet)
{
  TlmSearchHit *self = g_object_new (TLM_TYPE_SEARCH_HIT, NULL);

  self->kind = kind;
  self->id = id;
  self->message_id = message_id;
  self->title = g_utf8_make_valid (title, -1);
  tlm_search_hit_set_snippet (self, snippet);
  return self;
}

TlmHitKind
tlm_search_hit_get_kind (TlmSearchHit *self)
{
  return self->kind;
}

gint64
tlm_search_hit_get_id (TlmSearchHit *self)
{
  return self->id;
}

gint64
tlm_search_hit_get_message_id (TlmSearchHit *self)
{
  return self->message_id;
}

const char *
tlm_search_hit_get_title (TlmSearchHit *self)
{
  return self->title;
}

const char *
tlm_search_hit_get_snippet (TlmSearchHit *self)
{
  return self->snippet;
}
