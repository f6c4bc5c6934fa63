/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli batch SKILL`: records of JSON on standard input, one a line, and to each the answer in its
 * place. The file of the answers is its own journal: how many whole lines it has is how far the
 * batch came, so a run that was killed goes on behind them. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/batch-lines.h"
#include "cli/batch-progress.h"
#include "cli/batch-queue.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "core/errors.h"
#include "core/text-input.h"

#define NOT_GIVEN G_MININT

typedef struct
{
  TlmBatchOptions batch;
  char           *model, *day, *out, *temperature, *seed;
  char          **adapters;
  int             n_tokens, threads;
  gboolean        resume, chat;
} Options;

typedef struct
{
  TlmBatchLines   *in;
  gboolean         has_line; /* a record was read and is not answered yet */
  char            *line;
  gsize            len;
  const char      *out_name; /* NULL: standard output */
  int              out;
  TlmBatchProgress progress;
} Run;

/* ---- records in, answers out ---- */

static gboolean
fail_errno (GError **error, const char *name)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s",
               name != NULL ? name : _("The output could not be written"), g_strerror (code));
  return FALSE;
}

/* A TlmBatchWrite. */
static gboolean
write_answer (const GString *answer, gboolean good, guint64 end, gpointer data, GError **error)
{
  Run  *run = data;
  gsize done = 0;

  while (done < answer->len)
    {
      gssize n = write (run->out, answer->str + done, answer->len - done);

      if (n < 0 && errno != EINTR)
        return fail_errno (error, run->out_name);
      done += (gsize) MAX (n, 0);
    }
  tlm_batch_progress_count (&run->progress, good, end);
  return TRUE;
}

static gboolean
is_blank (const char *line, gsize len)
{
  return line != NULL && strspn (line, " \t\r") == len;
}

/* The next line that is not blank. FALSE at the end, or with @error. */
static gboolean
read_record (Run *run, char **line, gsize *len, GError **error)
{
  TlmLine kind;

  if (run->has_line)
    {
      *line = g_steal_pointer (&run->line);
      *len = run->len;
      run->has_line = FALSE;
      return TRUE;
    }
  do
    {
      kind = tlm_batch_lines_next (run->in, line, len, error);
      if (!is_blank (*line, *len))
        return kind != TLM_LINE_NONE;
      g_free (g_steal_pointer (line));
    }
  while (TRUE);
}

static gboolean
answer_all (Run *run, TlmBatchQueue *queue, GError **error)
{
  GError  *unread = NULL;
  char    *line;
  gsize    len;
  gboolean good;

  while (read_record (run, &line, &len, &unread)
         && tlm_batch_queue_push (queue, line, len, tlm_batch_lines_get_n_bytes (run->in)))
    ;
  good = tlm_batch_queue_finish (queue, unread == NULL ? error : NULL) && unread == NULL;
  if (unread != NULL)
    g_propagate_error (error, unread);
  return good;
}

/* ---- going on ---- */

/* Whether @answer, the next in the file, can be the one to the next record. */
static gboolean
skip_record (Run *run, TlmBatchHand *hand, const char *answer, gboolean *failed, GError **error)
{
  g_autofree char    *line = NULL;
  g_autoptr (GString) begin = NULL;
  g_autoptr (GError)  wrong = NULL;
  gsize               len;

  if (!read_record (run, &line, &len, error))
    return FALSE;
  begin = tlm_batch_hand_begin (hand, line, len, &wrong);
  *failed = g_str_has_prefix (answer + MIN (begin->len, strlen (answer)), ", \"error\": ");
  return g_str_has_prefix (answer, begin->str);
}

static gboolean
is_zeros (const char *bytes, gsize n)
{
  while (n > 0 && bytes[n - 1] == '\0')
    n--;
  return n == 0;
}

/* Whether @tail, [len], can be what a kill left of the next answer; that record is still to be answered.
 * Where the power was lost, zeros may stand for what was written. */
static gboolean
check_tail (Run *run, TlmBatchHand *hand, const char *tail, gsize len, GError **error)
{
  g_autoptr (GString) begin = NULL;
  g_autoptr (GError)  wrong = NULL;
  gsize               n = strlen (tail);

  run->has_line = read_record (run, &run->line, &run->len, error);
  if (!run->has_line)
    return FALSE;
  begin = tlm_batch_hand_begin (hand, run->line, run->len, &wrong);
  return strncmp (tail, begin->str, MIN (n, begin->len)) == 0
         && (n >= begin->len || is_zeros (tail + n, len - n));
}

static gboolean
skip_answered (Run *run, TlmBatchHand *hand, goffset *end, GError **error)
{
  TlmBatchLines *answers = tlm_batch_lines_new (run->out, G_MAXSIZE);
  GError        *failure = NULL;
  TlmLine        kind;
  gboolean       failed = FALSE, fits;

  do
    {
      g_autofree char *answer = NULL;
      gsize            len;

      *end = (goffset) tlm_batch_lines_get_n_bytes (answers);
      kind = tlm_batch_lines_next (answers, &answer, &len, &failure);
      fits = answer == NULL
             || (kind == TLM_LINE_WHOLE ? skip_record (run, hand, answer, &failed, &failure)
                                        : check_tail (run, hand, answer, len, &failure));
      if (!fits && failure == NULL)
        g_set_error (&failure, TLM_ERROR, TLM_ERROR_FAILED,
                     _("Line %zu of “%s” answers another record than this "
                       "one of the input. Give the input and the skill that it was begun with, "
                       "or another file."),
                     run->progress.n_records + 1, run->out_name);
      else if (kind == TLM_LINE_WHOLE)
        tlm_batch_progress_count (&run->progress, !failed, 0);
    }
  while (kind == TLM_LINE_WHOLE && failure == NULL);
  tlm_batch_lines_free (answers);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

static gboolean
go_on (Run *run, const TlmBatch *batch, GError **error)
{
  TlmBatchHand *hand = tlm_batch_hand_new (batch, error);
  goffset       end = 0;
  gboolean      good = hand != NULL && skip_answered (run, hand, &end, error);

  g_clear_pointer (&hand, tlm_batch_hand_free);
  if (good && (ftruncate (run->out, end) != 0 || lseek (run->out, end, SEEK_SET) < 0))
    good = fail_errno (error, run->out_name);
  if (good)
    tlm_batch_progress_skip (&run->progress, tlm_batch_lines_get_n_bytes (run->in));
  return good;
}

/* ---- the output ---- */

static gboolean
is_input (int fd)
{
  struct stat in, out;

  return fstat (STDIN_FILENO, &in) == 0 && fstat (fd, &out) == 0 && S_ISREG (out.st_mode)
         && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

/* Two programs in one file would mix their answers; the lock ends with the program. */
static gboolean
open_output (Run *run, gboolean resume, GError **error)
{
  run->out = open (run->out_name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (run->out < 0)
    return fail_errno (error, run->out_name);
  if (is_input (run->out))
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, _("“%s” is there already. Choose another name."),
                 run->out_name);
  else if (flock (run->out, LOCK_EX | LOCK_NB) != 0)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED, _("Another program writes to “%s”."),
                 run->out_name);
  else if (!resume && lseek (run->out, 0, SEEK_END) > 0)
    g_set_error (error, TLM_ERROR, TLM_ERROR_FAILED,
                 _("“%s” has answers already. Go on with it by --resume, or give another file."),
                 run->out_name);
  else
    return TRUE;
  return FALSE;
}

/* By itself a thread's heap gives its end back after each record and takes it again, page by page, for the
 * next: with two threads that was two fifths of the time. What is larger, a long line, is still given back. */
static void
keep_memory (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, 8 << 20);
  mallopt (M_TRIM_THRESHOLD, 32 << 20);
#endif
}

static gboolean
run_batch (Run *run, const Options *o, GError **error)
{
  guint          n_threads = o->threads > 0 ? (guint) o->threads : g_get_num_processors ();
  TlmBatch      *batch = tlm_batch_new (&o->batch, error);
  TlmBatchQueue *queue = NULL;
  gboolean       good = batch != NULL && (run->out_name == NULL || open_output (run, o->resume, error));

  tlm_batch_progress_begin (&run->progress, STDIN_FILENO, run->out);
  good = good && (!o->resume || go_on (run, batch, error));
  if (good)
    queue = tlm_batch_queue_new (batch, n_threads, write_answer, run, error);
  good = queue != NULL && answer_all (run, queue, error);
  tlm_batch_progress_end (&run->progress);
  if (run->out_name != NULL && run->out >= 0 && close (run->out) != 0 && good)
    good = fail_errno (error, run->out_name);
  g_clear_pointer (&batch, tlm_batch_free);
  return good;
}

static int
run (const Options *o)
{
  Run                run = { .out_name = o->out, .out = STDOUT_FILENO };
  g_autoptr (GError) error = NULL;
  int                status = 0;

  keep_memory ();
  run.in = tlm_batch_lines_new (STDIN_FILENO, TLM_TEXT_MAX_BYTES);
  if (!run_batch (&run, o, &error))
    status = tlm_cli_fail ("%s", error->message);
  else if (run.progress.n_failed > 0)
    status = tlm_cli_fail (ngettext ("%zu record failed, of %zu in all; its answer says why.",
                                     "%zu records failed, of %zu in all; their answers say why.",
                                     run.progress.n_failed),
                           run.progress.n_failed, run.progress.n_records);
  tlm_batch_lines_free (run.in);
  g_free (run.line);
  return status;
}

/* Returns the name of the option that makes no sense, or NULL. */
static const char *
check (Options *o, int argc, char **argv)
{
  TlmGenerateRequest *request = &o->batch.generate;
  gboolean            writes = argc == 2 && g_str_equal (argv[1], "generate");

  if (argc != 2)
    return "SKILL";
  o->batch.skill = argv[1];
  o->batch.model = o->model;
  o->batch.adapters = o->adapters;
  o->batch.chat = o->chat;
  tlm_generate_request_init (request);
  request->repeat_penalty = 1;
  request->temperature = 0;
  request->max_tokens = o->n_tokens == NOT_GIVEN ? 128 : (guint) o->n_tokens;
  if (o->threads < 0 || o->threads > 1024)
    return "--threads";
  if (o->resume && o->out == NULL)
    return "--resume";
  if (o->day != NULL && !tlm_day_parse_iso (o->day, &o->batch.day))
    return "--day";
  if (o->n_tokens != NOT_GIVEN && (o->n_tokens < 0 || !writes))
    return "-n";
  if (o->chat && !writes)
    return "--chat";
  if (o->temperature != NULL
      && (!writes || !tlm_cli_parse_float (o->temperature, 0, 100, &request->temperature)))
    return "--temp";
  if (o->seed != NULL && (!writes || !tlm_cli_parse_seed (o->seed, &request->seed)))
    return "--seed";
  return o->adapters != NULL && !writes && !g_str_equal (argv[1], "classify") ? "--adapter" : NULL;
}

int
tlm_cli_batch (int argc, char **argv)
{
  Options            o = { .n_tokens = NOT_GIVEN };
  const GOptionEntry entries[] = {
    { "threads", 'j', 0, G_OPTION_ARG_INT, &o.threads,
      N_("Records at a time, each on one thread; 0: one a processor (0)"), "N" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out,
      N_("Write into this file, which must be new or empty"), N_("FILE.jsonl") },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &o.resume,
      N_("With --out: go on where an earlier run of the same input ended"), NULL },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o.model, N_("The model (the skill’s own)"),
      N_("FILE.gguf") },
    { "day", 0, 0, G_OPTION_ARG_STRING, &o.day,
      N_("The day on which notes were written that name none; without it their due words get no date"),
      N_("YYYY-MM-DD") },
    { "adapter", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.adapters,
      N_("For classify and generate: compute with an adapter; may be repeated"),
      N_("FILE[:SCALE]") },
    { "n-predict", 'n', 0, G_OPTION_ARG_INT, &o.n_tokens,
      N_("For generate: at most so many tokens (128)"), "N" },
    { "temp", 0, 0, G_OPTION_ARG_STRING, &o.temperature,
      N_("For generate: randomness; 0 takes the likeliest token each time (0)"), "T" },
    { "seed", 's', 0, G_OPTION_ARG_STRING, &o.seed,
      N_("For generate: the seed of each record that has none (0)"), "S" },
    { "chat", 0, 0, G_OPTION_ARG_NONE, &o.chat,
      N_("For generate: the texts are messages, in the model’s own chat format"), NULL },
    { NULL }
  };
  g_autofree char   *skills = tlm_batch_dup_skills ();
  g_autofree char   *summary
    = g_strdup_printf (_("Reads records of JSON, one a line, as {\"id\": 1, \"text\": \"…\"}, and writes "
                         "one answer a line in the same order, as {\"id\": 1, …}. A bad record gets an "
                         "answer with “error”. The skills: %s."), skills);
  const char        *wrong;
  /* Translators: what is done with each record, in the help of a command. */
  int                status = tlm_cli_parse (&argc, &argv, entries, _("SKILL"), summary);

  if (status < 0)
    {
      wrong = check (&o, argc, argv);
      status = wrong == NULL ? run (&o) : 2;
      if (wrong != NULL)
        tlm_cli_fail (_("%s is missing or makes no sense. “tinylm-cli batch --help” tells more."),
                      wrong);
    }
  g_free (o.model);
  g_free (o.day);
  g_free (o.out);
  g_free (o.temperature);
  g_free (o.seed);
  g_strfreev (o.adapters);
  return status;
}
