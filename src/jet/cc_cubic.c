/* CUBIC (RFC 9438) with HyStart++ (RFC 9406) leaving slow start before the queue overflows.
 *
 *   SLOW START -> CONSERVATIVE SLOW START [acked: the round's RTT rose]
 *              -> AVOIDANCE [5 rounds, or lost]
 *   any -> AVOIDANCE [lost: window x 0.7]
 *   any -> SLOW START [lost, persistent: window 2 packets]
 *
 * 1. cwnd stays within [2 packets, JET_CWND_MAX].
 * 2. One reduction per round trip: losses of packets sent before the last reduction do not count
 *    again.
 * 3. The window grows only while it is what holds sending back. */
#include "jet/cc_int.h"
#include "jet/limits.h"

#include <math.h>

#define BETA 0.7
#define C 0.4 /* segments per second cubed */
#define HYSTART_SAMPLES 8u
#define HYSTART_MIN_ETA (4 * GN_MSEC)
#define HYSTART_MAX_ETA (16 * GN_MSEC)
#define CSS_GROWTH 4u
#define CSS_ROUNDS 5u

static double segments(const struct jet_cc *cc, uint64_t bytes)
{
	return (double)bytes / cc->mtu;
}

static uint64_t clamp_window(const struct jet_cc *cc, double bytes)
{
	double min = (double)JET_CWND_MIN_PACKETS * cc->mtu;
	return bytes < min ? (uint64_t)min : bytes > JET_CWND_MAX ? JET_CWND_MAX : (uint64_t)bytes;
}

static void cubic_init(struct jet_cc *cc, gn_time now)
{
	(void)now;
	cc->u.cubic = (struct jet_cubic){
		.round_rtt = GN_NEVER, .round_rtt_last = GN_NEVER, .recovery = -1};
}

static void cubic_sent(struct jet_cc *cc, uint64_t bytes, gn_time now)
{
	(void)cc;
	(void)bytes;
	(void)now;
}

/* Compare the smallest RTT of this round with that of the last one. */
static void hystart_round(struct jet_cc *cc, const struct jet_cc_ack *ack)
{
	struct jet_cubic *q = &cc->u.cubic;
	if (ack->round) {
		if (q->css_baseline && ++q->css_rounds >= CSS_ROUNDS)
			cc->ssthresh = cc->cwnd;
		q->round_rtt_last = q->round_rtt;
		q->round_rtt = GN_NEVER;
		q->round_samples = 0;
	}
	if (ack->rtt == 0)
		return;
	q->round_rtt = gn_time_min(q->round_rtt, ack->rtt);
	if (++q->round_samples < HYSTART_SAMPLES || q->round_rtt_last == GN_NEVER)
		return;
	if (q->css_baseline) {
		if (q->round_rtt < q->css_baseline) /* a false alarm: resume slow start */
			q->css_baseline = 0;
		return;
	}
	gn_time eta = q->round_rtt_last / 8;
	eta = eta < HYSTART_MIN_ETA   ? HYSTART_MIN_ETA
	      : eta > HYSTART_MAX_ETA ? HYSTART_MAX_ETA
				      : eta;
	if (q->round_rtt >= q->round_rtt_last + eta) {
		q->css_baseline = q->round_rtt;
		q->css_rounds = 0;
	}
}

static void avoid_congestion(struct jet_cc *cc, const struct jet_cc_ack *ack, gn_time now)
{
	struct jet_cubic *q = &cc->u.cubic;
	double cwnd = segments(cc, cc->cwnd), acked = segments(cc, ack->bytes);
	if (q->epoch == 0) {
		q->epoch = now;
		q->cwnd_epoch = q->w_est = cwnd;
		if (cwnd >= q->w_max) {
			q->w_max = cwnd;
			q->k = 0;
		} else {
			q->k = cbrt((q->w_max - cwnd) / C);
		}
	}
	double t = (double)(now - q->epoch + ack->srtt) / GN_SEC, d = t - q->k;
	double target = C * d * d * d + q->w_max; /* one round trip from now */
	target = target < cwnd ? cwnd : target > 1.5 * cwnd ? 1.5 * cwnd : target;
	double alpha = q->w_est >= q->w_max ? 1.0 : 3.0 * (1 - BETA) / (1 + BETA);
	q->w_est += alpha * acked / cwnd;
	double grown = q->w_est > target ? q->w_est : cwnd + (target - cwnd) / cwnd * acked;
	cc->cwnd = clamp_window(cc, grown * cc->mtu);
}

