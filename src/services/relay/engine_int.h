/* The engine's state, shared by its files.
 *
 *   circuit: waiting [open.c: the second relay is asked] -> live [circuit.c] -> ending [a NOTE with
 *            its time] -> over [out of the map; ends that are still to be told] -> gone
 *   held:    asked [ask.c] -> waits [refused for now] -> asked ..; -> open -> over [its event]
 *   keep:    asked [keep.c] -> waits -> asked ..
 *
 * 1. Each end of a live or ending circuit is in `legs` once, by its number; no number is 0.
 * 2. What a circuit takes (a seat, a place in its accounts and lane) it gives back when it is over.
 * 3. A circuit through a second relay has a held circuit there, and each ends with the other. */
#ifndef GN_SERVICES_RELAY_ENGINE_INT_H
#define GN_SERVICES_RELAY_ENGINE_INT_H

#include "services/frame/frame.h"
#include "services/relay/lane_int.h"
#include "services/relay/relay.h"
#include "wire/token.h"

struct relay_counts {
#define X(name) uint64_t name;
#include "services/relay/counters.def"
#undef X
};

struct relay_from { /* a request */
	struct gn_contact who;
	uint64_t session, request;
};
struct relay_refusal {
	gn_err err;
	const char *limit; /* its name in limits.h; NULL: none */
	uint32_t retry_ms;
};
/* The name of a limit that must be one. */
#define RELAY_LIMIT(name) ((void)(name), #name)

/* ---- account.c: who relayed how much ---- */

struct relay_account {
	uint8_t id[32];
	bool token;
	uint32_t circuits, vias; /* that are not over */
	uint64_t day;            /* Unix days, of: */
	uint64_t small, bulk, commons;
	uint64_t given[2];      /* of small, of bulk: since the owner was told */
	gn_time bursts_full_at; /* bursts of small circuits: of all that a key may have together */
	uint64_t owed[2];       /* of small, of bulk: the longest debt of a circuit that is over */
};
/* GN_NOMEM. One circuit more counts there. */
gn_err relay_account_get(struct gn_relay *r, const uint8_t id[32], bool token,
			 struct relay_account **out);
void relay_account_put(struct gn_relay *r, struct relay_account *a);
/* Bytes of the commons that are left of the day. */
uint64_t relay_account_left(const struct gn_relay *r, const struct gn_pk *key);
/* The day may be another. */
void relay_account_today(const struct gn_relay *r, struct relay_account *a);
void relay_accounts_sweep(struct gn_relay *r);

/* ---- net.c: and for which network ---- */

struct relay_net {
	uint64_t prefix, day; /* Unix days, of: */
	uint64_t bytes;       /* but by tokens */
	uint32_t circuits;    /* that are not over */
};
/* GN_NOMEM. One circuit more counts there; *out NULL: it has no share. */
gn_err relay_net_get(struct gn_relay *r, const struct gn_contact *who, struct relay_net **out);
void relay_net_put(struct gn_relay *r, struct relay_net *n);                  /* NULL is fine, */
uint64_t relay_net_left(const struct gn_relay *r, const struct relay_net *n); /* here, too */
bool relay_net_may(const struct gn_relay *r, const struct gn_contact *who);
void relay_nets_sweep(struct gn_relay *r);
void relay_nets_free(struct gn_relay *r);

/* ---- right.c: bulk by a token ---- */

struct relay_right { /* of one circuit */
	struct gn_lists_chain chain;
	struct gn_rate rate;
	uint64_t until;  /* Unix seconds */
	uint64_t credit; /* bytes drawn and not relayed */
	uint32_t draw;   /* drawn at a time; 0: it has no limits, nothing is counted */
	gn_time again;   /* not before */
	uint32_t token_len;
	uint8_t token[];
};
/* GN_OK: *out is the caller's. GN_DENIED, GN_BUSY (its list is looked up), GN_NOMEM and those of
 * gn_token_open. */
gn_err relay_right_open(struct gn_relay *r, const struct relay_from *from, struct gn_slice token,
			struct relay_right **out);
