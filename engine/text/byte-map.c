/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as printable characters, both ways, by arithmetic. The bytes that do not print are
 * 0x00-0x20, 0x7F-0xA0 and 0xAD. */
#include "text/byte-map.h"

#include <string.h>

#include "base/utf8.h"

#define FIRST_CHAR 0x100
#define N_LOW 33  /* 0x00-0x20 */
#define N_HIGH 34 /* 0x7F-0xA0 */

uint32_t
tl_byte_to_char (uint8_t byte)
{
  if (byte <= 0x20)
    return FIRST_CHAR + byte;
  if (byte >= 0x7F && byte <= 0xA0)
    return FIRST_CHAR + N_LOW + (byte - 0x7Fu);
  if (byte == 0xAD)
    return FIRST_CHAR + N_LOW + N_HIGH;
  return byte;
}

int
tl_char_to_byte (uint32_t cp)
{
  if (cp < FIRST_CHAR)
    return tl_byte_to_char ((uint8_t) cp) == cp ? (int) cp : -1;
  cp -= FIRST_CHAR;
  if (cp < N_LOW)
    return (int) cp;
  if (cp < N_LOW + N_HIGH)
    return (int) (0x7F + cp - N_LOW);
  return cp == N_LOW + N_HIGH ? 0xAD : -1;
}

size_t
tl_byte_map_encode (const char *bytes, size_t len, char *out)
{
  size_t n = 0;

  for (size_t i = 0; i < len; i++)
    n += tl_utf8_put (out + n, tl_byte_to_char ((uint8_t) bytes[i]));
  return n;
}

size_t
tl_byte_map_decode (const char *s, size_t len, char *out)
{
  size_t n_out = 0;

  for (size_t i = 0, n; i < len; i += n)
    {
      uint32_t cp;
      int byte;

      n = tl_utf8_next (s + i, len - i, &cp);
      byte = tl_char_to_byte (cp);
      if (byte >= 0)
        out[n_out++] = (char) byte;
      else
        {
          memcpy (out + n_out, s + i, n);
          n_out += n;
        }
    }
  return n_out;
}
