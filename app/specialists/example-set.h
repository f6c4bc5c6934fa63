/* SPDX-License-Identifier: Apache-2.0 */
/* One set of examples as a list that can be edited. What is changed is in the list at once and on
 * its way into the store; main thread. */
#pragma once

#include "examples.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef enum
{
  TLM_EXAMPLE_GOOD,
  TLM_EXAMPLE_EMPTY,     /* one of its texts is */
  TLM_EXAMPLE_DUPLICATE, /* the same as an earlier one */
  TLM_EXAMPLE_CONFLICT,  /* the same input stands there with another output */
  TLM_EXAMPLE_PROBLEMS
} TlmExampleProblem;

/* Where an example came from; 0: not from there. */
typedef struct
{
  gint64 note_id, message_id;
} TlmExampleSource;

/* One row. Properties: input, output (string), problem (uint, a TlmExampleProblem). */
#define TLM_TYPE_EXAMPLE_ROW (tlm_example_row_get_type ())
G_DECLARE_FINAL_TYPE (TlmExampleRow, tlm_example_row, TLM, EXAMPLE_ROW, GObject)

gint64            tlm_example_row_get_id      (TlmExampleRow *self);
const char       *tlm_example_row_get_input   (TlmExampleRow *self);
const char       *tlm_example_row_get_output  (TlmExampleRow *self);
char *const      *tlm_example_row_get_turns   (TlmExampleRow *self); /* as of a TlmExample */
TlmExampleProblem tlm_example_row_get_problem (TlmExampleRow *self);
TlmExampleSource  tlm_example_row_get_source  (TlmExampleRow *self);
gint64            tlm_example_row_get_created (TlmExampleRow *self); /* Unix microseconds */

/* Properties: name (string). Signals: "counted": there are other rows or problems; "failed" (const
 * char *sentence): the store did not take a change. */
#define TLM_TYPE_EXAMPLE_SET (tlm_example_set_get_type ())
G_DECLARE_FINAL_TYPE (TlmExampleSet, tlm_example_set, TLM, EXAMPLE_SET, GObject)

gint64      tlm_example_set_get_id      (TlmExampleSet *self);
const char *tlm_example_set_get_name    (TlmExampleSet *self);
const char *tlm_example_set_get_kind    (TlmExampleSet *self); /* of a template, or "" */
const char *tlm_example_set_get_base    (TlmExampleSet *self); /* a model's path, or "" */
gint64      tlm_example_set_get_created (TlmExampleSet *self); /* Unix microseconds */
GListModel *tlm_example_set_get_rows    (TlmExampleSet *self); /* of TlmExampleRow, as added */
guint       tlm_example_set_count       (TlmExampleSet *self, TlmExampleProblem problem);

void tlm_example_set_rename   (TlmExampleSet *self, const char *name); /* "" changes nothing */
void tlm_example_set_set_base (TlmExampleSet *self, const char *path);

/* @source: (nullable). Returns: (transfer none): the row at the end */
TlmExampleRow *tlm_example_set_append (TlmExampleSet *self, const char *input, const char *output,
                                       const TlmExampleSource *source);
/* A conversation whose input changes is none any more. */
void           tlm_example_set_edit   (TlmExampleSet *self, TlmExampleRow *row, const char *input,
                                       const char *output);
void           tlm_example_set_remove (TlmExampleSet *self, TlmExampleRow *row);

/* Takes a removal back: the row comes to where it was. */
void tlm_example_set_restore (TlmExampleSet *self, TlmExampleRow *row);

/**
 * tlm_example_set_paste:
 * @text: rows of a spreadsheet (by tabs), or what a file of examples holds: CSV, JSON lines,
 * Markdown
 *
 * Appends what it finds. Returns: (transfer full) (nullable): it, with what was left out
 */
TlmExamples *tlm_example_set_paste (TlmExampleSet *self, const char *text, GError **error);

/* The same of a file, as tlm_examples_load() reads it; on a thread of its own. */
void         tlm_example_set_import_async  (TlmExampleSet *self, const char *path, GCancellable *c,
                                            GAsyncReadyCallback cb, gpointer data);
TlmExamples *tlm_example_set_import_finish (TlmExampleSet *self, GAsyncResult *r, GError **error);

/* All rows, also those with problems, into a file that ends in .jsonl, .csv or .tsv. */
void     tlm_example_set_export_async  (TlmExampleSet *self, const char *path, GCancellable *c,
                                        GAsyncReadyCallback cb, gpointer data);
gboolean tlm_example_set_export_finish (TlmExampleSet *self, GAsyncResult *r, GError **error);

/* To train on: without those with problems, but of conflicting ones the last. (transfer full) */
TlmExamples *tlm_example_set_dup_examples (TlmExampleSet *self);

G_END_DECLS
