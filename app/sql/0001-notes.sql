-- SPDX-License-Identifier: Apache-2.0
-- Notes. Times are microseconds since 1970; "trashed" is when a note went to the bin, NULL outside it.
CREATE TABLE notes (
  id      INTEGER PRIMARY KEY,
  title   TEXT    NOT NULL,
  text    TEXT    NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  trashed INTEGER
) STRICT;

CREATE INDEX notes_by_time ON notes (updated DESC, id DESC) WHERE trashed IS NULL;
CREATE INDEX notes_in_bin ON notes (trashed) WHERE trashed IS NOT NULL;
