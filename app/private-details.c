/* SPDX-License-Identifier: Apache-2.0 */
/* A table of patterns, the surest first; what an earlier one has taken, a later one leaves. Each
 * quantifier is bounded, so that no text makes a pattern slow. Names have no form of their own: they
 * are words with a capital where the language would not put one. */
#include "private-details.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *const tlm_private_names[TLM_N_PRIVATE]
  = { "mail", "url", "iban", "card", "date", "phone", "ip", "address", "number", "name" };

static const char *const placeholders[TLM_N_PRIVATE] = {
  N_("[e-mail]"), N_("[link]"), N_("[account]"), N_("[card number]"), N_("[date]"),
  N_("[phone number]"), N_("[IP address]"), N_("[address]"), N_("[number]"), N_("[name]"),
};

/* Where a word with a capital is no name: what a sentence begins with, the calendar, short forms such
 * as VAT, and what everybody knows: countries, great cities, languages, systems. */
#define COMMON_WORDS                                                                               \
  "I|I['’]\\w{1,3}|A|An|The|This|That|These|Those|There|Then|Here|He|She|It|We|You|They|My|Your|His|" \
  "Her|Our|Their|Its|What|Who|When|Where|Why|How|Which|Is|Are|Was|Were|Do|Does|Did|Can|Could|Should|" \
  "Would|Will|Please|Dear|Hello|Hi|Thanks|Thank|Yes|No|Not|And|But|Or|So|If|As|At|By|For|From|In|Of|" \
  "On|To|With|After|Before|Ask|Call|Draft|Email|Give|Go|Learn|Make|Plan|Ring|Send|Tell|Translate|" \
  "Write|Sir|Madam|Ladies|Gentlemen|Kind|Best|Regards|Today|Tomorrow|Yesterday|Internet|PS|"       \
  "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|" \
  "July|August|September|October|November|December|Ich|Wir|Sie|Er|Es|Der|Die|Das|Ein|Eine|Mein|"   \
  "Meine|Meinem|Meiner|Dein|Deine|Unser|Unsere|Und|Aber|Bitte|Hallo|Liebe|Lieber|Viele|Grüße|"     \
  "Grüßen|Sehr|Le|La|Les|Un|Une|Je|Mon|Ma|Mes|Nous|Vous|Il|Elle|Merci|Bonjour|El|Los|Las|Yo|Mi|"    \
  "Hola|Ciao|Mio|Mia[ ]\\p{Ll}|[DL]['’]\\p{Ll}\\w{0,30}"
#define KNOWN_PLACES                                                                               \
  "Africa|America|Asia|Australia|Austria|Belgium|Brazil|Britain|Canada|China|Denmark|Egypt|England|" \
  "Europe|Finland|France|Germany|Greece|India|Ireland|Italy|Japan|Kingdom|Mexico|Netherlands|Norway|" \
  "Poland|Portugal|Russia|Scotland|Spain|Sweden|Switzerland|Turkey|Ukraine|United|States|Wales|"   \
  "Athens|Beijing|Berlin|Brussels|Lisbon|London|Madrid|Milan|Moscow|Munich|Paris|Prague|Rome|Tokyo|" \
  "Venice|Vienna|Zurich|Deutschland|Österreich|Schweiz|Hamburg|München|Wien|Köln|Italia|Roma|Milano|" \
  "Firenze|Venezia|Napoli|Torino|España|Barcelona|Sevilla|Lyon|Marseille|Suisse|Allemagne|Espagne|" \
  "Italie|English|German|French|Spanish|Italian|Japanese|Chinese|Russian|Python|Java|JavaScript|Linux|" \
  "Windows|Android|Excel|Word"
#define TITLES                                                                                     \
  "Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Herrn|Frau|Monsieur|Madame|Mme|Mlle|Maître|Señor|Señora|Sr|Sra|Sig|" \
  "Signor|Signora|Don|Doña"
#define NO_NAME "(?!(?:" COMMON_WORDS "|" TITLES "|" KNOWN_PLACES "|\\p{Lu}{2,4})\\b)"
#define CAPPED NO_NAME "\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}"
/* Behind which a name stands. */
#define KIN                                                                                        \
  "aunt|boyfriend|brother|colleague|dad|daughter|girlfriend|husband|mother|mum|neighbour|nephew|niece|" \
  "partner|sister|son|uncle|wife|Bruder|Cousin|Cousine|Freund|Freundin|Kollege|Kollegin|Mama|Mann|" \
  "Mutter|Nachbar|Nachbarin|Neffen?|Nichte|Oma|Onkel|Opa|Papa|Schwester|Sohn|Tante|Tochter|Vater"
#define MONTHS                                                                                     \
  "(?:jan|jui|jun|feb|mar|mär|apr|may|mai|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|fév|avr|août|déc|"   \
  "gen|giu|lug|ott)[\\p{L}]{0,8}\\.?"

