/* Jobs at the agent, each bound at it and one past it: programs that work, listings, leases, chains
 * that let others in; and what of a queue's words is taken for the result of a job. The holders
 * are this test. Rules AG-100..AG-103, JO-4..JO-8. */
#include "agent/job_int.h"
#include "agent/testing/calls.h"
#include "agent/testing/world.h"
#include "wire/token.h"

#include <string.h>

#define JOB_KIND(name) ((struct gn_app_kind){GN_FB_APP_BODY_APP_JOB, GN_FB_APP_JOB_BODY_##name})
#define BOX_KIND(name) ((struct gn_app_kind){GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_##name})
/* a call of soul 0's client */
#define CALL(run, KIND, name, ...)                                                                 \
	(begin(),                                                                                  \
	 calls_ask(me, run, JOB_KIND(KIND), &builder,                                              \
		   gn_fb_##name##_make(&builder, &(struct gn_fb_##name##_args){__VA_ARGS__})))

#define END(r) gn_host_release(&(r)->base)

static struct world w;
static struct gn_agent *me;
static struct gn_fbb builder;
static struct gn_fb_key queue;
static struct { /* what came to the holders */
	uint64_t works[AGENT_TASKS + 1], follows[AGENT_LISTINGS + 1];
	unsigned work_count, follow_count, more_count, end_count;
	uint32_t seconds; /* of the last QueueWork, or QueueMore */
	uint8_t end;
	uint8_t certificate[GN_BOXCERT_LEN];
} came;

static void begin(void)
{
	builder = calls_builder();
	me->now = w.now;
}

/* ---- holders ---- */

static bool on_call(struct world_soul *s, const struct gn_host_app_event *e)
{
	if (s != w.souls || e->kind.area != GN_FB_APP_BODY_APP_BOX)
		return false;
	if (e->kind.member == GN_FB_APP_BOX_BODY_QUEUE_WORK) {
		came.seconds = gn_fb_queue_work_seconds((struct gn_fb_queue_work){e->table});
		came.works[came.work_count++ % GN_COUNT(came.works)] = e->call;
		return true;
	}
	if (e->kind.member == GN_FB_APP_BOX_BODY_QUEUE_MORE) {
		came.seconds = gn_fb_queue_more_seconds((struct gn_fb_queue_more){e->table});
		came.more_count++;
		beside_ok(&s->beside, e->call);
		return true;
	}
	if (e->kind.member == GN_FB_APP_BOX_BODY_QUEUE_END) {
		came.end = gn_fb_queue_end_end((struct gn_fb_queue_end){e->table});
		came.end_count++;
		beside_ok(&s->beside, e->call);
		return true;
	}
	if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_FOLLOW &&
	    gn_fb_box_follow_all((struct gn_fb_box_follow){e->table})) {
		came.follows[came.follow_count++ % GN_COUNT(came.follows)] = e->call;
		return true;
	}
	if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_SEND) {
		struct gn_fb_box_proof p = gn_fb_box_send_proof((struct gn_fb_box_send){e->table});
		struct gn_slice certificate = gn_fb_box_proof_certificate(p);
		if (certificate.len == sizeof came.certificate)
			memcpy(came.certificate, certificate.p, certificate.len);
	}
	return false;
}

static void say(uint64_t call, struct gn_app_kind kind, gn_fbref table)
{
	assert_int_equal(
		gn_host_app_answer(w.souls[0].beside.app, call, kind, table, true, gn_os_steady()),
		GN_OK);
}

