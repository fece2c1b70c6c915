/* One root and what peers may use up of it: each bound at it and one past it, with the name that
 * the refusal gives; what is old, replayed, forged or another's to bring; numbers at the ends.
 * Rules BS-1, BS-2, BS-3, BS-5, BS-6, BS-7, BS-8, BS-9, BS-11, BS-12, BS-16, BS-17. */
#include "services/bus/testing/root.h"

static uint8_t big[GN_SAID_PAYLOAD];

/* ---- leases and topics ---- */

static void a_topic_has_so_many_leases(void **state)
{
	(void)state;
	begin();
	unsigned n = 0;
	for (; n < BUS_SUBSCRIBERS / 2; n++) {
		struct gn_contact c = peer(n, n);
		assert_int_equal(subscribe(&c, 0, 60), GN_OK);
		assert_int_equal(subscribe(&c, 0, 60), GN_OK); /* one lease */
	}
	/* it is crowded: of one prefix so many */
	for (unsigned i = 0; i < BUS_SUBSCRIBERS / BUS_SUBSCRIBED_PART; i++, n++) {
		struct gn_contact c = peer(n, 60000);
		assert_int_equal(subscribe(&c, 0, 60), GN_OK);
	}
	struct gn_contact more = peer(n, 60000);
	assert_int_equal(subscribe(&more, 0, 60), GN_BUSY);
	assert_string_equal(limit, BUS_LIMIT(BUS_SUBSCRIBED_PART));
	for (; n < BUS_SUBSCRIBERS; n++) {
		struct gn_contact c = peer(n, n);
		assert_int_equal(subscribe(&c, 0, 60), GN_OK);
	}
	more = peer(n, 50000);
	assert_int_equal(subscribe(&more, 0, 60), GN_BUSY);
	assert_string_equal(limit, BUS_LIMIT(BUS_SUBSCRIBERS));
	assert_true(count("subscribers_refused") >= 2);
	struct gn_contact gone = peer(7, 7);
	gn_bus_peer_down(b, &gone.pk, GN_CLOSED, s.now);
	assert_int_equal(subscribe(&more, 0, 60), GN_OK);
}

static void a_peer_has_so_many_leases_and_topics(void **state)
{
	(void)state;
	begin();
	struct gn_contact one = peer(5, 5), other = peer(2, 2);
	struct bus_refusal why = {.err = GN_OK};
	struct bus_subscriber *sub;
	struct gn_hash topic = {{8}};
	for (unsigned i = 0; i < BUS_HELD_PEER; i++) {
		gn_put_be32(topic.b + 4, i);
		struct bus_held *h = bus_held_need(b, &topic, &one);
		assert_non_null(h);
		gn_err err = bus_sub_add(b, h, &other, &sub, &why);
		assert_int_equal(err, i < BUS_SUBSCRIBED_PEER ? GN_OK : GN_QUOTA);
		h->used = i; /* the record is not here: only the place is looked at */
	}
	assert_string_equal(why.limit, BUS_LIMIT(BUS_SUBSCRIBED_PEER));
	topic.b[0]++;
	assert_int_equal(b->topics.used, BUS_HELD_PEER + 1); /* and the test's own */
	assert_null(bus_held_need(b, &topic, &one));
	assert_int_equal(count("held_refused"), 1);
	for (uint32_t i = b->held.count; i < BUS_HELD; i++) {
		struct gn_contact c = peer(6 + i % 8, 6 + i % 8);
		gn_put_be32(topic.b + 4, i);
		assert_non_null(bus_held_need(b, &topic, &c));
	}
	/* the one without subscribers that was unused for longest gives way */
	struct gn_contact c = peer(99, 99);
	topic.b[0]++;
	assert_non_null(bus_held_need(b, &topic, &c));
	assert_int_equal(count("held_gave_way"), 1);
	assert_int_equal(b->held.count, BUS_HELD);
	assert_int_equal(BUS_HELD / BUS_HELD_PART, BUS_HELD_PEER);
	assert_int_equal(b->leases.config.total, BUS_SUBSCRIBED);
}

