/* SPDX-License-Identifier: Apache-2.0 */
/* Private details of texts: how many of those in a list are found, how much is marked that is none, and that
 * no text makes the rules slow or breaks them. */
#include <string.h>

#include "private-details.h"

/* What is private stands between « and », which are taken out before the rules see the text. */
static const char *const cases[] = {
  "Dear «Dr. Ben Okafor», my son «Tobias Lindqvist» has a fever since Monday.",
  "Please write to «ann.miller+news@example.co.uk» before Friday.",
  "My number is «+44 20 7946 0958», call after six.",
  "Call me on «(212) 555-0187» or «0151 4960 112», whichever you like.",
  "The invoice goes to «12 Baker Street», and we paid 240 in May.",
  "Ich heiße «Jörg Weiß» und wohne in der «Lindenstraße 12», «10969 Berlin».",
  "Je m'appelle «Élodie Marchand», j'habite «8 rue de la Paix» et je suis née le «14 juillet 1988».",
  "Me llamo «Íñigo Peña», vivo en la «calle Mayor 5» y mi correo es «inigo@correo.es».",
  "Меня зовут Анна; почта «anna@пример.рф».",
  "«田中さん»に電話してください。«1984年5月3日»生まれです。",
  "IBAN «DE89 3704 0044 0532 0130 00», and the card is «4111 1111 1111 1111».",
  "IBAN «GB82WEST12345698765432» please, not the old account.",
  "She was born on «03.05.1984» and moved here in 2010.",
  "Born «May 3, 1984», insured since 2001.",
  "See «https://example.org/reset?token=abc123» and tell me what it wants.",
  "The server is «192.168.0.17», version 2.4.1 of the program.",
  "My policy number is «HX 4471-90382» and they refuse to pay.",
  "Then «Petra» told me that «Omar» had left the keys with «Mrs Tran».",
  "«Saskia» said the ferry leaves at 7, and that 34 of 40 seats are taken.",
  "We meet at «221 West Elm Avenue», room 4, at 15:30.",
  "What is the capital of a country with 5 million people?",
  "It costs 1,250 for 3 rooms, 15 % less than in 2023.",
  "Write a short speech for a wedding with 80 guests in the garden.",
  "Die Leber und der Darm tun mir weh, was kann ich tun?",
  "How do I sort a list of 10,000 numbers in Python?",
};

static char *
take_marks (const char *text, GArray *details)
{
  GString *plain = g_string_new (NULL);
  TlmPrivateDetail detail = { .kind = TLM_PRIVATE_NAME };

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == 0xab)
        detail.start = plain->len;
      else if (c == 0xbb)
        {
          detail.end = plain->len;
          g_array_append_val (details, detail);
        }
      else
        g_string_append_unichar (plain, c);
    }
  return g_string_free (plain, FALSE);
}

/* Bytes of @a's details that @b's cover. */
static gsize
count_shared (const GArray *a, const GArray *b)
{
  gsize n = 0;

  for (guint i = 0; i < a->len; i++)
    for (guint k = 0; k < b->len; k++)
      {
        const TlmPrivateDetail *x = &g_array_index (a, TlmPrivateDetail, i);
        const TlmPrivateDetail *y = &g_array_index (b, TlmPrivateDetail, k);
        gsize start = MAX (x->start, y->start), end = MIN (x->end, y->end);

        n += start < end ? end - start : 0;
      }
  return n;
}

static guint
count_touched (const GArray *a, const GArray *b, gboolean whole)
{
  guint n = 0;

  for (guint i = 0; i < a->len; i++)
    {
      g_autoptr (GArray) one = g_array_new (FALSE, FALSE, sizeof (TlmPrivateDetail));
      const TlmPrivateDetail *detail = &g_array_index (a, TlmPrivateDetail, i);
      gsize shared;

      g_array_append_val (one, *detail);
      shared = count_shared (one, b);
      n += whole ? shared == detail->end - detail->start : shared > 0;
    }
  return n;
}

static void
finds_most_and_marks_little_else (void)
{
  guint n_gold = 0, n_caught = 0, n_marked = 0, n_right = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) gold = g_array_new (FALSE, FALSE, sizeof (TlmPrivateDetail));
      g_autofree char *text = take_marks (cases[i], gold);
      g_autoptr (GArray) found = tlm_private_find (text, strlen (text));
      guint caught = count_touched (gold, found, TRUE), right = count_touched (found, gold, FALSE);

      if (caught < gold->len || right < found->len)
        {
          g_autofree char *replaced = tlm_private_replace (text, found);

          g_test_message ("%s", replaced);
        }
      n_gold += gold->len;
      n_caught += caught;
      n_marked += found->len;
      n_right += right;
    }
  g_test_message ("found whole: %u of %u; rightly marked: %u of %u", n_caught, n_gold, n_right, n_marked);
  g_assert_cmpuint (n_caught * 100, >=, n_gold * 95);
  g_assert_cmpuint (n_right * 100, >=, n_marked * 90);
}

static void
replaces_only_what_it_is_given (void)
{
  const char *text = "Ann Miller, ann@x.org, born 3 May 1984";
  g_autoptr (GArray) details = tlm_private_find (text, strlen (text));
  g_autofree char *all = tlm_private_replace (text, details), *one = NULL;

  g_assert_cmpstr (all, ==, "[name], [e-mail], born [date]");
  g_array_set_size (details, 1);
  one = tlm_private_replace (text, details);
  g_assert_cmpstr (one, ==, "[name], ann@x.org, born 3 May 1984");
}

/* Longest runs of what each pattern begins with. */
static void
takes_any_text (void)
{
  static const char *const pieces[] = { "a", "A", "Ab ", "1", "1 ", "+", "(", "@", "a@a.", "http://", "DE89 ",
                                        "1.", "1:", "\xc3\x84", "Mr ", "Rue de ", "\n", "-" };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GArray) details = NULL;
      gsize end = 0;

      while (text->len < 100000)
        g_string_append (text, pieces[i]);
      details = tlm_private_find (text->str, text->len);
      for (guint k = 0; k < details->len; k++)
        {
          const TlmPrivateDetail *detail = &g_array_index (details, TlmPrivateDetail, k);

          g_assert_cmpuint (detail->start, >=, end);
          g_assert_cmpuint (detail->end, >, detail->start);
          g_assert_cmpuint (detail->end, <=, text->len);
          end = detail->end;
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/private-details/finds-most-and-marks-little-else", finds_most_and_marks_little_else);
  g_test_add_func ("/app/private-details/replaces-only-what-it-is-given", replaces_only_what_it_is_given);
  g_test_add_func ("/app/private-details/takes-any-text", takes_any_text);
  return g_test_run ();
}