#define SAY(call, KIND, name, ...)                                                                 \
	say(call, BOX_KIND(KIND),                                                                  \
	    gn_fb_##name##_make(beside_builder(&w.souls[0].beside),                                \
				&(struct gn_fb_##name##_args){__VA_ARGS__}))

static void following(unsigned i)
{
	SAY(came.follows[i], BOX_FOLLOWING, box_following, .holders = 8);
}

/* How it stands with a job, as the queue says. */
struct stands {
	struct gn_slice item, outcome, token;
	uint8_t state;
	uint64_t deposited;
	const struct gn_pk *worker;
};

static void show(unsigned i, const struct stands *s)
{
	struct gn_fb_key worker = {{0}};
	struct gn_hash id;
	gn_sha256(&s->item, 1, &id);
	if (s->worker)
		memcpy(worker.b, s->worker->b, sizeof worker.b);
	SAY(came.follows[i], BOX_GOT, box_got, .id = gn_slice(id.b, 16), .item = s->item,
	    .deposited = s->deposited, .until = agent_unix(me) + 1000, .state = s->state,
	    .delivery = 1, .worker = s->worker ? &worker : NULL, .outcome = s->outcome,
	    .token = s->token);
}

/* A job of this moment. */
static uint8_t job_bytes[GN_JOB_MAX];
static struct gn_slice job(struct gn_hash *id)
{
	struct gn_job j = {.kind = GN_LIT("text.count/1"),
			   .not_after = agent_unix(me) + 3600,
			   .cls = 3,
			   .copies = 1};
	struct gn_buf out = {job_bytes, 0, sizeof job_bytes};
	gn_rand_fill(&me->host.rand, j.nonce, sizeof j.nonce);
	assert_int_equal(gn_job_make(&me->queue.sk, &j, &out, id), GN_OK);
	return gn_buf_slice(&out);
}

static void lend(unsigned i)
{
	struct gn_hash id, hash;
	struct gn_slice item = job(&id);
	gn_sha256(&item, 1, &hash);
	SAY(came.works[i], QUEUE_TASK, queue_task, .id = gn_slice(hash.b, 16), .item = item,
	    .delivery = 1, .lease = 30);
}

static void over(unsigned i, gn_err err)
{
	SAY(came.works[i], QUEUE_OVER, queue_over, .code = (uint16_t)err);
}

/* ---- the queue ---- */

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	me = &w.souls[0].a;
	calls_serve(me);
	w.call = on_call;
	struct agent_request *r =
		CALL(agent_call_job_submit, JOB_SUBMIT, job_submit, .kind = GN_LIT("a/1"));
	assert_int_equal(calls_got.err, GN_BUSY); /* it is made only now */
	END(r);
	WORLD_UNTIL(&w, me->queue.made && me->queue.call);
	WORLD_UNTIL(&w, gn_agent_publish_done(me->publish));
	memcpy(queue.b, me->queue.sk.pk.b, sizeof queue.b);
	return 0;
}

static int tear_down(void **state)
{
	return (void)state, world_end(&w), 0;
}

static int between(void **state)
{
	(void)state;
	for (unsigned i = 0; i < AGENT_TASKS; i++)
		assert_true(me->tasks[i].state == 0 && !me->listings[i % AGENT_LISTINGS].r);
	memset(&came, 0, sizeof came);
	return 0;
}

static struct gn_boxrec descriptor(void)
{
	struct gn_boxrec d = {0};
	bool found = false;
	for (size_t i = 0; i < w.record_count && !found; i++)
		found = gn_boxrec_open(gn_slice(w.records[i].bytes, w.records[i].len), &d) ==
				GN_OK &&
			gn_pk_eq(&d.box, &me->queue.sk.pk);
	assert_true(found && d.kind == GN_FB_BOX_KIND_QUEUE);
	return d;
}

static void its_descriptor_has_our_limits(void **state)
{
	const struct gn_boxrec_limits *most = gn_boxrec_limits(GN_FB_BOX_KIND_QUEUE);
	struct gn_boxrec d = descriptor();
	(void)state;
	assert_int_equal(d.lease, AGENT_JOB_LEASE);
	assert_int_equal(d.deliveries, AGENT_JOB_DELIVERIES);
	assert_int_equal(d.item_ttl, AGENT_JOB_TTL);
	assert_true(d.worker_count == 1 && gn_pk_eq(&d.workers[0], &me->queue.worker.pk));
	/* one depositor, ourselves, leaves room for others: a quarter is theirs */
	assert_true(AGENT_JOB_ITEMS * 4 <= most->items);
	assert_true((uint64_t)AGENT_JOB_KIB * 1024 * 4 <= most->bytes);
	struct agent_request *r =
		CALL(agent_call_job_submit, JOB_SUBMIT, job_submit, .kind = GN_LIT("text.count/1"));
	WORLD_UNTIL(&w, calls_got.answers || calls_got.refusals);
	assert_int_equal(calls_got.err, GN_OK);
	struct gn_boxcert cert = {0};
	gn_boxcert_get(came.certificate, &cert);
	assert_int_equal(cert.items, AGENT_JOB_ITEMS);
	assert_int_equal(cert.kib, AGENT_JOB_KIB);
	END(r);
}

/* What a job may be: at its limits it is put in, one past them a sentence says which they are. */
static void a_job_has_limits(void **state)
{
	static uint8_t recipe[GN_JOB_RECIPE_MAX + 1];
	static const struct {
		size_t recipe;
		uint8_t cls;
		const char *kind;
		gn_err want;
	} all[] = {{GN_JOB_RECIPE_MAX, 4, "a/1", GN_OK},
		   {GN_JOB_RECIPE_MAX + 1, 4, "a/1", GN_RANGE},
		   {1, 5, "a/1", GN_RANGE},
		   {1, 1, "a", GN_TEXT}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(all); i++) {
		struct agent_request *r = CALL(
			agent_call_job_submit, JOB_SUBMIT, job_submit, .kind = gn_str(all[i].kind),
			.recipe = gn_slice(recipe, all[i].recipe), .class = all[i].cls);
		WORLD_UNTIL(&w, calls_got.answers || calls_got.refusals);
		assert_int_equal(calls_got.err, all[i].want);
		assert_true(all[i].want == GN_OK || strlen(calls_got.why) > 15);
		END(r);
	}
}

/* ---- who works ---- */

static struct agent_request *take(uint32_t wait_ms, uint32_t lease)
{
	return CALL(agent_call_job_take, JOB_TAKE, job_take, .queue = &queue, .wait_ms = wait_ms,
		    .lease = lease);
}

static void so_many_work_and_wait_so_long(void **state)
{
	struct agent_request *all[AGENT_TASKS];
	(void)state;
	for (unsigned i = 0; i < AGENT_TASKS; i++) {
		all[i] = take(i % 2 ? AGENT_JOB_WAIT_MS : AGENT_JOB_WAIT_MS + 60000, 0);
		assert_int_equal(calls_got.refusals, 0);
	}
	struct agent_request *more = take(0, 0);
	assert_int_equal(calls_got.err, GN_LIMIT);
	assert_non_null(strstr(calls_got.why, "again when one of them has ended"));
	END(more);
	memset(&calls_got, 0, sizeof calls_got);
	world_pass(&w, AGENT_JOB_WAIT_MS * GN_MSEC - GN_MSEC, 20 * GN_SEC);
	assert_int_equal(calls_got.refusals, 0);
	world_pass(&w, GN_MSEC, GN_MSEC); /* who asks for longer waits no longer */
	assert_int_equal(calls_got.refusals, AGENT_TASKS);
	assert_int_equal(calls_got.err, GN_AGAIN);
	for (unsigned i = 0; i < AGENT_TASKS; i++)
		END(all[i]);
}

static void a_lease_has_bounds(void **state)
{
	static const uint32_t asked[][2] = {{0, AGENT_JOB_LEASE},
					    {AGENT_JOB_LEASE, AGENT_JOB_LEASE},
					    {AGENT_JOB_LEASE + 1, AGENT_JOB_LEASE},
					    {AGENT_JOB_LEASE_MIN, AGENT_JOB_LEASE_MIN},
					    {AGENT_JOB_LEASE_MIN - 1, AGENT_JOB_LEASE_MIN}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(asked); i++) {
		struct agent_request *r = take(100, asked[i][0]);
		WORLD_UNTIL(&w, came.work_count == i + 1);
		assert_int_equal(came.seconds, asked[i][1]);
		world_pass(&w, 100 * GN_MSEC, 100 * GN_MSEC);
		assert_int_equal(calls_got.err, GN_AGAIN);
		END(r);
	}
}

/* One that has a job, in a lease of so many seconds; what it is called is in item. */
static void hold(uint32_t lease, uint8_t item[16])
{
	unsigned i = came.work_count;
	struct agent_request *r = take(1000, lease);
	WORLD_UNTIL(&w, came.work_count == i + 1);
	lend(i);
	WORLD_UNTIL(&w, calls_got.answers == 1);
	struct gn_fb_job_info j = gn_fb_job_is_job((struct gn_fb_job_is){calls_got.table});
	assert_int_equal(gn_fb_job_info_item(j).len, 16);
	memcpy(item, gn_fb_job_info_item(j).p, 16);
	END(r);
}

static gn_err keep(const uint8_t item[16])
{
	END(CALL(agent_call_job_keep, JOB_KEEP, job_keep, .item = gn_slice(item, 16)));
	return calls_got.err;
}

/* AG-102: more time is asked for in each quarter, and who says nothing for a half has lost it. */
static void who_is_silent_loses_it(void **state)
{
	gn_time half = AGENT_JOB_LEASE * GN_SEC / 2;
	uint8_t item[16];
	(void)state;
	hold(0, item);
	world_pass(&w, half / 2 - GN_MSEC, half);
	assert_int_equal(came.more_count, 0);
	world_pass(&w, GN_MSEC, GN_MSEC);
	assert_int_equal(came.more_count, 1);
	assert_int_equal(came.seconds, AGENT_JOB_LEASE);
	world_pass(&w, half / 2 - GN_MSEC, GN_SEC);
	assert_int_equal(keep(item), GN_OK);
	world_pass(&w, half - GN_MSEC, GN_SEC);
	assert_int_equal(keep(item), GN_OK);
	world_pass(&w, half, GN_SEC);
	assert_int_equal(keep(item), GN_STALE);
	assert_int_equal(came.end_count, 0); /* without a word */
}

static void what_it_gave_has_a_size(void **state)
{
	static uint8_t big[GN_JOB_INLINE_MAX + 1];
	uint8_t item[16];
	(void)state;
	hold(0, item);
	END(CALL(agent_call_job_end, JOB_END, job_end, .item = GN_SLICE(item),
		 .output = gn_slice(big, sizeof big)));
	assert_int_equal(calls_got.err, GN_RANGE);
	assert_non_null(strstr(calls_got.why, "4 KiB"));
	struct agent_request *r =
		CALL(agent_call_job_end, JOB_END, job_end, .item = GN_SLICE(item),
		     .output = gn_slice(big, sizeof big - 1)); /* it is its own still */
	WORLD_UNTIL(&w, came.end_count == 1);
	assert_int_equal(came.end, GN_BOXREC_DONE);
	over(0, GN_OK);
	WORLD_UNTIL(&w, calls_got.answers == 1);
	END(r);
	/* whoever had it in the meantime */
	hold(0, item);
	r = CALL(agent_call_job_end, JOB_END, job_end, .item = GN_SLICE(item),
		 .fault = GN_FB_JOB_FAULT_IO);
	WORLD_UNTIL(&w, came.end_count == 2);
	assert_int_equal(came.end, GN_BOXREC_FAILED);
	over(1, GN_STALE);
	WORLD_UNTIL(&w, calls_got.err == GN_STALE);
	END(r);
}

/* ---- who is let in ---- */

static gn_err grant(uint32_t seconds, bool work)
{
	struct gn_fb_key key = {{9}};
	END(CALL(agent_call_job_grant, JOB_GRANT, job_grant, .worker = &key, .seconds = seconds,
		 .work = work));
	assert_true(calls_got.answers == 1 || strlen(calls_got.why) > 15);
	return calls_got.err;
}

static void a_chain_has_an_end(void **state)
{
	(void)state;
	assert_int_equal(grant(0, true), GN_RANGE);
	assert_int_equal(grant(1, true), GN_OK);
	assert_int_equal(grant(AGENT_GRANT_MAX, true), GN_OK);
	assert_int_equal(grant(AGENT_GRANT_MAX + 1, true), GN_RANGE);
	assert_int_equal(grant(1, false), GN_USAGE);
}

static gn_err refuse(uint8_t number, bool undo)
{
	struct gn_fb_key key = {{number}};
	END(CALL(agent_call_job_refuse, JOB_REFUSE, job_refuse, .key = &key, .undo = undo));
	return calls_got.err;
}

static void so_many_are_refused(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= GN_BOXREC_REFUSED; i++)
		assert_int_equal(refuse((uint8_t)i, false), GN_OK);
	assert_int_equal(refuse(1, false), GN_OK); /* it is */
	assert_int_equal(me->queue.refused_count, GN_BOXREC_REFUSED);
	assert_int_equal(refuse(GN_BOXREC_REFUSED + 1, false), GN_LIMIT);
	assert_non_null(strstr(calls_got.why, "--undo"));
	assert_int_equal(refuse(GN_BOXREC_REFUSED + 1, true), GN_OK); /* it is none */
	assert_int_equal(refuse(1, true), GN_OK);
	assert_int_equal(refuse(GN_BOXREC_REFUSED + 1, false), GN_OK);
	/* what is refused stays so when it is opened again, and is in what is published */
	world_again(&w, 0);
	assert_int_equal(me->queue.refused_count, GN_BOXREC_REFUSED);
	WORLD_UNTIL(&w, descriptor().refused_count == GN_BOXREC_REFUSED);
	for (unsigned i = 2; i <= GN_BOXREC_REFUSED + 1; i++)
		assert_int_equal(refuse((uint8_t)i, true), GN_OK);
	assert_int_equal(me->queue.refused_count, 0);
	WORLD_UNTIL(&w, me->queue.call);
}