struct relay_circuit;
/* Draws what is missing, if it can be had. */
void relay_right_draw(struct gn_relay *r, struct relay_circuit *c);
/* Nothing is left, and will not be for long. */
bool relay_right_over(const struct gn_relay *r, const struct relay_right *right);

/* ---- circuit.c ---- */

enum relay_state { CIRCUIT_WAITING, CIRCUIT_LIVE, CIRCUIT_ENDING, CIRCUIT_OVER };
struct relay_held;

struct relay_leg {
	uint64_t id, session;
	struct gn_contact who;
};
struct relay_circuit {
	/* what a packet needs */
	struct relay_lane *lane;
	struct relay_account *account, *by_token; /* by_token: NULL without */
	struct relay_right *right;                /* NULL without token */
	struct relay_net *net;                    /* NULL: it has no share, or there is a token */
	struct gn_rate rate;
	gn_time full_at, used;
	struct relay_debt debt;
	uint64_t leg_id[2], leg_session[2];
	bool bulk, chained; /* chained: through a second relay */
	bool reached;       /* the target's end has had or sent a packet, */
	bool answered;      /* and sent one */
	bool show;          /* and may then be told where who opened it is */
	uint8_t state;      /* enum relay_state */
	/* the rest */
	struct gn_contact leg[2]; /* who opened it; the target, or the next relay */
	struct gn_addr target_addr;
	uint32_t index;         /* in r->circuits */
	struct relay_held *via; /* chained: at the second relay, while that is asked or open */
	uint64_t request;       /* waiting: of who opened it */
	gn_time ends_at;        /* ending */
	uint8_t why, tell;      /* tell: a bit for each end, and TELL_CALLED */
	bool telling, hungry;   /* in these lists */
	struct relay_circuit *next, *next_hungry;
};
#define TELL_CALLED 4 /* the target's end what it lets through, and who calls */
struct relay_ref {    /* value of r->legs */
	struct relay_circuit *circuit;
	uint32_t side;
};
/* What a circuit is made of. */
struct relay_wish {
	uint64_t target_session;
	struct gn_contact target;
	struct gn_addr target_addr; /* to be told; port 0: not */
	bool bulk, chained, show;
	bool small_too;            /* a chain: or little, where the second gives no more */
	struct gn_slice via_token; /* a chain: for the second */
	struct relay_right *right; /* taken, NULL without, in any case */
};
/* Waiting, its seat taken. */
gn_err relay_circuit_new(struct gn_relay *r, const struct relay_from *from,
			 const struct relay_wish *w, struct relay_refusal *why,
			 struct relay_circuit **out);
/* Waiting -> live. far: the number at the target's end; 0: one is drawn. GN_EXISTS, GN_NOMEM: it
 * still waits. */
gn_err relay_circuit_start(struct gn_relay *r, struct relay_circuit *c, uint64_t far);
/* It is over now; the ends of `tell` are told. */
void relay_circuit_end(struct gn_relay *r, struct relay_circuit *c, uint8_t why, uint8_t tell);
/* It will be, in RELAY_ENDS: both ends are told. */
void relay_circuit_ends(struct gn_relay *r, struct relay_circuit *c, uint8_t why);
struct relay_circuit *relay_circuit_get(const struct gn_relay *r, uint64_t id, unsigned *side);
uint64_t relay_circuit_left(const struct gn_relay *r, const struct relay_circuit *c);
void relay_circuits_down(struct gn_relay *r, uint64_t session);
void relay_circuits_sweep(struct gn_relay *r);
/* The next end to be told, as a message that waits; false: none. */
bool relay_circuits_tell(struct gn_relay *r);
/* Who answers by it hears what it lets through, and where who opened it is if that lets it. */
void relay_circuit_tell_called(struct gn_relay *r, struct relay_circuit *c);
/* Bytes a second, and at once. */
void relay_circuit_rate(const struct gn_relay *r, const struct relay_circuit *c, uint32_t *rate,
			uint32_t *burst);
