/* SPDX-License-Identifier: Apache-2.0 */
/* The chat keeps which files it was given (adapters.h); whether each may answer is asked of the rows of the
 * trainings, whose file it is (trained.h). */
#include "chats-specialists.h"

#include "chats.h"
#include "core/markdown.h"
#include "models/adapters.h"
#include "core/words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
tlm_chat_specialists_clear (TlmChatSpecialists *self)
{
  g_clear_pointer (&self->base, g_free);
  g_clear_pointer (&self->chosen, g_free);
  g_clear_pointer (&self->absent, g_free);
}

static GPtrArray *
read_choices (TlmDb   *db,
              gint64   chat_id,
              GError **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT specialists FROM chats WHERE id = ?", "i",
                                    chat_id);
  int           step = row != NULL ? tlm_db_step (db, row, error) : -1;
  GPtrArray    *choices = step >= 0
                            ? tlm_adapters_read (step > 0 ? tlm_db_column_text (row, 0) : "") : NULL;

  if (step > 0)
    sqlite3_reset (row);
  return choices;
}

/* Into @present, or its name into @absent. */
static gboolean
sort_choice (TlmChatSpecialists     *self,
             TlmDb                  *db,
             const TlmAdapterChoice *choice,
             GPtrArray              *present,
             GPtrArray              *absent,
             GError                **error)
{
  sqlite3_stmt *row = tlm_db_query (db, error,
                                    "SELECT name, base, used AND trashed IS NULL FROM trainings "
                                    "WHERE out = ? AND finished = 1", "t", choice->path);
  int           step = row != NULL ? tlm_db_step (db, row, error) : -1;

  if (step > 0 && sqlite3_column_int (row, 2) != 0)
    {
      tlm_adapters_add (present, choice->path, choice->scale, choice->sha256);
      if (self->base == NULL)
        self->base = g_strdup (tlm_db_column_text (row, 1));
    }
  else if (step >= 0)
    g_ptr_array_add (absent, step > 0 ? g_strdup (tlm_db_column_text (row, 0))
                                      : g_path_get_basename (choice->path));
  if (step > 0)
    sqlite3_reset (row);
  return step >= 0;
}

/* (transfer full) (nullable): NULL for no names */
static char *
dup_sentence (GPtrArray *names)
{
  g_autoptr (GPtrArray) quoted = g_ptr_array_new_with_free_func (g_free);
  g_autofree char      *joined = NULL;

  if (names->len == 0)
    return NULL;
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (quoted, tlm_words_quote (names->pdata[i]));
  g_ptr_array_add (quoted, NULL);
  joined = tlm_words_join ((const char *const *) quoted->pdata);
  /* Translators: %s is the name of a specialist, or a list of several, in quotation marks. */
  return g_strdup_printf (ngettext ("*Without the specialist %s that you chose for this chat: it is "
                                    "switched off or removed.*\n\n",
                                    "*Without the specialists %s that you chose for this chat: they "
                                    "are switched off or removed.*\n\n", names->len), joined);
}

gboolean
tlm_chat_specialists_find (TlmChatSpecialists *self,
                           TlmDb              *db,
                           gint64              chat_id,
                           GError            **error)
{
  g_autoptr (GPtrArray) choices = read_choices (db, chat_id, error);
  g_autoptr (GPtrArray) present = tlm_adapters_new ();
  g_autoptr (GPtrArray) absent = g_ptr_array_new_with_free_func (g_free);

  *self = (TlmChatSpecialists) { NULL };
  for (guint i = 0; choices != NULL && i < choices->len; i++)
    if (!sort_choice (self, db, choices->pdata[i], present, absent, error))
      return FALSE;
  self->chosen = present->len > 0 ? tlm_adapters_dup_text (present) : NULL;
  self->absent = dup_sentence (absent);
  return choices != NULL;
}

/* The most bytes beside a label in any language: "¿", and a space that does not break and "?". */
#define BEFORE_LABEL 2
#define BEHIND_LABEL 4

char *
tlm_message_dup_lesson (TlmMessage *self)
{
  const char *text = tlm_message_get_text (self), *end = strstr (text, "\n\n");
  const char *label = g_strstr_len (text, end != NULL ? end - text : 0, "**");
  const char *behind = label != NULL ? g_strrstr_len (label + 2, end - label - 2, "**") : NULL;

  if (!g_str_equal (tlm_message_get_tool (self), tlm_tool_names[TLM_TOOL_SMALL])
      || behind == NULL
      || label - text > BEFORE_LABEL
      || end - behind - 2 > BEHIND_LABEL
      || strchr (end + 2, '\n') != NULL)
    return g_strdup (text);
  return tlm_markdown_dup_text (label + 2, (gsize) (behind - label - 2));
}
