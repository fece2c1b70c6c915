/* The holders of a queue among themselves and against each other: one lends an item, the next when
 * it is gone; what one knows travels. And the worker who asks them.
 * Rules BX-35, BX-36, BX-39, BX-41, BX-42, BX-47. */
#include "services/box/testing/queues.h"

/* ---- one lends ---- */

static void one_lends_and_all_know(void **state)
{
	(void)state;
	network(12);
	for (uint8_t n = 1; n <= 8; n++)
		assert_int_equal(svc_box_deposit(&x, 1, n % 4, item_of(n)), GN_OK);
	gn_op op = svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 8);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(x.work_count, 8);
	for (uint8_t n = 1; n <= 8; n++) {
		unsigned from = lender(item_of(n), 0);
		struct gn_hash hash;
		struct gn_slice what = item_of(n);
		gn_sha256(&what, 1, &hash);
		for (unsigned i = 0; i < 8; i++)
			if (memcmp(x.work[i].id.b, hash.b, 16) == 0)
				assert_int_equal(index_of(&x.work[i].holder), from);
		unsigned know = 0;
		for (unsigned i = 0; i < s.count; i++)
			know += at(i, item_of(n)) &&
				box_turn_is_lent(s.nodes[i].box, at(i, item_of(n)));
		assert_int_equal(know, 8);
	}
	assert_true(svc_box_sum(&s, "turns_out") >= 8 * 7);
	assert_true(svc_box_sum(&s, "turns_in") >= 8 * 7);
	assert_int_equal(svc_box_sum(&s, "lent_late"), 0);
	assert_int_equal(svc_box_count(&s, 2, "leases_in"), 8);
	/* done, at all of them; its reader has the outcome, once */
	(void)svc_box_follow(&x, 3, 0);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(
			svc_box_report(&x, 2, op, 0, &x.work[i], GN_BOXREC_DONE, GN_LIT("well")),
			GN_OK);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(x.work_count, 16);
	assert_int_equal(told(GN_BOX_REPORTED, 8)->err, GN_OK);
	assert_int_equal(x.got_count, 8);
	for (uint8_t n = 1; n <= 8; n++)
		for (unsigned i = 0; i < s.count; i++)
			assert_true(!at(i, item_of(n)) || box_item_ended(at(i, item_of(n))));
	svc_free(&s);
}

/* A worker that asks for more time without end makes its holder tell the others once a second. */
static void more_time_is_told_once_a_second(void **state)
{
	(void)state;
	network(12);
	uint8_t n = some_item();
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(n)), GN_OK);
	(void)svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 1);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(x.work_count, 1);
	struct gn_box *b = s.nodes[lender(item_of(n), 0)].box;
	struct box_item *it = at(lender(item_of(n), 0), item_of(n));
	uint64_t before = b->count.turns_out;
	gn_box_tick(b, s.now);
	(void)gn_box_caused(b);
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned k = 0; k < 100; k++)
			box_turn_extend(b, it, 20);
		assert_int_equal(b->count.turns_out - before, (i + 1) * (GN_BOX_SET - 1));
		assert_int_equal(gn_box_caused(b).hashed, (GN_BOX_SET - 1) * BOX_TELL_COST);
		svc_run_for(&s, BOX_TELL_EVERY);
		gn_box_tick(b, s.now);
		(void)gn_box_caused(b);
	}
	svc_free(&s);
}

static void a_worker_waits_between_rounds(void **state)
{
	(void)state;
	network(9);
	(void)svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 1);
	svc_run_for(&s, 2 * GN_SEC);
	uint64_t asked = svc_box_sum(&s, "leases_none");
	struct box_work *w = s.nodes[2].box->work_first;
	assert_true(asked >= 8 && w->poll > BOX_POLL);
	svc_run_for(&s, 60 * GN_SEC);
	assert_int_equal(w->poll, BOX_POLL_MAX);
	asked = svc_box_sum(&s, "leases_none");
	svc_run_for(&s, 2 * BOX_POLL_MAX);
	uint64_t more = svc_box_sum(&s, "leases_none") - asked;
	assert_true(more >= 8 && more <= 24);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1)), GN_OK);
	svc_run_for(&s, BOX_POLL_MAX + GN_SEC);
	assert_int_equal(x.work_count, 1);
	assert_int_equal(x.work[0].kind, GN_BOX_LENT);
	svc_free(&s);
}

