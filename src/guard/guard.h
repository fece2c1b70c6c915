/* guard: decides whom to let in before they cost anything, and when who is in has asked for
 * enough. One engine per node: jet asks it about hellos of strangers, the node about requests of
 * peers and of its gateway. Pure; allocates once.
 *
 *   hello  -> [address proven?] -> [pass | puzzle] -> [bucket of the prefix]
 *          -> [capacity of its lane] -> let in, or wait
 *   charge -> [bucket of the prefix, key or token] -> OK, or which limit and when to come back
 *
 * Work is counted in one unit: 1 us of our CPU, or 1 KiB of memory held for a second; so one
 * limit covers handshakes, lookups, signatures and bytes held. Only guard counts; who serves
 * says what a thing costs. Switched off it asks for a cookie when its caller says so and else
 * lets everything pass. Rules: docs/spec/guard.md GU-10 on, jet.md JT-20 on. */
#ifndef GN_GUARD_GUARD_H
#define GN_GUARD_GUARD_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "guard/limits.h"

struct gn_guard;

/* Zero fields take the default. */
struct gn_guard_config {
	bool off;         /* cookies on demand, nothing else; no tables are made then */
	bool count_local; /* loopback and private prefixes have a share like any other */
	/* units a second that all handshakes together may take; default half a core */
	uint32_t capacity;
	/* what passes are made with: the same after a restart, so derived from the node key by
	 * the owner. Zeros: drawn, and passes end with the process */
	uint8_t secret[32];
};

/* Draws 32 bytes of randomness, on or off. GN_NOMEM. */
GN_MUST gn_err gn_guard_new(const struct gn_env *env, const struct gn_guard_config *config,
			    struct gn_guard **out);
void gn_guard_free(struct gn_guard *g); /* NULL is fine */
bool gn_guard_on(const struct gn_guard *g);

/* ---- what is decided ---- */

enum gn_guard_answer {
	GN_GUARD_ADMIT, /* let in now; its cost is charged */
	/* prove the address: answer with a Retry; `effort` is owed besides when it is not 0 */
	GN_GUARD_COOKIE,
	/* keep it in `slot`, whatever lay there is forgotten; gn_guard_next tells when */
	GN_GUARD_WAIT,
	/* silence; `limit` says why, `until` when it is worth coming back (0: not at all) */
	GN_GUARD_REFUSE,
};

struct gn_guard_verdict {
	enum gn_guard_answer answer;
	/* why not ADMIT: GN_AUTH no cookie of ours, GN_EXPIRED, GN_PROOF_OF_WORK, GN_REPLAY,
	 * GN_LIMIT the prefix's share, GN_BUSY */
	gn_err err;
	uint32_t effort;    /* COOKIE: what the next hello owes */
	uint32_t slot;      /* WAIT: 0 .. GN_GUARD_WAITING - 1 */
	gn_time until;      /* REFUSE */
	const char *limit;  /* REFUSE: stable name of the limit, "guard-host"; static */
	uint8_t payload[8]; /* of the cookie that proved the address */
	bool proven;        /* the address is; payload is set */
};

/* ---- hellos (called by jet) ---- */

struct gn_guard_hello {
	const struct gn_addr *from; /* borrowed */
	/* destination connection id of the Initial: binds cookie and answer */
	uint8_t cid[8];
	struct gn_slice token; /* borrowed; empty: none */
	bool must_prove;       /* the caller asks for a cookie (many are half open) */
};
/* One HMAC, at most two hashes and eight SipHashes more; no memory. */
void gn_guard_hello(struct gn_guard *g, const struct gn_guard_hello *hello, gn_time now,
		    struct gn_guard_verdict *out);
