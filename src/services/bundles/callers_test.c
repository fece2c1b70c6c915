/* Peers that ask for chunks and take nothing: what they cost, and whose places they take (BU-10,
 * BU-25). One engine, a disk in memory, and a config.room that the test decides. */
#include "services/bundles/engine_int.h"
#include "services/testing/world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;

static unsigned looks;    /* calls of room() */
static struct gn_pk open; /* the one peer that takes what it gets */

static size_t room(void *user, const struct gn_pk *peer)
{
	(void)user;
	looks++;
	return gn_pk_eq(peer, &open) ? GN_MESSAGE_MAX * 4 : 0;
}

static struct gn_contact someone(unsigned n, unsigned prefix)
{
	struct gn_contact c = {.addr_count = 1};
	c.addrs[0] = gn_addr_v4(93, (uint8_t)(prefix >> 8), (uint8_t)prefix, (uint8_t)n, 7);
	c.pk.b[0] = 200;
	c.pk.b[1] = (uint8_t)n;
	c.pk.b[2] = (uint8_t)(n >> 8);
	c.pk.b[3] = (uint8_t)prefix;
	return c;
}

static struct gn_hash block;

static void run_for(gn_time time)
{
	svc_pump(&s, 0); /* messages that came in past the simulator */
	svc_run_for(&s, time);
}

static void begin(void)
{
	struct svc_wait w;
	uint8_t *data = svc_random_bytes(GN_BLOCK, 3);
	svc_network(&s, 1, 0);
	s.validate = false; /* after each step of a thousand peers; the tests do it themselves */
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, GN_BLOCK), &w), GN_OK);
	memcpy(&block, w.blocks, sizeof block);
	svc_wait_free(&w);
	free(data);
	memset(&open, 0, sizeof open);
	s.nodes[0].bundles->cfg.room = room;
	looks = 0;
}

static void end(void)
{
	gn_bundles_validate(s.nodes[0].bundles);
	svc_free(&s);
}

