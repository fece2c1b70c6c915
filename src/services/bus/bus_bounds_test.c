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
	/* a list takes as long as its issuer likes: of half of the places one has a part */
	h = bus_held_need(b, &topic, &one);
	for (n = 0; bus_rules_wait_list(b, h, &one, GN_LIT("x")) == GN_OK;)
		n++;
	assert_int_equal(n, BUS_PENDING_PEER);
	for (; n < BUS_PENDING / 2; n++) {
		struct gn_contact c = peer(n, n);
		assert_int_equal(bus_rules_wait_list(b, h, &c, GN_LIT("x")), GN_OK);
	}
	assert_int_equal(bus_rules_wait_list(b, h, &last, GN_LIT("x")), GN_BUSY);
	h->listing = false;
	bus_held_free(b, h);
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

static void pull(const struct gn_contact *from, const struct gn_fb_bus_id *ids, size_t count)
{
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	(void)hear(from, &fbb, BODY(PULL),
		   gn_fb_bus_pull_make(&fbb, &(struct gn_fb_bus_pull_args){.topic = &topic,
									   .ids = {ids, count}}));
}

/* A request that names one publisher as often as it may: each message is looked at once, by filters
 * that are paid for; and so is what it has missed, and the one before what it is sent (BS-12). */
static void what_was_missed_is_looked_at_once(void **state)
{
	struct gn_contact publisher = peer(500, 500), follower = peer(1, 1);
	struct gn_fb_hash topic;
	struct gn_fb_bus_id have[BUS_HAVES];
	struct gn_slice filter = GN_LIT("hall.1");
	(void)state;
	begin();
	topic = gn_wire_hash(x.topic.b);
	says.subject = GN_LIT("room.1");
	for (unsigned i = 0; i < 40; i++)
		assert_int_equal(publish(&publisher, &x.key[0]), GN_OK);
	for (unsigned i = 0; i < BUS_HAVES; i++)
		have[i] =
			(struct gn_fb_bus_id){gn_said_key8(&x.key[0].pk), x.epoch[0], 20 + i / 60};
	for (unsigned filters = 0; filters < 2; filters++) {
		(void)gn_bus_caused(b);
		unsigned before = sent[BODY(DELIVER)];
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		gn_err err =
			hear(&follower, &fbb, BODY(SUBSCRIBE),
			     gn_fb_bus_subscribe_make(&fbb, &(struct gn_fb_bus_subscribe_args){
								    .topic = &topic,
								    .filters = {&filter, filters},
								    .have = {have, BUS_HAVES},
								    .primary = true,
								    .lease = BUS_LEASE}));
		assert_int_equal(err, GN_OK);
		assert_int_equal(sent[BODY(DELIVER)] - before, filters ? 0 : 20);
		if (filters)
			assert_int_equal(gn_bus_caused(b).bytes, 20 * filter.len);
		if (!filters)
			assert_int_equal(subscribe(&follower, 0, 0), GN_OK);
	}
	/* what it pulls, */
	pull(&follower, have, 9);
	assert_int_equal(gn_bus_caused(b).bytes, 9 * filter.len);
	/* and what is sent: by it, and the BUS_BEFORE before it */
	says.subject = filter;
	assert_int_equal(publish(&publisher, &x.key[0]), GN_OK);
	wait_for(GN_SEC / 10);
	pull(&follower, have, 0);
	assert_int_equal(gn_bus_caused(b).bytes, (1 + BUS_BEFORE) * filter.len);
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

/* ---- times, and how much is named ---- */

static void a_record_that_could_not_be_read_is_tried_again(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = peer(1, 1);
	struct bus_held *h = bus_held_get(b, &x.topic), *same = NULL;
	h->rules_seq = 0; /* as if another version were held */
	assert_int_equal(bus_rules_get(b, &x.topic, &c, &same), GN_PENDING);
	struct gn_overlay_event e = {.kind = GN_OVERLAY_DONE, .op = h->get, .err = GN_NOT_FOUND};
	gn_op op = h->get;
	gn_frame_find_drop(&b->frame, &op);
	bus_rules_got(b, h, &e);
	gn_time at = b->now;
	b->now = at + BUS_RULES_AGAIN - 1;
	assert_int_equal(bus_rules_get(b, &x.topic, &c, &same), GN_BUSY);
	b->now = at + BUS_RULES_AGAIN;
	assert_int_equal(bus_rules_get(b, &x.topic, &c, &same), GN_PENDING);
}

static void a_new_root_asks_so_many(void **state)
{
	(void)state;
	svc_init(&s, &(struct svc_options){.seed = 5, .nodes = 6, .bus = true});
	svc_bus_make(&s, &x, 1, &(struct gn_topicrec){.publish = GN_FB_TOPIC_ADMISSION_OPEN});
	assert_int_equal(svc_bus_put(&x, 0), GN_OK);
	b = s.nodes[0].bus;
	(void)svc_bus_sub(&x, 1, NULL);
	svc_run_for(&s, 5 * GN_SEC);
	struct bus_held *h = bus_held_get(b, &x.topic);
	struct gn_contact set[BUS_ROOTS];
	assert_non_null(h);
	assert_true(bus_roots_of(b, &x.topic, set) > BUS_SYNCS + 1);
	drain();
	sent[BODY(SYNC)] = 0;
	h->synced = 0;
	bus_sync_start(b, h);
	drain();
	assert_int_equal(sent[BODY(SYNC)], BUS_SYNCS);
}

/* The view of one who follows by a key, and its root, which is another node. */
static struct bus_view *with_key(struct bus_root **root)
{
	begin();
	(void)svc_bus_sub(&x, 0, NULL);
	wait_for(5 * GN_SEC);
	struct bus_view *v = bus_view_get(b, &x.topic);
	v->key = x.key[0].pk;
	v->locals->key = v->key;
	*root = &v->roots[gn_pk_eq(&v->roots[0].c.pk, &b->cfg.node)];
	assert_true(v->root_count == 2 && (*root)->role != 0);
	return v;
}

static void asks_to_sign(struct bus_view *v, const struct bus_root *r)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_fb_bus_frame f;
	struct gn_slice bytes;
	gn_fbref body = gn_fb_bus_done_make(
		&fbb, &(struct gn_fb_bus_done_args){.code = bus_wire_code(GN_DENIED),
						    .limit = GN_LIT("sign")});
	gn_fbref top = gn_fb_bus_frame_make(
		&fbb, &(struct gn_fb_bus_frame_args){.body_type = BODY(DONE), .body = body});
	assert_int_equal(gn_fbb_finish(&fbb, top, GN_FB_BUS_FRAME_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_fb_bus_frame_verify(bytes, &f), GN_OK);
	bus_lease_answer(b, v, &r->c.pk, f);
}

static void a_root_may_ask_three_times_for_a_right(void **state)
{
	struct bus_root *r;
	(void)state;
	struct bus_view *v = with_key(&r);
	v->look = b->now + BUS_LOOK_EVERY;
	for (unsigned i = 0; i < BUS_ASK_TRIES; i++) {
		asks_to_sign(v, r);
		assert_true(r->sign && r->bad_until == 0 && r->sign_due == b->now + BUS_SIGN_TIME);
	}
	asks_to_sign(v, r);
	assert_int_equal(r->bad_until, b->now + BUS_BAD);
	assert_int_equal(v->look, b->now + BUS_LOOK_SOON); /* there may be others */
	/* it is left out for as long, and no longer */
	r->sign = 0;
	v->look += BUS_LOOK_EVERY;
	b->now += BUS_BAD - 1;
	(void)bus_view_run_leases(b, v);
	assert_int_equal(r->role, 0);
	b->now += 1;
	(void)bus_view_run_leases(b, v);
	assert_int_not_equal(r->role, 0);
	b->now = s.now;
}

static void an_owner_that_does_not_sign_is_waited_for_so_long(void **state)
{
	struct bus_root *r;
	(void)state;
	struct bus_view *v = with_key(&r);
	asks_to_sign(v, r);
	b->now += BUS_SIGN_TIME - 1;
	(void)bus_view_run_leases(b, v);
	assert_int_not_equal(r->sign, 0);
	b->now += 1;
	(void)bus_view_run_leases(b, v);
	assert_int_equal(r->sign, 0);
	assert_int_equal(r->renew, b->now + BUS_BAD);
	b->now = s.now;
}

static void a_message_that_no_root_takes_is_given_up(void **state)
{
	struct gn_bus_publish p;
	gn_op op;
	(void)state;
	begin();
	svc_bus_say(&x, 1, NULL, 1, 0, &p);
	p.topic.label = GN_LIT("elsewhere"); /* nobody has looked for it yet */
	struct gn_said said = {.sig = p.sig};
	struct gn_hash other;
	gn_topicrec_key(&x.owner.pk, p.topic.label, &other);
	assert_int_equal(gn_said_parse(p.said, &said), GN_OK);
	struct gn_buf buf = {said_bytes, 0, sizeof said_bytes};
	assert_int_equal(gn_said_make(&x.key[0], &other, &said, &buf, &p.sig), GN_OK);
	p.said = gn_buf_slice(&buf);
	assert_int_equal(gn_bus_publish(b, &p, s.now, &op), GN_OK);
	struct bus_view *v = bus_view_get(b, &other);
	b->now = s.now + BUS_POST_TIME - 1;
	assert_int_equal(bus_view_run_posts(b, v), s.now + BUS_POST_TIME);
	assert_false(v->posts->op.ended);
	b->now = s.now + BUS_POST_TIME;
	(void)bus_view_run_posts(b, v);
	assert_true(v->posts->op.ended && v->posts->op.err == GN_TIMEOUT);
	b->now = s.now;
	gn_bus_cancel(b, op, s.now);
}

/* Who begins names what it has of so many publishers: what came since is given to it. */
static void what_it_has_of_so_many_publishers_counts(void **state)
{
	(void)state;
	begin();
	struct gn_contact from = peer(1, 1);
	assert_int_equal(publish(&from, &x.key[0]), GN_OK);
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	for (unsigned at = BUS_HAVES - 1; at <= BUS_HAVES; at++) {
		struct gn_fb_bus_id have[BUS_HAVES + 1] = {{1, 1, 1}};
		struct gn_contact c = peer(10 + at, 1);
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		have[at] = (struct gn_fb_bus_id){gn_said_key8(&x.key[0].pk), x.epoch[0], 0};
		sent[BODY(DELIVER)] = 0;
		assert_int_equal(
			hear(&c, &fbb, BODY(SUBSCRIBE),
			     gn_fb_bus_subscribe_make(&fbb,
						      &(struct gn_fb_bus_subscribe_args){
							      .topic = &topic,
							      .primary = true,
							      .lease = 60,
							      .have = {have, BUS_HAVES + 1}})),
			GN_OK);
		assert_int_equal(sent[BODY(DELIVER)], at < BUS_HAVES);
	}
}

static bool link_has(const struct gn_contact *link, const struct bus_blob *m)
{
	struct bus_from from = {*link, 0};
	struct gn_fb_hash topic = gn_wire_hash(x.topic.b);
	struct gn_fb_bus_id id = bus_blob_id(m);
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_fb_bus_pull pull;
	struct gn_slice bytes;
	gn_fbref top = gn_fb_bus_pull_make(
		&fbb, &(struct gn_fb_bus_pull_args){.topic = &topic, .ids = {&id, 1}});
	assert_int_equal(gn_fbb_finish(&fbb, top, NULL, &bytes), GN_OK);
	assert_int_equal(gn_fb_bus_pull_verify(bytes, &pull), GN_OK);
	sent[BODY(DELIVER)] = 0;
	assert_true(bus_link_pulled(b, &from, pull));
	drain();
	return sent[BODY(DELIVER)] == 1;
}

static void links_are_given_the_last_messages(void **state)
{
	struct bus_blob *m[BUS_RECENT + 1];
	struct gn_contact link = peer(1, 1);
	(void)state;
	begin_as((struct gn_topicrec){.publish = GN_FB_TOPIC_ADMISSION_OPEN, .mesh = true});
	(void)svc_bus_sub(&x, 0, NULL);
	wait_for(5 * GN_SEC);
	struct bus_view *v = bus_view_get(b, &x.topic);
	assert_true(v->rec && v->rec->mesh && v->link_count < BUS_LINKS_MAX);
	v->links[v->link_count++] = (struct bus_link){.c = link, .up = true};
	assert_non_null(bus_seen_need(b, v, &x.key[0].pk));
	for (unsigned i = 0; i < GN_COUNT(m); i++)
		m[i] = blob(1, 0);
	for (unsigned i = 0; i < BUS_RECENT; i++)
		bus_links_tell(b, v, m[i], &link.pk);
	assert_true(link_has(&link, m[0]));
	bus_links_tell(b, v, m[BUS_RECENT], &link.pk);
	assert_true(!link_has(&link, m[0]) && link_has(&link, m[1]));
	gn_time now = b->now;
	b->now = m[1]->came + BUS_RECENT_TIME - 1;
	assert_true(link_has(&link, m[1]));
	b->now = m[1]->came + BUS_RECENT_TIME;
	assert_false(link_has(&link, m[1]));
	b->now = now;
	for (unsigned i = 0; i < GN_COUNT(m); i++)
		bus_blob_drop(b, m[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, end)
		T(requests_that_wait_have_places),
		T(who_does_not_take_what_comes_is_told),
		T(the_owner_has_so_many_operations_and_topics),
		T(filters_are_paid_for),
		T(what_was_missed_is_looked_at_once),
		T(copies_wait_while_there_is_room),
		T(the_longest_history_gives_way),
		T(what_was_asked_is_over_after_a_while),
		T(a_topic_that_nobody_uses_is_forgotten),
		T(publishers_and_own_values_are_remembered_so_far),
		T(a_record_that_could_not_be_read_is_tried_again),
		T(a_new_root_asks_so_many),
		T(a_root_may_ask_three_times_for_a_right),
		T(an_owner_that_does_not_sign_is_waited_for_so_long),
		T(a_message_that_no_root_takes_is_given_up),
		T(what_it_has_of_so_many_publishers_counts),
		T(links_are_given_the_last_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
