/* One relay as its peers see it: circuits, who is told of their ends, reservations, each limit at
 * it and one past it. Rules RE-30..RE-34. */
#include "services/relay/testing/peers.h"

static int start(void **state)
{
	(void)state;
	begin(1);
	return 0;
}

/* A circuit from 10 to 11, who waits. */
static uint64_t circuit(void)
{
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	return last.circuit;
}

/* Once, when they have answered; and where the caller is only if that lets it. */
static void who_is_called_is_told(void **state)
{
	(void)state;
	for (int show = 0; show < 2; show++) {
		shows = show;
		uint64_t near = circuit(), far = far_of(near);
		sent[BODY(CALLED)] = 0;
		assert_int_equal(send_(10, near, 1200, 1), 1);
		pump();
		assert_int_equal(sent[BODY(CALLED)], 0);
		assert_int_equal(send_(11, far, 1200, 1), 1);
		pump();
		assert_int_equal(sent[BODY(CALLED)], 1);
		assert_int_equal(send_(11, far, 1200, 1), 1);
		pump();
		assert_int_equal(sent[BODY(CALLED)], 1);
		const struct gn_addr there = show ? addr_of(10) : (struct gn_addr){.port = 0};
		assert_int_equal(called.to, 11);
		assert_int_equal(called.circuit, far);
		assert_int_equal(called.rate, RELAY_SMALL_RATE);
		assert_in_range(called.burst, RELAY_BURST - 2 * 1200, RELAY_BURST - 1200);
		assert_true(gn_addr_eq(&called.caller, &there));
	}
	shows = false;
}

/* ---- packets ---- */

static void packets_go_both_ways_with_the_others_number(void **state)
{
	struct gn_relay_to to;
	(void)state;
	uint64_t near = circuit(), far = far_of(near);
	assert_int_not_equal(near, far);
	assert_int_equal(packets(r, 10, near, 1452, 3, &to), GN_RELAY_FORWARD);
	assert_int_equal(to.session, session_of(11));
	assert_int_equal(to.circuit, far);
	assert_int_equal(to.count, 3);
	assert_null(to.why);
	assert_int_equal(packets(r, 11, far, 100, 1, &to), GN_RELAY_FORWARD);
	assert_int_equal(to.session, session_of(10));
	assert_int_equal(to.circuit, near);
	struct gn_relay_info info;
	gn_relay_info(r, &info);
	assert_int_equal(info.small.circuits, 1);
	assert_int_equal(info.small.packets, 4);
	assert_int_equal(info.small.bytes, 3 * 1452 + 100);
	assert_int_equal(info.month_used, info.small.bytes);
}

static void what_is_not_relayed_is_never_answered(void **state)
{
	struct gn_relay_to to;
	(void)state;
	uint64_t near = circuit(), far = far_of(near);
	clear();
	assert_int_equal(packets(r, 10, 12345, 100, 2, &to), GN_RELAY_DROP);
	assert_string_equal(to.why, "drop_unknown");
	assert_int_equal(packets(r, 12, near, 100, 1, &to), GN_RELAY_DROP); /* a stranger */
	assert_string_equal(to.why, "drop_session");
	assert_int_equal(packets(r, 11, near, 100, 1, &to), GN_RELAY_DROP); /* the other end */
	assert_int_equal(packets(r, 10, far, 100, 1, &to), GN_RELAY_DROP);
	pump();
	assert_int_equal(heard_count, 0);
	assert_int_equal(count("drop_unknown"), 2);
	assert_int_equal(count("drop_session"), 3);
}

static void a_packet_has_a_least_and_a_most_length(void **state)
{
	(void)state;
	uint64_t near = circuit();
	assert_int_equal(send_(10, near, RELAY_PACKET_MIN, 1), 1);
	assert_int_equal(send_(10, near, RELAY_PACKET_MIN - 1, 1), 0);
	assert_int_equal(send_(10, near, RELAY_PACKET_MAX, 1), 1);
	assert_int_equal(send_(10, near, RELAY_PACKET_MAX + 1, 1), 0);
	assert_int_equal(count("drop_length"), 2);
}

