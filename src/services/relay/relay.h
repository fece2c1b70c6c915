/* The relay: packets of two nodes that do not reach each other go through a third. This engine is
 * all of them: it relays for others, opens circuits for this node, and keeps places at relays where
 * others may open circuits to it. What is relayed is sealed between the two ends.
 *
 *   opens   OPEN -> OPENED: a circuit with a number of its own for each end
 *   relays  0x10 | its number | datagram -> 0x10 | the other's number | datagram
 *   waits   RESERVE -> RESERVED; then a number that it does not know may be somebody's who calls
 *
 * The owner pumps it as the other services: messages of proven peers and the time in, messages,
 * events and one deadline out. Packets are not messages: for each train gn_relay_packet says where
 * it goes. Rules: docs/spec/reach.md RE-30..RE-37. */
#ifndef GN_SERVICES_RELAY_H
#define GN_SERVICES_RELAY_H

#include "guard/guard.h"
#include "overlay/overlay.h"
#include "services/lists/lists.h"
#include "services/quota/quota.h"
#include "wire/generated/relay_fb.h"

struct gn_relay;

#define GN_RELAY_BYTE 0x10     /* first of a relayed packet, */
#define GN_RELAY_PREFIX 9      /* bytes before the datagram: it and the circuit */
#define GN_RELAY_MONTH_BULK 90 /* per cent of a month: then bulk ends; small at all of it */
#define GN_RELAY_UNITS_OPEN 2  /* what an OPEN costs in guard's unit, beside signatures */

enum gn_relay_give_level { GN_RELAY_OFF, GN_RELAY_SMALL, GN_RELAY_TOKENS, GN_RELAY_COMMONS };

/* What the owner gives others (RE-64); each level includes those before. */
struct gn_relay_give {
	enum gn_relay_give_level level;
	uint32_t small_rate, bulk_rate; /* bytes a second of all; 0: RELAY_RATE */
	/* of this month: bytes that may be relayed (0: RELAY_MONTH), what was before now, and when
	 * the next begins (Unix seconds; 0: never; then what was is forgotten, and the owner says
	 * when the one after does) */
	uint64_t month, month_used, month_end;
};

struct gn_relay_config {
	struct gn_pk node;
	/* Whose tokens count for `relay`; zeros: the node's own. */
	struct gn_pk issuer;
	struct gn_relay_give give;
	/* Has this node a mutual link with a live session to that one? Then circuits lead there
	 * (RE-32). The session, and where it is. NULL: never. */
	bool (*linked)(void *user, const struct gn_pk *peer, uint64_t *session,
		       struct gn_addr *addr);
	/* May circuits be opened there for others: does this node know that one as a relay by
	 * itself? Where a stranger says that it is, is never dialled. NULL: nowhere. */
	bool (*relays)(void *user, const struct gn_pk *relay);
	/* Relays that may have this target, for who is refused; NULL: none. */
	unsigned (*others)(void *user, const struct gn_pk *target, struct gn_contact out[3]);
	void *user;
	bool count_local; /* loopback and private prefixes have shares like any other */
	/* All borrowed, NULL: none. The clock of tokens; lists of those taken back; what their
	 * limits allow. */
	struct gn_overlay *overlay;
	struct gn_lists *lists;
	struct gn_quota *quota;
};

GN_MUST gn_err gn_relay_new(const struct gn_env *env, const struct gn_relay_config *config,
			    gn_time now, struct gn_relay **out);
void gn_relay_free(struct gn_relay *r);

/* ---- inputs ---- */

/* A message with the magic GNRL, of a proven peer, by this session, which goes to that address
 * (port 0: over others, and then it has no circuit or place here). Bad ones only move a counter;
 * refused requests are answered, and are no error here. */
gn_err gn_relay_recv(struct gn_relay *r, uint64_t session, const struct gn_pk *from,
		     const struct gn_addr *addr, struct gn_slice message, gn_time now);
/* A session ended: what was by it is over. session 0: none can be had to this peer. */
void gn_relay_down(struct gn_relay *r, const struct gn_pk *peer, uint64_t session, gn_time now);
/* The owner gives more or less from now on; what that does not allow ends with a NOTE. */
void gn_relay_give(struct gn_relay *r, const struct gn_relay_give *give, gn_time now);
void gn_relay_tick(struct gn_relay *r, gn_time now);
gn_time gn_relay_deadline(const struct gn_relay *r);
/* What the last message made this node do, in guard's units, for the sender to be charged. */
uint32_t gn_relay_caused(struct gn_relay *r);

