/* Records and names over app/1: read the table, start the engine's operation, answer at its
 * event. */
#include "node/call.h"

#include "node/node_int.h"
#include "node/reach.h"

static const struct gn_app_kind stored = {GN_FB_APP_BODY_APP_RECORD,
					  GN_FB_APP_RECORD_BODY_RECORD_STORED},
				values_are = {GN_FB_APP_BODY_APP_RECORD,
					      GN_FB_APP_RECORD_BODY_RECORD_VALUES},
				name_is = {GN_FB_APP_BODY_APP_RECORD,
					   GN_FB_APP_RECORD_BODY_NAME_IS};

static uint32_t took_ms(const struct gn_node_request *r)
{
	return (uint32_t)((r->node->now - r->started) / GN_MSEC);
}

static uint64_t took_us(gn_time took)
{
	return (uint64_t)(took / GN_USEC);
}

/* ---- records ---- */

static struct gn_slice asked_record(const struct gn_node_request *r)
{
	return gn_fb_record_put_record((struct gn_fb_record_put){r->base.table});
}

static void put_done(struct gn_node_request *r, const struct gn_overlay_event *e)
{
	gn_fbref refs[GN_NODE_RECEIPTS], steps[GN_OVERLAY_TRACE];
	struct gn_record record;
	size_t count = e->receipt_count < GN_NODE_RECEIPTS ? e->receipt_count : GN_NODE_RECEIPTS;
	bool partly = e->err == GN_QUORUM && count, newer = e->err && e->value_count;
	if ((e->err && !partly && !newer) ||
	    gn_wire_record_parse(asked_record(r), &record) != GN_OK) {
		gn_host_error(&r->base, e->err ? e->err : GN_INTERNAL, "%s",
			      gn_node_reach_text(r->node, e->err));
		return;
	}
	if (!newer)
		gn_node_sites_record(r->node, asked_record(r));
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	size_t step_count = gn_node_call_steps(b, e->steps, e->step_count, e->started, steps);
	for (size_t i = 0; i < count; i++) {
		const struct gn_overlay_receipt *p = &e->receipts[i];
		struct gn_receipt receipt = {.key = record.key,
					     .seq = record.seq,
					     .hash = record.hash,
					     .held_until = p->held_until,
					     .holder_key = p->pk,
					     .sig = p->sig};
		memcpy(receipt.holder.b, p->holder.b, sizeof receipt.holder.b);
		refs[i] = gn_wire_receipt_put(b, &receipt);
	}
	struct gn_fb_hash key = gn_wire_hash(record.key.b);
	struct gn_fb_record_stored_args args = {.code = (uint16_t)e->err,
						.key = &key,
						.seq = record.seq,
						.receipts = {refs, count},
						.hops = (uint8_t)e->hops,
						.took_ms = took_ms(r),
						.took_us = took_us(e->took),
						.steps = {steps, step_count}};
	if (newer)
		args.newer = e->values[0].record;
	gn_host_answer(&r->base, stored, gn_fb_record_stored_make(b, &args));
}

gn_err gn_node_call_record_put(struct gn_node_request *r)
{
	struct gn_fb_record_put t = {r->base.table};
	struct gn_record record;
	gn_op op;
	if (gn_wire_record_parse(asked_record(r), &record) != GN_OK) {
		gn_host_error(&r->base, GN_USAGE, "`record` holds no record (docs/spec/wire.md)");
		return GN_OK;
	}
	struct gn_node_fresh_for who;
	unsigned acks = gn_fb_record_put_w(t);
	if (gn_node_is_fresh(r, gn_fb_record_put_session(t), gn_fb_record_put_share(t), &who))
		GN_TRY(gn_node_fresh_put(r->node, &who, asked_record(r), acks, &op));
	else
		GN_TRY(gn_overlay_put(r->node->overlay, asked_record(r), acks, r->node->now, &op));
	gn_node_wait_overlay(r, op, put_done);
	return GN_OK;
}

