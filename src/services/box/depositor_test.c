/* The depositor against nodes that the test plays: who is asked, in which order, and what is made
 * of their answers.
 * Rules BX-10, BX-25, BX-26. */
#include "services/box/testing/nodes.h"

static struct box_put *under_way;

static void start_deposit_of(struct gn_slice item)
{
	struct gn_boxcert cert = {.key = reader.pk, .until = UINT64_MAX / 2};
	struct gn_box_deposit d = {.place.box = key_of(1),
				   .item = item,
				   .ttl = 1000,
				   .proof = {.way = GN_BOX_CERTIFICATE, .certificate = cert}};
	gn_box_cancel(b, op, b->now);
	assert_int_equal(gn_box_deposit(b, &d, b->now, &op), GN_OK);
	under_way = b->put_first;
	box_set_drop(b, &under_way->sets[0]);
	set_of_nodes(&under_way->sets[0], GN_BOX_SET);
}

static void start_deposit(void)
{
	start_deposit_of(GN_LIT("something"));
}

/* Lets the depositor run; deposits heard are answered as `how` says. */
enum how { NOTHING, CUSTODY, FORGED, DENIED, TWO_TAKEN };
static unsigned answer_deposits(enum how how)
{
	struct said s;
	unsigned deposits = 0;
	for (unsigned rounds = 0; rounds < 20; rounds++) {
		(void)take_events();
		gn_box_room(b, &nodes[0].pk, b->now);
		gn_box_tick(b, b->now);
		while (heard(&s)) {
			if (gn_fb_box_message_body_type(s.m) == GN_FB_BOX_MESSAGE_BODY_BOX_SHOW) {
				reply_done(s.node, s.request, GN_OK);
				continue;
			}
			assert_int_equal(gn_fb_box_message_body_type(s.m),
					 GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT);
			deposits++;
			struct gn_custody c = {.box = key_of(1),
					       .item = under_way->hash,
					       .held_until = UINT64_MAX};
			struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
			gn_custody_make(&nodes[how == FORGED ? (s.node + 1) % NODES : s.node], &c);
			if (how == TWO_TAKEN && deposits <= 2) {
				reply_done(s.node, s.request, GN_EXISTS);
			} else if (how == CUSTODY || how == FORGED || how == TWO_TAKEN) {
				gn_fbref custody = gn_custody_put(&fbb, &c);
				gn_fbref body = gn_fb_box_held_make(
					&fbb, &(struct gn_fb_box_held_args){.custody = custody});
				reply(s.node, s.request, &fbb, GN_FB_BOX_MESSAGE_BODY_BOX_HELD,
				      body);
			} else if (how == DENIED) {
				reply_done(s.node, s.request, GN_DENIED);
			}
		}
	}
	return deposits;
}

/* A right and what is deposited by it leave together: no answer is waited for between them. When
 * the right is refused the holder is asked nothing more, and what it said is what counts. */
static void a_right_and_its_item_leave_together(void **state)
{
	(void)state;
	begin();
	start_deposit();
	unsigned shows = 0, deposits = 0;
	struct said s, shown[GN_BOX_SET], sent[GN_BOX_SET];
	struct gn_box_event e;
	for (unsigned rounds = 0; rounds < 5; rounds++) {
		(void)take_events();
		gn_box_room(b, &nodes[0].pk, b->now);
		gn_box_tick(b, b->now);
		while (heard(&s)) {
			uint8_t type = gn_fb_box_message_body_type(s.m);
			if (type == GN_FB_BOX_MESSAGE_BODY_BOX_SHOW && shows < GN_BOX_SET &&
			    !gn_fb_box_show_has_key(gn_fb_box_message_body_as_box_show(s.m)))
				shown[shows++] = s; /* not the reader's */
			if (type == GN_FB_BOX_MESSAGE_BODY_BOX_DEPOSIT && deposits < GN_BOX_SET)
				sent[deposits++] = s;
			assert_true(deposits <= shows);
		}
	}
	assert_int_equal(shows, GN_BOX_SET);
	assert_int_equal(deposits, GN_BOX_SET);
	for (unsigned i = 0; i < GN_BOX_SET; i++) {
		reply_done(shown[i].node, shown[i].request, GN_QUOTA);
		reply_done(sent[i].node, sent[i].request, GN_DENIED);
	}
	assert_false(heard(&s));
	assert_true(gn_box_next_event(b, &e) && e.kind == GN_BOX_DEPOSITED);
	assert_int_equal(e.err, GN_QUOTA);
}

