/* Inside guard: buckets, tables, the parts of the engine, and what each file offers the others. */
#ifndef GN_GUARD_GUARD_INT_H
#define GN_GUARD_GUARD_INT_H

#include "guard/guard.h"
#include "guard/sip_int.h"

enum gn_guard_count {
#define X(name, text) GN_GUARD_C_##name,
#include "counters.def"
#undef X
	GN_GUARD_C_COUNT
};

/* ---- sketch.c: buckets of any number of prefixes in fixed memory ---- */

/* Four rows of cells, hashed by a key that changes. A prefix's bucket is the fullest of its four
 * cells, so others can only make it emptier than it is, and only when they share all four. The
 * generation before is read on, since it knows who had taken what when the key changed; within a
 * burst's time it has nothing more to say. */
struct gn_sketch {
	struct gn_sip_key key[2];
	gn_time cells[2][GN_SKETCH_ROWS][GN_SKETCH_CELLS];
	unsigned current;
	uint64_t turns;
	gn_time turn_at;
};
void gn_sketch_turn(struct gn_sketch *s, const struct gn_sip_key *root, gn_time now);
/* Any time that is not after now stands for a full bucket. */
gn_time gn_sketch_get(const struct gn_sketch *s, const uint64_t id[2], gn_time now);
void gn_sketch_set(struct gn_sketch *s, const uint64_t id[2], gn_time full_at);
void gn_sketch_clear(struct gn_sketch *s, const uint64_t id[2]);

/* ---- subjects.c: exact buckets of keys and tokens; single use; the heaviest ---- */

struct gn_bucket {
	uint64_t print; /* keyed hash of kind and id; 0: free */
	gn_time full_at;
};
/* The bucket of print, or a free or full one made its own. NULL: all its places are taken by
 * buckets that are not full. count: a power of two. */
struct gn_bucket *gn_bucket_find(struct gn_bucket *table, size_t count, uint64_t print,
				 gn_time now);

/* Without making one; NULL. */
struct gn_bucket *gn_bucket_peek(struct gn_bucket *table, size_t count, uint64_t print);
/* Where one could be made; NULL. */
struct gn_bucket *gn_bucket_room(struct gn_bucket *table, size_t count, uint64_t print,
				 gn_time now);

/* Has this been seen? Two Bloom filters: the one that is full is kept until the next is. */
struct gn_once {
	uint64_t bits[2][GN_ONCE_BITS / 64];
	uint32_t count;
	unsigned current;
};
bool gn_once_seen(const struct gn_once *o, uint64_t print);
void gn_once_mark(struct gn_once *o, uint64_t print);

/* Space-Saving (Metwally, Agrawal, El Abbadi 2005): who is not among the 64 takes the place of
 * the lightest, with its weight as error. */
struct gn_top {
	uint64_t print[GN_GUARD_TOP];
	struct gn_guard_account account[GN_GUARD_TOP];
	uint32_t count;
};
void gn_top_note(struct gn_top *t, uint64_t print, const struct gn_guard_subject *who,
		 uint64_t work, bool refused, gn_time now);
const struct gn_guard_account *gn_top_find(const struct gn_top *t, uint64_t print);

/* ---- cookie.c, pass.c, puzzle.c ---- */

void gn_cookie_make(const uint8_t secret[32], const struct gn_addr *addr, const uint8_t bound[8],
		    const uint8_t payload[8], uint32_t effort, gn_time now,
		    uint8_t out[GN_COOKIE_LEN]);
/* GN_AUTH: not ours, or for another address or id; GN_EXPIRED. */
GN_MUST gn_err gn_cookie_check(const uint8_t secret[32], const struct gn_addr *addr,
			       const uint8_t bound[8], const uint8_t cookie[GN_COOKIE_LEN],
			       gn_time now, uint8_t payload[8], uint32_t *effort);

void gn_pass_make(const uint8_t secret[32], const struct gn_addr *addr, uint64_t number,
		  gn_time now, uint8_t out[GN_PASS_LEN]);
/* GN_AUTH, GN_EXPIRED; *print names it for single use. */
GN_MUST gn_err gn_pass_check(const uint8_t secret[32], const struct gn_addr *addr,
			     const uint8_t pass[GN_PASS_LEN], gn_time now, uint64_t *print);

#define PUZZLE_PICKS 8        /* indices of an answer */
#define PUZZLE_INDICES 65536u /* to choose from */
#define PUZZLE_LEVEL 15       /* bits that are zero more at each level */
#define PUZZLE_MASK ((UINT64_C(1) << 60) - 1)

struct gn_puzzle {
	struct gn_hash seed;
	struct gn_sip_key key;
};
void gn_puzzle_init(struct gn_puzzle *p, const uint8_t cookie[GN_COOKIE_LEN], const uint8_t cid[8],
		    uint64_t nonce);
static inline uint64_t gn_puzzle_value(const struct gn_puzzle *p, uint64_t i)
{
	return gn_sip(&p->key, &i, 1) & PUZZLE_MASK;
}
/* The hash that effort is measured by: be32 of its start. */
void gn_puzzle_weigh(const struct gn_puzzle *p, const uint16_t picks[PUZZLE_PICKS],
		     struct gn_hash *out);
bool gn_puzzle_meets(const struct gn_hash *weight, uint32_t effort);
/* GN_PROOF_OF_WORK unless it is an answer of the effort it claims; *effort and *print (for
 * single use) then. */
