/* What is being sent: a list of jobs, each some packets three times. Whoever is sent to is known
 * from then on (met.c). */
#include "services/dialback/engine_int.h"

bool dialback_job_add(struct gn_dialback *d, const struct dialback_job *job)
{
	GN_ASSERT(job->ports.count > 0 && job->ports.count <= DIALBACK_PORTS);
	if (d->job_count == DIALBACK_JOBS) {
		d->n.jobs_full++;
		return false;
	}
	d->jobs[d->job_count] = *job;
	d->jobs[d->job_count].times = job->times ? job->times : DIALBACK_TIMES;
	d->jobs[d->job_count++].at = d->now;
	return true;
}

/* The next port of a job, or the next time, or its end. */
static void go_on(struct gn_dialback *d, unsigned i)
{
	struct dialback_job *job = &d->jobs[i];
	GN_ASSERT(i < d->job_count && job->next < job->ports.count);
	if (++job->next < job->ports.count)
		return;
	job->next = 0;
	job->at = d->now + DIALBACK_APART;
	if (++job->round == job->times)
		*job = d->jobs[--d->job_count];
}

bool gn_dialback_next_packet(struct gn_dialback *d, struct gn_dialback_out *out, gn_time now)
{
	d->now = now;
	if (dialback_life_next(d, out))
		return true;
	for (unsigned i = 0; i < d->job_count; i++) {
		const struct dialback_job *job = &d->jobs[i];
		if (job->at > now)
			continue;
		uint16_t port = job->ports.port[job->next];
		*out = (struct gn_dialback_out){.to = job->to, .second = job->second};
		if (port)
			out->to.port = port;
		GN_ASSERT(job->round < job->times && job->kind >= 1 && job->kind <= 7);
		out->bytes[0] = GN_DIALBACK_BYTE;
		gn_put_be64(out->bytes + 1, job->nonce + job->next);
		out->bytes[9] = job->kind;
		dialback_met_put(&d->met, &out->to, now);
		d->n.packets_out++;
		go_on(d, i);
		return true;
	}
	return false;
}
