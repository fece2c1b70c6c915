/* The holders of a queue among themselves and against each other: one lends an item, the next when
 * it is gone; what one knows travels; what one says is not believed without the worker's word; two
 * that lend the same make no second effect. And the worker who asks them.
 * Rules BX-35, BX-36, BX-39, BX-41..BX-43. */
#include "services/box/engine_int.h"
#include "services/testing/boxes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct svc s;
static struct svc_box x;
static uint8_t item[2048], token_bytes[1024];

static struct gn_slice item_of(uint8_t number)
{
	memset(item, number, sizeof item);
	return gn_slice(item, sizeof item);
}

static void network(unsigned nodes)
{
	svc_init(&s, &(struct svc_options){.seed = 11, .nodes = nodes, .box_bytes = 64u << 20});
	svc_box_make(&s, &x, 2, GN_FB_BOX_KIND_QUEUE, 1);
	assert_int_equal(svc_box_put(&x, 0), GN_OK);
	svc_run_for(&s, 10 * GN_SEC);
}

static struct box_item *at(unsigned node, struct gn_slice what)
{
	struct gn_hash hash;
	gn_sha256(&what, 1, &hash);
	struct gn_box_id id = box_id_of(&hash);
	return s.nodes[node].box ? box_item_get(s.nodes[node].box, &x.sk.pk, &id) : NULL;
}

/* The node that lends this item, as node 1 sees the set. */
static unsigned lender(struct gn_slice what, unsigned rank)
{
	struct gn_contact set[GN_BOX_SET];
	struct gn_hash key, hash;
	struct gn_box_id id;
	gn_boxrec_key(&x.sk.pk, 0, &key);
	gn_sha256(&what, 1, &hash);
	id = box_id_of(&hash);
	uint32_t n = gn_overlay_set(s.nodes[1].ov, &key, GN_BOX_SET, set);
	box_index_key(&x.sk.pk, &id, &key);
	for (unsigned r = 0;; r++) {
		uint32_t best = 0;
		uint64_t least = UINT64_MAX;
		for (uint32_t i = 0; i < n; i++) {
			uint64_t sep = gn_ov_sep(gn_ov_theta(set[i].id.b), gn_ov_theta(key.b));
			if (sep < least) {
				least = sep;
				best = i;
			}
		}
		for (unsigned k = 0; r == rank && k < s.count; k++)
			if (gn_pk_eq(&set[best].pk, &s.nodes[k].sk.pk))
				return k;
		set[best] = set[--n];
		assert_true(n > 0);
	}
}

/* An item that a node above 3 lends, so that it may die; its number. */
static uint8_t some_item(void)
{
	for (uint8_t n = 1;; n++)
		if (lender(item_of(n), 0) > 3 && lender(item_of(n), 1) > 3)
			return n;
}

static struct gn_box_event *told(enum gn_box_event_kind kind, unsigned from)
{
	for (unsigned i = from; i < x.work_count; i++)
		if (x.work[i].kind == kind)
			return &x.work[i];
	return NULL;
}

static unsigned index_of(const struct gn_pk *pk)
{
	for (unsigned i = 0; i < s.count; i++)
		if (gn_pk_eq(&s.nodes[i].sk.pk, pk))
			return i;
	return SVC_NODES;
}

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
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(2)), GN_OK);
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

/* ---- liars ---- */

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
		cmocka_unit_test(one_lends_and_all_know),
		cmocka_unit_test(a_worker_waits_between_rounds),
		cmocka_unit_test(the_next_lends_when_one_is_gone),
		cmocka_unit_test(what_nobody_lends_others_do),
		cmocka_unit_test(a_report_finds_another_holder),
		cmocka_unit_test(who_was_late_is_told),
		cmocka_unit_test(who_asks_for_one_has_one),
		cmocka_unit_test(a_limit_holds_for_the_set),
		cmocka_unit_test(a_chain_that_was_taken_back_lends_nothing),
		cmocka_unit_test(a_new_chain_is_shown),
		cmocka_unit_test(who_was_away_learns_how_it_stands),
		cmocka_unit_test(a_holder_s_word_ends_nothing),
		cmocka_unit_test(lent_twice_counts_once),
		cmocka_unit_test(who_trickles_keeps_no_worker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
