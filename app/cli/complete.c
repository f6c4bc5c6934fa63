/* SPDX-License-Identifier: Apache-2.0 */
/* Completion from what a command hands to tlm_cli_parse(): its options, with the names of their values,
 * and its usage, whose first words are verbs. So nothing here knows a command, but for the words that a
 * value may have. What the names mean is shown in the person's language; they are compared in ours. */
#include "cli/complete.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "store/backups.h"
#include "cli/batch-skills.h"
#include "cli/open-store.h"
#include "cli/options.h"
#include "models/models.h"
#include "core/paths.h"
#include "skills/skill.h"
#include "specialists/trained.h"

#define NO_DESCRIPTOR G_MAXINT /* a passphrase that cannot be read: a TAB must not ask for one */

/* Arguments that are commands of their own. */
static const struct { const char *command, *names[5]; } subcommands[] = {
  { "eval", { "lm", "notes", "private", "route" } },
  { "train", { "lm", "reader", "router", "vectors" } },
};

static struct
{
  int    n;
  char **words; /* the command's name first, the word to complete last; NULL: no call to complete */
} asked;

static const char *const *
find_subcommands (const char *command)
{
  for (gsize i = 0; i < G_N_ELEMENTS (subcommands); i++)
    if (g_str_equal (subcommands[i].command, command))
      return subcommands[i].names;
  return NULL;
}

gboolean
tlm_cli_complete_begin (int    n_words,
                        char **words)
{
  const char *const *names = find_subcommands (words[0]);
  gboolean           sub = n_words > 2 && names != NULL && g_strv_contains (names, words[1]);

  asked.n = n_words - sub;
  asked.words = words + sub;
  return sub;
}

void
tlm_cli_complete_print (const char *candidate,
                        const char *meaning)
{
  printf ("%s\t%s\n", candidate, meaning != NULL ? meaning : "");
}

static void
print_all (const char *const *candidates)
{
  for (; *candidates != NULL; candidates++)
    tlm_cli_complete_print (*candidates, NULL);
}

/* ---- Names of what is kept ---- */

/* NULL where nothing is kept yet: completing makes no database, and asks for no passphrase. */
static TlmStore *
open_store (void)
{
  g_autofree char      *path = tlm_paths_dup_database ();
  g_autoptr (TlmStore)  store = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  store = tlm_store_new ();
  if (tlm_cli_open_store (store, NO_DESCRIPTOR, NULL))
    return g_steal_pointer (&store);
  tlm_store_close (store);
  return NULL;
}

static void
print_models (TlmStore *store, gboolean built_in)
{
  g_autoptr (TlmModels) models = tlm_cli_load_models (store, NULL);
  GListModel           *list = models != NULL ? tlm_models_get_list (models) : NULL;

  for (guint i = 0; list != NULL && i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TlmModel) model = g_list_model_get_item (list, i);

      if (built_in || tlm_model_get_state (model)->kind != TLM_MODEL_BUILT_IN)
        tlm_cli_complete_print (tlm_model_get_state (model)->name, NULL);
    }
  if (models != NULL)
    tlm_models_shutdown (models);
}

static void
set_true (gboolean *flag)
{
  *flag = TRUE;
}

static void
print_specialists (TlmStore *store)
{
  g_autoptr (TlmTrainedList) list = tlm_trained_list_new (store);
  GListModel                *items = tlm_trained_list_get (list);
  gboolean                   loaded = FALSE;

  g_signal_connect_swapped (list, "listed", G_CALLBACK (set_true), &loaded);
  g_signal_connect_swapped (list, "failed", G_CALLBACK (set_true), &loaded);
  tlm_trained_list_load (list);
  while (!loaded)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (TlmTrained) trained = g_list_model_get_item (items, i);

      tlm_cli_complete_print (tlm_trained_get_state (trained)->name, NULL);
    }
}

static void
print_backups (void)
{
  g_autofree char      *database = tlm_paths_dup_database ();
  g_autoptr (GPtrArray) backups = tlm_backups_list (database);

  for (guint i = 0; i < backups->len; i++)
    {
      TlmBackup *backup = backups->pdata[i];

      tlm_cli_complete_print (backup->name, tlm_backup_reason_get_title (backup->reason));
    }
}

