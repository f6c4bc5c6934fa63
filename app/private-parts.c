/* SPDX-License-Identifier: Apache-2.0 */
/* A table of patterns, the surest first; what an earlier one has taken, a later one leaves. Each
 * quantifier is bounded, so that no text makes a pattern slow. Names have no form of their own: they
 * are words with a capital where the language would not put one. */
#include "private-parts.h"

#include "skills/language.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *const tlm_private_names[TLM_N_PRIVATE]
  = { "mail", "url", "iban", "card", "date", "phone", "ip", "address", "number", "name" };

static const char *const placeholders[TLM_N_PRIVATE] = {
  N_("[e-mail]"), N_("[link]"), N_("[account]"), N_("[card number]"), N_("[date]"),
  N_("[phone number]"), N_("[IP address]"), N_("[address]"), N_("[number]"), N_("[name]"),
};

/* Where a word with a capital is no name: what a sentence begins with, the calendar, and so on. */
#define NO_NAME                                                                                    \
  "(?!(?:I|I['’]\\w{1,3}|A|An|The|This|That|These|Those|There|Then|Here|He|She|It|We|You|They|My|Your|His|" \
  "Her|Our|Their|Its|What|Who|When|Where|Why|How|Which|Is|Are|Was|Were|Do|Does|Did|Can|Could|Should|" \
  "Would|Will|Please|Dear|Hello|Hi|Thanks|Thank|Yes|No|Not|And|But|Or|So|If|As|At|By|For|From|In|Of|On|To|" \
  "With|After|Before|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|" \
  "April|May|June|July|August|September|October|November|December|English|German|French|Spanish|" \
  "Italian|Internet|OK|PS|Today|Tomorrow|Yesterday|Ich|Wir|Sie|Er|Es|Der|Die|Das|Ein|Eine|Und|Aber|Bitte|Hallo|Liebe|Lieber|"   \
  "Le|La|Les|Un|Une|Je|Nous|Vous|Il|Elle|El|Los|Las|Yo|Bonjour|Hola|Ciao)\\b)"
#define CAPPED NO_NAME "\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}"
#define MONTHS                                                                                     \
  "(?:jan|jui|jun|feb|mar|mär|apr|may|mai|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|fév|avr|août|déc|"   \
  "gen|giu|lug|ott)[\\p{L}]{0,8}\\.?"

typedef struct
{
  TlmPrivateKind kind;
  const char    *pattern;
  gboolean     (*check) (const char *match, gsize len); /* (nullable) */
  gboolean       english; /* only in English, where other nouns have no capital */
} Rule;

/* The digits alone, at most @max of them. */
static guint
take_digits (const char *s, gsize len, char *digits, guint max)
{
  guint n = 0;

  for (gsize i = 0; i < len && n < max; i++)
    if (g_ascii_isdigit (s[i]))
      digits[n++] = s[i];
  return n;
}

/* Luhn's check digit, which cards have (ISO/IEC 7812-1). */
static gboolean
is_card (const char *match, gsize len)
{
  char digits[20];
  guint n = take_digits (match, len, digits, sizeof digits), sum = 0;

  for (guint i = 0; i < n; i++)
    {
      guint d = (guint) (digits[n - 1 - i] - '0');

      d = i % 2 == 0 ? d : d * 2;
      sum += d > 9 ? d - 9 : d;
    }
  return n >= 13 && n <= 19 && sum % 10 == 0;
}

/* ISO 13616: the country and check digits moved behind, letters as 10 to 35, modulo 97 is 1. */
static gboolean
is_iban (const char *match, gsize len)
{
  char  plain[36];
  guint n = 0, rest = 0;

  for (gsize i = 0; i < len && n < sizeof plain; i++)
    if (g_ascii_isalnum (match[i]))
      plain[n++] = g_ascii_toupper (match[i]);
  for (guint i = 0; i < n; i++)
    {
      char c = plain[(i + 4) % n];

      rest = g_ascii_isdigit (c) ? (rest * 10 + (guint) (c - '0')) % 97
                                 : (rest * 100 + (guint) (c - 'A') + 10) % 97;
    }
  return n >= 15 && rest == 1;
}

/* Seven digits at least; shorter ones are counts, prices and years. */
static gboolean
is_phone (const char *match, gsize len)
{
  char digits[20];
  guint n = take_digits (match, len, digits, sizeof digits);

  return n >= 7 && n <= 15;
}

static gboolean
has_five_digits (const char *match, gsize len)
{
  char digits[5];

  return take_digits (match, len, digits, 5) == 5;
}

