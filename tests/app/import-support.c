/* SPDX-License-Identifier: Apache-2.0 */
#include "import-support.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "core/errors.h"
#include "import/import.h"
#include "support.h"

GBytes *
tlm_test_make_zip (const TlmTestMember *members)
{
  gsize                 size = 1 << 20, used = 0;
  guint8               *buffer = g_malloc (size);
  struct archive       *zip = archive_write_new ();
  struct archive_entry *entry = archive_entry_new ();

  archive_write_set_format_zip (zip);
  archive_write_open_memory (zip, buffer, size, &used);
  for (; members->name != NULL; members++)
    {
      gsize len = members->len > 0 ? members->len : strlen (members->data);

      archive_entry_clear (entry);
      archive_entry_set_pathname (entry, members->name);
      archive_entry_set_filetype (entry, AE_IFREG);
      archive_entry_set_perm (entry, 0644);
      archive_entry_set_size (entry, (la_int64_t) len);
      g_assert_cmpint (archive_write_header (zip, entry), ==, ARCHIVE_OK);
      g_assert_cmpint (archive_write_data (zip, members->data, len), ==, (int) len);
    }
  archive_entry_free (entry);
  archive_write_free (zip);
  return g_bytes_new_take (buffer, used);
}

char *
tlm_test_import (const char *name, const void *data, gsize len, const char **format, GError **error)
{
  char            *folder = tlm_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  char            *text;

  g_assert_true (g_file_set_contents (path, data, (gssize) len, NULL));
  text = tlm_import_read_file (file, NULL, format, NULL, error);
  tlm_test_remove_folder (folder);
  return text;
}

void
tlm_test_assert_import (const char *name, const char *data, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = tlm_test_import (name, data, strlen (data), NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

void
tlm_test_assert_zip (const TlmTestMember *members, const char *format, const char *expected)
{
  g_autoptr (GBytes) zip = tlm_test_make_zip (members);
  g_autoptr (GError) error = NULL;
  const char        *from = NULL;
  g_autofree char   *text = tlm_test_import ("any.name", g_bytes_get_data (zip, NULL),
                                             g_bytes_get_size (zip), &from, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpstr (from, ==, format);
}

void
tlm_test_assert_zip_fails (const TlmTestMember *members, int code)
{
  g_autoptr (GBytes) zip = tlm_test_make_zip (members);
  g_autoptr (GError) error = NULL;

  g_assert_null (tlm_test_import ("a.odt", g_bytes_get_data (zip, NULL), g_bytes_get_size (zip), NULL,
                                  &error));
  g_assert_error (error, TLM_ERROR, code);
}

void
tlm_test_mutate (GBytes *whole, const char *name, int n_times)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  gsize             len = g_bytes_get_size (whole);

  for (int i = 0; i < n_times; i++)
    {
      g_autofree char   *bytes = g_memdup2 (g_bytes_get_data (whole, NULL), len);
      g_autoptr (GError) error = NULL;
      g_autofree char   *text = NULL;

      for (int k = 0; k < 3; k++)
        bytes[g_rand_int_range (rand, 0, (int) len)] = (char) g_rand_int_range (rand, 0, 256);
      text = tlm_test_import (name, bytes, len - (gsize) g_rand_int_range (rand, 0, 40), NULL, &error);
      g_assert_true ((text != NULL) == (error == NULL));
      g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
    }
}
