/* The engine's state: people, their devices and chats, and what a call gives out. */
#ifndef GN_PEOPLE_PEOPLE_INT_H
#define GN_PEOPLE_PEOPLE_INT_H

#include "people/chain_int.h"
#include "people/form_int.h"
#include "people/message_int.h"

enum people_count {
#define X(name, text) PEOPLE_C_##name,
#include "people/counters.def"
#undef X
	PEOPLE_COUNTERS
};

struct people_device {
	struct gn_pk key;
	uint64_t name;       /* short */
	uint32_t heard;      /* contents since we wrote to it, receipts aside, */
	gn_time heard_since; /* and when the first came */
	bool must_answer;    /* it set a session up and has no answer yet */
	gn_time asked_at;    /* when a resend was asked of it, 0 never, */
	gn_time answered_at; /* and when one of its was answered */
	uint32_t unopened_count;
	struct gn_hash *unopened; /* items to ask it for: owned, CONTENT_RESEND_MAX, or NULL */
};

struct people_chat {
	struct people_chains chains; /* the first is this device's */
	uint64_t order;              /* the greatest that was placed */
	uint32_t outstanding;        /* own contents that no device receipted */
	uint32_t early[2];           /* rows of messages that have not come: theirs, ours */
	struct gn_people_at expire_at, reads_at, box_at; /* of the note that set it */
	uint32_t expire;
	uint64_t read_to; /* read up to this order, */
	bool read_tell;   /* marks are being worked off: the others are told, or not */
	bool read_work;
	struct gn_people_at read_after; /* how far that is */
	uint64_t read_after_sent;
	uint32_t receipt_count;         /* receipts that wait to go */
	struct gn_content_id *receipts; /* owned, GN_CONTENT_IDS_MAX, or NULL */
	gn_time receipts_since;
	bool joined; /* known from another own device: what was said before is not missing */
};

struct people_contact {
	struct gn_pk owner, before[PEOPLE_KEYS_BEFORE_MAX];
	uint32_t before_count;
	struct gn_hash id; /* of chat and person */
	bool self;
	enum gn_people_state state;
	enum gn_people_trust trust;
	enum gn_people_alarm alarm;
	struct gn_people_version seen; /* FORK, KEY: what the alarm is about, */
	struct gn_hash seen_next;      /* and what that record commits to */
	struct gn_pk seen_owner;
	bool blocked, invited, reads_mine, reads_theirs, wrote;
	struct gn_pk introducer, front;
	struct gn_people_version pin;
	struct gn_hash next;
	uint8_t name[GN_PEOPLE_NAME_MAX], petname[GN_PEOPLE_NAME_MAX];
	uint32_t name_len, petname_len;
	struct gn_content_box *box; /* owned; NULL: not told */
	uint64_t asked; /* Unix seconds: when they, or we, last asked without an answer */
	struct people_device *devices; /* owned, device_count */
	uint32_t device_count;
	struct people_chat chat;
	struct gn_heap_node timer;
	struct people_contact *next_dirty;
	bool dirty, contact_changed, chat_changed;
};

struct people_node { /* a row or send to be told; what it points to follows it in memory */
	struct people_node *next;
	size_t len;
	struct gn_people_row row;
	struct gn_people_send send;
};

struct gn_people {
	struct gn_env env;
	struct gn_people_config config;
	uint64_t device; /* this one's short name */
	gn_err broken;
	/* Who we are; self is also the contact for what own devices tell each other. */
	struct people_contact *self;
	struct gn_people_version history[GN_PEOPLE_HISTORY_MAX];
	uint32_t history_count;
	struct gn_people_invite invites[PEOPLE_INVITES_MAX];
	uint32_t invite_count, requests;
	uint64_t register_time; /* the greatest of ours */
	bool own_changed;
	struct gn_map by_key; /* owner keys, those of before too -> contact */
	struct gn_map by_chat;
	struct people_contact **contacts; /* owned, contact_count; without self */
	uint32_t contact_count, contact_room;
	struct gn_heap timers;
	struct people_contact *dirty;
	/* The store's next due message, when it was asked; GN_NEVER: nothing is known of it. */
	bool due_known;
	uint64_t due;
	struct gn_ring rows, sends, events;
	struct people_node *told; /* freed at the next call */
	uint64_t counters[PEOPLE_COUNTERS];
	/* where what is said is made, and its copy for the own devices */
	uint8_t content[GN_CONTENT_MAX], copy[GN_CONTENT_MAX];
};

/* ---- out.c: what a call gives, and what it asks the store ---- */

void people_break(struct gn_people *p, gn_err err);
void people_out_init(struct gn_people *p);
void people_out_fini(struct gn_people *p);
void people_out_free_told(struct gn_people *p);
void people_event(struct gn_people *p, const struct gn_people_event *e);
void people_put(struct gn_people *p, const struct gn_people_row *row);
/* A message's row; content: PUT. */
void people_put_message(struct gn_people *p, const struct gn_people_message *m,
			enum gn_people_keep keep, struct gn_slice content);
