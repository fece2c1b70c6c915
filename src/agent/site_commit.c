/* Publishing, rolling back, removing. Publishing:
 *
 *   last pack -> head -> manifest of before -> name -> [signed: manifest made, head, name; the key
 *   goes] -> manifest to the node -> copies -> head put -> name put -> answered
 *
 * Whatever fails before the head is put leaves the version before as it was, and the draft.
 * Rules AG-132..AG-136. */
#include "agent/site_int.h"

#include <stdio.h>
#include <stdlib.h>

#define SITE_KIND(name) {GN_FB_APP_BODY_APP_SITE, GN_FB_APP_SITE_BODY_##name}

static const struct gn_app_kind site_is = SITE_KIND(OWN_SITE),
				unpublish = {GN_FB_APP_BODY_APP_FILE,
					     GN_FB_APP_FILE_BODY_SITE_UNPUBLISH};

/* ---- the key ---- */

/* The identity's, for what is signed next. False after failing. */
static gn_err open_key(struct agent_site_work *w, struct gn_slice passphrase)
{
	struct gn_agent *a = w->agent;
	const struct gn_agent_identity *id;
	GN_TRY(gn_agent_vault_identity(a->vault, passphrase, a->now));
	GN_TRY(gn_agent_vault_identity_get(a->vault, a->now, &id));
	w->sk = id->keys.sk;
	w->key_until = a->now + AGENT_IDENTITY_MS * GN_MSEC;
	if (!a->identity_wanted) /* else it is used in this turn, and goes then */
		gn_agent_vault_identity_done(a->vault);
	return GN_OK;
}

static bool take_key(struct agent_site_work *w, struct gn_slice passphrase)
{
	struct gn_agent *a = w->agent;
	if (a->revoked) {
		agent_site_fail(w, GN_STATE,
				"another device of yours took this one out of your identity: "
				"publish there");
		return false;
	}
	bool sealed = gn_agent_vault_sealed(a->vault);
	if (sealed && !passphrase.len) {
		agent_site_fail(w, GN_PASSPHRASE, "this needs the passphrase each time");
		return false;
	}
	gn_err err = open_key(w, passphrase);
	if (err) {
		agent_site_fail(w, err, "%s", gn_agent_vault_why(a->vault));
		return false;
	}
	return true;
}

static void key_done(struct agent_site_work *w)
{
	gn_wipe(&w->sk, sizeof w->sk);
	w->key_until = 0;
}

/* w->head, with next on top, or (NULL) as it is and ending, signed for ttl seconds. */
static gn_err sign_head(struct agent_site_work *w, const struct gn_head_version *next, uint32_t ttl)
{
	if (w->agent->now > w->key_until) { /* a name's work took longer */
		if (gn_agent_vault_sealed(w->agent->vault))
			return GN_LOCKED;
		GN_TRY(open_key(w, gn_slice(NULL, 0)));
	}
	if (!w->signed_head)
		w->signed_head = malloc(GN_RECORD_MAX);
	if (!w->signed_head)
		return GN_NOMEM;
	if (next)
		gn_head_advance(&w->head, next);
	else
		w->head.seq++;
	w->head.created = agent_unix(w->agent);
	w->head.ttl = ttl;
	struct gn_buf out = {w->signed_head, 0, GN_RECORD_MAX};
	gn_err err = gn_head_record(&w->sk, &w->head, &out);
	if (!err)
		err = agent_site_name_sign(w);
	w->signed_len = out.len;
	key_done(w);
	return err;
}

static void cannot_sign(struct agent_site_work *w, gn_err err)
{
	agent_site_fail(w, err, "%s",
			err == GN_LOCKED ? "it took more than a minute to read what is there: "
					   "publish again"
			: err == GN_VERSION
				? "a newer program wrote the record, and what it said would be "
				  "lost; update geonet"
				: "the new version cannot be signed");
}

/* ---- the end ---- */

