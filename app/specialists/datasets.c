/* SPDX-License-Identifier: Apache-2.0 */
/* Reads training and evaluation data. The JSON is trusted no further than any file: a missing or
 * mistyped field is an error that names the line. Gold units are found in the text by searching
 * each one from the end of the one before, as the data sets define it. */
#include "datasets.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "core/errors.h"
#include "core/json.h"

#define NICE_TARGET 0.4f /* an acceptable unit teaches as four tenths of a key unit */

TlmDataset *
tlm_dataset_new (void)
{
  TlmDataset *d = g_new0 (TlmDataset, 1);

  d->examples_array = g_array_new (FALSE, TRUE, sizeof (tl_reader_example));
  d->infos_array = g_array_new (FALSE, TRUE, sizeof (TlmExampleInfo));
  d->owned = g_ptr_array_new_with_free_func (g_free);
  return d;
}

void
tlm_dataset_free (TlmDataset *d)
{
  if (d == NULL)
    return;
  g_array_unref (d->examples_array);
  g_array_unref (d->infos_array);
  g_ptr_array_unref (d->owned);
  g_free (d);
}

static gpointer
own (TlmDataset *d, gpointer memory)
{
  g_ptr_array_add (d->owned, memory);
  return memory;
}

/* ---- JSON with defaults ---- */

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const char *
node_string (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
           && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static guint
length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

/* Element @i as an index below @n; @n when it is none. */
static gsize
get_index (JsonArray *array, guint i, gsize n)
{
  JsonNode *node = json_array_get_element (array, i);
  gint64 value = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : -1;

  return value >= 0 && (gsize) value < n ? (gsize) value : n;
}

/* ---- notes ---- */

static gboolean
place_units (TlmDataset *d, JsonArray *units, tl_reader_example *e, GError **error)
{
  tl_gold_unit *gold = own (d, g_new0 (tl_gold_unit, length (units) + 1));
  const char *from = e->text;

  for (guint i = 0; i < length (units); i++)
    {
      const char *unit = node_string (json_array_get_element (units, i));
      const char *at = unit != NULL ? strstr (from, unit) : NULL;

      if (at == NULL)
        {
          g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, "unit %u does not stand in the text", i);
          return FALSE;
        }
      gold[i].start = (size_t) (at - e->text);
      gold[i].end = gold[i].start + strlen (unit);
      from = at + strlen (unit);
    }
  e->units = gold;
  e->n_units = length (units);
  return TRUE;
}

static void
mark_keys (JsonObject *object, tl_gold_unit *gold, gsize n)
{
  JsonArray *keys = get_array (object, "keypoints"), *nice = get_array (object, "nice");

  for (guint i = 0; i < length (nice); i++)
    gold[get_index (nice, i, n)].key = NICE_TARGET;
  for (guint i = 0; i < length (keys); i++)
    {
      gsize unit = get_index (keys, i, n);

      gold[unit].key = 1.0f;
      gold[unit].rank = (guint8) MIN (i + 1, 255);
    }
}

/* Where @words stand in the unit, first as they are, then without regard to ASCII case. */
static tl_span
find_in_unit (const char *text, const tl_gold_unit *unit, const char *words)
{
  gsize n = words != NULL ? strlen (words) : 0;

  for (int fold = 0; n > 0 && fold < 2; fold++)
    for (gsize at = unit->start; at + n <= unit->end; at++)
      if (fold ? g_ascii_strncasecmp (text + at, words, n) == 0 : memcmp (text + at, words, n) == 0)
        return (tl_span) { .start = at, .end = at + n, .p = 1.0f };
  return (tl_span) { 0 };
}

static void
mark_actions (JsonObject *object, const char *text, tl_gold_unit *gold, gsize n)
{
  JsonArray *actions = get_array (object, "actions");

  for (guint i = 0; i < length (actions); i++)
    {
      JsonNode *node = json_array_get_element (actions, i);
      JsonObject *action = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      gint64 unit
          = action != NULL ? json_object_get_int_member_with_default (action, "unit", -1) : -1;

      if (unit < 0 || (gsize) unit >= n)
        continue;
      gold[unit].action = TRUE;
      gold[unit].owner = find_in_unit (text, &gold[unit], tlm_json_get_string (action, "owner"));
      gold[unit].due = find_in_unit (text, &gold[unit], tlm_json_get_string (action, "due"));
    }
}

