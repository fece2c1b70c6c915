/* The engine: operations begin, answers find the one that asked, and all run after each input.
 *
 *   op:  FINDING [the lookup has ended] -> RUNNING [apart_run] -> ENDED -> shown, freed
 *
 * 1. An answer counts for the number and the key that were asked, once.
 * 2. Nothing is taken that is not an answer: who talks to this key, and was not asked, is not
 *    heard. */
#include "services/apart/apart_int.h"

gn_err gn_apart_new(const struct gn_env *env, const struct gn_apart_config *config,
		    struct gn_apart **out)
{
	GN_ASSERT(config->overlay && config->count);
	struct gn_apart *a = GN_NEW(env->alloc, struct gn_apart);
	if (!a)
		return GN_NOMEM;
	a->env = *env;
	a->overlay = config->overlay;
	a->count = config->count;
	gn_frame_init(&a->frame, env, config->overlay, APART_OPS, APART_OPS);
	apart_out_init(a);
	*out = a;
	return GN_OK;
}

static void op_free(struct gn_apart *a, struct apart_op *o)
{
	gn_frame_find_drop(&a->frame, &o->find);
	gn_frame_op_remove(&a->frame, &o->op);
	gn_mem_free(a->env.alloc, o->bytes);
	for (unsigned i = 0; i < o->found_count; i++)
		gn_mem_free(a->env.alloc, o->found[i].bytes);
	gn_mem_free(a->env.alloc, o);
}

void gn_apart_free(struct gn_apart *a)
{
	if (!a)
		return;
	while (a->frame.ops.count)
		op_free(a, apart_at(a, 0));
	gn_frame_out_free(&a->out);
	gn_frame_fini(&a->frame);
	gn_mem_free(a->env.alloc, a);
}

static void run_all(struct gn_apart *a)
{
	GN_ASSERT(!a->out.building);
	for (uint32_t i = 0; i < a->frame.ops.count; i++)
		apart_run(a, apart_at(a, i));
}

/* ---- operations ---- */

/* The lookup of whom it is asked of; takes `bytes`. */
static gn_err begin(struct gn_apart *a, const struct apart_op *as, gn_op *op)
{
	GN_ASSERT(as->need > 0);
	struct apart_op *o = GN_NEW(a->env.alloc, struct apart_op);
	struct gn_hash at;
	gn_err err = o ? GN_OK : GN_NOMEM;
	if (err)
		goto fail;
	*o = *as;
	o->started = a->now;
	gn_frame_blur(a->overlay, a->env.rand, &o->key, &at);
	err = gn_overlay_find(a->overlay, &at, GN_FRAME_BLIND, a->now, &o->find);
	if (err)
		goto fail;
	err = gn_frame_find_add(&a->frame, o->find, APART_FIND_SET, o);
	if (err)
		goto fail;
	err = gn_frame_op_add(&a->frame, &o->op, 0);
	if (err) {
		gn_frame_find_drop(&a->frame, &o->find);
		goto fail;
	}
	*op = o->op.id;
	return GN_OK;
fail:
	gn_mem_free(a->env.alloc, as->bytes);
	gn_mem_free(a->env.alloc, o);
	return err;
}

static gn_err room(struct gn_apart *a)
{
	GN_ASSERT(a->frame.ops.count <= APART_OPS);
	if (a->frame.ops.count < APART_OPS)
		return GN_OK;
	a->count->full++;
	return GN_LIMIT;
}

gn_err gn_apart_get(struct gn_apart *a, const struct gn_hash *key,
		    const struct gn_get_options *options, gn_time now, gn_op *op)
{
	struct gn_overlay_info info;
	GN_ASSERT(!a->out.building);
	a->now = now;
	gn_overlay_info(a->overlay, &info);
	struct apart_op as = {.key = *key,
			      .need = options->quorum ? options->quorum : info.quorum,
			      .min_seq = options->min_seq,
			      .type = options->type};
	GN_TRY(room(a));
	as.need = as.need < APART_SET ? as.need : APART_SET;
	GN_TRY(begin(a, &as, op));
	a->count->gets++;
	return GN_OK;
}