/* ---- the queue read ---- */

static struct agent_request *list(uint16_t limit)
{
	unsigned i = came.follow_count;
	struct agent_request *r = CALL(agent_call_jobs_list, JOBS_LIST, jobs_list, .limit = limit);
	WORLD_UNTIL(&w, came.follow_count == i + 1 || calls_got.refusals);
	return r;
}

static void so_many_read_and_wait_so_long(void **state)
{
	struct agent_request *all[AGENT_LISTINGS];
	(void)state;
	for (unsigned i = 0; i < AGENT_LISTINGS; i++)
		all[i] = list(0);
	assert_int_equal(calls_got.refusals, 0);
	END(list(0));
	assert_int_equal(calls_got.err, GN_LIMIT);
	assert_non_null(strstr(calls_got.why, "again in a few seconds"));
	calls_got.refusals = 0;
	/* of one the holders are known: whoever is slow has so long, and others none */
	following(0);
	world_settle(&w);
	world_pass(&w, AGENT_LIST_MORE - GN_MSEC, GN_SEC);
	assert_int_equal(calls_got.answers, 0);
	struct stands s = {.item = job(&(struct gn_hash){{0}})};
	show(0, &s); /* each that comes makes it longer */
	world_settle(&w);
	world_pass(&w, AGENT_LIST_MORE - GN_MSEC, GN_SEC);
	assert_int_equal(calls_got.answers, 0);
	world_pass(&w, GN_MSEC, GN_MSEC);
	assert_int_equal(calls_got.answers, 1);
	/* of one something comes for ever, and of two nothing */
	gn_time left = AGENT_LIST_WAIT - 2 * AGENT_LIST_MORE + GN_MSEC;
	following(1);
	for (; left > AGENT_LIST_MORE / 2; left -= AGENT_LIST_MORE / 2) {
		show(1, &s);
		world_settle(&w);
		world_pass(&w, AGENT_LIST_MORE / 2, GN_SEC);
	}
	show(1, &s);
	world_settle(&w);
	world_pass(&w, left - GN_MSEC, GN_SEC);
	assert_int_equal(calls_got.answers, 1);
	world_pass(&w, GN_MSEC, GN_MSEC);
	assert_int_equal(calls_got.answers, AGENT_LISTINGS);
	for (unsigned i = 0; i < AGENT_LISTINGS; i++)
		END(all[i]);
}

