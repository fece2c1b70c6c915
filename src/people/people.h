/* People: contacts, what they say to each other, in which order, and what became of it. Pure:
 * bytes that a session opened, commands of the person and the time in; rows to store, contents
 * to send and events out. docs/spec/people.md (PE-n).
 *
 * One `struct gn_people` is one device of a person. It keeps a little of each contact and chat,
 * and no history: rows of messages are the store's, and what it needs of them it asks for
 * (`find`).
 *
 * Each call is all or nothing for the store: after each one ask for rows, sends and events until
 * there are no more, and store rows and sends in one transaction with what the call was for (the
 * sessions' rows, the item taken). A crash before that is as if the call had not been: open it
 * again from its rows. After GN_NOMEM the same: nothing more is done until it was opened again.
 *
 * What it does not do: boxes, sessions, looking records up, files' bytes. Single-threaded. */
#ifndef GN_PEOPLE_PEOPLE_H
#define GN_PEOPLE_PEOPLE_H

#include "people/content.h"
#include "people/invite.h"
#include "people/job.h"
#include "people/presence.h"
#include "people/seal.h"

struct gn_people;

/* ---- limits that callers meet; the others are in limits.h ---- */
#define GN_PEOPLE_CONTACTS_MAX 10000
#define GN_PEOPLE_DEVICES_MAX 8        /* of one person */
#define GN_PEOPLE_HISTORY_MAX 64       /* versions that an identity record names */
#define GN_PEOPLE_NAME_MAX 128         /* bytes of a name */
#define GN_PEOPLE_REQUEST_TEXT_MAX 600 /* bytes of a stranger's message */
#define GN_PEOPLE_RECEIPTS_MAX 16      /* devices whose receipts a message keeps */
#define GN_PEOPLE_OUTSTANDING_MAX 1000 /* own contents of a chat that no device has receipted */

/* ---- people ---- */

enum gn_people_state {
	GN_PEOPLE_ASKED = 1, /* we wrote, or will, and wait for their answer */
	GN_PEOPLE_REQUEST,   /* they wrote */
	GN_PEOPLE_ACCEPTED,
	GN_PEOPLE_REFUSED, /* by us; they may ask again after a week */
};
enum gn_people_trust { /* only grows, but when their key changed without notice */
		       GN_PEOPLE_UNKNOWN,
		       GN_PEOPLE_BY_NAME,
		       GN_PEOPLE_INTRODUCED,
		       GN_PEOPLE_LINKED,
		       GN_PEOPLE_MET,
};
/* "met", "linked", "introduced", "by name", "unknown". */
const char *gn_people_trust_word(enum gn_people_trust trust);

/* Why sending is stopped until somebody looked. */
enum gn_people_alarm {
	GN_PEOPLE_CALM,
	GN_PEOPLE_FORK,  /* two records of one number, or a history that denies what we saw */
	GN_PEOPLE_KEY,   /* another owner key, not the one committed to before */
	GN_PEOPLE_CLAIM, /* they themselves name another record than we saw */
};

struct gn_people_device {
	struct gn_pk key;
	struct gn_slice name; /* borrowed */
};
struct gn_people_version {
	uint64_t seq;
	struct gn_hash hash;
};
/* What an identity record says, verified by the caller with all its signatures. */
struct gn_people_identity {
	struct gn_pk owner, old_owner; /* old_owner: zeros, or of before a rotation */
	/* Zeros; or whose record was looked for when this one was found: a name leads here now. */
	struct gn_pk instead_of;
	struct gn_people_version version;
	struct gn_hash next;                     /* SHA-256 of the key it may rotate to */
	const struct gn_people_version *history; /* the versions before, borrowed */
	size_t history_count;
	const struct gn_people_device *devices; /* unrevoked, with right Message; borrowed */
	size_t device_count;
	struct gn_pk front;   /* zeros: none */
	struct gn_slice name; /* cut at GN_PEOPLE_NAME_MAX */
};

struct gn_people_contact { /* borrowed until the next call */
	const struct gn_pk *owner;
	const struct gn_hash *chat; /* SHA-256 of the owner key they were met with */
	enum gn_people_state state;
	enum gn_people_trust trust;
	enum gn_people_alarm alarm;
	bool blocked, invited;
	bool reads;                     /* we tell and are told what was read, and they too */
	const struct gn_pk *introducer; /* zeros: nobody */
	struct gn_people_version pin;
	struct gn_slice name, petname;
	const struct gn_pk *front;        /* zeros: not known */
	const struct gn_content_box *box; /* NULL: not told yet */
	size_t device_count, outstanding;
	uint64_t gaps;   /* messages that have not arrived */
	uint32_t expire; /* seconds after reading, of what is said now */
	uint64_t order;  /* of the last message of the chat */
};

