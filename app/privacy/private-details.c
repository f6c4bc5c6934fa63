/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tables of rules over a text, the surest first; what an earlier rule has taken, a later
 * one leaves. The text is read as it stands, then again with its words parted or its lines joined.
 * Then names spread: to words beside them in a list, and to each place where one of their words
 * stands again. What stands in the place of a detail is written here too. */
#include "private-details.h"

#include "private-copy.h"
#include "private-rules.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *const tlm_private_names[TLM_N_PRIVATE]
  = { "mail", "url", "iban", "card", "date", "phone", "ip", "address", "number", "name", "secret" };

static const char *const placeholders[TLM_N_PRIVATE] = {
  /* Translators: these stand for what is taken out of a text. */
  N_("[e-mail]"), N_("[link]"), N_("[account]"), N_("[card number]"), N_("[date]"),
  N_("[phone number]"), N_("[IP address]"), N_("[address]"), N_("[number]"), N_("[name]"),
  N_("[secret]"),
};

static const TlmPrivateRule *const tables[] = {
  tlm_private_accounts, tlm_private_numbers, tlm_private_addresses,
  tlm_private_persons,  tlm_private_runs,    tlm_private_capitals,
};
/* Any run of capitals, and of digits, goes no further than its line. */
#define N_PARTED 5
#define N_JOINED 4

typedef struct
{
  const char           *text;
  const TlmPrivateCopy *copy;          /* what the rules read; details have places of the text */
  gboolean              german, hasty; /* hasty: begins without a capital */
  guint8               *taken;         /* for each byte of a detail its kind and 1 */
  GArray               *details;       /* those of weak rules are "perhaps" until the end */
} Search;

static GRegex *
compile (const char *pattern)
{
  GError *error = NULL;
  GRegex *regex = g_regex_new (pattern, G_REGEX_OPTIMIZE, 0, &error);

  if (regex == NULL)
    g_error ("%s: %s", pattern, error->message); /* the pattern is ours */
  return regex;
}

/* Compiled when first asked for, and kept. */
static GRegex *
get_regex (const char *pattern)
{
  static GMutex      lock;
  static GHashTable *compiled;
  GRegex            *regex;

  g_mutex_lock (&lock);
  if (compiled == NULL)
    compiled = g_hash_table_new (g_direct_hash, g_direct_equal);
  regex = g_hash_table_lookup (compiled, pattern);
  if (regex == NULL)
    g_hash_table_insert (compiled, (gpointer) pattern, regex = compile (pattern));
  g_mutex_unlock (&lock);
  return regex;
}

static gboolean
is_free (const Search *s, const TlmPrivateDetail *detail)
{
  for (gsize i = detail->start; i < detail->end; i++)
    if (s->taken[i] != 0)
      return FALSE;
  return detail->end > detail->start;
}

static void
take (Search *s, const TlmPrivateDetail *detail)
{
  memset (s->taken + detail->start, (int) detail->kind + 1, detail->end - detail->start);
  g_array_append_val (s->details, *detail);
}

static void
get_place (const Search *s, const GMatchInfo *info, int group, TlmPrivateDetail *detail)
{
  int start, end;

  g_match_info_fetch_pos (info, group, &start, &end);
  detail->start = s->copy->places[start];
  detail->end = tlm_private_copy_get_end (s->copy, (gsize) end);
}

