/* What the owner says of its disk: stored, or read back; who waits for it gets their answer, and
 * what is damaged is forgotten, so that repair brings it back (OV-57, OV-61). */
#include "overlay/contact_int.h"
#include "overlay/job_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

static void load_next(struct gn_overlay *ov, gn_time now)
{
	for (struct gn_ov_job *j = gn_ov_job_queued(ov); j; j = gn_ov_job_queued(ov))
		if (gn_ov_job_read(ov, j) != GN_OK || j->state == GN_OV_JOB_QUEUED)
			gn_ov_job_refuse(ov, j, GN_BUSY, gn_slice(NULL, 0), now);
}

void gn_overlay_stored(struct gn_overlay *ov, uint64_t token, gn_err err, gn_time now)
{
	gn_ov_begin(ov, now);
	struct gn_ov_job *j = gn_ov_job_get(ov, token);
	if (!j || j->kind != GN_OV_JOB_PUT || j->state != GN_OV_JOB_STORING) {
		ov->count.answers_unasked++;
		return;
	}
	struct gn_ov_held *h = gn_ov_held_get(ov, &j->key);
	bool again =
		gn_ov_is_version(h, &j->record); /* to note that there is a receipt from now on */
	if (err == GN_OK && !h && gn_ov_refuses(ov, &j->key, &j->record)) {
		/* since it was on its way */
		(void)gn_ov_out_store(ov, GN_STORE_DROP, 0, &j->key, gn_slice(NULL, 0));
		err = GN_DENIED;
	} else if (err == GN_OK && !again) {
		err = gn_ov_held_set(ov, &j->record, &j->from, j->taken, now);
		if (err == GN_OK)
			j->taken = 0; /* the record's now */
	}
	gn_ov_store_came(ov, j);
	if (err != GN_OK) {
		ov->count.store_failed++;
		gn_ov_job_refuse(ov, j, err == GN_DISK_FULL ? GN_NO_SPACE : GN_BUSY,
				 gn_slice(NULL, 0), now);
		gn_ov_settle(ov, now);
		return;
	}
	if (again) {
		gn_ov_store_promise(ov, h, j);
	} else {
		ov->count.records_stored++;
		gn_ov_repair_soon(ov, now + gn_ov_spread(ov, GN_OV_SPREAD_DELAY, 25));
	}
	gn_ov_job_accept(ov, j, now);
	gn_ov_settle(ov, now);
}

/* ---- reading back ---- */

/* True when the bytes are the version the index has, or one that is being stored right now.
 * Damage is counted and forgotten, so that repair brings the record back (OV-61). */
static bool is_sound(struct gn_overlay *ov, const struct gn_hash *key, gn_err err,
		     struct gn_slice bytes, struct gn_record *out)
{
	GN_ASSERT(ov->jobs.count > 0);
	struct gn_ov_held *h = gn_ov_held_get(ov, key);
	struct gn_ov_origin from;
	if (err == GN_OK)
		err = gn_ov_origin_get(ov, bytes, out, &from);
	bool same = err == GN_OK && h && gn_hash_eq(&out->hash, &h->hash);
	const struct gn_ov_job *next = gn_ov_job_storing(ov, key);
	if (same || (err == GN_OK && next && gn_hash_eq(&out->hash, &next->record.hash)))
		return true;
	enum gn_err_class class = gn_err_class(err);
	bool gone = err == GN_OK || err == GN_NOT_FOUND || class == GN_CLASS_CORRUPT ||
		    class == GN_CLASS_PEER || class == GN_CLASS_CRYPTO;
	if (gone)
		ov->count.load_corrupt++;
	else
		ov->count.load_failed++;
	if (gone && h && !next)
		gn_ov_held_drop(ov, h, true);
	return false;
}

