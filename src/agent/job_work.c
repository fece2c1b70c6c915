/* Work for programs: each that asks has a call of the node that lends it one job, as long as it
 * says that it lives. The agent signs, asks for more time, and reports.
 *
 *   FREE -> WANTED [take: a program waits] -> HELD [lent; the program has it] -> ENDING [end]
 *   WANTED -> FREE [nothing came in time, or it went]
 *   HELD -> FREE [lost to another; the program is silent: its lease runs out, another tries]
 *   ENDING -> FREE [the queue has said whether it counts]
 *
 * Rules AG-102, JO-5, JO-6, JO-8, JO-9. */
#include "agent/job_int.h"

#include <stdlib.h>

enum { TASK_FREE, TASK_WANTED, TASK_HELD, TASK_ENDING };

#define BOX_KIND(name) {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_##name}

static const struct gn_app_kind work_kind = BOX_KIND(QUEUE_WORK), more_kind = BOX_KIND(QUEUE_MORE),
				end_kind = BOX_KIND(QUEUE_END),
				job_is = {GN_FB_APP_BODY_APP_JOB, GN_FB_APP_JOB_BODY_JOB_IS};

static void task_free(struct agent_task *t)
{
	if (t->call)
		gn_agent_link_drop(t->agent->link, t->call);
	*t = (struct agent_task){.state = TASK_FREE};
}

/* Whoever waits is told, once. */
static void refuse(struct agent_task *t, gn_err err, const char *text)
{
	struct agent_request *r = t->r;
	t->r = NULL;
	if (!r)
		return;
	gn_host_error(&r->base, err, "%s", text);
	gn_host_release(&r->base);
}

static struct agent_task *task_of(struct gn_agent *a, struct gn_slice item)
{
	for (unsigned i = 0; i < AGENT_TASKS; i++)
		if (a->tasks[i].state == TASK_HELD && item.len == sizeof a->tasks[i].item &&
		    memcmp(a->tasks[i].item, item.p, item.len) == 0)
			return &a->tasks[i];
	return NULL;
}

/* ---- reporting ---- */

static gn_err send_end(struct agent_task *t, uint8_t end, uint32_t after, struct gn_slice outcome)
{
	struct gn_agent *a = t->agent;
	struct gn_boxrec_outcome o = {
		.box = t->queue, .delivery = t->delivery, .end = end, .outcome = outcome};
	struct gn_fb_key box;
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	memcpy(o.id, t->item, sizeof o.id);
	gn_boxrec_outcome_sign(&a->queue.worker, &o, &sig);
	memcpy(box.b, t->queue.b, sizeof box.b);
	memcpy(fb_sig.b, sig.b, sizeof fb_sig.b);
	struct gn_fb_queue_end_args args = {.box = &box,
					    .id = GN_SLICE(t->item),
					    .end = end,
					    .outcome = outcome,
					    .sig = &fb_sig,
					    .after = after};
	if (!gn_agent_link_is_up(a->link))
		return GN_CLOSED;
	gn_fbref table = gn_fb_queue_end_make(gn_agent_link_builder(a->link), &args);
	GN_TRY(gn_agent_link_call(a->link, end_kind, table, 0, agent_no_answer, a, NULL));
	t->state = TASK_ENDING;
	t->until = a->now + 60 * GN_SEC;
	return GN_OK;
}

static gn_err report(struct agent_task *t, struct gn_job_result *r, uint32_t after)
{
	uint8_t room[GN_JOB_RESULT_MAX + 512];
	struct gn_buf out = {room, 0, sizeof room};
	uint8_t end = GN_BOXREC_FAILED;
	r->job = t->job;
	r->attempt = t->delivery;
	if (r->status == GN_FB_JOB_STATUS_DONE)
		end = GN_BOXREC_DONE;
	else if (r->fault == GN_FB_JOB_FAULT_INPUT)
		end = GN_BOXREC_HOPELESS;
	GN_TRY(gn_job_result_make(&t->agent->queue.worker, r, &out));
	return send_end(t, end, after, gn_buf_slice(&out));
}