void relay_circuits_free(struct gn_relay *r);
/* For those that packets have left too little of what their tokens' limits were drawn for. */
void relay_circuits_draw(struct gn_relay *r);

/* ---- open.c, reserve.c: requests of peers ---- */

void relay_on_open(struct gn_relay *r, const struct relay_from *from, struct gn_fb_relay_open m);
/* A held circuit may have changed: what leads through it follows. NULL is fine. */
void relay_chain_look(struct gn_relay *r, struct relay_held *h);
void relay_on_reserve(struct gn_relay *r, const struct relay_from *from,
		      struct gn_fb_relay_reserve m);

struct relay_reserved { /* value of r->reserved, by key */
	uint64_t session, request;
	gn_time asked, until;
	struct gn_contact who;
	bool show;
};
void relay_reserved_down(struct gn_relay *r, uint64_t session);
void relay_reserved_sweep(struct gn_relay *r);

/* ---- give.c: what the owner gives ---- */

void relay_give_set(struct gn_relay *r, const struct gn_relay_give *give);
/* GN_OK; GN_DENIED: not given at all; GN_QUOTA: not any more in this month. */
gn_err relay_gives(struct gn_relay *r, bool bulk, bool token, struct relay_refusal *why);
/* Bytes of the month until this lane ends. */
uint64_t relay_month_left(const struct gn_relay *r, bool bulk);

/* ---- ask.c, keep.c: this node's own ---- */

enum relay_op_kind { OP_HELD, OP_KEEP };
enum relay_held_state { HELD_ASKED, HELD_WAITS, HELD_OPEN, HELD_OVER };

struct relay_held {
	struct gn_frame_op op;
	struct gn_relay_open ask; /* its token is ours */
	uint8_t state;            /* enum relay_held_state */
	uint8_t told;             /* bits of what is still to be told: enum gn_relay_event_kind */
	bool came;                /* by the relay, from who calls, */
	bool told_rate;           /* and it has said of what */
	struct relay_circuit *circuit; /* of another's, that leads through there; else NULL */
	gn_time at, patience;          /* of its answer or next try; the end of all tries */
	struct gn_relay_event e;       /* all that its events say */
};
struct relay_held_key {
	uint64_t session, id;
};
struct relay_keep {
	struct gn_frame_op op;
	struct gn_pk relay;
	uint64_t session; /* it was reserved by; 0: it is not */
	bool show, asked;
	gn_time at, until; /* of its answer or next request; of what is reserved */
	unsigned failures;
	struct gn_relay_event e;
};

/* for_: the circuit of another's that leads through there, NULL: our own. */
gn_err relay_held_new(struct gn_relay *r, const struct gn_relay_open *o, struct relay_circuit *for_,
		      struct relay_held **out);
/* No event comes of it; closed there as well, if it is open. */
void relay_held_close(struct gn_relay *r, struct relay_held *h);
void relay_held_answer(struct gn_relay *r, struct relay_held *h, const struct relay_from *from,
		       struct gn_fb_relay_frame m);
void relay_held_called(struct gn_relay *r, const struct relay_from *from,
		       struct gn_fb_relay_called m);
/* Whose it was; NULL: nobody's. */
struct relay_held *relay_held_note(struct gn_relay *r, const struct relay_from *from,
				   struct gn_fb_relay_note m);
struct relay_held *relay_held_get(const struct gn_relay *r, uint64_t session, uint64_t id);
void relay_held_down(struct gn_relay *r, struct relay_held *h, uint64_t session);
void relay_held_leave(struct gn_relay *r, struct relay_held *h);
void relay_held_run(struct gn_relay *r, struct relay_held *h);
bool relay_held_show(struct gn_relay *r, struct relay_held *h, struct gn_relay_event *out);

void relay_keep_close(struct gn_relay *r, struct relay_keep *k);
void relay_keep_answer(struct gn_relay *r, struct relay_keep *k, const struct relay_from *from,
		       struct gn_fb_relay_frame m);
