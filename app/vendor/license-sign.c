/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what license-armour.c, license-signed.c, license.c and license-revoked.c read. */
#include "vendor/license-sign.h"

#include "licenses/license-armour.h"

#include <sodium.h>
#include <string.h>

#define LINE 64 /* base64 characters, as in PEM (RFC 7468) */

void
tlm_signer_init (TlmSigner    *signer,
                 const guint8 *seed)
{
  crypto_sign_seed_keypair (signer->public_key, signer->secret_key, seed);
}

GBytes *
tlm_sign (const TlmSigner *signer,
          const char      *domain,
          const char      *payload)
{
  gsize                  len = strlen (payload);
  g_autoptr (GByteArray) message = g_byte_array_new ();
  GByteArray            *statement = g_byte_array_new ();
  guint8                 size[2] = { (guint8) (len >> 8), (guint8) len };
  guint8                 signature[TLM_SIGNATURE_BYTES];

  g_assert (len <= G_MAXUINT16);
  g_byte_array_append (message, (const guint8 *) domain, strlen (domain) + 1);
  g_byte_array_append (message, (const guint8 *) payload, len);
  crypto_sign_detached (signature, NULL, message->data, message->len, signer->secret_key);
  g_byte_array_append (statement, size, sizeof size);
  g_byte_array_append (statement, (const guint8 *) payload, len);
  g_byte_array_append (statement, signature, sizeof signature);
  return g_byte_array_free_to_bytes (statement);
}

char *
tlm_armour_write (const char    *label,
                  const char    *headers,
                  GBytes *const *statements,
                  gsize          n)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  GString               *text = g_string_new (NULL);
  g_autofree char       *base64 = NULL;
  guint8                 version = TLM_SIGNED_VERSION;

  g_byte_array_append (body, &version, 1);
  for (gsize i = 0; i < n; i++)
    g_byte_array_append (body, g_bytes_get_data (statements[i], NULL),
                         g_bytes_get_size (statements[i]));
  base64 = g_base64_encode (body->data, body->len);
  g_string_append_printf (text, "-----BEGIN %s-----\n%s\n", label, headers);
  for (gsize at = 0; base64[at] != '\0'; at += MIN (LINE, strlen (base64 + at)))
    g_string_append_printf (text, "%.*s\n", LINE, base64 + at);
  g_string_append_printf (text, "-----END %s-----\n", label);
  return g_string_free (text, FALSE);
}

GBytes *
tlm_sign_certificate (const TlmSigner *root,
                      const guint8    *issuing_key,
                      const char      *from,
                      const char      *until)
{
  char             hex[2 * TLM_KEY_BYTES + 1];
  g_autofree char *payload = NULL;

  sodium_bin2hex (hex, sizeof hex, issuing_key, TLM_KEY_BYTES);
  payload = g_strdup_printf ("issuing-key=%s\nfrom=%s\nuntil=%s\n", hex, from, until);
  return tlm_sign (root, TLM_DOMAIN_CERTIFICATE, payload);
}

char *
tlm_license_terms_compose (const TlmLicenseTerms *terms)
{
  g_autofree char *models = g_strjoinv (",", terms->models);

  return g_strdup_printf ("license=%s\nkid=%s\nlicensee=%s\n%s=%s\nmodels=%s\nissued=%s\n"
                          "updates-until=%s\nterms=%s\n",
                          terms->number, terms->kid, terms->licensee,
                          terms->is_domain ? "domain" : "product", terms->scope, models,
                          terms->issued,
                          terms->updates_until != NULL ? terms->updates_until : "life",
                          terms->terms != NULL ? terms->terms : "standard");
}

char *
tlm_sign_license (const TlmSigner *issuer,
                  GBytes          *certificate,
                  TlmLicenseTerms  terms)
{
  g_autofree char   *kid = tlm_key_dup_id (issuer->public_key);
  g_autofree char   *payload = NULL, *headers = tlm_license_terms_dup_headers (&terms);
  g_autoptr (GBytes) license = NULL;

  terms.kid = kid;
  payload = tlm_license_terms_compose (&terms);
  license = tlm_sign (issuer, TLM_DOMAIN_LICENSE, payload);
  return tlm_armour_write (TLM_ARMOUR_LICENSE, headers, (GBytes *[]) { certificate, license }, 2);
}

char *
tlm_sign_revoked (const TlmSigner   *root,
                  guint64            number,
                  const char        *date,
                  const char *const *issuers,
                  const char *const *licenses)
{
  g_autoptr (GString) payload = g_string_new (NULL);
  g_autoptr (GBytes)  list = NULL;

  g_string_append_printf (payload, "list=%" G_GUINT64_FORMAT "\ndate=%s\n", number, date);
  for (gsize i = 0; issuers != NULL && issuers[i] != NULL; i++)
    g_string_append_printf (payload, "issuing-key=%s\n", issuers[i]);
  for (gsize i = 0; licenses != NULL && licenses[i] != NULL; i++)
    g_string_append_printf (payload, "license=%s\n", licenses[i]);
  list = tlm_sign (root, TLM_DOMAIN_REVOCATIONS, payload->str);
  return tlm_armour_write (TLM_ARMOUR_REVOCATIONS, "", &list, 1);
}
