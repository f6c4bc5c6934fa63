/* SPDX-License-Identifier: Apache-2.0 */
/* Each change goes through the store and ends with loading the list anew, which verifies every key
 * again: there are few of them, and a key takes a fraction of a millisecond. */
#include "licenses.h"

#include "core/errors.h"
#include "license-armour.h"
#include "license-private.h"
#include "license-revoked.h"
#include "store/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TlmLicenses
{
  GObject     parent_instance;
  TlmStore   *store;
  GListStore *list;
};

G_DEFINE_FINAL_TYPE (TlmLicenses, tlm_licenses, G_TYPE_OBJECT)

static void
tlm_licenses_finalize (GObject *object)
{
  TlmLicenses *self = TLM_LICENSES (object);

  g_clear_object (&self->list);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (tlm_licenses_parent_class)->finalize (object);
}

static void
tlm_licenses_class_init (TlmLicensesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tlm_licenses_finalize;
}

static void
tlm_licenses_init (TlmLicenses *self)
{
  self->list = g_list_store_new (TLM_TYPE_LICENSE);
}

/**
 * tlm_licenses_new:
 *
 * Returns: (transfer full): an empty list, to be filled by tlm_licenses_load_async()
 */
TlmLicenses *
tlm_licenses_new (TlmStore *store)
{
  TlmLicenses *self = g_object_new (TLM_TYPE_LICENSES, NULL);

  self->store = g_object_ref (store);
  return self;
}

/**
 * tlm_licenses_get_list:
 *
 * Returns: (transfer none): of TlmLicense, oldest first, with those that count no more
 */
GListModel *
tlm_licenses_get_list (TlmLicenses *self)
{
  return G_LIST_MODEL (self->list);
}

/* One change on its way through the store; then the list is read again. */
typedef struct
{
  char      *text;     /* to be added */
  gsize      len;
  gint64     id;       /* to be removed; 0: nothing is */
  char      *sentence; /* (out) */
  GPtrArray *licenses; /* (out) */
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->text);
  g_free (change->sentence);
  g_clear_pointer (&change->licenses, g_ptr_array_unref);
  g_free (change);
}

/* The newer of the list that came with the program and the one that was added. NULL: @error */
static TlmRevoked *
load_revoked (TlmDb   *db,
              GError **error)
{
  TlmRevoked   *best = tlm_revoked_new_built_in ();
  sqlite3_stmt *row = tlm_db_query (db, error, "SELECT text FROM revoked_licenses", "");
  int           step = row != NULL ? tlm_db_step (db, row, error) : -1;

  if (step > 0)
    {
      const char *text = tlm_db_column_text (row, 0);
      TlmRevoked *added = tlm_revoked_read (text, strlen (text), tlm_roots_get_built_in (), NULL);

      sqlite3_reset (row);
      if (added != NULL && added->number > best->number)
        {
          tlm_revoked_free (best);
          return added;
        }
      g_clear_pointer (&added, tlm_revoked_free);
    }
  if (step < 0)
    g_clear_pointer (&best, tlm_revoked_free);
  return best;
}

static TlmLicense *
verify_again (const char       *text,
              const TlmRevoked *revoked)
{
  g_autoptr (GError) error = NULL;
  TlmLicense        *license = tlm_license_read (text, strlen (text), tlm_roots_get_built_in (),
                                                 &error);

  if (license == NULL)
    return tlm_license_new_refused (text, error->message);
  tlm_license_set_refusal (license, tlm_revoked_get_reason (revoked, license));
  return license;
}

