/* What a node keeps of its own and for others while nobody takes it: each bound at it and one past
 * it. Rules BS-4, BS-9, BS-12, BS-14, BS-15, BS-16, BS-18. */
#include "services/bus/testing/root.h"

static uint8_t big[GN_SAID_PAYLOAD];

static struct bus_blob *blob(size_t payload, uint8_t flags)
{
	struct gn_buf buf = {said_bytes, 0, sizeof said_bytes};
	struct gn_said said = {.epoch = x.epoch[0],
			       .seq = ++x.seq[0],
			       .time = 1,
			       .flags = flags,
			       .payload = gn_slice(big, payload)};
	assert_int_equal(gn_said_make(&x.key[0], &x.topic, &said, &buf, &said.sig), GN_OK);
	said.bytes = gn_buf_slice(&buf);
	struct bus_blob *m = bus_blob_new(b, &said);
	assert_non_null(m);
	return m;
}

static void requests_that_wait_have_places(void **state)
{
	(void)state;
	begin();
	struct gn_hash topic = {{7}};
	struct gn_contact one = peer(1, 1), other = peer(2, 2);
	struct bus_held *h = bus_held_need(b, &topic, &one);
	h->get = 1; /* as if its record were being read */
	unsigned n = 0;
	while (bus_rules_wait(b, h, &one, GN_LIT("a request")) == GN_OK)
		n++;
	assert_int_equal(n, BUS_PENDING / 2); /* more of one when there is place alone */
	assert_true(BUS_PENDING / 2 > BUS_PENDING_PEER);
	for (unsigned i = 0; i < BUS_PENDING_PEER; i++, n++)
		assert_int_equal(bus_rules_wait(b, h, &other, GN_LIT("x")), GN_OK);
	assert_int_equal(bus_rules_wait(b, h, &other, GN_LIT("x")), GN_BUSY);
	for (; n < BUS_PENDING; n++) {
		struct gn_contact c = peer(n, n);
		assert_int_equal(bus_rules_wait(b, h, &c, GN_LIT("x")), GN_OK);
	}
	struct gn_contact last = peer(9999, 1);
	assert_int_equal(bus_rules_wait(b, h, &last, GN_LIT("x")), GN_BUSY);
	assert_int_equal(count("pending_full"), 3);
	h->get = 0;
	bus_held_free(b, h);
	assert_true(b->pending == 0 && b->pending_bytes == 0);
	h = bus_held_need(b, &topic, &one);
	h->get = 1;
	for (n = 0; n < BUS_PENDING_BYTES / sizeof storage; n++)
		assert_int_equal(bus_rules_wait(b, h, &one, GN_SLICE(storage)), GN_OK);
	assert_int_equal(bus_rules_wait(b, h, &one, GN_SLICE(storage)), GN_BUSY);
	h->get = 0;
	bus_held_free(b, h);
	assert_true(b->lookups <= BUS_LOOKUPS);
}

static void who_does_not_take_what_comes_is_told(void **state)
{
	struct gn_bus_event e;
	uint64_t told = 0, dropped = 0;
	(void)state;
	begin();
	(void)svc_bus_sub(&x, 0, NULL);
	wait_for(5 * GN_SEC);
	struct bus_view *v = bus_view_get(b, &x.topic);
	struct bus_blob *small = blob(1, 0), *large = blob(sizeof big, 0);
	for (unsigned i = 0; i <= BUS_QUEUE; i++)
		bus_locals_say(b, v, small);
	assert_int_equal(count("queue_full"), 1);
	while (gn_bus_next_event(b, &e)) {
		told += e.kind == GN_BUS_SAID;
		dropped += e.kind == GN_BUS_GAP ? e.count : 0;
	}
	assert_true(told == BUS_QUEUE && dropped == 1);
	for (unsigned i = 0; i <= BUS_QUEUE_BYTES / large->len; i++)
		bus_locals_say(b, v, large);
	bool within = b->queue_bytes <= BUS_QUEUE_BYTES &&
		      b->queue_bytes > BUS_QUEUE_BYTES - 2 * large->len;
	drain();
	bus_blob_drop(b, small);
	bus_blob_drop(b, large);
	assert_true(within && count("queue_full") > 1);
}

