/* Calls about one's own jobs: put into the queue, read from it, dropped. What there is is what the
 * queue's holders say.
 * Rules AG-100, AG-103, JO-2, JO-9. */
#include "agent/job_int.h"

#include "wire/token.h"

#include <stdlib.h>

#define BOX_KIND(name) {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_##name}
#define JOB_KIND(name) {GN_FB_APP_BODY_APP_JOB, GN_FB_APP_JOB_BODY_##name}

static const struct gn_app_kind send_kind = BOX_KIND(BOX_SEND), follow_kind = BOX_KIND(BOX_FOLLOW),
				drop_kind = BOX_KIND(BOX_DROP), job_is = JOB_KIND(JOB_IS),
				jobs_is = JOB_KIND(JOBS_IS), keys_is = JOB_KIND(JOB_KEYS_IS),
				grant_is = JOB_KIND(JOB_GRANT_IS);

static bool must_be_made(struct agent_request *r)
{
	if (!agent_queue_wanted(r->agent)) {
		gn_host_error(&r->base, GN_BUSY, "the queue is being made: again in a second");
		return false;
	}
	return agent_queue_reached(r);
}

/* Which queue a call means; false: it was answered. */
static bool which(struct agent_request *r, const struct gn_fb_key *queue,
		  const struct gn_fb_key *worker, struct gn_slice token, struct agent_job_at *out)
{
	const struct agent_queue *q = &r->agent->queue;
	*out = (struct agent_job_at){
		.own = !queue, .queue = q->sk.pk, .worker = q->worker.pk, .token = token};
	if (!queue)
		return must_be_made(r);
	memcpy(out->queue.b, queue->b, sizeof out->queue.b);
	if (gn_pk_eq(&out->queue, &q->sk.pk)) {
		out->own = true;
		return must_be_made(r);
	}
	if (!worker || !token.len) {
		gn_host_error(&r->base, GN_USAGE, "another's queue needs `token` and `worker`");
		return false;
	}
	memcpy(out->worker.b, worker->b, sizeof out->worker.b);
	return agent_queue_ours(r, token) && agent_queue_reached(r);
}

/* ---- submitting ---- */

struct submitting { /* of a request, until it ends */
	struct gn_hash id;
	struct agent_job_at at;
	uint32_t len;
	uint8_t bytes[];
};

static void answer_submitted(struct agent_request *r, unsigned held, unsigned of)
{
	struct submitting *w = r->base.state;
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct agent_job_shown s = {.item = gn_slice(w->bytes, w->len),
				    .deposited = agent_unix(r->agent),
				    .until = agent_unix(r->agent) + AGENT_JOB_TTL};
	struct gn_fb_job_is_args args = {
		.job = agent_put_job(b, &w->at, &s), .held = (uint8_t)held, .of = (uint8_t)of};
	gn_host_answer(&r->base, job_is, gn_fb_job_is_make(b, &args));
}

static const char *why_not(struct gn_slice limit, gn_err err)
{
	const char *of_token = gn_token_limit_text(limit);
	return of_token ? of_token
	       : err == GN_DENIED
		       ? "not allowed; its owner lets you in with geonet box grant KEY --submit, "
			 "for the key that geonet job key shows"
		       : gn_err_text(err);
}

