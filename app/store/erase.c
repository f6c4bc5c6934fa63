/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing files, folders, settings and our traces in shared lists. */
#include "erase.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db-private.h"
#include "core/errors.h"
#include "core/paths.h"
#include "core/settings.h"

#define CHUNK_BYTES (64 * 1024)

static gboolean
fail_errno (int         errnum,
            const char *path,
            GError    **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
               /* Translators: the first %s is a path, the second the system's reason */
               _("“%s” could not be erased (%s). Check its permissions and try again."), name,
               g_strerror (errnum));
  return FALSE;
}

/* Random bytes, not zeros: a file system may keep zeros as a hole elsewhere. */
gboolean
tlm_erase_fd (int fd)
{
  guint8      chunk[CHUNK_BYTES];
  struct stat info;

  if (sodium_init () < 0 || fstat (fd, &info) != 0)
    return FALSE;
  for (off_t done = 0; done < info.st_size;)
    {
      ssize_t n;

      randombytes_buf (chunk, sizeof chunk);
      n = pwrite (fd, chunk, (size_t) MIN (info.st_size - done, CHUNK_BYTES), done);
      if (n < 0 && errno != EINTR)
        return FALSE;
      done += MAX (n, 0);
    }
  return fsync (fd) == 0 && ftruncate (fd, 0) == 0;
}

/* A file system that never writes in place has no room for the new bytes when it is full: taking the
 * file away is all that can be done, and what makes room. */
gboolean
tlm_erase_file (const char *path,
                GError    **error)
{
  struct stat info;
  int         fd, failure = 0;

  if (lstat (path, &info) != 0)
    return errno == ENOENT || fail_errno (errno, path, error);
  if (S_ISREG (info.st_mode) && info.st_nlink == 1)
    {
      fd = g_open (path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0);
      if (fd < 0 || (!tlm_erase_fd (fd) && errno != ENOSPC && errno != EDQUOT))
        failure = errno;
      if (fd >= 0)
        close (fd);
    }
  if (failure == 0 && g_unlink (path) != 0)
    failure = errno;
  return failure == 0 || fail_errno (failure, path, error);
}

static void
erase_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      path,
                 GCancellable *c)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    tlm_erase_folder (path, NULL);
  else
    tlm_erase_file (path, NULL);
  g_task_return_boolean (task, TRUE);
}

void
tlm_erase_later (const char *path)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, erase_in_thread);
}

/* 0: there is a folder that can be read, or nothing; else errno. */
static int
check_folder (const char *path)
{
  struct stat info;
  int         failure = 0, fd = g_open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    failure = errno;
  else
    close (fd);
  return failure == ENOENT && lstat (path, &info) != 0 ? 0 : failure;
}

/* A link to a folder stays, and so does a place where a disk is mounted: what comes there later
 * belongs on that disk as well. @stays: (inout): whether such a place stays; a folder around it does
 * too. */
static gboolean
remove_folder (const char *path,
               gboolean   *stays)
{
  if (g_rmdir (path) == 0 || errno == ENOENT || (errno == ENOTEMPTY && *stays))
    return TRUE;
  *stays = errno == EBUSY;
  return *stays || (errno == ENOTDIR && g_file_test (path, G_FILE_TEST_IS_SYMLINK));
}

static gboolean erase_folder (const char *path, const char *last, gboolean *stays, GError **error);

static gboolean
erase_child (const char *folder,
             const char *name,
             gboolean   *stays,
             GError    **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return erase_folder (path, NULL, stays, error);
  return tlm_erase_file (path, error);
}

/* What cannot be read may be empty, and is no place that stays. @last: (nullable): a name in it that
 * stays until all else is gone */
