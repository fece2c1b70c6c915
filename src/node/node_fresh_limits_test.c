/* Fresh sessions: places, queues and memory at their limits and one past, relays that refuse, and
 * what time ends. */
#include "node/testing/boxed_world.h"

static struct gn_node_fresh *all_of(unsigned node)
{
	return &whole_node(&w, node)->fresh;
}

static gn_err ask_as(unsigned node, uint64_t user, bool stranger, uint64_t share)
{
	struct gn_node_fresh_for who = {user, stranger, share};
	return try_deposit(node, &who, &owner, GN_LIT("x"));
}

static void contexts_and_their_names(void **state)
{
	(void)state;
	grow(2, 21);
	uint64_t share = 1;
	struct gn_node_fresh *all = all_of(0);
	for (unsigned i = 0; i < GN_NODE_FRESH / GN_NODE_USER_PART; i++)
		assert_int_equal(ask_as(0, 1, true, share++), GN_OK);
	assert_int_equal(ask_as(0, 1, true, share++), GN_QUOTA);
	assert_int_equal(all->count.full, 1);
	while (all->contexts.count < GN_NODE_FRESH)
		assert_int_equal(ask_as(0, 2, false, share++), GN_OK);
	assert_int_equal(ask_as(0, 2, false, share++), GN_LIMIT);
	assert_int_equal(all->count.full, 2);
	assert_int_equal(all->count.gave_way, 0);
	/* one in which nothing runs gives its place */
	fresh_index(whole_node(&w, 0), 0);
	whole_run_for(&w, 60 * GN_SEC);
	assert_int_equal(all->contexts.count, GN_NODE_FRESH);
	assert_int_equal(ask_as(0, 2, false, share++), GN_OK);
	assert_int_equal(all->count.gave_way, 1);
	assert_int_equal(all->contexts.count, GN_NODE_FRESH);
	/* what all hold together: at the limit one gives its place, above it as many as it takes */
	struct fresh *f = context_at(0, 0);
	f->alloc.used += GN_NODE_FRESH_MEMORY_ALL - fresh_held(whole_node(&w, 0));
	assert_int_equal(ask_as(0, 2, false, share++), GN_OK);
	assert_int_equal(all->count.gave_way, 2);
	f = context_at(0, 0);
	f->alloc.used += GN_NODE_FRESH_MEMORY_ALL + 1 - fresh_held(whole_node(&w, 0));
	assert_int_equal(ask_as(0, 2, false, share++), GN_OK);
	assert_true(all->count.gave_way >= 3);
	/* and the new one */
	assert_true(fresh_held(whole_node(&w, 0)) <
		    GN_NODE_FRESH_MEMORY_ALL + GN_NODE_FRESH_MEMORY);
	/* names of before make room for those of now */
	for (uint64_t i = 0; all->names.count < GN_NODE_FRESH_NAMES; i++) {
		struct fresh_name name;
		memset(&name, 0, sizeof name);
		name.user = 99;
		name.share = i + 1;
		struct fresh_named *n = gn_map_put(&all->names, &name);
		assert_non_null(n);
		*n = (struct fresh_named){.serial = 0};
	}
	assert_int_equal(ask_as(0, 2, false, share++), GN_OK);
	assert_int_equal(all->names.count, GN_NODE_FRESH_NAMES);
	whole_free(&w);
}

static struct gn_overlay_message to_nobody(unsigned n, size_t len)
{
	static uint8_t bytes[GN_NODE_MESSAGE];
	struct gn_overlay_message m = {.bytes = gn_slice(bytes, len), .reliable = true};
	m.to.pk.b[0] = (uint8_t)n;
	m.to.pk.b[1] = (uint8_t)(n >> 8);
	m.to.pk.b[2] = 1;
	return m;
}

