/* Inside jet: the endpoint, sessions, paths, packet spaces, streams, and what each file offers
 * the others.
 *
 *   gn_jet --owns--> jet_session --owns--> jet_path (up to JET_PATHS), jet_hs (until confirmed),
 *   jet_stream, jet_dgram
 *
 * Session: HANDSHAKE -> OPEN [jet_hs_run: TLS done] -> CLOSING [jet_close_local] | DRAINING
 * [jet_close_remote] -> freed HANDSHAKE -> CLOSING | DRAINING likewise */
#ifndef GN_JET_SESSION_INT_H
#define GN_JET_SESSION_INT_H

#include "guard/guard.h"
#include "guard/share.h"
#include "jet/buffer_int.h"
#include "jet/cc_int.h"
#include "jet/frame_int.h"
#include "jet/jet.h"
#include "jet/keys_int.h"
#include "jet/list_int.h"
#include "jet/pacer_int.h"
#include "jet/packet_int.h"

enum jet_counter {
#define X(name, text) JET_C_##name,
#include "counters.def"
#undef X
	JET_C_COUNT
};

/* Codes of a CLOSE by jet (JT-95). */
enum jet_code {
	JET_E_NONE = 0,
	JET_E_INTERNAL = 1,
	JET_E_BUSY = 2,
	JET_E_FLOW = 3,
	JET_E_STREAM_LIMIT = 4,
	JET_E_STREAM_STATE = 5,
	JET_E_FINAL_SIZE = 6,
	JET_E_FRAME = 7,
	JET_E_PARAMS = 8,
	JET_E_CID = 9,
	JET_E_PROTOCOL = 10,
	JET_E_KEY = 11,
	JET_E_TLS = 12,
	JET_E_AEAD_LIMIT = 13,
	JET_E_NOMEM = 14,
	JET_E_VERSION = 15,
	JET_E_TIMEOUT = 16,
	JET_E_ALERT = 256, /* + TLS alert */
};

/* ---- packet spaces ---- */

enum jet_sent_state {
	JET_SENT_OUT,
	JET_SENT_ACKED,
	JET_SENT_LOST,
	JET_SENT_SKIPPED,
	JET_SENT_SILENT
};

/* A packet we sent. Its frames are `frames` entries of the space's frame ring. */
struct jet_sent {
	gn_time at;
	uint32_t frame_first; /* counted since the space began, modulo 2^32 */
	uint16_t size;
	uint8_t frames;
	uint8_t state : 4; /* SILENT: not ack-eliciting, not in flight */
	bool probe : 1;    /* MTU probe: its loss says nothing about congestion */
	bool again : 1;    /* a probe timeout has put its frames up again */
};

/* What a sent packet held that matters when it is acknowledged or lost. */
struct jet_sent_frame {
	uint64_t id, offset; /* stream or path; ACK: one past the largest it reported */
	uint32_t len;
	uint8_t type; /* enum jet_frame_type */
	bool fin;
};

struct jet_replay {
	uint64_t next; /* one past the largest seen */
	uint64_t bits[JET_REPLAY_BITS / 64];
};

struct jet_space {
	/* sending */
	uint64_t pn_next;
	uint64_t pn_skip;      /* this number is never sent: who acknowledges it lies */
	uint64_t acked_next;   /* one past the largest acknowledged */
	uint64_t sent_first;   /* number of the oldest remembered packet */
	struct gn_ring sent;   /* jet_sent, numbers sent_first on without gaps */
	struct gn_ring frames; /* jet_sent_frame; the oldest is number frames_popped */
	uint32_t frames_popped;
	uint64_t low;   /* nothing below it is OUT */
	uint32_t out;   /* packets OUT */
	uint8_t probes; /* packets to send whatever the window says */
	/* when the oldest one behind an acknowledged one counts as lost; GN_NEVER */
	gn_time loss_at;
	gn_time sent_at;   /* last ack-eliciting packet */
	uint32_t phase;    /* of the key of the last packet, counted, and */
	uint64_t phase_pn; /* the first packet with that key */
	/* receiving */
	struct jet_replay replay;
	struct jet_ranges received;
	gn_time largest_at; /* arrival of the largest received */
	uint32_t unacked;   /* ack-eliciting packets since our last ACK */
	gn_time ack_at;     /* when an ACK is due: 0 at once, GN_NEVER none */
};

