/* SPDX-License-Identifier: Apache-2.0 */
/* Text to token ids: special tokens are cut out first, and what lies between them is merged by the
 * vocabulary's own rule. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "text/table.h"
#include "text/tokenizer-private.h"

typedef struct
{
  const tl_tokenizer *tokenizer;
  tl_merger           merger;
  int32_t            *ids;
  size_t              n_ids, capacity;
} encoder;

static bool
append_id (encoder *e, int32_t id)
{
  void *grown = tl_grow (e->ids, &e->capacity, e->n_ids + 1, sizeof *e->ids);

  if (!grown)
    return false;
  e->ids = grown;
  e->ids[e->n_ids++] = id;
  return true;
}

static bool
can_spell (const tl_vocab *v, const char *bytes, size_t len)
{
  for (size_t i = 0; i < len; i++)
    if (v->byte_ids[(uint8_t) bytes[i]] < 0)
      return false;
  return true;
}

/* A symbol that is no token: its bytes. Where the vocabulary lacks one, SentencePiece says unknown;
 * a byte-level vocabulary, whose unknown token may be its end of text, says U+FFFD. */
static bool
append_bytes (encoder *e, const char *bytes, size_t len)
{
  const tl_tokenizer *t = e->tokenizer;

  if (!can_spell (&t->vocab, bytes, len))
    {
      if (t->kind == TL_VOCAB_SENTENCEPIECE)
        return t->unknown < 0 || append_id (e, t->unknown);
      bytes = "\xEF\xBF\xBD";
      len = can_spell (&t->vocab, bytes, 3) ? 3 : 0;
    }
  for (size_t i = 0; i < len; i++)
    if (!append_id (e, t->vocab.byte_ids[(uint8_t) bytes[i]]))
      return false;
  return true;
}

static bool
append_merged (encoder *e, const char *text)
{
  const tl_merger *m = &e->merger;

  for (uint32_t i = m->n_symbols > 0 ? 0 : TL_NO_SYMBOL; i != TL_NO_SYMBOL; i = m->symbols[i].next)
    {
      const tl_symbol *s = &m->symbols[i];

      if (s->id >= 0 ? !append_id (e, s->id) : !append_bytes (e, text + s->start, s->len))
        return false;
    }
  return true;
}

static bool
encode_word (void *user_data, const char *word, size_t len)
{
  encoder *e = user_data;
  const tl_tokenizer *t = e->tokenizer;
  int32_t whole = t->pretokenizer->ignore_merges ? tl_vocab_find (&t->vocab, word, len) : -1;

  if (whole >= 0)
    return append_id (e, whole);
  return tl_bpe_merge_word (&t->merges, &t->vocab, word, len, &e->merger)
         && append_merged (e, word);
}

static bool
encode_sentencepiece (encoder *e, const char *text, size_t len)
{
  const tl_tokenizer *t = e->tokenizer;
  char *normal = malloc (len + 1);
  size_t n, word_len;
  bool ok = normal != NULL;

  n = ok ? tl_spm_normalize (text, len, t->add_space_prefix, normal) : 0;
  for (size_t i = 0; ok && i < n; i += word_len)
    {
      word_len = t->words_are_separate ? tl_spm_word_length (normal + i, n - i) : n - i;
      ok = tl_spm_merge_text (&t->vocab, normal + i, word_len, &e->merger)
           && append_merged (e, normal + i);
    }
  free (normal);
  return ok;
}

static bool
encode_fragment (encoder *e, const char *text, size_t len)
{
  if (len == 0)
    return true;
  if (e->tokenizer->kind == TL_VOCAB_SENTENCEPIECE)
    return encode_sentencepiece (e, text, len);
  return tl_pretokenize (e->tokenizer->pretokenizer, text, len, encode_word, e);
}

/* The special token at @text; a control token only where all of it lies in a trusted run, of which
 * @n_trusted bytes are left. */
