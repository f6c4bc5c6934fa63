/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the list of notes share: the object, and a change on its way through the
 * store. */
#pragma once

#include "note-private.h"
#include "notes.h"
#include "core/ordered-list.h"
#include "store/store-private.h"

G_BEGIN_DECLS

struct _TlmNotes
{
  GObject        parent_instance;
  TlmStore      *store;
  TlmOrderedList list;
  GHashTable    *unsaved; /* TlmNote -> its text, which the store did not take */
  GHashTable    *known;   /* of notes-known.c, on the store's thread */
};

/* One change of one note on its way through the store. */
typedef struct
{
  TlmNote *note; /* touched on the main thread only; NULL until a new one is made */
  gint64   id;
  char    *title;
  char    *text;
  gint64   now;
  guint    save;
  gboolean is_new;            /* (out): of a save: the note was deleted for good, and came back */
  gint64   other_id, other_updated; /* (out): of a save: the note that has what another program wrote */
  char    *other_title;
} TlmNoteChange;

/* In notes-known.c: when each note was written last, as far as this program read or wrote it. */
GHashTable *tlm_notes_known_new (void);
void        tlm_notes_know      (GHashTable *known, gint64 id, gint64 updated);
/* In notes-known.c: the save of a note, on the store's thread. */
gboolean    tlm_notes_write     (TlmDb *db, GHashTable *known, TlmNoteChange *change, GError **error);

/* @note: (nullable) */
TlmNoteChange *tlm_note_change_new  (TlmNote *note);
void           tlm_note_change_free (gpointer change);

/* Posts @job, whose task has @change as data; then @done has @outer as data. Takes @change and
 * @outer. */
void tlm_notes_post (TlmNotes *self, TlmNoteChange *change, GTask *outer, TlmWorkerFunc job,
                     GAsyncReadyCallback done);

/* As tlm_notes_create_async(), to end @task. (transfer full) */
void tlm_notes_create (TlmNotes *self, const char *text, GTask *task);

G_END_DECLS
