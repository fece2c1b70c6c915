/* Who lies to a transfer: a sender whose leaves, chunks, order or sizes are not what its list says,
 * a receiver that has what it has not; and what is held for a peer at most. Rule RE-62. */
#include "services/transfer/testing/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct rig rig, *g = &rig;
static uint8_t frame[FRAME_HEAD + HAVE_MAX + GN_CHUNK];

static int start(void **state)
{
	(void)state;
	rig_init(g, 7);
	return 0;
}

static int end(void **state)
{
	(void)state;
	rig_fini(g);
	return 0;
}

/* ---- a sender that lies ---- */

static uint8_t *content;   /* of the one file that is offered */
static uint8_t list[1024]; /* the manifest of that */
static size_t list_len;
static struct gn_hash leaves[GN_BLOCK_CHUNKS], roots[3];

/* A receiver on a stream, to whom a file of this size was offered by its true blocks. */
static void offered(const char *path, size_t size)
{
	struct gn_buf bytes;
	struct gn_bundle_file f = {.path = gn_str(path), .size = size};
	size_t n = (size_t)gn_tree_block_count(size);
	free(content);
	content = malloc(size);
	assert_true(content != NULL && n > 0 && n <= GN_COUNT(roots));
	gn_rand_fill(&g->rand, content, size);
	for (size_t i = n; i-- > 0;)
		transfer_hash(gn_slice(content + i * GN_BLOCK, gn_tree_block_len(size, i)), leaves,
			      &roots[i]);
	gn_merkle_root(roots, n, &f.root);
	f.blocks = gn_slice(roots, n * 32);
	assert_int_equal(rig_list(&g->r, &f, 1, &bytes), GN_OK);
	rig_receive(g);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	rig_manifest(g, gn_buf_slice(&bytes));
	assert_true(bytes.len <= sizeof list);
	memcpy(list, bytes.p, bytes.len);
	list_len = bytes.len;
	free(bytes.p);
}

static void take_have(void)
{
	uint8_t type, body[64];
	assert_int_equal(rig_hear(&g->r, &type, body, sizeof body), 4);
	assert_int_equal(type, FRAME_HAVE);
}

static void give_block(uint32_t file, uint32_t block, size_t count)
{
	uint8_t body[8 + 17 * 32];
	gn_put_be32(body, file);
	gn_put_be32(body + 4, block);
	memcpy(body + 8, leaves, (count < 16 ? count : 16) * 32);
	rig_feed(g, &g->r, FRAME_BLOCK, body, 8 + count * 32);
}

#define SIZE (3 * GN_CHUNK + 10)

static void an_honest_one(void **state)
{
	(void)state;
	offered("x", SIZE);
	take_have();
	give_block(0, 0, 4);
	for (size_t i = 0; i < 4; i++)
		rig_feed(g, &g->r, FRAME_CHUNK, content + i * GN_CHUNK, i < 3 ? GN_CHUNK : 10);
	rig_feed(g, &g->r, FRAME_DONE, NULL, 0);
	uint8_t type, body[8];
	assert_int_equal(rig_hear(&g->r, &type, body, sizeof body), 0);
	assert_int_equal(type, FRAME_DONE);
	rig_events(g, &g->r);
	assert_true(g->r.finished && !g->r.stopped);
	const struct rig_file *f = rig_disk_find(&g->r.disk, "dst/x");
	assert_true(f && gn_slice_eq(gn_buf_slice(&f->now), gn_slice(content, SIZE)));
}

/* What there is is told when nothing is on its way to the disk: else it would come twice. */
static void have_waits(void **state)
{
	uint8_t type, body[8];
	(void)state;
	offered("x", SIZE);
	take_have();
	give_block(0, 0, 4);
	for (size_t i = 0; i < 4; i++) {
		size_t len = i < 3 ? GN_CHUNK : 10;
		transfer_frame_write(frame, FRAME_CHUNK, len);
		memcpy(frame + FRAME_HEAD, content + i * GN_CHUNK, len);
		assert_int_equal(
			gn_transfer_recv(g->r.t, gn_slice(frame, FRAME_HEAD + len), g->now),
			FRAME_HEAD + len);
	}
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	transfer_frame_write(frame, FRAME_MANIFEST, list_len);
	memcpy(frame + FRAME_HEAD, list, list_len);
	assert_int_equal(gn_transfer_recv(g->r.t, gn_slice(frame, FRAME_HEAD + list_len), g->now),
			 FRAME_HEAD + list_len);
	assert_int_equal(rig_hear(&g->r, &type, body, sizeof body), 0);
	assert_int_equal(type, 0);
	rig_work(g, &g->r);
	assert_int_equal(rig_hear(&g->r, &type, body, sizeof body), 5);
	assert_int_equal(type, FRAME_HAVE);
	assert_memory_equal(body, "\0\0\0\0\1", 5);
}

