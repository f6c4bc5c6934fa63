-- SPDX-License-Identifier: Apache-2.0
-- License keys, each exactly as it came and verified anew whenever it is loaded; "trashed" is as for
-- notes. The list of withdrawn keys that a person added last is one row.
CREATE TABLE licenses (
  id      INTEGER PRIMARY KEY,
  number  TEXT    NOT NULL UNIQUE,
  text    TEXT    NOT NULL,
  added   INTEGER NOT NULL,
  trashed INTEGER
) STRICT;

CREATE TABLE revoked_licenses (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  text TEXT    NOT NULL
) STRICT;
