/* Opening a site: its newest head from the overlay, then the manifest that the head (or one of
 * the versions before) names, read as any file. Heads are cached by place, manifests by root;
 * what is cached was verified when it came.
 *
 *   GETTING -> READING [a head, no such manifest here] -> CHECKING [whole] -> ENDED [work_done]
 *   GETTING -> ENDED [manifest here, or no head] any -> ENDED [gives way: bundles_open_room.c]
 *
 * What a head says of its manifest takes no memory, what came of it does.
 * Rules: docs/spec/services.md BU-16, BU-27. */
#include "services/bundles/engine_int.h"

/* ---- caches ---- */

static void head_drop(struct gn_bundles *b, const struct gn_hash *key)
{
	struct bundles_head *h = gn_map_get(&b->heads, key);
	if (!h)
		return;
	gn_mem_free(b->env.alloc, h->bytes);
	(void)gn_map_remove(&b->heads, key);
}

/* Takes *bytes: nulled when it was kept. */
static void head_keep(struct gn_bundles *b, const struct gn_hash *key, const uint8_t *bytes,
		      uint32_t len)
{
	if (b->heads.count >= BUNDLES_HEADS && !gn_map_get(&b->heads, key)) {
		uint32_t oldest = 0;
		for (uint32_t i = 1; i < b->heads.count; i++)
			if (((struct bundles_head *)gn_map_value_at(&b->heads, i))->got <
			    ((struct bundles_head *)gn_map_value_at(&b->heads, oldest))->got)
				oldest = i;
		struct gn_hash gone = *(const struct gn_hash *)gn_map_key_at(&b->heads, oldest);
		head_drop(b, &gone);
	}
	uint8_t *copy = gn_mem_new(b->env.alloc, len);
	struct bundles_head *h = copy ? gn_map_put(&b->heads, key) : NULL;
	if (!h) { /* a cache may forget */
		gn_mem_free(b->env.alloc, copy);
		b->count.nomem++;
		return;
	}
	gn_mem_free(b->env.alloc, h->bytes);
	memcpy(copy, bytes, len);
	*h = (struct bundles_head){copy, len, b->now};
}

void gn_bundles_head_put(struct gn_bundles *b, struct gn_slice record, gn_time now)
{
	struct gn_hash key;
	struct gn_head head, held;
	b->now = now;
	if (gn_head_open(record, &head) != GN_OK)
		return;
	gn_head_key(&head.owner, head.label, &key);
	const struct bundles_head *h = gn_map_get(&b->heads, &key);
	if (!h || gn_head_parse(gn_slice(h->bytes, h->len), &held) != GN_OK || held.seq < head.seq)
		head_keep(b, &key, record.p, (uint32_t)record.len);
}

uint64_t gn_bundles_head_expires(const struct gn_bundles *b, const struct gn_pk *owner,
				 struct gn_slice label)
{
	struct gn_hash key;
	struct gn_head head;
	gn_head_key(owner, label, &key);
	const struct bundles_head *h = gn_map_get(&b->heads, &key);
	return h && gn_head_parse(gn_slice(h->bytes, h->len), &head) == GN_OK
		       ? head.created + head.ttl
		       : 0;
}

static void work_free(struct gn_bundles *b, struct gn_bundles_work *w)
{
	gn_manifest_free(&w->alloc, w->manifest);
	gn_mem_free(&b->open_alloc, w->bytes);
	gn_mem_free(b->env.alloc, w);
}

/* Nobody waits for it any more. */
static void work_drop(struct gn_bundles *b, struct gn_bundles_work *w)
{
	struct gn_bundles_work **at = &b->work_first;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	work_free(b, w);
}

static void manifest_drop(struct gn_bundles *b, const struct gn_hash *root)
{
	struct bundles_kept_manifest *k = gn_map_get(&b->manifests, root);
	GN_ASSERT(k);
	b->manifest_bytes -= k->work->len;
	work_free(b, k->work);
	(void)gn_map_remove(&b->manifests, root);
}

