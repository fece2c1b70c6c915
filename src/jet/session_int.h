/* Inside jet: the endpoint and its sessions. What belongs to one aspect is in that aspect's
 * header.
 *
 *   gn_jet --owns--> jet_session --owns--> jet_path (up to 8), jet_hs (until confirmed),
 *                                          jet_stream, jet_dgram
 *
 * Session:  HANDSHAKE -> OPEN [handshake.c: TLS is done]
 *                     -> CLOSING [jet_close_local] | DRAINING [jet_close_remote] -> freed
 *           HANDSHAKE -> CLOSING | DRAINING likewise */
#ifndef GN_JET_SESSION_INT_H
#define GN_JET_SESSION_INT_H

#include "guard/guard.h"
#include "guard/share.h"
#include "jet/cid_int.h"
#include "jet/flow_int.h"
#include "jet/jet.h"
#include "jet/keys_int.h"
#include "jet/list_int.h"
#include "jet/parked_int.h"
#include "jet/paths_int.h"
#include "jet/sched_int.h"
#include "jet/seats_int.h"

struct jet_fate_ops;
struct jet_punch;
struct jet_hs;
struct jet_waiting;

enum jet_counter {
#define X(name, text) JET_C_##name,
#include "counters.def"
#undef X
	JET_C_COUNT
};

/* ---- session ---- */

enum jet_state { JET_S_HANDSHAKE, JET_S_OPEN, JET_S_CLOSING, JET_S_DRAINING };
enum jet_due {
	JET_DUE_MAX_DATA = 1,
	JET_DUE_STREAMS_BIDI = 2,
	JET_DUE_STREAMS_UNI = 4,
	JET_DUE_CONFIRM = 8,
	JET_DUE_PING = 16,
	JET_DUE_GREASE = 32,
	JET_DUE_PASS = 64,
};
enum jet_session_event {
	JET_EV_CONNECTED = 1,
	JET_EV_MOVED = 2,
	JET_EV_MOVE_FAILED = 4,
	JET_EV_STREAMS = 8,
	JET_EV_CLOSED = 16,
	JET_EV_SEEN = 32,
	JET_EV_SUSPECT = 64,
	JET_EV_PATHS = 128,
	JET_EV_GUESS = 256,
	JET_EV_GUESSED = 512,
	JET_EV_CROWDED = 1024,
	JET_EV_OFFERED = 2048,
};

/* Path `id` has cost less since, and is taken when that has lasted. */
struct jet_rival {
	bool set;
	uint32_t id;
	gn_time since;
	gn_time hold_until; /* no choice before */
};

/* A link that the owner told of. */
struct jet_link_state {
	struct gn_way_info info;
	size_t room;     /* bytes that it takes now, if it is reliable */
	gn_time full_at; /* of info.rate's bucket */
};

struct jet_session {
	struct gn_jet *jet; /* borrowed */
	gn_jet_id id;
	uint8_t state;
	bool incoming, confirmed, peer_known, half_open;
	bool dial;               /* counts in jet->dials: ours, not closed */
	bool knocks;             /* a dial on another's word that nobody has answered yet (JT-47) */
	bool used;               /* the owner found it of use once */
	struct jet_seats *seats; /* where it has its seat; NULL: none */
	uint32_t seat;
	struct gn_holder holder;  /* for whom that seat and its memory count */
	uint16_t events;          /* enum jet_session_event, not told yet */
	uint8_t slots;            /* of paths: at most so many ids are alive */
	bool multi;               /* both ends gave the parameter `paths` */
	bool paths_due;           /* a path has something to be told (grade.c) */
	bool crowded_due;         /* the client is to be told of it: express.c */
	gn_time crowded_until;    /* it is not told again before */
	enum gn_jet_why lost_why; /* the path before was, where none has answered since */
	bool suspected;           /* SUSPECT was told, and nothing has come since */
	enum gn_jet_why why;      /* we are on this path */
	uint8_t forbidden;        /* of enum gn_jet_allow */
	uint8_t due;              /* enum jet_due */
	struct gn_pk peer;
	struct jet_link ready, event; /* in jet->ready, jet->events */
	struct jet_link closed;       /* in jet->closed */
	struct jet_link solve;        /* in jet->solving */
	struct jet_link starved;      /* in jet->starved */
	struct gn_heap_node timer;
	gn_time since;

