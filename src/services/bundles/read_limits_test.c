/* Bounds of reading, each at the limit and one past it: readers, lookups, windows, deadlines. One
 * engine, whose peers are made up here. */
#include "services/bundles/engine_int.h"
#include "services/testing/world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;
static struct gn_bundles *b;

static void alone(void)
{
	svc_network(&s, 1, 64u << 20);
	s.validate = false;
	b = s.nodes[0].bundles;
}

static uint64_t count(const char *name)
{
	return svc_bundles_count(&s, 0, name);
}

static struct gn_hash numbered(uint32_t i)
{
	struct gn_hash h = {{1}};
	memcpy(h.b + 1, &i, sizeof i);
	return h;
}

static struct gn_contact someone(uint8_t n)
{
	return (struct gn_contact){
		.pk = {{200, n}}, .addr_count = 1, .addrs = {gn_addr_v4(93, n, 1, 1, 7)}};
}

/* A file of one chunk that is not here, a reader of it, and its chunk asked of a peer. */
struct asked {
	uint8_t data[16];
	struct gn_hash block;
	struct bundles_reader *reader;
	struct bundles_peer *peer;
	struct bundles_request *request;
};

static void ask(struct asked *a, uint8_t number)
{
	struct gn_contact contact = someone(1);
	gn_op op;
	memset(a->data, number, sizeof a->data);
	gn_merkle_leaf(GN_SLICE(a->data), &a->block);
	struct gn_bundle_file f = {
		.size = sizeof a->data, .root = a->block, .blocks = GN_SLICE(a->block.b)};
	assert_int_equal(gn_bundles_read(b, &f, 0, f.size, s.now, &op), GN_OK);
	a->reader = gn_frame_op_get(&b->frame, op, OP_READ);
	a->peer = bundles_peer_need(b, &contact, NULL);
	assert_true(bundles_request_send(b, a->peer, a->reader, 0, &a->block));
	a->request = GN_MAP_AT(&b->requests, struct bundles_request *, b->requests.count - 1);
}

