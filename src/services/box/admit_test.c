/* Places: each limit of admission at it and one past it, in one holder's index, without a network:
 * what was proven is given.
 * Rules BX-6, BX-7, BX-9, BX-12, BX-15, BX-28. */
#include "services/box/testing/harness.h"

/* ---- front ---- */

static void an_invite_has_sixteen_places(void **state)
{
	struct box_refusal why;
	(void)state;
	holder(64u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_FRONT, 20);
	for (unsigned i = 0; i < BOX_INVITE_ONE; i++)
		assert_int_equal(put_new(h, GN_BOX_INVITE, 9, 896, NULL), GN_OK);
	assert_int_equal(put_new(h, GN_BOX_INVITE, 9, 896, &why), GN_QUOTA);
	assert_string_equal(why.limit, "BOX_INVITE_ONE");
	assert_int_equal(b->count.refused_quota, 1);
	assert_int_equal(put_new(h, GN_BOX_INVITE, 10, 896, NULL), GN_OK);
}

static void invites_have_two_hundred_places_and_work_three_hundred(void **state)
{
	struct box_refusal why;
	(void)state;
	holder(64u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_FRONT, 20);
	for (unsigned i = 0; i < BOX_INVITE_PLACES; i++)
		assert_int_equal(put_new(h, GN_BOX_INVITE, (uint8_t)(i / 10), 896, NULL), GN_OK);
	assert_int_equal(put_new(h, GN_BOX_INVITE, 99, 896, &why), GN_NO_SPACE);
	assert_string_equal(why.limit, "BOX_INVITE_PLACES");
	assert_int_equal(b->count.refused_space, 1);
	for (unsigned i = 0; i < BOX_WORK_PLACES; i++) {
		struct box_entry e = entry(GN_BOX_WORK, 0, 896);
		e.bits = i == 7 ? 20 : 21;
		assert_int_equal(put(h, &e, NULL), GN_OK);
	}
	/* who has done no more than the least is told how much would do */
	struct box_entry few = entry(GN_BOX_WORK, 0, 896), more = entry(GN_BOX_WORK, 0, 896);
	few.bits = 20;
	assert_int_equal(put(h, &few, &why), GN_PROOF_OF_WORK);
	assert_string_equal(why.limit, "BOX_WORK_PLACES");
	assert_int_equal(why.bits, 21);
	more.bits = 21;
	assert_int_equal(put(h, &more, NULL), GN_OK); /* instead of the one with 20 */
	assert_int_equal(b->count.work_gave_way, 1);
	more = entry(GN_BOX_WORK, 0, 896);
	more.bits = 21;
	assert_int_equal(put(h, &more, &why), GN_PROOF_OF_WORK);
	assert_int_equal(why.bits, 22);
	assert_int_equal(h->untaken, BOX_INVITE_PLACES + BOX_WORK_PLACES);
}

/* A box with fewer items has them as two to three. */
static void a_small_front_box_is_divided_alike(void **state)
{
	struct box_refusal why;
	(void)state;
	holder(64u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_FRONT, 20);
	h->rules->items = 5;
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(put_new(h, GN_BOX_INVITE, 1, 896, NULL), GN_OK);
	assert_int_equal(put_new(h, GN_BOX_INVITE, 2, 896, &why), GN_NO_SPACE);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(put_new(h, GN_BOX_WORK, 0, 896, NULL), GN_OK);
	assert_int_equal(put_new(h, GN_BOX_WORK, 0, 896, &why), GN_PROOF_OF_WORK);
}

/* ---- private ---- */

