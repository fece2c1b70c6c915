/* The agent, private to src/agent: one person on one device. One thread, the loop's.
 *
 *   outbox.c  what people says -> what is to be sent
 *   keep.c    what people and sessions change -> the store, in one transaction
 *   own.c     own boxes, prekeys, identity record
 *   post.c    what is to be sent -> sealed -> deposited
 *   inbox.c   items of own boxes -> opened -> what people say
 *   life.c    open and locked; what the network says of people
 *   serve.c   calls of app/1          run.c    the loop, start and end
 *
 * 1. Nothing is acknowledged, sent or told before what it changed is in the store.
 * 2. After a write that failed the agent ends (AG-60): what is in memory is ahead of the store. */
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

/* A box of ours (own.c). */
struct agent_box {
	struct gn_sk sk;  /* secret: signs its descriptor and certificates */
	uint8_t hint[32]; /* zeros for a front box */
	bool front;
	uint64_t epoch, created, seq; /* of its descriptor */
	uint8_t nonce[8];
	bool made;     /* its puzzle is solved */
	uint64_t call; /* that follows it; 0: none */
	bool followed; /* holders have listed all */
	gn_time due;   /* when it is followed again */
};
enum { AGENT_FRONT, AGENT_PRIVATE, AGENT_BOXES };

/* The queue of our jobs (job_queue.c). */
struct agent_queue {
	struct gn_sk sk, deposit, worker; /* secret; worker: at queues of others too */
	bool wanted, made;
	uint64_t epoch, seq, tried; /* of its descriptor; how far the search for its work is */
	uint8_t nonce[8];
	uint64_t call; /* that follows it; 0: none */
	gn_time due;
};
/* A program that works, or waits for work (job_work.c). */
struct agent_task {
	struct gn_agent *agent;
	uint8_t state;           /* enum of job_work.c */
	struct agent_request *r; /* that waits; NULL */
	uint64_t call;           /* QueueWork of the node */
	gn_time until, extend;
	struct gn_pk queue;
	uint8_t item[16];
	uint16_t delivery;
	struct gn_hash job;
	uint64_t not_after;
};
/* The queue being read for somebody who asked (serve_job.c). */
struct agent_listing {
	struct gn_agent *agent;
	struct agent_request *r; /* NULL: a free place */
	uint64_t call;
	gn_time until;
	bool one;              /* only `want` is asked for */
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
	struct gn_hash chat;
	struct gn_content_id id;
	bool stays;
	uint32_t tries;
	unsigned held, of;
	struct gn_pk by; /* the certificate's key */
	struct gn_sk sk; /* secret: that key's */
	/* a stranger's work */
	bool works;
	struct gn_pk box;
	struct gn_hash item;
	unsigned bits;
	struct gn_boxrec_work work;
	struct gn_work_tries tried;
	uint8_t *bytes; /* the item; owned */
	size_t len;
	uint32_t ttl;
};

struct gn_agent {
	struct gn_agent_config config;
	struct gn_host host;
	struct gn_host_api api;
	struct gn_http *http;
	struct gn_alloc alloc;
	struct gn_env env;
	gn_time now;

	struct gn_agent_vault *vault;
	struct gn_agent_link *link;
	char link_why[GN_HOST_WHY]; /* why it is down; "" */

	/* while OPEN; NULL otherwise */
	struct gn_agent_db *db;
	struct gn_e2ee *e2ee;
	struct gn_people *people;
	struct gn_agent_know *know;
	struct gn_agent_publish *publish;

	struct gn_pk owner;
	struct gn_agent_device device; /* secret; wiped when it locks */
	struct agent_box boxes[AGENT_BOXES];

	/* own.c */
	uint64_t identity_seq; /* the highest that we know of */
	bool identity_known;   /* the network was asked */
	bool identity_wanted;  /* a new version is to be signed */
	gn_time identity_ask;

	/* keep.c: what is lent to people until the next find */
	uint8_t *found_row, *found_content;
	size_t found_cap, found_content_cap;
	struct gn_people_event *events; /* to be told; owned */
	size_t event_count, event_cap;

	/* post.c */
	struct agent_deposit deposits[AGENT_DEPOSITS];
	gn_time post_due;
	/* jobs */
	struct agent_queue queue;
	struct agent_task tasks[AGENT_TASKS];
	struct agent_listing listings[AGENT_LISTINGS];
	/* inbox.c */
	bool look_waiting; /* something may open what waits */
	gn_time waiting_due;
	struct agent_claim { /* strangers whose item waits */
		struct gn_pk owner;
		bool wanted; /* the person wants to see it: they are looked up */
		bool accepted;
		bool told;
	} claims[AGENT_CLAIMS];
	size_t claim_count;
	bool state_moved; /* how it stands changed: who listens is told */
	bool failed;
};

static inline uint64_t agent_unix_ms(const struct gn_agent *a)
{
	return (uint64_t)(a->now / GN_MSEC);
}
static inline uint64_t agent_unix(const struct gn_agent *a)
{
	return gn_unix(a->now);
}

/* ---- keep.c ---- */

/* The finder of people. */
bool agent_find(void *user, const struct gn_people_find *find, struct gn_people_found *out);
/* All that people was when it was stored. */
GN_MUST gn_err agent_people_open(struct gn_agent *a);
/* What people and sessions changed, into the transaction; events wait in a->events. */
GN_MUST gn_err agent_keep(struct gn_agent *a, struct gn_agent_tx *tx);
/* The same in a transaction of its own. An error ends the agent. */
void agent_settle(struct gn_agent *a);
/* The store failed: the program ends, with its sentence. */
void agent_fail(struct gn_agent *a, gn_err err);

GN_MUST gn_err agent_meta(struct gn_agent *a, const char *name, void *out, size_t len);
GN_MUST gn_err agent_meta_put(struct gn_agent_tx *tx, const char *name, const void *p, size_t len);

/* ---- own.c ---- */

GN_MUST gn_err agent_own_open(struct gn_agent *a);
void agent_own_known(struct gn_agent *a, const struct gn_agent_known *k);
void agent_own_renew(struct gn_agent *a, unsigned place);
gn_time agent_own_pump(struct gn_agent *a);
/* A deposit key for this contact (GN_PEOPLE_WANT_BOX). */
void agent_own_box_for(struct gn_agent *a, const struct gn_pk *owner);
/* Signs for the session that a BoxSign names, if the key is ours. */
void agent_own_sign(struct gn_agent *a, struct gn_fb_box_sign t);
void agent_own_invites(struct gn_agent *a); /* they changed */
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
/* Something that a send waited for has come. */
void agent_post_hurry(struct gn_agent *a);
void agent_post_close(struct gn_agent *a);
/* Of the secret of the invite that a contact was found by, in the store. */
void agent_invite_name(const struct gn_hash *chat, char out[80]);

/* ---- inbox.c ---- */

gn_time agent_inbox_pump(struct gn_agent *a);
void agent_inbox_close(struct gn_agent *a);

/* ---- serve.c ---- */

void agent_serve_init(struct gn_agent *a);
void agent_serve_event(struct gn_agent *a, const struct gn_people_event *e);
void agent_serve_state(struct gn_agent *a); /* how it stands has changed */
/* Somebody unknown left something: tells who listens. */
void agent_serve_claimed(struct gn_agent *a, const struct gn_pk *owner);

/* ---- life.c ---- */

/* From LOCKED or NEW to OPEN, and back. */
GN_MUST gn_err agent_open(struct gn_agent *a);
void agent_close(struct gn_agent *a);

#endif
