/* Drafts of sites: a list of files, checked before a byte comes; then the files, one at a time,
 * each passed on to the node as it comes. Small ones of a site that has many are gathered in packs
 * (services.md BU-18), of which one is in memory.
 *
 * Rules AG-130, AG-131. */
#include "agent/site_int.h"

#include <stdio.h>
#include <stdlib.h>

#define SITE_KIND(name) {GN_FB_APP_BODY_APP_SITE, GN_FB_APP_SITE_BODY_##name}

/* Of a file without a byte (BU-3). */
static void empty_root(struct gn_hash *out)
{
	static const uint8_t nothing = 0;
	struct gn_slice tag = gn_slice(&nothing, 1);
	gn_sha256(&tag, 1, out);
}

static const struct gn_app_kind draft_is = SITE_KIND(OWN_SITE_DRAFT),
				file_is = SITE_KIND(OWN_SITE_FILE_IS);

/* ---- life ---- */

static void let_go_request(struct agent_draft *d)
{
	if (d->r)
		d->r->draft = NULL;
	d->r = NULL;
}

static void end_upload(struct agent_draft *d)
{
	agent_upload_drop(d->up);
	free(d->up);
	d->up = NULL;
	d->flushing = false;
}

void agent_draft_free(struct agent_draft *d)
{
	GN_ASSERT(!d->work);
	end_upload(d);
	let_go_request(d);
	for (uint32_t i = 0; d->files && i < d->count; i++) {
		free(d->files[i].path);
		free(d->files[i].mime);
		free(d->files[i].blocks);
	}
	free(d->files);
	free(d->pack);
	free(d->packs);
	memset(d, 0, sizeof *d);
}

void agent_draft_lost(struct agent_draft *d)
{
	for (uint32_t i = 0; i < d->count; i++)
		d->files[i].have = d->files[i].size == 0;
	d->pack_count = d->pack_len = 0;
}

static bool is_packed(const struct agent_draft *d, const struct agent_draft_file *f)
{
	return d->packing && f->size > 0 && f->size <= GN_PACK_FILE;
}

static void touch(struct agent_draft *d)
{
	d->until = d->agent->now + AGENT_SITE_IDLE;
}

struct agent_draft *agent_draft_of(struct agent_request *r, uint64_t id)
{
	struct agent_sites *s = r->agent->sites;
	for (unsigned i = 0; id && i < AGENT_DRAFTS; i++) {
		struct agent_draft *d = &s->drafts[i];
		if (d->id != id || d->via != r->base.via || !r->base.via)
			continue;
		if (d->r || d->work) {
			gn_host_error(&r->base, GN_BUSY, "%s",
				      d->work ? "it is being published"
					      : "a file of it is coming: one at a time");
			return NULL;
		}
		touch(d);
		return d;
	}
	gn_host_error(&r->base, GN_NOT_FOUND,
		      "there is no such draft: it ends with its connection, after %u minutes "
		      "without a byte, and when it is published; begin anew",
		      (unsigned)(AGENT_SITE_IDLE / (60 * GN_SEC)));
	return NULL;
}

/* ---- begin ---- */

static const char *list_fault(struct gn_fb_own_site_begin t)
{
	struct gn_slice label = gn_fb_own_site_begin_label(t);
	if (label.len > GN_RECORD_LABEL_MAX || !gn_utf8_ok(label) ||
	    (label.len && memchr(label.p, 0, label.len)) || gn_slice_eq(label, GN_LIT("-")))
		return "a label has at most 255 bytes of UTF-8 and is not '-'";
	if (!gn_fb_own_site_begin_files_len(t))
		return "there is no file in it";
	return NULL;
}

