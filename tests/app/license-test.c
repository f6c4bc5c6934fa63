/* SPDX-License-Identifier: Apache-2.0 */
/* Keys: the published vectors, every way to spoil one, and what a good one allows.
 *
 * The secrets of the test keys are derived here, from words that anyone may know: so no secret lies
 * in the tree, everyone can make the vectors again, and what these keys sign shows as a test. With
 * TINYLM_WRITE_VECTORS=FOLDER the vectors and the test roots are written there instead. */
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "core/errors.h"
#include "licenses/license-armour.h"
#include "licenses/license-revoked.h"
#include "licenses/licenses.h"
#include "core/paths.h"
#include "support.h"
#include "vendor/license-sign.h"

#define NUMBER "00000000000000a1"

static TlmSigner root_1, root_2, issuer, stranger;
static GBytes   *certificate;

/* seed = BLAKE2b-256 (words) */
static void
derive (TlmSigner  *signer,
        const char *words)
{
  guint8 seed[TLM_SEED_BYTES];

  crypto_generichash (seed, sizeof seed, (const guint8 *) words, strlen (words), NULL, 0);
  tlm_signer_init (signer, seed);
}

static TlmLicenseTerms
make_terms (void)
{
  static char *models[] = { "eeny", "meeny", NULL };

  return (TlmLicenseTerms) {
    .number = NUMBER, .licensee = "Ada Example", .scope = "Example Notes", .models = models,
    .issued = "2026-11-25", .updates_until = "2027-11-25",
  };
}

static char *
make_key (void)
{
  return tlm_sign_license (&issuer, certificate, make_terms ());
}

static GArray *
make_roots (gboolean is_test)
{
  GArray *roots = g_array_new (FALSE, FALSE, sizeof (TlmRoot));
  TlmRoot root = { .is_test = is_test };

  memcpy (root.key, root_1.public_key, TLM_KEY_BYTES);
  g_array_append_val (roots, root);
  memcpy (root.key, root_2.public_key, TLM_KEY_BYTES);
  return g_array_append_val (roots, root);
}

static TlmLicense *
read_key (const char *text,
          GError    **error)
{
  g_autoptr (GArray) roots = make_roots (FALSE);

  return tlm_license_read (text, strlen (text), roots, error);
}

static void
assert_refused (const char *text,
                const char *because)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (TlmLicense) license = read_key (text, &error);

  g_assert_null (license);
  g_assert_error (error, TLM_ERROR, TLM_ERROR_LICENSE);
  if (strstr (error->message, because) == NULL)
    g_error ("refused with “%s”, not with “%s”", error->message, because);
}

/* A license whose payload is what @payload says, well signed. */
static char *
sign_payload (const char *payload,
              const char *domain)
{
  TlmLicenseTerms    terms = make_terms ();
  g_autofree char   *headers = tlm_license_terms_dup_headers (&terms);
  g_autoptr (GBytes) license = tlm_sign (&issuer, domain, payload);

  return tlm_armour_write (TLM_ARMOUR_LICENSE, headers, (GBytes *[]) { certificate, license }, 2);
}

static char *
make_payload (void)
{
  TlmLicenseTerms  terms = make_terms ();
  g_autofree char *kid = tlm_key_dup_id (issuer.public_key);

  terms.kid = kid;
  return tlm_license_terms_compose (&terms);
}