/* The newest are shown, and that there are more is said. */
static void list_of(unsigned count, uint16_t limit, uint32_t want)
{
	memset(&came, 0, sizeof came);
	struct agent_request *r = list(limit);
	for (unsigned i = 0; i < count; i++) {
		struct stands s = {.item = job(&(struct gn_hash){{0}}), .deposited = 1 + i};
		show(0, &s);
		if (i % 50 == 49)
			world_settle(&w);
	}
	following(0);
	world_settle(&w);
	world_pass(&w, AGENT_LIST_MORE, GN_SEC);
	assert_int_equal(calls_got.answers, 1);
	struct gn_fb_jobs_is t = {calls_got.table};
	assert_int_equal(gn_fb_jobs_is_jobs_len(t), want);
	assert_int_equal(gn_fb_jobs_is_more(t), count > want);
	assert_int_equal(gn_fb_job_info_deposited(gn_fb_jobs_is_jobs_at(t, 0)), count);
	END(r);
}

static void so_many_are_listed(void **state)
{
	(void)state;
	list_of(AGENT_LISTED, 0, AGENT_LISTED);
	list_of(AGENT_LISTED + 1, AGENT_LISTED + 1, AGENT_LISTED);
	list_of(3, 3, 3);
	list_of(4, 3, 3);
}

