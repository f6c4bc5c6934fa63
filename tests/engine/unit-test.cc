/* SPDX-License-Identifier: Apache-2.0 */
/* Units: what is one, what is structure, and where the cuts fall, over the shapes that
 * notes have. */
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" {
#include "base/rng.h"
#include "reader/sentence.h"
#include "reader/unit.h"
#include "reader/words.h"
}

struct Case
{
  const char              *name;
  std::string              text;
  std::vector<std::string> units; /* a letter for the kind, a space, the words */
};

static void
PrintTo (const Case &c, std::ostream *out)
{
  *out << c.name;
}

static std::vector<std::string>
split (const std::string &text)
{
  std::vector<std::string> result;
  tl_unit *units = nullptr;
  size_t n = 0;
  tl_error err = {};

  EXPECT_TRUE (tl_units_split (text.data (), text.size (), &units, &n, &err)) << err.message;
  for (size_t i = 0; i < n; i++)
    {
      std::string kind (1, "SBHLTCF"[units[i].kind]);

      if (units[i].check != TL_CHECK_NONE)
        kind += units[i].check == TL_CHECK_OPEN ? "o" : "x";
      if (units[i].kind == TL_UNIT_BULLET && units[i].level > 0)
        kind += std::to_string (units[i].level);
      result.push_back (kind + " " + text.substr (units[i].start, units[i].end - units[i].start));
    }
  free (units);
  return result;
}

class Units : public testing::TestWithParam<Case>
{
};

TEST_P (Units, AreCut)
{
  EXPECT_EQ (split (GetParam ().text), GetParam ().units);
}

static const std::string wrapped
  = "The survey came back on Friday and two of the beams over the corner\n"
    "are rotten, so the firm will not let us use that end of the room\n"
    "until they are replaced. They want six thousand pounds for it. We\n"
    "have four thousand in the fund.\n";

