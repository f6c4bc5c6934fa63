/* SPDX-License-Identifier: Apache-2.0 */
/* The pre-tokenizers' regular expressions as scanners. The expressions, quoted above each scanner,
 * are those of the models' own tokenizer.json files and of tiktoken. Alternatives are tried in
 * order and repeats are greedy, as a backtracking matcher would do; \s is the property White_Space.
 * A further pre-tokenizer is one line in the table at the end, and a scanner if its expression is
 * new. */
#include "text/pretokenize.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "text/unicode.h"

static unsigned
class_at (const char *s, size_t len, size_t *n)
{
  uint8_t b = (uint8_t) s[0];
  uint32_t cp;

  *n = 1;
  if ((uint8_t) ((b | 0x20) - 'a') < 26)
    return b & 0x20 ? TL_CHAR_LOWER : TL_CHAR_UPPER;
  if (b == ' ')
    return TL_CHAR_SPACE;
  *n = tl_utf8_next (s, len, &cp);
  return tl_unicode_class (cp);
}

/* Bytes of the leading characters whose class is in @mask. */
static size_t
run_of (const char *s, size_t len, unsigned mask)
{
  size_t i = 0, n;

  while (i < len && (class_at (s + i, len - i, &n) & mask))
    i += n;
  return i;
}

/* Bytes of the leading characters whose class is not in @mask. */
static size_t
run_outside (const char *s, size_t len, unsigned mask)
{
  size_t i = 0, n;

  while (i < len && !(class_at (s + i, len - i, &n) & mask))
    i += n;
  return i;
}

static size_t
run_of_bytes (const char *s, size_t len, const char *set)
{
  size_t i = 0;

  while (i < len && s[i] != '\0' && strchr (set, s[i]))
    i++;
  return i;
}

/* 's|'t|'re|'ve|'m|'ll|'d, and with @fold their capitals too. */
static size_t
contraction (const char *s, size_t len, bool fold)
{
  static const char endings[][3] = { "s", "t", "re", "ve", "m", "ll", "d" };
  char case_bit = fold ? 0x20 : 0;

  if (len < 2 || s[0] != '\'')
    return 0;
  for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
    {
      const char *e = endings[i];

      if ((s[1] | case_bit) != e[0])
        continue;
      if (e[1] == '\0')
        return 2;
      if (len > 2 && (s[2] | case_bit) == e[1])
        return 3;
    }
  return 0;
}

/* \s+(?!\S)|\s+ : a run leaves its last character to the word that follows, unless it is all. */
static size_t
spaces (const char *s, size_t len)
{
  size_t i = 0, last = 0, n;

  while (i < len && (class_at (s + i, len - i, &n) & TL_CHAR_SPACE))
    {
      last = n;
      i += n;
    }
  return i < len && i > last ? i - last : i;
}

/* 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ */
static size_t
scan_gpt2 (const char *s, size_t len)
{
  const unsigned known = TL_CHAR_LETTER | TL_CHAR_NUMBER | TL_CHAR_SPACE;
  size_t n = contraction (s, len, false);
  size_t blank = s[0] == ' ' && len > 1;
  unsigned class;

  if (n > 0)
    return n;
  s += blank;
  len -= blank;
  class = class_at (s, len, &n);
  if (class & TL_CHAR_SPACE)
    return spaces (s - blank, len + blank);
  if (class & TL_CHAR_LETTER)
    return blank + run_of (s, len, TL_CHAR_LETTER);
  if (class & TL_CHAR_NUMBER)
    return blank + run_of (s, len, TL_CHAR_NUMBER);
  return blank + run_outside (s, len, known);
}

/* [^\r\n\p{L}\p{N}]? : bytes of the one character that may stand before a word. */
static size_t
word_opener (const char *s, size_t len)
{
  size_t n;
  unsigned class = class_at (s, len, &n);

  return s[0] == '\r' || s[0] == '\n' || (class & (TL_CHAR_LETTER | TL_CHAR_NUMBER)) ? 0 : n;
}

/* [^\r\n\p{L}\p{N}]?\p{L}+ */
static size_t
plain_word (const char *s, size_t len)
{
  size_t opener = word_opener (s, len);
  size_t n = run_of (s + opener, len - opener, TL_CHAR_LETTER);

  return n > 0 ? opener + n : 0;
}