/* Leaves out what is no letter or digit at either end. */
static void
trim (const char *text, TlmPrivateDetail *detail)
{
  const char *start = text + detail->start, *end = text + detail->end, *last;

  while (start < end && !g_unichar_isalnum (g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  while (start < end && !g_unichar_isalnum (g_utf8_get_char (last = g_utf8_prev_char (end))))
    end = last;
  detail->start = (gsize) (start - text);
  detail->end = (gsize) (end - text);
}

/* A rest of digits, or of a name that goes on behind a line's end, is as private as the whole. */
static gboolean
is_part (const Search *s, const TlmPrivateDetail *rest)
{
  const char *end = s->text + rest->end;

  for (const char *p = s->text + rest->start; p < end; p = g_utf8_next_char (p))
    if (g_unichar_isdigit (g_utf8_get_char (p)))
      return TRUE;
  return s->copy->reading == TLM_PRIVATE_JOINED && rest->kind == TLM_PRIVATE_NAME
         && rest->end > rest->start;
}

/* What of @detail is free, without the blanks and signs at its ends. */
static void
take_rest (Search *s, const TlmPrivateDetail *detail)
{
  TlmPrivateDetail rest = *detail;

  for (gsize i = detail->start; i < detail->end;)
    {
      guint8 taken = s->taken[i];

      for (rest.start = i; i < detail->end && s->taken[i] == taken;)
        i++;
      rest.end = i;
      if (taken != 0)
        continue;
      trim (s->text, &rest);
      if (is_part (s, &rest))
        take (s, &rest);
    }
}

/* Of a row of cells, without the last ones until it passes: those are other columns. */
static gboolean
passes (const Search *s, const TlmPrivateRule *rule, const GMatchInfo *info, TlmPrivateDetail *detail)
{
  int         start, end;
  const char *text, *last;

  g_match_info_fetch_pos (info, 0, &start, &end);
  text = s->copy->text + start;
  while (rule->check != NULL && !rule->check (text, (gsize) (end - start)))
    {
      last = g_strrstr_len (text, end - start, "\t");
      if (last == NULL)
        return FALSE;
      end = start + (int) (last - text);
      detail->end = tlm_private_copy_get_end (s->copy, (gsize) end);
    }
  return TRUE;
}

static GMatchInfo *
match (const Search *s, const char *pattern)
{
  GMatchInfo *info;

  g_regex_match_full (get_regex (pattern), s->copy->text, (gssize) s->copy->len, 0, 0, &info, NULL);
  return info;
}

static gboolean
is_asked (const Search *s, const TlmPrivateRule *rule)
{
  return !(s->german && rule->flags & TLM_RULE_NO_GERMAN)
         && (s->hasty || !(rule->flags & TLM_RULE_HASTY));
}

static void
apply (Search *s, const TlmPrivateRule *rule)
{
  g_autoptr (GMatchInfo) info = match (s, rule->pattern);

  for (; g_match_info_matches (info); g_match_info_next (info, NULL))
    {
      TlmPrivateDetail detail = { .kind = rule->kind };

      get_place (s, info, 0, &detail);
      detail.perhaps = (rule->flags & TLM_RULE_WEAK) != 0;
      if (!passes (s, rule, info, &detail))
        continue;
      if (is_free (s, &detail))
        take (s, &detail);
      else
        take_rest (s, &detail);
    }
}

static gboolean
is_german (const char *text)
{
  return g_regex_match_simple (
    "\\b(?:[Ii]ch|[Dd]er|[Dd]as|und|ist|nicht|mit|dem|den|[Ee]ine?|[Mm]eine?|auf|für|[Ww]ie|wird|"
    "wurde|[Kk]ann|[Bb]itte|haben?|[Ww]ir|sich|zum|zur|[Ww]enn)\\b",
    text, 0, 0);
}

/* Whether somebody speaks of themselves. */
static gboolean
is_personal (const char *text)
{
  return g_regex_match_simple (
    "\\b(?:I|my|me|mine|our|us|we|ich|mir|mich|mein\\w{0,2}|wir|uns|unser\\w{0,2}|je|moi|mon|ma|mes|"
    "nous|notre|nos|yo|mis?|nuestr\\w{1,2}|io|mi[ao]|miei|mie|noi|nostr\\w|eu|meus?|minhas?|ik|mijn|"
    "jag|min|mój|moja)\\b|\\bj['’]",
    text, G_REGEX_CASELESS, 0);
}

static gboolean
is_hasty (const char *text)
{
  while (*text != '\0' && !g_unichar_isalpha (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return g_unichar_islower (g_utf8_get_char (text));
}

/* "Maren Holthaus, Deniz und Uwe": from one name to the next of a list. */
static void
find_beside (Search *s)
{
  g_autoptr (GMatchInfo) info = match (s, tlm_private_beside);

  for (; g_match_info_matches (info); g_match_info_next (info, NULL))
    {
      TlmPrivateDetail all, detail = { .kind = TLM_PRIVATE_NAME };

      get_place (s, info, 0, &all);
      get_place (s, info, 1, &detail);
      if (all.start > 0 && s->taken[all.start - 1] == TLM_PRIVATE_NAME + 1 && is_free (s, &detail))
        take (s, &detail);
    }
}

/* The words of each name once more, wherever one stands with a capital or in capitals: at the
 * beginning of a sentence, say, where a word that was not met before may be any. */
static void
find_again (Search *s)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int pass = 0; pass < 2; pass++)
    {
      g_autoptr (GMatchInfo) info = match (s, tlm_private_word);

      for (; g_match_info_matches (info); g_match_info_next (info, NULL))
        {
          g_autofree char *word = g_match_info_fetch (info, 0), *small = g_utf8_casefold (word, -1);
          TlmPrivateDetail detail = { .kind = TLM_PRIVATE_NAME };

          get_place (s, info, 0, &detail);
          if (pass == 0 && s->taken[detail.start] == TLM_PRIVATE_NAME + 1)
            g_hash_table_add (known, g_steal_pointer (&small));
          else if (pass == 1 && is_free (s, &detail) && g_hash_table_contains (known, small))
            take (s, &detail);
        }
    }
}

static int
compare_details (gconstpointer a, gconstpointer b)
{
  gsize x = ((const TlmPrivateDetail *) a)->start, y = ((const TlmPrivateDetail *) b)->start;

  return x < y ? -1 : x > y;
}

/* What a weak rule found is believed where somebody speaks of themselves, or a sure one found
 * something. */
static void
settle (Search *s)
{
  gboolean personal = is_personal (s->text);

  for (guint i = 0; i < s->details->len; i++)
    personal = personal || !g_array_index (s->details, TlmPrivateDetail, i).perhaps;
  for (guint i = 0; i < s->details->len && personal; i++)
    g_array_index (s->details, TlmPrivateDetail, i).perhaps = FALSE;
}

static void
apply_tables (Search *s, gsize n_tables)
{
  for (gsize t = 0; t < n_tables; t++)
    for (const TlmPrivateRule *rule = tables[t]; rule->pattern != NULL; rule++)
      if (is_asked (s, rule))
        apply (s, rule);
}

static void
read_again (Search *s, gsize len, TlmPrivateReading reading, gsize n_tables)
{
  g_auto (TlmPrivateCopy) again;
  const TlmPrivateCopy *plain = s->copy;

  tlm_private_copy_init (&again, s->text, len, reading);
  s->copy = &again;
  if (again.changed)
    apply_tables (s, n_tables);
  s->copy = plain;
}

GArray *
tlm_private_find (const char *text, gsize len)
{
  g_autofree guint8 *taken = g_malloc0 (len + 1);
  g_auto (TlmPrivateCopy) copy;
  Search s = { .text = text, .copy = &copy, .taken = taken };

  tlm_private_copy_init (&copy, text, len, TLM_PRIVATE_PLAIN);
  s.details = g_array_new (FALSE, FALSE, sizeof (TlmPrivateDetail));
  s.german = is_german (text);
  s.hasty = is_hasty (text);
  apply_tables (&s, G_N_ELEMENTS (tables));
  read_again (&s, len, TLM_PRIVATE_PARTED, N_PARTED);
  read_again (&s, len, TLM_PRIVATE_JOINED, N_JOINED);
  find_beside (&s);
  find_again (&s);
  settle (&s);
  g_array_sort (s.details, compare_details);
  return s.details;
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