static void a_certificate_has_its_items_and_bytes(void **state)
{
	struct box_refusal why;
	(void)state;
	holder(64u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_PRIVATE, 20);
	for (unsigned i = 0; i <= 3; i++) {
		struct box_entry e = entry(GN_BOX_CERTIFICATE, 9, 1024);
		e.items = 3;
		assert_int_equal(put(h, &e, &why), i < 3 ? GN_OK : GN_QUOTA);
	}
	assert_string_equal(why.limit, "certificate.items");
	struct box_entry fits = entry(GN_BOX_CERTIFICATE, 9, 1024), over;
	fits.kib = 4;
	assert_int_equal(put(h, &fits, NULL), GN_OK);
	over = entry(GN_BOX_CERTIFICATE, 9, 1);
	over.kib = 4;
	assert_int_equal(put(h, &over, &why), GN_QUOTA);
	assert_string_equal(why.limit, "certificate.kib");
	/* what was taken counts for nobody */
	box_item_ack(b, item_of(h, &fits), 1);
	assert_int_equal(put(h, &over, NULL), GN_OK);
}

static void a_certificate_has_a_quarter_of_what_is_free(void **state)
{
	struct box_refusal why;
	unsigned got = 0;
	(void)state;
	holder(64u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_PRIVATE, 20);
	while (put_new(h, GN_BOX_CERTIFICATE, 9, 896, &why) == GN_OK)
		got++;
	assert_int_equal(got, 250);
	assert_int_equal(why.err, GN_QUOTA);
	assert_string_equal(why.limit, "BOX_CERTIFICATE_SHARE");
	got = 0;
	while (put_new(h, GN_BOX_CERTIFICATE, 10, 896, &why) == GN_OK)
		got++;
	assert_int_equal(got, 187); /* of 750 */
	/* the same of its bytes: the box has 16 MiB */
	h = box_of(2, GN_FB_BOX_KIND_PRIVATE, 20);
	got = 0;
	while (put_new(h, GN_BOX_CERTIFICATE, 9, BOX_ITEM_MAX, &why) == GN_OK)
		got++;
	assert_int_equal(got, (16u << 20) / 4 / BOX_ITEM_MAX);
}

static void a_box_has_its_items_and_bytes(void **state)
{
	struct box_refusal why;
	(void)state;
	holder(64u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_PRIVATE, 20);
	h->rules->items = 40;
	for (uint8_t i = 0; i < 40; i++)
		assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, i, 896, NULL), GN_OK);
	assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, 50, 896, &why), GN_NO_SPACE);
	assert_string_equal(why.limit, "items");
	h->rules->items = 1000;
	h->rules->bytes = 40 * 896 + 100;
	assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, 50, 101, &why), GN_NO_SPACE);
	assert_string_equal(why.limit, "bytes");
	assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, 50, 100, NULL), GN_OK);
}

/* What was taken stays for the other devices until there is twice as much as a box may have. */
static void taken_ones_go_oldest_first(void **state)
{
	struct box_entry first, e;
	(void)state;
	holder(64u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_PRIVATE, 20);
	h->rules->items = 10;
	first = entry(GN_BOX_CERTIFICATE, 1, 896);
	e = first;
	for (unsigned i = 0; i < 10 * BOX_DELIVERED; i++) {
		assert_int_equal(put(h, &e, NULL), GN_OK);
		box_item_ack(b, item_of(h, &e), 1);
		e = entry(GN_BOX_CERTIFICATE, 1, 896);
	}
	assert_int_equal(item_of(h, &first)->state, BOX_STANDS);
	assert_int_equal(put(h, &e, NULL), GN_OK);
	assert_int_equal(item_of(h, &first)->state, BOX_WENT);
	assert_int_equal(h->count, 20);
	assert_int_equal(b->count.taken_gave_way, 1);
}

/* ---- the node ---- */

static void above_half_the_heaviest_gives_way(void **state)
{
	(void)state;
	holder(4u << 20);
	struct box_held *big = box_of(1, GN_FB_BOX_KIND_GROUP, 20),
			*small = box_of(2, GN_FB_BOX_KIND_GROUP, 20);
	uint32_t cost = (uint32_t)box_item_cost(b, 60000);
	unsigned fits = (2u << 20) / cost;
	for (unsigned i = 0; i < fits; i++)
		assert_int_equal(put_new(big, GN_BOX_CERTIFICATE, (uint8_t)i, 60000, NULL), GN_OK);
	assert_int_equal(b->count.room_gave_way, 0);
	assert_int_equal(put_new(small, GN_BOX_CERTIFICATE, 1, 60000, NULL), GN_OK);
	assert_int_equal(b->count.room_gave_way, 1);
	assert_int_equal(big->count, fits - 1);
	for (unsigned i = 0; i < 3 * fits; i++)
		assert_int_equal(put_new(small, GN_BOX_CERTIFICATE, (uint8_t)i, 60000, NULL),
				 GN_OK);
	assert_in_range(big->count, fits / 2 - 1, fits / 2 + 1); /* equal work, equal shares */
}

