/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli eval private: how much of what is private in labelled texts the rules mark, and how much
 * of what they mark is private. What counts is that a detail is gone, not by which name: so a detail is
 * found when each letter and digit of it is marked, as whatever kind; and a mark is right when more than
 * half of its letters and digits are private. Intervals: of a bootstrap over texts. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/eval-rank.h"
#include "cli/json-lines.h"
#include "cli/options.h"
#include "core/errors.h"
#include "privacy/private-details.h"

/* The last place is for all kinds together. Of each: [n_texts] of double. */
typedef struct
{
  GArray *gold[TLM_N_PRIVATE + 1], *found[TLM_N_PRIVATE + 1];
  GArray *marks[TLM_N_PRIVATE + 1], *right[TLM_N_PRIVATE + 1];
  guint   n_clean, n_false; /* texts with nothing private; those of them that have a mark */
  gboolean show;
} Tally;

static void
init_tally (Tally *t, gboolean show)
{
  *t = (Tally) { .show = show };
  for (int k = 0; k <= TLM_N_PRIVATE; k++)
    {
      t->gold[k] = g_array_new (FALSE, TRUE, sizeof (double));
      t->found[k] = g_array_new (FALSE, TRUE, sizeof (double));
      t->marks[k] = g_array_new (FALSE, TRUE, sizeof (double));
      t->right[k] = g_array_new (FALSE, TRUE, sizeof (double));
    }
}

static void
clear_tally (Tally *t)
{
  for (int k = 0; k <= TLM_N_PRIVATE; k++)
    {
      g_array_unref (t->gold[k]);
      g_array_unref (t->found[k]);
      g_array_unref (t->marks[k]);
      g_array_unref (t->right[k]);
    }
}

/* Of the letters and digits of @detail, the share that stands in @others. */
static double
measure_cover (const char *text, const TlmPrivateDetail *detail, const GArray *others)
{
  guint n = 0, covered = 0;

  for (const char *p = text + detail->start; p < text + detail->end; p = g_utf8_next_char (p))
    {
      gboolean in = FALSE;

      if (!g_unichar_isalnum (g_utf8_get_char (p)))
        continue;
      for (guint i = 0; i < others->len && !in; i++)
        {
          const TlmPrivateDetail *o = &g_array_index (others, TlmPrivateDetail, i);

          in = text + o->start <= p && p < text + o->end;
        }
      n++;
      covered += in;
    }
  return n > 0 ? (double) covered / n : 0.0;
}

/* One text more in each of @counts. */
static void
add_text (GArray **counts, const char *text, const GArray *details, const GArray *others,
          double at_least)
{
  for (int k = 0; k <= TLM_N_PRIVATE; k++)
    g_array_set_size (counts[k], counts[k]->len + 1);
  for (guint i = 0; i < details->len; i++)
    {
      const TlmPrivateDetail *detail = &g_array_index (details, TlmPrivateDetail, i);

      if (others != NULL && measure_cover (text, detail, others) < at_least)
        continue;
      g_array_index (counts[detail->kind], double, counts[detail->kind]->len - 1) += 1.0;
      g_array_index (counts[TLM_N_PRIVATE], double, counts[TLM_N_PRIVATE]->len - 1) += 1.0;
    }
}

static void
show_details (const char *what, const char *text, const GArray *details, const GArray *others,
            double at_least)
{
  for (guint i = 0; i < details->len; i++)
    {
      const TlmPrivateDetail *detail = &g_array_index (details, TlmPrivateDetail, i);

      if (measure_cover (text, detail, others) < at_least)
        g_print ("%s\t%s\t%.*s\n", what, tlm_private_names[detail->kind],
                 (int) (detail->end - detail->start), text + detail->start);
    }
}

#define ALL 1.0
#define MORE_THAN_HALF 0.501

static void
judge_marks (Tally *t, const char *text, const GArray *gold, const GArray *marks)
{
  add_text (t->gold, text, gold, NULL, 0.0);
  add_text (t->found, text, gold, marks, ALL);
  add_text (t->marks, text, marks, NULL, 0.0);
  add_text (t->right, text, marks, gold, MORE_THAN_HALF);
  t->n_clean += gold->len == 0;
  t->n_false += gold->len == 0 && marks->len > 0;
  if (!t->show)
    return;
  show_details ("missed", text, gold, marks, ALL);
  show_details ("wrong", text, marks, gold, MORE_THAN_HALF);
}

/* In @t[0] all marks, in @t[1] those that are not "perhaps". */
static void
judge_text (Tally *t, const char *text, const GArray *gold)
{
  g_autoptr (GArray) marks = tlm_private_find (text, strlen (text));
  g_autoptr (GArray) sure = g_array_new (FALSE, FALSE, sizeof (TlmPrivateDetail));

  for (guint i = 0; i < marks->len; i++)
    if (!g_array_index (marks, TlmPrivateDetail, i).perhaps)
      g_array_append_vals (sure, &g_array_index (marks, TlmPrivateDetail, i), 1);
  judge_marks (&t[0], text, gold, marks);
  judge_marks (&t[1], text, gold, sure);
}

