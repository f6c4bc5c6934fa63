/* SPDX-License-Identifier: Apache-2.0 */
/* A receipt from elsewhere: read, compared, and written so that it reads the same. */
#include "fuzz-app.h"

#include <glib/gstdio.h>

#include "models/receipt.h"

static char *folder, *path;

static void
remove_folder (void)
{
  g_unlink (path);
  g_rmdir (folder);
}

static void
make_folder (void)
{
  gboolean memory = g_access ("/dev/shm", W_OK) == 0;

  folder = g_build_filename (memory ? "/dev/shm" : g_get_tmp_dir (), "tinylm-fuzz-XXXXXX", NULL);
  FUZZ_CHECK (g_mkdtemp (folder) != NULL);
  path = g_build_filename (folder, "receipt.json", NULL);
  atexit (remove_folder);
}

/* (transfer full): the file's text */
static char *
save (const TlmReceipt *receipt)
{
  char *text = NULL;

  FUZZ_CHECK (tlm_receipt_save (receipt, path, NULL));
  FUZZ_CHECK (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
check_writing (const TlmReceipt *receipt)
{
  g_autofree char *written = save (receipt), *again = NULL;
  g_autoptr (TlmReceipt) read = tlm_receipt_load (path, NULL);

  FUZZ_CHECK (read != NULL);
  again = save (read);
  FUZZ_CHECK (g_str_equal (again, written));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TlmReceipt) receipt = NULL;

  fuzz_app_init ();
  if (folder == NULL)
    make_folder ();
  receipt = tlm_receipt_load (fuzz_file (data, size), &error);
  FUZZ_CHECK ((receipt != NULL) != (error != NULL));
  FUZZ_CHECK (receipt != NULL || !fuzz_is_seed);
  if (receipt == NULL)
    {
      FUZZ_CHECK (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  FUZZ_CHECK (tlm_receipt_explain (receipt, receipt) == NULL);
  check_writing (receipt);
  return 0;
}
