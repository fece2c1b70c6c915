/* The engine's state, shared by its files.
 *
 *   ask:    ASKED [run.c: sent to an S] -> TOLD [it has others send] -> OVER [DIALBACK_WAIT later]
 *                                       -> OVER [refused, or no answer: another is asked]
 *   served: ASKING [serve.c: a T is asked] -> another T -> TOLD [the asker knows] -> gone
 *   job:    three times a packet to each port -> gone
 *
 * 1. An answer counts for its number, from whom it was asked of, once. A packet counts for its
 *    nonce, which nobody knows but who was asked and whom that one tells.
 * 2. What is sent for others goes to an IP with which S has a session, and is counted before. */
#ifndef GN_SERVICES_DIALBACK_ENGINE_INT_H
#define GN_SERVICES_DIALBACK_ENGINE_INT_H

#include "services/dialback/dialback.h"
#include "services/dialback/limits.h"
#include "services/frame/frame.h"

struct dialback_counts {
#define X(name) uint64_t name;
#include "services/dialback/counters.def"
#undef X
};

/* ---- gate.c: how often something is done, in all and for each of some keys ---- */

struct dialback_gate {
	gn_time apart;
	unsigned burst;
	struct gn_map full_at; /* key -> gn_time: when its bucket is full again */
};
void dialback_gate_init(struct dialback_gate *g, const struct gn_env *env, gn_time apart,
			unsigned burst);
void dialback_gate_fini(struct dialback_gate *g);
/* When this key may next; now or before: it may. */
gn_time dialback_gate_at(const struct dialback_gate *g, uint64_t key, gn_time now);
/* It does. false: no room, nothing changed. */
bool dialback_gate_take(struct dialback_gate *g, uint64_t key, gn_time now);

/* ---- met.c: has this node sent there of late? Yes by mistake, never no by mistake ---- */

struct dialback_met {
	uint64_t seed;
	gn_time turned; /* 0: nothing yet */
	unsigned which; /* of the two that is written */
	uint8_t bits[2][DIALBACK_MET_BITS / 8];
};
void dialback_met_put(struct dialback_met *m, const struct gn_addr *addr, gn_time now);
bool dialback_met_has(const struct dialback_met *m, const struct gn_addr *addr, gn_time now);

/* ---- packets ---- */

struct dialback_ports {
	unsigned count;
	uint16_t port[DIALBACK_PORTS];
};

struct dialback_job {
	struct gn_addr to; /* its port: where packets to port 0 go */
	struct dialback_ports ports;
	uint64_t nonce;
	uint8_t kind;
	bool second;
	unsigned times;       /* to be sent */
	unsigned round, next; /* times sent; which port is next */
	gn_time at;
};

/* ---- the asker ---- */

enum dialback_ask_state { ASK_WAITS, ASK_TOLD, ASK_OVER };
struct dialback_ask {
	enum dialback_ask_state state;
	struct gn_pk key;
	struct gn_addr addr;
	uint64_t request, nonce;
	gn_time until;
	struct dialback_ports ports;
	bool told;                /* it has somebody send packets 1, */
	bool known_third;         /* to whom we had sent */
	uint16_t second;          /* its other port */
	struct gn_addr you, seen; /* where it sees us; where it saw a packet 4 come from */
	bool came[4];             /* packets 2 and 3; 1: of a stranger, 0: of one we knew */
	unsigned to[2];           /* bit n: to port n came packets of: one we knew, a stranger */
};

struct dialback_run {
	gn_time began;   /* 0: none is under way */
	gn_time seen_by; /* the word about packets 4 is waited for; 0: it is not */
	unsigned count;
	struct dialback_ask asks[DIALBACK_TRIES];
};

/* ---- lifetimes (life.c) ---- */

enum dialback_life_state { LIFE_IDLE, LIFE_ASKED, LIFE_OPEN, LIFE_QUIET };
struct dialback_life {
	enum dialback_life_state state;
	struct gn_pk asked[DIALBACK_LIFE_ASKS]; /* the last one now */
	unsigned asked_count;
	struct gn_addr addr; /* its */
	uint64_t request, nonce;
	gn_time after, passed, failed; /* tried now; lived through; not (0: none yet) */
	gn_time at;                    /* of what is next */
	gn_time quiet;                 /* since when nothing goes */
	unsigned sends, answers;       /* of packets 5: since the last answer; answers */
	bool send;                     /* one is to go */
	gn_time runs[DIALBACK_LIFE_RUNS];
	unsigned next_run;
	bool told;
	struct gn_dialback_life last;
};

/* ---- for others ---- */

struct dialback_hold { /* hold.c; key zeros: free */
	struct gn_pk key;
	struct gn_addr addr, to; /* its session; where its packets 5 come from */
	uint64_t nonce;
	gn_time after, at; /* then packets 7 go, or the place is free again */
	unsigned packets;
};

struct dialback_served {
	bool taken; /* the place is */
	struct gn_pk key;
	struct gn_addr addr;
	uint64_t request, nonce;
	struct dialback_ports ports;
	uint64_t known[DIALBACK_KNOWN];
	unsigned known_count;
	struct gn_pk third[DIALBACK_T_TRIES]; /* asked, the last one now */
	struct gn_addr third_addr;
	unsigned third_count;
	uint64_t third_request; /* 0: nobody is asked */
	bool told, seen;        /* of the asker: its answer, the word about packets 4 */
	gn_time until;          /* for the third to answer; once told, of the place */
};

