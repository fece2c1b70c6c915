/* Bounds of what peers can cause, each at the limit and one past it: what waits for them, what is
 * read for them, what is kept for them. */
#include "services/bundles/engine_int.h"
#include "services/testing/strangers.h"
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

static size_t no_room(void *user, const struct gn_pk *peer)
{
	(void)user;
	(void)peer;
	return 0;
}

/* t asks for `chunks` chunks of the block, from the first on. */
static void ask(const struct stranger *t, const struct gn_hash *block, uint32_t chunks)
{
	uint8_t storage[1024];
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash;
	struct gn_slice bytes;
	memcpy(hash.b, block->b, sizeof hash.b);
	gn_fbref body = gn_fb_chunk_get_make(
		&fbb, &(struct gn_fb_chunk_get_args){.block = &hash, .count = chunks});
	gn_fbref root = gn_fb_block_message_make(
		&fbb, &(struct gn_fb_block_message_args){
			      .request = 9, .body_type = GN_FB_BLOCK_BODY_CHUNK_GET, .body = body});
	assert_int_equal(gn_fbb_finish(&fbb, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_bundles_recv(b, &t->key, &t->addr, bytes, s.now), GN_OK);
}

/* A block of `chunks` chunks that node 0 has. */
static struct gn_hash have(size_t chunks)
{
	struct svc_wait w;
	struct gn_hash block;
	uint8_t *data = svc_random_bytes(chunks * GN_CHUNK, chunks);
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, chunks * GN_CHUNK), &w), GN_OK);
	memcpy(block.b, w.blocks, sizeof block.b);
	svc_wait_free(&w);
	free(data);
	return block;
}

static void small_messages_that_wait(void **state)
{
	(void)state;
	alone();
	struct gn_hash block = {{1}};
	struct gn_contact to = {.pk = {{200}}};
	b->out.control.bytes += BUNDLES_CONTROL_BYTES;
	bundles_send_ack(b, &to,
			 &(struct bundles_ack){.request = 1, .block = &block, .err = GN_BUSY});
	assert_non_null(b->out.control.first);
	assert_int_equal(count("control_dropped"), 0);
	bundles_send_ack(b, &to,
			 &(struct bundles_ack){.request = 1, .block = &block, .err = GN_BUSY});
	assert_ptr_equal(b->out.control.first, b->out.control.last);
	assert_int_equal(count("control_dropped"), 1);
	b->out.control.bytes -= BUNDLES_CONTROL_BYTES;
	uint64_t out = count("messages_out");
	struct gn_overlay_message m;
	assert_true(gn_bundles_next_message(b, &m));
	assert_int_equal(count("messages_out"), out + 1);
	svc_free(&s);
}

static void what_is_read_for_peers(void **state)
{
	(void)state;
	alone();
	struct stranger t = stranger_of(1, 1);
	struct gn_hash block = have(2);
	b->serve_loads = BUNDLES_SERVE_LOADS;
	ask(&t, &block, 2);
	assert_int_equal(b->serving.count, 0);
	b->serve_loads--;
	bundles_serve_run(b);
	assert_int_equal(b->serving.count, 1);
	b->serve_loads = 1; /* what is really on its way */
	size_t waiting = BUNDLES_OUT_BYTES - GN_CHUNK;
	b->out.bulk.bytes += waiting;
	bundles_serve_run(b);
	assert_int_equal(b->serving.count, 1);
	b->out.bulk.bytes--;
	bundles_serve_run(b);
	assert_int_equal(b->serving.count, 2);
	b->out.bulk.bytes -= waiting - 1;
	svc_pump(&s, 0);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(count("served"), 2);
	assert_int_equal(count("served_bytes"), 2 * GN_CHUNK);
	svc_free(&s);
}

static void what_a_peer_may_wait_for(void **state)
{
	(void)state;
	alone();
	struct stranger t = stranger_of(1, 1);
	struct gn_hash block = have(GN_BLOCK_CHUNKS), other = {{7}};
	b->serve_loads = BUNDLES_SERVE_LOADS; /* the disk is busy */
	for (unsigned i = 0; i < BUNDLES_SERVE_QUEUE; i++)
		ask(&t, &block, 1);
	assert_int_equal(count("serve_busy"), 0);
	ask(&t, &block, 1);
	assert_int_equal(count("serve_busy"), 1);
	ask(&t, &other, 1);
	assert_int_equal(count("serve_missing"), 1);
	b->serve_loads = 0;
	svc_free(&s);
}

