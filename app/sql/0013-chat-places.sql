-- SPDX-License-Identifier: Apache-2.0
-- Where a chat stands: 0 in the list, 1 pinned to its top, 2 in the archive. source is the SHA-256 of what a
-- chat held when it was imported, so that the same file does not bring it twice; NULL for one begun here.
ALTER TABLE chats ADD COLUMN place INTEGER NOT NULL DEFAULT 0 CHECK (place IN (0, 1, 2));
ALTER TABLE chats ADD COLUMN source TEXT;
