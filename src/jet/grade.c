/* Several paths of a session: which one carries, what is said of them, when one is given up
 * (RE-3 to RE-7). How a path is proven is path.c.
 *
 *   proven [path.c] -> spare -> main [cheaper for long enough | the main one is suspect]
 *   main   -> spare [another became main]
 *   spare  -> closed [checks unanswered | costliest of too many | RETIRE_CID]
 *   any    -> suspect [for two probe timeouts nothing came | link gone | network changed]
 *          -> as before [a packet comes on it]
 *
 * 1. Each end chooses the path that it sends on for itself; it takes data on every proven one.
 *    The ends agree in the end because the server lets the client's choice count for a little.
 * 2. What was in flight on a path that became suspect goes again on the new one at once; what is
 *    in flight on one left by choice is waited for.
 * 3. The path that the peer sends on, as it last said, is never closed here, and none while
 *    nothing comes on ours. Only the client closes; the server asks for it. If both did, each
 *    could close the one that the other has just moved to, and neither would hear of it.
 * 4. A choice needs a gain that lasts, and is not made again soon: measurements swing. */
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/express_int.h"
#include "jet/grade_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/out_int.h"
#include "jet/path_int.h"
#include "jet/way_int.h"

#define VAR_WEIGHT 4
#define VAR_SAMPLES 4              /* the first ones say nothing of how they vary */
#define LOSS_FREE 10000            /* parts per million that cost nothing */
#define LOSS_COST (10 * GN_MSEC)   /* for each further per cent */
#define CLIENT_GAIN (10 * GN_MSEC) /* of the client's choice, at the server */
#define SETTLED_MIN 64             /* packets before loss counts */
#define SEEN_LEN 18                /* behind the path's id: address 16, port 2 */

enum path_status { STATUS_CLOSED, STATUS_SPARE, STATUS_MAIN };

/* ---- what a path costs ---- */

static uint32_t loss_ppm(const struct jet_path *p)
{
	GN_ASSERT(p->lost <= p->settled);
	return p->settled < SETTLED_MIN ? 0 : (uint32_t)(1000000ull * p->lost / p->settled);
}

gn_time jet_grade_cost(const struct jet_session *s, const struct jet_path *p)
{
	uint32_t loss = loss_ppm(p);
	gn_time cost = p->rtt.smoothed + jet_way_cost(s->jet, &p->way);
	if (p->rtt.samples >= VAR_SAMPLES)
		cost += VAR_WEIGHT * p->rtt.var;
	if (loss > LOSS_FREE)
		cost += (gn_time)(loss - LOSS_FREE) * LOSS_COST / LOSS_FREE;
	if (s->incoming && p->id == s->peer_main)
		cost -= CLIENT_GAIN;
	return cost;
}

uint32_t jet_grade_loss(const struct jet_path *p)
{
	return p->settled < SETTLED_MIN ? UINT32_MAX : loss_ppm(p) / 1000;
}

/* The peer sends there no more, and takes nothing. */
static bool is_retired(const struct jet_session *s, const struct jet_path *p)
{
	const struct jet_cid *rx = &s->cid_rx[jet_slot(s, p->id)];
	return !rx->set || rx->path != p->id;
}

/* Another path must be found. */
static bool main_is_lost(const struct jet_session *s)
{
	return s->path->suspect || s->path->unwanted || is_retired(s, s->path);
}

static bool is_fresh(const struct jet_session *s, const struct jet_path *p, gn_time now)
{
	return p->validated && !p->punching && !p->suspect && !p->unwanted &&
	       now - p->heard_at <= JET_CONSENT && jet_way_allowed(s, &p->way);
}

/* express: also what is another connection to where we are. */
static struct jet_path *best_spare(const struct jet_session *s, bool express, gn_time now)
{
	struct jet_path *best = NULL;
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (!express && jet_express_is(s, p))
			continue;
		if (p && p != s->path && is_fresh(s, p, now) && !is_retired(s, p) &&
		    (!best || jet_grade_cost(s, p) < jet_grade_cost(s, best)))
			best = p;
	}
	return best;
}

