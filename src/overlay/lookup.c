/* The iterative lookup: candidates sorted by exact distance to the key, the next request to the
 * best of the nearest by predicted time, until the nearest have answered (OV-30..OV-32).
 * Delivery: every answer of a node holds its ring neighbour that is nearer to the key, or it is
 * the nearest; so the loop ends at the true nearest wherever leaf sets are right.
 *
 *   candidate:  NEW            -> ASKED     [ask_cand]
 *               NEW            -> DEAD      [ask_cand: no room for a request]
 *               ASKED          -> SUSPECT   [hedge]
 *               ASKED, SUSPECT -> ANSWERED  [answer]
 *               ASKED, SUSPECT -> DEAD      [timeout, refused]
 *               ASKED, SUSPECT -> NEW       [timeout, refused: through another]
 *               ANSWERED       -> ASKED     [apart: through one who speaks for others, too] */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"

#include <math.h>

#define NEAR 0.6 /* of as many gaps as nodes are wanted: within it all are asked at once */
/* ms: one of the questions out always goes to somebody who has answered before */
#define HEARSAY 3000.0

struct gn_ov_cand *gn_ov_cand_of(struct gn_ov_op *op, const struct gn_pk *pk)
{
	for (uint32_t i = 0; i < op->cand_count; i++)
		if (gn_pk_eq(&op->cands[i].c.pk, pk))
			return &op->cands[i];
	return NULL;
}

uint32_t gn_ov_cand_rank(const struct gn_ov_op *op, const struct gn_ov_cand *c)
{
	uint32_t rank = 0;
	for (const struct gn_ov_cand *k = op->cands; k < c; k++)
		rank += k->state != GN_OV_DEAD && !k->not_mine;
	return rank;
}

void gn_ov_cand_insert(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_ov_cand *n)
{
	GN_ASSERT(op->cand_count <= GN_OV_CANDS_MAX);
	GN_ASSERT(!op->ended);
	uint32_t at = op->cand_count;
	while (at > 0 && gn_ov_nearer(op->theta, &n->c.id, &op->cands[at - 1].c.id) < 0)
		at--;
	if (op->cand_count == GN_OV_CANDS_MAX) {
		ov->count.cands_full++;
		if (at == GN_OV_CANDS_MAX)
			return;
		const struct gn_ov_cand *last = &op->cands[GN_OV_CANDS_MAX - 1];
		op->inflight -= last->state == GN_OV_ASKED;
		op->cand_count--;
	}
	memmove(op->cands + at + 1, op->cands + at, (op->cand_count - at) * sizeof *op->cands);
	op->cands[at] = *n;
	op->cand_count++;
}

void gn_ov_lookup_add(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_contact *c,
		      const struct gn_ov_coord *coord, uint8_t depth)
{
	GN_ASSERT(!op->ended);
	unsigned deepest = 4 * gn_ov_hops_max(ov->n_est) + 8;
	if (c->mode != GN_FB_NODE_MODE_SERVER || gn_pk_eq(&c->pk, &ov->self.pk) ||
	    depth > deepest || gn_ov_cand_of(op, &c->pk))
		return;
	if (op->parent && gn_ov_sep(gn_ov_theta(c->id.b), op->hole_theta) <= op->hole)
		return;
	struct gn_ov_cand n = {
		.c = *c, .sep = gn_ov_sep(gn_ov_theta(c->id.b), op->theta), .depth = depth};
	gn_ov_coord_init(&n.coord);
	if (coord)
		n.coord = *coord;
	gn_ov_cand_insert(ov, op, &n);
}

void gn_ov_lookup_learn(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_ov_cand *by,
			const struct gn_ov_told *told, const struct gn_pk *teller)
{
	GN_ASSERT(!op || !op->ended);
	gn_time now = ov->now_seen;
	uint8_t depth = by ? (uint8_t)(by->depth + 1) : 1;
	struct gn_ov_contact *c =
		gn_ov_contact_hear(ov, &told->c, &told->coord, told->age, teller, now);
	/* no room for it, or for its teller's word: it could not be dialled on anybody's account */
	if (!c)
		return;
	/* We could not reach it; but who heard it since the last leaf ping knows better, if it
	 * ever spoke to us. */
	if (c->tomb_until > now && (!gn_ov_proven(c) || told->age > ov->cfg.ping_leaf * 5 / 4))
		return;
	if (!op || gn_ov_cand_of(op, &c->c.pk))
		return;
	gn_ov_lookup_add(ov, op, &c->c, &told->coord, depth);
	struct gn_ov_cand *n = gn_ov_cand_of(op, &c->c.pk);
	if (n && by)
		n->by = by->c.id;
}

