/* What a whole node gives others, in virtual time: the month and its turn, restarts, clocks that
 * step, the end at all of it, what is refused and what is not held. Rules RE-64, OV-98, BU-28. */
#include "node/testing/two_home.h"

#include "services/relay/limits.h"
#include "wire/generated/relay_fb.h"

#define MONTH_END ((gn_time)1769904000 * GN_SEC) /* of January 2026, in which the world begins */

static struct gn_node *relay_node(void)
{
	return whole_node(&w, 0);
}

static void set_at(unsigned i, const char *name, const char *value)
{
	char why[GN_HOST_WHY];
	whole_moved(&w, i);
	if (gn_node_give_set(whole_node(&w, i), gn_str(name), gn_str(value), why))
		fail_msg("%s", why);
	whole_moved(&w, i);
}

static const struct giving_month *month_at(unsigned i, uint32_t month)
{
	whole_moved(&w, i);
	gn_node_give_count(whole_node(&w, i));
	return giving_month(&whole_node(&w, i)->give.g, month);
}

#define JANUARY (2026 * 12)

static struct gn_relay_info relay_info(void)
{
	struct gn_relay_info info;
	gn_relay_info(relay_node()->relay, &info);
	return info;
}

/* The two at home talk by the first server. */
static void talk(void)
{
	tell_home(FIRST, SECOND, 0);
	say(FIRST, SECOND);
	whole_run_for(&w, 3 * GN_SEC);
	assert_int_equal(info_of(FIRST, SECOND).kind, GN_WAY_RELAY);
}

static void what_is_relayed_counts_for_the_month_and_its_key(void **state)
{
	(void)state;
	make("port", "sym");
	talk();
	const struct giving_month *m = month_at(0, JANUARY);
	assert_true(m->small > 1000);
	assert_int_equal(m->small, relay_info().small.bytes);
	assert_int_equal(m->small, relay_info().month_used);
	const struct giving *g = &relay_node()->give.g;
	uint64_t by = 0;
	for (unsigned i = 0; i < g->by_count; i++)
		by += g->by[i].small;
	assert_int_equal(by, m->small);
	assert_memory_equal(g->by[0].id, key_of(FIRST)->b, 32);
	whole_free(&w);
}

static void a_restart_goes_on_in_the_month(void **state)
{
	(void)state;
	make("port", "sym");
	talk();
	whole_run_for(&w, GIVING_SAVE); /* as late as it is written */
	uint64_t before = month_at(0, JANUARY)->small;
	whole_run_for(&w, GIVING_SAVE);
	uint64_t written = month_at(0, JANUARY)->small;
	whole_kill(&w, 0);
	whole_start(&w, 0);
	uint64_t after = month_at(0, JANUARY)->small;
	assert_true(after >= before && after <= written);
	assert_int_equal(relay_info().month_used, after);
	assert_int_equal(relay_info().small.bytes, 0);
	/* and once more: what was read is not counted twice */
	gn_node_give_store(relay_node());
	whole_kill(&w, 0);
	whole_start(&w, 0);
	assert_int_equal(month_at(0, JANUARY)->small, after);
	whole_free(&w);
}

static void the_next_month_begins_with_nothing(void **state)
{
	(void)state;
	begins_at = MONTH_END - 120 * GN_SEC;
	make("port", "sym");
	begins_at = WHOLE_EPOCH;
	talk();
	whole_run_for(&w, MONTH_END - GN_SEC - w.now);
	uint64_t january = month_at(0, JANUARY)->small;
	assert_int_equal(relay_info().month_used, january);
	whole_run_for(&w, 3 * GN_SEC);
	assert_true(month_at(0, JANUARY + 1)->small < january);
	assert_true(month_at(0, JANUARY)->small >= january);
	assert_int_equal(month_at(0, JANUARY)->small + month_at(0, JANUARY + 1)->small,
			 relay_info().small.bytes);
	assert_int_equal(relay_info().month_used, month_at(0, JANUARY + 1)->small);
	assert_int_equal(relay_node()->give.count.months, 1);
	assert_int_equal(relay_node()->give.month_end, 1769904000 + 28 * 86400);
	whole_free(&w);
}

