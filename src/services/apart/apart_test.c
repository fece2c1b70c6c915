/* Records apart against holders that lie, are silent or have nothing: what counts as stored, what
 * is shown, who is asked next; each bound at it and one past it. Rule RE-55; OV-51, OV-56. */
#include "services/apart/testing/holders.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint8_t room[GN_RECORD_MAX], room2[GN_RECORD_MAX], room3[GN_RECORD_MAX];

static int start(void **state)
{
	(void)state;
	one_prefix = false;
	holders_start();
	return 0;
}

static int start_in_one_prefix(void **state)
{
	(void)state;
	one_prefix = true;
	holders_start();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	holders_stop();
	return 0;
}

static gn_op put(struct gn_slice record)
{
	gn_op op;
	assert_int_equal(gn_apart_put(a, record, 0, now, &op), GN_OK);
	return op;
}

static gn_op get(unsigned quorum)
{
	gn_op op;
	struct gn_get_options o = {.quorum = quorum, .type = GN_FB_RECORD_TYPE_APPLICATION};
	assert_int_equal(gn_apart_get(a, &key, &o, now, &op), GN_OK);
	return op;
}

static unsigned how_many_asked(void)
{
	unsigned n = 0;
	for (unsigned i = 0; i < HOLDERS; i++)
		n += asked[i] > 0;
	return n;
}

static void a_put_counts_good_receipts_alone(void **state)
{
	struct gn_slice record = record_of(&owner, 5, 0, room);
	struct gn_receipt r;
	(void)state;
	found(put(record), HOLDERS);
	assert_int_equal(asked_kind, GN_FB_OVERLAY_BODY_PUT);
	assert_int_equal(how_many_asked(), APART_SET);
	assert_true(asked[0] && asked[APART_SET - 1]);
	/* what is none of its own, is not signed, or is none: each costs the next one's place */
	r = receipt_by(1, record);
	assert_int_equal(ack(0, &r), GN_OK);
	r = receipt_by(1, record);
	r.seq++;
	assert_int_equal(ack(1, &r), GN_OK);
	r = receipt_by(2, record);
	r.held_until++;
	assert_int_equal(ack(2, &r), GN_OK);
	assert_int_equal(ack(3, NULL), GN_OK);
	assert_int_equal(counts.bad, 4);
	assert_int_equal(how_many_asked(), APART_NODES);
	for (unsigned i = 4; i < 9; i++) {
		assert_int_equal(ended, 0);
		r = receipt_by(i, record);
		assert_int_equal(ack(i, &r), GN_OK);
		if (i < 8) { /* once */
			assert_int_equal(ack(i, &r), GN_OK);
			assert_int_equal(counts.unasked, i - 3);
		}
	}
	assert_int_equal(ended, 1);
	assert_int_equal(last_err, GN_OK);
	assert_int_equal(counts.puts, 1);
	assert_int_equal(gn_apart_ops(a), 0);
}

static void an_answer_is_of_who_was_asked_and_of_its_kind(void **state)
{
	struct gn_slice record = record_of(&owner, 5, 0, room);
	struct gn_fbb b = answer_begin();
	struct gn_receipt r = receipt_by(0, record);
	(void)state;
	found(put(record), HOLDERS);
	gn_fbref receipt = gn_wire_receipt_put(&b, &r);
	assert_int_equal(answer(0, 1, GN_FB_OVERLAY_BODY_ACK, &b,
				gn_fb_ack_make(&b, &(struct gn_fb_ack_args){.receipt = receipt})),
			 GN_OK);
	assert_int_equal(nodes(0), GN_OK); /* that answers a GET */
	assert_int_equal(value(0, record), GN_OK);
	assert_int_equal(counts.unasked, 3);
	/* what asks is not heard */
	b = answer_begin();
	assert_int_equal(answer(0, 0, GN_FB_OVERLAY_BODY_PUSH, &b,
				gn_fb_push_make(&b, &(struct gn_fb_push_args){.record = record})),
			 GN_UNSUPPORTED);
	assert_int_equal(gn_apart_recv(a, &holder[0].pk, GN_LIT("nothing like it"), now),
			 GN_MALFORMED);
	assert_int_equal(ack(0, &r), GN_OK); /* it was asked still */
	assert_int_equal(counts.unasked, 3);
	assert_int_equal(how_many_asked(), APART_SET);
	/* of two who ask for the same, each has its own numbers, which do not count anything */
	uint64_t before = request[1];
	found(put(record), HOLDERS);
	assert_true(before != request[1]);
	assert_int_equal(asked[1], 2);
	for (unsigned i = 1; i < APART_SET; i++)
		assert_true(request[i] - request[i - 1] + 1000 > 2000);
}