/* The waiting hello that may come in now; its slot is free then. False when none may. */
bool gn_guard_next(struct gn_guard *g, gn_time now, uint32_t *slot);
/* False when the slot's hello has waited too long and is forgotten here. */
bool gn_guard_waits(const struct gn_guard *g, uint32_t slot);
/* When gn_guard_next may have one; GN_NEVER when none waits. */
gn_time gn_guard_deadline(const struct gn_guard *g);
/* The cookie of a Retry to `to` whose source id is `bound`, with what the next hello owes. */
void gn_guard_cookie(const struct gn_guard *g, const struct gn_addr *to, const uint8_t bound[8],
		     const uint8_t payload[8], uint32_t effort, gn_time now,
		     uint8_t out[GN_COOKIE_LEN]);
/* A pass for who just finished a handshake from this address: good for 30 days, once, from the
 * same prefix. */
void gn_guard_pass(struct gn_guard *g, const struct gn_addr *to, gn_time now,
		   uint8_t out[GN_PASS_LEN]);

/* ---- load (called by the owner of the loop) ---- */

/* The CPU time that hellos of strangers have just taken, as measured. Who never calls it gets
 * the cost model. */
void gn_guard_load(struct gn_guard *g, uint64_t busy_ns);

/* ---- subjects ---- */

enum gn_guard_kind { GN_GUARD_PREFIX, GN_GUARD_KEY, GN_GUARD_TOKEN };

struct gn_guard_subject {
	enum gn_guard_kind kind;
	/* PREFIX: any address of it; host (/32, /64) and net (/24, /48) are both charged. KEY:
	 * where it is, if known: its prefix pays too under pressure (GU-18) */
	struct gn_addr addr;
	uint8_t id[32]; /* KEY: node key; TOKEN: what names it */
	uint32_t rate;  /* TOKEN: units a second, as signed; > 0 */
	gn_time burst;  /* TOKEN: as signed; > 0 */
};
struct gn_guard_subject gn_guard_of_addr(const struct gn_addr *addr);
struct gn_guard_subject gn_guard_of_key(const struct gn_pk *key);

/* Takes `work` units from the subject's bucket unless it is empty; the last one may overdraw it.
 * work 0 asks only. GN_OK; GN_LIMIT: the prefix's share is used up (a key's too, under
 * pressure); GN_QUOTA: the key's or token's is; GN_NO_SPACE: too many tokens at one time. out
 * may be NULL; else limit and until are set when it is not GN_OK. Switched off: GN_OK. */
GN_MUST gn_err gn_guard_charge(struct gn_guard *g, const struct gn_guard_subject *who,
			       uint64_t work, gn_time now, struct gn_guard_verdict *out);
/* The same for work that was done already: never refused, the bucket may go far below empty (ten
 * minutes at most). */
void gn_guard_debit(struct gn_guard *g, const struct gn_guard_subject *who, uint64_t work,
		    gn_time now);

/* Units that one handshake takes here: what to charge its key with. */
uint32_t gn_guard_cost(const struct gn_guard *g);

/* What the operator says: no limit for this key or prefix (/24, /48) until then; until 0 takes
 * it back. GN_LIMIT past GN_GUARD_ALLOWED. Not kept over a restart: the owner does. */
GN_MUST gn_err gn_guard_allow(struct gn_guard *g, const struct gn_guard_subject *who,
			      gn_time until);
/* Its bucket is full again. (A prefix shares cells with others: theirs may be too.) */
void gn_guard_forgive(struct gn_guard *g, const struct gn_guard_subject *who);

/* ---- buckets, for who counts something in units of its own (gcra.c) ---- */

/* A bucket is one number, the time at which it will be full again. Units a second, and how much
 * time's worth of them a full bucket holds. */
struct gn_rate {
	uint32_t rate;
	gn_time burst;
};
/* Not empty: something may be taken. */
bool gn_gcra_ready(gn_time full_at, gn_time burst, gn_time now);
/* When it is ready again. */
gn_time gn_gcra_until(gn_time full_at, gn_time burst);
/* The bucket after `work` was taken from it; at most GN_DEBT_MAX below empty. */
gn_time gn_gcra_take(gn_time full_at, struct gn_rate r, uint64_t work, gn_time now);
/* Units in it; 0 when it is empty. */
uint64_t gn_gcra_left(gn_time full_at, struct gn_rate r, gn_time now);