static void get_done(struct gn_node_request *r, const struct gn_overlay_event *e)
{
	gn_fbref refs[GN_NODE_VALUES], steps[GN_OVERLAY_TRACE];
	size_t count = e->value_count < GN_NODE_VALUES ? e->value_count : GN_NODE_VALUES;
	if (e->err && !count) {
		gn_err err = gn_node_reach_err(r->node, e->err);
		gn_host_error(&r->base, err, "%s",
			      err == GN_NOT_FOUND ? "no node holds a record under this key" : "");
		return;
	}
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	for (size_t i = 0; i < count; i++)
		refs[i] = gn_fb_record_value_make(
			b, &(struct gn_fb_record_value_args){.record = e->values[i].record,
							     .held_by = e->values[i].holders});
	size_t step_count = gn_node_call_steps(b, e->steps, e->step_count, e->started, steps);
	struct gn_fb_record_values_args args = {.values = {refs, count},
						.answered = (uint8_t)e->contact_count,
						.took_ms = took_ms(r),
						.code = (uint16_t)e->err,
						.hops = e->hops,
						.took_us = took_us(e->took),
						.steps = {steps, step_count}};
	gn_host_answer(&r->base, values_are, gn_fb_record_values_make(b, &args));
}

gn_err gn_node_call_record_get(struct gn_node_request *r)
{
	struct gn_fb_record_get t = {r->base.table};
	struct gn_hash key;
	gn_op op;
	memcpy(key.b, gn_fb_record_get_key(t).b, sizeof key.b);
	uint16_t type = gn_fb_record_get_type(t);
	struct gn_get_options options = {.quorum = gn_fb_record_get_quorum(t),
					 .min_seq = gn_fb_record_get_min_seq(t),
					 .type = type ? type : GN_FB_RECORD_TYPE_APPLICATION,
					 .no_local = !gn_fb_record_get_local(t)};
	struct gn_node_fresh_for who;
	if (gn_node_is_fresh(r, gn_fb_record_get_session(t), gn_fb_record_get_share(t), &who))
		GN_TRY(gn_node_fresh_get(r->node, &who, &key, &options, &op));
	else
		GN_TRY(gn_overlay_get(r->node->overlay, &key, &options, r->node->now, &op));
	gn_node_wait_overlay(r, op, get_done);
	return GN_OK;
}

/* ---- names ---- */

static void name_done(struct gn_node_request *r, const struct gn_names_event *e)
{
	gn_fbref refs[GN_NAME_ENTRIES];
	if (e->err && e->entry_count == 0 && !e->owner_known) {
		gn_err err = gn_node_reach_err(r->node, e->err);
		gn_host_error(&r->base, err, "%s.geo: %s", e->name.text,
			      err == GN_NOT_FOUND ? "nobody holds this name"
						  : gn_node_reach_text(r->node, err));
		return;
	}
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	size_t count = e->entry_count < GN_NAME_ENTRIES ? e->entry_count : GN_NAME_ENTRIES;
	for (size_t i = 0; i < count; i++)
		refs[i] = gn_fb_name_entry_make(
			b, &(struct gn_fb_name_entry_args){.type = e->entries[i].type,
							   .value = e->entries[i].value,
							   .ttl = e->entries[i].ttl});
	struct gn_fb_key owner = gn_wire_key(&e->owner), pinned = gn_wire_key(&e->owner_pinned);
	struct gn_fb_name_is_args args = {
		.name = gn_str(e->name.text),
		.form = (uint8_t)e->name.form,
		.owner = e->owner_known ? &owner : NULL,
		.pinned = e->owner_changed ? &pinned : NULL,
		.seq = e->seq,
		.expires = e->expires,
		.entries = {refs, count},
		.holders = (uint8_t)(e->holders[0] < e->holders[1] ? e->holders[0] : e->holders[1]),
		.held_0 = (uint8_t)e->holders[0],
		.held_1 = (uint8_t)e->holders[1],
		.code = (uint16_t)e->err,
		.looks_like = e->looks_like ? gn_str(e->looks_like) : gn_slice(NULL, 0),
		.age_s = (uint64_t)(e->age / GN_SEC),
		.took_us = took_us(r->node->now - r->started)};
	gn_host_answer(&r->base, name_is, gn_fb_name_is_make(b, &args));
}