static void receipts_of_one_prefix_are_few(void **state)
{
	struct gn_slice record = record_of(&owner, 5, 0, room);
	(void)state;
	found(put(record), HOLDERS);
	for (unsigned i = 0; i < APART_SET; i++) {
		struct gn_receipt r = receipt_by(i, record);
		assert_int_equal(ack(i, &r), GN_OK);
	}
	assert_int_equal(ended, 1);
	assert_int_equal(last_err, GN_QUORUM); /* two of them count */
	assert_int_equal(how_many_asked(), APART_SET);
}

static void what_stands_in_the_way_is_shown(void **state)
{
	struct gn_slice record = record_of(&owner, 5, 0, room),
			newer = record_of(&owner, 6, 0, room2);
	uint8_t other[GN_RECORD_MAX];
	(void)state;
	found(put(record), 4);
	/* another's place, an older one: neither is newer */
	assert_int_equal(stale(0, record_of(&owner, 7, 1, other), GN_FB_CODE_STALE), GN_OK);
	assert_int_equal(stale(1, record_of(&owner, 4, 0, other), GN_FB_CODE_STALE), GN_OK);
	assert_int_equal(stale(2, newer, GN_FB_CODE_STALE), GN_OK);
	assert_int_equal(not_mine(3), GN_OK);
	assert_int_equal(last_err, GN_STALE);
	assert_int_equal(last_seq, 6);
	assert_int_equal(counts.bad, 1);
	found(put(record), 1);
	assert_int_equal(stale(0, newer, GN_FB_CODE_EXISTS), GN_OK);
	assert_int_equal(last_err, GN_EXISTS);
	/* refusals, and nobody there */
	found(put(record), 2);
	assert_int_equal(refused(0, GN_FB_CODE_DENIED), GN_OK);
	assert_int_equal(busy(1), GN_OK);
	assert_int_equal(last_err, GN_DENIED);
	found(put(record), 2);
	gn_apart_peer_down(a, &holder[0].pk, now);
	gn_apart_peer_down(a, &holder[1].pk, now);
	drain();
	assert_int_equal(last_err, GN_UNREACHABLE);
	assert_int_equal(counts.silent, 2);
}

static void a_get_asks_as_many_as_it_needs(void **state)
{
	struct gn_slice one = record_of(&owner, 5, 0, room), two = record_of(&owner, 6, 0, room2);
	uint8_t other[GN_RECORD_MAX], forged[GN_RECORD_MAX];
	struct gn_sk stranger = apart_key(1, 1);
	(void)state;
	found(get(0), HOLDERS); /* 4 by the overlay's configuration */
	assert_int_equal(asked_kind, GN_FB_OVERLAY_BODY_GET);
	assert_int_equal(how_many_asked(), 4);
	assert_int_equal(nodes(0), GN_OK);
	assert_int_equal(how_many_asked(), 5);
	/* of another key, and not signed */
	assert_int_equal(value(1, record_of(&stranger, 9, 0, other)), GN_OK);
	memcpy(forged, two.p, two.len);
	forged[two.len - 1] ^= 1;
	for (unsigned i = 0; i < two.len; i++) { /* a bit of what is signed */
		struct gn_record r;
		memcpy(forged, two.p, two.len);
		forged[i] ^= 1;
		if (gn_wire_record_parse(gn_slice(forged, two.len), &r) == GN_OK &&
		    gn_hash_eq(&r.key, &key) && gn_wire_record_verify(&r) != GN_OK)
			break;
	}
	assert_int_equal(value(2, gn_slice(forged, two.len)), GN_OK);
	assert_int_equal(counts.bad, 2);
	assert_int_equal(how_many_asked(), 7);
	assert_int_equal(value(3, one), GN_OK);
	assert_int_equal(value(4, two), GN_OK);
	assert_int_equal(value(5, one), GN_OK);
	assert_int_equal(ended, 0);
	assert_int_equal(value(6, one), GN_OK);
	assert_int_equal(ended, 1);
	assert_int_equal(last_err, GN_OK);
	assert_int_equal(last_seq, 6); /* the newest of them */
	assert_int_equal(counts.gets, 1);
	/* fewer have it: it is shown when all have answered */
	found(get(4), 5);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(nodes(i), GN_OK);
	assert_int_equal(value(4, one), GN_OK);
	assert_int_equal(ended, 2);
	assert_int_equal(last_err, GN_OK);
	found(get(4), 2);
	assert_int_equal(nodes(0), GN_OK);
	assert_int_equal(nodes(1), GN_OK);
	assert_int_equal(last_err, GN_NOT_FOUND);
	found(get(4), 0);
	assert_int_equal(last_err, GN_UNREACHABLE);
	assert_int_equal(ended, 4);
}

