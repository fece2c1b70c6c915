/* The node's calls of app/1: read the table, start the engine's operation, answer at its event.
 * The same functions serve a connection and the twin in JSON (host/call.h). Rules:
 * docs/spec/app.md. */
#include "node/calls.h"

#include "node/node_int.h"
#include "node/reach.h"

static const struct gn_app_kind status_is = {GN_FB_APP_BODY_APP_NODE,
					     GN_FB_APP_NODE_BODY_NODE_STATUS_IS},
				stored = {GN_FB_APP_BODY_APP_RECORD,
					  GN_FB_APP_RECORD_BODY_RECORD_STORED},
				values_are = {GN_FB_APP_BODY_APP_RECORD,
					      GN_FB_APP_RECORD_BODY_RECORD_VALUES},
				name_is = {GN_FB_APP_BODY_APP_RECORD,
					   GN_FB_APP_RECORD_BODY_NAME_IS};

static uint32_t took_ms(const struct gn_node_request *r)
{
	return (uint32_t)((r->node->now - r->started) / GN_MSEC);
}

static struct gn_fb_hash hash_of(const uint8_t b[32])
{
	struct gn_fb_hash out;
	memcpy(out.b, b, sizeof out.b);
	return out;
}

static struct gn_fb_key key_of(const struct gn_pk *pk)
{
	struct gn_fb_key out;
	memcpy(out.b, pk->b, sizeof out.b);
	return out;
}

/* ---- node ---- */

static gn_err node_status(struct gn_node_request *r)
{
	const struct gn_node *node = r->node;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct gn_overlay_info o;
	struct gn_blocks_info blocks;
	struct gn_fb_addr addrs[GN_CONTACT_ADDRS];
	gn_overlay_info(node->overlay, &o);
	gn_blocks_info(node->blocks, &blocks);
	struct gn_fb_hash id = hash_of(o.self.id.b);
	struct gn_fb_key key = key_of(&o.self.pk);
	for (unsigned i = 0; i < o.self.addr_count; i++)
		addrs[i] = gn_wire_addr(&o.self.addrs[i], GN_FB_CARRIER_UDP);
	struct gn_fb_node_status_is_args args = {
		.version = gn_str(GEONET_VERSION),
		.id = &id,
		.key = &key,
		.addrs = {addrs, o.self.addr_count},
		.uptime_s = (uint64_t)((node->now - node->started) / GN_SEC),
		.joined = o.joined,
		.sessions = (uint32_t)gn_jet_session_count(node->jet),
		.links = o.links,
		.estimate = (uint32_t)o.n_estimate,
		.time = gn_node_unix(node) * 1000,
		.rss = gn_os_rss(),
		.records = o.records,
		.block_bytes = blocks.bytes,
		.block_max = node->config.store_limit,
		.hops_predicted = (float)o.hops_predicted,
		.hops_observed = (float)o.hops_observed_mean};
	gn_host_answer(&r->base, status_is, gn_fb_node_status_is_make(b, &args));
	return GN_OK;
}

static gn_err node_shutdown(struct gn_node_request *r)
{
	static const struct gn_app_kind ok = {GN_FB_APP_BODY_APP_OK, 0};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, ok, gn_fb_app_ok_make(b, &(struct gn_fb_app_ok_args){0}));
	gn_host_stop(&r->node->host);
	return GN_OK;
}

/* ---- records ---- */

static struct gn_slice asked_record(const struct gn_node_request *r)
{
	return gn_fb_record_put_record((struct gn_fb_record_put){r->base.table});
}

static void put_done(struct gn_node_request *r, const struct gn_overlay_event *e)
{
	gn_fbref refs[GN_NODE_RECEIPTS];
	struct gn_record record;
	size_t count = e->receipt_count < GN_NODE_RECEIPTS ? e->receipt_count : GN_NODE_RECEIPTS;
	bool partly = e->err == GN_QUORUM && count;
	if ((e->err && !partly) || gn_wire_record_parse(asked_record(r), &record) != GN_OK) {
		gn_host_error(&r->base, e->err ? e->err : GN_INTERNAL, "%s",
			      gn_node_reach_text(r->node, e->err));
		return;
	}
	gn_node_sites_record(r->node, asked_record(r));
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
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
	struct gn_fb_hash key = hash_of(record.key.b);
	struct gn_fb_record_stored_args args = {.code = (uint16_t)e->err,
						.key = &key,
						.seq = record.seq,
						.receipts = {refs, count},
						.hops = (uint8_t)e->hops,
						.took_ms = took_ms(r)};
	gn_host_answer(&r->base, stored, gn_fb_record_stored_make(b, &args));
}

