/* Holders of a queue that lie: what one says is not believed without the worker's word, two that
 * lend the same make no second effect, and nobody is kept waiting.
 * Rules BX-35, BX-39, BX-41, BX-43. */
#include "services/box/testing/queues.h"

static void say_turn(unsigned from, unsigned to, struct gn_slice what, uint8_t state, uint8_t end,
		     uint16_t delivery, const struct gn_sk *worker, struct gn_slice token)
{
	static uint8_t storage[4096];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_hash hash;
	struct gn_slice bytes;
	gn_sha256(&what, 1, &hash);
	struct gn_boxrec_outcome o = {
		.box = x.sk.pk, .delivery = delivery, .end = end, .outcome = GN_LIT("a word")};
	struct gn_sig sig = {{0}};
	struct gn_fb_sig fb_sig;
	struct gn_fb_item_id id;
	struct gn_fb_key box = gn_wire_key(&x.sk.pk), key = gn_wire_key(&worker->pk);
	memcpy(o.id, hash.b, 16);
	memcpy(id.b, hash.b, 16);
	if (end <= GN_BOXREC_HOPELESS)
		gn_boxrec_outcome_sign(worker, &o, &sig);
	memcpy(fb_sig.b, sig.b, 64);
	gn_fbref r = gn_fb_box_turn_make(&b, &(struct gn_fb_box_turn_args){.box = &box,
									   .id = &id,
									   .delivery = delivery,
									   .state = state,
									   .end = end,
									   .worker = &key,
									   .left = UINT32_MAX,
									   .outcome = o.outcome,
									   .sig = &fb_sig,
									   .token = token});
	struct gn_fb_box_message_args args = {.body_type = GN_FB_BOX_MESSAGE_BODY_BOX_TURN,
					      .body = r};
	assert_int_equal(gn_fbb_finish(&b, gn_fb_box_message_make(&b, &args),
				       GN_FB_BOX_MESSAGE_IDENTIFIER, &bytes),
			 GN_OK);
	assert_int_equal(gn_box_recv(s.nodes[to].box, &s.nodes[from].sk.pk, &s.nodes[from].addr,
				     bytes, s.now),
			 GN_OK);
	svc_pump(&s, to);
	svc_run_for(&s, GN_SEC);
}

static void a_holder_s_word_ends_nothing(void **state)
{
	struct gn_buf buf = {token_bytes, 0, sizeof token_bytes};
	(void)state;
	network(12);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1)), GN_OK);
	svc_run_for(&s, GN_SEC);
	unsigned to = lender(item_of(1), 0), from = lender(item_of(1), 1);
	struct box_item *it = at(to, item_of(1));
	struct gn_slice none = gn_slice(NULL, 0);
	svc_box_token(&x, 2, 1000, &buf);
	uint64_t refused = svc_box_count(&s, to, "turns_refused");
	/* a key of its own; a right of another's; attempts that it alone has seen; a failure with
	 * deliveries left; done and failed at once */
	say_turn(from, to, item_of(1), GN_FB_BOX_TURN_STATE_DONE, 0, 1, &x.worker[3], none);
	say_turn(from, to, item_of(1), GN_FB_BOX_TURN_STATE_DONE, 0, 1, &x.worker[3],
		 gn_buf_slice(&buf));
	say_turn(from, to, item_of(1), GN_FB_BOX_TURN_STATE_DEAD, GN_FB_BOX_END_ATTEMPTS, 3,
		 &x.worker[0], none);
	say_turn(from, to, item_of(1), GN_FB_BOX_TURN_STATE_DEAD, GN_BOXREC_FAILED, 1, &x.worker[0],
		 none);
	say_turn(from, to, item_of(1), GN_FB_BOX_TURN_STATE_DONE, GN_BOXREC_HOPELESS, 1,
		 &x.worker[0], none);
	/* more deliveries than there are */
	say_turn(from, to, item_of(1), GN_FB_BOX_TURN_STATE_LENT, 9, 4, &x.worker[0], none);
	assert_int_equal(svc_box_count(&s, to, "turns_refused"), refused + 6);
	assert_null(it->turn);
	/* what is signed by who may work, by key or by token, is believed of anybody */
	say_turn(from, to, item_of(1), GN_FB_BOX_TURN_STATE_DEAD, GN_BOXREC_FAILED, 3, &x.worker[2],
		 gn_buf_slice(&buf));
	assert_int_equal(it->turn->state, GN_FB_BOX_TURN_STATE_DEAD);
	assert_int_equal(it->turn->end, GN_FB_BOX_END_FAILED);
	/* a lease is believed, for as long as the descriptor lets it last */
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(2)), GN_OK);
	svc_run_for(&s, GN_SEC);
	to = lender(item_of(2), 0);
	from = lender(item_of(2), 1);
	say_turn(from, to, item_of(2), GN_FB_BOX_TURN_STATE_LENT, 9, 2, &x.worker[0], none);
	assert_true(box_turn_left(s.nodes[to].box, at(to, item_of(2))) <= x.rec.lease);
	assert_int_equal(at(to, item_of(2))->turn->delivery, 2);
	svc_free(&s);
}