/* The machine's clock is another at each start: every month has what was given in it, once. */
static void a_clock_that_steps_begins_no_month_twice(void **state)
{
	(void)state;
	static const gn_time clocks[] = {
		MONTH_END + 86400 * GN_SEC, WHOLE_EPOCH, MONTH_END + 86400 * GN_SEC,
		WHOLE_EPOCH + (gn_time)40 * 365 * 86400 * GN_SEC, WHOLE_EPOCH};
	uint64_t small[2] = {0, 0};
	make(NULL, NULL);
	for (unsigned i = 0; i < GN_COUNT(clocks); i++) {
		struct gn_relay_given given = {.id = {1}, .small = 1000 + i};
		gn_node_give_store(relay_node());
		whole_kill(&w, 0);
		whole_start(&w, 0);
		struct gn_node *node = relay_node();
		gn_overlay_clock(node->overlay, clocks[i], w.now);
		node->give.look = 0;
		whole_moved(&w, 0);
		uint64_t stop;
		uint32_t month = giving_month_of(gn_node_unix(node), &stop);
		assert_int_equal(month, giving_month_of(gn_unix(clocks[i]), &stop));
		assert_int_equal(node->give.month, month);
		if (month <= JANUARY + 1) {
			assert_int_equal(giving_sum(giving_month(&node->give.g, month)),
					 small[month - JANUARY]);
			small[month - JANUARY] += given.small;
		}
		assert_int_equal(relay_info().month_used,
				 giving_sum(giving_month(&node->give.g, month)));
		giving_month(&node->give.g, month)->small += given.small;
		giving_add_by(&node->give.g, month, &given);
		node->give.unsaved = true;
	}
	assert_int_equal(small[0], 1001 + 1004);
	assert_int_equal(small[1], 1000 + 1002);
	whole_free(&w);
}

/* What the relay answers when it is asked for a circuit. */
static gn_err ask(void)
{
	struct gn_node *first = whole_node(&w, FIRST);
	uint32_t link;
	uint64_t opened = counter_of(0, "opened");
	whole_moved(&w, FIRST);
	assert_int_equal(gn_node_ways_open(first, NULL, key_of(0), key_of(SECOND), NULL, &link),
			 GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, GN_SEC);
	return counter_of(0, "opened") > opened ? GN_OK : GN_QUOTA;
}

/* At all of the month small circuits end within a second, both ends know, and who asks is told
 * until when (QUOTA). */
static void at_the_end_of_the_month_it_ends_in_a_second(void **state)
{
	(void)state;
	char most[32];
	make("port", "sym");
	talk();
	set_at(0, "month", "1M");
	assert_int_equal(relay_info().small.circuits, 1);
	giving_month(&relay_node()->give.g, JANUARY)->small = (1u << 20) - 100;
	set_at(0, "rate", "2M"); /* the relay is told again */
	assert_int_equal(relay_info().small.circuits, 1);
	say(FIRST, SECOND); /* more than what is left */
	whole_run_for(&w, GIVING_LOOK);
	assert_int_equal(relay_info().small.circuits, 0);
	assert_int_equal(counter_of(0, "closed_month"), 1);
	assert_int_equal(whole_node(&w, FIRST)->ways.circuits.count, 0);
	assert_int_equal(whole_node(&w, SECOND)->ways.circuits.count, 0);
	assert_int_equal(ask(), GN_QUOTA);
	assert_true(counter_of(0, "open_quota") > 0);
	/* with more to give it goes on at once */
	snprintf(most, sizeof most, "%u", 4u << 20);
	set_at(0, "month", most);
	assert_int_equal(ask(), GN_OK);
	whole_free(&w);
}

static void a_metered_link_gives_nothing(void **state)
{
	(void)state;
	struct gn_overlay_info o;
	make("port", "sym");
	talk();
	gn_overlay_info(relay_node()->overlay, &o);
	assert_true(o.server);
	set_at(0, "metered", "yes");
	whole_run_for(&w, GN_SEC);
	assert_int_equal(relay_info().small.circuits, 0);
	assert_int_equal(counter_of(0, "closed_policy"), 1);
	assert_int_equal(gn_node_give_level(&relay_node()->give), GN_RELAY_OFF);
	gn_overlay_info(relay_node()->overlay, &o);
	assert_false(o.server);
	set_at(0, "metered", "no");
	whole_run_for(&w, GN_SEC);
	gn_overlay_info(relay_node()->overlay, &o);
	assert_true(o.server);
	whole_free(&w);
}

/* ---- what is held ---- */

static struct gn_sk owner;
static uint8_t record_bytes[1024];