static void a_train_is_written_in_its_place(void **state)
{
	uint8_t train[70 * 40 + 38];
	uint64_t id = 0;
	(void)state;
	memset(train, 0xaa, sizeof train);
	for (unsigned i = 0; i <= 70; i++) {
		train[i * 40] = GN_RELAY_BYTE;
		gn_put_be64(train + i * 40 + 1, i < 66 ? 5 : 6);
	}
	assert_int_equal(gn_relay_run(train, sizeof train, 40, &id), RELAY_TRAIN);
	assert_int_equal(id, 5);
	assert_int_equal(gn_relay_run(train + 64 * 40, sizeof train - 64 * 40, 40, &id), 2);
	assert_int_equal(gn_relay_run(train + 66 * 40, sizeof train - 66 * 40, 40, &id), 4);
	assert_int_equal(id, 6);
	assert_int_equal(gn_relay_run(train + 70 * 40, 38, 40, &id), 1); /* shorter, alone */
	assert_int_equal(gn_relay_run(train + 70 * 40, 37, 40, &id), 0);
	gn_relay_write(train, 40, 2, 0x0102030405060708);
	assert_int_equal(gn_be64(train + 1), 0x0102030405060708);
	assert_int_equal(gn_be64(train + 41), 0x0102030405060708);
	assert_int_equal(gn_be64(train + 81), 5);
	assert_int_equal(train[9], 0xaa);
	train[40] = 0x40;
	assert_int_equal(gn_relay_run(train, 120, 40, &id), 1);
	train[0] = 0x40;
	assert_int_equal(gn_relay_run(train, 120, 40, &id), 0);
}

/* ---- circuits ---- */

static void a_target_that_is_not_there_is_not_found(void **state)
{
	(void)state;
	assert_int_equal(open_(10, 11, SMALL), GN_NOT_FOUND);
	assert_in_range(last.others, 1, RELAY_OTHERS); /* who may have it */
	assert_int_equal(open_(10, 10, SMALL), GN_DENIED);
	assert_int_equal(open_(10, 1, SMALL), GN_DENIED); /* the relay itself */
	assert_int_equal(open_(10, 11, 0), GN_NOT_FOUND);
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, 0), GN_DENIED); /* no lane would do */
	assert_int_equal(open_(10, 11, 0xfc), GN_DENIED);
	assert_int_equal(count("open_none"), 2);
	assert_int_equal(count("open_self"), 2);
	assert_int_equal(count("open_off"), 2);
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_pk pk = pk_of(11);
	struct gn_fb_key t = gn_wire_key(&pk);
	hear_by(10, session_of(10), &fbb, 0, BODY(OPEN),
		gn_fb_relay_open_make(
			&fbb, &(struct gn_fb_relay_open_args){.target = &t, .lanes = SMALL}));
	assert_int_equal(r->count, 0); /* nobody would know its number */
}

static void who_is_linked_is_reached_as_who_has_a_place(void **state)
{
	(void)state;
	linked_number = 12;
	assert_int_equal(open_(10, 12, SMALL), GN_OK);
	assert_int_equal(send_(10, last.circuit, 100, 1), 1);
	assert_int_equal(open_(10, 12, BULK), GN_OK);
	assert_int_equal(last.lane, BULK);
	assert_int_equal(last.target.port, 0);
	assert_int_equal(reserve_as(12, 60, true), GN_OK);
	assert_int_equal(open_(10, 12, SMALL | BULK), GN_OK);
	assert_int_equal(last.lane, BULK);
	struct gn_addr there = addr_of(12), here = addr_of(10);
	assert_true(gn_addr_eq(&last.target, &there)); /* it allows it */
	assert_true(gn_addr_eq(&last.you, &here));
}