/* Makes room for `len` more bytes, least recently used first. */
static void manifests_evict(struct gn_bundles *b, size_t len)
{
	while (b->manifests.count && (b->manifests.count >= BUNDLES_MANIFESTS ||
				      b->manifest_bytes + len > BUNDLES_MANIFEST_BYTES)) {
		uint32_t oldest = 0;
		for (uint32_t i = 1; i < b->manifests.count; i++)
			if (((struct bundles_kept_manifest *)gn_map_value_at(&b->manifests, i))
				    ->used <
			    ((struct bundles_kept_manifest *)gn_map_value_at(&b->manifests, oldest))
				    ->used)
				oldest = i;
		struct gn_hash gone = *(const struct gn_hash *)gn_map_key_at(&b->manifests, oldest);
		manifest_drop(b, &gone);
	}
}

void bundles_caches_free(struct gn_bundles *b)
{
	for (uint32_t i = 0; i < b->heads.count; i++)
		gn_mem_free(b->env.alloc,
			    ((struct bundles_head *)gn_map_value_at(&b->heads, i))->bytes);
	for (uint32_t i = 0; i < b->manifests.count; i++)
		work_free(
			b,
			((struct bundles_kept_manifest *)gn_map_value_at(&b->manifests, i))->work);
	GN_ASSERT(b->works_out == 0);
	for (struct gn_bundles_work *w = b->work_first, *next; w; w = next) {
		next = w->next;
		work_free(b, w);
	}
	gn_map_fini(&b->heads);
	gn_map_fini(&b->manifests);
}

/* ---- operations ---- */

/* All that it holds but its head. */
static void let_go(struct gn_bundles *b, struct bundles_open *o)
{
	bundles_find_drop(b, &o->get);
	if (o->reader)
		bundles_reader_free(b, o->reader);
	o->reader = NULL;
	gn_mem_free(&b->open_alloc, o->bytes);
	o->bytes = NULL;
	o->cap = 0;
	if (o->work)
		work_drop(b, o->work);
	o->work = NULL;
	b->opens -= !o->op.ended;
}

void bundles_open_end(struct gn_bundles *b, struct bundles_open *o, gn_err err)
{
	let_go(b, o);
	o->op.err = err;
	o->op.ended = true;
	bundles_tell(b, &o->op);
}

void bundles_open_free(struct gn_bundles *b, struct bundles_open *o)
{
	struct bundles_open **at = &b->open_first;
	while (*at != o)
		at = &(*at)->next;
	*at = o->next;
	let_go(b, o);
	bundles_op_remove(b, &o->op);
	gn_mem_free(b->env.alloc, o->head);
	gn_mem_free(b->env.alloc, o);
}

/* The version asked for among those of the head. */
static const struct gn_head_version *choose(const struct gn_head *head, uint64_t version)
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
	const struct gn_head_version *v = choose(&head, version);
	return v && gn_map_get(&b->manifests, &v->manifest);
}

/* o->head is a checked head: on to its manifest. */
static void go_on(struct gn_bundles *b, struct bundles_open *o)
{
	struct gn_head head;
	struct gn_bundle_file file;
	gn_err err = gn_head_parse(gn_slice(o->head, o->head_len), &head);
	const struct gn_head_version *v = err == GN_OK ? choose(&head, o->version) : NULL;
	if (!v) {
		bundles_open_end(b, o, err != GN_OK ? err : GN_NOT_FOUND);
		return;
	}
	o->root = v->manifest;
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
	uint8_t *copy = gn_mem_new(b->env.alloc, bytes.len);
	if (!copy)
		return GN_NOMEM;
	memcpy(copy, bytes.p, bytes.len);
	gn_mem_free(b->env.alloc, o->head);
	o->head = copy;
	o->head_len = (uint32_t)bytes.len;
	return GN_OK;
}

