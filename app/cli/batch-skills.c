/* SPDX-License-Identifier: Apache-2.0 */
/* A record is read, a skill answers it, and what is wrong with it becomes its answer. The members of an
 * answer are those that the skill's own command prints. */
#include "cli/batch-skills.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

#include "cli/batch-record.h"
#include "cli/open-store.h"
#include "cli/summary-output.h"
#include "models/engine-service-private.h"
#include "core/errors.h"
#include "core/json.h"
#include "core/paths.h"
#include "privacy/private-details.h"
#include "skills/dates-calendar.h"
#include "skills/skill.h"
#include "notes/summary-json.h"
#include "core/text-input.h"

typedef enum { NEEDS_NOTHING, NEEDS_READER, NEEDS_ROUTER, NEEDS_LABELS, NEEDS_WRITER } Needs;

typedef struct
{
  const char *name;
  Needs       needs;
  gboolean  (*answer) (TlmBatchHand *hand, const char *text, GString *out, GError **error);
} Skill;

struct TlmBatch
{
  TlmBatchOptions options;
  const Skill    *skill;
  char           *model_path;
  tl_model       *model;    /* of the skills that need labels or a writer, as the next two */
  GPtrArray      *adapters;
  TlmForm        *form;     /* (nullable) */
  tl_router      *router;
};

struct TlmBatchHand
{
  const TlmBatch *batch;
  TlmReading      reading;
  tl_session     *session;
  JsonParser     *parser;
  JsonObject     *record; /* borrowed from the parser; NULL between records */
  locale_t        english, before;
};

/* ---- the members of a record ---- */

/* "2026-05-03" */
static gboolean
read_day (JsonObject *record, TlmDay *day, GError **error)
{
  const char *text = tlm_json_get_string (record, "day");

  if (!json_object_has_member (record, "day"))
    return TRUE;
  return (text != NULL && tlm_day_parse_iso (text, day))
         || tlm_batch_refuse (error, _("“day” is a day as in \"2026-05-03\"."));
}

/* ---- skills ---- */

static TlmSummary *
summarize (TlmBatchHand *hand, const char *text, GError **error)
{
  const tl_read_options options = { 0 };
  TlmDay                day = hand->batch->options.day;
  g_autoptr (GBytes)    note = g_bytes_new_static (text, strlen (text));

  return read_day (hand->record, &day, error)
           ? tlm_reading_summarize (&hand->reading, note, day, TLM_WRITTEN_UNKNOWN, &options, error)
           : NULL;
}

static gboolean
answer_summarize (TlmBatchHand *hand, const char *text, GString *out, GError **error)
{
  g_autoptr (TlmSummary) summary = summarize (hand, text, error);

  if (summary != NULL)
    tlm_summary_append_result (out, summary);
  return summary != NULL;
}

static gboolean
answer_found (TlmBatchHand *hand, const char *text, GString *out, GError **error)
{
  g_autoptr (TlmSummary) summary = summarize (hand, text, error);

  if (summary != NULL)
    tlm_summary_append_found (out, summary, hand->batch->skill->name);
  return summary != NULL;
}

static gboolean
answer_ask (TlmBatchHand *hand, const char *text, GString *out, GError **error)
{
  const char    *question = tlm_batch_read_string (hand->record, "question", error);
  TlmFrontMatter front;
  TlmSkillNote   note = { .front = &front };
  TlmSpan        answer;

  if (question == NULL || !tlm_text_check_content (text, strlen (text), error))
    return FALSE;
  tlm_front_matter_read (text, strlen (text), &front);
  note.offset = front.end;
  note.text = text + front.end;
  note.len = strlen (note.text);
  if (!tlm_skill_ask.answer (hand->reading.reader, &note, question, &answer, error))
    return FALSE;
  tlm_json_append_key (out, "answer");
  if (answer.start == answer.end)
    g_string_append (out, "null");
  else
    {
      g_string_append (out, "{\"text\": ");
      tlm_json_append_string (out, text + answer.start, answer.end - answer.start);
      g_string_append_printf (out, ", \"start\": %zu, \"end\": %zu}", answer.start, answer.end);
    }
  tlm_json_append_key (out, "p");
  tlm_json_append_number (out, (double) answer.p, 4);
  return TRUE;
}

static gboolean
answer_route (TlmBatchHand *hand, const char *text, GString *out, GError **error)
{
  gboolean   given = json_object_has_member (hand->record, "attach");
  int        kind = tl_route_find_attach (
    given ? tlm_json_get_string (hand->record, "attach") : "unknown");
  tl_request request = { text, strlen (text), (tl_attach) kind };
  TlmRouted  routed;

  if (kind < 0)
    return tlm_batch_refuse (error, _("“attach” is none, note, selection, file or chat."));
  tlm_router_route (hand->batch->router, &request, &routed);
  tlm_cli_append_routed (out, &routed, &request);
  return TRUE;
}

static gboolean
answer_handoff (TlmBatchHand *hand, const char *text, GString *out, GError **error)
{
  g_autoptr (GArray) details = tlm_private_find (text, strlen (text));
  g_autofree char   *replaced = tlm_private_replace (text, details);

  tlm_cli_append_handoff (out, text, details, replaced);
  return TRUE;
}

