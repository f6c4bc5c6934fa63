/* SPDX-License-Identifier: Apache-2.0 */
/* From text to the tokens of a date. One table of words for four languages: a word that means a
 * date in one of them is rarely something else beside the words of another. */
#include "skills/dates-words.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  TlmDateKind kind;
  int         value;
  const char *words; /* folded, a space before and behind each */
} Entry;

static const Entry entries[] = {
  { TLM_DATE_MONTH, 1, " jan january januar jänner janvier janv enero ene " },
  { TLM_DATE_MONTH, 2, " feb february februar février févr febrero " },
  { TLM_DATE_MONTH, 3, " mar march märz mars marzo " },
  { TLM_DATE_MONTH, 4, " apr april avril avr abril abr " },
  { TLM_DATE_MONTH, 5, " may mai mayo " },
  { TLM_DATE_MONTH, 6, " jun june juni juin junio " },
  { TLM_DATE_MONTH, 7, " jul july juli juillet juil julio " },
  { TLM_DATE_MONTH, 8, " aug august août agosto " },
  { TLM_DATE_MONTH, 9, " sep sept september septembre septiembre " },
  { TLM_DATE_MONTH, 10, " oct okt october oktober octobre octubre " },
  { TLM_DATE_MONTH, 11, " nov november novembre noviembre " },
  { TLM_DATE_MONTH, 12, " dec dez dic december dezember décembre déc diciembre " },
  { TLM_DATE_WEEKDAY, 1, " mon monday monday's montag lundi lunes " },
  { TLM_DATE_WEEKDAY, 2, " tue tues tuesday tuesday's dienstag mardi martes " },
  { TLM_DATE_WEEKDAY, 3, " wed weds wednesday wednesday's mittwoch mercredi miércoles " },
  { TLM_DATE_WEEKDAY, 4, " thu thur thurs thursday thursday's donnerstag jeudi jueves " },
  { TLM_DATE_WEEKDAY, 5, " fri friday friday's freitag vendredi viernes " },
  { TLM_DATE_WEEKDAY, 6, " sat saturday saturday's samstag sonnabend samedi sábado " },
  { TLM_DATE_WEEKDAY, 7, " sun sunday sunday's sonntag dimanche domingo " },
  { TLM_DATE_OFFSET, 0, " today tonight eod cob heute aujourd'hui hoy " },
  { TLM_DATE_OFFSET, 1, " tomorrow tmrw tomorrow's morgen demain mañana " },
  { TLM_DATE_OFFSET, 2, " übermorgen après-demain " },
  { TLM_DATE_UNIT, TLM_UNIT_DAY, " day days tag tage tagen tages jour jours journée día días " },
  { TLM_DATE_UNIT, TLM_UNIT_WEEK, " week weeks week's woche wochen semaine semaines semana semanas " },
  { TLM_DATE_UNIT, TLM_UNIT_FORTNIGHT, " fortnight " },
  { TLM_DATE_UNIT, TLM_UNIT_MONTH, " month months month's monat monate monaten monats mois mes meses " },
  { TLM_DATE_UNIT, TLM_UNIT_QUARTER, " quarter quartal quartals trimestre " },
  { TLM_DATE_UNIT, TLM_UNIT_YEAR, " year years year's jahr jahre jahren jahres ans année año años " },
  { TLM_DATE_QUARTER, 1, " q1 " }, { TLM_DATE_QUARTER, 2, " q2 " },
  { TLM_DATE_QUARTER, 3, " q3 " }, { TLM_DATE_QUARTER, 4, " q4 " },
  { TLM_DATE_WEEKEND, 0, " weekend week-end wochenende wknd " },
  { TLM_DATE_THIS, 0, " this diese dieser diesen dieses diesem ce cette cet este esta " },
  { TLM_DATE_NEXT, TLM_NEXT_OPEN, " next nächste nächsten nächster nächstes nächstem " },
  { TLM_DATE_NEXT, TLM_NEXT_COMING, " kommende kommenden kommender kommendes kommendem prochain prochaine "
                                    "próxima próximo viene " },
  { TLM_DATE_QUE, 0, " que " },
  { TLM_DATE_END, 0, " end ende fin finales final " },
  { TLM_DATE_IN, 0, " in within innerhalb binnen dans d'ici en dentro " },
  { TLM_DATE_BEFORE, 0, " before vor avant antes " },
  { TLM_DATE_TO, 0, " to through thru bis au al - – — " },
  { TLM_DATE_AND, 0, " and und et y & " },
  { TLM_DATE_OR, 0, " or oder bzw ou o u " },
  { TLM_DATE_NAMING, TLM_SIDE_BOTH,
    " easter holiday pentecost advent christmas thanksgiving ostern oster osterwoche karwoche "
    "pfingsten pfingst kar weihnachten saint sainte santo santa gras pâques pentecôte ascension "
    "rameaux cendres noël pascua ramos ceniza resurrección navidad "
    "previous preceding past other following übernächste übernächsten "
    "übernächster vorige vorigen voriger vorherigen folgenden folgende vorabend "
    "précédent précédant suivant suivante veille anterior siguiente víspera " },
  { TLM_DATE_NAMING, TLM_SIDE_FRONT,
    " good black cyber ash maundy palm whit shrove holy super giving any eve " },
  { TLM_DATE_SMALL, 0, " it it's is on by at be will please for date time morning afternoon evening night "
                       "es ist um bitte früh abend vormittag nachmittag est c'est il matin soir " },
  { TLM_DATE_THE, TLM_THE_ENGLISH, " the " },
  { TLM_DATE_THE, 0, " der den dem le la l' el am zum du del vom jusqu'au " },
  { TLM_DATE_OF, 0, " of de des d' von " },
  { TLM_DATE_OF, TLM_OF_COMMA, " , " },
  { TLM_DATE_VETO, TLM_SIDE_BOTH,
    " every each jeden jede jedes jeweils chaque tous cada todos weekly daily monthly wöchentlich "
    "täglich monatlich last letzten letzte letzter letztes vergangenen dernier dernière pasado "
    "pasada ago hace " },
  { TLM_DATE_VETO, TLM_SIDE_FRONT,
    " around about approx circa ca ungefähr environ vers since seit depuis desde first second "
    "third " },
  { TLM_DATE_VETO, TLM_SIDE_AFTER, " after nach après después " },
  { TLM_DATE_VETO, TLM_SIDE_NONE,
    " early mid middle late later early- anfang mitte mid- début milieu mi courant principios "
    "mediados early-ish start beginning comienzo inicio yesterday gestern ayer mondays tuesdays "
    "wednesdays thursdays fridays saturdays sundays montags dienstags mittwochs donnerstags "
    "freitags samstags sonntags " },
  { TLM_DATE_NUMBER, 1, " a an one ein eine einem einer einen un une una " },
  { TLM_DATE_NUMBER, 2, " two zwei deux dos couple " }, { TLM_DATE_NUMBER, 3, " three drei trois tres " },
  { TLM_DATE_NUMBER, 4, " four vier quatre cuatro " }, { TLM_DATE_NUMBER, 5, " five fünf cinq cinco " },
  { TLM_DATE_NUMBER, 6, " six sechs seis " }, { TLM_DATE_NUMBER, 7, " seven sieben siete " },
  { TLM_DATE_NUMBER, 8, " eight acht huit ocho " }, { TLM_DATE_NUMBER, 9, " nine neun neuf nueve " },
  { TLM_DATE_NUMBER, 10, " ten zehn dix diez " }, { TLM_DATE_NUMBER, 12, " twelve zwölf douze doce " },
  { TLM_DATE_NUMBER, 14, " fourteen vierzehn quatorze catorce " },
  { TLM_DATE_NUMBER, 15, " fifteen fünfzehn quinze quince " },
};

