/* Operations: started by the owner (or by ourselves, to join and heal), carried by a lookup,
 * ended exactly once.
 *
 *   FIND, GET: LOOKING -> ENDED [get_done, lookup_step, op_due] PUT: LOOKING -> STORING -> ENDED
 *   [put_step] ENDED -> shown by next_event -> freed by the next call (ours: freed by the next
 *   call) */
#include "overlay/overlay_int.h"

struct gn_ov_op *gn_ov_op_get(const struct gn_overlay *ov, gn_op id)
{
	struct gn_ov_op **at = id ? gn_map_get(&ov->ops, &id) : NULL;
	return at ? *at : NULL;
}

gn_err gn_ov_op_new(struct gn_overlay *ov, enum gn_ov_op_kind kind, enum gn_ov_purpose purpose,
		    const struct gn_hash *key, gn_time now, struct gn_ov_op **out)
{
	if (purpose == GN_OV_USER && ov->user_ops >= GN_OV_OPS_MAX) {
		ov->count.ops_full++;
		return GN_LIMIT;
	}
	struct gn_ov_op *op = GN_NEW(ov->env.alloc, struct gn_ov_op);
	if (!op)
		goto fail;
	gn_ov_timer_init(&op->timer, GN_OV_TIMER_OP);
	op->id = ov->next_op;
	op->kind = (uint8_t)kind;
	op->purpose = (uint8_t)purpose;
	op->key = *key;
	op->theta = gn_theta(key->b);
	op->count = ov->cfg.r;
	op->started = now;
	struct gn_ov_op **slot = gn_map_put(&ov->ops, &op->id);
	if (!slot)
		goto fail;
	*slot = op;
	if (gn_ov_timer_set(ov, &op->timer, now + GN_OV_OP_LIFE) != GN_OK) {
		(void)gn_map_remove(&ov->ops, &op->id);
		goto fail;
	}
	ov->next_op++;
	ov->user_ops += purpose == GN_OV_USER;
	*out = op;
	return GN_OK;
fail:
	gn_mem_free(ov->env.alloc, op);
	ov->count.nomem++;
	return GN_NOMEM;
}

void gn_ov_op_free(struct gn_overlay *ov, struct gn_ov_op *op)
{
	ov->user_ops -= op->purpose == GN_OV_USER;
	ov->visitor_ops -= op->get.visitor;
	gn_heap_remove(&ov->timers, &op->timer.node);
	gn_ov_values_free(ov, op);
	gn_mem_free(ov->env.alloc, op->bytes);
	gn_mem_free(ov->env.alloc, op);
}

static void count_hops(struct gn_overlay *ov, const struct gn_ov_op *op)
{
	ov->hop_counts[op->hops < GN_COUNT(ov->hop_counts) ? op->hops
							   : GN_COUNT(ov->hop_counts) - 1]++;
	ov->hop_total++;
	ov->hop_sum += op->hops;
}

/* The nearest that are alive: of a FIND those who answered, else the set that was asked. */
static void take_contacts(struct gn_ov_op *op)
{
	for (uint32_t i = 0; i < op->cand_count && op->contact_count < op->count; i++) {
		const struct gn_ov_cand *c = &op->cands[i];
		if (c->state == GN_OV_DEAD ||
		    (op->kind == GN_OV_FIND && c->state != GN_OV_ANSWERED))
			continue;
		if (op->contact_count < GN_COUNT(op->contacts))
			op->contacts[op->contact_count++] = c->c;
	}
}