void gn_ov_lookup_start(struct gn_overlay *ov, struct gn_ov_op *op,
			const struct gn_ov_contact *only, gn_time now)
{
	GN_ASSERT(op->cand_count == 0 && !op->ended);
	struct gn_ov_contact *near[GN_OV_START_CANDS];
	/* what we do to be part of the ring is done by ourselves, and a long record needs a
	 * session */
	op->relays = !ov->cfg.relay_off &&
		     (op->purpose == GN_OV_USER || op->purpose == GN_OV_FOR_REGION) &&
		     (op->kind != GN_OV_PUT || op->record.bytes.len <= GN_OV_RELAY_RECORD);
	if (only) {
		gn_ov_lookup_add(ov, op, &only->c, &only->coord, 1);
		return;
	}
	uint32_t n = gn_ov_contact_nearest(ov, op->theta, false, now, near, GN_COUNT(near));
	for (uint32_t i = 0; i < n; i++)
		gn_ov_lookup_add(ov, op, &near[i]->c, &near[i]->coord, 1);
	/* hearsay must not be all there is */
	n = gn_ov_contact_nearest(ov, op->theta, true, now, near, GN_OV_CHOICE);
	for (uint32_t i = 0; i < n; i++)
		gn_ov_lookup_add(ov, op, &near[i]->c, &near[i]->coord, 1);
	if (ov->server && op->purpose == GN_OV_USER &&
	    !(op->kind == GN_OV_GET && op->get.no_local)) {
		struct gn_ov_cand self = {.c = ov->self,
					  .sep = gn_ov_sep(ov->theta, op->theta),
					  .state = GN_OV_ANSWERED,
					  .self = true,
					  .mine = true};
		gn_ov_cand_insert(ov, op, &self);
	}
}

/* ---- FINDs of our own ---- */

void gn_ov_find_theta(struct gn_overlay *ov, uint64_t theta, enum gn_ov_purpose purpose,
		      const struct gn_ov_contact *only, gn_time now)
{
	GN_ASSERT(purpose != GN_OV_USER && purpose != GN_OV_FOR_REGION);
	struct gn_hash key = {{0}};
	struct gn_ov_op *op;
	gn_put_be64(key.b, theta);
	if (gn_ov_op_new(ov, GN_OV_FIND, purpose, &key, now, &op) != GN_OK)
		return;
	if (purpose == GN_OV_FOR_JOIN) {
		ov->own_find = true;
		op->count = 2u * ov->cfg.l < GN_OV_CHOICE ? 2u * ov->cfg.l : GN_OV_CHOICE;
	}
	gn_ov_lookup_start(ov, op, only, now);
	gn_ov_op_wake(ov, op);
}

bool gn_ov_find_for(struct gn_overlay *ov, uint64_t theta, struct gn_ov_op *parent, gn_time now)
{
	GN_ASSERT(!parent->ended && parent->probes > 0);
	struct gn_hash key = {{0}};
	struct gn_ov_op *op;
	gn_put_be64(key.b, theta);
	if (gn_ov_op_new(ov, GN_OV_FIND, GN_OV_FOR_REGION, &key, now, &op) != GN_OK)
		return false;
	op->parent = parent->id;
	op->hole_theta = parent->theta;
	op->hole = parent->hole;
	gn_ov_lookup_start(ov, op, NULL, now);
	gn_ov_op_wake(ov, op);
	return true;
}

bool gn_ov_lookup_probe(struct gn_overlay *ov, struct gn_ov_op *op, unsigned most, gn_time now)
{
	GN_ASSERT(!op->ended && op->kind != GN_OV_FIND);
	uint64_t reach = gn_ov_reach(ov);
	unsigned n = 0;
	for (uint32_t i = 0; i < op->cand_count && op->cands[i].sep <= reach; i++) {
		n += op->cands[i].state != GN_OV_DEAD;
		op->hole = op->cands[i].sep;
	}
	if (op->probed || n <= most)
		return false;
	op->probed = true;
	op->probes = 2; /* neither ends inside its start */
	ov->count.probed++;
	if (!gn_ov_find_for(ov, op->theta + reach, op, now))
		op->probes--;
	if (!gn_ov_find_for(ov, op->theta - reach, op, now))
		op->probes--;
	return op->probes > 0;
}