struct gn_dialback {
	struct gn_env env;
	struct gn_dialback_config cfg;
	gn_time now;
	struct dialback_counts n;
	struct gn_frame_out out;
	uint64_t last_request;
	struct dialback_gate s_all, s_key, s_net, t_all, t_key, t_net, h_key;
	struct dialback_life life;
	struct dialback_hold holds[DIALBACK_HOLDS];
	unsigned holds_taken; /* a node asks for the deadline after each packet */
	struct dialback_met met;
	struct dialback_job jobs[DIALBACK_JOBS];
	unsigned job_count;
	struct dialback_served served[DIALBACK_SERVED];
	struct dialback_run run;
	gn_time due, again; /* of the next run; how long after one that brought nothing */
	bool told;          /* `last` is to be shown */
	struct gn_dialback_result last;
	struct dialback_caller {
		uint64_t prefix;
		gn_time at; /* 0: a free place */
	} callers[DIALBACK_CALLERS];
	uint16_t second, ports[2];
	struct gn_addr configured; /* port 0: none */
};

struct dialback_from {
	struct gn_contact who; /* without address: its session goes over others */
	uint64_t request;
	size_t bytes;
};

/* message.c */
void dialback_send_ask(struct gn_dialback *d, const struct dialback_ask *a, const uint64_t *known,
		       unsigned known_count);
void dialback_send_told(struct gn_dialback *d, const struct dialback_served *s, bool third);
void dialback_send_refused(struct gn_dialback *d, const struct dialback_from *to, gn_err err,
			   gn_time retry);
void dialback_send_for(struct gn_dialback *d, const struct dialback_served *s);
void dialback_send_done(struct gn_dialback *d, const struct dialback_from *to);
void dialback_send_seen(struct gn_dialback *d, const struct dialback_served *s,
			const struct gn_addr *you);

void dialback_send_hold(struct gn_dialback *d);
void dialback_send_held(struct gn_dialback *d, const struct dialback_from *to);

/* life.c */
void dialback_life_held(struct gn_dialback *d, const struct dialback_from *from);
/* false: it is not the asker's. */
bool dialback_life_refused(struct gn_dialback *d, const struct dialback_from *from);
bool dialback_life_next(struct gn_dialback *d, struct gn_dialback_out *out);
void dialback_life_tick(struct gn_dialback *d);
gn_time dialback_life_deadline(const struct gn_dialback *d);

/* hold.c */
void dialback_on_hold(struct gn_dialback *d, const struct dialback_from *from,
		      struct gn_fb_dial_hold m);
void dialback_hold_packet(struct gn_dialback *d, const struct gn_addr *from, uint64_t nonce);
void dialback_hold_tick(struct gn_dialback *d);
gn_time dialback_hold_deadline(const struct gn_dialback *d);

/* run.c */
void dialback_run_tick(struct gn_dialback *d);
gn_time dialback_run_deadline(const struct gn_dialback *d);
void dialback_on_told(struct gn_dialback *d, const struct dialback_from *from,
		      struct gn_fb_dial_told m);
/* false: it is not the asker's. */
bool dialback_run_refused(struct gn_dialback *d, const struct dialback_from *from);
void dialback_on_seen(struct gn_dialback *d, const struct dialback_from *from,
		      struct gn_fb_dial_seen m);
void dialback_run_packet(struct gn_dialback *d, const struct gn_addr *from, uint64_t nonce,
			 unsigned kind);

/* judge.c */
void dialback_judge(const struct gn_dialback *d, struct gn_dialback_result *out);
enum gn_dialback_rule dialback_mapping(const struct gn_dialback *d);

/* serve.c */
void dialback_on_ask(struct gn_dialback *d, const struct dialback_from *from,
		     struct gn_fb_dial_ask m);
void dialback_on_for(struct gn_dialback *d, const struct dialback_from *from,
		     struct gn_fb_dial_for m);
void dialback_third_answered(struct gn_dialback *d, const struct dialback_from *from, bool done);
void dialback_serve_packet(struct gn_dialback *d, const struct gn_addr *from, uint64_t nonce);
void dialback_serve_tick(struct gn_dialback *d);
gn_time dialback_serve_deadline(const struct gn_dialback *d);

/* job.c */
bool dialback_job_add(struct gn_dialback *d, const struct dialback_job *job);

static inline bool dialback_same_ip(const struct gn_addr *a, const struct gn_addr *b)
{
	return memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}
static inline uint64_t dialback_key(const struct gn_pk *pk)
{
	return gn_be64(pk->b);
}
static inline bool dialback_is_here(const struct gn_dialback_peer *p)
{
	return p->here || gn_addr_is_loopback(&p->addr);
}
/* Whom to ask is from outside where anybody is, and all by one family: IPv4 where it can be. 0: not
 * at all, as of who is on this machine and gets here whatever stands before it. */
static inline unsigned dialback_rank(const struct gn_dialback_peer *p)
{
	if (!p->dials || !p->addr.port || dialback_is_here(p))
		return 0;
	return 1u + (gn_addr_is_v4(&p->addr) ? 1u : 0u) + (gn_addr_is_private(&p->addr) ? 0u : 2u);
}
static inline uint64_t dialback_request(struct gn_dialback *d)
{
	return ++d->last_request;
}

#endif