static gn_err record_put(struct gn_node_request *r)
{
	struct gn_fb_record_put t = {r->base.table};
	struct gn_record record;
	gn_op op;
	if (gn_wire_record_parse(asked_record(r), &record) != GN_OK) {
		gn_host_error(&r->base, GN_USAGE, "`record` holds no record (docs/spec/wire.md)");
		return GN_OK;
	}
	GN_TRY(gn_overlay_put(r->node->overlay, asked_record(r), gn_fb_record_put_w(t),
			      r->node->now, &op));
	gn_node_wait_overlay(r, op, put_done);
	return GN_OK;
}

static void get_done(struct gn_node_request *r, const struct gn_overlay_event *e)
{
	gn_fbref refs[GN_NODE_VALUES];
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
			b, &(struct gn_fb_record_value_args){.record = e->values[i].record});
	struct gn_fb_record_values_args args = {.values = {refs, count},
						.answered = (uint8_t)e->contact_count,
						.took_ms = took_ms(r)};
	gn_host_answer(&r->base, values_are, gn_fb_record_values_make(b, &args));
}

static gn_err record_get(struct gn_node_request *r)
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
	struct gn_fb_key owner = key_of(&e->owner), pinned = key_of(&e->owner_pinned);
	struct gn_fb_name_is_args args = {
		.name = gn_str(e->name.text),
		.form = (uint8_t)e->name.form,
		.owner = e->owner_known ? &owner : NULL,
		.pinned = e->owner_changed ? &pinned : NULL,
		.seq = e->seq,
		.expires = e->expires,
		.entries = {refs, count},
		.holders =
			(uint8_t)(e->holders[0] < e->holders[1] ? e->holders[0] : e->holders[1])};
	gn_host_answer(&r->base, name_is, gn_fb_name_is_make(b, &args));
}

static gn_err name_resolve(struct gn_node_request *r)
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

/* ---- the table ---- */

struct node_call {
	struct gn_host_call_route route;
	gn_err (*run)(struct gn_node_request *r);
};

#define CALL(area, member) {{GN_FB_APP_BODY_APP_##area, GN_FB_APP_##area##_BODY_##member}, 0}

static const struct node_call routes[] = {
	{CALL(NODE, NODE_STATUS), node_status},     {CALL(NODE, NODE_SHUTDOWN), node_shutdown},
	{CALL(RECORD, RECORD_PUT), record_put},     {CALL(RECORD, RECORD_GET), record_get},
	{CALL(RECORD, NAME_RESOLVE), name_resolve}, {{{0, 0}, 0}, NULL},
};

static gn_err run_call(struct gn_host_request *base)
{
	const struct node_call *call = (const void *)base->asked; /* its first member */
	struct gn_node_request *r = gn_node_request_of(base);
	bool op = base->asked->kind.area != GN_FB_APP_BODY_APP_NODE;
	r->node = base->api->user;
	r->started = r->node->now;
	gn_err full = op ? gn_overlay_room(r->node->overlay) : GN_OK;
	if (!full)
		return call->run(r);
	gn_host_error(base, full, "as many operations run as clients may have at once");
	return GN_OK;
}

static uint64_t unix_ms(void *user)
{
	return gn_node_unix(user) * 1000;
}

const struct gn_host_calls gn_node_calls = {.routes = routes,
					    .route_size = sizeof routes[0],
					    .role = GN_FB_APP_ROLE_NODE,
					    .software = "geonetd " GEONET_VERSION,
					    .unix_ms = unix_ms,
					    .run = run_call};

gn_err gn_node_api_twin(struct gn_node_request *r)
{
	gn_host_twin(&r->base);
	return GN_OK;
}
