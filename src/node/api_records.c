/* Records, names and lookups over the local API: parse the request, start the engine's
 * operation, answer at its event. */
#include "node/api.h"
#include "node/body.h"
#include "node/node_int.h"
#include "node/reach.h"

#include <stdlib.h>

static json_t *result_json(const struct gn_node_request *r, const struct gn_overlay_event *e)
{
	json_t *json = json_pack("{si sf}", "hops", e->hops, "took_ms", gn_host_ms(e->took));
	if (r->base.args[0][0])
		json_object_set_new(json, "key", json_string(r->base.args[0]));
	json_object_set_new(json, "steps", gn_node_json_steps(e->steps, e->step_count, e->started));
	return json;
}

static gn_err key_arg(const struct gn_node_request *r, struct gn_hash *key)
{
	return gn_unhex(gn_str(r->base.args[0]), key->b, sizeof key->b) ? GN_USAGE : GN_OK;
}

static void find_done(struct gn_node_request *r, const struct gn_overlay_event *e)
{
	if (e->err) {
		gn_host_error(&r->base, e->err, "the lookup found %u nodes and ended: %s",
			      (unsigned)e->contact_count, gn_node_reach_text(r->node, e->err));
		return;
	}
	json_t *json = result_json(r, e), *nodes = json_array();
	for (uint32_t i = 0; i < e->contact_count; i++) {
		char addr[GN_ADDR_TEXT_MAX] = "";
		if (e->contacts[i].addr_count)
			gn_addr_text(&e->contacts[i].addrs[0], addr);
		json_array_append_new(
			nodes,
			json_pack("{so so ss}", "id", gn_host_json_hex(e->contacts[i].id.b, 32),
				  "key", gn_host_json_hex(e->contacts[i].pk.b, 32), "addr", addr));
	}
	json_object_set_new(json, "nodes", nodes);
	gn_host_json(&r->base, 200, json);
}

gn_err gn_node_api_find(struct gn_node_request *r)
{
	struct gn_hash key;
	uint64_t count;
	gn_op op;
	GN_TRY(key_arg(r, &key));
	GN_TRY(gn_host_number(&r->base, "count", 8, 24, &count));
	GN_TRY(gn_overlay_find(r->node->overlay, &key, (unsigned)count, r->node->now, &op));
	gn_node_wait_overlay(r, op, find_done);
	return GN_OK;
}

static void get_done(struct gn_node_request *r, const struct gn_overlay_event *e)
{
	if (e->err && e->value_count == 0) {
		gn_err err = gn_node_reach_err(r->node, e->err);
		gn_host_error(&r->base, err, "%s",
			      err == GN_NOT_FOUND ? "no node holds a record under "
						    "this key"
						  : "");
		return;
	}
	json_t *json = result_json(r, e), *values = json_array();
	for (uint32_t i = 0; i < e->value_count; i++)
		json_array_append_new(values, json_pack("{so si}", "record",
							gn_host_json_base64(e->values[i].record),
							"holders", (int)e->values[i].holders));
	json_object_set_new(json, "values", values);
	json_object_set_new(json, "err", json_string(gn_err_name(e->err)));
	gn_host_json(&r->base, 200, json);
}

gn_err gn_node_api_record_get(struct gn_node_request *r)
{
	struct gn_hash key;
	uint64_t quorum, min_seq, type, local;
	gn_op op;
	GN_TRY(key_arg(r, &key));
	GN_TRY(gn_host_number(&r->base, "quorum", 0, 8, &quorum));
	GN_TRY(gn_host_number(&r->base, "min_seq", 0, UINT64_MAX, &min_seq));
	GN_TRY(gn_host_number(&r->base, "type", 16, UINT16_MAX, &type));
	GN_TRY(gn_host_number(&r->base, "local", 1, 1, &local));
	struct gn_get_options options = {.quorum = (unsigned)quorum,
					 .min_seq = min_seq,
					 .type = (uint16_t)type,
					 .no_local = local == 0};
	GN_TRY(gn_overlay_get(r->node->overlay, &key, &options, r->node->now, &op));
	gn_node_wait_overlay(r, op, get_done);
	return GN_OK;
}

