-- SPDX-License-Identifier: Apache-2.0
-- Full-text search over notes and messages. The index keeps no copy of the text (external content);
-- triggers follow every change.
CREATE VIRTUAL TABLE notes_index USING fts5 (
  title, text, content = 'notes', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE VIRTUAL TABLE messages_index USING fts5 (
  text, content = 'messages', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);

CREATE TRIGGER notes_inserted AFTER INSERT ON notes BEGIN
  INSERT INTO notes_index (rowid, title, text) VALUES (new.id, new.title, new.text);
END;
CREATE TRIGGER notes_deleted AFTER DELETE ON notes BEGIN
  INSERT INTO notes_index (notes_index, rowid, title, text)
    VALUES ('delete', old.id, old.title, old.text);
END;
CREATE TRIGGER notes_changed AFTER UPDATE OF title, text ON notes BEGIN
  INSERT INTO notes_index (notes_index, rowid, title, text)
    VALUES ('delete', old.id, old.title, old.text);
  INSERT INTO notes_index (rowid, title, text) VALUES (new.id, new.title, new.text);
END;

CREATE TRIGGER messages_inserted AFTER INSERT ON messages BEGIN
  INSERT INTO messages_index (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER messages_deleted AFTER DELETE ON messages BEGIN
  INSERT INTO messages_index (messages_index, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER messages_changed AFTER UPDATE OF text ON messages BEGIN
  INSERT INTO messages_index (messages_index, rowid, text) VALUES ('delete', old.id, old.text);
  INSERT INTO messages_index (rowid, text) VALUES (new.id, new.text);
END;

INSERT INTO notes_index (notes_index) VALUES ('rebuild');
INSERT INTO messages_index (messages_index) VALUES ('rebuild');