static void a_subscriber_has_so_many_filters(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = peer(1, 1);
	assert_int_equal(subscribe(&c, BUS_FILTERS, 60), GN_OK);
	assert_int_equal(subscribe(&c, BUS_FILTERS + 1, 60), GN_TOO_LARGE);
	assert_int_equal(b->leases.used, 0);
	assert_int_equal(subscribe(&c, 1, 60), GN_OK);
	wait_for(BUS_LEASE * GN_SEC - BUS_SWEEP);
	assert_int_equal(b->leases.used, 1);
	wait_for(2 * BUS_SWEEP);
	assert_int_equal(b->leases.used, 0);
}

/* ---- publishing ---- */

static void rates_are_per_key_topic_and_prefix(void **state)
{
	(void)state;
	begin_as((struct gn_topicrec){
		.publish = GN_FB_TOPIC_ADMISSION_OPEN, .rate = 4, .rate_all = 40});
	struct gn_contact c = peer(1, 1);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(publish(&c, &x.key[0]), GN_OK);
	assert_int_equal(publish(&c, &x.key[0]), GN_QUOTA);
	assert_string_equal(limit, "rate");
	/* a prefix has a quarter; forgeries count */
	says.sig.b[5] = 1;
	for (unsigned i = 5; i < 40 / BUS_PREFIX_SHARE; i++)
		assert_int_equal(publish(&c, &x.key[1]), GN_SIGNATURE);
	says.sig.b[5] = 0;
	assert_int_equal(publish(&c, &x.key[1]), GN_BUSY);
	assert_string_equal(limit, BUS_LIMIT(BUS_PREFIX_SHARE));
	/* so many prefixes at once */
	says.sig.b[5] = 1;
	for (unsigned i = 1; i < BUS_PREFIXES; i++) {
		c = peer(i, 1 + i);
		assert_int_equal(publish(&c, &x.key[1]), GN_SIGNATURE);
	}
	c = peer(99, 99);
	assert_int_equal(publish(&c, &x.key[1]), GN_BUSY);
	assert_string_equal(limit, BUS_LIMIT(BUS_PREFIXES));
	says.sig.b[5] = 0;
	wait_for(2 * GN_SEC);
	for (unsigned i = 0; i < 40; i++) {
		struct gn_sk sk = key_of(i);
		c = peer(i, i / 8);
		assert_int_equal(publish(&c, &sk), GN_OK);
	}
	c = peer(50, 50);
	struct gn_sk sk = key_of(50);
	assert_int_equal(publish(&c, &sk), GN_BUSY);
	assert_string_equal(limit, "rate_all");
	assert_true(count("rate_publisher") == 1 && count("rate_topic") == 1);
	assert_true(count("rate_prefix") == 2 && count("refused_sig") > 60);
}

static void what_is_old_or_far_ahead_is_refused(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = peer(1, 1);
	uint64_t now = (uint64_t)(s.now / GN_MSEC);
	static const int64_t at[][2] = {{-BUS_OLD * 1000, GN_OK},
					{-BUS_OLD * 1000 - 1, GN_EXPIRED},
					{BUS_OLD * 1000, GN_OK},
					{BUS_OLD * 1000 + 1, GN_RANGE}};
	for (unsigned i = 0; i < GN_COUNT(at); i++) {
		says.time = (uint64_t)((int64_t)now + at[i][0]);
		gn_err err = publish(&c, &x.key[0]);
		assert_int_equal(err == GN_OK, at[i][1] == GN_OK);
	}
	says.time = now;
	says.flags = GN_FB_BUS_FLAG_RETAINED;
	says.until = now / 1000 + BUS_UNTIL;
	assert_int_equal(publish(&c, &x.key[0]), GN_OK);
	says.until += 2;
	assert_int_not_equal(publish(&c, &x.key[0]), GN_OK);
	says.until = now / 1000;
	assert_int_not_equal(publish(&c, &x.key[0]), GN_OK);
	assert_int_equal(count("refused_time"), 4);
}

