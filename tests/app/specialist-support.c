/* SPDX-License-Identifier: Apache-2.0 */
#include "specialist-support.h"

#include "core/paths.h"
#include "support.h"

void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->model = tlm_paths_dup_data ("models/meeny.gguf");
}

void
tear_down (Fixture      *f,
           gconstpointer data)
{
  tlm_test_remove_folder (f->folder);
  g_free (f->model);
}

char *
write_file (Fixture    *f,
            const char *name,
            const char *text)
{
  char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

char *
make_requests (void)
{
  static const char *const things[] = { "lamp", "kettle", "drill", "watch", "clock", "radio" };
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < 60; i++)
    g_string_append_printf (out, "{\"input\": \"%s the %s %u\", \"output\": \"%s\"}\n",
                            i % 2 != 0 ? "please send" : "I want to return", things[i / 2 % 6], i,
                            i % 2 != 0 ? "sales" : "refund");
  return g_string_free (out, FALSE);
}

void
train (TlmTestRun *run,
       const char *data,
       const char *out)
{
  tlm_test_run_cli (run, NULL, "train", "--data", data, "--base", "meeny", "--out", out, "--rank",
                    "4", "--epochs", "12", "--threads", "2", NULL);
}