static void answer_site(struct agent_site_work *w)
{
	struct agent_request *r = w->r;
	const struct gn_head_version *v = &w->head.now;
	struct gn_name name;
	const char *text = w->name_err ? "" : agent_site_name_text(w);
	char url[400] = "";
	if (*text && gn_name_parse(gn_str(text), &name, NULL) == GN_OK)
		agent_site_url(w->agent, &name, url);
	gn_host_log(&w->agent->host, GN_LOG_INFO, "site",
		    "'%.60s' is version %llu now, %llu bytes in %zu blocks, %u copies", w->label,
		    (unsigned long long)v->version, (unsigned long long)v->total_size,
		    w->block_count, w->copies);
	if (!r)
		return;
	struct gn_fb_own_site_args args = {.label = gn_str(w->label),
					   .url = gn_str(url),
					   .name = gn_str(text),
					   .version = v->version,
					   .created = w->head.created,
					   .expires = w->head.created + w->head.ttl,
					   .bytes = v->total_size,
					   .files = w->files,
					   .copies = w->copies,
					   .wanted = GN_BUNDLE_COPIES,
					   .receipts = w->receipts,
					   .few = w->few,
					   .code = (uint16_t)w->name_err,
					   .reason = gn_str(w->name_why)};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_fbref t = gn_fb_own_site_make(b, &args);
	r->work = NULL;
	w->r = NULL;
	gn_host_answer(&r->base, site_is, t);
}

static void finish(struct agent_site_work *w)
{
	struct agent_draft *d = w->draft;
	answer_site(w);
	agent_site_free(w);
	if (d)
		agent_draft_free(d);
}

static void name_done(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	(void)why;
	w->name_err = err;
	if (err)
		snprintf(w->name_why, sizeof w->name_why,
			 "the site is published; only its name was not set: %s",
			 err == GN_PROOF_OF_WORK
				 ? "holders ask for more work for it: geonet site publish --name"
				 : gn_err_text(err));
	finish(w);
}

static void head_put(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	(void)why;
	if (err) {
		agent_site_fail(w, err, "%s",
				err == GN_STALE ? "this site was published elsewhere at the same "
						  "moment; look at it and publish again"
						: "the new version could not be put");
		return;
	}
	w->next = name_done;
	agent_site_name_put(w);
}

static void spread_done(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	(void)why;
	if (err == GN_NOT_FOUND && w->draft) {
		agent_draft_lost(w->draft);
		agent_site_fail(w, err,
				"the node has let go of what it had of it: send the files again");
	} else if (err) {
		agent_site_fail(
			w, err, "%s",
			err == GN_NOT_FOUND ? "this node does not have all blocks of that version: "
					      "publish its folder again instead"
			: err == GN_NO_SPACE || err == GN_DISK_FULL ? "the node has no room for it"
								    : "");
	} else {
		agent_site_tell(w, GN_FB_OWN_SITE_STAGE_PUTTING);
		w->next = head_put;
		agent_site_put(w, gn_slice(w->signed_head, w->signed_len));
	}
}

static void spread(struct agent_site_work *w)
{
	unsigned links = w->agent->node.links;
	w->copies = links && links < GN_BUNDLE_COPIES ? (uint8_t)links : GN_BUNDLE_COPIES;
	w->next = spread_done;
	agent_site_spread(w);
}

/* ---- publishing: what is signed ---- */

static int by_path(const void *a, const void *b)
{
	const struct gn_bundle_file *x = a, *y = b;
	size_t n = x->path.len < y->path.len ? x->path.len : y->path.len;
	int c = memcmp(x->path.p, y->path.p, n);
	return c ? c : (x->path.len > y->path.len) - (x->path.len < y->path.len);
}

static void list_files(const struct agent_draft *d, struct gn_bundle_file *out)
{
	for (uint32_t i = 0; i < d->count; i++) {
		const struct agent_draft_file *f = &d->files[i];
		size_t blocks = f->pack ? 0 : (size_t)gn_tree_block_count(f->size);
		out[i] = (struct gn_bundle_file){
			.path = gn_str(f->path),
			.mime = gn_str(f->mime),
			.size = f->size,
			.root = f->root,
			.blocks = gn_slice(f->blocks, blocks * sizeof *f->blocks),
			.pack = f->pack,
			.offset = f->offset};
	}
	qsort(out, d->count, sizeof *out, by_path);
}

