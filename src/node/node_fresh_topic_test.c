/* Topics and records under throwaway keys, on whole nodes: what roots and holders see of who
 * publishes, follows and puts, that days have nothing in common and nothing is lost or told twice
 * between them, who shares what, and what is not possible. Rules RE-55, BS-22. */
#include "node/testing/boxed_world.h"

#define NODES 24

static struct gn_sk topic, box;
static struct gn_hash place;

/* Neither of those who take part is among the nodes that hold the topic, or the box. */
static void begin(uint64_t seed)
{
	grow(NODES, seed);
	assert_true(writer < NODES);
	uint8_t number = 100;
	do {
		topic = secret(++number);
		gn_topicrec_key(&topic.pk, gn_slice(NULL, 0), &place);
	} while (rank_at(asker, &place) < 12 || rank_at(writer, &place) < 12);
	do {
		box = secret(++number);
	} while (rank_of(asker, &box.pk) < 12 || rank_of(writer, &box.pk) < 12);
}

static void publish_topic(const struct gn_node_fresh_for *who, const struct gn_sk *of, bool keyed)
{
	unsigned put = told.put;
	assert_int_equal(try_put(writer, who, topic_record(of, keyed)), GN_OK);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(told.put, put + 1);
	assert_true(told.receipts >= 5);
}

static void say(uint64_t seq, uint64_t until)
{
	struct gn_node_fresh_for who = mine();
	unsigned published = told.published;
	assert_int_equal(try_say(writer, &who, &topic, seq, until), GN_OK);
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(told.published, published + 1);
	assert_int_equal(told.result, GN_OK);
}

static void roots_see_a_relay_and_a_throwaway_key(void **state)
{
	struct gn_node_fresh_for who = mine();
	gn_op op;
	(void)state;
	begin(41);
	publish_topic(&who, &topic, true);
	assert_int_equal(try_hear(asker, &who, &topic, true, &op), GN_OK);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(told.roots, 2);
	say(1, 0);
	assert_int_equal(told.said, 1);
	struct fresh *f = context_for(asker, place.b), *p = context_for(writer, place.b);
	assert_true(f && p);
	assert_int_equal(look_at_holders(asker, f), 2);
	assert_true(look_at_holders(writer, p) >= 8);
	look_at_lookups(asker, &place);
	look_at_lookups(writer, &place);
	struct gn_node_fresh_info info;
	gn_node_fresh_info(whole_node(&w, writer), &info);
	assert_int_equal(info.contexts, 1); /* the record was put by the topic's own */
	assert_int_equal(info.direct, 0);
	/* long after, what is said comes at once */
	whole_run_for(&w, 600 * GN_SEC);
	say(2, 0);
	assert_int_equal(told.said, 2);
	assert_int_equal(told.gaps, 0);
	assert_int_equal(look_at_holders(asker, f), 2);
	gn_bus_validate(f->bus);
	gn_apart_validate(f->apart);
	/* the record and the roots are asked for again each half hour (BUS_LOOK_APART) */
	uint64_t gets = whole_node(&w, asker)->fresh.apart.gets;
	whole_run_for(&w, 3600 * GN_SEC);
	gets = whole_node(&w, asker)->fresh.apart.gets - gets;
	assert_int_equal(gets, 2);
	/* and when it is over, nothing is left */
	gn_node_fresh_gone(whole_node(&w, asker), op);
	whole_moved(&w, asker);
	say(3, 0);
	assert_int_equal(told.said, 2);
	whole_run_for(&w, 2 * GN_NODE_FRESH_IDLE + 2 * GN_NODE_FRESH_LOOK);
	assert_int_equal(whole_node(&w, asker)->fresh.contexts.count, 0);
	assert_null(whole_node(&w, asker)->fresh.lasting);
	whole_free(&w);
}

/* Who puts a box's descriptor, reads it and leaves something in it is one throwaway key; another
 * record is another's. */
