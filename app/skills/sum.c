/* SPDX-License-Identifier: Apache-2.0 */
/* A recursive-descent reading of sums. */
#include "skills/sum.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH 32
#define MAX_EXACT 1e15

typedef struct
{
  const char *at;
  guint       depth, n_operators;
  gboolean    wrong;
} Reader;

typedef struct
{
  double   value;
  gboolean is_share; /* "19%" */
} Term;

static double read_expression (Reader *r);

static void
skip_space (Reader *r)
{
  for (;; r->at = g_utf8_next_char (r->at))
    {
      gunichar c = g_utf8_get_char (r->at);

      if (c == 0 || !(g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_CURRENCY_SYMBOL))
        return;
    }
}

/* Takes the first of @words that stands here; a word of letters must end here too. */
static gboolean
take (Reader            *r,
      const char *const *words)
{
  skip_space (r);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      gsize len = strlen (words[i]);

      if (g_ascii_strncasecmp (r->at, words[i], len) == 0
          && !(g_ascii_isalpha (words[i][0]) && g_unichar_isalnum (g_utf8_get_char (r->at + len))))
        {
          r->at += len;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
take_operator (Reader            *r,
               const char *const *words)
{
  gboolean taken = take (r, words);

  r->n_operators += taken;
  return taken;
}

/* Whether a comma of these digits parts thousands, decimals, or cannot be told. */
static gboolean
copy_number (const char *s,
             gsize       len,
             char       *digits)
{
  const char *point = memchr (s, '.', len), *comma = memchr (s, ',', len);
  char        decimal = '.';
  gsize       n = 0, group = 0;
  gboolean    behind = FALSE;

  if (comma != NULL && point != NULL)
    decimal = comma > point ? ',' : '.';
  else if (comma != NULL)
    {
      if (memchr (comma + 1, ',', (gsize) (s + len - comma - 1)) == NULL
          && s + len - comma == 4 && comma - s <= 3 && *s != '0')
        return FALSE; /* "1,234" */
      decimal = memchr (comma + 1, ',', (gsize) (s + len - comma - 1)) != NULL ? '.' : ',';
    }
  for (gsize i = 0; i < len; i++)
    {
      if (s[i] == decimal)
        {
          if (behind)
            return FALSE;
          behind = TRUE;
          digits[n++] = '.';
        }
      else if (g_ascii_isdigit (s[i]))
        {
          digits[n++] = s[i];
          group++;
        }
      else /* the other mark: before a group of three, and none behind the decimals */
        {
          if (behind || len - i < 4 || !g_ascii_isdigit (s[i + 1]) || group == 0)
            return FALSE;
          for (gsize k = 1; k <= 3; k++)
            if (!g_ascii_isdigit (s[i + k]))
              return FALSE;
          if (len - i > 4 && g_ascii_isdigit (s[i + 4]))
            return FALSE;
        }
    }
  digits[n] = '\0';
  return TRUE;
}

static double
read_number (Reader *r)
{
  char  digits[40];
  gsize len;

  skip_space (r);
  len = strspn (r->at, "0123456789.,");
  while (len > 0 && !g_ascii_isdigit (r->at[len - 1]))
    len--; /* the point that ends a sentence */
  if (len == 0 || len >= sizeof digits || !copy_number (r->at, len, digits))
    {
      r->wrong = TRUE;
      return 0;
    }
  r->at += len;
  return g_ascii_strtod (digits, NULL);
}

static Term
read_atom (Reader *r)
{
  static const char *const open[] = { "(", NULL }, *const close[] = { ")", NULL };
  static const char *const minus[] = { "-", "−", NULL }, *const plus[] = { "+", NULL };
  static const char *const percent[] = { "%", "percent", "prozent", "pour cent", "por ciento",
                                         NULL };
  static const char *const of[] = { "of", "von", "de", "di", NULL };
  Term term = { 0 };

  if (++r->depth > MAX_DEPTH)
    r->wrong = TRUE;
  if (r->wrong)
    return term;
  if (take (r, minus))
    {
      term = read_atom (r);
      term.value = -term.value;
      r->depth--;
      return term;
    }
  take (r, plus);
  if (take (r, open))
    {
      term.value = read_expression (r);
      r->wrong |= !take (r, close);
    }
  else
    term.value = read_number (r);
  if (!r->wrong && take (r, percent))
    {
      term.value /= 100;
      term.is_share = TRUE;
      if (take_operator (r, of))
        term = (Term) { term.value * read_atom (r).value, FALSE };
    }
  r->depth--;
  return term;
}

static Term
read_power (Reader *r)
{
  static const char *const power[] = { "^", "**", NULL };
  Term term = read_atom (r);

  if (!r->wrong && take_operator (r, power))
    term = (Term) { pow (term.value, read_power (r).value), FALSE };
  return term;
}

static Term
read_product (Reader *r)
{
  static const char *const times[] = { "*", "×", "·", "x", "times", "mal", "fois", "por", NULL };
  static const char *const over[] = { "/", "÷", ":", "divided by", "geteilt durch", "durch",
                                      "divisé par", "entre", NULL };
  Term term = read_power (r);

  while (!r->wrong)
    {
      if (take_operator (r, times))
        term = (Term) { term.value * read_power (r).value, FALSE };
      else if (take_operator (r, over))
        term = (Term) { term.value / read_power (r).value, FALSE };
      else
        break;
    }
  return term;
}

static double
read_expression (Reader *r)
{
  static const char *const plus[] = { "+", "plus", "más", NULL };
  static const char *const minus[] = { "-", "−", "–", "minus", "moins", "menos", NULL };
  double sum = read_product (r).value;

  while (!r->wrong)
    {
      int sign = take_operator (r, plus) ? 1 : take_operator (r, minus) ? -1 : 0;
      Term term;

      if (sign == 0)
        break;
      term = read_product (r);
      sum += sign * (term.is_share ? sum * term.value : term.value);
    }
  return sum;
}

gboolean
tlm_sum_evaluate (const char *text,
                  double     *value)
{
  static const char *const end[] = { "=", "?", ".", "!", NULL };
  Reader r = { .at = text };
  double result = read_expression (&r);

  while (!r.wrong && take (&r, end))
    ;
  skip_space (&r);
  if (r.wrong || *r.at != '\0' || r.n_operators == 0 || !isfinite (result)
      || fabs (result) >= MAX_EXACT)
    return FALSE;
  *value = result;
  return TRUE;
}

char *
tlm_sum_dup_number (double value)
{
  char  buffer[64];
  gsize len;

  g_ascii_formatd (buffer, sizeof buffer, "%.10f", value);
  len = strlen (buffer);
  while (buffer[len - 1] == '0')
    len--;
  buffer[buffer[len - 1] == '.' ? len - 1 : len] = '\0';
  return g_strdup (strcmp (buffer, "-0") == 0 ? "0" : buffer);
}
