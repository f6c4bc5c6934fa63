-- SPDX-License-Identifier: Apache-2.0
-- Trainings of specialists, each with what it learns from as it was when it began and how: the columns are
-- the fields of TlmSpecialistOptions. "out" is the file that it writes; points is its curve so far, a
-- step, its loss and the loss on examples kept back a line. finished is NULL while it can go on; later
-- the examples that were held out serve to judge the specialist by eye. One that was imported has no
-- examples. used 1: the person lets it answer; the three numbers are of votes; "trashed" is as for notes.
CREATE TABLE trainings (
  id       INTEGER PRIMARY KEY,
  set_id   INTEGER NOT NULL,
  name     TEXT    NOT NULL,
  base     TEXT    NOT NULL,
  out      TEXT    NOT NULL UNIQUE,
  rank     INTEGER NOT NULL,
  alpha    REAL    NOT NULL,
  dropout  REAL    NOT NULL,
  rate     REAL    NOT NULL,
  targets  INTEGER NOT NULL,
  epochs   INTEGER NOT NULL,
  minutes  REAL    NOT NULL,
  seed     INTEGER NOT NULL,
  points   TEXT    NOT NULL DEFAULT '',
  finished INTEGER,
  used         INTEGER NOT NULL DEFAULT 0,
  n_specialist INTEGER NOT NULL DEFAULT 0,
  n_base       INTEGER NOT NULL DEFAULT 0,
  n_same       INTEGER NOT NULL DEFAULT 0,
  trashed      INTEGER
) STRICT;

CREATE TABLE training_examples (
  id          INTEGER PRIMARY KEY,
  training_id INTEGER NOT NULL REFERENCES trainings (id) ON DELETE CASCADE,
  input       TEXT    NOT NULL,
  output      TEXT    NOT NULL
) STRICT;

CREATE INDEX training_examples_by_training ON training_examples (training_id);
