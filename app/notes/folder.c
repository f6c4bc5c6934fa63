/* SPDX-License-Identifier: Apache-2.0 */
/* A folder that is watched, as a list shows it. */
#include "folder.h"

struct _TlmFolder
{
  GObject  parent_instance;
  GFile   *file;
  gboolean paused;
  char    *problem;
};

enum { PROP_0, PROP_PAUSED, PROP_PROBLEM, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmFolder, tlm_folder, G_TYPE_OBJECT)

static void
tlm_folder_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TlmFolder *self = TLM_FOLDER (object);

  switch (id)
    {
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_folder_finalize (GObject *object)
{
  TlmFolder *self = TLM_FOLDER (object);

  g_object_unref (self->file);
  g_free (self->problem);
  G_OBJECT_CLASS (tlm_folder_parent_class)->finalize (object);
}

static void
tlm_folder_class_init (TlmFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tlm_folder_get_property;
  object_class->finalize = tlm_folder_finalize;
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_folder_init (TlmFolder *self)
{
}

TlmFolder *
tlm_folder_new (GFile *file, gboolean paused)
{
  TlmFolder *self = g_object_new (TLM_TYPE_FOLDER, NULL);

  self->file = g_object_ref (file);
  self->paused = paused;
  return self;
}

GFile *
tlm_folder_get_file (TlmFolder *self)
{
  return self->file;
}

gboolean
tlm_folder_get_paused (TlmFolder *self)
{
  return self->paused;
}

const char *
tlm_folder_get_problem (TlmFolder *self)
{
  return self->problem;
}

void
tlm_folder_set_paused (TlmFolder *self, gboolean paused)
{
  if (self->paused == paused)
    return;
  self->paused = paused;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

void
tlm_folder_set_problem (TlmFolder *self, const char *problem)
{
  if (g_strcmp0 (self->problem, problem) == 0)
    return;
  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}
