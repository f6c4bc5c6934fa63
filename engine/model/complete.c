/* SPDX-License-Identifier: Apache-2.0 */
/* Best-first search for the likeliest words. A node is a path of tokens from the end of the context
 * on; a path whose next token may begin something else than a letter is also a finished word. */
#include "model/complete.h"

#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "base/utf8.h"
#include "text/unicode.h"

#define MAX_TOKENS 8u    /* of one word */
#define MAX_FRONTIER 64u /* paths that wait */
#define MAX_STEPS 16u    /* forward passes for one word */
#define MIN_STEP_P 1e-4f /* an unlikelier next token is not followed */

typedef struct
{
  int32_t ids[MAX_TOKENS];
  uint32_t n_ids;
  char text[TL_COMPLETE_MAX_WORD + 2]; /* with the space before it, if there is one */
  size_t len;
  float p;
} path;

typedef struct
{
  tl_session *session;
  const tl_tokenizer *tokenizer;
  uint32_t n_context, max_tokens; /* of the context and of a word */
  char target[TL_COMPLETE_MAX_WORD + 2]; /* what a word must begin with */
  size_t target_len, lead; /* lead: 1 when the target begins with the space before the word */
  path frontier[MAX_FRONTIER];
  size_t n_frontier;
  tl_completion *out;
  size_t max, n_out;
  double finished; /* the mass of all finished words, kept or not */
} search;

static bool
is_word_byte (unsigned char c)
{
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
         || c == '\'' || c == '-';
}

static bool
is_word (const char *s, size_t len)
{
  const unsigned good = TL_CHAR_LETTER | TL_CHAR_MARK | TL_CHAR_NUMBER;
  uint32_t cp = 0;

  for (size_t i = 0; i < len;)
    {
      i += tl_utf8_next (s + i, len - i, &cp);
      if (!(tl_unicode_class (cp) & good) && cp != '\'' && cp != '-')
        return false;
    }
  return len > 0 && cp != '-' && cp != '\'' && cp != TL_UTF8_REPLACEMENT;
}

/* Keeps the @max likeliest, best first; two spellings of one word are one. */
static void
finish_word (search *s, const path *from, float p)
{
  const char *word = from->text + s->lead;
  size_t len = from->len - s->lead, at = 0;

  s->finished += p;
  if (len > TL_COMPLETE_MAX_WORD || !is_word (word, len))
    return;
  for (size_t i = 0; i < s->n_out; i++)
    if (strlen (s->out[i].text) == len && memcmp (s->out[i].text, word, len) == 0)
      {
        p += s->out[i].p;
        memmove (s->out + i, s->out + i + 1, (s->n_out - i - 1) * sizeof *s->out);
        s->n_out--;
        break;
      }
  while (at < s->n_out && s->out[at].p >= p)
    at++;
  if (at == s->max)
    return;
  s->n_out -= s->n_out == s->max;
  memmove (s->out + at + 1, s->out + at, (s->n_out - at) * sizeof *s->out);
  memcpy (s->out[at].text, word, len);
  s->out[at].text[len] = '\0';
  s->out[at].p = p;
  s->n_out++;
}

static void
push_path (search *s, const path *from, int32_t id, tl_str piece, float p)
{
  path *to = NULL;

  if (s->n_frontier < MAX_FRONTIER)
    to = &s->frontier[s->n_frontier++];
  else
    for (size_t i = 0; i < MAX_FRONTIER; i++)
      if (s->frontier[i].p < p && (to == NULL || s->frontier[i].p < to->p))
        to = &s->frontier[i];
  if (to == NULL)
    return;
  *to = *from;
  memcpy (to->text + to->len, piece.data, piece.len);
  to->len += piece.len;
  to->ids[to->n_ids++] = id;
  to->p = p;
}

/* Whether @piece after @from still spells the beginning of a word that begins with the target. */
static bool
continues (const search *s, const path *from, tl_str piece)
{
  size_t open = from->len < s->target_len ? s->target_len - from->len : 0;
  size_t given = piece.len < open ? piece.len : open;

  if (piece.len == 0 || from->len + piece.len > TL_COMPLETE_MAX_WORD
      || from->n_ids == s->max_tokens
      || memcmp (piece.data, s->target + from->len, given) != 0)
    return false;
  for (size_t i = given; i < piece.len; i++)
    if (!is_word_byte ((unsigned char) piece.data[i]))
      return false;
  return true;
}

/* The logits become probabilities in place. */
static void
normalise (float *x, size_t n)
{
  float max = x[0];
  double sum = 0;

  for (size_t i = 1; i < n; i++)
    max = x[i] > max ? x[i] : max;
  for (size_t i = 0; i < n; i++)
    sum += (double) (x[i] = tl_exp (x[i] - max));
  for (size_t i = 0; i < n; i++)
    x[i] = (float) ((double) x[i] / sum);
}