static void
print_names (void)
{
  g_autoptr (TlmStore) store = NULL;

  if (g_str_equal (asked.words[0], "backup"))
    print_backups ();
  else if ((store = open_store ()) != NULL)
    {
      if (g_str_equal (asked.words[0], "models"))
        print_models (store, TRUE);
      else if (g_str_equal (asked.words[0], "specialists"))
        print_specialists (store);
      tlm_store_close (store);
    }
}

/* For a command that runs one. */
static void
print_language_models (void)
{
  TlmStore *store = open_store ();

  tlm_cli_complete_print ("meeny", NULL);
  if (store == NULL)
    return;
  print_models (store, FALSE);
  tlm_store_close (store);
  g_object_unref (store);
}

/* What -m can be called: the built-in one that the command is about, and those that it runs. */
static void
print_model_names (void)
{
  static const struct { const char *command, *built_in; } readers[] = {
    { "ask", "eeny" }, { "batch", "eeny" }, { "replay", "eeny" }, { "route", "router" },
    { "summarize", "eeny" },
  };
  static const char *const runners[] = { "batch", "bench", "classify", "generate", "replay", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
    if (g_str_equal (readers[i].command, asked.words[0]))
      tlm_cli_complete_print (readers[i].built_in, NULL);
  if (g_strv_contains (runners, asked.words[0]))
    print_language_models ();
}

static void
print_skills (void)
{
  gsize                  n;
  const TlmSkill *const *skills = tlm_skills_list (&n);

  for (gsize i = 0; i < n; i++)
    if (skills[i]->find != NULL)
      tlm_cli_complete_print (skills[i]->name, _(skills[i]->description));
}

/* ---- Values ---- */

/* What @kind, a value's name as --help shows it, can be: FILE.gguf, FOLDER, FILE[:SCALE], NAME… */
static void
print_files (const char *kind)
{
  const char *dot = strchr (kind, '.');

  if (strstr (kind, "FOLDER") != NULL && strstr (kind, "FILE") == NULL)
    printf ("\tfolders\n");
  else if (g_str_equal (kind, "FILE[:SCALE]") || g_str_equal (kind, "GGUF"))
    printf ("\tfiles gguf\n");
  else if (dot != NULL)
    printf ("\tfiles %.*s\n", (int) strspn (dot + 1, "abcdefghijklmnopqrstuvwxyz"), dot + 1);
  else if (strstr (kind, "FILE") != NULL || strstr (kind, "NOTE") != NULL
           || g_str_equal (kind, "TARGET") || g_str_equal (kind, "PREFIX"))
    printf ("\tfiles\n");
}

/* Those that quantize can write. */
static void
print_types (void)
{
  static const char *const types[] = { "F32", "F16", "BF16", "Q8_0", "Q6_K", "Q4_K", "Q4_0", "TQ2_0",
                                       "TQ1_0", NULL };

  print_all (types);
}

static void
print_value (const GOptionEntry *option)
{
  static const struct { const char *option, *values[7]; } table[] = {
    { "attach", { "none", "note", "selection", "file", "chat" } },
    { "kv", { "f16", "q8_0", "f32" } },
    { "qat", { "ternary", "binary" } },
    { "schedule", { "cosine", "linear" } },
  };
  static const char *const built_in[] = { "eeny", "meeny", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].option, option->long_name))
      print_all (table[i].values);
  if (g_str_has_suffix (option->long_name, "type"))
    print_types ();
  else if (g_str_equal (option->long_name, "skill"))
    print_skills ();
  else if (g_str_equal (option->long_name, "model") && g_str_equal (asked.words[0], "license"))
    print_all (built_in);
  else if (g_str_equal (option->long_name, "model"))
    print_model_names ();
  else if (g_str_equal (option->long_name, "base"))
    print_language_models ();
  print_files (option->arg_description);
}

/* ---- Arguments ---- */

