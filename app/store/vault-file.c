/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted files for SQLite. A file is a row of records, each encrypted by itself and bound to its
 * place: [nonce 24][text][tag 16]. Records are cut where SQLite writes, so that a write touches no
 * byte outside itself and a torn one harms none that was committed before:
 *
 *   database     two header slots, then pages of 4096
 *   WAL          its header of 32, then for each frame a header of 24 and a page of 4096
 *   all others   4096 each (rollback and temporary files, which hardly occur)
 *
 * SQLite's own formats: https://sqlite.org/fileformat2.html#the_write_ahead_log. The wal-index in
 * shared memory holds page numbers and checksums, no text, and stays as it is. Who can write to the
 * disk can put an older whole state in place, but no page that we did not write there. */
#include "vault-private.h"

#define PAGE_BYTES         4096
#define WAL_HEADER_BYTES   32
#define FRAME_HEADER_BYTES 24
#define FRAME_BYTES        (FRAME_HEADER_BYTES + PAGE_BYTES)
#define SEALED_FRAME_BYTES (FRAME_BYTES + 2 * TLM_SEAL_BYTES)

typedef enum { KIND_DATABASE, KIND_WAL, KIND_OTHER } Kind;

typedef struct
{
  sqlite3_file base;
  TlmVault    *vault;
  Kind         kind;
  gboolean     has_header; /* it was seen to be there, or written */
  guint8       text[PAGE_BYTES];
  guint8       sealed[PAGE_BYTES + TLM_SEAL_BYTES];
  sqlite3_file real[]; /* as large as the real VFS says */
} VaultFile;

typedef struct
{
  gint64 start;  /* of the text, as SQLite counts */
  int    n;      /* bytes of text */
  gint64 sealed; /* where it lies in the file */
} Record;

static VaultFile *
get_file (sqlite3_file *file)
{
  return (VaultFile *) file;
}

static Record
find_wal_record (gint64 offset)
{
  gint64 frame = (offset - WAL_HEADER_BYTES) / FRAME_BYTES;
  gint64 start = WAL_HEADER_BYTES + frame * FRAME_BYTES;
  gint64 sealed = WAL_HEADER_BYTES + TLM_SEAL_BYTES + frame * SEALED_FRAME_BYTES;

  if (offset < WAL_HEADER_BYTES)
    return (Record) { 0, WAL_HEADER_BYTES, 0 };
  if (offset < start + FRAME_HEADER_BYTES)
    return (Record) { start, FRAME_HEADER_BYTES, sealed };
  return (Record) { start + FRAME_HEADER_BYTES, PAGE_BYTES,
                    sealed + FRAME_HEADER_BYTES + TLM_SEAL_BYTES };
}

static Record
find_record (const VaultFile *self,
             gint64           offset)
{
  gint64 page = offset / PAGE_BYTES;
  gint64 before = self->kind == KIND_DATABASE ? TLM_HEADER_BYTES : 0;

  if (self->kind == KIND_WAL)
    return find_wal_record (offset);
  return (Record) { page * PAGE_BYTES, PAGE_BYTES,
                    before + page * (PAGE_BYTES + TLM_SEAL_BYTES) };
}

/* How much text whole records in a file of @size bytes hold. */
static gint64
measure_text (const VaultFile *self,
              gint64           size)
{
  const gint64 wal_start = WAL_HEADER_BYTES + TLM_SEAL_BYTES;
  gint64       before = self->kind == KIND_DATABASE ? TLM_HEADER_BYTES : 0;
  gint64       rest;

  if (self->kind != KIND_WAL)
    return MAX (size - before, 0) / (PAGE_BYTES + TLM_SEAL_BYTES) * PAGE_BYTES;
  if (size < wal_start)
    return 0;
  rest = (size - wal_start) % SEALED_FRAME_BYTES;
  return WAL_HEADER_BYTES + (size - wal_start) / SEALED_FRAME_BYTES * FRAME_BYTES
         + (rest >= FRAME_HEADER_BYTES + TLM_SEAL_BYTES ? FRAME_HEADER_BYTES : 0);
}

static void
bind_to_place (const VaultFile *self,
               const Record    *record,
               guint8           place[9])
{
  gint64 start = GINT64_TO_LE (record->start);

  place[0] = (guint8) self->kind;
  memcpy (place + 1, &start, sizeof start);
}

/* Into self->text. A record that was never written reads as zeros, as a hole in a file does.
 * Returns: SQLITE_IOERR_SHORT_READ behind the end, SQLITE_CORRUPT for what we did not write */
