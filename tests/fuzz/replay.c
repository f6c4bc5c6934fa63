/* SPDX-License-Identifier: Apache-2.0 */
/* A target as a plain test: replay SEEDS PATH... gives it each file, also those in folders, in the order
 * of their names, and each cut short at some places; so every input that once did harm, and every
 * seed, is tried in the ordinary suite. A whole seed must be taken where the target asks for fuzz_is_seed;
 * others read any bytes. Without a file it fails. */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#define N_CUTS 16

static unsigned n_inputs;
static bool are_seeds;

static void
replay_bytes (const uint8_t *data, size_t size)
{
  fuzz_is_seed = are_seeds;
  LLVMFuzzerTestOneInput (data, size);
  fuzz_is_seed = false;
  for (size_t i = 0; i < N_CUTS && size > 0; i++)
    LLVMFuzzerTestOneInput (data, size * i / N_CUTS);
  n_inputs++;
}

static bool
replay_file (const char *path, size_t size)
{
  FILE *file = fopen (path, "rb");
  uint8_t *data = malloc (size > 0 ? size : 1);
  bool ok = file != NULL && data != NULL && fread (data, 1, size, file) == size;

  if (file != NULL)
    fclose (file);
  fprintf (stderr, "%s\n", path); /* the last one that is named did the harm */
  if (ok)
    replay_bytes (data, size);
  free (data);
  return ok;
}

static bool replay (const char *path);

static bool
replay_folder (const char *path)
{
  struct dirent **entries;
  int n = scandir (path, &entries, NULL, alphasort);
  bool ok = n >= 0;

  for (int i = 0; i < n; i++)
    {
      char child[4096];

      snprintf (child, sizeof child, "%s/%s", path, entries[i]->d_name);
      if (entries[i]->d_name[0] != '.')
        ok = replay (child) && ok;
      free (entries[i]);
    }
  if (n >= 0)
    free (entries);
  return ok;
}

static bool
replay (const char *path)
{
  struct stat st;

  if (stat (path, &st) == 0)
    {
      if (S_ISDIR (st.st_mode) ? replay_folder (path) : replay_file (path, (size_t) st.st_size))
        return true;
    }
  else if (errno == ENOENT)
    return true; /* a target without regressions has no folder of them */
  fprintf (stderr, "%s: cannot be read\n", path);
  return false;
}

int
main (int argc, char **argv)
{
  bool ok = true;

  for (int i = 1; i < argc; i++)
    {
      are_seeds = i == 1;
      ok = replay (argv[i]) && ok;
    }
  if (n_inputs == 0)
    fprintf (stderr, "usage: %s SEEDS FILE-OR-FOLDER...: no inputs\n", argv[0]);
  return ok && n_inputs > 0 ? 0 : 1;
}