static const char *const *
take_strings (TlmDataset *d, const char *first, JsonArray *array, size_t *n)
{
  const char **list = own (d, g_new0 (const char *, length (array) + 2));

  *n = 0;
  if (first != NULL)
    list[(*n)++] = own (d, g_strdup (first));
  for (guint i = 0; i < length (array); i++)
    {
      const char *s = node_string (json_array_get_element (array, i));

      if (s != NULL)
        list[(*n)++] = own (d, g_strdup (s));
    }
  return list;
}

static void
take_questions (TlmDataset *d, JsonArray *array, tl_reader_example *e)
{
  tl_question *questions = own (d, g_new0 (tl_question, length (array) + 1));

  for (guint i = 0; i < length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *text = object != NULL ? tlm_json_get_string (object, "q") : NULL;
      const char *answer = text != NULL ? tlm_json_get_string (object, "answer") : NULL;
      gint64 unit
        = answer != NULL ? json_object_get_int_member_with_default (object, "unit", -1) : -1;

      if (text == NULL || unit >= (gint64) e->n_units)
        continue;
      questions[e->n_questions++] = (tl_question) {
        .text = own (d, g_strdup (text)),
        .answer = unit >= 0 ? own (d, g_strdup (answer)) : NULL,
        .unit = MAX (unit, -1),
      };
    }
  e->questions = questions;
}

static gboolean
add_note (TlmDataset *d, JsonObject *object, tl_reader_example *e, GError **error)
{
  const char *text = tlm_json_get_string (object, "text");
  JsonArray *units = get_array (object, "units");

  if (text == NULL)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, "there is no \"text\"");
      return FALSE;
    }
  e->text = own (d, g_strdup (text));
  e->len = strlen (text);
  if (!place_units (d, units, e, error))
    return FALSE;
  mark_keys (object, (tl_gold_unit *) e->units, e->n_units);
  mark_actions (object, e->text, (tl_gold_unit *) e->units, e->n_units);
  e->titles = take_strings (d, tlm_json_get_string (object, "title"), get_array (object, "also_titles"),
                            &e->n_titles);
  e->tags = take_strings (d, NULL, get_array (object, "tags"), &e->n_tags);
  take_questions (d, get_array (object, "questions"), e);
  e->has_actions = get_array (object, "actions") != NULL;
  e->has_titles = e->n_titles > 0;
  e->has_tags = e->n_tags > 0;
  e->weight = 1.0f;
  return TRUE;
}

/* ---- documents ---- */

/* F1 of the words of two strings, case-folded: is a heading the title again? */
static float
word_f1 (const char *a, const char *b)
{
  g_auto (GStrv) x = g_str_tokenize_and_fold (a, NULL, NULL);
  g_auto (GStrv) y = g_str_tokenize_and_fold (b, NULL, NULL);
  guint shared = 0, total = g_strv_length (x) + g_strv_length (y);

  for (guint i = 0; x[i] != NULL; i++)
    shared += g_strv_contains ((const char *const *) y, x[i]);
  return total > 0 ? 2.0f * (float) shared / (float) total : 0.0f;
}