/* ---- who is gone ---- */

static void the_next_lends_when_one_is_gone(void **state)
{
	(void)state;
	network(12);
	uint8_t n = some_item();
	unsigned first = lender(item_of(n), 0), second = lender(item_of(n), 1);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(n)), GN_OK);
	s.nodes[first].lies = SVC_BOX_MUTE; /* its links stand: the set has it */
	gn_time began = s.now;
	(void)svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 1);
	svc_run_for(&s, BOX_SILENT - GN_MSEC);
	assert_int_equal(x.work_count, 0);
	while (!x.work_count && s.now < began + 60 * GN_SEC)
		svc_run_for(&s, 100 * GN_MSEC);
	assert_int_equal(x.work_count, 1);
	assert_int_equal(index_of(&x.work[0].holder), second);
	assert_true(svc_box_count(&s, second, "probes") > 0);
	svc_free(&s);
}

/* An item that its lender does not lend although it is there is the next one's in the end. */
static void what_nobody_lends_others_do(void **state)
{
	(void)state;
	network(12);
	uint8_t n = some_item();
	unsigned first = lender(item_of(n), 0);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(n)), GN_OK);
	s.nodes[first].box->ready_at = GN_NEVER / 2; /* it answers all, and lends nothing */
	(void)svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 1);
	svc_run_for(&s, BOX_LATE_LEND - 30 * GN_SEC);
	assert_int_equal(x.work_count, 0);
	svc_run_for(&s, 60 * GN_SEC);
	assert_int_equal(x.work_count, 1);
	assert_int_equal(svc_box_sum(&s, "lent_late"), 1);
	svc_free(&s);
}

/* Who lent it dies; the others know of the lease, and take more time and the end. */
/* Queues of strangers fill what is remembered of others: that one is gone is forgotten last, since
 * nobody lends what is its own to lend until that is found out again. */
static void who_is_gone_is_remembered(void **state)
{
	(void)state;
	network(12);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1)), GN_OK);
	struct gn_box *b = s.nodes[lender(item_of(1), 0)].box;
	struct box_held other = *box_held_get(b, &x.sk.pk);
	struct box_near_key key;
	struct box_lenders l;
	memset(&key, 0, sizeof key);
	key.box = x.sk.pk;
	*(struct box_near *)gn_map_put(&b->nears, &key) =
		(struct box_near){.state = NEAR_GONE, .at = b->now - 60 * GN_SEC};
	for (uint32_t i = 1; b->nears.count < BOX_NEARS; i++) {
		struct box_near_key another;
		memset(&another, 0, sizeof another);
		memcpy(another.peer.b, &i, sizeof i);
		*(struct box_near *)gn_map_put(&b->nears, &another) =
			(struct box_near){.at = b->now};
	}
	other.key.b[0] ^= 1;
	(void)gn_box_caused(b);
	box_lenders_look(b, &other, &l);
	assert_int_equal(b->nears.count, BOX_NEARS);
	assert_non_null(gn_map_get(&b->nears, &key));
	assert_int_equal(gn_box_caused(b).hashed, (GN_BOX_SET - 1) * BOX_TELL_COST);
	/* their probes leave half of the requests to the node's own owner */
	struct box_ask like = {.kind = ASK_STATE, .peer = x.sk.pk};
	while (b->asks.count < BOX_ASKS / 2)
		assert_true(box_ask_new(b, &like, NULL) != 0);
	other.key.b[0] ^= 2;
	box_lenders_look(b, &other, &l);
	assert_int_equal(b->asks.count, BOX_ASKS / 2);
	svc_free(&s);
}

