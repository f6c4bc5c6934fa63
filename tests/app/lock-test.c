/* SPDX-License-Identifier: Apache-2.0 */
/* The lock, each time in a child process, since nothing takes it off again. What is refused there is
 * first shown to be possible without it, wherever this system allows it. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privacy/lock.h"

static void
in_child (void)
{
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

static void
set_lock (void)
{
  g_assert_null (tlm_lock_get ());
  tlm_lock_set ();
  g_assert_cmpint (tlm_lock_get ()->filter_error, ==, 0);
}

static void
assert_refused (int fd)
{
  g_assert_cmpint (fd, ==, -1);
  g_assert_cmpint (errno, ==, EAFNOSUPPORT);
}

static void
test_refuses_other_families (void)
{
  int pair[2];

  if (!g_test_subprocess ())
    {
      int fd = socket (AF_INET, SOCK_DGRAM, 0);

      g_assert_cmpint (fd, >=, 0);
      close (fd);
      in_child ();
      return;
    }
  set_lock ();
  for (int family = 0; family < 64; family++) /* the kernel knows some 46 */
    if (family != AF_UNIX)
      {
        assert_refused (socket (family, SOCK_STREAM, 0));
        assert_refused (socket (family, SOCK_RAW, 0));
        assert_refused (socketpair (family, SOCK_STREAM, 0, pair));
      }
}

/* The kernel reads an int, the filter a register. */
static void
test_reads_the_whole_register (void)
{
  if (!g_test_subprocess ())
    {
      in_child ();
      return;
    }
  set_lock ();
  assert_refused ((int) syscall (SYS_socket, G_GINT64_CONSTANT (1) << 32 | AF_INET, SOCK_STREAM, 0));
  assert_refused ((int) syscall (SYS_socket, G_GINT64_CONSTANT (1) << 32 | AF_UNIX, SOCK_STREAM, 0));
}

static void
test_leaves_local_sockets (void)
{
  int  pair[2], fd;
  char byte = 'a';

  if (!g_test_subprocess ())
    {
      in_child ();
      return;
    }
  set_lock ();
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_DGRAM, 0, pair), ==, 0);
  g_assert_cmpint (write (pair[0], &byte, 1), ==, 1);
  g_assert_cmpint (read (pair[1], &byte, 1), ==, 1);
}

static void
test_has_no_io_uring (void)
{
  if (!g_test_subprocess ())
    {
      in_child ();
      return;
    }
  set_lock ();
  g_assert_cmpint (syscall (SYS_io_uring_setup, 1, NULL), ==, -1);
  g_assert_cmpint (errno, ==, ENOSYS);
  g_assert_cmpint (syscall (SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0), ==, -1);
  g_assert_cmpint (errno, ==, ENOSYS);
  g_assert_cmpint (syscall (SYS_io_uring_register, -1, 0, NULL, 0), ==, -1);
  g_assert_cmpint (errno, ==, ENOSYS);
}

#ifdef __x86_64__

#define I386_SOCKET 359 /* arch/x86/entry/syscalls/syscall_32.tbl */
#define X32_SOCKET  (0x40000000 + SYS_socket)

/* socket() as a 32-bit program calls it. Returns: a descriptor or a negative errno */
static long
i386_socket (void)
{
  long result;

  __asm__ volatile ("int $0x80"
                    : "=a"(result)
                    : "a"(I386_SOCKET), "b"(AF_INET), "c"(SOCK_DGRAM), "d"(0)
                    : "memory");
  return result;
}

/* A kernel without 32-bit calls ends who tries with a signal. */
static gboolean
has_i386_calls (void)
{
  pid_t child = fork ();
  int   status;

  if (child == 0)
    {
      signal (SIGSEGV, SIG_DFL); /* no report from AddressSanitizer */
      _exit (i386_socket () >= 0 ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

static void
test_refuses_foreign_numbers (void)
{
  gboolean i386;

  if (!g_test_subprocess ())
    {
      in_child ();
      return;
    }
  i386 = has_i386_calls ();
  set_lock ();
  if (i386)
    g_assert_cmpint (i386_socket (), ==, -ENOSYS);
  else
    g_test_message ("this kernel runs no 32-bit calls");
  g_assert_cmpint (syscall (X32_SOCKET, AF_INET, SOCK_DGRAM, 0), ==, -1);
  g_assert_cmpint (errno, ==, ENOSYS);
}

#endif

static gpointer
try_when_told (gpointer data)
{
  int *pipe_end = data;
  char byte;

  g_assert_cmpint (read (*pipe_end, &byte, 1), ==, 1);
  assert_refused (socket (AF_INET, SOCK_DGRAM, 0));
  return NULL;
}

static void
test_binds_threads_and_children (void)
{
  int      ends[2], status;
  GThread *thread;
  pid_t    child;

  if (!g_test_subprocess ())
    {
      in_child ();
      return;
    }
  g_assert_cmpint (pipe (ends), ==, 0);
  thread = g_thread_new ("earlier", try_when_told, &ends[0]);
  set_lock ();
  g_assert_cmpint (write (ends[1], "x", 1), ==, 1);
  g_thread_join (thread);
  child = fork ();
  if (child == 0)
    _exit (socket (AF_INET, SOCK_DGRAM, 0) == -1 && errno == EAFNOSUPPORT
           && prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

/* From the kernel's include/uapi/linux/landlock.h, whose copy here may be older. */
#define SYS_LANDLOCK_CREATE_RULESET 444 /* on all processors */
#define CREATE_RULESET_VERSION      1
#define ABI_WITH_NET                4

/* A TCP socket from before the lock stands for one that another program hands over. */
static void
test_landlock_refuses_tcp (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (9) };
  int                fd;

  if (!g_test_subprocess ())
    {
      if (syscall (SYS_LANDLOCK_CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION) < ABI_WITH_NET)
        g_test_skip ("this kernel's Landlock knows no networks");
      else
        in_child ();
      return;
    }
  fd = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (fd, >=, 0);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  set_lock ();
  g_assert_cmpint (tlm_lock_get ()->landlock_error, ==, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, -1);
  g_assert_cmpint (errno, ==, EACCES);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, -1);
  g_assert_cmpint (errno, ==, EACCES);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/lock/refuses-other-families", test_refuses_other_families);
  g_test_add_func ("/app/lock/reads-the-whole-register", test_reads_the_whole_register);
  g_test_add_func ("/app/lock/leaves-local-sockets", test_leaves_local_sockets);
  g_test_add_func ("/app/lock/has-no-io-uring", test_has_no_io_uring);
#ifdef __x86_64__
  g_test_add_func ("/app/lock/refuses-foreign-numbers", test_refuses_foreign_numbers);
#endif
  g_test_add_func ("/app/lock/binds-threads-and-children", test_binds_threads_and_children);
  g_test_add_func ("/app/lock/landlock-refuses-tcp", test_landlock_refuses_tcp);
  return g_test_run ();
}
