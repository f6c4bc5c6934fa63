/* SPDX-License-Identifier: Apache-2.0 */
/* A request as a sparse vector. Features come in groups, each scaled to a fixed length, so that a
 * long text is not louder than a short one. */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "reader/route-private.h"
#include "reader/words.h"

#define END_BYTES 1024 /* read at either end of a long text */
#define MAX_QUOTED 24  /* bytes of a quotation that is still part of the request: 'the word "very"' */
#define MAX_PIECE 48   /* bytes of a word that pieces are cut from */

/* The kinds of feature, mixed into the hash. */
enum
{
  OF_WORD = 1,
  OF_PAIR,
  OF_PIECE,
  OF_FIRST,
  OF_LAST,
  OF_CONCEPT,
  OF_CONCEPTS,
  OF_SHAPE,
  OF_ATTACH,
  OF_ATTACHED_CONCEPT,
  OF_ATTACHED_FIRST,
};

enum
{
  SHAPE_ALWAYS,
  SHAPE_QUESTION,
  SHAPE_QUOTE,
  SHAPE_LONG_QUOTE,
  SHAPE_DIGITS,
  SHAPE_MANY_DIGITS,
  SHAPE_OPERATOR,
  SHAPE_SLASH,
  SHAPE_COLON,
  SHAPE_COMMAS,
  SHAPE_LINES,
  SHAPE_PERSON,
  SHAPE_LENGTH, /* the last: a bucket of length is added */
};

/* Found by 5-fold cross-validation. */
#define WORDS_LENGTH 1.0f
#define PIECES_LENGTH 1.0f
#define CONCEPTS_LENGTH 1.0f
#define SHAPES_LENGTH 0.7f

static uint32_t
mix (uint32_t kind, uint32_t a, uint32_t b)
{
  uint64_t h = (((uint64_t) a << 32 | b) + kind) * UINT64_C (0x9e3779b97f4a7c15);

  h ^= h >> 29;
  h *= UINT64_C (0xbf58476d1ce4e5b9); /* SplitMix64's finaliser */
  return (uint32_t) (h >> 40);
}

static void
add (route_view *v, int32_t word, uint32_t kind, uint32_t a, uint32_t b)
{
  if (v->n_features < ROUTE_MAX_FEATURES)
    v->features[v->n_features++]
      = (route_feature) { mix (kind, a, b) % ROUTE_N_BUCKETS, 1.0f, word };
}

static void
scale (route_view *v, size_t from, float length)
{
  float n = (float) (v->n_features - from);

  for (size_t i = from; i < v->n_features; i++)
    v->features[i].value = length / sqrtf (n);
}

/* Each mark that opens a quotation, and those that may close it. */
static const struct
{
  const char *open, *close[3];
} quotes[] = {
  { "\"", { "\"" } }, { "“", { "”", "\"" } },    { "„", { "“", "”", "\"" } },
  { "«", { "»" } },  { "「", { "」" } },
};

#define N_QUOTES (sizeof quotes / sizeof *quotes)

typedef struct
{
  unsigned digits, commas, quoted, slashes, operators, lines;
  bool     question, colon;
} shape;

static bool
begins_with (const char *s, size_t len, const char *mark)
{
  size_t n = mark != NULL ? strlen (mark) : 0;

  return n > 0 && n <= len && memcmp (s, mark, n) == 0;
}

/* Behind a word, a number ("15\"") or the end of a sentence that mark opens nothing. */
static bool
opens (const char *s, size_t len, size_t at, size_t quote)
{
  unsigned char before = at > 0 ? (unsigned char) s[at - 1] : ' ';
  bool apart = before >= 0x80 || !(tl_cp_is_word (before) || strchr (".,;!?)", before) != NULL);

  return (quote > 0 || apart) && begins_with (s + at, len - at, quotes[quote].open);
}