static void who_puts_a_record_is_not_seen(void **state)
{
	struct gn_node_fresh_for who = mine();
	struct gn_sk nobody = secret(23);
	struct gn_hash key;
	struct gn_get_options options = {.type = GN_FB_RECORD_TYPE_BOX};
	gn_op op;
	(void)state;
	begin(42);
	gn_boxrec_key(&box.pk, 0, &key);
	unsigned put = told.put;
	assert_int_equal(try_put(writer, &who, descriptor(&box)), GN_OK);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(told.put, put + 1);
	assert_true(told.receipts >= 5);
	struct fresh *f = context_for(writer, box.pk.b);
	assert_non_null(f);
	assert_true(look_at_all(writer, f) >= 5);
	look_at_lookups(writer, &key);
	unsigned holders = 0;
	for (unsigned i = 0; i < NODES; i++)
		holders += holds(i, &box.pk);
	assert_true(holders >= 5);
	follow_of(writer, &who, &box);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(whole_node(&w, writer)->fresh.contexts.count, 1);
	/* it is found by whoever asks, under another key */
	whole_moved(&w, asker);
	assert_int_equal(gn_node_fresh_get(whole_node(&w, asker), &who, &key, &options, &op),
			 GN_OK);
	whole_moved(&w, asker);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(told.put, put + 2);
	assert_int_equal(told.values, 1);
	f = context_for(asker, key.b);
	assert_true(f && look_at_all(asker, f) >= 4);
	look_at_lookups(asker, &key);
	/* an older one is refused, with the one that stands in its way */
	struct gn_sk other = secret(22);
	publish_topic(&who, &other, false);
	assert_int_equal(whole_node(&w, writer)->fresh.contexts.count, 2);
	struct gn_topicrec old = {.owner = other.pk,
				  .seq = 1,
				  .created = gn_unix(w.now),
				  .ttl = 3600,
				  .publish = GN_FB_TOPIC_ADMISSION_OWNER};
	uint8_t bytes[GN_RECORD_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	assert_int_equal(gn_topicrec_record(&other, &old, &buf), GN_OK);
	assert_int_equal(try_put(writer, &who, gn_buf_slice(&buf)), GN_OK);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(told.record, GN_STALE);
	assert_int_equal(told.values, 1);
	/* and what there is not is not found */
	gn_topicrec_key(&nobody.pk, gn_slice(NULL, 0), &key);
	options.type = GN_FB_RECORD_TYPE_TOPIC;
	whole_moved(&w, asker);
	assert_int_equal(gn_node_fresh_get(whole_node(&w, asker), &who, &key, &options, &op),
			 GN_OK);
	whole_moved(&w, asker);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(told.record, GN_NOT_FOUND);
	whole_free(&w);
}

/* ---- days ---- */

/* Where each node has seen this key, that log which holders keep: port 0, nowhere. */
static void seen_at(const struct gn_pk *key, struct gn_addr out[NODES])
{
	for (unsigned i = 0; i < NODES; i++) {
		const struct peer *p = peers_of(whole_node(&w, i), key);
		const struct session *s =
			p ? gn_map_get(&whole_node(&w, i)->peers.by_session, &p->session) : NULL;
		out[i] = s ? s->addr : out[i];
	}
}

static void two_days_of_a_topic_have_nothing_in_common(void **state)
{
	struct gn_addr first[NODES] = {{.port = 0}}, second[NODES] = {{.port = 0}};
	gn_op op;
	(void)state;
	begin(43);
	struct gn_node_fresh_for who = whose_day_ends_soon(place.b);
	publish_topic(NULL, &topic, false);
	assert_int_equal(try_hear(asker, &who, &topic, false, &op), GN_OK);
	for (unsigned i = 0; i < 30; i++) {
		whole_run_for(&w, GN_SEC);
		seen_at(&context_for(asker, place.b)->pk, first);
	}
	say(1, gn_unix(w.now) + 86400); /* a value: every new lease is given it */
	assert_int_equal(told.said, 1);
	struct gn_pk key = context_for(asker, place.b)->pk, relays[GN_NODE_FRESH_RELAYS];
	const struct gn_jet *jet = context_for(asker, place.b)->of.jet;
	unsigned count = context_for(asker, place.b)->relay_count;
	memcpy(relays, context_for(asker, place.b)->relays, sizeof relays);
	for (unsigned m = 0; m < 960 && whole_node(&w, asker)->fresh.count.days == 0; m++)
		whole_run_for(&w, GN_SEC);
	assert_int_equal(whole_node(&w, asker)->fresh.count.days, 1);
	struct fresh *f = context_for(asker, place.b);
	assert_non_null(f);
	say(2, 0); /* while both days' contexts may hear it */
	assert_int_equal(told.said, 2);
	const struct fresh_lasting *l = whole_node(&w, asker)->fresh.lasting;
	assert_true(l->old_serial && l->old_ends <= w.now + GN_NODE_FRESH_BOTH);
	for (unsigned i = 0; i < 30; i++) {
		seen_at(&f->pk, second);
		whole_run_for(&w, GN_SEC);
	}
	assert_int_equal(l->old_serial, 0); /* GN_NODE_FRESH_BOTH is over */
	assert_false(gn_pk_eq(&f->pk, &key));
	assert_ptr_not_equal(f->of.jet, jet); /* and its tickets */
	for (unsigned i = 0; i < f->relay_count; i++)
		assert_false(among(relays, count, &f->relays[i]));
	unsigned both = 0;
	for (unsigned i = 0; i < NODES; i++) {
		both += first[i].port && second[i].port;
		assert_false(first[i].port && gn_addr_eq(&first[i], &second[i]));
	}
	assert_true(both > 0); /* these are the ones that could compare */
	struct gn_pk server;
	uint8_t pass[GN_PASS_LEN];
	assert_false(gn_jet_pass_at(f->of.jet, 0, &server, pass));
	assert_int_equal(look_at_holders(asker, f), 2);
	say(3, 0);
	assert_int_equal(told.said, 3); /* the value was told once */
	assert_int_equal(told.gaps, 0);
	whole_run_for(&w, GN_NODE_FRESH_IDLE + 60 * GN_SEC);
	assert_int_equal(whole_node(&w, asker)->fresh.contexts.count, 1);
	gn_node_fresh_gone(whole_node(&w, asker), op);
	whole_moved(&w, asker);
	assert_null(whole_node(&w, asker)->fresh.lasting);
	whole_free(&w);
}

/* ---- a relay goes ---- */

static void a_relay_that_goes_loses_nothing_of_a_topic(void **state)
{
	struct gn_node_fresh_for who = mine();
	gn_op op;
	(void)state;
	begin(44);
	publish_topic(NULL, &topic, false);
	assert_int_equal(try_hear(asker, &who, &topic, false, &op), GN_OK);
	whole_run_for(&w, 20 * GN_SEC);
	struct fresh *f = context_for(asker, place.b);
	assert_true(f->relay_count > 0);
	assert_int_equal(try_say(writer, NULL, &topic, 1, 0), GN_OK);
	whole_run_for(&w, 5 * GN_SEC);
	assert_int_equal(told.said, 1);
	for (unsigned i = 0; i < f->relay_count; i++)
		whole_kill(&w, index_of(&f->relays[i]));
	assert_int_equal(try_say(writer, NULL, &topic, 2, 0), GN_OK);
	whole_run_for(&w, 90 * GN_SEC);
	assert_int_equal(told.said, 2);
	for (const struct fresh_peer *p = f->peers; p; p = p->next)
		assert_true(p->state != FRESH_UP || whole_alive(&w, index_of(&p->relay)));
	assert_int_equal(try_say(writer, NULL, &topic, 3, 0), GN_OK);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(told.said, 3);
	whole_free(&w);
}

/* ---- who shares ---- */

static void topics_and_boxes_share_only_when_it_is_asked_for(void **state)
{
	struct gn_node_fresh_for who = mine(), other = {.user = 1001}, shared = {1000, false, 7};
	struct gn_sk second = secret(24);
	gn_op op;
	(void)state;
	begin(45);
	publish_topic(NULL, &topic, false);
	publish_topic(NULL, &second, false);
	assert_int_equal(try_hear(asker, &who, &topic, false, &op), GN_OK);
	assert_int_equal(try_hear(asker, &who, &second, false, &op), GN_OK);
	assert_int_equal(try_hear(asker, &other, &topic, false, &op), GN_OK);
	follow_of(asker, &who, &owner);
	whole_run_for(&w, 20 * GN_SEC);
	const struct gn_node_fresh *all = &whole_node(&w, asker)->fresh;
	assert_int_equal(all->contexts.count, 4);
	for (uint32_t i = 0; i < 4; i++)
		for (uint32_t k = 0; k < i; k++)
			assert_false(
				gn_pk_eq(&context_at(asker, i)->pk, &context_at(asker, k)->pk));
	/* topics have each their relays; a box with its ten sessions may need others' in so small a
	 * network, and that is counted */
	for (uint32_t i = 0; i < 3; i++)
		for (uint32_t k = 0; k < i && all->count.near == 0; k++) {
			const struct fresh *a = context_at(asker, i), *b = context_at(asker, k);
			for (unsigned r = 0; r < a->relay_count; r++)
				assert_false(among(b->relays, b->relay_count, &a->relays[r]));
		}
	assert_int_equal(try_hear(asker, &shared, &topic, false, &op), GN_OK);
	assert_int_equal(try_hear(asker, &shared, &second, false, &op), GN_OK);
	follow_of(asker, &shared, &owner);
	whole_run_for(&w, 20 * GN_SEC);
	assert_int_equal(all->contexts.count, 5);
	say(1, 0);
	assert_int_equal(told.said, 3); /* two keys of two users, and the shared one */
	whole_free(&w);
}

/* ---- what there is not ---- */

static void wills_and_links_are_none_of_it(void **state)
{
	struct gn_node_fresh_for who = mine();
	uint8_t bytes[GN_SAID_MAX];
	struct gn_buf buf = {bytes, 0, sizeof bytes};
	struct gn_bus_publish p = {.need = 0};
	gn_op op;
	(void)state;
	begin(46);
	publish_topic(NULL, &topic, false); /* with links, for all others */
	struct gn_said in = {.epoch = 1,
			     .seq = GN_SAID_WILL,
			     .time = (uint64_t)(w.now / GN_MSEC),
			     .flags = GN_FB_BUS_FLAG_WILL,
			     .until = gn_unix(w.now) + 3600,
			     .lease = 90,
			     .payload = GN_LIT("gone")};
	p.topic.owner = topic.pk;
	gn_said_by(key_of(asker), &p.salt, &in.by);
	assert_int_equal(gn_said_make(&topic, &place, &in, &buf, &p.sig), GN_OK);
	p.said = gn_buf_slice(&buf);
	assert_int_equal(gn_node_fresh_publish(whole_node(&w, asker), &who, &p, &op),
			 GN_UNSUPPORTED);
	assert_int_equal(whole_node(&w, asker)->fresh.contexts.count, 0);
	unsigned nodes[] = {asker, writer};
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(try_hear(nodes[i], &who, &topic, false, &op), GN_OK);
	for (unsigned i = 0; i < NODES; i += 5)
		assert_int_equal(try_hear(i, NULL, &topic, false, &op), GN_OK);
	whole_run_for(&w, 30 * GN_SEC);
	struct gn_bus_info info, plain;
	gn_bus_info(context_for(asker, place.b)->bus, &info);
	gn_bus_info(whole_node(&w, 5)->bus, &plain);
	assert_true(plain.links > 0);
	assert_int_equal(info.links, 0);
	assert_true(told.roots > 0);
	say(1, 0);
	assert_int_equal(told.said, 2 + (NODES + 4) / 5);
	whole_free(&w);
}

/* One other alone: nobody can be between. */
static void without_relays_topics_are_direct_and_said_or_not_at_all(void **state)
{
	struct gn_node_fresh_for who = mine();
	struct gn_node_fresh_info info;
	gn_op op;
	(void)state;
	grow(2, 47);
	topic = secret(21);
	gn_topicrec_key(&topic.pk, gn_slice(NULL, 0), &place);
	assert_int_equal(try_put(0, NULL, topic_record(&topic, false)), GN_OK);
	whole_run_for(&w, 10 * GN_SEC);
	assert_int_equal(try_hear(0, &who, &topic, false, &op), GN_OK);
	assert_int_equal(try_say(0, &who, &topic, 1, 0), GN_OK);
	whole_run_for(&w, 20 * GN_SEC);
	assert_int_equal(told.said, 1);
	gn_node_fresh_info(whole_node(&w, 0), &info);
	assert_int_equal(info.direct, 1);
	assert_int_equal(whole_node(&w, 0)->fresh.count.direct, 1);
	gn_node_fresh_gone(whole_node(&w, 0), op);
	whole_moved(&w, 0);
	whole_run_for(&w, 2 * GN_NODE_FRESH_IDLE + 2 * GN_NODE_FRESH_LOOK);
	assert_int_equal(whole_node(&w, 0)->fresh.contexts.count, 0);
	/* strict: what is here is all that is reached */
	whole_node(&w, 0)->config.fresh = GN_NODE_FRESH_STRICT;
	assert_int_equal(try_say(0, &who, &topic, 2, 0), GN_OK);
	assert_int_equal(try_put(0, &who, topic_record(&topic, false)), GN_OK);
	whole_run_for(&w, 90 * GN_SEC);
	assert_int_equal(whole_node(&w, 0)->fresh.count.direct, 1);
	assert_int_equal(told.record, GN_QUORUM);
	assert_int_equal(told.receipts, 1);
	whole_node(&w, 0)->config.fresh = GN_NODE_FRESH_NO;
	assert_int_equal(try_say(0, &who, &topic, 3, 0), GN_STATE);
	assert_int_equal(try_put(0, &who, topic_record(&topic, false)), GN_STATE);
	assert_int_equal(try_hear(0, &who, &topic, false, &op), GN_STATE);
	assert_null(whole_node(&w, 0)->fresh.lasting);
	whole_free(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(roots_see_a_relay_and_a_throwaway_key),
	cmocka_unit_test(who_puts_a_record_is_not_seen),
	cmocka_unit_test(two_days_of_a_topic_have_nothing_in_common),
	cmocka_unit_test(a_relay_that_goes_loses_nothing_of_a_topic),
	cmocka_unit_test(topics_and_boxes_share_only_when_it_is_asked_for),
	cmocka_unit_test(wills_and_links_are_none_of_it),
	cmocka_unit_test(without_relays_topics_are_direct_and_said_or_not_at_all),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
