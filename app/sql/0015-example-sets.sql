-- SPDX-License-Identifier: Apache-2.0
-- Sets of examples to teach from, each for one job. kind names the template that a set began with, or is '';
-- base is the path of the model that learned from it last, or ''. Ids and created are the microsecond in
-- which something was made, so they are in its order. note_id and message_id say where an example came
-- from. "trashed" is as for notes.
CREATE TABLE example_sets (
  id      INTEGER PRIMARY KEY,
  name    TEXT    NOT NULL,
  kind    TEXT    NOT NULL,
  base    TEXT    NOT NULL DEFAULT '',
  created INTEGER NOT NULL,
  trashed INTEGER
) STRICT;

CREATE TABLE examples (
  id         INTEGER PRIMARY KEY,
  set_id     INTEGER NOT NULL REFERENCES example_sets (id) ON DELETE CASCADE,
  input      TEXT    NOT NULL,
  output     TEXT    NOT NULL,
  note_id    INTEGER REFERENCES notes (id) ON DELETE SET NULL,
  message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL,
  created    INTEGER NOT NULL
) STRICT;

CREATE INDEX examples_by_set ON examples (set_id);
CREATE INDEX examples_by_note ON examples (note_id) WHERE note_id IS NOT NULL;
CREATE INDEX examples_by_message ON examples (message_id) WHERE message_id IS NOT NULL;
