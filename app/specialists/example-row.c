/* SPDX-License-Identifier: Apache-2.0 */
/* One example of a set. Only the set changes it. */
#include "example-set-private.h"

struct _TlmExampleRow
{
  GObject           parent_instance;
  gint64            id, created;
  char             *input, *output; /* without space at the ends */
  char            **turns;          /* (nullable) */
  TlmExampleSource  source;
  TlmExampleProblem problem;
};

enum { PROP_0, PROP_INPUT, PROP_OUTPUT, PROP_PROBLEM, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmExampleRow, tlm_example_row, G_TYPE_OBJECT)

TlmExampleRow *
tlm_example_row_new (const TlmExampleRecord *record)
{
  TlmExampleRow *self = g_object_new (TLM_TYPE_EXAMPLE_ROW, NULL);

  self->id = record->id;
  self->created = record->created;
  self->source = record->source;
  self->input = g_strstrip (g_strdup (record->input));
  self->output = g_strstrip (g_strdup (record->output));
  self->turns = g_strdupv (record->turns);
  return self;
}

TlmExampleRecord *
tlm_example_row_dup_record (TlmExampleRow *self, gint64 set_id)
{
  TlmExampleRecord *record = g_new (TlmExampleRecord, 1);

  *record = (TlmExampleRecord) { self->id, set_id, self->created, g_strdup (self->input),
                                 g_strdup (self->output), g_strdupv (self->turns), self->source };
  return record;
}

gint64
tlm_example_row_get_id (TlmExampleRow *self)
{
  return self->id;
}

const char *
tlm_example_row_get_input (TlmExampleRow *self)
{
  return self->input;
}

const char *
tlm_example_row_get_output (TlmExampleRow *self)
{
  return self->output;
}

char *const *
tlm_example_row_get_turns (TlmExampleRow *self)
{
  return self->turns;
}

TlmExampleProblem
tlm_example_row_get_problem (TlmExampleRow *self)
{
  return self->problem;
}

TlmExampleSource
tlm_example_row_get_source (TlmExampleRow *self)
{
  return self->source;
}

gint64
tlm_example_row_get_created (TlmExampleRow *self)
{
  return self->created;
}

void
tlm_example_row_set_texts (TlmExampleRow *self, const char *input, const char *output)
{
  char *old_input = self->input, *old_output = self->output;

  self->input = g_strstrip (g_strdup (input));
  self->output = g_strstrip (g_strdup (output));
  if (!g_str_equal (old_input, self->input))
    g_clear_pointer (&self->turns, g_strfreev); /* it is another question */
  g_free (old_input);
  g_free (old_output);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INPUT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OUTPUT]);
}

void
tlm_example_row_set_problem (TlmExampleRow *self, TlmExampleProblem problem)
{
  if (self->problem == problem)
    return;
  self->problem = problem;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static void
tlm_example_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TlmExampleRow *self = TLM_EXAMPLE_ROW (object);

  switch (id)
    {
    case PROP_INPUT:
      g_value_set_string (value, self->input);
      break;
    case PROP_OUTPUT:
      g_value_set_string (value, self->output);
      break;
    case PROP_PROBLEM:
      g_value_set_uint (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_example_row_finalize (GObject *object)
{
  TlmExampleRow *self = TLM_EXAMPLE_ROW (object);

  g_free (self->input);
  g_free (self->output);
  g_strfreev (self->turns);
  G_OBJECT_CLASS (tlm_example_row_parent_class)->finalize (object);
}

static void
tlm_example_row_class_init (TlmExampleRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tlm_example_row_get_property;
  object_class->finalize = tlm_example_row_finalize;
  properties[PROP_INPUT] = g_param_spec_string ("input", NULL, NULL, NULL, flags);
  properties[PROP_OUTPUT] = g_param_spec_string ("output", NULL, NULL, NULL, flags);
  properties[PROP_PROBLEM] = g_param_spec_uint ("problem", NULL, NULL, 0,
                                                TLM_EXAMPLE_PROBLEMS - 1, 0,
                                                flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tlm_example_row_init (TlmExampleRow *self)
{
}