/* Their paths in NFC, sizes, types. False after answering. */
static bool read_files(struct agent_request *r, struct agent_draft *d)
{
	struct gn_fb_own_site_begin t = {r->base.table};
	for (uint32_t i = 0; i < d->count; i++) {
		struct gn_fb_own_site_path p = gn_fb_own_site_begin_files_at(t, i);
		struct agent_draft_file *f = &d->files[i];
		struct gn_slice path = gn_fb_own_site_path_path(p),
				mime = gn_fb_own_site_path_mime(p);
		char nfc[GN_PATH_MAX];
		size_t len;
		gn_err err = gn_bundle_path_nfc(path, nfc, &len);
		int shown = path.len < 160 ? (int)path.len : 160;
		f->size = gn_fb_own_site_path_size(p);
		d->bytes += f->size <= AGENT_SITE_BYTES ? f->size : AGENT_SITE_BYTES + 1;
		if (err || mime.len > AGENT_SITE_MIME || !gn_utf8_ok(mime) ||
		    (mime.len && memchr(mime.p, 0, mime.len))) {
			gn_host_error(&r->base, GN_USAGE, "%.*s: %s", shown, (const char *)path.p,
				      err == GN_TEXT ? "its name is not UTF-8"
				      : err          ? "its path has more than 1,024 bytes"
						     : "its type is not one");
			return false;
		}
		f->path = strndup(nfc, len);
		f->mime = strndup(mime.len ? (const char *)mime.p : "", mime.len);
		f->have = f->size == 0;
		if (f->have)
			empty_root(&f->root);
		if (!f->path || !f->mime) {
			gn_host_error(&r->base, GN_NOMEM, "%s", "");
			return false;
		}
		if (strlen(f->path) != len) {
			gn_host_error(&r->base, GN_USAGE, "%.*s: a control character", shown,
				      (const char *)path.p);
			return false;
		}
	}
	return true;
}

static bool check_files(struct agent_request *r, struct agent_draft *d)
{
	struct gn_slice *paths = calloc(d->count, sizeof *paths);
	char why[256] = "";
	uint32_t small = 0;
	if (!paths) {
		gn_host_error(&r->base, GN_NOMEM, "%s", "");
		return false;
	}
	for (uint32_t i = 0; i < d->count; i++) {
		paths[i] = gn_str(d->files[i].path);
		small += d->files[i].size > 0 && d->files[i].size <= GN_PACK_FILE;
	}
	d->packing = small > AGENT_SITE_PACK_FROM;
	gn_err err = gn_bundle_paths_check(&d->agent->alloc, paths, d->count, why);
	free(paths);
	if (err)
		gn_host_error(&r->base, err, "%s", why);
	else if (d->bytes > AGENT_SITE_BYTES)
		gn_host_error(&r->base, GN_TOO_LARGE,
			      "they have more than %u GiB, the most that is published here: use "
			      "geonet site publish",
			      (unsigned)(AGENT_SITE_BYTES >> 30));
	else
		return true;
	return false;
}

static unsigned drafts_of(const struct agent_request *r)
{
	unsigned n = 0;
	for (unsigned i = 0; i < AGENT_DRAFTS; i++) {
		const struct agent_draft *d = &r->agent->sites->drafts[i];
		n += d->id && agent_is_program(r, d->program);
	}
	return n;
}

static struct agent_draft *place(struct agent_request *r)
{
	struct agent_sites *s = r->agent->sites;
	if (!r->base.via) {
		gn_host_error(&r->base, GN_UNSUPPORTED,
			      "a draft lives as long as its connection of app/1, and this is HTTP");
		return NULL;
	}
	if (!agent_within_share(r, drafts_of(r), AGENT_DRAFTS))
		return NULL;
	for (unsigned i = 0; i < AGENT_DRAFTS; i++)
		if (!s->drafts[i].id)
			return &s->drafts[i];
	gn_host_error(&r->base, GN_LIMIT, "%u sites are being made already", AGENT_DRAFTS);
	return NULL;
}