static int
read_record (VaultFile    *self,
             const Record *record)
{
  guint8 place[9];
  int    n = record->n + (int) TLM_SEAL_BYTES;
  int    code = self->real->pMethods->xRead (self->real, self->sealed, n, record->sealed);

  memset (self->text, 0, (gsize) record->n);
  if (code != SQLITE_OK || sodium_is_zero (self->sealed, (gsize) n))
    return code;
  bind_to_place (self, record, place);
  if (tlm_unseal (self->text, self->sealed, (gsize) record->n, place, sizeof place,
                  self->vault->key))
    return SQLITE_OK;
  memset (self->text, 0, (gsize) record->n);
  return SQLITE_CORRUPT;
}

static int
write_record (VaultFile    *self,
              const Record *record,
              const guint8 *text)
{
  guint8 place[9];

  bind_to_place (self, record, place);
  tlm_seal (self->sealed, text, (gsize) record->n, place, sizeof place, self->vault->key);
  return self->real->pMethods->xWrite (self->real, self->sealed,
                                       record->n + (int) TLM_SEAL_BYTES, record->sealed);
}

/* A WAL ends where its checksums do not go on, and a torn write is such an end: then SQLite shall
 * see zeros. A page that it asks for by itself is one that the checksums have vouched for. Of a
 * database it looks at the beginning before it goes back by the journal or on by the WAL, one of
 * which has the first page whole when that was torn; without them it reads the whole page next,
 * which is refused. */
static gboolean
may_be_torn (const VaultFile *self,
             gint64           offset,
             int              n)
{
  gboolean page_alone = n <= PAGE_BYTES && find_record (self, offset).n == PAGE_BYTES;

  if (self->kind == KIND_DATABASE)
    return n < PAGE_BYTES;
  return self->kind == KIND_OTHER || !page_alone;
}

static int
read_file (sqlite3_file *file,
           void         *buffer,
           int           n,
           sqlite3_int64 offset)
{
  VaultFile *self = get_file (file);
  gboolean   torn_is_zero = may_be_torn (self, offset, n);
  guint8    *to = buffer;
  int        done = 0, result = SQLITE_OK;

  while (done < n)
    {
      Record record = find_record (self, offset + done);
      int    skip = (int) (offset + done - record.start);
      int    part = MIN (n - done, record.n - skip);
      int    code = read_record (self, &record);

      if (code == SQLITE_IOERR_SHORT_READ || (code == SQLITE_CORRUPT && torn_is_zero))
        result = code == SQLITE_CORRUPT ? result : code;
      else if (code != SQLITE_OK)
        return code;
      memcpy (to + done, self->text + skip, (gsize) part);
      done += part;
    }
  return result;
}

/* A new database begins with its header, whichever page is written first. */
static int
write_header (VaultFile *self)
{
  sqlite3_file *real = self->real;
  sqlite3_int64 size;
  int           code = real->pMethods->xFileSize (real, &size);

  self->has_header = code == SQLITE_OK;
  if (code != SQLITE_OK || size >= TLM_HEADER_BYTES)
    return code;
  memset (self->text, 0, sizeof self->text);
  code = real->pMethods->xWrite (real, self->text, TLM_HEADER_SLOT_BYTES, TLM_HEADER_SLOT_BYTES);
  memcpy (self->text, &self->vault->header, sizeof self->vault->header);
  if (code == SQLITE_OK)
    code = real->pMethods->xWrite (real, self->text, TLM_HEADER_SLOT_BYTES, 0);
  self->has_header = code == SQLITE_OK;
  return code;
}

/* A write into the middle of a record takes the rest from what is there. */
static int
write_part (VaultFile    *self,
            const Record *record,
            int           skip,
            const guint8 *from,
            int           part)
{
  int code;

  if (part == record->n)
    return write_record (self, record, from);
  code = read_record (self, record);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ
      && (code != SQLITE_CORRUPT || self->kind == KIND_DATABASE))
    return code;
  memcpy (self->text + skip, from, (gsize) part);
  return write_record (self, record, self->text);
}

static int
write_file (sqlite3_file *file,
            const void   *buffer,
            int           n,
            sqlite3_int64 offset)
{
  VaultFile    *self = get_file (file);
  const guint8 *from = buffer;
  int           code = SQLITE_OK;

  if (self->kind == KIND_DATABASE && !self->has_header)
    code = write_header (self);
  for (int done = 0; code == SQLITE_OK && done < n;)
    {
      Record record = find_record (self, offset + done);
      int    skip = (int) (offset + done - record.start);
      int    part = MIN (n - done, record.n - skip);

      code = write_part (self, &record, skip, from + done, part);
      done += part;
    }
  return code;
}