static void on_sent(void *user, const struct gn_host_client_event *e)
{
	struct agent_request *r = user;
	struct gn_fb_box_sent t = {e->table};
	if (e->what == GN_HOST_CLIENT_ANSWER && e->kind.area == GN_FB_APP_BODY_APP_BOX &&
	    e->kind.member == GN_FB_APP_BOX_BODY_BOX_SIGN) {
		agent_own_sign(r->agent, (struct gn_fb_box_sign){e->table});
		return;
	}
	if (e->what == GN_HOST_CLIENT_ANSWER && e->more)
		return;
	uint16_t code = e->what == GN_HOST_CLIENT_ANSWER ? gn_fb_box_sent_code(t) : 0;
	gn_err err = e->what == GN_HOST_CLIENT_FAILED ? e->fault.err
		     : code < GN_ERR_COUNT            ? (gn_err)code
						      : GN_INTERNAL;
	unsigned held = e->what == GN_HOST_CLIENT_ANSWER ? gn_fb_box_sent_held(t) : 0;
	unsigned of = e->what == GN_HOST_CLIENT_ANSWER ? gn_fb_box_sent_of(t) : 0;
	r->asked = 0;
	if (err == GN_OK || err == GN_EXISTS || (err == GN_QUORUM && held > 0))
		answer_submitted(r, held, of);
	else
		gn_host_error(&r->base, err, "the queue did not take it: %s",
			      why_not(e->what == GN_HOST_CLIENT_ANSWER ? gn_fb_box_sent_limit(t)
								       : gn_slice(NULL, 0),
				      err));
	gn_host_release(&r->base);
}

gn_err agent_call_job_submit(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_job_submit t = {r->base.table};
	struct gn_slice nonce = gn_fb_job_submit_nonce(t);
	struct gn_job job = {.kind = gn_fb_job_submit_kind(t),
			     .recipe = gn_fb_job_submit_recipe(t),
			     .not_after = gn_fb_job_submit_not_after(t),
			     .cls = gn_fb_job_submit_class(t),
			     .wall_ms = gn_fb_job_submit_wall_ms(t),
			     .copies = 1};
	struct submitting *w = gn_host_state(&r->base, sizeof *w + GN_JOB_MAX);
	struct gn_fb_key queue = {{0}}, worker = {{0}};
	struct gn_hash item;
	if (!w)
		return GN_NOMEM;
	if (gn_fb_job_submit_has_queue(t))
		queue = gn_fb_job_submit_queue(t);
	if (gn_fb_job_submit_has_worker(t))
		worker = gn_fb_job_submit_worker(t);
	if (!which(r, gn_fb_job_submit_has_queue(t) ? &queue : NULL,
		   gn_fb_job_submit_has_worker(t) ? &worker : NULL, gn_fb_job_submit_token(t),
		   &w->at))
		return GN_OK;
	job.cls = job.cls ? job.cls : 3;
	job.not_after = job.not_after ? job.not_after : agent_unix(a) + 86400;
	if (nonce.len == sizeof job.nonce)
		memcpy(job.nonce, nonce.p, sizeof job.nonce);
	else
		gn_rand_fill(&a->host.rand, job.nonce, sizeof job.nonce);
	struct gn_buf out = {w->bytes, 0, GN_JOB_MAX};
	job.token = w->at.own ? gn_slice(NULL, 0) : w->at.token;
	gn_err err = gn_job_make(w->at.own ? &a->queue.sk : &a->queue.worker, &job, &out, &w->id);
	if (err) {
		gn_host_error(&r->base, err,
			      err == GN_TEXT ? "a kind is as text.count/1"
					     : "the job is beyond its limits: 32 KiB of "
					       "recipe, class 1 to 4");
		return GN_OK;
	}
	w->len = (uint32_t)out.len;
	struct gn_slice bytes = gn_buf_slice(&out);
	gn_sha256(&bytes, 1, &item);
	struct gn_fb_key box;
	memcpy(box.b, w->at.queue.b, sizeof box.b);
	struct gn_fbb *b = gn_agent_link_builder(a->link);
	struct gn_fb_box_send_args args = {.box = &box,
					   .item = bytes,
					   .ttl = AGENT_JOB_TTL,
					   .proof = agent_queue_proof(a, b, &w->at, &item),
					   .class = job.cls};
	GN_TRY(gn_agent_link_call(a->link, send_kind, gn_fb_box_send_make(b, &args),
				  AGENT_DEPOSIT_MS, on_sent, r, &r->asked));
	gn_host_hold(&r->base);
	return GN_OK;
}

/* ---- reading ---- */