static char *
replace (const char *text,
         const char *old,
         const char *new)
{
  g_auto (GStrv) parts = g_strsplit (text, old, 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  return g_strjoinv (new, parts);
}

static void
reads_a_good_key (void)
{
  g_autofree char       *text = make_key (), *mail = g_strdup_printf ("Thanks!\r\n\n%s\nBye", text);
  g_autoptr (GError)     error = NULL;
  g_autoptr (TlmLicense) license = read_key (mail, &error);
  const TlmLicenseTerms *terms;

  g_assert_no_error (error);
  terms = tlm_license_get_terms (license);
  g_assert_cmpstr (terms->licensee, ==, "Ada Example");
  g_assert_cmpstr (terms->updates_until, ==, "2027-11-25");
  g_assert_cmpstr (tlm_license_get_text (license), ==, mail);
  g_assert_true (tlm_license_covers_product (license, "Example Notes"));
  g_assert_false (tlm_license_covers_product (license, "Example Note"));
  g_assert_true (tlm_license_covers_model (license, "meeny"));
  g_assert_false (tlm_license_covers_model (license, "m"));
  g_assert_true (tlm_license_covers_date (license, "2027-11-25"));
  g_assert_false (tlm_license_covers_date (license, "2027-11-26"));
  g_assert_false (tlm_license_get_is_test (license));
}

static void
life_has_no_end (void)
{
  TlmLicenseTerms        terms = make_terms ();
  g_autoptr (TlmLicense) license = NULL;
  g_autofree char       *text = NULL;

  terms.updates_until = NULL;
  text = tlm_sign_license (&issuer, certificate, terms);
  license = read_key (text, NULL);
  g_assert_true (tlm_license_covers_date (license, "9999-12-31"));
}

static void
a_domain_covers_its_hosts (void)
{
  TlmLicenseTerms        terms = make_terms ();
  g_autoptr (TlmLicense) license = NULL;
  g_autofree char       *text = NULL;

  terms.is_domain = TRUE;
  terms.scope = "example.com";
  text = tlm_sign_license (&issuer, certificate, terms);
  license = read_key (text, NULL);
  g_assert_true (tlm_license_covers_product (license, "example.com"));
  g_assert_true (tlm_license_covers_product (license, "App.Example.com"));
  g_assert_false (tlm_license_covers_product (license, "badexample.com"));
  g_assert_false (tlm_license_covers_product (license, "example.com.evil.org"));
}

static void
test_keys_show (void)
{
  g_autofree char       *text = make_key ();
  g_autoptr (GArray)     roots = make_roots (TRUE);
  g_autoptr (TlmLicense) license = tlm_license_read (text, strlen (text), roots, NULL);

  g_assert_true (tlm_license_get_is_test (license));
}

static void
either_root_vouches (void)
{
  g_autoptr (GBytes)     other = tlm_sign_certificate (&root_2, issuer.public_key, "2026-01-01",
                                                       "2027-12-31");
  g_autofree char       *text = tlm_sign_license (&issuer, other, make_terms ());
  g_autoptr (TlmLicense) license = read_key (text, NULL);

  g_assert_nonnull (license);
}

static char *
squeeze (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (!g_ascii_isspace (*text))
      g_string_append_c (out, *text);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Refused with a reason; or the very key, but for white space. */
static void
assert_no_other (GString    *mutant,
                 const char *key,
                 GArray     *roots)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (TlmLicense) license = tlm_license_read (mutant->str, mutant->len, roots, &error);

  g_assert_true ((license == NULL) == (error != NULL));
  if (license != NULL)
    {
      g_autofree char *one = squeeze (mutant->str), *other = squeeze (key);

      g_assert_cmpstr (one, ==, other);
    }
  g_string_free (mutant, TRUE);
}

/* Each byte with each of its bits flipped, left out, doubled, or with a letter or a break before. */
static void
every_mutant_is_refused (void)
{
  g_autofree char   *key = make_key ();
  g_autoptr (GArray) roots = make_roots (FALSE);

  for (gsize i = 0; key[i] != '\0'; i++)
    {
      for (guint bit = 0; bit < 8; bit++)
        {
          GString *mutant = g_string_new (key);

          mutant->str[i] ^= (char) (1u << bit);
          assert_no_other (mutant, key, roots);
        }
      assert_no_other (g_string_erase (g_string_new (key), (gssize) i, 1), key, roots);
      assert_no_other (g_string_insert_c (g_string_new (key), (gssize) i, key[i]), key, roots);
      assert_no_other (g_string_insert_c (g_string_new (key), (gssize) i, 'A'), key, roots);
      assert_no_other (g_string_insert_c (g_string_new (key), (gssize) i, '\n'), key, roots);
    }
}

static void
every_cut_is_refused (void)
{
  g_autofree char *key = make_key ();

  for (gsize len = 0; len < strlen (key) - 1; len++)
    {
      g_autofree char       *cut = g_strndup (key, len);
      g_autoptr (GError)     error = NULL;
      g_autoptr (TlmLicense) license = read_key (cut, &error);

      g_assert_null (license);
      g_assert_error (error, TLM_ERROR, TLM_ERROR_LICENSE);
    }
}

/* Bytes of the body, rather than of its base64: @at from the end when negative. */
static char *
flip_body (gssize at,
           guint8 with)
{
  g_autofree char   *key = make_key (), *headers = NULL;
  g_autoptr (GBytes) body = tlm_armour_read (key, strlen (key), TLM_ARMOUR_LICENSE, &headers, NULL);
  gsize              len;
  const guint8      *data = g_bytes_get_data (body, &len);
  g_autofree guint8 *copy = g_memdup2 (data, len);
  g_autofree char   *base64 = NULL;

  copy[at < 0 ? (gssize) len + at : at] ^= with;
  base64 = g_base64_encode (copy, len);
  return g_strdup_printf ("-----BEGIN TINYLM LICENSE-----\n%s\n%s\n-----END TINYLM LICENSE-----\n",
                          headers, base64);
}

static void
every_byte_of_the_body_counts (void)
{
  g_autofree char   *key = make_key (), *headers = NULL;
  g_autoptr (GBytes) body = tlm_armour_read (key, strlen (key), TLM_ARMOUR_LICENSE, &headers, NULL);

  for (gsize i = 0; i < g_bytes_get_size (body); i++)
    {
      g_autofree char *mutant = flip_body ((gssize) i, 1);

      assert_refused (mutant, i == 0 ? "does not know" : "");
    }
}

/* S + L, the other number that satisfies the equation of RFC 8032 5.1.7. */
static void
a_signature_has_one_form (void)
{
  static const guint8 order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                    0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
  g_autofree char   *payload = make_payload (), *text = NULL;
  g_autoptr (GBytes) license = tlm_sign (&issuer, TLM_DOMAIN_LICENSE, payload), bent = NULL;
  gsize              len;
  guint8            *copy = g_memdup2 (g_bytes_get_data (license, &len),
                                       g_bytes_get_size (license));
  TlmLicenseTerms    terms = make_terms ();
  g_autofree char   *headers = tlm_license_terms_dup_headers (&terms);
  guint              carry = 0;

  for (guint i = 0; i < 32; i++)
    {
      carry += copy[len - 32 + i] + order[i];
      copy[len - 32 + i] = (guint8) carry;
      carry >>= 8;
    }
  bent = g_bytes_new_take (copy, len);
  text = tlm_armour_write (TLM_ARMOUR_LICENSE, headers, (GBytes *[]) { certificate, bent }, 2);
  assert_refused (text, "signature does not fit");
}

static void
refuses_other_signers (void)
{
  g_autofree char   *payload = make_payload ();
  g_autofree char   *wrong_domain = sign_payload (payload, TLM_DOMAIN_CERTIFICATE);
  g_autoptr (GBytes) self_made = tlm_sign_certificate (&stranger, stranger.public_key, "2026-01-01",
                                                       "2027-12-31");
  g_autofree char   *foreign = tlm_sign_license (&stranger, self_made, make_terms ());
  g_autofree char   *borrowed = tlm_sign_license (&stranger, certificate, make_terms ());

  assert_refused (wrong_domain, "signature does not fit");
  assert_refused (foreign, "None of the vendor's keys");
  assert_refused (borrowed, "signature does not fit");
}

static void
refuses_what_does_not_agree (void)
{
  g_autofree char *payload = make_payload (), *kid = tlm_key_dup_id (stranger.public_key);
  g_autofree char *own = tlm_key_dup_id (issuer.public_key), *key = make_key ();
  g_autofree char *other_kid = replace (payload, own, kid);
  g_autofree char *wrong_kid = sign_payload (other_kid, TLM_DOMAIN_LICENSE);
  g_autofree char *renamed = replace (key, "Licensee: Ada", "Licensee: Bob");
  g_autofree char *added = replace (key, "Models:", "Seats: 9\nModels:");
  TlmLicenseTerms  late = make_terms (), early = make_terms ();
  g_autofree char *late_key = NULL, *early_key = NULL;

  late.issued = "2028-01-01";
  early.issued = "2025-12-31";
  late_key = tlm_sign_license (&issuer, certificate, late);
  early_key = tlm_sign_license (&issuer, certificate, early);
  assert_refused (wrong_kid, "names another issuing key");
  assert_refused (renamed, "readable lines");
  assert_refused (added, "readable lines");
  assert_refused (late_key, "was good from 2026-01-01 to 2027-12-31");
  assert_refused (early_key, "was good from 2026-01-01 to 2027-12-31");
}

static void
refuses_other_forms (void)
{
  static const struct { const char *old, *new; } changes[] = {
    { "license=" NUMBER, "license=1" },
    { "licensee=Ada Example", "licensee=" },
    { "licensee=Ada Example", "licensee= Ada Example" },
    { "licensee=Ada Example", "licensee=Ada\xe2\x80\xae" "Example" }, /* turns the text around */
    { "licensee=Ada Example", "licensee=Ada\xff" },
    { "product=Example Notes", "domain=Example Notes" },
    { "product=Example Notes", "seat=Example Notes" },
    { "models=eeny,meeny", "models=eeny,,meeny" },
    { "models=eeny,meeny", "models=Eeny" },
    { "issued=2026-11-25", "issued=2026-02-30" },
    { "updates-until=2027-11-25", "updates-until=forever" },
    { "updates-until=2027-11-25\n", "" },
    { "terms=standard\n", "terms=standard" },
    { "terms=standard\n", "terms=standard\nmore=1\n" },
  };
  g_autofree char *payload = make_payload ();

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *changed = replace (payload, changes[i].old, changes[i].new);
      g_autofree char *text = sign_payload (changed, TLM_DOMAIN_LICENSE);

      assert_refused (text, "not in its form");
    }
}

