/* Held records: an index in memory over what the owner's disk keeps; bytes are read back when
 * someone wants them. Who may come in is admit.c's, who gives way store.c's (OV-58..OV-61).
 *
 *   SHOWN  -> HIDDEN   [ttl over by the clock of records]
 *   HIDDEN -> SHOWN    [the clock was wrong]
 *   HIDDEN -> dropped  [keep_expired of running time later, or room is needed]
 *
 * (OV-60; `graced` is what the other files ask: hidden.)
 *
 *   1. held and sorted hold the same entries; sorted is in key order unless sort_dirty.
 *   2. A hidden record is neither served, offered, nor counted for its owner, but for the number
 *      of its names; no clock that was set drops anything. */
#include "overlay/job_int.h"
#include "overlay/message_int.h"
#include "overlay/request_int.h"
#include "overlay/store_int.h"

struct gn_ov_held *gn_ov_held_get(const struct gn_overlay *ov, const struct gn_hash *key)
{
	struct gn_ov_held **at = gn_map_get(&ov->held, key->b);
	return at ? *at : NULL;
}

static bool later_key(const struct gn_ov_held *a, const struct gn_ov_held *b)
{
	return memcmp(a->key.b, b->key.b, 32) > 0;
}

static void sift_down(struct gn_ov_held **a, uint32_t i, uint32_t n)
{
	GN_ASSERT(i < n);
	for (uint32_t c; (c = 2 * i + 1) < n; i = c) {
		c += c + 1 < n && later_key(a[c + 1], a[c]);
		if (!later_key(a[c], a[i]))
			return;
		struct gn_ov_held *t = a[i];
		a[i] = a[c];
		a[c] = t;
	}
}

/* Heapsort: in place, no allocation; runs once after a restart, later entries are inserted at
 * their place. */
void gn_ov_held_sort(struct gn_overlay *ov)
{
	GN_ASSERT(ov->sorted_count == ov->held.count);
	struct gn_ov_held **a = ov->sorted;
	uint32_t n = ov->sorted_count;
	if (!ov->sort_dirty)
		return;
	ov->sort_dirty = false;
	for (uint32_t i = n / 2; i-- > 0;)
		sift_down(a, i, n);
	for (uint32_t end = n; end-- > 1;) {
		struct gn_ov_held *t = a[0];
		a[0] = a[end];
		a[end] = t;
		sift_down(a, 0, end);
	}
}

