/* The agent's store: what a person wrote and got, what is on its way, what their devices agreed on,
 * in one SQLite file of which every page is sealed (docs/spec/agent.md, "Store").
 *
 * What belongs together is written in one transaction (struct gn_agent_tx): when commit says GN_OK
 * it is on the disk, all of it; a crash before is as if nothing had been written. Writing takes the
 * transaction, reading the store, and reading within a transaction sees what it wrote.
 *
 * Everything blocks for as long as the disk takes and belongs to one thread. Slices handed to a
 * visitor are lent for the call; a visitor that answers false ends the reading. Strings are UTF-8
 * (GN_TEXT). Times are Unix milliseconds below 2^63 (GN_RANGE), as all numbers are.
 *
 * Errors of all: GN_DISK_FULL, GN_IO, GN_NOMEM; GN_CORRUPT: bytes on the disk were changed, nothing
 * is written any more until the store is opened anew. gn_agent_db_why() says more. */
#ifndef GN_AGENT_DB_H
#define GN_AGENT_DB_H

#include "e2ee/e2ee.h"
#include "os/os.h"

#define GN_AGENT_WHY 512      /* bytes of a sentence for a person, with its zero */
#define GN_AGENT_DB_KEY 32    /* bytes */
#define GN_AGENT_DB_VERSION 2 /* of the schema */

struct gn_agent_db;

struct gn_agent_db_place {
	const struct gn_os_dir *dir;  /* the open directory, whose lock is held; borrowed */
	const char *root;             /* its path; borrowed for the call */
	const char *name;             /* of the store in it: "agent/store.db" */
	uint8_t key[GN_AGENT_DB_KEY]; /* secret: the caller wipes it */
	struct gn_rand *rand;         /* borrowed */
};

/* Opens it, and makes it when `make` is set and it is not there. An older one is brought to this
 * version; the copy NAME.v<old> stays. GN_NOT_FOUND; GN_KEY: it is sealed with another key;
 * GN_CORRUPT; GN_VERSION: a newer program wrote it; GN_DENIED: it is another user's or open to
 * others. why says what to do. */
GN_MUST gn_err gn_agent_db_open(const struct gn_agent_db_place *place, bool make,
				struct gn_agent_db **out, char why[GN_AGENT_WHY]);
/* Wipes the key. NULL is fine. A transaction that is open is given up. */
void gn_agent_db_close(struct gn_agent_db *db);
/* The sentence of the last failure. */
const char *gn_agent_db_why(const struct gn_agent_db *db);
/* Looks at every page and every index: seconds for a big store. GN_CORRUPT. */
GN_MUST gn_err gn_agent_db_check(struct gn_agent_db *db);

/* Some milliseconds of tidying: words of deleted texts leave the index (AG-33). First with `begin`,
 * then again while *more; when nothing else is to be done, outside of a transaction. */
GN_MUST gn_err gn_agent_db_tidy(struct gn_agent_db *db, bool begin, bool *more);

/* ---- transactions ---- */

struct gn_agent_tx {
	struct gn_agent_db *db; /* NULL: over */
};

/* GN_STATE: one is open. What did not begin is over: it may be ended as any. */
GN_MUST gn_err gn_agent_tx_begin(struct gn_agent_db *db, struct gn_agent_tx *out);
/* Durable when GN_OK. Otherwise nothing was written: that of the first write that the disk or the
 * memory failed is the error here too. */
GN_MUST gn_err gn_agent_tx_commit(struct gn_agent_tx *tx);
/* As if it had not begun. After commit too, which makes it nothing. */
void gn_agent_tx_abort(struct gn_agent_tx *tx);

/* ---- single values: version, sequence numbers of own records, settings of this device ---- */

/* Replaces. GN_TOO_LARGE. */
GN_MUST gn_err gn_agent_meta_put(struct gn_agent_tx *tx, const char *name, struct gn_slice value);
/* Appends. GN_NOT_FOUND, GN_TOO_LARGE. */
GN_MUST gn_err gn_agent_meta_get(struct gn_agent_db *db, const char *name, struct gn_buf *out);

