/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a set, and what is wrong with them. Rows of one input stand in a group, so that a
 * change looks at the rows of that input alone. The store is told in order and not waited for. */
#include "example-set-private.h"

#include "store/store-private.h"

#include <string.h>

struct _TlmExampleSet
{
  GObject     parent_instance;
  TlmStore   *store;
  gint64      id, created;
  char       *name, *kind, *base;
  GListStore *rows;
  GHashTable *groups; /* of arrays of rows by input; those without a text are in none */
  guint       n[TLM_EXAMPLE_PROBLEMS];
  guint       n_untold; /* changes of the set itself that are on their way */
  gboolean    unkept;   /* the store has no such set */
};

enum { PROP_0, PROP_NAME, N_PROPS };
enum { COUNTED, FAILED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint       signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TlmExampleSet, tlm_example_set, G_TYPE_OBJECT)

/* ---- what the store is told ---- */

static void
told_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_signal_emit (source, signals[FAILED], 0, error->message);
}

static void
tell (TlmExampleSet *self, GPtrArray *rows, TlmExampleRecordFunc func)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (tlm_example_record_free);

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (records, tlm_example_row_dup_record (rows->pdata[i], self->id));
  tlm_example_records_post (self->store, self, records, func, told_cb, NULL);
}

static void
tell_one (TlmExampleSet *self, TlmExampleRow *row, TlmExampleRecordFunc func)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  g_ptr_array_add (rows, row);
  tell (self, rows, func);
}

static gboolean
write_set (TlmDb *db, const TlmExampleRecord *record, GError **error)
{
  return tlm_db_run (db, error, "UPDATE example_sets SET name = ?, base = ? WHERE id = ?", "tti",
                     record->input, record->output, record->set_id);
}

static void
told_of_set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TLM_EXAMPLE_SET (source)->n_untold--;
  told_cb (source, result, NULL);
}

static void
tell_of_set (TlmExampleSet *self)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (tlm_example_record_free);
  TlmExampleRecord *record = g_new0 (TlmExampleRecord, 1);

  record->set_id = self->id;
  record->input = g_strdup (self->name);
  record->output = g_strdup (self->base);
  g_ptr_array_add (records, record);
  self->n_untold++;
  tlm_example_records_post (self->store, self, records, write_set, told_of_set_cb, NULL);
}

/* ---- problems ---- */

static gboolean
has_texts (TlmExampleRow *row)
{
  return *tlm_example_row_get_input (row) != '\0' && *tlm_example_row_get_output (row) != '\0';
}

static void
set_problem (TlmExampleSet *self, TlmExampleRow *row, TlmExampleProblem problem)
{
  self->n[tlm_example_row_get_problem (row)]--;
  self->n[problem]++;
  tlm_example_row_set_problem (row, problem);
}

static gboolean
is_in_conflict (GPtrArray *group)
{
  for (guint i = 1; i < group->len; i++)
    if (strcmp (tlm_example_row_get_output (group->pdata[0]),
                tlm_example_row_get_output (group->pdata[i])) != 0)
      return TRUE;
  return FALSE;
}

/* The earliest of equals is the one that counts. */
static void
judge_group (TlmExampleSet *self, GPtrArray *group)
{
  TlmExampleProblem others = is_in_conflict (group) ? TLM_EXAMPLE_CONFLICT : TLM_EXAMPLE_DUPLICATE;
  TlmExampleRow *first = group->pdata[0];

  for (guint i = 1; i < group->len; i++)
    if (tlm_example_row_get_id (group->pdata[i]) < tlm_example_row_get_id (first))
      first = group->pdata[i];
  for (guint i = 0; i < group->len; i++)
    set_problem (self, group->pdata[i],
                 group->pdata[i] == first && others == TLM_EXAMPLE_DUPLICATE ? TLM_EXAMPLE_GOOD
                                                                             : others);
}