/* ---- paths ---- */

struct jet_rtt {
	/* smoothed is JET_RTT_INITIAL before the first sample */
	gn_time latest, smoothed, var, min;
	bool sampled;
};

/* A PATH_CHALLENGE under way to `addr`. */
struct jet_probe {
	struct gn_addr addr;
	uint8_t data[8];
	gn_time at; /* next try; GN_NEVER: none under way */
	uint8_t tries;
	bool ours;       /* we chose the address: no amplification limit */
	uint64_t rx, tx; /* bytes from and to addr while unproven */
};

struct jet_mtu {
	uint16_t size;    /* in use */
	uint16_t probing; /* size under test, 0 none */
	uint16_t limit;   /* sizes from here on failed; 0 unknown */
	uint8_t tries;
	gn_time at;  /* next probe; GN_NEVER */
	uint64_t pn; /* of the probe in flight */
	bool in_flight;
};

struct jet_path {
	uint32_t id;
	bool validated; /* the address has been proven */
	bool ours;      /* we began it */
	bool wanted;    /* the peer sends data here: move when validated */
	bool left;      /* was the current path */
	/* the current path, and the peer has acknowledged here nothing from moved_pn on */
	bool unanswered;
	bool responding;   /* a PATH_RESPONSE is due */
	uint64_t moved_pn; /* the first packet sent here since we moved */
	uint8_t response[8];
	struct gn_addr response_to;
	struct gn_addr addr;
	uint64_t rx, tx;   /* bytes before validation, for the amplification limit; totals after */
	gn_time retire_at; /* left, and the peer is on the new one: given up then; GN_NEVER */
	struct jet_space space;
	struct jet_rtt rtt;
	struct jet_cc cc;
	struct jet_pacer pacer;
	struct jet_mtu mtu;
	struct jet_probe probe;
	uint8_t pto_count;        /* probe timeouts in a row, up to JET_PTO_BACKOFF_MAX */
	uint16_t reorder_packets; /* threshold, adaptive */
	uint8_t reorder_eighths;  /* time threshold: 1 + n/8 round trips */
	/* a round trip ends when something from here on is acknowledged */
	uint64_t round_pn;
	gn_time lost_event;     /* start of the last loss event */
	uint32_t lost_in_event; /* packets lost in it and not found spurious */
	gn_time ack_window_at;  /* counts packets per round trip, for the ACK frequency */
	uint32_t ack_window, ack_every;
	bool limited; /* the window held us back since the last ack */
};

/* A connection id and the path it names. */
struct jet_cid {
	bool set;
	uint32_t path;
	uint8_t cid[JET_CID_LEN];
};

/* ---- handshake ---- */

struct jet_hs {
	struct gn_tls *tls; /* NULL in a server until the whole hello is here */
	struct jet_space space[2];
	struct jet_keys rx[2], tx[2];
	struct jet_sendbuf out[2];
	struct jet_recvbuf in[2];
	/* of the client's first packet, or of the one that the last Retry answered */
	uint8_t original_dcid[JET_CID_LEN];
	uint8_t retry_scid[JET_CID_LEN];
	/* the client followed a Retry; the server saw a good cookie */
	bool retried;
	uint8_t retries;              /* followed by the client */
	bool heard;                   /* the client has opened a packet of the server */
	uint8_t token[JET_TOKEN_MAX]; /* cookie, then answer or pass or neither */
	uint8_t token_len;
	uint32_t owed; /* effort that is being solved; nothing is sent meanwhile */
	struct gn_pk expected;
	bool expects;
	gn_time anchor; /* of the client's PTO while nothing is in flight */
	gn_time timeout_at;
};

/* ---- streams ---- */

/* A receive window, of a stream or of the session. */
struct jet_window {
	uint64_t max;      /* offset up to which the peer may send */
	uint64_t consumed; /* by the reader */
	uint32_t size, size_max;
	gn_time at; /* last time max moved */
};

