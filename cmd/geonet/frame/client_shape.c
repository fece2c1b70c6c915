/* Answers of app/1 as the JSON that the node's HTTP routes give for the same, so that commands and
 * --json know one form. */
#include "geonet/frame/client_int.h"
#include "geonet/frame/frame.h"
#include "host/table.h"
#include "records/name.h"
#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *text_of(struct gn_slice s)
{
	return json_slice(s.p ? s : gn_str(""));
}

/* A float's own digits: 2.4, not 2.4000000953674316. */
static double short_of(float f)
{
	char text[32];
	snprintf(text, sizeof text, "%.7g", (double)f);
	return strtod(text, NULL);
}

static double ms_of(uint64_t us)
{
	return (double)us / 1000.0;
}

static json_t *addr_of(struct gn_fb_addr a)
{
	char text[GN_ADDR_TEXT_MAX];
	struct gn_addr addr = gn_wire_addr_get(a);
	gn_addr_text(&addr, text);
	return json_string(text);
}

/* ---- status ---- */

static json_t *begins_of(struct gn_fb_node_status_is t)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < gn_fb_node_status_is_bootstrap_len(t); i++) {
		struct gn_fb_node_begin b = gn_fb_node_status_is_bootstrap_at(t, i);
		json_t *addrs = json_array();
		for (uint32_t k = 0; k < gn_fb_node_begin_addrs_len(b); k++)
			json_array_append_new(addrs, text_of(gn_fb_node_begin_addrs_at(b, k)));
		json_array_append_new(
			list, json_pack("{so sb so}", "host", text_of(gn_fb_node_begin_host(b)),
					"answered", gn_fb_node_begin_answered(b), "addrs", addrs));
	}
	return list;
}

static json_t *turn_of(struct gn_fb_node_turn t)
{
	return json_pack("{so so so so}", "server", text_of(gn_fb_node_turn_server(t)), "state",
			 text_of(gn_fb_node_turn_state(t)), "address",
			 text_of(gn_fb_node_turn_address(t)), "why",
			 text_of(gn_fb_node_turn_why(t)));
}

static json_t *node_of(struct gn_fb_node_status_is t)
{
	struct gn_fb_hash id = gn_fb_node_status_is_id(t);
	struct gn_fb_key key = gn_fb_node_status_is_key(t);
	json_t *addrs = json_array();
	for (uint32_t i = 0; i < gn_fb_node_status_is_addrs_len(t); i++)
		json_array_append_new(addrs, addr_of(gn_fb_node_status_is_addrs_at(t, i)));
	return json_pack("{so so so so si}", "id", json_hex(id.b, 32), "key", json_hex(key.b, 32),
			 "angle", json_hex(id.b, 8), "addrs", addrs, "port",
			 (int)gn_fb_node_status_is_port(t));
}

static json_t *clock_of(struct gn_fb_node_clock c)
{
	return json_pack("{sI si sb so}", "ahead_s", (json_int_t)gn_fb_node_clock_ahead_s(c),
			 "peers", (int)gn_fb_node_clock_peers(c), "used", gn_fb_node_clock_used(c),
			 "text", text_of(gn_fb_node_clock_text(c)));
}

