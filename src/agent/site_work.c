/* What is done with a site, as steps that the node does one after the other: the head read, a
 * manifest read, blocks spread, a record put. A step ends in the work's `next`, or the work ends.
 * What comes is checked against its signature or its hash. Rules AG-132..AG-135. */
#include "agent/site_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SITE_KIND(name) {GN_FB_APP_BODY_APP_SITE, GN_FB_APP_SITE_BODY_##name}
#define FILE_KIND(name) {GN_FB_APP_BODY_APP_FILE, GN_FB_APP_FILE_BODY_##name}
#define RECORD_KIND(name) {GN_FB_APP_BODY_APP_RECORD, GN_FB_APP_RECORD_BODY_##name}

static const struct gn_app_kind step_is = SITE_KIND(OWN_SITE_STEP), site_get = FILE_KIND(SITE_GET),
				spread_kind = FILE_KIND(BLOCKS_SPREAD),
				record_get = RECORD_KIND(RECORD_GET),
				record_put = RECORD_KIND(RECORD_PUT);

/* ---- life ---- */

static bool puts_label(const struct gn_agent *a, struct gn_slice label)
{
	for (unsigned i = 0; i < AGENT_SITE_WORKS; i++) {
		const struct agent_site_work *w = a->sites->works[i];
		if (w && w->writes && gn_slice_eq(gn_str(w->label), label))
			return true;
	}
	return false;
}

struct agent_site_work *agent_site_work(struct agent_request *r, struct gn_slice label, bool writes)
{
	struct agent_sites *s = r->agent->sites;
	struct agent_site_work **at = NULL, *w = NULL;
	unsigned has = 0;
	for (unsigned i = AGENT_SITE_WORKS; i-- > 0;) {
		at = s->works[i] ? at : &s->works[i];
		has += s->works[i] && agent_is_program(r, s->works[i]->program);
	}
	if (label.len > GN_RECORD_LABEL_MAX || !gn_utf8_ok(label) ||
	    (label.len && memchr(label.p, 0, label.len)))
		gn_host_error(&r->base, GN_USAGE, "a label has at most 255 bytes of UTF-8");
	else if (writes && puts_label(r->agent, label))
		gn_host_error(&r->base, GN_BUSY,
			      "this site is being published, or changed, at this moment");
	else if (!agent_within_share(r, has, AGENT_SITE_WORKS))
		return NULL;
	else if (!at)
		gn_host_error(&r->base, GN_LIMIT, "%u sites are being worked on already",
			      AGENT_SITE_WORKS);
	else if (!(w = calloc(1, sizeof *w)))
		gn_host_error(&r->base, GN_NOMEM, "%s", "");
	if (!w)
		return NULL;
	w->agent = r->agent;
	w->r = r;
	w->writes = writes;
	memcpy(w->program, r->program, sizeof w->program);
	if (label.len)
		memcpy(w->label, label.p, label.len);
	r->work = w;
	*at = w;
	gn_host_lasts(&r->base);
	return w;
}

void agent_site_free(struct agent_site_work *w)
{
	struct agent_sites *s = w->agent->sites;
	gn_agent_link_drop(w->agent->link, w->call);
	agent_upload_drop(w->up);
	if (w->draft)
		w->draft->work = NULL;
	if (w->draft)
		w->draft->until = w->agent->now + AGENT_SITE_IDLE;
	if (w->r)
		w->r->work = NULL;
	for (unsigned i = 0; i < AGENT_SITE_WORKS; i++)
		if (s->works[i] == w)
			s->works[i] = NULL;
	gn_manifest_free(&w->agent->alloc, w->manifest);
	if (w->name)
		w->name_free(w->name);
	free(w->list);
	free(w->up);
	free(w->record);
	free(w->in);
	free(w->made);
	free(w->blocks);
	free(w->signed_head);
	gn_wipe(w, sizeof *w);
	free(w);
}