/* Four times the work counts a quarter; and below BOX_LEAST nobody is pushed by less work. */
static void work_keeps_room(void **state)
{
	(void)state;
	holder(4u << 20);
	struct box_held *worked = box_of(1, GN_FB_BOX_KIND_GROUP, 22),
			*flood = box_of(2, GN_FB_BOX_KIND_GROUP, 20);
	for (unsigned i = 0; i < 60; i++) {
		(void)put_new(worked, GN_BOX_CERTIFICATE, (uint8_t)i, 60000, NULL);
		assert_int_equal(put_new(flood, GN_BOX_CERTIFICATE, (uint8_t)i, 60000, NULL),
				 GN_OK);
	}
	assert_true(worked->cost > 3 * flood->cost);
	for (unsigned n = 3; n < 40; n++) { /* many that have done little */
		struct box_held *h = box_of((uint8_t)n, GN_FB_BOX_KIND_GROUP, 20);
		for (unsigned i = 0; i < 6; i++)
			(void)put_new(h, GN_BOX_CERTIFICATE, (uint8_t)i, 60000, NULL);
	}
	assert_true(worked->cost > BOX_LEAST - 61000);
	uint64_t kept = worked->cost;
	for (unsigned n = 40; n < 60; n++) {
		struct box_held *h = box_of((uint8_t)n, GN_FB_BOX_KIND_GROUP, 20);
		for (unsigned i = 0; i < 6; i++)
			(void)put_new(h, GN_BOX_CERTIFICATE, (uint8_t)i, 60000, NULL);
	}
	assert_int_equal(worked->cost, kept);
	assert_true(b->bytes <= 2u << 20);
}

/* The oldest that was taken goes before the oldest. */
static void what_was_taken_goes_first(void **state)
{
	struct box_entry e[8];
	(void)state;
	holder(1u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_GROUP, 20);
	for (unsigned i = 0; i < 8; i++) {
		e[i] = entry(GN_BOX_CERTIFICATE, (uint8_t)i, 60000);
		assert_int_equal(put(h, &e[i], NULL), GN_OK);
	}
	box_item_ack(b, item_of(h, &e[5]), 1);
	assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, 20, 60000, NULL), GN_OK);
	assert_int_equal(item_of(h, &e[5])->state, BOX_WENT);
	assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, 21, 60000, NULL), GN_OK);
	assert_int_equal(item_of(h, &e[0])->state, BOX_WENT);
	assert_int_equal(item_of(h, &e[1])->state, BOX_STANDS);
}

/* What is larger than the half can never be. */
static void a_node_without_room_says_so(void **state)
{
	struct box_refusal why;
	(void)state;
	holder(100000);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_GROUP, 20);
	assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, 1, 50000 - BOX_OVERHEAD, NULL), GN_OK);
	assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, 2, 50001 - BOX_OVERHEAD, &why),
			 GN_NO_SPACE);
	assert_string_equal(why.limit, "bytes_max");
}

/* ---- the index ---- */

static void ids_that_went_are_forgotten_oldest_first(void **state)
{
	struct box_entry first;
	(void)state;
	holder(64u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_GROUP, 20);
	first = entry(GN_BOX_CERTIFICATE, 1, 10);
	struct box_entry e = first;
	for (unsigned i = 0; i <= BOX_GONE; i++) {
		struct box_item in = {.hash = e.hash, .state = BOX_STORING, .len = 10, .until = 1};
		struct box_item *it = box_item_add(b, h, &in);
		assert_non_null(it);
		box_item_stands(b, it);
		box_item_went(b, it);
		if (i < BOX_GONE)
			assert_non_null(item_of(h, &first));
		e = entry(GN_BOX_CERTIFICATE, 1, 10);
	}
	assert_null(item_of(h, &first));
	assert_int_equal(b->gone, BOX_GONE);
}

