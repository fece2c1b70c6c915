/* The agent, private to src/agent: one person on one device. One thread, the loop's.
 *
 *   outbox.c  what people says -> what is to be sent
 *   keep.c    what people and sessions change -> the store, in one transaction
 *   own.c     own identity record; own_record.c, own_boxes.c, own_prekeys.c
 *   held.c    what was deposited -> looked after until a device has it
 *   post.c    what is to be sent -> sealed -> deposited
 *   inbox.c   items of own boxes -> opened -> what people say; locked.c: counted, while locked
 *   file_send.c, file_get.c   files: sealed and given to the node, fetched and opened
 *   presence.c   who is there now
 *   place.c   where its socket is
 *   life.c    open and locked; what the network says of people
 *   events.c  events of the store          told.c   what those who listen are told
 *   serve.c   calls of app/1          run.c    the loop, start and end
 *
 * 1. Nothing is acknowledged, sent or told before what it changed is in the store.
 * 2. After a write that failed the agent ends (AG-60): what is in memory is ahead of the store.
 *    The call in which it did is told so, whatever its handler says. */
#ifndef GN_AGENT_AGENT_INT_H
#define GN_AGENT_AGENT_INT_H

#include "agent/db.h"
#include "agent/know.h"
#include "agent/limits.h"
#include "agent/link.h"
#include "agent/publish.h"
#include "agent/run.h"
#include "agent/vault.h"
#include "e2ee/e2ee.h"
#include "host/told.h"
#include "people/people.h"
#include "records/box.h"
#include "records/box_proof.h"

/* A box of ours (own_boxes.c). */
struct agent_box {
	struct gn_agent *agent;
	bool used;        /* else a free place */
	struct gn_sk sk;  /* secret: signs its descriptor and certificates */
	uint8_t hint[32]; /* zeros for a front box */
	bool front;
	uint64_t number;            /* its keys follow from it */
	uint64_t epoch, seq, tried; /* of its descriptor */
	uint64_t since, until;      /* Unix seconds: in use; of before: read */
	uint8_t nonce[8];
	bool made;                               /* its puzzle is solved */
	struct gn_pk refused[GN_BOXREC_REFUSED]; /* keys of who is blocked, or was removed */
	size_t refused_count;
	uint64_t call; /* that follows it; 0: none */
	bool followed; /* holders have listed all */
	gn_time due;   /* when it is followed again */
};
enum {
	AGENT_FRONT = 0,
	AGENT_PRIVATE = 1,
	AGENT_BOXES = 2,                /* in use; then those that are coming, */
	AGENT_COMING = AGENT_BOXES,     /* in the same order, */
	AGENT_BEFORE = 2 * AGENT_BOXES, /* and those of before */
	AGENT_BOXES_ALL = AGENT_BEFORE + AGENT_BOXES_BEFORE,
};

/* The queue of our jobs (job_queue.c). */
struct agent_queue {
	struct gn_sk sk, deposit, worker; /* secret; worker: at queues of others too */
	bool wanted, made;
	uint64_t epoch, seq, tried; /* of its descriptor; how far the search for its work is */
	uint8_t nonce[8];
	struct gn_pk refused[GN_BOXREC_REFUSED]; /* keys whose chains count no more */
	size_t refused_count;
	uint64_t call; /* that follows it; 0: none */
	gn_time due;
};
/* Which queue is meant: another's with the key of its owner's own worker. */
struct agent_job_at {
	bool own;
	struct gn_pk queue, worker;
	struct gn_slice token; /* by which we may; borrowed from the call */
};
/* A program that works, or waits for work (job_work.c). */
struct agent_task {
	struct gn_agent *agent;
	uint8_t state;           /* enum of job_work.c */
	struct agent_request *r; /* that waits; NULL */
	uint64_t call;           /* QueueWork of the node */
	gn_time until, extend;
	uint32_t lease; /* seconds */
	struct gn_pk queue;
	uint8_t item[16];
	uint16_t delivery;
	struct gn_hash job;
	uint64_t not_after;
	bool limited;        /* holders say that a limit of its token is used up */
	uint8_t program[32]; /* whose place it is; zeros: it has no secret */
};
/* The queue being read for somebody who asked (serve_job.c). */
struct agent_listing {
	struct gn_agent *agent;
	struct agent_request *r; /* NULL: a free place */
	uint64_t call;
	struct agent_job_at at; /* without its token */
	gn_time until, end;     /* at the latest */
	bool followed;          /* its holders are known: what they have comes now */
	bool more;              /* older ones than are shown */
	bool one;               /* only `want` is asked for */
	struct gn_hash want;
	uint32_t limit, count;
	struct agent_listed *first; /* owned */
};

