/* SPDX-License-Identifier: Apache-2.0 */
/* Installed models over a store of their own, with a model of random weights to add. */
#pragma once

#include "models/models.h"
#include "support.h"

G_BEGIN_DECLS

typedef struct
{
  char      *folder, *database, *file; /* the last is the model's: letters.gguf */
  TlmStore  *store;
  TlmModels *models;
  guint      n_told;
} Fixture;

typedef struct
{
  const char *name;
  void      (*run) (Fixture *f, gconstpointer data);
} ModelsTest;

/* What main() does, with the tests "/app/GROUP/NAME". */
int models_run (int argc, char **argv, const char *group, const ModelsTest *tests, gsize n);

/* As the program does when it begins, and when it ends. */
void models_open  (Fixture *f);
void models_close (Fixture *f);

/* Awaits *@result, which is NULL then. (transfer full) (nullable): the sentence */
char *models_finish      (Fixture *f, GAsyncResult **result, GError **error);
void  models_finish_well (Fixture *f, GAsyncResult **result);

void                 models_import (Fixture *f, gboolean copy); /* its file */
void                 models_reload (Fixture *f);
guint                models_count  (Fixture *f);
const TlmModelState *models_get    (Fixture *f, const char *name);

G_END_DECLS