static void put_done(struct gn_node_request *r, const struct gn_overlay_event *e)
{
	struct gn_record record;
	if (e->err) {
		json_t *error =
			json_pack("{s{ss ss} si}", "error", "code", gn_err_name(e->err), "message",
				  gn_node_reach_text(r->node, e->err), "w", (int)e->receipt_count);
		if (e->value_count)
			json_object_set_new(error, "newer",
					    gn_host_json_base64(e->values[0].record));
		if (e->err == GN_QUORUM && e->receipt_count) /* held, by fewer than was asked */
			gn_node_sites_record(r->node, gn_host_body(&r->base));
		gn_host_json(&r->base, gn_err_http(e->err), error);
		return;
	}
	json_t *json = result_json(r, e), *receipts = json_array();
	for (uint32_t i = 0; i < e->receipt_count; i++) {
		const struct gn_overlay_receipt *p = &e->receipts[i];
		json_array_append_new(receipts, json_pack("{so so so sI}", "holder",
							  gn_host_json_hex(p->holder.b, 32), "key",
							  gn_host_json_hex(p->pk.b, 32), "sig",
							  gn_host_json_hex(p->sig.b, 64),
							  "held_until", (json_int_t)p->held_until));
	}
	gn_node_sites_record(r->node, gn_host_body(&r->base));
	if (gn_wire_record_parse(gn_host_body(&r->base), &record) == GN_OK) {
		json_object_set_new(json, "key", gn_host_json_hex(record.key.b, 32));
		json_object_set_new(json, "seq", json_integer((json_int_t)record.seq));
	}
	json_object_set_new(json, "w", json_integer(e->receipt_count));
	json_object_set_new(json, "receipts", receipts);
	gn_host_json(&r->base, 200, json);
}

gn_err gn_node_api_record_put(struct gn_node_request *r)
{
	uint64_t w;
	gn_op op;
	struct gn_record record;
	GN_TRY(gn_host_number(&r->base, "w", 0, 8, &w));
	gn_err err = gn_wire_record_parse(gn_host_body(&r->base), &record);
	if (gn_err_class(err) == GN_CLASS_PEER) {
		/* the peer is this client, and no node that failed */
		gn_host_error(&r->base, GN_USAGE, "the body is not a record (docs/spec/wire.md)");
		return GN_OK;
	}
	GN_TRY(gn_overlay_put(r->node->overlay, gn_host_body(&r->base), (unsigned)w, r->node->now,
			      &op));
	gn_node_wait_overlay(r, op, put_done);
	return GN_OK;
}

/* ---- names ---- */

static gn_err name_arg(struct gn_node_request *r, struct gn_name *name)
{
	const char *why = "";
	gn_err err = gn_name_parse(gn_str(r->base.args[0]), name, &why);
	if (err)
		gn_host_error(&r->base, err, "%s: %s", r->base.args[0], why);
	return err;
}

static json_t *name_entries(const struct gn_names_event *e)
{
	json_t *entries = json_array();
	for (size_t i = 0; i < e->entry_count; i++)
		json_array_append_new(entries,
				      json_pack("{ss so si}", "type",
						gn_name_type_text(e->entries[i].type), "value",
						gn_host_json_slice(e->entries[i].value), "ttl",
						(int)e->entries[i].ttl));
	return entries;
}