struct gn_agent;

/* A deposit under way (post.c). */
struct agent_deposit {
	struct gn_agent *agent;
	uint64_t out;  /* its row in the outbox; 0: a free place */
	uint64_t call; /* of the node; 0: it waits for a puzzle, or for a descriptor */
	uint32_t tries;
	unsigned held, of;
	struct gn_custody custodies[AGENT_CUSTODIES_MAX];
	size_t custody_count;
	struct gn_pk by; /* the certificate's key */
	struct gn_sk sk; /* secret: that key's */
	/* a stranger's work */
	bool works;
	struct gn_pk box;
	struct gn_hash item;
	unsigned bits;
	struct gn_boxrec_work work;
	struct gn_work_tries tried;
	uint8_t *bytes; /* its row's; owned, secret */
	size_t len;
};

/* Holders that are asked what they have (held.c). */
struct agent_check {
	struct gn_agent *agent;
	uint64_t out; /* 0: a free place */
	uint64_t call;
	struct gn_content_id ref;
	struct gn_sk sk; /* secret: of the certificate; zeros: none is shown */
};

/* What is known of people and of their devices since the start (held.c). */
struct agent_heard {
	struct gn_pk owner;
	uint64_t at_ms; /* the newest that they deposited */
	uint64_t hurried_ms;
};
struct agent_device {
	bool used;
	struct gn_pk key;
	uint64_t prekeys; /* Unix seconds: when the newest were made, */
	uint64_t looked;  /* when they were found, */
	uint64_t anew;    /* and when we last began anew with it */
};

struct agent_locked;     /* locked.c */
struct agent_wallet;     /* wallet_int.h */
struct agent_own_record; /* own_record.c */
struct agent_backing;    /* backup.c */

struct agent_locked_item { /* that came while it was locked */
	struct gn_pk box, by;
	uint8_t id[16];
	bool invited;         /* `by` is an invite's */
	uint64_t until, left; /* Unix seconds */
	uint8_t *bytes;       /* owned; NULL: only counted */
	size_t len;
};

/* A client of ours, as it was looked up last (clients.c). */
struct agent_client {
	struct gn_hash id;     /* 16 bytes, and zeros */
	struct gn_hash secret; /* secret: wiped as soon as it was used */
	char name[AGENT_NAME_MAX + 1];
	uint8_t rights[AGENT_RIGHTS_MAX];
	size_t rights_len;
	uint64_t since_ms, seen_ms, until_ms;
	bool found;
};

/* What a person is asked (clients.c, serve_wallet.c): a payment with its note is the longest. */
#define AGENT_APPROVAL_TEXT 2048u
struct agent_approval {
	uint64_t id; /* 0: a free place */
	gn_time until;
	uint8_t asker[32]; /* of by_client */
	bool by_client, allowed;
	char text[AGENT_APPROVAL_TEXT];
};

/* How the node stands (node_is.c). */
struct agent_node {
	uint64_t call; /* that asks; 0: none */
	gn_time due;
	unsigned links; /* nodes that it reaches; 0: none, or it is not known yet */
};

struct gn_agent {
	struct gn_agent_config config;
	struct gn_host host;
	struct gn_host_api api;
	struct gn_http *http;
	struct gn_alloc alloc;
	struct gn_env env;
	gn_time now, ahead; /* ahead: of gn_os_steady (node_is.c); never falls */

