/* SPDX-License-Identifier: Apache-2.0 */
/* A chat that a model holds no more: the older part of it is read as a note is, and the sentences that
 * matter stand for it in the model's context. They are spans of the messages; a summary of a summary is
 * never made. */
#include "chats-digest.h"

#include "core/errors.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Of what the model holds: half for the messages that stay as they are, an eighth for the summary of the
 * others, so that the talk goes on for about as long again before it is full once more. */
#define PART_KEPT 2
#define PART_SUMMARY 8
#define MAX_SENTENCES 12 /* that a person reads in half a minute */

/* ---- Which messages, and how much of them ---- */

/* A summary on its way. */
typedef struct
{
  TlmChat    *chat;
  TlmMessage *answer; /* that had no room */
  TlmMessage *after;  /* the last message that is summarised */
  GPtrArray  *said;   /* of TlmMessage: up to there, oldest first */
  GArray     *starts; /* of gsize: where each begins in the text that is read */
  gsize       room;   /* bytes of the summary */
  TlmDigest  *digest;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_object_unref (work->chat);
  g_object_unref (work->answer);
  g_object_unref (work->after);
  g_ptr_array_unref (work->said);
  g_array_unref (work->starts);
  tlm_digest_free (work->digest);
  g_free (work);
}

static gsize
get_length (TlmMessage *message)
{
  return tlm_message_is_said (message) ? strlen (tlm_message_get_text (message)) : 0;
}

/* Of all that the model was told, up to @question. */
static gsize
count_bytes (TlmChat    *chat,
             TlmMessage *question)
{
  gsize n = strlen (tlm_chat_get_settings (chat)->instructions);

  for (TlmMessage *message = question; message != NULL; message = tlm_message_get_parent (message))
    {
      if (message != question && tlm_message_get_digest (message) != NULL)
        {
          g_autofree char *text = tlm_digest_dup_text (tlm_message_get_digest (message));

          return n + strlen (text);
        }
      n += get_length (message);
    }
  return n;
}

/* The last message before those that stay, of which the first is the person's. One summary follows
 * another only where it stands for more. (transfer none) */
static TlmMessage *
find_end (TlmMessage *question,
          gsize       room)
{
  TlmMessage *first = question;
  gsize       n = get_length (question);

  for (TlmMessage *message = tlm_message_get_parent (question);
       message != NULL && n + get_length (message) <= room; message = tlm_message_get_parent (message))
    {
      if (tlm_message_get_digest (message) != NULL)
        return tlm_message_get_parent (question);
      n += get_length (message);
      if (tlm_message_get_role (message) == TLM_ROLE_USER && get_length (message) > 0)
        first = message;
    }
  return tlm_message_get_parent (first);
}

/* (transfer full): of TlmMessage, oldest first */
static GPtrArray *
list_said (TlmMessage *last)
{
  guint      n = tlm_message_count_said (last);
  GPtrArray *said = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_set_size (said, (int) n);
  for (TlmMessage *message = last; message != NULL; message = tlm_message_get_parent (message))
    if (tlm_message_is_said (message))
      said->pdata[--n] = g_object_ref (message);
  return said;
}

/* (transfer full) (nullable): what there is to summarise before the question of @answer */
static Work *
work_new (TlmChat    *chat,
          TlmMessage *answer,
          GError    **error)
{
  TlmMessage *question = tlm_message_get_parent (answer), *after;
  double      used = MAX (tlm_message_get_context_used (answer), 1);
  double      held = tlm_message_get_context_held (answer) * (double) count_bytes (chat, question)
                     / used;
  Work       *work;

  after = find_end (question, (gsize) held / PART_KEPT);
  if (tlm_message_count_said (after) == 0 || tlm_message_get_digest (after) != NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_EMPTY,
                           _("Nothing is left to summarize before this message. Shorten the message or "
                             "the chat’s instructions, or choose a model that holds more."));
      return NULL;
    }
  work = g_new0 (Work, 1);
  work->chat = g_object_ref (chat);
  work->answer = g_object_ref (answer);
  work->after = g_object_ref (after);
  work->said = list_said (after);
  work->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
  work->room = (gsize) held / PART_SUMMARY;
  return work;
}

/* ---- Which sentences ---- */

/* All of it as one text, in which no sentence goes on in the next message. (transfer full) */
static char *
join (Work *work)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < work->said->len; i++)
    {
      if (i > 0)
        g_string_append (text, "\n\n");
      g_array_append_val (work->starts, text->len);
      g_string_append (text, tlm_message_get_text (work->said->pdata[i]));
    }
  return g_string_free (text, FALSE);
}

/* Which message @place of the text lies in. */
static guint
find_source (Work *work,
             gsize place)
{
  guint low = 0, high = work->starts->len;

  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (work->starts, gsize, middle) <= place)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/* A sentence of one message, or none: what reaches into the next, as code that is never closed, is cut. */
static TlmSpan
clip (Work          *work,
      const TlmSpan *span)
{
  guint       source = find_source (work, span->start);
  gsize       start = g_array_index (work->starts, gsize, source);
  TlmSpan     clipped = *span;
  const char *text = tlm_message_get_text (work->said->pdata[source]);

  clipped.end = MIN (span->end, start + strlen (text));
  return clipped;
}

typedef struct
{
  TlmSpan  span;
  gboolean key;
} Candidate;

static int
compare_worth (gconstpointer a,
               gconstpointer b)
{
  const Candidate *first = a, *second = b;

  if (first->key != second->key)
    return first->key ? -1 : 1;
  if (first->span.p != second->span.p)
    return first->span.p > second->span.p ? -1 : 1;
  return first->span.start < second->span.start ? -1 : first->span.start > second->span.start;
}

