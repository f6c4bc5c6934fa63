/* SPDX-License-Identifier: Apache-2.0 */
/* How a model expects a conversation to be written. Each format is data; which one a model uses is
 * recognised in the template that its file carries, and never guessed. Only what the format itself
 * says becomes control tokens: a message that spells "<|im_end|>" stays text, so that no note or
 * pasted page can speak as the system or end a turn. */
#pragma once

#include "text/tokenizer.h"

#pragma GCC visibility push(default)

typedef struct tl_chat_format tl_chat_format;

typedef enum
{
  TL_CHAT_SYSTEM,
  TL_CHAT_USER,
  TL_CHAT_ASSISTANT,
} tl_chat_role;

typedef struct
{
  tl_chat_role role;
  const char  *text; /* [len] UTF-8, borrowed */
  size_t       len;
} tl_chat_turn;

/* What a file says about conversations; borrows from the file. */
typedef struct
{
  bool                  present;  /* the file has a template at all */
  const tl_chat_format *format;   /* NULL: there is none, or it is not recognised */
  bool                  bos;      /* the template begins with the token that begins a text */
  bool                  thinks;   /* answers may begin with <think>…</think>, left out later on */
  tl_str                system;   /* what the template says where the person says nothing; still with
                                     the template's escapes; NULL data: nothing */
} tl_chat_template;

/**
 * tl_chat_format_at:
 * @i: from 0 on
 *
 * Returns: (nullable): one of the formats that can be rendered, for a person to choose from; NULL past the
 * last
 */
const tl_chat_format *tl_chat_format_at (size_t i);

/**
 * tl_chat_format_get_name:
 * Returns: as it is stored and shown, e.g. "ChatML"; static
 */
const char *tl_chat_format_get_name (const tl_chat_format *format);

/**
 * tl_chat_format_find:
 * @name: of tl_chat_format_get_name()
 *
 * Returns: (nullable): the format of that name
 */
const tl_chat_format *tl_chat_format_find (const char *name);

/**
 * tl_chat_template_read:
 * @gguf: of the model
 * @chat: (out): borrows from @gguf
 *
 * Reads "tokenizer.chat_template" and recognises its format by what it writes around the messages. Tools
 * and the date that Llama 3.1's template puts in front are not rendered.
 */
void tl_chat_template_read (const tl_gguf *gguf, tl_chat_template *chat);

/**
 * tl_chat_encode:
 * @t: of the same model
 * @chat: its format must not be NULL
 * @turns: [n_turns] in order; a system turn only first
 * @n_turns: how many
 * @ids: (out) (transfer full): [n_ids] of malloc(): end it with free()
 * @n_ids: (out): how many
 *
 * The whole conversation up to where the assistant's answer begins.
 */
bool tl_chat_encode (const tl_tokenizer *t, const tl_chat_template *chat, const tl_chat_turn *turns,
                     size_t n_turns, int32_t **ids, size_t *n_ids, tl_error *err);

#pragma GCC visibility pop