/* ---- messages ---- */

enum gn_people_sent {
	GN_PEOPLE_WAITING,
	GN_PEOPLE_STORED,
	GN_PEOPLE_DELIVERED,
	GN_PEOPLE_READ,
	GN_PEOPLE_FAILED,
};
enum gn_people_why { /* of FAILED */
		     GN_PEOPLE_NO_REASON,
		     GN_PEOPLE_TOO_LATE, /* 30 days and no device took it */
		     GN_PEOPLE_NO_KEYS,  /* no prekeys of any device can be found */
		     GN_PEOPLE_NO_BOX,   /* no box takes it */
		     GN_PEOPLE_REFUSED_BY_BOX,
		     GN_PEOPLE_TOO_BIG,
		     GN_PEOPLE_TAKEN_OUT, /* this device is no longer one of theirs */
		     GN_PEOPLE_WHY_COUNT,
};
/* A sentence each: why, and what to do. */
const char *gn_people_why_text(enum gn_people_why why);
const char *gn_people_why_do(enum gn_people_why why);

enum {
	GN_PEOPLE_GAP = 64,  /* a line: `missing` messages have not arrived */
	GN_PEOPLE_LINE = 65, /* a grey line: enum gn_people_line, `about` */
};
enum gn_people_line {
	GN_PEOPLE_LINE_DEVICE = 1, /* a new device, named in the content */
	GN_PEOPLE_LINE_GONE,       /* a device is no longer listed */
	GN_PEOPLE_LINE_ROTATED,    /* a new owner key, as announced */
	GN_PEOPLE_LINE_ALARM,
	GN_PEOPLE_LINE_CLEARED,
	GN_PEOPLE_LINE_EXPIRE, /* what is said from now on stays `about` seconds */
};
struct gn_people_reaction {
	struct gn_people_at {
		uint64_t order;
		struct gn_content_id id;
	} at;
	uint8_t len, emoji[GN_CONTENT_EMOJI_MAX]; /* len 0: none */
};
struct gn_people_receipt {
	uint64_t device, time; /* Unix ms, when it came */
	bool read;
};
/* A row of a chat. Its name is (chat, mine, id). Shown in the order of (order, sent, id). */
struct gn_people_message {
	struct gn_hash chat;
	bool mine; /* said by us (any device), else by the contact */
	struct gn_content_id id;
	uint8_t kind; /* enum gn_content_kind, GN_PEOPLE_GAP, GN_PEOPLE_LINE */
	uint64_t device, seq, sent, order;
	uint64_t received;        /* Unix ms */
	bool early;               /* it has not come; only what was said of it has */
	bool deleted;             /* by who said it, for all */
	bool expired;             /* gone here: its time was over, or the person hid it */
	bool read;                /* by us; else what was said by others is unread */
	struct gn_people_at edit; /* order 0: not edited */
	struct gn_slice edited;   /* the text instead; borrowed */
	struct gn_people_reaction reactions[2];                    /* theirs, ours */
	struct gn_people_receipt receipts[GN_PEOPLE_RECEIPTS_MAX]; /* of the other side's devices */
	uint8_t receipt_count;
	enum gn_people_sent state; /* of our own */
	uint8_t held, of;          /* STORED: how many hold it of how many */
	enum gn_people_why why;
	uint32_t expire;  /* seconds after reading */
	uint64_t expires; /* Unix ms; 0: not yet, or never */
	uint64_t check;   /* Unix ms: when to look after it again, 0: never */
	uint64_t missing; /* GAP */
	uint64_t about;   /* LINE */
	enum gn_people_line line;
};
/* Is it there for people to see? Others are kept for the machinery. */
bool gn_people_shown(const struct gn_people_message *m);
/* Shown, said by others and not read. */
bool gn_people_unread(const struct gn_people_message *m);
/* When it comes up (GN_PEOPLE_FIND_DUE); 0: never. */
uint64_t gn_people_due(const struct gn_people_message *m);
/* A row's bytes as values; `edited` borrows them. GN_CORRUPT. */
GN_MUST gn_err gn_people_message_open(struct gn_slice row, struct gn_people_message *out);

/* ---- the store ---- */