static int
compare_place (gconstpointer a,
               gconstpointer b)
{
  const TlmSpan *first = a, *second = b;

  return first->start < second->start ? -1 : first->start > second->start;
}

/* (transfer full): of Candidate, the best first */
static GArray *
list_candidates (Work       *work,
                 TlmSummary *summary)
{
  GArray        *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  gsize          n;
  const TlmSpan *units = tlm_summary_get_units (summary, &n);

  for (gsize i = 0; i < n; i++)
    {
      TlmUnitUse use = tlm_summary_get_unit_use (summary, i);
      Candidate  candidate = { clip (work, &units[i]), use == TLM_UNIT_USED };

      if (use >= TLM_UNIT_READ && candidate.span.end > candidate.span.start)
        g_array_append_val (candidates, candidate);
    }
  g_array_sort (candidates, compare_worth);
  return candidates;
}

/* Where at most @room bytes of @span end, between two characters. */
static gsize
cut (const char    *text,
     const TlmSpan *span,
     gsize          room)
{
  const char *end = text + MIN (span->end, span->start + room);

  while (end > text + span->start && ((guchar) *end & 0xc0) == 0x80)
    end--;
  return (gsize) (end - text);
}

/* The best that together fit, in their order; of the very best one as much as fits. (transfer full) */
static GArray *
choose (Work       *work,
        TlmSummary *summary)
{
  g_autoptr (GArray)     candidates = list_candidates (work, summary);
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GArray                *chosen = g_array_new (FALSE, FALSE, sizeof (TlmSpan));
  gsize                  room = work->room;

  for (guint i = 0; i < candidates->len && chosen->len < MAX_SENTENCES; i++)
    {
      TlmSpan span = g_array_index (candidates, Candidate, i).span;

      if (span.end - span.start > room && i == 0)
        span.end = cut (tlm_summary_get_text (summary), &span, room);
      if (span.end == span.start || span.end - span.start > room
          || !g_hash_table_add (texts, tlm_summary_dup_slice (summary, &span)))
        continue;
      room -= span.end - span.start;
      g_array_append_val (chosen, span);
    }
  g_array_sort (chosen, compare_place);
  return chosen;
}

static TlmDigest *
make_digest (Work       *work,
             TlmSummary *summary)
{
  g_autoptr (GArray) chosen = choose (work, summary);
  TlmDigest         *digest = tlm_digest_new ();

  digest->n_messages = work->said->len;
  for (guint i = 0; i < chosen->len; i++)
    {
      const TlmSpan *span = &g_array_index (chosen, TlmSpan, i);
      guint          source = find_source (work, span->start);

      tlm_digest_add (digest, work->said->pdata[source],
                      span->start - g_array_index (work->starts, gsize, source),
                      span->end - span->start);
    }
  return digest;
}

/* ---- The whole way ---- */

/* @outer: (transfer full): its data is the Work */
static void
end (GTask  *outer,
     GError *error)
{
  Work *work = g_task_get_task_data (outer);

  tlm_chat_set_busy (work->chat, FALSE);
  tlm_chats_catch_up (g_task_get_source_object (outer));
  g_task_return_error (outer, error);
  g_object_unref (outer);
}

static void
answered (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) outer = data;
  GError           *error = NULL;
  gboolean          good = tlm_chats_send_finish (TLM_CHATS (source), result, &error);

  tlm_task_return_success (outer, good, error);
}

static void
saved (GObject      *source,
       GAsyncResult *result,
       gpointer      data)
{
  GTask  *outer = data;
  Work   *work = g_task_get_task_data (outer);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      end (outer, error);
      return;
    }
  tlm_message_set_digest (work->after, g_steal_pointer (&work->digest));
  tlm_chats_regenerate_async (TLM_CHATS (source), work->chat, work->answer,
                              g_task_get_cancellable (outer), answered, outer);
  tlm_chat_set_busy (work->chat, FALSE);
}

static void
summarized (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  GTask                 *outer = data;
  TlmChats              *self = g_task_get_source_object (outer);
  Work                  *work = g_task_get_task_data (outer);
  GError                *error = NULL;
  g_autoptr (TlmSummary) summary
    = tlm_engine_service_summarize_finish (TLM_ENGINE_SERVICE (source), result, &error);

  if (summary != NULL)
    work->digest = make_digest (work, summary);
  if (summary != NULL && work->digest->points->len == 0)
    g_set_error_literal (&error, TLM_ERROR, TLM_ERROR_EMPTY,
                         _("The earlier messages hold no sentence that could stand for them. Leave out the "
                           "oldest messages instead."));
  if (error != NULL)
    end (outer, error);
  else
    tlm_chats_post_digest (self, work->chat, work->after, work->digest, saved, outer);
}

void
tlm_chats_summarize_older_async (TlmChats           *self,
                                 TlmChat            *chat,
                                 TlmMessage         *answer,
                                 GCancellable       *c,
                                 GAsyncReadyCallback cb,
                                 gpointer            data)
{
  GTask           *outer = g_task_new (self, c, cb, data);
  GError          *error = NULL;
  Work            *work = work_new (chat, answer, &error);
  g_autofree char *text = NULL;

  g_task_set_check_cancellable (outer, FALSE);
  if (work == NULL)
    {
      g_task_return_error (outer, error);
      g_object_unref (outer);
      return;
    }
  g_task_set_task_data (outer, work, work_free);
  tlm_chat_set_busy (chat, TRUE);
  text = join (work);
  tlm_engine_service_summarize_async (self->engine, text, -1, c, summarized, outer);
}