static const Case cases[] = {
  { "Empty", "", {} },
  { "OnlyWhiteSpace", " \t\r\n\n\u00a0\u3000\n", {} },
  { "OnlyDecoration", "---\n***\n=====\n", {} },
  { "OneSentence", "Noor called.", { "S Noor called." } },
  { "NoFullStop", "Noor called", { "S Noor called" } },
  { "TwoSentences",
    "Noor called. It is mended, I think.",
    { "S Noor called.", "S It is mended, I think." } },
  { "LineBreakEndsUnit",
    "lease ends in May\nno renewal so far",
    { "S lease ends in May", "S no renewal so far" } },
  { "WindowsLineEnds",
    "One is here.\r\nTwo is there.\r\n",
    { "S One is here.", "S Two is there." } },
  { "OldMacLineEnds", "One is here.\rTwo is there.\r", { "S One is here.", "S Two is there." } },
  { "Bullets",
    "- milk\n* bread\n+ eggs\n\u2022 tea\n\u2013 salt",
    { "B milk", "B bread", "B eggs", "B tea", "B salt" } },
  { "DateIsNoBullet",
    "15. Juni ist der letzte Tag.\n1. milk\n31. Mai muss Anna da sein.\n2. Maibaum\n3) Mai",
    { "S 15. Juni ist der letzte Tag.", "B milk", "S 31. Mai muss Anna da sein.", "B Maibaum",
      "B Mai" } },
  { "MonthsInNumberedList",
    "1. Anna calls the firm\n2. Jan must send the invoice by Monday\n3. Tom is away\n"
    "4. August to order the wood",
    { "B Anna calls the firm", "B Jan must send the invoice by Monday", "B Tom is away",
      "B August to order the wood" } },
  { "MonthsAreTheList",
    "1. Januar: Miete\n\n2. Februar: Miete\n",
    { "B Januar: Miete", "B Februar: Miete" } },
  { "DaysInARowAreNoList",
    "15. Juni: wir fahren los.\n16. Juni: wir sind da.\n18. April kommt Anna.",
    { "S 15. Juni: wir fahren los.", "S 16. Juni: wir sind da.", "S 18. April kommt Anna." } },
  { "DateIsHeading", "3. Mai\n\nAnna kommt.", { "H 3. Mai", "S Anna kommt." } },
  { "DateInWrappedProse",
    "Der Verein trifft sich wie in jedem Jahr im Garten, und zwar am\n"
    "15. Juni ab drei Uhr; wer etwas mitbringt, der sage es bitte bis\n"
    "zum Ende der Woche bei Anna an, damit nichts doppelt da ist, oder\n"
    "auf dem Blatt am Eingang.",
    { "S Der Verein trifft sich wie in jedem Jahr im Garten, und zwar am\n"
      "15. Juni ab drei Uhr; wer etwas mitbringt, der sage es bitte bis\n"
      "zum Ende der Woche bei Anna an, damit nichts doppelt da ist, oder\n"
      "auf dem Blatt am Eingang." } },
  { "NestedBullets", "- milk\n    - oat\n\t\t- two", { "B milk", "B2 oat", "B4 two" } },
  { "NumberedBullets",
    "1. milk\n2) bread\n(3) eggs\na) tea",
    { "B milk", "B bread", "B eggs", "B tea" } },
  { "ShortBulletIsOneUnit",
    "- Original plan. No longer true.",
    { "B Original plan. No longer true." } },
  { "LongBulletIsCut",
    "- We talked about the roof for a very long time and found nothing new at all. "
    "Then Ines said that we could simply ask the neighbours for help.",
    { "B We talked about the roof for a very long time and found nothing new at all.",
      "B Then Ines said that we could simply ask the neighbours for help." } },
  { "CheckBoxes",
    "- [ ] call Ann\n- [x] buy glue\n[ ] pay\n\u2611 sent\n\u2610 open",
    { "Bo call Ann", "Bx buy glue", "Bo pay", "Bx sent", "Bo open" } },
  { "AtxHeadings",
    "# Plan\n\n## To do ##\nWe start on Monday.",
    { "H Plan", "H To do", "S We start on Monday." } },
  { "HashWithoutSpaceIsText",
    "we said.\n#garden and more",
    { "S we said.", "S #garden and more" } },
  { "SetextHeadings",
    "Plan\n====\nWe start now.\n\nMore\n----\nAnd stop.",
    { "H Plan", "S We start now.", "H More", "S And stop." } },
  { "BoldLineIsHeading",
    "We met.\n\n**To do**\nAnn rings.",
    { "S We met.", "H **To do**", "S Ann rings." } },
  { "CapitalsAreHeading", "We met.\n\nBACK ROOM\n- wet", { "S We met.", "H BACK ROOM", "B wet" } },
  { "ShoutedSentenceIsText", "We met.\nTHE LIFT IS OUT!", { "S We met.", "S THE LIFT IS OUT!" } },
  { "LineAboveListIsHeading",
    "We met.\n\nOdds and ends\n- cat",
    { "S We met.", "H Odds and ends", "B cat" } },
  { "Label", "Next:\n- rest", { "L Next:", "B rest" } },
  { "LongLabelIsText",
    "What she said to all of us in the room was this:",
    { "S What she said to all of us in the room was this:" } },
  { "TableWithBars", "| a | b |\n|---|---|\n| 1 | 2 |", { "T | a | b |", "T | 1 | 2 |" } },
  { "TableWithoutOuterBars",
    "a | b\n--- | ---\n1 | 2\n\nAfter it.",
    { "T a | b", "T 1 | 2", "S After it." } },
  { "CodeFence",
    "See this.\n```c\nint x;\n```\nDone now.",
    { "S See this.", "C ```c", "C int x;", "S Done now." } },
  { "UnclosedFenceHidesNothing",
    "See this.\n```\nstill text here.",
    { "S See this.", "S still text here." } },
  { "FrontMatter", "---\nstatus: draft\n---\nThe text.", { "F status: draft", "S The text." } },
  { "RuleIsNoFrontMatter", "---\nThe text.", { "S The text." } },
  { "TextBetweenRulesIsNoFrontMatter",
    "---\nWe met at 10:30 and left.\n\n---\nAnn rings.",
    { "S We met at 10:30 and left.", "S Ann rings." } },
  { "FrontMatterBelowComment",
    "---\n# the wiki's\nstatus: draft\n---\nHi.",
    { "F the wiki's", "F status: draft", "S Hi." } },
  { "FrontMatterOfKeysOfTwoWords",
    "---\ndate created: today\ntags:\n- roof\n---\nHi.",
    { "F date created: today", "F tags:", "F roof", "S Hi." } },
  { "FrontMatterWithBlankBeforeColon",
    "---\ntitle : The gate\n\n---\nHi.",
    { "F title : The gate", "S Hi." } },
  { "HeadingBetweenRulesIsNoFrontMatter",
    "---\n# Minutes\n\nPresent: Ann\n---\nHi.",
    { "H Minutes", "H Present: Ann", "S Hi." } },
  { "FrontMatterBelowEmptyLine", "---\n\nstatus: draft\n---\nHi.", { "F status: draft", "S Hi." } },
  { "QuotedMail",
    "> Dear Ann,\n> the roof leaks again.",
    { "S Dear Ann,", "S the roof leaks again." } },
  { "HardWrappedProse",
    wrapped,
    { "S The survey came back on Friday and two of the beams over the corner\nare rotten, so the "
      "firm will "
      "not let us use that end of the room\nuntil they are replaced.",
      "S They want six thousand pounds for it.", "S We\nhave four thousand in the fund." } },
  { "Abbreviations",
    "Ask Dr. Moss, e.g. The nurse can't. Mr. Li can.",
    { "S Ask Dr. Moss, e.g. The nurse can't.", "S Mr. Li can." } },
  { "Initials", "It was J. Smith. He left.", { "S It was J. Smith.", "S He left." } },
  { "Decimals",
    "It costs 2.41 m. No. 7 is 3.5 now.",
    { "S It costs 2.41 m.", "S No. 7 is 3.5 now." } },
  { "Times", "We meet at 9 a.m. Bring tea.", { "S We meet at 9 a.m.", "S Bring tea." } },
  { "Quotes",
    "She said \"no.\" Then she left. \u201cWhy?\u201d He wept.",
    { "S She said \"no.\"", "S Then she left.", "S \u201cWhy?\u201d", "S He wept." } },
  { "Ellipsis", "Well... perhaps. Or\u2026 No.", { "S Well... perhaps.", "S Or\u2026", "S No." } },
  { "SmallLetterAfterStop", "took ages. but fine", { "S took ages. but fine" } },
  { "German",
    "Am 3. Mai kommt Dr. Weiß, z.B. Morgen. Danach nicht.",
    { "S Am 3. Mai kommt Dr. Weiß, z.B. Morgen.", "S Danach nicht." } },
  { "Spanish",
    "Llega hoy. ¿Quién paga? ¡Nadie!",
    { "S Llega hoy.", "S ¿Quién paga?", "S ¡Nadie!" } },
  { "Greek", "Πάμε. Έλα τώρα.", { "S Πάμε.", "S Έλα τώρα." } },
  { "Japanese",
    "今日は雨。明日は晴れ！行こう。",
    { "S 今日は雨。", "S 明日は晴れ！", "S 行こう。" } },
  { "Chinese", "我们同意了。「好。」他走了。", { "S 我们同意了。", "S 「好。」", "S 他走了。" } },
};