/* ---- what the node tells ---- */

/* How long a program may say nothing. */
static gn_time alive(const struct agent_task *t)
{
	return (gn_time)t->lease * GN_SEC / 2;
}

static void lent(struct agent_task *t, struct gn_fb_queue_task m)
{
	struct gn_agent *a = t->agent;
	struct gn_slice id = gn_fb_queue_task_id(m), item = gn_fb_queue_task_item(m);
	struct agent_request *r = t->r;
	struct gn_job job;
	struct gn_hash hash;
	gn_sha256(&item, 1, &hash);
	if (id.len != sizeof t->item || memcmp(id.p, hash.b, sizeof t->item) != 0)
		return;
	memcpy(t->item, id.p, sizeof t->item);
	t->delivery = gn_fb_queue_task_delivery(m);
	struct gn_job_result bad = {.status = GN_FB_JOB_STATUS_FAILED,
				    .fault = GN_FB_JOB_FAULT_INPUT};
	bool none = gn_job_open(item, &job, &t->job) != GN_OK;
	bool asks = !none && agent_queue_asks(a, &t->queue, &job, agent_unix(a));
	if (!asks || job.not_after <= agent_unix(a)) {
		bad.note = none    ? GN_LIT("it is no job, or nobody signed it")
			   : !asks ? GN_LIT("who asks for it may not, at this queue")
				   : GN_LIT("it was not begun before its time was over");
		gn_err err = report(t, &bad, 0);
		refuse(t, GN_AGAIN, "there is no job now");
		if (err)
			task_free(t);
		return;
	}
	t->not_after = job.not_after;
	t->state = TASK_HELD;
	t->r = NULL;
	t->until = a->now + alive(t);
	t->extend = a->now + alive(t) / 2;
	struct agent_job_at at = {.own = false};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct agent_job_shown s = {.item = item,
				    .state = 1,
				    .attempts = t->delivery,
				    .lease = gn_fb_queue_task_lease(m),
				    .deposited = gn_fb_queue_task_deposited(m),
				    .until = gn_fb_queue_task_until(m),
				    .worker = a->queue.worker.pk};
	struct gn_fb_job_is_args args = {.job = agent_put_job(b, &at, &s)};
	gn_host_answer(&r->base, job_is, gn_fb_job_is_make(b, &args));
	gn_host_release(&r->base);
}

static void over(struct agent_task *t, struct gn_fb_queue_over m)
{
	uint16_t code = gn_fb_queue_over_code(m);
	gn_err err = code < GN_ERR_COUNT ? (gn_err)code : GN_INTERNAL;
	struct agent_request *r = t->r;
	if (t->state == TASK_WANTED && err == GN_DENIED) {
		refuse(t, GN_DENIED,
		       "this queue does not let your worker in: its owner gives a link with "
		       "`geonet box grant`, for the key that `geonet job key` shows");
		task_free(t);
	} else if (t->state == TASK_WANTED && err == GN_QUOTA) {
		t->limited = true; /* as one holder says: others may have a job */
	} else if (t->state == TASK_ENDING) {
		if (err)
			refuse(t, err,
			       err == GN_STALE ? "another worker has it since" : gn_err_text(err));
		else if (r)
			gn_host_answer_ok(&r->base);
		if (!err && r)
			gn_host_release(&r->base);
		t->r = NULL;
		task_free(t);
	} else if (t->state == TASK_HELD) {
		task_free(t); /* the program is told when it says that it lives */
	}
}

