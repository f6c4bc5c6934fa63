/* SPDX-License-Identifier: Apache-2.0 */
/* A passphrase comes from the terminal, unseen, or through a file descriptor; never as an argument,
 * which every program of the machine can read. */
#include "cli/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include "store/backups.h"
#include "core/errors.h"
#include "core/paths.h"

#define MAX_BYTES 1024 /* libsodium takes more; nobody types more */

/* Byte by byte, so that what follows the line stays to be read by others. */
static char *
read_line (int fd)
{
  char  line[MAX_BYTES + 1];
  char *copy;
  gsize n = 0;

  while (n < MAX_BYTES)
    {
      ssize_t got = read (fd, line + n, 1);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0 && n == 0)
        return NULL;
      if (got <= 0 || line[n] == '\n')
        break;
      n++;
    }
  line[n] = '\0';
  copy = g_strdup (line);
  sodium_memzero (line, sizeof line);
  return copy;
}

static char *
ask_terminal (void)
{
  const char    *prompt = _("Passphrase or recovery code: ");
  int            fd = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  struct termios seen, unseen;
  char          *line = NULL;

  if (fd < 0)
    return NULL;
  if (tcgetattr (fd, &seen) == 0 && write (fd, prompt, strlen (prompt)) > 0)
    {
      unseen = seen;
      unseen.c_lflag &= ~(tcflag_t) ECHO;
      tcsetattr (fd, TCSAFLUSH, &unseen);
      line = read_line (fd);
      tcsetattr (fd, TCSAFLUSH, &seen);
      (void) !write (fd, "\n", 1);
    }
  close (fd);
  return line;
}

char *
tlm_cli_read_secret (int      fd,
                     GError **error)
{
  char *secret = fd >= 0 ? read_line (fd) : ask_terminal ();

  if (secret == NULL)
    g_set_error_literal (error, TLM_ERROR, TLM_ERROR_STORE_LOCKED,
                         fd >= 0 ? _("No passphrase could be read from the file descriptor.")
                                 : _("TinyLM is locked and there is no terminal to ask for the "
                                     "passphrase. Give it through --passphrase-fd."));
  return secret;
}

static gboolean
unlock (TlmDb      *db,
        const char *path,
        int         fd,
        GError    **error)
{
  char     *secret = tlm_cli_read_secret (fd, error);
  TlmVault *vault;
  gboolean  done;

  if (secret == NULL)
    return FALSE;
  done = !tlm_vault_is_sealed (path); /* another program decrypted it meanwhile */
  if (!done && (vault = tlm_vault_open (path, secret, error)) != NULL)
    {
      tlm_db_set_vault (db, vault);
      done = TRUE;
    }
  tlm_secret_free (secret);
  return done;
}

/* What cannot be seen is not said to be missing. */
static gboolean
check_file (TlmDb      *db,
            const char *path,
            GError    **error)
{
  GStatBuf info;

  if (g_stat (path, &info) == 0)
    return S_ISREG (info.st_mode) || tlm_db_fail (db, SQLITE_CANTOPEN, error);
  if (errno != ENOENT && errno != ENOTDIR)
    return tlm_db_fail (db, SQLITE_PERM, error);
  g_set_error (error, TLM_ERROR, TLM_ERROR_NOT_FOUND,
               _("There is no database at “%s”: TinyLM has kept nothing yet."), path);
  return FALSE;
}

gboolean
tlm_cli_open_db (TlmDb   *db,
                 int      fd,
                 GError **error)
{
  g_autofree char *path = tlm_paths_dup_database ();

  /* Whether it is there, and locked, is asked of the one that is to be opened. */
  if (!tlm_backups_put_in_place (path, error) || !check_file (db, path, error))
    return FALSE;
  if (tlm_vault_is_sealed (path) && !unlock (db, path, fd, error))
    return FALSE;
  return tlm_db_open (db, path, error);
}
