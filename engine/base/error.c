/* SPDX-License-Identifier: Apache-2.0 */
/* Formats an error into the caller's storage. Nothing is allocated, so this works when memory is
 * out. Names in a message may come from a hostile file; whatever they hold, it stays readable. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Puts "?" for each control character and for each byte that is no UTF-8, such as those of a
 * character that was cut at the end. */
static void
make_readable (char *text)
{
  size_t len = strlen (text), n;

  for (size_t i = 0; i < len; i += n)
    {
      uint32_t cp;

      n = tl_utf8_next (text + i, len - i, &cp);
      if (cp < 0x20 || cp == 0x7f || (n == 1 && cp == TL_UTF8_REPLACEMENT))
        text[i] = '?';
    }
}

static size_t
error_format (tl_error *err, tl_error_code code, const char *fmt, va_list args)
{
  int len;

  err->code = code;
  len = vsnprintf (err->message, sizeof err->message, fmt, args);
  if (len < 0)
    err->message[0] = '\0';
  make_readable (err->message);
  return strlen (err->message);
}

bool
tl_error_set (tl_error *err, tl_error_code code, const char *fmt, ...)
{
  if (err != NULL)
    {
      va_list args;

      va_start (args, fmt);
      error_format (err, code, fmt, args);
      va_end (args);
    }
  return false;
}

bool
tl_error_set_errno (tl_error *err, int errnum, const char *fmt, ...)
{
  if (err != NULL)
    {
      va_list args;
      size_t len;
      char text[128];

      va_start (args, fmt);
      len = error_format (err, errnum == ENOMEM ? TL_ERROR_MEMORY : TL_ERROR_IO, fmt, args);
      va_end (args);
      /* The POSIX function would clash with glibc's; this one is the thread-safe GNU form. */
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
      snprintf (err->message + len, sizeof err->message - len, ": %s",
                strerror_r (errnum, text, sizeof text));
#else
      if (strerror_r (errnum, text, sizeof text) != 0)
        snprintf (text, sizeof text, "error %d", errnum);
      snprintf (err->message + len, sizeof err->message - len, ": %s", text);
#endif
    }
  return false;
}
