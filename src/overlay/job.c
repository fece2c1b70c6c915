/* Storage in flight: a record being stored, or read back for someone; places, bytes and reads
 * under way have a share for each peer that asks. What becomes of it is storing.c's and disk.c's.
 *
 *   PUT:          WAITING -> [QUEUED -> LOADING ->] STORING -> answered
 *   GET:          [QUEUED ->] LOADING -> answered
 *   PUSH, PROVE:  LOADING -> answered
 *
 * QUEUED: it is to be read, and who asked has as many reads under way as it may (OV-97). */
#include "overlay/job_int.h"
#include "overlay/message_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

void gn_ov_jobs_init(struct gn_overlay *ov)
{
	GN_ASSERT(ov->jobs.count == 0);
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
struct gn_holder gn_ov_job_asker(const struct gn_contact *to, gn_op op, enum gn_ov_job_kind kind)
{
	static const struct gn_holder nobody;
	return op || kind == GN_OV_JOB_PUSH || kind == GN_OV_JOB_PROVE ? nobody
								       : gn_ov_holder_of(to);
}

struct gn_ov_job *gn_ov_job_new(struct gn_overlay *ov, enum gn_ov_job_kind kind,
				const struct gn_ov_asker *by, const struct gn_hash *key)
{
	GN_ASSERT(kind == GN_OV_JOB_PUT || kind == GN_OV_JOB_GET || by->op == 0);
	const struct gn_holder who = gn_ov_job_asker(by->to, by->op, kind);
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
				.kind = kind,
				.key = *key,
				.to = *by->to,
				.request = by->request,
				.op = by->op,
				.nonce = by->nonce};
	return j;
}

void gn_ov_job_read_over(struct gn_overlay *ov, struct gn_ov_job *j)
{
	GN_ASSERT(!j->reads || j->state == GN_OV_JOB_LOADING);
	const struct gn_holder who = gn_ov_job_asker(&j->to, j->op, j->kind);
	if (j->reads)
		gn_share_give(&ov->job_reads, &who, 1);
	j->reads = false;
}

void gn_ov_job_free(struct gn_overlay *ov, struct gn_ov_job *j)
{
	GN_ASSERT(j->token != 0);
	GN_ASSERT(j->kind != GN_OV_JOB_PUSH || ov->push_loads > 0);
	gn_ov_job_read_over(ov, j);
	(void)gn_map_remove(&ov->jobs, &j->token);
	if (j->kind == GN_OV_JOB_PUSH)
		ov->push_loads--;
	const struct gn_holder who = gn_ov_job_asker(&j->to, j->op, j->kind);
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
		gn_ov_job_free(ov, GN_MAP_AT(&ov->jobs, struct gn_ov_job *, 0));
	gn_map_fini(&ov->jobs);
	gn_share_fini(&ov->job_places);
	gn_share_fini(&ov->job_bytes);
	gn_share_fini(&ov->job_reads);
}

struct gn_ov_job *gn_ov_job_get(const struct gn_overlay *ov, uint64_t token)
{
	struct gn_ov_job **at = gn_map_get(&ov->jobs, &token);
	return at ? *at : NULL;
}

/* ---- reading for others ---- */

/* From the disk, at once or when who asked has fewer reads under way; our own work is not
 * counted. */
gn_err gn_ov_job_read(struct gn_overlay *ov, struct gn_ov_job *j)
{
	GN_ASSERT(!j->reads && j->state != GN_OV_JOB_STORING);
	static const struct gn_pk nobody;
	const struct gn_holder who = gn_ov_job_asker(&j->to, j->op, j->kind);
	bool counts = !gn_pk_eq(&who.key, &nobody);
	j->state = GN_OV_JOB_QUEUED;
	if (counts && gn_share_take(&ov->job_reads, &who, 1) != GN_OK)
		return GN_OK;
	j->reads = counts;
	j->state = GN_OV_JOB_LOADING;
	gn_err err = gn_ov_out_store(ov, GN_STORE_LOAD, j->token, &j->key, gn_slice(NULL, 0));
	if (err != GN_OK)
		gn_ov_job_read_over(ov, j);
	return err;
}

/* The oldest that may be read now. */
struct gn_ov_job *gn_ov_job_queued(const struct gn_overlay *ov)
{
	GN_ASSERT(ov->jobs.count <= GN_OV_JOBS_MAX);
	struct gn_ov_job *first = NULL;
	for (uint32_t i = 0; i < ov->jobs.count && ov->job_reads.used < GN_OV_READS_OTHERS; i++) {
		struct gn_ov_job *j = GN_MAP_AT(&ov->jobs, struct gn_ov_job *, i);
		const struct gn_holder who = gn_ov_job_asker(&j->to, j->op, j->kind);
		if (j->state == GN_OV_JOB_QUEUED && (!first || j->token < first->token) &&
		    gn_share_ask(&ov->job_reads, &who, 1) == GN_OK)
			first = j;
	}
	return first;
}

/* The version of this key that is on its way to the disk; NULL. */
const struct gn_ov_job *gn_ov_job_storing(const struct gn_overlay *ov, const struct gn_hash *key)
{
	for (uint32_t i = 0; i < ov->jobs.count; i++) {
		const struct gn_ov_job *j = GN_MAP_AT(&ov->jobs, struct gn_ov_job *, i);
		if (j->kind == GN_OV_JOB_PUT && j->state == GN_OV_JOB_STORING &&
		    gn_hash_eq(&j->key, key))
			return j;
	}
	return NULL;
}

bool gn_ov_job_stores(const struct gn_overlay *ov, const struct gn_hash *key)
{
	return gn_ov_job_storing(ov, key) != NULL;
}

gn_err gn_ov_job_load(struct gn_overlay *ov, enum gn_ov_job_kind kind, const struct gn_ov_asker *by,
		      const struct gn_hash *key, gn_time now)
{
	GN_ASSERT(kind != GN_OV_JOB_PUT);
	GN_ASSERT(!by->op || kind == GN_OV_JOB_GET);
	(void)now;
	struct gn_ov_job *j = gn_ov_job_new(ov, kind, by, key);
	if (!j)
		return GN_BUSY;
	ov->push_loads += kind == GN_OV_JOB_PUSH;
	gn_err err = gn_ov_job_read(ov, j);
	if (err != GN_OK)
		gn_ov_job_free(ov, j);
	return err;
}