void agent_site_fail(struct agent_site_work *w, gn_err err, const char *fmt, ...)
{
	char text[400];
	va_list args;
	struct agent_request *r = w->r;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	gn_host_log(&w->agent->host, GN_LOG_DEBUG, "site", "%.60s: %s: %s", w->label,
		    gn_err_name(err), text);
	agent_site_free(w);
	if (r && err == GN_CLOSED)
		gn_host_error(&r->base, err,
			      "the node is gone; nothing was changed: try again when it is back");
	else if (r)
		gn_host_error(&r->base, err, "%s", text);
}

void agent_site_tell(struct agent_site_work *w, uint8_t stage)
{
	gn_time now = w->agent->now;
	if (!w->r || !w->r->base.via ||
	    (stage == GN_FB_OWN_SITE_STAGE_SPREADING && w->done && now < w->told + AGENT_FILE_TELL))
		return;
	w->told = now;
	struct gn_fbb *b = gn_host_answer_begin(&w->r->base);
	struct gn_fb_own_site_step_args args = {.stage = stage, .done = w->done, .total = w->total};
	gn_host_answer_more(&w->r->base, step_is, gn_fb_own_site_step_make(b, &args));
}

/* ---- calls ---- */

struct gn_fbb *agent_site_builder(struct agent_site_work *w)
{
	if (gn_agent_link_is_up(w->agent->link))
		return gn_agent_link_builder(w->agent->link);
	agent_site_fail(w, GN_CLOSED, "%s", "");
	return NULL;
}

void agent_site_ask(struct agent_site_work *w, struct gn_app_kind kind, gn_fbref table,
		    uint32_t deadline_ms, gn_agent_link_fn *fn)
{
	gn_err err = gn_agent_link_call(w->agent->link, kind, table, deadline_ms, fn, w, &w->call);
	if (!err)
		return;
	w->call = 0;
	agent_site_fail(w, err, "%s",
			err == GN_LIMIT ? "the node is asked as much as it may be at once" : "");
}

bool agent_site_over(struct agent_site_work *w, const struct gn_host_client_event *e)
{
	bool over =
		e->what == GN_HOST_CLIENT_FAILED || (e->what == GN_HOST_CLIENT_ANSWER && !e->more);
	if (over)
		w->call = 0;
	return over;
}

static void failed(struct agent_site_work *w, const struct gn_host_client_event *e)
{
	struct gn_slice s = e->fault.detail;
	agent_site_fail(w, e->fault.err, "%.*s", (int)(s.len < 300 ? s.len : 300),
			s.len ? (const char *)s.p : "");
}

gn_err agent_site_add(struct agent_site_work *w, const void *hashes, size_t count)
{
	if (!count)
		return GN_OK;
	if (count > AGENT_SITE_BLOCKS - w->block_count)
		return GN_LIMIT;
	w->blocks = w->blocks ? w->blocks : calloc(AGENT_SITE_BLOCKS, sizeof *w->blocks);
	if (!w->blocks)
		return GN_NOMEM;
	memcpy(w->blocks + w->block_count, hashes, count * sizeof *w->blocks);
	w->block_count += count;
	return GN_OK;
}

/* ---- the head ---- */

static bool take_head(struct agent_site_work *w, struct gn_slice record)
{
	struct gn_head head;
	if (!record.len || gn_head_open(record, &head) != GN_OK ||
	    !gn_pk_eq(&head.owner, &w->agent->owner) ||
	    !gn_slice_eq(head.label, gn_str(w->label)) || head.seq <= w->head.seq)
		return false;
	uint8_t *copy = malloc(record.len);
	if (!copy)
		return false;
	memcpy(copy, record.p, record.len);
	free(w->record);
	w->record = copy;
	return gn_head_parse(gn_slice(copy, record.len), &w->head) == GN_OK;
}

static void on_head(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	if (e->what == GN_HOST_CLIENT_ANSWER && e->kind.area == record_get.area &&
	    e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_VALUES) {
		struct gn_fb_record_values t = {e->table};
		for (uint32_t i = 0; i < gn_fb_record_values_values_len(t); i++)
			(void)take_head(
				w, gn_fb_record_value_record(gn_fb_record_values_values_at(t, i)));
	}
	if (!agent_site_over(w, e))
		return;
	if (e->what == GN_HOST_CLIENT_FAILED && e->fault.err != GN_NOT_FOUND)
		failed(w, e);
	else
		w->next(w, w->head.seq ? GN_OK : GN_NOT_FOUND, gn_slice(NULL, 0));
}

