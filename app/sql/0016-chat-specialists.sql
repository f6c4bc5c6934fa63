-- SPDX-License-Identifier: Apache-2.0
-- Which specialists answer in a chat, and in those of a preset: a line each with its scale, the SHA-256 of
-- its file when it was chosen, and its path.
ALTER TABLE chats ADD COLUMN specialists TEXT NOT NULL DEFAULT '';
ALTER TABLE presets ADD COLUMN specialists TEXT NOT NULL DEFAULT '';