	struct gn_agent_vault *vault;
	struct gn_agent_link *link;
	char link_why[GN_HOST_WHY]; /* why it is down; "" */
	struct agent_node node;

	char origin[256]; /* what a client's secret is shown for: "unix:" and the socket's path */
	char web_origin[40];   /* the same on WebSocket: "http://localhost:7781"; "": no port */
	char csp[400];         /* what the app may load (door.c) */
	struct agent_pair {    /* codes that may become a client (pair.c) */
		gn_time until; /* 0: a free place */
		uint8_t id[32], code[32];
		bool used;
	} pairs[AGENT_PAIRS];
	struct agent_client client;
	struct agent_approval approvals[AGENT_APPROVALS_MAX];
	struct agent_backing *backing; /* owned; NULL: no backup is being made */
	bool revoked;                  /* the newest own record took this device out (own.c) */

	/* while OPEN; NULL otherwise */
	struct gn_agent_db *db;
	struct gn_e2ee *e2ee;
	struct gn_people *people;
	struct gn_agent_know *know;
	struct gn_agent_publish *publish;

	struct gn_pk owner;
	struct gn_agent_device device; /* secret; wiped when it locks */
	struct agent_box boxes[AGENT_BOXES_ALL];

	/* own_boxes.c */
	bool box_wanted[AGENT_BOXES]; /* another one is wanted */
	size_t tell_at; /* the contact from which on it is looked who knows it; SIZE_MAX: over */
	/* own_prekeys.c */
	bool prekeys_used;
	unsigned prekeys_signed;          /* bits: places */
	uint64_t prekeys_made, last_made; /* Unix seconds */
	gn_time prekeys_due;
	/* own.c */
	gn_time expire_due;
	struct agent_own_record *own_record; /* owned; NULL: none is known (own_record.c) */
	uint64_t identity_seq;               /* the highest that we know of */
	bool identity_known;                 /* the network was asked */
	bool identity_wanted;                /* a new version is to be signed */
	gn_time identity_ask;

	/* keep.c: what is lent to people until the next find */
	uint8_t *found_row, *found_content;
	size_t found_cap, found_content_cap;
	struct agent_event { /* to be told */
		struct gn_people_event said;
		uint64_t cursor; /* that the store has for it; 0: none */
	} *events;               /* owned */
	size_t event_count, event_cap;
	uint64_t told_ahead; /* cursors below it are the store's word not to be taken again */

	/* post.c */
	struct agent_deposit deposits[AGENT_DEPOSITS];
	gn_time post_due;
	/* jobs */
	struct agent_queue queue;
	struct agent_task tasks[AGENT_TASKS];
	struct agent_listing listings[AGENT_LISTINGS];
	/* held.c */
	struct agent_check checks[AGENT_CHECKS];
	struct agent_heard heard[AGENT_HEARD];
	struct agent_device devices[AGENT_HEARD];
	size_t heard_next, device_next; /* the place that is used next */
	/* inbox.c */
	struct agent_take { /* what is to be acknowledged */
		struct gn_pk box;
		uint8_t id[16];
	} takes[AGENT_TAKES];
	unsigned take_first, take_count;
	bool takes_lost;
	struct agent_budget { /* of who deposits what no key opens (AG-62) */
		struct gn_pk by;
		gn_time since;
		unsigned count;
	} budgets[AGENT_BUDGETS];
	bool invite_used;  /* by who wrote: the front box is to say how many are open */
	bool look_waiting; /* something may open what waits */
	gn_time waiting_due;
	struct agent_claim { /* strangers whose item waits */
		struct gn_pk owner;
		bool told;
		bool accepted;       /* the person wants to see it: they are looked up */
		bool invited;        /* by a link of theirs: looked up too, and then they ask */
		gn_time again, wait; /* when, until they are found, and the doubled wait */
		gn_time until;       /* whoever accepted them hears then that they are not found */
	} claims[AGENT_CLAIMS];
	size_t claim_count;
	/* locked.c; NULL: it is open, or new */
	struct agent_locked *locked;
	uint32_t locked_count;
	bool locked_news;                /* more came: who listens is told */
	struct agent_presence *presence; /* owned, while open (presence_int.h) */
	struct agent_files *files;       /* on their way (file_int.h) */
	struct agent_wallet *wallet;     /* owned, while open (wallet_int.h) */
	bool state_moved;                /* how it stands changed: who listens is told */
	bool failed;
	struct gn_host_request *runs; /* the call that is being run; NULL: none */
	gn_err failed_by;
	void (*refuse)(struct gn_host_request *r, gn_err err, const char *text); /* as it was */
};

