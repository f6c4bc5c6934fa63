/* SPDX-License-Identifier: Apache-2.0 */
/* Which rewordings may be shown: those that name nothing which their sentence does not. */
#include "skills/reword.h"

typedef struct
{
  const char *source, *text;
  gboolean    grounded;
} Case;

#define BANK "Anna will call the bank by Friday because the 3,500 euro have not arrived."
#define BOAT "On 3 May the club decided to sell the old boat to Mr. Olsen for two thousand crowns."
#define MENU "Das Sommerfest findet am Samstag im Garten von Familie Berger statt."

#define FEE "The members agreed that the fee of €500 rises by thirteen per cent to about −5 or 565."
#define HALF "Half the members of the club said that two hundred and fifty euro is too much to pay."
#define TEMP "In the night it was -5 degrees, in the day up to 12.5 % of the roof was under -3 cm of ice."
#define GELD "Der Verein gab im letzten Jahr zweitausend Euro und 20 Prozent mehr für die Gärten aus."

#define LOSS "The club ended the year at -€5, the hall at -$500, in the shed it was –5 Grad, say 3–4."

static const Case cases[] = {
  { BANK, "Anna calls the bank by Friday: 3,500 euro have not arrived.", TRUE },
  { BANK, "The bank has not sent the 3,500 euro.", TRUE },
  { BANK, "Anna will call by Friday, not having the money.", TRUE },
  { BANK, BANK, TRUE },
  { BANK, "Anna calls the bank by Monday: 3,500 euro have not arrived.", FALSE }, /* another day */
  { BANK, "Anna calls the bank by friday, 3,500 euro not there.", TRUE },
  { BANK, "Anna calls the bank tomorrow; the 3,500 euro have not come.", FALSE },
  { BANK, "Anna calls the bank by Friday: 3,600 euro have not arrived.", FALSE }, /* another sum */
  { BANK, "Anna calls the bank by Friday: 350 euro have not arrived.", FALSE },
  { BANK, "Ben calls the bank by Friday: 3,500 euro have not arrived.", FALSE }, /* another name */
  { BANK, "Anna Schmidt calls the bank by Friday, nothing not arrived.", FALSE },
  { BANK, "Anna calls the bank by Friday: 3,500 euro have arrived.", FALSE }, /* "not" is lost */
  { BANK, "Anna will not call the bank; 3,500 euro have not arrived.", FALSE },
  { BANK, "", FALSE },
  { BANK, "   ", FALSE },
  { BANK, "...", FALSE },
  { BANK, "Anna calls the bank,\nnot later.", FALSE },
  { BANK, BANK " Really.", FALSE }, /* longer */
  { BANK, "Sure! Here is not a shorter sentence by Anna.", FALSE },
  { BOAT, "The club sells the old boat to Mr. Olsen for two thousand crowns.", TRUE },
  { BOAT, "On 3 May the club sold the boat.", TRUE },
  { BOAT, "Club sells boat to Olsen.", TRUE },
  { BOAT, "On 4 May the club sold the boat.", FALSE },
  { BOAT, "On 3 June the club sold the boat.", FALSE },
  { BOAT, "The club sells the boat for three thousand crowns.", FALSE },
  { BOAT, "The club sells the boat to Mr. Hansen.", FALSE },
  { BOAT, "The club sells 2 boats.", FALSE },
  { BOAT, "The Norwegian club sells the boat.", FALSE },
  { BOAT, "The club did not sell the boat.", FALSE },
  /* numbers: each as a whole, with its sign and unit */
  { BOAT, "The club sells the boat for two million crowns.", FALSE },
  { BOAT, "The club sells the boat for two crowns.", FALSE },
  { BOAT, "The club sells the boat for a thousand crowns.", FALSE },
  { BOAT, "The club sells the boat for two thousand dollars.", FALSE },
  { BOAT, "The club sells half the boat.", FALSE },
  { BANK, "The bank has not sent the $3,500.", FALSE },
  { BANK, "The bank has not sent the €3,500.", TRUE },
  { FEE, "The fee of €500 rises by thirteen per cent.", TRUE },
  { FEE, "The fee of 500 euro rises by thirteen percent.", TRUE },
  { FEE, "The fee of 500 € rises by thirteen %.", TRUE },
  { FEE, "The fee of €500 rises by twenty per cent.", FALSE },
  { FEE, "The fee of $500 rises by thirteen per cent.", FALSE },
  { FEE, "The fee of £500 rises.", FALSE },
  { FEE, "The fee rises to 5 or 565.", FALSE },
  { FEE, "The fee rises to -5 or 565.", TRUE },
  { FEE, "The fee rises by thirteen euro.", FALSE },
  { FEE, "The fee rises by thirteen.", FALSE },
  { HALF, "Half the members find two hundred and fifty euro too much.", TRUE },
  { HALF, "A third of the members find it too much.", FALSE },
  { HALF, "Half the members find fifty euro too much.", FALSE },
  { HALF, "Twenty-five members find it too much.", FALSE },
  { HALF, "Half the members find one euro too much.", FALSE },
  { TEMP, "In the night it was -5 degrees.", TRUE },
  { TEMP, "In the night it was minus 5 degrees.", TRUE },
  { TEMP, "In the night it was 5 degrees.", FALSE },
  { TEMP, "The roof was 12.5 percent under ice.", TRUE },
  { TEMP, "The roof was 12.5 under ice.", FALSE },
  { LOSS, "The club ended at -€5.", TRUE },
  { LOSS, "The club ended at €5.", FALSE },
  { LOSS, "The hall ended at $500.", FALSE },
  { LOSS, "The hall ended at -$500.", TRUE },
  { LOSS, "The hall ended at -500.", FALSE },
  { LOSS, "In the shed it was –5 Grad.", TRUE },
  { LOSS, "In the shed it was -5 Grad.", TRUE },
  { LOSS, "In the shed it was 5 Grad.", FALSE },
  { LOSS, "In the shed it was –4 Grad.", FALSE },
  { LOSS, "In the shed it was 3–4.", TRUE },
  { GELD, "Der Verein gab zweitausend Euro und 20 % mehr aus.", TRUE },
  { GELD, "Der Verein gab dreitausend Euro aus.", FALSE },
  { GELD, "Der Verein gab zweitausend Franken aus.", FALSE },
  { GELD, "Der Verein gab die Hälfte aus.", FALSE },
  { GELD, "Der Verein gab zwanzig Prozent mehr aus.", FALSE }, /* 20, but that is not looked at */
  { MENU, "Das Sommerfest ist am Samstag im Garten.", TRUE },
  { MENU, "Sommerfest am Samstag bei Familie Berger.", TRUE },
  { MENU, "Das Sommerfest ist am Sonntag im Garten.", FALSE },
  { MENU, "Das Sommerfest ist am Samstag bei Familie Huber.", FALSE },
  { MENU, "Das Sommerfest findet nicht statt.", FALSE },
  { MENU, "Das Winterfest ist am Samstag.", FALSE },
};

static void
lets_only_grounded_ones_by (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (tlm_reword_is_grounded (cases[i].source, cases[i].text), ==,
                       cases[i].grounded);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/reword/lets-only-grounded-ones-by", lets_only_grounded_ones_by);
  return g_test_run ();
}