static void on_work(void *user, const struct gn_host_client_event *e)
{
	struct agent_task *t = user;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		t->call = 0;
		refuse(t, e->fault.err, gn_err_text(e->fault.err));
		task_free(t);
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER || e->kind.area != GN_FB_APP_BODY_APP_BOX)
		return;
	if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_SIGN)
		agent_own_sign(t->agent, (struct gn_fb_box_sign){e->table});
	else if (e->kind.member == GN_FB_APP_BOX_BODY_QUEUE_TASK && t->state == TASK_WANTED)
		lent(t, (struct gn_fb_queue_task){e->table});
	else if (e->kind.member == GN_FB_APP_BOX_BODY_QUEUE_OVER)
		over(t, (struct gn_fb_queue_over){e->table});
}

/* ---- calls ---- */

gn_err agent_call_job_take(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_job_take m = {r->base.table};
	uint32_t wait = gn_fb_job_take_wait_ms(m);
	struct agent_task *t = a->tasks;
	unsigned has = 0;
	for (unsigned i = 0; i < AGENT_TASKS; i++)
		has += a->tasks[i].state != TASK_FREE && agent_is_program(r, a->tasks[i].program);
	if (!agent_within_share(r, has, AGENT_TASKS))
		return GN_OK;
	while (t < a->tasks + AGENT_TASKS && t->state != TASK_FREE)
		t++;
	if (t == a->tasks + AGENT_TASKS) {
		gn_host_error(&r->base, GN_LIMIT,
			      "%u programs work or wait already: again when one of them has ended",
			      AGENT_TASKS);
		return GN_OK;
	}
	if (gn_fb_job_take_token(m).len && !agent_queue_ours(r, gn_fb_job_take_token(m)))
		return GN_OK;
	if (!agent_queue_reached(r))
		return GN_OK;
	wait = wait < AGENT_JOB_WAIT_MS ? wait : AGENT_JOB_WAIT_MS;
	uint32_t lease = gn_fb_job_take_lease(m);
	lease = lease && lease < AGENT_JOB_LEASE ? lease : AGENT_JOB_LEASE;
	*t = (struct agent_task){.agent = a,
				 .state = TASK_WANTED,
				 .until = a->now + (gn_time)wait * GN_MSEC,
				 .lease =
					 lease > AGENT_JOB_LEASE_MIN ? lease : AGENT_JOB_LEASE_MIN};
	struct gn_fb_key box = gn_fb_job_take_queue(m), key;
	memcpy(t->program, r->program, sizeof t->program);
	memcpy(t->queue.b, box.b, sizeof t->queue.b);
	memcpy(key.b, a->queue.worker.pk.b, sizeof key.b);
	struct gn_fb_queue_work_args args = {.box = &box,
					     .key = &key,
					     .token = gn_fb_job_take_token(m),
					     .seconds = t->lease,
					     .slots = 1,
					     .once = true};
	gn_fbref table = gn_fb_queue_work_make(gn_agent_link_builder(a->link), &args);
	gn_err err = gn_agent_link_call(a->link, work_kind, table, GN_HOST_CLIENT_LASTS, on_work, t,
					&t->call);
	if (err) {
		t->call = 0;
		task_free(t);
		return err;
	}
	t->r = r;
	gn_host_hold(&r->base);
	return GN_OK;
}

