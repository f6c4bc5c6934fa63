/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli license` as a product's build calls it: exit status and sentence. */
#include <gio/gio.h>
#include <string.h>

#include "core/paths.h"
#include "support.h"

/* Standard output; fails the test when the exit status is not @status. */
static char *
run_license (int         status,
             const char *arguments)
{
  g_autofree char    *line = g_strconcat (g_getenv ("TINYLM_CLI"), " license ", arguments, NULL);
  g_autofree char    *out = NULL, *err = NULL;
  g_autoptr (GError)  error = NULL;
  int                 wait_status;

  g_assert_true (g_spawn_command_line_sync (line, &out, &err, &wait_status, &error));
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (wait_status));
  g_assert_cmpint (WEXITSTATUS (wait_status), ==, status);
  g_assert_true (status == 0 || *out != '\0' || g_str_has_prefix (err, "tinylm-cli: "));
  return g_steal_pointer (&out);
}

static void
assert_says (int         status,
             const char *arguments,
             const char *sentence)
{
  g_autofree char *out = run_license (status, arguments);

  if (strstr (out, sentence) == NULL)
    g_error ("%s: “%s” is not in “%s”", arguments, sentence, out);
}

static void
verifies_for_a_build (void)
{
  g_autofree char *year = tlm_paths_dup_data ("licenses/vectors/year.txt");
  g_autofree char *add = g_strconcat ("add ", year, NULL);

  assert_says (0, "list", "no keys");
  assert_says (1, "verify --product 'Example Notes' --model eeny", "No key covers eeny");
  assert_says (0, add, "test key");
  assert_says (1, "verify --product 'Example Notes' --model eeny", "Only a test key");
  assert_says (0, "verify --product 'Example Notes' --model eeny --accept-test", "Only a test key");
  assert_says (1, "verify --product Other --model eeny --accept-test --json", "\"covered\":false");
  assert_says (1, "verify --product Other --model eeny --json", "\"licensee\":null,\"license\":null");
  assert_says (1, "verify --product Other --model llama", "");
  assert_says (2, "verify --product Other", "");
}

/* A key beside a product, which no store knows of. */
static void
verifies_a_file_alone (void)
{
  g_autofree char *life = tlm_paths_dup_data ("licenses/vectors/life.txt");
  g_autofree char *no_key = tlm_paths_dup_data ("licenses/vectors/revoked.txt");
  g_autofree char *good = g_strconcat ("verify --accept-test --product 'Example Notes' --model eeny ", life, NULL);
  g_autofree char *other = g_strconcat ("verify --accept-test --product Other --model eeny ", life, NULL);
  g_autofree char *none = g_strconcat ("verify --accept-test --product 'Example Notes' --model eeny ",
                                       no_key, NULL);

  assert_says (0, good, "Only a test key");
  assert_says (1, other, "");
  assert_says (1, none, "No key covers eeny");
  assert_says (1, "verify --product 'Example Notes' --model eeny /nonexistent", "");
  assert_says (0, "list", "no keys");
}

static void
lists_and_removes (void)
{
  g_autofree char *life = tlm_paths_dup_data ("licenses/vectors/life.txt");
  g_autofree char *add = g_strconcat ("add ", life, NULL);

  assert_says (0, add, "test key");
  assert_says (0, "list", "TEST KEY");
  assert_says (0, "list", "For life");
  assert_says (0, "remove 00000000000000a2", "in the bin");
  assert_says (1, "remove 00000000000000a2", "");
  assert_says (1, "add /nonexistent", "");
  assert_says (2, "remove", "");
  assert_says (2, "frobnicate", "");
  assert_says (2, "list all", "");
  assert_says (2, "list --json", "");
}

int
main (int    argc,
      char **argv)
{
  char *folder = tlm_test_make_folder ();
  int   status;

  g_test_init (&argc, &argv, NULL);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_test_add_func ("/app/license-cli/verifies-a-file-alone", verifies_a_file_alone);
  g_test_add_func ("/app/license-cli/verifies-for-a-build", verifies_for_a_build);
  g_test_add_func ("/app/license-cli/lists-and-removes", lists_and_removes);
  status = g_test_run ();
  tlm_test_remove_folder (folder);
  return status;
}