/* Who knocks waits for no answer: a session is enough. */
static void a_session_is_all_that_is_knocked_for(void **state)
{
	struct said s;
	(void)state;
	begin();
	uint64_t signs = b->count.signs;
	harness_no_session = true;
	while (heard(&s))
		; /* the reader's */
	start_deposit();
	gn_box_room(b, &nodes[0].pk, b->now);
	gn_box_tick(b, b->now);
	for (unsigned i = 0; i < GN_BOX_SET; i++) {
		assert_true(heard(&s));
		assert_int_equal(gn_fb_box_message_body_type(s.m), GN_FB_BOX_MESSAGE_BODY_BOX_ASK);
	}
	assert_int_equal(b->count.signs, signs);
	harness_no_session = false;
	gn_box_peer_up(b, &nodes[2].pk, b->now);
	gn_box_tick(b, b->now);
	assert_int_equal(b->count.signs, signs + 1);
}

/* Who has just started has nobody to ask: two seconds later, or when there is a link. */
static void who_found_nobody_looks_again_when_linked(void **state)
{
	struct gn_overlay_event e = {.kind = GN_OVERLAY_MEMBERS};
	(void)state;
	harness_alone = true;
	begin();
	start_deposit();
	under_way->sets[0].count = 0;
	gn_box_room(b, &nodes[0].pk, b->now);
	gn_box_tick(b, b->now);
	assert_true(!under_way->target_count && under_way->retry == b->now + BOX_SUM_SOON);
	b->now += GN_MSEC;
	(void)gn_box_overlay_event(b, &e, b->now);
	assert_true(under_way->retry == b->now && gn_box_deadline(b) <= b->now);
	gn_box_tick(b, b->now); /* one is found, too few: until this node has joined */
	box_set_drop(b, &under_way->sets[0]);
	set_of_nodes(&under_way->sets[0], 1);
	assert_int_equal(answer_deposits(CUSTODY), 1);
	assert_true(!under_way->op.ended && under_way->retry == b->now + BOX_SUM_SOON);
	e.kind = GN_OVERLAY_JOINED;
	gn_overlay_tick(ov, b->now);
	(void)gn_box_overlay_event(b, &e, b->now);
	assert_true(under_way->looks == 2 && (under_way->looks = BOX_LOOKS)); /* it ends then */
	set_of_nodes(&under_way->sets[0], 1);
	box_puts_run(b);
	assert_true(under_way->op.ended);
}

/* What a node tells itself, after it took what it had told itself before, is taken at once. */
static void who_asks_itself_waits_for_no_packet(void **state)
{
	struct gn_contact self;
	struct box_refusal why = {.err = GN_OK};
	(void)state;
	begin();
	b->wake = GN_NEVER;
	self = (struct gn_contact){.pk = b->cfg.node_key.pk};
	box_send_done(b, &self, 5, &why, NULL);
	assert_true(b->out.local.first && gn_box_deadline(b) <= b->now);
	gn_box_tick(b, b->now);
	assert_true(!b->out.local.first && gn_box_deadline(b) > b->now);
}

/* Nobody waits for those that a node knew before it joined. */
static void who_has_joined_waits_for_nobody_of_before(void **state)
{
	struct gn_overlay_event e = {.kind = GN_OVERLAY_JOINED};
	(void)state;
	harness_alone = true;
	begin();
	start_deposit();
	assert_int_equal(answer_deposits(NOTHING), GN_BOX_SET);
	(void)gn_box_overlay_event(b, &e, b->now); /* says another: this node has not */
	assert_int_equal(under_way->looks, 0);
	gn_overlay_tick(ov, b->now);
	(void)gn_box_overlay_event(b, &e, b->now);
	assert_true(under_way->looks == 1 && !under_way->young && under_way->again);
	box_set_drop(b, &under_way->sets[0]);
	set_of_nodes(&under_way->sets[0], NODES);
	assert_int_equal(answer_deposits(NOTHING), 0); /* those of before may still answer */
}

