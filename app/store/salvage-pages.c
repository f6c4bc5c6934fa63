/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of a database, straight from its files through SQLite's VFS (a vault's decrypts), so
 * that damage to one harms no other. Of the log those frames count whose checksums hold, up to the
 * last commit among them: https://sqlite.org/fileformat2.html#the_write_ahead_log */
#include "salvage-private.h"

#include <string.h>

#define WAL_HEADER_BYTES   32
#define FRAME_HEADER_BYTES 24
#define FRAME_BYTES        (FRAME_HEADER_BYTES + TLM_PAGE_BYTES)
#define WAL_MAGIC          0x377f0682u /* the lowest bit: checksums are big-endian */

struct _TlmPages
{
  const char   *name; /* as SQLite wants it, with the log's behind it */
  sqlite3_file *file, *log;
  guint32       n;
  GHashTable   *in_log; /* page number -> where in the log */
};

static guint32
read_32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* (transfer full) (nullable) */
static sqlite3_file *
open_file (sqlite3_vfs *vfs,
           const char  *name,
           int          kind)
{
  sqlite3_file *file = g_malloc0 ((gsize) vfs->szOsFile);
  int           flags = 0;

  if (vfs->xOpen (vfs, name, file, kind | SQLITE_OPEN_READONLY, &flags) == SQLITE_OK)
    return file;
  if (file->pMethods != NULL)
    file->pMethods->xClose (file);
  g_free (file);
  return NULL;
}

static void
close_file (sqlite3_file *file)
{
  if (file != NULL)
    file->pMethods->xClose (file);
  g_free (file);
}

static gboolean
read_at (sqlite3_file *file,
         void         *bytes,
         int           n,
         gint64        offset)
{
  int code = file->pMethods->xRead (file, bytes, n, offset);

  return code == SQLITE_OK || code == SQLITE_IOERR_SHORT_READ;
}

static gint64
get_size (sqlite3_file *file)
{
  sqlite3_int64 size = 0;

  return file != NULL && file->pMethods->xFileSize (file, &size) == SQLITE_OK ? size : 0;
}

static void
add_to_checksum (guint32       sum[2],
                 const guint8 *bytes,
                 gsize         n,
                 gboolean      big_endian)
{
  for (gsize i = 0; i + 8 <= n; i += 8)
    {
      guint32 first = read_32 (bytes + i), second = read_32 (bytes + i + 4);

      sum[0] += (big_endian ? first : GUINT32_SWAP_LE_BE (first)) + sum[1];
      sum[1] += (big_endian ? second : GUINT32_SWAP_LE_BE (second)) + sum[0];
    }
}

static gboolean
is_sum (const guint32 sum[2],
        const guint8 *bytes)
{
  return sum[0] == read_32 (bytes) && sum[1] == read_32 (bytes + 4);
}

/* Frames wait in @waiting until a commit says that they count. */
static void
commit_frames (TlmPages *self,
               GArray   *waiting,
               guint32   n_pages)
{
  for (guint i = 0; i + 1 < waiting->len; i += 2)
    g_hash_table_insert (self->in_log, GUINT_TO_POINTER (g_array_index (waiting, guint32, i)),
                         GUINT_TO_POINTER (g_array_index (waiting, guint32, i + 1)));
  g_array_set_size (waiting, 0);
  self->n = MAX (self->n, n_pages);
}

static void
read_log (TlmPages *self)
{
  g_autoptr (GArray) waiting = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint8             header[WAL_HEADER_BYTES], frame[FRAME_BYTES];
  gint64             size = get_size (self->log);
  guint32            sum[2] = { 0, 0 }, most = self->n + (guint32) (size / FRAME_BYTES);
  gboolean           big_endian;

  if (size < WAL_HEADER_BYTES || !read_at (self->log, header, sizeof header, 0)
      || (read_32 (header) & ~1u) != WAL_MAGIC || read_32 (header + 8) != TLM_PAGE_BYTES)
    return;
  big_endian = (read_32 (header) & 1) != 0;
  add_to_checksum (sum, header, 24, big_endian);
  if (!is_sum (sum, header + 24))
    return;
  for (guint32 i = 0; WAL_HEADER_BYTES + (gint64) (i + 1) * FRAME_BYTES <= size; i++)
    {
      guint32 number, place = i + 1;

      if (!read_at (self->log, frame, sizeof frame, WAL_HEADER_BYTES + (gint64) i * FRAME_BYTES))
        return;
      add_to_checksum (sum, frame, 8, big_endian);
      add_to_checksum (sum, frame + FRAME_HEADER_BYTES, TLM_PAGE_BYTES, big_endian);
      number = read_32 (frame);
      if (!is_sum (sum, frame + 16) || memcmp (frame + 8, header + 16, 8) != 0 || number == 0)
        return;
      g_array_append_val (waiting, number);
      g_array_append_val (waiting, place);
      if (read_32 (frame + 4) != 0)
        commit_frames (self, waiting, MIN (read_32 (frame + 4), most));
    }
}

TlmPages *
tlm_pages_open (const char *path,
                const char *vfs)
{
  sqlite3_vfs     *way = sqlite3_vfs_find (vfs);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  TlmPages        *self = g_new0 (TlmPages, 1);

  self->in_log = g_hash_table_new (NULL, NULL);
  self->name = sqlite3_create_filename (path, "", log, 0, NULL);
  self->file = open_file (way, self->name, SQLITE_OPEN_MAIN_DB);
  if (self->file == NULL)
    {
      tlm_pages_free (self);
      return NULL;
    }
  self->n = (guint32) MIN ((get_size (self->file) + TLM_PAGE_BYTES - 1) / TLM_PAGE_BYTES,
                           G_MAXINT32);
  if (g_file_test (log, G_FILE_TEST_IS_REGULAR))
    self->log = open_file (way, sqlite3_filename_wal (self->name), SQLITE_OPEN_WAL);
  if (self->log != NULL)
    read_log (self);
  return self;
}

void
tlm_pages_free (TlmPages *self)
{
  close_file (self->log);
  close_file (self->file);
  sqlite3_free_filename ((char *) self->name);
  g_hash_table_unref (self->in_log);
  g_free (self);
}

guint32
tlm_pages_get_count (TlmPages *self)
{
  return self->n;
}

gboolean
tlm_pages_read (TlmPages *self,
                guint32   number,
                guint8    page[TLM_PAGE_BYTES])
{
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (self->in_log, GUINT_TO_POINTER (number)));

  if (number == 0 || number > self->n)
    return FALSE;
  if (place > 0)
    return read_at (self->log, page, TLM_PAGE_BYTES,
                    WAL_HEADER_BYTES + (gint64) (place - 1) * FRAME_BYTES + FRAME_HEADER_BYTES);
  return read_at (self->file, page, TLM_PAGE_BYTES, (gint64) (number - 1) * TLM_PAGE_BYTES);
}
