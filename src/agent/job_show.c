/* A job as calls show it: as its queue says it stands, and with its result when that is for this
 * job, by who may work here. Rule JO-7. */
#include "agent/job_int.h"

#include <stdio.h>
#include <stdlib.h>

static const char *dead_text(const struct agent_job_shown *s, const struct gn_job_result *r,
			     bool known, char text[160])
{
	static const char *const faults[] = {
		[GN_FB_JOB_FAULT_NONE] = "no reason was given",
		[GN_FB_JOB_FAULT_INPUT] = "its input cannot be worked on",
		[GN_FB_JOB_FAULT_LIMIT] = "a limit was reached",
		[GN_FB_JOB_FAULT_PEER] = "what it depends on failed",
		[GN_FB_JOB_FAULT_IO] = "its program failed at the worker"};
	if (s->end == GN_FB_BOX_END_ATTEMPTS)
		snprintf(text, 160, "no worker said what became of it, %u were tried",
			 (unsigned)s->attempts);
	else if (s->end == GN_FB_BOX_END_FAILED)
		snprintf(text, 160, "it failed %u times: %s", (unsigned)s->attempts,
			 faults[known ? r->fault : 0]);
	else
		snprintf(text, 160, "%s", faults[known ? r->fault : 0]);
	return text;
}

gn_fbref agent_put_job(struct gn_fbb *b, const struct agent_job_at *at,
		       const struct agent_job_shown *s)
{
	static const char *const states[] = {"waiting", "running", "done", "dead"};
	struct gn_job job;
	struct gn_job_result *r = calloc(1, sizeof *r);
	struct gn_hash id, item;
	struct gn_fb_hash fb_id;
	struct gn_fb_key worker, requester;
	char text[160] = "";
	gn_fbref out = 0;
	if (!r || gn_job_open(s->item, &job, &id) != GN_OK || s->state >= GN_COUNT(states)) {
		free(r);
		return 0;
	}
	bool known =
		s->outcome.len && gn_job_result_open(s->outcome, r) == GN_OK &&
		gn_hash_eq(&r->job, &id) && gn_pk_eq(&r->worker, &s->worker) &&
		(s->state == GN_FB_BOX_TURN_STATE_DONE) == (r->status == GN_FB_JOB_STATUS_DONE) &&
		agent_queue_works(at, &s->worker, s->token);
	/* who says so may not: for this agent it is not done (JO-7) */
	bool claimed = s->state == GN_FB_BOX_TURN_STATE_DONE && !known;
	gn_sha256(&s->item, 1, &item);
	memcpy(fb_id.b, id.b, sizeof fb_id.b);
	memcpy(worker.b, s->worker.b, sizeof worker.b);
	memcpy(requester.b, job.requester.b, sizeof requester.b);
	if (s->state == GN_FB_BOX_TURN_STATE_DEAD)
		dead_text(s, r, known, text);
	else if (claimed)
		snprintf(text, sizeof text,
			 "its result does not hold: by no worker of this queue, or of another job");
	struct gn_fb_job_info_args args = {.id = &fb_id,
					   .item = gn_slice(item.b, 16),
					   .kind = job.kind,
					   .recipe = job.recipe,
					   .class = job.cls,
					   .deposited = s->deposited,
					   .not_after = job.not_after,
					   .until = s->until,
					   .state = gn_str(claimed ? "dead" : states[s->state]),
					   .attempts = s->attempts,
					   .reason = gn_str(text),
					   .lease = s->lease,
					   .worker = s->attempts ? &worker : NULL,
					   .note = known ? r->note : gn_slice(NULL, 0),
					   .output = known && r->output_count ? r->outputs[0].bytes
									      : gn_slice(NULL, 0),
					   .wall_ms = known ? r->wall_ms : 0,
					   .requester = &requester,
					   .limit_ms = job.wall_ms};
	out = gn_fb_job_info_make(b, &args);
	free(r);
	return out;
}
