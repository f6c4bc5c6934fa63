/* SPDX-License-Identifier: Apache-2.0 */
/* Labelled notes and documents from JSONL (also compressed) as the engine's plain examples. */
#pragma once

#include <glib.h>

#include "reader/example.h"

G_BEGIN_DECLS

typedef struct
{
  char *id, *domain, *lang; /* domain: the genre of a note, the source of a document */
} TlmExampleInfo;

typedef struct
{
  tl_reader_example *examples; /* [n] all they point to is owned by the dataset */
  TlmExampleInfo    *infos;    /* [n] */
  gsize              n;
  /*< private >*/
  GArray    *examples_array, *infos_array;
  GPtrArray *owned;
} TlmDataset;

TlmDataset *tlm_dataset_new  (void);
void        tlm_dataset_free (TlmDataset *dataset);

/**
 * tlm_dataset_add_file:
 * @path: .jsonl, or compressed by anything that libarchive knows. A line is a note ("units" are
 * strings, with keypoints, actions, tags, titles) or a document ("units" are pairs of kind and
 * text, with "key" and "lab")
 * @document_weight: of documents with a human summary, in the loss; those without have half of it
 *
 * Adds one example a line. An error names the line, and nothing of the file is kept.
 */
gboolean tlm_dataset_add_file (TlmDataset *dataset, const char *path, float document_weight,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * tlm_dataset_add:
 * @text: @units: (transfer full): what the example points to; its strings must outlive the dataset
 */
void tlm_dataset_add (TlmDataset *dataset, const tl_reader_example *example,
                      const TlmExampleInfo *info, char *text, tl_gold_unit *units);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlmDataset, tlm_dataset_free)

/* The whole of a text file, unpacked when it is compressed. (transfer full) (nullable) */
GString *tlm_dataset_read_text (const char *path, GError **error);

G_END_DECLS