static void
expand (search *s, const path *from)
{
  float *p = tl_session_get_logits (s->session);
  size_t n = tl_tokenizer_get_n_tokens (s->tokenizer);
  double end = 0;

  normalise (p, n);
  for (size_t id = 0; id < n; id++)
    {
      tl_str piece = tl_tokenizer_get_piece (s->tokenizer, (int32_t) id);

      if (piece.len == 0 || !is_word_byte ((unsigned char) piece.data[0]))
        end += (double) p[id];
      if (p[id] >= MIN_STEP_P && continues (s, from, piece))
        push_path (s, from, (int32_t) id, piece, from->p * p[id]);
    }
  if (from->len >= s->target_len && from->n_ids > 0)
    finish_word (s, from, from->p * (float) end);
}

/* Best first, until nothing that waits can become as likely as the last word that is wanted. */
static bool
run_search (search *s, tl_error *err)
{
  for (unsigned step = 0; step < MAX_STEPS && s->n_frontier > 0; step++)
    {
      size_t best = 0;
      path from;

      for (size_t i = 1; i < s->n_frontier; i++)
        if (s->frontier[i].p > s->frontier[best].p)
          best = i;
      from = s->frontier[best];
      if (s->n_out == s->max && from.p <= s->out[s->max - 1].p)
        break;
      s->frontier[best] = s->frontier[--s->n_frontier];
      tl_session_truncate (s->session, s->n_context);
      if (!tl_session_prefill (s->session, from.ids, from.n_ids, NULL, NULL, err))
        return false;
      expand (s, &from);
    }
  return true;
}

/* The context alone, or where there is none the token that begins texts, if the model has one. */
static bool
read_context (search *s, const char *before, size_t len, tl_error *err)
{
  uint32_t room = tl_session_get_n_ctx (s->session) / 2, step = room / 2 > 0 ? room / 2 : 1;
  int32_t bos = tl_tokenizer_get_bos (s->tokenizer), *ids = NULL;
  size_t n = 0, skip, from;
  bool ok;

  if (!tl_tokenizer_encode (s->tokenizer, before, len, TL_TOKENIZE_ADD_BOS, &ids, &n, err))
    return false;
  /* In steps, so that most letters find the context of the one before computed. */
  skip = n > room ? (n - step) / step * step : 0;
  from = n > 0 ? tl_session_reuse (s->session, ids + skip, n - skip) : 0;
  if (n == 0)
    tl_session_truncate (s->session, 0);
  ok = n == 0
       || tl_session_prefill (s->session, ids + skip + from, n - skip - from, NULL, NULL, err);
  if (n == 0 && bos >= 0)
    ok = tl_session_decode (s->session, bos, err);
  s->n_context = tl_session_get_position (s->session);
  room = tl_session_get_n_ctx (s->session) - s->n_context;
  s->max_tokens = room < MAX_TOKENS ? room : MAX_TOKENS;
  free (ids);
  return ok;
}

bool
tl_complete_word (tl_session *session, const tl_tokenizer *tokenizer, const char *before,
                  size_t before_len, const char *typed, size_t typed_len, tl_completion *out,
                  size_t max, size_t *n_out, tl_error *err)
{
  search *s = calloc (1, sizeof *s);
  path root = { .p = 1.0f };
  double mass;
  bool ok;

  *n_out = 0;
  if (s == NULL)
    return tl_error_set (err, TL_ERROR_MEMORY, "no memory for a completion");
  s->session = session;
  s->tokenizer = tokenizer;
  s->out = out;
  s->max = max;
  s->lead = before_len > 0 && before[before_len - 1] == ' ';
  s->target_len = s->lead + typed_len;
  if (typed_len == 0 || max == 0 || s->target_len > TL_COMPLETE_MAX_WORD)
    {
      free (s);
      return true;
    }
  memcpy (s->target, " ", s->lead);
  memcpy (s->target + s->lead, typed, typed_len);
  ok = read_context (s, before, before_len - s->lead, err);
  if (ok && s->n_context > 0)
    {
      expand (s, &root);
      ok = run_search (s, err);
    }
  mass = s->finished;
  for (size_t i = 0; i < s->n_frontier; i++)
    mass += (double) s->frontier[i].p;
  for (size_t i = 0; i < s->n_out; i++)
    out[i].p = (float) ((double) out[i].p / mass);
  *n_out = ok ? s->n_out : 0;
  free (s);
  return ok;
}
