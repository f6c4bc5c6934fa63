/* SPDX-License-Identifier: Apache-2.0 */
/* A training over a store of its own, with the built-in model and examples of two labels. */
#pragma once

#include "specialists/trained.h"
#include "specialists/training.h"
#include "support.h"

G_BEGIN_DECLS

#define N_EXAMPLES 50

typedef struct
{
  char        *folder, *store_path, *model;
  TlmStore    *store;
  TlmTraining *training;
  char        *failure;
  TlmExample   items[N_EXAMPLES];
} Fixture;

#ifdef __SANITIZE_THREAD__ /* some twenty times as slow */
#define WAIT_S 1200
#else
#define WAIT_S 60
#endif

#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline = g_get_monotonic_time () + WAIT_S * G_USEC_PER_SEC;                           \
    guint  tick = g_timeout_add (100, fixture_tick_cb, NULL);                                              \
                                                                                                   \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > deadline)                                                    \
          g_error ("never: %s", #condition);                                                       \
        g_main_context_iteration (NULL, TRUE);                                                     \
      }                                                                                            \
    g_source_remove (tick);                                                                        \
  }                                                                                                \
  G_STMT_END

void     fixture_keep_cb (GObject *source, GAsyncResult *result, gpointer user_data);
gboolean fixture_tick_cb (gpointer unused);

/* Around all tests: a home for what is trained, which GLib reads once. */
void fixture_init (void);
int  fixture_run  (void);

void fixture_set_up    (Fixture *f, gconstpointer data);
void fixture_tear_down (Fixture *f, gconstpointer data);

/* As the program does when it begins, and when it ends. */
void fixture_start (Fixture *f);
void fixture_stop  (Fixture *f);

/* Of @examples with the built-in model. They are not copied. */
TlmSpecialistOptions fixture_options (const Fixture *f, const TlmExamples *examples);

/* A training of all examples. */
void             fixture_begin       (Fixture *f);
TlmTrainingState fixture_get_state   (Fixture *f);
gboolean         fixture_has_stepped (Fixture *f);

/* Of the specialists in the store the first. (transfer full) */
TlmTrained *fixture_find_trained (Fixture *f);

#define FIXTURE_ADD(path, func)                                                                    \
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

G_END_DECLS
