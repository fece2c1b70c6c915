/* The state of the ledger: participants, equivalents, pairs with their lines, open transactions,
 * remembered keys. Changed by lg_apply alone, from records alone, so live and replay are one
 * code path (LG-32).
 *
 * Directions: a pair has a lower and a higher node. Hop 0 goes lower -> higher, hop 1 back. Side
 * s is the line that node[s] gives to the other; hop d creates debt on the line of its payee,
 * side 1 - d. */
#ifndef GN_LEDGER_BOOK_INT_H
#define GN_LEDGER_BOOK_INT_H

#include "ledger/index_int.h"
#include "ledger/ledger.h"
#include "ledger/limits.h"

/* ---- hops and lines ---- */

/* One step over a pair of participants, as a number: the pair's and, lowest, the direction: 0 from
 * node[0] to node[1], 1 back. A trust line has a number of the same form, with the side of who
 * gave it (node[side]) instead. */
static inline uint32_t hop_of(uint32_t pair, unsigned dir)
{
	return pair << 1 | dir;
}
static inline uint32_t hop_pair(uint32_t hop)
{
	return hop >> 1;
}
static inline unsigned hop_dir(uint32_t hop)
{
	return hop & 1;
}
/* Who is paid trusts who pays: hop d goes over the line of side 1 - d; and back. */
static inline uint32_t hop_line(uint32_t hop)
{
	return hop ^ 1;
}

struct lg_participant { /* 56 bytes */
	struct gn_pk pk;
	uint64_t tag; /* first 8 bytes of the PID's hash: the index key */
	uint64_t seq;
	uint8_t kind, status, level;
};

/* Flags of a line, kept in the low byte of lg_pair.version. */
#define LINE_OPEN 1u /* active or frozen */
#define LINE_CLOSING 2u
#define LINE_FROZEN 4u  /* by its owner */
#define LINE_DISPUTE 8u /* by an operator */
#define LINE_NO_AUTO 16u
#define LINE_NO_MIDDLE 32u
#define LINE_ASK 64u
#define LINE_EXTRA 128u /* has an lg_extra that matters */

/* Flag of a pair, kept in the low byte of slot[0]: one of its ends is not active. */
#define PAIR_END_INACTIVE 1u

struct lg_pair {               /* 64 bytes: one cache line */
	uint32_t node[2];      /* node[0] < node[1] */
	gn_amount x;           /* net debt of node[0] to node[1] */
	gn_amount limit[2];    /* of the line of side s */
	gn_amount reserved[2]; /* by hops of direction d */
	uint32_t version[2];   /* changes of the line << 8 | flags; 0: there never was one */
	/* place in node[s]'s adjacency << 8 | flags of the pair in slot[0] */
	uint32_t slot[2];
};

struct lg_node {
	uint32_t participant;
	uint32_t off, degree; /* adjacency: half[off .. off + degree) */
	uint8_t room;         /* log2 of its slab; 0 with degree 0: none */
};

/* One end of a pair in its node's adjacency. */
#define HALF_NODE 0x1fffffffu
#define HALF_SPECIAL 0x20000000u /* some line of the pair has a policy that routing must look at */
/* this node owes the neighbour, and the debt may be cleared without asking */
#define HALF_OWES 0x40000000u
#define HALF_OWED 0x80000000u
struct lg_half {
	uint32_t to;      /* neighbour | flags */
	uint16_t out, in; /* lg_quantise of cap to and from the neighbour */
};

/* Rare parts of a line's policy. */
struct lg_extra {
	uint32_t line; /* hop_of(pair, side) */
	uint32_t blocked_count;
	gn_amount daily_limit, max_hop_usage; /* -1: none */
	int64_t day;
	gn_amount used; /* moved on `day` */
	uint32_t born;  /* version since which the line is what its ids say (LG-11); 0: 1 */
	struct gn_hash *blocked; /* owned */
};

struct lg_eq {
	char code[17];
	uint8_t precision;
	bool active;
	struct gn_buf info; /* owned */
	struct lg_pair *pairs;
	struct lg_node *nodes;
	struct lg_half *half;
	uint32_t *half_pair;
	struct lg_extra *extras;
	uint32_t pair_count, pair_cap, node_count, node_cap, half_count, half_cap, half_pair_cap,
		extra_count, extra_cap;
	/* by log2 of size: offset + 1 of the first, linked through half[].to */
	uint32_t free_slab[26];
	struct lg_index by_ends, by_participant, by_line;
	uint32_t open_lines;
	struct lg_open *offer; /* the one that waits, or NULL; borrowed */
	gn_amount_sum cleared[GN_CLEARING_MODES];
};

