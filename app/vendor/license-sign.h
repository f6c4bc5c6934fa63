/* SPDX-License-Identifier: Apache-2.0 */
/* Making keys, for the vendor's program and for the tests. The product does not link this. */
#pragma once

#include "licenses/license.h"

G_BEGIN_DECLS

#define TLM_SEED_BYTES 32

typedef struct
{
  guint8 public_key[TLM_KEY_BYTES];
  guint8 secret_key[64]; /* in libsodium's form */
} TlmSigner;

/* @seed: the secret: [TLM_SEED_BYTES] */
void tlm_signer_init (TlmSigner *signer, const guint8 *seed);

/* A statement: length, payload, signature. (transfer full) */
GBytes *tlm_sign (const TlmSigner *signer, const char *domain, const char *payload);

/* @statements: without the version byte. (transfer full): the block */
char *tlm_armour_write (const char *label, const char *headers, GBytes *const *statements,
                        gsize n);

GBytes *tlm_sign_certificate (const TlmSigner *root, const guint8 *issuing_key, const char *from,
                              const char *until);

/* The payload: one line a field. (transfer full) */
char *tlm_license_terms_compose (const TlmLicenseTerms *terms);

/* @terms: whatever its kid, the issuer's is written. (transfer full): the key */
char *tlm_sign_license (const TlmSigner *issuer, GBytes *certificate, TlmLicenseTerms terms);

/* (transfer full): the list */
char *tlm_sign_revoked (const TlmSigner *root, guint64 number, const char *date,
                        const char *const *issuers, const char *const *licenses);

G_END_DECLS
