/* Limits of tokens at a queue's holder: what is put in, what is lent here and what others say they
 * have lent, each at the limit and one past it. Rules WR-37, BX-47. */
#include "services/box/testing/queue.h"

static struct gn_quota *quota;

static int no_quota(void **state)
{
	b->cfg.quota = NULL;
	gn_quota_validate(quota);
	gn_quota_free(quota);
	return teardown(state);
}

static struct gn_slice limited(const struct gn_pk *who, uint64_t action,
			       struct gn_token_limit limit_of)
{
	return token_with(&owner, who, action, 86400, &limit_of);
}

static void limited_queue(void)
{
	(void)report, (void)extend, (void)lent; /* of the harness */
	queue();
	assert_int_equal(gn_quota_new(&env, false, &quota), GN_OK);
	b->cfg.quota = quota;
}

/* By the chain of workers[2], shown as a depositor's. */
static gn_err bring(uint32_t number, uint32_t len)
{
	static uint8_t item[4096];
	struct box_from f = from_peer(2);
	struct gn_fb_key key = gn_wire_key(&h->key);
	struct gn_slice bytes = gn_slice(item, len);
	struct gn_fb_box_message m;
	struct gn_hash hash;
	struct gn_sig sig;
	struct gn_fb_sig fb_sig;
	memcpy(item, &number, sizeof number);
	gn_sha256(&bytes, 1, &hash);
	gn_boxrec_deposit_sign(&workers[2], &h->key, &hash, &sig);
	memcpy(fb_sig.b, sig.b, 64);
	box_on_deposit(b, &f, h,
		       TABLE(box_deposit, {.box = &key,
					   .item = bytes,
					   .ttl = 1000,
					   .shown = GN_BOXREC_DEPOSITOR + 1,
					   .sig = &fb_sig}));
	run();
	assert_true(answer(&m));
	if (gn_fb_box_message_body_type(m) == GN_FB_BOX_MESSAGE_BODY_BOX_HELD)
		return GN_OK;
	struct gn_fb_box_done d = gn_fb_box_message_body_as_box_done(m);
	gn_plain(gn_fb_box_done_limit(d), limit, sizeof limit);
	return gn_wire_err(gn_fb_box_done_code(d));
}

static void so_much_is_put_in(void **state)
{
	static const struct {
		struct gn_token_limit limit;
		const char *name;
	} cases[] = {
		{{GN_FB_LIMIT_OF_MESSAGES, 60, 2}, "token-messages"},
		{{GN_FB_LIMIT_OF_OPS, 60, 2}, "token-ops"},
		{{GN_FB_LIMIT_OF_JOBS, 60, 2}, "token-jobs"},
		{{GN_FB_LIMIT_OF_BYTES, 60, 200}, "token-bytes"},
	};
	(void)state;
	limited_queue();
	for (uint32_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_slice t = limited(&workers[2].pk, GN_FB_ACTION_DEPOSIT, cases[i].limit);
		assert_int_equal(show(2, GN_BOXREC_DEPOSITOR, &workers[2], t), GN_OK);
		assert_int_equal(bring(10 * i, 100), GN_OK);
		assert_int_equal(bring(10 * i, 100), GN_OK); /* a double costs nothing */
		assert_int_equal(bring(10 * i + 1, 100), GN_OK);
		uint32_t before = h->count;
		assert_int_equal(bring(10 * i + 2, 100), GN_QUOTA);
		assert_string_equal(limit, cases[i].name);
		assert_int_equal(h->count, before);
		assert_int_equal(bring(10 * i + 1, 100), GN_OK); /* nor does what is here */
		pass(30 * GN_SEC);
		assert_int_equal(bring(10 * i + 2, 100), GN_OK);
		assert_int_equal(bring(10 * i + 3, 100), GN_QUOTA);
	}
	assert_int_equal(b->count.refused_limit, 2 * GN_COUNT(cases));
	/* in a box that is no queue nothing is a job */
	struct gn_token_limit job = {GN_FB_LIMIT_OF_JOBS, 60, 0};
	h->queue = false;
	struct gn_slice t = limited(&workers[2].pk, GN_FB_ACTION_DEPOSIT, job);
	assert_int_equal(show(2, GN_BOXREC_DEPOSITOR, &workers[2], t), GN_OK);
	assert_int_equal(bring(90, 100), GN_OK);
	h->queue = true;
	assert_int_equal(bring(91, 100), GN_QUOTA);
}

/* What finds no place draws nothing. */
static void what_is_refused_draws_nothing(void **state)
{
	struct gn_token_limit two = {GN_FB_LIMIT_OF_MESSAGES, 600, 2};
	(void)state;
	limited_queue();
	struct gn_slice t = limited(&workers[2].pk, GN_FB_ACTION_DEPOSIT, two);
	assert_int_equal(show(2, GN_BOXREC_DEPOSITOR, &workers[2], t), GN_OK);
	uint32_t items = h->rules->items;
	h->rules->items = 0;
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(bring(i, 100), GN_NO_SPACE);
	h->rules->items = items;
	assert_int_equal(bring(1, 100), GN_OK);
	assert_int_equal(bring(2, 100), GN_OK);
	assert_int_equal(bring(3, 100), GN_QUOTA);
}