static inline uint64_t agent_unix_ms(const struct gn_agent *a)
{
	return (uint64_t)(a->now / GN_MSEC);
}
static inline uint64_t agent_unix(const struct gn_agent *a)
{
	return gn_unix(a->now);
}
/* As whom boxes, presence and records are asked for (AG-115). */
static inline uint8_t agent_session(const struct gn_agent *a)
{
	return a->config.fresh_off ? GN_FB_SESSION_AS_NODE : GN_FB_SESSION_AS_FRESH;
}
/* Made when this machine's clock was ahead (Unix seconds): others refuse it, and its time would not
 * come. */
static inline bool agent_to_come(const struct gn_agent *a, uint64_t made)
{
	return made > agent_unix(a) + AGENT_CLOCK_SLACK;
}

/* ---- keep.c ---- */

/* The finder of people. */
bool agent_find(void *user, const struct gn_people_find *find, struct gn_people_found *out);
/* All that people was when it was stored. */
GN_MUST gn_err agent_people_open(struct gn_agent *a);
/* What people and sessions changed, into the transaction; events wait in a->events. */
GN_MUST gn_err agent_keep(struct gn_agent *a, struct gn_agent_tx *tx);
/* An event that people does not say of itself. */
GN_MUST gn_err agent_keep_event(struct gn_agent *a, struct gn_agent_tx *tx,
				const struct gn_people_event *e);
/* agent_keep in a transaction of its own. An error ends the agent. */
void agent_settle(struct gn_agent *a);
/* The store failed: the program ends, with its sentence. */
void agent_fail(struct gn_agent *a, gn_err err);
/* Commits what went well so far; else it is given up and the agent fails (AG-60). The outcome. */
gn_err agent_tx_end(struct gn_agent *a, struct gn_agent_tx *tx, gn_err err);

GN_MUST gn_err agent_meta(struct gn_agent *a, const char *name, void *out, size_t len);
GN_MUST gn_err agent_meta_put(struct gn_agent_tx *tx, const char *name, const void *p, size_t len);

/* ---- node_is.c ---- */

/* Asks how it stands; when next. */
gn_time agent_node_pump(struct gn_agent *a);
void agent_node_gone(struct gn_agent *a);

/* ---- own.c, own_boxes.c, own_prekeys.c ---- */

GN_MUST gn_err agent_own_open(struct gn_agent *a);
void agent_own_record_close(struct gn_agent *a);
void agent_own_known(struct gn_agent *a, const struct gn_agent_known *k);
void agent_own_renew(struct gn_agent *a, unsigned place);
/* What is published there was signed by enough nodes. */
void agent_own_signed(struct gn_agent *a, unsigned place);
/* Nodes hold all that others need to write to us: the work of a new agent's boxes is done. */
bool agent_own_published(const struct gn_agent *a);
gn_time agent_own_pump(struct gn_agent *a);
/* A deposit key for this contact (GN_PEOPLE_WANT_BOX). */
void agent_own_box_for(struct gn_agent *a, const struct gn_pk *owner);
/* False: it is no accepted contact's deposit key of this private box. */
bool agent_own_depositor(struct gn_agent *a, const struct agent_box *b, const struct gn_pk *by,
			 struct gn_pk *owner);