void agent_site_head(struct agent_site_work *w)
{
	struct gn_fbb *b = agent_site_builder(w);
	struct gn_hash place;
	struct gn_fb_hash key;
	if (!b)
		return;
	gn_head_key(&w->agent->owner, gn_str(w->label), &place);
	memcpy(key.b, place.b, sizeof key.b);
	struct gn_fb_record_get_args args = {.key = &key,
					     .type = GN_FB_RECORD_TYPE_SITE,
					     .quorum = AGENT_KNOW_QUORUM,
					     .local = true};
	agent_site_ask(w, record_get, gn_fb_record_get_make(b, &args), SITE_READ_MS, on_head);
}

/* ---- a manifest ---- */

static gn_err open_manifest(struct agent_site_work *w)
{
	struct gn_slice bytes = gn_slice(w->in, w->in_len);
	struct gn_hash blocks[GN_MANIFEST_BLOCKS], root;
	struct gn_tree_hasher *h = malloc(sizeof *h);
	if (!h)
		return GN_NOMEM;
	gn_tree_hasher_init(h, blocks, GN_COUNT(blocks));
	gn_err err = gn_tree_hasher_put(h, bytes);
	if (!err)
		gn_tree_hasher_end(h, &root);
	free(h);
	if (err || !gn_hash_eq(&root, &w->want.manifest))
		return GN_HASH;
	return gn_manifest_open(&w->agent->alloc, bytes, &w->manifest);
}

static void on_manifest(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	struct gn_host_client *client = gn_agent_link_client(w->agent->link);
	if (e->what == GN_HOST_CLIENT_DATA) {
		if (e->bytes.len <= w->in_cap - w->in_len) { /* else its hash will tell */
			memcpy(w->in + w->in_len, e->bytes.p, e->bytes.len);
			w->in_len += e->bytes.len;
		}
		if (client && w->call)
			gn_host_client_taken(client, w->call, e->bytes.len, w->agent->now);
	}
	if (!agent_site_over(w, e))
		return;
	gn_err err = e->what == GN_HOST_CLIENT_FAILED ? e->fault.err : open_manifest(w);
	free(w->in);
	w->in = NULL;
	if (err == GN_CLOSED)
		failed(w, e);
	else
		w->next(w, err, gn_slice(NULL, 0));
}

void agent_site_manifest(struct agent_site_work *w)
{
	struct gn_fb_key owner;
	gn_manifest_free(&w->agent->alloc, w->manifest);
	w->manifest = NULL;
	if (w->want.manifest_size > AGENT_SITE_MANIFEST) {
		w->next(w, GN_TOO_LARGE, gn_slice(NULL, 0));
		return;
	}
	struct gn_fbb *b = agent_site_builder(w);
	if (!b)
		return;
	free(w->in);
	w->in_len = 0;
	w->in_cap = (size_t)w->want.manifest_size;
	w->in = malloc(w->in_cap + 1);
	if (!w->in) {
		agent_site_fail(w, GN_NOMEM, "%s", "");
		return;
	}
	memcpy(owner.b, w->agent->owner.b, sizeof owner.b);
	struct gn_fb_site_get_args args = {.owner = &owner,
					   .label = gn_str(w->label),
					   .version = w->want.version,
					   .fresh = true,
					   .manifest = true};
	agent_site_ask(w, site_get, gn_fb_site_get_make(b, &args), SITE_READ_MS, on_manifest);
}

/* ---- spreading ---- */

static int hash_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gn_hash));
}

/* What lies in several files is spread once. */
static void unique(struct agent_site_work *w)
{
	size_t kept = 0;
	if (w->block_count)
		qsort(w->blocks, w->block_count, sizeof *w->blocks, hash_order);
	for (size_t i = 0; i < w->block_count; i++)
		if (!kept || !gn_hash_eq(&w->blocks[i], &w->blocks[kept - 1]))
			w->blocks[kept++] = w->blocks[i];
	w->block_count = kept;
}

