/* SPDX-License-Identifier: Apache-2.0 */
/* A note's text before any model reads it: units, sentences, wiki links. Any bytes may come. */
#include "fuzz.h"

#include "reader/line.h"
#include "reader/link.h"
#include "reader/sentence.h"
#include "reader/unit.h"

static void
check_links (const char *text, size_t len)
{
  size_t pos = 0, before = 0;
  tl_link link;
  char *covered = tl_links_dup_covered (text, len, NULL);
  uint32_t *places = malloc ((len + 1) * sizeof *places);

  while (tl_link_next (text, len, &pos, &link))
    {
      FUZZ_CHECK (before <= link.start && link.start < link.words && link.words < link.words_end
                  && link.words_end < link.end && link.end <= pos && pos <= len);
      before = pos;
    }
  FUZZ_CHECK (covered != NULL && places != NULL);
  FUZZ_CHECK (tl_links_drop_brackets (covered, len, places) <= len);
  free (places);
  free (covered);
}

static void
check_units (const char *text, size_t len)
{
  tl_unit *units = NULL;
  tl_line *lines = NULL;
  size_t n = 0, n_lines = 0, before = 0;

  FUZZ_CHECK (tl_units_split (text, len, &units, &n, NULL));
  for (size_t i = 0; i < n; i++)
    {
      FUZZ_CHECK (before <= units[i].start && units[i].start < units[i].end && units[i].end <= len);
      FUZZ_CHECK (units[i].section < (int32_t) i);
      before = units[i].end;
    }
  FUZZ_CHECK (tl_lines_scan (text, len, &lines, &n_lines, NULL));
  for (size_t i = 0; i < n_lines; i++)
    FUZZ_CHECK (lines[i].start <= lines[i].end && lines[i].end <= len);
  free (lines);
  free (units);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char *text = (char *) fuzz_copy (data, size);

  check_links (text, size);
  check_units (text, size);
  for (size_t pos = 0, end; pos < size; pos = end)
    {
      end = tl_sentence_end (text, size, pos);
      FUZZ_CHECK (pos < end && end <= size);
    }
  free (text);
  return 0;
}