static void a_key_has_64_circuits(void **state)
{
	(void)state;
	assert_int_equal(reserve(11), GN_OK);
	uint64_t first = 0;
	for (unsigned i = 0; i < RELAY_CIRCUITS_KEY; i++) {
		assert_int_equal(open_(10, 11, SMALL), GN_OK);
		first = i ? first : last.circuit;
	}
	assert_int_equal(open_(10, 11, SMALL), GN_BUSY);
	assert_string_equal(last.limit, "RELAY_CIRCUITS_KEY");
	assert_int_equal(count("open_key"), 1);
	assert_int_equal(open_(12, 11, SMALL), GN_OK); /* another has its own */
	close_by(10, session_of(10), first);
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
}

static void fill(void)
{
	assert_int_equal(reserve(9000), GN_OK);
	for (unsigned i = 0; i < RELAY_CIRCUITS; i++) /* each is of another prefix */
		assert_int_equal(open_(100 + i * 8, 9000, SMALL), GN_OK);
	assert_int_equal(r->count, RELAY_CIRCUITS);
}

/* Those who came first send all the time, and have not all seats for ever. */
static void when_all_seats_are_taken_the_prefix_with_most_gives_way(void **state)
{
	(void)state;
	assert_int_equal(reserve(9000), GN_OK);
	for (unsigned i = 0; i < RELAY_CIRCUITS; i++)
		assert_int_equal(open_(100 + i / RELAY_CIRCUITS_KEY * 8, 9000, SMALL), GN_OK);
	run_for(GN_SEC);
	for (uint32_t i = 0; i < r->count; i++)
		if (i != 1234)
			assert_int_equal(send_(number_of(&r->circuits[i]->leg[0].pk),
					       r->circuits[i]->leg_id[0], RELAY_PACKET_MIN, 1),
					 1);
	close_by(100, session_of(100), r->circuits[0]->leg_id[0]);
	assert_int_equal(open_(100, 9000, SMALL), GN_OK);
	unsigned whose = number_of(&r->circuits[1234]->leg[0].pk);
	uint64_t silent = r->circuits[1234]->leg_id[0];
	clear();
	for (unsigned i = 0; i < 62; i++)
		assert_int_equal(open_(8000, 9000, SMALL), GN_OK);
	assert_int_equal(heard_by(whose)->circuit, silent);
	assert_int_equal(heard_by(whose)->why, WHY(FULL));
	assert_int_equal(count("closed_full"), 62);
	assert_int_equal(open_(8000, 9000, SMALL), GN_OK);   /* the last with two more */
	assert_int_equal(open_(8001, 9000, SMALL), GN_BUSY); /* of its prefix; all have as many */
	gn_relay_validate(r);
}

static void when_all_seats_are_taken_the_longest_idle_gives_way(void **state)
{
	(void)state;
	fill();
	clear();
	assert_int_equal(open_(8000, 9000, SMALL), GN_BUSY);
	assert_string_equal(last.limit, "RELAY_CIRCUITS");
	assert_int_equal(last.retry_ms, RELAY_FULL_AGAIN / GN_MSEC);
	run_for(RELAY_GIVES_WAY - GN_SEC);
	/* all but one send */
	for (uint32_t i = 0; i < r->count; i++)
		if (i != 1234)
			assert_int_equal(send_(number_of(&r->circuits[i]->leg[0].pk),
					       r->circuits[i]->leg_id[0], RELAY_PACKET_MIN, 1),
					 1);
	uint64_t idle = r->circuits[1234]->leg_id[0];
	unsigned whose = number_of(&r->circuits[1234]->leg[0].pk);
	run_for(GN_SEC - 1);
	assert_int_equal(open_(8000, 9000, SMALL), GN_BUSY);
	run_for(1);
	clear();
	assert_int_equal(open_(8000, 9000, SMALL), GN_OK);
	const struct heard *h = heard_by(whose);
	assert_non_null(h);
	assert_int_equal(h->circuit, idle);
	assert_int_equal(h->why, WHY(FULL));
	assert_int_equal(sent[BODY(NOTE)], 1);               /* nothing had reached its target */
	assert_int_equal(open_(8008, 9000, SMALL), GN_BUSY); /* the others are not idle */
	assert_int_equal(count("closed_full"), 1);
	assert_int_equal(count("open_full"), 3);
	gn_relay_validate(r);
}

