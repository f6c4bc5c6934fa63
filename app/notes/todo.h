/* SPDX-License-Identifier: Apache-2.0 */
/* One action item of one note, as the list of all of them shows it. Properties: done (boolean). Main
 * thread. */
#pragma once

#include <glib-object.h>

#include "skills/dates.h"

G_BEGIN_DECLS

#define TLM_TYPE_TODO (tlm_todo_get_type ())
G_DECLARE_FINAL_TYPE (TlmTodo, tlm_todo, TLM, TODO, GObject)

/* When it is due, seen from a day. */
typedef enum
{
  TLM_DUE_NONE,      /* no day is named */
  TLM_DUE_OVERDUE,   /* its last day is over */
  TLM_DUE_THIS_WEEK, /* it begins by Sunday */
  TLM_DUE_LATER,
} TlmDue;

/* All strings are copied. */
TlmTodo       *tlm_todo_new (gint64 id, gint64 note_id, const char *note_title, const char *text,
                             const char *owner, const char *due_words, const TlmDays *due,
                             gboolean done);

gint64         tlm_todo_get_id         (TlmTodo *self);
gint64         tlm_todo_get_note_id    (TlmTodo *self);
const char    *tlm_todo_get_note_title (TlmTodo *self);
const char    *tlm_todo_get_text       (TlmTodo *self); /* the sentence, on one line */
const char    *tlm_todo_get_owner      (TlmTodo *self); /* "" when nobody is named */
const char    *tlm_todo_get_due_words  (TlmTodo *self); /* the note's own; "" for none */
const TlmDays *tlm_todo_get_due        (TlmTodo *self); /* unset when the words name no sure day */
gboolean       tlm_todo_get_done       (TlmTodo *self);
void           tlm_todo_set_done       (TlmTodo *self, gboolean done);
TlmDue         tlm_todo_get_due_on     (TlmTodo *self, TlmDay today);

/* Whether a person sees the same in both. */
gboolean       tlm_todo_same           (TlmTodo *a, TlmTodo *b);

G_END_DECLS