struct jet_path *jet_grade_spare(const struct jet_session *s, gn_time now)
{
	return best_spare(s, true, now);
}

/* The costliest that may be closed, suspect ones first; NULL: there is none. */
static struct jet_path *worst_spare(const struct jet_session *s)
{
	struct jet_path *worst = NULL;
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (!p || p == s->path || !p->validated || p->unwanted || p->id == s->peer_main)
			continue;
		if (!worst || p->suspect > worst->suspect ||
		    (p->suspect == worst->suspect &&
		     jet_grade_cost(s, p) > jet_grade_cost(s, worst)))
			worst = p;
	}
	return worst;
}

static unsigned proven_count(const struct jet_session *s)
{
	unsigned n = 0;
	for (int i = 0; i < JET_PATHS_MAX; i++)
		n += s->paths[i] && s->paths[i]->validated && !s->paths[i]->unwanted;
	return n;
}

/* ---- taking, leaving, closing ---- */

static void tell_status(struct jet_session *s, struct jet_path *p)
{
	p->told = false;
	s->paths_due = true;
}

/* Is the path still there, and how long does it take? */
static void check_now(struct jet_session *s, struct jet_path *p, gn_time now)
{
	GN_ASSERT(p->validated);
	if (p->probe.at != GN_NEVER || !jet_way_allowed(s, &p->way))
		return;
	jet_path_probe(s, p, &p->way, true, now);
	p->probe.check = true;
	p->probe.len = JET_CHECK_LEN;
	p->probe.most = jet_is_parked(s) ? 1 : p->probe.most;
	p->check_every = 0; /* drawn when it is asked for next */
	p->run = 0;
}

gn_err jet_grade_take(struct jet_session *s, struct jet_path *p, enum gn_jet_why why, gn_time now)
{
	struct jet_path *old = s->path;
	GN_ASSERT(s->multi && p->validated && p != old && s->paths[jet_slot(s, p->id)] == p);
	s->path = p;
	s->why = why;
	s->rival.set = s->suspected = false;
	s->rival.hold_until = now + JET_CHOICE_HOLD;
	if (s->incoming)
		p->unwanted = false; /* it is our own word */
	p->pto_count = 0;
	p->blind = true;
	old->spare_since = now;
	old->space.probes = 0;
	tell_status(s, p);
	tell_status(s, old);
	s->due |= JET_DUE_PING; /* something to be answered there */
	jet_mtu_start(p, now);
	jet_count(s->jet, JET_C_PATHS_MOVED);
	jet_session_event(s, JET_EV_MOVED);
	jet_wake(s);
	if (old->suspect && !is_retired(s, old))
		check_now(s, old, now); /* it may be back at once, or is closed */
	return old->suspect || is_retired(s, old) ? jet_loss_all(s, old, &old->space, JET_APP)
						  : GN_OK;
}

gn_err jet_grade_close(struct jet_session *s, struct jet_path *p)
{
	GN_ASSERT(s->multi && p != s->path);
	if (s->incoming && !is_retired(s, p)) {
		p->unwanted = true;
		tell_status(s, p);
		jet_wake(s);
		return GN_OK;
	}
	GN_TRY(jet_loss_all(s, p, &p->space, JET_APP));
	jet_cid_retire(s, p->id);
	jet_path_free(s, p);
	jet_count(s->jet, JET_C_PATHS_CLOSED);
	jet_session_event(s, JET_EV_PATHS);
	return GN_OK;
}

void jet_grade_check(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->multi);
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] && s->paths[i]->validated)
			check_now(s, s->paths[i], now);
}

void jet_grade_back(struct jet_session *s, struct jet_path *p, gn_time now)
{
	GN_ASSERT(s->multi);
	if (!p->validated || !p->suspect)
		return;
	if (p->probe.check) /* the next one of that would be late */
		p->probe.at = GN_NEVER;
	check_now(s, p, now);
}

