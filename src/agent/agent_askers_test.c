/* Who may ask a worker for something: the holder of a queue is this test, and lends what nobody let
 * in; a queue without a node, and what one program has. Rules JO-9, AG-50, AG-100, AG-114. */
#include "agent/job_int.h"
#include "agent/testing/calls.h"
#include "agent/testing/world.h"
#include "wire/token.h"

#include <string.h>

#define JOB_KIND(name) ((struct gn_app_kind){GN_FB_APP_BODY_APP_JOB, GN_FB_APP_JOB_BODY_##name})
#define BOX_KIND(name) ((struct gn_app_kind){GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_##name})
#define CALL(run, KIND, name, ...)                                                                 \
	(builder = calls_builder(), me->now = w.now,                                               \
	 calls_ask(me, run, JOB_KIND(KIND), &builder,                                              \
		   gn_fb_##name##_make(&builder, &(struct gn_fb_##name##_args){__VA_ARGS__})))

static struct world w;
static struct gn_agent *me;
static struct gn_fbb builder;
static struct gn_fb_key queue;
static struct gn_sk ben;
static struct { /* what came to the holders */
	uint64_t work, follow;
	uint8_t end, ends;
	uint8_t item[GN_JOB_MAX]; /* deposited */
	size_t len;
} came;

static bool on_call(struct world_soul *s, const struct gn_host_app_event *e)
{
	if (s != w.souls || e->kind.area != GN_FB_APP_BODY_APP_BOX)
		return false;
	if (e->kind.member == GN_FB_APP_BOX_BODY_QUEUE_WORK) {
		came.work = e->call;
		return true;
	}
	if (e->kind.member == GN_FB_APP_BOX_BODY_QUEUE_END) {
		came.end = gn_fb_queue_end_end((struct gn_fb_queue_end){e->table});
		came.ends++;
		beside_ok(&s->beside, e->call);
		return true;
	}
	if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_FOLLOW &&
	    gn_fb_box_follow_all((struct gn_fb_box_follow){e->table})) {
		came.follow = e->call;
		return true;
	}
	if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_SEND) {
		struct gn_slice item = gn_fb_box_send_item((struct gn_fb_box_send){e->table});
		memcpy(came.item, item.p, item.len < sizeof came.item ? item.len : 0);
		came.len = item.len;
	}
	return false;
}

static void say(uint64_t call, struct gn_app_kind kind, gn_fbref table)
{
	assert_int_equal(
		gn_host_app_answer(w.souls[0].beside.app, call, kind, table, true, gn_os_steady()),
		GN_OK);
}

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	me = &w.souls[0].a;
	calls_serve(me);
	w.call = on_call;
	(void)agent_queue_wanted(me);
	WORLD_UNTIL(&w, me->queue.made && me->queue.call);
	memcpy(queue.b, me->queue.sk.pk.b, sizeof queue.b);
	gn_sk_from_seed((const uint8_t[32]){1}, &ben);
	return 0;
}

static int tear_down(void **state)
{
	return (void)state, world_end(&w), 0;
}

/* Is the program given a job that this key signed, with that chain? */
static bool is_given(const struct gn_sk *by, struct gn_slice token)
{
	uint8_t room[GN_JOB_MAX];
	struct gn_buf out = {room, 0, sizeof room};
	struct gn_hash id, hash;
	struct gn_job j = {.kind = GN_LIT("a/1"),
			   .token = token,
			   .not_after = agent_unix(me) + 3600,
			   .cls = 3,
			   .copies = 1};
	gn_rand_fill(&me->host.rand, j.nonce, sizeof j.nonce);
	assert_int_equal(gn_job_make(by, &j, &out, &id), GN_OK);
	struct gn_slice item = gn_buf_slice(&out);
	gn_sha256(&item, 1, &hash);
	memset(&came, 0, sizeof came);
	struct agent_request *r =
		CALL(agent_call_job_take, JOB_TAKE, job_take, .queue = &queue, .wait_ms = 1000);
	WORLD_UNTIL(&w, came.work != 0);
	say(came.work, BOX_KIND(QUEUE_TASK),
	    gn_fb_queue_task_make(
		    beside_builder(&w.souls[0].beside),
		    &(struct gn_fb_queue_task_args){
			    .id = gn_slice(hash.b, 16), .item = item, .delivery = 1, .lease = 30}));
	WORLD_UNTIL(&w, calls_got.answers || calls_got.refusals);
	bool given = calls_got.answers == 1;
	gn_host_release(&r->base);
	if (given) {
		r = CALL(agent_call_job_end, JOB_END, job_end, .item = gn_slice(hash.b, 16));
		WORLD_UNTIL(&w, came.ends == 1);
	} else {
		assert_int_equal(calls_got.err, GN_AGAIN);
		WORLD_UNTIL(&w, came.ends == 1);
		assert_int_equal(came.end, GN_BOXREC_HOPELESS);
	}
	say(came.work, BOX_KIND(QUEUE_OVER),
	    gn_fb_queue_over_make(beside_builder(&w.souls[0].beside),
				  &(struct gn_fb_queue_over_args){.reported = true}));
	WORLD_UNTIL(&w, me->tasks[0].state == 0);
	if (given)
		gn_host_release(&r->base);
	return given;
}

