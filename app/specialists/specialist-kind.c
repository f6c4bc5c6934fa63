/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of job examples show: a choice among labels or free text, single texts or
 * conversations, and what is answered most. */
#include "specialist-private.h"

#include "text/chat-format.h"

#include <string.h>

/* Outputs are labels when there are few of them, each of them short and met often enough. */
#define MAX_LABELS 64
#define MAX_LABEL_BYTES 64
#define MIN_EXAMPLES_A_LABEL 3

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

void
tlm_specialist_find_labels (TlmForm           *form,
                            const TlmExamples *examples)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter         iter;
  gpointer               label;

  for (gsize i = 0; i < examples->n; i++)
    {
      if (strlen (examples->items[i].output) > MAX_LABEL_BYTES)
        return;
      g_hash_table_add (seen, examples->items[i].output);
    }
  if (g_hash_table_size (seen) < 2 || g_hash_table_size (seen) > MAX_LABELS
      || g_hash_table_size (seen) * MIN_EXAMPLES_A_LABEL > examples->n)
    return;
  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &label, NULL))
    g_ptr_array_add (form->labels, g_strdup (label));
  g_ptr_array_sort (form->labels, compare_strings);
}

void
tlm_specialist_find_conversations (TlmForm           *form,
                                   const TlmExamples *examples,
                                   const tl_model    *model)
{
  tl_chat_template chat;
  const char      *system = NULL;
  gsize            n = 0, n_alike = 0;

  for (gsize i = 0; i < examples->n; i++)
    {
      char **turns = examples->items[i].turns;

      n += turns != NULL;
      if (turns == NULL || !g_str_equal (turns[0], "system"))
        continue;
      system = system != NULL ? system : turns[1];
      n_alike += g_str_equal (turns[1], system);
    }
  tl_chat_template_read (tl_model_get_gguf (model), &chat);
  form->chat = n > 0 && chat.format != NULL;
  form->system = form->chat && n_alike == n ? g_strdup (system) : NULL;
}

const char *
tlm_specialist_find_commonest (const TlmExamples *examples)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  const char            *best = "";
  guint                  n_best = 0;

  for (gsize i = 0; i < examples->n; i++)
    {
      char *output = examples->items[i].output;
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, output)) + 1;

      g_hash_table_insert (counts, output, GUINT_TO_POINTER (n));
      if (n > n_best)
        {
          n_best = n;
          best = output;
        }
    }
  return best;
}
