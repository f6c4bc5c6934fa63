/* SPDX-License-Identifier: Apache-2.0 */
/* The table of conversation formats, and how one is recognised in a model's template. The first row
 * whose marks are all there is taken, so a special case stands before the common one. The texts are
 * those that the models' own templates write. */
#include "text/chat-format-private.h"

#include <string.h>

#define EOS TL_CHAT_EOS

static const tl_chat_format formats[] = {
  { .name = "Phi-4",
    .marks = { "<|im_start|>", "<|im_sep|>" },
    .system = { "<|im_start|>system<|im_sep|>", "<|im_end|>" },
    .user = { "<|im_start|>user<|im_sep|>", "<|im_end|>" },
    .assistant = { "<|im_start|>assistant<|im_sep|>", "<|im_end|>" } },
  { .name = "ChatML", /* Qwen, SmolLM2, LFM2 and many more */
    .marks = { "<|im_start|>", "<|im_end|>" },
    .unless = "<end_of_utterance>",
    .system = { "<|im_start|>system\n", "<|im_end|>\n" },
    .user = { "<|im_start|>user\n", "<|im_end|>\n" },
    .assistant = { "<|im_start|>assistant\n", "<|im_end|>\n" } },
  { .name = "Llama 3",
    .marks = { "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>" },
    .trims = true,
    .system = { "<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>" },
    .user = { "<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>" },
    .assistant = { "<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>" } },
  { .name = "BitNet",
    .marks = { "<|eot_id|>", "capitalize", "'Assistant: '" },
    .trims = true,
    .system = { "System: ", "<|eot_id|>" },
    .user = { "User: ", "<|eot_id|>" },
    .assistant = { "Assistant: ", "<|eot_id|>" } },
  { .name = "Gemma",
    .marks = { "<start_of_turn>", "<end_of_turn>" },
    .trims = true,
    .user = { "<start_of_turn>user\n", "<end_of_turn>\n" },
    .assistant = { "<start_of_turn>model\n", "<end_of_turn>\n" } },
  { .name = "Granite",
    .marks = { "<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>" },
    .system = { "<|start_of_role|>system<|end_of_role|>", "<|end_of_text|>\n" },
    .user = { "<|start_of_role|>user<|end_of_role|>", "<|end_of_text|>\n" },
    .assistant = { "<|start_of_role|>assistant<|end_of_role|>", "<|end_of_text|>\n" } },
  { .name = "Phi-3 medium", /* has no place for a system message */
    .marks = { "<|user|>", "<|end|>", "<|assistant|>" },
    .unless = "system",
    .user = { "<|user|>\n", "<|end|>\n" },
    .assistant = { "<|assistant|>\n", "<|end|>\n" } },
  { .name = "Phi-3",
    .marks = { "<|end|>", "<|assistant|>" },
    .system = { "<|system|>\n", "<|end|>\n" },
    .user = { "<|user|>\n", "<|end|>\n" },
    .assistant = { "<|assistant|>\n", "<|end|>\n" } },
  { .name = "Zephyr", /* TinyLlama too */
    .marks = { "<|user|>", "<|assistant|>", "message['content'] + eos_token" },
    .unless = "message['content'] + '\\n'", /* Falcon 3 ends only answers so */
    .system = { "<|system|>\n", EOS "\n" },
    .user = { "<|user|>\n", EOS "\n" },
    .assistant = { "<|assistant|>\n", EOS "\n" } },
  { .name = "Mistral 7",
    .marks = { "[INST]", "[SYSTEM_PROMPT]" },
    .system = { "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]" },
    .user = { "[INST]", "[/INST]" },
    .assistant = { "", EOS } },
  { .name = "Mistral 3, Tekken",
    .marks = { "[AVAILABLE_TOOLS]", "\"[INST]\"" },
    .user = { "[INST]", "[/INST]" },
    .assistant = { "", EOS } },
  { .name = "Mistral 1",
    .marks = { "' [INST] '" },
    .user = { " [INST] ", " [/INST]" },
    .assistant = { " ", EOS },
    .reply = "" },
  { .name = "Mistral 3",
    .marks = { "[AVAILABLE_TOOLS]", "[INST] " },
    .user = { "[INST] ", "[/INST]" },
    .assistant = { " ", EOS },
    .reply = "" },
  { .name = "Llama 2",
    .marks = { "[INST]", "<<SYS>>" },
    .trims = true,
    .bos_each = true,
    .system = { "<<SYS>>\n", "\n<</SYS>>\n\n" },
    .system_inside = true,
    .user = { "[INST] ", " [/INST]" },
    .assistant = { " ", " " EOS },
    .reply = "" },
  { .name = "Mistral 0",
    .marks = { "'[INST] '", "' [/INST]'" },
    .user = { "[INST] ", " [/INST]" },
    .assistant = { "", EOS } },
};