/* The chunk comes `took` after it was asked for. */
static void answer(struct asked *a, gn_time took, bool false_data)
{
	uint8_t storage[512];
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_slice bytes;
	struct gn_fb_block_message m;
	a->data[0] ^= false_data;
	gn_fbref body =
		bundles_chunk_make(&fbb, &(struct gn_blocks_event){.block = a->block,
								   .block_len = sizeof a->data,
								   .chunk = GN_SLICE(a->data)});
	gn_fbref root = gn_fb_block_message_make(
		&fbb, &(struct gn_fb_block_message_args){.request = a->request->id,
							 .body_type = GN_FB_BLOCK_BODY_CHUNK,
							 .body = body});
	assert_int_equal(gn_fbb_finish(&fbb, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_fb_block_message_verify(bytes, &m), GN_OK);
	a->request->sent = b->now - took;
	bundles_on_chunk(b, &a->peer->contact.pk, a->request->id,
			 gn_fb_block_message_body_as_chunk(m));
}

static void readers_at_once(void **state)
{
	(void)state;
	alone();
	struct gn_hash block = numbered(1);
	struct gn_bundle_file f = {.size = 1, .root = block, .blocks = GN_SLICE(block.b)};
	gn_op op;
	for (unsigned i = 0; i < BUNDLES_READS; i++)
		assert_int_equal(gn_bundles_read(b, &f, 0, 1, s.now, &op), GN_OK);
	assert_int_equal(gn_bundles_read(b, &f, 0, 1, s.now, &op), GN_LIMIT);
	svc_free(&s);
}

static void chunks_ahead_and_defaults(void **state)
{
	(void)state;
	alone();
	struct gn_bundles *other;
	struct gn_bundles_config cfg = b->cfg;
	cfg.respread = 0;
	for (uint32_t past = 0; past < 2; past++) {
		cfg.ahead = BUNDLES_AHEAD_MAX + past;
		assert_int_equal(gn_bundles_new(&s.nodes[0].bundles_env, &cfg, &other), GN_OK);
		assert_int_equal(other->cfg.ahead, BUNDLES_AHEAD_MAX);
		assert_true(other->cfg.respread == BUNDLES_RESPREAD);
		gn_bundles_free(other);
	}
	svc_free(&s);
}

static void blocks_looked_for_ahead(void **state)
{
	(void)state;
	alone();
	static struct gn_hash blocks[16];
	for (uint32_t i = 0; i < GN_COUNT(blocks); i++)
		blocks[i] = numbered(i);
	struct gn_bundle_file f = {.size = GN_COUNT(blocks) * (uint64_t)GN_BLOCK,
				   .blocks = gn_slice(blocks, sizeof blocks)};
	gn_op op;
	assert_int_equal(gn_bundles_read(b, &f, 0, f.size, s.now, &op), GN_OK);
	unsigned wanted = b->cfg.ahead / GN_BLOCK_CHUNKS + BUNDLES_LOOK_AHEAD;
	assert_non_null(bundles_source_get(b, &blocks[wanted - 1]));
	assert_null(bundles_source_get(b, &blocks[wanted]));
	svc_free(&s);
}

static void lookups_at_once(void **state)
{
	(void)state;
	alone();
	for (uint32_t i = 0; i <= BUNDLES_FINDS; i++) {
		struct gn_hash block = numbered(i);
		struct bundles_source *from = bundles_source_need(b, &block);
		assert_int_equal(from->state, i < BUNDLES_FINDS ? SOURCE_FINDING : SOURCE_NEW);
	}
	svc_free(&s);
}

static void sources_remembered(void **state)
{
	(void)state;
	alone();
	for (uint32_t i = 0; i < BUNDLES_SOURCES; i++) {
		struct gn_hash block = numbered(i);
		assert_non_null(bundles_source_need(b, &block));
	}
	assert_int_equal(b->sources.count, BUNDLES_SOURCES);
	struct gn_hash more = numbered(BUNDLES_SOURCES);
	assert_non_null(bundles_source_need(b, &more));
	assert_int_equal(b->sources.count, BUNDLES_SOURCES);
	svc_free(&s);
}

/* What a lookup found: `n` holders. */
static struct bundles_source *found(const struct gn_hash *block, uint8_t n)
{
	struct gn_contact contacts[8];
	struct bundles_source *from = bundles_source_need(b, block);
	struct gn_overlay_event e = {.op = from->find, .contacts = contacts, .contact_count = n};
	struct gn_frame_find find;
	for (uint8_t i = 0; i < n; i++)
		contacts[i] = someone(i);
	e.kind = GN_OVERLAY_DONE;
	assert_true(gn_frame_find_take(&b->frame, &e, &find));
	bundles_source_found(b, from, &e);
	return from;
}

static void holders_asked_before_farther_ones(void **state)
{
	(void)state;
	alone();
	struct gn_hash block = numbered(1);
	struct bundles_source *from = found(&block, BUNDLES_PROBE + 1);
	gn_err err;
	assert_non_null(bundles_source_pick(b, from, false, &err));
	for (uint8_t i = 0; i <= BUNDLES_PROBE; i++) {
		struct gn_contact c = someone(i);
		assert_int_equal(bundles_peer_get(b, &c.pk) != NULL, i < BUNDLES_PROBE);
	}
	svc_free(&s);
}

/* All places are taken and all peers but the holder that was looked at first are busy: the next
 * one gets no place, the first keeps its own. */
static void the_holder_to_be_asked_does_not_give_way(void **state)
{
	(void)state;
	alone();
	struct gn_hash block = numbered(1);
	struct bundles_source *from = found(&block, 2);
	struct gn_contact busy = someone(9), nearest = someone(0);
	gn_err err;
	for (uint32_t i = 0; i < BUNDLES_PEERS - 1; i++) {
		memcpy(busy.pk.b + 8, &i, sizeof i);
		bundles_peer_need(b, &busy, NULL)->loading = 1;
	}
	struct bundles_peer *first = bundles_peer_need(b, &nearest, NULL);
	assert_ptr_equal(bundles_source_pick(b, from, false, &err), first);
	assert_ptr_equal(bundles_peer_get(b, &nearest.pk), first);
	assert_int_equal(count("peers_full"), 1);
	svc_free(&s);
}

static void age_of_a_source(void **state)
{
	(void)state;
	alone();
	struct gn_hash block = numbered(1), empty = numbered(2);
	struct bundles_source *from = found(&block, 2);
	from->found = b->now - BUNDLES_SOURCE_TTL;
	assert_int_equal(bundles_source_need(b, &block)->state, SOURCE_FOUND);
	from->found--;
	assert_int_equal(bundles_source_need(b, &block)->state, SOURCE_FINDING);
	from = found(&empty, 0);
	assert_int_equal(from->state, SOURCE_WAITING);
	assert_true(from->timer.node.at == b->now + BUNDLES_SOURCE_RETRY);
	bundles_source_due(b, from);
	assert_int_equal(from->state, SOURCE_FINDING);
	struct gn_overlay_event e = {.kind = GN_OVERLAY_DONE, .op = from->find};
	assert_true(gn_bundles_overlay_event(b, &e, b->now)); /* nobody again */
	assert_int_equal(count("finds_failed"), 1);
	svc_free(&s);
}

/* Nobody has it: the second look is wider. */
static void nodes_where_a_block_should_be(void **state)
{
	(void)state;
	svc_network(&s, 12, 64u << 20);
	s.validate = false;
	b = s.nodes[0].bundles;
	struct gn_hash block = numbered(1);
	struct gn_bundle_file f = {.size = 1, .root = block, .blocks = GN_SLICE(block.b)};
	gn_op op;
	assert_int_equal(gn_bundles_read(b, &f, 0, 1, s.now, &op), GN_OK);
	svc_pump(&s, 0);
	const struct bundles_source *from = bundles_source_get(b, &block);
	while (from->state == SOURCE_FINDING)
		assert_true(svc_step(&s, s.now + GN_SEC));
	assert_in_range(from->holder_count, BUNDLES_HOLDERS - 1, BUNDLES_HOLDERS);
	svc_run_for(&s, 10 * GN_SEC);
	assert_true(from->wide && from->state == SOURCE_NONE);
	assert_in_range(from->holder_count, BUNDLES_HOLDERS + 1, BUNDLES_HOLDERS_WIDE);
	svc_free(&s);
}

static void windows_of_peers(void **state)
{
	(void)state;
	static const struct {
		gn_time took;
		unsigned before, after;
	} table[] = {
		{BUNDLES_QUICK, BUNDLES_WINDOW, BUNDLES_WINDOW + 1},
		{BUNDLES_QUICK + 1, BUNDLES_WINDOW, BUNDLES_WINDOW},
		{BUNDLES_SLOW, BUNDLES_WINDOW, BUNDLES_WINDOW},
		{BUNDLES_SLOW + 1, BUNDLES_WINDOW, BUNDLES_WINDOW / 2},
		{1, BUNDLES_WINDOW_MAX - 1, BUNDLES_WINDOW_MAX},
		{1, BUNDLES_WINDOW_MAX, BUNDLES_WINDOW_MAX},
	};
	alone();
	assert_true(b->line == BUNDLES_LINE_SLOW);
	for (unsigned i = 0; i < GN_COUNT(table); i++) {
		struct asked a;
		ask(&a, i);
		if (i == 0)
			assert_int_equal(a.peer->window, BUNDLES_WINDOW);
		a.peer->window = a.peer->credit = table[i].before;
		a.peer->cut = 0;
		answer(&a, table[i].took, false);
		if (a.peer->window != table[i].after)
			fail_msg("row %u: %u", i, a.peer->window);
	}
	/* a slow peer is no slower line */
	struct asked a;
	b->line = BUNDLES_LINE_SLOW;
	ask(&a, 100);
	answer(&a, 10 * BUNDLES_LINE_SLOW, false);
	assert_true(b->line == BUNDLES_LINE_SLOW);
	assert_int_equal(count("chunks_got"), GN_COUNT(table) + 1);
	svc_free(&s);
}

static void patience_with_peers(void **state)
{
	(void)state;
	static const struct {
		gn_time srtt, rttvar, patience;
		unsigned misses;
	} table[] = {
		{0, 0, BUNDLES_TIMEOUT_FIRST, 0},
		{1, 0, BUNDLES_TIMEOUT_MIN, 0},
		{BUNDLES_TIMEOUT_MIN + 1, 0, BUNDLES_TIMEOUT_MIN + 1, 0},
		{BUNDLES_TIMEOUT_MAX, 0, BUNDLES_TIMEOUT_MAX, 0},
		{BUNDLES_TIMEOUT_MAX, 1, BUNDLES_TIMEOUT_MAX, 0},
		{1, 0, BUNDLES_TIMEOUT_MAX, 10},
	};
	alone();
	struct gn_contact contact = someone(1);
	struct bundles_peer *p = bundles_peer_need(b, &contact, NULL);
	for (unsigned i = 0; i < GN_COUNT(table); i++) {
		struct asked a;
		p->srtt = table[i].srtt;
		p->rttvar = table[i].rttvar;
		p->misses = table[i].misses;
		p->inflight = 0;
		b->asked = 0;
		ask(&a, i);
		assert_true(a.request->patience == table[i].patience);
	}
	b->asked = p->inflight = GN_COUNT(table);
	svc_free(&s);
}

static void peers_left_alone(void **state)
{
	(void)state;
	alone();
	struct asked a;
	ask(&a, 1);
	bundles_on_get_ack(b, a.request, GN_BUSY);
	assert_int_equal(count("told_busy"), 1);
	gn_time now = b->now;
	b->now = now + BUNDLES_BUSY_WAIT - 1;
	assert_false(bundles_peer_can(b, a.peer));
	b->now++;
	assert_true(bundles_peer_can(b, a.peer));
	ask(&a, 2);
	bundles_on_get_ack(b, a.request, GN_NOT_FOUND);
	assert_int_equal(count("told_missing"), 1);
	ask(&a, 3);
	now = b->now;
	answer(&a, 1, true);
	assert_int_equal(count("chunks_bad"), 1);
	b->now = now + BUNDLES_BAD_WAIT - 1;
	assert_false(bundles_peer_can(b, a.peer));
	b->now++;
	assert_true(bundles_peer_can(b, a.peer));
	svc_free(&s);
}

static void chunks_that_are_late_or_unasked(void **state)
{
	(void)state;
	alone();
	struct asked a;
	ask(&a, 1);
	bundles_request_due(b, a.request); /* it is not due yet */
	a.request->sent -= BUNDLES_TIMEOUT_LINE;
	bundles_request_due(b, a.request);
	assert_true(a.request->late);
	answer(&a, BUNDLES_TIMEOUT_LINE, false);
	assert_int_equal(count("chunks_late"), 1);
	struct bundles_request gone = {.id = 999999};
	a.request = &gone;
	answer(&a, 0, false);
	assert_int_equal(count("chunks_unasked"), 1);
	svc_free(&s);
}

static void blocks_whose_caching_is_known(void **state)
{
	(void)state;
	alone();
	struct asked a;
	ask(&a, 1);
	assert_int_equal(GN_COUNT(a.reader->caching), BUNDLES_CACHING);
	answer(&a, 1, false);
	assert_int_equal(a.reader->caching[0].block, 1);
	svc_free(&s);
}

static void chunks_on_their_way_to_the_cache(void **state)
{
	(void)state;
	alone();
	struct asked a;
	b->cache_puts = BUNDLES_CACHE_PUTS - 1;
	ask(&a, 1);
	answer(&a, 1, false);
	assert_int_equal(count("chunks_cached"), 1);
	assert_int_equal(b->cache_puts, BUNDLES_CACHE_PUTS);
	ask(&a, 2);
	answer(&a, 1, false);
	assert_int_equal(count("chunks_cached"), 1);
	assert_int_equal(count("chunks_got"), 2);
	svc_free(&s);
}

static void a_full_store_is_left_alone(void **state)
{
	(void)state;
	svc_init(&s, &(struct svc_options){.seed = 42, .nodes = 1, .bytes_max = 1});
	s.validate = false;
	b = s.nodes[0].bundles;
	struct asked a;
	ask(&a, 1);
	answer(&a, 1, false);
	assert_true(b->cache_off == b->now + BUNDLES_CACHE_PAUSE);
	assert_int_equal(count("chunks_cached"), 0);
	assert_int_equal(count("chunks_got"), 1);
	svc_free(&s);
}

/* Of two that were never timed and one that was, the quickest is asked. */
static void peers_that_were_never_timed(void **state)
{
	(void)state;
	alone();
	struct gn_hash block = numbered(1);
	struct bundles_source *from = found(&block, 2);
	struct gn_contact contact = someone(1);
	struct bundles_peer *timed = bundles_peer_need(b, &contact, NULL);
	gn_err err;
	timed->srtt = BUNDLES_UNTIMED - 1;
	assert_ptr_equal(bundles_source_pick(b, from, false, &err), timed);
	timed->srtt = BUNDLES_UNTIMED + 1;
	assert_ptr_not_equal(bundles_source_pick(b, from, false, &err), timed);
	svc_free(&s);
}

static void a_busy_store_is_asked_again(void **state)
{
	(void)state;
	alone();
	uint8_t *data = svc_random_bytes(GN_CHUNK, 3);
	struct svc_wait w;
	gn_op op;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, GN_CHUNK), &w), GN_OK);
	struct gn_bundle_file f = svc_as_file(&w);
	s.nodes[0].alloc.fail_at = 1; /* the store's */
	assert_int_equal(gn_bundles_read(b, &f, 0, f.size, s.now, &op), GN_OK);
	assert_int_equal(s.nodes[0].alloc.fail_at, 0);
	assert_true(b->wake == s.now + BUNDLES_STORE_WAIT);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

