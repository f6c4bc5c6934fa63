/* SPDX-License-Identifier: Apache-2.0 */
/* Options, numbers and complaints of the command line. */
#include "cli/options.h"

#include "cli/complete.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <stdio.h>

/* A GPrintFunc: what is printed is UTF-8 in every locale, as what goes to a file is. */
static void
print (const char *text)
{
  fputs (text, stdout);
  fflush (stdout);
}

void
tlm_cli_set_up_locale (void)
{
  const char *dir = g_getenv ("TINYLM_LOCALE_DIR"); /* catalogues that are not installed */

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, dir != NULL ? dir : TLM_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_set_print_handler (print);
}

int
tlm_cli_fail (const char *format,
              ...)
{
  g_autofree char *message = NULL;
  va_list          args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  fprintf (stderr, "tinylm-cli: %s\n", message);
  return 1;
}

static int
print_help (GOptionContext *context)
{
  g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

  fputs (help, stdout);
  return 0;
}

static gboolean
asks_for_help (int    argc,
               char **argv)
{
  for (int i = 1; i < argc && !g_str_equal (argv[i], "--"); i++)
    if (g_str_equal (argv[i], "--help") || g_str_equal (argv[i], "-h"))
      return TRUE;
  return FALSE;
}

/* GOption leaves it where an argument behind it begins with "-". */
static void
drop_separator (int   *argc,
                char **argv)
{
  int i = 1;

  while (i < *argc && !g_str_equal (argv[i], "--"))
    i++;
  if (i == *argc)
    return;
  for (; i < *argc; i++)
    argv[i] = argv[i + 1];
  (*argc)--;
}

/* GOption would print "tinylm-cli" alone and end the whole program, so help is asked for here. */
int
tlm_cli_parse (int                *argc,
               char             ***argv,
               const GOptionEntry *entries,
               const char         *usage,
               const char         *summary)
{
  g_autoptr (GOptionContext) context = g_option_context_new (usage);
  g_autoptr (GError)         error = NULL;
  g_autofree char           *program = g_strconcat ("tinylm-cli ", (*argv)[0], NULL);

  if (tlm_cli_complete_answer (entries, usage))
    return 0;
  g_set_prgname (program);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (asks_for_help (*argc, *argv))
    return print_help (context);
  if (g_option_context_parse (context, argc, argv, &error))
    {
      drop_separator (argc, *argv);
      return -1;
    }
  /* Translators: what is wrong, without its full stop; then the name of a command. */
  tlm_cli_fail (_("%s. “tinylm-cli %s --help” tells more."), error->message, (*argv)[0]);
  return 2;
}

GArray *
tlm_cli_parse_numbers (const char *list)
{
  g_auto (GStrv)     parts = g_strsplit (list, ",", -1);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint));

  for (int i = 0; parts[i] != NULL; i++)
    {
      guint64 number;
      guint   value;

      if (!g_ascii_string_to_unsigned (parts[i], 10, 0, 1 << 24, &number, NULL))
        return NULL;
      value = (guint) number;
      g_array_append_val (numbers, value);
    }
  return numbers->len > 0 ? g_steal_pointer (&numbers) : NULL;
}

gboolean
tlm_cli_parse_float (const char *text,
                     double      min,
                     double      max,
                     float      *value)
{
  char  *end;
  double number = g_ascii_strtod (text, &end);

  /* Written so that NaN fails too. */
  if (end == text || *end != '\0' || !(number >= min && number <= max))
    return FALSE;
  *value = (float) number;
  return TRUE;
}

gboolean
tlm_cli_parse_seed (const char *text,
                    guint64    *value)
{
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, value, NULL);
}
