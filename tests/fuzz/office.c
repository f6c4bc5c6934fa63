/* SPDX-License-Identifier: Apache-2.0 */
/* ODT and DOCX: bytes that begin as a zip are read as they are; all others become the document in
 * one, as if its checksums were right, so that the search gets to the XML. */
#include "fuzz-app.h"

#include <archive.h>
#include <archive_entry.h>

#include "import/import-private.h"

#define MARGIN 4096 /* of a zip with two members */

static void
add_member (struct archive *zip, const char *name, const void *bytes, size_t size)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, (la_int64_t) size);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  FUZZ_CHECK (archive_write_header (zip, entry) == ARCHIVE_OK);
  FUZZ_CHECK (archive_write_data (zip, bytes, size) == (la_ssize_t) size);
  archive_entry_free (entry);
}

/* @extra: (nullable): a second member with the same bytes */
static GBytes *
make_zip (const char *name, const char *extra, const void *bytes, size_t size)
{
  struct archive *zip = archive_write_new ();
  gsize room = 2 * size + MARGIN, used = 0;
  char *buffer = g_malloc (room);

  archive_write_set_format_zip (zip);
  archive_write_set_options (zip, "zip:compression=store");
  FUZZ_CHECK (archive_write_open_memory (zip, buffer, room, &used) == ARCHIVE_OK);
  add_member (zip, name, bytes, size);
  if (extra != NULL)
    add_member (zip, extra, bytes, size);
  FUZZ_CHECK (archive_write_close (zip) == ARCHIVE_OK);
  archive_write_free (zip);
  return g_bytes_new_take (buffer, used);
}

typedef char *(*Reader) (GBytes *bytes, GCancellable *cancellable, GError **error);

/* Returns: whether it is a document of that kind */
static bool
read_with (Reader reader, GBytes *bytes)
{
  GError *error = NULL;
  char *text = reader (bytes, NULL, &error);
  bool taken = text != NULL;

  fuzz_check_answer (text, error);
  return taken;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) odt = NULL, docx = NULL;
  bool taken;

  fuzz_app_init ();
  if (size >= 4 && memcmp (data, "PK\3\4", 4) == 0)
    {
      odt = g_bytes_new (data, size);
      docx = g_bytes_ref (odt);
    }
  else
    {
      odt = make_zip ("content.xml", NULL, data, size);
      docx = make_zip ("word/document.xml", "word/footnotes.xml", data, size);
    }
  taken = read_with (tlm_import_odt, odt);
  taken = read_with (tlm_import_docx, docx) || taken;
  FUZZ_CHECK (taken || !fuzz_is_seed);
  return 0;
}
