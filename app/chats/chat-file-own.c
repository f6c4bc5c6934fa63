/* SPDX-License-Identifier: Apache-2.0 */
/* A folder, a zip or a tar of an export, and chats.jsonl by itself, are all read through libarchive, which
 * takes a single file for an archive of one. A line, which is a chat, may be as long as a text may be. */
#include "chat-file-own.h"

#include "chat-file-private.h"
#include "core/errors.h"
#include "core/text-input.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define BLOCK_BYTES (1 << 16)
#define CHATS "chats.jsonl"
#define TOOL_CHOICES "tables/tool_choices.jsonl"

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

typedef struct
{
  Archive          *archive;
  GByteArray       *line; /* what there is of it */
  guint             n_lines;
  const char       *table;
  TlmOwnExportFunc  func;
  gpointer          data;
  gint64            n_bytes; /* of the file, compressed as it may be */
  double           *done;    /* (nullable) */
  GCancellable     *cancellable;
} Reading;

/* (transfer full) (nullable) */
static Archive *
open_archive (const char *path)
{
  g_autoptr (Archive) archive = archive_read_new ();

  archive_read_support_filter_gzip (archive);
  archive_read_support_format_tar (archive);
  archive_read_support_format_zip (archive);
  archive_read_support_format_raw (archive);
  archive_read_support_format_empty (archive);
  return archive_read_open_filename (archive, path, BLOCK_BYTES) == ARCHIVE_OK
           ? g_steal_pointer (&archive)
           : NULL;
}

static gboolean
is_raw (Archive *archive)
{
  return archive_format (archive) == ARCHIVE_FORMAT_RAW;
}

/* Goes to the member @name, wherever the export lies in the archive; that of a file alone is any. */
static gboolean
find_member (Archive    *archive,
             const char *name)
{
  struct archive_entry *entry;
  g_autofree char      *below = g_strconcat ("/", name, NULL);
  int                   status;

  /* A name that the locale cannot write is a warning. */
  while ((status = archive_read_next_header (archive, &entry)) >= ARCHIVE_WARN && status != ARCHIVE_EOF)
    {
      const char *path = archive_entry_pathname_utf8 (entry);

      if (is_raw (archive) || g_strcmp0 (path, name) == 0
          || (path != NULL && g_str_has_suffix (path, below)))
        return TRUE;
    }
  return FALSE;
}

/* The file of the export at @path that has @name, at its member of that name. @n_bytes: (out): of the file.
 * (transfer full) (nullable) */
static Archive *
open_member (const char *path,
             const char *name,
             gint64     *n_bytes)
{
  gboolean            folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char    *file = folder ? g_build_filename (path, name, NULL) : g_strdup (path);
  g_autoptr (Archive) archive = open_archive (file);
  GStatBuf            info;

  *n_bytes = g_stat (file, &info) == 0 ? info.st_size : 0;
  if (archive == NULL || !find_member (archive, name))
    return NULL;
  /* A file alone has no tables. */
  return is_raw (archive) && !folder && !g_str_equal (name, CHATS) ? NULL
                                                                   : g_steal_pointer (&archive);
}

/* ---- Lines ---- */

static gboolean
fail_line (Reading *reading,
           GError **error)
{
  g_set_error (error, TLM_ERROR, TLM_ERROR_BINARY,
               _("Line %u of the file is no whole JSON. It may have been cut off; export the "
                 "chats again."), reading->n_lines);
  return FALSE;
}

static gboolean
fail_long_line (Reading *reading,
                GError **error)
{
  g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
               /* Translators: a line of the file, and the limit. */
               _("The chat in line %u of the file is larger than %u MB, which is more than this program "
                 "reads."), reading->n_lines, TLM_TEXT_MAX_BYTES >> 20);
  return FALSE;
}

/* The line ends here. */
static gboolean
take_line (Reading *reading,
           GError **error)
{
  g_autoptr (JsonNode) node = NULL;

  g_byte_array_append (reading->line, (const guint8 *) "", 1);
  node = tlm_chat_file_parse_line ((const char *) reading->line->data);
  if (node == NULL && !tlm_chat_file_is_blank ((const char *) reading->line->data))
    return fail_line (reading, error);
  g_byte_array_set_size (reading->line, 0);
  return node == NULL || !JSON_NODE_HOLDS_OBJECT (node)
         || reading->func (reading->table, json_node_get_object (node), reading->data, error);
}

static gboolean
take_bytes (Reading      *reading,
            const guint8 *bytes,
            gsize         n,
            GError      **error)
{
  while (n > 0)
    {
      const guint8 *end = memchr (bytes, '\n', n);
      gsize         part = end != NULL ? (gsize) (end - bytes) : n;

      if (reading->line->len == 0)
        reading->n_lines++;
      if (reading->line->len + part > TLM_TEXT_MAX_BYTES)
        return fail_long_line (reading, error);
      g_byte_array_append (reading->line, bytes, (guint) part);
      if (end != NULL && !take_line (reading, error))
        return FALSE;
      part += end != NULL;
      bytes += part;
      n -= part;
    }
  return TRUE;
}

static gboolean
read_lines (Reading *reading,
            GError **error)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  la_ssize_t         n;

  while ((n = archive_read_data (reading->archive, block, BLOCK_BYTES)) > 0)
    {
      if (reading->done != NULL)
        *reading->done = (double) archive_filter_bytes (reading->archive, -1)
                         / (double) MAX (reading->n_bytes, 1);
      if (g_cancellable_set_error_if_cancelled (reading->cancellable, error)
          || !take_bytes (reading, block, (gsize) n, error))
        return FALSE;
    }
  if (n < 0)
    return tlm_chat_file_fail (error, NULL);
  return reading->line->len == 0 || take_line (reading, error);
}

/* An export of an earlier version may lack a table. */
static gboolean
read_member (const char *path,
             const char *name,
             Reading    *reading,
             GError    **error)
{
  g_autoptr (Archive)    archive = open_member (path, name, &reading->n_bytes);
  g_autoptr (GByteArray) line = g_byte_array_new ();

  reading->archive = archive;
  reading->line = line;
  reading->n_lines = 0;
  return archive == NULL || read_lines (reading, error);
}

/* ---- What it is ---- */

/* One line is enough to see. */
static gboolean
look (const char *table,
      JsonObject *object,
      gpointer    found,
      GError    **error)
{
  *(gboolean *) found = json_object_has_member (object, "leaf")
                        && json_object_has_member (object, "messages");
  return FALSE;
}

gboolean
tlm_own_export_is (GFile        *file,
                   GCancellable *c)
{
  const char *path = g_file_peek_path (file);
  gboolean    found = FALSE;
  Reading     reading = { .table = "chats", .func = look, .data = &found, .cancellable = c };

  if (path != NULL)
    read_member (path, CHATS, &reading, NULL);
  return found;
}

gboolean
tlm_own_export_each (GFile           *file,
                     TlmOwnExportFunc func,
                     gpointer         data,
                     double          *done,
                     GCancellable    *c,
                     GError         **error)
{
  const char *path = g_file_peek_path (file);
  Reading     reading = { .table = "chats", .func = func, .data = data, .done = done,
                          .cancellable = c };

  if (!read_member (path, CHATS, &reading, error))
    return FALSE;
  reading.table = "tool_choices";
  return read_member (path, TOOL_CHOICES, &reading, error);
}
