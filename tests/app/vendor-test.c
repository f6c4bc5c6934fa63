/* SPDX-License-Identifier: Apache-2.0 */
/* The vendor's program from the first root key to a withdrawn license, as the product reads what it
 * made; and where it refuses. Its keys are fresh each time and go with the test's folder. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/errors.h"
#include "licenses/license-revoked.h"
#include "support.h"

typedef struct
{
  char *folder, *root, *issuer;
  char *roots; /* the line for roots.txt */
} Fixture;

/* @line: its arguments. Standard output, when it ends well; else NULL. */
static char *
run_vendor (Fixture    *f,
            const char *program,
            const char *line)
{
  g_auto (GStrv)                  arguments = NULL;
  g_autoptr (GStrvBuilder)        builder = g_strv_builder_new ();
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess)         process = NULL;
  g_autoptr (GError)              error = NULL;
  g_auto (GStrv)                  command = NULL;
  char                           *out = NULL;

  g_assert_true (g_shell_parse_argv (line, NULL, &arguments, NULL));
  g_strv_builder_add (builder, g_getenv (program));
  g_strv_builder_addv (builder, (const char **) arguments);
  command = g_strv_builder_end (builder);
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_set_cwd (launcher, f->folder);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) command, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process)); /* it did not crash */
  if (g_subprocess_get_exit_status (process) != 0)
    g_clear_pointer (&out, g_free);
  return out;
}

static char *
run (Fixture    *f,
     const char *line)
{
  return run_vendor (f, "TINYLM_LICENSE", line);
}

static gboolean
refuses (Fixture    *f,
         const char *line)
{
  g_autofree char *out = run (f, line);

  return out == NULL;
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autofree char *kid = NULL;

  f->folder = tlm_test_make_folder ();
  f->root = g_build_filename (f->folder, "root", NULL);
  f->issuer = g_build_filename (f->folder, "issuer", NULL);
  f->roots = run (f, "root root");
  g_assert_nonnull (f->roots);
  kid = run (f, "issuer --key root --from 2026-01-01 --until 2027-01-01 issuer");
  g_assert_true (g_str_has_prefix (kid, "issuing-key "));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_test_remove_folder (f->folder);
  g_free (f->root);
  g_free (f->issuer);
  g_free (f->roots);
}

static TlmLicense *
read_back (Fixture    *f,
           const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) roots = tlm_roots_parse (f->roots, &error);
  TlmLicense        *license;

  g_assert_no_error (error);
  license = tlm_license_read (text, strlen (text), roots, &error);
  g_assert_no_error (error);
  return license;
}

#define ISSUE                                                                                       \
  "issue --key issuer --licensee 'Ada Example' --product 'Example Notes' --models eeny,meeny"       \
  " --date 2026-06-01"

static void
test_issues (Fixture      *f,
             gconstpointer data)
{
  g_autofree char       *text = run (f, ISSUE " --updates-until 2027-06-01 --terms 'In one shop'");
  g_autoptr (TlmLicense) license = read_back (f, text);
  const TlmLicenseTerms *terms = tlm_license_get_terms (license);

  g_assert_false (tlm_license_get_is_test (license));
  g_assert_cmpstr (terms->licensee, ==, "Ada Example");
  g_assert_cmpstr (terms->issued, ==, "2026-06-01");
  g_assert_cmpstr (terms->updates_until, ==, "2027-06-01");
  g_assert_cmpstr (terms->terms, ==, "In one shop");
  g_assert_true (tlm_license_covers_product (license, "Example Notes"));
  g_assert_false (tlm_license_covers_product (license, "Other"));
  g_assert_true (tlm_license_covers_model (license, "meeny"));
}

/* `tinylm-cli license issue` is the same program. */
static void
test_issues_through_the_cli (Fixture      *f,
                             gconstpointer data)
{
  g_autofree char       *text = run_vendor (f, "TINYLM_CLI", "license " ISSUE " --life");
  g_autoptr (TlmLicense) license = read_back (f, text);

  g_assert_null (tlm_license_get_terms (license)->updates_until);
}

