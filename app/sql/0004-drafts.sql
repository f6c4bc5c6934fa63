-- SPDX-License-Identifier: Apache-2.0
-- What is written in a chat and not sent yet, so that quitting and a crash lose none of it.
ALTER TABLE chats ADD COLUMN draft TEXT NOT NULL DEFAULT '';
