/* SPDX-License-Identifier: Apache-2.0 */
/* Reading labelled requests: one JSON object a line with "text", "label", and perhaps "attach" and
 * "risk". */
#include "cli/requests.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "cli/json-lines.h"
#include "core/errors.h"

typedef struct
{
  GArray  *examples;
  gboolean risk_alone;
} Loading;

static void
clear_example (gpointer data)
{
  tl_route_example *e = data;

  g_free ((char *) e->request.text);
}

/* @fallback for a member that is not there; "" for one that is no string. */
static const char *
get_string (JsonObject *object, const char *name, const char *fallback)
{
  const char *s = json_object_get_string_member_with_default (object, name, fallback);

  return s != NULL ? s : "";
}

/* A TlmJsonLineFunc. */
static gboolean
take_request (JsonObject *object, gpointer data)
{
  Loading *loading = data;
  tl_route_example e;
  const char *text;
  int label, attach;

  text = get_string (object, "text", "");
  if (loading->risk_alone && !json_object_has_member (object, "label")
      && json_object_has_member (object, "risk"))
    label = TL_ROUTE_N_LABELS;
  else
    label = tl_route_find_label (get_string (object, "label", ""));
  attach = tl_route_find_attach (get_string (object, "attach", "unknown"));
  if (*text == '\0' || label < 0 || attach < 0)
    return FALSE;
  e = (tl_route_example) {
    .request = { g_strdup (text), strlen (text), (tl_attach) attach },
    .label = (tl_route_label) label,
    .high_risk = g_str_equal (get_string (object, "risk", "low"), "high"),
  };
  g_array_append_val (loading->examples, e);
  return TRUE;
}

static gboolean
load_folder (Loading *loading, const char *folder, GError **error)
{
  g_autofree char *direct = g_build_filename (folder, "train.jsonl", NULL);
  g_autofree char *below = g_build_filename (folder, "requests", "train.jsonl", NULL);
  const char *path = g_file_test (direct, G_FILE_TEST_EXISTS) ? direct : below;
  gsize wrong;
  gboolean read = tlm_json_lines_read (path, take_request, loading, &wrong, error);

  if (wrong > 0)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                 _("Line %zu of “%s” is no labelled request: it needs a “text” and one of "
                   "the twelve labels."),
                 wrong, path);
  return read;
}

GArray *
tlm_requests_load (char **folders, gboolean risk_alone, GError **error)
{
  g_autoptr (GArray) examples = g_array_new (FALSE, FALSE, sizeof (tl_route_example));
  Loading loading = { examples, risk_alone };

  g_array_set_clear_func (examples, clear_example);
  for (gsize i = 0; folders[i] != NULL; i++)
    if (!load_folder (&loading, folders[i], error))
      return NULL;
  return g_steal_pointer (&examples);
}
