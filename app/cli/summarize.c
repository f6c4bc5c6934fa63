/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli summarize [--json | --markdown] [--folder DIR] FILE… | -`: each file in turn; a bad one
 * does not stop us. */
#include "cli/summarize.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "cli/summary-output.h"
#include "skills/skill.h"

/* 0 for standard input. */
static gint64
get_written_at (const char *name)
{
  GStatBuf info;

  return !g_str_equal (name, "-") && g_stat (name, &info) == 0 ? (gint64) info.st_mtime : 0;
}

TlmSummary *
tlm_cli_summarize_input (TlmEngineService *engine,
                         const char       *name,
                         TlmDay            day,
                         const char      **decoded_from,
                         GError          **error)
{
  TlmSummarizeRequest      request = { .day = day, .written_at = get_written_at (name) };
  g_autoptr (GAsyncResult) result = NULL;
  gsize                    len;
  g_autofree char         *text = tlm_cli_read_input (name, &len, decoded_from, error);

  if (text == NULL)
    return NULL;
  request.text = text;
  request.len = (gssize) len;
  tlm_engine_service_summarize_full_async (engine, &request, NULL, tlm_cli_keep, &result);
  tlm_cli_await (&result);
  return tlm_engine_service_summarize_finish (engine, result, error);
}

static gboolean
save_receipt (TlmSummary *summary,
              const char *model,
              const char *path,
              GError    **error)
{
  g_autoptr (TlmReceipt) receipt = tlm_receipt_new (TLM_RECEIPT_SUMMARIZE, model, error);

  if (receipt == NULL)
    return FALSE;
  tlm_receipt_take_summary (receipt, summary);
  return tlm_receipt_save (receipt, path, error);
}

/* What to do with each summary. */
typedef struct
{
  char           *model, *receipt, *skill_name, *folder;
  const TlmSkill *skill; /* the only one to show; NULL for all */
  gboolean        json, markdown, many, list;
} Options;

static gboolean
summarize_one (TlmEngineService *engine,
               const char       *name,
               const Options    *o)
{
  g_autofree char       *shown = g_filename_display_name (name);
  g_autoptr (GError)     error = NULL;
  const char            *decoded_from = NULL;
  g_autoptr (TlmSummary) summary = tlm_cli_summarize_input (engine, name, (TlmDay) { 0 },
                                                                   &decoded_from, &error);

  if (summary == NULL)
    {
      fflush (stdout);
      tlm_cli_fail ("%s: %s", shown, error->message);
      if (o->json)
        tlm_summary_print_error (shown, error->message);
      return FALSE;
    }
  if (o->skill != NULL)
    tlm_summary_print_skill (summary, shown, o->skill->name, o->json);
  else if (o->json)
    tlm_summary_print_json (summary, shown, decoded_from);
  else if (o->markdown)
    tlm_summary_print_markdown (summary);
  else
    tlm_summary_print_text (summary, o->many ? shown : NULL);
  if (o->receipt == NULL || save_receipt (summary, o->model, o->receipt, &error))
    return TRUE;
  fflush (stdout);
  tlm_cli_fail ("%s", error->message);
  return FALSE;
}

static int
list_skills (void)
{
  gsize                  n;
  const TlmSkill *const *skills = tlm_skills_list (&n);

  for (gsize i = 0; i < n; i++)
    g_print ("%s: %s\n  %s\n  %s\n", skills[i]->name, _(skills[i]->description),
             _(skills[i]->constraint), _(skills[i]->fallback));
  return 0;
}

/* Returns: 0 when the options make sense together. */
static int
check (Options *o,
       int      n_files)
{
  if (n_files < 1 && o->folder == NULL)
    {
      tlm_cli_fail (_("Which file? Give one or more, or “-” for standard input."));
      return 2;
    }
  if (o->json && o->markdown)
    {
      tlm_cli_fail (_("Give either --json or --markdown."));
      return 2;
    }
  if (o->receipt != NULL && (n_files > 1 || o->folder != NULL))
    {
      tlm_cli_fail (_("A receipt is of one note. Give one file with --receipt."));
      return 2;
    }
  o->skill = o->skill_name != NULL ? tlm_skills_find (o->skill_name) : NULL;
  if (o->skill_name != NULL && o->skill == NULL)
    {
      tlm_cli_fail (_("There is no skill “%s”. “tinylm-cli summarize --skills” lists them."),
                    o->skill_name);
      return 2;
    }
  if (o->skill != NULL && o->skill->find == NULL)
    {
      tlm_cli_fail (_("The skill “%s” needs a question: “tinylm-cli ask QUESTION FILE”."),
                    o->skill_name);
      return 2;
    }
  return 0;
}

static int
run (Options *o,
     int      n_files,
     char   **files)
{
  g_autoptr (TlmEngineService) engine = NULL;
  g_autoptr (GPtrArray)        inputs = NULL;
  g_autoptr (GError)           error = NULL;
  g_autofree char             *model = NULL;
  guint                        n_others;
  gboolean                     good = TRUE;

  if (check (o, n_files) != 0)
    return 2;
  inputs = tlm_cli_list_inputs (n_files, files, o->folder, &n_others, &error);
  if (inputs == NULL)
    return tlm_cli_fail ("%s", error->message);
  model = tlm_cli_find_model (o->model != NULL ? o->model : "eeny", &error);
  if (model == NULL)
    return tlm_cli_fail ("%s", error->message);
  g_free (o->model);
  o->model = g_steal_pointer (&model);
  o->many = inputs->len > 1;
  engine = tlm_engine_service_new (o->model);
  for (guint i = 0; i < inputs->len; i++)
    good &= summarize_one (engine, inputs->pdata[i], o);
  if (n_others > 0)
    tlm_cli_fail (ngettext ("%u other file of the folder is no note and was left alone.",
                            "%u other files of the folder are no notes and were left alone.",
                            n_others), n_others);
  return good ? 0 : 1;
}

int
tlm_cli_summarize (int    argc,
                   char **argv)
{
  Options            o = { 0 };
  const GOptionEntry entries[] = {
    { "folder", 0, 0, G_OPTION_ARG_FILENAME, &o.folder,
      N_("Also every note in this folder and those inside it"), N_("FOLDER") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, N_("Print one JSON object a file"), NULL },
    { "markdown", 0, 0, G_OPTION_ARG_NONE, &o.markdown, N_("Print Markdown"), NULL },
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &o.model, N_("Use this reader, not the built-in one"),
      N_("FILE.gguf") },
    { "receipt", 0, 0, G_OPTION_ARG_FILENAME, &o.receipt,
      N_("Write what “replay” needs to make the same summary of the note again"),
      N_("FILE.json") },
    { "skill", 0, 0, G_OPTION_ARG_STRING, &o.skill_name, N_("Show only what this skill finds"),
      N_("NAME") },
    { "skills", 0, 0, G_OPTION_ARG_NONE, &o.list, N_("List the skills"), NULL },
    { NULL }
  };
  int                status;

  status = tlm_cli_parse (&argc, &argv, entries, _("FILE… | -"),
                          _("Finds the key points, action items, tags and title of notes. "
                            "“-” is standard input."));
  if (status < 0)
    status = o.list ? list_skills () : run (&o, argc - 1, argv + 1);
  g_free (o.folder);
  g_free (o.model);
  g_free (o.receipt);
  g_free (o.skill_name);
  return status;
}
