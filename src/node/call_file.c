/* Files and sites over app/1: bytes come and go on the call's stream (docs/spec/app.md AP-11); the
 * engine is the one behind HTTP's files and sites.
 *
 *   FileAdd:  bytes, FileAdded
 *   FileGet:  FileIs, bytes, AppOk
 *   SiteGet:  SiteIs alone; or SiteIs, FileIs, bytes of the file or of the manifest, AppOk
 *
 * 1. Who reads has one of the slots of readers.c's downloads, of which app/1 may take half, so
 *    that the gateway always has others, and another user than the owner a quarter of that half.
 * 2. What the engine gives and the stream has no room for yet is kept in `rest`: at most a chunk,
 *    or a manifest, which is for the owner alone; of all of them GN_NODE_RESTS. */
#include "node/call.h"

#include "node/body.h"
#include "node/node_int.h"
#include "node/reach.h"
#include "records/tree.h"

#include <stdio.h>
#include <stdlib.h>

struct reading {
	uint8_t *rest; /* owned */
	size_t at, len;
	bool last; /* nothing follows the rest */
};

static struct gn_app_kind file_kind(enum gn_fb_app_file_body what)
{
	return (struct gn_app_kind){GN_FB_APP_BODY_APP_FILE, what};
}

/* ---- slots ---- */

static void drop_rest(struct gn_node_request *r, struct reading *of)
{
	GN_ASSERT(r->node->rests >= of->len);
	r->node->rests -= of->len;
	free(of->rest);
	of->rest = NULL;
	of->at = of->len = 0;
}

/* Of those who read, how many are this request's user. */
static unsigned reading_of(const struct gn_node_request *r)
{
	unsigned n = 0;
	for (const struct gn_node_request *o = gn_node_request_first(r->node); o;
	     o = gn_node_request_next(o))
		n += o->reading && gn_host_user(&o->base) == gn_host_user(&r->base);
	return n;
}

static gn_err begin_reading(struct gn_node_request *r)
{
	if (r->node->readers[0] >= GN_NODE_READERS / 2)
		return GN_BUSY;
	if (r->base.stranger && reading_of(r) >= GN_NODE_READERS / 8)
		return GN_QUOTA;
	if (!gn_host_state(&r->base, sizeof(struct reading)))
		return GN_NOMEM;
	r->node->readers[0]++;
	r->reading = true;
	return GN_OK;
}

void gn_node_call_reading_end(struct gn_node_request *r)
{
	if (!r->reading)
		return;
	struct reading *of = r->base.state;
	GN_ASSERT(r->node->readers[0] > 0);
	r->node->readers[0]--;
	r->reading = false;
	drop_rest(r, of);
}

/* ---- what is read goes out ---- */

/* False: there is no more room now, and gn_host_room has said so. */
static bool send_rest(struct gn_node_request *r, struct reading *of)
{
	size_t room;
	while (of->at < of->len && (room = gn_host_room(&r->base)) > 0) {
		size_t left = of->len - of->at, len = room < left ? room : left;
		gn_host_send(&r->base, gn_slice(of->rest + of->at, len));
		of->at += len;
	}
	if (of->at < of->len)
		return false; /* drain follows */
	drop_rest(r, of);
	return true;
}

static gn_err keep_rest(struct gn_node_request *r, struct reading *of, struct gn_slice s)
{
	GN_ASSERT(!of->rest);
	if (r->node->rests + s.len > GN_NODE_RESTS)
		return GN_BUSY;
	of->rest = malloc(s.len);
	if (!of->rest)
		return GN_NOMEM;
	memcpy(of->rest, s.p, s.len);
	of->len = s.len;
	r->node->rests += s.len;
	return GN_OK;
}

static void end_reading(struct gn_node_request *r, gn_err err)
{
	gn_host_wait_end(&r->base);
	if (err) {
		gn_host_error(&r->base, err, "%s", gn_node_reach_text(r->node, err));
		return;
	}
	gn_host_send_end(&r->base);
	gn_host_answer_ok(&r->base);
}