enum gn_people_row_kind {
	GN_PEOPLE_ROW_OWN = 1,  /* one */
	GN_PEOPLE_ROW_CONTACT,  /* by chat: who it is, what is known of them */
	GN_PEOPLE_ROW_CHAT,     /* by chat: how far it is; gone with its contact */
	GN_PEOPLE_ROW_MESSAGE,  /* by chat, mine, id */
	GN_PEOPLE_ROW_REGISTER, /* by key: drafts, marks, settings; value with the row's bytes */
};
struct gn_people_row { /* borrowed until the next call that is no gn_people_next_ */
	enum gn_people_row_kind kind;
	bool gone;           /* CONTACT: and all its rows of messages; MESSAGE, REGISTER */
	struct gn_hash chat; /* CONTACT, CHAT, MESSAGE */
	struct gn_slice key; /* REGISTER */
	struct gn_slice bytes;
	/* MESSAGE: what the bytes say, for columns; and its content, which is stored beside
	 * them. */
	const struct gn_people_message *message;
	enum gn_people_keep { GN_PEOPLE_KEEP, GN_PEOPLE_PUT, GN_PEOPLE_DROP } keep;
	struct gn_slice content; /* PUT */
};

enum gn_people_find_kind {
	GN_PEOPLE_FIND_MESSAGE,  /* chat, mine, id */
	GN_PEOPLE_FIND_REGISTER, /* key */
	GN_PEOPLE_FIND_DUE,      /* the first of all messages after (due, chat, mine, id) in that
				    order whose gn_people_due is not 0 */
	GN_PEOPLE_FIND_UNREAD,   /* of the chat the first unread one after (order, sent, id) */
	GN_PEOPLE_FIND_ITEM,     /* the message that was written into the envelope `item` */
};
struct gn_people_find {
	enum gn_people_find_kind kind;
	struct gn_hash chat, item;
	bool mine;
	bool whole; /* its content too */
	struct gn_content_id id;
	uint64_t due, order, sent;
	struct gn_slice key;
};
struct gn_people_found {
	struct gn_slice bytes, content; /* borrowed until the next find */
};
/* False: there is none. */
typedef bool gn_people_finder(void *user, const struct gn_people_find *find,
			      struct gn_people_found *out);

/* ---- life ---- */

struct gn_people_config {
	struct gn_pk owner, device; /* of this person, and this device's key */
	bool moved;                 /* rows may be of another own device, that is gone */
	gn_time now;                /* what rows say of later was by a clock that was wrong; 0 */
	gn_people_finder *find;
	void *user;
};
GN_MUST gn_err gn_people_new(const struct gn_env *env, const struct gn_people_config *config,
			     struct gn_people **out);
/* One row of those stored, OWN first, then each CONTACT, then its CHAT. GN_CORRUPT, GN_NOMEM,
 * GN_LIMIT: free it, nothing of it is of use. */
GN_MUST gn_err gn_people_load(struct gn_people *p, enum gn_people_row_kind kind,
			      struct gn_slice row);
/* All rows are loaded, of another device of this person (config.moved): they are this one's now,
 * and told as rows. */
GN_MUST gn_err gn_people_moved(struct gn_people *p);
void gn_people_free(struct gn_people *p);

/* ---- what happened ---- */

/* A content that a session opened, of `owner` and `device`, which the session vouches for. */
struct gn_people_in {
	struct gn_pk owner, device;
	bool setup;              /* the message set the session up */
	struct gn_slice content; /* and its zeros */
	/* How it came, for strangers: */
	bool invited; /* by one of our invites, */
	uint8_t invite[GN_INVITE_SECRET_LEN];
	struct gn_pk introducer; /* or by somebody's token; zeros: by work */
};
/* GN_OK: the item may be acknowledged, whatever became of it; GN_MALFORMED: that too, and it was
 * no content. GN_PENDING: not yet, and nothing has changed: keep the content, do not acknowledge
 * it, offer it again when that contact changed, and every ten minutes until it expires (it is of
 * somebody whom perhaps another own device accepted, or asks for a resend too soon). */
GN_MUST gn_err gn_people_recv(struct gn_people *p, const struct gn_people_in *in, gn_time now);
/* An item that a session's header opened and no key (EE-31): asked for again, soon.
 * GN_NOT_FOUND: of no contact's device; GN_LIMIT: 16 wait already, offer it again in ten
 * minutes. */
GN_MUST gn_err gn_people_unopened(struct gn_people *p, const struct gn_pk *owner,
				  const struct gn_pk *device, const struct gn_hash *item,
				  gn_time now);
