/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: taking a body apart, the signature of each, and the lines of one that is genuine. */
#include "license-signed.h"

#include "app-resources.h"
#include "core/errors.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#define MAX_VALUE 200

gboolean
tlm_signed_split (GBytes       *body,
                  TlmStatement *statements,
                  gsize         n,
                  GError      **error)
{
  gsize         len, at = 1, i;
  const guint8 *data = g_bytes_get_data (body, &len);

  if (len == 0 || data[0] != TLM_SIGNED_VERSION)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_LICENSE,
                           _("The key is of a kind that this version of the program does not know. "
                             "Update the program, or copy the key again."));
      return FALSE;
    }
  for (i = 0; i < n && len - at >= 2; i++)
    {
      gsize size = (gsize) data[at] << 8 | data[at + 1];

      at += 2;
      if (len - at < size + TLM_SIGNATURE_BYTES)
        break;
      statements[i] = (TlmStatement) { data + at, size, data + at + size };
      at += size + TLM_SIGNATURE_BYTES;
    }
  if (i == n && at == len)
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_LICENSE,
                       _("The key is damaged: its parts do not add up. Copy all of it again."));
  return FALSE;
}

gboolean
tlm_statement_verify (const TlmStatement *statement,
                      const char         *domain,
                      const guint8       *key)
{
  gsize              prefix = strlen (domain) + 1;
  g_autofree guint8 *message = g_malloc (prefix + statement->len);

  memcpy (message, domain, prefix);
  memcpy (message + prefix, statement->payload, statement->len);
  return crypto_sign_verify_detached (statement->signature, message, prefix + statement->len, key)
         == 0;
}

const TlmRoot *
tlm_statement_find_root (const TlmStatement *statement,
                         const char         *domain,
                         GArray             *roots)
{
  for (guint i = 0; i < roots->len; i++)
    {
      const TlmRoot *root = &g_array_index (roots, TlmRoot, i);

      if (tlm_statement_verify (statement, domain, root->key))
        return root;
    }
  return NULL;
}

static gboolean
parse_root (const char *line,
            TlmRoot    *root)
{
  const char *hex = strchr (line, ' ');
  gsize       n = 0;

  root->is_test = g_str_has_prefix (line, "test ");
  return (root->is_test || g_str_has_prefix (line, "vendor "))
         && strlen (hex + 1) == 2 * TLM_KEY_BYTES
         && sodium_hex2bin (root->key, TLM_KEY_BYTES, hex + 1, 2 * TLM_KEY_BYTES, NULL, &n, NULL)
              == 0
         && n == TLM_KEY_BYTES;
}

GArray *
tlm_roots_parse (const char *text,
                 GError    **error)
{
  g_autoptr (GArray) roots = g_array_new (FALSE, FALSE, sizeof (TlmRoot));
  g_auto (GStrv)     lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      TlmRoot root;

      if (*g_strstrip (lines[i]) == '\0' || *lines[i] == '#')
        continue;
      if (!parse_root (lines[i], &root))
        {
          g_set_error (error, TLM_ERROR, TLM_ERROR_LICENSE,
                       _("Line %u of the root keys is not “vendor” or “test” and 64 hexadecimal "
                         "digits."), i + 1);
          return NULL;
        }
      g_array_append_val (roots, root);
    }
  return g_steal_pointer (&roots);
}

GArray *
tlm_roots_get_built_in (void)
{
  static GArray *roots;

  if (g_once_init_enter (&roots))
    {
      g_autoptr (GBytes) text = g_resource_lookup_data (
        tlm_app_get_resource (), "/com/sprapp/TinyLM/licenses/roots.txt",
        G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      g_autoptr (GError) error = NULL;
      GArray            *parsed = tlm_roots_parse (g_bytes_get_data (text, NULL), &error);

      if (parsed == NULL)
        g_error ("%s", error->message); /* the build chose a file that is none */
      g_once_init_leave (&roots, parsed);
    }
  return roots;
}

char *
tlm_key_dup_id (const guint8 *key)
{
  guint8 hash[crypto_generichash_BYTES_MIN];
  char   hex[2 * sizeof hash + 1];

  crypto_generichash (hash, sizeof hash, key, TLM_KEY_BYTES, NULL, 0);
  sodium_bin2hex (hex, sizeof hex, hash, sizeof hash);
  return g_strndup (hex, TLM_KEY_ID_LENGTH);
}

/* No line may look like another one, or like two. */
static gboolean
is_plain (const char *value)
{
  for (const char *p = value; *p != '\0'; p = g_utf8_next_char (p))
    {
      GUnicodeType type = g_unichar_type (g_utf8_get_char (p));

      if (type == G_UNICODE_CONTROL || type == G_UNICODE_UNASSIGNED
          || type == G_UNICODE_FORMAT /* with the marks that turn the direction of text */
          || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
        return FALSE;
    }
  return *value != '\0' && *value != ' ' && value[strlen (value) - 1] != ' ';
}

char *
tlm_statement_take_field (const TlmStatement *statement,
                          gsize              *cursor,
                          const char         *name)
{
  const char      *line = (const char *) statement->payload + *cursor;
  gsize            left = statement->len - *cursor, skip = strlen (name) + 1;
  const char      *end = left > 0 ? memchr (line, '\n', left) : NULL;
  g_autofree char *value = NULL;
  gsize            len;

  if (end == NULL || (gsize) (end - line) < skip || memcmp (line, name, skip - 1) != 0
      || line[skip - 1] != '=')
    return NULL;
  len = (gsize) (end - line) - skip;
  if (len > MAX_VALUE || memchr (line, '\0', skip + len) != NULL
      || !g_utf8_validate_len (line + skip, len, NULL))
    return NULL;
  value = g_strndup (line + skip, len);
  if (!is_plain (value))
    return NULL;
  *cursor += skip + len + 1;
  return g_steal_pointer (&value);
}

gboolean
tlm_is_date (const char *text)
{
  guint year = 0, month = 0, day = 0;

  for (guint i = 0; i < 10; i++)
    if (i == 4 || i == 7 ? text[i] != '-' : !g_ascii_isdigit (text[i]))
      return FALSE;
  year = (guint) g_ascii_strtoull (text, NULL, 10);
  month = (guint) g_ascii_strtoull (text + 5, NULL, 10);
  day = (guint) g_ascii_strtoull (text + 8, NULL, 10);
  return text[10] == '\0' && g_date_valid_dmy ((GDateDay) day, (GDateMonth) month,
                                               (GDateYear) year);
}
