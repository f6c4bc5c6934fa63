/* SPDX-License-Identifier: Apache-2.0 */
/* The license keys of this person: a list that the store keeps, and the question what they allow.
 * They lock nothing: no note, chat, export or adapter asks here. Main thread. */
#pragma once

#include <gio/gio.h>

#include "license.h"
#include "license-models.h"
#include "store/store.h"

G_BEGIN_DECLS

/* From the least to the most that is allowed. */
typedef enum
{
  TLM_LICENSE_STATE_FREE,     /* no key: personal use, research, evaluation, small products */
  TLM_LICENSE_STATE_TEST,     /* a key that a public test key signed: allows nothing more */
  TLM_LICENSE_STATE_OUTDATED, /* a key for earlier versions of the model */
  TLM_LICENSE_STATE_LICENSED,
} TlmLicenseState;

typedef struct
{
  TlmLicenseState         state;
  const TlmLicensedModel *model;
  TlmLicense             *license; /* (nullable): borrowed from the list */
} TlmLicenseVerdict;

#define TLM_TYPE_LICENSES (tlm_licenses_get_type ())
G_DECLARE_FINAL_TYPE (TlmLicenses, tlm_licenses, TLM, LICENSES, GObject)

TlmLicenses *tlm_licenses_new         (TlmStore *store);
GListModel  *tlm_licenses_get_list    (TlmLicenses *self); /* of TlmLicense, oldest first */
void         tlm_licenses_load_async  (TlmLicenses *self, GCancellable *c, GAsyncReadyCallback cb,
                                       gpointer data);
gboolean     tlm_licenses_load_finish (TlmLicenses *self, GAsyncResult *r, GError **error);

/* A key, or a list of withdrawn keys, verified before it is kept. The finish gives the sentence
 * that says what happened. (transfer full) (nullable) */
void         tlm_licenses_add_async   (TlmLicenses *self, const char *text, gsize len,
                                       GCancellable *c, GAsyncReadyCallback cb, gpointer data);
char        *tlm_licenses_add_finish  (TlmLicenses *self, GAsyncResult *r, GError **error);

/* To the bin, for 30 days; adding it again takes it back. */
void         tlm_licenses_remove_async  (TlmLicenses *self, TlmLicense *license, GCancellable *c,
                                         GAsyncReadyCallback cb, gpointer data);
gboolean     tlm_licenses_remove_finish (TlmLicenses *self, GAsyncResult *r, GError **error);

/* @product: (nullable): any; @model: one that there is */
TlmLicenseVerdict tlm_licenses_judge (TlmLicenses *self, const char *product, const char *model);

/* The same for keys that are no store's: @list of TlmLicense. */
TlmLicenseVerdict tlm_licenses_judge_list (GListModel *list, const char *product,
                                           const char *model);

/* In license-words.c: plain sentences for the page and the command line. (transfer full) */
char *tlm_license_verdict_dup_sentence (const TlmLicenseVerdict *verdict);
char *tlm_license_verdict_dup_state    (const TlmLicenseVerdict *verdict); /* "Licensed for …" */
char *tlm_license_dup_scope            (TlmLicense *license); /* "The product “Notes”" */
char *tlm_license_dup_models           (TlmLicense *license);
char *tlm_license_dup_until            (TlmLicense *license);
char *tlm_license_dup_not_covered      (TlmLicense *license);

G_END_DECLS
