/* SPDX-License-Identifier: Apache-2.0 */
/* What a test program keeps lies in a folder of its own, however it is started: before main() and before
 * GLib has read where a person's things are. Linked into each program of tests/app and tests/ui. The
 * configuration stays where it is, since GTK reads its font there; settings are in memory only. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define MARK "TINYLM_TEST_HOME" /* for the processes that a test starts, which share the folder */

static char *home;
static pid_t owner;

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

__attribute__ ((constructor)) static void
make_home (void)
{
  static const char *const kinds[] = { "CACHE", "DATA", "STATE" };
  g_autoptr (GError) error = NULL;

  if (g_getenv (MARK) != NULL)
    return;
  home = g_dir_make_tmp ("tinylm-home-XXXXXX", &error);
  g_assert_no_error (error);
  owner = getpid ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *variable = g_strdup_printf ("XDG_%s_HOME", kinds[i]);
      g_autofree char *folder = g_build_filename (home, kinds[i], NULL);

      g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
      g_setenv (variable, folder, TRUE);
    }
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_setenv (MARK, home, TRUE);
}

/* A fork that ends leaves it. */
__attribute__ ((destructor)) static void
remove_home (void)
{
  if (home != NULL && owner == getpid ())
    remove_tree (home);
  g_clear_pointer (&home, g_free);
}
