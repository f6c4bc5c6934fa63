/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli eval route: how well requests are routed that the head has not seen. Five folds;
 * near duplicates stay in one, so that none is answered from memory. Beside it naive Bayes on
 * character n-grams, and the commonest label. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/requests.h"
#include "core/errors.h"
#include "reader/words.h"
#include "chats/router.h"

#define N_FOLDS 5
#define NEAR 0.6f /* of the words of two requests together, those that both have */
#define BAYES_BUCKETS 65536
#define BAYES_PRIOR 0.02 /* of 1, .1, .02 and .005 the best */
#define N TL_ROUTE_N_LABELS

typedef struct
{
  guint said[N][N]; /* [label, said] */
} Table;

static float
macro_f1 (const Table *t)
{
  float sum = 0.0f;

  for (int l = 0; l < N; l++)
    {
      guint is = 0, said = 0;

      for (int o = 0; o < N; o++)
        {
          is += t->said[l][o];
          said += t->said[o][l];
        }
      sum += is + said > 0 ? 2.0f * (float) t->said[l][l] / (float) (is + said) : 0.0f;
    }
  return sum / N;
}

static float
accuracy (const Table *t)
{
  guint right = 0, all = 0;

  for (int l = 0; l < N; l++)
    for (int o = 0; o < N; o++)
      {
        all += t->said[l][o];
        right += l == o ? t->said[l][o] : 0;
      }
  return (float) right / (float) MAX (all, 1);
}

static GHashTable *
words_of (const tl_request *r)
{
  GHashTable *words = g_hash_table_new (NULL, NULL);
  size_t pos = 0, start;

  while (tl_word_next (r->text, r->len, &pos, &start))
    g_hash_table_add (words, GUINT_TO_POINTER (tl_word_hash (r->text + start, pos - start)));
  return words;
}

static gboolean
are_near (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer word;
  guint both = 0;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &word, NULL))
    both += g_hash_table_contains (b, word);
  return (float) both >= NEAR * (float) (g_hash_table_size (a) + g_hash_table_size (b) - both);
}

/* Those of @more that are near to no request that is judged: the others would give answers away. */
static GArray *
drop_near (const GArray *more, const GArray *judged)
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (tl_route_example));
  g_autoptr (GPtrArray) words
    = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);

  for (guint i = 0; i < judged->len; i++)
    g_ptr_array_add (words, words_of (&g_array_index (judged, tl_route_example, i).request));
  for (guint i = 0; i < more->len; i++)
    {
      tl_route_example e = g_array_index (more, tl_route_example, i);
      g_autoptr (GHashTable) own = words_of (&e.request);
      gboolean near = FALSE;

      for (guint j = 0; j < judged->len && !near; j++)
        near = are_near (own, words->pdata[j]);
      if (!near)
        g_array_append_val (kept, e);
    }
  return kept;
}

/* Each request's fold: that of the first one that it is near to, else by its place. */
static guint *
make_folds (const GArray *examples)
{
  guint *folds = g_new (guint, examples->len);
  g_autoptr (GPtrArray) words
    = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref);

  for (guint i = 0; i < examples->len; i++)
    {
      g_ptr_array_add (words, words_of (&g_array_index (examples, tl_route_example, i).request));
      folds[i] = i % N_FOLDS;
      for (guint j = 0; j < i; j++)
        if (are_near (words->pdata[i], words->pdata[j]))
          {
            folds[i] = folds[j];
            break;
          }
    }
  return folds;
}

/* Multinomial naive Bayes on folded n-grams of 1 to 4 bytes. */
typedef struct
{
  guint counts[N][BAYES_BUCKETS], totals[N], n[N];
} Bayes;

static guint
bayes_bucket (const char *s, gsize n)
{
  guint h = 2166136261u; /* FNV-1a */

  for (gsize i = 0; i < n; i++)
    h = (h ^ (guchar) s[i]) * 16777619u;
  return (h ^ h >> 16) % BAYES_BUCKETS;
}