struct lg_delta { /* one hop of a net flow: a > 0 */
	uint32_t hop;
	gn_amount a;
};

/* One who is asked by an open transaction; all that ask him are a list, in order of seq (LG-66). */
struct lg_asked {
	uint32_t participant;
	uint32_t via; /* whose hop comes to him: he who would owe him; UINT32_MAX for an offer */
	bool answered;
	struct lg_open *open; /* it is this one's */
	struct lg_asked *next, *before;
};

/* What a participant has to do with open transactions; kept while there is any. */
struct lg_waits {
	uint32_t paying; /* payments of his that wait for answers */
	uint32_t asked;  /* length of the list */
	struct lg_asked *first, *last;
};

/* A prepared payment or an offered clearing. */
struct lg_open {
	struct gn_tx_key key;
	struct gn_heap_node timer; /* at = expiry */
	bool offer;
	uint64_t seq;
	gn_time made;
	uint32_t eq, payer, payee;
	gn_amount amount;
	/* owned; payment: net hops reserved; offer: hops v->u that clear, at most a each */
	struct lg_delta *flow;
	uint32_t flow_count;
	struct lg_asked *asked; /* owned */
	uint32_t asked_count, answered;
	bool refused; /* someone said no */
};

struct lg_key { /* 32 bytes */
	struct gn_tx_key key;
	uint64_t body;  /* first 8 bytes of the signed body's hash */
	uint64_t state; /* seq << 8 | enum gn_failure << 4 | enum gn_tx_state */
};
/* Remembered keys in order of their records; see keys.c. */
struct lg_keys {
	struct lg_key *ring;
	uint32_t capacity;   /* a power of two, or 0 */
	uint32_t head, tail; /* positions: [head, tail) */
	bool for_ever;       /* nothing is forgotten, days are not kept */
	struct lg_index index;
	uint64_t seed;
	struct {
		int64_t day;
		uint32_t begin; /* position of its first key */
	} days[40];
	uint32_t day_count;
};

struct lg_officer { /* role none: it was taken away */
	struct gn_pk pk;
	struct gn_hash pid;
	uint64_t seq; /* of his last command */
	uint8_t role, name_len;
	char name[OFFICER_NAME_MAX];
};

struct lg_book {
	struct gn_env env;
	uint64_t seed; /* of the indexes: where entries lie in them shows nowhere */
	bool begun;    /* GENESIS was applied */
	/* the CHECKPOINT being applied was just computed from this very state */
	bool own_checkpoint;
	struct gn_pk hub;
	struct gn_hash hub_pid;
	struct gn_ledger_settings settings;
	uint64_t seq;
	gn_time time;
	struct lg_participant *participants;
	uint32_t participant_count, participant_cap;
	struct lg_index by_pid;
	struct lg_eq **eqs;
	uint32_t eq_count, eq_cap;
	struct lg_officer *officers; /* owned; in order of their first role */
	uint32_t officer_count, officer_cap;
	struct lg_keys keys, keys_v0;
	struct lg_open **open; /* in order of seq */
	uint32_t open_count, open_cap;
	struct gn_map open_by_key; /* key -> struct lg_open * */
	struct gn_map waits;       /* participant -> struct lg_waits */
	struct gn_heap expiry;
	/* scratch of one application */
	struct lg_delta *flow;
	uint32_t flow_count, flow_cap;
	gn_amount_sum *balance; /* per node */
	uint32_t balance_cap;
};

/* ---- book.c ---- */
void lg_book_init(struct lg_book *b, const struct gn_env *env);
void lg_book_fini(struct lg_book *b);
GN_MUST gn_err lg_find_participant(const struct lg_book *b, const struct gn_hash *pid,
				   uint32_t *out);