/* Somebody was blocked, unblocked or removed: their keys are refused, or not. */
void agent_own_contact(struct gn_agent *a, const struct gn_pk *owner);
/* Signs for the session that a BoxSign names, if the key is ours. */
void agent_own_sign(struct gn_agent *a, struct gn_fb_box_sign t);
void agent_own_invites(struct gn_agent *a); /* they changed */
/* A set-up came: prekeys are made anew, in a while. */
void agent_own_prekeys_used(struct gn_agent *a);
/* The person wants new prekeys and another private box. */
GN_MUST gn_err agent_own_anew(struct gn_agent *a);
/* A verified record as people takes it; borrows it, devices and history. */
void agent_identity_of(const struct gn_agent *a, const struct gn_identity *id,
		       struct gn_people_identity *out,
		       struct gn_people_device devices[GN_IDENTITY_DEVICES],
		       struct gn_people_version history[GN_IDENTITY_HISTORY]);
/* For calls whose answer changes nothing. */
void agent_no_answer(void *user, const struct gn_host_client_event *e);

/* ---- post.c ---- */

/* One send of people into the outbox. */
GN_MUST gn_err agent_post_add(struct gn_agent *a, struct gn_agent_tx *tx,
			      const struct gn_people_send *send);
gn_time agent_post_pump(struct gn_agent *a);
/* This device was taken out: what no device has receipted is not delivered. */
gn_time agent_post_end(struct gn_agent *a);
void agent_post_close(struct gn_agent *a);

/* ---- due.c ---- */

/* What waits longer than anything does was put off while this machine's clock was ahead. */
GN_MUST gn_err agent_out_open_due(struct gn_agent *a);
/* Something that a send waited for has come. */
void agent_post_hurry(struct gn_agent *a);

/* ---- path.c: a contact's rule about paths (RE-11) ---- */

/* Empty: any. In out. */
struct gn_slice agent_path_of(struct gn_agent *a, const struct gn_people_contact *c,
			      uint8_t out[AGENT_PATH_MAX]);
void agent_path_keep(struct gn_agent *a, const struct gn_people_contact *c, struct gn_slice rule);
/* To the node, for those nodes of theirs that it knows. GN_CLOSED: the link is down. */
GN_MUST gn_err agent_path_say(struct gn_agent *a, const struct gn_pk *owner, struct gn_slice rule,
			      gn_agent_link_fn *fn, void *user, uint64_t *call);
/* A newer record of a contact: which nodes are theirs. */
void agent_path_known(struct gn_agent *a, const struct gn_identity *id);
/* They are a contact no more. */
void agent_path_gone(struct gn_agent *a, const struct gn_people_contact *c);

/* ---- safety.c ---- */

/* A newer record of a contact, or ours. */
void agent_safety_known(struct gn_agent *a, const struct gn_identity *id);
/* When the number was compared, Unix ms; 0: never. Is it another one now? */
void agent_safety_of(struct gn_agent *a, const struct gn_people_contact *c, uint64_t *at_ms,
		     bool *changed);
/* GN_NOT_FOUND: of whom there is no record yet; why says it. */
GN_MUST gn_err agent_safety_number(struct gn_agent *a, const struct gn_people_contact *c,
				   struct gn_e2ee_safety *out, const char **why);
/* The person has compared it. */
GN_MUST gn_err agent_safety_equal(struct gn_agent *a, const struct gn_people_contact *c);

/* ---- held.c ---- */

/* Something of theirs was deposited then and opened: who has their box open is present. */
void agent_held_heard(struct gn_agent *a, const struct gn_pk *owner, uint64_t unix_now);
/* What of this message is on its way is looked after now. False: nothing is. */
bool agent_held_hurry(struct gn_agent *a, const struct gn_hash *chat,
		      const struct gn_content_id *id);
/* ---- again.c ---- */

/* A session with it begins anew, at most once an hour. */
void agent_held_anew(struct gn_agent *a, const struct gn_pk *device);
/* One of them was not looked up since, and there were not many tries to. */
bool agent_held_unlooked(struct gn_agent *a, const struct gn_pk *to, size_t count, uint32_t tries);
/* So it does when this asks for what the device could not open. */
void agent_held_unread(struct gn_agent *a, const struct gn_pk *device, struct gn_slice content);
/* The newest prekeys of a device, made then (Unix seconds). */
void agent_held_prekeys(struct gn_agent *a, const struct gn_pk *device, uint64_t created);