static void one_context_has_so_many_nodes_messages_and_bytes(void **state)
{
	(void)state;
	grow(2, 22);
	assert_int_equal(ask_as(0, 1, false, 0), GN_OK);
	struct fresh *f = context_at(0, 0);
	uint64_t *dropped = &all_of(0)->count.dropped_queue, before = *dropped;
	struct gn_overlay_message m;
	for (unsigned n = 0; f->peer_count < GN_NODE_FRESH_PEERS; n++) {
		m = to_nobody(n, 8);
		fresh_peer_send(f, &m);
	}
	assert_int_equal(*dropped, before);
	m = to_nobody(GN_NODE_FRESH_PEERS + 1, 8);
	fresh_peer_send(f, &m);
	assert_int_equal(*dropped, before + 1);
	assert_int_equal(f->peer_count, GN_NODE_FRESH_PEERS);
	/* messages, */
	m = to_nobody(0, 8);
	const struct fresh_peer *p = fresh_peer_of(f, &m.to.pk);
	while (p->queued < GN_NODE_FRESH_QUEUE)
		fresh_peer_send(f, &m);
	assert_int_equal(*dropped, before + 1);
	fresh_peer_send(f, &m);
	assert_int_equal(*dropped, before + 2);
	/* their bytes, */
	m = to_nobody(1, GN_NODE_MESSAGE);
	p = fresh_peer_of(f, &m.to.pk);
	while (p->queued_bytes + GN_NODE_MESSAGE <= GN_NODE_FRESH_QUEUED)
		fresh_peer_send(f, &m);
	m.bytes.len = GN_NODE_FRESH_QUEUED - p->queued_bytes + 1;
	fresh_peer_send(f, &m);
	assert_int_equal(*dropped, before + 3);
	m.bytes.len--;
	fresh_peer_send(f, &m);
	assert_int_equal(*dropped, before + 3);
	assert_int_equal(p->queued_bytes, GN_NODE_FRESH_QUEUED);
	/* and memory */
	assert_int_equal(f->alloc.limit, GN_NODE_FRESH_MEMORY);
	m = to_nobody(2, 4096);
	size_t used = f->alloc.used;
	f->alloc.used = GN_NODE_FRESH_MEMORY - 4096;
	fresh_peer_send(f, &m);
	assert_int_equal(*dropped, before + 4);
	f->alloc.used = used;
	fresh_peer_send(f, &m);
	assert_int_equal(*dropped, before + 4);
	whole_free(&w);
}

static void so_many_circuits_are_asked_for_at_a_time(void **state)
{
	(void)state;
	grow(2, 23);
	assert_int_equal(ask_as(0, 1, false, 0), GN_OK);
	struct fresh *f = context_at(0, 0);
	struct gn_node *node = whole_node(&w, 0);
	uint32_t links[GN_NODE_FRESH_ASKED], one;
	for (unsigned i = node->ways.asked_of; i < GN_NODE_FRESH_ASKED; i++) {
		struct gn_overlay_message m = to_nobody(i, 8), r = to_nobody(1000 + i, 8);
		assert_int_equal(
			gn_node_ways_open(node, &f->of, &r.to.pk, &m.to.pk, NULL, &links[i]),
			GN_OK);
	}
	struct gn_overlay_message m = to_nobody(500, 8), r = to_nobody(501, 8);
	assert_int_equal(gn_node_ways_open(node, &f->of, &r.to.pk, &m.to.pk, NULL, &one), GN_LIMIT);
	/* the node's own are others */
	assert_int_equal(gn_node_ways_open(node, NULL, &r.to.pk, &m.to.pk, NULL, &one), GN_OK);
	gn_node_ways_close(node, links[GN_NODE_FRESH_ASKED - 1]);
	assert_int_equal(gn_node_ways_open(node, &f->of, &r.to.pk, &m.to.pk, NULL, &links[0]),
			 GN_OK);
	whole_free(&w);
}

/* No relay lets anybody through: nothing is said directly for that, whoever the setting allows it;
 * each is left for GN_NODE_FRESH_LEFT_FOR, and then all is as before. */