static void peers_that_take_nothing(void **state)
{
	(void)state;
	alone();
	struct stranger t = stranger_of(1, 1);
	struct gn_hash block = have(1);
	b->cfg.room = no_room;
	ask(&t, &block, 1);
	struct bundles_peer *p = bundles_peer_get(b, &t.key);
	assert_true(p->waiting && p->timer.node.at == b->now + BUNDLES_SERVE_LOOK);
	static const struct {
		gn_time silent, look;
	} table[] = {
		{4 * BUNDLES_SERVE_LOOK, BUNDLES_SERVE_LOOK},
		{8 * BUNDLES_SERVE_LOOK, 2 * BUNDLES_SERVE_LOOK},
		{4 * BUNDLES_SERVE_LOOK_MAX, BUNDLES_SERVE_LOOK_MAX},
		{8 * BUNDLES_SERVE_LOOK_MAX, BUNDLES_SERVE_LOOK_MAX},
		{BUNDLES_SERVE_WAIT, BUNDLES_SERVE_LOOK_MAX},
	};
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		p->served = b->now - table[i].silent;
		bundles_serve_look(b, p);
		bundles_serve_run(b);
		assert_true(p->waiting && p->timer.node.at == b->now + table[i].look);
	}
	assert_int_equal(count("serve_stalled"), 0);
	p->served = b->now - BUNDLES_SERVE_WAIT - 1;
	bundles_serve_look(b, p);
	bundles_serve_run(b);
	assert_true(!p->waiting && p->queue.count == 0 && p->stalled);
	assert_int_equal(count("serve_stalled"), 1);
	svc_free(&s);
}

static void damaged_chunks_are_not_given(void **state)
{
	(void)state;
	alone();
	struct stranger t = stranger_of(1, 1);
	struct gn_hash block = have(1);
	struct disk_sim *disk = &s.nodes[0].disk;
	for (size_t i = 0; i < disk->file_cap; i++)
		if (disk->files[i].now.len > GN_CHUNK)
			disk->files[i].now.p[disk->files[i].now.len / 2] ^= 1;
	ask(&t, &block, 1);
	svc_pump(&s, 0);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(count("serve_corrupt"), 1);
	assert_int_equal(count("served"), 0);
	svc_free(&s);
}

static void time_of_a_promise(void **state)
{
	(void)state;
	static uint8_t data[GN_CHUNK];
	alone();
	struct stranger t = stranger_of(1, 1);
	struct gn_hash block;
	assert_int_equal(stranger_store(&s, &t, 1, 4096), GN_OK);
	stranger_block(1, 4096, data, &block);
	for (uint32_t past = 0; past < 2; past++) {
		uint64_t until = 0;
		assert_int_equal(stranger_keep_for(&s, &t, &block, 4096,
						   BUNDLES_KEEP_TTL_MAX + past, &until),
				 GN_OK);
		assert_int_equal(until, gn_unix(s.now) + BUNDLES_KEEP_TTL_MAX);
	}
	svc_free(&s);
}

static void chunks_on_their_way_to_the_disk(void **state)
{
	(void)state;
	static uint8_t data[GN_CHUNK];
	alone();
	for (uint32_t i = 0; i <= BUNDLES_INCOMING_PUTS; i++) {
		struct stranger t = stranger_of(i / 8, i / 8 + 1);
		struct gn_hash block;
		stranger_block(i, 4096, data, &block);
		assert_int_equal(stranger_keep(&s, &t, &block, 4096), GN_AGAIN);
		assert_int_equal(count("keep_refused_busy"), 0);
		stranger_put(&s, &t, &block, 4096, data); /* no time passes */
	}
	assert_int_equal(b->putting.count, BUNDLES_INCOMING_PUTS);
	assert_int_equal(count("keep_refused_busy"), 1);
	svc_run_for(&s, GN_SEC);
	svc_free(&s);
}