static void name_done(struct gn_node_request *r, const struct gn_names_event *e)
{
	static const char *const forms[] = {"pid", "global", "delegated"};
	if (e->err && e->entry_count == 0 && !e->owner_known) {
		gn_err err = gn_node_reach_err(r->node, e->err);
		gn_host_error(&r->base, err, "%s.geo: %s", e->name.text,
			      err == GN_NOT_FOUND ? "nobody holds this name"
						  : gn_node_reach_text(r->node, err));
		return;
	}
	json_t *json =
		json_pack("{ss ss sb sI sI s[ii] so ss sf}", "name", e->name.text, "form",
			  forms[e->name.form], "owner_changed", e->owner_changed, "seq",
			  (json_int_t)e->seq, "expires", (json_int_t)e->expires, "holders",
			  (int)e->holders[0], (int)e->holders[1], "entries", name_entries(e), "err",
			  gn_err_name(e->err), "took_ms", gn_host_ms(r->node->now - r->started));
	if (e->looks_like)
		json_object_set_new(json, "looks_like", json_string(e->looks_like));
	json_object_set_new(json, "age_s", json_integer((json_int_t)(e->age / GN_SEC)));
	if (e->owner_known) {
		char pid[GN_PID_MAX];
		gn_pid(&e->owner, pid);
		json_object_set_new(json, "owner", json_string(pid));
		json_object_set_new(json, "owner_key", gn_host_json_hex(e->owner.b, 32));
	}
	if (e->owner_changed) {
		char pid[GN_PID_MAX];
		gn_pid(&e->owner_pinned, pid);
		json_object_set_new(json, "owner_pinned", json_string(pid));
	}
	gn_host_json(&r->base, 200, json);
}

gn_err gn_node_api_name_get(struct gn_node_request *r)
{
	struct gn_name name;
	uint64_t fresh;
	gn_op op;
	GN_TRY(gn_host_number(&r->base, "fresh", 0, 1, &fresh));
	if (name_arg(r, &name))
		return GN_OK; /* answered */
	GN_TRY(gn_names_resolve(r->node->names, &name, fresh == 1, false, r->node->now, &op));
	gn_node_wait_names(r, op, name_done);
	return GN_OK;
}

static void name_put_done(struct gn_node_request *r, const struct gn_names_event *e)
{
	if (e->err) {
		if (e->err == GN_QUORUM && e->holders[0] && e->holders[1]) {
			/* held, by fewer than was asked */
			gn_host_json(&r->base, gn_err_http(e->err),
				     json_pack("{s{ss ss} s[ii]}", "error", "code",
					       gn_err_name(e->err), "message",
					       gn_node_reach_text(r->node, e->err), "receipts",
					       (int)e->holders[0], (int)e->holders[1]));
			return;
		}
		gn_host_error(&r->base, e->err, "%s.geo: %s", e->name.text,
			      e->err == GN_EXISTS ? "the name belongs to another"
						  : gn_node_reach_text(r->node, e->err));
		return;
	}
	json_t *json =
		json_pack("{ss s[ii] sf}", "name", e->name.text, "receipts", (int)e->holders[0],
			  (int)e->holders[1], "took_ms", gn_host_ms(r->node->now - r->started));
	if (e->looks_like)
		json_object_set_new(json, "looks_like", json_string(e->looks_like));
	gn_host_json(&r->base, 200, json);
}

/* The claim's two records, bytes[0] and bytes[1] malloc'ed. */
static gn_err claim_bytes(const struct gn_node_request *r, uint8_t *bytes[2], size_t len[2])
{
	static const char *const fields[] = {"salt0", "salt1"};
	json_t *json = json_loadb((const char *)r->base.body, r->base.body_len,
				  JSON_REJECT_DUPLICATES, NULL);
	gn_err err = json_is_object(json) ? GN_OK : GN_USAGE;
	for (unsigned i = 0; i < 2 && !err; i++) {
		const json_t *text = json_object_get(json, fields[i]);
		err = json_is_string(text) ? gn_node_unbase64(gn_slice(json_string_value(text),
								       json_string_length(text)),
							      &bytes[i], &len[i])
					   : GN_USAGE;
	}
	json_decref(json);
	return err;
}

gn_err gn_node_api_name_put(struct gn_node_request *r)
{
	uint64_t w;
	gn_op op;
	uint8_t *bytes[2] = {NULL, NULL};
	size_t len[2];
	GN_TRY(gn_host_number(&r->base, "w", 0, 8, &w));
	gn_err err = claim_bytes(r, bytes, len);
	if (!err)
		err = gn_names_put(r->node->names, gn_slice(bytes[0], len[0]),
				   gn_slice(bytes[1], len[1]), (unsigned)w, r->node->now, &op);
	free(bytes[0]);
	free(bytes[1]);
	if (!err)
		gn_node_wait_names(r, op, name_put_done);
	return err;
}
