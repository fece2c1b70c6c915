/* A record on its way into the store: admitted, judged beside the one that is held, handed to
 * the disk, answered. One PUT of a key at a time, the others wait in order; nothing is
 * acknowledged or indexed before the owner said that it is durable (OV-57; states in job.c). */
#include "overlay/job_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

static void next_on(struct gn_overlay *ov, const struct gn_hash *key, gn_time now);

/* ---- answers ---- */

/* A linked peer asks whether we have it, before it lets its own copy go (OV-68). */
static void answer_proof(struct gn_overlay *ov, const struct gn_ov_job *j,
			 const struct gn_record *r)
{
	GN_ASSERT(j->nonce != 0 && j->request != 0);
	struct gn_fbb b = gn_ov_builder(ov);
	struct gn_receipt receipt = gn_ov_receipt_of(ov, r);
	struct gn_hash h;
	struct gn_fb_hash proof;
	gn_ov_stored_proof(j->nonce, &ov->self.id, r->bytes, &h);
	memcpy(proof.b, h.b, 32);
	gn_fbref ref = gn_wire_receipt_put(&b, &receipt);
	gn_fbref body =
		gn_fb_ack_make(&b, &(struct gn_fb_ack_args){.receipt = ref, .proof = &proof});
	(void)gn_ov_send(ov, &b, &j->to, j->request, GN_FB_OVERLAY_BODY_ACK, body);
}

static void answer_stored(struct gn_overlay *ov, const struct gn_ov_job *j)
{
	GN_ASSERT(j->kind == GN_OV_JOB_PUT);
	if (j->op) {
		gn_ov_op_local(ov, j->op,
			       &(struct gn_ov_local){.stored = true,
						     .receipt = gn_ov_receipt_of(ov, &j->record)});
	} else if (j->nonce) {
		answer_proof(ov, j, &j->record);
	} else if (j->request) {
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref receipt = 0;
		if (!j->pushed) {
			struct gn_receipt r = gn_ov_receipt_of(ov, &j->record);
			receipt = gn_wire_receipt_put(&b, &r);
		}
		gn_fbref body = gn_fb_ack_make(
			&b, &(struct gn_fb_ack_args){.receipt = receipt,
						     .leaf_digest = gn_ov_leaf_digest(ov)});
		(void)gn_ov_send(ov, &b, &j->to, j->request, GN_FB_OVERLAY_BODY_ACK, body);
	}
}

static void answer_refused(struct gn_overlay *ov, const struct gn_ov_job *j, gn_err err,
			   struct gn_slice against)
{
	GN_ASSERT(err != GN_OK);
	if (j->op) {
		gn_ov_op_local(ov, j->op, &(struct gn_ov_local){.err = err, .record = against});
	} else if (j->request && against.p) {
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref body =
			gn_fb_stale_make(&b, &(struct gn_fb_stale_args){.record = against,
									.code = gn_wire_code(err)});
		(void)gn_ov_send(ov, &b, &j->to, j->request, GN_FB_OVERLAY_BODY_STALE, body);
	} else {
		gn_ov_refuse(ov, &j->to, j->request, err);
	}
}

/* ---- PUT ---- */

void gn_ov_job_refuse(struct gn_overlay *ov, struct gn_ov_job *j, gn_err err,
		      struct gn_slice against, gn_time now)
{
	GN_ASSERT(err != GN_OK && j->token != 0);
	struct gn_hash key = j->key;
	answer_refused(ov, j, err, against);
	gn_ov_job_free(ov, j);
	next_on(ov, &key, now);
}

void gn_ov_job_accept(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now)
{
	GN_ASSERT(j->kind == GN_OV_JOB_PUT && j->bytes);
	struct gn_hash key = j->key;
	struct gn_ov_held *h = gn_ov_held_get(ov, &key);
	if (h && j->pushed && j->to.addr_count)
		gn_ov_synced_add(h, &j->to.id);
	answer_stored(ov, j);
	gn_ov_job_free(ov, j);
	next_on(ov, &key, now);
}

bool gn_ov_is_version(const struct gn_ov_held *h, const struct gn_record *r)
{
	return h && !h->graced && gn_hash_eq(&h->hash, &r->hash);
}

