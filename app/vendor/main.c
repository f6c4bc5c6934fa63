/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-license: how the vendor makes root keys, issuing keys, license keys and lists of withdrawn
 * keys. Secrets are files of their own, 0600, and never inside a source tree. Built with
 * -Dvendor=true; no product contains it. Messages are for the vendor and not translated. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/errors.h"
#include "licenses/license-revoked.h"
#include "vendor/license-sign.h"

#define GROUP "tinylm"

typedef struct
{
  char     *key, *from, *until, *licensee, *product, *domain, *models, *issued, *updates, *terms,
           *number;
  gboolean  year, life;
  GStrv     licenses, issuers;
} Options;

static gboolean
fail (GError    **error,
      const char *sentence)
{
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_LICENSE, sentence);
  return FALSE;
}

static char *
dup_hex (const guint8 *bytes,
         gsize         n)
{
  char *hex = g_malloc (2 * n + 1);

  return sodium_bin2hex (hex, 2 * n + 1, bytes, n);
}

/* A secret that lies in a source tree is published sooner or later. */
static gboolean
is_in_a_tree (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  char            *folder = realpath (parent, NULL);
  gboolean         found = FALSE;

  while (folder != NULL && !found)
    {
      g_autofree char *git = g_build_filename (folder, ".git", NULL);
      char            *slash = strrchr (folder, '/');

      found = g_file_test (git, G_FILE_TEST_EXISTS);
      if (slash == folder)
        break;
      *slash = '\0';
    }
  free (folder);
  return found;
}

/* Never over a file that is there. */
static gboolean
save_key (GKeyFile   *file,
          const char *path,
          GError    **error)
{
  gsize            len;
  g_autofree char *data = g_key_file_to_data (file, &len, NULL);
  int              fd;
  gboolean         good;

  if (is_in_a_tree (path))
    return fail (error, "A secret key must not lie inside a source tree. Choose another folder.");
  fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  good = fd >= 0 && write (fd, data, len) == (gssize) len && fsync (fd) == 0;
  if (fd >= 0)
    close (fd);
  sodium_memzero (data, len);
  return good || fail (error, "The key file could not be written; one that exists is never "
                              "overwritten.");
}

/* A fresh secret, in @file and as @signer. */
static void
make_key (GKeyFile  *file,
          TlmSigner *signer)
{
  guint8           seed[TLM_SEED_BYTES];
  g_autofree char *hex = NULL;

  randombytes_buf (seed, sizeof seed);
  hex = dup_hex (seed, sizeof seed);
  g_key_file_set_string (file, GROUP, "secret", hex);
  tlm_signer_init (signer, seed);
  sodium_memzero (seed, sizeof seed);
  sodium_memzero (hex, strlen (hex));
}

static GKeyFile *
load_key (const char *path,
          TlmSigner  *signer,
          GError    **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char     *hex = NULL;
  guint8               seed[TLM_SEED_BYTES];
  gsize                n = 0;

  if (path == NULL)
    fail (error, "Which key signs? Give --key FILE.");
  else if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error)
           && (hex = g_key_file_get_string (file, GROUP, "secret", error)) != NULL)
    {
      if (sodium_hex2bin (seed, sizeof seed, hex, strlen (hex), NULL, &n, NULL) == 0
          && n == sizeof seed)
        {
          tlm_signer_init (signer, seed);
          sodium_memzero (seed, sizeof seed);
          return g_steal_pointer (&file);
        }
      fail (error, "The key file holds no secret key.");
    }
  return NULL;
}

static gboolean
make_root (const char *path,
           GError    **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  TlmSigner            root;
  g_autofree char     *hex = NULL;

  make_key (file, &root);
  if (!save_key (file, path, error))
    return FALSE;
  hex = dup_hex (root.public_key, TLM_KEY_BYTES);
  printf ("vendor %s\n", hex);
  return TRUE;
}