/* A holder that lends what is lent already: two do the work, the reader has one end for the id. */
static void lent_twice_counts_once(void **state)
{
	struct gn_buf buf = {token_bytes, 0, sizeof token_bytes};
	(void)state;
	network(12);
	svc_box_token(&x, 1, 86400, &buf);
	uint8_t n = some_item();
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(n)), GN_OK);
	unsigned liar = lender(item_of(n), 1);
	(void)svc_box_follow(&x, 3, 0);
	gn_op first = svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 1);
	svc_run_for(&s, 3 * GN_SEC);
	assert_int_equal(x.work_count, 1);
	/* it forgets that, and thinks that all others are gone */
	struct gn_box *b = s.nodes[liar].box;
	struct box_item *it = at(liar, item_of(n));
	gn_heap_remove(&b->turns, &it->turn->timer);
	gn_mem_free(b->env.alloc, it->turn);
	it->turn = NULL;
	for (unsigned i = 0; i < s.count; i++) {
		struct box_near_key key;
		memset(&key, 0, sizeof key);
		key.box = x.sk.pk;
		key.peer = s.nodes[i].sk.pk;
		struct box_near *near = gn_map_put(&b->nears, &key);
		*near = (struct box_near){.state = NEAR_GONE, .at = s.now};
	}
	gn_op second = svc_box_work(&x, 3, 1, gn_buf_slice(&buf), 1);
	for (unsigned i = 0; i < 20 && x.work_count < 2; i++)
		svc_run_for(&s, GN_SEC);
	assert_int_equal(x.work_count, 2);
	assert_int_equal(x.work[1].delivery, 1); /* both think that theirs is the first */
	assert_int_equal(svc_box_report(&x, 3, second, 1, &x.work[1], GN_BOXREC_DONE, GN_LIT("b")),
			 GN_OK);
	assert_int_equal(svc_box_report(&x, 2, first, 0, &x.work[0], GN_BOXREC_DONE, GN_LIT("a")),
			 GN_OK);
	svc_run_for(&s, 30 * GN_SEC);
	assert_int_equal(x.work_count, 4);
	assert_int_equal(x.got_count, 1);
	svc_free(&s);
}

static unsigned trickler, others;
static uint64_t asked;

static void hear_lease(void *user, unsigned from, unsigned to, struct gn_slice bytes)
{
	struct gn_fb_box_message m;
	(void)user;
	if (from != 2 || gn_fb_box_message_verify(bytes, &m) != GN_OK ||
	    gn_fb_box_message_body_type(m) != GN_FB_BOX_MESSAGE_BODY_BOX_LEASE)
		return;
	others += to != trickler && asked;
	if (to == trickler && !asked)
		asked = gn_fb_box_message_request(m);
}

static void trickles(struct gn_slice what)
{
	static uint8_t storage[4096];
	struct gn_hash hash;
	struct gn_fb_item_id id;
	struct gn_slice bytes;
	struct gn_fb_key box = gn_wire_key(&x.sk.pk);
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_sha256(&what, 1, &hash);
	memcpy(id.b, hash.b, sizeof id.b);
	struct gn_fb_box_item_args item_args = {
		.box = &box, .id = &id, .item = what, .delivery = 1, .left = 1};
	struct gn_fb_box_message_args args = {.request = asked,
					      .body_type = GN_FB_BOX_MESSAGE_BODY_BOX_ITEM,
					      .body = gn_fb_box_item_make(&b, &item_args)};
	gn_fbref root = gn_fb_box_message_make(&b, &args);
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_BOX_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_box_recv(s.nodes[2].box, &s.nodes[trickler].sk.pk, NULL, bytes, s.now),
			 GN_OK);
	svc_run_for(&s, GN_SEC);
}

/* A holder that always says that one more comes keeps its worker from no other (BX-41). */
static void who_trickles_keeps_no_worker(void **state)
{
	(void)state;
	network(12);
	trickler = lender(item_of(some_item()), 0);
	(void)svc_box_work(&x, 2, 0, gn_slice(NULL, 0), BOX_SLOTS);
	svc_run_for(&s, 10 * GN_SEC);
	s.box_message = hear_lease;
	s.nodes[trickler].lies = SVC_BOX_MUTE; /* its right was shown */
	for (unsigned kind = 0; kind < 2; kind++) {
		for (asked = others = 0; !asked;)
			svc_run_for(&s, GN_MSEC);
		for (uint8_t i = 1; i <= 30; i++)
			trickles(kind ? item_of(i) : gn_slice(NULL, 0));
		assert_true(others > 0);
	}
	assert_int_equal(svc_box_count(&s, 2, "leases_in"), BOX_LEASES);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_holder_s_word_ends_nothing),
		cmocka_unit_test(lent_twice_counts_once),
		cmocka_unit_test(who_trickles_keeps_no_worker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
