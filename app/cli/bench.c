/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli bench`: prefill (pp) and decode (tg) in tokens a second, measured as llama-bench
 * (0.7) measures them. The tokens are random. "pp N" is N tokens at once, of which the last one's
 * logits are computed; "tg N" is N steps of one token, with logits and without sampling. Neither
 * loading, nor filling the context up to the depth, nor the warm-up (all of a prefill, one step of
 * decode) is in the time. Mean and sample standard deviation are over the repetitions. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/rng.h"
#include "models/adapters.h"
#include "cli/commands.h"
#include "core/json.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/errors.h"
#include "kernels/kernels.h"
#include "model/session.h"

typedef struct
{
  const char          *path;
  gboolean             json;
  guint                n_reps;
  const tl_type_info  *cache; /* of keys and values */
  GPtrArray           *adapters;
  tl_pool             *pool;
  tl_model            *model;
  const tl_model_info *info;
  gint64               open_us;
} Bench;

/* One of n_prompt and n_gen is 0. */
typedef struct
{
  guint  n_prompt, n_gen, depth;
  double mean, deviation; /* tokens a second */
  double mean_ns, mean_cpu_ns, load_ns;
  double *samples; /* [n_reps] tokens a second */
} Case;

/* Of all threads of the process. */
static double
processor_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e9 * (double) t.tv_sec + (double) t.tv_nsec;
}

static double
peak_bytes (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return 1024.0 * (double) usage.ru_maxrss; /* Linux counts it in KiB */
}

static int32_t *
make_tokens (const Bench *bench,
             guint        n)
{
  int32_t *tokens = g_new (int32_t, MAX (n, 1));
  tl_rng   rng;

  tl_rng_init (&rng, 1);
  for (guint i = 0; i < n; i++)
    tokens[i] = (int32_t) tl_rng_below (&rng, bench->info->n_vocab);
  return tokens;
}

static gboolean
run_once (const Case    *c,
          tl_session    *session,
          const int32_t *tokens,
          guint          n_gen,
          tl_error      *err)
{
  if (c->n_prompt > 0)
    return tl_session_prefill (session, tokens, c->n_prompt, NULL, NULL, err);
  for (guint i = 0; i < n_gen; i++)
    if (!tl_session_decode (session, tokens[i], err))
      return FALSE;
  return TRUE;
}

static gboolean
measure (const Bench   *bench,
         Case          *c,
         tl_session    *session,
         const int32_t *tokens,
         tl_error      *err)
{
  const double n_tokens = c->n_prompt + c->n_gen;

  if (c->depth > 0 && !tl_session_prefill (session, tokens, c->depth, NULL, NULL, err))
    return FALSE;
  if (!run_once (c, session, tokens, 1, err))
    return FALSE;
  for (guint i = 0; i < bench->n_reps; i++)
    {
      gint64 start, us;
      double cpu_ns;

      tl_session_truncate (session, c->depth);
      cpu_ns = processor_ns ();
      start = g_get_monotonic_time ();
      if (!run_once (c, session, tokens, c->n_gen, err))
        return FALSE;
      us = MAX (g_get_monotonic_time () - start, 1);
      c->samples[i] = n_tokens * 1e6 / (double) us;
      c->mean_ns += 1e3 * (double) us / bench->n_reps;
      c->mean_cpu_ns += (processor_ns () - cpu_ns) / bench->n_reps;
    }
  return TRUE;
}

static void
compute_statistics (Case *c,
                    guint n)
{
  double squares = 0;

  c->mean = 0;
  for (guint i = 0; i < n; i++)
    c->mean += c->samples[i] / n;
  for (guint i = 0; i < n; i++)
    squares += (c->samples[i] - c->mean) * (c->samples[i] - c->mean);
  c->deviation = n > 1 ? sqrt (squares / (n - 1)) : 0;
}

static void
append_member (GString    *out,
               const char *name,
               double      value,
               int         digits)
{
  g_string_append_printf (out, ", \"%s\": ", name);
  tlm_json_append_number (out, value, digits);
}

static void
print_json (const Bench *bench,
            const Case  *c)
{
  g_autoptr (GString) out = g_string_new ("{\"model_filename\": ");
  g_autofree char    *shown = g_filename_display_name (bench->path);

  tlm_json_append_string (out, shown, strlen (shown));
  g_string_append_printf (out, ", \"model_type\": \"%s\", \"kernels\": \"%s\"",
                          bench->info->arch, tl_kernels_get ()->name);
  append_member (out, "model_size", (double) bench->info->weight_bytes, 0);
  append_member (out, "model_n_params", (double) bench->info->n_params, 0);
  append_member (out, "n_threads", tl_pool_get_n_threads (bench->pool), 0);
  append_member (out, "n_prompt", c->n_prompt, 0);
  append_member (out, "n_gen", c->n_gen, 0);
  append_member (out, "n_depth", c->depth, 0);
  g_string_append_printf (out, ", \"type_kv\": \"%s\"", bench->cache->name);
  append_member (out, "avg_ns", c->mean_ns, 0);
  append_member (out, "avg_cpu_ns", c->mean_cpu_ns, 0);
  append_member (out, "load_ns", c->load_ns, 0);
  append_member (out, "packed_bytes", (double) bench->info->packed_bytes, 0);
  append_member (out, "peak_bytes", peak_bytes (), 0);
  append_member (out, "avg_ts", c->mean, 3);
  append_member (out, "stddev_ts", c->deviation, 3);
  g_string_append (out, ", \"samples_ts\": [");
  for (guint i = 0; i < bench->n_reps; i++)
    {
      g_string_append (out, i > 0 ? ", " : "");
      tlm_json_append_number (out, c->samples[i], 3);
    }
  printf ("%s]}\n", out->str);
}

static void
print_text (const Bench *bench,
            const Case  *c)
{
  g_autofree char *test = g_strdup_printf ("%s%u", c->n_prompt > 0 ? "pp" : "tg",
                                           c->n_prompt + c->n_gen);
  g_autofree char *name = c->depth > 0 ? g_strdup_printf ("%s @ d%u", test, c->depth)
                                       : g_strdup (test);

  printf ("%-16s %2u threads %12.2f ± %.2f t/s\n", name, tl_pool_get_n_threads (bench->pool),
          c->mean, c->deviation);
}

/* After all cases, when no more memory is taken. */
static void
print_cost (const Bench *bench)
{
  printf (_("Opened in %.0f ms. Packed weights take %.1f MiB; the program's largest memory was "
            "%.1f MiB.\n"),
          1e-3 * (double) bench->open_us, (double) bench->info->packed_bytes / 1048576.0,
          peak_bytes () / 1048576.0);
}

static gboolean
run_case (const Bench *bench,
          guint        n_prompt,
          guint        n_gen,
          guint        depth,
          GError     **error)
{
  g_autofree double  *samples = g_new0 (double, bench->n_reps);
  Case                c = { n_prompt, n_gen, depth, .samples = samples };
  g_autofree int32_t *tokens = make_tokens (bench, MAX (n_prompt + n_gen, depth));
  tl_error            err = { 0 };
  gint64              start = g_get_monotonic_time ();
  tl_session         *session = tl_session_new_with_cache (bench->model, depth + n_prompt + n_gen,
                                                           bench->cache->type, bench->pool, &err);
  gboolean            good;

  if (session != NULL && !tlm_adapters_use (bench->adapters, bench->model, session, error))
    {
      tl_session_free (session);
      return FALSE;
    }
  c.load_ns = 1e3 * (double) (bench->open_us + g_get_monotonic_time () - start);
  good = session != NULL && measure (bench, &c, session, tokens, &err);
  tl_session_free (session);
  if (!good)
    return tlm_error_from_engine (error, &err);
  compute_statistics (&c, bench->n_reps);
  if (bench->json)
    print_json (bench, &c);
  else
    print_text (bench, &c);
  fflush (stdout);
  return TRUE;
}

static gboolean
run_list (const Bench *bench,
          GArray      *numbers,
          gboolean     prompts,
          guint        depth,
          GError     **error)
{
  for (guint i = 0; i < numbers->len; i++)
    {
      guint n = g_array_index (numbers, guint, i);

      if (n > 0 && !run_case (bench, prompts ? n : 0, prompts ? 0 : n, depth, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run_all (Bench   *bench,
         guint    n_threads,
         GArray  *prompts,
         GArray  *gens,
         GArray  *depths,
         GError **error)
{
  tl_error err = { 0 };
  gint64   start = g_get_monotonic_time ();
  gboolean good = TRUE;

  bench->pool = tl_pool_new (n_threads, &err);
  bench->model = bench->pool != NULL ? tl_model_open (bench->path, &err) : NULL;
  if (bench->model == NULL)
    {
      tl_pool_free (bench->pool);
      return tlm_error_from_model (error, bench->path, &err);
    }
  bench->open_us = g_get_monotonic_time () - start;
  bench->info = tl_model_get_info (bench->model);
  for (guint i = 0; good && i < depths->len; i++)
    good = run_list (bench, prompts, TRUE, g_array_index (depths, guint, i), error)
           && run_list (bench, gens, FALSE, g_array_index (depths, guint, i), error);
  if (good && !bench->json)
    print_cost (bench);
  tl_model_close (bench->model);
  tl_pool_free (bench->pool);
  return good;
}

/* What the numbers mean is told to those who read them. */
static const char summary[] = N_(
  "Measures prefill (pp) and decode (tg) of a language model, in tokens a second.\n\n"
  "Every number of tokens is measured at every depth. A prefill is one batch of random tokens; a "
  "decode feeds one random token after the other, without sampling. Loading, filling the context "
  "up to the depth and a warm-up are not in the time.\n\n"
  "With --json each line has: model_filename, model_type (the family), kernels (the processor "
  "path), model_size (bytes of weights), model_n_params, n_threads, n_prompt, n_gen (one of them "
  "is 0), n_depth, type_kv (the cache of keys and values); avg_ns and avg_cpu_ns (a repetition's time by the clock, and of the processor "
  "for all threads); load_ns (opening the model and making the session); packed_bytes "
  "(memory of the weights in the order of use, in place of the file's pages); peak_bytes (the "
  "program's largest memory so far); avg_ts, stddev_ts and samples_ts (tokens a second: mean, "
  "sample standard deviation, each repetition).");

int
tlm_cli_bench (int    argc,
               char **argv)
{
  g_auto (GStrv)     adapters = NULL;
  g_autoptr (GPtrArray) choices = tlm_adapters_new ();
  g_autofree char   *model = NULL, *path = NULL, *prompt = NULL, *gen = NULL, *depth = NULL, *cache = NULL;
  int                threads = 0, reps = 5, status;
  Bench              bench = { 0 };
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &model, N_("The model"), N_("FILE.gguf") },
    { "n-prompt", 'p', 0, G_OPTION_ARG_STRING, &prompt, N_("Tokens to prefill; 0: none (512)"),
      "N,…" },
    { "n-gen", 'n', 0, G_OPTION_ARG_STRING, &gen, N_("Tokens to decode; 0: none (128)"), "N,…" },
    { "n-depth", 'd', 0, G_OPTION_ARG_STRING, &depth, N_("Tokens in the context before (0)"),
      "N,…" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads; 0: one a processor (0)"), "N" },
    { "kv", 0, 0, G_OPTION_ARG_STRING, &cache,
      /* Translators: a number type such as Q8_0, in the help of an option. */
      N_("Keep keys and values as f16, q8_0 (half the memory) or f32 (f16)"), N_("TYPE") },
    { "adapter", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &adapters,
      N_("Compute with an adapter; may be repeated. A scale of 1 is as it was trained"),
      N_("FILE[:SCALE]") },
    { "repetitions", 'r', 0, G_OPTION_ARG_INT, &reps, N_("Repetitions (5)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &bench.json, N_("Print one JSON object a test"), NULL },
    { NULL }
  };
  g_autoptr (GArray) prompts = NULL, gens = NULL, depths = NULL;
  g_autoptr (GError) error = NULL;

  status = tlm_cli_parse (&argc, &argv, entries, "", _(summary));
  if (status >= 0)
    return status;
  prompts = tlm_cli_parse_numbers (prompt != NULL ? prompt : "512");
  gens = tlm_cli_parse_numbers (gen != NULL ? gen : "128");
  depths = tlm_cli_parse_numbers (depth != NULL ? depth : "0");
  bench.cache = tl_type_find (cache != NULL ? cache : "f16");
  if (model == NULL || argc > 1 || bench.cache == NULL || prompts == NULL || gens == NULL || depths == NULL || reps < 1
      || threads < 0 || threads > 1024)
    {
      tlm_cli_fail (_("The options make no sense together. “tinylm-cli bench --help” tells "
                      "more."));
      return 2;
    }
  bench.path = path = tlm_cli_find_model (model, &error);
  bench.adapters = choices;
  bench.n_reps = (guint) reps;
  if (path != NULL && tlm_adapters_parse (choices, adapters, &error)
      && run_all (&bench, (guint) threads, prompts, gens, depths, &error))
    return 0;
  return tlm_cli_fail ("%s", error->message);
}