/* Holders that are silent are replaced after a second, by as many as there are, and given up ten
 * seconds after they were asked: until then their answers count. */
static void who_is_silent_is_replaced_before_they_are_given_up(void **state)
{
	static uint8_t bytes[BOX_AT_ONCE + 1];
	(void)state;
	begin();
	start_deposit();
	set_of_nodes(&under_way->sets[0], NODES);
	assert_int_equal(answer_deposits(NOTHING), GN_BOX_SET);
	struct box_put_target *first = &under_way->targets[0];
	assert_int_equal(gn_box_deadline(b), b->now + BOX_HEDGE);
	b->now += BOX_HEDGE - 1;
	assert_int_equal(answer_deposits(NOTHING), 0);
	b->now += 1;
	assert_int_equal(answer_deposits(CUSTODY), NODES - GN_BOX_SET);
	assert_true(under_way->stored && first->state == PUT_SENT && !under_way->op.ended);
	b->now += BOX_ASK_TIME - BOX_HEDGE;
	assert_int_equal(answer_deposits(NOTHING), 0);
	assert_int_equal(b->puts, 0);
	/* what is long has longer */
	start_deposit_of(gn_slice(bytes, sizeof bytes));
	set_of_nodes(&under_way->sets[0], NODES);
	assert_int_equal(answer_deposits(NOTHING), BOX_NEED + BOX_SPARE);
	b->now += BOX_HEDGE + sizeof bytes / BOX_HEDGE_BYTES * GN_SEC - 1;
	assert_int_equal(answer_deposits(NOTHING), 0);
	b->now += 1;
	assert_int_equal(answer_deposits(NOTHING), BOX_NEED + BOX_SPARE);
}

/* All are asked at once; of what is long three and one more, and when it is stored the rest. */
static void three_and_one_are_asked_first_of_what_is_long(void **state)
{
	static uint8_t bytes[BOX_AT_ONCE + 1];
	(void)state;
	begin();
	for (size_t len = BOX_AT_ONCE; len <= BOX_AT_ONCE + 1; len++) {
		start_deposit_of(gn_slice(bytes, len));
		assert_int_equal(answer_deposits(NOTHING),
				 len > BOX_AT_ONCE ? BOX_NEED + BOX_SPARE : GN_BOX_SET);
		gn_box_cancel(b, op, b->now);
		start_deposit_of(gn_slice(bytes, len));
		assert_int_equal(answer_deposits(CUSTODY), GN_BOX_SET);
		assert_int_equal(b->puts, 0);
	}
}

/* Two that say the readers have it, of something new: all others are asked, and have it. */
static void who_says_that_it_was_taken_keeps_it_from_nobody(void **state)
{
	(void)state;
	begin();
	start_deposit();
	assert_int_equal(answer_deposits(TWO_TAKEN), GN_BOX_SET);
	assert_int_equal(b->puts, 0);
}

/* A custody signed by another node is none; who was not believed is replaced. */
static void forged_custodies_count_nothing(void **state)
{
	(void)state;
	begin();
	start_deposit();
	assert_int_equal(answer_deposits(FORGED), GN_BOX_SET);
	assert_int_equal(b->count.custodies_bad, GN_BOX_SET);
	assert_int_equal(b->puts, 0);
}

/* Who says that nothing was shown may have forgotten: it is shown once more. */
static void a_right_is_shown_twice_at_most(void **state)
{
	(void)state;
	begin();
	start_deposit();
	assert_int_equal(answer_deposits(DENIED), BOX_ASK_TRIES * GN_BOX_SET);
	assert_int_equal(b->puts, 0);
}

#define READ(test) cmocka_unit_test_setup_teardown(test, NULL, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		READ(a_right_and_its_item_leave_together),
		READ(a_session_is_all_that_is_knocked_for),
		READ(who_found_nobody_looks_again_when_linked),
		READ(three_and_one_are_asked_first_of_what_is_long),
		READ(who_asks_itself_waits_for_no_packet),
		READ(who_has_joined_waits_for_nobody_of_before),
		READ(who_is_silent_is_replaced_before_they_are_given_up),
		READ(who_says_that_it_was_taken_keeps_it_from_nobody),
		READ(forged_custodies_count_nothing),
		READ(a_right_is_shown_twice_at_most),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
