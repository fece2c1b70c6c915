/* What the limits of a token allow here (WR-37): a deposit, and items that are lent. A worker asks
 * one holder after another, and each lends what is its own to lend; so what others say they have
 * lent is drawn here too, from the chain that this worker has shown here, and a limit holds for the
 * set as nearly as holders know of each other.
 *
 *   worker: none -> known [box_limited_know: it shows a chain with limits] -> none [BOX_LIMITED
 *           others came since]
 *
 * Rule BX-47. */
#include "services/box/engine_int.h"

static struct gn_quota_use deposit_of(const struct box_held *h, uint32_t len)
{
	GN_ASSERT(len > 0 && len <= BOX_ITEM_MAX);
	return (struct gn_quota_use){.bytes = len, .ops = 1, .messages = 1, .jobs = h->queue};
}

static gn_err refused(struct gn_box *b, gn_err err, const struct gn_quota_no *no,
		      struct box_refusal *why)
{
	if (err != GN_OK) {
		b->count.refused_limit++;
		why->limit = no->limit;
		why->retry_ms = no->retry_ms;
	}
	return err;
}

/* ---- deposits ---- */

gn_err box_limited_ask(struct gn_box *b, const struct box_held *h, const struct box_from *from,
		       const struct box_entry *e, struct box_refusal *why)
{
	struct gn_quota_no no = {.limit = NULL};
	struct gn_quota_use use = deposit_of(h, e->len);
	struct gn_holder by = box_holder(&from->who);
	if (e->way != GN_BOX_TOKEN || !gn_quota_limited(&b->token))
		return GN_OK;
	return refused(b, gn_quota_ask(b->cfg.quota, &b->token, &use, &by, b->now, &no), &no, why);
}

void box_limited_draw(struct gn_box *b, const struct box_held *h, const struct box_from *from,
		      const struct box_entry *e)
{
	struct gn_quota_no no;
	struct gn_quota_use use = deposit_of(h, e->len);
	struct gn_holder by = box_holder(&from->who);
	if (e->way == GN_BOX_TOKEN && gn_quota_limited(&b->token))
		(void)!gn_quota_draw(b->cfg.quota, &b->token, &use, &by, b->now, &no);
}

/* ---- what is lent ---- */

static struct gn_quota_use lent(struct box_item *const *items, uint32_t count)
{
	struct gn_quota_use use = {.ops = count, .jobs = count};
	GN_ASSERT(count <= BOX_LEASES);
	for (uint32_t i = 0; i < count; i++)
		use.bytes += items[i]->len;
	return use;
}

uint64_t box_limited_largest(struct gn_box *b, const struct box_show *s)
{
	uint64_t largest = UINT64_MAX;
	if (!s->limited || gn_token_read(gn_slice(s->token, s->token_len), &b->token) != GN_OK)
		return largest;
	for (size_t i = 0; i < b->token.count; i++)
		for (size_t k = 0; k < b->token.blocks[i].limit_count; k++) {
			const struct gn_token_limit *l = &b->token.blocks[i].limits[k];
			if (l->of == GN_FB_LIMIT_OF_BYTES && l->amount < largest)
				largest = l->amount;
		}
	return largest;
}

gn_err box_limited_lend(struct gn_box *b, const struct box_from *from, const struct box_show *s,
			struct box_item *const *items, uint32_t *count, struct box_refusal *why)
{
	struct gn_holder by = box_holder(&from->who);
	struct gn_quota_no no = {.limit = NULL};
	gn_err err = GN_OK;
	if (!s->limited || *count == 0)
		return GN_OK;
	GN_TRY(gn_token_read(gn_slice(s->token, s->token_len), &b->token));
	for (; *count; --*count) { /* as many as may be */
		struct gn_quota_use use = lent(items, *count);
		err = gn_quota_ask(b->cfg.quota, &b->token, &use, &by, b->now, &no);
		if (err == GN_OK)
			return GN_OK;
	}
	return refused(b, err, &no, why);
}

void box_limited_lent(struct gn_box *b, const struct box_from *from, struct box_item *const *items,
		      uint32_t count)
{
	struct gn_holder by = box_holder(&from->who);
	struct gn_quota_use use = lent(items, count);
	struct gn_quota_no no;
	(void)!gn_quota_draw(b->cfg.quota, &b->token, &use, &by, b->now, &no);
}

/* ---- what others have lent ---- */

static void forget_oldest(struct gn_box *b)
{
	GN_ASSERT(b->limited.count > 0);
	uint32_t oldest = 0;
	for (uint32_t i = 1; i < b->limited.count; i++)
		if (GN_MAP_AT(&b->limited, struct box_limited, i).used <
		    GN_MAP_AT(&b->limited, struct box_limited, oldest).used)
			oldest = i;
	gn_mem_free(b->env.alloc, GN_MAP_AT(&b->limited, struct box_limited, oldest).token);
	struct box_limited_key key =
		*(const struct box_limited_key *)gn_map_key_at(&b->limited, oldest);
	(void)gn_map_remove(&b->limited, &key);
}

void box_limited_told(struct gn_box *b, const struct box_held *h, const struct gn_pk *worker,
		      struct box_item *it)
{
	struct box_limited_key key = {h->key, *worker};
	struct box_limited *l = gn_map_get(&b->limited, &key);
	struct gn_quota_use use = lent(&it, 1);
	struct gn_quota_no no;
	if (!l || gn_token_read(gn_slice(l->token, l->len), &b->token) != GN_OK)
		return;
	l->used = b->now;
	(void)!gn_quota_draw(b->cfg.quota, &b->token, &use, &l->by, b->now, &no);
}

/* What it has of others as it comes: lent now, as they said. */
static void draw_lent(struct gn_box *b, struct box_held *h, const struct gn_pk *worker)
{
	for (uint32_t i = 0; i < h->count; i++)
		if (box_turn_is_lent(b, h->items[i]) &&
		    gn_pk_eq(&h->items[i]->turn->worker, worker))
			box_limited_told(b, h, worker, h->items[i]);
}

void box_limited_know(struct gn_box *b, const struct box_from *from, struct box_held *h,
		      const struct box_show *s)
{
	struct box_limited_key key = {s->box, s->key};
	bool is_new = !gn_map_get(&b->limited, &key);
	if (!s->limited || s->role != GN_BOXREC_WORKER)
		return;
	uint8_t *token = gn_mem_new(b->env.alloc, s->token_len);
	if (is_new && b->limited.count == BOX_LIMITED)
		forget_oldest(b);
	struct box_limited *l = token ? gn_map_put(&b->limited, &key) : NULL;
	if (!l) {
		gn_mem_free(b->env.alloc, token);
		b->count.nomem++;
		return;
	}
	memcpy(token, s->token, s->token_len);
	gn_mem_free(b->env.alloc, l->token);
	*l = (struct box_limited){token, s->token_len, b->now, box_holder(&from->who)};
	if (!is_new)
		return;
	b->caused.hashed += (uint64_t)h->count * 8; /* it looks through them */
	draw_lent(b, h, &key.worker);
}

void box_limited_free(struct gn_box *b)
{
	for (uint32_t i = 0; i < b->limited.count; i++)
		gn_mem_free(b->env.alloc, GN_MAP_AT(&b->limited, struct box_limited, i).token);
	gn_map_fini(&b->limited);
}
