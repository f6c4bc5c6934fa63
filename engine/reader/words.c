/* SPDX-License-Identifier: Apache-2.0 */
/* Characters and words: small range tables in place of the full Unicode database, chosen so that
 * folding never changes the length of a text. Ranges from the Unicode 15 code charts. */
#include "reader/words.h"

#include <string.h>

#include "base/utf8.h"

#define SOFT_HYPHEN 0xad
#define ZWNJ 0x200c /* zero width non-joiner, and joiner: within a word, or an emoji */
#define ZWJ 0x200d

typedef struct
{
  uint32_t first, last;
} range;

/* What is above ASCII and is not part of a word. */
static const range symbols[] = {
  { 0x80, 0xa9 },     { 0xab, 0xb4 },     { 0xb6, 0xb9 },     { 0xbb, 0xbf },
  { 0xd7, 0xd7 },     { 0xf7, 0xf7 },     { 0x2000, 0x206f }, { 0x20a0, 0x20ff },
  { 0x2190, 0x2bff }, { 0x2e00, 0x2e7f }, { 0x3000, 0x3004 }, { 0x3008, 0x3020 },
  { 0x3030, 0x3030 }, { 0xe000, 0xf8ff }, { 0xfe00, 0xfe6f }, { 0xfeff, 0xfeff },
  { 0xff01, 0xff0f }, { 0xff1a, 0xff20 }, { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 },
  { 0xfff0, 0xffff }, { 0x1f000, 0x1faff }, { 0xe0000, 0x10ffff },
};

static const range cjk[] = {
  { 0x0e00, 0x0eff },   { 0x1000, 0x109f },   { 0x1780, 0x17ff },   { 0x2e80, 0x2fdf },
  { 0x3005, 0x3007 },   { 0x3021, 0x302f },   { 0x3031, 0x30ff },   { 0x3400, 0x4dbf },
  { 0x4e00, 0x9fff },   { 0xf900, 0xfaff },   { 0xff66, 0xff9f },   { 0x20000, 0x3ffff },
};

static bool
in_ranges (const range *ranges, size_t n, uint32_t cp)
{
  for (size_t i = 0; i < n; i++)
    if (cp >= ranges[i].first && cp <= ranges[i].last)
      return true;
  return false;
}

bool
tl_cp_is_word (uint32_t cp)
{
  if (cp < 0x80)
    return (cp >= '0' && cp <= '9') || ((cp | 32) >= 'a' && (cp | 32) <= 'z');
  return !in_ranges (symbols, sizeof symbols / sizeof *symbols, cp);
}

bool
tl_cp_is_cjk (uint32_t cp)
{
  return cp >= 0x0e00 && in_ranges (cjk, sizeof cjk / sizeof *cjk, cp);
}

bool
tl_cp_is_space (uint32_t cp)
{
  return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x85 || cp == 0xa0 || cp == 0x1680
         || (cp >= 0x2000 && cp <= 0x200b) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f
         || cp == 0x205f || cp == 0x3000 || cp == 0xfeff;
}

/* In Latin Extended-A capitals are the even or the odd of a pair, depending on the stretch. */
static uint32_t
fold_extended_a (uint32_t cp)
{
  if (cp == 0x178)
    return 0xff;
  if (cp == 0x130 || cp == 0x131 || cp == 0x138 || cp == 0x149 || cp == 0x17f)
    return cp;
  if ((cp >= 0x139 && cp <= 0x148) || cp >= 0x179)
    return (cp & 1) ? cp + 1 : cp;
  return cp | 1;
}

static uint32_t
fold_greek (uint32_t cp)
{
  if (cp >= 0x391 && cp <= 0x3ab && cp != 0x3a2)
    return cp + 0x20;
  if (cp == 0x386)
    return 0x3ac;
  if (cp >= 0x388 && cp <= 0x38a)
    return cp + 0x25;
  return cp == 0x38c ? 0x3cc : cp == 0x38e || cp == 0x38f ? cp + 0x3f : cp;
}

uint32_t
tl_cp_fold (uint32_t cp)
{
  if (cp < 0x80)
    return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
  if (cp >= 0xc0 && cp <= 0xde)
    return cp == 0xd7 ? cp : cp + 0x20;
  if (cp >= 0x100 && cp <= 0x17f)
    return fold_extended_a (cp);
  if (cp >= 0x386 && cp <= 0x3ab)
    return fold_greek (cp);
  if (cp >= 0x400 && cp <= 0x42f)
    return cp < 0x410 ? cp + 0x50 : cp + 0x20;
  return cp;
}

bool
tl_cp_is_upper (uint32_t cp)
{
  return tl_cp_fold (cp) != cp;
}

bool
tl_cp_is_lower (uint32_t cp)
{
  if (cp < 0x80)
    return cp >= 'a' && cp <= 'z';
  if (tl_cp_is_upper (cp))
    return false;
  return (cp >= 0xdf && cp <= 0x17f && cp != 0xf7) || (cp >= 0x3ac && cp <= 0x3ce)
         || (cp >= 0x430 && cp <= 0x45f);
}

void
tl_text_fold (char *dst, const char *src, size_t len)
{
  for (size_t i = 0; i < len;)
    {
      uint32_t cp;
      size_t n = tl_utf8_next (src + i, len - i, &cp);

      if (tl_cp_is_upper (cp))
        tl_utf8_put (dst + i, tl_cp_fold (cp));
      else
        memcpy (dst + i, src + i, n);
      i += n;
    }
}

uint32_t
tl_word_hash (const char *s, size_t len)
{
  uint32_t hash = 2166136261u;

  for (size_t i = 0; i < len;)
    {
      uint32_t cp;

      i += tl_utf8_next (s + i, len - i, &cp);
      if (cp == SOFT_HYPHEN)
        continue;
      if (cp == 0x2019)
        cp = '\'';
      hash = (hash ^ tl_cp_fold (cp)) * 16777619u;
    }
  return hash;
}

static bool
joins_words (uint32_t cp)
{
  return cp == '\'' || cp == 0x2019 || cp == '-' || cp == '.' || cp == ','
         || cp == SOFT_HYPHEN || cp == ZWNJ || cp == ZWJ;
}

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* A dot or comma joins digits only, so that "end.Next" and "a,b" are two words each. */
static bool
joiner_holds (const char *s, size_t len, size_t at, size_t after, uint32_t joiner)
{
  uint32_t next;

  if (after >= len)
    return false;
  if (joiner == '.' || joiner == ',')
    return is_digit (s[at - 1]) && is_digit (s[after]);
  tl_utf8_next (s + after, len - after, &next);
  return tl_cp_is_word (next) && !tl_cp_is_cjk (next);
}

bool
tl_word_next (const char *s, size_t len, size_t *pos, size_t *start)
{
  size_t i = *pos;
  uint32_t cp = 0;
  size_t n = 0;

  while (i < len && (n = tl_utf8_next (s + i, len - i, &cp), !tl_cp_is_word (cp)))
    i += n;
  *start = i;
  if (i >= len)
    return false;
  i += n;
  if (tl_cp_is_cjk (cp))
    {
      *pos = i;
      return true;
    }
  while (i < len)
    {
      n = tl_utf8_next (s + i, len - i, &cp);
      if (!(tl_cp_is_word (cp) && !tl_cp_is_cjk (cp))
          && !(joins_words (cp) && joiner_holds (s, len, i, i + n, cp)))
        break;
      i += n;
    }
  *pos = i;
  return true;
}