struct agent_listed {
	struct agent_listed *next;
	struct agent_job_shown shown;
	struct gn_hash id;
	uint8_t bytes[]; /* item, outcome, token */
};

static void listing_free(struct agent_listing *l)
{
	if (l->call)
		gn_agent_link_drop(l->agent->link, l->call);
	for (struct agent_listed *at; (at = l->first);) {
		l->first = at->next;
		free(at);
	}
	*l = (struct agent_listing){.r = NULL};
}

static void answer_one(struct agent_listing *l)
{
	struct agent_listed *at = l->first;
	while (at && !gn_hash_eq(&at->id, &l->want))
		at = at->next;
	if (!at) {
		gn_host_error(&l->r->base, GN_NOT_FOUND, "there is no such job in the queue");
		return;
	}
	struct gn_fbb *b = gn_host_answer_begin(&l->r->base);
	struct gn_fb_job_is_args args = {.job = agent_put_job(b, &l->at, &at->shown)};
	gn_host_answer(&l->r->base, job_is, gn_fb_job_is_make(b, &args));
}

static void answer_all(struct agent_listing *l)
{
	gn_fbref *jobs = calloc(AGENT_LISTED, sizeof *jobs);
	size_t count = 0, bytes = 0;
	if (!jobs) {
		gn_host_error(&l->r->base, GN_NOMEM, "%s", gn_err_text(GN_NOMEM));
		return;
	}
	struct gn_fbb *b = gn_host_answer_begin(&l->r->base);
	struct agent_listed *at = l->first;
	for (; at && count < AGENT_LISTED && bytes < AGENT_PAGE_BYTES; at = at->next) {
		gn_fbref ref = agent_put_job(b, &l->at, &at->shown);
		bytes += at->shown.item.len + at->shown.outcome.len + 256;
		if (ref)
			jobs[count++] = ref;
	}
	struct gn_fb_jobs_is_args args = {.jobs = {jobs, count}, .more = l->more || at != NULL};
	gn_host_answer(&l->r->base, jobs_is, gn_fb_jobs_is_make(b, &args));
	free(jobs);
}

static void listing_over(struct agent_listing *l)
{
	struct agent_request *r = l->r;
	if (l->one)
		answer_one(l);
	else
		answer_all(l);
	listing_free(l);
	gn_host_release(&r->base);
}

/* One more than a listing has: the oldest goes. */
static void forget_last(struct agent_listing *l)
{
	struct agent_listed **at = &l->first;
	while ((*at)->next)
		at = &(*at)->next;
	free(*at);
	*at = NULL;
	l->count--;
	l->more = true;
}

/* The newest first. */
static void note(struct agent_listing *l, struct gn_fb_box_got t)
{
	struct gn_slice parts[] = {gn_fb_box_got_item(t), gn_fb_box_got_outcome(t),
				   gn_fb_box_got_token(t)};
	size_t len = parts[0].len + parts[1].len + parts[2].len;
	struct gn_job job;
	struct gn_hash id;
	if (gn_job_open(parts[0], &job, &id) != GN_OK || (l->one && !gn_hash_eq(&id, &l->want)))
		return;
	/* whatever holders say: jobs of who may ask, and at others' queues one's own (JO-9) */
	if (!agent_queue_asks(l->agent, &l->at.queue, &job, 0) ||
	    !(l->at.own || gn_pk_eq(&job.requester, &l->agent->queue.worker.pk)))
		return;
	struct agent_listed *in = malloc(sizeof *in + len), **at = &l->first;
	if (!in)
		return;
	*in = (struct agent_listed){.id = id};
	uint8_t *p = in->bytes;
	for (size_t i = 0; i < GN_COUNT(parts); i++) {
		if (parts[i].len)
			memcpy(p, parts[i].p, parts[i].len);
		parts[i].p = p;
		p += parts[i].len;
	}
	in->shown = (struct agent_job_shown){.item = parts[0],
					     .outcome = parts[1],
					     .token = parts[2],
					     .state = gn_fb_box_got_state(t),
					     .end = gn_fb_box_got_end(t),
					     .attempts = gn_fb_box_got_delivery(t),
					     .lease = gn_fb_box_got_lease(t),
					     .deposited = gn_fb_box_got_deposited(t),
					     .until = gn_fb_box_got_until(t)};
	if (gn_fb_box_got_has_worker(t))
		memcpy(in->shown.worker.b, gn_fb_box_got_worker(t).b, 32);
	if (l->at.own && agent_queue_refuses(l->agent, &in->shown.worker))
		in->shown.outcome =
			gn_slice(NULL, 0); /* JO-7: with a holder it could say anything */
	while (*at && (*at)->shown.deposited > in->shown.deposited)
		at = &(*at)->next;
	in->next = *at;
	*at = in;
	if (++l->count > l->limit)
		forget_last(l);
}

