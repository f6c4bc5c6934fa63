/* SPDX-License-Identifier: Apache-2.0 */
/* A recursive-descent reading of sums. Each value comes with how far it may be from the true one, so
 * that no digit is shown that is not known. */
#include "skills/sum.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MAX_DEPTH 32
#define MAX_EXACT 1e15 /* below it, fifteen digits of a double are right */
#define MAX_DECIMALS 10
#define MAX_LOSS 1e-4 /* of the result: where ten decimals lose more, it is not given */

typedef struct
{
  const char *text, *at;
  guint       depth, n_operators;
  gunichar    currency; /* 0: none so far */
  gboolean    wrong;
} Reader;

typedef struct
{
  double   value, error; /* at most that far from the true value */
  gboolean is_share;     /* "19%" */
} Term;

static Term read_expression (Reader *r);
static Term read_signed (Reader *r);

/* And signs of a currency, if they are all the same. */
static void
skip_space (Reader *r)
{
  for (;; r->at = g_utf8_next_char (r->at))
    {
      gunichar c = g_utf8_get_char (r->at);

      if (c != 0 && g_unichar_type (c) == G_UNICODE_CURRENCY_SYMBOL)
        {
          r->wrong |= r->currency != 0 && r->currency != c;
          r->currency = c;
        }
      else if (c == 0 || !g_unichar_isspace (c))
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

/* "1,234" and "1.500": thousands, or one and a bit? */
static gboolean
is_ambiguous (const char *s,
              gsize       len,
              const char *mark)
{
  return s + len - mark == 4 && mark - s <= 3 && *s != '0' && memchr (mark + 1, *mark, 3) == NULL;
}

/* Whether a mark of these digits parts thousands, decimals, or cannot be told. */
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
  else if ((comma != NULL && is_ambiguous (s, len, comma))
           || (point != NULL && is_ambiguous (s, len, point)))
    return FALSE;
  else if (comma != NULL)
    decimal = memchr (comma + 1, ',', (gsize) (s + len - comma - 1)) != NULL ? '.' : ',';
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

/* What an operation gave, and its own rounding: none where all is whole. */
static Term
make_term (Reader *r,
           double  value,
           double  error)
{
  r->wrong |= !isfinite (value) || fabs (value) >= MAX_EXACT;
  if (error > 0 || value != floor (value))
    error += fabs (value) * DBL_EPSILON;
  return (Term) { value, error, FALSE };
}

static Term
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
      return (Term) { 0 };
    }
  r->at += len;
  return make_term (r, g_ascii_strtod (digits, NULL), 0);
}

static Term
multiply (Reader *r,
          Term    a,
          Term    b)
{
  return make_term (r, a.value * b.value,
                    fabs (a.value) * b.error + fabs (b.value) * a.error + a.error * b.error);
}

static Term
divide (Reader *r,
        Term    a,
        Term    b)
{
  double value = a.value / b.value;

  r->wrong |= fabs (b.value) <= b.error;
  return make_term (r, value, (a.error + fabs (value) * b.error) / (fabs (b.value) - b.error));
}

/* d (x^y) = x^y (y dx / x + ln x dy) */
static Term
raise_to (Reader *r,
          Term    a,
          Term    b)
{
  double value = pow (a.value, b.value), share = 0;

  if (a.error > 0 || b.error > 0)
    share = fabs (b.value) * a.error / fabs (a.value) + fabs (log (fabs (a.value))) * b.error;
  return make_term (r, value, 2 * fabs (value) * share);
}

static Term
add (Reader *r,
     Term    a,
     Term    b,
     int     sign)
{
  return make_term (r, a.value + sign * b.value, a.error + b.error);
}

static Term
read_atom (Reader *r)
{
  static const char *const open[] = { "(", NULL }, *const close[] = { ")", NULL };
  static const char *const percent[] = { "%", "percent", "prozent", "pour cent", "por ciento",
                                         NULL };
  static const char *const of[] = { "of", "von", "de", "di", NULL };
  Term term;

  if (take (r, open))
    {
      term = read_expression (r);
      r->wrong |= !take (r, close);
    }
  else
    term = read_number (r);
  if (!r->wrong && take (r, percent))
    {
      term = divide (r, term, (Term) { 100, 0, FALSE });
      term.is_share = TRUE;
      if (take_operator (r, of))
        term = multiply (r, term, read_signed (r));
    }
  return term;
}

static Term
read_power (Reader *r)
{
  static const char *const power[] = { "^", "**", NULL };
  Term term = read_atom (r);

  return !r->wrong && take_operator (r, power) ? raise_to (r, term, read_signed (r)) : term;
}

/* A sign is that of the whole power: -2^2 is -4. */
static Term
read_signed (Reader *r)
{
  static const char *const minus[] = { "-", "−", NULL }, *const plus[] = { "+", NULL };
  Term term = { 0 };

  if (++r->depth > MAX_DEPTH)
    r->wrong = TRUE;
  if (!r->wrong && take (r, minus))
    {
      term = read_signed (r);
      term.value = -term.value;
    }
  else if (!r->wrong)
    {
      take (r, plus);
      term = read_power (r);
    }
  r->depth--;
  return term;
}

