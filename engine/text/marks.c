/* SPDX-License-Identifier: Apache-2.0 */
/* The marks are those of the table in chat-format.c, and the ends that other templates write. */
#include "text/marks.h"

#include "text/chat-format-private.h"

#include <string.h>

static const char *const ends[] = {
  "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<|endoftext|>", "<|end_of_text|>",
  "<|end_of_turn|>", "<end_of_turn>", "<|return|>", "<|call|>", "<EOT>",
};

bool
tl_mark_is_end (tl_str piece)
{
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    if (piece.len == strlen (ends[i]) && memcmp (piece.data, ends[i], piece.len) == 0)
      return true;
  return false;
}

bool
tl_mark_is_shaped (tl_str piece)
{
  char first = piece.len > 2 ? piece.data[0] : '\0', last = first ? piece.data[piece.len - 1] : '\0';

  return (first == '<' && last == '>') || (first == '[' && last == ']');
}

static bool
holds (const char *text, tl_str piece)
{
  for (; text && strlen (text) >= piece.len; text++)
    if (memcmp (text, piece.data, piece.len) == 0)
      return true;
  return false;
}

static bool
is_written_by (const tl_chat_format *f, tl_str piece)
{
  const char *const texts[] = { f->system.before, f->system.after,     f->user.before,
                                f->user.after,    f->assistant.before, f->assistant.after };

  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (holds (texts[i], piece))
      return true;
  return false;
}

bool
tl_mark_is_known (tl_str piece)
{
  const tl_chat_format *format;

  if (!tl_mark_is_shaped (piece))
    return false;
  for (size_t i = 0; (format = tl_chat_format_at (i)); i++)
    if (is_written_by (format, piece))
      return true;
  return tl_mark_is_end (piece);
}