static void
refuses_other_armour (void)
{
  g_autofree char *key = make_key (), *twice = g_strconcat (key, key, NULL);
  g_autofree char *open = replace (key, "-----END TINYLM LICENSE-----", "");
  g_autofree char *unpadded = g_strdup (key), *spaced = NULL;
  char            *last = strstr (unpadded, "\n-----END");

  spaced = replace (key, "\n-----END", " A\n-----END");
  assert_refused ("Hello", "no key in this text");
  assert_refused (twice, "more than one key");
  assert_refused (open, "cut off");
  assert_refused (spaced, "damaged");
  memmove (last - 1, last, strlen (last) + 1); /* one character, padding or not */
  assert_refused (unpadded, "damaged");
}

static void
a_file_of_a_key_is_known (void)
{
  g_autofree char       *key = make_key (), *marked = g_strconcat ("\xef\xbb\xbf\r\n", key, NULL);
  g_autofree char       *mail = g_strconcat ("Dear Ada,\n", key, NULL);
  g_autoptr (GError)     error = NULL;
  g_autoptr (TlmLicense) license = read_key (marked, &error);

  g_assert_no_error (error);
  g_assert_true (tlm_armour_begins (key, strlen (key)));
  g_assert_true (tlm_armour_begins (marked, 40));
  g_assert_false (tlm_armour_begins (key, 10));
  g_assert_false (tlm_armour_begins (mail, strlen (mail))); /* it may be a note */
  g_assert_false (tlm_armour_begins ("", 0));
}