gn_err gn_apart_put(struct gn_apart *a, struct gn_slice record, unsigned w, gn_time now, gn_op *op)
{
	struct apart_op as = {.put = true};
	struct gn_overlay_info info;
	a->now = now;
	gn_overlay_info(a->overlay, &info);
	as.need = w ? w : info.acks;
	if (as.need > APART_SET)
		return GN_RANGE;
	GN_TRY(gn_wire_record_open(record, &as.record));
	GN_TRY(gn_record_fresh(&as.record, gn_unix(gn_overlay_time_own(a->overlay, now))));
	GN_TRY(room(a));
	as.bytes = gn_mem_new(a->env.alloc, record.len);
	if (!as.bytes)
		return GN_NOMEM;
	memcpy(as.bytes, record.p, record.len);
	gn_err err = gn_wire_record_parse(gn_slice(as.bytes, record.len), &as.record);
	GN_ASSERT(err == GN_OK);
	as.key = as.record.key;
	GN_TRY(begin(a, &as, op));
	a->count->puts++;
	return GN_OK;
}

void gn_apart_cancel(struct gn_apart *a, gn_op op)
{
	struct gn_frame_op *o = gn_frame_op_get(&a->frame, op, 0);
	if (o)
		op_free(a, GN_CONTAINER(o, struct apart_op, op));
}

/* ---- inputs ---- */

static bool is_answer(uint8_t type)
{
	return type == GN_FB_OVERLAY_BODY_ACK || type == GN_FB_OVERLAY_BODY_STALE ||
	       type == GN_FB_OVERLAY_BODY_NOT_MINE || type == GN_FB_OVERLAY_BODY_VALUE ||
	       type == GN_FB_OVERLAY_BODY_RECORD_VERSION || type == GN_FB_OVERLAY_BODY_NODES ||
	       type == GN_FB_OVERLAY_BODY_REFUSED || type == GN_FB_OVERLAY_BODY_BUSY;
}

/* Of those that both may say, what each cannot. */
static bool fits(bool put, uint8_t type)
{
	bool of_get = type == GN_FB_OVERLAY_BODY_VALUE ||
		      type == GN_FB_OVERLAY_BODY_RECORD_VERSION || type == GN_FB_OVERLAY_BODY_NODES;
	bool of_put = type == GN_FB_OVERLAY_BODY_ACK || type == GN_FB_OVERLAY_BODY_STALE ||
		      type == GN_FB_OVERLAY_BODY_NOT_MINE;
	return put ? !of_get : !of_put;
}

/* The operation that asked this node so; *at is its place there. */
static struct apart_op *asked(const struct gn_apart *a, uint64_t request, const struct gn_pk *from,
			      unsigned *at)
{
	for (uint32_t k = 0; k < a->frame.ops.count; k++) {
		struct apart_op *o = apart_at(a, k);
		for (unsigned i = 0; i < o->count && !o->op.ended; i++)
			if (o->at[i].state == APART_ASKED && o->at[i].request == request &&
			    gn_pk_eq(&o->set[i].pk, from)) {
				*at = i;
				return o;
			}
	}
	return NULL;
}

gn_err gn_apart_recv(struct gn_apart *a, const struct gn_pk *from, struct gn_slice message,
		     gn_time now)
{
	struct gn_fb_overlay_message m;
	unsigned at = 0;
	a->now = now;
	if (message.len > GN_MESSAGE_MAX || gn_fb_overlay_message_verify(message, &m) != GN_OK)
		return GN_MALFORMED;
	uint8_t type = gn_fb_overlay_message_body_type(m);
	if (!is_answer(type))
		return GN_UNSUPPORTED;
	struct apart_op *o = asked(a, gn_fb_overlay_message_request(m), from, &at);
	if (!o || !fits(o->put, type)) {
		a->count->unasked++;
		return GN_OK;
	}
	apart_answer(a, o, at, m);
	run_all(a);
	return GN_OK;
}

