-- SPDX-License-Identifier: Apache-2.0
-- An example that is a conversation keeps what was said before its output: a JSON array of objects with a
-- "role" and a "content", or ''. Its input is their texts, a line each.
ALTER TABLE examples ADD COLUMN turns TEXT NOT NULL DEFAULT '';
ALTER TABLE training_examples ADD COLUMN turns TEXT NOT NULL DEFAULT '';