enum jet_stream_event {
	JET_EV_OPENED = 1,
	JET_EV_READABLE = 2,
	JET_EV_WRITABLE = 4,
	JET_EV_ACKED = 8
};
enum jet_stream_due { JET_DUE_RESET = 1, JET_DUE_STOP = 2, JET_DUE_MAX = 4, JET_DUE_CLASS = 8 };
enum jet_tx_state { JET_TX_NONE, JET_TX_OPEN, JET_TX_FIN, JET_TX_RESET, JET_TX_DONE };
enum jet_rx_state { JET_RX_NONE, JET_RX_OPEN, JET_RX_RESET, JET_RX_DONE };

/* tx: OPEN -> FIN [write fin] -> DONE [all acked]; OPEN, FIN -> RESET [reset, STOP_SENDING] ->
 * DONE [acked] rx: OPEN -> DONE [read to the end]; OPEN -> RESET [RESET_STREAM] -> DONE [read
 * tells, or stopped] */
struct jet_stream {
	gn_jet_stream id;
	uint8_t class, tx_state, rx_state;
	uint8_t due;    /* enum jet_stream_due */
	uint8_t events; /* enum jet_stream_event, not told yet */
	bool fin_sent, fin_acked, fin_lost;
	bool write_blocked; /* tell WRITABLE */
	bool final_known, stopped;
	bool flow_blocked; /* in session.flow_blocked, not in its class */
	struct jet_sendbuf tx;
	uint64_t tx_credit; /* offset up to which the peer takes */
	uint32_t tx_code, stop_code;
	struct jet_recvbuf rx;
	struct jet_window window;
	uint64_t rx_high; /* one past the highest byte seen */
	uint64_t rx_came; /* bytes of pieces put into its ring */
	uint64_t final_size;
	struct jet_link sched, control, event, writer;
};

/* A datagram in a send or receive queue. */
struct jet_dgram {
	struct jet_link link;
	gn_time expires;
	uint16_t len;
	uint8_t data[];
};

/* A class of the scheduler (sched.c). */
struct jet_class {
	struct jet_link streams; /* jet_stream.sched */
	struct jet_link dgrams;  /* jet_dgram.link */
	uint64_t served;         /* weighted bytes */
	bool dgram_last;         /* the last thing sent was a datagram */
};

/* The peer's transport parameters (params.c). */
struct jet_params {
	uint64_t idle_ms, max_data, max_stream_data, max_streams_bidi, max_streams_uni, udp_max;
	struct gn_slice original_dcid, initial_scid, retry_scid; /* p NULL: absent */
	struct gn_slice versions;
	bool passes; /* the client keeps passes */
};

/* ---- seats (seats.c) ---- */

/* The place of a session that the peer began; what the choice of who gives way looks at lies
 * densely. */
struct jet_seat {
	struct jet_session *session; /* borrowed */
	uint64_t prefix, key;        /* of session->holder; the key's first bytes */
	gn_time used_at;             /* when it came or was last of use */
	uint8_t standing;            /* enum gn_jet_standing */
};

struct jet_seats {
	struct gn_share share; /* in sessions */
	struct jet_seat *at;   /* owned */
	uint32_t count, capacity, max;
};

/* ---- memory (memory.c) ---- */

enum jet_way { JET_IN, JET_OUT }; /* received and not read; written and not acknowledged */

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
	JET_EV_CLOSED = 16
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
	struct gn_holder holder; /* for whom that seat and its memory count */
	uint8_t events;          /* enum jet_session_event, not told yet */
	uint8_t due;             /* enum jet_due */
	struct gn_pk peer;
	struct jet_link ready, event; /* in jet->ready, jet->events */
	struct jet_link closed;       /* in jet->closed */
	struct jet_link solve;        /* in jet->solving */
	struct gn_heap_node timer;
	gn_time since;

	struct jet_hs *hs; /* owned; NULL once confirmed */
	uint8_t *ticket;   /* owned; server: what CONFIRM carries, until it is acknowledged */
	uint16_t ticket_len;
	struct jet_app_keys keys;
	struct jet_path *path;             /* the current one: one of paths */
	struct jet_path *paths[JET_PATHS]; /* owned; path id n at n % JET_PATHS */
	/* likewise; rx: ours, tx: the peer's */
	struct jet_cid cid_rx[JET_PATHS], cid_tx[JET_PATHS];
	uint8_t new_cid_due; /* bit per slot of cid_rx */
	uint8_t retire_due;  /* bit per slot of retire_path */
	uint32_t retire_path[JET_PATHS];
	uint32_t path_last;         /* the highest path id we began */
	struct gn_addr failed_addr; /* of MOVE_FAILED */
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