static void
withdrawn_keys_are_found (void)
{
  const char            *numbers[] = { NUMBER, NULL };
  g_autofree char       *kid = tlm_key_dup_id (issuer.public_key), *key = make_key ();
  const char            *kids[] = { kid, NULL };
  g_autofree char       *by_number = tlm_sign_revoked (&root_1, 2, "2026-12-01", NULL, numbers);
  g_autofree char       *by_kid = tlm_sign_revoked (&root_2, 3, "2026-12-02", kids, NULL);
  g_autofree char       *forged = tlm_sign_revoked (&issuer, 9, "2026-12-02", NULL, numbers);
  g_autoptr (GArray)     roots = make_roots (FALSE);
  g_autoptr (TlmLicense) license = read_key (key, NULL);
  g_autoptr (TlmRevoked) one = tlm_revoked_read (by_number, strlen (by_number), roots, NULL);
  g_autoptr (TlmRevoked) two = tlm_revoked_read (by_kid, strlen (by_kid), roots, NULL);
  g_autoptr (GError)     error = NULL;

  g_assert_nonnull (strstr (tlm_revoked_get_reason (one, license), "withdrawn this key"));
  g_assert_nonnull (strstr (tlm_revoked_get_reason (two, license), "along with"));
  g_assert_null (tlm_revoked_read (forged, strlen (forged), roots, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_LICENSE);
}

/* Writes or compares. */
static void
check_file (const char *name,
            const char *text)
{
  const char        *folder = g_getenv ("TINYLM_WRITE_VECTORS");
  g_autofree char   *path = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;
  g_autofree char   *relative = g_strconcat ("licenses/", name, NULL), *found = NULL;
  g_autoptr (GError) error = NULL;

  if (folder != NULL)
    {
      g_assert_true (g_file_set_contents (path, text, -1, &error));
      return;
    }
  path = tlm_paths_dup_data (relative);
  g_file_get_contents (path, &found, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, text);
}

static void
check_key (const char     *name,
           TlmLicenseTerms terms)
{
  g_autofree char *text = tlm_sign_license (&issuer, certificate, terms);

  check_file (name, text);
}

static void
vectors_are_those_published (void)
{
  TlmLicenseTerms  year = make_terms (), life = make_terms (), domain = make_terms ();
  TlmLicenseTerms  custom = make_terms (), withdrawn = make_terms (), outdated = make_terms ();
  const char      *numbers[] = { "00000000000000a5", NULL };
  g_autofree char *revoked = tlm_sign_revoked (&root_1, 2, "2026-12-01", NULL, numbers);
  g_autofree char *none = tlm_sign_revoked (&root_1, 1, "2026-11-25", NULL, NULL);
  static char     *eeny[] = { "eeny", NULL }, *all[] = { "*", NULL };
  char             one[2 * TLM_KEY_BYTES + 1], two[2 * TLM_KEY_BYTES + 1];
  g_autofree char *roots = NULL;

  life.number = "00000000000000a2", life.updates_until = NULL, life.models = eeny;
  domain.number = "00000000000000a3", domain.is_domain = TRUE, domain.scope = "example.com";
  custom.number = "00000000000000a4", custom.terms = "up to 500 seats", custom.models = all;
  withdrawn.number = "00000000000000a5";
  outdated.number = "00000000000000a6", outdated.updates_until = "2026-11-24";
  check_key ("vectors/year.txt", year);
  check_key ("vectors/life.txt", life);
  check_key ("vectors/domain.txt", domain);
  check_key ("vectors/custom.txt", custom);
  check_key ("vectors/withdrawn.txt", withdrawn);
  check_key ("vectors/outdated.txt", outdated);
  check_file ("vectors/revoked.txt", revoked);
  check_file ("test/revoked.txt", none);
  sodium_bin2hex (one, sizeof one, root_1.public_key, TLM_KEY_BYTES);
  sodium_bin2hex (two, sizeof two, root_2.public_key, TLM_KEY_BYTES);
  roots = g_strdup_printf ("# Test keys: everyone can know their secrets, and what they sign allows "
                           "nothing.\ntest %s\ntest %s\n", one, two);
  check_file ("test/roots.txt", roots);
}

static void
the_build_has_its_keys (void)
{
  g_autoptr (TlmRevoked) revoked = tlm_revoked_new_built_in ();

  g_assert_cmpuint (tlm_roots_get_built_in ()->len, >=, 2);
  g_assert_cmpuint (revoked->number, >=, 1);
}

static TlmLicenseVerdict
judge (const TlmLicenseTerms *terms,
       const char            *product,
       const char            *model,
       GListStore            *list)
{
  g_autofree char       *text = tlm_sign_license (&issuer, certificate, *terms);
  g_autoptr (TlmLicense) license = read_key (text, NULL);

  g_list_store_append (list, license);
  return tlm_licenses_judge_list (G_LIST_MODEL (list), product, model);
}

/* The date of the model's release decides; no clock is asked. */
static void
judges_by_release (void)
{
  g_autoptr (GListStore)  list = g_list_store_new (TLM_TYPE_LICENSE);
  const TlmLicensedModel *eeny = tlm_licensed_models_find ("eeny");
  TlmLicenseTerms         old = make_terms (), exact = make_terms ();
  TlmLicenseVerdict       verdict;
  g_autofree char        *sentence = NULL, *state = NULL;

  old.updates_until = "2026-01-01";
  exact.updates_until = (char *) eeny->released;
  verdict = judge (&old, "Example Notes", "eeny", list);
  g_assert_cmpint (verdict.state, ==, TLM_LICENSE_STATE_OUTDATED);
  sentence = tlm_license_verdict_dup_sentence (&verdict);
  g_assert_nonnull (strstr (sentence, "2026-01-01"));
  verdict = judge (&exact, "Example Notes", "eeny", list);
  g_assert_cmpint (verdict.state, ==, TLM_LICENSE_STATE_LICENSED);
  state = tlm_license_verdict_dup_state (&verdict);
  g_assert_cmpstr (state, ==, "Licensed for “Example Notes”; free for personal use and evaluation");
  g_assert_cmpint (tlm_licenses_judge_list (G_LIST_MODEL (list), "Other", "eeny").state, ==,
                   TLM_LICENSE_STATE_FREE);
}

int
main (int    argc,
      char **argv)
{
  static const struct { const char *name; GTestFunc run; } tests[] = {
    { "reads-a-good-key", reads_a_good_key },
    { "life-has-no-end", life_has_no_end },
    { "a-domain-covers-its-hosts", a_domain_covers_its_hosts },
    { "test-keys-show", test_keys_show },
    { "either-root-vouches", either_root_vouches },
    { "every-mutant-is-refused", every_mutant_is_refused },
    { "every-cut-is-refused", every_cut_is_refused },
    { "every-byte-of-the-body-counts", every_byte_of_the_body_counts },
    { "a-signature-has-one-form", a_signature_has_one_form },
    { "refuses-other-signers", refuses_other_signers },
    { "refuses-what-does-not-agree", refuses_what_does_not_agree },
    { "refuses-other-forms", refuses_other_forms },
    { "refuses-other-armour", refuses_other_armour },
    { "a-file-of-a-key-is-known", a_file_of_a_key_is_known },
    { "withdrawn-keys-are-found", withdrawn_keys_are_found },
    { "vectors-are-those-published", vectors_are_those_published },
    { "the-build-has-its-keys", the_build_has_its_keys },
    { "judges-by-release", judges_by_release },
  };

  g_test_init (&argc, &argv, NULL);
  derive (&root_1, "TinyLM test root 1");
  derive (&root_2, "TinyLM test root 2");
  derive (&issuer, "TinyLM test issuing key");
  derive (&stranger, "TinyLM test stranger");
  certificate = tlm_sign_certificate (&root_1, issuer.public_key, "2026-01-01", "2027-12-31");
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/app/license/", tests[i].name, NULL);

      g_test_add_func (path, tests[i].run);
    }
  return g_test_run ();
}