static struct gn_slice chain(uint8_t room[GN_TOKEN_MAX], const struct gn_sk *of, uint64_t action,
			     uint64_t seconds)
{
	struct gn_buf out = {room, 0, GN_TOKEN_MAX};
	struct gn_sk real = me->queue.sk;
	me->queue.sk = of ? *of : real;
	const struct agent_grant grant = {.actions = action, .seconds = seconds};
	assert_int_equal(agent_queue_grant(me, &ben.pk, &grant, &out), GN_OK);
	me->queue.sk = real;
	gn_sk_wipe(&real);
	return gn_buf_slice(&out);
}

static void who_may_not_ask_is_not_worked_for(void **state)
{
	uint8_t rooms[4][GN_TOKEN_MAX];
	struct gn_slice none = {NULL, 0};
	struct gn_slice puts = chain(rooms[0], NULL, GN_FB_ACTION_DEPOSIT, 600),
			works = chain(rooms[1], NULL, GN_FB_ACTION_LEASE, 600),
			own = chain(rooms[2], &ben, GN_FB_ACTION_DEPOSIT, 600),
			soon = chain(rooms[3], NULL, GN_FB_ACTION_DEPOSIT, 1);
	(void)state;
	assert_true(is_given(&me->queue.sk, none));
	assert_true(is_given(&ben, puts));
	/* by nobody whom the queue knows; with another right; of his own queue; of another key */
	assert_false(is_given(&ben, none));
	assert_false(is_given(&ben, works));
	assert_false(is_given(&ben, own));
	assert_false(is_given(&me->device.sk, puts));
	/* when it is over, and when he is refused */
	world_pass(&w, 2 * GN_SEC, GN_SEC);
	assert_false(is_given(&ben, soon));
	assert_int_equal(agent_queue_refuse(me, &ben.pk, true), GN_OK);
	assert_false(is_given(&ben, puts));
	assert_int_equal(agent_queue_refuse(me, &ben.pk, false), GN_OK);
	assert_true(is_given(&ben, puts));
}

/* What a submitted job carries is what its worker asks for; a list has no other. */
static void what_is_submitted_is_so_signed(void **state)
{
	struct gn_job j;
	struct gn_hash id;
	(void)state;
	memset(&came, 0, sizeof came);
	struct agent_request *r =
		CALL(agent_call_job_submit, JOB_SUBMIT, job_submit, .kind = GN_LIT("a/1"));
	WORLD_UNTIL(&w, calls_got.answers || calls_got.refusals);
	assert_int_equal(calls_got.err, GN_OK);
	gn_host_release(&r->base);
	assert_int_equal(gn_job_open(gn_slice(came.item, came.len), &j, &id), GN_OK);
	assert_true(gn_pk_eq(&j.requester, &me->queue.sk.pk));
	/* listed with one of nobody's */
	uint8_t room[GN_JOB_MAX];
	struct gn_buf out = {room, 0, sizeof room};
	j.nonce[0] ^= 1;
	assert_int_equal(gn_job_make(&ben, &j, &out, &id), GN_OK);
	struct gn_slice items[] = {gn_slice(came.item, came.len), gn_buf_slice(&out)};
	r = CALL(agent_call_jobs_list, JOBS_LIST, jobs_list, .limit = 9);
	WORLD_UNTIL(&w, came.follow != 0);
	for (unsigned i = 0; i < 2; i++) {
		gn_sha256(&items[i], 1, &id);
		say(came.follow, BOX_KIND(BOX_GOT),
		    gn_fb_box_got_make(beside_builder(&w.souls[0].beside),
				       &(struct gn_fb_box_got_args){.id = gn_slice(id.b, 16),
								    .item = items[i],
								    .until = agent_unix(me) + 9}));
	}
	say(came.follow, BOX_KIND(BOX_FOLLOWING),
	    gn_fb_box_following_make(beside_builder(&w.souls[0].beside),
				     &(struct gn_fb_box_following_args){.holders = 8}));
	world_settle(&w);
	world_pass(&w, AGENT_LIST_WAIT, GN_SEC);
	assert_int_equal(calls_got.answers, 1);
	struct gn_fb_jobs_is t = {calls_got.table};
	assert_int_equal(gn_fb_jobs_is_jobs_len(t), 1);
	gn_host_release(&r->base);
}