struct jet_stateless {
	struct gn_addr to;
	uint16_t len;
	uint8_t data[JET_LONG_HEADER + JET_TOKEN_MAX + JET_RETRY_TAG];
};

/* A hello that waits for capacity, in a place that guard gave it. */
struct jet_waiting {
	struct gn_addr from;
	uint8_t dcid[JET_CID_LEN], original[JET_CID_LEN];
	uint8_t *datagram[JET_WAITING_DATAGRAMS]; /* owned; NULL: none */
	uint16_t len[JET_WAITING_DATAGRAMS];
};

/* Where a connection id leads. */
struct jet_cid_ref {
	struct jet_session *session;
	uint32_t path;
};

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
	struct gn_map ids;      /* gn_jet_id -> jet_session * */
	struct gn_map cids;     /* 8 bytes -> jet_cid_ref */
	struct jet_link ready;  /* sessions that may have something to send */
	struct jet_link events; /* sessions with events to tell */
	struct jet_link closed; /* sessions that this call closed, to be stripped at its end */
	struct gn_heap timers;
	struct gn_ring stateless; /* jet_stateless */
	uint32_t session_count, half_open, dials;
	struct jet_seats half, open; /* of sessions that others began */
	struct gn_share memory[2];   /* in bytes of streams; enum jet_way */
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

/* ---- jet.c ---- */
/* The time of this call: the caller's, unless it is older than what an earlier call brought (a
 * loop's cached clock). Nothing in here ever sees time go back. */
static inline gn_time jet_clock(struct gn_jet *jet, gn_time now)
{
	jet->now = now > jet->now ? now : jet->now;
	return jet->now;
}
struct jet_session *jet_find(const struct gn_jet *jet, gn_jet_id id);
/* Something may be there to send; the timer is set when that has been tried. */
void jet_wake(struct jet_session *s);

