/* SPDX-License-Identifier: Apache-2.0 */
/* Adapters that a person chose for a model, each with a scale. Any thread; they block. */
#pragma once

#include <gio/gio.h>

#include "specialists/specialist-form.h"

G_BEGIN_DECLS

typedef struct
{
  char *path;
  char *sha256; /* NULL: not asked yet */
  float scale;
} TlmAdapterChoice;

/* (transfer full): an array of TlmAdapterChoice *, which it owns */
GPtrArray *tlm_adapters_new (void);
/* @sha256: (nullable): */
void       tlm_adapters_add (GPtrArray *self, const char *path, float scale, const char *sha256);

/* "FILE" or "FILE:SCALE", each; NULL is an empty list. FALSE for a scale that is none. */
gboolean tlm_adapters_parse (GPtrArray *self, char **texts, GError **error);

/* A line each, to be kept: scale, SHA-256 (which is to be there) and path. (transfer full) */
char      *tlm_adapters_dup_text (GPtrArray *self);
GPtrArray *tlm_adapters_read     (const char *text); /* what is no such line is passed over */

/* Fills in the SHA-256 of each file; one that is there already must be the file's.
 * @cancel: (nullable): as of tlm_model_hash_until() */
gboolean tlm_adapters_hash (GPtrArray *self, tl_cancel_func cancel, gpointer cancel_data,
                            GError **error);

/* (transfer full) (nullable) */
tl_adapter *tlm_adapter_choice_open (const TlmAdapterChoice *self, const tl_model *model,
                                     GError **error);

/* From now on @session, of @model, computes with all of them. */
gboolean tlm_adapters_use (GPtrArray *self, const tl_model *model, tl_session *session,
                           GError **error);

/* How the only one of them is asked, or with none @base, which may have been trained in full.
 * (transfer full) (nullable): NULL when there are several, or when it says nothing about that; no
 * error then */
TlmForm *tlm_adapters_read_form (GPtrArray *self, const tl_gguf *base);

G_END_DECLS