/* ---- values ---- */

static void values_come_back_and_damage_is_seen(void **state)
{
	static uint8_t bytes[BOX_ITEM_MAX + 8192], token[BOX_TOKEN_MAX + 1];
	(void)state;
	holder(1u << 20);
	for (unsigned way = GN_BOX_WORK; way <= GN_BOX_TOKEN; way++) {
		struct gn_buf out = {bytes, 0, sizeof bytes};
		struct box_value v = {.box = key_of(1),
				      .until = 77,
				      .deposited = 66,
				      .effort = 23,
				      .item = GN_LIT("an item"),
				      .proof = {.way = (enum gn_box_way)way,
						.invite = key_of(2),
						.work = {5, {6}},
						.certificate = {.key = key_of(3), .until = 9},
						.sig = {{7}},
						.token = gn_slice(token, BOX_TOKEN_MAX)}},
				 w;
		assert_int_equal(box_value_put(&v, &out), GN_OK);
		assert_true(out.len <= gn_box_value_max());
		assert_int_equal(box_value_get(gn_buf_slice(&out), &w), GN_OK);
		assert_true(w.until == 77 && w.deposited == 66 && w.effort == 23);
		assert_true(gn_slice_eq(w.item, v.item) && w.proof.way == v.proof.way);
		if (way == GN_BOX_CERTIFICATE)
			assert_true(gn_pk_eq(&w.proof.certificate.key, &v.proof.certificate.key));
		if (way != GN_BOX_WORK)
			assert_memory_equal(w.proof.sig.b, v.proof.sig.b, 64);
		for (size_t len = 0; len < out.len - 7; len += len < 70 ? 1 : 97)
			assert_int_equal(box_value_get(gn_slice(bytes, len), &w), GN_CORRUPT);
		bytes[4] = 9;
		assert_int_equal(box_value_get(gn_buf_slice(&out), &w), GN_CORRUPT);
	}
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct box_value v = {
		.item = GN_LIT("x"),
		.proof = {.way = GN_BOX_TOKEN, .token = gn_slice(token, BOX_TOKEN_MAX + 1)}};
	assert_int_equal(box_value_put(&v, &out), GN_TOO_LARGE);
}

/* ---- what the node's bytes and its index mean ---- */

static void the_bytes_are_used_up_before_the_index(void **state)
{
	(void)state;
	holder(64u << 20);
	b->cfg.bytes_max = UINT64_C(1) << 30;
	assert_true(box_item_cost(b, 1) * BOX_INDEX <= b->cfg.bytes_max / 2);
	assert_true((box_item_cost(b, 1) + 1) * BOX_INDEX > b->cfg.bytes_max / 2);
	assert_int_equal(BOX_EFFORT, GN_BOXREC_WORK_BITS);
	assert_int_equal(BOX_READERS, GN_BOXREC_READERS);
	assert_true(BOX_SET_WIDE <= GN_OVERLAY_SET_MAX && BOX_SET_WIDE > GN_BOX_SET);
}

static void there_are_so_many_boxes(void **state)
{
	struct gn_pk pk = {{'m'}};
	(void)state;
	holder(64u << 20);
	for (uint32_t i = 0; i < BOX_HELD; i++) {
		memcpy(pk.b + 1, &i, sizeof i);
		assert_non_null(box_held_need(b, &pk));
	}
	memset(pk.b, 0xff, 32);
	assert_null(box_held_need(b, &pk));
	assert_int_equal(b->count.nomem, 1);
	b->now += BOX_SWEEP;
	box_sweep(b); /* they have nothing */
	assert_int_equal(b->held.count, 0);
}

