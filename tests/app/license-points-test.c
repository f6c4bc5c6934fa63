/* SPDX-License-Identifier: Apache-2.0 */
/* Points of small order sign nothing. Each signature here satisfies RFC 8032's equation, with its
 * cofactor or without, so what refuses it is the check for such points and not the arithmetic. The
 * eight are the curve's torsion subgroup as Chalkias, Garillot and Nikolaenko list it: "Taming the
 * Many EdDSAs", 2020, table 5. */
#include <glib.h>
#include <sodium.h>
#include <string.h>

#include "licenses/license-signed.h"

#define DOMAIN TLM_DOMAIN_LICENSE

static const char *const small_points[] = {
  "0100000000000000000000000000000000000000000000000000000000000000", /* order 1 */
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* 2 */
  "0000000000000000000000000000000000000000000000000000000000000080", /* 4 */
  "0000000000000000000000000000000000000000000000000000000000000000", /* 4 */
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", /* 8 */
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", /* 8 */
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", /* 8 */
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", /* 8 */
};

static void
read_point (guint8     *point,
            const char *hex)
{
  gsize n = 0;

  g_assert_cmpint (sodium_hex2bin (point, TLM_KEY_BYTES, hex, strlen (hex), NULL, &n, NULL), ==, 0);
  g_assert_cmpuint (n, ==, TLM_KEY_BYTES);
}

/* h = SHA-512 (R || A || domain || payload), as a scalar: [32] */
static void
hash_to_scalar (guint8       *h,
                const guint8 *r_point,
                const guint8 *key,
                const char   *payload)
{
  crypto_hash_sha512_state state;
  guint8                   hash[crypto_hash_sha512_BYTES];

  crypto_hash_sha512_init (&state);
  crypto_hash_sha512_update (&state, r_point, TLM_KEY_BYTES);
  crypto_hash_sha512_update (&state, key, TLM_KEY_BYTES);
  crypto_hash_sha512_update (&state, (const guint8 *) DOMAIN, sizeof DOMAIN);
  crypto_hash_sha512_update (&state, (const guint8 *) payload, strlen (payload));
  crypto_hash_sha512_final (&state, hash);
  crypto_core_ed25519_scalar_reduce (h, hash);
}

static gboolean
verifies (const guint8 *signature,
          const guint8 *key,
          const char   *payload)
{
  TlmStatement statement = { (const guint8 *) payload, strlen (payload), signature };

  return tlm_statement_verify (&statement, DOMAIN, key);
}

/* S = r + h a, for R = r B (or R of small order and r = 0) and A = a B. */
static void
sign (guint8       *signature,
      const guint8 *r_point,
      const guint8 *r,
      const guint8 *a,
      const guint8 *key,
      const char   *payload)
{
  guint8 h[32], product[32];

  hash_to_scalar (h, r_point, key, payload);
  crypto_core_ed25519_scalar_mul (product, h, a);
  memcpy (signature, r_point, 32);
  crypto_core_ed25519_scalar_add (signature + 32, product, r);
}

static void
as_r_they_sign_nothing (void)
{
  static const guint8 zero[32] = { 0 };
  guint8              a[32] = { 7 }, r[32] = { 9 }, key[32], r_point[32];
  guint8              signature[TLM_SIGNATURE_BYTES];

  g_assert_cmpint (crypto_scalarmult_ed25519_base_noclamp (key, a), ==, 0);
  g_assert_cmpint (crypto_scalarmult_ed25519_base_noclamp (r_point, r), ==, 0);
  sign (signature, r_point, r, a, key, "payload");
  g_assert_true (verifies (signature, key, "payload")); /* so the arithmetic of this test is right */

  for (gsize i = 0; i < G_N_ELEMENTS (small_points); i++)
    {
      read_point (r_point, small_points[i]);
      sign (signature, r_point, zero, a, key, "payload");
      g_assert_false (verifies (signature, key, "payload"));
    }
}

/* h A is the neutral element when eight divides h: then whoever knows no secret at all signs. */
static void
as_a_key_they_sign_nothing (void)
{
  static const guint8 zero[32] = { 0 };
  guint8              r[32] = { 9 }, r_point[32], key[32], h[32];
  guint8              signature[TLM_SIGNATURE_BYTES];

  g_assert_cmpint (crypto_scalarmult_ed25519_base_noclamp (r_point, r), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (small_points); i++)
    {
      g_autofree char *payload = NULL;
      guint            n = 0;

      read_point (key, small_points[i]);
      do
        {
          g_free (payload);
          payload = g_strdup_printf ("payload %u", n++);
          hash_to_scalar (h, r_point, key, payload);
        }
      while (h[0] % 8 != 0);
      sign (signature, r_point, r, zero, key, payload);
      g_assert_false (verifies (signature, key, payload));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/app/license-points/as-r-they-sign-nothing", as_r_they_sign_nothing);
  g_test_add_func ("/app/license-points/as-a-key-they-sign-nothing", as_a_key_they_sign_nothing);
  return g_test_run ();
}