typedef struct
{
  TlmPrivateKind kind;
  const char    *pattern;
  gboolean     (*check) (const char *match, gsize len); /* (nullable) */
  gboolean       no_german; /* where each noun has a capital */
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
    "Drive|Dr|Court|Ct|Place|Square|Sq|Terrace|Way|Close|Crescent|Row|Boulevard|Blvd|Gardens|Grove|Hill|"
    "Mews|Park|View|Walk)\\b\\.?", NULL,
    FALSE },
  { TLM_PRIVATE_ADDRESS,
    "\\b\\p{Lu}[\\p{L}\\p{M}.-]{0,30}(?:[ ]\\p{Lu}[\\p{L}\\p{M}.-]{0,30}){0,2}"
    "(?:straße|strasse|str\\.|weg|gasse|platz|allee|ufer|damm|ring|straat|laan|gatan|vägen)[ ][0-9]{1,4}[ ]?[a-z]?\\b", NULL,
    FALSE },
  { TLM_PRIVATE_ADDRESS,
    "\\b(?:[0-9]{1,4}(?:[ ]?(?:bis|ter|[a-zA-Z]))?,?[ ])?(?i:rue|avenue|boulevard|place|via|viale|piazza|calle|avenida|plaza|rua)[ ]"
    "(?:(?:de|du|des|della|del|la|le|los|las|da|dos)[ ]){0,2}\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}"
    "(?:[ ]\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){0,3}(?:,?[ ][0-9]{1,4}\\b)?", NULL, FALSE },
  { TLM_PRIVATE_ADDRESS, "\\b(?:[A-Z]{1,2}-)?[0-9]{5}[ ]\\p{Lu}[\\p{L}\\p{M}-]{2,30}", NULL, FALSE },
  { TLM_PRIVATE_ADDRESS, "\\b[A-Z]{1,2}[0-9][A-Z0-9]?[ ][0-9][A-Z]{2}\\b(?:[ ]\\p{Lu}[\\p{L}-]{2,30})?", NULL, FALSE },
  { TLM_PRIVATE_ADDRESS, "\\b[A-Z]{2}[ ][0-9]{5}(?:-[0-9]{4})?(?![\\w/-])", NULL, FALSE },
  { TLM_PRIVATE_NUMBER, "(?<![\\w.,/-])(?:[A-Z]{1,4}[ -]?)?[0-9][A-Z0-9]{0,11}(?:[ /-][A-Z0-9]{1,10}){0,5}(?![\\w/-])", has_five_digits,
    FALSE },
  { TLM_PRIVATE_NUMBER, "\\b[A-Z]{1,8}[0-9][A-Z0-9]{4,20}\\b", has_five_digits, FALSE },
  { TLM_PRIVATE_NAME,
    "(?:\\b(?:" TITLES "|M(?=\\.))\\.?[ ]){1,3}\\p{Lu}[\\p{L}\\p{M}'’.-]{0,30}(?:[ ](?:(?:van|von|de|der|den|da|dos|el|al|bin)[ ]){0,2}"
    "\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){0,3}", NULL, FALSE },
  { TLM_PRIVATE_NAME, "[\\p{Han}\\p{Katakana}ー]{1,6}(?:さん|様|先生|氏|くん|ちゃん)", NULL, FALSE },
  { TLM_PRIVATE_NAME, /* whoever says so */
    "(?<=my name is |My name is |I am called |ich heiße |Ich heiße |heißt |mein Name ist |Mein Name ist |je m['’]appelle |me llamo "
    "|mi chiamo |s['’]appelle |se llama |si chiama |меня зовут )[\\p{L}\\p{M}'’-]{2,30}(?:[ ]\\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){0,3}", NULL, FALSE },
  { TLM_PRIVATE_NAME, "\\b(?:" KIN "),?[ ]\\K" CAPPED "(?:[ ]" CAPPED "){0,3}\\b", NULL, FALSE },
  { TLM_PRIVATE_NAME, /* greeted in haste */
    "(?i)\\b(?:hi|hey|hello|hallo|salut|coucou|ciao|hola)[ ]\\K(?!(?:all|everyone|everybody|folks|guys|team|there|"
    "zusammen|alle|leute|buenas|todos|todas|tous|toutes|tutti|tutte|world)\\b)\\p{L}{2,30}(?=[,!:\n])", NULL, FALSE },
  { TLM_PRIVATE_NAME, /* signed */
    "(?<=\n)" CAPPED "(?=\\s{0,9}\\z)", NULL, FALSE },
  { TLM_PRIVATE_NAME, /* two or more in a row */
    "\\b" CAPPED "(?:[ ](?:\\p{Lu}\\.[ ]|(?i:van|von|de|der|den|da|di|dos|el|al|bin|ibn|la|le|lo)[ ]){0,2}" CAPPED "){1,3}", NULL, FALSE },
  { TLM_PRIVATE_NAME, /* one, inside a sentence */
    "(?<=[\\p{Ll}\\p{N},;:(] )" CAPPED "\\b", NULL, TRUE },
  { TLM_PRIVATE_NAME, /* one at the beginning that does something */
    "\\b" CAPPED "(?=['’]s\\b|[ ](?:said|says|will|wants|called|told|asked|has|had|is|was|and[ ]\\p{Lu}))", NULL, TRUE },
  { TLM_PRIVATE_NAME, "\\b" CAPPED "\\b", NULL, FALSE }, /* WORD: one that was met in a name */
};