static json_t *status_of(struct gn_fb_node_status_is t)
{
	json_t *json = json_pack(
		"{so so so si sI sb sb sf si s{sf sf si si} so so si sb si si s[ii] si "
		"s{sI sI si}}",
		"version", text_of(gn_fb_node_status_is_version(t)), "node", node_of(t), "data",
		text_of(gn_fb_node_status_is_data(t)), "pid", (int)gn_fb_node_status_is_pid(t),
		"uptime_s", (json_int_t)gn_fb_node_status_is_uptime_s(t), "server",
		gn_fb_node_status_is_server(t), "joined", gn_fb_node_status_is_joined(t),
		"n_estimate", gn_fb_node_status_is_size(t), "http",
		(int)gn_fb_node_status_is_http(t), "hops", "predicted",
		short_of(gn_fb_node_status_is_hops_predicted(t)), "observed",
		short_of(gn_fb_node_status_is_hops_observed(t)), "max",
		(int)gn_fb_node_status_is_hops_max(t), "p99", (int)gn_fb_node_status_is_hops_p99(t),
		"reach", text_of(gn_fb_node_status_is_reach(t)), "bootstrap", begins_of(t),
		"pow_bits", (int)gn_fb_node_status_is_pow_bits(t), "other_work",
		gn_fb_node_status_is_other_work(t), "w", (int)gn_fb_node_status_is_w(t), "links",
		(int)gn_fb_node_status_is_links(t), "leaf", (int)gn_fb_node_status_is_leaf_cw(t),
		(int)gn_fb_node_status_is_leaf_ccw(t), "known", (int)gn_fb_node_status_is_known(t),
		"records", "count", (json_int_t)gn_fb_node_status_is_records(t), "bytes",
		(json_int_t)gn_fb_node_status_is_record_bytes(t), "expired",
		(int)gn_fb_node_status_is_expired(t));
	json_object_set_new(json, "reached", text_of(gn_fb_node_status_is_reached(t)));
	json_object_set_new(json, "reached_s",
			    json_integer((json_int_t)gn_fb_node_status_is_reached_s(t)));
	json_object_set_new(json, "fresh",
			    json_pack("{so si si si}", "setting",
				      text_of(gn_fb_node_status_is_fresh(t)), "contexts",
				      (int)gn_fb_node_status_is_fresh_contexts(t), "sessions",
				      (int)gn_fb_node_status_is_fresh_sessions(t), "direct",
				      (int)gn_fb_node_status_is_fresh_direct(t)));
	if (gn_fb_node_status_is_has_turn(t))
		json_object_set_new(json, "turn", turn_of(gn_fb_node_status_is_turn(t)));
	if (gn_fb_node_status_is_has_clock(t))
		json_object_set_new(json, "clock", clock_of(gn_fb_node_status_is_clock(t)));
	json_object_set_new(json, "blocks",
			    json_pack("{sI sI sI sI sI sI}", "count",
				      (json_int_t)gn_fb_node_status_is_blocks(t), "own",
				      (json_int_t)gn_fb_node_status_is_blocks_own(t), "held",
				      (json_int_t)gn_fb_node_status_is_blocks_held(t), "bytes",
				      (json_int_t)gn_fb_node_status_is_block_bytes(t), "cached",
				      (json_int_t)gn_fb_node_status_is_block_cached(t), "max",
				      (json_int_t)gn_fb_node_status_is_block_max(t)));
	json_object_set_new(json, "sessions",
			    json_integer((json_int_t)gn_fb_node_status_is_sessions(t)));
	json_object_set_new(json, "traffic",
			    json_pack("{sI sI}", "sent", (json_int_t)gn_fb_node_status_is_sent(t),
				      "received", (json_int_t)gn_fb_node_status_is_received(t)));
	json_object_set_new(json, "rss", json_integer((json_int_t)gn_fb_node_status_is_rss(t)));
	json_object_set_new(json, "lookups",
			    json_pack("{sI sI}", "total",
				      (json_int_t)gn_fb_node_status_is_lookups(t), "failed",
				      (json_int_t)gn_fb_node_status_is_lookups_failed(t)));
	return json;
}

/* ---- records ---- */

static json_t *step_of(struct gn_fb_lookup_step s)
{
	struct gn_fb_hash node = gn_fb_lookup_step_node(s);
	return json_pack(
		"{so so si ss sf sf}", "id", json_hex(node.b, 32), "addr",
		addr_of(gn_fb_lookup_step_addr(s)), "depth", (int)gn_fb_lookup_step_depth(s),
		"outcome", gn_err_name((gn_err)gn_fb_lookup_step_code(s)), "at_ms",
		ms_of(gn_fb_lookup_step_at_us(s)), "rtt_ms", ms_of(gn_fb_lookup_step_rtt_us(s)));
}

