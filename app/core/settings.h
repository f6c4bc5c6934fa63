/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of the window, for those who may run without it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): NULL where the schema is not installed */
GSettings *tlm_settings_open (void);

/* A model that leaves answers in chats no more. settings: (nullable) */
void tlm_settings_forget_model (GSettings  *settings,
                                const char *path);

G_END_DECLS