/* One that is not there is no error. */
GN_MUST gn_err gn_agent_meta_delete(struct gn_agent_tx *tx, const char *name);
/* Those whose name goes on after the prefix, by name; false ends it. */
typedef bool gn_agent_meta_fn(void *user, struct gn_slice name, struct gn_slice value);
GN_MUST gn_err gn_agent_meta_each(struct gn_agent_db *db, const char *prefix, gn_agent_meta_fn *fn,
				  void *user);

/* ---- sessions ---- */

/* Stores what changed in e (gn_e2ee_next_row), to the last row. After an error e is ahead of the
 * store: give the transaction up, and e with it (load it anew). */
GN_MUST gn_err gn_agent_rows_save(struct gn_agent_tx *tx, struct gn_e2ee *e);
/* GN_NOT_FOUND: none is stored. GN_CORRUPT, GN_NOMEM, GN_LIMIT. */
GN_MUST gn_err gn_agent_rows_load(struct gn_agent_db *db, const struct gn_env *env,
				  struct gn_e2ee **out);
/* What is believed of a device and was forgotten (gn_e2ee_forget). */
GN_MUST gn_err gn_agent_rows_forget(struct gn_agent_tx *tx, const struct gn_pk *device);

/* One row as bytes, as e2ee names it; key fields that a kind has not are zeros. Replaces. */
GN_MUST gn_err gn_agent_row_put(struct gn_agent_tx *tx, const struct gn_e2ee_row *row,
				struct gn_slice bytes);
/* Appends. GN_NOT_FOUND, GN_TOO_LARGE. */
GN_MUST gn_err gn_agent_row_get(struct gn_agent_db *db, const struct gn_e2ee_row *row,
				struct gn_buf *out);
/* One that is not there is no error. */
GN_MUST gn_err gn_agent_row_delete(struct gn_agent_tx *tx, const struct gn_e2ee_row *row);

/* ---- contacts ---- */

struct gn_agent_contact {
	struct gn_pk key;
	uint8_t state; /* below 32 */
	struct gn_slice name, bytes;
};
typedef bool gn_agent_contact_fn(void *user, const struct gn_agent_contact *c);

/* Replaces. GN_RANGE, GN_TEXT, GN_TOO_LARGE. */
GN_MUST gn_err gn_agent_contact_put(struct gn_agent_tx *tx, const struct gn_agent_contact *c);
GN_MUST gn_err gn_agent_contact_delete(struct gn_agent_tx *tx, const struct gn_pk *key);
/* GN_NOT_FOUND. */
GN_MUST gn_err gn_agent_contact_get(struct gn_agent_db *db, const struct gn_pk *key,
				    gn_agent_contact_fn *fn, void *user);
/* By name, those of the states whose bits are set (0: all), after this one of before (NULL: from
 * the first). limit 0: the default. */
GN_MUST gn_err gn_agent_contacts(struct gn_agent_db *db, uint32_t states,
				 const struct gn_agent_contact *after, unsigned limit,
				 gn_agent_contact_fn *fn, void *user, bool *more);

/* ---- chats ---- */

struct gn_agent_chat_id {
	uint8_t b[32];
};
struct gn_agent_chat {
	struct gn_agent_chat_id id;
	uint8_t kind;
	bool archived;
	uint64_t read;   /* the newest number that was read */
	uint64_t number; /* the store's: of the newest message, 0: none yet */
	uint64_t rank;   /* the store's: larger the later something came */
	struct gn_slice bytes;
};
typedef bool gn_agent_chat_fn(void *user, const struct gn_agent_chat *c);