gn_err gn_bundles_open(struct gn_bundles *b, const struct gn_pk *owner, struct gn_slice label,
		       uint64_t version, bool fresh, gn_time now, gn_op *op)
{
	b->now = now;
	if (label.len > GN_RECORD_LABEL_MAX)
		return GN_USAGE;
	struct gn_hash key;
	gn_head_key(owner, label, &key);
	const struct bundles_head *cached = gn_map_get(&b->heads, &key);
	if (cached && (fresh || now - cached->got >= BUNDLES_HEAD_TTL))
		cached = NULL;
	if (!cached || !at_hand(b, cached, version))
		GN_TRY(bundles_open_place(b, owner));
	struct bundles_open *o = GN_NEW(b->env.alloc, struct bundles_open);
	if (!o || bundles_op_add(b, &o->op, OP_OPEN) != GN_OK) {
		gn_mem_free(b->env.alloc, o);
		b->count.nomem++;
		return GN_NOMEM;
	}
	o->next = b->open_first;
	b->open_first = o;
	b->opens++;
	b->count.opens++;
	o->version = version;
	o->owner = *owner;
	o->moved = now;
	o->key = key;
	*op = o->op.id;
	gn_err err;
	if (cached) {
		err = set_head(b, o, gn_slice(cached->bytes, cached->len));
		o->age = now - cached->got;
		if (err == GN_OK) {
			go_on(b, o);
			bundles_run(b);
			return GN_OK;
		}
	} else {
		struct gn_get_options options = {.type = GN_FB_RECORD_TYPE_SITE};
		err = gn_overlay_get(b->cfg.overlay, &o->key, &options, now, &o->get);
		if (err == GN_OK)
			err = bundles_find_add(b, o->get, FIND_OPEN, o);
		if (err == GN_OK)
			return GN_OK;
		o->get = 0;
	}
	bundles_open_free(b, o);
	return err;
}

void bundles_open_got(struct gn_bundles *b, struct bundles_open *o,
		      const struct gn_overlay_event *e)
{
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
		head_keep(b, &o->key, o->head, o->head_len);
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

struct gn_bundles_work *gn_bundles_next_work(struct gn_bundles *b)
{
	struct gn_bundles_work *w = b->works_out < BUNDLES_WORKS ? b->work_first : NULL;
	if (!w)
		return NULL;
	struct bundles_open *o = bundles_op_get(b, w->op, OP_OPEN);
	GN_ASSERT(o && o->work == w); /* a work that waits goes with its open */
	o->work = NULL;
	b->work_first = w->next;
	w->next = NULL;
	b->works_out++;
	return w;
}

void gn_bundles_work_run(struct gn_bundles_work *w)
{
	w->err = gn_manifest_open(&w->alloc, gn_slice(w->bytes, w->len), &w->manifest);
}

/* Takes w. */
static gn_err manifest_keep(struct gn_bundles *b, struct gn_bundles_work *w)
{
	gn_err err = w->err;
	gn_mem_free(&b->open_alloc, w->bytes);
	w->bytes = NULL;
	if (err == GN_OK && !gn_map_get(&b->manifests, &w->root)) {
		/* another open may have been faster */
		manifests_evict(b, w->len);
		struct bundles_kept_manifest *k = gn_map_put(&b->manifests, &w->root);
		if (k) {
			*k = (struct bundles_kept_manifest){w, b->now};
			b->manifest_bytes += w->len;
			b->count.rules_ignored += gn_manifest_rules_ignored(w->manifest);
			return GN_OK;
		}
		err = GN_NOMEM;
	}
	work_free(b, w);
	return err;
}

void gn_bundles_work_done(struct gn_bundles *b, struct gn_bundles_work *w, gn_time now)
{
	gn_op op = w->op;
	struct gn_hash root = w->root;
	GN_ASSERT(b->works_out > 0);
	b->now = now;
	b->works_out--;
	gn_err err = manifest_keep(b, w);
	/* a good one is for all who wait for the same */
	for (struct bundles_open *o = b->open_first; o; o = o->next)
		if (!o->op.ended && bundles_hash_eq(&o->root, &root) &&
		    (err == GN_OK || o->op.id == op))
			bundles_open_end(b, o, err);
}

/* What the head says of its size takes no memory, what came does: twice as much at most. */
static gn_err append(struct gn_bundles *b, struct bundles_open *o, struct gn_slice bytes)
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
	struct gn_slice bytes;
	gn_err err;
	while ((err = bundles_reader_take(b, o->reader, &bytes)) == GN_OK && bytes.len &&
	       (err = append(b, o, bytes)) == GN_OK)
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
