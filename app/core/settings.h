/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of the window, for those who may run without it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* At the beginning of a program, before any thread: all programs of TinyLM find the same settings. */
void tlm_settings_choose_backend (void);

/* (transfer full) (nullable): NULL where the schema is not installed */
GSettings *tlm_settings_open (void);

/* Sets all back, in what keeps them too. FALSE where some stay, or the schema is not installed. */
gboolean tlm_settings_reset (void);

/* A model that leaves answers in chats no more. settings: (nullable) */
void tlm_settings_forget_model (GSettings  *settings,
                                const char *path);

G_END_DECLS
