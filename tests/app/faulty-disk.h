/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that fails, or a program that is killed, at the call that the test names. It stands in the
 * place of SQLite's standard VFS, on which the vault's stands too, and of the C library's fsync()
 * and rename(). Calls that succeed do not wait for the real disk: no test cuts the power. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TLM_DISK_FULL,      /* from that call on nothing grows, and nothing new is made */
  TLM_DISK_READ_ONLY, /* from that call on nothing changes */
  TLM_DISK_BROKEN,    /* that call alone fails */
  TLM_DISK_KILLS,     /* that call never returns */
  TLM_DISK_LIES,      /* that write to a copy says that it was done and was not */
  TLM_DISK_DROPS,     /* so do all from that one on */
} TlmDiskFault;

/* Once, before anything is opened. */
void     tlm_disk_install (void);

/* The @nth call from now on, counted from 1. */
void     tlm_disk_begin   (TlmDiskFault fault, guint nth);

/* All is well again. Returns: whether so many calls were made */
gboolean tlm_disk_end     (void);

G_END_DECLS