GN_MUST gn_err lg_participant_reserve(struct lg_book *b);
void lg_participant_add(struct lg_book *b, const struct gn_pk *pk, uint8_t kind);
void lg_pid(const struct gn_pk *pk, struct gn_hash *out);
void lg_book_of_hub(struct lg_book *b, const struct gn_pk *hub);
/* 1..16 letters, digits, underscores. */
bool lg_code_ok(struct gn_slice code);
GN_MUST gn_err lg_find_eq(const struct lg_book *b, struct gn_slice code, uint32_t *out);
GN_MUST gn_err lg_eq_add(struct lg_book *b, struct gn_slice code, uint8_t precision, bool active,
			 struct gn_slice info);
struct lg_open *lg_find_open(const struct lg_book *b, const struct gn_tx_key *key);
void lg_open_free(struct lg_book *b, struct lg_open *o);
/* NULL: there are none */
const struct lg_waits *lg_find_waits(const struct lg_book *b, uint32_t participant);
/* LG-66: may one more payment of this payer, whose net hops are in the scratch flow, ask him?
 * GN_QUOTA, GN_NOMEM. *out: who lets his place go to it, or NULL. */
GN_MUST gn_err lg_open_room(const struct lg_book *b, const struct lg_eq *q, uint32_t payer,
			    uint32_t asked, struct lg_open **out);
/* Takes ownership of o, whose asked are filled in, when it succeeds; GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err lg_open_add(struct lg_book *b, struct lg_open *o);
void lg_open_remove(struct lg_book *b, struct lg_open *o);

/* ---- keys.c ---- */
static inline uint32_t lg_keys_count(const struct lg_keys *k)
{
	return (k->tail - k->head) & 0x7fffffffu;
}
void lg_keys_fini(struct lg_keys *k, struct gn_alloc *alloc);
struct lg_key *lg_keys_find(const struct lg_keys *k, const struct gn_tx_key *key);
GN_MUST gn_err lg_keys_reserve(struct lg_keys *k, struct gn_alloc *alloc, gn_time now);
void lg_keys_add(struct lg_keys *k, const struct lg_key *entry, gn_time now);
/* Forgets whole days that ended BOOK_TX_KEEP before now. */
void lg_keys_forget(struct lg_keys *k, gn_time now);
struct lg_key *lg_find_key(const struct lg_book *b, const struct gn_tx_key *key);
static inline enum gn_tx_state lg_key_state(const struct lg_key *k)
{
	return (enum gn_tx_state)(k->state & 15);
}
static inline unsigned lg_key_code(const struct lg_key *k)
{
	return k->state >> 4 & 15;
}
static inline void lg_key_set(struct lg_key *k, uint64_t seq, uint8_t code, enum gn_tx_state state)
{
	k->state = seq << 8 | (uint64_t)(code & 15u) << 4 | (uint64_t)state;
}
static inline int64_t lg_day(gn_time t)
{
	return t / (86400 * GN_SEC);
}
/* The body inside signed bytes, without parsing them again: they were canonical when they were
 * taken. */
struct gn_slice lg_signed_body(uint8_t profile, struct gn_slice bytes);
/* Tells a repeat from a different request under the same key. Whoever makes two bodies collide
 * gets his own first answer again, so it need not be a cryptographic hash. */
uint64_t lg_body_hash(struct gn_slice body);
/* Key under which v0 bytes are remembered as used (LG-22). */
void lg_v0_key(const struct gn_pk *signer, struct gn_slice bytes, struct gn_tx_key *out);

/* ---- graph.c ---- */
uint16_t lg_quantise(gn_amount cap);
GN_MUST gn_err lg_find_node(const struct lg_eq *q, uint32_t participant, uint32_t *out);
GN_MUST gn_err lg_find_pair(const struct lg_eq *q, uint32_t node_a, uint32_t node_b, uint32_t *out);
/* By participants; side is that of `from`. */
GN_MUST gn_err lg_find_line(const struct lg_eq *q, uint32_t from, uint32_t to, uint32_t *pair,
			    unsigned *side);
/* The same for a line that may not be there yet: then *pair is the number it would get. False:
 * it is not there. */
bool lg_place_line(const struct lg_eq *q, uint32_t from, uint32_t to, uint32_t *pair,
		   unsigned *side);
/* Makes room for one more pair of these participants (and their nodes), so that lg_pair_add
 * cannot fail. */