INSTANTIATE_TEST_SUITE_P (Notes, Units, testing::ValuesIn (cases),
                          [] (const testing::TestParamInfo<Case> &info) {
                            return info.param.name;
                          });

TEST (UnitSections, BelongToTheHeadingAbove)
{
  const std::string text = "Before.\n\n# One\nInside.\n\nNext:\n- rest\n";
  const int32_t sections[] = { -1, -1, 1, -1, 3 };
  tl_unit *units;
  size_t n;

  ASSERT_TRUE (tl_units_split (text.data (), text.size (), &units, &n, nullptr));
  ASSERT_EQ (n, 5u);
  for (size_t i = 0; i < n; i++)
    EXPECT_EQ (units[i].section, sections[i]) << i;
  free (units);
}

/* Whatever the bytes: units are in order, disjoint, trimmed, not empty; on character boundaries
 * when the text is valid. */
static void
check_invariants (const std::string &text)
{
  tl_unit *units;
  size_t n, last = 0;

  ASSERT_TRUE (tl_units_split (text.data (), text.size (), &units, &n, nullptr));
  for (size_t i = 0; i < n; i++)
    {
      ASSERT_LE (last, units[i].start);
      ASSERT_LT (units[i].start, units[i].end);
      ASSERT_LE (units[i].end, text.size ());
      ASSERT_NE ((unsigned char) text[units[i].start] & 0xc0, 0x80);
      if (units[i].end < text.size ())
        {
          ASSERT_NE ((unsigned char) text[units[i].end] & 0xc0, 0x80);
        }
      ASSERT_LT (units[i].section, (int32_t) i);
      last = units[i].end;
    }
  free (units);
}

