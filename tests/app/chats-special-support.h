/* SPDX-License-Identifier: Apache-2.0 */
/* A chat of a random model, for which specialists are chosen. */
#pragma once

#include "chats-support.h"
#include "specialists/specialist-form.h"

G_BEGIN_DECLS

/* Mistral's first format. */
#define TEMPLATE "{{ '[INST] ' + message + ' [/INST]' }}"

typedef struct
{
  Fixture  chats;
  char    *model;
  TlmChat *chat;
} Special;

void set_up_special    (Special *s, gconstpointer data);
void tear_down_special (Special *s, gconstpointer data);

#define ADD_SPECIAL(name, func)                                                                    \
  g_test_add ("/app/chats/specialists/" name, Special, NULL, set_up_special, func, tear_down_special)

/* Of two labels, or of free text. */
TlmForm *new_form (gboolean labels, gboolean chat);

/* (transfer full): the path of a new adapter. @form: (nullable) */
char *make_adapter (Special *s, const char *name, const TlmForm *form);

/* The same, and the store has it as one that is switched on. */
char *add_specialist (Special *s, const char *name, const TlmForm *form);

void choose_for_chat (Special *s, const char *path);

/* For the first answer. */
void choose_tool (Special *s, TlmTool tool);

/* (transfer none): the newest answer */
TlmMessage *ask (Special *s, const char *text);

G_END_DECLS