/* w->made; why where it cannot be. */
static gn_err make_manifest(struct agent_site_work *w, char why[256])
{
	struct agent_draft *d = w->draft;
	struct gn_fb_own_site_commit t = {w->r->base.table};
	size_t before = w->manifest ? gn_manifest_count(w->manifest) : 0;
	struct gn_bundle_file *files = calloc(d->count, sizeof *files);
	struct gn_slice *deleted = calloc(before + 1, sizeof *deleted);
	gn_err err = files && deleted ? GN_OK : GN_NOMEM;
	if (!err)
		list_files(d, files);
	struct gn_manifest_args args = {.owner = w->agent->owner,
					.label = gn_str(w->label),
					.seq = w->head.seq + 1,
					.created = agent_unix(w->agent),
					.files = files,
					.file_count = d->count,
					.packs = d->packs,
					.pack_count = d->pack_count,
					.entry = gn_fb_own_site_commit_entry(t),
					.not_found = gn_fb_own_site_commit_not_found(t),
					.prev = w->head.now.manifest,
					.deleted = deleted};
	if (!err && before)
		args.deleted_count = gn_manifest_deleted(w->manifest, files, d->count, deleted);
	struct gn_buf out = {NULL, 0, err ? 0 : gn_manifest_make_max(&args)};
	if (!err) {
		free(w->made);
		w->made = out.p = malloc(out.cap);
		err = out.p ? gn_manifest_make(&w->agent->alloc, &args, &out, why) : GN_NOMEM;
	}
	w->made_len = out.len;
	free(files);
	free(deleted);
	return err;
}

/* The root of what was made, and its blocks. */
static gn_err hash_made(struct agent_site_work *w)
{
	struct gn_tree_hasher *h = malloc(sizeof *h);
	if (!h)
		return GN_NOMEM;
	gn_tree_hasher_init(h, w->made_blocks, GN_COUNT(w->made_blocks));
	gn_err err = gn_tree_hasher_put(h, gn_slice(w->made, w->made_len));
	if (!err)
		gn_tree_hasher_end(h, &w->root);
	free(h);
	return err;
}

static gn_err list_blocks(struct agent_site_work *w)
{
	const struct agent_draft *d = w->draft;
	for (uint32_t i = 0; i < d->count; i++)
		if (d->files[i].size && !d->files[i].pack)
			GN_TRY(agent_site_add(w, d->files[i].blocks,
					      (size_t)gn_tree_block_count(d->files[i].size)));
	for (uint32_t i = 0; i < d->pack_count; i++)
		GN_TRY(agent_site_add(w, &d->packs[i].root, 1));
	return agent_site_add(w, w->made_blocks, (size_t)gn_tree_block_count(w->made_len));
}

static void manifest_sent(void *user, gn_err err, struct gn_slice why)
{
	struct agent_site_work *w = user;
	if (err)
		agent_site_fail(w, err, "%.*s", (int)(why.len < 200 ? why.len : 200),
				why.len ? (const char *)why.p : "");
	else
		spread(w);
}

