-- SPDX-License-Identifier: Apache-2.0
-- Messages are a tree: parent is the message that one follows, NULL for a first one; those with the same
-- parent are versions of each other. leaf is the end of the branch that is shown, NULL while there are no
-- messages. No foreign keys: a cascade from message to message would be as deep as a chat is long, and
-- messages leave with their chat only.
ALTER TABLE messages ADD COLUMN parent INTEGER;
ALTER TABLE chats ADD COLUMN leaf INTEGER;

UPDATE messages SET parent = (
  SELECT max (id) FROM messages AS earlier
    WHERE earlier.chat_id = messages.chat_id AND earlier.id < messages.id
);
UPDATE chats SET leaf = (SELECT max (id) FROM messages WHERE chat_id = chats.id);