static gboolean
load (TlmDb   *db,
      Change  *change,
      GError **error)
{
  g_autoptr (TlmRevoked) revoked = load_revoked (db, error);
  sqlite3_stmt          *row = NULL;
  int                    step = -1;

  change->licenses = g_ptr_array_new_with_free_func (g_object_unref);
  if (revoked != NULL
      && tlm_store_empty_bin (db, TLM_WORDS_OF_NONE, "DELETE FROM licenses WHERE trashed < ?", error))
    row = tlm_db_query (db, error,
                        "SELECT id, text FROM licenses WHERE trashed IS NULL ORDER BY id", "");
  while (row != NULL && (step = tlm_db_step (db, row, error)) > 0)
    {
      TlmLicense *license = verify_again (tlm_db_column_text (row, 1), revoked);

      tlm_license_set_id (license, sqlite3_column_int64 (row, 0));
      g_ptr_array_add (change->licenses, license);
    }
  return step == 0;
}

static void
load_job (gpointer owner,
          GTask   *task)
{
  GError  *error = NULL;
  gboolean good = load (owner, g_task_get_task_data (task), &error);

  tlm_task_return_success (task, good, error);
}

static gboolean
add_revoked (TlmDb   *db,
             Change  *change,
             GError **error)
{
  g_autoptr (TlmRevoked) here = load_revoked (db, error), revoked = NULL;

  if (here != NULL)
    revoked = tlm_revoked_read (change->text, change->len, tlm_roots_get_built_in (), error);
  if (revoked == NULL)
    return FALSE;
  if (revoked->number < here->number)
    {
      g_set_error (error, TLM_ERROR, TLM_ERROR_LICENSE,
                   /* Translators: two dates. */
                   _("This list of withdrawn keys, of %s, is older than the one in use, of %s. That "
                     "one stays."), revoked->date, here->date);
      return FALSE;
    }
  change->sentence = g_strdup_printf (_("The list of withdrawn keys of %s is in use now."),
                                      revoked->date);
  return tlm_db_run (db, error,
                     "INSERT INTO revoked_licenses (id, text) VALUES (1, ?1) "
                     "ON CONFLICT (id) DO UPDATE SET text = excluded.text", "t", revoked->text);
}

static gboolean
add_license (TlmDb   *db,
             Change  *change,
             GError **error)
{
  g_autoptr (TlmRevoked) revoked = load_revoked (db, error);
  g_autoptr (TlmLicense) license = NULL;
  const char            *refusal;

  if (revoked != NULL)
    license = tlm_license_read (change->text, change->len, tlm_roots_get_built_in (), error);
  if (license == NULL)
    return FALSE;
  refusal = tlm_revoked_get_reason (revoked, license);
  if (refusal != NULL)
    {
      g_set_error_literal (error, TLM_ERROR, TLM_ERROR_LICENSE, refusal);
      return FALSE;
    }
  change->sentence = tlm_license_get_is_test (license)
                       ? g_strdup (_("A test key was added. It shows what a key does and allows "
                                     "nothing."))
                       : g_strdup_printf (_("The key of %s was added."),
                                          tlm_license_get_terms (license)->licensee);
  return tlm_db_run (db, error,
                     "INSERT INTO licenses (number, text, added) VALUES (?1, ?2, ?3) "
                     "ON CONFLICT (number) DO UPDATE SET text = excluded.text, trashed = NULL",
                     "tti", tlm_license_get_terms (license)->number,
                     tlm_license_get_text (license), g_get_real_time ());
}

static void
add_job (gpointer owner,
         GTask   *task)
{
  Change  *change = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tlm_armour_is (change->text, change->len, TLM_ARMOUR_REVOCATIONS)
                    ? add_revoked (owner, change, &error) : add_license (owner, change, &error);

  good = good && load (owner, change, &error);
  tlm_task_return_success (task, good, error);
}

static void
remove_job (gpointer owner,
            GTask   *task)
{
  Change  *change = g_task_get_task_data (task);
  GError  *error = NULL;
  gboolean good = tlm_db_run (owner, &error, "UPDATE licenses SET trashed = ? WHERE id = ?", "ii",
                              g_get_real_time (), change->id);

  good = good && load (owner, change, &error);
  tlm_task_return_success (task, good, error);
}