const tl_chat_format *
tl_chat_format_at (size_t i)
{
  return i < sizeof formats / sizeof formats[0] ? &formats[i] : NULL;
}

const char *
tl_chat_format_get_name (const tl_chat_format *format)
{
  return format->name;
}

const tl_chat_format *
tl_chat_format_find (const char *name)
{
  const tl_chat_format *format;

  for (size_t i = 0; (format = tl_chat_format_at (i)); i++)
    if (strcmp (format->name, name) == 0)
      return format;
  return NULL;
}

/* Where @what begins in @s, or NULL. */
static const char *
find (tl_str s, const char *what)
{
  size_t len = strlen (what);

  for (size_t i = 0; i + len <= s.len; i++)
    if (memcmp (s.data + i, what, len) == 0)
      return s.data + i;
  return NULL;
}

/* As it stands, or with a line end for each \n. */
static bool
has (tl_str template, const char *what)
{
  char plain[64];
  size_t n = 0;

  for (const char *c = what; *c && n + 1 < sizeof plain; c++)
    {
      bool is_end = c[0] == '\\' && c[1] == 'n';

      plain[n++] = is_end ? '\n' : *c;
      c += is_end;
    }
  plain[n] = '\0';
  return find (template, what) || find (template, plain);
}

static bool
has_marks (const tl_chat_format *format, tl_str template)
{
  for (size_t i = 0; i < TL_CHAT_MAX_MARKS && format->marks[i]; i++)
    if (!has (template, format->marks[i]))
      return false;
  return !format->unless || !has (template, format->unless);
}

/* Templates write a line end as \n inside a literal, or as it is. */
static void
escape (const char *text, char *out, size_t size)
{
  size_t n = 0;

  for (; *text && n + 3 < size; text++)
    if (*text == '\n')
      {
        out[n++] = '\\';
        out[n++] = 'n';
      }
    else
      out[n++] = *text;
  out[n] = '\0';
}

/* Whether a template goes on writing the same words up to @len. */
static bool
is_literal (const char *text, size_t len)
{
  for (size_t i = 0; i < len; i++)
    if (text[i] == '\'' || text[i] == '"' || text[i] == '{')
      return false;
  return true;
}

/* What stands between the two in one literal. */
static tl_str
find_between (tl_str rest, const char *before, const char *after)
{
  const char *begin;

  while (before[0] && after[0] && (begin = find (rest, before)))
    {
      const char *end = rest.data + rest.len, *text = begin + strlen (before), *stop;

      rest = (tl_str) { text, (size_t) (end - text) };
      stop = find (rest, after);
      if (stop && stop > text && is_literal (text, (size_t) (stop - text)))
        return (tl_str) { text, (size_t) (stop - text) };
    }
  return (tl_str) { NULL, 0 };
}

/* The words between the marks of a system message, where the template spells them out: what it says
 * when the person says nothing. */
static tl_str
find_default_system (const tl_chat_format *format, tl_str template)
{
  const char *begin = format->system.before ? format->system.before : "";
  const char *end = format->system.after ? format->system.after : "";
  char before[96], after[64];
  tl_str found;

  escape (begin, before, sizeof before);
  escape (end, after, sizeof after);
  found = find_between (template, before, after);
  return found.len > 0 ? found : find_between (template, begin, end);
}

void
tl_chat_template_read (const tl_gguf *gguf, tl_chat_template *chat)
{
  tl_str template;

  memset (chat, 0, sizeof *chat);
  if (!tl_gguf_get_string (gguf, "tokenizer.chat_template", &template) || template.len == 0)
    return;
  chat->present = true;
  chat->bos = find (template, "bos_token") != NULL;
  chat->thinks = find (template, "</think>") != NULL;
  for (size_t i = 0; i < sizeof formats / sizeof formats[0] && !chat->format; i++)
    if (has_marks (&formats[i], template))
      chat->format = &formats[i];
  if (chat->format)
    chat->system = find_default_system (chat->format, template);
}