/* What is in the log and not ours, or of a later version, is passed over. */
static void strange_values_are_passed_over(void **state)
{
	(void)state;
	holder(64u << 20);
	b->ready = false;
	box_restore(b, GN_LIT("nothing of ours"));
	box_restore(b, GN_LIT(""));
	box_restored(b);
	assert_int_equal(b->count.restored_bad, 2);
	assert_int_equal(b->items.count, 0);
}

/* Every ten minutes with the neighbours, and for a while with everyone when members changed. */
static void sums_are_due_in_rounds(void **state)
{
	(void)state;
	holder(64u << 20);
	struct box_held *h = box_of(1, GN_FB_BOX_KIND_PRIVATE, 20);
	assert_int_equal(put_new(h, GN_BOX_CERTIFICATE, 1, 10, NULL), GN_OK);
	assert_true(h->sum.at == b->now + BOX_SUM_EVERY);
	h->again = BOX_SUM_ROUNDS;
	for (unsigned i = 0; i < BOX_SUM_ROUNDS; i++) {
		gn_box_tick(b, h->sum.at);
		gn_time next = i + 1 < BOX_SUM_ROUNDS ? BOX_SUM_AGAIN : BOX_SUM_EVERY;
		assert_in_range(h->sum.at - b->now, next, next + next / 8);
	}
	struct gn_overlay_event e = {.kind = GN_OVERLAY_MEMBERS};
	assert_false(gn_box_overlay_event(b, &e, b->now));
	assert_true(gn_box_deadline(b) <= b->now + BOX_SUM_SOON);
	/* links that come and go do not put it off */
	gn_time due = b->members_look;
	b->now += BOX_SUM_SOON / 2;
	assert_false(gn_box_overlay_event(b, &e, b->now));
	assert_true(b->members_look == due && b->members_again);
	gn_box_tick(b, due);
	assert_true(b->members_look > due && !b->members_again);
	assert_true(BOX_SUM_PACE * BOX_SUMS < BOX_SUM_AGAIN);
	/* so many boxes in one turn */
	for (uint8_t i = 0; i < BOX_SUMS + 1; i++) {
		struct box_held *o = box_of((uint8_t)(100 + i), GN_FB_BOX_KIND_GROUP, 20);
		assert_int_equal(put_new(o, GN_BOX_CERTIFICATE, 1, 10, NULL), GN_OK);
		assert_int_equal(gn_heap_set(&b->sums, &o->sum, b->now), GN_OK);
	}
	box_sync_tick(b);
	assert_true(gn_heap_first(&b->sums)->at <= b->now);
	box_sync_tick(b);
	assert_true(gn_heap_first(&b->sums)->at > b->now);
}

#define PLACE(test) cmocka_unit_test_setup_teardown(test, NULL, teardown)

/* BX-28. */
static void who_fails_is_left_alone_ever_longer(void **state)
{
	(void)state;
	uint8_t failed = 0;
	gn_time want = BOX_RETRY_FIRST;
	for (unsigned i = 0; i < 300; i++) {
		assert_int_equal(box_retry(&failed), want);
		want = gn_time_min(2 * want, BOX_RETRY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_fails_is_left_alone_ever_longer),
		PLACE(an_invite_has_sixteen_places),
		PLACE(invites_have_two_hundred_places_and_work_three_hundred),
		PLACE(a_small_front_box_is_divided_alike),
		PLACE(a_certificate_has_its_items_and_bytes),
		PLACE(a_certificate_has_a_quarter_of_what_is_free),
		PLACE(a_box_has_its_items_and_bytes),
		PLACE(taken_ones_go_oldest_first),
		PLACE(above_half_the_heaviest_gives_way),
		PLACE(work_keeps_room),
		PLACE(what_was_taken_goes_first),
		PLACE(a_node_without_room_says_so),
		PLACE(ids_that_went_are_forgotten_oldest_first),
		PLACE(values_come_back_and_damage_is_seen),
		PLACE(the_bytes_are_used_up_before_the_index),
		PLACE(there_are_so_many_boxes),
		PLACE(strange_values_are_passed_over),
		PLACE(sums_are_due_in_rounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
