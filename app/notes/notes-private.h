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

typedef struct _TlmNoteChange TlmNoteChange;

/* The file that a note follows: what is remembered of it goes into the store with the note or not at all. On
 * the store's thread. */
typedef struct
{
  /* In the transaction, with the note written. */
  gboolean (*keep) (TlmDb *db, const TlmNoteChange *change, gpointer data, GError **error);
  gpointer data;
} TlmNoteFile;

/* One change of one note on its way through the store. */
struct _TlmNoteChange
{
  TlmNote *note; /* touched on the main thread only; NULL until a new one is made */
  gint64   id;
  char    *title;
  char    *text;
  gint64   now;
  guint    save;
  gint64   basis;             /* of tlm_notes_replace_async(), else 0 */
  const TlmNoteFile *file;    /* (nullable) (transfer none) */
  gboolean is_new;            /* (out): of a save: the note was deleted for good, and came back */
  gint64   other_id, other_updated; /* (out): of a save: the note that has what another program wrote */
  char    *other_title;
};

/* In notes-known.c: when each note was written last, as far as this program read or wrote it. */
GHashTable *tlm_notes_known_new (void);
void        tlm_notes_know      (GHashTable *known, gint64 id, gint64 updated);
/* In notes-known.c: the save of a note, on the store's thread. */
gboolean    tlm_notes_write     (TlmDb *db, GHashTable *known, TlmNoteChange *change, GError **error);

/* @note: (nullable) */
TlmNoteChange *tlm_note_change_new  (TlmNote *note);
void           tlm_note_change_free (gpointer change);

/* In notes-text.c. The same with a text. (transfer full) (nullable): NULL when @text cannot be saved, and
 * @outer, which goes then, has said so */
TlmNoteChange *tlm_note_change_new_text (TlmNote *note, const char *text, GTask *outer);

/* Posts @job, whose task has @change as data; then @done has @outer as data. Takes @change and
 * @outer. */
void tlm_notes_post (TlmNotes *self, TlmNoteChange *change, GTask *outer, TlmWorkerFunc job,
                     GAsyncReadyCallback done);

/**
 * tlm_notes_replace_async:
 * @basis: when the note was written last, as far as is known where @text comes from
 * @file: (transfer none): there until @cb
 *
 * In notes-text.c, ended by tlm_notes_save_finish(): writes @text as another program would. The note then
 * says that it was replaced, and what is saved for it here, before its text was read again, goes beside
 * @text and not over it.
 */
void tlm_notes_replace_async (TlmNotes *self, TlmNote *note, gint64 basis, const char *text,
                              const TlmNoteFile *file, GCancellable *c, GAsyncReadyCallback cb,
                              gpointer data);

/* As tlm_notes_create_async(), to end @task. (transfer full). @file: (nullable) (transfer none) */
void tlm_notes_create (TlmNotes *self, const char *text, const TlmNoteFile *file, GTask *task);

G_END_DECLS