static json_t *receipt_of(struct gn_fb_receipt r)
{
	struct gn_fb_hash holder = gn_fb_receipt_holder(r);
	struct gn_fb_key key = gn_fb_receipt_holder_key(r);
	struct gn_fb_sig sig = gn_fb_receipt_sig(r);
	return json_pack("{so so so sI}", "holder", json_hex(holder.b, 32), "key",
			 json_hex(key.b, 32), "sig", json_hex(sig.b, 64), "held_until",
			 (json_int_t)gn_fb_receipt_held_until(r));
}

/* It was not stored as asked: as HTTP says so, with how many signed and what is there instead. */
static json_t *refused_of(struct gn_fb_record_stored t, struct reply *reply)
{
	struct gn_slice newer = gn_fb_record_stored_newer(t);
	reply->err = (gn_err)gn_fb_record_stored_code(t);
	json_t *json =
		json_pack("{s{ss ss} si}", "error", "code", gn_err_name(reply->err), "message",
			  gn_err_text(reply->err), "w", (int)gn_fb_record_stored_receipts_len(t));
	if (newer.len) {
		char *text = cli_base64(newer);
		json_object_set_new(json, "newer", json_string(text));
		free(text);
	}
	return json;
}

static json_t *stored_of(struct gn_fb_record_stored t, struct reply *reply)
{
	struct gn_fb_hash key = gn_fb_record_stored_key(t);
	json_t *steps = json_array(), *receipts = json_array();
	uint32_t w = gn_fb_record_stored_receipts_len(t);
	if (gn_fb_record_stored_code(t)) {
		json_decref(steps);
		json_decref(receipts);
		return refused_of(t, reply);
	}
	for (uint32_t i = 0; i < gn_fb_record_stored_steps_len(t); i++)
		json_array_append_new(steps, step_of(gn_fb_record_stored_steps_at(t, i)));
	for (uint32_t i = 0; i < w; i++)
		json_array_append_new(receipts, receipt_of(gn_fb_record_stored_receipts_at(t, i)));
	return json_pack("{si sf so so sI si so}", "hops", (int)gn_fb_record_stored_hops(t),
			 "took_ms", ms_of(gn_fb_record_stored_took_us(t)), "steps", steps, "key",
			 json_hex(key.b, 32), "seq", (json_int_t)gn_fb_record_stored_seq(t), "w",
			 (int)w, "receipts", receipts);
}

static json_t *values_of(struct gn_fb_record_values t)
{
	json_t *steps = json_array(), *values = json_array();
	for (uint32_t i = 0; i < gn_fb_record_values_steps_len(t); i++)
		json_array_append_new(steps, step_of(gn_fb_record_values_steps_at(t, i)));
	for (uint32_t i = 0; i < gn_fb_record_values_values_len(t); i++) {
		struct gn_fb_record_value v = gn_fb_record_values_values_at(t, i);
		char *text = cli_base64(gn_fb_record_value_record(v));
		json_array_append_new(values, json_pack("{ss si}", "record", text, "holders",
							(int)gn_fb_record_value_held_by(v)));
		free(text);
	}
	return json_pack("{si sf so so ss}", "hops", (int)gn_fb_record_values_hops(t), "took_ms",
			 ms_of(gn_fb_record_values_took_us(t)), "steps", steps, "values", values,
			 "err", gn_err_name((gn_err)gn_fb_record_values_code(t)));
}

/* ---- names ---- */

static json_t *entries_of(struct gn_fb_name_is t)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < gn_fb_name_is_entries_len(t); i++) {
		struct gn_fb_name_entry e = gn_fb_name_is_entries_at(t, i);
		json_array_append_new(list, json_pack("{ss so si}", "type",
						      gn_name_type_text(gn_fb_name_entry_type(e)),
						      "value", text_of(gn_fb_name_entry_value(e)),
						      "ttl", (int)gn_fb_name_entry_ttl(e)));
	}
	return list;
}

