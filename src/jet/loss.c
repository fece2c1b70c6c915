/* Loss detection and recovery (RFC 9002, with RACK's adaptive thresholds, RFC 8985): what is
 * acknowledged, what is lost, when to probe.
 *
 * 1. A packet is OUT until it is acknowledged (ACKED) or found lost (LOST); bytes in flight are
 *    those of OUT packets.
 * 2. LOST packets are remembered for some PTOs: an acknowledgement that still comes was spurious
 *    loss, raises the reordering thresholds, and undoes the window reduction when all of its
 *    cause proves spurious.
 * 3. A probe timeout declares nothing lost; it sends the oldest data again.
 * 4. On a reliable way (RE-8) nothing is lost while it lives, and nothing is sent again because of
 *    time: what stands behind an acknowledged packet was not kept by the peer (JT-62, JT-66), and
 *    silence is met by a PING. */
#include "jet/close_int.h"
#include "jet/express_int.h"
#include "jet/handshake_int.h"
#include "jet/loss_int.h"
#include "jet/paths_int.h"
#include "jet/session_int.h"
#include "jet/token_int.h"

#define REMEMBER_LOST 4 /* PTOs */

static gn_err frames_lost(struct jet_session *s, const struct jet_space *sp, enum jet_level level,
			  const struct jet_sent *sent)
{
	for (uint8_t i = 0; i < sent->frames; i++)
		GN_TRY(s->jet->fate->lost(s, level, jet_space_frame(sp, sent, i)));
	return GN_OK;
}

/* The handshake is as over any way: a server that is busy drops what comes. */
static bool is_carried(const struct jet_path *p, enum jet_level level)
{
	return p->reliable && level == JET_APP;
}

/* ---- loss ---- */

static void settle_out(struct jet_path *p, struct jet_space *sp, struct jet_sent *sent,
		       enum jet_sent_state state)
{
	GN_ASSERT(sent->state == JET_SENT_OUT && sp->out > 0 && p->cc.in_flight >= sent->size);
	sent->state = (uint8_t)((unsigned)state & 15u) & 15u;
	sp->out--;
	sp->answers -= sent->answer;
	p->cc.in_flight -= sent->size;
}

/* RFC 9002 7.6.2: nothing between two lost packets, further apart than the duration, was
 * acknowledged. */
static bool is_persistent(const struct jet_path *p, const struct jet_space *sp, gn_time newest)
{
	gn_time duration = 3 * jet_pto(p, JET_APP), start = GN_NEVER;
	const struct jet_sent *first = gn_ring_at(&sp->sent, 0);
	if (!p->rtt.sampled || !first || newest - first->at <= duration)
		return false;
	for (uint32_t i = 0; i < sp->sent.count; i++) {
		const struct jet_sent *sent = gn_ring_at(&sp->sent, i);
		if (sent->state == JET_SENT_ACKED || sent->state == JET_SENT_OUT)
			start = GN_NEVER;
		if (sent->state != JET_SENT_LOST)
			continue;
		if (start == GN_NEVER)
			start = sent->at;
		else if (sent->at - start > duration)
			return true;
	}
	return false;
}

/* What the path loses, of its last packets: old ones fade by halving. */
static void note_settled(struct jet_path *p, uint32_t settled, uint32_t lost)
{
	GN_ASSERT(lost <= settled);
	p->settled += settled;
	p->lost += lost;
	if (p->settled > JET_LOSS_WINDOW) {
		p->settled /= 2;
		p->lost /= 2;
	}
}

/* Packets found lost in one go, without probes of the MTU. */
struct losses {
	uint64_t bytes;
	uint32_t packets, counted; /* counted: of what the path loses */
	gn_time newest;            /* when the last of them was sent */
};

static void note_congestion(struct jet_session *s, struct jet_path *p, const struct jet_space *sp,
			    const struct losses *lost, gn_time now)
{
	GN_ASSERT(lost->packets == 0 || lost->bytes > 0);
	if (lost->packets == 0)
		return;
	note_settled(p, lost->counted, lost->counted);
	s->packets_lost += lost->packets;
	s->jet->counters[JET_C_PACKETS_LOST] += lost->packets;
	if (lost->newest > p->lost_event) {
		p->lost_event = now;
		p->lost_in_event = 0;
	}
	p->lost_in_event += lost->packets;
	bool dead = is_persistent(p, sp, lost->newest);
	if (dead)
		jet_count(s->jet, JET_C_PERSISTENT);
	p->cc.ops->lost(&p->cc, lost->bytes, lost->newest, dead, now);
}

/* Declares lost what is too far behind the largest acknowledged, by count or by time; sets
 * loss_at for the rest. */
