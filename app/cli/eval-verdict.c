/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on each skill: on when it leads every baseline and the paired bootstrap's 95 %
 * interval of each lead lies above nothing; off otherwise. The tables collect the leads. */
#include "cli/eval-report.h"

typedef struct
{
  const char *skill, *measure, *baseline; /* literals */
  TlmInterval lead;
} Lead;

TlmLeads *
tlm_leads_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (Lead));
}

void
tlm_leads_add (TlmLeads *leads, const char *skill, const char *measure, const char *baseline,
               TlmInterval lead)
{
  Lead item = { skill, measure, baseline, lead };

  g_array_append_val (leads, item);
}

/* The lead of @skill that is least sure: it alone decides. */
static const Lead *
find_weakest (const TlmLeads *leads, const char *skill)
{
  const Lead *weakest = NULL;

  for (guint i = 0; i < leads->len; i++)
    {
      const Lead *lead = &g_array_index (leads, Lead, i);

      if (g_str_equal (lead->skill, skill)
          && (weakest == NULL || lead->lead.low < weakest->lead.low))
        weakest = lead;
    }
  return weakest;
}

void
tlm_leads_print (const TlmLeads *leads, GString *out)
{
  const char *last = "";

  g_string_append (out, "\nVerdicts: a skill is on when its lead over every baseline is sure "
                        "(95 %, paired bootstrap over notes)\n");
  for (guint i = 0; i < leads->len; i++)
    {
      const char *skill = g_array_index (leads, Lead, i).skill;
      const Lead *weakest = find_weakest (leads, skill);

      if (g_str_equal (skill, last))
        continue;
      last = skill;
      g_string_append_printf (out, "  %-14s %-3s  %s, least sure over %s: %+.3f [%+.3f, %+.3f]\n",
                              skill, weakest->lead.low > 0.0 ? "on" : "off", weakest->measure,
                              weakest->baseline, weakest->lead.mean, weakest->lead.low,
                              weakest->lead.high);
    }
}
