/* SPDX-License-Identifier: Apache-2.0 */
/* The models that license keys are about: when each was released and what a key costs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  const char *released; /* of the version that this program brings: what "updates_until" is held
                         * against. The clock is not asked */
  guint       usd_year, usd_life; /* for one product or domain */
} TlmLicensedModel;

/* (transfer none): [*n] */
const TlmLicensedModel *tlm_licensed_models_get (gsize *n);

/* (nullable) */
const TlmLicensedModel *tlm_licensed_models_find (const char *name);

G_END_DECLS