static void set_owner(json_t *json, const char *name, const char *hex_name, struct gn_fb_key key)
{
	struct gn_pk pk;
	char pid[GN_PID_MAX];
	memcpy(pk.b, key.b, sizeof pk.b);
	gn_pid(&pk, pid);
	json_object_set_new(json, name, json_string(pid));
	if (hex_name)
		json_object_set_new(json, hex_name, json_hex(pk.b, 32));
}

static json_t *name_of(struct gn_fb_name_is t)
{
	static const char *const forms[] = {"pid", "global", "delegated"};
	unsigned form = gn_fb_name_is_form(t);
	struct gn_slice like = gn_fb_name_is_looks_like(t);
	bool changed = gn_fb_name_is_has_pinned(t);
	json_t *json = json_pack(
		"{so ss sb sI sI s[ii] so ss sf}", "name", text_of(gn_fb_name_is_name(t)), "form",
		form < GN_COUNT(forms) ? forms[form] : "", "owner_changed", changed, "seq",
		(json_int_t)gn_fb_name_is_seq(t), "expires", (json_int_t)gn_fb_name_is_expires(t),
		"holders", (int)gn_fb_name_is_held_0(t), (int)gn_fb_name_is_held_1(t), "entries",
		entries_of(t), "err", gn_err_name((gn_err)gn_fb_name_is_code(t)), "took_ms",
		ms_of(gn_fb_name_is_took_us(t)));
	if (like.len)
		json_object_set_new(json, "looks_like", text_of(like));
	json_object_set_new(json, "age_s", json_integer((json_int_t)gn_fb_name_is_age_s(t)));
	if (gn_fb_name_is_has_owner(t))
		set_owner(json, "owner", "owner_key", gn_fb_name_is_owner(t));
	if (changed)
		set_owner(json, "owner_pinned", NULL, gn_fb_name_is_pinned(t));
	return json;
}

static json_t *name_stored_of(struct gn_fb_name_stored t, struct reply *reply)
{
	struct gn_slice like = gn_fb_name_stored_looks_like(t);
	int held[2] = {gn_fb_name_stored_held_0(t), gn_fb_name_stored_held_1(t)};
	if (gn_fb_name_stored_code(t)) {
		reply->err = (gn_err)gn_fb_name_stored_code(t);
		return json_pack("{s{ss ss} s[ii]}", "error", "code", gn_err_name(reply->err),
				 "message", gn_err_text(reply->err), "receipts", held[0], held[1]);
	}
	json_t *json =
		json_pack("{so s[ii] sf}", "name", text_of(gn_fb_name_stored_name(t)), "receipts",
			  held[0], held[1], "took_ms", ms_of(gn_fb_name_stored_took_us(t)));
	if (like.len)
		json_object_set_new(json, "looks_like", text_of(like));
	return json;
}

static json_t *found_of(struct gn_fb_record_found t)
{
	json_t *steps = json_array(), *nodes = json_array();
	for (uint32_t i = 0; i < gn_fb_record_found_steps_len(t); i++)
		json_array_append_new(steps, step_of(gn_fb_record_found_steps_at(t, i)));
	for (uint32_t i = 0; i < gn_fb_record_found_nodes_len(t); i++) {
		struct gn_fb_record_node n = gn_fb_record_found_nodes_at(t, i);
		struct gn_fb_hash id = gn_fb_record_node_id(n);
		struct gn_fb_key key = gn_fb_record_node_key(n);
		json_array_append_new(nodes, json_pack("{so so so}", "id", json_hex(id.b, 32),
						       "key", json_hex(key.b, 32), "addr",
						       gn_fb_record_node_has_addr(n)
							       ? addr_of(gn_fb_record_node_addr(n))
							       : json_string("")));
	}
	return json_pack("{si sf so so}", "hops", (int)gn_fb_record_found_hops(t), "took_ms",
			 ms_of(gn_fb_record_found_took_us(t)), "steps", steps, "nodes", nodes);
}

/* ---- sites ---- */

