/* SPDX-License-Identifier: Apache-2.0 */
/* Which folders the program may enter, and every file that it keeps. */
#include "privacy-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_FILES 500 /* rows that a page can still show; the total counts all */
#define MAX_DEPTH 16  /* of folders in folders: more than the program or GTK's caches make */

/* As people write it, with ~ for the home folder. (transfer full) */
static char *
dup_shown_path (const char *path)
{
  const char      *home = g_get_home_dir ();
  g_autofree char *name = g_filename_display_name (path);
  gsize            n = strlen (home);

  if (n > 1 && g_str_has_prefix (name, home) && name[n] == G_DIR_SEPARATOR)
    return g_strconcat ("~", name + n, NULL);
  return g_steal_pointer (&name);
}

static void
probe_own_folder (GPtrArray *findings, const char *own)
{
  g_autofree char *shown = dup_shown_path (own);
  GStatBuf         info;
  gboolean         closed;

  if (g_stat (own, &info) != 0)
    {
      tlm_findings_add (findings, TLM_FINDINGS_FOLDERS, TLM_FINDING_FACT, "own",
                        g_steal_pointer (&shown),
                        g_strdup (_("TinyLM’s own folder: not there yet.")));
      return;
    }
  closed = (info.st_mode & 077) == 0;
  tlm_findings_add (
    findings, TLM_FINDINGS_FOLDERS, closed ? TLM_FINDING_HOLDS : TLM_FINDING_BROKEN, "own",
    g_strdup (shown),
    closed ? g_strdup (_("TinyLM’s own folder: only you may enter it."))
           : g_strdup_printf (_("TinyLM’s own folder: other people on this computer may enter it "
                                "(mode %04o). “chmod 700 %s” closes it."),
                              info.st_mode & 0777, shown));
}

static void
probe_granted (GPtrArray *findings, GKeyFile *info)
{
  g_auto (GStrv) names = g_key_file_get_string_list (info, "Context", "filesystems", NULL, NULL);

  for (int i = 0; names != NULL && names[i] != NULL; i++)
    if (*names[i] != '\0' && *names[i] != '!')
      tlm_findings_add (findings, TLM_FINDINGS_FOLDERS, TLM_FINDING_BROKEN, "granted",
                        g_strdup (names[i]),
                        g_strdup (_("Added to the sandbox; TinyLM does not ask for it.")));
}

/* The document portal shows each document under a folder of its own: ID/name. */
static void
probe_documents (GPtrArray *findings, const char *documents)
{
  g_autoptr (GDir) dir = g_dir_open (documents, 0, NULL);
  const char      *id;

  while (dir != NULL && (id = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (documents, id, NULL);
      g_autoptr (GDir) inner = g_dir_open (path, 0, NULL);
      const char      *name = inner != NULL ? g_dir_read_name (inner) : NULL;

      if (name != NULL && !g_str_equal (id, "by-app"))
        tlm_findings_add (findings, TLM_FINDINGS_FOLDERS, TLM_FINDING_FACT, "document",
                          g_filename_display_name (name),
                          g_strdup (_("A file that you chose in a file chooser or dropped.")));
    }
}

void
tlm_privacy_probe_folders (GPtrArray *findings, GKeyFile *info, const char *own,
                           const char *documents)
{
  probe_own_folder (findings, own);
  if (info != NULL)
    {
      probe_granted (findings, info);
      probe_documents (findings, documents);
    }
  else
    tlm_findings_add (findings, TLM_FINDINGS_FOLDERS, TLM_FINDING_FACT, "all",
                      g_strdup (_("Everything Else")),
                      g_strdup (_("Open to TinyLM as it is to you; it reads only what you open, and "
                                  "the models that you chose.")));
}

/* @watched: (nullable) */
void
tlm_privacy_probe_watched (GPtrArray *findings, const char *const *watched)
{
  for (int i = 0; watched != NULL && watched[i] != NULL; i++)
    tlm_findings_add (findings, TLM_FINDINGS_FOLDERS, TLM_FINDING_FACT, "watched",
                      dup_shown_path (watched[i]),
                      g_strdup (_("You let TinyLM watch this folder: its files are read and kept as "
                                  "notes. Preferences end it.")));
}

typedef struct
{
  GPtrArray *findings;
  guint      n_files;
  guint64    n_bytes;
} Walk;

static void
add_file (Walk *walk, const char *path, const GStatBuf *info)
{
  walk->n_files++;
  walk->n_bytes += (guint64) info->st_size;
  if (walk->n_files <= MAX_FILES)
    tlm_findings_add (walk->findings, TLM_FINDINGS_FILES, TLM_FINDING_FACT, "file",
                      dup_shown_path (path), g_format_size ((guint64) info->st_size));
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Links are not followed: what they lead to is not the program's. */
static void
walk_folder (Walk *walk, const char *path, guint depth)
{
  g_autoptr (GDir)      dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char           *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_paths);
  for (guint i = 0; i < names->len; i++)
    {
      GStatBuf info;

      if (g_lstat (names->pdata[i], &info) != 0)
        continue;
      if (!S_ISDIR (info.st_mode))
        add_file (walk, names->pdata[i], &info);
      else if (depth < MAX_DEPTH)
        walk_folder (walk, names->pdata[i], depth + 1);
    }
}

void
tlm_privacy_probe_files (GPtrArray *findings, const char *const *roots)
{
  Walk             walk = { findings, 0, 0 };
  int              start = (int) findings->len;
  g_autofree char *size = NULL;

  for (int i = 0; roots[i] != NULL; i++)
    walk_folder (&walk, roots[i], 0);
  size = g_format_size (walk.n_bytes);
  tlm_findings_add (findings, TLM_FINDINGS_FILES, TLM_FINDING_FACT, "total",
                    /* Translators: the size of all files above it, added up. */
                    g_strdup (C_("sum of sizes", "Together")),
                    /* Translators: how many files, and how large they are together. */
                    g_strdup_printf (ngettext ("%u file, %s", "%u files, %s", walk.n_files),
                                     walk.n_files, size));
  g_ptr_array_insert (findings, start, g_ptr_array_steal_index (findings, findings->len - 1));
}

void
tlm_privacy_probe_shared (GPtrArray *findings, const char *path, const char *text)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    tlm_findings_add (findings, TLM_FINDINGS_FILES, TLM_FINDING_FACT, "shared",
                      dup_shown_path (path), g_strdup (text));
}