/* One that we asked to be closed, when the client closed ours first. */
static struct jet_path *unwanted_spare(const struct jet_session *s)
{
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (s->incoming && p && p->unwanted && p->validated && !is_retired(s, p) &&
		    jet_way_allowed(s, &p->way))
			return p;
	}
	return NULL;
}

/* Another path, or all are asked and the owner is told. */
static gn_err leave_lost(struct jet_session *s, enum gn_jet_why why, gn_time now)
{
	GN_ASSERT(main_is_lost(s));
	struct jet_path *spare = jet_grade_spare(s, now);
	if (!spare && is_retired(s, s->path))
		spare = unwanted_spare(s);
	if (spare)
		return jet_grade_take(s, spare, why, now);
	if (!s->suspected)
		jet_session_event(s, JET_EV_SUSPECT);
	if (!s->suspected)
		s->lost_why = why;
	s->suspected = true;
	jet_grade_check(s, now);
	return GN_OK;
}

gn_err jet_grade_suspect(struct jet_session *s, struct jet_path *p, enum gn_jet_why why,
			 gn_time now)
{
	GN_ASSERT(s->multi);
	if (!p->suspect)
		jet_count(s->jet, JET_C_PATHS_SUSPECT);
	p->suspect = true;
	return p == s->path ? leave_lost(s, why, now) : GN_OK;
}

/* ---- what is measured and heard ---- */

static enum gn_jet_why why_better(const struct jet_session *s, const struct jet_path *p)
{
	const struct gn_way *to = &p->way, *from = &s->path->way;
	if (jet_way_direct(s->jet, to) && !jet_way_direct(s->jet, from))
		return GN_JET_WHY_DIRECT;
	return jet_way_info(s->jet, from->link)->metered && !jet_way_info(s->jet, to->link)->metered
		       ? GN_JET_WHY_METERED
		       : GN_JET_WHY_CHEAPER;
}

gn_err jet_grade_look(struct jet_session *s, gn_time now)
{
	if (!s->multi || main_is_lost(s))
		return GN_OK;
	struct jet_path *p = best_spare(s, false, now);
	struct jet_rival *r = &s->rival;
	gn_time here = jet_grade_cost(s, s->path), there = p ? jet_grade_cost(s, p) : GN_NEVER;
	gn_time gain = here / JET_BETTER_PART;
	gain = gain > JET_BETTER_BY ? gain : JET_BETTER_BY;
	if (!p || !p->rtt.sampled || here - there < gain) {
		r->set = false;
		return GN_OK;
	}
	if (!r->set || r->id != p->id) {
		r->set = true;
		r->id = p->id;
		r->since = now;
		jet_wake(s); /* its deadline is another now */
	}
	enum gn_jet_why why = why_better(s, p);
	bool slow = jet_way_rate_cost(s->jet, s->path->way.link) -
			    jet_way_rate_cost(s->jet, p->way.link) >=
		    JET_SLOW_BY;
	/* off others' machines at once: a gain of 30 ms is no matter of measurement */
	gn_time wait = why == GN_JET_WHY_DIRECT ? 0 : JET_BETTER_FOR;
	if (!slow && (now - r->since < wait || now < r->hold_until))
		return GN_OK;
	return jet_grade_take(s, p, why, now);
}

/* Of the path that is being left for one that has answered. */
static enum gn_jet_why lost_why(const struct jet_session *s)
{
	return s->suspected ? s->lost_why : GN_JET_WHY_SUSPECT;
}

/* What has come one after the other so far would not pause for so long. */
static gn_time flow_gap(const struct jet_path *p)
{
	gn_time pto = jet_pto(p, JET_APP);
	return pto > JET_FLOW_GAP ? pto : JET_FLOW_GAP;
}

/* Something comes on it. What is out there is asked for by the next timeout, which would be as far
 * off as the silence was long. */
