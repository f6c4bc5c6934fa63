/* SPDX-License-Identifier: Apache-2.0 */
/* One license key: a right to use models in a product, or on a domain, that the vendor signed.
 * data/licenses/README.md describes the format. */
#pragma once

#include <gio/gio.h>

#include "license-signed.h"

G_BEGIN_DECLS

typedef struct
{
  char    *number;        /* 16 hexadecimal digits, the vendor's name for this key */
  char    *kid;           /* of the issuing key */
  char    *licensee;
  char    *scope;         /* the name of a product, or a domain in lower case */
  gboolean is_domain;     /* which then counts with all hosts under it */
  GStrv    models;
  char    *issued;        /* dates: 2026-11-25 */
  char    *updates_until; /* NULL: for life */
  char    *terms;         /* NULL: the standard ones; else, in words, what was agreed beside them */
} TlmLicenseTerms;

#define TLM_TYPE_LICENSE (tlm_license_get_type ())
G_DECLARE_FINAL_TYPE (TlmLicense, tlm_license, TLM, LICENSE, GObject)

/**
 * tlm_license_read:
 * @text: [len] hostile
 * @roots: (element-type TlmRoot): who may vouch for issuing keys
 *
 * Verifies the chain of signatures, then reads what is signed. Pure: no clock, no file, no state, so
 * it may be fuzzed. Thread-safe.
 * Returns: (transfer full) (nullable): NULL with the reason when anything at all is amiss
 */
TlmLicense *tlm_license_read (const char *text, gsize len, GArray *roots, GError **error);

const TlmLicenseTerms *tlm_license_get_terms   (TlmLicense *self); /* NULL when refused as unreadable */
const char            *tlm_license_get_text    (TlmLicense *self); /* exactly as it came */
gboolean               tlm_license_get_is_test (TlmLicense *self);
/* (nullable): why a key that was once added counts no more */
const char            *tlm_license_get_refusal (TlmLicense *self);

/* Whether @product is the key's product, or its domain or a host under that. */
gboolean tlm_license_covers_product (TlmLicense *self, const char *product);
gboolean tlm_license_covers_model   (TlmLicense *self, const char *model);
/* Whether the version released on @date comes with updates. */
gboolean tlm_license_covers_date    (TlmLicense *self, const char *date);

/* What stands in a key's readable lines; it follows from what is signed. (transfer full) */
char *tlm_license_terms_dup_headers (const TlmLicenseTerms *terms);

G_END_DECLS