static int
bayes_visit (Bayes *b, const tl_request *r, int learn)
{
  g_autofree char *s = g_malloc (r->len + 1);
  double score[N];
  int best = 0;

  tl_text_fold (s, r->text, r->len);
  for (int l = 0; l < N; l++)
    score[l] = log ((double) b->n[l] + 1.0);
  for (gsize i = 0; i < r->len; i++)
    for (gsize n = 1; n <= 4 && i + n <= r->len; n++)
      {
        guint bucket = bayes_bucket (s + i, n);

        if (learn >= 0)
          {
            b->counts[learn][bucket]++;
            b->totals[learn]++;
          }
        else
          for (int l = 0; l < N; l++)
            score[l] += log (((double) b->counts[l][bucket] + BAYES_PRIOR)
                             / ((double) b->totals[l] + BAYES_PRIOR * BAYES_BUCKETS));
      }
  if (learn >= 0)
    b->n[learn]++;
  for (int l = 1; l < N; l++)
    if (score[l] > score[best])
      best = l;
  return best;
}

typedef struct
{
  const GArray *examples; /* that are judged, each by a router that has not seen its fold */
  const GArray *more;     /* (nullable): that every router has seen */
  guint        *folds;
  Table         with, without, bayes, majority;
  guint         tools[TLM_N_TOOLS], rules, rules_right;
  guint         risky, risky_caught, risky_asked, broad, broad_caught, local, local_handed;
  guint         high, high_said, low_said; /* those of high risk, and those that are called so */
  double        ms, worst_ms;
} Run;

static void
judge (Run *run, const tl_router *router, Bayes *bayes, const tl_route_example *e)
{
  TlmRouted routed, chat;
  tl_request bare = e->request;
  gint64 start = g_get_monotonic_time ();
  double ms;

  tlm_router_route (router, &e->request, &routed);
  ms = (double) (g_get_monotonic_time () - start) / 1000.0;
  run->ms += ms;
  run->worst_ms = MAX (run->worst_ms, ms);
  run->with.said[e->label][routed.routing.label]++;
  run->tools[routed.tool]++;
  run->high += e->high_risk;
  *(e->high_risk ? &run->high_said : &run->low_said) += tlm_router_is_risky (&routed);
  run->rules += routed.rule != NULL;
  run->rules_right += routed.rule != NULL && routed.routing.label == e->label;
  if (e->label == TL_ROUTE_BROAD)
    {
      chat = routed;
      run->broad++;
      run->broad_caught += routed.tool == TLM_TOOL_HAND_OVER;
      run->risky += e->high_risk;
      run->risky_caught += e->high_risk && routed.tool == TLM_TOOL_HAND_OVER;
      bare.attach = TL_ATTACH_NONE;
      run->risky_asked += e->high_risk && tlm_router_is_for_notes (router, &bare, &chat);
      if (e->high_risk && routed.tool != TLM_TOOL_HAND_OVER)
        g_print ("missed (%s, broad %.3f, risk %.3f): %s\n",
                 tl_route_names[routed.routing.label],
                 (double) routed.routing.p[TL_ROUTE_BROAD], (double) routed.routing.p_high_risk,
                 e->request.text);
    }
  else
    {
      run->local++;
      run->local_handed += routed.tool == TLM_TOOL_HAND_OVER;
    }
  bare.attach = TL_ATTACH_UNKNOWN;
  tlm_router_route (router, &bare, &routed);
  run->without.said[e->label][routed.routing.label]++;
  run->bayes.said[e->label][bayes_visit (bayes, &e->request, -1)]++;
}

static gboolean
run_fold (Run *run, guint fold, guint64 seed, GError **error)
{
  g_autoptr (GArray) training = g_array_new (FALSE, FALSE, sizeof (tl_route_example));
  g_autofree Bayes *bayes = g_new0 (Bayes, 1);
  tl_error err = { 0 };
  tl_router *router;
  int common = 0;

  for (guint i = 0; i < run->examples->len; i++)
    if (run->folds[i] != fold)
      {
        tl_route_example e = g_array_index (run->examples, tl_route_example, i);

        g_array_append_val (training, e);
        bayes_visit (bayes, &e.request, e.label);
      }
  for (guint i = 0; run->more != NULL && i < run->more->len; i++)
    {
      tl_route_example e = g_array_index (run->more, tl_route_example, i);

      g_array_append_val (training, e);
      if (e.label < TL_ROUTE_N_LABELS)
        bayes_visit (bayes, &e.request, e.label);
    }
  router = tl_router_train ((const tl_route_example *) (void *) training->data, training->len, seed,
                            &err);
  if (router == NULL)
    return tlm_error_from_engine (error, &err);
  for (int l = 1; l < N; l++)
    if (bayes->n[l] > bayes->n[common])
      common = l;
  for (guint i = 0; i < run->examples->len; i++)
    if (run->folds[i] == fold)
      {
        const tl_route_example *e = &g_array_index (run->examples, tl_route_example, i);

        judge (run, router, bayes, e);
        run->majority.said[e->label][common]++;
      }
  tl_router_free (router);
  return TRUE;
}