static void heard_on(struct jet_session *s, struct jet_path *p, gn_time now)
{
	GN_ASSERT(s->multi);
	bool flows = now - p->heard_at < flow_gap(p);
	p->run = !flows ? 0 : p->run < JET_FLOW_RUN ? (uint8_t)(p->run + 1) : p->run;
	p->heard_at = now;
	if (p->suspect || p->blind)
		p->loss_from = p->space.pn_next;
	p->blind = false;
	if (!p->suspect)
		return;
	p->suspect = false;
	p->pto_count = 0;
	jet_wake(s);
}

gn_err jet_grade_heard(const struct jet_in *in)
{
	struct jet_session *s = in->s;
	struct jet_path *p = in->path;
	GN_ASSERT(in->level == JET_APP && p);
	if (!s->multi || !gn_way_eq(&p->way, in->from))
		return GN_OK;
	heard_on(s, p, in->now);
	if (p == s->path)
		s->suspected = main_is_lost(s) && s->suspected;
	else if (main_is_lost(s) && p->validated)
		return jet_grade_take(s, p, lost_why(s), in->now);
	return GN_OK;
}

gn_err jet_grade_answered(struct jet_session *s, struct jet_path *p, bool fresh, gn_time now)
{
	GN_ASSERT(p->validated);
	if (!s->multi)
		return GN_OK;
	heard_on(s, p, now);
	if (fresh) {
		p->spare_since = now;
		p->see_due = s->paths_due = true;
		jet_session_event(s, JET_EV_PATHS);
	}
	if (p != s->path && main_is_lost(s))
		return jet_grade_take(s, p, lost_why(s), now);
	return jet_grade_look(s, now);
}

/* ---- frames ---- */

static bool is_urgent(unsigned why)
{
	return why == GN_JET_WHY_SUSPECT || why == GN_JET_WHY_WAY_GONE ||
	       why == GN_JET_WHY_NETWORK || why == GN_JET_WHY_POLICY ||
	       why == GN_JET_WHY_RELAY_FULL || why == GN_JET_WHY_RELAY_LEFT;
}

gn_err jet_grade_on_status(struct jet_session *s, const struct jet_frame *f, gn_time now)
{
	GN_ASSERT(f->type == JET_F_PATH_STATUS && f->data.len == 1);
	if (!s->multi)
		return jet_fault(s, JET_E_FRAME, "a path's status, and there is one path only");
	struct jet_path *p = f->id <= UINT32_MAX ? jet_path_find(s, (uint32_t)f->id) : NULL;
	if (!p && !s->incoming && f->value == STATUS_CLOSED && f->id <= UINT32_MAX)
		jet_cid_retire(s, (uint32_t)f->id); /* of one that we never heard of */
	if (!p || f->offset <= p->status_seq)
		return GN_OK;
	p->status_seq = f->offset;
	if (!s->incoming)
		p->unwanted = f->value == STATUS_CLOSED;
	if (p->unwanted && !s->incoming)
		return p == s->path ? leave_lost(s, GN_JET_WHY_PEER, now) : jet_grade_close(s, p);
	if (f->value != STATUS_MAIN)
		return GN_OK;
	if (!s->incoming && f->data.p[0] == GN_JET_WHY_CROWDED)
		jet_express_want(s, now);
	uint32_t before = s->peer_main;
	s->peer_main = p->id;
	/* it left our path because nothing came there: what it sends comes here, and what we send
	 * there is as likely to be lost */
	if (is_urgent(f->data.p[0]) && before == s->path->id && p != s->path && is_fresh(s, p, now))
		return jet_grade_take(s, p, GN_JET_WHY_PEER, now);
	return jet_grade_look(s, now);
}

