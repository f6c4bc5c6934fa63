-- SPDX-License-Identifier: Apache-2.0
-- What was pasted into a draft and set aside, apart from what is typed beside it, which is saved at every
-- pause: up to megabytes that change seldom. Several texts have U+001D between them, as in drafts before.
CREATE TABLE draft_texts (
  chat_id INTEGER PRIMARY KEY REFERENCES chats (id) ON DELETE CASCADE,
  texts   TEXT NOT NULL
) STRICT;

INSERT INTO draft_texts
  SELECT id, substr (draft, instr (draft, char (29)) + 1) FROM chats WHERE instr (draft, char (29)) > 0;
UPDATE chats SET draft = substr (draft, 1, instr (draft, char (29)) - 1)
  WHERE instr (draft, char (29)) > 0;
