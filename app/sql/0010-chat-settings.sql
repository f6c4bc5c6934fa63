-- SPDX-License-Identifier: Apache-2.0
-- How a chat is to be answered, and presets of it. seed 0: another for each answer. drop_oldest 1: a
-- conversation that has no room goes on without its oldest messages; 0: the person is asked.
-- context_used and context_held (tokens) say what a conversation took of what its model holds.
ALTER TABLE chats ADD COLUMN instructions TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN temperature REAL NOT NULL DEFAULT 0.8;
ALTER TABLE chats ADD COLUMN top_p REAL NOT NULL DEFAULT 0.95;
ALTER TABLE chats ADD COLUMN seed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN max_tokens INTEGER NOT NULL DEFAULT 512;
ALTER TABLE chats ADD COLUMN drop_oldest INTEGER NOT NULL DEFAULT 0;

ALTER TABLE messages ADD COLUMN context_used INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN context_held INTEGER NOT NULL DEFAULT 0;

CREATE TABLE presets (
  name         TEXT    PRIMARY KEY,
  instructions TEXT    NOT NULL,
  temperature  REAL    NOT NULL,
  top_p        REAL    NOT NULL,
  seed         INTEGER NOT NULL,
  max_tokens   INTEGER NOT NULL,
  drop_oldest  INTEGER NOT NULL
) STRICT;
