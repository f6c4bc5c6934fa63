/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as RFC 3629 defines it, with every malformed sequence refused. */
#include "base/utf8.h"

#include <assert.h>
#include <stdbool.h>

static bool
is_scalar (uint32_t cp)
{
  return cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
}

/* The length that a lead byte announces and the least value which needs that length; 0 for a byte
 * that cannot lead. */
static size_t
sequence_length (uint8_t lead, uint32_t *least)
{
  if (lead >= 0xc2 && lead <= 0xdf)
    return *least = 0x80, 2;
  if (lead >= 0xe0 && lead <= 0xef)
    return *least = 0x800, 3;
  if (lead >= 0xf0 && lead <= 0xf4)
    return *least = 0x10000, 4;
  return 0;
}

size_t
tl_utf8_next (const char *s, size_t len, uint32_t *cp)
{
  const uint8_t *u = (const uint8_t *) s;
  uint32_t least = 0, c;
  size_t n;

  assert (len > 0);
  if (u[0] < 0x80)
    {
      *cp = u[0];
      return 1;
    }
  *cp = TL_UTF8_REPLACEMENT;
  n = sequence_length (u[0], &least);
  if (n == 0 || n > len)
    return 1;
  c = u[0] & (0x7fu >> n);
  for (size_t i = 1; i < n; i++)
    {
      if ((u[i] & 0xc0) != 0x80)
        return 1;
      c = c << 6 | (u[i] & 0x3f);
    }
  if (c < least || !is_scalar (c))
    return 1;
  *cp = c;
  return n;
}

size_t
tl_utf8_put (char *out, uint32_t cp)
{
  if (!is_scalar (cp))
    cp = TL_UTF8_REPLACEMENT;
  if (cp < 0x80)
    {
      out[0] = (char) cp;
      return 1;
    }
  if (cp < 0x800)
    {
      out[0] = (char) (0xc0 | cp >> 6);
      out[1] = (char) (0x80 | (cp & 0x3f));
      return 2;
    }
  if (cp < 0x10000)
    {
      out[0] = (char) (0xe0 | cp >> 12);
      out[1] = (char) (0x80 | (cp >> 6 & 0x3f));
      out[2] = (char) (0x80 | (cp & 0x3f));
      return 3;
    }
  out[0] = (char) (0xf0 | cp >> 18);
  out[1] = (char) (0x80 | (cp >> 12 & 0x3f));
  out[2] = (char) (0x80 | (cp >> 6 & 0x3f));
  out[3] = (char) (0x80 | (cp & 0x3f));
  return 4;
}