/* Words for a phrase of several, put in its place before the text is cut. */
static const struct
{
  const char *phrase, *word;
} phrases[] = {
  { "day after tomorrow", "übermorgen" }, { "pasado mañana", "übermorgen" },
  { "après demain", "übermorgen" },       { "end of the day", "eod" },
  { "end of day", "eod" },                { "end of play", "eod" },
  { "close of business", "eod" },         { "ce soir", "eod" },
  { "cet après-midi", "eod" },            { "après-midi", "" },
  { "no later than", "by" },              { "not later than", "by" },
  { "this morning", "eod" },
  { "this afternoon", "eod" },            { "this evening", "eod" },
  { "esta noche", "eod" },                { "esta tarde", "eod" },
  { "fin de semana", "weekend" },         { "de la mañana", "" },
  { "por la mañana", "" },                { "la mañana", "" },
  { "heute morgen", "heute" },            { "am morgen", "" },
  { "from now", "fromnow" },              { "from today", "fromnow" },
  { "end of week", "eow" },               { "fin d'année", "eoy" },
  { "monatsende", "eom" },                { "first thing", "" },
  { "dans un an", "dans un année" },      { "or so", "circa" },
  { "before noon", "" },                  { "before lunch", "" },
  { "before midday", "" },                { "avant midi", "" },
  { "avant le déjeuner", "" },            { "antes del mediodía", "" },
  { "vor mittag", "" },                   { "vor dem mittag", "" },
  { "vor dem mittagessen", "" },          { "vor ort", "" },
  { "antes de las", "antes" },            { "bank holiday", "holiday" },
  { "jahresende", "eoy" },                { "quartalsende", "eoq" },
  { "eow", "end week" },                  { "eom", "end month" },
  { "eoy", "end year" },                  { "eoq", "end quarter" },
};

