/* Files and sites over the local API: take a file in, spread its blocks, read what a site holds. */
#include "node/api.h"
#include "node/body.h"
#include "node/call.h"
#include "node/node_int.h"
#include "node/reach.h"

#include <stdlib.h>

static json_t *hash_list(struct gn_slice hashes)
{
	json_t *array = json_array();
	for (size_t i = 0; i + 32 <= hashes.len; i += 32)
		json_array_append_new(array, gn_host_json_hex(hashes.p + i, 32));
	return array;
}

/* ---- POST /files: the body streams into the block store ---- */

static void ingest_event(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	if (e->kind == GN_BUNDLES_INGEST && !e->err) {
		gn_host_resume(&r->base);
		return;
	}
	if (e->err) {
		gn_host_error(&r->base, e->err, "%s", "");
		return;
	}
	gn_host_json(&r->base, 200,
		     json_pack("{sI so so}", "size", (json_int_t)e->size, "root",
			       gn_host_json_hex(e->root.b, 32), "blocks", hash_list(e->blocks)));
}

gn_err gn_node_ingest_data(struct gn_host_request *base, struct gn_slice data, size_t *taken)
{
	struct gn_node_request *r = gn_node_request_of(base);
	gn_err err =
		gn_bundles_ingest_data(r->node->bundles, r->base.ticket, data, taken, r->node->now);
	return err == GN_AGAIN ? GN_OK : err;
}

void gn_node_ingest_end(struct gn_host_request *base)
{
	struct gn_node_request *r = gn_node_request_of(base);
	gn_err err = gn_bundles_ingest_end(r->node->bundles, r->base.ticket, r->node->now);
	if (err)
		gn_host_error(&r->base, err, "%s", "");
}

gn_err gn_node_api_file_put(struct gn_node_request *r)
{
	gn_op op;
	GN_TRY(gn_bundles_ingest(r->node->bundles, r->node->now, &op));
	gn_node_wait_bundles(r, op, ingest_event);
	r->base.data = gn_node_ingest_data;
	r->base.data_end = gn_node_ingest_end;
	return GN_OK;
}

/* ---- POST /spread: progress as lines of JSON ---- */

static void spread_line(struct gn_node_request *r, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);
	if (text && r->base.http) {
		gn_http_write(r->base.http, gn_str(text));
		gn_http_write(r->base.http, GN_LIT("\n"));
	}
	free(text);
	json_decref(json);
}

static void spread_event(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	json_t *line =
		json_pack("{sI sI}", "done", (json_int_t)e->done, "total", (json_int_t)e->total);
	if (e->kind == GN_BUNDLES_PROGRESS) {
		spread_line(r, line);
		return;
	}
	gn_err err = e->err;
	if (!err) /* the list is durable before anybody hears of it */
		err = gn_node_sites_spread(r->node, gn_host_body(&r->base), r->base.ticket);
	else
		gn_bundles_cancel(r->node->bundles, r->base.ticket, r->node->now);
	json_object_set_new(line, "err", json_string(gn_err_name(err)));
	spread_line(r, line);
	gn_host_wait_end(&r->base);
	if (r->base.http)
		gn_http_end(r->base.http);
}

static gn_err begin_spread(struct gn_node *node, struct gn_slice json, gn_op *op)
{
	struct gn_node_spread_body s;
	GN_TRY(gn_node_spread_parse(json, &s));
	uint64_t until = s.keep_until ? s.keep_until : gn_node_unix(node) + GN_BUNDLE_TTL;
	gn_err err = gn_bundles_spread(node->bundles, gn_slice(s.hashes, s.count * 32), s.copies,
				       until, node->now, op);
	free(s.hashes);
	return err;
}

gn_err gn_node_api_spread(struct gn_node_request *r)
{
	gn_op op;
	GN_TRY(begin_spread(r->node, gn_host_body(&r->base), &op));
	struct gn_http_field fields[] = {{"content-type", GN_LIT("application/x-ndjson")},
					 {"cache-control", GN_LIT("no-store")}};
	gn_http_start(r->base.http, 200, fields, GN_COUNT(fields), UINT64_MAX);
	r->base.streaming = true;
	gn_node_wait_bundles(r, op, spread_event);
	return GN_OK;
}

/* ---- sites ---- */

gn_err gn_node_api_sites(struct gn_node_request *r)
{
	gn_host_json(&r->base, 200, json_pack("{so}", "sites", gn_node_sites_json(r->node)));
	return GN_OK;
}

gn_err gn_node_api_site_remove(struct gn_node_request *r)
{
	struct gn_pk owner;
	GN_TRY(gn_unhex(gn_str(r->base.args[0]), owner.b, sizeof owner.b));
	GN_TRY(gn_node_sites_remove(r->node, &owner,
				    strcmp(r->base.args[1], "-") == 0 ? "" : r->base.args[1]));
	gn_host_json(&r->base, 200, json_pack("{ss}", "state", "removed"));
	return GN_OK;
}