	struct jet_hs *hs; /* owned; NULL once confirmed */
	uint8_t *ticket;   /* owned; server: what CONFIRM carries, until it is acknowledged */
	uint16_t ticket_len;
	struct jet_app_keys keys;
	struct jet_path *path;                 /* the current one: one of paths */
	struct jet_path *paths[JET_PATHS_MAX]; /* owned; path id n at n % slots */
	/* likewise; rx: ours, tx: the peer's */
	struct jet_cid cid_rx[JET_PATHS_MAX], cid_tx[JET_PATHS_MAX];
	uint8_t new_cid_due; /* bit per slot of cid_rx */
	uint8_t retire_due;  /* bit per slot of retire_path */
	uint32_t retire_path[JET_PATHS_MAX];
	uint32_t path_last;      /* the highest path id we began */
	uint32_t peer_main;      /* the path that the peer sends on, as it said */
	uint64_t status_seq;     /* of our last PATH_STATUS */
	struct jet_rival rival;  /* the path that looks better than ours */
	struct jet_punch *punch; /* owned; NULL: no offer was made or heard */
	/* STREAM frames of class 1 that went, and are to go on another path as well */
	struct jet_sent_frame copies[JET_COPIES];
	uint8_t copy_count;
	struct gn_way failed_way; /* of MOVE_FAILED */
	/* server: the client's first id, kept so that late Initials find us */
	uint8_t first_dcid[JET_CID_LEN];
	bool first_dcid_set;

	struct gn_map streams;                /* gn_jet_stream -> struct jet_stream * (owned) */
	uint64_t next_local[2], next_peer[2]; /* stream counts begun, [one way] */
	/* how many the peer lets us open; how many we let it open */
	uint64_t limit_local[2], limit_peer[2];
	uint64_t told_peer[2]; /* limit_peer as the peer knows it */
	bool streams_blocked;
	char group[20], suite[32];
	uint8_t exporter[32]; /* of the handshake, once it is done */
	struct jet_link control, stream_events, writers, flow_blocked; /* of jet_stream */
	struct jet_class classes[4];
	uint64_t served_floor;   /* of the weighted classes */
	int64_t critical_credit; /* bytes class 1 may still send ahead of waiting others */
	struct jet_window window;
	uint64_t rx_total;            /* sum of rx_high */
	uint64_t rx_over, tx_over;    /* what streams that are over have of rx_total and tx_total */
	uint64_t tx_total, tx_credit; /* sum of new bytes sent; up to which the peer takes */
	uint64_t tx_buffered;         /* bytes in all send buffers */
	uint64_t tx_unsent;           /* those of them never sent */
	uint64_t rx_held;             /* bytes of all receive rings */
	uint64_t rx_came;             /* bytes that were put into them */
	uint64_t charged[2];          /* counted for holder in jet->memory */
	struct jet_link dgrams_in;
	uint32_t dgrams_in_count, dgrams_in_bytes, dgrams_out_count, dgrams_out_bytes;

	gn_time idle_timeout;
	uint64_t peer_stream_window; /* bytes */
	gn_time received_at;         /* last packet that opened */
	gn_time idle_at;             /* what the idle timeout counts from */
	bool sent_since;             /* something ack-eliciting since received_at */
	bool swept;
	gn_time active_at; /* last packet either way */
	/* parked (park.c) */
	gn_time linger;         /* idle timeout while a stream is open; 0: the peer knows none */
	struct jet_link parked; /* in jet->parked */
	uint64_t parked_bytes;  /* counted there */
	gn_time woken_at;       /* the network changed, or it was parked until then */
	gn_time probe_at, probe_every;

	/* closing */
	uint32_t close_code;
	gn_err close_err;
	bool close_app, close_due;
	uint8_t reason_len;
	char reason[JET_REASON_MAX];
	gn_time drain_at;
	uint32_t close_heard; /* packets received while closing */

	uint64_t bytes_sent, bytes_received, packets_sent, packets_received, packets_lost;
};

/* ---- endpoint ---- */

