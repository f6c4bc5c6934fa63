/* SPDX-License-Identifier: Apache-2.0 */
/* A chat template as a file may carry it, up to the first NUL, and behind it what a person says: if
 * the format is recognised, a conversation is written in it; whatever the message spells, it makes
 * no control token. */
#include "fuzz.h"

#include "text/chat-format.h"

#define KEY "tokenizer.chat_template"

static void
put (uint8_t **at, const void *data, size_t size)
{
  memcpy (*at, data, size);
  *at += size;
}

/* A GGUF file of that one key. */
static uint8_t *
make_file (const char *template, size_t len, size_t *size)
{
  const uint32_t head[2] = { TL_GGUF_STRING, 0 };
  const uint64_t counts[2] = { 0, 1 }, key_len = strlen (KEY), text_len = len;
  uint8_t *file = malloc (len + 128), *at = file;

  FUZZ_CHECK (file != NULL);
  put (&at, "GGUF\3\0\0\0", 8);
  put (&at, counts, sizeof counts);
  put (&at, &key_len, sizeof key_len);
  put (&at, KEY, key_len);
  put (&at, head, sizeof head[0]);
  put (&at, &text_len, sizeof text_len);
  put (&at, template, len);
  *size = (size_t) (at - file);
  return file;
}

static size_t
count_controls (const tl_tokenizer *t, const tl_chat_template *chat, const char *text, size_t len)
{
  const tl_chat_turn turns[] = {
    { TL_CHAT_SYSTEM, "Be brief.", 9 },
    { TL_CHAT_USER, text, len },
    { TL_CHAT_ASSISTANT, text, len },
    { TL_CHAT_USER, text, len },
  };
  int32_t *ids = NULL;
  size_t n = 0, controls = 0;

  FUZZ_CHECK (tl_chat_encode (t, chat, turns, 4, &ids, &n, NULL));
  for (size_t i = 0; i < n; i++)
    {
      FUZZ_CHECK (ids[i] >= 0 && (size_t) ids[i] < tl_tokenizer_get_n_tokens (t));
      controls += tl_tokenizer_get_piece (t, ids[i]).len == 0; /* only those stand for nothing */
    }
  free (ids);
  return controls;
}

static tl_tokenizer *
open_vocabulary (void)
{
  tl_gguf *g = tl_gguf_open (FUZZ_SEEDS "/tokenizer/gpt2.gguf", NULL);
  tl_tokenizer *t = g != NULL ? tl_tokenizer_new_from_gguf (g, NULL) : NULL;

  FUZZ_CHECK (t != NULL);
  tl_gguf_close (g);
  return t;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static tl_tokenizer *t;
  char *text = fuzz_text (data, size);
  size_t len = strlen (text), file_size;
  const char *message = len < size ? text + len + 1 : text;
  uint8_t *file = make_file (text, len, &file_size);
  tl_gguf *g = tl_gguf_open_memory (file, file_size, NULL);
  tl_chat_template chat = { 0 };

  t = t != NULL ? t : open_vocabulary ();
  FUZZ_CHECK (g != NULL);
  tl_chat_template_read (g, &chat);
  FUZZ_CHECK (chat.format != NULL || !fuzz_is_seed);
  if (chat.format != NULL)
    FUZZ_CHECK (count_controls (t, &chat, message, (size_t) (text + size - message))
                == count_controls (t, &chat, "x", 1));
  tl_gguf_close (g);
  free (file);
  free (text);
  return 0;
}