static json_t *version_json(const struct gn_head_version *v)
{
	return json_pack("{sI so sI sI so}", "version", (json_int_t)v->version, "root",
			 gn_host_json_hex(v->manifest.b, 32), "size", (json_int_t)v->total_size,
			 "manifest_size", (json_int_t)v->manifest_size, "manifest_blocks",
			 hash_list(v->manifest_blocks));
}

static json_t *head_json(const struct gn_head *h, struct gn_slice record)
{
	char pid[GN_PID_MAX];
	uint64_t expires = h->created + h->ttl;
	gn_pid(&h->owner, pid);
	json_t *json = version_json(&h->now), *previous = json_array();
	for (size_t i = 0; i < h->previous_count; i++)
		json_array_append_new(previous, version_json(&h->previous[i]));
	json_object_set_new(json, "owner", json_string(pid));
	json_object_set_new(json, "owner_key", gn_host_json_hex(h->owner.b, 32));
	json_object_set_new(json, "label", gn_host_json_slice(h->label));
	json_object_set_new(json, "seq", json_integer((json_int_t)h->seq));
	json_object_set_new(json, "created", json_integer((json_int_t)h->created));
	json_object_set_new(json, "expires", json_integer((json_int_t)expires));
	json_object_set_new(json, "previous", previous);
	json_object_set_new(json, "head", gn_host_json_base64(record));
	return json;
}

/* The site's head; false after answering. */
static bool is_opened(struct gn_node_request *r, const struct gn_bundles_event *e,
		      struct gn_head *head)
{
	gn_err found = e->err ? e->err : gn_head_parse(e->head, head) ? GN_MALFORMED : GN_OK;
	if (!found)
		return true;
	gn_err err = gn_node_reach_err(r->node, found);
	gn_host_error(&r->base, err, "%s",
		      err == GN_NOT_FOUND ? "no node knows a site of this owner and label" : "");
	return false;
}

static void manifest_opened(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	struct gn_http_field fields[] = {{"content-type", GN_LIT("application/octet-stream")}};
	struct gn_head head;
	if (e->kind == GN_BUNDLES_OPENED && is_opened(r, e, &head))
		gn_host_respond(&r->base, 200, fields, 1, gn_manifest_bytes(e->manifest));
}

static void site_opened(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	struct gn_head head;
	if (e->kind != GN_BUNDLES_OPENED || !is_opened(r, e, &head))
		return;
	json_t *json = head_json(&head, e->head), *files = json_array();
	for (size_t i = 0; i < gn_manifest_count(e->manifest); i++) {
		struct gn_bundle_file f;
		gn_manifest_at(e->manifest, i, &f);
		json_array_append_new(files,
				      json_pack("{so sI so so}", "path", gn_host_json_slice(f.path),
						"size", (json_int_t)f.size, "mime",
						gn_host_json_slice(f.mime), "root",
						gn_host_json_hex(f.root.b, 32)));
	}
	json_object_set_new(json, "files", files);
	json_object_set_new(json, "age_s", json_integer((json_int_t)(e->age / GN_SEC)));
	json_object_set_new(json, "took_ms", json_real(gn_host_ms(r->node->now - r->started)));
	gn_host_json(&r->base, 200, json);
}

/* What the path and the query name is opened, then done. */
static gn_err open_site(struct gn_node_request *r, gn_node_bundles_done *done)
{
	struct gn_pk owner;
	uint64_t fresh, version;
	gn_op op;
	const char *label = strcmp(r->base.args[1], "-") == 0 ? "" : r->base.args[1];
	GN_TRY(gn_unhex(gn_str(r->base.args[0]), owner.b, sizeof owner.b));
	GN_TRY(gn_host_number(&r->base, "fresh", 0, 1, &fresh));
	GN_TRY(gn_host_number(&r->base, "version", 0, UINT64_MAX, &version));
	GN_TRY(gn_bundles_open(r->node->bundles,
			       &(struct gn_bundles_site){.owner = &owner,
							 .label = gn_str(label),
							 .version = version,
							 .fresh = fresh == 1},
			       r->node->now, &op));
	gn_node_wait_bundles(r, op, done);
	return GN_OK;
}

gn_err gn_node_api_site_get(struct gn_node_request *r)
{
	return open_site(r, site_opened);
}

gn_err gn_node_api_site_manifest(struct gn_node_request *r)
{
	return open_site(r, manifest_opened);
}

gn_err gn_node_api_shutdown(struct gn_node_request *r)
{
	gn_host_json(&r->base, 202, json_pack("{ss}", "state", "stopping"));
	gn_host_stop(&r->node->host);
	return GN_OK;
}
