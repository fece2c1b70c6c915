/* A job is one operation of the engine: a name being resolved, or a claim being put.
 *
 *   job:  LOOKING -> ENDED [names_end] -> shown by next_event -> freed by the next call of it
 *
 * Every job ends in exactly one event. */
#include "services/names/names_int.h"

gn_err names_job_new(struct gn_names *n, const struct gn_name *name, struct names_job **out)
{
	if (n->jobs.count == NAMES_JOBS_MAX) {
		n->count.jobs_full++;
		return GN_LIMIT;
	}
	struct names_job *job = GN_NEW(n->env.alloc, struct names_job), **at = NULL;
	gn_op op = n->next_op + 1;
	if (!job || !(at = gn_map_put(&n->jobs, &op))) {
		gn_mem_free(n->env.alloc, job);
		n->count.nomem++;
		return GN_NOMEM;
	}
	n->next_op = op;
	job->op = op;
	job->target = *name;
	*at = job;
	*out = job;
	return GN_OK;
}

void names_candidates_free(struct gn_names *n, struct names_job *job)
{
	for (uint32_t i = 0; i < job->candidate_count; i++)
		gn_mem_free(n->env.alloc, job->candidates[i].bytes);
	job->candidate_count = 0;
}

void names_job_free(struct gn_names *n, struct names_job *job)
{
	if (!job)
		return;
	for (unsigned s = 0; s < 2; s++)
		if (job->get[s])
			(void)gn_map_remove(&n->ops, &job->get[s]);
	names_candidates_free(n, job);
	gn_mem_free(n->env.alloc, job->found.bytes);
	gn_mem_free(n->env.alloc, job->alias.bytes);
	(void)gn_map_remove(&n->jobs, &job->op);
	gn_mem_free(n->env.alloc, job);
}

void names_end(struct gn_names *n, struct names_job *job, gn_err err)
{
	GN_ASSERT(!job->ended);
	job->ended = true;
	job->err = err;
	if (n->ended_last)
		n->ended_last->next = job;
	else
		n->ended_first = job;
	n->ended_last = job;
	if (!job->put) {
		n->count.resolved += err == GN_OK;
		n->count.not_found += err == GN_NOT_FOUND;
		n->count.failed += err != GN_OK && err != GN_NOT_FOUND;
	}
}