static void on_listed(void *user, const struct gn_host_client_event *e)
{
	struct agent_listing *l = user;
	struct gn_agent *a = l->agent;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		struct agent_request *r = l->r;
		l->call = 0;
		gn_host_error(&r->base, e->fault.err, "%s", gn_err_text(e->fault.err));
		listing_free(l);
		gn_host_release(&r->base);
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER || e->kind.area != GN_FB_APP_BODY_APP_BOX)
		return;
	if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_SIGN)
		agent_own_sign(a, (struct gn_fb_box_sign){e->table});
	else if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_GOT)
		note(l, (struct gn_fb_box_got){e->table});
	l->followed = l->followed || e->kind.member == GN_FB_APP_BOX_BODY_BOX_FOLLOWING;
	if (l->followed)
		l->until = gn_time_min(l->end, a->now + AGENT_LIST_MORE);
}

static gn_err list(struct agent_request *r, const struct agent_job_at *at,
		   const struct gn_hash *want, uint32_t limit)
{
	struct gn_agent *a = r->agent;
	struct agent_listing *l = a->listings;
	struct gn_fb_key key, read_key;
	struct gn_sk read;
	unsigned has = 0;
	for (unsigned i = 0; i < AGENT_LISTINGS; i++)
		has += a->listings[i].r && agent_is_program(r, a->listings[i].r->program);
	if (!agent_within_share(r, has, AGENT_LISTINGS))
		return GN_OK;
	while (l < a->listings + AGENT_LISTINGS && l->r)
		l++;
	if (l == a->listings + AGENT_LISTINGS) {
		gn_host_error(&r->base, GN_LIMIT,
			      "%u programs read queues already: again in a few seconds",
			      AGENT_LISTINGS);
		return GN_OK;
	}
	GN_TRY(gn_agent_vault_reader(a->vault, &at->queue, &read));
	memcpy(key.b, at->queue.b, sizeof key.b);
	memcpy(read_key.b, at->own ? read.pk.b : a->queue.worker.pk.b, sizeof read_key.b);
	gn_sk_wipe(&read);
	*l = (struct agent_listing){.agent = a,
				    .at = *at,
				    .until = a->now + AGENT_LIST_WAIT,
				    .end = a->now + AGENT_LIST_WAIT,
				    .one = want != NULL,
				    .limit = limit && limit < AGENT_LISTED ? limit : AGENT_LISTED};
	if (want)
		l->want = *want;
	struct gn_fb_box_follow_args args = {
		.box = &key, .read = &read_key, .poll = true, .all = true};
	if (!at->own)
		args.token = at->token;
	l->at.token = gn_slice(NULL, 0);
	gn_fbref table = gn_fb_box_follow_make(gn_agent_link_builder(a->link), &args);
	GN_TRY(gn_agent_link_call(a->link, follow_kind, table, GN_HOST_CLIENT_LASTS, on_listed, l,
				  &l->call));
	l->r = r;
	gn_host_hold(&r->base);
	return GN_OK;
}