/* A newer or the same identity record of a contact; of oneself: gn_people_me. */
GN_MUST gn_err gn_people_identity(struct gn_people *p, const struct gn_people_identity *identity,
				  gn_time now);
GN_MUST gn_err gn_people_me(struct gn_people *p, const struct gn_people_identity *identity,
			    gn_time now);
/* What became of a send: so many hold it; or it cannot be done. GN_NOT_FOUND. */
GN_MUST gn_err gn_people_stored(struct gn_people *p, const struct gn_hash *chat,
				const struct gn_content_id *id, uint8_t held, uint8_t of,
				gn_time now);
GN_MUST gn_err gn_people_failed(struct gn_people *p, const struct gn_hash *chat,
				const struct gn_content_id *id, enum gn_people_why why,
				gn_time now);

/* ---- what the person does ---- */

struct gn_people_add {
	struct gn_pk owner;
	enum gn_people_trust trust;
	struct gn_pk introducer; /* zeros: nobody */
	struct gn_slice name, petname;
};
/* Somebody to write to. GN_EXISTS: they are there; their trust is raised. GN_LIMIT, GN_TEXT. */
GN_MUST gn_err gn_people_add(struct gn_people *p, const struct gn_people_add *add, gn_time now);
/* Everything of them goes. GN_NOT_FOUND. */
GN_MUST gn_err gn_people_remove(struct gn_people *p, const struct gn_pk *owner, gn_time now);
/* A request. GN_STATE: there is none. */
GN_MUST gn_err gn_people_answer(struct gn_people *p, const struct gn_pk *owner, bool accept,
				gn_time now);
struct gn_people_change { /* what is NULL stays */
	const bool *blocked;
	const bool *reads; /* tell and be told what was read */
	const struct gn_slice *petname;
	const enum gn_people_trust *trust; /* raised */
	bool cleared;                      /* the alarm was looked at: what is there now holds */
};
GN_MUST gn_err gn_people_change(struct gn_people *p, const struct gn_pk *owner,
				const struct gn_people_change *change, gn_time now);
/* Our private box, for this contact: told in the session, again with each new one. */
GN_MUST gn_err gn_people_box(struct gn_people *p, const struct gn_pk *owner,
			     const struct gn_content_box *box, gn_time now);

/* Where our presence is, for this contact: told in the session, again with each new topic. */
GN_MUST gn_err gn_people_presence(struct gn_people *p, const struct gn_pk *owner,
				  const struct gn_presence_told *told, gn_time now);
/* Where theirs is. GN_NOT_FOUND: they have not told, or are not there; wipe it. */
GN_MUST gn_err gn_people_presence_of(struct gn_people *p, const struct gn_pk *owner,
				     struct gn_presence_told *out);

/* Says `what`: id (the client's, so that a repeat is GN_EXISTS), body, and `expire` where it is
 * not the chat's; place and pins are filled in here. Kinds: TEXT, EDIT, DELETE, REACTION, FILE,
 * CONTACT, PAYMENT, JOB, TYPING. GN_DENIED: blocked, or not ours to change; GN_KEY: an alarm
 * stands; GN_STATE: their request was not answered; GN_NOT_FOUND: no such contact or message;
 * GN_LIMIT: too much waits, or a stranger has not answered; GN_TOO_LARGE; GN_USAGE. */
GN_MUST gn_err gn_people_say(struct gn_people *p, const struct gn_pk *owner,
			     const struct gn_content *what, gn_time now);
/* Sends again what failed. */
GN_MUST gn_err gn_people_retry(struct gn_people *p, const struct gn_hash *chat,
			       const struct gn_content_id *id, gn_time now);
/* All up to this message was read. */
GN_MUST gn_err gn_people_read(struct gn_people *p, const struct gn_pk *owner, uint64_t order,
			      gn_time now);
/* Takes a message away here, or on all own devices; the others keep it. GN_NOT_FOUND. */
GN_MUST gn_err gn_people_hide(struct gn_people *p, const struct gn_hash *chat, bool mine,
			      const struct gn_content_id *id, bool everywhere, gn_time now);
/* The chat is emptied up to this place (0: all that is there now), on all own devices: the others
 * are told; *order is it. Here the caller hides what is there. */
GN_MUST gn_err gn_people_clear(struct gn_people *p, const struct gn_pk *owner, uint64_t *order,
			       gn_time now);