static void
changed (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  TlmLicenses      *self = TLM_LICENSES (source);
  g_autoptr (GTask) outer = data;
  Change           *change = g_task_get_task_data (G_TASK (result));
  GError           *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (outer, error);
      return;
    }
  g_list_store_splice (self->list, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)),
                       change->licenses->pdata, change->licenses->len);
  g_task_return_pointer (outer, g_strdup (change->sentence != NULL ? change->sentence : ""),
                         g_free);
}

/* Takes @change. */
static void
post (TlmLicenses        *self,
      Change             *change,
      TlmWorkerFunc       job,
      GCancellable       *c,
      GAsyncReadyCallback cb,
      gpointer            data)
{
  GTask *task = g_task_new (self, c, changed, g_task_new (self, c, cb, data));

  g_task_set_task_data (task, change, change_free);
  tlm_store_post (self->store, task, job);
}

static gboolean
finish (TlmLicenses  *self,
        GAsyncResult *r,
        GError      **error)
{
  g_autofree char *sentence = g_task_propagate_pointer (G_TASK (r), error);

  return sentence != NULL;
}

void
tlm_licenses_load_async (TlmLicenses        *self,
                         GCancellable       *c,
                         GAsyncReadyCallback cb,
                         gpointer            data)
{
  post (self, g_new0 (Change, 1), load_job, c, cb, data);
}

gboolean
tlm_licenses_load_finish (TlmLicenses  *self,
                          GAsyncResult *r,
                          GError      **error)
{
  return finish (self, r, error);
}

void
tlm_licenses_add_async (TlmLicenses        *self,
                        const char         *text,
                        gsize               len,
                        GCancellable       *c,
                        GAsyncReadyCallback cb,
                        gpointer            data)
{
  Change *change = g_new0 (Change, 1);

  change->text = g_malloc (len + 1);
  memcpy (change->text, text, len);
  change->text[len] = '\0';
  change->len = len;
  post (self, change, add_job, c, cb, data);
}

char *
tlm_licenses_add_finish (TlmLicenses  *self,
                         GAsyncResult *r,
                         GError      **error)
{
  return g_task_propagate_pointer (G_TASK (r), error);
}

void
tlm_licenses_remove_async (TlmLicenses        *self,
                           TlmLicense         *license,
                           GCancellable       *c,
                           GAsyncReadyCallback cb,
                           gpointer            data)
{
  Change *change = g_new0 (Change, 1);

  change->id = tlm_license_get_id (license);
  post (self, change, remove_job, c, cb, data);
}

gboolean
tlm_licenses_remove_finish (TlmLicenses  *self,
                            GAsyncResult *r,
                            GError      **error)
{
  return finish (self, r, error);
}

static TlmLicenseState
judge_one (TlmLicense             *license,
           const char             *product,
           const TlmLicensedModel *model)
{
  if (tlm_license_get_refusal (license) != NULL
      || !tlm_license_covers_model (license, model->name)
      || (product != NULL && !tlm_license_covers_product (license, product)))
    return TLM_LICENSE_STATE_FREE;
  if (tlm_license_get_is_test (license))
    return TLM_LICENSE_STATE_TEST;
  return tlm_license_covers_date (license, model->released) ? TLM_LICENSE_STATE_LICENSED
                                                            : TLM_LICENSE_STATE_OUTDATED;
}

TlmLicenseVerdict
tlm_licenses_judge_list (GListModel *list,
                         const char *product,
                         const char *model)
{
  TlmLicenseVerdict best = { TLM_LICENSE_STATE_FREE, tlm_licensed_models_find (model), NULL };

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (TlmLicense) license = g_list_model_get_item (list, i);
      TlmLicenseState        state = judge_one (license, product, best.model);

      if (state > best.state)
        {
          best.state = state;
          best.license = license;
        }
    }
  return best;
}

TlmLicenseVerdict
tlm_licenses_judge (TlmLicenses *self,
                    const char  *product,
                    const char  *model)
{
  return tlm_licenses_judge_list (G_LIST_MODEL (self->list), product, model);
}