static void the_owner_has_so_many_operations_and_topics(void **state)
{
	gn_op op;
	char label[16];
	(void)state;
	begin();
	struct gn_bus_subscribe sub = {.topic = svc_bus_topic(&x)};
	for (unsigned i = 0; i < BUS_VIEWS; i++) {
		snprintf(label, sizeof label, "t%u", i);
		sub.topic.label = gn_str(label);
		assert_int_equal(gn_bus_subscribe(b, &sub, s.now, &op), GN_OK);
	}
	sub.topic.label = GN_LIT("one.more");
	assert_int_equal(gn_bus_subscribe(b, &sub, s.now, &op), GN_LIMIT);
	sub.topic.label = gn_str(label);
	for (unsigned i = BUS_VIEWS; i < BUS_OPS; i++)
		assert_int_equal(gn_bus_subscribe(b, &sub, s.now, &op), GN_OK);
	assert_int_equal(gn_bus_subscribe(b, &sub, s.now, &op), GN_LIMIT);
	drain();
}

/* BS-17: whose filters are gone through pays for that with the next renewal, not who publishes. */
static void filters_are_paid_for(void **state)
{
	struct gn_contact publisher = peer(500, 500), follower = peer(1, 1);
	(void)state;
	begin();
	assert_int_equal(publish(&publisher, &x.key[0]), GN_OK);
	uint64_t alone = gn_bus_caused(b).bytes;
	assert_int_equal(subscribe(&follower, BUS_FILTERS, BUS_LEASE), GN_OK);
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(publish(&publisher, &x.key[0]), GN_OK);
		assert_int_equal(gn_bus_caused(b).bytes, alone);
		wait_for(GN_SEC / 10);
	}
	assert_int_equal(subscribe(&follower, BUS_FILTERS, BUS_LEASE), GN_OK);
	assert_int_equal(gn_bus_caused(b).bytes, 100 * BUS_FILTERS * strlen("room.>"));
	assert_int_equal(subscribe(&follower, BUS_FILTERS, BUS_LEASE), GN_OK);
	assert_int_equal(gn_bus_caused(b).bytes, 0);
	/* who has not paid for so much is passed over until they renew */
	struct bus_subscriber *sub = bus_sub_get(bus_held_get(b, &x.topic), &follower.pk);
	for (unsigned more = 0; more < 2; more++) {
		unsigned before = sent[BODY(DELIVER)];
		sub->looked = BUS_LOOKED + more;
		says.subject = GN_LIT("room.1");
		assert_int_equal(publish(&publisher, &x.key[0]), GN_OK);
		says.subject = gn_slice(NULL, 0);
		wait_for(GN_SEC / 10);
		assert_int_equal(sent[BODY(DELIVER)] - before, !more);
		assert_int_equal(count("looked_full"), more);
	}
	assert_int_equal(subscribe(&follower, 0, 0), GN_OK); /* it pays when it goes, too */
	assert_int_equal(gn_bus_caused(b).bytes, BUS_LOOKED + 1);
}

static size_t no_room(void *user, const struct gn_pk *pk)
{
	(void)user, (void)pk;
	return 0;
}

static void copies_wait_while_there_is_room(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i < 100; i++) {
		struct gn_contact c = peer(i, i);
		assert_int_equal(subscribe(&c, 0, 60), GN_OK);
	}
	struct bus_held *h = bus_held_get(b, &x.topic);
	struct bus_blob *m = blob(sizeof big, 0);
	sent[BODY(DELIVER)] = 0;
	bus_serve(b, h, m, SHARE_OWN, NULL);
	bus_serve_run(b);
	assert_true(b->out.bulk.bytes > BUS_OUT_BYTES &&
		    b->out.bulk.bytes < BUS_OUT_BYTES + 2 * m->len);
	drain();
	assert_int_equal(sent[BODY(DELIVER)], 100);
	for (unsigned i = 0; i <= BUS_SERVINGS; i++)
		bus_serve(b, h, m, SHARE_OWN, NULL);
	assert_int_equal(count("servings_full"), 1);
	bus_serve_drop(b, NULL);
	b->cfg.room = no_room;
	bus_serve(b, h, m, SHARE_OWN, NULL);
	bus_serve_run(b);
	assert_int_equal(count("no_room"), 100);
	bus_blob_drop(b, m);
	/* small ones end too */
	struct bus_from from = {peer(1, 1), 5};
	struct bus_refusal why = {.err = GN_DENIED};
	for (unsigned i = 0; i < 4096 && !count("control_dropped"); i++)
		bus_send_done(b, &from, &why, NULL);
	assert_true(b->out.control.bytes > BUS_CONTROL_BYTES &&
		    b->out.control.bytes < BUS_CONTROL_BYTES + 4096);
	drain();
}

