/* SPDX-License-Identifier: Apache-2.0 */
/* A line of JSON is a question; its sentences are numbered as the notes' "units" are. */
#include "cli/broad.h"

#include <glib/gi18n-lib.h>

#include "cli/json-lines.h"
#include "core/errors.h"

static void
clear_broad (gpointer data)
{
  TlmBroad *broad = data;

  g_free ((char *) broad->answers[0].text);
  for (guint i = 0; i < broad->n; i++)
    g_free ((char *) broad->answers[i].answer);
}

/* Whether @object says where @broad is answered, if anywhere. */
static gboolean
take_answers (TlmBroad *broad, const TlmDataset *notes, JsonObject *object)
{
  gint64 note = json_object_get_int_member_with_default (object, "note", 0);
  JsonNode *units = json_object_get_member (object, "units");
  JsonArray *array = units != NULL && JSON_NODE_HOLDS_ARRAY (units) ? json_node_get_array (units) : NULL;

  if (note == 0)
    {
      broad->answers[broad->n++].unit = -1;
      return TRUE;
    }
  if (note < 0 || (gsize) note > notes->n || array == NULL)
    return FALSE;
  broad->note = (gsize) note - 1;
  for (guint i = 0; i < json_array_get_length (array) && i < TLM_MAX_ANSWERS; i++)
    {
      const tl_reader_example *e = &notes->examples[broad->note];
      gint64 unit = json_array_get_int_element (array, i);

      if (unit < 0 || (gsize) unit >= e->n_units)
        return FALSE;
      broad->answers[broad->n].unit = unit;
      broad->answers[broad->n++].answer
        = g_strndup (e->text + e->units[unit].start, e->units[unit].end - e->units[unit].start);
    }
  return broad->n > 0;
}

typedef struct
{
  GArray *all;
  const TlmDataset *notes;
} Reading;

/* A TlmJsonLineFunc. */
static gboolean
take_question (JsonObject *object, gpointer data)
{
  Reading *reading = data;
  const char *text = json_object_get_string_member_with_default (object, "q", NULL);
  TlmBroad broad = { 0 };
  gboolean whole;

  if (text == NULL)
    return FALSE;
  whole = take_answers (&broad, reading->notes, object);
  for (guint i = 0; i < TLM_MAX_ANSWERS; i++)
    broad.answers[i].text = i == 0 ? g_strdup (text) : broad.answers[0].text;
  g_array_append_val (reading->all, broad);
  return whole;
}

GArray *
tlm_broad_read (const TlmDataset *notes, const char *path, GError **error)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (TlmBroad));
  Reading reading = { all, notes };
  gsize wrong;

  g_array_set_clear_func (all, clear_broad);
  if (tlm_json_lines_read (path, take_question, &reading, &wrong, error))
    return g_steal_pointer (&all);
  if (wrong > 0)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                 _("Line %zu of “%s” is no question to these notes: it needs a “q”, and the "
                   "“note” and the “units” that answer it."),
                 wrong, path);
  return NULL;
}
