/* SPDX-License-Identifier: Apache-2.0 */
/* Private details of texts: by class, those that are found and what only looks like one; and that no text
 * makes the rules slow or breaks them. */
#include <string.h>

#include "privacy/private-details.h"

/* What is private stands between « and », which are taken out before the rules see the text. */
static const char *const accounts[] = {
  "Please write to «ann.miller+news@example.co.uk» before Friday.",
  "IBAN «DE89 3704 0044 0532 0130 00», and the card is «4111 1111 1111 1111».",
  "IBAN «GB82WEST12345698765432» please, not the old account.",
  "GB83WEST is no account, and 4111 is no card.",
  "See «https://example.org/reset?token=abc123» and tell me what it wants.",
  "The server is «192.168.0.17» or «2001:db8::17», version 2.4.1 of the program, since 12:30:45.",
  "My password is «Tin7-Owl» and the username is «karl_9».",
  "Das Passwort: «Herbst2024», bitte ändern.",
  "The password is wrong. I forgot my password yesterday.",
  "Write to «@lotte.draws», or ask me.",
  "My key «sk-test-4f9a8b7c6d5e4f3a» has leaked.",
  NULL
};
/* The whole of each, and no word of what is said about one. */
static const char *const passwords[] = {
  "my password is «my$P@ss.w0rd!zz99»",
  "password: «Tr0ub@dor.com&3xyz»",
  "the password «my$P@ss.w0rd9» works",
  "pwd=«ab,c9;d» is old",
  "{\"password\": \"«hunter2»\"}",
  "passwort: «geheim»",
  "mot de passe\u00a0: «soleil»",
  "the wifi password is «sunshine»",
  "The password is \"«sunshine»\" here.",
  "the password is wrong. The password is expired. Password: see below",
  "The password is mandatory. Passwort: steht unten.",
  "Das Passwort ist falsch. Le mot de passe est incorrect.",
  "send the password to «ann@example.org», or to password: «https://example.org/a,b;c?token=x9»",
  "«eyJhbGciOiJIUzI1NiIs9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.aB3aB3-aB3aB3» is a token",
  NULL
};
/* With other blanks and hyphens than those of a keyboard, or none. */
static const char *const blanks[] = {
  "appelez-moi au «06\u00a012\u00a034\u00a056\u00a078» ou au «06\u202f12\u202f34\u202f56\u202f78»",
  "IBAN is «DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000»",
  "IBAN is «DE89\t3704\t0044\t0532\t0130\t00»",
  "«DE89370400440532013000»\t1250\tEUR, IBAN: «DE89370400440532013000»\t120\tEUR\t5",
  "«DE89370400440532013000»\tCOBADEFFXXX, «DE89\t3704\t0044\t0532\t0130\t00»\t1250",
  "«ES91\t2100\t0418\t4502\t0005\t1332»\t120,00, «AT61\t1904\t3002\t3457\t3201»\t1250\tEUR",
  "Year\t2023\t2024\t2025\t2026, total   2017   2018   2019   2020, 1\t4111\t1111\t1111\t1111\t1",
  "card «4111\u00a01111\u00a01111\u00a01111»",
  "«4111\t1111\t1111\t1111», «4111   1111   1111   1111», 4111\t1111\t1111\t1112",
  "call «+1\u00a0555\u00a0867\u00a05309», or \u202a«+1 555 867 5309»\u202c",
  "SSN «078\u201105\u20111120»",
  "in der «Lindenstraße\u00a012», «Linden\u00adstraße 12», geboren «3\u00a0mai\u00a01984»",
  "Ask Mr.\u00a0«Wohlgemuth», Herrn\u00a0«Tannhuber» or Mr.  «Pellworm».",
  "我的电话是«13800138000»",
  "電話«090-1234-5678»です, «０９０－１２３４－５６７８»",
  "رقمي«0501234567»",
  "phone: «٠١٢٣٤٥٦٧٨٩»",
  "价格12345元, 10000人, geboren «1984年5月3日», «анна2@пример.рф», «https://example.org/東京tower?x=9»",
  NULL
};
static const char *const line_ends[] = {
  "I met Mr.\n«Wohlgemuth» and Mrs.\r\n«Tannhuber».",
  "IBAN is «DE89 3704 0044»\n«0532 0130 00», card «4111 1111»\n«1111 1111»",
  "tel «0171»\n«1234567»",
  "Ich wohne in der «Lindenstraße\n12», geboren «3 May»\n«1984».",
  "I wrote about it yesterday and told «Maren»\n«Holthaus» of it.",
  "I wrote about it yesterday and told «Maren»\n\nCranes fly south.",
  "- ask «Maren»\nCranes fly south",
  "We had known nothing about it, but «Maren»\nCranes: they fly south.",
  "«0171 1234567»\n«0172 2345678»",
  "8 12\n14  2\n16  4",
  "Visitors per day:\n120\n135\n140\n155\n160\n172\nDone.",
  "4111\n1111\n1111\n1111\n",
  "100\t200\t300\n400\t500\t600\n",
  "Mon\t100\t200\t300\nTue   400   500   600\n",
  "Viele Grüße\r\n«Gesine»\r\n",
  NULL
};
static const char *const numbers[] = {
  "My number is «+44 20 7946 0958», call after six.",
  "Call me on «(212) 555-0187» or «0151 4960 112», whichever you like.",
  "She was born on «03.05.1984» and moved here in 2010.",
  "I was born «May 3, 1984», insured since 2001.",
  "Mein Geburtstag ist «3. Mai», nicht der vierte.",
  "My policy number is «HX 4471-90382» and they refuse to pay.",
  "My booking is «QX7Z2P», in 2024, for 4 of us.",
  "My SSN is «000-12-3456».",
  "Mon numéro de sécurité sociale est le «2 84 05 99 999 001 23».",
  "Mein Kennzeichen ist «B-XY 1234», die Steuernummer «12/345/67890».",
  "Il mio codice fiscale è «SNFLVC79L58Z999X».",
  "Mi DNI es «00000000T».",
  "I have 16384 MB, 1.000.000 rows and 12500 km; my blood pressure is 150/95.",
  "It cost us 1,250 for 3 rooms, 15 % less than in 2023.",
  NULL
};
static const char *const addresses[] = {
  "The invoice goes to «12 Baker Street», and we paid 240 in May.",
  "We meet at «221 West Elm Avenue», room 4, at 15:30.",
  "I live at «41 elm road», 2 miles down the road.",
  "Send it to me at PO Box «119».",
  "Ich wohne in der «Lindenstraße 12», «10969 Berlin».",
  "Ich wohne «Am Alten Markt 3», im Januar 12 Grad.",
  "J'habite «8 rue de la Paix», «00100 Sainte-Fiction».",
  "Vivo en la «calle Mayor 5».",
  "Abito in «via dei Glicini 22».",
  "I live in «SW1A 1AA».",
  NULL
};
static const char *const names[] = {
  "Dear Dr. «Ben Okafor», my son «Tobias Lindqvist» has a fever since Monday.",
  "Ich heiße «Jörg Weiß».",
  "Je m'appelle «Élodie Marchand» et je suis née le «14 juillet 1988».",
  "Me llamo «Íñigo Peña» y mi correo es «inigo@correo.es».",
  "Меня зовут «Анна»; почта «anna@пример.рф».",
  "«田中さん»に電話してください。«1984年5月3日»生まれです。",
  "Then «Petra» told me that «Omar» had left the keys with Mrs «Tran».",
  "«Saskia» said the ferry leaves at 7, and that 34 of 40 seats are taken.",
  "our accountant «deirdre» is ill, can you ask «paul»?",
  "Anwesend: «Maren Holthaus», «Xandor», «Uwe Stachowiak». «Xandor» holt das Zertifikat.",
  "Bitte ruf mich an.\n«Gesine»",
  "Who wants to be a manager? I do not. The «T. Marlowe» case is mine.",
  "What is the capital of a country with 5 million people?",
  "Write a short speech for a wedding with 80 guests in the garden.",
  "Die Leber und der Darm tun mir weh, was kann ich tun?",
  "How do I sort a list of 10,000 numbers in Python?",
  "Will you come in May? Mark the date.",
  "Mr «Wohlgemuth» and «Deniz Kaya» are here. «WOHLGEMUTH» and «KAYA» signed, the IBAN did not.",
  NULL
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

static gsize
count_bytes (const GArray *details)
{
  return count_shared (details, details);
}

/* All that is private, and no byte else. */
static void
marks_exactly (gconstpointer data)
{
  for (const char *const *text = data; *text != NULL; text++)
    {
      g_autoptr (GArray) gold = g_array_new (FALSE, FALSE, sizeof (TlmPrivateDetail));
      g_autofree char *plain = take_marks (*text, gold);
      g_autoptr (GArray) found = tlm_private_find (plain, strlen (plain));
      g_autofree char *replaced = tlm_private_replace (plain, found);
      gsize n = count_shared (gold, found);

      g_test_message ("%s -> %s", *text, replaced);
      g_assert_cmpuint (n, ==, count_bytes (gold));
      g_assert_cmpuint (n, ==, count_bytes (found));
    }
}

/* A capital alone counts for less where nobody speaks of themselves. */
static void
doubts_where_nobody_speaks (void)
{
  const char *essay = "Who painted the Xanthic Gate?", *letter = "Who painted my Xanthic Gate?";
  g_autoptr (GArray) doubted = tlm_private_find (essay, strlen (essay));
  g_autoptr (GArray) believed = tlm_private_find (letter, strlen (letter));

  g_assert_cmpuint (doubted->len, ==, 1);
  g_assert_true (g_array_index (doubted, TlmPrivateDetail, 0).perhaps);
  g_assert_cmpuint (believed->len, ==, 1);
  g_assert_false (g_array_index (believed, TlmPrivateDetail, 0).perhaps);
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

static void
takes_a_long_link_whole (void)
{
  g_autoptr (GString) text = g_string_new ("https://example.org/a?token=");
  g_autoptr (GArray) found = NULL;

  for (int i = 0; i < 1000; i++)
    g_string_append (text, "Ab9");
  found = tlm_private_find (text->str, text->len);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpuint (g_array_index (found, TlmPrivateDetail, 0).end, ==, text->len);
}

/* Longest runs of what each pattern begins with. */
static void
takes_any_text (void)
{
  static const char *const pieces[] = { "a", "A", "Ab ", "1", "1 ", "+", "(", "@", "a@a.", "http://", "DE89 ",
                                        "1.", "1:", "\xc3\x84", "Mr ", "Rue de ", "\n", "-", "Mr.\n", "pin:!", "password is ",
                                        "www.", "eyJ", "\u96fb1", "\u00a0", "\u00ad", "1\t" };

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
  g_test_add_data_func ("/app/private-details/accounts", accounts, marks_exactly);
  g_test_add_data_func ("/app/private-details/passwords", passwords, marks_exactly);
  g_test_add_data_func ("/app/private-details/blanks", blanks, marks_exactly);
  g_test_add_data_func ("/app/private-details/line-ends", line_ends, marks_exactly);
  g_test_add_data_func ("/app/private-details/numbers", numbers, marks_exactly);
  g_test_add_data_func ("/app/private-details/addresses", addresses, marks_exactly);
  g_test_add_data_func ("/app/private-details/names", names, marks_exactly);
  g_test_add_func ("/app/private-details/doubts-where-nobody-speaks", doubts_where_nobody_speaks);
  g_test_add_func ("/app/private-details/replaces-only-what-it-is-given", replaces_only_what_it_is_given);
  g_test_add_func ("/app/private-details/takes-a-long-link-whole", takes_a_long_link_whole);
  g_test_add_func ("/app/private-details/takes-any-text", takes_any_text);
  return g_test_run ();
}
