/* Storage in flight: a record being stored, or read back for someone. One PUT of a key at a
 * time, the others wait in order; nothing is acknowledged or indexed before the owner said that
 * it is durable (OV-57).
 *
 *   PUT:  WAITING -> [QUEUED -> LOADING ->] STORING -> answered
 *   GET:  [QUEUED ->] LOADING -> answered                     PUSH, PROVE:  LOADING -> answered
 *
 * QUEUED: it is to be read, and who asked has as many reads under way as it may (OV-97). */
#include "overlay/overlay_int.h"

static void next_on(struct gn_overlay *ov, const struct gn_hash *key, gn_time now);

void gn_ov_jobs_init(struct gn_overlay *ov)
{
	struct gn_share_config c = {.total = GN_OV_JOBS_MAX,
				    .per_key = GN_OV_JOBS_MAX / GN_OV_JOB_KEY_PART,
				    .per_prefix = GN_OV_JOBS_MAX / GN_OV_JOB_PREFIX_PART,
				    .crowded = GN_OV_JOBS_MAX / 2,
				    .holders_max = GN_OV_JOBS_MAX,
				    .count_local = ov->cfg.count_local};
	gn_share_init(&ov->job_places, &ov->env, &c);
	c.total = GN_OV_JOB_BYTES_MAX;
	c.per_key = GN_OV_JOB_BYTES_MAX / GN_OV_JOB_KEY_PART;
	c.per_prefix = GN_OV_JOB_BYTES_MAX / GN_OV_JOB_PREFIX_PART;
	c.crowded = GN_OV_JOB_BYTES_MAX / 2;
	gn_share_init(&ov->job_bytes, &ov->env, &c);
	c.total = GN_OV_READS_OTHERS;
	c.per_key = GN_OV_READS_OTHERS / GN_OV_READ_KEY_PART;
	c.per_prefix = GN_OV_READS_OTHERS / GN_OV_READ_PREFIX_PART;
	c.crowded = GN_OV_READS_OTHERS / 2;
	gn_share_init(&ov->job_reads, &ov->env, &c);
}

/* Who makes the work: the peer that asked; nobody for our own operations and pushes. */
static struct gn_holder asker(const struct gn_contact *to, gn_op op, enum gn_ov_job_kind kind)
{
	static const struct gn_holder nobody;
	return op || kind == GN_OV_JOB_PUSH || kind == GN_OV_JOB_PROVE ? nobody
								       : gn_ov_holder_of(to);
}

static struct gn_ov_job *job_new(struct gn_overlay *ov, enum gn_ov_job_kind kind,
				 const struct gn_contact *to, uint64_t request, gn_op op,
				 const struct gn_hash *key)
{
	const struct gn_holder who = asker(to, op, kind);
	if (gn_share_take(&ov->job_places, &who, 1) != GN_OK) {
		ov->count.jobs_full++;
		return NULL;
	}
	struct gn_ov_job *j = GN_NEW(ov->env.alloc, struct gn_ov_job);
	struct gn_ov_job **at = NULL;
	uint64_t token = ov->next_token;
	if (!j || !(at = gn_map_put(&ov->jobs, &token))) {
		gn_mem_free(ov->env.alloc, j);
		gn_share_give(&ov->job_places, &who, 1);
		ov->count.nomem++;
		return NULL;
	}
	ov->next_token++;
	*at = j;
	*j = (struct gn_ov_job){.token = token,
				.kind = (uint8_t)kind,
				.key = *key,
				.to = *to,
				.request = request,
				.op = op};
	return j;
}

static void read_over(struct gn_overlay *ov, struct gn_ov_job *j)
{
	const struct gn_holder who = asker(&j->to, j->op, j->kind);
	if (j->reads)
		gn_share_give(&ov->job_reads, &who, 1);
	j->reads = false;
}

static void job_free(struct gn_overlay *ov, struct gn_ov_job *j)
{
	read_over(ov, j);
	(void)gn_map_remove(&ov->jobs, &j->token);
	if (j->kind == GN_OV_JOB_PUSH)
		ov->push_loads--;
	const struct gn_holder who = asker(&j->to, j->op, j->kind);
	gn_share_give(&ov->job_places, &who, 1);
	gn_share_give(&ov->job_bytes, &who, j->counted);
	gn_share_give(&ov->brought[j->from.how], &j->from.by, j->taken);
	gn_ov_store_came(ov, j);
	gn_mem_free(ov->env.alloc, j->bytes);
	gn_mem_free(ov->env.alloc, j);
}

