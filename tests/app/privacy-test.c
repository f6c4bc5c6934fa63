/* SPDX-License-Identifier: Apache-2.0 */
/* The probes of the Privacy page: on sandboxes, kernels and folders that a test makes up, and on this
 * process, once free and once locked. */
#include "privacy/privacy-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

/* /.flatpak-info as flatpak 1.14 writes it for the manifest's finish-args. */
#define INFO                                                                                        \
  "[Application]\nname=com.sprapp.TinyLM\nruntime=runtime/org.gnome.Platform/x86_64/49\n\n"          \
  "[Instance]\ninstance-id=1\nflatpak-version=1.14.10\nsession-bus-proxy=true\n\n"                   \
  "[Context]\nshared=ipc;\nsockets=wayland;x11;\ndevices=dri;\n"

typedef struct
{
  char      *folder;
  GPtrArray *findings;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = tlm_test_make_folder ();
  f->findings = tlm_findings_new ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  tlm_test_remove_folder (f->folder);
  g_ptr_array_unref (f->findings);
}

static char *
dup_file (Fixture *f, const char *name, const char *text)
{
  char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static const TlmFinding *
find (Fixture *f, const char *id)
{
  for (guint i = 0; i < f->findings->len; i++)
    if (g_str_equal (((TlmFinding *) f->findings->pdata[i])->id, id))
      return f->findings->pdata[i];
  g_error ("no finding %s", id);
}

#define assert_finding(f, id, expected, words)                                                      \
  G_STMT_START                                                                                      \
  {                                                                                                 \
    const TlmFinding *finding_ = find (f, id);                                                      \
    g_assert_cmpint (finding_->state, ==, expected);                                                \
    if (strstr (finding_->text, words) == NULL)                                                     \
      g_error ("“%s” is not in “%s”", words, finding_->text);                                       \
  }                                                                                                 \
  G_STMT_END

static void
probe_sandbox (Fixture *f, const char *info)
{
  g_autofree char *path = dup_file (f, "flatpak-info", info);
  g_autoptr (GKeyFile) sandbox = tlm_privacy_load_sandbox (path);

  g_assert_nonnull (sandbox);
  tlm_privacy_probe_sandbox (f->findings, sandbox);
  tlm_privacy_probe_folders (f->findings, sandbox, f->folder, f->folder);
}

static void
test_sandbox_as_asked_for (Fixture *f, gconstpointer data)
{
  probe_sandbox (f, INFO);
  g_assert_cmpuint (tlm_privacy_count_broken (f->findings), ==, 0);
  assert_finding (f, "shared", TLM_FINDING_HOLDS, "ipc");
  assert_finding (f, "filesystems", TLM_FINDING_HOLDS, "None");
}

static void
test_network_added (Fixture *f, gconstpointer data)
{
  probe_sandbox (f, "[Application]\nname=com.sprapp.TinyLM\n[Context]\nshared=network;ipc;\n");
  g_assert_cmpuint (tlm_privacy_count_broken (f->findings), ==, 1);
  assert_finding (f, "shared", TLM_FINDING_BROKEN, "started: network.");
}

static void
test_devices_added (Fixture *f, gconstpointer data)
{
  probe_sandbox (f, "[Application]\nname=com.sprapp.TinyLM\n[Context]\ndevices=dri;all;\n");
  g_assert_cmpuint (tlm_privacy_count_broken (f->findings), ==, 1);
  assert_finding (f, "devices", TLM_FINDING_BROKEN, "all");
}

static void
test_folders_added (Fixture *f, gconstpointer data)
{
  probe_sandbox (f, INFO "filesystems=xdg-music:ro;!host;home;\n");
  assert_finding (f, "filesystems", TLM_FINDING_BROKEN, "xdg-music:ro, home");
  assert_finding (f, "granted", TLM_FINDING_BROKEN, "does not ask");
  g_assert_cmpuint (tlm_privacy_count_broken (f->findings), ==, 3);
}

static void
test_bus_added (Fixture *f, gconstpointer data)
{
  probe_sandbox (f, "[Application]\nname=com.sprapp.TinyLM\n"
                    "[Context]\nsockets=session-bus;wayland;\nfeatures=bluetooth;\n"
                    "[Session Bus Policy]\norg.gnome.Shell=talk\ncom.sprapp.TinyLM=own\n"
                    "org.example.Gone=none\n"
                    "[System Bus Policy]\norg.freedesktop.NetworkManager=talk\n");
  assert_finding (f, "sockets", TLM_FINDING_BROKEN, "session-bus");
  assert_finding (f, "features", TLM_FINDING_BROKEN, "bluetooth");
  assert_finding (f, "session-bus", TLM_FINDING_BROKEN, "started: org.gnome.Shell.");
  assert_finding (f, "system-bus", TLM_FINDING_BROKEN, "NetworkManager");
}

/* What cannot be read is not taken for harmless. */
static void
test_damaged_info (Fixture *f, gconstpointer data)
{
  probe_sandbox (f, "\x01\x02 no key file\n");
  assert_finding (f, "flatpak", TLM_FINDING_BROKEN, "cannot be read");
}

static void
test_no_sandbox (Fixture *f, gconstpointer data)
{
  g_assert_null (tlm_privacy_load_sandbox ("/nonexistent/.flatpak-info"));
  tlm_privacy_probe_sandbox (f->findings, NULL);
  assert_finding (f, "flatpak", TLM_FINDING_FACT, "outside of Flatpak");
}

static void
test_interfaces (Fixture *f, gconstpointer data)
{
  const char *head = "Inter-|   Receive       |  Transmit\n face |bytes    packets|bytes    packets\n";
  g_autofree char *one = g_strconcat (head, "    lo:     100  1  100  1\n", NULL);
  g_autofree char *two = g_strconcat (one, "  wlp3s0: 5 6 7 8\n", NULL);
  g_autofree char *one_path = dup_file (f, "one", one), *two_path = dup_file (f, "two", two);

  tlm_privacy_probe_interfaces (f->findings, one_path);
  assert_finding (f, "interfaces", TLM_FINDING_HOLDS, "None leads out");
  g_ptr_array_set_size (f->findings, 0);
  tlm_privacy_probe_interfaces (f->findings, two_path);
  assert_finding (f, "interfaces", TLM_FINDING_FACT, "lo, wlp3s0");
}

static void
test_filter (Fixture *f, gconstpointer data)
{
  const TlmLock set = { 0, 0 }, failed = { EPERM, EOPNOTSUPP };
  g_autofree char *on = dup_file (f, "on", "Name:\tx\nNoNewPrivs:\t1\nSeccomp:\t2\n");
  g_autofree char *off = dup_file (f, "off", "Name:\tx\nNoNewPrivs:\t0\nSeccomp:\t0\n");

  tlm_privacy_probe_filter (f->findings, &set, on);
  assert_finding (f, "filter", TLM_FINDING_HOLDS, "cannot be lifted");
  g_ptr_array_set_size (f->findings, 0);
  tlm_privacy_probe_filter (f->findings, &set, off);
  assert_finding (f, "filter", TLM_FINDING_BROKEN, "does not tell");
  g_ptr_array_set_size (f->findings, 0);
  tlm_privacy_probe_filter (f->findings, &failed, on); /* another's filter, as Flatpak's */
  assert_finding (f, "filter", TLM_FINDING_BROKEN, g_strerror (EPERM));
  g_ptr_array_set_size (f->findings, 0);
  tlm_privacy_probe_filter (f->findings, NULL, on);
  assert_finding (f, "filter", TLM_FINDING_BROKEN, "has not set");
}

static void
test_landlock (Fixture *f, gconstpointer data)
{
  const TlmLock locks[] = { { 0, 0 }, { 0, EOPNOTSUPP }, { 0, E2BIG } };

  tlm_privacy_probe_landlock (f->findings, &locks[0]);
  assert_finding (f, "landlock", TLM_FINDING_HOLDS, "TCP");
  g_ptr_array_set_size (f->findings, 0);
  tlm_privacy_probe_landlock (f->findings, &locks[1]);
  assert_finding (f, "landlock", TLM_FINDING_FACT, "Not there");
  g_ptr_array_set_size (f->findings, 0);
  tlm_privacy_probe_landlock (f->findings, &locks[2]);
  assert_finding (f, "landlock", TLM_FINDING_FACT, g_strerror (E2BIG));
}

static void
test_own_folder (Fixture *f, gconstpointer data)
{
  g_assert_cmpint (g_chmod (f->folder, 0750), ==, 0);
  tlm_privacy_probe_folders (f->findings, NULL, f->folder, f->folder);
  assert_finding (f, "own", TLM_FINDING_BROKEN, "mode 0750");
  g_ptr_array_set_size (f->findings, 0);
  g_assert_cmpint (g_chmod (f->folder, 0700), ==, 0);
  tlm_privacy_probe_folders (f->findings, NULL, f->folder, f->folder);
  assert_finding (f, "own", TLM_FINDING_HOLDS, "only you");
}

static void
test_documents (Fixture *f, gconstpointer data)
{
  g_autoptr (GKeyFile) info = g_key_file_new ();
  g_autofree char *folder = g_build_filename (f->folder, "d3adb33f", NULL);
  g_autofree char *document = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  document = dup_file (f, "d3adb33f/letter.md", "x");
  tlm_privacy_probe_folders (f->findings, info, f->folder, f->folder);
  g_assert_cmpstr (find (f, "document")->title, ==, "letter.md");
}

static void
test_watched (Fixture *f, gconstpointer data)
{
  const char *const paths[] = { "/srv/notes", NULL };

  tlm_privacy_probe_watched (f->findings, paths);
  assert_finding (f, "watched", TLM_FINDING_FACT, "watch this folder");
  g_assert_cmpstr (find (f, "watched")->title, ==, "/srv/notes");
}

/* A link counts as itself, not as what it leads to. */
static void
test_files (Fixture *f, gconstpointer data)
{
  const char *const roots[] = { f->folder, "/nonexistent", NULL };
  g_autofree char *folder = g_build_filename (f->folder, "sub", NULL);
  g_autofree char *link = g_build_filename (f->folder, "z", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_free (dup_file (f, "a", "12345"));
  g_free (dup_file (f, "sub/b", "1234567"));
  g_assert_cmpint (symlink ("/proc/self/exe", link), ==, 0);
  tlm_privacy_probe_files (f->findings, roots);
  g_assert_cmpuint (f->findings->len, ==, 4);
  g_assert_cmpstr (((TlmFinding *) f->findings->pdata[0])->id, ==, "total");
  assert_finding (f, "total", TLM_FINDING_FACT, "3 files, 26");
  assert_finding (f, "file", TLM_FINDING_FACT, "5");
}

static void
test_open_sockets (Fixture *f, gconstpointer data)
{
  int fd = socket (AF_INET, SOCK_DGRAM, 0);

  g_assert_cmpint (fd, >=, 0);
  tlm_privacy_probe_open_files (f->findings);
  assert_finding (f, "open-sockets", TLM_FINDING_BROKEN, "1 socket");
  close (fd);
  g_ptr_array_set_size (f->findings, 0);
  tlm_privacy_probe_open_files (f->findings);
  assert_finding (f, "open-sockets", TLM_FINDING_HOLDS, "AF_UNIX");
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GPtrArray **) data = tlm_privacy_check_finish (result, NULL);
}

static void
check (Fixture *f)
{
  GPtrArray *findings = NULL;

  tlm_privacy_check_async (NULL, NULL, checked_cb, &findings);
  while (findings == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_ptr_array_unref (f->findings);
  f->findings = findings;
}

static void
test_free (Fixture *f, gconstpointer data)
{
  g_autofree char *verdict = NULL;

  check (f);
  assert_finding (f, "socket", TLM_FINDING_BROKEN, "IPv4");
  assert_finding (f, "filter", TLM_FINDING_BROKEN, "has not set");
  g_assert_cmpuint (tlm_privacy_count_broken (f->findings), >=, 2);
  verdict = tlm_privacy_dup_verdict (f->findings);
  g_assert_true (g_str_has_suffix (verdict, "do not hold."));
}

static void
test_locked (Fixture *f, gconstpointer data)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  tlm_lock_set ();
  check (f);
  assert_finding (f, "socket", TLM_FINDING_HOLDS, "refuses");
  assert_finding (f, "connect", TLM_FINDING_HOLDS, "192.0.2.1");
  assert_finding (f, "io-uring", TLM_FINDING_HOLDS, "refuses");
  assert_finding (f, "filter", TLM_FINDING_HOLDS, "Seccomp is 2");
  for (guint i = 1; i < f->findings->len; i++)
    g_assert_cmpint (((TlmFinding *) f->findings->pdata[i - 1])->group, <=,
                     ((TlmFinding *) f->findings->pdata[i])->group);
}

int
main (int argc, char **argv)
{
  static const struct { const char *name; void (*test) (Fixture *, gconstpointer); } tests[] = {
    { "sandbox-as-asked-for", test_sandbox_as_asked_for },
    { "network-added", test_network_added },
    { "devices-added", test_devices_added },
    { "folders-added", test_folders_added },
    { "bus-added", test_bus_added },
    { "damaged-info", test_damaged_info },
    { "no-sandbox", test_no_sandbox },
    { "interfaces", test_interfaces },
    { "filter", test_filter },
    { "landlock", test_landlock },
    { "own-folder", test_own_folder },
    { "documents", test_documents },
    { "watched-folders", test_watched },
    { "files", test_files },
    { "open-sockets", test_open_sockets },
    { "free", test_free },
    { "locked", test_locked },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/app/privacy/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  return g_test_run ();
}