static void rates_of_places(void **state)
{
	(void)state;
	static uint8_t data[GN_CHUNK];
	alone();
	struct stranger t = stranger_of(1, 1), other = stranger_of(2, 2);
	struct gn_hash block;
	stranger_block(1, 4096, data, &block);
	assert_int_equal(stranger_keep(&s, &t, &block, GN_BLOCK), GN_AGAIN);
	struct bundles_incoming *in = GN_MAP_AT(&b->incoming, struct bundles_incoming *, 0);
	/* the next chunk is due sooner than the whole */
	gn_time whole =
		BUNDLES_INCOMING_TIME + (gn_time)GN_BLOCK * GN_SEC / BUNDLES_INCOMING_RATE_MIN;
	assert_true(in->timer.node.at == b->now + BUNDLES_INCOMING_TIME);
	in->opened = b->now - 2 * whole + GN_SEC;
	assert_int_equal(stranger_keep(&s, &other, &block, GN_BLOCK), GN_AGAIN);
	assert_true(gn_pk_eq(&in->who.key, &other.key));   /* it brought nothing for so long */
	assert_true(in->timer.node.at == b->now + GN_SEC); /* twice the time, as it is passed on */
	in->passed = false;
	in->opened = b->now - 10 * GN_SEC;
	in->got = 10 * BUNDLES_INCOMING_RATE;
	assert_int_equal(stranger_keep(&s, &t, &block, GN_BLOCK), GN_AGAIN);
	assert_true(gn_pk_eq(&in->who.key, &other.key)); /* fast enough to stay */
	in->got--;
	assert_int_equal(stranger_keep(&s, &t, &block, GN_BLOCK), GN_AGAIN);
	assert_true(gn_pk_eq(&in->who.key, &t.key));
	svc_free(&s);
}

static void shares_of_what_is_kept(void **state)
{
	(void)state;
	alone();
	uint64_t total = b->cfg.peer_bytes_max;
	assert_int_equal(b->bytes.config.per_key, total / BUNDLES_PEER_SHARE + 1);
	assert_int_equal(b->bytes.config.per_prefix, total / BUNDLES_PREFIX_SHARE + GN_BLOCK);
	assert_int_equal(b->bytes.config.holders_max, BUNDLES_SHARES);
	assert_int_equal(b->places.config.per_prefix, BUNDLES_INCOMING_PREFIX);
	assert_int_equal(b->kept.limit, BUNDLES_KEPT);
	assert_int_equal(b->needed.limit, BUNDLES_NEEDED);
	svc_free(&s);
}

static void expired_promises_leave(void **state)
{
	(void)state;
	alone();
	assert_true(b->sweep > s.now && b->sweep <= s.now + BUNDLES_SWEEP);
	gn_time due = b->sweep;
	gn_bundles_tick(b, due - 1);
	assert_true(b->sweep == due);
	gn_bundles_tick(b, due);
	assert_true(b->sweep == due + BUNDLES_SWEEP);
	svc_free(&s);
}

static void senseless_messages_are_counted(void **state)
{
	(void)state;
	alone();
	struct stranger t = stranger_of(1, 1);
	uint64_t in = count("messages_in");
	assert_int_not_equal(gn_bundles_recv(b, &t.key, &t.addr, GN_LIT("no message"), s.now),
			     GN_OK);
	assert_int_equal(count("messages_in"), in + 1);
	assert_int_equal(count("messages_bad"), 1);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_messages_that_wait),
		cmocka_unit_test(what_is_read_for_peers),
		cmocka_unit_test(what_a_peer_may_wait_for),
		cmocka_unit_test(peers_that_take_nothing),
		cmocka_unit_test(damaged_chunks_are_not_given),
		cmocka_unit_test(time_of_a_promise),
		cmocka_unit_test(chunks_on_their_way_to_the_disk),
		cmocka_unit_test(rates_of_places),
		cmocka_unit_test(shares_of_what_is_kept),
		cmocka_unit_test(expired_promises_leave),
		cmocka_unit_test(senseless_messages_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
