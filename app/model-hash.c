/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 of files, remembered for as long as the program runs and the file does not change. */
#include "model-hash.h"

#include "errors.h"

#include <errno.h>
#include <glib/gstdio.h>

static GMutex      lock;
static GHashTable *known; /* "path\nsize\ntime" -> digest */

static char *
make_key (const char *path)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return NULL;
  return g_strdup_printf ("%s\n%" G_GOFFSET_FORMAT "\n%" G_GINT64_FORMAT ".%09ld", path,
                          (goffset) info.st_size, (gint64) info.st_mtim.tv_sec,
                          info.st_mtim.tv_nsec);
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

static char *
compute (const char *path,
         GError    **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  if (file == NULL)
    return NULL;
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256,
                                      (const guchar *) g_mapped_file_get_contents (file),
                                      g_mapped_file_get_length (file));
}

char *
tlm_model_hash (const char *path,
                GError    **error)
{
  g_autofree char *key = make_key (path);
  char            *digest = look_up (key);

  if (digest != NULL)
    return digest;
  digest = compute (path, error);
  if (digest != NULL)
    remember (key, digest);
  return digest;
}
