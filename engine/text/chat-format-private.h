/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation format as data; shared by chat-format.c (the table) and chat-encode.c. */
#pragma once

#include "text/chat-format.h"

#define TL_CHAT_MAX_MARKS 3

/* In a text of the table: the model's token that ends a text. */
#define TL_CHAT_EOS "\x01"

/* What is written around a message of one role. */
typedef struct
{
  const char *before, *after;
} tl_chat_frame;

struct tl_chat_format
{
  const char   *name;
  const char   *marks[TL_CHAT_MAX_MARKS]; /* all of them stand in the template */
  const char   *unless;                   /* this does not */
  tl_chat_frame system; /* without a frame of its own its text leads the first user message */
  tl_chat_frame user, assistant;
  const char   *reply;         /* begins an answer; NULL: as assistant.before */
  bool          system_inside; /* its frame stands inside that of the first user message */
  bool          trims;         /* white space around a message is not written */
  bool          bos_each;      /* each user message begins a text anew */
};
