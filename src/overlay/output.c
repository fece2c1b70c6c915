/* What goes to the owner: messages, storage requests, events, each a bounded queue of copies.
 * What was shown last lives until the next call. */
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/repair_int.h"

struct event {
	enum gn_overlay_event_kind kind;
	struct gn_contact peer;
};
struct store {
	struct gn_overlay_store s;
	uint8_t *bytes; /* owned */
};

void gn_ov_outputs_init(struct gn_overlay *ov)
{
	gn_ring_init(&ov->out, ov->env.alloc, sizeof(struct gn_ov_out), GN_OV_MESSAGES_MAX);
	gn_ring_init(&ov->stores, ov->env.alloc, sizeof(struct store), GN_OV_STORES_MAX);
	gn_ring_init(&ov->events, ov->env.alloc, sizeof(struct event), GN_OV_EVENTS_MAX);
	gn_ring_init(&ov->pushes, ov->env.alloc, sizeof(struct gn_ov_push), GN_OV_PUSHES_MAX);
}

void gn_ov_outputs_fini(struct gn_overlay *ov)
{
	struct gn_ov_out m;
	struct store s;
	while (gn_ring_pop(&ov->out, &m))
		gn_mem_free(ov->env.alloc, m.bytes);
	while (gn_ring_pop(&ov->stores, &s))
		gn_mem_free(ov->env.alloc, s.bytes);
	gn_ring_fini(&ov->out);
	gn_ring_fini(&ov->stores);
	gn_ring_fini(&ov->events);
	gn_ring_fini(&ov->pushes);
	gn_mem_free(ov->env.alloc, ov->shown_message);
	gn_mem_free(ov->env.alloc, ov->shown_store);
}

gn_err gn_ov_out_message(struct gn_overlay *ov, const struct gn_contact *to, struct gn_slice bytes)
{
	GN_ASSERT(bytes.len <= GN_OV_MESSAGE_MAX);
	struct gn_ov_out m = {
		.to = *to, .len = bytes.len, .reliable = bytes.len > GN_OV_DATAGRAM_MAX};
	GN_ASSERT(bytes.len > 0);
	m.bytes = gn_mem_new(ov->env.alloc, bytes.len);
	if (!m.bytes) {
		ov->count.nomem++;
		return GN_NOMEM;
	}
	memcpy(m.bytes, bytes.p, bytes.len);
	gn_err err = gn_ring_push(&ov->out, &m);
	if (err != GN_OK) {
		gn_mem_free(ov->env.alloc, m.bytes);
		ov->count.messages_dropped++;
		return err;
	}
	ov->count.sent++;
	ov->count.sent_bytes += bytes.len;
	return GN_OK;
}

bool gn_ov_room(struct gn_overlay *ov, const struct gn_contact *to, size_t bytes)
{
	if (!ov->cfg.room || ov->cfg.room(ov->cfg.user, &to->pk, bytes))
		return true;
	ov->count.reads_refused++;
	return false;
}

gn_err gn_ov_out_store(struct gn_overlay *ov, enum gn_overlay_store_kind kind, uint64_t token,
		       const struct gn_hash *key, struct gn_slice value)
{
	GN_ASSERT((kind == GN_STORE_PUT) == (value.len > 0));
	GN_ASSERT((kind == GN_STORE_DROP) == (token == 0));
	struct store s = {.s = {.kind = kind, .token = token, .key = *key}};
	if (value.len) {
		s.bytes = gn_mem_new(ov->env.alloc, value.len);
		if (!s.bytes) {
			ov->count.nomem++;
			return GN_NOMEM;
		}
		memcpy(s.bytes, value.p, value.len);
		s.s.value = gn_slice(s.bytes, value.len);
	}
	gn_err err = gn_ring_push(&ov->stores, &s);
	if (err != GN_OK) {
		gn_mem_free(ov->env.alloc, s.bytes);
		ov->count.jobs_full++;
	}
	return err;
}

