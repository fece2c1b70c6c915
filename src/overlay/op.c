/* Operations: started by the owner (or by ourselves, to join and heal), carried by a lookup,
 * ended exactly once.
 *
 *   FIND, GET:  LOOKING -> ENDED             [get_done, lookup_step, op_due]
 *   PUT:        LOOKING -> STORING -> ENDED  [put_step]
 *   ENDED -> shown by next_event -> freed by the next call
 *   ENDED -> freed by the next call          (ours, once settle.c has drawn what follows)
 *
 * 1. Handlers mark an operation (wake); only settle.c steps it, once no handler runs. So an
 *    operation never ends under the hands of who looks at it.
 * 2. What is woken or ended in an input is dealt with in it. */
#include "overlay/op_int.h"
#include "overlay/request_int.h"

struct gn_ov_op *gn_ov_op_get(const struct gn_overlay *ov, gn_op id)
{
	struct gn_ov_op **at = id ? gn_map_get(&ov->ops, &id) : NULL;
	return at ? *at : NULL;
}

gn_err gn_ov_op_new(struct gn_overlay *ov, enum gn_ov_op_kind kind, enum gn_ov_purpose purpose,
		    const struct gn_hash *key, gn_time now, struct gn_ov_op **out)
{
	GN_ASSERT(purpose == GN_OV_USER || kind == GN_OV_FIND);
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
	op->theta = gn_ov_theta(key->b);
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

void gn_ov_values_free(struct gn_overlay *ov, struct gn_ov_op *op)
{
	for (uint32_t i = 0; i < op->value_count; i++)
		gn_mem_free(ov->env.alloc, op->values[i].bytes);
	op->value_count = 0;
}

/* Keeps the newest few, newest first. */
bool gn_ov_values_add(struct gn_overlay *ov, struct gn_ov_op *op, const struct gn_record *r)
{
	GN_ASSERT(op->value_count <= GN_OVERLAY_VALUES);
	uint32_t at = op->value_count;
	while (at > 0 && gn_record_compare(&op->values[at - 1].record, r) < 0)
		at--;
	if (at == GN_OVERLAY_VALUES)
		return false;
	struct gn_ov_value v = {.bytes = gn_mem_new(ov->env.alloc, r->bytes.len), .holders = 1};
	if (!v.bytes) {
		ov->count.nomem++;
		return false;
	}
	memcpy(v.bytes, r->bytes.p, r->bytes.len);
	gn_err err = gn_wire_record_parse(gn_slice(v.bytes, r->bytes.len), &v.record);
	GN_ASSERT(err == GN_OK);
	if (op->value_count == GN_OVERLAY_VALUES)
		gn_mem_free(ov->env.alloc, op->values[--op->value_count].bytes);
	memmove(op->values + at + 1, op->values + at, (op->value_count - at) * sizeof *op->values);
	op->values[at] = v;
	op->value_count++;
	return true;
}

void gn_ov_values_forget(struct gn_ov_op *op, const struct gn_hash *version)
{
	for (uint32_t i = 0; i < op->value_count; i++)
		if (op->values[i].holders && gn_hash_eq(&op->values[i].record.hash, version))
			op->values[i].holders--;
}

void gn_ov_op_free(struct gn_overlay *ov, struct gn_ov_op *op)
{
	GN_ASSERT(!op->woken);
	GN_ASSERT(op->purpose != GN_OV_USER || ov->user_ops > 0);
	ov->user_ops -= op->purpose == GN_OV_USER;
	ov->visitor_ops -= op->get.visitor;
	gn_heap_remove(&ov->timers, &op->timer.node);
	gn_ov_values_free(ov, op);
	gn_mem_free(ov->env.alloc, op->bytes);
	gn_mem_free(ov->env.alloc, op);
}

static void count_hops(struct gn_overlay *ov, const struct gn_ov_op *op)
{
	GN_ASSERT(op->ended);
	ov->hop_counts[op->hops < GN_COUNT(ov->hop_counts) ? op->hops
							   : GN_COUNT(ov->hop_counts) - 1]++;
	ov->hop_total++;
	ov->hop_sum += op->hops;
}

/* The nearest that are alive: of a FIND those who answered, else the set that was asked. */
static void take_contacts(struct gn_ov_op *op)
{
	GN_ASSERT(op->ended && op->contact_count == 0);
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
		op->next_done = ov->ours_ended;
		ov->ours_ended = op;
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

void gn_ov_op_wake(struct gn_overlay *ov, struct gn_ov_op *op)
{
	GN_ASSERT(!op->ended);
	if (op->woken)
		return;
	op->woken = true;
	op->next_woken = NULL;
	*(ov->woken_last ? &ov->woken_last->next_woken : &ov->woken_first) = op;
	ov->woken_last = op;
}

void gn_ov_op_local(struct gn_overlay *ov, gn_op id, const struct gn_ov_local *local)
{
	struct gn_ov_op *op = gn_ov_op_get(ov, id);
	if (!op)
		return;
	GN_ASSERT(!op->local.came && op->kind != GN_OV_FIND);
	op->local = *local;
	op->local.came = true;
	gn_ov_op_wake(ov, op);
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