static gn_err detect_lost(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
			  enum jet_level level, gn_time now)
{
	GN_ASSERT(sp->acked_next <= sp->pn_next);
	gn_time rtt = p->rtt.latest > p->rtt.smoothed ? p->rtt.latest : p->rtt.smoothed;
	gn_time delay = rtt + rtt * p->reorder_eighths / 8;
	delay = delay < JET_GRANULARITY ? JET_GRANULARITY : delay;
	struct losses lost = {0};
	bool in_order = is_carried(p, level);
	sp->loss_at = GN_NEVER;
	for (; sp->low < sp->acked_next; sp->low++) {
		struct jet_sent *sent = jet_space_sent(sp, sp->low);
		if (!sent || sent->state != JET_SENT_OUT)
			continue;
		if (!in_order && sp->low + p->reorder_packets >= sp->acked_next &&
		    sent->at + delay > now) {
			sp->loss_at = sent->at + delay;
			break;
		}
		settle_out(p, sp, sent, JET_SENT_LOST);
		if (sent->probe) {
			jet_mtu_lost(p, sp->low, now);
		} else {
			lost.bytes += sent->size;
			lost.packets++;
			lost.counted += level != JET_APP || sp->low >= p->loss_from;
			lost.newest = sent->at;
			jet_mtu_dark(s, p, sent->size, sp->low, now);
		}
		GN_TRY(frames_lost(s, sp, level, sent));
	}
	note_congestion(s, p, sp, &lost, now);
	return GN_OK;
}

gn_err jet_loss_all(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
		    enum jet_level level)
{
	GN_ASSERT(sp->low <= sp->pn_next);
	for (uint64_t pn = sp->low; pn < sp->pn_next; pn++) {
		struct jet_sent *sent = jet_space_sent(sp, pn);
		if (!sent || sent->state != JET_SENT_OUT)
			continue;
		settle_out(p, sp, sent, JET_SENT_LOST);
		GN_TRY(frames_lost(s, sp, level, sent));
	}
	sp->low = sp->pn_next;
	sp->loss_at = GN_NEVER;
	return GN_OK;
}

/* ---- acknowledgement ---- */

/* An acknowledgement while its packets are gone through, and what they bring. */
struct acking {
	enum jet_level level;
	gn_time now;
	uint64_t bytes;
	gn_time newest_sent, rtt;
	bool any, round;
};

static void note_spurious(struct jet_session *s, struct jet_path *p, const struct jet_space *sp,
			  const struct jet_sent *sent, uint64_t pn, gn_time now)
{
	GN_ASSERT(sent->state == JET_SENT_LOST);
	jet_count(s->jet, JET_C_PACKETS_SPURIOUS);
	uint64_t distance = sp->acked_next - pn + 1;
	if (distance > p->reorder_packets)
		p->reorder_packets =
			(uint16_t)(distance < JET_REORDER_PACKETS_MAX ? distance
								      : JET_REORDER_PACKETS_MAX);
	if (now - sent->at > p->rtt.smoothed + p->rtt.smoothed * p->reorder_eighths / 8 &&
	    p->reorder_eighths < 8)
		p->reorder_eighths++;
	if (!sent->probe && sent->at <= p->lost_event && p->lost_in_event &&
	    --p->lost_in_event == 0)
		p->cc.ops->spurious(&p->cc, now);
}

static gn_err packet_acked(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
			   uint64_t pn, struct acking *a)
{
	struct jet_sent *sent = jet_space_sent(sp, pn);
	if (!sent || sent->state == JET_SENT_ACKED || sent->state == JET_SENT_SILENT)
		return GN_OK;
	if (sent->state == JET_SENT_SKIPPED)
		return jet_fault(s, JET_E_PROTOCOL, "acknowledged a packet that was never sent");
	if (sent->state == JET_SENT_LOST) {
		note_spurious(s, p, sp, sent, pn, a->now);
		sent->state = JET_SENT_ACKED;
	} else {
		settle_out(p, sp, sent, JET_SENT_ACKED);
		if (a->level != JET_APP || pn >= p->loss_from)
			note_settled(p, 1, 0);
		a->any = true;
		a->bytes += sent->size;
		if (sent->at >= a->newest_sent) {
			a->newest_sent = sent->at;
			a->rtt = a->now - sent->at;
		}
		a->round |= a->level == JET_APP && pn >= p->round_pn;
	}
	if (a->level == JET_APP)
		jet_express_acked(s, p, sent, a->now);
	if (sent->probe)
		jet_mtu_acked(s, p, pn, a->now);
	else
		jet_mtu_passed(p, sent->size);
	if (a->level == JET_APP && sp->phase == s->keys.updates && pn >= sp->phase_pn)
		s->keys.acked = true; /* a bit would take the phase before the last for this one */
	for (uint8_t i = 0; i < sent->frames; i++)
		GN_TRY(s->jet->fate->acked(s, a->level, jet_space_frame(sp, sent, i)));
	return GN_OK;
}