gn_err agent_call_site_begin(struct agent_request *r)
{
	struct gn_fb_own_site_begin t = {r->base.table};
	struct gn_slice label = gn_fb_own_site_begin_label(t);
	uint32_t count = gn_fb_own_site_begin_files_len(t);
	if (list_fault(t)) {
		gn_host_error(&r->base, GN_USAGE, "%s", list_fault(t));
		return GN_OK;
	}
	if (count > AGENT_SITE_FILES) {
		gn_host_error(&r->base, GN_LIMIT,
			      "it has %u files, and %u are the most that are published here: use "
			      "geonet site publish",
			      count, AGENT_SITE_FILES);
		return GN_OK;
	}
	struct agent_draft *d = place(r);
	if (!d)
		return GN_OK;
	d->agent = r->agent;
	d->files = calloc(count, sizeof *d->files);
	d->packs = calloc(count, sizeof *d->packs);
	d->count = d->files ? count : 0;
	if (label.len)
		memcpy(d->label, label.p, label.len);
	if (!d->files || !d->packs) {
		agent_draft_free(d);
		return GN_NOMEM;
	}
	if (!read_files(r, d) || !check_files(r, d)) {
		agent_draft_free(d);
		return GN_OK;
	}
	d->id = (gn_rand_u64(&r->agent->host.rand) >> 12) + 1; /* JSON counts to 2^53 */
	d->via = r->base.via;
	memcpy(d->program, r->program, sizeof d->program);
	touch(d);
	struct gn_fb_own_site_draft_args args = {
		.draft = d->id, .files = d->count, .bytes = d->bytes};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, draft_is, gn_fb_own_site_draft_make(b, &args));
	return GN_OK;
}

