/* SPDX-License-Identifier: Apache-2.0 */
/* A struct that a GListModel can hold. */
#include "model.h"

struct _TlmModel
{
  GObject       parent_instance;
  TlmModelState state;
};

G_DEFINE_FINAL_TYPE (TlmModel, tlm_model, G_TYPE_OBJECT)

static void
tlm_model_finalize (GObject *object)
{
  TlmModelState *state = &TLM_MODEL (object)->state;

  g_free (state->name);
  g_free (state->path);
  g_free (state->sha256);
  g_free (state->problem);
  g_clear_pointer (&state->facts, tlm_model_facts_unref);
  G_OBJECT_CLASS (tlm_model_parent_class)->finalize (object);
}

static void
tlm_model_class_init (TlmModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_model_finalize;
}

static void
tlm_model_init (TlmModel *self)
{
}

TlmModel *
tlm_model_new (const TlmModelState *state)
{
  TlmModel *self = g_object_new (TLM_TYPE_MODEL, NULL);

  self->state = *state;
  return self;
}

/**
 * tlm_model_get_state:
 *
 * Returns: (transfer none)
 */
const TlmModelState *
tlm_model_get_state (TlmModel *self)
{
  return &self->state;
}
