-- SPDX-License-Identifier: Apache-2.0
-- What stands for the older part of a chat in a model's context: sentences of the messages themselves. after
-- is the message behind which a summary stands: it and all that it follows are summarised. Each row is a
-- sentence: length bytes of the message source, from its byte start on.
CREATE TABLE chat_digests (
  chat_id INTEGER NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
  after   INTEGER NOT NULL,
  source  INTEGER NOT NULL,
  start   INTEGER NOT NULL,
  length  INTEGER NOT NULL
) STRICT;

CREATE INDEX chat_digests_of_chat ON chat_digests (chat_id, after);