void gn_ov_lookup_probed(struct gn_overlay *ov, const struct gn_ov_op *probe)
{
	GN_ASSERT(probe->ended && probe->parent);
	struct gn_ov_op *op = gn_ov_op_get(ov, probe->parent);
	if (!op)
		return;
	for (uint32_t i = 0; i < probe->cand_count; i++)
		if (probe->cands[i].state != GN_OV_DEAD)
			gn_ov_lookup_add(ov, op, &probe->cands[i].c, &probe->cands[i].coord,
					 probe->cands[i].depth);
	GN_ASSERT(op->probes > 0);
	op->probes--;
	gn_ov_op_wake(ov, op);
}

static gn_fbref make_question(struct gn_ov_op *op, struct gn_fbb *b)
{
	struct gn_fb_hash h;
	memcpy(h.b, op->key.b, 32);
	if (op->kind == GN_OV_GET)
		return gn_fb_get_make(
			b, &(struct gn_fb_get_args){.key = &h, .min_seq = op->get.min_seq});
	return gn_fb_find_make(b, &(struct gn_fb_find_args){.theta = op->theta,
							    .target = &h,
							    .limit = GN_OV_REPLY_CONTACTS});
}

static uint8_t question_kind(const struct gn_ov_op *op)
{
	return op->kind == GN_OV_GET ? GN_FB_OVERLAY_BODY_GET : GN_FB_OVERLAY_BODY_FIND;
}

static void send_question(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_contact *to,
			  uint64_t request)
{
	GN_ASSERT(!op->ended && request != 0);
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = make_question(op, &b);
	(void)gn_ov_send(ov, &b, to, request, question_kind(op), body);
}

/* The same through another. NULL: no room for a request. */
static struct gn_ov_request *ask_through(struct gn_overlay *ov, struct gn_ov_op *op,
					 const struct gn_contact *to, const struct gn_ov_way *way,
					 gn_time now)
{
	GN_ASSERT(op->relays && way->by);
	struct gn_ov_request *r =
		gn_ov_request_through(ov, question_kind(op), to, &way->by->c.pk, way->rtt, now);
	if (!r)
		return NULL;
	uint8_t bytes[GN_OV_RELAY_INNER];
	struct gn_slice inner;
	struct gn_fbb b = gn_fbb(bytes, sizeof bytes);
	gn_fbref body = make_question(op, &b);
	bool fits = gn_ov_finish(&b, r->id, question_kind(op), body, &inner);
	GN_ASSERT(fits); /* a key and some numbers */
	gn_ov_relay_ask(ov, way, r, inner, now);
	return r;
}

/* All within it are asked at once. An owner who wants more than a set does not ask the last of them
 * two at a time. */
static double near_of(const struct gn_overlay *ov, const struct gn_ov_op *op)
{
	bool more = op->purpose == GN_OV_USER && op->count > ov->cfg.r;
	return NEAR * (more ? op->count : ov->cfg.r) * gn_ov_gap(ov);
}

uint32_t gn_overlay_find_near(const struct gn_overlay *ov, gn_op id, uint32_t max,
			      struct gn_contact *out)
{
	const struct gn_ov_op *op = gn_ov_op_get(ov, id);
	uint32_t n = 0;
	if (!op || op->kind != GN_OV_FIND || op->ended)
		return 0;
	for (uint32_t i = 0; i < op->cand_count && n < max; i++) {
		const struct gn_ov_cand *c = &op->cands[i];
		if ((double)c->sep > near_of(ov, op))
			break;
		if (c->state != GN_OV_NEW && c->state != GN_OV_DEAD)
			out[n++] = c->c;
	}
	return n;
}

static void ask_cand(struct gn_overlay *ov, struct gn_ov_op *op, struct gn_ov_cand *c, gn_time now)
{
	GN_ASSERT(c->state == GN_OV_NEW && !c->self);
	const struct gn_ov_contact *k = gn_ov_contact_get(ov, &c->c.pk);
	struct gn_ov_request *r = NULL; /* it was forgotten meanwhile */
	struct gn_ov_way way = {0};
	c->via = (struct gn_pk){0};
	if (k && !c->itself && gn_ov_relay_way(ov, op, k, now, &way))
		r = ask_through(ov, op, &c->c, &way, now);
	else if (k)
		r = gn_ov_request_new(ov, question_kind(op), &c->c, now);
	if (!r) { /* no room now: not its fault, but this lookup cannot wait for it */
		c->state = GN_OV_DEAD;
		return;
	}
	r->op = op->id;
	c->via = r->via;
	c->state = GN_OV_ASKED;
	c->request = r->id;
	c->sent = now;
	op->inflight++;
	op->rpcs++;
	if (op->purpose == GN_OV_USER && op->kind == GN_OV_FIND)
		ov->near_asked = ov->near_asked || (double)c->sep <= near_of(ov, op);
	if (!r->relayed)
		send_question(ov, op, &c->c, r->id);
}

