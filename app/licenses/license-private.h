/* SPDX-License-Identifier: Apache-2.0 */
/* What only the list of keys does to a key. */
#pragma once

#include "license.h"

G_BEGIN_DECLS

/* A key that is kept although it cannot be read any more. */
TlmLicense *tlm_license_new_refused (const char *text, const char *refusal);

void   tlm_license_set_refusal (TlmLicense *self, const char *refusal);
void   tlm_license_set_id      (TlmLicense *self, gint64 id); /* its row */
gint64 tlm_license_get_id      (TlmLicense *self);

G_END_DECLS