#define WORD (G_N_ELEMENTS (rules) - 1)

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

static gboolean
is_free (const guint8 *taken, const TlmPrivateDetail *detail)
{
  for (gsize i = detail->start; i < detail->end; i++)
    if (taken[i] != 0)
      return FALSE;
  return TRUE;
}

static void
get_place (const GMatchInfo *info, TlmPrivateDetail *detail)
{
  int start, end;

  g_match_info_fetch_pos (info, 0, &start, &end);
  detail->start = (gsize) start;
  detail->end = (gsize) end;
}

static void
apply (gsize i, const char *text, gsize len, const guint8 *taken, GArray *found)
{
  g_autoptr (GMatchInfo) info = NULL;

  g_regex_match_full (get_regex (i), text, (gssize) len, 0, 0, &info, NULL);
  for (; g_match_info_matches (info); g_match_info_next (info, NULL))
    {
      TlmPrivateDetail detail = { .kind = rules[i].kind };

      get_place (info, &detail);
      if (is_free (taken, &detail)
          && (rules[i].check == NULL || rules[i].check (text + detail.start, detail.end - detail.start)))
        g_array_append_val (found, detail);
    }
}

static gboolean
is_german (const char *text)
{
  return g_regex_match_simple ("\\b(?:ich|der|das|und|ist|nicht|mit|dem|den|ein|eine|mein|meine|auf|"
                               "für|wie|wird|wurde|kann|bitte|haben?)\\b",
                               text, 0, 0);
}

/* The words of each name once more, wherever one stands with a capital: at the beginning of a sentence,
 * say, where a word that was not met before may be any. */
static void
find_again (const char *text, gsize len, const guint8 *taken, GArray *details)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int pass = 0; pass < 2; pass++)
    {
      g_autoptr (GMatchInfo) info = NULL;

      g_regex_match_full (get_regex (WORD), text, (gssize) len, 0, 0, &info, NULL);
      for (; g_match_info_matches (info); g_match_info_next (info, NULL))
        {
          g_autofree char *word = g_match_info_fetch (info, 0);
          TlmPrivateDetail detail = { .kind = TLM_PRIVATE_NAME };

          get_place (info, &detail);
          if (pass == 0 && taken[detail.start] == TLM_PRIVATE_NAME + 1)
            g_hash_table_add (known, g_steal_pointer (&word));
          else if (pass == 1 && is_free (taken, &detail) && g_hash_table_contains (known, word))
            g_array_append_val (details, detail);
        }
    }
}

static int
compare_details (gconstpointer a, gconstpointer b)
{
  gsize x = ((const TlmPrivateDetail *) a)->start, y = ((const TlmPrivateDetail *) b)->start;

  return x < y ? -1 : x > y;
}

GArray *
tlm_private_find (const char *text, gsize len)
{
  GArray            *details = g_array_new (FALSE, FALSE, sizeof (TlmPrivateDetail));
  g_autofree guint8 *taken = g_malloc0 (len + 1); /* for each byte of a detail its kind and 1 */
  gboolean           german = is_german (text);

  for (gsize i = 0; i < WORD; i++)
    {
      guint before = details->len;

      if (rules[i].no_german && german)
        continue;
      apply (i, text, len, taken, details);
      for (guint k = before; k < details->len; k++)
        {
          const TlmPrivateDetail *detail = &g_array_index (details, TlmPrivateDetail, k);

          memset (taken + detail->start, (int) detail->kind + 1, detail->end - detail->start);
        }
    }
  find_again (text, len, taken, details);
  g_array_sort (details, compare_details);
  return details;
}

const char *
tlm_private_get_placeholder (TlmPrivateKind kind)
{
  return _(placeholders[kind]);
}

char *
tlm_private_replace (const char *text, const GArray *details)
{
  GString *out = g_string_new (NULL);
  gsize    at = 0;

  for (guint i = 0; i < details->len; i++)
    {
      const TlmPrivateDetail *detail = &g_array_index (details, TlmPrivateDetail, i);

      g_string_append_len (out, text + at, (gssize) (detail->start - at));
      g_string_append (out, tlm_private_get_placeholder (detail->kind));
      at = detail->end;
    }
  return g_string_free (g_string_append (out, text + at), FALSE);
}