static unsigned how_many_whole(void)
{
	unsigned n = 0;
	for (unsigned i = 0; i < HOLDERS; i++)
		n += asked_whole[i];
	return n;
}

/* What goes over small circuits: one record, and versions of the same. */
static void the_record_itself_is_asked_of_one(void **state)
{
	struct gn_slice one = record_of(&owner, 5, 0, room);
	(void)state;
	found(get(4), HOLDERS);
	assert_int_equal(how_many_asked(), 4);
	assert_true(asked_whole[0] && how_many_whole() == 1);
	assert_int_equal(version(1, one), GN_OK); /* before the record is here: it waits */
	assert_int_equal(asked[1], 1);
	assert_int_equal(value(0, one), GN_OK);
	assert_int_equal(version(2, one), GN_OK);
	assert_int_equal(value(3, one), GN_OK); /* from who knows of no versions */
	assert_int_equal(last_err, GN_OK);
	assert_true(last.value_count == 1 && last_holders[0] == 4);
	assert_int_equal(asked_all, 4);
	assert_int_equal(ended, 1);
}

static void another_version_is_asked_for_once(void **state)
{
	struct gn_slice one = record_of(&owner, 5, 0, room), two = record_of(&owner, 6, 0, room2);
	(void)state;
	found(get(4), HOLDERS);
	assert_int_equal(version(1, two), GN_OK);
	assert_int_equal(version(2, two), GN_OK);
	assert_int_equal(version(3, one), GN_OK);
	assert_int_equal(how_many_whole(), 1); /* it may be that one */
	assert_int_equal(value(0, one), GN_OK);
	assert_true(asked[1] == 2 && asked_whole[1] && asked[2] == 1 && asked[3] == 1);
	assert_int_equal(value(1, two), GN_OK);
	assert_int_equal(last_err, GN_OK);
	assert_int_equal(last_seq, 6);
	assert_true(last.value_count == 2 && last_holders[0] == 2 && last_holders[1] == 2);
}

static void who_says_a_version_and_does_not_show_it_is_no_answer(void **state)
{
	struct gn_slice one = record_of(&owner, 5, 0, room), two = record_of(&owner, 6, 0, room2);
	struct gn_get_options o = {.quorum = 2, .min_seq = 5};
	gn_op op;
	(void)state;
	assert_int_equal(gn_apart_get(a, &key, &o, now, &op), GN_OK);
	found(op, HOLDERS);
	/* a version instead of the record, and one that is older than what was asked for */
	assert_int_equal(version(0, one), GN_OK);
	assert_int_equal(counts.bad, 1);
	assert_true(asked_whole[2]);
	assert_int_equal(version(1, record_of(&owner, 4, 0, room3)), GN_OK);
	assert_int_equal(counts.bad, 2);
	assert_int_equal(version(3, two), GN_OK); /* it says, */
	assert_int_equal(nodes(2), GN_OK);
	assert_true(asked_whole[3] && asked[3] == 2);
	assert_int_equal(nodes(3), GN_OK); /* and has it not */
	assert_int_equal(ended, 0);
	for (unsigned i = 4; i < 6; i++)
		assert_int_equal(value(i, one), GN_OK);
	assert_int_equal(last_err, GN_OK);
	assert_int_equal(last_seq, 5);
}

static void of_many_versions_the_newest_are_shown(void **state)
{
	(void)state;
	found(get(APART_SET + 1), APART_NODES); /* no more than the set */
	assert_int_equal(how_many_asked(), APART_SET);
	for (unsigned i = 0; i < APART_SET - 1; i++)
		assert_int_equal(value(i, record_of(&owner, 10 + i, 0, room)), GN_OK);
	gn_apart_peer_down(a, &holder[APART_SET - 1].pk, now);
	drain();
	assert_int_equal(how_many_asked(), APART_SET + 1);
	assert_int_equal(value(APART_SET, record_of(&owner, 3, 0, room)), GN_OK);
	assert_int_equal(ended, 1);
	assert_int_equal(last_seq, 10 + APART_SET - 2);
	assert_true(last.value_count == GN_OVERLAY_VALUES && APART_SET == GN_OVERLAY_VALUES);
}