/* Makes it, or replaces kind, archived, read and bytes. GN_TOO_LARGE, GN_RANGE. */
GN_MUST gn_err gn_agent_chat_put(struct gn_agent_tx *tx, const struct gn_agent_chat *c);
/* With all its messages. */
GN_MUST gn_err gn_agent_chat_delete(struct gn_agent_tx *tx, const struct gn_agent_chat_id *id);
GN_MUST gn_err gn_agent_chat_get(struct gn_agent_db *db, const struct gn_agent_chat_id *id,
				 gn_agent_chat_fn *fn, void *user);
/* The latest first, below this rank (0: from the latest). */
GN_MUST gn_err gn_agent_chats(struct gn_agent_db *db, bool archived, uint64_t below, unsigned limit,
			      gn_agent_chat_fn *fn, void *user, bool *more);

/* ---- messages ---- */

struct gn_agent_message_id {
	uint8_t b[16];
};
/* Named by (chat, mine, id). Its place in the chat is (order, sent, id). */
struct gn_agent_message {
	struct gn_agent_chat_id chat;
	bool mine;
	struct gn_agent_message_id id;
	uint64_t number; /* the store's, once per chat, from 1: pages go by it */
	uint64_t order, sent_ms;
	uint64_t due_ms; /* when it comes up; 0: never */
	bool shown, unread;
	struct gn_slice text; /* what is searched for */
	struct gn_slice row;  /* what is kept of it, for who wrote it */
	struct gn_slice content;
};
typedef bool gn_agent_message_fn(void *user, const struct gn_agent_message *m);

/* Makes it, with the next number, or replaces all but that; its number in *number. keep: content
 * stays as it was. GN_NOT_FOUND: no such chat; GN_TEXT, GN_TOO_LARGE, GN_RANGE. */
GN_MUST gn_err gn_agent_message_put(struct gn_agent_tx *tx, const struct gn_agent_message *m,
				    bool keep, uint64_t *number);
GN_MUST gn_err gn_agent_message_delete(struct gn_agent_tx *tx, const struct gn_agent_chat_id *chat,
				       bool mine, const struct gn_agent_message_id *id);
/* GN_NOT_FOUND. */
GN_MUST gn_err gn_agent_message_find(struct gn_agent_db *db, const struct gn_agent_chat_id *chat,
				     bool mine, const struct gn_agent_message_id *id,
				     gn_agent_message_fn *fn, void *user);
/* Of all messages that come up, the first after (due, chat, mine, id), in an order that stays.
 * GN_NOT_FOUND: there is none. */
GN_MUST gn_err gn_agent_message_due(struct gn_agent_db *db, const struct gn_agent_message *after,
				    gn_agent_message_fn *fn, void *user);
/* Of the chat the first unread one after the place (order, sent, id). GN_NOT_FOUND. */
GN_MUST gn_err gn_agent_message_unread(struct gn_agent_db *db, const struct gn_agent_message *after,
				       gn_agent_message_fn *fn, void *user);
/* How many of the chat are unread; of all, when it is NULL. */
GN_MUST gn_err gn_agent_unread_count(struct gn_agent_db *db, const struct gn_agent_chat_id *chat,
				     uint64_t *count);

struct gn_agent_page {
	struct gn_agent_chat_id chat;
	uint64_t before; /* the places before that number's, the newest first; 0: from the newest */
	uint64_t after;  /* if set: the places after that number's, the oldest first */
	unsigned limit;  /* 0: the default; at most AGENT_LIMIT_MAX are given */
};
/* Those that are shown. A page has at most 900 KiB of texts and bytes, and one message at least.
 * GN_NOT_FOUND: no such chat, or number. */
GN_MUST gn_err gn_agent_history(struct gn_agent_db *db, const struct gn_agent_page *page,
				gn_agent_message_fn *fn, void *user, bool *more);