void people_send(struct gn_people *p, const struct gn_people_send *s);
/* As it will be stored: what this call changed counts. content: NULL when it is not asked. What it
 * borrows lasts until the next find. */
bool people_find(struct gn_people *p, const struct gn_people_find *find,
		 struct gn_people_message *out, struct gn_slice *content);
bool people_find_message(struct gn_people *p, const struct gn_hash *chat, bool mine,
			 const struct gn_content_id *id, struct gn_people_message *out,
			 struct gn_slice *content);
bool people_find_register(struct gn_people *p, struct gn_slice key,
			  struct gn_content_register *out);
uint64_t people_ms(gn_time now);

/* ---- register.c ---- */

size_t people_register_row(const struct gn_content_register *r, uint8_t *out, size_t cap);

/* ---- contact.c ---- */

struct people_contact *people_contact_get(const struct gn_people *p, const struct gn_pk *owner);
struct people_contact *people_contact_by_chat(const struct gn_people *p,
					      const struct gn_hash *chat);
/* One that is in no list yet: self. NULL: broken. */
struct people_contact *people_contact_begin(struct gn_people *p, const struct gn_pk *owner,
					    const struct gn_hash *id);
/* NULL: no room, or broken. */
struct people_contact *people_contact_new(struct gn_people *p, const struct gn_pk *owner,
					  const struct gn_hash *id);
void people_contact_free(struct gn_people *p, struct people_contact *c);
/* It is also known by this key. */
void people_contact_known_by(struct gn_people *p, struct people_contact *c,
			     const struct gn_pk *owner);
void people_contact_changed(struct gn_people *p, struct people_contact *c);
void people_chat_changed(struct gn_people *p, struct people_contact *c);
struct people_device *people_device_get(struct people_contact *c, const struct gn_pk *device);
struct people_device *people_device_by_name(struct people_contact *c, uint64_t name);
/* NULL: there is no room. */
struct people_device *people_device_put(struct gn_people *p, struct people_contact *c,
					const struct gn_pk *device);
void people_device_drop(struct people_contact *c, struct people_device *d);
/* Someone's other device, for own contents: is there any? */
bool people_has_others(const struct gn_people *p);
/* Sets its timer to what it has to do next. */
void people_contact_due(struct gn_people *p, struct people_contact *c);
void people_contact_name(struct people_contact *c, struct gn_slice name);
void people_contact_told(struct gn_people *p, const struct people_contact *c, bool gone);
bool people_may_write(const struct people_contact *c);
bool people_reads(const struct people_contact *c);
void people_contact_validate(const struct gn_people *p, const struct people_contact *c);

/* ---- row.c ---- */

size_t people_contact_row(struct people_contact *c, uint8_t *out, size_t cap);
size_t people_chat_row(struct people_contact *c, uint8_t *out, size_t cap);
size_t people_own_row(struct gn_people *p, uint8_t *out, size_t cap);
GN_MUST gn_err people_load_own(struct gn_people *p, struct gn_slice row);
GN_MUST gn_err people_load_contact(struct gn_people *p, struct gn_slice row);
GN_MUST gn_err people_load_chat(struct gn_people *p, struct gn_slice row);
/* Around every call: what changed is put out at its end. */
GN_MUST gn_err people_begin(struct gn_people *p);
/* The call's result, or what broke on the way. */
GN_MUST gn_err people_end(struct gn_people *p, gn_err err);

/* ---- line.c: lines that nobody said ---- */

void people_tell_gaps(struct gn_people *p, struct people_contact *c,
		      const struct people_gap_changes *changes);
/* about, text: as the line has them. */
void people_tell_line(struct gn_people *p, struct people_contact *c, enum gn_people_line line,
		      uint64_t about, struct gn_slice text, gn_time now);
void people_message_event(struct gn_people *p, const struct people_contact *c,
			  const struct gn_people_message *m, bool fresh, bool gone);

/* ---- place.c: a content gets its row and its place ---- */

/* Something that stays and is not there yet, or of which only others have come. */
void people_place(struct gn_people *p, struct people_contact *c, bool mine, uint64_t device,
		  const struct gn_content *what, struct gn_slice bytes, gn_time now);
/* The row of a message, or one for a message that has not come. False: there is no room. */
bool people_row_for(struct gn_people *p, struct people_contact *c, bool mine,
		    const struct gn_content_id *id, struct gn_people_message *out);
/* Is its content of no more use: nobody is to see it, and nobody can ask for it? */
bool people_needless(const struct gn_people *p, const struct people_contact *c,
		     const struct gn_people_message *m);
/* Gone here: by its time or by the person. */
void people_take_away(struct gn_people *p, struct people_contact *c, struct gn_people_message *m);
/* Counts it among what waits, or no longer: `was` before the change. */
bool people_waits(const struct gn_people *p, const struct gn_people_message *m);
void people_waited(struct gn_people *p, struct people_contact *c, bool was,
		   const struct gn_people_message *m);

/* ---- topic.c: where the presence of contacts is ---- */