static void so_much_is_lent(void **state)
{
	struct gn_token_limit three = {GN_FB_LIMIT_OF_JOBS, 60, 3},
			      bytes = {GN_FB_LIMIT_OF_BYTES, 60, 64 * 2};
	(void)state;
	limited_queue();
	for (unsigned i = 0; i < 12; i++)
		(void)deposit(0); /* of 64 bytes */
	struct gn_slice t = limited(&workers[2].pk, GN_FB_ACTION_LEASE, three);
	assert_int_equal(show(2, GN_BOXREC_WORKER, &workers[2], t), GN_OK);
	assert_int_equal(lease(2, 2), 2);
	assert_int_equal(lease(2, 16), 1); /* as many as there may be */
	assert_int_equal(lease(2, 16), 0);
	struct gn_fb_box_done d = gn_fb_box_message_body_as_box_done(last);
	assert_int_equal(gn_wire_err(gn_fb_box_done_code(d)), GN_QUOTA);
	gn_plain(gn_fb_box_done_limit(d), limit, sizeof limit);
	assert_string_equal(limit, "token-jobs");
	assert_in_range(gn_fb_box_done_retry_ms(d), 19000, 20001);
	pass(20 * GN_SEC);
	assert_int_equal(lease(2, 16), 1);
	/* who works by the descriptor has no limits; nor has an empty queue any to refuse by */
	workers_come();
	assert_true(lease(0, 16) > 5);
	assert_int_equal(lease(2, 16), 0);
	assert_int_equal(gn_wire_err(gn_fb_box_done_code(gn_fb_box_message_body_as_box_done(last))),
			 GN_OK);
	for (unsigned i = 0; i < 4; i++)
		(void)deposit(0);
	t = limited(&workers[2].pk, GN_FB_ACTION_LEASE, bytes);
	assert_int_equal(show(2, GN_BOXREC_WORKER, &workers[2], t), GN_OK);
	assert_int_equal(lease(2, 16), 2);
	assert_int_equal(lease(2, 1), 0);
}

/* One that is too large for a worker waits for others, and keeps those behind it from nobody. */
static void what_is_too_large_keeps_nothing_back(void **state)
{
	struct gn_token_limit bytes = {GN_FB_LIMIT_OF_BYTES, 60, 128},
			      any = {GN_FB_LIMIT_OF_JOBS, 60, 9};
	(void)state;
	limited_queue();
	struct gn_slice t = limited(&workers[2].pk, GN_FB_ACTION_DEPOSIT, any);
	assert_int_equal(show(2, GN_BOXREC_DEPOSITOR, &workers[2], t), GN_OK);
	assert_int_equal(bring(1, 129), GN_OK);
	assert_int_equal(bring(2, 128), GN_OK);
	t = limited(&workers[2].pk, GN_FB_ACTION_LEASE, bytes);
	assert_int_equal(show(2, GN_BOXREC_WORKER, &workers[2], t), GN_OK);
	assert_int_equal(lease(2, 1), 1);
	assert_int_equal(lease(2, 1), 0); /* and is told why there is no more */
	gn_plain(gn_fb_box_done_limit(gn_fb_box_message_body_as_box_done(last)), limit,
		 sizeof limit);
	assert_string_equal(limit, "token-bytes");
}

/* One that others lent counts, once this worker is known. */
static void what_others_lent_counts(void **state)
{
	struct gn_token_limit three = {GN_FB_LIMIT_OF_JOBS, 60, 3};
	struct box_item *it[4];
	(void)state;
	limited_queue();
	for (unsigned i = 0; i < 4; i++)
		it[i] = deposit(0);
	box_limited_told(b, h, &workers[2].pk, it[0]); /* not known yet */
	struct gn_slice t = limited(&workers[2].pk, GN_FB_ACTION_LEASE, three);
	assert_int_equal(show(2, GN_BOXREC_WORKER, &workers[2], t), GN_OK);
	box_limited_told(b, h, &workers[1].pk, it[0]); /* another's */
	box_limited_told(b, h, &workers[2].pk, it[0]);
	box_limited_told(b, h, &workers[2].pk, it[1]);
	assert_int_equal(lease(2, 16), 1);
	/* so many workers are remembered */
	for (uint32_t i = 0; i < BOX_LIMITED; i++) {
		struct box_from f = from_peer(3);
		struct box_show s = {.role = GN_BOXREC_WORKER,
				     .limited = true,
				     .box = h->key,
				     .token = (uint8_t[1]){0},
				     .token_len = 1};
		b->now++;
		memcpy(s.key.b, &i, sizeof i);
		box_limited_know(b, &f, h, &s);
		assert_int_equal(b->limited.count, i + 2 < BOX_LIMITED ? i + 2 : BOX_LIMITED);
	}
	struct box_limited_key first = {h->key, workers[2].pk};
	assert_null(gn_map_get(&b->limited, &first));
}

/* An item that is over goes when it is brought again, by a clock that is sure; by one that may have
 * stepped it stands (BX-14). */
static void a_double_ends_nothing_by_a_clock_in_doubt(void **state)
{
	(void)state;
	limited_queue();
	struct gn_slice t = token_for(&owner, &workers[2].pk, GN_FB_ACTION_DEPOSIT, 86400);
	assert_int_equal(show(2, GN_BOXREC_DEPOSITOR, &workers[2], t), GN_OK);
	assert_int_equal(bring(1, 100), GN_OK);
	struct box_item *it = h->items[0];
	it->until = box_unix(b) - 1;
	assert_true(h->count == 1 && !gn_overlay_time_sure(ov, b->now));
	assert_int_equal(bring(1, 100), GN_OK);
	assert_true(h->count == 1 && h->items[0] == it && box_item_over(it, box_unix(b)));
	b->now += 3600 * GN_SEC;
	assert_true(gn_overlay_time_sure(ov, b->now));
	assert_int_equal(bring(1, 100), GN_OK);
	assert_true(h->count == 1 && !box_item_over(h->items[0], box_unix(b)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, no_quota)
		T(so_much_is_put_in),       T(what_is_refused_draws_nothing),
		T(so_much_is_lent),         T(what_is_too_large_keeps_nothing_back),
		T(what_others_lent_counts), T(a_double_ends_nothing_by_a_clock_in_doubt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