static gn_err ranges_acked(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
			   const struct jet_frame *ack, struct acking *a)
{
	struct jet_ack_iter it = jet_ack_iter(ack);
	uint64_t lo, hi;
	while (jet_ack_next(&it, &lo, &hi)) {
		lo = lo < sp->sent_first ? sp->sent_first : lo;
		for (uint64_t pn = lo; pn < hi; pn++)
			GN_TRY(packet_acked(s, p, sp, pn, a));
	}
	return GN_OK;
}

gn_err jet_loss_ack(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
		    enum jet_level level, const struct jet_frame *ack, bool timed, gn_time now)
{
	GN_ASSERT(sp->acked_next <= sp->pn_next && p == s->paths[jet_slot(s, p->id)]);
	if (ack->offset >= sp->pn_next)
		return jet_fault(s, JET_E_PROTOCOL, "acknowledged a packet that was not sent yet");
	const struct jet_sent *largest = jet_space_sent(sp, ack->offset);
	bool sample = timed && largest && largest->state == JET_SENT_OUT;
	struct acking a = {.level = level, .now = now};
	uint64_t prior = p->cc.in_flight;
	sp->acked_next = ack->offset >= sp->acked_next ? ack->offset + 1 : sp->acked_next;
	gn_err err = ranges_acked(s, p, sp, ack, &a);
	if (err != GN_OK)
		return err;
	if (sample) {
		if (!p->rtt.sampled && p->pto_count > JET_PTO_BACKOFF_UNSAMPLED)
			/* its timer was no longer than that */
			p->pto_count = JET_PTO_BACKOFF_UNSAMPLED;
		uint64_t most = JET_ACK_DELAY / GN_USEC,
			 told = ack->value < most ? ack->value : most;
		jet_rtt_sample(&p->rtt, now - largest->at,
			       level == JET_APP ? (gn_time)told * GN_USEC : 0);
		p->rtt.at = now;
	}
	if (level == JET_HANDSHAKE && s->hs)
		s->hs->heard = true;
	GN_TRY(detect_lost(s, p, sp, level, now));
	if (a.any) {
		struct jet_cc_ack gain = {.bytes = a.bytes,
					  .prior = prior,
					  .newest_sent = a.newest_sent,
					  .rtt = sample ? a.rtt : 0,
					  .srtt = p->rtt.smoothed,
					  .rtt_min = p->rtt.min,
					  .limited = p->limited,
					  .round = a.round};
		p->cc.ops->acked(&p->cc, &gain, now);
		if (a.round)
			p->round_pn = p->space.pn_next;
		if (s->incoming || s->confirmed || (s->hs && s->hs->heard)) /* RFC 9002 6.2.1 */
			p->pto_count = 0;
		jet_pacer_set(&p->pacer, p->cc.cwnd, p->rtt.smoothed, jet_cc_slow_start(&p->cc),
			      now);
	}
	jet_space_pop(sp, now - REMEMBER_LOST * jet_pto(p, level));
	return GN_OK;
}

/* ---- timers ---- */

/* The probe timer of a path: doubles with each in a row that brought no answer, less far before
 * the first sample; and while somebody waits for a silent one to come back (until it is parked). */
static gn_time backed_off(const struct jet_session *s, const struct jet_path *p,
			  enum jet_level level)
{
	GN_ASSERT(p->pto_count <= JET_PTO_BACKOFF_MAX);
	unsigned most = p->rtt.sampled ? JET_PTO_BACKOFF_MAX : JET_PTO_BACKOFF_UNSAMPLED;
	gn_time pto = jet_pto(p, level), off = pto << (p->pto_count < most ? p->pto_count : most);
	if (!s->multi || !p->suspect || s->streams.count == 0 || off < JET_PTO_SUSPECT)
		return off;
	return 2 * pto > JET_PTO_SUSPECT ? 2 * pto : JET_PTO_SUSPECT;
}

static gn_time pto_at(const struct jet_session *s, const struct jet_path *p,
		      const struct jet_space *sp, enum jet_level level)
{
	if (sp->out == 0)
		return GN_NEVER;
	return sp->sent_at +
	       (is_carried(p, level) ? JET_RELIABLE_SILENCE : backed_off(s, p, level));
}

/* The client must keep speaking until the server knows its address (RFC 9002 6.2.2.1). */
static gn_time anti_deadlock_at(const struct jet_session *s)
{
	const struct jet_hs *hs = s->hs;
	if (!hs || s->incoming || s->confirmed || hs->heard || s->path->cc.in_flight)
		return GN_NEVER;
	return hs->anchor + backed_off(s, s->path, JET_HANDSHAKE);
}