/* Nothing is checked or told again, and numbers end where they end. */
static void a_replay_costs_and_does_nothing(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = peer(1, 1);
	static const uint64_t seqs[] = {5, UINT64_C(1) << 53, (UINT64_C(1) << 53) + 1,
					UINT64_MAX - 1};
	for (unsigned i = 0; i < GN_COUNT(seqs); i++) {
		says.seq = seqs[i];
		assert_int_equal(publish(&c, &x.key[0]), GN_OK);
		(void)gn_bus_caused(b);
		assert_int_equal(publish(&c, &x.key[0]), GN_EXISTS);
		assert_int_equal(gn_bus_caused(b).checks, 0);
	}
	says.seq = 5; /* behind the window */
	assert_int_equal(publish(&c, &x.key[0]), GN_STALE);
	says.seq = 1;
	says.epoch = x.epoch[0] - 1;
	assert_int_equal(publish(&c, &x.key[0]), GN_STALE);
	says.epoch = UINT64_C(1) << 53; /* an epoch is a time, too */
	assert_int_equal(publish(&c, &x.key[0]), GN_RANGE);
	says.epoch = x.epoch[0] + 1;
	assert_int_equal(publish(&c, &x.key[0]), GN_OK);
	assert_int_equal(count("published_again"), GN_COUNT(seqs));
	assert_int_equal(count("published"), GN_COUNT(seqs) + 1);
}

static void a_message_has_a_form_a_size_and_a_right(void **state)
{
	(void)state;
	static uint8_t token[BUS_TOKEN_MAX + 1];
	begin_as((struct gn_topicrec){.publish = GN_FB_TOPIC_ADMISSION_TOKEN, .payload_max = 100});
	struct gn_contact c = peer(1, 1);
	says.payload = gn_slice(big, 101);
	assert_int_equal(publish(&c, &x.owner), GN_TOO_LARGE);
	assert_string_equal(limit, "payload_max");
	says.payload = gn_slice(big, 100);
	assert_int_equal(publish(&c, &x.owner), GN_OK);
	assert_int_equal(publish(&c, &x.key[0]), GN_DENIED);
	assert_int_not_equal(publish_with(&c, &x.key[0], gn_slice(token, BUS_TOKEN_MAX)), GN_OK);
	assert_int_equal(count("refused_form"), 0);
	assert_int_equal(publish_with(&c, &x.key[0], gn_slice(token, BUS_TOKEN_MAX + 1)),
			 GN_TOO_LARGE);
	assert_true(count("refused_form") == 1 && count("refused_size") == 1);
	assert_int_equal(count("refused_right"), 2);
	/* who has no right takes no place */
	assert_int_equal(bus_held_get(b, &x.topic)->publishers.count, 1);
}

static void the_silent_publisher_gives_way(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = peer(1, 1);
	for (unsigned i = 0; i <= BUS_PUBLISHERS; i++) {
		struct gn_sk sk = key_of(i);
		says.flags = i == 0 ? GN_FB_BUS_FLAG_RETAINED : 0; /* it stays */
		says.payload = gn_slice(big, 1);
		assert_int_equal(publish(&c, &sk), GN_OK);
		wait_for(GN_MSEC);
	}
	const struct bus_held *h = bus_held_get(b, &x.topic);
	struct gn_sk stays = key_of(0), gone = key_of(1);
	assert_int_equal(count("publishers_gave_way"), 1);
	assert_non_null(bus_publisher_get(h, gn_said_key8(&stays.pk)));
	assert_null(bus_publisher_get(h, gn_said_key8(&gone.pk)));
}

/* ---- what is kept ---- */