static void relays_that_refuse_are_no_reason_to_show_oneself(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	grow(12, 24);
	for (unsigned i = 0; i < w.count; i++)
		gn_relay_give(whole_node(&w, i)->relay,
			      &(struct gn_relay_give){.level = GN_RELAY_OFF}, w.now);
	deposit(5, &who, "nobody takes it");
	whole_run_for(&w, GN_NODE_FRESH_TRIES * GN_NODE_FRESH_TRY + 30 * GN_SEC);
	assert_true(all_of(5)->count.unreached > 0);
	assert_true(all_of(5)->count.failed >= GN_NODE_FRESH_TRIES);
	assert_int_equal(all_of(5)->count.direct, 0);
	assert_int_equal(all_of(5)->count.sessions, 0);
	assert_int_equal(told.stored, 0);
	for (unsigned i = 0; i < w.count; i++)
		gn_relay_give(whole_node(&w, i)->relay,
			      &(struct gn_relay_give){.level = GN_RELAY_SMALL}, w.now);
	whole_run_for(&w, GN_NODE_FRESH_LEFT_FOR + GN_NODE_FRESH_AGAIN);
	deposit(5, &who, "all take it");
	whole_run_for(&w, 10 * GN_SEC);
	assert_true(told.stored > 0);
	assert_true(all_of(5)->count.near > 0); /* all there are hold it */
	/* eleven others less the holder itself are enough to draw from */
	assert_int_equal(all_of(5)->count.few, 0);
	assert_true(w.count - 2 >= GN_NODE_FRESH_ENOUGH);
	/* a session in which nothing is said ends, */
	struct gn_node_fresh_info info;
	gn_node_fresh_info(whole_node(&w, 5), &info);
	assert_true(info.sessions >= 8);
	whole_run_for(&w, GN_NODE_FRESH_QUIET + GN_NODE_FRESH_LOOK);
	gn_node_fresh_info(whole_node(&w, 5), &info);
	assert_int_equal(info.sessions, 0);
	whole_free(&w);
}

/* Of what is not whole one node has so many; others than boxes and the bus say nothing. */
static void a_holder_that_begins_and_does_not_end(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	grow(8, 25);
	assert_true(6 < GN_NODE_FRESH_ENOUGH); /* so few are drawn from, and counted */
	follow_of(3, &who, &owner);
	whole_run_for(&w, 10 * GN_SEC);
	assert_true(all_of(3)->count.few > 0);
	struct fresh *f = context_at(3, 0);
	struct fresh_peer *p = f->peers;
	while (p && p->state != FRESH_UP)
		p = p->next;
	assert_non_null(p);
	for (unsigned at = 0; at < w.count; at++) {
		if (!gn_pk_eq(key_of(at), &p->pk))
			continue;
		struct gn_node *node = whole_node(&w, at);
		gn_jet_id id = gn_node_peers_session(node, &f->pk);
		for (unsigned i = 0; i < GN_NODE_FRESH_INBOUND + 1; i++) {
			gn_jet_stream s;
			size_t taken;
			assert_int_equal(
				gn_jet_stream_open(node->jet, id, true, GN_JET_INTERACTIVE, &s),
				GN_OK);
			assert_int_equal(gn_jet_stream_write(node->jet, id, s, GN_LIT("begun"),
							     false, &taken),
					 GN_OK);
		}
		whole_moved(&w, at);
		whole_run_for(&w, GN_SEC);
		assert_int_equal(p->inbound_count, GN_NODE_FRESH_INBOUND);
		assert_int_equal(all_of(3)->count.dropped_inbound, 1);
		uint64_t before = all_of(3)->count.dropped_kind;
		assert_int_equal(gn_jet_datagram(node->jet, id, GN_JET_INTERACTIVE,
						 GN_LIT("\0\0\0\0GNOV"), GN_NEVER),
				 GN_OK);
		whole_moved(&w, at);
		whole_run_for(&w, GN_SEC);
		assert_int_equal(all_of(3)->count.dropped_kind, before + 1);
	}
	/* relays that failed are remembered, the oldest least */
	for (unsigned i = 0; i < GN_NODE_FRESH_LEFT + 1; i++) {
		struct gn_overlay_message m = to_nobody(i, 8);
		fresh_relay_left(f, &m.to.pk);
	}
	struct gn_overlay_message first = to_nobody(GN_NODE_FRESH_LEFT, 8);
	assert_true(gn_pk_eq(&f->left[0].relay, &first.to.pk));
	whole_free(&w);
}

