-- SPDX-License-Identifier: Apache-2.0
-- Which tool answered a message and why, as it was said to the person: "tool" is a name of TlmTool or ''. A
-- tool that the person chose for a message is kept with the message's text: requests very like it go
-- there too.
ALTER TABLE messages ADD COLUMN tool TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN why TEXT NOT NULL DEFAULT '';

CREATE INDEX messages_by_parent ON messages (parent);

CREATE TABLE tool_choices (
  id     INTEGER PRIMARY KEY,
  text   TEXT    NOT NULL UNIQUE,
  tool   TEXT    NOT NULL,
  chosen INTEGER NOT NULL
) STRICT;