void gn_ov_op_end(struct gn_overlay *ov, struct gn_ov_op *op, gn_err err, gn_time now)
{
	GN_ASSERT(!op->ended);
	op->ended = true;
	op->err = err;
	op->took = now - op->started;
	bool there = gn_map_remove(&ov->ops, &op->id);
	GN_ASSERT(there);
	gn_heap_remove(&ov->timers, &op->timer.node);
	take_contacts(op);
	ov->count.lookup_rpcs += op->rpcs;
	op->next_done = NULL;
	if (op->purpose != GN_OV_USER) {
		gn_ov_join_found(ov, op, now);
		if (op->parent)
			gn_ov_lookup_probed(ov, op, now);
		op->next_done = ov->trash;
		ov->trash = op;
		return;
	}
	ov->count.lookups++;
	ov->count.lookups_failed += err == GN_TIMEOUT || err == GN_UNREACHABLE;
	if (err == GN_OK)
		count_hops(ov, op);
	if (ov->done_last)
		ov->done_last->next_done = op;
	else
		ov->done_first = op;
	ov->done_last = op;
}

/* Wakes the operation at the next tick: for answers that come inside its own step. */
void gn_ov_op_wake(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	gn_err err = gn_ov_timer_set(ov, &op->timer, now);
	GN_ASSERT(err == GN_OK);
}

void gn_ov_op_due(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	gn_time end = op->started + GN_OV_OP_LIFE;
	if (op->storing) /* as long as its copies are on their way */
		end += gn_ov_line_time(ov, ov->out_bytes);
	if (now >= end) {
		ov->count.ops_timeout++;
		gn_ov_op_end(ov, op, op->kind == GN_OV_PUT && op->storing ? GN_QUORUM : GN_TIMEOUT,
			     now);
		return;
	}
	gn_err err = gn_ov_timer_set(ov, &op->timer, end);
	GN_ASSERT(err == GN_OK);
	gn_ov_op_step(ov, op, now);
}

/* Did anybody answer? Ourselves count when nobody else was ever known. */
gn_err gn_ov_op_reached(const struct gn_overlay *ov, const struct gn_ov_op *op)
{
	for (uint32_t i = 0; i < op->cand_count; i++)
		if (op->cands[i].state == GN_OV_ANSWERED && !op->cands[i].self)
			return GN_OK;
	return ov->server && (ov->boot_count == 0 || ov->count.links_made == 0) ? GN_OK
										: GN_UNREACHABLE;
}

static void find_end(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	gn_err err = gn_ov_op_reached(ov, op);
	for (uint32_t i = 0; i < op->cand_count; i++)
		if (op->cands[i].state == GN_OV_ANSWERED) {
			op->hops = op->cands[i].depth;
			break;
		}
	gn_ov_op_end(ov, op, err, now);
}

void gn_ov_op_step(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now)
{
	if (op->ended)
		return;
	if (op->storing) {
		gn_ov_put_step(ov, op, now);
		return;
	}
	if (op->kind == GN_OV_GET && gn_ov_get_done(ov, op, false, now))
		return;
	if (op->probes)
		return; /* they wake it */
	bool answered = gn_ov_lookup_step(ov, op, now);
	if (!answered)
		return;
	switch (op->kind) {
	case GN_OV_FIND: find_end(ov, op, now); break;
	case GN_OV_GET:
		/* widened: ask on */
		if (!gn_ov_get_done(ov, op, true, now) && gn_ov_lookup_step(ov, op, now))
			(void)gn_ov_get_done(ov, op, true, now);
		break;
	default:
		if (gn_ov_lookup_probe(ov, op, op->count + op->count / 4, now))
			break;
		op->storing = true;
		gn_ov_put_step(ov, op, now);
	}
}

void gn_ov_find_theta(struct gn_overlay *ov, uint64_t theta, enum gn_ov_purpose purpose,
		      const struct gn_ov_contact *only, gn_time now)
{
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
	gn_ov_op_step(ov, op, now);
}

bool gn_ov_find_for(struct gn_overlay *ov, uint64_t theta, struct gn_ov_op *parent, gn_time now)
{
	struct gn_hash key = {{0}};
	struct gn_ov_op *op;
	gn_put_be64(key.b, theta);
	if (gn_ov_op_new(ov, GN_OV_FIND, GN_OV_FOR_REGION, &key, now, &op) != GN_OK)
		return false;
	op->parent = parent->id;
	op->hole_theta = parent->theta;
	op->hole = parent->hole;
	gn_ov_lookup_start(ov, op, NULL, now);
	gn_ov_op_wake(ov, op, now);
	return true;
}

