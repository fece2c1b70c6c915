/* What was opened before: heads by place, manifests by root, least recently used first out; and
 * the manifests that wait to be checked. What is cached was verified when it came.
 * Rule: docs/spec/services.md BU-16. */
#include "services/bundles/engine_int.h"

/* ---- heads ---- */

static void head_drop(struct gn_bundles *b, const struct gn_hash *key)
{
	struct bundles_head *h = gn_map_get(&b->heads, key);
	if (!h)
		return;
	gn_mem_free(b->env.alloc, h->bytes);
	(void)gn_map_remove(&b->heads, key);
}

/* Takes *bytes: nulled when it was kept. */
void bundles_head_keep(struct gn_bundles *b, const struct gn_hash *key, const uint8_t *bytes,
		       uint32_t len)
{
	GN_ASSERT(bytes && len > 0 && len <= GN_RECORD_MAX);
	if (b->heads.count >= BUNDLES_HEADS && !gn_map_get(&b->heads, key)) {
		uint32_t oldest = 0;
		for (uint32_t i = 1; i < b->heads.count; i++)
			if (GN_MAP_AT(&b->heads, struct bundles_head, i).got <
			    GN_MAP_AT(&b->heads, struct bundles_head, oldest).got)
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
		bundles_head_keep(b, &key, record.p, (uint32_t)record.len);
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

/* ---- manifests ---- */

static void work_free(struct gn_bundles *b, struct gn_bundles_work *w)
{
	GN_ASSERT(!(w->bytes && w->manifest));
	gn_manifest_free(&w->alloc, w->manifest);
	gn_mem_free(&b->open_alloc, w->bytes);
	gn_mem_free(b->env.alloc, w);
}

void bundles_work_drop(struct gn_bundles *b, struct gn_bundles_work *w)
{
	GN_ASSERT(b->work_first && w->bytes);
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
	GN_ASSERT(len <= BUNDLES_MANIFEST_BYTES);
	while (b->manifests.count && (b->manifests.count >= BUNDLES_MANIFESTS ||
				      b->manifest_bytes + len > BUNDLES_MANIFEST_BYTES)) {
		uint32_t oldest = 0;
		for (uint32_t i = 1; i < b->manifests.count; i++)
			if (GN_MAP_AT(&b->manifests, struct bundles_kept_manifest, i).used <
			    GN_MAP_AT(&b->manifests, struct bundles_kept_manifest, oldest).used)
				oldest = i;
		struct gn_hash gone = *(const struct gn_hash *)gn_map_key_at(&b->manifests, oldest);
		manifest_drop(b, &gone);
	}
}

void bundles_caches_free(struct gn_bundles *b)
{
	for (uint32_t i = 0; i < b->heads.count; i++)
		gn_mem_free(b->env.alloc, GN_MAP_AT(&b->heads, struct bundles_head, i).bytes);
	for (uint32_t i = 0; i < b->manifests.count; i++)
		work_free(b, GN_MAP_AT(&b->manifests, struct bundles_kept_manifest, i).work);
	GN_ASSERT(b->works_out == 0);
	for (struct gn_bundles_work *w = b->work_first, *next; w; w = next) {
		next = w->next;
		work_free(b, w);
	}
	gn_map_fini(&b->heads);
	gn_map_fini(&b->manifests);
}

struct gn_bundles_work *gn_bundles_next_work(struct gn_bundles *b)
{
	struct gn_bundles_work *w = b->works_out < BUNDLES_WORKS ? b->work_first : NULL;
	if (!w)
		return NULL;
	struct bundles_open *o = gn_frame_op_get(&b->frame, w->op, OP_OPEN);
	GN_ASSERT(o && o->work == w); /* a work that waits goes with its open */
	o->work = NULL;
	b->work_first = w->next;
	w->next = NULL;
	b->works_out++;
	return w;
}

void gn_bundles_work_run(struct gn_bundles_work *w)
{
	GN_ASSERT(w->bytes && !w->manifest);
	w->err = gn_manifest_open(&w->alloc, gn_slice(w->bytes, w->len), &w->manifest);
}

gn_err bundles_manifest_keep(struct gn_bundles *b, struct gn_bundles_work *w)
{
	GN_ASSERT(w->bytes && (w->err == GN_OK) == (w->manifest != NULL));
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
