-- SPDX-License-Identifier: Apache-2.0
-- Chats and their messages. role: 0 the person, 1 the assistant. state: 0 done, 1 streaming, 2 stopped,
-- 3 failed; a message that is still "streaming" when the program starts was cut off by its end.
CREATE TABLE chats (
  id      INTEGER PRIMARY KEY,
  title   TEXT    NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  trashed INTEGER
) STRICT;

CREATE INDEX chats_by_time ON chats (updated DESC, id DESC) WHERE trashed IS NULL;
CREATE INDEX chats_in_bin ON chats (trashed) WHERE trashed IS NOT NULL;

CREATE TABLE messages (
  id         INTEGER PRIMARY KEY,
  chat_id    INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
  role       INTEGER NOT NULL CHECK (role IN (0, 1)),
  state      INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3)),
  text       TEXT    NOT NULL,
  error      TEXT,
  route      TEXT    NOT NULL,
  elapsed_ms REAL    NOT NULL,
  created    INTEGER NOT NULL
) STRICT;

CREATE INDEX messages_of_chat ON messages (chat_id, id);
