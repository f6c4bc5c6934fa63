/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of words that count, and the signs beside them. */
#include "skills/reword-numbers.h"

#include "reader/words.h"

#include <string.h>

/* Of one, an article is none of them: "ein", "un". */
static const char numbers[]
  = " zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
    "hundreds thousand thousands million millions billion billions trillion dozen dozens half halves "
    "third thirds quarter quarters fourth fifth fifths sixth seventh eighth ninth tenth tenths double "
    "triple twice thrice once first second couple "
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf sechzehn siebzehn hälfte halb "
    "halbe halben halber halbes anderthalb drittel viertel fünftel sechstel achtel zehntel doppelt "
    "doppelte doppelten dreifach dreifache dutzend milliarde milliarden mio mrd einmal zweimal dreimal "
    "erste ersten erster zweite zweiten dritte dritten vierte vierten fünfte fünften "
    "zéro deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts "
    "trente quarante cinquante soixante septante huitante nonante cent cents mille milliers milliard "
    "milliards moitié demi demie tiers quart quarts cinquième dixième douzaine première premier "
    "deuxième troisième "
    "cero dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa "
    "cien ciento cientos doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
    "ochocientos novecientos mil miles millón millones medio media mitad tercio tercios cuartos quinto "
    "décimo doble docena primero primera segundo segunda tercero tercera ";

/* Inside a longer word too: "zweiundzwanzig", "dreitausend", "veintidós". */
static const char *const parts[] = { "zwanzig", "dreißig", "dreissig", "vierzig", "fünfzig", "sechzig",
                                     "siebzig", "achtzig", "neunzig", "hundert", "tausend", "million",
                                     "zehn", "veinti", "treinta" };

/* A sign for each word; the words of one line mean the same. */
static const struct
{
  const char *sign, *words;
} units[] = {
  { "%", " % ٪ percent prozent " },
  { "€", " € euro euros eur " },
  { "$", " $ dollar dollars usd dólar dólares " },
  { "£", " £ pound pounds gbp quid pfund livres libras " },
  { "¥", " ¥ yen jpy yuan " },
  { "Fr", " franc francs franken chf sfr fr francos " },
  { "kr", " kr crown crowns krone kronen kroner krona kronor couronnes coronas sek nok dkk " },
};
static const char per[] = " per pour por ", cent[] = " cent ciento ";
static const char minus[] = " − minus moins menos ", and[] = " and und et y ";

gboolean
tlm_list_has_word (const char *list, const char *word)
{
  g_autofree char *padded = g_strdup_printf (" %s ", word);

  return strstr (list, padded) != NULL;
}

static gboolean
counts (const char *word)
{
  g_auto (GStrv) pieces = g_strsplit (word, "-", -1); /* "twenty-five" */

  if (strpbrk (word, "0123456789") != NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (word, parts[i]) != NULL)
      return TRUE;
  for (gsize i = 0; pieces[i] != NULL; i++)
    if (tlm_list_has_word (numbers, pieces[i]))
      return TRUE;
  return FALSE;
}

static const char *
find_unit (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (tlm_list_has_word (units[i].words, word))
      return units[i].sign;
  return NULL;
}

/* Is the hyphen or dash at @at, with a currency's sign or none up to the digit at @end, a minus? */
static gboolean
is_minus (const char *at, const char *end)
{
  gunichar mark = g_utf8_get_char (at);

  at = g_utf8_next_char (at);
  if (at < end && g_unichar_type (g_utf8_get_char (at)) == G_UNICODE_CURRENCY_SYMBOL)
    at = g_utf8_next_char (at);
  return (mark == '-' || mark == 0x2013) && at == end && g_ascii_isdigit (*end);
}

/* The signs of [at, end). Beside the word before it a hyphen is no minus: "3-5". */
static void
add_signs (GPtrArray *pieces, const char *at, const char *end)
{
  gboolean apart = pieces->len == 0;

  for (; at < end; at = g_utf8_next_char (at))
    {
      gboolean space = g_unichar_isspace (g_utf8_get_char (at));

      if (apart && is_minus (at, end))
        g_ptr_array_add (pieces, g_strdup ("−"));
      else if (!space)
        g_ptr_array_add (pieces, g_strndup (at, (gsize) (g_utf8_next_char (at) - at)));
      apart = TRUE;
    }
}

/* The words and the signs between them, folded, and NULL. */
static GPtrArray *
cut (const char *text)
{
  g_autofree char *composed = g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  g_autofree char *lower = g_utf8_strdown (composed, -1);
  GPtrArray       *pieces = g_ptr_array_new_with_free_func (g_free);
  gsize            len = strlen (lower), pos = 0, last = 0, start;

  while (tl_word_next (lower, len, &pos, &start))
    {
      add_signs (pieces, lower + last, lower + start);
      g_ptr_array_add (pieces, g_strndup (lower + start, pos - start));
      last = pos;
    }
  add_signs (pieces, lower + last, lower + len);
  g_ptr_array_add (pieces, NULL);
  return pieces;
}

/* What stands in front of @at: a minus and a unit, in either order. @begin: what an earlier number
 * has not taken */
static const char *
find_prefix (char **begin, char **at, gboolean *negative)
{
  const char *unit = NULL;

  for (int n = 0; n < 2 && at > begin; n++)
    {
      gboolean sign = tlm_list_has_word (minus, *--at);

      *negative |= sign;
      if (!sign && (unit != NULL || (unit = find_unit (*at)) == NULL))
        break;
    }
  return unit;
}

/* Adds the number at @at. @begin: as above. Returns the piece behind it. */
static char **
take_number (GHashTable *found, char **begin, char **at)
{
  g_autoptr (GString) number = g_string_new (NULL);
  gboolean            negative = FALSE;
  const char         *unit = find_prefix (begin, at, &negative);

  do
    {
      g_string_append_printf (number, " %s", *at++);
      at += *at != NULL && at[1] != NULL && tlm_list_has_word (and, *at) && counts (at[1]);
    }
  while (*at != NULL && counts (*at));
  if (unit == NULL && *at != NULL && (unit = find_unit (*at)) != NULL)
    at++;
  else if (unit == NULL && *at != NULL && tlm_list_has_word (per, *at) && at[1] != NULL
           && tlm_list_has_word (cent, at[1]))
    {
      unit = "%";
      at += 2;
    }
  g_hash_table_add (found, g_strconcat (negative ? "-" : "", unit != NULL ? unit : "", number->str,
                                        NULL));
  return at;
}

GHashTable *
tlm_numbers_find (const char *text)
{
  g_autoptr (GPtrArray) pieces = cut (text);
  GHashTable           *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  char                **at = (char **) pieces->pdata, **begin = at;

  while (*at != NULL)
    if (counts (*at))
      at = begin = take_number (found, begin, at);
    else
      at++;
  return found;
}