static gboolean
entry_has (const Entry *entry, const char *word)
{
  gsize len = strlen (word);

  for (const char *at = strstr (entry->words, word); at != NULL; at = strstr (at + 1, word))
    if (at > entry->words && at[-1] == ' ' && at[len] == ' ')
      return TRUE;
  return FALSE;
}

static TlmDateToken look_up (const char *word);

/* "Freitagnachmittag". */
static TlmDateToken
look_up_joined (const char *word)
{
  static const char *const times[] = { "vormittag", "nachmittag", "mittag", "morgen", "abend", "nacht" };

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    if (g_str_has_suffix (word, times[i]) && !g_str_equal (word, times[i]))
      {
        g_autofree char *day = g_strndup (word, strlen (word) - strlen (times[i]));
        TlmDateToken     token = look_up (day);

        if (token.kind == TLM_DATE_WEEKDAY)
          return token;
      }
  return (TlmDateToken) { .kind = TLM_DATE_OTHER };
}

static TlmDateToken
look_up (const char *word)
{
  if (g_str_equal (word, "fromnow"))
    return (TlmDateToken) { .kind = TLM_DATE_FROM_NOW };
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (entry_has (&entries[i], word))
      return (TlmDateToken) { entries[i].kind, entries[i].value, { 0 } };
  return look_up_joined (word);
}

static gboolean
is_word_start (const char *text, const char *at)
{
  return at == text || !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at)));
}

/* Folded, with plain apostrophes and each phrase as its word. (transfer full) */
static char *
normalise (const char *words, gsize len)
{
  g_autofree char *valid = g_utf8_make_valid (words, (gssize) len);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autofree char *lower = g_utf8_strdown (composed, -1);
  GString         *out = g_string_new (lower);

  g_string_replace (out, "’", "'", 0);
  for (gsize i = 0; i < G_N_ELEMENTS (phrases); i++)
    {
      gsize       n = strlen (phrases[i].phrase);
      const char *at = strstr (out->str, phrases[i].phrase);

      if (at != NULL && is_word_start (out->str, at)
          && !g_unichar_isalnum (g_utf8_get_char (at + n)))
        {
          gsize where = (gsize) (at - out->str);

          g_string_erase (out, (gssize) where, (gssize) n);
          g_string_insert (out, (gssize) where, phrases[i].word);
        }
    }
  return g_string_free (out, FALSE);
}

static int
expand_year (int year)
{
  return year < 100 ? 2000 + year : year;
}

/* Which day three numbers are; two readings that differ are none. */
static TlmDateToken
token_from_numbers (const int v[3], int n, char separator)
{
  TlmDateToken token = { .kind = TLM_DATE_VETO };
  int          year = n == 3 ? expand_year (v[2]) : 0, day = v[0], month = v[1];

  if (n == 3 && v[0] > 31)
    {
      year = v[0];
      month = v[1];
      day = v[2];
    }
  else if (separator != '.' && v[0] <= 12 && v[1] > 12)
    {
      month = v[0];
      day = v[1];
    }
  else if (separator != '.' && v[0] <= 12 && v[0] != v[1])
    return token;
  if (month < 1 || month > 12 || day < 1
      || day > g_date_get_days_in_month ((GDateMonth) month, (GDateYear) (year > 0 ? year : 2000)))
    return token;
  token.kind = TLM_DATE_DAY;
  token.day = (TlmDay) { (guint16) year, (guint8) month, (guint8) day };
  return token;
}

/* "17:00", "5pm", "14h30", "9 Uhr" name no day. @at: (inout): behind the number. */
static gboolean
skip_time (const char **at)
{
  static const char *const marks[] = { "am", "pm", "h", "uhr", "heures", "o'clock", "a.m", "p.m" };
  const char              *p = *at;

  if (*p == ':' && g_ascii_isdigit (p[1]))
    {
      for (p++; g_ascii_isdigit (*p) || *p == ':'; p++)
        ;
      *at = p;
      skip_time (at);
      return TRUE;
    }
  while (*p == ' ')
    p++;
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      gsize n = strlen (marks[i]);

      if (!g_str_has_prefix (p, marks[i]) || (p[n] != '\0' && g_ascii_isalpha (p[n])))
        continue;
      /* "le 3 am" is no time, "3 am Montag" neither: a blank before "am" needs the end behind */
      if (g_str_equal (marks[i], "am") && p > *at && p[n] == ' ' && p[n + 1] != '\0')
        continue;
      for (p += n; g_ascii_isdigit (*p); p++)
        ;
      *at = p;
      return TRUE;
    }
  return FALSE;
}

