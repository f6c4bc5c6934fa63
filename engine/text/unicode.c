/* SPDX-License-Identifier: Apache-2.0 */
/* Classes of characters, by bisection over the generated runs. */
#include "text/unicode.h"

unsigned
tl_unicode_class (uint32_t cp)
{
  size_t low = 0, high = tl_n_unicode_runs;

  /* The run that begins at or before cp: the first one begins at 0. */
  while (high - low > 1)
    {
      size_t middle = low + (high - low) / 2;

      if (tl_unicode_runs[middle] >> 8 <= cp)
        low = middle;
      else
        high = middle;
    }
  return tl_unicode_runs[low] & 0xFF;
}
