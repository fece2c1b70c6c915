/* Jobs at the agent: its own queue, what waits and ended there, and what it works on for others.
 * The queue in the network is the only list of them: nothing of it is in the store but that there
 * is one. */
#ifndef GN_AGENT_JOB_INT_H
#define GN_AGENT_JOB_INT_H

#include "agent/serve_int.h"
#include "wire/generated/box_fb.h"

#define AGENT_JOB_CERTIFICATE "jobs" /* what its own deposit key is derived for */

/* ---- job_queue.c ---- */

#define AGENT_PLACE_QUEUE 10 /* of publish */

GN_MUST gn_err agent_queue_open(struct gn_agent *a);
/* From now on there is one. True: it is made, and may be used. */
bool agent_queue_wanted(struct gn_agent *a);
gn_time agent_queue_pump(struct gn_agent *a);
void agent_queue_renew(struct gn_agent *a);
/* What lets this item into that queue: our own certificate, or the chain of its owner. *key is
 * the one that signed. */
gn_fbref agent_queue_proof(struct gn_agent *a, struct gn_fbb *b, const struct agent_job_at *at,
			   const struct gn_hash *item);
/* Is there a node? False: the call was answered. */
bool agent_queue_reached(struct agent_request *r);
/* Is it a chain for our key at other queues? False: the call was answered. */
bool agent_queue_ours(struct agent_request *r, struct gn_slice token);
/* May this key work at that queue, by itself or by this chain? */
bool agent_queue_works(const struct agent_job_at *at, const struct gn_pk *worker,
		       struct gn_slice token);
/* Has the owner of this queue, which is ours, refused that key? */
bool agent_queue_refuses(const struct gn_agent *a, const struct gn_pk *key);
/* May who asks for this do so there: the queue's owner, or the bearer of the chain in it? at: Unix
 * seconds; 0: when it held (JO-9). */
bool agent_queue_asks(struct gn_agent *a, const struct gn_pk *queue, const struct gn_job *job,
		      uint64_t at);
struct agent_grant {
	uint64_t actions; /* GN_FB_ACTION_LEASE, GN_FB_ACTION_DEPOSIT, or both */
	uint64_t seconds;
	const struct gn_token_limit *limits;
	size_t limit_count;
};
/* A chain for this key. */
GN_MUST gn_err agent_queue_grant(struct gn_agent *a, const struct gn_pk *worker,
				 const struct agent_grant *grant, struct gn_buf *out);
/* Chains of this key count no more, or again. GN_LIMIT. */
GN_MUST gn_err agent_queue_refuse(struct gn_agent *a, const struct gn_pk *key, bool refused);

/* ---- job_work.c ---- */

gn_err agent_call_job_take(struct agent_request *r);
gn_err agent_call_job_keep(struct agent_request *r);
gn_err agent_call_job_end(struct agent_request *r);
gn_time agent_work_pump(struct gn_agent *a);
void agent_work_gone(struct gn_agent *a, const struct agent_request *r);
void agent_work_close(struct gn_agent *a);

/* ---- job_show.c ---- */

/* A job as it stands in a queue. */
struct agent_job_shown {
	struct gn_slice item, outcome, token;
	uint8_t state, end;
	uint32_t attempts, lease;
	uint64_t deposited, until;
	struct gn_pk worker;
};
/* 0: it is none. */
gn_fbref agent_put_job(struct gn_fbb *b, const struct agent_job_at *at,
		       const struct agent_job_shown *s);

/* ---- serve_job.c ---- */

gn_err agent_call_job_submit(struct agent_request *r);
gn_err agent_call_jobs_list(struct agent_request *r);
gn_err agent_call_job_get(struct agent_request *r);
gn_err agent_call_job_drop(struct agent_request *r);
gn_err agent_call_job_keys(struct agent_request *r);
gn_err agent_call_job_grant(struct agent_request *r);
gn_err agent_call_job_refuse(struct agent_request *r);
gn_time agent_jobs_pump(struct gn_agent *a);
void agent_jobs_gone(struct gn_agent *a, const struct agent_request *r);
void agent_jobs_close(struct gn_agent *a);

#endif