gn_err agent_call_job_keep(struct agent_request *r)
{
	struct agent_task *t =
		task_of(r->agent, gn_fb_job_keep_item((struct gn_fb_job_keep){r->base.table}));
	if (!t) {
		gn_host_error(&r->base, GN_STALE, "it was called off, or another worker has it");
		return GN_OK;
	}
	t->until = r->agent->now + alive(t);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

gn_err agent_call_job_end(struct agent_request *r)
{
	struct gn_fb_job_end m = {r->base.table};
	struct agent_task *t = task_of(r->agent, gn_fb_job_end_item(m));
	struct gn_slice output = gn_fb_job_end_output(m);
	struct gn_job_result result = {.fault = gn_fb_job_end_fault(m),
				       .note = gn_fb_job_end_note(m),
				       .wall_ms = gn_fb_job_end_wall_ms(m),
				       .tool = gn_fb_job_end_tool(m)};
	if (!t) {
		gn_host_error(&r->base, GN_STALE, "it was called off, or another worker has it");
		return GN_OK;
	}
	result.status = result.fault ? GN_FB_JOB_STATUS_FAILED : GN_FB_JOB_STATUS_DONE;
	if (!result.fault && t->not_after <= agent_unix(r->agent)) {
		result.status = GN_FB_JOB_STATUS_FAILED;
		result.fault = GN_FB_JOB_FAULT_INPUT;
		result.note = GN_LIT("it was done after its time was over");
	}
	if (!result.fault && output.len) {
		struct gn_job_output *o = &result.outputs[result.output_count++];
		*o = (struct gn_job_output){
			.name = GN_LIT("stdout"), .bytes = output, .size = output.len};
		gn_sha256(&output, 1, &o->root);
	}
	t->r = r;
	gn_host_hold(&r->base);
	gn_err err = report(t, &result, gn_fb_job_end_after(m));
	if (!err)
		return GN_OK;
	t->r = NULL;
	gn_host_error(&r->base, err,
		      err == GN_RANGE || err == GN_TOO_LARGE
			      ? "what it gave is too large: 4 KiB of output, or of a "
				"note"
			      : "%s",
		      gn_err_text(err));
	gn_host_release(&r->base);
	return GN_OK;
}

/* ---- time ---- */

static void extend(struct agent_task *t)
{
	struct gn_agent *a = t->agent;
	struct gn_fb_key box;
	t->extend = a->now + alive(t) / 2;
	if (!gn_agent_link_is_up(a->link))
		return;
	memcpy(box.b, t->queue.b, sizeof box.b);
	struct gn_fb_queue_more_args args = {
		.box = &box, .id = GN_SLICE(t->item), .seconds = t->lease};
	gn_fbref table = gn_fb_queue_more_make(gn_agent_link_builder(a->link), &args);
	gn_err err = gn_agent_link_call(a->link, more_kind, table, 0, agent_no_answer, a, NULL);
	(void)err; /* asked for again before it is over */
}

static void nothing_came(struct agent_task *t)
{
	if (t->state != TASK_WANTED)
		refuse(t, GN_TIMEOUT, "the queue did not answer");
	else if (t->limited)
		refuse(t, GN_QUOTA,
		       "a limit of what its owner gave you is used up: no job is lent to you for "
		       "now");
	else
		refuse(t, GN_AGAIN, "there is no job now");
}

gn_time agent_work_pump(struct gn_agent *a)
{
	gn_time next = GN_NEVER;
	for (unsigned i = 0; i < AGENT_TASKS; i++) {
		struct agent_task *t = &a->tasks[i];
		if (t->state == TASK_FREE)
			continue;
		if (t->until <= a->now) {
			nothing_came(t);
			task_free(t);
			continue;
		}
		if (t->state == TASK_HELD && t->extend <= a->now)
			extend(t);
		next = gn_time_min(next, t->until);
		if (t->state == TASK_HELD)
			next = gn_time_min(next, t->extend);
	}
	return next;
}

/* Whoever waited went: what was lent to nobody is not taken. */
void agent_work_gone(struct gn_agent *a, const struct agent_request *r)
{
	for (unsigned i = 0; i < AGENT_TASKS; i++) {
		struct agent_task *t = &a->tasks[i];
		if (t->state == TASK_FREE || t->r != r)
			continue;
		gn_host_release(&t->r->base);
		t->r = NULL;
		if (t->state == TASK_WANTED)
			task_free(t);
	}
}

void agent_work_close(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_TASKS; i++)
		if (a->tasks[i].state != TASK_FREE) {
			refuse(&a->tasks[i], GN_LOCKED, gn_err_text(GN_LOCKED));
			task_free(&a->tasks[i]);
		}
}
