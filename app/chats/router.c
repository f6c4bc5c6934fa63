/* SPDX-License-Identifier: Apache-2.0 */
/* Rules, the head's answer, and the bias for safety. */
#include "router.h"

#include "core/paths.h"
#include "skills/plain.h"
#include "core/words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Handed over from here on: on folds of data/requests the highest that misses no broad request of high
 * risk. `tinylm-cli eval route` prints what it costs and catches. */
#define P_BROAD 0.06f
/* From here on the person is told that a wrong answer could hurt. */
#define P_RISK_SAID 0.3f

/* A question is put to the notes when that is likelier than all else, or likely enough of one that can do
 * no harm. Of 47 broad requests of high risk none is, on folds (`tinylm-cli eval route`). */
#define P_ASK 0.5f
#define P_ASK_HARMLESS 0.2f
#define P_HARMLESS 0.02f /* that a wrong answer could hurt: below it */

const char *const tlm_tool_names[TLM_N_TOOLS]
  = { "code", "reader", "retrieval", "small", "large", "hand-over" };

static const TlmTool tools[TL_ROUTE_N_LABELS] = {
  [TL_ROUTE_PLAIN] = TLM_TOOL_CODE,       [TL_ROUTE_KEYPOINTS] = TLM_TOOL_READER,
  [TL_ROUTE_TITLE] = TLM_TOOL_READER,     [TL_ROUTE_ACTIONS] = TLM_TOOL_READER,
  [TL_ROUTE_TAGS] = TLM_TOOL_READER,      [TL_ROUTE_ASK] = TLM_TOOL_RETRIEVAL,
  [TL_ROUTE_CLASSIFY] = TLM_TOOL_SMALL,   [TL_ROUTE_EXTRACT] = TLM_TOOL_SMALL,
  [TL_ROUTE_REWRITE] = TLM_TOOL_LARGE,    [TL_ROUTE_WRITE] = TLM_TOOL_LARGE,
  [TL_ROUTE_CHAT] = TLM_TOOL_SMALL,       [TL_ROUTE_BROAD] = TLM_TOOL_HAND_OVER,
};

/* Whether plain code is sure of an answer; on which day does not matter. */
static gboolean
is_certain (const tl_request *request)
{
  const TlmDay     day = { 2000, 1, 1 };
  g_autofree char *message = g_strndup (request->text, request->len);
  g_autofree char *answer = tlm_plain_answer (message, day);

  return answer != NULL;
}

static void
apply_rules (const tl_request *request, TlmRouted *routed)
{
  if (!is_certain (request))
    return;
  memset (routed->routing.p, 0, sizeof routed->routing.p);
  routed->routing.label = TL_ROUTE_PLAIN;
  routed->routing.p[TL_ROUTE_PLAIN] = 1.0f;
  routed->rule = N_("Plain code answers this exactly.");
}

gboolean
tlm_router_is_risky (const TlmRouted *routed)
{
  return routed->routing.p_high_risk >= P_RISK_SAID;
}

const tl_router *
tlm_router_get_built_in (void)
{
  static gsize opened;
  static tl_router *router;

  if (g_once_init_enter (&opened))
    {
      g_autofree char *path = tlm_paths_dup_data ("models/router.gguf");
      tl_error err = { 0 };

      router = tl_router_open (path, &err);
      if (router == NULL)
        g_warning ("%s: %s", path, err.message);
      g_once_init_leave (&opened, 1);
    }
  return router;
}

void
tlm_router_route (const tl_router *router, const tl_request *request, TlmRouted *routed)
{
  *routed = (TlmRouted) { .rule = NULL };
  tl_router_route (router, request, &routed->routing);
  apply_rules (request, routed);
  routed->tool = tools[routed->routing.label];
  if (routed->tool != TLM_TOOL_HAND_OVER && routed->routing.p[TL_ROUTE_BROAD] >= P_BROAD)
    {
      routed->tool = TLM_TOOL_HAND_OVER;
      routed->careful = TRUE;
    }
}

/* What is asked of notes that lie open is seldom asked without any, so what is attached is left out of
 * account: notes are always at hand. */
gboolean
tlm_router_is_for_notes (const tl_router *router, const tl_request *request, TlmRouted *routed)
{
  tl_request bare = { request->text, request->len, TL_ATTACH_UNKNOWN };
  TlmRouted  asked;
  float      p, risk;

  tlm_router_route (router, &bare, &asked);
  p = asked.routing.p[TL_ROUTE_ASK];
  risk = MAX (asked.routing.p_high_risk, routed->routing.p_high_risk);
  if (!(p >= P_ASK && risk < P_RISK_SAID) && !(p >= P_ASK_HARMLESS && risk < P_HARMLESS))
    return FALSE;
  *routed = asked;
  routed->careful = FALSE;
  return TRUE;
}

static char *
dup_words (const TlmRouted *routed, const tl_request *request)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  const tl_routing *r = &routed->routing;

  for (gsize i = 0; i < r->n_reasons; i++)
    {
      g_autofree char *word = g_strndup (request->text + r->reasons[i].start,
                                         r->reasons[i].end - r->reasons[i].start);

      g_ptr_array_add (words, tlm_words_quote (word));
    }
  g_ptr_array_add (words, NULL);
  return tlm_words_join ((const char *const *) words->pdata);
}

char *
tlm_router_dup_why (const TlmRouted *routed, const tl_request *request)
{
  g_autofree char *words = dup_words (routed, request);

  if (routed->careful)
    return g_strdup (_("It may need wide knowledge or good advice, so no small model answers it."));
  if (routed->rule != NULL)
    return g_strdup (_(routed->rule));
  if (routed->routing.n_reasons == 0)
    return g_strdup (_("No word of it says what is wanted, so this is a guess."));
  if (routed->routing.by_attachment)
    return g_strdup_printf (_("What is attached and the words %s speak for it."), words);
  return g_strdup_printf (_("The words %s speak for it."), words);
}