static void the_longest_history_gives_way(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = peer(1, 1);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(publish(&c, &x.key[0]), GN_OK);
	b->bytes += BUS_BYTES; /* as if other topics had them */
	assert_int_equal(publish(&c, &x.key[0]), GN_OK);
	b->bytes -= BUS_BYTES;
	assert_int_equal(count("kept_gave_way"), 10);
	assert_int_equal(bus_held_get(b, &x.topic)->kept_count, 11);
}

static void what_was_asked_is_over_after_a_while(void **state)
{
	(void)state;
	begin();
	struct bus_ask ask = {.kind = ASK_SYNC};
	uint32_t n = b->asks.count;
	while (bus_ask_add(b, &ask))
		n++;
	assert_true(n <= BUS_ASKS && n + 8 > BUS_ASKS);
	assert_int_equal(count("asks_full"), 1);
	wait_for(BUS_ASK_TIME + GN_SEC);
	assert_int_equal(b->asks.count, 0);
}

static void a_topic_that_nobody_uses_is_forgotten(void **state)
{
	struct gn_bus_info info;
	(void)state;
	begin();
	assert_int_equal(svc_bus_pub(&x, 0, 1, NULL, 1, 0), GN_OK);
	wait_for(BUS_VIEW_KEPT - 2 * GN_SEC);
	gn_bus_info(b, &info);
	assert_int_equal(info.followed, 1);
	wait_for(4 * GN_SEC);
	gn_bus_info(b, &info);
	assert_int_equal(info.followed, 0);
	(void)svc_bus_sub(&x, 0, NULL);
	wait_for(5 * GN_SEC);
	uint64_t looks = count("looks");
	wait_for(2 * BUS_LOOK_EVERY);
	assert_int_equal(count("looks"), looks + 2);
}

static void publishers_and_own_values_are_remembered_so_far(void **state)
{
	(void)state;
	begin();
	char subject[8];
	struct gn_bus_publish p;
	gn_op op;
	(void)svc_bus_sub(&x, 0, NULL);
	wait_for(5 * GN_SEC);
	struct bus_view *v = bus_view_get(b, &x.topic);
	for (uint32_t i = 0; i <= BUS_OWN_RETAINED; i++) {
		snprintf(subject, sizeof subject, "%u", i);
		svc_bus_say(&x, 1 + i / BUS_RETAINED_ONE % 3, subject, i + 1,
			    GN_FB_BUS_FLAG_RETAINED, &p);
		assert_int_equal(gn_bus_publish(b, &p, s.now, &op), GN_OK);
	}
	assert_int_equal(v->own_count, BUS_OWN_RETAINED);
	for (unsigned i = 0; i < 2 * BUS_SEEN; i++) {
		struct gn_pk pk = {{1}};
		gn_put_be32(pk.b + 2, i);
		assert_non_null(bus_seen_need(b, v, &pk));
	}
	assert_int_equal(v->seen.count, BUS_SEEN);
	assert_true(count("seen_full") >= BUS_SEEN);
	drain();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, end)
		T(requests_that_wait_have_places),
		T(who_does_not_take_what_comes_is_told),
		T(the_owner_has_so_many_operations_and_topics),
		T(filters_are_paid_for),
		T(copies_wait_while_there_is_room),
		T(the_longest_history_gives_way),
		T(what_was_asked_is_over_after_a_while),
		T(a_topic_that_nobody_uses_is_forgotten),
		T(publishers_and_own_values_are_remembered_so_far),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