static void go_on_reading(struct gn_host_request *base)
{
	struct gn_node_request *r = gn_node_request_of(base);
	struct reading *of = base->state;
	while (!base->answered) {
		struct gn_slice s;
		if (of->rest && !send_rest(r, of))
			return;
		if (of->last) {
			end_reading(r, GN_OK);
			return;
		}
		if (!gn_host_room(base))
			return;
		gn_err err = gn_bundles_read_next(r->node->bundles, base->ticket, &s, r->node->now);
		if (err == GN_AGAIN)
			return;
		if (err || s.len == 0) {
			end_reading(r, err);
			return;
		}
		err = keep_rest(r, of, s);
		if (err) {
			gn_bundles_cancel(r->node->bundles, base->ticket, r->node->now);
			end_reading(r, err);
		}
	}
}

static void read_event(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	if (e->kind == GN_BUNDLES_READABLE)
		go_on_reading(&r->base);
}

static void say_file(struct gn_node_request *r, uint64_t size, uint64_t offset, uint64_t count,
		     struct gn_slice mime)
{
	struct gn_fb_file_is_args args = {
		.size = size, .offset = offset, .count = count, .mime = mime};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer_more(&r->base, file_kind(GN_FB_APP_FILE_BODY_FILE_IS),
			    gn_fb_file_is_make(b, &args));
}

/* [offset, offset + count) of the file; count 0: to its end. */
static gn_err read_file(struct gn_node_request *r, const struct gn_bundle_file *file,
			uint64_t offset, uint64_t count)
{
	gn_op op;
	if (offset > file->size)
		return GN_RANGE;
	if (!count || count > file->size - offset)
		count = file->size - offset;
	r->base.drain = go_on_reading;
	gn_host_streams(&r->base);
	if (count)
		GN_TRY(gn_bundles_read(r->node->bundles, file, offset, count, r->node->now, &op));
	say_file(r, file->size, offset, count, file->mime);
	if (r->base.answered)
		return GN_OK;
	if (count) {
		gn_node_wait_bundles(r, op, read_event);
	} else {
		((struct reading *)r->base.state)->last = true;
	}
	go_on_reading(&r->base);
	return GN_OK;
}

/* ---- calls ---- */

gn_err gn_node_call_file_get(struct gn_node_request *r)
{
	struct gn_fb_file_get t = {r->base.table};
	struct gn_bundle_file file = {.size = gn_fb_file_get_size(t),
				      .blocks = gn_fb_file_get_blocks_bytes(t)};
	struct gn_fb_hash root = gn_fb_file_get_root(t);
	memcpy(file.root.b, root.b, sizeof file.root.b);
	if (!gn_merkle_file_ok(file.size, &file.root, file.blocks)) {
		gn_host_error(&r->base, GN_USAGE, "size, blocks and root are not of one file");
		return GN_OK;
	}
	GN_TRY(begin_reading(r));
	return read_file(r, &file, gn_fb_file_get_offset(t), gn_fb_file_get_count(t));
}

static void add_event(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	if (e->kind == GN_BUNDLES_INGEST && !e->err) {
		gn_host_resume(&r->base);
		return;
	}
	if (e->err) {
		gn_host_error(&r->base, e->err, "%s", "");
		return;
	}
	struct gn_fb_hash root = gn_wire_hash(e->root.b);
	struct gn_fb_file_added_args args = {
		.root = &root,
		.size = e->size,
		.blocks = {(const struct gn_fb_hash *)(const void *)e->blocks.p,
			   (uint32_t)(e->blocks.len / sizeof root)}};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, file_kind(GN_FB_APP_FILE_BODY_FILE_ADDED),
		       gn_fb_file_added_make(b, &args));
}