/* The byte behind it; @to without one. */
static size_t
find_end (const char *s, size_t len, size_t from, size_t to, size_t quote)
{
  for (size_t end = from; end < len; end++)
    for (size_t i = 0; i < 3; i++)
      if (begins_with (s + end, len - end, quotes[quote].close[i]))
        return end + strlen (quotes[quote].close[i]);
  return to;
}

/* The byte behind a quotation that begins at @s[at]; @at itself when none does. */
static size_t
skip_quoted (const char *s, size_t len, size_t at, size_t to)
{
  for (size_t q = 0; q < N_QUOTES; q++)
    if (opens (s, len, at, q))
      return find_end (s, len, at + strlen (quotes[q].open), to, q);
  return at;
}

/* Finds the words of [from, to) that stand in no long quotation, and what the characters look
 * like. Returns: the byte where it ended, behind @to where a quotation lasts longer */
static size_t
scan (route_view *v, shape *sh, const char *s, size_t len, size_t from, size_t to)
{
  size_t pos = from, closed = from; /* the end of the short quotation that is read */

  while (pos < to)
    {
      size_t end = pos < closed ? pos : skip_quoted (s, len, pos, to), start, word_end = pos;
      uint32_t cp;
      size_t n;

      if (end > pos + MAX_QUOTED)
        {
          sh->quoted += (unsigned) (end - pos);
          pos = end;
          continue;
        }
      if (end > pos)
        {
          sh->quoted++;
          closed = end;
        }
      n = tl_utf8_next (s + pos, to - pos, &cp);
      sh->question |= cp == '?' || cp == 0xff1f || cp == 0xbf;
      sh->colon |= cp == ':';
      sh->commas += cp == ',';
      sh->slashes += cp == '/';
      sh->operators += cp == '+' || cp == '*' || cp == '%' || cp == '=' || cp == 0xd7;
      sh->lines += cp == '\n';
      if (tl_cp_is_word (cp) && tl_word_next (s, to, &word_end, &start) && start == pos)
        {
          if (v->n_words < ROUTE_MAX_WORDS)
            {
              v->words[v->n_words].start = start;
              v->words[v->n_words++].end = word_end;
            }
          for (size_t i = start; i < word_end; i++)
            sh->digits += s[i] >= '0' && s[i] <= '9';
          n = word_end - start;
        }
      pos += n;
    }
  return pos;
}

static void
add_words (route_view *v, const tl_request *r, const uint32_t *hashes)
{
  size_t from = v->n_features;

  for (size_t w = 0; w < v->n_words; w++)
    {
      add (v, (int32_t) w, OF_WORD, hashes[w], 0);
      if (w > 0)
        add (v, (int32_t) w, OF_PAIR, hashes[w - 1], hashes[w]);
    }
  if (v->n_words > 0)
    {
      add (v, 0, OF_FIRST, hashes[0], 0);
      add (v, 0, OF_ATTACHED_FIRST, hashes[0], r->attach);
      add (v, (int32_t) v->n_words - 1, OF_LAST, hashes[v->n_words - 1], 0);
    }
  scale (v, from, WORDS_LENGTH);
}

/* Pieces of " word ", of two to five characters. */
static void
add_pieces (route_view *v, const tl_request *r)
{
  size_t from = v->n_features;

  for (size_t w = 0; w < v->n_words; w++)
    {
      char s[MAX_PIECE + 2] = " ";
      size_t starts[MAX_PIECE + 3], n = 0, len = v->words[w].end - v->words[w].start;

      len = len < MAX_PIECE ? len : MAX_PIECE;
      tl_text_fold (s + 1, r->text + v->words[w].start, len);
      s[len + 1] = ' ';
      for (size_t i = 0; i < len + 2; i++)
        if (((unsigned char) s[i] & 0xc0) != 0x80)
          starts[n++] = i;
      starts[n] = len + 2;
      for (size_t i = 0; i < n; i++)
        for (size_t size = 2; size <= 5 && i + size <= n; size++)
          add (v, (int32_t) w, OF_PIECE, tl_word_hash (s + starts[i], starts[i + size] - starts[i]),
               (uint32_t) size);
    }
  scale (v, from, PIECES_LENGTH);
}

