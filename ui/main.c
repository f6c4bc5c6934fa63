/* SPDX-License-Identifier: Apache-2.0 */
/* tinylm, the program with a window. */
#include "application.h"

#include "core/settings.h"
#include "privacy/lock.h"

#include <glib/gi18n.h>
#include <locale.h>

/* TINYLM_LOCALE_DIR names a tree of catalogues that is not installed. */
static void
init_gettext (void)
{
  const char *dir = g_getenv ("TINYLM_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, dir != NULL ? dir : LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* Printers are asked for through the print service's local socket alone: without this its library would
 * try the network's port of this machine too. */
static void
keep_printing_local (void)
{
  g_setenv ("CUPS_SERVER", "/run/cups/cups.sock", TRUE);
}

int
main (int argc, char **argv)
{
  g_autoptr (TlmApplication) application = NULL;

  tlm_lock_set ();
  keep_printing_local ();
  tlm_settings_choose_backend (TRUE);
  init_gettext ();
  g_set_application_name ("TinyLM");
  g_set_prgname ("tinylm");
  application = tlm_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
