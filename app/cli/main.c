/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm-cli: the services without a window. This file knows the commands by name. */
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/options.h"
#include "core/settings.h"
#include "models/cpu-choice.h"
#include "privacy/lock.h"

typedef struct
{
  const char *name;
  int       (*run) (int argc, char **argv);
  const char *summary;
} Command;

static const Command commands[] = {
  { "summarize", tlm_cli_summarize, N_("Point at what matters in notes") },
  { "ask", tlm_cli_ask, N_("Find the sentence of a note that answers a question") },
  { "route", tlm_cli_route, N_("Say which tool a request goes to, and why") },
  { "generate", tlm_cli_generate, N_("Continue a text with a language model") },
  { "handoff", tlm_cli_handoff, N_("Replace private details in a text, to take it elsewhere") },
  { "batch", tlm_cli_batch, N_("Answer records of JSON, one a line, on all processors") },
  { "replay", tlm_cli_replay, N_("Make again what a receipt is of, and compare") },
  { "classify", tlm_cli_classify, N_("Say which of a specialist’s labels a text has") },
  { "merge", tlm_cli_merge, N_("Write a model with an adapter added into it") },
  { "info", tlm_cli_info, N_("Show what a model or an adapter says of itself") },
  { "bench", tlm_cli_bench, N_("Measure the speed of a language model") },
  { "models", tlm_cli_models,
    N_("Keep language models: list, import, verify, measure, rename, remove") },
  { "specialists", tlm_cli_specialists,
    N_("Keep specialists: list, import, export, remove, on, off") },
  { "chats", tlm_cli_chats, N_("Keep chats: list, import, export") },
  { "license", tlm_cli_license, N_("Keep license keys and say what they cover") },
  { "privacy", tlm_cli_privacy, N_("Show what keeps this program from the network") },
  { "quantize", tlm_cli_quantize, N_("Write a model with smaller weights") },
  { "backup", tlm_cli_backup, N_("Keep backups: list, now, restore, salvage") },
  { "export", tlm_cli_export, N_("Write all that the database holds into a folder or archive") },
  { "erase", tlm_cli_erase, N_("Erase everything that is kept") },
#ifdef TLM_HAVE_EVAL
  { "eval", tlm_cli_eval, N_("Measure the quality of the built-in model on labelled notes") },
#endif
#ifdef TLM_HAVE_TRAIN
  { "train", tlm_cli_train, N_("Train a model") },
#endif
};

static int
print_help (FILE *out)
{
  fprintf (out, "%s\n\n", _("Usage: tinylm-cli COMMAND [OPTION…]"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (out, "  %-11s  %s\n", commands[i].name, _(commands[i].summary));
  fprintf (out, "  %-11s  %s\n  %-11s  %s\n\n", "help", _("Show this help"), "--version",
           _("Show the version"));
  fprintf (out, "%s\n%s\n", _("“tinylm-cli COMMAND --help” tells more about a command."),
           _("TINYLM_CPU=c|sse2|ssse3|avx2|avx512|avx512vnni|neon|dotprod allows no faster "
             "instructions than these."));
  return out == stdout ? 0 : 2;
}

static const Command *
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

/* For the completion of shells, which no person calls: not among the commands. */
static int
complete (int    argc,
          char **argv)
{
  const Command *command;
  char           none[] = "--", *args[] = { argv[1], none, none, NULL };

  if (argc < 3)
    {
      tlm_cli_set_up_locale ();
      for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
        tlm_cli_complete_print (commands[i].name, _(commands[i].summary));
      return 0;
    }
  command = find_command (argv[1]);
  if (command == NULL)
    return 0;
  if (!tlm_cli_complete_begin (argc - 1, argv + 1))
    return command->run (2, args);
  args[1] = argv[2];
  return command->run (3, args);
}

/* A full disk is no success. */
static int
run (const Command *command,
     int            argc,
     char         **argv)
{
  int status = command->run (argc, argv);

  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  return tlm_cli_fail (_("The output could not be written."));
}

static int
print_version (int    argc,
               char **argv)
{
  (void) argc;
  (void) argv;
  printf ("tinylm-cli %s\n", TLM_VERSION);
  return 0;
}

static int
print_all_help (int    argc,
                char **argv)
{
  (void) argc;
  (void) argv;
  return print_help (stdout);
}

static const Command own[] = {
  { "help", print_all_help, NULL },
  { "--help", print_all_help, NULL },
  { "-h", print_all_help, NULL },
  { "--version", print_version, NULL },
};

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  const Command     *command;

  tlm_lock_set ();
  /* Files are read as files; nothing here may reach for a remote file system. */
  g_setenv ("GIO_USE_VFS", "local", TRUE);
  tlm_settings_choose_backend (FALSE);
  if (argc > 1 && g_str_equal (argv[1], "complete"))
    return complete (argc - 1, argv + 1);
  tlm_cli_set_up_locale ();
  if (!tlm_cpu_choice_apply (&error))
    {
      tlm_cli_fail ("%s", error->message);
      return 2;
    }
  if (argc < 2)
    return print_help (stderr);
  command = find_command (argv[1]);
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    if (g_str_equal (own[i].name, argv[1]))
      command = &own[i];
  if (command != NULL)
    return run (command, argc - 1, argv + 1);
  tlm_cli_fail (_("There is no command “%s”. “tinylm-cli help” lists the commands."), argv[1]);
  return 2;
}