static void
add_concepts (route_view *v, const tl_request *r)
{
  size_t from = v->n_features;
  uint64_t all = 0;

  for (size_t w = 0; w < v->n_words; w++)
    {
      char s[MAX_PIECE];
      size_t len = v->words[w].end - v->words[w].start;
      uint64_t found;

      len = len < MAX_PIECE ? len : MAX_PIECE;
      tl_text_fold (s, r->text + v->words[w].start, len);
      found = route_concepts (s, len);
      for (uint32_t c = 0; c < 64; c++)
        if ((found >> c & 1) != 0 && (all >> c & 1) == 0)
          {
            add (v, (int32_t) w, OF_CONCEPT, c, 0);
            add (v, (int32_t) w, OF_ATTACHED_CONCEPT, c, r->attach);
            for (uint32_t d = 0; d < 64; d++)
              if ((all >> d & 1) != 0)
                add (v, (int32_t) w, OF_CONCEPTS, c < d ? c : d, c < d ? d : c);
          }
      all |= found;
    }
  scale (v, from, CONCEPTS_LENGTH);
}

static uint32_t
bucket_of (size_t n)
{
  uint32_t b = 0;

  for (; n > 0; n /= 2)
    b++;
  return b;
}

static void
add_shape (route_view *v, const tl_request *r, const shape *sh)
{
  const bool has[SHAPE_LENGTH] = {
    [SHAPE_ALWAYS] = true,
    [SHAPE_QUESTION] = sh->question,
    [SHAPE_QUOTE] = sh->quoted > 0,
    [SHAPE_LONG_QUOTE] = sh->quoted > MAX_QUOTED,
    [SHAPE_DIGITS] = sh->digits > 0,
    [SHAPE_MANY_DIGITS] = sh->digits > 3,
    [SHAPE_OPERATOR] = sh->operators > 0,
    [SHAPE_SLASH] = sh->slashes > 0,
    [SHAPE_COLON] = sh->colon,
    [SHAPE_COMMAS] = sh->commas > 1,
    [SHAPE_LINES] = sh->lines > 0,
  };
  size_t from = v->n_features;

  for (uint32_t i = 0; i < SHAPE_LENGTH; i++)
    if (has[i])
      {
        add (v, ROUTE_NO_WORD, OF_SHAPE, i, 0);
        if (r->attach != TL_ATTACH_UNKNOWN)
          add (v, ROUTE_ATTACHED, OF_ATTACH, i, r->attach);
      }
  add (v, ROUTE_NO_WORD, OF_SHAPE, SHAPE_LENGTH, bucket_of (v->n_words));
  scale (v, from, SHAPES_LENGTH);
}

void
route_view_fill (route_view *view, const tl_request *request)
{
  uint32_t hashes[ROUTE_MAX_WORDS];
  const char *s = request->text;
  size_t len = request->len, tail = len, end;
  shape sh = { 0 };

  view->n_features = view->n_words = 0;
  if (len > 2 * END_BYTES)
    {
      len = END_BYTES;
      tail -= END_BYTES;
      while (len > 0 && ((unsigned char) s[len] & 0xc0) == 0x80)
        len--;
      while (tail < request->len && ((unsigned char) s[tail] & 0xc0) == 0x80)
        tail++;
    }
  end = scan (view, &sh, s, request->len, 0, len);
  scan (view, &sh, s, request->len, end > tail ? end : tail, request->len);
  for (size_t w = 0; w < view->n_words; w++)
    hashes[w] = tl_word_hash (s + view->words[w].start, view->words[w].end - view->words[w].start);
  add_shape (view, request, &sh);
  add_words (view, request, hashes);
  add_concepts (view, request);
  add_pieces (view, request);
}