/* Whether the colon at @at has up to 23 in front and two digits behind. */
static gboolean
is_time (const char *text,
         const char *at)
{
  const char *hour = at;

  while (hour > text && g_ascii_isdigit (hour[-1]))
    hour--;
  return hour < at && at - hour <= 2 && g_ascii_strtoull (hour, NULL, 10) < 24
         && strspn (at + 1, "0123456789") == 2;
}

/* "12 : 4" and "12:4", but "10:30" is a time. */
static gboolean
take_colon (Reader *r)
{
  static const char *const colon[] = { ":", NULL };

  skip_space (r);
  return *r->at == ':' && !is_time (r->text, r->at) && take_operator (r, colon);
}

static Term
read_product (Reader *r)
{
  static const char *const times[] = { "*", "×", "·", "x", "times", "mal", "fois", "por", NULL };
  static const char *const over[] = { "/", "÷", "divided by", "geteilt durch", "durch", "divisé par",
                                      "entre", NULL };
  Term term = read_signed (r);

  while (!r->wrong)
    {
      if (take_operator (r, times))
        term = multiply (r, term, read_signed (r));
      else if (take_operator (r, over) || take_colon (r))
        term = divide (r, term, read_signed (r));
      else
        break;
    }
  return term;
}

static Term
read_expression (Reader *r)
{
  static const char *const plus[] = { "+", "plus", "más", NULL };
  static const char *const minus[] = { "-", "−", "–", "minus", "moins", "menos", NULL };
  Term sum = read_product (r);

  sum.is_share = FALSE;
  while (!r->wrong)
    {
      int  sign = take_operator (r, plus) ? 1 : take_operator (r, minus) ? -1 : 0;
      Term term;

      if (sign == 0)
        break;
      term = read_product (r);
      sum = add (r, sum, term.is_share ? multiply (r, sum, term) : term, sign);
    }
  return sum;
}

/* "3/5/26", "2026-05-03", two marks or more with a nought in front of a number, "03/05",
 * "0171/123456" and "555-1234": dates and telephone numbers. */
static gboolean
holds_date (const char *text)
{
#define DAY "(?:0?[1-9]|[12]\\d|3[01])"
#define MONTH "(?:0?[1-9]|1[0-2])"
#define YEAR "(?:1[89]|2[01])\\d\\d"
#define MARK "[-–/]"
  static const char pattern[]
    = "(?<!\\S)(?:" DAY "(" MARK ")" MONTH "\\1(?:" YEAR "|\\d\\d)"
      "|" MONTH "(" MARK ")" DAY "\\2(?:" YEAR "|\\d\\d)"
      "|" YEAR "(" MARK ")" MONTH "\\3" DAY
      "|\\d+(?:" MARK "\\d+)+" MARK "0\\d+|\\d+(?:" MARK "\\d+)*" MARK "0\\d+" MARK "\\d+"
      "|0\\d+" MARK "\\d+(?:" MARK "\\d+)*|\\d\\d?" MARK "0\\d"
      "|(?:\\d+[-–])*\\d{3}[-–]\\d{4})(?![^\\s=?!.+*/–-])";

  return g_regex_match_simple (pattern, text, 0, 0);
}

/* Leaves the decimals that are known. FALSE when what is shown of @term would not be it. */
static gboolean
round_to_known (Term *term)
{
  double           known = term->error > 0 ? floor (-log10 (2 * term->error)) : MAX_DECIMALS;
  g_autofree char *shown = NULL;

  if (known < 0)
    return FALSE;
  if (fabs (term->value) <= term->error)
    term->value = 0;
  else if (known < MAX_DECIMALS)
    term->value = round (term->value * pow (10, known)) / pow (10, known);
  shown = tlm_sum_dup_number (term->value);
  return fabs (g_ascii_strtod (shown, NULL) - term->value) <= MAX_LOSS * fabs (term->value);
}

gboolean
tlm_sum_evaluate (const char *text,
                  double     *value)
{
  static const char *const end[] = { "=", "?", ".", "!", NULL };
  Reader r = { .text = text, .at = text };
  Term   result;

  if (holds_date (text))
    return FALSE;
  result = read_expression (&r);
  while (!r.wrong && take (&r, end))
    ;
  skip_space (&r);
  if (r.wrong || *r.at != '\0' || r.n_operators == 0 || !round_to_known (&result))
    return FALSE;
  *value = result.value;
  return TRUE;
}

char *
tlm_sum_dup_number (double value)
{
  char  buffer[64], format[16];
  gsize len;
  int   n_digits = fabs (value) < 10 ? 1 : (int) floor (log10 (fabs (value))) + 1;

  g_snprintf (format, sizeof format, "%%.%df", CLAMP (15 - n_digits, 0, MAX_DECIMALS));
  g_ascii_formatd (buffer, sizeof buffer, format, value);
  len = strlen (buffer);
  if (strchr (buffer, '.') != NULL)
    {
      while (buffer[len - 1] == '0')
        len--;
      buffer[buffer[len - 1] == '.' ? len - 1 : len] = '\0';
    }
  return g_strdup (strcmp (buffer, "-0") == 0 ? "0" : buffer);
}