static json_t *ping_of(struct gn_fb_node_ping_is t)
{
	struct gn_fb_key key = gn_fb_node_ping_is_key(t);
	json_t *json = json_pack(
		"{so so sf sf so so si}", "key", json_hex(key.b, 32), "addr",
		addr_of(gn_fb_node_ping_is_addr(t)), "rtt_ms", ms_of(gn_fb_node_ping_is_rtt_us(t)),
		"connect_ms", ms_of(gn_fb_node_ping_is_connect_us(t)), "carrier",
		text_of(gn_fb_node_ping_is_carrier(t)), "why", text_of(gn_fb_node_ping_is_why(t)),
		"paths", (int)gn_fb_node_ping_is_paths(t));
	json_object_set_new(json, "indirect", text_of(gn_fb_node_ping_is_indirect(t)));
	json_object_set_new(json, "rule", text_of(gn_fb_node_ping_is_rule(t)));
	if (gn_fb_node_ping_is_has_relay(t)) {
		struct gn_fb_key relay = gn_fb_node_ping_is_relay(t);
		json_object_set_new(json, "relay", json_hex(relay.b, 32));
	}
	return json;
}

static json_t *netcheck_of(struct gn_fb_node_netcheck_is t)
{
	json_t *relays = json_array();
	for (uint32_t i = 0; i < gn_fb_node_netcheck_is_relays_len(t); i++) {
		struct gn_fb_node_netcheck_relay r = gn_fb_node_netcheck_is_relays_at(t, i);
		struct gn_fb_key key = gn_fb_node_netcheck_relay_key(r);
		json_array_append_new(
			relays, json_pack("{so so sf sb}", "key", json_hex(key.b, 32), "addr",
					  addr_of(gn_fb_node_netcheck_relay_addr(r)), "rtt_ms",
					  ms_of(gn_fb_node_netcheck_relay_rtt_us(r)), "home",
					  gn_fb_node_netcheck_relay_home(r)));
	}
	json_t *json = json_pack("{so so so so si si si sI sI sI sI so si si si}", "reached",
				 text_of(gn_fb_node_netcheck_is_reached(t)), "why",
				 text_of(gn_fb_node_netcheck_is_why(t)), "mapping",
				 text_of(gn_fb_node_netcheck_is_mapping(t)), "filtering",
				 text_of(gn_fb_node_netcheck_is_filtering(t)), "asked",
				 (int)gn_fb_node_netcheck_is_asked(t), "told",
				 (int)gn_fb_node_netcheck_is_told(t), "came",
				 (int)gn_fb_node_netcheck_is_came(t), "age_s",
				 (json_int_t)gn_fb_node_netcheck_is_age_s(t), "udp_4",
				 (json_int_t)gn_fb_node_netcheck_is_udp_4(t), "udp_6",
				 (json_int_t)gn_fb_node_netcheck_is_udp_6(t), "relayed",
				 (json_int_t)gn_fb_node_netcheck_is_relayed(t), "relays", relays,
				 "kinds", (int)gn_fb_node_netcheck_is_kinds(t), "kinds_of",
				 (int)gn_fb_node_netcheck_is_kinds_of(t), "port",
				 (int)gn_fb_node_netcheck_is_port(t));
	json_object_set_new(json, "lifetime_s",
			    json_integer((json_int_t)gn_fb_node_netcheck_is_lifetime_s(t)));
	json_object_set_new(json, "lifetime_at",
			    json_integer((json_int_t)gn_fb_node_netcheck_is_lifetime_at(t)));
	json_object_set_new(json, "keep_alive_s",
			    json_integer((json_int_t)gn_fb_node_netcheck_is_keep_alive_s(t)));
	json_object_set_new(json, "lifetime_why", text_of(gn_fb_node_netcheck_is_lifetime_why(t)));
	if (gn_fb_node_netcheck_is_has_seen(t))
		json_object_set_new(json, "seen", addr_of(gn_fb_node_netcheck_is_seen(t)));
	if (gn_fb_node_netcheck_is_has_proven(t))
		json_object_set_new(json, "proven", addr_of(gn_fb_node_netcheck_is_proven(t)));
	return json;
}

