/* SPDX-License-Identifier: Apache-2.0 */
/* `tinylm-cli backup [list|now|restore|salvage]`: what the window's Privacy page does with backups,
 * also where the database cannot be opened any more. */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "store/backups.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/passphrase.h"
#include "store/erase.h"
#include "core/errors.h"
#include "core/paths.h"
#include "store/salvage.h"

typedef struct
{
  char    *database;
  int      fd; /* of the passphrase; -1: the terminal */
  gboolean yes;
} Call;

static char *
dup_line (TlmBackup *backup)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (backup->time);
  g_autofree char      *when = g_date_time_format (time, "%F %T");
  g_autofree char      *size = g_format_size (backup->size);

  return g_strdup_printf ("%s  %s  %8s  %s", backup->name, when, size,
                          tlm_backup_reason_get_title (backup->reason));
}

static int
list (Call *call)
{
  g_autoptr (GPtrArray) backups = tlm_backups_list (call->database);

  for (guint i = 0; i < backups->len; i++)
    {
      g_autofree char *line = dup_line (backups->pdata[i]);

      printf ("%s\n", line);
    }
  if (backups->len == 0)
    printf ("%s\n", _("There is no backup yet. “tinylm-cli backup now” makes one."));
  return 0;
}

static int
make (Call *call)
{
  TlmDb             *db = tlm_db_new ();
  g_autoptr (GError) error = NULL;
  gboolean           done = tlm_cli_open_db (db, call->fd, &error)
                            && tlm_backups_make (db, TLM_BACKUP_NOW, &error);

  tlm_db_free (db);
  return done ? list (call) : tlm_cli_fail ("%s", error->message);
}

static int
fail_in_use (void)
{
  return tlm_cli_fail ("%s", _("TinyLM is open and uses its data. Close it and try again."));
}

/* Asked for only where it is needed. @secret: (out) (transfer full) (nullable) */
static gboolean
read_secret (Call       *call,
             const char *path,
             char      **secret,
             GError    **error)
{
  *secret = NULL;
  if (!tlm_vault_is_sealed (path) && call->fd < 0)
    return TRUE;
  *secret = tlm_cli_read_secret (call->fd, error);
  return *secret != NULL;
}

static void
say_restored (Call    *call,
              gboolean existed,
              gboolean damaged)
{
  g_autofree char *folder = tlm_backups_dup_damaged_folder (call->database);

  if (damaged)
    printf (_("The backup is restored. The damaged database is kept in “%s”.\n"), folder);
  else if (!existed)
    printf ("%s\n", _("The backup is restored."));
  else
    printf ("%s\n", _("The backup is restored. What was there before is a backup now."));
}

/* The name as `list` shows it, or the path of a copy that was saved elsewhere. */
static int
restore (Call       *call,
         const char *name)
{
  g_autofree char   *folder = g_path_get_dirname (call->database);
  g_autofree char   *path = strchr (name, '/') != NULL
                              ? g_strdup (name) : g_build_filename (folder, "backups", name, NULL);
  g_autoptr (GError) error = NULL;
  char              *secret;
  gboolean           done, damaged, existed;

  if (tlm_db_is_in_use (call->database))
    return fail_in_use ();
  existed = g_file_test (call->database, G_FILE_TEST_EXISTS);
  damaged = tlm_db_is_damaged (call->database);
  done = read_secret (call, path, &secret, &error)
         && tlm_backups_restore (call->database, path, secret, NULL, damaged, &error);
  tlm_secret_free (secret);
  if (!done)
    return tlm_cli_fail ("%s", error->message);
  if (!tlm_backups_place_now (call->database, &error))
    return tlm_cli_fail ("%s", error->message);
  say_restored (call, existed, damaged);
  return 0;
}

static int
show_salvage (Call       *call,
              TlmSalvage *salvage)
{
  g_autofree char   *report = tlm_salvage_dup_report (salvage);
  g_autofree char   *folder = tlm_backups_dup_damaged_folder (call->database);
  g_autofree char   *partial = tlm_backups_dup_partial (call->database);
  g_autoptr (GError) error = NULL;

  printf ("%s\n", g_strchomp (report));
  if (!call->yes)
    {
      tlm_erase_file (partial, NULL);
      printf ("%s\n", _("Nothing was changed. With --yes this takes the damaged database’s place."));
      return 0;
    }
  if (!tlm_backups_commit (call->database, TRUE, &error)
      || !tlm_backups_place_now (call->database, &error))
    return tlm_cli_fail ("%s", error->message);
  printf (_("This is your database now. The damaged one is kept in “%s”.\n"), folder);
  return 0;
}

static int
salvage (Call *call)
{
  g_autoptr (TlmSalvage) found = NULL;
  g_autoptr (GError)     error = NULL;
  char                  *secret;

  if (tlm_db_is_in_use (call->database))
    return fail_in_use ();
  if (read_secret (call, call->database, &secret, &error))
    found = tlm_salvage_run (call->database, secret, &error);
  tlm_secret_free (secret);
  return found != NULL ? show_salvage (call, found) : tlm_cli_fail ("%s", error->message);
}

static int
run (Call  *call,
     int    argc,
     char **argv)
{
  const char *verb = argc > 1 ? argv[1] : "list";

  if (argc <= 2 && g_str_equal (verb, "list"))
    return list (call);
  if (argc == 2 && g_str_equal (verb, "now"))
    return make (call);
  if (argc == 3 && g_str_equal (verb, "restore"))
    return restore (call, argv[2]);
  if (argc == 2 && g_str_equal (verb, "salvage"))
    return salvage (call);
  tlm_cli_fail (_("“backup” knows: list, now, restore NAME, salvage."));
  return 2;
}

int
tlm_cli_backup (int    argc,
                char **argv)
{
  g_autofree char   *database = tlm_paths_dup_database ();
  Call               call = { .database = database, .fd = -1 };
  const GOptionEntry entries[] = {
    { "passphrase-fd", 0, 0, G_OPTION_ARG_INT, &call.fd,
      /* Translators: a number, in the help of an option. */
      N_("Read the passphrase of a locked store from this file descriptor"), N_("N") },
    { "yes", 0, 0, G_OPTION_ARG_NONE, &call.yes,
      N_("Let what was salvaged take the damaged database’s place"), NULL },
    { NULL }
  };
  int                status;

  status = tlm_cli_parse (&argc, &argv, entries, _("[list|now|restore NAME|salvage]"),
                          _("Keeps backups of the database, without the files of models and "
                            "specialists. “restore” takes a name from the list, or the path of a "
                            "copy; what is there now becomes a backup first. “salvage” says what can "
                            "be read of a damaged database."));
  return status >= 0 ? status : run (&call, argc, argv);
}
