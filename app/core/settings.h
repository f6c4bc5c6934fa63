/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of the window, for those who may run without it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* At the beginning of a program, before any thread. Without a session bus the settings are in a file
 * for a program that @writes them; for another that file where it is, else what the desktop keeps. */
void tlm_settings_choose_backend (gboolean writes);

/* (transfer full) (nullable): NULL where the schema is not installed */
GSettings *tlm_settings_open (void);

/* Sets all back, in the desktop's store and in the file of a window without a bus. FALSE where some
 * stay, or the schema is not installed. */
gboolean tlm_settings_reset (void);

/* A model that leaves answers in chats no more. settings: (nullable) */
void tlm_settings_forget_model (GSettings  *settings,
                                const char *path);

G_END_DECLS
