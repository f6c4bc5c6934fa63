/* SPDX-License-Identifier: Apache-2.0 */
/* The recovery code: 128 random bits and a checksum of 12, in Crockford's base 32
 * (https://www.crockford.com/base32.html), which has no I, L, O and U: 28 characters, seven groups
 * of four. One wrong character in 4096 goes unnoticed here, and none opens the vault. */
#include <sodium.h>

#include "vault.h"

#define N_SYMBOLS 28
#define N_BYTES   18 /* 140 bits, the last four of them zero */

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void
append_checksum (guint8 bytes[N_BYTES])
{
  guint8 hash[crypto_generichash_BYTES];

  crypto_generichash (hash, sizeof hash, bytes, TLM_RECOVERY_BYTES, NULL, 0);
  bytes[TLM_RECOVERY_BYTES] = hash[0];
  bytes[TLM_RECOVERY_BYTES + 1] = hash[1] & 0xf0;
}

char *
tlm_recovery_encode (const guint8 secret[TLM_RECOVERY_BYTES])
{
  guint8   bytes[N_BYTES];
  GString *code = g_string_new (NULL);

  memcpy (bytes, secret, TLM_RECOVERY_BYTES);
  append_checksum (bytes);
  for (int i = 0; i < N_SYMBOLS; i++)
    {
      int value = 0;

      for (int bit = 5 * i; bit < 5 * i + 5; bit++)
        value = value << 1 | (bytes[bit / 8] >> (7 - bit % 8) & 1);
      if (i > 0 && i % 4 == 0)
        g_string_append_c (code, '-');
      g_string_append_c (code, symbols[value]);
    }
  sodium_memzero (bytes, sizeof bytes);
  return g_string_free (code, FALSE);
}

/* Returns: 0 to 31; -1 for what separates groups, -2 for what is no part of a code */
static int
read_symbol (char c)
{
  const char *found;

  c = g_ascii_toupper (c);
  if (c == '-' || g_ascii_isspace (c))
    return -1;
  if (c == 'O')
    c = '0';
  else if (c == 'I' || c == 'L')
    c = '1';
  found = strchr (symbols, c);
  return found != NULL && c != '\0' ? (int) (found - symbols) : -2;
}

gboolean
tlm_recovery_decode (const char *code,
                     guint8      secret[TLM_RECOVERY_BYTES])
{
  guint8 bytes[N_BYTES] = { 0 }, check[N_BYTES];
  int    n = 0;

  for (; *code != '\0'; code++)
    {
      int value = read_symbol (*code);

      if (value == -1)
        continue;
      if (value < 0 || n == N_SYMBOLS)
        return FALSE;
      for (int bit = 5 * n; bit < 5 * n + 5; bit++)
        if (value >> (4 - bit % 5) & 1)
          bytes[bit / 8] |= (guint8) (0x80 >> bit % 8);
      n++;
    }
  memcpy (check, bytes, TLM_RECOVERY_BYTES);
  append_checksum (check);
  if (n != N_SYMBOLS || memcmp (bytes, check, N_BYTES) != 0)
    return FALSE;
  memcpy (secret, bytes, TLM_RECOVERY_BYTES);
  return TRUE;
}

void
tlm_secret_free (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}
