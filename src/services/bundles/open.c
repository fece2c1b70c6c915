/* Opening a site: its newest head from the overlay, then the manifest that the head (or one of
 * the versions before) names, read as any file.
 *
 *   GETTING -> READING [a head, no such manifest here] -> CHECKING [whole] -> ENDED [work_done]
 *   GETTING -> ENDED [manifest here, or no head]
 *   any -> ENDED [gives way: open_room.c]
 *
 * What a head says of its manifest takes no memory, what came of it does.
 * Rules: docs/spec/services.md BU-16, BU-27. */
#include "services/bundles/engine_int.h"

/* ---- operations ---- */

/* The version asked for among those of the head. */
static const struct gn_head_version *choose_version(const struct gn_head *head, uint64_t version)
{
	if (version == 0 || version == head->now.version)
		return &head->now;
	for (size_t i = 0; i < head->previous_count; i++)
		if (head->previous[i].version == version)
			return &head->previous[i];
	return NULL;
}

/* Is nothing to be waited for? Then an open needs no place. */
static bool at_hand(const struct gn_bundles *b, const struct bundles_head *h, uint64_t version)
{
	struct gn_head head;
	if (gn_head_parse(gn_slice(h->bytes, h->len), &head) != GN_OK)
		return false;
	const struct gn_head_version *v = choose_version(&head, version);
	return v && gn_map_get(&b->manifests, &v->manifest);
}

/* o->head is a checked head: on to its manifest. */
static void go_on(struct gn_bundles *b, struct bundles_open *o)
{
	GN_ASSERT(o->head && o->head_len > 0 && !o->reader);
	struct gn_head head;
	struct gn_bundle_file file;
	gn_err err = gn_head_parse(gn_slice(o->head, o->head_len), &head);
	const struct gn_head_version *v = err == GN_OK ? choose_version(&head, o->version) : NULL;
	if (!v) {
		bundles_open_end(b, o, err != GN_OK ? err : GN_NOT_FOUND);
		return;
	}
	o->root = v->manifest;
	if (bundles_refuses(b, &o->root)) {
		b->count.reads_refused++;
		bundles_open_end(b, o, GN_DENIED);
		return;
	}
	if (gn_map_get(&b->manifests, &o->root)) {
		bundles_open_end(b, o, GN_OK);
		return;
	}
	gn_head_file(v, &file);
	o->size = (size_t)file.size;
	o->moved = b->now;
	err = bundles_reader_new(b, &file, 0, file.size, o, &o->reader);
	if (err != GN_OK)
		bundles_open_end(b, o, err);
}

/* Takes a copy of a head's bytes. */
static gn_err set_head(struct gn_bundles *b, struct bundles_open *o, struct gn_slice bytes)
{
	GN_ASSERT(bytes.len > 0);
	uint8_t *copy = gn_mem_new(b->env.alloc, bytes.len);
	if (!copy)
		return GN_NOMEM;
	memcpy(copy, bytes.p, bytes.len);
	gn_mem_free(b->env.alloc, o->head);
	o->head = copy;
	o->head_len = (uint32_t)bytes.len;
	return GN_OK;
}

gn_err bundles_open_start(struct gn_bundles *b, const struct gn_bundles_site *site,
			  struct bundles_open **out)
{
	if (site->label.len > GN_RECORD_LABEL_MAX)
		return GN_USAGE;
	struct gn_hash key;
	gn_head_key(site->owner, site->label, &key);
	const struct bundles_head *cached = gn_map_get(&b->heads, &key);
	if (cached && (site->fresh || b->now - cached->got >= BUNDLES_HEAD_TTL))
		cached = NULL;
	if (!cached || !at_hand(b, cached, site->version))
		GN_TRY(bundles_open_place(b, site->owner));
	struct bundles_open *o = GN_NEW(b->env.alloc, struct bundles_open);
	if (!o || gn_frame_op_add(&b->frame, &o->op, OP_OPEN) != GN_OK) {
		gn_mem_free(b->env.alloc, o);
		b->count.nomem++;
		return GN_NOMEM;
	}
	o->next = b->open_first;
	b->open_first = o;
	b->opens++;
	b->count.opens++;
	o->version = site->version;
	o->owner = *site->owner;
	o->moved = b->now;
	o->key = key;
	gn_err err;
	if (cached) {
		err = set_head(b, o, gn_slice(cached->bytes, cached->len));
		o->age = b->now - cached->got;
		if (err == GN_OK) {
			*out = o;
			go_on(b, o);
			return GN_OK;
		}
	} else {
		struct gn_get_options options = {.type = GN_FB_RECORD_TYPE_SITE};
		err = gn_overlay_get(b->cfg.overlay, &o->key, &options, b->now, &o->get);
		if (err == GN_OK)
			err = bundles_find_add(b, o->get, FIND_OPEN, o);
		if (err == GN_OK) {
			*out = o;
			return GN_OK;
		}
		o->get = 0;
	}
	bundles_open_free(b, o);
	return err;
}