/* ---- the owner's side ---- */

static void start(struct gn_overlay *ov, struct gn_ov_op *op, gn_time now, gn_op *id)
{
	*id = op->id;
	gn_ov_lookup_start(ov, op, NULL, now);
	if (op->kind == GN_OV_GET)
		gn_ov_get_local(ov, op, now);
	gn_ov_op_step(ov, op, now);
	gn_ov_links_changed(ov, now);
}

gn_err gn_overlay_room(struct gn_overlay *ov)
{
	if (ov->user_ops < GN_OV_OPS_CLIENTS)
		return GN_OK;
	ov->count.ops_full++;
	return GN_LIMIT;
}

gn_err gn_overlay_find(struct gn_overlay *ov, const struct gn_hash *key, unsigned count,
		       gn_time now, gn_op *id)
{
	struct gn_ov_op *op;
	gn_ov_begin(ov, now);
	if (count == 0 || count > GN_OV_REPLY_CONTACTS)
		return GN_RANGE;
	GN_TRY(gn_ov_op_new(ov, GN_OV_FIND, GN_OV_USER, key, now, &op));
	op->count = count;
	start(ov, op, now, id);
	return GN_OK;
}

gn_err gn_overlay_get(struct gn_overlay *ov, const struct gn_hash *key,
		      const struct gn_get_options *options, gn_time now, gn_op *id)
{
	static const struct gn_get_options none;
	struct gn_ov_op *op;
	gn_ov_begin(ov, now);
	if (options && options->quorum > ov->cfg.r)
		return GN_RANGE;
	if (options && options->visitor && ov->visitor_ops >= GN_OV_OPS_VISITORS) {
		ov->count.ops_full++;
		return GN_LIMIT;
	}
	GN_TRY(gn_ov_op_new(ov, GN_OV_GET, GN_OV_USER, key, now, &op));
	op->get = options ? *options : none;
	ov->visitor_ops += op->get.visitor;
	if (op->get.quorum == 0)
		op->get.quorum = ov->cfg.rq;
	start(ov, op, now, id);
	return GN_OK;
}

gn_err gn_overlay_put(struct gn_overlay *ov, struct gn_slice record, unsigned w, gn_time now,
		      gn_op *id)
{
	struct gn_record r;
	struct gn_ov_op *op;
	gn_ov_begin(ov, now);
	if (w > ov->cfg.r)
		return GN_RANGE;
	GN_TRY(gn_wire_record_open(record, &r));
	GN_TRY(gn_record_fresh(&r, gn_unix(gn_ov_live(ov, &r, now))));
	GN_TRY(gn_ov_op_new(ov, GN_OV_PUT, GN_OV_USER, &r.key, now, &op));
	op->w = w ? w : ov->cfg.w;
	op->bytes = gn_mem_new(ov->env.alloc, record.len);
	if (!op->bytes) {
		(void)gn_map_remove(&ov->ops, &op->id);
		gn_ov_op_free(ov, op);
		ov->count.nomem++;
		return GN_NOMEM;
	}
	memcpy(op->bytes, record.p, record.len);
	gn_err err = gn_wire_record_parse(gn_slice(op->bytes, record.len), &op->record);
	GN_ASSERT(err == GN_OK); /* it parsed a moment ago */
	start(ov, op, now, id);
	return GN_OK;
}

void gn_overlay_cancel(struct gn_overlay *ov, gn_op id)
{
	gn_ov_begin(ov, ov->now_seen);
	struct gn_ov_op *op = gn_ov_op_get(ov, id);
	if (op && op->purpose == GN_OV_USER)
		gn_ov_op_end(ov, op, GN_CLOSED, ov->now_seen);
}