static void wrong_leaves(void **state)
{
	(void)state;
	offered("x", SIZE);
	take_have();
	leaves[2].b[31] ^= 1;
	give_block(0, 0, 4);
	rig_stopped(g, &g->r, GN_HASH);
	assert_true(strstr(g->r.stop.why, "x: ") != NULL);
	assert_int_equal(g->r.t->count.stopped, 1);
}

/* Not a byte of it is written. */
static void wrong_chunk(void **state)
{
	(void)state;
	offered("x", SIZE);
	take_have();
	give_block(0, 0, 4);
	rig_feed(g, &g->r, FRAME_CHUNK, content, GN_CHUNK);
	content[GN_CHUNK + 77] ^= 1;
	uint64_t writes = g->r.disk.writes;
	rig_feed(g, &g->r, FRAME_CHUNK, content + GN_CHUNK, GN_CHUNK);
	rig_stopped(g, &g->r, GN_HASH);
	assert_int_equal(g->r.disk.writes, writes);
	assert_int_equal(rig_disk_find(&g->r.disk, "dst/x.part")->now.len, GN_CHUNK);
}

static void wrong_sizes(void **state)
{
	static const size_t lens[] = {GN_CHUNK - 1, 0, 10};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(lens); i++) {
		end(NULL);
		start(NULL);
		offered("x", SIZE);
		take_have();
		give_block(0, 0, 4);
		rig_feed(g, &g->r, FRAME_CHUNK, content, lens[i]);
		rig_stopped(g, &g->r, GN_PROTOCOL);
	}
	end(NULL);
	start(NULL);
	offered("x", SIZE);
	take_have();
	give_block(0, 0, 4);
	for (size_t k = 0; k < 3; k++)
		rig_feed(g, &g->r, FRAME_CHUNK, content + k * GN_CHUNK, GN_CHUNK);
	rig_feed(g, &g->r, FRAME_CHUNK, content, 11); /* the last has 10 */
	rig_stopped(g, &g->r, GN_PROTOCOL);
}

static void wrong_blocks(void **state)
{
	static const struct {
		uint32_t file, block;
		size_t leaves;
	} bad[] = {{1, 0, 4}, {0, 1, 4}, {UINT32_MAX, 0, 4}, {0, UINT32_MAX, 4},
		   {0, 0, 3}, {0, 0, 5}, {0, 0, 0}};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(bad); i++) {
		offered("x", SIZE);
		take_have();
		give_block(bad[i].file, bad[i].block, bad[i].leaves);
		rig_stopped(g, &g->r, GN_PROTOCOL);
		end(NULL);
		start(NULL);
	}
	offered("x", SIZE);
	take_have();
	rig_feed(g, &g->r, FRAME_BLOCK, leaves, 7);
	rig_stopped(g, &g->r, GN_PROTOCOL);
}

static void twice(void **state)
{
	(void)state;
	offered("x", SIZE + GN_BLOCK);
	take_have();
	give_block(0, 0, 16);
	for (size_t k = 0; k < 16; k++)
		rig_feed(g, &g->r, FRAME_CHUNK, content + k * GN_CHUNK, GN_CHUNK);
	assert_int_equal(g->r.t->count.blocks_taken, 1);
	give_block(0, 0, 16);
	rig_stopped(g, &g->r, GN_PROTOCOL);
}

static void out_of_order(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 7; i++) {
		offered("x", SIZE);
		if (i != 5) /* before it was told what is there */
			take_have();
		if (i == 1)
			give_block(0, 0, 4);
		if (i == 0)
			rig_feed(g, &g->r, FRAME_CHUNK, content, GN_CHUNK);
		else if (i == 1 || i == 5)
			give_block(0, 0, 4);
		else if (i == 2)
			rig_feed(g, &g->r, FRAME_DONE, NULL, 0);
		else if (i == 3)
			rig_feed(g, &g->r, FRAME_HAVE, content, 4);
		else if (i == 4)
			rig_feed(g, &g->r, FRAME_MANIFEST, content, 4);
		else
			rig_feed(g, &g->r, FRAME_SHARE, content, 65);
		rig_stopped(g, &g->r, GN_PROTOCOL);
		end(NULL);
		start(NULL);
	}
	offered("x", SIZE);
}