/* ---- whose result (JO-7) ---- */

static struct gn_hash asked; /* for which job */

struct verdict {
	const struct gn_sk *signs; /* the result; */
	const struct gn_pk *ended; /* the queue's end is by this key */
	struct gn_slice token;
	uint8_t state, status;
	bool other_job, damaged;
};

/* Is it taken for the result of the job? */
static bool taken(const struct verdict *v)
{
	uint8_t room[GN_JOB_RESULT_MAX];
	struct gn_buf out = {room, 0, sizeof room};
	struct gn_fb_hash fb_id;
	struct gn_slice item = job(&asked);
	struct gn_job_result result = {.job = asked,
				       .attempt = 1,
				       .status = v->status,
				       .fault = v->status ? GN_FB_JOB_FAULT_INPUT : 0,
				       .note = GN_LIT("what it says"),
				       .output_count = 1};
	result.outputs[0] = (struct gn_job_output){
		.name = GN_LIT("stdout"), .bytes = GN_LIT("forty-two"), .size = 9};
	result.job.b[0] ^= v->other_job;
	assert_int_equal(gn_job_result_make(v->signs, &result, &out), GN_OK);
	room[out.len / 2] ^= v->damaged;
	memset(&came, 0, sizeof came);
	memcpy(fb_id.b, asked.b, sizeof fb_id.b);
	struct agent_request *r = CALL(agent_call_job_get, JOB_GET, job_get, .id = &fb_id);
	WORLD_UNTIL(&w, came.follow_count == 1);
	struct stands s = {.item = item,
			   .outcome = gn_buf_slice(&out),
			   .token = v->token,
			   .state = v->state,
			   .worker = v->ended ? v->ended : &v->signs->pk};
	show(0, &s);
	following(0);
	world_settle(&w);
	world_pass(&w, AGENT_LIST_MORE, GN_SEC);
	assert_int_equal(calls_got.answers, 1);
	struct gn_fb_job_info j = gn_fb_job_is_job((struct gn_fb_job_is){calls_got.table});
	bool done = gn_slice_eq(gn_fb_job_info_state(j), GN_LIT("done"));
	bool shown = gn_fb_job_info_note(j).len > 0;
	/* what is not taken is not shown either, and there is a reason */
	assert_true(shown == (gn_fb_job_info_output(j).len > 0));
	assert_true(done || gn_fb_job_info_reason(j).len > 15);
	if (v->state == GN_FB_BOX_TURN_STATE_DONE)
		assert_int_equal(done, shown);
	END(r);
	return shown;
}

