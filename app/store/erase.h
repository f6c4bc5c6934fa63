/* SPDX-License-Identifier: Apache-2.0 */
/* Taking things away so that the disk does not keep them: files are overwritten before they are
 * unlinked. What a flash disk's controller or a file system that never writes in place keeps of the
 * old blocks, and copies elsewhere, are out of any program's reach. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Overwrites what the open file @fd holds, on the disk too. FALSE with errno set. */
gboolean tlm_erase_fd (int fd);

/* Overwrites and unlinks a file. One that has other names (hard links) is only unlinked: it is
 * not ours alone; and so is one where a full disk takes no other bytes. A file that is not there is
 * no error. */
gboolean tlm_erase_file (const char *path, GError **error);

/* The same, or that of tlm_erase_folder(), in a thread of its own, for what is large; nobody hears how it
 * ends. */
void     tlm_erase_later (const char *path);

/* Erases all that is in @path, and the folder; @path itself may be a link to one, and is then left
 * empty. So are mount points, and what they are in. Links in it are unlinked, not followed. What
 * cannot be erased, or not be read, does not stop the rest; @error names the first. */
gboolean tlm_erase_folder (const char *path, GError **error);

/* Takes our entries out of the list of recently used files at @path, which all programs share. */
gboolean tlm_erase_recent (const char *path, GError **error);

/**
 * tlm_erase_everything:
 *
 * All that this program keeps: the folder of the database, the cache folder, the settings and the
 * entries among the recently used files; what fails does not stop the rest, and @error names the
 * first. The store must be closed; another program that holds the database is an error, and then
 * nothing is erased.
 */
gboolean tlm_erase_everything (GError **error);

G_END_DECLS
