/* Whether a record may take its place here: by time, owner, version and room (store.c), or by
 * the rule of its type (OV-58). */
#include "overlay/store_int.h"

static gn_overlay_admit rule_of(const struct gn_overlay *ov, uint16_t type)
{
	return type < GN_COUNT(ov->cfg.admit) ? ov->cfg.admit[type] : NULL;
}

static gn_err count_refusal(struct gn_overlay *ov, gn_err err)
{
	GN_ASSERT(err != GN_PENDING);
	ov->count.record_stale += err == GN_STALE;
	ov->count.record_conflict += err == GN_EXISTS;
	ov->count.record_denied += err != GN_OK && err != GN_STALE && err != GN_EXISTS;
	return err;
}

/* Expired and past its grace: it stands in nobody's way, if the clock that says so is sure
 * (OV-84). */
static bool is_over(const struct gn_overlay *ov, const struct gn_ov_held *h, gn_time now)
{
	GN_ASSERT(h->timer.node.place);
	return h->graced && gn_ov_unix(ov, now) > h->created + h->ttl + h->grace &&
	       gn_ov_clock_sure(ov, now);
}

/* Nor does anything take the place of another's that is expired by some clock, while it is not
 * sure. */
static gn_err in_doubt(const struct gn_overlay *ov, const struct gn_ov_held *h,
		       const struct gn_record *in, gn_time now)
{
	bool others = h && !gn_pk_eq(&h->owner, &in->owner);
	if (!others || gn_ov_clock_sure(ov, now))
		return GN_OK;
	return gn_unix(gn_overlay_time_latest(ov, now)) >= h->created + h->ttl ? GN_EXISTS : GN_OK;
}

gn_err gn_ov_admit_rule(struct gn_overlay *ov, const struct gn_record *held,
			const struct gn_record *in, bool handed, gn_time now)
{
	GN_ASSERT(!held || gn_hash_eq(&held->key, &in->key));
	const struct gn_ov_held *h = gn_ov_held_get(ov, &in->key);
	if (h && is_over(ov, h, now))
		held = NULL;
	uint32_t names = handed ? GN_OVERLAY_PUSHED : gn_ov_store_names(ov, h, in);
	gn_err err = rule_of(ov, in->type)(held, in, names, gn_ov_live(ov, in, now));
	if (err == GN_OK)
		err = in_doubt(ov, h, in, now);
	GN_TRY(count_refusal(ov, err));
	return gn_ov_store_room(ov, h, in);
}

/* OV-58: the same owner, and a higher (seq, hash); two values under one seq are the owner's
 * equivocation. */
static gn_err newer_version(struct gn_overlay *ov, const struct gn_ov_held *h,
			    const struct gn_record *r)
{
	GN_ASSERT(gn_hash_eq(&h->key, &r->key));
	if (!gn_pk_eq(&h->owner, &r->owner))
		return GN_EXISTS;
	if (h->seq == r->seq) {
		ov->count.equivocations++;
		return memcmp(h->hash.b, r->hash.b, 32) < 0 ? GN_OK : GN_STALE;
	}
	return h->seq < r->seq ? GN_OK : GN_STALE;
}

gn_err gn_ov_admit(struct gn_overlay *ov, const struct gn_record *r, bool handed, gn_time now)
{
	GN_ASSERT(r->bytes.len > 0);
	const struct gn_ov_held *h = gn_ov_held_get(ov, &r->key);
	gn_err err = gn_record_fresh(r, gn_unix(gn_ov_live(ov, r, now)));
	if (err != GN_OK) {
		ov->count.record_expired += err == GN_EXPIRED;
		ov->count.record_future += err != GN_EXPIRED;
		return err;
	}
	if (gn_ov_refuses(ov, &r->key, r))
		return count_refusal(ov, GN_DENIED);
	if (rule_of(ov, r->type))
		return h ? GN_PENDING : gn_ov_admit_rule(ov, NULL, r, handed, now);
	if (h && !is_over(ov, h, now))
		GN_TRY(count_refusal(ov, newer_version(ov, h, r)));
	return gn_ov_store_room(ov, h, r);
}