static struct gn_hash put_record(unsigned by, const char *label, gn_op *op)
{
	struct gn_buf out = {record_bytes, 0, sizeof record_bytes};
	struct gn_record_fields r = {.type = 16,
				     .seq = gn_unix(w.now),
				     .created = gn_unix(w.now),
				     .ttl = 86400,
				     .label = gn_str(label),
				     .body = GN_LIT("body")};
	gn_sk_from_seed((const uint8_t[32]){77}, &owner);
	assert_int_equal(gn_wire_record_make(&owner, NULL, &r, &out), GN_OK);
	struct gn_record opened;
	assert_int_equal(gn_wire_record_open(gn_buf_slice(&out), &opened), GN_OK);
	whole_moved(&w, by);
	assert_int_equal(
		gn_overlay_put(whole_node(&w, by)->overlay, gn_buf_slice(&out), 4, w.now, op),
		GN_OK);
	whole_moved(&w, by);
	whole_run_for(&w, 60 * GN_SEC);
	return opened.key;
}

static bool holds(unsigned i, const struct gn_hash *key)
{
	struct gn_overlay_held held;
	return gn_overlay_held_of(whole_node(&w, i)->overlay, key, &held);
}

static void a_node_that_holds_nothing_takes_nothing_and_is_one_still(void **state)
{
	struct gn_overlay_info o;
	gn_op op;
	(void)state;
	make(NULL, NULL);
	struct gn_hash key = put_record(1, "a", &op);
	assert_true(holds(0, &key));
	set_at(0, "hold", "nothing");
	gn_overlay_info(relay_node()->overlay, &o);
	assert_false(o.server);
	/* in a network of fewer than R others it keeps what it has (OV-98), until that expires */
	whole_run_for(&w, 600 * GN_SEC);
	assert_true(holds(0, &key) && holds(1, &key));
	struct gn_hash second = put_record(1, "b", &op);
	assert_false(holds(0, &second));
	assert_true(holds(1, &second));
	assert_true(o.links > 0);
	/* it is a node like others otherwise: it finds what they hold */
	struct gn_get_options options = {.type = 16};
	uint64_t lookups = o.lookups_failed;
	assert_int_equal(gn_overlay_get(relay_node()->overlay, &key, &options, w.now, &op), GN_OK);
	whole_moved(&w, 0);
	whole_run_for(&w, 5 * GN_SEC);
	gn_overlay_info(relay_node()->overlay, &o);
	assert_int_equal(o.lookups_failed, lookups);
	set_at(0, "hold", "1G");
	whole_run_for(&w, 1200 * GN_SEC);
	gn_overlay_info(relay_node()->overlay, &o);
	assert_true(o.server);
	assert_true(holds(0, &second));
	whole_free(&w);
}