/* Writes the document as a note: headings with "## ", each sentence on a line. */
static tl_gold_unit *
compose_document (TlmDataset *d, JsonObject *object, GString *text, size_t *n)
{
  JsonArray *units = get_array (object, "units");
  tl_gold_unit *gold = own (d, g_new0 (tl_gold_unit, length (units) + 1));
  const char *title = tlm_json_get_string (object, "title");

  *n = 0;
  for (guint i = 0; i < length (units); i++)
    {
      JsonNode *node = json_array_get_element (units, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      const char *kind = length (pair) == 2 ? node_string (json_array_get_element (pair, 0)) : NULL;
      const char *words
          = length (pair) == 2 ? node_string (json_array_get_element (pair, 1)) : NULL;

      if (kind == NULL || words == NULL)
        continue;
      if (*kind == 'h')
        {
          if (title == NULL || word_f1 (words, title) < 0.6f)
            g_string_append_printf (text, "\n## %s\n\n", words);
          continue;
        }
      gold[*n].start = text->len;
      g_string_append (text, words);
      g_strdelimit (text->str + gold[*n].start, "\r\n", ' ');
      gold[(*n)++].end = text->len;
      g_string_append_c (text, '\n');
    }
  return gold;
}

static gboolean
add_document (TlmDataset *d, JsonObject *object, float weight, tl_reader_example *e)
{
  const char *lab = tlm_json_get_string (object, "lab");
  JsonArray *keys = get_array (object, "key");
  GString *text;
  tl_gold_unit *gold;

  if (g_strcmp0 (lab, "copied") == 0 || length (keys) == 0)
    return FALSE;
  text = g_string_new (NULL);
  gold = compose_document (d, object, text, &e->n_units);
  for (guint i = 0; i < length (keys); i++)
    {
      gsize unit = get_index (keys, i, e->n_units);

      gold[unit].key = 1.0f;
      gold[unit].rank = (guint8) MIN (i + 1, 255);
    }
  e->units = gold;
  e->len = text->len;
  e->text = own (d, g_string_free (text, FALSE));
  e->weight = g_strcmp0 (lab, "human") == 0 ? weight : weight / 2;
  return e->n_units > 3;
}

/* ---- files ---- */

static gboolean
add_line (TlmDataset *d, JsonParser *parser, const char *line, float document_weight, GError **error)
{
  tl_reader_example e = { 0 };
  TlmExampleInfo info;
  JsonArray *units;
  JsonNode *root = tlm_json_parse (parser, line);
  JsonObject *object;
  const char *domain;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, "not a JSON object");
      return FALSE;
    }
  object = json_node_get_object (root);
  units = get_array (object, "units");
  if (length (units) > 0 && JSON_NODE_HOLDS_ARRAY (json_array_get_element (units, 0)))
    {
      if (!add_document (d, object, document_weight, &e))
        return TRUE;
    }
  else if (!add_note (d, object, &e, error))
    return FALSE;
  domain = tlm_json_get_string (object, "genre");
  if (domain == NULL)
    domain = tlm_json_get_string (object, "src");
  info.id = own (d, g_strdup (tlm_json_get_string (object, "id")));
  info.domain = own (d, g_strdup (domain));
  info.lang = own (d, g_strdup (tlm_json_get_string (object, "lang")));
  g_array_append_val (d->examples_array, e);
  g_array_append_val (d->infos_array, info);
  return TRUE;
}

GString *
tlm_dataset_read_text (const char *path, GError **error)
{
  struct archive *a = archive_read_new ();
  struct archive_entry *entry;
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[65536];
  la_ssize_t n = -1;

  archive_read_support_filter_all (a);
  archive_read_support_format_raw (a);
  if (archive_read_open_filename (a, path, sizeof buffer) == ARCHIVE_OK
      && archive_read_next_header (a, &entry) == ARCHIVE_OK)
    while ((n = archive_read_data (a, buffer, sizeof buffer)) > 0)
      g_string_append_len (text, buffer, n);
  if (n < 0)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, "%s: %s", path,
                 archive_error_string (a) != NULL ? archive_error_string (a) : "cannot be read");
  archive_read_free (a);
  return n < 0 ? NULL : g_steal_pointer (&text);
}

static void
publish (TlmDataset *d, gsize n)
{
  g_array_set_size (d->examples_array, (guint) n);
  g_array_set_size (d->infos_array, (guint) n);
  d->examples = (tl_reader_example *) (gpointer) d->examples_array->data;
  d->infos = (TlmExampleInfo *) (gpointer) d->infos_array->data;
  d->n = n;
}

gboolean
tlm_dataset_add_file (TlmDataset *d, const char *path, float document_weight, GError **error)
{
  g_autoptr (GString) text = tlm_dataset_read_text (path, error);
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize at = 0;

  if (text == NULL)
    return FALSE;
  for (guint number = 1; at < text->len; number++)
    {
      char *line = text->str + at, *end = memchr (line, '\n', text->len - at);
      gsize len = end != NULL ? (gsize) (end - line) : text->len - at;

      line[len] = '\0';
      if (len > 0 && !add_line (d, parser, line, document_weight, error))
        {
          g_prefix_error (error, "%s, line %u: ", path, number);
          publish (d, d->n);
          return FALSE;
        }
      at += len + 1;
    }
  publish (d, d->examples_array->len);
  return TRUE;
}

void
tlm_dataset_add (TlmDataset *d, const tl_reader_example *example, const TlmExampleInfo *info,
                 char *text, tl_gold_unit *units)
{
  own (d, text);
  own (d, units);
  g_array_append_vals (d->examples_array, example, 1);
  g_array_append_vals (d->infos_array, info, 1);
  publish (d, d->examples_array->len);
}