static uint32_t sorted_place(const struct gn_overlay *ov, const uint8_t *key, size_t len)
{
	uint32_t low = 0, high = ov->sorted_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (memcmp(ov->sorted[mid]->key.b, key, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct gn_ov_held *gn_ov_held_by8(struct gn_overlay *ov, uint64_t key8)
{
	uint8_t b[8];
	gn_ov_held_sort(ov);
	gn_put_be64(b, key8);
	uint32_t i = sorted_place(ov, b, 8);
	return i < ov->sorted_count && gn_be64(ov->sorted[i]->key.b) == key8 ? ov->sorted[i] : NULL;
}

static struct gn_ov_held *insert_held(struct gn_overlay *ov, const struct gn_hash *key)
{
	GN_ASSERT(ov->sorted_count <= ov->sorted_cap);
	if (ov->sorted_count == ov->sorted_cap) {
		uint32_t cap = ov->sorted_cap ? 2 * ov->sorted_cap : 32;
		void *grown =
			gn_mem_resize(ov->env.alloc, ov->sorted, cap * sizeof(struct gn_ov_held *));
		if (!grown)
			return NULL;
		ov->sorted = grown;
		ov->sorted_cap = cap;
	}
	struct gn_ov_held *h = GN_NEW(ov->env.alloc, struct gn_ov_held);
	if (!h)
		return NULL;
	h->key = *key;
	gn_ov_timer_init(&h->timer, GN_OV_TIMER_HELD);
	struct gn_ov_held **at = NULL;
	if (gn_ov_timer_set(ov, &h->timer, GN_NEVER) != GN_OK ||
	    !(at = gn_map_put(&ov->held, key->b))) {
		gn_heap_remove(&ov->timers, &h->timer.node);
		gn_mem_free(ov->env.alloc, h);
		return NULL;
	}
	*at = h;
	uint32_t i = ov->sort_dirty ? ov->sorted_count : sorted_place(ov, key->b, 32);
	memmove(ov->sorted + i + 1, ov->sorted + i, (ov->sorted_count - i) * sizeof *ov->sorted);
	ov->sorted[i] = h;
	ov->sorted_count++;
	return h;
}

static void hide_held(struct gn_overlay *ov, struct gn_ov_held *h, gn_time now)
{
	GN_ASSERT(!h->graced);
	gn_ov_store_uncount(ov, h);
	struct gn_ov_owner *o = gn_map_get(&ov->owners, h->owner.b);
	o->hidden++;
	ov->hidden_count++;
	h->graced = true;
	h->hidden = now;
	struct gn_ov_hidden *list = &ov->hidden[h->grace > 0];
	list->bytes += h->len;
	list->spaces[gn_ov_space(h->type, h->grace)] += gn_ov_cost(ov, h->len);
	h->before = list->last;
	*(h->before ? &h->before->after : &list->first) = h;
	list->last = h;
	ov->count.records_expired++;
}

static void unhide_held(struct gn_overlay *ov, struct gn_ov_held *h)
{
	struct gn_ov_owner *o = gn_map_get(&ov->owners, h->owner.b);
	GN_ASSERT(o && o->hidden > 0 && ov->hidden_count > 0);
	o->hidden--;
	ov->hidden_count--;
	struct gn_ov_hidden *list = &ov->hidden[h->grace > 0];
	list->bytes -= h->len;
	list->spaces[gn_ov_space(h->type, h->grace)] -= gn_ov_cost(ov, h->len);
	*(h->before ? &h->before->after : &list->first) = h->after;
	*(h->after ? &h->after->before : &list->last) = h->before;
	h->before = h->after = NULL;
	h->graced = false;
}

/* Shown or hidden, and when the next thing happens to it: its end, or the end of its keeping,
 * which is counted in running time. */
static void arm_held(struct gn_overlay *ov, struct gn_ov_held *h, gn_time now)
{
	GN_ASSERT(h->timer.node.place);
	gn_time end = gn_ov_at_unix(ov, h->created + h->ttl);
	if (end <= now && !h->graced) {
		hide_held(ov, h, now);
	} else if (end > now && h->graced) {
		unhide_held(ov, h);
		gn_ov_store_count(ov, h);
		memset(h->synced, 0, sizeof h->synced);
		gn_ov_repair_soon(ov, now + GN_OV_REPAIR_DELAY);
	}
	if (h->graced) {
		gn_time grace = gn_ov_at_unix(ov, h->created + h->ttl + h->grace);
		end = h->hidden + ov->cfg.keep_expired;
		end = grace > end ? grace : end;
	}
	gn_err err = gn_ov_timer_set(ov, &h->timer, end > now ? end : now);
	GN_ASSERT(err == GN_OK);
}

void gn_ov_held_rearm(struct gn_overlay *ov, gn_time now)
{
	for (uint32_t i = 0; i < ov->sorted_count; i++)
		arm_held(ov, ov->sorted[i], now);
}

/* Out of all accounts; the owner's stays while it has others. */
static void leave_accounts(struct gn_overlay *ov, struct gn_ov_held *h, bool keep_share)
{
	GN_ASSERT(h->timer.node.place);
	if (h->graced)
		unhide_held(ov, h);
	else
		gn_ov_store_uncount(ov, h);
	if (!keep_share)
		gn_ov_store_release(ov, h);
	struct gn_ov_owner *o = gn_map_get(&ov->owners, h->owner.b);
	o->names[h->salt & 1] -= h->type == 3;
	if (o->records == 0 && o->hidden == 0)
		(void)gn_map_remove(&ov->owners, h->owner.b);
}

gn_err gn_ov_held_set(struct gn_overlay *ov, const struct gn_record *r,
		      const struct gn_ov_origin *from, uint64_t taken, gn_time now)
{
	GN_ASSERT(r->bytes.len > 0 && from->how < GN_OV_HOWS);
	struct gn_ov_held *h = gn_ov_held_get(ov, &r->key);
	/* Room for the new owner's account first: after this nothing fails. */
	struct gn_ov_owner *o = gn_map_put(&ov->owners, r->owner.b);
	if (!o)
		goto fail;
	bool fresh = !h;
	if (!h && !(h = insert_held(ov, &r->key))) {
		if (o->records == 0 && o->hidden == 0)
			(void)gn_map_remove(&ov->owners, r->owner.b);
		goto fail;
	}
	bool same = !fresh && gn_ov_origin_eq(&h->from, from);
	o->records++; /* held on to while the version before leaves */
	if (!fresh)
		leave_accounts(ov, h, same);
	o = gn_map_get(&ov->owners, r->owner.b); /* it may have moved */
	o->records--;
	o->names[r->salt & 1] += r->type == 3;
	h->taken = (same ? h->taken : 0) + taken;
	h->from = *from;
	h->hash = r->hash;
	h->owner = r->owner;
	h->seq = r->seq;
	h->created = r->created;
	h->ttl = r->ttl;
	h->grace = gn_ov_grace_of(ov, r);
	h->type = r->type;
	h->salt = r->salt;
	h->len = (uint32_t)r->bytes.len;
	h->left = h->asked = h->offered = 0;
	memset(h->synced, 0, sizeof h->synced);
	h->graced = false;
	gn_ov_store_count(ov, h);
	arm_held(ov, h, now);
	return GN_OK;
fail:
	ov->count.nomem++;
	return GN_NOMEM;
}

void gn_ov_held_drop(struct gn_overlay *ov, struct gn_ov_held *h, bool disk)
{
	GN_ASSERT(gn_ov_held_get(ov, &h->key) == h);
	/* what comes takes its place, and is not to go with it */
	if (disk && !gn_ov_job_stores(ov, &h->key))
		(void)gn_ov_out_store(ov, GN_STORE_DROP, 0, &h->key, gn_slice(NULL, 0));
	gn_ov_held_sort(ov);
	uint32_t i = sorted_place(ov, h->key.b, 32);
	GN_ASSERT(i < ov->sorted_count && ov->sorted[i] == h);
	memmove(ov->sorted + i, ov->sorted + i + 1,
		(ov->sorted_count - i - 1) * sizeof *ov->sorted);
	ov->sorted_count--;
	if (ov->repair_cursor > i)
		ov->repair_cursor--;
	leave_accounts(ov, h, false);
	(void)gn_map_remove(&ov->held, h->key.b);
	gn_heap_remove(&ov->timers, &h->timer.node);
	gn_mem_free(ov->env.alloc, h);
}

void gn_ov_held_due(struct gn_overlay *ov, struct gn_ov_held *h, gn_time now)
{
	GN_ASSERT(gn_ov_held_get(ov, &h->key) == h);
	gn_time kept = h->hidden + ov->cfg.keep_expired,
		grace = gn_ov_at_unix(ov, h->created + h->ttl + h->grace);
	if (h->graced && kept <= now && grace <= now) {
		ov->count.records_forgotten++;
		gn_ov_held_drop(ov, h, true);
		return;
	}
	arm_held(ov, h, now);
}

void gn_ov_held_free(struct gn_overlay *ov)
{
	GN_ASSERT(ov->held.count == ov->sorted_count);
	for (uint32_t i = 0; i < ov->sorted_count; i++)
		gn_mem_free(ov->env.alloc, ov->sorted[i]);
	gn_mem_free(ov->env.alloc, ov->sorted);
	gn_map_fini(&ov->held);
	gn_map_fini(&ov->owners);
	for (unsigned i = 0; i < GN_OV_HOWS; i++)
		gn_share_fini(&ov->brought[i]);
}

gn_err gn_overlay_restore(struct gn_overlay *ov, struct gn_slice value, gn_time now)
{
	struct gn_record r;
	struct gn_ov_origin from;
	gn_ov_begin(ov, now);
	gn_err err = gn_ov_origin_get(ov, value, &r, &from);
	if (err != GN_OK) {
		ov->count.load_corrupt++;
		return GN_CORRUPT;
	}
	const struct gn_ov_held *h = gn_ov_held_get(ov, &r.key);
	if (!h && ov->held.count >= ov->cfg.records_max)
		return GN_NO_SPACE;
	ov->sort_dirty = ov->restored = true;
	/* the owner is still reading its disk: places to begin come after */
	if (!ov->joined && !ov->boot_count)
		gn_ov_task_set(ov, GN_OV_TASK_JOIN, now + GN_OV_BEGIN);
	return gn_ov_held_set(ov, &r, &from, 0, now);
}

/* ---- who is known to hold it ---- */

static uint32_t tag_of(const struct gn_node_id *id)
{
	uint32_t t = (uint32_t)(gn_be64(id->b + 8) >> 32);
	return t ? t : 1;
}

bool gn_ov_synced(const struct gn_ov_held *h, const struct gn_node_id *id)
{
	for (unsigned i = 0; i < GN_COUNT(h->synced); i++)
		if (h->synced[i] == tag_of(id))
			return true;
	return false;
}

void gn_ov_synced_add(struct gn_ov_held *h, const struct gn_node_id *id)
{
	if (gn_ov_synced(h, id))
		return;
	for (unsigned i = GN_COUNT(h->synced) - 1; i > 0; i--) /* the oldest falls out */
		h->synced[i] = h->synced[i - 1];
	h->synced[0] = tag_of(id);
}

void gn_ov_synced_forget(struct gn_overlay *ov, const struct gn_node_id *id)
{
	for (uint32_t i = 0; i < ov->sorted_count; i++)
		for (unsigned j = 0; j < GN_COUNT(ov->sorted[i]->synced); j++)
			if (ov->sorted[i]->synced[j] == tag_of(id))
				ov->sorted[i]->synced[j] = 0;
}
