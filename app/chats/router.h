/* SPDX-License-Identifier: Apache-2.0 */
/* The cheapest tool for a request. Rules come first, where plain code is certain; else the trained
 * head chooses, and a request that may be beyond small models is handed over rather than answered
 * badly: more readily where a wrong answer could hurt. */
#pragma once

#include <glib.h>

#include "reader/route.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_TOOL_CODE,      /* no model */
  TLM_TOOL_READER,    /* eeny points at what stands there */
  TLM_TOOL_RETRIEVAL, /* search, then eeny */
  TLM_TOOL_SMALL,     /* meeny, or a specialist made from it */
  TLM_TOOL_LARGE,     /* an imported model */
  TLM_TOOL_HAND_OVER, /* nothing here: the person takes the text elsewhere */
  TLM_N_TOOLS
} TlmTool;

#define TLM_TOOL_ANY (-1) /* where a tool may be left open */

typedef struct
{
  tl_routing  routing; /* of the head; with a rule its label and probability stand in it too */
  const char *rule;    /* translatable: why the label is certain, or NULL */
  TlmTool     tool;
  gboolean    careful; /* handed over because of what it might be, not of what is most probable */
} TlmRouted;

extern const char *const tlm_tool_names[TLM_N_TOOLS]; /* "code", "reader", … */

/* The router that the program brings, opened at the first call. Any thread.
 * Returns: (transfer none) (nullable): NULL where its file is missing or damaged */
const tl_router *tlm_router_get_built_in (void);

/* Any thread. */
void tlm_router_route (const tl_router *router, const tl_request *request, TlmRouted *routed);

/* Whether a wrong answer could hurt: health, law, money, safety. */
gboolean tlm_router_is_risky (const TlmRouted *routed);

/* Whether @request, which was routed to @routed, is to be put to the person's notes before all else: that is
 * answered by pointing, which the router's caution need not hold back, and what the notes do not say can
 * still be handed over. @routed is then why. */
gboolean tlm_router_is_for_notes (const tl_router *router, const tl_request *request,
                                  TlmRouted *routed);

/* One translated sentence. (transfer full) */
char *tlm_router_dup_why (const TlmRouted *routed, const tl_request *request);

G_END_DECLS