static json_t *site_of(struct gn_fb_site_kept t)
{
	struct gn_fb_key owner = gn_fb_site_kept_owner(t);
	struct gn_fb_hash root = gn_fb_site_kept_root(t);
	bool out = gn_fb_site_kept_published(t);
	json_t *json = json_pack(
		"{so so so sI sI si sI sb sb sI}", "owner", json_hex(owner.b, 32), "label",
		text_of(gn_fb_site_kept_label(t)), "root", json_hex(root.b, 32), "spread",
		(json_int_t)gn_fb_site_kept_spread(t), "keep_until",
		(json_int_t)gn_fb_site_kept_keep_until(t), "copies", (int)gn_fb_site_kept_copies(t),
		"blocks", (json_int_t)gn_fb_site_kept_blocks(t), "pending",
		gn_fb_site_kept_pending(t), "published", out, "versions",
		(json_int_t)gn_fb_site_kept_versions(t));
	if (gn_fb_site_kept_version(t))
		json_object_set_new(json, "version",
				    json_integer((json_int_t)gn_fb_site_kept_version(t)));
	if (gn_fb_site_kept_expires(t))
		json_object_set_new(json, "expires",
				    json_integer((json_int_t)gn_fb_site_kept_expires(t)));
	if (gn_fb_site_kept_partial(t))
		json_object_set_new(json, "partial", json_true());
	if (!out)
		json_object_set_new(json, "listed", json_boolean(gn_fb_site_kept_listed(t)));
	return json;
}

static json_t *sites_of(struct gn_fb_sites_list_is t, struct reply *reply)
{
	json_t *list = json_array();
	for (uint32_t i = 0; i < gn_fb_sites_list_is_sites_len(t); i++)
		json_array_append_new(list, site_of(gn_fb_sites_list_is_sites_at(t, i)));
	reply->more = gn_fb_sites_list_is_more(t);
	return json_pack("{so}", "sites", list);
}

/* ---- all of them ---- */

json_t *client_shape(struct gn_app_kind kind, const struct gn_fb_type *type, struct gn_fbt t,
		     struct reply *reply)
{
	bool record = kind.area == GN_FB_APP_BODY_APP_RECORD;
	if (kind.area == GN_FB_APP_BODY_APP_NODE &&
	    kind.member == GN_FB_APP_NODE_BODY_NODE_STATUS_IS)
		return status_of((struct gn_fb_node_status_is){t});
	if (kind.area == GN_FB_APP_BODY_APP_NODE && kind.member == GN_FB_APP_NODE_BODY_NODE_PING_IS)
		return ping_of((struct gn_fb_node_ping_is){t});
	if (kind.area == GN_FB_APP_BODY_APP_NODE &&
	    kind.member == GN_FB_APP_NODE_BODY_NODE_NETCHECK_IS)
		return netcheck_of((struct gn_fb_node_netcheck_is){t});
	if (record && kind.member == GN_FB_APP_RECORD_BODY_RECORD_STORED)
		return stored_of((struct gn_fb_record_stored){t}, reply);
	if (record && kind.member == GN_FB_APP_RECORD_BODY_RECORD_VALUES)
		return values_of((struct gn_fb_record_values){t});
	if (record && kind.member == GN_FB_APP_RECORD_BODY_NAME_IS)
		return name_of((struct gn_fb_name_is){t});
	if (record && kind.member == GN_FB_APP_RECORD_BODY_NAME_STORED)
		return name_stored_of((struct gn_fb_name_stored){t}, reply);
	if (record && kind.member == GN_FB_APP_RECORD_BODY_RECORD_FOUND)
		return found_of((struct gn_fb_record_found){t});
	if (kind.area == GN_FB_APP_BODY_APP_FILE &&
	    kind.member == GN_FB_APP_FILE_BODY_SITES_LIST_IS)
		return sites_of((struct gn_fb_sites_list_is){t}, reply);
	return gn_host_table_json(type, t);
}