/* ---- packets ---- */

/* `count` datagrams of `len` bytes each, 9 of prefix with them, that came together with the same
 * circuit by a validated path of `session`. */
struct gn_relay_packet {
	uint64_t session, circuit;
	const struct gn_pk *peer; /* whose session it is */
	uint32_t len, count;
};
enum gn_relay_verdict {
	GN_RELAY_FORWARD, /* the first `count` go to `session` with `circuit` */
	GN_RELAY_OURS,    /* for this node: all of them, of its circuit `op` */
	GN_RELAY_CALL,    /* for this node, if the first opens a session: then gn_relay_accept */
	GN_RELAY_DROP,    /* never answered; `why` is the counter that moved */
};
struct gn_relay_to {
	uint64_t session, circuit;
	uint32_t count;
	gn_op op;
	const char *why; /* also of what is not forwarded of a train; static; NULL: nothing */
};
/* No memory, no copy, no crypto; a bounded time. */
enum gn_relay_verdict gn_relay_packet(struct gn_relay *r, const struct gn_relay_packet *p,
				      gn_time now, struct gn_relay_to *out);
/* How many datagrams of `segment` bytes at the start of a train (the last may be shorter, and
 * counts alone) have one circuit, and that; 0: it is no relayed packet. */
uint32_t gn_relay_run(const uint8_t *train, size_t bytes, size_t segment, uint64_t *circuit);
/* The first 9 bytes of each of count datagrams. */
void gn_relay_write(uint8_t *train, size_t segment, uint32_t count, uint64_t circuit);

/* ---- circuits of this node's own ---- */

struct gn_relay_open {
	struct gn_pk relay, target;
	struct gn_pk via;          /* zeros: none */
	uint8_t lanes;             /* enum gn_fb_relay_lane, those that would do */
	struct gn_slice token;     /* bearer: this node; empty: none */
	struct gn_slice via_token; /* of `via`, bearer: `relay`; empty: none */
	gn_time patience;          /* how long it is asked again; 0: RELAY_PATIENCE */
	bool show;                 /* the target may be told our address, once it has answered */
};
/* GN_RELAY_OPENED, then NOTEs, then ENDED; or ENDED. GN_USAGE, GN_TOO_LARGE, GN_LIMIT, GN_NOMEM;
 * GN_DENIED: the relay is one of the bad. */
GN_MUST gn_err gn_relay_open(struct gn_relay *r, const struct gn_relay_open *o, gn_time now,
			     gn_op *op);
/* A CALL whose first packet began a session: events as of one that was opened, without OPENED.
 * GN_LIMIT, GN_NOMEM, GN_EXISTS. */
GN_MUST gn_err gn_relay_accept(struct gn_relay *r, const struct gn_pk *relay, uint64_t session,
			       uint64_t circuit, gn_time now, gn_op *op);
/* Keeps a place there, renewed until it is cancelled: GN_RELAY_RESERVED, GN_RELAY_UNRESERVED.
 * show: callers may be told the address. GN_LIMIT, GN_EXISTS, GN_NOMEM, GN_DENIED. */
GN_MUST gn_err gn_relay_reserve(struct gn_relay *r, const struct gn_pk *relay, bool show,
				gn_time now, gn_op *op);
/* Closed, or given back; no event comes of it any more. */
void gn_relay_cancel(struct gn_relay *r, gn_op op, gn_time now);
/* This relay is bad (gn_relay_judge): its circuits are closed and its place given back, each with
 * its event; it is not asked for an hour. */
void gn_relay_leave(struct gn_relay *r, const struct gn_pk *relay, gn_time now);
bool gn_relay_is_bad(const struct gn_relay *r, const struct gn_pk *relay, gn_time now);

/* ---- outputs ---- */

bool gn_relay_next_message(struct gn_relay *r, struct gn_overlay_message *m);