/* The content that was written into an item, while somebody may say that they could not open it. */
struct gn_agent_written {
	struct gn_hash item; /* SHA-256 */
	struct gn_agent_chat_id chat;
	struct gn_agent_message_id id;
	uint64_t until_ms;
};
GN_MUST gn_err gn_agent_written_put(struct gn_agent_tx *tx, const struct gn_agent_written *w);
/* GN_NOT_FOUND. */
GN_MUST gn_err gn_agent_written_get(struct gn_agent_db *db, const struct gn_hash *item,
				    struct gn_agent_written *out);
/* Forgets those whose time is over. */
GN_MUST gn_err gn_agent_written_prune(struct gn_agent_tx *tx, uint64_t now_ms);

struct gn_agent_search {
	struct gn_slice text; /* words, all of them; the last may be the beginning of one */
	const struct gn_agent_chat_id *chat; /* NULL: in all */
	uint64_t below;                      /* places below it; 0: from the newest */
	unsigned limit;
};
struct gn_agent_found {
	struct gn_agent_message message;
	uint64_t place;          /* for `below` of the next page */
	struct gn_slice snippet; /* some words around; \x02 and \x03 stand around what was found */
};
typedef bool gn_agent_found_fn(void *user, const struct gn_agent_found *f);

/* The newest first. What has no word finds nothing. GN_TEXT; GN_TOO_LARGE: of bytes or words;
 * GN_NOT_FOUND: no such chat. */
GN_MUST gn_err gn_agent_search(struct gn_agent_db *db, const struct gn_agent_search *s,
			       gn_agent_found_fn *fn, void *user, bool *more);

/* ---- the outbox: what is to be sent, acknowledged, asked ---- */

struct gn_agent_out {
	uint64_t id;               /* the store's; 0: a new one */
	uint8_t kind;              /* the agent's */
	uint64_t due_ms, until_ms; /* until 0: for ever */
	uint32_t tries;
	uint8_t target[32]; /* a box, a person, a device; zeros: none */
	uint8_t ref[16];    /* of what it is: a content's id, an item's; zeros: none */
	struct gn_slice bytes;
};
typedef bool gn_agent_out_fn(void *user, const struct gn_agent_out *o);

/* Makes one, its number in *id, or replaces that of o->id (GN_NOT_FOUND). */
GN_MUST gn_err gn_agent_out_put(struct gn_agent_tx *tx, const struct gn_agent_out *o, uint64_t *id);
/* Later again: due and tries alone. GN_NOT_FOUND. */
GN_MUST gn_err gn_agent_out_later(struct gn_agent_tx *tx, uint64_t id, uint64_t due_ms,
				  uint32_t tries);
GN_MUST gn_err gn_agent_out_delete(struct gn_agent_tx *tx, uint64_t id);
/* What but this kind is due after `latest` is due now. */
GN_MUST gn_err gn_agent_out_no_later(struct gn_agent_tx *tx, uint8_t but, uint64_t latest_ms,
				     uint64_t now_ms);
/* Those of a kind for this target are due then, if not sooner. */
GN_MUST gn_err gn_agent_out_hurry(struct gn_agent_tx *tx, uint8_t kind, const uint8_t target[32],
				  uint64_t due_ms);
/* Those due by now, the earliest first; next_ms as in gn_agent_expired. */
GN_MUST gn_err gn_agent_outbox(struct gn_agent_db *db, uint64_t now_ms, unsigned limit,
			       gn_agent_out_fn *fn, void *user, uint64_t *next_ms);
/* Those for a ref. */
GN_MUST gn_err gn_agent_out_of(struct gn_agent_db *db, const uint8_t ref[16], gn_agent_out_fn *fn,
			       void *user);

/* ---- items of boxes ---- */

struct gn_agent_item {
	struct gn_pk box;
	uint8_t id[16];
	uint64_t until_ms; /* when it may be forgotten: the item's own end */
	bool waits;        /* not opened: bytes are the item */
	struct gn_slice bytes;
};
typedef bool gn_agent_item_fn(void *user, const struct gn_agent_item *i);