struct gn_jet {
	struct gn_env env;
	struct gn_jet_config config; /* defaults filled in */
	const struct jet_cc_ops *cc;
	const struct jet_fate_ops *fate; /* jet_fate; a test's own */
	struct gn_tls_ctx *tls;
	struct gn_guard *guard;       /* config's, or its own: */
	struct gn_guard *guard_owned; /* NULL when it is config's */
	struct gn_map passes;         /* gn_pk of a server -> GN_PASS_LEN bytes */
	struct jet_link solving;      /* jet_session.solve: the first one's puzzle is worked on */
	struct gn_solver *solver;     /* owned; of the first of solving */
	gn_time solve_at;             /* its next nonce */
	/* owned; GN_GUARD_WAITING of them, made when the first waits */
	struct jet_waiting *waiting;
	struct gn_map waiting_by_cid; /* 8 bytes -> uint32_t slot */
	uint64_t stranger_steps;
	gn_time now; /* of the last call that had one */
	gn_jet_id next_id;
	struct gn_map ids;     /* gn_jet_id -> jet_session * */
	struct gn_map cids;    /* 8 bytes -> jet_cid_ref */
	struct gn_map ways;    /* uint32_t link -> jet_link_state */
	struct jet_link ready; /* sessions that may have something to send */
	/* sessions that had something to send on a link that takes nothing */
	struct jet_link starved;
	struct jet_link events; /* sessions with events to tell */
	struct jet_link closed; /* sessions that this call closed, to be stripped at its end */
	struct gn_heap timers;
	struct gn_ring stateless; /* jet_stateless */
	struct gn_ring punched;   /* jet_punched: the last tries that peers asked for */
	struct gn_ring guessed;   /* jet_guessed: who was guessed with lately */
	gn_time spare_every;      /* spare paths by UDP are asked so often; 0: JET_CHECK_SPARE */
	struct jet_session *guessing; /* the one that does; NULL: none */
	uint32_t session_count, half_open, dials;
	struct jet_seats half, open; /* of sessions that others began */
	struct jet_parked parked;    /* sessions whose peer is silent */
	struct gn_share memory[2];   /* in bytes of streams; enum jet_side */
	uint64_t counters[JET_C_COUNT];
	struct jet_dgram *told;      /* lent to the caller by the last event */
	char reason[JET_REASON_MAX]; /* likewise */
	uint8_t scratch[JET_DATAGRAM_IN_MAX];
	/* tests lower these */
	uint64_t key_update_packets, seal_max, open_failed_max, reserve[2];
};

static inline void jet_count(struct gn_jet *jet, enum jet_counter c)
{
	jet->counters[c]++;
}

/* The time of this call: the caller's, unless it is older than what an earlier call brought (a
 * loop's cached clock). Nothing in here ever sees time go back. */
static inline gn_time jet_clock(struct gn_jet *jet, gn_time now)
{
	jet->now = now > jet->now ? now : jet->now;
	return jet->now;
}

/* ---- session.c: lifecycle ---- */

GN_MUST gn_err jet_session_new(struct gn_jet *jet, bool incoming, const struct gn_way *way,
			       gn_time now, struct jet_session **out);
void jet_session_free(struct jet_session *s);
/* Frees what only a living session needs; jet.c does so at the end of the call that closed it. */
void jet_session_strip(struct jet_session *s);
/* Gives back buffers that are empty. */
void jet_session_sweep(struct jet_session *s);
void jet_session_validate(const struct jet_session *s);
static inline bool jet_alive(const struct jet_session *s)
{
	return s->state == JET_S_HANDSHAKE || s->state == JET_S_OPEN;
}
/* Its peer is silent, and it waits for it (park.c). */
static inline bool jet_is_parked(const struct jet_session *s)
{
	return jet_linked(&s->parked);
}
/* Where path `id`, or its connection ids, lie. */
static inline uint32_t jet_slot(const struct jet_session *s, uint64_t id)
{
	return (uint32_t)(id % s->slots);
}
/* It has sent the one datagram that it may send unanswered. */
static inline bool jet_knocked(const struct jet_session *s)
{
	return s->knocks && s->path->tx > 0;
}

#endif