static void a_prefix_has_not_more_than_its_part(void **state)
{
	unsigned part = RELAY_CIRCUITS / RELAY_CIRCUITS_PART;
	(void)state;
	assert_int_equal(reserve(9000), GN_OK);
	for (unsigned i = 0; i < part - 64; i++) /* seven keys of one prefix */
		assert_int_equal(open_(96 + i / RELAY_CIRCUITS_KEY, 9000, SMALL), GN_OK);
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(open_(103, 9000, SMALL), GN_OK);
	assert_int_equal(open_(96, 9000, SMALL), GN_BUSY);
	assert_string_equal(last.limit, "RELAY_CIRCUITS_KEY");
	close_by(96, session_of(96), far_of(far_of(r->circuits[0]->leg_id[0])));
	assert_int_equal(open_(96, 9000, SMALL), GN_OK);
	/* a ninth key of that prefix: the addresses of 8 numbers are one */
	struct gn_contact ninth =
		relay_contact(&(struct gn_pk){{7}}, &r->circuits[r->count - 1]->leg[0].addrs[0]);
	struct relay_from from = {.who = ninth, .session = 5, .request = 1};
	struct relay_wish w = {.target = ninth};
	struct relay_refusal why = {.err = GN_OK};
	struct relay_circuit *c;
	assert_int_equal(relay_circuit_new(r, &from, &w, &why, &c), GN_LIMIT);
	assert_string_equal(why.limit, "RELAY_CIRCUITS_PART");
	assert_int_equal(count("open_prefix"), 1);
}

static void an_idle_circuit_ends_after_a_minute(void **state)
{
	(void)state;
	uint64_t near = circuit(), far = far_of(near);
	assert_int_equal(send_(10, near, 100, 1), 1);
	run_for(RELAY_IDLE - GN_SEC);
	assert_int_equal(send_(11, far, 100, 1), 1); /* either end keeps it */
	clear();
	run_for(RELAY_IDLE - GN_SEC);
	assert_int_equal(heard_count, 0);
	run_for(GN_SEC + RELAY_SWEEP);
	assert_int_equal(heard_count, 2);
	assert_int_equal(heard_by(10)->circuit, near);
	assert_int_equal(heard_by(11)->circuit, far);
	assert_int_equal(heard_by(11)->why, WHY(IDLE));
	assert_int_equal(heard_by(11)->ends_ms, 0);
	assert_int_equal(count("closed_idle"), 1);
	assert_int_equal(send_(10, near, 100, 1), 0);
	assert_int_equal(gn_relay_deadline(r), r->sweep); /* its reservation */
}

static void the_other_end_is_told_when_one_closes(void **state)
{
	(void)state;
	uint64_t near = circuit(), far = far_of(near);
	close_by(12, session_of(12), near); /* it is not theirs */
	close_by(10, session_of(12), near); /* nor by this session */
	close_by(10, session_of(10), far);
	close_by(10, session_of(10), 77);
	assert_int_equal(count("close_unknown"), 4);
	assert_int_equal(send_(10, near, 100, 1), 1);
	clear();
	close_by(11, session_of(11), far);
	assert_int_equal(heard_count, 1);
	assert_int_equal(heard_by(10)->circuit, near);
	assert_int_equal(heard_by(10)->why, WHY(CLOSED));
	assert_int_equal(count("closed"), 1);
	assert_int_equal(send_(10, near, 100, 1), 0);
}

static void a_target_hears_nothing_of_what_never_reached_it(void **state)
{
	(void)state;
	uint64_t near = circuit();
	clear();
	close_by(10, session_of(10), near);
	assert_int_equal(heard_count, 0);
}