/* A register of this device, here. */
void people_register_put(struct gn_people *p, const struct gn_content_register *r);
/* Where their presence is; borrows until the next find. */
bool people_presence_get(struct gn_people *p, struct people_contact *c,
			 struct gn_content_register *out);
/* What they told of it; false: they have told something newer. */
bool people_presence_put(struct gn_people *p, struct people_contact *c,
			 const struct gn_content *what);
void people_presence_drop(struct gn_people *p, struct people_contact *c);

/* ---- effect.c ---- */

/* What a content does to others and to the chat; mine: who said it. */
void people_effect(struct gn_people *p, struct people_contact *c, bool mine,
		   const struct gn_content *what, gn_time now);

/* ---- tell.c: what is said, by people and by the machinery ---- */

/* Makes `what` a content of this device in the chat, with place and pins, in `storage`
 * (GN_CONTENT_MAX bytes). */
GN_MUST gn_err people_make(const struct gn_people *p, const struct people_contact *c,
			   struct gn_content *what, gn_time now, uint8_t *storage,
			   struct gn_slice *out);
/* What does not stay, to all their devices or to one. Nothing when nothing may be told them. */
void people_tell(struct gn_people *p, struct people_contact *c, struct gn_content *what,
		 const struct gn_pk *device, gn_time now);
/* What was made and stays: its row, what it does, to them and to the own devices. */
void people_say(struct gn_people *p, struct people_contact *c, const struct gn_content *what,
		struct gn_slice bytes, gn_time now);
/* The same for what the machinery says; id and time are set here. */
void people_say_kept(struct gn_people *p, struct people_contact *c, struct gn_content *what,
		     gn_time now);
/* Sends what has a row; device: NULL to all. */
void people_send_kept(struct gn_people *p, struct people_contact *c, const struct gn_content_id *id,
		      struct gn_slice bytes, const struct gn_pk *device, bool again);

/* ---- receipt.c ---- */

void people_receipt_queue(struct gn_people *p, struct people_contact *c,
			  const struct gn_content_id *id, gn_time now);
void people_receipts_flush(struct gn_people *p, struct people_contact *c, gn_time now);
void people_receipt_take(struct gn_people *p, struct people_contact *c, uint64_t device,
			 const struct gn_content *what, gn_time now);
void people_read_to(struct gn_people *p, struct people_contact *c, uint64_t order, bool tell,
		    gn_time now);
void people_read_work(struct gn_people *p, struct people_contact *c, gn_time now);
/* A device said something; setup: in a session that it set up. */
void people_heard(struct gn_people *p, struct people_contact *c, struct people_device *d,
		  bool setup, bool receipt, gn_time now);
/* Devices that were heard for too long get an answer. */
void people_signs_of_life(struct gn_people *p, struct people_contact *c, gn_time now);
/* Those that must have an answer get one. */
void people_answer_setups(struct gn_people *p, struct people_contact *c, gn_time now);

/* ---- take.c ---- */

/* A content that stays, of the contact or of another device of ours; bytes: without zeros. False:
 * it was here before. */
bool people_take(struct gn_people *p, struct people_contact *c, bool mine, uint64_t device,
		 const struct gn_content *what, struct gn_slice bytes, gn_time now);

/* ---- sync.c ---- */

/* A register of ours, here and on the other devices. */
void people_register_set(struct gn_people *p, struct gn_slice key, struct gn_slice value,
			 gn_time now);
/* What the person decided about a contact, for the other devices. */
void people_contact_sync(struct gn_people *p, struct people_contact *c, bool gone, gn_time now);
void people_hide_sync(struct gn_people *p, struct people_contact *c, bool mine,
		      const struct gn_content_id *id, gn_time now);
void people_clear_sync(struct gn_people *p, struct people_contact *c, uint64_t order, gn_time now);
void people_mark_sync(struct gn_people *p, struct people_contact *c, uint64_t order, gn_time now);
void people_sync_take(struct gn_people *p, uint64_t device, const struct gn_content *what,
		      gn_time now);
void people_contact_remove(struct gn_people *p, struct people_contact *c);

/* ---- request.c ---- */

bool people_request_fits(const struct gn_content *what);
/* Of somebody who is no contact yet, or was refused: the contact, when it is a request to be
 * taken. */
struct people_contact *people_request(struct gn_people *p, struct people_contact *c,
				      const struct gn_people_in *in, const struct gn_content *what,
				      gn_time now);
void people_accept(struct gn_people *p, struct people_contact *c, gn_time now);

/* ---- resend.c ---- */

/* Does it ask too soon after the last time? */
bool people_resend_held(const struct people_device *d, const struct gn_content *what, gn_time now);
void people_resend_take(struct gn_people *p, struct people_contact *c, struct people_device *d,
			const struct gn_content *what, gn_time now);
void people_resend_ask(struct gn_people *p, struct people_contact *c, struct people_device *d,
		       gn_time now);

/* ---- identity.c ---- */

/* What a content says of their record and ours. */
void people_pins(struct gn_people *p, struct people_contact *c, const struct gn_content *what);
void people_clear(struct gn_people *p, struct people_contact *c, gn_time now);

#endif
