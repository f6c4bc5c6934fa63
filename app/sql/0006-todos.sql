-- SPDX-License-Identifier: Apache-2.0
-- Action items of all notes, as they were found when a note was read last. "position" is the item's place
-- among its note's, NULL when the note has it no longer; "done" is when the person ticked it off here, NULL
-- before. A sentence that goes and comes again finds its tick again. due_first and due_last are ISO days or
-- ''. todo_reads says which state of a note ("updated") was read.
CREATE TABLE todos (
  id        INTEGER PRIMARY KEY,
  note_id   INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
  position  INTEGER,
  text      TEXT    NOT NULL,
  owner     TEXT    NOT NULL,
  due       TEXT    NOT NULL,
  due_first TEXT    NOT NULL,
  due_last  TEXT    NOT NULL,
  done      INTEGER,
  UNIQUE (note_id, text)
) STRICT;

CREATE TABLE todo_reads (
  note_id INTEGER PRIMARY KEY REFERENCES notes (id) ON DELETE CASCADE,
  updated INTEGER NOT NULL
) STRICT;
