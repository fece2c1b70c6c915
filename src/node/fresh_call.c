/* Operations in contexts: begun, named by numbers of the node, carried over from day to day.
 *
 * A number says the context and the operation there; what lasts (a follow) keeps its first one
 * while it moves, and is found by it. */
#include "node/fresh_int.h"

/* ---- numbers ---- */

static struct fresh_lasting *lasting_of(const struct gn_node *node, gn_op op)
{
	struct fresh_lasting *l = node->fresh.lasting;
	while (l && l->op != op)
		l = l->next;
	return l;
}

static struct fresh *of_number(const struct gn_node *node, uint64_t number)
{
	return fresh_at(node, (uint32_t)(number >> 32) & (FRESH_SERIALS - 1));
}

struct gn_box *gn_node_fresh_box(struct gn_node *node, uint64_t *number)
{
	if (!(*number & FRESH_NUMBER))
		return node->box;
	const struct fresh_lasting *l = lasting_of(node, *number);
	struct fresh *f = l ? fresh_at(node, l->serial) : of_number(node, *number);
	*number = l ? l->in : (uint32_t)*number;
	if (f)
		fresh_touch(f);
	return f ? f->box : NULL;
}

/* ---- what lasts ---- */

void fresh_lasting_free(struct gn_node *node, struct fresh_lasting *l)
{
	struct fresh_lasting **at = &node->fresh.lasting;
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	gn_mem_free(node->env.alloc, l->token);
	gn_mem_free(node->env.alloc, l);
}

static void end_old(struct gn_node *node, struct fresh_lasting *l)
{
	struct fresh *old = l->old_serial ? fresh_at(node, l->old_serial) : NULL;
	l->old_serial = 0;
	if (!old)
		return;
	gn_box_cancel(old->box, l->old_in, node->now);
	fresh_touch(old);
}

/* Begins it in today's context. */
static gn_err begin(struct gn_node *node, struct fresh_lasting *l)
{
	struct fresh *f;
	gn_op in;
	GN_TRY(fresh_need(node, &l->who, l->follow.place.box.b, &f));
	GN_TRY(gn_box_follow(f->box, &l->follow, node->now, &in));
	l->serial = f->serial;
	l->in = in;
	f->idle = 0;
	fresh_touch(f);
	return GN_OK;
}

void fresh_lasting_move(struct gn_node *node, const struct fresh *f)
{
	for (struct fresh_lasting *l = node->fresh.lasting; l; l = l->next) {
		if (l->serial != f->serial)
			continue;
		end_old(node, l);
		uint32_t serial = l->serial;
		gn_op in = l->in;
		if (begin(node, l))
			continue; /* it goes on where it is, until that ends */
		l->old_serial = serial;
		l->old_in = in;
	}
}

void fresh_lasting_lost(struct gn_node *node, const struct fresh *f)
{
	for (struct fresh_lasting *l = node->fresh.lasting; l; l = l->next) {
		if (l->old_serial == f->serial)
			l->old_serial = 0;
		if (l->serial == f->serial && f->over)
			(void)!begin(node, l); /* it did not move when the day was over */
	}
}

/* ---- events ---- */

bool fresh_box_event(struct fresh *f, struct gn_box_event *e)
{
	struct gn_node *node = f->node;
	gn_op in = e->op;
	if (e->kind == GN_BOX_SIGN) {
		e->sign = fresh_number(f, e->sign);
		return true;
	}
	e->op = fresh_number(f, in);
	for (struct fresh_lasting *l = node->fresh.lasting; l; l = l->next) {
		if (l->serial == f->serial && l->in == in) {
			e->op = l->op;
			if (e->kind == GN_BOX_FOLLOWING && e->asked >= GN_BOX_SET)
				end_old(node, l);
			return true;
		}
		if (l->old_serial == f->serial && l->old_in == in)
			e->op = l->op;
	}
	return true;
}

/* ---- operations ---- */

static void begun(struct fresh *f, gn_op in, gn_op *op)
{
	f->idle = 0;
	fresh_touch(f);
	*op = fresh_number(f, in);
}

gn_err gn_node_fresh_deposit(struct gn_node *node, const struct gn_node_fresh_for *who,
			     const struct gn_box_deposit *d, gn_op *op)
{
	struct fresh *f;
	gn_op in;
	GN_TRY(fresh_need(node, who, d->place.box.b, &f));
	GN_TRY(gn_box_deposit(f->box, d, node->now, &in));
	begun(f, in, op);
	return GN_OK;
}

gn_err gn_node_fresh_check(struct gn_node *node, const struct gn_node_fresh_for *who,
			   const struct gn_box_place *place, const struct gn_hash *item,
			   const struct gn_box_proof *by, gn_op *op)
{
	struct fresh *f;
	gn_op in;
	GN_TRY(fresh_need(node, who, place->box.b, &f));
	GN_TRY(gn_box_check(f->box, place, item, by, node->now, &in));
	begun(f, in, op);
	return GN_OK;
}

static struct fresh_lasting *lasting_new(struct gn_node *node, const struct gn_node_fresh_for *who,
					 const struct gn_box_follow *follow)
{
	struct fresh_lasting *l = GN_NEW(node->env.alloc, struct fresh_lasting);
	size_t len = follow->token.len;
	if (!l)
		return NULL;
	l->token = len ? gn_mem_new(node->env.alloc, len) : NULL;
	if (len && !l->token) {
		gn_mem_free(node->env.alloc, l);
		return NULL;
	}
	if (len)
		memcpy(l->token, follow->token.p, len);
	l->who = *who;
	l->follow = *follow;
	l->follow.token = gn_slice(l->token, len);
	l->next = node->fresh.lasting;
	node->fresh.lasting = l;
	return l;
}

gn_err gn_node_fresh_follow(struct gn_node *node, const struct gn_node_fresh_for *who,
			    const struct gn_box_follow *follow, gn_op *op)
{
	unsigned count = 0;
	for (const struct fresh_lasting *l = node->fresh.lasting; l; l = l->next)
		count++;
	if (count >= GN_BOX_FOLLOWS) /* as of the node's own */
		return GN_LIMIT;
	struct fresh_lasting *l = lasting_new(node, who, follow);
	if (!l)
		return GN_NOMEM;
	gn_err err = begin(node, l);
	if (err) {
		fresh_lasting_free(node, l);
		return err;
	}
	l->op = fresh_number(fresh_at(node, l->serial), l->in);
	*op = l->op;
	return GN_OK;
}

gn_err gn_node_fresh_ack(struct gn_node *node, gn_op follow, const struct gn_box_id *id)
{
	uint64_t in = follow;
	struct gn_box *box = gn_node_fresh_box(node, &in);
	if (!box)
		return GN_NOT_FOUND;
	gn_err err = gn_box_ack(box, in, id, node->now);
	bool moved = err == GN_NOT_FOUND && lasting_of(node, follow);
	return moved ? gn_box_drop(box, in, id, node->now) : err;
}

void gn_node_fresh_cancel(struct gn_node *node, gn_op op)
{
	struct fresh_lasting *l = lasting_of(node, op);
	uint64_t in = op;
	struct gn_box *box = gn_node_fresh_box(node, &in);
	if (box)
		gn_box_cancel(box, in, node->now);
	if (!l)
		return;
	end_old(node, l);
	fresh_lasting_free(node, l);
}
