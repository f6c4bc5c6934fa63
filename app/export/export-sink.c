/* SPDX-License-Identifier: Apache-2.0 */
/* Folders are written by GLib, archives by libarchive. */
#include "export-sink.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <unistd.h>

#include "store/erase.h"
#include "core/errors.h"

struct _TlmExportSink
{
  char           *target;
  char           *partial; /* NULL when it has become the target */
  struct archive *archive; /* NULL: a folder */
  locale_t        utf8;    /* libarchive 3.6 dies of a name that the locale cannot write */
};

static gboolean
fail (TlmExportSink *self,
      const char    *reason,
      GError       **error)
{
  g_autofree char *name = g_filename_display_name (self->target);

  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
               /* Translators: the first %s is a path, the second the system's reason */
               _("“%s” could not be written (%s). Choose another place and try again."), name,
               reason);
  return FALSE;
}

static gboolean
fail_exists (TlmExportSink *self,
             GError       **error)
{
  g_autofree char *name = g_filename_display_name (self->target);

  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
               _("“%s” is already there, and an export replaces nothing. Choose a new name."), name);
  return FALSE;
}

static struct archive *
new_archive (const char *target)
{
  struct archive *archive;
  gboolean        zip = g_str_has_suffix (target, ".zip");
  gboolean        gzip = g_str_has_suffix (target, ".tar.gz");

  if (!zip && !gzip && !g_str_has_suffix (target, ".tar"))
    return NULL;
  archive = archive_write_new ();
  if (zip)
    archive_write_set_format_zip (archive);
  else
    archive_write_set_format_pax_restricted (archive);
  if (gzip)
    archive_write_add_filter_gzip (archive);
  /* Names in an archive are UTF-8, whatever the locale. */
  archive_write_set_options (archive, "hdrcharset=UTF-8");
  return archive;
}

static gboolean
make_partial (TlmExportSink *self,
              GError       **error)
{
  int fd;

  if (self->archive == NULL)
    return g_mkdtemp_full (self->partial, 0700) != NULL || fail (self, g_strerror (errno), error);
  fd = g_mkstemp_full (self->partial, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail (self, g_strerror (errno), error);
  close (fd);
  return archive_write_open_filename (self->archive, self->partial) == ARCHIVE_OK
         || fail (self, archive_error_string (self->archive), error);
}

TlmExportSink *
tlm_export_sink_new (const char *target,
                     GError    **error)
{
  g_autoptr (TlmExportSink) self = g_new0 (TlmExportSink, 1);
  gsize                     len = strlen (target);
  locale_t                  before;

  while (len > 1 && G_IS_DIR_SEPARATOR (target[len - 1]))
    len--;
  self->target = g_strndup (target, len);
  if (g_file_test (self->target, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    {
      fail_exists (self, error);
      return NULL;
    }
  self->partial = g_strconcat (self->target, ".partial-XXXXXX", NULL);
  self->utf8 = newlocale (LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0);
  before = uselocale (self->utf8);
  self->archive = new_archive (self->target);
  uselocale (before);
  return make_partial (self, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
add_to_folder (TlmExportSink *self,
               const char    *name,
               const char    *text,
               gsize          len,
               GError       **error)
{
  g_autofree char    *path = g_build_filename (self->partial, name, NULL);
  g_autofree char    *folder = g_path_get_dirname (path);
  g_autoptr (GError)  failure = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return fail (self, g_strerror (errno), error);
  return g_file_set_contents_full (path, text, (gssize) len, G_FILE_SET_CONTENTS_DURABLE, 0600,
                                   &failure)
         || fail (self, failure->message, error);
}

static gboolean
add_to_archive (TlmExportSink *self,
                const char    *name,
                const char    *text,
                gsize          len,
                gint64         changed,
                GError       **error)
{
  struct archive_entry *entry = archive_entry_new ();
  locale_t              before = uselocale (self->utf8); /* of this thread */
  gboolean              done;

  archive_entry_set_pathname_utf8 (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0600);
  archive_entry_set_size (entry, (la_int64_t) len);
  archive_entry_set_mtime (entry, (time_t) changed, 0);
  done = archive_write_header (self->archive, entry) == ARCHIVE_OK
         && archive_write_data (self->archive, text, len) == (la_ssize_t) len;
  archive_entry_free (entry);
  uselocale (before);
  return done || fail (self, archive_error_string (self->archive), error);
}

gboolean
tlm_export_sink_add (TlmExportSink *self,
                     const char    *name,
                     const char    *text,
                     gsize          len,
                     gint64         changed,
                     GError       **error)
{
  if (self->archive != NULL)
    return add_to_archive (self, name, text, len, changed, error);
  return add_to_folder (self, name, text, len, error);
}

static gboolean
sync_path (const char *path)
{
  int      fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean synced = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return synced;
}

/* RENAME_NOREPLACE: also what came to be there meanwhile stays. A file system that does not know
 * it is asked a moment before. */
static gboolean
take_name (TlmExportSink *self)
{
  if (renameat2 (AT_FDCWD, self->partial, AT_FDCWD, self->target, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  if (g_file_test (self->target, G_FILE_TEST_EXISTS))
    {
      errno = EEXIST;
      return FALSE;
    }
  return g_rename (self->partial, self->target) == 0;
}

gboolean
tlm_export_sink_finish (TlmExportSink *self,
                        GError       **error)
{
  if (self->archive != NULL && archive_write_close (self->archive) != ARCHIVE_OK)
    return fail (self, archive_error_string (self->archive), error);
  if (!sync_path (self->partial) || !take_name (self))
    return errno == EEXIST ? fail_exists (self, error) : fail (self, g_strerror (errno), error);
  g_clear_pointer (&self->partial, g_free);
  return TRUE;
}

/* What is left of an export that failed is as private as what it came from. */
void
tlm_export_sink_free (TlmExportSink *self)
{
  gboolean folder = self->archive == NULL;

  if (self->archive != NULL)
    archive_write_free (self->archive);
  if (self->partial != NULL && folder)
    tlm_erase_folder (self->partial, NULL);
  else if (self->partial != NULL)
    tlm_erase_file (self->partial, NULL);
  if (self->utf8 != (locale_t) 0)
    freelocale (self->utf8);
  g_free (self->partial);
  g_free (self->target);
  g_free (self);
}