static const Rule rules[] = {
  { TLM_PRIVATE_MAIL, "[\\w.+%'-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,6}", NULL, FALSE },
  { TLM_PRIVATE_URL, "(?i:https?|ftp|ssh|sftp|file)://[^\\s<>\"]{3,2000}[^\\s<>\".,;:!?)]", NULL, FALSE },
  { TLM_PRIVATE_URL, "\\bwww\\.[^\\s<>\"]{3,2000}[^\\s<>\".,;:!?)]", NULL, FALSE },
  { TLM_PRIVATE_IBAN, "\\b[A-Z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{1,4}){3,8}\\b", is_iban, FALSE },
  { TLM_PRIVATE_CARD, "(?<![\\w.])[0-9](?:[ -]?[0-9]){12,18}(?!\\w)", is_card, FALSE },
  { TLM_PRIVATE_IP, "(?<![\\w.])(?:[0-9]{1,3}\\.){3}[0-9]{1,3}(?![\\w.]*[0-9])", NULL, FALSE },
  { TLM_PRIVATE_IP, "(?<![\\w:])(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}(?![\\w:])", NULL, FALSE },
  { TLM_PRIVATE_DATE, "(?<![\\w.])[0-9]{1,2}[./-][ ]?[0-9]{1,2}[./-][ ]?(?:[0-9]{4}|[0-9]{2})(?![\\w-])", NULL,
    FALSE },
  { TLM_PRIVATE_DATE, "(?<![\\w-])[0-9]{4}[-./年][0-9]{1,2}[-./月][0-9]{1,2}日?(?![0-9])", NULL, FALSE },
  { TLM_PRIVATE_DATE, "(?i)(?<!\\w)[0-9]{1,2}(?:st|nd|rd|th|\\.)?[ ](?:de[ ]|of[ ])?" MONTHS ",?[ ](?:de[ ])?[0-9]{4}\\b",
    NULL, FALSE },
  { TLM_PRIVATE_DATE, "(?i)\\b" MONTHS "[ ][0-9]{1,2}(?:st|nd|rd|th)?,?[ ][0-9]{4}\\b", NULL, FALSE },
  { TLM_PRIVATE_PHONE, "(?<![\\w+])(?:\\+|00)[1-9](?:[ ()./-]{0,2}[0-9]){6,14}(?!\\w)", is_phone, FALSE },
  { TLM_PRIVATE_PHONE, "(?<![\\w.,])\\(?0[0-9]{1,5}\\)?(?:[ ./-]{1,2}[0-9]{2,8}){1,5}(?!\\w)", is_phone, FALSE },
  { TLM_PRIVATE_PHONE, "(?<![\\w.,])\\(?[0-9]{3}\\)?[ .-][0-9]{3,4}[ .-][0-9]{4}(?!\\w)", is_phone, FALSE },
  { TLM_PRIVATE_ADDRESS,
    "\\b[0-9]{1,5}[A-Za-z]?,?[ ](?:\\p{Lu}[\\p{L}\\p{M}'’.-]{1,30}[ ]){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|"
    "Drive|Dr|Court|Ct|Place|Square|Sq|Terrace|Way|Close|Crescent|Row|Boulevard|Blvd|Gardens|Hill)\\b\\.?", NULL,
    FALSE },
  { TLM_PRIVATE_ADDRESS,
    "\\b\\p{Lu}[\\p{L}\\p{M}.-]{0,30}(?:[ ]\\p{Lu}[\\p{L}\\p{M}.-]{0,30}){0,2}"
    "(?:straße|strasse|str\\.|weg|gasse|platz|allee|ufer|damm|ring|straat|laan|gatan|vägen)[ ][0-9]{1,4}[ ]?[a-z]?\\b", NULL,
    FALSE },
  { TLM_PRIVATE_ADDRESS,
    "\\b(?:[0-9]{1,4},?[ ])?(?i:rue|avenue|boulevard|place|via|viale|piazza|calle|avenida|plaza|rua)[ ]"
    "(?:(?:de|du|des|della|del|la|le|los|las|da|dos)[ ]){0,2}\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}"
    "(?:[ ]\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){0,3}(?:,?[ ][0-9]{1,4})?", NULL, FALSE },
  { TLM_PRIVATE_ADDRESS, "\\b(?:[A-Z]{1,2}-)?[0-9]{5}[ ]\\p{Lu}[\\p{L}\\p{M}-]{2,30}", NULL, FALSE },
  { TLM_PRIVATE_ADDRESS, "\\b[A-Z]{1,2}[0-9][A-Z0-9]?[ ][0-9][A-Z]{2}\\b", NULL, FALSE },
  { TLM_PRIVATE_ADDRESS, "\\b[A-Z]{2}[ ][0-9]{5}(?:-[0-9]{4})?\\b", NULL, FALSE },
  { TLM_PRIVATE_NUMBER, "(?<![\\w.,/-])(?:[A-Z]{1,4}[ ]?)?[0-9][A-Z0-9]{0,11}(?:[ /-][A-Z0-9]{1,10}){0,5}(?![\\w/-])", has_five_digits,
    FALSE },
  { TLM_PRIVATE_NAME,
    "(?:\\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Herrn|Frau|Monsieur|Madame|Mme|Mlle|Señor|Señora|Sr|Sra|Sig|Signor|"
    "Signora|Don|Doña)\\.?[ ]){1,3}\\p{Lu}[\\p{L}\\p{M}'’.-]{0,30}(?:[ ](?:(?:van|von|de|der|den|da|dos|el|al|bin)[ ]){0,2}"
    "\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){0,3}", NULL, FALSE },
  { TLM_PRIVATE_NAME, "[\\p{Han}\\p{Katakana}ー]{1,6}(?:さん|様|先生|氏|くん|ちゃん)", NULL, FALSE },
  { TLM_PRIVATE_NAME, /* whoever says so */
    "(?<=my name is |My name is |I am called |ich heiße |Ich heiße |mein Name ist |Mein Name ist |je m['’]appelle |me llamo "
    "|mi chiamo |меня зовут )[\\p{L}\\p{M}'’-]{2,30}(?:[ ]\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){0,3}", NULL, FALSE },
  { TLM_PRIVATE_NAME, /* two or more in a row */
    "\\b" CAPPED "(?:[ ](?:\\p{Lu}\\.[ ]|(?:van|von|de|der|den|da|dos|el|al|bin|ibn)[ ]){0,2}" CAPPED "){1,3}", NULL, FALSE },
  { TLM_PRIVATE_NAME, /* one, inside a sentence */
    "(?<=[\\p{Ll}\\p{N},;:(] )" CAPPED "\\b", NULL, TRUE },
  { TLM_PRIVATE_NAME, /* one at the beginning that does something */
    "\\b" CAPPED "(?=['’]s\\b|[ ](?:said|says|will|wants|called|told|asked|has|had|is|was|and[ ]\\p{Lu}))", NULL, TRUE },
};