/* Seen, or kept until something opens it. Replaces. */
GN_MUST gn_err gn_agent_item_put(struct gn_agent_tx *tx, const struct gn_agent_item *i);
/* GN_NOT_FOUND: never seen, or forgotten. */
GN_MUST gn_err gn_agent_item_get(struct gn_agent_db *db, const struct gn_pk *box,
				 const uint8_t id[16], gn_agent_item_fn *fn, void *user);
/* Those that wait, the first to end first, after this one of before (its until_ms, id and box;
 * NULL: from the first). */
GN_MUST gn_err gn_agent_items_waiting(struct gn_agent_db *db, const struct gn_agent_item *after,
				      unsigned limit, gn_agent_item_fn *fn, void *user, bool *more);
/* How many wait in a box, or (NULL) in all. */
GN_MUST gn_err gn_agent_items_count(struct gn_agent_db *db, const struct gn_pk *box, uint64_t *out);
/* One of those that wait in this box, any of them, is forgotten. */
GN_MUST gn_err gn_agent_items_thin(struct gn_agent_tx *tx, const struct gn_pk *box);
/* Forgets those that ended. */
GN_MUST gn_err gn_agent_items_prune(struct gn_agent_tx *tx, uint64_t now_ms);

/* ---- registers ---- */

struct gn_agent_register {
	struct gn_slice key; /* 1..AGENT_NAME_MAX bytes */
	struct gn_slice value;
	uint64_t time_ms;
	struct gn_pk device;
};
typedef bool gn_agent_register_fn(void *user, const struct gn_agent_register *r);

/* GN_STALE: what is there is newer by (time, device); the same again is fine. */
GN_MUST gn_err gn_agent_register_put(struct gn_agent_tx *tx, const struct gn_agent_register *r);
/* The same where somebody else has seen to which is newer (people). Replaces. */
GN_MUST gn_err gn_agent_register_set(struct gn_agent_tx *tx, struct gn_slice key,
				     struct gn_slice value);
GN_MUST gn_err gn_agent_register_get(struct gn_agent_db *db, struct gn_slice key,
				     gn_agent_register_fn *fn, void *user);
/* All whose keys come after this one (absent: all), by key. */
GN_MUST gn_err gn_agent_registers(struct gn_agent_db *db, struct gn_slice after, unsigned limit,
				  gn_agent_register_fn *fn, void *user, bool *more);

/* ---- files: on their way, and messages that carry some ---- */

struct gn_agent_file {
	struct gn_agent_chat_id chat; /* named by (chat, mine, id), as its message */
	bool mine;
	struct gn_agent_message_id id;
	uint64_t number; /* the store's: larger the later it was put first */
	uint8_t state;   /* the agent's; 0: nothing is left to do */
	uint64_t at_ms;
	struct gn_slice bytes;
};
typedef bool gn_agent_file_fn(void *user, const struct gn_agent_file *f);

/* Makes it, or replaces state, time and bytes. GN_TOO_LARGE, GN_RANGE. */
GN_MUST gn_err gn_agent_file_put(struct gn_agent_tx *tx, const struct gn_agent_file *f);
/* Makes it with state 0 and no bytes, unless it is there. */
GN_MUST gn_err gn_agent_file_note(struct gn_agent_tx *tx, const struct gn_agent_file *f);
/* One that is not there is no error. */
GN_MUST gn_err gn_agent_file_delete(struct gn_agent_tx *tx, const struct gn_agent_chat_id *chat,
				    bool mine, const struct gn_agent_message_id *id);
/* All of a chat. */
GN_MUST gn_err gn_agent_files_forget(struct gn_agent_tx *tx, const struct gn_agent_chat_id *chat);
/* Those of an id, in whichever chat. GN_NOT_FOUND. */
GN_MUST gn_err gn_agent_file_find(struct gn_agent_db *db, const struct gn_agent_message_id *id,
				  gn_agent_file_fn *fn, void *user);