static int
find_kind (const char *name)
{
  for (int k = 0; k < TLM_N_PRIVATE; k++)
    if (name != NULL && g_str_equal (tlm_private_names[k], name))
      return k;
  return -1;
}

/* The "details" of a line: each is looked for behind the one before. NULL when one is not there. */
static GArray *
read_details (JsonObject *object, const char *text)
{
  g_autoptr (GArray) details = g_array_new (FALSE, FALSE, sizeof (TlmPrivateDetail));
  JsonArray *array = json_object_get_array_member (object, "details");
  const char *from = text;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *detail = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *s, *at;
      TlmPrivateDetail p;
      int kind;

      if (detail == NULL)
        return NULL;
      kind = find_kind (json_object_get_string_member_with_default (detail, "kind", NULL));
      s = json_object_get_string_member_with_default (detail, "text", NULL);
      if (kind < 0 || s == NULL || *s == '\0' || (at = strstr (from, s)) == NULL)
        return NULL;
      from = at + strlen (s);
      p = (TlmPrivateDetail) { .kind = (TlmPrivateKind) kind,
                               .start = (gsize) (at - text),
                               .end = (gsize) (from - text) };
      g_array_append_val (details, p);
    }
  return g_steal_pointer (&details);
}

/* A TlmJsonLineFunc. */
static gboolean
judge_object (JsonObject *object, gpointer tallies)
{
  JsonNode *node;
  const char *text;
  g_autoptr (GArray) gold = NULL;

  text = json_object_get_string_member_with_default (object, "text", NULL);
  node = json_object_get_member (object, "details");
  if (text == NULL || node == NULL || !JSON_NODE_HOLDS_ARRAY (node)
      || (gold = read_details (object, text)) == NULL)
    return FALSE;
  judge_text (tallies, text, gold);
  return TRUE;
}

static gboolean
judge_file (Tally *t, const char *path, GError **error)
{
  gsize wrong;
  gboolean read = tlm_json_lines_read (path, judge_object, t, &wrong, error);

  if (wrong > 0)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                 _("Line %zu of “%s” is no labelled text: it needs a “text” and “details”, each "
                   "with a “kind” and a “text” that stands there."),
                 wrong, path);
  return read;
}

static double
sum (const GArray *values)
{
  double all = 0.0;

  for (guint i = 0; i < values->len; i++)
    all += g_array_index (values, double, i);
  return all;
}

static void
print_ratio (const GArray *details, const GArray *wholes)
{
  TlmInterval r = tlm_bootstrap_ratio ((const double *) (const void *) details->data,
                                       (const double *) (const void *) wholes->data, details->len, 1);

  if (sum (wholes) > 0.0)
    g_print ("  %4.0f  %.3f [%.3f, %.3f]", sum (wholes), r.mean, r.low, r.high);
  else
    g_print ("  %4d  %-20s", 0, "-");
}

static void
print_row (const Tally *t, int kind, const char *name)
{
  g_print ("%-8s", name);
  print_ratio (t->found[kind], t->gold[kind]);
  print_ratio (t->right[kind], t->marks[kind]);
  g_print ("\n");
}

static void
report (const Tally *t)
{
  g_print ("%u texts, %u of them with nothing private\n", t->gold[0]->len, t->n_clean);
  g_print ("%-8s  %4s  %-20s  %4s  %s\n", "kind", "are", "recall", "said", "precision");
  for (int k = 0; k < TLM_N_PRIVATE; k++)
    print_row (&t[0], k, tlm_private_names[k]);
  print_row (&t[0], TLM_N_PRIVATE, "all");
  print_row (&t[1], TLM_N_PRIVATE, "sure");
  g_print ("a mark in %u of the %u with nothing private, a sure one in %u\n", t->n_false, t->n_clean,
           t[1].n_false);
}

int
tlm_cli_eval_private (int argc, char **argv)
{
  gboolean show = FALSE, done = TRUE;
  g_autoptr (GError) error = NULL;
  Tally t[2];
  const GOptionEntry entries[] = {
    { "show", 0, 0, G_OPTION_ARG_NONE, &show, N_("Also print what was missed and wrongly marked"),
      NULL },
    { NULL },
  };
  int status = tlm_cli_parse (&argc, &argv, entries, _("FILE.jsonl…"),
                              _("Measures the rules that mark private details in a text."));

  if (status >= 0)
    return status;
  if (argc < 2)
    {
      tlm_cli_fail (_("“eval private” needs labelled texts: “tinylm-cli eval private first.jsonl”."));
      return 2;
    }
  init_tally (&t[0], show);
  init_tally (&t[1], FALSE);
  for (int i = 1; i < argc && done; i++)
    done = judge_file (t, argv[i], &error);
  if (done)
    report (t);
  clear_tally (&t[0]);
  clear_tally (&t[1]);
  return done ? 0 : tlm_cli_fail ("%s", error->message);
}
