/* SPDX-License-Identifier: Apache-2.0 */
/* closeness (INDEX, WEIGHT): how well a row of a full-text index answers what was asked; less is better, as
 * with FTS5's own rank. It is BM25 (Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework") without
 * the weight of rare words: to know that, FTS5 counts all rows that have a word, which for a common one in a
 * million messages takes longer than a person waits. The rows of a search have all words anyway; passages.c
 * weighs the words itself. What stands in the first column counts WEIGHT times. */
#include "db-private.h"

/* What SQLite's bm25() has too. */
#define K1 1.2
#define B 0.75

/* Counts the hits of each phrase. Returns: an SQLite code */
static int
count_hits (const Fts5ExtensionApi *api,
            Fts5Context            *context,
            double                  weight,
            double                 *counts)
{
  int n = 0, code = api->xInstCount (context, &n);

  for (int i = 0; i < n && code == SQLITE_OK; i++)
    {
      int phrase, column, offset;

      code = api->xInst (context, i, &phrase, &column, &offset);
      if (code == SQLITE_OK)
        counts[phrase] += column == 0 ? weight : 1;
    }
  return code;
}

/* How long the row is beside the others. Returns: an SQLite code */
static int
compare_length (const Fts5ExtensionApi *api,
                Fts5Context            *context,
                double                 *ratio)
{
  sqlite3_int64 n_rows = 0, total = 0;
  int           length = 0, code = api->xRowCount (context, &n_rows);

  if (code == SQLITE_OK)
    code = api->xColumnTotalSize (context, -1, &total);
  if (code == SQLITE_OK)
    code = api->xColumnSize (context, -1, &length);
  *ratio = total > 0 ? (double) length * (double) n_rows / (double) total : 1;
  return code;
}

static void
closeness (const Fts5ExtensionApi *api,
           Fts5Context            *context,
           sqlite3_context        *result,
           int                     n_values,
           sqlite3_value         **values)
{
  int                n_phrases = api->xPhraseCount (context), code;
  g_autofree double *counts = g_new0 (double, n_phrases + 1);
  double             weight = n_values > 0 ? sqlite3_value_double (values[0]) : 1;
  double             ratio = 1, sum = 0;

  code = count_hits (api, context, weight, counts);
  if (code == SQLITE_OK)
    code = compare_length (api, context, &ratio);
  if (code != SQLITE_OK)
    {
      sqlite3_result_error_code (result, code);
      return;
    }
  for (int i = 0; i < n_phrases; i++)
    sum += counts[i] * (K1 + 1) / (counts[i] + K1 * (1 - B + B * ratio));
  sqlite3_result_double (result, -sum);
}

/* https://www.sqlite.org/fts5.html, "Extending FTS5". From SQLite 3.53 on this reads the schema, and what
 * is damaged is found here. */
static int
get_api (sqlite3   *handle,
         fts5_api **api)
{
  sqlite3_stmt *statement = NULL;
  int           code = sqlite3_prepare_v2 (handle, "SELECT fts5 (?1)", -1, &statement, NULL);

  *api = NULL;
  if (code == SQLITE_OK)
    code = sqlite3_bind_pointer (statement, 1, api, "fts5_api_ptr", NULL);
  if (code == SQLITE_OK)
    sqlite3_step (statement);
  sqlite3_finalize (statement);
  return code == SQLITE_OK && *api == NULL ? SQLITE_ERROR : code;
}

gboolean
tlm_db_add_rank (TlmDb   *db,
                 GError **error)
{
  fts5_api *api;
  int       code = get_api (db->handle, &api);

  if (code == SQLITE_OK)
    code = api->xCreateFunction (api, "closeness", NULL, closeness, NULL);
  return code == SQLITE_OK || tlm_db_fail (db, code, error);
}
