/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of the whole window share: services over a folder of their own, and waiting. */
#pragma once

#include "window.h"

typedef struct
{
  char           *folder;
  AdwApplication *application;
  TlmServices    *services;
  TlmWindow      *window;
} Fixture;

void fixture_set_up    (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);

/* Closes the window as the person does, ends the services and starts both anew. */
void fixture_restart   (Fixture *fixture);

/* Runs the main loop until @condition holds; fails the test after a minute. */
#define wait_until(condition)                                                                       \
  G_STMT_START                                                                                      \
  {                                                                                                 \
    gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                                \
    while (!(condition))                                                                            \
      {                                                                                             \
        g_assert_cmpint (g_get_monotonic_time (), <, deadline);                                     \
        wait_a_moment ();                                                                           \
      }                                                                                             \
  }                                                                                                 \
  G_STMT_END

void wait_a_moment (void);

/* The first descendant, in the order they are drawn, of @type whose text or label holds @text (NULL
 * for any) and that is seen; NULL for none. */
GtkWidget *find_widget (gpointer top, GType type, const char *text);

/* Also inside of rows that are not unfolded, where find_widget() finds nothing: by exact title or
 * label. The last two fail the test when there is none. */
GtkWidget *find_row    (gpointer top, const char *title);
GtkWidget *find_button (gpointer top, const char *label);
/* A button that is but an icon; NULL for none */
GtkWidget *find_described (gpointer top, const char *tooltip);
void       type_into   (gpointer top, const char *title, const char *text);
void       click       (gpointer top, const char *label);

/* What GTK does with a drop, once the pointer's part is over; fails the test where nothing takes it. */
void drop      (GtkWidget *widget, const GValue *value);
void drop_file (Fixture *fixture, const char *path); /* on the window */

/* ---- The note that is open; editor_of() fails the test without one ---- */

GListModel    *notes_of        (Fixture *fixture);
GtkTextBuffer *editor_of       (Fixture *fixture);
gboolean       editor_is_ready (Fixture *fixture);
void           new_note        (Fixture *fixture, const char *text);