static uint64_t overlay_counter(unsigned i, const char *name)
{
	struct gn_counter c;
	for (size_t k = 0; gn_overlay_counter_at(whole_node(&w, i)->overlay, k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

static void a_refused_record_is_neither_held_nor_given_nor_taken_again(void **state)
{
	gn_op op;
	(void)state;
	make(NULL, NULL);
	struct gn_hash key = put_record(1, "a", &op);
	assert_true(holds(0, &key));
	whole_moved(&w, 0);
	assert_int_equal(gn_node_give_refuse(relay_node(), &key, false), GN_OK);
	whole_moved(&w, 0);
	assert_false(holds(0, &key));
	/* the others go on to hold it, offer it, and it is not taken */
	whole_run_for(&w, 1800 * GN_SEC);
	assert_false(holds(0, &key));
	assert_true(holds(1, &key));
	(void)put_record(2, "a", &op); /* nor by a new PUT */
	assert_false(holds(0, &key));
	assert_true(overlay_counter(0, "record_denied") > 0);
	/* who asks it is refused, and finds it elsewhere */
	struct gn_get_options options = {.type = 16};
	assert_int_equal(gn_overlay_get(whole_node(&w, FIRST)->overlay, &key, &options, w.now, &op),
			 GN_OK);
	whole_moved(&w, FIRST);
	whole_run_for(&w, 5 * GN_SEC);
	struct gn_overlay_info o;
	gn_overlay_info(whole_node(&w, FIRST)->overlay, &o);
	assert_int_equal(o.lookups_failed, 0);
	assert_true(overlay_counter(0, "gets_refused") > 0);
	assert_true(relay_node()->give.count.refused_record > 0);
	/* also in the next life, and no longer when it is taken back */
	whole_kill(&w, 0);
	whole_start(&w, 0);
	whole_run_for(&w, 1200 * GN_SEC);
	assert_false(holds(0, &key));
	assert_int_equal(gn_node_give_refuse(relay_node(), &key, true), GN_OK);
	assert_int_equal(gn_node_give_refuse(relay_node(), &key, true), GN_NOT_FOUND);
	whole_run_for(&w, 1800 * GN_SEC);
	assert_true(holds(0, &key));
	whole_free(&w);
}

/* ---- blocks ---- */

static struct gn_hash root, ingested[4];
static unsigned ingested_count;

static void told_bundles(void *user, unsigned i, const struct gn_bundles_event *e)
{
	(void)user;
	(void)i;
	if (e->kind != GN_BUNDLES_INGESTED)
		return;
	root = e->root;
	ingested_count = (unsigned)(e->blocks.len / 32);
	memcpy(ingested, e->blocks.p, e->blocks.len);
}

static bool has(unsigned i, const struct gn_hash *block)
{
	return gn_blocks_have(whole_node(&w, i)->blocks, block, NULL);
}

static void spread(unsigned by)
{
	gn_op op;
	whole_moved(&w, by);
	assert_int_equal(gn_bundles_spread(whole_node(&w, by)->bundles,
					   gn_slice((uint8_t *)ingested, ingested_count * 32u),
					   SERVERS, gn_unix(w.now) + 86400, w.now, &op),
			 GN_OK);
	whole_moved(&w, by);
	whole_run_for(&w, 30 * GN_SEC);
}

static void publish(void)
{
	static uint8_t data[1000] = {1, 2, 3};
	size_t taken;
	gn_op op;
	w.opt.hooks.bundles = told_bundles;
	struct gn_node *node = whole_node(&w, 1);
	whole_moved(&w, 1);
	assert_int_equal(gn_bundles_ingest(node->bundles, w.now, &op), GN_OK);
	assert_int_equal(gn_bundles_ingest_data(node->bundles, op, GN_SLICE(data), &taken, w.now),
			 GN_OK);
	assert_int_equal(gn_bundles_ingest_end(node->bundles, op, w.now), GN_OK);
	whole_moved(&w, 1);
	whole_run_for(&w, GN_SEC);
	assert_int_equal(ingested_count, 1);
	spread(1);
}

static uint64_t bundles_counter(unsigned i, const char *name)
{
	struct gn_counter c;
	for (size_t k = 0; gn_bundles_counter_at(whole_node(&w, i)->bundles, k, &c); k++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail_msg("no counter %s", name);
	return 0;
}

static gn_err read_at(unsigned i)
{
	const struct gn_bundle_file file = {
		.size = 1000, .root = root, .blocks = gn_slice((uint8_t *)ingested, 32)};
	struct gn_node *node = whole_node(&w, i);
	struct gn_slice bytes;
	gn_op op;
	whole_moved(&w, i);
	GN_TRY(gn_bundles_read(node->bundles, &file, 0, 1000, w.now, &op));
	whole_moved(&w, i);
	whole_run_for(&w, 20 * GN_SEC);
	gn_err err = gn_bundles_read_next(node->bundles, op, &bytes, w.now);
	gn_bundles_cancel(node->bundles, op, w.now);
	whole_moved(&w, i);
	return err;
}

static void a_refused_block_is_neither_held_nor_given_nor_taken_again(void **state)
{
	(void)state;
	make("port", "sym"); /* these two hold nothing */
	publish();
	assert_true(has(0, &ingested[0]));
	whole_moved(&w, 0);
	assert_int_equal(gn_node_give_refuse(relay_node(), &ingested[0], false), GN_OK);
	whole_run_for(&w, GN_SEC);
	assert_false(has(0, &ingested[0]));
	assert_int_equal(bundles_counter(0, "refused_let_go"), 1);
	assert_int_equal(gn_bundles_held_bytes(relay_node()->bundles), 0);
	spread(1); /* it is asked again */
	assert_false(has(0, &ingested[0]));
	assert_true(bundles_counter(0, "keep_refused") > 0);
	assert_true(relay_node()->give.count.refused_block > 0);
	assert_int_equal(read_at(0), GN_DENIED); /* nor for its own gateway */
	assert_int_equal(read_at(FIRST), GN_OK); /* the others have it */
	/* the publisher refuses what is its own: it stays, since a version needs it, and is not
	 * given */
	whole_moved(&w, 1);
	assert_int_equal(gn_node_give_refuse(whole_node(&w, 1), &ingested[0], false), GN_OK);
	assert_true(has(1, &ingested[0]));
	uint64_t refused = 0;
	for (unsigned i = 2; i < SERVERS; i++) {
		whole_moved(&w, i);
		assert_int_equal(gn_node_give_refuse(whole_node(&w, i), &ingested[0], false),
				 GN_OK);
	}
	assert_int_not_equal(read_at(SECOND), GN_OK);
	for (unsigned i = 0; i < SERVERS; i++)
		refused += bundles_counter(i, "serve_refused");
	assert_true(refused > 0);
	whole_free(&w);
}

static void a_root_that_is_refused_is_not_read(void **state)
{
	(void)state;
	make(NULL, NULL);
	publish();
	root.b[0] ^= 1; /* a file with this root, as a manifest may say */
	whole_moved(&w, FIRST);
	assert_int_equal(gn_node_give_refuse(whole_node(&w, FIRST), &root, false), GN_OK);
	assert_int_equal(read_at(FIRST), GN_DENIED);
	assert_int_equal(bundles_counter(FIRST, "reads_refused"), 1);
	whole_free(&w);
}

static void what_is_held_shrinks_with_what_was_promised(void **state)
{
	(void)state;
	make(NULL, NULL);
	publish();
	uint64_t held = gn_bundles_held_bytes(relay_node()->bundles);
	assert_true(held > 0);
	set_at(0, "hold", "0");
	assert_true(has(0, &ingested[0])); /* promised */
	assert_int_equal(gn_bundles_held_bytes(relay_node()->bundles), held);
	gn_bundles_validate(relay_node()->bundles);
	assert_int_equal(read_at(FIRST), GN_OK);
	uint64_t refused = bundles_counter(0, "keep_refused_space");
	spread(1);
	assert_true(bundles_counter(0, "keep_refused_space") > refused);
	set_at(0, "hold", "1G");
	spread(1);
	gn_bundles_validate(relay_node()->bundles);
	whole_free(&w);
}

static void what_cannot_be_written_does_not_hold(void **state)
{
	char why[GN_HOST_WHY];
	const struct gn_hash hash = {{5}};
	(void)state;
	make(NULL, NULL);
	whole_moved(&w, 0);
	w.nodes[0]->keep_fails = true;
	assert_int_equal(gn_node_give_set(relay_node(), GN_LIT("relay"), GN_LIT("commons"), why),
			 GN_DISK_FULL);
	assert_int_equal(gn_node_give_level(&relay_node()->give), GN_RELAY_SMALL);
	assert_int_equal(gn_node_give_refuse(relay_node(), &hash, false), GN_DISK_FULL);
	assert_int_equal(relay_node()->give.refused.count, 0);
	assert_int_equal(relay_node()->give.count.unwritten, 2);
	w.nodes[0]->keep_fails = false;
	assert_int_equal(gn_node_give_refuse(relay_node(), &hash, false), GN_OK);
	w.nodes[0]->keep_fails = true;
	assert_int_equal(gn_node_give_refuse(relay_node(), &hash, true), GN_DISK_FULL);
	assert_int_equal(relay_node()->give.refused.count, 1);
	/* and TURN that the node did not begin with */
	w.nodes[0]->keep_fails = false;
	assert_int_equal(gn_node_give_set(relay_node(), GN_LIT("turn"), GN_LIT("on"), why),
			 GN_USAGE);
	assert_false(relay_node()->give.g.wish.turn);
	whole_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_relayed_counts_for_the_month_and_its_key),
		cmocka_unit_test(a_restart_goes_on_in_the_month),
		cmocka_unit_test(the_next_month_begins_with_nothing),
		cmocka_unit_test(a_clock_that_steps_begins_no_month_twice),
		cmocka_unit_test(at_the_end_of_the_month_it_ends_in_a_second),
		cmocka_unit_test(a_metered_link_gives_nothing),
		cmocka_unit_test(a_node_that_holds_nothing_takes_nothing_and_is_one_still),
		cmocka_unit_test(a_refused_record_is_neither_held_nor_given_nor_taken_again),
		cmocka_unit_test(a_refused_block_is_neither_held_nor_given_nor_taken_again),
		cmocka_unit_test(a_root_that_is_refused_is_not_read),
		cmocka_unit_test(what_is_held_shrinks_with_what_was_promised),
		cmocka_unit_test(what_cannot_be_written_does_not_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