/* Returns: (nullable): the group that @row came into */
static GPtrArray *
join (TlmExampleSet *self, TlmExampleRow *row)
{
  const char *input = tlm_example_row_get_input (row);
  GPtrArray *group;

  if (!has_texts (row))
    {
      set_problem (self, row, TLM_EXAMPLE_EMPTY);
      return NULL;
    }
  group = g_hash_table_lookup (self->groups, input);
  if (group == NULL)
    {
      group = g_ptr_array_new ();
      g_hash_table_insert (self->groups, g_strdup (input), group);
    }
  g_ptr_array_add (group, row);
  return group;
}

static void
leave (TlmExampleSet *self, TlmExampleRow *row)
{
  const char *input = tlm_example_row_get_input (row);
  GPtrArray *group = has_texts (row) ? g_hash_table_lookup (self->groups, input) : NULL;

  set_problem (self, row, TLM_EXAMPLE_GOOD);
  if (group == NULL)
    return;
  g_ptr_array_remove_fast (group, row);
  if (group->len == 0)
    g_hash_table_remove (self->groups, input);
  else
    judge_group (self, group);
}

static void
join_and_judge (TlmExampleSet *self, TlmExampleRow *row)
{
  GPtrArray *group = join (self, row);

  if (group != NULL)
    judge_group (self, group);
}

/* ---- rows ---- */

/* Each group is judged once, however many rows come into it. */
void
tlm_example_set_add_rows (TlmExampleSet *self, GPtrArray *rows, gboolean save)
{
  g_autoptr (GHashTable) touched = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer group;

  for (guint i = 0; i < rows->len; i++)
    {
      self->n[TLM_EXAMPLE_GOOD]++;
      group = join (self, rows->pdata[i]);
      if (group != NULL)
        g_hash_table_add (touched, group);
    }
  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &group, NULL))
    judge_group (self, group);
  g_list_store_splice (self->rows, g_list_model_get_n_items (G_LIST_MODEL (self->rows)), 0,
                       rows->pdata, rows->len);
  if (save)
    tell (self, rows, tlm_example_record_write);
  g_signal_emit (self, signals[COUNTED], 0);
}

TlmExampleRow *
tlm_example_set_append (TlmExampleSet *self, const char *input, const char *output,
                        const TlmExampleSource *source)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 id = tlm_example_next_id ();
  TlmExampleRecord record = { id, self->id, id, (char *) input, (char *) output, NULL, { 0, 0 } };

  if (source != NULL)
    record.source = *source;
  g_ptr_array_add (rows, tlm_example_row_new (&record));
  tlm_example_set_add_rows (self, rows, TRUE);
  return rows->pdata[0];
}

void
tlm_example_set_edit (TlmExampleSet *self, TlmExampleRow *row, const char *input,
                      const char *output)
{
  leave (self, row);
  tlm_example_row_set_texts (row, input, output);
  join_and_judge (self, row);
  tell_one (self, row, tlm_example_record_write);
  g_signal_emit (self, signals[COUNTED], 0);
}

void
tlm_example_set_remove (TlmExampleSet *self, TlmExampleRow *row)
{
  g_autoptr (TlmExampleRow) kept = g_object_ref (row);
  guint place;

  if (!g_list_store_find (self->rows, row, &place))
    return;
  leave (self, row);
  self->n[TLM_EXAMPLE_GOOD]--;
  g_list_store_remove (self->rows, place);
  tell_one (self, row, tlm_example_record_erase);
  g_signal_emit (self, signals[COUNTED], 0);
}

static int
compare_ids (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 first = tlm_example_row_get_id ((TlmExampleRow *) (gsize) a);
  gint64 second = tlm_example_row_get_id ((TlmExampleRow *) (gsize) b);

  return first < second ? -1 : first > second;
}

void
tlm_example_set_restore (TlmExampleSet *self, TlmExampleRow *row)
{
  guint place;

  if (g_list_store_find (self->rows, row, &place))
    return;
  self->n[TLM_EXAMPLE_GOOD]++;
  join_and_judge (self, row);
  g_list_store_insert_sorted (self->rows, row, compare_ids, NULL);
  tell_one (self, row, tlm_example_record_write);
  g_signal_emit (self, signals[COUNTED], 0);
}