gn_err gn_node_call_name_resolve(struct gn_node_request *r)
{
	struct gn_fb_name_resolve t = {r->base.table};
	struct gn_name name;
	const char *why = "";
	gn_op op;
	gn_err err = gn_name_parse(gn_fb_name_resolve_name(t), &name, &why);
	if (err) {
		gn_host_error(&r->base, err, "%s", why);
		return GN_OK;
	}
	GN_TRY(gn_names_resolve(r->node->names, &name, gn_fb_name_resolve_fresh(t), false,
				r->node->now, &op));
	gn_node_wait_names(r, op, name_done);
	return GN_OK;
}

/* ---- names put ---- */

static void name_put_done(struct gn_node_request *r, const struct gn_names_event *e)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_RECORD,
						GN_FB_APP_RECORD_BODY_NAME_STORED};
	bool partly = e->err == GN_QUORUM && e->holders[0] && e->holders[1];
	if (e->err && !partly) {
		gn_host_error(&r->base, e->err, "%s.geo: %s", e->name.text,
			      e->err == GN_EXISTS ? "the name belongs to another"
						  : gn_node_reach_text(r->node, e->err));
		return;
	}
	struct gn_fb_name_stored_args args = {.code = (uint16_t)e->err,
					      .name = gn_str(e->name.text),
					      .held_0 = (uint8_t)e->holders[0],
					      .held_1 = (uint8_t)e->holders[1],
					      .looks_like = e->looks_like ? gn_str(e->looks_like)
									  : gn_slice(NULL, 0),
					      .took_us = took_us(r->node->now - r->started)};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, kind, gn_fb_name_stored_make(b, &args));
}

gn_err gn_node_call_name_put(struct gn_node_request *r)
{
	struct gn_fb_name_put t = {r->base.table};
	gn_op op;
	if (gn_fb_name_put_w(t) > 8)
		return GN_RANGE;
	GN_TRY(gn_names_put(r->node->names, gn_fb_name_put_first(t), gn_fb_name_put_second(t),
			    gn_fb_name_put_w(t), r->node->now, &op));
	gn_node_wait_names(r, op, name_put_done);
	return GN_OK;
}

/* ---- the way to a key ---- */

static void find_done(struct gn_node_request *r, const struct gn_overlay_event *e)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_RECORD,
						GN_FB_APP_RECORD_BODY_RECORD_FOUND};
	gn_fbref nodes[GN_NODE_RECEIPTS], steps[GN_OVERLAY_TRACE];
	if (e->err) {
		gn_host_error(&r->base, e->err, "the lookup found %u nodes and ended: %s",
			      (unsigned)e->contact_count, gn_node_reach_text(r->node, e->err));
		return;
	}
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	uint32_t count = e->contact_count < GN_NODE_RECEIPTS ? e->contact_count : GN_NODE_RECEIPTS;
	for (uint32_t i = 0; i < count; i++) {
		const struct gn_contact *c = &e->contacts[i];
		struct gn_fb_hash id = gn_wire_hash(c->id.b);
		struct gn_fb_key key = gn_wire_key(&c->pk);
		struct gn_fb_addr addr = gn_wire_addr(&c->addrs[0], GN_FB_CARRIER_UDP);
		struct gn_fb_record_node_args args = {
			.id = &id, .key = &key, .addr = c->addr_count ? &addr : NULL};
		nodes[i] = gn_fb_record_node_make(b, &args);
	}
	size_t step_count = gn_node_call_steps(b, e->steps, e->step_count, e->started, steps);
	struct gn_fb_record_found_args args = {.nodes = {nodes, count},
					       .hops = e->hops,
					       .took_us = took_us(e->took),
					       .steps = {steps, step_count}};
	gn_host_answer(&r->base, kind, gn_fb_record_found_make(b, &args));
}

gn_err gn_node_call_record_find(struct gn_node_request *r)
{
	struct gn_fb_record_find t = {r->base.table};
	struct gn_hash key;
	unsigned count = gn_fb_record_find_count(t);
	gn_op op;
	memcpy(key.b, gn_fb_record_find_key(t).b, sizeof key.b);
	GN_TRY(gn_overlay_find(r->node->overlay, &key, count ? count : 8, r->node->now, &op));
	gn_node_wait_overlay(r, op, find_done);
	return GN_OK;
}