gn_err agent_call_jobs_list(struct agent_request *r)
{
	struct gn_fb_jobs_list t = {r->base.table};
	struct gn_fb_key queue = {{0}}, worker = {{0}};
	struct agent_job_at at;
	if (gn_fb_jobs_list_has_queue(t))
		queue = gn_fb_jobs_list_queue(t);
	if (gn_fb_jobs_list_has_worker(t))
		worker = gn_fb_jobs_list_worker(t);
	return which(r, gn_fb_jobs_list_has_queue(t) ? &queue : NULL,
		     gn_fb_jobs_list_has_worker(t) ? &worker : NULL, gn_fb_jobs_list_token(t), &at)
		       ? list(r, &at, NULL, gn_fb_jobs_list_limit(t))
		       : GN_OK;
}

gn_err agent_call_job_get(struct agent_request *r)
{
	struct gn_fb_job_get t = {r->base.table};
	struct gn_fb_key queue = {{0}}, worker = {{0}};
	struct gn_fb_hash fb = gn_fb_job_get_id(t);
	struct agent_job_at at;
	struct gn_hash id;
	memcpy(id.b, fb.b, sizeof id.b);
	if (gn_fb_job_get_has_queue(t))
		queue = gn_fb_job_get_queue(t);
	if (gn_fb_job_get_has_worker(t))
		worker = gn_fb_job_get_worker(t);
	return which(r, gn_fb_job_get_has_queue(t) ? &queue : NULL,
		     gn_fb_job_get_has_worker(t) ? &worker : NULL, gn_fb_job_get_token(t), &at)
		       ? list(r, &at, &id, 0)
		       : GN_OK;
}

gn_time agent_jobs_pump(struct gn_agent *a)
{
	gn_time next = GN_NEVER;
	for (unsigned i = 0; i < AGENT_LISTINGS; i++) {
		struct agent_listing *l = &a->listings[i];
		if (l->r && l->until <= a->now)
			listing_over(l);
		else if (l->r)
			next = gn_time_min(next, l->until);
	}
	return next;
}

void agent_jobs_gone(struct gn_agent *a, const struct agent_request *r)
{
	for (unsigned i = 0; i < AGENT_LISTINGS; i++) {
		struct agent_listing *l = &a->listings[i];
		if (l->r != r)
			continue;
		struct agent_request *held = l->r;
		listing_free(l);
		gn_host_release(&held->base);
	}
}

/* ---- the rest ---- */

