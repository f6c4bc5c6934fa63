/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a list of withdrawn keys, and asking it. */
#include "license-revoked.h"

#include "app-resources.h"
#include "core/errors.h"
#include "license-armour.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
tlm_revoked_free (TlmRevoked *revoked)
{
  g_free (revoked->date);
  g_free (revoked->text);
  g_hash_table_unref (revoked->licenses);
  g_hash_table_unref (revoked->issuers);
  g_free (revoked);
}

static TlmRevoked *
revoked_new (void)
{
  TlmRevoked *revoked = g_new0 (TlmRevoked, 1);

  revoked->licenses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  revoked->issuers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return revoked;
}

static gboolean
parse (const TlmStatement *statement,
       TlmRevoked         *revoked)
{
  gsize            cursor = 0;
  g_autofree char *number = tlm_statement_take_field (statement, &cursor, "list");
  char            *value;

  revoked->date = tlm_statement_take_field (statement, &cursor, "date");
  while ((value = tlm_statement_take_field (statement, &cursor, "issuing-key")) != NULL)
    g_hash_table_add (revoked->issuers, value);
  while ((value = tlm_statement_take_field (statement, &cursor, "license")) != NULL)
    g_hash_table_add (revoked->licenses, value);
  return number != NULL && revoked->date != NULL && tlm_is_date (revoked->date)
         && cursor == statement->len
         && g_ascii_string_to_unsigned (number, 10, 0, G_MAXINT64, &revoked->number, NULL);
}

/* By a root for tests only where there is no other: anybody can sign with it, and the greatest
 * number holds. */
static gboolean
is_signed (const TlmStatement *statement,
           GArray             *roots)
{
  const TlmRoot *root = tlm_statement_find_root (statement, TLM_DOMAIN_REVOCATIONS, roots);

  for (guint i = 0; root != NULL && root->is_test && i < roots->len; i++)
    if (!g_array_index (roots, TlmRoot, i).is_test)
      return FALSE;
  return root != NULL;
}

TlmRevoked *
tlm_revoked_read (const char *text,
                  gsize       len,
                  GArray     *roots,
                  GError    **error)
{
  g_autoptr (TlmRevoked) revoked = revoked_new ();
  g_autofree char       *headers = NULL;
  g_autoptr (GBytes)     body = NULL;
  TlmStatement           statement;

  body = tlm_armour_read (text, len, TLM_ARMOUR_REVOCATIONS, &headers, error);
  if (body == NULL || !tlm_signed_split (body, &statement, 1, error))
    return NULL;
  if (!is_signed (&statement, roots))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_LICENSE,
                           _("This list of withdrawn keys is signed by none of the vendor's keys "
                             "that this program knows. It was changed, or it is not the vendor's."));
      return NULL;
    }
  if (*headers != '\0' || !parse (&statement, revoked))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_LICENSE,
                           _("This list of withdrawn keys is not in its form. Ask the vendor for "
                             "another one."));
      return NULL;
    }
  revoked->text = g_strndup (text, len);
  return g_steal_pointer (&revoked);
}

TlmRevoked *
tlm_revoked_new_built_in (void)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (
    tlm_app_get_resource (), "/com/sprapp/TinyLM/licenses/revoked.txt",
    G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GError) error = NULL;
  gsize              len;
  const char        *text = g_bytes_get_data (bytes, &len);
  TlmRevoked        *revoked = tlm_revoked_read (text, len, tlm_roots_get_built_in (), &error);

  if (revoked == NULL)
    g_error ("%s", error->message); /* the build chose a file that is none */
  return revoked;
}

const char *
tlm_revoked_get_reason (const TlmRevoked *revoked,
                        TlmLicense       *license)
{
  const TlmLicenseTerms *terms = tlm_license_get_terms (license);

  if (g_hash_table_contains (revoked->licenses, terms->number))
    return _("The vendor has withdrawn this key. Ask the vendor for another one.");
  if (g_hash_table_contains (revoked->issuers, terms->kid))
    return _("The vendor has withdrawn all keys that were issued along with this one. Ask the "
             "vendor for another one.");
  return NULL;
}