static void a_report_finds_another_holder(void **state)
{
	(void)state;
	network(12);
	uint8_t n = some_item();
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(n)), GN_OK);
	gn_op op = svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 1);
	svc_run_for(&s, 3 * GN_SEC);
	assert_int_equal(x.work_count, 1);
	struct gn_box_event lent = x.work[0];
	svc_stop(&s, index_of(&lent.holder));
	for (unsigned i = 0; i < 60; i++) { /* asked now and then, it finds somebody */
		(void)!gn_box_extend(s.nodes[2].box, op, &lent.id, 30, s.now);
		svc_pump(&s, 2);
		svc_run_for(&s, GN_SEC);
	}
	assert_null(told(GN_BOX_LOST, 0));
	assert_int_equal(at(lender(item_of(n), 0), item_of(n))->turn->delivery, 1);
	assert_int_equal(svc_box_report(&x, 2, op, 0, &lent, GN_BOXREC_DONE, GN_LIT("well")),
			 GN_OK);
	svc_run_for(&s, 30 * GN_SEC);
	assert_non_null(told(GN_BOX_REPORTED, 0));
	assert_int_equal(told(GN_BOX_REPORTED, 0)->err, GN_OK);
	(void)svc_box_follow(&x, 3, 0);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(x.got_count, 1);
	svc_free(&s);
}

/* Lent to another since: the first one is told, and its work counts for nothing. */
static void who_was_late_is_told(void **state)
{
	struct gn_buf buf = {token_bytes, 0, sizeof token_bytes};
	(void)state;
	network(9);
	svc_box_token(&x, 1, 86400, &buf);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1)), GN_OK);
	gn_op op = svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 1);
	svc_run_for(&s, 32 * GN_SEC); /* its lease of 30 s is over */
	(void)svc_box_work(&x, 3, 1, gn_buf_slice(&buf), 1);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(x.work_count, 2);
	assert_int_equal(x.work[1].delivery, 2);
	assert_int_equal(gn_box_extend(s.nodes[2].box, op, &x.work[0].id, 30, s.now), GN_OK);
	svc_pump(&s, 2);
	svc_run_for(&s, 2 * GN_SEC);
	assert_non_null(told(GN_BOX_LOST, 0));
	assert_int_equal(told(GN_BOX_LOST, 0)->err, GN_STALE);
	assert_int_equal(svc_box_count(&s, 2, "leases_lost"), 1);
	assert_int_equal(svc_box_report(&x, 2, op, 0, &x.work[0], GN_BOXREC_DONE, GN_LIT("late")),
			 GN_NOT_FOUND);
	svc_free(&s);
}

/* ---- who works ---- */

/* Who asked for one has no other, whatever becomes of it. */
static void who_asks_for_one_has_one(void **state)
{
	struct gn_box_work one = {.slots = 1, .once = true};
	gn_op op;
	(void)state;
	network(9);
	for (uint8_t n = 1; n <= 3; n++)
		assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(n)), GN_OK);
	one.place = svc_box_place(&x);
	one.key = x.worker[0].pk;
	assert_int_equal(gn_box_work(s.nodes[2].box, &one, s.now, &op), GN_OK);
	svc_pump(&s, 2);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(x.work_count, 1);
	assert_int_equal(svc_box_report(&x, 2, op, 0, &x.work[0], GN_BOXREC_DONE, GN_LIT("a")),
			 GN_OK);
	svc_run_for(&s, 20 * GN_SEC);
	assert_int_equal(x.work_count, 2);
	assert_int_equal(x.work[1].kind, GN_BOX_REPORTED);
	assert_int_equal(svc_box_count(&s, 2, "leases_in"), 1);
	svc_free(&s);
}