/* OV-38: all have answered, but some by one who speaks for others, too: these are asked themselves.
 * False: all speak for themselves. */
static bool ask_apart(struct gn_overlay *ov, struct gn_ov_op *op, uint32_t width, gn_time now)
{
	bool asked = false;
	uint32_t rank = 0;
	for (uint32_t i = 0; i < op->cand_count && rank < width; i++) {
		struct gn_ov_cand *c = &op->cands[i];
		rank += c->state != GN_OV_DEAD;
		if (c->state != GN_OV_ANSWERED || !gn_ov_relay_echo(op, c, width, false))
			continue;
		if (c->has_value)
			gn_ov_values_forget(op, &c->version);
		c->state = GN_OV_NEW;
		c->has_value = c->mine = false;
		c->itself = true;
		ask_cand(ov, op, c, now);
		asked = true;
	}
	return asked;
}

/* OV-30: predicted time to the answer, price of the remaining way, load. Milliseconds. */
static double score_of(struct gn_overlay *ov, const struct gn_ov_op *op,
		       const struct gn_ov_contact *k, const struct gn_ov_cand *c, double mean_load)
{
	GN_ASSERT(!k || gn_pk_eq(&k->c.pk, &c->c.pk));
	struct gn_ov_way way;
	double s = (double)gn_ov_rtt_hat(ov, k, &c->coord) / 1e6,
	       x = (double)c->sep / gn_ov_gap(ov), free = 0.4 * ov->cfg.r;
	if (!c->itself && gn_ov_relay_way(ov, op, k, ov->now_seen, &way))
		s = (double)way.rtt / 1e6;
	else if (!k || !k->up)
		s *= 3; /* a handshake first: two round trips */
	if (mean_load > 4 && c->c.load > mean_load)
		s += 40 * (c->c.load / mean_load - 1);
	if (k && k->link && k->link->miss)
		s += 1000; /* OV-31: after a miss not preferred */
	if (x > free)
		s += 90 + 10 * log2(x / free);
	return s;
}

static struct gn_ov_cand *best_cand(struct gn_overlay *ov, struct gn_ov_op *op, uint32_t window,
				    bool one)
{
	GN_ASSERT(op->cand_count > 0);
	struct gn_ov_cand *pick = NULL;
	double pick_score = 0, load = 0;
	uint32_t rank = 0, rank_proven = 0;
	bool sure = false; /* somebody who has answered before is being waited for */
	for (uint32_t i = 0; i < op->cand_count; i++) {
		load += op->cands[i].c.load;
		const struct gn_ov_contact *k = NULL;
		if (op->cands[i].state == GN_OV_ASKED)
			k = gn_ov_contact_get(ov, &op->cands[i].c.pk);
		sure = sure || (k && gn_ov_proven(k));
	}
	load /= op->cand_count ? op->cand_count : 1;
	for (uint32_t i = 0; i < op->cand_count; i++) {
		struct gn_ov_cand *c = &op->cands[i];
		if (c->state == GN_OV_DEAD)
			continue;
		const struct gn_ov_contact *k = gn_ov_contact_get(ov, &c->c.pk);
		bool proven = k && gn_ov_proven(k);
		rank++;
		rank_proven += proven;
		/* The first record ends a GET: once hearsay has failed, somebody who is sure to
		 * answer may be farther. */
		bool farther = one && !sure && proven && rank_proven <= window;
		if (rank > window && !farther)
			continue;
		if (c->state != GN_OV_NEW)
			continue;
		double s = score_of(ov, op, k, c, load) + (proven || sure ? 0 : HEARSAY);
		if (!pick || s < pick_score) {
			pick = c;
			pick_score = s;
		}
	}
	return pick;
}

static unsigned alpha_of(const struct gn_overlay *ov, const struct gn_ov_op *op)
{
	for (uint32_t i = 0; i < op->cand_count; i++)
		if (op->cands[i].state == GN_OV_SUSPECT)
			return 3;
	return op->timeouts || ov->recent_lost * 20 > ov->recent_asked ? 3 : 2;
}

