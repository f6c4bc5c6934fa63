/* SPDX-License-Identifier: Apache-2.0 */
/* An action item; only whether it is done changes. */
#include "todo.h"

#include "skills/dates-calendar.h"

struct _TlmTodo
{
  GObject  parent_instance;
  gint64   id, note_id;
  char    *note_title, *text, *owner, *due_words;
  TlmDays  due;
  gboolean done;
};

enum { PROP_0, PROP_DONE, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TlmTodo, tlm_todo, G_TYPE_OBJECT)

static void
tlm_todo_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_DONE:
      g_value_set_boolean (value, TLM_TODO (object)->done);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_todo_finalize (GObject *object)
{
  TlmTodo *self = TLM_TODO (object);

  g_free (self->note_title);
  g_free (self->text);
  g_free (self->owner);
  g_free (self->due_words);
  G_OBJECT_CLASS (tlm_todo_parent_class)->finalize (object);
}

static void
tlm_todo_class_init (TlmTodoClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = tlm_todo_get_property;
  G_OBJECT_CLASS (klass)->finalize = tlm_todo_finalize;
  properties[PROP_DONE] = g_param_spec_boolean ("done", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
tlm_todo_init (TlmTodo *self)
{
}

TlmTodo *
tlm_todo_new (gint64         id,
              gint64         note_id,
              const char    *note_title,
              const char    *text,
              const char    *owner,
              const char    *due_words,
              const TlmDays *due,
              gboolean       done)
{
  TlmTodo *self = g_object_new (TLM_TYPE_TODO, NULL);

  self->id = id;
  self->note_id = note_id;
  self->note_title = g_strdup (note_title);
  self->text = g_strdup (text);
  self->owner = g_strdup (owner);
  self->due_words = g_strdup (due_words);
  self->due = *due;
  self->done = done;
  return self;
}

gint64
tlm_todo_get_id (TlmTodo *self)
{
  return self->id;
}

gint64
tlm_todo_get_note_id (TlmTodo *self)
{
  return self->note_id;
}

const char *
tlm_todo_get_note_title (TlmTodo *self)
{
  return self->note_title;
}

const char *
tlm_todo_get_text (TlmTodo *self)
{
  return self->text;
}

const char *
tlm_todo_get_owner (TlmTodo *self)
{
  return self->owner;
}

const char *
tlm_todo_get_due_words (TlmTodo *self)
{
  return self->due_words;
}

const TlmDays *
tlm_todo_get_due (TlmTodo *self)
{
  return &self->due;
}

gboolean
tlm_todo_get_done (TlmTodo *self)
{
  return self->done;
}

void
tlm_todo_set_done (TlmTodo *self, gboolean done)
{
  if (self->done == done)
    return;
  self->done = done;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DONE]);
}

TlmDue
tlm_todo_get_due_on (TlmTodo *self, TlmDay today)
{
  GDate  date = tlm_calendar_date (today);
  TlmDay sunday = tlm_calendar_plus_days (&date, 7 - tlm_calendar_weekday (&date));

  if (!tlm_day_is_set (self->due.first))
    return TLM_DUE_NONE;
  if (tlm_calendar_compare (self->due.last, today) < 0)
    return TLM_DUE_OVERDUE;
  return tlm_calendar_compare (self->due.first, sunday) <= 0 ? TLM_DUE_THIS_WEEK : TLM_DUE_LATER;
}

gboolean
tlm_todo_same (TlmTodo *a, TlmTodo *b)
{
  return a->id == b->id && a->done == b->done && g_str_equal (a->note_title, b->note_title)
         && g_str_equal (a->owner, b->owner) && g_str_equal (a->due_words, b->due_words)
         && tlm_calendar_compare (a->due.first, b->due.first) == 0
         && tlm_calendar_compare (a->due.last, b->due.last) == 0;
}