/* BX-47: whichever holders a worker asks, its limit holds for all of them; and it hears of it. */
static void a_limit_holds_for_the_set(void **state)
{
	struct gn_token_limit ten = {GN_FB_LIMIT_OF_JOBS, 60000, 10};
	struct gn_buf buf = {token_bytes, 0, sizeof token_bytes};
	(void)state;
	network(9);
	for (uint8_t n = 1; n <= 30; n++)
		assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(n)), GN_OK);
	svc_box_token_limited(&x, 1, 86400, &ten, &buf);
	for (unsigned node = 2; node < 6; node++) { /* of one worker, each asks whom it likes */
		(void)svc_box_work(&x, node, 1, gn_buf_slice(&buf), node < 5 ? 3 : 16);
		svc_run_for(&s, 5 * GN_SEC);
	}
	svc_run_for(&s, 60 * GN_SEC); /* their leases are over, and they are free again */
	unsigned lent = 0, said = 0;
	for (unsigned i = 0; i < x.work_count; i++) {
		lent += x.work[i].kind == GN_BOX_LENT;
		said += x.work[i].kind == GN_BOX_LOST && x.work[i].err == GN_QUOTA;
	}
	assert_true(lent == 10 && said >= 1);
	assert_int_equal(svc_box_sum(&s, "lent"), 10); /* of what was lent again, too */
	assert_true(svc_box_sum(&s, "refused_limit") > 0);
	svc_free(&s);
}

/* Its issuer takes a chain back: who shows it is not let in, and who was is lent nothing more once
 * the holders have looked again (BX-44). */
static void a_chain_that_was_taken_back_lends_nothing(void **state)
{
	static struct gn_revocation list;
	static uint8_t bytes[GN_RECORD_MAX];
	static struct gn_token t;
	struct gn_buf buf = {token_bytes, 0, sizeof token_bytes}, out = {bytes, 0, sizeof bytes};
	(void)state;
	network(9);
	svc_box_token(&x, 1, UINT64_C(30) * 86400, &buf);
	assert_int_equal(gn_token_open(gn_buf_slice(&buf), &t, NULL), GN_OK);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1)), GN_OK);
	gn_op op = svc_box_work(&x, 3, 1, gn_buf_slice(&buf), 1);
	svc_run_for(&s, 5 * GN_SEC); /* its issuer has no list */
	assert_non_null(told(GN_BOX_LENT, 0));
	assert_int_equal(svc_box_report(&x, 3, op, 1, &x.work[0], GN_BOXREC_DONE, GN_LIT("a")),
			 GN_OK);
	list = (struct gn_revocation){
		.owner = x.sk.pk, .seq = 1, .created = gn_unix(s.now), .ttl = 86400};
	struct gn_revoked e = {*gn_token_id(&t), t.blocks[0].expires};
	assert_int_equal(gn_revocation_add(&list, &e, gn_unix(s.now)), GN_OK);
	assert_int_equal(gn_revocation_record(&x.sk, &list, &out), GN_OK);
	assert_int_equal(svc_put(&s, 1, gn_buf_slice(&out), 3, NULL), GN_OK);
	svc_run_for(&s, 310 * GN_SEC);
	unsigned seen = x.work_count;
	for (uint8_t n = 2; n < 10; n++) /* each holder has some to lend */
		assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(n)), GN_OK);
	svc_run_for(&s, 20 * GN_SEC);
	assert_null(told(GN_BOX_LENT, seen));
	/* nor where it was never shown; who is in the descriptor works on */
	(void)svc_box_work(&x, 4, 1, gn_buf_slice(&buf), 1);
	svc_run_for(&s, 20 * GN_SEC);
	assert_null(told(GN_BOX_LENT, seen));
	assert_int_equal(told(GN_BOX_LOST, seen)->err, GN_DENIED);
	(void)svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 1);
	svc_run_for(&s, 10 * GN_SEC);
	assert_non_null(told(GN_BOX_LENT, seen));
	svc_free(&s);
}