static GRegex *
get_regex (gsize i)
{
  static GRegex *compiled[G_N_ELEMENTS (rules)];

  if (g_once_init_enter (&compiled[i]))
    {
      GError *error = NULL;
      GRegex *regex = g_regex_new (rules[i].pattern, G_REGEX_OPTIMIZE, 0, &error);

      if (regex == NULL)
        g_error ("%s", error->message); /* the pattern is ours */
      g_once_init_leave (&compiled[i], regex);
    }
  return compiled[i];
}

static void
apply (gsize i, const char *text, gsize len, const char *taken, GArray *found)
{
  g_autoptr (GMatchInfo) info = NULL;
  int                    start, end;

  g_regex_match_full (get_regex (i), text, (gssize) len, 0, 0, &info, NULL);
  for (; g_match_info_matches (info); g_match_info_next (info, NULL))
    {
      TlmPrivatePart part = { .kind = rules[i].kind };

      g_match_info_fetch_pos (info, 0, &start, &end);
      part.start = (gsize) start;
      part.end = (gsize) end;
      if (memchr (taken + start, 1, part.end - part.start) == NULL
          && (rules[i].check == NULL || rules[i].check (text + start, part.end - part.start)))
        g_array_append_val (found, part);
    }
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  gsize x = ((const TlmPrivatePart *) a)->start, y = ((const TlmPrivatePart *) b)->start;

  return x < y ? -1 : x > y;
}

/* A short text tells little; one such word of German is enough to keep its nouns. */
static gboolean
is_english (const char *text, gsize len)
{
  return tlm_text_is_english (text, len)
         && !g_regex_match_simple ("\\b(?:ich|der|das|und|ist|nicht|mit|dem|den|ein|eine)\\b", text, 0, 0);
}

GArray *
tlm_private_find (const char *text, gsize len)
{
  GArray          *parts = g_array_new (FALSE, FALSE, sizeof (TlmPrivatePart));
  g_autofree char *taken = g_malloc0 (len + 1); /* 1 for each byte of a part */
  gboolean         english = is_english (text, len);

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      guint before = parts->len;

      if (rules[i].english && !english)
        continue;
      apply (i, text, len, taken, parts);
      for (guint k = before; k < parts->len; k++)
        {
          const TlmPrivatePart *part = &g_array_index (parts, TlmPrivatePart, k);

          memset (taken + part->start, 1, part->end - part->start);
        }
    }
  g_array_sort (parts, compare_parts);
  return parts;
}

const char *
tlm_private_get_placeholder (TlmPrivateKind kind)
{
  return _(placeholders[kind]);
}

char *
tlm_private_replace (const char *text, const GArray *parts)
{
  GString *out = g_string_new (NULL);
  gsize    at = 0;

  for (guint i = 0; i < parts->len; i++)
    {
      const TlmPrivatePart *part = &g_array_index (parts, TlmPrivatePart, i);

      g_string_append_len (out, text + at, (gssize) (part->start - at));
      g_string_append (out, tlm_private_get_placeholder (part->kind));
      at = part->end;
    }
  return g_string_free (g_string_append (out, text + at), FALSE);
}
