/* SPDX-License-Identifier: Apache-2.0 */
/* Rows from pages: the trees of tables, their leaves, overflow chains and records, as
 * https://sqlite.org/fileformat2.html#b_tree_pages describes them. Damage costs what it hit: a
 * page, a row, or the end of a long text. */
#include "salvage-private.h"

#include <string.h>

#define LEAF     0x0d
#define INTERIOR 0x05
/* How much of a row stays on its leaf: "Table B-Tree Leaf Cell", with no reserved bytes. */
#define MAX_LOCAL (TLM_PAGE_BYTES - 35)
#define MIN_LOCAL ((TLM_PAGE_BYTES - 12) * 32 / 255 - 23)
#define CHAIN_BYTES (TLM_PAGE_BYTES - 4)

void
tlm_scan_init (TlmScan  *self,
               TlmPages *pages)
{
  *self = (TlmScan) { .pages = pages };
  self->seen = g_malloc0 ((gsize) tlm_pages_get_count (pages) + 1);
}

void
tlm_scan_clear (TlmScan *self)
{
  g_free (self->seen);
}

static guint
read_16 (const guint8 *bytes)
{
  return (guint) bytes[0] << 8 | bytes[1];
}

static guint32
read_32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* Returns: how many bytes it took; 0: it does not end in @n */
static gsize
read_varint (const guint8 *bytes,
             gsize         n,
             guint64      *value)
{
  *value = 0;
  for (gsize i = 0; i < MIN (n, 8); i++)
    {
      *value = *value << 7 | (bytes[i] & 0x7f);
      if ((bytes[i] & 0x80) == 0)
        return i + 1;
    }
  if (n < 9)
    return 0;
  *value = *value << 8 | bytes[8];
  return 9;
}

/* Reads a page that nobody has read before. */
static gboolean
take_page (TlmScan *self,
           guint32  number,
           guint8   page[TLM_PAGE_BYTES])
{
  if (number == 0 || number > tlm_pages_get_count (self->pages) || self->seen[number])
    return FALSE;
  self->seen[number] = TRUE;
  return tlm_pages_read (self->pages, number, page);
}

static gint64
read_integer (const guint8 *bytes,
              gsize         n)
{
  guint64 value = n > 0 && (bytes[0] & 0x80) != 0 ? G_MAXUINT64 : 0;

  for (gsize i = 0; i < n; i++)
    value = value << 8 | bytes[i];
  return (gint64) value;
}

static gsize
get_field_bytes (guint64 serial)
{
  static const gsize bytes[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0 };

  return serial < 12 ? bytes[serial] : (gsize) (serial - 12) / 2;
}

static TlmField
read_field (guint64       serial,
            const guint8 *bytes,
            gsize         n)
{
  TlmField field = { .type = SQLITE_INTEGER, .bytes = bytes, .n_bytes = n };

  if (serial == 0 || serial == 10 || serial == 11)
    field.type = SQLITE_NULL;
  else if (serial == 7)
    {
      gint64 bits = read_integer (bytes, n);

      field.type = SQLITE_FLOAT;
      memcpy (&field.real, &bits, sizeof field.real);
    }
  else if (serial < 10)
    field.integer = serial < 8 ? read_integer (bytes, n) : (gint64) serial - 8;
  else
    field.type = (serial & 1) != 0 ? SQLITE_TEXT : SQLITE_BLOB;
  return field;
}

/* A record that is cut still gives the beginning of its text. */
static gboolean
read_record (TlmRow       *row,
             const guint8 *bytes,
             gsize         n)
{
  guint64 header_bytes, serial;
  gsize   at = read_varint (bytes, n, &header_bytes), body = (gsize) header_bytes;

  if (at == 0 || header_bytes > n)
    return FALSE;
  for (row->n_fields = 0; at < header_bytes; row->n_fields++)
    {
      gsize took = read_varint (bytes + at, (gsize) header_bytes - at, &serial);
      gsize left = n - body, wanted = get_field_bytes (serial);

      if (took == 0 || row->n_fields == TLM_MAX_FIELDS || serial > G_MAXINT32)
        return FALSE;
      if (wanted > left && !row->cut)
        return FALSE;
      if (wanted > left && serial < 12)
        serial = 0;
      row->fields[row->n_fields] = read_field (serial, bytes + body, MIN (wanted, left));
      body += MIN (wanted, left);
      at += took;
    }
  return at == header_bytes;
}

/* @record: has what stands on the leaf; the rest comes from a chain of pages. Returns: whether all
 * came */