static gboolean
make_issuer (const char    *path,
             const Options *options,
             GError       **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new (), root_file = NULL;
  g_autoptr (GBytes)   certificate = NULL;
  g_autofree char     *base64 = NULL, *hex = NULL, *kid = NULL;
  TlmSigner            root, issuer;

  root_file = load_key (options->key, &root, error);
  if (root_file == NULL)
    return FALSE;
  if (options->from == NULL || options->until == NULL || !tlm_is_date (options->from)
      || !tlm_is_date (options->until))
    return fail (error, "Give --from and --until as 2026-11-25.");
  make_key (file, &issuer);
  certificate = tlm_sign_certificate (&root, issuer.public_key, options->from, options->until);
  base64 = g_base64_encode (g_bytes_get_data (certificate, NULL), g_bytes_get_size (certificate));
  hex = dup_hex (root.public_key, TLM_KEY_BYTES);
  g_key_file_set_string (file, GROUP, "certificate", base64);
  g_key_file_set_string (file, GROUP, "root", hex);
  if (!save_key (file, path, error))
    return FALSE;
  kid = tlm_key_dup_id (issuer.public_key);
  printf ("issuing-key %s\n", kid);
  return TRUE;
}

/* From the options; the number is drawn by lot. */
static gboolean
make_terms (const Options   *options,
            TlmLicenseTerms *terms,
            GError         **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc (), next = g_date_time_add_years (now, 1);
  guint8                number[TLM_KEY_ID_LENGTH / 2];

  if (options->licensee == NULL || options->models == NULL
      || (options->product == NULL) == (options->domain == NULL))
    return fail (error, "Give --licensee, --models, and either --product or --domain.");
  if (options->year + options->life + (options->updates != NULL) != 1)
    return fail (error, "Give one of --year, --life and --updates-until DATE.");
  randombytes_buf (number, sizeof number);
  terms->number = dup_hex (number, sizeof number);
  terms->licensee = options->licensee;
  terms->is_domain = options->domain != NULL;
  terms->scope = terms->is_domain ? options->domain : options->product;
  terms->models = g_strsplit (options->models, ",", -1);
  terms->issued = options->issued != NULL ? options->issued : g_date_time_format (now, "%F");
  terms->updates_until = options->year ? g_date_time_format (next, "%F") : options->updates;
  terms->terms = options->terms;
  return TRUE;
}

/* What the product would refuse is not given out. */
static gboolean
issue (const Options *options,
       GError       **error)
{
  g_autoptr (GKeyFile)   file = NULL;
  g_autoptr (GArray)     roots = NULL;
  g_autoptr (GBytes)     certificate = NULL;
  g_autoptr (TlmLicense) check = NULL;
  g_autofree char       *base64 = NULL, *root = NULL, *line = NULL, *text = NULL;
  TlmLicenseTerms        terms = { 0 };
  TlmSigner              issuer;
  guchar                *bytes;
  gsize                  len;

  file = load_key (options->key, &issuer, error);
  if (file == NULL || !make_terms (options, &terms, error))
    return FALSE;
  base64 = g_key_file_get_string (file, GROUP, "certificate", error);
  root = base64 != NULL ? g_key_file_get_string (file, GROUP, "root", error) : NULL;
  if (root == NULL)
    return FALSE;
  line = g_strconcat ("vendor ", root, NULL);
  roots = tlm_roots_parse (line, error);
  if (roots == NULL)
    return FALSE;
  bytes = g_base64_decode (base64, &len);
  certificate = g_bytes_new_take (bytes, len);
  text = tlm_sign_license (&issuer, certificate, terms);
  check = tlm_license_read (text, strlen (text), roots, error);
  if (check == NULL)
    return FALSE;
  fputs (text, stdout);
  return TRUE;
}

/* @ids: (nullable): as keys have them */
static gboolean
are_ids (char *const *ids)
{
  for (; ids != NULL && *ids != NULL; ids++)
    if (strlen (*ids) != TLM_KEY_ID_LENGTH
        || strspn (*ids, "0123456789abcdef") != TLM_KEY_ID_LENGTH)
      return FALSE;
  return TRUE;
}