static gboolean
erase_folder (const char *path,
              const char *last,
              gboolean   *stays,
              GError    **error)
{
  int                failure = check_folder (path);
  g_autoptr (GError) first = NULL;
  g_autoptr (GDir)   dir = failure == 0 ? g_dir_open (path, 0, NULL) : NULL;
  gboolean           inner = FALSE;
  const char        *name;

  if (failure != 0)
    return g_rmdir (path) == 0 || fail_errno (failure, path, error);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_strcmp0 (name, last) != 0)
      erase_child (path, name, &inner, first == NULL ? &first : NULL);
  if (first == NULL && last != NULL)
    erase_child (path, last, &inner, &first);
  if (first == NULL && !remove_folder (path, &inner))
    fail_errno (errno, path, &first);
  *stays |= inner;
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}

gboolean
tlm_erase_folder (const char *path,
                  GError    **error)
{
  gboolean stays = FALSE;

  return erase_folder (path, NULL, &stays, error);
}

/* GTK enters a file under the program's name, g_get_application_name() or the id. */
static gboolean
is_our_name (const char *name)
{
  return g_ascii_strcasecmp (name, "tinylm") == 0 || g_str_equal (name, "com.sprapp.TinyLM");
}

static gboolean
forget_item (GBookmarkFile *list,
             const char    *uri)
{
  g_auto (GStrv) names = g_bookmark_file_get_applications (list, uri, NULL, NULL);
  guint          n_ours = 0, n = names != NULL ? g_strv_length (names) : 0;

  for (guint i = 0; i < n; i++)
    if (is_our_name (names[i]))
      {
        g_bookmark_file_remove_application (list, uri, names[i], NULL);
        n_ours++;
      }
  if (n_ours > 0 && n_ours == n)
    g_bookmark_file_remove_item (list, uri, NULL);
  return n_ours > 0;
}

gboolean
tlm_erase_recent (const char *path,
                  GError    **error)
{
  g_autoptr (GBookmarkFile) list = g_bookmark_file_new ();
  g_auto (GStrv)            uris = NULL;
  gboolean                  changed = FALSE;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_bookmark_file_load_from_file (list, path, error))
    return FALSE;
  uris = g_bookmark_file_get_uris (list, NULL);
  for (int i = 0; uris[i] != NULL; i++)
    changed |= forget_item (list, uris[i]);
  return !changed || g_bookmark_file_to_file (list, path, error);
}

static gboolean
erase_settings (GError **error)
{
  if (tlm_settings_reset ())
    return TRUE;
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_FAILED,
                       _("The settings could not be erased from here. Open TinyLM from the desktop "
                         "and erase everything on its Privacy page."));
  return FALSE;
}

/* Returns: whether nobody uses the database, restores it, or opens it before @lock is given back */
static gboolean
take_all (const char *database,
          int        *lock,
          GError    **error)
{
  if (tlm_db_lock (database, TLM_LOCK_ALL, TRUE, 0, lock, NULL) && !tlm_db_is_in_use (database))
    return TRUE;
  tlm_db_unlock (*lock);
  g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_BUSY,
                       _("TinyLM is open and uses its data. Close it and try again; nothing "
                         "was erased."));
  return FALSE;
}

/* Without its name the lock would hold nobody: others would make a new one. */
static gboolean
erase_data (const char *database,
            GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (database);
  g_autofree char *name = g_path_get_basename (database);
  g_autofree char *lock = g_strconcat (name, ".lock", NULL);
  gboolean         stays = FALSE;

  return erase_folder (folder, lock, &stays, error);
}

gboolean
tlm_erase_everything (GError **error)
{
  g_autofree char *database = tlm_paths_dup_database ();
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "tinylm", NULL);
  g_autofree char *recent = g_build_filename (g_get_user_data_dir (), "recently-used.xbel", NULL);
  int              lock;
  gboolean         done;

  if (!take_all (database, &lock, error))
    return FALSE;
  done = erase_data (database, error);
  tlm_db_unlock (lock);
  done = tlm_erase_folder (cache, done ? error : NULL) && done;
  done = erase_settings (done ? error : NULL) && done;
  return tlm_erase_recent (recent, done ? error : NULL) && done;
}
