/* SPDX-License-Identifier: Apache-2.0 */
/* All probes in the order in which a person would ask, the commands that check from outside, and one
 * sentence for the whole. */
#include "privacy-private.h"

#include "core/paths.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

static void
finding_free (gpointer data)
{
  TlmFinding *finding = data;

  g_free (finding->title);
  g_free (finding->text);
  g_free (finding);
}

GPtrArray *
tlm_findings_new (void)
{
  return g_ptr_array_new_with_free_func (finding_free);
}

void
tlm_findings_add (GPtrArray      *findings,
                  TlmFindingGroup group,
                  TlmFindingState state,
                  const char     *id,
                  char           *title,
                  char           *text)
{
  TlmFinding *finding = g_new (TlmFinding, 1);

  *finding = (TlmFinding){ group, state, id, title, text };
  g_ptr_array_add (findings, finding);
}

const char *
tlm_finding_group_get_title (TlmFindingGroup group)
{
  switch (group)
    {
    case TLM_FINDINGS_NETWORK: return _("Network");
    /* Translators: the system call filter, which locks the program in: it cannot open a connection. */
    case TLM_FINDINGS_LOCK: return _("The Lock");
    case TLM_FINDINGS_SANDBOX: return _("The Sandbox");
    case TLM_FINDINGS_FOLDERS: return _("Folders It May Enter");
    case TLM_FINDINGS_FILES: return _("Files It Keeps");
    case TLM_FINDINGS_COMMANDS: return _("Check From Outside");
    }
  g_assert_not_reached ();
}

const char *
tlm_finding_group_get_id (TlmFindingGroup group)
{
  static const char *const ids[] = { "network", "lock", "sandbox", "folders", "files", "commands" };

  return ids[group];
}

const char *
tlm_finding_state_get_title (TlmFindingState state)
{
  switch (state)
    {
    /* Translators: a promise of the program, when it was checked: it is kept. */
    case TLM_FINDING_HOLDS: return _("Holds");
    case TLM_FINDING_FACT: return _("For your information");
    /* Translators: a promise of the program, when it was checked: it is not kept. */
    case TLM_FINDING_BROKEN: return _("Does not hold");
    }
  g_assert_not_reached ();
}

const char *
tlm_finding_state_get_id (TlmFindingState state)
{
  static const char *const ids[] = { "holds", "fact", "broken" };

  return ids[state];
}

/* Inside Flatpak the XDG folders belong to the program alone. */
static void
probe_files (GPtrArray *findings, gboolean sandboxed, const char *own)
{
  g_autofree char  *cache = g_build_filename (g_get_user_cache_dir (), "tinylm", NULL);
  g_autofree char  *dconf = g_build_filename (g_get_user_config_dir (), "dconf", "user", NULL);
  g_autofree char  *recent = g_build_filename (g_get_user_data_dir (), "recently-used.xbel", NULL);
  const char *const outside[] = { own, cache, NULL };
  const char *const inside[] = { g_get_user_data_dir (), g_get_user_config_dir (),
                                 g_get_user_cache_dir (), g_get_user_state_dir (), NULL };

  tlm_privacy_probe_files (findings, sandboxed ? inside : outside);
  if (sandboxed)
    return;
  tlm_privacy_probe_shared (findings, dconf, _("The preferences of all programs, TinyLM’s too"));
  tlm_privacy_probe_shared (findings, recent,
                            _("The names of files that were chosen lately, in all programs"));
}

static void
add_command (GPtrArray *findings, const char *title, char *command)
{
  tlm_findings_add (findings, TLM_FINDINGS_COMMANDS, TLM_FINDING_FACT, "command", g_strdup (title),
                    command);
}

#define TRACE "strace -f -e trace=socket,socketpair,connect,bind,io_uring_setup"

static void
add_sandbox_commands (GPtrArray *findings)
{
  add_command (findings, _("The sandbox’s permissions, overrides included"),
               g_strdup ("flatpak info --show-permissions com.sprapp.TinyLM"));
  add_command (findings, _("The overrides alone: nothing"),
               g_strdup ("flatpak override --user --show com.sprapp.TinyLM"));
  add_command (findings, _("The network interfaces inside the sandbox: lo alone"),
               g_strdup ("flatpak run --command=cat com.sprapp.TinyLM /proc/net/dev"));
}

/* @pid: as a shell understands it */
static void
add_process_commands (GPtrArray *findings, const char *pid)
{
  add_command (findings, _("The system-call filter, as the kernel tells of it"),
               g_strdup_printf ("grep -E '^(NoNewPrivs|Seccomp)' /proc/%s/status", pid));
  add_command (findings, _("Its Internet sockets: none"),
               g_strdup_printf ("sudo ss -tuwap | grep -F \"pid=%s,\"", pid));
  add_command (findings, _("Every socket that it asks for from now on"),
               g_strdup_printf ("sudo " TRACE " -p %s", pid));
}

/* Inside Flatpak the program does not know its process's number outside. */
static void
add_commands (GPtrArray *findings, gboolean sandboxed, gboolean stays)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());

  if (sandboxed)
    add_sandbox_commands (findings);
  if (stays)
    add_process_commands (findings, sandboxed ? "$(pidof -s tinylm)" : pid);
  else
    add_command (findings, _("Every socket that a command asks for"),
                 g_strdup (TRACE " tinylm-cli privacy"));
}

GPtrArray *
tlm_privacy_check (gboolean stays, const char *const *watched)
{
  GPtrArray           *findings = tlm_findings_new ();
  g_autoptr (GKeyFile) info = tlm_privacy_load_sandbox ("/.flatpak-info");
  g_autofree char     *database = tlm_paths_dup_database ();
  g_autofree char     *own = g_path_get_dirname (database);

  tlm_privacy_probe_sockets (findings);
  tlm_privacy_probe_connect (findings);
  tlm_privacy_probe_open_files (findings);
  tlm_privacy_probe_interfaces (findings, "/proc/net/dev");
  tlm_privacy_probe_filter (findings, tlm_lock_get (), "/proc/self/status");
  tlm_privacy_probe_io_uring (findings);
  tlm_privacy_probe_landlock (findings, tlm_lock_get ());
  tlm_privacy_probe_sandbox (findings, info);
  tlm_privacy_probe_folders (findings, info, own, "/run/flatpak/doc");
  tlm_privacy_probe_watched (findings, watched);
  probe_files (findings, info != NULL, own);
  add_commands (findings, info != NULL, stays);
  return findings;
}

static void
check_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, tlm_privacy_check (TRUE, data), (GDestroyNotify) g_ptr_array_unref);
}

void
tlm_privacy_check_async (const char *const  *watched,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tlm_privacy_check_async);
  g_task_set_task_data (task, g_strdupv ((char **) watched), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, check_thread);
}

GPtrArray *
tlm_privacy_check_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

guint
tlm_privacy_count_broken (GPtrArray *findings)
{
  guint n = 0;

  for (guint i = 0; i < findings->len; i++)
    n += ((TlmFinding *) findings->pdata[i])->state == TLM_FINDING_BROKEN;
  return n;
}

char *
tlm_privacy_dup_verdict (GPtrArray *findings)
{
  guint n = tlm_privacy_count_broken (findings);

  if (n == 0)
    return g_strdup (_("TinyLM cannot reach any network: the kernel refuses it the means."));
  return g_strdup_printf (ngettext ("%u protection does not hold.",
                                    "%u protections do not hold.", n), n);
}