static void
print_labels (const Table *t)
{
  g_print ("label       F1    most often taken for\n");
  for (int l = 0; l < N; l++)
    {
      guint is = 0, said = 0;
      int wrong = l == 0;

      for (int o = 0; o < N; o++)
        {
          is += t->said[l][o];
          said += t->said[o][l];
          if (o != l && t->said[l][o] > t->said[l][wrong])
            wrong = o;
        }
      g_print ("%-10s %5.3f  %s (%u of %u)\n", tl_route_names[l],
               is + said > 0 ? 2.0 * t->said[l][l] / (is + said) : 0.0, tl_route_names[wrong],
               t->said[l][wrong], is);
    }
}

static void
report (const Run *run)
{
  guint n = run->examples->len;
  const struct { const char *name; const Table *table; } rows[] = {
    { "router", &run->with },
    { "router, text alone", &run->without },
    { "naive Bayes, n-grams", &run->bayes },
    { "commonest label", &run->majority },
  };

  if (run->more != NULL)
    g_print ("trained on %u more, near to none of these\n", run->more->len);
  g_print ("%u requests, %d folds        macro-F1  accuracy\n", n, N_FOLDS);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_print ("%-28s  %.3f     %.3f\n", rows[i].name, (double) macro_f1 (rows[i].table),
             (double) accuracy (rows[i].table));
  print_labels (&run->with);
  g_print ("rules: %u of %u right\n", run->rules_right, run->rules);
  g_print ("broad and of high risk, handed over: %u of %u\n", run->risky_caught, run->risky);
  g_print ("broad and of high risk, put to the notes first: %u\n", run->risky_asked);
  g_print ("high risk, called so: %u of %u; others: %u of %u\n", run->high_said, run->high,
           run->low_said, n - run->high);
  g_print ("broad, handed over: %u of %u; others, handed over: %u of %u\n", run->broad_caught,
           run->broad, run->local_handed, run->local);
  for (int t = 0; t < TLM_N_TOOLS; t++)
    g_print ("%-10s %5.1f %%\n", tlm_tool_names[t], 100.0 * run->tools[t] / n);
  g_print ("%.3f ms a request, %.3f at worst\n", run->ms / n, run->worst_ms);
}

int
tlm_cli_eval_route (int argc, char **argv)
{
  g_auto (GStrv) data = NULL, more_data = NULL;
  g_autofree char *seed_text = NULL;
  g_autoptr (GArray) examples = NULL, more = NULL, kept = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree Run *run = g_new0 (Run, 1);
  guint64 seed = 1;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &data,
      N_("Folder with requests/train.jsonl, which is judged"), N_("FOLDER") },
    { "more", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &more_data,
      N_("Folder with more requests to train on"), N_("FOLDER") },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &seed_text, N_("Seed of the order of the examples"),
      N_("NUMBER") },
    { NULL },
  };
  int status = tlm_cli_parse (&argc, &argv, entries, "",
                              _("Measures the router on requests that it has not seen."));

  if (status >= 0)
    return status;
  if (data == NULL || (seed_text != NULL && !tlm_cli_parse_seed (seed_text, &seed)))
    {
      tlm_cli_fail (_("“eval route” needs --data FOLDER; --seed takes a whole number."));
      return 2;
    }
  examples = tlm_requests_load (data, FALSE, &error);
  if (examples != NULL && more_data != NULL)
    more = tlm_requests_load (more_data, TRUE, &error);
  if (error != NULL)
    return tlm_cli_fail ("%s", error->message);
  run->more = kept = more != NULL ? drop_near (more, examples) : NULL;
  run->examples = examples;
  run->folds = make_folds (examples);
  for (guint fold = 0; fold < N_FOLDS && error == NULL; fold++)
    run_fold (run, fold, seed, &error);
  if (error == NULL)
    report (run);
  g_free (run->folds);
  return error == NULL ? 0 : tlm_cli_fail ("%s", error->message);
}