static gboolean
skip_ordinal (const char **at)
{
  static const char *const marks[] = { "st", "nd", "rd", "th", "er", "º", "ª", "." };

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      gsize n = strlen (marks[i]);

      if (g_str_has_prefix (*at, marks[i]) && !g_ascii_isalnum ((*at)[n]))
        {
          *at += n;
          return TRUE;
        }
    }
  return FALSE;
}

/* Reads up to three numbers with one and the same separator. Returns how many. */
static int
scan_numbers (const char **at, int v[3], char *separator, gboolean *closed)
{
  const char *p = *at;
  int         n = 0;

  *separator = 0;
  *closed = FALSE;
  for (;;)
    {
      char *end;

      v[n++] = (int) MIN (strtoul (p, &end, 10), 99999);
      p = end;
      if (n == 3 || *p == '\0' || strchr ("/.-", *p) == NULL || !g_ascii_isdigit (p[1])
          || (*separator != 0 && *p != *separator))
        break;
      *separator = *p++;
    }
  if (n == 2 && *separator == '.' && *p == '.')
    {
      *closed = TRUE; /* "3.5." */
      p++;
    }
  *at = p;
  return n;
}

static gboolean
scan_number (const char **at, TlmDateToken *token)
{
  const char *begin = *at, *p = begin;
  int         v[3];
  char        separator;
  gboolean    closed;
  int         n = scan_numbers (&p, v, &separator, &closed);

  /* "3-5 May" is a range and "2.5" a measure: only these are dates by themselves. */
  if (n == 3 || (n == 2 && (separator == '/' || closed)))
    {
      *token = token_from_numbers (v, n, separator);
      *at = p;
      return TRUE;
    }
  for (p = begin; g_ascii_isdigit (*p); p++)
    ;
  token->kind = v[0] >= 1900 && v[0] < 2200 ? TLM_DATE_YEAR : TLM_DATE_NUMBER;
  token->value = v[0];
  *at = p;
  if (skip_time (at))
    return FALSE;
  if (skip_ordinal (at))
    token->kind = TLM_DATE_ORDINAL;
  return TRUE;
}

/* Letters, with apostrophes and hyphens between them: "après-demain" but "Mon-Wed" apart. */
static const char *
find_word_end (const char *at)
{
  const char *p = at;

  while (g_unichar_isalnum (g_utf8_get_char (p))
         || (*p == '\'' && g_unichar_isalpha (g_utf8_get_char (p + 1))))
    p = g_utf8_next_char (p);
  if (*p == '-' && (g_str_has_prefix (p, "-demain") || g_str_has_prefix (p, "-end")))
    return find_word_end (p + 1);
  if (p - at >= 2 && (at[0] == 'd' || at[0] == 'l') && at[1] == '\''
      && !g_str_has_prefix (at, "d'ici"))
    return at + 2;
  return p > at ? p : g_utf8_next_char (at);
}

/* "before" belongs to the time of the day that it stands before, and goes with it. */
static void
drop_before (GArray *tokens)
{
  guint n = tokens->len;

  while (n > 0 && (g_array_index (tokens, TlmDateToken, n - 1).kind == TLM_DATE_OF
                   || g_array_index (tokens, TlmDateToken, n - 1).kind == TLM_DATE_THE))
    n--;
  if (n > 0 && g_array_index (tokens, TlmDateToken, n - 1).kind == TLM_DATE_BEFORE)
    g_array_set_size (tokens, n - 1);
}

GArray *
tlm_date_tokens_new (const char *words, gsize len, gsize *n)
{
  g_autofree char *text = normalise (words, len);
  GArray          *tokens = g_array_new (FALSE, TRUE, sizeof (TlmDateToken));
  TlmDateToken     last = { .kind = TLM_DATE_OTHER };

  for (const char *at = text; *at != '\0';)
    {
      TlmDateToken token = { .kind = TLM_DATE_OTHER };

      if (g_ascii_isdigit (*at))
        {
          if (scan_number (&at, &token))
            g_array_append_val (tokens, token);
          else
            drop_before (tokens);
        }
      else
        {
          const char      *end = find_word_end (at);
          g_autofree char *word = g_strndup (at, (gsize) (end - at));

          token = look_up (word);
          if (!g_unichar_isspace (g_utf8_get_char (at)) && !g_str_equal (word, ".")
              && !g_str_equal (word, "'"))
            g_array_append_val (tokens, token);
          at = end;
        }
    }
  *n = tokens->len;
  g_array_append_val (tokens, last);
  g_array_append_val (tokens, last);
  return tokens;
}

gboolean
tlm_date_word_counts (const char *folded)
{
  TlmDateToken token = look_up (folded);

  return token.kind == TLM_DATE_MONTH || token.kind == TLM_DATE_WEEKDAY
         || token.kind == TLM_DATE_OFFSET || token.kind == TLM_DATE_QUARTER
         || token.kind == TLM_DATE_WEEKEND || (token.kind == TLM_DATE_NUMBER && token.value > 1);
}