static void got_record(struct gn_overlay *ov, struct gn_ov_job *j, bool ok,
		       const struct gn_record *r, gn_time now)
{
	GN_ASSERT(j->kind == GN_OV_JOB_GET && !j->reads);
	if (j->op) {
		gn_ov_op_local(ov, j->op,
			       &(struct gn_ov_local){.record = ok ? r->bytes : gn_slice(NULL, 0)});
	} else if (!ok && gn_ov_held_get(ov, &j->key)) {
		/* the disk is busy: nobody is told that it is not here */
		gn_ov_refuse(ov, &j->to, j->request, GN_BUSY);
	} else if (!ok) {
		struct gn_ov_from from = {.c = j->to,
					  .contact = gn_ov_contact_get(ov, &j->to.pk),
					  .request = j->request};
		struct gn_ov_nodes nodes = {.type = GN_FB_OVERLAY_BODY_NODES,
					    .theta = gn_ov_theta(j->key.b),
					    .limit = GN_OV_REPLY_CONTACTS,
					    .mine = ov->server};
		gn_ov_send_nodes(ov, &from, &nodes, now);
	} else if (j->nonce) { /* a receipt and more: given as one is */
		struct gn_ov_job was = *j;
		gn_ov_job_free(ov, j);
		gn_ov_job_put(ov,
			      &(struct gn_ov_asker){
				      .to = &was.to, .request = was.request, .nonce = was.nonce},
			      false, r, now);
		return;
	} else {
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref body = gn_fb_value_make(
			&b, &(struct gn_fb_value_args){.record = r->bytes,
						       .leaf_digest = gn_ov_leaf_digest(ov)});
		(void)gn_ov_send(ov, &b, &j->to, j->request, GN_FB_OVERLAY_BODY_VALUE, body);
	}
	gn_ov_job_free(ov, j);
}

/* The held record is here: judge by the type's rule, or show what stands in the way. */
static void judge_put(struct gn_overlay *ov, struct gn_ov_job *j, bool ok,
		      const struct gn_record *held, gn_time now)
{
	GN_ASSERT(j->kind == GN_OV_JOB_PUT && j->state == GN_OV_JOB_LOADING);
	GN_ASSERT(!j->reads);
	gn_err err = j->refused;
	if (!ok && gn_ov_held_get(ov, &j->key)) {
		/* the disk cannot give it now, or the next version is on its way */
		gn_ov_job_refuse(ov, j, GN_BUSY, gn_slice(NULL, 0), now);
		return;
	}
	if (!ok) { /* it was damaged: then nothing stands in the way */
		gn_ov_job_begin(ov, j, now);
		return;
	}
	if (err == GN_PENDING)
		err = gn_ov_admit_rule(ov, held, &j->record, gn_ov_handed_over(ov, j), now);
	if (err == GN_OK) {
		bool twice = held->seq == j->record.seq && gn_pk_eq(&held->owner, &j->record.owner);
		ov->count.equivocations += twice;
		gn_ov_job_store(ov, j, now);
		return;
	}
	bool show = err == GN_STALE || err == GN_EXISTS;
	gn_ov_job_refuse(ov, j, err, show ? held->bytes : gn_slice(NULL, 0), now);
}

void gn_overlay_loaded(struct gn_overlay *ov, uint64_t token, gn_err err, struct gn_slice value,
		       gn_time now)
{
	gn_ov_begin(ov, now);
	struct gn_ov_job *j = gn_ov_job_get(ov, token);
	struct gn_record r;
	if (!j || j->state != GN_OV_JOB_LOADING) {
		ov->count.answers_unasked++;
		return;
	}
	gn_ov_job_read_over(ov, j);
	bool ok = is_sound(ov, &j->key, err, value, &r);
	if (j->kind == GN_OV_JOB_PUT) {
		judge_put(ov, j, ok, &r, now);
	} else if (j->kind == GN_OV_JOB_GET) {
		got_record(ov, j, ok, &r, now);
	} else if (j->kind == GN_OV_JOB_PROVE) {
		gn_ov_job_free(ov, j);
		if (ok)
			gn_ov_hand_over_loaded(ov, &r, now);
	} else {
		struct gn_contact to = j->to;
		bool again = !ok && gn_ov_held_get(ov, &j->key); /* the disk is busy */
		gn_ov_job_free(ov, j);
		if (ok)
			gn_ov_push_loaded(ov, &to, &r, now);
		if (again) { /* the next pass offers it again */
			ov->repair_left = true;
			gn_ov_repair_soon(ov, now + GN_OV_REPAIR_AGAIN);
		}
		gn_ov_push_next(ov, now);
	}
	load_next(ov, now);
	gn_ov_settle(ov, now);
}
