-- SPDX-License-Identifier: Apache-2.0
-- paused 1: the folder is not looked through. other_id is the note of a file that was changed here when the
-- file was changed too, and was left alone; note_id is then the one that follows the file.
ALTER TABLE folders ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folder_files ADD COLUMN other_id INTEGER REFERENCES notes (id) ON DELETE SET NULL;