static void who_is_silent_is_not_waited_for(void **state)
{
	(void)state;
	found(get(1), HOLDERS);
	assert_int_equal(how_many_asked(), 1);
	assert_int_equal(gn_apart_deadline(a), now + APART_ANSWER);
	now += APART_ANSWER - 1;
	gn_apart_tick(a, now);
	drain();
	assert_int_equal(how_many_asked(), 1);
	now++;
	gn_apart_tick(a, now);
	drain();
	assert_int_equal(how_many_asked(), 2);
	assert_int_equal(counts.silent, 1);
	now += APART_ANSWER;
	gn_apart_tick(a, now);
	now += APART_ANSWER - 1;
	gn_apart_tick(a, now);
	drain();
	assert_int_equal(ended, 0);
	now++; /* APART_TIME in all */
	gn_apart_tick(a, now);
	drain();
	assert_int_equal(ended, 1);
	assert_int_equal(last_err, GN_UNREACHABLE);
	assert_int_equal(gn_apart_deadline(a), GN_NEVER);
	/* a lookup that does not end */
	(void)get(1);
	assert_int_equal(gn_apart_deadline(a), now + APART_TIME);
	now += APART_TIME;
	gn_apart_tick(a, now);
	drain();
	assert_int_equal(ended, 2);
}

static void so_many_operations_and_bytes(void **state)
{
	struct gn_slice record = record_of(&owner, 5, 0, room);
	gn_op op, first = put(record);
	(void)state;
	for (unsigned i = 1; i < APART_OPS; i++)
		(void)get(4);
	assert_int_equal(gn_apart_ops(a), APART_OPS);
	assert_int_equal(gn_apart_put(a, record, 0, now, &op), GN_LIMIT);
	assert_int_equal(gn_apart_get(a, &key, &(struct gn_get_options){.quorum = 1}, now, &op),
			 GN_LIMIT);
	assert_int_equal(counts.full, 2);
	gn_apart_cancel(a, first);
	gn_apart_cancel(a, first); /* it is gone */
	assert_int_equal(gn_apart_put(a, record, APART_SET + 1, now, &op), GN_RANGE);
	assert_int_equal(gn_apart_put(a, record, APART_SET, now, &op), GN_OK);
	assert_int_equal(gn_apart_put(a, GN_LIT("none"), 0, now, &op), GN_MALFORMED);
	/* questions that are not taken: what is above the bound is dropped, and its node not waited
	 * for */
	unsigned n = 0;
	while (a->out.control.bytes <= APART_CONTROL_BYTES) {
		struct apart_op *o = apart_at(a, 1);
		assert_true(apart_ask(a, o, &holder[0], ++n, true));
	}
	assert_false(apart_ask(a, apart_at(a, 1), &holder[0], ++n, true));
	assert_int_equal(counts.dropped, 1);
	heap.fail_at = 1;
	assert_false(apart_ask(a, gn_frame_op_get(&a->frame, op, 0), &holder[0], ++n, true));
	assert_int_equal(counts.nomem, 1);
	struct gn_counter c;
	size_t shown = 0;
	while (gn_apart_counter_at(&counts, shown, &c))
		shown++;
	assert_int_equal(shown, sizeof counts / sizeof(uint64_t));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(a_put_counts_good_receipts_alone, start, stop),
	cmocka_unit_test_setup_teardown(an_answer_is_of_who_was_asked_and_of_its_kind, start, stop),
	cmocka_unit_test_setup_teardown(receipts_of_one_prefix_are_few, start_in_one_prefix, stop),
	cmocka_unit_test_setup_teardown(what_stands_in_the_way_is_shown, start, stop),
	cmocka_unit_test_setup_teardown(a_get_asks_as_many_as_it_needs, start, stop),
	cmocka_unit_test_setup_teardown(the_record_itself_is_asked_of_one, start, stop),
	cmocka_unit_test_setup_teardown(another_version_is_asked_for_once, start, stop),
	cmocka_unit_test_setup_teardown(who_says_a_version_and_does_not_show_it_is_no_answer, start,
					stop),
	cmocka_unit_test_setup_teardown(of_many_versions_the_newest_are_shown, start, stop),
	cmocka_unit_test_setup_teardown(who_is_silent_is_not_waited_for, start, stop),
	cmocka_unit_test_setup_teardown(so_many_operations_and_bytes, start, stop),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