/* Topics that are followed, of one user and of all; and what is remembered of one. */
static void so_many_topics_and_messages_of_one(void **state)
{
	struct gn_node_fresh_for stranger = {1, true, 1}, who = {2, false, 2};
	struct gn_sk topic = secret(21);
	gn_op op, last;
	(void)state;
	grow(2, 26);
	struct gn_node *node = whole_node(&w, 0);
	for (unsigned i = 0; i < GN_NODE_FRESH_TOPICS / GN_NODE_USER_PART; i++)
		assert_int_equal(try_hear(0, &stranger, &topic, false, &last), GN_OK);
	assert_int_equal(try_hear(0, &stranger, &topic, false, &op), GN_QUOTA);
	for (unsigned i = GN_NODE_FRESH_TOPICS / GN_NODE_USER_PART; i < GN_NODE_FRESH_TOPICS; i++)
		assert_int_equal(try_hear(0, &who, &topic, false, &op), GN_OK);
	assert_int_equal(try_hear(0, &who, &topic, false, &op), GN_LIMIT);
	gn_node_fresh_gone(node, last);
	assert_int_equal(try_hear(0, &who, &topic, false, &op), GN_OK);
	assert_int_equal(node->fresh.contexts.count, 2);
	/* filters, as many as a call has, and their bytes are kept for the next day */
	struct gn_slice filters[GN_NODE_TOPIC_FILTERS + 1];
	for (unsigned i = 0; i < GN_COUNT(filters); i++)
		filters[i] = GN_LIT("a.>");
	struct gn_bus_subscribe s = {.topic = {topic.pk, GN_LIT("of.us")},
				     .filters = filters,
				     .filter_count = GN_COUNT(filters)};
	gn_node_fresh_gone(node, op);
	assert_int_equal(gn_node_fresh_subscribe(node, &who, &s, &op), GN_TOO_LARGE);
	s.filter_count--;
	assert_int_equal(gn_node_fresh_subscribe(node, &who, &s, &op), GN_OK);
	struct fresh_lasting *l = node->fresh.lasting;
	assert_true(gn_slice_eq(l->sub.topic.label, GN_LIT("of.us")));
	assert_true(gn_slice_eq(l->sub.filters[GN_NODE_TOPIC_FILTERS - 1], GN_LIT("a.>")));
	struct gn_bus_event e = {.kind = GN_BUS_SAID, .limit = ""};
	struct fresh *f = fresh_at(node, l->serial);
	for (uint64_t seq = 1; seq <= GN_NODE_FRESH_TOLD; seq++) {
		e.op = l->in;
		e.said.seq = seq;
		assert_true(fresh_bus_event(f, &e));
		assert_int_equal(e.op, op);
	}
	for (uint64_t seq = 1; seq <= GN_NODE_FRESH_TOLD; seq++) {
		e.op = l->in;
		e.said.seq = seq;
		assert_false(fresh_bus_event(f, &e));
	}
	for (unsigned i = 0; i < 2; i++) { /* one more: the oldest is forgotten */
		e.op = l->in;
		e.said.seq = i ? 1 : GN_NODE_FRESH_TOLD + 1;
		assert_true(fresh_bus_event(f, &e));
	}
	whole_free(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(contexts_and_their_names),
	cmocka_unit_test(one_context_has_so_many_nodes_messages_and_bytes),
	cmocka_unit_test(so_many_circuits_are_asked_for_at_a_time),
	cmocka_unit_test(relays_that_refuse_are_no_reason_to_show_oneself),
	cmocka_unit_test(a_holder_that_begins_and_does_not_end),
	cmocka_unit_test(so_many_topics_and_messages_of_one),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
