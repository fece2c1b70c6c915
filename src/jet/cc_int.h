/* Congestion control of one path behind a table, so that controllers can be added and chosen per
 * path. The controller sees bytes and times only; loss.c counts, it decides.
 *
 * A state struct serves every controller: the common part is read by the sender, `u` belongs to
 * the chosen one. */
#ifndef GN_JET_CC_INT_H
#define GN_JET_CC_INT_H

#include "base/base.h"

struct jet_cc;

/* What one ACK frame told. */
struct jet_cc_ack {
	uint64_t bytes;        /* newly acknowledged */
	uint64_t prior;        /* in flight before */
	gn_time newest_sent;   /* when the newest of them was sent */
	gn_time rtt;           /* sample of this frame; 0 = none */
	gn_time srtt, rtt_min; /* after the sample */
	bool limited;          /* the window, not the application, held sending back */
	/* a round trip ended: something sent after the last round's start was acknowledged */
	bool round;
};

struct jet_cc_ops {
	const char *name;
	void (*init)(struct jet_cc *cc, gn_time now);
	void (*sent)(struct jet_cc *cc, uint64_t bytes, gn_time now);
	void (*acked)(struct jet_cc *cc, const struct jet_cc_ack *ack, gn_time now);
	/* bytes were found lost, the newest sent at newest_sent; persistent: RFC 9002 7.6. */
	void (*lost)(struct jet_cc *cc, uint64_t bytes, gn_time newest_sent, bool persistent,
		     gn_time now);
	void (*ecn)(struct jet_cc *cc, gn_time newest_sent, gn_time now);
	/* everything that made it reduce last time arrived after all. */
	void (*spurious)(struct jet_cc *cc, gn_time now);
	/* sending resumes after nothing was in flight for `quiet`. */
	void (*idle)(struct jet_cc *cc, gn_time quiet, gn_time now);
	/* GN_NEVER for controllers driven by acks alone */
	gn_time (*deadline)(const struct jet_cc *cc);
};

struct jet_cubic {
	double w_max, k, w_est, cwnd_epoch; /* segments, seconds */
	gn_time epoch;                      /* 0: not begun */
	gn_time last_ack;
	gn_time recovery; /* losses of packets sent before it are the same event */
	/* slow start: HyStart++ (RFC 9406) */
	gn_time round_rtt_last, round_rtt;
	uint32_t round_samples, css_rounds;
	gn_time css_baseline; /* 0: not in conservative slow start */
	/* as it was before the last reduction */
	double undo_w_max, undo_k;
	uint64_t undo_cwnd, undo_ssthresh;
	gn_time undo_epoch;
};

struct jet_cc {
	const struct jet_cc_ops *ops;
	uint64_t cwnd, ssthresh; /* bytes */
	uint64_t in_flight;      /* bytes; kept by loss.c */
	uint32_t mtu;            /* bytes of a full packet */
	union {
		struct jet_cubic cubic;
	} u;
};

extern const struct jet_cc_ops jet_cc_cubic;
/* Of reliable ways, whose carrier has one of its own (RE-8): a bound on what is in flight. */
extern const struct jet_cc_ops jet_cc_carrier;
/* By name; NULL or "" gives the default, an unknown name NULL. */
const struct jet_cc_ops *jet_cc_find(const char *name);
void jet_cc_init(struct jet_cc *cc, const struct jet_cc_ops *ops, uint32_t mtu, gn_time now);
static inline bool jet_cc_slow_start(const struct jet_cc *cc)
{
	return cc->cwnd < cc->ssthresh;
}
void jet_cc_validate(const struct jet_cc *cc);

#endif
