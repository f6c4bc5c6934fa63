/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation to token ids: its format writes runs of text, of which only its own may hold
 * control tokens. */
#include "text/chat-format-private.h"

#include "text/table.h"
#include "text/tokenizer-private.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  const tl_tokenizer     *tokenizer;
  const tl_chat_template *chat;
  tl_text_run            *runs;
  size_t                  n, capacity;
  char                   *system; /* the template's own, without its escapes */
  bool                    failed; /* out of memory */
} writer;

static void
add (writer *w, const char *text, size_t len, bool trusted)
{
  void *grown = w->failed || len == 0 ? NULL
                                      : tl_grow (w->runs, &w->capacity, w->n + 1, sizeof *w->runs);

  if (len == 0)
    return;
  if (!grown)
    {
      w->failed = true;
      return;
    }
  w->runs = grown;
  w->runs[w->n++] = (tl_text_run) { text, len, trusted };
}

static void
add_token (writer *w, int32_t id)
{
  tl_str piece = id >= 0 ? tl_vocab_get_piece (&w->tokenizer->vocab, id) : (tl_str) { NULL, 0 };

  add (w, piece.data, piece.len, true);
}

/* The format's own words. */
static void
add_frame (writer *w, const char *text)
{
  while (text && *text)
    {
      size_t len = strcspn (text, TL_CHAT_EOS);

      add (w, text, len, true);
      text += len;
      if (*text == *TL_CHAT_EOS)
        {
          add_token (w, w->tokenizer->eos);
          text++;
        }
    }
}

static bool
is_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static tl_str
trim (const writer *w, tl_str s)
{
  if (!w->chat->format->trims)
    return s;
  for (; s.len > 0 && is_space (s.data[0]); s.len--)
    s.data++;
  for (; s.len > 0 && is_space (s.data[s.len - 1]); s.len--)
    ;
  return s;
}

/* An earlier answer without what the model thought before it gave it. */
static tl_str
skip_thoughts (const writer *w, tl_str s)
{
  static const char end[] = "</think>";
  size_t n = sizeof end - 1;

  for (size_t i = s.len; w->chat->thinks && i >= n; i--)
    if (memcmp (s.data + i - n, end, n) == 0)
      {
        s = (tl_str) { s.data + i, s.len - i };
        for (; s.len > 0 && *s.data == '\n'; s.len--)
          s.data++;
        break;
      }
  return s;
}

static void
add_text (writer *w, tl_str text)
{
  text = trim (w, text);
  add (w, text.data, text.len, false);
}

/* Where the format has no frame for it, a system message leads the first user message. */
static void
add_system_inside (writer *w, tl_str system)
{
  const tl_chat_format *f = w->chat->format;

  if (system.len == 0)
    return;
  add_frame (w, f->system.before);
  add_text (w, system);
  add_frame (w, f->system.before ? f->system.after : "\n\n");
}

static void
add_turn (writer *w, tl_chat_role role, tl_str text, tl_str inside)
{
  const tl_chat_format *f = w->chat->format;
  const tl_chat_frame *frame = role == TL_CHAT_SYSTEM ? &f->system
                               : role == TL_CHAT_USER ? &f->user
                                                      : &f->assistant;

  if (role == TL_CHAT_USER && f->bos_each && w->n > 1)
    add_token (w, w->tokenizer->bos);
  add_frame (w, frame->before);
  add_system_inside (w, inside);
  add_text (w, role == TL_CHAT_ASSISTANT ? skip_thoughts (w, text) : text);
  add_frame (w, frame->after);
}

/* Undoes \n, \" and the like of the template's literal. */
static tl_str
read_default_system (writer *w)
{
  tl_str s = w->chat->system;
  size_t n = 0;

  w->system = s.len > 0 ? malloc (s.len) : NULL;
  w->failed |= s.len > 0 && !w->system;
  for (size_t i = 0; w->system && i < s.len; i++)
    {
      if (s.data[i] == '\\' && i + 1 < s.len)
        w->system[n++] = s.data[++i] == 'n' ? '\n' : s.data[i];
      else
        w->system[n++] = s.data[i];
    }
  return (tl_str) { w->system, n };
}

static void
write_conversation (writer *w, const tl_chat_turn *turns, size_t n_turns)
{
  const tl_chat_format *f = w->chat->format;
  bool has_frame = f->system.before && !f->system_inside;
  tl_str system = { NULL, 0 };
  size_t i = 0;

  if (n_turns > 0 && turns[0].role == TL_CHAT_SYSTEM)
    system = (tl_str) { turns[i].text, turns[i].len }, i++;
  else
    system = read_default_system (w);
  if (w->chat->bos && !w->tokenizer->add_bos)
    add_token (w, w->tokenizer->bos);
  if (has_frame && system.len > 0)
    add_turn (w, TL_CHAT_SYSTEM, system, (tl_str) { NULL, 0 });
  for (; i < n_turns; i++)
    {
      bool inside = !has_frame && turns[i].role == TL_CHAT_USER;

      add_turn (w, turns[i].role, (tl_str) { turns[i].text, turns[i].len },
                inside ? system : (tl_str) { NULL, 0 });
      if (inside)
        system.len = 0;
    }
  add_frame (w, f->reply ? f->reply : f->assistant.before);
}

bool
tl_chat_encode (const tl_tokenizer *t, const tl_chat_template *chat, const tl_chat_turn *turns,
                size_t n_turns, int32_t **ids, size_t *n_ids, tl_error *err)
{
  writer w = { .tokenizer = t, .chat = chat };
  bool ok;

  *ids = NULL;
  *n_ids = 0;
  write_conversation (&w, turns, n_turns);
  ok = !w.failed ? tl_tokenizer_encode_runs (t, w.runs, w.n, true, ids, n_ids, err)
                 : tl_error_set (err, TL_ERROR_MEMORY, "No memory for the conversation");
  free (w.runs);
  free (w.system);
  return ok;
}