GN_MUST gn_err lg_pair_reserve(struct lg_book *b, struct lg_eq *q, uint32_t from, uint32_t to);
GN_MUST gn_err lg_node_add(struct lg_book *b, struct lg_eq *q, uint32_t participant);
/* Adds nodes as needed, and the pair; returns its number. The lower node is the one added first. */
uint32_t lg_pair_add(struct lg_book *b, struct lg_eq *q, uint32_t from, uint32_t to);
/* After any change of a pair: closing lines follow their debt, adjacency shows the new
 * capacities. */
void lg_pair_settle(struct lg_eq *q, uint32_t pair);
/* Adjacency shows the pair as it is; for searches that try something and put it back. */
void lg_pair_show(struct lg_eq *q, uint32_t pair);
void lg_node_settle(struct lg_eq *q, uint32_t node);
struct lg_extra *lg_find_extra(const struct lg_eq *q, uint32_t line);
/* The version that the line's first id has (LG-11). */
uint32_t lg_line_born(const struct lg_eq *q, uint32_t line);
GN_MUST gn_err lg_extra_reserve(struct lg_book *b, struct lg_eq *q);
struct lg_extra *lg_extra_add(struct lg_eq *q, uint32_t line);
void lg_eq_free(struct lg_book *b, struct lg_eq *q);

/* Net debt of hop d's payer to its payee. */
static inline gn_amount lg_debt(const struct lg_pair *p, unsigned d)
{
	return d ? -p->x : p->x;
}
static inline unsigned lg_line_flags(const struct lg_pair *p, unsigned side)
{
	return p->version[side] & 255u;
}
static inline gn_amount lg_limit(const struct lg_eq *q, const struct lg_pair *p, unsigned side)
{
	unsigned f = lg_line_flags(p, side) & (LINE_OPEN | LINE_FROZEN | LINE_DISPUTE);
	return f == LINE_OPEN && q->active ? p->limit[side] : 0;
}
/* LG-4, LG-10 */
static inline gn_amount lg_cap(const struct lg_eq *q, const struct lg_pair *p, unsigned d)
{
	if (p->slot[0] & PAIR_END_INACTIVE)
		return 0;
	return gn_amount_max(0, lg_limit(q, p, 1 - d) - lg_debt(p, d) - p->reserved[d]);
}
/* What of the debt d (payer owes payee by hops of direction d) can be cleared (LG-38); asking:
 * lines that want to be asked too. */
static inline gn_amount lg_clearable(const struct lg_eq *q, const struct lg_pair *p, unsigned d,
				     bool asking)
{
	gn_amount debt = lg_debt(p, d);
	unsigned f = lg_line_flags(p, 1 - d);
	if (debt <= 0 || (f & LINE_DISPUTE) || ((f & LINE_NO_AUTO) && !asking) ||
	    (p->slot[0] & PAIR_END_INACTIVE))
		return 0;
	gn_amount back = gn_amount_max(0, lg_limit(q, p, d) + debt - p->reserved[1 - d]);
	return gn_amount_min(debt, back);
}

/* ---- apply.c, apply_line.c, apply_pay.c, apply_clear.c ---- */
/* Checks everything a record says against the state, then changes it. The errors are those a
 * user would be told; GN_CORRUPT for what only a damaged or forged record can say; GN_NOMEM.
 * After an error nothing has changed. */
GN_MUST gn_err lg_apply(struct lg_book *b, const struct gn_record_view *r);
GN_MUST gn_err lg_apply_line(struct lg_book *b, const struct gn_record_view *r);
GN_MUST gn_err lg_apply_dispute(struct lg_book *b, const struct gn_record_view *r);
GN_MUST gn_err lg_apply_payment(struct lg_book *b, const struct gn_record_view *r);
GN_MUST gn_err lg_apply_failed(struct lg_book *b, const struct gn_record_view *r);
GN_MUST gn_err lg_apply_answer(struct lg_book *b, const struct gn_record_view *r);
GN_MUST gn_err lg_apply_end(struct lg_book *b, const struct gn_record_view *r);
GN_MUST gn_err lg_apply_clearing(struct lg_book *b, const struct gn_record_view *r);
GN_MUST gn_err lg_apply_propose(struct lg_book *b, const struct gn_record_view *r);
/* Whose lines must be asked for what a CLEARING or PROPOSE record would clear: at most
 * CLEAR_ASKED_MAX, GN_LIMIT past it. */
GN_MUST gn_err lg_clearing_asked(struct lg_book *b, const struct lg_eq *q,
				 const struct gn_record_view *r, uint32_t *out, uint32_t *count);