static void spread_over(struct agent_site_work *w, gn_err err)
{
	if ((err == GN_QUORUM || err == GN_UNREACHABLE) && w->copies > 1) {
		w->copies--; /* there are not so many nodes, or not so much room */
		agent_site_spread(w);
	} else if (err == GN_QUORUM || err == GN_TIMEOUT || err == GN_UNREACHABLE) {
		agent_site_fail(w, err,
				"only %llu of %llu blocks are kept by another node; the site was "
				"not changed: try again when more nodes are there",
				(unsigned long long)w->done, (unsigned long long)w->total);
	} else {
		w->next(w, err, gn_slice(NULL, 0));
	}
}

static void on_spread(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	struct gn_fb_progress t = {e->table};
	bool over = agent_site_over(w, e);
	if (e->what == GN_HOST_CLIENT_FAILED) {
		failed(w, e);
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER)
		return;
	if (e->kind.area != spread_kind.area || e->kind.member != GN_FB_APP_FILE_BODY_PROGRESS) {
		if (over)
			agent_site_fail(w, GN_PROTOCOL, "%s", "");
		return;
	}
	w->done = gn_fb_progress_done(t);
	w->total = gn_fb_progress_total(t);
	uint16_t code = gn_fb_progress_code(t);
	if (over)
		spread_over(w, code < GN_ERR_COUNT ? (gn_err)code : GN_INTERNAL);
	else
		agent_site_tell(w, GN_FB_OWN_SITE_STAGE_SPREADING);
}

void agent_site_spread(struct agent_site_work *w)
{
	struct gn_fbb *b = agent_site_builder(w);
	struct gn_fb_key owner;
	struct gn_fb_hash root;
	if (!b)
		return;
	unique(w);
	memcpy(owner.b, w->agent->owner.b, sizeof owner.b);
	memcpy(root.b, w->root.b, sizeof root.b);
	struct gn_fb_spread_site_args site = {
		.owner = &owner, .label = gn_str(w->label), .root = &root};
	struct gn_fb_blocks_spread_args args = {
		.blocks = {(const struct gn_fb_hash *)(const void *)w->blocks,
			   (uint32_t)w->block_count},
		.copies = w->copies,
		.keep_until = agent_unix(w->agent) + GN_BUNDLE_TTL,
		.site = gn_fb_spread_site_make(b, &site)};
	w->done = 0;
	w->total = (uint64_t)w->copies * w->block_count;
	agent_site_tell(w, GN_FB_OWN_SITE_STAGE_SPREADING);
	agent_site_ask(w, spread_kind, gn_fb_blocks_spread_make(b, &args), GN_HOST_CLIENT_LASTS,
		       on_spread);
}

/* ---- records ---- */

static void on_put(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	struct gn_fb_record_stored t = {e->table};
	if (!agent_site_over(w, e))
		return;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		gn_err err = e->fault.err;
		if (e->fault.unknown || err == GN_CLOSED)
			agent_site_fail(w, GN_TIMEOUT,
					"the node went away while it put the new version: it is "
					"out or it is not; look at the site's versions");
		else
			failed(w, e);
		return;
	}
	bool is = e->kind.area == record_put.area &&
		  e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_STORED;
	uint16_t code = is ? gn_fb_record_stored_code(t) : GN_PROTOCOL;
	gn_err err = code < GN_ERR_COUNT ? (gn_err)code : GN_INTERNAL;
	w->receipts = is ? gn_fb_record_stored_receipts_len(t) : 0;
	w->few = err == GN_QUORUM && w->receipts;
	w->next(w, w->few ? GN_OK : err, gn_slice(NULL, 0));
}

void agent_site_put(struct agent_site_work *w, struct gn_slice record)
{
	struct gn_fbb *b = agent_site_builder(w);
	struct gn_fb_record_put_args args = {.record = record};
	if (!b)
		return;
	w->putting = true;
	agent_site_ask(w, record_put, gn_fb_record_put_make(b, &args), SITE_READ_MS, on_put);
}
