/* SPDX-License-Identifier: Apache-2.0 */
/* Which tool a message is meant for, before any answers: what the person chose for it, what they chose
 * for one very like it, or what the router says; but a question that it would hand over goes to the notes
 * when they speak of what it asks about. On the store's thread, where the first call opens
 * the router's file too. */
#include "chat-private.h"

#include "notes/ask-notes.h"
#include "attachments.h"
#include "notes/question.h"
#include "tool-choices.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
tlm_message_find_route (TlmMessage *question,
                        TlmRoute   *route)
{
  g_autofree char *text = tlm_attachments_dup_body (tlm_message_get_text (question));
  TlmIntent        skill = tlm_intent_find (tlm_message_get_tool (question));

  if (skill == TLM_INTENT_HELP)
    tlm_route_message (text, route);
  else
    tlm_route_to_skill (text, skill, route);
}

void
tlm_verdict_clear (TlmRouteVerdict *verdict)
{
  g_clear_pointer (&verdict->why, g_free);
  g_clear_pointer (&verdict->passages, g_ptr_array_unref);
}

/* A choice of the person counts more than the router's caution: they have read it. */
static void
take_choice (TlmRouteVerdict *verdict,
             TlmTool     tool,
             char       *why)
{
  verdict->wanted = (int) tool;
  verdict->why = why;
  verdict->chosen = TRUE;
  verdict->too_broad = FALSE;
}

/* The chat may have some that are absent, of which it is still to be told. */
static void
take_specialist (TlmChatSpecialists *specialists,
                 TlmToolChoice      *like)
{
  specialists->base = g_steal_pointer (&like->specialist.base);
  specialists->chosen = g_steal_pointer (&like->specialist.chosen);
}

static void
ask_router (const char      *text,
            tl_attach        attach,
            TlmRouteVerdict *verdict)
{
  const tl_router *router = tlm_router_get_built_in ();
  tl_request       request = { text, strlen (text), attach };
  TlmRouted        routed = { .tool = TLM_TOOL_LARGE };

  if (router == NULL || *text == '\0')
    return;
  tlm_router_route (router, &request, &routed);
  verdict->too_broad = routed.tool == TLM_TOOL_HAND_OVER;
  verdict->risky = tlm_router_is_risky (&routed);
  verdict->said = routed.tool;
  verdict->why = tlm_router_dup_why (&routed, &request);
  if (attach != TL_ATTACH_NONE || !tlm_router_is_for_notes (router, &request, &routed))
    return;
  verdict->wanted = TLM_TOOL_RETRIEVAL;
  g_free (verdict->why);
  verdict->why = tlm_router_dup_why (&routed, &request);
}

/* What could hurt is handed over all the same. What the notes then do not say is, too. */
static gboolean
look_into_notes (TlmRouteVerdict *verdict,
                 TlmDb           *db,
                 gint64           id,
                 const char      *text,
                 GError         **error)
{
  g_autoptr (GPtrArray) passages = NULL;
  gboolean              about = FALSE;

  if (!verdict->too_broad || verdict->risky || verdict->wanted != TLM_TOOL_ANY
      || !tlm_question_is_asked (text))
    return TRUE;
  passages = tlm_passages_find (db, text, id, TLM_ASK_MAX_PASSAGES, error);
  if (passages == NULL)
    return FALSE;
  for (guint i = 0; i < passages->len && !about; i++)
    about = tlm_passage_is_about (passages->pdata[i]);
  if (!about)
    return TRUE;
  verdict->wanted = TLM_TOOL_RETRIEVAL;
  verdict->passages = g_steal_pointer (&passages);
  g_free (verdict->why);
  verdict->why = g_strdup (_("Your notes speak of what it asks about."));
  return TRUE;
}

static tl_attach
find_attach (const char *text)
{
  g_autoptr (GArray) attachments = tlm_attachments_read (text, NULL);

  if (attachments->len == 0)
    return TL_ATTACH_NONE;
  return g_array_index (attachments, TlmAttachment, 0).note ? TL_ATTACH_NOTE : TL_ATTACH_FILE;
}

gboolean
tlm_verdict_reach (TlmRouteVerdict    *verdict,
                   TlmDb              *db,
                   gint64              id,
                   const char         *text,
                   int                 chosen,
                   TlmChatSpecialists *specialists,
                   GError            **error)
{
  g_autoptr (TlmToolChoice) like = NULL;
  g_autoptr (GError)        failure = NULL;
  g_autofree char          *wish = tlm_attachments_dup_body (text);
  tl_attach                 attach = find_attach (text);

  *verdict = (TlmRouteVerdict) { .wanted = TLM_TOOL_ANY, .said = TLM_TOOL_ANY };
  ask_router (wish, attach, verdict);
  if (chosen == TLM_TOOL_ANY && specialists->base == NULL)
    like = tlm_tool_choice_find (db, wish, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (chosen == TLM_TOOL_ANY && like == NULL)
    return attach != TL_ATTACH_NONE || look_into_notes (verdict, db, id, wish, error);
  g_clear_pointer (&verdict->why, g_free);
  if (like == NULL)
    take_choice (verdict, (TlmTool) chosen, g_strdup (_("You chose it.")));
  else
    {
      /* Translators: why a tool answers; %s is a message of the person. */
      take_choice (verdict, like->tool, g_strdup_printf (_("You chose it for “%s”."), like->text));
      take_specialist (specialists, like);
    }
  return TRUE;
}