TEST (UnitInvariants, HoldForMutatedNotes)
{
  static const char *const pieces[] = {
    "- ",    "\n",    "\n\n",  "# ", "é",    "。",  "今日",     ". ",     "A",
    "word ", "```\n", "---\n", "| ", "[ ] ", "1. ", "\xc2\xa0", "\u2026", "**",
    "> ",    ":",     "\r",    "\t", "😀",    "\"",  "e.g. ",    "Ünder ",
  };
  tl_rng rng;

  tl_rng_init (&rng, 7);
  for (int round = 0; round < 3000; round++)
    {
      std::string text;
      uint32_t n = tl_rng_below (&rng, 40);

      while (n-- > 0)
        text += pieces[tl_rng_below (&rng, sizeof pieces / sizeof *pieces)];
      check_invariants (text);
    }
}

static double
seconds_to_split (const std::string &text)
{
  auto start = std::chrono::steady_clock::now ();
  tl_unit *units;
  size_t n;

  EXPECT_TRUE (tl_units_split (text.data (), text.size (), &units, &n, nullptr));
  free (units);
  return std::chrono::duration<double> (std::chrono::steady_clock::now () - start).count ();
}

/* Linear time: each of these would take minutes if one line or sentence were scanned again and
 * again. Measured at 5 to 60 ms; the bound leaves room for sanitizers and a busy machine. */
TEST (UnitSpeed, IsLinear)
{
  const size_t size = 1 << 20;
  std::string fences, stops;

  while (fences.size () < size)
    fences += "```\nx\n";
  while (stops.size () < size)
    stops += "e.g. ";
  EXPECT_LT (seconds_to_split (std::string (size, 'a')), 5.0);
  EXPECT_LT (seconds_to_split (std::string (size, '\n')), 5.0);
  EXPECT_LT (seconds_to_split (std::string (size, '.')), 5.0);
  EXPECT_LT (seconds_to_split (std::string (size, '-')), 5.0);
  EXPECT_LT (seconds_to_split (fences), 5.0);
  EXPECT_LT (seconds_to_split (stops), 5.0);
}

TEST (Fold, KeepsTheLength)
{
  for (uint32_t cp = 0; cp < 0x600; cp++)
    EXPECT_EQ (cp < 0x80, tl_cp_fold (cp) < 0x80) << cp;
  EXPECT_EQ (tl_cp_fold (0x410), 0x430u); /* Cyrillic A */
  EXPECT_EQ (tl_cp_fold (0x0c9), 0x0e9u); /* É */
  EXPECT_EQ (tl_cp_fold (0x178), 0x0ffu); /* Ÿ */
  EXPECT_EQ (tl_cp_fold (0x141), 0x142u); /* Ł */
}

TEST (Words, AreFound)
{
  const std::string text = "Don't pay 2.41, co-op! 今日x";
  std::vector<std::string> words;
  size_t pos = 0, start;

  while (tl_word_next (text.data (), text.size (), &pos, &start))
    words.push_back (text.substr (start, pos - start));
  EXPECT_EQ (words, (std::vector<std::string> { "Don't", "pay", "2.41", "co-op", "今", "日", "x" }));
  EXPECT_EQ (tl_word_hash ("ÉTÉ", 5), tl_word_hash ("été", 5));
}

TEST (Words, AreWholeAroundWhatIsNotSeen)
{
  const std::string family = "\xF0\x9F\x91\xA8\u200D\xF0\x9F\x91\xA9", keycap = "1\uFE0F\u20E3";
  const std::string text = family + " Kranken\u00ADhaus \u200D می\u200Cخواهم " + keycap + " - \u00AD";
  std::vector<std::string> words;
  size_t pos = 0, start;

  while (tl_word_next (text.data (), text.size (), &pos, &start))
    words.push_back (text.substr (start, pos - start));
  EXPECT_EQ (words,
             (std::vector<std::string> { "Kranken\u00ADhaus", "می\u200Cخواهم", "1" }));
  EXPECT_EQ (tl_word_hash (words[0].data (), words[0].size ()), tl_word_hash ("krankenhaus", 11));
}