static const GOptionEntry *
find_option (const GOptionEntry *entries,
             const char         *word)
{
  for (const GOptionEntry *e = entries; e->long_name != NULL; e++)
    if ((strncmp (word, "--", 2) == 0 && g_str_equal (word + 2, e->long_name))
        || (word[0] == '-' && word[1] != '\0' && word[1] == e->short_name && word[2] == '\0'))
      return e;
  return NULL;
}

/* The words before the last that are neither options nor their values. (transfer container) */
static GPtrArray *
find_arguments (const GOptionEntry *entries)
{
  GPtrArray *found = g_ptr_array_new ();

  for (int i = 1; i < asked.n - 1; i++)
    {
      const GOptionEntry *option = find_option (entries, asked.words[i]);

      if (option != NULL && option->arg != G_OPTION_ARG_NONE)
        i++;
      else if (asked.words[i][0] != '-' || asked.words[i][1] == '\0')
        g_ptr_array_add (found, asked.words[i]);
    }
  return found;
}

static void
print_batch_skills (void)
{
  g_autofree char *skills = tlm_batch_dup_skills ();
  g_auto (GStrv)   names = g_strsplit (skills, ", ", -1);

  for (gsize i = 0; names[i] != NULL; i++)
    tlm_cli_complete_print (names[i], NULL);
}

/* An alternative of the usage, "import FILE…", as words without marks. */
static char **
split_alternative (const char *alternative)
{
  g_autoptr (GRegex) marks = g_regex_new ("[][…]|\\.\\.\\.", 0, 0, NULL);
  g_autofree char   *plain = g_regex_replace_literal (marks, alternative, -1, 0, "", 0, NULL);

  return g_strsplit (g_strstrip (plain), " ", -1);
}

static gboolean
is_verb (const char *word)
{
  return strlen (word) > 1 && strspn (word, "abcdefghijklmnopqrstuvwxyz") == strlen (word);
}

/* The argument after @given, as one alternative of the usage has it. */
static void
print_argument (char     **usage,
                gboolean   repeats,
                GPtrArray *given)
{
  guint last = g_strv_length (usage) - 1;
  guint i = repeats ? MIN (given->len, last) : given->len;

  if (i == 0 && is_verb (usage[0]))
    tlm_cli_complete_print (usage[0], NULL);
  else if (i > last || (is_verb (usage[0]) && !g_str_equal (usage[0], given->pdata[0])))
    return;
  else if (i == 1 && g_str_equal (usage[i], "NAME"))
    print_names ();
  else if (g_str_equal (usage[i], "TYPE"))
    print_types ();
  else if (g_str_equal (usage[i], "SKILL"))
    print_batch_skills ();
  else if (!is_verb (usage[i]))
    print_files (usage[i]);
}

static void
print_arguments (const GOptionEntry *entries,
                 const char         *usage)
{
  g_autoptr (GPtrArray) given = find_arguments (entries);
  g_auto (GStrv)        alternatives = g_strsplit (usage, "|", -1);

  for (int i = 0; alternatives[i] != NULL; i++)
    {
      g_auto (GStrv) words = split_alternative (alternatives[i]);

      /* "QUESTION [FILE | FOLDER | -]": another last word, and no alternative to the first. */
      if (words[0] != NULL && (i == 0 || is_verb (words[0])))
        print_argument (words, strstr (alternatives[i], "…") != NULL, given);
    }
}

static void
print_options (const GOptionEntry *entries)
{
  for (const GOptionEntry *e = entries; e->long_name != NULL; e++)
    {
      g_autofree char *name = g_strconcat ("--", e->long_name, NULL);

      tlm_cli_complete_print (name, _(e->description));
    }
}

gboolean
tlm_cli_complete_answer (const GOptionEntry *entries,
                         const char         *usage)
{
  const GOptionEntry *option;

  if (asked.words == NULL)
    return FALSE;
  tlm_cli_set_up_locale ();
  option = find_option (entries, asked.words[asked.n - 2]);
  if (option != NULL && option->arg != G_OPTION_ARG_NONE)
    print_value (option);
  else if (asked.words[asked.n - 1][0] == '-')
    print_options (entries);
  else if (asked.n == 2 && find_subcommands (asked.words[0]) != NULL)
    print_all (find_subcommands (asked.words[0]));
  else
    print_arguments (entries, usage);
  return TRUE;
}
