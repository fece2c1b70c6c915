/* What records take of the store, and whose account it is on: spaces, owners, putters
 * (store.c says who may have how much). */
#include "overlay/store_int.h"

unsigned gn_ov_space(uint16_t type, uint32_t grace)
{
	if (type == 3 && grace)
		return GN_OV_SPACE_NAMES;
	if (type == 1 || type == 8)
		return GN_OV_SPACE_IDS;
	return type < 16 ? GN_OV_SPACE_LOW : GN_OV_SPACE_REST;
}

uint64_t gn_ov_place_bytes(const struct gn_overlay *ov)
{
	return ov->cfg.bytes_max / ov->cfg.records_max;
}

uint64_t gn_ov_cost(const struct gn_overlay *ov, uint64_t len)
{
	GN_ASSERT(ov->cfg.records_max > 0);
	return len > gn_ov_place_bytes(ov) ? len : gn_ov_place_bytes(ov);
}

uint32_t gn_ov_grace_of(const struct gn_overlay *ov, const struct gn_record *r)
{
	gn_overlay_grace grace = r->type < GN_COUNT(ov->cfg.grace) ? ov->cfg.grace[r->type] : NULL;
	return grace ? grace(r) : 0;
}

gn_err gn_ov_store_init(struct gn_overlay *ov)
{
	GN_ASSERT(ov->owners.count == 0);
	if (ov->cfg.records_max == 0 || gn_ov_place_bytes(ov) == 0)
		return GN_RANGE;
	const struct gn_share_config share = {
		/* the whole is counted below, with what each space has for itself */
		.total = UINT64_MAX / 2,
		.per_key = ov->cfg.bytes_max / GN_OV_PUTTER_PART,
		.per_prefix = ov->cfg.bytes_max / GN_OV_PREFIX_PART,
		/* kinds without a space of their own end at a half */
		.crowded = ov->cfg.bytes_max / 4,
		.holders_max = GN_OV_PUTTERS_MAX,
		.count_local = ov->cfg.count_local,
	};
	for (unsigned i = 0; i < GN_OV_HOWS; i++)
		gn_share_init(&ov->brought[i], &ov->env, &share);
	return GN_OK;
}

void gn_ov_store_count(struct gn_overlay *ov, struct gn_ov_held *h)
{
	GN_ASSERT(h->len > 0 && h->from.how < GN_OV_HOWS);
	struct gn_ov_owner *o = gn_map_get(&ov->owners, h->owner.b);
	uint64_t want = gn_ov_cost(ov, h->len);
	GN_ASSERT(o && !h->graced);
	o->records++;
	o->bytes += h->len;
	ov->held_bytes += h->len;
	ov->spaces[gn_ov_space(h->type, h->grace)] += want;
	struct gn_share *brought = &ov->brought[h->from.how];
	if (h->taken > want) {
		gn_share_give(brought, &h->from.by, h->taken - want);
		h->taken = want;
	}
	/* it is here already */
	if (gn_share_take_anyway(brought, &h->from.by, want - h->taken) == GN_OK)
		h->taken = want;
}

void gn_ov_store_uncount(struct gn_overlay *ov, struct gn_ov_held *h)
{
	struct gn_ov_owner *o = gn_map_get(&ov->owners, h->owner.b);
	GN_ASSERT(o && o->records > 0 && !h->graced);
	GN_ASSERT(o->bytes >= h->len && ov->held_bytes >= h->len);
	o->records--;
	o->bytes -= h->len;
	ov->held_bytes -= h->len;
	ov->spaces[gn_ov_space(h->type, h->grace)] -= gn_ov_cost(ov, h->len);
}

void gn_ov_store_release(struct gn_overlay *ov, struct gn_ov_held *h)
{
	GN_ASSERT(h->taken <= ov->brought[h->from.how].used);
	gn_share_give(&ov->brought[h->from.how], &h->from.by, h->taken);
	h->taken = 0;
}

void gn_ov_store_promise(struct gn_overlay *ov, struct gn_ov_held *h, struct gn_ov_job *j)
{
	GN_ASSERT(j->kind == GN_OV_JOB_PUT && gn_hash_eq(&j->key, &h->key));
	if (gn_ov_origin_eq(&h->from, &j->from))
		return;
	gn_ov_store_release(ov, h);
	h->from = j->from;
	h->taken = j->taken;
	j->taken = 0;
}

void gn_ov_store_came(struct gn_overlay *ov, struct gn_ov_job *j)
{
	GN_ASSERT(ov->coming[j->space] >= j->coming);
	GN_ASSERT(!j->comes_new || ov->coming_count > 0);
	if (j->coming)
		ov->coming[j->space] -= j->coming;
	ov->coming_count -= j->comes_new;
	j->coming = 0;
	j->comes_new = false;
}
