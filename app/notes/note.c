/* SPDX-License-Identifier: Apache-2.0 */
/* One note as the lists show it: identity, title, time, and whether all of it is on the disk. */
#include "note-private.h"

struct _TlmNote
{
  GObject  parent_instance;
  gint64   id;
  char    *title;
  gint64   updated_us;
  guint    newest_save;
  gboolean saved;
};

enum { PROP_0, PROP_ID, PROP_TITLE, PROP_UPDATED, PROP_SAVED, N_PROPS };
static GParamSpec *properties[N_PROPS];
static guint       replaced_signal, flush_signal;

G_DEFINE_FINAL_TYPE (TlmNote, tlm_note, G_TYPE_OBJECT)

static void
tlm_note_get_property (GObject    *object,
                       guint       id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  TlmNote *self = TLM_NOTE (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_int64 (value, self->id);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_UPDATED:
      g_value_set_int64 (value, tlm_note_get_updated (self));
      break;
    case PROP_SAVED:
      g_value_set_boolean (value, self->saved);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_note_finalize (GObject *object)
{
  TlmNote *self = TLM_NOTE (object);

  g_free (self->title);
  G_OBJECT_CLASS (tlm_note_parent_class)->finalize (object);
}

static void
tlm_note_class_init (TlmNoteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = tlm_note_get_property;
  object_class->finalize = tlm_note_finalize;
  properties[PROP_ID] = g_param_spec_int64 ("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_UPDATED] = g_param_spec_int64 ("updated", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_SAVED] = g_param_spec_boolean ("saved", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  replaced_signal = g_signal_new ("replaced", TLM_TYPE_NOTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  flush_signal = g_signal_new ("flush", TLM_TYPE_NOTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
}

static void
tlm_note_init (TlmNote *self)
{
  self->saved = TRUE;
}

TlmNote *
tlm_note_new (gint64      id,
              const char *title,
              gint64      updated_us)
{
  TlmNote *self = g_object_new (TLM_TYPE_NOTE, NULL);

  self->id = id;
  self->title = g_strdup (title);
  self->updated_us = updated_us;
  return self;
}

gint64
tlm_note_get_id (TlmNote *self)
{
  return self->id;
}

/**
 * tlm_note_get_title:
 *
 * Returns: the first heading or line without its Markdown; "" for an empty note
 */
const char *
tlm_note_get_title (TlmNote *self)
{
  return self->title;
}

/**
 * tlm_note_get_updated:
 *
 * Returns: when it was last changed, in Unix seconds
 */
gint64
tlm_note_get_updated (TlmNote *self)
{
  return self->updated_us / G_USEC_PER_SEC;
}

/**
 * tlm_note_get_saved:
 *
 * Returns: FALSE while a change that was handed to tlm_notes_save_async() is not on the disk
 */
gboolean
tlm_note_get_saved (TlmNote *self)
{
  return self->saved;
}

gint64
tlm_note_get_updated_us (TlmNote *self)
{
  return self->updated_us;
}

void
tlm_note_set_title (TlmNote    *self,
                    const char *title)
{
  if (g_str_equal (self->title, title))
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

void
tlm_note_set_updated_us (TlmNote *self,
                         gint64   updated_us)
{
  if (self->updated_us == updated_us)
    return;
  self->updated_us = updated_us;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UPDATED]);
}

void
tlm_note_replaced (TlmNote *self)
{
  g_signal_emit (self, replaced_signal, 0);
}

void
tlm_note_flush (TlmNote *self)
{
  g_signal_emit (self, flush_signal, 0);
}

static void
set_saved (TlmNote *self,
           gboolean saved)
{
  if (self->saved == saved)
    return;
  self->saved = saved;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAVED]);
}

guint
tlm_note_begin_save (TlmNote *self)
{
  set_saved (self, FALSE);
  return ++self->newest_save;
}

gboolean
tlm_note_end_save (TlmNote *self,
                   guint    save,
                   gboolean success)
{
  gboolean newest = save == self->newest_save;

  if (success && newest)
    set_saved (self, TRUE);
  return newest;
}
