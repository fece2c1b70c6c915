-- The agent's store (docs/spec/agent.md, "Store"). Compiled in by module.cmake. A change here is a
-- new version: db_migrate.c has the step that leads to it, and this file says what a new store has.
-- Times are Unix milliseconds. `bytes` is what the module that wrote it can read, here it is not.

-- Of the store itself, and what is single.
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- Rows of e2ee (e2ee.h, "state").
CREATE TABLE e2ee(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  device BLOB NOT NULL,
  session INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE(kind, device, session));

CREATE TABLE contacts(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE,
  state INTEGER NOT NULL,
  name TEXT NOT NULL,
  bytes BLOB NOT NULL);
CREATE INDEX contacts_by_name ON contacts(name, key);

-- rank: of the newest message, counted over all chats; number: of the newest, counted in the chat.
CREATE TABLE chats(
  id INTEGER PRIMARY KEY,
  chat BLOB NOT NULL UNIQUE,
  kind INTEGER NOT NULL,
  rank INTEGER NOT NULL UNIQUE,
  number INTEGER NOT NULL,
  read INTEGER NOT NULL,
  archived INTEGER NOT NULL,
  bytes BLOB NOT NULL);

-- row, bytes: of the module that says what a message is. place, sent, content: its order in the chat.
CREATE TABLE messages(
  id INTEGER PRIMARY KEY,
  chat INTEGER NOT NULL,
  number INTEGER NOT NULL,
  mine INTEGER NOT NULL,
  content BLOB NOT NULL,
  place INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  due INTEGER NOT NULL,
  shown INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  text TEXT NOT NULL,
  row BLOB NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE(chat, number));
-- A content is named by whose it is and its id.
CREATE UNIQUE INDEX messages_by_content ON messages(chat, mine, content);
CREATE INDEX messages_shown ON messages(chat, place, sent, content) WHERE shown;
CREATE INDEX messages_unread ON messages(chat, place, sent, content) WHERE unread;
CREATE INDEX messages_due ON messages(due, chat, mine, content) WHERE due > 0;

-- Items that were written, for who says that one of them could not be opened.
CREATE TABLE written(
  item BLOB PRIMARY KEY,
  chat BLOB NOT NULL,
  content BLOB NOT NULL,
  until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX written_until ON written(until);

-- Full text; the chat is a word of its own column, so that a search in one chat reads that chat's.
CREATE VIEW message_words AS SELECT id, 'c' || chat AS chat, text FROM messages;
CREATE VIRTUAL TABLE message_text USING fts5(
  chat, text, content='message_words', content_rowid='id',
  tokenize="unicode61 remove_diacritics 2");
CREATE TRIGGER message_added AFTER INSERT ON messages WHEN new.text <> '' BEGIN
  INSERT INTO message_text(rowid, chat, text) VALUES(new.id, 'c' || new.chat, new.text);
END;
CREATE TRIGGER message_gone AFTER DELETE ON messages WHEN old.text <> '' BEGIN
  INSERT INTO message_text(message_text, rowid, chat, text)
    VALUES('delete', old.id, 'c' || old.chat, old.text);
END;
CREATE TRIGGER message_changed AFTER UPDATE OF text ON messages WHEN old.text <> new.text BEGIN
  INSERT INTO message_text(message_text, rowid, chat, text)
    SELECT 'delete', old.id, 'c' || old.chat, old.text WHERE old.text <> '';
  INSERT INTO message_text(rowid, chat, text)
    SELECT new.id, 'c' || new.chat, new.text WHERE new.text <> '';
END;

-- What is to be sent, acknowledged, asked. ref: what it is for (a content's id, an item's).
CREATE TABLE outbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind INTEGER NOT NULL,
  due INTEGER NOT NULL,
  until INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  target BLOB NOT NULL,
  ref BLOB NOT NULL,
  bytes BLOB NOT NULL);
CREATE INDEX outbox_due ON outbox(due);
CREATE INDEX outbox_ref ON outbox(ref);

-- Items of boxes that were seen; with bytes, those that wait for what opens them.
CREATE TABLE items(
  item BLOB NOT NULL,
  box BLOB NOT NULL,
  until INTEGER NOT NULL,
  waits INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY(item, box)) WITHOUT ROWID;
CREATE INDEX items_until ON items(until);
CREATE INDEX items_waiting ON items(until) WHERE waits;

-- What own devices agree on: of one key the newest (time, device) stands.
CREATE TABLE registers(
  key BLOB PRIMARY KEY,
  value BLOB NOT NULL,
  time INTEGER NOT NULL,
  device BLOB NOT NULL) WITHOUT ROWID;

-- Programs that may speak to the agent, with their secrets; rights: words, a line each.
CREATE TABLE clients(
  id BLOB PRIMARY KEY,
  secret BLOB NOT NULL,
  name TEXT NOT NULL,
  rights BLOB NOT NULL,
  since INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  until INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE events(
  cursor INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  bytes BLOB NOT NULL);
CREATE INDEX events_at ON events(at);

-- Files: those that are being sent, with what is needed to go on; and messages that carry some.
CREATE TABLE files(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chat BLOB NOT NULL,
  mine INTEGER NOT NULL,
  content BLOB NOT NULL,
  state INTEGER NOT NULL,
  at INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE(content, chat, mine));
CREATE INDEX files_state ON files(state) WHERE state > 0;