static void values_have_places(void **state)
{
	(void)state;
	begin();
	char subject[8];
	struct gn_contact c = peer(1, 1);
	says.flags = GN_FB_BUS_FLAG_RETAINED;
	says.payload = gn_slice(big, 1);
	for (unsigned i = 0; i <= BUS_RETAINED_ONE; i++) {
		snprintf(subject, sizeof subject, "%u", i);
		says.subject = gn_str(subject);
		assert_int_equal(publish(&c, &x.key[0]), i < BUS_RETAINED_ONE ? GN_OK : GN_QUOTA);
	}
	assert_string_equal(limit, BUS_LIMIT(BUS_RETAINED_ONE));
	for (unsigned i = BUS_RETAINED_ONE; i <= BUS_RETAINED / BUS_RETAINED_PART; i++) {
		struct gn_sk sk = key_of(i);
		gn_err err = publish(&c, &sk);
		assert_int_equal(err, i < BUS_RETAINED / BUS_RETAINED_PART ? GN_OK : GN_QUOTA);
	}
	assert_string_equal(limit, BUS_LIMIT(BUS_RETAINED_PART));
	unsigned n = BUS_RETAINED / BUS_RETAINED_PART;
	for (; n < BUS_RETAINED; n++) {
		struct gn_sk sk = key_of(n + 1);
		c = peer(n, n);
		assert_int_equal(publish(&c, &sk), GN_OK);
		wait_for(GN_MSEC);
	}
	c = peer(n, n);
	assert_int_equal(publish(&c, &x.key[1]), GN_QUOTA);
	assert_string_equal(limit, BUS_LIMIT(BUS_RETAINED));
	assert_int_equal(count("retained"), BUS_RETAINED);
	assert_int_equal(count("retained_refused"), 3);
	wait_for(601 * GN_SEC + BUS_SWEEP);
	assert_int_equal(b->stored.used, 0);
}

static void values_have_bytes(void **state)
{
	(void)state;
	begin();
	char subject[8];
	struct gn_contact c = peer(1, 1);
	says.flags = GN_FB_BUS_FLAG_RETAINED;
	says.payload = gn_slice(big, sizeof big);
	unsigned fits = 0;
	for (unsigned i = 0; i < 80; i++) {
		snprintf(subject, sizeof subject, "%u", i % BUS_RETAINED_ONE);
		says.subject = gn_str(subject);
		struct gn_sk sk = key_of(i / BUS_RETAINED_ONE);
		c = peer(i, i);
		wait_for(GN_MSEC);
		fits += publish(&c, &sk) == GN_OK;
	}
	const struct bus_held *h = bus_held_get(b, &x.topic);
	assert_string_equal(limit, BUS_LIMIT(BUS_RETAINED_BYTES));
	assert_true(h->retained_bytes <= BUS_RETAINED_BYTES && fits == 63);
	assert_true(h->kept_bytes <= BUS_KEPT_BYTES && h->kept_bytes > BUS_KEPT_BYTES - 20000);
}

static void a_peer_brings_so_many_bytes(void **state)
{
	(void)state;
	begin();
	struct bus_refusal why = {.err = GN_OK};
	static struct bus_blob *blobs[BUS_STORED / GN_SAID_PAYLOAD + 1];
	struct gn_buf buf = {said_bytes, 0, sizeof said_bytes};
	struct gn_said said = {
		.epoch = 1, .seq = 1, .time = 1, .payload = gn_slice(big, sizeof big)};
	assert_int_equal(gn_said_make(&x.key[0], &x.topic, &said, &buf, &said.sig), GN_OK);
	said.bytes = gn_buf_slice(&buf);
	unsigned n = 0, of_one = BUS_STORED_PEER / (unsigned)said.bytes.len;
	for (; n < BUS_STORED / said.bytes.len; n++) {
		struct gn_contact c = peer(n / of_one, n / of_one);
		blobs[n] = bus_blob_new(b, &said);
		assert_int_equal(bus_store_take(b, blobs[n], &c, &why), GN_OK);
		if ((n + 1) % of_one)
			continue;
		struct bus_blob *more = bus_blob_new(b, &said);
		assert_int_equal(bus_store_take(b, more, &c, &why), GN_QUOTA);
		assert_string_equal(why.limit, BUS_LIMIT(BUS_STORED_PEER));
		bus_blob_drop(b, more);
	}
	struct gn_contact c = peer(99, 99);
	blobs[n] = bus_blob_new(b, &said);
	assert_int_equal(bus_store_take(b, blobs[n], &c, &why), GN_LIMIT);
	assert_string_equal(why.limit, BUS_LIMIT(BUS_STORED));
	bus_blob_drop(b, blobs[n]);
	while (n-- > 0) {
		bus_store_give(b, blobs[n]);
		bus_blob_drop(b, blobs[n]);
	}
	assert_int_equal(b->stored.config.per_prefix, BUS_STORED / BUS_STORED_PART);
}