static gboolean
follow_chain (TlmScan    *self,
              guint32     number,
              gsize       n_bytes,
              GByteArray *record)
{
  guint8 page[TLM_PAGE_BYTES];

  while (record->len < n_bytes)
    {
      if (!take_page (self, number, page))
        {
          self->n_bad++;
          return FALSE;
        }
      g_byte_array_append (record, page + 4, (guint) MIN (CHAIN_BYTES, n_bytes - record->len));
      number = read_32 (page);
    }
  return TRUE;
}

static gsize
get_local_bytes (guint64 n_bytes)
{
  gsize local = MIN_LOCAL + (gsize) ((n_bytes - MIN_LOCAL) % CHAIN_BYTES);

  if (n_bytes <= MAX_LOCAL)
    return (gsize) n_bytes;
  return local <= MAX_LOCAL ? local : MIN_LOCAL;
}

static gboolean
read_cell (TlmScan      *self,
           const guint8 *cell,
           gsize         n,
           TlmRow       *row,
           GByteArray   *record)
{
  guint64 n_bytes, rowid;
  gsize   at = read_varint (cell, n, &n_bytes), took, local;

  took = at > 0 ? read_varint (cell + at, n - at, &rowid) : 0;
  at += took;
  if (took == 0 || n_bytes / TLM_PAGE_BYTES > tlm_pages_get_count (self->pages))
    return FALSE;
  local = get_local_bytes (n_bytes);
  if (local + (local < n_bytes ? 4 : 0) > n - at)
    return FALSE;
  row->rowid = (gint64) rowid;
  g_byte_array_set_size (record, 0);
  g_byte_array_append (record, cell + at, (guint) local);
  row->cut = local < n_bytes
             && !follow_chain (self, read_32 (cell + at + local), (gsize) n_bytes, record);
  return read_record (row, record->data, record->len);
}

/* Where the page's own header begins: the database's comes first on the first one. */
static gsize
get_start (guint32 number)
{
  return number == 1 ? 100 : 0;
}

/* FALSE: the cells' places lie outside the page */
static gboolean
has_room_for_cells (const guint8 *page,
                    gsize         start,
                    gsize         header_bytes)
{
  return start + header_bytes + 2 * (gsize) read_16 (page + start + 3) <= TLM_PAGE_BYTES;
}

static void
read_leaf (TlmScan      *self,
           const guint8 *page,
           gsize         start,
           TlmRowFunc    func,
           gpointer      user_data)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();
  guint                  n = read_16 (page + start + 3);
  gsize                  first = start + 8 + 2 * (gsize) n;
  TlmRow                 row;

  for (guint i = 0; i < n; i++)
    {
      gsize at = read_16 (page + start + 8 + 2 * i);

      if (at >= first && at < TLM_PAGE_BYTES
          && read_cell (self, page + at, TLM_PAGE_BYTES - at, &row, record))
        func (&row, user_data);
      else
        self->n_lost++;
    }
}

static void
push_children (const guint8 *page,
               gsize         start,
               GArray       *stack)
{
  guint   n = read_16 (page + start + 3);
  guint32 child = read_32 (page + start + 8);

  g_array_append_val (stack, child);
  for (guint i = n; i-- > 0;)
    {
      gsize at = read_16 (page + start + 12 + 2 * i);

      child = at + 4 <= TLM_PAGE_BYTES ? read_32 (page + at) : 0;
      g_array_append_val (stack, child);
    }
}

void
tlm_scan_table (TlmScan   *self,
                guint32    root,
                TlmRowFunc func,
                gpointer   user_data)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint8             page[TLM_PAGE_BYTES];

  g_array_append_val (stack, root);
  while (stack->len > 0)
    {
      guint32  number = g_array_index (stack, guint32, stack->len - 1);
      gsize    start = get_start (number);
      gboolean there = take_page (self, number, page);

      g_array_set_size (stack, stack->len - 1);
      if (there && page[start] == LEAF && has_room_for_cells (page, start, 8))
        read_leaf (self, page, start, func, user_data);
      else if (there && page[start] == INTERIOR && has_room_for_cells (page, start, 12))
        push_children (page, start, stack);
      else
        self->n_bad++;
    }
}

gboolean
tlm_scan_stray (TlmScan   *self,
                guint32    number,
                TlmRowFunc func,
                gpointer   user_data)
{
  guint8 page[TLM_PAGE_BYTES];
  gsize  start = get_start (number);

  if (self->seen[number] || !tlm_pages_read (self->pages, number, page) || page[start] != LEAF
      || !has_room_for_cells (page, start, 8))
    return FALSE;
  self->seen[number] = TRUE;
  read_leaf (self, page, start, func, user_data);
  return TRUE;
}
