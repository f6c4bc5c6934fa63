/* SPDX-License-Identifier: Apache-2.0 */
/* A license key, a list of withdrawn keys and a list of root keys, from any text; and then the same
 * bytes as what a key says, signed by keys made for it, so that the search gets behind the
 * signatures. */
#include "fuzz-app.h"

#include <sodium.h>

#include "licenses/license-armour.h"
#include "licenses/license-revoked.h"
#include "licenses/licenses.h"
#include "vendor/license-sign.h"

static TlmSigner root, issuer;
static GArray *roots;
static GBytes *certificate;

static void
make_keys (void)
{
  const guint8 seeds[2][TLM_SEED_BYTES] = { { 1 }, { 2 } };
  TlmRoot trusted = { .is_test = TRUE };

  FUZZ_CHECK (sodium_init () >= 0);
  tlm_signer_init (&root, seeds[0]);
  tlm_signer_init (&issuer, seeds[1]);
  memcpy (trusted.key, root.public_key, TLM_KEY_BYTES);
  roots = g_array_new (FALSE, FALSE, sizeof (TlmRoot));
  g_array_append_val (roots, trusted);
  certificate = tlm_sign_certificate (&root, issuer.public_key, "2026-01-01", "2099-12-31");
}

static void
read_license (const char *text, size_t len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmLicense) license = tlm_license_read (text, len, roots, &error);

  FUZZ_CHECK ((license != NULL) != (error != NULL));
  if (license == NULL)
    return;
  g_free (tlm_license_terms_dup_headers (tlm_license_get_terms (license)));
  g_free (tlm_license_dup_scope (license));
  g_free (tlm_license_dup_models (license));
  tlm_license_covers_product (license, "example.org");
  tlm_license_covers_date (license, "2026-11-25");
}

static void
read_revoked (const char *text, size_t len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmRevoked) revoked = tlm_revoked_read (text, len, roots, &error);

  FUZZ_CHECK ((revoked != NULL) != (error != NULL));
}

static void
read_signed (const char *payload)
{
  g_autoptr (GBytes) license = tlm_sign (&issuer, TLM_DOMAIN_LICENSE, payload);
  g_autoptr (GBytes) list = tlm_sign (&root, TLM_DOMAIN_REVOCATIONS, payload);
  GBytes *const both[] = { certificate, license }, *const one[] = { list };
  g_autofree char *key = tlm_armour_write (TLM_ARMOUR_LICENSE, "", both, 2);
  g_autofree char *revoked = tlm_armour_write (TLM_ARMOUR_REVOCATIONS, "", one, 1);

  read_license (key, strlen (key));
  read_revoked (revoked, strlen (revoked));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *bytes = (char *) fuzz_copy (data, size), *text = fuzz_text (data, size);
  g_autoptr (GArray) parsed = NULL;

  fuzz_app_init ();
  if (roots == NULL)
    make_keys ();
  tlm_armour_is (bytes, size, TLM_ARMOUR_LICENSE);
  tlm_armour_begins (bytes, size);
  read_license (bytes, size);
  read_revoked (bytes, size);
  parsed = tlm_roots_parse (text, NULL);
  if (strlen (text) < 1000)
    read_signed (text);
  return 0;
}