enum gn_relay_event_kind {
	GN_RELAY_OPENED,     /* session, circuit, lane, rate, until, left, you, target */
	GN_RELAY_CALLED,     /* rate, target (where the caller is): of one that was accepted */
	GN_RELAY_NOTE,       /* left; why and ends_ms when it will end */
	GN_RELAY_ENDED,      /* err, why, retry_ms, others: over */
	GN_RELAY_RESERVED,   /* until (of the engine's time), you: whenever it was renewed */
	GN_RELAY_UNRESERVED, /* err, others: asked again by itself, but when the relay was left */
};
struct gn_relay_rate { /* bytes a second of both ends together, and at once; zeros: not said */
	uint32_t rate, burst;
};
struct gn_relay_event {
	enum gn_relay_event_kind kind;
	gn_op op;
	gn_err err;
	uint64_t session, circuit;
	uint8_t lane, why; /* enum gn_fb_relay_lane, gn_fb_relay_why */
	struct gn_relay_rate rate;
	uint32_t ends_ms, retry_ms;
	uint64_t until, left; /* Unix seconds, 0: none; bytes, UINT64_MAX: not counted */
	gn_time reserved_until;
	struct gn_addr you, target; /* port 0: not said */
	unsigned other_count;
	struct gn_contact others[3];
};
bool gn_relay_next_event(struct gn_relay *r, struct gn_relay_event *out);

/* ---- choosing relays: pure, on numbers (RE-35, RE-37) ---- */

struct gn_relay_candidate { /* a peer that relays and is direct */
	struct gn_pk key;
	uint64_t prefix;      /* gn_addr_prefix */
	uint64_t operator_id; /* 0: not known, and like no other */
	gn_time rtt;
};
/* The nearest of them that is apart, by prefix and operator, from all of `but` (which may be NULL);
 * -1: none. */
int gn_relay_choose(const struct gn_relay_candidate *c, size_t count,
		    const struct gn_relay_candidate *but, size_t but_count);

struct gn_relay_homes { /* zeros: none yet */
	struct gn_relay_candidate home[2], old[2], better[2];
	gn_time old_until[2], better_since[2];
};
/* What the homes are now: `c` are all that are alive, in any order, each with its RTT. True: they
 * are others than before. Those before stay for a minute in `old`. */
bool gn_relay_homes_update(struct gn_relay_homes *h, const struct gn_relay_candidate *c,
			   size_t count, gn_time now);
/* When it is to be called again if nothing else changes. */
gn_time gn_relay_homes_deadline(const struct gn_relay_homes *h);

struct gn_relay_quality {   /* of one relay, as this node's sessions see it */
	uint32_t replays;   /* packets opened twice, of the last minute */
	uint32_t loss;      /* thousandths, */
	uint32_t other;     /* and on the best other path; UINT32_MAX: there is none */
	gn_time sent_since; /* what was sent first, and nothing came after; GN_NEVER: none */
};
enum gn_relay_fault { GN_RELAY_GOOD, GN_RELAY_REPLAYS, GN_RELAY_LOSS, GN_RELAY_SILENT };
/* When a session that is on a relay since then opens a circuit through another, to have it. */
gn_time gn_relay_spare_at(gn_time since);
enum gn_relay_fault gn_relay_judge(const struct gn_relay_quality *q, gn_time now);

/* ---- queries ---- */

struct gn_relay_lane_info {
	uint32_t circuits;
	uint64_t packets, bytes;
};
struct gn_relay_info {
	struct gn_relay_lane_info small, bulk;
	uint32_t reservations, held, keeps;
	uint64_t month_used, month; /* bytes */
};
void gn_relay_info(const struct gn_relay *r, struct gn_relay_info *out);
/* Who relayed how much today; false past the last. */
struct gn_relay_account {
	uint8_t id[32]; /* key, or id of the token */
	bool token;
	uint32_t circuits;
	uint64_t small, bulk; /* bytes of this day */
};
bool gn_relay_account_at(const struct gn_relay *r, uint32_t i, struct gn_relay_account *out);
/* What was relayed for whom since it was told: one after the other, until false. That of keys is
 * all there is, a token's is of these; zeros as id: for keys that were forgotten meanwhile. */
struct gn_relay_given {
	uint8_t id[32]; /* key, or id of the token */
	bool token;
	uint64_t small, bulk; /* bytes */
};
bool gn_relay_given_next(struct gn_relay *r, struct gn_relay_given *out);
bool gn_relay_counter_at(const struct gn_relay *r, size_t i, struct gn_counter *out);
void gn_relay_validate(const struct gn_relay *r);

#endif