gn_err agent_call_site_drop(struct agent_request *r)
{
	struct gn_fb_own_site_drop t = {r->base.table};
	struct agent_draft *d = agent_draft_of(r, gn_fb_own_site_drop_draft(t));
	if (!d)
		return GN_OK;
	agent_draft_free(d);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* ---- a file ---- */

/* Not all of it is at the node: it is to come again. */
static void refuse(struct agent_draft *d, gn_err err, const char *why)
{
	struct agent_request *r = d->r;
	end_upload(d);
	let_go_request(d);
	touch(d);
	if (r && err == GN_CLOSED)
		gn_host_error(&r->base, err,
			      "the node is gone; send this file again when it is back");
	else if (r)
		gn_host_error(&r->base, err, "%.160s: %s", d->files[d->index].path,
			      *why ? why : gn_err_text(err));
}

static void taken(struct agent_draft *d)
{
	struct agent_draft_file *f = &d->files[d->index];
	struct agent_request *r = d->r;
	struct gn_fb_hash root;
	size_t len = d->got < sizeof d->look ? (size_t)d->got : sizeof d->look;
	if (!*f->mime) {
		char *mime = strdup(gn_bundle_type(gn_str(f->path), gn_slice(d->look, len)));
		if (!mime) {
			refuse(d, GN_NOMEM, "");
			return;
		}
		free(f->mime);
		f->mime = mime;
	}
	f->have = true;
	end_upload(d);
	let_go_request(d);
	touch(d);
	memcpy(root.b, f->root.b, sizeof root.b);
	struct gn_fb_own_site_file_is_args args = {
		.index = d->index, .root = &root, .mime = gn_str(f->mime)};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_host_answer(&r->base, file_is, gn_fb_own_site_file_is_make(b, &args));
}

static void file_added(void *user, gn_err err, struct gn_slice why)
{
	struct agent_draft *d = user;
	char text[200];
	snprintf(text, sizeof text, "%.*s", (int)(why.len < 190 ? why.len : 190),
		 why.len ? (const char *)why.p : "");
	if (err) {
		refuse(d, err, text);
		return;
	}
	d->files[d->index].root = d->up->root;
	taken(d);
}

static void file_room(void *user)
{
	struct agent_draft *d = user;
	if (d->r)
		gn_host_resume(&d->r->base);
}

/* ---- packs ---- */

static struct agent_upload *new_upload(struct agent_draft *d)
{
	end_upload(d);
	d->up = calloc(1, sizeof *d->up);
	if (!d->up)
		return NULL;
	d->up->agent = d->agent;
	d->up->user = d;
	d->up->room = file_room;
	d->up->over = file_added;
	return d->up;
}

static void pack_added(void *user, gn_err err, struct gn_slice why)
{
	struct agent_draft *d = user;
	struct agent_site_work *w = d->work;
	if (!err) {
		d->packs[d->pack_count++] =
			(struct gn_bundle_pack){.root = d->up->root, .len = d->pack_len};
		d->pack_len = 0;
	}
	end_upload(d);
	if (w)
		w->next(w, err, why);
	else if (err)
		refuse(d, err, "");
	else if (d->r)
		gn_host_resume(&d->r->base);
}

static gn_err flush_pack(struct agent_draft *d)
{
	struct agent_upload *up = new_upload(d);
	if (!up)
		return GN_NOMEM;
	up->over = pack_added;
	d->flushing = true;
	return agent_upload_bytes(up, gn_slice(d->pack, d->pack_len), &d->pack_root);
}

void agent_draft_flush(struct agent_draft *d, struct agent_site_work *w)
{
	gn_err err = d->pack_len ? flush_pack(d) : GN_OK;
	if (err)
		end_upload(d);
	if (err || !d->pack_len)
		w->next(w, err, gn_slice(NULL, 0));
}

/* A small file is whole in the pack; equal contents lie there once. */
static void place_packed(struct agent_draft *d)
{
	struct agent_draft_file *f = &d->files[d->index];
	gn_merkle_leaf(gn_slice(d->pack + d->pack_len, f->size), &f->root);
	for (uint32_t i = 0; i < d->count; i++) {
		const struct agent_draft_file *o = &d->files[i];
		if (i == d->index || !o->have || !o->pack || o->size != f->size ||
		    !gn_hash_eq(&o->root, &f->root))
			continue;
		f->pack = o->pack;
		f->offset = o->offset;
		taken(d);
		return;
	}
	f->pack = d->pack_count + 1; /* the number it gets when it is sent */
	f->offset = d->pack_len;
	d->pack_len += (uint32_t)f->size;
	taken(d);
}

/* ---- the bytes ---- */

static gn_err on_data(struct gn_host_request *base, struct gn_slice in, size_t *n)
{
	struct agent_draft *d = agent_request_of(base)->draft;
	*n = in.len;
	if (!d)
		return GN_OK;
	struct agent_draft_file *f = &d->files[d->index];
	if (d->flushing) {
		*n = 0;
		return GN_OK;
	}
	if (in.len > f->size - d->got) {
		refuse(d, GN_RANGE, "more bytes came than was said; it was written to meanwhile?");
		return GN_OK;
	}
	if (is_packed(d, f))
		memcpy(d->pack + d->pack_len + d->got, in.p, in.len);
	else
		*n = agent_upload_put(d->up, in);
	if (d->got < sizeof d->look) {
		size_t room = sizeof d->look - (size_t)d->got;
		memcpy(d->look + d->got, in.p, *n < room ? *n : room);
	}
	d->got += *n;
	return GN_OK;
}

static void on_data_end(struct gn_host_request *base)
{
	struct agent_draft *d = agent_request_of(base)->draft;
	if (!d)
		return;
	struct agent_draft_file *f = &d->files[d->index];
	if (d->got < f->size) {
		refuse(d, GN_RANGE, "fewer bytes came than was said; it was written to meanwhile?");
	} else if (!f->size) {
		empty_root(&f->root);
		taken(d);
	} else if (is_packed(d, f)) {
		place_packed(d);
	} else {
		gn_host_lasts(base); /* its bytes are written */
		agent_upload_end(d->up);
	}
}

static gn_err begin_file(struct agent_draft *d)
{
	struct agent_draft_file *f = &d->files[d->index];
	d->got = 0;
	f->have = false;
	f->pack = 0;
	if (!f->size)
		return GN_OK;
	if (is_packed(d, f)) {
		d->pack = d->pack ? d->pack : malloc(GN_BLOCK);
		if (!d->pack)
			return GN_NOMEM;
		return d->pack_len + f->size > GN_BLOCK ? flush_pack(d) : GN_OK;
	}
	size_t count = (size_t)gn_tree_block_count(f->size);
	f->blocks = f->blocks ? f->blocks : calloc(count, sizeof *f->blocks);
	if (!f->blocks || !new_upload(d))
		return GN_NOMEM;
	return agent_upload_begin(d->up, f->size, f->blocks);
}

gn_err agent_call_site_file(struct agent_request *r)
{
	struct gn_fb_own_site_file t = {r->base.table};
	uint32_t index = gn_fb_own_site_file_index(t); /* before an answer: the table goes then */
	struct agent_draft *d = agent_draft_of(r, gn_fb_own_site_file_draft(t));
	if (!d)
		return GN_OK;
	if (index >= d->count) {
		gn_host_error(&r->base, GN_RANGE, "the draft has %u files, counted from 0",
			      d->count);
		return GN_OK;
	}
	d->index = index;
	d->r = r;
	r->draft = d;
	gn_err err = begin_file(d);
	if (err) {
		refuse(d, err, "");
		return GN_OK;
	}
	r->base.data = on_data;
	r->base.data_end = on_data_end;
	gn_host_streams(&r->base);
	gn_host_resume(&r->base);
	return GN_OK;
}

/* ---- from outside ---- */

static void file_gone(struct agent_draft *d)
{
	end_upload(d);
	let_go_request(d);
	touch(d);
}

void agent_site_closed(struct agent_request *r)
{
	if (r->draft)
		file_gone(r->draft);
	if (r->work) {
		struct agent_site_work *w = r->work;
		w->r = NULL;
		r->work = NULL;
		if (w->putting && w->draft) { /* what is put needs it no more */
			w->draft->work = NULL;
			w->draft = NULL;
		} else if (!w->putting) {
			agent_site_free(w);
		}
	}
}

void agent_site_left(struct gn_agent *a, const struct gn_host_link *link)
{
	for (unsigned i = 0; a->sites && i < AGENT_DRAFTS; i++)
		if (a->sites->drafts[i].id && a->sites->drafts[i].via == link)
			agent_draft_free(&a->sites->drafts[i]);
}

gn_time agent_sites_pump(struct gn_agent *a)
{
	gn_time next = GN_NEVER;
	for (unsigned i = 0; i < AGENT_DRAFTS; i++) {
		struct agent_draft *d = &a->sites->drafts[i];
		if (!d->id || d->r || d->work)
			continue;
		if (d->until <= a->now)
			agent_draft_free(d);
		else
			next = gn_time_min(next, d->until);
	}
	for (unsigned i = 0; i < AGENT_SITE_WORKS; i++) {
		struct agent_site_work *w = a->sites->works[i];
		if (!w || !agent_site_name_works(w))
			continue;
		agent_site_name_turn(w);
		next = a->now;
	}
	return next;
}

gn_err agent_sites_open(struct gn_agent *a)
{
	a->sites = calloc(1, sizeof *a->sites);
	return a->sites ? GN_OK : GN_NOMEM;
}

void agent_sites_close(struct gn_agent *a)
{
	if (!a->sites)
		return;
	for (unsigned i = 0; i < AGENT_SITE_WORKS; i++)
		if (a->sites->works[i])
			agent_site_fail(a->sites->works[i], GN_LOCKED, "it was locked meanwhile");
	for (unsigned i = 0; i < AGENT_DRAFTS; i++) {
		struct agent_draft *d = &a->sites->drafts[i];
		if (!d->id)
			continue;
		refuse(d, GN_LOCKED, "it was locked meanwhile");
		agent_draft_free(d);
	}
	free(a->sites);
	a->sites = NULL;
}
