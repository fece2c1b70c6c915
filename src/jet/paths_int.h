/* Paths that a session has (paths.c). */
#ifndef GN_JET_PATHS_INT_H
#define GN_JET_PATHS_INT_H

#include "jet/cc_int.h"
#include "jet/mtu_int.h"
#include "jet/pacer_int.h"
#include "jet/rtt_int.h"
#include "jet/space_int.h"

struct jet_session;

/* A PATH_CHALLENGE under way to `addr`. */
struct jet_probe {
	struct gn_way way;
	uint8_t data[8]; /* the last one differs by the number of the try */
	gn_time at;      /* next try; GN_NEVER: none under way */
	uint8_t tries, most;
	bool ours;    /* we chose the address: no amplification limit */
	bool check;   /* the path is proven: does it still work, how long does it take */
	uint16_t len; /* of its datagram */
	gn_time sent_at[JET_PROBE_TRIES];
	uint64_t rx, tx; /* bytes from and to addr while unproven */
	gn_time heard;   /* when the last of them came */
};

struct jet_path {
	uint32_t id;
	bool validated; /* the address has been proven */
	bool reliable;  /* its link is: nothing of it is lost while that lives (RE-8) */
	bool ours;      /* we began it */
	bool wanted;    /* the peer sends data here: move when validated */
	bool left;      /* was the current path */
	/* the current path, and the peer has acknowledged here nothing from moved_pn on */
	bool unanswered;
	bool responding;   /* a PATH_RESPONSE is due */
	uint64_t moved_pn; /* the first packet sent here since we moved */
	uint8_t response[8];
	uint16_t response_len; /* the answer fills no larger datagram than its question */
	struct gn_way response_to;
	struct gn_way way;
	uint64_t rx, tx;   /* bytes before validation, for the amplification limit; totals after */
	gn_time retire_at; /* left, and the peer is on the new one: given up then; GN_NEVER */
	/* with several paths (grade.c) */
	bool suspect;          /* nothing comes on it */
	bool blind;            /* nothing has come since it was taken */
	bool punching;         /* it has no address yet: several are tried (punch.c) */
	bool unwanted;         /* the server asked for its end; who asks sends nothing there */
	bool told;             /* our PATH_STATUS about it went */
	bool see_due;          /* SEEN is to be sent, */
	bool seen_new;         /* and was received: */
	struct gn_addr seen;   /* where our packets come from, as the peer says */
	uint64_t status_seq;   /* of the peer's last word about it */
	gn_time heard_at;      /* a packet on it opened */
	uint8_t run;           /* packets that came one after the other, up to JET_FLOW_RUN */
	gn_time asked_at;      /* what wants an answer went, first since something was heard */
	gn_time timeout_since; /* the first of the probe timeouts in a row */
	gn_time check_every;   /* drawn anew with each */
	gn_time spare_since;
	/* packets that its loss is told from; numbers before loss_from are not among them: they
	 * were sent into a silence, or (blind) before anything came since it was taken */
	uint32_t settled, lost;
	uint64_t loss_from;
	uint32_t replays; /* packets that had come before, by its link */
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

GN_MUST gn_err jet_path_new(struct jet_session *s, uint32_t id, const struct gn_way *way,
			    gn_time now, struct jet_path **out);
void jet_path_free(struct jet_session *s, struct jet_path *p);
/* NULL: there is none of this id, or no more. */
struct jet_path *jet_path_find(const struct jet_session *s, uint32_t id);
/* Round trip, window and size of packets begin anew on p's way. */
void jet_path_begin(struct jet_session *s, struct jet_path *p, gn_time now);
/* Streams may send there now: neither the pacer nor what the link lets through stands in the
 * way; and when they may. */
bool jet_path_paced(const struct jet_session *s, struct jet_path *p, gn_time now);
gn_time jet_path_paced_at(const struct jet_session *s, const struct jet_path *p);
/* p's link takes a packet now; the link that a packet of p is to go to does. */
bool jet_path_ready(const struct jet_session *s, const struct jet_path *p);
bool jet_path_ready_to(const struct jet_session *s, const struct jet_path *p,
		       const struct gn_way *to);
/* Bytes that may still go to an address that is not proven; UINT64_MAX when it is. */
uint64_t jet_path_allowance(const struct jet_path *p);

#endif