/* ---- session.c: lifecycle ---- */
GN_MUST gn_err jet_session_new(struct gn_jet *jet, bool incoming, const struct gn_addr *addr,
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
/* It has sent the one datagram that it may send unanswered. */
static inline bool jet_knocked(const struct jet_session *s)
{
	return s->knocks && s->path->tx > 0;
}

/* What the frames of a packet mean for its acknowledgement. */
struct jet_effect {
	bool urgent;  /* at once */
	bool refused; /* something in it was not kept: as if it had been lost */
};

/* ---- seats.c: places of incoming sessions ---- */
void jet_seats_init(struct jet_seats *seats, struct gn_jet *jet, uint32_t max, uint32_t per_key);
void jet_seats_fini(struct jet_seats *seats, struct gn_jet *jet);
/* Who has just lost its seat to another session, and why; session NULL: nobody. */
struct jet_leaver {
	struct jet_session *session;
	const char *reason;
};
/* A seat for s->holder; the one that another session loses for it must then be closed
 * (jet_close_leaver). GN_BUSY when all that could lose theirs are worth more; GN_NOMEM. */
GN_MUST gn_err jet_seat_take(struct jet_seats *seats, struct jet_session *s, gn_time now,
			     struct jet_leaver *leaver);
/* No-op when it has none. */
void jet_seat_give(struct jet_session *s);
void jet_seats_validate(const struct jet_seats *seats);

/* ---- memory.c: bytes of streams ---- */
void jet_memory_init(struct gn_jet *jet, uint32_t holders_max);
void jet_memory_fini(struct gn_jet *jet);
/* Rings are to grow by so much for a piece of so many bytes; nothing changes unless it is GN_OK.
 * GN_TOO_LARGE: for so much too little came (JT-66). GN_QUOTA, GN_LIMIT, GN_NO_SPACE, GN_NOMEM:
 * not now. */
GN_MUST gn_err jet_memory_receive(struct jet_session *s, uint64_t growth, uint64_t bytes);
/* So many bytes more are to be written. As above, but for GN_TOO_LARGE. */
GN_MUST gn_err jet_memory_write(struct jet_session *s, uint64_t bytes);
/* rx_held or tx_buffered is less than it was. */
void jet_memory_settle(struct jet_session *s);
/* How many bytes may be written and not acknowledged, up to `most`. */
uint64_t jet_memory_writable(const struct jet_session *s, uint64_t most);
void jet_memory_validate(const struct gn_jet *jet);

/* ---- handshake.c ---- */
GN_MUST gn_err jet_hs_new(struct jet_session *s, const struct gn_pk *expected,
			  const uint8_t dcid[JET_CID_LEN], gn_time now);
void jet_hs_free(struct jet_session *s);
/* Client: TLS makes its hello. */
GN_MUST gn_err jet_hs_begin(struct jet_session *s);
/* CRYPTO data came. Failures close the session. */
gn_err jet_hs_crypto(struct jet_session *s, enum jet_level level, const struct jet_frame *f,
		     struct jet_effect *e, gn_time now);
/* Handshake bytes that came at a level, in order or not. */
uint64_t jet_hs_received(const struct jet_hs *hs, enum jet_level level);
/* The peer repeats itself, so it misses what we sent: send the oldest of it again, before our
 * timer (RFC 9002 6.2.3). */
void jet_hs_nudge(struct jet_session *s);
/* Client: start again with the cookie and the server's new id. */
GN_MUST gn_err jet_hs_retry(struct jet_session *s, const uint8_t scid[JET_CID_LEN],
			    struct gn_slice cookie, gn_time now);
/* Drop the keys and packets of a level. */
void jet_hs_discard(struct jet_session *s, enum jet_level level);
/* Client: the server has confirmed, with a ticket for the next time (may be empty). */
gn_err jet_hs_on_confirm(struct jet_session *s, struct gn_slice ticket, gn_time now);
void jet_hs_drop_ticket(struct jet_session *s);
/* Both ends know that both are done: frees the handshake. */
void jet_hs_confirmed(struct jet_session *s, gn_time now);

/* ---- token.c: what a client shows to be let in ---- */
/* A Retry came with this cookie: shows a pass with it, or begins to solve what it owes, or
 * nothing. GN_BUSY when it owes more than we give. */
GN_MUST gn_err jet_token_follow(struct jet_session *s, struct gn_slice cookie);
/* An answer is being looked for; nothing is sent meanwhile. */
static inline bool jet_token_owed(const struct jet_session *s)
{
	return s->hs && s->hs->owed;
}
/* Tries one nonce for who waits longest. */
void jet_token_tick(struct gn_jet *jet, gn_time now);
gn_time jet_token_deadline(const struct gn_jet *jet);
/* The session is over. */
void jet_token_drop(struct jet_session *s);
void jet_token_on_pass(struct jet_session *s, struct gn_slice pass);

/* ---- admit.c: packets of strangers ---- */
/* Lets in some of who waits, as capacity allows. */
void jet_admit_tick(struct gn_jet *jet, gn_time now);
gn_time jet_admit_deadline(const struct gn_jet *jet);
void jet_admit_fini(struct gn_jet *jet);
gn_err jet_admit(struct gn_jet *jet, const struct gn_addr *from, const struct jet_header *h,
		 uint8_t *packet, size_t datagram_len, gn_time now);
void jet_send_version(struct gn_jet *jet, const struct gn_addr *to, const struct jet_header *h,
		      size_t datagram_len);

/* ---- recv.c: packets of sessions ---- */
gn_err jet_recv_packet(struct jet_session *s, uint32_t path, const struct gn_addr *from,
		       const struct jet_header *h, uint8_t *packet, size_t datagram_len,
		       gn_time now);

/* ---- send.c: packets to send ---- */
struct jet_out; /* a packet being written */
/* Fills batch and out for one session. GN_AGAIN: nothing now. */
GN_MUST gn_err jet_session_send(struct jet_session *s, struct gn_buf *out,
				struct gn_jet_batch *batch, gn_time now);
/* When the pacer lets waiting data go; GN_NEVER when nothing waits or the window is closed. */
gn_time jet_send_deadline(const struct jet_session *s);

/* ---- space.c: packet numbers, replay window, what to acknowledge ---- */
void jet_space_init(struct jet_space *sp, struct gn_jet *jet);
void jet_space_fini(struct jet_space *sp, struct gn_jet *jet);
/* The number of the next packet; skips one now and then. GN_NOMEM, GN_LIMIT when too many
 * packets are remembered. */
GN_MUST gn_err jet_space_next(struct jet_space *sp, struct gn_jet *jet, uint64_t *pn);
/* Too many packets are remembered for another one that carries more than acknowledgements. */
bool jet_space_full(const struct jet_space *sp);
/* Remembers the packet with number pn_next and its frames. GN_NOMEM is fatal to the session. */
GN_MUST gn_err jet_space_push(struct jet_space *sp, struct jet_sent sent,
			      const struct jet_sent_frame *frames);
bool jet_replay_seen(const struct jet_replay *r, uint64_t pn, bool *too_old);
void jet_replay_mark(struct jet_replay *r, uint64_t pn);
/* NULL when it is forgotten or was never sent. */
struct jet_sent *jet_space_sent(const struct jet_space *sp, uint64_t pn);
const struct jet_sent_frame *jet_space_frame(const struct jet_space *sp,
					     const struct jet_sent *sent, uint8_t i);
/* Forget remembered packets at the front that are settled. */
void jet_space_pop(struct jet_space *sp, gn_time lost_before);
void jet_space_validate(const struct jet_space *sp);

/* ---- ack.c ---- */
/* A packet came: schedule its acknowledgement. GN_NOMEM. */
GN_MUST gn_err jet_ack_note(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
			    enum jet_level level, uint64_t pn, bool eliciting, bool urgent,
			    gn_time now);
/* The peer knows what was reported below `offset`: it is not repeated. */
void jet_ack_known(struct jet_space *sp, uint64_t offset);
bool jet_ack_due(const struct jet_space *sp, gn_time now);
/* Writes the ACK of sp into the packet. */
void jet_ack_write(struct jet_session *s, struct jet_out *o, struct jet_space *sp, uint32_t path);

/* ---- fate.c ---- */
/* What a frame's being acknowledged or lost means to who wrote it. */
struct jet_fate_ops {
	gn_err (*acked)(struct jet_session *s, enum jet_level level,
			const struct jet_sent_frame *f);
	gn_err (*lost)(struct jet_session *s, enum jet_level level, const struct jet_sent_frame *f);
};
extern const struct jet_fate_ops jet_fate;

/* ---- loss.c: RFC 9002 ---- */
gn_err jet_loss_ack(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
		    enum jet_level level, const struct jet_frame *ack, gn_time now);
gn_time jet_pto(const struct jet_path *p, enum jet_level level);
gn_time jet_loss_deadline(const struct jet_session *s);
gn_err jet_loss_tick(struct jet_session *s, gn_time now);
/* Everything in flight in sp counts as lost, without a word to congestion control. */
gn_err jet_loss_all(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
		    enum jet_level level);
void jet_rtt_init(struct jet_rtt *r);
void jet_rtt_sample(struct jet_rtt *r, gn_time latest, gn_time ack_delay);
/* Puts frames in flight up for sending once more (probe data): of the oldest packets for which
 * that was not done yet, then of the oldest anew. What the peer will not keep now must not keep
 * the rest from it. */
gn_err jet_loss_probe_data(struct jet_session *s, struct jet_space *sp, enum jet_level level);

/* ---- stream.c, flow.c ---- */
#define JET_ID_SERVER 1u
#define JET_ID_ONE_WAY 2u
bool jet_stream_ours(const struct jet_session *s, gn_jet_stream id);
/* Of the n-th that we or the peer begin. */
gn_jet_stream jet_stream_id(const struct jet_session *s, bool ours, bool one_way, uint64_t n);
/* NULL: no memory. */
struct jet_stream *jet_stream_new(struct jet_session *s, gn_jet_stream id, unsigned class);
/* What was received is read, or nobody will. */
void jet_stream_drop_received(struct jet_session *s, struct jet_stream *st);
/* Nobody will read what is here and what may still come. */
void jet_stream_discard(struct jet_session *s, struct jet_stream *st, gn_time now);
/* Its sending side is given up, by us or because the peer asked for it. */
void jet_stream_reset(struct jet_session *s, struct jet_stream *st, uint32_t code);
struct jet_stream *jet_stream_find(const struct jet_session *s, gn_jet_stream id);
gn_err jet_stream_on_data(struct jet_session *s, const struct jet_frame *f, struct jet_effect *e,
			  gn_time now);
gn_err jet_stream_on_reset(struct jet_session *s, const struct jet_frame *f, gn_time now);
gn_err jet_stream_on_stop(struct jet_session *s, const struct jet_frame *f);
gn_err jet_stream_on_max(struct jet_session *s, const struct jet_frame *f);
gn_err jet_stream_on_class(struct jet_session *s, const struct jet_frame *f);
gn_err jet_stream_on_limit(struct jet_session *s, const struct jet_frame *f);
gn_err jet_stream_frame_acked(struct jet_session *s, const struct jet_sent_frame *f);
gn_err jet_stream_frame_lost(struct jet_session *s, const struct jet_sent_frame *f);
void jet_stream_free(struct jet_session *s, struct jet_stream *st);
/* Gives back buffers of streams that hold nothing. */
void jet_streams_trim(struct jet_session *s);
/* Frees it when both directions are over and everything was told. */
void jet_stream_settle(struct jet_session *s, struct jet_stream *st);
void jet_stream_event(struct jet_session *s, struct jet_stream *st, uint8_t event);
/* Room came free in the send buffer: wake writers. */
void jet_streams_wake_writers(struct jet_session *s);
/* Writes due RESET, STOP, MAX_STREAM_DATA, CLASS frames. */
void jet_streams_write_control(struct jet_session *s, struct jet_out *o);
bool jet_stream_sendable(const struct jet_stream *st);
void jet_streams_validate(const struct jet_session *s);

void jet_window_init(struct jet_window *w, uint32_t size, uint32_t size_max);
/* The reader took `bytes`; true when the peer should be told a new max. */
bool jet_window_consumed(struct jet_window *w, uint64_t bytes, gn_time srtt, gn_time now);
void jet_flow_consumed(struct jet_session *s, struct jet_stream *st, uint64_t bytes, gn_time now);
gn_err jet_flow_on_max_data(struct jet_session *s, const struct jet_frame *f);
uint64_t jet_send_buffer_room(const struct jet_session *s, unsigned class);
/* So much of it is free that writers are told. */
bool jet_send_buffer_worth_an_event(const struct jet_session *s, unsigned class);
/* Writes due MAX_DATA and MAX_STREAMS frames. */
void jet_flow_write(struct jet_session *s, struct jet_out *o);

/* ---- sched.c ---- */
void jet_sched_init(struct jet_session *s);
void jet_sched_stream(struct jet_session *s, struct jet_stream *st); /* enter if sendable */
void jet_sched_datagram(struct jet_session *s, unsigned class, struct jet_dgram *d);
bool jet_sched_pending(const struct jet_session *s);
/* Fills the packet with STREAM and DATAGRAM frames by class. */
void jet_sched_fill(struct jet_session *s, struct jet_out *o);
/* The longest datagram that fits a packet now. */
size_t jet_dgram_max(const struct jet_session *s);
/* Takes it out of its class and frees it. */
void jet_dgram_drop(struct jet_session *s, struct jet_dgram *d);

/* ---- datagram.c ---- */
gn_err jet_dgram_on_frame(struct jet_session *s, const struct jet_frame *f);
void jet_dgrams_fini(struct jet_session *s);

/* ---- path.c, cid.c, mtu.c ---- */
GN_MUST gn_err jet_path_new(struct jet_session *s, uint32_t id, const struct gn_addr *addr,
			    gn_time now, struct jet_path **out);
void jet_path_free(struct jet_session *s, struct jet_path *p);
struct jet_path *jet_path_find(const struct jet_session *s, uint32_t id);
/* A packet opened on path p from `from`; probing: it held only probing frames; newest: it has
 * the largest number; bytes: of its datagram, 0 if they were counted with another packet of it. */
void jet_path_heard(struct jet_session *s, struct jet_path *p, const struct gn_addr *from,
		    bool probing, bool newest, size_t bytes, gn_time now);
/* What we sent on p, up to `largest`, was acknowledged by a packet that came on p. */
void jet_path_acked(struct jet_session *s, struct jet_path *p, uint64_t largest, gn_time now);
void jet_path_on_challenge(struct jet_session *s, struct jet_path *p, const struct gn_addr *from,
			   const struct jet_frame *f);
gn_err jet_path_on_retire(struct jet_session *s, const struct jet_frame *f);
void jet_path_on_response(struct jet_session *s, const struct jet_frame *f, gn_time now);
void jet_path_probe(struct jet_session *s, struct jet_path *p, const struct gn_addr *addr,
		    bool ours, gn_time now);
gn_time jet_path_deadline(const struct jet_session *s);
gn_err jet_path_tick(struct jet_session *s, gn_time now);
/* Bytes that may still go to an address that is not proven; UINT64_MAX when it is. */
uint64_t jet_path_allowance(const struct jet_path *p);

/* cid NULL: draw one */
GN_MUST gn_err jet_cid_issue(struct jet_session *s, uint32_t path, const uint8_t *cid);
void jet_cid_issue_ahead(struct jet_session *s);
void jet_cid_forget_all(struct jet_session *s);
gn_err jet_cid_on_new(struct jet_session *s, const struct jet_frame *f);
/* Ours: the peer may use it no more. */
void jet_cid_forget(struct jet_session *s, struct jet_cid *slot);
void jet_cid_retire(struct jet_session *s, uint32_t path);
/* The peer sends on a path that we have retired: tell it again. */
void jet_cid_remind(struct jet_session *s, uint32_t path);
void jet_cid_write(struct jet_session *s, struct jet_out *o);
void jet_cid_frame_lost(struct jet_session *s, const struct jet_sent_frame *f);

void jet_mtu_init(struct jet_path *p);
void jet_mtu_start(struct jet_path *p, gn_time now);
bool jet_mtu_due(const struct jet_path *p, gn_time now);
void jet_mtu_sent(struct jet_path *p, uint64_t pn);
void jet_mtu_acked(struct jet_session *s, struct jet_path *p, uint64_t pn, gn_time now);
void jet_mtu_lost(struct jet_path *p, uint64_t pn, gn_time now);
void jet_mtu_blackhole(struct jet_session *s, struct jet_path *p, gn_time now);

/* ---- params.c ---- */
size_t jet_params_write(const struct jet_session *s, uint8_t out[JET_PARAMS_MAX]);
GN_MUST gn_err jet_params_read(struct gn_slice in, struct jet_params *out);
/* Checks and applies the peer's parameters. */
GN_MUST gn_err jet_params_apply(struct jet_session *s, struct gn_slice in);

/* ---- close.c ---- */
/* We end it: err is what the application is told, code and reason what the peer is told. Returns
 * err. */
gn_err jet_close_local(struct jet_session *s, gn_err err, bool app, uint32_t code,
		       const char *reason, gn_time now);
/* The peer broke a rule (jet_close_local with GN_PROTOCOL). */
gn_err jet_fault(struct jet_session *s, enum jet_code code, const char *reason);
/* An error of our own or of the peer, by its value. */
gn_err jet_fail(struct jet_session *s, gn_err err);
/* The peer ended it. */
void jet_close_remote(struct jet_session *s, const struct jet_frame *f, gn_time now);
/* It counts as open, half open or dialled no more, and has no seat. */
void jet_close_leave(struct jet_session *s);
/* It gave its place to another one; nothing happens when nobody did. */
void jet_close_leaver(const struct jet_leaver *leaver, gn_time now);
/* It ends without a word to the peer (timeouts). */
void jet_close_silent(struct jet_session *s, gn_err err, gn_time now);

/* ---- timers.c ---- */
gn_time jet_session_deadline(const struct jet_session *s);
void jet_session_tick(struct jet_session *s, gn_time now);

/* ---- event.c ---- */
void jet_session_event(struct jet_session *s, uint8_t event);

#endif
