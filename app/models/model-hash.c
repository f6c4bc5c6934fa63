/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of files, remembered for as long as the program runs and the file does not change. */
#include "model-hash.h"

#include "core/errors.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define CHUNK_BYTES (1u << 20)

static GMutex      lock;
static GHashTable *known;    /* of tlm_model_dup_stamp() -> digest */
static GHashTable *expected; /* path -> digest */

char *
tlm_model_dup_stamp (const char *path)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return NULL;
  return g_strdup_printf ("%s\n%" G_GUINT64_FORMAT "\n%" G_GOFFSET_FORMAT "\n%" G_GINT64_FORMAT ".%09ld",
                          path, (guint64) info.st_ino, (goffset) info.st_size,
                          (gint64) info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

static char *
look_up (const char *key)
{
  char *digest = NULL;

  g_mutex_lock (&lock);
  if (known != NULL && key != NULL)
    digest = g_strdup (g_hash_table_lookup (known, key));
  g_mutex_unlock (&lock);
  return digest;
}

static void
remember (const char *key,
          const char *digest)
{
  if (key == NULL)
    return;
  g_mutex_lock (&lock);
  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_replace (known, g_strdup (key), g_strdup (digest));
  g_mutex_unlock (&lock);
}

static gboolean
go_on (tl_cancel_func cancel,
       gpointer       cancel_data,
       GError       **error)
{
  if (cancel == NULL || !cancel (cancel_data))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The work was stopped."));
  return FALSE;
}

/* Read, not mapped: a file that somebody cuts meanwhile only ends sooner. */
static char *
compute (const char    *path,
         tl_cancel_func cancel,
         gpointer       cancel_data,
         GError       **error)
{
  g_autoptr (GFile)            file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) in = g_file_read (file, NULL, error);
  g_autoptr (GChecksum)        sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8           *bytes = g_malloc (CHUNK_BYTES);
  gssize                       n = in != NULL ? 1 : -1;

  while (n > 0 && go_on (cancel, cancel_data, error)
         && (n = g_input_stream_read (G_INPUT_STREAM (in), bytes, CHUNK_BYTES, NULL, error)) > 0)
    g_checksum_update (sum, bytes, n);
  return n == 0 ? g_strdup (g_checksum_get_string (sum)) : NULL;
}

char *
tlm_model_hash (const char *path,
                GError    **error)
{
  return tlm_model_hash_until (path, NULL, NULL, error);
}

char *
tlm_model_hash_until (const char    *path,
                      tl_cancel_func cancel,
                      gpointer       cancel_data,
                      GError       **error)
{
  g_autofree char *key = tlm_model_dup_stamp (path);
  char            *digest = look_up (key);

  if (digest != NULL)
    return digest;
  digest = compute (path, cancel, cancel_data, error);
  if (digest != NULL)
    remember (key, digest);
  return digest;
}

void
tlm_model_hash_forget (const char *path)
{
  g_autofree char *key = tlm_model_dup_stamp (path);

  g_mutex_lock (&lock);
  if (known != NULL && key != NULL)
    g_hash_table_remove (known, key);
  g_mutex_unlock (&lock);
}

void
tlm_model_hash_expect (const char *path,
                       const char *sha256)
{
  g_mutex_lock (&lock);
  if (expected == NULL)
    expected = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (sha256 != NULL)
    g_hash_table_replace (expected, g_strdup (path), g_strdup (sha256));
  else
    g_hash_table_remove (expected, path);
  g_mutex_unlock (&lock);
}

static char *
dup_expected (const char *path)
{
  char *sha256;

  g_mutex_lock (&lock);
  sha256 = expected != NULL ? g_strdup (g_hash_table_lookup (expected, path)) : NULL;
  g_mutex_unlock (&lock);
  return sha256;
}

gboolean
tlm_model_hash_check (const char    *path,
                      tl_cancel_func cancel,
                      gpointer       cancel_data,
                      GError       **error)
{
  g_autofree char *wanted = dup_expected (path);
  g_autofree char *found = wanted != NULL ? tlm_model_hash_until (path, cancel, cancel_data, error)
                                          : NULL;
  g_autofree char *name = g_filename_display_basename (path);

  if (wanted == NULL)
    return TRUE;
  if (found == NULL)
    return FALSE;
  if (g_str_equal (wanted, found))
    return TRUE;
  g_set_error (error, TLM_ERROR, TLM_ERROR_MODEL,
               _("The file “%s” has changed since it was added, so it is not loaded. If the change "
                 "was yours, remove the model and add it again; else get the file again."), name);
  return FALSE;
}
