/* SPDX-License-Identifier: Apache-2.0 */
/* From text to a license: the chain root -> issuing key -> license is verified first, then the lines
 * are read, and then they must agree with each other. Dates are held against dates that are signed
 * too, never against the clock. */
#include "license-private.h"

#include "core/errors.h"
#include "license-armour.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

struct _TlmLicense
{
  GObject         parent_instance;
  gint64          id;
  char           *text;
  TlmLicenseTerms terms; /* all NULL when it could not be read */
  gboolean        is_test;
  char           *refusal;
};

G_DEFINE_FINAL_TYPE (TlmLicense, tlm_license, G_TYPE_OBJECT)

static void
tlm_license_finalize (GObject *object)
{
  TlmLicense *self = TLM_LICENSE (object);

  g_free (self->text);
  g_free (self->refusal);
  g_free (self->terms.number);
  g_free (self->terms.kid);
  g_free (self->terms.licensee);
  g_free (self->terms.scope);
  g_strfreev (self->terms.models);
  g_free (self->terms.issued);
  g_free (self->terms.updates_until);
  g_free (self->terms.terms);
  G_OBJECT_CLASS (tlm_license_parent_class)->finalize (object);
}

static void
tlm_license_class_init (TlmLicenseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_license_finalize;
}

static void
tlm_license_init (TlmLicense *self)
{
}

static gboolean
fail (GError    **error,
      const char *sentence)
{
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_LICENSE, sentence);
  return FALSE;
}

typedef struct
{
  guint8 key[TLM_KEY_BYTES];
  char  *kid, *from, *until;
} Certificate;

static void
certificate_clear (Certificate *certificate)
{
  g_free (certificate->kid);
  g_free (certificate->from);
  g_free (certificate->until);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Certificate, certificate_clear)

static gboolean
parse_certificate (const TlmStatement *statement,
                   Certificate        *certificate,
                   GError            **error)
{
  gsize            cursor = 0, n = 0;
  g_autofree char *hex = tlm_statement_take_field (statement, &cursor, "issuing-key");

  certificate->from = tlm_statement_take_field (statement, &cursor, "from");
  certificate->until = tlm_statement_take_field (statement, &cursor, "until");
  if (hex == NULL || certificate->from == NULL || certificate->until == NULL
      || cursor != statement->len || !tlm_is_date (certificate->from)
      || !tlm_is_date (certificate->until)
      || sodium_hex2bin (certificate->key, TLM_KEY_BYTES, hex, strlen (hex), NULL, &n, NULL) != 0
      || n != TLM_KEY_BYTES)
    return fail (error, _("The certificate of the key's issuing key is not in its form."));
  certificate->kid = tlm_key_dup_id (certificate->key);
  return TRUE;
}

static gboolean
is_hex (const char *text)
{
  return strlen (text) == TLM_KEY_ID_LENGTH
         && strspn (text, "0123456789abcdef") == TLM_KEY_ID_LENGTH;
}

/* "eeny,meeny"; a custom key may say "*", all models. */
static gboolean
is_model_list (char *const *models)
{
  for (guint i = 0; models[i] != NULL; i++)
    if (*models[i] == '\0'
        || (!g_str_equal (models[i], "*")
            && models[i][strspn (models[i], "abcdefghijklmnopqrstuvwxyz0123456789-.")] != '\0'))
      return FALSE;
  return models[0] != NULL;
}

static gboolean
is_domain (const char *text)
{
  return strchr (text, '.') != NULL && *text != '.' && text[strlen (text) - 1] != '.'
         && strstr (text, "..") == NULL
         && text[strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-.")] == '\0';
}

/* NULL where the line says @none: "life", "standard". */
static char *
take_unless (const TlmStatement *statement,
             gsize              *cursor,
             const char         *name,
             const char         *none,
             gboolean           *good)
{
  g_autofree char *value = tlm_statement_take_field (statement, cursor, name);

  *good &= value != NULL;
  return value == NULL || g_str_equal (value, none) ? NULL : g_steal_pointer (&value);
}

static gboolean
parse_terms (const TlmStatement *statement,
             TlmLicenseTerms    *terms,
             GError            **error)
{
  gsize            cursor = 0;
  gboolean         good = TRUE;
  g_autofree char *models = NULL;

  terms->number = tlm_statement_take_field (statement, &cursor, "license");
  terms->kid = tlm_statement_take_field (statement, &cursor, "kid");
  terms->licensee = tlm_statement_take_field (statement, &cursor, "licensee");
  terms->scope = tlm_statement_take_field (statement, &cursor, "product");
  terms->is_domain = terms->scope == NULL;
  if (terms->is_domain)
    terms->scope = tlm_statement_take_field (statement, &cursor, "domain");
  models = tlm_statement_take_field (statement, &cursor, "models");
  terms->models = g_strsplit (models != NULL ? models : "", ",", -1);
  terms->issued = tlm_statement_take_field (statement, &cursor, "issued");
  terms->updates_until = take_unless (statement, &cursor, "updates-until", "life", &good);
  terms->terms = take_unless (statement, &cursor, "terms", "standard", &good);
  if (good && cursor == statement->len && terms->number != NULL && is_hex (terms->number)
      && terms->kid != NULL && is_hex (terms->kid) && terms->licensee != NULL
      && terms->scope != NULL && (!terms->is_domain || is_domain (terms->scope))
      && is_model_list (terms->models) && terms->issued != NULL && tlm_is_date (terms->issued)
      && (terms->updates_until == NULL || tlm_is_date (terms->updates_until)))
    return TRUE;
  return fail (error, _("The key is genuine, but what it says is not in its form. Ask the vendor "
                        "for another one."));
}

static gboolean
check_agreement (const Certificate     *issuer,
                 const TlmLicenseTerms *terms,
                 const char            *headers,
                 GError               **error)
{
  g_autofree char *expected = tlm_license_terms_dup_headers (terms);

  if (!g_str_equal (terms->kid, issuer->kid))
    return fail (error, _("The key names another issuing key than the one that signed it. Ask the "
                          "vendor for another one."));
  if (strcmp (terms->issued, issuer->from) < 0 || strcmp (terms->issued, issuer->until) > 0)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_LICENSE,
                   /* Translators: three dates. */
                   _("The key was issued on %s, but its issuing key was good from %s to %s only. "
                     "Ask the vendor for another one."), terms->issued, issuer->from,
                   issuer->until);
      return FALSE;
    }
  if (!g_str_equal (headers, expected))
    return fail (error, _("The readable lines of the key do not say what is signed: they were "
                          "changed. Copy all of the key again, as the vendor sent it."));
  return TRUE;
}