struct due {
	struct jet_path *path;
	struct jet_space *space;
	enum jet_level level;
	gn_time at;
	bool loss;
};

static void consider_due(const struct jet_session *s, struct due *d, struct jet_path *p,
			 struct jet_space *sp, enum jet_level level, bool pto)
{
	gn_time loss = sp->loss_at,
		probe = pto && loss == GN_NEVER ? pto_at(s, p, sp, level) : GN_NEVER;
	gn_time at = gn_time_min(loss, probe);
	if (at < d->at)
		*d = (struct due){p, sp, level, at, loss <= probe};
}

static struct due next_due(const struct jet_session *s)
{
	struct due d = {.at = GN_NEVER};
	bool room = jet_path_allowance(s->path) > 0;
	for (int level = JET_INITIAL; s->hs && level <= JET_HANDSHAKE; level++)
		consider_due(s, &d, s->path, &s->hs->space[level], (enum jet_level)level, room);
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i])
			consider_due(s, &d, s->paths[i], &s->paths[i]->space, JET_APP,
				     s->confirmed && room);
	return d;
}

gn_time jet_loss_deadline(const struct jet_session *s)
{
	if (jet_token_owed(s) || jet_knocked(s))
		return GN_NEVER;
	return gn_time_min(next_due(s).at, anti_deadlock_at(s));
}

static gn_err put_up_again(struct jet_session *s, struct jet_space *sp, enum jet_level level,
			   int *packets)
{
	for (uint64_t pn = sp->low; pn < sp->pn_next && *packets > 0; pn++) {
		struct jet_sent *sent = jet_space_sent(sp, pn);
		if (!sent || sent->state != JET_SENT_OUT || sent->frames == 0 || sent->again)
			continue;
		GN_TRY(frames_lost(s, sp, level, sent));
		sent->again = true;
		(*packets)--;
	}
	return GN_OK;
}

gn_err jet_loss_probe_data(struct jet_session *s, struct jet_space *sp, enum jet_level level)
{
	GN_ASSERT(sp->out <= sp->sent.count);
	int packets = sp->probes;
	GN_TRY(put_up_again(s, sp, level, &packets));
	if (packets == 0)
		return GN_OK;
	for (uint64_t pn = sp->low; pn < sp->pn_next; pn++) {
		struct jet_sent *sent = jet_space_sent(sp, pn);
		if (sent)
			sent->again = false;
	}
	return put_up_again(s, sp, level, &packets);
}

static void back_off(struct jet_session *s, struct jet_path *p, gn_time now)
{
	GN_ASSERT(p == s->path);
	jet_count(s->jet, JET_C_PTO);
	if (p->pto_count == 0)
		p->timeout_since = now;
	bool silent = p->pto_count + 1 >= JET_SUSPECT_PTOS && p->heard_at < p->timeout_since;
	bool one_way = p->pto_count + 1 >= JET_DARK_PTOS;
	if (s->multi && s->confirmed && !p->suspect && (silent || one_way)) {
		p->suspect = true; /* grade.c does what follows */
		jet_count(s->jet, JET_C_PATHS_SUSPECT);
	}
	if (p->pto_count < JET_PTO_BACKOFF_MAX)
		p->pto_count++;
	if (p->pto_count >= JET_BLACKHOLE_PTOS)
		jet_mtu_blackhole(s, p, now);
}

gn_err jet_loss_tick(struct jet_session *s, gn_time now)
{
	GN_ASSERT(jet_alive(s));
	if (jet_token_owed(s) || jet_knocked(s))
		return GN_OK;
	for (int budget = 2 * JET_PATHS_MAX; budget > 0; budget--) {
		struct due d = next_due(s);
		if (d.at > now)
			break;
		if (d.loss) {
			GN_TRY(detect_lost(s, d.path, d.space, d.level, now));
			continue;
		}
		if (d.path != s->path) {
			/* no probing on a path we left: its data goes out on the new one */
			GN_TRY(jet_loss_all(s, d.path, d.space, d.level));
			continue;
		}
		bool carried = is_carried(d.path, d.level);
		back_off(s, d.path, now);
		d.space->probes = d.level == JET_APP && !carried ? 2 : 1;
		/* the probes go out at once, or the timer must not stay in the past */
		d.space->sent_at = now;
		return carried ? GN_OK : jet_loss_probe_data(s, d.space, d.level);
	}
	if (anti_deadlock_at(s) <= now) {
		struct jet_hs *hs = s->hs;
		back_off(s, s->path, now);
		hs->space[hs->tx[JET_HANDSHAKE].ready ? JET_HANDSHAKE : JET_INITIAL].probes = 1;
		hs->anchor = now;
	}
	return GN_OK;
}