static void make(struct agent_site_work *w, gn_err err, struct gn_slice said)
{
	char why[256] = "";
	(void)said;
	(void)err; /* GN_OK: a name that cannot be read has failed before */
	agent_site_tell(w, GN_FB_OWN_SITE_STAGE_SIGNING);
	err = make_manifest(w, why);
	if (err) {
		agent_site_fail(w, err, "%s", why);
		return;
	}
	err = hash_made(w);
	struct gn_head_version next = {
		.manifest = w->root, .total_size = w->draft->bytes, .manifest_size = w->made_len};
	next.manifest_blocks = gn_slice(w->made_blocks, (size_t)gn_tree_block_count(w->made_len) *
								sizeof w->made_blocks[0]);
	w->files = w->draft->count;
	err = err ? err : sign_head(w, &next, GN_BUNDLE_TTL);
	err = err ? err : list_blocks(w);
	if (err) {
		cannot_sign(w, err);
		return;
	}
	agent_site_tell(w, GN_FB_OWN_SITE_STAGE_SENDING);
	w->up = calloc(1, sizeof *w->up);
	if (w->up) {
		w->up->agent = w->agent;
		w->up->user = w;
		w->up->over = manifest_sent;
	}
	err = w->up ? agent_upload_bytes(w->up, gn_slice(w->made, w->made_len), w->made_blocks)
		    : GN_NOMEM;
	if (err)
		agent_site_fail(w, err, "%s", "");
}

static void previous_read(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	(void)err; /* what is deleted is not listed then */
	(void)why;
	w->next = make;
	agent_site_name_load(w);
}

static void head_read(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	if (err) { /* the first version */
		w->head = (struct gn_head){.owner = w->agent->owner, .label = gn_str(w->label)};
		previous_read(w, GN_OK, why);
		return;
	}
	w->want = w->head.now;
	w->next = previous_read;
	agent_site_manifest(w);
}

static void flushed(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	if (err) {
		agent_site_fail(w, err, "%.*s", (int)(why.len < 200 ? why.len : 200),
				why.len ? (const char *)why.p : "");
		return;
	}
	w->next = head_read;
	agent_site_head(w);
}

gn_err agent_call_site_commit(struct agent_request *r)
{
	struct gn_fb_own_site_commit t = {r->base.table};
	struct gn_slice name = gn_fb_own_site_commit_name(t); /* before an answer: it goes then */
	struct agent_draft *d = agent_draft_of(r, gn_fb_own_site_commit_draft(t));
	if (!d || (name.len && !agent_may(r, "sign/3", GN_LIT("sign/3"))))
		return GN_OK;
	for (uint32_t i = 0; i < d->count; i++)
		if (!d->files[i].have) {
			gn_host_error(&r->base, GN_STATE, "%.160s has not come yet",
				      d->files[i].path);
			return GN_OK;
		}
	struct agent_site_work *w = agent_site_work(r, gn_str(d->label), true);
	if (!w || !agent_site_name_begin(w, name) ||
	    !take_key(w, gn_fb_own_site_commit_passphrase(t)))
		return GN_OK;
	w->draft = d;
	d->work = w;
	agent_site_tell(w, GN_FB_OWN_SITE_STAGE_READING);
	w->next = flushed;
	agent_draft_flush(d, w);
	return GN_OK;
}

/* ---- rolling back ---- */

static void no_site(struct agent_site_work *w)
{
	agent_site_fail(w, GN_NOT_FOUND, "%s",
			"you have published no site with this label, or it has ended");
}

static void old_read(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	(void)why;
	struct gn_head_version next = w->want;
	if (err) {
		agent_site_fail(w, err, "the list of files of version %llu could not be read%s",
				(unsigned long long)w->want.version,
				err == GN_TOO_LARGE ? ": it is large; use geonet site rollback"
						    : "");
		return;
	}
	w->files = (uint32_t)gn_manifest_count(w->manifest);
	for (size_t i = 0; i < gn_manifest_count(w->manifest) && !err; i++) {
		struct gn_bundle_file f;
		gn_manifest_at(w->manifest, i, &f);
		/* many lie in one pack */
		if (f.pack && w->block_count &&
		    memcmp(&w->blocks[w->block_count - 1], f.blocks.p, sizeof *w->blocks) == 0)
			continue;
		err = agent_site_add(w, f.blocks.p, f.blocks.len / sizeof *w->blocks);
	}
	err = err ? err
		  : agent_site_add(w, next.manifest_blocks.p,
				   next.manifest_blocks.len / sizeof *w->blocks);
	if (err) {
		agent_site_fail(w, err, "%s",
				err == GN_LIMIT
					? "it has too many blocks for this: use geonet site "
					  "rollback"
					: "");
		return;
	}
	w->root = next.manifest;
	next.version = 0; /* a new number: history only grows */
	err = sign_head(w, &next, GN_BUNDLE_TTL);
	if (err)
		cannot_sign(w, err);
	else
		spread(w);
}