static void circuits_end_with_the_session_of_one_end(void **state)
{
	(void)state;
	uint64_t near = circuit(), far = far_of(near);
	struct gn_pk ten = pk_of(10), eleven = pk_of(11);
	assert_int_equal(open_(12, 11, SMALL), GN_OK);
	uint64_t other = last.circuit;
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	uint64_t unreached = last.circuit;
	assert_int_equal(send_(10, near, 100, 1), 1);
	clear();
	gn_relay_down(r, &ten, session_of(10), now);
	pump();
	assert_int_equal(heard_count, 1);
	assert_int_equal(heard_by(11)->circuit, far);
	assert_int_equal(heard_by(11)->why, WHY(GONE));
	assert_int_equal(count("closed_gone"), 2);
	assert_int_equal(send_(10, unreached, 100, 1), 0);
	assert_int_equal(send_(12, other, 100, 1), 1);
	clear();
	gn_relay_down(r, &eleven, session_of(11), now);
	pump();
	assert_int_equal(heard_count, 1);
	assert_int_equal(heard_by(12)->circuit, other);
	assert_int_equal(open_(12, 11, SMALL), GN_NOT_FOUND); /* its place went, too */
	gn_relay_validate(r);
}

static void ends_that_nobody_takes_are_bounded(void **state)
{
	(void)state;
	assert_int_equal(reserve(9000), GN_OK);
	struct gn_pk pk;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < RELAY_CIRCUITS / 2 + round; i++)
			assert_int_equal(open_(1000 + i / RELAY_CIRCUITS_KEY * 8, 9000, SMALL),
					 GN_OK);
		pk = pk_of(9000);
		gn_relay_down(r, &pk, session_of(9000), now);
		assert_int_equal(r->count, 0);
		assert_int_equal(r->n.over_forgotten, 0);
		if (round) {
			pump();
			break;
		}
		pump();
		assert_int_equal(reserve(9000), GN_OK);
	}
	assert_int_equal(reserve(9000), GN_OK);
	for (unsigned k = 0; k < 2; k++) {
		for (unsigned i = 0; i < RELAY_CIRCUITS; i++) {
			struct gn_contact who = {.pk = pk_of(1000 + i / RELAY_CIRCUITS_KEY * 8)};
			struct relay_from from = {.who = who, .session = 5, .request = 1};
			struct relay_wish w = {.target = who, .target_session = 6};
			struct relay_refusal why;
			struct relay_circuit *c;
			assert_int_equal(relay_circuit_new(r, &from, &w, &why, &c), GN_OK);
			assert_int_equal(relay_circuit_start(r, c, 0), GN_OK);
		}
		gn_relay_down(r, &pk, 6, now);
		assert_int_equal(r->over, RELAY_OVER);
		assert_int_equal(count("over_forgotten"), k * RELAY_OVER);
	}
	gn_relay_validate(r);
	clear();
	pump();
	assert_int_equal(sent[BODY(NOTE)], RELAY_OVER);
}

/* ---- reservations ---- */

static void a_reservation_lasts_as_it_says_an_hour_at_most(void **state)
{
	(void)state;
	assert_int_equal(reserve_as(11, RELAY_TTL + 1, false), GN_OK);
	assert_int_equal(last.ttl, RELAY_TTL);
	run_for((RELAY_TTL - 1) * GN_SEC);
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	run_for(GN_SEC);
	assert_int_equal(open_(10, 11, SMALL), GN_NOT_FOUND);
	run_for(2 * GN_SEC);
	assert_int_equal(count("reserved_over"), 1);
	assert_int_equal(reserve_as(11, 10, false), GN_OK);
	assert_int_equal(reserve_as(11, 0, false), GN_OK); /* given back */
	assert_int_equal(last.ttl, 0);
	assert_int_equal(r->reserved.count, 0);
	assert_int_equal(gn_relay_deadline(r) == GN_NEVER, r->count == 0);
}

