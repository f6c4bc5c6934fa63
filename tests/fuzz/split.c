/* SPDX-License-Identifier: Apache-2.0 */
/* A model cut into two files; the number of bytes of the first stands in front, in two bytes. */
#include "fuzz.h"

#include <sys/stat.h>
#include <unistd.h>

#include "gguf/gguf.h"

static char folder[64];

static void
remove_folder (void)
{
  char path[128];

  for (int i = 1; i <= 2; i++)
    {
      snprintf (path, sizeof path, "%s/m-0000%d-of-00002.gguf", folder, i);
      unlink (path);
    }
  rmdir (folder);
}

static void
make_folder (void)
{
  bool memory = access ("/dev/shm", W_OK) == 0;

  snprintf (folder, sizeof folder, "%s/tinylm-fuzz-XXXXXX", memory ? "/dev/shm" : "/tmp");
  FUZZ_CHECK (mkdtemp (folder) != NULL);
  atexit (remove_folder);
}

static void
write_part (int number, const uint8_t *data, size_t size, char path[128])
{
  FILE *file;

  snprintf (path, 128, "%s/m-0000%d-of-00002.gguf", folder, number);
  file = fopen (path, "wb");
  FUZZ_CHECK (file != NULL && fwrite (data, 1, size, file) == size);
  fclose (file);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char path[128];
  size_t first;
  tl_error err = { 0 };
  tl_gguf *g;

  if (size < 2)
    return 0;
  if (folder[0] == '\0')
    make_folder ();
  first = (size_t) data[0] + 256u * data[1];
  first = first < size - 2 ? first : size - 2;
  write_part (2, data + 2 + first, size - 2 - first, path);
  write_part (1, data + 2, first, path);
  g = tl_gguf_open (path, &err);
  FUZZ_CHECK (g != NULL || !fuzz_is_seed);
  FUZZ_CHECK (g != NULL || (err.code != TL_OK && fuzz_is_utf8 (err.message, strlen (err.message))));
  for (size_t i = 0; g != NULL && i < tl_gguf_get_n_tensors (g); i++)
    {
      const tl_tensor_info *t = tl_gguf_get_tensor (g, i);
      uint8_t last;

      FUZZ_CHECK (tl_gguf_find_tensor (g, t->name) == t);
      if (t->size > 0)
        tl_gguf_read (g, &last, (const uint8_t *) t->data + t->size - 1, 1);
    }
  tl_gguf_close (g);
  return 0;
}