GN_MUST gn_err gn_puzzle_check(const uint8_t cookie[GN_COOKIE_LEN], const uint8_t cid[8],
			       const uint8_t answer[GN_ANSWER_LEN], uint32_t *effort,
			       uint64_t *print);

/* ---- effort.c: load, and what it makes strangers owe ---- */

struct gn_load {
	gn_time window_at;        /* the running tenth of a second began */
	uint64_t stranger, other; /* units taken in it */
	/* of the last whole one: of what strangers could have, what they took */
	uint32_t permille;
	uint32_t effort;
	uint32_t cost;    /* units of a handshake */
	uint64_t charged; /* units that keys and prefixes took in the running window */
	/* what a unit costs them, in eighths: GN_PRESSURE_ONE .. GN_PRESSURE_MAX */
	uint32_t pressure;
	uint64_t busy_ns; /* measured, for `handshakes` of them: the next sample of cost */
	uint32_t handshakes;
};
void gn_load_init(struct gn_load *l);
void gn_load_tick(struct gn_load *l, uint32_t capacity, gn_time now);
/* One handshake was let in. */
void gn_load_note(struct gn_load *l, bool stranger);
/* More is asked for than there is: a unit costs more, and prefixes pay for their keys (GU-18). */
static inline bool gn_load_presses(const struct gn_load *l)
{
	return l->pressure > GN_PRESSURE_ONE;
}
/* What work costs its subject now. */
uint64_t gn_load_price(const struct gn_load *l, uint64_t work);
void gn_load_measured(struct gn_load *l, uint64_t busy_ns);

/* ---- hello.c: lanes and who waits ---- */

enum gn_lane { GN_LANE_STRANGER, GN_LANE_PASS, GN_LANE_TOKEN, GN_LANES };

struct gn_waiting {
	bool used, single_use; /* single_use: print is marked when it is let in */
	uint8_t lane;
	uint32_t effort;
	gn_time since;
	uint64_t order; /* the older of two equals first */
	uint64_t print;
	struct gn_addr from;
};

struct gn_lanes {
	gn_time full_at[GN_LANES], total_full_at;
	uint32_t waiting[GN_LANES];
	uint64_t order;
};

/* ---- the engine ---- */

struct gn_guard_tables {
	struct gn_sketch host, net;
	struct gn_bucket keys[GN_GUARD_KEYS], tokens[GN_GUARD_TOKENS];
	struct gn_once once;
	struct gn_top top;
	struct gn_guard_allowed allowed[GN_GUARD_ALLOWED];
	uint32_t allowed_count;
	struct gn_waiting wait[GN_GUARD_WAITING];
};

struct gn_guard {
	struct gn_alloc *alloc;
	struct gn_guard_config config; /* its secret makes passes */
	uint8_t secret[32];            /* makes cookies; drawn */
	struct gn_sip_key root;        /* hashes subjects; from the secret */
	uint64_t passes;
	struct gn_load load;
	struct gn_lanes lanes;
	uint64_t counters[GN_GUARD_C_COUNT];
	struct gn_guard_tables *t; /* owned; NULL when off */
};

static inline void gn_guard_count(struct gn_guard *g, enum gn_guard_count c)
{
	g->counters[c]++;
}

/* guard.c: the two buckets of a prefix. proven: the address is; what was not proven is counted
 * apart, so that nobody can empty another's bucket by writing his address. GN_LIMIT: the emptier
 * one's name, and when both give again. */
GN_MUST gn_err gn_prefix_ready(const struct gn_guard *g, const struct gn_addr *addr, bool proven,
			       gn_time now, const char **limit, gn_time *until);
void gn_prefix_take(struct gn_guard *g, const struct gn_addr *addr, bool proven, uint64_t work,
		    gn_time now);
bool gn_prefix_exempt(const struct gn_guard *g, const struct gn_addr *addr);
enum gn_part { GN_HOST, GN_NET };
gn_time gn_prefix_full_at(const struct gn_guard *g, const struct gn_addr *addr, enum gn_part part,
			  bool proven, gn_time now);
uint64_t gn_guard_print(const struct gn_guard *g, const struct gn_guard_subject *who);
struct gn_rate gn_guard_rate(const struct gn_guard_subject *who);
/* Of a key or token; NULL when it has none, which is a full one if there is room for it. */
struct gn_bucket *gn_guard_bucket(const struct gn_guard *g, const struct gn_guard_subject *who);
bool gn_guard_room(const struct gn_guard *g, const struct gn_guard_subject *who, gn_time now);
/* Does its bucket give, and when pressed a key's prefix? b NULL: there is no room for one.
 * GN_QUOTA, GN_NO_SPACE, GN_LIMIT. */
GN_MUST gn_err gn_exact_ready(const struct gn_guard *g, const struct gn_guard_subject *who,
			      const struct gn_bucket *b, bool pressed, gn_time now,
			      const char **limit, gn_time *until);
/* Counts among the heaviest. */
void gn_guard_note_addr(struct gn_guard *g, const struct gn_addr *addr, uint64_t work, bool refused,
			gn_time now);

/* why.c */
bool gn_guard_is_allowed(const struct gn_guard *g, const struct gn_guard_subject *who, gn_time now);

#endif