/* \p{N}{1,@at_most} */
static size_t
digits (const char *s, size_t len, int at_most)
{
  size_t i = 0, n;

  while (at_most-- > 0 && i < len && (class_at (s + i, len - i, &n) & TL_CHAR_NUMBER))
    i += n;
  return i;
}

/*  ?[^\s\p{L}\p{N}]+[@tail]* */
static size_t
symbols (const char *s, size_t len, const char *tail)
{
  size_t blank = s[0] == ' ';
  size_t n = run_outside (s + blank, len - blank,
                          TL_CHAR_LETTER | TL_CHAR_NUMBER | TL_CHAR_SPACE);

  if (n == 0)
    return 0;
  n += blank;
  return n + run_of_bytes (s + n, len - n, tail);
}

/* \s*[\r\n]+ : a run of white space up to its last line end. */
static size_t
line_ends (const char *s, size_t len)
{
  size_t n = run_of (s, len, TL_CHAR_SPACE);

  while (n > 0 && s[n - 1] != '\r' && s[n - 1] != '\n')
    n--;
  return n;
}

/* What the expressions since GPT-4 share after the word. */
static size_t
scan_rest (const char *s, size_t len, int at_most_digits, const char *tail)
{
  size_t n = digits (s, len, at_most_digits);

  if (n == 0)
    n = symbols (s, len, tail);
  if (n == 0)
    n = line_ends (s, len);
  return n > 0 ? n : spaces (s, len);
}

/* (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,@at_most_digits}|
 *  ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+ */
static size_t
scan_gpt4 (const char *s, size_t len, int at_most_digits)
{
  size_t n = contraction (s, len, true);

  if (n == 0)
    n = plain_word (s, len);
  return n > 0 ? n : scan_rest (s, len, at_most_digits, "\r\n");
}

static size_t
scan_llama3 (const char *s, size_t len)
{
  return scan_gpt4 (s, len, 3);
}

static size_t
scan_qwen2 (const char *s, size_t len)
{
  return scan_gpt4 (s, len, 1);
}

/* [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+ : when no small letter follows the
 * first run, the second takes what caseless characters the first can give back from its end. */
static size_t
capitals_then_small (const char *s, size_t len)
{
  const unsigned caseless = TL_CHAR_OTHER_LETTER | TL_CHAR_MARK;
  size_t i = 0, end = 0, n;
  unsigned class;

  while (i < len && ((class = class_at (s + i, len - i, &n)) & (TL_CHAR_UPPER | caseless)))
    {
      i += n;
      if (class & caseless)
        end = i;
    }
  n = run_of (s + i, len - i, TL_CHAR_LOWER | caseless);
  return n > 0 ? i + n : end;
}

/* [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]* */
static size_t
capitals (const char *s, size_t len)
{
  const unsigned caseless = TL_CHAR_OTHER_LETTER | TL_CHAR_MARK;
  size_t n = run_of (s, len, TL_CHAR_UPPER | caseless);

  return n > 0 ? n + run_of (s + n, len - n, TL_CHAR_LOWER | caseless) : 0;
}

/* [^\r\n\p{L}\p{N}]? and then either form above; a mark may be the opener or belong to the word. */
static size_t
cased_word (const char *s, size_t len)
{
  static const tl_scan_func forms[] = { capitals_then_small, capitals };
  size_t opener = word_opener (s, len);

  for (size_t i = 0; i < 2; i++)
    {
      size_t n = len > opener ? forms[i](s + opener, len - opener) : 0;

      if (n > 0)
        return opener + n;
      n = opener > 0 ? forms[i](s, len) : 0;
      if (n > 0)
        return n;
    }
  return 0;
}

/* cased_word(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|... */
static size_t
scan_gpt4o (const char *s, size_t len)
{
  size_t n = cased_word (s, len);

  if (n > 0)
    return n + contraction (s + n, len - n, true);
  return scan_rest (s, len, 3, "\r\n/");
}

/* As GPT-4o without contractions, digits singly. */
static size_t
scan_tekken (const char *s, size_t len)
{
  size_t n = cased_word (s, len);

  return n > 0 ? n : scan_rest (s, len, 1, "\r\n/");
}

