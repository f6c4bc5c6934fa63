-- SPDX-License-Identifier: Apache-2.0
-- A specialist that was chosen for a message: the path of its file, which is the "out" of its training, and
-- the file's SHA-256 then; '' where a tool was chosen.
ALTER TABLE tool_choices ADD COLUMN specialist TEXT NOT NULL DEFAULT '';
ALTER TABLE tool_choices ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