void gn_ov_out_event(struct gn_overlay *ov, enum gn_overlay_event_kind kind,
		     const struct gn_contact *peer)
{
	GN_ASSERT(kind != GN_OVERLAY_DONE);
	struct event e = {kind, *peer};
	if (gn_ring_push(&ov->events, &e) != GN_OK)
		ov->count.events_dropped++;
}

void gn_ov_begin(struct gn_overlay *ov, gn_time now)
{
	gn_mem_free(ov->env.alloc, ov->shown_message);
	gn_mem_free(ov->env.alloc, ov->shown_store);
	ov->shown_message = ov->shown_store = NULL;
	if (ov->shown)
		gn_ov_op_free(ov, ov->shown);
	ov->shown = NULL;
	while (ov->trash) {
		struct gn_ov_op *op = ov->trash;
		ov->trash = op->next_done;
		gn_ov_op_free(ov, op);
	}
	GN_ASSERT(!ov->woken_first && !ov->ours_ended); /* every input ends with them */
	if (now > ov->now_seen)
		ov->now_seen = now;
}

bool gn_overlay_next_message(struct gn_overlay *ov, struct gn_overlay_message *out)
{
	struct gn_ov_out m;
	gn_ov_begin(ov, ov->now_seen);
	if (!gn_ring_pop(&ov->out, &m))
		return false;
	ov->shown_message = m.bytes;
	*out = (struct gn_overlay_message){m.to, gn_slice(m.bytes, m.len), m.reliable};
	return true;
}

bool gn_overlay_next_store(struct gn_overlay *ov, struct gn_overlay_store *out)
{
	struct store s;
	gn_ov_begin(ov, ov->now_seen);
	if (!gn_ring_pop(&ov->stores, &s))
		return false;
	ov->shown_store = s.bytes;
	*out = s.s;
	return true;
}

static void show_op(struct gn_ov_op *op, struct gn_overlay_event *out)
{
	GN_ASSERT(op->ended && op->purpose == GN_OV_USER);
	static const char *const kinds[] = {
		[GN_OV_FIND] = "find", [GN_OV_GET] = "get", [GN_OV_PUT] = "put"};
	for (uint32_t i = 0; i < op->value_count; i++)
		op->results[i] = (struct gn_overlay_value){op->values[i].record.bytes,
							   op->values[i].holders};
	*out = (struct gn_overlay_event){
		.kind = GN_OVERLAY_DONE,
		.op_kind = kinds[op->kind],
		.key = op->key,
		.op = op->id,
		.err = op->err,
		.hops = op->hops,
		.started = op->started,
		.took = op->took,
		.contacts = op->contacts,
		.contact_count = op->contact_count,
		.values = op->results,
		.value_count = op->value_count,
		.receipts = op->receipts,
		.receipt_count = op->receipt_count,
		.steps = op->steps,
		.step_count = op->step_count,
	};
}

bool gn_overlay_next_event(struct gn_overlay *ov, struct gn_overlay_event *out)
{
	struct event e;
	gn_ov_begin(ov, ov->now_seen);
	if (gn_ring_pop(&ov->events, &e)) {
		*out = (struct gn_overlay_event){.kind = e.kind, .peer = e.peer};
		return true;
	}
	if (ov->members_changed) {
		ov->members_changed = false;
		*out = (struct gn_overlay_event){.kind = GN_OVERLAY_MEMBERS, .peer = ov->self};
		return true;
	}
	if (ov->near_asked) {
		ov->near_asked = false;
		*out = (struct gn_overlay_event){.kind = GN_OVERLAY_NEAR, .peer = ov->self};
		return true;
	}
	struct gn_ov_op *op = ov->done_first;
	if (!op)
		return false;
	ov->done_first = op->next_done;
	if (!ov->done_first)
		ov->done_last = NULL;
	ov->shown = op;
	show_op(op, out);
	return true;
}