static gboolean
answer_classify (TlmBatchHand *hand, const char *text, GString *out, GError **error)
{
  const TlmForm     *form = hand->batch->form;
  g_autofree double *p = g_new (double, form->labels->len);
  gboolean           cut;
  tl_error           err = { 0 };

  if (!tlm_form_classify (form, hand->session, hand->batch->model, text, NULL, form->temperature,
                          NULL, NULL, p, &cut, &err))
    return tlm_error_from_engine (error, &err);
  tlm_cli_append_labels (out, form->labels, p, form->threshold, cut);
  return TRUE;
}

static void
keep_bytes (const char *bytes, gsize n, gpointer text)
{
  g_string_append_len (text, bytes, (gssize) n);
}

static gboolean
write_text (TlmBatchHand *hand, TlmGenerateRequest *request, GString *out, GError **error)
{
  g_autoptr (GString) written = g_string_new (NULL);
  g_autofree char    *valid = NULL;

  if (!tlm_generation_run (hand->batch->model, hand->session, request, keep_bytes, written, NULL,
                           NULL, NULL, error))
    return FALSE;
  valid = g_utf8_make_valid (written->str, (gssize) written->len);
  tlm_json_append_key (out, "text");
  tlm_json_append_string (out, valid, strlen (valid));
  return TRUE;
}

static gboolean
read_seed (JsonObject *record, guint64 *seed, GError **error)
{
  JsonNode *node = json_object_get_member (record, "seed");

  if (node == NULL)
    return TRUE;
  if (json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 0)
    return tlm_batch_refuse (error, _("“seed” is a whole number from 0 on."));
  *seed = (guint64) json_node_get_int (node);
  return TRUE;
}

/* In the form that a specialist learned, in the model's chat format, or as it stands. */
static gboolean
answer_generate (TlmBatchHand *hand, const char *text, GString *out, GError **error)
{
  const TlmBatch    *batch = hand->batch;
  TlmTurn            message = { TLM_TURN_USER, (char *) text };
  TlmGenerateRequest request = batch->options.generate;
  g_autofree TlmTurn *turns = NULL;
  gboolean           good;

  request.prompt = text;
  if (!read_seed (hand->record, &request.seed, error))
    return FALSE;
  if (batch->options.chat)
    {
      request.turns = &message;
      request.n_turns = 1;
    }
  else if (batch->form != NULL && batch->form->chat)
    request.turns = turns = tlm_form_make_turns (batch->form, &request, &request.n_turns);
  else if (batch->form != NULL)
    tlm_form_fill_request (batch->form, tl_model_get_tokenizer (batch->model), &request);
  good = write_text (hand, &request, out, error);
  g_clear_pointer (&request.filter, tlm_word_filter_free);
  return good;
}

static const Skill skills[] = {
  { "summarize", NEEDS_READER, answer_summarize },
  { "title", NEEDS_READER, answer_found },
  { "keypoints", NEEDS_READER, answer_found },
  { "actions", NEEDS_READER, answer_found },
  { "tags", NEEDS_READER, answer_found },
  { "gist", NEEDS_READER, answer_found },
  { "ask", NEEDS_READER, answer_ask },
  { "route", NEEDS_ROUTER, answer_route },
  { "handoff", NEEDS_NOTHING, answer_handoff },
  { "classify", NEEDS_LABELS, answer_classify },
  { "generate", NEEDS_WRITER, answer_generate },
};

char *
tlm_batch_dup_skills (void)
{
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (skills); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", skills[i].name);
  return g_string_free (names, FALSE);
}

/* ---- what the threads share ---- */

static const Skill *
find_skill (const char *name, GError **error)
{
  g_autofree char *names = tlm_batch_dup_skills ();

  for (gsize i = 0; i < G_N_ELEMENTS (skills); i++)
    if (g_str_equal (skills[i].name, name))
      return &skills[i];
  g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
               _("There is no skill “%s”. The skills are %s."), name, names);
  return NULL;
}

static char *
dup_model_path (const TlmBatch *self,
                GError        **error)
{
  if (self->options.model != NULL)
    return tlm_cli_find_model (self->options.model, error);
  return tlm_paths_dup_data (self->skill->needs == NEEDS_READER   ? "models/eeny.gguf"
                             : self->skill->needs == NEEDS_ROUTER ? "models/router.gguf"
                                                                  : "models/meeny.gguf");
}

static gboolean
open_language_model (TlmBatch *self, GError **error)
{
  tl_error err = { 0 };

  if (!tlm_adapters_parse (self->adapters, self->options.adapters, error))
    return FALSE;
  self->model = tl_model_open (self->model_path, &err);
  if (self->model == NULL)
    return tlm_error_from_model (error, self->model_path, &err);
  if (self->skill->needs == NEEDS_WRITER)
    self->form = tlm_adapters_read_form (self->adapters, tl_model_get_gguf (self->model));
  else
    self->form = tlm_cli_read_labels (self->adapters, self->model, error);
  return self->form != NULL || self->skill->needs == NEEDS_WRITER;
}