/* Is ben's result of an own job taken? */
static bool is_done(struct gn_slice works)
{
	uint8_t rooms[2][GN_JOB_MAX];
	struct gn_buf item = {rooms[0], 0, GN_JOB_MAX}, outcome = {rooms[1], 0, GN_JOB_MAX};
	struct gn_job j = {.kind = GN_LIT("a/1"), .not_after = 1, .cls = 3, .copies = 1};
	struct gn_job_result result = {.attempt = 1};
	struct gn_fb_key worker;
	struct gn_hash id;
	gn_rand_fill(&me->host.rand, j.nonce, sizeof j.nonce);
	assert_int_equal(gn_job_make(&me->queue.sk, &j, &item, &result.job), GN_OK);
	assert_int_equal(gn_job_result_make(&ben, &result, &outcome), GN_OK);
	struct gn_slice bytes = gn_buf_slice(&item);
	gn_sha256(&bytes, 1, &id);
	memcpy(worker.b, ben.pk.b, sizeof worker.b);
	memset(&came, 0, sizeof came);
	struct agent_request *r = CALL(agent_call_jobs_list, JOBS_LIST, jobs_list, .limit = 9);
	WORLD_UNTIL(&w, came.follow != 0);
	say(came.follow, BOX_KIND(BOX_GOT),
	    gn_fb_box_got_make(beside_builder(&w.souls[0].beside),
			       &(struct gn_fb_box_got_args){.id = gn_slice(id.b, 16),
							    .item = bytes,
							    .until = agent_unix(me) + 9,
							    .state = GN_FB_BOX_TURN_STATE_DONE,
							    .delivery = 1,
							    .worker = &worker,
							    .outcome = gn_buf_slice(&outcome),
							    .token = works}));
	world_settle(&w);
	world_pass(&w, AGENT_LIST_WAIT, GN_SEC);
	assert_int_equal(calls_got.answers, 1);
	struct gn_fb_jobs_is t = {calls_got.table};
	assert_int_equal(gn_fb_jobs_is_jobs_len(t), 1);
	struct gn_fb_job_info info = gn_fb_jobs_is_jobs_at(t, 0);
	bool done = gn_slice_eq(gn_fb_job_info_state(info), GN_LIT("done"));
	gn_host_release(&r->base);
	return done;
}

static void a_refused_one_s_result_is_none(void **state)
{
	uint8_t room[GN_TOKEN_MAX];
	struct gn_slice works = chain(room, NULL, GN_FB_ACTION_LEASE, 600);
	(void)state;
	assert_true(is_done(works));
	assert_int_equal(agent_queue_refuse(me, &ben.pk, true), GN_OK);
	assert_false(is_done(works));
	assert_int_equal(agent_queue_refuse(me, &ben.pk, false), GN_OK);
	assert_true(is_done(works));
}

/* A queue that cannot be followed now is due when the node is there again; until then the agent
 * sleeps. */
static void without_a_node_it_waits(void **state)
{
	(void)state;
	world_away(&w, 0);
	world_pass(&w, 2 * AGENT_FOLLOW_WAIT, AGENT_FOLLOW_WAIT);
	assert_false(me->queue.call);
	assert_true(w.souls[0].next > w.now);
	world_back(&w, 0);
	WORLD_UNTIL(&w, me->queue.call);
}

static uint8_t as; /* the program that asks; 0: the person's own tool */

static gn_err take_as(struct agent_request *r)
{
	r->program[0] = as;
	return agent_call_job_take(r);
}

static gn_err list_as(struct agent_request *r)
{
	r->program[0] = as;
	return agent_call_jobs_list(r);
}

/* AG-114: a program with a secret has a quarter of the places, and leaves the rest to others. */
static void a_program_has_its_share(void **state)
{
	(void)state;
	for (unsigned listings = 0; listings < 2; listings++) {
		struct agent_request *all[AGENT_TASKS];
		unsigned most = listings ? AGENT_LISTINGS : AGENT_TASKS, count = 0,
			 share = most / AGENT_PROGRAM_PART;
		for (; count < share + 3; count++) {
			as = count <= share ? 1 : count == share + 1 ? 2 : 0;
			all[count] = listings ? CALL(list_as, JOBS_LIST, jobs_list, .limit = 1)
					      : CALL(take_as, JOB_TAKE, job_take, .queue = &queue,
						     .wait_ms = 60000);
			assert_int_equal(calls_got.refusals, count == share);
			if (count != share)
				continue;
			assert_int_equal(calls_got.err, GN_QUOTA);
			assert_non_null(strstr(calls_got.why, "as many as one may"));
		}
		for (unsigned i = 0; i < count; i++) {
			agent_work_gone(me, all[i]);
			agent_jobs_gone(me, all[i]);
			gn_host_release(&all[i]->base);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_may_not_ask_is_not_worked_for),
		cmocka_unit_test(what_is_submitted_is_so_signed),
		cmocka_unit_test(a_refused_one_s_result_is_none),
		cmocka_unit_test(without_a_node_it_waits),
		cmocka_unit_test(a_program_has_its_share),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