/* A chain that is over, and a new one for the same key: that one is shown. */
static void a_new_chain_is_shown(void **state)
{
	struct gn_buf buf = {token_bytes, 0, sizeof token_bytes};
	(void)state;
	network(9);
	svc_box_token(&x, 1, 10, &buf);
	gn_op op = svc_box_work(&x, 3, 1, gn_buf_slice(&buf), 1);
	svc_run_for(&s, 12 * GN_SEC);
	gn_box_cancel(s.nodes[3].box, op, s.now);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1)), GN_OK);
	op = svc_box_work(&x, 3, 1, gn_buf_slice(&buf), 1);
	svc_run_for(&s, 5 * GN_SEC);
	assert_null(told(GN_BOX_LENT, 0));
	gn_box_cancel(s.nodes[3].box, op, s.now);
	buf.len = 0;
	svc_box_token(&x, 1, 1000, &buf);
	(void)svc_box_work(&x, 3, 1, gn_buf_slice(&buf), 1);
	svc_run_for(&s, 5 * GN_SEC);
	assert_non_null(told(GN_BOX_LENT, 0));
	svc_free(&s);
}

/* ---- what travels ---- */

static void who_was_away_learns_how_it_stands(void **state)
{
	(void)state;
	network(12);
	unsigned away = 0;
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1)), GN_OK);
	assert_int_equal(svc_box_deposit(&x, 1, 1, item_of(2)), GN_OK);
	for (unsigned i = 4; i < s.count && !away; i++)
		away = at(i, item_of(1)) && lender(item_of(1), 0) != i && lender(item_of(2), 0) != i
			       ? i
			       : 0;
	assert_true(away > 0);
	svc_stop(&s, away);
	gn_op op = svc_box_work(&x, 2, 0, gn_slice(NULL, 0), 2);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(x.work_count, 2);
	assert_int_equal(svc_box_report(&x, 2, op, 0, &x.work[0], GN_BOXREC_HOPELESS, GN_LIT("no")),
			 GN_OK);
	assert_int_equal(
		svc_box_report(&x, 2, op, 0, &x.work[1], GN_BOXREC_FAILED, GN_LIT("not yet")),
		GN_OK);
	/* and one that it never saw */
	assert_int_equal(svc_box_deposit(&x, 1, 2, item_of(3)), GN_OK);
	svc_run_for(&s, 15 * GN_SEC);
	for (unsigned i = 4; i < x.work_count; i++) /* both were lent, again or at first */
		if (x.work[i].kind == GN_BOX_LENT)
			assert_int_equal(svc_box_report(&x, 2, op, 0, &x.work[i], GN_BOXREC_DONE,
							GN_LIT("well")),
					 GN_OK);
	svc_run_for(&s, 2 * GN_SEC);
	gn_box_cancel(s.nodes[2].box, op, s.now);
	svc_start(&s, away);
	svc_run_for(&s, 400 * GN_SEC);
	for (uint8_t n = 1; n <= 3; n++) {
		const struct box_item *own = at(away, item_of(n)),
				      *other = at(lender(item_of(n), 0), item_of(n));
		assert_true(own && other && other->turn);
		assert_non_null(own->turn);
		assert_int_equal(box_turn_mark(own), box_turn_mark(other));
		assert_int_equal(own->turn->end, other->turn->end);
	}
	/* then they agree, and sums move nothing */
	uint64_t out = svc_box_sum(&s, "turns_out");
	svc_run_for(&s, 1500 * GN_SEC);
	assert_int_equal(svc_box_sum(&s, "turns_out"), out);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_lends_and_all_know),
		cmocka_unit_test(more_time_is_told_once_a_second),
		cmocka_unit_test(a_worker_waits_between_rounds),
		cmocka_unit_test(the_next_lends_when_one_is_gone),
		cmocka_unit_test(what_nobody_lends_others_do),
		cmocka_unit_test(who_is_gone_is_remembered),
		cmocka_unit_test(a_report_finds_another_holder),
		cmocka_unit_test(who_was_late_is_told),
		cmocka_unit_test(who_asks_for_one_has_one),
		cmocka_unit_test(a_limit_holds_for_the_set),
		cmocka_unit_test(a_chain_that_was_taken_back_lends_nothing),
		cmocka_unit_test(a_new_chain_is_shown),
		cmocka_unit_test(who_was_away_learns_how_it_stands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