static const tl_special *
match_special (const encoder *e, const char *text, size_t len, size_t n_trusted)
{
  const tl_specials *specials = &e->tokenizer->specials;
  const tl_special *any = tl_specials_match (specials, text, len, false);
  const tl_special *trusted = n_trusted > 0 ? tl_specials_match (specials, text, n_trusted, true)
                                            : NULL;

  return !any || (trusted && trusted->piece.len >= any->piece.len) ? trusted : any;
}

/* How much of @text behind a special token is dropped: what its "rstrip" says in tokenizer.json, which
 * is not in a GGUF file. */
static size_t
count_stripped (const tl_tokenizer *t, const tl_special *s, const char *text, size_t len)
{
  size_t n = 0;

  if (!t->marks_strip || tl_str_is (s->piece, "<unk>") || tl_str_is (s->piece, "<s>")
      || tl_str_is (s->piece, "<|endoftext|>"))
    return 0;
  while (n < len && (text[n] == ' ' || (text[n] >= '\t' && text[n] <= '\r')))
    n++;
  return n;
}

/* @text: [len] the @runs one after the other */
static bool
encode_text (encoder *e, const char *text, size_t len, const tl_text_run *runs, size_t n_runs)
{
  size_t done = 0, i = 0, end = 0;

  for (size_t r = 0; r < n_runs; r++)
    for (end += runs[r].len; i < end;)
      {
        const tl_special *s = match_special (e, text + i, len - i, runs[r].trusted ? end - i : 0);

        if (!s)
          {
            i++;
            continue;
          }
        if (!encode_fragment (e, text + done, i - done) || !append_id (e, s->id))
          return false;
        i += s->piece.len;
        done = i += count_stripped (e->tokenizer, s, text + i, len - i);
      }
  return encode_fragment (e, text + done, len - done);
}

/* The runs one after the other. Returns: NULL when memory is short */
static char *
join (const tl_text_run *runs, size_t n_runs, size_t len)
{
  char *text = malloc (len + 1);
  size_t n = 0;

  for (size_t r = 0; text && r < n_runs; r++)
    {
      memcpy (text + n, runs[r].text, runs[r].len);
      n += runs[r].len;
    }
  return text;
}

static bool
encode_runs (encoder *e, const tl_text_run *runs, size_t n_runs, size_t len, bool add_bos)
{
  char *joined = n_runs > 1 ? join (runs, n_runs, len) : NULL;
  const char *text = n_runs > 1 ? joined : n_runs == 1 ? runs->text : "";
  bool ok = text && (!add_bos || append_id (e, e->tokenizer->bos))
            && encode_text (e, text, len, runs, n_runs);

  free (joined);
  tl_merger_clear (&e->merger);
  return ok;
}

bool
tl_tokenizer_encode_runs (const tl_tokenizer *t, const tl_text_run *runs, size_t n_runs,
                          bool add_bos, int32_t **ids, size_t *n_ids, tl_error *err)
{
  encoder e = { .tokenizer = t };
  size_t len = 0;

  *ids = NULL;
  *n_ids = 0;
  for (size_t r = 0; r < n_runs && len < INT_MAX; r++)
    len = runs[r].len < INT_MAX ? len + runs[r].len : INT_MAX;
  if (len >= INT_MAX)
    return tl_error_set (err, TL_ERROR_ARGUMENT, "A text of 2 GiB or more is too long to encode");
  if (!encode_runs (&e, runs, n_runs, len, add_bos && t->add_bos && t->bos >= 0))
    {
      free (e.ids);
      return tl_error_set (err, TL_ERROR_MEMORY, "No memory to encode %zu bytes", len);
    }
  *ids = e.ids;
  *n_ids = e.n_ids;
  return true;
}

bool
tl_tokenizer_encode (const tl_tokenizer *t, const char *text, size_t len, tl_tokenize_flags flags,
                     int32_t **ids, size_t *n_ids, tl_error *err)
{
  tl_text_run run = { text, len, flags & TL_TOKENIZE_PARSE_SPECIAL };

  return tl_tokenizer_encode_runs (t, &run, 1, flags & TL_TOKENIZE_ADD_BOS, ids, n_ids, err);
}