TlmExamples *
tlm_example_set_dup_examples (TlmExampleSet *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  g_autofree TlmExample *items = g_new (TlmExample, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TlmExampleRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      items[i] = (TlmExample) { (char *) tlm_example_row_get_input (row),
                                (char *) tlm_example_row_get_output (row),
                                (char **) tlm_example_row_get_turns (row) };
    }
  return tlm_examples_new (items, n);
}

/* ---- the set itself ---- */

gint64
tlm_example_set_get_id (TlmExampleSet *self)
{
  return self->id;
}

const char *
tlm_example_set_get_name (TlmExampleSet *self)
{
  return self->name;
}

const char *
tlm_example_set_get_kind (TlmExampleSet *self)
{
  return self->kind;
}

const char *
tlm_example_set_get_base (TlmExampleSet *self)
{
  return self->base;
}

gint64
tlm_example_set_get_created (TlmExampleSet *self)
{
  return self->created;
}

GListModel *
tlm_example_set_get_rows (TlmExampleSet *self)
{
  return G_LIST_MODEL (self->rows);
}

guint
tlm_example_set_count (TlmExampleSet *self, TlmExampleProblem problem)
{
  return self->n[problem];
}

static gboolean
set_name (TlmExampleSet *self, const char *name)
{
  if (g_str_equal (name, self->name))
    return FALSE;
  g_free (self->name);
  self->name = g_strdup (name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  return TRUE;
}

void
tlm_example_set_rename (TlmExampleSet *self, const char *name)
{
  g_autofree char *chosen = g_strstrip (g_strdup (name));

  if (*chosen != '\0' && set_name (self, chosen))
    tell_of_set (self);
}

static gboolean
set_base (TlmExampleSet *self, const char *path)
{
  if (g_str_equal (path, self->base))
    return FALSE;
  g_free (self->base);
  self->base = g_strdup (path);
  return TRUE;
}

void
tlm_example_set_set_base (TlmExampleSet *self, const char *path)
{
  if (set_base (self, path))
    tell_of_set (self);
}

gboolean
tlm_example_set_take (TlmExampleSet *self, const char *name, const char *base)
{
  if (self->n_untold > 0)
    return FALSE;
  set_base (self, base);
  return set_name (self, name);
}

gboolean
tlm_example_set_get_kept (TlmExampleSet *self)
{
  return !self->unkept;
}

void
tlm_example_set_set_kept (TlmExampleSet *self, gboolean kept)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  guint                 n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  gboolean              at_last = self->unkept && kept;

  self->unkept = !kept;
  if (!at_last)
    return;
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (rows, g_list_model_get_item (G_LIST_MODEL (self->rows), i));
  tell_of_set (self);
  tell (self, rows, tlm_example_record_write);
}

TlmExampleSet *
tlm_example_set_new (TlmStore *store, gint64 id, const char *name, const char *kind,
                     const char *base, gint64 created)
{
  TlmExampleSet *self = g_object_new (TLM_TYPE_EXAMPLE_SET, NULL);

  self->store = g_object_ref (store);
  self->id = id;
  self->name = g_strdup (name);
  self->kind = g_strdup (kind);
  self->base = g_strdup (base);
  self->created = created;
  return self;
}

static void
tlm_example_set_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, TLM_EXAMPLE_SET (object)->name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tlm_example_set_finalize (GObject *object)
{
  TlmExampleSet *self = TLM_EXAMPLE_SET (object);

  g_hash_table_unref (self->groups);
  g_clear_object (&self->rows);
  g_clear_object (&self->store);
  g_free (self->name);
  g_free (self->kind);
  g_free (self->base);
  G_OBJECT_CLASS (tlm_example_set_parent_class)->finalize (object);
}

static void
tlm_example_set_class_init (TlmExampleSetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = tlm_example_set_get_property;
  object_class->finalize = tlm_example_set_finalize;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[COUNTED] = g_signal_new ("counted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tlm_example_set_init (TlmExampleSet *self)
{
  self->rows = g_list_store_new (TLM_TYPE_EXAMPLE_ROW);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_ptr_array_unref);
}
