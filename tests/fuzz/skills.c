/* SPDX-License-Identifier: Apache-2.0 */
/* Plain code on what a person types: dates, sums, questions of the calendar, front matter, what is
 * private in a text, and whether a rewording says the same. */
#include "fuzz-app.h"

#include "core/markdown.h"
#include "privacy/private-details.h"
#include "skills/front-matter.h"
#include "skills/language.h"
#include "skills/plain.h"
#include "skills/reply.h"
#include "skills/reword.h"
#include "skills/sum.h"

static const TlmDay today = { 2026, 11, 26 };

static void
check_dates (const char *text, size_t len)
{
  TlmDays days = { 0 };
  double value;

  if (tlm_days_parse (text, len, today, &days))
    {
      FUZZ_CHECK (g_date_valid_dmy (days.first.day, days.first.month, days.first.year));
      FUZZ_CHECK (g_date_valid_dmy (days.last.day, days.last.month, days.last.year));
      g_free (tlm_days_dup_iso (&days));
    }
  if (tlm_sum_evaluate (text, &value))
    g_free (tlm_sum_dup_number (value));
  g_free (tlm_plain_answer (text, today));
}

static void
check_front (const char *text, size_t len)
{
  TlmFrontMatter front;

  tlm_front_matter_read (text, len, &front);
  FUZZ_CHECK (front.start <= front.end && front.end <= len && front.block <= len);
  FUZZ_CHECK (front.title.start <= front.title.end && front.title.end <= len);
  FUZZ_CHECK (front.n_tags <= TLM_FRONT_MATTER_MAX_TAGS);
  for (gsize i = 0; i < front.n_tags; i++)
    FUZZ_CHECK (front.tags[i].start < front.tags[i].end && front.tags[i].end <= len);
  tlm_note_day (text, len, &front, 1);
  tlm_text_is_english (text, len);
}

static void
check_private (const char *text, size_t len)
{
  g_autoptr (GArray) details = tlm_private_find (text, len);
  gsize before = 0;

  for (guint i = 0; i < details->len; i++)
    {
      const TlmPrivateDetail *detail = &g_array_index (details, TlmPrivateDetail, i);

      FUZZ_CHECK (before <= detail->start && detail->start < detail->end && detail->end <= len);
      before = detail->end;
    }
  fuzz_check_answer (tlm_private_replace (text, details), NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  size_t len;
  g_autofree char *text = fuzz_utf8 (data, size, &len), *half = NULL;
  g_autoptr (GString) reply = g_string_new (NULL);
  TlmRoute route;

  fuzz_app_init ();
  half = g_utf8_substring (text, 0, g_utf8_strlen (text, -1) / 2);
  check_dates (text, len);
  check_front (text, len);
  check_private (text, len);
  tlm_reword_is_grounded (text, half);
  tlm_markdown_append_plain (reply, text, len);
  tlm_route_message (text, &route);
  FUZZ_CHECK (route.start <= route.end && route.end <= len);
  return 0;
}