bool gn_ov_lookup_step(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(!op->ended && !op->storing);
	uint32_t rank = 0, unanswered = 0, width = gn_ov_op_width(ov, op);
	bool one =
		/* the first record ends it: no crowd */
		op->kind == GN_OV_GET && op->get.quorum == 1 && !op->widened;
	double near = near_of(ov, op);
	for (uint32_t i = 0; i < op->cand_count && rank < width; i++) {
		struct gn_ov_cand *c = &op->cands[i];
		if (c->state == GN_OV_DEAD)
			continue;
		if (c->state == GN_OV_NEW && !one && ((double)c->sep <= near || op->widened))
			ask_cand(ov, op, c, now);
		unanswered += c->state != GN_OV_ANSWERED && c->state != GN_OV_DEAD;
		rank += c->state != GN_OV_DEAD;
	}
	uint32_t window = width > GN_OV_CHOICE ? width : GN_OV_CHOICE;
	if (unanswered == 0 && !ask_apart(ov, op, width, now))
		return true;
	for (unsigned a = alpha_of(ov, op); op->inflight < a;) {
		struct gn_ov_cand *c = best_cand(ov, op, window, one && a > 2);
		if (!c)
			break;
		ask_cand(ov, op, c, now);
	}
	return false;
}

void gn_ov_step_record(struct gn_ov_op *op, const struct gn_ov_cand *c, gn_err outcome, gn_time now)
{
	GN_ASSERT(op->step_count <= GN_OVERLAY_TRACE);
	if (op->step_count == GN_OVERLAY_TRACE)
		return;
	op->steps[op->step_count++] = (struct gn_overlay_step){.id = c->c.id,
							       .addr = c->c.addrs[0],
							       .depth = c->depth,
							       .outcome = outcome,
							       .sent = c->sent,
							       .rtt = now - c->sent,
							       .by = c->by};
}

/* ---- what became of a request ---- */

void gn_ov_lookup_hedge(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(gn_ov_of_lookup(r->kind));
	struct gn_ov_op *op = gn_ov_op_get(ov, r->op);
	struct gn_ov_cand *c =
		op && r->kind != GN_FB_OVERLAY_BODY_PUT ? gn_ov_cand_of(op, &r->to.pk) : NULL;
	if (!c || c->request != r->id)
		return;
	const struct gn_ov_contact *k = gn_ov_contact_get(ov, &r->to.pk);
	bool nearest = gn_ov_cand_rank(op, c) < op->count;
	if (nearest && !r->relayed && r->tries == 0 && k && k->direct &&
	    now - k->direct < 2 * ov->cfg.ping_leaf) {
		gn_time patient = r->sent +
				  /* it was there a moment ago: loss is likelier than death */
				  GN_OV_SENDS * (now - r->sent);
		r->dead_at = patient > r->dead_at ? patient : r->dead_at;
	}
	if (nearest && !r->relayed && r->tries + 1 < GN_OV_SENDS && (!k || gn_ov_proven(k))) {
		/* a lost datagram must not hide it */
		r->tries++;
		send_question(ov, op, &c->c, r->id);
	}
	if (c->state != GN_OV_ASKED)
		return;
	c->state = GN_OV_SUSPECT; /* its slot is free, a late answer still counts */
	op->inflight--;
	gn_ov_op_wake(ov, op);
}

void gn_ov_lookup_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(r->kind == GN_FB_OVERLAY_BODY_FIND || r->kind == GN_FB_OVERLAY_BODY_GET);
	struct gn_ov_op *op = gn_ov_op_get(ov, r->op);
	struct gn_ov_cand *c = op ? gn_ov_cand_of(op, &r->to.pk) : NULL;
	struct gn_ov_contact *k = gn_ov_contact_get(ov, &r->to.pk);
	bool current =
		c && c->request == r->id && (c->state == GN_OV_ASKED || c->state == GN_OV_SUSPECT);
	uint8_t tries = (uint8_t)(r->tries + 1);
	bool relayed = r->relayed;
	if (relayed)
		gn_ov_relay_missed(ov, r, now);
	gn_ov_request_free(ov, r);
	if (k && !relayed) {
		k->fails = (uint8_t)(k->fails + tries < 255 ? k->fails + tries : 255);
		if (k->link)
			gn_ov_link_probe(ov, k->link, now);
		else if (k->fails >= GN_OV_TRIES || !gn_ov_proven(k))
			gn_ov_contact_bury(ov, k, now);
	}
	if (!current)
		return;
	op->inflight -= c->state == GN_OV_ASKED;
	gn_ov_step_record(op, c, GN_TIMEOUT, now);
	c->state = relayed ? GN_OV_NEW : GN_OV_DEAD;
	op->timeouts++;
	gn_ov_op_wake(ov, op);
}

