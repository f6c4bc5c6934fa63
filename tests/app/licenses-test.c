/* SPDX-License-Identifier: Apache-2.0 */
/* The list of keys in the store: added, kept over a restart, withdrawn, removed and taken back. */
#include <string.h>

#include "core/errors.h"
#include "licenses/licenses.h"
#include "core/paths.h"
#include "support.h"

typedef struct
{
  char        *folder, *path;
  TlmStore    *store;
  TlmLicenses *licenses;
} Fixture;

static void
open_all (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError)       error = NULL;

  f->store = tlm_test_open_store (f->path);
  f->licenses = tlm_licenses_new (f->store);
  tlm_licenses_load_async (f->licenses, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  tlm_licenses_load_finish (f->licenses, result, &error);
  g_assert_no_error (error);
}

static void
close_all (Fixture *f)
{
  tlm_store_close (f->store);
  g_clear_object (&f->licenses);
  g_clear_object (&f->store);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->path = g_build_filename (f->folder, "tinylm.db", NULL);
  open_all (f);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  close_all (f);
  g_free (f->path);
  tlm_test_remove_folder (f->folder);
}

static guint
count (Fixture *f)
{
  return g_list_model_get_n_items (tlm_licenses_get_list (f->licenses));
}

static char *
add_text (Fixture    *f,
          const char *text,
          GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tlm_licenses_add_async (f->licenses, text, strlen (text), NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  return tlm_licenses_add_finish (f->licenses, result, error);
}

/* One of the published vectors. */
static char *
add (Fixture    *f,
     const char *name,
     GError    **error)
{
  g_autofree char *relative = g_strdup_printf ("licenses/vectors/%s.txt", name);
  g_autofree char *path = tlm_paths_dup_data (relative), *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return add_text (f, text, error);
}

static void
add_well (Fixture    *f,
          const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *sentence = add (f, name, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sentence, !=, "");
}

static void
keeps_keys (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (TlmLicense) license = NULL;

  add_well (f, "year");
  add_well (f, "life");
  add_well (f, "year"); /* once more is no second key */
  close_all (f);
  open_all (f);
  g_assert_cmpuint (count (f), ==, 2);
  license = g_list_model_get_item (tlm_licenses_get_list (f->licenses), 0);
  g_assert_true (tlm_license_get_is_test (license));
  g_assert_cmpint (tlm_licenses_judge (f->licenses, "Example Notes", "meeny").state, ==,
                   TLM_LICENSE_STATE_TEST);
  g_assert_cmpint (tlm_licenses_judge (f->licenses, "Other", "meeny").state, ==,
                   TLM_LICENSE_STATE_FREE);
}

static void
refuses_and_keeps_nothing (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (add_text (f, "no key", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_LICENSE);
  g_assert_cmpuint (count (f), ==, 0);
}

static void
removes_and_takes_back (Fixture      *f,
                        gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TlmLicense)   license = NULL;

  add_well (f, "year");
  license = g_list_model_get_item (tlm_licenses_get_list (f->licenses), 0);
  tlm_licenses_remove_async (f->licenses, license, NULL, tlm_test_keep, &result);
  tlm_test_await (&result);
  g_assert_true (tlm_licenses_remove_finish (f->licenses, result, NULL));
  g_assert_cmpuint (count (f), ==, 0);
  add_well (f, "year");
  g_assert_cmpuint (count (f), ==, 1);
}

static void
a_list_withdraws (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr (TlmLicense) license = NULL;
  g_autoptr (GError)     error = NULL;
  g_autofree char       *path = tlm_paths_dup_data ("licenses/test/revoked.txt"), *old = NULL;

  add_well (f, "withdrawn");
  add_well (f, "revoked");
  license = g_list_model_get_item (tlm_licenses_get_list (f->licenses), 0);
  g_assert_nonnull (tlm_license_get_refusal (license));
  g_assert_cmpint (tlm_licenses_judge (f->licenses, NULL, "eeny").state, ==,
                   TLM_LICENSE_STATE_FREE);
  g_assert_null (add (f, "withdrawn", &error));
  g_assert_error (error, TLM_ERROR, TLM_ERROR_LICENSE);
  g_clear_error (&error);
  g_assert_true (g_file_get_contents (path, &old, NULL, NULL));
  g_assert_null (add_text (f, old, &error)); /* an older list does not come back */
  g_assert_error (error, TLM_ERROR, TLM_ERROR_LICENSE);
}

/* Whoever writes into the database gains nothing. */
static void
verifies_again (Fixture      *f,
                gconstpointer data)
{
  g_autoptr (TlmLicense) license = NULL;

  add_well (f, "year");
  tlm_test_exec (f->store, "UPDATE licenses SET text = replace (text, 'Ada', 'Eve')");
  close_all (f);
  open_all (f);
  license = g_list_model_get_item (tlm_licenses_get_list (f->licenses), 0);
  g_assert_null (tlm_license_get_terms (license));
  g_assert_nonnull (strstr (tlm_license_get_refusal (license), "readable lines"));
}

int
main (int    argc,
      char **argv)
{
  static const struct { const char *name; void (*run) (Fixture *, gconstpointer); } tests[] = {
    { "keeps-keys", keeps_keys },
    { "refuses-and-keeps-nothing", refuses_and_keeps_nothing },
    { "removes-and-takes-back", removes_and_takes_back },
    { "a-list-withdraws", a_list_withdraws },
    { "verifies-again", verifies_again },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/app/licenses/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
  return g_test_run ();
}
