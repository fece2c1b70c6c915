/* A job is one operation of the engine: a name being resolved, or a claim being put.
 *
 *   job:  LOOKING -> ENDED [names_end] -> shown by next_event -> freed by the next call of it
 *
 * Every job ends in exactly one event. */
#include "services/names/names_int.h"

gn_err names_job_new(struct gn_names *n, const struct gn_name *name, struct names_job **out)
{
	GN_ASSERT(name->labels > 0 && name->labels <= GN_NAME_DEPTH);
	if (n->frame.ops.count == NAMES_JOBS_MAX) {
		n->count.jobs_full++;
		return GN_LIMIT;
	}
	struct names_job *job = GN_NEW(n->env.alloc, struct names_job);
	if (!job || gn_frame_op_add(&n->frame, &job->op, 0) != GN_OK) {
		gn_mem_free(n->env.alloc, job);
		n->count.nomem++;
		return GN_NOMEM;
	}
	job->target = *name;
	*out = job;
	return GN_OK;
}

void names_candidates_free(struct gn_names *n, struct names_job *job)
{
	GN_ASSERT(job->candidate_count <= NAMES_CANDIDATES);
	for (uint32_t i = 0; i < job->candidate_count; i++)
		gn_mem_free(n->env.alloc, job->candidates[i].bytes);
	job->candidate_count = 0;
}

void names_job_free(struct gn_names *n, struct names_job *job)
{
	GN_ASSERT(job->op.id != 0);
	names_candidates_free(n, job);
	gn_mem_free(n->env.alloc, job->found.bytes);
	gn_mem_free(n->env.alloc, job->alias.bytes);
	gn_frame_op_remove(&n->frame, &job->op);
	gn_mem_free(n->env.alloc, job);
}

void names_end(struct gn_names *n, struct names_job *job, gn_err err)
{
	GN_ASSERT(!job->op.ended);
	job->op.ended = true;
	job->op.err = err;
	gn_frame_tell(&n->frame, &job->op);
	if (!job->put) {
		n->count.resolved += err == GN_OK;
		n->count.not_found += err == GN_NOT_FOUND;
		n->count.failed += err != GN_OK && err != GN_NOT_FOUND;
	}
}
