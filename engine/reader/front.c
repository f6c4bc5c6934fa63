/* SPDX-License-Identifier: Apache-2.0 */
/* Line by line; app/web/front-matter.js has the same rules. */
#include "reader/front.h"

#include <string.h>

static bool
is_blank (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* "- roof", "# a comment", "  what goes on": beside keys, all that a list of keys has. */
static bool
goes_on (const char *line, size_t len)
{
  return is_blank (line[0]) || line[0] == '#'
         || (line[0] == '-' && (len == 1 || is_blank (line[1])));
}

/* "key: value" or "key = value". @many: the key may have several words */
static bool
is_key (const char *line, size_t len, char separator, bool many)
{
  const char *mark = memchr (line, separator, len);
  size_t end = mark != NULL ? (size_t) (mark - line) : 0, n = end;

  while (n > 0 && is_blank (line[n - 1]))
    n--;
  if (n == 0 || goes_on (line, len) || (line[0] >= '0' && line[0] <= '9'))
    return false;
  for (size_t i = 0; i < n && !many; i++)
    if (is_blank (line[i]))
      return false;
  return separator != ':' || end + 1 == len || is_blank (line[end + 1]);
}

bool
tl_front_is_keyed (const char *body, size_t len, char separator)
{
  bool first = true, commented = false, plain = false, listed = separator == ':';

  for (size_t at = 0; at < len;)
    {
      const char *line = body + at, *stop = memchr (line, '\n', len - at);
      size_t n = stop != NULL ? (size_t) (stop - line) : len - at;

      at += n + 1;
      while (n > 0 && is_blank (line[n - 1]))
        n--;
      if (n == 0 || (first && line[0] == '#'))
        {
          listed &= n > 0;
          commented |= n > 0;
          continue;
        }
      if (first)
        plain = is_key (line, n, separator, false) || (separator == '=' && line[0] == '[');
      if (first && plain && (!commented || separator == '='))
        return true;
      listed &= is_key (line, n, separator, true) || (!first && goes_on (line, n));
      first = false;
    }
  return first ? !commented : listed;
}