gn_err jet_grade_on_seen(struct jet_session *s, const struct jet_frame *f)
{
	GN_ASSERT(f->type == JET_F_SEEN);
	struct gn_reader r = gn_reader(f->data);
	uint64_t id = gn_read_varint(&r);
	struct gn_slice ip = gn_read_bytes(&r, 16);
	uint16_t port = gn_read_be16(&r);
	struct jet_path *p = id <= UINT32_MAX ? jet_path_find(s, (uint32_t)id) : NULL;
	if (r.bad || gn_reader_left(&r) || port == 0)
		return jet_fault(s, JET_E_FRAME, "an address seen that does not parse");
	if (!s->multi || !p)
		return GN_OK;
	memcpy(p->seen.ip, ip.p, sizeof p->seen.ip);
	p->seen.port = port;
	p->seen_new = true;
	jet_session_event(s, JET_EV_SEEN);
	return GN_OK;
}

bool jet_grade_pending(const struct jet_session *s)
{
	return s->paths_due && s->multi && s->confirmed;
}

static void write_seen(struct jet_out *o, struct jet_path *p)
{
	struct gn_writer *w = jet_out_writer(o);
	gn_write_varint(w, JET_F_SEEN);
	gn_write_varint(w, gn_varint_len(p->id) + SEEN_LEN);
	gn_write_varint(w, p->id);
	gn_write_bytes(w, GN_SLICE(p->way.addr.ip));
	gn_write_be16(w, p->way.addr.port);
	jet_out_frame(o, JET_F_SEEN, p->id, 0, 0, false);
	p->see_due = false;
}

static void write_status(struct jet_session *s, struct jet_out *o, struct jet_path *p)
{
	enum path_status status = p == s->path  ? STATUS_MAIN
				  : p->unwanted ? STATUS_CLOSED
						: STATUS_SPARE;
	uint64_t v[] = {p->id, ++s->status_seq, status};
	jet_write_numbers(jet_out_writer(o), JET_F_PATH_STATUS, v, 3);
	bool crowded = s->crowded_due && p == s->path;
	gn_write_u8(jet_out_writer(o), (uint8_t)(crowded ? GN_JET_WHY_CROWDED : s->why));
	s->crowded_due &= !crowded;
	jet_out_frame(o, JET_F_PATH_STATUS, p->id, 0, 0, false);
	p->told = true;
}

void jet_grade_write(struct jet_session *s, struct jet_out *o)
{
	GN_ASSERT(o->level == JET_APP);
	if (!jet_grade_pending(s))
		return;
	bool left = false;
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (!p)
			continue;
		if (!p->told && !jet_out_full(o))
			write_status(s, o, p);
		if (p->see_due && !jet_way_direct(s->jet, &p->way))
			p->see_due = false;
		if (p->see_due && p->validated && !jet_out_full(o))
			write_seen(o, p);
		left |= !p->told || (p->see_due && p->validated);
	}
	s->paths_due = left;
}

void jet_grade_frame_lost(struct jet_session *s, const struct jet_sent_frame *f)
{
	GN_ASSERT(f->type == JET_F_PATH_STATUS || f->type == JET_F_SEEN);
	struct jet_path *p = jet_path_find(s, (uint32_t)f->id);
	if (!p)
		return;
	if (f->type == JET_F_PATH_STATUS)
		p->told = false;
	else
		p->see_due = true;
	s->paths_due = true;
}

/* ---- time ---- */

static gn_time checked_last(const struct jet_path *p)
{
	GN_ASSERT(p->probe.tries <= JET_PROBE_TRIES);
	return p->probe.tries ? p->probe.sent_at[p->probe.tries - 1] : 0;
}

static bool is_rival(const struct jet_session *s, const struct jet_path *p)
{
	return s->rival.set && s->rival.id == p->id;
}

/* What keeps a flow alive is the owner's word, where there is one (RE-22). */
static gn_time check_every(const struct jet_session *s, const struct jet_path *p)
{
	bool flow = jet_way_direct(s->jet, &p->way) && s->jet->spare_every;
	return p == s->path ? JET_CHECK_MAIN : flow ? s->jet->spare_every : JET_CHECK_SPARE;
}