/* As issue() does. */
static gboolean
withdraw (const Options *options,
          GError       **error)
{
  g_autoptr (GKeyFile)   file = NULL;
  g_autoptr (GDateTime)  now = g_date_time_new_now_utc ();
  g_autoptr (GArray)     roots = g_array_new (FALSE, FALSE, sizeof (TlmRoot));
  g_autoptr (TlmRevoked) check = NULL;
  g_autofree char       *today = g_date_time_format (now, "%F"), *text = NULL;
  TlmRoot                trusted = { .is_test = FALSE };
  TlmSigner              root;
  guint64                number;

  file = load_key (options->key, &root, error);
  if (file == NULL)
    return FALSE;
  if (options->number == NULL
      || !g_ascii_string_to_unsigned (options->number, 10, 1, G_MAXINT64, &number, NULL))
    return fail (error, "Give --number N, greater than that of the last list.");
  if (!are_ids (options->licenses) || !are_ids (options->issuers))
    return fail (error, "A --license and an --issuing-key are 16 digits and small letters up to f.");
  text = tlm_sign_revoked (&root, number, options->issued != NULL ? options->issued : today,
                           (const char *const *) options->issuers,
                           (const char *const *) options->licenses);
  memcpy (trusted.key, root.public_key, TLM_KEY_BYTES);
  g_array_append_val (roots, trusted);
  check = tlm_revoked_read (text, strlen (text), roots, error);
  if (check == NULL)
    return FALSE;
  fputs (text, stdout);
  return TRUE;
}

static gboolean
run (int            argc,
     char         **argv,
     const Options *options,
     GError       **error)
{
  if (argc == 3 && g_str_equal (argv[1], "root"))
    return make_root (argv[2], error);
  if (argc == 3 && g_str_equal (argv[1], "issuer"))
    return make_issuer (argv[2], options, error);
  if (argc == 2 && g_str_equal (argv[1], "issue"))
    return issue (options, error);
  if (argc == 2 && g_str_equal (argv[1], "revoke"))
    return withdraw (options, error);
  return fail (error, "Usage: root FILE | issuer FILE | issue | revoke. --help tells more.");
}

static void
options_clear (Options *self)
{
  char *strings[] = { self->key, self->from, self->until, self->licensee, self->product, self->domain,
                      self->models, self->issued, self->updates, self->terms, self->number };

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (strings[i]);
  g_strfreev (self->licenses);
  g_strfreev (self->issuers);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

int
main (int    argc,
      char **argv)
{
  g_auto (Options)   o = { 0 };
  const GOptionEntry entries[] = {
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &o.key, "Who signs: a root for issuer and revoke", "FILE" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &o.from, "issuer: it may issue from then on", "DATE" },
    { "until", 0, 0, G_OPTION_ARG_STRING, &o.until, "issuer: until then", "DATE" },
    { "licensee", 0, 0, G_OPTION_ARG_STRING, &o.licensee, "issue: to whom", "NAME" },
    { "product", 0, 0, G_OPTION_ARG_STRING, &o.product, "issue: for which product", "NAME" },
    { "domain", 0, 0, G_OPTION_ARG_STRING, &o.domain, "issue: or for which domain", "HOST" },
    { "models", 0, 0, G_OPTION_ARG_STRING, &o.models, "issue: eeny, meeny or both, or “*”", "A,B" },
    { "year", 0, 0, G_OPTION_ARG_NONE, &o.year, "issue: updates for a year from today", NULL },
    { "life", 0, 0, G_OPTION_ARG_NONE, &o.life, "issue: updates for life", NULL },
    { "updates-until", 0, 0, G_OPTION_ARG_STRING, &o.updates, "issue: updates until", "DATE" },
    { "terms", 0, 0, G_OPTION_ARG_STRING, &o.terms, "issue: custom terms, in words", "WORDS" },
    { "date", 0, 0, G_OPTION_ARG_STRING, &o.issued, "issue, revoke: dated (today)", "DATE" },
    { "number", 0, 0, G_OPTION_ARG_STRING, &o.number, "revoke: of the list", "N" },
    { "license", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.licenses, "revoke: a key", "NUMBER" },
    { "issuing-key", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.issuers, "revoke: an issuing key", "KID" },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("root FILE | issuer FILE | issue | revoke");
  g_autoptr (GError)         error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (sodium_init () >= 0 && g_option_context_parse (context, &argc, &argv, &error)
      && run (argc, argv, &o, &error))
    return fflush (stdout) == 0 ? 0 : 1;
  fprintf (stderr, "tinylm-license: %s\n", error != NULL ? error->message : "no randomness");
  return 1;
}