gn_err gn_node_call_file_add(struct gn_node_request *r)
{
	gn_op op;
	GN_TRY(gn_bundles_ingest(r->node->bundles, r->node->now, &op));
	gn_node_wait_bundles(r, op, add_event);
	r->base.data = gn_node_ingest_data;
	r->base.data_end = gn_node_ingest_end;
	gn_host_streams(&r->base);
	gn_host_resume(&r->base); /* what came behind the call */
	return GN_OK;
}

static void say_progress(struct gn_node_request *r, const struct gn_bundles_event *e, gn_err err,
			 bool more)
{
	struct gn_fb_progress_args args = {
		.done = e->done, .total = e->total, .code = (uint16_t)(more ? GN_OK : err)};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_fbref t = gn_fb_progress_make(b, &args);
	if (more)
		gn_host_answer_more(&r->base, file_kind(GN_FB_APP_FILE_BODY_PROGRESS), t);
	else
		gn_host_answer(&r->base, file_kind(GN_FB_APP_FILE_BODY_PROGRESS), t);
}

/* The version is this node's own from now on, durably, before anybody hears of it. */
static gn_err keep_site(struct gn_node_request *r)
{
	struct gn_fb_blocks_spread t = {r->base.table};
	struct gn_fb_spread_site site = gn_fb_blocks_spread_site(t);
	struct gn_slice blocks = gn_fb_blocks_spread_blocks_bytes(t),
			label = gn_fb_spread_site_label(site);
	struct gn_fb_key key = gn_fb_spread_site_owner(site);
	struct gn_fb_hash root = gn_fb_spread_site_root(site);
	struct gn_node_spread_body s = {.hashes = (uint8_t *)(uintptr_t)blocks.p,
					.count = blocks.len / sizeof root,
					.copies = gn_fb_blocks_spread_copies(t),
					.keep_until = gn_fb_blocks_spread_keep_until(t)};
	char owner[65], text[GN_RECORD_LABEL_MAX + 1];
	struct gn_hash manifest;
	gn_hex(GN_SLICE(key.b), owner);
	memcpy(manifest.b, root.b, sizeof manifest.b);
	snprintf(text, sizeof text, "%.*s", (int)label.len, label.p ? (const char *)label.p : "");
	s.copies = s.copies ? s.copies : GN_BUNDLE_COPIES;
	return gn_node_sites_keep(r->node, owner, text, &manifest, &s, r->base.ticket);
}

static void spread_event(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	struct gn_fb_blocks_spread t = {r->base.table};
	bool more = e->kind == GN_BUNDLES_PROGRESS, once = gn_fb_blocks_spread_once(t);
	gn_err err = e->err;
	if (!more && !err && gn_fb_blocks_spread_has_site(t))
		err = keep_site(r);
	if (!more && (err || once))
		gn_bundles_cancel(r->node->bundles, r->base.ticket, r->node->now);
	say_progress(r, e, err, more);
}

static bool site_ok(struct gn_fb_blocks_spread t)
{
	struct gn_slice label = gn_fb_spread_site_label(gn_fb_blocks_spread_site(t));
	return !gn_fb_blocks_spread_once(t) && label.len <= GN_RECORD_LABEL_MAX &&
	       gn_utf8_ok(label) && (!label.len || !memchr(label.p, 0, label.len));
}

gn_err gn_node_call_blocks_spread(struct gn_node_request *r)
{
	struct gn_fb_blocks_spread t = {r->base.table};
	struct gn_slice blocks = gn_fb_blocks_spread_blocks_bytes(t);
	unsigned copies = gn_fb_blocks_spread_copies(t);
	uint64_t until = gn_fb_blocks_spread_keep_until(t);
	gn_op op;
	if (!blocks.len)
		return GN_USAGE;
	if (copies > 8)
		return GN_RANGE;
	if (gn_fb_blocks_spread_has_site(t) && !site_ok(t))
		return GN_USAGE;
	GN_TRY(gn_bundles_spread(r->node->bundles, blocks, copies ? copies : 3,
				 until ? until : gn_node_unix(r->node) + GN_BUNDLE_TTL,
				 r->node->now, &op));
	gn_node_wait_bundles(r, op, spread_event);
	gn_host_lasts(&r->base);
	return GN_OK;
}