static gboolean
open_models (TlmBatch *self, GError **error)
{
  tl_error err = { 0 };

  switch (self->skill->needs)
    {
    case NEEDS_NOTHING:
    case NEEDS_READER: /* each thread's own: it is small, and keeps what it read */
      return TRUE;
    case NEEDS_ROUTER:
      self->router = tl_router_open (self->model_path, &err);
      return self->router != NULL || tlm_error_from_model (error, self->model_path, &err);
    case NEEDS_LABELS:
    case NEEDS_WRITER:
      return open_language_model (self, error);
    }
  return FALSE;
}

TlmBatch *
tlm_batch_new (const TlmBatchOptions *options, GError **error)
{
  TlmBatch    *self;
  const Skill *skill = find_skill (options->skill, error);

  if (skill == NULL)
    return NULL;
  self = g_new0 (TlmBatch, 1);
  self->options = *options;
  self->skill = skill;
  self->model_path = dup_model_path (self, error);
  self->adapters = tlm_adapters_new ();
  if (self->model_path != NULL && open_models (self, error))
    return self;
  tlm_batch_free (self);
  return NULL;
}

void
tlm_batch_free (TlmBatch *self)
{
  g_free (self->model_path);
  g_ptr_array_unref (self->adapters);
  g_clear_pointer (&self->form, tlm_form_free);
  tl_model_close (self->model);
  tl_router_free (self->router);
  g_free (self);
}

/* ---- one thread's ---- */

static gboolean
open_session (TlmBatchHand *hand, GError **error)
{
  const tl_model *model = hand->batch->model;
  tl_error        err = { 0 };

  hand->session = tl_session_new (model, MIN (TLM_DEFAULT_CONTEXT, tl_model_get_info (model)->n_ctx_train),
                                  NULL, &err);
  return hand->session != NULL
           ? tlm_adapters_use (hand->batch->adapters, model, hand->session, error)
           : tlm_error_from_engine (error, &err);
}

TlmBatchHand *
tlm_batch_hand_new (const TlmBatch *batch, GError **error)
{
  TlmBatchHand *hand = g_new0 (TlmBatchHand, 1);
  double        load_ms;
  gboolean      good = TRUE;

  hand->batch = batch;
  hand->parser = json_parser_new ();
  hand->english = newlocale (LC_MESSAGES_MASK, "C", duplocale (LC_GLOBAL_LOCALE));
  hand->reading.path = g_strdup (batch->model_path);
  if (batch->skill->needs == NEEDS_READER)
    good = tlm_reading_load (&hand->reading, &load_ms, error);
  else if (batch->model != NULL)
    good = open_session (hand, error);
  if (good)
    return hand;
  tlm_batch_hand_free (hand);
  return NULL;
}

void
tlm_batch_hand_free (TlmBatchHand *hand)
{
  tlm_reading_clear (&hand->reading);
  tl_session_free (hand->session);
  g_object_unref (hand->parser);
  freelocale (hand->english);
  g_free (hand);
}

static gboolean
parse_line (TlmBatchHand *hand, const char *line, gsize len, GError **error)
{
  JsonNode *root;

  if (line == NULL)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_TOO_LARGE,
                   ngettext ("This line is longer than %u megabyte.",
                             "This line is longer than %u megabytes.", TLM_TEXT_MAX_BYTES >> 20),
                   TLM_TEXT_MAX_BYTES >> 20);
      return FALSE;
    }
  if (!g_utf8_validate (line, (gssize) len, NULL))
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_ENCODING, _("This line is not in UTF-8."));
      return FALSE;
    }
  root = tlm_json_parse (hand->parser, line);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return tlm_batch_refuse (error, _("This line is no JSON object."));
  hand->record = json_node_get_object (root);
  return !tlm_batch_has_nul (line)
         || tlm_batch_refuse (error, _("This record has a NUL in a string."));
}

GString *
tlm_batch_hand_begin (TlmBatchHand *hand, const char *line, gsize len, GError **error)
{
  GString *out = g_string_new ("{");
  gboolean good;

  hand->before = uselocale (hand->english);
  hand->record = NULL;
  good = parse_line (hand, line, len, error);
  tlm_batch_append_id (out, line, hand->record, good ? error : NULL);
  tlm_json_append_key (out, "skill");
  g_string_append_printf (out, "\"%s\"", hand->batch->skill->name);
  uselocale (hand->before);
  return out;
}

gboolean
tlm_batch_hand_answer (TlmBatchHand *hand, GString *out, const GError *begun)
{
  g_autoptr (GError) error = begun != NULL ? g_error_copy (begun) : NULL;
  gsize              begin = out->len;
  const char        *text;
  gboolean           good = FALSE;

  uselocale (hand->english);
  text = error == NULL ? tlm_batch_read_string (hand->record, "text", &error) : NULL;
  good = text != NULL && hand->batch->skill->answer (hand, text, out, &error);
  if (!good)
    {
      g_string_truncate (out, begin);
      tlm_batch_append_error (out, error);
    }
  g_string_append (out, "}\n");
  uselocale (hand->before);
  return good;
}
