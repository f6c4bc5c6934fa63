-- SPDX-License-Identifier: Apache-2.0
-- Folders that are watched, and which note each file in them became. modified (microseconds since 1970) and
-- size are the file's when it was read, sha256 is of its text. note_updated is the state of the note that
-- the file gave: a note with another was changed here.
CREATE TABLE folders (
  id  INTEGER PRIMARY KEY,
  uri TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE folder_files (
  folder_id    INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  path         TEXT    NOT NULL,
  modified     INTEGER NOT NULL,
  size         INTEGER NOT NULL,
  sha256       TEXT    NOT NULL,
  note_id      INTEGER REFERENCES notes (id) ON DELETE SET NULL,
  note_updated INTEGER NOT NULL,
  PRIMARY KEY (folder_id, path)
) STRICT;
