/* Records pushed to who should have them: read from the disk a few at a time, sent, and taken in
 * when another pushes (OV-65). */
#include "overlay/contact_int.h"
#include "overlay/job_int.h"
#include "overlay/message_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

bool gn_ov_push(struct gn_overlay *ov, const struct gn_hash *key, const struct gn_pk *to,
		gn_time now)
{
	const struct gn_ov_contact *c = gn_ov_contact_get(ov, to);
	struct gn_ov_push p = {*key, c ? gn_ov_holder_of(&c->c) : (struct gn_holder){.key = *to}};
	gn_err err = gn_share_take(&ov->request_places, &p.to, 1);
	if (err == GN_OK && (err = gn_ring_push(&ov->pushes, &p)) != GN_OK)
		gn_share_give(&ov->request_places, &p.to, 1);
	if (err != GN_OK) {
		ov->count.pushes_full++;
		ov->repair_left = true; /* the next pass offers it again */
		return false;
	}
	gn_ov_push_next(ov, now);
	return true;
}

void gn_ov_push_next(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->push_loads <= GN_OV_PUSH_LOADS);
	struct gn_ov_push p;
	while (ov->push_loads < GN_OV_PUSH_LOADS && gn_ring_pop(&ov->pushes, &p)) {
		gn_share_give(&ov->request_places, &p.to, 1); /* its request takes one again */
		const struct gn_ov_contact *c = gn_ov_contact_get(ov, &p.to.key);
		const struct gn_ov_held *h = gn_ov_held_get(ov, &p.key);
		if (!c || !h)
			continue;
		if (!gn_ov_room(ov, &c->c, h->len)) {
			ov->repair_left = true; /* the next pass offers it again */
			continue;
		}
		const struct gn_ov_asker by = {.to = &c->c};
		if (gn_ov_job_load(ov, GN_OV_JOB_PUSH, &by, &p.key, now) != GN_OK) {
			ov->repair_left = true; /* the next pass offers it again */
			return;
		}
	}
}

void gn_ov_push_loaded(struct gn_overlay *ov, const struct gn_contact *to,
		       const struct gn_record *record, gn_time now)
{
	GN_ASSERT(record->bytes.len > 0);
	struct gn_ov_request *r = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_PUSH, to, now);
	if (!r) {
		ov->repair_left = true; /* the next pass offers it again */
		gn_ov_repair_soon(ov, now + GN_OV_REPAIR_AGAIN);
		return;
	}
	r->key = record->key;
	r->hash = record->hash;
	gn_ov_request_load(ov, r, record->bytes.len, now + 5 * GN_SEC + GN_OV_STORE_TIME);
	ov->count.pushes++;
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = gn_fb_push_make(&b, &(struct gn_fb_push_args){.record = record->bytes});
	(void)gn_ov_send(ov, &b, to, r->id, GN_FB_OVERLAY_BODY_PUSH, body);
}

void gn_ov_take_pushed(struct gn_overlay *ov, const struct gn_contact *from, uint64_t request,
		       const struct gn_hash *only, struct gn_slice bytes, gn_time now)
{
	GN_ASSERT(from->addr_count > 0);
	struct gn_record r;
	gn_err err = gn_wire_record_parse(bytes, &r);
	if (err == GN_OK && only && !gn_hash_eq(&r.key, only))
		err = GN_MALFORMED;
	if (err != GN_OK) {
		ov->count.record_malformed++;
		gn_ov_refuse(ov, from, request, err);
		return;
	}
	uint64_t theta = gn_ov_theta(r.key.b);
	if (!ov->server || (gn_ov_rank_of(ov, theta, &ov->self.id) >= 2u * ov->cfg.r &&
			    !gn_ov_answers_for(ov, theta))) {
		ov->count.record_not_mine++;
		gn_ov_refuse(ov, from, request, GN_DENIED);
		return;
	}
	const struct gn_ov_held *h = gn_ov_held_get(ov, &r.key);
	if (!(h && gn_hash_eq(&h->hash, &r.hash)))
		err = gn_wire_record_verify(&r);
	if (err != GN_OK) {
		ov->count.record_signature++;
		gn_ov_refuse(ov, from, request, err);
		return;
	}
	gn_ov_job_put(ov, &(struct gn_ov_asker){.to = from, .request = request}, true, &r, now);
}

void gn_ov_on_push(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_push m, gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_PUSH);
	gn_ov_take_pushed(ov, &from->c, from->request, NULL, gn_fb_push_record(m), now);
}
