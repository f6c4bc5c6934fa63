-- SPDX-License-Identifier: Apache-2.0
-- Language models that the person added. "uri" is of the file; "owned" is 1 for a copy in the program's own
-- folder, 0 for a file that stays where it lies. sha256 is of the file when it was added: it is not
-- loaded when it is another. A speed (tokens a second, on this machine) belongs to the file's
-- content, whatever its name.
CREATE TABLE models (
  id     INTEGER PRIMARY KEY,
  uri    TEXT    NOT NULL UNIQUE,
  name   TEXT    NOT NULL,
  owned  INTEGER NOT NULL,
  sha256 TEXT    NOT NULL,
  size   INTEGER NOT NULL,
  added  INTEGER NOT NULL
) STRICT;

CREATE TABLE model_speeds (
  sha256   TEXT    PRIMARY KEY,
  prefill  REAL    NOT NULL,
  decode   REAL    NOT NULL,
  measured INTEGER NOT NULL
) STRICT;