/* ---- post.c ---- */

/* Of the secret of the invite that a contact was found by, in the store. */
void agent_invite_name(const struct gn_hash *chat, char out[80]);

/* ---- inbox.c ---- */

gn_time agent_inbox_pump(struct gn_agent *a);
void agent_inbox_close(struct gn_agent *a);
/* One that came while it was locked. */
void agent_inbox_take(struct gn_agent *a, const struct agent_locked_item *in);

/* ---- claims.c ---- */

/* Did an invite let it into that box? */
bool agent_invited(const struct gn_pk *box, const struct gn_pk *by, const struct gn_hash *item,
		   struct gn_fb_box_got t);
/* The open invite of that key; secret, if asked: GN_INVITE_SECRET_LEN bytes. False: none is. */
bool agent_invite_of(const struct gn_agent *a, const struct gn_pk *key, uint8_t *secret);
/* Somebody whose device must be looked up before their item can be opened: at once when they are a
 * contact, or invited. */
void agent_claimed(struct gn_agent *a, const struct gn_pk *owner, bool invited);
/* The person wants to hear them: they are looked up until they are found. */
void agent_claim_accept(struct gn_agent *a, struct agent_claim *claim);
/* When to look again for those who are not found. */
gn_time agent_claims_pump(struct gn_agent *a);

/* ---- locked.c ---- */

void agent_locked_begin(struct gn_agent *a); /* of a locked one */
gn_time agent_locked_pump(struct gn_agent *a);
/* It is open now: what came is handed over; or it ends. */
void agent_locked_end(struct gn_agent *a);

/* ---- file_send.c ---- */

gn_time agent_files_pump(struct gn_agent *a);
GN_MUST gn_err agent_files_open(struct gn_agent *a);
void agent_files_close(struct gn_agent *a);

/* ---- serve.c ---- */

void agent_serve_init(struct gn_agent *a);

/* ---- told.c ---- */

/* Who listens goes on with what the store has kept; with nothing. */
GN_MUST gn_err agent_told_open(struct gn_agent *a);
void agent_told_close(struct gn_agent *a);
void agent_serve_event(struct gn_agent *a, const struct gn_people_event *e, uint64_t cursor);
void agent_serve_state(struct gn_agent *a); /* how it stands has changed */
/* A person is asked: tells who listens. */
void agent_serve_asked(struct gn_agent *a, const struct agent_approval *p);
/* Something came while it is locked: tells who listens. */
void agent_serve_new(struct gn_agent *a);
/* What moved of files on their way: tells who listens, and who sends them. */
gn_time agent_serve_files(struct gn_agent *a);
/* Somebody unknown left something: tells who listens. */
void agent_serve_claimed(struct gn_agent *a, const struct gn_pk *owner);
/* Whoever accepted a stranger who was not looked at yet is answered: now they are a contact. */
void agent_serve_accepted(struct gn_agent *a, const struct gn_pk *owner);
/* They were not found in time: whoever accepted them hears it. */
void agent_serve_unfound(struct gn_agent *a, const struct gn_pk *owner);

/* ---- backup.c ---- */

/* Was this store put back from a backup, and no record lists this device yet? (keep.c) */
bool agent_put_back(struct gn_agent *a);

gn_time agent_backup_pump(struct gn_agent *a);
void agent_backup_open(struct gn_agent *a); /* what a crash left goes */
void agent_backup_close(struct gn_agent *a);

/* ---- place.c ---- */

/* The socket's path: in this user's runtime directory ("": there is none), else in DATA. False: the
 * runtime directory is another's or open to others, so it is DATA. */
bool agent_place(const char *runtime, const char *data, char *out, size_t cap);

/* ---- life.c ---- */

/* From LOCKED or NEW to OPEN, and back. */
GN_MUST gn_err agent_open(struct gn_agent *a);
void agent_close(struct gn_agent *a);

/* ---- run.c ---- */

/* A turn of an open one; when the next is due. */
gn_time agent_pump(struct gn_agent *a);

#endif