struct gn_ov_cand *gn_ov_lookup_answer(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now,
				       struct gn_ov_op **out)
{
	GN_ASSERT(r->kind == GN_FB_OVERLAY_BODY_FIND || r->kind == GN_FB_OVERLAY_BODY_GET);
	struct gn_ov_op *op = gn_ov_op_get(ov, r->op);
	struct gn_ov_cand *c = op ? gn_ov_cand_of(op, &r->to.pk) : NULL;
	*out = op;
	if (!c || c->request != r->id)
		return NULL;
	op->inflight -= c->state == GN_OV_ASKED;
	c->state = GN_OV_ANSWERED;
	gn_ov_step_record(op, c, GN_OK, now);
	return c;
}

/* ---- answering ---- */

void gn_ov_send_nodes(struct gn_overlay *ov, const struct gn_ov_from *from,
		      const struct gn_ov_nodes *nodes, gn_time now)
{
	uint8_t type = nodes->type;
	unsigned limit = nodes->limit;
	GN_ASSERT(type == GN_FB_OVERLAY_BODY_NODES || type == GN_FB_OVERLAY_BODY_NOT_MINE);
	GN_ASSERT(limit > 0);
	struct gn_ov_contact *near[GN_OV_REPLY_CONTACTS + 1];
	gn_fbref refs[GN_OV_REPLY_CONTACTS];
	if (limit > GN_OV_REPLY_CONTACTS)
		limit = GN_OV_REPLY_CONTACTS;
	uint32_t n = gn_ov_contact_nearest(ov, nodes->theta, true, now, near, limit + 1);
	for (uint32_t i = 0; i < n; i++)
		if (near[i] == from->contact) { /* who asks knows itself */
			memmove(near + i, near + i + 1, (n - i - 1) * sizeof *near);
			n--;
			break;
		}
	struct gn_fbb b = gn_ov_builder(ov);
	struct gn_ov_choice choice = {near, n < limit ? n : limit,
				      GN_OV_DATAGRAM_MAX - GN_OV_NODES_BYTES};
	uint32_t made = gn_ov_put_contacts(ov, &b, choice, refs, now);
	gn_fbref body;
	if (type == GN_FB_OVERLAY_BODY_NODES)
		body = gn_fb_nodes_make(
			&b, &(struct gn_fb_nodes_args){.contacts = {refs, made},
						       .leaf_digest = gn_ov_leaf_digest(ov),
						       .mine = nodes->mine});
	else
		body = gn_fb_not_mine_make(
			&b, &(struct gn_fb_not_mine_args){.contacts = {refs, made},
							  .leaf_digest = gn_ov_leaf_digest(ov)});
	(void)gn_ov_send(ov, &b, &from->c, from->request, type, body);
}

void gn_ov_on_find(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_find m, gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_FIND);
	uint8_t limit = gn_fb_find_limit(m);
	uint64_t theta = gn_fb_find_theta(m);
	ov->count.asked_find++;
	ov->load_served++;
	bool mine = gn_ov_answers_for(ov, theta);
	struct gn_ov_nodes nodes = {.type = GN_FB_OVERLAY_BODY_NODES,
				    .theta = theta,
				    .limit = limit ? limit : 1,
				    .mine = mine};
	gn_ov_send_nodes(ov, from, &nodes, now);
}

void gn_ov_on_nodes(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_nodes m,
		    gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_NODES);
	struct gn_ov_request *r = gn_ov_request_answered(ov, from, now);
	const struct gn_contact *word = gn_ov_word_of(from);
	struct gn_ov_op *op;
	if (!r)
		return;
	struct gn_ov_cand *c = gn_ov_lookup_answer(ov, r, now, &op), by = {0};
	gn_ov_request_free(ov, r);
	if (c) {
		c->mine = gn_fb_nodes_mine(m);
		by = *c;
	}
	uint32_t n = gn_fb_nodes_contacts_len(m);
	for (uint32_t i = 0; i < n && i < GN_OV_FIND_CONTACTS; i++) {
		struct gn_ov_told told;
		if (gn_ov_get_contact(ov, gn_fb_nodes_contacts_at(m, i), &word->addrs[0], &told))
			gn_ov_lookup_learn(ov, c ? op : NULL, &by, &told, &word->pk);
	}
	if (op)
		gn_ov_op_wake(ov, op);
}