/* From now on what is said in the chat stays so many seconds after reading, on both sides. */
GN_MUST gn_err gn_people_expire(struct gn_people *p, const struct gn_pk *owner, uint32_t seconds,
				gn_time now);
/* A register of the client's ("draft/..", "mute/.."), the same on all devices. Keys that begin with
 * "people/" are this module's. GN_TEXT, GN_TOO_LARGE, GN_DENIED. */
GN_MUST gn_err gn_people_set(struct gn_people *p, struct gn_slice key, struct gn_slice value,
			     gn_time now);
/* A register's row as its value; borrows. GN_CORRUPT. It has so many bytes beside key and value. */
#define GN_PEOPLE_REGISTER_ROW 25
GN_MUST gn_err gn_people_register_open(struct gn_slice row, struct gn_content_register *out);

struct gn_people_invite {
	uint8_t secret[GN_INVITE_SECRET_LEN];
	uint32_t uses, used;
	uint64_t until; /* Unix seconds */
};
/* GN_EXISTS, GN_LIMIT, GN_RANGE. */
GN_MUST gn_err gn_people_invite(struct gn_people *p, const struct gn_people_invite *invite,
				gn_time now);
GN_MUST gn_err gn_people_uninvite(struct gn_people *p, const uint8_t secret[GN_INVITE_SECRET_LEN],
				  gn_time now);
bool gn_people_invite_at(const struct gn_people *p, size_t i, struct gn_people_invite *out);

/* ---- what comes of it ---- */

gn_time gn_people_deadline(const struct gn_people *p);
/* Some of what is due: call again while the deadline has passed. */
GN_MUST gn_err gn_people_tick(struct gn_people *p, gn_time now);

bool gn_people_next_row(struct gn_people *p, struct gn_people_row *out);

struct gn_people_send {      /* borrowed as a row is */
	struct gn_pk owner;  /* to whom; oneself: to the other own devices */
	struct gn_pk device; /* to this one alone; zeros: to all */
	struct gn_hash chat;
	struct gn_content_id id;
	struct gn_slice content; /* secret when it tells a box */
	bool stays;   /* it has a row: keep it until it was receipted, tell stored and failed */
	bool again;   /* it was sent before: made anew, for what was not delivered */
	bool request; /* they have not answered yet: to the front box */
	bool live;    /* by direct ways only (typing) */
};
bool gn_people_next_send(struct gn_people *p, struct gn_people_send *out);

enum gn_people_event_kind {
	GN_PEOPLE_MESSAGE = 1, /* a row of a message changed: chat, mine, id; fresh: it is new */
	GN_PEOPLE_CONTACT,     /* a contact changed: owner; gone */
	GN_PEOPLE_REQUESTED,   /* a stranger's first message; fresh: by an invite, so tell people */
	GN_PEOPLE_TYPING,      /* owner; fresh: begins, else ends */
	GN_PEOPLE_REGISTER,    /* another device set a register: its row was told */
	GN_PEOPLE_WANT_RECORD, /* look up owner's identity and prekeys records */
	GN_PEOPLE_WANT_BOX,    /* make a deposit key for owner: gn_people_box */
	GN_PEOPLE_DEVICE_GONE, /* owner's device is no longer listed: forget its sessions */
	GN_PEOPLE_ALARM,       /* owner: see the contact */
	GN_PEOPLE_CLEARED,     /* another device emptied the chat: hide what is there up to `seq` */
	GN_PEOPLE_ALARM_OWN,   /* owner saw another record of ours than we published: `seq` */
};
struct gn_people_event {
	enum gn_people_event_kind kind;
	struct gn_pk owner, device;
	struct gn_hash chat;
	struct gn_content_id id;
	bool mine, fresh, gone;
	uint64_t seq;
};
bool gn_people_next_event(struct gn_people *p, struct gn_people_event *out);

/* GN_NOT_FOUND. */
GN_MUST gn_err gn_people_get(const struct gn_people *p, const struct gn_pk *owner,
			     struct gn_people_contact *out);
/* All of them, 0 and on, in no order that stays. */
bool gn_people_at(const struct gn_people *p, size_t i, struct gn_people_contact *out);
size_t gn_people_contact_count(const struct gn_people *p);
bool gn_people_device_at(const struct gn_people *p, const struct gn_pk *owner, size_t i,
			 struct gn_pk *out);
bool gn_people_counter(const struct gn_people *p, size_t i, struct gn_counter *out);
void gn_people_validate(const struct gn_people *p);

#endif