/* The signer may act, and his v1 sequence or v0 bytes are new: check, then (with reserved
 * memory) note. */
GN_MUST gn_err lg_signed_check(struct lg_book *b, const struct gn_record_view *r);
void lg_signed_note(struct lg_book *b, const struct gn_record_view *r);

/* ---- officers.c ---- */
struct lg_officer *lg_find_officer(const struct lg_book *b, const struct gn_pk *pk);
/* The actor of an officer's record may make it: GN_SIGNATURE, GN_DENIED, GN_CONFLICT (his
 * sequence). */
GN_MUST gn_err lg_officer_check(const struct lg_book *b, const struct gn_record_view *r);
/* LG-68, live alone: whom a STATUS is about. GN_DENIED: his role is above the actor's;
 * GN_CONFLICT: he is the last admin. */
GN_MUST gn_err lg_officer_rank(const struct lg_book *b, const struct gn_record_view *r);
void lg_officer_note(struct lg_book *b, const struct gn_record_view *r);
/* Makes or changes an officer; seq of a new one. GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err lg_officer_put(struct lg_book *b, const struct gn_pk *pk, uint8_t role, uint64_t seq,
			      struct gn_slice name);
GN_MUST gn_err lg_apply_role(struct lg_book *b, const struct gn_record_view *r);

/* ---- flow.c: the net hops of one transaction, in the book's scratch ---- */
GN_MUST gn_err lg_flow_add(struct lg_book *b, uint32_t hop, gn_amount a);
/* Sorts by pair, nets opposite hops, drops zeros (LG-7). GN_CORRUPT on sums no payment has. */
GN_MUST gn_err lg_flow_net(struct lg_book *b);
/* Capacity (NO_CAPACITY), daily limit and hop usage (DENIED) of the net hops. payee is a node. */
GN_MUST gn_err lg_flow_check(const struct lg_book *b, const struct lg_eq *q, uint32_t payee,
			     gn_time now);
/* Counts the net hops towards daily limits; sign -1 gives back what was counted at `made`. */
void lg_flow_count_day(struct lg_eq *q, const struct lg_delta *flow, uint32_t count, gn_time made,
		       int sign);
/* LG-14: may both ends of this hop do what they would do? Nodes. */
bool lg_middle_allowed(const struct lg_pair *p, unsigned d, uint32_t payer, uint32_t payee);
/* LG-15 and LG-16: the most that one payment of now may move over hop d, beyond its capacity. */
gn_amount lg_policy_cap(const struct lg_eq *q, uint32_t pair, unsigned d, uint32_t payee,
			gn_time now);
/* LG-17: a participant in the middle whom a line of the path blocks. hops: hop_of.
 * False: none; else the line, and the node. */
bool lg_path_blocked(const struct lg_book *b, const struct lg_eq *q, const uint32_t *hops,
		     uint32_t count, uint32_t *line, uint32_t *node);
/* Owners that the net hops must ask (LG-18), each once, at most max; returns how many there are. */
uint32_t lg_flow_asked(const struct lg_book *b, const struct lg_eq *q, uint32_t *out, uint32_t max);

/* ---- rec.c, rec_write.c, rec_read.c ---- */
/* At least the bytes the record takes. */
size_t lg_rec_bound(const struct gn_record_view *r);
/* Appends the record; w has room for lg_rec_bound. */
void lg_rec_write(const struct gn_record_view *r, struct gn_writer *w);
GN_MUST gn_err lg_rec_read(struct gn_slice record, uint64_t seq, struct gn_record_view *out);
void lg_put_route_head(struct gn_writer *w, gn_amount amount, uint32_t hops);
void lg_put_number(struct gn_writer *w, uint64_t number);
bool lg_rec_signed(enum gn_record_type type);
bool lg_rec_admin(const struct gn_record_view *r);

/* ---- state.c ---- */
/* The state's encoding (LG-53), in an allocation of its own. */
GN_MUST gn_err lg_state_write(const struct lg_book *b, struct gn_buf *out);
/* Into a fresh book. GN_CORRUPT. */
GN_MUST gn_err lg_state_read(struct lg_book *b, struct gn_slice in);
void lg_state_hash(const struct lg_book *b, struct gn_hash *out); /* takes no memory */

/* ---- validate.c ---- */
void lg_book_validate(const struct lg_book *b);

#endif