/* ---- a receiver that lies ---- */

static const char *const two[] = {"a", "b"};

static void sending(void)
{
	uint8_t type, body[4096];
	rig_source(g, 0, 9 * GN_BLOCK - 5);
	rig_source(g, 1, 10);
	rig_send(g, two, 2);
	rig_work(g, &g->s);
	assert_true(g->s.ready);
	assert_int_equal(gn_transfer_begin(g->s.t, &g->secret, g->now), GN_OK);
	rig_work(g, &g->s);
	assert_true(rig_hear(&g->s, &type, body, sizeof body) > 0);
	assert_int_equal(type, FRAME_MANIFEST);
}

static void have(uint32_t file, const char *bits, size_t len)
{
	uint8_t body[64];
	gn_put_be32(body, file);
	memcpy(body + 4, bits, len);
	rig_feed(g, &g->s, FRAME_HAVE, body, 4 + len);
}

static void have_bad(void **state)
{
	static const struct {
		uint32_t file;
		const char *bits;
		size_t len;
	} bad[] = {
		{0, "\1", 1},            /* 9 blocks are 2 bytes */
		{0, "\1\1\1", 3},        /* the same */
		{0, "\1\2", 2},          /* a tenth block */
		{1, "", 0},              /* no bits */
		{3, "", 0},              /* past the end mark */
		{2, "\1", 1},            /* bits of the end mark */
		{UINT32_MAX, "\1\1", 2}, /* no file */
	};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(bad); i++) {
		sending();
		have(bad[i].file, bad[i].bits, bad[i].len);
		rig_stopped(g, &g->s, GN_PROTOCOL);
		end(NULL);
		start(NULL);
	}
	sending();
	have(1, "\1", 1);
	have(0, "\1\1", 2); /* files rise */
	rig_stopped(g, &g->s, GN_PROTOCOL);
	end(NULL);
	start(NULL);
	sending();
	have(0, "\1\1", 2);
	have(0, "\1\1", 2);
	rig_stopped(g, &g->s, GN_PROTOCOL);
	end(NULL);
	start(NULL);
	sending();
	have(0, "\0", 0);
	rig_stopped(g, &g->s, GN_PROTOCOL);
	end(NULL);
	start(NULL);
	sending();
	rig_feed(g, &g->s, FRAME_DONE, NULL, 0); /* before ours */
	rig_stopped(g, &g->s, GN_PROTOCOL);
}

/* Who says it has what it has not gets the rest, and is alone with it. */
static void have_lies(void **state)
{
	uint8_t type, *body = malloc(GN_CHUNK);
	unsigned blocks = 0, chunks = 0;
	(void)state;
	sending();
	have(0, "\xff\0", 2);
	have(2, "", 0);
	for (;;) {
		(void)rig_hear(&g->s, &type, body, GN_CHUNK);
		rig_work(g, &g->s);
		if (type == FRAME_DONE)
			break;
		assert_true(type == FRAME_BLOCK || type == FRAME_CHUNK);
		blocks += type == FRAME_BLOCK;
		chunks += type == FRAME_CHUNK;
	}
	assert_int_equal(blocks, 2);
	assert_int_equal(chunks, 16 + 1);
	assert_int_equal(g->s.t->count.blocks_skipped, 8);
	assert_int_equal(g->s.t->count.blocks_sent, 2);
	rig_feed(g, &g->s, FRAME_DONE, NULL, 0);
	assert_true(g->s.finished && !g->s.stopped);
	free(body);
}

/* No more is read than goes out soon. */
static void no_more_than_ahead(void **state)
{
	(void)state;
	sending();
	uint64_t reads = g->s.disk.reads;
	have(2, "", 0);
	assert_int_equal(g->s.disk.reads, reads + TRANSFER_AHEAD);
}

/* Whose turn it is: a sender who is silent in theirs is away. */
static void whose_turn(void **state)
{
	struct gn_transfer_request r;
	(void)state;
	rig_receive(g);
	assert_false(gn_transfer_waits(g->r.t));
	rig_fini(g);
	rig_init(g, 7);
	offered("x", 2 * GN_BLOCK + 1);
	assert_false(gn_transfer_waits(g->r.t)); /* what there is was not said */
	take_have();
	assert_true(gn_transfer_waits(g->r.t));
	for (unsigned i = 0; i < TRANSFER_SLOTS; i++)
		g->r.t->take.slots[i].state = SLOT_OUT;
	assert_false(gn_transfer_waits(g->r.t)); /* the disk's */
	assert_false(gn_transfer_next_request(g->r.t, &r));
	g->r.t->take.slots[3].state = SLOT_FREE;
	assert_true(gn_transfer_waits(g->r.t));
	gn_transfer_cut(g->r.t);
	assert_false(gn_transfer_waits(g->r.t));
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_OK);
	assert_true(gn_transfer_waits(g->r.t)); /* the list comes at once */
	gn_transfer_stop(g->r.t, GN_CANCELLED);
	assert_false(gn_transfer_waits(g->r.t));
}