void gn_apart_peer_down(struct gn_apart *a, const struct gn_pk *pk, gn_time now)
{
	GN_ASSERT(!a->out.building);
	a->now = now;
	for (uint32_t k = 0; k < a->frame.ops.count; k++) {
		struct apart_op *o = apart_at(a, k);
		for (unsigned i = 0; i < o->count; i++)
			if (o->at[i].state == APART_ASKED && gn_pk_eq(&o->set[i].pk, pk)) {
				o->at[i].state = APART_DOWN;
				a->count->silent++;
			}
	}
	run_all(a);
}

bool gn_apart_overlay_event(struct gn_apart *a, const struct gn_overlay_event *e, gn_time now)
{
	struct gn_frame_find f;
	a->now = now;
	if (!gn_frame_find_take(&a->frame, e, &f))
		return false;
	GN_ASSERT(f.kind == APART_FIND_SET);
	struct apart_op *o = f.object;
	o->find = 0;
	o->running = true;
	o->count = gn_frame_nearest(a->overlay, &o->key, e, APART_NODES, o->set);
	run_all(a);
	return true;
}

void gn_apart_tick(struct gn_apart *a, gn_time now)
{
	a->now = now;
	run_all(a);
}

gn_time gn_apart_deadline(const struct gn_apart *a)
{
	gn_time at = GN_NEVER;
	for (uint32_t i = 0; i < a->frame.ops.count; i++)
		at = gn_time_min(at, apart_due(apart_at(a, i)));
	return at;
}

/* ---- outputs ---- */

bool gn_apart_next_message(struct gn_apart *a, struct gn_overlay_message *out)
{
	return gn_frame_out_next(&a->out, out);
}

bool gn_apart_next_event(struct gn_apart *a, struct gn_overlay_event *out)
{
	struct gn_frame_op *shown = a->frame.shown;
	if (shown)
		op_free(a, GN_CONTAINER(shown, struct apart_op, op));
	struct gn_frame_op *op = gn_frame_show(&a->frame);
	if (!op)
		return false;
	struct apart_op *o = GN_CONTAINER(op, struct apart_op, op);
	GN_ASSERT(op->ended);
	for (unsigned i = 0; i < o->found_count; i++)
		o->values[i] = (struct gn_overlay_value){.record = o->found[i].record.bytes,
							 .holders = o->found[i].holders};
	*out = (struct gn_overlay_event){.kind = GN_OVERLAY_DONE,
					 .op = op->id,
					 .op_kind = o->put ? "put" : "get",
					 .key = o->key,
					 .err = op->err,
					 .started = o->started,
					 .took = o->took,
					 .contacts = o->set,
					 .contact_count = o->count,
					 .values = o->values,
					 .value_count = o->found_count,
					 .receipts = o->receipts,
					 .receipt_count = o->receipt_count};
	return true;
}

/* ---- queries ---- */

uint32_t gn_apart_ops(const struct gn_apart *a)
{
	return a->frame.ops.count;
}

bool gn_apart_counter_at(const struct gn_apart_counts *count, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name) #name,
#include "services/apart/counters.def"
#undef X
	};
	return gn_counter_at(names, count, GN_COUNT(names), i, out);
}

void gn_apart_validate(const struct gn_apart *a)
{
	gn_frame_validate(&a->frame);
	GN_ASSERT(a->frame.ops.count <= APART_OPS && !a->out.building);
	for (uint32_t i = 0; i < a->frame.ops.count; i++) {
		const struct apart_op *o = apart_at(a, i);
		GN_ASSERT(o->count <= APART_NODES && o->receipt_count <= o->count);
		GN_ASSERT(o->put == (o->bytes != NULL) && (o->running || o->count == 0));
		GN_ASSERT(o->found_count <= GN_OVERLAY_VALUES);
		for (unsigned k = 1; k < o->found_count; k++)
			GN_ASSERT(gn_record_compare(&o->found[k - 1].record, &o->found[k].record) >
				  0);
	}
}