static gboolean
verify_and_parse (TlmLicense *self,
                  GBytes     *body,
                  const char *headers,
                  GArray     *roots,
                  GError    **error)
{
  TlmStatement         statements[2]; /* the certificate, the license */
  g_auto (Certificate) issuer = { 0 };
  const TlmRoot       *root;

  if (!tlm_signed_split (body, statements, G_N_ELEMENTS (statements), error))
    return FALSE;
  root = tlm_statement_find_root (&statements[0], TLM_DOMAIN_CERTIFICATE, roots);
  if (root == NULL)
    return fail (error, _("None of the vendor's keys that this program knows vouches for this key. "
                          "It is damaged, made for another build of the program, or not the "
                          "vendor's."));
  if (!parse_certificate (&statements[0], &issuer, error))
    return FALSE;
  if (!tlm_statement_verify (&statements[1], TLM_DOMAIN_LICENSE, issuer.key))
    return fail (error, _("The signature does not fit: the key is damaged or was changed. Copy all "
                          "of it again, as the vendor sent it."));
  self->is_test = root->is_test;
  return parse_terms (&statements[1], &self->terms, error)
         && check_agreement (&issuer, &self->terms, headers, error);
}

TlmLicense *
tlm_license_read (const char *text,
                  gsize       len,
                  GArray     *roots,
                  GError    **error)
{
  g_autoptr (TlmLicense) self = g_object_new (TLM_TYPE_LICENSE, NULL);
  g_autofree char       *headers = NULL;
  g_autoptr (GBytes)     body = tlm_armour_read (text, len, TLM_ARMOUR_LICENSE, &headers, error);

  if (body == NULL || !verify_and_parse (self, body, headers, roots, error))
    return NULL;
  self->text = g_strndup (text, len);
  return g_steal_pointer (&self);
}

TlmLicense *
tlm_license_new_refused (const char *text,
                         const char *refusal)
{
  TlmLicense *self = g_object_new (TLM_TYPE_LICENSE, NULL);

  self->text = g_strdup (text);
  self->refusal = g_strdup (refusal);
  return self;
}

void
tlm_license_set_refusal (TlmLicense *self,
                         const char *refusal)
{
  g_free (self->refusal);
  self->refusal = g_strdup (refusal);
}

void
tlm_license_set_id (TlmLicense *self,
                    gint64      id)
{
  self->id = id;
}

gint64
tlm_license_get_id (TlmLicense *self)
{
  return self->id;
}

const TlmLicenseTerms *
tlm_license_get_terms (TlmLicense *self)
{
  return self->terms.number != NULL ? &self->terms : NULL;
}

const char *
tlm_license_get_text (TlmLicense *self)
{
  return self->text;
}

gboolean
tlm_license_get_is_test (TlmLicense *self)
{
  return self->is_test;
}

const char *
tlm_license_get_refusal (TlmLicense *self)
{
  return self->refusal;
}

gboolean
tlm_license_covers_product (TlmLicense *self,
                            const char *product)
{
  const TlmLicenseTerms *terms = tlm_license_get_terms (self);
  g_autofree char       *host = NULL, *under = NULL;

  if (terms == NULL)
    return FALSE;
  if (!terms->is_domain)
    return g_str_equal (terms->scope, product);
  host = g_ascii_strdown (product, -1);
  under = g_strconcat (".", terms->scope, NULL);
  return g_str_equal (host, terms->scope) || g_str_has_suffix (host, under);
}

gboolean
tlm_license_covers_model (TlmLicense *self,
                          const char *model)
{
  const TlmLicenseTerms *terms = tlm_license_get_terms (self);

  return terms != NULL && (g_strv_contains ((const char *const *) terms->models, model)
                           || g_strv_contains ((const char *const *) terms->models, "*"));
}

gboolean
tlm_license_covers_date (TlmLicense *self,
                         const char *date)
{
  const TlmLicenseTerms *terms = tlm_license_get_terms (self);

  return terms != NULL
         && (terms->updates_until == NULL || strcmp (date, terms->updates_until) <= 0);
}

char *
tlm_license_terms_dup_headers (const TlmLicenseTerms *terms)
{
  g_autofree char *models = g_strjoinv (", ", terms->models);

  return g_strdup_printf ("Licensee: %s\n%s: %s\nModels: %s\nUpdates until: %s\n", terms->licensee,
                          terms->is_domain ? "Domain" : "Product", terms->scope, models,
                          terms->updates_until != NULL ? terms->updates_until : "life");
}