/* ---- sites ---- */

static void say_site(struct gn_node_request *r, const struct gn_bundles_event *e,
		     const struct gn_head *head, bool more)
{
	struct gn_fb_site_get t = {r->base.table};
	uint64_t version = gn_fb_site_get_version(t);
	struct gn_fb_site_is_args args = {.head = e->head,
					  .version = version ? version : head->now.version,
					  .files = (uint32_t)gn_manifest_count(e->manifest),
					  .age_s = (uint64_t)(e->age / GN_SEC)};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_fbref ref = gn_fb_site_is_make(b, &args);
	if (more)
		gn_host_answer_more(&r->base, file_kind(GN_FB_APP_FILE_BODY_SITE_IS), ref);
	else
		gn_host_answer(&r->base, file_kind(GN_FB_APP_FILE_BODY_SITE_IS), ref);
}

static gn_err send_manifest(struct gn_node_request *r, const struct gn_manifest *m)
{
	struct reading *of = r->base.state;
	struct gn_slice bytes = gn_manifest_bytes(m);
	r->base.drain = go_on_reading;
	gn_host_streams(&r->base);
	GN_TRY(keep_rest(r, of, bytes));
	of->last = true;
	say_file(r, bytes.len, 0, bytes.len, GN_LIT("application/octet-stream"));
	go_on_reading(&r->base);
	return GN_OK;
}

static void site_opened(struct gn_node_request *r, const struct gn_bundles_event *e)
{
	struct gn_fb_site_get t = {r->base.table};
	struct gn_slice path = gn_fb_site_get_path(t);
	struct gn_bundle_file file = {0};
	struct gn_head head;
	bool manifest = gn_fb_site_get_manifest(t);
	if (e->kind != GN_BUNDLES_OPENED)
		return;
	gn_host_wait_end(&r->base);
	gn_err err = e->err ? e->err : gn_head_parse(e->head, &head) ? GN_MALFORMED : GN_OK;
	err = err ? gn_node_reach_err(r->node, err) : GN_OK;
	if (!err && path.len && !manifest)
		err = gn_manifest_find(e->manifest, path, &file);
	if (err) {
		gn_host_error(&r->base, err, "%s",
			      err != GN_NOT_FOUND ? ""
			      : e->err            ? "no node knows a site of this owner and label"
						  : "the site has no such file");
		return;
	}
	say_site(r, e, &head, manifest || path.len);
	if (r->base.answered)
		return;
	err = manifest ? send_manifest(r, e->manifest)
		       : read_file(r, &file, gn_fb_site_get_offset(t), gn_fb_site_get_count(t));
	if (err)
		gn_host_error(&r->base, err, "%s", "");
}

gn_err gn_node_call_site_get(struct gn_node_request *r)
{
	struct gn_fb_site_get t = {r->base.table};
	struct gn_fb_key key = gn_fb_site_get_owner(t);
	struct gn_pk owner;
	gn_op op;
	memcpy(owner.b, key.b, sizeof owner.b);
	struct gn_bundles_site site = {.owner = &owner,
				       .label = gn_fb_site_get_label(t),
				       .version = gn_fb_site_get_version(t),
				       .fresh = gn_fb_site_get_fresh(t)};
	if (site.label.len > GN_RECORD_LABEL_MAX)
		return GN_RANGE;
	if (gn_fb_site_get_manifest(t) && r->base.stranger)
		return GN_DENIED;
	if (!site.label.p)
		site.label = GN_LIT("");
	GN_TRY(begin_reading(r));
	GN_TRY(gn_bundles_open(r->node->bundles, &site, r->node->now, &op));
	gn_node_wait_bundles(r, op, site_opened);
	return GN_OK;
}