void gn_ov_jobs_free(struct gn_overlay *ov)
{
	while (ov->jobs.count)
		job_free(ov, *(struct gn_ov_job **)gn_map_value_at(&ov->jobs, 0));
	gn_map_fini(&ov->jobs);
	gn_share_fini(&ov->job_places);
	gn_share_fini(&ov->job_bytes);
	gn_share_fini(&ov->job_reads);
}

static struct gn_ov_job *job_get(const struct gn_overlay *ov, uint64_t token)
{
	struct gn_ov_job **at = gn_map_get(&ov->jobs, &token);
	return at ? *at : NULL;
}

/* ---- answers ---- */

static struct gn_receipt receipt_of(struct gn_overlay *ov, const struct gn_record *r)
{
	struct gn_receipt out = {
		.key = r->key, .seq = r->seq, .hash = r->hash, .held_until = r->created + r->ttl};
	memcpy(out.holder.b, ov->self.id.b, 32);
	gn_wire_receipt_sign(&ov->cfg.node_key, &out);
	ov->count.receipts_signed++;
	return out;
}

/* A linked peer asks whether we have it, before it lets its own copy go (OV-68). */
static void answer_proof(struct gn_overlay *ov, const struct gn_ov_job *j,
			 const struct gn_record *r)
{
	struct gn_fbb b = gn_ov_builder(ov);
	struct gn_receipt receipt = receipt_of(ov, r);
	struct gn_hash h;
	struct gn_fb_hash proof;
	gn_ov_stored_proof(j->nonce, &ov->self.id, r->bytes, &h);
	memcpy(proof.b, h.b, 32);
	gn_fbref ref = gn_wire_receipt_put(&b, &receipt);
	gn_fbref body =
		gn_fb_ack_make(&b, &(struct gn_fb_ack_args){.receipt = ref, .proof = &proof});
	(void)gn_ov_send(ov, &b, &j->to, j->request, GN_FB_OVERLAY_BODY_ACK, body);
}

static void answer_stored(struct gn_overlay *ov, const struct gn_ov_job *j, gn_time now)
{
	if (j->op) {
		struct gn_receipt r = receipt_of(ov, &j->record);
		gn_ov_put_local(ov, j->op, &r, GN_OK, gn_slice(NULL, 0), now);
	} else if (j->nonce) {
		answer_proof(ov, j, &j->record);
	} else if (j->request) {
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref receipt = 0;
		if (!j->pushed) {
			struct gn_receipt r = receipt_of(ov, &j->record);
			receipt = gn_wire_receipt_put(&b, &r);
		}
		gn_fbref body = gn_fb_ack_make(
			&b, &(struct gn_fb_ack_args){.receipt = receipt,
						     .leaf_digest = gn_ov_leaf_digest(ov)});
		(void)gn_ov_send(ov, &b, &j->to, j->request, GN_FB_OVERLAY_BODY_ACK, body);
	}
}