static void a_flood_of_reservations_takes_one_place_each_key(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 10000; i++)
		assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(r->reserved.count, 1);
	for (unsigned i = 1; i < RELAY_RESERVED; i++)
		assert_int_equal(reserve(2000 + i * 8), GN_OK);
	assert_int_equal(reserve(3), GN_BUSY);
	assert_string_equal(last.limit, "RELAY_RESERVED");
	assert_int_equal(count("reserve_full"), 1);
	assert_int_equal(reserve(2008), GN_OK); /* who has one renews it */
	struct gn_pk pk = pk_of(2008);
	gn_relay_down(r, &pk, session_of(2008), now);
	assert_int_equal(reserve(3), GN_OK);
	gn_relay_validate(r);
}

static void a_prefix_has_its_part_of_reservations(void **state)
{
	unsigned part = RELAY_RESERVED / RELAY_RESERVED_PART;
	(void)state;
	for (unsigned i = 0; i < RELAY_RESERVED / 2; i++)
		assert_int_equal(reserve(8000 + i * 8), GN_OK);
	for (unsigned i = 0; i <= part; i++) {
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		struct gn_addr addr = addr_of(10);
		struct gn_pk pk = pk_of(100 + i);
		struct gn_slice bytes;
		gn_fbref body = gn_fb_relay_reserve_make(
			&fbb, &(struct gn_fb_relay_reserve_args){.ttl = 60});
		gn_fbref root = gn_fb_relay_frame_make(
			&fbb, &(struct gn_fb_relay_frame_args){
				      .request = 1, .body_type = BODY(RESERVE), .body = body});
		assert_int_equal(gn_fbb_finish(&fbb, root, GN_FB_RELAY_FRAME_IDENTIFIER, &bytes),
				 GN_OK);
		assert_int_equal(gn_relay_recv(r, 900 + i, &pk, &addr, bytes, now), GN_OK);
		pump();
		assert_int_equal(last.type, i < part ? BODY(RESERVED) : BODY(REFUSED));
	}
	assert_string_equal(last.limit, "RELAY_RESERVED_PART");
	assert_int_equal(count("reserve_prefix"), 1);
}

/* Who loses one is told, and may look for another. */
static void when_all_places_are_taken_the_prefix_with_most_gives_way(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RELAY_RESERVED; i++) /* eight of each prefix */
		assert_int_equal(reserve(2000 + i), GN_OK);
	run_for(GN_SEC);
	for (unsigned i = 0; i < RELAY_RESERVED; i++)
		if (i != 3)
			assert_int_equal(reserve(2000 + i), GN_OK);
	clear();
	assert_int_equal(reserve(20000), GN_OK);
	assert_int_equal(r->reserved.count, RELAY_RESERVED);
	const struct heard *h = heard_by(2003);
	assert_non_null(h);
	assert_int_equal(h->type, BODY(REFUSED));
	assert_string_equal(h->limit, "RELAY_RESERVED");
	assert_int_equal(open_(10, 2003, SMALL), GN_NOT_FOUND);
	assert_int_equal(open_(10, 20000, SMALL), GN_OK);
	assert_int_equal(count("reserved_full"), 1);
	gn_relay_validate(r);
}

static void a_place_moves_with_its_session(void **state)
{
	(void)state;
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_pk eleven = pk_of(11);
	assert_int_equal(reserve(11), GN_OK);
	hear_by(11, 4242, &fbb, 9, BODY(RESERVE),
		gn_fb_relay_reserve_make(&fbb, &(struct gn_fb_relay_reserve_args){.ttl = 600}));
	assert_int_equal(last.type, BODY(RESERVED));
	gn_relay_down(r, &eleven, session_of(11), now);
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	struct gn_relay_to to;
	assert_int_equal(packets(r, 10, last.circuit, 50, 1, &to), GN_RELAY_FORWARD);
	assert_int_equal(to.session, 4242);
}

/* ---- messages ---- */