/* ---- what people ask ---- */

struct gn_guard_account {
	struct gn_guard_subject who;
	uint64_t work, work_error;  /* units since it is counted; of those, perhaps others' */
	uint64_t admitted, refused; /* charges and hellos */
	gn_time since, last;
};
/* The heaviest subjects, heaviest first; at most GN_GUARD_TOP. Returns how many. */
size_t gn_guard_list(const struct gn_guard *g, struct gn_guard_account *out, size_t most);
struct gn_guard_allowed {
	struct gn_guard_subject who;
	gn_time until;
};
/* false past the last. */
bool gn_guard_allowed_at(const struct gn_guard *g, size_t i, struct gn_guard_allowed *out);

struct gn_guard_why {
	bool exempt;        /* loopback or private, and those are not counted */
	bool allowed;       /* by the operator */
	bool limited;       /* the next charge is refused */
	const char *reason; /* all of this in one sentence for people; static */
	/* which one: "guard-host", "guard-net", "guard-key", "guard-token", "guard-tokens-full";
	 * "" when not limited */
	const char *limit;
	gn_time until;  /* it lifts by itself; 0 when not limited */
	uint64_t rate;  /* units a second it may take in the long run */
	uint64_t burst; /* units it may take at once when the bucket is full */
	uint64_t left;  /* units left in the bucket now */
	/* owed by strangers now, so by this one when it comes without a pass; 0 none */
	uint32_t effort;
	uint32_t pressure; /* what a unit costs keys and prefixes, eighths */
	bool counted;      /* it is among the heaviest: */
	struct gn_guard_account account;
};
void gn_guard_why(const struct gn_guard *g, const struct gn_guard_subject *who, gn_time now,
		  struct gn_guard_why *out);

struct gn_guard_status {
	bool on;
	/* of strangers' hellos, thousandths of what is theirs, over the last tenth of a second */
	uint32_t load;
	uint32_t effort;  /* owed by strangers now; 0 none */
	uint32_t waiting; /* hellos */
	/* what a unit costs keys and prefixes, eighths; 8 when nothing presses */
	uint32_t pressure;
	uint32_t cost;     /* units one handshake takes here, as measured */
	uint32_t capacity; /* units a second for handshakes */
	size_t memory;     /* bytes */
};
void gn_guard_status(const struct gn_guard *g, gn_time now, struct gn_guard_status *out);

/* "guard-puzzle-wrong"; false past the last. */
bool gn_guard_counter_at(const struct gn_guard *g, size_t i, struct gn_counter *out);
void gn_guard_validate(const struct gn_guard *g);
/* Tests: what otherwise takes a flood. Strangers owe this effort (until the load has been low
 * for some time), and find no capacity before `free_at` (0: as it is). */
void gn_guard_force(struct gn_guard *g, uint32_t effort, gn_time free_at, gn_time now);

/* ---- the client's side: what a Retry's cookie asks ---- */

/* 0 for a cookie of another form: nothing is owed. */
uint32_t gn_cookie_effort(struct gn_slice cookie);

/* Finds an answer; memory is its own, 4 MiB while it lives. */
struct gn_solver;
GN_MUST gn_err gn_solver_new(const struct gn_env *env, const uint8_t cookie[GN_COOKIE_LEN],
			     const uint8_t cid[8], uint32_t effort, struct gn_solver **out);
void gn_solver_free(struct gn_solver *s); /* NULL is fine */
/* One nonce: about a millisecond, and no longer. True when the answer is there. */
bool gn_solver_step(struct gn_solver *s, uint8_t out[GN_ANSWER_LEN]);

#endif
