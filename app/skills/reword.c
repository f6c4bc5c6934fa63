/* SPDX-License-Identifier: Apache-2.0 */
/* The check is on words alone and rather refuses a good rewording than lets an invented name by. */
#include "skills/reword.h"

#include "reader/words.h"
#include "skills/dates-words.h"
#include "skills/reword-numbers.h"

#include <string.h>

/* Words that may begin a sentence without standing in the source: they name nothing. */
static const char openers[]
  = " a an the it its this that these those we i you he she they there in on at by for to of and but as "
    "der die das ein eine es wir ich sie im am le la les un une il elle nous je el los las una se ";
static const char negations[]
  = " not no never none without neither nor cannot nicht kein keine keinen nie ohne pas jamais sans "
    "nunca sin ";

static char *
dup_folded (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);

  return g_utf8_strdown (composed, -1);
}

static gboolean
is_negation (const char *folded)
{
  return tlm_list_has_word (negations, folded) || g_str_has_suffix (folded, "n't")
         || g_str_has_suffix (folded, "n’t");
}

/* Calls for every word: folded, whether it begins with a capital, whether it begins a sentence. */
typedef gboolean (*WordFunc) (const char *folded, gboolean capital, gboolean opens, gpointer data);

static gboolean
each_word (const char *text, WordFunc func, gpointer data)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gsize            len = strlen (valid), pos = 0, start, last = 0;

  while (tl_word_next (valid, len, &pos, &start))
    {
      g_autofree char *word = g_strndup (valid + start, pos - start);
      g_autofree char *folded = dup_folded (word);
      gboolean         opens = last == 0;

      for (gsize i = last; i < start; i++)
        opens |= strchr (".!?:", valid[i]) != NULL;
      last = pos;
      if (!func (folded, g_unichar_isupper (g_utf8_get_char (word)), opens, data))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  GHashTable *words;
  int         n_negations;
} Words;

static gboolean
count_word (const char *folded, gboolean capital, gboolean opens, gpointer data)
{
  Words *words = data;

  g_hash_table_add (words->words, g_strdup (folded));
  words->n_negations += is_negation (folded);
  return TRUE;
}

static gboolean
has_digit (const char *word)
{
  return strpbrk (word, "0123456789") != NULL;
}

static gboolean
stands_in_source (const char *folded, gboolean capital, gboolean opens, gpointer data)
{
  GHashTable *source = data;

  if (g_hash_table_contains (source, folded))
    return TRUE;
  if (has_digit (folded) || tlm_date_word_counts (folded))
    return FALSE;
  return !capital || (opens && tlm_list_has_word (openers, folded));
}

/* Whether each number of the text is one of the source's. */
static gboolean
numbers_stand_in_source (const char *source, const char *text)
{
  g_autofree char       *valid_source = g_utf8_make_valid (source, -1);
  g_autofree char       *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GHashTable) in_source = tlm_numbers_find (valid_source);
  g_autoptr (GHashTable) in_text = tlm_numbers_find (valid);
  GHashTableIter         iter;
  gpointer               number;

  g_hash_table_iter_init (&iter, in_text);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    if (!g_hash_table_contains (in_source, number))
      return FALSE;
  return TRUE;
}

gboolean
tlm_reword_is_grounded (const char *source, const char *text)
{
  g_autoptr (GHashTable) source_words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) text_words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Words                  in_source = { source_words, 0 }, in_text = { text_words, 0 };

  each_word (source, count_word, &in_source);
  each_word (text, count_word, &in_text);
  return g_hash_table_size (text_words) > 0 && strpbrk (text, "\n\r") == NULL
         && strlen (text) <= strlen (source) && in_source.n_negations == in_text.n_negations
         && each_word (text, stands_in_source, source_words)
         && numbers_stand_in_source (source, text);
}

/* ---- the step ---- */

static void
generated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask)  task = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char   *text
    = tlm_engine_service_generate_finish (TLM_ENGINE_SERVICE (source), result, &error);
  const char        *sentence = g_task_get_task_data (task);

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_strstrip (text);
  text[strcspn (text, "\n")] = '\0'; /* the model goes on with the next example */
  g_task_return_pointer (task, tlm_reword_is_grounded (sentence, text) ? g_steal_pointer (&text)
                                                                       : NULL, g_free);
}

/**
 * tlm_reword_async:
 *
 * Always the same words for the same model and sentence: nothing is drawn.
 */
void
tlm_reword_async (TlmEngineService *engine, const char *model_path, const char *sentence,
                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask             *task = g_task_new (engine, cancellable, callback, user_data);
  g_autofree char   *line = g_strdelimit (g_strdup (sentence), "\r\n\t", ' ');
  g_autofree char   *prompt = g_strdup_printf ("The same sentence in fewer words.\n"
                                               "Sentence: %s\nShorter:", line);
  TlmGenerateRequest request;

  g_task_set_task_data (task, g_strdup (sentence), g_free);
  tlm_generate_request_init (&request);
  request.model_path = model_path;
  request.prompt = prompt;
  request.temperature = 0.0f;
  request.max_tokens = (guint) MIN (strlen (sentence) / 2 + 8, 200); /* a token is 2 bytes or more */
  tlm_engine_service_generate_async (engine, &request, NULL, NULL, cancellable, generated_cb, task);
}

char *
tlm_reword_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
