/* SPDX-License-Identifier: Apache-2.0 */
/* The name of a note: the first line's first words. The reader's titles are no surer than these on the
 * development notes (see its card). */
#include "reader/name.h"

#include <stdlib.h>

#include "reader/link.h"
#include "reader/words.h"

#define MAX_WORDS 8 /* people give titles of 3 to 8 words */

static bool
names_a_note (const tl_unit *unit)
{
  return unit->kind != TL_UNIT_FRONT_MATTER && unit->kind != TL_UNIT_TABLE
         && unit->kind != TL_UNIT_CODE;
}

static size_t
get_words_end (const char *text, const tl_unit *unit)
{
  size_t len = unit->end - unit->start, end = 0, start;
  char *read = tl_links_dup_covered (text + unit->start, len, NULL);

  for (int n = 0; read != NULL && n < MAX_WORDS && tl_word_next (read, len, &end, &start); n++)
    ;
  free (read);
  return unit->start + end;
}

bool
tl_reading_find_name (const tl_reading *reading, const char *text, tl_span *name)
{
  size_t i = 0;

  *name = (tl_span) { 0 };
  while (i < reading->n_units && !names_a_note (&reading->units[i].unit))
    i++;
  if (i < reading->n_units)
    {
      const tl_unit *unit = &reading->units[i].unit;

      *name = (tl_span) { unit->start, get_words_end (text, unit), 0.0f };
    }
  return name->end > name->start;
}