void bundles_open_got(struct gn_bundles *b, struct bundles_open *o,
		      const struct gn_overlay_event *e)
{
	GN_ASSERT(o->get == e->op && !o->op.ended);
	gn_err err = e->err == GN_OK ? GN_NOT_FOUND : e->err;
	o->get = 0;
	for (uint32_t i = 0; i < e->value_count && !o->head; i++) { /* newest first */
		struct gn_head head;
		if (gn_head_open(e->values[i].record, &head) != GN_OK)
			b->count.heads_bad++;
		else
			err = set_head(b, o, e->values[i].record);
	}
	const struct bundles_head *cached = gn_map_get(&b->heads, &o->key);
	if (o->head) {
		bundles_head_keep(b, &o->key, o->head, o->head_len);
	} else if (err != GN_NOT_FOUND && cached && b->now - cached->got < BUNDLES_HEAD_STALE) {
		o->age = b->now - cached->got; /* nobody can be asked: what was so an hour ago */
		err = set_head(b, o, gn_slice(cached->bytes, cached->len));
	}
	if (o->head)
		go_on(b, o);
	else
		bundles_open_end(b, o, err);
}

/* The manifest is whole: to be checked, by whoever owns the engine. */
static gn_err work_new(struct gn_bundles *b, struct bundles_open *o)
{
	GN_ASSERT(o->len == o->size && !o->work);
	struct gn_bundles_work *w = GN_NEW(b->env.alloc, struct gn_bundles_work),
			       **at = &b->work_first;
	if (!w)
		return GN_NOMEM;
	w->op = o->op.id;
	w->root = o->root;
	w->bytes = o->bytes;
	w->len = o->size;
	gn_alloc_heap(&w->alloc, BUNDLES_WORK_MEMORY);
	o->bytes = NULL;
	o->cap = 0;
	o->work = w;
	while (*at && (*at)->len <= w->len)
		at = &(*at)->next;
	w->next = *at;
	*at = w;
	return GN_OK;
}

void gn_bundles_work_done(struct gn_bundles *b, struct gn_bundles_work *w, gn_time now)
{
	gn_op op = w->op;
	struct gn_hash root = w->root;
	GN_ASSERT(b->works_out > 0);
	b->now = now;
	b->works_out--;
	gn_err err = bundles_manifest_keep(b, w);
	/* a good one is for all who wait for the same */
	for (struct bundles_open *o = b->open_first; o; o = o->next)
		if (!o->op.ended && gn_hash_eq(&o->root, &root) && (err == GN_OK || o->op.id == op))
			bundles_open_end(b, o, err);
}

/* What the head says of its size takes no memory, what came does: twice as much at most. */
static gn_err append_bytes(struct gn_bundles *b, struct bundles_open *o, struct gn_slice bytes)
{
	size_t len = o->len + bytes.len, cap = len > 2 * o->cap ? len : 2 * o->cap;
	GN_ASSERT(len <= o->size);
	if (len > o->cap) {
		cap = cap < o->size ? cap : o->size;
		uint8_t *grown = bundles_open_memory(b, o, o->bytes, cap);
		if (!grown)
			return GN_BUSY;
		o->bytes = grown;
		o->cap = cap;
	}
	memcpy(o->bytes + o->len, bytes.p, bytes.len);
	o->len = len;
	return GN_OK;
}

static void read_on(struct gn_bundles *b, struct bundles_open *o)
{
	GN_ASSERT(o->reader && !o->op.ended);
	struct gn_slice bytes;
	gn_err err;
	while ((err = bundles_reader_take(b, o->reader, &bytes)) == GN_OK && bytes.len &&
	       (err = append_bytes(b, o, bytes)) == GN_OK)
		bundles_reader_run(b, o->reader);
	if (err == GN_AGAIN)
		return;
	if (err == GN_OK) {
		struct bundles_reader *r = o->reader;
		o->reader = NULL;
		bundles_reader_free(b, r);
		err = work_new(b, o);
	}
	if (err != GN_OK) /* the site is there: its head says so */
		bundles_open_end(b, o, err == GN_NOT_FOUND ? GN_UNREACHABLE : err);
}

void bundles_opens_run(struct gn_bundles *b)
{
	for (struct bundles_open *o = b->open_first; o; o = o->next)
		if (o->readable && !o->op.ended) {
			o->readable = false;
			read_on(b, o);
		}
}

void bundles_open_event(struct gn_bundles *b, struct bundles_open *o, struct gn_bundles_event *out)
{
	GN_ASSERT(o->op.ended);
	struct bundles_kept_manifest *k =
		o->op.err == GN_OK ? gn_map_get(&b->manifests, &o->root) : NULL;
	if (o->op.err == GN_OK && !k)
		out->err = GN_NOMEM; /* evicted before it was shown */
	if (!k)
		return;
	k->used = b->now;
	out->age = o->age;
	out->manifest = k->work->manifest;
	out->head = gn_slice(o->head, o->head_len);
}