static void chunks_read_from_the_own_disk(void **state)
{
	(void)state;
	alone();
	uint8_t *data = svc_random_bytes(2 * GN_CHUNK, 3);
	struct svc_wait w;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, 2 * GN_CHUNK), &w), GN_OK);
	assert_int_equal(count("ingested"), 1);
	struct gn_bundle_file f = svc_as_file(&w);
	for (unsigned room = 0; room < 2; room++) {
		gn_op op;
		b->local_loads = BUNDLES_LOCAL_LOADS - room;
		assert_int_equal(gn_bundles_read(b, &f, 0, f.size, s.now, &op), GN_OK);
		const struct bundles_reader *r = gn_frame_op_get(&b->frame, op, OP_READ);
		assert_int_equal(r->slots[0].state, room ? SLOT_LOADING : SLOT_WANTED);
		assert_int_equal(r->slots[1].state, SLOT_WANTED);
		gn_bundles_cancel(b, op, s.now);
	}
	b->local_loads = 1; /* the one that is on its way */
	svc_pump(&s, 0);
	svc_run_for(&s, GN_SEC);
	uint64_t got;
	assert_int_equal(svc_read(&s, 0, &f, 0, f.size, data, &got, NULL), GN_OK);
	assert_int_equal(count("chunks_local"), 2);
	assert_int_equal(count("bytes_read"), 2 * GN_CHUNK);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_at_once),
		cmocka_unit_test(chunks_ahead_and_defaults),
		cmocka_unit_test(blocks_looked_for_ahead),
		cmocka_unit_test(lookups_at_once),
		cmocka_unit_test(sources_remembered),
		cmocka_unit_test(holders_asked_before_farther_ones),
		cmocka_unit_test(the_holder_to_be_asked_does_not_give_way),
		cmocka_unit_test(age_of_a_source),
		cmocka_unit_test(nodes_where_a_block_should_be),
		cmocka_unit_test(windows_of_peers),
		cmocka_unit_test(patience_with_peers),
		cmocka_unit_test(peers_left_alone),
		cmocka_unit_test(chunks_that_are_late_or_unasked),
		cmocka_unit_test(blocks_whose_caching_is_known),
		cmocka_unit_test(chunks_on_their_way_to_the_cache),
		cmocka_unit_test(a_full_store_is_left_alone),
		cmocka_unit_test(peers_that_were_never_timed),
		cmocka_unit_test(a_busy_store_is_asked_again),
		cmocka_unit_test(chunks_read_from_the_own_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
