-- SPDX-License-Identifier: Apache-2.0
-- A second index, of texts in scripts without spaces: of characters that stand beside each other ("grams", which
-- store/signs.c finds). What changed is due, with what the index still has of it (NULL: nothing), and is
-- taken into it between other work (store/db-signs.c), so a trigger needs no function of the program's.
-- Rows up to signs_left are not in the index yet: the newest go into it first.
CREATE VIRTUAL TABLE signs_notes USING fts5 (grams, content = '', detail = none, tokenize = 'ascii');
CREATE VIRTUAL TABLE signs_messages USING fts5 (grams, content = '', detail = none, tokenize = 'ascii');
CREATE TABLE signs_notes_due (id INTEGER PRIMARY KEY, title TEXT, text TEXT) STRICT;
CREATE TABLE signs_messages_due (id INTEGER PRIMARY KEY, title TEXT, text TEXT) STRICT;
CREATE TABLE signs_left (notes INTEGER NOT NULL, messages INTEGER NOT NULL) STRICT;
INSERT INTO signs_left VALUES (ifnull ((SELECT max (id) FROM notes), 0),
                               ifnull ((SELECT max (id) FROM messages), 0));

-- The characters from Thai on, but for punctuation and arrows: more than those that count, and quickly told.
CREATE TRIGGER signs_notes_inserted AFTER INSERT ON notes
  WHEN new.id > (SELECT notes FROM signs_left)
    AND ((length (CAST (new.title AS BLOB)) <> length (new.title) AND new.title GLOB '*[฀-῿Ⰰ-𿿿]*')
    OR (length (CAST (new.text AS BLOB)) <> length (new.text) AND new.text GLOB '*[฀-῿Ⰰ-𿿿]*'))
BEGIN
  INSERT INTO signs_notes_due SELECT new.id, NULL, NULL
    WHERE NOT EXISTS (SELECT 1 FROM signs_notes_due WHERE id = new.id);
END;
CREATE TRIGGER signs_notes_deleted AFTER DELETE ON notes
  WHEN old.id > (SELECT notes FROM signs_left)
    AND ((length (CAST (old.title AS BLOB)) <> length (old.title) AND old.title GLOB '*[฀-῿Ⰰ-𿿿]*')
    OR (length (CAST (old.text AS BLOB)) <> length (old.text) AND old.text GLOB '*[฀-῿Ⰰ-𿿿]*'))
BEGIN
  INSERT INTO signs_notes_due SELECT old.id, old.title, old.text
    WHERE NOT EXISTS (SELECT 1 FROM signs_notes_due WHERE id = old.id);
END;
CREATE TRIGGER signs_notes_changed AFTER UPDATE OF title, text ON notes
  WHEN old.id > (SELECT notes FROM signs_left)
    AND ((length (CAST (old.title AS BLOB)) <> length (old.title) AND old.title GLOB '*[฀-῿Ⰰ-𿿿]*')
    OR (length (CAST (old.text AS BLOB)) <> length (old.text) AND old.text GLOB '*[฀-῿Ⰰ-𿿿]*')
    OR (length (CAST (new.title AS BLOB)) <> length (new.title) AND new.title GLOB '*[฀-῿Ⰰ-𿿿]*')
    OR (length (CAST (new.text AS BLOB)) <> length (new.text) AND new.text GLOB '*[฀-῿Ⰰ-𿿿]*'))
BEGIN
  INSERT INTO signs_notes_due SELECT old.id, old.title, old.text
    WHERE NOT EXISTS (SELECT 1 FROM signs_notes_due WHERE id = old.id);
END;
CREATE TRIGGER signs_messages_inserted AFTER INSERT ON messages
  WHEN new.id > (SELECT messages FROM signs_left)
    AND (length (CAST (new.text AS BLOB)) <> length (new.text) AND new.text GLOB '*[฀-῿Ⰰ-𿿿]*')
BEGIN
  INSERT INTO signs_messages_due SELECT new.id, NULL, NULL
    WHERE NOT EXISTS (SELECT 1 FROM signs_messages_due WHERE id = new.id);
END;
CREATE TRIGGER signs_messages_deleted AFTER DELETE ON messages
  WHEN old.id > (SELECT messages FROM signs_left)
    AND (length (CAST (old.text AS BLOB)) <> length (old.text) AND old.text GLOB '*[฀-῿Ⰰ-𿿿]*')
BEGIN
  INSERT INTO signs_messages_due SELECT old.id, '', old.text
    WHERE NOT EXISTS (SELECT 1 FROM signs_messages_due WHERE id = old.id);
END;
CREATE TRIGGER signs_messages_changed AFTER UPDATE OF text ON messages
  WHEN old.id > (SELECT messages FROM signs_left)
    AND ((length (CAST (old.text AS BLOB)) <> length (old.text) AND old.text GLOB '*[฀-῿Ⰰ-𿿿]*')
    OR (length (CAST (new.text AS BLOB)) <> length (new.text) AND new.text GLOB '*[฀-῿Ⰰ-𿿿]*'))
BEGIN
  INSERT INTO signs_messages_due SELECT old.id, '', old.text
    WHERE NOT EXISTS (SELECT 1 FROM signs_messages_due WHERE id = old.id);
END;