static gn_err ask(const struct gn_contact *c)
{
	uint8_t storage[512];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_slice bytes;
	struct gn_fb_hash hash;
	memcpy(hash.b, block.b, sizeof hash.b);
	gn_fbref body = gn_fb_chunk_get_make(
		&b, &(struct gn_fb_chunk_get_args){.block = &hash, .count = 1});
	gn_fbref root = gn_fb_block_message_make(
		&b, &(struct gn_fb_block_message_args){
			    .request = 9, .body_type = GN_FB_BLOCK_BODY_CHUNK_GET, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	return gn_bundles_recv(s.nodes[0].bundles, &c->pk, &c->addrs[0], bytes, s.now);
}

static unsigned ask_all(unsigned count, unsigned prefix)
{
	unsigned placed = 0;
	for (unsigned i = 0; i < count; i++) {
		struct gn_contact c = someone(i, prefix);
		placed += ask(&c) == GN_OK;
	}
	return placed;
}

static uint64_t count(const char *name)
{
	return svc_bundles_count(&s, 0, name);
}

static void served(unsigned n, unsigned prefix)
{
	struct gn_contact honest = someone(n, prefix);
	uint64_t before = count("served");
	open = honest.pk;
	assert_int_equal(ask(&honest), GN_OK);
	run_for(GN_SEC);
	assert_int_equal(count("served"), before + 1);
}

static void a_prefix_has_its_share_of_the_places(void **state)
{
	(void)state;
	begin();
	assert_int_equal(ask_all(BUNDLES_CALLERS_CROWDED, 1), BUNDLES_CALLERS_CROWDED);
	struct gn_contact one_more = someone(2000, 1);
	assert_int_equal(ask(&one_more), GN_LIMIT);
	assert_int_equal(count("peers_full"), 1);
	served(3000, 2); /* others have places */
	assert_int_equal(ask_all(BUNDLES_CALLERS_PREFIX + 1, 3), BUNDLES_CALLERS_PREFIX);
	run_for(BUNDLES_SERVE_GRACE);            /* from here on they give way, to their own */
	assert_int_equal(ask(&one_more), GN_OK); /* down to its share */
	assert_int_equal(count("peers_gave_way"), BUNDLES_CALLERS_CROWDED + 1 +
							  BUNDLES_CALLERS_PREFIX + 1 -
							  BUNDLES_CALLERS_CROWDED);
	end();
}

/* From as many prefixes as it takes: who comes has no more than three quarters, a reader of our
 * own gets a place. */
static void own_readers_get_a_place(void **state)
{
	(void)state;
	begin();
	unsigned placed = 0;
	for (unsigned p = 1; p <= 20; p++)
		placed += ask_all(BUNDLES_CALLERS_PREFIX, p);
	assert_int_equal(placed, BUNDLES_CALLERS);
	for (unsigned i = 0; i <= BUNDLES_PEERS - BUNDLES_CALLERS; i++) {
		/* one past the last: an idle one goes */
		struct gn_contact holder = someone(i, 99);
		assert_non_null(bundles_peer_need(s.nodes[0].bundles, &holder, NULL));
	}
	assert_int_equal(s.nodes[0].bundles->peers.count, BUNDLES_PEERS);
	assert_int_equal(s.nodes[0].bundles->callers.used, BUNDLES_CALLERS);
	run_for(BUNDLES_SERVE_GRACE);
	served(3000, 50);
	assert_int_equal(count("peers_gave_way"), 1);
	end();
}

/* Messages do not make the node look at all who wait, and time does ever more seldom. */
static void waiting_peers_cost_little(void **state)
{
	(void)state;
	begin();
	unsigned waiting = ask_all(500, 1);
	assert_int_equal(waiting, 500);
	assert_in_range(looks, 500, 600); /* once each, as they came */
	looks = 0;
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(ask_all(1, 1), 1); /* of one that waits */
	assert_in_range(looks, 0, 1);
	run_for(10 * GN_SEC);
	looks = 0;
	run_for(5 * GN_SEC);
	assert_in_range(looks, 500, 500 * 5 + 500); /* once a second at most */
	served(3000, 2);
	end();
}

/* What is asked for meanwhile does not renew the time; who takes something is as good as new. */
static void asking_again_renews_nothing(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = someone(1, 1);
	uint64_t busy;
	assert_int_equal(ask(&c), GN_OK);
	run_for(BUNDLES_SERVE_SLOW - GN_MSEC);
	assert_int_equal(ask(&c), GN_OK);
	assert_int_equal(count("serve_busy"), 0);
	run_for(GN_MSEC);
	assert_int_equal(ask(&c), GN_OK);
	assert_int_equal(count("serve_busy"), 1);
	for (unsigned i = 0; i < 20; i++) {
		run_for(GN_SEC);
		(void)!ask(&c);
	}
	assert_int_equal(count("serve_stalled"), 1);
	struct bundles_peer *p = bundles_peer_get(s.nodes[0].bundles, &c.pk);
	assert_int_equal(p->queue.count, 0); /* forgotten, and nothing new */
	busy = count("serve_busy");
	open = c.pk;
	assert_int_equal(ask(&c), GN_OK);
	run_for(GN_SEC);
	assert_int_equal(count("served"), 1);
	assert_int_equal(count("serve_busy"), busy);
	end();
}

static void room_is_used_when_it_is_told(void **state)
{
	(void)state;
	begin();
	struct gn_contact c = someone(1, 1);
	assert_int_equal(ask(&c), GN_OK);
	run_for(15 * GN_SEC); /* looked at once a second by now */
	open = c.pk;
	gn_bundles_room(s.nodes[0].bundles, &c.pk, s.now);
	assert_int_equal(gn_bundles_deadline(s.nodes[0].bundles), s.now);
	gn_bundles_tick(s.nodes[0].bundles, s.now);
	assert_int_equal(s.nodes[0].bundles->serve_loads, 1);
	run_for(100 * GN_MSEC);
	assert_int_equal(count("served"), 1);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prefix_has_its_share_of_the_places),
		cmocka_unit_test(own_readers_get_a_place),
		cmocka_unit_test(waiting_peers_cost_little),
		cmocka_unit_test(asking_again_renews_nothing),
		cmocka_unit_test(room_is_used_when_it_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
