/* SPDX-License-Identifier: Apache-2.0 */
/* The list of withdrawn keys: a body with one statement, signed by a root key. Lists are numbered;
 * the one with the greatest number holds. One comes with the program, newer ones are files that a
 * person adds as they add a key. */
#pragma once

#include "license.h"

G_BEGIN_DECLS

typedef struct
{
  guint64     number;
  char       *date;
  char       *text; /* exactly as it came */
  GHashTable *licenses, *issuers; /* sets of numbers and kids */
} TlmRevoked;

/* (transfer full) (nullable): verified, then read; NULL with the reason */
TlmRevoked *tlm_revoked_read (const char *text, gsize len, GArray *roots, GError **error);
void        tlm_revoked_free (TlmRevoked *revoked);

/* (transfer full): the one that the build chose */
TlmRevoked *tlm_revoked_new_built_in (void);

/* (nullable): a sentence when @license was withdrawn */
const char *tlm_revoked_get_reason (const TlmRevoked *revoked, TlmLicense *license);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmRevoked, tlm_revoked_free)

G_END_DECLS