static void
test_withdraws (Fixture      *f,
                gconstpointer data)
{
  g_autofree char       *text = run (f, ISSUE " --life"), *other_text = run (f, ISSUE " --life");
  g_autoptr (TlmLicense) license = read_back (f, text), other = read_back (f, other_text);
  g_autofree char       *line = NULL, *list = NULL;
  g_autoptr (GArray)     roots = tlm_roots_parse (f->roots, NULL);
  g_autoptr (TlmRevoked) revoked = NULL;
  g_autoptr (GError)     error = NULL;

  line = g_strdup_printf ("revoke --key root --number 7 --date 2026-07-01 --license %s",
                          tlm_license_get_terms (license)->number);
  list = run (f, line);
  revoked = tlm_revoked_read (list, strlen (list), roots, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (revoked->number, ==, 7);
  g_assert_cmpstr (revoked->date, ==, "2026-07-01");
  g_assert_nonnull (tlm_revoked_get_reason (revoked, license));
  g_assert_null (tlm_revoked_get_reason (revoked, other));
}

/* Of tests, where there is another: anybody's list with a greater number would take the place of the
 * vendor's. */
static void
test_withdraws_nothing_by_a_root_for_tests (Fixture      *f,
                                            gconstpointer data)
{
  g_autofree char       *list = run (f, "revoke --key root --number 7"), *other = run (f, "root other");
  g_autofree char       *alone = g_strconcat ("test ", f->roots + strlen ("vendor "), NULL);
  g_autofree char       *beside = g_strconcat (alone, "\n", other, NULL);
  g_autoptr (GArray)     tests = tlm_roots_parse (alone, NULL), mixed = tlm_roots_parse (beside, NULL);
  g_autoptr (TlmRevoked) revoked = tlm_revoked_read (list, strlen (list), tests, NULL);
  g_autoptr (GError)     error = NULL;

  g_assert_nonnull (revoked);
  g_assert_null (tlm_revoked_read (list, strlen (list), mixed, &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_LICENSE);
}

static void
test_refuses (Fixture      *f,
              gconstpointer data)
{
  g_assert_true (refuses (f, ISSUE));
  g_assert_true (refuses (f, ISSUE " --life --year"));
  g_assert_true (refuses (f, ISSUE " --life --domain example.com"));
  g_assert_true (refuses (f, ISSUE " --life --date 2025-12-31")); /* not yet an issuing key */
  g_assert_true (refuses (f, "issue --licensee A --product B --models eeny --life"));
  g_assert_true (refuses (f, "issue --key root --licensee A --product B --models eeny --life"));
  g_assert_true (refuses (f, "issuer --key root --from 2026-02-30 --until 2027-01-01 other"));
  g_assert_true (refuses (f, "revoke --key root --number 0"));
  g_assert_true (refuses (f, "revoke --key root --number 7 --date 2026-13-40"));
  g_assert_true (refuses (f, "revoke --key root --number 7 --license 0123456789ABCDEF"));
  g_assert_true (refuses (f, "revoke --key root --number 7 --issuing-key 0123"));
  g_assert_true (refuses (f, "frobnicate"));
}

/* For nobody else's eyes, and never over one that is there. */
static void
test_keeps_secrets (Fixture      *f,
                    gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;
  const char      *paths[] = { f->root, f->issuer };
  GStatBuf         info;

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_assert_cmpint (g_stat (paths[i], &info), ==, 0);
      g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
    }
  g_assert_true (g_file_get_contents (f->root, &before, NULL, NULL));
  g_assert_true (refuses (f, "root root"));
  g_assert_true (g_file_get_contents (f->root, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);
}

/* Not below it either, and not by another name of it. */
static void
test_no_secret_in_a_tree (Fixture      *f,
                          gconstpointer data)
{
  g_autofree char *git = g_build_filename (f->folder, "tree", ".git", NULL);
  g_autofree char *below = g_build_filename (f->folder, "tree", "below", NULL);
  g_autofree char *alias = g_build_filename (f->folder, "alias", NULL);
  g_autofree char *key = g_build_filename (below, "key", NULL);

  g_assert_cmpint (g_mkdir_with_parents (git, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (below, 0700), ==, 0);
  g_assert_cmpint (symlink ("tree/below", alias), ==, 0);
  g_assert_true (refuses (f, "root tree/key"));
  g_assert_true (refuses (f, "root tree/below/key"));
  g_assert_true (refuses (f, "root alias/key"));
  g_assert_true (refuses (f, "issuer --key root --from 2026-01-01 --until 2027-01-01 alias/key"));
  g_assert_false (g_file_test (key, G_FILE_TEST_EXISTS));
}

#define ADD(name, test)                                                                             \
  g_test_add ("/app/vendor/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("issues", test_issues);
  ADD ("issues-through-the-cli", test_issues_through_the_cli);
  ADD ("withdraws", test_withdraws);
  ADD ("withdraws-nothing-by-a-root-for-tests", test_withdraws_nothing_by_a_root_for_tests);
  ADD ("refuses", test_refuses);
  ADD ("keeps-secrets", test_keeps_secrets);
  ADD ("no-secret-in-a-tree", test_no_secret_in_a_tree);
  return g_test_run ();
}