gn_err agent_call_job_drop(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_slice item = gn_fb_job_drop_item((struct gn_fb_job_drop){r->base.table});
	struct gn_fb_key box;
	if (!must_be_made(r))
		return GN_OK;
	if (item.len != 16) {
		gn_host_error(&r->base, GN_USAGE, "`item` has 16 bytes");
		return GN_OK;
	}
	if (!a->queue.call) {
		gn_host_error(&r->base, GN_BUSY, "the queue is being opened: again in a second");
		return GN_OK;
	}
	memcpy(box.b, a->queue.sk.pk.b, sizeof box.b);
	struct gn_fb_box_drop_args args = {.box = &box, .id = item};
	gn_fbref table = gn_fb_box_drop_make(gn_agent_link_builder(a->link), &args);
	GN_TRY(gn_agent_link_call(a->link, drop_kind, table, 0, agent_no_answer, a, NULL));
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

gn_err agent_call_job_keys(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_key queue, worker;
	bool ready = agent_queue_wanted(a);
	memcpy(queue.b, a->queue.sk.pk.b, sizeof queue.b);
	memcpy(worker.b, a->queue.worker.pk.b, sizeof worker.b);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct gn_fb_job_keys_is_args args = {.queue = &queue, .worker = &worker, .ready = ready};
	gn_host_answer(&r->base, keys_is, gn_fb_job_keys_is_make(b, &args));
	return GN_OK;
}

static size_t limits_of(struct gn_fb_job_grant t, struct gn_token_limit out[3])
{
	const struct gn_token_limit all[] = {
		{GN_FB_LIMIT_OF_JOBS, gn_fb_job_grant_jobs_s(t), gn_fb_job_grant_jobs(t)},
		{GN_FB_LIMIT_OF_BYTES, gn_fb_job_grant_bytes_s(t), gn_fb_job_grant_bytes(t)},
		{GN_FB_LIMIT_OF_OPS, gn_fb_job_grant_ops_s(t), gn_fb_job_grant_ops(t)}};
	size_t count = 0;
	for (size_t i = 0; i < GN_COUNT(all); i++)
		if (all[i].per)
			out[count++] = all[i];
	return count;
}

gn_err agent_call_job_grant(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_job_grant t = {r->base.table};
	uint32_t seconds = gn_fb_job_grant_seconds(t);
	struct gn_fb_key fb = gn_fb_job_grant_worker(t), queue, own;
	uint64_t actions = (gn_fb_job_grant_work(t) ? GN_FB_ACTION_LEASE : 0) |
			   (gn_fb_job_grant_submit(t) ? GN_FB_ACTION_DEPOSIT : 0);
	uint8_t room[GN_TOKEN_MAX];
	struct gn_buf out = {room, 0, sizeof room};
	struct gn_token_limit limits[3];
	struct agent_grant grant = {.actions = actions,
				    .seconds = seconds,
				    .limits = limits,
				    .limit_count = limits_of(t, limits)};
	struct gn_pk worker;
	if (!agent_queue_wanted(a)) {
		gn_host_error(&r->base, GN_BUSY, "the queue is being made: again in a second");
		return GN_OK;
	}
	if (!actions) {
		gn_host_error(&r->base, GN_USAGE, "`work`, `submit` or both");
		return GN_OK;
	}
	if (seconds == 0 || seconds > AGENT_GRANT_MAX) {
		gn_host_error(&r->base, GN_RANGE, "a worker is let in for 1 s to 400 days");
		return GN_OK;
	}
	memcpy(worker.b, fb.b, sizeof worker.b);
	GN_TRY(agent_queue_grant(a, &worker, &grant, &out));
	memcpy(queue.b, a->queue.sk.pk.b, sizeof queue.b);
	memcpy(own.b, a->queue.worker.pk.b, sizeof own.b);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	struct gn_fb_job_grant_is_args args = {
		.queue = &queue, .token = gn_buf_slice(&out), .worker = &own};
	gn_host_answer(&r->base, grant_is, gn_fb_job_grant_is_make(b, &args));
	return GN_OK;
}

gn_err agent_call_job_refuse(struct agent_request *r)
{
	struct gn_fb_job_refuse t = {r->base.table};
	struct gn_fb_key fb = gn_fb_job_refuse_key(t);
	struct gn_pk key;
	memcpy(key.b, fb.b, sizeof key.b);
	if (!must_be_made(r))
		return GN_OK;
	gn_err err = agent_queue_refuse(r->agent, &key, !gn_fb_job_refuse_undo(t));
	if (err)
		gn_host_error(&r->base, err,
			      "a queue refuses %d keys at most: let one in again that has nothing "
			      "any more (geonet box refuse KEY --undo)",
			      GN_BOXREC_REFUSED);
	else
		gn_host_answer_ok(&r->base);
	return GN_OK;
}

/* The agent locks, or ends: whoever waits is told. */
void agent_jobs_close(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_LISTINGS; i++)
		if (a->listings[i].r) {
			struct agent_request *r = a->listings[i].r;
			gn_host_error(&r->base, GN_LOCKED, "%s", gn_err_text(GN_LOCKED));
			listing_free(&a->listings[i]);
			gn_host_release(&r->base);
		}
	agent_work_close(a);
	gn_agent_link_drop(a->link, a->queue.call);
	gn_wipe(&a->queue, sizeof a->queue);
}