static void back_head(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	(void)why;
	const struct gn_head_version *old = NULL;
	for (size_t i = 0; !err && i < w->head.previous_count && !old; i++)
		if (!w->from || w->head.previous[i].version == w->from)
			old = &w->head.previous[i];
	if (err) {
		no_site(w);
	} else if (w->from && w->from == w->head.now.version) {
		agent_site_fail(w, GN_EXISTS, "version %llu is the one that is out",
				(unsigned long long)w->from);
	} else if (!old && !w->from) {
		agent_site_fail(w, GN_NOT_FOUND, "there is no earlier version");
	} else if (!old) {
		agent_site_fail(w, GN_NOT_FOUND, "there is no version %llu among the last %d",
				(unsigned long long)w->from, GN_HEAD_HISTORY);
	} else {
		w->want = *old;
		w->next = old_read;
		agent_site_manifest(w);
	}
}

gn_err agent_call_site_roll_back(struct agent_request *r)
{
	struct gn_fb_own_site_roll_back t = {r->base.table};
	struct agent_site_work *w = agent_site_work(r, gn_fb_own_site_roll_back_label(t), true);
	if (!w || !take_key(w, gn_fb_own_site_roll_back_passphrase(t)))
		return GN_OK;
	w->from = gn_fb_own_site_roll_back_version(t);
	agent_site_tell(w, GN_FB_OWN_SITE_STAGE_READING);
	w->next = back_head;
	agent_site_head(w);
	return GN_OK;
}

/* ---- removing ---- */

static void on_unpublished(void *user, const struct gn_host_client_event *e)
{
	struct agent_site_work *w = user;
	struct agent_request *r = w->r;
	if (!agent_site_over(w, e))
		return;
	bool none = e->what == GN_HOST_CLIENT_FAILED && e->fault.err == GN_NOT_FOUND;
	if (none && !w->signed_len) {
		no_site(w);
	} else if (e->what == GN_HOST_CLIENT_FAILED && !none) {
		agent_site_fail(w, e->fault.err, "the site's blocks could not be let go");
	} else { /* or it was published through another node, which keeps them until it is told */
		agent_site_free(w);
		if (r)
			gn_host_answer_ok(&r->base);
	}
}

static void ended(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	(void)why;
	struct gn_fb_key owner;
	if (err) {
		head_put(w, err, why);
		return;
	}
	struct gn_fbb *b = agent_site_builder(w);
	if (!b)
		return;
	memcpy(owner.b, w->agent->owner.b, sizeof owner.b);
	struct gn_fb_site_unpublish_args args = {.owner = &owner, .label = gn_str(w->label)};
	agent_site_ask(w, unpublish, gn_fb_site_unpublish_make(b, &args), SITE_READ_MS,
		       on_unpublished);
}

static void end_head(struct agent_site_work *w, gn_err err, struct gn_slice why)
{
	w->next = ended;
	if (err) {
		key_done(w);
		ended(w, GN_OK, why);
		return;
	}
	err = sign_head(w, NULL, GN_RECORD_TTL_MIN);
	if (err)
		cannot_sign(w, err);
	else
		agent_site_put(w, gn_slice(w->signed_head, w->signed_len));
}

gn_err agent_call_site_remove(struct agent_request *r)
{
	struct gn_fb_own_site_remove t = {r->base.table};
	struct agent_site_work *w = agent_site_work(r, gn_fb_own_site_remove_label(t), true);
	if (!w || !take_key(w, gn_fb_own_site_remove_passphrase(t)))
		return GN_OK;
	w->next = end_head;
	agent_site_head(w);
	return GN_OK;
}