static void whose_result_counts(void **state)
{
	uint8_t work_room[GN_TOKEN_MAX], put_room[GN_TOKEN_MAX], forged_room[GN_TOKEN_MAX];
	struct gn_buf work = {work_room, 0, sizeof work_room}, put = {put_room, 0, sizeof put_room},
		      forged = {forged_room, 0, sizeof forged_room};
	struct gn_sk ben, eve;
	const struct gn_sk *ours = &me->queue.worker;
	enum { DONE = GN_FB_BOX_TURN_STATE_DONE, DEAD = GN_FB_BOX_TURN_STATE_DEAD };
	(void)state;
	gn_sk_from_seed((const uint8_t[32]){1}, &ben);
	gn_sk_from_seed((const uint8_t[32]){2}, &eve);
	const struct agent_grant lease = {GN_FB_ACTION_LEASE, 60, NULL, 0},
				 deposit = {GN_FB_ACTION_DEPOSIT, 60, NULL, 0};
	assert_int_equal(agent_queue_grant(me, &ben.pk, &lease, &work), GN_OK);
	assert_int_equal(agent_queue_grant(me, &ben.pk, &deposit, &put), GN_OK);
	struct gn_sk real = me->queue.sk;
	me->queue.sk = eve; /* a chain of hers for his key, for another queue */
	assert_int_equal(agent_queue_grant(me, &ben.pk, &lease, &forged), GN_OK);
	me->queue.sk = real;
	struct gn_slice works = gn_buf_slice(&work), puts = gn_buf_slice(&put);
	assert_true(taken(&(struct verdict){.signs = ours, .state = DONE}));
	assert_true(taken(&(struct verdict){.signs = &ben, .state = DONE, .token = works}));
	assert_true(taken(&(struct verdict){.signs = ours, .state = DEAD, .status = 1}));
	/* keys that may not work */
	assert_false(taken(&(struct verdict){.signs = &ben, .state = DONE}));
	assert_false(taken(&(struct verdict){.signs = &ben, .state = DONE, .token = puts}));
	assert_false(taken(&(struct verdict){.signs = &eve, .state = DONE, .token = works}));
	assert_false(taken(
		&(struct verdict){.signs = &ben, .state = DONE, .token = gn_buf_slice(&forged)}));
	/* the result of one, the end of another */
	assert_false(taken(&(struct verdict){.signs = &eve, .ended = &ours->pk, .state = DONE}));
	assert_false(taken(
		&(struct verdict){.signs = ours, .ended = &ben.pk, .state = DONE, .token = works}));
	/* for another job; damaged; one says done and the other says failed (JO-5) */
	assert_false(taken(&(struct verdict){.signs = ours, .state = DONE, .other_job = true}));
	assert_false(taken(&(struct verdict){.signs = ours, .state = DONE, .damaged = true}));
	assert_false(taken(&(struct verdict){.signs = ours, .state = DONE, .status = 1}));
	assert_false(taken(&(struct verdict){.signs = ours, .state = DEAD}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define JOBS_TEST(name) cmocka_unit_test_setup(name, between)
		JOBS_TEST(its_descriptor_has_our_limits),
		JOBS_TEST(a_job_has_limits),
		JOBS_TEST(so_many_work_and_wait_so_long),
		JOBS_TEST(a_lease_has_bounds),
		JOBS_TEST(who_is_silent_loses_it),
		JOBS_TEST(what_it_gave_has_a_size),
		JOBS_TEST(a_chain_has_an_end),
		JOBS_TEST(so_many_are_refused),
		JOBS_TEST(so_many_read_and_wait_so_long),
		JOBS_TEST(so_many_are_listed),
		JOBS_TEST(whose_result_counts),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
