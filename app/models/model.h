/* SPDX-License-Identifier: Apache-2.0 */
/* One installed model, as it was when the list was read. Immutable: a change makes another. */
#pragma once

#include <gio/gio.h>

#include "model-facts.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_MODEL_BUILT_IN,
  TLM_MODEL_COPY,      /* in the program's own folder */
  TLM_MODEL_REFERENCE, /* where the person keeps it */
} TlmModelKind;

#define TLM_TYPE_MODEL (tlm_model_get_type ())
G_DECLARE_FINAL_TYPE (TlmModel, tlm_model, TLM, MODEL, GObject)

typedef struct
{
  gint64         id; /* 0: built in */
  TlmModelKind   kind;
  char          *name;
  char          *path;
  char          *sha256;          /* (nullable): of the file as it was added */
  double         prefill, decode; /* tokens a second as measured here; 0: not yet */
  TlmModelFacts *facts;           /* (nullable): of the file as it is; NULL: */
  char          *problem;         /* why there are none */
} TlmModelState;

#ifndef __GI_SCANNER__ /* not for scripts */
/* @state: its strings and facts are taken */
TlmModel *tlm_model_new (const TlmModelState *state);
#endif

/**
 * tlm_model_get_state:
 * Returns: (transfer none): what it is
 */
const TlmModelState *tlm_model_get_state (TlmModel *self);

G_END_DECLS