static void answer_refused(struct gn_overlay *ov, const struct gn_ov_job *j, gn_err err,
			   struct gn_slice against, gn_time now)
{
	if (j->op) {
		gn_ov_put_local(ov, j->op, NULL, err, against, now);
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

/* ---- reading for others ---- */

/* From the disk, at once or when who asked has fewer reads under way; our own work is not
 * counted. */
static gn_err load(struct gn_overlay *ov, struct gn_ov_job *j)
{
	static const struct gn_pk nobody;
	const struct gn_holder who = asker(&j->to, j->op, j->kind);
	bool counts = !gn_pk_eq(&who.key, &nobody);
	j->state = GN_OV_JOB_QUEUED;
	if (counts && gn_share_take(&ov->job_reads, &who, 1) != GN_OK)
		return GN_OK;
	j->reads = counts;
	j->state = GN_OV_JOB_LOADING;
	gn_err err = gn_ov_out_store(ov, GN_STORE_LOAD, j->token, &j->key, gn_slice(NULL, 0));
	if (err != GN_OK)
		read_over(ov, j);
	return err;
}

/* The oldest that may be read now. */
static struct gn_ov_job *queued(const struct gn_overlay *ov)
{
	struct gn_ov_job *first = NULL;
	for (uint32_t i = 0; i < ov->jobs.count && ov->job_reads.used < GN_OV_READS_OTHERS; i++) {
		struct gn_ov_job *j = *(struct gn_ov_job **)gn_map_value_at(&ov->jobs, i);
		const struct gn_holder who = asker(&j->to, j->op, j->kind);
		if (j->state == GN_OV_JOB_QUEUED && (!first || j->token < first->token) &&
		    gn_share_ask(&ov->job_reads, &who, 1) == GN_OK)
			first = j;
	}
	return first;
}

/* ---- PUT ---- */

static void refuse(struct gn_overlay *ov, struct gn_ov_job *j, gn_err err, struct gn_slice against,
		   gn_time now)
{
	struct gn_hash key = j->key;
	answer_refused(ov, j, err, against, now);
	job_free(ov, j);
	next_on(ov, &key, now);
}

static void load_next(struct gn_overlay *ov, gn_time now)
{
	for (struct gn_ov_job *j = queued(ov); j; j = queued(ov))
		if (load(ov, j) != GN_OK || j->state == GN_OV_JOB_QUEUED)
			refuse(ov, j, GN_BUSY, gn_slice(NULL, 0), now);
}

static void accept(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now)
{
	struct gn_hash key = j->key;
	struct gn_ov_held *h = gn_ov_held_get(ov, &key);
	if (h && j->pushed && j->to.addr_count)
		gn_ov_synced_add(h, &j->to.id);
	answer_stored(ov, j, now);
	job_free(ov, j);
	next_on(ov, &key, now);
}

static bool is_version(const struct gn_ov_held *h, const struct gn_record *r)
{
	return h && !h->graced && memcmp(h->hash.b, r->hash.b, 32) == 0;
}

static void store(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now)
{
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
		refuse(ov, j, err, gn_slice(NULL, 0), now);
		return;
	}
	j->state = GN_OV_JOB_STORING;
}

static bool busy(const struct gn_overlay *ov, const struct gn_ov_job *but)
{
	for (uint32_t i = 0; i < ov->jobs.count; i++) {
		const struct gn_ov_job *j = *(struct gn_ov_job **)gn_map_value_at(&ov->jobs, i);
		if (j != but && j->kind == GN_OV_JOB_PUT && j->state != GN_OV_JOB_WAITING &&
		    memcmp(j->key.b, but->key.b, 32) == 0)
			return true;
	}
	return false;
}

static void begin(struct gn_overlay *ov, struct gn_ov_job *j, gn_time now)
{
	struct gn_ov_held *h = gn_ov_held_get(ov, &j->key);
	if (is_version(h, &j->record)) {
		if (gn_ov_copy(h) && !j->pushed) /* its first receipt */
			store(ov, j, now);
		else /* durable already */
			accept(ov, j, now);
		return;
	}
	gn_err err = gn_ov_admit(ov, &j->record, gn_ov_handed_over(ov, j), now);
	if (err == GN_OK) {
		store(ov, j, now);
		return;
	}
	/* the held bytes are needed */
	bool show = err == GN_PENDING || ((err == GN_STALE || err == GN_EXISTS) && h);
	bool room = !show || j->op || !j->request || gn_ov_room(ov, &j->to, h->len);
	j->refused = err;
	if (show && room && load(ov, j) == GN_OK)
		return;
	refuse(ov, j, show ? GN_BUSY : err, gn_slice(NULL, 0), now);
}

/* The version of this key that is on its way to the disk; NULL. */
static const struct gn_ov_job *storing(const struct gn_overlay *ov, const struct gn_hash *key)
{
	for (uint32_t i = 0; i < ov->jobs.count; i++) {
		const struct gn_ov_job *j = *(struct gn_ov_job **)gn_map_value_at(&ov->jobs, i);
		if (j->kind == GN_OV_JOB_PUT && j->state == GN_OV_JOB_STORING &&
		    memcmp(j->key.b, key->b, 32) == 0)
			return j;
	}
	return NULL;
}

bool gn_ov_job_stores(const struct gn_overlay *ov, const struct gn_hash *key)
{
	return storing(ov, key) != NULL;
}

/* The oldest PUT that waits for this key. */
static void next_on(struct gn_overlay *ov, const struct gn_hash *key, gn_time now)
{
	struct gn_ov_job *first = NULL;
	for (uint32_t i = 0; i < ov->jobs.count; i++) {
		struct gn_ov_job *j = *(struct gn_ov_job **)gn_map_value_at(&ov->jobs, i);
		if (j->kind == GN_OV_JOB_PUT && memcmp(j->key.b, key->b, 32) == 0) {
			if (j->state != GN_OV_JOB_WAITING)
				return;
			if (!first || j->token < first->token)
				first = j;
		}
	}
	if (first)
		begin(ov, first, now);
}

/* nonce: of the proof that is asked for besides a receipt; 0 = none. */
static void job_put(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request, gn_op op,
		    bool pushed, uint64_t nonce, const struct gn_record *r, gn_time now)
{
	struct gn_ov_job refused = {.to = *to, .request = request, .op = op};
	const struct gn_holder who = asker(to, op, GN_OV_JOB_PUT);
	struct gn_ov_job *j = job_new(ov, GN_OV_JOB_PUT, to, request, op, &r->key);
	if (j && gn_share_take(&ov->job_bytes, &who, r->bytes.len) != GN_OK) {
		ov->count.jobs_full++;
		job_free(ov, j);
		j = NULL;
	}
	if (!j) {
		answer_refused(ov, &refused, GN_BUSY, gn_slice(NULL, 0), now);
		return;
	}
	j->counted = r->bytes.len;
	j->pushed = pushed;
	j->nonce = nonce;
	j->bytes = gn_mem_new(ov->env.alloc, r->bytes.len + GN_OV_ORIGIN_LEN);
	if (!j->bytes) {
		ov->count.nomem++;
		refuse(ov, j, GN_BUSY, gn_slice(NULL, 0), now);
		return;
	}
	memcpy(j->bytes, r->bytes.p, r->bytes.len);
	gn_err err = gn_wire_record_parse(gn_slice(j->bytes, r->bytes.len), &j->record);
	GN_ASSERT(err == GN_OK);
	if (!busy(ov, j))
		begin(ov, j, now);
}

void gn_ov_job_put(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request, gn_op op,
		   bool pushed, const struct gn_record *r, gn_time now)
{
	job_put(ov, to, request, op, pushed, 0, r, now);
}

void gn_overlay_stored(struct gn_overlay *ov, uint64_t token, gn_err err, gn_time now)
{
	gn_ov_begin(ov, now);
	struct gn_ov_job *j = job_get(ov, token);
	if (!j || j->kind != GN_OV_JOB_PUT || j->state != GN_OV_JOB_STORING) {
		ov->count.answers_unasked++;
		return;
	}
	struct gn_ov_held *h = gn_ov_held_get(ov, &j->key);
	bool again = is_version(h, &j->record); /* to note that there is a receipt from now on */
	if (err == GN_OK && !again) {
		err = gn_ov_held_set(ov, &j->record, &j->from, j->taken, now);
		if (err == GN_OK)
			j->taken = 0; /* the record's now */
	}
	gn_ov_store_came(ov, j);
	if (err != GN_OK) {
		ov->count.store_failed++;
		refuse(ov, j, err == GN_DISK_FULL ? GN_NO_SPACE : GN_BUSY, gn_slice(NULL, 0), now);
		return;
	}
	if (again) {
		gn_ov_store_promise(ov, h, j);
	} else {
		ov->count.records_stored++;
		gn_ov_repair_soon(ov, now + gn_ov_spread(ov, GN_OV_SPREAD_DELAY, 25));
	}
	accept(ov, j, now);
	gn_ov_links_changed(ov, now);
}

/* ---- reading back ---- */

gn_err gn_ov_job_load(struct gn_overlay *ov, enum gn_ov_job_kind kind, const struct gn_contact *to,
		      uint64_t request, gn_op op, const struct gn_hash *key, uint64_t nonce,
		      gn_time now)
{
	(void)now;
	struct gn_ov_job *j = job_new(ov, kind, to, request, op, key);
	if (!j)
		return GN_BUSY;
	ov->push_loads += kind == GN_OV_JOB_PUSH;
	j->nonce = nonce;
	gn_err err = load(ov, j);
	if (err != GN_OK)
		job_free(ov, j);
	return err;
}

/* True when the bytes are the version the index has, or one that is being stored right now.
 * Damage is counted and forgotten, so that repair brings the record back (OV-61). */
static bool sound(struct gn_overlay *ov, const struct gn_hash *key, gn_err err,
		  struct gn_slice bytes, struct gn_record *out)
{
	struct gn_ov_held *h = gn_ov_held_get(ov, key);
	struct gn_ov_origin from;
	if (err == GN_OK)
		err = gn_ov_origin_get(ov, bytes, out, &from);
	bool same = err == GN_OK && h && memcmp(out->hash.b, h->hash.b, 32) == 0;
	const struct gn_ov_job *next = storing(ov, key);
	if (same || (err == GN_OK && next && memcmp(out->hash.b, next->record.hash.b, 32) == 0))
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

static void got(struct gn_overlay *ov, struct gn_ov_job *j, bool ok, const struct gn_record *r,
		gn_time now)
{
	if (j->op) {
		gn_ov_get_local_done(ov, j->op, ok ? r->bytes : gn_slice(NULL, 0), now);
	} else if (!ok && gn_ov_held_get(ov, &j->key)) {
		/* the disk is busy: nobody is told that it is not here */
		gn_ov_refuse(ov, &j->to, j->request, GN_BUSY);
	} else if (!ok) {
		struct gn_ov_from from = {.c = j->to,
					  .contact = gn_ov_contact_get(ov, &j->to.pk),
					  .request = j->request};
		gn_ov_send_nodes(ov, &from, GN_FB_OVERLAY_BODY_NODES, gn_theta(j->key.b),
				 GN_OV_GET_CONTACTS, ov->server, now);
	} else if (j->nonce) { /* a receipt and more: given as one is */
		struct gn_ov_job was = *j;
		job_free(ov, j);
		job_put(ov, &was.to, was.request, 0, false, was.nonce, r, now);
		return;
	} else {
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref body = gn_fb_value_make(
			&b, &(struct gn_fb_value_args){.record = r->bytes,
						       .leaf_digest = gn_ov_leaf_digest(ov)});
		(void)gn_ov_send(ov, &b, &j->to, j->request, GN_FB_OVERLAY_BODY_VALUE, body);
	}
	job_free(ov, j);
}

/* The held record is here: judge by the type's rule, or show what stands in the way. */
static void judged(struct gn_overlay *ov, struct gn_ov_job *j, bool ok,
		   const struct gn_record *held, gn_time now)
{
	gn_err err = j->refused;
	if (!ok && gn_ov_held_get(ov, &j->key)) {
		/* the disk cannot give it now, or the next version is on its way */
		refuse(ov, j, GN_BUSY, gn_slice(NULL, 0), now);
		return;
	}
	if (!ok) { /* it was damaged: then nothing stands in the way */
		begin(ov, j, now);
		return;
	}
	if (err == GN_PENDING)
		err = gn_ov_admit_rule(ov, held, &j->record, gn_ov_handed_over(ov, j), now);
	if (err == GN_OK) {
		bool twice = held->seq == j->record.seq &&
			     memcmp(held->owner.b, j->record.owner.b, 32) == 0;
		ov->count.equivocations += twice;
		store(ov, j, now);
		return;
	}
	bool show = err == GN_STALE || err == GN_EXISTS;
	refuse(ov, j, err, show ? held->bytes : gn_slice(NULL, 0), now);
}

void gn_overlay_loaded(struct gn_overlay *ov, uint64_t token, gn_err err, struct gn_slice value,
		       gn_time now)
{
	gn_ov_begin(ov, now);
	struct gn_ov_job *j = job_get(ov, token);
	struct gn_record r;
	if (!j || j->state != GN_OV_JOB_LOADING) {
		ov->count.answers_unasked++;
		return;
	}
	read_over(ov, j);
	bool ok = sound(ov, &j->key, err, value, &r);
	if (j->kind == GN_OV_JOB_PUT) {
		judged(ov, j, ok, &r, now);
	} else if (j->kind == GN_OV_JOB_GET) {
		got(ov, j, ok, &r, now);
	} else if (j->kind == GN_OV_JOB_PROVE) {
		job_free(ov, j);
		if (ok)
			gn_ov_hand_over_loaded(ov, &r, now);
	} else {
		struct gn_contact to = j->to;
		bool again = !ok && gn_ov_held_get(ov, &j->key); /* the disk is busy */
		job_free(ov, j);
		if (ok)
			gn_ov_push_loaded(ov, &to, &r, now);
		if (again) { /* the next pass offers it again */
			ov->repair_left = true;
			gn_ov_repair_soon(ov, now + GN_OV_REPAIR_AGAIN);
		}
		gn_ov_push_next(ov, now);
	}
	load_next(ov, now);
	gn_ov_links_changed(ov, now);
}
