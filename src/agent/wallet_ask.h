/* One piece of work for one hub, on a thread of its own (wallet_ask.c): it has copies of all that it
 * needs and touches neither the agent nor the store.
 *
 *   made -> queued -> RUNNING [uv_queue_work] -> done [on the loop] -> freed */
#ifndef GN_AGENT_WALLET_ASK_H
#define GN_AGENT_WALLET_ASK_H

#include "agent/limits.h"
#include "wallet/hub.h"

#include <stdatomic.h>
#include <uv.h>

struct gn_agent;
struct agent_request;
struct gn_wallet_request;

/* Whom, what, how much: of an act. */
void agent_wallet_request_of(const json_t *act, struct gn_wallet_request *out);

enum agent_ask_what {
	AGENT_ASK_JOIN,   /* who is there, and are we known? in: {} */
	AGENT_ASK_READ,   /* all that is kept for reading */
	AGENT_ASK_QUOTE,  /* in: peer, amount, equivalent, note, id, again */
	AGENT_ASK_LINE,   /* in: peer, equivalent, limit?, close, freeze, unfreeze */
	AGENT_ASK_ANSWER, /* in: key, accept */
	AGENT_ASK_LEAVE,
	AGENT_ASK_SEND, /* in: an act as it is stored */
};

#define AGENT_ASK_WHY 400u
struct agent_ask {
	uv_work_t work;
	atomic_bool stop; /* set by the loop: it gives up */
	enum agent_ask_what what;
	/* ---- in ---- */
	char url[512], owner[GN_PID_MAX];
	struct gn_wallet_hub hub;
	bool pinned;     /* hub is who it must be */
	struct gn_sk sk; /* secret, of has_sk: to log in */
	bool has_sk;
	json_t *in; /* owned */
	/* ---- in, out ---- */
	char token[2048], refresh[1024]; /* secret */
	bool tokens_moved;
	/* ---- out ---- */
	gn_err err;
	const char *kind; /* AG-146; NULL: it went */
	char why[AGENT_ASK_WHY], code[16];
	uint64_t seq;
	json_t *out; /* owned */
	/* ---- the loop's ---- */
	struct gn_agent *agent;  /* NULL: nobody waits for it any more */
	struct agent_request *r; /* held; NULL: nobody asked */
	struct agent_ask *next;
};

/* On a thread. */
void agent_ask_run(struct agent_ask *q);
/* Wipes; the request must have been let go. */
void agent_ask_free(struct agent_ask *q);

#endif