static int
truncate_file (sqlite3_file *file,
               sqlite3_int64 size)
{
  VaultFile *self = get_file (file);
  gint64     end = 0;

  self->has_header = self->has_header && size > 0;
  if (size > 0)
    {
      Record last = find_record (self, size - 1);

      end = last.sealed + last.n + (gint64) TLM_SEAL_BYTES;
    }
  return self->real->pMethods->xTruncate (self->real, end);
}

static int
get_size (sqlite3_file  *file,
          sqlite3_int64 *size)
{
  VaultFile *self = get_file (file);
  int        code = self->real->pMethods->xFileSize (self->real, size);

  *size = measure_text (self, *size);
  return code;
}

static int
close_file (sqlite3_file *file)
{
  VaultFile *self = get_file (file);

  sodium_memzero (self->text, sizeof self->text);
  return self->real->pMethods->xClose (self->real);
}

static int
sync_file (sqlite3_file *file,
           int           flags)
{
  return get_file (file)->real->pMethods->xSync (get_file (file)->real, flags);
}

static int
lock_file (sqlite3_file *file,
           int           level)
{
  return get_file (file)->real->pMethods->xLock (get_file (file)->real, level);
}

static int
unlock_file (sqlite3_file *file,
             int           level)
{
  return get_file (file)->real->pMethods->xUnlock (get_file (file)->real, level);
}

static int
check_lock (sqlite3_file *file,
            int          *locked)
{
  return get_file (file)->real->pMethods->xCheckReservedLock (get_file (file)->real, locked);
}

/* Hints about sizes speak of the text's, and mapping a file would show it encrypted. */
static int
control_file (sqlite3_file *file,
              int           operation,
              void         *argument)
{
  switch (operation)
    {
    case SQLITE_FCNTL_SIZE_HINT:
    case SQLITE_FCNTL_CHUNK_SIZE:
      return SQLITE_OK;
    case SQLITE_FCNTL_MMAP_SIZE:
      return SQLITE_NOTFOUND;
    default:
      return get_file (file)->real->pMethods->xFileControl (get_file (file)->real, operation,
                                                            argument);
    }
}

static int
get_sector_size (sqlite3_file *file)
{
  return get_file (file)->real->pMethods->xSectorSize (get_file (file)->real);
}

/* What the device promises of blocks at their places does not hold for ours. */
static int
get_characteristics (sqlite3_file *file)
{
  sqlite3_file *real = get_file (file)->real;

  return real->pMethods->xDeviceCharacteristics (real)
         & (SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN
            | SQLITE_IOCAP_IMMUTABLE);
}

static int
map_memory (sqlite3_file   *file,
            int             region,
            int             size,
            int             extend,
            void volatile **memory)
{
  return get_file (file)->real->pMethods->xShmMap (get_file (file)->real, region, size, extend,
                                                   memory);
}

static int
lock_memory (sqlite3_file *file,
             int           offset,
             int           n,
             int           flags)
{
  return get_file (file)->real->pMethods->xShmLock (get_file (file)->real, offset, n, flags);
}

static void
order_memory (sqlite3_file *file)
{
  get_file (file)->real->pMethods->xShmBarrier (get_file (file)->real);
}

static int
unmap_memory (sqlite3_file *file,
              int           remove)
{
  return get_file (file)->real->pMethods->xShmUnmap (get_file (file)->real, remove);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = close_file,
  .xRead = read_file,
  .xWrite = write_file,
  .xTruncate = truncate_file,
  .xSync = sync_file,
  .xFileSize = get_size,
  .xLock = lock_file,
  .xUnlock = unlock_file,
  .xCheckReservedLock = check_lock,
  .xFileControl = control_file,
  .xSectorSize = get_sector_size,
  .xDeviceCharacteristics = get_characteristics,
  .xShmMap = map_memory,
  .xShmLock = lock_memory,
  .xShmBarrier = order_memory,
  .xShmUnmap = unmap_memory,
};

int
tlm_vault_file_size (const sqlite3_vfs *real)
{
  return (int) sizeof (VaultFile) + real->szOsFile;
}

int
tlm_vault_file_open (TlmVault     *vault,
                     const char   *name,
                     sqlite3_file *file,
                     int           flags,
                     int          *out_flags)
{
  VaultFile *self = get_file (file);
  int        code = vault->real->xOpen (vault->real, name, self->real, flags, out_flags);

  self->vault = vault;
  self->has_header = FALSE;
  self->kind = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? KIND_DATABASE
               : (flags & SQLITE_OPEN_WAL) != 0   ? KIND_WAL
                                                  : KIND_OTHER;
  /* SQLite closes what has methods, also when opening failed. */
  file->pMethods = self->real->pMethods != NULL ? &methods : NULL;
  return code;
}
