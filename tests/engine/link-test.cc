/* SPDX-License-Identifier: Apache-2.0 */
/* Wiki links: what is one, which words of it are read, and that the reader points at them. */
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

extern "C" {
#include "reader/link.h"
#include "reader/unit.h"
}

static std::string
words_of (const std::string &text)
{
  std::string out;
  size_t pos = 0;
  tl_link link;

  while (tl_link_next (text.data (), text.size (), &pos, &link))
    {
      EXPECT_LE (link.start, link.words);
      EXPECT_LT (link.words, link.words_end);
      EXPECT_LT (link.words_end, link.end);
      out += "<" + text.substr (link.words, link.words_end - link.words) + ">";
    }
  EXPECT_EQ (pos, text.size ());
  return out;
}

TEST (Link, IsReadAsItsWords)
{
  EXPECT_EQ (words_of ("Ask [[people/ruth|Ruth]] about [[Plan B]]."), "<Ruth><Plan B>");
  EXPECT_EQ (words_of ("![[a b.png|300]] and [[x#part|the part]]"), "<a b.png><the part>");
  EXPECT_EQ (words_of ("| [[x\\|y]] |"), "<y>");
  EXPECT_EQ (words_of ("[[x|]] [[y| ]] [[[z]]]"), "<x><y><z>");
  EXPECT_EQ (words_of ("[[a]][[b|c]]"), "<a><c>");
}

TEST (Link, IsNotEveryBracket)
{
  for (const char *text : { "", "[", "[[", "[[x", "[[x]", "[[]]", "[[|y]]", "a[b[0]]", "[x](y)",
                            "if [[ -f x || -f y ]]; then", "[[x\ny]]", "[[\\|y]]", "[[x][y]]" })
    EXPECT_EQ (words_of (text), "") << text;
  EXPECT_EQ (words_of ("[[" + std::string (600, 'x') + "]]"), "");
  EXPECT_EQ (words_of (std::string ("[[a\0b]]", 7)), "");
}

static std::vector<std::string>
units_of (const std::string &text)
{
  std::vector<std::string> result;
  char *covered = tl_links_dup_covered (text.data (), text.size (), nullptr);
  tl_unit *units = nullptr;
  size_t n = 0;

  EXPECT_TRUE (tl_units_split (covered, text.size (), &units, &n, nullptr));
  for (size_t i = 0; i < n; i++)
    result.push_back (text.substr (units[i].start, units[i].end - units[i].start));
  free (units);
  free (covered);
  return result;
}

TEST (Link, IsCutNowhere)
{
  EXPECT_EQ (units_of ("Ask [[Dr. No. A file|him]]. Then [[x|y]] pays."),
             (std::vector<std::string> { "Ask [[Dr. No. A file|him]].", "Then [[x|y]] pays." }));
  EXPECT_EQ (units_of ("- [ ] [[a|Anna]] calls\n- [[b]]"),
             (std::vector<std::string> { "[[a|Anna]] calls", "[[b]]" }));
}

TEST (Link, LeavesPlacesWhereTheyWere)
{
  std::string text = "an [[x|alias]] [b] a[0]";
  char *covered = tl_links_dup_covered (text.data (), text.size (), nullptr);
  std::vector<uint32_t> places (text.size ());

  EXPECT_STREQ (covered, "an [[[[alias]] [b] a[0]");
  size_t n = tl_links_drop_brackets (covered, text.size (), places.data ());
  EXPECT_EQ (std::string (covered, n), "an alias [b] a[0]");
  for (size_t i = 0; i < n; i++)
    EXPECT_EQ (text[places[i]], covered[i]);
  free (covered);
}