/* When to challenge p next: GN_NEVER while it is being challenged, or need not be. */
static gn_time check_at(const struct jet_session *s, const struct jet_path *p)
{
	if (!p->validated || p->probe.at != GN_NEVER || !jet_way_allowed(s, &p->way) ||
	    (p == s->path && s->streams.count == 0))
		return GN_NEVER;
	if (is_rival(s, p))
		return checked_last(p) + JET_CHECK_RIVAL;
	if (p == s->path && p->run >= JET_FLOW_RUN && !p->reliable)
		return p->heard_at + flow_gap(p);
	gn_time last = p->heard_at > checked_last(p) ? p->heard_at : checked_last(p);
	return last + (p->check_every ? p->check_every : check_every(s, p));
}

static void draw_check(struct jet_session *s, struct jet_path *p)
{
	gn_time every = check_every(s, p);
	uint64_t spread = (uint64_t)every * 2 / 5;
	p->check_every = every - (gn_time)(spread / 2) +
			 (gn_time)gn_rand_below(s->jet->env.rand, spread + 1);
}

/* A spare whose checks were not answered, or that the peer has given up. While nothing comes on
 * the main path either, none is: each end would close the one that the other is on. */
static bool is_dead(const struct jet_session *s, const struct jet_path *p)
{
	return p != s->path && p->validated &&
	       (is_retired(s, p) || (p->unwanted && !s->incoming) ||
		(!s->incoming && p->suspect && !main_is_lost(s) && p->id != s->peer_main &&
		 p->probe.check && p->probe.at == GN_NEVER && p->probe.tries >= p->probe.most));
}

/* When it is suspect: the time of two probe timeouts, the second twice as long, though whoever
 * sends all the time sets their timer back with each packet. */
static gn_time silent_at(const struct jet_path *p)
{
	if (p->suspect || p->reliable || p->space.out == 0 || p->asked_at <= p->heard_at)
		return GN_NEVER;
	return p->asked_at + ((1 << JET_SUSPECT_PTOS) - 1) * jet_pto(p, JET_APP);
}

/* One more than is kept, and when it goes. */
static struct jet_path *superfluous(const struct jet_session *s, gn_time *at)
{
	unsigned proven = proven_count(s);
	bool more = proven > 1 + JET_SPARES && !main_is_lost(s);
	struct jet_path *p = more ? worst_spare(s) : NULL;
	*at = !p ? GN_NEVER : proven > JET_PATHS_KEPT ? 0 : p->spare_since + JET_SPARE_KEPT;
	return p;
}

gn_time jet_grade_deadline(const struct jet_session *s)
{
	gn_time at, choice;
	if (!s->multi || !s->confirmed)
		return GN_NEVER;
	superfluous(s, &at);
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i])
			at = gn_time_min(at,
					 is_dead(s, s->paths[i]) ? 0 : check_at(s, s->paths[i]));
	at = gn_time_min(at, silent_at(s->path));
	if (main_is_lost(s) && !s->suspected)
		at = 0;
	if (!s->rival.set || main_is_lost(s))
		return at;
	choice = s->rival.since + JET_BETTER_FOR;
	return gn_time_min(at, choice > s->rival.hold_until ? choice : s->rival.hold_until);
}

gn_err jet_grade_tick(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	if (!s->multi || !s->confirmed)
		return GN_OK;
	if (silent_at(s->path) <= now) {
		s->path->suspect = true;
		jet_count(s->jet, JET_C_PATHS_SUSPECT);
	}
	if (main_is_lost(s) && !s->suspected)
		GN_TRY(leave_lost(s, GN_JET_WHY_SUSPECT, now));
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (p && is_dead(s, p)) {
			GN_TRY(jet_grade_close(s, p));
		} else if (p && check_at(s, p) <= now) {
			check_now(s, p, now);
			draw_check(s, p);
		}
	}
	gn_time at;
	struct jet_path *more = superfluous(s, &at);
	if (more && at <= now)
		GN_TRY(jet_grade_close(s, more));
	return s->rival.set ? jet_grade_look(s, now) : GN_OK;
}
