/* SPDX-License-Identifier: Apache-2.0 */
/* Copies, and files that never reach a disk. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "kernels/cpu.h"

bool fuzz_is_seed;

uint8_t *
fuzz_copy (const uint8_t *data, size_t size)
{
  uint8_t *copy = malloc (size > 0 ? size : 1);

  FUZZ_CHECK (copy != NULL);
  if (size > 0)
    memcpy (copy, data, size);
  return copy;
}

char *
fuzz_text (const uint8_t *data, size_t size)
{
  char *text = malloc (size + 1);

  FUZZ_CHECK (text != NULL);
  if (size > 0)
    memcpy (text, data, size);
  text[size] = '\0';
  return text;
}

bool
fuzz_is_utf8 (const char *text, size_t len)
{
  for (size_t i = 0; i < len;)
    {
      uint32_t cp;
      size_t n = tl_utf8_next (text + i, len - i, &cp);

      if (n == 1 && cp == TL_UTF8_REPLACEMENT)
        return false;
      i += n;
    }
  return true;
}

void
fuzz_use_c_kernels (void)
{
  tl_cpu_set_mask (0);
}

const char *
fuzz_file (const uint8_t *data, size_t size)
{
  static char path[64];
  static int fd = -1;

  if (fd < 0)
    {
      fd = memfd_create ("fuzz", MFD_CLOEXEC);
      snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
    }
  FUZZ_CHECK (fd >= 0 && ftruncate (fd, 0) == 0);
  FUZZ_CHECK (pwrite (fd, data, size, 0) == (ssize_t) size);
  return path;
}