static void the_last_messages_are_kept(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = peer(1, 1), reader = peer(2, 2);
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_fb_bus_id ids[BUS_IDS + 1];
	for (unsigned i = 0; i <= BUS_KEPT; i++) {
		c = peer(1, i / 64);
		assert_int_equal(publish(&c, &x.key[0]), GN_OK);
	}
	assert_int_equal(subscribe(&reader, 0, 60), GN_OK);
	for (unsigned i = 0; i <= BUS_IDS; i++)
		ids[i] = (struct gn_fb_bus_id){gn_said_key8(&x.key[0].pk), x.epoch[0], 1 + i};
	for (unsigned n = BUS_IDS; n <= BUS_IDS + 1; n++) {
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		memset(sent, 0, sizeof sent);
		(void)hear(&reader, &fbb, BODY(PULL),
			   gn_fb_bus_pull_make(&fbb, &(struct gn_fb_bus_pull_args){
							     .topic = &topic, .ids = {ids, n}}));
		/* the oldest is gone; too many are not answered */
		assert_int_equal(sent[BODY(DELIVER)], n == BUS_IDS ? BUS_IDS - 1 : 0);
		assert_int_equal(sent[BODY(LOST)], n == BUS_IDS);
	}
	assert_int_equal(count("pulls"), BUS_IDS - 1);
	wait_for(BUS_KEPT_TIME + 2 * BUS_SWEEP);
	assert_int_equal(b->bytes, 0);
}

/* ---- wills ---- */

static void a_will_is_its_nodes_to_bring(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = peer(1, 1), other = peer(2, 2);
	assert_int_equal(bring(&other, &x.key[0], &c.pk), GN_DENIED);
	assert_int_equal(count("wills_false"), 1);
	assert_int_equal(bring(&c, &x.key[0], &c.pk), GN_OK);
	assert_int_equal(bring(&other, &x.key[0], &c.pk), GN_DENIED);
	/* who begins anew leaves no will of before */
	says = (struct gn_said){.epoch = x.epoch[0] + 5, .seq = 1};
	assert_int_equal(publish(&c, &x.key[0]), GN_OK);
	says = (struct gn_said){.epoch = x.epoch[0] + 4};
	assert_int_equal(bring(&c, &x.key[0], &c.pk), GN_STALE);
	struct gn_contact root = {.pk = s.nodes[1].sk.pk, .addr_count = 1, .addrs = {{.port = 1}}};
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_fb_key key = gn_wire_key(&x.key[0].pk);
	wait_for(31 * GN_SEC);
	assert_int_equal(count("wills_lapsed"), 1);
	for (unsigned i = 0; i < 2; i++) { /* a stranger's word, then a root's */
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		(void)hear(i ? &root : &other, &fbb, BODY(LAPSED),
			   gn_fb_bus_lapsed_make(
				   &fbb, &(struct gn_fb_bus_lapsed_args){.topic = &topic,
									 .publisher = &key,
									 .epoch = x.epoch[0]}));
		assert_int_equal(count("lapsed_false"), 1);
	}
	assert_int_equal(count("wills_old"), 1);
	assert_int_equal(count("wills_told"), 0);
}

/* When there is no place for a new one the will of before stays, and may be brought again. */
static void a_will_that_finds_no_place_ends_none(void **state)
{
	struct gn_contact c = peer(1, 1);
	(void)state;
	begin();
	assert_int_equal(bring(&c, &x.key[0], &c.pk), GN_OK);
	b->stored.config.total = b->stored.used; /* all is taken */
	says.payload = GN_LIT("another");
	assert_int_equal(bring(&c, &x.key[0], &c.pk), GN_BUSY);
	assert_string_equal(limit, BUS_LIMIT(BUS_STORED));
	const struct bus_held *h = bus_held_get(b, &x.topic);
	assert_non_null(bus_publisher_get(h, gn_said_key8(&x.key[0].pk))->will);
	assert_int_equal(bring(&c, &x.key[0], &c.pk), GN_OK);
	assert_int_equal(count("wills"), 2);
	wait_for(31 * GN_SEC);
	assert_int_equal(count("wills_lapsed"), 1);
}