static void bad_messages_move_a_counter(void **state)
{
	struct gn_pk pk = pk_of(10);
	static uint8_t large[GN_MESSAGE_MAX + 1];
	(void)state;
	assert_int_not_equal(gn_relay_recv(r, 1, &pk, NULL, GN_LIT("\x08\0\0\0GNRLxxxxxxxx"), now),
			     GN_OK);
	assert_int_equal(gn_relay_recv(r, 1, &pk, NULL, GN_SLICE(large), now), GN_TOO_LARGE);
	struct gn_pk self = pk_of(1);
	assert_int_equal(gn_relay_recv(r, 1, &self, NULL, GN_SLICE(large), now), GN_DENIED);
	assert_int_equal(count("messages_bad"), 3);
	assert_int_equal(count("messages_in"), 3);
	assert_int_equal(gn_relay_caused(r), 0);
	assert_int_equal(reserve(11), GN_OK);
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	assert_int_equal(gn_relay_caused(r), GN_RELAY_UNITS_OPEN);
	assert_int_equal(gn_relay_caused(r), 0);
}

static void answers_that_nobody_takes_are_bounded(void **state)
{
	(void)state;
	struct gn_pk pk = pk_of(10);
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_slice bytes;
	struct gn_fb_key t = gn_wire_key(&pk);
	gn_fbref body = gn_fb_relay_open_make(
		&fbb, &(struct gn_fb_relay_open_args){.target = &t, .lanes = SMALL});
	gn_fbref root = gn_fb_relay_frame_make(
		&fbb, &(struct gn_fb_relay_frame_args){
			      .request = 1, .body_type = BODY(OPEN), .body = body});
	assert_int_equal(gn_fbb_finish(&fbb, root, GN_FB_RELAY_FRAME_IDENTIFIER, &bytes), GN_OK);
	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(gn_relay_recv(r, 5, &pk, NULL, bytes, now), GN_OK);
	assert_true(r->out.control.bytes <= RELAY_CONTROL_BYTES + 2048);
	assert_true(count("control_dropped") > 3000);
	pump();
	assert_int_equal(count("messages_out"), sent[BODY(REFUSED)]);
}

static void without_memory_nothing_is_left_behind(void **state)
{
	(void)state;
	assert_int_equal(reserve(11), GN_OK);
	for (uint64_t i = 1; i < 40; i++) {
		mem.fail_at = i;
		gn_err err = open_(10, 11, SMALL | BULK);
		bool used = mem.fail_at == 0;
		mem.fail_at = 0;
		gn_relay_validate(r);
		if (err == GN_OK && !used)
			break;
		assert_true(i < 39);
	}
	assert_true(count("nomem") > 0);
	assert_int_equal(count_of(r, "opened"), r->count);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		T(packets_go_both_ways_with_the_others_number),
		T(what_is_not_relayed_is_never_answered),
		T(who_is_called_is_told),
		T(a_packet_has_a_least_and_a_most_length),
		T(a_train_is_written_in_its_place),
		T(a_target_that_is_not_there_is_not_found),
		T(who_is_linked_is_reached_as_who_has_a_place),
		T(a_key_has_64_circuits),
		T(when_all_seats_are_taken_the_longest_idle_gives_way),
		T(when_all_seats_are_taken_the_prefix_with_most_gives_way),
		T(a_prefix_has_not_more_than_its_part),
		T(an_idle_circuit_ends_after_a_minute),
		T(the_other_end_is_told_when_one_closes),
		T(a_target_hears_nothing_of_what_never_reached_it),
		T(circuits_end_with_the_session_of_one_end),
		T(ends_that_nobody_takes_are_bounded),
		T(a_reservation_lasts_as_it_says_an_hour_at_most),
		T(a_flood_of_reservations_takes_one_place_each_key),
		T(a_prefix_has_its_part_of_reservations),
		T(when_all_places_are_taken_the_prefix_with_most_gives_way),
		T(a_place_moves_with_its_session),
		T(bad_messages_move_a_counter),
		T(answers_that_nobody_takes_are_bounded),
		T(without_memory_nothing_is_left_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