void gn_ov_job_store(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now)
{
	GN_ASSERT(j->kind == GN_OV_JOB_PUT && j->bytes);
	gn_err err = gn_ov_store_take(ov, j);
	if (err == GN_OK) {
		size_t len = j->record.bytes.len;
		gn_ov_origin_put(ov, &j->record, &j->from, j->bytes + len);
		struct gn_slice value = gn_slice(j->bytes, len + GN_OV_ORIGIN_LEN);
		err = gn_ov_out_store(ov, GN_STORE_PUT, j->token, &j->key, value) == GN_OK
			      ? GN_OK
			      : GN_BUSY;
	}
	if (err != GN_OK) {
		gn_ov_job_refuse(ov, j, err, gn_slice(NULL, 0), now);
		return;
	}
	j->state = GN_OV_JOB_STORING;
}

static bool is_busy(const struct gn_overlay *ov, const struct gn_ov_job *but)
{
	GN_ASSERT(but->kind == GN_OV_JOB_PUT);
	for (uint32_t i = 0; i < ov->jobs.count; i++) {
		const struct gn_ov_job *j = GN_MAP_AT(&ov->jobs, struct gn_ov_job *, i);
		if (j != but && j->kind == GN_OV_JOB_PUT && j->state != GN_OV_JOB_WAITING &&
		    gn_hash_eq(&j->key, &but->key))
			return true;
	}
	return false;
}

void gn_ov_job_begin(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now)
{
	GN_ASSERT(j->kind == GN_OV_JOB_PUT && j->bytes);
	struct gn_ov_held *h = gn_ov_held_get(ov, &j->key);
	if (gn_ov_is_version(h, &j->record)) {
		if (gn_ov_copy(h) && !j->pushed) /* its first receipt */
			gn_ov_job_store(ov, j, now);
		else /* durable already */
			gn_ov_job_accept(ov, j, now);
		return;
	}
	gn_err err = gn_ov_admit(ov, &j->record, gn_ov_handed_over(ov, j), now);
	if (err == GN_OK) {
		gn_ov_job_store(ov, j, now);
		return;
	}
	/* the held bytes are needed */
	bool show = err == GN_PENDING || ((err == GN_STALE || err == GN_EXISTS) && h);
	bool room = !show || j->op || !j->request || gn_ov_room(ov, &j->to, h->len);
	j->refused = err;
	if (show && room && gn_ov_job_read(ov, j) == GN_OK)
		return;
	gn_ov_job_refuse(ov, j, show ? GN_BUSY : err, gn_slice(NULL, 0), now);
}

/* The oldest PUT that waits for this key. */
static void next_on(struct gn_overlay *ov, const struct gn_hash *key, gn_time now)
{
	struct gn_ov_job *first = NULL;
	for (uint32_t i = 0; i < ov->jobs.count; i++) {
		struct gn_ov_job *j = GN_MAP_AT(&ov->jobs, struct gn_ov_job *, i);
		if (j->kind == GN_OV_JOB_PUT && gn_hash_eq(&j->key, key)) {
			if (j->state != GN_OV_JOB_WAITING)
				return;
			if (!first || j->token < first->token)
				first = j;
		}
	}
	if (first)
		gn_ov_job_begin(ov, first, now);
}

void gn_ov_job_put(struct gn_overlay *ov, const struct gn_ov_asker *by, bool pushed,
		   const struct gn_record *r, gn_time now)
{
	GN_ASSERT(r->bytes.len > 0);
	GN_ASSERT(!by->op || (!by->request && !by->nonce));
	struct gn_ov_job refused = {.to = *by->to, .request = by->request, .op = by->op};
	const struct gn_holder who = gn_ov_job_asker(by->to, by->op, GN_OV_JOB_PUT);
	struct gn_ov_job *j = gn_ov_job_new(ov, GN_OV_JOB_PUT, by, &r->key);
	if (j && gn_share_take(&ov->job_bytes, &who, r->bytes.len) != GN_OK) {
		ov->count.jobs_full++;
		gn_ov_job_free(ov, j);
		j = NULL;
	}
	if (!j) {
		answer_refused(ov, &refused, GN_BUSY, gn_slice(NULL, 0));
		return;
	}
	j->counted = r->bytes.len;
	j->pushed = pushed;
	j->bytes = gn_mem_new(ov->env.alloc, r->bytes.len + GN_OV_ORIGIN_LEN);
	if (!j->bytes) {
		ov->count.nomem++;
		gn_ov_job_refuse(ov, j, GN_BUSY, gn_slice(NULL, 0), now);
		return;
	}
	memcpy(j->bytes, r->bytes.p, r->bytes.len);
	gn_err err = gn_wire_record_parse(gn_slice(j->bytes, r->bytes.len), &j->record);
	GN_ASSERT(err == GN_OK);
	if (!is_busy(ov, j))
		gn_ov_job_begin(ov, j, now);
}