struct gn_agent_files_page {
	const struct gn_agent_chat_id *chat; /* NULL: of all */
	bool busy;                           /* those of a state above 0 alone */
	uint64_t below;                      /* numbers below it; 0: from the newest */
	unsigned limit;
};
/* The newest first. */
GN_MUST gn_err gn_agent_files(struct gn_agent_db *db, const struct gn_agent_files_page *page,
			      gn_agent_file_fn *fn, void *user, bool *more);

/* ---- clients ---- */

struct gn_agent_client {
	struct gn_hash id;     /* 16 bytes, and zeros */
	struct gn_hash secret; /* secret: its proof needs it (AP-12) */
	struct gn_slice name, rights;
	uint64_t since_ms, seen_ms, until_ms; /* until 0: for ever */
};
typedef bool gn_agent_client_fn(void *user, const struct gn_agent_client *c);

/* Replaces. GN_LIMIT: there are AGENT_CLIENTS_MAX. */
GN_MUST gn_err gn_agent_client_put(struct gn_agent_tx *tx, const struct gn_agent_client *c);
GN_MUST gn_err gn_agent_client_delete(struct gn_agent_tx *tx, const struct gn_hash *id);
GN_MUST gn_err gn_agent_client_get(struct gn_agent_db *db, const struct gn_hash *id,
				   gn_agent_client_fn *fn, void *user);
GN_MUST gn_err gn_agent_clients(struct gn_agent_db *db, gn_agent_client_fn *fn, void *user);

/* ---- events ---- */

struct gn_agent_event {
	uint64_t cursor; /* ascending; of a new one 0: the next */
	uint64_t at_ms;
	uint16_t kind;
	struct gn_slice bytes;
};
typedef bool gn_agent_event_fn(void *user, const struct gn_agent_event *e);

/* Older ones go: AGENT_EVENTS_MAX are kept, AGENT_EVENTS_MS long. */
GN_MUST gn_err gn_agent_event_add(struct gn_agent_tx *tx, const struct gn_agent_event *e,
				  uint64_t *cursor);
/* Those after a cursor, in order. *gap: some of them are not kept any more, or the cursor is not
 * of this store: read everything again. */
GN_MUST gn_err gn_agent_events(struct gn_agent_db *db, uint64_t after, unsigned limit,
			       gn_agent_event_fn *fn, void *user, bool *gap, bool *more);
/* Of each (kind, bytes) the last, by cursor; *first: from that cursor on none was dropped. */
GN_MUST gn_err gn_agent_events_newest(struct gn_agent_db *db, gn_agent_event_fn *fn, void *user,
				      uint64_t *first);
/* What a cursor belongs to, new for each store and each copy put back; and the newest cursor. */
GN_MUST gn_err gn_agent_events_now(struct gn_agent_db *db, uint64_t *epoch, uint64_t *cursor);

/* ---- copies ---- */

/* A whole copy, sealed with the same key, made step by step while the store is used; what is
 * written meanwhile is in it. One at a time (GN_STATE). */
struct gn_agent_backup;
GN_MUST gn_err gn_agent_backup_begin(struct gn_agent_db *db, const char *name,
				     struct gn_agent_backup **out);
/* The same for another device of the person, sealed with another key: without sessions, what was to
 * be sent, items, programs' secrets and own boxes, so that nothing of it can be used twice. */
GN_MUST gn_err gn_agent_backup_begin_for(struct gn_agent_db *db, const char *name,
					 const uint8_t key[GN_AGENT_DB_KEY],
					 struct gn_agent_backup **out);
/* Some pages more; *left: how many are to come, 0: done. */
GN_MUST gn_err gn_agent_backup_step(struct gn_agent_backup *b, unsigned pages, unsigned *left);
/* Done: makes it durable under its name, replacing what had it. Before that: gives it up. */
GN_MUST gn_err gn_agent_backup_end(struct gn_agent_backup *b);

#endif