/* [\p{P}@extra]+ */
static size_t
punctuation (const char *s, size_t len, const char *extra)
{
  size_t i = 0, n;

  while (i < len
         && ((class_at (s + i, len - i, &n) & TL_CHAR_PUNCTUATION)
             || run_of_bytes (s + i, 1, extra)))
    i += n;
  return i;
}

static size_t
scan_falcon_punctuation (const char *s, size_t len)
{
  return punctuation (s, len, "$+<=>^~|`");
}

static size_t
scan_default_punctuation (const char *s, size_t len)
{
  return punctuation (s, len, "$+<=>^~|");
}

/* \p{N} */
static size_t
scan_one_digit (const char *s, size_t len)
{
  return digits (s, len, 1);
}

/* \p{N}+ */
static size_t
scan_number (const char *s, size_t len)
{
  return run_of (s, len, TL_CHAR_NUMBER);
}

/* [0-9][0-9][0-9] */
static size_t
scan_three_digits (const char *s, size_t len)
{
  return len >= 3 && run_of_bytes (s, 3, "0123456789") == 3 ? 3 : 0;
}

/* The names are those that conversion scripts write; several families share an expression. */
static const tl_pretokenizer pretokenizers[] = {
  { "command-r", { scan_one_digit, scan_gpt2 } },
  { "dbrx", { scan_llama3 } },
  { "deepseek-r1-qwen", { scan_qwen2 } },
  { "default", { scan_default_punctuation, scan_gpt2, scan_number, scan_three_digits } },
  { "falcon", { scan_falcon_punctuation, scan_gpt2, scan_three_digits } },
  { "falcon3", { scan_llama3 }, .ignore_merges = true, .add_bos = true },
  { "gpt-2", { scan_gpt2 } },
  { "gpt-4o", { scan_gpt4o } },
  { "lfm2", { scan_llama3 }, .ignore_merges = true, .add_bos = true },
  { "llama-bpe", { scan_llama3 }, .ignore_merges = true, .add_bos = true },
  { "llama-v3", { scan_llama3 }, .ignore_merges = true, .add_bos = true },
  { "llama3", { scan_llama3 }, .ignore_merges = true, .add_bos = true },
  { "llama4", { scan_gpt4o } },
  { "mpt", { scan_gpt2 } },
  { "olmo", { scan_gpt2 } },
  { "phi-2", { scan_gpt2 } },
  { "qwen2", { scan_qwen2 } },
  { "refact", { scan_one_digit, scan_gpt2 } },
  { "smaug-bpe", { scan_llama3 } },
  { "smollm", { scan_one_digit, scan_gpt2 } },
  { "stablelm2", { scan_qwen2 } },
  { "starcoder", { scan_one_digit, scan_gpt2 } },
  { "tekken", { scan_tekken }, .ignore_merges = true, .add_bos = true },
};

const tl_pretokenizer *
tl_pretokenizer_find (tl_str name)
{
  for (size_t i = 0; i < sizeof pretokenizers / sizeof pretokenizers[0]; i++)
    {
      const tl_pretokenizer *p = &pretokenizers[i];

      if (strlen (p->name) == name.len && memcmp (p->name, name.data, name.len) == 0)
        return p;
    }
  return NULL;
}

static bool
split (const tl_scan_func *stage, const char *s, size_t len, tl_word_func func, void *user_data)
{
  size_t done = 0, i = 0;

  if (*stage == NULL)
    return func (user_data, s, len);
  while (i < len)
    {
      size_t n = (*stage) (s + i, len - i);

      if (n == 0)
        {
          class_at (s + i, len - i, &n);
          i += n;
          continue;
        }
      if (i > done && !split (stage + 1, s + done, i - done, func, user_data))
        return false;
      if (!split (stage + 1, s + i, n, func, user_data))
        return false;
      done = i += n;
    }
  return done == len || split (stage + 1, s + done, len - done, func, user_data);
}

bool
tl_pretokenize (const tl_pretokenizer *p, const char *text, size_t len, tl_word_func func,
                void *user_data)
{
  return split (p->stages, text, len, func, user_data);
}