void relay_keep_down(struct gn_relay *r, struct relay_keep *k, uint64_t session);
void relay_keep_leave(struct gn_relay *r, struct relay_keep *k);
void relay_keep_run(struct gn_relay *r, struct relay_keep *k);
/* Where nothing else is known of a circuit: may it be somebody who calls? */
bool relay_expects(const struct gn_relay *r, const struct gn_pk *relay, uint64_t session);

/* ---- bad.c ---- */

struct relay_bad {
	struct gn_pk relay;
	gn_time until;
};
void relay_bad_put(struct gn_relay *r, const struct gn_pk *relay);

/* ---- message.c ---- */

void relay_message_init(struct gn_relay *r);
struct gn_fbb *relay_message_begin(struct gn_relay *r, size_t extra);
void relay_message_end(struct gn_relay *r, const struct gn_contact *to, uint64_t request,
		       uint8_t body_type, gn_fbref body);
void relay_send_refused(struct gn_relay *r, const struct relay_from *to,
			const struct relay_refusal *why, const struct gn_pk *target);
void relay_send_close(struct gn_relay *r, const struct gn_pk *to, uint64_t circuit, uint8_t why);
/* The relays that a refusal names. */
void relay_others_get(struct gn_fb_relay_refused m, struct gn_relay_event *out);
static inline struct gn_contact relay_contact(const struct gn_pk *pk, const struct gn_addr *addr)
{
	struct gn_contact c = {.pk = *pk, .addr_count = addr && addr->port != 0};
	if (c.addr_count)
		c.addrs[0] = *addr;
	return c;
}
static inline struct gn_holder relay_holder(const struct gn_contact *who)
{
	return (struct gn_holder){who->pk,
				  who->addr_count ? who->addrs[0] : (struct gn_addr){.port = 0}};
}

/* ---- the engine ---- */

struct gn_relay {
	struct gn_env env;
	struct gn_relay_config cfg;
	gn_time now, wake, sweep, judge;
	struct gn_frame_out out;
	uint32_t caused;
	struct gn_token token; /* being checked */

	/* for others */
	struct relay_lane small, bulk;
	struct gn_map legs;              /* number -> relay_ref */
	struct relay_circuit **circuits; /* NULL: there was none yet */
	uint32_t count, over;
	struct relay_circuit *hungry;  /* those that want to be drawn for */
	struct gn_share seats, places; /* of circuits; of reservations */
	gn_time full_until;            /* none gives way before */
	struct relay_circuit *tell_first, *tell_last;
	struct gn_map accounts;             /* id -> relay_account * */
	uint32_t look;                      /* the next of them that may be forgotten */
	uint32_t given_look;                /* and of which the owner is told */
	uint64_t given_rest[2];             /* by keys that were forgotten */
	struct gn_map nets;                 /* prefix -> relay_net * */
	uint32_t net_look;                  /* the next of them that may be forgotten */
	uint64_t net_day;                   /* bytes that one may have in a day */
	struct gn_map reserved;             /* key -> relay_reserved */
	uint64_t month_used, month_ends[2]; /* of small, of bulk */
	uint64_t day;

	/* own */
	struct gn_frame frame; /* of operations alone */
	struct gn_map held;    /* relay_held_key -> relay_held * */
	gn_time own_at;        /* when one of them is due, or before */
	uint32_t held_count, keep_count;
	struct relay_keep *keeps[RELAY_KEPT]; /* those that have not ended, first */
	struct relay_bad bad[RELAY_BAD];

	struct relay_counts n;
};

/* One of this node's own is due then. */
static inline void relay_own_at(struct gn_relay *r, gn_time at)
{
	r->own_at = gn_time_min(r->own_at, at);
}
static inline void relay_wake(struct gn_relay *r)
{
	r->wake = r->now;
}
static inline uint64_t relay_unix(const struct gn_relay *r)
{
	return gn_unix(r->cfg.overlay ? gn_overlay_time(r->cfg.overlay, r->now) : r->now);
}

#endif
