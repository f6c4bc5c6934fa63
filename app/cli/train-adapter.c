/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli train --data F --base M --out A.gguf`: a specialist from examples. Standard output is
 * one JSON object a line: what was read, how it goes, and last the verdict. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "core/errors.h"
#include "core/json.h"
#include "models/model-facts.h"
#include "specialists/specialist.h"

typedef struct
{
  char    *data, *base, *out, *targets, *type, *seed, *schedule;
  int      rank, epochs, threads, memory;
  double   alpha, dropout, lr, minutes;
  gboolean full;
} Options;

static volatile sig_atomic_t stopped;

static void
stop (int signal_number)
{
  stopped = signal_number;
}

static bool
is_stopped (void *data)
{
  return stopped != 0;
}

static int
parse (Options *o,
       int     *argc,
       char  ***argv)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o->data,
      N_("Examples: .jsonl ({input, output} or {messages}), .csv, .tsv or .md"), N_("FILE") },
    { "base", 'm', 0, G_OPTION_ARG_FILENAME, &o->base,
      N_("The model that learns; it is not changed (meeny)"), N_("FILE.gguf") },
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &o->out, N_("Where the adapter goes"),
      N_("FILE.gguf") },
    { "minutes", 0, 0, G_OPTION_ARG_DOUBLE, &o->minutes,
      N_("Search rank and rate first, and end after so long"), "N" },
    { "rank", 0, 0, G_OPTION_ARG_INT, &o->rank, N_("Rank of the adapter (16)"), "R" },
    { "alpha", 0, 0, G_OPTION_ARG_DOUBLE, &o->alpha,
      N_("LoRA alpha: its weight times the rank (twice the rank)"), "A" },
    { "dropout", 0, 0, G_OPTION_ARG_DOUBLE, &o->dropout, N_("Dropout before the adapter (0.1)"),
      "P" },
    { "targets", 0, 0, G_OPTION_ARG_STRING, &o->targets,
      N_("Matrices that it changes, of q,k,v,out,gate,up,down (all)"), N_("LIST") },
    { "lr", 0, 0, G_OPTION_ARG_DOUBLE, &o->lr, N_("Learning rate (by the model’s width)"), "X" },
    { "schedule", 0, 0, G_OPTION_ARG_STRING, &o->schedule, N_("cosine or linear (cosine)"), "S" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &o->epochs,
      N_("Passes over the examples at most; it ends when it learns no more (12)"), "N" },
    { "full", 0, 0, G_OPTION_ARG_NONE, &o->full,
      N_("Train the whole model, under 10 million parameters, and write a model"), NULL },
    { "type", 0, 0, G_OPTION_ARG_STRING, &o->type,
      N_("With --full: the type of its matrices (Q8_0)"), N_("TYPE") },
    { "memory", 0, 0, G_OPTION_ARG_INT, &o->memory, N_("MiB that it may take (what is free)"),
      "N" },
    { "threads", 't', 0, G_OPTION_ARG_INT, &o->threads, N_("Threads; 0: one a processor (0)"),
      "N" },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &o->seed,
      N_("The same seed gives the same adapter (1)"), "S" },
    { NULL }
  };

  return tlm_cli_parse (argc, argv, entries, "",
                        _("Trains an adapter on examples: “tinylm-cli train --data FILE --out "
                          "FILE.gguf”. Standard output is one JSON object a line, the last of them "
                          "the verdict: the adapter against the model without it, on examples that "
                          "were kept back. A run that was cut off goes on when it is given the same "
                          "options. Other models are trained by “train lm”, “train reader”, “train router” "
                          "and “train vectors”."));
}

/* FALSE when a name is none. */
static gboolean
parse_targets (const char *list,
               unsigned   *targets)
{
  static const char *const names[] = { "q", "k", "v", "out", "gate", "up", "down" };
  g_auto (GStrv)           parts = g_strsplit (list, ",", -1);

  *targets = 0;
  for (int i = 0; parts[i] != NULL; i++)
    {
      gsize j = 0;

      while (j < G_N_ELEMENTS (names) && !g_str_equal (names[j], parts[i]))
        j++;
      if (j == G_N_ELEMENTS (names))
        return FALSE;
      *targets |= 1u << j;
    }
  return *targets != 0;
}

/* Returns the name of the option that makes no sense, or NULL. */
static const char *
make_options (const Options        *o,
              TlmSpecialistOptions *options)
{
  const tl_type_info *type = tl_type_find (o->type != NULL ? o->type : "Q8_0");

  *options = (TlmSpecialistOptions) {
    .out_path = o->out, .rank = (guint) o->rank, .alpha = o->alpha, .dropout = o->dropout,
    .lr = o->lr, .epochs = (guint) o->epochs, .full = o->full, .minutes = o->minutes,
    .memory = (guint64) o->memory << 20, .n_threads = (guint) o->threads, .seed = 1,
    .linear = g_strcmp0 (o->schedule, "linear") == 0,
  };
  if (o->targets != NULL && !parse_targets (o->targets, &options->targets))
    return "--targets";
  if (o->seed != NULL && !tlm_cli_parse_seed (o->seed, &options->seed))
    return "--seed";
  if (type == NULL || type->quantize == NULL || (o->type != NULL && !o->full))
    return "--type";
  options->type = type->type;
  if (o->schedule != NULL && !options->linear && !g_str_equal (o->schedule, "cosine"))
    return "--schedule";
  return o->data == NULL                                      ? "--data"
         : o->out == NULL                                     ? "--out"
         : o->rank < 0 || o->rank > 1024                      ? "--rank"
         : o->epochs < 0 || o->epochs > 10000                 ? "--epochs"
         : o->threads < 0 || o->threads > 1024                ? "--threads"
         : o->memory < 0                                      ? "--memory"
         : !(o->minutes >= 0 && o->minutes <= 100000)         ? "--minutes"
         : !(o->lr >= 0 && o->lr < 1)                         ? "--lr"
         : !(o->dropout >= 0 && o->dropout < 1)               ? "--dropout"
         : !(o->alpha >= 0 && o->alpha <= 10000)              ? "--alpha"
                                                              : NULL;
}

/* ---- output ---- */

static void
add_number (GString    *out,
            const char *key,
            double      value,
            int         digits)
{
  tlm_json_append_key (out, key);
  tlm_json_append_number (out, value, digits);
}

static void
add_text (GString    *out,
          const char *key,
          const char *text)
{
  tlm_json_append_key (out, key);
  tlm_json_append_string (out, text, strlen (text));
}

static void
add_flag (GString    *out,
          const char *key,
          gboolean    value)
{
  tlm_json_append_key (out, key);
  g_string_append (out, value ? "true" : "false");
}

static void
print_line (GString *out)
{
  printf ("%s}\n", out->str);
  fflush (stdout);
}

static void
print_examples (const TlmExamples *examples)
{
  g_autoptr (GString) out = g_string_new ("{");

  add_text (out, "stage", "examples");
  add_number (out, "examples", (double) examples->n, 0);
  add_number (out, "duplicates", examples->n_duplicates, 0);
  add_number (out, "empty", examples->n_empty, 0);
  add_number (out, "conflicts", examples->n_conflicts, 0);
  print_line (out);
}

static void
print_progress (const TlmSpecialistProgress *p,
                gpointer                     data)
{
  static const char *const stages[] = { "search", "train", "judge" };
  g_autoptr (GString)      out = g_string_new ("{");

  add_text (out, "stage", stages[p->stage]);
  if (p->stage != TLM_SPECIALIST_JUDGE)
    {
      add_number (out, "step", p->step, 0);
      add_number (out, "steps", p->n_steps, 0);
      add_number (out, "rank", p->rank, 0);
      add_number (out, "lr", p->lr, 6);
      if (isfinite (p->loss))
        add_number (out, "loss", p->loss, 4);
      if (isfinite (p->valid_loss))
        add_number (out, "valid_loss", p->valid_loss, 4);
      add_number (out, "seconds", p->seconds, 1);
      if (isfinite (p->seconds_left))
        add_number (out, "seconds_left", p->seconds_left, 1);
    }
  add_number (out, "memory_mib", ceil ((double) p->memory / 1048576), 0);
  add_flag (out, "recomputes", p->recomputes);
  print_line (out);
}

static void
add_labels (GString                   *out,
            const TlmSpecialistResult *r)
{
  if (r->n_labels == 0 || r->verdict.n == 0)
    return;
  add_number (out, "labels", r->n_labels, 0);
  add_number (out, "temperature", r->temperature, 3);
  add_number (out, "calibration_error", r->verdict.calibration_error, 4);
  add_number (out, "threshold", r->threshold, 4);
  add_number (out, "asked", r->verdict.asked, 4);
  add_number (out, "right_when_sure", r->verdict.right_when_sure, 4);
}

static void
print_verdict (const Options             *o,
               const TlmSpecialistResult *r)
{
  const TlmVerdict   *v = &r->verdict;
  g_autoptr (GString) out = g_string_new ("{");
  g_autofree char    *shown = g_filename_display_name (o->out);
  g_autofree char    *forgetting = tlm_verdict_dup_forgetting (v);

  add_text (out, "verdict", tlm_verdict_get_word (v->kind));
  add_text (out, "metric", r->n_labels > 0 ? "accuracy" : "rouge-l");
  add_number (out, "base", v->base, 4);
  add_number (out, "commonest", v->commonest, 4);
  add_number (out, "specialist", v->specialist, 4);
  add_number (out, "exact", v->exact, 4);
  add_number (out, "difference", v->difference, 4);
  add_number (out, "low", v->low, 4);
  add_number (out, "high", v->high, 4);
  add_number (out, "held_out", v->n, 0);
  add_number (out, "trained", r->n_train, 0);
  add_number (out, "valid", r->n_valid, 0);
  add_number (out, "cut", r->n_cut, 0);
  add_labels (out, r);
  add_number (out, "base_bits", v->base_bits, 4);
  add_number (out, "bits", v->bits, 4);
  add_text (out, "forgetting", forgetting);
  add_number (out, "rank", r->rank, 0);
  add_number (out, "lr", r->lr, 6);
  add_number (out, "steps", r->steps, 0);
  add_number (out, "best_step", r->best_step, 0);
  add_number (out, "valid_loss", r->valid_loss, 4);
  add_number (out, "params", (double) r->n_params, 0);
  add_number (out, "memory_mib", ceil ((double) r->memory / 1048576), 0);
  add_number (out, "seconds", r->seconds, 1);
  add_flag (out, "recomputed", r->recomputed);
  add_flag (out, "resumed", r->resumed);
  add_text (out, "out", shown);
  add_text (out, "sha256", r->sha256);
  print_line (out);
}

/* Of a model that reads and does not write, such as eeny. */
static gboolean
is_reader (const char *path)
{
  g_autoptr (TlmModelFacts) facts = tlm_model_facts_read (path, NULL);

  return facts != NULL && facts->n_ctx == 0;
}

static int
train (const Options        *o,
       TlmSpecialistOptions *options)
{
  g_autoptr (GError)       error = NULL;
  g_autofree char         *base = tlm_cli_find_model (o->base != NULL ? o->base : "meeny", &error);
  g_autoptr (TlmExamples)  examples = base != NULL ? tlm_examples_load (o->data, &error) : NULL;
  TlmSpecialistResult      result;

  if (examples == NULL)
    return tlm_cli_fail ("%s", error->message);
  if (is_reader (base))
    return tlm_cli_fail (_("“%s” reads notes and cannot learn from examples. Choose a language model as "
                           "the base, such as meeny."), o->base);
  print_examples (examples);
  options->model_path = base;
  options->examples = examples;
  if (!tlm_specialist_train (options, print_progress, NULL, is_stopped, NULL, &result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return tlm_cli_fail (_("Stopped. The same command goes on where it was."));
      return tlm_cli_fail ("%s", error->message);
    }
  tlm_specialist_drop_checkpoint (options->out_path);
  print_verdict (o, &result);
  return 0;
}

int
tlm_cli_train_adapter (int    argc,
                       char **argv)
{
  Options              o = { .dropout = 0.1 };
  TlmSpecialistOptions options;
  const char          *wrong;
  int                  status = parse (&o, &argc, &argv);

  if (status < 0)
    {
      wrong = make_options (&o, &options);
      if (wrong == NULL && argc == 1)
        {
          signal (SIGINT, stop);
          signal (SIGTERM, stop);
          status = train (&o, &options);
        }
      else
        {
          tlm_cli_fail (_("%s is missing or makes no sense. “tinylm-cli train --help” tells more."),
                        wrong != NULL ? wrong : argv[1]);
          status = 2;
        }
    }
  g_free (o.data);
  g_free (o.base);
  g_free (o.out);
  g_free (o.targets);
  g_free (o.type);
  g_free (o.seed);
  g_free (o.schedule);
  return status;
}