static void cubic_acked(struct jet_cc *cc, const struct jet_cc_ack *ack, gn_time now)
{
	struct jet_cubic *q = &cc->u.cubic;
	if (jet_cc_slow_start(cc))
		hystart_round(cc, ack);
	gn_time since = now - q->last_ack;
	q->last_ack = now;
	if (!ack->limited) {
		if (q->epoch) /* time that did not probe must not count as growth (RFC 9438 5.8) */
			q->epoch = gn_time_min(q->epoch + since, now);
		return;
	}
	if (ack->newest_sent <= q->recovery)
		return;
	if (jet_cc_slow_start(cc))
		cc->cwnd = clamp_window(
			cc,
			(double)cc->cwnd + (double)ack->bytes / (q->css_baseline ? CSS_GROWTH : 1));
	else
		avoid_congestion(cc, ack, now);
}

static void reduce_window(struct jet_cc *cc, gn_time newest_sent, gn_time now)
{
	struct jet_cubic *q = &cc->u.cubic;
	if (newest_sent <= q->recovery)
		return;
	q->undo_w_max = q->w_max;
	q->undo_k = q->k;
	q->undo_cwnd = cc->cwnd;
	q->undo_ssthresh = cc->ssthresh;
	q->undo_epoch = q->epoch;
	double cwnd = segments(cc, cc->cwnd);
	q->w_max = cwnd < q->w_max ? cwnd * (1 + BETA) / 2 : cwnd; /* fast convergence */
	cc->cwnd = clamp_window(cc, (double)cc->cwnd * BETA);
	cc->ssthresh = cc->cwnd;
	q->epoch = 0;
	q->css_baseline = 0;
	q->recovery = now;
}

static void cubic_lost(struct jet_cc *cc, uint64_t bytes, gn_time newest_sent, bool persistent,
		       gn_time now)
{
	(void)bytes;
	reduce_window(cc, newest_sent, now);
	if (persistent) {
		cc->cwnd = clamp_window(cc, 0);
		cc->u.cubic.epoch = 0;
		cc->u.cubic.recovery = -1;
	}
}

static void cubic_ecn(struct jet_cc *cc, gn_time newest_sent, gn_time now)
{
	reduce_window(cc, newest_sent, now);
}

static void cubic_spurious(struct jet_cc *cc, gn_time now)
{
	struct jet_cubic *q = &cc->u.cubic;
	(void)now;
	if (q->undo_cwnd <= cc->cwnd)
		return;
	cc->cwnd = q->undo_cwnd;
	cc->ssthresh = q->undo_ssthresh;
	q->w_max = q->undo_w_max;
	q->k = q->undo_k;
	q->epoch = q->undo_epoch;
	q->recovery = -1;
	q->undo_cwnd = 0;
}

static void cubic_idle(struct jet_cc *cc, gn_time quiet, gn_time now)
{
	struct jet_cubic *q = &cc->u.cubic;
	if (q->epoch)
		q->epoch = gn_time_min(q->epoch + quiet, now);
}

static gn_time cubic_deadline(const struct jet_cc *cc)
{
	(void)cc;
	return GN_NEVER;
}

const struct jet_cc_ops jet_cc_cubic = {
	.name = "cubic",
	.init = cubic_init,
	.sent = cubic_sent,
	.acked = cubic_acked,
	.lost = cubic_lost,
	.ecn = cubic_ecn,
	.spurious = cubic_spurious,
	.idle = cubic_idle,
	.deadline = cubic_deadline,
};