/* At the sender: the receiver's to take what is there, and to say that it has all. */
static void whose_turn_to_take(void **state)
{
	static uint8_t body[GN_CHUNK];
	uint8_t type = 0;
	(void)state;
	sending();
	assert_false(gn_transfer_waits(g->s.t)); /* their person thinks */
	have(2, "", 0);
	assert_true(gn_transfer_waits(g->s.t));
	while (type != FRAME_DONE) {
		(void)rig_hear(&g->s, &type, body, sizeof body);
		rig_work(g, &g->s);
	}
	assert_true(gn_transfer_waits(g->s.t));
	rig_feed(g, &g->s, FRAME_DONE, NULL, 0);
	assert_false(gn_transfer_waits(g->s.t));
}

/* A disk that does not write holds up what is bounded. */
static void no_more_than_slots(void **state)
{
	struct gn_transfer_request r;
	(void)state;
	offered("x", 3 * GN_BLOCK);
	take_have();
	unsigned chunks = 0;
	size_t taken = 0, len = 0;
	for (unsigned block = 0; block < 3; block++) {
		struct gn_hash root;
		transfer_hash(gn_slice(content + (size_t)block * GN_BLOCK, GN_BLOCK), leaves,
			      &root);
		uint8_t body[BLOCK_MAX] = {0};
		gn_put_be32(body + 4, block);
		memcpy(body + 8, leaves, sizeof leaves);
		frame[0] = FRAME_BLOCK;
		gn_put_be32(frame + 1, BLOCK_MAX);
		memcpy(frame + FRAME_HEAD, body, sizeof body);
		if (taken == len) /* else it has no room */
			(void)gn_transfer_recv(g->r.t, gn_slice(frame, FRAME_HEAD + BLOCK_MAX),
					       g->now);
		for (unsigned i = 0; i < 16 && taken == len; i++) {
			frame[0] = FRAME_CHUNK;
			gn_put_be32(frame + 1, GN_CHUNK);
			memcpy(frame + FRAME_HEAD,
			       content + (size_t)block * GN_BLOCK + (size_t)i * GN_CHUNK, GN_CHUNK);
			len = FRAME_HEAD + GN_CHUNK;
			taken = gn_transfer_recv(g->r.t, gn_slice(frame, len), g->now);
			chunks += taken == len;
		}
	}
	assert_int_equal(chunks, TRANSFER_SLOTS);
	assert_int_equal(taken, FRAME_HEAD);
	assert_true(gn_transfer_next_request(g->r.t, &r)); /* one is written: one more is taken */
	gn_transfer_done(g->r.t, r.token, GN_OK, NULL, g->now);
	taken += gn_transfer_recv(g->r.t, gn_slice(frame + taken, len - taken), g->now);
	assert_int_equal(taken, len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_honest_one, start, end),
		cmocka_unit_test_setup_teardown(have_waits, start, end),
		cmocka_unit_test_setup_teardown(wrong_leaves, start, end),
		cmocka_unit_test_setup_teardown(wrong_chunk, start, end),
		cmocka_unit_test_setup_teardown(wrong_sizes, start, end),
		cmocka_unit_test_setup_teardown(wrong_blocks, start, end),
		cmocka_unit_test_setup_teardown(twice, start, end),
		cmocka_unit_test_setup_teardown(out_of_order, start, end),
		cmocka_unit_test_setup_teardown(have_bad, start, end),
		cmocka_unit_test_setup_teardown(have_lies, start, end),
		cmocka_unit_test_setup_teardown(no_more_than_ahead, start, end),
		cmocka_unit_test_setup_teardown(no_more_than_slots, start, end),
		cmocka_unit_test_setup_teardown(whose_turn, start, end),
		cmocka_unit_test_setup_teardown(whose_turn_to_take, start, end),
	};
	int bad = cmocka_run_group_tests(tests, NULL, NULL);
	free(content);
	return bad;
}