static void a_prefix_has_a_quarter_of_the_wills(void **state)
{
	(void)state;
	begin();
	for (unsigned i = 0; i <= BUS_PUBLISHERS / BUS_RETAINED_PART; i++) {
		struct gn_sk sk = key_of(i);
		struct gn_contact c = peer(i, 1);
		gn_err err = bring(&c, &sk, &c.pk);
		assert_int_equal(err, i < BUS_PUBLISHERS / BUS_RETAINED_PART ? GN_OK : GN_QUOTA);
	}
	assert_string_equal(limit, BUS_LIMIT(BUS_RETAINED_PART));
	assert_int_equal(count("wills"), BUS_PUBLISHERS / BUS_RETAINED_PART);
}

/* ---- roots among themselves ---- */

static void one_root_tells_of_so_many_messages(void **state)
{
	(void)state;
	begin();
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_contact root = {.pk = s.nodes[1].sk.pk, .addr_count = 1, .addrs = {{.port = 1}}},
			  other = peer(1, 1);
	for (unsigned i = 0; i <= BUS_WAITS_ROOT + 1; i++) {
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		struct gn_fb_bus_id id = {5, 6, i};
		(void)hear(i ? &root : &other, &fbb, BODY(SERVED),
			   gn_fb_bus_served_make(&fbb, &(struct gn_fb_bus_served_args){
							       .topic = &topic, .id = &id}));
	}
	assert_int_equal(count("served_false"), 1);
	assert_int_equal(count("waits_full"), 1);
	assert_true(BUS_WAITS_ROOT < BUS_WAITS);
	wait_for(BUS_PULL_ROOT - GN_MSEC);
	assert_int_equal(count("pulled"), 0);
	wait_for(2 * GN_MSEC);
	assert_int_equal(count("pulled"), BUS_WAITS_ROOT);
}

/* Who has filters is told the one before; not further back than this. */
static void the_one_before_is_near(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = peer(1, 1), reader = peer(2, 2);
	assert_int_equal(subscribe(&reader, 1, 60), GN_OK);
	struct bus_held *h = bus_held_get(b, &x.topic);
	for (unsigned between = BUS_BEFORE - 1; between <= BUS_BEFORE; between++) {
		struct gn_overlay_message m;
		struct gn_fb_bus_frame f;
		says.subject = GN_LIT("room.1");
		assert_int_equal(publish(&c, &x.key[0]), GN_OK);
		uint64_t first = x.seq[0];
		says.subject = GN_LIT("door");
		for (unsigned i = 0; i < between; i++)
			assert_int_equal(publish(&c, &x.key[0]), GN_OK);
		says.subject = GN_LIT("room.1");
		assert_int_equal(publish(&c, &x.key[0]), GN_OK);
		bus_deliver_to(b, h, bus_sub_get(h, &reader.pk), bus_kept_at(h, h->kept_count - 1),
			       false);
		assert_true(gn_bus_next_message(b, &m));
		assert_int_equal(gn_fb_bus_frame_verify(m.bytes, &f), GN_OK);
		uint64_t before = gn_fb_bus_deliver_before(gn_fb_bus_frame_body_as_bus_deliver(f));
		assert_int_equal(before, between < BUS_BEFORE ? first : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, end)
		T(a_topic_has_so_many_leases),
		T(a_peer_has_so_many_leases_and_topics),
		T(a_subscriber_has_so_many_filters),
		T(rates_are_per_key_topic_and_prefix),
		T(what_is_old_or_far_ahead_is_refused),
		T(a_replay_costs_and_does_nothing),
		T(a_message_has_a_form_a_size_and_a_right),
		T(the_silent_publisher_gives_way),
		T(values_have_places),
		T(values_have_bytes),
		T(a_peer_brings_so_many_bytes),
		T(the_last_messages_are_kept),
		T(a_will_is_its_nodes_to_bring),
		T(a_will_that_finds_no_place_ends_none),
		T(a_prefix_has_a_quarter_of_the_wills),
		T(one_root_tells_of_so_many_messages),
		T(the_one_before_is_near),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
